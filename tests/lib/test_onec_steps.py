"""The steps onec, onec_holds and outbox, and how they compare."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import onec_steps                   # noqa: E402
from fitting import check_named, fits     # noqa: E402
from orders_sample import LEGAL, line, order, orders     # noqa: E402
from outbox import Outbox, file_name      # noqa: E402

NOW = 1_795_600_000


class TheOutbox(unittest.TestCase):
    good = [line(tax="33.33")]

    def faults(self, *documents, **how):
        return Outbox(orders(*documents, **how)).faults(
            how.get("container", False))

    def test_a_sound_file_has_no_faults(self):
        self.assertEqual(self.faults(order(lines=self.good)), [])
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.faults(order(
            vat=None, lines=[line(rate="Без НДС")])), [])
        self.assertEqual(self.faults(order(lines=self.good),
                                     container=True), [])

    def test_each_rule_is_looked_at(self):
        for document, said in (
                (order("1234567", lines=self.good), "1 to 6"),
                (order(lines=self.good, total="199"), "lines make 200"),
                (order(lines=[line(total="150")], total="150"), "price x"),
                (order(lines=[line(tax="40")]), "VAT 40"),
                (order(lines=[line(rate=None)]), "no rate"),
                (order(lines=[]), "no lines"),
                (order(lines=[line(tax="33.33").replace(
                    "true</УчтеноВСумме><Сумма>33.33",
                    "false</УчтеноВСумме><Сумма>33.33")]),
                 "line Лампа: УчтеноВСумме"),
                (order(lines=self.good, vat=None), "УчтеноВСумме"),
                (order(lines=self.good, currency="руб."), "4 characters"),
                (order(lines=self.good, kind="Отпуск товара"),
                 "ХозОперация"),
                (order(lines=self.good, comment=""), "empty Комментарий"),
                (order(lines=self.good, values=[("А", "1"), ("А", "2")]),
                 "реквизитов"),
                (order(lines=self.good, party="<ИНН>1</ИНН>"), "ИНН has 1")):
            found = self.faults(document)
            self.assertTrue(any(said in fault for fault in found),
                            (said, found))
        self.assertIn("2 documents of the number 1", self.faults(
            order(lines=self.good), order(lines=self.good)))
        self.assertTrue(Outbox(orders(order(lines=self.good),
                                      container=True)).faults())
        self.assertTrue(Outbox(orders(
            order(lines=self.good),
            mark=' xmlns="urn:1C.ru:commerceml_2"')).faults())

    def test_what_it_shows(self):
        box = Outbox(orders(order(lines=self.good, party=LEGAL), order("2"),
                            encoding="windows-1251"))
        self.assertEqual(box.encoding, "windows-1251")
        self.assertEqual(list(box.orders()), ["1", "2"])
        first = box.orders()["1"]
        self.assertTrue(fits({"sum": 200, "party": {"inn": "7701000019"},
                              "lines": [{"vat": "20", "unit": "796"}]},
                             first))
        self.assertFalse(fits({"lines": []}, first))

    def test_names_by_profile(self):
        self.assertEqual(file_name({}), "Orders.xml")
        self.assertEqual(file_name({"orders": {"profile": "ut103"}}),
                         "order.xml")
        self.assertEqual(file_name({"orders": {"file": "a.xml"}}), "a.xml")


class Fitting(unittest.TestCase):
    def test_fits(self):
        for wanted, found, good in (
                ("200", "200.00", True), (200, "200.01", False),
                ("007", "7", False), ("re:^а", "абв", True),
                ({"a": 1}, {"a": 1, "b": 2}, True), ({"c": 1}, {}, False),
                (True, 1, False), ([{"a": 1}], [{"a": 1, "b": 2}], True),
                ([], [1], False), (None, "", False)):
            self.assertEqual(fits(wanted, found), good, (wanted, found))

    def test_named(self):
        found = {"1": {"sum": "5.00"}, "2": {"sum": "6"}}
        for wanted, others, wrong in (
                ({"1": {"sum": 5}, "2": {}}, False, 0), (2, False, 0),
                (1, False, 1), ({"1": {"sum": 5}}, False, 1),
                ({"1": {"sum": 5}}, True, 0), ({"1": None}, True, 1),
                ({"3": {}}, True, 1), ({"1": {"sum": 6}}, True, 1)):
            self.assertEqual(len(list(check_named(
                "x", wanted, found, others))), wrong, wanted)


class Fake:
    """As much of Exchange as the steps use."""

    def __init__(self, root):
        self.inbox, self.folder = root / "inbox", root / "exchange"
        for folder in (self.inbox, self.folder, root / "outbox"):
            folder.mkdir()
        self.settings = {"folders": {"outbox": "../outbox"}, "orders": {}}
        self.file = root / "outbox" / "Orders.xml"

    def now(self):
        return NOW


class Steps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.exchange = Fake(Path(folder.name))
        self.steps = onec_steps.Steps(
            {"family": "unf", "items": {"p1": {"name": "Лампа"}}},
            self.exchange, lambda what, dialect: {f"{dialect}.xml": b"<a/>"})

    def put(self, *documents, **how):
        self.exchange.file.write_bytes(orders(*documents, **how))

    def test_a_run_and_what_it_holds(self):
        self.put(order(lines=[line(tax="33.33")]))
        self.assertEqual(self.steps.onec({"onec": "run", "goods": "shop",
                                          "writes": False}), [])
        self.assertTrue(next(self.exchange.inbox.rglob("unf.xml")))
        self.assertEqual(self.steps.holds({
            "orders": {"1": {"sum": 200, "lines": [{"id": "p1"}],
                             "party": {"name": "Ромашка ООО"}}},
            "planted": [], "counterparties": 1}), [])
        for wanted in ({"orders": {"1": {"sum": 201}}}, {"planted": ["x"]},
                       {"counterparties": 2}, {"orders": 0},
                       {"messages": "no"}):
            self.assertTrue(self.steps.holds(wanted), wanted)

    def test_a_failed_load_or_an_unsound_file_is_told(self):
        self.assertTrue(self.steps.onec({"onec": "run"}))
        self.assertFalse(self.steps.onec({"onec": "run", "load": False,
                                          "says": "не найден"}))
        self.put(order(lines=[line(tax="40")]))
        self.assertTrue(self.steps.onec({"onec": "run"}))
        self.assertFalse(self.steps.onec({"onec": "run", "sound": False}))
        self.put(order("2", lines=[line(tax="33.33")]))
        self.steps.onec({"onec": "break"})
        self.assertFalse(self.steps.onec({"onec": "run"}))
        self.assertTrue(self.steps.holds({"orders": {"2": {}}}, True))

    def test_edits_and_wrong_keys(self):
        self.put(order(lines=[line(tax="33.33")]))
        self.steps.onec({"onec": "run"})
        self.put()
        self.assertFalse(self.steps.onec({"onec": "pay", "order": 1}))
        self.assertFalse(self.steps.onec({"onec": "run", "writes": True}))
        self.assertFalse(self.steps.holds({"orders": {"1": {
            "paid": 200, "fully_paid": True}}}))
        self.steps.onec({"onec": "repeat", "times": 2})
        self.assertEqual(len(list(self.exchange.inbox.rglob("*.xml"))), 3)
        for step in ({"onec": "dance"}, {"onec": "pay", "order": 1, "x": 1},
                     {"onec": "pay", "order": 9},
                     {"onec": "lines", "order": 1, "price": {"z": 1}}):
            with self.assertRaises(ValueError):
                self.steps.onec(step)

    def test_the_outbox(self):
        look = self.steps.outbox
        self.assertTrue(look({}))
        self.assertFalse(look({"exists": False}))
        self.put(order(lines=[line(tax="33.33")]))
        self.assertFalse(look({"orders": {"1": {"sum": 200}},
                               "encoding": "utf-8-sig", "version": "2.05"}))
        self.assertFalse(look({"unchanged": True, "text": "Лампа"}))
        for wanted in ({"orders": 0}, {"encoding": "windows-1251"},
                       {"unchanged": False}, {"never": "Лампа"},
                       {"orders": {"1": {"sum": 1}}}, {"exists": False}):
            self.assertTrue(look(wanted), wanted)
        self.put()
        self.assertTrue(look({"unchanged": True}))
        self.assertFalse(look({"orders": 0}))
        self.exchange.file.write_text("Test")
        self.assertTrue(look({}))


if __name__ == "__main__":
    unittest.main()
