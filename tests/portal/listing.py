"""List methods: filter, order, select and pages, as catalog.* has them."""

import functools
import itertools
import re

import errors
import php
from store import fold

PAGE = 50
ALL_PREFIXES = ("", "=", "!=", "!", ">=", ">", "<=", "<", "@", "!@",
                "%", "=%", "%=", "!%", "!=%", "!%=")
NO_AT = tuple(p for p in ALL_PREFIXES if "@" not in p)
MASK = "mask"
SPLIT = re.compile(r"^(!=%|!%=|>=|<=|!=|!%|!@|=%|%=|[=!<>@%]|)(.*)$", re.S)


class Query:
    """Parameters of a list call, bound and split."""

    def __init__(self, params):
        self.select = _bound(params, "select")
        self.filter = _bound(params, "filter")
        self.order = _bound(params, "order")
        self.start = _start(params)

    @property
    def uncounted(self):
        return self.start == -1


def _bound(params, name):
    value = params.get(name)
    if value is None:
        return {}
    if not isinstance(value, (list, dict)):
        raise errors.mismatch(name, value, "array")
    return value


def _start(params):
    value = php.to_int(params.get("start"))
    if value is None:
        return 0
    return -1 if value == -1 else max(0, value) // PAGE * PAGE


def conditions(given, schema, prefixes, masks=False):
    """[(operation, field, value)]; what is not known is dropped silently.
    masks: without a prefix a text is a mask, as goods have it."""
    out = []
    if not isinstance(given, dict):
        return out
    for key, value in given.items():
        prefix, field = SPLIT.match(str(key)).groups()
        if field in schema and prefix in prefixes:
            value = _typed(value, schema[field])
            if masks and prefix == "" and _is_mask(value):
                prefix = MASK
            out.append((prefix, field, value))
    return out


def _is_mask(value):
    """Does it mean anything else than itself?"""
    return any(isinstance(one, str) and set("%_\\") & set(one)
               for one in (value if isinstance(value, list) else [value]))


def _typed(value, kind):
    """The value as the field's type; integers of an empty list become 1."""
    many = isinstance(value, (list, dict))
    if many and isinstance(value, dict) and "value" in value:
        return _typed(value["value"], kind)
    if not many:
        return _scalar(value, kind)
    values = [_scalar(item, kind) for item in php.items(value)]
    if not values and kind == "int":
        return 1
    return values


def _scalar(value, kind):
    if isinstance(value, (list, dict)):
        return None
    if kind in ("int", "double"):
        if value is None or value == "":
            return None
        number = php.to_number(value)
        return 0 if number is None else number
    if isinstance(value, bool):
        return "Y" if value else "N"
    return None if value in (None, "") else fold(str(value))


def matches(held, prefix, wanted):
    values = held if isinstance(held, list) else [held]
    if prefix.startswith("!"):
        return not any(_positive(v, prefix[1:], wanted) for v in values)
    return any(_positive(v, prefix, wanted) for v in values)


def _positive(held, prefix, wanted):
    if prefix in ("", "=", "@"):
        choices = wanted if isinstance(wanted, list) else [wanted]
        return held in choices
    choices = wanted if isinstance(wanted, list) else [wanted]
    if prefix == MASK:
        return any(_masked(held, choice) for choice in choices)
    if prefix == "%":
        return any(_contains(held, choice) for choice in choices)
    if prefix in ("=%", "%="):
        return any(_like(held, choice) for choice in choices)
    if held is None or choices[0] is None:
        return False
    return {">": held > choices[0], ">=": held >= choices[0],
            "<": held < choices[0], "<=": held <= choices[0]}[prefix]


def _contains(held, wanted):
    return held is not None and str(wanted) in str(held)


def _like(held, wanted):
    parts = (re.escape(part) for part in str(wanted).split("%"))
    return held is not None and \
        re.fullmatch(".*".join(parts), str(held), re.S) is not None


def _masked(held, wanted):
    """LIKE of the database: a backslash takes the next sign as it is."""
    if held is None or wanted is None:
        return held == wanted
    parts = {"%": ".*", "_": "."}
    pattern = "".join(
        parts.get(one) or re.escape(one[-1])
        for one in re.findall(r"\\.|.", str(wanted), re.S))
    return re.fullmatch(pattern, str(held), re.S) is not None


def candidates(table, conds):
    """Ids that can match at all: by an index where there is one."""
    for prefix, field, wanted in conds:
        if prefix not in ("", "=", "@") or not table.indexed(field):
            continue
        found = set()
        for value in wanted if isinstance(wanted, list) else [wanted]:
            found.update(table.find(field, value))
        return sorted(found)
    for prefix, field, wanted in conds:
        if prefix == ">" and field == table.key and isinstance(wanted, int):
            return table.after(wanted)
    return table.ids


def accepted(table, conds, read):
    for ident in candidates(table, conds):
        row = table.rows[ident]
        if all(matches(fold_all(read(row, field)), prefix, wanted)
               for prefix, field, wanted in conds):
            yield row


def fold_all(value):
    if isinstance(value, list):
        return [fold(v) for v in value] or [None]
    return None if value == "" else fold(value)


def plain_read(row, field):
    return row.get(field)


def order_of(given, schema, key):
    out = []
    pairs = given.items() if isinstance(given, dict) else ()
    for field, direction in pairs:
        if field in schema:
            out.append((field, str(direction).lower().startswith("desc")))
    return out or [(key, False)]


def sorted_rows(rows, order, read):
    def compare(a, b):
        for field, descending in order:
            x, y = _sort_key(read(a, field)), _sort_key(read(b, field))
            if x != y:
                return (1 if x > y else -1) * (-1 if descending else 1)
        return 0
    return sorted(rows, key=functools.cmp_to_key(compare))


def _sort_key(value):
    value = fold(value)
    if isinstance(value, list):
        value = value[0] if value else None
    return (value is not None, isinstance(value, str),
            value if value is not None else 0)


def page(table, query, schema, prefixes=ALL_PREFIXES, read=plain_read,
         masks=False):
    """(rows of the page, total or None, next or None)"""
    conds = conditions(query.filter, schema, prefixes, masks)
    rows = accepted(table, conds, read)
    order = order_of(query.order, schema, table.key)
    if order != [(table.key, False)]:
        rows = iter(sorted_rows(rows, order, read))
    if query.uncounted:
        return list(itertools.islice(rows, PAGE)), None, None
    rows = list(rows)
    shown = rows[query.start:query.start + PAGE]
    more = query.start + PAGE < len(rows)
    return shown, len(rows), query.start + PAGE if more else None


def selected(query, schema):
    """Names of the fields to show: the known ones of select, or all."""
    names = [str(n) for n in php.items(query.select)] if query.select else []
    if not names or "*" in names:
        return list(schema)
    return [name for name in names if name in schema]
