"""What people do with orders in the scripted 1C, between two exchanges.

Whether an edit is registered as a change, and so is ever exported, is the
family's habit (onec-exchange.md 3.1); "registers" of a step overrides it.
"""

from decimal import Decimal

from onec_load import money

# What УТ registers with "расширенные возможности заказа клиента" on: only
# what rewrites the record of the order's state.
_UT_REGISTERS = ("pay", "unpay", "repay", "ship", "status", "close")


def edit(base, verb, step):
    order = _foreign(base, step) if verb == "foreign" \
        else base.order(step["order"])
    was_changed, was_only = order.changed, order.status_only
    EDITS[verb][0](base, order, step)
    registers = step.get("registers")
    if registers is None:
        registers = _registers(base, order, verb)
    if registers == "dropped":
        order.changed = False
        return
    order.version += 1
    if not registers:
        return
    order.changed = True
    order.status_only = verb == "status" and (was_only or not was_changed)


def possible(order, verb, step):
    """Would a person do this to this order?"""
    if order.deleted or order.cancelled or order.state == "closed":
        return False
    if verb == "pay" and step.get("refund"):
        return order.paid() >= Decimal(str(step["sum"]))
    if verb == "pay":
        return order.total() > order.paid()
    if verb in ("unpay", "repay"):
        return bool(order.payments) and not order.payments[-1]["refund"]
    if verb in ("lines", "cancel"):
        return not order.payments and not order.shipments
    return verb != "ship" or bool(order.left_to_ship())


def _registers(base, order, verb):
    if base.family != "ut11":
        return True
    if verb == "cancel" and order.deleted:
        return "dropped"        # УТ does not report a deleted order
    return not base.settings["extended"] or verb in _UT_REGISTERS


def _foreign(base, step):
    """An order of another site, which 1C gives to this one as well."""
    number = str(step["order"])
    order = base.new_order(number, base.own_number(number))
    order.date, order.time = base.stamp().split("T")
    if base.held.parties:
        order.party = base.held.parties[0]["id"]
    return order


def _agree(base, order):
    """Nobody pays or ships what is not agreed and posted."""
    order.posted = True
    if base.family == "ut11" and order.state == "open":
        order.state = "agreed"


def _pay(base, order, step):
    _agree(base, order)
    order.payments.append({
        "uuid": base.uuid("payment"),
        "sum": Decimal(str(step.get("sum", order.total() - order.paid()))),
        "date": step.get("date", base.stamp()),
        "number": step.get("number", f"ПП-{len(order.payments) + 1}"),
        "method": step.get("method"), "method_id": step.get("method_id"),
        "comment": step.get("comment"), "kind": step.get("kind", "bank"),
        "refund": bool(step.get("refund", False))})


def _unpay(base, order, step):
    """The last payment was a mistake; Bitrix's module says that it is
    deleted, the others name it no more."""
    gone = order.payments.pop()
    if base.family == "bitrix":
        order.voided.append(gone)


def _repay(base, order, step):
    """The last payment is corrected, and stays that document."""
    order.payments[-1]["sum"] = Decimal(str(step["sum"]))


def _ship(base, order, step):
    _agree(base, order)
    lines = {ident: Decimal(str(quantity))
             for ident, quantity in step["lines"].items()} \
        if "lines" in step else order.left_to_ship()
    if "share" in step:
        lines = {ident: quantity * Decimal(step["share"])
                 for ident, quantity in lines.items()}
    order.shipments.append({
        "uuid": base.uuid("shipment"), "lines": lines,
        "date": step.get("date", base.stamp()),
        "number": step.get("number", f"РН-{len(order.shipments) + 1}"),
        "track": step.get("track")})


def _cancel(base, order, step):
    """The deletion mark, or УНФ's completion as cancelled."""
    how = step.get("how", "deleted")
    if how not in ("deleted", "cancelled"):
        raise ValueError(f"cancel: how {how!r}")
    order.cancelled = how == "cancelled"
    order.deleted = how == "deleted"
    order.posted = order.posted and not order.deleted
    if order.cancelled:
        order.state = "closed"
        if base.family == "ut11":
            for line in order.lines:
                line["cancelled"] = True


def _status(base, order, step):
    base.set_state(order, step["name"])
    order.status_id = step.get("id", order.status_id)


def _comment(base, order, step):
    order.comment = step["text"]


def _post(base, order, step):
    order.posted = step.get("posted", True)


def _invoice(base, order, step):
    """Some document is based on the order from now on."""
    order.referred = True


def _close(base, order, step):
    order.state, order.posted = "closed", True
    if base.family == "ut11":
        order.status = "Закрыт"


def _lines(base, order, step):
    if "set" in step:
        order.lines = [_line(base, row) for row in step["set"]]
    order.lines += [_line(base, row) for row in step.get("add", [])]
    gone = step.get("remove", [])
    order.lines = [line for line in order.lines if line["id"] not in gone]
    for key in ("quantity", "price", "vat"):
        for ident, value in step.get(key, {}).items():
            line = next((row for row in order.lines if row["id"] == ident),
                        None)
            if line is None:
                raise ValueError(f"order {order.number} has no line {ident}")
            line[key] = value if key == "vat" else Decimal(str(value))
            line["sum"] = money(line["price"] * line["quantity"])


def _line(base, row):
    unknown = set(row) - {"id", "name", "quantity", "price", "sum", "vat",
                          "service", "unit"}
    if unknown:
        raise ValueError(f"a line: unknown {sorted(unknown)}")
    item = base.held.items.get(row["id"].partition("#")[0], {})
    quantity, price = (Decimal(str(row[k])) for k in ("quantity", "price"))
    return {"id": row["id"], "name": row.get("name") or item.get("name") or
            row["id"], "quantity": quantity, "price": price,
            "sum": money(Decimal(str(row.get("sum", price * quantity)))),
            "vat": row.get("vat", "20"), "cancelled": False,
            "service": row.get("service", False),
            "unit": row.get("unit", "796")}


# verb -> function, keys of its step.
EDITS = {
    "pay": (_pay, {"sum", "date", "number", "method", "method_id", "comment",
                   "kind", "refund"}),
    "unpay": (_unpay, set()),
    "repay": (_repay, {"sum"}),
    "ship": (_ship, {"lines", "share", "date", "number", "track"}),
    "cancel": (_cancel, {"how"}),
    "status": (_status, {"name", "id"}),
    "comment": (_comment, {"text"}),
    "close": (_close, set()),
    "post": (_post, {"posted"}),
    "invoice": (_invoice, set()),
    "foreign": (_lines, {"set"}),
    "lines": (_lines, {"set", "add", "remove", "quantity", "price", "vat"}),
}
COMMON = {"order", "registers"}
