"""Orders: managers work on their deals, 1C on its orders, both at once.

What holds at a stop is said by the step `agree` (tests/lib/agreement.py).
"""

from decimal import ROUND_HALF_UP, Decimal

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
IDS = {101: A4, 102: PENCIL, 202: RED}
PORTAL = {"products": [
    {"id": 201, "iblockId": 14, "type": 3, "name": "Рубашка",
     "xmlId": SHIRT},
    {"id": 202, "iblockId": 15, "type": 4, "parentId": 201,
     "name": "Рубашка (красный)", "xmlId": RED}]}
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
STAGES = ("C1:NEW", "C1:SALE", "C1:BACK", "C1:SENT", "C1:WON", "C1:LOSE")
CLIENTS = ({"companyId": 5}, {"companyId": 6},
           {"contactId": 8, "contactIds": [8]})
PRICES = ("100", "12.50", "349.90", "0.01", "33.33", "99999.99")
QUANTITIES = ("1", "2", "3", "1.5", "0.333", "1000")
RATES = (20, 20, 20, 10, None)
ACTIONS = {"new": 8, "rows": 5, "customer": 2, "comment": 2, "stage": 8,
           "manager": 1, "pay": 5, "ship": 3, "lines": 2, "run": 8,
           "exchange": 8, "wait": 3, "cut": 3, "lose": 3, "check": 2}


def draw(random, length):
    verbs = random.choices(list(ACTIONS), ACTIONS.values(), k=length)
    return [{"do": "family", "name": random.choice(list(FAMILIES))}] + [
        {"do": verb, **DRAWN.get(verb, lambda r: {})(random)}
        for verb in verbs]


def _rows(random):
    return [{"product": random.choice(list(IDS)),
             "price": random.choice(PRICES),
             "quantity": random.choice(QUANTITIES),
             "rate": random.choice(RATES)}
            for _ in range(random.choice((1, 1, 2, 3)))]


def _deal(random):
    return {"deal": random.randrange(20)}


DRAWN = {
    "new": lambda r: {"rows": _rows(r), "client": r.randrange(3),
                      "stage": r.choice((0, 1, 1, 1))},
    "rows": lambda r: {**_deal(r), "rows": _rows(r)},
    "customer": lambda r: {**_deal(r), "client": r.randrange(3)},
    "comment": lambda r: {**_deal(r), "text": r.choice(
        ("до обеда", "<b>срочно</b>", ""))},
    "stage": lambda r: {**_deal(r), "stage": r.choice(
        (0, 1, 1, 1, 2, 3, 4, 5))},
    "manager": lambda r: {**_deal(r), "user": r.choice((1, 2))},
    "pay": lambda r: {**_deal(r), "sum": r.choice((None, None, "0.01", "50")),
                      "refund": r.random() < 0.15},
    "ship": _deal,
    "lines": lambda r: {**_deal(r), "rows": _rows(r)},
    "exchange": lambda r: {"full": r.random() < 0.1},
    "wait": lambda r: {"seconds": r.choice((5, 61, 400, 4000))},
    "cut": lambda r: {"step": int(2 ** r.uniform(0, 9))},
    "lose": lambda r: {"request": r.randrange(12), "how": r.choice(
        ("work_then_drop", "half_answer", "drop"))},
    "check": lambda r: {"full": r.random() < 0.5},
}


