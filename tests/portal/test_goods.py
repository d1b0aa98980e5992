"""Proves the forms of goods and their pictures: strictness and traps."""

import base64
import hashlib
import os
import sys
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal_case import Case            # noqa: E402

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 9
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "


def coded(data):
    return base64.b64encode(data).decode()


class Goods(Case):
    def setUp(self):
        super().setUp()
        self.control("reset", {"list_types": "own", "lone_enum": "value",
                               "add_scalars": "accept", "image_max": 1024,
                               "update_times": "object",
                               "empty_times": "clear"})

    def add(self, form, key, **fields):
        fields = {"iblockId": 15 if form == "offer" else 14, "name": "Обувь",
                  **fields}
        answer = self.rest("catalog.product.%s.add" % form,
                           {"fields": fields})
        return answer["result"][key]

    def parent(self, **fields):
        return self.add("sku", "sku", **fields)

    def offer(self, **fields):
        return self.add("offer", "offer", **fields)

    def service(self, **fields):
        return self.add("service", "service", **fields)

    def list(self, form, key, given=None, select=(), iblock=None):
        iblock = iblock or (15 if form == "offer." else 14)
        answer = self.rest("catalog.product.%slist" % form, {
            "select": ["id", "iblockId", *select],
            "filter": {"iblockId": iblock, **(given or {})}})
        return answer["result"][key]

    def ids(self, *args, **more):
        return [row["id"] for row in self.list(*args, **more)]

    def row(self, ident):
        return [row for row in self.control("dump")["products"]
                if row["id"] == ident][0]


