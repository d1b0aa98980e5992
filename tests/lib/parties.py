"""Counterparties and documents of a package, as Bitrix's 1C module writes
them (schema 3.1, counterparties also 2.09); the keys are in
tests/flow/README.md."""

import base64
import hashlib
import json
from xml.sax.saxutils import escape

NAMESPACE = {"3.1": "urn:1C.ru:commerceml_3", "2.09": "urn:1C.ru:commerceml_2"}
# The end of a file's name is a run's own; here it is the same in all.
RUN = "7c6b8019-c8f0-4dda-ab32-14ee26d2cd8d"
FILES = {"contragents": f"contragents/contragents_1_{RUN}.xml",
         "documents": f"documents/1/documents___{RUN}.xml"}

_ADDRESSES = {"legal": "ЮридическийАдрес", "registration": "АдресРегистрации",
              "actual": "Адрес", "postal": "ПочтовыйАдрес"}
_PARTY = {"name", "full_name", "official_name", "inn", "kpp", "okpo", "ogrn",
          "okopf", "okved", "director", "surname", "given", "patronymic",
          "role", "phones", "emails", "contacts", "addresses", "accounts",
          "persons", "comment", "values", "elements", "deleted"}
_PERSON = {"id", "name", "relation", "post", "surname", "given", "patronymic",
           "phones", "emails", "contacts", "role", "comment"}


def contragents(spec):
    """The file of all counterparties, as text."""
    old = spec["parties_schema"] == "2.09"
    inner = "".join(_party(ident, party, old)
                    for ident, party in spec["counterparties"].items())
    only = str(not spec["full"]).lower()
    return _root(spec, f'<Контрагенты СодержитТолькоИзменения="{only}">\n'
                       f"{inner}</Контрагенты>\n", spec["parties_schema"])


def documents(spec):
    """Orders with their parties; these say little (commerceml.md 9)."""
    return _root(spec, "".join(
        _document(ident, document)
        for ident, document in spec["documents"].items()))


def _root(spec, inner, schema="3.1"):
    return (f'<КоммерческаяИнформация xmlns="{NAMESPACE[schema]}" '
            f'ВерсияСхемы="{schema}" ДатаФормирования="{spec["formed"]}">\n'
            f"{inner}</КоммерческаяИнформация>\n")


def _tag(name, value):
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>\n"


def _block(name, inner):
    return f"<{name}>\n{inner}</{name}>\n" if inner else ""


def _known(what, row, names):
    if set(row) - names:
        raise ValueError(f"{what}: unknown {sorted(set(row) - names)}")


