"""What is drawn for walk_goods: actions as JSON, from a random.Random."""

IDS = [f"p{n}" for n in range(1, 9)]
CHARS = ["c1", "c2", "c3"]
DIALECTS = ("ut11", "ut11", "unf", "ut103", "bitrix31")
TYPES = ("Розничная", "Оптовая", "Закупочная")
STORES = ("w1", "w2", "w3")
COLORS = ("красный", "синий", "зелёный, тёмный", "Красный")
FIELDS = {
    "name": ("Бумага А4", "Бумага А3", "Ручка  синяя", "Тетрадь \"48\"",
             "Ёлка & Ко <1>", "Я" * 300),
    "article": ("А-1", "А-2", "А-3", None),
    "group": ("g1", "g2", "g3", "g4", None, ["g2", "g3"], ["g3", "g4", "g1"],
              "nowhere", []),
    "vat": ("20", "10", "22", "Без НДС", "5", "7", "18", "0", None),
    "about": ("Белая.", "Плотная.", "<p>Для <b>всех</b></p>", None),
    "unit": ("796", "166", "112", "778", "006"),
    "barcode": ("4600000000017", "4600000000024", None),
    "country": ("Россия", "Китай", None), "maker": ("Завод", None),
    "code": ("К-1", "К-2", None),
    "kind": ("Товар", "Товар", "Услуга", "Набор"),
    "weight": ("0.25", "1", "12.345"),
    "dimensions": ({"Ширина": "0.21", "Высота": "0.3"}, {"Длина": "1.5"}),
    "quantity": ("0", "5", "12.5", "1000000", "-3"),
    "pack": ("1", "10"), "currency": ("USD", "руб", "978", "EUR", None)}
OF_CHARACTERISTIC = {
    "pairs": tuple({"Цвет": color} for color in COLORS) + (
        {"Цвет": "белый", "Размер": "42"}, {"Размер": "XL"}),
    "name": ("Своё имя", "Бумага А4", None),
    "article": ("Х-1", "Х-2", None), "barcode": ("4600000000031", None),
    "quantity": ("0", "3", "7.5", "-1"), "unit": ("796", "166"),
    "weight": ("0.5", "2")}
PRICES = ("1", "349.90", "0.01", "99999.99", "0", "1234.5", None)
PROPERTIES = {
    "f1": {"name": "Материал", "type": "Строка"},
    "f2": {"name": "Плотность", "type": "Число"},
    "f3": {"name": "Годен до", "type": "Время"},
    "f4": {"name": "Хрупкое", "type": "Булево"},
    "f5": {"name": "Сорт", "values": {"v1": "Первый", "v2": "Второй"}},
    "f6": {"name": "Метки", "values": {"v3": "Новинка", "v4": "Хит",
                                       "v5": "Скидка"}, "multiple": True}}
VALUES = {
    "f1": ("Бумага", "Картон и клей", "", "0"), "f2": ("80", "12.5", "много"),
    "f3": ("2027-01-31T00:00:00", "2026-12-01T00:00:00",
           "0001-01-01T00:00:00"),
    "f4": ("true", "false"), "f5": ("v1", "v2", "v6"),
    "f6": ("v3", ["v3", "v4"], ["v4", "v5", "v3"], "v5")}
REQUISITES = {"Полное наименование": ("Полное имя", "Другое имя", None),
              "Бренд": ("Светоч", None)}
TEXTS = ("красный", "синий", "белый", "жёлтый", None)
TREE = {
    "Каталог/Бумага": ({"groups": ["g2"]}, {"groups": ["Канцелярия"]},
                       {"groups": ["g1"], "goods": ["p1"]}, None),
    "Каталог": ({"goods": ["p2", "А-1"]}, {"groups": ["g3"]}, None),
    "Витрина": ({"goods": ["p1", "p3", "Бумага А4"]},
                {"groups": ["Канцелярия/Бумага", "g4"]}, None)}
# What rules can say; a key of the catalogue, then what it may be.
RULES = {
    "characteristics": ("variations", "products", "ignore"),
    "marked": ("deactivate", "delete", "keep"),
    "absent": ("delete", "keep", "deactivate"),
    "negative_stock": ("zero", "keep"), "stock": ("auto", "off",
                                                   "documents"),
    "price_types": ({"Оптовая": "OPT"}, {"Оптовая": None},
                    {"Закупочная": "PURCHASE"}, {"t3": "PURCHASE"},
                    {"Закупочная": None, "t3": None}),
    "properties": ({"*": "create"}, {"*": None}, {"Материал": "create"},
                   {"Сорт": "ignore"}, {"Сорт": None},
                   {"Штрихкод": "create"}, {"Полное наименование": "create"},
                   {"Полное наименование": None}, {"Бренд": "create"}),
    "warehouses": ({"w3": "ignore"}, {"w3": None}, {"Магазин": "ignore"},
                   {"Магазин": None}),
    "units": ({"778": "create"}, {"112": "796"}, {"112": None}),
    "vat": ({"18": "НДС 20%"}, {"18": None}, {"5": "НДС 10%"}),
    "select": ({"groups": ["g1"]}, {"groups": ["Канцелярия/Бумага", "g3"]},
               {"groups": None}, {"groups": None}, {"only_in_stock": True},
               {"only_in_stock": None}, {"only_priced": True},
               {"only_priced": None}, {"only_priced": None,
                                       "only_in_stock": None})}
