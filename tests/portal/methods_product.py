"""Goods of all four forms, and the properties of goods."""

import binding
import errors
import goods_files
import goods_form
import goods_values
import listing
import php
import schema
import stock_rows
from errors import RestError
from methods_catalog import DENIED, blank, listed, may_read, may_write
from registry import Listed, method
from store import DEFAULTS

_ZERO_IS_EMPTY = {name for name, kind in schema.PRODUCT.items()
                  if kind == "double"}


def _good(portal, form, ident):
    row = portal.store.products.get(ident)
    if row is None or row["type"] not in form.types:
        raise RestError(0, form.missing)
    return row


# Shown


def _shown(row, name):
    if name in schema.PICTURES:
        return goods_files.shown(row, name)
    if name == "parentId":
        return _shown_parent(row)
    value = blank(row.get(name))
    if name in _ZERO_IS_EMPTY and value == 0:
        return None
    return value


def _shown_parent(row):
    """As the value of a property, which it is: offer-list.md."""
    if not row.get("parentId"):
        return None
    return {"value": str(row["parentId"]), "valueId": str(9000 + row["id"])}


def _public(portal, form, row):
    """All fields of a good and all properties of its catalogue. What a parent
    has of trade is in lists alone."""
    out = {name: _shown(row, name) for name in form.fields
           if name not in form.readonly - schema.PRODUCT_READONLY}
    for prop in goods_values.properties(portal, row["iblockId"]):
        out["property%d" % prop["id"]] = goods_values.shown(portal, row, prop)
    if out.get("purchasingPrice") is not None:
        out["purchasingPrice"] = "%.6f" % out["purchasingPrice"]
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
    if changes.get("parentId"):
        _check_parent(portal, row, changes["parentId"])


def _check_parent(portal, row, ident):
    """A parent is a good of the catalogue that these offers belong to."""
    store = portal.store
    catalog = store.catalogs.get(row["iblockId"])
    parent = store.products.get(ident)
    if parent is None or parent["type"] not in goods_form.PARENTS or \
            parent["iblockId"] != catalog["productIblockId"]:
        raise RestError(0, "Parent product not found")


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


def _sections(portal, row, given, changes):
    """IblockSection: all sections, of which iblockSectionId is the main one
    (catalog-product-update.md).  What the main one alone does to the others
    is not documented: they are gone.  What is no section vanishes."""
    asked = given.get("IblockSection")
    known = portal.store.sections
    if portal.config["further_sections"] in ("ignore", "deny") or \
            not isinstance(asked, (list, dict)):
        if "iblockSectionId" in changes:
            return {"sections": []}
        return {}
    wanted = [number for number in map(php.to_int, php.items(asked))
              if number and known.get(number) is not None and
              known.get(number)["iblockId"] == row["iblockId"]]
    main = changes.get("iblockSectionId", row.get("iblockSectionId")) or None
    if main not in wanted:
        main = min(wanted, default=None)
    return {"iblockSectionId": main,
            "sections": sorted(set(wanted) - {main})}


def _written(portal, form, row):
    out = _public(portal, form, row)
    if portal.config["further_sections"] in ("show", "deny") and \
            "parentId" not in form.fields:
        out["iblockSection"] = [n for n in (row["iblockSectionId"],) if n] + \
            row.get("sections", [])
    return out


def _typed(form, given, updating):
    """Fields as numbers and texts; pictures come later, they take ids."""
    unwritable = form.readonly | set(schema.PICTURES)
    values = binding.typed(given, form.fields, unwritable | (
        {"iblockId", "parentId"} if updating else set()))
    parent = given.get("parentId")
    if "parentId" in form.fields and isinstance(parent, dict) and \
            "value" in parent:
        values.update(binding.typed({"parentId": parent["value"]},
                                    form.fields))
    return values


def _pictures(portal, given):
    out = {}
    for name in schema.PICTURES:
        out.update(goods_files.changes(portal, given, name))
    return out


def _settled(row, ident):
    row["xmlId"] = row.get("xmlId") or str(ident)
    for name in ("iblockSectionId", "measure", "vatId", "parentId"):
        row[name] = row.get(name) or None
    row["quantity"] = row.get("quantity") or 0
    row["available"] = stock_rows.available(row)
    for name in ("detailTextType", "previewTextType"):
        row[name] = "html" if row.get(name) == "html" else "text"
    if row["type"] in goods_form.OFFER.types:
        row["type"] = 4 if row["parentId"] else 5
    return row


# Methods


def _add(portal, form, params):
    may_write(portal, 200040300040)
    store = portal.store
    given = binding.fields(params)
    values = _typed(form, given, False)
    binding.need(values, ("name", "iblockId"))
    if store.catalogs.get(values["iblockId"]) is None:
        raise RestError(200040300000, "Iblock not found")
    _need_fit(portal, form, values["iblockId"])
    values = _without_stock(portal, values)
    row = {**DEFAULTS["products"], **values, "type": form.born}
    if goods_form.is_offers(store, row["iblockId"]):
        row["type"] = goods_form.OFFER.born
    _check(portal, row, values, None)
    row.update(_sections(portal, row, given, values))
    row.update(_pictures(portal, given))
    now = portal.clock.stamp()
    row.update(id=store.products.new_id(), timestampX=now)
    row["dateCreate"] = row.get("dateCreate") or now
    entries = goods_values.given_values(portal, given, row["iblockId"], False)
    row["properties"] = {
        number: goods_values.stored(portal, held, [])
        for number, held in entries.items() if held}
    store.products.put(_settled(row, row["id"]))
    store.settle_parent(row["parentId"])
    return {form.added: _written(portal, form, row)}


