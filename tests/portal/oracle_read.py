"""CommerceML packages as the oracle understands them: statements by Ид.

It reads on its own, by local names, and keeps the last statement of each Ид.
What a good says of itself is read in oracle_goods.py.
"""

import os
import re
import xml.etree.ElementTree as ET

from oracle_goods import (NO_CHARACTERISTIC, Good, child, children,
                          is_deleted, is_true, local, number,
                          speaks_of_itself, store_amounts, text_of)

_KINDS = (("offers", 1), ("prices", 2), ("rests", 3))
_DIGITS = re.compile(r"(\d+)")
# Elements that are counted wherever they stand: as the manifest of the
# corpus counts.
_COUNTED = {"Свойство": "properties", "Справочник": "property values",
            "Вариант": "property values"}


class Unreadable(Exception):
    """A file of the package that is not XML, or not CommerceML."""


class Group:
    __slots__ = ("name", "parent", "deleted")

    def __init__(self, name, parent, deleted):
        self.name = name
        self.parent = parent
        self.deleted = deleted


class Property:
    """A Свойство; options: {value's id: text}, of all that was stated."""

    def __init__(self, element, earlier):
        self.name = text_of(child(element, "Наименование"))
        self.type = text_of(child(element, "ТипЗначений"))
        self.deleted = is_deleted(element)
        self.options = dict(earlier.options) if earlier else {}
        for holder in children(element, "ВариантыЗначений"):
            for item in (*children(holder, "Справочник"),
                         *children(holder, "Вариант")):
                text = text_of(child(item, "Значение"))
                ident = text_of(child(item, "ИдЗначения")) or \
                    text_of(child(item, "Ид")) or text
                self.options[ident] = text
            for item in children(holder, "Значение"):
                self.options.setdefault(text_of(item), text_of(item))

    def option(self, value):
        """Text of an option by its id or its text; None: no such."""
        if self.options.get(value):
            return self.options[value]
        return value if value in self.options.values() else None


class Facts:
    """Everything that packages stated so far."""

    def __init__(self):
        self.groups = {}
        self.types = {}         # id: (name, currency, VAT included or None)
        self.properties = {}
        self.categories = {}
        self.warehouses = {}
        self.goods = {}
        self.offers = {}        # what offers say of themselves
        self.prices = {}        # id: {type: (price, currency[, factor])}
        self.rests = {}         # id: (total, (amounts), {warehouse: amount})
        self.absent = set()
        self.absent_offers = set()
        self.counts = {"files": 0, "groups": 0, "goods": 0, "offers": 0,
                       "prices": 0, "price types": 0, "deleted goods": 0,
                       "properties": 0, "property values": 0, "pictures": 0,
                       "offers with characteristics": 0, "warehouses": 0,
                       "stocks": 0}

    def take(self, folder):
        """Reads a package: a folder, or one XML file."""
        package = Package(self, folder)
        for path in package_files(folder):
            package.read(path)
        package.close()

    def characteristics(self):
        """{product: [ids of offers "product#characteristic"]}"""
        out = {}
        for ident in self.offers:
            product, mark, _ = ident.partition("#")
            if mark and ident not in self.goods:
                out.setdefault(product, []).append(ident)
        return out


def package_files(folder):
    if os.path.isfile(folder):
        return [folder]
    found = [os.path.join(where, name)
             for where, _, names in os.walk(folder) for name in names
             if name.lower().endswith(".xml")]
    return sorted(found, key=_file_order)


def _file_order(path):
    name = os.path.basename(path).lower()
    rank = max((rank for word, rank in _KINDS if name.startswith(word)),
               default=0)
    parts = [int(p) if p.isdigit() else p for p in _DIGITS.split(name)]
    return (rank, [str(type(p)) + str(p).rjust(12, "0") for p in parts], path)


