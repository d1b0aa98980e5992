"""Comparing goods: what of 1C's stands in the portal in which form, with
which fields and prices.  A part of oracle.Comparison."""

import re
from decimal import ROUND_HALF_UP, Decimal

from oracle_time import LIVE, NONE, OFF

_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]*>")
NAME_LENGTH = 255


def _plain(name):
    """Names are equal but for case, blanks and the letter ё."""
    return " ".join(name.casefold().replace("ё", "е").split())


def _says(name, values):
    """Each word of the values stands in the name, in whatever form."""
    words = re.findall(r"[^\s,.;:()\[\]/\"']+", _plain(name))
    return all(any(word == wanted or (len(wanted) > 4 and abs(
        len(word) - len(wanted)) < 3 and word[:len(wanted) - 2] ==
        wanted[:-2]) for word in words)
        for value in values for wanted in re.findall(
            r"[^\s,.;:()\[\]/\"']+", _plain(value)))


def _told_apart(name, values):
    """What makes a variation different is not what is cut off."""
    if len(values) <= NAME_LENGTH // 2:
        name = name[:NAME_LENGTH - len(values)].strip()
    return name + values


class Forms:
    """What needs self._facts, _rules, _products, counts, _differs()."""

    # ---- one good of 1C ----

    def _good(self, ident, good):
        if not good.name:
            self.counts["left out: goods without a name"] += 1
            return
        live = self.live_characteristics(ident, self.leaves(ident, good))
        form = self.form_of(good, live)
        for other in ("good", "parent", "service"):
            if other != form:
                self._not_active(other, ident)
        row = form and self._standing(form, ident, good.name)
        if row:
            self._fields(form, ident, good, row)
        for offer in self._characteristics.get(ident, []):
            self._characteristic(ident, good, offer,
                                 form if offer in live else "")

    def _characteristic(self, ident, good, mark, form):
        """form: of its product; empty: it is nothing of its own."""
        own = self._facts.offers[mark]
        wanted = {"parent": "variation", None: "good"}.get(form)
        for other in ("good", "variation"):
            if other != wanted:
                self._not_active(other, mark)
        if wanted is None:
            self.counts["left out: offers of characteristics"] += 1
            return
        values = [value for _, value in own.pairs if value]
        name = own.name
        if _plain(name) in ("", _plain(good.name)) and values:
            name = _told_apart(good.name, " (%s)" % ", ".join(values))
        row = self._standing(wanted, mark, name or good.name)
        if row is None:
            return
        self._same_name(wanted, mark, name or good.name, row["name"])
        self._article(wanted, mark, own.article or good.article, row)
        self._unit(mark, own.unit or good.unit, row)
        self._vat(mark, own.vat or good.vat, row)
        self._quantity(mark, self._facts.rests.get(mark), row)
        self._belongings(mark, own.vat or good.vat, row)
        self._pictures(mark, own, row)
        self._sizes(mark, own, good, row)
        if wanted == "variation":
            parent = self._products_by_id.get(row.get("parentId"))
            self._same(wanted, mark, "parent", ident,
                       parent and parent["xmlId"])
            self._properties(mark, own, row, True)
        else:
            self._section_of(mark, ident, good, row)
            self.counts["left out: properties of characteristics that are "
                        "goods"] += 1

    def _not_active(self, form, ident):
        for row in self._products[form].get(ident, []):
            if str(row["id"]) != ident and row["active"] == "Y" and \
                    row["id"] not in self._before["products"]:
                self._differs(form, ident, "is active, and must not stand "
                              "there in this form")

    def _standing(self, form, ident, name):
        """The row whose fields are to be compared, or None."""
        states = self._course.states(form, ident)
        if self._edits.get(ident, {}).get("deleted"):
            states = {NONE, *(states if self._edits[ident]["deleted"] ==
                              "perhaps" else ())}
        rows = self._products[form].get(ident)
        if not rows:
            if NONE not in states:
                self._differs(form, ident, "missing (%s)" % name)
            else:
                self.counts["goods deleted or never made"] += 1
            return None
        row = next((r for r in rows if str(r["id"]) != ident), rows[0])
        for field, held in row.items():     # what 1C has nothing to do with
            self._edited(form, ident, field, held) if field in (
                "id", "sort", "previewText") else None
        gone = states == {NONE}
        if gone and row["active"] == "N" and \
                self._rules.catalog["marked"] != "delete" and \
                not self._edits.get(ident, {}).get("deleted"):
            self.counts["goods that were switched off before"] += 1
            return None
        if gone:
            self._differs(form, ident, "is still there, and must not be "
                          "(active: %s)" % row["active"])
            return None
        self.counts[form + "s"] += 1
        allowed = {{LIVE: "Y", OFF: "N"}[s] for s in states - {NONE}}
        allowed |= set(self._edits.get(ident, {}).get("active", ()))
        if row["active"] not in allowed:
            self._differs(form, ident, "active: 1C %s, portal %r" % (
                sorted(allowed), row["active"]))
        return row if LIVE in states and len(states) == 1 else None

    # ---- fields ----

    def _called(self, ident, good):
        """One that the catalogue lists by its characteristic says in its
        name what it differs by."""
        offer = self._facts.offers.get(ident)
        pairs = good.pairs or (offer.pairs if offer else [])
        values = [value for _, value in pairs if value]
        if "#" not in ident or not values or _says(good.name, values):
            return good.name
        if offer and offer.name and _says(offer.name, values):
            return offer.name
        return _told_apart(good.name, " (%s)" % ", ".join(values))

    def _fields(self, form, ident, good, row):
        self._same_name(form, ident, self._called(ident, good), row["name"])
        self._article(form, ident, good.article, row)
        self._section_of(ident, ident, good, row)
        if form != "parent":    # theirs is read-only in the cloud
            self._vat(ident, good.vat, row)
        self._text(ident, good, row)
        if good.code:
            self._same(form, ident, "code", good.code, row["code"])
        plain = self._facts.offers.get(ident)
        self._properties(ident, good, row, plain=plain)
        self._pictures(ident, good, row)
        if form == "good":
            self._unit(ident, good.unit, row)
            self._quantity(ident, self._rest_of(ident), row)
            self._sizes(ident, good, plain, row)
        if form != "parent":
            self._belongings(ident, good.vat, row, form == "good")
        elif self._prices.get(row["id"]):
            self._differs("price", ident, "of a product with variations")

    def _rest_of(self, ident):
        """Of characteristics that are ignored: the sum of theirs."""
        own = self._facts.rests.get(ident) if self.own_counts(ident) else None
        if own is not None or self._rules.catalog["characteristics"] != \
                "ignore":
            return own
        rests = [self._facts.rests[offer]
                 for offer in self.live_characteristics(ident, self.leaves(
                     ident, self._facts.goods[ident]))
                 if offer in self._facts.rests]
        if not rests:
            return None
        total = sum(Decimal(total) if total is not None else
                    sum(map(Decimal, amounts))
                    for total, amounts, _ in rests)
        return str(total), (), {}

    def _belongings(self, ident, vat, row, stock=True):
        self._good_prices(ident, vat, row)
        self._vat_included(ident, row)
        if stock:
            self._stock_by_store(ident, ident, row)

    def _article(self, kind, ident, wanted, row):
        values = row["properties"].get(self._article_of(row) or "", [])
        self._same(kind, ident, "article", wanted,
                   values[0]["value"] if values else "")

    def _same_name(self, kind, ident, wanted, held):
        cut = len(wanted) > NAME_LENGTH and held and \
            wanted.startswith(held) and len(held) > NAME_LENGTH - 60
        if not cut:
            self._same(kind, ident, "name", wanted, held)

    def _section_of(self, ident, product, good, row):
        """product: the Ид of what lies there, of a characteristic too."""
        places = self.places_of_good(product, good)
        if places is None:
            self.counts["goods of unknown groups"] += 1
            return
        self._same("good", ident, "section", places[0] if places else None,
                   self._mark(row["iblockSectionId"]))
        further = sorted(map(self._mark, row.get("sections", [])))
        if len(places) > 1 or len(good.groups) > 1:
            self._same("good", ident, "further sections",
                       sorted(places[1:]), further)

    def _unit(self, ident, unit, row):
        measure = self._rules.unit(unit)
        if measure is None:
            self.counts["left out: units not in the portal"] += 1
        else:
            self._same("good", ident, "unit", measure, row["measure"])

    def _vat(self, ident, vat, row):
        rates = self._rules.vats(vat) if vat else set()
        if not rates:
            self.counts["left out: VAT not in the portal"] += 1
        elif row["vatId"] not in rates:
            self._differs("good", ident, "VAT: 1C %r, portal id %r"
                          % (vat, row["vatId"]))

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

    def _quantity(self, ident, rest, row):
        wanted = self._rules.quantity(rest, self._facts.warehouses) \
            if self._stock else None
        if wanted is None:
            self.counts["left out: no stock stated or allowed"] += 1
            return
        self.counts["quantities"] += 1
        held = Decimal(str(row["quantity"] or 0))
        if wanted != held:
            self._differs("good", ident, "quantity: 1C %s, portal %s"
                          % (wanted, held))

    # ---- prices ----

    def _good_prices(self, ident, vat, row):
        held = {p["catalogGroupId"]: p for p in self._prices.get(row["id"], [])}
        wanted, stated = self._wanted_prices(ident, vat)
        for kind, (value, currency) in wanted.items():
            price = held.pop(kind, None)
            name = "%s type %s" % (ident, kind)
            if value is None:
                self.counts["left out: prices, for their VAT is unknown"] += 1
                continue
            if self._edited("price", ident, "price %s" % kind,
                            price["price"] if price else "deleted"):
                continue
            if price is None:
                self._differs("price", name, "missing (%s %s)"
                              % (value, currency))
                continue
            self.counts["prices"] += 1
            if value != Decimal(str(price["price"])):
                self._differs("price", name, "1C %s, portal %s"
                              % (value, price["price"]))
            self._same("price", name, "currency", currency,
                       price["currency"])
        for kind, price in held.items():
            if price["id"] in self._before["prices"] or \
                    self._options.allow_extra:
                self.counts["prices of the portal's own"] += 1
            elif any(kind in rules.mapped_types()
                     for rules in self._earlier) and \
                    kind not in self._rules.mapped_types():
                self.counts["prices of types that left the rules"] += 1
            elif kind not in self._rules.mapped_types():
                self._differs("price", "%s type %s" % (ident, kind),
                              "in the portal, but no rule maps its type")
            elif kind in stated or ident not in self._facts.prices:
                self.counts["prices no longer stated"] += 1
            else:
                self._differs("price", "%s type %s" % (ident, kind),
                              "in the portal, and no longer stated")

    def _own_prices(self, ident):
        return self._facts.prices.get(ident, {}) if self.own_counts(ident) \
            else {}

    def _wanted_prices(self, ident, vat):
        """({type: (price, currency)}, types that 1C states).  A price that
        nobody can turn into what the good's flag of VAT says is None."""
        out, stated = {}, set()
        for type_id, (value, currency, *factor) in \
                self._own_prices(ident).items():
            name, default, with_vat = self._facts.types.get(
                type_id, ("", "", None))
            target = self._rules.price_type(type_id, name)
            if target is None:
                self.counts["left out: prices of types not mapped"] += 1
                continue
            stated.add(target)
            code = self._rules.currency(currency or default)
            if code is None:
                self.counts["left out: prices in unknown currencies"] += 1
                continue
            value = Decimal(value)
            ratio = self._ratio(ident, with_vat, vat)
            if ratio is not None and (factor or ratio[0] != ratio[1]):
                self.counts["prices of packs"] += bool(factor)
                value = (value * ratio[0] / ratio[1] / Decimal(
                    factor[0] if factor else 1)).quantize(
                        Decimal("0.01"), ROUND_HALF_UP)
            out[target] = (None if ratio is None else value, code)
        return out, stated

    def _leads(self, ident):
        """Is VAT in the prices of the first rule whose type states it?  Of
        several types behind it that which the good has a price of."""
        stated, own = {}, {}
        for type_id, (name, _, included) in self._facts.types.items():
            target = self._rules.price_type(type_id, name)
            if target is not None and included is not None:
                stated.setdefault(target, included)
        for type_id in self._own_prices(ident):
            name, _, included = self._facts.types.get(type_id,
                                                      ("", "", None))
            target = self._rules.price_type(type_id, name)
            if target in stated:
                own[target] = included
        lead = next((kind for kind in self._rules.price_order()
                     if kind in stated), None)
        said = own.get(lead)
        return stated.get(lead) if said is None else said

    def _ratio(self, ident, with_vat, vat):
        lead = self._leads(ident)
        if with_vat is None or with_vat == lead or \
                self._rules.owner("goods.vat_included") != "1c":
            return 1, 1
        rate = self._rules.percent(vat)
        if rate is None:
            return None
        return (100 + rate, 100) if lead else (100, 100 + rate)

    def _vat_included(self, ident, row):
        """As the leading type says, of a good with a price whose type does."""
        if self._rules.owner("goods.vat_included") != "1c":
            return
        said = {}
        for type_id in self._own_prices(ident):
            name, _, included = self._facts.types.get(type_id,
                                                      ("", "", None))
            target = self._rules.price_type(type_id, name)
            if target is not None:
                said[target] = included
        first = next((said[kind] for kind in self._rules.price_order()
                      if kind in said), None)
        if first is not None:
            self._same("good", ident, "VAT included",
                       "Y" if self._leads(ident) else "N",
                       row["vatIncluded"])