# What the portal is like.
PORTAL = ({"list_types": "all"}, {"lone_enum": "value"},
          {"add_scalars": "ignore"}, {"update_times": "list"},
          {"long_strings": "refuse"}, {"price_decimals": 2},
          {"operating_enabled": True})
EDITS = {"name": ("Менеджерское имя", "Бумага А4"), "sort": (77, 5),
         "previewText": ("Коротко",), "detailText": ("Текст менеджера",),
         "active": ("N",), "price": (5, 777.77)}
FAULTS = ("work_then_drop", "half_answer", "drop", "html", "garbage",
          "status")
ACTIONS = {
    "set": 16, "price": 8, "stock": 4, "char": 10, "unchar": 3, "value": 6,
    "property": 3, "requisite": 2, "pictures": 6, "group": 3, "ungroup": 1,
    "type": 3, "delete": 3, "remove": 2, "back": 2, "export": 16, "update": 4,
    "run": 6, "cut": 5, "lose": 5, "refuse": 3, "retry": 1, "rule": 5,
    "tree": 2, "edit": 5, "drop": 1, "restore": 2, "force": 1, "again": 1,
    "both": 2, "plan": 1, "look": 1, "unprice": 1, "shelve": 2, "rename": 1,
    "lost": 1, "raze": 0.4, "unvalue": 1, "swap": 2, "check": 5,
    "move": 2, "untype": 0.5, "unproperty": 0.5, "unstore": 0, "link": 0.5, "backup": 0.5,
    "older": 0.5, "brief": 0.3}


# An older state knows nothing of these, and 1C says them no more.
FORGOTTEN = ("delete", "remove", "unchar", "rule", "tree", "drop", "lost",
             "raze", "ungroup", "property", "type", "edit", "unprice",
             "shelve", "rename")


def draw(random, length):
    start = [{"do": "dialect", "is": random.choice(DIALECTS)}]
    start += [{"do": "rule", **_rule(random)}
              for _ in range(random.randrange(7))]
    if random.random() < 0.2:
        start.append({"do": "odd"})
    if random.random() < 0.3:
        start.append({"do": "portal", "like": random.choice(PORTAL)})
    start += [{"do": "load", "good": good,
               "by": random.choice(("article", "barcode", "name")),
               "priced": random.random() < 0.5}
              for good in random.sample(IDS, random.choice((0, 0, 1, 2)))]
    weights = dict(ACTIONS)
    if random.random() < 0.3:
        start.append({"do": "documents"})
        weights.update(stock=20, move=8, unstore=2)
    elif random.random() < 0.2:
        weights.update({verb: 0 for verb in FORGOTTEN}, backup=6, older=12)
    elif random.random() < 0.3:
        weights.update(untype=5, unproperty=5, value=12)
        start += [{"do": "rule", "key": key, "value": value} for key, value in
                  (("price_types", {"Оптовая": "OPT", "t3": "PURCHASE"}),
                   ("properties", {"*": "create"}))]
    if random.random() < 0.1:
        start.append({"do": "doubt", "good": random.choice(IDS),
                      "by": random.choice(("article", "barcode", "name"))})
    verbs = random.choices(list(weights), weights.values(), k=length)
    return start + [{"do": verb, **DRAWN.get(verb, lambda r: {})(random)}
                    for verb in verbs]


def _rule(random):
    key = random.choice(list(RULES))
    return {"key": key, "value": random.choice(RULES[key])}


def _field(random, fields, **more):
    field = random.choice(list(fields))
    return {**more, "field": field, "value": random.choice(fields[field])}


def _good(random, **more):
    return {"good": random.choice(IDS), **more}


def _maybe_char(random, chance=0.3):
    return random.choice(CHARS) if random.random() < chance else None


def _value(random):
    ident = random.choice(list(PROPERTIES))
    return _good(random, char=_maybe_char(random, 0.15), property=ident,
                 value=random.choice((*VALUES[ident], None)))


def _property(random):
    ident = random.choice(list(PROPERTIES))
    change = random.choice(("name", "values", "values", "deleted"))
    if change == "values" and "values" in PROPERTIES[ident]:
        known = list(PROPERTIES[ident]["values"])
        value = random.choice((
            {random.choice(known): random.choice(("Третий", "Высший"))},
            {random.choice(known): None}, {"v6": "Шестой"}))
        return {"property": ident, "change": "values", "value": value}
    if change == "deleted":
        return {"property": ident, "change": "deleted",
                "value": random.choice((True, False))}
    return {"property": ident, "change": "name", "value": random.choice(
        (PROPERTIES[ident]["name"], PROPERTIES[ident]["name"] + " новое"))}


