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

from outbox import Outbox
from people import TABLES, lines_of
from view_crm import plain_value

KINDS = {4: "company", 5: "contact", 6: "person", 7: "requisite", 8: "bank",
         9: "address"}
TABLE_OF = {"company": "companies", "contact": "contacts",
            "person": "contacts"}
_TRADER = re.compile(r"(^|\s)ИП($|\s)")
_FORM = re.compile(r"(^|\s)(ООО|АО)($|\s)")
CREATE, LINK = 1, 4
PLACES = {"legal": 6, "actual": 1}
TYPES = {"Покупатель": {"companies": "CUSTOMER", "contacts": "CLIENT"},
         "Поставщик": {"companies": "SUPPLIER", "contacts": "SUPPLIER"}}
FIELDS = {"title": "name", "comments": "comment", "lastName": "last_name",
          "name": "first_name", "secondName": "second_name", "post": "post",
          "typeId": "party_type"}


# Реквизиты that rules bring into user fields, and how these hold them.
USER_FIELDS = {
    "Район": ("UF_CRM_AREA", str), "Отсрочка": ("UF_CRM_DAYS", int),
    "Вид": ("UF_CRM_SORT", {"Опт": 91, "Розница": 92}.get),
    "Холдинг": ("UF_CRM_GROUP", {"Да": "Y", "Нет": "N"}.get)}


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
        self.links, self.made, self.taken = {}, {}, set()
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
            for kind, key, ident, verb in base.execute(
                    "SELECT kind, key, portal_id, verb FROM history"
                    " ORDER BY id"):
                if KINDS.get(kind) not in TABLE_OF:
                    continue
                if verb == LINK:
                    self.taken.add((TABLE_OF[KINDS[kind]], ident))
                if verb == CREATE:
                    self.made[TABLE_OF[KINDS[kind]], ident] = (
                        KINDS[kind], *_names(key))
            base.close()


def _names(key):
    return tuple(key[1:].decode().split("\0"))


class Truth:
    """What 1C stated, package by package."""

    def __init__(self):
        self.rich, self.poor = {}, {}
        self.rules = []         # all settings that there were
        self.restated = {}      # Ид whose numbers changed
        self.said = {}          # Ид -> all lines that it ever had

    def stated(self, description):
        for ident, party in description.get("counterparties", {}).items():
            before = self.rich.get(ident, self.poor.get(ident))
            if before and any(before.get(f) != party.get(f)
                              for f in ("inn", "kpp", "role", "deleted")):
                self.restated[ident] = True
            self.rich[ident] = party
            self.said.setdefault(ident, set()).update(said_lines(party))
        for document in description.get("documents", {}).values():
            party = document.get("party")
            if party:
                self.poor[party["id"]] = party

    def owners(self, field):
        """Who has owned it, ever."""
        record = field.split(".")[0]
        default = "portal" if record in ("company", "contact") else "1c"
        return {rules.get("owners", {}).get(field, rules.get(
            "owners", {}).get(record, default)) for rules in self.rules}

    def live(self):
        """Those of 1C that are carried."""
        parties = {**self.poor, **self.rich}
        kinds = self.rules[-1]["counterparties"].get("select", {}).get(
            "kinds")
        return {ident: party for ident, party in sorted(parties.items())
                if not party.get("deleted") and
                party.get("role", "Покупатель") in TYPES and
                (not kinds or kind_of(party) in kinds)}


