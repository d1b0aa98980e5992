"""Proves that the stand-in is strict, and that its traps are there."""

import json
import os
import sys
import unittest
from urllib.parse import urlencode

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import php                              # noqa: E402
from portal_case import JSON, Case      # noqa: E402


class Calls(Case):
    def test_unknown_method_is_404_before_authorisation(self):
        status, _, body = self.raw("/rest/1/wrong/nothing.here", "{}")
        self.assertEqual(status, 404)
        self.assertEqual(json.loads(body)["error"], "ERROR_METHOD_NOT_FOUND")

    def test_wrong_secret_is_401(self):
        status, _, body = self.raw("/rest/1/wrong/scope", "{}")
        self.assertEqual((status, json.loads(body)["error"]),
                         (401, "INVALID_CREDENTIALS"))

    def test_method_names_ignore_case_and_take_json_suffix(self):
        self.assertEqual(self.rest("SCOPE.json")["result"],
                         ["catalog", "crm", "user"])

    def test_parameter_names_of_new_methods_keep_case(self):
        text = self.refused("catalog.product.add", {"FIELDS": {"name": "x"}},
                            100)
        self.assertEqual(text, "Could not find value for parameter {fields}")

    def test_missing_scope_is_403(self):
        self.control("config", {"scopes": ["crm"]})
        self.refused("catalog.vat.list", {}, "insufficient_scope", 403)
        errors = self.batch({"a": "catalog.vat.list"})["result_error"]
        self.assertEqual(errors["a"]["error_description"], "")

    def test_json_is_read_only_with_its_content_type(self):
        path = "/rest/1/s3cret0hook/catalog.section.get"
        for kind, code in ((JSON, 200700300030), ("text/plain", 100)):
            _, _, body = self.raw(path, '{"id":1}', kind)
            self.assertEqual(json.loads(body)["error"], code)

    def test_broken_json_is_no_parameters(self):
        _, _, body = self.raw("/rest/1/s3cret0hook/catalog.section.get",
                              '{"id":1')
        self.assertEqual(json.loads(body)["error"], 100)

    def test_body_wins_over_query(self):
        _, _, body = self.raw("/rest/1/s3cret0hook/method.get?name=nope",
                              '{"name":"scope"}')
        self.assertTrue(json.loads(body)["result"]["isExisting"])

    def test_form_with_php_brackets(self):
        form = urlencode({"fields[iblockId]": 14, "fields[name]": "А&Б"})
        _, _, body = self.raw("/rest/1/s3cret0hook/catalog.section.add", form,
                              "application/x-www-form-urlencoded")
        self.assertEqual(json.loads(body)["result"]["section"]["name"], "А&Б")

    def test_answer_is_escaped_as_php_does(self):
        self.section(name="Ж/<\"&'\\>")
        _, _, body = self.raw("/rest/1/s3cret0hook/catalog.section.get?id=11")
        self.assertIn(rb'"\u0416\/\u003C\u0022\u0026\u0027\\\u003E"', body)

    def test_time_block(self):
        block = self.rest("scope")["time"]
        for name in ("start", "finish", "duration", "processing",
                     "date_start", "date_finish", "operating",
                     "operating_reset_at"):
            self.assertIn(name, block)
        self.assertTrue(block["date_start"].endswith("+03:00"))

    def test_empty_and_numeric_maps_are_arrays(self):
        self.assertEqual(php.dumps({}), "[]")
        self.assertEqual(php.dumps({"0": 1, "1": 2}), "[1,2]")
        self.assertEqual(php.dumps({"0": 1, "2": 2}), '{"0":1,"2":2}')
        self.assertEqual(php.dumps(10.0), "10")

    def test_variables_beyond_the_limit_vanish(self):
        self.assertEqual(php.parse_query("a=1&b=2&c=3", 2),
                         {"a": "1", "b": "2"})

    def test_query_parsing(self):
        self.assertEqual(
            php.parse_query("f%5B%3EID%5D=5&s[]=a&s[]=b+c&x.y=1&e"),
            {"f": {">ID": "5"}, "s": ["a", "b c"], "x_y": "1", "e": ""})


