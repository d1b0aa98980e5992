"""The oracle sees what becomes of characteristics, properties, pictures and
stock by warehouse."""

import copy
import hashlib
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import oracle_read              # noqa: E402
import test_oracle              # noqa: E402

IMPORT = """<КоммерческаяИнформация ВерсияСхемы="2.07">
<Классификатор><Свойства>
 <Свойство><Ид>color</Ид><Наименование>Цвет</Наименование>
  <ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений>
   <Справочник><ИдЗначения>v1</ИдЗначения><Значение>красный</Значение>
   </Справочник><Справочник><ИдЗначения>v2</ИдЗначения>
   <Значение>синий</Значение></Справочник></ВариантыЗначений></Свойство>
 <Свойство><Ид>size</Ид><Наименование>Размер</Наименование>
  <ТипЗначений>Число</ТипЗначений></Свойство>
 <Свойство><Ид>old</Ид><Наименование>Старое</Наименование>
  <ПометкаУдаления>true</ПометкаУдаления></Свойство>
</Свойства></Классификатор>
<Каталог><Товары>
 <Товар><Ид>p1</Ид><Штрихкод>4600</Штрихкод><Артикул>A-1</Артикул>
  <Наименование>Лампа</Наименование><Картинка>one.png</Картинка>
  <Картинка>two.png</Картинка><Картинка>none.png</Картинка>
  <ЗначенияСвойств>
   <ЗначенияСвойства><Ид>color</Ид><Значение>v1</Значение>
   </ЗначенияСвойства>
   <ЗначенияСвойства><Ид>size</Ид><Значение>1,50</Значение>
   </ЗначенияСвойства>
   <ЗначенияСвойства><Ид>old</Ид><Значение>x</Значение></ЗначенияСвойства>
  </ЗначенияСвойств>
  <ЗначенияРеквизитов>
   <ЗначениеРеквизита><Наименование>Вес</Наименование>
    <Значение>1.5</Значение></ЗначениеРеквизита>
   <ЗначениеРеквизита><Наименование>Коллекция</Наименование>
    <Значение>Зима</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>
  <Ширина>0.2</Ширина></Товар>
 <Товар><Ид>p2</Ид><Артикул>A-2</Артикул><Наименование>Майка</Наименование>
  <ЗначенияРеквизитов><ЗначениеРеквизита>
   <Наименование>ТипНоменклатуры</Наименование><Значение>Товар</Значение>
  </ЗначениеРеквизита></ЗначенияРеквизитов></Товар>
 <Товар><Ид>p3</Ид><Наименование>Доставка</Наименование>
  <ЗначенияРеквизитов><ЗначениеРеквизита>
   <Наименование>ВидНоменклатуры</Наименование><Значение>услуга</Значение>
  </ЗначениеРеквизита></ЗначенияРеквизитов></Товар>
</Товары></Каталог></КоммерческаяИнформация>"""

OFFERS = """<КоммерческаяИнформация ВерсияСхемы="2.07"><ПакетПредложений>
<ТипыЦен><ТипЦены><Ид>t1</Ид><Наименование>Розничная</Наименование>
 <Валюта>RUB</Валюта><Налог><Наименование>НДС</Наименование>
 <УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>
<Склады><Склад><Ид>s1</Ид><Наименование>Главный</Наименование></Склад>
</Склады><Предложения>
 <Предложение><Ид>p1</Ид><Наименование>Лампа</Наименование>
  <Цены><Цена><ИдТипаЦены>t1</ИдТипаЦены><ЦенаЗаЕдиницу>100</ЦенаЗаЕдиницу>
   <Коэффициент>12</Коэффициент></Цена></Цены>
  <Склад ИдСклада="s1" КоличествоНаСкладе="4"/></Предложение>
 <Предложение><Ид>p2#r</Ид><Наименование>Майка</Наименование>
  <ХарактеристикиТовара><ХарактеристикаТовара>
   <Наименование>Цвет</Наименование><Значение>красный</Значение>
  </ХарактеристикаТовара></ХарактеристикиТовара>
  <Цены><Цена><ИдТипаЦены>t1</ИдТипаЦены><ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу>
  </Цена></Цены><Количество>7</Количество></Предложение>
 %s
</Предложения></ПакетПредложений></КоммерческаяИнформация>"""

RULES = {"catalog": {"price_types": {"Розничная": "BASE"},
                     "properties": {"*": "create", "Коллекция": "SET"},
                     "warehouses": {"*": "create"}}}
PNG = b"\x89PNG\r\n\x1a\n"


def picture(text):
    return {"id": len(text), "name": text, "size": 1,
            "hash": hashlib.sha256(PNG + text.encode()).hexdigest()}


