"""Values of list properties; changing a property.

Sources: api-reference/catalog/product-property-enum/, product-property/.
Their errors have the code "0" as a string, "" and BX_INVALID_VALUE.
"""

import binding
import schema
from errors import RestError
from methods_catalog import DENIED, blank, listed
from registry import method

ENUM = {"id": "int", "propertyId": "int", "value": "string",
        "xmlId": "string", "def": "char", "sort": "int"}
_NEEDS = ("propertyId", "value", "xmlId")
# The only list page of the catalogue without @, !@ and a plain %.
_PREFIXES = ("", "=", "!=", "!", ">=", ">", "<=", "<", "%=", "!%=")
_TYPES = ("S", "N", "L", "E", "G", "F")
NOT_OURS = "The specified property does not belong to a product catalog"
GONE = "productPropertyEnum does not exist."


def _may_read(portal):
    if not portal.config["can_read"]:
        raise RestError("0", DENIED)


def _may_write(portal):
    _may_read(portal)
    if not portal.config["admin"]:
        raise RestError("0", DENIED)


def _need(values, names):
    lacking = [n for n in names if values.get(n) in (None, "")]
    if lacking:
        raise RestError("0", "Required fields: " + ", ".join(lacking))


def _enum(portal, ident):
    row = portal.store.property_enums.get(ident)
    if row is None:
        raise RestError("0", GONE)
    return row


def _shown(row):
    return {name: blank(row.get(name)) for name in ENUM}


def _property(portal, ident):
    """A property of one of the product catalogues, or None."""
    row = portal.store.properties.get(ident)
    ours = row is not None and \
        portal.store.catalogs.get(row["iblockId"]) is not None
    return row if ours else None


def _siblings(portal, property_id, own_id=None):
    table = portal.store.property_enums
    return [table.rows[i] for i in table.find("propertyId", property_id)
            if i != own_id]


def _refuse_second(portal, values):
    """One xmlId within a property; the database ignores case besides."""
    wanted = values["xmlId"]
    held = [row["xmlId"] or ""
            for row in _siblings(portal, values["propertyId"])]
    if wanted in held:
        raise RestError("0", "A value with xmlId '%s' already exists."
                        % wanted)
    if wanted.casefold() in [xml_id.casefold() for xml_id in held]:
        raise RestError("BX_INVALID_VALUE",
                        "An entry with External code equal to %s, already "
                        "exists in the database" % wanted)


@method("catalog.productPropertyEnum.add", scope="catalog")
def enum_add(portal, caller, params):
    _may_write(portal)
    table = portal.store.property_enums
    values = binding.typed(binding.fields(params), ENUM, {"id"})
    _need(values, _NEEDS)
    prop = _property(portal, values["propertyId"])
    if prop is None:
        raise RestError("0", GONE)
    if prop["propertyType"] != "L":
        raise RestError("0", "Only list properties are supported")
    _refuse_second(portal, values)
    row = {"def": "N", "sort": 500, **values, "id": table.new_id()}
    return {"productPropertyEnum": _shown(table.put(row))}


@method("catalog.productPropertyEnum.update", scope="catalog")
def enum_update(portal, caller, params):
    _may_write(portal)
    ident = binding.ident(params)
    values = binding.typed(binding.fields(params), ENUM, {"id"})
    held = _enum(portal, ident)
    _need(values, _NEEDS)
    if _property(portal, values["propertyId"]) is None:
        raise RestError("0", NOT_OURS)
    taken = [(row["xmlId"] or "").casefold()
             for row in _siblings(portal, held["propertyId"], ident)]
    if values["propertyId"] != held["propertyId"] or \
            values["xmlId"].casefold() in taken:
        raise RestError("0", "Internal error updating enumeration value. "
                             "Try updating again.")
    row = portal.store.property_enums.put({**held, **values})
    return {"productPropertyEnum": _shown(row)}


@method("catalog.productPropertyEnum.delete", scope="catalog")
def enum_delete(portal, caller, params):
    _may_write(portal)
    portal.store.delete_enum(_enum(portal, binding.ident(params))["id"])
    return True


@method("catalog.productPropertyEnum.get", scope="catalog")
def enum_get(portal, caller, params):
    _may_read(portal)
    return {"productPropertyEnum": _shown(_enum(portal,
                                                binding.ident(params)))}


@method("catalog.productPropertyEnum.list", scope="catalog")
def enum_list(portal, caller, params):
    _may_read(portal)
    return listed(portal, params, portal.store.property_enums, ENUM,
                  "productPropertyEnums", _PREFIXES)


@method("catalog.productPropertyEnum.getFields", scope="catalog")
def enum_get_fields(portal, caller, params):
    _may_read(portal)
    return {"productPropertyEnum": schema.describe(ENUM, required=_NEEDS)}


# Properties


@method("catalog.productProperty.update", scope="catalog")
def property_update(portal, caller, params):
    _may_write(portal)
    ident = binding.ident(params)
    given = binding.fields(params)
    changes = binding.typed(given, schema.PROPERTY, {"id", "timestampX"})
    _need(changes, ("iblockId",))
    held = portal.store.properties.get(ident)
    if held is None:
        raise RestError("", "productProperty does not exist")
    if _property(portal, ident) is None:
        raise RestError("0", NOT_OURS)
    if changes["iblockId"] != held["iblockId"]:
        raise RestError("0", "Invalid information block code")
    if changes.get("propertyType", held["propertyType"]) not in _TYPES:
        raise RestError("0", "Invalid property type specified")
    if (changes.get("code") or "")[:1].isdigit():
        raise RestError("0", "Property code cannot start with a digit")
    if "name" in changes and not changes["name"]:
        raise RestError("0", "Error updating product property")
    row = {**held, **changes, "timestampX": portal.clock.stamp()}
    portal.store.properties.put(row)
    return {"productProperty": {name: blank(row.get(name))
                                for name in schema.PROPERTY}}
