"""The CRM's tables and what hangs together in them; no REST in here."""

import crm_schema
from crm_schema import COMPANY, CONTACT, DEAL, INVOICE, REQUISITE, TABLES
from table import Table

LOADABLE = ("statuses", "categories", "presets", "user_fields", "companies",
            "contacts", "bindings", "deals", "invoices", "requisites",
            "bank_details", "addresses", "requisite_links", "comments",
            "notices", "stage_history")
ITEMS = {name: kind for kind, name in TABLES.items()}
_EMPTY = (None, "", [], {})
_MADE = ("requisites", "bank_details", "presets")
_FLAGS = ("hasPhone", "hasEmail", "hasImol")


def tables():
    """Ids do not begin alike, so that none fits another table by chance."""
    return {
        "statuses": Table(first=901, step=2, key="ID",
                          indexed=("ENTITY_ID",)),
        "categories": Table(first=21),
        "presets": Table(first=11, key="ID"),
        "user_fields": Table(first=701, step=3, key="ID"),
        "companies": Table(first=201, step=2, indexed=("originId",)),
        "contacts": Table(first=302, step=4, indexed=("originId",)),
        "bindings": Table(key="key", indexed=("contactId", "companyId")),
        "deals": Table(first=403, step=3, indexed=("originId", "companyId")),
        "invoices": Table(first=504, step=3),
        "requisites": Table(first=605, step=5, key="ID",
                            indexed=("ENTITY_ID", "RQ_INN", "XML_ID")),
        "bank_details": Table(first=806, step=3, key="ID",
                              indexed=("ENTITY_ID", "XML_ID")),
        "addresses": Table(first=1, indexed=("ENTITY_ID",)),
        "requisite_links": Table(first=1, indexed=("ENTITY_ID",)),
        "comments": Table(first=1501, step=2, key="ID",
                          indexed=("ENTITY_ID",)),
        "notices": Table(first=1702, step=2, key="ID"),
        "stage_history": Table(first=1901, key="ID", indexed=("OWNER_ID",)),
        "rows": Table(first=2301, step=2, indexed=("ownerId",)),
    }


