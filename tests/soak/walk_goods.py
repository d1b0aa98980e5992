"""Goods: 1C edits its whole catalogue and exports it, people edit the portal
and the rules, and everything breaks in between.

What 1C states is judged by the oracle, which reads the packages in their
order.  What people change in the portal it is told: a field stays as they set
it until 1C changes that field, and what they deleted stays deleted until
`retry`.
"""

import copy

from cuts import cut_off
from goods_draw import FORGOTTEN, PROPERTIES, draw     # noqa: F401
from goods_more import More
from goods_onec import OneC

PORTAL_TYPES = {"Розничная": ("BASE", 1)}
# A field of the portal, and what of 1C's good it is.
OWNED = {"name": ("name", "name"), "detailText": ("description", "about"),
         "active": ("active", None), "price": ("price 1", "prices"),
         "section": ("section", "group")}
FIRST = {"catalog": {"absent": "delete", "max_deleted_percent": 100}}
SHELF = {"id": 901, "iblockId": 14, "name": "Полка", "xmlId": "901"}
# What the portal has no word for stays unsent, and is told.
ODD = {"vat": ("5", "7", "18"), "unit": ("778",), "group": ("nowhere",)}
ODD_VALUES = ("много", "v6")
ARTICLE = {"id": 95, "iblockId": 14, "name": "Артикул",
           "code": "CML2_ARTICLE", "propertyType": "S"}
BARCODE = {"id": 96, "iblockId": 14, "name": "Штрихкод",
           "code": "CML2_BAR_CODE", "propertyType": "S"}


