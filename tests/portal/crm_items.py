"""Adding and changing an item: rules of crm.item.add and update."""

import re

import crm_schema
import crm_store
from crm_schema import COMPANY, CONTACT, DEAL, INVOICE
from crm_values import DROP, Values, good_mail, invalid
from errors import RestError

_NEW_KEY = re.compile(r"^n\d+$")
_DAY = 24 * 3600


def refuse_access(portal, writing):
    if not portal.config["crm_read"] or \
            (writing and not portal.config["crm_write"]):
        raise RestError("ACCESS_DENIED", "Access denied")


def is_seen(portal, entity_type, row):
    """Those of others may be hidden from the user of the webhook."""
    key = {DEAL: "deals_seen", COMPANY: "companies_seen",
           CONTACT: "contacts_seen"}.get(entity_type)
    return key is None or portal.config[key] == "all" or \
        row["assignedById"] == portal.config["user"]


class Item:
    def __init__(self, portal, entity_type):
        self.portal = portal
        self.store = portal.store
        self.entity_type = entity_type
        self.table = self.store.items(entity_type)
        self.values = Values(portal, entity_type)
        self.fields = crm_schema.ITEMS[entity_type]

    # Reading what was passed

    def changes(self, given, names):
        """({field: value}, links); unknown fields are ignored."""
        out = {}
        for name, value in given.items():
            name = str(name)
            held = names.held(name)
            field = self.fields.get(name)
            if held in names.fields:
                made = self.values.user_field(name, names.fields[held], value)
            elif field is None or field.readonly or field.disabled:
                continue
            else:
                made, held = self.values.convert(name, field, value), name
            if made is not DROP:
                out[held] = made
        return out

    def links_after(self, changes, held):
        """Company and contact ids of the item: one way to say it, and many.

        A list replaces all; a single id comes first, 0 takes the first away.
        """
        pairs = {CONTACT: ("companyId", "companyIds"),
                 COMPANY: (None, "contactIds"),
                 DEAL: ("contactId", "contactIds"),
                 INVOICE: ("contactId", "contactIds")}
        one, many = pairs[self.entity_type]
        if many not in changes and (one is None or one not in changes):
            return None
        ids = list(changes.pop(many)) if many in changes else list(held)
        if one is not None and one in changes:
            first = changes.pop(one)
            if first:
                ids = [first] + [i for i in ids if i != first]
            else:
                ids = [i for i in ids if held[:1] != [i]]
        return ids

    def _fm(self, given, held):
        """The multi-fields after what was passed; each addition is new."""
        if given is None:
            return held
        pairs = enumerate(given) if isinstance(given, list) else \
            given.items() if isinstance(given, dict) else ()
        entries = [dict(entry) for entry in held]
        for key, entry in pairs:
            if isinstance(entry, dict):
                self._fm_entry(entries, str(key), entry)
        return entries

    def _fm_entry(self, entries, key, entry):
        """Source: crm-item-update.md, `fm`. Without typeId it is ignored."""
        kind = entry.get("typeId")
        if kind not in crm_schema.FM_TYPES:
            return
        value = entry.get("value")
        value = "" if value is None else str(value).strip()[:255]
        if kind == "EMAIL" and value and not good_mail(value):
            raise RestError(0, "The `E-mail` field contains an invalid "
                               "address")
        types = crm_schema.FM_TYPES[kind]
        held = next((e for e in entries if str(e["id"]) == key), None)
        if held is not None and not value:
            entries.remove(held)
        elif held is not None:
            held.update(value=value, typeId=kind)
            if entry.get("valueType") in types:
                held["valueType"] = entry["valueType"]
        elif value:
            given = entry.get("valueType", "WORK")
            entries.append(self.store.fm_entry(
                kind, given if given in types else "OTHER", value))

    # Adding

    def add(self, given, names):
        changes = self.changes(given, names)
        links = self.links_after(changes, [])
        fm = self._fm_given(given, [])
        row = crm_store.blank_item(self.entity_type)
        row.update((name, None) for name in names.fields)
        row.update(self._defaults(), **changes)
        self._check_mandatory(row, names)
        if fm is not None:
            row["fm"] = fm
        self.check_stage(row, None)
        now, user = self.portal.clock.stamp(), self.portal.config["user"]
        row.update(id=self.table.new_id(), createdTime=now, updatedTime=now,
                   createdBy=user, updatedBy=user, lastActivityTime=now,
                   lastActivityBy=user)
        if "title" in self.fields and not row["title"]:
            row["title"] = "%s #%d" % (
                crm_schema.ITEM_NAMES[self.entity_type], row["id"])
        if self.entity_type == INVOICE:
            row["accountNumber"] = str(row["id"])
        self._put(row, links)
        if "stageId" in self.fields:
            note_stage(self.portal, self.entity_type, self.table.get(row["id"]),
                       1)
        return self.table.get(row["id"])

    def _check_mandatory(self, row, names):
        """Source: crm-item-add.md, what is checked; the text of the error is
        that of crm-item-batch-import.md."""
        for name, field in names.fields.items():
            if self.portal.config["mandatory"] and \
                    field["MANDATORY"] == "Y" and not row[name]:
                raise RestError("CRM_FIELD_ERROR_REQUIRED",
                                'The "%s" field is required' % field["LABEL"])

    def _fm_given(self, given, held):
        if self.entity_type not in (CONTACT, COMPANY):
            return None
        return self._fm(given.get("fm"), held)

    def _defaults(self):
        """Source: crm-item-add.md, "Default" of each field."""
        out = {"assignedById": self.portal.config["user"], "opened": "Y"}
        for name, field in self.fields.items():
            if field.kind == "status" and name not in ("honorific",
                                                       "eventId"):
                known = self.store.statuses_of(field.arg)
                out[name] = known[0]["STATUS_ID"] if known else None
            elif field.kind == "currency":
                out[name] = next((r["CURRENCY"] for r in
                                  self.store.currencies.sorted()
                                  if r.get("BASE") == "Y"), None)
        if self.entity_type == CONTACT:
            out["export"] = "Y"
        if self.entity_type == COMPANY:
            out["isMyCompany"] = "N"
        if "stageId" in self.fields:
            now = self.portal.clock.now()
            stamp = self.portal.clock.stamp
            own = self.store.categories_of(self.entity_type)
            out.update(isManualOpportunity="N", begindate=stamp()[:10],
                       closedate=stamp(now + 7 * _DAY)[:10],
                       categoryId=next((c["id"] for c in own
                                        if c["isDefault"] == "Y"), 0))
        if self.entity_type == DEAL:
            out.update(isNew="Y", isRecurring="N", isReturnCustomer="N",
                       isRepeatedApproach="N")
        return out

    # Changing

    def update(self, row, given, names):
        """Saved, and updatedTime moved, only where something changed."""
        held_links = self.held_links(row)
        changes = self.changes(given, names)
        pretended = self._pretended(given, names, changes, row)
        changes = {n: v for n, v in changes.items() if n not in pretended}
        links = self.links_after(changes, held_links)
        fm = self._fm_given(given, row.get("fm"))
        new = {**row, **changes}
        if fm is not None:
            new["fm"] = fm
        self.check_stage(new, row)
        if links is None:
            links = held_links
        self._recalculate(new, row)
        if same(new, row) and links == held_links:
            return {**row, **pretended}
        return {**self.save(new, row, links), **pretended}

    def _pretended(self, given, names, changes, row):
        """What the answer shows empty and the object keeps, where portals do
        not clear fields (issues 145 and 269 of bitrix-tools/b24-rest-docs).
        A number that is 0 is taken.
        """
        if self.portal.config["clears"] == "take":
            return {}
        zero = {names.held(str(name)) for name, value in given.items()
                if value in (0, "0")}
        return {name: value for name, value in changes.items()
                if not value and row.get(name) and name not in zero}

    def save(self, new, row, links):
        """A change that is one; also for a manager's edit."""
        now, user = self.portal.clock.stamp(), self.portal.config["user"]
        new.update(updatedTime=now, updatedBy=user)
        moved = "stageId" in self.fields and \
            (new["stageId"], new["categoryId"]) != (row["stageId"],
                                                    row["categoryId"])
        if moved:
            new.update(movedTime=now, movedBy=user)
            if self.entity_type == INVOICE:
                new["previousStageId"] = row["stageId"]
            if self.entity_type == DEAL:
                new["isNew"] = "N"
        self._put(new, links)
        kept = self.table.get(new["id"])
        if moved:
            final = semantics_of(self.portal, self.entity_type, kept) != "P"
            kind = 5 if new["categoryId"] != row["categoryId"] else \
                3 if final else 2
            note_stage(self.portal, self.entity_type, kept, kind)
        return kept

    def held_links(self, row):
        if self.entity_type == CONTACT:
            rows = self.store.companies_of(row["id"])
            first = [r["companyId"] for r in rows if r["primary"]]
            return first + [r["companyId"] for r in rows
                            if not r["primary"]]
        if self.entity_type == COMPANY:
            return [r["contactId"]
                    for r in self.store.contacts_of(row["id"])]
        return list(row["contactIds"])

    def _recalculate(self, new, row):
        """Rows rule the amount unless it is manual."""
        short = {DEAL: "D", INVOICE: "SI"}.get(self.entity_type)
        if short and new["isManualOpportunity"] != "Y" and \
                self.store.rows_of(short, row["id"]):
            new.update(self.store.sums(short, row["id"]))

    def check_stage(self, new, row):
        """A stage belongs to its funnel; a new funnel begins at its first."""
        if "stageId" not in self.fields:
            return
        stages = self.store.stages(self.entity_type, new["categoryId"])
        known = [s["STATUS_ID"] for s in stages]
        moved = row is not None and new["categoryId"] != row["categoryId"]
        if not new["stageId"] or (moved and new["stageId"] == row["stageId"]):
            new["stageId"] = known[0] if known else None
        if new["stageId"] not in known:
            raise invalid("stageId")
        if self.entity_type == DEAL:
            mark = semantics_of(self.portal, self.entity_type, new)
            new.update(stageSemanticId=mark,
                       closed="N" if mark == "P" else "Y")

    def _put(self, row, links):
        if self.entity_type in (DEAL, INVOICE):
            if links is not None:
                row["contactIds"] = links
                row["contactId"] = links[0] if links else \
                    0 if row.get("contactId") else row.get("contactId")
            self.table.put(row)
            return
        self.table.put({**row, **crm_store.fm_flags(row["fm"])})
        if links is None:
            return
        if self.entity_type == CONTACT:
            self.store.set_companies(row["id"], links)
            if links:
                self.store.bind(row["id"], links[0], primary=True)
        else:
            self.store.set_contacts(row["id"], links)


