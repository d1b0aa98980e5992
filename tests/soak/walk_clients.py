"""Clients: 1C edits its counterparties and exports them, managers edit those
of the portal, and both have the same ones.  What must hold is in
tests/lib/clients.py."""

import copy

from cuts import cut_off

# Of a firm the ИНН is nearly its own; names, phones and e-mails are shared.
FIRMS = {
    "k1": {"name": "Ромашка", "official_name": "ООО \"Ромашка\"",
           "inn": "7701000019", "kpp": "770101001"},
    "k2": {"name": "Ромашка", "official_name": "ООО \"Ромашка\"",
           "inn": "7701000026", "kpp": "770101001"},
    "k3": {"name": "Луг", "official_name": "ООО \"Луг\"",
           "inn": "7701000033", "kpp": "770101001"},
    "k4": {"name": "Луг (филиал)", "official_name": "ООО \"Луг\"",
           "inn": "7701000033", "kpp": "770201001"},
    "k5": {"name": "Сад и огород", "official_name": "АО \"Сад и огород\""},
    "k6": {"name": "ИП Кузнецов О. Л.", "full_name":
           "ИП Кузнецов Олег Львович", "inn": "770100002083"},
    "h1": {"name": "Сидоров Пётр Ильич", "surname": "Сидоров",
           "given": "Пётр", "patronymic": "Ильич"},
    "h2": {"name": "Сидорова Анна Павловна", "surname": "Сидорова",
           "given": "Анна", "patronymic": "Павловна"}}
PHONES = ["+7 (495) 111-22-33", "8 495 1112234", "+7 916 000-00-01",
          "+7 916 000-00-02", "8 (916) 000-00-03 доб. 12", "нет телефона"]
EMAILS = ["info@romashka.example", "Sale@Romashka.example",
          "sidorov@mail.example", "без почты"]
SORTS = ["Телефон рабочий", "Телефон мобильный", "Факс"]
ACCOUNTS = [{"number": f"4070281090000000000{n}", "bik": bik, "bank": bank}
            for n, bik, bank in ((1, "044525225", "АО «Ромбанк»"),
                                 (2, "044525225", "АО «Ромбанк»"),
                                 (3, "044525999", "Лугбанк"))]
PERSONS = [
    {"id": "c1", "name": "Иванов Иван Иванович", "surname": "Иванов",
     "given": "Иван", "patronymic": "Иванович", "post": "Директор"},
    {"id": "c1", "name": "Иванова Инна Ивановна", "surname": "Иванова",
     "given": "Инна", "patronymic": "Ивановна"},
    {"id": "c2", "name": "Петрова Анна Сергеевна", "surname": "Петрова",
     "given": "Анна", "patronymic": "Сергеевна"},
    {"id": "c3", "name": "Иванов Иван Петрович", "surname": "Иванов",
     "given": "Иван", "patronymic": "Петрович"},
    {"name": "Ким Олег Львович", "surname": "Ким", "given": "Олег",
     "patronymic": "Львович"},
    {"name": "Ким Олег", "surname": "Ким", "given": "Олег"},
    {"name": "Цой Олег Львович", "surname": "Цой", "given": "Олег",
     "patronymic": "Львович"}]
# Реквизит -> user field; the last value of a list is none of it.
USER_FIELDS = {"Район": "UF_CRM_AREA", "Отсрочка": "UF_CRM_DAYS",
               "Вид": "UF_CRM_SORT", "Холдинг": "UF_CRM_GROUP"}
VALUES = {"Район": ("Луговой", "Полевой"), "Отсрочка": ("14", "30"),
          "Вид": ("Опт", "Розница", "Мелкий опт"), "Холдинг": ("Да", "Нет")}
HELD = [{"ENTITY_ID": entity, "FIELD_NAME": name, "USER_TYPE_ID": kind,
         **more}
        for entity in ("CRM_COMPANY", "CRM_CONTACT")
        for name, kind, more in (
            ("UF_CRM_AREA", "string", {}), ("UF_CRM_DAYS", "integer", {}),
            ("UF_CRM_GROUP", "boolean", {}),
            ("UF_CRM_SORT", "enumeration", {"LIST": [
                {"ID": 91, "VALUE": "Опт"}, {"ID": 92, "VALUE": "Розница"}]}))]
