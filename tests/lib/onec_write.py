"""Orders files as the families of 1C write them (onec-exchange.md 3).

Names, order and formats of elements are each family's own, slips included:
padded numbers, hours of one digit, a bare T, 0001-01-01, empty elements.
"""

import base64
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = {"2.05": "urn:1C.ru:commerceml_205",
              "2.07": "urn:1C.ru:commerceml_2",
              "2.08": "urn:1C.ru:commerceml_210",
              "2.09": "urn:1C.ru:commerceml_2",
              "2.10": "urn:1C.ru:commerceml_210",
              "3.1": "urn:1C.ru:commerceml_3"}
KINDS = {"cash": "Выплата наличных денег",
         "bank": "Выплата безналичных денег",
         "card": "Эквайринговая операция"}
_PLACES = 11
_NOTHING = "0001-01-01"


# ---- texts ----

def plain(value):
    """A number as 1C writes it: 9900, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def line_tax(line, included):
    rate = line["vat"].partition("/")[0]
    if not rate.isdigit():
        return Decimal(0)
    rate = Decimal(rate)
    tax = line["sum"] * rate / (100 + rate if included else Decimal(100))
    return tax.quantize(Decimal("0.01"), ROUND_HALF_UP)


def split_date(text):
    """(date, time) of "2026-11-25" or "2026-11-25T09:05:00"."""
    day, _, clock = text.partition("T")
    return day, clock or "00:00:00"


def short_hour(text):
    """1C's format string has one place for the hour."""
    if not text or text == "T":
        return "T"
    day, clock = split_date(text)
    hour, _, rest = clock.partition(":")
    return f"{day}T{int(hour)}:{rest}"


def _tag(name, value):
    if value is None:
        return ""
    return f"<{name}>{escape(str(value))}</{name}>" if value != "" \
        else f"<{name}/>"


def _block(name, *inner):
    inner = "".join(inner)
    return f"<{name}>{inner}</{name}>" if inner else ""


def _bool(value):
    return "true" if value else "false"


def _requisites(rows):
    return _block("ЗначенияРеквизитов", *(
        _block("ЗначениеРеквизита", _tag("Наименование", name),
               _tag("Значение", value)) for name, value in rows))


def _indented(text):
    """One element a line with tabs, as 1C writes."""
    out, depth, at = [], 0, 0
    while at < len(text):
        end = text.index(">", at) + 1
        tag = text[at:end]
        if tag.startswith("</"):
            depth -= 1
        elif not tag.endswith("/>"):
            follows = text.index("<", end)
            name = tag[1:-1].split()[0]
            if text.startswith(f"</{name}>", follows):
                end = follows + len(name) + 3
                tag = text[at:end]
            else:
                depth += 1
                out.append("\t" * (depth - 1) + tag)
                at = end
                continue
        out.append("\t" * depth + tag)
        at = end
    return "\n".join(out)


# ---- the file ----

def orders_file(base, orders):
    schema = base.settings["schema"]
    space = None if base.family == "ut103" else NAMESPACES[schema]
    inner = "".join(document(base, order) for order in orders)
    mark = f" xmlns={quoteattr(space)}" if space else ""
    head = (f'<КоммерческаяИнформация{mark} ВерсияСхемы="{schema}" '
            f'ДатаФормирования="{base.stamp()}"')
    text = f"{head}>{inner}</КоммерческаяИнформация>" if inner \
        else head + "/>"
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + _indented(text)
    ends = base.settings["line_ends"] or \
        ("crlf" if base.family != "ut11" else "lf")
    if ends == "crlf":
        text = text.replace("\n", "\r\n")
    return text.encode("utf-8-sig")


def site_number(base, order):
    """Some bases put a prefix before the site's number."""
    return base.settings["number_as"].format(order.number)


def document(base, order):
    if base.family == "bitrix":
        return _module_documents(base, order)
    currency = _currency(base, order)
    return _block(
        "Документ", _tag("Ид", order.uuid), _tag("Номер", site_number(
            base, order)),
        _tag("Дата", order.date), _tag("ХозОперация", "Заказ товара"),
        _tag("Роль", "Продавец"), _tag("Валюта", currency),
        _tag("Курс", "1"), _tag("Сумма", plain(order.total())),
        _party(base, order), _tag("Время", order.time),
        _due(base, order), _tag("Комментарий", order.comment or None),
        _taxes(base, order), _lines(base, order.lines, order.vat_included),
        _subordinates(base, order, currency),
        _requisites(_order_values(base, order)))