def _version(row):
    """Another one where the object is another."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b64encode(digest[:8]).decode()


def _head(ident, row):
    deleted = str(bool(row.get("deleted", False))).lower()
    return (_tag("Ид", ident) + _tag("НомерВерсии", _version(row)) +
            _tag("ПометкаУдаления", deleted) +
            _tag("Наименование", row.get("name")) +
            _tag("ОфициальноеНаименование", row.get("official_name")) +
            _tag("ПолноеНаименование", row.get("full_name")) +
            _tag("Фамилия", row.get("surname")) +
            _tag("Имя", row.get("given")) +
            _tag("Отчество", row.get("patronymic")) +
            _tag("Роль", row.get("role", "Покупатель")) +
            # Empty elements where there is nothing, as in the live files.
            _tag("ИНН", row.get("inn", "")) + _tag("КПП", row.get("kpp", "")))


def _party(ident, row, old):
    """old: 2.09 has ОКПО and nested persons (commerceml.md 9)."""
    _known(ident, row, _PARTY)
    out = _head(ident, row) + _tag("ОКПО" if old else "КодПоОКПО",
                                   row.get("okpo", ""))
    for name, key in (("ОГРН", "ogrn"), ("ОКОПФ", "okopf"),
                      ("ОКВЭД", "okved"), ("Руководитель", "director")):
        out += _tag(name, row.get(key))
    out += _block("РасчетныеСчета", "".join(
        map(_account, row.get("accounts", []))))
    out += _block("Представители", "".join(
        _person(person, old) for person in row.get("persons", [])))
    for key, address in row.get("addresses", {}).items():
        out += _address(_ADDRESSES[key], address)
    out += _contacts(row) or "<Контакты/>\n"
    out += _tag("Комментарий", row.get("comment"))
    out += _elements(row.get("elements", {}))
    out += _block("ЗначенияРеквизитов", "".join(
        _block("ЗначениеРеквизита", _tag("Наименование", name) + "".join(
            _tag("Значение", one)
            for one in (value if isinstance(value, list) else [value])))
        for name, value in row.get("values", {}).items()))
    return _block("Контрагент", out)


def _elements(row):
    """Whatever else a 1C may write: a text, or elements again."""
    return "".join(
        _block(name, _elements(value)) if isinstance(value, dict)
        else _tag(name, value) for name, value in row.items())


def _account(row):
    _known("account", row, {"number", "bik", "bank", "corr"})
    return _block("РасчетныйСчет", _tag("НомерСчета", row["number"]) + _block(
        "Банк", _tag("БИК", row.get("bik")) +
        _tag("Наименование", row.get("bank")) +
        _tag("СчетКорреспондентский", row.get("corr"))))


def _person(row, nested=False):
    """Flat as in the live files; with more than they say, the nested form
    of the published standard."""
    _known("person", row, _PERSON)
    out = (_tag("Отношение", row.get("relation", "Контактное лицо")) +
           _tag("Ид", row.get("id")) + _tag("Наименование", row.get("name")))
    if not nested and set(row) <= {"id", "name", "relation"}:
        return _block("Представитель", out)
    out += (_tag("Фамилия", row.get("surname")) + _tag("Имя", row.get("given"))
            + _tag("Отчество", row.get("patronymic")) +
            _tag("Роль", row.get("role")) +
            _tag("Должность", row.get("post")) + _contacts(row) +
            _tag("Комментарий", row.get("comment")))
    return _block("Представитель", _block("Контрагент", out))


def _address(name, address):
    """Text, or fields by their Тип with the text that follows from them."""
    if isinstance(address, str):
        return _block(name, _tag("Представление", address))
    return _block(name, _tag("Представление", ", ".join(address.values())) +
                  "".join(_block("АдресноеПоле", _tag("Тип", kind) +
                                 _tag("Значение", value))
                          for kind, value in address.items()))


def _contacts(row):
    rows = [*row.get("phones", []), *row.get("contacts", []),
            *(["Электронная почта", e] for e in row.get("emails", []))]
    return _block("Контакты", "".join(
        _block("Контакт", _tag("Тип", kind) + _tag("Значение", value))
        for kind, value in rows))


def _document(ident, row):
    _known(ident, row, {"number", "date", "party", "comment"})
    party = row.get("party")
    out = (_tag("Ид", ident) + _tag("НомерВерсии", _version(row)) +
           _tag("ПометкаУдаления", "false") +
           _tag("Номер", row.get("number", ident)) +
           _tag("Дата", row.get("date", "2026-11-24")) +
           _tag("Время", "10:00:00") + _tag("ХозОперация", "Заказ товара"))
    if party:
        _known(ident, party, {"id", "name", "full_name", "official_name",
                              "inn", "kpp", "role", "surname", "given",
                              "patronymic"})
        own = {k: v for k, v in party.items() if k != "id"}
        out += _block("Контрагенты", _block("Контрагент",
                                            _head(party["id"], own)))
    out += (_tag("Валюта", "руб") + _tag("Курс", "1") + _tag("Сумма", "100") +
            _tag("Роль", "Продавец") + _tag("Комментарий", row.get("comment")))
    return _block("Контейнер", _block("Документ", out))