ADDRESSES = ["Москва, Луговая ул., 7", "Тверь, Полевая ул., 5"]
IDS = list(FIRMS)
ACTIONS = {"state": 14, "export": 6, "document": 2, "run": 4, "cut": 2,
           "lose": 3, "people": 6, "make": 2, "decide": 2, "rule": 1,
           "refuse": 1, "clock": 1, "read": 1, "check": 2, "hidden": 2}


def draw(random, length):
    verbs = random.choices(list(ACTIONS), ACTIONS.values(), k=length)
    return [{"do": verb, **DRAWN.get(verb, lambda r: {})(random)}
            for verb in verbs]


def _some(random, values, most=2):
    return random.sample(values, random.randint(0, most))


def _phones(random, most=2):
    return [[random.choice(SORTS), text]
            for text in _some(random, PHONES, most)]


def _person(random):
    return {**random.choice(PERSONS), "phones": _phones(random, 1),
            "emails": _some(random, EMAILS, 1)}


FIELDS = {
    "name": lambda r: r.choice(("Ромашка", "Луг", "Сад и огород", "ООО Ива",
                               "ИП Иванов")),
    "kpp": lambda r: r.choice(("770101001", "770201001", "7701")),
    "phones": _phones,
    "emails": lambda r: _some(r, EMAILS),
    "comment": lambda r: r.choice(("Платит вовремя", "Не звонить", None)),
    "accounts": lambda r: _some(r, ACCOUNTS),
    "persons": lambda r: [_person(r)] * r.randint(0, 1),
    "addresses": lambda r: {r.choice(("legal", "actual")):
                            r.choice(ADDRESSES)},
    "values": lambda r: {name: r.choice(texts)
                         for name, texts in VALUES.items()
                         if r.random() < 0.6},
    "role": lambda r: r.choice((None, "Поставщик", "Продавец")),
    "inn": lambda r: r.choice(("7701000019", "7701000033", "7701000058",
                               "770100000", None)),
    "deleted": lambda r: r.random() < 0.5,
}
RARE = ("role", "inn", "deleted")
# Of private persons, who have a name in parts.
PARTS = {"patronymic": lambda r: r.choice(("Ильич", "Ильич", "Петрович")),
         "inn": lambda r: r.choice(("770100001026", None))}
RULES = [
    {"owners": {"company": "1c", "contact": "1c"}},
    {"owners": {"company.phone": "1c"}}, {"owners": {"requisite": "portal"}},
    {"owners": {"company.comment": "never"}}, {"owners": None},
    {"counterparties": {"match": ["origin", "inn_kpp"]}},
    {"counterparties": {"match": ["origin", "name", "phone", "email",
                                  "inn_kpp"]}},
    {"counterparties": {"match": None}},
    {"counterparties": {"entrepreneur": "contact"}},
    {"counterparties": {"entrepreneur": "company"}},
    {"counterparties": {"marked": "OTHER"}},
    {"counterparties": {"marked": "keep"}},
    {"counterparties": {"select": {"kinds": ["legal", "individual"]}}},
    {"counterparties": {"select": None}},
    {"counterparties": {"export": ["*"], "export_since": "2020-01-01"}},
    {"counterparties": {"export": ["*"], "export_since": "2020-01-01"}},
    {"counterparties": {"export": ["*"], "export_since": "2020-01-01"}},
    {"counterparties": {"export": []}}]


def _draw_state(random):
    ident = random.choice(IDS)
    fields = {**FIELDS, **PARTS} if ident.startswith("h") else FIELDS
    names = [f for f in fields if not (ident.startswith("h") and f in (
        "name", "kpp", "accounts", "persons", "addresses"))]
    field = random.choices(names, [1 if f in RARE else 4
                                   for f in names])[0]
    return {"party": ident, "field": field, "value": fields[field](random)}


def _line(random):
    if random.random() < 0.5:
        return {"typeId": "PHONE", "valueType": "WORK", "value":
                random.choice((*PHONES[:4], "+7 999 000-00-09"))}
    return {"typeId": "EMAIL", "valueType": "WORK",
            "value": random.choice((*EMAILS[:3], "own@mail.example"))}


