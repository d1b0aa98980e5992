"""Documents of inventory management and their elements.

Sources: api-reference/catalog/document/, enum/. Their errors have the code
"0" as a string, those of elements ERROR_DOCUMENT_… and 0.
"""

from collections import defaultdict
from decimal import Decimal

import binding
import errors
import listing
import php
from errors import RestError
from methods_store import NO_LIKE, shown_list, shown_row
from registry import method
from stock_rows import exact, plain

DOCUMENT = {
    "id": "int", "docType": "string", "docNumber": "string",
    "title": "string", "siteId": "string", "responsibleId": "int",
    "createdBy": "int", "modifiedBy": "int", "status": "string",
    "statusBy": "int", "dateStatus": "datetime", "dateCreate": "datetime",
    "dateModify": "datetime", "dateDocument": "datetime",
    "currency": "string", "total": "double", "commentary": "string",
}
_ADDED = {"docType", "currency", "responsibleId", "siteId", "dateDocument",
          "title", "commentary", "total", "docNumber", "createdBy"}
_UPDATED = {"responsibleId", "dateModify", "dateDocument", "total",
            "commentary", "title", "docNumber", "modifiedBy"}
ELEMENT = {"id": "int", "docId": "int", "elementId": "int",
           "storeFrom": "int", "storeTo": "int", "amount": "double",
           "purchasingPrice": "double"}
TYPES = (("A", "Goods Receipt"), ("S", "Goods Acquisition"),
         ("M", "Goods Transfer Between Warehouses"), ("R", "Goods Return"),
         ("D", "Goods Write-off"))
# Which stores an element of a document of this type has to name.
_SIDES = {"A": ("storeTo",), "S": ("storeTo",), "R": ("storeTo",),
          "D": ("storeFrom",), "M": ("storeFrom", "storeTo")}
_HOLDS_STOCK = (1, 4, 5)
NO_RIGHTS = "Insufficient permissions to save the document"
NO_CONDUCT = "Insufficient rights to save the document"
NO_PLAN = "Inventory accounting is not available on your plan"
NOT_ENABLED = "Warehouse accounting must be enabled to conduct the document"


class _Trouble(Exception):
    """Why a document can't be conducted or cancelled."""


def _refused(text):
    return RestError("0", text)


def _may_write(portal, denied=NO_RIGHTS, disabled=NO_PLAN):
    if not portal.config["can_read"] or not portal.config["admin"]:
        raise _refused(denied)
    if not portal.config["inventory"]:
        raise _refused(disabled)


def _document(portal, ident, text="Document not found"):
    row = portal.store.documents.get(ident)
    if row is None:
        raise _refused(text)
    return row


def _check(portal, values):
    store = portal.store
    for name, table, text in (
            ("currency", store.currencies, "Currency does not exist"),
            ("responsibleId", store.users, "User does not exist"),
            ("createdBy", store.users, "User does not exist"),
            ("modifiedBy", store.users, "User does not exist")):
        if values.get(name) and table.get(values[name]) is None:
            raise _refused(text)


@method("catalog.enum.getStoreDocumentTypes", scope="catalog")
def document_types(portal, caller, params):
    return {"enum": [{"id": mark, "name": name} for mark, name in TYPES]}


@method("catalog.document.add", scope="catalog")
def document_add(portal, caller, params):
    given = binding.fields(params)
    _may_write(portal)
    values = binding.typed(given, DOCUMENT, set(DOCUMENT) - _ADDED)
    lacking = [name for name in ("docType", "currency", "responsibleId")
               if values.get(name) in (None, "")]
    if lacking:
        raise _refused("Required fields: " + ", ".join(lacking))
    if values["docType"] not in _SIDES:
        raise _refused("DOC_TYPE isn't available")
    _check(portal, values)
    table, user = portal.store.documents, portal.config["user"]
    now = portal.clock.stamp()
    row = {name: None for name in DOCUMENT}
    row.update(siteId="s1", createdBy=user, modifiedBy=user, status="N",
               dateStatus=now, dateCreate=now, dateModify=now)
    row.update(values, id=table.new_id())
    row["docNumber"] = row["docNumber"] or \
        "%s-%d" % (row["docType"], row["id"])
    return {"document": shown_row(table.put(row), DOCUMENT)}


