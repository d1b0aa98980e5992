"""The oracle finds nothing where nothing is wrong, and everything else."""

import contextlib
import copy
import io
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import generate                 # noqa: E402
import oracle                   # noqa: E402
import oracle_read              # noqa: E402
import oracle_rules             # noqa: E402
from config import Config       # noqa: E402
from store import Store         # noqa: E402

IMPORT = """<?xml version="1.0" encoding="%(encoding)s"?>
<КоммерческаяИнформация%(space)s ВерсияСхемы="2.07">
<Классификатор><Группы>
 <Группа><Ид>g1</Ид><Наименование> Бумага </Наименование><Группы>
  <Группа><Ид>g2</Ид><Наименование>Офисная</Наименование></Группа>
 </Группы></Группа>
</Группы></Классификатор>
<Каталог СодержитТолькоИзменения="%(changes)s"><Товары>
 <Товар><Ид>p1</Ид><Артикул>A-1 </Артикул>
  <Наименование>Бумага А4\u00a0</Наименование>
  <БазоваяЕдиница Код="0796 "/><Группы><Ид>g2</Ид></Группы>
  <Описание>&lt;p&gt;Белая&lt;/p&gt;</Описание>
  <СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>
   <Ставка>20%%</Ставка></СтавкаНалога></СтавкиНалогов></Товар>
 <Товар Статус="Удален"><Ид>p2</Ид><Наименование>Старое</Наименование>
 </Товар>
 <Товар><Ид>p3#own</Ид><Артикул/><Наименование>Свой</Наименование>
  <БазоваяЕдиница Код="999">ящ</БазоваяЕдиница><Группы/>
  <СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>
   <Ставка>Без НДС</Ставка></СтавкаНалога></СтавкиНалогов></Товар>
 %(more)s
</Товары></Каталог></КоммерческаяИнформация>"""

OFFERS = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07"><ПакетПредложений>
<ТипыЦен><ТипЦены><Ид>t1</Ид><Наименование>Розничная</Наименование>
 <Валюта>руб</Валюта></ТипЦены>
 <ТипЦены><Ид>t2</Ид><Наименование>Тайная</Наименование>
 <Валюта>руб</Валюта></ТипЦены></ТипыЦен>
<Предложения>
 <Предложение><Ид>p1</Ид><Цены>
  <Цена><ИдТипаЦены>t1</ИдТипаЦены>
   <ЦенаЗаЕдиницу>1\u00a0250,50</ЦенаЗаЕдиницу></Цена>
  <Цена><ИдТипаЦены>t2</ИдТипаЦены>
   <ЦенаЗаЕдиницу>9</ЦенаЗаЕдиницу></Цена></Цены>
  <Склад ИдСклада="s1" КоличествоНаСкладе="4"/>
  <Склад ИдСклада="s2" КоличествоНаСкладе="1.5"/></Предложение>
 <Предложение><Ид>p3#own</Ид><Количество>-3</Количество></Предложение>
 <Предложение><Ид>p1#red</Ид><Количество>77</Количество></Предложение>
 <Предложение><Ид>nobody</Ид><Количество>7</Количество></Предложение>
