"""What a family of 1C makes of the documents in the orders file.

onec-exchange.md 2.2 to 2.6; how orders are held is in onec.py.
"""

import copy
import re
from decimal import ROUND_HALF_UP, Decimal

from onec_read import (NoDocuments, Unreadable, documents, is_true, number,
                       read_root, requisites, said, vat_of)

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)
NUMBER_PLACES = 11
ORDER = "Заказ товара"
NO_VAT = "Без НДС"
DELIVERY = "ORDER_DELIVERY"
_KOPECK = Decimal("0.01")
# Names that УНФ takes for attributes of the order itself.
_ATTRIBUTES = ("Организация", "Склад", "Подразделение", "ВидЦен",
               "ВидЗаказа", "Договор", "ДатаОтгрузки", "СуммаДокумента",
               "Кратность", "Курс", "Ответственный", "Автор")


class Stop(Exception):
    """The load ends here as failed; what was saved before stays."""


def money(value):
    return value.quantize(_KOPECK, ROUND_HALF_UP)


def load(base, run, data):
    """Loads the file's bytes; run.ok, run.messages, run.filled are set."""
    saved = copy.deepcopy(base.held)
    try:
        found = documents(read_root(data, base.rules["encoding"]),
                          base.rules["container"])
    except NoDocuments as none:
        run.say(str(none))
        return
    except Unreadable as wrong:
        run.say(str(wrong))
        # 10.3 says success here: a mistake of ours goes unnoticed.
        run.ok = base.family == "ut103"
        return
    loader = _Loader(base, run)
    try:
        for element in found:
            loader.document(element)
        if base.broken:
            base.has_failed = True
            raise Unreadable("broken on purpose")
    except Stop as stop:
        run.say(str(stop))
        run.ok = False
        loader.forget_numbers()
    except Unreadable as wrong:
        run.say(str(wrong))
        run.ok, run.filled = False, []
        base.held = saved


