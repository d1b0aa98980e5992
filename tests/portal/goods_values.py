"""Values of the properties of goods: given, stored and shown."""

import re

import php
import schema

PROPERTY = re.compile(r"^property([1-9][0-9]*)$")
_KINDS = {"N": "double"}
# Kinds of properties that the REST of goods knows (published sources of the
# catalogue's view of products): those of any other do not exist for it.
_USER_TYPES = {"S:Date", "S:DateTime", "S:HTML", "E:EList", "N:Sequence",
               "S:Money", "S:map_yandex", "S:map_google", "S:employee",
               "S:ECrm", "E:EAutocomplete", "S:ElementXmlID", "L:BoolEnum"}
_TIMES = ("Date", "DateTime")
_MONEY = re.compile(r"^-?[0-9]+(\.[0-9]+)?\|[A-Z]{3}$")


def properties(portal, iblock):
    """Those that goods have: all but the link of a variation, which has the
    name parentId, what is switched off, and kinds that are not known."""
    return [row for row in portal.store.properties.sorted()
            if row["iblockId"] == iblock and row["userType"] != "SKU" and
            row["active"] != "N" and _is_known(row)]


def _is_known(prop):
    return not prop["userType"] or \
        prop["propertyType"] + ":" + prop["userType"] in _USER_TYPES


def kinds(portal, iblock):
    """Types of the properties in filters. Ids of elements, sections and
    list values are compared as they are stored, as text."""
    return {"property%d" % row["id"]: _KINDS.get(row["propertyType"],
                                                 "string")
            for row in properties(portal, iblock)}


def reader(fields):
    """Value of a field, or all values of a property, for filter and order."""
    def read(row, field):
        if field == "#type":
            return row["type"]
        if field in schema.PICTURES:
            return row[field] and str(row[field]["id"])
        number = PROPERTY.match(field)
        if number is None:
            return row.get(field)
        held = [value["value"]
                for value in row["properties"].get(number.group(1), [])]
        if fields.get(field) == "double":
            held = [php.to_number(value) for value in held]
        return held
    return read


# As flags


def _lone_enum(portal, prop):
    """The only value of a list, where the portal takes such a list for a
    flag (config "lone_enum"), else None."""
    if portal.config["lone_enum"] != "flag" or \
            prop["propertyType"] != "L" or prop["multiple"] == "Y":
        return None
    enums = portal.store.property_enums.find("propertyId", prop["id"])
    return enums[0] if len(enums) == 1 else None


def shown(portal, row, prop):
    held = row["properties"].get(str(prop["id"]), [])
    if _lone_enum(portal, prop) is not None:
        return "Y" if held else "N"
    if not held:
        return None
    return list(held) if prop["multiple"] == "Y" else held[0]


# Given


def given_values(portal, given, iblock, updating):
    """{number: [entries]} of the properties that really are addressed."""
    out = {}
    known = {row["id"]: row for row in properties(portal, iblock)}
    for name, value in given.items():
        number = PROPERTY.match(str(name))
        prop = known.get(int(number.group(1))) if number else None
        if prop is None or _is_ignored(portal, prop, value, updating):
            continue
        entries = _entries(value, updating)
        if entries is None:
            continue
        if prop["multiple"] != "Y":
            entries = entries[:1]
        entries = [_unflagged(portal, prop, entry) for entry in entries]
        out[number.group(1)] = [e for e in entries if _fits(portal, prop, e)]
    return out


def _is_ignored(portal, prop, value, updating):
    """Shapes that servers of one age or another take for nothing."""
    config = portal.config
    if not updating:
        return config["add_scalars"] == "ignore" and \
            not isinstance(value, (list, dict))
    if prop["userType"] not in _TIMES or prop["multiple"] == "Y":
        return False
    listed = not (isinstance(value, dict) and "value" in value)
    if listed != (config["update_times"] == "list"):
        return True
    return config["empty_times"] == "ignore" and \
        not any(entry.get("value") for entry in _entries(value, True) or ())


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


def _unflagged(portal, prop, entry):
    """A flag takes "Y"; anything else, its value's id too, empties it."""
    enum = _lone_enum(portal, prop)
    if enum is None:
        return entry
    return {**entry, "value": enum if entry.get("value") == "Y" else None}


def _fits(portal, prop, entry):
    value = entry.get("value")
    if value in (None, "", False) or isinstance(value, (list, dict)):
        return False
    if prop["userType"] == "Money":
        return _MONEY.match(str(value)) is not None
    if prop["userType"] == "employee":
        return php.to_int(value) in portal.store.users.rows
    if prop["propertyType"] == "L":
        enum = portal.store.property_enums.get(php.to_int(value))
        return enum is not None and enum["propertyId"] == prop["id"]
    return prop["propertyType"] not in ("N", "E", "G") or \
        php.to_number(value) is not None


def stored(portal, entries, held):
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
