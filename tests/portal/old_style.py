"""What the older crm.* methods share.

Names of parameters and fields ignore case, numbers are answered as strings,
codes of errors are empty, and lists drop unknown filter fields and unreadable
dates without a word: then the whole table comes back.
"""

import crm_values
import listing
import php
from errors import RestError
from registry import Listed


def refuse(text, code="", status=400):
    return RestError(code, text, status)


def lowered(params):
    """Parameters by their names in lower case."""
    return {str(name).lower(): value for name, value in params.items()}


def uppered(fields):
    return {str(name).upper(): value for name, value in fields.items()} \
        if isinstance(fields, dict) else {}


def fields_of(params):
    """`fields`, or an error as these methods have it."""
    given = lowered(params).get("fields")
    if not isinstance(given, (dict, list)):
        raise refuse("Parameter 'fields' must be array.")
    return uppered(given)


def ident_of(params, name="id"):
    value = lowered(params).get(name)
    ident = None if isinstance(value, (list, dict)) else php.to_int(value)
    if ident is None or ident <= 0:
        raise refuse("ID is not defined or invalid.")
    return ident


def may_read(portal, code=""):
    if not portal.config["crm_read"]:
        raise refuse("Access denied.", code)


def may_write(portal):
    may_read(portal)
    if not portal.config["crm_write"]:
        raise refuse("Access denied.")


def typed(given, schema, readonly):
    """Known fields in their types; unknown ones vanish; "" is null."""
    out = {}
    for name, value in given.items():
        kind = schema.get(name)
        if kind is None or name in readonly or \
                isinstance(value, (list, dict)):
            continue
        out[name] = _CONVERT[kind](value)
    return out


def _text(value):
    if value is True:
        return "1"
    if value is None or value is False or value == "":
        return None
    return php.dumps(value) if isinstance(value, float) else str(value)


_CONVERT = {
    "string": _text,
    "int": lambda value: int(php.to_number(value) or 0),
    "char": lambda value: "Y" if value in ("Y", "y", True) else "N",
    "datetime": crm_values.stamp_of,
}


def shown(row, names):
    return {name: text_of(row.get(name), name) for name in names}


def text_of(value, name=""):
    """Numbers are strings; a row that was never modified says ""."""
    if name == "DATE_MODIFY":
        return value or ""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return php.dumps(value)
    return value


def listed(portal, params, table, schema, extra=(), keep=None):
    """An old list: (rows, total, next) as shown. `extra`: user fields."""
    params = lowered(params)
    kinds = {**schema, **{name: "string" for name in extra}}
    query = listing.Query({
        "filter": filter_of(params.get("filter"), kinds),
        "order": uppered(params.get("order")),
        "select": [], "start": params.get("start")})
    select = params.get("select")
    asked = [str(n).upper() for n in php.items(select)] \
        if isinstance(select, (list, dict)) else []
    rows, total, following = listing.page(
        Kept(table, keep) if keep else table, query, kinds)
    names = list(kinds) if not asked or "*" in asked else \
        [name for name in asked if name in kinds]
    return Listed([shown(row, names) for row in rows],
                  0 if total is None else total, following)


class Kept:
    """A table without the rows that this list does not know of."""

    def __init__(self, table, keep):
        self._table = table
        self.key = table.key
        self.rows = {i: row for i, row in table.rows.items() if keep(row)}
        self.ids = [i for i in table.ids if i in self.rows]

    def indexed(self, field):
        return self._table.indexed(field)

    def find(self, field, value):
        return [i for i in self._table.find(field, value) if i in self.rows]

    def after(self, ident):
        return (i for i in self.ids if i > ident)


def filter_of(given, kinds):
    """Field names in upper case; what can't be read is dropped."""
    out = {}
    for key, value in (given.items() if isinstance(given, dict) else ()):
        prefix, field = listing.SPLIT.match(str(key)).groups()
        field = field.upper()
        if kinds.get(field) == "datetime":
            value = crm_values.stamp_of(value)
            if value is None:
                continue
        if value == [] or value == {}:
            continue
        out[prefix + field] = value
    return out
