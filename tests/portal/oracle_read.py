"""CommerceML packages as the oracle understands them: statements by Ид.

It reads on its own, by local names, and keeps the last statement of each Ид.
"""

import os
import re
import xml.etree.ElementTree as ET

_KINDS = (("offers", 1), ("prices", 2), ("rests", 3))
_DIGITS = re.compile(r"(\d+)")
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)$")


class Unreadable(Exception):
    """A file of the package that is not XML, or not CommerceML."""


class Group:
    __slots__ = ("name", "parent", "deleted")

    def __init__(self, name, parent, deleted):
        self.name = name
        self.parent = parent
        self.deleted = deleted


class Good:
    __slots__ = ("name", "article", "groups", "unit", "vat", "text", "markup",
                 "code", "deleted")


class Facts:
    """Everything that packages stated so far."""

    def __init__(self):
        self.groups = {}
        self.types = {}
        self.goods = {}
        self.prices = {}
        self.rests = {}
        self.live_before = set()
        self.absent = set()
        self.counts = {"files": 0, "groups": 0, "goods": 0, "offers": 0,
                       "prices": 0, "price types": 0, "deleted goods": 0}

    def take(self, folder):
        """Reads a package: a folder, or one XML file."""
        self.live_before |= {i for i, g in self.goods.items()
                             if not g.deleted}
        package = Package(self)
        for path in package_files(folder):
            package.read(path)
        package.close()


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

    def __init__(self, facts):
        self._facts = facts
        self._seen = set()
        self._full = None

    def read(self, path):
        self._facts.counts["files"] += 1
        handlers = {
            ("Классификатор", "Группы"): self._groups,
            ("ТипыЦен", "ТипЦены"): self._price_type,
            ("Товары", "Товар"): self._good,
            ("Предложения", "Предложение"): self._offer,
        }
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
                above = stack[-1][0] if stack else ""
                handler = handlers.get((above, name))
                if handler is None:
                    if name == "Каталог":
                        self._catalogue(element, path)
                    continue
                if "Документ" not in [n for n, _ in stack]:
                    handler(element)
                del stack[-1][1][:]
        except (ET.ParseError, UnicodeError, ValueError) as error:
            raise Unreadable("%s: %s" % (path, error)) from error

    def close(self):
        facts = self._facts
        facts.absent -= self._seen
        if self._full and self._seen:
            facts.absent |= set(facts.goods) - self._seen

    def _catalogue(self, element, path):
        """Portion 1 tells for its session; a child says it in some files."""
        said = element.get("СодержитТолькоИзменения") or \
            text_of(child(element, "СодержитТолькоИзменения"))
        full = (said or "false").strip().lower() not in ("true", "1")
        portion = re.search(r"_(\d+)\.xml$", path.lower())
        if portion is not None and int(portion.group(1)) > 1:
            return
        self._full = full if self._full is None else self._full and full

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
        self._facts.types[ident] = (text_of(child(element, "Наименование")),
                                    text_of(child(element, "Валюта")))
        self._facts.counts["price types"] += 1

    def _good(self, element):
        ident = text_of(child(element, "Ид"))
        if not ident:
            return
        good = Good()
        good.name = text_of(child(element, "Наименование"))
        good.article = text_of(child(element, "Артикул"))
        good.groups = tuple(
            text_of(i) for groups in children(element, "Группы")
            for i in children(groups, "Ид") if text_of(i))
        good.unit = _unit(child(element, "БазоваяЕдиница"))
        good.vat = _vat(element)
        described = child(element, "Описание")
        good.text = text_of(described)
        good.markup = described is not None and len(described) > 0
        good.code = text_of(child(element, "БитриксКод"))
        good.deleted = is_deleted(element)
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
        char = text_of(child(element, "ИдХарактеристики"))
        if char:
            ident += "#" + char
        self._prices(element, ident)
        self._stock(element, ident)

    def _prices(self, element, ident):
        holder = child(element, "Цены")
        if holder is None:
            return
        stated = {}
        for price in children(holder, "Цена"):
            kind = text_of(child(price, "ИдТипаЦены"))
            value = number(text_of(child(price, "ЦенаЗаЕдиницу")))
            self._facts.counts["prices"] += 1
            if value is not None:
                stated[kind] = (value, text_of(child(price, "Валюта")))
        self._facts.prices[ident] = stated

    def _stock(self, element, ident):
        total = number(text_of(child(element, "Количество")))
        stores = {}
        for node in element:
            stores.update(_store_amounts(node))
        if total is not None or stores:
            self._facts.rests[ident] = (total, tuple(stores.values()))


def _store_amounts(node):
    """The four shapes of stock: [(warehouse, amount)]."""
    name = local(node)
    if name in ("Склад", "Склады") and node.get("ИдСклада"):
        amount = number(node.get("КоличествоНаСкладе"))
        return [(node.get("ИдСклада").strip(), amount)] \
            if amount is not None else []
    out = []
    rests = children(node, "Остаток") if name == "Остатки" else \
        [node] if name == "Остаток" else []
    for rest in rests:
        stores = children(rest, "Склад") or [rest]
        for store in stores:
            ident = text_of(child(store, "Ид")) or \
                text_of(child(store, "ИдСклада"))
            amount = number(text_of(child(store, "Количество")))
            if amount is not None:
                out.append((ident, amount))
    return out


def _unit(element):
    if element is None:
        return ""
    code = (element.get("Код") or "").strip()
    text = text_of(element)
    return code or (text if text.isdigit() else "")


def _vat(element):
    for holder in children(element, "СтавкиНалогов"):
        for rate in children(holder, "СтавкаНалога"):
            named = text_of(child(rate, "Наименование"))
            if named.upper() in ("НДС", ""):
                return text_of(child(rate, "Ставка"))
    return ""


def is_deleted(element):
    """Attribute, child `Статус`, child `ПометкаУдаления`."""
    said = [element.get("Статус"), text_of(child(element, "Статус"))]
    if any((s or "").strip().lower() == "удален" for s in said):
        return True
    mark = text_of(child(element, "ПометкаУдаления")).lower()
    return mark in ("true", "1", "да")


def local(element):
    tag = element.tag
    return tag[tag.rfind("}") + 1:] if isinstance(tag, str) else ""


def children(element, name):
    return [node for node in element if local(node) == name]


def child(element, name):
    for node in element:
        if local(node) == name:
            return node
    return None


def text_of(element):
    if element is None:
        return ""
    return "".join(element.itertext()).strip() if len(element) else \
        (element.text or "").strip()


def number(text):
    """A number as exact text, or None: comma, spaces and NBSP are taken."""
    compact = re.sub(r"\s", "", text or "").replace(",", ".")
    return compact if _NUMBER.match(compact) else None
