"""What the tests of the stand-in share: a portal, and calls to it."""

import http.client
import json
import threading
import unittest
from urllib.parse import urlsplit

from kernel import Portal
from server import Server

JSON = "application/json"


class Case(unittest.TestCase):
    """A portal of its own per class, reset before each test."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(Portal())
        cls.thread = threading.Thread(
            target=cls.server.serve_forever, args=(0.01,))
        cls.thread.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.thread.join()
        cls.server.server_close()

    def setUp(self):
        self.control("reset", {
            "scopes": ["catalog", "crm", "user"], "admin": True,
            "can_read": True, "inventory": False, "clock": 1000000,
            "inventory_quantity": "ignore", "clock_frozen": True,
            "rate_enabled": False, "operating_enabled": False,
            "operating_cost": {"*": 0}, "price_decimals": None,
            "webhook_expired": False, "refusals_fill": False,
            "crm_read": True, "crm_write": True,
            "deals_seen": "all", "companies_seen": "all",
            "contacts_seen": "all",
            "long_strings": "cut",
            "address_exists": "refuse", "rows_touch": "amount",
            "bindings_touch": True, "address_read": True, "clears": "take",
            "mandatory": False, "status_whole": "answer"})

    def raw(self, path, body=None, kind=JSON, method=None):
        """(status, headers, bytes) of a request on a fresh connection."""
        connection = http.client.HTTPConnection(
            urlsplit(self.server.base).netloc, timeout=20)
        try:
            headers = {"Content-Type": kind} if body is not None else {}
            connection.request(method or ("GET" if body is None else "POST"),
                               path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def control(self, name, body=None):
        data = None if body is None else json.dumps(body)
        status, _, answer = self.raw("/_control/" + name, data)
        self.assertEqual(status, 200, answer)
        return json.loads(answer)

    def rest(self, method, params=None, status=200):
        got, _, answer = self.raw("/rest/1/s3cret0hook/" + method,
                                  json.dumps(params or {}))
        self.assertEqual(got, status, answer)
        return json.loads(answer)

    def refused(self, method, params, code, status=400):
        answer = self.rest(method, params, status)
        self.assertIn("error", answer)
        self.assertIs(type(answer["error"]), type(code))
        self.assertEqual(answer["error"], code)
        return answer["error_description"]

    def batch(self, cmd, halt=0):
        return self.rest("batch", {"cmd": cmd, "halt": halt})["result"]

    def product(self, **fields):
        fields = {"iblockId": 14, "name": "Бумага", **fields}
        answer = self.rest("catalog.product.add", {"fields": fields})
        return answer["result"]["element"]

    def section(self, **fields):
        fields = {"iblockId": 14, "name": "Раздел", **fields}
        answer = self.rest("catalog.section.add", {"fields": fields})
        return answer["result"]["section"]

    def products(self, given=None, **more):
        return self.rest("catalog.product.list", {
            "select": ["id", "iblockId", "name", "xmlId"],
            "filter": {"iblockId": 14, **(given or {})}, **more})
