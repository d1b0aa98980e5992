"""Orders: managers work on their deals, 1C on its orders, both at once.

What holds at a stop is said by the step `agree` (tests/lib/agreement.py).
"""

from decimal import ROUND_HALF_UP, Decimal

from cuts import cut_off

A4 = "11111111-1111-4111-8111-111111111111"
PENCIL = "22222222-2222-4222-8222-222222222222"
SHIRT = "33333333-3333-4333-8333-333333333333"
RED = SHIRT + "#44444444-4444-4444-8444-444444444444"
# What 1C exports, and what of it stands in the portal.
GOODS = {
    A4: {"name": "Бумага А4", "article": "A4", "vat": "20",
         "prices": {"Розничная": 100}, "quantity": 50},
    PENCIL: {"name": "Карандаш", "article": "K1", "vat": "20",
             "prices": {"Розничная": 12.5}, "quantity": 300},
    SHIRT: {"name": "Рубашка", "article": "S1", "vat": "20",
            "characteristics": {RED.partition("#")[2]: {
                "pairs": {"Цвет": "красный"}, "quantity": 5,
                "prices": {"Розничная": 1500}}}}}
PACKAGE = {"groups": {"g1": "Бумага"}, "goods": GOODS, "price_types": {
    "Розничная": {"id": "t1", "currency": "руб"}}}
IDS = {101: A4, 102: PENCIL, 202: RED}
PORTAL = {"products": [
    {"id": 201, "iblockId": 14, "type": 3, "name": "Рубашка",
     "xmlId": SHIRT},
    {"id": 202, "iblockId": 15, "type": 4, "parentId": 201,
     "name": "Рубашка (красный)", "xmlId": RED}]}
NAMES = {0: "Упаковка", 101: "Бумага А4", 102: "Карандаш",
         202: "Рубашка (красный)"}
# family: what the exchange and the scripted 1C say of it
FAMILIES = {
    "unf": ("unf", {"family": "unf"}),
    "unf210": ("unf", {"family": "unf", "payments": True}),
    "unf16": ("unf", {"family": "unf16"}),
    "ut11": ("ut11", {"family": "ut11"}),
    "ut103": ("ut103", {"family": "ut103"}),
    "bitrix209": ("bitrix", {"family": "bitrix", "schema": "2.09"}),
    "bitrix": ("bitrix", {"family": "bitrix"}),
}
BASE = {"funnel": "Продажа", "export_stages": ["Продажа материала"],
        "won": "Успешная сделка", "lost": "Отказ",
        "paid_stage": "Получение обратной связи",
        "shipped_stage": "Отгружено",
        "status_from_1c": {"Собран": "Отгружено"}}
SECOND = {"funnel": "Заказ материала", "export_stages": ["В работе"],
          "won": "Успешный заказ", "lost": "Отменён"}
# How a base of 1C may be set up.
HABITS = {"ut11": ({}, {"extended": False}, {"linux": True},
                   {"cancel_reasons": False}, {"search": "name"}),
          "unf": ({}, {"keep_posted": True}, {"search": "name"}),
          "bitrix": ({}, {"without_id": True})}
STAGES = ("C1:NEW", "C1:SALE", "C1:BACK", "C1:SENT", "C1:WON", "C1:LOSE")
# The last two cannot be customers.
CLIENTS = ({"companyId": 5}, {"companyId": 6},
           {"contactId": 8, "contactIds": [8]}, {"companyId": 9}, {})
PRICES = ("100", "12.50", "349.90", "0.01", "33.33", "99999.99")
QUANTITIES = ("1", "2", "3", "1.5", "0.333", "1000") * 3 + ("0",)
DATES = (None, "2026-11-25", "2026-11-26T09:05:00", "2026-11-27T14:00:00")
RATES = (20,) * 8 + (10, 10, None, None, 0, 22)
PRODUCTS = (101, 102, 202) * 6 + (0,)       # 0: typed by hand
STATUSES = ("Собран", "Странный")
# The second one only where the rules name it, the last one never.
CURRENCIES = ("RUB",) * 8 + ("USD", "EUR")
# A manager whom 1C calls otherwise than the portal.
USERS = {"Второй И. И.": "2"}
FAST = {"run": {"max_minutes": 0},
        "portal": {"requests_per_second": 1000, "burst": 1000}}
