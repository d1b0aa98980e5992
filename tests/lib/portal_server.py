#!/usr/bin/env python3
"""The stand-in on the clock of the program under test.

    portal_server.py CLOCK_FILE

The program adds the milliseconds in this file to its clocks, and adds to
them where it would sleep; the portal's clock goes with it, also while a
command is at work.
"""

import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "portal"))

import clock      # noqa: E402
import kernel     # noqa: E402
import portal     # noqa: E402


class SharedClock(clock.Clock):
    path = None

    def now(self):
        try:
            text = self.path.read_text(encoding="ascii")
        except OSError:
            text = ""
        return super().now() + int(text.strip() or 0) / 1000


def end_with_parent():
    """Our stdin closes when the runner is gone, however it ended."""
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    threading.Thread(target=end_with_parent, daemon=True).start()
    SharedClock.path = Path(sys.argv[1])
    kernel.Clock = SharedClock
    return portal.main([])


if __name__ == "__main__":
    sys.exit(main())
