"""PHP as seen from outside: how it reads parameters and how it writes JSON."""

import json
import re

_ESCAPES = (("\\\\", "\0"), ('\\"', "\\u0022"), ("/", "\\/"),
            ("&", "\\u0026"), ("<", "\\u003C"), (">", "\\u003E"),
            ("'", "\\u0027"), ("\0", "\\\\"))
_KEY = re.compile(r"\[([^\]]*)\]?")
_INT_KEY = re.compile(r"^(0|-?[1-9][0-9]{0,17})$")
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


class Object(dict):
    """A map that is an object even when it is empty."""


def dumps(value):
    """JSON with the escapes that Bitrix's encoder writes."""
    text = json.dumps(_plain(value), ensure_ascii=True,
                      separators=(",", ":"))
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text


def _plain(value):
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is dict:
        return array(value, _plain)
    if kind is Object:
        return {str(key): _plain(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_plain(item) for item in value]
    if kind is float and value == int(value) and abs(value) < 1e15:
        return int(value)
    return value


def array(mapping, convert=lambda v: v):
    """A PHP array on its way out: a list where the keys are 0..n-1."""
    first = next(iter(mapping), "0")
    if isinstance(first, str) and first != "0":
        return {str(key): convert(item) for key, item in mapping.items()}
    keys = [_int_key(key) for key in mapping]
    if keys == list(range(len(keys))):
        return [convert(value) for value in mapping.values()]
    return {str(key): convert(value) for key, value in mapping.items()}


def _int_key(key):
    if isinstance(key, int):
        return key
    return int(key) if _INT_KEY.match(key) else key


def decode(text):
    """urldecode(): '+' is a space, bytes that are no UTF-8 get replaced."""
    text = text.replace("+", " ")
    return _ENCODED.sub(_bytes, text) if "%" in text else text


def _bytes(run):
    return bytes.fromhex(run.group().replace("%", "")) \
        .decode("utf-8", "replace")


def parse_query(query, max_vars=10000):
    """parse_str(): brackets, [] appends, later values win."""
    out = {}
    for number, pair in enumerate(p for p in query.split("&") if p):
        if number >= max_vars:
            break
        name, _, value = pair.partition("=")
        _assign(out, decode(name), decode(value))
    return collapse(out)


def _assign(out, name, value):
    name = name.lstrip(" ")
    at = name.find("[")
    if at <= 0:
        if name and at < 0:
            out[_top(name)] = value
        return
    keys = [_top(name[:at])]
    keys += _KEY.findall(name[at:]) if "]" in name[at:] else []
    node = out
    for key, following in zip(keys, keys[1:] + [None]):
        key = _next_index(node) if key == "" else key
        if following is None:
            node[key] = value
            return
        if not isinstance(node.get(key), dict):
            node[key] = {}
        node = node[key]


def _top(name):
    return name.replace(".", "_").replace(" ", "_")


def _next_index(node):
    taken = [int(k) for k in node if isinstance(k, str) and _INT_KEY.match(k)]
    return str(max(taken) + 1) if taken else "0"


def collapse(value):
    """Maps with keys 0..n-1 are lists inside, as JSON bodies have them."""
    if not isinstance(value, dict):
        return value
    inner = {key: collapse(item) for key, item in value.items()}
    if not inner:
        return inner
    return array(inner)


def truth(value):
    """(bool)$value"""
    return value not in (None, False, 0, 0.0, "", "0") and value != [] \
        and value != {}


def to_int(value):
    """FILTER_VALIDATE_INT, or None where it fails."""
    if isinstance(value, bool):
        return 1 if value else None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, str) and re.match(r"^\s*[+-]?\d{1,18}\s*$", value):
        return int(value)
    return None


def to_number(value):
    """A number out of a number or a numeric string, else None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return value if abs(value) < 1e300 else None
    if isinstance(value, str) and \
            re.match(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$", value):
        number = float(value)
        if number in (float("inf"), float("-inf")):
            return None
        return int(number) if number == int(number) else number
    return None


def items(value):
    """Values of a PHP array, whether it came as a list or as a map."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else [value]


def collapse_map(value):
    """A decoded JSON body: a map on top, PHP arrays below."""
    if isinstance(value, list):
        value = {str(at): item for at, item in enumerate(value)}
    if not isinstance(value, dict):
        return {}
    return {key: _collapse_json(item) for key, item in value.items()}


def _collapse_json(value):
    if isinstance(value, list):
        return [_collapse_json(item) for item in value]
    return array(value, _collapse_json) if isinstance(value, dict) and value \
        else value
