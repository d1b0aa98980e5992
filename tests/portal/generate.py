#!/usr/bin/env python3
"""A catalogue of any size, as УТ 11 writes it. The same arguments, the same
bytes; nothing is kept in memory but the line being written."""

import argparse
import io
import math
import os
import sys

MASK = (1 << 64) - 1
GOODS, GROUPS, STORES, OWNER, PROPERTIES, VALUES = 1, 2, 3, 4, 5, 6
# Of every four properties two are lists, one a text and one a number.
PROPERTY_TYPES = ("Справочник", "Строка", "Справочник", "Число")
LIST_VALUES = 12
NOUNS = ("Бумага", "Картон", "Папка", "Ручка", "Скоба", "Лента", "Линейка",
         "Тетрадь", "Блокнот", "Стакан", "Доска", "Кисть", "Краска", "Нить",
         "Шкаф", "Полка")
KINDS = ("офисная", "плотная", "матовая", "синяя", "белая", "малая",
         "большая", "усиленная", "складная", "особая", "школьная", "узкая",
         "широкая", "лёгкая", "прочная", "ровная")
WORDS = ("для", "работы", "дома", "и", "в", "конторе", "хранит", "цвет",
         "долго", "служит", "проста", "удобна", "в", "упаковке", "по",
         "десять", "штук", "без", "запаха", "легко", "моется", "не",
         "боится", "света", "воды", "мороза", "сделана", "из", "сырья",
         "высшего", "сорта", "надёжно")
