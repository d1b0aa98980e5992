"""The runners' own parts: python3 -m unittest discover -s tests/lib"""

import copy
import json
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parent))

import case                         # noqa: E402
import packages                     # noqa: E402
import parties                      # noqa: E402
import view                         # noqa: E402
from standin import Standin, _rest_of_rule     # noqa: E402


def sent(method, params, done=True):
    return [{"commands": [{"method": method, "params": params,
                           "done": done}]}]


def dump(**rows):
    names = ("sections", "products", "prices", "price_types", "vats",
             "measures", "properties")
    return {**{name: [] for name in names}, **rows}


class Packages(unittest.TestCase):
    def test_null_takes_a_key_away_and_objects_are_merged(self):
        self.assertEqual(
            packages.merge({"a": {"b": 1, "c": 2}, "d": [1]},
                           {"a": {"b": None, "e": 3}, "d": [2]}),
            {"a": {"c": 2, "e": 3}, "d": [2]})

    def test_the_second_portion_has_no_classifier_and_says_changes(self):
        files = packages.files_of({"portion": 2, "goods": {
            "p": {"name": "A & B", "quantity": "1"}}})
        root = ElementTree.fromstring(files["import0_2.xml"])
        space = "{urn:1C.ru:commerceml_2}"
        self.assertIsNone(root.find(space + "Классификатор"))
        self.assertEqual(root.find(space + "Каталог").get(
            "СодержитТолькоИзменения"), "true")
        self.assertEqual(root.findtext(f".//{space}Товар/{space}"
                                       "Наименование"), "A & B")

    def test_each_form_of_deletion_is_written(self):
        for how, text in (("attribute", 'Товар Статус="Удален"'),
                          ("child", "<Статус>Удален</Статус>"),
                          ("flag", "<ПометкаУдаления>true</ПометкаУдаления>")):
            data = packages.files_of({"goods": {
                "p": {"name": "A", "deleted": how}}})["import0_1.xml"]
            self.assertIn(text, data.decode("utf-8-sig"))


class Parties(unittest.TestCase):
    space = "{urn:1C.ru:commerceml_3}"

    def root(self, kind, **description):
        files = packages.files_of(description)
        self.assertEqual(list(files), [parties.FILES[kind]])
        return ElementTree.fromstring(files[parties.FILES[kind]])

    def test_counterparties_alone_are_a_package_of_their_own(self):
        root = self.root("contragents", counterparties={"k1": {
            "name": "Ромашка", "official_name": "ООО «Ромашка» & Ко",
            "inn": "7701234567", "deleted": True,
            "phones": [["Телефон рабочий", "8 495 1"]], "emails": ["a@b.ru"],
            "accounts": [{"number": "407", "bik": "044"}],
            "addresses": {"legal": {"Город": "Москва", "Дом": "1"},
                          "actual": "Москва"}}})
        party = root.find(f"{self.space}Контрагенты/{self.space}Контрагент")
        for path, text in (("ПометкаУдаления", "true"), ("КПП", None),
                           ("ОфициальноеНаименование", "ООО «Ромашка» & Ко"),
                           ("РасчетныеСчета/РасчетныйСчет/Банк/БИК", "044"),
                           ("ЮридическийАдрес/Представление", "Москва, 1"),
                           ("Адрес/Представление", "Москва")):
            inner = "/".join(self.space + name for name in path.split("/"))
            self.assertEqual(party.find(inner).text, text, path)
        self.assertEqual([v.text for v in party.iter(self.space + "Тип")],
                         ["Город", "Дом", "Телефон рабочий",
                          "Электронная почта"])

    def test_a_person_is_flat_until_more_is_known(self):
        root = self.root("contragents", counterparties={"k1": {
            "name": "Ромашка", "persons": [
                {"id": "c1", "name": "Иванов"},
                {"id": "c2", "name": "Петров", "post": "Директор"}]}})
        flat, nested = root.iter(self.space + "Представитель")
        self.assertEqual(flat.findtext(self.space + "Ид"), "c1")
        self.assertEqual(nested.findtext(
            f"{self.space}Контрагент/{self.space}Должность"), "Директор")

    def test_a_document_names_its_party(self):
        root = self.root("documents", documents={"d1": {
            "party": {"id": "k1", "name": "Ромашка"}}})
        self.assertEqual(root.findtext(".//" + "/".join(
            self.space + n for n in ("Контрагенты", "Контрагент", "Ид"))),
            "k1")

    def test_a_wrong_key_is_told(self):
        with self.assertRaises(ValueError):
            self.root("contragents", counterparties={"k1": {"fone": "1"}})


