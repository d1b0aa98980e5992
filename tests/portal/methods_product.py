"""Products and their properties."""

import re

import binding
import errors
import listing
import php
import schema
from errors import RestError
from methods_catalog import DENIED, blank, listed, may_read, may_write
from registry import Listed, method
from store import DEFAULTS

_PROPERTY = re.compile(r"^property([1-9][0-9]*)$")
_ZERO_IS_EMPTY = {name for name, kind in schema.PRODUCT.items()
                  if kind == "double"}


def _product(portal, ident):
    row = portal.store.products.get(ident)
    if row is None:
        raise RestError(0, "product is not exists.")
    return row


def _properties(portal, iblock):
    return [row for row in portal.store.properties.sorted()
            if row["iblockId"] == iblock]


def _read(row, field):
    """Value of a field, or all values of a property, for filter and order."""
    number = _PROPERTY.match(field)
    if number is None:
        return row.get(field)
    values = row["properties"].get(number.group(1), [])
    return [value["value"] for value in values]


def _shown(row, name, multiple):
    if name not in schema.PRODUCT:
        return _shown_values(row, name[len("property"):], multiple)
    value = blank(row.get(name))
    if name in _ZERO_IS_EMPTY and value == 0:
        return None
    return value


def _shown_values(row, number, multiple):
    held = row["properties"].get(number, [])
    if not held:
        return None
    return list(held) if multiple else held[0]


def _public(portal, row):
    """All fields of a product and all properties of its catalogue."""
    out = {name: _shown(row, name, False) for name in schema.PRODUCT}
    for prop in _properties(portal, row["iblockId"]):
        name = "property%d" % prop["id"]
        out[name] = _shown(row, name, prop["multiple"] == "Y")
    if out["purchasingPrice"] is not None:
        out["purchasingPrice"] = "%.6f" % out["purchasingPrice"]
    return out


# Values of properties


def _given_values(portal, given, iblock, updating):
    """{number: [entries]} of the properties that really are addressed."""
    out = {}
    known = {row["id"]: row for row in _properties(portal, iblock)}
    for name, value in given.items():
        number = _PROPERTY.match(str(name))
        prop = known.get(int(number.group(1))) if number else None
        if prop is None:
            continue
        entries = _entries(value, updating)
        if entries is None:
            continue
        if prop["multiple"] != "Y":
            entries = entries[:1]
        out[number.group(1)] = [e for e in entries if _fits(prop, e)]
    return out


def _entries(value, updating):
    """The values given; None where Bitrix ignores what was passed."""
    if isinstance(value, dict) and "value" in value:
        return [value]
    if isinstance(value, (list, dict)):
        items = php.items(value)
        if updating:
            items = [item for item in items
                     if isinstance(item, dict) and "value" in item]
            return items if items or not value else None
        return [item if isinstance(item, dict) else {"value": item}
                for item in items]
    return None if updating else [{"value": value}]


def _fits(prop, entry):
    value = entry.get("value")
    if value in (None, "", False) or isinstance(value, (list, dict)):
        return False
    return prop["propertyType"] not in ("N", "L", "E", "G") or \
        php.to_number(value) is not None


def _stored(portal, entries, held):
    """New list of values; a valueId that is held stays, others are new."""
    known = {value["valueId"] for value in held}
    out = []
    for entry in entries:
        value = entry["value"]
        value = value if isinstance(value, str) else php.dumps(value)
        if str(entry.get("valueId")) in known:
            out.append({"value": value, "valueId": str(entry["valueId"])})
        else:
            out.append(portal.store.value(value))
    return out


# Rules


def _check(portal, row, changes, own_id):
    store = portal.store
    section = changes.get("iblockSectionId")
    if section:
        held = store.sections.get(section)
        if held is None or held["iblockId"] != row["iblockId"]:
            raise RestError(0, "Section does not exist")
    for name, table, text in (
            ("vatId", store.vats, "VAT rate does not exist"),
            ("measure", store.measures, "Measure does not exist"),
            ("createdBy", store.users, "User does not exist"),
            ("modifiedBy", store.users, "User does not exist"),
            ("purchasingCurrency", store.currencies,
             "Currency does not exist")):
        if changes.get(name) and table.get(changes[name]) is None:
            raise RestError(0, text)
    code = changes.get("code")
    for other in store.products.find("code", code) if code else ():
        if other != own_id and \
                store.products.rows[other]["iblockId"] == row["iblockId"]:
            raise RestError(0, "Element with this code already exists")


