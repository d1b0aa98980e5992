"""Packages as 1C writes them, made from a short description in JSON.

The keys are in tests/flow/README.md.  Ids are the keys of the description;
only what differs between the dialects is told apart here.
"""

import copy
import json

import packages_bitrix
import packages_goods
import parties
from packages_xml import NAMESPACE, encode


def merge(base, over):
    """Objects are merged, null takes a key away, the rest is replaced."""
    out = copy.deepcopy(base)
    for key, value in over.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merge(out[key], value)
        else:
            out[key] = copy.deepcopy(value)
    return out


class Shelf:
    """Where the descriptions and the ready folders of a case lie."""

    def __init__(self, *folders):
        self._folders = folders

    def folder(self, name):
        """A folder of files that is taken as it is, or None."""
        for folder in self._folders:
            if isinstance(name, str) and (folder / name).is_dir():
                return folder / name
        return None

    def describe(self, what):
        if isinstance(what, str):
            for folder in self._folders:
                path = folder / (what + ".json")
                if path.exists():
                    what = json.loads(path.read_text(encoding="utf-8"))
                    break
            else:
                raise ValueError(f"no package named {what}")
        if "like" not in what:
            return what
        own = {k: v for k, v in what.items() if k != "like"}
        return merge(self.describe(what["like"]), own)


def files_of(description):
    """{file name: bytes} of a package."""
    spec = _complete(description)
    if spec["dialect"] not in NAMESPACE:
        raise ValueError("no such dialect: " + spec["dialect"])
    packages_goods.check(spec)
    out = packages_bitrix.files_of(spec) if spec["dialect"] == "bitrix31" \
        else _goods(spec)
    for kind, text in (("contragents", parties.contragents),
                       ("documents", parties.documents)):
        if kind in spec["files"]:
            out[parties.FILES[kind]] = encode(spec, text(spec))
    return out


def _goods(spec):
    out = {}
    for kind, text in (("import", packages_goods.import_file),
                       ("offers", packages_goods.offers_file)):
        if kind in spec["files"]:
            out[_file_name(spec, kind)] = encode(spec, text(spec))
    if out:
        out.update(packages_goods.images(spec))
    return out


def _complete(description):
    spec = {"dialect": "ut11", "formed": "2026-11-24T09:00:00", "full": True,
            "portion": 1, "catalog": "katalog-1", "groups": {}, "goods": {},
            "parties_schema": "3.1",
            "price_types": {}, "classifier": None, "encoding": "utf-8-sig",
            "counterparties": {}, "documents": {}, "properties": {},
            "warehouses": {}, "images": {}, "only_changes": False,
            **copy.deepcopy(description)}
    for number in range(1, spec.get("many_parties", 0) + 1):
        spec["counterparties"].setdefault(f"k{number:03}", {
            "name": f"Ромашка № {number}", "inn": str(7700000000 + number),
            "official_name": f'ООО "Ромашка № {number}"', "kpp": "770101001",
            "phones": [["Телефон рабочий", f"8 495 {1000000 + number}"]]})
    spec.setdefault("files", _files(spec))
    for number in range(1, spec.get("many", 0) + 1):
        spec["goods"].setdefault(f"m{number:03}", {
            "name": f"Карандаш № {number}", "article": f"КАР-{number}",
            "unit": "796", "vat": "20", "prices": {"Розничная": f"{number}.5"},
            "quantity": str(number)})
    for good in spec["goods"].values():
        for number in range(1, good.pop("many_characteristics", 0) + 1):
            good.setdefault("characteristics", {})[f"m{number:04}"] = {
                "pairs": {"Размер": str(number)}, "quantity": str(number),
                "prices": {"Розничная": f"{number}.5"}}
    if "only" in spec:
        spec["goods"] = {k: v for k, v in spec["goods"].items()
                         if k in spec["only"]}
    if spec["classifier"] is None:
        spec["classifier"] = spec["portion"] == 1
    return spec


def _files(spec):
    """What there is something to write in; goods by default."""
    out = [kind for kind, rows in (("contragents", "counterparties"),
                                   ("documents", "documents")) if spec[rows]]
    if spec["goods"] or spec.get("many") or not out:
        out = [*["import"] * (not spec["only_changes"]), "offers", *out]
    return out


def _file_name(spec, kind):
    portion = spec["portion"]
    if spec["dialect"] == "ut11":
        return f"{kind}0_{portion}.xml"
    return kind + (str(portion - 1) if portion > 1 else "") + ".xml"
