"""The portal behind its doors: state, counters, log, access, late work."""

import contextlib
import hmac
import threading
from collections import deque

from clock import Clock
from config import Config
from errors import RestError
from faults import Faults
from limits import Operating, Rate
from rest import Runner
from store import Store


class Portal:
    """Everything that a request may touch. `lock` guards all of it
    but the number of requests in flight."""

    def __init__(self, given=None):
        self.lock = threading.RLock()
        self.config = Config(given)
        self.clock = Clock()
        self.in_flight = 0
        self._flight_lock = threading.Lock()
        self.reset({})

    def reset(self, given):
        self.config.merge(given)
        self.clock.set(self.config["clock"], self.config["clock_frozen"])
        self.store = Store(self.config, self.clock.stamp)
        self.rate = Rate(self.clock)
        self.operating = Operating(self.clock)
        self.faults = Faults()
        self.tokens = Tokens(self.config, self.clock)
        self.seq = 0
        self.log = deque(maxlen=self.config["log_limit"])
        self.late = []
        self._counts = {"requests": 0, "batches": 0, "commands": {},
                        "refused": {"rate": 0, "operating": 0, "auth": 0},
                        "max_in_flight": 0, "adds": {}}

    # Counting

    def count_request(self, method):
        self.seq += 1
        self._counts["requests"] += 1
        if method.lower() == "batch":
            self._counts["batches"] += 1

    @contextlib.contextmanager
    def flight(self):
        """A request from its arrival to the end of its answer."""
        with self._flight_lock:
            self.in_flight += 1
            self._counts["max_in_flight"] = max(
                self._counts["max_in_flight"], self.in_flight)
        try:
            yield
        finally:
            with self._flight_lock:
                self.in_flight -= 1

    def count_command(self, name):
        commands = self._counts["commands"]
        commands[name] = commands.get(name, 0) + 1

    def count_done(self, name):
        if name.endswith(".add"):
            adds = self._counts["adds"]
            adds[name] = adds.get(name, 0) + 1

    def count_refused(self, why):
        self._counts["refused"][why] += 1

    def stats(self):
        bucket = self.rate.drained(self.config["rate_per_second"])
        return {**self._counts, "clock": self.clock.now(),
                "bucket": round(bucket, 3),
                "held": self.store.counts(),
                "operating": self.operating.totals()}

    # Access

    def admit(self, auth):
        """The caller's name, or an error. `auth`: webhook pair or token."""
        kind, given = auth
        if kind == "webhook":
            good = hmac.compare_digest(
                "%s/%s" % given,
                "%s/%s" % (self.config["user"], self.config["secret"]))
            if not good or self.config["webhook_expired"]:
                raise RestError("INVALID_CREDENTIALS",
                                "Invalid request credentials", 401)
            return "webhook"
        self.tokens.check(given)
        return "application"

    # Work

    def execute(self, request, plan, caller):
        """Does a request. Returns (status, body)."""
        runner = Runner(self, caller, plan)
        return runner.request(request.method, request.params,
                              request.commands)

    def note(self, request, plan, status, late=False):
        keep = self.config["log_params"]
        self.log.append({
            "seq": request.seq, "method": request.method,
            "http": request.http, "path": request.shown_path,
            "auth": request.auth[0], "status": status,
            "fault": plan.name() if plan else None, "late": late,
            "commands": [c.logged(keep) for c in request.commands]})

    # Late work

    def postpone(self, request, plan, caller):
        rule = plan.main
        until = rule.get("until")
        due = None
        if rule.get("seconds") is not None:
            due = self.clock.now() + float(rule.get("seconds"))
        self.late.append((due, until or ("clock" if due is None else None),
                          request, plan, caller))

    def do_late(self, occasion):
        """Does what is due now or at this occasion; how many."""
        now = self.clock.now()
        ready, waiting = [], []
        for item in self.late:
            due, until = item[0], item[1]
            hit = occasion == "flush" or until == occasion or \
                (due is not None and due <= now)
            (ready if hit else waiting).append(item)
        self.late = waiting
        for _, _, request, plan, caller in ready:
            status, _ = self.execute(request, plan, caller)
            self.note(request, plan, status, late=True)
        return len(ready)


class Tokens:
    """Access and refresh tokens of the one application."""

    def __init__(self, config, clock):
        self._config = config["oauth"]
        self._clock = clock
        self.access = self._config["access_token"]
        self.refresh = self._config["refresh_token"]
        self._old = set()
        self._number = 0
        self._until = clock.now() + self._config["lifetime"]

    def expire(self):
        self._until = self._clock.now()

    def check(self, token):
        if not token:
            raise RestError("NO_AUTH_FOUND", "Wrong authorization data", 401)
        if token in self._old or (token == self.access and
                                  self._clock.now() >= self._until):
            raise RestError("expired_token",
                            "The access token provided has expired.", 401)
        if token != self.access:
            raise RestError("invalid_token",
                            "Unable to get application by token", 401)

    def exchange(self, params, base):
        """Answer of the token server to a refresh."""
        lacking = [n for n in ("grant_type", "client_id", "client_secret",
                               "refresh_token") if not params.get(n)]
        if lacking or params["grant_type"] != "refresh_token":
            raise RestError("invalid_request", "Wrong parameters")
        if params["client_id"] != self._config["client_id"] or \
                params["client_secret"] != self._config["client_secret"]:
            raise RestError("invalid_client", "Wrong client")
        if params["refresh_token"] != self.refresh:
            raise RestError("invalid_grant", "Refresh token is not valid")
        self._renew()
        return {"access_token": self.access, "refresh_token": self.refresh,
                "expires": int(self._until),
                "expires_in": self._config["lifetime"], "scope": "app",
                "domain": "127.0.0.1", "client_endpoint": base + "/rest/",
                "server_endpoint": base + "/rest/", "status": "L",
                "member_id": "member", "user_id": 1}

    def _renew(self):
        self._number += 1
        self._old.add(self.access)
        self.access = "access-%d" % self._number
        self.refresh = "refresh-%d" % self._number
        self._until = self._clock.now() + self._config["lifetime"]
