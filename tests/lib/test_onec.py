"""The scripted 1C: python3 -m unittest discover -s tests/lib"""

import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parent))

import onec                         # noqa: E402
from onec_edit import edit          # noqa: E402
from orders_sample import LEGAL, line, order, orders, tag     # noqa: E402

NODE = "4b1f2a52-7b0e-4f6e-8f39-0b6a2d6f1c01"
ITEM = "d2abfbdb-7fe4-11e4-a522-0050569c5934"
NOW = 1_795_600_000


class Base(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.inbox = self.root / "inbox"
        self.inbox.mkdir()
        self.file = self.root / "Orders.xml"

    def onec(self, family="ut11", **settings):
        settings.setdefault("items", {"p1": {"name": "Лампа"},
                                      "p2": {"name": "Стол",
                                             "article": "С-1"}})
        return onec.OneC({"family": family, **settings}, self.inbox,
                         self.file, lambda: NOW)

    def load(self, base, *documents, **how):
        self.file.write_bytes(orders(*documents, **how))
        return base.run()

    def written(self, base):
        """The documents of the last orders file, without a namespace."""
        text = base.last_run.file.read_text("utf-8-sig")
        root = ElementTree.fromstring(text)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return list(root.iter("Документ"))

    def values(self, document):
        return {row.findtext("Наименование"): row.findtext("Значение")
                for row in document.findall(
                    "ЗначенияРеквизитов/ЗначениеРеквизита")}


class Reading(Base):
    def test_each_family_loads_what_it_should(self):
        for family in ("ut11", "unf", "unf16", "ut103", "bitrix"):
            with self.subTest(family):
                base = self.onec(family)
                run = self.load(
                    base, order(party=LEGAL, currency="руб"),
                    container=family == "bitrix")
                self.assertTrue(run.ok, run.messages)
                held = base.order("1")
                self.assertEqual(str(held.total()), "200.00")
                self.assertEqual(held.lines[0]["vat"], "20")
                self.assertEqual(base.party(held.party)["inn"], "7701000019")
                self.assertEqual(base.held.planted, [])

    def test_a_container_is_for_the_module_alone(self):
        for family, container in (("ut11", True), ("unf", True),
                                  ("bitrix", False)):
            base = self.onec(family)
            run = self.load(base, order(), container=container)
            self.assertTrue(run.ok)
            self.assertEqual(base.held.orders, [])
            self.assertIn("Нет документов", run.messages[0])

    def test_encodings(self):
        for family, encoding, loads in (
                ("ut11", "utf-8", 1), ("ut11", "cp1251", 0),
                ("ut103", "utf-8-sig", 1), ("ut103", "utf-8", 0),
                ("ut103", "cp1251", 1), ("unf", "utf-8", 1),
                ("unf", "cp1251", 1)):
            base = self.onec(family)
            run = self.load(base, order(currency="руб"), encoding=encoding)
            self.assertEqual(len(base.held.orders), loads,
                             (family, encoding, run.messages))
            # 10.3 calls even that a success.
            self.assertEqual(run.ok, bool(loads) or family == "ut103")

    def test_a_namespace_is_refused(self):
        base = self.onec()
        run = self.load(base, order(), mark=' xmlns="urn:1C.ru:commerceml_2"')
        self.assertFalse(run.ok)

    def test_another_operation_ends_the_load(self):
        base = self.onec("unf")
        run = self.load(base, order("1"), order("2", kind="Отпуск товара"),
                        order("3"))
        self.assertFalse(run.ok)
        self.assertEqual([o.number for o in base.held.orders], ["1"])
        base = self.onec("ut103")
        self.assertFalse(self.load(base, order(
            kind="Заказ Товара", currency="руб")).ok)
        base = self.onec("ut11")
        self.assertTrue(self.load(base, order(kind="Заказ Товара")).ok)

    def test_after_such_an_end_ut_knows_its_orders_no_more(self):
        base = self.onec("ut11")
        self.load(base, order("1"), order("2", currency=None))
        self.load(base, order("1"))
        self.assertEqual([o.number for o in base.held.orders], ["1", "1"])

    def test_a_missing_name_rolls_all_back(self):
        base = self.onec()
        run = self.load(base, order("1"), order("2", name=None))
        self.assertFalse(run.ok)
        self.assertEqual(base.held.orders, [])

    def test_a_missing_file(self):
        for family, ok in (("ut11", False), ("unf", False), ("ut103", True)):
            self.assertEqual(self.onec(family).run().ok, ok, family)
        self.assertFalse(self.file.exists())
        base = self.onec("ut11")
        base.run(probe="stay")
        self.assertEqual(self.file.read_text(), "Test")

    def test_an_empty_value_is_the_one_before_in_ut(self):
        for family, cancelled in (("ut11", True), ("unf", False)):
            base = self.onec(family)
            self.load(base, order(values=[("Заказ оплачен", "true"),
                                          ("Отменен", "")]),
                      encoding="utf-8-sig")
            self.assertEqual(base.order("1").cancelled, cancelled, family)

    def test_unknown_currencies(self):
        base = self.onec("ut11")
        self.assertTrue(self.load(base, order(currency="XXX")).ok)
        self.assertEqual(base.order("1").currency, "RUB")
        base = self.onec("ut103")
        self.assertFalse(self.load(base, order(currency="RUB")).ok)


class Numbers(Base):
    def test_a_long_number_is_a_new_order_each_time(self):
        base = self.onec("ut11")
        for _ in range(2):
            self.load(base, order("123456789012"))
        self.assertEqual(len(base.held.orders), 2)
        for _ in range(2):
            self.load(base, order("12345678901"))
        self.assertEqual(len(base.held.orders), 3)

    def test_twice_in_a_file_is_two_orders(self):
        base = self.onec("ut11")
        self.load(base, order("1"), order("1"))
        self.assertEqual(len(base.held.orders), 2)

    def test_numbers_of_unf_collide(self):
        base = self.onec("unf")
        self.assertTrue(self.load(base, order("1")).ok)
        self.assertEqual(base.order("1").onec_number, "НФСА-000001")
        run = self.load(base, order("A-1"), order("2"))
        self.assertFalse(run.ok)
        self.assertEqual([o.number for o in base.held.orders], ["1", "2"])


class Lines(Base):
    def held(self, family, *lines, **how):
        base = self.onec(family, **how.pop("settings", {}))
        run = self.load(base, order(lines=lines, currency="руб", **how))
        self.assertTrue(run.ok, run.messages)
        return base, base.order("1").lines

    def test_unknown_rates(self):
        for family, rate in (("ut11", "20"), ("unf", "Без НДС"),
                             ("ut103", "20")):
            _, lines = self.held(family, line(rate="22"))
            self.assertEqual(lines[0]["vat"], rate, family)
        _, lines = self.held("ut11", line(rate="22"), vat=None)
        self.assertEqual(lines[0]["vat"], "Без НДС")
        _, lines = self.held("ut11", line(rate="22"),
                             settings={"vat_known": ["22"]})
        self.assertEqual(lines[0]["vat"], "22")

    def test_without_taxes_unf_has_no_vat(self):
        _, lines = self.held("unf", line(), vat=None)
        self.assertEqual(lines[0]["vat"], "Без НДС")

    def test_a_line_without_a_rate_inherits_in_ut(self):
        _, lines = self.held("ut11", line(rate="10"), line(rate=None))
        self.assertEqual(lines[1]["vat"], "10")
        _, lines = self.held("unf", line(rate="10"), line(rate=None))
        self.assertEqual(lines[1]["vat"], "Без НДС")

    def test_vat_on_top_where_the_document_does_not_include_it(self):
        base = self.onec("bitrix")
        self.load(base, order(vat=None), container=True)
        self.assertEqual(str(base.order("1").total()), "240.00")

    def test_goods_by_id_article_name_or_planted(self):
        base, lines = self.held(
            "ut11", line("p1"), line("x", "Стол"), line("y", "Иное",
                                                        extra=tag(
                                                            "Артикул",
                                                            "С-1")),
            line(ITEM, "Чужое"), line("p1#c9", "Лампа"),
            line("ORDER_DELIVERY", "Доставка", extra=(
                "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>"
                "ТипНоменклатуры</Наименование><Значение>Услуга</Значение>"
                "</ЗначениеРеквизита></ЗначенияРеквизитов>")))
        self.assertEqual([row["id"] for row in lines],
                         ["p1", "p2", "p2", ITEM, "p1#c9", "ORDER_DELIVERY"])
        self.assertEqual(base.held.planted, ["Чужое", "p1#c9"])
        self.assertEqual(base.held.services, ["Доставка"])

    def test_a_price_and_a_discount_are_kept(self):
        cut = ("<Скидки><Скидка><Сумма>20</Сумма><УчтеноВСумме>{}"
               "</УчтеноВСумме></Скидка></Скидки>")
        for told, total in (("true", "200.00"), ("false", "180.00")):
            _, lines = self.held("unf", line(extra=cut.format(told)))
            self.assertEqual((str(lines[0]["price"]), str(lines[0]["sum"])),
                             ("100", total))

    def test_comments(self):
        for family, text in (
                ("ut11", "Комментарий менеджера на сайте: Да"),
                ("ut103", "№ 1 shop.example : Да"), ("unf", "Да")):
            base = self.onec(family)
            self.load(base, order(comment="Да", currency="руб"))
            self.assertEqual(base.order("1").comment, text)

    def test_unf_takes_some_values_for_its_attributes(self):
        base = self.onec("unf")
        self.load(base, order(values=[("Организация", "Лавка"),
                                      ("Дата отгрузки", "2026-12-01"),
                                      ("Прочее", "1")]))
        held = base.order("1")
        self.assertEqual(held.attributes, {"Организация": "Лавка",
                                           "ДатаОтгрузки": "2026-12-01"})
        self.assertTrue(held.posted)
        self.assertEqual(held.requisites["Прочее"], "1")

    def test_no_quantity_and_no_price(self):
        _, lines = self.held("ut11", line(quantity="0"),
                             line(price=None, total="300"))
        self.assertEqual([str(row["price"]) for row in lines], ["150.00"])

    def test_goods_that_it_exported_are_known(self):
        base = self.onec(items={})
        base.know({"import0_1.xml": (
            '<К xmlns="urn:x"><Товар><Ид>p1</Ид><Наименование>Лампа'
            "</Наименование></Товар></К>").encode()})
        self.load(base, order())
        self.assertEqual(base.held.planted, [])


class Parties(Base):
    def test_searches(self):
        other = LEGAL.replace("770101001", "770101002")
        person = "<ПолноеНаименование>Иванов</ПолноеНаименование>"
        phone = ("<Контакты><Контакт><Тип>{}</Тип><Значение>+7916"
                 "</Значение></Контакт></Контакты>")
        for family, first, second, count in (
                ("ut11", (LEGAL, "А"), (LEGAL, "Б"), 1),
                ("ut11", (LEGAL, "А"), (other, "А"), 2),
                ("ut11", (person, "А"), (person, "А "), 1),
                ("ut11", (person, "А"), (person, "Б"), 2),
                ("ut103", (LEGAL, "А"), (other, "Б"), 1),
                ("unf", (person + phone.format("Телефон рабочий"), "А"),
                 (person + phone.format("ТелефонРабочий"), "Б"), 1),
                ("unf", (LEGAL, "А"), (LEGAL, "Б"), 1)):
            base = self.onec(family)
            for number, (party, name) in enumerate((first, second), 1):
                run = self.load(base, order(str(number), party=party,
                                            name=name, currency="руб"))
                self.assertTrue(run.ok, run.messages)
            self.assertEqual(len(base.held.parties), count,
                             (family, first, second))

    def test_contact_types_and_kinds(self):
        party = LEGAL + (
            "<Контакты><Контакт><Тип>ТелефонРабочий</Тип><Значение>1"
            "</Значение></Контакт><Контакт><Тип>Электронная почта</Тип>"
            "<Значение>a@b</Значение></Контакт></Контакты><Представители>"
            "<Представитель><Контрагент><Наименование>Петров</Наименование>"
            "</Контрагент></Представитель></Представители>")
        for family, emails, persons in (("ut11", [], []),
                                        ("ut103", [], ["Петров"]),
                                        ("unf", ["a@b"], ["Петров"])):
            base = self.onec(family)
            self.load(base, order(party=party, currency="руб"))
            held = base.held.parties[0]
            self.assertEqual((held["phones"], held["emails"],
                              held["persons"], held["kind"]),
                             (["1"], emails, persons, "legal"), family)

    def test_unf_adds_what_it_did_not_know(self):
        more = LEGAL + ("<Контакты><Контакт><Тип>Почта</Тип><Значение>a@b"
                        "</Значение></Контакт></Контакты>")
        for family, emails in (("unf", ["a@b"]), ("ut11", [])):
            base = self.onec(family)
            for party in (LEGAL, more, more):
                self.load(base, order(party=party))
            self.assertEqual(base.held.parties[0]["emails"], emails)

    def test_unf_knows_its_own_uuid(self):
        base = self.onec("unf", counterparties={NODE: {"name": "Старый"}})
        self.file.write_bytes(orders(order(name="Новый")).replace(
            b"company-7", NODE.encode()))
        base.run()
        self.assertEqual(len(base.held.parties), 1)


class Again(Base):
    def test_an_order_is_refilled_until_it_is_busy(self):
        two = order(lines=[line(quantity="3", total="300")], currency="руб")
        for family in ("ut11", "unf", "ut103"):
            base = self.onec(family)
            self.load(base, order(currency="руб"))
            self.load(base, two)
            self.assertEqual(str(base.order("1").total()), "300.00", family)
            edit(base, "pay", {"order": 1, "sum": "5"})
            run = self.load(base, order(currency="руб"))
            self.assertEqual(str(base.order("1").total()), "300.00", family)
            # What was kept is exported, what was refilled is not.
            self.assertIsNotNone(run.file, family)

    def test_a_refill_swallows_an_edit(self):
        for family in ("unf", "ut103"):
            base = self.onec(family)
            self.load(base, order(currency="руб"))
            edit(base, "comment", {"order": 1, "text": "Скоро"})
            run = base.run()
            self.assertIsNone(run.file, family)
            self.assertNotEqual(base.order("1").comment, "Скоро")
            self.file.write_bytes(orders())
            self.assertIsNone(base.run().file, family)

    def test_ut_writes_a_file_without_documents(self):
        base = self.onec("ut11")
        self.assertIsNotNone(self.load(base, order()).file)
        self.assertEqual(self.written(base), [])
        self.file.write_bytes(orders())
        self.assertIsNone(base.run().file)
        self.assertIsNotNone(base.run(empty="always").file)

    def test_cancellations(self):
        cancel = order(values=[("Отменен", "true")], currency="руб")
        for family in ("ut11", "unf", "ut103"):
            base = self.onec(family)
            self.load(base, order(currency="руб"))
            self.load(base, cancel)
            held = base.order("1")
            self.assertTrue(held.cancelled, family)
            self.assertEqual(held.deleted, family == "ut103")
            if family == "unf":
                run = self.load(base, order(currency="руб"))
                self.assertIn("skipped", run.messages[0])
        base = self.onec("ut11", cancel_reasons=False)
        self.load(base, cancel)
        self.assertFalse(base.order("1").cancelled)

    def test_unf_repeats_what_it_could_not_deliver(self):
        base = self.onec("unf")
        self.load(base, order())
        edit(base, "comment", {"order": 1, "text": "Да"})
        self.file.unlink()
        first = base.run()
        self.assertFalse(first.ok)
        second = base.run()
        self.assertNotEqual(first.file, second.file)
        self.assertFalse(first.file.exists())   # emptied each run
        self.file.write_bytes(orders())
        self.assertIsNotNone(base.run().file)
        self.assertIsNone(base.run().file)

    def test_broken_fails_once_and_keeps_nothing(self):
        base = self.onec("ut11")
        base.broken = True
        self.assertFalse(self.load(base, order()).ok)
        self.assertEqual(base.held.orders, [])
        self.assertTrue(base.run().ok)
        self.assertEqual(len(base.held.orders), 1)


class Writing(Base):
    def after(self, family, *edits, **settings):
        base = self.onec(family, **settings)
        run = self.load(base, order(currency="руб", party=LEGAL),
                        container=family == "bitrix")
        self.assertTrue(run.ok, run.messages)
        self.file.write_bytes(orders())
        for verb, step in edits:
            edit(base, verb, {"order": "1", **step})
        base.run()
        return base

    PAY = ("pay", {"sum": "200", "date": "2026-11-25T09:05:00",
                   "number": "ПП-7", "method": "Наличные",
                   "comment": "Аванс"})

    def test_names_and_heads(self):
        for family, settings, name, space, version in (
                ("ut11", {}, r"webdata/orders-[-0-9a-f]{36}_1\.xml",
                 "commerceml_2", "2.07"),
                ("ut11", {"linux": True},
                 r"webdata\\orders-[-0-9a-f]{36}_1\.xml", "commerceml_2",
                 "2.07"),
                ("unf", {}, rf"webdata - {NODE}/orders-[-0-9a-f]{{36}}_\.xml",
                 "commerceml_210", "2.08"),
                ("unf", {"payments": True}, "webdata - .*",
                 "commerceml_210", "2.10"),
                ("unf16", {}, rf"webdata - {NODE}/orders-[-0-9a-f]{{36}}\.xml",
                 "commerceml_205", "2.05"),
                ("ut103", {}, r"1cbitrix-[-0-9a-f]{36}\.xml", None, "2.04"),
                ("bitrix", {}, "webdata/000000001/documents/1/documents___.*",
                 "commerceml_3", "3.1")):
            base = self.after(family, self.PAY, **settings)
            path = base.last_run.file
            self.assertRegex(str(path.relative_to(self.inbox)),
                             f"^{name}$")
            data = path.read_bytes()
            self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
            root = ElementTree.fromstring(data[3:])
            self.assertEqual(root.get("ВерсияСхемы"), version)
            self.assertEqual(root.tag.startswith("{"), bool(space))
            self.assertTrue(space is None or f"ru:{space}}}" in root.tag)
            self.assertEqual(int(path.stat().st_mtime), NOW)

    def test_paid_as_each_family_says_it(self):
        for family, date in (("ut11", "2026-11-25T9:05:00"),
                             ("unf", "2026-11-25T9:05:00"),
                             ("unf16", "2026-11-25T9:05:00"),
                             ("ut103", "2026-11-25")):
            base = self.after(family, self.PAY)
            document, = self.written(base)
            values = self.values(document)
            self.assertEqual(document.findtext("Номер"), "1")
            self.assertEqual(document.findtext("Ид"), base.order("1").uuid)
            self.assertEqual(values["Дата оплаты по 1С"], date, family)
            self.assertEqual(values["Номер оплаты по 1С"], "ПП-7")
            self.assertEqual(values.get("Оплачен"),
                             "true" if family == "unf" else None)
            self.assertEqual("Метод оплаты" in values,
                             family.startswith("unf"))

    def test_a_part_of_the_sum_is_not_seen(self):
        for family in ("ut11", "unf", "unf16", "ut103"):
            base = self.after(family, ("pay", {"sum": "50"}))
            values = self.values(*self.written(base))
            self.assertNotIn("Дата оплаты по 1С", values, family)

    def test_a_bare_t_where_ut_asks_for_nothing(self):
        base = self.after("ut11", ("comment", {"text": "x",
                                               "registers": True}))
        values = self.values(*self.written(base))
        self.assertEqual(values["Дата оплаты по 1С"], "T")
        self.assertNotIn("Номер оплаты по 1С", values)

    def test_sub_documents_of_unf(self):
        base = self.after("unf", self.PAY, ("ship", {"lines": {"p1": 1}}),
                          ("pay", {"sum": "10", "refund": True,
                                   "kind": "cash"}), payments=True)
        document, = self.written(base)
        parts = document.findall("ПодчиненныеДокументы/ПодчиненныйДокумент")
        self.assertEqual([(p.findtext("ХозОперация"), p.findtext("Сумма"))
                          for p in parts],
                         [("Выплата безналичных денег", "200"),
                          ("Выплата наличных денег", "10"),
                          ("Отпуск товара", None)])
        self.assertEqual(self.values(parts[0])["Номер платежного документа"],
                         "ПП-7")
        self.assertEqual(parts[2].findtext("Товары/Товар/Количество"), "1")
        self.assertNotIn("Номер оплаты по 1С", self.values(document))

    def test_the_module_writes_payments_beside_the_order(self):
        base = self.after("bitrix", self.PAY, ("pay", {
            "sum": "10", "refund": True}), ("ship", {"track": "T-1"}))
        own, paid, back, sent = self.written(base)
        self.assertEqual(own.findtext("Номер1С"),
                         base.order("1").onec_number)
        self.assertEqual(own.findtext("Ид"), "1")
        self.assertEqual(own.findtext("Товары/Товар/Цена"), "100")
        self.assertEqual(paid.findtext("Основание"), "1")
        self.assertEqual(self.values(paid)["ПризнакВозврата"], "false")
        self.assertEqual(self.values(back)["ПризнакВозврата"], "true")
        self.assertEqual(self.values(sent)["Отгружен"], "true")
        base = self.after("bitrix", self.PAY, apart=True, schema="2.10",
                          without_id=True)
        paid, = self.written(base)
        self.assertIsNone(paid.findtext("Ид"))

    def test_a_status_alone(self):
        base = self.after("bitrix", ("status", {"name": "В работе"}))
        document, = self.written(base)
        self.assertEqual([child.tag for child in document],
                         ["Номер", "Дата", "ЗначенияРеквизитов"])
        self.assertEqual(self.values(document), {"СтатусЗаказа": "В работе"})
        for family, said in (("unf", "В работе"), ("ut11", None)):
            base = self.after(family, ("status", {"name": "В работе"}))
            self.assertEqual(self.values(*self.written(base)).get(
                "Статус заказа"), said)

    def test_edits_that_ut_does_not_register(self):
        for verb, step, registered in (
                ("comment", {"text": "x"}, False),
                ("lines", {"price": {"p1": 5}}, False),
                ("cancel", {}, False), ("pay", {}, True),
                ("close", {}, True)):
            base = self.after("ut11", (verb, step))
            self.assertEqual(base.last_run.file is not None, registered, verb)
        base = self.after("ut11", ("comment", {"text": "x"}), extended=False)
        self.assertIsNotNone(base.last_run.file)

    def test_cancelled_and_deleted(self):
        base = self.after("unf", ("cancel", {"how": "cancelled"}))
        self.assertEqual(self.values(*self.written(base))["Отменен"], "true")
        base = self.after("ut103", ("cancel", {}))
        self.assertEqual(self.values(*self.written(base))["ПометкаУдаления"],
                         "true")

    def test_changed_lines(self):
        base = self.after("unf", ("lines", {
            "quantity": {"p1": "5"}, "add": [{
                "id": "p2", "quantity": 1, "price": "0.5"}]}))
        document, = self.written(base)
        self.assertEqual([(row.findtext("Ид"), row.findtext("Количество"),
                           row.findtext("Сумма"))
                          for row in document.iter("Товар")],
                         [("p1", "5", "500"), ("p2", "1", "0.5")])
        self.assertEqual(document.findtext("Сумма"), "500.5")

    def test_containers_payments_and_numbers_of_the_module(self):
        for schema, boxes in (("3.1", 1), ("2.10", 0), ("2.09", 0)):
            base = self.after("bitrix", self.PAY, ("ship", {"number": "Р1"}),
                              schema=schema)
            root = ElementTree.fromstring(
                base.last_run.file.read_text("utf-8-sig"))
            self.assertEqual(len([e for e in root if "Контейнер" in e.tag]),
                             boxes)
            documents = self.written(base)
            self.assertEqual(len(documents), 1 if schema == "2.09" else 3)
            values = self.values(documents[0])
            self.assertEqual("Номер оплаты по 1С" in values,
                             schema == "2.09")
        base = self.after("bitrix", self.PAY)
        _, paid = self.written(base)
        self.assertEqual(self.values(paid)["Оплачен"], "true")
        self.assertEqual(paid.findtext("Комментарий"), "Аванс")
        self.assertEqual(paid.findtext("Дата"), "2026-11-25")

    def test_slips_of_each_family(self):
        for family, due, padded in (("ut11", "2026-11-25", True),
                                    ("unf", "0001-01-01", True),
                                    ("ut103", None, True)):
            base = self.after(family, self.PAY, ("ship", {"number": "Р1"}))
            document, = self.written(base)
            values = self.values(document)
            self.assertEqual(document.findtext("СрокПлатежа"), due, family)
            self.assertEqual(values["Номер отгрузки по 1С"], "Р1" + " " * 9)
            self.assertEqual(values["Проведен"], "true")
        base = self.after("ut103", ("lines", {"vat": {"p1": "Без НДС"}}))
        document, = self.written(base)
        self.assertEqual(document.find("Налоги/Налог/Сумма").text, None)
        self.assertEqual(document.findtext(
            "Товары/Товар/СтавкиНалогов/СтавкаНалога/Ставка"), "Без налога")
        base = self.after("ut103", ("comment", {"text": "x"}))
        document, = self.written(base)
        self.assertEqual(document.findtext("Налоги/Налог/Сумма"), "33.33")

    def test_the_last_payment_is_the_one_that_is_told(self):
        base = self.after("unf", ("pay", {"sum": 150, "number": "А"}),
                          ("pay", {"number": "Б"}))
        self.assertEqual(self.values(*self.written(base))[
            "Номер оплаты по 1С"], "Б")
        base = self.after("unf", self.PAY, ("pay", {"sum": 1,
                                                    "refund": True}))
        self.assertEqual(self.values(*self.written(base))["Оплачен"],
                         "false")

    def test_an_order_of_another_site(self):
        base = self.after("unf", ("comment", {"text": "x"}),
                          number_as="s1{}")
        self.assertEqual(self.written(base)[0].findtext("Номер"), "s11")
        edit(base, "foreign", {"order": 77, "set": [
            {"id": "p1", "quantity": 1, "price": 2}]})
        base.run()
        document, = self.written(base)
        self.assertEqual(document.findtext("Номер"), "s177")
        self.assertEqual(document.findtext("Сумма"), "2")

    def test_an_invoice_keeps_an_order_as_it_is(self):
        for family, status in (("unf", "Новый"), ("ut103", None)):
            base = self.after(family, ("invoice", {}),
                              statuses={"Новый": "Новый"})
            self.load(base, order(total="1", currency="руб", lines=[],
                                  values=[("Статус заказа", "Новый")]))
            held = base.order("1")
            self.assertEqual((str(held.total()), held.status),
                             ("200.00", status), family)

    def test_posted_and_kept(self):
        for keep, total in ((True, "200.00"), (False, "0")):
            base = self.after("unf", ("post", {}), keep_posted=keep)
            self.load(base, order(lines=[]))
            self.assertEqual(str(base.order("1").total()), total)

    def test_repeat_and_goods(self):
        base = self.after("ut103", self.PAY)
        base.repeat(3)
        files = list(self.inbox.glob("1cbitrix-*.xml"))
        self.assertEqual(len(files), 4)
        self.assertEqual(len({f.read_bytes() for f in files}), 1)
        base = self.after("ut11", self.PAY)
        old = base.last_run.file
        base.run(goods={"import0_1.xml": b"<a/>"}, orders=False)
        self.assertFalse(old.exists())
        self.assertEqual([p.name for p in base.folder.iterdir()],
                         ["import0_1.xml"])


if __name__ == "__main__":
    unittest.main()
