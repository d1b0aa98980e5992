"""What must hold of 1C's clients in the portal, whatever happened: read from
what 1C stated, from what people did (people.py), from the portal's dump and
from `unsent`; written apart from converter/.

    every live counterparty is one company or contact, or is told in `unsent`
    no two of them are one, none is made beside one that fits
    what 1C says stands there, but for what people changed; theirs stays
"""

import re
import shutil
import sqlite3
import tempfile
from pathlib import Path

from people import TABLES, lines_of
from view_crm import plain_value

KINDS = {4: "company", 5: "contact", 6: "person", 7: "requisite", 8: "bank",
         9: "address"}
TABLE_OF = {"company": "companies", "contact": "contacts",
            "person": "contacts"}
_TRADER = re.compile(r"(^|\s)ИП($|\s)")
_FORM = re.compile(r"(^|\s)(ООО|АО)($|\s)")
CREATE = 1


def number(text, *lengths):
    """An ИНН or КПП as 1C means it; "" of a wrong length."""
    text = re.sub(r"\s", "", text or "")
    return text if text.isdigit() and len(text) in lengths else ""


def kind_of(party):
    """The table of docs/COUNTERPARTIES.md, as far as walks go."""
    inn = number(party.get("inn"), 10, 12)
    name = " ".join(filter(None, (party.get("name"), party.get(
        "official_name"), party.get("full_name"))))
    if len(inn) == 10:
        return "legal"
    if len(inn) == 12:
        return "individual" if party.get("surname") and \
            not _TRADER.search(name) else "entrepreneur"
    if _TRADER.search(name):
        return "entrepreneur"
    if party.get("official_name") or number(party.get("kpp"), 9) or \
            _FORM.search(name):
        return "legal"
    return "individual"


def said_lines(row):
    """{(type, plain)} of what 1C says that can be carried."""
    out = set()
    for _, text in row.get("phones", []):
        plain = plain_value("PHONE", text)
        if 7 <= len(plain) <= 15:
            out.add(("PHONE", plain))
    for text in row.get("emails", []):
        if re.fullmatch(r"[^@\s]+@[^@\s]+", text):
            out.add(("EMAIL", plain_value("EMAIL", text)))
    return out


class State:
    """Who is linked to what, and what was made, of the program's state."""

    def __init__(self, folder):
        self.links, self.made = {}, {}
        if not (Path(folder) / "exchange.db").exists():
            return
        with tempfile.TemporaryDirectory() as copy:
            for path in Path(folder).glob("exchange.db*"):
                shutil.copy(path, copy)
            base = sqlite3.connect(Path(copy) / "exchange.db")
            for kind, key, ident in base.execute(
                    "SELECT kind, key, portal_id FROM target"
                    " WHERE portal_id <> 0"):
                if kind in KINDS:
                    self.links[(KINDS[kind], *_names(key))] = ident
            for kind, key, ident in base.execute(
                    "SELECT kind, key, portal_id FROM history WHERE verb = ?"
                    " ORDER BY id", (CREATE,)):
                if KINDS.get(kind) in TABLE_OF:
                    self.made[TABLE_OF[KINDS[kind]], ident] = (
                        KINDS[kind], *_names(key))
            base.close()


def _names(key):
    return tuple(key[1:].decode().split("\0"))


class Truth:
    """What 1C stated, package by package."""

    def __init__(self):
        self.rich, self.poor = {}, {}
        self.said = {}          # Ид -> all lines that it ever had

    def stated(self, description):
        for ident, party in description.get("counterparties", {}).items():
            self.rich[ident] = party
            self.said.setdefault(ident, set()).update(said_lines(party))
        for document in description.get("documents", {}).values():
            party = document.get("party")
            if party:
                self.poor[party["id"]] = party

    def live(self):
        parties = {**self.poor, **self.rich}
        return {ident: party for ident, party in sorted(parties.items())
                if not party.get("deleted")}


