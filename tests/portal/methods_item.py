"""crm.item.*: deals, contacts, companies, smart invoices.

Source: api-reference/crm/universal/crm-item-*.md, object-fields.md.
"""

import binding
import crm_filter
import crm_schema
import crm_values
import listing
import php
from crm_items import Item, is_seen, refuse_access
from crm_schema import COMPANY, CONTACT, INVOICE, TABLES
from errors import RestError
from registry import Listed, method

_KINDS = {"integer": "number", "double": "amount", "user": "number",
          "company": "number", "contact": "number", "deal": "number",
          "category": "number", "datetime": "datetime", "date": "date"}
_UF_KINDS = {"integer": "number", "double": "number", "boolean": "yes",
             "date": "date", "datetime": "datetime", "enumeration": "number",
             "employee": "number"}


def entity_type_of(params):
    """Old invoices are told apart (invoice.md); others are no type at all."""
    ident = binding.ident(params, "entityTypeId")
    if ident in TABLES:
        return ident
    if ident in (1, 5, 7):
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED",
                        "Entity type `%d` is not supported" % ident)
    raise RestError("NOT_FOUND", "SPA not found")


class Names:
    """User fields under the names of this call."""

    def __init__(self, portal, entity_type, params):
        original = params.get("useOriginalUfNames") in ("Y", "y", True, "true")
        self.original = original
        self.rows = portal.store.user_fields_of(
            crm_schema.UF_ENTITIES[entity_type])
        self.shown = {}
        for row in self.rows:
            name = row["FIELD_NAME"]
            if not original:
                camel = crm_schema.camel_user_field(name)
                taken = camel in self.shown.values()
                name = name if taken else camel
            self.shown[row["FIELD_NAME"]] = name
        self._held = {shown: held for held, shown in self.shown.items()}
        self.fields = {row["FIELD_NAME"]: row for row in self.rows}

    def held(self, name):
        """Name in the row. An original name is unknown unless asked for."""
        if name in self._held:
            return self._held[name]
        return "?" + name if name in self.shown else name


def _item(portal, entity_type, params):
    ident = binding.ident(params)
    row = portal.store.items(entity_type).get(ident)
    if row is None:
        raise RestError("NOT_FOUND", "Item not found")
    return row


def _refuse_hidden(portal, entity_type, row):
    """Who may not see it may not change or delete it either."""
    if not is_seen(portal, entity_type, row):
        raise RestError("ACCESS_DENIED", "Access denied")


@method("crm.item.add", scope="crm")
def item_add(portal, caller, params):
    entity_type = entity_type_of(params)
    given = binding.fields(params)
    refuse_access(portal, True)
    names = Names(portal, entity_type, params)
    row = Item(portal, entity_type).add(given, names)
    return {"item": public(portal, entity_type, row, names)}


@method("crm.item.update", scope="crm")
def item_update(portal, caller, params):
    entity_type = entity_type_of(params)
    row = _item(portal, entity_type, params)
    given = binding.fields(params)
    refuse_access(portal, True)
    _refuse_hidden(portal, entity_type, row)
    names = Names(portal, entity_type, params)
    row = Item(portal, entity_type).update(row, given, names)
    return {"item": public(portal, entity_type, row, names)}


@method("crm.item.get", scope="crm")
def item_get(portal, caller, params):
    entity_type = entity_type_of(params)
    refuse_access(portal, False)
    row = _item(portal, entity_type, params)
    if not is_seen(portal, entity_type, row):
        raise RestError("ACCESS_DENIED",
                        "You do not have permission to view this item")
    return {"item": public(portal, entity_type, row,
                           Names(portal, entity_type, params))}


@method("crm.item.delete", scope="crm")
def item_delete(portal, caller, params):
    entity_type = entity_type_of(params)
    row = _item(portal, entity_type, params)
    refuse_access(portal, True)
    _refuse_hidden(portal, entity_type, row)
    portal.store.delete_item(entity_type, row["id"])
    return []


@method("crm.item.list", scope="crm")
def item_list(portal, caller, params):
    """`fm` only with select ["*"]; what select does not know is ignored.

    With useOriginalUfNames an explicit select shows the user fields it
    names and nothing else: rows without any are [] (issues 263 and 368 of
    bitrix-tools/b24-rest-docs).
    """
    entity_type = entity_type_of(params)
    refuse_access(portal, False)
    names = Names(portal, entity_type, params)
    query = listing.Query(params)
    rows, total, following = crm_filter.page(
        portal.store.items(entity_type), query,
        filter_kinds(entity_type, names), names.held,
        lambda row: is_seen(portal, entity_type, row))
    asked = [str(n) for n in php.items(query.select)] if query.select else []
    shown = []
    for row in rows:
        item = public(portal, entity_type, row, names)
        if "*" not in asked:
            item.pop("fm", None)
            if asked:
                item = {n: item[n] for n in asked if n in item and
                        (not names.original or n in names.fields)}
        shown.append(item)
    return Listed({"items": shown}, total, following)


