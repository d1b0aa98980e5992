"""Requisites, their presets, bank details, addresses and links.

Source: api-reference/crm/requisites/. Errors have an empty code and a text.
"""

import crm_schema
import old_style
import php
from crm_items import is_seen
from crm_schema import COMPANY, CONTACT, DEAL, INVOICE, REQUISITE
from old_style import refuse
from registry import Listed, method

_MADE = {"ID", "DATE_CREATE", "DATE_MODIFY", "CREATED_BY_ID", "MODIFY_BY_ID"}
_OWNER = _MADE | {"ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "COUNTRY_ID"}


def _wrong(name):
    return refuse("%s is not defined or invalid." % name)


def _named(portal, values):
    """NAME is required (its page), and a title of 255 characters."""
    if not values.get("NAME"):
        raise _wrong("NAME")
    if len(values["NAME"]) > 255:
        if portal.config["long_strings"] == "refuse":
            raise _wrong("NAME")
        values["NAME"] = values["NAME"][:255]


def _stamped(portal, ident):
    return {"ID": ident, "DATE_CREATE": portal.clock.stamp(),
            "DATE_MODIFY": None, "CREATED_BY_ID": portal.config["user"],
            "MODIFY_BY_ID": None}


def _touched(portal):
    return {"DATE_MODIFY": portal.clock.stamp(),
            "MODIFY_BY_ID": portal.config["user"]}


def _held(table, title, params):
    ident = old_style.ident_of(params)
    row = table.get(ident)
    if row is None:
        raise refuse("The %s with ID '%d' is not found" % (title, ident))
    return row


def _save(portal, table, row, values):
    """Always saved; owner and preset are not among the values."""
    new = {**row, **values, **_touched(portal)}
    _named(portal, new)
    table.put(new)
    return True


def _refuse_hidden(portal, requisite):
    if not _is_seen(portal, requisite):
        raise refuse("Access denied.")


def _is_seen(portal, requisite):
    """With its company."""
    owner = portal.store.items(requisite["ENTITY_TYPE_ID"]).get(
        requisite["ENTITY_ID"])
    return owner is None or is_seen(portal, requisite["ENTITY_TYPE_ID"],
                                    owner)


# Requisites


def _user_fields(portal):
    return [row["FIELD_NAME"] for row in portal.store.user_fields_of(
        crm_schema.UF_ENTITIES[REQUISITE])]


def _requisite(portal, params):
    return _held(portal.store.requisites, "Requisite", params)


def _requisite_values(portal, given, readonly):
    kinds = {**crm_schema.REQUISITE_FIELDS,
             **{name: "string" for name in _user_fields(portal)}}
    return old_style.typed(given, kinds, readonly)


@method("crm.requisite.add", scope="crm")
def requisite_add(portal, caller, params):
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    store = portal.store
    values = _requisite_values(portal, given, _MADE)
    if values.get("ENTITY_TYPE_ID") not in (CONTACT, COMPANY):
        raise _wrong("ENTITY_TYPE_ID")
    if values.get("ENTITY_ID", 0) <= 0:
        raise _wrong("ENTITY_ID")
    if store.presets.get(values.get("PRESET_ID")) is None:
        raise _wrong("PRESET_ID")
    if store.items(values["ENTITY_TYPE_ID"]).get(values["ENTITY_ID"]) is None:
        raise refuse("Entity not found.")
    _refuse_hidden(portal, values)
    _named(portal, values)
    row = {name: None for name in crm_schema.REQUISITE_FIELDS}
    row.update(ACTIVE="Y", ADDRESS_ONLY="N", SORT=500, RQ_VAT_PAYER="N")
    row.update(values, **_stamped(portal, store.requisites.new_id()))
    return store.requisites.put(row)["ID"]


@method("crm.requisite.update", scope="crm")
def requisite_update(portal, caller, params):
    row = _requisite(portal, params)
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    return _save(portal, portal.store.requisites, row,
                 _requisite_values(portal, given, _OWNER))


@method("crm.requisite.get", scope="crm")
def requisite_get(portal, caller, params):
    row = _requisite(portal, params)
    old_style.may_read(portal)
    return old_style.shown(row, [*crm_schema.REQUISITE_FIELDS,
                                 *_user_fields(portal)])


@method("crm.requisite.list", scope="crm")
def requisite_list(portal, caller, params):
    old_style.may_read(portal, 0)
    return old_style.listed(portal, params, portal.store.requisites,
                            crm_schema.REQUISITE_FIELDS,
                            _user_fields(portal),
                            lambda row: _is_seen(portal, row))


@method("crm.requisite.delete", scope="crm")
def requisite_delete(portal, caller, params):
    row = _requisite(portal, params)
    old_style.may_write(portal)
    portal.store.delete_requisite(row["ID"])
    return True


@method("crm.requisite.fields", scope="crm")
def requisite_fields(portal, caller, params):
    return described(crm_schema.REQUISITE_FIELDS, _MADE,
                     ("ENTITY_TYPE_ID", "ENTITY_ID", "PRESET_ID", "NAME"))


def described(schema, readonly, required):
    shown = {"int": "integer"}
    return {name: {"type": shown.get(kind, kind),
                   "isRequired": name in required,
                   "isReadOnly": name in readonly, "isImmutable": False,
                   "isMultiple": False, "isDynamic": False, "title": name}
            for name, kind in schema.items()}


# Presets


def _preset(portal, ident):
    row = portal.store.presets.get(ident)
    if row is None:
        raise refuse("The Preset with ID '%s' is not found" % ident)
    return row


@method("crm.requisite.preset.get", scope="crm")
def preset_get(portal, caller, params):
    row = _preset(portal, old_style.ident_of(params))
    old_style.may_read(portal)
    return old_style.shown(row, crm_schema.PRESET_FIELDS)


@method("crm.requisite.preset.list", scope="crm")
def preset_list(portal, caller, params):
    old_style.may_read(portal, 0)
    return old_style.listed(portal, params, portal.store.presets,
                            crm_schema.PRESET_FIELDS)


@method("crm.requisite.preset.countries", scope="crm")
def preset_countries(portal, caller, params):
    return [{"ID": 1, "CODE": "RU", "TITLE": "Россия"},
            {"ID": 4, "CODE": "BY", "TITLE": "Беларусь"},
            {"ID": 6, "CODE": "KZ", "TITLE": "Казахстан"}]


@method("crm.requisite.preset.field.list", scope="crm")
def preset_field_list(portal, caller, params):
    """Source: crm-requisite-preset-field-list.md; numbers stay numbers."""
    preset = old_style.uppered(old_style.lowered(params).get("preset"))
    row = _preset(portal, php.to_int(preset.get("ID")))
    old_style.may_read(portal)
    return [{"ID": at, "FIELD_NAME": name, "FIELD_TITLE": "",
             "IN_SHORT_LIST": "N", "SORT": 500 + 10 * at}
            for at, name in enumerate(row["FIELDS"], 1)]


# Bank details


def _bank_detail(portal, params):
    return _held(portal.store.bank_details, "RequisiteBankDetail", params)


@method("crm.requisite.bankdetail.add", scope="crm")
def bank_detail_add(portal, caller, params):
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    store = portal.store
    values = old_style.typed(given, crm_schema.BANK_FIELDS, _MADE)
    owner = store.requisites.get(values.get("ENTITY_ID"))
    if owner is None:
        raise _wrong("ENTITY_ID")
    _refuse_hidden(portal, owner)
    _named(portal, values)
    preset = store.presets.get(owner["PRESET_ID"]) or {"COUNTRY_ID": 1}
    row = {name: None for name in crm_schema.BANK_FIELDS}
    row.update(COUNTRY_ID=preset["COUNTRY_ID"], ACTIVE="Y", SORT=500)
    row.update(values, **_stamped(portal, store.bank_details.new_id()))
    return store.bank_details.put(row)["ID"]


@method("crm.requisite.bankdetail.update", scope="crm")
def bank_detail_update(portal, caller, params):
    row = _bank_detail(portal, params)
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    return _save(portal, portal.store.bank_details, row,
                 old_style.typed(given, crm_schema.BANK_FIELDS, _OWNER))


@method("crm.requisite.bankdetail.get", scope="crm")
def bank_detail_get(portal, caller, params):
    row = _bank_detail(portal, params)
    old_style.may_read(portal)
    return old_style.shown(row, crm_schema.BANK_FIELDS)


@method("crm.requisite.bankdetail.list", scope="crm")
def bank_detail_list(portal, caller, params):
    old_style.may_read(portal)
    return old_style.listed(portal, params, portal.store.bank_details,
                            crm_schema.BANK_FIELDS)


@method("crm.requisite.bankdetail.delete", scope="crm")
def bank_detail_delete(portal, caller, params):
    row = _bank_detail(portal, params)
    old_style.may_write(portal)
    portal.store.bank_details.remove(row["ID"])
    return True


@method("crm.requisite.bankdetail.fields", scope="crm")
def bank_detail_fields(portal, caller, params):
    return described(crm_schema.BANK_FIELDS, _MADE, ("ENTITY_ID", "NAME"))


# Addresses


def _address_key(portal, given):
    """(type, owner's type, owner). Only requisites own addresses: the
    binding to contacts and companies is for some older portals."""
    values = old_style.typed(given, crm_schema.ADDRESS_FIELDS, ())
    kinds = {ident for ident, _ in crm_schema.ADDRESS_TYPES}
    if values.get("TYPE_ID") not in kinds:
        raise _wrong("TYPE_ID")
    if values.get("ENTITY_TYPE_ID") != REQUISITE:
        raise _wrong("ENTITY_TYPE_ID")
    if portal.store.requisites.get(values.get("ENTITY_ID")) is None:
        raise _wrong("ENTITY_ID")
    return values["TYPE_ID"], REQUISITE, values["ENTITY_ID"]


_ADDRESS_OWN = ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID", "ANCHOR_TYPE_ID",
                "ANCHOR_ID", "LOC_ADDR_ID")


