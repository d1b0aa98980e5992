"""How much a package states of goods, counted by itself: everything of it has
to be in the oracle's ledger, carried or left out for a reason."""

import xml.etree.ElementTree as ElementTree

PICTURES = ("Картинка", "ДополнительнаяКартинка")
# What makes an offer more than its prices and its stock.
SAYS = {"Наименование", "ЗначенияСвойств", "ХарактеристикиТовара",
        "БазоваяЕдиница", *PICTURES}


def local(element):
    return element.tag.rpartition("}")[2]


def text(element):
    return (element.text or "").strip()


def is_picture(element):
    return local(element).rstrip("1234") in PICTURES and text(element)


def below(element, *path):
    """Elements at the end of this path."""
    found = [element]
    for name in path:
        found = [child for one in found for child in one
                 if local(child) == name]
    return found


class Stated:
    """The last word on every good and offer, file after file."""

    def __init__(self, files):
        self._said, self._stock = {}, {}
        for path in files:
            stack = []
            for event, element in ElementTree.iterparse(
                    path, ("start", "end")):
                if event == "start":
                    stack.append(local(element))
                    continue
                stack.pop()
                if "Документ" in stack:
                    continue
                if local(element) in ("Товар", "Предложение"):
                    self._take(element)

    def _take(self, element):
        ids = [text(one) for name in ("Ид", "ИдХарактеристики")
               for one in below(element, name)]
        if not ids or not ids[0]:
            return
        mark = ids[0]
        if len(ids) > 1 and ids[1].strip("0-") and "#" not in mark:
            mark += "#" + ids[1]
        kind = local(element)
        if kind == "Товар" or any(local(child) in SAYS for child in element):
            self._said[kind, mark] = {
                "values": sum(bool(text(one)) for one in below(
                    element, "ЗначенияСвойств", "ЗначенияСвойства",
                    "Значение")),
                "characteristics": sum(bool(text(one)) for one in below(
                    element, "ХарактеристикиТовара", "ХарактеристикаТовара",
                    "Значение")),
                "pictures": sum(map(bool, map(is_picture, element)))}
        if kind == "Предложение":
            self._take_stock(mark, element)

    def _take_stock(self, mark, element):
        stores = {one.get("ИдСклада") for name in ("Склад", "Склады")
                  for one in below(element, name) if one.get("ИдСклада")}
        stores |= {text(one) for path in (
            ("Остатки", "Остаток", "Склад", "Ид"), ("Склад", "Ид"))
            for one in below(element, *path)}
        if stores or below(element, "Количество"):
            self._stock[mark] = len(stores)

    def counts(self):
        out = {"stock figures": sum(self._stock.values())}
        for row in self._said.values():
            for name, count in row.items():
                out[name] = out.get(name, 0) + count
        return out
