"""Stores, and what lies in them.

Sources: api-reference/catalog/store/, store-product/
"""

import binding
import errors
import listing
import schema
from errors import RestError
from methods_catalog import blank, listed, may_read, may_write
from registry import Listed, method

STORE_PRODUCT = {"id": "int", "productId": "int", "storeId": "int",
                 "amount": "double", "quantityReserved": "double"}
# These pages know no search inside of strings.
NO_LIKE = tuple(p for p in listing.ALL_PREFIXES if "%" not in p)


def shown_row(row, fields, names=None):
    """Fields of a row; a zero that is no id is null, as RestView has it."""
    return {name: None if fields[name] == "double" and not row.get(name)
            else blank(row.get(name))
            for name in (fields if names is None else names)}


def shown_list(table, params, fields, key, prefixes=NO_LIKE):
    query = listing.Query(params)
    rows, total, following = listing.page(table, query, fields, prefixes)
    names = listing.selected(query, fields)
    return Listed({key: [shown_row(row, fields, names) for row in rows]},
                  total, following)


def _store(portal, ident):
    row = portal.store.stores.get(ident)
    if row is None:
        raise RestError(201100000000, "Store does not exist")
    return row


def _store_public(row):
    return {name: blank(row.get(name)) for name in schema.STORE}


@method("catalog.store.add", scope="catalog")
def store_add(portal, caller, params):
    may_write(portal, 200040300020)
    table = portal.store.stores
    now, user = portal.clock.stamp(), portal.config["user"]
    row = {name: None for name in schema.STORE}
    row.update(active="Y", sort=100, issuingCenter="N", dateCreate=now,
               dateModify=now, userId=user, modifiedBy=user)
    row.update(binding.typed(binding.fields(params), schema.STORE, {"id"}))
    binding.need(row, ("address",))
    row["id"] = table.new_id()
    return {"store": _store_public(table.put(row))}


@method("catalog.store.update", scope="catalog")
def store_update(portal, caller, params):
    may_write(portal, 200040300020)
    ident = binding.ident(params)
    changes = binding.typed(binding.fields(params), schema.STORE, {"id"})
    held = _store(portal, ident)
    if "address" in changes and not changes["address"]:
        raise errors.required(["address"])
    row = {**held, "dateModify": portal.clock.stamp(),
           "modifiedBy": portal.config["user"], **changes}
    return {"store": _store_public(portal.store.stores.put(row))}


@method("catalog.store.get", scope="catalog")
def store_get(portal, caller, params):
    may_read(portal)
    return {"store": _store_public(_store(portal, binding.ident(params)))}


@method("catalog.store.list", scope="catalog")
def store_list(portal, caller, params):
    may_read(portal)
    return listed(portal, params, portal.store.stores, schema.STORE, "stores")


@method("catalog.store.getFields", scope="catalog")
def store_get_fields(portal, caller, params):
    may_read(portal)
    return {"store": schema.describe(schema.STORE, required=("address",))}


@method("catalog.storeproduct.get", scope="catalog")
def storeproduct_get(portal, caller, params):
    may_read(portal)
    row = portal.store.store_products.get(binding.ident(params))
    if row is None:
        raise RestError("-", "Store product does not exist")
    return {"storeProduct": shown_row(row, STORE_PRODUCT)}


@method("catalog.storeproduct.list", scope="catalog")
def storeproduct_list(portal, caller, params):
    may_read(portal)
    return shown_list(portal.store.store_products, params, STORE_PRODUCT,
                      "storeProducts")


@method("catalog.storeproduct.getFields", scope="catalog")
def storeproduct_get_fields(portal, caller, params):
    may_read(portal)
    return {"storeProduct": schema.describe(STORE_PRODUCT,
                                            tuple(STORE_PRODUCT))}
