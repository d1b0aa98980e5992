"""Proves the CRM part: items, their lists, fields and bindings."""

import os
import sys
import unittest
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import crm_schema                 # noqa: E402
from crm_case import CrmCase      # noqa: E402

INVALID = "CRM_FIELD_ERROR_VALUE_NOT_VALID"


class Items(CrmCase):
    def test_company_with_defaults(self):
        row = self.company()
        self.assertEqual(
            {name: row[name] for name in (
                "title", "typeId", "industry", "currencyId", "opened",
                "assignedById", "originId", "entityTypeId", "revenue")},
            {"title": "Компания #%d" % row["id"], "typeId": "CUSTOMER",
             "industry": "IT", "currencyId": "RUB", "opened": "Y",
             "assignedById": 1, "originId": None, "entityTypeId": 4,
             "revenue": 0})

    def test_external_ids_are_not_unique(self):
        for _ in range(2):
            self.company(originatorId="1C", originId="k1")
        found = self.items(4, {"=originId": "k1"})
        self.assertEqual(found["total"], 2)

    def test_unknown_readonly_and_miswritten_fields_are_ignored(self):
        row = self.company(TITLE="No", createdTime="2020-01-01", nothing=1,
                           title="Да")
        self.assertEqual(row["title"], "Да")
        self.assertTrue(row["createdTime"].startswith("1970"))

    def test_parameter_names_keep_case(self):
        text = self.refused("crm.item.add", {"entityTypeId": 4,
                                             "FIELDS": {"title": "x"}}, 100)
        self.assertEqual(text, "Could not find value for parameter {fields}")
        self.refused("crm.item.get", {"entitytypeid": 4, "id": 1}, 100)

    def test_types_of_items(self):
        for kind, code in ((5, "ENTITY_TYPE_NOT_SUPPORTED"),
                           (1, "ENTITY_TYPE_NOT_SUPPORTED"),
                           (1000, "NOT_FOUND")):
            self.refused("crm.item.list", {"entityTypeId": kind}, code)
        self.refused("crm.item.get", {"entityTypeId": 4, "id": 999},
                     "NOT_FOUND")

    def test_who_is_hidden_may_not_be_changed(self):
        row = self.company(title="Ромашка")
        self.control("alter", {"entity": "companies", "id": row["id"],
                               "set": {"assignedById": 2}})
        self.control("config", {"companies_seen": "own"})
        one = {"entityTypeId": 4, "id": row["id"]}
        self.assertEqual(self.items(4, {"=id": row["id"]})["total"], 0)
        self.refused("crm.item.get", one, "ACCESS_DENIED")
        self.refused("crm.item.update", {**one, "fields": {"title": "x"}},
                     "ACCESS_DENIED")
        self.refused("crm.item.delete", one, "ACCESS_DENIED")

    def test_empty_zero_and_text_zero_become_null(self):
        for value in ("", "0", 0, None):
            row = self.company(comments=value, revenue=value)
            self.assertIsNone(row["comments"])
            self.assertEqual(row["revenue"], 0)

    def test_booleans_are_true_for_y_and_true_only(self):
        for value, wanted in (("Y", "Y"), (True, "Y"), ("y", "Y"),
                              ("true", "Y"), ("1", "N"), (1, "N"),
                              ("N", "N")):
            self.assertEqual(self.company(opened=value)["opened"], wanted)

    def test_directories_users_and_currencies_are_checked(self):
        for bad in ({"typeId": "NOBODY"}, {"assignedById": 77},
                    {"currencyId": "XXX"}, {"industry": "Z"},
                    {"assignedById": 0}, {"contactIds": [5]}):
            self.refused("crm.item.add", {"entityTypeId": 4, "fields": bad},
                         INVALID)
        self.refused("crm.item.add", {"entityTypeId": 3, "fields": {
            "companyId": 9}}, INVALID)
        self.assertEqual(self.items(4)["total"], 0)

    def test_long_titles_are_cut_without_a_word_or_refused(self):
        self.assertEqual(len(self.company(title="Ж" * 300)["title"]), 255)
        self.control("config", {"long_strings": "refuse"})
        self.refused("crm.item.add", {"entityTypeId": 4, "fields": {
            "title": "Ж" * 256}}, INVALID)
        self.assertEqual(len(self.company(title="Ж" * 255)["title"]), 255)

    def test_dates(self):
        for given in ("2001-02-03", "2001-02-03T00:00:00+03:00",
                      "03.02.2001", "03.02.2001 23:00:00"):
            row = self.contact(name="А", birthdate=given)
            self.assertEqual(row["birthdate"], "2001-02-03T03:00:00+03:00")
        self.assertIsNone(self.contact(birthdate="soon")["birthdate"])

    def test_nothing_changed_is_not_saved(self):
        row = self.company(title="А", comments="б")
        self.control("clock", {"add": 60})
        same = self.update(4, row["id"], title="А", comments="б",
                           nothing="x", logo=["a.png", "00"])
        self.assertEqual(same["updatedTime"], row["updatedTime"])
        new = self.update(4, row["id"], title="Б")
        self.assertEqual(new["updatedTime"], "1970-01-12T16:47:40+03:00")
        self.assertEqual(new["createdTime"], row["createdTime"])

    def test_time_has_a_resolution_of_a_second(self):
        row = self.company(title="А")
        self.control("clock", {"add": 0.4})
        self.assertEqual(self.update(4, row["id"], title="Б")["updatedTime"],
                         row["updatedTime"])

    def test_delete_answers_an_empty_list_and_takes_all_with_it(self):
        company, contact = self.company(), self.contact()
        self.update(3, contact["id"], companyId=company["id"])
        requisite = self.requisite(company["id"])
        self.bank(requisite)
        self.address(requisite)
        got = self.rest("crm.item.delete", {"entityTypeId": 4,
                                            "id": company["id"]})["result"]
        self.assertEqual(got, [])
        dump = self.control("dump")
        for name in ("companies", "requisites", "bank_details", "addresses",
                     "bindings"):
            self.assertEqual(dump[name], [], name)
        self.assertEqual(dump["deleted"]["companies"], [company["id"]])
        self.assertEqual(self.get(3, contact["id"])["companyId"], 0)

    def test_rights(self):
        row = self.company()
        self.control("config", {"crm_write": False})
        self.refused("crm.item.update", {"entityTypeId": 4, "id": row["id"],
                                         "fields": {"title": "x"}},
                     "ACCESS_DENIED")
        self.assertEqual(self.refused("crm.requisite.delete", {"id": 1}, ""),
                         "The Requisite with ID '1' is not found")
        self.control("config", {"crm_read": False})
        self.refused("crm.item.list", {"entityTypeId": 4}, "ACCESS_DENIED")
        self.refused("crm.requisite.list", {}, 0)


