#!/usr/bin/env python3
"""Fills a folder with what the fuzzers begin with: FOLDER/xml, zip, answer,
config, and the dictionary xml.dict.

    tests/fuzz/seeds.py build/fuzz/seeds

They come from tests/data, from the corpus of live packages where that lies
beside this repository, and from the stand-in's own answers.
"""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PACKAGES = (TOP / "tests" / "data", TOP.parent / "shared" / "corpus")
# Longer inputs make every run slower and find nothing more: of a long file
# its beginning is taken.
LONGEST = 24 * 1024
IN_ZIP = 6 * 1024

ADD = "catalog.product.add?fields[iblockId]=14&fields[name]=A&fields[xmlId]=a"
LIST = ("catalog.product.list?select[]=id&select[]=iblockId&select[]=xmlId"
        "&select[]=name&filter[iblockId]=14&start=-1")
CALLS = (
    ("batch", {"halt": 0, "cmd": {"0": ADD, "1": LIST, "2": "no.such"}}),
    ("batch", {"halt": 0, "cmd": [LIST, "catalog.section.list?"
                                  "filter[iblockId]=14&select[]=id"]}),
    ("batch", {"halt": 0, "cmd": {}}),
    ("batch", {"halt": 1, "cmd": {"0": "catalog.product.update?id=99"}}),
    ("catalog.catalog.list", {}),
    ("catalog.priceType.list", {}),
    ("catalog.vat.list", {}),
    ("catalog.measure.list", {}),
    ("catalog.product.get", {"id": "none"}),
    ("no.such.method", {}),
)
SPOILT = (b"", b"[]", b"{}", b'{"result":{"result":[],"result_error":[]}}',
          b"<html><body><h1>502</h1></body></html>",
          b'{"result":{"result":{"0":{"id":"7',
          b'{"error":"","error_description":""}', b'{"error":0}',
          b'{"error":"QUERY_LIMIT_EXCEEDED"}')


def put(folder, data):
    """Named by what it holds, so that the same is there once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def packages():
    for base in PACKAGES:
        yield from (path for path in sorted(base.rglob("*.xml"))
                    if path.is_file())


def seed_xml(folder):
    for path in packages():
        with open(path, "rb") as source:
            put(folder, source.read(LONGEST))


def seed_zip(folder):
    for number, path in enumerate(packages()):
        with open(path, "rb") as source:
            data = source.read(IN_ZIP)
        put(folder, zip_of({path.name: data}, zipfile.ZIP_STORED))
        if number % 4 == 0:
            put(folder, zip_of({"webdata/" + path.name: data,
                                "webdata/import_files/a.jpg": b"\xff\xd8"},
                               zipfile.ZIP_DEFLATED))


def zip_of(entries, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def seed_answer(folder):
    for data in SPOILT:
        put(folder, data)
    portal = subprocess.Popen(
        [sys.executable, str(TOP / "tests" / "portal" / "portal.py")],
        stdout=subprocess.PIPE, text=True)
    try:
        webhook = portal.stdout.readline().split()[1]
        for method, body in CALLS:
            put(folder, ask(webhook + method, body))
    finally:
        portal.terminate()
        portal.wait()
        portal.stdout.close()


def ask(address, body):
    request = urllib.request.Request(
        address, json.dumps(body).encode(),
        {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read()


def seed_config(folder):
    put(folder, (TOP / "exchange" / "exchange.example.json").read_bytes())


def write_dictionary(path):
    """libFuzzer takes no letters beyond ASCII."""
    text = (TOP / "tests" / "fuzz" / "cml.dict").read_bytes()
    path.write_bytes(b"".join(
        bytes([byte]) if byte < 128 else b"\\x%02x" % byte
        for byte in text))


SEEDS = {"xml": seed_xml, "zip": seed_zip, "answer": seed_answer,
         "config": seed_config}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    base = Path(sys.argv[1])
    shutil.rmtree(base, ignore_errors=True)
    for name, fill in SEEDS.items():
        fill(base / name)
        count = len(list((base / name).iterdir()))
        print(f"seeds {name}: {count}")
    write_dictionary(base / "xml.dict")


if __name__ == "__main__":
    main()
