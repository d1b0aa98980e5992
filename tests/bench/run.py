#!/usr/bin/env python3
"""Prints what DESIGN 9 promises beside what is measured (README.md).

    tests/bench/run.py [--program build/cml24] [--full | --quick] [--times N]

Everything in the table was measured in this run.  Speed is shown, never
asserted: the exit code is 1 only when something did not run.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

from catalogue import Catalogues                     # noqa: E402
from clients import Clients                          # noqa: E402
from deals import Deals                              # noqa: E402
from filling import Filling                          # noqa: E402
from idle import Idle                                # noqa: E402
from intake import Intake                            # noqa: E402
from push import Push                                # noqa: E402
from table import Table, size                        # noqa: E402
from whole import Whole                              # noqa: E402

SIZES = {"quick": (1000, 10000), "default": (1000, 100000),
         "full": (1000, 100000, 1000000)}
PUSHED = {"quick": 5000, "default": 10000, "full": 100000}
CLIENTS = {"quick": 500, "default": 2500, "full": 10000}
# Each of the second size of goods should cost what one of the first does.
WHOLE = {"quick": (250, 500), "default": (1250, 5000),
         "full": (10000, 100000)}
FILLED = {"quick": 200, "default": 500, "full": 2000}
VALUES = {"quick": 5000, "default": 50000, "full": 50000}
DEALS = {"quick": 500, "default": 2500, "full": 10000}
# A package of a million goods is three gigabytes, and lies here several
# times: cached twice, in work/, and as the state.
DISK_PER_GOOD = 25000


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(TOP / "build" / "cml24"))
    parser.add_argument("--full", action="store_true",
                        help="also 1,000,000 goods")
    parser.add_argument("--quick", action="store_true",
                        help="small sizes, to see that it runs")
    parser.add_argument("--times", type=int, default=3,
                        help="how often, for the best; the largest once")
    parser.add_argument("--folder", default=str(TOP / "build" / "bench"))
    return parser.parse_args()


def intake(table, program, folder, catalogues, sizes, times):
    for goods in sizes:
        what = f"intake, {goods:,} goods"
        print(f"{what} …", flush=True)
        if shutil.disk_usage(folder).free < goods * DISK_PER_GOOD:
            table.fail(what, "not enough room on the disk: " +
                       size(goods * DISK_PER_GOOD))
            continue
        try:
            one = Intake(program, folder / "work", goods, catalogues)
            one.measure(1 if goods >= 1000000 else times)
            one.rows(table)
        except Exception as error:  # the other lines are still wanted
            table.fail(what, error)


def push(table, program, folder, catalogues, goods):
    print(f"push, {goods:,} goods …", flush=True)
    try:
        one = Push(program, folder / "push", goods, catalogues)
    except Exception as error:
        table.fail("push", error)
        return
    try:
        for part in (one.fill, one.idle, one.change, one.change_back):
            part(table)
    except Exception as error:  # the rest of the push needs what failed
        table.fail(f"push, {part.__name__}", error)
    finally:
        one.close()


def run_whole(table, what, one):
    """A benchmark that is one step; what it returns, or None."""
    try:
        return one.run(table)
    except Exception as error:  # the other lines are still wanted
        table.fail(what, error)
    finally:
        one.close()
    return None


def clients(table, program, folder, count):
    print(f"clients, {count:,} …", flush=True)
    run_whole(table, "clients",
              Clients(program, folder / "clients", count))


def whole(table, program, folder, catalogues, sizes):
    costs = []
    for goods in sizes:
        print(f"whole catalogue, {goods:,} …", flush=True)
        costs.append(run_whole(
            table, "whole catalogue",
            Whole(program, folder / "whole", goods, catalogues)))
    if None not in costs:
        table.add(f"processor time for a good, {sizes[1]:,} goods",
                  f"as of {sizes[0]:,}",
                  f"{costs[1] * 1000:.2f} ms / {costs[0] * 1000:.2f} ms",
                  costs[1] / costs[0], None)


def filling(table, program, folder, goods):
    print(f"first fill with pictures, {goods:,} …", flush=True)
    run_whole(table, "first fill with pictures",
              Filling(program, folder / "filling", goods))


def idle(table, program, folder, catalogues, values):
    print(f"nothing to do, {values:,} values …", flush=True)
    run_whole(table, "nothing to do",
              Idle(program, folder / "idle", values, catalogues))


def deals(table, program, folder, count):
    print(f"deals, {count:,} …", flush=True)
    run_whole(table, "deals", Deals(program, folder / "deals", count))


def main():
    opts = options()
    program = Path(opts.program).resolve()
    if not os.access(program, os.X_OK):
        print(f"bench: {opts.program} cannot be run")
        return 1
    which = "full" if opts.full else "quick" if opts.quick else "default"
    folder = Path(opts.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    catalogues = Catalogues(folder / "catalogues")
    table = Table()
    intake(table, program, folder, catalogues, SIZES[which], opts.times)
    push(table, program, folder, catalogues, PUSHED[which])
    whole(table, program, folder, catalogues, WHOLE[which])
    filling(table, program, folder, FILLED[which])
    idle(table, program, folder, catalogues, VALUES[which])
    clients(table, program, folder, CLIENTS[which])
    deals(table, program, folder, DEALS[which])
    table.show()
    print(f"\n{os.cpu_count()} processors; load "
          f"{os.getloadavg()[0]:.1f} at the end")
    return 1 if table.broken else 0


if __name__ == "__main__":
    sys.exit(main())
