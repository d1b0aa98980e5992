"""What the files of all packages are made with: root, elements, bytes."""

from xml.sax.saxutils import escape

NAMESPACE = {"ut11": "urn:1C.ru:commerceml_2", "unf": "urn:1C.ru:commerceml_210",
             "ut103": None, "bitrix31": "urn:1C.ru:commerceml_3"}
VERSION = {"ut11": "2.07", "unf": "2.08", "ut103": "2.04", "bitrix31": "3.1"}


def encode(spec, text):
    name = spec["encoding"].replace("-sig", "")
    head = f'<?xml version="1.0" encoding="{name.upper()}"?>\n'
    return (head + text).encode(spec["encoding"])


def root(spec, inner):
    namespace = NAMESPACE[spec["dialect"]]
    mark = f' xmlns="{namespace}"' if namespace else ""
    return (f'<КоммерческаяИнформация{mark} '
            f'ВерсияСхемы="{VERSION[spec["dialect"]]}" '
            f'ДатаФормирования="{spec["formed"]}">\n{inner}'
            '</КоммерческаяИнформация>\n')


def tag(name, value, attributes=""):
    if value is None:
        return ""
    return f"<{name}{attributes}>{escape(str(value))}</{name}>\n"


def box(name, inner):
    """An element around others, or nothing where there are none."""
    return f"<{name}>\n{inner}</{name}>\n" if inner else ""


def flag(name, value):
    return "" if value is None else tag(name, str(bool(value)).lower())


def owner(spec):
    if spec["dialect"] == "bitrix31":
        return ""
    return ("<Владелец>\n" + tag("Ид", "vladelets-1") +
            tag("Наименование", "Лавка «Скрепка»") +
            tag("ПолноеНаименование", "Лавка «Скрепка»") + "</Владелец>\n")


def changes_only(spec):
    # Portions after the first say so even in a full export.
    only = not spec["full"] or spec["portion"] > 1
    return f' СодержитТолькоИзменения="{str(only).lower()}"'


def listed(value):
    """One or several."""
    return value if isinstance(value, list) else [value]
