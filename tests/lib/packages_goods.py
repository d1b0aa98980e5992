"""Goods and offers of a package: what the dialects have in common."""

from xml.sax.saxutils import quoteattr

import pictures
from packages_xml import box, changes_only, flag, listed, owner, root, tag

GOOD = {"name", "article", "group", "unit", "vat", "about", "deleted",
        "prices", "currency", "quantity", "stock", "properties", "requisites",
        "pictures", "barcode", "maker", "country", "weight", "dimensions",
        "kind", "code", "symbolic", "pack", "characteristics", "parts",
        "recounts"}
CHARACTERISTIC = {"name", "pairs", "article", "barcode", "prices", "currency",
                  "quantity", "stock", "deleted", "pictures", "properties",
                  "unit", "recounts", "weight", "dimensions", "pack"}


def check(spec):
    """A wrong key would only be a thing that is never tried."""
    for ident, good in spec["goods"].items():
        rows = [(ident, good, GOOD)]
        rows += [(f"{ident}#{char}", row, CHARACTERISTIC)
                 for char, row in good.get("characteristics", {}).items()]
        for name, row, known in rows:
            unknown = set(row) - known
            if unknown:
                raise ValueError(f"{name} does not know {sorted(unknown)}")


# ---- the classifier ----

def groups(spec):
    children = {}
    for ident, group in spec["groups"].items():
        group = {"name": group} if isinstance(group, str) else group
        children.setdefault(group.get("in"), []).append((ident, group))
    return _groups(children, None)


def _groups(children, parent):
    rows = children.get(parent, [])
    if not rows:
        return ""
    out = "<Группы>\n"
    for ident, group in rows:
        out += ("<Группа>\n" + tag("Ид", ident) +
                tag("Наименование", group["name"]) +
                tag("БитриксКод", group.get("code")) +
                tag("Описание", group.get("about")) +
                _groups(children, ident) + deleted_child(group) +
                "</Группа>\n")
    return out + "</Группы>\n"


def properties(spec, *whose):
    """Свойства of "goods", "offers"; a property says `for` whom it is."""
    out = ""
    for ident, row in spec["properties"].items():
        if row.get("for", "goods") not in whose:
            continue
        values = "".join(
            "<Справочник>\n" + tag("ИдЗначения", value) +
            tag("Значение", text) + "</Справочник>\n"
            for value, text in row.get("values", {}).items())
        out += ("<Свойство>\n" + tag("Ид", ident) +
                tag("Наименование", row["name"]) +
                flag("ПометкаУдаления", row.get("deleted")) +
                flag("Множественное", row.get("multiple")) +
                tag("ТипЗначений", row.get("type", "Справочник" if values
                                           else "Строка")) +
                box("ВариантыЗначений", values) +
                ("<ДляПредложений>true</ДляПредложений>\n"
                 if row.get("for") == "offers" else "") + "</Свойство>\n")
    return box("Свойства", out)


def classifier(spec, inner, attributes=""):
    return (f"<Классификатор{attributes}>\n" + tag("Ид", spec["catalog"]) +
            tag("Наименование", "Классификатор") + owner(spec) + inner +
            "</Классификатор>\n")


def deleted_child(row):
    how = row.get("deleted")
    if how == "child":
        return tag("Статус", "Удален")
    return tag("ПометкаУдаления", "true") if how == "flag" else ""


def _status(row):
    return ' Статус="Удален"' if row.get("deleted") == "attribute" else ""


# ---- Товар ----

def good(spec, ident, row):
    split = spec["dialect"] == "bitrix31"
    in_groups = row.get("group")
    in_groups = in_groups if isinstance(in_groups, list) else \
        [in_groups] * bool(in_groups)
    out = f"<Товар{_status(row)}>\n" + tag("Ид", ident)
    if split:
        out += tag("НомерВерсии", "AAAAAQAAAAU=")
    out += tag("Штрихкод", row.get("barcode"))
    out += tag("Артикул", row.get("article")) + tag("Код", row.get("code"))
    out += tag("БитриксКод", row.get("symbolic"))
    out += tag("Наименование", row["name"]) + unit(spec, row)
    if "group" in row:
        out += "<Группы>\n" + "".join(tag("Ид", g) for g in in_groups) + \
            "</Группы>\n"
    out += tag("Описание", row.get("about")) + _pictures(row)
    if "maker" in row:
        out += box("Изготовитель", tag("Ид", "maker-1") +
                   tag("Наименование", row["maker"]))
    out += tag("Страна", row.get("country")) + _values(row)
    if "vat" in row:
        out += ("<СтавкиНалогов><СтавкаНалога>" +
                "<Наименование>НДС</Наименование>" +
                tag("Ставка", row["vat"]).strip() +
                "</СтавкаНалога></СтавкиНалогов>\n")
    if "parts" in row:
        out += _parts(spec, row["parts"])
    out += _requisites(spec, row) + (_sizes(row) if split else "")
    if not split:
        out += _sizes({"dimensions": row.get("dimensions", {})})
    return out + deleted_child(row) + "</Товар>\n"


