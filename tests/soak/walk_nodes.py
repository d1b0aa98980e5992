"""Nodes: two or three bases of 1C export overlapping goods into one inbox,
each with its own price types, warehouses and dialect, in portions that come
late, half, twice, or not at all."""

import copy

from cuts import cut_off
from nodes_model import GIVE_UP, NODES, QUIET, STORES, TYPES, Model, Piece, \
    text, total

GOODS = [f"p{n}" for n in range(1, 5)]
NAMES = ("Стол", "Стул", "Шкаф \"Уют\"", "Полка  дубовая")
FIRST = {"do": "world", "nodes": ["ut", "unf"], "stock": "quantity"}
ACTIONS = {"set": 14, "price": 8, "stock": 10, "drop": 5, "delete": 2,
           "export": 18, "arrive": 10, "update": 4, "again": 1, "run": 8,
           "wait": 5, "hand": 3, "move": 2, "leave": 1, "cut": 3, "lose": 3,
           "away": 1, "retry": 1, "check": 3, "shut": 2, "limit": 1,
           "clock_set": 1}


def draw(random, length):
    verbs = random.choices(list(ACTIONS), ACTIONS.values(), k=length)
    names = random.sample(list(NODES), random.choice((1, 2, 2, 3)))
    mode = random.choice(("documents", "quantity"))
    rough = random.random() < 0.6
    fuse = random.random() < 0.15
    out = [{"do": "world", "nodes": names, "stock": mode, "fuse": fuse}]
    for verb in verbs:
        words = DRAWN.get(verb, lambda r, n: {})(random, names)
        if verb == "export" and not rough:
            words = {k: words[k] for k in ("node", "full")}
        out.append({"do": verb, **words})
    return out


def _of(random, names):
    return {"node": random.choice(names), "good": random.choice(GOODS)}


def _draw_set(random, names):
    field, values = random.choice((
        ("name", NAMES), ("article", ("А-1", "А-2", None)),
        ("about", ("Белая.", "Дубовая.", None))))
    return {**_of(random, names), "field": field,
            "value": random.choice(values)}


def _draw_price(random, names):
    return {**_of(random, names), "which": random.randrange(3),
            "value": random.choice(("1", "349.90", "0.01", "99999.99", None))}


def _draw_stock(random, names):
    return {**_of(random, names), "which": random.randrange(3),
            "value": random.choice(("0", "1", "5", "12.5", "-3", "1000",
                                    None))}


def _draw_export(random, names):
    out = {"node": random.choice(names), "full": random.random() < 0.5}
    odds = random.random()
    if odds < 0.5:
        out["portions"] = random.choice((1, 2, 2, 3))
        out["now"] = random.randrange(6)
        out["half"] = random.random() < 0.4
        if random.random() < 0.3:
            out["lost"] = random.randrange(6)
    if random.random() < 0.15:
        out["over"] = True
    if random.random() < 0.1:
        out["back"] = random.choice((1, 60, 600))
    if random.random() < 0.1:
        out["bad"] = random.randrange(6)
    return out


DRAWN = {
    "set": _draw_set, "price": _draw_price, "stock": _draw_stock,
    "drop": _of,
    "delete": lambda r, n: {**_of(r, n), "how": r.choice(
        ("attribute", "flag", "child"))},
    "export": _draw_export,
    "arrive": lambda r, n: {"node": r.choice(n), "half": r.random() < 0.2},
    "update": lambda r, n: {"node": r.choice(n)},
    "again": lambda r, n: {"node": r.choice(n)},
    "wait": lambda r, n: {"seconds": r.choice((200, 1200, 1200, 5000,
                                                  8 * 86400))},
    "hand": lambda r, n: {"node": r.choice(n), "full": r.random() < 0.5,
                          "how": r.choice(("import", "last", "zip",
                                           "parts"))},
    "move": lambda r, n: {"node": r.choice(n)},
    "leave": lambda r, n: {"node": r.choice(n)},
    "shut": lambda r, n: {"node": r.choice(n)},
    "limit": lambda r, n: {"but": r.choice([*n, None])},
    "clock_set": lambda r, n: {"seconds": r.choice((1800, 7200, 86400))},
    "cut": lambda r, n: {"step": int(2 ** r.uniform(0, 9))},
    "lose": lambda r, n: {"request": r.randrange(12), "how": r.choice(
        ("work_then_drop", "half_answer"))},
}


