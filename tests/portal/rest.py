"""Calls and batches: from a method and its parameters to an answer."""

import json
import re
import time

import php
import registry
from errors import RestError, no_method

import methods_catalog      # noqa: F401  (each adds its methods)
import methods_crm          # noqa: F401
import methods_document     # noqa: F401
import methods_enum         # noqa: F401
import methods_image        # noqa: F401
import methods_item         # noqa: F401
import methods_link         # noqa: F401
import methods_merge        # noqa: F401
import methods_product      # noqa: F401
import methods_requisite    # noqa: F401
import methods_row          # noqa: F401
import methods_store        # noqa: F401
import methods_system       # noqa: F401
import methods_timeline     # noqa: F401
import methods_user         # noqa: F401

BATCH_MAX = 50
NOT_IN_BATCH = ("batch", "download", "upload")
_REFERENCE = re.compile(r"\$(result|error|total|next|time)((?:\[[^\[\]]*\])+)")


class Command:
    """One call: alone in its request (key None) or one of a batch."""

    def __init__(self, key, method, params):
        self.key = key
        self.method = method
        self.params = params
        self.outcome = {}

    def mentions(self, text):
        """Whether it occurs in some decoded parameter."""
        return text in json.dumps(self.params, ensure_ascii=False)

    def logged(self, with_params):
        out = {"key": self.key, "method": self.method}
        if with_params:
            out["params"] = self.params
        return {**out, **self.outcome}


def split_command(text, max_vars):
    """`method?query` as parse_url() takes it apart: '#' ends the query."""
    path, _, query = text.partition("#")[0].partition("?")
    return path.strip("/"), php.parse_query(query, max_vars)


def as_mapping(value):
    if isinstance(value, list):
        return dict(enumerate(value))
    return value if isinstance(value, dict) else {}


def commands_of(method, params, max_vars):
    """The commands of a request; those that aren't strings are skipped."""
    if method.lower() != "batch":
        return [Command(None, method, params)]
    return [Command(key, *split_command(text, max_vars))
            for key, text in as_mapping(params.get("cmd")).items()
            if isinstance(text, str)]


