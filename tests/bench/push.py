"""From changes to the portal: requests, limits, and the idle run, against
the stand-in."""

import json
import math
import shutil
import time
from collections import Counter
from statistics import median

import catalogue
import measure
from exchange import Exchange
from standin import Standin
from table import seconds

FAST = {"requests_per_second": 1000, "burst": 1000}
RATE, BURST, BATCH = 2, 50, 50
CLOUD = {"requests_per_second": RATE, "burst": BURST}
OPERATING, WINDOW = 480, 600    # seconds of one method in so many seconds
MINUTE = 60                     # a bucket of them
COST = 0.1                      # what an update costs in the second push
UPDATE = "catalog.product.update"
IDLE_RUNS = 20
IDLE_MS = 30
WRITES = (".add", ".update", ".delete")
# A request with one of these asks what the names in the rules mean, once a
# run; it reads no goods.
NAMES = {"catalog.catalog.list", "catalog.priceType.list",
         "catalog.productProperty.list"}


class Push:
    """One exchange and one portal, filled, changed and changed back."""

    def __init__(self, program, folder, goods, catalogues):
        self.goods = goods
        self.first = catalogues.package(goods)
        self.second = catalogues.package(goods, 100)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {"log_params": False})
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 catalogue.RULES)
        self.folder = folder

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def fill(self, table):
        """All goods are made in the portal, nothing holding us back."""
        self._limits(FAST, {})
        push = self._import(self.first)
        ideal = max(1, math.ceil(push.writes / BATCH))
        table.add(f"requests, first push of {self.goods:,} goods", "(shown)",
                  f"{push.requests} for {push.writes} commands, "
                  f"{push.read_requests} of them read",
                  push.requests / ideal, None)

    def change(self, table):
        """Every good changes, under the two limits of the cloud's rate."""
        self._limits(CLOUD, {"rate_enabled": True, "rate_per_second": RATE,
                             "rate_burst": BURST})
        push = self._import(self.second)
        ideal = max(1, math.ceil(push.writes / BATCH))
        asked = push.write_requests + push.read_requests
        table.add(f"requests, {self.goods:,} goods changed",
                  "commands / 50, no reads",
                  f"{asked} for {push.writes} commands, "
                  f"{push.read_requests} of them read", asked / ideal,
                  asked <= ideal)
        allowed = max(0, push.requests - BURST) / RATE
        self._time_row(table, "push under 2/s + 50", push, allowed)

    def change_back(self, table):
        """And back again, where one method's seconds are the limit."""
        self._limits(CLOUD, {"operating_enabled": True,
                             "operating_limit": OPERATING,
                             "operating_cost": {UPDATE: COST, "*": 0}})
        push = self._import(self.first, "--older")
        allowed = Ideal(push.log).seconds
        self._time_row(table, "push under 480 s operating", push, allowed)

    def idle(self, table):
        state = self.exchange.folder / "state"
        command = self.exchange.command(["run"])
        env = self.exchange.environment()
        del env["CML24_TEST_CLOCK"]
        measure.bare(command, env)
        before = measure.database_marks(state)
        asked = self.portal.call("stats")["requests"]
        times = [measure.bare(command, env) for _ in range(IDLE_RUNS)]
        start = median(
            measure.bare([self.exchange.program, "--version"], env)
            for _ in range(IDLE_RUNS))
        asked = self.portal.call("stats")["requests"] - asked
        milliseconds = median(times)
        table.add(f"a run with nothing to do, {self.goods:,} goods",
                  f"<= {IDLE_MS} ms", f"{milliseconds:.1f} ms, "
                  f"{start:.1f} of them to start",
                  milliseconds / IDLE_MS, milliseconds <= IDLE_MS)
        same = measure.database_marks(state) == before
        table.add("… what it writes and asks", "no commit, no request",
                  f"{'no commit' if same else 'a commit'}, "
                  f"{asked} requests", None, same and asked == 0)

    # ---- one push ----

    def _limits(self, own, portals):
        config = {"rate_enabled": False, "operating_enabled": False}
        config.update(portals)
        self.portal.call("config", config)
        # Whatever either side still counts is forgotten by now.
        self.portal.advance(2 * WINDOW)
        self.exchange.configure({"portal": own})

    def _import(self, package, *options):
        exchange = self.exchange
        # Taking is done before the clock of the limits starts.
        measure.run(exchange.command(["import", "--no-push", *options,
                                      str(package)]),
                    exchange.environment(), expect=(0, 1))
        planned = measure.run(exchange.command(["--json", "plan"]),
                              exchange.environment())
        document = planned.out[planned.out.index("{"):].splitlines()[0]
        said = json.loads(document)["summary"]["milliseconds"] / 1000
        mark = self.portal.call("stats")
        self.portal.advance(BURST / RATE)
        begin = time.time() + self.portal.shift() / 1000
        done = measure.run(exchange.command(["run"]), exchange.environment())
        end = time.time() + self.portal.shift() / 1000
        return Pushed(mark, self.portal.call("stats"), self._log(mark),
                      end - begin, done, said)

    def _log(self, mark):
        # In one piece: the log is in the order of the answers, not of SEQ.
        return self.portal.call(f"log?since={mark['requests']}"
                                "&limit=1000000")

    def _time_row(self, table, what, push, allowed):
        if allowed < 10:
            table.add(what, "within 2 %, no refusal",
                      "too few requests to reach the limit", None, None)
            return
        ratio = push.seconds / allowed
        table.add(what, "within 2 %, no refusal",
                  f"{seconds(push.seconds)} / {seconds(allowed)}, "
                  f"{push.requests} requests, {push.refused} refused", ratio,
                  ratio <= 1.02 and push.refused == 0)
        table.add("… said by `plan` / took", "(shown)",
                  f"{seconds(push.said)} / {seconds(push.seconds)}",
                  push.said / push.seconds, None)


