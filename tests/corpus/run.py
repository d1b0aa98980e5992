#!/usr/bin/env python3
"""Carries every package of a corpus to the stand-in and asks the oracle.

    tests/corpus/run.py [--program build/cml24] [--corpus DIR] [-v] [NAME…]

A package goes through `validate`, `plan` and `run`; every price type that it
names is mapped to one of the portal, every property and warehouse is made
there, every picture that it names is put beside it.  A package with stock by
warehouse meets a portal that manages inventory: documents bring it about.
Then the oracle, which reads the package by itself, must find no difference,
what both counted must be what manifest.json says, every value of a property,
characteristic, picture and figure of stock must be carried or left out for a
reason (ledger.py), nothing may be doubled and one more run must be idle.
Packages that are no well-formed XML must be refused with nothing changed.
Prints a table.  Without the corpus everything is skipped.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path[:0] = [str(HERE.parent / "lib"), str(HERE.parent / "portal")]

import pictures                      # noqa: E402
from exchange import Exchange        # noqa: E402
from ledger import Stated, is_picture  # noqa: E402
from oracle_read import package_files  # noqa: E402
from view import View                # noqa: E402
from program import add_program, program_of  # noqa: E402
from workers import in_parallel      # noqa: E402

# What the oracle counts in a package, and its name in the manifest.
COUNTED = {"stated goods": ["products"], "stated offers": ["offers"],
           "stated prices": ["prices"], "stated groups": ["groups"],
           "stated price types": ["price types"],
           "stated properties": ["properties"],
           "stated property values": ["property values (dictionary)"],
           "stated pictures": ["pictures"],
           "stated warehouses": ["warehouses"],
           "stated offers with characteristics": [
               "offers with characteristics"],
           "stated stocks": ["offers with stock per warehouse",
                             "offers with Остатки"]}
# What `validate` counts.  (An offer of three files is one offer to it.)
VALIDATED = {"group": "groups", "product": "products",
             "document": "documents", "counterparty": "counterparties"}
# What the oracle found in the portal as it should be.
CARRIED = ("goods", "parents", "variations", "services", "prices",
           "property values", "pictures", "quantities", "stocks",
           "weights and sizes")
QUIET = 11 * 60         # inbox.session_quiet_minutes, and more
PICTURES = (".jpg", ".jpeg", ".png", ".gif")


class Trial:
    def __init__(self, package, source, exchange, portal):
        self.package, self.source = package, source
        self.exchange, self.portal = exchange, portal
        self.problems, self.words = [], []
        self.status = None
        self.counts, self.ledger = {}, {}

    def run(self):
        broken = any(not f["well_formed"] for f in self.package["files"])
        self._validate(broken)
        shutil.copytree(self.source, self.exchange.inbox, dirs_exist_ok=True)
        self._settle()
        self._say("plan", [3] if broken else [0, 1])
        if self.portal.call("stats")["adds"]:
            self.problems.append("plan changed the portal")
        result = self._say("run", [3] if broken else [0, 1])
        self.status = result.status
        if broken:
            self._nothing_changed()
            return
        # Goods without offers wait until their export is known to be over.
        self.portal.advance(QUIET)
        self.status = self._say("run", [0, 1]).status
        self._refused_nothing()
        self._oracle()
        self._manifest()
        self._ledger()
        self.problems += View(self.portal.call("dump")).doubles()
        self._idle()

    def _validate(self, broken):
        result = self.exchange.run(["validate", str(self.source)], ["--json"])
        self.words.append(result.text())
        if result.status != (3 if broken else 0):
            self.problems.append(f"validate: exit {result.status}")
        if broken:
            return
        told = json.loads(result.out)["records"]
        for ours, theirs in VALIDATED.items():
            wanted = self.package["counts"].get(theirs, 0)
            if told.get(ours) != wanted:
                self.problems.append(f"validate counts {told.get(ours)} "
                                     f"{ours}, manifest: {wanted}")

    def _settle(self):
        then = self.exchange.now() - 600
        for path in self.exchange.inbox.rglob("*"):
            if path.is_file():
                os.utime(path, (then, then))

    def _say(self, command, wanted, *args):
        result = self.exchange.run([command, *args])
        self.words.append(result.text())
        if result.status not in wanted:
            self.problems.append(f"{command}: exit {result.status}: " +
                                 _last_words(result))
        return result

    def _refused_nothing(self):
        if self.exchange.files("rejected"):
            self.problems.append("something was rejected: " +
                                 self.exchange.reports()[:600])
        left = self.exchange.files("inbox")
        if left:
            self.problems.append(f"left in the inbox: {left}")
        stats = self.portal.call("stats")
        if any(stats["refused"].values()):
            self.problems.append(f"refused by limits: {stats['refused']}")

    def _nothing_changed(self):
        held = self.portal.call("stats")["adds"]
        if held:
            self.problems.append(f"refused, and yet made: {held}")
        if not self.exchange.reports():
            self.problems.append("no report in rejected/")

    def _oracle(self):
        done = subprocess.run(
            [sys.executable, str(TOP / "tests/portal/oracle.py"),
             str(self.source), "--config", str(self.exchange.config),
             "--portal", self.portal.url, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode == 2:
            self.problems.append("the oracle: " + done.stderr.strip())
            return
        told = json.loads(done.stdout)
        self.counts, self.ledger = told["counts"], told["ledger"]
        if told["differences"]:
            self.problems.append(f"{len(told['differences'])} differences")
            self.problems += told["differences"][:6]

    def _manifest(self):
        for ours, theirs in COUNTED.items():
            wanted = sum(self.package["counts"].get(name, 0)
                         for name in theirs)
            if self.counts.get(ours, 0) != wanted:
                self.problems.append(f"{ours}: {self.counts.get(ours, 0)}, "
                                     f"manifest: {wanted}")

    def _ledger(self):
        """Nothing vanishes without a word."""
        stated = Stated(package_files(str(self.source))).counts()
        for what, count in stated.items():
            told = sum(number for name, number in self.ledger.items()
                       if name.partition(": ")[0] == what)
            # Without documents stock is a sum, and no store has any.
            if what == "stock figures" and not self.portal.call(
                    "config")["inventory"]:
                continue
            if told != count:
                self.problems.append(f"{count} {what} in the files, "
                                     f"{told} in the ledger")

    def _idle(self):
        mark = self.portal.call("stats")["requests"]
        database = self.exchange.database()
        result = self.exchange.run(["run"])
        if result.status != self.status:
            self.problems.append(f"a further run ends with {result.status}")
        if self.portal.call("stats")["requests"] != mark:
            self.problems.append("a further run asks the portal")
        if self.exchange.database() != database:
            self.problems.append("a further run writes the state")


def _last_words(result):
    lines = (result.err or result.out).strip().splitlines()
    return " / ".join(lines[-3:])[:500]


def elements(source, wanted):
    """(file, element) of this sort in all of a package, in order."""
    for path in sorted(source.rglob("*.xml")):
        try:
            for _, element in ElementTree.iterparse(path):
                if wanted(element):
                    yield path, element
        except ElementTree.ParseError:
            pass


def price_types(source):
    """Ids of the price types that a package declares, in order."""
    found = {}
    for _, element in elements(source, lambda one: one.tag.rpartition(
            "}")[2] == "ТипЦены"):
        for child in element:
            if child.tag.rpartition("}")[2] == "Ид":
                found[(child.text or "").strip()] = True
    return [ident for ident in found if ident]


def add_pictures(source):
    """The corpus has no pictures: one for each path, beside the file that
    names it.  (Not in the root of the inbox, where stray files stay.)"""
    for path, element in elements(source, is_picture):
        name = (element.text or "").strip().replace("\\", "/")
        place = (path.parent / name).resolve()
        if name.lower().endswith(PICTURES) and not place.exists() and \
                source.resolve() in place.parent.parents:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(pictures.make(name, name))


def settings(source, package):
    """The rules, and a portal that has a price type for each of 1C's."""
    types = price_types(source)
    rules = {"catalog": {"price_types": {"Розничная": None},
                         "properties": {"*": "create"},
                         "warehouses": {"*": "create"}}}
    config = {}
    broken = any(not f["well_formed"] for f in package["files"])
    if not broken and Stated(package_files(str(source))).counts()[
            "stock figures"]:
        rules["catalog"]["stock"] = "documents"
        config["inventory"] = True
    born = []
    for number, ident in enumerate(types, 1):
        name = "BASE" if number == 1 else f"Тип {number}"
        rules["catalog"]["price_types"][ident] = name
        born.append({"id": number, "name": name, "xmlId": name,
                     "base": "Y" if number == 1 else "N",
                     "sort": 100 * number})
    if born:
        config["price_types"] = born
    return rules, config


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program(parser)
    parser.add_argument("--corpus", default=str(TOP / ".." / "shared" /
                                                "corpus"))
    parser.add_argument("-v", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    corpus = Path(options.corpus).resolve()
    if not (corpus / "manifest.json").exists():
        print("corpus: not here")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    program = program_of(options, "corpus")
    if program is None:
        return 1
    manifest = json.loads((corpus / "manifest.json").read_text("utf-8"))
    packages = [p for p in manifest["packages"]
                if not options.names or p["package"] in options.names]

    def work(package, folder, portal):
        source = folder / package["package"]
        shutil.copytree(corpus / package["package"], source)
        add_pictures(source)
        rules, config = settings(source, package)
        portal.set_shift(0)
        portal.reset(config)
        trial = Trial(package, source, Exchange(
            folder / "x", program, portal, rules), portal)
        trial.run()
        return trial

    failed = _show(in_parallel(packages, work), options.v)
    print(f"{len(packages) - failed} passed, {failed} failed")
    return 1 if failed or not packages else 0


def _show(results, verbose):
    failed = 0
    for package, trial in results:
        name = package["package"]
        if isinstance(trial, Exception):
            failed += 1
            print(f"FAIL {name:16} {type(trial).__name__}: {trial}")
            continue
        counts = package["counts"]
        told = ", ".join(f"{counts[k]} {k}" for k in (
            "groups", "products", "offers", "prices", "documents")
            if counts.get(k))
        carried = ", ".join(f"{trial.counts[k]} {k}" for k in CARRIED
                            if trial.counts.get(k))
        told += f"; in the portal {carried}" if carried else ""
        good = "ok  " if not trial.problems else "FAIL"
        failed += bool(trial.problems)
        print(f"{good} {name:16} exit {trial.status}  {told}")
        for problem in trial.problems:
            print("       " + problem)
        if verbose:
            print("\n".join(trial.words))
            print("".join(f"       {count} {name}\n" for name, count in
                          sorted(trial.ledger.items())), end="")
    return failed


if __name__ == "__main__":
    sys.exit(main())
