"""Proves the CRM part: deals, rows, comments, notices, a manager's hand."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from crm_case import CrmCase      # noqa: E402

INVALID = "CRM_FIELD_ERROR_VALUE_NOT_VALID"
ROW = {"productName": "Бумага", "price": 100, "quantity": 2}


class Deals(CrmCase):
    def refuse(self, fields, ident=None):
        name = "crm.item.add" if ident is None else "crm.item.update"
        self.refused(name, {"entityTypeId": 2, "id": ident,
                            "fields": fields}, INVALID)

    def test_defaults(self):
        row = self.deal()
        self.assertEqual(
            {n: row[n] for n in ("title", "categoryId", "stageId", "closed",
                                 "stageSemanticId", "isManualOpportunity",
                                 "opportunity", "typeId", "begindate",
                                 "closedate", "companyId", "contactIds")},
            {"title": "Сделка #%d" % row["id"], "categoryId": 0,
             "stageId": "NEW", "closed": "N", "stageSemanticId": "P",
             "isManualOpportunity": "N", "opportunity": 0, "typeId": "SALE",
             "begindate": "1970-01-12T03:00:00+03:00",
             "closedate": "1970-01-19T03:00:00+03:00", "companyId": None,
             "contactIds": []})

    def test_a_stage_belongs_to_its_funnel(self):
        self.refuse({"stageId": "NOWHERE"})
        self.refuse({"stageId": "C1:NEW"})
        self.refuse({"categoryId": 7})
        row = self.deal(categoryId=1)
        self.assertEqual(row["stageId"], "C1:NEW")
        row = self.update(2, row["id"], stageId="C1:WON")
        self.assertEqual((row["stageSemanticId"], row["closed"]), ("S", "Y"))
        self.refuse({"stageId": "WON"}, row["id"])
        row = self.update(2, row["id"], categoryId=0)
        self.assertEqual((row["stageId"], row["closed"]), ("NEW", "N"))
        row = self.update(2, row["id"], categoryId=1, stageId="C1:EXECUTING")
        self.assertEqual(row["stageId"], "C1:EXECUTING")

    def test_stage_history(self):
        row = self.deal()
        for stage in ("EXECUTING", "WON"):
            self.control("clock", {"add": 60})
            row = self.update(2, row["id"], stageId=stage)
        self.assertEqual(row["movedTime"], row["updatedTime"])
        got = self.rest("crm.stagehistory.list", {
            "entityTypeId": 2, "filter": {"OWNER_ID": row["id"]},
            "order": {"ID": "ASC"}})
        self.assertEqual(
            [(r["TYPE_ID"], r["STAGE_ID"], r["STAGE_SEMANTIC_ID"])
             for r in got["result"]["items"]],
            [(1, "NEW", "P"), (2, "EXECUTING", "P"), (3, "WON", "S")])
        self.refused("crm.stagehistory.list", {
            "entityTypeId": 2, "filter": {"NOTHING": 1}},
            "INVALID_ARG_VALUE")

    def test_clients(self):
        a, b = self.contact()["id"], self.contact()["id"]
        company = self.company()["id"]
        row = self.deal(companyId=company, contactIds=[a, b])
        self.assertEqual((row["contactId"], row["contactIds"]), (a, [a, b]))
        row = self.update(2, row["id"], contactId=b)
        self.assertEqual((row["contactId"], row["contactIds"]), (b, [b, a]))
        row = self.update(2, row["id"], contactIds=[], companyId=0)
        self.assertEqual((row["contactId"], row["companyId"]), (0, 0))
        self.refuse({"companyId": 999})
        self.refuse({"contactIds": [999]})
        found = self.items(2, {"companyId": 0})
        self.assertEqual(found["total"], 1)

    def test_invoices(self):
        deal = self.deal()["id"]
        row = self.add(31, {"parentId2": deal, "xmlId": "1c"})
        self.assertEqual((row["stageId"], row["categoryId"],
                          row["parentId2"]), ("DT31_13:N", 13, deal))
        self.assertEqual(self.items(31, {"=xmlId": "1c"})["total"], 1)
        rows = self.rest("crm.item.productrow.set", {
            "ownerId": row["id"], "ownerType": "SI",
            "productRows": [ROW]})["result"]["productRows"]
        self.assertEqual(rows[0]["ownerType"], "SI")
        self.assertEqual(self.get(31, row["id"])["opportunity"], 200)

    def test_a_client_that_goes_leaves_its_deals(self):
        a, b = self.contact()["id"], self.contact()["id"]
        company = self.company()["id"]
        row = self.deal(companyId=company, contactIds=[a, b])
        self.rest("crm.item.delete", {"entityTypeId": 4, "id": company})
        self.rest("crm.item.delete", {"entityTypeId": 3, "id": a})
        row = self.get(2, row["id"])
        self.assertEqual((row["companyId"], row["contactIds"]), (0, [b]))


class Rows(CrmCase):
    def setUp(self):
        super().setUp()
        self.owner = self.deal(title="А")["id"]

    def put(self, *rows, **more):
        return self.rest("crm.item.productrow.set", {
            "ownerId": self.owner, "ownerType": "D",
            "productRows": list(rows), **more})["result"]["productRows"]

    def listed(self):
        return self.rest("crm.item.productrow.list", {"filter": {
            "=ownerType": "D", "=ownerId": self.owner}})

    def test_a_row_that_is_sent_with_its_id_stays_that_row(self):
        one, two = self.put({**ROW, "taxRate": 20}, ROW)
        other = self.deal()["id"]
        stranger = self.rest("crm.item.productrow.set", {
            "ownerId": other, "ownerType": "D",
            "productRows": [ROW]})["result"]["productRows"][0]
        rows = self.put({"id": one["id"], "price": 7},
                        {**ROW, "id": stranger["id"]}, ROW)
        self.assertEqual((rows[0]["id"], rows[0]["price"],
                          rows[0]["taxRate"]), (one["id"], 7, 20))
        self.assertTrue({row["id"] for row in rows[1:]}.isdisjoint(
            {one["id"], two["id"], stranger["id"]}))

    def test_the_documented_prices(self):
        row = self.rest("crm.item.productrow.add", {"fields": {
            "ownerId": self.owner, "ownerType": "D", "productName": "x",
            "price": 80000, "quantity": 2, "discountTypeId": 2,
            "discountRate": 20, "taxRate": 20, "taxIncluded": "Y"}})
        row = row["result"]["productRow"]
        self.assertEqual(
            [row[n] for n in ("priceExclusive", "priceNetto", "priceBrutto",
                              "discountSum", "priceAccount", "xmlId")],
            [66666.67, 83333.34, 100000.01, 16666.67, 80000, ""])
        row = self.rest("crm.item.productrow.update", {
            "id": row["id"], "fields": {"price": 90000, "discountRate": 10,
                                        "taxRate": 10, "quantity": 3}})
        row = row["result"]["productRow"]
        self.assertEqual(
            [row[n] for n in ("priceExclusive", "priceNetto", "priceBrutto",
                              "discountSum", "xmlId")],
            [81818.18, 90909.09, 100000, 9090.91,
             "sale_basket_%d" % row["id"]])

    def test_a_discount_in_money(self):
        row = self.put({"price": 90, "discountTypeId": 1,
                        "discountSum": 10})[0]
        self.assertEqual([row[n] for n in ("priceNetto", "discountRate",
                                           "discountSum", "taxRate")],
                         [100, 10, 10, None])

    def test_setting_replaces_all_rows(self):
        first = self.put(ROW, ROW)
        second = self.put({**ROW, "nothing": 1})
        self.assertNotIn(second[0]["id"], [row["id"] for row in first])
        self.assertEqual(self.listed()["total"], 1)
        self.assertEqual(self.put(), [])
        self.assertEqual(self.get(2, self.owner)["opportunity"], 0)

    def test_the_amount_follows_the_rows(self):
        self.put(ROW, {"price": 0.1, "quantity": 3, "taxRate": 20})
        row = self.get(2, self.owner)
        self.assertEqual((row["opportunity"], row["taxValue"]),
                         (200.3, 0.06))
        row = self.update(2, self.owner, opportunity=5)
        self.assertEqual(row["opportunity"], 200.3)
        row = self.update(2, self.owner, opportunity=5,
                          isManualOpportunity="Y")
        self.put(ROW)
        self.assertEqual(self.get(2, self.owner)["opportunity"], 5)
        row = self.update(2, self.owner, isManualOpportunity="N")
        self.assertEqual(row["opportunity"], 200)

    def test_rows_move_updated_time_with_the_amount_only(self):
        before = self.get(2, self.owner)["updatedTime"]
        for how, moved in (("amount", True), ("amount", False),
                           ("always", True), ("never", False)):
            self.control("config", {"rows_touch": how})
            self.control("clock", {"add": 60})
            self.put({**ROW, "quantity": 3} if how == "never" else ROW)
            after = self.get(2, self.owner)["updatedTime"]
            self.assertEqual(after != before, moved, how)
            before = after
        self.assertEqual(self.get(2, self.owner)["opportunity"], 300)

    def test_names_and_units_of_the_catalogue(self):
        product = self.product(name="Бумага А4", measure=4)["id"]
        row = self.put({"productId": product, "price": 1})[0]
        self.assertEqual([row[n] for n in ("productName", "measureCode",
                                           "measureName", "quantity")],
                         ["Бумага А4", 166, "кг", 1])

    def test_the_list_wants_its_two_keys(self):
        self.put(ROW)
        self.refused("crm.item.productrow.list", {}, 100)
        for given in ({"ownerType": "D", "ownerId": self.owner},
                      {"=ownerId": self.owner}):
            self.refused("crm.item.productrow.list", {"filter": given},
                         "INVALID_ARG_VALUE")
        row = self.listed()["result"]["productRows"][0]
        self.assertEqual(row["xmlId"], "sale_basket_%d" % row["id"])
        self.assertIn("storeId", row)

    def test_errors(self):
        self.refused("crm.item.productrow.set", {
            "ownerId": self.owner, "ownerType": "D"}, 100)
        self.refused("crm.item.productrow.set", {
            "ownerId": 1, "ownerType": "D", "productRows": []},
            "OWNER_NOT_FOUND")
        self.refused("crm.item.productrow.set", {
            "ownerId": 1, "ownerType": "CO", "productRows": []},
            "ENTITY_TYPE_NOT_SUPPORTED")
        row = self.put(ROW)[0]["id"]
        self.refused("crm.item.productrow.update", {
            "id": row, "fields": {"storeId": 1}}, "INVALID_ARG_VALUE")
        got = self.rest("crm.item.productrow.delete", {"id": row})
        self.assertIsNone(got["result"])
        self.refused("crm.item.productrow.delete", {"id": row}, "NOT_FOUND")


class Timeline(CrmCase):
    def test_comments(self):
        deal = self.deal()["id"]
        fields = {"ENTITY_ID": deal, "ENTITY_TYPE": "deal",
                  "COMMENT": "Оплата 5"}
        self.refused("crm.timeline.comment.add", {"FIELDS": fields}, 100)
        made = self.rest("crm.timeline.comment.add",
                         {"fields": fields})["result"]
        self.refused("crm.timeline.comment.add", {"fields": {
            **fields, "COMMENT": " "}}, "INVALID_ARG_VALUE")
        self.refused("crm.timeline.comment.add", {"fields": {
            **fields, "ENTITY_ID": 9}}, "OWNER_NOT_FOUND")
        rows = self.rest("crm.timeline.comment.list", {"filter": {
            "ENTITY_ID": deal, "ENTITY_TYPE": "deal"}})
        self.assertEqual(rows["result"], [{
            "ID": str(made), "ENTITY_ID": str(deal), "ENTITY_TYPE": "deal",
            "CREATED": "1970-01-12T16:46:40+03:00", "COMMENT": "Оплата 5",
            "AUTHOR_ID": "1", "FILES": {}}])
        self.refused("crm.timeline.comment.list", {"filter": {
            "ENTITY_ID": deal}}, "")
        self.control("load", {"companies": [{"id": deal}]})
        self.assertEqual(self.rest("crm.timeline.comment.list", {"filter": {
            "ENTITY_ID": deal, "ENTITY_TYPE": "company"}})["total"], 0)
        got = self.rest("crm.timeline.comment.delete", {"id": made})
        self.assertIsNone(got["result"])
        self.refused("crm.timeline.comment.delete", {"id": made},
                     "NOT_FOUND")

    def test_notices(self):
        self.refused("im.notify.system.add", {}, "insufficient_scope", 403)
        self.control("config", {"scopes": ["crm", "im"]})
        say = lambda **more: self.rest("im.notify.system.add", {  # noqa: E731
            "USER_ID": 1, "MESSAGE": " Оплата ", **more})["result"]
        self.refused("im.notify.system.add", {"MESSAGE": "x"},
                     "USER_ID_EMPTY")
        self.refused("im.notify.personal.add", {"user_id": 1,
                                                "message": " "},
                     "MESSAGE_EMPTY")
        self.assertIs(say(USER_ID=99), False)
        for _ in range(2):
            say(TAG="p1")
            say(TAG="p2", CLIENT_ID="c")
        self.assertEqual([(n["MESSAGE"], n.get("TAG"))
                          for n in self.control("dump")["notices"]],
                         [("Оплата", None), ("Оплата", None),
                          ("Оплата", "p2")])


class Manager(CrmCase):
    """Edits past REST, merging, copying."""

    def alter(self, entity, ident, **more):
        self.control("alter", {"entity": entity, "id": ident, **more})

    def test_an_edit_moves_updated_time(self):
        row = self.company(title="А", fm=[{"typeId": "PHONE", "value": "1"}])
        ident = row["id"]
        self.control("clock", {"add": 60})
        self.alter("companies", ident, set={"title": "А"})
        self.assertEqual(self.get(4, ident), row)
        self.alter("companies", ident, set={"title": "Б", "fm": [
            row["fm"][0], {"typeId": "WEB", "value": "b.ru"}]})
        new = self.get(4, ident)
        self.assertEqual((new["title"], len(new["fm"]), new["fm"][0]["id"]),
                         ("Б", 2, row["fm"][0]["id"]))
        self.assertGreater(new["updatedTime"], row["updatedTime"])
        self.control("clock", {"add": 60})
        self.alter("companies", ident, set={"title": "В"}, touch=False)
        self.assertEqual(self.get(4, ident)["updatedTime"],
                         new["updatedTime"])

    def test_links_stages_and_rows(self):
        company, contact = self.company()["id"], self.contact()["id"]
        self.alter("contacts", contact, set={"companyIds": [company]})
        self.assertEqual(self.get(4, company)["contactIds"], [contact])
        deal = self.deal()["id"]
        self.alter("deals", deal, set={
            "stageId": "WON", "companyId": company, "contactId": contact,
            "rows": [{"price": 7, "quantity": 2}]})
        row = self.get(2, deal)
        self.assertEqual([row[n] for n in (
            "closed", "companyId", "contactIds", "opportunity")],
            ["Y", company, [contact], 14])

    def test_requisites(self):
        company = self.company()["id"]
        made = self.requisite(company, RQ_INN="1")
        bank, _ = self.bank(made), self.address(made, CITY="Тула")
        self.alter("requisites", made, set={"RQ_INN": "2"})
        row = self.rest("crm.requisite.get", {"id": made})["result"]
        self.assertEqual((row["RQ_INN"], row["MODIFY_BY_ID"]), ("2", "1"))
        self.alter("bank_details", bank, delete=True)
        address = self.control("dump")["addresses"][0]["id"]
        self.alter("addresses", address, set={"CITY": "Орёл"})
        self.assertEqual(self.control("dump")["addresses"][0]["CITY"],
                         "Орёл")
        self.alter("requisites", made, delete=True)
        dump = self.control("dump")
        self.assertEqual((dump["bank_details"], dump["addresses"]), ([], []))

    def test_merging_by_hand(self):
        a = self.company(title="А", fm=[{"typeId": "PHONE", "value": "1"}])
        b = self.company(title="Б", comments="к", originId="k1", fm=[
            {"typeId": "PHONE", "value": "1"},
            {"typeId": "EMAIL", "value": "b@b.ru"}])
        requisite = self.requisite(b["id"])
        self.address(requisite)
        contact = self.contact(companyId=b["id"])["id"]
        deal = self.deal(companyId=b["id"])["id"]
        self.control("clock", {"add": 60})
        got = self.control("merge", {"entity": "companies",
                                     "ids": [a["id"], b["id"]]})
        self.assertEqual(got, {"deleted": [b["id"]]})
        row = self.get(4, a["id"])
        self.assertEqual([row[n] for n in ("title", "comments", "originId",
                                           "contactIds")],
                         ["А", "к", "k1", [contact]])
        self.assertEqual([e["value"] for e in row["fm"]], ["1", "b@b.ru"])
        self.assertGreater(row["updatedTime"], a["updatedTime"])
        self.refused("crm.item.get", {"entityTypeId": 4, "id": b["id"]},
                     "NOT_FOUND")
        dump = self.control("dump")
        self.assertEqual((dump["requisites"][0]["ENTITY_ID"],
                          dump["addresses"][0]["ANCHOR_ID"],
                          dump["deals"][0]["companyId"],
                          self.get(3, contact)["companyId"]),
                         (a["id"],) * 4)
        self.assertEqual(self.get(2, deal)["companyId"], a["id"])

    def test_merging_contacts(self):
        company = self.company()["id"]
        a, b, c = (self.contact(name=n)["id"] for n in "абв")
        self.update(3, b, companyId=company)
        deal = self.deal(contactIds=[c, b, a])["id"]
        self.control("merge", {"entity": "contacts", "ids": [a, b]})
        self.assertEqual(self.get(3, a)["companyIds"], [company])
        self.assertEqual(self.get(2, deal)["contactIds"], [c, a])

    def test_merging_by_the_program(self):
        def merge(*ids):
            return self.rest("crm.entity.mergeBatch", {"params": {
                "entityTypeId": 4, "entityIds": list(ids)}})["result"]
        a, b, c = (self.company(title=t)["id"] for t in ("А", "А", "Б"))
        self.assertEqual(merge(a, c)["STATUS"], "CONFLICT")
        self.assertEqual(merge(a, b), {"STATUS": "SUCCESS",
                                       "ENTITY_IDS": [b]})
        for params, text in (({}, "entityTypeId is required"),
                             ({"entityTypeId": 4}, "valid elements"),
                             ({"entityTypeId": 4, "entityIds": [a]},
                              "at least two"),
                             ({"entityTypeId": 4, "entityIds": [a, 9]},
                              "Owner was not found")):
            got = self.refused("crm.entity.mergeBatch",
                               {"params": params}, 0)
            self.assertIn(text, got)

    def test_copying_a_deal(self):
        self.control("load", {"user_fields": [
            {"ENTITY_ID": "CRM_DEAL", "FIELD_NAME": "UF_CRM_1C_NUMBER"}]})
        deal = self.deal(ufCrm_1C_NUMBER="17")["id"]
        self.rest("crm.item.productrow.set", {
            "ownerId": deal, "ownerType": "D", "productRows": [ROW]})
        made = self.control("copy", {"entity": "deals", "id": deal})["id"]
        row = self.get(2, made)
        self.assertNotEqual(made, deal)
        self.assertEqual((row["ufCrm_1C_NUMBER"], row["opportunity"]),
                         ("17", 200))
        rows = {r["id"] for d in self.control("dump")["deals"]
                for r in d["rows"]}
        self.assertEqual(len(rows), 2)


SEED = {
    "users": [{"ID": 5, "NAME": "Иван"}],
    "user_fields": [
        {"ENTITY_ID": "CRM_DEAL", "FIELD_NAME": "UF_CRM_1C_NUMBER"},
        {"ENTITY_ID": "CRM_COMPANY", "FIELD_NAME": "UF_CRM_KIND",
         "USER_TYPE_ID": "enumeration", "LIST": ["Опт", "Розница"]}],
    "statuses": [{"ENTITY_ID": "COMPANY_TYPE", "STATUS_ID": "UC_1",
                  "NAME": "Дилер"}],
    "categories": [{"id": 2, "name": "Розница"}],
    "companies": [{"id": 1, "title": "ООО Ромашка", "originatorId": "ONE_C",
                   "originId": "k1", "UF_CRM_KIND": 4001,
                   "fm": [{"typeId": "PHONE", "value": "+7 1"}]},
                  {"id": 2, "title": "Лютик"}],
    "contacts": [{"id": 7, "name": "Пётр", "companyIds": [2, 1]},
                 {"id": 8, "name": "Анна", "companyId": 1}],
    "requisites": [{"ID": 3, "ENTITY_ID": 1, "RQ_INN": "7707083893"}],
    "bank_details": [{"ID": 4, "ENTITY_ID": 3, "RQ_BIK": "044525225"}],
    "addresses": [{"TYPE_ID": 6, "ENTITY_ID": 3, "CITY": "Москва"}],
    "deals": [{"id": 9, "title": "Заказ", "companyId": 1, "contactIds": [7],
               "stageId": "EXECUTING", "opportunity": 200,
               "UF_CRM_1C_NUMBER": "17",
               "rows": [{**ROW, "taxRate": 20}]}],
    "comments": [{"ENTITY_ID": 9, "COMMENT": "Позвонить"}],
}


class Seeds(CrmCase):
    def test_what_a_case_describes_is_there(self):
        self.control("load", SEED)
        row = self.get(4, 1)
        self.assertEqual([row[n] for n in ("originId", "contactIds",
                                           "ufCrmKind", "phone", "typeId")],
                         ["k1", [7, 8], 4001, "+7 1", None])
        self.assertEqual(self.get(3, 7)["companyId"], 2)
        deal = self.get(2, 9)
        self.assertEqual([deal[n] for n in ("contactId", "ufCrm_1C_NUMBER",
                                            "stageSemanticId", "categoryId")],
                         [7, "17", "P", 0])
        rows = self.rest("crm.item.productrow.list", {"filter": {
            "=ownerType": "D", "=ownerId": 9}})["result"]["productRows"]
        self.assertEqual(rows[0]["priceExclusive"], 83.33)
        self.assertEqual(self.rest("crm.address.list")["result"][0]["CITY"],
                         "Москва")
        self.company(typeId="UC_1")

    def test_the_dump_shows_what_is_set_and_loads_again(self):
        self.control("load", SEED)
        dump = self.control("dump")
        self.assertEqual(
            {n: v for n, v in dump["companies"][1].items()
             if "Time" not in n},
            {"assignedById": 1, "contactIds": [7], "createdBy": 1,
             "id": 2, "opened": "Y", "title": "Лютик", "updatedBy": 1})
        self.assertEqual(dump["contacts"][0]["companyIds"], [2, 1])
        self.control("reset", {})
        self.control("load", {n: rows for n, rows in dump.items()
                              if n != "deleted"})
        self.assertEqual(self.control("dump"), dump)

    def test_settings_may_say_what_a_portal_is_born_with(self):
        self.control("reset", {"companies": SEED["companies"]})
        self.assertEqual(self.get(4, 1)["title"], "ООО Ромашка")
        self.control("reset", {"companies": []})


class Faults(CrmCase):
    def test_the_work_is_done_and_the_answer_lost(self):
        self.control("faults", [{"when": {"command": "crm.item.add"},
                                 "do": "work_then_drop"}])
        with self.assertRaises(Exception):
            self.company(originId="k1")
        self.assertEqual(self.items(4, {"=originId": "k1"})["total"], 1)

    def test_a_field_is_dropped_and_a_record_refused(self):
        self.control("faults", [
            {"when": {"command": "crm.item.add"}, "do": "silent_drop_field",
             "field": "title", "count": 0},
            {"when": {"text": "Ромашка"}, "do": "error", "text": "Ромашка",
             "command": "crm.item.update", "code": "", "count": 0}])
        row = self.company(title="А", comments="б")
        self.assertEqual((row["title"], row["comments"]),
                         ("Компания #%d" % row["id"], "б"))
        update = "crm.item.update?entityTypeId=4&id=%d&fields[title]="
        update %= row["id"]
        result = self.batch({"a": update + "Ромашка", "b": update + "Лютик"})
        self.assertEqual((list(result["result_error"]),
                          self.get(4, row["id"])["title"]),
                         (["a"], "Лютик"))

    def test_operating_time_counts_per_method(self):
        self.control("config", {
            "operating_enabled": True, "operating_limit": 1,
            "operating_cost": {"crm.item.list": 1.5, "*": 0}})
        got = self.items(4)["time"]["operating"]
        self.assertEqual(got, 1.5)
        self.refused("crm.item.list", {"entityTypeId": 4},
                     "OPERATION_TIME_LIMIT", 429)
        self.rest("crm.requisite.list")

    def test_references_of_a_batch_reach_the_new_objects(self):
        result = self.batch({
            "c": "crm.item.add?entityTypeId=4&fields[title]=А",
            "r": "crm.requisite.add?fields[ENTITY_TYPE_ID]=4&fields[NAME]=Х"
                 "&fields[PRESET_ID]=1"
                 "&fields[ENTITY_ID]=$result[c][item][id]",
            "b": "crm.requisite.bankdetail.add?fields[NAME]=Б"
                 "&fields[ENTITY_ID]=$result[r]"}, 1)
        self.assertEqual(list(result["result"]), ["c", "r", "b"])
        dump = self.control("dump")
        self.assertEqual(dump["bank_details"][0]["ENTITY_ID"],
                         dump["requisites"][0]["ID"])


if __name__ == "__main__":
    unittest.main()
