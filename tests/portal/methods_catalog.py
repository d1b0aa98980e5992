"""Reference lists of the catalogue, its sections and its prices."""

from decimal import ROUND_HALF_UP, Decimal

import binding
import errors
import goods_form
import listing
import php
import schema
from errors import RestError
from registry import Listed, method

DENIED = "Access Denied"


def may_read(portal):
    if not portal.config["can_read"]:
        raise RestError(200040300010, DENIED)


def may_write(portal, code):
    may_read(portal)
    if not portal.config["admin"]:
        raise RestError(code, DENIED)


def listed(portal, params, table, fields, key, prefixes=listing.ALL_PREFIXES):
    query = listing.Query(params)
    rows, total, following = listing.page(table, query, fields, prefixes)
    names = listing.selected(query, fields)
    shown = [{name: blank(row.get(name)) for name in names} for row in rows]
    return Listed({key: shown}, total, following)


def blank(value):
    """Empty values are answered as null."""
    return None if value == "" else value


def _reference_list(name, table, fields, key):
    @method(name, scope="catalog")
    def run(portal, caller, params):
        may_read(portal)
        return listed(portal, params, getattr(portal.store, table), fields,
                      key)
    return run


_reference_list("catalog.catalog.list", "catalogs", schema.CATALOG, "catalogs")
_reference_list("catalog.priceType.list", "price_types", schema.PRICE_TYPE,
                "priceTypes")
_reference_list("catalog.priceTypeLang.list", "price_type_langs",
                schema.PRICE_TYPE_LANG, "priceTypeLangs")
_reference_list("catalog.vat.list", "vats", schema.VAT, "vats")
_reference_list("catalog.measure.list", "measures", schema.MEASURE, "measures")
_reference_list("catalog.price.list", "prices", schema.PRICE, "prices")


@method("catalog.document.mode.status", scope="catalog")
def document_mode_status(portal, caller, params):
    return "Y" if portal.config["inventory"] else "N"


@method("catalog.measure.add", scope="catalog")
def measure_add(portal, caller, params):
    may_write(portal, 200040300020)
    table = portal.store.measures
    row = {name: None for name in schema.MEASURE}
    row.update(binding.typed(binding.fields(params), schema.MEASURE, {"id"}))
    binding.need(row, ("code", "measureTitle"))
    if any(held["code"] == row["code"] for held in table.sorted()):
        raise RestError(200600000000, "Duplicate entry for key [code]")
    row["isDefault"] = row["isDefault"] or "N"
    if row["isDefault"] == "Y" and \
            any(held["isDefault"] == "Y" for held in table.sorted()):
        raise RestError(200600000010, "default value can be set only once")
    row["id"] = table.new_id()
    return {"measure": table.put(row)}


@method("catalog.measure.update", scope="catalog")
def measure_update(portal, caller, params):
    may_write(portal, 200040300020)
    table = portal.store.measures
    held = table.get(binding.ident(params))
    if held is None:
        raise RestError(200600000020, "Measure does not exist")
    row = {**held, **binding.typed(binding.fields(params), schema.MEASURE,
                                   {"id"})}
    if any(other["id"] != held["id"] and other["code"] == row["code"]
           for other in table.sorted()):
        raise RestError(200600000000, "Duplicate entry for key [code]")
    return {"measure": table.put(row)}


@method("catalog.vat.add", scope="catalog")
def vat_add(portal, caller, params):
    may_write(portal, 200040300020)
    table = portal.store.vats
    row = {name: None for name in schema.VAT}
    row.update(active="Y", sort=100, timestampX=portal.clock.stamp())
    row.update(binding.typed(binding.fields(params), schema.VAT,
                             {"id", "timestampX"}))
    binding.need(row, ("name", "rate"))
    row["id"] = table.new_id()
    return {"vat": table.put(row)}


# Sections


def _section_public(row):
    return {name: blank(row.get(name)) for name in schema.SECTION}


