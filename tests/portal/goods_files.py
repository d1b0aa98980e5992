"""Files of pictures: [name, base64], as they come and as they are kept."""

import base64
import binascii
import hashlib
import re
from urllib.parse import urlencode

import php
from errors import RestError

NAME_MAX = 255
_EXTENSIONS = ("jpg", "jpeg", "jpe", "png", "gif", "webp")
_FORBIDDEN = re.compile(r"""[\x00-\x1f\\/:*?"'<>|~#&;]""")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")


def pair(given):
    """(name, bytes) of [name, base64]; bytes None where that is no base64."""
    if not isinstance(given, (list, dict)):
        return None, None
    items = php.items(given)[:2]
    if len(items) < 2 or not isinstance(items[0], str):
        return (items[0] if items and isinstance(items[0], str) else None,
                None)
    try:
        data = base64.b64decode(items[1], validate=True)
    except (binascii.Error, ValueError, TypeError):
        data = None
    return items[0], data or None


def check(portal, name, data):
    """Refuses what Bitrix refuses, in the order of the page."""
    if not name:
        raise RestError(0, "File name is not specified")
    if _FORBIDDEN.search(name):
        raise RestError(0, "File name contains invalid characters")
    if len(name) > NAME_MAX:
        raise RestError(0, "File name is too long")
    if data is None:
        raise RestError(0, "Could not save image.")
    if len(data) > portal.config["image_max"]:
        raise RestError(0, "Maximum upload file size exceeded")
    if not _is_image(name, data):
        raise RestError(0, "Invalid file type")


def _is_image(name, data):
    known = data.startswith(_MAGIC) or \
        (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    return known and name.rpartition(".")[2].lower() in _EXTENSIONS


def file(portal, name, data):
    """What is kept of a file; its id is new, whatever was there before."""
    return {"id": portal.store.images.new_id(), "name": name,
            "hash": hashlib.sha256(data).hexdigest(), "size": len(data)}


def changes(portal, given, field):
    """{field: file or None} out of the fields of a good; {} where Bitrix
    ignores what was passed."""
    value = given.get(field)
    if not isinstance(value, dict):
        return {}
    if value.get("remove") == "Y":
        return {field: None}
    name, data = pair(value.get("fileData"))
    if data is None:
        return {}
    check(portal, name, data)
    return {field: file(portal, name, data)}


def shown(row, field):
    held = row.get(field)
    if not held:
        return None
    url = "/rest/catalog.product.download?" + urlencode({
        "fields[fieldName]": field, "fields[fileId]": held["id"],
        "fields[productId]": row["id"]})
    return {"id": str(held["id"]), "url": url, "urlMachine": url}