class Lists(CrmCase):
    def test_unknown_filter_field_is_an_error(self):
        for given in ({"nothing": 1}, {">>id": 1}, {"TITLE": "a"},
                      {"fm": "x"}, {"phone": "1"}, {"contactIds": [1]},
                      {"UF_CRM_X": 1}, {"0": {"nothing": 1}}):
            text = self.refused("crm.item.list", {
                "entityTypeId": 4, "filter": given}, "INVALID_ARG_VALUE")
            self.assertIn("is not allowed in filter", text)

    def test_bad_dates_and_bad_orders_are_errors(self):
        for more, text in (
                ({"filter": {">=updatedTime": "soon"}}, "has invalid value"),
                ({"filter": {">=updatedTime": "2026-01-01T00:00:00 03:00"}},
                 "has invalid value"),
                ({"order": {"nothing": "ASC"}}, "is not allowed in order"),
                ({"order": {"id": "down"}}, "allowed sort directions")):
            got = self.refused("crm.item.list", {"entityTypeId": 4, **more},
                               "INVALID_ARG_VALUE")
            self.assertIn(text, got)

    def test_prefixes(self):
        ids = [self.company(title=t, revenue=r)["id"]
               for t, r in (("Альфа", 5), ("бета", 10), ("Альбом", None))]
        for given, wanted in (
                ({"title": "альфа"}, [0]), ({"=title": "АЛЬФА"}, [0]),
                ({"%title": "льб"}, [2]), ({"=%title": "аль%"}, [0, 2]),
                ({"%=title": "%а"}, [0, 1]), ({"!%title": "аль"}, [1]),
                ({"!=%title": "аль%"}, [1]), ({"!=title": "бета"}, [0, 2]),
                ({">id": 0}, [0, 1, 2]), ({">=id": "0"}, [0, 1, 2]),
                ({"leadId": 0}, [0, 1, 2]), ({"@leadId": [0, 5]}, [0, 1, 2]),
                ({"!leadId": 0}, []), ({">leadId": 0}, []),
                ({"=leadId": ""}, [0, 1, 2]), ({"!=title": ""}, [0, 1, 2]),
                ({"@id": ids[:2]}, [0, 1]), ({"!@id": ids[:2]}, [2]),
                ({"id": ids[1:]}, [1, 2]), ({">id": ids[0]}, [1, 2]),
                ({">=revenue": 5, "<revenue": 10}, [0]),
                ({"<revenue": 6}, [0, 2]), ({"=revenue": 0}, [2]),
                ({"!title": "Альфа", "!@id": [ids[2]]}, [1])):
            got = [row["id"] for row in self.items(4, given)["result"]
                   ["items"]]
            self.assertEqual(got, [ids[n] for n in wanted], given)

    def test_groups_with_or(self):
        ids = [self.company(title=t)["id"] for t in "АБВ"]
        for given, wanted in (
                ({"0": {"logic": "OR", "0": {"title": "А"},
                        "1": {"title": "В"}}}, [0, 2]),
                ([{"logic": "OR", "0": {"title": "А"},
                   "1": {"title": "В", "!id": ids[2]}}], [0]),
                ({"logic": "OR", "0": {"title": "А"}, "title": "Б"}, [0, 1]),
                ({"!title": "А", "1": {"0": {"id": ids[1]}}}, [1])):
            got = [r["id"] for r in self.items(4, given)["result"]["items"]]
            self.assertEqual(got, [ids[n] for n in wanted], given)

    def test_times_are_compared_whatever_their_zone(self):
        self.control("load", {"companies": [
            {"id": 5, "title": "А",
             "updatedTime": "2026-11-20T10:00:00+03:00"}]})
        for value, hit in (("2026-11-20T10:00:00+03:00", 1),
                           ("2026-11-20T07:00:00Z", 1),
                           ("2026-11-20T07:00:01+00:00", 0),
                           ("20.11.2026 10:00:01", 0), ("2026-11-20", 1)):
            self.assertEqual(
                self.items(4, {">=updatedTime": value})["total"], hit, value)

    def test_an_unescaped_plus_in_a_batch_is_a_bad_date(self):
        query = "crm.item.list?entityTypeId=4&filter[%3E%3DupdatedTime]="
        errors = self.batch({
            "a": query + "2026-11-20T10:00:00+03:00",
            "b": query + quote("2026-11-20T10:00:00+03:00")})["result_error"]
        self.assertEqual(list(errors), ["a"])

    def test_pages_of_fifty(self):
        self.control("load", {"companies": [{"title": str(n)}
                                            for n in range(120)]})
        first = self.items(4)
        self.assertEqual((first["total"], first["next"],
                          len(first["result"]["items"])), (120, 50, 50))
        last = self.items(4, start=100)
        self.assertEqual(len(last["result"]["items"]), 20)
        self.assertNotIn("next", last)
        uncounted = self.items(4, {">id": 300}, start=-1)
        self.assertNotIn("total", uncounted)
        self.assertEqual(len(uncounted["result"]["items"]), 50)

    def test_order(self):
        for title, revenue in (("Б", 1), ("А", 2), ("Б", 3)):
            self.company(title=title, revenue=revenue)
        got = self.items(4, order={"title": "ASC", "revenue": "DESC"})
        self.assertEqual([(r["title"], r["revenue"])
                          for r in got["result"]["items"]],
                         [("А", 2), ("Б", 3), ("Б", 1)])

    def test_fm_comes_with_a_star_only(self):
        self.company(fm=[{"typeId": "PHONE", "value": "+7"}])
        for select, there in ((["*"], True), (["id", "fm"], False),
                              (None, False), (["*", "fm"], True)):
            row = self.items(4, select=select)["result"]["items"][0]
            self.assertEqual("fm" in row, there, select)
        row = self.items(4, select=["id", "nothing", "title"])
        self.assertEqual(list(row["result"]["items"][0]), ["id", "title"])