class Batches(Case):
    def test_empty_maps_are_arrays(self):
        result = self.batch({"a": "scope"})
        self.assertEqual(result["result_error"], [])
        self.assertEqual(result["result_next"], [])
        self.assertIn("a", result["result"])
        self.assertIn("a", result["result_time"])

    def test_numeric_keys_make_an_array(self):
        self.assertIsInstance(self.batch(["scope", "scope"])["result"], list)
        gap = self.batch(["scope", "none.such", "scope"])
        self.assertEqual(sorted(gap["result"]), ["0", "2"])

    def test_commands_beyond_50_fail_one_by_one(self):
        result = self.batch({"k%d" % n: "server.time" for n in range(53)})
        self.assertEqual(len(result["result"]), 50)
        self.assertEqual(
            {e["error"] for e in result["result_error"].values()},
            {"ERROR_BATCH_LENGTH_EXCEEDED"})
        self.assertEqual(len(result["result_error"]), 3)

    def test_halt_stops_at_the_first_error(self):
        cmd = {"a": "scope", "b": "none.such", "c": "scope"}
        result = self.batch(cmd, 1)
        self.assertEqual(list(result["result"]), ["a"])
        self.assertEqual(list(result["result_error"]), ["b"])
        self.assertEqual(list(self.batch(cmd)["result"]), ["a", "c"])

    def test_the_string_false_halts(self):
        result = self.batch({"b": "none.such", "c": "scope"}, "false")
        self.assertEqual(result["result"], [])

    def test_commands_that_are_no_strings_are_skipped(self):
        result = self.batch({"a": {"method": "scope"}, "b": "scope"})
        self.assertEqual(list(result["result"]), ["b"])
        self.assertEqual(result["result_error"], [])

    def test_hash_cuts_the_query(self):
        self.batch({"a": "catalog.section.add?fields[iblockId]=14"
                         "&fields[name]=A#B&fields[xmlId]=g"})
        row = self.control("dump")["sections"][0]
        self.assertEqual((row["name"], row["xmlId"]), ("A", str(row["id"])))

    def test_batch_in_batch_is_refused(self):
        errors = self.batch({"a": "batch?cmd[a]=scope"})["result_error"]
        self.assertEqual(errors["a"]["error"],
                         "ERROR_BATCH_METHOD_NOT_ALLOWED")

    def test_reference_to_an_earlier_command(self):
        result = self.batch({
            "s": "catalog.section.add?fields[iblockId]=14&fields[name]=S",
            "p": "catalog.product.add?fields[iblockId]=14&fields[name]=P"
                 "&fields[iblockSectionId]=$result[s][section][id]"})
        self.assertEqual(result["result"]["p"]["element"]["iblockSectionId"],
                         result["result"]["s"]["section"]["id"])

    def test_unresolvable_reference_does_not_fail(self):
        result = self.batch({
            "s": "catalog.section.add?fields[name]=S",
            "p": "catalog.product.add?fields[iblockId]=14&fields[name]=P"
                 "&fields[iblockSectionId]=$result[s][section][id]"})
        self.assertIn("s", result["result_error"])
        element = result["result"]["p"]["element"]
        self.assertIsNone(element["iblockSectionId"])

    def test_unresolvable_reference_is_the_deepest_array_reached(self):
        result = self.batch({
            "s": "catalog.section.add?fields[name]=S",
            "p": "catalog.product.add?fields[iblockId]=14"
                 "&fields[name]=x$result[s][section][id]",
            "c": "catalog.price.add?fields[productId]=$result[s][id]"
                 "&fields[catalogGroupId]=1&fields[price]=1"
                 "&fields[currency]=RUB"})
        self.assertEqual(result["result"]["p"]["element"]["name"], "xArray")
        self.assertEqual(result["result_error"]["c"]["error_description"],
                         "Required fields: productId")

    def test_reference_inside_a_text_is_substituted(self):
        result = self.batch({
            "t": "catalog.document.mode.status",
            "s": "catalog.section.add?fields[iblockId]=14"
                 "&fields[name]=x$result[t]y"})
        self.assertEqual(result["result"]["s"]["section"]["name"], "xNy")


