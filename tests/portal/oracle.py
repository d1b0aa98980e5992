#!/usr/bin/env python3
"""Compares CommerceML packages with what the portal holds. See README.md."""

import argparse
import json
import sys
import urllib.request
from collections import Counter
from urllib.parse import urlsplit

import oracle_rules
from oracle_forms import Forms
from oracle_more import More
from oracle_read import Facts, Unreadable
from oracle_time import FORMS, Course, States


class Comparison(States, Forms, More):
    """One pass over sections, goods and prices."""

    def __init__(self, course, dump, options):
        self._course = course
        self._facts = course.facts
        self._rules = course.rules[-1]
        self._earlier = course.rules[:-1]
        self._edits = options.edits or {}
        self._dump = dump
        self._options = options
        self.differences = []
        self.counts, self.ledger = Counter(), Counter()
        self._met, self._met_pictures, self._met_rests = set(), set(), set()
        self._iblock, self._variations = _catalogs(dump)
        self._sections = {}
        for row in dump["sections"]:
            if row["iblockId"] == self._iblock:
                self._sections.setdefault(row["xmlId"], []).append(row)
        self._by_id = {s["id"]: s for s in dump["sections"]}
        self._hold_goods(dump)
        self._articles = {}
        self._found = {}
        self._wiped = None
        before = options.before or {}
        self._before = {name: {row["id"] for row in before.get(name, [])}
                        for name in ("sections", "products", "prices",
                                     "images")}
        self._mains_before = {row["detailPicture"]["id"]
                              for row in before.get("products", [])
                              if row.get("detailPicture")}
        self._stock = not options.inventory
        self._characteristics = self._facts.characteristics()
        self._absent = self.absent_goods()

    def _hold_goods(self, dump):
        self._products = {form: {} for form in FORMS.values()}
        self._products_by_id = {row["id"]: row for row in dump["products"]}
        for row in dump["products"]:
            if row["iblockId"] in (self._iblock, self._variations):
                self._products[FORMS[row.get("type", 1)]].setdefault(
                    row["xmlId"], []).append(row)
        self._prices, self._images = {}, {}
        for price in dump["prices"]:
            self._prices.setdefault(price["productId"], []).append(price)
        for image in dump.get("images", []):
            self._images.setdefault(image["productId"], []).append(image)
        self._amounts = {(row["productId"], row["storeId"]): row["amount"]
                         for row in dump.get("store_products", [])}

    def _article_of(self, row):
        """Number of the property where its catalogue has the article."""
        iblock = row["iblockId"]
        if iblock not in self._articles:
            own = [p for p in self._dump["properties"]
                   if p["iblockId"] == iblock and p["propertyType"] == "S"]
            self._articles[iblock] = next(
                (str(p["id"]) for p in own
                 if p.get("code") == "CML2_ARTICLE"), None) or next(
                (str(p["id"]) for p in own if p["name"] == "Артикул"), None)
        return self._articles[iblock]

    def _differs(self, kind, ident, text):
        self.differences.append("%s %s: %s" % (kind, ident, text))

    def run(self):
        if not self._rules.catalog["enabled"]:
            self.counts["left out: catalog.enabled is false"] += 1
            return
        self._doubles()
        for ident, group in self._facts.groups.items():
            self._section(ident, group)
        for mark, (name, above) in self.tree_sections().items():
            self._place(mark, name, above)
        for ident, good in self._facts.goods.items():
            self._good(ident, good)
        self._strangers()
        unknown = {i for i in {*self._facts.prices, *self._facts.rests}
                   if i not in self._facts.goods and
                   i not in self._facts.offers}
        unknown |= {i for i in self._facts.offers
                    if i.partition("#")[0] not in self._facts.goods and
                    i not in self._facts.goods}
        for ident in unknown:
            known = ident.partition("#")[0] in self._facts.goods
            self.counts["left out: offers of characteristics" if known
                        else "left out: offers of unknown goods"] += 1
        self._account_rest()

    def _doubles(self):
        held = [("section", self._sections), *self._products.items()]
        for kind, marks in held:
            for mark, rows in marks.items():
                rows = [r for r in rows if str(r["id"]) != mark] or rows[:1]
                if len(rows) > 1:
                    self._differs(kind, mark, "doubled in the portal: ids %s"
                                  % ", ".join(str(r["id"]) for r in rows))
        for product, prices in self._prices.items():
            types = Counter(p["catalogGroupId"] for p in prices)
            for kind, times in types.items():
                if times > 1:
                    self._differs("price", "%s/%s" % (product, kind),
                                  "doubled in the portal")

    # Sections

    def _section(self, ident, group):
        if group.deleted:
            self.counts["left out: groups marked deleted"] += 1
            return
        if not group.name:
            self.counts["left out: groups without a name"] += 1
            return
        if not self.has_section(ident):
            self.counts["left out: groups that are not made"] += 1
            return
        row = self._held_section(ident, group.name)
        if row is None:
            return
        parent = group.parent
        if parent is not None and not self.has_section(parent):
            self.counts["left out: parents that are not made"] += 1
            return
        self._same("section", ident, "parent", parent,
                   self._mark(row["iblockSectionId"]))

    def _held_section(self, mark, name):
        rows = self._sections.get(mark)
        if not rows:
            self._differs("section", mark, "missing (%s)" % name)
            return None
        self.counts["sections"] += 1
        self._same_name("section", mark, name, rows[0]["name"])
        return rows[0]

    def _place(self, mark, name, above):
        """Of the managers' tree."""
        row = self._held_section(mark, name)
        if row is not None:
            self._same("section", mark, "parent", above,
                       self._mark(row["iblockSectionId"]))

    def _mark(self, section):
        row = self._by_id.get(section)
        if section is None:
            return None
        return row["xmlId"] if row else "(no such section: %s)" % section

    def _edited(self, kind, ident, field, held):
        """Is it a field that somebody has set in the portal?"""
        allowed = self._edits.get(ident, {}).get(field)
        if allowed is None or held in allowed:
            return allowed is not None
        if None not in allowed:     # it may be 1C's again
            self._differs(kind, ident, "%s: set in the portal to %r, is %r"
                          % (field, allowed, held))
        return None not in allowed

    def _same(self, kind, ident, field, wanted, held):
        if self._edited(kind, ident, field, held):
            return
        if wanted != held:
            self._differs(kind, ident, "%s: 1C %r, portal %r"
                          % (field, wanted, held))

    # What nobody asked for

    def _strangers(self):
        if self._options.allow_extra:
            return
        # Ignored characteristics may stand there, switched off, from before
        # they were; that none is active is looked at by Forms.
        goods = set(self._facts.goods) | {
            offer for ident, offers in self._characteristics.items()
            if ident in self._facts.goods for offer in offers}
        places = {mark for rules in (*self._earlier, self._rules)
                  for mark in rules.places()}
        for name, known, kind in (
                ("sections", {*self._facts.groups, *places}, "section"),
                ("products", goods, "good")):
            for row in self._dump[name]:
                own = row["xmlId"] == str(row["id"]) or \
                    row["id"] in self._before[name]
                if row["xmlId"] not in known and not own:
                    self._differs(kind, row["xmlId"],
                                  "in the portal, but in no package")


