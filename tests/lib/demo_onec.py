#!/usr/bin/env python3
"""The scripted 1C (onec.py) for scripts/demo: what it holds is kept in a file
between two calls.

    demo_onec.py BASE start INBOX ORDERS_FILE PACKAGE...
                            a УНФ 3.0 with payments, and the goods of these
                            packages
    demo_onec.py BASE run   one exchange by folder; says what was in it
    demo_onec.py BASE pay ORDER NUMBER
    demo_onec.py BASE ship ORDER NUMBER
    demo_onec.py BASE show  the orders that it holds
    demo_onec.py BASE closed ORDER STATUS
                            has it this status?
"""

import pickle
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

# pylint: disable=wrong-import-position
from onec import OneC  # noqa: E402
from onec_edit import edit  # noqa: E402

SETTLED = 600       # its files lie there so long that they are settled


def start(inbox, order_file, *packages):
    base = OneC({"family": "unf", "payments": True,
                 "statuses": {"Завершен": "Завершен"}},
                Path(inbox), Path(order_file))
    for package in packages:
        base.know({path.name: path.read_bytes()
                   for path in sorted(Path(package).rglob("*.xml"))})
    return base


def run(base):
    done = base.run(age=SETTLED)
    print(f"1C loaded: {len(done.filled)} orders; wrote: "
          f"{done.file.name if done.file else 'nothing'}")
    for message in done.messages:
        print(f"1C says: {message}")
    return 0 if done.ok else 1


def show(base):
    for order in base.held.orders:
        party = base.party(order.party) or {}
        print(f"1C holds order {order.number} as {order.onec_number}: "
              f"{party.get('name', '?')}, {order.total()}; "
              f"paid {order.paid()}; "
              f"{'shipped' if order.fully_shipped() else 'not shipped'}; "
              f"{order.status or 'no status'}")
        for line in order.alive():
            item = base.held.items.get(line["id"], {})
            print(f"  {item.get('name', '?'):<40} {line['quantity']:>6} "
                  f"{line['sum']:>10}")
    return 0


def closed(base, number, status):
    found = base.order(number).status
    if found != status:
        print(f"demo: order {number} is {found!r}, not {status!r}")
    return int(found != status)


def main(kept, verb, *arguments):
    kept = Path(kept)
    status = 0
    if verb == "start" and len(arguments) > 2:
        base = start(*arguments)
    else:
        base = pickle.loads(kept.read_bytes())
        if verb == "run":
            status = run(base)
        elif verb == "show":
            status = show(base)
        elif verb == "closed" and len(arguments) == 2:
            status = closed(base, *arguments)
        elif verb in ("pay", "ship") and len(arguments) == 2:
            edit(base, verb, {"order": arguments[0], "number": arguments[1]})
        else:
            sys.exit(__doc__)
    kept.write_bytes(pickle.dumps(base))
    return status


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
