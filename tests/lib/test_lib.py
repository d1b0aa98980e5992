"""The runners' own parts: python3 -m unittest discover -s tests/lib"""

import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parent))

import case                         # noqa: E402
import packages                     # noqa: E402
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