def _check_section(portal, row, own_id, failure):
    """Rules that adding and updating share."""
    store = portal.store
    if store.catalogs.get(row["iblockId"]) is None:
        raise RestError(200700300050, "Iblock not found")
    parent = row.get("iblockSectionId") or None
    if parent is not None:
        held = store.sections.get(parent)
        if held is None or held["iblockId"] != row["iblockId"]:
            raise RestError(failure, "Parent section is wrong")
        _refuse_cycle(store, parent, own_id, failure)
    same = store.sections.find("code", row["code"]) if row.get("code") else []
    if any(i != own_id and store.sections.rows[i]["iblockId"] ==
           row["iblockId"] for i in same):
        raise RestError(200700300040, "Section with this code already exists")


def _refuse_cycle(store, parent, own_id, failure):
    seen = set()
    while parent is not None and parent not in seen:
        if parent == own_id:
            raise RestError(failure, "Section can't be moved into itself")
        seen.add(parent)
        held = store.sections.get(parent)
        parent = held["iblockSectionId"] if held else None


@method("catalog.section.add", scope="catalog")
def section_add(portal, caller, params):
    may_write(portal, 200040300040)
    table = portal.store.sections
    row = {name: None for name in schema.SECTION}
    row.update(sort=500, active="Y", descriptionType="text")
    row.update(binding.typed(binding.fields(params), schema.SECTION, {"id"}))
    binding.need(row, ("iblockId", "name"))
    _check_section(portal, row, None, 200700300000)
    row["iblockSectionId"] = row["iblockSectionId"] or None
    row["id"] = table.new_id()
    row["xmlId"] = row["xmlId"] or str(row["id"])
    return {"section": _section_public(table.put(row))}


@method("catalog.section.update", scope="catalog")
def section_update(portal, caller, params):
    may_write(portal, 200040300040)
    table = portal.store.sections
    ident = binding.ident(params)
    changes = binding.typed(binding.fields(params), schema.SECTION, {"id"})
    binding.need(changes, ("iblockId", "name"))
    held = _section(portal, ident)
    if held["iblockId"] != changes["iblockId"]:
        raise RestError(200700300010, "Iblock of the section can't change")
    row = {**held, **changes}
    _check_section(portal, row, ident, 200700300010)
    row["iblockSectionId"] = row["iblockSectionId"] or None
    row["xmlId"] = row["xmlId"] or str(ident)
    return {"section": _section_public(table.put(row))}


def _section(portal, ident):
    row = portal.store.sections.get(ident)
    if row is None:
        raise RestError(200700300030, "Section does not exist")
    return row


@method("catalog.section.delete", scope="catalog")
def section_delete(portal, caller, params):
    may_write(portal, 200040300050)
    ident = binding.ident(params)
    _section(portal, ident)
    portal.store.delete_section(ident)
    return True


@method("catalog.section.get", scope="catalog")
def section_get(portal, caller, params):
    may_read(portal)
    return {"section": _section_public(_section(portal,
                                                binding.ident(params)))}


@method("catalog.section.list", scope="catalog")
def section_list(portal, caller, params):
    if not portal.config["can_read"]:
        raise RestError(200040300030, DENIED)
    given = listing.Query(params).filter
    if not isinstance(given, dict) or given.get("iblockId") in (None, ""):
        raise RestError(0, "Required filter fields: iblockId")
    # Its page has "@", but what answers is the older filter of sections, to
    # which such a key is unknown.
    return listed(portal, params, portal.store.sections, schema.SECTION,
                  "sections", listing.NO_AT)


@method("catalog.section.getFields", scope="catalog")
def section_get_fields(portal, caller, params):
    return {"section": schema.describe(schema.SECTION,
                                       required=("iblockId", "name"))}


# Prices


def _price_public(row):
    return {name: row.get(name) for name in schema.PRICE
            if name != "priceScale"}


def _rounded(portal, price):
    places = portal.config["price_decimals"]
    if places is None:
        return price
    exact = Decimal(repr(price)).quantize(Decimal(1).scaleb(-places),
                                          ROUND_HALF_UP)
    return php.to_number(str(exact))


