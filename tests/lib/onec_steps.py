"""The steps `onec`, `onec_holds` and `outbox` of a case (case.py)."""

import re

from fitting import check_named, fits
from onec import OneC
from onec_edit import COMMON, EDITS, edit, possible
from outbox import Outbox, file_name

_RUN = {"goods", "load", "says", "full", "probe", "age", "writes",
        "sound"}
_VERBS = {"run": _RUN, "goods-only": {"goods", "age"}, "break": set(),
          "repeat": {"times", "age"},
          **{verb: keys | COMMON for verb, (_, keys) in EDITS.items()}}
KEYS = set().union(*_VERBS.values()) | {"writes_empty"}
_VERBS["run"] = _RUN | {"writes_empty"}


class Steps:
    """The scripted 1C of one performance, and the outbox between the two.

    `package(what, dialect)` makes {name: bytes} of a package.
    """

    def __init__(self, settings, exchange, package):
        self.exchange, self._package = exchange, package
        self._seen = {}
        self.base = None
        if settings:
            name = settings.get("order_file") or file_name(exchange.settings)
            own = {k: v for k, v in settings.items() if k != "order_file"}
            own.setdefault("family", (exchange.settings.get("orders") or {})
                           .get("profile"))
            self.base = OneC(own, exchange.inbox, self._folder() / name,
                             exchange.now)

    def _folder(self):
        return (self.exchange.folder /
                self.exchange.settings["folders"]["outbox"]).resolve()

    def know(self, files):
        if self.base:
            self.base.know(files)

    def said(self, deal):
        """How often files of 1C have named the deal's order."""
        held = self.base.of_deal(deal) if self.base else []
        return len(held[-1].said) if held else 0

    # ---- onec ----

    def onec(self, step):
        """Problems, as lines."""
        verb = step["onec"]
        if self.base is None:
            raise ValueError("the case has no key \"onec\"")
        if verb not in _VERBS:
            raise ValueError(f"1C does not know {verb!r}")
        unknown = set(step) - _VERBS[verb] - {"onec", "about"}
        if unknown:
            raise ValueError(f"onec {verb} does not know {sorted(unknown)}")
        if verb in EDITS:
            step = self._addressed(verb, step)
            if step:
                edit(self.base, verb, step)
        elif verb == "break":
            self.base.broken = True
        elif verb == "repeat":
            self.base.repeat(step.get("times", 1), step.get("age", 0))
        elif verb == "goods-only":
            self.base.run(goods=self._goods(step), orders=False,
                          age=step.get("age", 0))
        else:
            return self._run(step)
        return []

    def _addressed(self, verb, step):
        """"deal 7" is the order of that deal, whatever its number; where 1C
        has none, or would not do it, nothing is done."""
        deal = re.fullmatch(r"deal (\d+)", str(step["order"]))
        if deal is None:
            return step
        held = self.base.of_deal(deal[1])
        if not held or not possible(held[-1], verb, step):
            return None
        return {**step, "order": held[-1].number}

    def _goods(self, step):
        if "goods" not in step:
            return {} if step["onec"] == "goods-only" else None
        dialect = {"ut103": "ut103", "unf": "unf", "unf16": "unf"}.get(
            self.base.family, "ut11")
        return self._package(step["goods"], dialect)

    def _run(self, step):
        path, problems = self.base.order_file, []
        if step.get("sound", not self.base.broken) and path.exists():
            problems += self._faults(path)
        expected = step.get("load", not self.base.broken)
        run = self.base.run(
            goods=self._goods(step), full=step.get("full", False),
            probe=step.get("probe"), age=step.get("age", 0),
            empty=step.get("writes_empty"))
        told = "\n".join(run.messages)
        if expected is not None and run.ok is not expected:
            problems.append(f"1C's load: {run.ok}, expected {expected}")
        problems += [f"1C does not say {pattern!r}"
                     for pattern in _list(step.get("says", []))
                     if not re.search(pattern, told, re.M)]
        if "writes" in step and (run.file is not None) is not step["writes"]:
            problems.append(f"1C's orders file: {run.file}")
        return [f"{line}\n1C said: {told}" for line in problems]

    def _faults(self, path):
        try:
            return [f"{path.name}: {fault}" for fault in
                    Outbox(path.read_bytes()).faults(
                        self.base is not None and
                        self.base.family == "bitrix")]
        except (SyntaxError, ValueError, LookupError) as error:
            return [f"{path.name} is not XML: {error}"]

    # ---- onec_holds ----

    def holds(self, wanted, others=False):
        if self.base is None:
            raise ValueError("the case has no key \"onec\"")
        tables = {"orders": self._orders, "counterparties": self._parties,
                  "planted": lambda: sorted(self.base.held.planted),
                  "services": lambda: sorted(self.base.held.services),
                  "messages": lambda: "\n".join(
                      self.base.last_run.messages)}
        unknown = set(wanted) - set(tables)
        if unknown:
            raise ValueError(f"not shown of 1C: {sorted(unknown)}")
        problems = []
        for key, value in wanted.items():
            found = tables[key]()
            if key in ("orders", "counterparties"):
                problems += check_named(f"1C's {key}", value, found, others)
            elif key == "messages":
                problems += [f"1C does not say {pattern!r}: {found}"
                             for pattern in _list(value)
                             if not re.search(pattern, found, re.M)]
            elif not fits(value, found):
                problems.append(f"1C's {key}: {found}, expected {value}")
        return problems

    def _orders(self):
        out = {}
        for order in self.base.held.orders:
            out[_free(out, order.number)] = {
                **vars(order), "id": order.uuid, "sum": str(order.total()),
                "vat": str(order.tax()), "paid": str(order.paid()),
                "fully_paid": order.fully_paid(),
                "fully_shipped": order.fully_shipped(),
                "party": self.base.party(order.party) or {},
                "lines": [{**line, **{k: str(line[k]) for k in (
                    "quantity", "price", "sum")}} for line in order.lines]}
        return out

    def _parties(self):
        out = {}
        for party in self.base.held.parties:
            out[_free(out, party["name"])] = party
        return out

    # ---- outbox ----

    def outbox(self, wanted):
        known = {"file", "exists", "orders", "others", "encoding", "version",
                 "container", "unchanged", "sound", "text", "never",
                 "clients"}
        if set(wanted) - known:
            raise ValueError(f"outbox: {sorted(set(wanted) - known)}")
        path = self._folder() / wanted.get(
            "file", file_name(self.exchange.settings))
        if not path.exists():
            return [] if wanted.get("exists") is False else \
                [f"{path.name} is not in the outbox"]
        if wanted.get("exists") is False:
            return [f"{path.name} is in the outbox"]
        data, before = path.read_bytes(), self._seen.get(path.name)
        self._seen[path.name] = data
        problems = []
        if "unchanged" in wanted and \
                (data == before) is not wanted["unchanged"]:
            problems.append(f"{path.name} is "
                            f"{'' if data == before else 'not '}unchanged")
        try:
            return problems + self._look(wanted, path, Outbox(data))
        except (SyntaxError, ValueError, LookupError) as error:
            return problems + [f"{path.name} is not XML: {error}\n{data!r}"]

    def _look(self, wanted, path, box):
        problems = []
        text = box.data.decode(box.encoding, "replace")
        profile = (self.exchange.settings.get("orders") or {}).get("profile")
        if wanted.get("sound", True):
            problems += box.faults(profile == "bitrix")
        for key, value in (("encoding", box.encoding),
                           ("version", box.root.get("ВерсияСхемы"))):
            if key in wanted and wanted[key] != value:
                problems.append(f"{key} {value}, expected {wanted[key]}")
        problems += [f"nothing there like {p!r}" for p in _list(
            wanted.get("text", [])) if not re.search(p, text, re.M)]
        problems += [f"must not be there: {p!r}" for p in _list(
            wanted.get("never", [])) if re.search(p, text, re.M)]
        if "orders" in wanted:
            problems += check_named("outbox", wanted["orders"], box.orders(),
                                    wanted.get("others", False))
        if "clients" in wanted:
            problems += check_named("outbox", wanted["clients"],
                                    box.clients(),
                                    wanted.get("others", False))
        return [f"{path.name}: {line}" for line in problems]


def _free(taken, name):
    """The name, of a second one with " 2" behind it."""
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name} {count}"
    return free


def _list(value):
    return value if isinstance(value, list) else [value]
