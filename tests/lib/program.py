"""The program that a runner starts: --program, $CML24_BINARY, build/cml24."""

import os
from pathlib import Path

from exchange import TOP


def add_program(parser):
    parser.add_argument("--program", default=os.environ.get(
        "CML24_BINARY", str(TOP / "build" / "cml24")))


def program_of(options, runner):
    """Its path, or None, which is told as `runner`'s failure."""
    program = Path(options.program).resolve()
    if os.access(program, os.X_OK):
        return program
    print(f"{runner}: {options.program} cannot be run")
    print("0 passed, 1 failed")
    return None
