"""Product rows and the sums of their owners.

Source: api-reference/crm/universal/product-rows/. `price` is what is paid
for one, discount and tax included; the other prices follow from it, rounded
to kopecks in this order: 80000 with 20 % tax and 20 % discount is
66666.67 / 83333.34 / 100000.01 (crm-item-productrow-add.md).
"""

from decimal import ROUND_HALF_UP, Decimal

import crm_schema
import php

ROW_FIELDS = ("ownerId", "ownerType", "productId", "productName", "price",
              "quantity", "discountTypeId", "discountRate", "discountSum",
              "taxRate", "taxIncluded", "measureCode", "sort")
OWNER_TYPES = {"D": crm_schema.DEAL, "SI": crm_schema.INVOICE}
_DEFAULTS = {"productId": 0, "productName": None, "price": 0, "quantity": 1,
             "discountTypeId": 2, "discountRate": 0, "discountSum": 0,
             "taxRate": None, "taxIncluded": "N", "measureCode": None,
             "sort": 10}


class Rows:
    """A part of Store."""

    def put_rows(self, short, owner, products):
        """The given rows are added; no sums are made of them."""
        return [self.put_row({**given, "ownerType": short, "ownerId": owner})
                for given in products]

    def put_row(self, given):
        row = {**_DEFAULTS, **given}
        if row.get("id") is None:
            row["id"] = self.rows.new_id()
        product = self.products.get(row["productId"]) or {}
        row["productName"] = row["productName"] or product.get("name") or ""
        row["type"] = row.get("type") or product.get("type", 1)
        row["measureCode"] = row["measureCode"] or self._measure(product)
        row["xmlId"] = row.get("xmlId") or "sale_basket_%d" % row["id"]
        self.rows.put({**row, **prices(row)})
        return self.rows.rows[row["id"]]

    def _measure(self, product):
        held = self.measures.get(product.get("measure"))
        if held is None:
            held = next((m for m in self.measures.sorted()
                         if m["isDefault"] == "Y"), {"code": 796})
        return held["code"]

    def measure_name(self, code):
        return next((m["symbol"] for m in self.measures.sorted()
                     if m["code"] == code), None)

    def sums(self, short, owner):
        """What the rows make: opportunity and taxValue."""
        total, tax = Decimal(0), Decimal(0)
        for row in self.rows_of(short, owner):
            quantity = _exact(row["quantity"])
            total += _exact(row["price"]) * quantity
            tax += (_exact(row["price"]) -
                    _exact(row["priceExclusive"])) * quantity
        return {"opportunity": _number(total), "taxValue": _number(tax)}


def prices(row):
    """The prices that follow from price, tax and discount."""
    price = _exact(row["price"])
    tax = 1 + max(_exact(row["taxRate"]), Decimal(0)) / 100
    exclusive = _kopecks(price / tax)
    if row["discountTypeId"] == 1:
        discount = _exact(row["discountSum"])
        netto = exclusive + discount
        rate = discount / netto * 100 if netto else Decimal(0)
    else:
        rate = _exact(row["discountRate"])
        netto = _kopecks(exclusive / (1 - rate / 100)) if rate < 100 \
            else exclusive
        discount = netto - exclusive
    return {"priceAccount": row["price"], "priceExclusive": _number(exclusive),
            "priceNetto": _number(netto),
            "priceBrutto": _number(_kopecks(netto * tax)),
            "discountRate": _number(_kopecks(rate)),
            "discountSum": _number(_kopecks(discount))}


def _exact(value):
    return Decimal(repr(value)) if value else Decimal(0)


def _kopecks(value):
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _number(value):
    return php.to_number(str(_kopecks(value)))
