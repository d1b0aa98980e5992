"""The portal's dump in the terms of the cases: marks and names, no ids."""

from collections import Counter

import view_crm
import view_goods


class View(view_goods.Goods):
    def __init__(self, dump):
        self._dump = dump
        self.crm = view_crm.Crm(dump)
        self._sections = {row["id"]: row for row in dump["sections"]}
        self.rows = {(kind, row["id"]): row
                     for kind, table in _TABLES.items()
                     for row in dump.get(table, [])}
        self.read_goods(dump)
        self.marks = {
            (kind, ident): row.get("xmlId") or row.get("code") or
            row.get("name") for (kind, ident), row in self.rows.items()}
        self.marks.update({
            ("property", row["id"]): row.get("code") or row["name"]
            for row in dump["properties"]})
        for row in dump["prices"]:
            self.marks["price", row["id"]] = self.price_mark(
                row["productId"], row["catalogGroupId"])
        for row in dump.get("store_products", []):
            self.marks["stock", row["id"]] = self.stock_mark(
                row["productId"], row["storeId"])

    def path(self, ident):
        names = []
        while ident in self._sections and len(names) < 50:
            names.append(self._sections[ident]["name"])
            ident = self._sections[ident]["iblockSectionId"]
        return "/".join(reversed(names))

    def section(self, row):
        return {"name": row["name"], "path": self.path(row["id"]),
                "active": row["active"], "code": row["code"],
                "about": row["description"] or None,
                "about_type": row["descriptionType"]}

    def sections(self):
        return {row["xmlId"]: self.section(row)
                for row in self._dump["sections"]}

    def doubles(self, number_field=None):
        """Marks that two objects have; number_field: of deals, where the
        order's number is."""
        counts = Counter((row["iblockId"], row["xmlId"])
                         for row in self._dump["sections"])
        out = [f"sections {mark} x{n}"
               for (_, mark), n in sorted(counts.items()) if n > 1]
        return out + self.doubled_goods() + self.crm.doubles(number_field)

    def whole(self):
        """All that the portal holds, for comparing two runs."""
        return {
            **self.crm.whole(), **self.whole_goods(),
            "sections": sorted(map(repr, (
                (row["xmlId"], self.section(row))
                for row in self._dump["sections"])))}


# Kinds of what is written, and where the portal holds it.
_TABLES = {"good": "products", "section": "sections", "price": "prices",
           "property": "properties", "value": "property_enums",
           "store": "stores", "unit": "measures", "picture": "images",
           "document": "documents"}


def what_was_sent(log, before, after):
    """{"+product": 3, "product p1": ["name"], …} of the writes in a log;
    of the CRM {"+company": 1, "requisite K1": ["RQ_KPP"], …}.

    A field that the method demands counts only where its value is new.
    """
    out = {}
    for entry in log:
        for command in entry["commands"]:
            if not (command.get("done") and view_crm.count_command(
                    out, command, before.crm, after.crm)):
                view_goods.count_command(out, command, before, after)
    return out