class Judge:
    """One look at the whole."""

    def __init__(self, truth, people, state, unsent, dump, settings):
        self.truth, self.people, self.state = truth, people, state
        self.rows = {(table, row["id"]): row for table in TABLES
                     for row in dump.get(table, [])}
        self.requisites, self.accounts, self.addresses = {}, {}, {}
        tables = {ident: table for table, ident in TABLES.items()}
        for row in dump.get("bank_details", []):
            self.accounts.setdefault(row["ENTITY_ID"], []).append(
                row.get("RQ_ACC_NUM"))
        for row in dump.get("addresses", []):
            self.addresses.setdefault(row["ENTITY_ID"], []).append(
                (row["TYPE_ID"], row.get("ADDRESS_1")))
        for row in dump.get("requisites", []):
            self.requisites.setdefault(
                (tables.get(row["ENTITY_TYPE_ID"]), row["ENTITY_ID"]),
                []).append(row)
        self.told = {}
        for row in unsent:
            self.told.setdefault(row["id"], set()).add(row["kind"])
        self.unsent = unsent
        self.rules = settings["counterparties"]
        self.problems = []

    def owners(self, table, field):
        record = "company" if table == "companies" else "contact"
        return self.truth.owners(f"{record}.{FIELDS.get(field, field)}")

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
        if not told & {"requisite", "bank", "address"}:
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
        wanted = {"comments": party.get("comment"), "typeId": TYPES[
            party.get("role", "Покупатель")][where[0]]}
        if target == "company":
            wanted["title"] = party["name"]
        elif party.get("surname"):
            wanted.update(lastName=party["surname"], name=party.get("given"),
                          secondName=party.get("patronymic"))
        for name, text in party.get("values", {}).items():
            field, held = USER_FIELDS.get(name, (name, str))
            wanted[field] = held(text)
        self.fields(what, wanted, where, row)

    def fields(self, what, wanted, where, row):
        edited = self.people.values.get(where, {})
        for field, value in wanted.items():
            # A flag that was never set is "no".
            held = row.get(field) or ("N" if value == "N" else None)
            if value and field not in edited and held != value \
                    and "never" not in self.owners(where[0], field):
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

        places = [place for row in held
                  for place in self.addresses.get(row["ID"], [])]
        for name, text in party.get("addresses", {}).items():
            if (PLACES[name], text) not in places:
                self.fault(f"{what} lacks the address {text}: {places}")

    def person(self, what, ident, person, company):
        ids = [number for key, number in self.state.links.items()
               if key[:2] == ("person", ident) and (
                   key[2] == person["id"] if "id" in person else
                   self.is_called(("contacts", number), person))]
        where = ("contacts", ids[0] if ids else None)
        row = self.rows.get(where)
        what = f"{what}, {person.get('id', person['name'])} ({where[1]})"
        if row is None:
            if where not in self.people.gone:
                self.fault(f"{what} is neither in the portal nor in unsent")
            return
        if row["id"] not in self.rows[company].get("contactIds", []) and \
                company not in self.people.merged | set(self.people.made):
            self.fault(f"{what} is not bound to {company[1]}")
        typed = self.people.lines.get(where, {})
        for line in sorted(said_lines(person) - set(lines_of(row))):
            if typed.get(line) is not False and \
                    where not in self.people.merged:
                self.fault(f"{what} lacks {line[1]}")

    def is_called(self, where, person):
        row = self.rows.get(where)
        return where in self.people.gone or row and (
            where in self.people.values or
            where in self.people.made or where in self.people.merged or
            row.get("lastName") == person["surname"])

    # ---- all of them ----

    def shared(self):
        """No row of the portal is two clients of 1C."""
        held = {}
        live = self.truth.live()
        for (kind, ident, *rest), number in sorted(self.state.links.items()):
            if kind not in TABLE_OF or ident not in live:
                continue
            if kind == "person" and rest[0] not in [
                    p.get("id") for p in live[ident].get("persons", [])]:
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
                for p in party.get("persons", []) if p.get("id") in who]
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
        self.beside(made)
        for where in self.rows:
            if where not in self.people.made and \
                    where not in self.state.made:
                self.fault(f"{where} was made and nobody knows of it")

    def beside(self, made):
        """Was one made though people had it already, by ИНН and КПП?"""
        parties = {**self.truth.poor, **self.truth.rich}
        if any("inn_kpp" not in rules["counterparties"].get(
                "match", ["inn_kpp"]) for rules in self.truth.rules):
            return
        for key, places in made.items():
            if key[0] == "person" or key[:2] in self.people.linked:
                continue
            party = parties.get(key[1], {})
            inn = number(party.get("inn"), 10, 12)
            for where in set(self.people.made) & set(self.rows):
                if where in self.people.papers | self.state.taken | \
                        self.people.merged or \
                        places[0] in self.people.made[where]:
                    continue
                for paper in self.requisites.get(where, []):
                    if inn and paper.get("RQ_INN") == inn and \
                            paper.get("RQ_KPP") in (
                                None, "", party.get("kpp")) and \
                            not self.truth.restated.get(key[1]):
                        self.fault(f"{key[1]} was made as {places[0]} beside "
                                   f"{where} with its ИНН {inn}")

    # ---- people ----

    def edits(self):
        """What people typed stands there, where the portal owns it."""
        for where, values in self.people.values.items():
            row = self.rows.get(where)
            if row is None:
                continue
            for field, value in values.items():
                if self.owners(where[0], field) == {"portal"} and \
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
            if row["code"] in ("deleted-in-portal", "merged-in-portal") and \
                    not self.people.gone or row["code"] == "unlinked" and \
                    (row["kind"], row["id"]) not in self.people.linked:
                self.fault(f"unsent: {row['id']} {row['text']}")