class Crm:
    """A part of Store: what reads and changes more than one row."""

    def __init__(self, stamp):
        self.stamp = stamp
        self._fm_id = 3000
        self._enum_id = 4000
        self._location_id = 5000
        for name, table in tables().items():
            setattr(self, name, table)

    def items(self, entity_type):
        return getattr(self, TABLES[entity_type])

    def categories_of(self, entity_type):
        return [row for row in self.categories.sorted()
                if row["entityTypeId"] == entity_type]

    def statuses_of(self, entity):
        rows = [self.statuses.rows[i]
                for i in self.statuses.find("ENTITY_ID", entity)]
        return sorted(rows, key=lambda r: (r.get("SORT", 10), r["ID"]))

    def stages(self, entity_type, category):
        """Rows of the directory of this funnel's stages, in order."""
        if entity_type == INVOICE:
            return self.statuses_of("SMART_INVOICE_STAGE_%s" % category)
        return self.statuses_of(
            "DEAL_STAGE_%s" % category if category else "DEAL_STAGE")

    def user_fields_of(self, entity):
        return [row for row in self.user_fields.sorted()
                if row["ENTITY_ID"] == entity]

    # Communication

    def fm_entry(self, type_id, value_type, value, ident=None):
        if ident is None:
            self._fm_id += 1
            ident = self._fm_id
        self._fm_id = max(self._fm_id, ident)
        return {"id": ident, "typeId": type_id, "valueType": value_type,
                "value": value}

    # Companies of contacts, contacts of companies

    def companies_of(self, contact):
        return self._bound("contactId", contact, "sort", "companyId")

    def contacts_of(self, company):
        return self._bound("companyId", company, "contactSort", "contactId")

    def _bound(self, field, ident, sort, other):
        rows = [self.bindings.rows[k]
                for k in self.bindings.find(field, ident)]
        return sorted(rows, key=lambda r: (r[sort], r[other]))

    def bind(self, contact, company, **more):
        """Binds the two, or changes their binding."""
        key = "%d:%d" % (contact, company)
        held = self.bindings.get(key)
        if held is None:
            ours, theirs = self.companies_of(contact), \
                self.contacts_of(company)
            held = {"key": key, "contactId": contact, "companyId": company,
                    "sort": _next_sort(ours, "sort"), "primary": not ours,
                    "contactSort": _next_sort(theirs, "contactSort"),
                    "contactPrimary": not theirs}
        self.bindings.put({**held, **more})
        for side, mine, other in (("primary", self.companies_of, contact),
                                  ("contactPrimary", self.contacts_of,
                                   company)):
            if more.get(side):
                for row in mine(other):
                    if row["key"] != key and row[side]:
                        self.bindings.put({**row, side: False})
        self._settle(contact, company)

    def unbind(self, contact, company):
        """Whether there was a binding."""
        key = "%d:%d" % (contact, company)
        if self.bindings.get(key) is None:
            return False
        self.bindings.remove(key)
        self._settle(contact, company)
        return True

    def _settle(self, contact, company):
        """The first binding is the primary one where none is; companyId."""
        for side, rows in (("primary", self.companies_of(contact)),
                           ("contactPrimary", self.contacts_of(company))):
            if rows and not any(row[side] for row in rows):
                self.bindings.put({**rows[0], side: True})
        held = self.contacts.get(contact)
        primary = self.primary_company(contact)
        if held is not None and (held.get("companyId") or 0) != primary:
            self.contacts.change(contact, {"companyId": primary})

    def primary_company(self, contact):
        rows = self.companies_of(contact)
        return next((r["companyId"] for r in rows if r["primary"]), 0)

    def set_companies(self, contact, ids):
        """These alone, in this order; the primary one stays or is first."""
        for row in self.companies_of(contact):
            if row["companyId"] not in ids:
                self.unbind(contact, row["companyId"])
        for number, company in enumerate(ids, 1):
            self.bind(contact, company, sort=number * 10)

    def set_contacts(self, company, ids):
        for row in self.contacts_of(company):
            if row["contactId"] not in ids:
                self.unbind(row["contactId"], company)
        for number, contact in enumerate(ids, 1):
            self.bind(contact, company, contactSort=number * 10)

    # Rows of deals and invoices

    def rows_of(self, owner_type, owner):
        return [self.rows.rows[i] for i in self.rows.find("ownerId", owner)
                if self.rows.rows[i]["ownerType"] == owner_type]

    # Requisites

    def requisites_of(self, entity_type, ident):
        return [self.requisites.rows[i]
                for i in self.requisites.find("ENTITY_ID", ident)
                if self.requisites.rows[i]["ENTITY_TYPE_ID"] == entity_type]

    def addresses_of(self, requisite):
        return [self.addresses.rows[i]
                for i in self.addresses.find("ENTITY_ID", requisite)
                if self.addresses.rows[i]["ENTITY_TYPE_ID"] == REQUISITE]

    def address(self, type_id, entity_type, ident):
        for at in self.addresses.find("ENTITY_ID", ident):
            row = self.addresses.rows[at]
            if (row["TYPE_ID"], row["ENTITY_TYPE_ID"]) == (type_id,
                                                           entity_type):
                return row
        return None

    def new_location(self):
        self._location_id += 1
        return self._location_id

    def link_of(self, entity_type, ident):
        for at in self.requisite_links.find("ENTITY_ID", ident):
            row = self.requisite_links.rows[at]
            if row["ENTITY_TYPE_ID"] == entity_type:
                return row
        return None

    def new_enum_id(self):
        self._enum_id += 1
        return self._enum_id

    # What goes when something goes

    def delete_requisite(self, ident):
        """With addresses, bank details and links.

        Source: requisites/universal/crm-requisite-delete.md
        """
        for row in self.addresses_of(ident):
            self.addresses.remove(row["id"])
        for at in self.bank_details.find("ENTITY_ID", ident):
            self.bank_details.remove(at)
        for row in self.requisite_links.sorted():
            if ident in (row["REQUISITE_ID"], row["MC_REQUISITE_ID"]):
                self.requisite_links.remove(row["id"])
        self.requisites.remove(ident)

    def delete_item(self, entity_type, ident):
        for row in self.requisites_of(entity_type, ident):
            self.delete_requisite(row["ID"])
        if entity_type == CONTACT:
            for row in self.companies_of(ident):
                self.unbind(ident, row["companyId"])
        elif entity_type == COMPANY:
            for row in self.contacts_of(ident):
                self.unbind(row["contactId"], ident)
        self._forget_client(entity_type, ident)
        short = {DEAL: "D", INVOICE: "SI"}.get(entity_type)
        for row in self.rows_of(short, ident):
            self.rows.remove(row["id"])
        link = self.link_of(entity_type, ident)
        if link:
            self.requisite_links.remove(link["id"])
        for at in self.comments.find("ENTITY_ID", ident):
            if self.comments.rows[at]["OWNER_TYPE"] == entity_type:
                self.comments.remove(at)
        self.items(entity_type).remove(ident)

    def _forget_client(self, entity_type, ident):
        for table in (self.deals, self.invoices):
            for row in table.sorted():
                if entity_type == COMPANY and row["companyId"] == ident:
                    table.change(row["id"], {"companyId": 0})
                elif entity_type == CONTACT and ident in row["contactIds"]:
                    left = [i for i in row["contactIds"] if i != ident]
                    table.change(row["id"], {
                        "contactIds": left,
                        "contactId": left[0] if left else 0})

    # Loading and dumping

    def load_crm(self, name, rows):
        for row in rows:
            _LOADERS.get(name, _load_plain)(self, name, dict(row))

    def dump_crm(self):
        return {name: [_dumped(self, name, row)
                       for row in getattr(self, name).sorted()]
                for name in LOADABLE}