class Lists(Case):
    def test_select_must_name_id_and_iblock(self):
        params = {"select": ["id", "name"], "filter": {"iblockId": 14}}
        self.refused("catalog.product.list", params, 0)
        params = {"select": ["id", "iblockId"], "filter": {"xmlId": "a"}}
        self.refused("catalog.product.list", params, 0)
        self.refused("catalog.section.list", {}, 0)

    def test_only_selected_fields_come_back(self):
        self.product()
        row = self.products()["result"]["products"][0]
        self.assertEqual(sorted(row), ["iblockId", "id", "name", "xmlId"])

    def test_unknown_filter_key_returns_everything(self):
        self.product(xmlId="a")
        self.product(xmlId="b")
        for key in ("XML_ID", "xmlid", "@xmlId", "nothing"):
            rows = self.products({key: "a"})
            self.assertEqual(rows["total"], 2, key)
        self.assertEqual(self.products({"xmlId": "a"})["total"], 1)

    def test_in_is_an_array_and_ignores_case(self):
        for mark in ("aa", "bb", "cc"):
            self.product(xmlId=mark)
        rows = self.products({"=xmlId": ["AA", "cc", "zz"]})
        self.assertEqual([r["xmlId"] for r in rows["result"]["products"]],
                         ["aa", "cc"])

    def test_prices_take_at(self):
        good = self.product()["id"]
        for kind in (1, 2):
            self.rest("catalog.price.add", {"fields": {
                "productId": good, "catalogGroupId": kind, "price": 1,
                "currency": "RUB"}})
        answer = self.rest("catalog.price.list", {
            "filter": {"@catalogGroupId": [2, 9]}})
        self.assertEqual(answer["total"], 1)

    def test_pages_of_50(self):
        self.control("load", {"products": [
            {"name": "N%d" % n, "xmlId": "x%d" % n} for n in range(120)]})
        first = self.products()
        self.assertEqual((len(first["result"]["products"]), first["total"],
                          first["next"]), (50, 120, 50))
        last = self.products(start=100)
        self.assertEqual(len(last["result"]["products"]), 20)
        self.assertNotIn("next", last)
        aligned = self.products(start=70)["result"]["products"]
        self.assertEqual(aligned[0]["xmlId"], "x50")

    def test_start_minus_one_counts_nothing(self):
        self.control("load", {"products": [
            {"name": "N%d" % n} for n in range(60)]})
        answer = self.products({">id": 110}, start=-1, order={"id": "asc"})
        self.assertEqual(len(answer["result"]["products"]), 50)
        self.assertNotIn("total", answer)
        self.assertNotIn("next", answer)
        self.assertGreater(answer["result"]["products"][0]["id"], 110)

    def test_empty_list_for_an_integer_is_one(self):
        self.product()
        self.assertEqual(self.products({"id": []})["total"], 0)
        self.control("load", {"products": [{"id": 1, "name": "first"}]})
        self.assertEqual(self.products({"id": []})["total"], 1)

    def test_wrong_types_of_parameters(self):
        self.refused("catalog.price.list", {"filter": "x"}, 100)
        self.refused("catalog.section.get", {"id": "abc"}, 100)

    def test_text_of_goods_without_a_prefix_is_a_mask(self):
        for mark in ("1_", "12", "a\\b", "ab"):
            self.product(xmlId=mark)

        def found(given):
            return [row["xmlId"] for row in
                    self.products(given)["result"]["products"]]
        self.assertEqual(found({"xmlId": "1_"}), ["1_", "12"])
        self.assertEqual(found({"xmlId": ["1%"]}), ["1_", "12"])
        self.assertEqual(found({"xmlId": "1\\_"}), ["1_"])
        self.assertEqual(found({"xmlId": "a\\b"}), ["ab"])
        self.assertEqual(found({"=xmlId": ["1_", "a\\b"]}), ["1_", "a\\b"])

    def test_prefixes(self):
        for name in ("Альфа", "Бета", "Гамма"):
            self.product(name=name)
        for given, want in (({"%name": "ет"}, 1), ({"=%name": "%а"}, 3),
                            ({"!name": "альфа"}, 2), ({"!%name": "ам"}, 2),
                            ({">=id": 104}, 2), ({"<id": 104}, 1)):
            self.assertEqual(self.products(given)["total"], want, given)

    def test_order(self):
        for name in ("Б", "А", "В"):
            self.product(name=name)
        rows = self.products(order={"name": "desc"})["result"]["products"]
        self.assertEqual([r["name"] for r in rows], ["В", "Б", "А"])

    def test_filter_by_property(self):
        prop = self.rest("catalog.productProperty.add", {"fields": {
            "iblockId": 14, "name": "Артикул", "propertyType": "S",
            "code": "CML2_ARTICLE"}})["result"]["productProperty"]["id"]
        self.product(**{"property%d" % prop: "A-1"})
        self.product(**{"property%d" % prop: "A-2"})
        self.assertEqual(self.products({"property%d" % prop: "a-2"})["total"],
                         1)

    def test_currencies_have_numbers_as_strings(self):
        row = self.rest("crm.currency.list")["result"][0]
        self.assertEqual((row["CURRENCY"], row["AMOUNT_CNT"]), ("RUB", "1"))


