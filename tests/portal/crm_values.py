"""What crm.item.add and update make of a value that was passed.

Source: api-reference/crm/universal/crm-item-add.md, crm-item-update.md.
"""

import re
from datetime import datetime, timedelta

import crm_schema
import php
from clock import ZONE
from errors import RestError

DROP = object()
_ISO = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?"
                  r"(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$")
_LOCAL = re.compile(r"^(\d\d)\.(\d\d)\.(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?$")
_MAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+$")
TRUE = (True, "Y", "y", "true")


def invalid(field):
    """Source: crm-item-add.md, "Possible Error Codes"."""
    return RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID",
                     'Invalid value for field "%s"' % field)


def moment(value):
    """A datetime in the portal's zone out of what may be passed, or None."""
    if not isinstance(value, str):
        return None
    iso, local = _ISO.match(value.strip()), _LOCAL.match(value.strip())
    if not iso and not local:
        return None
    if iso:
        year, month, day, *clock = iso.groups()
        zone = clock.pop()
    else:
        day, month, year, *clock = local.groups()
        zone = None
    try:
        found = datetime(int(year), int(month), int(day),
                         *(int(part or 0) for part in clock), tzinfo=ZONE)
    except ValueError:
        return None
    return found if zone is None else found - _offset(zone) + \
        found.utcoffset()


def _offset(zone):
    if zone == "Z":
        return timedelta(0)
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))


def stamp_of(value):
    found = moment(value)
    return found.isoformat() if found else None


def date_of(value):
    """YYYY-MM-DD: the day as it was written, whatever the zone."""
    if not isinstance(value, str) or moment(value) is None:
        return None
    local = _LOCAL.match(value.strip())
    if local:
        day, month, year = local.groups()[:3]
        return "%s-%s-%s" % (year, month, day)
    return value.strip()[:10]


def shown_date(value):
    """Midnight UTC in the portal's zone, as the pages' examples have it."""
    if value is None:
        return None
    return value + "T%02d:00:00+03:00" % (ZONE.utcoffset(None).seconds // 3600)


def is_empty(value):
    """`0`, "" and "0" are read as null."""
    return value is None or value is False or value in ("", "0") or \
        (isinstance(value, (int, float)) and value == 0)


def as_list(name, value):
    """A multiple field wants a list. Source: crm-item-add.md, code 100."""
    if value is None:
        return []
    if not isinstance(value, (list, dict)):
        kind = {str: "string", bool: "boolean", int: "integer",
                float: "double"}[type(value)]
        raise RestError(100, "Expected iterable value for multiple field, "
                             "but got `%s` instead" % kind)
    return php.items(value)


class Values:
    """Conversion for one kind of object in one portal."""

    def __init__(self, portal, entity_type):
        self.portal = portal
        self.store = portal.store
        self.entity_type = entity_type

    def convert(self, name, field, value):
        """The value to store; DROP where it is ignored; or an error."""
        if field.many:
            out = []
            for item in as_list(name, value):
                made = self._one(name, field, item)
                if made is not DROP and made is not None and made not in out:
                    out.append(made)
            return out
        if isinstance(value, (list, dict)) and field.kind != "file":
            return DROP
        return self._one(name, field, value)

    def _one(self, name, field, value):
        return getattr(self, "_" + field.kind)(name, field, value)

    def _text(self, name, field, value):
        if isinstance(value, (list, dict)) or is_empty(value):
            return None
        return "1" if value is True else _plain(value)

    def _string(self, name, field, value):
        text = self._text(name, field, value)
        limit = int(field.arg or 255)
        if text is None or len(text) <= limit:
            return text
        if self.portal.config["long_strings"] == "refuse":
            raise invalid(name)
        return text[:limit]

    def _integer(self, name, field, value):
        number = php.to_number(value)
        return int(number) if number else None

    def _double(self, name, field, value):
        return php.to_number(value) or None

    def _boolean(self, name, field, value):
        return "Y" if any(value is t or value == t and
                          isinstance(value, str) for t in TRUE) else "N"

    def _datetime(self, name, field, value):
        if is_empty(value):
            return None
        return stamp_of(value) or DROP

    def _date(self, name, field, value):
        if is_empty(value):
            return None
        return date_of(value) or DROP

    def _file(self, name, field, value):
        return DROP

    def _refers(self, table, name, value):
        if is_empty(value):
            return 0
        ident = php.to_int(value)
        if ident is None or table.get(ident) is None:
            raise invalid(name)
        return ident

    def _user(self, name, field, value):
        if is_empty(value) and not field.many:
            raise invalid(name)
        return self._refers(self.store.users, name, value) or None

    def _company(self, name, field, value):
        ident = self._refers(self.store.companies, name, value)
        return ident or (None if field.many else 0)

    def _contact(self, name, field, value):
        ident = self._refers(self.store.contacts, name, value)
        return ident or (None if field.many else 0)

    def _deal(self, name, field, value):
        return self._refers(self.store.deals, name, value) or None

    def _currency(self, name, field, value):
        if is_empty(value):
            return None
        if self.store.currencies.get(value) is None:
            raise invalid(name)
        return value

    def _status(self, name, field, value):
        if is_empty(value):
            return None
        known = {row["STATUS_ID"] for row in
                 self.store.statuses_of(field.arg)}
        if value not in known:
            raise invalid(name)
        return value

    def _category(self, name, field, value):
        ident = 0 if is_empty(value) else php.to_int(value)
        if ident not in {c["id"] for c in
                         self.store.categories_of(self.entity_type)}:
            raise invalid(name)
        return ident

    def _stage(self, name, field, value):
        """Whether it is a stage of the funnel is known when that is."""
        if is_empty(value) or not isinstance(value, str):
            raise invalid(name)
        return value

    # User fields: what their types add

    def user_field(self, shown, held, value):
        kind = _UF_KINDS.get(held["USER_TYPE_ID"], "uf_text")
        field = crm_schema.Field(kind, held, False, False,
                                 held["MULTIPLE"] == "Y")
        return self.convert(shown, field, value)

    def _uf_text(self, name, field, value):
        return self._text(name, field, value)

    def _uf_number(self, name, field, value):
        if is_empty(value):
            return None
        number = php.to_number(value)
        if number is None:
            raise invalid(name)
        if field.arg["USER_TYPE_ID"] == "integer":
            return int(number)
        places = int((field.arg.get("SETTINGS") or {}).get("PRECISION", 2))
        return php.to_number("%.*f" % (places, number))

    def _uf_enum(self, name, field, value):
        if is_empty(value):
            return None
        ident = php.to_int(value)
        if ident not in {item["ID"] for item in field.arg["LIST"]}:
            raise invalid(name)
        return ident

    def _uf_boolean(self, name, field, value):
        return "Y" if value in (1, "1") or \
            self._boolean(name, field, value) == "Y" else "N"

    def _uf_user(self, name, field, value):
        return self._refers(self.store.users, name, value) or None


_UF_KINDS = {"integer": "uf_number", "double": "uf_number",
             "boolean": "uf_boolean", "date": "date", "datetime": "datetime",
             "enumeration": "uf_enum", "employee": "uf_user", "file": "file"}


def _plain(value):
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return str(value)


def good_mail(text):
    return bool(_MAIL.match(text))