def _parts(spec, parts):
    return box("Комплектующие", "".join(
        box("Комплектующее", tag("Ид", ident) + tag("Наименование", ident) +
            unit(spec, {"unit": "796"}) + tag("Количество", quantity))
        for ident, quantity in parts.items()))


def unit(spec, row):
    if "unit" not in row:
        return ""
    if spec["dialect"] == "bitrix31":
        return tag("БазоваяЕдиница", row["unit"])
    recounts = "".join(
        box("Пересчет", tag("Единица", code) + tag("Коэффициент", factor))
        for code, factor in row.get("recounts", {}).items())
    return (f"<БазоваяЕдиница Код={quoteattr(row['unit'])} "
            'НаименованиеПолное="Единица"' +
            (f">{recounts}</БазоваяЕдиница>\n" if recounts else "/>\n"))


def _requisites(spec, row):
    said = {"ТипНоменклатуры": row.get("kind", "Товар")}
    if "weight" in row and spec["dialect"] != "bitrix31":
        said["Вес"] = row["weight"]
    said.update(row.get("requisites", {}))
    return "<ЗначенияРеквизитов>" + "".join(
        "<ЗначениеРеквизита>" + tag("Наименование", name).strip() +
        "".join(tag("Значение", one).strip() for one in listed(value)) +
        "</ЗначениеРеквизита>" for name, value in said.items()
        if value is not None) + "</ЗначенияРеквизитов>\n"


def _sizes(row):
    return tag("Вес", row.get("weight")) + "".join(
        tag(name, value) for name, value in row.get("dimensions", {}).items())


def _pictures(row):
    return "".join(tag("Картинка", pictures.path_of(path))
                   for path in row.get("pictures", []))


def _values(row):
    return box("ЗначенияСвойств", "".join(
        box("ЗначенияСвойства", tag("Ид", ident) + "".join(
            tag("Значение", one) for one in listed(value)))
        for ident, value in row.get("properties", {}).items()))


# ---- Предложение ----

def offers(spec):
    """[(id, offer)]: of a good itself where it says a price or a stock, and
    of its characteristics."""
    out = []
    for ident, row in spec["goods"].items():
        if "prices" in row or "quantity" in row or "stock" in row:
            plain = {name: row[name] for name in (
                "unit", "prices", "currency", "quantity", "stock", "pack")
                if name in row}
            out.append((ident, {**plain, "name": row.get("name", ident)}))
        for char, own in row.get("characteristics", {}).items():
            words = ", ".join(map(str, own.get("pairs", {}).values()))
            named = f"{row.get('name', ident)} ({words or char})"
            more = {"unit": row["unit"]} if "unit" in row else {}
            out.append((f"{ident}#{char}", {"name": named, **more, **own}))
    return out


def offer(spec, ident, row, parts=("head", "prices", "stock")):
    """parts: what of it this file has."""
    out = f"<Предложение{_status(row)}>\n" + tag("Ид", ident)
    if "head" in parts:
        out += _offer_head(spec, row)
    if "prices" in parts:
        out += _prices(spec, row)
    if "stock" in parts:
        out += _stock(spec, row)
    return out + (deleted_child(row) if "head" in parts else "") + \
        "</Предложение>\n"


def _offer_head(spec, row):
    split = spec["dialect"] == "bitrix31"
    pairs = "".join(
        box("ХарактеристикаТовара", tag("Наименование", name) +
            tag("Значение", value))
        for name, value in row.get("pairs", {}).items())
    return ((tag("НомерВерсии", "AAAAAQAAAAY=") if split else "") +
            tag("Штрихкод", row.get("barcode")) +
            tag("Артикул", row.get("article")) +
            tag("Наименование", row["name"]) +
            ("" if split else unit(spec, row)) + _pictures(row) +
            box("ХарактеристикиТовара", pairs) + _values(row) + _sizes(row))


def _prices(spec, row):
    if not row.get("prices"):
        return ""
    out = "<Цены>\n"
    for name, price in row["prices"].items():
        kind = spec["price_types"][name]
        out += ("<Цена>\n" + tag("ИдТипаЦены", kind["id"]) +
                tag("ЦенаЗаЕдиницу", price) +
                tag("Валюта", row.get("currency", kind["currency"])) +
                tag("Коэффициент", row.get("pack", "1")) + "</Цена>\n")
    return out + "</Цены>\n"


