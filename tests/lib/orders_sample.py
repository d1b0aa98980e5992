"""Hand-written orders files for the tests of this folder."""


def tag(name, value):
    return f"<{name}>{value}</{name}>" if value is not None else ""


def line(ident="p1", name="Лампа", price="100", quantity="2", total="200",
         rate="20", tax=None, extra=""):
    rates = "" if rate is None else (
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>"
        f"<Ставка>{rate}</Ставка></СтавкаНалога></СтавкиНалогов><Налоги>"
        "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true"
        f"</УчтеноВСумме>{tag('Сумма', tax)}<Ставка>{rate}</Ставка></Налог>"
        "</Налоги>")
    return ("<Товар>" + tag("Ид", ident) + tag("Наименование", name) +
            '<БазоваяЕдиница Код="796">шт</БазоваяЕдиница>' +
            tag("ЦенаЗаЕдиницу", price) + tag("Количество", quantity) +
            tag("Сумма", total) + extra + rates + "</Товар>")


def order(number="1", lines=None, values=(), total="200", party="",
          currency="RUB", kind="Заказ товара", vat="20", comment=None,
          name="Ромашка ООО"):
    lines = [line()] if lines is None else lines
    taxes = "" if vat is None else (
        "<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>true"
        f"</УчтеноВСумме><Сумма>33.33</Сумма>{tag('Ставка', vat)}</Налог>"
        "</Налоги>")
    rows = "".join("<ЗначениеРеквизита><Наименование>" + n +
                   "</Наименование>" + (f"<Значение>{v}</Значение>" if v
                                        else "<Значение/>") +
                   "</ЗначениеРеквизита>" for n, v in values)
    return ("<Документ>" + tag("Ид", number) + tag("Номер", number) +
            tag("Дата", "2026-11-25") + tag("ХозОперация", kind) +
            tag("Роль", "Продавец") + tag("Валюта", currency) +
            tag("Курс", "1") + tag("Сумма", total) +
            "<Контрагенты><Контрагент>" + tag("Ид", "company-7") +
            tag("Наименование", name) + party + "</Контрагент></Контрагенты>"
            + tag("Время", "10:15:00") + tag("Комментарий", comment) + taxes +
            "<Товары>" + "".join(lines) + "</Товары>" +
            (f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов>" if rows
             else "") + "</Документ>")


def orders(*documents, container=False, encoding="utf-8-sig", mark=""):
    inner = "".join(f"<Контейнер>{d}</Контейнер>" if container else d
                    for d in documents)
    name = encoding.replace("-sig", "")
    return (f'<?xml version="1.0" encoding="{name}"?>\n'
            f'<КоммерческаяИнформация{mark} ВерсияСхемы="2.05" '
            f'ДатаФормирования="2026-11-25T10:20:30">{inner}'
            "</КоммерческаяИнформация>").encode(encoding)


LEGAL = ("<ОфициальноеНаименование>ООО Ромашка</ОфициальноеНаименование>"
         "<ИНН>7701000019</ИНН><КПП>770101001</КПП>")
