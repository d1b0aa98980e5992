"""The rules of an exchange, and what the portal must therefore hold."""

import json
from decimal import Decimal

from oracle_place import TREE, tidy

DEFAULTS = {
    "enabled": True, "price_types": {}, "marked": "deactivate",
    "absent": "keep", "max_deleted_percent": 20, "stock": "auto",
    "vat": {}, "units": {}, "negative_stock": "zero",
    "characteristics": "variations", "properties": {}, "warehouses": {},
    "pictures": True, "select": {}, "groups": {},
}
CREATE, IGNORE, OTHERS = "create", "ignore", "*"
# Properties that are no text: files, links to other elements and sections.
_NO_VALUES = ("F", "E", "G")
CURRENCIES = {"руб": "RUB", "руб.": "RUB", "643": "RUB", "RUR": "RUB"}
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


def rule_of(rules, *names):
    """What a map of the configuration says of 1C's thing: by Ид, by name,
    by "*"; None: nothing."""
    for name in names:
        for known, target in rules.items():
            if name and known != OTHERS and same_text(known, name):
                return target
    return rules.get(OTHERS)


class Rules:
    """Configuration against the portal's own lists."""

    def __init__(self, whole, dump):
        self.catalog = {**DEFAULTS, **whole.get("catalog", {})}
        named = {**CURRENCIES, **whole.get("currencies", {})}
        self._currencies = {_plain_name(k): v for k, v in named.items()}
        self._dump = dump
        self._known = {row["CURRENCY"] for row in dump["currencies"]}
        self._owners = whole.get("owners", {})
        self._types = {}
        for name, target in self.catalog["price_types"].items():
            row = find_named(dump["price_types"], target, ("name", "xmlId"))
            if row is None:
                raise Wrong("the portal has no price type %s" % target)
            self._types[name.strip()] = row["id"]
        self.enums = {}
        for row in dump.get("property_enums", []):
            self.enums.setdefault(row["propertyId"], {})[str(row["id"])] = row
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

    def price_order(self):
        """The portal's price types in the order of the rules."""
        return list(dict.fromkeys(self._types.values()))

    def places(self):
        """Marks of the sections of the managers' tree."""
        out = set()
        for path in self.catalog["groups"]:
            parts = tidy(path).split("/")
            out |= {TREE + "/".join(parts[:depth])
                    for depth in range(1, len(parts) + 1)}
        return out

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

    def owner(self, field):
        return self._owners.get(field, "1c")

    def percent(self, text):
        """The rate of VAT that 1C's text says; None: none is known."""
        for said in (text, rule_of(self.catalog["vat"], text or "")):
            plain = (said or "").casefold().strip()
            if plain in (*NO_VAT, "не облагается"):
                return Decimal(0)
            try:
                return Decimal(plain.removeprefix("ндс").strip().rstrip(
                    "%").strip().replace(",", "."))
            except ArithmeticError:
                pass
        return None

    def unit(self, code):
        """Id of the portal's measure, or None: left out."""
        if code not in self._units:
            self._units[code] = self._measure(code)
        return self._units[code]

    def _measure(self, code):
        """-1: it is to be made, and is not there."""
        rows = self._dump["measures"]
        target = rule_of(self.catalog["units"], code)
        if target == IGNORE:
            return None
        if target not in (None, CREATE, code):
            row = find_named(rows, target, ("code", "measureTitle", "symbol"))
            return row["id"] if row else None
        for row in rows:
            if code.isdigit() and row["code"] == int(code):
                return row["id"]
        return -1 if target == CREATE and code.isdigit() else None

    def quantity(self, rest, warehouses):
        """Decimal that the portal must show, or None: left out."""
        if self.catalog["stock"] not in ("auto", "quantity") or rest is None:
            return None
        return self.not_negative(self.amount(rest, warehouses))

    def amount(self, rest, warehouses):
        """All that there is of it, but in ignored warehouses."""
        total, amounts, stores = rest
        left = {ident for ident in stores if rule_of(
            self.catalog["warehouses"], ident,
            warehouses.get(ident, "")) == IGNORE}
        if left:
            total, amounts = None, [amount for ident, amount in
                                    stores.items() if ident not in left]
        return Decimal(total) if total is not None else \
            sum((Decimal(amount) for amount in amounts), Decimal(0))

    def not_negative(self, value):
        if value < 0 and self.catalog["negative_stock"] == "zero":
            return Decimal(0)
        return value

    def store(self, ident, name):
        """(is it carried, the portal's store or None)"""
        rule = rule_of(self.catalog["warehouses"], ident, name)
        rows = self._dump.get("stores", [])
        if rule == IGNORE:
            return False, None
        if rule not in (None, CREATE):
            return True, find_named(rows, rule, ("title", "code", "xmlId"))
        row = next((r for r in rows if r.get("xmlId") == ident), None) or \
            next((r for r in rows if name and
                  same_text(r.get("title") or "", name)), None)
        return rule == CREATE or row is not None, row

    def property(self, iblock, term):
        """(is it carried, the portal's property or None)"""
        rule = term.rule
        rows = sorted((row for row in self._dump["properties"]
                       if row["iblockId"] == iblock),
                      key=lambda row: (row.get("active") != "Y", row["id"]))
        if rule == IGNORE:
            return False, None
        if rule not in (None, CREATE):
            return True, find_named(rows, rule, ("name", "code", "xmlId"))
        row = next((r for r in rows if r.get("xmlId") in term.ids), None) or \
            next((r for r in rows if term.code and
                  r.get("code") == term.code), None) or \
            next((r for r in rows if term.name and
                  r["propertyType"] not in _NO_VALUES and
                  same_text(r["name"], term.name)), None)
        return rule == CREATE or row is not None, row


def _plain_name(text):
    return str(text).strip().rstrip(".").casefold()
