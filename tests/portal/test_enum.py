"""Values of list properties, changed properties, new units and VAT rates."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal_case import Case      # noqa: E402

ENUM = "catalog.productPropertyEnum."
PROPERTY = "catalog.productProperty."


class Enums(Case):
    def setUp(self):
        super().setUp()
        self.control("load", {"properties": [
            {"id": 301, "name": "Цвет", "propertyType": "L",
             "multiple": "Y"},
            {"id": 302, "name": "Вес", "propertyType": "N"},
            {"id": 303, "name": "Чужое", "propertyType": "L",
             "iblockId": 77}]})

    def add(self, **fields):
        fields = {"propertyId": 301, "value": "Красный", "xmlId": "red",
                  **fields}
        return self.rest(ENUM + "add", {"fields": fields})["result"][
            "productPropertyEnum"]

    def no_add(self, code, **fields):
        fields = {"propertyId": 301, "value": "Красный", "xmlId": "red",
                  **fields}
        return self.refused(ENUM + "add", {"fields": fields}, code)

    def test_a_value_of_a_list(self):
        row = self.add(sort=100)
        self.assertEqual(row, {
            "id": row["id"], "propertyId": 301, "value": "Красный",
            "xmlId": "red", "def": "N", "sort": 100})
        got = self.rest(ENUM + "get", {"id": row["id"]})["result"]
        self.assertEqual(got["productPropertyEnum"], row)
        self.assertEqual(self.control("dump")["property_enums"], [row])

    def test_required_fields(self):
        for name in ("propertyId", "value", "xmlId"):
            text = self.no_add("0", **{name: ""})
            self.assertEqual(text, "Required fields: " + name)
        self.refused(ENUM + "add", {}, 100)

    def test_only_list_properties(self):
        self.assertEqual(self.no_add("0", propertyId=302),
                         "Only list properties are supported")

    def test_the_property_is_one_of_a_catalogue(self):
        for ident in (9999, 303):
            self.assertEqual(self.no_add("0", propertyId=ident),
                             "productPropertyEnum does not exist.")

    def test_xml_id_is_unique_within_its_property(self):
        self.control("load", {"properties": [
            {"id": 304, "name": "Материал", "propertyType": "L"}]})
        self.add()
        self.assertIn("'red' already exists", self.no_add("0", value="Синий"))
        self.no_add("BX_INVALID_VALUE", xmlId="RED")
        self.add(propertyId=304)
        self.add(xmlId="blue")

    def test_update_needs_all_three(self):
        ident = self.add()["id"]
        good = {"propertyId": 301, "value": "Алый", "xmlId": "red"}
        for name in good:
            self.refused(ENUM + "update", {
                "id": ident, "fields": {**good, name: ""}}, "0")
        row = self.rest(ENUM + "update", {"id": ident, "fields": good})[
            "result"]["productPropertyEnum"]
        self.assertEqual((row["value"], row["xmlId"], row["sort"]),
                         ("Алый", "red", 500))

    def test_update_refuses_a_taken_xml_id_and_another_property(self):
        self.add()
        ident = self.add(xmlId="blue")["id"]
        fields = {"propertyId": 301, "value": "Синий", "xmlId": "Red"}
        self.refused(ENUM + "update", {"id": ident, "fields": fields}, "0")
        fields = {"propertyId": 302, "value": "Синий", "xmlId": "x"}
        self.refused(ENUM + "update", {"id": ident, "fields": fields}, "0")
        fields = {"propertyId": 303, "value": "Синий", "xmlId": "x"}
        text = self.refused(ENUM + "update",
                            {"id": ident, "fields": fields}, "0")
        self.assertIn("does not belong to a product catalog", text)

    def test_unknown_value(self):
        fields = {"propertyId": 301, "value": "x", "xmlId": "x"}
        for name, params in (("update", {"id": 9, "fields": fields}),
                             ("get", {"id": 9}), ("delete", {"id": 9})):
            self.refused(ENUM + name, params, "0")
            self.refused(ENUM + name, {**params, "id": None}, 100)

    def test_deleting_takes_it_from_the_goods(self):
        red, blue = self.add()["id"], self.add(xmlId="blue")["id"]
        self.product(property301=[red, blue])
        self.product(property301=[red])
        self.assertIs(self.rest(ENUM + "delete", {"id": red})["result"], True)
        rows = self.control("dump")["products"]
        self.assertEqual([[v["value"] for v in row["properties"].get(
            "301", ())] for row in rows], [[str(blue)], []])
        self.assertEqual(rows[1]["properties"], {})

    def test_list_of_one_property_in_pages(self):
        self.control("load", {"property_enums": [
            {"propertyId": 301, "value": "V%d" % n, "xmlId": "x%d" % n}
            for n in range(60)] + [{"propertyId": 305, "value": "W"}]})
        answer = self.rest(ENUM + "list", {
            "filter": {"propertyId": 301}, "select": ["id", "xmlId"]})
        rows = answer["result"]["productPropertyEnums"]
        self.assertEqual((len(rows), answer["total"], answer["next"]),
                         (50, 60, 50))
        self.assertEqual(sorted(rows[0]), ["id", "xmlId"])
        one = self.rest(ENUM + "list", {
            "filter": {"propertyId": 301, "xmlId": "X7"}})
        self.assertEqual(one["total"], 1)

    def test_list_does_not_know_the_at_sign(self):
        self.add()
        self.add(xmlId="blue")
        answer = self.rest(ENUM + "list", {"filter": {"@xmlId": ["red"]}})
        self.assertEqual(answer["total"], 2)
        self.refused(ENUM + "list", {"filter": "red"}, 100)

    def test_fields(self):
        fields = self.rest(ENUM + "getFields")["result"][
            "productPropertyEnum"]
        self.assertEqual(sorted(n for n in fields
                                if fields[n]["isRequired"]),
                         ["propertyId", "value", "xmlId"])
        self.assertTrue(fields["id"]["isReadOnly"])

    def test_rights(self):
        ident = self.add()["id"]
        self.control("config", {"admin": False})
        self.no_add("0", xmlId="blue")
        self.refused(ENUM + "delete", {"id": ident}, "0")
        self.rest(ENUM + "list")
        self.control("config", {"can_read": False})
        for name in ("list", "getFields"):
            self.assertEqual(self.refused(ENUM + name, {}, "0"),
                             "Access Denied")
        self.refused(ENUM + "get", {"id": ident}, "0")

    def test_a_manager_deletes_a_value(self):
        red = self.add()["id"]
        self.product(property301=[red])
        self.control("alter", {"entity": "property_enums", "id": red,
                               "delete": True})
        dump = self.control("dump")
        self.assertEqual(dump["property_enums"], [])
        self.assertEqual(dump["products"][0]["properties"], {})
        self.assertEqual(dump["deleted"]["property_enums"], [red])


class Properties(Case):
    def update(self, ident, **fields):
        return self.rest(PROPERTY + "update", {
            "id": ident, "fields": {"iblockId": 14, **fields}})["result"][
                "productProperty"]

    def no_update(self, ident, error, **fields):
        return self.refused(PROPERTY + "update", {
            "id": ident, "fields": {"iblockId": 14, **fields}}, error)

    def setUp(self):
        super().setUp()
        self.control("load", {"properties": [
            {"id": 301, "name": "Цвет", "propertyType": "L", "code": "C"}]})

    def test_only_what_is_given_changes(self):
        row = self.update(301, name="Окраска", isRequired="Y")
        self.assertEqual((row["name"], row["isRequired"], row["code"],
                          row["propertyType"]), ("Окраска", "Y", "C", "L"))
        self.assertIsNotNone(row["timestampX"])
        held = self.rest(PROPERTY + "get", {"id": 301})["result"]
        self.assertEqual(held["productProperty"], row)

    def test_refusals(self):
        self.assertEqual(self.no_update(301, "0", iblockId=""),
                         "Required fields: iblockId")
        self.no_update(999, "")
        self.no_update(301, "0", iblockId=15)
        self.no_update(301, "0", propertyType="X")
        self.no_update(301, "0", code="1A")
        self.no_update(301, "0", name="")
        self.refused(PROPERTY + "update",
                     {"id": "x", "fields": {"iblockId": 14}}, 100)
        self.control("config", {"admin": False})
        self.no_update(301, "0", name="Окраска")
        self.assertEqual(self.rest(PROPERTY + "get", {"id": 301})["result"][
            "productProperty"]["name"], "Цвет")


class Measures(Case):
    def add(self, **fields):
        return {"fields": {"code": 715, "measureTitle": "Пара", **fields}}

    def test_a_unit(self):
        row = self.rest("catalog.measure.add", self.add(symbol="пар"))[
            "result"]["measure"]
        self.assertEqual((row["code"], row["measureTitle"], row["symbol"],
                          row["isDefault"]), (715, "Пара", "пар", "N"))
        self.assertEqual(self.product(measure=row["id"])["measure"],
                         row["id"])

    def test_refusals(self):
        self.refused("catalog.measure.add", self.add(code=796), 200600000000)
        self.refused("catalog.measure.add", self.add(isDefault="Y"),
                     200600000010)
        for name in ("code", "measureTitle"):
            text = self.refused("catalog.measure.add",
                                self.add(**{name: ""}), 0)
            self.assertEqual(text, "Required fields: " + name)
        self.refused("catalog.measure.add", {}, 100)
        self.control("config", {"admin": False})
        self.refused("catalog.measure.add", self.add(), 200040300020)


class Vats(Case):
    def test_a_rate(self):
        row = self.rest("catalog.vat.add", {"fields": {
            "name": "НДС 5%", "rate": 5, "id": 1}})["result"]["vat"]
        self.assertEqual((row["name"], row["rate"], row["active"],
                          row["sort"]), ("НДС 5%", 5, "Y", 100))
        self.assertNotEqual(row["id"], 1)
        self.assertEqual(self.product(vatId=row["id"])["vatId"], row["id"])
        self.rest("catalog.vat.add", {"fields": {"name": "0", "rate": 0}})

    def test_refusals(self):
        self.refused("catalog.vat.add", {"fields": {"name": "НДС"}}, 0)
        self.refused("catalog.vat.add", {"fields": {"rate": 5}}, 0)
        self.control("config", {"admin": False})
        self.refused("catalog.vat.add",
                     {"fields": {"name": "НДС", "rate": 5}}, 200040300020)


if __name__ == "__main__":
    unittest.main()