class Forms(Goods):
    def test_each_form_answers_under_its_own_keys(self):
        parent = self.parent()
        offer = self.offer(parentId=parent["id"])
        service = self.service()
        self.assertEqual([parent["type"], offer["type"], service["type"]],
                         [6, 4, 7])
        for form, key, good in (("offer.", "offer", offer),
                                ("sku.", "sku", parent),
                                ("service.", "service", service)):
            got = self.rest("catalog.product.%sget" % form,
                            {"id": good["id"]})["result"][key]
            self.assertEqual(got["id"], good["id"])
            got = self.rest("catalog.product.%supdate" % form, {
                "id": good["id"], "fields": {"name": "Другое"}})
            self.assertEqual(got["result"][key]["name"], "Другое")
            self.assertIs(self.rest("catalog.product.%sdelete" % form,
                                    {"id": good["id"]})["result"], True)

    def test_further_sections_are_taken_and_shown_by_nothing(self):
        sections = [self.rest("catalog.section.add", {"fields": {
            "iblockId": 14, "name": name}})["result"]["section"]["id"]
            for name in "AB"]
        made = self.parent(iblockSectionId=sections[1],
                           IblockSection=[*sections, 4711])
        self.assertNotIn("iblockSection", made)
        row = self.row(made["id"])
        self.assertEqual([row["iblockSectionId"], row["sections"]],
                         [sections[1], sections[:1]])
        self.rest("catalog.product.sku.update", {"id": made["id"], "fields": {
            "iblockSectionId": sections[1]}})
        self.assertEqual(self.row(made["id"])["sections"], [])

    def test_each_form_sees_only_its_own_types(self):
        simple = self.product()["id"]
        parent = self.parent()["id"]
        full = self.parent()["id"]
        offer = self.offer(parentId=full)["id"]
        free = self.offer()["id"]
        service = self.service()["id"]
        own = {"": [simple], "sku.": [parent, full], "offer.": [offer, free],
               "service.": [service]}
        for form, key in (("", "products"), ("sku.", "units"),
                          ("offer.", "offers"), ("service.", "services")):
            self.assertEqual(self.ids(form, key), own[form], form)
            for other in own:
                if other == form:
                    continue
                for ident in own[other]:
                    for name, more in (("get", {}), ("delete", {}), (
                            "update", {"fields": {"name": "x"}})):
                        self.refused("catalog.product." + form + name,
                                     {"id": ident, **more}, 0)

    def test_lists_may_show_all_types_of_a_catalogue(self):
        self.control("config", {"list_types": "all"})
        ids = [self.product()["id"], self.parent()["id"],
               self.service()["id"]]
        self.offer()
        for form, key in (("", "products"), ("sku.", "units"),
                          ("service.", "services")):
            self.assertEqual(self.ids(form, key), ids)

    def test_a_type_in_the_filter_narrows_the_own_ones(self):
        empty = self.parent()["id"]
        full = self.parent()["id"]
        self.offer(parentId=full)
        self.product()
        self.assertEqual(self.ids("sku.", "units", {"type": 3}), [full])
        self.assertEqual(self.ids("sku.", "units", {"=type": 6}), [empty])
        self.assertEqual(self.ids("sku.", "units", {"type": [1, 3]}), [full])

    def test_lists_are_as_strict_as_that_of_products(self):
        for form in ("sku.", "offer.", "service."):
            name = "catalog.product." + form + "list"
            self.refused(name, {"select": ["id"],
                                "filter": {"iblockId": 14}}, 0)
            self.refused(name, {"select": ["id", "iblockId"]}, 0)

    def test_a_form_has_its_catalogue(self):
        for form, iblock in (("sku", 15), ("offer", 14), ("service", 15)):
            name = "catalog.product.%s." % form
            text = self.refused(name + "add", {"fields": {
                "iblockId": iblock, "name": "x"}}, 0)
            self.assertIn("not allowed", text)
            self.refused(name + "list", {
                "select": ["id", "iblockId"],
                "filter": {"iblockId": iblock}}, 0)
            self.refused(name + "getFieldsByFilter",
                         {"filter": {"iblockId": iblock}}, 0)
            self.refused(name + "add", {"fields": {
                "iblockId": 77, "name": "x"}}, 200040300000)

    def test_without_a_catalogue_of_offers_there_are_no_parents(self):
        catalogs = [row for row in self.control("config")["catalogs"]
                    if row["id"] == 14]
        kept = self.control("config")["catalogs"]
        self.control("reset", {"catalogs": catalogs})
        try:
            self.refused("catalog.product.sku.add", {"fields": {
                "iblockId": 14, "name": "x"}}, 0)
            self.service()
        finally:
            self.control("reset", {"catalogs": kept})

    def test_required_fields_and_rights(self):
        for form, iblock in (("sku", 14), ("offer", 15), ("service", 14)):
            name = "catalog.product.%s." % form
            self.refused(name + "add", {"fields": {"iblockId": iblock}}, 0)
            self.refused(name + "add", {}, 100)
            self.refused(name + "get", {}, 100)
        self.control("config", {"admin": False})
        self.refused("catalog.product.offer.add", {"fields": {
            "iblockId": 15, "name": "x"}}, 200040300040)
        self.control("config", {"can_read": False})
        self.refused("catalog.product.service.get", {"id": 1}, 200040300010)

    def test_code_is_unique_among_all_forms(self):
        self.parent(code="shoe")
        self.refused("catalog.product.service.add", {"fields": {
            "iblockId": 14, "name": "x", "code": "shoe"}}, 0)
        self.offer(code="shoe")

    def test_fields_of_trade_of_a_parent_are_ignored(self):
        parent = self.parent(quantity=5, measure=5, vatId=4, weight=10,
                             canBuyZero="Y", xmlId="p")
        held = self.row(parent["id"])
        self.assertEqual([held[name] for name in (
            "quantity", "measure", "vatId", "weight", "canBuyZero", "xmlId")],
            [0, None, None, None, "N", "p"])
        self.rest("catalog.product.sku.update", {
            "id": parent["id"], "fields": {"quantity": 7}})
        self.assertEqual(self.row(parent["id"])["quantity"], 0)

    def test_a_service_has_tax_but_no_stock(self):
        service = self.service(vatId=4, measure=5, quantity=3, weight=2)
        self.assertEqual(service["vatId"], 4)
        for name in ("measure", "quantity", "weight", "quantityTrace"):
            self.assertNotIn(name, service)
        row = self.row(service["id"])
        self.assertEqual((row["measure"], row["quantity"], row["weight"]),
                         (None, 0, None))

    def test_fields_by_filter(self):
        fields = self.rest("catalog.product.offer.getFieldsByFilter", {
            "filter": {"iblockId": 15}})["result"]["offer"]
        self.assertEqual((fields["parentId"]["userType"],
                          fields["property91"]["propertyType"]), ("SKU", "F"))
        self.assertNotIn("property90", fields)
        fields = self.rest("catalog.product.sku.getFieldsByFilter", {
            "filter": {"iblockId": 14}})["result"]["sku"]
        self.assertTrue(fields["quantity"]["isReadOnly"])
        self.assertNotIn("parentId", fields)
        fields = self.rest("catalog.product.service.getFieldsByFilter", {
            "filter": {"iblockId": 14}})["result"]["service"]
        self.assertNotIn("measure", fields)

    def test_a_product_in_the_catalogue_of_offers_is_one_without_parent(self):
        self.assertEqual(self.product(iblockId=15)["type"], 5)
        self.assertEqual(self.ids("", "products", iblock=15), [])
        self.assertEqual(len(self.ids("offer.", "offers")), 1)


