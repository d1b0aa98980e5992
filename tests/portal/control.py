"""/_control/: what tests do to the portal and read from it."""

import json

import crm_manager
import crm_store
import php


def _dump(portal, query, body):
    return portal.store.dump()


def _load(portal, query, body):
    loaded = 0
    for name, rows in _object(body).items():
        if name == "deleted":
            continue
        if name not in portal.store.LOADABLE or not isinstance(rows, list):
            raise ValueError("unknown entity: " + name)
        loaded += portal.store.load(name, rows)
    return {"loaded": loaded}


def _reset(portal, query, body):
    portal.reset(_object(body))
    return {"reset": True}


def _config(portal, query, body):
    if body is not None:
        portal.config.merge(_object(body))
    return dict(portal.config)


def _faults(portal, query, body):
    if body is not None:
        portal.faults.replace(body)
    return [rule.shown() for rule in portal.faults.rules]


def _log(portal, query, body):
    since = php.to_int(query.get("since")) or 0
    limit = php.to_int(query.get("limit")) or len(portal.log)
    return [entry for entry in portal.log if entry["seq"] > since][:limit]


def _stats(portal, query, body):
    return portal.stats()


def _clock(portal, query, body):
    added = _object(body).get("add", 0)
    portal.clock.add(added)
    if body is not None:
        portal.do_late("clock")
    return {"clock": portal.clock.now()}


def _flush(portal, query, body):
    return {"done": portal.do_late("flush")}


def _expire(portal, query, body):
    portal.tokens.expire()
    return {"expired": True}


# What does not go alone.
WITH_MORE = {"products": "delete_product", "sections": "delete_section",
             "documents": "delete_document", "stores": "delete_store",
             "properties": "delete_property", "property_enums": "delete_enum",
             "price_types": "delete_price_type"}


def _alter(portal, query, body):
    given = _object(body)
    name = given.get("entity")
    if name not in portal.store.LOADABLE:
        raise ValueError("unknown entity: %s" % name)
    table = getattr(portal.store, name)
    ident = given.get("id")
    if table.get(ident) is None:
        raise ValueError("no such row")
    if name in crm_store.LOADABLE:
        if given.get("delete"):
            crm_manager.delete(portal, name, ident)
        else:
            crm_manager.edit(portal, name, ident, given["set"],
                             given.get("touch", True))
    elif not given.get("delete"):
        portal.store.load(name, [{**table.get(ident), **given["set"]}])
        _follow_stock(portal, name, table.get(ident))
    elif name in WITH_MORE:
        getattr(portal.store, WITH_MORE[name])(ident)
    else:
        _follow_stock(portal, name, table.remove(ident))
    return {"altered": ident}


def _follow_stock(portal, name, row):
    """A manager sold something from a store: there is less of the good."""
    if name == "store_products" and portal.config["inventory"]:
        portal.store.settle_quantity(row["productId"])


def _merge(portal, query, body):
    """As a manager merges: where two differ, the first one's value stays."""
    given = _object(body)
    entity_type = crm_manager.entity_named(given.get("entity"))
    ids = given["ids"]
    if len(ids) < 2 or any(
            portal.store.items(entity_type).get(i) is None for i in ids):
        raise ValueError("two or more rows that there are")
    return {"deleted": crm_manager.merge(portal, entity_type, ids)}


def _copy(portal, query, body):
    given = _object(body)
    crm_manager.entity_named(given.get("entity"))
    if getattr(portal.store, given["entity"]).get(given.get("id")) is None:
        raise ValueError("no such row")
    return {"id": crm_manager.copy(portal, given["entity"], given["id"])}


def _object(body):
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise ValueError("a JSON object is wanted")
    return body


CALLS = {"dump": _dump, "load": _load, "reset": _reset, "config": _config,
         "faults": _faults, "log": _log, "stats": _stats, "clock": _clock,
         "flush": _flush, "expire": _expire, "alter": _alter,
         "merge": _merge, "copy": _copy}


def answer(portal, name, query, raw):
    """(status, JSON bytes) of a control call."""
    if name not in CALLS:
        return 404, json.dumps({"error": "no such call: " + name}).encode()
    try:
        body = json.loads(raw) if raw.strip() else None
        with portal.lock:
            value = CALLS[name](portal, query, body)
            text = json.dumps(value, ensure_ascii=False)
    except (ValueError, KeyError, TypeError) as error:
        text = json.dumps({"error": str(error)}, ensure_ascii=False)
        return 400, text.encode()
    return 200, text.encode()