def _due(base, order):
    """УТ puts the date of the last payment here."""
    if base.family == "ut103":
        return ""
    dates = [split_date(p["date"])[0] for p in order.payments if p["date"]]
    return _tag("СрокПлатежа", max(dates) if dates and base.family == "ut11"
                else _NOTHING)


def _party(base, order):
    party = base.party(order.party)
    if party is None:
        return ""
    twice = base.family in ("ut103", "unf16") and party["full"]
    full = f"{party['full']} [{party['name']}]" if twice else party["full"]
    inn = party["inn"] if len(party["inn"] or "") in (10, 12) else None
    kpp = party["kpp"] if len(party["kpp"] or "") == 9 else None
    if base.family == "bitrix":
        # Empty elements where there is nothing.
        inn, kpp = party["inn"] or "", party["kpp"] or ""
    return _block("Контрагенты", _block(
        "Контрагент", _tag("Ид", party["id"]),
        _tag("Наименование", party["name"]),
        _tag("ОфициальноеНаименование", party["official"]),
        _tag("ПолноеНаименование",
             None if party["official"] else full or party["name"]),
        _tag("ИНН", inn), _tag("КПП", kpp), _tag("Роль", "Покупатель")))


def _taxes(base, order):
    tax = order.tax()
    # 10.3 has an empty element where there is no tax.
    text = "" if base.family == "ut103" and not tax else plain(tax)
    return _block("Налоги", _block(
        "Налог", _tag("Наименование", "НДС"),
        _tag("УчтеноВСумме", _bool(order.vat_included)),
        _tag("Сумма", text)))


def _lines(base, lines, included):
    return _block("Товары", *(_line(base, line, included)
                              for line in lines))


def _line(base, line, included):
    item = base.held.items.get(line["id"].partition("#")[0], {})
    module = base.family == "bitrix"
    price = "Цена" if module else "ЦенаЗаЕдиницу"
    kind = "Услуга" if line["service"] else \
        "Запас" if base.family.startswith("unf") else "Товар"
    unit = (f'<БазоваяЕдиница Код="{line["unit"] or "796"}" '
            'НаименованиеПолное="Штука" МеждународноеСокращение="PCE"/>')
    if module:
        unit = _block("Единица", _tag("Ид", line["unit"] or "796"),
                      _tag("НаименованиеКраткое", "шт"))
    rate = "Без налога" if line["vat"] == "Без НДС" and \
        base.family == "ut103" else line["vat"]
    return _block(
        "Товар", _tag("Ид", line["id"]), _tag("Артикул", item.get("article")),
        _tag("Наименование", line["name"]), unit,
        _requisites([("ВидНоменклатуры", "Товар"),
                     ("ТипНоменклатуры", kind)]),
        _tag(price, plain(line["price"])),
        _tag("Количество", plain(line["quantity"])),
        _tag("Сумма", plain(line["sum"])),
        "" if module else _tag("Единица", "шт"), _tag("Коэффициент", "1"),
        _block("СтавкиНалогов", _block(
            "СтавкаНалога", _tag("Наименование", "НДС"),
            _tag("Ставка", rate))),
        _block("Налоги", _block(
            "Налог", _tag("Наименование", "НДС"),
            _tag("УчтеноВСумме", _bool(included)),
            _tag("Сумма", plain(line_tax(line, included))),
            _tag("Ставка", rate))))


# ---- реквизиты (3.3) ----

def _order_values(base, order):
    old = base.family == "ut103"
    own = split_date(order.onec_date)[0] if old \
        else short_hour(order.onec_date)
    rows = [("Номер по 1С", order.onec_number), ("Дата по 1С", own),
            ("ПометкаУдаления", _bool(order.deleted)),
            ("Проведен", _bool(order.posted))]
    if not _has_parts(base):
        rows += _paid_values(base, order) + _shipped_values(base, order)
    if base.family == "unf":
        rows += [("Оплачен", _bool(order.fully_paid())),
                 ("Отгружен", _bool(order.fully_shipped()))]
    if base.family.startswith("unf"):
        rows += _status_values(base, order, "Статус заказа")
        if order.cancelled:
            rows.append(("Отменен", "true"))
        method = order.payments[-1] if order.payments else {}
        rows += [(name, method.get(key)) for name, key in (
            ("Метод оплаты", "method"), ("Метод оплаты ИД", "method_id"))
            if method.get(key)]
    return rows