class Story(More):
    """1C, the portal and the rules while the actions happen, and the steps
    that come of them."""

    def __init__(self):
        self.onec = OneC()
        self.exchange, self.portal = copy.deepcopy(FIRST), {}
        self.rules = copy.deepcopy(FIRST["catalog"])
        self.products, self.loaded = [], {}
        self.steps, self.timeline = [], []
        self.ran = False
        self.waiting = False    # in the inbox, perhaps not taken
        self.edits = {}         # {good: {field: [allowed, None: 1C's]}}
        self.at_edit = {}       # {good: {field of 1C: as it was then}}
        self.simple = {}        # good: True: plain, and sent like that
        self.dropped, self.sent_groups = set(), set()
        self.here = set()       # in the last full export, or behind it
        self.shelf = False
        self.odd_ones = False   # may 1C say what the portal has no word for?
        self.begin_more()

    # ---- 1C ----

    def odd(self):
        self.odd_ones = True

    def dialect(self, **words):
        if not self.timeline:
            self.onec.dialect = words["is"]

    def set(self, good, field, value):
        if value in ODD.get(field, ()) and not self.odd_ones:
            return
        row = self.onec.row(good)
        _put(row, field, value)

    def price(self, good, char, type, value):
        _put(self.onec.row(good, char).setdefault("prices", {}), type, value)

    def stock(self, good, char, store, value):
        _put(self.onec.row(good, char).setdefault("stock", {}), store, value)

    def char(self, good, char, field, value):
        _put(self.onec.row(good, char), field, value)

    def unchar(self, good, char, how):
        if not self.onec.has_char(good, char):
            return
        row = self.onec.row(good)
        if how == "removed":
            del row["characteristics"][char]
        else:
            row["characteristics"][char]["deleted"] = how

    def value(self, good, char, property, value):
        if char and not self.onec.has_char(good, char) or (
                value in ODD_VALUES and not self.odd_ones):
            return
        self._property(property)
        _put(self.onec.row(good, char).setdefault("properties", {}),
             property, value)

    def _property(self, ident):
        return self.onec.properties.setdefault(
            ident, copy.deepcopy(PROPERTIES[ident]))

    def property(self, property, change, value):
        row = self._property(property)
        if change == "values":
            for key, text in value.items():
                _put(row["values"], key, text)
        elif change == "deleted":
            _put(row, "deleted", value or None)
        else:
            row["name"] = value

    def requisite(self, good, name, value):
        _put(self.onec.row(good).setdefault("requisites", {}), name, value)

    def pictures(self, good, char, files):
        if char and not self.onec.has_char(good, char):
            return
        row = self.onec.row(good, char)
        row["pictures"] = []
        for name, text in files:
            path = f"{good}_{char or ''}_{name}"
            row["pictures"].append(path)
            self.onec.images[path] = text
        if not files:
            del row["pictures"]

    def group(self, group, name, above):
        groups, up = self.onec.groups, above
        while up in groups and up != group:
            up = groups[up].get("in")
        if above in groups and up != group:
            groups[group] = {"name": name, "in": above}
        else:
            groups[group] = {"name": name}

    def ungroup(self, group):
        """Marked deleted; what lay in it lies elsewhere then."""
        groups = self.onec.groups
        if group not in groups or any(
                row.get("in") == group and "deleted" not in row
                for row in groups.values()):
            return
        for ident, row in self.onec.goods.items():
            held = row.get("group")
            if held == group or isinstance(held, list) and group in held:
                self.onec.good(ident)["group"] = "g1"
        groups[group]["deleted"] = "flag"

    def type(self, type, change):
        if "gone" in change:
            getattr(self.onec.gone_types,
                    "add" if change["gone"] else "discard")(type)
        else:
            self.onec.types[type].update(change)
        self.onec.all_changed()

    def delete(self, good, how):
        if good in self.onec.goods:
            self.onec.good(good)["deleted"] = how

    def remove(self, good):
        """Out of 1C: a full export names it no more."""
        self.onec.goods.pop(good, None)
        self.onec.changed.discard(good)
        if good in self.loaded:     # what comes back may be another one
            self.loaded[good]["decided"] = True
            self.edits.get(good, {}).pop("id", None)

    def back(self, good):
        if good in self.onec.goods:
            self.onec.row(good)

    # ---- its exports ----

    def export(self, full, how="whole"):
        onec = self.onec
        if full:
            rows = {ident: onec.written(ident) for ident, row in
                    onec.goods.items() if "deleted" not in row}
            for row in rows.values():
                for char, own in list(row.get("characteristics",
                                              {}).items()):
                    if "deleted" in own:
                        del row["characteristics"][char]
        else:
            rows = {ident: onec.written(ident)
                    for ident in sorted(onec.changed & set(onec.goods))}
        if not rows:
            return
        if how == "offers" and not full and \
                set(rows) <= set(onec.known) and not any(
                    self._needs_goods(ident, row)
                    for ident, row in rows.items()):
            self._put([onec.package(rows, full, files=["offers"],
                                    classifier=False)], rows)
        elif how == "portions" and len(rows) > 1 and \
                onec.dialect != "bitrix31":
            idents = list(rows)
            half = {ident: rows.pop(ident)
                    for ident in idents[:len(idents) // 2]}
            self._put([onec.package(half, full),
                       onec.package(rows, full, portion=2)],
                      {**half, **rows})
        elif how == "apart":
            package = onec.package(rows, full)
            self._put([{**package, "files": ["import"]},
                       {**package, "files": ["offers"]}], rows, True)
        else:
            self._put([onec.package(rows, full)], rows)
        if how != "offers":
            onec.changed.clear()

    def _needs_goods(self, ident, row):
        """Does its catalogue have to come with its offers?  A mark of it is
        there alone, and so are the pictures that a new form needs."""
        return "deleted" in row or bool(row.get("characteristics")) != bool(
            self.onec.known[ident].get("characteristics"))

    def update(self):
        """УТ 11's prices and stock every five minutes."""
        rows = self.onec.update()
        if rows and self.onec.dialect == "ut11":
            self._put([self.onec.package(rows, False, only_changes=True)],
                      rows, small=True)

    def _put(self, packages, rows, between=False, small=False):
        if self.waiting:        # 1C would write over it
            self.run()
        for number, package in enumerate(packages):
            self.steps.append({"export": package, "empty": number == 0})
            if between and number == 0:
                self.run()
        self.timeline.append(packages if len(packages) > 1 else packages[0])
        self.waiting = True
        if packages[0]["full"] and self.onec.dialect != "bitrix31":
            self.here.clear()
        self.here |= set(rows)
        if not small:
            self.onec.known_groups |= {
                ident for ident, row in packages[0]["groups"].items()
                if packages[0].get("classifier", True)}
        for ident, row in rows.items():
            self._said(ident, row, small)

    def _said(self, ident, row, small):
        """What people's edits become when 1C speaks."""
        before = self.onec.known.get(ident)
        if small:
            row = {**before, **row}
        self.onec.known[ident] = row
        plain = not row.get("characteristics") and "deleted" not in row
        kind = row.get("kind") == "Услуга"
        if before is None:
            self.simple[ident] = plain
        elif not plain or "deleted" in before or \
                kind != (before.get("kind") == "Услуга"):
            self.simple[ident] = False
        if not self.simple[ident]:
            self._loosen(ident)
        loaded = self.loaded.get(ident)
        if loaded and (not plain or _key(row, loaded) != loaded["key"]):
            loaded["spoiled"] = True
        for field, was in self.at_edit.get(ident, {}).items():
            name, _ = OWNED[field]
            if self._stated(row, field, was) != was:
                # 1C's again; and if it says what it said, who knows.
                self.edits[ident].pop(name, None)
                self.at_edit[ident][field] = None

    def _stated(self, row, field, before=None):
        """What 1C says of a field that people have set."""
        own = OWNED[field][1]
        if own != "prices":
            return copy.deepcopy(row.get(own))
        if "Розничная" in self.onec.gone_types:
            return before       # it says nothing of it
        return [row.get("prices", {}).get("Розничная"), row.get("pack"),
                row.get("currency", self.onec.types["Розничная"]["currency"])]

    def _loosen(self, ident):
        """Made anew, or switched off and on: nobody can say any more."""
        for field, allowed in self.edits.get(ident, {}).items():
            if field == "deleted":
                self.edits[ident][field] = "perhaps"
                continue
            if None not in allowed:
                allowed.append(None)
            if field == "active" and "Y" not in allowed:
                allowed.append("Y")

    # ---- the rules ----

    def rule(self, key, value):
        # No document takes away what is not there.
        if self.portal.get("inventory") and (key, value) == (
                "negative_stock", "keep") or value == "documents" and \
                not self.portal.get("inventory"):
            return
        now = self.rules
        if isinstance(value, dict):
            held = now.setdefault(key, {})
            over = {k: v for k, v in value.items()
                    if v is not None or k in held}
            if not over:
                return
            for name, one in over.items():
                _put(held, name, one)
            values = [v for v in held.values() if isinstance(v, str) and
                      v not in ("create", "ignore")]
            if key == "price_types" and len(values) != len(set(values)):
                for name in over:
                    held.pop(name, None)
                return          # two onto one is an error
            value = over
        else:
            now[key] = value
        self._configure({"catalog": {key: value}})
        if key == "select" and self.timeline:
            # Pictures of what was not selected come with the next package.
            self.export(True)

    def _configure(self, change):
        for ident in self.edits:
            self._loosen(ident)
        if not self.timeline:
            _merge(self.exchange, change)
            return
        self.steps.append({"configure": change})
        self.timeline.append({"rules": change})

    def tree(self, path, place):
        self.rule("groups", {path: place})

    # ---- the program ----

    def run(self):
        self.waiting, self.ran = False, True
        self.steps += [{"cml24": ["run"], "exit": [0, 1]}, {"advance": 61}]

    def cut(self, step):
        self.steps.append(cut_off(step, (0, 1)))
        self.ran = False

    def lose(self, request, how):
        self._faulty({"when": {}, "skip": request, "count": 1, "do": how})

    def refuse(self, command, count):
        self._faulty({"when": {"command": command}, "count": count,
                      "do": "error", "command": command, "code": 0,
                      "description": "No"})
        self.steps.append({"cml24": ["retry"], "exit": [0, 1]})

    def _faulty(self, rule):
        self.steps += [{"control": "faults", "with": [rule]},
                       {"cml24": ["run"], "exit": [0, 1, 4]},
                       {"control": "faults", "with": []}]

    def both(self, step, request, how):
        """The network fails, and then the power."""
        self.lose(request, how)
        self.cut(step)

    def plan(self):
        if self.ran:            # else it makes the state, or mends it
            self.steps.append({"cml24": ["plan"], "exit": 0,
                               "nothing_written": True})

    def look(self, command):
        if self.ran:
            self.steps.append({"cml24": command, "exit": [0, 2],
                               "nothing_written": True})

    def retry(self):
        self.steps.append({"cml24": ["retry"], "exit": [0, 1]})
        for ident in self.dropped:
            self.edits[ident]["deleted"] = "perhaps"

    def force(self):
        if not self.timeline:
            return
        self.settle()
        self.steps.append({"cml24": ["import", "--force", "{newest}"],
                           "exit": [0, 1]})
        for ident in self.edits:
            self._loosen(ident)

    def again(self):
        """The newest package once more, as it is."""
        if self.timeline:
            self.settle()
            self.steps.append({"cml24": ["import", "{newest}"],
                               "exit": [0, 1]})

    # ---- people in the portal ----

    def edit(self, good, field, value):
        row = self.onec.known.get(good)
        if not self._plain(good) or field == "price" and \
                not self._priced(good, row):
            return
        self.settle()
        name, own = OWNED.get(field, (field, None))
        entity = ["products", good]
        if field == "price":
            entity = ["prices", good + " BASE"]
        self.steps.append({"alter": entity, "set": {field: value}})
        self.edits.setdefault(good, {})[name] = [value]
        if own:
            self.at_edit.setdefault(good, {})[field] = self._stated(row, field)

    def _priced(self, good, row):
        """Surely, that is: nobody has deleted it."""
        return "Розничная" in row.get("prices", {}) and \
            "deleted" not in self.edits.get(good, {}).get("price 1", ())

    def _plain(self, good):
        return self.simple.get(good) and good in self.here and \
            good in self.onec.goods and \
            good not in self.dropped and good not in self.doubtful and \
            "select" not in self.rules

    def drop(self, good):
        """Somebody deletes it."""
        if not self._plain(good):
            return
        self.settle()
        self.steps.append({"alter": ["products", good], "delete": True})
        self.edits[good] = {"deleted": True}
        self.at_edit.pop(good, None)
        self.dropped.add(good)

    def unprice(self, good):
        """Somebody deletes its price."""
        row = self.onec.known.get(good)
        if self._plain(good) and self._priced(good, row):
            self.settle()
            self.steps.append({"alter": ["prices", good + " BASE"],
                               "delete": True})
            self.edits.setdefault(good, {})["price 1"] = ["deleted", None]
            self.at_edit.setdefault(good, {})["price"] = self._stated(
                row, "price")

    def shelve(self, good):
        """Somebody puts it into a section of people's own."""
        if self._plain(good) and not isinstance(
                self.onec.known[good].get("group"), list):
            self.shelf = True
            self.settle()
            self.steps.append({"alter": ["products", good],
                               "set": {"iblockSectionId": 901,
                                       "sections": []}})
            self.edits.setdefault(good, {})["section"] = ["901"]
            self.at_edit.setdefault(good, {})["section"] = self._stated(
                self.onec.known[good], "section")

    def rename(self, group, name):
        """Somebody gives a section another name."""
        if group in self.sent_groups and "select" not in self.rules and \
                not self.rules.get("groups"):
            self.settle()
            self.steps.append({"alter": ["sections", group],
                               "set": {"name": name}, "there": False})
            self.edits.setdefault(group, {})["name"] = [name, None]

    def restore(self, good):
        """1C changes it, so that it is missed, and a person wants it."""
        if good in self.dropped and good in self.onec.goods:
            self._bring_back(good)
            self.simple[good] = False

    def lost(self, good, char):
        """Somebody deletes what may be a product with variations, or one of
        these; it is missed, and a person wants it."""
        row = self.onec.known.get(good)
        if good not in self.onec.goods or good in self.dropped or not row:
            return
        mark = f"{good}#{char}" if char else good
        self.settle()
        self.steps.append({"alter": ["products", mark], "delete": True,
                           "there": False})
        self.dropped.add(good)
        self._bring_back(good)
        self.simple[good] = False

    def _bring_back(self, good):
        row = self.onec.row(good)
        row["name"] = f"Снова {self.onec.day}"
        for char, own in row.get("characteristics", {}).items():
            own["article"] = f"С-{char}-{self.onec.day}"
        self.export(False)
        self.settle()
        self.steps.append({"cml24": ["retry", good], "exit": [0, 1, 2]})
        self.dropped.discard(good)
        self.settle()
        self.edits.get(good, {}).pop("deleted", None)
        self._loosen(good)
        self.at_edit.pop(good, None)

    def raze(self, group):
        """Somebody deletes a section, and all that is in it; 1C says it all
        once more, and what was missed a person wants."""
        if group not in self.sent_groups or self.dropped:
            return
        self.settle()
        self.steps.append({"alter": ["sections", group], "delete": True,
                           "there": False})
        for ident, held in self.onec.groups.items():
            held["name"] += "."
        live = [ident for ident, row in self.onec.goods.items()
                if ident in self.onec.known]
        self.dropped.update(live)
        for good in live:
            row = self.onec.good(good)
            row["name"] = f"Опять {good} {self.onec.day}"
            for char, own in row.get("characteristics", {}).items():
                own["article"] = f"О-{char}-{self.onec.day}"
        if not live:
            return
        self.export(False)
        self.settle()
        self.steps.append({"cml24": ["retry"], "exit": [0, 1]})
        self.dropped.clear()
        self.settle()
        for ident, held in self.edits.items():
            held.pop("deleted", None)
            self._loosen(ident)
        self.at_edit.clear()
        for good in self.simple:
            self.simple[good] = False

    def unvalue(self, value, good):
        """Somebody deletes a value of a list; it is missed when a good is
        sent with it, and all that had it get it again."""
        ident = {"v1": "f5", "v2": "f5"}.get(value, "f6")
        if not self._plain(good) or ident not in self.onec.properties:
            return
        self.settle()
        self.steps.append({"alter": ["property_enums", value],
                           "delete": True, "there": False})
        self._property(ident)["values"].setdefault(
            value, PROPERTIES[ident]["values"].get(value, value))
        row = self.onec.row(good)
        for held in (None, value):
            _put(row.setdefault("properties", {}), ident, held)
            row["article"] = f"З-{self.onec.day}"
            self.export(False)
            self.settle()

    def swap(self, goods):
        """Two goods of 1C swap their symbolic codes."""
        first, other = goods
        codes = self.onec.codes
        codes[first], codes[other] = (codes.get(other, "code-" + other),
                                      codes.get(first, "code-" + first))
        for good in goods:
            self.onec.row(good)["symbolic"] = codes[good]

    def load(self, good, by, priced):
        """The portal holds it before, without our mark."""
        if self.timeline or good in self.loaded:
            return
        key = {"article": "Л-" + good, "barcode": "46000000100" + good[1:],
               "name": "Лежало " + good}[by]
        ident = 500 + len(self.products)
        self.onec.good(good)[by] = key
        field = {"article": "95", "barcode": "96"}.get(by)
        row = {"id": ident, "type": 1,
               "name": key if by == "name" else f"Наше {good}"}
        if field:
            row["properties"] = {field: [{"value": key, "valueId": "9" +
                                          str(ident)}]}
        self.products.append(row)
        self.loaded[good] = {"id": ident, "by": by, "key": key,
                             "priced": priced}
        self.rule("adopt", ["xmlId", "article", "barcode", "name"])

    # ---- its stops ----

    def settle(self):
        if self.waiting:
            self.run()          # a session is closed when it was quiet
        if not self.timeline:
            return
        self.steps.append({"advance": 1200})
        if self.ends():
            self.steps += [{"cml24": ["run"], "exit": [0, 1]},
                           {"advance": 61}] * 4
        else:
            self.steps.append({"until_done": ["run"]})
        self.timeline.append("sent")
        self.sent_groups = set(self.onec.known_groups)
        self.settle_moved()
        for good, held in self.loaded.items():
            if good in self.onec.known and not held.get("decided"):
                held["decided"] = True
                if not held.get("spoiled") and self.simple.get(good) and \
                        self.onec.known[good].get("kind") != "Услуга" and \
                        "select" not in self.rules:
                    self.edits.setdefault(good, {})["id"] = [held["id"]]

    def ends(self):
        """The exit code of a run when all is sent that can be."""
        return True if self.dropped or self.odd_ones or self.doubtful \
            else 0

    def check(self):
        if self.timeline:
            self.settle()
            self.steps += [
                {"idle": self.ends()},
                {"oracle": copy.deepcopy(self.timeline),
                 "edits": copy.deepcopy(self.edits)}]


def _put(row, key, value):
    if value is None:
        row.pop(key, None)
    else:
        row[key] = copy.deepcopy(value)


def _merge(base, over):
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            _put(base, key, value)


def _key(row, loaded):
    return row.get(loaded["by"])


def case(actions):
    story = Story()
    for action in actions:
        words = {k: v for k, v in action.items() if k not in ("do", "like")}
        if action["do"] == "portal":
            story.portal.update(action["like"])
            continue
        if action["do"] in FORGOTTEN:
            story.saved = False
        getattr(story, action["do"])(**words)
    story.check()
    out = {"exchange": story.exchange, "portal": story.portal,
           "steps": story.steps,
           "idle": story.ends() if story.timeline else False}
    if story.shelf:
        out["load"] = [{"sections": [SHELF]}]
    if story.products:
        out.setdefault("load", []).append( {"properties": [ARTICLE, BARCODE],
                       "products": story.products,
                       "prices": [
                           {"productId": held["id"], "catalogGroupId": 1,
                            "price": 777, "currency": "RUB"}
                           for held in story.loaded.values()
                           if held["priced"]]})
    return out