def filter_kinds(entity_type, names):
    """What may be filtered by: fields with a column of their own."""
    kinds = {name: _KINDS.get(field.kind, "text")
             for name, field in crm_schema.ITEMS[entity_type].items()
             if not field.many and not field.disabled and
             field.kind != "file" and name not in _WITHOUT_COLUMN}
    for row in names.rows:
        kinds[row["FIELD_NAME"]] = _UF_KINDS.get(row["USER_TYPE_ID"], "text")
    return kinds


_WITHOUT_COLUMN = ("emailHome", "emailWork", "emailMailing", "phoneMobile",
                   "phoneWork", "phoneMailing", "imol", "email", "phone",
                   "searchContent")


# Shown


def public(portal, entity_type, row, names):
    """An item as get answers it."""
    out = {}
    for name, field in crm_schema.ITEMS[entity_type].items():
        out[name] = None if field.disabled else _shown(field, row.get(name))
    for name, shown in names.shown.items():
        out[shown] = _shown_user_field(names.fields[name], row.get(name))
    store = portal.store
    if entity_type == CONTACT:
        out["companyIds"] = [r["companyId"]
                             for r in store.companies_of(row["id"])]
    if entity_type == COMPANY:
        out["contactIds"] = [r["contactId"]
                             for r in store.contacts_of(row["id"])]
    if entity_type in (CONTACT, COMPANY):
        out.update(_communication(row["fm"]))
        out["fm"] = [dict(entry) for entry in row["fm"]]
    out["entityTypeId"] = entity_type
    return out


def _shown(field, value):
    if field.kind == "date":
        return crm_values.shown_date(value)
    if field.kind == "double":
        return value or 0
    if field.many:
        return list(value or [])
    return value


def _shown_user_field(field, value):
    if field["MULTIPLE"] == "Y":
        return [_shown_user_value(field, v) for v in value or []]
    return _shown_user_value(field, value)


def _shown_user_value(field, value):
    if field["USER_TYPE_ID"] == "boolean":
        return value or "N"
    if field["USER_TYPE_ID"] == "date":
        return crm_values.shown_date(value)
    return value


def _communication(fm):
    """The flat aliases: the first value of each kind.

    Source: crm-item-get.md, below "Returned Data".
    """
    def first(kind, value_type=None):
        return next((e["value"] for e in fm if e["typeId"] == kind and
                     value_type in (None, e["valueType"])), "")
    phone, email = first("PHONE"), first("EMAIL")
    return {"emailHome": first("EMAIL", "HOME"),
            "emailWork": first("EMAIL", "WORK"),
            "emailMailing": first("EMAIL", "MAILING"),
            "phoneMobile": first("PHONE", "MOBILE"),
            "phoneWork": first("PHONE", "WORK"),
            "phoneMailing": first("PHONE", "MAILING"),
            "imol": first("IM", "IMOL"), "email": email or None,
            "phone": phone or None}


@method("crm.item.fields", scope="crm")
def item_fields(portal, caller, params):
    entity_type = entity_type_of(params)
    refuse_access(portal, False)
    names = Names(portal, entity_type, params)
    out = {}
    for name, field in crm_schema.ITEMS[entity_type].items():
        out[name] = _described(name, field, entity_type)
    for row in names.rows:
        out[names.shown[row["FIELD_NAME"]]] = described_user_field(row)
    return {"fields": out}


_TYPES = {"company": "crm_company", "contact": "crm_contact",
          "status": "crm_status", "stage": "crm_status",
          "currency": "crm_currency", "category": "crm_category",
          "deal": "crm_deal"}


def _described(name, field, entity_type):
    out = {"type": _TYPES.get(field.kind, field.kind), "isRequired": False,
           "isReadOnly": field.readonly, "isImmutable": False,
           "isMultiple": field.many, "isDynamic": False,
           "title": crm_schema.upper(name),
           "upperName": crm_schema.upper(name)}
    if field.kind == "status":
        out["statusType"] = field.arg
    if field.kind == "stage":
        out["statusType"] = "DEAL_STAGE" if entity_type != INVOICE \
            else "SMART_INVOICE_STAGE_13"
    return out


def described_user_field(row):
    out = {"type": row["USER_TYPE_ID"],
           "isRequired": row["MANDATORY"] == "Y", "isReadOnly": False,
           "isImmutable": False, "isMultiple": row["MULTIPLE"] == "Y",
           "isDynamic": True}
    if row["USER_TYPE_ID"] == "enumeration":
        out["items"] = [{"ID": str(item["ID"]), "VALUE": item["VALUE"]}
                        for item in row["LIST"]]
    out.update(title=row["LABEL"], listLabel=row["LABEL"],
               formLabel=row["LABEL"], filterLabel=row["LABEL"],
               settings=row["SETTINGS"], upperName=row["FIELD_NAME"])
    return out