class Communication(CrmCase):
    def setUp(self):
        super().setUp()
        self.row = self.company(fm=[
            {"typeId": "PHONE", "valueType": "WORK", "value": "+7 1"},
            {"typeId": "EMAIL", "valueType": "HOME", "value": "a@b.ru"}])

    def test_added_as_a_list(self):
        self.assertEqual(
            [(e["typeId"], e["valueType"], e["value"])
             for e in self.row["fm"]],
            [("PHONE", "WORK", "+7 1"), ("EMAIL", "HOME", "a@b.ru")])
        self.assertEqual(
            [self.row[n] for n in ("hasPhone", "hasEmail", "phoneWork",
                                   "phoneMobile", "emailHome", "email")],
            ["Y", "Y", "+7 1", "", "a@b.ru", "a@b.ru"])

    def test_flags_may_be_filtered_by(self):
        self.company()
        for flag, total in (("Y", 1), ("N", 1)):
            self.assertEqual(self.items(4, {"hasPhone": flag})["total"],
                             total)

    def test_each_addition_is_one_more(self):
        for key in ("n0", "n7"):
            self.row = self.update(4, self.row["id"], fm={
                key: {"typeId": "PHONE", "valueType": "WORK",
                      "value": "+7 1"}})
        self.assertEqual([e["value"] for e in self.row["fm"]],
                         ["+7 1", "a@b.ru", "+7 1", "+7 1"])

    def test_a_list_in_update_adds_as_well(self):
        row = self.update(4, self.row["id"], fm=[
            {"typeId": "PHONE", "value": "+7 1"}])
        self.assertEqual(len(row["fm"]), 3)

    def test_a_number_changes_and_an_empty_value_deletes(self):
        phone, mail = (e["id"] for e in self.row["fm"])
        row = self.update(4, self.row["id"], fm={
            str(phone): {"typeId": "PHONE", "valueType": "MOBILE",
                         "value": "+7 2"},
            str(mail): {"typeId": "EMAIL", "value": ""},
            "n0": {"typeId": "WEB", "valueType": "WORK", "value": "c.ru"}})
        self.assertEqual(
            [(e["valueType"], e["value"]) for e in row["fm"]],
            [("MOBILE", "+7 2"), ("WORK", "c.ru")])
        self.assertEqual(row["fm"][0]["id"], phone)
        self.assertEqual(row["hasEmail"], "N")

    def test_an_unknown_number_makes_a_new_one(self):
        row = self.update(4, self.row["id"], fm={
            "15": {"typeId": "PHONE", "value": "+7 9"}})
        self.assertEqual(row["fm"][-1]["value"], "+7 9")
        self.assertNotEqual(row["fm"][-1]["id"], 15)

    def test_without_type_it_is_ignored(self):
        phone = self.row["fm"][0]["id"]
        row = self.update(4, self.row["id"], fm={
            "n0": {"value": "+7 3"}, str(phone): {"value": "+7 4"}})
        self.assertEqual(row["fm"], self.row["fm"])

    def test_a_bad_address_is_refused_and_nothing_is_saved(self):
        for bad in ("нет", "a@b", "a b@c.ru", "a@b.ru, c@d.ru"):
            self.refused("crm.item.update", {
                "entityTypeId": 4, "id": self.row["id"], "fields": {
                    "title": "Иной", "fm": {"n0": {
                        "typeId": "EMAIL", "value": bad}}}}, 0)
        self.assertEqual(self.get(4, self.row["id"]), self.row)

    def test_the_same_phone_again_is_no_change(self):
        phone = self.row["fm"][0]["id"]
        self.control("clock", {"add": 9})
        row = self.update(4, self.row["id"], fm={
            str(phone): {"typeId": "PHONE", "valueType": "WORK",
                         "value": "+7 1"}})
        self.assertEqual(row["updatedTime"], self.row["updatedTime"])

    def test_duplicates_by_phone_and_mail(self):
        contact = self.contact(fm=[
            {"typeId": "PHONE", "value": "+7(1)"},
            {"typeId": "EMAIL", "value": "A@B.RU"}])
        found = self.comm("PHONE", ["+7-1"])
        self.assertEqual(found, {"CONTACT": [contact["id"]],
                                 "COMPANY": [self.row["id"]]})
        self.assertEqual(self.comm("EMAIL", ["a@b.ru"], "COMPANY"),
                         {"COMPANY": [self.row["id"]]})
        self.assertEqual(self.comm("PHONE", ["1"]), [])
        self.assertEqual(self.comm("PHONE", ["0"] * 20 + ["71"]), [])
        self.refused("crm.duplicate.findbycomm", {"values": ["1"]},
                     "Communication type is not defined")
        self.refused("crm.duplicate.findbycomm",
                     {"type": "INN", "values": ["1"]}, "")

    def test_twenty_duplicates_hide_the_next_type(self):
        self.control("load", {"contacts": [
            {"fm": [{"typeId": "PHONE", "value": "71"}]}
            for _ in range(25)]})
        found = self.comm("PHONE", ["71"])
        self.assertEqual(list(found), ["CONTACT"])
        self.assertEqual(len(found["CONTACT"]), 20)

    def comm(self, kind, values, entity=None):
        return self.rest("crm.duplicate.findbycomm", {
            "type": kind, "values": values, "entity_type": entity})["result"]