# Rules that are switched: name, what they can be.
FUNNEL = {
    "export_stages": (["Продажа материала"],
                      ["Продажа материала", "Получение обратной связи"],
                      ["Новая", "Продажа материала"]),
    "shipped_stage": ("Отгружено", None),
    "paid_stage": ("Получение обратной связи", None),
    "status_from_1c": ({"Собран": "Отгружено"}, {}),
}
ORDERS = {"vat_known": (["0", "10", "18", "20"],
                        ["0", "10", "18", "20", "22"]),
          "unknown_lines": ("hold", "send", "service"),
          "fields": tuple({name: value} for name, field in (
              ("paid", "UF_CRM_PAID"), ("shipped", "UF_CRM_SHIPPED"),
              ("payment_sum", "UF_CRM_PAY_SUM"), ("onec_number",
                                                  "UF_CRM_ONEC"))
              for value in (field, None))}
ACTIONS = {"new": 8, "rows": 5, "customer": 2, "comment": 2, "stage": 8,
           "manager": 1, "copy": 2, "delete": 1, "merge": 2, "funnel": 2,
           "sum": 1, "again": 1, "retry": 1,
           "pay": 9, "unpay": 1, "repay": 1, "ship": 4, "lines": 3, "cancel": 1, "status": 2,
           "note": 1, "close": 1, "invoice": 1, "foreign": 1, "repeat": 1,
           "fail": 1, "goods": 1, "run": 8, "exchange": 14, "wait": 3,
           "cut": 3, "lose": 3, "rule": 1, "check": 2, "currency": 1,
           "slow": 2}


