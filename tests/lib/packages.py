"""Packages as 1C writes them, made from a short description in JSON.

The keys are in tests/flow/README.md.  Ids are the keys of the description;
only what differs between the dialects is told apart here.
"""

import copy
import json
from xml.sax.saxutils import escape, quoteattr

import parties

NAMESPACE = {"ut11": "urn:1C.ru:commerceml_2", "unf": "urn:1C.ru:commerceml_210",
             "ut103": None}
VERSION = {"ut11": "2.07", "unf": "2.08", "ut103": "2.04"}


def merge(base, over):
    """Objects are merged, null takes a key away, the rest is replaced."""
    out = copy.deepcopy(base)
    for key, value in over.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merge(out[key], value)
        else:
            out[key] = copy.deepcopy(value)
    return out


class Shelf:
    """Where the descriptions and the ready folders of a case lie."""

    def __init__(self, *folders):
        self._folders = folders

    def folder(self, name):
        """A folder of files that is taken as it is, or None."""
        for folder in self._folders:
            if isinstance(name, str) and (folder / name).is_dir():
                return folder / name
        return None

    def describe(self, what):
        if isinstance(what, str):
            for folder in self._folders:
                path = folder / (what + ".json")
                if path.exists():
                    what = json.loads(path.read_text(encoding="utf-8"))
                    break
            else:
                raise ValueError(f"no package named {what}")
        if "like" not in what:
            return what
        own = {k: v for k, v in what.items() if k != "like"}
        return merge(self.describe(what["like"]), own)


def files_of(description):
    """{file name: bytes} of a package."""
    spec = _complete(description)
    if spec["dialect"] not in NAMESPACE:
        raise ValueError("no such dialect: " + spec["dialect"])
    out = {}
    for kind, text in (("import", _import), ("offers", _offers)):
        if kind in spec["files"]:
            out[_file_name(spec, kind)] = _encode(spec, text(spec))
    for kind, text in (("contragents", parties.contragents),
                       ("documents", parties.documents)):
        if kind in spec["files"]:
            out[parties.FILES[kind]] = _encode(spec, text(spec))
    return out


def _complete(description):
    spec = {"dialect": "ut11", "formed": "2026-11-24T09:00:00", "full": True,
            "portion": 1, "catalog": "katalog-1", "groups": {}, "goods": {},
            "price_types": {}, "classifier": None, "encoding": "utf-8-sig",
            "counterparties": {}, "documents": {},
            **copy.deepcopy(description)}
    for number in range(1, spec.get("many_parties", 0) + 1):
        spec["counterparties"].setdefault(f"k{number:03}", {
            "name": f"Ромашка № {number}", "inn": str(7700000000 + number),
            "official_name": f'ООО "Ромашка № {number}"', "kpp": "770101001",
            "phones": [["Телефон рабочий", f"8 495 {1000000 + number}"]]})
    spec.setdefault("files", _files(spec))
    for number in range(1, spec.get("many", 0) + 1):
        spec["goods"].setdefault(f"m{number:03}", {
            "name": f"Карандаш № {number}", "article": f"КАР-{number}",
            "unit": "796", "vat": "20", "prices": {"Розничная": f"{number}.5"},
            "quantity": str(number)})
    if "only" in spec:
        spec["goods"] = {k: v for k, v in spec["goods"].items()
                         if k in spec["only"]}
    if spec["classifier"] is None:
        spec["classifier"] = spec["portion"] == 1
    return spec


def _files(spec):
    """What there is something to write in; goods by default."""
    out = [kind for kind, rows in (("contragents", "counterparties"),
                                   ("documents", "documents")) if spec[rows]]
    if spec["goods"] or spec.get("many") or not out:
        out = ["import", "offers", *out]
    return out


def _file_name(spec, kind):
    portion = spec["portion"]
    if spec["dialect"] == "ut11":
        return f"{kind}0_{portion}.xml"
    return kind + (str(portion - 1) if portion > 1 else "") + ".xml"


def _encode(spec, text):
    name = spec["encoding"].replace("-sig", "")
    head = f'<?xml version="1.0" encoding="{name.upper()}"?>\n'
    return (head + text).encode(spec["encoding"])


def _root(spec, inner):
    namespace = NAMESPACE[spec["dialect"]]
    mark = f' xmlns="{namespace}"' if namespace else ""
    return (f'<КоммерческаяИнформация{mark} '
            f'ВерсияСхемы="{VERSION[spec["dialect"]]}" '
            f'ДатаФормирования="{spec["formed"]}">\n{inner}'
            '</КоммерческаяИнформация>\n')


def _tag(name, value, attributes=""):
    if value is None:
        return ""
    return f"<{name}{attributes}>{escape(str(value))}</{name}>\n"


def _owner():
    return ("<Владелец>\n" + _tag("Ид", "vladelets-1") +
            _tag("Наименование", "Лавка «Скрепка»") +
            _tag("ПолноеНаименование", "Лавка «Скрепка»") + "</Владелец>\n")


def _changes_only(spec):
    # Portions after the first say so even in a full export.
    only = not spec["full"] or spec["portion"] > 1
    return f' СодержитТолькоИзменения="{str(only).lower()}"'


# ---- import ----