class Parents(Goods):
    def test_a_parent_of_an_offer_is_shown_as_a_value(self):
        parent = self.parent()["id"]
        offer = self.offer(parentId=parent)
        self.assertEqual(offer["parentId"]["value"], str(parent))
        self.assertIn("valueId", offer["parentId"])
        rows = self.list("offer.", "offers", select=["parentId"])
        self.assertEqual(rows[0]["parentId"], offer["parentId"])
        self.assertIsNone(self.offer()["parentId"])

    def test_what_is_no_parent_is_refused(self):
        others = [self.product()["id"], self.service()["id"],
                  self.offer()["id"], 9999]
        for ident in others:
            text = self.refused("catalog.product.offer.add", {"fields": {
                "iblockId": 15, "name": "x", "parentId": ident}}, 0)
            self.assertEqual(text, "Parent product not found")

    def test_a_parent_is_of_type_3_while_it_has_offers(self):
        parent = self.parent()["id"]
        first = self.offer(parentId=parent)["id"]
        second = self.offer(parentId=parent)["id"]
        self.assertEqual(self.row(parent)["type"], 3)
        self.rest("catalog.product.offer.delete", {"id": first})
        self.assertEqual(self.row(parent)["type"], 3)
        self.rest("catalog.product.offer.delete", {"id": second})
        self.assertEqual(self.row(parent)["type"], 6)

    def test_update_moves_an_offer_only_by_a_value(self):
        old, new = self.parent()["id"], self.parent()["id"]
        offer = self.offer(parentId=old)["id"]

        def update(value):
            self.rest("catalog.product.offer.update", {
                "id": offer, "fields": {"parentId": value}})
            return self.row(offer)["parentId"]
        self.assertEqual(update(new), old)
        self.assertEqual(update({"value": str(new)}), new)
        self.assertEqual([self.row(old)["type"], self.row(new)["type"]],
                         [6, 3])
        self.refused("catalog.product.offer.update", {
            "id": offer, "fields": {"parentId": {"value": 9999}}}, 0)
        self.assertIsNone(update({"value": ""}))
        self.assertEqual(self.row(offer)["type"], 5)

    def test_offers_of_a_parent_are_found(self):
        one, two = self.parent()["id"], self.parent()["id"]
        first = self.offer(parentId=one)["id"]
        second = self.offer(parentId=two)["id"]
        third = self.offer(parentId=one)["id"]
        self.assertEqual(self.ids("offer.", "offers", {"parentId": one}),
                         [first, third])
        self.assertEqual(self.ids("offer.", "offers",
                                  {"parentId": [one, str(two)]}),
                         [first, second, third])

    def test_a_batch_may_hold_a_chain(self):
        result = self.batch({
            "p": "catalog.product.sku.add?fields[iblockId]=14&fields[name]=P",
            "o": "catalog.product.offer.add?fields[iblockId]=15"
                 "&fields[name]=O&fields[parentId]=$result[p][sku][id]"})
        parent = result["result"]["p"]["sku"]["id"]
        self.assertEqual(result["result"]["o"]["offer"]["parentId"]["value"],
                         str(parent))

    def test_deleting_a_parent_takes_all_that_hangs_on_it(self):
        parent = self.parent()["id"]
        offer = self.offer(parentId=parent)["id"]
        other = self.offer()["id"]
        self.rest("catalog.price.add", {"fields": {
            "productId": offer, "catalogGroupId": 1, "price": 5,
            "currency": "RUB"}})
        self.control("load", {
            "images": [{"productId": offer, "name": "a.png"},
                       {"productId": parent, "name": "b.png"}],
            "store_products": [{"productId": offer, "storeId": 1}]})
        self.rest("catalog.product.sku.delete", {"id": parent})
        dump = self.control("dump")
        self.assertEqual([row["id"] for row in dump["products"]], [other])
        for name in ("prices", "images", "store_products"):
            self.assertEqual(dump[name], [], name)
        self.assertEqual(dump["deleted"]["products"], [parent, offer])
        self.assertEqual(len(dump["deleted"]["images"]), 2)

    def test_a_section_takes_its_parents_with_their_offers(self):
        section = self.section()["id"]
        self.offer(parentId=self.parent(iblockSectionId=section)["id"])
        self.rest("catalog.section.delete", {"id": section})
        self.assertEqual(self.control("dump")["products"], [])

    def test_a_parent_has_no_prices(self):
        full = self.parent()["id"]
        offer = self.offer(parentId=full)["id"]
        price = {"catalogGroupId": 1, "price": 5, "currency": "RUB"}
        for ident in (full, self.parent()["id"]):
            self.refused("catalog.price.add", {"fields": {
                **price, "productId": ident}}, 0)
        for ident in (offer, self.service()["id"]):
            self.rest("catalog.price.add", {"fields": {
                **price, "productId": ident}})

    def test_loaded_offers_get_their_type_from_their_catalogue(self):
        self.control("load", {"products": [
            {"id": 1, "type": 3}, {"id": 2, "iblockId": 15, "parentId": 1},
            {"id": 3, "iblockId": 15}, {"id": 4}]})
        self.assertEqual([row["type"] for row in
                          self.control("dump")["products"]], [3, 4, 5, 1])


