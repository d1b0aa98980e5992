"""The whole catalogue: three price types, five warehouses (stock by documents)
and twenty properties; requests against the least that the commands need, and
what a good costs, at two sizes."""

import math
import shutil
from collections import Counter

import measure
from exchange import Exchange
from standin import Standin
from table import seconds

BATCH, WAREHOUSES, PROPERTIES = 50, 5, 20
MORE = ("--warehouses", str(WAREHOUSES), "--properties", str(PROPERTIES))
RULES = {"catalog": {
    "price_types": {"Розничная": None, "Тип 1": "BASE", "Тип 2": "Оптовая",
                    "Тип 3": "Закупочная"},
    "stock": "documents", "warehouses": {"*": "create"},
    "properties": {"*": "create"}},
    "portal": {"requests_per_second": 1000, "burst": 1000}}


class Whole:
    """One exchange with a portal that manages its inventory."""

    def __init__(self, program, folder, goods, catalogues):
        self.goods = goods
        self.first = catalogues.package(goods, more=MORE)
        self.second = catalogues.package(goods, 1, MORE)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {"log_params": False, "inventory": True})
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 RULES)

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def _push(self, table, package, what):
        before = self.portal.call("stats")["requests"]
        theirs = measure.cpu_of(self.portal.pid)
        done = measure.run(self.exchange.command(["import", str(package)]),
                           self.exchange.environment())
        theirs = measure.cpu_of(self.portal.pid) - theirs
        requests = self.portal.call("stats")["requests"] - before
        methods = Counter(
            command["method"]
            for entry in self.portal.call(f"log?since={before}"
                                          "&limit=1000000")
            for command in entry["commands"])
        commands = sum(methods.values())
        table.add(f"requests, {what}", "(shown)",
                  f"{requests} for {commands} commands",
                  requests / max(1, math.ceil(commands / BATCH)), None)
        table.add(f"… memory, {what}", "<= 64 MiB",
                  f"{done.kib / 1024:.0f} MiB", done.kib / 1024 / 64,
                  done.kib <= 64 * 1024)
        table.add(f"… processor time, {what}", "(shown)",
                  f"{seconds(done.cpu)}, the stand-in {seconds(theirs)}, of "
                  f"{seconds(done.seconds)}", None, None)
        return done.cpu / self.goods

    def run(self, table):
        """What a good of the first push costs, in seconds."""
        what = f"{self.goods:,} goods, 3 price types, 5 warehouses, " \
               "20 properties"
        cost = self._push(table, self.first, f"first push of {what}")
        self._push(table, self.second, "1 % of them changed")
        self._stock(table)
        return cost

    def _stock(self, table):
        """Each good stands in each store as 1C has it: by the sums."""
        dump = self.portal.call("dump")
        rows = dump["store_products"]
        conducted = sum(1 for row in dump["documents"]
                        if row["status"] == "Y")
        table.add("stores hold what 1C has", "every good",
                  f"{len(rows)} amounts by {conducted} documents", None,
                  len({row["productId"] for row in rows}) == self.goods and
                  conducted == len(dump["documents"]))