class Judge:
    """One look at the whole."""

    def __init__(self, truth, people, state, unsent, dump, settings):
        self.truth, self.people, self.state = truth, people, state
        self.rows = {(table, row["id"]): row for table in TABLES
                     for row in dump.get(table, [])}
        self.requisites, self.accounts = {}, {}
        tables = {ident: table for table, ident in TABLES.items()}
        for row in dump.get("bank_details", []):
            self.accounts.setdefault(row["ENTITY_ID"], []).append(
                row.get("RQ_ACC_NUM"))
        for row in dump.get("requisites", []):
            self.requisites.setdefault(
                (tables.get(row["ENTITY_TYPE_ID"]), row["ENTITY_ID"]),
                []).append(row)
        self.told = {}
        for row in unsent:
            self.told.setdefault(row["id"], set()).add(row["kind"])
        self.unsent = unsent
        self.rules = settings["counterparties"]
        self.owners = settings.get("owners", {})
        self.problems = []

    def owner(self, field):
        record = field.split(".")[0]
        default = "portal" if record in ("company", "contact") else "1c"
        return self.owners.get(field, self.owners.get(record, default))

    def fault(self, text):
        self.problems.append(text)

    def look(self):
        for ident, party in self.truth.live().items():
            self.one(ident, party)
        self.shared()
        self.strangers()
        self.edits()
        self.words()
        return self.problems

    # ---- one client of 1C ----

    def one(self, ident, party):
        kind = kind_of(party)
        target = self.rules.get(kind, "contact" if kind == "individual"
                                else "company")
        told = self.told.get(ident, set())
        where = (TABLE_OF[target], self.state.links.get((target, ident)))
        row = self.rows.get(where)
        if row is None:
            # Who was deleted is missed when 1C changes him.
            if not told and where not in self.people.gone:
                self.fault(f"{ident} ({target}) is neither in the portal nor "
                           f"in unsent: linked to {where[1]}")
            return
        if target in told:
            return
        what = f"{ident} ({target} {where[1]})"
        self.lines(what, ident, party, where, row)
        if (where in self.state.made and
                self.state.made[where] == (target, ident)
                and where not in self.people.merged):
            self.texts(what, target, party, where, row)
        if not told & {"requisite", "bank"}:
            self.papers(what, kind, party, where)
        if target == "company" and "person" not in told:
            for person in party.get("persons", []):
                self.person(what, ident, person, where)

    def lines(self, what, ident, party, where, row):
        said, held = said_lines(party), set(lines_of(row))
        typed = self.people.lines.get(where, {})
        for line in sorted(said - held):
            if typed.get(line) is not False and \
                    where not in self.people.merged:
                self.fault(f"{what} lacks {line[1]}")
        if where in self.people.made or where in self.people.merged:
            return
        kinds = {kind for kind, _ in said}
        for line in sorted(held - said):
            # What 1C says nothing more of is left alone.
            if line not in typed and line[0] in kinds and \
                    self.state.made.get(where, ())[1:] == (ident,):
                self.fault(f"{what} has still {line[1]}")

    def texts(self, what, target, party, where, row):
        wanted = {"comments": party.get("comment")}
        if target == "company":
            wanted["title"] = party["name"]
        elif party.get("surname"):
            wanted.update(lastName=party["surname"], name=party.get("given"),
                          secondName=party.get("patronymic"))
        self.fields(what, wanted, where, row)

    def fields(self, what, wanted, where, row):
        edited = self.people.values.get(where, {})
        for field, value in wanted.items():
            if value and field not in edited and row.get(field) != value:
                self.fault(f"{what} {field}: {row.get(field)!r}, "
                           f"1C says {value!r}")

    def papers(self, what, kind, party, where):
        inn = number(party.get("inn"), 10, 12)
        held = self.requisites.get(where, [])
        if where in self.people.papers | self.people.merged:
            return
        ours = [row for row in held
                if number(row.get("RQ_INN"), 10, 12) == inn]
        if inn and not ours:
            self.fault(f"{what} has no requisite of {inn}: "
                       f"{[row.get('RQ_INN') for row in held]}")
            return
        kpp = number(party.get("kpp"), 9) if kind == "legal" else ""
        if inn and kpp and all(row.get("RQ_KPP") != kpp for row in ours):
            self.fault(f"{what}: KPP {[r.get('RQ_KPP') for r in ours]}, "
                       f"1C says {kpp}")
        accounts = [number for row in held
                    for number in self.accounts.get(row["ID"], [])]
        for account in party.get("accounts", []):
            if account["number"] not in accounts:
                self.fault(f"{what} lacks the account {account['number']}")

    def person(self, what, ident, person, company):
        ids = [number for key, number in self.state.links.items()
               if key == ("person", ident, person["id"])]
        where = ("contacts", ids[0] if ids else None)
        row = self.rows.get(where)
        what = f"{what}, {person['id']} ({where[1]})"
        if row is None:
            if where not in self.people.gone:
                self.fault(f"{what} is neither in the portal nor in unsent")
            return
        if row["id"] not in self.rows[company].get("contactIds", []) and \
                company not in self.people.merged | self.people.made:
            self.fault(f"{what} is not bound to {company[1]}")
        typed = self.people.lines.get(where, {})
        for line in sorted(said_lines(person) - set(lines_of(row))):
            if typed.get(line) is not False and \
                    where not in self.people.merged:
                self.fault(f"{what} lacks {line[1]}")

    # ---- all of them ----

    def shared(self):
        """No row of the portal is two clients of 1C."""
        held = {}
        live = self.truth.live()
        for (kind, ident, *rest), number in sorted(self.state.links.items()):
            if kind not in TABLE_OF or ident not in live:
                continue
            if kind == "person" and rest[0] not in [
                    p["id"] for p in live[ident].get("persons", [])]:
                continue
            if kind != "person" and kind not in self.kinds(live[ident]):
                continue
            who = rest[0] if kind == "person" else ident
            held.setdefault((TABLE_OF[kind], number), set()).add(who)
        for where, who in sorted(held.items()):
            if len(who) > 1 and where in self.rows and \
                    not self.one_person(who, live):
                self.fault(f"{where} is {sorted(who)}")

    def kinds(self, party):
        kind = kind_of(party)
        return self.rules.get(kind, "contact" if kind == "individual"
                              else "company")

    def one_person(self, who, live):
        """Contact persons whom 1C has under several Ид."""
        rows = [p for party in live.values()
                for p in party.get("persons", []) if p["id"] in who]
        names = {p["name"] for p in rows}
        return {p["id"] for p in rows} == who and len(names) == 1

    def strangers(self):
        """Nobody is made twice, and none beside one that fits."""
        linked = {(TABLE_OF[key[0]], number): key
                  for key, number in self.state.links.items()
                  if key[0] in TABLE_OF}
        made = {}
        for where, key in self.state.made.items():
            if where in self.rows:
                made.setdefault(key, []).append(where)
                if where not in linked and \
                        (key[0], key[1]) not in self.people.linked:
                    self.fault(f"{where} was made for {key}, "
                               "and is nobody's now")
        for key, rows in made.items():
            if len(rows) > 1 and key[:2] not in self.people.linked:
                self.fault(f"{key} was made twice: {rows}")
        for where in self.rows:
            if where not in self.people.made and \
                    where not in self.state.made:
                self.fault(f"{where} was made and nobody knows of it")

    # ---- people ----

    def edits(self):
        """What people typed stands there, where the portal owns it."""
        fields = {"title": "name", "comments": "comment", "lastName":
                  "last_name", "name": "first_name", "secondName":
                  "second_name", "post": "post"}
        for where, values in self.people.values.items():
            row = self.rows.get(where)
            if row is None:
                continue
            record = "company" if where[0] == "companies" else "contact"
            for field, value in values.items():
                if self.owner(f"{record}.{fields[field]}") == "portal" and \
                        row.get(field) != value:
                    self.fault(f"{where} {field}: {row.get(field)!r}, "
                               f"a person said {value!r}")
        said = set().union(*self.truth.said.values()) \
            if self.truth.said else set()
        for where, typed in self.people.lines.items():
            row = self.rows.get(where)
            if row is None:
                continue
            for line, there in typed.items():
                if there and line not in said and line not in lines_of(row):
                    self.fault(f"{where} lacks {line[1]}, "
                               "which a person typed")

    def words(self):
        """`unsent` says what is so."""
        for row in self.unsent:
            for one in row.get("candidates", []):
                table = TABLE_OF.get(row["kind"])
                where = (table, one["portal_id"])
                # Candidates are looked for again by `retry`.
                if table and where not in self.rows and \
                        where not in self.people.gone:
                    self.fault(f"unsent names {table} {one['portal_id']} "
                               f"for {row['id']}, which is not there")
            if "deleted it in the portal" in row["text"] and \
                    not self.people.gone:
                self.fault(f"unsent: {row['id']} {row['text']}")