class Values(Goods):
    def property(self, iblock=14, kind="S", **fields):
        return self.rest("catalog.productProperty.add", {"fields": {
            "iblockId": iblock, "name": "Свойство", "propertyType": kind,
            **fields}})["result"]["productProperty"]["id"]

    def test_offers_are_found_by_a_list_of_values(self):
        number = self.property(15)
        name = "property%d" % number
        ids = [self.offer(**{name: text})["id"] for text in ("A1", "b2", "c")]
        self.assertEqual(self.ids("offer.", "offers", {name: ["a1", "B2"]}),
                         ids[:2])
        self.assertEqual(self.ids("offer.", "offers", {name: "c"}), ids[2:])

    def test_values_of_lists_are_ids_that_there_are(self):
        number = self.property(kind="L")
        self.control("load", {"property_enums": [
            {"id": 301, "propertyId": number, "value": "Да"},
            {"id": 302, "propertyId": number, "value": "Нет"},
            {"id": 303, "propertyId": 89, "value": "x"}]})
        name = "property%d" % number
        good = self.product(**{name: 301})
        self.assertEqual(good[name]["value"], "301")
        self.assertIsNone(self.product(**{name: 303})[name])
        self.assertIsNone(self.product(**{name: "Да"})[name])
        for wanted in (301, "301", [301, 302]):
            self.assertEqual(self.ids("", "products", {name: wanted}),
                             [good["id"]])

    def test_numbers_are_compared_as_numbers(self):
        name = "property%d" % self.property(kind="N")
        good = self.product(**{name: "5.50"})["id"]
        self.assertEqual(self.ids("", "products", {name: 5.5}), [good])

    def test_a_list_of_one_value_may_be_a_flag(self):
        number = self.property(kind="L")
        self.control("load", {"property_enums": [
            {"id": 301, "propertyId": number, "value": "Да"}]})
        self.control("config", {"lone_enum": "flag"})
        name = "property%d" % number
        good = self.product(**{name: "Y"})
        self.assertEqual(good[name], "Y")
        self.assertEqual(self.product()[name], "N")
        self.assertEqual(self.product(**{name: 301})[name], "N")

        def update(value):
            return self.rest("catalog.product.update", {
                "id": good["id"], "fields": {name: {"value": value}}}
                )["result"]["element"][name]
        self.assertEqual(update("N"), "N")
        self.assertEqual(update("Y"), "Y")
        self.assertEqual(update("301"), "N")
        self.assertEqual(update("Y"), "Y")
        row = self.row(good["id"])
        self.assertEqual(row["properties"][str(number)][0]["value"], "301")
        self.control("load", {"property_enums": [
            {"id": 302, "propertyId": number, "value": "Нет"}]})
        rows = self.list("", "products", {"id": good["id"]}, select=[name])
        self.assertEqual(rows[0][name]["value"], "301")

    def test_a_multiple_list_of_one_value_is_no_flag(self):
        number = self.property(kind="L", multiple="Y")
        self.control("load", {"property_enums": [
            {"id": 303, "propertyId": number, "value": "Да"}]})
        self.control("config", {"lone_enum": "flag"})
        name = "property%d" % number
        values = [one["value"] for one in self.product(**{name: [303]})[name]]
        self.assertEqual(values, ["303"])

    def test_bare_values_in_add_may_be_ignored(self):
        name = "property%d" % self.property(kind="S")
        self.control("config", {"add_scalars": "ignore"})
        self.assertIsNone(self.product(**{name: "x"})[name])
        self.assertEqual(self.product(**{name: {"value": "x"}})[name]["value"],
                         "x")

    def test_times_in_update_have_one_shape_or_the_other(self):
        number = self.property(kind="S", userType="Date")
        name = "property%d" % number
        good = self.product(**{name: "2026-01-01"})

        def update(value):
            shown = self.rest("catalog.product.update", {
                "id": good["id"], "fields": {name: value}})["result"][
                    "element"][name]
            return shown and shown["value"]
        self.assertEqual(update([{"value": "2026-01-02"}]), "2026-01-01")
        self.assertEqual(update({"value": "2026-01-02"}), "2026-01-02")
        self.control("config", {"update_times": "list"})
        self.assertEqual(update({"value": "2026-01-03"}), "2026-01-02")
        self.assertEqual(update([{"value": "2026-01-03"}]), "2026-01-03")
        self.control("config", {"empty_times": "ignore"})
        self.assertEqual(update([{"value": ""}]), "2026-01-03")
        self.control("config", {"empty_times": "clear"})
        self.assertIsNone(update([{"value": ""}]))

    def test_properties_that_rest_does_not_know_are_not_there(self):
        for more in ({"active": "N"}, {"userType": "directory"}):
            name = "property%d" % self.property(kind="S", **more)
            self.assertNotIn(name, self.product(**{name: "x"}))
        money = "property%d" % self.property(kind="S", userType="Money")
        self.assertIsNone(self.product(**{money: "10"})[money])
        self.assertEqual(self.product(**{money: "10|RUB"})[money]["value"],
                         "10|RUB")

    def test_answers_of_a_parent_have_no_trade(self):
        parent = self.parent(vatId=4, vatIncluded="Y")
        self.assertNotIn("vatId", parent)
        self.assertNotIn("vatIncluded", parent)
        rows = self.list("sku.", "units", select=["vatId"])
        self.assertIsNone(rows[0]["vatId"])

    def test_price_types_have_titles(self):
        rows = self.rest("catalog.priceTypeLang.list", {
            "select": ["catalogGroupId", "name"], "filter": {"lang": "ru"}}
            )["result"]["priceTypeLangs"]
        self.assertEqual(rows[0], {"catalogGroupId": 1,
                                   "name": "Розничная цена"})

    def test_sections_and_properties_do_not_know_the_at_sign(self):
        for n in range(2):
            self.rest("catalog.section.add", {"fields": {
                "iblockId": 14, "name": "S%d" % n, "xmlId": "s%d" % n}})
        for key, count in (("@xmlId", 2), ("=xmlId", 1)):
            answer = self.rest("catalog.section.list", {"filter": {
                "iblockId": 14, key: ["s1"]}})
            self.assertEqual(answer["total"], count)
        answer = self.rest("catalog.productProperty.list",
                           {"filter": {"@id": [89]}})
        self.assertEqual(answer["total"], 3)

    def test_both_catalogues_have_a_gallery(self):
        rows = self.rest("catalog.productProperty.list", {
            "filter": {"code": "MORE_PHOTO"}})["result"]["productProperties"]
        self.assertEqual([(row["id"], row["iblockId"]) for row in rows],
                         [(89, 14), (91, 15)])


