"""What a manager does in the portal by hand: edits, deletes, merges, copies.

Past REST, so nothing is checked. updatedTime (DATE_MODIFY) moves where the
documentation knows of it, and only for a change that is one.
"""

import crm_items
import crm_store
from crm_schema import COMPANY, CONTACT, DEAL, INVOICE

_SHORT = {DEAL: "D", INVOICE: "SI"}
_MODIFIED = ("requisites", "bank_details", "presets")


def edit(portal, name, ident, changes, touch=True):
    """Sets fields of a row. User fields by their original names; of items
    also `fm`, `companyIds`, `contactIds` and `rows`, each as a whole."""
    store = portal.store
    table = getattr(store, name)
    row = table.get(ident)
    if name not in crm_store.ITEMS:
        new = {**row, **changes}
        if name in _MODIFIED and touch and new != row:
            new.update(DATE_MODIFY=portal.clock.stamp(), MODIFY_BY_ID=1)
        store.load(name, [new])
        return
    entity_type = crm_store.ITEMS[name]
    item = crm_items.Item(portal, entity_type)
    changes = dict(changes)
    held = item.held_links(row)
    links = item.links_after(changes, held)
    links = held if links is None else links
    if "fm" in changes:
        changes["fm"] = [store.fm_entry(
            e["typeId"], e.get("valueType", "WORK"), e["value"], e.get("id"))
            for e in changes["fm"]]
    products = changes.pop("rows", None)
    new = {**row, **changes}
    changed = not crm_items.same(new, row) or links != held
    if changed:
        _save(item, new, row, links, touch)
    if products is not None:
        _replace_rows(portal, entity_type, ident, products)


def _save(item, new, row, links, touch):
    if "stageId" in item.fields:
        item.check_stage(new, row)
    stamps = {} if touch else {"updatedTime": row["updatedTime"],
                               "updatedBy": row["updatedBy"]}
    item.save(new, row, links)
    if stamps:
        item.table.change(row["id"], stamps)


def _replace_rows(portal, entity_type, ident, products):
    short = _SHORT[entity_type]
    for row in portal.store.rows_of(short, ident):
        portal.store.rows.remove(row["id"])
    portal.store.put_rows(short, ident, products)
    crm_items.settle_sums(portal, short, entity_type, ident)


def delete(portal, name, ident):
    store = portal.store
    if name in crm_store.ITEMS:
        store.delete_item(crm_store.ITEMS[name], ident)
    elif name == "requisites":
        store.delete_requisite(ident)
    elif name == "bindings":
        row = store.bindings.get(ident)
        store.unbind(row["contactId"], row["companyId"])
    else:
        getattr(store, name).remove(ident)


def copy(portal, name, ident):
    """A copy of a deal with everything in it, user fields included."""
    store = portal.store
    entity_type = crm_store.ITEMS[name]
    row = dict(getattr(store, name).get(ident))
    now = portal.clock.stamp()
    row.update(id=getattr(store, name).new_id(), createdTime=now,
               updatedTime=now)
    if "fm" in row:
        row["fm"] = [store.fm_entry(e["typeId"], e["valueType"], e["value"])
                     for e in row["fm"]]
    getattr(store, name).put(row)
    short = _SHORT.get(entity_type)
    for held in store.rows_of(short, ident):
        store.put_row({**held, "id": None, "xmlId": None,
                       "ownerId": row["id"]})
    return row["id"]


_ASKED = ("title", "name", "lastName", "secondName", "post", "birthdate",
          "comments")


def conflicts(portal, entity_type, ids):
    """Fields in which two of them differ, so that a person has to choose."""
    rows = [portal.store.items(entity_type).get(i) for i in ids]
    names = [n for n in rows[0] if n in _ASKED or n.startswith("UF_")]
    out = []
    for name in names:
        values = [row.get(name) for row in rows if row.get(name)]
        if any(value != values[0] for value in values[1:]):
            out.append(name)
    return out


def merge(portal, entity_type, ids):
    """The first takes over what it lacks; the others go.

    Source: api-reference/crm/duplicates/crm-entity-merge-batch.md
    """
    store, table = portal.store, portal.store.items(entity_type)
    main = dict(table.get(ids[0]))
    for ident in ids[1:]:
        other = table.get(ident)
        for name, value in other.items():
            if main.get(name) in (None, "", [], 0):
                main[name] = value
        known = {(e["typeId"], e["value"]) for e in main.get("fm", ())}
        if "fm" in main:
            main["fm"] = main["fm"] + [
                e for e in other["fm"]
                if (e["typeId"], e["value"]) not in known]
        _take_over(store, entity_type, ident, ids[0])
    main.update(updatedTime=portal.clock.stamp(), updatedBy=1)
    if entity_type == CONTACT:
        main["companyId"] = store.primary_company(ids[0])
    if "fm" in main:
        main.update(crm_store.fm_flags(main["fm"]))
    table.put(main)
    for ident in ids[1:]:
        store.delete_item(entity_type, ident)
    return ids[1:]


def _take_over(store, entity_type, old, new):
    """Everything that hangs on the old one hangs on the new one."""
    for row in store.requisites_of(entity_type, old):
        store.requisites.change(row["ID"], {"ENTITY_ID": new})
        for address in store.addresses_of(row["ID"]):
            store.addresses.change(address["id"], {"ANCHOR_ID": new})
    if entity_type == CONTACT:
        for row in store.companies_of(old):
            store.bind(new, row["companyId"])
    elif entity_type == COMPANY:
        for row in store.contacts_of(old):
            store.bind(row["contactId"], new)
    for at in store.comments.find("ENTITY_ID", old):
        if store.comments.rows[at]["OWNER_TYPE"] == entity_type:
            store.comments.change(at, {"ENTITY_ID": new})
    for table in (store.deals, store.invoices):
        for row in table.sorted():
            if entity_type == COMPANY and row["companyId"] == old:
                table.change(row["id"], {"companyId": new})
            elif entity_type == CONTACT and old in row["contactIds"]:
                ids = []
                for ident in row["contactIds"]:
                    ident = new if ident == old else ident
                    ids += [] if ident in ids else [ident]
                table.change(row["id"], {"contactIds": ids,
                                         "contactId": ids[0]})


def entity_named(name):
    if name not in crm_store.ITEMS:
        raise ValueError("no such kind of item: %s" % name)
    return crm_store.ITEMS[name]