class ForOneC:
    """The file of clients: who is news to 1C stands in it, nobody else.  For
    rules that export all types."""

    def __init__(self, judge, data):
        self.judge, self.people = judge, judge.people
        self.outbox = Outbox(data)
        self.clients = self.outbox.clients()
        self.live = judge.truth.live()
        self.linked = {}
        for key, number in judge.state.links.items():
            if key[0] in TABLE_OF:
                self.linked.setdefault((TABLE_OF[key[0]], number),
                                       []).append(key)

    def look(self):
        problems = list(self.outbox.faults())
        for ident in self.clients:
            found = re.fullmatch(r"(company|contact)-(\d+)", ident)
            if found and (TABLE_OF[found[1]], int(found[2])) not in \
                    self.judge.rows:
                problems.append(f"{ident} is for 1C, and is not there")
        for where, row in self.judge.rows.items():
            keys = self.linked.get(where)
            if keys:
                problems += self.known(where, row, keys)
            elif not row.get("companyIds"):
                problems += self.unknown(where, row)
        return problems

    def unknown(self, where, row):
        ident = f"{'company' if where[0] == 'companies' else 'contact'}-" \
            f"{where[1]}"
        name = row.get("title") if where[0] == "companies" else \
            row.get("lastName")
        entry = self.clients.get(ident)
        parties = {**self.judge.truth.poor, **self.judge.truth.rich}
        if ident in parties:    # 1C has it, and said so
            return
        if entry is None and name and where not in self.judge.state.made:
            yield f"{ident} {name!r} is not for 1C"
        if entry is not None and where[0] == "companies" and \
                plain(entry["name"]) != plain(name) and \
                plain(entry["official"]) != plain(name):
            yield f"{ident} is {name!r}, for 1C {entry['name']!r}"

    def known(self, where, row, keys):
        ident = keys[0][1]
        if keys[0][0] == "person" or len(keys) > 1 or \
                ident not in self.live:
            return
        entry = self.clients.get(ident)
        typed = self.people.lines.get(where, {})
        news = {line for line, there in typed.items() if there and
                line in lines_of(row) and line not in
                self.judge.truth.said.get(ident, set())}
        held = set()
        if entry:
            held = {("PHONE", plain_value("PHONE", text))
                    for text in entry["phones"]} | {
                ("EMAIL", plain_value("EMAIL", text))
                for text in entry["emails"]}
        if self.judge.owners(where[0], "phone") == {"portal"}:
            # Three of each go.
            for line in sorted(news - held)[:0 if len(held) > 3 else None]:
                yield f"{ident}: {line[1]} of a person is not for 1C"
        # Its contact persons count as well.
        touched = self.people.made or self.people.merged or any(
            at == where or at[0] == "contacts" for at in (
                *self.people.lines, *self.people.values,
                *self.people.papers))
        if entry and not touched and where in self.judge.state.made:
            yield f"{ident} is for 1C, and nobody touched it"


def plain(text):
    """A name without quotes and its legal form."""
    return re.sub(r"\b(ООО|АО|ИП)\b|[\"«»\s]", "", text or "").lower()
