"""Comparing what goods have beside their fields: properties, pictures,
weight, stock by warehouse. A part of oracle.Comparison."""

import re
from decimal import Decimal, InvalidOperation

from oracle_goods import number
from oracle_rules import CREATE, IGNORE, OTHERS, rule_of, same_text

# Elements that are carried as properties, and their standard codes.
OWN = {"Штрихкод": "CML2_BAR_CODE", "Изготовитель": "CML2_MANUFACTURER",
       "Страна": "CML2_COUNTRY", "Категория": "CML2_CATEGORY",
       "Код": "CML2_CODE"}
SIZES = {"Вес": "weight", "Ширина": "width", "Длина": "length",
         "Высота": "height"}
MOST_PICTURES = 50
VALUES, PAIRS = "values", "characteristics"     # of the ledger
PICTURES, STOCKS = "pictures", "stock figures"
CARRIED, NOT_THERE = "carried", "of what is not there"
CUT = 200       # a text of the portal may be shorter than 1C's from here on
# 1C's, with a time or without.
EMPTY_DATE = re.compile(r"(0001-01-01|01\.01\.0001)([T ]|$)")


class Term:
    """1C's property: how it is recognised in the portal, and the rule."""

    def __init__(self, ids, name, rule, code=None, options=None, what=None):
        self.ids, self.name, self.rule = ids, name, rule
        self.code, self.options = code, options
        self.what = what    # that the ledger counts, or None