def _price_row(portal, values, ident):
    """A checked row of a price, not stored yet."""
    store = portal.store
    product = store.products.get(values["productId"])
    if product is None:
        raise RestError(0, "Validate price error. Catalog product is wrong")
    if product["type"] in goods_form.PARENTS:
        raise RestError(0, "Validate price error. A parent product has no "
                           "prices of its own")
    if store.price_types.get(values["catalogGroupId"]) is None:
        raise RestError(0, "Validate price error. "
                           "Catalog price group is wrong")
    if store.currencies.get(values["currency"]) is None:
        raise RestError(0, "Validate price error. Currency is wrong")
    row = {name: None for name in schema.PRICE}
    row.update(values, id=ident, timestampX=portal.clock.stamp())
    row["price"] = _rounded(portal, values["price"])
    row["priceScale"] = row["price"]
    return row


def _refuse_second(portal, row):
    for held in portal.store.prices_of(row["productId"]):
        if held["catalogGroupId"] == row["catalogGroupId"] and \
                held["id"] != row["id"]:
            raise RestError(0, "Validate price error. Catalog product is "
                               "allowed has only single price without "
                               "ranges in price group")


_PRICE_NEEDS = ("productId", "catalogGroupId", "price", "currency")


@method("catalog.price.add", scope="catalog")
def price_add(portal, caller, params):
    may_write(portal, 200040300020)
    values = binding.typed(binding.fields(params), schema.PRICE, {"id"})
    binding.need(values, _PRICE_NEEDS)
    row = _price_row(portal, values, None)
    _refuse_second(portal, row)
    row["id"] = portal.store.prices.new_id()
    return {"price": _price_public(portal.store.prices.put(row))}


def _price(portal, ident):
    row = portal.store.prices.get(ident)
    if row is None:
        raise RestError("-", "Price does not exist")
    return row


@method("catalog.price.update", scope="catalog")
def price_update(portal, caller, params):
    may_write(portal, 200040300020)
    ident = binding.ident(params)
    values = binding.typed(binding.fields(params), schema.PRICE,
                           {"id", "productId", "catalogGroupId"})
    held = _price(portal, ident)
    binding.need(values, ("price", "currency"))
    row = _price_row(portal, {**held, **values}, ident)
    return {"price": _price_public(portal.store.prices.put(row))}


@method("catalog.price.delete", scope="catalog")
def price_delete(portal, caller, params):
    may_write(portal, 200040300020)
    portal.store.prices.remove(_price(portal, binding.ident(params))["id"])
    return True


@method("catalog.price.get", scope="catalog")
def price_get(portal, caller, params):
    may_read(portal)
    return {"price": _price_public(_price(portal, binding.ident(params)))}


@method("catalog.price.getFields", scope="catalog")
def price_get_fields(portal, caller, params):
    return {"price": schema.describe(
        schema.PRICE, readonly=("id", "priceScale", "timestampX"),
        required=_PRICE_NEEDS, immutable=("productId", "catalogGroupId"))}


@method("catalog.price.modify", scope="catalog")
def price_modify(portal, caller, params):
    """Replaces the whole set: what is not passed is deleted."""
    may_write(portal, 200040300020)
    given = binding.fields(params).get("product")
    if not isinstance(given, dict):
        raise errors.required(["product"])
    binding.need(given, ("id", "prices"))
    product = php.to_int(given["id"])
    rows = [_modified(portal, product, item)
            for item in php.items(given["prices"])]
    types = [row["catalogGroupId"] for row in rows]
    if len(set(types)) != len(types):
        raise RestError(0, "Validate price error. Catalog product is allowed "
                           "to have only a single price without ranges in "
                           "the price group")
    table = portal.store.prices
    kept = {row["id"] for row in rows}
    for held in portal.store.prices_of(product):
        if held["id"] not in kept:
            table.remove(held["id"])
    for row in rows:
        row["id"] = row["id"] or table.new_id()
        table.put(row)
    return {"prices": [{name: row[name] for name in schema.PRICE}
                       for row in rows]}


def _modified(portal, product, item):
    item = item if isinstance(item, dict) else {}
    values = binding.typed(item, schema.PRICE)
    binding.need(values, ("catalogGroupId", "price", "currency"))
    values["productId"] = product
    held = portal.store.prices.get(values.pop("id", None))
    ours = held is not None and held["productId"] == product
    return _price_row(portal, values, held["id"] if ours else None)
