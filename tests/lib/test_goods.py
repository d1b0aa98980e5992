"""Goods of every form: in packages, and in the view of a portal."""

import struct
import sys
import unittest
import zlib
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parent))

import packages                     # noqa: E402
import pictures                     # noqa: E402
import view                         # noqa: E402
from test_lib import dump, sent     # noqa: E402

SHOP = {
    "groups": {"g1": "Одежда"}, "warehouses": {"s1": "Главный"},
    "price_types": {"Розничная": {"id": "t1", "currency": "RUB",
                                  "vat_included": True}},
    "properties": {
        "color": {"name": "Цвет", "values": {"v1": "красный"},
                  "multiple": True},
        "fit": {"name": "Посадка", "for": "offers", "deleted": True}},
    "images": {"a.png": "майка", "import_files/b.jpg": "спина",
               "c.gif": "красная"},
    "goods": {"p1": {
        "name": "Майка", "group": "g1", "unit": "796", "kind": "Запас",
        "barcode": "4600", "maker": "Ткач", "country": "РОССИЯ",
        "weight": "0.2", "dimensions": {"Ширина": "0.5"},
        "requisites": {"Коллекция": "Зима"}, "pictures": ["a.png", "b.jpg"],
        "properties": {"color": ["v1", "v2"]},
        "characteristics": {"c1": {
            "pairs": {"Цвет": "красный"}, "article": "М-К", "deleted": "flag",
            "prices": {"Розничная": "5"}, "stock": {"s1": "3"},
            "pictures": ["c.gif"], "properties": {"fit": "узкая"}}}}}}
FOLDERS = {"groups", "priceLists", "storages", "units", "propertiesGoods",
           "propertiesOffers", "goods", "offers", "prices", "rests"}


def plain(data):
    """The tree without namespaces."""
    root = ElementTree.fromstring(data)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def together(files):
    """All XML files of a package under one element."""
    out = ElementTree.Element("all")
    out.extend(plain(data) for name, data in files.items()
               if name.endswith(".xml"))
    return out


