"""What several nodes of 1C stated, and what a portal must hold of it: a small
model of docs/CATALOGUE.md, "Several nodes of 1C", and of sessions (DESIGN 3),
written apart from the program."""

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
QUIET, GIVE_UP = 600, 3600


class Row:
    """What one node states of one record."""

    def __init__(self, value, changed):
        self.value, self.changed, self.absent = value, changed, False


class Records:
    """What all nodes state of one kind."""

    def __init__(self):
        self.rows = {}          # {good: {node: Row}}
        self.said = {}          # {(good, node): time of the newest package}

    def is_older(self, node, good, formed):
        return self.said.get((good, node), -1) > formed

    def state(self, node, good, value, formed):
        """True: it is news, but older than what the node said."""
        if self.is_older(node, good, formed):
            row = self.own(node, good)
            return row is None or row.absent or row.value != value
        self.said[good, node] = formed
        rows = self.rows.setdefault(good, {})
        row = rows.get(node)
        if row is None:
            rows[node] = Row(value, formed)
        elif row.absent or row.value != value:
            row.value, row.absent = value, False
            row.changed = max(row.changed, formed)
        return False

    def own(self, node, good):
        return self.rows.get(good, {}).get(node)

    def leave(self, node, good, formed):
        row = self.own(node, good)
        if row is not None and not row.absent:
            row.absent, row.changed = True, max(row.changed, formed)
            self.said[good, node] = row.changed

    def live(self, good):
        """Oldest change first."""
        return sorted((row for row in self.rows.get(good, {}).values()
                       if not row.absent), key=lambda row: row.changed)


class Piece:
    """One file of an export."""

    def __init__(self, kind, portion, package, formed):
        self.kind, self.portion = kind, portion
        self.package = {**package, "portion": portion, "files": [kind]}
        self.formed = formed
        self.changes = package.get("only_changes", False)
        self.full = package["full"] and not self.changes
        self.bad = False
        dialect = package["dialect"]
        number = f"0_{portion}" if dialect == "ut11" else \
            str(portion - 1) if portion > 1 else ""
        self.name = f"{kind}{number}.xml"


class Session:
    """What one export of a node brought."""

    def __init__(self, began):
        self.began, self.last = began, began[0]
        self.pieces, self.refused = [], False
        self.named, self.formed = set(), 0

    def add(self, pieces):
        for piece in pieces:
            self.pieces.append(piece)
            self.formed = max(self.formed, piece.formed)
            if piece.kind == "import":
                self.named |= set(piece.package["goods"])

    def names(self):
        return {piece.name for piece in self.pieces}

    def is_full(self):
        first = [p for p in self.pieces if p.kind == "import"]
        return bool(first) and min(
            first, key=lambda piece: piece.portion).full

    def has_gap(self):
        for kind in ("import", "offers"):
            numbers = {p.portion for p in self.pieces if p.kind == kind}
            if numbers and numbers != set(range(1, max(numbers) + 1)):
                return True
        return False

    def has_offers(self):
        return any(p.kind == "offers" and p.full and p.portion == 1
                   for p in self.pieces)


class Node:
    """A node as the program knows it; nothing here of what 1C holds."""

    def __init__(self, name):
        self.name = name
        self.session, self.last_export = None, None
        self.formed = None      # of its newest package
        self.need = None        # since when a full exchange is
        self.sends_offers = False


