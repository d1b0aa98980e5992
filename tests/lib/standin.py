"""The stand-in portal as a child process, and its control calls."""

import http.client
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent


class Standin:
    """One portal process; reset() makes it new for the next case."""

    def __init__(self, clock_file):
        self.clock_file = Path(clock_file)
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "portal_server.py"),
             str(clock_file)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self._process.stdout.readline()
        if not line.startswith("listening "):
            raise RuntimeError("the stand-in did not start")
        self.pid = self._process.pid
        self.webhook = line.split()[1]
        parts = urlsplit(self.webhook)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._address = parts.netloc
        self._connection = None
        self._born = self.call("config")

    def stop(self):
        if self._connection:
            self._connection.close()
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        self._process.stdin.close()

    def call(self, name, body=None):
        """A control call: POST where there is a body, else GET."""
        for again in (True, False):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    self._address, timeout=60)
            try:
                return self._ask(name, body)
            except (http.client.HTTPException, OSError):
                self._connection.close()
                self._connection = None
                if not again:
                    raise

    def _ask(self, name, body):
        data = None if body is None else json.dumps(body)
        self._connection.request(
            "GET" if body is None else "POST", "/_control/" + name, data)
        answer = self._connection.getresponse()
        value = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"/_control/{name}: {value}")
        return value

    def reset(self, settings):
        """A new portal with these settings, whatever it had before."""
        self.call("reset", {**self._born, **settings})

    # ---- the clock that program and portal share ----

    def shift(self):
        try:
            return int(self.clock_file.read_text().strip() or 0)
        except OSError:
            return 0

    def set_shift(self, milliseconds):
        self.clock_file.write_text("%020d\n" % milliseconds)

    def advance(self, seconds):
        self.set_shift(self.shift() + int(seconds * 1000))
        self.call("clock", {})

    # ---- what it holds, and holding it again ----

    def save(self):
        return {"config": self.call("config"), "dump": self.call("dump"),
                "faults": [left for left in map(_rest_of_rule,
                                                self.call("faults")) if left],
                "shift": self.shift()}

    def restore(self, saved):
        self.set_shift(saved["shift"])
        self.call("reset", saved["config"])
        self.call("load", {name: rows for name, rows in saved["dump"].items()
                           if name != "deleted"})
        self.call("faults", saved["faults"])


def _rest_of_rule(rule):
    """What a rule has still to do; None: nothing."""
    rule = dict(rule)
    seen, applied = rule.pop("seen"), rule.pop("applied")
    count = rule.get("count", 1)
    if count and applied >= count:
        return None
    if count:
        rule["count"] = count - applied
    rule["skip"] = max(0, rule.get("skip", 0) - seen)
    return rule