class Packages(unittest.TestCase):
    def test_every_dialect_says_the_same(self):
        for dialect in ("ut11", "unf", "ut103", "bitrix31"):
            with self.subTest(dialect=dialect):
                root = together(packages.files_of(
                    {**SHOP, "dialect": dialect}))
                good, = root.iter("Товар")
                for path, text in (("Штрихкод", "4600"),
                                   ("Изготовитель/Наименование", "Ткач"),
                                   ("Страна", "РОССИЯ"), ("Ширина", "0.5")):
                    self.assertEqual(good.findtext(path), text, path)
                said = {row.findtext("Наименование"): row.findtext("Значение")
                        for row in good.iter("ЗначениеРеквизита")}
                self.assertEqual(said["ТипНоменклатуры"], "Запас")
                self.assertEqual(said["Коллекция"], "Зима")
                self.assertEqual(said.get("Вес", good.findtext("Вес")), "0.2")
                self.assertEqual([v.text for v in good.findall(
                    "ЗначенияСвойств/ЗначенияСвойства/Значение")],
                    ["v1", "v2"])
                self.assertEqual([v.text for v in good.iter("Картинка")],
                                 ["import_files/a.png", "import_files/b.jpg"])
                self.offers(root)
                self.dictionaries(root)

    def offers(self, root):
        self.assertEqual({row.findtext("Ид")
                          for row in root.iter("Предложение")}, {"p1#c1"})
        head = next(row for row in root.iter("Предложение")
                    if row.find("Наименование") is not None)
        for path, text in (
                ("Наименование", "Майка (красный)"), ("Артикул", "М-К"),
                ("ХарактеристикиТовара/ХарактеристикаТовара/Значение",
                 "красный"), ("Картинка", "import_files/c.gif"),
                ("ЗначенияСвойств/ЗначенияСвойства/Значение", "узкая"),
                ("ПометкаУдаления", "true")):
            self.assertEqual(head.findtext(path), text, path)
        self.assertEqual([v.text for v in root.iter("ЦенаЗаЕдиницу")], ["5"])
        stock = [row.get("КоличествоНаСкладе") or row.findtext("Количество")
                 for row in root.iter("Склад")
                 if row.find("Наименование") is None]
        self.assertEqual(stock, ["3"])

    def dictionaries(self, root):
        names = {row.findtext("Ид"): row for row in root.iter("Свойство")}
        self.assertEqual(set(names), {"color", "fit"})
        self.assertEqual(names["color"].findtext("ТипЗначений"), "Справочник")
        self.assertEqual(names["color"].findtext("Множественное"), "true")
        self.assertEqual(names["color"].findtext(
            "ВариантыЗначений/Справочник/ИдЗначения"), "v1")
        self.assertEqual(names["fit"].findtext("ПометкаУдаления"), "true")
        self.assertEqual(root.findtext(".//ТипЦены/Налог/УчтеноВСумме"),
                         "true")
        self.assertEqual(root.findtext(".//Склады/Склад/Наименование"),
                         "Главный")
        self.assertEqual(len(root.findall(".//Классификатор/Свойства")),
                         len(root.findall(".//Свойства")))
        for holder in root.iter("Классификатор"):
            self.assertLess(len(holder.findall("Свойства")), 2)

    def test_a_good_with_characteristics_alone_has_no_offer_of_its_own(self):
        said = packages.files_of({**SHOP, "goods": {"p1": {
            **SHOP["goods"]["p1"], "quantity": "1"}}})["offers0_1.xml"]
        self.assertEqual([row.findtext("Ид") for row in
                          plain(said).iter("Предложение")], ["p1", "p1#c1"])

    def test_the_layout_of_bitrix(self):
        files = packages.files_of({**SHOP, "dialect": "bitrix31"})
        xml = [name for name in files if name.endswith(".xml")]
        self.assertEqual({name.partition("/")[0] for name in xml}, FOLDERS)
        for name in xml:
            self.assertRegex(name, r"^(\w+)/\1_1_1_[0-9a-f-]{36}\.xml$")
            for part in plain(files[name]):
                self.assertEqual(part.get("СодержитТолькоИзменения"), "true")
        self.assertEqual([name for name in files if name not in xml], [
            "goods/import_files/a.png", "goods/import_files/b.jpg",
            "offers/import_files/c.gif"])

    def test_a_package_of_changes(self):
        files = packages.files_of({
            "only_changes": True, "warehouses": {"s1": "Главный"},
            "goods": {"p1": {"quantity": "4", "characteristics": {
                "c1": {"stock": {"s1": "4"}, "quantity": "4"}}}}})
        self.assertEqual(list(files), ["offers0_1.xml"])
        root = plain(files["offers0_1.xml"])
        self.assertEqual([child.tag for child in root],
                         ["ИзмененияПакетаПредложений"])
        one, other = root.iter("Предложение")
        self.assertIsNone(one.find("ИдХарактеристики"))
        self.assertEqual([child.tag for child in other], [
            "Ид", "ИдХарактеристики", "Склады", "Количество"])
        self.assertEqual(other.findtext("Ид"), "p1")

    def test_pictures_are_valid_and_always_the_same(self):
        files = packages.files_of(SHOP)
        self.assertEqual([name for name in files if "." in name and
                          not name.endswith("xml")],
                         ["import_files/a.png", "import_files/b.jpg",
                          "import_files/c.gif"])
        png = files["import_files/a.png"]
        self.assertEqual(png, packages.files_of(SHOP)["import_files/a.png"])
        self.assertIn("майка".encode(), png)
        at = 8
        while at < len(png):
            size, = struct.unpack(">I", png[at:at + 4])
            checked = png[at + 4:at + 8 + size]
            self.assertEqual(struct.unpack(">I", png[at + 8 + size:][:4])[0],
                             zlib.crc32(checked))
            at += 12 + size
        jpeg = files["import_files/b.jpg"]
        self.assertEqual((jpeg[:3], jpeg[-2:]), (b"\xff\xd8\xff", b"\xff\xd9"))
        self.assertEqual(pictures.make("x.pdf", "текст"), "текст".encode())

    def test_a_wrong_key_is_told(self):
        for good in ({"nam": "A"}, {"characteristics": {"c": {"pair": {}}}}):
            with self.assertRaises(ValueError):
                packages.files_of({"goods": {"p1": good}})


def row(ident, mark, **more):
    return {"id": ident, "xmlId": mark, "iblockId": 14, "name": mark,
            "active": "Y", "iblockSectionId": None, "measure": None,
            "vatId": None, "quantity": 0, "detailText": None, "code": None,
            "sort": 500, "previewText": None, "properties": {}, **more}