class Pictures(Goods):
    def picture(self, good, field="detailPicture"):
        return self.row(good)[field]

    def update(self, good, value, field="detailPicture"):
        return self.rest("catalog.product.update", {
            "id": good, "fields": {field: value}})["result"]["element"]

    def test_a_picture_is_a_file_with_an_address(self):
        good = self.product(detailPicture={"fileData": ["a.png", coded(PNG)]})
        shown = good["detailPicture"]
        held = self.picture(good["id"])
        self.assertEqual(held, {
            "id": held["id"], "name": "a.png", "size": len(PNG),
            "hash": hashlib.sha256(PNG).hexdigest()})
        self.assertEqual(sorted(shown), ["id", "url", "urlMachine"])
        self.assertEqual(shown["id"], str(held["id"]))
        rows = self.list("", "products", select=["detailPicture",
                                                 "previewPicture"])
        self.assertEqual(rows[0]["detailPicture"], shown)
        self.assertIsNone(rows[0]["previewPicture"])

    def test_all_forms_have_pictures(self):
        file = {"fileData": ["a.jpg", coded(JPEG)]}
        for good in (self.parent(previewPicture=file),
                     self.offer(previewPicture=file),
                     self.service(previewPicture=file)):
            self.assertEqual(self.picture(good["id"], "previewPicture")
                             ["size"], len(JPEG))

    def test_a_picture_in_a_batch(self):
        self.batch({"a": "catalog.product.add?fields[iblockId]=14"
                    "&fields[name]=P&fields[detailPicture][fileData][0]=a.png"
                    "&fields[detailPicture][fileData][1]="
                    + quote(coded(PNG), safe="")})
        row = self.control("dump")["products"][0]
        self.assertEqual(row["detailPicture"]["hash"],
                         hashlib.sha256(PNG).hexdigest())

    def test_it_is_replaced_and_removed(self):
        good = self.product(detailPicture={"fileData": ["a.png", coded(PNG)]})
        old = self.picture(good["id"])
        self.update(good["id"], {"fileData": ["b.webp", coded(WEBP)]})
        new = self.picture(good["id"])
        self.assertEqual(new["name"], "b.webp")
        self.assertNotEqual(new["id"], old["id"])
        self.update(good["id"], {"remove": "Y"})
        self.assertIsNone(self.picture(good["id"]))

    def test_what_is_no_file_is_ignored(self):
        good = self.product(detailPicture={"fileData": ["a.png", coded(PNG)]})
        held = self.picture(good["id"])
        for value in ("x", ["a.png", coded(PNG)], {"fileData": ["a.png"]},
                      {"fileData": ["a.png", "***"]}, {"remove": "N"},
                      {"fileData": ["a.png", coded(PNG).replace("/", " ")]},
                      {"fileData": "a.png"}, {}, None):
            self.update(good["id"], value)
            self.assertEqual(self.picture(good["id"]), held, value)

    def test_a_file_that_is_no_picture_is_refused(self):
        good = self.product()["id"]
        for name, data in (("a.png", b"text"), ("a.txt", PNG),
                           ("a.png", PNG * 30)):
            self.refused("catalog.product.update", {
                "id": good, "fields": {"detailPicture": {
                    "fileData": [name, coded(data)]}}}, 0)
        self.assertIsNone(self.picture(good))