def _draw_people(random):
    verb = random.choices(("set", "add", "drop", "requisite", "paper-gone",
                           "delete", "merge"), (5, 4, 2, 2, 1, 1, 1))[0]
    table = random.choice(("companies", "companies", "contacts"))
    out = {"people": verb, "table": table, "at": random.randrange(8)}
    if verb == "set":
        field = random.choice(("comments", "title", "UF_CRM_AREA")
                              if table == "companies" else
                              ("comments", "lastName", "post",
                               "UF_CRM_AREA"))
        out["values"] = {field: f"Менеджер {random.randrange(10**6)}"}
    if verb == "add":
        out["line"] = _line(random)
    if verb == "drop":
        out["index"] = random.randrange(3)
    if verb == "requisite":
        out["values"] = {"RQ_KPP": random.choice(("770101001", "770301001"))}
    if verb == "merge":
        out["into"] = random.randrange(8)
    return {"step": out}


def _draw_make(random):
    firm = FIRMS[random.choice(IDS)]
    lines = [_line(random) for _ in range(random.randint(0, 1))]
    if "surname" in firm:
        return {"step": {"people": "make", "table": "contacts", "row": {
            "lastName": firm["surname"], "name": firm["given"],
            "fm": lines}}}
    out = {"people": "make", "table": "companies",
           "row": {"title": firm["name"], "fm": lines}}
    if "inn" in firm and random.random() < 0.7:
        out["requisite"] = {"RQ_INN": firm["inn"]}
        if "kpp" in firm and random.random() < 0.5:
            out["requisite"]["RQ_KPP"] = firm["kpp"]
    return {"step": out}


def _draw_decide(random):
    ident = random.choice(IDS)
    kind = "contact" if ident.startswith("h") else "company"
    return {"how": random.choice(("link", "link", "point", "unlink",
                                  "retry")),
            "kind": kind, "party": ident, "choice": random.randrange(4)}


# What of a client changes while it is hidden.
_SEEN_LATER = ("phones", "emails", "comment", "values", "addresses")


def _draw_hidden(random):
    ident = random.choice(IDS)
    field = random.choice(_SEEN_LATER[:4] if ident.startswith("h")
                          else _SEEN_LATER)
    return {"party": ident, "field": field, "value": FIELDS[field](random)}


DRAWN = {
    "state": _draw_state,
    "export": lambda r: {"full": r.random() < 0.4},
    "document": lambda r: {"party": r.choice(IDS), "inn": r.random() < 0.5},
    "cut": lambda r: {"step": int(2 ** r.uniform(0, 8))},
    "lose": lambda r: {"request": r.randrange(14), "how": r.choice(
        ("work_then_drop", "half_answer", "late_work", "drop", "html")),
        "late": r.choice((30, 30, 300))},
    "rule": lambda r: {"rules": r.choice(RULES)},
    "refuse": lambda r: {"text": r.choice(
        ("7701000019", "7701000033", "770101001", None, None))},
    "read": lambda r: {"own": r.random() < 0.5},
    "clock": lambda r: {"seconds": r.choice((-86400, -3600, 3600, 90000))},
    "people": _draw_people, "make": _draw_make, "decide": _draw_decide,
    "hidden": _draw_hidden,
}