class Story:
    """The deals while the actions happen, and the steps that come of them."""

    def __init__(self):
        self.family = "unf"
        self.deals, self.next = [], 403
        self.steps, self.papers, self.saved = [], 0, False

    def with_deal(self, deal):
        return self.deals[deal % len(self.deals)] if self.deals else None

    def add(self, *steps):
        self.steps += steps

    # ---- managers ----

    def new(self, rows, client, stage):
        ident, self.next = self.next, self.next + 3
        self.deals.append(ident)
        self.add({"control": "load", "with": {"deals": [{
            "id": ident, "title": f"Сделка {ident}", "categoryId": 1,
            "stageId": STAGES[stage], "currencyId": "RUB",
            "assignedById": 1, "opportunity": _sum(rows), **CLIENTS[client],
            "rows": _portal_rows(rows)}]}})

    def alter(self, deal, **fields):
        ident = self.with_deal(deal)
        if ident:
            self.add({"alter": ["deals", f"#{ident}"], "set": fields})

    def rows(self, deal, rows):
        self.alter(deal, rows=_portal_rows(rows))

    def customer(self, deal, client):
        self.alter(deal, **{"companyId": 0, "contactId": 0, "contactIds": [],
                            **CLIENTS[client]})

    def comment(self, deal, text):
        self.alter(deal, comments=text)

    def stage(self, deal, stage):
        self.alter(deal, stageId=STAGES[stage])

    def manager(self, deal, user):
        self.alter(deal, assignedById=user)

    # ---- 1C ----

    def onec(self, verb, deal, **keys):
        ident = self.with_deal(deal)
        if ident:
            self.add({"onec": verb, "order": f"deal {ident}", **keys})

    def pay(self, deal, sum, refund):
        self.papers += 1
        keys = {"number": f"ПП-{self.papers}"}
        if sum or refund:
            keys["sum"] = sum or "50"
        if refund:
            keys["refund"] = True
        self.onec("pay", deal, **keys)

    def ship(self, deal):
        self.onec("ship", deal)

    def lines(self, deal, rows):
        self.onec("lines", deal, set=[
            {"id": IDS[row["product"]], "quantity": row["quantity"],
             "price": row["price"], "vat": _rate(row["rate"])}
            for row in rows])

    def exchange(self, full):
        """Files of the exchange before are taken first: УНФ deletes them."""
        self.add({"advance": 20}, *RUN, {"advance": 20},
                 {"onec": "run", "load": None, "full": full}, {"advance": 20})

    # ---- the program, the network, the power ----

    def run(self):
        self.add(*RUN)

    def wait(self, seconds):
        self.add({"advance": seconds})

    def cut(self, step):
        self.add({"advance": 20}, {"cml24": ["run", "--die-at", str(step)],
                                   "exit": None})

    def lose(self, request, how):
        self.add({"control": "faults", "with": [
            {"when": {}, "skip": request, "count": 1, "do": how}]}, *RUN,
            {"control": "faults", "with": []})

    def check(self, full):
        """Enough rounds for both sides to have had their say."""
        empty = {"writes_empty": "always"}
        for _ in range(3):
            self.add({"advance": 61}, *RUN, {"advance": 400},
                     {"onec": "run", "load": None, "full": full, **empty},
                     {"advance": 20}, *RUN)
        self.add({"advance": 61}, *RUN, {"agree": {"full": full}},
                 {"outbox": {}}, {"idle": True})


RUN = ({"cml24": ["run"], "exit": None},)


def _rate(rate):
    return "Без НДС" if rate is None else str(rate)


def _sum(rows):
    total = sum((Decimal(row["price"]) * Decimal(row["quantity"])
                 for row in rows), Decimal(0))
    return float(total.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _portal_rows(rows):
    return [{"productId": row["product"], "price": float(row["price"]),
             "quantity": float(row["quantity"]), "taxRate": row["rate"],
             "taxIncluded": "Y"} for row in rows]


def case(actions):
    story = Story()
    story.add({"onec": "goods-only", "goods": {
        "groups": {"g1": "Бумага"}, "goods": GOODS, "price_types": {
            "Розничная": {"id": "t1", "currency": "руб"}}}},
        {"advance": 60}, *RUN)
    for action in actions:
        words = {k: v for k, v in action.items() if k != "do"}
        if action["do"] == "family":
            story.family = words["name"]
        else:
            getattr(story, action["do"])(**words)
    story.check(True)
    profile, onec = FAMILIES[story.family]
    return {"exchange": {"like": "orders-rules",
                         "orders": {"profile": profile}},
            "portal": {"scopes": ["crm", "catalog", "user", "im"],
                       "rows_touch": "always",
                       "users": [
                           {"ID": 1, "NAME": "Анна", "LAST_NAME": "Первая"},
                           {"ID": 2, "NAME": "Иван", "LAST_NAME": "Второй"}
                       ]},
            "onec": onec, "load": ["orders-portal", PORTAL], "idle": True,
            "steps": story.steps}