def _stock(spec, row):
    if spec["dialect"] == "bitrix31":
        rests = "".join(
            box("Остаток", box("Склад", tag("Ид", store) +
                               tag("Количество", amount)))
            for store, amount in row.get("stock", {}).items())
        if "quantity" in row and not rests:
            rests = box("Остаток", tag("Количество", row["quantity"]))
        return box("Остатки", rests)
    name = "Склады" if spec["only_changes"] else "Склад"
    stock = "".join(f'<{name} ИдСклада={quoteattr(store)} '
                    f'КоличествоНаСкладе={quoteattr(str(amount))}/>\n'
                    for store, amount in row.get("stock", {}).items())
    total = tag("Количество", row.get("quantity"))
    return stock + total if spec["only_changes"] else total + stock


# ---- dictionaries of offers ----

def price_types(spec):
    out = ""
    if not spec.get("price_dictionary", True):
        return out
    for name, kind in spec["price_types"].items():
        tax = ""
        if "vat_included" in kind:
            tax = box("Налог", tag("Наименование", "НДС") +
                      flag("УчтеноВСумме", kind["vat_included"]) +
                      flag("Акциз", False))
        out += ("<ТипЦены>\n" + tag("Ид", kind["id"]) +
                tag("Наименование", name) + tag("Валюта", kind["currency"]) +
                tax + "</ТипЦены>\n")
    return box("ТипыЦен", out)


def warehouses(spec):
    return box("Склады", "".join(
        "<Склад>\n" + tag("Ид", ident) + tag("Наименование", name) +
        "</Склад>\n" for ident, name in spec["warehouses"].items()))


# ---- the two files ----

def import_file(spec):
    whose = ["goods"] + ["offers"] * (spec["dialect"] == "ut11")
    said = classifier(spec, (groups(spec) or "<Группы/>\n") +
                      properties(spec, *whose)) if spec["classifier"] else ""
    catalog = (f"<Каталог{changes_only(spec)}>\n" +
               tag("Ид", spec["catalog"]) +
               tag("ИдКлассификатора", spec["catalog"]) +
               tag("Наименование", "Каталог товаров") + owner(spec) +
               "<Товары>\n" +
               "".join(good(spec, ident, row)
                       for ident, row in spec["goods"].items()
                       if "name" in row) +
               "</Товары>\n</Каталог>\n")
    last = spec.get("classifier_last", False)
    return root(spec, catalog + said if last else said + catalog)


def offers_file(spec):
    head = tag("Ид", spec["catalog"] + "#")
    named = tag("Наименование", "Пакет предложений")
    head += (named if spec["portion"] == 1 else "")
    head += ("" if spec["portion"] == 1 else named)
    head += tag("ИдКаталога", spec["catalog"])
    if spec["only_changes"]:
        return root(spec, "<ИзмененияПакетаПредложений "
                    'СодержитТолькоИзменения="true">\n' + head +
                    box("Предложения", "".join(
                        _change(spec, ident, row)
                        for ident, row in offers(spec))) +
                    "</ИзмененияПакетаПредложений>\n")
    head += tag("ИдКлассификатора", spec["catalog"])
    own = properties(spec, "offers") if spec["dialect"] != "ut11" and \
        spec["classifier"] else ""
    return root(spec, (classifier(spec, own) if own else "") +
                f"<ПакетПредложений{changes_only(spec)}>\n" + head +
                price_types(spec) + warehouses(spec) + "<Предложения>\n" +
                "".join(offer(spec, ident, row)
                        for ident, row in offers(spec)) +
                "</Предложения>\n</ПакетПредложений>\n")


def _change(spec, ident, row):
    """УТ 11's update of stock: the characteristic is apart, behind its
    good's Ид (commerceml.md 8)."""
    whole, _, char = ident.partition("#")
    text = offer(spec, whole, row, ("prices", "stock"))
    if char:
        mark = tag("Ид", whole)
        text = text.replace(mark, mark + tag("ИдХарактеристики", char), 1)
    return text


def images(spec, goods_folder="", offers_folder=""):
    """{file name: bytes}, beside the XML files that name them; what nothing
    names is beside goods."""
    of_offers = {pictures.path_of(path) for _, row in offers(spec)
                 for path in row.get("pictures", [])}
    of_goods = {pictures.path_of(path) for row in spec["goods"].values()
                for path in row.get("pictures", [])}
    out = {}
    for name, text in spec["images"].items():
        path = pictures.path_of(name)
        if path in of_goods or path not in of_offers:
            out[goods_folder + path] = pictures.make(name, text)
        if path in of_offers:
            out[offers_folder + path] = pictures.make(name, text)
    return out
