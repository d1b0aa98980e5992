"""Proves that the stand-in fails as it is told to, and counts."""

import http.client
import json
import os
import subprocess
import sys
import unittest
from urllib.parse import urlencode

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from portal_case import Case            # noqa: E402


class Limits(Case):
    def test_leaky_bucket(self):
        self.control("config", {"rate_enabled": True, "rate_burst": 3})
        for _ in range(3):
            self.rest("scope")
        self.refused("scope", {}, "QUERY_LIMIT_EXCEEDED", 503)
        self.control("clock", {"add": 1})
        self.rest("scope")
        self.rest("scope")
        self.refused("scope", {}, "QUERY_LIMIT_EXCEEDED", 503)
        self.assertEqual(self.control("stats")["refused"]["rate"], 2)

    def test_operating_is_counted_per_method_inside_batches(self):
        self.control("config", {
            "operating_enabled": True, "operating_limit": 10,
            "operating_cost": {"catalog.product.add": 6, "*": 0}})
        add = "catalog.product.add?fields[iblockId]=14&fields[name]=x"
        result = self.batch({"a": add, "b": add, "c": add, "d": "scope"})
        self.assertEqual(sorted(result["result"]), ["a", "b", "d"])
        self.assertEqual(result["result_error"]["c"]["error"],
                         "OPERATION_TIME_LIMIT")
        block = result["result_time"]["b"]
        self.assertEqual(block["operating"], 12)
        self.assertEqual(block["operating_reset_at"], 1000600)
        fields = {"iblockId": 14, "name": "x"}
        self.refused("catalog.product.add", {"fields": fields},
                     "OPERATION_TIME_LIMIT", 429)
        self.control("clock", {"add": 601})
        self.product()

    def test_one_bucket_of_ten_falls_out(self):
        self.control("config", {
            "operating_enabled": True, "operating_limit": 10,
            "operating_cost": {"scope": 4}})
        self.rest("scope")
        self.control("clock", {"add": 120})
        self.assertEqual(self.rest("scope")["time"]["operating"], 8)
        self.control("clock", {"add": 490})
        self.assertEqual(self.rest("scope")["time"]["operating"], 8)


class Faults(Case):
    ADD = {"fields": {"iblockId": 14, "name": "x", "xmlId": "one"}}

    def fault(self, do, when=None, **more):
        self.control("faults", [{"do": do, "when": when or {}, **more}])

    def lost(self, method, params):
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.rest(method, params)

    def held(self):
        return len(self.control("dump")["products"])

    def test_drop_does_nothing(self):
        self.fault("drop")
        self.lost("catalog.product.add", self.ADD)
        self.assertEqual(self.held(), 0)
        self.rest("catalog.product.add", self.ADD)

    def test_work_then_drop_does_everything(self):
        self.fault("work_then_drop")
        self.lost("catalog.product.add", self.ADD)
        self.assertEqual(self.held(), 1)

    def test_a_prefix_of_a_batch_is_done(self):
        self.fault("work_k_then_drop", k=2)
        add = "catalog.product.add?fields[iblockId]=14&fields[name]=x"
        self.lost("batch", {"cmd": {"a": add, "b": add, "c": add}})
        self.assertEqual(self.held(), 2)
        done = [c.get("done") for c in self.control("log")[0]["commands"]]
        self.assertEqual(done, [True, True, None])

    def test_half_an_answer(self):
        self.fault("half_answer")
        self.lost("catalog.product.add", self.ADD)
        self.assertEqual(self.held(), 1)

    def test_html_and_status(self):
        self.fault("html", status=504)
        status, headers, body = self.raw("/rest/1/s3cret0hook/scope", "{}")
        self.assertEqual((status, headers["Content-Type"]),
                         (504, "text/html"))
        self.assertTrue(body.startswith(b"<html>"))
        self.fault("status", status=429, retry_after=7)
        self.refused("scope", {}, "OPERATION_TIME_LIMIT", 429)
        self.fault("status", status=500, work=True)
        self.refused("catalog.product.add", self.ADD,
                     "INTERNAL_SERVER_ERROR", 500)
        self.assertEqual(self.held(), 1)

    def test_garbage(self):
        self.fault("garbage")
        status, _, body = self.raw("/rest/1/s3cret0hook/scope", "{}")
        self.assertEqual(status, 200)
        with self.assertRaises(ValueError):
            json.loads(body)

    def test_redirect(self):
        self.fault("redirect")
        status, headers, _ = self.raw("/rest/1/s3cret0hook/scope", "{}")
        self.assertEqual((status, headers["Location"]),
                         (302, self.server.base +
                          "/rest/1/s3cret0hook/scope"))

    def test_error_of_one_command_among_others(self):
        for code in ("", 0, "0", 200040300010):
            self.fault("error", {"command": "catalog.product.add"}, nth=2,
                       code=code)
            add = "catalog.product.add?fields[iblockId]=14&fields[name]=x"
            result = self.batch({"a": add, "b": add, "c": add})
            self.assertEqual(result["result_error"]["b"]["error"], code)
            self.assertEqual(sorted(result["result"]), ["a", "c"])

    def test_a_field_is_dropped_silently(self):
        self.fault("silent_drop_field", {"command": "catalog.product.add"},
                   field="xmlId")
        answer = self.rest("catalog.product.add", self.ADD)
        self.assertNotEqual(answer["result"]["element"]["xmlId"], "one")

    def test_the_only_field_dropped_is_no_missing_parameter(self):
        made = self.rest("catalog.product.add", self.ADD)["result"]["element"]
        self.fault("silent_drop_field", {"command": "catalog.product.update"},
                   field="name")
        answer = self.rest("catalog.product.update",
                           {"id": made["id"], "fields": {"name": "other"}})
        self.assertEqual(answer["result"]["element"]["name"], made["name"])

    def test_a_command_that_is_in_no_map(self):
        self.fault("lose_command", {"command": "scope"})
        result = self.batch({"a": "scope", "b": "server.time"})
        self.assertEqual(list(result["result"]), ["b"])
        self.assertEqual(result["result_error"], [])

    def test_work_done_late(self):
        self.fault("late_work", seconds=30)
        self.lost("catalog.product.add", self.ADD)
        self.control("clock", {"add": 29})
        self.assertEqual(self.held(), 0)
        self.control("clock", {"add": 2})
        self.assertEqual(self.held(), 1)
        log = self.control("log")
        self.assertEqual([entry["late"] for entry in log], [False, True])

    def test_work_done_after_the_next_request(self):
        self.fault("late_work", until="next_request")
        self.lost("catalog.product.add", self.ADD)
        self.assertEqual(self.products()["total"], 0)
        self.assertEqual(self.products()["total"], 1)

    def test_matching(self):
        self.fault("status", {"command": "catalog.*", "text": "Бумага"},
                   skip=1, count=1)
        self.product()
        self.rest("catalog.section.add", {"fields": {
            "iblockId": 14, "name": "Папка"}})
        self.rest("catalog.product.add", {"fields": {
            "iblockId": 14, "name": "Бумага А4"}}, 500)
        self.product()
        rule = self.control("faults")[0]
        self.assertEqual((rule["seen"], rule["applied"]), (3, 1))

    def test_the_nth_request(self):
        self.fault("drop", {"request": 2})
        self.rest("scope")
        self.lost("scope", {})
        self.rest("scope")

    def test_a_rule_that_is_wrong_is_refused(self):
        for rule in ({"do": "explode"}, {"do": "drop", "k": 1},
                     {"do": "drop", "when": {"methods": "x"}}):
            status, _, _ = self.raw("/_control/faults", json.dumps([rule]))
            self.assertEqual(status, 400)