@method("crm.address.add", scope="crm")
def address_add(portal, caller, params):
    """On an existing key: "TypeAddress exists.", as the page has it; older
    portals overwrite (setting `address_exists`)."""
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    store = portal.store
    key = _address_key(portal, given)
    held = store.address(*key)
    if held and portal.config["address_exists"] == "refuse":
        raise refuse("TypeAddress exists.")
    owner = store.requisites.get(key[2])
    row = {name: None for name in crm_schema.ADDRESS_TEXTS}
    row.update(old_style.typed(given, crm_schema.ADDRESS_FIELDS,
                               _ADDRESS_OWN))
    row.update(zip(_ADDRESS_OWN, key))
    row.update(id=held["id"] if held else store.addresses.new_id(),
               LOC_ADDR_ID=store.new_location(),
               ANCHOR_TYPE_ID=owner["ENTITY_TYPE_ID"],
               ANCHOR_ID=owner["ENTITY_ID"])
    store.addresses.put(row)
    return True


def _held_address(portal, given):
    row = portal.store.address(*_address_key(portal, given))
    if row is None:
        raise refuse("TypeAddress not found.")
    return row


@method("crm.address.update", scope="crm")
def address_update(portal, caller, params):
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    row = _held_address(portal, given)
    values = old_style.typed(given, crm_schema.ADDRESS_FIELDS, _ADDRESS_OWN)
    portal.store.addresses.put({**row, **values})
    return True