class Base:
    """One base of 1C and its folder."""

    def __init__(self, name):
        self.about = NODES[name]
        self.folder = self.about["to"]
        self.goods, self.changed = {}, set()
        self.there = []         # pieces in the folder, whole
        self.half = None        # the one that is not
        self.held = []          # not written yet
        self.last = None        # all pieces of the last export
        self.newest = -1        # the latest time that it wrote

    def waits(self, given_up):
        """УТ 10.3 writes all its files at once: one waits for the other."""
        return self.half and self.there and self.folder == "1cbitrix" and \
            (self.folder, self.half.name) not in given_up

    def lying(self):
        pieces = self.there + [self.half] * bool(self.half)
        return sum(len(piece.files) for piece in pieces)


class Story:
    """1C, people and accidents, as steps of a case."""

    def __init__(self, names, stock, fuse):
        self.bases = {name: Base(name) for name in names}
        self.model = Model(stock == "documents")
        self.stock_mode, self.fuse = stock, fuse
        self.steps, self.clock, self.minute = [], 0, 600
        self.archived = self.rejected = 0
        self.looks = {}         # {half file: when it was seen first}
        self.once_live = set()
        self.unread = []        # bases whose folders are not read now
        self.left_out = None    # the node that inbox.nodes does not name

    # ---- in 1C ----

    def good(self, node, ident):
        base = self.bases[node]
        base.changed.add(ident)
        return base.goods.setdefault(ident, {
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
        _put(self.good(node, good)["prices"], types, which, value)

    def stock(self, node, good, which, value):
        stores = NODES[node]["stores"]
        _put(self.good(node, good)["stock"], stores, which, value)

    def drop(self, node, good):
        """It is taken out of the exchange: nobody says so."""
        self.bases[node].goods.pop(good, None)
        self.bases[node].changed.discard(good)

    def delete(self, node, good, how):
        if good in self.bases[node].goods:
            self.good(node, good)["deleted"] = how

    # ---- exports ----

    def export(self, node, full, portions=1, now=9, half=False, lost=None,
               over=False, back=0, bad=None):
        base = self.bases[node]
        goods = {k: v for k, v in base.goods.items() if "deleted" not in v} \
            if full else {k: base.goods[k] for k in sorted(base.changed)}
        if not goods:
            return
        pieces = self.pieces(base, goods, full, portions, back)
        base.changed.clear()
        if lost is not None:
            _lose(pieces, lost)
        if bad is not None:
            pieces[bad % len(pieces)].bad = True
        self.begin(base, over)
        base.held = base.last = pieces
        base.held = list(pieces)
        for _ in range(max(1, min(now, len(pieces)))):
            self.write(base, False)
        if half and base.held:
            self.write(base, True)

    def update(self, node):
        """УТ 11's update of prices and stock."""
        base = self.bases[node]
        goods = {k: base.goods[k] for k in sorted(base.changed)
                 if "deleted" not in base.goods[k]}
        if not goods or not base.last or base.about["dialect"] != "ut11":
            return
        base.changed -= set(goods)
        self.begin(base, False)
        package = {**self.package(base, goods, False, self.next_time(base)),
                   "only_changes": True}
        base.held = [Piece("offers", 1, package, self.minute * 60)]
        self.write(base, False)

    def again(self, node):
        """The files of the last export once more."""
        base = self.bases[node]
        if base.last and not any(piece.bad for piece in base.last):
            self.begin(base, False)
            base.held = list(base.last)
            while base.held:
                self.write(base, False)

    def hand(self, node, full, how):
        """A person imports it, or puts a zip into the inbox."""
        base = self.bases[node]
        if self.model.speaker(base.about["catalog"]) is None:
            return
        if how == "last":
            pieces = base.last
        else:
            goods = {k: v for k, v in base.goods.items()
                     if "deleted" not in v} if full else {
                k: base.goods[k] for k in sorted(base.changed)}
            pieces = goods and self.pieces(base, goods, full, 1, 0)
        if not pieces or any(piece.bad for piece in pieces):
            return
        self.run()              # in what order both came nobody says
        if self.model.speaker(base.about["catalog"]) is None:
            return
        if how in ("zip", "parts") and self.model.only is None:
            self.zip(base, pieces, how)
            return
        self.settle_clock()
        self.steps.append({"file": "hand/-", "text": ""})
        self.steps.append({"file": "hand", "remove": True})
        for piece in pieces:
            self.steps.append({"export": piece.package, "at": "hand",
                               "empty": False})
        self.steps.append({"cml24": ["import", "{root}/hand"],
                           "exit": None})
        self.model.take_by_hand(pieces, self.clock)
        self.archived += sum(len(piece.files) for piece in pieces)
        base.changed -= {k for piece in pieces for k in
                         piece.package["goods"]}

    def zip(self, base, pieces, how):
        whole = {**pieces[0].package, "files": ["import", "offers"]}
        step = {"zip": f"inbox/v8_{self.minute}.zip", "of": whole}
        if how == "parts":
            step["parts"] = 2
        self.steps.append(step)
        self.settle_clock()
        self.steps.append({"cml24": ["run"], "exit": None})
        self.model.take_by_hand(pieces, self.clock)
        self.take_all()
        self.archived += sum(len(piece.files) for piece in pieces)
        base.changed -= set(whole["goods"])

    def move(self, node):
        """The folder of the node has another name from now on."""
        base = self.bases[node]
        if base.folder not in self.model.nodes or "/" in base.folder or \
                self.is_above(base) or any(
                other.folder not in self.model.nodes
                for other in self.bases.values()):
            return
        self.remove(base)
        base.folder = f"webdata - {self.minute:08}-aaaa-4c1f-9a55-" \
            "0c1f7c2d9e01"
        self.minute += 1
        self.name_nodes()

    def limit(self, but):
        """inbox.nodes names all but this one."""
        if but is not None and (
                but not in self.bases or len(self.bases) == 1 or
                self.is_above(self.bases[but])):
            return
        self.left_out = but
        self.name_nodes()

    def name_nodes(self):
        out = self.bases.get(self.left_out)
        self.model.only = None if out is None else {
            base.folder for base in self.bases.values() if base is not out}
        self.steps.append({"configure": {"inbox": {
            "nodes": sorted(self.model.only or [])}}})

    def leave(self, node):
        base = self.bases[node]
        if base.folder in self.model.nodes and not self.is_above(base):
            self.remove(base)

    def is_above(self, base):
        """With its folder that of another one would go; and one below goes
        whenever the other one empties its own, which says nothing."""
        return any(other.folder.startswith(base.folder + "/") or
                   base.folder.startswith(other.folder + "/")
                   for other in self.bases.values())

    def remove(self, base):
        self.begin(base, False)
        self.model.away.add(base.folder)

    def begin(self, base, over):
        """1C empties its folder."""
        if base.there and not over:
            self.run()
        for other in self.bases.values():
            if other is base or other.folder.startswith(base.folder + "/"):
                self.model.given_up.pop(self.half_name(other), None)
                self.looks.pop(self.half_name(other), None)
                other.there, other.half = [], None
        base.held = []
        self.steps.append({"file": "inbox/" + base.folder + "/-",
                           "text": "", "age": 0})
        self.steps.append({"file": "inbox/" + base.folder, "remove": True})

    def next_time(self, base, back=0):
        self.minute += 1
        formed = self.minute * 60
        if back and base.newest >= 0:
            formed = base.newest - back * 60 + self.minute % 59 + 1
        base.newest = max(base.newest, formed)
        return formed

    def pieces(self, base, goods, full, portions, back):
        formed = self.next_time(base, back)
        names = list(goods)
        if base.about["dialect"] == "bitrix31":
            portions = 1        # each of its lists counts by itself
        parts = [names[at::portions] for at in range(portions)]
        parts = [part for part in parts if part]
        packages = [self.package(base, {k: goods[k] for k in part}, full,
                                 formed) for part in parts]
        return [Piece(kind, number, package, formed)
                for kind in ("import", "offers")
                for number, package in enumerate(packages, 1)]

    def package(self, base, goods, full, formed):
        about = base.about
        minutes, seconds = divmod(formed, 60)
        return {
            "dialect": about["dialect"], "catalog": about["catalog"],
            "full": full, "formed": f"2026-11-24T{minutes // 60:02}:"
                                    f"{minutes % 60:02}:{seconds:02}",
            "price_types": {name: {"id": TYPES[name][0], "currency": "руб"}
                            for name in about["types"]},
            "warehouses": {store: STORES[store]
                           for store in about["stores"]},
            "goods": {ident: {"unit": "796", "vat": "20",
                              **copy.deepcopy(row),
                              "quantity": total(row["stock"].values())}
                      for ident, row in goods.items()}}

    def write(self, base, half):
        """The next file, or the rest of the half one."""
        piece = base.half or base.held.pop(0)
        half = half and len(piece.files) == 1
        path = f"inbox/{base.folder}/{piece.name}"
        self.model.away.discard(base.folder)
        self.steps.append({"export": piece.package, "to": base.folder,
                           "empty": False})
        if piece.bad:
            self.steps.append({"file": path, "replace": [["</Ид>", "</Ид"]]})
        if half:
            self.steps.append({"file": path, "cut": 400, "age": 0})
            base.half = piece
        else:
            base.half = None
            base.there.append(piece)

    @staticmethod
    def half_name(base):
        return base.half and (base.folder, base.half.name)

    def arrive(self, node, half=False):
        base = self.bases[node]
        if base.half or base.held:
            self.write(base, half and not base.half)

    # ---- runs ----

    def take_all(self):
        """A run that nothing cuts off takes what lies there."""
        refused = False
        self.look_at_halves()
        for base in sorted(self.bases.values(), key=lambda b: b.folder):
            if base.waits(self.model.given_up) or self.is_unread(base):
                continue
            pieces, base.there = base.there, []
            if not pieces:
                continue
            taken = self.model.take(base.folder, pieces, self.clock)
            files = sum(len(piece.files) for piece in pieces)
            self.archived += taken * files
            self.rejected += (not taken) * files
            refused = refused or not taken
        self.model.close_quiet(self.clock, {
            folder for folder, name in self.looks
            if (folder, name) not in self.model.given_up} | {
                base.folder for base in self.bases.values()
                if base.waits(self.model.given_up) or
                base in self.unread})
        return refused

    def look_at_halves(self):
        halves = {self.half_name(base): base.half
                  for base in self.bases.values() if base.half}
        read = {base.folder for base in self.bases.values()
                if not self.is_unread(base)}
        for base in self.bases.values():
            for piece in base.there if base.folder in read else []:
                self.model.complete(base.folder, piece)
        self.looks = {name: min(self.looks.get(name, self.clock), self.clock)
                      if name[0] in read else self.looks[name]
                      for name in halves
                      if name[0] in read or name in self.looks}
        for name, seen in self.looks.items():
            if name[0] in read and self.clock - seen >= GIVE_UP and \
                    name not in self.model.given_up:
                self.model.give_up(name[0], halves[name], self.clock)

    def is_unread(self, base):
        return base in self.unread or self.model.leaves_out(base.folder)

    def shut(self, node):
        """Its folder may not be read for a while."""
        base = self.bases[node]
        if not base.lying():
            return
        self.settle_clock()
        self.unread = [other for other in self.bases.values()
                       if other is base or
                       other.folder.startswith(base.folder + "/")]
        path = "inbox/" + base.folder
        self.steps += [{"file": path, "mode": "000"},
                       {"cml24": ["run"], "rights": True, "exit": None},
                       {"file": path, "mode": "755"}]
        self.take_all()
        self.unread = []
        self.advance(61)

    def clock_set(self, seconds):
        """Ours is set back, which was ahead: the time since the machine began
        shares its shift and must not be negative.  What lies there settles by
        the new one."""
        if self.clock < seconds:
            return
        self.run()
        self.advance(-seconds)
        self.run()

    def run(self):
        self.settle_clock()
        self.steps.append({"cml24": ["run"], "exit": None})
        if self.take_all():
            self.steps[-1]["exit"] = 3
        self.advance(61)

    def wait(self, seconds):
        self.advance(seconds)

    def advance(self, seconds):
        self.clock += seconds
        self.steps.append({"advance": seconds})

    def settle_clock(self):
        """What is over shall not hang on a slow machine."""
        while any(limit - 200 < self.clock - since < limit + 60
                  for since, limit in self.deadlines()):
            self.advance(300)

    def deadlines(self):
        for node in self.model.nodes.values():
            if node.session:
                yield node.session.last, QUIET
        for seen in self.looks.values():
            yield seen, GIVE_UP

    def cut(self, step):
        self.settle_clock()
        self.steps.append(cut_off(step))
        self.run()
        self.steps[-2]["exit"] = None

    def lose(self, request, how):
        self.settle_clock()
        self.steps += [
            {"control": "faults", "with": [
                {"when": {}, "skip": request, "count": 1, "do": how}]},
            {"cml24": ["run"], "exit": None},
            {"control": "faults", "with": []}]
        self.take_all()
        self.advance(61)

    def away(self):
        """The portal."""
        self.settle_clock()
        self.steps += [
            {"control": "faults", "with": [
                {"when": {}, "count": 0, "do": "drop"}]},
            {"cml24": ["run"], "exit": None},
            {"control": "faults", "with": []}]
        self.take_all()
        self.advance(61)

    def retry(self):
        self.steps.append({"cml24": ["retry"], "exit": None})

    # ---- what must be there ----

    def check(self):
        for base in self.bases.values():
            if base.half:       # new goods would wait for the rest of it
                self.write(base, False)
        self.run()
        self.wait(1200)
        self.run()
        status = 1 if any(node.need is not None
                          for node in self.model.nodes.values()) else 0
        if self.fuse:           # what goes may wait for a person
            self.run()
            self.steps += [{"idle": True}, self.status()]
        else:
            self.steps += [{"until_done": ["run"], "exit": status},
                           {"idle": status}, self.status()]
            self.clock += 61
        joint = self.model.package()
        held = self.fuse and any("deleted" in row
                                 for row in joint["goods"].values())
        if joint["goods"]:
            self.steps += [{"oracle": [joint]}] * (not held) + [
                {"portal": {"products": self.shown()}, "others": True}]
        self.steps.append({"folders": {
            "inbox": sum(base.lying() for base in self.bases.values()),
            "work": 0, "archive": self.archived,
            "rejected": self.rejected}})

    def status(self):
        """Whose full exchange is asked for."""
        out = {"cml24": ["status"], "exit": None, "says": [], "never": []}
        for name, node in self.model.nodes.items():
            key = "says" if node.need is not None else "never"
            out[key].append(f"^{name}: FULL EXCHANGE NEEDED")
        return out

    def shown(self):
        out = {}
        for ident in self.model.products.rows:
            row = self.model.joined(ident)
            if "deleted" not in row:
                self.once_live.add(ident)
                out[ident] = {"active": "Y", "prices": {
                    TYPES[name][1]: f"{text(value)} RUB"
                    for name, value in row["prices"].items()}}
            elif ident in self.once_live:
                out[ident] = {"active": "re:[YN]" if self.fuse else "N"}
        return out

    def case(self):
        status = 1 if any(node.need is not None
                          for node in self.model.nodes.values()) else 0
        documents = self.stock_mode == "documents"
        return {
            "portal": {"inventory": documents},
            "idle": self.fuse or status,
            "load": {"price_types": [{"name": "OPT", "xmlId": "OPT"},
                                     {"name": "SMALL", "xmlId": "SMALL"}]},
            "exchange": {"inbox": {"archive_days": 3650}, "catalog": {
                "absent": "deactivate",
                "max_deleted_percent": 20 if self.fuse else 100,
                "price_types": {name: target for name, (_, target)
                                in TYPES.items()},
                "stock": self.stock_mode, "warehouses": {"*": "create"}}},
            "steps": self.steps}


def _put(held, keys, which, value):
    key = keys[which % len(keys)]
    if value is None:
        held.pop(key, None)
    else:
        held[key] = value


def _lose(pieces, which):
    """One that never comes: not the last of its kind, for of that nobody can
    know; or all offers."""
    count = len(pieces) // 2
    which %= count
    if which == count - 1:
        del pieces[count:]
    else:
        del pieces[which]


def case(actions):
    world = next((a for a in actions if a["do"] == "world"), FIRST)
    story = Story(world["nodes"], world["stock"], world.get("fuse"))
    for action in actions:
        words = {k: v for k, v in action.items() if k != "do"}
        if action["do"] != "world" and \
                words.get("node", world["nodes"][0]) in world["nodes"]:
            getattr(story, action["do"])(**words)
    story.check()
    return story.case()