class _Loader:
    def __init__(self, base, run):
        self.base, self.run, self.family = base, run, base.family
        # The list of known orders is read once: a number twice in one file
        # makes two orders.
        self.known = {order.number: order for order in base.held.orders
                      if order.findable}
        self.new = []
        self.last_vat, self.untaxed = None, False

    def forget_numbers(self):
        """УТ stores the sites' numbers behind the loop only (UT:4479)."""
        if self.family == "ut11":
            for order in self.new:
                order.findable = False

    def document(self, element):
        kind = said(element, "ХозОперация") or ""
        exact = self.base.rules["exact_operation"]
        if (kind if exact else kind.lower()) != \
                (ORDER if exact else ORDER.lower()):
            raise Stop(f"ХозОперация {kind!r} ends the load")
        if not said(element, "Валюта"):
            raise Stop("a document without Валюта ends the load")
        for path in ("Ид", "Номер", "Дата",
                     "Контрагенты/Контрагент/Наименование"):
            if not said(element, path):
                raise Unreadable(f"a document without {path}")
        self._check_order(element)
        mark = said(element, "Номер")
        order = self.known.get(mark)
        how = "all" if order is None else seen_again(self.base, order)
        if how == "skip":
            self.run.say(f"{mark}: skipped, {order.state}")
            return
        if order is None:
            order = self._made(element, mark)
            if order is None:
                return
        self._fill(order, element, how)

    def _check_order(self, element):
        """10.3 reads as it goes: Время needs Дата, Комментарий Номер."""
        if self.family != "ut103":
            return
        names = [child.tag for child in element]
        for first, second in (("Дата", "Время"), ("Номер", "Комментарий")):
            if second in names and names.index(first) > names.index(second):
                raise Unreadable(f"{second} before {first}")

    def _made(self, element, mark):
        own = self.base.own_number(mark)
        year = said(element, "Дата")[:4]
        if self.family.startswith("unf") and any(
                order.onec_number == own and order.date[:4] == year
                for order in self.base.held.orders):
            self.run.say(f"{mark}: the number {own} is taken")
            self.run.ok = False
            return None
        order = self.base.new_order(mark, own)
        order.findable = self.family != "ut11" or len(mark) <= NUMBER_PLACES
        self.new.append(order)
        return order

    # ---- filling ----

    def _fill(self, order, element, how):
        values = requisites(element, self.family == "ut11")
        if how == "all":
            order.site_id = said(element, "Ид")
            order.date = said(element, "Дата")
            order.time = said(element, "Время") or "00:00:00"
            order.currency = self._currency(said(element, "Валюта"))
            order.party = self._party(
                element.find("Контрагенты/Контрагент"))
            order.vat_included, default = self._document_vat(element)
            self.last_vat = None
            # УНФ: without Налоги of the document nothing is taxed.
            self.untaxed = self.family.startswith("unf") and \
                element.find("Налоги/Налог") is None
            order.lines = [line for line in (
                self._line(row, default)
                for row in element.findall("Товары/Товар")) if line]
            order.comment = self._comment(element, values)
            order.loads += 1
            self.run.filled.append(order)
            order.changed = order.status_only = False
        order.requisites.update(values)
        self._attributes(order, values)
        self._states(order, values)

    def _currency(self, text):
        held = self.base.settings["currencies"]
        if text in held:
            return held[text]
        if self.family == "ut103":
            raise Unreadable(f"no currency named {text!r}")
        self.run.say(f"currency {text!r} is not known, the base one is taken")
        return self.base.settings["currency"]

    def _document_vat(self, element):
        """(prices include it, the document's rate or None)."""
        for row in element.findall("Налоги/Налог"):
            if said(row, "Наименование") == "НДС":
                return (is_true(said(row, "УчтеноВСумме")),
                        said(row, "Ставка"))
        return False, None

    def _vat(self, row, default):
        text = vat_of(row)
        known = self.base.vat_texts
        if self.family == "ut11":
            return self._vat_of_ut11(text, default, known)
        if self.untaxed:
            return NO_VAT
        if text in known:
            return _plain_rate(text)
        if text is not None:
            self.run.say(f"VAT rate {text!r} is not known")
        if self.family.startswith("unf") or default not in known:
            return NO_VAT
        return _plain_rate(default)

    def _vat_of_ut11(self, text, default, known):
        """Its table of rates gives 0 for "0", "Без НДС" and what it does not
        know alike; a line of 0 takes the order's rate, which is "Без НДС"
        only where the order states none."""
        if text is None:
            text = self.last_vat
        self.last_vat = text
        if text is not None and text not in known:
            self.run.say(f"VAT rate {text!r} is not known")
        for rate in (text, default):
            if rate in known and rate not in ("0", NO_VAT):
                return _plain_rate(rate)
        return NO_VAT if default is None else "0"

    def _line(self, row, default):
        quantity = number(said(row, "Количество"))
        price = number(said(row, "ЦенаЗаЕдиницу") or said(row, "Цена"))
        total = number(said(row, "Сумма"), price * quantity)
        for cut in row.findall("Скидки/Скидка"):
            if not is_true(said(cut, "УчтеноВСумме")):
                total -= number(said(cut, "Сумма"))
        service = (requisites(row, False).get("ТипНоменклатуры") or ""
                   ).lower() == "услуга"
        vat = self._vat(row, default)
        if self.family == "ut11" and quantity == 0:
            self.run.say(f"a line of {said(row, 'Наименование')} without "
                         "a quantity is skipped")
            return None
        if self.family == "ut103" and service:
            quantity, price = Decimal(1), total
        if not price and quantity:
            price = money(total / quantity)
        ident, name = self._item(row, service)
        return {"id": ident, "name": name, "quantity": quantity,
                "price": price, "sum": money(total), "vat": vat,
                "cancelled": False, "service": service,
                "unit": row.find("БазоваяЕдиница").get("Код")
                if row.find("БазоваяЕдиница") is not None else None}

    def _item(self, row, service):
        """By Ид, article, name; else it is made, and that is remembered."""
        ident, article = said(row, "Ид"), said(row, "Артикул")
        name = said(row, "Наименование")
        items = self.base.held.items
        if ident:
            own, _, character = ident.partition("#")
            if ident in items or own in items:
                if character and ident not in items:
                    self.base.held.planted.append(ident)
                    items[ident] = {"name": name}
                return ident, (items.get(own) or items[ident])["name"] or name
        for key in ("article", "name"):
            value = article if key == "article" else name
            for known, item in items.items():
                if value and item.get(key) == value:
                    return known, item.get("name") or name
        if not name:
            raise Unreadable("a line that names nothing")
        # УТ makes it under the UUID that it was sent.
        if not (ident and UUID.match(ident) and self.family == "ut11"):
            ident = ident if ident == DELIVERY else \
                self.base.uuid("item " + name)
        items[ident] = {"name": name, "article": article}
        if not service:
            self.base.held.planted.append(name)
        else:
            self.base.held.services.append(name)
        return ident, name

    def _comment(self, element, values):
        own = said(element, "Комментарий") or ""
        if self.family == "ut11":
            parts = [f"Комментарий менеджера на сайте: {own}"] if own else []
            parts += filter(None, [values.get("Комментарии покупателя")])
            return "\n".join(parts)
        if self.family == "ut103":
            return f"№ {said(element, 'Номер')} " \
                   f"{self.base.settings['host']} : {own}"
        return values.get("Комментарии покупателя") or \
            values.get("Комментарий") or own

    def _attributes(self, order, values):
        if not self.family.startswith("unf"):
            return
        for name, value in values.items():
            plain = name.replace(" ", "").lower()
            for attribute in _ATTRIBUTES:
                if attribute.lower() == plain:
                    order.attributes[attribute] = value

    def _states(self, order, values):
        status = values.get("Статус заказа")
        code = values.get("Статуса заказа ИД")
        table = self.base.settings["statuses"]
        order.status_said = status
        if self.family.startswith("unf"):
            order.posted = order.posted or "ДатаОтгрузки" in order.attributes
            status = table.get(code) or table.get(status)
        else:
            status = table.get(status)
        if status:
            self.base.set_state(order, status)
        if not is_true(values.get("Отменен")):
            return
        if self.family == "ut11":
            if self.base.settings["cancel_reasons"]:
                for line in order.lines:
                    line["cancelled"] = True
                order.cancelled = True
            else:
                self.run.say(f"{order.number}: the cancellation is not saved")
        elif self.family == "ut103":
            order.deleted, order.posted, order.cancelled = True, False, True
        else:
            order.state, order.cancelled = "closed", True

    # ---- counterparties ----

    def _party(self, row):
        party = {"site_id": said(row, "Ид"), "name": said(row,
                 "Наименование"), "official": said(row,
                 "ОфициальноеНаименование"), "full": said(row,
                 "ПолноеНаименование"), "inn": said(row, "ИНН"),
                 "kpp": said(row, "КПП"), **_contacts(self.family, row)}
        party["kind"] = _kind(self.family, party)
        party["addresses"] = {
            name: said(row, f"{name}/Представление") for name in (
                "Адрес", "АдресРегистрации", "ЮридическийАдрес")
            if said(row, f"{name}/Представление")}
        found = _find_party(self.base, party)
        if found is None:
            party["id"] = self.base.uuid(
                f"party {len(self.base.held.parties) + 1}")
            self.base.held.parties.append(party)
            return party["id"]
        if self.family.startswith("unf"):
            for key in ("phones", "emails", "persons"):
                found[key] += [v for v in party[key] if v not in found[key]]
        return found["id"]


