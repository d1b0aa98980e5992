"""The portal's dump in the terms of the cases: marks and names, no ids."""

from collections import Counter

import view_crm


def _text(number):
    """Numbers as a person writes them: 5, 349.9."""
    if number is None:
        return None
    value = float(number)
    return str(int(value)) if value == int(value) else repr(value)


class View:
    def __init__(self, dump):
        self._dump = dump
        self.crm = view_crm.Crm(dump)
        self._sections = {row["id"]: row for row in dump["sections"]}
        self._types = {row["id"]: row["name"] for row in dump["price_types"]}
        self._vats = {row["id"]: row["name"] for row in dump["vats"]}
        self._units = {row["id"]: row["code"] for row in dump["measures"]}
        self._properties = {str(row["id"]): row.get("code") or row["name"]
                            for row in dump["properties"]}
        self.marks = {("product", row["id"]): row["xmlId"]
                      for row in dump["products"]}
        self.marks.update({("section", row["id"]): row["xmlId"]
                           for row in dump["sections"]})
        for row in dump["prices"]:
            self.marks["price", row["id"]] = self.price_mark(
                row["productId"], row["catalogGroupId"])
        self._prices = {}
        for row in dump["prices"]:
            self._prices.setdefault(row["productId"], {})[
                self._types.get(row["catalogGroupId"])] = \
                f"{_text(row['price'])} {row['currency']}"
        self.rows = {("product", row["id"]): row for row in dump["products"]}
        self.rows.update({("section", row["id"]): row
                          for row in dump["sections"]})
        self.rows.update({("price", row["id"]): row
                          for row in dump["prices"]})

    def price_mark(self, product, kind):
        mark = self.marks.get(("product", product), f"#{product}")
        return f"{mark} {self._types.get(kind, kind)}"

    def property_name(self, field):
        """property95 -> CML2_ARTICLE."""
        return self._properties.get(field[len("property"):], field)

    def path(self, ident):
        names = []
        while ident in self._sections and len(names) < 50:
            names.append(self._sections[ident]["name"])
            ident = self._sections[ident]["iblockSectionId"]
        return "/".join(reversed(names))

    def section(self, row):
        return {"name": row["name"], "path": self.path(row["id"]),
                "active": row["active"], "code": row["code"]}

    def product(self, row):
        out = {"name": row["name"], "active": row["active"],
               "section": self.path(row["iblockSectionId"]),
               "unit": self._units.get(row["measure"]),
               "vat": self._vats.get(row["vatId"]),
               "quantity": _text(row["quantity"]),
               "about": row["detailText"], "code": row["code"],
               "sort": row["sort"], "preview": row["previewText"],
               "prices": self._prices.get(row["id"], {})}
        for key, held in row["properties"].items():
            name = self._properties.get(key, key)
            values = [value["value"] for value in held]
            out["article" if name == "CML2_ARTICLE" else name] = \
                values[0] if len(values) == 1 else values
        return out

    def sections(self):
        return {row["xmlId"]: self.section(row)
                for row in self._dump["sections"]}

    def products(self):
        return {row["xmlId"]: self.product(row)
                for row in self._dump["products"]}

    def doubles(self, number_field=None):
        """Marks that two objects have; number_field: of deals, where the
        order's number is."""
        out = []
        for name in ("sections", "products"):
            counts = Counter((row["iblockId"], row["xmlId"])
                             for row in self._dump[name])
            out += [f"{name} {mark} x{n}"
                    for (_, mark), n in sorted(counts.items()) if n > 1]
        codes = Counter(row["code"] for row in self._dump["properties"]
                        if row.get("code"))
        out += [f"property {code} x{n}" for code, n in codes.items() if n > 1]
        prices = Counter((row["productId"], row["catalogGroupId"])
                         for row in self._dump["prices"])
        out += [f"price of {p} type {t} x{n}"
                for (p, t), n in prices.items() if n > 1]
        return out + self.crm.doubles(number_field)

    def whole(self):
        """All that the portal holds, for comparing two runs."""
        return {
            **self.crm.whole(),
            "sections": sorted(map(repr, (
                (row["xmlId"], self.section(row))
                for row in self._dump["sections"]))),
            "products": sorted(map(repr, (
                (row["xmlId"], sorted(self.product(row).items(), key=repr))
                for row in self._dump["products"]))),
            "properties": sorted(str(row.get("code") or row["name"])
                                 for row in self._dump["properties"])}


# What a method must be given though it has not changed (bitrix24-methods.md).
_REQUIRED = {"section": ("iblockId", "name"), "price": ("price", "currency"),
             "product": ("iblockId",)}
_KINDS = {"catalog.section": "section", "catalog.product": "product",
          "catalog.price": "price", "catalog.productproperty": "property"}
_VERBS = {"add": "+", "update": "", "delete": "-"}


def what_was_sent(log, before, after):
    """{"+product": 3, "product p1": ["name"], …} of the writes in a log;
    of the CRM {"+company": 1, "requisite K1": ["RQ_KPP"], …}.

    A field that the method demands counts only where its value is new.
    """
    out = {}
    for entry in log:
        for command in entry["commands"]:
            _count_command(out, command, before, after)
    return out


def _count_command(out, command, before, after):
    if command.get("done") and view_crm.count_command(
            out, command, before.crm, after.crm):
        return
    method = command["method"].lower()
    owner, _, verb = method.rpartition(".")
    if owner not in _KINDS or verb not in _VERBS or not command["done"]:
        return
    kind = _KINDS[owner]
    if verb != "update":
        key = _VERBS[verb] + kind
        out[key] = out.get(key, 0) + 1
        return
    params = command["params"]
    ident = int(params["id"])
    mark = before.marks.get((kind, ident)) or \
        after.marks.get((kind, ident), f"#{ident}")
    row = before.rows.get((kind, ident), {})
    names = set(out.get(f"{kind} {mark}", []))
    for name, value in params.get("fields", {}).items():
        if name in _REQUIRED.get(kind, ()) and \
                _same(row.get(name), value):
            continue
        if name.startswith("property"):
            name = after.property_name(name)
        names.add("article" if name == "CML2_ARTICLE" else name)
    out[f"{kind} {mark}"] = sorted(names)


def _same(held, sent):
    try:
        return float(held) == float(sent)
    except (TypeError, ValueError):
        return str(held) == str(sent)
