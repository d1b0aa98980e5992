"""Clients of 1C into a portal that has most of them already: requests, time
under the portal's rate, no double."""

import math
import shutil
import time
from collections import Counter

import measure
from exchange import Exchange
from packages import files_of
from standin import Standin

RATE, BURST, BATCH = 2, 50, 50
RULES = {"counterparties": {}, "catalog": {"enabled": False},
         "portal": {"requests_per_second": RATE, "burst": BURST}}


class Clients:
    """One exchange; the portal knows `known` of `count` by their ИНН."""

    def __init__(self, program, folder, count, known):
        self.count, self.known = count, known
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {"log_params": False, "rate_enabled": True,
                                   "rate_per_second": RATE,
                                   "rate_burst": BURST})
        self.portal.call("load", self._held())
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 RULES)

    def _held(self):
        numbers = range(1, self.known + 1)
        return {
            "companies": [{"id": 1000 + n, "title": f"ООО «Ромашка № {n}»"}
                          for n in numbers],
            "requisites": [{"ID": 100000 + n, "ENTITY_ID": 1000 + n,
                            "NAME": "Реквизит",
                            "RQ_INN": str(7700000000 + n),
                            "RQ_KPP": "770101001"} for n in numbers]}

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def run(self, table):
        package = self.folder / "package"
        for name, data in files_of({"many_parties": self.count}).items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_bytes(data)
        measure.run(self.exchange.command(["import", "--no-push",
                                           str(package)]),
                    self.exchange.environment(), expect=(0, 1))
        begin = time.time() + self.portal.shift() / 1000
        measure.run(self.exchange.command(["run"]),
                    self.exchange.environment())
        took = time.time() + self.portal.shift() / 1000 - begin
        stats = self.portal.call("stats")
        methods = Counter(
            command["method"]
            for entry in self.portal.call(f"log?limit={stats['requests']}")
            for command in entry["commands"])
        commands = sum(methods.values())
        what = f"{self.count:,} clients, {self.known:,} known"
        ideal = math.ceil(commands / BATCH)
        table.add(f"requests, {what}", "(shown)",
                  f"{stats['requests']} for {commands} commands",
                  stats["requests"] / ideal, None)
        allowed = max(0, stats["requests"] - BURST) / RATE
        table.add(f"time under 2/s + 50, {what}", "within 2 %",
                  f"{took:.0f} s / {allowed:.0f} s",
                  took / max(1, allowed), took <= allowed * 1.02 + 5)
        self._doubles(table, what)

    def _doubles(self, table, what):
        dump = self.portal.call("dump")
        companies = len(dump["companies"])
        inns = Counter(row["RQ_INN"] for row in dump["requisites"]
                       if row.get("RQ_INN"))
        doubled = sum(1 for times in inns.values() if times > 1)
        table.add(f"doubles, {what}", "0",
                  f"{companies} companies, {doubled} ИНН twice", None,
                  companies == self.count and doubled == 0)