class UserFields(CrmCase):
    def setUp(self):
        super().setUp()
        self.control("load", {"user_fields": [
            {"ENTITY_ID": "CRM_COMPANY", "FIELD_NAME": "UF_CRM_" + name,
             "USER_TYPE_ID": kind, "MULTIPLE": many, "LABEL": name.lower(),
             "LIST": items}
            for name, kind, many, items in (
                ("1C_NUMBER", "string", "N", []),
                ("PAID_SUM", "double", "N", []), ("SHIPPED", "date", "N", []),
                ("AT", "datetime", "N", []), ("VIP", "boolean", "N", []),
                ("KIND", "enumeration", "N", ["Опт", {"ID": 77,
                                                      "VALUE": "Розница"}]),
                ("WHO", "employee", "N", []), ("TAGS", "string", "Y", []),
                ("COUNT", "integer", "N", []))]})

    def test_names(self):
        for name, shown in (
                ("UF_CRM_3_DIGIT", "ufCrm3Digit"),
                ("UF_CRM_3_1747309727", "ufCrm3_1747309727"),
                ("UF_CRM_3_DIGIT10", "ufCrm_3_DIGIT10"),
                ("UF_CRM_3_DIGIT_10", "ufCrm_3_DIGIT_10"),
                ("UF_CRM_1747309879", "ufCrm_1747309879"),
                ("UF_CRM_1C_NUMBER", "ufCrm_1C_NUMBER"),
                ("UF_CRM_PAID_SUM", "ufCrmPaidSum")):
            self.assertEqual(crm_schema.camel_user_field(name), shown)

    def test_values_of_all_types(self):
        row = self.company(
            ufCrm_1C_NUMBER="00-17", ufCrmPaidSum="10.129",
            ufCrmShipped="05.03.2026", ufCrmAt="2026-03-05T10:00:00Z",
            ufCrmVip="Y", ufCrmKind=77, ufCrmWho="1", ufCrmTags=["а", "б"],
            ufCrmCount="3")
        self.assertEqual(
            {k: v for k, v in row.items() if k.startswith("ufCrm")},
            {"ufCrm_1C_NUMBER": "00-17", "ufCrmPaidSum": 10.13,
             "ufCrmShipped": "2026-03-05T03:00:00+03:00",
             "ufCrmAt": "2026-03-05T13:00:00+03:00", "ufCrmVip": "Y",
             "ufCrmKind": 77, "ufCrmWho": 1, "ufCrmTags": ["а", "б"],
             "ufCrmCount": 3})
        empty = self.update(4, row["id"], ufCrmPaidSum=0, ufCrmVip="N",
                            ufCrmTags=[], ufCrm_1C_NUMBER="0")
        self.assertEqual([empty[n] for n in (
            "ufCrmPaidSum", "ufCrmVip", "ufCrmTags", "ufCrm_1C_NUMBER")],
            [None, "N", [], None])

    def test_a_multiple_field_wants_a_list(self):
        text = self.refused("crm.item.add", {"entityTypeId": 4, "fields": {
            "ufCrmTags": "а"}}, 100)
        self.assertIn("Expected iterable value", text)

    def test_wrong_values(self):
        for bad in ({"ufCrmKind": 1}, {"ufCrmWho": 99},
                    {"ufCrmPaidSum": "much"}):
            self.refused("crm.item.add", {"entityTypeId": 4, "fields": bad},
                         INVALID)
        self.assertIsNone(self.company(ufCrmAt="soon")["ufCrmAt"])

    def test_original_names_need_their_flag(self):
        row = self.company(UF_CRM_1C_NUMBER="1")
        self.assertIsNone(row["ufCrm_1C_NUMBER"])
        params = {"entityTypeId": 4, "useOriginalUfNames": "Y"}
        row = self.rest("crm.item.update", {
            **params, "id": row["id"], "fields": {
                "UF_CRM_1C_NUMBER": "2", "ufCrmCount": 5}})["result"]["item"]
        self.assertEqual(row["UF_CRM_1C_NUMBER"], "2")
        self.assertIsNone(row["UF_CRM_COUNT"])
        self.assertNotIn("ufCrm_1C_NUMBER", row)
        found = self.rest("crm.item.list", {
            **params, "filter": {"=UF_CRM_1C_NUMBER": "2"},
            "select": ["*"]})["result"]["items"]
        self.assertEqual([(r["id"], r["UF_CRM_1C_NUMBER"]) for r in found],
                         [(row["id"], "2")])
        self.assertEqual(self.items(4, {"=ufCrm_1C_NUMBER": "2"})["total"], 1)

    def test_a_select_of_original_names_shows_user_fields_alone(self):
        self.company(ufCrm_1C_NUMBER="1")
        for select, wanted in (
                (["id", "UF_CRM_1C_NUMBER"], {"UF_CRM_1C_NUMBER": "1"}),
                (["id", "title"], [])):
            rows = self.items(4, select=select, useOriginalUfNames="Y")
            self.assertEqual(rows["result"]["items"], [wanted])

    def test_a_mandatory_field_is_asked_for_when_one_is_made(self):
        self.control("load", {"user_fields": [
            {"ID": 900, "ENTITY_ID": "CRM_COMPANY", "LABEL": "Отрасль",
             "FIELD_NAME": "UF_CRM_TRADE", "USER_TYPE_ID": "string",
             "MANDATORY": "Y"}]})
        self.company()
        self.control("config", {"mandatory": True})
        text = self.refused("crm.item.add", {
            "entityTypeId": 4, "fields": {"title": "А"}},
            "CRM_FIELD_ERROR_REQUIRED")
        self.assertEqual(text, 'The "Отрасль" field is required')
        row = self.company(ufCrmTrade="Лес")
        self.update(4, row["id"], ufCrmTrade="")

    def test_a_portal_that_only_says_that_it_cleared(self):
        self.control("config", {"clears": "pretend"})
        row = self.company(title="А", ufCrm_1C_NUMBER="1")
        row = self.update(4, row["id"], title="Б", ufCrm_1C_NUMBER="")
        self.assertEqual((row["title"], row["ufCrm_1C_NUMBER"]), ("Б", None))
        self.assertEqual(self.get(4, row["id"])["ufCrm_1C_NUMBER"], "1")
        self.update(4, row["id"], ufCrmPaidSum=5)
        self.update(4, row["id"], ufCrmPaidSum="0")
        self.assertIsNone(self.get(4, row["id"])["ufCrmPaidSum"])

    def test_boolean_fields_are_filtered_by_digits(self):
        self.company(ufCrmVip="Y")
        self.company()
        for value, total in ((1, 1), ("1", 1), (0, 1), ("Y", 1), ("N", 1)):
            rows = self.items(4, {"ufCrmVip": value})["result"]["items"]
            self.assertEqual(len(rows), total)
            self.assertEqual(rows[0]["ufCrmVip"],
                             "Y" if value in (1, "1") else "N")

    def test_described_in_both_ways(self):
        fields = self.rest("crm.item.fields",
                           {"entityTypeId": 4})["result"]["fields"]
        self.assertEqual(fields["ufCrm_1C_NUMBER"]["upperName"],
                         "UF_CRM_1C_NUMBER")
        self.assertEqual(fields["ufCrmKind"]["items"][1],
                         {"ID": "77", "VALUE": "Розница"})
        self.assertEqual(fields["assignedById"]["upperName"],
                         "ASSIGNED_BY_ID")
        self.assertEqual(fields["typeId"]["statusType"], "COMPANY_TYPE")
        old = self.rest("crm.company.fields")["result"]
        self.assertEqual(old["UF_CRM_VIP"]["formLabel"], "vip")
        rows = self.rest("crm.company.userfield.list", {
            "filter": {"field_name": "UF_CRM_KIND"}})["result"]
        self.assertEqual(rows[0]["LIST"][1]["ID"], "77")
        self.assertNotIn("EDIT_FORM_LABEL", rows[0])
        rows = self.rest("crm.company.userfield.list", {
            "filter": {"LANG": "ru", "NOTHING": 1}})["result"]
        self.assertEqual(len(rows), 9)
        self.assertEqual(rows[0]["EDIT_FORM_LABEL"], "1c_number")
        self.assertEqual(self.rest("crm.deal.userfield.list")["result"], [])

    def test_added_by_the_program(self):
        made = self.rest("crm.deal.userfield.add", {"fields": {
            "FIELD_NAME": "1c_number", "USER_TYPE_ID": "string",
            "LABEL": "Номер в 1С"}})["result"]
        row = self.rest("crm.deal.userfield.list")["result"][0]
        self.assertEqual((row["ID"], row["FIELD_NAME"]),
                         (str(made), "UF_CRM_1C_NUMBER"))
        for fields, code in (
                ({"USER_TYPE_ID": "string"}, ""), ({"FIELD_NAME": "A"}, ""),
                ({"FIELD_NAME": "Я", "USER_TYPE_ID": "string"},
                 "ERROR_CORE"),
                ({"FIELD_NAME": "A" * 44, "USER_TYPE_ID": "string"},
                 "ERROR_CORE"),
                ({"FIELD_NAME": "A", "USER_TYPE_ID": "x"}, "ERROR_CORE"),
                ({"FIELD_NAME": "UF_1C_NUMBER", "USER_TYPE_ID": "string"},
                 "ERROR_CORE")):
            self.refused("crm.deal.userfield.add", {"fields": fields}, code)
        self.assertIn("ufCrm_1C_NUMBER", self.deal())

    def test_userfieldconfig_needs_two_scopes(self):
        params = {"moduleId": "crm", "filter": {"entityId": "CRM_COMPANY"},
                  "select": {"0": "*", "language": "ru"}}
        self.refused("userfieldconfig.list", params, "insufficient_scope",
                     403)
        self.control("config", {"scopes": ["crm", "userfieldconfig"]})
        rows = self.rest("userfieldconfig.list", params)["result"]["fields"]
        self.assertEqual(len(rows), 9)
        self.assertEqual(rows[0]["editFormLabel"], {"ru": "1c_number"})
        self.refused("userfieldconfig.list", {}, 100)


