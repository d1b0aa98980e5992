"""Managers in the portal, as a walk draws them (tests/soak/walk_clients.py):
they edit whom they find, so a client is named by its mark or by its place
among those that there are; where nobody is there they do nothing.

What they did is kept: tests/lib/clients.py judges by it what must stand.
"""

import re

from outbox import Outbox
from view_crm import plain_value

TABLES = {"companies": 4, "contacts": 3}


class People:
    def __init__(self, performance):
        self._performance = performance
        self._portal = performance.portal
        self.made = {(table, row["id"]): set() for table in TABLES
                     for row in performance.before.get(table, [])}
        # (table, id) of what people made: who was there before
        self._last = 0
        self.values = {}        # (table, id) -> {field: what they set last}
        self.lines = {}         # (table, id) -> {(type, plain): typed?}
        self.papers = set()     # (table, id) whose requisites they edited
        self.gone = set()       # (table, id) deleted or merged away
        self.merged = set()     # (table, id) that took others in
        self._hidden = None     # (table, id) of who is not shown
        self.linked = {}        # (kind, Ид) -> a person's word, "" unlinked

    def do(self, step):
        getattr(self, "_" + step["people"].replace("-", "_"))(
            **{k: v for k, v in step.items() if k not in ("people", "about")})

    # ---- whom ----

    def _find(self, table, at):
        """The row that has this mark, or the n-th; None."""
        rows = sorted(self._portal.call("dump").get(table, []),
                      key=lambda row: row["id"])
        if isinstance(at, int):
            return rows[at % len(rows)] if rows else None
        for row in rows:
            if row.get("originId") == at or f"#{row['id']}" == at:
                return row
        return None

    def _alter(self, table, ident, changes):
        self._portal.call("alter", {"entity": table, "id": ident,
                                    "set": changes})

    # ---- 1C's own processing of clients.xml ----

    def _read_clients(self, formed, own):
        """1C makes cards of the clients that it does not have: under the Ид
        of the file, or under ones of its own."""
        path = self._performance.exchange.root / "outbox" / "clients.xml"
        if not path.exists():
            return
        cards = {}
        for ident, row in Outbox(path.read_bytes()).clients().items():
            if not re.fullmatch(r"(company|contact)-\d+", ident):
                continue
            fields = {"name": row["name"], "official_name": row["official"],
                      "full_name": row["full"], "inn": row["inn"],
                      "kpp": row["kpp"], "phones": [
                          ["Телефон рабочий", text] for text in row["phones"]],
                      "emails": row["emails"]}
            cards[f"own-{ident}" if own else ident] = {
                k: v for k, v in fields.items() if v}
        if cards:
            self._performance.export({"export": {
                "formed": formed, "full": False, "counterparties": cards}})

    # ---- what they do ----

    def _make(self, table, row, requisite=None):
        # A portal gives no id a second time.
        self._last += 1000
        ident = self._last
        self._portal.call("load", {table: [{**row, "id": ident}]})
        self.made[table, ident] = {
            (t, r["id"]) for t in TABLES
            for r in self._portal.call("dump").get(t, [])}
        if requisite:
            self._portal.call("load", {"requisites": [{
                "ENTITY_ID": ident, "ENTITY_TYPE_ID": TABLES[table],
                "PRESET_ID": 1, "NAME": "Реквизит", **requisite}]})

    def _set(self, table, at, values):
        row = self._find(table, at)
        if row:
            self._alter(table, row["id"], values)
            self.values.setdefault((table, row["id"]), {}).update(values)

    def _add(self, table, at, line):
        """Types a phone or an e-mail, unless it stands there."""
        row = self._find(table, at)
        if not row:
            return
        key = (line["typeId"], plain_value(line["typeId"], line["value"]))
        held = [(e["typeId"], plain_value(e["typeId"], e["value"]))
                for e in row.get("fm", [])]
        if key in held:
            return
        self._alter(table, row["id"], {"fm": [*row.get("fm", []), line]})
        self.lines.setdefault((table, row["id"]), {})[key] = True

    def _drop(self, table, at, index):
        """Takes a line away."""
        row = self._find(table, at)
        if not row or not row.get("fm"):
            return
        lines = list(row["fm"])
        line = lines.pop(index % len(lines))
        self._alter(table, row["id"], {"fm": lines})
        self.lines.setdefault((table, row["id"]), {})[
            line["typeId"],
            plain_value(line["typeId"], line["value"])] = False

    def _requisite(self, table, at, values):
        row = self._find(table, at)
        if not row:
            return
        for requisite in self._portal.call("dump").get("requisites", []):
            if (requisite["ENTITY_TYPE_ID"], requisite["ENTITY_ID"]) == \
                    (TABLES[table], row["id"]):
                self._alter("requisites", requisite["ID"], values)
                self._tidy(table, at)
                self.papers.add((table, row["id"]))
                return

    def _paper_gone(self, table, at):
        """The first requisite goes."""
        row = self._find(table, at)
        for requisite in self._portal.call("dump").get("requisites", []):
            if row and (requisite["ENTITY_TYPE_ID"],
                        requisite["ENTITY_ID"]) == (TABLES[table], row["id"]):
                self._portal.call("alter", {
                    "entity": "requisites", "id": requisite["ID"],
                    "delete": True})
                self.papers.add((table, row["id"]))
                return

    def _delete(self, table, at):
        row = self._find(table, at)
        if row:
            self._portal.call("alter", {"entity": table, "id": row["id"],
                                        "delete": True})
            self.gone.add((table, row["id"]))

    def _merge(self, table, at, into):
        row, main = self._find(table, at), self._find(table, into)
        if not row or not main or row["id"] == main["id"]:
            return
        self._portal.call("merge", {"entity": table,
                                    "ids": [main["id"], row["id"]]})
        self._tidy(table, f"#{main['id']}")
        self.gone.add((table, row["id"]))
        self.merged.add((table, main["id"]))

    def _tidy(self, table, at):
        """What people have made stand twice at a client they take away."""
        row, seen = self._find(table, at), set()
        lines = []
        for line in row.get("fm", []):
            key = (line["typeId"], plain_value(line["typeId"], line["value"]))
            if key not in seen:
                lines.append(line)
            seen.add(key)
        if len(lines) < len(row.get("fm", [])):
            self._alter(table, row["id"], {"fm": lines})
        for requisite in self._portal.call("dump").get("requisites", []):
            key = (requisite.get("RQ_INN"), requisite.get("RQ_KPP"))
            if (requisite["ENTITY_TYPE_ID"], requisite["ENTITY_ID"]) != \
                    (TABLES[table], row["id"]) or not key[0]:
                continue
            if key in seen:
                self._portal.call("alter", {
                    "entity": "requisites", "id": requisite["ID"],
                    "delete": True})
            seen.add(key)

    def _link(self, kind, id, choice):
        """Says which of the candidates of `unsent` it is; beyond the last:
        none of them."""
        for row in self._performance.unsent():
            if (row["kind"], row["id"]) != (kind, id) or \
                    not row.get("candidates"):
                continue
            ids = [c["portal_id"] for c in row["candidates"]]
            choice %= len(ids) + 1
            word = str(ids[choice]) if choice < len(ids) else "new"
            self._say(["link", kind, id, word])
            self.linked[kind, id] = word
            return

    def _point(self, kind, id, choice):
        """Says that it is the n-th of the portal, or a number that nobody
        has."""
        table = "contacts" if kind == "contact" else "companies"
        row = self._find(table, choice)
        if choice == 0 or row is None:
            self._performance.perform({"cml24": ["link", kind, id, "999999"],
                                       "exit": 2})
            return
        self._say(["link", kind, id, str(row["id"])])
        self.linked[kind, id] = str(row["id"])

    def _hide(self, id):
        """The client that bears this mark, and is in order, goes to somebody
        whose clients the webhook's user may not see."""
        self._hidden = None
        told = {row["id"] for row in self._performance.unsent()}
        for table, kind in (("companies", "company"), ("contacts", "contact")):
            row = self._find(table, id)
            if row is None or id in told or (kind, id) in self.linked:
                continue
            for other in self._portal.call("dump").get(table, []):
                self._portal.call("alter", {
                    "entity": table, "id": other["id"], "touch": False,
                    "set": {"assignedById": 2 if other["id"] == row["id"]
                            else 1}})
            self._portal.call("config", {f"{table}_seen": "own"})
            self._hidden = (table, row["id"])
            return

    def _show(self, id):
        """And is shown again; nobody has deleted it meanwhile."""
        for row in self._performance.unsent():
            if self._hidden and row["id"] == id and row["code"] in (
                    "deleted-in-portal", "merged-in-portal"):
                self._performance.tell([f"{id} is hidden, and was told: "
                                        f"{row['text']}"])
        self._portal.call("config", {"companies_seen": "all",
                                     "contacts_seen": "all"})

    def _unlink(self, kind, id):
        self._say(["unlink", kind, id])
        self.linked[kind, id] = ""

    def _say(self, args):
        self._performance.perform({"cml24": args, "exit": None})


def lines_of(row):
    """{(type, plain): value}"""
    return {(e["typeId"], plain_value(e["typeId"], e["value"])): e["value"]
            for e in row.get("fm", [])}
