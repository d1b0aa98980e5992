#!/usr/bin/env python3
"""Performs the flow cases of this folder (README.md).

    tests/flow/run.py [--program build/cml24] [-v] [--keep DIR] [NAME…]

NAME is a part of a case's name.  With CML24_FLOW_EVERY=N in the environment one
case of N is performed, always the same.  The last line is "N passed, N failed".
"""

import argparse
import os
import shutil
import sys
import traceback
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

from case import Mismatch, Performance, all_cases    # noqa: E402
from program import add_program, program_of          # noqa: E402
from workers import in_parallel                      # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program(parser)
    parser.add_argument("-v", action="store_true",
                        help="show what the program said, always")
    parser.add_argument("--keep", help="copy the folders of failed cases "
                        "here")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    program = program_of(options, "flow")
    if program is None:
        return 1
    sys.stdout.reconfigure(line_buffering=True)
    every = int(os.environ.get("CML24_FLOW_EVERY", "1"))
    cases = [case for case in all_cases(HERE, options.names)
             if zlib.crc32(case.name.encode()) % every == 0]

    def work(case, folder, portal):
        performance = Performance(case, folder / "x", program, portal)
        try:
            performance.play()
        finally:
            if options.v:
                print("\n".join(performance.spoken))
            if options.keep and sys.exc_info()[0]:
                shutil.copytree(folder, Path(options.keep) / case.name,
                                dirs_exist_ok=True, symlinks=True)

    failed = 0
    for case, result in in_parallel(cases, work):
        if result is None:
            print(f"ok   {case.name}")
            continue
        failed += 1
        print(f"FAIL {case.name}: {case.about}")
        if isinstance(result, Mismatch):
            print(result)
        else:
            traceback.print_exception(result)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
