"""Directories, funnels, user fields, enumerations of the CRM."""

import re

import binding
import crm_schema
import listing
import old_style
import php
from crm_items import refuse_access
from errors import RestError
from methods_item import described_user_field, entity_type_of
from methods_requisite import described
from old_style import refuse
from registry import Listed, method
from store import fold

# Directories and funnels


@method("crm.status.list", scope="crm")
def status_list(portal, caller, params):
    """Without pages: everything at once. Source: crm-status-list.md"""
    old_style.may_read(portal)
    params = old_style.lowered(params)
    query = listing.Query({"filter": old_style.filter_of(
        params.get("filter"), crm_schema.STATUS_FIELDS)})
    if "ENTITY_ID" not in query.filter and \
            portal.config["status_whole"] == "refuse":
        raise refuse("Access denied.")
    conds = listing.conditions(query.filter, crm_schema.STATUS_FIELDS,
                               listing.ALL_PREFIXES)
    rows = list(listing.accepted(portal.store.statuses, conds,
                                  listing.plain_read))
    order = listing.order_of(old_style.uppered(params.get("order")),
                           crm_schema.STATUS_FIELDS, "SORT")
    rows = listing.sorted_rows(rows, order, listing.plain_read)
    return Listed([_status(row) for row in rows], len(rows), None)


_SEMANTICS = {"S": "success", "F": "failure"}


def _status(row):
    out = old_style.shown(row, crm_schema.STATUS_FIELDS)
    if "STAGE" in row["ENTITY_ID"]:
        mark = _SEMANTICS.get(row["SEMANTICS"], "process")
        if row["STATUS_ID"].endswith("APOLOGY"):
            mark = "apology"
        out["EXTRA"] = {"SEMANTICS": mark, "COLOR": row["COLOR"]}
    return out


@method("crm.status.fields", scope="crm")
def status_fields(portal, caller, params):
    return described(crm_schema.STATUS_FIELDS, ("ID",),
                     ("ENTITY_ID", "STATUS_ID", "NAME"))


@method("crm.category.list", scope="crm")
def category_list(portal, caller, params):
    """Source: crm-category-list.md; the default funnel has no origin."""
    entity_type = entity_type_of(params)
    rows = portal.store.categories_of(entity_type)
    if not rows:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED",
                        "Entity type `%d` is not supported" % entity_type)
    rows = sorted(rows, key=lambda row: (row["sort"], row["id"]))
    return Listed({"categories": [dict(row) for row in rows]}, len(rows),
                  None)


@method("crm.category.get", scope="crm")
def category_get(portal, caller, params):
    entity_type = entity_type_of(params)
    ident = binding.ident(params)
    row = portal.store.categories.get(ident)
    if row is None or row["entityTypeId"] != entity_type:
        raise RestError("NOT_FOUND", "Element not found")
    return {"category": dict(row)}


@method("crm.category.fields", scope="crm")
def category_fields(portal, caller, params):
    entity_type_of(params)
    kinds = {"id": "integer", "name": "string", "sort": "integer",
             "entityTypeId": "integer", "isDefault": "boolean",
             "originId": "string", "originatorId": "string"}
    return {"fields": {name: {
        "type": kind, "isRequired": name == "entityTypeId",
        "isReadOnly": name in ("id", "entityTypeId", "isDefault"),
        "isImmutable": False, "isMultiple": False, "isDynamic": False,
        "title": crm_schema.upper(name), "upperName": crm_schema.upper(name)}
        for name, kind in kinds.items()}}


# User fields, in the older way


_LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL",
           "ERROR_MESSAGE", "HELP_MESSAGE")


def _user_field(row, lang):
    """As crm.<entity>.userfield.list has it: labels only for a LANG."""
    out = old_style.shown(row, crm_schema.USER_FIELD_FIELDS)
    out["SETTINGS"] = dict(row["SETTINGS"])
    if lang:
        for name in _LABELS:
            out[name] = row["LABEL"] if name.endswith("LABEL") else None
    if row["USER_TYPE_ID"] == "enumeration":
        out["LIST"] = [{"ID": str(i["ID"]), "SORT": str(i["SORT"]),
                        "VALUE": i["VALUE"], "DEF": i["DEF"],
                        "XML_ID": i["XML_ID"]} for i in row["LIST"]]
    return out


