"""Clients of 1C, with their contact persons, into a portal that has four of
five already and of which each step of `match` finds some: requests, time under
the portal's two limits, nobody twice and everybody his own."""

import math
import shutil
import time
from collections import Counter

import measure
from exchange import Exchange
from packages import files_of
from push import BATCH, BURST, OPERATING, RATE, Ideal
from standin import Standin
from table import seconds

ADD, COST = "crm.item.add", 0.3         # seconds of `operating` for each
# A client may cost so many requests, and so many commands in them, with its
# requisites, address and contact person; ONCE: what any run asks.
REQUESTS, COMMANDS, ONCE = 0.25, 10, 20
RULES = {"counterparties": {}, "catalog": {"enabled": False},
         "portal": {"requests_per_second": RATE, "burst": BURST}}
# Numbers in names have five digits: that no name is a part of another one.
COMPANIES, CONTACTS, PERSONS = 100000, 300000, 500000   # ids begin here
# What the portal knows of the n-th, by its last digit; of 8 and 9 nothing.
ORIGIN, EMAIL, PHONE, NAME, PRIVATE, NEW = 0, 4, 5, 6, 7, (8, 9)


def _kind(number):
    return number % 10


def _phone(number, person=False):
    return f"{'916' if person else '495'} {1000000 + number}"


def _party(number):
    """As 1C states it."""
    if _kind(number) == PRIVATE:
        return {"name": f"Сидоров-{number:05} Пётр", "surname":
                f"Сидоров-{number:05}", "given": "Пётр",
                "phones": [["Телефон мобильный", f"8 {_phone(number)}"]]}
    name = f"Ромашка № {number:05}"
    return {"name": name, "inn": str(7700000000 + number),
            "official_name": f'ООО "{name}"', "kpp": "770101001",
            "phones": [["Телефон рабочий", f"8 {_phone(number)}"]],
            "emails": [f"info{number}@romashka.example"],
            "addresses": {"legal": f"Москва, Полевая ул., {number}"},
            "persons": [{"id": f"p{number}", "name":
                         f"Примеров-{number:05} Пётр", "phones": [
                             ["Телефон мобильный",
                              f"8 {_phone(number, True)}"]]}]}


def _line(kind, value):
    return {"typeId": kind, "valueType": "WORK", "value": value}


def _has_person(number):
    """Of every other one that is known by its ИНН."""
    return _kind(number) in (1, 3)


def _company(number):
    """As the portal holds it: what that step of `match` finds it by, and no
    earlier one.  A phone or an e-mail is enough beside the same name."""
    kind = _kind(number)
    name = "РОМАШКА" if kind in (EMAIL, PHONE, NAME) else "Василёк"
    row = {"id": COMPANIES + number, "title": f"{name} № {number:05}, ООО"}
    if kind == ORIGIN:
        row.update(originatorId="ONE_C", originId=f"k{number}")
    if kind == EMAIL:
        row["fm"] = [_line("EMAIL", f"INFO{number}@romashka.example")]
    if kind == PHONE:
        row["fm"] = [_line("PHONE", f"+7 ({_phone(number)[:3]}) "
                           f"{_phone(number)[4:]}")]
    if _has_person(number):
        row["contactIds"] = [PERSONS + number]
    return row


