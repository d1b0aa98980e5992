"""From package to changes: time, memory, disk, against xmllint."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import catalogue
import measure
from exchange import Exchange
from table import seconds, size

MEMORY_MIB = 64
PAGE = 8192
# A changed good is a row of the record, of the image and of the change, each
# with its keys, and goods that changed lie far apart: so many pages each.
PAGES_PER_CHANGE = 12
# That a record was seen in a session is a bit of each of its records.
BITS = 8


class NoPortal:
    """An address that nothing is sent to: `run --no-push`."""
    url = "http://127.0.0.1:9"
    webhook = url + "/rest/1/none/"
    clock_file = "/nonexistent"


@dataclass
class Series:
    """The same thing measured several times."""
    all: list = field(default_factory=list)

    def add(self, measured):
        self.all.append(measured)
        return measured

    @property
    def seconds(self):
        return min(m.seconds for m in self.all)

    @property
    def kib(self):
        return max(m.kib for m in self.all)

    def most(self, name):
        return max(getattr(m, name) for m in self.all)


class Intake:
    """All measurements of one size, and their lines in the table."""

    def __init__(self, program, folder, goods, catalogues):
        self.program, self.folder, self.goods = program, folder, goods
        self.first = catalogues.package(goods)
        self.second = catalogues.package(goods, 1)
        self.changed = round(goods / 100)
        self.lint, self.validate, self.take = Series(), Series(), Series()
        self.lint2, self.validate2 = Series(), Series()
        self.retake, self.again = Series(), Series()
        self.state_bytes = 0

    def measure(self, times):
        catalogue.warm(self.first)
        for _ in range(times):
            shutil.rmtree(self.folder, ignore_errors=True)
            exchange = Exchange(self.folder, self.program, NoPortal(),
                                catalogue.RULES)
            self._first(exchange)
            self._second(exchange)
        shutil.rmtree(self.folder)

    def _lint(self, package):
        return measure.run(["xmllint", "--stream", "--noout",
                            *catalogue.files_of(package)])

    def _cml24(self, exchange, *args):
        env = exchange.environment()
        del env["CML24_TEST_CLOCK"]
        return measure.run(exchange.command(args), env,
                           exchange.folder / "state", expect=(0, 1))

    def _take(self, exchange, package):
        """As from 1C: what lies in the inbox is taken by rename."""
        for source in catalogue.files_of(package):
            inbox = exchange.root / "inbox" / "webdata" / Path(source).name
            inbox.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, inbox)
        done = self._cml24(exchange, "run", "--no-push")
        shutil.rmtree(exchange.folder / "archive", ignore_errors=True)
        return done

    def _first(self, exchange):
        self.lint.add(self._lint(self.first))
        self.validate.add(self._cml24(exchange, "validate",
                                      str(self.first)))
        self.take.add(self._take(exchange, self.first))
        self.state_bytes = measure.database_sizes(
            exchange.folder / "state")[""]
        self.again.add(self._take(exchange, self.first))

    def _second(self, exchange):
        catalogue.warm(self.second)
        self.validate2.add(self._cml24(exchange, "validate",
                                       str(self.second)))
        self.retake.add(self._take(exchange, self.second))

    # ---- the table ----

    def rows(self, table):
        goods = f"{self.goods:,} goods"
        self._time_rows(table, goods)
        self._memory_rows(table, goods)
        self._disk_rows(table, goods)

    def _time_rows(self, table, goods):
        ratio = self.validate.seconds / self.lint.seconds
        table.add(f"validate, {goods}", "(shown)",
                  f"{seconds(self.validate.seconds)} / "
                  f"{seconds(self.lint.seconds)} xmllint", ratio, None)
        ratio = self.take.seconds / self.lint.seconds
        table.add(f"package to changes, first, {goods}", "<= 2 x xmllint",
                  f"{seconds(self.take.seconds)} / "
                  f"{seconds(self.lint.seconds)}", ratio, ratio <= 2)
        ratio = self.retake.seconds / self.validate2.seconds
        table.add(f"package to changes, 1 % changed, {goods}",
                  "<= 1.2 x validate",
                  f"{seconds(self.retake.seconds)} / "
                  f"{seconds(self.validate2.seconds)}", ratio, ratio <= 1.2)
        ratio = self.again.seconds / self.validate.seconds
        table.add(f"package to changes, the same again, {goods}", "(shown)",
                  f"{seconds(self.again.seconds)} / "
                  f"{seconds(self.validate.seconds)}", ratio, None)

    def _memory_rows(self, table, goods):
        most = max(series.kib for series in (
            self.validate, self.take, self.validate2, self.retake,
            self.again)) / 1024
        table.add(f"memory, {goods}", f"<= {MEMORY_MIB} MiB",
                  f"{most:.1f} MiB", most / MEMORY_MIB, most <= MEMORY_MIB)

    def _disk_rows(self, table, goods):
        peak = self.take.most("disk")
        ratio = peak / self.state_bytes
        table.add(f"disk for state, {goods}", "about 2 x the state",
                  f"{size(peak)} / {size(self.state_bytes)}", ratio,
                  ratio <= 2.2)
        wal = self.retake.most("wal")
        pages = wal / PAGE / max(1, self.changed)
        table.add(f"database writes, 1 % changed, {goods}",
                  f"<= {PAGES_PER_CHANGE} pages a change",
                  f"{size(wal)}, {pages:.1f} pages",
                  wal / max(1, self.take.most("wal")),
                  pages <= PAGES_PER_CHANGE)
        wal = self.again.most("wal")
        table.add(f"database writes, the same again, {goods}",
                  "the package's own rows", size(wal), None,
                  wal <= 64 * PAGE + self.goods * BITS // 8)