PROPERTIES = [
    {"id": 95, "code": "CML2_ARTICLE", "name": "Артикул"},
    {"id": 97, "code": "TSVET", "xmlId": "color", "name": "Цвет",
     "propertyType": "L"},
    {"id": 99, "code": "RAZMER", "xmlId": "size", "name": "Размер",
     "propertyType": "N"},
    {"id": 101, "code": "CML2_BAR_CODE", "name": "Штрихкод"},
    {"id": 103, "code": "SET", "name": "Набор"},
    {"id": 111, "iblockId": 15, "code": "CML2_ARTICLE", "name": "Артикул"},
    {"id": 113, "iblockId": 15, "xmlId": "Цвет", "name": "Цвет"}]
PRODUCTS = [
    {"id": 201, "xmlId": "p1", "name": "Лампа", "weight": 1500, "width": 200,
     "quantity": 4, "vatIncluded": "Y", "detailPicture": picture("one"),
     "properties": {"95": ["A-1"], "97": ["152"], "99": ["1.5"],
                    "101": ["4600"], "103": ["Зима"]}},
    {"id": 204, "xmlId": "p2", "name": "Майка", "type": 3,
     "properties": {"95": ["A-2"]}},
    {"id": 207, "xmlId": "p2#r", "name": "Майка (красный)", "type": 4,
     "iblockId": 15, "parentId": 204, "quantity": 7, "vatIncluded": "Y",
     "properties": {"111": ["A-2"], "113": ["красный"]}},
    {"id": 210, "xmlId": "p3", "name": "Доставка", "type": 7}]
PRICES = [{"id": 1001, "productId": 201, "catalogGroupId": 1, "price": 8.33},
          {"id": 1002, "productId": 207, "catalogGroupId": 1, "price": 5}]