def same(new, row):
    """0 and null are the same nothing."""
    return all((new[name] or None) == (row.get(name) or None)
               for name in new)


def semantics_of(portal, entity_type, row):
    stages = portal.store.stages(entity_type, row["categoryId"])
    return next((s["SEMANTICS"] or "P" for s in stages
                 if s["STATUS_ID"] == row["stageId"]), "P")


def note_stage(portal, entity_type, row, kind):
    """Source: crm-stage-history-list.md; kinds 1 made, 2 moved, 3 ended,
    5 another funnel."""
    table = portal.store.stage_history
    table.put({"ID": table.new_id(), "TYPE_ID": kind, "OWNER_ID": row["id"],
               "OWNER_TYPE": entity_type,
               "CREATED_TIME": portal.clock.stamp(),
               "CATEGORY_ID": row["categoryId"],
               "STAGE_SEMANTIC_ID": semantics_of(portal, entity_type, row),
               "STAGE_ID": row["stageId"]})


def settle_sums(portal, short, owner_type, owner):
    """After a change of rows: the amount follows, and updatedTime with it.

    Whether rows that leave the amount alone move updatedTime is not
    documented: setting `rows_touch`.
    """
    table = portal.store.items(owner_type)
    row = table.get(owner)
    new = dict(row)
    if row["isManualOpportunity"] != "Y":
        new.update(portal.store.sums(short, owner))
    how = portal.config["rows_touch"]
    changed = not same(new, row)
    if (changed or how == "always") and how != "never":
        new.update(updatedTime=portal.clock.stamp(),
                   updatedBy=portal.config["user"])
    if new != row:
        table.put(new)