def _has_parts(base):
    return base.family == "unf" and base.settings["payments"]


def _status_values(base, order, name):
    if not base.settings["sends_status"]:
        return []
    return [(n, v) for n, v in ((name, order.status),
                                ("Статуса заказа ИД", order.status_id)) if v]


def _when(base, text):
    return split_date(text)[0] if base.family == "ut103" and text \
        else short_hour(text)


def _paid_values(base, order):
    if order.fully_paid() and order.posted:
        last = order.payments[-1]
        rows = [("Номер оплаты по 1С", last["number"])] \
            if last["number"] else []
        return rows + [("Дата оплаты по 1С", _when(base, last["date"]))]
    return _nothing_due(base, order, "Дата оплаты по 1С", order.payments)


def _shipped_values(base, order):
    if order.fully_shipped() and order.posted:
        last = order.shipments[-1]
        # A column of fixed width.
        rows = [("Номер отгрузки по 1С", last["number"].ljust(_PLACES))] \
            if last["number"] else []
        return rows + [("Дата отгрузки по 1С", _when(base, last["date"]))]
    return _nothing_due(base, order, "Дата отгрузки по 1С", order.shipments)


def _nothing_due(base, order, name, parts):
    """УТ tests "nothing left" alone: an order that asks for nothing yet has
    a bare T and no number."""
    if base.family == "ut11" and order.posted and not parts and \
            order.state == "open":
        return [(name, "T")]
    return []


# ---- УНФ's sub-documents (3.4) ----

def _currency(base, order):
    return base.settings["currency_text"] \
        if order.currency == base.settings["currency"] else order.currency


def _subordinates(base, order, currency):
    if not _has_parts(base):
        return ""
    rows = [_sub_payment(part, currency) for part in order.payments]
    rows += [_sub_shipment(base, order, part) for part in order.shipments]
    return _block("ПодчиненныеДокументы", *rows)


def _sub_payment(part, currency):
    day, clock = split_date(part["date"] or _NOTHING)
    # A refund is written as one more payment, without a sign.
    values = [("Номер оплаты по 1С", part["number"]),
              ("Дата оплаты по 1С", short_hour(part["date"])),
              ("Оплачен", "true"),
              ("Номер платежного документа", part["number"]),
              ("Метод оплаты", part["method"]),
              ("Метод оплаты ИД", part["method_id"])]
    return _block(
        "ПодчиненныйДокумент", _tag("Ид", part["uuid"]), _tag("Дата", day),
        _tag("Время", clock), _tag("ХозОперация", KINDS[part["kind"]]),
        _tag("Роль", "Продавец"), _tag("Валюта", currency),
        _tag("Курс", "1"), _tag("Сумма", plain(part["sum"])),
        _tag("Комментарий", part["comment"]),
        _requisites([row for row in values if row[1]]))


def _sub_shipment(base, order, part):
    day, clock = split_date(part["date"] or _NOTHING)
    values = [("Отгружен", "true"),
              ("Номер документа отгрузки", part["number"]),
              ("Дата документа отгрузки", short_hour(part["date"])),
              ("Идентификатор отправления", part["track"])]
    return _block(
        "ПодчиненныйДокумент", _tag("Ид", part["uuid"]), _tag("Дата", day),
        _tag("Время", clock), _tag("ХозОперация", "Отпуск товара"),
        _tag("Роль", "Продавец"), _block("Товары", *(
            _block("Товар", _tag("Ид", ident),
                   _tag("Количество", plain(quantity)))
            for ident, quantity in part["lines"].items())),
        _requisites([row for row in values if row[1]]))


# ---- Bitrix's 1C module ----

def _version(number):
    return base64.b64encode(number.to_bytes(8, "big")).decode("ascii")