class Crm(unittest.TestCase):
    held = {
        "companies": [
            {"id": 1, "originId": "k1", "originatorId": "ONE_C", "title": "A",
             "fm": [{"id": 9, "typeId": "PHONE", "value": "+7 495 1112233"},
                    {"id": 8, "typeId": "EMAIL", "value": "a@b.ru"}]},
            {"id": 2, "title": "B"}],
        "contacts": [{"id": 1, "originId": "c1", "companyIds": [1]}],
        "requisites": [
            {"ID": 5, "ENTITY_TYPE_ID": 4, "ENTITY_ID": 1, "RQ_INN": "77"},
            {"ID": 6, "ENTITY_TYPE_ID": 4, "ENTITY_ID": 1, "RQ_INN": "78"}],
        "bank_details": [{"ID": 7, "ENTITY_ID": 5, "RQ_ACC_NUM": "407"}],
        "addresses": [{"TYPE_ID": 6, "ENTITY_TYPE_ID": 8, "ENTITY_ID": 5,
                       "CITY": "Тула"}]}

    def crm(self, **more):
        return view.View(dump(**{**copy.deepcopy(self.held), **more}))

    def test_rows_are_called_by_the_marks_of_their_holders(self):
        crm = self.crm().crm
        self.assertEqual(set(crm.companies()), {"k1", "#2"})
        self.assertEqual(crm.companies()["k1"]["phones"], ["+7 495 1112233"])
        self.assertEqual(crm.contacts()["c1"]["companies"], ["k1"])
        self.assertEqual(set(crm.requisites()), {"k1", "k1 2"})
        self.assertEqual(set(crm.bank_details()), {"k1 407"})
        self.assertEqual(crm.addresses()["k1 6"]["CITY"], "Тула")

    def test_two_marks_and_one_phone_twice_are_doubles(self):
        self.assertEqual(self.crm().doubles(), [])
        both = self.crm(companies=[
            {"id": n, "originId": "k1", "fm": [
                {"typeId": "PHONE", "value": "8 (495) 111-22-33"},
                {"typeId": "PHONE", "value": "+74951112233"}]}
            for n in (1, 2)]).doubles()
        self.assertEqual(both, ["companies k1 x2",
                                "companies 1 74951112233 x2",
                                "companies 2 74951112233 x2"])

    def test_writes_are_counted_by_kind_and_mark(self):
        held = self.crm()
        for method, params, expected in (
                ("crm.item.add", {"entityTypeId": "4"}, {"+company": 1}),
                ("crm.item.update", {"entityTypeId": "4", "id": "1",
                                     "fields": {"title": "A", "fm": {}}},
                 {"company k1": ["fm", "title"]}),
                ("crm.item.list", {"entityTypeId": "4"}, {}),
                ("crm.requisite.update", {"id": "6", "fields": {
                    "RQ_KPP": "1"}}, {"requisite k1 2": ["RQ_KPP"]}),
                ("crm.address.update", {"fields": {
                    "TYPE_ID": "6", "ENTITY_TYPE_ID": "8", "ENTITY_ID": "5",
                    "CITY": "Орёл"}}, {"address k1 6": ["CITY"]})):
            self.assertEqual(view.what_was_sent(
                sent(method, params), held, held), expected, method)


