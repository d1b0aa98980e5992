"""The orders file in the outbox, read on its own (not as a family of 1C
would), and the rules that it must keep whatever it says
(onec-exchange.md 7, rules 6 to 11)."""

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

BOM = b"\xef\xbb\xbf"
NAMES = {"unf": "Orders.xml", "ut11": "orders.xml", "ut103": "order.xml",
         "bitrix": "orders.xml"}
# Lengths of 1C's own package; of Номер what УТ keeps.
_LENGTHS = {"Номер": (1, 11), "Валюта": (3, 3), "ИНН": (10, 12),
            "КПП": (9, 9), "Комментарий": (1, 3000)}
_NAMES = {"surname": "Фамилия", "given": "Имя", "patronymic": "Отчество",
          "comment": "Комментарий", "role": "Роль"}
_CARD = {**_NAMES, "version": "НомерВерсии", "ogrn": "ОГРН",
         "okpo": "КодПоОКПО", "okved": "ОКВЭД", "director": "Руководитель"}
_PERSON = {**_NAMES, "id": "Ид", "name": "Наименование", "post": "Должность"}
_NUMBERS = ("Сумма", "Количество", "ЦенаЗаЕдиницу", "Курс")


def file_name(settings):
    """The name in an exchange.json, of the profile where it has none."""
    orders = settings.get("orders") or {}
    return orders.get("file") or NAMES[orders.get("profile", "unf")]


class Outbox:
    def __init__(self, data):
        self.data = data
        self.encoding = "utf-8-sig" if data.startswith(BOM) else "utf-8"
        found = re.match(rb'<\?xml[^>]*encoding="([\w-]+)"',
                         data.removeprefix(BOM))
        self.declared = found.group(1).decode().lower() if found else None
        if self.declared == "windows-1251":
            self.encoding = "windows-1251"
        self.root = ElementTree.fromstring(data.removeprefix(BOM))
        self.documents = list(self.root.iter("Документ"))
        self.parties = self.root.findall("Контрагенты/Контрагент")

    def orders(self):
        """{number: fields}; a second one of a number has " 2" behind it."""
        out, used = {}, Counter()
        for document in self.documents:
            number = _text(document, "Номер") or ""
            used[number] += 1
            name = number if used[number] == 1 else \
                f"{number} {used[number]}"
            out[name] = _order(document, self._in_container(document))
        return out

    def clients(self):
        """Of a file of clients, {Ид: fields}."""
        return {_text(row, "Ид"): {
            **_client(row), **_card(row),
            "accounts": [_text(a, "НомерСчета") for a in
                         row.findall("РасчетныеСчета/РасчетныйСчет")]}
                for row in self.parties}

    def _in_container(self, document):
        return document in self.root.findall("Контейнер/Документ")

    # ---- rules ----

    def faults(self, container=False):
        """What must not be in such a file."""
        out = []
        if self.root.tag != "КоммерческаяИнформация":
            return [f"the root is {self.root.tag}"]
        for name in ("ВерсияСхемы", "ДатаФормирования"):
            if not self.root.get(name):
                out.append(f"no {name}")
        where = self.root.findall("Контейнер/Документ" if container
                                  else "Документ")
        if len(where) != len(self.documents):
            out.append("a Документ where this 1C does not look")
        numbers = Counter(_text(d, "Номер") for d in self.documents)
        out += [f"{n} documents of the number {number}"
                for number, n in numbers.items() if n > 1]
        marks = Counter(_text(row, "Ид") for row in self.parties)
        out += [f"{n} clients of the Ид {mark}"
                for mark, n in marks.items() if n > 1]
        out += [f"client {_text(row, 'Ид')}: no {name}"
                for row in self.parties
                for name in ("Ид", "Наименование", "НомерВерсии")
                if not _text(row, name)]
        out += _odd_texts(self.root)
        for document in self.documents:
            mark = _text(document, "Номер")
            out += [f"order {mark}: {fault}"
                    for fault in _document_faults(document)]
        return out


