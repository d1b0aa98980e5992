"""1C with a catalogue that is edited, and the packages that it writes."""

import copy

STOCK = ("prices", "quantity", "stock")


class OneC:
    def __init__(self):
        self.dialect = "ut11"
        self.groups = {"g1": {"name": "Канцелярия"},
                       "g2": {"name": "Бумага", "in": "g1"},
                       "g3": {"name": "Упаковка"},
                       "g4": {"name": "Книги", "in": "g3"}}
        self.types = {"Розничная": {"id": "t1", "currency": "руб"},
                      "Оптовая": {"id": "t2", "currency": "руб"},
                      "Закупочная": {"id": "t3", "currency": "USD"}}
        self.gone_types = {"Закупочная"}
        self.properties = {}
        self.stores = {"w1": "Основной", "w2": "Магазин", "w3": "Брак"}
        self.goods, self.changed = {}, set()
        self.images = {}            # {path: text}
        self.known = {}             # as last exported
        self.known_groups = set()
        self.codes = {}             # symbolic, each good's own
        self.day = 0

    def good(self, ident):
        self.changed.add(ident)
        return self.goods.setdefault(ident, {
            "name": f"Товар {ident}", "unit": "796", "vat": "20",
            "prices": {"Розничная": "10"}, "quantity": "1"})

    def row(self, ident, char=None):
        """Of the good, or of its characteristic."""
        row = self.good(ident)
        row.pop("deleted", None)
        if char is None:
            return row
        own = row.setdefault("characteristics", {}).setdefault(char, {
            "pairs": {"Цвет": f"цвет {char}"}, "quantity": "2",
            "prices": {"Розничная": "20"}})
        own.pop("deleted", None)
        return own

    def has_char(self, ident, char):
        return char in self.goods.get(ident, {}).get("characteristics", {})

    def all_changed(self):
        self.changed |= set(self.goods)

    # ---- what it writes ----

    def written(self, ident):
        """The good as a package has it."""
        row = copy.deepcopy(self.goods[ident])
        chars = row.get("characteristics", {})
        if any("deleted" not in own for own in chars.values()):
            for key in STOCK:
                row.pop(key, None)
        for one in (row, *chars.values()):
            one["prices"] = {name: price for name, price in
                             one.get("prices", {}).items()
                             if name not in self.gone_types}
            if not one["prices"]:
                del one["prices"]
            if one.get("stock"):
                one["quantity"] = _sum(one["stock"].values())
        if "quantity" not in row and not chars:
            row["quantity"] = "0"
        return row

    def package(self, rows, full, **more):
        self.day += 1
        paths = {path for row in rows.values()
                 for one in (row, *row.get("characteristics", {}).values())
                 for path in one.get("pictures", ())}
        return {"dialect": self.dialect, "full": full,
                "formed": f"2026-11-24T{9 + self.day // 60:02}:"
                          f"{self.day % 60:02}:00",
                "groups": copy.deepcopy(self.groups),
                "properties": copy.deepcopy(self.properties),
                "price_types": {name: dict(kind) for name, kind in
                                self.types.items()
                                if name not in self.gone_types},
                "warehouses": dict(self.stores),
                "images": {path: text for path, text in self.images.items()
                           if path in paths and text is not None},
                "goods": rows, **more}

    def update(self):
        """Prices and stock of what is known already, or None."""
        rows = {}
        for ident in sorted(self.changed & set(self.known)):
            row = self.written(ident)
            known = self.known[ident]
            if "deleted" in row or "deleted" in known:
                continue
            chars = {char: {key: own[key] for key in (*STOCK, "pack")
                            if key in own}
                     for char, own in row.get("characteristics", {}).items()
                     if char in known.get("characteristics", {}) and
                     "deleted" not in own}
            small = {key: row[key] for key in (*STOCK, "pack") if key in row}
            if chars:
                small["characteristics"] = chars
            # What becomes one with variations, or one without, says so in
            # its catalogue first.
            if bool(known.get("characteristics")) != bool(
                    row.get("characteristics")):
                continue
            rows[ident] = small
        return rows


def _sum(numbers):
    total = sum(float(number) for number in numbers)
    return f"{total:.3f}".rstrip("0").rstrip(".")