class Sections(Case):
    def test_required_fields(self):
        self.refused("catalog.section.add", {"fields": {"name": "x"}}, 0)
        self.refused("catalog.section.add", {"fields": {}}, 100)
        ident = self.section()["id"]
        self.refused("catalog.section.update",
                     {"id": ident, "fields": {"name": "y"}}, 0)

    def test_unknown_iblock_and_parent(self):
        self.refused("catalog.section.add", {"fields": {
            "iblockId": 99, "name": "x"}}, 200700300050)
        self.refused("catalog.section.add", {"fields": {
            "iblockId": 14, "name": "x", "iblockSectionId": 5}}, 200700300000)

    def test_code_is_unique_and_xml_id_is_not(self):
        self.section(code="paper", xmlId="g")
        self.section(xmlId="g")
        self.refused("catalog.section.add", {"fields": {
            "iblockId": 14, "name": "x", "code": "paper"}}, 200700300040)

    def test_a_section_cannot_move_into_itself(self):
        outer = self.section()["id"]
        inner = self.section(iblockSectionId=outer)["id"]
        self.refused("catalog.section.update", {"id": outer, "fields": {
            "iblockId": 14, "name": "x", "iblockSectionId": inner}},
            200700300010)

    def test_deleting_takes_everything_in_it(self):
        outer = self.section()["id"]
        inner = self.section(iblockSectionId=outer)["id"]
        product = self.product(iblockSectionId=inner)["id"]
        self.rest("catalog.price.add", {"fields": {
            "productId": product, "catalogGroupId": 1, "price": 1,
            "currency": "RUB"}})
        self.rest("catalog.section.delete", {"id": outer})
        dump = self.control("dump")
        self.assertEqual((dump["sections"], dump["products"], dump["prices"]),
                         ([], [], []))
        self.assertEqual(dump["deleted"]["sections"], [outer, inner])
        self.refused("catalog.section.get", {"id": inner}, 200700300030)


class Products(Case):
    def test_required_fields(self):
        self.refused("catalog.product.add", {"fields": {"name": "x"}}, 0)
        self.refused("catalog.product.add", {}, 100)

    def test_xml_id_defaults_to_the_own_id_and_may_repeat(self):
        element = self.product()
        self.assertEqual(element["xmlId"], str(element["id"]))
        self.product(xmlId="a")
        self.product(xmlId="a")

    def test_code_is_unique_in_its_catalogue(self):
        self.product(code="paper")
        self.refused("catalog.product.add", {"fields": {
            "iblockId": 14, "name": "x", "code": "paper"}}, 0)
        self.product(code="paper", iblockId=15)

    def test_ids_of_other_things_are_checked(self):
        for name in ("measure", "vatId", "iblockSectionId", "createdBy"):
            self.refused("catalog.product.add", {"fields": {
                "iblockId": 14, "name": "x", name: 796}}, 0)
        self.refused("catalog.product.add", {"fields": {
            "iblockId": 77, "name": "x"}}, 200040300000)

    def test_unknown_and_read_only_fields_vanish(self):
        element = self.product(NAME="y", weird=1, id=5, available="N")
        self.assertEqual((element["name"], element["available"]),
                         ("Бумага", "Y"))
        self.assertNotEqual(element["id"], 5)
        self.assertNotIn("weird", element)

    def test_zero_and_empty_are_read_as_null(self):
        element = self.product(quantity=0, detailText="")
        self.assertIsNone(element["quantity"])
        self.assertIsNone(element["detailText"])
        self.assertEqual(self.product(quantity="2.5")["quantity"], 2.5)

    def test_update_keeps_what_is_not_given(self):
        ident = self.product(quantity=3)["id"]
        answer = self.rest("catalog.product.update", {
            "id": ident, "fields": {"active": "N"}})["result"]["element"]
        self.assertEqual((answer["active"], answer["quantity"]), ("N", 3))

    def test_update_refuses_iblock_id_as_a_number(self):
        ident = self.product()["id"]
        self.refused("catalog.product.update", {
            "id": ident, "fields": {"iblockId": 14, "name": "x"}}, 0)

    def test_update_of_nothing_and_of_a_stranger(self):
        self.refused("catalog.product.update", {"id": 5, "fields": {}}, 100)
        self.refused("catalog.product.update",
                     {"id": 5, "fields": {"name": "x"}}, 0)

    def test_truth_is_no_flag(self):
        self.assertEqual(self.product(active=True)["active"], "N")

    def test_property_in_update_needs_an_object(self):
        prop = self.rest("catalog.productProperty.add", {"fields": {
            "iblockId": 14, "name": "Артикул",
            "propertyType": "S"}})["result"]["productProperty"]["id"]
        name = "property%d" % prop
        added = self.product(**{name: "A-1"})
        self.assertEqual(added[name]["value"], "A-1")

        def update(value):
            return self.rest("catalog.product.update", {
                "id": added["id"],
                "fields": {name: value}})["result"]["element"][name]
        self.assertEqual(update("B-2")["value"], "A-1")
        self.assertEqual(update(["B-2"])["value"], "A-1")
        changed = update({"value": "B-2"})
        self.assertEqual(changed["value"], "B-2")
        self.assertNotEqual(changed["valueId"], added[name]["valueId"])
        kept = update({"value": "C", "valueId": changed["valueId"]})
        self.assertEqual(kept["valueId"], changed["valueId"])
        self.assertIsNone(update({"value": ""}))

    def test_unknown_property_vanishes(self):
        self.assertNotIn("property12345", self.product(property12345="x"))

    def test_property_errors_are_strings(self):
        self.refused("catalog.productProperty.add",
                     {"fields": {"name": "x"}}, "0")
        self.refused("catalog.productProperty.get", {"id": 12345}, "")

    def test_inventory_management_owns_the_quantity(self):
        self.control("config", {"inventory": True})
        self.assertEqual(self.rest("catalog.document.mode.status")["result"],
                         "Y")
        self.assertIsNone(self.product(quantity=5)["quantity"])
        self.control("config", {"inventory_quantity": "refuse"})
        self.refused("catalog.product.add", {"fields": {
            "iblockId": 14, "name": "x", "quantity": 5}}, 0)

    def test_rights(self):
        self.control("config", {"admin": False})
        self.refused("catalog.product.add", {"fields": {
            "iblockId": 14, "name": "x"}}, 200040300040)
        self.refused("catalog.price.add", {"fields": {"price": 1}},
                     200040300020)
        self.control("config", {"can_read": False})
        self.refused("catalog.vat.list", {}, 200040300010)