class Package:
    """One package: what it names, and whether it says that it is full."""

    def __init__(self, facts, folder):
        self._facts = facts
        self._top = folder if os.path.isdir(folder) else \
            os.path.dirname(os.path.abspath(folder))
        self._seen, self._full = set(), None
        self._prices_before = dict(facts.prices)
        self._spoken = set()    # price types that it says anything of
        self._seen_offers, self._full_offers = set(), None
        self._handlers = {
            ("Классификатор", "Группы"): self._groups,
            ("ТипыЦен", "ТипЦены"): self._price_type,
            ("Свойства", "Свойство"): self._property,
            ("Категории", "Категория"): self._category,
            ("Склады", "Склад"): self._warehouse,
            ("Товары", "Товар"): self._good,
            ("Предложения", "Предложение"): self._offer,
        }

    def read(self, path):
        self._facts.counts["files"] += 1
        self._folder = os.path.dirname(os.path.abspath(path))
        self._priced, self._unpriced = False, []
        stack = []
        try:
            for event, element in ET.iterparse(path, ("start", "end")):
                name = local(element)
                if event == "start":
                    stack.append((name, element))
                    if len(stack) == 1 and name != "КоммерческаяИнформация":
                        raise Unreadable("%s: the root is %s" % (path, name))
                    continue
                stack.pop()
                self._ended(path, name, element, stack)
        except (ET.ParseError, UnicodeError, ValueError) as error:
            raise Unreadable("%s: %s" % (path, error)) from error
        if self._priced:
            for ident in self._unpriced:
                self._facts.prices[ident] = {}

    def _ended(self, path, name, element, stack):
        self._count(name, element)
        above = stack[-1][0] if stack else ""
        self._facts.counts["warehouses"] += (above, name) == ("Склады",
                                                              "Склад")
        handler = self._handlers.get((above, name))
        if handler is None:
            if name in ("Каталог", "ПакетПредложений") and len(stack) == 1:
                self._part(name, element, path)
            return
        names = [n for n, _ in stack]
        if name in ("Свойство", "Склад") and (
                len(names) < 2 or names[-2] not in ("Классификатор",
                                                    "ПакетПредложений")):
            return
        if "Документ" not in names:
            self._in_changes = "ИзмененияПакетаПредложений" in names
            handler(element)
        del stack[-1][1][:]

    def _count(self, name, element):
        if name in _COUNTED:
            self._facts.counts[_COUNTED[name]] += 1
        elif name == "Картинка" and text_of(element):
            self._facts.counts["pictures"] += 1

    def close(self):
        facts = self._facts
        for ident, stated in facts.prices.items():
            before = self._prices_before.get(ident, {})
            if stated is not before:
                facts.prices[ident] = {**{
                    kind: price for kind, price in before.items()
                    if kind not in self._spoken}, **stated}
        facts.absent -= self._seen
        if self._full and self._seen:
            facts.absent |= set(facts.goods) - self._seen
        facts.absent_offers -= self._seen_offers
        if self._full_offers and self._seen_offers:
            facts.absent_offers |= set(facts.offers) - self._seen_offers

    def _part(self, name, element, path):
        """Portion 1 tells for its session; a child says it in some files."""
        said = element.get("СодержитТолькоИзменения") or \
            text_of(child(element, "СодержитТолькоИзменения"))
        full = (said or "false").strip().lower() not in ("true", "1")
        portion = re.search(r"(_|import|offers)(\d+)\.xml$", path.lower())
        if portion is not None and int(portion.group(2)) > (
                portion.group(1) == "_"):       # import0_2.xml, import1.xml
            return
        which = "_full" if name == "Каталог" else "_full_offers"
        before = getattr(self, which)
        setattr(self, which, full if before is None else before and full)

    def _groups(self, element):
        todo = [(element, None)]
        while todo:
            node, parent = todo.pop()
            for group in children(node, "Группа"):
                ident = text_of(child(group, "Ид"))
                if not ident:
                    continue
                self._facts.groups[ident] = Group(
                    text_of(child(group, "Наименование")), parent,
                    is_deleted(group))
                self._facts.counts["groups"] += 1
                todo.extend((inner, ident)
                            for inner in children(group, "Группы"))

    def _price_type(self, element):
        ident = text_of(child(element, "Ид"))
        self._spoken.add(ident)
        included = None
        for tax in children(element, "Налог"):
            said = text_of(child(tax, "УчтеноВСумме"))
            if said and text_of(child(tax, "Наименование")).upper() in (
                    "НДС", ""):
                included = is_true(said)
        self._facts.types[ident] = (text_of(child(element, "Наименование")),
                                    text_of(child(element, "Валюта")),
                                    included)
        self._facts.counts["price types"] += 1

    def _property(self, element):
        ident = text_of(child(element, "Ид")) or \
            text_of(child(element, "Наименование"))
        if ident:
            self._facts.properties[ident] = Property(
                element, self._facts.properties.get(ident))

    def _category(self, element):
        self._facts.categories[text_of(child(element, "Ид"))] = text_of(
            child(element, "Наименование"))

    def _warehouse(self, element):
        ident = text_of(child(element, "Ид"))
        if ident:
            self._facts.warehouses[ident] = text_of(
                child(element, "Наименование"))

    def _good(self, element):
        ident = text_of(child(element, "Ид"))
        if not ident:
            return
        good = Good(element)
        good.read_pictures(self._folder, self._top,
                           self._facts.goods.get(ident))
        self._facts.goods[ident] = good
        self._seen.add(ident)
        self._facts.counts["goods"] += 1
        self._facts.counts["deleted goods"] += good.deleted
        self._prices(element, ident)

    def _offer(self, element):
        ident = text_of(child(element, "Ид"))
        if not ident:
            return
        self._facts.counts["offers"] += 1
        if child(element, "ХарактеристикиТовара") is not None:
            self._facts.counts["offers with characteristics"] += 1
        char = text_of(child(element, "ИдХарактеристики"))
        if char and char != NO_CHARACTERISTIC and "#" not in ident:
            ident += "#" + char
        if speaks_of_itself(element):
            offer = Good(element)
            offer.read_pictures(self._folder, self._top,
                                self._facts.offers.get(ident))
            self._facts.offers[ident] = offer
            self._seen_offers.add(ident)
        if self._prices(element, ident):
            self._priced = self._priced or bool(self._facts.prices[ident])
        elif not self._in_changes and not is_deleted(element):
            self._unpriced.append(ident)
        self._stock(element, ident)

    def _prices(self, element, ident):
        holder = child(element, "Цены")
        if holder is None:
            return False
        stated, packs = {}, {}
        for price in children(holder, "Цена"):
            kind = text_of(child(price, "ИдТипаЦены"))
            value = number(text_of(child(price, "ЦенаЗаЕдиницу")))
            self._facts.counts["prices"] += 1
            self._spoken.add(kind)
            if value is None:
                continue
            factor = number(text_of(child(price, "Коэффициент"))) or "1"
            mine = (value, text_of(child(price, "Валюта")))
            if float(factor) in (0, 1):
                stated[kind] = mine
            else:
                packs[kind] = (*mine, factor)
        # A price of a pack of many counts where there is no other.
        self._facts.prices[ident] = {**packs, **stated}
        return True

    def _stock(self, element, ident):
        total = number(text_of(child(element, "Количество")))
        stores = {}
        for node in element:
            stores.update(store_amounts(node))
        if stores and not self._in_changes:
            self._facts.counts["stocks"] += 1
        if total is not None or stores:
            self._facts.rests[ident] = (total, tuple(stores.values()),
                                        stores)