class OAuth(Case):
    def call(self, token):
        status, _, body = self.raw("/rest/scope",
                                   json.dumps({"auth": token}))
        return status, json.loads(body)

    def refresh(self, token):
        query = urlencode({"grant_type": "refresh_token",
                           "client_id": "app.1", "refresh_token": token,
                           "client_secret": "appsecret"})
        status, _, body = self.raw("/oauth/token/?" + query)
        return status, json.loads(body)

    def test_tokens(self):
        self.assertEqual(self.call("access-0")[0], 200)
        self.assertEqual(self.call("other")[1]["error"], "invalid_token")
        self.assertEqual(self.call("")[1]["error"], "NO_AUTH_FOUND")
        self.control("expire", {})
        status, body = self.call("access-0")
        self.assertEqual((status, body["error"]), (401, "expired_token"))
        status, fresh = self.refresh("refresh-0")
        self.assertEqual(status, 200)
        self.assertEqual(self.call(fresh["access_token"])[0], 200)
        self.assertEqual(self.refresh("refresh-0")[1]["error"],
                         "invalid_grant")

    def test_a_token_expires_by_the_portals_clock(self):
        self.control("clock", {"add": 3601})
        self.assertEqual(self.call("access-0")[1]["error"], "expired_token")

    def test_secrets_are_not_in_the_log(self):
        self.call("access-0")
        self.rest("scope")
        text = json.dumps(self.control("log"))
        self.assertNotIn("access-0", text)
        self.assertNotIn("s3cret0hook", text)


class Control(Case):
    def test_stats(self):
        self.product()
        self.batch({"a": "scope", "b": "none.such"})
        stats = self.control("stats")
        self.assertEqual((stats["requests"], stats["batches"]), (2, 1))
        self.assertEqual(stats["adds"], {"catalog.product.add": 1})
        self.assertEqual(stats["held"]["products"], 1)

    def test_unknown_setting_is_refused(self):
        status, _, body = self.raw("/_control/config", '{"nonsense":1}')
        self.assertEqual(status, 400, body)

    def test_alter_and_dump_are_stable(self):
        ident = self.product()["id"]
        self.control("alter", {"entity": "products", "id": ident,
                               "set": {"name": "Ручная"}})
        dump = self.control("dump")
        self.assertEqual(dump["products"][0]["name"], "Ручная")
        self.assertEqual(dump, self.control("dump"))
        self.control("alter", {"entity": "products", "id": ident,
                               "delete": True})
        self.assertEqual(self.control("dump")["products"], [])

    def test_a_dump_can_be_loaded(self):
        section = self.section()["id"]
        self.product(iblockSectionId=section, xmlId="p")
        dump = self.control("dump")
        self.control("reset", {})
        self.control("load", dump)
        again = self.control("dump")
        self.assertEqual(again["products"], dump["products"])
        self.assertEqual(self.products({"xmlId": "p"})["total"], 1)


class Process(unittest.TestCase):
    def test_it_says_where_it_listens_and_ends_on_a_signal(self):
        here = os.path.dirname(os.path.abspath(__file__))
        with subprocess.Popen(
                [sys.executable, "-B", os.path.join(here, "portal.py")],
                stdout=subprocess.PIPE, text=True) as process:
            line = process.stdout.readline()
            self.assertRegex(line, r"^listening http://127\.0\.0\.1:\d+"
                                   r"/rest/1/s3cret0hook/\n$")
            process.terminate()
            self.assertEqual(process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