@method("catalog.document.update", scope="catalog")
def document_update(portal, caller, params):
    ident = binding.ident(params)
    given = binding.fields(params)
    _may_write(portal, NO_RIGHTS,
               "Warehouse accounting is not available on your plan")
    held = _document(portal, ident, "Document not found.")
    changes = binding.typed(given, DOCUMENT, set(DOCUMENT) - _UPDATED)
    _check(portal, changes)
    row = {**held, "dateModify": portal.clock.stamp(),
           "modifiedBy": portal.config["user"], **changes}
    return {"document": shown_row(portal.store.documents.put(row), DOCUMENT)}


@method("catalog.document.delete", scope="catalog")
def document_delete(portal, caller, params):
    """A conducted one is not deleted: no error, but null."""
    ident = binding.ident(params)
    _may_write(portal)
    if _document(portal, ident)["status"] == "Y":
        return None
    portal.store.delete_document(ident)
    return True


@method("catalog.document.list", scope="catalog")
def document_list(portal, caller, params):
    if not portal.config["can_read"]:
        raise _refused(NO_RIGHTS)
    # What the caller may not see is filtered away, without an error.
    if not portal.config["documents_seen"]:
        params = {**params, "filter": {"id": 0}}
    return shown_list(portal.store.documents, params, DOCUMENT, "documents",
                      listing.ALL_PREFIXES)


# What a document does to the stock


def _moves(portal, document):
    """{(good, store): change} of a document that may be conducted."""
    store = portal.store
    sides = _SIDES.get(document["docType"], ())
    elements = store.elements_of(document["id"])
    if document["docType"] == "A":
        raise _Trouble("Supplier not specified")
    if not elements:
        raise _Trouble("No products specified in the document")
    out = defaultdict(Decimal)
    for element in elements:
        product = store.products.get(element["elementId"])
        if product is None:
            raise _Trouble("Goods #%s not found" % element["elementId"])
        amount = exact(element["amount"])
        if amount <= 0:
            raise _Trouble("Incorrect quantity of goods #%d (%s) in the "
                           "warehouse accounting document"
                           % (product["id"], product["name"]))
        for side in sides:
            if store.stores.get(element[side]) is None:
                raise _Trouble("Warehouse of goods #%d (%s) not specified"
                               % (product["id"], product["name"]))
            sign = -1 if side == "storeFrom" else 1
            out[(product["id"], element[side])] += sign * amount
    return out


def _apply(portal, moves):
    """All of it or, where less lies there than is taken, nothing."""
    store = portal.store
    for (product, place), change in moves.items():
        if change < 0 and store.amount(product, place) + change < 0:
            raise _Trouble(
                "Insufficient quantity of goods #%d (%s) in warehouse \"%s\""
                % (product, store.products.rows[product]["name"],
                   store.stores.rows[place]["title"]))
    for (product, place), change in moves.items():
        store.move(product, place, change)


def _price(portal, document):
    """What a stock receipt says of a price is the good's: 0 clears it."""
    for element in portal.store.elements_of(document["id"]):
        price = element["purchasingPrice"]
        if price is not None:
            portal.store.products.change(element["elementId"], {
                "purchasingPrice": price or None,
                "purchasingCurrency": document["currency"] if price
                else None})


def _conduct(portal, document):
    if document["status"] == "Y":
        raise _Trouble("Document has already been conducted")
    _apply(portal, _moves(portal, document))
    if document["docType"] == "S":
        _price(portal, document)
    total = sum((exact(e["amount"]) * exact(e["purchasingPrice"])
                 for e in portal.store.elements_of(document["id"])),
                Decimal(0))
    _settle(portal, document, "Y", total=plain(total))


def _settle(portal, document, status, **more):
    now = portal.clock.stamp()
    portal.store.documents.change(document["id"], {
        "status": status, "statusBy": portal.config["user"],
        "dateStatus": now, "dateModify": now, **more})