class Prices(Case):
    def setUp(self):
        super().setUp()
        self.owner = self.product()["id"]

    def fields(self, **more):
        return {"fields": {"productId": self.owner, "catalogGroupId": 1,
                           "price": "10.50", "currency": "RUB", **more}}

    def test_one_price_per_product_and_type(self):
        row = self.rest("catalog.price.add", self.fields())["result"]["price"]
        self.assertEqual((row["price"], row["timestampX"][:4]),
                         (10.5, "1970"))
        text = self.refused("catalog.price.add", self.fields(), 0)
        self.assertIn("single price", text)
        self.rest("catalog.price.add", self.fields(catalogGroupId=2))

    def test_checks(self):
        self.refused("catalog.price.add", self.fields(catalogGroupId=9), 0)
        self.refused("catalog.price.add", self.fields(productId=9), 0)
        self.refused("catalog.price.add", self.fields(currency="XXX"), 0)
        self.refused("catalog.price.add", self.fields(price=None), 0)
        self.refused("catalog.price.get", {"id": 5}, "-")

    def test_update_needs_price_and_currency(self):
        ident = self.rest("catalog.price.add",
                          self.fields())["result"]["price"]["id"]
        self.refused("catalog.price.update",
                     {"id": ident, "fields": {"price": 2}}, 0)
        row = self.rest("catalog.price.update", {"id": ident, "fields": {
            "price": 2, "currency": "USD"}})["result"]["price"]
        self.assertEqual((row["price"], row["currency"]), (2, "USD"))

    def test_modify_replaces_the_set(self):
        first = self.rest("catalog.price.add",
                          self.fields())["result"]["price"]["id"]
        self.rest("catalog.price.modify", {"fields": {"product": {
            "id": self.owner, "prices": [
                {"catalogGroupId": 2, "price": 7, "currency": "RUB"}]}}})
        prices = self.control("dump")["prices"]
        self.assertEqual([p["catalogGroupId"] for p in prices], [2])
        self.assertEqual(self.control("dump")["deleted"]["prices"], [first])

    def test_decimals_of_the_column(self):
        self.control("config", {"price_decimals": 2})
        row = self.rest("catalog.price.add", self.fields(price="1.005"))
        self.assertEqual(row["result"]["price"]["price"], 1.01)


if __name__ == "__main__":
    unittest.main()
