"""Deals of the portal that become orders: requests, time under the portal's
rate, each with a number of its own; then a run with nothing to do, and one in
which people changed them all."""

import json
import math
import shutil
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import measure
from exchange import Exchange
from packages import files_of
from standin import Standin

RATE, BURST, BATCH = 2, 50, 50
READ = 250      # together: LIMIT_DEALS_AT_ONCE
GOODS = Path(__file__).resolve().parent.parent / "flow" / "goods"
IDS = ["11111111-1111-4111-8111-111111111111",
       "22222222-2222-4222-8222-222222222222"]


def _read(name):
    return json.loads((GOODS / f"{name}.json").read_text(encoding="utf-8"))


class Deals:
    """One exchange; `count` deals of `count` / 5 companies."""

    def __init__(self, program, folder, count):
        self.count = count
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {
            "log_params": False, "rate_enabled": True,
            "rate_per_second": RATE, "rate_burst": BURST,
            "scopes": ["crm", "catalog", "user", "im"]})
        held = _read("orders-portal")
        held["companies"] += [{"id": 1000 + n, "title": f"Ромашка № {n}"}
                              for n in range(count // 5)]
        held["requisites"] += [
            {"ID": 100000 + n, "ENTITY_ID": 1000 + n, "NAME": "Реквизит",
             "RQ_INN": str(7700000100 + n), "RQ_KPP": "770101001"}
            for n in range(count // 5)]
        self.portal.call("load", held)
        rules = _read("orders-rules")
        rules["portal"] = {"requests_per_second": RATE, "burst": BURST}
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 rules)

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def _catalogue(self):
        package = self.folder / "package"
        for name, data in files_of(_read("orders")).items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_bytes(data)
        measure.run(self.exchange.command(["import", str(package)]),
                    self.exchange.environment())

    def _make(self):
        rows = [{"productId": 101, "productName": "Бумага А4", "price": 100,
                 "quantity": 2, "taxRate": 20, "taxIncluded": "Y"},
                {"productId": 102, "productName": "Карандаш", "price": 12.5,
                 "quantity": 2, "taxRate": 20, "taxIncluded": "Y"}]
        self.portal.call("load", {"deals": [
            {"id": 5000 + n, "title": f"Сделка {n}", "categoryId": 1,
             "stageId": "C1:SALE", "opportunity": 225, "currencyId": "RUB",
             "companyId": 1000 + n % (self.count // 5), "assignedById": 1,
             "rows": rows} for n in range(self.count)]})

    def _counted(self, args):
        """Requests, commands, seconds on the common clock."""
        before = self.portal.call("stats")["requests"]
        begin = time.time() + self.portal.shift() / 1000
        measure.run(self.exchange.command(args), self.exchange.environment())
        took = time.time() + self.portal.shift() / 1000 - begin
        requests = self.portal.call("stats")["requests"] - before
        commands = sum(len(entry["commands"]) for entry in
                       self.portal.call(f"log?since={before}"
                                        f"&limit={requests}"))
        return requests, commands, took

    def run(self, table):
        self._catalogue()
        self._make()
        what = f"{self.count:,} deals"
        requests, commands, took = self._counted(["run"])
        ideal = math.ceil(commands / BATCH)
        table.add(f"requests, {what} become orders", "(shown)",
                  f"{requests} for {commands} commands", requests / ideal,
                  None)
        allowed = max(0, requests - BURST) / RATE
        table.add(f"time under 2/s + 50, {what}", "within 2 %",
                  f"{took:.0f} s / {allowed:.0f} s", took / max(1, allowed),
                  took <= allowed * 1.02 + 5)
        self._numbers(table, what)
        # What changed within the overlap of two looks is read once more.
        self.portal.advance(120)
        self._counted(["run"])
        self.portal.advance(120)
        requests, commands, took = self._counted(["run"])
        table.add(f"nothing to do, {what} known", "one look",
                  f"{requests} requests", None, requests == 1)
        self._change()
        requests, commands, took = self._counted(["run"])
        # Each page of the look, fifty deals' rows, and for each READ deals
        # what they share (themselves, clients, requisites, addresses).
        most = 2 * math.ceil(self.count / BATCH) + \
            4 * math.ceil(self.count / READ) + 20
        table.add(f"requests, {what} known and changed",
                  f"\u2264 {most}", f"{requests} for {commands} commands",
                  requests / math.ceil(commands / BATCH), requests <= most)

    def _change(self):
        """A person's edit of each deal."""
        now = datetime.now(timezone(timedelta(hours=3))) + timedelta(
            milliseconds=self.portal.shift())
        deals = self.portal.call("dump")["deals"]
        for row in deals:
            row.update(comments="позвонить",
                       updatedTime=now.isoformat(timespec="seconds"))
        self.portal.call("load", {"deals": deals})

    def _numbers(self, table, what):
        deals = self.portal.call("dump")["deals"]
        numbers = Counter(row.get("UF_CRM_NUMBER") for row in deals)
        table.add(f"numbers, {what}", "each its own",
                  f"{len(numbers)} numbers", None,
                  len(numbers) == self.count and None not in numbers)
