#!/usr/bin/env python3
"""What foreign data may cost, and that long work says how far it is.

    tests/bounds/run.py [--program build/cml24] [-v] [NAME…]

Each hostile file is given to `validate` with a limit on address space and
processor time; it has to be refused by name, and not by the limits.  A file of
a gigabyte is no file: a pipe offers it, and counts what is taken of it.  Long
work is made long by a clock that goes on by itself (CML24_TEST_CLOCK).
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path[:0] = [str(HERE.parent / "lib")]

from exchange import Exchange                       # noqa: E402
from packages import files_of                       # noqa: E402
from program import add_program, program_of         # noqa: E402

MIB = 1 << 20
GIB = 1 << 30
SPACE = 256 * MIB       # of addresses: libraries are 100 of them
RESIDENT = 64 * MIB     # what the program may use at every size
SECONDS = 10            # of a processor
REFUSED = 3
HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n{doctype}'
        '<КоммерческаяИнформация ВерсияСхемы="2.07" '
        'ДатаФормирования="2026-11-24T09:00:00"><Каталог '
        'СодержитТолькоИзменения="false"><Ид>k</Ид><ИдКлассификатора>k'
        '</ИдКлассификатора><Наименование>К</Наименование><Товары><Товар>'
        '<Ид>h1</Ид>')
TAIL = '</Товар></Товары></Каталог></КоммерческаяИнформация>\n'
PLAIN = HEAD.format(doctype="")
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 \"смех\">" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>\n"

# name: (what comes before, again and again until it is a gigabyte, behind it,
# what the refusal says)
FILES = {
    "nesting": (PLAIN, "<а>", TAIL, "deep"),
    "laughs": (HEAD.format(doctype=LAUGHS) + "<Наименование>", "&a9;",
               "</Наименование>" + TAIL, "DOCTYPE"),
    "text": (PLAIN + "<Наименование>", "текст без конца ",
             "</Наименование>" + TAIL, "text"),
    "attribute": (PLAIN + '<Наименование а="', "значение без конца ",
                  '"/>' + TAIL, "tag is too long"),
    "tag": (PLAIN + "<", "имя", "/>" + TAIL, "tag is too long"),
    "comment": (PLAIN + "<!-- ", "примечание ", " -->" + TAIL,
                "this is not well-formed XML"),
    "cdata": (PLAIN + "<Наименование><![CDATA[", "данные ",
              "]]></Наименование>" + TAIL, "tag is too long|text"),
}
BLOCK = MIB


class Failed(Exception):
    pass


def bounds(space):
    """What the program may not go beyond, set before it begins."""
    def bind():
        if space:
            resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    return bind


class Pipe:
    """Offers a gigabyte under a file's name, and counts what was taken."""

    def __init__(self, path, before, again, behind):
        self.taken = 0
        os.mkfifo(path)
        times = BLOCK // len(again.encode())
        self._parts = (before.encode(), (again * times).encode(),
                       behind.encode())
        self._path = path
        self._thread = threading.Thread(target=self._offer, daemon=True)
        self._thread.start()

    def _offer(self):
        before, block, behind = self._parts
        with open(self._path, "wb", buffering=0) as pipe:
            try:
                self._write(pipe, before)
                while self.taken < GIB:
                    self._write(pipe, block)
                self._write(pipe, behind)
            except BrokenPipeError:
                pass

    def _write(self, pipe, data):
        while data:
            count = pipe.write(data)
            self.taken += count
            data = data[count:]

    def end(self):
        # It may still wait for a reader.
        fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        os.close(fd)
        self._thread.join(10)


