"""Reading and performing a flow case (tests/flow/README.md)."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import agreement
import onec_steps
from clients import ForOneC, Judge, State, Truth
from exchange import TOP, Exchange
from fitting import fits
from packages import Shelf, files_of, merge
from people import People
from view import View, what_was_sent

GOODS = TOP / "tests" / "flow" / "goods"
# Commands that change something; after them a kill must do no harm.
CHANGING = ("run", "import", "export", "retry", "link", "unlink")

# What a step "portal" may speak of.
GOODS_TABLES = ("products", "sections", "properties", "stores", "documents")
CRM_TABLES = ("companies", "contacts", "requisites", "bank_details",
              "addresses", "deals", "notices")

# Of the webhook and the application; never to be seen.
SECRETS = ("s3cret0hook", "appsecret", "access-", "refresh-")
# Of texts that are kept in the state; nobody shall see them.
MARKS = re.compile(r"[\x01-\x03]|\\u000[1-3]")


class Mismatch(Exception):
    """Something is not as the case expects it."""


class Case:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.name = self.folder.name
        self._take(json.loads((self.folder / "case.json").read_text("utf-8")))

    @classmethod
    def of(cls, folder, data):
        """A case that lies in no file; folder: its name, need not be there."""
        case = cls.__new__(cls)
        case.folder = Path(folder)
        case.name = case.folder.name
        case._take(data)
        return case

    def _take(self, data):
        unknown = set(data) - {"about", "crash", "exchange", "portal", "load",
                               "steps", "idle", "needs", "onec", "zone"}
        if unknown:
            raise ValueError(f"{self.name}: unknown {sorted(unknown)}")
        self.about = data["about"]
        self.crash = bool(data.get("crash", True))
        self.crash_modes = data["crash"] if self.crash and \
            isinstance(data.get("crash"), list) else []
        self.idle = data.get("idle", 0)
        self.zone = data.get("zone", "UTC")
        self.shelf = Shelf(self.folder, GOODS)
        self.exchange = self.shelf.describe(data.get("exchange", {}))
        self.portal = data.get("portal", {})
        self.load = [_many(self.shelf.describe(
            part.removesuffix(".json") if isinstance(part, str) else part))
                     for part in _list(data.get("load", []))]
        self.onec = data.get("onec")
        self.steps = data["steps"]


def all_cases(folder=TOP / "tests" / "flow", only=()):
    cases = [Case(path.parent)
             for path in sorted(Path(folder).glob("*/case.json"))]
    return [case for case in cases
            if not only or any(part in case.name for part in only)]


class Performance:
    """One case, performed once on one portal.

    `around` is called in place of a changing command: around(self, step);
    it has to end with self.perform(step).
    """

    def __init__(self, case, root, program, portal, around=None):
        self.case, self.portal, self.around = case, portal, around
        portal.set_shift(0)
        portal.reset(case.portal)
        for part in case.load:
            portal.call("load", part)
        self.before = portal.call("dump")
        self.exchange = Exchange(root, program, portal, case.exchange)
        self.exchange.zone = case.zone
        self.onec = onec_steps.Steps(case.onec, self.exchange, self.package)
        self.truth, self.people = Truth(), People(self)
        self.truth.rules.append(self.exchange.settings)
        self.spoken = []
        self._held = None
        self.planned = self.planned_time = None
        self._people = {}       # deal: stages that people chose
        self._merged = set()    # deals into which people merged others
        self._number = 0

    def play(self):
        try:
            for self._number, step in enumerate(self.case.steps, 1):
                self.step(step)
            self._number += 1
            self.check_faults()
            self.check_doubles()
            if self.case.idle is not False:
                self.check_idle(self.case.idle)
        except Mismatch as wrong:
            what = self.case.steps[self._number - 1] \
                if self._number <= len(self.case.steps) else "the end"
            raise Mismatch(
                f"step {self._number} ({_short(what)}):\n{wrong}") from None
        finally:
            if self._held:
                self._held.close()

    def step(self, step):
        key = next(iter(step))
        act = ACTS.get(key)
        if act is None:
            raise ValueError(f"{self.case.name}: not a step: {step}")
        unknown = set(step) - act.keys - {key, "about"}
        if unknown:
            raise ValueError(f"{self.case.name}: step {key} does not know "
                             f"{sorted(unknown)}")
        act.function(self, step)

    # ---- 1C ----

    def export(self, step):
        """What 1C does: its folder emptied, then written anew."""
        target = self.exchange.inbox / step.get("to", "webdata")
        if "at" in step:
            target = self.path(step["at"])
        target.mkdir(parents=True, exist_ok=True)
        if step.get("empty", True):
            for path in sorted(target.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
        files = self.package(step["export"])
        self.onec.know(files)
        self.truth.stated(self.case.shelf.describe(step["export"])
                          if self.case.shelf.folder(step["export"]) is None
                          else {})
        for name, data in files.items():
            if "files" in step and name not in step["files"]:
                continue
            path = target / step.get("as", {}).get(name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            self.age(path, step.get("age", 600))

    def package(self, what, dialect=None):
        """{name: bytes}; dialect: where the description has none."""
        folder = self.case.shelf.folder(what)
        if folder is None:
            described = self.case.shelf.describe(what)
            if dialect:
                described = {"dialect": dialect, **described}
            return files_of(described)
        return {str(path.relative_to(folder)): path.read_bytes()
                for path in sorted(folder.rglob("*")) if path.is_file()}

    def age(self, path, seconds):
        then = self.exchange.now() - seconds
        os.utime(path, (then, then))

    def path(self, name):
        path = (self.exchange.root / name).resolve()
        if self.exchange.root.resolve() not in path.parents:
            raise ValueError("not in the exchange: " + name)
        return path

    def file(self, step):
        """Any change to a file, as bytes on disk."""
        path = self.path(step["file"])
        path.parent.mkdir(parents=True, exist_ok=True)
        if step.get("remove"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            return
        if path.is_dir():
            path.chmod(int(step["mode"], 8))
            return
        data = path.read_bytes() if path.exists() else b""
        if "text" in step:
            data = self.exchange.filled(step["text"]).encode()
        for old, new in step.get("replace", []):
            old, new = old.encode(), new.encode()
            if old not in data:
                raise ValueError(f"{step['file']} has no {old!r}")
            data = data.replace(old, new)
        if "cut" in step:
            data = data[:step["cut"]]
        if "append" in step:
            data += step["append"].encode()
        if "repeat" in step:
            mark, text, count = step["repeat"]
            data = data.replace(mark.encode(), text.encode() * count)
        path.write_bytes(data)
        if "mode" in step:
            path.chmod(int(step["mode"], 8))
        self.age(path, step.get("age", 600))

    def copy(self, step):
        """A file or folder as it is now, for instance a backup."""
        source, target = self.path(step["copy"]), self.path(step["to"])
        if target.is_dir():
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)

    def zip(self, step):
        """A zip of a package, of named entries, or in parts."""
        path = self.path(step["zip"])
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            if "of" in step:
                for name, data in self.package(step["of"]).items():
                    out.writestr(step.get("folder", "") + name, data)
            for name, text in step.get("entries", {}).items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                if name in step.get("links", ()):
                    info.external_attr = 0o120777 << 16
                out.writestr(info, text * step.get("times", 1))
        data = path.read_bytes()
        if "cut" in step:
            path.write_bytes(data[:step["cut"]])
        if "parts" in step:
            path.unlink()
            size = -(-len(data) // step["parts"])
            for number in range(step["parts"]):
                part = path.with_name(f"{path.name}.{number + 1:03}")
                part.write_bytes(data[number * size:(number + 1) * size])
                self.age(part, step.get("age", 600))
            return
        self.age(path, step.get("age", 600))

    # ---- orders ----

    def one_c(self, step):
        self.tell(self.onec.onec(step))

    def onec_holds(self, step):
        self.tell(self.onec.holds(step["onec_holds"],
                                  step.get("others", False)))

    def outbox(self, step):
        self.tell(self.onec.outbox(step["outbox"]))

    def agree(self, step):
        """The deals and the orders of the scripted 1C are the same."""
        told = self.exchange.run(["status"], ["--json"])
        self.spoken.append(told.text())
        self.tell(agreement.Agreement(
            self.onec.base, self.portal.call("dump"), self.exchange.settings,
            json.loads(told.out)["orders"],
            agreement.moves_of(self.portal.call("log")),
            self._people, self._merged).problems())

    def tell(self, problems):
        if problems:
            raise Mismatch("\n".join(problems) + "\n" + self._last())

    # ---- time, portal, rules ----

    def advance(self, step):
        self.portal.advance(step["advance"])

    def faults(self, step):
        self.check_faults()
        self.portal.call("faults", step["faults"])

    def check_faults(self):
        for rule in self.portal.call("faults"):
            # Where commands are disturbed the portal is set back, and its
            # counts with it; what hits always was met by the undisturbed.
            lasting = self.around and rule.get("count") == 0
            if not rule["applied"] and not lasting:
                raise Mismatch(f"this fault was never met: {rule}")

    def control(self, step):
        self.portal.call(step["control"], step.get("with", {}))

    def alter(self, step):
        """A person's edit in the portal, of the object with this mark."""
        entity, mark = step["alter"]
        if not step.get("there", True):
            try:
                self.ident(entity, mark)
            except Mismatch:
                return
        body = {"entity": entity, "id": self.ident(entity, mark)}
        body.update({"delete": True} if step.get("delete")
                    else {"set": step["set"]})
        if entity == "deals" and "stageId" in step.get("set", {}):
            self._people.setdefault(body["id"], []).append(
                (step["set"]["stageId"], self.onec.said(body["id"])))
        self.portal.call("alter", body)

    def merge(self, step):
        """A manager merges clients into the first of them."""
        entity, *marks = step["merge"]
        if entity == "deals":
            self._merged.add(self.ident(entity, marks[0]))
        self.portal.call("merge", {"entity": entity, "ids": [
            self.ident(entity, mark) for mark in marks]})

    def unsent(self):
        result = self.exchange.run(["unsent", "--all"], ["--json"])
        return json.loads(result.out).get("unsent", [])

    def check_clients(self, _):
        """What must hold of the clients of both sides, whatever happened."""
        judge = Judge(self.truth, self.people,
                      State(self.exchange.folder / "state"), self.unsent(),
                      self.portal.call("dump"), self.exchange.settings)
        problems = judge.look()
        if judge.rules.get("export"):
            path = self.exchange.root / "outbox" / "clients.xml"
            problems += ForOneC(judge, path.read_bytes()).look()
        self.tell(problems)

    def ident(self, entity, mark):
        """The portal's id of what has this mark (xmlId, originId), "#7"; of a
        price "p1 BASE", of an amount "p1 Магазин"."""
        dump = self.portal.call("dump")
        kind = {"prices": "price", "store_products": "stock"}.get(entity)
        marks = View(dump).marks if kind else {}
        for row in dump[entity]:
            number = row.get("id", row.get("ID"))
            if mark in (row.get("xmlId"), row.get("originId"),
                        row.get("XML_ID"), f"#{number}",
                        marks.get((kind, number))):
                return number
        raise Mismatch(f"{mark} is not in the portal\n" + self._last())

    def configure(self, step):
        self.exchange.configure(step["configure"])
        self.truth.rules.append(self.exchange.settings)

    def lock(self, step):
        if step["lock"]:
            self._held = self.exchange.hold_lock()
        else:
            self._held.close()
            self._held = None

    # ---- the program ----

    def cml24(self, step):
        args = step["cml24"]
        if self.around and args and args[0] in CHANGING:
            self.around(self, step)
        else:
            self.perform(step)

    def perform(self, step, options=()):
        """The command and what is expected of it.  Its result."""
        before = self.portal.call("dump")
        mark = self.portal.call("stats")["requests"]
        state, began = self.exchange.database(), self.exchange.now()
        wanted = list(options) + (["--json"] if "json" in step else [])
        result = self.exchange.run(step["cml24"], wanted,
                                   step.get("language", "C"),
                                   _hindered(step))
        took = self.exchange.now() - began
        self.spoken.append(result.text())
        log = self.portal.call(f"log?since={mark}")
        problems = list(_check_output(step, result))
        problems += self._check_json(step, result)
        problems += self._check_planned(step, result, len(log))
        problems += self._check_time(step, took)
        if step.get("nothing_written") and \
                self.exchange.database() != state:
            problems.append("the state was changed")
        if "requests" in step and not _within(len(log), step["requests"]):
            problems.append(f"requests: {len(log)}, "
                            f"expected {step['requests']}")
        if "took" in step and not _within(int(took), step["took"]):
            problems.append(f"took {took:.1f} s, expected {step['took']}")
        if "requests" in step:
            problems += _check_told(result.out, len(log))
        if "calls" in step:
            problems += _check_calls(step["calls"], log)
        if "sent" in step:
            after = self.portal.call("dump")
            sent = what_was_sent(log, View(before), View(after))
            problems += _differences("sent", step["sent"], sent)
        if problems:
            raise Mismatch("\n".join(problems) + "\n" + result.text())
        return result

    def _check_planned(self, step, result, requests):
        """Does it take as many requests as the plan before it said?  Where
        commands are disturbed nobody can say."""
        if step["cml24"][:1] == ["plan"] and "json" in step:
            summary = json.loads(result.out)["summary"]
            self.planned = summary["requests"]
            self.planned_time = summary["milliseconds"] / 1000
        fewer, more = step.get("as_planned") or (0, 0)
        if "as_planned" not in step or self.around or \
                self.planned - fewer <= requests <= self.planned + more:
            return []
        return [f"requests: {requests}, {self.planned} were planned"]

    def _check_time(self, step, took):
        """Of the time that the plan before it said, the part that it took."""
        if "time_as_planned" not in step or self.around:
            return []
        (least, most), said = step["time_as_planned"], self.planned_time
        return [] if least * said <= took <= most * said > 0 else \
            [f"it took {took:.0f} s, {said:.0f} s were planned"]

    def _check_json(self, step, result):
        if "json" not in step:
            return []
        try:
            value = json.loads(result.out)
        except ValueError as error:
            return [f"stdout is not one JSON document: {error}"]
        return [problem for path, wanted in step["json"].items()
                for problem in _check_path(value, path, wanted)]

    def until_done(self, step):
        """Runs until the exit code is there, the clock going on between."""
        wanted = step.get("exit", 0)
        for _ in range(step.get("runs", 6)):
            self.portal.advance(step.get("advance", 61))
            inner = {"cml24": step["until_done"], "exit": None}
            if self.around:
                self.around(self, inner)
            else:
                self.perform(inner)
            if self.last_status == wanted:
                return
        raise Mismatch(f"never ended with {wanted}\n{self.spoken[-1]}")

    @property
    def last_status(self):
        found = re.search(r"-> (\S+)", self.spoken[-1])
        return int(found.group(1)) if found else None

    # ---- what is there afterwards ----

    def check_portal(self, step):
        view = View(self.portal.call("dump"))
        wanted = step["portal"]
        problems = []
        unknown = set(wanted) - {*GOODS_TABLES, *CRM_TABLES}
        if unknown:
            raise ValueError(f"not shown of a portal: {sorted(unknown)}")
        for name in wanted:
            rows = wanted[name]
            found = getattr(view.crm if name in CRM_TABLES else view, name)()
            if isinstance(rows, list):
                found = list(found.values()) if isinstance(found, dict) \
                    else found
                if not fits(rows, found):
                    problems.append(f"{name}: {_short(found)}, "
                                    f"expected {_short(rows)}")
                continue
            # A deal has no other mark than the portal's id.
            if name in CRM_TABLES and name != "deals" and \
                    isinstance(rows, dict):
                rows = {view.crm.named(mark): row
                        for mark, row in rows.items()}
            problems += _check_rows(name, rows, found,
                                    step.get("others", False))
        if problems:
            raise Mismatch("\n".join(problems) + "\n" + self._last())

    def check_stats(self, step):
        """What the portal counted since the case began."""
        stats = self.portal.call("stats")
        problems = [problem for path, wanted in step["stats"].items()
                    for problem in _check_path(stats, path, wanted)]
        if problems:
            raise Mismatch("\n".join(problems) + "\n" + self._last())

    def check_folders(self, step):
        problems = []
        for name, wanted in step["folders"].items():
            if name == "report":
                text = self.exchange.reports()
                problems += [f"no report says {line!r}:\n{text}"
                             for line in _list(wanted)
                             if not re.search(line, text)]
                continue
            found = self.exchange.files(name)
            found = [f for f in found if not f.endswith("report.txt")] \
                if name != "inbox" else found
            if isinstance(wanted, int):
                if len(found) != wanted:
                    problems.append(f"{name}: {found}, expected {wanted}")
            elif not _all_match(wanted, found):
                problems.append(f"{name}: {found}, expected {wanted}")
        if problems:
            raise Mismatch("\n".join(problems) + "\n" + self._last())

    def check_oracle(self, step):
        """An independent reading of the packages finds no difference."""
        folder = self.exchange.root / "oracle"
        folder.mkdir(exist_ok=True)
        names, rules = [], self.exchange.first
        told = any(what == "sent" or "rules" in what
                   for what in step["oracle"])
        for number, what in enumerate(
                [*[{"rules": {}}] * told, *step["oracle"]]):
            target = folder / str(number)
            if what == "sent" or "rules" in what:
                if what != "sent":
                    rules = merge(rules, what["rules"])
                target = target.with_suffix(".json")
                target.write_text(json.dumps(
                    {"sent": True} if what == "sent" else {"rules": rules}))
                names.append(str(target))
                continue
            # Several are what one export wrote in parts.
            for part in _list(what):
                for name, data in self.package(part).items():
                    path = target / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
            names.append(str(target))
        before = self.exchange.root / "before.json"
        before.write_text(json.dumps(self.before))
        edits = folder / "edits"
        edits.write_text(json.dumps(step.get("edits", {})))
        done = subprocess.run(
            [sys.executable, str(TOP / "tests/portal/oracle.py"), *names,
             "--config", str(self.exchange.config), "--portal",
             self.portal.url, "--before", str(before), "--edits", str(edits)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Mismatch("the oracle:\n" + done.stdout + self._last())

    def check_doubles(self):
        doubles = View(self.portal.call("dump")).doubles(self.number_field())
        if doubles:
            raise Mismatch("doubled: " + ", ".join(doubles) + "\n" +
                           self._last())

    def number_field(self):
        """The deal's user field with the order's number, or None."""
        return (self.exchange.settings.get("orders") or {}).get(
            "fields", {}).get("number")

    def check_idle(self, status=0):
        """One more run: nothing to ask, nothing to write."""
        if self.looks_back():
            # A deal or client that was read in the second of its change is
            # read again.
            self.advance({"advance": 10})
            self.exchange.run(["run"])
        mark = self.portal.call("stats")["requests"]
        before = self.exchange.database()
        result = self.exchange.run(["run"])
        self.spoken.append(result.text())
        log = self.asked_since(mark)
        problems = []
        if status is not True and result.status != status:
            problems.append(f"exit {result.status}, expected {status}")
        if log:
            problems.append("requests: " + _short(
                [[c["method"] for c in entry["commands"]] for entry in log]))
        if self.exchange.database() != before:
            problems.append("the state was written")
        if problems:
            raise Mismatch("a further run is not idle: " +
                           "; ".join(problems) + "\n" + result.text())

    def asked_since(self, mark):
        """What was asked of the portal, but for the look of a run with
        nothing to do."""
        log = self.portal.call(f"log?since={mark}")
        return [] if self.is_look(log) else log

    def looks_back(self):
        """Are there deals that are orders, or clients that go to 1C?"""
        settings = self.exchange.settings
        return bool("orders" in settings or
                    (settings.get("counterparties") or {}).get("export"))

    def is_look(self, log):
        """One batch asks what changed."""
        looks = {"server.time", "crm.item.list", "crm.requisite.list"}
        return (self.looks_back() and len(log) == 1 and
                {c["method"] for c in log[0]["commands"]} <= looks)

    def _last(self):
        return self.spoken[-1] if self.spoken else ""


class Act:
    def __init__(self, function, *keys):
        self.function, self.keys = function, set(keys)


ACTS = {
    "export": Act(Performance.export, "to", "at", "empty", "files", "as", "age"),
    "file": Act(Performance.file, "remove", "text", "mode", "replace",
                "cut", "append", "repeat", "age"),
    "copy": Act(Performance.copy, "to"),
    "zip": Act(Performance.zip, "of", "folder", "entries", "links", "times",
               "cut", "parts", "age"),
    "onec": Act(Performance.one_c, *onec_steps.KEYS),
    "onec_holds": Act(Performance.onec_holds, "others"),
    "outbox": Act(Performance.outbox),
    "agree": Act(Performance.agree),
    "advance": Act(Performance.advance),
    "faults": Act(Performance.faults),
    "control": Act(Performance.control, "with"),
    "alter": Act(Performance.alter, "set", "delete", "there"),
    "merge": Act(Performance.merge),
    "people": Act(lambda self, step: self.people.do(step), "table", "at",
                  "row", "requisite", "values", "line", "index", "into",
                  "kind", "id", "choice", "formed", "own"),
    "clients": Act(Performance.check_clients),
    "configure": Act(Performance.configure),
    "lock": Act(Performance.lock),
    "cml24": Act(Performance.cml24, "exit", "says", "never", "logs",
                 "language", "json", "sent", "requests", "calls",
                 "as_planned", "time_as_planned", "nothing_written", "room",
                 "rights", "took"),
    "until_done": Act(Performance.until_done, "exit", "runs", "advance"),
    "portal": Act(Performance.check_portal, "others"),
    "stats": Act(Performance.check_stats),
    "folders": Act(Performance.check_folders),
    "oracle": Act(Performance.check_oracle, "edits"),
    "idle": Act(lambda self, step: self.check_idle(step["idle"])),
}


def _hindered(step):
    """"room": no file grows beyond so many KiB. "rights": those of files bind
    root too."""
    before = ()
    if "room" in step:
        before += ("prlimit", f"--fsize={step['room'] * 1024}")
    if step.get("rights") and os.geteuid() == 0:
        rights = "-dac_override,-dac_read_search"
        before += ("setpriv", f"--inh-caps={rights}",
                   f"--bounding-set={rights}")
    return before


# ---- comparing ----

def _many(entities):
    """"many_deals", "many_companies" …: so many of the first one there,
    id after id."""
    out = dict(entities)
    for key in ("deals", "products", "companies"):
        count = out.pop("many_" + key, 0)
        if count:
            first, *others = out[key]
            out[key] = [{**first, "id": first["id"] + more}
                        for more in range(count)] + others
    return out


def _list(value):
    return value if isinstance(value, list) else [value]


def _short(value, limit=300):
    text = value if isinstance(value, str) else \
        json.dumps(value, ensure_ascii=False)
    return text if len(text) <= limit else text[:limit] + "…"


def _within(number, wanted):
    if isinstance(wanted, list):
        return wanted[0] <= number <= wanted[1]
    return number == wanted


def _check_output(step, result):
    wanted = step.get("exit", 0)
    if wanted is not None and result.status not in _list(wanted):
        yield f"exit {result.status}, expected {wanted}"
    for text, key in ((result.out, "says"), (result.err, "logs")):
        for pattern in _list(step.get(key, [])):
            if not re.search(pattern, text, re.M):
                yield f"nothing there like {pattern!r} ({key})"
    for pattern in _list(step.get("never", [])):
        if re.search(pattern, result.out + result.err, re.M):
            yield f"must not be there: {pattern!r}"
    for secret in SECRETS:
        if secret in result.out + result.err:
            yield f"a secret is shown: {secret}"
    if MARKS.search(result.out + result.err):
        yield "the form of a kept text is shown (base/told.h)"


def _check_told(out, requests):
    """Does a run say as many requests as there were?"""
    told = re.search(r"in (\d+) requests?$", out, re.MULTILINE)
    if told is None or int(told[1]) == requests:
        return []
    return [f"requests: {requests}, the run says {told[1]}"]


def _check_calls(wanted, log):
    """Commands by method that the portal let run."""
    counts = {}
    for entry in log:
        for command in entry["commands"]:
            name = command["method"].lower()
            counts[name] = counts.get(name, 0) + 1
    return [f"{name}: {counts.get(name.lower(), 0)} commands, "
            f"expected {number}" for name, number in wanted.items()
            if not _within(counts.get(name.lower(), 0), number)]


def _check_path(value, path, wanted):
    """`a.b.0.c`, `a.#` (how many); values equal, or "re:…"."""
    for part in path.split("."):
        if part == "#":
            value = len(value) if isinstance(value, (list, dict)) else None
        elif isinstance(value, list) and part.lstrip("-").isdigit() and \
                int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            yield f"JSON has no {path}: {_short(value)}"
            return
    if not _equal(wanted, value):
        yield f"JSON {path}: {_short(value)}, expected {_short(wanted)}"


def _equal(wanted, found):
    if isinstance(wanted, str) and wanted.startswith("re:"):
        return isinstance(found, str) and \
            re.search(wanted[3:], found) is not None
    if isinstance(wanted, list) and isinstance(found, list):
        # Of objects in a list only the named keys count.
        return len(wanted) == len(found) and all(
            fits(one, other) if isinstance(one, dict)
            else _equal(one, other) for one, other in zip(wanted, found))
    return wanted == found


def _differences(what, wanted, found):
    if wanted == found:
        return
    for key in sorted(set(wanted) | set(found)):
        if wanted.get(key) != found.get(key):
            yield (f"{what}: {key} {_short(found.get(key))}, "
                   f"expected {_short(wanted.get(key))}")


def _check_rows(what, wanted, found, others):
    """wanted: {mark: fields | null (must not be there)} or a number."""
    if isinstance(wanted, int):
        if len(found) != wanted:
            yield f"{what}: {len(found)}, expected {wanted}"
        return
    if not others:
        for mark in found:
            if mark not in wanted:
                yield f"{what}: {mark} is not expected: {_short(found[mark])}"
    for mark, fields in wanted.items():
        if fields is None:
            if mark in found:
                yield f"{what}: {mark} must not be there"
            continue
        if mark not in found:
            yield f"{what}: {mark} is missing"
            continue
        for name, value in fields.items():
            if not _equal(value, found[mark].get(name)):
                yield (f"{what} {mark} {name}: "
                       f"{_short(found[mark].get(name))}, "
                       f"expected {_short(value)}")


def _all_match(patterns, names):
    """Each pattern has its own name, and none is left."""
    left = list(names)
    for pattern in patterns:
        hit = next((n for n in left if re.search(pattern, n)), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left
