"""Stock: what lies where, and documents that move it. A part of Store."""

from decimal import Decimal

import php


def exact(number):
    """Amounts are added as decimals: 0.1 and 0.2 are 0.3."""
    return Decimal(repr(number or 0))


def plain(number):
    return php.to_number(str(number))


def available(row):
    enough = row["quantity"] > 0 or row["canBuyZero"] == "Y" or \
        row["quantityTrace"] == "N"
    return "Y" if enough else "N"


class Stock:
    """Rows of `store_products`, documents and their elements."""

    def stock_row(self, product, store):
        """What lies of a good in one store, or None."""
        for ident in self.store_products.find("productId", product):
            if self.store_products.rows[ident]["storeId"] == store:
                return self.store_products.rows[ident]
        return None

    def amount(self, product, store):
        row = self.stock_row(product, store)
        return exact(row["amount"]) if row else Decimal(0)

    def move(self, product, store, change):
        """More or less of a good in a store; its quantity follows."""
        row = self.stock_row(product, store) or {
            "id": self.store_products.new_id(), "productId": product,
            "storeId": store, "amount": 0, "quantityReserved": 0}
        amount = plain(exact(row["amount"]) + change)
        self.store_products.put({**row, "amount": amount})
        self.settle_quantity(product)

    def settle_quantity(self, product):
        """With inventory management a good's quantity is what lies of it."""
        row = self.products.get(product)
        if row is None:
            return
        lies = sum((exact(self.store_products.rows[i]["amount"])
                    for i in self.store_products.find("productId", product)),
                   Decimal(0))
        row = {**row, "quantity": plain(lies)}
        self.products.put({**row, "available": available(row)})

    def forget_stock(self, product):
        """A good is gone: so is what lay of it."""
        for ident in self.store_products.find("productId", product):
            self.store_products.remove(ident)

    def elements_of(self, document):
        return [self.document_elements.rows[i]
                for i in self.document_elements.find("docId", document)]

    def delete_document(self, ident):
        """With its elements."""
        for element in self.document_elements.find("docId", ident):
            self.document_elements.remove(element)
        self.documents.remove(ident)

    def delete_store(self, ident):
        """With what lies in it."""
        for row in list(self.store_products.rows.values()):
            if row["storeId"] == ident:
                self.store_products.remove(row["id"])
                self.settle_quantity(row["productId"])
        self.stores.remove(ident)

    def delete_property(self, ident):
        """With its values, and those that goods have of it."""
        number = str(ident)
        for row in list(self.property_enums.rows.values()):
            if row["propertyId"] == ident:
                self.property_enums.remove(row["id"])
        for row in self.products.sorted():
            if number in row["properties"]:
                self.products.put({**row, "properties": {
                    key: held for key, held in row["properties"].items()
                    if key != number}})
        self.properties.remove(ident)

    def delete_enum(self, ident):
        """A value of a list, and wherever goods have it."""
        number = str(self.property_enums.remove(ident)["propertyId"])
        for row in self.products.sorted():
            held = row["properties"].get(number, ())
            kept = [v for v in held if v["value"] != str(ident)]
            if len(kept) == len(held):
                continue
            properties = {**row["properties"], number: kept}
            if not kept:
                del properties[number]
            self.products.put({**row, "properties": properties})
