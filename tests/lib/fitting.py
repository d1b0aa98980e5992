"""Does what was found fit what a case expects?

Of an object the keys that are named must fit, lists must be as long and fit
one by one, "re:…" is a pattern, 2400 and "2400.00" are the same number.
"""

import re
from decimal import Decimal, InvalidOperation


def fits(wanted, found):
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(fits(value, found.get(key))
                   for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, (list, tuple)):
        return len(wanted) == len(found) and all(map(fits, wanted, found))
    if isinstance(wanted, str) and wanted.startswith("re:"):
        return isinstance(found, str) and \
            re.search(wanted[3:], found) is not None
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    one, other = _number(wanted), _number(found)
    if one is not None and other is not None:
        return one == other
    return wanted == found


def misfits(what, wanted, found):
    """A line for each named key that does not fit."""
    for key, value in wanted.items():
        if not fits(value, found.get(key)):
            yield f"{what} {key}: {found.get(key)!r}, expected {value!r}"


def check_named(what, wanted, found, others=False):
    """wanted: {name: keys | null (must not be there)} or a number."""
    if isinstance(wanted, int):
        if len(found) != wanted:
            yield f"{what}: {len(found)} ({list(found)}), expected {wanted}"
        return
    for name in found:
        if name not in wanted and not others:
            yield f"{what}: {name} is not expected"
    for name, keys in wanted.items():
        if keys is None:
            if name in found:
                yield f"{what}: {name} must not be there"
        elif name not in found:
            yield f"{what}: {name} is missing, there are {list(found)}"
        else:
            yield from misfits(f"{what} {name}", keys, found[name])


def _number(value):
    """Digits only: "007" and "1e3" are texts."""
    if isinstance(value, str) and \
            not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value):
        return None
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
