"""The rules of an exchange, and what the portal must therefore hold."""

import json
from decimal import Decimal

DEFAULTS = {
    "enabled": True, "price_types": {}, "marked": "deactivate",
    "absent": "keep", "max_deleted_percent": 20, "stock": "auto",
    "vat": {}, "units": {}, "negative_stock": "zero",
}
CURRENCIES = {"руб": "RUB", "руб.": "RUB", "643": "RUB"}
NO_VAT = ("без ндс", "без налога")


class Wrong(Exception):
    """A configuration that can't be used."""


def strip_comments(text):
    """JSON without // and /* */ comments outside of strings."""
    out, at, inside = [], 0, False
    while at < len(text):
        two = text[at:at + 2]
        if inside and text[at] == "\\":
            out.append(two)
            at += 2
            continue
        if text[at] == '"':
            inside = not inside
        elif not inside and two in ("//", "/*"):
            end = text.find("\n" if two == "//" else "*/", at)
            at = len(text) if end < 0 else end + (two == "/*") * 2
            continue
        out.append(text[at])
        at += 1
    return "".join(out)


def load(path):
    try:
        with open(path, encoding="utf-8-sig") as file:
            whole = json.loads(strip_comments(file.read()))
    except (OSError, ValueError) as error:
        raise Wrong("%s: %s" % (path, error)) from error
    return whole if isinstance(whole, dict) else {}


def same_text(a, b):
    return a.strip().casefold() == b.strip().casefold()


def find_named(rows, wanted, fields):
    """The portal's row that a rule names: by id, or by one of the fields."""
    for row in rows:
        if str(row.get("id")) == str(wanted):
            return row
    for field in fields:
        for row in rows:
            if row.get(field) is not None and \
                    same_text(str(row[field]), str(wanted)):
                return row
    return None


class Rules:
    """Configuration against the portal's own lists."""

    def __init__(self, whole, dump):
        self.catalog = {**DEFAULTS, **whole.get("catalog", {})}
        named = {**CURRENCIES, **whole.get("currencies", {})}
        self._currencies = {_plain_name(k): v for k, v in named.items()}
        self._dump = dump
        self._known = {row["CURRENCY"] for row in dump["currencies"]}
        self._types = {}
        for name, target in self.catalog["price_types"].items():
            row = find_named(dump["price_types"], target, ("name", "xmlId"))
            if row is None:
                raise Wrong("the portal has no price type %s" % target)
            self._types[name.strip()] = row["id"]
        self._vats = {}
        self._units = {}

    def price_type(self, ident, name):
        """The portal's price type of a 1C one, or None: left out."""
        if ident in self._types:
            return self._types[ident]
        for known, target in self._types.items():
            if name and same_text(known, name):
                return target
        return None

    def mapped_types(self):
        return set(self._types.values())

    def currency(self, text):
        """An ISO code that the portal knows, or None: left out."""
        code = self._currencies.get(_plain_name(text))
        if code is None and len(text) == 3 and text.isascii() and \
                text.isupper():
            code = text
        return code if code in self._known else None

    def vats(self, text):
        """Ids of the portal's rates that say the same; empty: left out."""
        if text not in self._vats:
            self._vats[text] = self._vat_ids(text)
        return self._vats[text]

    def _vat_ids(self, text):
        rows = self._dump["vats"]
        for known, target in self.catalog["vat"].items():
            if same_text(known, text):
                row = find_named(rows, target, ("name",))
                return {row["id"]} if row else set()
        if text.casefold() in NO_VAT:
            return {row["id"] for row in rows if row.get("rate") is None or
                    row["name"].casefold().startswith("без")}
        try:
            rate = Decimal(text.rstrip("%").strip().replace(",", "."))
        except ArithmeticError:
            return set()
        return {row["id"] for row in rows
                if row.get("rate") is not None and
                not row["name"].casefold().startswith("без") and
                Decimal(str(row["rate"])) == rate}

    def unit(self, code):
        """Id of the portal's measure, or None: left out."""
        if code not in self._units:
            self._units[code] = self._measure(code)
        return self._units[code]

    def _measure(self, code):
        rows = self._dump["measures"]
        target = self.catalog["units"].get(code, code)
        if target != code:
            row = find_named(rows, target, ("code", "measureTitle", "symbol"))
            return row["id"] if row else None
        for row in rows:
            if code.isdigit() and row["code"] == int(code):
                return row["id"]
        return None

    def quantity(self, rest):
        """Decimal that the portal must show, or None: left out."""
        if self.catalog["stock"] not in ("auto", "quantity") or rest is None:
            return None
        total, stores = rest
        value = Decimal(total) if total is not None else \
            sum((Decimal(s) for s in stores), Decimal(0))
        if value < 0 and self.catalog["negative_stock"] == "zero":
            return Decimal(0)
        return value


def _plain_name(text):
    return str(text).strip().rstrip(".").casefold()