class Results:
    """The five maps of a batch."""

    NAMES = ("result", "error", "total", "next", "time")

    def __init__(self):
        self.maps = {name: {} for name in self.NAMES}

    def answer(self):
        out = {"result": self.maps["result"]}
        for name in self.NAMES[1:]:
            out["result_" + name] = self.maps[name]
        return {name: php.array(value) for name, value in out.items()}

    def resolve(self, value):
        """References in a value, at any depth of it."""
        if isinstance(value, dict):
            return {key: self.resolve(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, str) or "$" not in value:
            return value
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return self._lookup(whole)
        return _REFERENCE.sub(lambda m: _text(self._lookup(m)), value)

    def _lookup(self, match):
        """What a path leads to; else the deepest array that it reached."""
        node = self.maps[match.group(1)]
        for key in re.findall(r"\[([^\[\]]*)\]", match.group(2)):
            found, item = _step(node, key)
            if not found:
                return node
            if not isinstance(item, (dict, list)):
                last = match.group(2).endswith("[%s]" % key)
                return item if last else node
            node = item
        return node


def _step(node, key):
    if isinstance(node, list):
        at = php.to_int(key)
        good = at is not None and 0 <= at < len(node)
        return (True, node[at]) if good else (False, None)
    if key in node:
        return True, node[key]
    number = php.to_int(key)
    return (True, node[number]) if number in node else (False, None)


def _text(value):
    if isinstance(value, (dict, list)):
        return "Array"
    return "" if value in (None, False) else str(value)


class Runner:
    """Executes commands of one caller. Hold the portal's lock while using."""

    def __init__(self, portal, caller, plan):
        self._portal = portal
        self._caller = caller
        self._plan = plan
        self._spent = 0.0

    def request(self, method, params, commands):
        """(status, body) of a whole request."""
        began = time.time()
        if method.lower() == "batch":
            return self._batch(params, commands, began)
        command = commands[0]
        try:
            value, total, following = self._run(command, False)
        except RestError as error:
            return error.status, error.body()
        body = {"result": value}
        if following is not None:
            body["next"] = following
        if total is not None:
            body["total"] = total
        body["time"] = self._time(began, command.method)
        return 200, body

    def _batch(self, params, commands, began):
        halt = php.truth(params.get("halt"))
        results = Results()
        for number, command in enumerate(commands):
            if self._plan.stops_before(number):
                break
            if not self._into(results, command, number) and halt:
                break
        return 200, {"result": results.answer(),
                     "time": self._time(began, "batch", self._spent)}

    def _into(self, results, command, number):
        """Runs one command into the maps; False where it failed."""
        began = time.time()
        maps = results.maps
        try:
            if number >= BATCH_MAX:
                raise RestError("ERROR_BATCH_LENGTH_EXCEEDED",
                                "Max batch length exceeded")
            command.params = results.resolve(command.params)
            value, total, following = self._run(command, True)
        except RestError as error:
            command.outcome.setdefault("error", error.code)
            if not self._plan.hides(command):
                maps["error"][command.key] = error.body()
            return False
        if self._plan.hides(command):
            return True
        maps["result"][command.key] = value
        if total is not None:
            maps["total"][command.key] = total
        if following is not None:
            maps["next"][command.key] = following
        maps["time"][command.key] = self._time(began, command.method)
        return True

    def _run(self, command, in_batch):
        """(value, total, next) of one command, under its limits."""
        portal = self._portal
        command.outcome = {"done": False}
        try:
            self._plan.touch(command)
            method = self._allowed(command, in_batch)
            key = (command.method.lower(), self._caller)
            if portal.config["operating_enabled"]:
                self._check_operating(key)
            portal.count_command(method.name)
            self._spent += self._cost(method.name)
            portal.operating.add(key, self._cost(method.name))
            value = method.run(portal, self._caller, command.params)
        except RestError as error:
            command.outcome["error"] = error.code
            raise
        command.outcome["done"] = True
        portal.count_done(method.name)
        if isinstance(value, registry.Listed):
            return value.value, value.total, value.next
        return value, None, None

    def _check_operating(self, key):
        try:
            self._portal.operating.check(key,
                                         self._portal.config["operating_limit"])
        except RestError:
            self._portal.count_refused("operating")
            raise

    def _allowed(self, command, in_batch):
        if in_batch and command.method.lower() in NOT_IN_BATCH:
            raise RestError("ERROR_BATCH_METHOD_NOT_ALLOWED",
                            "Method is not allowed for batch usage", 405)
        method = registry.find(command.method)
        if method is None:
            raise no_method()
        if not registry.allows(method, self._portal.config["scopes"]):
            text = "" if in_batch else \
                "The request requires higher privileges than provided by " \
                "the webhook token"
            raise RestError("insufficient_scope", text, 403)
        return method

    def _cost(self, name):
        costs = self._portal.config["operating_cost"]
        return costs.get(name, costs.get("*", 0))

    def _time(self, began, method, more=0.0):
        """The `time` block; its clock is the portal's."""
        now = self._portal.clock.now()
        spent = max(0.000001, time.time() - began) + more
        if registry.find(method):
            spent += self._cost(registry.find(method).name)
        key = (method.lower(), self._caller)
        stamp = self._portal.clock.stamp
        return {"start": now - spent, "finish": now, "duration": spent,
                "processing": spent / 2, "date_start": stamp(now - spent),
                "date_finish": stamp(now),
                "operating_reset_at": self._portal.operating.reset_at(key),
                "operating": self._portal.operating.total(key)}


def read_body(raw, content_type, max_vars):
    """Parameters of a body: JSON only when it says so, broken JSON none."""
    kind = content_type.split(";")[0].strip().lower()
    if kind == "application/json":
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            return {}
        return php.collapse_map(value)
    if kind == "application/x-www-form-urlencoded":
        parsed = php.parse_query(raw.decode("latin-1"), max_vars)
        return as_mapping(parsed)
    return {}


def _refuse(name):
    raise ValueError(name)
