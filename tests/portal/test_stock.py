"""Stores, what lies in them, and the documents that move it."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal_case import Case      # noqa: E402

DOC = "catalog.document."
ELEMENT = DOC + "element."
STATUS = "ERROR_DOCUMENT_STATUS"
RIGHTS = "ERROR_DOCUMENT_RIGHTS"


class StockCase(Case):
    """Inventory management is on; two stores, 1 and 5, and a good, 101."""

    def setUp(self):
        super().setUp()
        self.control("config", {"inventory": True})
        self.control("load", {
            "products": [{"id": 101, "name": "Бумага"}],
            "stores": [{"id": 5, "title": "Второй", "address": "-",
                        "active": "Y"}]})

    def document(self, mark="S", **fields):
        return self.rest(DOC + "add", {"fields": {
            "docType": mark, "currency": "RUB", "responsibleId": 1,
            "title": "cml24 1", **fields}})["result"]["document"]

    def element(self, document, amount, product=101, status=200, **fields):
        answer = self.rest(ELEMENT + "add", {"fields": {
            "docId": document, "elementId": product, "amount": amount,
            **(fields or {"storeTo": 1})}}, status)
        return answer["result"]["documentElement"] if status == 200 \
            else answer["error"]

    def conducted(self, mark, amount, **side):
        ident = self.document(mark)["id"]
        self.element(ident, amount, **side)
        self.assertIs(self.conduct(ident), True)
        return ident

    def conduct(self, ident):
        return self.rest(DOC + "conduct", {"id": ident})["result"]

    def no_conduct(self, ident):
        return self.refused(DOC + "conduct", {"id": ident}, "0")

    def lies(self):
        rows = self.control("dump")["store_products"]
        return {(row["productId"], row["storeId"]): row["amount"]
                for row in rows}

    def quantity(self, ident=101):
        rows = self.control("dump")["products"]
        return [row["quantity"] for row in rows if row["id"] == ident][0]


class Stores(Case):
    def test_a_store_needs_an_address(self):
        for fields in ({"title": "Склад"}, {"title": "С", "address": ""}):
            text = self.refused("catalog.store.add", {"fields": fields}, 0)
            self.assertEqual(text, "Required fields: address")
        self.refused("catalog.store.add", {}, 100)
        row = self.rest("catalog.store.add", {"fields": {
            "title": "Склад", "address": "Склад", "xmlId": "w-1"}})[
                "result"]["store"]
        self.assertEqual((row["title"], row["xmlId"], row["active"],
                          row["sort"], row["issuingCenter"], row["code"]),
                         ("Склад", "w-1", "Y", 100, "N", None))
        self.assertEqual(row, self.rest("catalog.store.get", {
            "id": row["id"]})["result"]["store"])
        found = self.rest("catalog.store.list", {"filter": {"xmlId": "w-1"}})
        self.assertEqual([r["id"] for r in found["result"]["stores"]],
                         [row["id"]])

    def test_update(self):
        params = {"id": 1, "fields": {"title": "Главный"}}
        row = self.rest("catalog.store.update", params)["result"]["store"]
        self.assertEqual((row["title"], row["address"]), ("Главный", "-"))
        params = {"id": 1, "fields": {"address": ""}}
        self.refused("catalog.store.update", params, 0)
        params = {"id": 99, "fields": {"title": "x"}}
        self.refused("catalog.store.update", params, 201100000000)
        self.refused("catalog.store.get", {"id": 99}, 201100000000)

    def test_rights(self):
        self.control("config", {"admin": False})
        self.refused("catalog.store.add", {"fields": {"address": "-"}},
                     200040300020)
        self.refused("catalog.store.update",
                     {"id": 1, "fields": {"title": "x"}}, 200040300020)
        self.rest("catalog.store.get", {"id": 1})
        self.control("config", {"can_read": False})
        for name in ("store.get", "storeproduct.get"):
            self.refused("catalog." + name, {"id": 1}, 200040300010)
        for name in ("store.list", "store.getFields", "storeproduct.list",
                     "storeproduct.getFields"):
            self.refused("catalog." + name, {}, 200040300010)

    def test_fields(self):
        fields = self.rest("catalog.store.getFields")["result"]["store"]
        self.assertTrue(fields["address"]["isRequired"])
        fields = self.rest("catalog.storeproduct.getFields")["result"]
        self.assertTrue(all(f["isReadOnly"] for f in
                            fields["storeProduct"].values()))


class StoreProducts(StockCase):
    def setUp(self):
        super().setUp()
        self.control("load", {"store_products": [
            {"id": 1, "productId": 101, "storeId": 1, "amount": 4},
            {"id": 2, "productId": 101, "storeId": 5, "amount": 0},
            {"id": 3, "productId": 104, "storeId": 1, "amount": 2.5}]})

    def rows(self, given, **more):
        answer = self.rest("catalog.storeproduct.list",
                           {"filter": given, **more})
        return [row["id"] for row in answer["result"]["storeProducts"]]

    def test_by_goods_and_by_store(self):
        self.assertEqual(self.rows({"@productId": [101]}), [1, 2])
        self.assertEqual(self.rows({"@productId": [101, 104],
                                    "storeId": 1}), [1, 3])
        self.assertEqual(self.rows({"productId": 104}, start=-1), [3])
        self.assertEqual(self.rows({"%productId": 104}), [1, 2, 3])

    def test_zero_is_null(self):
        row = self.rest("catalog.storeproduct.get", {"id": 2})["result"]
        self.assertEqual(row["storeProduct"], {
            "id": 2, "productId": 101, "storeId": 5, "amount": None,
            "quantityReserved": None})
        self.refused("catalog.storeproduct.get", {"id": 9}, "-")

    def test_a_manager_sells_something(self):
        self.control("alter", {"entity": "store_products", "id": 1,
                               "set": {"amount": 3}})
        self.assertEqual((self.lies()[101, 1], self.quantity()), (3, 3))
        self.control("alter", {"entity": "store_products", "id": 1,
                               "delete": True})
        self.assertEqual(self.quantity(), 0)

    def test_without_inventory_management_the_quantity_is_its_own(self):
        self.control("config", {"inventory": False})
        self.control("alter", {"entity": "store_products", "id": 1,
                               "set": {"amount": 3}})
        self.assertEqual(self.quantity(), 0)

    def test_a_deleted_good_lies_nowhere(self):
        self.rest("catalog.product.delete", {"id": 101})
        self.assertEqual(list(self.lies()), [(104, 1)])


class Documents(StockCase):
    def test_types(self):
        rows = self.rest("catalog.enum.getStoreDocumentTypes")["result"]
        self.assertEqual([row["id"] for row in rows["enum"]],
                         ["A", "S", "M", "R", "D"])

    def test_a_draft(self):
        row = self.document("D", commentary="x", status="Y", id=7)
        self.assertNotEqual(row["id"], 7)
        self.assertEqual(
            (row["docType"], row["title"], row["status"], row["currency"],
             row["responsibleId"], row["siteId"], row["commentary"],
             row["createdBy"], row["total"]),
            ("D", "cml24 1", "N", "RUB", 1, "s1", "x", 1, None))
        self.assertTrue(row["docNumber"])

    def test_required_fields_and_wrong_ones(self):
        good = {"docType": "S", "currency": "RUB", "responsibleId": 1}
        for name in good:
            text = self.refused(DOC + "add",
                                {"fields": {**good, name: ""}}, "0")
            self.assertEqual(text, "Required fields: " + name)
        text = self.refused(DOC + "add",
                            {"fields": {**good, "docType": "X"}}, "0")
        self.assertEqual(text, "DOC_TYPE isn't available")
        for name, value in (("currency", "XXX"), ("responsibleId", 99)):
            self.refused(DOC + "add", {"fields": {**good, name: value}}, "0")
        self.refused(DOC + "add", {}, 100)

    def test_inventory_management_must_be_on(self):
        ident = self.document()["id"]
        self.element(ident, 1)
        self.control("config", {"inventory": False})
        good = {"docType": "S", "currency": "RUB", "responsibleId": 1}
        self.refused(DOC + "add", {"fields": good}, "0")
        text = self.no_conduct(ident)
        self.assertEqual(text, "Warehouse accounting must be enabled to "
                               "conduct the document")
        self.refused(DOC + "conductList", {"documentIds": [ident]}, "0")
        self.refused(DOC + "cancel", {"id": ident}, "0")
        self.refused(DOC + "delete", {"id": ident}, "0")
        self.assertEqual(self.lies(), {})

    def test_update_changes_what_it_may(self):
        ident = self.document()["id"]
        row = self.rest(DOC + "update", {"id": ident, "fields": {
            "title": "Новое", "docType": "D", "status": "Y"}})["result"]
        self.assertEqual((row["document"]["title"],
                          row["document"]["docType"],
                          row["document"]["status"]), ("Новое", "S", "N"))
        text = self.refused(DOC + "update",
                            {"id": 99, "fields": {"title": "x"}}, "0")
        self.assertEqual(text, "Document not found.")

    def test_list_by_title(self):
        first = self.document(title="cml24 17/1")["id"]
        self.document(title="cml24 17/10")
        answer = self.rest(DOC + "list", {
            "filter": {"title": "cml24 17/1"},
            "select": ["id", "status", "title"]})
        self.assertEqual(answer["result"]["documents"], [
            {"id": first, "status": "N", "title": "cml24 17/1"}])
        answer = self.rest(DOC + "list", {"filter": {"%title": "17/"}})
        self.assertEqual(answer["total"], 2)

    def test_delete_with_its_elements(self):
        ident = self.document()["id"]
        self.element(ident, 1)
        self.assertIs(self.rest(DOC + "delete", {"id": ident})["result"],
                      True)
        dump = self.control("dump")
        self.assertEqual((dump["documents"], dump["document_elements"]),
                         ([], []))
        self.assertEqual(dump["deleted"]["documents"], [ident])
        self.assertEqual(self.refused(DOC + "delete", {"id": ident}, "0"),
                         "Document not found")

    def test_a_conducted_one_is_not_deleted(self):
        ident = self.conducted("S", 1)
        answer = self.rest(DOC + "delete", {"id": ident})
        self.assertIsNone(answer["result"])
        result = self.batch({"a": DOC + "delete?id=%d" % ident})
        self.assertEqual((result["result"], result["result_error"]),
                         ({"a": None}, []))
        self.assertEqual(len(self.control("dump")["documents"]), 1)

    def test_rights(self):
        ident = self.document()["id"]
        element = self.element(ident, 1)["id"]
        self.control("config", {"admin": False})
        good = {"docType": "S", "currency": "RUB", "responsibleId": 1}
        self.assertIn("Insufficient permissions", self.refused(
            DOC + "add", {"fields": good}, "0"))
        self.refused(DOC + "update", {"id": ident, "fields": good}, "0")
        for name in ("delete", "conduct", "cancel"):
            self.assertIn("Insufficient", self.refused(
                DOC + name, {"id": ident}, "0"))
        self.refused(DOC + "conductList", {"documentIds": [ident]}, "0")
        self.assertEqual(self.element(ident, 1, status=400), RIGHTS)
        self.refused(ELEMENT + "delete", {"id": element}, RIGHTS)
        self.rest(DOC + "list")
        self.rest(ELEMENT + "list")
        self.control("config", {"can_read": False})
        self.refused(DOC + "list", {}, "0")
        self.refused(ELEMENT + "list", {}, RIGHTS)


class Elements(StockCase):
    def test_an_element(self):
        ident = self.document()["id"]
        row = self.element(ident, 15, storeTo=5, purchasingPrice=0)
        self.assertEqual(row, {
            "id": row["id"], "docId": ident, "elementId": 101, "amount": 15,
            "storeFrom": None, "storeTo": 5, "purchasingPrice": None})
        other = self.document()["id"]
        self.element(other, 1)
        answer = self.rest(ELEMENT + "list", {"filter": {"docId": ident}})
        self.assertEqual(answer["result"]["documentElements"], [row])

    def test_only_goods_that_can_lie_somewhere(self):
        self.control("load", {"products": [
            {"id": 200 + kind, "name": "T", "type": kind,
             "iblockId": 15 if kind in (4, 5) else 14}
            for kind in (1, 3, 4, 5, 6, 7)]})
        ident = self.document()["id"]
        for kind in (1, 4, 5):
            self.element(ident, 1, 200 + kind)
        for product in (203, 206, 207, 999):
            self.assertEqual(self.element(ident, 1, product, 400), 0)

    def test_amount_and_store(self):
        receipt = self.document("S")["id"]
        writeoff = self.document("D")["id"]
        for amount in (0, -1, None):
            self.assertEqual(self.element(receipt, amount, status=400), 0)
        for side in ({"storeFrom": 1}, {"storeTo": 99}):
            self.assertEqual(
                self.element(receipt, 1, status=400, **side), 0)
        self.assertEqual(
            self.element(writeoff, 1, status=400, storeTo=1), 0)
        self.element(writeoff, 1, storeFrom=1)

    def test_required_and_missing(self):
        ident = self.document()["id"]
        self.refused(ELEMENT + "add", {"fields": {"docId": ident}}, 0)
        self.refused(ELEMENT + "add", {"fields": {"elementId": 101}}, 0)
        self.assertEqual(self.element(99, 1, status=400), STATUS)
        self.refused(ELEMENT + "delete", {"id": 99}, STATUS)

    def test_delete(self):
        ident = self.document()["id"]
        row = self.element(ident, 1)
        self.rest(ELEMENT + "delete", {"id": row["id"]})
        self.assertEqual(self.control("dump")["document_elements"], [])

    def test_those_of_a_conducted_document_are_locked(self):
        ident = self.conducted("S", 3)
        self.assertEqual(self.element(ident, 1, status=400), STATUS)
        row = self.control("dump")["document_elements"][0]
        self.refused(ELEMENT + "delete", {"id": row["id"]}, STATUS)


class Conducting(StockCase):
    def test_a_receipt_adds(self):
        ident = self.conducted("S", 3)
        self.conducted("S", 0.1, storeTo=5)
        self.conducted("S", 0.2, storeTo=5)
        self.assertEqual(self.lies(), {(101, 1): 3, (101, 5): 0.3})
        self.assertEqual(self.quantity(), 3.3)
        dump = self.control("dump")
        self.assertEqual(dump["documents"][0]["status"], "Y")
        self.assertEqual(dump["documents"][0]["id"], ident)
        self.assertEqual(dump["products"][0]["available"], "Y")

    def test_a_write_off_takes(self):
        self.conducted("S", 3)
        self.conducted("S", 2, storeTo=5)
        self.conducted("D", 3, storeFrom=1)
        self.assertEqual(self.lies(), {(101, 1): 0, (101, 5): 2})
        self.assertEqual(self.quantity(), 2)

    def test_what_is_not_there_is_not_taken(self):
        self.conducted("S", 3)
        ident = self.document("D")["id"]
        self.element(ident, 2, storeFrom=1)
        self.element(ident, 2, storeFrom=1)
        self.assertIn("#101 (Бумага)", self.no_conduct(ident))
        self.assertEqual((self.lies(), self.quantity()), ({(101, 1): 3}, 3))
        self.assertEqual(self.control("dump")["documents"][1]["status"], "N")

    def test_all_of_it_or_nothing(self):
        self.control("load", {"products": [{"id": 104, "name": "Ручка"}]})
        self.conducted("S", 3)
        ident = self.document("D")["id"]
        self.element(ident, 1, storeFrom=1)
        self.element(ident, 1, 104, storeFrom=1)
        self.no_conduct(ident)
        self.assertEqual(self.lies(), {(101, 1): 3})

    def test_twice_is_once(self):
        ident = self.conducted("S", 3)
        self.no_conduct(ident)
        self.assertEqual(self.quantity(), 3)

    def test_a_document_without_elements_is_refused(self):
        self.no_conduct(self.document()["id"])
        self.assertEqual(self.no_conduct(99), "Document not found")

    def test_an_arrival_wants_a_supplier(self):
        ident = self.document("A")["id"]
        self.element(ident, 1)
        self.assertEqual(self.no_conduct(ident), "Document conducting error: "
                                                 "Supplier not specified")

    def test_a_transfer_moves(self):
        self.conducted("S", 3)
        self.conducted("M", 2, storeFrom=1, storeTo=5)
        self.assertEqual(self.lies(), {(101, 1): 1, (101, 5): 2})
        self.assertEqual(self.quantity(), 3)

    def test_the_sum_of_a_document(self):
        ident = self.document()["id"]
        self.element(ident, 3, storeTo=1, purchasingPrice=1.1)
        self.conduct(ident)
        self.assertEqual(self.control("dump")["documents"][0]["total"], 3.3)

    def test_a_purchasing_price_is_the_goods(self):
        def conducted(**said):
            ident = self.document()["id"]
            self.element(ident, 1, storeTo=1, **said)
            self.conduct(ident)
            row = self.control("dump")["products"][0]
            return row["purchasingPrice"], row["purchasingCurrency"]
        self.assertEqual(conducted(purchasingPrice=1.1), (1.1, "RUB"))
        self.assertEqual(conducted(), (1.1, "RUB"))
        self.assertEqual(conducted(purchasingPrice=0), (None, None))

    def test_cancelling_takes_it_back(self):
        ident = self.conducted("S", 3)
        self.assertIs(self.rest(DOC + "cancel", {"id": ident})["result"],
                      True)
        self.assertEqual((self.lies(), self.quantity()), ({(101, 1): 0}, 0))
        self.assertEqual(self.control("dump")["documents"][0]["status"], "C")
        text = self.refused(DOC + "cancel", {"id": ident}, "0")
        self.assertIn("has not been conducted yet", text)
        self.conduct(ident)
        self.assertEqual(self.quantity(), 3)

    def test_cancelling_what_was_sold_meanwhile_is_refused(self):
        ident = self.conducted("S", 3)
        self.conducted("D", 2, storeFrom=1)
        self.refused(DOC + "cancel", {"id": ident}, "0")
        self.assertEqual(self.quantity(), 1)
        self.refused(DOC + "cancel", {"id": 99}, "0")

    def test_many_at_once_and_one_of_them_bad(self):
        good, bad, last = [self.document(title="D%d" % n)["id"]
                           for n in range(3)]
        self.element(good, 1)
        self.element(last, 2)
        text = self.refused(DOC + "conductList",
                            {"documentIds": [good, bad, last]}, "0")
        self.assertIn('"D1"', text)
        rows = self.control("dump")["documents"]
        self.assertEqual([r["status"] for r in rows], ["Y", "N", "Y"])
        self.assertEqual(self.quantity(), 3)
        self.refused(DOC + "conductList", {}, 100)
        self.refused(DOC + "conductList", {"documentIds": 1}, 100)

    def test_many_at_once(self):
        idents = [self.document()["id"] for _ in range(2)]
        for ident in idents:
            self.element(ident, 1)
        self.assertIs(self.rest(DOC + "conductList",
                                {"documentIds": idents})["result"], True)
        self.assertEqual(self.quantity(), 2)

    def test_a_dump_loads_again(self):
        self.conducted("S", 3)
        dump = self.control("dump")
        self.control("reset", {})
        self.control("load", dump)
        again = self.control("dump")
        for name in ("documents", "document_elements", "store_products",
                     "products"):
            self.assertEqual(again[name], dump[name])


if __name__ == "__main__":
    unittest.main()
