"""Do the portal's deals and the orders of the scripted 1C agree?

What must hold when both sides have had their say, whatever happened before
(tests/flow/README.md, step `agree`).  Written apart from the converter, from
docs/ORDERS.md; it knows what 1C holds, and what its files have said.
"""

import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from onec_load import NO_VAT, seen_again
from onec_write import line_tax

_KOPECK = Decimal("0.01")
# What `status` may have of an order that 1C holds otherwise than the deal.
_EXPLAINS = ("held", "unconfirmed", "presumed", "withdrawn", "waiting")
_NOT_CANCELLED = "not cancelled"
DEAL = 2


def exact(value):
    return Decimal(str(value or 0))


def kopecks(value):
    return value.quantize(_KOPECK, ROUND_HALF_UP)


class Funnel:
    """Stages of a funnel of the rules, in the portal's order."""

    def __init__(self, rules, dump):
        ident = next(row["id"] for row in dump["categories"]
                     if rules["funnel"] in (row["name"], row["id"]))
        rows = sorted((row for row in dump["statuses"]
                       if row["ENTITY_ID"] == f"DEAL_STAGE_{ident}"),
                      key=lambda row: row["SORT"])
        self.ident = ident
        self.sort = {row["STATUS_ID"]: at for at, row in enumerate(rows)}
        self.ended = {row["STATUS_ID"] for row in rows
                      if row.get("SEMANTICS") in ("S", "F")}
        names = {row["NAME"]: row["STATUS_ID"] for row in rows}
        self.export = {names.get(name, name)
                       for name in rules["export_stages"]}
        self.won, self.lost, self.paid, self.shipped = (
            names.get(rules.get(key)) for key in (
                "won", "lost", "paid_stage", "shipped_stage"))
        self.statuses = {status: names[stage] for status, stage in
                         rules.get("status_from_1c", {}).items()}

    def of_status(self, status):
        return self.statuses.get(status)

    def phase(self, stage):
        for name in ("won", "lost"):
            if stage == getattr(self, name):
                return name
        if stage in self.export:
            return "export"
        first = min(self.sort[name] for name in self.export)
        return "after" if self.sort[stage] > first else "before"


class Heard:
    """What 1C's files have said of an order, one after the other."""

    def __init__(self, base, order):
        own = base.settings
        self.family = base.family
        self.parts = (base.family == "unf" and own["payments"]) or (
            base.family == "bitrix" and own["schema"] != "2.09")
        self.number = self.paid = self.shipped = None
        self.rises, self.cancelled = 0, False
        self.paid_at = self.shipped_at = self.cancelled_at = None
        self.payments, self.last = {}, None
        self.status = self.status_at = None
        for at, said in enumerate(order.said):
            self._hear(at, said.order)

    def _hear(self, at, said):
        if said.status and said.status != self.status and self.family in (
                "unf", "unf16", "bitrix"):
            self.status, self.status_at = said.status, at
        if said.status_only and self.family == "bitrix":
            return
        self.last = said
        self.number = said.onec_number
        self.cancelled = said.deleted or (
            said.cancelled and self.family in ("unf", "bitrix"))
        if self.cancelled_at is None and self.cancelled:
            self.cancelled_at = at
        before = self.paid
        self.paid = self._word(self._is_paid(said), before)
        if self.paid == "Y" and before != "Y":
            self.rises += 1
            self.paid_at = at
        before = self.shipped
        self.shipped = self._word(self._is_shipped(said), before)
        if self.shipped == "Y" and before != "Y":
            self.shipped_at = at
        if self.parts:
            self.payments.update((part["uuid"], part)
                                 for part in said.payments)

    @staticmethod
    def _word(is_so, before):
        """"Not" is no news of what never was; None: nothing was said."""
        if is_so is None:
            return before
        return "Y" if is_so else before and "N"

    def _is_paid(self, said):
        if self.family == "unf":
            return said.fully_paid()
        if not self.parts:
            return (said.fully_paid() and said.posted) or None
        if not said.payments:
            return False if said.voided else None
        if said.paid() >= said.total():
            return True
        return None if any(p["refund"] for p in said.payments) else False

    def _is_shipped(self, said):
        if self.family == "unf":
            return said.fully_shipped()
        if self.parts:
            return said.fully_shipped() or (
                False if said.shipments else None)
        return (said.fully_shipped() and said.posted) or None

    def sum(self):
        """What has been paid, as this family can say it; None: unknown."""
        if self.last is None:
            return None
        if self.parts:
            if self.family == "unf" and any(
                    p["refund"] for p in self.last.payments):
                return None
            return self.last.paid() if self.last.payments else None
        return None