def _without_stock(portal, changes):
    """Stock belongs to documents where inventory management is on."""
    if not portal.config["inventory"]:
        return changes
    touched = [name for name in schema.PRODUCT_STOCK if name in changes]
    if touched and portal.config["inventory_quantity"] == "refuse":
        raise RestError(0, "Fields are not editable while inventory "
                           "management is enabled: " + ", ".join(touched))
    return {name: value for name, value in changes.items()
            if name not in schema.PRODUCT_STOCK}


def _settled(row, ident):
    row["xmlId"] = row.get("xmlId") or str(ident)
    row["iblockSectionId"] = row.get("iblockSectionId") or None
    row["measure"] = row.get("measure") or None
    row["vatId"] = row.get("vatId") or None
    row["quantity"] = row.get("quantity") or 0
    row["available"] = "Y" if row["quantity"] > 0 or \
        row["canBuyZero"] == "Y" or row["quantityTrace"] == "N" else "N"
    for name in ("detailTextType", "previewTextType"):
        row[name] = "html" if row.get(name) == "html" else "text"
    return row


@method("catalog.product.add", scope="catalog")
def product_add(portal, caller, params):
    may_write(portal, 200040300040)
    store = portal.store
    given = binding.fields(params)
    values = binding.typed(given, schema.PRODUCT, schema.PRODUCT_READONLY)
    binding.need(values, ("name", "iblockId"))
    catalog = store.catalogs.get(values["iblockId"])
    if catalog is None:
        raise RestError(200040300000, "Iblock not found")
    values = _without_stock(portal, values)
    row = {**DEFAULTS["products"], **values}
    row["type"] = 4 if catalog.get("productIblockId") else 1
    _check(portal, row, values, None)
    now = portal.clock.stamp()
    row.update(id=store.products.new_id(), timestampX=now)
    row["dateCreate"] = row.get("dateCreate") or now
    entries = _given_values(portal, given, row["iblockId"], False)
    row["properties"] = {number: _stored(portal, held, [])
                         for number, held in entries.items() if held}
    store.products.put(_settled(row, row["id"]))
    return {"element": _public(portal, row)}


@method("catalog.product.update", scope="catalog")
def product_update(portal, caller, params):
    may_write(portal, 200040300040)
    ident = binding.ident(params)
    given = binding.fields(params)
    held = _product(portal, ident)
    if isinstance(given.get("iblockId"), int) and \
            portal.config["update_iblock"] == "refuse":
        raise RestError(0, "Product does not exist in this iblock")
    changes = binding.typed(given, schema.PRODUCT,
                            schema.PRODUCT_READONLY | {"iblockId"})
    if "name" in changes and not changes["name"]:
        raise errors.required(["name"])
    changes = _without_stock(portal, changes)
    _check(portal, held, changes, ident)
    values = dict(held["properties"])
    addressed = _given_values(portal, given, held["iblockId"], True)
    for number, entries in addressed.items():
        values[number] = _stored(portal, entries, values.get(number, []))
    row = {**held, **changes, "timestampX": portal.clock.stamp()}
    row["properties"] = {n: v for n, v in values.items() if v}
    portal.store.products.put(_settled(row, ident))
    return {"element": _public(portal, row)}


@method("catalog.product.delete", scope="catalog")
def product_delete(portal, caller, params):
    may_write(portal, 200040300040)
    ident = binding.ident(params)
    _product(portal, ident)
    portal.store.delete_product(ident)
    return True


@method("catalog.product.get", scope="catalog")
def product_get(portal, caller, params):
    may_read(portal)
    return {"product": _public(portal, _product(portal,
                                                binding.ident(params)))}


def _list_schema(portal, iblock):
    kinds = {"N": "double", "L": "int", "E": "int", "G": "int"}
    fields = dict(schema.PRODUCT)
    for prop in _properties(portal, iblock):
        fields["property%d" % prop["id"]] = kinds.get(prop["propertyType"],
                                                      "string")
    return fields