def draw(random, length):
    verbs = random.choices(list(ACTIONS), ACTIONS.values(), k=length)
    if random.random() < 0.3:
        verbs.insert(random.randrange(length // 2 + 1), "backup")
        verbs.insert(random.randrange(length // 2 + 1, length + 2), "restore")
    name = random.choice(list(FAMILIES))
    return [{"do": "family", "name": name, "clients": random.random() < 0.5,
             "habit": random.choice(HABITS.get(FAMILIES[name][1]["family"],
                                               ({},))),
             "two": random.random() < 0.4,
             "users": random.random() < 0.5, "usd": random.random() < 0.5,
             "touch": random.choice(("always", "amount"))}] + [
        {"do": verb, **DRAWN.get(verb, lambda r: {})(random)}
        for verb in verbs]


def _rows(random):
    return [{"product": random.choice(PRODUCTS),
             "price": random.choice(PRICES),
             "quantity": random.choice(QUANTITIES),
             "rate": random.choice(RATES),
             "included": random.choice("YYN")}
            for _ in range(random.choice((1, 1, 1, 2, 2, 3, 3, 0)))]


def _known_rows(random):
    return [row for row in _rows(random)
            if row["product"] and row["rate"] != 22 and
            row["quantity"] != "0"] or _known_rows(random)


def _rule(random):
    table = random.choice((FUNNEL, ORDERS))
    name = random.choice(list(table))
    return {"name": name, "value": random.choice(table[name])}


def _client(random):
    return random.choice((0, 1, 2) * 5 + (3, 4))


def _deal(random):
    return {"deal": random.randrange(20)}


DRAWN = {
    "new": lambda r: {"rows": _rows(r), "client": _client(r),
                      "stage": r.choice((0, 1, 1, 1)),
                      "currency": r.choice(CURRENCIES),
                      "second": r.random() < 0.15},
    "currency": lambda r: {**_deal(r), "currency": r.choice(CURRENCIES)},
    "rows": lambda r: {**_deal(r), "rows": _rows(r)},
    "customer": lambda r: {**_deal(r), "client": _client(r)},
    "comment": lambda r: {**_deal(r), "text": r.choice(
        ("до обеда", "<b>срочно</b>", ""))},
    "stage": lambda r: {**_deal(r), "stage": r.choice(
        (0, 1, 1, 1, 2, 3, 4, 5))},
    "manager": lambda r: {**_deal(r), "user": r.choice((1, 2))},
    "pay": lambda r: {**_deal(r), "sum": r.choice((None, None, "0.01", "50")),
                      "refund": r.random() < 0.15,
                      "date": r.choice(DATES)},
    "unpay": _deal, "sum": _deal, "again": _deal,
    "repay": lambda r: {**_deal(r), "sum": r.choice(("1", "70.07"))},
    "ship": lambda r: {**_deal(r), "share": r.choice(("1", "1", "0.5"))},
    "close": _deal, "invoice": _deal, "copy": _deal,
    "delete": _deal, "note": _deal, "rule": _rule,
    "merge": lambda r: {**_deal(r), "other": r.randrange(20)},
    "funnel": lambda r: {**_deal(r), "stage": r.choice(
        ("C2:NEW", "C2:WORK", "C2:WORK", "C2:WON", "C2:LOSE", "C1:SALE"))},
    "cancel": lambda r: {**_deal(r), "how": r.choice(
        ("deleted", "cancelled"))},
    "status": lambda r: {**_deal(r), "name": r.choice(STATUSES)},
    "repeat": lambda r: {"times": r.choice((1, 3))},
    "lines": lambda r: {**_deal(r), "rows": _known_rows(r)},
    "exchange": lambda r: {"full": r.random() < 0.1},
    "wait": lambda r: {"seconds": r.choice((5, 61, 400, 4000))},
    "cut": lambda r: {"step": int(2 ** r.uniform(0, 9))},
    "lose": lambda r: {"request": r.randrange(12), "how": r.choice(
        ("work_then_drop", "half_answer", "drop", "html", "garbage",
         "late_work"))},
    "check": lambda r: {"full": r.random() < 0.5},
    "slow": lambda r: {"requests": r.randrange(2, 20)},
}


class Story:
    """The deals while the actions happen, and the steps that come of them."""

    def __init__(self):
        self.family, self.clients = "unf", False
        self.rules, self.fields, self.strangers = {}, {}, 0
        self.habit, self.two, self.touch = {}, False, "always"
        self.users = self.usd = self.saved = False
        self.deals, self.next = [], 403
        self.steps, self.papers = [], 0
        # Copies; those in funnel 2.
        self.copies, self.away = set(), set()

    def with_deal(self, deal):
        return self.deals[deal % len(self.deals)] if self.deals else None

    def add(self, *steps):
        self.steps += steps

    # ---- managers ----

    def new(self, rows, client, stage, currency="RUB", second=False):
        ident, self.next = self.next, self.next + 3
        self.deals.append(ident)
        if second:
            self.away.add(ident)
        self.add({"control": "load", "with": {"deals": [{
            "id": ident, "title": f"Сделка {ident}",
            "categoryId": 2 if second else 1,
            "stageId": "C2:WORK" if second else STAGES[stage],
            "currencyId": currency,
            "assignedById": 1, "opportunity": _sum(rows), **CLIENTS[client],
            "rows": _portal_rows(rows)}]}})

    def alter(self, deal, **fields):
        ident = self.with_deal(deal)
        if ident:
            self.add({"alter": ["deals", f"#{ident}"], "set": fields})

    def rows(self, deal, rows):
        self.alter(deal, isManualOpportunity="N", rows=_portal_rows(rows))

    def sum(self, deal):
        """Typed by hand; the rows do not make it."""
        self.alter(deal, isManualOpportunity="Y", opportunity=77.77)

    def customer(self, deal, client):
        self.alter(deal, **{"companyId": 0, "contactId": 0, "contactIds": [],
                            **CLIENTS[client]})

    def currency(self, deal, currency):
        self.alter(deal, currencyId=currency)

    def comment(self, deal, text):
        self.alter(deal, comments=text)

    def stage(self, deal, stage):
        self.away.discard(self.with_deal(deal))
        self.alter(deal, categoryId=1, stageId=STAGES[stage])

    def manager(self, deal, user):
        self.alter(deal, assignedById=user)

    def copy(self, deal):
        ident = self.with_deal(deal)
        if ident and (self.two or ident not in self.away):
            self.add({"control": "copy",
                      "with": {"entity": "deals", "id": ident}})
            if not self.two:
                self.copies.add(self.next)
            if ident in self.away:
                self.away.add(self.next)
            self.deals.append(self.next)
            self.next += 3

    def delete(self, deal):
        """The number of a deal that came after the backup and is gone is
        known nowhere but in 1C."""
        ident = self.with_deal(deal)
        if ident and not self.saved:
            self.deals.remove(ident)
            self.add({"alter": ["deals", f"#{ident}"], "delete": True})

    def merge(self, deal, other):
        one, two = self.with_deal(deal), self.with_deal(other)
        if one != two and not self.saved:
            self.deals.remove(two)
            self.add({"merge": ["deals", f"#{one}", f"#{two}"]})

    def funnel(self, deal, stage):
        """A copy in a funnel without rules keeps its original's number."""
        ident = self.with_deal(deal)
        if ident in self.copies:
            return
        away = stage.startswith("C2")
        (self.away.add if away else self.away.discard)(ident)
        self.alter(deal, categoryId=2 if away else 1, stageId=stage)

    def rule(self, name, value):
        self.rules[name] = value
        if name == "fields":
            self.fields.update(value)
        self.add({"configure": {"orders": self.orders()}})

    def orders(self):
        own = {k: v for k, v in self.rules.items() if k in ORDERS}
        if self.fields:
            own["fields"] = self.fields
        funnel = {**BASE, **{k: v for k, v in self.rules.items()
                             if k in FUNNEL}}
        return {**own, "funnels": [funnel] + [SECOND] * self.two}

    # ---- 1C ----

    def onec(self, verb, deal, **keys):
        ident = self.with_deal(deal)
        if ident:
            self.add({"onec": verb, "order": f"deal {ident}", **keys})

    def pay(self, deal, sum, refund, date):
        self.papers += 1
        keys = {"number": f"ПП-{self.papers}"}
        if date:
            keys["date"] = date
        if sum or refund:
            keys["sum"] = sum or "50"
        if refund:
            keys["refund"] = True
        self.onec("pay", deal, **keys)

    def unpay(self, deal):
        self.onec("unpay", deal)

    def repay(self, deal, sum):
        self.onec("repay", deal, sum=sum)

    def ship(self, deal, share):
        self.onec("ship", deal, **({} if share == "1" else
                                   {"share": share}))

    def close(self, deal):
        self.onec("close", deal)

    def invoice(self, deal):
        self.onec("invoice", deal)

    def cancel(self, deal, how):
        self.onec("cancel", deal, how=how)

    def status(self, deal, name):
        self.onec("status", deal, name=name)

    def note(self, deal):
        self.onec("comment", deal, text="правка 1С")

    def foreign(self):
        """An order of another site, and money for it."""
        self.strangers += 1
        order = 700000 + self.strangers
        self.add({"onec": "foreign", "order": order, "set": [
            {"id": A4, "quantity": 1, "price": 10}]},
            {"onec": "pay", "order": order})

    def repeat(self, times):
        self.exchange(True, writes_empty="always")
        self.add({"onec": "repeat", "times": times}, {"advance": 20})

    def fail(self):
        """Only УНФ tells of a load that failed, by repeating itself."""
        if self.family.startswith("unf"):
            self.add({"onec": "break"})
            self.exchange(False)

    def goods(self):
        self.add({"onec": "goods-only", "goods": PACKAGE}, {"advance": 20})

    def lines(self, deal, rows):
        self.onec("lines", deal, set=[
            {"id": IDS[row["product"]], "quantity": row["quantity"],
             "price": row["price"], "vat": _rate(row["rate"])}
            for row in rows])

    def exchange(self, full, **more):
        """Files of the exchange before are taken first: УНФ deletes them."""
        self.add({"advance": 20}, *RUN, {"advance": 20},
                 {"onec": "run", "load": None, "full": full, **more},
                 {"advance": 20})

    # ---- the program, the network, the power ----

    def again(self, deal):
        ident = self.with_deal(deal)
        if ident:
            self.add({"cml24": ["export", "--again", str(ident)],
                      "exit": None})

    def retry(self):
        self.add({"cml24": ["retry"], "exit": None})

    def run(self):
        self.add(*RUN)

    def wait(self, seconds):
        self.add({"advance": seconds})

    def cut(self, step):
        self.add({"advance": 20}, cut_off(step))

    def lose(self, request, how):
        more = {"seconds": 30} if how == "late_work" else {}
        self.add({"control": "faults", "with": [
            {"when": {}, "skip": request, "count": 1, "do": how, **more}]},
            *RUN,
            {"control": "faults", "with": []})

    def slow(self, requests):
        """Cut by run.max_minutes after so many of them."""
        self.add({"configure": {"run": {"max_minutes": 1}, "portal": {
            "requests_per_second": requests / 60, "burst": 1}}},
            *RUN, {"configure": FAST})

    def backup(self):
        self.saved = True
        self.add({"copy": "exchange/state", "to": "backup"})

    def restore(self):
        """What 1C wrote since is asked of it anew, as OPERATORS.md says."""
        if self.saved:
            self.add({"copy": "backup", "to": "exchange/state"})
            self.check(True)
            self.saved = False

    def check(self, full):
        """Enough rounds for both sides to have had their say."""
        empty = {"writes_empty": "always"}
        if self.touch == "amount":      # rows that move no time
            self.add({"advance": 90000})
        if full:
            # Files that only repeat themselves prove nothing: a person does
            # what is said of what was withdrawn.
            self.add(*RUN)
            self.retry()
        for _ in range(3):
            self.add({"advance": 61}, *RUN, {"advance": 400},
                     {"onec": "run", "load": None, "full": full, **empty},
                     {"advance": 20}, *RUN)
        self.add({"advance": 61}, *RUN, {"agree": {}},
                 {"outbox": {}}, {"idle": True})


RUN = ({"cml24": ["run"], "exit": None},)


def _rate(rate):
    return "Без НДС" if rate is None else str(rate)


def _sum(rows):
    total = sum((Decimal(row["price"]) * Decimal(row["quantity"])
                 for row in rows), Decimal(0))
    return float(total.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _portal_rows(rows):
    return [{"productId": row["product"], "productName":
             NAMES[row["product"]], "price": float(row["price"]),
             "quantity": float(row["quantity"]), "taxRate": row["rate"],
             "taxIncluded": row.get("included", "Y")} for row in rows]


def case(actions):
    story = Story()
    story.add({"onec": "goods-only", "goods": PACKAGE}, {"advance": 60},
              *RUN)
    for action in actions:
        words = {k: v for k, v in action.items() if k != "do"}
        if action["do"] == "family":
            story.family, story.clients = words["name"], words["clients"]
            story.habit, story.two = words["habit"], words["two"]
            story.touch = words["touch"]
            story.users, story.usd = words["users"], words["usd"]
        else:
            getattr(story, action["do"])(**words)
    story.check(True)
    profile, onec = FAMILIES[story.family]
    rules = {"like": "orders-rules", "orders": {
        "profile": profile, "funnels": [BASE] + [SECOND] * story.two}}
    if story.clients:
        rules["counterparties"] = {}
    if story.users:
        rules["users"] = USERS
    if story.usd:
        rules["currencies"] = {"USD": "USD"}
    return {"exchange": rules,
            "portal": {"scopes": ["crm", "catalog", "user", "im"],
                       "rows_touch": story.touch,
                       "users": [
                           {"ID": 1, "NAME": "Анна", "LAST_NAME": "Первая"},
                           {"ID": 2, "NAME": "Иван", "LAST_NAME": "Второй"}
                       ]},
            "onec": {**onec, **story.habit, "vat_known": ["22"]}, "load": ["orders-portal", PORTAL], "idle": True,
            "steps": story.steps}
