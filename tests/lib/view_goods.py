"""The catalogue of a portal in marks and names: goods of every form, what
they have, and what was written of them."""

from collections import Counter

import pictures

# catalog.product's type: what a good of 1C is in the portal.
FORMS = {1: "simple", 6: "parent", 3: "parent", 4: "variation",
         5: "variation", 7: "service"}
SIZES = ("weight", "width", "length", "height")


def text(number):
    """Numbers as a person writes them: 5, 349.9."""
    if number is None:
        return None
    value = float(number)
    return str(int(value)) if value == int(value) else repr(value)


def form_of(row):
    return FORMS.get(row.get("type", 1), str(row.get("type")))


class Goods:
    """Of View: everything of the catalogue but its sections."""

    def read_goods(self, dump):
        self._types = {row["id"]: row["name"] for row in dump["price_types"]}
        self._vats = {row["id"]: row["name"] for row in dump["vats"]}
        self._units = {row["id"]: row["code"] for row in dump["measures"]}
        self._stores = {row["id"]: row.get("title")
                        for row in dump.get("stores", [])}
        self._properties = {str(row["id"]): row.get("code") or row["name"]
                            for row in dump["properties"]}
        self._lists = {str(row["id"]) for row in dump["properties"]
                       if row.get("propertyType") == "L"}
        self._enums = {str(row["id"]): row["value"]
                       for row in dump.get("property_enums", [])}
        self._named = _name_goods(dump["products"])
        self._read_parts(dump)

    def _read_parts(self, dump):
        self._prices, self._images, self._stock = {}, {}, {}
        for row in dump["prices"]:
            self._prices.setdefault(row["productId"], {})[
                self._types.get(row["catalogGroupId"])] = \
                f"{text(row['price'])} {row['currency']}"
        for row in dump.get("images", []):
            self._images.setdefault(row["productId"], []).append(
                _picture(row))
        for row in dump.get("store_products", []):
            self._stock.setdefault(row["productId"], {})[
                self._stores.get(row["storeId"], f"#{row['storeId']}")] = \
                text(row["amount"])

    def good_mark(self, ident):
        return self.marks.get(("good", ident), f"#{ident}")

    def price_mark(self, product, kind):
        return f"{self.good_mark(product)} {self._types.get(kind, kind)}"

    def stock_mark(self, product, store):
        return f"{self.good_mark(product)} {self._stores.get(store, store)}"

    def property_name(self, field):
        """property95 -> CML2_ARTICLE."""
        return self._properties.get(field[len("property"):], field)

    def product(self, row):
        out = {"name": row["name"], "active": row["active"],
               "section": self.path(row["iblockSectionId"]),
               "unit": self._units.get(row["measure"]),
               "vat": self._vats.get(row["vatId"]),
               "quantity": text(row["quantity"]),
               "about": row["detailText"], "code": row["code"],
               "sort": row["sort"], "preview": row["previewText"],
               "vat_included": row.get("vatIncluded"),
               "prices": self._prices.get(row["id"], {})}
        if row.get("sections"):
            out["sections"] = sorted(map(self.path, row["sections"]))
        if form_of(row) != "simple":
            out["form"] = form_of(row)
        if row.get("parentId"):
            out["parent"] = self.good_mark(row["parentId"])
        out.update({name: text(row[name]) for name in SIZES if row.get(name)})
        if row.get("purchasingPrice"):
            out["purchase"] = f"{text(row['purchasingPrice'])} " \
                f"{row['purchasingCurrency']}"
        shown = self.pictures(row)
        if shown:
            out["pictures"] = shown
        if row["id"] in self._stock:
            out["stock"] = self._stock[row["id"]]
        out.update(self._values(row))
        return out

    def pictures(self, row):
        main = row.get("detailPicture")
        shown = [f"main: {_picture(main)}"] if main else []
        return shown + self._images.get(row["id"], [])

    def _values(self, row):
        """Properties by code or name; of a list, the text."""
        out = {}
        for key, held in row["properties"].items():
            name = self._properties.get(key, key)
            values = [value["value"] for value in held]
            if key in self._lists:
                values = [self._enums.get(str(value), value)
                          for value in values]
            out["article" if name == "CML2_ARTICLE" else name] = \
                values[0] if len(values) == 1 else values
        return out

    def products(self):
        """What stands there in two forms: "p1", and "p1 simple" of the one
        that is switched off."""
        return {self._named[row["id"]]: self.product(row)
                for row in self._dump["products"]}

    def stores(self):
        return {row.get("title"): {**row, "mark": row.get("xmlId")}
                for row in self._dump.get("stores", [])}

    def documents(self):
        out = {}
        for row in self._dump.get("documents", []):
            name = row.get("title") or f"#{row['id']}"
            while name in out:
                name += " 2"
            out[name] = {"type": row["docType"], "status": row["status"],
                         "comment": row.get("commentary"),
                         "currency": row.get("currency"),
                         "lines": self._lines(row["id"])}
        return out

    def _lines(self, document):
        out = []
        for row in self._dump.get("document_elements", []):
            if row["docId"] != document:
                continue
            line = {"good": self.good_mark(row["elementId"]),
                    "amount": text(row["amount"])}
            for name, key in (("to", "storeTo"), ("from", "storeFrom")):
                if row.get(key):
                    line[name] = self._stores.get(row[key], row[key])
            out.append(line)
        return out

    def properties(self):
        """By code or name; one of the variations that goods have too is
        called "CML2_ARTICLE (variations)"."""
        variations = {row["iblockId"] for row in self._dump["catalogs"]
                      if row.get("productIblockId")}
        out = {}
        for row in sorted(self._dump["properties"],
                          key=lambda row: row["iblockId"] in variations):
            place = "variations" if row["iblockId"] in variations else "goods"
            name = row.get("code") or row["name"]
            if name in out:
                name += f" ({place})"
            out[name] = {
                "name": row.get("name"), "type": row["propertyType"],
                "iblock": place, "mark": row.get("xmlId"),
                "multiple": row.get("multiple"),
                "values": [enum["value"]
                           for enum in self._dump.get("property_enums", [])
                           if enum["propertyId"] == row["id"]]}
        return out

    # ---- what is there twice ----

    def doubled_goods(self):
        dump = self._dump
        out = _twice("products", dump["products"], lambda row: (
            row["iblockId"], form_of(row), row["xmlId"]))
        active = [row for row in dump["products"]
                  if row.get("active", "Y") == "Y"]
        out += [f"{mark} stands there as {' and '.join(sorted(forms))}"
                for mark, forms in sorted(_forms(active).items())
                if len(forms) > 1]
        out += _twice("property", dump["properties"], lambda row: (
            row.get("iblockId"), row.get("code")))
        out += _twice("property", dump["properties"], lambda row: (
            row.get("iblockId"), row.get("xmlId")))
        out += [f"price of {p} type {t} x{n}" for (p, t), n in Counter(
            (row["productId"], row["catalogGroupId"])
            for row in dump["prices"]).items() if n > 1]
        out += _twice("value", dump.get("property_enums", []), lambda row: (
            row["propertyId"], row.get("xmlId")))
        out += _twice("picture", dump.get("images", []), lambda row: (
            row["productId"], row.get("name")))
        out += _twice("store", dump.get("stores", []), lambda row: (
            row.get("xmlId"),))
        # What was written off under another form leaves a row of nothing.
        held = [row for row in dump.get("store_products", [])
                if float(row.get("amount") or 0) != 0]
        out += _twice("stock of", held,
                      lambda row: (row["storeId"],
                                   self.good_mark(row["productId"])))
        return out + _twice("document", dump.get("documents", []),
                            lambda row: (row.get("title"),))

    # ---- all of it ----

    def whole_goods(self):
        """For comparing two runs.  Titles and ids of documents may differ,
        how goods are divided among them (one that is refused is halved, from
        where a run begins), and the order in a gallery."""
        return {
            "products": sorted(map(repr, (
                (self._named[row["id"]], sorted(
                    self._settled(row).items(), key=repr))
                for row in self._dump["products"]))),
            "properties": sorted(map(repr, (
                (name, row["iblock"], row["type"], sorted(row["values"]))
                for name, row in self.properties().items()))),
            "stores": sorted(map(repr, self._stores.values())),
            "documents": sorted(map(repr, (
                (row["type"], row["status"], line)
                for row in self.documents().values()
                for line in row["lines"] or ["empty"])))}

    def _settled(self, row):
        out = self.product(row)
        out["prices"] = dict(sorted(out["prices"].items()))
        if "pictures" in out:
            out["pictures"] = sorted(out["pictures"])
        return out