def _text(element, path):
    found = None if element is None else element.find(path)
    return None if found is None else found.text


def _requisites(element):
    return {_text(row, "Наименование"): _text(row, "Значение")
            for row in element.findall(
                "ЗначенияРеквизитов/ЗначениеРеквизита")}


def _tax(element):
    for row in element.findall("Налоги/Налог"):
        if _text(row, "Наименование") == "НДС":
            return {"rate": _text(row, "Ставка"), "sum": _text(row, "Сумма"),
                    "included": _text(row, "УчтеноВСумме")}
    return {}


def _order(document, container):
    return {"id": _text(document, "Ид"), "number": _text(document, "Номер"),
            "date": _text(document, "Дата"), "time": _text(document, "Время"),
            "operation": _text(document, "ХозОперация"),
            "role": _text(document, "Роль"),
            "currency": _text(document, "Валюта"),
            "rate": _text(document, "Курс"), "sum": _text(document, "Сумма"),
            "comment": _text(document, "Комментарий"),
            "vat": _tax(document), "requisites": _requisites(document),
            "party": _party(document), "container": container,
            "parties": len(document.findall("Контрагенты/Контрагент")),
            "lines": [_line(row)
                      for row in document.findall("Товары/Товар")]}


def _line(row):
    tax, unit = _tax(row), row.find("БазоваяЕдиница")
    rate = _text(row, "СтавкиНалогов/СтавкаНалога/Ставка")
    return {"id": _text(row, "Ид"), "article": _text(row, "Артикул"),
            "name": _text(row, "Наименование"),
            "price": _text(row, "ЦенаЗаЕдиницу"),
            "quantity": _text(row, "Количество"), "sum": _text(row, "Сумма"),
            "vat": rate or tax.get("rate"), "vat_sum": tax.get("sum"),
            "vat_included": tax.get("included"),
            "unit": None if unit is None else unit.get("Код"),
            "kind": _requisites(row).get("ТипНоменклатуры"),
            "requisites": _requisites(row)}


def _party(document):
    row = document.find("Контрагенты/Контрагент")
    return {} if row is None else _client(row)


def _client(row):
    contacts = [(_text(c, "Тип"), _text(c, "Значение"))
                for c in row.findall("Контакты/Контакт")]
    return {"id": _text(row, "Ид"), "name": _text(row, "Наименование"),
            "official": _text(row, "ОфициальноеНаименование"),
            "full": _text(row, "ПолноеНаименование"),
            "inn": _text(row, "ИНН"), "kpp": _text(row, "КПП"),
            "role": _text(row, "Роль"),
            "phones": [v for k, v in contacts if "елефон" in (k or "")],
            "emails": [v for k, v in contacts if "очта" in (k or "")],
            "contacts": [list(pair) for pair in contacts],
            "persons": [_text(p, "Контрагент/Наименование") or
                        _text(p, "Наименование")
                        for p in row.findall("Представители/Представитель")],
            "addresses": {child.tag: _text(child, "Представление")
                          for child in row
                          if child.find("Представление") is not None}}


def _card(row):
    """What a file of clients says beyond an order's counterparty."""
    return {**{key: _text(row, name) for key, name in _CARD.items()},
            "values": {_text(v, "Наименование"):
                       [one.text for one in v.findall("Значение")]
                       for v in row.findall(
                           "ЗначенияРеквизитов/ЗначениеРеквизита")},
            "address_fields": {
                child.tag: {_text(f, "Тип"): _text(f, "Значение")
                            for f in child.findall("АдресноеПоле")}
                for child in row if child.find("АдресноеПоле") is not None},
            "people": [_person(p) for p in row.findall(
                "Представители/Представитель/Контрагент")]}


def _person(row):
    said = {key: _text(row, name) for key, name in _PERSON.items()}
    said["contacts"] = [[_text(c, "Тип"), _text(c, "Значение")]
                        for c in row.findall("Контакты/Контакт")]
    return {key: value for key, value in said.items() if value}


# ---- what no order may have ----

