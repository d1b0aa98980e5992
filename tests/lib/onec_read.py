"""How each family of 1C reads the orders file (onec-exchange.md 2.1).

Knows nothing of the converter; a file that a family would not read raises
Unreadable here as well.
"""

import re
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

ROOT = "КоммерческаяИнформация"


class Unreadable(Exception):
    """This 1C cannot read the file."""


class NoDocuments(Exception):
    """The file is read, and no Документ is where this 1C looks."""


# ---- bytes ----

def _utf8(data):
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8, which is all that is read") from None


def _platform(data):
    """Without a BOM the platform's own encoding, on Windows 1251."""
    if data.startswith(b"\xef\xbb\xbf"):
        return _utf8(data)
    return data.decode("cp1251", "replace")


def _declared(data):
    """As the XML declaration says; letters that XML forbids are left out."""
    found = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([\w-]+)",
                     data)
    name = found.group(1).decode("ascii") if found else "utf-8"
    if name.lower() == "utf-8":
        name = "utf-8-sig"
    try:
        text = data.decode(name)
    except (LookupError, UnicodeDecodeError):
        raise Unreadable(f"not {name}, as it says of itself") from None
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


DECODERS = {"utf-8": _utf8, "platform": _platform, "declared": _declared}


# ---- XML ----

def read_root(data, encoding):
    text = DECODERS[encoding](data)
    text = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.S)
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Unreadable(f"Не удалось прочитать XML: {error}") from None
    if root.tag.startswith("{"):
        # A namespace has the configuration type and check every element.
        raise Unreadable(f"the root has a namespace: {root.tag}")
    if root.tag != ROOT:
        raise Unreadable(f"the root is {root.tag}")
    return root


def documents(root, container):
    """The documents where this 1C looks; Bitrix's module in containers."""
    found = root.findall("Контейнер/Документ" if container else "Документ")
    if not found:
        raise NoDocuments("Нет документов для обработки")
    return found


def said(element, path):
    """The text at a path, None where it is absent or empty."""
    found = None if element is None else element.find(path)
    text = "" if found is None else (found.text or "").strip()
    return text or None


def number(text, default=Decimal(0)):
    """A number with a dot; 1C takes nothing else from a site."""
    if text is None:
        return default
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Unreadable(f"not a number: {text!r}") from None
    if not value.is_finite():
        raise Unreadable(f"not a number: {text!r}")
    return value


def requisites(element, inherits):
    """{name: value}.  Where `inherits`, УТ's slip: an empty value is that
    of the one before (UT:4333)."""
    out, last = {}, None
    for row in element.findall("ЗначенияРеквизитов/ЗначениеРеквизита"):
        name, value = said(row, "Наименование"), said(row, "Значение")
        if value is None and inherits:
            value = last
        last = value
        if name and value is not None:
            out[name] = value
    return out


def vat_of(element):
    """The rate's text of a line: of its СтавкиНалогов or its Налоги."""
    for row in (*element.findall("СтавкиНалогов/СтавкаНалога"),
                *element.findall("Налоги/Налог")):
        if said(row, "Наименование") == "НДС" and said(row, "Ставка"):
            return said(row, "Ставка")
    return None


def is_true(text):
    return (text or "").strip().lower() == "true"