def fm_flags(fm):
    """The columns that follow from the multi-fields."""
    kinds = {entry["typeId"] for entry in fm}
    imol = any(e["typeId"] == "IM" and e["valueType"] == "IMOL" for e in fm)
    return {"hasPhone": "Y" if "PHONE" in kinds else "N",
            "hasEmail": "Y" if "EMAIL" in kinds else "N",
            "hasImol": "Y" if imol else "N"}


def _next_sort(rows, field):
    """Source: crm-contact-company-add.md, SORT."""
    return max([row[field] for row in rows], default=0) + 10


def shown(row):
    """Only what is set, in the order of the names."""
    return {name: row[name] for name in sorted(row)
            if row[name] not in _EMPTY or row[name] is False}


def _dumped(store, name, row):
    row = {k: v for k, v in row.items() if k not in _FLAGS}
    if name == "contacts":
        row["companyIds"] = [r["companyId"]
                             for r in store.companies_of(row["id"])]
    elif name == "companies":
        row["contactIds"] = [r["contactId"]
                             for r in store.contacts_of(row["id"])]
    elif name in ("deals", "invoices"):
        short = "D" if name == "deals" else "SI"
        row["rows"] = [shown(r) for r in store.rows_of(short, row["id"])]
    return shown(row)


def _load_plain(store, name, row):
    table = getattr(store, name)
    if table.key not in row:
        row[table.key] = table.new_id()
    defaults = _DEFAULTS.get(name, {})
    if name in _MADE:
        defaults = {**defaults, "DATE_CREATE": store.stamp(),
                    "DATE_MODIFY": None, "CREATED_BY_ID": 1,
                    "MODIFY_BY_ID": None}
    table.put({**defaults, **row})


def blank_item(entity_type):
    """A row with all fields of its kind, none of them set."""
    row = {name: [] if field.many else None
           for name, field in crm_schema.ITEMS[entity_type].items()}
    for name in ("companyIds",) if entity_type == CONTACT else \
            ("contactIds",) if entity_type == COMPANY else ():
        del row[name]
    if entity_type in (CONTACT, COMPANY):
        row["fm"] = []
    return row


def _load_item(store, name, row):
    entity_type = ITEMS[name]
    table = getattr(store, name)
    bound = row.pop({"contacts": "companyIds", "companies": "contactIds"}
                    .get(name), [])
    products = row.pop("rows", None)
    now = store.stamp()
    base = {**blank_item(entity_type), "createdTime": now,
            "updatedTime": row.get("createdTime", now), "createdBy": 1,
            "updatedBy": 1, "assignedById": 1, "opened": "Y"}
    if entity_type in (DEAL, INVOICE):
        base.update(_sale_defaults(store, entity_type, row))
    row = {**base, **row}
    row.setdefault("id", None)
    if row["id"] is None:
        row["id"] = table.new_id()
    if "fm" in row:
        row["fm"] = [store.fm_entry(
            e["typeId"], e.get("valueType", "WORK"), e["value"], e.get("id"))
            for e in row["fm"]]
        row.update(fm_flags(row["fm"]))
    table.put(row)
    if name == "contacts" and row["companyId"] and \
            row["companyId"] not in bound:
        bound = [row["companyId"], *bound]
    for other in bound:
        if name == "contacts":
            store.bind(row["id"], other)
        else:
            store.bind(other, row["id"])
    if name == "contacts" and row["companyId"]:
        store.bind(row["id"], row["companyId"], primary=True)
    if products is not None:
        _load_rows(store, name, row["id"], products)