@method("catalog.document.conduct", scope="catalog")
def document_conduct(portal, caller, params):
    ident = binding.ident(params)
    _may_write(portal, NO_CONDUCT, NOT_ENABLED)
    try:
        _conduct(portal, _document(portal, ident))
    except _Trouble as trouble:
        raise _refused("Document conducting error: %s" % trouble) from None
    return True


@method("catalog.document.conductList", scope="catalog")
def document_conduct_list(portal, caller, params):
    """One error for all; what could be conducted stays conducted."""
    idents = params.get("documentIds")
    if idents is None:
        raise errors.missing("documentIds")
    if not isinstance(idents, (list, dict)):
        raise errors.mismatch("documentIds", idents, "array")
    _may_write(portal, "Document conducting error: " + NO_RIGHTS,
               NOT_ENABLED)
    failure = None
    for ident in php.items(idents):
        row = portal.store.documents.get(php.to_int(ident))
        try:
            if row is None:
                raise _Trouble("Document not found")
            _conduct(portal, row)
        except _Trouble as trouble:
            name = (row or {}).get("title") or "#%s" % ident
            failure = failure or _refused(
                "An error occurred while conducting the document \"%s\": %s"
                % (name, trouble))
    if failure:
        raise failure
    return True


@method("catalog.document.cancel", scope="catalog")
def document_cancel(portal, caller, params):
    ident = binding.ident(params)
    _may_write(portal)
    document = _document(portal, ident, NO_RIGHTS)
    try:
        if document["status"] != "Y":
            raise _Trouble("Document has not been conducted yet")
        moves = _moves(portal, document)
        _apply(portal, {key: -change for key, change in moves.items()})
    except _Trouble as trouble:
        raise _refused("Error cancelling document conduct: %s"
                       % trouble) from None
    _settle(portal, document, "C")
    return True


# Elements


def _element_rights(portal):
    if not portal.config["can_read"] or not portal.config["admin"]:
        raise RestError("ERROR_DOCUMENT_RIGHTS", "Access denied")


def _open_document(portal, ident):
    row = portal.store.documents.get(ident)
    if row is None:
        raise RestError("ERROR_DOCUMENT_STATUS", "Document not found")
    if row["status"] == "Y":
        raise RestError("ERROR_DOCUMENT_STATUS", "Conducted document")
    return row


def _fits(portal, document, row):
    store = portal.store
    product = store.products.get(row["elementId"])
    sides = _SIDES.get(document["docType"], ())
    named = [row[side] for side in ("storeFrom", "storeTo") if row[side]]
    return product is not None and product["type"] in _HOLDS_STOCK and \
        (row["amount"] or 0) > 0 and all(row[side] for side in sides) and \
        all(store.stores.get(ident) is not None for ident in named)


@method("catalog.document.element.add", scope="catalog")
def element_add(portal, caller, params):
    given = binding.fields(params)
    _element_rights(portal)
    row = {name: None for name in ELEMENT}
    row.update(binding.typed(given, ELEMENT, {"id"}))
    binding.need(row, ("docId", "elementId"))
    document = _open_document(portal, row["docId"])
    if not _fits(portal, document, row):
        raise RestError(0, "Error of adding new document element")
    row["id"] = portal.store.document_elements.new_id()
    portal.store.document_elements.put(row)
    return {"documentElement": shown_row(row, ELEMENT)}


@method("catalog.document.element.delete", scope="catalog")
def element_delete(portal, caller, params):
    ident = binding.ident(params)
    _element_rights(portal)
    row = portal.store.document_elements.get(ident)
    _open_document(portal, row["docId"] if row else None)
    portal.store.document_elements.remove(ident)
    return True


@method("catalog.document.element.list", scope="catalog")
def element_list(portal, caller, params):
    if not portal.config["can_read"]:
        raise RestError("ERROR_DOCUMENT_RIGHTS", "Access denied")
    return shown_list(portal.store.document_elements, params, ELEMENT,
                      "documentElements", NO_LIKE)