def _odd_texts(root):
    """Namespaces, empty elements, wrong lengths, no numbers."""
    for element in root.iter():
        text = (element.text or "").strip()
        name = element.tag
        if name.startswith("{") or ":" in name:
            yield f"a namespace: {name}"
        if element is root:
            continue
        if not text and not len(element):
            if not element.attrib:
                yield f"an empty {name}"
            continue
        low, high = _LENGTHS.get(name, (0, 10 ** 6))
        if not len(element) and not low <= len(text) <= high:
            yield f"{name} has {len(text)} characters: {text[:40]}"
        if name in _NUMBERS and not re.fullmatch(r"-?\d+(\.\d+)?", text):
            yield f"{name} is no number: {text[:40]}"


def _document_faults(document):
    for path in ("Ид", "Номер", "Дата", "Валюта", "Роль", "Сумма",
                 "Контрагенты/Контрагент/Ид",
                 "Контрагенты/Контрагент/Наименование"):
        if not _text(document, path):
            yield f"no {path}"
    if _text(document, "ХозОперация") != "Заказ товара":
        yield f"ХозОперация {_text(document, 'ХозОперация')}"
    if len(document.findall("Контрагенты/Контрагент")) > 1:
        yield "more than one counterparty"
    names = Counter(_text(row, "Наименование") for row in document.findall(
        "ЗначенияРеквизитов/ЗначениеРеквизита"))
    yield from (f"{n} реквизитов {name}" for name, n in names.items()
                if n > 1)
    tags = [child.tag for child in document]
    for first, second in (("Дата", "Время"), ("Номер", "Комментарий")):
        if {first, second} <= set(tags) and \
                tags.index(first) > tags.index(second):
            yield f"{second} before {first}"
    number = _text(document, "Номер") or ""
    if not re.fullmatch(r"[1-9]\d{0,5}", number):
        yield f"Номер {number} is not of 1 to 6 digits"
    yield from _date_faults(document)
    yield from _sum_faults(document)


def _date_faults(document):
    for name, form in (("Дата", r"\d{4}-\d\d-\d\d"),
                       ("Время", r"\d\d:\d\d:\d\d")):
        text = _text(document, name)
        if text is not None and not re.fullmatch(form, text):
            yield f"{name} {text}"


def _decimal(text):
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)


def _sum_faults(document):
    """Lines add up to the order, prices to lines, rates to taxes."""
    total, rows = Decimal(0), document.findall("Товары/Товар")
    if not rows and _decimal(_text(document, "Сумма")):
        yield "no lines"
    for row in rows:
        line = _line(row)
        amount = _decimal(line["sum"])
        total += amount
        quantity = _decimal(line["quantity"])
        off = abs(_decimal(line["price"]) * quantity - amount)
        if off > Decimal("0.01") * max(quantity, 1):
            yield f"line {line['name']}: price x quantity is not {amount}"
        if quantity <= 0:
            yield f"line {line['name']}: quantity {quantity}"
        if not line["vat"]:
            yield f"line {line['name']}: no rate"
        if _taxed(line) and line["vat_included"] != "true":
            yield f"line {line['name']}: УчтеноВСумме is not true"
        yield from _tax_faults(line, amount)
    if total != _decimal(_text(document, "Сумма")):
        yield f"the lines make {total}, Сумма is {_text(document, 'Сумма')}"
    if any(_taxed(_line(row)) for row in rows) and \
            _tax(document).get("included") != "true":
        yield "Налоги of the document do not say УчтеноВСумме"


def _taxed(line):
    return (line["vat"] or "")[:1].isdigit()


def _tax_faults(line, amount):
    rate = (line["vat"] or "").partition("/")[0]
    if not rate.isdigit() or line["vat_sum"] is None:
        return
    tax = amount * Decimal(rate) / (100 + Decimal(rate))
    if abs(tax - _decimal(line["vat_sum"])) > Decimal("0.011"):
        yield (f"line {line['name']}: VAT {line['vat_sum']}, "
               f"{tax:.2f} by its rate")
