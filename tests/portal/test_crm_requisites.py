"""Proves the CRM part: requisites, users, directories."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from crm_case import CrmCase      # noqa: E402


class Requisites(CrmCase):
    def setUp(self):
        super().setUp()
        self.owner = self.company(title="ООО")["id"]

    def test_numbers_are_strings_and_unset_is_null(self):
        made = self.requisite(self.owner, RQ_INN="7707083893", xml_id="k1")
        row = self.rest("crm.requisite.get", {"ID": made})["result"]
        self.assertEqual(
            {n: row[n] for n in ("ID", "ENTITY_TYPE_ID", "ENTITY_ID",
                                 "PRESET_ID", "DATE_MODIFY", "MODIFY_BY_ID",
                                 "SORT", "XML_ID", "RQ_INN", "RQ_KPP",
                                 "ACTIVE", "ADDRESS_ONLY")},
            {"ID": str(made), "ENTITY_TYPE_ID": "4",
             "ENTITY_ID": str(self.owner), "PRESET_ID": "1",
             "DATE_MODIFY": "", "MODIFY_BY_ID": None, "SORT": "500",
             "XML_ID": "k1", "RQ_INN": "7707083893", "RQ_KPP": None,
             "ACTIVE": "Y", "ADDRESS_ONLY": "N"})
        self.assertEqual(len(row), 75)

    def test_errors_have_an_empty_code(self):
        good = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": self.owner, "PRESET_ID": 1,
                "NAME": "Х"}
        for more, text in (
                ({"ENTITY_TYPE_ID": 2}, "ENTITY_TYPE_ID is not defined"),
                ({"ENTITY_ID": 0}, "ENTITY_ID is not defined"),
                ({"ENTITY_ID": 999}, "Entity not found."),
                ({"PRESET_ID": 99}, "PRESET_ID is not defined"),
                ({"NAME": ""}, "NAME is not defined")):
            got = self.refused("crm.requisite.add",
                               {"fields": {**good, **more}}, "")
            self.assertTrue(got.startswith(text), got)
        self.assertEqual(self.refused("crm.requisite.update", {
            "id": 5, "fields": {}}, ""),
            "The Requisite with ID '5' is not found")
        self.assertEqual(self.refused("crm.requisite.get", {"id": "x"}, ""),
                         "ID is not defined or invalid.")

    def test_unknown_filter_fields_bring_the_whole_table(self):
        for inn in ("1", "2"):
            self.requisite(self.owner, RQ_INN=inn)
        self.assertEqual(self.listed("crm.requisite", RQ_IMN="1"), 2)
        self.assertEqual(self.listed("crm.requisite", RQ_INN="1"), 1)
        self.assertEqual(self.listed("crm.requisite",
                                     **{"@rq_inn": ["1", "2", "3"]}), 2)
        self.assertEqual(
            self.listed("crm.requisite", **{">=DATE_MODIFY": "soon"}), 2)
        self.assertEqual(self.listed("crm.requisite", RQ_INN=[]), 2)

    def test_update_is_always_saved_and_its_owner_stays(self):
        made = self.requisite(self.owner, RQ_INN="1")
        company = self.get(4, self.owner)
        self.control("clock", {"add": 60})
        got = self.rest("crm.requisite.update", {"id": made, "fields": {
            "RQ_INN": "1", "ENTITY_ID": 7, "PRESET_ID": 3, "NOTHING": 1}})
        self.assertIs(got["result"], True)
        row = self.rest("crm.requisite.get", {"id": made})["result"]
        self.assertEqual((row["ENTITY_ID"], row["PRESET_ID"],
                          row["DATE_MODIFY"]),
                         (str(self.owner), "1", "1970-01-12T16:47:40+03:00"))
        self.assertEqual(self.get(4, self.owner)["updatedTime"],
                         company["updatedTime"])

    def test_deleting_takes_accounts_addresses_and_links(self):
        made = self.requisite(self.owner)
        self.bank(made)
        self.address(made)
        deal = self.deal(companyId=self.owner)["id"]
        self.link(deal, made)
        self.assertIs(self.rest("crm.requisite.delete",
                                {"id": made})["result"], True)
        dump = self.control("dump")
        for name in ("requisites", "bank_details", "addresses",
                     "requisite_links"):
            self.assertEqual(dump[name], [], name)

    def test_presets(self):
        rows = self.rest("crm.requisite.preset.list", {
            "filter": {"XML_ID": "#CRM_REQUISITE_PRESET_DEF_RU_INDIVIDUAL#"},
            "select": ["ID", "NAME"]})
        self.assertEqual(rows["result"], [{"ID": "2", "NAME": "ИП"}])
        fields = self.rest("crm.requisite.preset.field.list",
                           {"preset": {"ID": 1}})["result"]
        self.assertEqual(fields[0], {"ID": 1, "FIELD_NAME": "RQ_INN",
                                     "FIELD_TITLE": "", "IN_SHORT_LIST": "N",
                                     "SORT": 510})
        self.refused("crm.requisite.preset.get", {"id": 99}, "")

    def test_a_value_can_be_refused_by_a_rule(self):
        self.control("faults", [{
            "when": {"command": "crm.requisite.*"}, "do": "error",
            "text": "7700000000", "count": 0, "code": "",
            "description": "ИНН указан неверно"}])
        add = "crm.requisite.add?fields[ENTITY_TYPE_ID]=4&fields[NAME]=A" \
              "&fields[PRESET_ID]=1&fields[ENTITY_ID]=%d&fields[RQ_INN]="
        add %= self.owner
        result = self.batch({"a": add + "7707083893",
                             "b": add + "7700000000"})
        self.assertEqual(list(result["result"]), ["a"])
        self.assertEqual(result["result_error"]["b"], {
            "error": "", "error_description": "ИНН указан неверно"})

    def test_bank_details(self):
        made = self.requisite(self.owner)
        bank = self.bank(made, RQ_BIK="044525225", XML_ID="s1")
        row = self.rest("crm.requisite.bankdetail.get",
                        {"id": bank})["result"]
        self.assertEqual((row["ID"], row["ENTITY_ID"], row["COUNTRY_ID"],
                          row["RQ_BIK"]), (str(bank), str(made), "1",
                                           "044525225"))
        self.rest("crm.requisite.bankdetail.update", {
            "id": bank, "fields": {"RQ_ACC_NUM": "40702", "ENTITY_ID": 1}})
        self.assertEqual(self.listed("crm.requisite.bankdetail",
                                     RQ_ACC_NUM="40702", ENTITY_ID=made), 1)
        self.rest("crm.requisite.bankdetail.delete", {"id": bank})
        text = self.refused("crm.requisite.bankdetail.get", {"id": bank}, "")
        self.assertEqual(text, "The RequisiteBankDetail with ID '%d' is not "
                               "found" % bank)
        self.refused("crm.requisite.bankdetail.add", {"fields": {
            "ENTITY_ID": 9, "NAME": "Х"}}, "")

    def test_an_address_on_its_key_is_refused_or_overwritten(self):
        made = self.requisite(self.owner)
        self.address(made, CITY="Москва", POSTAL_CODE="101000")
        self.assertEqual(self.refused("crm.address.add", {"fields": {
            "TYPE_ID": 6, "ENTITY_TYPE_ID": 8, "ENTITY_ID": made}}, ""),
            "TypeAddress exists.")
        self.control("config", {"address_exists": "overwrite"})
        self.address(made, CITY="Тверь")
        rows = self.rest("crm.address.list", {"filter": {
            "ENTITY_TYPE_ID": 8, "ENTITY_ID": made}})["result"]
        self.assertEqual(len(rows), 1)
        self.assertEqual(
            [rows[0][n] for n in ("TYPE_ID", "CITY", "POSTAL_CODE",
                                  "ANCHOR_TYPE_ID", "ANCHOR_ID")],
            ["6", "Тверь", None, "4", str(self.owner)])

    def test_a_page_of_addresses_does_not_say_that_there_are_more(self):
        self.control("load", {"addresses": [
            {"TYPE_ID": 6, "ENTITY_ID": n, "CITY": "Тверь"}
            for n in range(1, 61)]})
        got = self.rest("crm.address.list")
        self.assertEqual((len(got["result"]), got["total"]), (50, 50))
        self.assertNotIn("next", got)
        self.assertEqual(
            len(self.rest("crm.address.list", {"start": 50})["result"]), 10)
        got = self.rest("crm.address.list", {"start": -1})
        self.assertEqual((len(got["result"]), got["total"]), (60, 60))
        self.control("config", {"address_read": False})
        self.assertEqual(self.refused("crm.address.list", {}, 0),
                         "Access denied.")

    def test_an_address_belongs_to_a_requisite_only(self):
        made = self.requisite(self.owner)
        for kind, owner_type, owner, text in (
                (6, 4, self.owner, "ENTITY_TYPE_ID is not"),
                (7, 8, made, "TYPE_ID is not"),
                (6, 8, 999, "ENTITY_ID is not")):
            got = self.refused("crm.address.add", {"fields": {
                "TYPE_ID": kind, "ENTITY_TYPE_ID": owner_type,
                "ENTITY_ID": owner}}, "")
            self.assertTrue(got.startswith(text), got)

    def test_an_address_is_changed_and_deleted_by_its_key(self):
        made = self.requisite(self.owner)
        key = {"TYPE_ID": 6, "ENTITY_TYPE_ID": 8, "ENTITY_ID": made}
        self.assertEqual(self.refused("crm.address.update",
                                      {"fields": key}, ""),
                         "TypeAddress not found.")
        self.address(made, CITY="Москва", COUNTRY="Россия")
        self.rest("crm.address.update", {"fields": {**key, "CITY": "Тула"}})
        row = self.control("dump")["addresses"][0]
        self.assertEqual((row["CITY"], row["COUNTRY"]), ("Тула", "Россия"))
        self.rest("crm.address.delete", {"fields": key})
        self.assertEqual(self.control("dump")["addresses"], [])

    def test_links(self):
        made = self.requisite(self.owner)
        bank = self.bank(made)
        other = self.requisite(self.company()["id"])
        deal = self.deal(companyId=self.owner)["id"]
        self.refused("crm.requisite.link.get",
                     {"entityTypeId": 2, "entityId": deal}, "")
        self.link(deal, made, bank)
        self.assertEqual(self.rest("crm.requisite.link.get", {
            "entityTypeId": 2, "entityId": deal})["result"], {
            "ENTITY_TYPE_ID": 2, "ENTITY_ID": deal,
            "REQUISITE_ID": str(made), "BANK_DETAIL_ID": str(bank),
            "MC_REQUISITE_ID": "0", "MC_BANK_DETAIL_ID": "0"})
        fields = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": deal,
                  "REQUISITE_ID": made, "BANK_DETAIL_ID": 0,
                  "MC_REQUISITE_ID": 0, "MC_BANK_DETAIL_ID": 0}
        for more, text in (
                ({"REQUISITE_ID": 1}, "The Requisite with ID '1' is not "
                                      "found"),
                ({"REQUISITE_ID": other}, "The Requisite with ID '%d' is not "
                 "assigned to Company with ID '%d'" % (other, self.owner)),
                ({"REQUISITE_ID": 0, "BANK_DETAIL_ID": bank},
                 "The BankDetail with ID '%d' is not assigned" % bank)):
            got = self.refused("crm.requisite.link.register",
                               {"fields": {**fields, **more}}, "")
            self.assertTrue(got.startswith(text), got)
        self.assertEqual(self.listed("crm.requisite.link", ENTITY_ID=deal), 1)
        self.rest("crm.requisite.link.unregister", {
            "entityTypeId": 2, "entityId": deal})
        self.assertEqual(self.listed("crm.requisite.link"), 0)

    def listed(self, name, **given):
        return self.rest(name + ".list", {"filter": given})["total"]

    def link(self, deal, requisite, bank=0):
        self.rest("crm.requisite.link.register", {"fields": {
            "ENTITY_TYPE_ID": 2, "ENTITY_ID": deal,
            "REQUISITE_ID": requisite, "BANK_DETAIL_ID": bank,
            "MC_REQUISITE_ID": 0, "MC_BANK_DETAIL_ID": 0}})


class Users(CrmCase):
    def setUp(self):
        super().setUp()
        self.control("load", {"users": [
            {"ID": 5, "NAME": "Иван", "LAST_NAME": "Петров",
             "EMAIL": "petrov@example.com"},
            {"ID": 6, "NAME": "Пётр", "LAST_NAME": "Иванов",
             "EMAIL": "ivanov@example.com", "ACTIVE": False}]})

    def found(self, **given):
        rows = self.rest("user.get", {"FILTER": given})["result"]
        return [row["ID"] for row in rows]

    def test_filters(self):
        for given, wanted in (
                ({"EMAIL": "PETROV@example.com"}, ["5"]),
                ({"NAME": "Иван", "LAST_NAME": "Петров"}, ["5"]),
                ({"ID": 6}, ["6"]), ({"@ID": [5, 6]}, ["5", "6"]),
                ({"ACTIVE": True}, ["1", "5"]), ({"%LAST_NAME": "ов"},
                                                 ["1", "5", "6"]),
                ({"NOTHING": 1}, ["1", "5", "6"]),
                ({">TIMESTAMP_X": "soon"}, [])):
            self.assertEqual(self.found(**given), wanted, given)
        rows = self.rest("user.get", {"ID": 5})["result"]
        self.assertEqual([row["LAST_NAME"] for row in rows], ["Петров"])

    def test_the_smallest_scope_shows_no_address(self):
        self.control("config", {"scopes": ["crm", "user_brief"]})
        row = self.rest("user.get", {"FILTER": {"ID": 5}})["result"][0]
        self.assertEqual((row["NAME"], row.get("EMAIL")), ("Иван", None))
        self.assertEqual(self.found(EMAIL="petrov@example.com"),
                         ["1", "5", "6"])
        self.control("config", {"scopes": ["crm", "user_basic"]})
        self.assertEqual(self.found(EMAIL="petrov@example.com"), ["5"])
        self.control("config", {"scopes": ["crm"]})
        self.refused("user.get", {}, "insufficient_scope", 403)

    def test_dates_are_empty_objects_and_numbers_strings(self):
        _, _, body = self.raw("/rest/1/s3cret0hook/user.get?ID=5")
        self.assertIn(b'"TIMESTAMP_X":{}', body)
        row = json.loads(body)["result"][0]
        self.assertEqual((row["ID"], row["ACTIVE"], row["SECOND_NAME"]
                          if "SECOND_NAME" in row else "",
                          row["LAST_ACTIVITY_DATE"]), ("5", True, "", {}))
        self.assertEqual(self.rest("user.current")["result"]["ID"], "1")

    def test_fifty_a_page(self):
        self.control("load", {"users": [{"ID": n, "NAME": "N"}
                                        for n in range(10, 80)]})
        first = self.rest("user.get", {"sort": "ID", "order": "DESC"})
        self.assertEqual((len(first["result"]), first["total"],
                          first["next"], first["result"][0]["ID"]),
                         (50, 73, 50, "79"))


class Directories(CrmCase):
    def test_statuses(self):
        got = self.rest("crm.status.list", {
            "order": {"SORT": "ASC"},
            "filter": {"entity_id": "DEAL_STAGE_1", "NOTHING": 1}})
        self.assertEqual(got["total"], 8)
        row = got["result"][5]
        self.assertEqual((row["STATUS_ID"], row["SEMANTICS"],
                          row["CATEGORY_ID"], row["EXTRA"]["SEMANTICS"],
                          row["SORT"]),
                         ("C1:WON", "S", "1", "success", "60"))
        self.assertIsNone(got["result"][0]["SEMANTICS"])
        rows = self.rest("crm.status.list")["result"]
        self.assertGreater(len(rows), 50)
        self.control("config", {"status_whole": "refuse"})
        self.refused("crm.status.list", {}, "")
        types = self.rest("crm.status.list", {
            "filter": {"ENTITY_ID": "COMPANY_TYPE"}})["result"]
        self.assertEqual([row["STATUS_ID"] for row in types],
                         ["CUSTOMER", "SUPPLIER", "COMPETITOR", "PARTNER",
                          "OTHER"])

    def test_funnels(self):
        got = self.rest("crm.category.list", {"entityTypeId": 2})
        rows = got["result"]["categories"]
        self.assertEqual([(r["id"], r["isDefault"]) for r in rows],
                         [(1, "N"), (0, "Y")])
        self.assertNotIn("originId", rows[1])
        self.refused("crm.category.list", {"entityTypeId": 1},
                     "ENTITY_TYPE_NOT_SUPPORTED")

    def test_enumerations(self):
        kinds = self.rest("crm.enum.addresstype")["result"]
        self.assertEqual({row["ID"] for row in kinds}, {1, 4, 6, 8, 9, 11})
        self.assertIn("VALUE", self.rest("crm.multifield.fields")["result"])
        owners = self.rest("crm.enum.ownertype")["result"]
        self.assertIn((31, "SI"), [(r["ID"], r["SYMBOL_CODE_SHORT"])
                                   for r in owners])


if __name__ == "__main__":
    unittest.main()
