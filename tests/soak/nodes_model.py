"""What several nodes of 1C stated, and what a portal must hold of it: a small
model of docs/CATALOGUE.md, "Several nodes of 1C", and of sessions (DESIGN 3),
written apart from the program."""

from packages import files_of

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
    "bx": {"to": "webdata/000000001", "dialect": "bitrix31",
           "catalog": "katalog-4", "types": ["Оптовая"],
           "stores": ["w5", "w0"]},
}
TYPES = {"Розничная": ("t1", "BASE"), "Оптовая": ("t2", "OPT"),
         "Мелкая": ("t3", "SMALL")}
STORES = {"w0": "Общий", "w1": "Магазин", "w2": "Склад", "w3": "Подвал",
          "w4": "Ларёк", "w5": "Витрина"}
QUIET, GIVE_UP, GONE = 600, 3600, 7 * 86400
LEFT_OUT = "-0"         # is no stock either, but was not said
NEVER = (float("-inf"), 0)
NOBODY = None           # states what is no node's any more


class Row:
    """What one node states of one record."""

    def __init__(self, value, changed):
        self.value, self.changed, self.absent = value, changed, False
        self.catalog = None     # of what is nobody's


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
        nobodys = rows.pop(NOBODY, None) if row is None else None
        if nobodys is not None:
            row = rows[node] = nobodys
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

    def follow(self, node, heir):
        for rows in self.rows.values():
            if node in rows:
                rows[heir] = rows.pop(node)
        for good, name in list(self.said):
            if name == node:
                self.said[good, heir] = self.said.pop((good, node))

    def forget(self, node, catalog):
        """How many; what it alone stated is nobody's."""
        count = 0
        for rows in self.rows.values():
            row = rows.pop(node, None)
            count += row is not None
            if row is not None and not rows:
                row.catalog = catalog
                rows[NOBODY] = row
        return count

    def live(self, good):
        """Oldest change first."""
        return sorted((row for row in self.rows.get(good, {}).values()
                       if not row.absent), key=lambda row: row.changed)


class Piece:
    """One file of an export, or those of one kind (bitrix31)."""

    def __init__(self, kind, portion, package, formed):
        self.kind, self.portion = kind, portion
        self.package = {**package, "portion": portion, "files": [kind]}
        self.formed = formed
        self.changes = package.get("only_changes", False)
        self.full = package["full"] and not self.changes and \
            package["dialect"] != "bitrix31"
        self.bad = False
        self.split = package["dialect"] == "bitrix31"
        self.files = list(files_of(self.package))
        self.name = self.files[-1]


class Session:
    """What one export of a node brought."""

    def __init__(self, began):
        self.began, self.last = began, began[0]
        self.pieces, self.refused = [], False
        self.named, self.offered, self.formed = set(), set(), 0

    def add(self, pieces):
        for piece in pieces:
            self.pieces.append(piece)
            self.formed = max(self.formed, piece.formed)
            (self.named if piece.kind == "import" else
             self.offered).update(piece.package["goods"])

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
        self.session, self.sessions = None, []
        self.formed = None      # of its newest package
        self.need = None        # since when a full exchange is
        self.lost = None        # the piece whose giving up brought the need
        self.sends_offers = False
        self.catalog, self.oldest, self.newest = None, None, None
        self.gone = None        # True: it had stated something


    def last_export(self):
        """The last session with goods."""
        return next((session for session in reversed(self.sessions)
                     if any(p.kind == "import" for p in session.pieces)),
                    None)