MARKS = ("", "", "", " & Ко", " «люкс»", " 100%", ", 5 л", " <тип 2>")
HEAD = ('\ufeff<?xml version="1.0" encoding="UTF-8"?>\n'
        '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'ВерсияСхемы="2.07" ДатаФормирования="%s">\n')
TAIL = '</КоммерческаяИнформация>\n'


def mix(seed, kind, number):
    """A 64-bit number out of three: the finaliser of splitmix64."""
    z = (seed * 0x9E3779B97F4A7C15 + kind * 0xD1B54A32D192ED03 +
         number * 0x8CB92BA72F3D8DD7 + 0x632BE59BD9B4E019) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uuid(seed, kind, number):
    high = mix(seed, kind, number)
    low = mix(high & 0xFFFFFFFF, kind + 100, number)
    text = "%016x%016x" % (high, low)
    return "-".join((text[:8], text[8:12], "4" + text[13:16],
                     "9" + text[17:20], text[20:]))


def price_type_id(number):
    return "00000000-0000-4000-8000-%012d" % number


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;") \
        .replace(">", "&gt;")


class Catalogue:
    """What each good is; `changed` percent of them are another edition."""

    def __init__(self, args):
        self.args = args
        count = round(args.goods * args.changed / 100)
        self.changed = min(args.goods, count)
        self._stride = self._coprime(args.goods)

    def _coprime(self, size):
        step = (mix(self.args.seed, 7, 7) % max(1, size)) | 1
        while math.gcd(step, max(1, size)) != 1:
            step += 2
        return step

    def edition(self, number):
        """0: as ever; 1 name, 2 price, 3 stock or price, 4 article."""
        goods = self.args.goods
        if (number * self._stride) % goods >= self.changed:
            return 0
        if self.args.stock_only:
            return 3
        what = 1 + mix(self.args.seed, 9, number) % 4
        return 2 if what == 3 and not self.args.stock else what

    def good(self, number):
        seed, args = self.args.seed, self.args
        bits = mix(seed, 20, number)
        edition = self.edition(number)
        name = "%s %s %d%s" % (NOUNS[bits & 15], KINDS[bits >> 4 & 15],
                               number, MARKS[bits >> 8 & 7])
        if edition == 1:
            name += " новая"
        article = "А-%06d%s" % (number, "-н" if edition == 4 else "")
        return {"id": uuid(seed, GOODS, number), "name": escape(name),
                "article": article, "bits": bits, "edition": edition,
                "group": (bits >> 12) % args.groups,
                "unit": "166" if bits >> 20 & 7 == 0 else "796",
                "vat": "10" if bits >> 24 & 3 == 0 else "20"}


def description(bits):
    words = []
    state = bits
    for _ in range(24):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        words.append(WORDS[state >> 59])
    return " ".join(words)


def owner(args):
    return ("\t\t<Владелец>\n\t\t\t<Ид>%s</Ид>\n"
            "\t\t\t<Наименование>Образец ООО</Наименование>\n"
            "\t\t\t<ОфициальноеНаименование>ООО \"Образец\""
            "</ОфициальноеНаименование>\n\t\t\t<ИНН>7700000016</ИНН>\n"
            "\t\t\t<КПП>770001001</КПП>\n\t\t\t<ОКПО/>\n\t\t</Владелец>\n"
            % uuid(args.seed, OWNER, 0))


def write_groups(out, args):
    """A tree in which group n lies in group (n - 1) / 4."""
    out.write("\t\t<Группы>\n")
    todo = [0]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.write(item)
            continue
        out.write("<Группа><Ид>%s</Ид><Наименование>Раздел %d</Наименование>"
                  % (uuid(args.seed, GROUPS, item), item))
        inner = list(range(4 * item + 1, min(4 * item + 5, args.groups)))
        out.write("<Группы>\n" if inner else "")
        todo.append("</Группы></Группа>\n" if inner else "</Группа>\n")
        todo.extend(reversed(inner))
    out.write("\t\t</Группы>\n")


def property_value(good, args, number):
    bits = mix(args.seed, 30 + number, good["bits"] & 0xFFFFFFFF)
    kind = PROPERTY_TYPES[number % 4]
    if kind == "Справочник":
        return uuid(args.seed, VALUES,
                    number * LIST_VALUES + bits % LIST_VALUES)
    if kind == "Число":
        return "%d.%d" % (bits % 1000, bits >> 20 & 7)
    return WORDS[bits & 31]


def values_xml(good, args):
    if not args.properties:
        return ""
    return ("\t\t\t\t<ЗначенияСвойств>\n" + "".join(
        "\t\t\t\t\t<ЗначенияСвойства><Ид>%s</Ид><Значение>%s</Значение>"
        "</ЗначенияСвойства>\n" % (uuid(args.seed, PROPERTIES, number),
                                   property_value(good, args, number))
        for number in range(args.properties)) +
        "\t\t\t\t</ЗначенияСвойств>\n")


def write_properties(out, args):
    if not args.properties:
        return
    out.write("\t\t<Свойства>\n")
    for number in range(args.properties):
        kind = PROPERTY_TYPES[number % 4]
        out.write("\t\t\t<Свойство><Ид>%s</Ид><Наименование>Свойство %d"
                  "</Наименование><ТипЗначений>%s</ТипЗначений>\n"
                  % (uuid(args.seed, PROPERTIES, number), number + 1, kind))
        if kind == "Справочник":
            out.write("\t\t\t\t<ВариантыЗначений>\n" + "".join(
                "\t\t\t\t\t<Справочник><ИдЗначения>%s</ИдЗначения>"
                "<Значение>вид %d</Значение></Справочник>\n"
                % (uuid(args.seed, VALUES, number * LIST_VALUES + value),
                   value + 1) for value in range(LIST_VALUES)) +
                "\t\t\t\t</ВариантыЗначений>\n")
        out.write("\t\t\t</Свойство>\n")
    out.write("\t\t</Свойства>\n")


def good_xml(good, args, groups):
    bits = good["bits"]
    return (
        '\t\t\t<Товар>\n\t\t\t\t<Ид>%s</Ид>\n'
        '\t\t\t\t<Штрихкод>2%012d</Штрихкод>\n'
        '\t\t\t\t<Артикул>%s</Артикул>\n'
        '\t\t\t\t<Наименование>%s</Наименование>\n'
        '\t\t\t\t<БазоваяЕдиница Код="%s " НаименованиеПолное="%s"/>\n'
        '\t\t\t\t<Группы>\n\t\t\t\t\t<Ид>%s</Ид>\n\t\t\t\t</Группы>\n'
        '\t\t\t\t<Описание>%s</Описание>\n'
        '%s\t\t\t\t<СтавкиНалогов>\n\t\t\t\t\t<СтавкаНалога>\n'
        '\t\t\t\t\t\t<Наименование>НДС</Наименование>\n'
        '\t\t\t\t\t\t<Ставка>%s</Ставка>\n'
        '\t\t\t\t\t</СтавкаНалога>\n\t\t\t\t</СтавкиНалогов>\n'
        '\t\t\t\t<ЗначенияРеквизитов>\n\t\t\t\t\t<ЗначениеРеквизита>\n'
        '\t\t\t\t\t\t<Наименование>ТипНоменклатуры</Наименование>\n'
        '\t\t\t\t\t\t<Значение>Товар</Значение>\n'
        '\t\t\t\t\t</ЗначениеРеквизита>\n'
        '\t\t\t\t</ЗначенияРеквизитов>\n\t\t\t</Товар>\n' % (
            good["id"], bits % 10 ** 12, good["article"], good["name"],
            good["unit"],
            "Килограмм" if good["unit"] == "166" else "Штука",
            groups[good["group"]], description(bits),
            values_xml(good, args), good["vat"]))


def offer_xml(good, args, types, stores):
    out = ['\t\t\t<Предложение>\n\t\t\t\t<Ид>%s</Ид>\n'
           '\t\t\t\t<Артикул>%s</Артикул>\n'
           '\t\t\t\t<Наименование>%s</Наименование>\n'
           '\t\t\t\t<БазоваяЕдиница Код="%s " НаименованиеПолное="%s"/>\n'
           '\t\t\t\t<Цены>\n' % (
               good["id"], good["article"], good["name"], good["unit"],
               "Килограмм" if good["unit"] == "166" else "Штука")]
    moved = good["edition"] == 2
    for number, ident in types:
        kopecks = 1000 + (good["bits"] >> 28) % 500000 + 777 * number
        kopecks += 100 if moved else 0
        out.append('\t\t\t\t\t<Цена>\n'
                   '\t\t\t\t\t\t<Представление>%d,%02d руб. за шт'
                   '</Представление>\n'
                   '\t\t\t\t\t\t<ИдТипаЦены>%s</ИдТипаЦены>\n'
                   '\t\t\t\t\t\t<ЦенаЗаЕдиницу>%d.%02d</ЦенаЗаЕдиницу>\n'
                   '\t\t\t\t\t\t<Валюта>руб</Валюта>\n'
                   '\t\t\t\t\t\t<Коэффициент>1</Коэффициент>\n'
                   '\t\t\t\t\t</Цена>\n' % (
                       kopecks // 100, kopecks % 100, ident,
                       kopecks // 100, kopecks % 100))
    out.append('\t\t\t\t</Цены>\n')
    if args.stock:
        amounts = [(good["bits"] >> 40) % 500 + (good["edition"] == 3),
                   (good["bits"] >> 50) % 90]
        amounts += [mix(args.seed, 40 + number, good["bits"] & 0xFFFFFFFF) % 60
                    for number in range(2, len(stores))]
        amounts = amounts[:len(stores)]
        out.append('\t\t\t\t<Количество>%d</Количество>\n' % sum(amounts))
        for ident, amount in zip(stores, amounts):
            out.append('\t\t\t\t<Склад ИдСклада="%s" '
                       'КоличествоНаСкладе="%d"/>\n' % (ident, amount))
    out.append('\t\t\t</Предложение>\n')
    return "".join(out)


def stock_xml(good, args, stores):
    """What УТ 11's update says of a good."""
    lines = offer_xml(good, args, [], stores).splitlines(keepends=True)
    kept = ("<Предложение>", "<Ид>", "<Количество>", "<Склад ",
            "</Предложение>")
    return "".join(line for line in lines
                   if line.strip().startswith(kept))


def portions(args):
    """(portion from 1, first good, after the last good)"""
    size = args.portion or max(1, args.goods)
    starts = range(0, max(1, args.goods), size)
    return [(n + 1, at, min(args.goods, at + size))
            for n, at in enumerate(starts)]


def stamp(args):
    if args.stock_only:
        return "2026-11-24T10:00:00"
    return "2026-11-23T10:00:00" if args.changed else "2026-11-22T10:00:00"


def only_changes(portion):
    return "true" if portion > 1 else "false"


def write_import(path, args, catalogue, part):
    portion, first, last = part
    ident = uuid(args.seed, OWNER, 1)
    groups = [uuid(args.seed, GROUPS, n) for n in range(args.groups)]
    with open_out(path) as out:
        out.write(HEAD % stamp(args))
        if portion == 1:
            out.write("\t<Классификатор>\n\t\t<Ид>%s</Ид>\n\t\t<Наименование>"
                      "Классификатор (Каталог)</Наименование>\n" % ident)
            out.write(owner(args))
            write_groups(out, args)
            write_properties(out, args)
            out.write("\t</Классификатор>\n")
        out.write('\t<Каталог СодержитТолькоИзменения="%s">\n\t\t<Ид>%s</Ид>\n'
                  '\t\t<ИдКлассификатора>%s</ИдКлассификатора>\n\t\t'
                  '<Наименование>Каталог</Наименование>\n'
                  % (only_changes(portion), ident, ident))
        out.write(owner(args) + "\t\t<Товары>\n")
        for number in range(first, last):
            out.write(good_xml(catalogue.good(number), args, groups))
        out.write("\t\t</Товары>\n\t</Каталог>\n" + TAIL)


def write_offers(path, args, catalogue, part):
    portion, first, last = part
    ident = uuid(args.seed, OWNER, 1)
    types = [(n, price_type_id(n)) for n in range(1, args.price_types + 1)]
    stores = [uuid(args.seed, STORES, n) for n in range(args.warehouses)]
    with open_out(path) as out:
        out.write(HEAD % stamp(args))
        out.write('\t<ПакетПредложений СодержитТолькоИзменения="%s">\n'
                  '\t\t<Ид>%s#</Ид>\n\t\t<Наименование>Пакет предложений'
                  '</Наименование>\n\t\t<ИдКаталога>%s</ИдКаталога>\n'
                  '\t\t<ИдКлассификатора>%s</ИдКлассификатора>\n'
                  % (only_changes(portion), ident, ident, ident))
        out.write(owner(args))
        write_dictionaries(out, args, types, stores)
        out.write("\t\t<Предложения>\n")
        for number in range(first, last):
            out.write(offer_xml(catalogue.good(number), args, types, stores))
        out.write("\t\t</Предложения>\n\t</ПакетПредложений>\n" + TAIL)


def write_stock(path, args, catalogue):
    """All goods, as the exchange of every five minutes may name them."""
    ident = uuid(args.seed, OWNER, 1)
    stores = [uuid(args.seed, STORES, n) for n in range(args.warehouses)]
    with open_out(path) as out:
        out.write(HEAD % stamp(args))
        out.write('\t<ИзмененияПакетаПредложений>\n\t\t<Ид>%s#</Ид>\n'
                  '\t\t<Наименование>Пакет предложений</Наименование>\n'
                  '\t\t<ИдКаталога>%s</ИдКаталога>\n'
                  '\t\t<ИдКлассификатора>%s</ИдКлассификатора>\n'
                  '\t\t<Предложения>\n' % (ident, ident, ident))
        for number in range(args.goods):
            out.write(stock_xml(catalogue.good(number), args, stores))
        out.write("\t\t</Предложения>\n\t</ИзмененияПакетаПредложений>\n" +
                  TAIL)


def write_dictionaries(out, args, types, stores):
    out.write("\t\t<ТипыЦен>\n")
    for number, ident in types:
        out.write("\t\t\t<ТипЦены>\n\t\t\t\t<Ид>%s</Ид>\n\t\t\t\t"
                  "<Наименование>Тип %d</Наименование>\n\t\t\t\t"
                  "<Валюта>руб</Валюта>\n\t\t\t\t<Налог>\n\t\t\t\t\t"
                  "<Наименование>НДС</Наименование>\n\t\t\t\t\t"
                  "<УчтеноВСумме>true</УчтеноВСумме>\n\t\t\t\t</Налог>\n"
                  "\t\t\t</ТипЦены>\n" % (ident, number))
    out.write("\t\t</ТипыЦен>\n")
    if args.stock:
        out.write("\t\t<Склады>\n")
        for number, ident in enumerate(stores):
            out.write("\t\t\t<Склад>\n\t\t\t\t<Ид>%s</Ид>\n\t\t\t\t"
                      "<Наименование>Склад %d</Наименование>\n"
                      "\t\t\t</Склад>\n" % (ident, number + 1))
        out.write("\t\t</Склады>\n")


def open_out(path):
    return io.open(path, "w", encoding="utf-8", newline="\n",
                   buffering=1 << 20)


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--goods", type=int, required=True)
    parser.add_argument("--price-types", type=int, default=1)
    parser.add_argument("--changed", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--groups", type=int, default=20)
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--stock-only", action="store_true",
                        help="an update of stock alone, where the changed "
                        "ones have another stock")
    parser.add_argument("--portion", type=int, default=0)
    parser.add_argument("--warehouses", type=int, default=2)
    parser.add_argument("--properties", type=int, default=0)
    args = parser.parse_args(argv)
    if args.goods < 0 or args.groups < 1 or args.price_types < 0 or \
            not 0 <= args.changed <= 100:
        parser.error("a number is out of range")
    return args


def main(argv=None):
    args = arguments(argv)
    folder = os.path.join(args.out, "webdata")
    os.makedirs(folder, exist_ok=True)
    catalogue = Catalogue(args)
    if args.stock_only:
        write_stock(os.path.join(folder, "offers0_1.xml"), args, catalogue)
        return 0
    for part in portions(args):
        name = os.path.join(folder, "%%s0_%d.xml" % part[0])
        write_import(name % "import", args, catalogue, part)
        write_offers(name % "offers", args, catalogue, part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
