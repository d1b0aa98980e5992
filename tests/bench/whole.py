"""The whole catalogue: three price types, five warehouses (stock by documents)
and twenty properties; requests against the least that the packages need, and
what a good costs, at two sizes."""

import math
import shutil
from collections import Counter
from decimal import Decimal

import measure
from exchange import Exchange
from least import Stated
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
        self.stock = catalogues.package(goods, 2, (*MORE, "--stock-only"))
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

    def _push(self, table, package, least, what):
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
        fewest = max(1, math.ceil(least / BATCH))
        table.add(f"requests, {what}", f"{fewest} for {least} commands",
                  f"{requests} for {commands}", requests / fewest, None)
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
        first = Stated(self.first)
        second = Stated(self.first, self.second)
        third = Stated(self.first, self.second, self.stock)
        cost = self._push(table, self.first, first.least(),
                          f"first push of {what}")
        self._push(table, self.second, second.least(first),
                   "1 % of them changed")
        self._stock(table, second)
        self._push(table, self.stock, third.least(second),
                   "an update of stock that names all, "
                   f"{third.moved(second)} of them changed")
        self._stock(table, third)
        return cost

    def _stock(self, table, stated):
        """Each good stands in each store as 1C has it."""
        dump = self.portal.call("dump")
        goods = {row["id"]: row["xmlId"] for row in dump["products"]}
        stores = {row["id"]: row["xmlId"] for row in dump["stores"]}
        held = {(goods[row["productId"]], stores[row["storeId"]]):
                Decimal(str(row["amount"])) for row in dump["store_products"]}
        wrong = sum(1 for key in held.keys() | stated.stock.keys()
                    if held.get(key, 0) != stated.stock.get(key, 0))
        conducted = sum(1 for row in dump["documents"]
                        if row["status"] == "Y")
        table.add("stores hold what 1C has", "every amount",
                  f"{len(stated.stock) - wrong} of {len(stated.stock)}, by "
                  f"{conducted} documents", None,
                  wrong == 0 and conducted == len(dump["documents"]))
