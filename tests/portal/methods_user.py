"""user.get and user.current.

Source: api-reference/user/user-get.md: dates of change are answered as {}.
"""

import crm_values
import listing
import old_style
import php
from php import Object
from registry import Listed, method

_FIELDS = {"ID": "int", "XML_ID": "string", "ACTIVE": "flag",
           "NAME": "string", "LAST_NAME": "string", "SECOND_NAME": "string",
           "EMAIL": "string", "LAST_LOGIN": "datetime",
           "DATE_REGISTER": "datetime", "IS_ONLINE": "string",
           "TIMESTAMP_X": "datetime", "LAST_ACTIVITY_DATE": "datetime",
           "PERSONAL_GENDER": "string", "PERSONAL_BIRTHDAY": "datetime",
           "PERSONAL_MOBILE": "string", "PERSONAL_PHONE": "string",
           "PERSONAL_CITY": "string", "WORK_PHONE": "string",
           "WORK_POSITION": "string", "UF_EMPLOYMENT_DATE": "string",
           "UF_DEPARTMENT": "int", "USER_TYPE": "string"}
_ALWAYS = ("NAME", "LAST_NAME", "EMAIL", "PERSONAL_GENDER",
           "PERSONAL_BIRTHDAY", "WORK_POSITION", "UF_EMPLOYMENT_DATE")


# Contact details, which the scope user_brief alone does not show.  Source:
# api-reference/user/index.md.
_CONTACTS = ("EMAIL", "PERSONAL_MOBILE", "PERSONAL_PHONE", "WORK_PHONE")


def _brief(portal):
    scopes = portal.config["scopes"]
    return "user" not in scopes and "user_basic" not in scopes


def _public(portal, row, current=False):
    out = {"ID": str(row["ID"]), "ACTIVE": bool(row.get("ACTIVE", True))}
    out.update((name, row.get(name) or "") for name in _ALWAYS)
    for name in ("SECOND_NAME", "PERSONAL_MOBILE", "WORK_PHONE", "XML_ID"):
        if row.get(name):
            out[name] = row[name]
    now = portal.clock.stamp()
    if _brief(portal):
        for name in _CONTACTS:
            out.pop(name, None)
    out.update(LAST_LOGIN=row.get("LAST_LOGIN", now),
               DATE_REGISTER=row.get("DATE_REGISTER", now), IS_ONLINE="N",
               UF_DEPARTMENT=row.get("UF_DEPARTMENT", [1]))
    if current:
        out["LAST_ACTIVITY_DATE"] = now[:19].replace("T", " ")
    else:
        out.update(TIMESTAMP_X=Object(), LAST_ACTIVITY_DATE=Object(),
                   USER_TYPE=row.get("USER_TYPE", "employee"))
    return out


def _read(row, field):
    if field == "ACTIVE":
        return "Y" if row.get("ACTIVE", True) else "N"
    if field == "USER_TYPE":
        return row.get("USER_TYPE", "employee")
    return row.get(field)


def _filter(given):
    """None where a date can't be read: then nothing is found."""
    out = {}
    for key, value in old_style.uppered(given).items():
        prefix, field = listing.SPLIT.match(key).groups()
        if _FIELDS.get(field) == "datetime":
            value = crm_values.stamp_of(value)
            if value is None:
                return None
        if field == "ACTIVE":
            value = "Y" if value in (True, "Y", "true", 1, "1") else "N"
        out[prefix + field] = value
    return out


@method("user.get", scope=("user", "user_basic", "user_brief"))
def user_get(portal, caller, params):
    params = old_style.lowered(params)
    given = params.get("filter")
    if given is None:
        given = {k: v for k, v in params.items()
                 if k.upper().lstrip("<>=!%@") in _FIELDS}
    given = _filter(given)
    if given is None:
        return Listed([], 0, None)
    if _brief(portal):
        given = {key: value for key, value in given.items()
                 if listing.SPLIT.match(key).group(2) not in _CONTACTS}
    sort, order = params.get("sort"), str(params.get("order") or "ASC")
    query = listing.Query({
        "filter": given, "start": params.get("start"),
        "order": {str(sort).upper(): order} if sort else {}})
    rows, total, following = listing.page(portal.store.users, query, _FIELDS,
                                          read=_read)
    asked = {str(n).upper() for n in php.items(params.get("select") or [])}
    shown = [_public(portal, row) for row in rows]
    if asked and "*" not in asked:
        shown = [{k: v for k, v in row.items() if k in asked}
                 for row in shown]
    return Listed(shown, 0 if total is None else total, following)


@method("user.current", scope=("user", "user_basic", "user_brief"))
def user_current(portal, caller, params):
    row = portal.store.users.get(portal.config["user"])
    return [] if row is None else _public(portal, row, current=True)