class Bounds:
    def __init__(self, program, folder, verbose):
        self.program, self.folder = program, Path(folder)
        self.verbose = verbose
        # With sanitizers a program has terabytes of addresses.
        self.space = subprocess.run(
            [program, "--version"], preexec_fn=bounds(True),
            capture_output=True, check=False).returncode == 0

    def refuse(self, path, pattern):
        """`validate` refuses it by name, within the bounds."""
        begin = time.monotonic()
        child = subprocess.Popen(
            [self.program, "validate", str(path)],
            env=dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="C",
                     TMPDIR=str(self.folder)),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=bounds(self.space))
        said = child.stdout.read().decode("utf-8", "replace")
        child.stdout.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if self.verbose:
            print(f"  {time.monotonic() - begin:.1f} s, "
                  f"{usage.ru_maxrss // 1024} MiB\n{said.rstrip()[:800]}")
        if child.returncode != REFUSED:
            raise Failed(f"ended with {child.returncode}, not {REFUSED}\n"
                         f"{said[-2000:]}")
        if not re.search(f"{path.name}:.* ({pattern})", said):
            raise Failed(f"nothing like {pattern}\n{said[-2000:]}")
        if self.space and usage.ru_maxrss * 1024 > RESIDENT:
            raise Failed(f"{usage.ru_maxrss // 1024} MiB resident, "
                         f"{RESIDENT // MIB} at most")

    def file(self, name):
        before, again, behind, pattern = FILES[name]
        path = self.folder / f"{name}.xml"
        pipe = Pipe(path, before, again, behind)
        try:
            self.refuse(path, pattern)
        finally:
            pipe.end()
            path.unlink()
        if pipe.taken >= GIB:
            raise Failed("all of it was read before it was refused")

    def names(self):
        """A hundred thousand different elements."""
        path = self.folder / "names.xml"
        path.write_text(PLAIN + "".join(
            f"<имя{n}/>" for n in range(100000)) + TAIL, encoding="utf-8")
        self.refuse(path, "different names of elements")

    def bomb(self):
        """A zip that says what it holds, and what it holds is nothing."""
        path = self.folder / "bomb.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("import.xml", "w") as entry:
                for _ in range(64):
                    entry.write(b" " * MIB)
        self.refuse(path, "an archive bomb")

    # ---- long work ----

    def progress(self):
        """Reading, unpacking and comparing say how far they are."""
        root = self.folder / "progress"
        clock = self.folder / "clock"
        exchange = Exchange(root, self.program, Away(clock))
        spec = {"price_types": {"Розничная": {"id": "pt1",
                                              "currency": "RUB"}},
                "many": 3000}
        package = root / "package"
        for name, data in files_of(spec).items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_bytes(data)
        packed = root / "package.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for name in files_of(spec):
                archive.write(package / name, name)
        self.shows(exchange, ["validate", str(package)], ["reading, MB"])
        self.shows(exchange, ["import", "--no-push", str(packed)],
                   ["copying, MB", "reading, MB",
                    "comparing, records: [0-9]+"])
        exchange.configure({"catalog": {"price_types": None,
                                        "stock": "off"}})
        self.shows(exchange, ["run", "--no-push"],
                   ["comparing, records: [0-9]+ of 3[0-9]{3}"])
        quiet = exchange.run(["-q", "validate", str(package)])
        if quiet.err:
            raise Failed(f"-q, and it says\n{quiet.err}")

    def shows(self, exchange, command, patterns):
        ticking = Ticking(exchange.portal.clock_file)
        result = exchange.run(command)
        ticking.stop()
        for pattern in patterns:
            if not re.search(f"^{pattern}", result.err, re.M):
                raise Failed(f"no line like {pattern}\n"
                             f"{result.text()[-2000:]}")


class Away:
    """A portal that nobody asks; its clock is a file all the same."""

    url = "http://127.0.0.1:1"
    webhook = url + "/rest/1/s3cret0hook/"

    def __init__(self, clock_file):
        self.clock_file = clock_file
        self.set(0)

    def set(self, milliseconds):
        self.clock_file.write_text("%020d\n" % milliseconds)

    def shift(self):
        return int(self.clock_file.read_text())


class Ticking:
    """The clock goes on by a quarter of a minute, all the time."""

    def __init__(self, clock_file):
        self._fd = os.open(clock_file, os.O_RDWR)
        self._now = int(os.pread(self._fd, 32, 0))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()

    def _tick(self):
        while not self._ended.wait(0.002):
            self._now += 15000
            os.pwrite(self._fd, b"%020d\n" % self._now, 0)

    def stop(self):
        self._ended.set()
        self._thread.join()
        os.close(self._fd)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program(parser)
    parser.add_argument("-v", action="store_true", dest="verbose")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    program = program_of(args, "bounds")
    if program is None:
        return 1
    folder = tempfile.mkdtemp(prefix="cml24-bounds-")
    bound = Bounds(program, folder, args.verbose)
    tests = {name: (lambda n=name: bound.file(n)) for name in FILES}
    tests.update({"names": bound.names, "bomb": bound.bomb,
                  "progress": bound.progress})
    failed = 0
    chosen = args.names or list(tests)
    for name in chosen:
        try:
            tests[name]()
            print(f"ok   {name}")
        except Failed as error:
            failed += 1
            print(f"FAIL {name}: {error}")
    shutil.rmtree(folder)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