def _sale_defaults(store, entity_type, row):
    category = row.get("categoryId")
    if category is None:
        own = store.categories_of(entity_type)
        category = next((c["id"] for c in own if c["isDefault"] == "Y"), 0)
    stages = store.stages(entity_type, category)
    stage = row.get("stageId") or (stages[0]["STATUS_ID"] if stages else None)
    semantics = next((s["SEMANTICS"] for s in stages
                      if s["STATUS_ID"] == stage), None)
    contacts = row.get("contactIds") or \
        ([row["contactId"]] if row.get("contactId") else [])
    out = {"categoryId": category, "stageId": stage, "currencyId": "RUB",
           "isManualOpportunity": "N", "contactIds": contacts,
           "contactId": contacts[0] if contacts else None}
    if entity_type == DEAL:
        out.update(stageSemanticId=semantics or "P", isNew="N",
                   isRecurring="N", closed="Y" if semantics else "N")
    return out


def _load_rows(store, name, owner, products):
    short = "D" if name == "deals" else "SI"
    for held in store.rows_of(short, owner):
        store.rows.remove(held["id"])
    store.put_rows(short, owner, products)


def _load_binding(store, name, row):
    row.setdefault("key", "%d:%d" % (row["contactId"], row["companyId"]))
    store.bindings.put({"sort": 10, "primary": False, "contactSort": 10,
                        "contactPrimary": False, **row})
    store._settle(row["contactId"], row["companyId"])


def _load_address(store, name, row):
    row.setdefault("ENTITY_TYPE_ID", REQUISITE)
    held = store.address(row["TYPE_ID"], row["ENTITY_TYPE_ID"],
                         row["ENTITY_ID"])
    if held:
        row["id"] = held["id"]
    row.setdefault("LOC_ADDR_ID", None)
    row["LOC_ADDR_ID"] = row["LOC_ADDR_ID"] or store.new_location()
    store._location_id = max(store._location_id, row["LOC_ADDR_ID"])
    owner = store.requisites.get(row["ENTITY_ID"]) or {}
    texts = {field: None for field in crm_schema.ADDRESS_TEXTS}
    anchor = {"ANCHOR_TYPE_ID": owner.get("ENTITY_TYPE_ID"),
              "ANCHOR_ID": owner.get("ENTITY_ID")}
    _load_plain(store, name, {**texts, **anchor, **row})


def _load_user_field(store, name, row):
    items = []
    for number, item in enumerate(row.get("LIST") or [], 1):
        item = dict(item) if isinstance(item, dict) else {"VALUE": item}
        item.setdefault("ID", None)
        item["ID"] = item["ID"] or store.new_enum_id()
        store._enum_id = max(store._enum_id, item["ID"])
        items.append({"SORT": number * 10, "DEF": "N", "XML_ID": None,
                      **item})
    row["LIST"] = items
    row.setdefault("LABEL", row["FIELD_NAME"])
    _load_plain(store, name, row)


_DEFAULTS = {
    "statuses": {"NAME_INIT": "", "SORT": 10, "SYSTEM": "N",
                 "CATEGORY_ID": None, "COLOR": None, "SEMANTICS": None},
    "categories": {"entityTypeId": DEAL, "sort": 500, "isDefault": "N"},
    "presets": {"ENTITY_TYPE_ID": REQUISITE, "COUNTRY_ID": 1, "XML_ID": None,
                "ACTIVE": "Y", "SORT": 500, "FIELDS": []},
    "user_fields": {"ENTITY_ID": "CRM_DEAL", "USER_TYPE_ID": "string",
                    "XML_ID": None, "SORT": 100, "MULTIPLE": "N",
                    "MANDATORY": "N", "SHOW_FILTER": "N",
                    "SHOW_IN_LIST": "N", "EDIT_IN_LIST": "Y",
                    "IS_SEARCHABLE": "N", "SETTINGS": {}, "LIST": []},
    "requisites": {**{name: None for name in crm_schema.REQUISITE_FIELDS},
                   "ENTITY_TYPE_ID": COMPANY, "PRESET_ID": 1, "ACTIVE": "Y",
                   "NAME": "Организация", "ADDRESS_ONLY": "N", "SORT": 500,
                   "RQ_VAT_PAYER": "N"},
    "bank_details": {**{name: None for name in crm_schema.BANK_FIELDS},
                     "COUNTRY_ID": 1, "NAME": "Счёт", "ACTIVE": "Y",
                     "SORT": 500},
    "requisite_links": {**{n: 0 for n in crm_schema.LINK_FIELDS},
                        "ENTITY_TYPE_ID": DEAL},
    "comments": {"OWNER_TYPE": DEAL, "AUTHOR_ID": 1, "CREATED": None},
    "notices": {"KIND": "system", "TAG": None, "SUB_TAG": None,
                "CLIENT_ID": None},
}
_LOADERS = {"companies": _load_item, "contacts": _load_item,
            "deals": _load_item, "invoices": _load_item,
            "bindings": _load_binding, "addresses": _load_address,
            "user_fields": _load_user_field}
