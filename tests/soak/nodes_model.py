"""What several nodes of 1C stated, and what a portal must hold of it: a small
model of docs/CATALOGUE.md, "Several nodes of 1C", written apart from the
program."""

import copy

FIRST = {"do": "world", "nodes": ["ut", "unf"], "stock": "quantity"}

# What each node exports; a type or a warehouse may be of two of them.
NODES = {
    "ut": {"to": "webdata", "dialect": "ut11", "catalog": "katalog-1",
           "types": ["Розничная"], "stores": ["w1", "w0"]},
    "unf": {"to": "webdata - 4d1c8a52-2b7e-4c1f-9a55-0c1f7c2d9e01",
            "dialect": "unf", "catalog": "katalog-2",
            "types": ["Оптовая", "Розничная"], "stores": ["w2"]},
    "old": {"to": "1cbitrix", "dialect": "ut103", "catalog": "katalog-3",
            "types": ["Мелкая"], "stores": ["w3", "w0"]},
    "twin": {"to": "webdata - 9b2f6c11-5e0d-4b7a-8c33-7a1e2f4d6b02",
             "dialect": "ut11", "catalog": "katalog-1",
             "types": ["Мелкая"], "stores": ["w4"]},
}
TYPES = {"Розничная": ("t1", "BASE"), "Оптовая": ("t2", "OPT"),
         "Мелкая": ("t3", "SMALL")}
STORES = {"w0": "Общий", "w1": "Магазин", "w2": "Склад", "w3": "Подвал",
          "w4": "Ларёк"}
QUIET = 600


class Row:
    """What one node states of one record."""

    def __init__(self, value, changed):
        self.value, self.changed, self.absent = value, changed, False


class Records:
    """What all nodes state of one kind, and what that is together."""

    def __init__(self):
        self.rows = {}          # {good: {node: Row}}
        self.said = {}          # {(good, node): time of the newest package}

    def state(self, node, good, value, formed):
        """False: it is older than what the node said."""
        if self.said.get((good, node), 0) > formed:
            return False
        self.said[good, node] = formed
        rows = self.rows.setdefault(good, {})
        row = rows.get(node)
        if row is None:
            rows[node] = Row(value, formed)
        elif row.absent or row.value != value:
            row.value, row.absent = value, False
            row.changed = max(row.changed, formed)
        return True

    def leave(self, node, good, formed):
        row = self.rows.get(good, {}).get(node)
        if row is not None and not row.absent:
            row.absent, row.changed = True, max(row.changed, formed)

    def live(self, good):
        """Oldest change first."""
        return sorted((row for row in self.rows.get(good, {}).values()
                       if not row.absent), key=lambda row: row.changed)


class Session:
    def __init__(self, began):
        self.began = self.last = began
        self.full, self.named, self.formed = False, set(), 0


class Node:
    def __init__(self, name):
        self.name, self.about = name, NODES[name]
        self.goods, self.changed = {}, set()    # in 1C
        self.waiting = None     # in the inbox, not taken
        self.session = None


