"""One exchange in a temporary folder, and the program run on it."""

import copy
import fcntl
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import time
from pathlib import Path

from packages import merge
from starter import starter_of

TOP = Path(__file__).resolve().parent.parent.parent
SECONDS = 120

BASE = {
    "portal": {"webhook_file": "webhook", "requests_per_second": 1000,
               "burst": 1000, "unknown_seconds": 60, "language": "en"},
    "folders": {"inbox": "../inbox", "outbox": "../outbox",
                "xsd": str(TOP / "xsd")},
    "inbox": {"settle_seconds": 1},
    "catalog": {"price_types": {"Розничная": "BASE"}},
}


class Result:
    def __init__(self, args, status, out, err):
        self.args, self.status, self.out, self.err = args, status, out, err

    def text(self):
        return (f"$ cml24 {' '.join(self.args)}   -> {self.status}\n"
                f"{self.out}{self.err}".rstrip())


class Exchange:
    def __init__(self, root, program, portal, overrides=None):
        self.root = Path(root)
        self.program = program
        self.portal = portal
        self.inbox = self.root / "inbox"
        self.folder = self.root / "exchange"
        self.config = self.folder / "exchange.json"
        for folder in (self.inbox, self.folder, self.root / "outbox"):
            folder.mkdir(parents=True)
        webhook = self.folder / "webhook"
        webhook.touch(mode=0o600)
        webhook.write_text(portal.webhook + "\n")
        self.zone = "UTC"
        self.settings = copy.deepcopy(BASE)
        self.configure(overrides or {})
        self.first = self.settings      # before any other were set

    def configure(self, overrides):
        self.settings = merge(self.settings, overrides)
        text = json.dumps(self.settings, ensure_ascii=False, indent=1)
        self.config.write_text(self.filled(text), encoding="utf-8")

    def filled(self, text):
        """{root} and {portal} are known only when a case is performed;
        {newest} is the package that was archived last."""
        if "{newest}" in text:
            text = text.replace("{newest}", str(self.newest()))
        return text.replace("{root}", str(self.root)).replace(
            "{portal}", self.portal.url)

    def newest(self):
        found = [path for path in (self.folder / "archive").glob("*")
                 if path.name.rpartition("-")[2].isdigit()]
        return max(found, default=self.folder / "archive",
                   key=lambda path: int(path.name.rpartition("-")[2]))

    # ---- the program ----

    def environment(self, language="C"):
        env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"),
               "LC_ALL": "C.UTF-8", "TZ": self.zone, "HOME": str(self.root),
               "CML24_TEST_CLOCK": str(self.portal.clock_file)}
        if language != "C":
            env["LANGUAGE"] = language
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        return env

    def command(self, args):
        own = [self.filled(part) for part in args]
        return [str(self.program), "-c", str(self.config), *own]

    def run(self, args, options=(), language="C", before=()):
        """Runs it; options go in front of the command, `before` is another
        program that starts it (strace)."""
        command = self.command([*options, *args])
        starter = None if before else starter_of(self.program)
        if starter is not None:
            status, out, err = starter.run(
                command, self.root, self.environment(language), SECONDS)
            return Result(args, status, _decode(out), _decode(err))
        try:
            done = subprocess.run(
                [*before, *command], cwd=self.root,
                env=self.environment(language), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                timeout=SECONDS)
        except subprocess.TimeoutExpired as late:
            return Result(args, "timeout", _decode(late.stdout),
                          _decode(late.stderr))
        return Result(args, done.returncode, _decode(done.stdout),
                      _decode(done.stderr))

    def now(self):
        return time.time() + self.portal.shift() / 1000

    # ---- its folders ----

    def database(self):
        """A hash of all that the state's files say; of the journal of the
        database only that it holds something."""
        state = self.folder / "state"
        digest = hashlib.sha256()
        for path in sorted(state.glob("exchange.db*")):
            if path.name.endswith("-shm"):
                continue
            if path.name.endswith("-wal") and path.stat().st_size == 0:
                continue
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def files(self, name):
        """Relative paths under inbox, archive, rejected or work."""
        base = {"inbox": self.inbox, "work": self.folder / "state" / "work"
                }.get(name, self.folder / name)
        return sorted(str(path.relative_to(base))
                      for path in base.rglob("*") if path.is_file())

    def shelf(self, name):
        """Files of archive or rejected without the names of the places and
        our reports: what the packages held, wherever a kill cut them."""
        base = self.folder / name
        out = []
        for path in base.rglob("*"):
            inner = path.relative_to(base).parts[1:]
            if path.is_file() and inner and path.name != "report.txt":
                out.append(("/".join(inner), hashlib.sha256(
                    path.read_bytes()).hexdigest()))
        return sorted(out)

    def reports(self):
        return "\n".join(path.read_text(encoding="utf-8", errors="replace")
                         for path in sorted(self.folder.glob(
                             "rejected/*/report.txt")))

    def save(self, to):
        shutil.copytree(self.root, to, symlinks=True)

    def restore(self, saved):
        shutil.rmtree(self.root)
        shutil.copytree(saved, self.root, symlinks=True)

    def hold_lock(self):
        """Takes the exchange's lock as another run would."""
        path = self.folder / "state" / "lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "a+b")
        fcntl.fcntl(file, fcntl.F_SETLK, struct.pack(
            "hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        return file


def _decode(data):
    return (data or b"").decode("utf-8", "replace")


def steps_counted(result):
    found = re.search(r"^steps: (\d+)", result.err, re.M)
    return int(found.group(1)) if found else 0