class Story:
    """1C while the actions happen, and the steps that come of them."""

    def __init__(self):
        self.parties, self.changed = {}, []
        self.steps, self.minute, self.waiting = [], 0, False
        self.refused, self.late, self.exporting = [], False, False

    def state(self, party, field, value):
        row = self.parties.setdefault(party, copy.deepcopy(FIRMS[party]))
        if value is None:
            row.pop(field, None)
        else:
            row[field] = value
        if field == "patronymic":
            row["name"] = " ".join((row["surname"], row["given"], value))
        if party not in self.changed:
            self.changed.append(party)

    def export(self, full):
        names = sorted(self.parties) if full else self.changed
        if names:
            self._write({"full": full, "counterparties": {
                name: copy.deepcopy(self.parties[name]) for name in names}})
            self.changed = []

    def document(self, party, inn):
        firm = self.parties.get(party, FIRMS[party])
        fields = ("name", "surname", "given", "patronymic", "official_name",
                  "full_name", *(("inn",) if inn else ()))
        self._write({"documents": {f"d{self.minute}": {"party": {
            "id": party, **{f: firm[f] for f in fields if f in firm}}}}})

    def _formed(self):
        if self.waiting:        # 1C would write over it
            self.run()
        self.minute += 1
        self.waiting = True
        return (f"2026-11-24T{9 + self.minute // 60:02}:"
                f"{self.minute % 60:02}:00")

    def _write(self, package):
        formed = self._formed()
        self.steps.append({"export": {"formed": formed, **package}})

    def read(self, own):
        """A processing of 1C's takes the clients of the portal."""
        if self.exporting:
            formed = self._formed()
            self.steps.append({"people": "read-clients", "own": own,
                               "formed": formed})

    def run(self):
        self.waiting = False
        self.steps += [{"cml24": ["run"], "exit": None}, {"advance": 61}]

    def cut(self, step):
        self.steps.append(cut_off(step))

    def lose(self, request, how, late):
        rule = {"when": {}, "skip": request, "count": 1, "do": how}
        if how == "late_work":
            rule["seconds"] = late
            self.late = late > 60
        self.steps += [
            {"control": "faults", "with": [*self.refused, rule]},
            {"cml24": ["run"], "exit": None}, {"advance": 61},
            {"control": "faults", "with": self.refused}]

    def settle(self):
        """What comes late is there before people go on."""
        if self.late:
            self.late = False
            for pause in (300, 700):
                self.steps += [{"cml24": ["run"], "exit": None},
                               {"advance": pause}]

    def refuse(self, text):
        """The portal finds fault with a number from now on."""
        self.refused = [{
            "when": {"command": f"crm.requisite.{verb}", "text": text},
            "do": "error", "text": text, "count": 0, "code": "",
            "description": "ИНН указан неверно"}
                        for verb in ("add", "update") if text]
        self.steps.append({"control": "faults", "with": self.refused})

    def rule(self, rules):
        self.settle()
        self.steps.append({"configure": rules})
        if "export" in (rules.get("counterparties") or {}):
            self.exporting = bool(rules["counterparties"]["export"])

    def clock(self, seconds):
        self.settle()
        if self.waiting:        # a file of the future is looked at twice
            self.run()
        self.steps.append({"advance": seconds})

    def people(self, step):
        self.settle()
        self.steps += [{"advance": 2}, step]

    make = people

    def decide(self, how, kind, party, choice):
        self.settle()
        if how == "retry":
            self.steps.append({"cml24": ["retry", party], "exit": None})
        elif how in ("link", "point"):
            self.steps.append({"people": how, "kind": kind, "id": party,
                               "choice": choice})
        else:
            self.steps.append({"people": "unlink", "kind": kind,
                               "id": party})

    def hidden(self, party, field, value):
        """1C changes one that the webhook's user may not see for a time."""
        if party not in self.parties:
            return
        self.settle()
        self.export(False)
        for _ in range(3):      # nothing is under way
            self.run()
        self.steps.append({"people": "hide", "id": party})
        self.state(party, field, value)
        self.export(False)
        self.run()
        self.steps += [{"people": "show", "id": party},
                       {"cml24": ["retry"], "exit": None}]

    def check(self):
        self.settle()
        # Deletions are seen when all are compared.
        for pause in (61, 700, 90000 if self.exporting else 700):
            self.steps += [{"cml24": ["run"], "exit": None},
                           {"advance": pause}]
        self.waiting = False
        self.steps += [{"cml24": ["run"], "exit": [0, 1]}, {"clients": {}},
                       {"idle": True}]

    def end(self):
        self.check()
        self.steps.append({"control": "faults", "with": []})


def case(actions):
    story = Story()
    for action in actions:
        words = {k: v for k, v in action.items() if k != "do"}
        getattr(story, action["do"])(**words)
    story.end()
    return {"exchange": {"counterparties": {"fields": USER_FIELDS}},
            "load": {"user_fields": [{"ID": 71 + n, **field}
                                     for n, field in enumerate(HELD)]},
            "idle": True, "steps": story.steps}