class More:
    """What needs self._facts, _rules, _dump, counts, ledger, _differs()."""

    # ---- the ledger: what became of everything that 1C stated ----

    def _account(self, what, number, fate):
        if what and number:
            self.ledger["%s: %s" % (what, fate)] += number

    def _account_rest(self):
        """What no comparison has met."""
        for good in [*self._facts.goods.values(),
                     *self._facts.offers.values()]:
            if id(good) not in self._met:
                self._account(VALUES, sum(
                    len(values) for _, values in good.properties), NOT_THERE)
                self._account(PAIRS, _pairs(good), NOT_THERE)
            if id(good) not in self._met_pictures:
                self._account(PICTURES, len(good.pictures), NOT_THERE)
        for ident, rest in self._facts.rests.items():
            if ident not in self._met_rests:
                self._account(STOCKS, len(rest[2]), NOT_THERE)

    # ---- properties ----

    def _terms_of(self, good, traits):
        """[(term, [values])] of a Товар, or of an Предложение."""
        rules = self._rules.catalog["properties"]
        out = []
        for ident, values in good.properties:
            known = self._facts.properties.get(ident)
            ids = ["#" + ident, ident] if traits else [ident]
            if known is None:
                # "*" makes none of these, for nobody has named them.
                rule = rule_of(rules, ident)
                if rule == CREATE and ident not in rules:
                    rule = None
                out.append((Term(ids, ident, rule, ident, what=VALUES),
                            values))
                continue
            if known.deleted:
                self.counts["left out: values of properties that are "
                            "deleted"] += len(values)
                self._account(VALUES, len(values), "deleted")
                continue
            out.append((Term(ids, known.name, rule_of(
                rules, ident, known.name), options=known, what=VALUES),
                values))
        for name, values in good.own.items():
            out.append((Term(["@" + name], name, rule_of(
                rules, name, "@" + name), OWN[name]), values))
        for name, values in good.requisites:
            rule = next((target for known, target in rules.items()
                         if known != OTHERS and same_text(known, name)), None)
            if rule is not None and name != "Вес" and not traits:
                out.append((Term(["@" + name], name, rule), values))
        if traits:
            for name, value in good.pairs:
                rule = rule_of(rules, name)
                out.append((Term([name], name, rule or CREATE, what=PAIRS),
                            [value]))
        self._met.add(id(good))
        if not traits:
            self._account(PAIRS, _pairs(good), "of no variation")
        return [(term, [v for v in values if v]) for term, values in out]

    def _properties(self, mark, good, row, traits=False, plain=None):
        """plain: the offer of the good itself, which may speak for it."""
        iblock = self._variations if traits else self._iblock
        wanted, terms = {}, self._terms_of(good, traits)
        if plain is not None:
            said = {tuple(term.ids) for term, values in terms if values}
            for term, values in self._terms_of(plain, traits):
                if tuple(term.ids) not in said:
                    terms.append((term, values))
                else:
                    self._account(term.what, len(values), "said twice")
        for term, values in terms:
            if values and term.rule == IGNORE:
                self._account(term.what, len(values), "ignored by a rule")
            if not values or term.rule == IGNORE:
                continue
            carried, prop = self._find_property(iblock, term)
            if prop is not None:
                wanted.setdefault(prop["id"], (prop, []))[1].append(
                    (term, values))
            elif carried:
                self._differs("good", mark, "the portal has no property %r"
                              % term.name)
            else:
                self._account(term.what, len(values), "not in the portal")
                self.counts["left out: values of properties that the portal "
                            "has not"] += len(values)
        for prop, rows in wanted.values():
            self._property(mark, prop, rows, row)
        self._no_others(mark, row, wanted)

    def _find_property(self, iblock, term):
        key = (iblock, *term.ids, term.name)
        if key not in self._found:
            self._found[key] = self._rules.property(iblock, term)
        return self._found[key]

    def _property(self, mark, prop, rows, row):
        held = self._held(prop, row)
        if len(rows) > 1 and len({tuple(v) for _, v in rows}) > 1:
            self.counts["left out: several properties that are one in the "
                        "portal"] += 1
            for term, values in rows:
                self._account(term.what, len(values),
                              "one property in the portal, two in 1C")
            return
        term, values = rows[0]
        for other, more in rows[1:]:
            self._account(other.what, len(more), "said twice")
        wanted = [self._value(prop, term, value) for value in values]
        self.counts["left out: values that the property cannot hold"] += \
            wanted.count(None)
        self._account(term.what, wanted.count(None), "cannot be held")
        self._account(term.what, sum(value is not None for value in wanted),
                      CARRIED)
        wanted = [value for value in wanted if value]
        if not self._same_values(prop, wanted, held):
            self._differs("good", mark, "%s: 1C %r, portal %r"
                          % (prop.get("code") or prop["name"], wanted, held))
        self.counts["property values"] += len(wanted)

    def _value(self, prop, term, value):
        """As the portal must show it; None: it cannot."""
        if term.ids == ["@Категория"]:
            value = self._facts.categories.get(value, value)
        if term.options is not None and term.options.option(value):
            value = term.options.option(value)
        if EMPTY_DATE.match(value):
            return None
        if prop["propertyType"] == "N":
            exact = number(value)
            return exact and str(Decimal(exact).normalize())
        if prop["propertyType"] == "L":
            known = [row for row in self._rules.enums.get(
                prop["id"], {}).values()
                if same_text(row["value"], value) or
                same_text(row.get("xmlId") or "", value)]
            if known:
                return " ".join(known[0]["value"].split())
            if term.options is None or not term.options.option(value):
                return None
        return " ".join(value.split())

    def _held(self, prop, row):
        out = []
        for value in row["properties"].get(str(prop["id"]), []):
            value = value["value"]
            if isinstance(value, dict):
                value = value.get("TEXT", "")
            if prop["propertyType"] == "L":
                enum = self._rules.enums.get(prop["id"], {}).get(str(value))
                value = enum["value"] if enum else "(no such value: %s)" \
                    % value
            elif prop["propertyType"] == "N":
                value = _plain(value)
            if value not in (None, ""):
                out.append(" ".join(str(value).split()))
        return out

    def _same_values(self, prop, wanted, held):
        if prop.get("userType") in ("Date", "DateTime"):
            return bool(wanted) == bool(held)
        if prop["propertyType"] == "L":
            # Options that differ in case alone are one to a person.
            wanted = [value.casefold() for value in wanted]
            held = [value.casefold() for value in held]
        wanted = list(dict.fromkeys(wanted))
        if prop["multiple"] == "Y" or len(wanted) < 2:
            return len(wanted) == len(held) and all(
                _same_text(*pair) for pair in zip(sorted(wanted),
                                                  sorted(held)))
        if prop["propertyType"] in ("L", "N"):
            return len(held) == 1 and held[0] in wanted
        return len(held) == 1 and (len(held[0]) >= CUT or sorted(
            held[0].split(", ")) == sorted(", ".join(wanted).split(", ")))

    def _no_others(self, mark, row, wanted):
        """Values of 1C's properties that this good has not."""
        if row["id"] in self._before["products"]:
            return
        if self._wiped is None:
            self._wiped = self._not_wiped()
        for key, held in row["properties"].items():
            if int(key) in wanted or key == self._article_of(row) or \
                    int(key) in self._wiped or not any(value["value"] not in (None, "")
                            for value in held):
                continue
            self._differs("good", mark, "property %s has %r, 1C says none"
                          % (key, [value["value"] for value in held]))

    def _not_wiped(self):
        """Properties that are carried no more, for 1C marked them deleted or
        the rules were others: what was there stays."""
        out = set()
        for ident, known in self._facts.properties.items():
            for iblock, ids in ((self._iblock, [ident]), (
                    self._variations, ["#" + ident, ident])):
                for rules in (*self._earlier, self._rules):
                    term = Term(ids, known.name, rule_of(
                        rules.catalog["properties"], ident, known.name))
                    _, row = rules.property(iblock, term)
                    if row is not None and (known.deleted or rules.catalog[
                            "properties"] !=
                            self._rules.catalog["properties"]):
                        out.add(row["id"])
        return out

    # ---- weight and sizes ----

    def _sizes(self, mark, good, other, row):
        """other: the product of a variation, which may speak for it."""
        for name, field in SIZES.items():
            values = [number(one.sizes[name]) for one in (good, other)
                      if one is not None]
            values = [Decimal(value) * 1000 for value in values
                      if value is not None and Decimal(value) >= 0]
            held = Decimal(str(row.get(field) or 0))
            if values:
                self.counts["weights and sizes"] += 1
            # What 1C says no more is not emptied.
            if values and held not in values:
                self._differs("good", mark, "%s: 1C %s, portal %s"
                              % (field, values, held))

    # ---- pictures ----

    def _pictures(self, mark, good, row):
        if not self._rules.catalog["pictures"]:
            return
        self._met_pictures.add(id(good))
        hashes = list(dict.fromkeys(
            held for _, held in good.pictures if held))[:MOST_PICTURES]
        self.counts["left out: pictures without a file"] += sum(
            held is None for _, held in good.pictures)
        main = row.get("detailPicture") or {}
        gallery = sorted(image["hash"] for image in
                         self._images.get(row["id"], [])
                         if image["id"] not in self._before["images"])
        self.counts["pictures"] += len(hashes)
        lost = sum(held is None for _, held in good.pictures)
        self._account(PICTURES, lost, "without a file")
        self._account(PICTURES, len(hashes), CARRIED)
        self._account(PICTURES, len(good.pictures) - lost - len(hashes),
                      "said twice")
        if good.pictures and not hashes:
            return      # without bytes, what is there stays
        if main.get("id") in self._mains_before and not hashes:
            main = {}
        if lost:        # nor is it told what else stays until it comes
            # Where the first one lacks, the next stands in for it, and
            # pushes nothing aside.
            first = good.pictures[0][1] is None and bool(main)
            self._some_are_there(mark, hashes[first:],
                                 [main.get("hash"), *gallery])
            return
        self._same("good", mark, "main picture",
                   hashes[0] if hashes else None, main.get("hash"))
        # What was the main one and is of the gallery now has to be sent
        # again: its file has to come.
        self._same("good", mark, "gallery", sorted(
            one for one in hashes[1:]
            if one in gallery or one not in good.recalled), gallery)

    def _some_are_there(self, mark, hashes, held):
        for one in hashes:
            if one not in held:
                self._differs("good", mark, "main picture or gallery: "
                              "%s is missing" % one)

    # ---- stock by warehouse ----

    def _stock_by_store(self, mark, ident, row):
        if self._rules.catalog["stock"] != "documents":
            return
        rest = self._facts.rests.get(ident)
        if rest is None or not rest[2]:
            self.counts["left out: no stock by warehouse"] += 1
            return
        self._met_rests.add(ident)
        wanted = {}
        for warehouse, amount in rest[2].items():
            name = self._facts.warehouses.get(warehouse, "")
            if warehouse not in self._facts.warehouses and \
                    warehouse not in self._rules.catalog["warehouses"]:
                self.counts["left out: stock of warehouses that no list "
                            "names"] += 1
                self._account(STOCKS, 1, "of a warehouse without a name")
                continue
            carried, store = self._rules.store(warehouse, name)
            if not carried:
                self.counts["left out: stock of warehouses that the portal "
                            "has not"] += 1
                self._account(STOCKS, 1, "not in the portal")
            elif store is None:
                self._differs("good", mark, "the portal has no store for %s"
                              % (name or warehouse))
            else:
                value = self._rules.not_negative(Decimal(amount))
                wanted[store["id"]] = wanted.get(store["id"], 0) + value
                self._account(STOCKS, 1, CARRIED)
        for store, amount in wanted.items():
            held = Decimal(str(self._amounts.get((row["id"], store), 0)))
            self.counts["stocks"] += 1
            if self._edited("good", mark, "stock %s" % store, held):
                continue
            if held != amount:
                self._differs("good", mark, "stock in store %s: 1C %s, "
                              "portal %s" % (store, amount, held))


def _pairs(good):
    return sum(bool(value) for _, value in good.pairs)


def _plain(value):
    try:
        return str(Decimal(str(value)).normalize())
    except InvalidOperation:
        return value


def _same_text(wanted, held):
    return wanted == held or (len(held) >= CUT and wanted.startswith(held))