def _import(spec):
    classifier = _classifier(spec) if spec["classifier"] else ""
    catalog = (f"<Каталог{_changes_only(spec)}>\n" +
               _tag("Ид", spec["catalog"]) +
               _tag("ИдКлассификатора", spec["catalog"]) +
               _tag("Наименование", "Каталог товаров") + _owner() +
               "<Товары>\n" +
               "".join(_good(spec, ident, good)
                       for ident, good in spec["goods"].items()
                       if "name" in good) +
               "</Товары>\n</Каталог>\n")
    last = spec.get("classifier_last", False)
    return _root(spec, catalog + classifier if last else classifier + catalog)


def _classifier(spec):
    children = {}
    for ident, group in spec["groups"].items():
        group = {"name": group} if isinstance(group, str) else group
        children.setdefault(group.get("in"), []).append((ident, group))
    groups = _groups(children, None)
    return ("<Классификатор>\n" + _tag("Ид", spec["catalog"]) +
            _tag("Наименование", "Классификатор") + _owner() +
            (groups or "<Группы/>\n") + "</Классификатор>\n")


def _groups(children, parent):
    rows = children.get(parent, [])
    if not rows:
        return ""
    out = "<Группы>\n"
    for ident, group in rows:
        out += ("<Группа>\n" + _tag("Ид", ident) +
                _tag("Наименование", group["name"]) +
                _tag("БитриксКод", group.get("code")) + _groups(children, ident) + _deleted_child(group) +
                "</Группа>\n")
    return out + "</Группы>\n"


def _deleted_child(row):
    how = row.get("deleted")
    if how == "child":
        return _tag("Статус", "Удален")
    return _tag("ПометкаУдаления", "true") if how == "flag" else ""


def _good(spec, ident, good):
    status = ' Статус="Удален"' if good.get("deleted") == "attribute" else ""
    groups = good.get("group")
    groups = groups if isinstance(groups, list) else [groups] * bool(groups)
    out = f"<Товар{status}>\n" + _tag("Ид", ident)
    out += _tag("Артикул", good.get("article"))
    out += _tag("Наименование", good["name"]) + _unit(good)
    if "group" in good:
        out += "<Группы>\n" + "".join(_tag("Ид", g) for g in groups) + \
            "</Группы>\n"
    out += _tag("Описание", good.get("about"))
    if "vat" in good:
        out += ("<СтавкиНалогов><СтавкаНалога>" +
                "<Наименование>НДС</Наименование>" +
                _tag("Ставка", good["vat"]).strip() +
                "</СтавкаНалога></СтавкиНалогов>\n")
    out += ("<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>"
            "ТипНоменклатуры</Наименование><Значение>Товар</Значение>"
            "</ЗначениеРеквизита></ЗначенияРеквизитов>\n")
    return out + _deleted_child(good) + "</Товар>\n"


def _unit(good):
    if "unit" not in good:
        return ""
    return (f"<БазоваяЕдиница Код={quoteattr(good['unit'])} "
            'НаименованиеПолное="Единица"/>\n')


# ---- offers ----

def _offers(spec):
    types = spec["price_types"]
    head = _tag("Ид", spec["catalog"] + "#")
    if spec["portion"] == 1:
        head += _tag("Наименование", "Пакет предложений")
    head += _tag("ИдКаталога", spec["catalog"])
    head += _tag("ИдКлассификатора", spec["catalog"])
    if types and spec.get("price_dictionary", True):
        head += "<ТипыЦен>\n"
        for name, kind in types.items():
            head += ("<ТипЦены>\n" + _tag("Ид", kind["id"]) +
                     _tag("Наименование", name) +
                     _tag("Валюта", kind["currency"]) + "</ТипЦены>\n")
        head += "</ТипыЦен>\n"
    if spec["portion"] > 1:
        head = head.replace("<ИдКаталога>", "<Наименование>Пакет предложений"
                            "</Наименование>\n<ИдКаталога>", 1)
    return _root(spec, f"<ПакетПредложений{_changes_only(spec)}>\n" + head +
                 "<Предложения>\n" +
                 "".join(_offer(spec, ident, good)
                         for ident, good in spec["goods"].items()
                         if "prices" in good or "quantity" in good or
                         "stock" in good) +
                 "</Предложения>\n</ПакетПредложений>\n")


def _offer(spec, ident, good):
    out = "<Предложение>\n" + _tag("Ид", ident)
    out += _tag("Наименование", good.get("name", ident)) + _unit(good)
    if good.get("prices"):
        out += "<Цены>\n"
        for name, price in good["prices"].items():
            kind = spec["price_types"][name]
            out += ("<Цена>\n" + _tag("ИдТипаЦены", kind["id"]) +
                    _tag("ЦенаЗаЕдиницу", price) +
                    _tag("Валюта", good.get("currency", kind["currency"])) +
                    _tag("Коэффициент", "1") + "</Цена>\n")
        out += "</Цены>\n"
    out += _tag("Количество", good.get("quantity"))
    for store, amount in good.get("stock", {}).items():
        out += (f'<Склад ИдСклада={quoteattr(store)} '
                f'КоличествоНаСкладе={quoteattr(amount)}/>\n')
    return out + "</Предложение>\n"
