"""What the portal holds: tables with ids and indexes, no rules."""

import crm_rows
import crm_store
from table import Table, fold    # noqa: F401  (others take fold from here)


class Store(crm_rows.Rows, crm_store.Crm):
    """All tables. Ids do not begin at 1 alike, so that none fits by chance."""

    LOADABLE = ("catalogs", "sections", "products", "prices", "properties",
                "price_types", "vats", "measures", "currencies", "stores",
                "users") + crm_store.LOADABLE

    def __init__(self, config, stamp=lambda: "2026-01-01T12:00:00+03:00"):
        super().__init__(stamp)
        self.catalogs = Table(first=20)
        self.sections = Table(first=11, step=2,
                              indexed=("xmlId", "code", "iblockSectionId"))
        self.products = Table(first=101, step=3,
                              indexed=("xmlId", "code", "name",
                                       "iblockSectionId"))
        self.prices = Table(first=1001, step=1, indexed=("productId",))
        self.properties = Table(first=95, step=2, indexed=("code",))
        self.price_types = Table(first=4)
        self.vats = Table(first=6)
        self.measures = Table(first=6)
        self.currencies = Table(key="CURRENCY")
        self.stores = Table(first=2)
        self.users = Table(first=2, key="ID")
        self._value_id = 5000
        for name in self.LOADABLE:
            if name in config:
                self.load(name, config[name])

    def load(self, name, rows):
        if name in crm_store.LOADABLE:
            self.load_crm(name, rows)
            return len(rows)
        table = getattr(self, name)
        for row in rows:
            row = dict(row)
            if table.key not in row:
                row[table.key] = table.new_id()
            defaults = DEFAULTS.get(name, {})
            row = {**defaults, **row}
            if name in ("products", "sections") and not row.get("xmlId"):
                row["xmlId"] = str(row[table.key])
            if name == "products":
                row["properties"] = self._loaded_values(row["properties"])
            table.put(row)
        return len(rows)

    def _loaded_values(self, values):
        out = {}
        for number, held in values.items():
            held = held if isinstance(held, list) else [held]
            out[str(number)] = [
                v if isinstance(v, dict) else self.value(v) for v in held]
        return out

    def value(self, value):
        """A property value of its own, with a new valueId."""
        self._value_id += 1
        return {"value": value, "valueId": str(self._value_id)}

    def dump(self):
        out = {name: getattr(self, name).sorted() for name in self.LOADABLE}
        out.update(self.dump_crm())
        out["deleted"] = {name: sorted(getattr(self, name).deleted)
                          for name in DELETED}
        return out

    def counts(self):
        return {name: len(getattr(self, name).rows)
                for name in self.LOADABLE}

    def prices_of(self, product):
        return [self.prices.rows[i]
                for i in self.prices.find("productId", product)]

    def delete_product(self, ident):
        for price in self.prices_of(ident):
            self.prices.remove(price["id"])
        self.products.remove(ident)

    def delete_section(self, ident):
        """With everything in it, as Bitrix does."""
        waiting = [ident]
        while waiting:
            current = waiting.pop()
            if current not in self.sections.rows:
                continue
            waiting += self.sections.find("iblockSectionId", current)
            for product in self.products.find("iblockSectionId", current):
                self.delete_product(product)
            self.sections.remove(current)


DELETED = ("sections", "products", "prices", "companies", "contacts",
           "deals", "invoices", "requisites", "bank_details")
DEFAULTS = {
    "sections": {"iblockId": 14, "iblockSectionId": None, "name": "",
                 "xmlId": None, "code": None, "sort": 500, "active": "Y",
                 "description": None, "descriptionType": "text"},
    "products": {"iblockId": 14, "iblockSectionId": None, "name": "",
                 "active": "Y", "available": "Y", "bundle": "N", "code": None,
                 "xmlId": None, "type": 1, "sort": 500, "quantity": 0,
                 "quantityReserved": 0, "measure": None, "vatId": None,
                 "vatIncluded": "N", "detailText": None,
                 "detailTextType": "text", "previewText": None,
                 "previewTextType": "text", "canBuyZero": "N",
                 "quantityTrace": "N", "subscribe": "Y", "createdBy": 1,
                 "modifiedBy": 1, "properties": {}},
    "prices": {"currency": "RUB", "extraId": None, "quantityFrom": None,
               "quantityTo": None},
    "properties": {"iblockId": 14, "active": "Y", "sort": 500, "code": None,
                   "defaultValue": None, "propertyType": "S", "userType": None,
                   "rowCount": 1, "colCount": 30, "listType": "L",
                   "multiple": "N", "xmlId": None, "fileType": None,
                   "multipleCnt": None, "linkIblockId": None,
                   "withDescription": None, "searchable": "N",
                   "filtrable": "N", "isRequired": "N", "hint": None,
                   "userTypeSettings": None},
}
