#!/usr/bin/env python3
"""Random walks: what nobody thought of when the flow cases were written.

    tests/soak/run.py [--program build/cml24] [--minutes N] [--seed N]
                      [--seeds N] [--length N] [--keep DIR] [WALK…]

A walk (walk_*.py beside this file) is a list of actions of 1C, of people in
the portal, of the network and of the power supply, drawn from a seed; it
becomes a flow case (tests/flow/README.md) with checks at its stops.  Seeds
follow each other from --seed until the time is up; with --minutes 0 it is that
seed alone, or so many as --seeds says.  Of a walk that fails, actions are left out as long as it fails
still; what is left is printed as a case.json, and kept in DIR.

A walk's module has

    draw(random, length)   the actions, each an object of JSON
    case(actions)          the case that they make; any action may be missing
"""

import argparse
import importlib
import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

from case import Case, Mismatch, Performance     # noqa: E402
from program import add_program, program_of      # noqa: E402
from workers import in_parallel                  # noqa: E402

# Each try of leaving something out performs the walk once more.
SHRINK_TRIES = 120


class Walk:
    def __init__(self, name, seed):
        self.name, self.seed = name, seed
        self.module = importlib.import_module("walk_" + name)

    def __str__(self):
        return f"{self.name} {self.seed}"

    def draw(self, length):
        return self.module.draw(random.Random(f"{self.name} {self.seed}"),
                                length)

    def case(self, actions):
        return {"about": f"Walk {self}", **self.module.case(actions)}


class Player:
    """Performs walks on one portal, each try in a folder of its own."""

    def __init__(self, program, folder, portal):
        self.program, self.folder, self.portal = program, folder, portal

    def why_not(self, data):
        """What is wrong with this case, or None."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            case = Case.of(Path(folder) / "walk", data)
            try:
                Performance(case, Path(folder) / "x", self.program,
                            self.portal).play()
            except Mismatch as wrong:
                return str(wrong)
        return None

    def shrink(self, walk, actions, why):
        """The fewest actions found that fail still, and why they do."""
        size, tries = len(actions) // 2, 0
        while size:
            at = 0
            while at < len(actions) and tries < SHRINK_TRIES:
                fewer = actions[:at] + actions[at + size:]
                tries += 1
                found = self.why_not(walk.case(fewer))
                if found and _kind(found) == _kind(why):
                    actions, why = fewer, found
                else:
                    at += size
            size //= 2
        return actions, why


def _kind(why):
    """Another fault than the one that is looked for leads astray."""
    told = why.splitlines()[1:] or [why]
    return re.match(r"\D{0,16}", told[0]).group()


class Failure:
    def __init__(self, actions, data, why):
        self.actions, self.data, self.why = actions, data, why


def seeds(names, options, deadline):
    seed, last = options.seed, options.seed + options.seeds
    while True:
        for name in names:
            yield Walk(name, seed)
        seed += 1
        if seed >= last and time.monotonic() >= deadline:
            return


def main():
    options = _arguments()
    program = program_of(options, "soak")
    if program is None:
        return 1
    sys.stdout.reconfigure(line_buffering=True)
    names = options.walks or sorted(
        path.stem.removeprefix("walk_") for path in HERE.glob("walk_*.py"))
    deadline = time.monotonic() + options.minutes * 60

    def work(walk, folder, portal):
        player = Player(program, folder, portal)
        actions = walk.draw(options.length)
        why = player.why_not(walk.case(actions))
        if not why:
            return None
        actions, why = player.shrink(walk, actions, why)
        return Failure(actions, walk.case(actions), why)

    passed = failed = 0
    for walk, result in in_parallel(seeds(names, options, deadline), work):
        if result is None:
            passed += 1
            print(f"ok   {walk}")
            continue
        failed += 1
        _show(walk, result, options.keep)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _show(walk, result, keep):
    if not isinstance(result, Failure):
        print(f"FAIL {walk}: {type(result).__name__}: {result}")
        return
    print(f"FAIL {walk}, {len(result.actions)} actions:")
    for action in result.actions:
        print("     " + json.dumps(action, ensure_ascii=False))
    print(result.why)
    if keep:
        folder = Path(keep) / str(walk).replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "case.json").write_text(json.dumps(
            result.data, ensure_ascii=False, indent="\t") + "\n", "utf-8")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program(parser)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--length", type=int, default=30)
    parser.add_argument("--keep")
    parser.add_argument("walks", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