class Portal(unittest.TestCase):
    def held(self, **more):
        hashed = packages.files_of(SHOP)["import_files/a.png"]
        known = next(h for h, text in pictures.TEXTS.items()
                     if text == "майка")
        self.assertTrue(hashed)
        return dump(**{
            "catalogs": [{"iblockId": 14, "productIblockId": None},
                         {"iblockId": 15, "productIblockId": 14}],
            "properties": [
                {"id": 95, "iblockId": 14, "code": "CML2_ARTICLE",
                 "name": "Артикул", "propertyType": "S", "xmlId": None},
                {"id": 97, "iblockId": 14, "code": None, "name": "Цвет",
                 "propertyType": "L", "xmlId": "color"},
                {"id": 99, "iblockId": 15, "code": "CML2_ARTICLE",
                 "name": "Артикул", "propertyType": "S", "xmlId": None}],
            "property_enums": [{"id": 151, "propertyId": 97, "xmlId": "v1",
                                "value": "красный"}],
            "products": [
                row(101, "p1", active="N"),
                row(104, "p1", type=3, weight=200.0, detailPicture={
                    "id": 1, "name": "x.png", "hash": known},
                    properties={"97": [{"value": "151"}],
                                "95": [{"value": "М"}]}),
                row(107, "p1#c1", type=4, iblockId=15, parentId=104),
                row(110, "p2", type=7)],
            "images": [{"id": 1, "productId": 104, "name": "y.png",
                        "hash": "?"}],
            "stores": [{"id": 1, "title": "Главный", "xmlId": "s1"}],
            "store_products": [{"id": 1, "productId": 107, "storeId": 1,
                                "amount": 3.0}],
            "documents": [{"id": 5, "docType": "S", "title": "Приход",
                           "status": "Y"}],
            "document_elements": [{"id": 6, "docId": 5, "elementId": 107,
                                   "storeTo": 1, "amount": 3.0}], **more})

    def test_goods_by_mark_and_form(self):
        goods = view.View(self.held()).products()
        self.assertEqual(list(goods), ["p1 simple", "p1", "p1#c1", "p2"])
        self.assertNotIn("form", goods["p1 simple"])
        for mark, wanted in (
                ("p1", {"form": "parent", "weight": "200", "Цвет": "красный",
                        "article": "М",
                        "pictures": ["main: майка", "y.png"]}),
                ("p1#c1", {"form": "variation", "parent": "p1",
                           "stock": {"Главный": "3"}}),
                ("p2", {"form": "service"})):
            for name, value in wanted.items():
                self.assertEqual(goods[mark].get(name), value, name)

    def test_documents_stores_and_properties(self):
        shown = view.View(self.held())
        self.assertEqual(shown.documents()["Приход"]["lines"], [
            {"good": "p1#c1", "amount": "3", "to": "Главный"}])
        self.assertEqual(shown.stores()["Главный"]["mark"], "s1")
        self.assertEqual(list(shown.properties()), [
            "CML2_ARTICLE", "Цвет", "CML2_ARTICLE (variations)"])
        self.assertEqual(shown.properties()["Цвет"]["values"], ["красный"])

    def test_doubles(self):
        self.assertEqual(view.View(self.held()).doubles(), [])
        held = self.held()
        for name, extra, said in (
                ("products", row(113, "p1"),
                 ["products p1 x2", "p1 stands there as parent and simple"]),
                ("products", row(113, "p1", type=6, active="N"),
                 ["products p1 x2"]),
                ("images", {"id": 2, "productId": 104, "name": "y.png"},
                 ["picture y.png x2"]),
                ("property_enums", {"id": 152, "propertyId": 97,
                                    "xmlId": "v1", "value": "x"},
                 ["value v1 x2"]),
                ("stores", {"id": 2, "title": "x", "xmlId": "s1"},
                 ["store s1 x2"]),
                ("documents", {"id": 6, "docType": "S", "title": "Приход",
                               "status": "N"}, ["document Приход x2"])):
            found = view.View({**held, name: held[name] + [extra]})
            self.assertEqual(found.doubles(), said)

    def test_the_whole_tells_portals_apart(self):
        first = view.View(self.held()).whole()
        for name, rows in (("images", []), ("store_products", []),
                           ("documents", []), ("stores", []),
                           ("property_enums", [])):
            self.assertNotEqual(view.View(self.held(**{name: rows})).whole(),
                                first, name)

    def test_writes(self):
        held = view.View(self.held())
        for method, params, expected in (
                ("catalog.product.sku.add", {}, {"+parent": 1}),
                ("catalog.product.offer.update", {"id": "107", "fields": {
                    "iblockId": "15", "property99": {"value": "1"},
                    "name": "x"}}, {"variation p1#c1": ["article", "name"]}),
                ("catalog.product.sku.update", {"id": "104", "fields": {
                    "detailPicture": {"fileData": ["a", "b"]}}},
                 {"parent p1": ["detailPicture"]}),
                ("catalog.product.service.delete", {"id": "110"},
                 {"-service": 1}),
                ("catalog.productImage.add", {"fields": {"productId": "1"}},
                 {"+picture": 1}),
                ("catalog.productPropertyEnum.update", {
                    "id": "151", "fields": {"value": "алый"}},
                 {"value v1": ["value"]}),
                ("catalog.store.add", {}, {"+store": 1}),
                ("catalog.document.add", {}, {"+document": 1}),
                ("catalog.document.element.add", {}, {"+element": 1}),
                ("catalog.document.conduct", {"id": "5"}, {"conduct": 1}),
                ("catalog.document.list", {}, {}),
                ("catalog.storeproduct.list", {}, {})):
            self.assertEqual(view.what_was_sent(
                sent(method, params), held, held), expected, method)


if __name__ == "__main__":
    unittest.main()
