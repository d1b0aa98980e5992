#!/usr/bin/env python3
"""Kills the program everywhere and looks whether the next runs mend it.

    tests/crash/run.py [--program build/cml24] [--quick|--all] [--minutes N]
                       [--mode steps|calls|answers]… [--resume FILE] [NAME…]

Each flow case that may be cut off (tests/flow/README.md) is performed; in
place of each changing command stand many disturbed ones, each from the same
state, each in one of these ways:

  steps    --die-at N for every counted step N
  calls    SIGKILL from outside (strace) at the K-th write, sync, rename,
           unlink or send, each kind by itself
  answers  the answer to the k-th request lost after its work was done; then
           the same with the work done only half a minute later

After that the same command is started again and runs follow, with the clock
going on, until one ends as the undisturbed one did.  Then portal, folders
and what is unsent must be as after the undisturbed command, nothing may be
doubled, and one more run must be idle.

An hour's run may be stopped: the cases that were clean stand in FILE, with the
program that they were clean with, and --resume leaves them out.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
import threading
import time
import zlib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

from case import Mismatch, Performance, all_cases     # noqa: E402
from exchange import steps_counted                    # noqa: E402
from program import add_program, program_of           # noqa: E402
from view import View                                 # noqa: E402
from workers import in_parallel                       # noqa: E402

SYSCALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "renameat",
            "renameat2", "unlink", "unlinkat", "sendto", "sendmsg")
KILLED = (-9, 137)
MORE_RUNS = 6
QUICK = ("001-", "011-", "042-", "061-", "104-", "130-")
QUICK_EVERY = {"steps": 7, "calls": 12, "answers": 2}
# At every step and lost answer, and at every call until _sample() thins them;
# of the other cases every n-th, each case beginning elsewhere.  With --all
# nothing is left out.
WHOLE = ("001-", "004-", "011-", "022-", "030-", "032-", "042-", "061-",
         "105-", "107-", "130-", "140-", "202-", "301-", "306-", "330-",
         "331-")
OTHERS_EVERY = {"steps": 11, "calls": 17, "answers": 3}
FIRST_CALLS = 40
LAST_STEPS = 0.2    # of all steps
SHOWN = 8


class Disturber:
    """Stands in for the changing commands of one performance."""

    def __init__(self, options, saved, deadline):
        self.options, self.saved, self.deadline = options, saved, deadline
        self.kills = Counter()
        self.failures = []
        self.tried = 0
        self.late = False

    def __call__(self, performance, step):
        self.performance, self.step = performance, step
        self.exchange, self.portal = performance.exchange, performance.portal
        self.kept_words = list(performance.spoken)
        self.begin = self._save()
        self._restore()         # the portal counts requests anew
        counted = self._undisturbed()
        for mode, ways in (("steps", self._steps(counted)),
                           ("calls", self._calls()),
                           ("answers", self._answers())):
            if mode not in self.options.mode or \
                    mode not in (performance.case.crash_modes or [mode]):
                continue
            for name, disturb in ways:
                if self._too_late():
                    self.late = True
                    break
                self._one(mode, name, disturb)
        self._restore()
        performance.spoken = self.kept_words
        performance.perform(step)

    def _too_late(self):
        return self.deadline and time.monotonic() > self.deadline

    # ---- the state before the command ----

    def _save(self):
        shutil.rmtree(self.saved, ignore_errors=True)
        self.exchange.save(self.saved)
        return self.portal.save()

    def _restore(self):
        self.exchange.restore(self.saved)
        self.portal.restore(self.begin)

    # ---- the undisturbed command ----

    def _undisturbed(self):
        result = self.exchange.run(self.step["cml24"], ["--steps"])
        self.requests = self.portal.call("stats")["requests"]
        # A portal that is away is asked again by every run.
        self.wanted_status, self.restless = self._finish()
        self.wanted = self._state()
        return steps_counted(result)

    def _finish(self):
        """Runs until nothing changes any more; the last exit code, and what
        the last run did nevertheless."""
        for _ in range(MORE_RUNS):
            self.portal.advance(61)
            mark = self.portal.call("stats")["requests"]
            database = self.exchange.database()
            status = self.exchange.run(["run"]).status
            problems = []
            if self.performance.asked_since(mark):
                problems.append("each further run asks the portal")
            if self.exchange.database() != database:
                problems.append("each further run writes the state")
            if not problems:
                break
        return status, problems

    def _state(self):
        view = View(self.portal.call("dump"))
        unsent = self.exchange.run(["unsent", "--all"], ["--json"])
        return {"portal": view.whole(), "doubles": view.doubles(),
                "unsent": _unsent(unsent.out),
                "orders": self._orders(), "outbox": self._outbox(),
                "inbox": self.exchange.files("inbox"),
                "work": self.exchange.files("work"),
                "archive": self.exchange.shelf("archive"),
                "rejected": self.exchange.shelf("rejected")}

    def _orders(self):
        if "orders" not in self.exchange.settings:
            return None
        status = self.exchange.run(["status"], ["--json"])
        return _unsent(status.out).get("orders") \
            if status.status == 0 else status.out

    def _outbox(self):
        """Without the time, which is that of the last change."""
        return {path.name: re.sub(rb'="[-0-9T:]{19}"', b"", path.read_bytes())
                for path in (self.exchange.root / "outbox").glob("*")}

    # ---- the ways ----

    def _every(self, mode, numbers):
        name = self.performance.case.name
        if self.options.quick:
            step = QUICK_EVERY[mode]
        elif self.options.all or name.startswith(WHOLE):
            step = 1
        else:
            step = OTHERS_EVERY[mode]
        begin = zlib.crc32(name.encode()) % step
        return [n for n in numbers if n % step == begin]

    def _steps(self, counted):
        for number in self._every("steps", range(1, counted + 1)):
            yield f"step {number} of {counted}", (
                lambda n=number: self.exchange.run(
                    self.step["cml24"], ["--die-at", str(n)]))

    def _calls(self):
        if "calls" not in self.options.mode or not shutil.which("strace"):
            return
        self._restore()
        for name, count in sorted(self._count_calls().items()):
            tried = range(1, count + 1) if self.options.all \
                else _sample(count)
            for number in self._every("calls", tried):
                yield f"{name} {number} of {count}", (
                    lambda c=name, n=number: self.exchange.run(
                        self.step["cml24"], before=_strace(
                            "/dev/null", f"inject={c}:signal=KILL:when={n}",
                            c)))

    def _count_calls(self):
        """How often each call is made; strace counts by thread."""
        path = self.exchange.root / "strace.out"
        self.exchange.run(self.step["cml24"],
                          before=_strace(path, None, ",".join(SYSCALLS)))
        counts = Counter()
        for line in path.read_text(errors="replace").splitlines():
            found = re.match(r"(\d+)\s+(\w+)\(", line)
            if found:
                counts[found.groups()] += 1
        most = Counter()
        for (_, name), number in counts.items():
            most[name] = max(most[name], number)
        return most

    def _answers(self):
        for number in self._every("answers", range(1, self.requests + 1)):
            for fault in ({"do": "work_then_drop"},
                          {"do": "late_work", "seconds": 30},
                          {"do": "half_answer"}):
                yield f"{fault['do']} at request {number}", (
                    lambda n=number, f=fault: self._lose(n, f))

    def _lose(self, number, fault):
        rules = [{"when": {}, "skip": number - 1, "count": 1, **fault}]
        self.portal.call("faults", rules + self.begin["faults"])
        return self.exchange.run(self.step["cml24"])

    # ---- one of them ----

    @staticmethod
    def _is_last_step(name):
        number, counted = map(int, re.findall(r"\d+", name))
        return number > counted * (1 - LAST_STEPS)

    def _one(self, mode, name, disturb):
        self._restore()
        result = disturb()
        self.tried += 1
        if mode != "answers":
            if result.status not in KILLED:
                # A call of a thread that was not made this time; or one of
                # the last steps: how often the limits are saved depends on
                # how long the answers took.
                if mode == "steps" and not self._is_last_step(name):
                    self._failed(name, f"was not killed: {result.text()}")
                return
        self.kills[mode] += 1
        self.exchange.run(self.step["cml24"])
        status, restless = self._finish()
        problems = self._compare(status)
        problems += [problem for problem in restless
                     if problem not in self.restless]
        if problems:
            self._failed(name, "; ".join(problems))

    def _compare(self, status):
        problems = []
        if status != self.wanted_status:
            problems.append(f"ends with {status}, undisturbed with "
                            f"{self.wanted_status}")
        found = self._state()
        for key, wanted in self.wanted.items():
            if key in ("archive", "rejected") and self.step["cml24"][0] == "import":
                # A person who imports a package twice has it there twice.
                wanted, found[key] = _once(wanted), _once(found[key])
            if found[key] != wanted:
                problems.append(f"{key} differs: " +
                                _difference(wanted, found[key]))
        return problems

    def _failed(self, name, why):
        command = " ".join(self.step["cml24"])
        self.failures.append(f"`{command}`, {name}: {why}")


class Resumed:
    """The cases that an earlier run of the same program found clean."""

    def __init__(self, path, program):
        self.path = Path(path) if path else None
        self.clean = set()
        if self.path is None:
            return
        mark = hashlib.sha256(program.read_bytes()).hexdigest()
        lines = self.path.read_text("utf-8").split() \
            if self.path.exists() else []
        if lines[:1] == [mark]:
            self.clean = set(lines[1:])
        else:
            self.path.write_text(mark + "\n", "utf-8")

    def add(self, name):
        if self.path:
            with self.path.open("a", encoding="utf-8") as out:
                out.write(name + "\n")


def _once(rows):
    return sorted({repr(row) for row in rows})


def _unsent(text):
    """What waits, without row numbers, times and tries."""
    def strip(value):
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items()
                    if k not in ("row", "tries", "next_try", "at", "run",
                                 "since", "heard")}
        if isinstance(value, list):
            return sorted(map(strip, value), key=repr)
        return value
    try:
        return strip(json.loads(text))
    except ValueError:
        return text


def _sample(count):
    """All of the first ones, then ever fewer, always the same: a long push
    writes alike for thousands of calls."""
    number, out = 0, []
    while number < count:
        number += 1 if number < FIRST_CALLS else 1 + number // 12
        out.append(min(number, count))
    return out


def _strace(output, inject, calls):
    own = ["-e", inject] if inject else []
    return ["strace", "-f", "-qq", "-o", str(output), "-e",
            "trace=" + calls, *own]


def _difference(wanted, found):
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in wanted:
            if wanted[key] != found.get(key):
                return f"{key}: " + _difference(wanted[key], found.get(key))
    if isinstance(wanted, list) and isinstance(found, list):
        less = [row for row in wanted if row not in found]
        more = [row for row in found if row not in wanted]
        return f"missing {str(less[:2])[:600]}, new {str(more[:2])[:600]}" \
            if less or more else "rows repeat"
    return f"{str(found)[:300]}, undisturbed {str(wanted)[:300]}"


def main():
    options = _arguments()
    program = program_of(options, "crash")
    if program is None:
        return 1
    sys.stdout.reconfigure(line_buffering=True)
    if "calls" in options.mode and not shutil.which("strace"):
        print("crash: no strace here, nothing is killed from outside")
    deadline = time.monotonic() + options.minutes * 60 \
        if options.minutes else None
    cases = [case for case in all_cases(only=options.names) if case.crash]
    if options.quick and not options.names:
        cases = [c for c in cases if c.name.startswith(QUICK)]
    resumed = Resumed(options.resume, program)
    before = [case for case in cases if case.name in resumed.clean]
    cases = [case for case in cases if case.name not in resumed.clean]
    if before:
        print(f"crash: {len(before)} cases were clean before")
    total, lock = Counter(), threading.Lock()

    def work(case, folder, portal):
        disturber = Disturber(options, folder / "saved", deadline)
        try:
            Performance(case, folder / "x", program, portal,
                        around=disturber).play()
        except Mismatch as wrong:
            disturber.failures.append(f"undisturbed: {wrong}")
        finally:
            with lock:
                total.update(disturber.kills)
                if not disturber.failures and not disturber.late:
                    resumed.add(case.name)
        return disturber

    failed, skipped = _show(in_parallel(cases, work))
    if deadline and time.monotonic() > deadline:
        print("crash: the time was up before the last step")
    print("kills: " + ", ".join(f"{mode} {total[mode]}"
                                for mode in options.mode))
    passed = len(before) + len(cases) - failed - skipped
    print(f"{passed} passed, {failed} failed" +
          (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


def _show(results):
    failed = skipped = 0
    for case, result in results:
        if isinstance(result, Exception):
            failed += 1
            print(f"FAIL {case.name}: {type(result).__name__}: {result}")
            continue
        told = ", ".join(f"{mode} {n}" for mode, n in
                         sorted(result.kills.items()))
        if not result.failures and not result.tried:
            skipped += 1
            print(f"skip {case.name}: no time, or nothing to cut off")
            continue
        if not result.failures:
            print(f"ok   {case.name}: {told}")
            continue
        failed += 1
        print(f"FAIL {case.name}: {len(result.failures)} of {result.tried}")
        for line in result.failures[:SHOWN]:
            print("     " + line)
    return failed, skipped


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program(parser)
    parser.add_argument("--quick", action="store_true",
                        help="a few cases, some of the steps: for CI")
    parser.add_argument("--all", action="store_true",
                        help="no samples: every step of every case (hours)")
    parser.add_argument("--minutes", type=float, default=0,
                        help="stop disturbing after so long")
    parser.add_argument("--mode", action="append",
                        choices=["steps", "calls", "answers"])
    parser.add_argument("--resume", metavar="FILE")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.mode = options.mode or ["steps", "calls", "answers"]
    return options


if __name__ == "__main__":
    sys.exit(main())