def _catalogs(dump):
    """Ids of the catalogue of goods and of that of their variations."""
    goods = next((c["iblockId"] for c in dump["catalogs"]
                  if not c.get("productIblockId")), None)
    return goods, next((c["iblockId"] for c in dump["catalogs"]
                        if c.get("productIblockId") == goods), None)


def fetch_dump(address):
    """(dump, inventory) of a running portal."""
    parts = urlsplit(address)
    base = "%s://%s/_control/" % (parts.scheme, parts.netloc)
    with urllib.request.urlopen(base + "dump", timeout=600) as answer:
        dump = json.load(answer)
    with urllib.request.urlopen(base + "config", timeout=60) as answer:
        return dump, json.load(answer)["inventory"]


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+", metavar="PACKAGE",
                        help="in order; a .json file is what happened "
                        "between them: {\"rules\": whole configuration}, "
                        "{\"sent\": true}")
    parser.add_argument("--edits", help="what people set in the portal, "
                        "{mark: {field: [allowed, null: or 1C's]}}")
    parser.add_argument("--config", required=True)
    parser.add_argument("--portal", help="address of the running portal")
    parser.add_argument("--dump", help="a dump in a file, instead")
    parser.add_argument("--before", help="a dump of before the first run")
    parser.add_argument("--allow-extra", action="store_true",
                        help="the portal may hold more than was stated")
    parser.add_argument("--inventory", action="store_true",
                        help="with --dump: inventory management is on")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if bool(args.portal) == bool(args.dump):
        parser.error("one of --portal and --dump is wanted")
    return args


def show(comparison, facts, as_json):
    counts = {**{"stated " + k: v for k, v in facts.counts.items()},
              **{k: v for k, v in sorted(comparison.counts.items()) if v},
              "differences": len(comparison.differences)}
    if as_json:
        print(json.dumps({"differences": comparison.differences,
                          "counts": counts,
                          "ledger": comparison.ledger}, ensure_ascii=False, indent=1))
        return
    for line in comparison.differences:
        print(line.replace("\n", "\\n"))
    for name, count in counts.items():
        print("# %s: %d" % (name, count))


def follow(args, dump):
    """What happened, in its order.  Where nothing says when all was sent, it
    was after each package."""
    events = [read_json(name) if name.endswith(".json") else name
              for name in args.packages]
    told = any(not isinstance(event, str) for event in events)
    course = Course(Facts(), args.before)
    if not (told and "rules" in events[0]):
        course.rule(oracle_rules.Rules(oracle_rules.load(args.config), dump))
    for event in events:
        if isinstance(event, str):
            course.take(event)
        elif "rules" in event:
            course.rule(oracle_rules.Rules(event["rules"], dump))
        if not told or not isinstance(event, str) and event.get("sent"):
            course.sent()
    course.sent()
    return course


def main(argv=None):
    args = arguments(argv)
    try:
        if args.portal:
            dump, args.inventory = fetch_dump(args.portal)
        else:
            dump = read_json(args.dump)
        args.before = read_json(args.before) if args.before else None
        args.edits = read_json(args.edits) if args.edits else None
        course = follow(args, dump)
    except (OSError, ValueError, Unreadable, oracle_rules.Wrong) as error:
        print("oracle: %s" % error, file=sys.stderr)
        return 2
    comparison = Comparison(course, dump, args)
    comparison.run()
    show(comparison, course.facts, args.json)
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