def _need_fit(portal, form, iblock):
    if not goods_form.fits(portal.store, form, iblock):
        raise RestError(0, "productType is not allowed for this catalog")


def _update(portal, form, params):
    may_write(portal, 200040300040)
    ident = binding.ident(params)
    given = binding.fields(params)
    held = _good(portal, form, ident)
    if isinstance(given.get("iblockId"), int) and \
            portal.config["update_iblock"] == "refuse":
        raise RestError(0, "Product does not exist in this iblock")
    changes = _typed(form, given, True)
    if "name" in changes and not changes["name"]:
        raise errors.required(["name"])
    changes = _without_stock(portal, changes)
    _check(portal, held, changes, ident)
    changes.update(_sections(portal, held, given, changes))
    changes.update(_pictures(portal, given))
    values = dict(held["properties"])
    addressed = goods_values.given_values(portal, given, held["iblockId"],
                                          True)
    for number, entries in addressed.items():
        values[number] = goods_values.stored(portal, entries,
                                             values.get(number, []))
    row = {**held, **changes, "timestampX": portal.clock.stamp()}
    row["properties"] = {n: v for n, v in values.items() if v}
    portal.store.products.put(_settled(row, ident))
    for parent in {held["parentId"], row["parentId"]}:
        portal.store.settle_parent(parent)
    return {form.added: _written(portal, form, row)}


def _delete(portal, form, params):
    may_write(portal, 200040300040)
    ident = binding.ident(params)
    _good(portal, form, ident)
    portal.store.delete_product(ident)
    return True


def _get(portal, form, params):
    may_read(portal)
    row = _good(portal, form, binding.ident(params))
    return {form.item: _public(portal, form, row)}


def _list(portal, form, params):
    may_read(portal)
    query = listing.Query(params)
    asked = [str(n) for n in php.items(query.select)] if query.select else []
    lacking = [n for n in ("id", "iblockId") if n not in asked]
    if lacking:
        raise RestError(0, "Required select fields: " + ", ".join(lacking))
    given = query.filter if isinstance(query.filter, dict) else {}
    if given.get("iblockId") in (None, ""):
        raise RestError(0, "Required filter fields: iblockId")
    iblock = php.to_int(given["iblockId"])
    _need_fit(portal, form, iblock)
    fields = {**form.fields, **goods_values.kinds(portal, iblock)}
    known = fields
    if portal.config["list_types"] == "own":
        query.filter = {**given, "#type": list(form.types)}
        known = {**fields, "#type": "int"}
    rows, total, following = listing.page(
        portal.store.products, query, known, listing.NO_AT,
        goods_values.reader(fields), masks=True)
    names = list(form.fields) if "*" in asked else \
        [name for name in asked if name in fields]
    return Listed({form.listed: _rows(portal, iblock, rows, names)}, total,
                  following)


def _rows(portal, iblock, rows, names):
    props = {"property%d" % prop["id"]: prop
             for prop in goods_values.properties(portal, iblock)}
    return [{name: goods_values.shown(portal, row, props[name])
             if name in props else _shown(row, name) for name in names}
            for row in rows]


def _get_fields(portal, form, params):
    may_read(portal)
    given = binding.fields(params, "filter")
    if given.get("iblockId") in (None, ""):
        raise RestError(0, "Required filter fields: iblockId")
    iblock = php.to_int(given["iblockId"])
    _need_fit(portal, form, iblock)
    readonly = form.readonly
    if portal.config["inventory"]:
        readonly = readonly | set(schema.PRODUCT_STOCK)
    out = schema.describe(form.fields, readonly, ("name", "iblockId"),
                          ("iblockId",))
    if "parentId" in out:
        out["parentId"] = _described("Catalog Element", "E", "SKU")
    for prop in goods_values.properties(portal, iblock):
        out["property%d" % prop["id"]] = _described(
            prop["name"], prop["propertyType"], prop["userType"] or "",
            prop["multiple"] == "Y", prop["isRequired"] == "Y")
    return {form.item: out}


def _described(name, kind, user, multiple=False, required=False):
    """A property in the answer of getFieldsByFilter."""
    return {"isDynamic": True, "isImmutable": False, "isReadOnly": False,
            "isMultiple": multiple, "isRequired": required, "name": name,
            "propertyType": kind, "type": "productproperty",
            "userType": user}


def _serve(form):
    for name, run in (("add", _add), ("update", _update),
                      ("delete", _delete), ("get", _get), ("list", _list),
                      ("getFieldsByFilter", _get_fields)):
        method(form.prefix + name, scope="catalog")(
            lambda portal, caller, params, run=run: run(portal, form, params))


for _form in goods_form.FORMS:
    _serve(_form)


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
                  "productProperties", listing.NO_AT)


@method("catalog.productProperty.getFields", scope="catalog")
def property_get_fields(portal, caller, params):
    return {"productProperty": schema.describe(
        schema.PROPERTY, ("id", "timestampX"),
        ("iblockId", "name", "propertyType"))}