class Images(Goods):
    def add_image(self, good, name="a.png", data=PNG, **fields):
        return self.rest("catalog.productImage.add", {
            "fields": {"productId": good, **fields},
            "fileContent": [name, coded(data)]})["result"]["productImage"]

    def images(self, good, **more):
        return self.rest("catalog.productImage.list",
                         {"productId": good, **more})

    def refused_image(self, code, content=("a.png", coded(PNG)), **fields):
        return self.refused("catalog.productImage.add", {
            "fields": fields, "fileContent": list(content)}, code)

    def test_the_gallery_is_where_a_picture_goes(self):
        good = self.product()["id"]
        image = self.add_image(good)
        self.assertEqual(sorted(image), [
            "createTime", "detailUrl", "downloadUrl", "id", "name",
            "productId", "type"])
        self.assertEqual((image["name"], image["productId"], image["type"]),
                         ("a.png", good, "MORE_PHOTO"))
        row = self.control("dump")["images"][0]
        self.assertEqual((row["productId"], row["hash"], row["size"]),
                         (good, hashlib.sha256(PNG).hexdigest(), len(PNG)))
        self.assertNotEqual(self.add_image(good)["id"], image["id"])

    def test_the_list_has_the_two_of_the_fields_too(self):
        good = self.product()["id"]
        self.add_image(good, "m.png", type="MORE_PHOTO")
        self.add_image(good, "d.png", type="DETAIL_PICTURE")
        self.add_image(good, "p.jpg", JPEG, type="PREVIEW_PICTURE")
        self.add_image(self.product()["id"])
        answer = self.images(good)
        self.assertEqual(answer["total"], 3)
        self.assertEqual(
            [(row["type"], row["name"]) for row in
             answer["result"]["productImages"]],
            [("DETAIL_PICTURE", "d.png"), ("PREVIEW_PICTURE", "p.jpg"),
             ("MORE_PHOTO", "m.png")])
        dump = self.control("dump")
        self.assertEqual(len(dump["images"]), 2)
        self.assertEqual(self.row(good)["detailPicture"]["name"], "d.png")
        rows = self.images(good, select=["id", "name"])
        self.assertEqual(sorted(rows["result"]["productImages"][0]),
                         ["id", "name"])

    def test_ids_of_all_files_differ(self):
        self.control("load", {"products": [{"id": 1, "detailPicture": {
            "id": 7000, "name": "x.png", "hash": "", "size": 1}}]})
        self.assertGreater(self.add_image(1)["id"], 7000)

    def test_a_loaded_picture_without_an_id_gets_one(self):
        self.control("load", {"products": [
            {"id": 1, "detailPicture": {"name": "x.png"}}]})
        self.assertIsInstance(self.row(1)["detailPicture"]["id"], int)
        self.assertEqual(self.images(1)["total"], 1)

    def test_a_picture_of_the_gallery_in_a_batch(self):
        good = self.product()["id"]
        self.batch({"a": "catalog.productImage.add?fields[productId]=%d"
                         "&fields[type]=MORE_PHOTO&fileContent[0]=a.png"
                         "&fileContent[1]=%s"
                         % (good, quote(coded(PNG), safe=""))})
        self.assertEqual(self.control("dump")["images"][0]["hash"],
                         hashlib.sha256(PNG).hexdigest())

    def test_get_and_delete_need_the_right_good(self):
        good, other = self.product()["id"], self.product()["id"]
        image = self.add_image(good)["id"]
        detail = self.add_image(good, type="DETAIL_PICTURE")["id"]
        for name in ("get", "delete"):
            method = "catalog.productImage." + name
            self.refused(method, {"id": image}, 100)
            self.refused(method, {"productId": good}, 100)
            self.refused(method, {"productId": 9999, "id": image}, 0)
            self.refused(method, {"productId": other, "id": image}, 0)
            self.refused(method, {"productId": good, "id": 9999}, 0)
        for ident in (image, detail):
            params = {"productId": good, "id": ident}
            got = self.rest("catalog.productImage.get", params)["result"]
            self.assertEqual(got["productImage"]["id"], ident)
            self.assertIs(self.rest("catalog.productImage.delete",
                                    params)["result"], True)
        dump = self.control("dump")
        self.assertEqual((dump["images"], dump["deleted"]["images"]),
                         ([], [image]))
        self.assertIsNone(self.row(good)["detailPicture"])

    def test_all_forms_have_a_gallery(self):
        for good in (self.parent(), self.offer(), self.service()):
            self.add_image(good["id"])
        self.assertEqual(len(self.control("dump")["images"]), 3)

    def test_what_is_refused(self):
        good = self.product()["id"]
        name = "catalog.productImage.add"
        self.refused(name, {"fileContent": ["a.png", coded(PNG)]}, 100)
        self.refused(name, {"fields": {"productId": good}}, 100)
        self.refused(name, {"fields": {"productId": good},
                            "fileContent": "a.png"}, 100)
        self.refused_image(0, type="MORE_PHOTO")
        self.refused_image(0, productId=9999)
        for content, text in (
                (("", coded(PNG)), "not specified"),
                (("a/b.png", coded(PNG)), "invalid characters"),
                (("a" * 260 + ".png", coded(PNG)), "too long"),
                (("a.png", "***"), "Could not save"),
                (("a.png", coded(PNG * 30)), "Maximum upload file size"),
                (("a.txt", coded(PNG)), "Invalid file type"),
                (("a.png", coded(b"GIF90")), "Invalid file type")):
            self.assertIn(text, self.refused_image(0, content,
                                                   productId=good))
        self.assertEqual(self.control("dump")["images"], [])

    def test_the_gallery_wants_its_property(self):
        good, offer = self.product()["id"], self.offer()["id"]
        self.control("alter", {"entity": "properties", "id": 89,
                               "delete": True})
        self.assertIn("MORE_PHOTO", self.refused_image(0, productId=good))
        self.add_image(good, type="DETAIL_PICTURE")
        self.add_image(offer)

    def test_rights(self):
        good = self.product()["id"]
        self.control("config", {"admin": False})
        self.refused_image(200040300020, productId=good)
        self.refused("catalog.productImage.delete",
                     {"productId": good, "id": 1}, 200040300020)
        self.assertEqual(self.images(good)["total"], 0)
        self.control("config", {"can_read": False})
        self.refused("catalog.productImage.list", {"productId": good},
                     200040300010)

    def test_a_changed_gallery_touches_its_good(self):
        good = self.product()
        self.control("clock", {"add": 60})
        self.add_image(good["id"])
        self.assertNotEqual(self.row(good["id"])["timestampX"],
                            good["timestampX"])