@method("crm.address.delete", scope="crm")
def address_delete(portal, caller, params):
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    portal.store.addresses.remove(_held_address(portal, given)["id"])
    return True


@method("crm.address.list", scope="crm")
def address_list(portal, caller, params):
    """Rights to contacts, companies and leads, all three. `total` counts the
    rows of the page and nothing says that there are more; with start=-1 all
    come (issue 144 of bitrix24/b24phpsdk)."""
    if not portal.config["address_read"]:
        raise refuse("Access denied.", 0)
    old_style.may_read(portal, 0)
    rows, uncounted = [], php.to_int(
        old_style.lowered(params).get("start")) == -1
    while True:
        page = old_style.listed(
            portal, params if not uncounted else {
                **{n: v for n, v in params.items() if n.lower() != "start"},
                "start": len(rows)},
            portal.store.addresses, crm_schema.ADDRESS_FIELDS)
        rows += page.value
        if not uncounted or page.next is None:
            return Listed(rows, len(rows), None)


@method("crm.address.fields", scope="crm")
def address_fields(portal, caller, params):
    return described(crm_schema.ADDRESS_FIELDS,
                     ("ANCHOR_TYPE_ID", "ANCHOR_ID"),
                     ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID"))


# Which requisite a deal or an invoice uses


_SIDES = (("", "companyId", "Requisite with ID '%d'",
           "BankDetail with ID '%d'"),
          ("MC_", "mycompanyId", "Requisite of your company with ID '%d'",
           "BankDetail of your company with ID '%d'"))


def _check_side(store, values, side):
    """Source: crm-requisite-link-register.md, "Possible Error Codes"."""
    prefix, _, requisite_text, bank_text = side
    requisite = values[prefix + "REQUISITE_ID"]
    bank = values[prefix + "BANK_DETAIL_ID"]
    if requisite and store.requisites.get(requisite) is None:
        raise refuse("The %s is not found" % (requisite_text % requisite))
    held = store.bank_details.get(bank)
    if bank and held is None:
        raise refuse("The %s is not found" % (bank_text % bank))
    if bank and held["ENTITY_ID"] != requisite:
        raise refuse("The %s is not assigned to Requisite with ID '%d'"
                     % (bank_text % bank, requisite))


def _check_client(store, values, item):
    owner = store.requisites.get(values["REQUISITE_ID"])
    if owner is None:
        return
    if owner["ENTITY_TYPE_ID"] == COMPANY:
        good, what = owner["ENTITY_ID"] == item["companyId"], "Company"
        wanted = item["companyId"] or 0
    else:
        good, what = owner["ENTITY_ID"] in item["contactIds"], "Contact"
        wanted = item["contactId"] or 0
    if not good:
        raise refuse("The Requisite with ID '%d' is not assigned to %s with "
                     "ID '%d'" % (owner["ID"], what, wanted))


@method("crm.requisite.link.register", scope="crm")
def link_register(portal, caller, params):
    given = old_style.fields_of(params)
    old_style.may_write(portal)
    store = portal.store
    values = old_style.typed(given, crm_schema.LINK_FIELDS, ())
    if values.get("ENTITY_TYPE_ID") not in (DEAL, INVOICE):
        raise _wrong("ENTITY_TYPE_ID")
    item = store.items(values["ENTITY_TYPE_ID"]).get(values.get("ENTITY_ID"))
    if item is None:
        raise _wrong("ENTITY_ID")
    for name in crm_schema.LINK_FIELDS:
        if values.get(name, -1) < 0:
            raise _wrong(name)
    for side in _SIDES:
        _check_side(store, values, side)
    _check_client(store, values, item)
    held = store.link_of(values["ENTITY_TYPE_ID"], values["ENTITY_ID"])
    values["id"] = held["id"] if held else store.requisite_links.new_id()
    store.requisite_links.put(values)
    return True


def _link_key(params):
    params = old_style.lowered(params)
    out = []
    for name in ("entityTypeId", "entityId"):
        value = php.to_int(params.get(name.lower()))
        if value is None or value <= 0:
            raise _wrong(name)
        out.append(value)
    return out


@method("crm.requisite.link.get", scope="crm")
def link_get(portal, caller, params):
    key = _link_key(params)
    old_style.may_read(portal)
    row = portal.store.link_of(*key)
    if row is None:
        raise refuse("Not found")
    out = old_style.shown(row, crm_schema.LINK_FIELDS)
    return {**out, "ENTITY_TYPE_ID": key[0], "ENTITY_ID": key[1]}


@method("crm.requisite.link.list", scope="crm")
def link_list(portal, caller, params):
    old_style.may_read(portal)
    return old_style.listed(portal, params, portal.store.requisite_links,
                            crm_schema.LINK_FIELDS)


@method("crm.requisite.link.unregister", scope="crm")
def link_unregister(portal, caller, params):
    key = _link_key(params)
    old_style.may_write(portal)
    row = portal.store.link_of(*key)
    if row is not None:
        portal.store.requisite_links.remove(row["id"])
    return row is not None


@method("crm.requisite.link.fields", scope="crm")
def link_fields(portal, caller, params):
    return described(crm_schema.LINK_FIELDS, (), crm_schema.LINK_FIELDS)
