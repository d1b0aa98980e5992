"""The CRM's part of a portal's dump, in marks instead of ids.

A company or contact is called by its originId, one without by "#id"; a
requisite by its holder; a bank account by holder and number, an address by
holder and type.  A second one of the same name has " 2" behind it.
"""

import re
from collections import Counter

import view_deals

HOLDERS = {3: "contacts", 4: "companies"}
KINDS = {3: "contact", 4: "company"}
# What differs from run to run, or is said by the name.
_PLAIN = ("id", "ID", "ENTITY_ID", "LOC_ADDR_ID", "fm", "companyId",
          "companyIds", "contactIds", "createdTime", "updatedTime",
          "movedTime", "lastActivityTime", "DATE_CREATE", "DATE_MODIFY",
          "lastCommunicationTime", "webformId", "ANCHOR_ID")
_LINES = {"PHONE": "phones", "EMAIL": "emails", "WEB": "sites"}


def plain_value(kind, value):
    """Phones by their digits, mail without case: spelling is no difference."""
    if kind != "PHONE":
        return value.strip().lower()
    digits = re.sub(r"\D", "", value)
    if len(digits) == 11 and digits[0] == "8":
        return "7" + digits[1:]
    return "7" + digits if len(digits) == 10 else digits


class Crm:
    def __init__(self, dump):
        self.names, self.rows = {}, {}
        self._tables = {name: dump.get(name, []) for name in (
            "companies", "contacts", "requisites", "bank_details",
            "addresses")}
        for type_id, table in HOLDERS.items():
            self._name(KINDS[type_id], self._tables[table], "id",
                       lambda row: row.get("originId") or f"#{row['id']}")
        self._name("requisite", self._tables["requisites"], "ID",
                   self._holder)
        self._name("bank", self._tables["bank_details"], "ID",
                   lambda row: f"{self._requisite(row)} "
                               f"{row.get('RQ_ACC_NUM')}")
        self._tables["addresses"] = [
            {**row, "id": (row["TYPE_ID"], row["ENTITY_ID"])}
            for row in self._tables["addresses"]]
        self._name("address", self._tables["addresses"], "id",
                   lambda row: f"{self._requisite(row)} {row['TYPE_ID']}")
        self.of_deals = view_deals.Deals(dump, self.names)

    def _name(self, kind, rows, key, name_of):
        used = Counter()
        for row in rows:
            name = name_of(row)
            used[name] += 1
            if used[name] > 1:
                name = f"{name} {used[name]}"
            self.names[kind, row[key]] = name
            self.rows[kind, row[key]] = row

    def named(self, mark):
        """"#7 6", of the portal's client 7, as its rows are called."""
        found = re.match(r"#(\d+)", mark)
        for kind in ("company", "contact"):
            if found and (kind, int(found.group(1))) in self.names:
                return self.names[kind, int(found.group(1))] + \
                    mark[found.end():]
        return mark

    def _holder(self, row):
        ident = row["ENTITY_ID"]
        return self.names.get((KINDS.get(row["ENTITY_TYPE_ID"]), ident),
                              f"#{ident}")

    def _requisite(self, row):
        return self.names.get(("requisite", row["ENTITY_ID"]),
                              f"#{row['ENTITY_ID']}")

    # ---- tables, {name: fields} ----

    def _items(self, kind):
        return {self.names[key]: self._item(row)
                for key, row in self.rows.items() if key[0] == kind}

    def _item(self, row):
        out = dict(row)
        for type_id, name in _LINES.items():
            out[name] = sorted(entry["value"] for entry in row.get("fm", [])
                               if entry["typeId"] == type_id)
        out["types"] = {entry["value"]: entry.get("valueType")
                        for entry in row.get("fm", [])}
        out["companies"] = sorted(
            self.names.get(("company", ident), f"#{ident}")
            for ident in row.get("companyIds", []))
        out["contacts"] = sorted(
            self.names.get(("contact", ident), f"#{ident}")
            for ident in row.get("contactIds", []))
        return out

    def companies(self):
        return self._items("company")

    def contacts(self):
        return self._items("contact")

    def _parts(self, kind):
        return {self.names[key]: row for key, row in self.rows.items()
                if key[0] == kind}

    def requisites(self):
        return self._parts("requisite")

    def bank_details(self):
        return self._parts("bank")

    def addresses(self):
        return self._parts("address")

    def deals(self):
        return self.of_deals.deals()

    def notices(self):
        return self.of_deals.notices()

    # ---- the whole ----

    def doubles(self, number_field=None):
        """Marks of two clients, the same phone twice at one of them, the
        same requisite or account twice at one holder."""
        out = []
        for table in HOLDERS.values():
            rows = self._tables[table]
            marks = Counter((row.get("originatorId"), row["originId"])
                            for row in rows if row.get("originId"))
            out += [f"{table} {mark} x{n}"
                    for (_, mark), n in sorted(marks.items(), key=repr)
                    if n > 1]
            for row in rows:
                held = Counter((e["typeId"], plain_value(e["typeId"],
                                                         e["value"]))
                               for e in row.get("fm", []))
                out += [f"{table} {row['id']} {value} x{n}"
                        for (_, value), n in sorted(held.items()) if n > 1]
        out += _twice("requisite", self._tables["requisites"], (
            "ENTITY_TYPE_ID", "ENTITY_ID", "RQ_INN", "RQ_KPP"), "RQ_INN")
        out += _twice("bank account", self._tables["bank_details"], (
            "ENTITY_ID", "RQ_ACC_NUM"), "RQ_ACC_NUM")
        return out + self.of_deals.doubles(number_field)

    def whole(self):
        out = self.of_deals.whole(_PLAIN)
        for name in self._tables:
            out[name] = sorted(
                repr((mark, sorted((k, v) for k, v in row.items()
                                   if k not in _PLAIN)))
                for mark, row in getattr(self, name)().items())
        return out


def _twice(what, rows, keys, needed):
    held = Counter(tuple(row.get(key) for key in keys)
                   for row in rows if row.get(needed))
    return [f"{what} {key} x{n}" for key, n in held.items() if n > 1]


# ---- what was sent ----

_OLD = {"crm.requisite": "requisite", "crm.requisite.bankdetail": "bank",
        "crm.address": "address"}
# Of an address its key, of the others what the method may demand: no news
# where it is as before.
_KEYS = ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID", "NAME", "PRESET_ID")
_VERBS = {"add": "+", "update": "", "delete": "-"}


def count_command(out, command, before, after):
    """Adds a write of the CRM to `out`; False: it is none."""
    if view_deals.count_command(out, command, before.of_deals,
                                after.of_deals):
        return True
    owner, _, verb = command["method"].lower().rpartition(".")
    params = command["params"]
    kind = _OLD.get(owner)
    if owner == "crm.item":
        kind = KINDS.get(int(params.get("entityTypeId", 0)))
    if kind is None or verb not in _VERBS:
        return False
    if verb != "update":
        key = _VERBS[verb] + kind
        out[key] = out.get(key, 0) + 1
        return True
    fields = params.get("fields", {})
    if kind == "address":
        ident = (int(fields["TYPE_ID"]), int(fields["ENTITY_ID"]))
    else:
        ident = int(params.get("id", params.get("ID", 0)))
    name = before.names.get((kind, ident)) or \
        after.names.get((kind, ident), f"#{ident}")
    row = before.rows.get((kind, ident), {})
    key = f"{kind} {name}"
    out[key] = sorted({*out.get(key, []), *(
        field for field, value in fields.items()
        if not (field in _KEYS and str(row.get(field)) == str(value)))})
    return True
