"""Methods of the REST module itself, and currencies."""

import errors
import php
from registry import Listed, allows, find, method


@method("scope")
def scope(portal, caller, params):
    if php.truth(params.get("full")):
        return ["catalog", "crm", "im", "sale", "task", "user"]
    return list(portal.config["scopes"])


@method("method.get")
def method_get(portal, caller, params):
    found = find(str(params.get("name") or ""))
    open_to_us = found is not None and allows(found, portal.config["scopes"])
    return {"isExisting": found is not None, "isAvailable": open_to_us}


@method("server.time")
def server_time(portal, caller, params):
    return portal.clock.stamp()


@method("profile")
def profile(portal, caller, params):
    user = portal.store.users.get(portal.config["user"]) or {}
    return {"ID": str(portal.config["user"]),
            "ADMIN": portal.config["admin"],
            "NAME": user.get("NAME", ""),
            "LAST_NAME": user.get("LAST_NAME", ""),
            "PERSONAL_GENDER": "", "TIME_ZONE": "",
            "TIME_ZONE_OFFSET": 0}


@method("app.info")
def app_info(portal, caller, params):
    if caller == "webhook":
        return {"SCOPE": list(portal.config["scopes"]),
                "LICENSE": "ru_basic"}
    return {"ID": 5, "CODE": portal.config["oauth"]["client_id"],
            "VERSION": 1, "STATUS": "L", "INSTALLED": True,
            "PAYMENT_EXPIRED": "N", "DAYS": None, "LANGUAGE_ID": "ru",
            "LICENSE": "ru_basic"}


@method("feature.get")
def feature_get(portal, caller, params):
    code = {k.lower(): v for k, v in params.items()}.get("code")
    if not code:
        raise errors.RestError("CODE_EMPTY", "CODE can't be empty")
    return {"value": "N"}


@method("crm.currency.base.get", scope="crm")
def crm_currency_base(portal, caller, params):
    return next((row["CURRENCY"] for row in portal.store.currencies.sorted()
                 if row.get("BASE") == "Y"), None)


@method("crm.currency.list", scope="crm")
def crm_currency_list(portal, caller, params):
    rows = []
    held = sorted(portal.store.currencies.sorted(),
                  key=lambda row: row.get("SORT", 100))
    for row in held:
        rows.append({"CURRENCY": row["CURRENCY"], "AMOUNT_CNT": "1",
                     "AMOUNT": "%.4f" % row.get("AMOUNT", 1),
                     "SORT": str(row.get("SORT", 100)),
                     "BASE": row.get("BASE", "N"),
                     "FULL_NAME": row.get("FULL_NAME", row["CURRENCY"]),
                     "LID": "ru", "FORMAT_STRING": "# &#8381;",
                     "DEC_POINT": ".", "THOUSANDS_SEP": "&nbsp;",
                     "DECIMALS": "2", "DATE_UPDATE": portal.clock.stamp()})
    return Listed(rows, len(rows), None)
