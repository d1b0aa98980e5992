"""The strict filter of crm.item.list (and of crm.stagehistory.list).

Source: api-reference/crm/universal/crm-item-list.md: an unknown field, a bad
date or a wrong direction is an error; conditions are joined by AND, or by OR
in a group with `logic`; groups have numeric keys and may be nested.
"""

import itertools

import crm_values
import listing
import php
from errors import RestError
from store import fold

_PREFIXES = (">=", ">", "<=", "<", "@", "!@", "%", "=%", "%=", "!%", "!=%",
             "!%=", "=", "!=", "!", "")


def _refuse(text):
    return RestError("INVALID_ARG_VALUE", text)


class Filter:
    """`kinds`: {name: kind} of the fields that may be filtered by."""

    def __init__(self, given, kinds):
        self._kinds = kinds
        self.conditions = []
        self.tree = self._group(given)

    def _group(self, given):
        """(is it OR, [conditions and groups])"""
        either, parts = False, []
        pairs = enumerate(given) if isinstance(given, list) else given.items()
        for key, value in pairs:
            key = str(key)
            if key.lower() == "logic":
                either = str(value).upper() == "OR"
            elif key.isdigit() and isinstance(value, (dict, list)):
                parts.append(self._group(value))
            else:
                parts.append(self._condition(key, value))
        return either, parts

    def _condition(self, key, value):
        prefix, field = listing.SPLIT.match(key).groups()
        if field not in self._kinds or prefix not in _PREFIXES:
            raise _refuse("Invalid filter: field '%s' is not allowed in "
                          "filter" % field.lstrip("?"))
        kind = self._kinds[field]
        if isinstance(value, (list, dict)):
            wanted = [self._value(field, kind, v) for v in php.items(value)]
        else:
            wanted = self._value(field, kind, value)
            if prefix in ("@", "!@"):
                wanted = [wanted]
        return prefix, field, wanted

    def _value(self, field, kind, value):
        if isinstance(value, (list, dict)):
            raise _refuse("Invalid filter: field '%s' has invalid value"
                          % field)
        if kind == "amount":
            return php.to_number(value) or 0
        if kind == "yes":
            return "y" if php.to_number(value) else "n"
        if value is None or value is False or value == "":
            return None
        if kind in ("datetime", "date"):
            make = crm_values.stamp_of if kind == "datetime" else \
                crm_values.date_of
            made = make(value)
            if made is None:
                raise _refuse("Invalid filter: field '%s' has invalid value"
                              % field)
            return fold(made)
        if kind == "number":
            number = php.to_number(value)
            return 0 if number is None else number
        return fold(str(value))

    def accepts(self, row):
        return _holds(self.tree, row, self._kinds)

    def rows(self, table):
        """Rows that match, by an index where the conditions name one."""
        either, parts = self.tree
        plain = [] if either else [p for p in parts
                                   if len(p) == 3 and _selective(p[2])]
        ids = listing.candidates(table, plain)
        for ident in ids:
            row = table.rows[ident]
            if self.accepts(row):
                yield row


def _selective(wanted):
    """Not for what is empty: 0 and null are told apart by an index."""
    return all(wanted) if isinstance(wanted, list) else bool(wanted)


def _holds(node, row, kinds):
    if len(node) == 3:
        return _condition_holds(node, row, kinds)
    either, parts = node
    if not parts:
        return True
    return (any if either else all)(_holds(p, row, kinds) for p in parts)


def _condition_holds(node, row, kinds):
    prefix, field, wanted = node
    held = row.get(field)
    if kinds[field] == "yes":
        held = "Y" if held == "Y" else "N"
    elif kinds[field] == "amount":
        held = held or 0
    elif kinds[field] == "number" and held in (0, None) and \
            prefix[:1] not in ("<", ">"):
        zero = 0 in wanted if isinstance(wanted, list) else wanted == 0
        held = 0 if zero else None
    if prefix[:1] in ("<", ">") and held is None:
        return False
    return listing.matches(listing.fold_all(held), prefix, wanted)


def order_of(given, kinds, default):
    out = []
    for field, direction in (given.items() if isinstance(given, dict)
                             else ()):
        if field not in kinds:
            raise _refuse("Invalid order: field '%s' is not allowed in order"
                          % field)
        if direction not in ("ASC", "DESC"):
            raise _refuse("Invalid order: allowed sort directions are `ASC, "
                          "DESC`. But got '%s' for field '%s'"
                          % (direction, field))
        out.append((field, direction == "DESC"))
    return out or [(default, False)]


def page(table, query, kinds, rename=lambda name: name, seen=None):
    """(rows, total, next); names of filter and order pass through rename.

    seen: is this row shown at all?
    """
    rows = Filter(renamed(query.filter, rename), kinds).rows(table)
    if seen is not None:
        rows = filter(seen, rows)
    given = {rename(k): v for k, v in query.order.items()} \
        if isinstance(query.order, dict) else {}
    order = order_of(given, kinds, table.key)
    if order != [(table.key, False)]:
        rows = iter(listing.sorted_rows(rows, order, listing.plain_read))
    if query.uncounted:
        return list(itertools.islice(rows, listing.PAGE)), None, None
    rows = list(rows)
    shown = rows[query.start:query.start + listing.PAGE]
    more = query.start + listing.PAGE < len(rows)
    return shown, len(rows), query.start + listing.PAGE if more else None


def renamed(given, rename):
    """A filter with its fields under the names of the rows."""
    if isinstance(given, list):
        return [renamed(g, rename) if isinstance(g, (dict, list)) else g
                for g in given]
    out = {}
    for key, value in given.items():
        prefix, field = listing.SPLIT.match(str(key)).groups()
        if str(key).isdigit() and isinstance(value, (dict, list)):
            out[key] = renamed(value, rename)
        else:
            out[prefix + rename(field)] = value
    return out
