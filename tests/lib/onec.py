"""A scripted 1C that exchanges orders by folder (onec-exchange.md).

Written apart from the converter, by family: `ut11` (УТ 11, КА 2, ERP 2),
`unf` (УНФ 3.0), `unf16` (УНФ 1.x), `ut103` (УТ 10.3), `bitrix` (Bitrix's own
1C module).  Reading is in onec_read.py and onec_load.py, writing in
onec_write.py; tests/flow/README.md says what a case can ask.
"""

import copy
import os
import time
import uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.etree import ElementTree

import onec_write
from onec_load import load

_SPACE = uuid.UUID("5d0c0b4e-6d0a-4f5e-9a55-1f0a8f3f7a11")
_NODE = "4b1f2a52-7b0e-4f6e-8f39-0b6a2d6f1c01"
_VAT = {"0", "10", "10/110", "18", "18/118", "20", "20/120", "Без НДС"}

# What differs between the families and cannot be set.
#   encoding  how the orders file is read       container  where documents are
#   exact     ХозОперация with its case         missing    no file: ok or not
#   keeps     registrations stay when a load failed
#   empties   its folder before: every run, or goods only
RULES = {
    "ut11": {"encoding": "utf-8", "container": False,
             "exact_operation": False, "missing": False, "keeps": False,
             "empties": "goods"},
    "unf": {"encoding": "declared", "container": False,
            "exact_operation": False, "missing": False, "keeps": True,
            "empties": "always"},
    "ut103": {"encoding": "platform", "container": False,
              "exact_operation": True, "missing": True, "keeps": False,
              "empties": "goods"},
    "bitrix": {"encoding": "declared", "container": True,
               "exact_operation": False, "missing": True, "keeps": False,
               "empties": "goods"},
}
RULES["unf16"] = RULES["unf"]

FOLDERS = {"ut11": "webdata", "unf": "webdata - {node}",
           "unf16": "webdata - {node}", "ut103": "1cbitrix",
           "bitrix": "webdata/000000001"}
_ANY = {"RUB": "RUB", "руб": "RUB", "643": "RUB", "USD": "USD", "EUR": "EUR"}

# What `onec` in case.json may say; tests/flow/README.md, "A scripted 1C".
SETTINGS = {
    "family": None, "node": _NODE, "folder": None,
    "encoding": None, "schema": None, "payments": False, "search": "inn",
    "cancel_reasons": True, "extended": True, "keep_posted": False,
    "sends_status": True, "writes_empty": None, "without_id": False,
    "apart": False, "linux": False, "prefix": "НФ", "site_prefix": "СА",
    "host": "shop.example", "currency": "RUB", "currency_text": None,
    "currencies": None, "statuses": {}, "vat_known": [], "items": {},
    "counterparties": {}, "line_ends": None, "number_as": "{}",
}
_SCHEMAS = {"ut11": "2.07", "unf": "2.08", "unf16": "2.05", "ut103": "2.04",
            "bitrix": "3.1"}


@dataclass
class Order:
    uuid: str
    number: str
    onec_number: str
    onec_date: str
    site_id: str = ""
    date: str = ""
    time: str = ""
    currency: str = "RUB"
    party: str = ""
    comment: str = ""
    lines: list = field(default_factory=list)
    requisites: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    vat_included: bool = True
    state: str = "open"         # open, agreed, closed
    status: str | None = None
    status_id: str | None = None
    status_said: str | None = None
    posted: bool = False
    deleted: bool = False
    cancelled: bool = False
    referred: bool = False      # some other document is based on it
    payments: list = field(default_factory=list)
    voided: list = field(default_factory=list)  # payments that were deleted
    shipments: list = field(default_factory=list)
    changed: bool = False
    status_only: bool = False   # nothing but its status changed
    findable: bool = True
    loads: int = 0
    version: int = 1
    said: list = field(default_factory=list)    # as each file had it: Said

    def alive(self):
        return [line for line in self.lines if not line["cancelled"]]

    def total(self):
        total = sum((line["sum"] for line in self.alive()), Decimal(0))
        return total if self.vat_included else total + self.tax()

    def tax(self):
        return sum((onec_write.line_tax(line, self.vat_included)
                    for line in self.alive()), Decimal(0))

    def paid(self):
        return sum((-p["sum"] if p["refund"] else p["sum"]
                    for p in self.payments), Decimal(0))

    def left_to_ship(self):
        left = {}
        for line in self.alive():
            if line["id"] != "ORDER_DELIVERY":
                left[line["id"]] = left.get(line["id"], 0) + line["quantity"]
        for shipment in self.shipments:
            for ident, quantity in shipment["lines"].items():
                left[ident] = left.get(ident, 0) - quantity
        return {k: v for k, v in left.items() if v > 0}

    def fully_paid(self):
        return bool(self.payments) and self.paid() >= self.total()

    def fully_shipped(self):
        return bool(self.shipments) and not self.left_to_ship()