def _module_documents(base, order):
    """The order and, from 2.10 on, its payments and shipments beside it; in
    3.1 all of one order in one container."""
    schema = base.settings["schema"]
    if order.status_only:
        own, parts = _status_document(base, order), []
    else:
        own = _module_order(base, order, schema)
        parts = [] if schema == "2.09" else (
            [_payment_document(base, order, p) for p in order.payments] +
            [_payment_document(base, order, p, True)
             for p in order.voided] +
            [_shipment_document(base, order, s) for s in order.shipments])
        if base.settings["apart"] and parts:
            own = ""            # the order itself has not changed
    text = own + "".join(parts)
    return _block("Контейнер", text) if schema == "3.1" else text


def _head(base, ident, version, deleted):
    return (("" if base.settings["without_id"] else _tag("Ид", ident)) +
            _tag("НомерВерсии", _version(version)) +
            _tag("ПометкаУдаления", _bool(deleted)))


def _module_order(base, order, schema):
    values = [("Проведен", _bool(order.posted)),
              ("Отменен", _bool(order.cancelled))]
    if schema == "2.09":
        values += _paid_values(base, order) + _shipped_values(base, order)
    values += _status_values(base, order, "СтатусЗаказа")
    return _block(
        "Документ",
        _head(base, order.site_id, order.version, order.deleted),
        _tag("Номер", site_number(base, order)),
        _tag("Номер1С", order.onec_number),
        _tag("Дата", order.date),
        _tag("Дата1С", split_date(order.onec_date)[0]),
        _tag("Время", order.time), _tag("ХозОперация", "Заказ товара"),
        _party(base, order),
        _tag("Валюта", _currency(base, order)), _tag("Курс", "1"),
        _tag("Сумма", plain(order.total())), _tag("Роль", "Продавец"),
        _tag("Комментарий", order.comment), _taxes(base, order),
        _requisites(values),
        _lines(base, order.lines, order.vat_included))


def _status_document(base, order):
    return _block("Документ", _tag("Номер", site_number(base, order)),
                  _tag("Дата", order.date), _requisites(
                      _status_values(base, order, "СтатусЗаказа")))


def _part(base, order, part, kind, *inner, deleted=False):
    day, clock = split_date(part["date"] or _NOTHING)
    return _block(
        "Документ", _head(base, part["uuid"], order.version, False),
        _tag("Номер", part["number"]), _tag("Номер1С", part["number"]),
        _tag("Дата", day), _tag("Дата1С", day), _tag("Время", clock),
        _tag("ХозОперация", kind),
        _tag("Основание", site_number(base, order)), *inner)


def _payment_document(base, order, part, deleted=False):
    values = [("Проведен", "true"), ("Оплачен", "true"),
              ("Дата оплаты по 1С", short_hour(part["date"])),
              ("Номер оплаты по 1С", part["number"]),
              ("Метод оплаты", part["method"]),
              ("Метод оплаты ИД", part["method_id"]),
              ("ПризнакВозврата", _bool(part["refund"]))]
    return _part(
        base, order, part, KINDS[part["kind"]],
        _tag("Валюта", _currency(base, order)), _tag("Курс", "1"),
        _tag("Сумма", plain(part["sum"])), _tag("Роль", "Продавец"),
        _tag("Комментарий", part["comment"] or ""),
        _requisites([row for row in values if row[1]]), deleted=deleted)


def _shipment_document(base, order, part):
    lines = [{**line, "quantity": part["lines"][line["id"]],
              "sum": line["price"] * part["lines"][line["id"]]}
             for line in order.lines if line["id"] in part["lines"]]
    values = [("Проведен", "true"), ("Отгружен", "true"),
              ("Дата отгрузки по 1С", short_hour(part["date"])),
              ("Номер отгрузки по 1С", part["number"].ljust(_PLACES)),
              ("Идентификатор отправления", part["track"])]
    total = sum((line["sum"] for line in lines), Decimal(0))
    return _part(
        base, order, part, "Отпуск товара",
        _tag("Валюта", _currency(base, order)), _tag("Курс", "1"),
        _tag("Сумма", plain(total)), _tag("Роль", "Продавец"),
        _requisites([row for row in values if row[1]]),
        _lines(base, lines, order.vat_included))