@method("catalog.product.list", scope="catalog")
def product_list(portal, caller, params):
    may_read(portal)
    query = listing.Query(params)
    asked = [str(n) for n in php.items(query.select)] if query.select else []
    lacking = [n for n in ("id", "iblockId") if n not in asked]
    if lacking:
        raise RestError(0, "Required select fields: " + ", ".join(lacking))
    given = query.filter if isinstance(query.filter, dict) else {}
    if given.get("iblockId") in (None, ""):
        raise RestError(0, "Required filter fields: iblockId")
    fields = _list_schema(portal, php.to_int(given["iblockId"]))
    rows, total, following = listing.page(
        portal.store.products, query, fields, listing.NO_AT, _read)
    names = list(schema.PRODUCT) if "*" in asked else \
        [name for name in asked if name in fields]
    multiple = {"property%d" % p["id"] for p in
                portal.store.properties.sorted() if p["multiple"] == "Y"}
    shown = [{name: _shown(row, name, name in multiple) for name in names}
             for row in rows]
    return Listed({"products": shown}, total, following)


@method("catalog.product.getFieldsByFilter", scope="catalog")
def product_get_fields(portal, caller, params):
    may_read(portal)
    given = binding.fields(params, "filter")
    if given.get("iblockId") in (None, ""):
        raise RestError(0, "Required filter fields: iblockId")
    out = schema.describe(schema.PRODUCT, schema.PRODUCT_READONLY,
                          ("name", "iblockId"), ("iblockId",))
    for prop in _properties(portal, php.to_int(given["iblockId"])):
        out["property%d" % prop["id"]] = {
            "isDynamic": True, "isImmutable": False, "isReadOnly": False,
            "isMultiple": prop["multiple"] == "Y",
            "isRequired": prop["isRequired"] == "Y", "name": prop["name"],
            "propertyType": prop["propertyType"], "type": "productproperty",
            "userType": prop["userType"] or ""}
    return {"product": out}


# Properties: their pages have the code "0" as a string, and "".


def _property_write(portal):
    if not portal.config["admin"] or not portal.config["can_read"]:
        raise RestError("0", DENIED)


def _property_public(row):
    return {name: blank(row.get(name)) for name in schema.PROPERTY}


@method("catalog.productProperty.add", scope="catalog")
def property_add(portal, caller, params):
    _property_write(portal)
    table = portal.store.properties
    values = binding.typed(binding.fields(params), schema.PROPERTY, {"id"})
    lacking = [name for name in ("iblockId", "name", "propertyType")
               if values.get(name) in (None, "")]
    if lacking:
        raise RestError("0", "Required fields: " + ", ".join(lacking))
    if portal.store.catalogs.get(values["iblockId"]) is None:
        raise RestError("0", "The specified iblock is not a product catalog")
    if values["propertyType"] not in ("S", "N", "L", "E", "G", "F"):
        raise RestError("0", "Invalid property type specified")
    if (values.get("code") or "")[:1].isdigit():
        raise RestError("0", "Property code cannot start with a digit")
    row = {**DEFAULTS["properties"], **values}
    row.update(id=table.new_id(), timestampX=portal.clock.stamp())
    return {"productProperty": _property_public(table.put(row))}


@method("catalog.productProperty.get", scope="catalog")
def property_get(portal, caller, params):
    ident = binding.ident(params)
    row = portal.store.properties.get(ident)
    if row is None:
        raise RestError("", "productProperty does not exist")
    return {"productProperty": _property_public(row)}


@method("catalog.productProperty.list", scope="catalog")
def property_list(portal, caller, params):
    if not portal.config["can_read"]:
        raise RestError("0", DENIED)
    return listed(portal, params, portal.store.properties, schema.PROPERTY,
                  "productProperties")


@method("catalog.productProperty.getFields", scope="catalog")
def property_get_fields(portal, caller, params):
    return {"productProperty": schema.describe(
        schema.PROPERTY, ("id", "timestampX"),
        ("iblockId", "name", "propertyType"))}
