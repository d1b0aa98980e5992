"""Rules that make the portal fail: when, how often, and in which way."""

from errors import RestError

KINDS = {
    "drop": (), "work_then_drop": (), "half_answer": (),
    "work_k_then_drop": ("k",),
    "html": ("status", "work"),
    "status": ("status", "code", "description", "work", "retry_after"),
    "garbage": ("work", "body"),
    "redirect": ("location", "status"),
    "delay": ("seconds",),
    "late_work": ("seconds", "until"),
    "error": ("command", "nth", "text", "code", "description", "status"),
    "silent_drop_field": ("field", "command"),
    "lose_command": ("command", "nth"),
}
JOINING = ("error", "silent_drop_field", "lose_command", "delay")
_WHEN = ("method", "command", "request", "text")


class Rule:
    def __init__(self, given):
        if not isinstance(given, dict) or given.get("do") not in KINDS:
            raise ValueError("a rule needs `do`, one of: " +
                             ", ".join(sorted(KINDS)))
        self.do = given["do"]
        allowed = {"when", "skip", "count", "do", *KINDS[self.do]}
        unknown = set(given) - allowed
        unknown |= set(given.get("when", {})) - set(_WHEN)
        if unknown:
            raise ValueError("unknown in a rule %s: %s" % (
                self.do, ", ".join(sorted(unknown))))
        if self.do == "work_k_then_drop" and "k" not in given:
            raise ValueError("work_k_then_drop needs k")
        if self.do == "silent_drop_field" and "field" not in given:
            raise ValueError("silent_drop_field needs field")
        self.given = given
        self.when = given.get("when", {})
        self.skip = given.get("skip", 0)
        self.count = given.get("count", 1)
        self.seen = 0
        self.applied = 0

    def get(self, name, default=None):
        return self.given.get(name, default)

    def shown(self):
        return {**self.given, "seen": self.seen, "applied": self.applied}

    def _matches(self, seq, method, commands):
        when = self.when
        if "method" in when and not same_method(when["method"], method):
            return False
        if "request" in when and when["request"] != seq:
            return False
        if "command" in when and not any(
                same_method(when["command"], c.method) for c in commands):
            return False
        return "text" not in when or any(
            c.mentions(when["text"]) for c in commands)

    def hits(self, seq, method, commands):
        """Whether this request is to be hit; counts."""
        if not self._matches(seq, method, commands):
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        if self.count and self.applied >= self.count:
            return False
        self.applied += 1
        return True


def same_method(pattern, method):
    pattern, method = pattern.lower(), method.lower()
    if pattern.endswith("*"):
        return method.startswith(pattern[:-1])
    return pattern == method


class Plan:
    """What is to happen to one request."""

    def __init__(self):
        self.main = None
        self.delay = 0.0
        self.joined = []
        self._order = {}

    def name(self):
        names = [self.main.do] if self.main else []
        names += [rule.do for rule in self.joined]
        names += ["delay"] if self.delay else []
        return "+".join(names) or None

    def works(self):
        """Whether the work is done before the answer is spoilt."""
        if self.main is None:
            return True
        if self.main.do in ("html", "status", "garbage"):
            return bool(self.main.get("work", False))
        return self.main.do not in ("drop", "redirect", "late_work")

    def stops_before(self, number):
        return self.main is not None and \
            self.main.do == "work_k_then_drop" and number >= self.main.get("k")

    def prepare(self, commands):
        """Chooses the commands that the joined rules address."""
        for rule in self.joined:
            wanted = rule.get("command") or rule.when.get("command") or "*"
            chosen = [c for c in commands if same_method(wanted, c.method)]
            if rule.get("text"):
                chosen = [c for c in chosen
                          if c.mentions(rule.get("text"))]
            nth = rule.get("nth")
            if nth:
                chosen = chosen[nth - 1:nth]
            for command in chosen:
                self._order.setdefault(id(command), []).append(rule)

    def touch(self, command):
        """Before a command runs: refuses it, or drops a field of it."""
        for rule in self._order.get(id(command), ()):
            if rule.do == "silent_drop_field":
                fields = command.params.get("fields")
                if isinstance(fields, dict):
                    # Under a name that nobody knows: a list that the portal
                    # did not heed is no missing parameter.
                    command.params = {**command.params, "fields": {
                        f"dropped {k}" if k == rule.get("field") else k: v
                        for k, v in fields.items()}}
            elif rule.do == "error":
                raise RestError(rule.get("code", "INTERNAL_SERVER_ERROR"),
                                rule.get("description", "A fault"),
                                rule.get("status", 400))

    def hides(self, command):
        return any(rule.do == "lose_command"
                   for rule in self._order.get(id(command), ()))


class Faults:
    def __init__(self):
        self.rules = []

    def replace(self, given):
        if not isinstance(given, list):
            raise ValueError("a list of rules is wanted")
        self.rules = [Rule(rule) for rule in given]

    def plan(self, seq, method, commands):
        plan = Plan()
        for rule in self.rules:
            joining = rule.do in JOINING
            if not joining and plan.main is not None:
                continue
            if not rule.hits(seq, method, commands):
                continue
            if rule.do == "delay":
                plan.delay += float(rule.get("seconds", 1))
            elif joining:
                plan.joined.append(rule)
            else:
                plan.main = rule
        plan.prepare(commands)
        return plan