def _pictures(random):
    paths = random.sample(("a.png", "b.jpg", "c.gif", "d.png"),
                          random.randrange(4))
    return _good(random, char=_maybe_char(random, 0.2), files=[
        [path, random.choice(TEXTS)] for path in paths])


def _group(random):
    return {"group": random.choice(("g1", "g2", "g3", "g4", "g5")),
            "name": random.choice(("Бумага", "Канцелярия", "Упаковка",
                                   "Новая")),
            "above": random.choice((None, "g1", "g3", "g4"))}


def _type(random):
    return {"type": random.choice(TYPES), "change": random.choice((
        {"gone": True}, {"gone": False}, {"gone": False},
        {"currency": "USD"}, {"currency": "руб"}, {"vat_included": True},
        {"vat_included": False}))}


def _edit(random):
    field = random.choice(list(EDITS))
    return _good(random, field=field, value=random.choice(EDITS[field]))


def _tree(random):
    path = random.choice(list(TREE))
    return {"path": path, "place": random.choice(TREE[path])}


DRAWN = {
    "set": lambda r: _field(r, FIELDS, good=r.choice(IDS)),
    "price": lambda r: _good(r, char=_maybe_char(r), type=r.choice(TYPES),
                             value=r.choice(PRICES)),
    "stock": lambda r: _good(r, char=_maybe_char(r), store=r.choice(STORES),
                             value=r.choice(("0", "2", "10.5", "-4", None))),
    "char": lambda r: _field(r, OF_CHARACTERISTIC, good=r.choice(IDS[:4]),
                             char=r.choice(CHARS)),
    "unchar": lambda r: {"good": r.choice(IDS[:4]), "char": r.choice(CHARS),
                         "how": r.choice(("attribute", "flag", "removed",
                                          "removed"))},
    "value": _value, "property": _property,
    "requisite": lambda r: _good(r, **dict(zip(
        ("name", "value"), r.choice([(name, value) for name, values in
                                     REQUISITES.items()
                                     for value in values])))),
    "pictures": _pictures, "group": _group,
    "ungroup": lambda r: {"group": r.choice(("g2", "g3", "g4", "g5"))},
    "type": _type,
    "delete": lambda r: _good(r, how=r.choice(("attribute", "flag",
                                               "child"))),
    "remove": _good, "back": _good,
    "export": lambda r: {"full": r.random() < 0.4,
                         "how": r.choice(("whole", "whole", "portions",
                                          "offers", "apart"))},
    "cut": lambda r: {"step": int(2 ** r.uniform(0, 10))},
    "lose": lambda r: {"request": r.randrange(12), "how": r.choice(FAULTS)},
    "refuse": lambda r: {"command": r.choice((
        "catalog.product.add", "catalog.product.update", "catalog.price.add",
        "catalog.price.update", "catalog.product.offer.add",
        "catalog.product.offer.update", "catalog.product.sku.add",
        "catalog.productImage.add", "catalog.section.add",
        "catalog.section.update", "catalog.productProperty.add",
        "catalog.productPropertyEnum.add", "catalog.price.delete",
        "catalog.product.delete", "catalog.product.service.add")),
        "count": r.choice((1, 1, 3))},
    "both": lambda r: {"step": int(2 ** r.uniform(0, 9)),
                       "request": r.randrange(12), "how": r.choice(FAULTS)},
    "look": lambda r: {"command": r.choice((["unsent", "--all"], ["status"],
                                            ["history"], ["check"]))},
    "unprice": _good, "shelve": _good,
    "rename": lambda r: {"group": r.choice(("g1", "g2", "g3")),
                         "name": r.choice(("Людское", "Упаковка"))},
    "lost": lambda r: _good(r, char=_maybe_char(r, 0.6)),
    "raze": lambda r: {"group": r.choice(("g1", "g2", "g3"))},
    "unvalue": lambda r: _good(r, value=r.choice(("v1", "v2", "v3", "v4"))),
    "swap": lambda r: {"goods": r.sample(IDS[:5], 2)},
    "move": lambda r: {"pick": r.randrange(20), "amount": r.choice((0, 1, 8))},
    "untype": lambda r: {"pick": r.randrange(8),
                         "mark": r.choice(("OPT", "PURCHASE"))},
    "unstore": lambda r: {"pick": r.randrange(8),
                          "store": r.choice(("w1", "w2"))},
    "unproperty": lambda r: {"pick": r.randrange(30)},
    "link": lambda r: _good(r, which=r.choice((0, 1))),
    "brief": lambda r: {"minutes": r.choice((1, 0))},
    "rule": _rule, "tree": _tree, "edit": _edit, "drop": _good,
    "restore": _good,
}
