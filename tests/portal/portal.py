#!/usr/bin/env python3
"""The stand-in for Bitrix24, on loopback. See README.md."""

import argparse
import json
import signal
import sys
import threading

from kernel import Portal
from server import Server


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", help="settings, a JSON file")
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args(argv)
    given = {}
    try:
        if args.config:
            with open(args.config, encoding="utf-8") as file:
                given = json.load(file)
        server = Server(Portal(given), args.port)
    except (OSError, ValueError) as error:
        print("portal: %s" % error, file=sys.stderr)
        return 2

    def stop(signum, frame):
        threading.Thread(target=server.shutdown).start()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print("listening " + server.webhook, flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