class Pushed:
    """What the portal saw of one push."""

    def __init__(self, before, after, log, passed, measured, said):
        self.seconds, self.said = passed, said
        self.kib = measured.kib
        self.log = log
        self.requests = after["requests"] - before["requests"]
        self.refused = sum(after["refused"][name] - before["refused"][name]
                           for name in ("rate", "operating"))
        self.commands = Counter()
        self.write_requests = self.read_requests = 0
        for entry in log:
            methods = {command["method"] for command in entry["commands"]}
            self.commands.update(
                command["method"] for command in entry["commands"])
            if any(method.endswith(WRITES) for method in methods):
                self.write_requests += 1
            elif not methods & NAMES:
                self.read_requests += 1
        self.writes = sum(n for method, n in self.commands.items()
                          if method.endswith(WRITES))


class Ideal:
    """How long the two limits make these requests last, sent in this order
    (stock and prices go first, also those that a product's method writes):
    each at the first moment at which all its calls may begin.  One method is
    what costs."""

    def __init__(self, log, method=UPDATE, cost=COST):
        self.seconds, self._level = 0, 0
        self._buckets = []              # [begin, seconds used] of `method`
        for entry in log:
            calls = sum(command["method"] == method
                        for command in entry["commands"])
            self._wait(max(0, self._level + 1 - BURST) / RATE)
            while calls and self._used() + (calls - 1) * cost >= OPERATING:
                self._wait(self._buckets[0][0] + WINDOW - self.seconds)
            self._level += 1
            self._use(calls * cost)

    def _wait(self, seconds):
        self.seconds += seconds
        self._level = max(0, self._level - seconds * RATE)

    def _used(self):
        self._buckets = [bucket for bucket in self._buckets
                         if bucket[0] + WINDOW > self.seconds]
        return sum(used for _, used in self._buckets)

    def _use(self, seconds):
        if seconds == 0:
            return
        if not self._buckets or \
                self.seconds - self._buckets[-1][0] >= MINUTE:
            self._buckets.append([self.seconds, 0])
        self._buckets[-1][1] += seconds
