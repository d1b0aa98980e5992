"""Nodes: two or three bases of 1C export overlapping goods into one inbox,
each with its own price types, warehouses and dialect."""

import copy

from nodes_model import FIRST, NODES, World

GOODS = [f"p{n}" for n in range(1, 7)]
NAMES = ("Стол", "Стул", "Шкаф \"Уют\"", "Полка  дубовая")
ACTIONS = {"set": 14, "price": 8, "stock": 10, "drop": 3, "delete": 2,
           "export": 16, "run": 8, "quiet": 3, "cut": 3, "lose": 3,
           "check": 3}


def draw(random, length):
    verbs = random.choices(list(ACTIONS), ACTIONS.values(), k=length)
    names = random.sample(list(NODES), random.choice((2, 2, 3)))
    mode = random.choice(("documents", "quantity"))
    out = [{"do": "world", "nodes": names, "stock": mode}]
    return out + [{"do": verb, **DRAWN.get(verb, lambda r, n: {})(
        random, names)} for verb in verbs]


def _of(random, names):
    return {"node": random.choice(names), "good": random.choice(GOODS)}


def _draw_set(random, names):
    field, values = random.choice((
        ("name", NAMES), ("article", ("А-1", "А-2", None)),
        ("about", ("Белая.", "Дубовая.", None))))
    return {**_of(random, names), "field": field,
            "value": random.choice(values)}


def _draw_price(random, names):
    return {**_of(random, names), "which": random.randrange(3),
            "value": random.choice(("1", "349.90", "0.01", "99999.99", None))}


def _draw_stock(random, names):
    return {**_of(random, names), "which": random.randrange(3),
            "value": random.choice(("0", "1", "5", "12.5", "-3", "1000",
                                    None))}


DRAWN = {
    "set": _draw_set, "price": _draw_price, "stock": _draw_stock,
    "drop": _of,
    "delete": lambda r, n: {**_of(r, n), "how": r.choice(
        ("attribute", "flag", "child"))},
    "export": lambda r, n: {"node": r.choice(n), "full": r.random() < 0.5},
    "quiet": lambda r, n: {},
    "cut": lambda r, n: {"step": int(2 ** r.uniform(0, 9))},
    "lose": lambda r, n: {"request": r.randrange(12), "how": r.choice(
        ("work_then_drop", "half_answer"))},
}


def case(actions):
    world = next((a for a in actions if a["do"] == "world"), FIRST)
    story = World(world["nodes"], world["stock"])
    for action in actions:
        if action["do"] == "world":
            continue
        words = {k: v for k, v in action.items() if k != "do"}
        if words.get("node", world["nodes"][0]) in world["nodes"]:
            getattr(story, action["do"])(**words)
    story.check()
    return story.case()