class Model:
    """What the program is to make of what it takes."""

    def __init__(self, documents):
        self.documents = documents
        self.nodes = {}
        self.products, self.prices, self.rests = (
            Records(), Records(), Records())
        self.stores = {}        # {good: {warehouse: amount}}, together
        self.tick = 0
        self.types, self.warehouses = set(), set()      # that lists named
        self.away = set()       # nodes without a folder
        self.only = None        # those that inbox.nodes names; None: all
        self.staged = set()     # goods of the package that is being taken
        self.given_up = {}      # {(node, file): piece} that lie there

    def node(self, name):
        return self.nodes.setdefault(name, Node(name))

    def now(self, clock):
        """Later than what was before, in the same second too."""
        self.tick += 1
        return clock, self.tick

    # ---- files that are not completed ----

    def give_up(self, name, piece, clock):
        node = self.node(name)
        self.given_up[name, piece.name] = piece
        if node.need is None:
            node.lost = piece
        node.need = self.now(clock)

    def complete(self, name, piece):
        """It was given up."""
        node = self.node(name)
        known = self.given_up.pop((name, piece.name), None)
        if known is None or node.need is None or node.lost is None or \
                node.lost.name != piece.name:
            return
        if node.lost is not piece:
            node.lost = None
            return
        if self.lacks(name):
            return
        node.lost, session = None, node.last_export()
        node.need = session.began if session is not None and \
            session.is_full() else None

    def lacks(self, name):
        return any(folder == name for folder, _ in self.given_up)

    # ---- packages ----

    def take(self, name, pieces, clock):
        """Files that are taken together.  False: refused."""
        node = self.node(name)
        self.begin(node, pieces[0].package["catalog"])
        node.newest = max(node.newest or NEVER, self.now(clock))
        now, bad = self.now(clock), any(piece.bad for piece in pieces)
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
            node.oldest = min(node.oldest or now, now)
            if node.gone is not None:
                self.come_back(node, pieces, clock)
        if any(piece.kind == "import" for piece in pieces):
            node.catalog = pieces[0].package["catalog"]
        session.refused = session.refused or bad or back
        session.add(pieces)
        if bad or back:
            node.need, node.lost = self.now(clock), None
        elif any(p.kind == "offers" and p.full and p.portion == 1
                 for p in pieces):
            node.sends_offers = True
        return not bad

    def begin(self, node, catalog):
        """A new one takes the place of one whose folder is gone: of several
        that of the one which exported its catalogue."""
        if node.oldest is not None or node.formed is not None:
            return
        gone = [other for other in self.nodes.values()
                if other is not node and other.gone is None and
                (other.name in self.away or self.leaves_out(other.name))]
        same = [other for other in gone if other.catalog == catalog]
        if same:
            self.follow(max(same, key=lambda other: other.newest or
                            NEVER), node)
        elif len(gone) == 1:
            self.follow(gone[0], node)

    def leaves_out(self, name):
        """inbox.nodes does."""
        return self.only is not None and name not in self.only

    def follow(self, other, node):
        other.gone = self.states(other)
        for records in (self.products, self.prices, self.rests):
            records.follow(other.name, node.name)
        node.formed, node.catalog = other.formed, other.catalog
        node.sends_offers = other.sends_offers
        if other.need is not None:
            node.need, other.need = other.need, None

    def states(self, node):
        return any(node.name in rows
                   for records in (self.products, self.prices, self.rests)
                   for rows in records.rows.values())

    def come_back(self, node, pieces, clock):
        if node.gone and not any(piece.kind == "import" and piece.full
                                 for piece in pieces):
            node.need, node.lost = self.now(clock), None
        node.gone = None

    def forget_gone(self, node, clock):
        """Another one's export is over."""
        for other in self.nodes.values():
            if other is node or other.gone is not None:
                continue
            follows = other.catalog == node.catalog is not None and \
                node.oldest and (other.newest or NEVER) < node.oldest
            if self.leaves_out(other.name) or (other.name in self.away and (
                    follows or other.newest is None or
                    clock - other.newest[0] >= GONE)):
                self.forget(other)

    def forget(self, node):
        goods = [ident for ident, rows in self.rests.rows.items()
                 if node.name in rows]
        node.gone = self.states(node)
        for ident, rows in self.prices.rows.items():
            self.hand_on_prices(rows, node.name)
        self.products.forget(node.name, node.catalog)
        self.prices.forget(node.name, node.catalog)
        for ident in goods:
            self.rests.leave(node.name, ident, 0)
            self.join_stock(ident)
        node.gone, node.need = node.gone or node.need is not None, None

    @staticmethod
    def hand_on_prices(rows, name):
        """Those of types that it alone stated go to the newest other."""
        others = [row for key, row in rows.items() if key != name]
        if name not in rows or not others:
            return
        heir = max(others, key=lambda row: row.changed)
        for kind, price in rows[name].value.items():
            if not any(kind in row.value for row in others):
                heir.value = {**heir.value, kind: price}

    def take_by_hand(self, pieces, clock):
        """What a person imports: of the node that exports its catalogue."""
        node = self.speaker(pieces[0].package["catalog"])
        session = Session(self.now(clock))
        for piece in pieces:
            self.read(node, piece)
        session.add(pieces)
        if session.has_gap():
            return
        if self.names_all(node, session):
            node.need = None
        if not session.is_full():
            return
        if session.has_offers():
            self.leave_out(node, session)
        if (session.has_offers() or not node.sends_offers) and \
                node.need is not None:
            node.need = None

    def speaker(self, catalog):
        nodes = [node for node in self.nodes.values()
                 if node.catalog == catalog and node.gone is None]
        return nodes[0] if len(nodes) == 1 else None

    def session_of(self, node, pieces, clock):
        """The one that they are of."""
        late = self.late_of(node, pieces)
        if late is not None:
            if node.session:
                self.close(node, clock)
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
                self.close(node, clock)
            elif brings:
                session.last = clock
        if node.session is None:
            node.session = Session(self.now(clock))
            if node.need is not None and node.need > node.session.began:
                node.need = (clock - 0.001, 0)          # it was ahead
            node.sessions.append(node.session)
        return node.session

    @staticmethod
    def late_of(node, pieces):
        """A closed session that lacked these."""
        session = node.last_export()
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
            if piece.split:
                self.types |= set(piece.package["price_types"])
                self.warehouses |= set(piece.package["warehouses"])
            for ident, row in goods.items():
                value = {k: row.get(k) for k in ("name", "article", "about")}
                value["deleted"] = "deleted" in row
                older |= self.products.state(node.name, ident, value,
                                             piece.formed)
            return older
        types = {name for row in goods.values() for name in row["prices"]}
        if not piece.changes and not piece.split:
            self.types |= set(piece.package["price_types"])
            self.warehouses |= set(piece.package["warehouses"])
        spoken = types if piece.changes else \
            types | set(piece.package["price_types"])
        for ident, row in goods.items():
            if types and (row["prices"] or not (
                    piece.changes or piece.split)):
                older |= self.state_prices(
                    node, ident, row["prices"], spoken, piece.formed)
            older |= self.state_rests(node, ident, row["stock"],
                                      piece)
        return older

    def state_prices(self, node, ident, prices, spoken, formed):
        own = self.prices.own(node.name, ident) or \
            self.prices.own(NOBODY, ident)
        kept = {k: v for k, v in own.value.items() if k not in spoken} \
            if own is not None else {}
        return self.prices.state(node.name, ident, {**kept, **prices},
                                 formed)

    def state_rests(self, node, ident, stock, piece):
        """A listed warehouse that is left out is empty, where documents are
        made: what once lay in a store is to be brought to nothing."""
        stock = dict(stock)
        own = self.rests.own(node.name, ident)
        if self.documents and own is not None:
            for store in set(own.value) & set(piece.package["warehouses"]):
                stock.setdefault(store, LEFT_OUT)
        older = self.rests.state(node.name, ident, stock, piece.formed)
        self.join_stock(ident)
        return older

    def join_stock(self, ident):
        """Where nobody states any it stays."""
        rows = self.rests.live(ident)
        if rows:
            self.stores[ident] = {store: amount for row in rows
                                  for store, amount in row.value.items()}
            for store, amount in self.stores[ident].items():
                self.stores[ident][store] = text(amount)

    # ---- the end of an export ----

    def close_quiet(self, clock, growing):
        for node in self.nodes.values():
            if node.session and node.session.last > clock:
                node.session.last = clock       # it was ahead
            if node.session and node.name not in growing and \
                    clock - node.session.last >= QUIET:
                self.close(node, clock)

    def close(self, node, clock):
        session, node.session = node.session, None
        if session.has_gap():
            self.lack(node, session)
            return
        if session.refused or self.lacks(node.name):
            return
        if not session.is_full():
            self.forget_gone(node, clock)
            if node.need == session.began or (
                    self.names_all(node, session) and
                    node.need <= session.began):
                node.need = None
            return
        if session.has_offers():
            self.forget_gone(node, clock)
            self.leave_out(node, session)
        elif node.sends_offers:
            self.lack(node, session)
            return
        if node.need is not None and node.need <= session.began:
            node.need = None

    def names_all(self, node, session):
        """Bitrix's module never says that it exports all."""
        live = {ident for ident, rows in self.products.rows.items()
                if node.name in rows and not rows[node.name].absent and
                not rows[node.name].value["deleted"]}
        left = {ident for ident in live - session.named - self.staged
                if not self.products.is_older(node.name, ident,
                                              session.formed)}
        return node.need is not None and bool(live) and not left and any(
                piece.split for piece in session.pieces) and any(
                piece.kind == "offers" for piece in session.pieces)

    @staticmethod
    def lack(node, session):
        if node.need is not None and (node.need > session.began or (
                node.need < session.began and not session.is_full())):
            return
        node.need, node.lost = session.began, None

    def leave_out(self, node, session):
        for ident in self.products.rows:
            row = self.products.own(node.name, ident)
            nobodys = self.products.own(NOBODY, ident)
            if nobodys is not None and nobodys.catalog == node.catalog and \
                    ident not in session.named | self.staged:
                nobodys.absent = True
            if ident in session.named | self.staged or row is None or row.absent or \
                    row.value["deleted"] or self.products.is_older(
                        node.name, ident, session.formed):
                continue
            self.products.leave(node.name, ident, session.formed)
            if ident in session.offered:    # late offers of the export before
                continue
            self.rests.leave(node.name, ident, session.formed)
            self.join_stock(ident)

    # ---- what all of them say together ----

    def package(self):
        """As one package."""
        return {"formed": "2026-12-01T00:00:00", "full": False,
                "price_types": {name: {"id": ident, "currency": "руб"}
                                for name, (ident, _) in TYPES.items()},
                "warehouses": {ident: name for ident, name in STORES.items()
                               if ident in self.warehouses},
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
            prices.update({kind: price for kind, price in row.value.items()
                           if kind in self.types})
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