class Deals(unittest.TestCase):
    held = {
        "companies": [{"id": 1, "originId": "k1"}],
        "products": [{"id": 101, "xmlId": "p1", "iblockId": 14,
                      "name": "Лампа"}],
        "user_fields": [{"ID": 5, "ENTITY_ID": "CRM_DEAL",
                         "FIELD_NAME": "UF_CRM_1C_NUMBER",
                         "LABEL": "Номер заказа"}],
        "deals": [
            {"id": 7, "title": "Сделка", "stageId": "WON", "companyId": 1,
             "comments": "Позвонить", "UF_CRM_1C_NUMBER": "5", "rows": [
                 {"productId": 101, "price": 100, "quantity": 2,
                  "taxRate": 20, "productName": "Лампа"},
                 {"productName": "Доставка", "price": 10, "quantity": 1,
                  "productId": 0}]},
            {"id": 8, "title": "Копия", "UF_CRM_1C_NUMBER": "6"}],
        "comments": [{"ENTITY_ID": 7, "COMMENT": "Оплата 100"}],
        "notices": [{"USER_ID": 1, "MESSAGE": "Оплачен заказ 5"}]}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.portal = Standin(Path(folder.name) / "clock")
        cls.addClassCleanup(cls.portal.stop)

    def setUp(self):
        self.portal.reset({"scopes": ["crm", "catalog", "user", "im"]})
        self.portal.call("load", copy.deepcopy(self.held))

    def view(self):
        return view.View(self.portal.call("dump"))

    def rest(self, method, params):
        """What it makes `sent` of a write."""
        before, mark = self.view(), self.portal.call("stats")["requests"]
        ask = urllib.request.Request(
            self.portal.webhook + method, json.dumps(params).encode(),
            {"Content-Type": "application/json"})
        urllib.request.urlopen(ask).close()
        return view.what_was_sent(self.portal.call(f"log?since={mark}"),
                                  before, self.view())

    def test_a_deal_is_called_by_its_id(self):
        deals = self.view().crm.deals()
        self.assertEqual(list(deals), ["#7", "#8"])
        wanted = {"title": "Сделка", "company": "k1", "comment": "Позвонить",
                  "UF_CRM_1C_NUMBER": "5", "comments": ["re:^Оплата"],
                  "rows": [{"product": "p1", "price": 100, "taxRate": 20},
                           {"product": None, "name": "Доставка"}]}
        check = case._check_rows
        self.assertEqual(list(check("deals", {"#7": wanted}, deals, True)),
                         [])
        for name, wrong in (("title", "x"), ("rows", []), ("comments", []),
                            ("rows", [{"price": 1}, {}]), ("company", None)):
            self.assertTrue(list(check("deals", {"#7": {name: wrong}}, deals,
                                       True)), name)
        self.assertEqual(self.view().crm.notices(), [
            {"to": 1, "message": "Оплачен заказ 5", "tag": None}])

    def test_writes_of_deals(self):
        for method, params, expected in (
                ("crm.item.update", {"entityTypeId": 2, "id": 7, "fields": {
                    "ufCrm_1C_NUMBER": "9", "title": "Другая"}},
                 {"deal #7": ["UF_CRM_1C_NUMBER", "title"]}),
                ("crm.item.add", {"entityTypeId": 2, "fields": {
                    "title": "Новая"}}, {"+deal": 1}),
                ("crm.item.list", {"entityTypeId": 2}, {}),
                ("crm.item.productrow.set", {
                    "ownerType": "D", "ownerId": 7, "productRows": [
                        {"productId": 101, "price": 50.5, "quantity": 3},
                        {"productName": "Доставка", "price": 10}]},
                 {"rows #7": ["p1 3 x 50.5", "Доставка 1 x 10"]}),
                ("crm.timeline.comment.add", {"fields": {
                    "ENTITY_ID": 8, "ENTITY_TYPE": "deal",
                    "COMMENT": "Оплата 100"}}, {"+comment": 1}),
                ("im.notify.system.add", {"USER_ID": 1, "MESSAGE": "x"},
                 {"+notice": 1})):
            self.assertEqual(self.rest(method, params), expected, method)
        self.assertEqual(self.view().doubles(), [])

    def test_doubled_comments_notices_and_numbers(self):
        self.assertEqual(self.view().doubles("Номер заказа"), [])
        for _ in range(2):
            self.portal.call("load", {
                "comments": self.held["comments"],
                "notices": self.held["notices"],
                "deals": [{"id": 8, "UF_CRM_1C_NUMBER": "5"}]})
        for field in ("Номер заказа", "UF_CRM_1C_NUMBER"):
            self.assertEqual(self.view().doubles(field), [
                "comment of 7 'Оплата 100' x3",
                "notice to 1 'Оплачен заказ 5' x3", "deals of the number 5 x2"
            ])

    def test_the_whole_tells_two_portals_apart_but_not_their_ids(self):
        first = self.view().whole()
        self.portal.call("alter", {"entity": "deals", "id": 7, "set": {
            "rows": self.held["deals"][0]["rows"]}, "touch": False})
        self.assertEqual(self.view().whole()["notices"], first["notices"])
        again = self.view().whole()["deals"]
        self.portal.call("load", {"comments": [{"ENTITY_ID": 8,
                                                "COMMENT": "x"}]})
        self.assertNotEqual(self.view().whole()["deals"], again)