class Bindings(CrmCase):
    def setUp(self):
        super().setUp()
        self.companies = [self.company()["id"] for _ in range(3)]
        self.one = self.contact(companyId=self.companies[0])["id"]

    def bound(self, method="crm.contact.company.items.get", ident=None):
        rows = self.rest(method, {"id": ident or self.one})["result"]
        return [tuple(row.values()) for row in rows]

    def test_company_of_a_contact(self):
        a, b, c = self.companies
        row = self.update(3, self.one, companyIds=[b, a])
        self.assertEqual((row["companyId"], row["companyIds"]), (b, [b, a]))
        row = self.update(3, self.one, companyId=c)
        self.assertEqual((row["companyId"], row["companyIds"]),
                         (c, [c, b, a]))
        row = self.update(3, self.one, companyId=0)
        self.assertEqual((row["companyId"], row["companyIds"]), (b, [b, a]))
        row = self.update(3, self.one, companyIds=[])
        self.assertEqual((row["companyId"], row["companyIds"]), (0, []))

    def test_contacts_of_a_company(self):
        other = self.contact()["id"]
        a = self.companies[0]
        self.assertEqual(self.get(4, a)["contactIds"], [self.one])
        row = self.update(4, a, contactIds=[other])
        self.assertEqual(row["contactIds"], [other])
        self.assertEqual(self.get(3, self.one)["companyIds"], [])
        self.assertEqual(self.get(3, other)["companyId"], a)

    def test_binding_again_is_false(self):
        a, b, _ = self.companies
        add = lambda **f: self.rest("crm.contact.company.add", {  # noqa: E731
            "ID": self.one, "FIELDS": f})["result"]
        self.assertIs(add(COMPANY_ID=a), False)
        self.assertIs(add(COMPANY_ID=999), False)
        self.assertIs(add(company_id=b), True)
        self.assertEqual(self.bound(), [(a, 10, 0, "Y"), (b, 20, 0, "N")])

    def test_a_new_primary_one_replaces_the_old(self):
        a, b, c = self.companies
        self.rest("crm.contact.company.add", {"id": self.one, "fields": {
            "COMPANY_ID": b, "IS_PRIMARY": "Y", "SORT": 5}})
        self.assertEqual(self.bound(), [(b, 5, 0, "Y"), (a, 10, 0, "N")])
        self.assertEqual(self.get(3, self.one)["companyId"], b)
        self.assertIs(self.rest("crm.contact.company.delete", {
            "id": self.one, "fields": {"COMPANY_ID": b}})["result"], True)
        self.assertEqual(self.bound(), [(a, 10, 0, "Y")])
        self.assertIs(self.rest("crm.contact.company.delete", {
            "id": self.one, "fields": {"COMPANY_ID": c}})["result"], False)

    def test_setting_replaces_the_whole_set(self):
        a, b, c = self.companies
        self.rest("crm.contact.company.items.set", {"id": self.one, "items": [
            {"COMPANY_ID": a}, {"COMPANY_ID": c, "SORT": 3,
                                "IS_PRIMARY": "Y"},
            {"COMPANY_ID": b, "IS_PRIMARY": "Y"}, {"COMPANY_ID": 999}]})
        self.assertEqual(self.bound(), [(c, 3, 0, "Y"), (a, 10, 0, "N"),
                                        (b, 20, 0, "N")])
        self.rest("crm.contact.company.items.set", {
            "id": self.one, "items": [{"COMPANY_ID": b}]})
        self.assertEqual(self.bound(), [(b, 20, 0, "Y")])
        self.rest("crm.contact.company.items.delete", {"id": self.one})
        self.assertEqual(self.bound(), [])

    def test_from_the_company(self):
        other = self.contact()["id"]
        a = self.companies[0]
        get = "crm.company.contact.items.get"
        self.assertEqual(self.bound(get, a), [(self.one, 10, 0, "Y")])
        self.rest("crm.company.contact.items.set", {"id": a, "items": [
            {"CONTACT_ID": other}, {"CONTACT_ID": self.one}]})
        self.assertEqual(self.bound(get, a), [(self.one, 10, 0, "N"),
                                              (other, 20, 0, "Y")])
        self.assertEqual(self.get(3, other)["companyIds"], [a])

    def test_errors(self):
        name = "crm.contact.company."
        for method, params, text in (
                ("add", {"fields": {}}, "The parameter ownerEntityID"),
                ("add", {"id": 999, "fields": {}}, "Not found."),
                ("add", {"id": self.one, "fields": {}},
                 "The parameter 'fields' is not valid."),
                ("add", {"id": self.one},
                 "The parameter 'fields' must be array."),
                ("items.set", {"id": self.one},
                 "The parameter items must be array.")):
            got = self.refused(name + method, params, "")
            self.assertTrue(got.startswith(text), got)


if __name__ == "__main__":
    unittest.main()
