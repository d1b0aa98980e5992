"""Parameters of new-style methods, bound strictly; fields, typed quietly."""

import re

import errors
import php

_DATE = re.compile(r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?"
                   r"(Z|[+-]\d\d:?\d\d)?)?$|^\d\d\.\d\d\.\d{4}"
                   r"( \d\d:\d\d(:\d\d)?)?$")
_DROP = object()


def ident(params, name="id"):
    if params.get(name) is None:
        raise errors.missing(name)
    value = params[name]
    number = None if isinstance(value, (list, dict)) else php.to_int(value)
    if number is None:
        raise errors.mismatch(name, value, "int")
    return number


def fields(params, name="fields"):
    given = params.get(name)
    if given is None or given == {} or given == []:
        raise errors.missing(name)
    if not isinstance(given, (dict, list)):
        raise errors.mismatch(name, given, "array")
    return given if isinstance(given, dict) else {}


def typed(given, schema, readonly=()):
    """Known fields in their types; unknown ones and wrong kinds vanish."""
    out = {}
    for name, value in given.items():
        if name not in schema or name in readonly:
            continue
        value = _CONVERT[schema[name]](value)
        if value is not _DROP:
            out[name] = value
    return out


def need(values, names):
    """Required fields: present and not empty."""
    lacking = [n for n in names if values.get(n) in (None, "")]
    if lacking:
        raise errors.required(lacking)


def _int(value):
    if isinstance(value, (list, dict)):
        return _DROP
    if value is None or value == "":
        return None
    number = php.to_number(value)
    return 0 if number is None else int(number)


def _double(value):
    if isinstance(value, (list, dict)):
        return _DROP
    if value is None or value == "":
        return None
    number = php.to_number(value)
    return 0 if number is None else number


def _string(value):
    if isinstance(value, (list, dict)):
        return _DROP
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return None if value is None else str(value)


def _char(value):
    if isinstance(value, (list, dict)):
        return _DROP
    return "Y" if value == "Y" else "N"


def _flag(value):
    return value if value in ("Y", "N", "D") else _DROP


def _datetime(value):
    if value is None or value == "":
        return None
    good = isinstance(value, str) and _DATE.match(value)
    return value if good else _DROP


def _file(value):
    return value if isinstance(value, (dict, list)) else _DROP


_CONVERT = {"int": _int, "double": _double, "string": _string, "char": _char,
            "flag": _flag, "datetime": _datetime, "file": _file}
