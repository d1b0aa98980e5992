"""Goods: 1C edits its catalogue and exports it, whole or what changed."""

import copy

GROUPS = {"g1": "Канцелярия", "g2": {"name": "Бумага", "in": "g1"},
          "g3": "Упаковка"}
TYPES = {"Розничная": {"id": "t1", "currency": "руб"}}
IDS = [f"p{n}" for n in range(1, 9)]
ACTIONS = {"set": 12, "delete": 1, "export": 6, "run": 4, "cut": 2, "lose": 2,
           "check": 2}
FIELDS = {
    "name": ("Бумага А4", "Бумага А3", "Ручка  синяя", "Тетрадь \"48\""),
    "article": ("А-1", "А-2", "А-3", None), "group": ("g1", "g2", "g3", None),
    "vat": ("20", "10", "22", "Без НДС"), "about": ("Белая.", "Плотная.", None),
    "quantity": ("0", "5", "12.5", "1000000"),
    "price": ("1", "349.90", "0.01", "99999.99")}


def draw(random, length):
    verbs = random.choices(list(ACTIONS), ACTIONS.values(), k=length)
    return [{"do": verb, **DRAWN.get(verb, lambda r: {})(random)}
            for verb in verbs]


def _draw_set(random):
    field = random.choice(list(FIELDS))
    return {"good": random.choice(IDS), "field": field,
            "value": random.choice(FIELDS[field])}


DRAWN = {
    "set": _draw_set,
    "delete": lambda r: {"good": r.choice(IDS), "how": r.choice(
        ("attribute", "flag"))},
    "export": lambda r: {"full": r.random() < 0.4},
    "cut": lambda r: {"step": int(2 ** r.uniform(0, 9))},
    "lose": lambda r: {"request": r.randrange(12), "how": r.choice(
        ("work_then_drop", "half_answer"))},
}


class Story:
    """1C while the actions happen, and the steps that come of them."""

    def __init__(self):
        self.goods, self.changed = {}, set()
        self.steps, self.exported, self.day = [], [], 1
        self.waiting = False    # in the inbox, perhaps not taken

    def good(self, ident):
        self.changed.add(ident)
        return self.goods.setdefault(ident, {
            "name": f"Товар {ident}", "unit": "796", "vat": "20",
            "prices": {"Розничная": "10"}, "quantity": "1"})

    def set(self, good, field, value):
        row = self.good(good)
        row.pop("deleted", None)
        if field == "price":
            row["prices"] = {"Розничная": value}
        elif value is None:
            row.pop(field, None)
        else:
            row[field] = value

    def delete(self, good, how):
        if good in self.goods:
            self.good(good)["deleted"] = how

    def export(self, full):
        if full:
            goods = {k: v for k, v in self.goods.items()
                     if "deleted" not in v}
        else:
            goods = {k: self.goods[k] for k in sorted(self.changed)}
        if not goods:
            return
        if self.waiting:        # 1C would write over it
            self.run()
        self.changed.clear()
        package = {"full": full, "groups": GROUPS, "price_types": TYPES,
                   "formed": f"2026-11-24T{9 + self.day // 60:02}:"
                             f"{self.day % 60:02}:00",
                   "goods": copy.deepcopy(goods)}
        self.day += 1
        self.exported.append(package)
        self.steps.append({"export": package})
        self.waiting = True

    def run(self):
        self.waiting = False
        self.steps.append({"cml24": ["run"], "exit": None})
        self.steps.append({"advance": 61})

    def cut(self, step):
        self.steps.append({"cml24": ["run", "--die-at", str(step)],
                           "exit": None})

    def lose(self, request, how):
        self.steps += [
            {"control": "faults", "with": [
                {"when": {}, "skip": request, "count": 1, "do": how}]},
            {"cml24": ["run"], "exit": None},
            {"control": "faults", "with": []}]

    def check(self):
        if self.exported:
            self.run()          # a session is closed when it was quiet
            self.steps += [{"advance": 1200}, {"until_done": ["run"]}, {"idle": 0},
                           {"oracle": list(self.exported)}]


def case(actions):
    story = Story()
    for action in actions:
        words = {k: v for k, v in action.items() if k != "do"}
        getattr(story, action["do"])(**words)
    story.check()
    return {"exchange": {"catalog": {
        "absent": "delete", "max_deleted_percent": 100}},
            "steps": story.steps}