</Предложения></ПакетПредложений></КоммерческаяИнформация>"""

RULES = """{ // the rules
 "catalog": { "characteristics": "ignore",
  "price_types": { "Розничная": "base" } } /* one */ }"""

SECTIONS = [
    {"id": 11, "name": "Бумага", "xmlId": "g1"},
    {"id": 13, "name": "Офисная", "xmlId": "g2", "iblockSectionId": 11}]
PRODUCTS = [
    {"id": 101, "xmlId": "p1", "name": "Бумага А4", "measure": 5, "vatId": 4,
     "iblockSectionId": 13, "detailText": "<p>Белая</p>",
     "detailTextType": "html", "quantity": 5.5,
     "properties": {"95": ["A-1"]}},
    {"id": 104, "xmlId": "p3#own", "name": "Свой", "vatId": 1}]
PRICES = [{"id": 1001, "productId": 101, "catalogGroupId": 1,
           "price": 1250.5}]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.good = {
            "properties": [{"id": 95, "code": "CML2_ARTICLE",
                            "name": "Артикул"}],
            "sections": copy.deepcopy(SECTIONS),
            "products": copy.deepcopy(PRODUCTS),
            "prices": copy.deepcopy(PRICES)}
        self.write("rules.json", RULES)
        self.package("one", "import.xml", self.imported())
        self.package("one", "offers.xml", OFFERS)
        self.packages = ["one"]

    def imported(self, changes="false", more="", encoding="UTF-8", space=""):
        return IMPORT % {"changes": changes, "more": more,
                         "encoding": encoding, "space": space}

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, text, encoding="utf-8"):
        with open(self.path(name), "w", encoding=encoding) as file:
            file.write(text)

    def package(self, folder, name, text, encoding="utf-8"):
        os.makedirs(self.path(folder), exist_ok=True)
        self.write(os.path.join(folder, name), text, encoding)

    def dump(self, held):
        store = Store(Config())
        for name, rows in held.items():
            store.load(name, copy.deepcopy(rows))
        return store.dump()

    def judge(self, *options):
        """(exit code, differences, counts)"""
        self.write("dump.json", json.dumps(self.dump(self.good)))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = oracle.main([
                *[self.path(name) for name in self.packages], "--json",
                "--config", self.path("rules.json"),
                "--dump", self.path("dump.json"), *options])
        answer = json.loads(out.getvalue()) if code != 2 else {}
        return code, answer.get("differences"), answer.get("counts")

    def assert_right(self, *options):
        code, differences, counts = self.judge(*options)
        self.assertEqual(differences, [])
        self.assertEqual(code, 0)
        return counts

    def assert_wrong(self, *words):
        code, differences, _ = self.judge()
        self.assertEqual(code, 1)
        self.assertEqual(len(differences), 1, differences)
        for word in words:
            self.assertIn(word, differences[0])


class Agreement(Case):
    def test_what_is_as_stated_has_no_difference(self):
        counts = self.assert_right()
        self.assertEqual(counts["goods"], 2)
        self.assertEqual(counts["sections"], 2)
        self.assertEqual(counts["prices"], 1)
        self.assertEqual(counts["quantities"], 2)

    def test_what_the_rules_leave_out_is_counted(self):
        counts = self.assert_right()
        for name in ("left out: prices of types not mapped",
                     "left out: units not in the portal",
                     "left out: offers of characteristics",
                     "left out: offers of unknown goods",
                     "goods deleted or never made"):
            self.assertEqual(counts.get(name), 1, name)

    def test_encodings_and_namespaces(self):
        space = ' xmlns="urn:1C.ru:commerceml_2"'
        for declared, written in (("windows-1251", "cp1251"),
                                  ("UTF-16", "utf-16"),
                                  ("UTF-8", "utf-8-sig")):
            self.package("one", "import.xml",
                         self.imported(encoding=declared, space=space),
                         written)
            self.assert_right()

    def test_a_file_that_is_no_xml_is_no_verdict(self):
        self.package("one", "import.xml", "junk" + self.imported())
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(self.judge()[0], 2)

    def test_inventory_management_leaves_stock_out(self):
        self.good["products"][0]["quantity"] = 1
        self.assert_right("--inventory")


class Differences(Case):
    def change(self, **fields):
        self.good["products"][0].update(fields)

    def test_each_field_of_a_good(self):
        for fields, word in (
                ({"name": "Бумага"}, "name"), ({"active": "N"}, "active"),
                ({"measure": 4}, "unit"), ({"vatId": 1}, "VAT"),
                ({"iblockSectionId": None}, "section"),
                ({"detailText": "x"}, "description"),
                ({"detailTextType": "text"}, "description type"),
                ({"quantity": 5}, "quantity"),
                ({"properties": {}}, "article")):
            with self.subTest(word=word):
                self.good["products"] = copy.deepcopy(PRODUCTS)
                self.change(**fields)
                self.assert_wrong("p1", word)

    def test_negative_stock_is_zero(self):
        self.good["products"][1]["quantity"] = -3
        self.assert_wrong("quantity", "-3")

    def test_section_name_and_nesting(self):
        self.good["sections"][1]["iblockSectionId"] = None
        self.assert_wrong("section g2", "parent")

    def test_missing_things(self):
        del self.good["prices"][0]
        self.assert_wrong("price", "missing")
        self.good["prices"] = copy.deepcopy(PRICES)
        del self.good["products"][1]
        self.assert_wrong("good p3#own", "missing")

    def test_price_and_currency(self):
        self.good["prices"][0]["price"] = 1250.51
        self.assert_wrong("price", "1250.51")
        self.good["prices"][0] = {**PRICES[0], "currency": "USD"}
        self.assert_wrong("currency")

    def test_price_of_a_type_that_no_rule_maps(self):
        self.good["prices"].append({"id": 1002, "productId": 101,
                                    "catalogGroupId": 2, "price": 9})
        self.assert_wrong("no rule maps")

    def test_doubles(self):
        self.good["products"].append({**PRODUCTS[0], "id": 107})
        self.assert_wrong("doubled", "101", "107")

    def test_a_stranger_with_our_kind_of_mark(self):
        self.good["products"].append({"id": 107, "xmlId": "p1#red",
                                      "name": "x"})
        self.assert_wrong("in no package")
        self.good["products"][-1]["xmlId"] = "107"
        self.assert_right()

    def test_a_deleted_good_must_not_be_live(self):
        self.good["products"].append({"id": 107, "xmlId": "p2",
                                      "name": "Старое"})
        self.assert_wrong("good p2", "active")
        self.good["products"][-1]["active"] = "N"
        self.assert_right()


class Sequences(Case):
    def again(self, text, name="import.xml"):
        self.package("two", name, text)
        self.packages = ["one", "two"]

    def test_a_good_deleted_later_stays_inactive(self):
        for mark in ('<Товар Статус="Удален"><Ид>p1</Ид>',
                     "<Товар><Статус>Удален</Статус><Ид>p1</Ид>",
                     "<Товар><Ид>p1</Ид><ПометкаУдаления>true"
                     "</ПометкаУдаления>"):
            self.good["products"] = copy.deepcopy(PRODUCTS)
            self.again(self.imported(more=mark + "<Наименование>Бумага А4"
                                     "</Наименование></Товар>"))
            self.assert_wrong("p1", "active")
            self.good["products"][0]["active"] = "N"
            self.assert_right()
            del self.good["products"][0], self.good["prices"][:]
            self.assert_wrong("p1", "missing")
            self.good["prices"] = copy.deepcopy(PRICES)

    def test_delete_rule(self):
        self.write("rules.json", '{"catalog": {"marked": "delete", "characteristics": '
                   '"ignore", "price_types": {"t1": 1}}}')
        self.again(self.imported(
            more='<Товар Статус="Удален"><Ид>p1</Ид><Наименование>Бумага А4'
            '</Наименование></Товар>'))
        self.assert_wrong("p1", "still there")
        del self.good["products"][0]
        self.good["prices"] = []
        self.assert_right()

    def test_the_last_statement_wins(self):
        self.again(self.imported(
            more="<Товар><Ид>p1</Ид><Наименование>Иная</Наименование>"
            "</Товар>"))
        self.good["products"][0] = {
            "id": 101, "xmlId": "p1", "name": "Иная", "quantity": 5.5}
        self.assert_right()

    def test_changes_of_the_offers_package(self):
        text = """<КоммерческаяИнформация><ИзмененияПакетаПредложений>
         <Предложения>
          <Предложение><Ид>p1</Ид><Склады ИдСклада="s1"
           КоличествоНаСкладе="2"/><Количество>2</Количество></Предложение>
          <Предложение><Ид>p1</Ид><ИдХарактеристики>c</ИдХарактеристики>
           <Количество>50</Количество></Предложение>
         </Предложения></ИзмененияПакетаПредложений>
         </КоммерческаяИнформация>"""
        self.again(text, "offers0_1.xml")
        self.assert_wrong("quantity")
        self.good["products"][0]["quantity"] = 2
        self.assert_right()

    def test_shapes_of_stock(self):
        for shape, total in (
                ("<Остатки><Остаток><Склад><Ид>a</Ид><Количество>3"
                 "</Количество></Склад></Остаток></Остатки>", 3),
                ("<Остаток><ИдСклада>a</ИдСклада><Количество>2,5"
                 "</Количество></Остаток>", 2.5),
                ('<Склады ИдСклада="a" КоличествоНаСкладе="9"/>', 9)):
            self.again("<КоммерческаяИнформация><ПакетПредложений>"
                       "<Предложения><Предложение><Ид>p1</Ид>" + shape +
                       "</Предложение></Предложения></ПакетПредложений>"
                       "</КоммерческаяИнформация>", "rests.xml")
            self.good["products"][0]["quantity"] = total
            self.assert_right()

    def test_absent_goods(self):
        self.write("rules.json", '{"catalog": {"absent": "deactivate", '
                   '"characteristics": "ignore", "max_deleted_percent": 90, "price_types": {"t1": 1}}}')
        self.again("<КоммерческаяИнформация><Каталог><Товары><Товар>"
                   "<Ид>p3#own</Ид><Наименование>Свой</Наименование>"
                   "</Товар></Товары></Каталог></КоммерческаяИнформация>")
        self.assert_wrong("p1", "active")
        self.good["products"][0]["active"] = "N"
        self.assert_right()


class Generator(Case):
    def made(self, *more):
        folder = self.path("g%d" % len(os.listdir(self.folder)))
        generate.main([folder, "--goods", "500", "--price-types", "2",
                       "--seed", "3", "--stock", *more])
        facts = oracle_read.Facts()
        facts.take(folder)
        return folder, facts

    def differing(self, one, two):
        def whole(facts, ident):
            good = facts.goods[ident]
            return (good.name, good.article, facts.prices[ident],
                    facts.rests[ident])
        self.assertEqual(set(one.goods), set(two.goods))
        return sum(whole(one, i) != whole(two, i) for i in one.goods)

    def test_the_same_arguments_give_the_same_bytes(self):
        for name in ("import0_1.xml", "offers0_1.xml"):
            texts = []
            for folder in (self.made()[0], self.made()[0]):
                with open(os.path.join(folder, "webdata", name), "rb") as f:
                    texts.append(f.read())
            self.assertEqual(texts[0], texts[1])
            self.assertTrue(texts[0].startswith(b"\xef\xbb\xbf<?xml"))

    def test_exactly_the_wanted_part_differs(self):
        base = self.made()[1]
        self.assertEqual(len(base.goods), 500)
        for percent, count in (("1", 5), ("10", 50), ("100", 500)):
            other = self.made("--changed", percent)[1]
            self.assertEqual(self.differing(base, other), count)

    def test_portions_hold_the_same_goods(self):
        folder, facts = self.made("--portion", "200")
        self.assertEqual(len(os.listdir(os.path.join(folder, "webdata"))), 6)
        self.assertEqual(self.differing(self.made()[1], facts), 0)

    def test_groups_are_all_defined(self):
        facts = self.made("--groups", "30")[1]
        self.assertEqual(len(facts.groups), 30)
        self.assertTrue(all(g in facts.groups for good in
                            facts.goods.values() for g in good.groups))


class Course(Case):
    """What may stand there follows from all that happened."""

    def event(self, name, what):
        self.write(name, json.dumps(what))
        self.packages.append(name)

    def rules(self, **catalog):
        return {"catalog": {"characteristics": "ignore", "price_types": {
            "Розничная": "base"}, "max_deleted_percent": 100, **catalog}}

    def without_p1(self, changes, more=""):
        text = self.imported(changes=changes, more=more)
        begin = text.index("<Товар><Ид>p1</Ид>")
        return text[:begin] + text[text.index("<Товар Статус"):]

    def marked_after_absence(self):
        self.event("rules1.json", {"rules": self.rules(absent="delete")})
        self.event("sent1.json", {"sent": True})
        self.package("two", "import.xml", self.without_p1("false"))
        self.packages.append("two")

    def mark(self):
        self.package("three", "import.xml", self.without_p1(
            "true", '<Товар Статус="Удален"><Ид>p1</Ид>'
            "<Наименование>Бумага</Наименование></Товар>"))
        self.packages.append("three")

    def test_what_was_deleted_is_not_switched_off(self):
        self.marked_after_absence()
        self.event("sent2.json", {"sent": True})
        self.mark()
        self.good["products"] = [row for row in self.good["products"]
                                 if row["xmlId"] != "p1"]
        self.good["prices"] = []
        self.assert_right()

    def test_before_it_was_sent_both_may_be(self):
        self.marked_after_absence()
        self.mark()
        self.good["products"][0]["active"] = "N"
        self.assert_right()
        del self.good["products"][0]
        self.good["prices"] = []
        self.assert_right()

    def test_what_is_selected_no_more_goes(self):
        self.event("rules1.json", {"rules": self.rules()})
        self.event("sent1.json", {"sent": True})
        self.event("rules2.json", {"rules": self.rules(
            absent="deactivate", select={"only_priced": True})})
        self.assert_wrong("p3#own", "active")
        self.good["products"][1]["active"] = "N"
        self.assert_right()

    def test_the_managers_tree(self):
        self.event("rules1.json", {"rules": self.rules(groups={
            "Витрина": {"groups": ["Бумага"]}})})
        self.good["sections"].append(
            {"id": 15, "name": "Витрина", "xmlId": "cml24:Витрина"})
        self.assert_wrong("p1", "section")
        self.good["products"][0]["iblockSectionId"] = 15
        self.assert_right()

    def test_what_people_set_stays(self):
        self.write("edits.json", json.dumps({"p1": {"name": ["Моё"]}}))
        options = ("--edits", self.path("edits.json"))
        self.assertEqual(self.judge(*options)[0], 1)
        self.good["products"][0]["name"] = "Моё"
        self.assert_right(*options)


class Rules(unittest.TestCase):
    def rules(self, **whole):
        return oracle_rules.Rules(whole, Store(Config()).dump())

    def test_vat(self):
        rules = self.rules(catalog={"vat": {"5": "НДС 22%"}})
        for text, ids in (("20", {4}), ("20%", {4}), ("0", {2}),
                          ("Без налога", {1}), ("без НДС", {1}), ("18", set()),
                          ("слово", set()), ("5", {5})):
            self.assertEqual(rules.vats(text), ids, text)

    def test_currency(self):
        rules = self.rules(currencies={"у.е.": "USD"})
        for text, code in (("руб", "RUB"), ("Руб.", "RUB"), ("643", "RUB"),
                           ("EUR", "EUR"), ("у.е.", "USD"), ("UAH", None),
                           ("ROT", None), ("", None)):
            self.assertEqual(rules.currency(text), code, text)

    def test_unknown_price_type_of_the_portal_is_an_error(self):
        with self.assertRaises(oracle_rules.Wrong):
            self.rules(catalog={"price_types": {"Розничная": "Нет такой"}})

    def test_comments_are_no_strings(self):
        text = oracle_rules.strip_comments('{"a": "http://x", // y\n"b": 1}')
        self.assertEqual(json.loads(text), {"a": "http://x", "b": 1})


if __name__ == "__main__":
    unittest.main()
