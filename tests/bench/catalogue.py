"""Generated catalogues, made once and kept."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
GENERATOR = TOP / "tests" / "portal" / "generate.py"
PRICE_TYPES = 3
GROUPS = 200
AGE_SECONDS = 3600
# The rules for such a catalogue, over those that the test exchanges have.
RULES = {"catalog": {"price_types": {
    "Розничная": None, "Тип 1": "BASE", "Тип 2": "Оптовая",
    "Тип 3": "Закупочная"}}}


class Catalogues:
    def __init__(self, folder):
        self._folder = Path(folder)
        self._edition = hashlib.sha256(
            GENERATOR.read_bytes()).hexdigest()[:12]

    def package(self, goods, changed=0.0, more=()):
        """The folder that 1C would have written, from the cache or new;
        more: further arguments of the generator."""
        name = "-".join([f"{goods}-{changed:g}", *more]).replace("--", "")
        folder = self._folder / name
        stamp = folder / f"whole-{self._edition}"
        if not stamp.exists():
            shutil.rmtree(folder, ignore_errors=True)
            print(f"  making a catalogue of {goods:,} goods"
                  f"{f', {changed:g} % changed' if changed else ''}",
                  flush=True)
            subprocess.run(
                [sys.executable, str(GENERATOR), str(folder),
                 "--goods", str(goods), "--price-types", str(PRICE_TYPES),
                 "--groups", str(GROUPS), "--stock", "--seed", "24",
                 "--changed", str(changed), *more], check=True)
            age(folder / "webdata")
            stamp.touch()
        return folder / "webdata"


def age(package):
    """Files of a moment ago would not count as settled yet."""
    for path in files_of(package):
        then = path.stat().st_mtime - AGE_SECONDS
        os.utime(path, (then, then))


def files_of(package):
    return sorted(package.glob("*.xml"))


def size_of(package):
    return sum(path.stat().st_size for path in files_of(package))


def warm(package):
    """Into the page cache, so that whoever reads first pays no more."""
    for path in files_of(package):
        with open(path, "rb") as source:
            while source.read(1 << 22):
                pass