class Sent(unittest.TestCase):
    before = view.View(dump(
        products=[{"id": 1, "xmlId": "p1"}],
        sections=[{"id": 2, "xmlId": "g1", "name": "Old", "iblockId": 14}],
        prices=[{"id": 3, "productId": 1, "catalogGroupId": 1, "price": 5.0,
                 "currency": "RUB"}],
        price_types=[{"id": 1, "name": "BASE"}]))

    def of(self, method, params, done=True):
        return view.what_was_sent(sent(method, params, done), self.before,
                                  self.before)

    def test_a_demanded_field_counts_only_when_it_is_new(self):
        self.assertEqual(self.of("catalog.section.update", {
            "id": "2", "fields": {"iblockId": "14", "name": "Old",
                                  "sort": "5"}}), {"section g1": ["sort"]})
        self.assertEqual(self.of("catalog.price.update", {
            "id": "3", "fields": {"price": "6", "currency": "RUB"}}),
            {"price p1 BASE": ["price"]})

    def test_an_equal_field_that_is_not_demanded_counts(self):
        self.assertEqual(self.of("catalog.product.update", {
            "id": "1", "fields": {"name": "Same"}}), {"product p1": ["name"]})

    def test_what_was_refused_does_not_count(self):
        self.assertEqual(self.of("catalog.product.add", {}, done=False), {})
        self.assertEqual(self.of("catalog.product.add", {}), {"+product": 1})

    def test_doubles_are_seen(self):
        double = view.View(dump(products=[
            {"id": 1, "iblockId": 14, "xmlId": "p1"},
            {"id": 2, "iblockId": 14, "xmlId": "p1"}]))
        self.assertEqual(double.doubles(), ["products p1 x2"])


class Expectations(unittest.TestCase):
    def test_json_paths(self):
        value = {"a": [{"b": "text"}], "n": 1}
        for path, wanted, good in (("a.0.b", "re:^te", True),
                                   ("a.#", 1, True), ("a.1.b", "x", False),
                                   ("n", 2, False), ("m", None, False)):
            self.assertEqual(
                not list(case._check_path(value, path, wanted)), good, path)

    def test_a_row_that_is_not_expected_is_told(self):
        found = {"p1": {"name": "A"}, "p2": {"name": "B"}}
        check = case._check_rows
        self.assertTrue(list(check("products", {"p1": {}}, found, False)))
        self.assertFalse(list(check("products", {"p1": {}}, found, True)))
        self.assertTrue(list(check("products", {"p1": {"name": "C"}}, found,
                                   True)))
        self.assertTrue(list(check("products", {"p2": None}, found, True)))

    def test_every_case_can_be_read(self):
        self.assertTrue(case.all_cases())
        for one in case.all_cases():
            for step in one.steps:
                self.assertIn(next(iter(step)), case.ACTS, one.name)


class Portal(unittest.TestCase):
    def test_what_is_left_of_a_rule(self):
        rule = {"do": "drop", "skip": 3, "seen": 2, "applied": 0}
        self.assertEqual(_rest_of_rule(rule), {"do": "drop", "skip": 1,
                                               "count": 1})
        self.assertIsNone(_rest_of_rule({"do": "drop", "seen": 1,
                                         "applied": 1}))

    def test_it_holds_again_what_it_held_and_goes_by_the_shared_clock(self):
        with tempfile.TemporaryDirectory() as folder:
            portal = Standin(Path(folder) / "clock")
            try:
                portal.call("reset", {"inventory": True})
                portal.call("load", {"products": [{"xmlId": "p1"}]})
                saved = portal.save()
                first = portal.call("clock")["clock"]
                portal.advance(1000)
                self.assertGreater(portal.call("clock")["clock"],
                                   first + 999)
                portal.call("reset", {})
                portal.restore(saved)
                self.assertEqual(portal.call("dump"), saved["dump"])
                self.assertTrue(portal.call("config")["inventory"])
                self.assertLess(portal.call("clock")["clock"], first + 999)
            finally:
                portal.stop()


if __name__ == "__main__":
    unittest.main()