class Agreement:
    """`told`: the orders of `status --json`; `moves`: [(deal, stage)] that
    the program wrote since the case began; `people`: {deal: [(stage, what 1C
    had said of its order by
    then)]}; `merged`: the deals into which people merged others."""

    def __init__(self, base, dump, settings, told, moves, people, merged):
        self.base, self.dump, self.told = base, dump, told
        self.moves, self.people = moves, people
        self.rules = settings["orders"]
        self.users = settings.get("users", {})
        self.currencies = {"RUB", *settings.get("currencies", {}).values()}
        self.fields = self.rules.get("fields", {})
        self.merged = merged
        self.funnels = {funnel.ident: funnel for funnel in (
            Funnel(rules, dump) for rules in self.rules["funnels"])}
        self.deals = {row["id"]: row for row in dump["deals"]}
        self.products = {row["id"]: row.get("xmlId")
                         for row in dump["products"]}
        self.of_deal = {}
        for row in told:
            self.of_deal.setdefault(row["deal"], []).append(row)

    def problems(self):
        out = list(self._whole())
        for ident, deal in self.deals.items():
            funnel = self.funnels.get(deal["categoryId"])
            orders = self.base.of_deal(ident)
            if funnel is None:
                if orders and deal["categoryId"] not in self.funnels:
                    continue
            elif not orders:
                out += self._unsent(ident, deal, funnel)
            else:
                out += self._order(ident, deal, funnel, orders[-1])
        out += self._backwards()
        return out

    def value(self, deal, name):
        return deal.get(self.fields.get(name)) or None

    # ---- 1C's base as a whole ----

    def _whole(self):
        held = self.base.held
        marks = Counter(order.requisites.get("ID сделки Битрикс24")
                        for order in held.orders)
        for mark, count in marks.items():
            if mark and count > 1:
                yield f"1C holds {count} orders of deal {mark}"
        for key, count in Counter((p["name"], p["inn"], p["kpp"])
                                  for p in held.parties).items():
            if count > 1:
                yield f"1C holds counterparty {key} {count} times"
        if held.planted and self.rules.get("unknown_lines",
                                           "hold") == "hold":
            yield f"1C had to make goods: {held.planted}"

    # ---- portal to 1C ----

    def _unsent(self, ident, deal, funnel):
        if funnel.phase(deal["stageId"]) != "export":
            return
        reasons = self.reasons(deal)
        told = self.of_deal.get(ident, [])
        # 1C may have it out of an outbox of before, with rows.
        if not deal.get("rows"):
            reasons = reasons or ["rows-gone"] * any(
                row["code"] == "rows-gone" for row in told)
        # Of a load that failed УНФ tells by repeating itself, and what was
        # filled meanwhile it does not repeat.
        if self.base.has_failed and any(row["state"] == "presumed"
                                        for row in told):
            return
        if not reasons:
            yield f"deal {ident} has no order in 1C; status: {told}"
        elif not any(row["state"] == "held" and row["code"] in
                     reasons + ["rows-gone"] * (not deal.get("rows"))
                     for row in told):
            yield (f"deal {ident} should be held for {reasons}; "
                   f"status: {told}")

    def reasons(self, deal):
        """Codes for which it has to be held; empty: it can go."""
        out, rates, rows = [], set(), deal.get("rows", [])
        total = sum((kopecks(exact(row["price"]) * exact(row["quantity"]))
                     for row in rows), Decimal(0))
        if rows and abs(total - exact(deal.get("opportunity"))) > \
                _KOPECK * len(rows):
            out.append("sum-differs")
        if not deal.get("companyId") and not deal.get("contactId"):
            out.append("no-customer")
        elif not self.customer(deal):
            out.append("customer-no-name")
        if not rows and exact(deal.get("opportunity")):
            out.append("no-rows")
        if deal["currencyId"] not in self.currencies:
            out.append("currency-unknown")
        for row in rows:
            if not self.products.get(row.get("productId")) and \
                    self.rules.get("unknown_lines", "hold") == "hold":
                out.append("unknown-product")
            if exact(row.get("quantity")) <= 0:
                out.append("quantity-not-positive")
            rates.add(self.rate(row))
        known = self.rules.get("vat_known", ["0", "10", "18", "20"])
        if rates - {NO_VAT} - set(known):
            out.append("vat-unknown")
        if self.base.family == "ut11" and {"0", NO_VAT} <= rates:
            out.append("vat-zero")
        return out

    def customer(self, deal):
        if deal.get("companyId"):
            return next((row.get("title") for row in self.dump["companies"]
                         if row["id"] == deal["companyId"]), None)
        return next((" ".join(filter(None, (
            row.get("lastName"), row.get("name"), row.get("secondName"))))
            for row in self.dump["contacts"]
            if row["id"] == deal.get("contactId")), None)

    def manager(self, deal):
        """As the table `users` calls him, or as the portal does."""
        row = next(row for row in self.dump["users"]
                   if row["ID"] == deal["assignedById"])
        return next((name for name, user in self.users.items()
                     if user == str(row["ID"])),
                    f"{row['LAST_NAME']} {row['NAME']}")

    @staticmethod
    def rate(row):
        """An unset rate is no VAT; 0 is a rate."""
        rate = row.get("taxRate")
        return NO_VAT if rate is None else f"{exact(rate).normalize():f}"

    def _order(self, ident, deal, funnel, order):
        phase = funnel.phase(deal["stageId"])
        number = self.value(deal, "number")
        if "number" in self.fields and phase != "before" and \
                str(number) != order.number:
            yield (f"deal {ident} has the number {number}, its order in 1C "
                   f"{order.number}")
        heard = Heard(self.base, order)
        yield from self._heard(ident, deal, funnel, order, heard)
        if phase == "before":
            return
        differs = list(self._differs(
            deal, order, phase)) if phase != "lost" else []
        reasons = self.reasons(deal) if phase != "lost" else []
        if order.lines and not deal.get("rows"):
            reasons.append("rows-gone")
        told = self.of_deal.get(ident, [])
        unsaid = order.version > (heard.last.version if heard.last else 1)
        if phase == "lost" and not (order.cancelled or order.deleted) and \
                self.base.settings["cancel_reasons"]:
            differs.append(_NOT_CANCELLED)
        if not differs or unsaid:
            return
        if reasons:
            # An edit that 1C ignores may have been told before.
            busy = seen_again(self.base, order) != "all"
            if not any(row["state"] == "held" or
                       (busy and row["state"] in _EXPLAINS)
                       for row in told):
                yield (f"deal {ident} should be held for {reasons}; "
                       f"status: {told}")
        elif seen_again(self.base, order) == "all":
            yield (f"deal {ident}, order {order.number}, of which 1C takes "
                   f"edits: {'; '.join(differs)}; status: {told}")
        elif not any(row["state"] in _EXPLAINS or row["code"]
                     for row in told) and self._would_know(differs, heard):
            yield (f"deal {ident}, order {order.number}, and nobody is told: "
                   f"{'; '.join(differs)}")

    def _would_know(self, differs, heard):
        """Has 1C named the order?  Two families do not say what became of a
        cancellation."""
        return heard.last is not None and not (
            differs == [_NOT_CANCELLED] and
            self.base.family in ("ut11", "unf16"))

    def _differs(self, deal, order, phase):
        rows = deal.get("rows", [])
        lines = [line for line in order.lines]
        total = kopecks(exact(deal.get("opportunity")))
        if phase == "won" and seen_again(self.base, order) != "skip" and \
                order.requisites.get("Финальный статус") != "true":
            yield "won, and 1C was not told"
        text = re.sub(r"<[^>]*>", "", deal.get("comments") or "")
        # What a paid order takes of a comment is not compared.
        if seen_again(self.base, order) == "all" and text not in (order.comment or "") and \
                "1С" not in order.comment:
            yield f"comment {order.comment!r} in 1C, {text!r} in the deal"
        if order.currency != deal["currencyId"]:
            yield f"{order.currency} in 1C, {deal['currencyId']} in the deal"
        manager = self.manager(deal)
        said = order.requisites.get("Менеджер Битрикс24")
        if phase != "won" and said != manager:
            yield f"manager {said} in 1C, {manager} in the deal"
        if order.total() != total:
            yield f"sum {order.total()} in 1C, {total} in the deal"
        slack = _KOPECK * max(len(rows), 1)
        wanted = sorted((
            self.products.get(row.get("productId")) or "?",
            exact(row.get("quantity")), self.rate(row),
            kopecks(exact(row["price"]) * exact(row.get("quantity"))))
            for row in rows)
        # What was typed by hand gets an Ид of 1C's own.
        known = set(self.products.values())
        found = sorted((line["id"] if line["id"] in known else "?",
                        line["quantity"], line["vat"], line["sum"] +
                        (0 if order.vat_included else
                         line_tax(line, False))) for line in lines)
        if [row[:3] for row in wanted] != [row[:3] for row in found] or any(
                abs(one[3] - two[3]) > slack
                for one, two in zip(wanted, found)):
            yield f"lines {_shown(found)} in 1C, {_shown(wanted)} in the deal"
        party = (self.base.party(order.party) or {}).get("name")
        customer = self.customer(deal)
        # A deal that is won and lost its customer keeps it in 1C.
        if party != customer and (customer or phase != "won"):
            yield f"customer {party} in 1C, {customer} in the deal"

    # ---- 1C to portal ----

    def _heard(self, ident, deal, funnel, order, heard):
        where = f"deal {ident}, order {order.number}:"
        if ident in self.merged:
            return
        for name, wanted in (("onec_number", heard.number),
                             ("paid", heard.paid),
                             ("shipped", heard.shipped)):
            # A flag of a copied deal that was emptied is "N".
            if self.fields.get(name) and wanted != self.value(deal, name) \
                    and (wanted, self.value(deal, name)) != (None, "N"):
                yield (f"{where} {name} {self.value(deal, name)}, 1C said "
                       f"{wanted}")
        total = heard.sum()
        same = order.currency == deal["currencyId"]
        if same and total is not None and self.fields.get("payment_sum") and \
                exact(self.value(deal, "payment_sum")) != total:
            yield (f"{where} paid {self.value(deal, 'payment_sum')}, 1C said "
                   f"{total}")
        yield from self._stage(ident, deal, funnel, heard, where)
        yield from self._news(ident, order, heard, where)

    def _stage(self, ident, deal, funnel, heard, where):
        at, stage = heard.paid_at, deal["stageId"]
        for name, since, wanted in (
                ("paid", at if heard.paid == "Y" else None, funnel.paid),
                ("shipped", heard.shipped_at if heard.shipped == "Y"
                 else None, funnel.shipped),
                (heard.status, heard.status_at,
                 funnel.of_status(heard.status)),
                ("cancelled", heard.cancelled_at if heard.cancelled
                 else None, funnel.lost)):
            if since is None or wanted is None or any(
                    said > since for _, said in self.people.get(ident, [])):
                continue
            if funnel.sort[stage] < funnel.sort[wanted] and \
                    stage not in funnel.ended:
                yield f"{where} {name}, and the deal stands at {stage}"

    def _news(self, ident, order, heard, where):
        """Each payment is a comment and a notice of its own."""
        name = rf"(Payment|Refund) in 1C for order {order.number}\b"
        comments = [row["COMMENT"] for row in self.dump.get("comments", [])
                    if row["ENTITY_ID"] == ident and
                    row.get("OWNER_TYPE", DEAL) == DEAL and
                    re.search(name, row["COMMENT"])]
        notices = [row["MESSAGE"] for row in self.dump.get("notices", [])
                   if re.search(name, row["MESSAGE"])]
        if len(comments) != len(notices):
            yield f"{where} comments {comments}, notices {notices}"
        if not heard.parts:
            if not min(heard.rises, 1) <= len(comments) <= heard.rises:
                yield (f"{where} paid {heard.rises} times, told "
                       f"{len(comments)}: {comments}")
            return
        for part in heard.payments.values():
            told = [text for text in comments
                    if re.search(rf"document {re.escape(part['number'])}\b",
                                 text)]
            if len(told) != 1:
                yield (f"{where} payment {part['number']} is told "
                       f"{len(told)} times: {comments}")

    # ---- stages ----

    def _backwards(self):
        """Moves to an earlier stage, or out of an end, that no person
        made."""
        made = Counter()
        for deal, stages in self.people.items():
            made.update((deal, stage) for stage, _ in stages)
        written = set(self.moves)
        before = {}
        for row in self.dump.get("stage_history", []):
            ident, stage = row["OWNER_ID"], row["STAGE_ID"]
            old, before[ident] = before.get(ident), stage
            funnel = self.funnels.get(row.get("CATEGORY_ID"))
            if old is None or funnel is None or old not in funnel.sort or \
                    stage not in funnel.sort:
                continue
            if funnel.sort[old] < funnel.sort[stage] and \
                    old not in funnel.ended:
                continue
            made[ident, stage] -= 1
            if made[ident, stage] < 0 and (ident, stage) in written:
                yield f"deal {ident} was pulled from {old} to {stage}"


def _shown(rows):
    return [" ".join(str(part) for part in row) for row in rows]


def moves_of(log):
    """[(deal, stage)] that were written."""
    out = []
    for entry in log:
        for command in entry["commands"]:
            params = command["params"] or {}
            fields = params.get("fields")
            if command["method"].lower() == "crm.item.update" and \
                    isinstance(fields, dict) and "stageId" in fields and \
                    str(params.get("entityTypeId")) == str(DEAL):
                out.append((int(params["id"]), fields["stageId"]))
    return out
