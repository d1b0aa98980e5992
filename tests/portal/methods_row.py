"""crm.item.productrow.*: rows of deals (D) and smart invoices (SI).

Source: api-reference/crm/universal/product-rows/.
"""

import binding
import errors
import listing
import php
from crm_items import refuse_access, settle_sums
from crm_rows import OWNER_TYPES, ROW_FIELDS
from errors import RestError
from registry import Listed, method

_KINDS = {"id": "int", "ownerId": "int", "ownerType": "string",
          "productId": "int", "productName": "string", "price": "double",
          "priceAccount": "double", "priceExclusive": "double",
          "priceNetto": "double", "priceBrutto": "double",
          "quantity": "double", "discountTypeId": "int",
          "discountRate": "double", "discountSum": "double",
          "taxRate": "double", "taxIncluded": "string",
          "customized": "string", "measureCode": "int",
          "measureName": "string", "sort": "int", "xmlId": "string",
          "type": "int", "storeId": "int"}
_NUMBERS = {name for name, kind in _KINDS.items() if kind != "string"}


def _public(portal, row, made=False):
    """A row just made has no xmlId yet (examples of add and set)."""
    out = {name: row.get(name) for name in _KINDS if name != "storeId"}
    out.update(customized="Y",
               measureName=portal.store.measure_name(row["measureCode"]))
    if made:
        out["xmlId"] = ""
    else:
        out["storeId"] = row.get("storeId")
    return out


def _values(given):
    """Known fields with numbers as numbers; null of a number is its default."""
    out = {}
    for name in ROW_FIELDS:
        if name not in given or isinstance(given[name], (list, dict)):
            continue
        value = given[name]
        if name in _NUMBERS:
            value = php.to_number(value)
            if value is None and name != "taxRate":
                continue
        elif name == "taxIncluded":
            value = "Y" if value == "Y" else "N"
        out[name] = value
    return out


def _owner(portal, owner_type, ident):
    """The entity type of the owner, who is there."""
    if not isinstance(owner_type, str) or owner_type not in OWNER_TYPES:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED",
                        "Working with this type of objects is not supported")
    row = portal.store.items(OWNER_TYPES[owner_type]).get(ident)
    if row is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    return OWNER_TYPES[owner_type]


def _need(given, names):
    for name in names:
        if given.get(name) in (None, ""):
            raise errors.missing(name)


def _row(portal, params):
    row = portal.store.rows.get(binding.ident(params))
    if row is None:
        raise RestError("NOT_FOUND", "Item not found")
    return row


@method("crm.item.productrow.add", scope="crm")
def row_add(portal, caller, params):
    given = binding.fields(params)
    _need(given, ("ownerId", "ownerType"))
    owner = php.to_int(given["ownerId"])
    entity_type = _owner(portal, given["ownerType"], owner)
    refuse_access(portal, True)
    row = portal.store.put_row(_values(given))
    settle_sums(portal, given["ownerType"], entity_type, owner)
    return {"productRow": _public(portal, row, made=True)}


@method("crm.item.productrow.set", scope="crm")
def row_set(portal, caller, params):
    """All rows of the owner are replaced by these; one that is sent with the
    id of a row of this owner stays that row, with what is not said of it."""
    _need(params, ("ownerId", "ownerType"))
    given = params.get("productRows")
    if given is None:
        raise errors.missing("productRows")
    if not isinstance(given, (list, dict)):
        raise errors.mismatch("productRows", given, "array")
    owner, short = binding.ident(params, "ownerId"), params["ownerType"]
    entity_type = _owner(portal, short, owner)
    refuse_access(portal, True)
    store = portal.store
    held = {row["id"]: row for row in store.rows_of(short, owner)}
    for ident in held:
        store.rows.remove(ident)
    rows = store.put_rows(short, owner, [
        {**held.pop(php.to_int(item.get("id")), {}), **_values(item)}
        for item in php.items(given) if isinstance(item, dict)])
    settle_sums(portal, short, entity_type, owner)
    return {"productRows": [_public(portal, row, made=True) for row in rows]}


@method("crm.item.productrow.update", scope="crm")
def row_update(portal, caller, params):
    row = _row(portal, params)
    given = binding.fields(params)
    refuse_access(portal, True)
    for name in given:
        if name not in ROW_FIELDS or name in ("ownerId", "ownerType"):
            raise RestError("INVALID_ARG_VALUE", "Unknown field or the "
                            "provided field is not available for update")
    row = portal.store.put_row({**row, **_values(given)})
    settle_sums(portal, row["ownerType"], OWNER_TYPES[row["ownerType"]],
                row["ownerId"])
    return {"productRow": _public(portal, row)}


@method("crm.item.productrow.delete", scope="crm")
def row_delete(portal, caller, params):
    row = _row(portal, params)
    refuse_access(portal, True)
    portal.store.rows.remove(row["id"])
    settle_sums(portal, row["ownerType"], OWNER_TYPES[row["ownerType"]],
                row["ownerId"])
    return None


@method("crm.item.productrow.get", scope="crm")
def row_get(portal, caller, params):
    row = _row(portal, params)
    refuse_access(portal, False)
    return {"productRow": _public(portal, row)}


@method("crm.item.productrow.list", scope="crm")
def row_list(portal, caller, params):
    """The filter must have the keys =ownerType and =ownerId, so written."""
    if params.get("filter") is None:
        raise errors.missing("filter")
    query = listing.Query(params)
    given = query.filter if isinstance(query.filter, dict) else {}
    for name in ("=ownerType", "=ownerId"):
        if given.get(name) in (None, ""):
            raise RestError("INVALID_ARG_VALUE",
                            "Required filter field: %s" % name)
    refuse_access(portal, False)
    rows, total, following = listing.page(
        portal.store.rows, query, _KINDS, listing.NO_AT)
    return Listed({"productRows": [_public(portal, row) for row in rows]},
                  total, following)


@method("crm.item.productrow.fields", scope="crm")
def row_fields(portal, caller, params):
    readonly = set(_KINDS) - set(ROW_FIELDS)
    shown = {"int": "integer"}
    return {"fields": {name: {
        "type": shown.get(kind, kind),
        "isRequired": name in ("ownerId", "ownerType"),
        "isReadOnly": name in readonly,
        "isImmutable": name in ("ownerId", "ownerType"), "isMultiple": False,
        "isDynamic": False, "title": name} for name, kind in _KINDS.items()}}
