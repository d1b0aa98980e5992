"""Pictures of goods: catalog.productImage.*

The list has all of a good: the two that are its fields, and its gallery.
"""

import binding
import errors
import goods_files
import goods_values
import php
import schema
from errors import RestError
from methods_catalog import may_read, may_write
from registry import Listed, method

GALLERY = "MORE_PHOTO"
_FIELDS = {"DETAIL_PICTURE": "detailPicture",
           "PREVIEW_PICTURE": "previewPicture"}


def _good(portal, ident):
    row = portal.store.products.get(ident)
    if row is None:
        raise RestError(0, "Product was not found")
    return row


def _of_field(good, kind):
    return {**good[_FIELDS[kind]], "productId": good["id"], "type": kind,
            "createTime": good.get("timestampX")}


def _all(portal, good):
    """Rows of all its pictures, each with its type."""
    rows = [_of_field(good, kind) for kind, field in _FIELDS.items()
            if good[field]]
    return rows + [portal.store.images.rows[ident] for ident in
                   portal.store.images.find("productId", good["id"])]


def _one(portal, good, ident):
    for row in _all(portal, good):
        if row["id"] == ident:
            return row
    raise RestError(0, "Image does not exist")


def _public(row, names=tuple(schema.IMAGE)):
    url = "/upload/iblock/%s/%s" % (row["id"], row["name"])
    out = {**row, "detailUrl": url,
           "downloadUrl": "/rest/download.json?token=catalog%%7C%s"
                          % row["id"]}
    return {name: out[name] for name in schema.IMAGE if name in names}


def _touched(portal, good, **fields):
    return portal.store.products.put({**good, **fields,
                                      "timestampX": portal.clock.stamp()})


def _content(params):
    content = params.get("fileContent")
    if not content:
        raise errors.missing("fileContent")
    if not isinstance(content, (list, dict)):
        raise errors.mismatch("fileContent", content, "array")
    return content


@method("catalog.productImage.add", scope="catalog")
def image_add(portal, caller, params):
    may_write(portal, 200040300020)
    given = binding.fields(params)
    content = _content(params)
    if given.get("productId") in (None, ""):
        raise RestError(0, "Product identifier is not specified")
    good = _good(portal, php.to_int(given["productId"]))
    name, data = goods_files.pair(content)
    goods_files.check(portal, name, data)
    kind = given.get("type")
    if kind in _FIELDS:
        row = goods_files.file(portal, name, data)
        good = _touched(portal, good, **{_FIELDS[kind]: row})
        return {"productImage": _public(_of_field(good, kind))}
    if not any(prop["code"] == GALLERY for prop in
               goods_values.properties(portal, good["iblockId"])):
        raise RestError(0, "Image product property does not exists. Create "
                           "MORE_PHOTO property")
    row = {**goods_files.file(portal, name, data), "productId": good["id"],
           "type": GALLERY, "createTime": portal.clock.stamp()}
    portal.store.images.put(row)
    _touched(portal, good)
    return {"productImage": _public(row)}


def _addressed(portal, params):
    """(good, picture) that `productId` and `id` mean."""
    product = binding.ident(params, "productId")
    ident = binding.ident(params)
    good = _good(portal, product)
    return good, _one(portal, good, ident)


@method("catalog.productImage.delete", scope="catalog")
def image_delete(portal, caller, params):
    may_write(portal, 200040300020)
    good, row = _addressed(portal, params)
    if row["type"] in _FIELDS:
        _touched(portal, good, **{_FIELDS[row["type"]]: None})
    else:
        portal.store.images.remove(row["id"])
        _touched(portal, good)
    return True


@method("catalog.productImage.get", scope="catalog")
def image_get(portal, caller, params):
    may_read(portal)
    return {"productImage": _public(_addressed(portal, params)[1])}


@method("catalog.productImage.list", scope="catalog")
def image_list(portal, caller, params):
    """No filter and no pages: all pictures of one good."""
    may_read(portal)
    good = _good(portal, binding.ident(params, "productId"))
    select = params.get("select") or []
    if not isinstance(select, (list, dict)):
        raise errors.mismatch("select", select, "array")
    names = [str(name) for name in php.items(select)] or schema.IMAGE
    rows = [_public(row, names) for row in _all(portal, good)]
    return Listed({"productImages": rows}, len(rows), None)


@method("catalog.productImage.getFields", scope="catalog")
def image_get_fields(portal, caller, params):
    return {"productImage": schema.describe(
        schema.IMAGE, tuple(n for n in schema.IMAGE
                            if n not in ("productId", "type")),
        ("productId",))}