def _picture(row):
    """By the text it was made from, else by its name."""
    return pictures.TEXTS.get(row.get("hash"), row.get("name"))


def _forms(rows):
    out = {}
    for row in rows:
        out.setdefault(row["xmlId"], set()).add(form_of(row))
    return out


def _name_goods(rows):
    """{id: what it is called}: its mark; of one that stands there in two
    forms only the one that counts, the other with its form."""
    taken, out = {}, {}
    for row in sorted(rows, key=lambda row: (
            row.get("active", "Y") != "Y", form_of(row) == "simple",
            row["id"])):
        mark = row["xmlId"]
        name = f"{mark} {form_of(row)}" if mark in taken and \
            form_of(row) != taken[mark] else mark
        taken.setdefault(mark, form_of(row))
        out[row["id"]] = name
    return out


def _twice(what, rows, key):
    """Rows of one key; a key that ends with nothing does not count."""
    counts = Counter(key(row) for row in rows)
    return [f"{what} {name[-1]} x{n}"
            for name, n in sorted(counts.items(), key=repr)
            if n > 1 and name[-1]]


# ---- what was written ----

# What a method must be given though it has not changed (bitrix24-methods.md).
_REQUIRED = {"section": ("iblockId", "name"), "price": ("price", "currency"),
             "value": ("propertyId", "value", "xmlId"), "store": ("address",),
             "property": ("iblockId", "name")}
