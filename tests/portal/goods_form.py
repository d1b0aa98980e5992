"""The four forms of a good: product, parent, variation, service.

Source: api-reference/catalog/product/ and its folders sku, offer, service.
They are rows of one table; each form sees only its own types.
"""

from collections import namedtuple

import schema

Form = namedtuple("Form", "prefix item added listed types born fields "
                          "readonly missing")

PRODUCT = Form("catalog.product.", "product", "element", "products", (1,), 1,
               schema.PRODUCT, schema.PRODUCT_READONLY,
               "product is not exists.")
SKU = Form("catalog.product.sku.", "sku", "sku", "units", (3, 6), 6,
           schema.SKU, schema.SKU_READONLY, "Product is not exists")
OFFER = Form("catalog.product.offer.", "offer", "offer", "offers", (4, 5), 5,
             schema.OFFER, schema.PRODUCT_READONLY, "Product is not exists")
SERVICE = Form("catalog.product.service.", "service", "service", "services",
               (7,), 7, schema.SERVICE, schema.PRODUCT_READONLY,
               "Product is not exists")
FORMS = (PRODUCT, SKU, OFFER, SERVICE)

PARENTS = SKU.types


def is_offers(store, iblock):
    """Whether it is the catalogue of variations of another one."""
    return bool((store.catalogs.get(iblock) or {}).get("productIblockId"))


def fits(store, form, iblock):
    """Whether a catalogue may hold goods of this form at all."""
    if form is PRODUCT:
        return True
    if store.catalogs.get(iblock) is None:
        return False
    if form is SKU:
        return any(row.get("productIblockId") == iblock
                   for row in store.catalogs.sorted())
    return is_offers(store, iblock) == (form is OFFER)
