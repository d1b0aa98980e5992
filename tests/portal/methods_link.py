"""crm.contact.company.* and crm.company.contact.*: who belongs to whom.

Source: api-reference/crm/contacts/company/, companies/contacts/. Whether a
change of bindings moves updatedTime of the owner is not documented: setting
`bindings_touch`.
"""

import old_style
import php
from errors import RestError
from old_style import refuse
from registry import method


class Side:
    """The bindings as one of the two sees them."""

    def __init__(self, owner, other, sort, primary):
        self.owner, self.other = owner, other
        self.sort, self.primary = sort, primary
        self.field = "COMPANY_ID" if other == "companies" else "CONTACT_ID"
        self.key = "companyId" if other == "companies" else "contactId"

    def rows(self, store, ident):
        return (store.companies_of if self.owner == "contacts"
                else store.contacts_of)(ident)

    def bind(self, store, ident, other, **more):
        pair = (ident, other) if self.owner == "contacts" else (other, ident)
        store.bind(*pair, **more)

    def unbind(self, store, ident, other):
        pair = (ident, other) if self.owner == "contacts" else (other, ident)
        return store.unbind(*pair)


CONTACT_SIDE = Side("contacts", "companies", "sort", "primary")
COMPANY_SIDE = Side("companies", "contacts", "contactSort", "contactPrimary")


def _owner(portal, params):
    ident = php.to_int(old_style.lowered(params).get("id"))
    if ident is None or ident <= 0:
        raise refuse("The parameter ownerEntityID is invalid or not defined.")
    return ident


def _access(portal, writing):
    if not portal.config["crm_read"] or \
            (writing and not portal.config["crm_write"]):
        raise RestError("ACCESS_DENIED", "Access denied!")


def _held(portal, side, params):
    ident = _owner(portal, params)
    if getattr(portal.store, side.owner).get(ident) is None:
        raise refuse("Not found.")
    return ident


def _touch(portal, side, ident):
    if portal.config["bindings_touch"]:
        getattr(portal.store, side.owner).change(ident, {
            "updatedTime": portal.clock.stamp(),
            "updatedBy": portal.config["user"]})


def _other(portal, side, fields):
    ident = php.to_int(fields.get(side.field))
    if ident is None or ident <= 0:
        raise refuse("The parameter 'fields' is not valid.")
    return ident


def _named_pair(portal, side, params):
    """(owner, fields, the other) of an add or delete."""
    given = old_style.lowered(params).get("fields")
    if not isinstance(given, dict):
        raise refuse("The parameter 'fields' must be array.")
    _access(portal, True)
    ident = _held(portal, side, params)
    fields = old_style.uppered(given)
    return ident, fields, _other(portal, side, fields)


def _add(portal, side, params):
    ident, fields, other = _named_pair(portal, side, params)
    store = portal.store
    known = any(row[side.key] == other for row in side.rows(store, ident))
    if known or getattr(store, side.other).get(other) is None:
        return False
    more = {}
    if fields.get("IS_PRIMARY") == "Y":
        more[side.primary] = True
    if php.to_int(fields.get("SORT")) is not None:
        more[side.sort] = php.to_int(fields["SORT"])
    side.bind(store, ident, other, **more)
    _touch(portal, side, ident)
    return True


def _delete(portal, side, params):
    ident, _, other = _named_pair(portal, side, params)
    gone = side.unbind(portal.store, ident, other)
    if gone:
        _touch(portal, side, ident)
    return gone


def _get(portal, side, params):
    ident = _owner(portal, params)
    _access(portal, False)
    return [{side.field: row[side.key], "SORT": row[side.sort],
             "ROLE_ID": 0, "IS_PRIMARY": "Y" if row[side.primary] else "N"}
            for row in side.rows(portal.store, ident)]


def _set(portal, side, params):
    items = old_style.lowered(params).get("items")
    if not isinstance(items, (list, dict)):
        raise refuse("The parameter items must be array.")
    _access(portal, True)
    ident = _held(portal, side, params)
    store = portal.store
    wanted = {}
    for item in php.items(items):
        item = old_style.uppered(item)
        other = php.to_int(item.get(side.field))
        if other and getattr(store, side.other).get(other) is not None:
            wanted.setdefault(other, item)
    for row in side.rows(store, ident):
        if row[side.key] not in wanted:
            side.unbind(store, ident, row[side.key])
    for other, item in wanted.items():
        sort = php.to_int(item.get("SORT"))
        more = {} if sort is None else {side.sort: sort}
        side.bind(store, ident, other, **more)
    chosen = [o for o, item in wanted.items()
              if item.get("IS_PRIMARY") == "Y"] or list(wanted)
    if chosen:
        side.bind(store, ident, chosen[0], **{side.primary: True})
    _touch(portal, side, ident)
    return True


def _clear(portal, side, params):
    ident = _owner(portal, params)
    _access(portal, True)
    store = portal.store
    for row in side.rows(store, ident):
        side.unbind(store, ident, row[side.key])
    if getattr(store, side.owner).get(ident) is not None:
        _touch(portal, side, ident)
    return True


def _register(prefix, side):
    for name, run in (("add", _add), ("delete", _delete), ("items.get", _get),
                      ("items.set", _set), ("items.delete", _clear)):
        def call(portal, caller, params, run=run):
            return run(portal, side, params)
        method(prefix + name, scope="crm")(call)


_register("crm.contact.company.", CONTACT_SIDE)
_register("crm.company.contact.", COMPANY_SIDE)