_GOODS = {"catalog.product": "product", "catalog.product.sku": "parent",
          "catalog.product.offer": "variation",
          "catalog.product.service": "service"}
_KINDS = {**_GOODS, "catalog.section": "section", "catalog.price": "price",
          "catalog.productproperty": "property",
          "catalog.productimage": "picture",
          "catalog.productpropertyenum": "value", "catalog.store": "store",
          "catalog.measure": "unit", "catalog.vat": "vat",
          "catalog.document": "document",
          "catalog.document.element": "element"}
_VERBS = {"add": "+", "update": "", "delete": "-"}
# Documents as wholes.
_ACTS = {"catalog.document.conduct": "conduct",
         "catalog.document.conductlist": "conduct",
         "catalog.document.cancel": "cancel",
         "catalog.document.cancellist": "cancel"}


def count_command(out, command, before, after):
    """Adds to {"+product": 3, "product p1": ["name"], …}."""
    method = command["method"].lower()
    owner, _, verb = method.rpartition(".")
    if not command.get("done"):
        return
    key = _ACTS.get(method)
    if key is None and owner in _KINDS and verb in _VERBS and \
            verb != "update":
        key = _VERBS[verb] + _KINDS[owner]
    if key is not None:
        out[key] = out.get(key, 0) + 1
    elif owner in _KINDS and verb == "update":
        _count_update(out, _KINDS[owner], command["params"], before, after)


def _count_update(out, kind, params, before, after):
    ident = int(params["id"])
    table = "good" if kind in _GOODS.values() else kind
    mark = before.marks.get((table, ident)) or \
        after.marks.get((table, ident), f"#{ident}")
    row = before.rows.get((table, ident), {})
    required = ("iblockId",) if table == "good" else _REQUIRED.get(kind, ())
    names = set(out.get(f"{kind} {mark}", []))
    for name, value in params.get("fields", {}).items():
        if name in required and _same(row.get(name), value):
            continue
        if name.startswith("property") and table == "good":
            name = after.property_name(name)
        names.add("article" if name == "CML2_ARTICLE" else name)
    out[f"{kind} {mark}"] = sorted(names)


def _same(held, sent):
    try:
        return float(held) == float(sent)
    except (TypeError, ValueError):
        return str(held) == str(sent)
