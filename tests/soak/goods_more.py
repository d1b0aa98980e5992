"""What else happens in the walk of goods: stock by documents, and managers who
move it; price types, properties and stores of the portal that people delete and
make again; goods that two rows of the portal could be; an older state."""

import copy

STORES = [{"id": 1, "title": "Основной", "active": "Y", "address": "-"},
          {"id": 2, "title": "Магазин", "active": "Y", "address": "-"}]
OF_WAREHOUSE = {"w1": 1, "w2": 2}
# Price types of the portal that people may delete: xmlId: id, name.
PORTAL_TYPES = {"OPT": (2, "Оптовая"), "PURCHASE": (3, "Закупочная")}


class More:
    """Parts of Story (walk_goods.py), whose fields these are."""

    def begin_more(self):
        self.types_there = {mark: number for mark, (number, _) in
                            PORTAL_TYPES.items()}
        self.stores_there = {"w1": 1, "w2": 2}
        self.made = 20          # number of what people make next
        self.moved = {}         # {(mark, warehouse): 1C's figure then}
        self.doubtful = {}      # {good: ids of the portal}
        self.saved = False      # is there a backup of the state?

    # ---- stock by documents ----

    def documents(self):
        if self.timeline or self.rules.get("negative_stock") == "keep":
            return
        self.portal.update({"inventory": True, "stores": STORES})
        self.rule("stock", "documents")

    def move(self, pick, amount):
        """A manager's own document, conducted: other goods in a store."""
        if not self.portal.get("inventory") or \
                self.rules.get("stock") != "documents":
            return
        lying = [(f"{good}#{char}" if char else good, store, figure)
                 for good, row in sorted(self.onec.known.items())
                 if good not in self.dropped
                 for char, own in ((None, row), *row.get(
                     "characteristics", {}).items())
                 for store, figure in own.get("stock", {}).items()
                 if store in OF_WAREHOUSE]
        if not lying:
            return
        mark, store, figure = lying[pick % len(lying)]
        self.settle()
        number = self.stores_there[store]
        title = STORES[OF_WAREHOUSE[store] - 1]["title"]
        self.steps.append({
            "alter": ["store_products", f"{mark} {title}"],
            "set": {"amount": amount}, "there": False})
        self.edits.setdefault(mark, {})[f"stock {number}"] = [amount, None]
        self.moved[mark, store] = figure

    def settle_moved(self):
        """Of what 1C says another figure now, people's is gone."""
        for (mark, store), figure in list(self.moved.items()):
            good, _, char = mark.partition("#")
            own = self.onec.known.get(good, {})
            if char:
                own = own.get("characteristics", {}).get(char, {})
            now = own.get("stock", {}).get(store)
            if now is not None and now != figure and self.simple.get(good):
                self.edits.get(mark, {}).pop(
                    f"stock {self.stores_there[store]}", None)
                del self.moved[mark, store]

    def unstore(self, store, pick):
        """A store is deleted and made again: with the next thing that is sent
        all that 1C has in that warehouse comes there."""
        good = self._some_plain(pick)
        if good is None or not self.portal.get("inventory") or \
                self.rules.get("stock") != "documents":
            return
        self.settle()
        self.made += 1
        self.steps += [
            {"alter": ["stores", f"#{self.stores_there[store]}"],
             "delete": True},
            {"control": "load", "with": {"stores": [
                {**STORES[OF_WAREHOUSE[store] - 1], "id": self.made}]}}]
        for held in self.edits.values():
            held.pop(f"stock {self.stores_there[store]}", None)
        self.stores_there[store] = self.made
        self._touch(good)

    # ---- people who delete what goods are told by ----

    def _some_plain(self, pick):
        plain = [good for good in sorted(self.onec.known)
                 if self._plain(good)]
        return plain[pick % len(plain)] if plain else None

    def untype(self, mark, pick):
        """A price type is deleted and made again: its prices come again with
        the next thing that is sent."""
        good = self._some_plain(pick)
        if good is None:
            return
        self.settle()
        self.made += 1
        self.steps += [
            {"alter": ["price_types", f"#{self.types_there[mark]}"],
             "delete": True},
            {"control": "load", "with": {"price_types": [
                {"id": self.made, "name": PORTAL_TYPES[mark][1], "base": "N",
                 "sort": 500, "xmlId": mark}]}}]
        self.types_there[mark] = self.made
        self._touch(good)

    def unproperty(self, pick):
        """A property is deleted; by the next thing that is sent it is made
        again, where a rule says so, and all that had it are told."""
        good = self._some_plain(pick)
        told = sorted(self.onec.properties)
        if good is None or not told:
            return
        property = told[pick % len(told)]
        self.settle()
        self.steps.append({"alter": ["properties", property],
                           "delete": True, "there": False})
        self._touch(good)
        self.settle()

    def _touch(self, good):
        self.made += 1
        self.onec.row(good)["article"] = f"Т-{self.made}"
        self.export(False)
        self.settle()

    # ---- goods of which nobody can say which row of the portal they are ----

    def doubt(self, good, by):
        if self.timeline or good in self.loaded:
            return
        self.load(good, by, False)
        held = self.loaded[good]
        held["spoiled"] = True
        first = self.products[-1]
        ident = 500 + len(self.products)
        second = copy.deepcopy({**first, "id": ident})
        for value in second.get("properties", {}).values():
            value[0]["valueId"] = "9" + str(ident)
        self.products.append(second)
        self.doubtful[good] = [held["id"], ident]
        self.edits.setdefault(good, {})["deleted"] = "perhaps"

    def link(self, good, which):
        """A person says which one it is."""
        if good not in self.doubtful or good not in self.onec.known:
            return
        self.settle()
        self.steps.append({"cml24": ["link", "good", good, str(
            self.doubtful[good][which])], "exit": [0, 1, 2]})
        self.settle()

    # ---- an older state ----

    def backup(self):
        if self.ran:
            self.settle()
            self.steps.append({"copy": "exchange/state", "to": "backup"})
            self.saved = True

    def older(self):
        """The backup comes back; then 1C exports all, and it is sent whatever
        the state thinks of it."""
        if not self.saved or not self.timeline:
            return
        self.settle()
        self.steps.append({"copy": "backup", "to": "exchange/state"})
        self.export(True)
        self.force()
        self.steps.append({"cml24": ["retry"], "exit": [0, 1]})
        self.settle()
        self.loose = True
        for good in self.simple:
            self.simple[good] = False
            self._loosen(good)

    # ---- a run that has little time ----

    def brief(self, minutes):
        self._configure({"run": {"max_minutes": minutes}})
