"""The layout of Bitrix's own 1C module, schema 3.1: each list is a file in a
folder of its own, and all say "changes only" (commerceml.md 12)."""

import packages_goods as goods
from packages_xml import box, encode, root, tag

CHANGES = ' СодержитТолькоИзменения="true"'


def files_of(spec):
    """{file name: bytes}; empty lists have no file."""
    rows = goods.offers(spec)
    out = {}
    if "import" in spec["files"]:
        _import(out, spec)
    if "offers" in spec["files"]:
        for name, parts in (("offers", ("head",)), ("prices", ("prices",)),
                            ("rests", ("stock",))):
            said = "".join(goods.offer(spec, ident, row, parts)
                           for ident, row in rows if _says(row, name))
            if said:
                _put(out, spec, name, _package(spec, said))
    if out:
        out.update(goods.images(spec, "goods/", "offers/"))
    return out


def _says(row, name):
    if name == "prices":
        return bool(row.get("prices"))
    return name == "offers" or "quantity" in row or bool(row.get("stock"))


def _import(out, spec):
    units = sorted({row["unit"] for row in spec["goods"].values()
                    if "unit" in row})
    lists = (
        ("groups", goods.groups(spec)),
        ("priceLists", goods.price_types(spec)),
        ("storages", goods.warehouses(spec)),
        ("units", box("ЕдиницыИзмерения", "".join(
            box("ЕдиницаИзмерения", tag("Ид", code) +
                tag("НаименованиеКраткое", "ед") + tag("Код", code) +
                tag("НаименованиеПолное", "Единица")) for code in units))),
        ("propertiesGoods", goods.properties(spec, "goods")),
        ("propertiesOffers", goods.properties(spec, "offers")))
    for name, inner in lists:
        if inner and spec["classifier"]:
            _put(out, spec, name, _catalog(spec, "") +
                 goods.classifier(spec, inner, CHANGES))
    said = "".join(goods.good(spec, ident, row)
                   for ident, row in spec["goods"].items() if "name" in row)
    if said:
        _put(out, spec, "goods", _catalog(spec, box("Товары", said)))


def _catalog(spec, inner):
    return (f"<Каталог{CHANGES}>\n" + tag("Ид", spec["catalog"]) +
            tag("ИдКлассификатора", spec["catalog"]) +
            tag("Наименование", "Основной каталог") + inner + "</Каталог>\n")


def _package(spec, said):
    return (f"<ПакетПредложений{CHANGES}>\n" + tag("Ид", "#") +
            tag("Наименование", "Пакет предложений") +
            tag("ИдКаталога", spec["catalog"]) +
            tag("ИдКлассификатора", spec["catalog"]) +
            box("Предложения", said) + "</ПакетПредложений>\n")


def _put(out, spec, name, inner):
    number = spec["portion"]
    out[f"{name}/{name}_1_{number}_0a1b2c3d-0000-4000-8000-"
        f"{len(out) + 1:012}.xml"] = encode(spec, root(spec, inner))