@dataclass
class Said:
    """An order as a file of 1C has it; the file may be gone unread."""
    file: object
    order: Order


@dataclass
class Held:
    """What the base of 1C holds; a failed load sets it back."""
    orders: list = field(default_factory=list)
    parties: list = field(default_factory=list)
    items: dict = field(default_factory=dict)
    planted: list = field(default_factory=list)
    services: list = field(default_factory=list)


@dataclass
class Run:
    """One exchange: what it came to and what the user was told."""
    ok: bool = True
    loaded: bool = False        # it came as far as loading orders
    messages: list = field(default_factory=list)
    filled: list = field(default_factory=list)
    file: object = None

    def say(self, text):
        self.messages.append(text)


class OneC:
    """One base of 1C and its node.  `now` is the case's clock, in seconds;
    `order_file` the path that the node calls "Файл загрузки"."""

    def __init__(self, settings, inbox, order_file, now=time.time):
        unknown = set(settings) - set(SETTINGS)
        if unknown:
            raise ValueError(f"onec: unknown {sorted(unknown)}")
        self.settings = {**copy.deepcopy(SETTINGS), **settings}
        self.family = self.settings["family"]
        if self.family not in RULES:
            raise ValueError(f"onec: no family {self.family!r}")
        self.rules = dict(RULES[self.family])
        self.rules["encoding"] = \
            self.settings["encoding"] or self.rules["encoding"]
        self._defaults()
        self.inbox, self.order_file, self.now = inbox, order_file, now
        self.folder = inbox / (self.settings["folder"] or FOLDERS[
            self.family].format(node=self.settings["node"]))
        self.held = Held(items={k: dict(v) for k, v in
                                self.settings["items"].items()})
        for ident, party in self.settings["counterparties"].items():
            self.held.parties.append({
                "id": ident, "site_id": None, "official": None, "full": None,
                "inn": None, "kpp": None, "kind": "legal", "phones": [],
                "emails": [], "persons": [], "addresses": {}, **party})
        self.broken = self.has_failed = False
        self.last = None                # the last orders file's bytes
        self.last_run = Run()
        self._uuids = 0

    def _defaults(self):
        own, old = self.settings, self.family in ("ut103", "unf16")
        own["schema"] = own["schema"] or ("2.10" if self.family == "unf" and
                                          own["payments"] else
                                          _SCHEMAS[self.family])
        own["currency_text"] = own["currency_text"] or \
            ("руб" if old else own["currency"])
        own["currencies"] = own["currencies"] or (
            {"руб": "RUB", "USD": "USD", "EUR": "EUR"}
            if self.family == "ut103" else _ANY)
        own["writes_empty"] = own["writes_empty"] or (
            "loaded" if self.family == "ut11" else "never")
        self.vat_texts = _VAT | set(own["vat_known"])
        if self.family != "ut103":
            self.vat_texts |= {"20.00"}

    # ---- names and numbers ----

    def uuid(self, name):
        """The same for the same name in the same place of a case."""
        self._uuids += 1
        return str(uuid.uuid5(_SPACE, f"{self._uuids} {name}"))

    def stamp(self):
        """Now, in 1C's own time."""
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.now()))

    def own_number(self, number):
        if self.family.startswith("unf"):
            digits = "".join(c for c in number if c.isdigit())
            return (f"{self.settings['prefix']}{self.settings['site_prefix']}"
                    f"-{digits.zfill(6)}")[:11]
        taken = len(self.held.orders) + 1
        return f"{'0000' if self.family == 'ut103' else 'ТД00'}-{taken:06}"

    def new_order(self, number, own):
        order = Order(uuid=self.uuid("order " + number), number=number,
                      onec_number=own, onec_date=self.stamp(),
                      posted=self.family in ("ut11", "ut103"))
        self.held.orders.append(order)
        return order

    def order(self, number):
        """The one that an edit speaks of: the last of this number."""
        for order in reversed(self.held.orders):
            if order.number == str(number):
                return order
        raise ValueError(f"1C holds no order {number}")

    def of_deal(self, deal):
        """All that were made of this deal of the portal."""
        return [order for order in self.held.orders if order.requisites.get(
            "ID сделки Битрикс24") == str(deal)]

    def party(self, ident):
        return next((p for p in self.held.parties if p["id"] == ident), None)

    def set_state(self, order, status):
        order.status = status
        if self.family == "ut11":
            order.state = "closed" if status == "Закрыт" else \
                "open" if status == "Не согласован" else "agreed"

    def know(self, files):
        """Goods that 1C exports are goods that it has."""
        for name, data in files.items():
            try:
                root = ElementTree.fromstring(data)
            except ElementTree.ParseError:
                continue
            for element in root.iter():
                if element.tag.rpartition("}")[2] not in ("Товар",
                                                          "Предложение"):
                    continue
                row = {child.tag.rpartition("}")[2]:
                       (child.text or "").strip() for child in element}
                if row.get("Ид"):
                    self.held.items.setdefault(row["Ид"], {
                        "name": row.get("Наименование"),
                        "article": row.get("Артикул") or None})

    # ---- one exchange ----

    def run(self, goods=None, orders=True, full=False, probe=None, age=0,
            empty=None):
        """What "Выполнить обмен" does.  goods: {name: bytes} or None;
        orders: False for goods alone; probe: "stay" leaves the text "Test"
        in the place of a missing orders file."""
        run = self.last_run = Run()
        # УТ makes sure that the orders file can be read before all else.
        if orders and self.family == "ut11" and not self.order_file.exists():
            self.order_file.write_text("Test")
            self._touch(self.order_file, age)
            if probe != "stay":
                self.order_file.unlink()
        if goods is not None or self.rules["empties"] == "always":
            self._empty()
        if goods is not None:
            self.know(goods)
            for name, data in goods.items():
                self._write(self.folder / name, data, age)
        if orders:
            self._orders(run, full, age, empty)
        return run

    def _orders(self, run, full, age, empty):
        run.loaded = True
        registered = any(order.changed for order in self.held.orders)
        try:
            data = self.order_file.read_bytes()
        except FileNotFoundError:
            run.say("Файл загрузки не найден")
            run.ok = self.rules["missing"]
        else:
            load(self, run, data)
        self.broken = False
        filled = {id(order) for order in run.filled}
        out = [order for order in self.held.orders
               if (order.changed or full) and id(order) not in filled]
        how = empty or self.settings["writes_empty"]
        if out or how == "always" or \
                (how == "loaded" and (run.filled or registered)):
            self._write_orders(run, out, age)
        if run.ok or not self.rules["keeps"]:
            for order in out:
                order.changed = order.status_only = False

    def _write_orders(self, run, orders, age):
        self.last = onec_write.orders_file(self, orders)
        run.file = self.orders_path()
        self._write(run.file, self.last, age)
        for order in orders:
            order.said.append(Said(run.file, copy.deepcopy(
                replace(order, said=[]))))

    def orders_path(self):
        """A new name for an orders file, as the family makes it."""
        mark = self.uuid("file")
        if self.family == "ut103":
            return self.inbox / f"1cbitrix-{mark}.xml"
        if self.family == "bitrix":
            return self.folder / f"documents/1/documents___{mark}.xml"
        if self.family == "ut11" and self.settings["linux"]:
            return self.inbox / f"webdata\\orders-{mark}_1.xml"
        tail = {"ut11": "_1", "unf": "_", "unf16": ""}[self.family]
        return self.folder / f"orders-{mark}{tail}.xml"

    def repeat(self, times=1, age=0):
        """The last orders file again and again, each under its own name."""
        if self.last is None:
            raise ValueError("1C has written no orders file yet")
        for _ in range(times):
            self._write(self.orders_path(), self.last, age)

    def _empty(self):
        if not self.folder.is_dir():
            return
        for order in self.held.orders:
            order.said = [said for said in order.said
                          if self.folder not in said.file.parents or
                          not said.file.exists()]
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()

    def _write(self, path, data, age):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self._touch(path, age)

    def _touch(self, path, age):
        then = self.now() - age
        os.utime(path, (then, then))