class Model:
    """What the program is to make of what it takes."""

    def __init__(self, documents):
        self.documents = documents
        self.nodes = {}
        self.products, self.prices, self.rests = (
            Records(), Records(), Records())
        self.stores = {}        # {good: {warehouse: amount}}, together
        self.tick = 0
        self.staged = set()     # goods of the package that is being taken

    def node(self, name):
        return self.nodes.setdefault(name, Node(name))

    def now(self, clock):
        """Later than what was before, in the same second too."""
        self.tick += 1
        return clock, self.tick

    # ---- packages ----

    def take(self, name, pieces, clock):
        """Files that are taken together.  False: refused."""
        node = self.node(name)
        bad = any(piece.bad for piece in pieces)
        formed = max(piece.formed for piece in pieces)
        self.staged = set() if bad else {
            ident for piece in pieces if piece.kind == "import"
            for ident in piece.package["goods"]}
        session = self.session_of(node, pieces, clock)
        self.staged, back = set(), False
        if not bad:
            order = {"import": 0, "offers": 1}
            older = [self.read(node, piece) for piece in sorted(
                pieces, key=lambda piece: (order[piece.kind],
                                           piece.portion))]
            back = any(older) and formed < (node.formed or 0)
            node.formed = max(formed, node.formed or 0)
        session.refused = session.refused or bad or back
        session.add(pieces)
        if bad or back:
            node.need = self.now(clock)
        elif any(p.kind == "offers" and p.full and p.portion == 1
                 for p in pieces):
            node.sends_offers = True
        return not bad

    def session_of(self, node, pieces, clock):
        """The one that they are of."""
        late = self.late_of(node, pieces)
        if late is not None:
            if node.session:
                self.close(node)
            node.session, late.last = late, clock
            return late
        session = node.session
        if session is not None:
            known = {p.name for p in pieces} & session.names()
            repeats = any(p.kind == "import" and p.name in known
                          for p in pieces)
            brings = any(p.kind == "import" or p.name not in known
                         for p in pieces)
            if repeats or (not brings and clock - session.last >= QUIET):
                self.close(node)
            elif brings:
                session.last = clock
        if node.session is None:
            node.session = node.last_export = Session(self.now(clock))
        return node.session

    @staticmethod
    def late_of(node, pieces):
        """A closed session that lacked these."""
        session = node.last_export
        if node.need is None or session is None or session.refused or \
                node.session is session or node.need != session.began:
            return None
        known = session.names()
        if any(p.kind == "import" and p.name in known for p in pieces) or \
                all(p.name in known for p in pieces):
            return None
        return session

    def read(self, node, piece):
        """True: something of it is older."""
        older = False
        goods = piece.package["goods"]
        if piece.kind == "import":
            for ident, row in goods.items():
                value = {k: row.get(k) for k in ("name", "article", "about")}
                value["deleted"] = "deleted" in row
                older |= self.products.state(node.name, ident, value,
                                             piece.formed)
            return older
        types = {name for row in goods.values() for name in row["prices"]}
        if not piece.changes:
            spoken = types | set(piece.package["price_types"])
        for ident, row in goods.items():
            if types and (row["prices"] or not piece.changes):
                older |= self.state_prices(
                    node, ident, row["prices"],
                    types if piece.changes else spoken, piece.formed)
            older |= self.state_rests(node, ident, row["stock"],
                                      piece.formed)
        return older

    def state_prices(self, node, ident, prices, spoken, formed):
        own = self.prices.own(node.name, ident)
        kept = {k: v for k, v in own.value.items() if k not in spoken} \
            if own is not None else {}
        return self.prices.state(node.name, ident, {**kept, **prices},
                                 formed)

    def state_rests(self, node, ident, stock, formed):
        """A listed warehouse that is left out is empty, where documents are
        made: what once lay in a store is to be brought to nothing."""
        stock = dict(stock)
        own = self.rests.own(node.name, ident)
        if self.documents and own is not None:
            for store in own.value:
                stock.setdefault(store, "0")
        older = self.rests.state(node.name, ident, stock, formed)
        self.join_stock(ident)
        return older

    def join_stock(self, ident):
        """Where nobody states any it stays."""
        rows = self.rests.live(ident)
        if rows:
            self.stores[ident] = {store: amount for row in rows
                                  for store, amount in row.value.items()}

    # ---- the end of an export ----

    def close_quiet(self, clock, growing):
        for node in self.nodes.values():
            if node.session and node.name not in growing and \
                    clock - node.session.last >= QUIET:
                self.close(node)

    def close(self, node):
        session, node.session = node.session, None
        if session.has_gap():
            self.lack(node, session)
            return
        if session.refused:
            return
        if not session.is_full():
            if node.need == session.began:
                node.need = None
            return
        if session.has_offers():
            self.leave_out(node, session)
        elif node.sends_offers:
            self.lack(node, session)
            return
        if node.need is not None and node.need <= session.began:
            node.need = None

    @staticmethod
    def lack(node, session):
        if node.need is not None and (node.need > session.began or (
                node.need < session.began and not session.is_full())):
            return
        node.need = session.began

    def leave_out(self, node, session):
        for ident in self.products.rows:
            row = self.products.own(node.name, ident)
            if ident in session.named | self.staged or row is None or row.absent or \
                    row.value["deleted"] or self.products.is_older(
                        node.name, ident, session.formed):
                continue
            self.products.leave(node.name, ident, session.formed)
            self.rests.leave(node.name, ident, session.formed)
            self.join_stock(ident)

    # ---- what all of them say together ----

    def package(self):
        """As one package."""
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
               "quantity": total(stock.values())}
        out.update({k: said[k] for k in ("article", "about") if k in said})
        return out


def text(value):
    value = float(value)
    return str(int(value)) if value == int(value) else repr(value)


def total(values):
    return text(sum(float(value) for value in values))