def _userfield_list(portal, entity, params):
    """Source: crm-company-userfield-list.md; sorted by SORT, ID; no pages."""
    params = old_style.lowered(params)
    given = params.get("filter")
    lang = old_style.uppered(given).get("LANG")
    schema = crm_schema.USER_FIELD_FIELDS
    conds = listing.conditions(old_style.filter_of(given, schema), schema,
                               listing.ALL_PREFIXES)
    rows = [row for row in listing.accepted(
        portal.store.user_fields, conds, listing.plain_read)
        if row["ENTITY_ID"] == entity]
    order = listing.order_of(old_style.uppered(params.get("order")), schema,
                           "SORT")
    rows = listing.sorted_rows(rows, order, listing.plain_read)
    return Listed([_user_field(row, lang) for row in rows], len(rows), None)


def field_name(given):
    """UF_CRM_ is always in front. Source: crm-company-userfield-add.md"""
    name = str(given).upper()
    for prefix in ("UF_CRM_", "UF_"):
        if name.startswith(prefix):
            name = name[len(prefix):]
            break
    name = "UF_CRM_" + name
    if len(name) > 50:
        raise RestError("ERROR_CORE", "Field name is too long (more than 50 "
                                      "characters).")
    if not re.fullmatch("[A-Z0-9_]+", name):
        raise RestError("ERROR_CORE", "Field name contains invalid "
                        "characters. Allowed characters are: A-Z, 0-9 and _.")
    return name


def _userfield_add(portal, entity, params):
    fields = old_style.fields_of(params)
    old_style.may_write(portal)
    if not portal.config["admin"]:
        raise refuse("Access denied.")
    if not fields.get("FIELD_NAME"):
        raise refuse("The 'FIELD_NAME' field is not found.")
    if not fields.get("USER_TYPE_ID"):
        raise refuse("The 'USER_TYPE_ID' field is not found.")
    name = field_name(fields["FIELD_NAME"])
    if fields["USER_TYPE_ID"] not in crm_schema.USER_TYPES:
        raise RestError("ERROR_CORE", "Invalid custom type specified.")
    if any(row["FIELD_NAME"] == name
           for row in portal.store.user_fields_of(entity)):
        raise RestError("ERROR_CORE", "Field %s for object %s already exists."
                        % (name, entity))
    row = {"ENTITY_ID": entity, "FIELD_NAME": name,
           "USER_TYPE_ID": fields["USER_TYPE_ID"],
           "XML_ID": fields.get("XML_ID"),
           "SORT": php.to_int(fields.get("SORT")) or 100,
           "LIST": _list_items(fields.get("LIST")),
           "SETTINGS": fields.get("SETTINGS") or {},
           "LABEL": _label(fields) or name}
    for flag in ("MULTIPLE", "MANDATORY"):
        row[flag] = "Y" if fields.get(flag) == "Y" else "N"
    if row["USER_TYPE_ID"] == "boolean":
        row["MULTIPLE"] = "N"
    portal.store.load("user_fields", [row])
    return portal.store.user_fields.ids[-1]


def _label(fields):
    given = fields.get("EDIT_FORM_LABEL") or fields.get("LABEL")
    if isinstance(given, dict):
        given = given.get("ru") or next(iter(given.values()), None)
    return given


def _list_items(given):
    items, seen = [], set()
    for item in php.items(given) if isinstance(given, (list, dict)) else ():
        item = old_style.uppered(item)
        if not item.get("VALUE"):
            continue
        mark = item.get("XML_ID")
        if mark and mark in seen:
            raise RestError("ERROR_CORE", "List item with XML_ID=%s already "
                                          "exists." % mark)
        seen.add(mark)
        items.append({"VALUE": item["VALUE"], "XML_ID": mark,
                      "SORT": php.to_int(item.get("SORT")) or 0,
                      "DEF": "Y" if item.get("DEF") == "Y" else "N"})
    return items


_OLD = {"company": ("CRM_COMPANY", "TITLE"), "deal": ("CRM_DEAL", "TITLE"),
        "contact": ("CRM_CONTACT", "NAME"),
        "requisite": ("CRM_REQUISITE", "NAME")}


def _register(name, entity, title):
    def run_list(portal, caller, params):
        old_style.may_read(portal)
        return _userfield_list(portal, entity, params)

    def run_add(portal, caller, params):
        return _userfield_add(portal, entity, params)

    def run_fields(portal, caller, params):
        """The names of the fields, and all that is to know of user fields."""
        old_style.may_read(portal)
        out = described({"ID": "int", title: "string"}, ("ID",), (title,))
        for row in portal.store.user_fields_of(entity):
            out[row["FIELD_NAME"]] = described_user_field(row)
        return out
    method("crm.%s.userfield.list" % name, scope="crm")(run_list)
    method("crm.%s.userfield.add" % name, scope="crm")(run_add)
    if name != "requisite":
        method("crm.%s.fields" % name, scope="crm")(run_fields)


