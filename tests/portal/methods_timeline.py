"""Comments in the timeline, notices to users, history of stages."""

import crm_filter
import crm_schema
import errors
import listing
import old_style
import php
from crm_items import refuse_access
from errors import RestError
from php import Object
from registry import Listed, method

# Comments. Source: api-reference/crm/timeline/comments/

_COMMENT = {"ID": "int", "ENTITY_ID": "int", "ENTITY_TYPE": "string",
            "CREATED": "datetime", "COMMENT": "string", "AUTHOR_ID": "int"}


def _owner(portal, kind, ident):
    entity_type = crm_schema.OWNERS.get(str(kind).lower())
    if entity_type is None or \
            portal.store.items(entity_type).get(ident) is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    return entity_type


@method("crm.timeline.comment.add", scope="crm")
def comment_add(portal, caller, params):
    """`fields` in lower case only. Source: crm-timeline-comment-add.md"""
    given = params.get("fields")
    if not isinstance(given, dict):
        raise errors.missing("fields")
    for name in ("ENTITY_ID", "ENTITY_TYPE"):
        if not given.get(name):
            raise errors.missing(name)
    owner = php.to_int(given["ENTITY_ID"])
    entity_type = _owner(portal, given["ENTITY_TYPE"], owner)
    text = given.get("COMMENT")
    if not isinstance(text, str) or not text.strip():
        raise RestError("INVALID_ARG_VALUE", "Empty comment")
    refuse_access(portal, True)
    table = portal.store.comments
    now = portal.clock.stamp()
    row = table.put({"ID": table.new_id(), "ENTITY_ID": owner,
                     "OWNER_TYPE": entity_type, "COMMENT": text,
                     "CREATED": now, "AUTHOR_ID": portal.config["user"]})
    portal.store.items(entity_type).change(owner, {
        "lastActivityTime": now, "lastActivityBy": portal.config["user"]})
    return row["ID"]


@method("crm.timeline.comment.list", scope="crm")
def comment_list(portal, caller, params):
    """Needs both ENTITY_ID and ENTITY_TYPE; other filters do nothing."""
    params = old_style.lowered(params)
    old_style.may_read(portal)
    given = old_style.uppered(params.get("filter"))
    owner = php.to_int(given.get("ENTITY_ID"))
    kind = str(given.get("ENTITY_TYPE")).lower()
    if owner is None or kind not in crm_schema.OWNERS:
        raise old_style.refuse("Access denied.")
    found = old_style.listed(
        portal, {"filter": {"ENTITY_ID": owner}, "start": params.get("start"),
                 "order": {k: v for k, v in old_style.uppered(
                     params.get("order")).items()
                     if k in ("ID", "CREATED", "AUTHOR_ID")}},
        portal.store.comments, _COMMENT,
        keep=lambda row: row["OWNER_TYPE"] == crm_schema.OWNERS[kind] and
        row["ENTITY_ID"] == owner)
    select = {str(n).upper() for n in php.items(params.get("select") or [])}
    rows = [{**row, "ENTITY_TYPE": kind, "FILES": Object()}
            for row in found.value]
    if select:
        rows = [{k: v for k, v in row.items() if k in select} for row in rows]
    return Listed(rows, found.total, found.next)


def _comment(portal, params):
    ident = php.to_int(old_style.lowered(params).get("id"))
    if ident is None:
        raise errors.missing("id")
    row = portal.store.comments.get(ident)
    if row is None:
        raise RestError("NOT_FOUND", "Not found.")
    return row


@method("crm.timeline.comment.get", scope="crm")
def comment_get(portal, caller, params):
    row = _comment(portal, params)
    old_style.may_read(portal)
    kind = next(k for k, v in crm_schema.OWNERS.items()
                if v == row["OWNER_TYPE"])
    return {**old_style.shown(row, _COMMENT), "ENTITY_TYPE": kind,
            "FILES": Object()}


@method("crm.timeline.comment.delete", scope="crm")
def comment_delete(portal, caller, params):
    row = _comment(portal, params)
    refuse_access(portal, True)
    portal.store.comments.remove(row["ID"])
    return None


# Notices. Source: api-reference/chats/notifications/

_ATTACH_MOST = 60000


def _notify(portal, caller, params, kind):
    """With a webhook a TAG counts only together with CLIENT_ID."""
    params = {str(k).upper(): v for k, v in params.items()}
    user = php.to_int(params.get("USER_ID")) or 0
    if user <= 0:
        raise RestError("USER_ID_EMPTY", "User ID can't be empty")
    text = params.get("MESSAGE")
    text = text.strip() if isinstance(text, str) else ""
    if not text:
        raise RestError("MESSAGE_EMPTY", "Message can't be empty")
    attach = params.get("ATTACH")
    if attach is not None and len(php.dumps(attach)) > _ATTACH_MOST:
        raise RestError("ATTACH_OVERSIZE", "You have exceeded the maximum "
                                           "allowable size of attach")
    if portal.store.users.get(user) is None:
        return False
    client = params.get("CLIENT_ID") if caller == "webhook" \
        else portal.config["oauth"]["client_id"]
    tag = params.get("TAG") if client else None
    table = portal.store.notices
    for row in table.sorted() if tag else ():
        if (row["TAG"], row["CLIENT_ID"], row["USER_ID"]) == \
                (tag, client, user):
            table.remove(row["ID"])
    return table.put({"ID": table.new_id(), "USER_ID": user, "KIND": kind,
                      "MESSAGE": text, "TAG": tag,
                      "SUB_TAG": params.get("SUB_TAG") if client else None,
                      "CLIENT_ID": client if tag else None})["ID"]


@method("im.notify.system.add", scope="im")
def notify_system(portal, caller, params):
    return _notify(portal, caller, params, "system")


@method("im.notify.personal.add", scope="im")
def notify_personal(portal, caller, params):
    return _notify(portal, caller, params, "personal")


@method("im.notify", scope="im")
def notify(portal, caller, params):
    kind = str({str(k).upper(): v for k, v in params.items()}.get("TYPE"))
    return _notify(portal, caller, params,
                   "system" if kind.upper() == "SYSTEM" else "personal")


# History of stages. Source: api-reference/crm/crm-stage-history-list.md

_HISTORY = {"ID": "number", "TYPE_ID": "number", "OWNER_ID": "number",
            "CREATED_TIME": "datetime", "CATEGORY_ID": "number",
            "STAGE_SEMANTIC_ID": "text", "STAGE_ID": "text"}


@method("crm.stagehistory.list", scope="crm")
def stage_history_list(portal, caller, params):
    params = {**params, **{k: v for k, v in old_style.lowered(params).items()
                           if k in ("filter", "order", "select", "start")}}
    entity_type = php.to_int(old_style.lowered(params).get("entitytypeid"))
    if entity_type not in (crm_schema.DEAL, crm_schema.INVOICE):
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED",
                        "Entity type `%s` is not supported" % entity_type)
    refuse_access(portal, False)
    query = listing.Query(params)
    kept = old_style.Kept(portal.store.stage_history,
                           lambda row: row["OWNER_TYPE"] == entity_type)
    rows, total, following = crm_filter.page(kept, query, _HISTORY)
    asked = [n for n in map(str, php.items(query.select))
             if n in _HISTORY] if query.select else []
    names = asked or list(_HISTORY)
    return Listed({"items": [{n: row[n] for n in names} for row in rows]},
                  total, following)