def _plain_rate(text):
    return text[:-3] if text.endswith(".00") else text


def seen_again(base, order):
    """"all", "properties" or "skip" (onec-exchange.md 2.3)."""
    busy = bool(order.payments or order.shipments or order.referred)
    if base.family == "ut11":
        alive = any(not line["cancelled"] for line in order.lines)
        return "all" if order.state == "open" and alive else "skip"
    if base.family == "ut103":
        return "skip" if busy else "all"
    if order.state == "closed":
        return "skip"
    if busy:
        return "properties"
    if order.posted and base.settings["keep_posted"]:
        return "skip"
    return "all"


def _kind(family, party):
    twelve = len(party["inn"] or "") == 12
    if party["official"]:
        return "entrepreneur" if twelve and family.startswith("unf") \
            else "legal"
    return "entrepreneur" if party["inn"] else "person"


def _contacts(family, row):
    phones, emails = [], []
    for contact in row.findall("Контакты/Контакт"):
        kind = said(contact, "Тип") or ""
        value = said(contact, "Значение")
        kind = kind if family == "ut103" else kind.replace(" ", "")
        if not value:
            continue
        if family in ("unf", "unf16", "bitrix"):
            low = kind.lower()
            if "телефон" in low or "phone" in low:
                phones.append(value)
            elif low in ("почта", "электроннаяпочта",
                         "адресэлектроннойпочты") or "mail" in low:
                emails.append(value)
        elif kind == "ТелефонРабочий":
            phones.append(value)
        elif kind == "Почта":
            emails.append(value)
    persons = [said(p, "Контрагент/Наименование") or
               (said(p, "Наименование") if family != "ut103" else None)
               for p in row.findall("Представители/Представитель")]
    if family == "ut11":
        persons = []
    return {"phones": phones, "emails": emails,
            "persons": [name for name in persons if name]}


def _find_party(base, party):
    for test in _searches(base, party):
        for held in base.held.parties:
            if test(held):
                return held
    return None


def _by_inn(party, with_kpp):
    def test(held):
        if held["inn"] != party["inn"]:
            return False
        return not with_kpp or party["kind"] != "legal" or \
            held["kpp"] == party["kpp"]
    return test


def _searches(base, party):
    """The tests in this family's order; a later one only where no
    counterparty passed the one before."""
    by_name = lambda held: held["name"] == party["name"]    # noqa: E731
    if base.family in ("ut11", "ut103"):
        if party["inn"] and base.settings["search"] == "inn":
            return [_by_inn(party, base.family == "ut11")]
        return [by_name]
    ident = (party["site_id"] or "").lower()
    out = [lambda held: held["id"].lower() == ident] \
        if UUID.match(ident) else []
    if base.family == "bitrix":
        out.append(lambda held: held["site_id"] == party["site_id"])
    if party["inn"]:
        out.append(_by_inn(party, bool(party["kpp"])))
    for key in ("phones", "emails"):
        if party[key]:
            out.append(lambda held, key=key:
                       bool(set(held[key]) & set(party[key])))
    return out + [by_name, lambda held: bool(party["full"]) and
                  held["full"] == party["full"]]
