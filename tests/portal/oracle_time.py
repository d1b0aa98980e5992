"""What may stand in the portal, told from all that happened: a good that was
deleted for one reason is not switched off for the next one.

A part of oracle.Comparison.  Whether a good is live, inactive or not there
follows from the packages and rules in their order, and from when everything
was sent between them: until then both what was and what is to be may be.
"""

from decimal import Decimal

from oracle_place import Places
from oracle_rules import same_text

# catalog.product's type
FORMS = {1: "good", 3: "parent", 6: "parent", 4: "variation", 5: "variation",
         7: "service"}
LIVE, OFF, NONE = "live", "inactive", "gone"


def _after(demand, state):
    """What becomes of what stands there, or does not."""
    if demand == "present":
        return {LIVE}
    if demand == "gone" or state == NONE:
        return {NONE}
    # What is kept is as live as it was.
    return {OFF if demand == "off" else LIVE}


class States(Places):
    """What 1C and the rules ask of each good.  Needs _facts and _rules."""

    def demand_of(self, deleted, absent):
        rules = self._rules.catalog
        rule = {"delete": "gone", "deactivate": "off", "keep": "keep"}
        if deleted:
            return rule[rules["marked"]]
        if absent and rules["absent"] != "keep":
            return rule[rules["absent"]]
        return "present"

    def demands(self):
        """{(form, mark): demand} of all forms that a good may have had."""
        self._absent = self.absent_goods()
        self._characteristics = self._facts.characteristics()
        out = {}
        for ident, good in self._facts.goods.items():
            if good.name:
                self._demands_of(ident, good, out)
        return out

    def leaves(self, ident, good):
        """Does it go, and its characteristics with it?"""
        return ident in self._facts.absent or \
            good.deleted and self._rules.catalog["marked"] != "keep"

    def _demands_of(self, ident, good, out):
        own = self.demand_of(good.deleted, ident in self._absent)
        live = self.live_characteristics(ident, self.leaves(ident, good))
        form = self.form_of(good, live)
        picked = self.is_selected(ident, good, form)
        for other in ("good", "parent", "service"):
            out[other, ident] = self._picked(own, picked) \
                if other == form else "off"
        for mark in self._characteristics.get(ident, []):
            offer = self._facts.offers[mark]
            wanted = {"parent": "variation", None: "good"}.get(
                form if mark in live else "")
            # Of a good that is absent nobody says what is not there of it.
            mine = self.demand_of(
                offer.deleted, mark in self._facts.absent_offers and
                ident not in self._facts.absent)
            if own != "present" and mine != "gone":
                mine = own
            for other in ("good", "variation"):
                out[other, mark] = self._picked(mine, picked) \
                    if other == wanted else "off"

    def _picked(self, demand, picked):
        if picked or demand == "gone":
            return demand
        return {"delete": "gone", "deactivate": "off"}.get(
            self._rules.catalog["absent"],
            "off" if demand == "off" else "keep")

    def absent_goods(self):
        """What a full session left out, unless the fuse holds it back."""
        absent = {i for i in self._facts.absent
                  if not self._facts.goods[i].deleted}
        live = sum(not good.deleted for good in self._facts.goods.values())
        allowed = live * self._rules.catalog["max_deleted_percent"] / 100
        if self._rules.catalog["absent"] != "keep" and len(absent) > allowed:
            return set()
        return absent

    def live_characteristics(self, ident, leaving):
        """Ids of the offers that make it a product with variations; all of
        them where it leaves with them."""
        offers, absent = self._facts.offers, self._facts.absent_offers
        plain = ident in offers and ident not in absent
        rules = self._rules.catalog
        doubtful = {offer for offer in self._characteristics.get(ident, [])
                    if offer in absent or (offers[offer].deleted and
                                           rules["marked"] == "keep")}
        return [offer for offer in self._characteristics.get(ident, [])
                if not (offer in doubtful and plain) and (leaving or (
                    not (offers[offer].deleted and rules["marked"] != "keep")
                    and not (offer in absent and rules["absent"] != "keep")))]

    def own_counts(self, ident):
        """Do its own stock and prices?  Not when its characteristics were
        offered without it."""
        return ident not in self._facts.absent_offers or \
            not self.live_characteristics(ident, self.leaves(
                ident, self._facts.goods[ident])) \
            if ident in self._facts.goods else True

    def form_of(self, good, live):
        if good.is_service():
            return "service"
        modes = {"variations": "parent", "products": None}
        return modes.get(self._rules.catalog["characteristics"], "good") \
            if live else "good"

    # ---- catalog.select ----

    def is_selected(self, ident, good, form):
        asked = self._rules.catalog["select"]
        if not self._is_picked(ident, good, asked):
            return False
        if asked.get("only_in_stock") and form != "service" and \
                self._whole_stock(ident) <= 0:
            return False
        if asked.get("only_priced") and not self._has_price(ident):
            return False
        price = asked.get("price") or {}
        return not price.get("type") or self._has_price_of(ident, price)

    def _is_picked(self, ident, good, asked):
        """By the names of goods, then of groups."""
        if self.is_named(ident, good, asked.get("except") or []):
            return False
        if self.is_named(ident, good, asked.get("goods") or []):
            return True
        if any(self.in_named(group, asked.get("except") or [])
               for group in good.groups):
            return False
        if asked.get("groups"):
            return any(self.in_named(group, asked["groups"])
                       for group in good.groups)
        return not asked.get("goods")

    def _has_price_of(self, ident, asked):
        """A price for one piece, else that of a pack, as 1C states it."""
        for mark in self._speakers(ident):
            for kind, (value, _, *factor) in self._facts.prices.get(
                    mark, {}).items():
                name = self._facts.types.get(kind, ("",))[0]
                if kind != asked["type"] and not same_text(name,
                                                           asked["type"]):
                    continue
                amount = Decimal(value) / Decimal(factor[0] if factor else 1)
                if amount > 0 and \
                        amount >= Decimal(str(asked.get("from") or 0)) and \
                        (asked.get("to") is None or
                         amount <= Decimal(str(asked["to"]))):
                    return True
        return False

    def _speakers(self, ident):
        return [*[ident] * self.own_counts(ident),
                *self._characteristics.get(ident, [])]

    def _whole_stock(self, ident):
        """Of the good, or of its characteristics together."""
        own = [self._facts.rests[mark] for mark in self._speakers(ident)
               if mark in self._facts.rests]
        amounts = (self._rules.amount(rest, self._facts.warehouses)
                   for rest in own)
        return sum(amounts, Decimal(0))

    def _has_price(self, ident):
        for mark in self._speakers(ident):
            for kind, (value, *_) in self._facts.prices.get(mark,
                                                            {}).items():
                name = self._facts.types.get(kind, ("",))[0]
                if self._rules.price_type(kind, name) is not None and \
                        Decimal(value) > 0:
                    return True
        return False


class Course(States):
    """Goes through packages and rules, and notes what may stand there."""

    def __init__(self, facts, before):
        self.facts = self._facts = facts
        self._rules = None
        self._may, self._demands = {}, {}
        self.rules = []         # all that ever held
        for row in (before or {}).get("products", []):
            self._may[FORMS[row.get("type", 1)], row["xmlId"]] = {
                LIVE if row["active"] == "Y" else OFF}

    def rule(self, rules):
        self._rules = rules
        self.rules.append(rules)
        self._happen()

    def take(self, folder):
        self._facts.take(folder)
        self._happen()

    def _happen(self):
        """It may be sent before the next thing happens, or not."""
        self._demands = self.demands()
        for key, demand in self._demands.items():
            held = self._may.setdefault(key, {NONE})
            held |= {to for state in held for to in _after(demand, state)}

    def sent(self):
        for key, demand in self._demands.items():
            self._may[key] = {to for state in self._may.get(key, {NONE})
                              for to in _after(demand, state)}

    def states(self, form, mark):
        """What may stand there, of these three."""
        return self._may.get((form, mark), {NONE})
