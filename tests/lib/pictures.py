"""Pictures of goods, made from a text: small, valid, always the same bytes."""

import hashlib
import struct
import zlib

FOLDER = "import_files/"
# {sha256 of the bytes: the text they were made from}: what the portal shows
# of a picture is its hash, what a case speaks of is the text.
TEXTS = {}


def path_of(path):
    """As an XML file names it."""
    return path if path.startswith(FOLDER) else FOLDER + path


def make(path, text):
    """By the ending of the path; another than of a picture: plain text."""
    kind = path.rpartition(".")[2].lower()
    data = _MAKERS.get(kind, lambda comment: comment)(text.encode())
    TEXTS[hashlib.sha256(data).hexdigest()] = text
    return data


def _png(comment):
    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data +
                struct.pack(">I", zlib.crc32(name + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
            chunk(b"iTXt", b"Comment\0\0\0\0\0" + comment) +
            chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b""))


def _jpeg(comment):
    def segment(mark, data):
        return b"\xff" + mark + struct.pack(">H", len(data) + 2) + data
    huffman = b"\x01" + bytes(15) + b"\0"   # one code, of one bit: 0
    return (b"\xff\xd8" +
            segment(b"\xe0", b"JFIF\0\1\1\0\0\1\0\1\0\0") +
            segment(b"\xfe", comment) +
            segment(b"\xdb", b"\0" + b"\1" * 64) +
            segment(b"\xc0", b"\x08\0\1\0\1\1\1\x11\0") +
            segment(b"\xc4", b"\0" + huffman) +
            segment(b"\xc4", b"\x10" + huffman) +
            segment(b"\xda", b"\1\1\0\0\x3f\0") + b"\x3f\xff\xd9")


def _gif(comment):
    parts = [comment[at:at + 255] for at in range(0, len(comment), 255)]
    said = b"".join(bytes([len(part)]) + part for part in parts)
    return (b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" +
            b"\x21\xfe" + said + b"\0" +
            b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0\x3b")


_MAKERS = {"png": _png, "jpg": _jpeg, "jpeg": _jpeg, "gif": _gif}
