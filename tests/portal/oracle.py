#!/usr/bin/env python3
"""Compares CommerceML packages with what the portal holds. See README.md."""

import argparse
import json
import re
import sys
import urllib.request
from collections import Counter
from decimal import Decimal
from urllib.parse import urlsplit

import oracle_rules
from oracle_read import Facts, Unreadable

_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]*>")
NAME_LENGTH = 255


class Comparison:
    """One pass over sections, goods and prices."""

    def __init__(self, facts, rules, dump, options):
        self._facts = facts
        self._rules = rules
        self._dump = dump
        self._options = options
        self.differences = []
        self.counts = Counter()
        self._iblock = next((c["iblockId"] for c in dump["catalogs"]
                             if not c.get("productIblockId")), None)
        self._sections = self._by_mark("sections")
        self._products = self._by_mark("products")
        self._by_id = {s["id"]: s for s in dump["sections"]}
        self._prices = {}
        for price in dump["prices"]:
            self._prices.setdefault(price["productId"], []).append(price)
        self._article = self._article_property()
        before = options.before or {}
        self._before = {name: {row["id"] for row in before.get(name, [])}
                        for name in ("sections", "products", "prices")}
        self._marks_before = {row["xmlId"]
                              for row in before.get("products", [])}
        self._stock = not options.inventory
        self._absent = self._absent_goods()

    def _by_mark(self, name):
        out = {}
        for row in self._dump[name]:
            if row["iblockId"] == self._iblock:
                out.setdefault(row["xmlId"], []).append(row)
        return out

    def _article_property(self):
        own = [p for p in self._dump["properties"]
               if p["iblockId"] == self._iblock and p["propertyType"] == "S"]
        for prop in own:
            if prop.get("code") == "CML2_ARTICLE":
                return str(prop["id"])
        return next((str(p["id"]) for p in own if p["name"] == "Артикул"),
                    None)

    def _differs(self, kind, ident, text):
        self.differences.append("%s %s: %s" % (kind, ident, text))

    def run(self):
        if not self._rules.catalog["enabled"]:
            self.counts["left out: catalog.enabled is false"] += 1
            return
        self._doubles()
        for ident, group in self._facts.groups.items():
            self._section(ident, group)
        for ident, good in self._facts.goods.items():
            self._good(ident, good)
        self._strangers()
        unknown = {i for i in {*self._facts.prices, *self._facts.rests}
                   if i not in self._facts.goods}
        for ident in unknown:
            known = ident.partition("#")[0] in self._facts.goods
            self.counts["left out: offers of characteristics" if known
                        else "left out: offers of unknown goods"] += 1

    def _doubles(self):
        for name, kind in (("_sections", "section"), ("_products", "good")):
            for mark, rows in getattr(self, name).items():
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
        rows = self._sections.get(ident)
        if not rows:
            self._differs("section", ident, "missing (%s)" % group.name)
            return
        self.counts["sections"] += 1
        row = rows[0]
        self._same_name("section", ident, group.name, row["name"])
        parent = group.parent
        if parent is not None and self._facts.groups[parent].deleted:
            self.counts["left out: parents marked deleted"] += 1
            return
        self._same("section", ident, "parent", parent,
                   self._mark(row["iblockSectionId"]))

    def _mark(self, section):
        row = self._by_id.get(section)
        if section is None:
            return None
        return row["xmlId"] if row else "(no such section: %s)" % section

    def _same(self, kind, ident, field, wanted, held):
        if wanted != held:
            self._differs(kind, ident, "%s: 1C %r, portal %r"
                          % (field, wanted, held))

    def _same_name(self, kind, ident, wanted, held):
        cut = len(wanted) > NAME_LENGTH and held and \
            wanted.startswith(held) and len(held) > NAME_LENGTH - 60
        if not cut:
            self._same(kind, ident, "name", wanted, held)

    # Goods

    def _state(self, ident, good):
        """live, inactive, gone, or any: what must become of the good."""
        marked = good.deleted
        rule = self._rules.catalog["marked"]
        if not marked and ident in self._absent:
            marked, rule = True, self._rules.catalog["absent"]
        if not marked or rule == "keep" and self._was_live(ident):
            return "live"
        if rule == "delete":
            return "gone"
        if self._was_live(ident):
            return "inactive"
        return "inactive or gone"

    def _absent_goods(self):
        """What a full session left out, unless the fuse holds it back."""
        absent = {i for i in self._facts.absent
                  if not self._facts.goods[i].deleted}
        live = sum(not good.deleted for good in self._facts.goods.values())
        allowed = live * self._rules.catalog["max_deleted_percent"] / 100
        if self._rules.catalog["absent"] != "keep" and len(absent) > allowed:
            self.counts["goods that the fuse keeps"] += len(absent)
            return set()
        return absent

    def _was_live(self, ident):
        return ident in self._facts.live_before or ident in self._marks_before

    def _good(self, ident, good):
        rows = self._products.get(ident)
        state = self._state(ident, good)
        if not good.name:
            self.counts["left out: goods without a name"] += 1
            return
        if not rows:
            if state in ("live", "inactive"):
                self._differs("good", ident, "missing (%s)" % good.name)
            else:
                self.counts["goods deleted or never made"] += 1
            return
        row = next((r for r in rows if str(r["id"]) != ident), rows[0])
        if state == "gone":
            self._differs("good", ident, "is marked deleted and still there")
            return
        self.counts["goods"] += 1
        if state != "live" and self._rules.catalog["marked"] == "keep":
            self.counts["goods marked deleted, kept"] += 1
        else:
            self._same("good", ident, "active",
                       "Y" if state == "live" else "N", row["active"])
        if state == "live":
            self._fields(ident, good, row)
            self._good_prices(ident, row)

    def _fields(self, ident, good, row):
        self._same_name("good", ident, good.name, row["name"])
        values = row["properties"].get(self._article or "", [])
        held = values[0]["value"] if values else ""
        self._same("good", ident, "article", good.article, held)
        self._section_of(ident, good, row)
        self._unit(ident, good, row)
        self._vat(ident, good, row)
        self._text(ident, good, row)
        self._quantity(ident, row)
        if good.code:
            self._same("good", ident, "code", good.code, row["code"])

    def _section_of(self, ident, good, row):
        known = [g for g in good.groups if g in self._facts.groups and
                 not self._facts.groups[g].deleted and
                 self._facts.groups[g].name]
        if good.groups and not known:
            self.counts["goods of unknown groups"] += 1
        self._same("good", ident, "section", known[0] if known else None,
                   self._mark(row["iblockSectionId"]))

    def _unit(self, ident, good, row):
        measure = self._rules.unit(good.unit)
        if measure is None:
            self.counts["left out: units not in the portal"] += 1
        else:
            self._same("good", ident, "unit", measure, row["measure"])

    def _vat(self, ident, good, row):
        rates = self._rules.vats(good.vat) if good.vat else set()
        if not rates:
            self.counts["left out: VAT not in the portal"] += 1
        elif row["vatId"] not in rates:
            self._differs("good", ident, "VAT: 1C %r, portal id %r"
                          % (good.vat, row["vatId"]))

    def _text(self, ident, good, row):
        if good.markup:
            self.counts["left out: descriptions with elements in them"] += 1
            return
        self._same("good", ident, "description", good.text,
                   row["detailText"] or "")
        if good.text:
            kind = "html" if _TAG.search(good.text) else "text"
            self._same("good", ident, "description type", kind,
                       row["detailTextType"])

    def _quantity(self, ident, row):
        wanted = self._rules.quantity(self._facts.rests.get(ident)) \
            if self._stock else None
        if wanted is None:
            self.counts["left out: no stock stated or allowed"] += 1
            return
        self.counts["quantities"] += 1
        held = Decimal(str(row["quantity"] or 0))
        if wanted != held:
            self._differs("good", ident, "quantity: 1C %s, portal %s"
                          % (wanted, held))

    # Prices

    def _good_prices(self, ident, row):
        held = {p["catalogGroupId"]: p for p in self._prices.get(row["id"], [])}
        wanted = self._wanted_prices(ident)
        for kind, (value, currency) in wanted.items():
            price = held.pop(kind, None)
            name = "%s type %s" % (ident, kind)
            if price is None:
                self._differs("price", name, "missing (%s %s)"
                              % (value, currency))
                continue
            self.counts["prices"] += 1
            if Decimal(value) != Decimal(str(price["price"])):
                self._differs("price", name, "1C %s, portal %s"
                              % (value, price["price"]))
            self._same("price", name, "currency", currency,
                       price["currency"])
        for kind, price in held.items():
            if price["id"] in self._before["prices"] or \
                    self._options.allow_extra:
                self.counts["prices of the portal's own"] += 1
            elif kind not in self._rules.mapped_types():
                self._differs("price", "%s type %s" % (ident, kind),
                              "in the portal, but no rule maps its type")
            else:
                self.counts["prices no longer stated"] += 1

    def _wanted_prices(self, ident):
        out = {}
        for type_id, (value, currency) in \
                self._facts.prices.get(ident, {}).items():
            name, default = self._facts.types.get(type_id, ("", ""))
            target = self._rules.price_type(type_id, name)
            if target is None:
                self.counts["left out: prices of types not mapped"] += 1
                continue
            code = self._rules.currency(currency or default)
            if code is None:
                self.counts["left out: prices in unknown currencies"] += 1
                continue
            out[target] = (value, code)
        return out

    # What nobody asked for

    def _strangers(self):
        if self._options.allow_extra:
            return
        for name, known, kind in (
                ("sections", self._facts.groups, "section"),
                ("products", self._facts.goods, "good")):
            for row in self._dump[name]:
                own = row["xmlId"] == str(row["id"]) or \
                    row["id"] in self._before[name]
                if row["xmlId"] not in known and not own:
                    self._differs(kind, row["xmlId"],
                                  "in the portal, but in no package")


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
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
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
              **dict(sorted(comparison.counts.items())),
              "differences": len(comparison.differences)}
    if as_json:
        print(json.dumps({"differences": comparison.differences,
                          "counts": counts}, ensure_ascii=False, indent=1))
        return
    for line in comparison.differences:
        print(line.replace("\n", "\\n"))
    for name, count in counts.items():
        print("# %s: %d" % (name, count))


def main(argv=None):
    args = arguments(argv)
    try:
        if args.portal:
            dump, args.inventory = fetch_dump(args.portal)
        else:
            dump = read_json(args.dump)
        args.before = read_json(args.before) if args.before else None
        rules = oracle_rules.Rules(oracle_rules.load(args.config), dump)
        facts = Facts()
        for folder in args.packages:
            facts.take(folder)
    except (OSError, ValueError, Unreadable, oracle_rules.Wrong) as error:
        print("oracle: %s" % error, file=sys.stderr)
        return 2
    comparison = Comparison(facts, rules, dump, args)
    comparison.run()
    show(comparison, facts, args.json)
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