class Story:
    """1C, people and accidents, as steps of a case."""

    def __init__(self, names, stock):
        self.nodes = {name: Node(name) for name in names}
        self.stock_mode = stock
        self.products, self.prices, self.rests = (
            Records(), Records(), Records())
        self.stores = {}        # {good: {warehouse: amount}}, together
        self.steps, self.clock, self.minute = [], 0, 0
        self.files = 0
        self.once_live = set()

    # ---- in 1C ----

    def good(self, node, ident):
        node = self.nodes[node]
        node.changed.add(ident)
        return node.goods.setdefault(ident, {
            "name": f"Товар {ident}", "prices": {}, "stock": {}})

    def set(self, node, good, field, value):
        row = self.good(node, good)
        row.pop("deleted", None)
        if value is None:
            row.pop(field, None)
        else:
            row[field] = value

    def price(self, node, good, which, value):
        types = NODES[node]["types"]
        self._put(self.good(node, good)["prices"], types, which, value)

    def stock(self, node, good, which, value):
        stores = NODES[node]["stores"]
        self._put(self.good(node, good)["stock"], stores, which, value)

    @staticmethod
    def _put(held, keys, which, value):
        key = keys[which % len(keys)]
        if value is None:
            held.pop(key, None)
        else:
            held[key] = value

    def drop(self, node, good):
        """It is taken out of the exchange: nobody says so."""
        self.nodes[node].goods.pop(good, None)
        self.nodes[node].changed.discard(good)

    def delete(self, node, good, how):
        if good in self.nodes[node].goods:
            self.good(node, good)["deleted"] = how

    # ---- an export ----

    def export(self, node, full):
        node = self.nodes[node]
        if full:
            goods = {k: v for k, v in node.goods.items()
                     if "deleted" not in v}
        else:
            goods = {k: node.goods[k] for k in sorted(node.changed)}
        if not goods:
            return
        if node.waiting:        # 1C would write over it
            self.run()
        node.changed.clear()
        self.minute += 1
        package = self.package(node, copy.deepcopy(goods), full)
        node.waiting = (package, self.minute)
        self.files += 2
        self.steps.append({"export": package, "to": node.about["to"]})

    def package(self, node, goods, full):
        about = node.about
        return {
            "dialect": about["dialect"], "catalog": about["catalog"],
            "full": full, "formed": f"2026-11-24T{9 + self.minute // 60:02}:"
                                    f"{self.minute % 60:02}:00",
            "price_types": {name: {"id": TYPES[name][0], "currency": "руб"}
                            for name in about["types"]},
            "warehouses": {store: STORES[store]
                           for store in about["stores"]},
            "goods": {ident: self.described(row)
                      for ident, row in goods.items()}}

    @staticmethod
    def described(row):
        out = {"unit": "796", "vat": "20", **row}
        out["quantity"] = _sum(row["stock"].values())
        return out

    # ---- what the program is to make of it ----

    def take_all(self):
        """A run that nothing cuts off takes what lies there."""
        for node in self.nodes.values():
            if node.waiting:
                package, formed = node.waiting
                node.waiting = None
                self.take(node, package, formed)
        for node in self.nodes.values():
            if node.session and \
                    self.clock - node.session.last >= QUIET:
                self.close(node)

    def take(self, node, package, formed):
        if node.session:
            self.close(node)
        node.session = session = Session(self.clock)
        session.full, session.formed = package["full"], formed
        session.named |= set(package["goods"])
        any_price = any(row["prices"] for row in package["goods"].values())
        for ident, row in package["goods"].items():
            value = {k: row.get(k) for k in (
                "name", "article", "about")}
            value["deleted"] = "deleted" in row
            self.products.state(node.name, ident, value, formed)
            if any_price:
                self.prices.state(node.name, ident, dict(row["prices"]),
                                  formed)
            self.state_rests(node, ident, row, formed)

    def state_rests(self, node, ident, row, formed):
        """A listed warehouse that is left out is empty, where documents are
        made: there what was once in a store is to be brought to nothing."""
        stock = dict(row["stock"])
        old = self.rests.rows.get(ident, {}).get(node.name)
        if self.stock_mode == "documents" and old is not None:
            for store in old.value:
                stock.setdefault(store, "0")
        self.rests.state(node.name, ident, stock, formed)
        self.join_stock(ident)

    def join_stock(self, ident):
        """Where nobody states any it stays."""
        rows = self.rests.live(ident)
        if rows:
            self.stores[ident] = {store: amount for row in rows
                                  for store, amount in row.value.items()}

    def close(self, node):
        session, node.session = node.session, None
        if not session.full:
            return
        for ident, rows in self.products.rows.items():
            row = rows.get(node.name)
            if ident in session.named or row is None or row.absent or \
                    row.value["deleted"]:
                continue
            if self.products.said[ident, node.name] > session.formed:
                continue
            self.products.leave(node.name, ident, session.formed)
            self.rests.leave(node.name, ident, session.formed)
            self.join_stock(ident)

    # ---- runs ----

    def run(self):
        self.settle_clock()
        self.steps.append({"cml24": ["run"], "exit": None})
        self.take_all()
        self.advance(61)

    def quiet(self):
        self.advance(1200)

    def advance(self, seconds):
        self.clock += seconds
        self.steps.append({"advance": seconds})

    def settle_clock(self):
        """Whether a session is over shall not hang on a slow machine."""
        ages = [self.clock - node.session.last
                for node in self.nodes.values() if node.session]
        if any(QUIET - 200 < age < QUIET + 60 for age in ages):
            self.advance(300)

    def cut(self, step):
        self.settle_clock()
        self.steps.append({"cml24": ["run", "--die-at", str(step)],
                           "exit": None})
        self.run()

    def lose(self, request, how):
        self.settle_clock()
        self.steps += [
            {"control": "faults", "with": [
                {"when": {}, "skip": request, "count": 1, "do": how}]},
            {"cml24": ["run"], "exit": None},
            {"control": "faults", "with": []}]
        self.take_all()

    # ---- what must be there ----

    def check(self):
        self.run()
        self.quiet()
        self.steps.append({"cml24": ["run"], "exit": None})
        self.take_all()
        self.steps += [{"until_done": ["run"]}, {"idle": 0}]
        self.clock += 61
        joint = self.joint()
        if joint["goods"]:
            self.steps += [{"oracle": [joint]}, {"portal": {
                "products": self.shown()}, "others": True}]
        self.steps.append({"folders": {
            "inbox": 0, "work": 0, "archive": self.files}})

    def joint(self):
        """One package that says what all of them say together."""
        return {"formed": "2026-12-01T00:00:00", "full": False,
                "price_types": {name: {"id": ident, "currency": "руб"}
                                for name, (ident, _) in TYPES.items()},
                "warehouses": STORES,
                "goods": {ident: self.joined(ident)
                          for ident in self.products.rows}}

    def joined(self, ident):
        rows = self.products.live(ident)
        if not rows or rows[-1].value["deleted"]:
            return {"name": f"Товар {ident}", "deleted": "attribute"}
        said = {k: v for row in rows for k, v in row.value.items()
                if v is not None}
        prices = {}
        for row in self.prices.live(ident):
            prices.update(row.value)
        stock = self.stores.get(ident, {})
        out = {"name": said["name"], "unit": "796", "vat": "20",
               "prices": prices, "stock": stock,
               "quantity": _sum(stock.values())}
        out.update({k: said[k] for k in ("article", "about") if k in said})
        return out

    def shown(self):
        out = {}
        for ident in self.products.rows:
            row = self.joined(ident)
            if "deleted" not in row:
                self.once_live.add(ident)
                out[ident] = {"active": "Y", "prices": {
                    TYPES[name][1]: f"{_number(value)} RUB"
                    for name, value in row["prices"].items()}}
            elif ident in self.once_live:
                out[ident] = {"active": "N"}
        return out

    def case(self):
        documents = self.stock_mode == "documents"
        return {
            "portal": {"inventory": documents},
            "load": {"price_types": [{"name": "OPT", "xmlId": "OPT"},
                                     {"name": "SMALL", "xmlId": "SMALL"}]},
            "exchange": {"catalog": {
                "absent": "deactivate", "max_deleted_percent": 100,
                "price_types": {name: target for name, (_, target)
                                in TYPES.items()},
                "stock": self.stock_mode, "warehouses": {"*": "create"}}},
            "steps": self.steps}


World = Story


def _number(value):
    value = float(value)
    return str(int(value)) if value == int(value) else repr(value)


def _sum(values):
    return _number(sum(float(value) for value in values))
