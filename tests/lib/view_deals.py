"""Deals in a portal's dump: rows by the marks of their products, comments of
their timelines, what was notified; and the writes to them."""

from collections import Counter

DEAL = 2
# Of the dump what differs from run to run, or is shown as something else.
_HIDDEN = ("rows", "companyId", "contactId", "companyIds", "contactIds",
           "comments")


def _number(value):
    """As a person writes it: 5, 349.9."""
    if value in (None, ""):
        return "0"
    value = float(value)
    return str(int(value)) if value == int(value) else repr(value)


class Deals:
    """`names` are the marks of clients: {("company", 1): "k1"}."""

    def __init__(self, dump, names):
        self.rows = {row["id"]: row for row in dump.get("deals", [])}
        self._names = names
        self._products = {row["id"]: row.get("xmlId") or f"#{row['id']}"
                          for row in dump.get("products", [])}
        self._stages = {row["STATUS_ID"]: row.get("NAME")
                        for row in dump.get("statuses", [])
                        if str(row.get("ENTITY_ID")).startswith("DEAL_STAGE")}
        self._funnels = {row["id"]: row.get("name")
                         for row in dump.get("categories", [])}
        self.fields = {_plain(row["FIELD_NAME"]): row["FIELD_NAME"]
                       for row in dump.get("user_fields", [])
                       if row.get("ENTITY_ID") == "CRM_DEAL"}
        self._labels = {row.get("LABEL"): row["FIELD_NAME"]
                        for row in dump.get("user_fields", [])
                        if row.get("ENTITY_ID") == "CRM_DEAL"}
        self._comments = dump.get("comments", [])
        self._notices = dump.get("notices", [])

    def name_of(self, field):
        """A user field by its original name, label or REST's spelling."""
        return self._labels.get(field) or \
            self.fields.get(_plain(field), field)

    def product(self, ident):
        return self._products.get(ident)

    # ---- tables ----

    def deals(self):
        return {f"#{ident}": self._deal(row)
                for ident, row in self.rows.items()}

    def _deal(self, row):
        out = {k: v for k, v in row.items() if k not in _HIDDEN}
        out["comment"] = row.get("comments")
        out["stage"] = self._stages.get(row.get("stageId"))
        out["funnel"] = self._funnels.get(row.get("categoryId"))
        company = row.get("companyId")
        out["company"] = self._names.get(("company", company),
                                         f"#{company}") if company else None
        out["contacts"] = [self._names.get(("contact", ident), f"#{ident}")
                           for ident in row.get("contactIds", [])]
        out["rows"] = [self._row(line) for line in sorted(
            row.get("rows", []), key=lambda r: (r.get("sort", 0), r["id"]))]
        out["comments"] = [c["COMMENT"] for c in self._comments
                           if c["ENTITY_ID"] == row["id"] and
                           c.get("OWNER_TYPE", DEAL) == DEAL]
        return out

    def _row(self, row):
        return {"id": row["id"], "name": row.get("productName"),
                "price": row.get("price"),
                "quantity": row.get("quantity"),
                "taxRate": row.get("taxRate"),
                "taxIncluded": row.get("taxIncluded"),
                "product": self.product(row.get("productId"))}

    def notices(self):
        return [{"to": row.get("USER_ID"), "message": row.get("MESSAGE"),
                 "tag": row.get("TAG")} for row in self._notices]

    # ---- the whole ----

    def doubles(self, number_field=None):
        """A comment twice at a deal, a notice twice to a person, one order's
        number at two deals, two deals of one mark and title."""
        comments = Counter((c["ENTITY_ID"], c.get("OWNER_TYPE", DEAL),
                            c["COMMENT"]) for c in self._comments)
        out = [f"comment of {key[0]} {key[2]!r} x{n}"
               for key, n in comments.items() if n > 1]
        notices = Counter((row.get("USER_ID"), row.get("MESSAGE"))
                          for row in self._notices)
        out += [f"notice to {key[0]} {key[1]!r} x{n}"
                for key, n in notices.items() if n > 1]
        marks = Counter((row.get("originatorId"), row["originId"],
                         row.get("title")) for row in self.rows.values()
                        if row.get("originId"))
        out += [f"deals of the mark {key[1]} x{n}"
                for key, n in marks.items() if n > 1]
        if number_field:
            name = self.name_of(number_field)
            numbers = Counter(str(row[name]) for row in self.rows.values()
                              if row.get(name))
            out += [f"deals of the number {number} x{n}"
                    for number, n in numbers.items() if n > 1]
        return out

    def whole(self, hidden):
        """As texts, without the fields that differ from run to run."""
        return {"deals": sorted(repr((mark, sorted(
                    (k, v) for k, v in deal.items() if k not in hidden)))
                    for mark, deal in self.deals().items()),
                "notices": sorted(repr((n["to"], n["message"]))
                                  for n in self.notices())}


def _plain(name):
    """ufCrm_1C_NUMBER and UF_CRM_1C_NUMBER are the same field."""
    return name.replace("_", "").lower()


# ---- what was sent ----

def count_command(out, command, before, after):
    """Adds a write to `out`; False: it is none of these."""
    method, params = command["method"].lower(), command["params"]
    if method.startswith("crm.timeline.comment."):
        return _count(out, {"add": "+comment", "delete": "-comment"},
                      method.rpartition(".")[2])
    if method.startswith("im.notify"):
        return _count(out, {"add": "+notice", "notify": "+notice"},
                      method.rpartition(".")[2])
    if method.startswith("crm.item.productrow."):
        return _rows(out, method.rpartition(".")[2], params, after)
    if method.rpartition(".")[0] != "crm.item" or \
            int(params.get("entityTypeId", 0)) != DEAL:
        return False
    verb = method.rpartition(".")[2]
    if verb != "update":
        return _count(out, {"add": "+deal", "delete": "-deal"}, verb)
    key = f"deal #{params['id']}"
    names = {after.name_of(name) for name in params.get("fields", {})}
    out[key] = sorted({*out.get(key, []), *names})
    return True


def _count(out, table, verb):
    if verb in table:
        out[table[verb]] = out.get(table[verb], 0) + 1
    return verb in table


def _rows(out, verb, params, after):
    """`rows #7`: ["p1 2 x 100", …], as they were set."""
    if verb not in ("set", "add", "update", "delete"):
        return False
    given = params if verb in ("set", "delete") else params.get("fields", {})
    short, owner = given.get("ownerType", "D"), given.get("ownerId")
    if verb in ("update", "delete"):
        key = f"{verb} of a row"
        out[key] = out.get(key, 0) + 1
        return True
    rows = params.get("productRows") or [] if verb == "set" else [given]
    rows = list(rows.values()) if isinstance(rows, dict) else rows
    key = f"rows #{owner}" if short == "D" else f"rows {short}{owner}"
    texts = [_row_text(row, after) for row in rows]
    out[key] = texts if verb == "set" else out.get(key, []) + texts
    return True


def _row_text(row, after):
    try:
        mark = after.product(int(row.get("productId") or 0))
    except ValueError:
        mark = None
    return (f"{mark or row.get('productName')} "
            f"{_number(row.get('quantity', 1))} x "
            f"{_number(row.get('price'))}")