for _name, (_entity, _title) in _OLD.items():
    _register(_name, _entity, _title)


# User fields, in the newer way


_CAMEL = {crm_schema.camel(n): n for n in crm_schema.USER_FIELD_FIELDS}


def _config_field(row, languages):
    out = {camel: old_style.text_of(row.get(name))
           for camel, name in _CAMEL.items()}
    out["settings"] = dict(row["SETTINGS"])
    if languages:
        out["languageId"] = {n: n for n in languages}
    for name in _LABELS:
        out[crm_schema.camel(name)] = {n: row["LABEL"] for n in languages} \
            if languages and name.endswith("LABEL") else None
    return out


@method("userfieldconfig.list", scope="userfieldconfig")
def userfieldconfig_list(portal, caller, params):
    """Source: userfieldconfig-list.md; scope userfieldconfig and crm."""
    if params.get("moduleId") is None:
        raise RestError(100, "Could not find value for parameter {moduleId}")
    if params["moduleId"] != "crm" or "crm" not in portal.config["scopes"]:
        raise refuse("The current method required more scopes. (%s)"
                     % params["moduleId"])
    refuse_access(portal, False)
    query = listing.Query(params)
    given = {}
    for key, value in (query.filter.items()
                       if isinstance(query.filter, dict) else ()):
        prefix, field = listing.SPLIT.match(str(key)).groups()
        if field in _CAMEL:
            given[prefix + _CAMEL[field]] = value
    query.filter = given
    query.order = {_CAMEL[k]: v for k, v in query.order.items()
                   if k in _CAMEL} if isinstance(query.order, dict) else {}
    rows, total, following = listing.page(
        portal.store.user_fields, query, crm_schema.USER_FIELD_FIELDS)
    language = query.select.get("language") \
        if isinstance(query.select, dict) else None
    return Listed({"fields": [
        _config_field(row, [language] if language else []) for row in rows]},
        total, following)


# Enumerations


@method("crm.enum.addresstype", scope="crm")
def enum_address_type(portal, caller, params):
    return [{"ID": ident, "NAME": name, "SYMBOL_CODE": None,
             "SYMBOL_CODE_SHORT": None}
            for ident, name in crm_schema.ADDRESS_TYPES]


@method("crm.enum.ownertype", scope="crm")
def enum_owner_type(portal, caller, params):
    return [{"ID": ident, "NAME": name, "SYMBOL_CODE": code,
             "SYMBOL_CODE_SHORT": short}
            for ident, name, code, short in crm_schema.OWNER_TYPES]


@method("crm.multifield.fields", scope="crm")
def multifield_fields(portal, caller, params):
    return {name: {"type": kind, "isRequired": False,
                   "isReadOnly": name in ("ID", "TYPE_ID"),
                   "isImmutable": False, "isMultiple": False,
                   "isDynamic": False, "title": name}
            for name, kind in (("ID", "int"), ("TYPE_ID", "string"),
                               ("VALUE", "string"),
                               ("VALUE_TYPE", "string"))}


# Duplicates


_MOST = 20


def digits(phone):
    """A phone without its extension. Source: crm-duplicate-find-by-comm.md"""
    return re.sub(r"\D", "", re.split(r"[;,#]|доб|ext", phone.lower())[0])


@method("crm.duplicate.findbycomm", scope="crm")
def find_by_comm(portal, caller, params):
    """By phone or e-mail only; values beyond 20 are not looked at, and a
    type with 20 hits hides the types after it."""
    params = old_style.lowered(params)
    kind = str(params.get("type") or "").upper()
    if not kind:
        raise RestError("Communication type is not defined",
                        "Parameter 'type' is required.")
    if kind not in ("EMAIL", "PHONE"):
        raise refuse("Communication type '%s' is not supported in current "
                     "context" % kind)
    given = params.get("values")
    if not isinstance(given, (list, dict)) or not given:
        raise RestError("Communication values is not defined",
                        "Parameter 'values' is required.")
    old_style.may_read(portal)
    make = digits if kind == "PHONE" else (lambda text: fold(text.strip()))
    wanted = {make(str(v)) for v in php.items(given)[:_MOST]} - {""}
    only = str(params.get("entity_type") or "").upper()
    out = {}
    for name, table in (("CONTACT", portal.store.contacts),
                        ("COMPANY", portal.store.companies)):
        if only and only != name:
            continue
        found = [row["id"] for row in table.sorted()
                 if any(e["typeId"] == kind and make(e["value"]) in wanted
                        for e in row["fm"])][:_MOST]
        if found:
            out[name] = found
        if len(found) == _MOST:
            break
    return out
