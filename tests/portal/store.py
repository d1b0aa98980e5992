"""What the portal holds: tables with ids and indexes, no rules."""

import crm_rows
import crm_store
import stock_rows
from table import Table, fold    # noqa: F401  (others take fold from here)


class Store(crm_rows.Rows, stock_rows.Stock, crm_store.Crm):
    """All tables. Ids do not begin at 1 alike, so that none fits by chance."""

    LOADABLE = ("catalogs", "sections", "products", "prices", "properties",
                "price_types", "price_type_langs", "vats", "measures",
                "currencies", "stores", "images", "property_enums", "store_products", "documents",
                "document_elements", "users") + crm_store.LOADABLE

    def __init__(self, config, stamp=lambda: "2026-01-01T12:00:00+03:00"):
        super().__init__(stamp)
        self.catalogs = Table(first=20)
        self.sections = Table(first=11, step=2,
                              indexed=("xmlId", "code", "iblockSectionId"))
        self.products = Table(first=101, step=3,
                              indexed=("xmlId", "code", "name",
                                       "iblockSectionId", "parentId"))
        self.prices = Table(first=1001, step=1, indexed=("productId",))
        self.properties = Table(first=95, step=2, indexed=("code",))
        self.price_types = Table(first=4)
        self.price_type_langs = Table(first=7)
        self.vats = Table(first=6)
        self.measures = Table(first=6)
        self.currencies = Table(key="CURRENCY")
        self.stores = Table(first=2)
        self.images = Table(first=2001, step=2, indexed=("productId",))
        self.property_enums = Table(first=151, step=2,
                                    indexed=("propertyId",))
        self.store_products = Table(first=3001, step=2,
                                    indexed=("productId", "storeId"))
        self.documents = Table(first=41, step=2)
        self.document_elements = Table(first=4001, step=2,
                                       indexed=("docId",))
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
            if name == "products":
                row.setdefault("type", self._born_type(row))
            row = {**DEFAULTS.get(name, {}), **row}
            if name in ("products", "sections") and not row.get("xmlId"):
                row["xmlId"] = str(row[table.key])
            if name == "products":
                row["properties"] = self._loaded_values(row["properties"])
                self._reserve_pictures(row)
            table.put(row)
        return len(rows)

    def _reserve_pictures(self, row):
        """Pictures of goods and of the gallery are files of one id space."""
        for name in ("previewPicture", "detailPicture"):
            if row[name]:
                held = {**FILE, **row[name]}
                if held["id"] is None:
                    held["id"] = self.images.new_id()
                row[name] = held
                self.images.reserve(held["id"])

    def _born_type(self, row):
        """Of a row that does not say it: by its catalogue."""
        catalog = self.catalogs.get(row.get("iblockId")) or {}
        if not catalog.get("productIblockId"):
            return 1
        return 4 if row.get("parentId") else 5

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
        """With its offers, prices, pictures and stock."""
        for offer in self.products.find("parentId", ident):
            self.delete_product(offer)
        for price in self.prices_of(ident):
            self.prices.remove(price["id"])
        for image in self.images.find("productId", ident):
            self.images.remove(image)
        self.forget_stock(ident)
        parent = self.products.remove(ident).get("parentId")
        self.settle_parent(parent)

    def delete_price_type(self, ident):
        """With its prices and titles."""
        for table in (self.prices, self.price_type_langs):
            for row in list(table.rows.values()):
                if row["catalogGroupId"] == ident:
                    table.remove(row["id"])
        self.price_types.remove(ident)

    def settle_parent(self, ident):
        """A parent is of type 3 while it has offers, and of type 6 else."""
        row = self.products.get(ident)
        if row is None or row["type"] not in (3, 6):
            return
        kind = 3 if self.products.find("parentId", ident) else 6
        if row["type"] != kind:
            self.products.change(ident, {"type": kind})

    def delete_section(self, ident):
        """With everything in it, as Bitrix does."""
        waiting = [ident]
        while waiting:
            current = waiting.pop()
            if current not in self.sections.rows:
                continue
            waiting += self.sections.find("iblockSectionId", current)
            for product in self.products.find("iblockSectionId", current):
                if product in self.products.rows:
                    self.delete_product(product)
            for row in list(self.products.rows.values()):
                if current in row.get("sections", ()):
                    self.products.change(row["id"], {"sections": [
                        n for n in row["sections"] if n != current]})
            self.sections.remove(current)


DELETED = ("sections", "products", "prices", "images", "property_enums",
           "documents", "document_elements", "companies",
           "contacts", "deals", "invoices", "requisites", "bank_details")
FILE = {"id": None, "name": "picture.jpg", "hash": None, "size": 0}
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
                 "modifiedBy": 1, "parentId": None, "weight": None,
                 "width": None, "length": None, "height": None,
                 "detailPicture": None, "previewPicture": None,
                 "sections": [], "properties": {}},
    "images": {**FILE, "type": "MORE_PHOTO", "createTime": None},
    "property_enums": {"value": "", "xmlId": None, "def": "N", "sort": 500},
    "store_products": {"amount": 0, "quantityReserved": 0},
    "documents": {"docType": "S", "title": None, "status": "N",
                  "currency": "RUB", "responsibleId": 1, "siteId": "s1",
                  "commentary": None, "docNumber": None,
                  "dateCreate": None},
    "document_elements": {"storeFrom": None, "storeTo": None, "amount": 0,
                          "purchasingPrice": None},
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
