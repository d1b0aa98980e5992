"""What a package states, read for itself, and the fewest commands that bring a
portal from one statement to the next: what is superfluous shows beside it."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from decimal import Decimal

import catalogue


def _name(element):
    return element.tag.rsplit("}", 1)[-1]


def _texts(element):
    return {_name(child): (child.text or "").strip() for child in element}


def _below(element, name):
    return [one for one in element.iter() if _name(one) == name]


class Stated:
    """Goods, prices and stock of the packages read so far, the last one
    over those before it."""

    def __init__(self, *packages):
        self.goods, self.prices, self.stock = {}, {}, {}
        self.others = Counter()     # groups, properties, values, warehouses
        for package in packages:
            for path in catalogue.files_of(package):
                self._read(path)

    def _read(self, path):
        above = []      # the names that are open
        for event, element in ElementTree.iterparse(path, ("start", "end")):
            name = _name(element)
            if event == "start":
                above.append(name)
                continue
            above.pop()
            inside = above[-1] if above else ""
            if name == "Товар":
                self._good(element)
            elif name == "Предложение":
                self._offer(element)
            elif (name, inside) in (("Группа", "Группы"),
                                    ("Свойство", "Свойства"),
                                    ("Справочник", "ВариантыЗначений"),
                                    ("Склад", "Склады")):
                self.others[name] += 1
            if name in ("Товар", "Предложение"):
                element.clear()

    def _good(self, element):
        self.goods[_texts(element)["Ид"]] = ElementTree.tostring(element)

    def _offer(self, element):
        ident = _texts(element)["Ид"]
        for price in _below(element, "Цена"):
            said = _texts(price)
            self.prices[ident, said["ИдТипаЦены"]] = \
                Decimal(said["ЦенаЗаЕдиницу"])
        for store in _below(element, "Склад"):
            self.stock[ident, store.get("ИдСклада")] = \
                Decimal(store.get("КоличествоНаСкладе"))

    def moved(self, before):
        """Amounts in stores that are others."""
        return _changed(self.stock, before.stock)

    def least(self, before=None):
        """Commands: each thing that is new or another one, and a document
        of what comes and one of what goes, made and conducted, with a line
        for each amount."""
        old = before or Stated()
        moved = {key: amount - old.stock.get(key, 0)
                 for key, amount in self.stock.items()
                 if amount != old.stock.get(key, 0)}
        documents = {by > 0 for by in moved.values()}
        return (_changed(self.goods, old.goods) +
                _changed(self.prices, old.prices) + len(moved) +
                2 * len(documents) +
                (0 if before else sum(self.others.values())))


def _changed(now, before):
    return sum(1 for key, value in now.items() if before.get(key) != value)