class Goods(test_oracle.Case):
    def setUp(self):
        super().setUp()
        self.good = copy.deepcopy({
            "properties": PROPERTIES, "products": PRODUCTS, "prices": PRICES,
            "property_enums": [{"id": 152, "propertyId": 97, "xmlId": "v1",
                                "value": "красный"}],
            "images": [{"id": 2001, "productId": 201, **picture("two"),
                        "type": "MORE_PHOTO"}],
            "stores": [{"id": 1, "title": "Склад"},
                       {"id": 2, "title": "Главный", "xmlId": "s1"}]})
        self.rules(RULES)
        self.package("one", "import.xml", IMPORT)
        self.offers()
        for name in ("one", "two"):
            with open(self.path("one", name + ".png"), "wb") as file:
                file.write(PNG + name.encode())

    def rules(self, rules, **catalog):
        rules = {"catalog": {**rules["catalog"], **catalog}}
        self.write("rules.json", json.dumps(rules, ensure_ascii=False))

    def offers(self, more=""):
        self.package("one", "offers.xml", OFFERS % more)

    def product(self, mark):
        return next(row for row in self.good["products"]
                    if row["xmlId"] == mark)

    def change(self, mark, **fields):
        self.good["products"] = copy.deepcopy(PRODUCTS)
        self.product(mark).update(fields)

    def value(self, mark, number, value):
        self.change(mark)
        self.product(mark)["properties"][number] = value

    def test_all_forms_agree(self):
        counts = self.assert_right()
        for name, count in (
                ("goods", 1), ("parents", 1), ("variations", 1),
                ("services", 1), ("pictures", 2), ("prices", 2),
                ("prices of packs", 1), ("property values", 5),
                ("stated properties", 3), ("stated property values", 2),
                ("stated pictures", 3), ("stated warehouses", 1),
                ("stated offers with characteristics", 1),
                ("left out: pictures without a file", 1),
                ("left out: values of properties that are deleted", 1)):
            self.assertEqual(counts.get(name), count, name)

    def test_each_property(self):
        for mark, number, value, word in (
                ("p1", "97", ["153"], "TSVET"), ("p1", "97", [], "TSVET"),
                ("p1", "99", ["15"], "RAZMER"), ("p1", "101", ["46"], "BAR"),
                ("p1", "103", [], "SET"), ("p2#r", "113", ["синий"], "Цвет"),
                ("p2#r", "111", ["A"], "article"),
                ("p2", "97", ["152"], "says none")):
            with self.subTest(word=word):
                self.value(mark, number, value)
                self.assert_wrong(mark, word)

    def test_a_property_that_must_be_made(self):
        del self.good["properties"][1]
        del self.product("p1")["properties"]["97"]
        self.assert_wrong("no property", "Цвет")
        self.rules(RULES, properties={"Коллекция": "SET"})
        self.assert_right()

    def test_forms_that_must_not_be(self):
        self.good["products"].append({"id": 213, "xmlId": "p2",
                                      "name": "Майка"})
        self.assert_wrong("p2", "this form")
        self.good["products"][-1]["active"] = "N"
        self.assert_right()
        self.change("p3", type=1)
        self.assertEqual(self.judge()[0], 1)

    def test_fields_of_each_form(self):
        for mark, fields, word in (
                ("p2#r", {"name": "Майка"}, "name"),
                ("p2#r", {"parentId": 201}, "parent"),
                ("p2#r", {"quantity": 8}, "quantity"),
                ("p2#r", {"vatIncluded": "N"}, "VAT included"),
                ("p1", {"weight": 1.5}, "weight"),
                ("p1", {"width": None}, "width"),
                ("p1", {"detailPicture": picture("two")}, "main picture"),
                ("p2", {"detailPicture": picture("two")}, "main picture")):
            with self.subTest(word=word):
                self.change(mark, **fields)
                self.assert_wrong(mark, word)

    def test_gallery(self):
        self.good["images"][0].update(picture("four"))
        self.assert_wrong("gallery")

    def test_a_price_of_a_parent_and_one_no_longer_stated(self):
        self.good["prices"].append({"id": 1003, "productId": 204,
                                    "catalogGroupId": 1, "price": 5})
        self.assert_wrong("price p2", "variations")
        self.good["prices"][-1]["productId"] = 210
        self.offers("<Предложение><Ид>p3</Ид></Предложение>")
        self.assert_wrong("price p3", "no longer stated")

    def test_a_deleted_characteristic_leaves_a_plain_good(self):
        text = OFFERS.replace("<Предложение><Ид>p2#r",
                              '<Предложение Статус="Удален"><Ид>p2#r')
        self.package("one", "offers.xml", text % "")
        self.assertEqual(self.judge()[0], 1)
        self.product("p2").update(type=1)
        self.product("p2#r").update(active="N")
        self.assert_right()

    def test_characteristics_that_a_full_package_leaves_out(self):
        text = """<КоммерческаяИнформация><ПакетПредложений><Предложения>
         <Предложение><Ид>%s</Ид><Наименование>Майка</Наименование>
         </Предложение></Предложения></ПакетПредложений>
         </КоммерческаяИнформация>"""
        self.packages = ["one", "two"]
        self.package("two", "offers.xml", text % "p1")
        self.assert_right()
        self.rules(RULES, absent="deactivate")
        self.assertEqual(self.judge()[0], 1)
        self.rules(RULES)
        self.package("two", "offers.xml", text % "p2")
        self.assertEqual(self.judge()[0], 1)
        self.product("p2").update(type=1)
        self.product("p2#r").update(active="N")
        self.assert_right()

    def test_stock_by_documents(self):
        self.rules(RULES, stock="documents")
        self.good["store_products"] = [
            {"productId": 201, "storeId": 2, "amount": 4}]
        self.assertEqual(self.assert_right("--inventory")["stocks"], 1)
        self.good["store_products"][0]["storeId"] = 1
        self.assertEqual(self.judge("--inventory")[0], 1)
        self.rules(RULES, stock="documents", warehouses={"s1": "Склад"})
        self.assert_right("--inventory")

    def test_warehouses_that_are_ignored_do_not_count(self):
        self.rules(RULES, warehouses={"Главный": "ignore"})
        self.assert_wrong("p1", "quantity")
        self.product("p1")["quantity"] = 0
        self.assert_right()

    def test_other_rules_for_characteristics(self):
        self.rules(RULES, characteristics="ignore")
        self.assertEqual(self.judge()[0], 1)
        self.change("p2", type=1, quantity=7)
        self.product("p2#r").update(active="N", xmlId="207")
        self.assert_right()
        self.rules(RULES, characteristics="products")
        self.change("p2", type=1, active="N")
        self.product("p2#r").update(type=1, iblockId=14,
                                    properties={"95": ["A-2"]})
        self.assert_right()

    def test_a_stock_update_makes_no_characteristic(self):
        self.package("two", "offers.xml", """<КоммерческаяИнформация>
         <ИзмененияПакетаПредложений><Предложения><Предложение><Ид>p1</Ид>
         <ИдХарактеристики>c</ИдХарактеристики><Количество>1</Количество>
         </Предложение></Предложения></ИзмененияПакетаПредложений>
         </КоммерческаяИнформация>""")
        facts = oracle_read.Facts()
        facts.take(self.path("two"))
        self.assertEqual(facts.characteristics(), {})
        self.packages = ["one", "two"]
        self.assert_right()


if __name__ == "__main__":
    unittest.main()