class Clients:
    """One exchange; the portal knows four of five of `count`."""

    def __init__(self, program, folder, count):
        self.count = count
        self.known = [n for n in range(1, count + 1)
                      if _kind(n) not in NEW]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {"log_params": False, "rate_enabled": True,
                                   "rate_per_second": RATE,
                                   "rate_burst": BURST,
                                   "operating_enabled": True,
                                   "operating_limit": OPERATING,
                                   "operating_cost": {ADD: COST, "*": 0}})
        self.portal.call("load", self._held())
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 RULES)

    def _held(self):
        companies = [n for n in self.known if _kind(n) != PRIVATE]
        return {
            "contacts": [
                {"id": PERSONS + n, "name": "Пётр", "lastName":
                 f"Примеров-{n:05}", "fm": [
                     _line("PHONE", f"+7 {_phone(n, True)}")]}
                for n in companies if _has_person(n)] + [
                {"id": CONTACTS + n, "name": "Пётр", "lastName":
                 f"Сидоров-{n:05}", "fm": [_line("PHONE", f"+7 {_phone(n)}")]}
                for n in self.known if _kind(n) == PRIVATE],
            "companies": [_company(n) for n in companies],
            "requisites": [
                {"ID": COMPANIES + n, "ENTITY_ID": COMPANIES + n,
                 "NAME": "Реквизит", "RQ_INN": str(7700000000 + n),
                 "RQ_KPP": "770101001"}
                for n in companies if 0 < _kind(n) < EMAIL]}

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def _import(self):
        package = self.folder / "package"
        parties = {f"k{n}": _party(n) for n in range(1, self.count + 1)}
        for name, data in files_of({"counterparties": parties}).items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_bytes(data)
        measure.run(self.exchange.command(["import", "--no-push",
                                           str(package)]),
                    self.exchange.environment(), expect=(0, 1))

    def run(self, table):
        self._import()
        begin = time.time() + self.portal.shift() / 1000
        measure.run(self.exchange.command(["run"]),
                    self.exchange.environment())
        took = time.time() + self.portal.shift() / 1000 - begin
        what = f"{self.count:,} clients, {len(self.known):,} known"
        stats = self.portal.call("stats")
        log = self.portal.call(f"log?limit={stats['requests']}")
        self._requests(table, what, stats, log)
        self._time(table, what, took, stats, Ideal(log, ADD, COST).seconds)
        self._doubles(table, what)

    def _requests(self, table, what, stats, log):
        methods = Counter(command["method"] for entry in log
                          for command in entry["commands"])
        commands = sum(methods.values())
        requests = stats["requests"]
        table.add(f"requests, {what}",
                  f"<= {REQUESTS} a client + {ONCE}, {COMMANDS} commands",
                  f"{requests} for {commands} commands: "
                  f"{requests / self.count:.2f} and "
                  f"{commands / self.count:.1f}",
                  requests / math.ceil(commands / BATCH),
                  requests <= REQUESTS * self.count + ONCE and
                  commands <= COMMANDS * self.count)

    def _time(self, table, what, took, stats, allowed):
        if allowed < 60:
            table.add(f"time under both limits, {what}",
                      "within 2 %, no refusal",
                      "too few requests to reach the limits", None, None)
            return
        refused = sum(stats["refused"][name] for name in ("rate",
                                                          "operating"))
        table.add(f"time under both limits, {what}", "within 2 %, no refusal",
                  f"{seconds(took)} / {seconds(allowed)}, "
                  f"{refused} refused", took / max(1, allowed),
                  took <= allowed * 1.02 + 5 and refused == 0)

    def _doubles(self, table, what):
        dump = self.portal.call("dump")
        companies, contacts = len(dump["companies"]), len(dump["contacts"])
        holders = Counter()
        strange = 0     # a known one's requisites at another company
        for row in dump["requisites"]:
            if row.get("RQ_INN"):
                number = int(row["RQ_INN"]) - 7700000000
                holders[number] += 1
                strange += _kind(number) not in NEW and \
                    int(row["ENTITY_ID"]) != COMPANIES + number
        lines = Counter(line["value"][-9:] for table_of in ("companies",
                                                            "contacts")
                        for row in dump[table_of] for line in row["fm"]
                        if line["typeId"] == "PHONE")
        doubled = sum(times > 1 for times in (*holders.values(),
                                              *lines.values()))
        private = sum(_kind(n) == PRIVATE for n in range(1, self.count + 1))
        table.add(f"doubles, {what}", "0",
                  f"{companies} companies, {contacts} contacts, "
                  f"{doubled} ИНН or phones twice, {strange} of another",
                  None, companies == self.count - private and
                  contacts == self.count and not doubled and not strange and
                  len(holders) == companies)
