"""What one Товар or Предложение says, element by element."""

import hashlib
import os
import re

_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)$")
_SIZES = ("Вес", "Ширина", "Длина", "Высота")
_PICTURES = ("Картинка", "ДополнительнаяКартинка1", "ДополнительнаяКартинка2",
             "ДополнительнаяКартинка3", "ДополнительнаяКартинка4")
# What an offer may have without saying anything of itself.
_NOT_ITSELF = {"Ид", "ИдХарактеристики", "Цены", "Количество", "Склад",
               "Склады", "Остатки", "Остаток", "НомерВерсии", "Статус",
               "ПометкаУдаления", "КодГруппыТоваров", "ИдКаталога"}
NO_CHARACTERISTIC = "00000000-0000-0000-0000-000000000000"
PICTURE_BYTES = 5 << 20


class Good:
    """A Товар; and a Предложение, of which less is said."""

    def __init__(self, element):
        self.name = text_of(child(element, "Наименование"))
        self.article = text_of(child(element, "Артикул"))
        self.groups = tuple(
            text_of(i) for groups in children(element, "Группы")
            for i in children(groups, "Ид") if text_of(i))
        self.unit = _unit(child(element, "БазоваяЕдиница"))
        self.vat = _vat(element)
        described = child(element, "Описание")
        self.text = text_of(described)
        self.markup = described is not None and len(described) > 0
        self.code = text_of(child(element, "БитриксКод"))
        self.deleted = is_deleted(element)
        self.own = _own(element)
        self.properties = _values(element)
        self.requisites = _requisites(element)
        self.pairs = _pairs(element)
        self.sizes = {name: text_of(child(element, name)) for name in _SIZES}
        if not self.sizes["Вес"]:
            self.sizes["Вес"] = self.requisite("Вес")
        # [[path, hash of its bytes or None]]
        self.pictures = [[text_of(node), None] for node in element
                         if local(node) in _PICTURES and text_of(node)]
        self.recalled = set()   # hashes of files that came before

    def requisite(self, name):
        return next((values[0] for known, values in self.requisites
                     if known == name and values), "")

    def is_service(self):
        kind = self.requisite("ТипНоменклатуры") or \
            self.requisite("ВидНоменклатуры")
        return kind.casefold() in ("услуга", "работа")

    def read_pictures(self, folder, top, earlier):
        """Hashes of the files; earlier: the good as it was stated before."""
        known = {path: held for path, held in
                 (earlier.pictures if earlier else ()) if held}
        for row in self.pictures:
            row[1] = _picture(folder, top, row[0])
            if row[1] is None and row[0] in known:
                row[1] = known[row[0]]
                self.recalled.add(row[1])


def speaks_of_itself(element):
    """Is there more in this Предложение than prices and stock?"""
    return is_deleted(element) or any(
        local(node) not in _NOT_ITSELF and
        (len(node) or text_of(node) or node.get("Код"))
        for node in element)


def _own(element):
    """Elements that are carried as properties: {name: value}."""
    maker = child(element, "Изготовитель")
    named = [text_of(child(maker, name)) for name in (
        "Наименование", "ОфициальноеНаименование", "ПолноеНаименование")] \
        if maker is not None else []
    barcodes = [text_of(node) for node in element
                if local(node) in ("Штрихкод", "ШтрихКод") and text_of(node)]
    return {"Штрихкод": barcodes,
            "Изготовитель": [name for name in named if name][:1],
            "Страна": _some(child(element, "Страна")),
            "Категория": _some(child(element, "Категория")),
            "Код": _some(child(element, "Код"))}


def _some(element):
    value = text_of(element)
    return [value] if value else []


def _values(element):
    """[(property, [values])]"""
    out = []
    for holder in children(element, "ЗначенияСвойств"):
        for item in children(holder, "ЗначенияСвойства"):
            ident = text_of(child(item, "Ид")) or \
                text_of(child(item, "Наименование"))
            values = [text_of(node) for node in children(item, "Значение")]
            out.append((ident, [value for value in values if value]))
    return out


def _requisites(element):
    holders = [element, *children(element, "ЗначенияРеквизитов")]
    return [(text_of(child(item, "Наименование")),
             [text_of(node) for node in children(item, "Значение")
              if text_of(node)])
            for holder in holders
            for item in children(holder, "ЗначениеРеквизита")]


def _pairs(element):
    return [(text_of(child(item, "Наименование")),
             text_of(child(item, "Значение")))
            for holder in children(element, "ХарактеристикиТовара")
            for item in children(holder, "ХарактеристикаТовара")]


def _picture(folder, top, path):
    """Beside the file that names it, or in a folder above, up to the top."""
    path = path.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/"):
        return None
    while True:
        place = os.path.join(folder, path)
        if os.path.isfile(place):
            with open(place, "rb") as file:
                data = file.read(PICTURE_BYTES + 1)
            good = len(data) <= PICTURE_BYTES and _is_picture(data)
            return hashlib.sha256(data).hexdigest() if good else None
        if os.path.samefile(folder, top):
            return None
        folder = os.path.dirname(folder)


def _is_picture(data):
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8",
                            b"BM")) or \
        (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def store_amounts(node):
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
    return is_true(text_of(child(element, "ПометкаУдаления")))


def is_true(text):
    return text.strip().lower() in ("true", "1", "да")


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
