#!/usr/bin/env python3
"""Each gate must refuse a bad example and take the good one beside it; and
the program must speak the language that it is asked for.

    run.py [BUILD]          default: build, where the program is

A gate that cannot fail guards nothing.  The examples are made in a
temporary folder; the last line is "N passed, N failed".
"""

import gettext
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
SCRIPTS = TOP / "scripts"


class Bench:
    """A folder for one example, and the verdict of a gate on it."""

    def __init__(self):
        self.passed = self.failed = 0

    def expect(self, name, wanted, command, says="", **env):
        done = subprocess.run(
            [str(part) for part in command], cwd=TOP, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=dict(os.environ, LC_ALL="C.UTF-8", **env))
        good = (done.returncode != 0) == (wanted == "refuses") \
            and says in done.stdout
        self.count(f"{name}: should be one that it {wanted}"
                   + (f", saying {says!r}" if says else ""), good, done.stdout)

    def count(self, name, good, output):
        if good:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {name}\n{output}")


def put(folder, name, text):
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def header(name):
    return f"#ifndef {name}\n#define {name}\n#endif\n"


LAYERS = [
    # name, file, its text, what is said (None: clean)
    ("lower layer", "flow/run.c", '#include "base/err.h"\n', None),
    ("own folder", "bitrix/a.c", '#include "bitrix/b24.h"\n', None),
    ("higher layer", "base/x.c", '#include "model/op.h"\n', "higher layer"),
    ("hub from a worker", "bitrix/a.c", '#include "flow/run.h"\n',
     "higher layer"),
    ("worker from a worker", "bitrix/a.c", '#include "mapping/map.h"\n',
     "workers never"),
    ("no layer in the name", "flow/run.c", '#include "err.h"\n',
     "name it with its layer"),
    ("libxml2 in the intake", "intake/a.c", "#include <libxml/xmlreader.h>\n",
     "libxml2 only"),
    ("libxml2 at its door", "commerceml/a.c",
     "#include <libxml/xmlreader.h>\n", None),
    ("libzip elsewhere", "commerceml/a.c", "#include <zip.h>\n",
     "libzip only"),
    ("SQLite elsewhere", "flow/run.c", "#include <sqlite3.h>\n",
     "SQLite only"),
    ("SQLite by a detour", "flow/run.c", "int a = sqlite3_step(b);\n",
     "SQLite only"),
    ("libcurl elsewhere", "bitrix/a.c", "#include <curl/curl.h>\n",
     "libcurl only"),
    ("cJSON elsewhere", "mapping/a.c", "const cJSON *a;\n", "cJSON only"),
    ("cJSON at its door", "bitrix/a.c", "const cJSON *a;\n", None),
    ("rename elsewhere", "intake/a.c", "int a = rename(b, c);\n",
     "only in base/file"),
    ("fsync elsewhere", "snapshot/a.c", "int a = fsync(b);\n",
     "only in base/file"),
    ("rename at its door", "base/file.c", "int a = rename(b, c);\n", None),
    ("rename in a comment", "intake/a.c", "/* never rename() here */\n", None),
    ("rename of ours", "intake/a.c", "int a = file_rename(b, c);\n", None),
]


def check_layers(bench):
    for name, file, text, says in LAYERS:
        with tempfile.TemporaryDirectory() as folder:
            for known in ("base/err.h", "model/op.h", "mapping/map.h",
                          "bitrix/b24.h", "flow/run.h"):
                put(folder, known, "")
            put(folder, file, text)
            bench.expect(f"check-layers: {name}",
                         "refuses" if says else "takes",
                         [SCRIPTS / "check-layers", folder], says or "")


def check_exports(bench):
    examples = [("takes", "int foo_add(void);\nint foo_add(void)"),
                ("takes", "int foo(void);\nint foo(void)"),
                ("takes", "int base_add(void);\nint base_add(void)"),
                ("refuses", "int bar_add(void);\nint bar_add(void)"),
                ("refuses", "int foobar(void);\nint foobar(void)")]
    for wanted, text in examples:
        with tempfile.TemporaryDirectory() as folder:
            source = put(folder, "foo.c", text + "\n{\n\treturn 0;\n}\n")
            put(folder, "obj/base/.keep", "")
            subprocess.run(["cc", "-c", "-o", f"{folder}/obj/base/foo.o",
                            str(source)], check=True)
            bench.expect(f"check-exports: {text[:15]}", wanted,
                         [SCRIPTS / "check-exports", f"{folder}/obj"])


def function(lines):
    """A C function of so many lines, the return type's line included."""
    return ("int\nf(void)\n{\n" + "\t(void)0;\n" * (lines - 5)
            + "\treturn 0;\n}\n")


def check_size(bench):
    gate = SCRIPTS / "check-size"
    for wanted, text in (("takes", function(80)), ("refuses", function(81)),
                         ("takes", "\n" * 800), ("refuses", "\n" * 801)):
        with tempfile.TemporaryDirectory() as folder:
            put(folder, "a.c", text)
            bench.expect(f"check-size: {text.count(chr(10))} lines", wanted,
                         [gate, folder])
    with tempfile.TemporaryDirectory() as folder:
        long = put(folder, "a.c", function(81))
        bench.expect("check-size: a reason is accepted", "takes",
                     [gate, folder], SIZE_ALLOWED=str(put(
                         folder, "ok", f"{long}:f a table in all but name\n")))
        bench.expect("check-size: a name alone is no reason", "refuses",
                     [gate, folder], "a reason",
                     SIZE_ALLOWED=str(put(folder, "no", f"{long}:f\n")))
    with tempfile.TemporaryDirectory() as folder:
        put(folder, "a.py", "def f():\n" + "    pass\n" * 80)
        bench.expect("check-size: Python too", "refuses", [gate, folder])


STYLE = [
    ("good", "a.c", "static int\nf(void)\n{\n\treturn 0;\n}\n", None),
    ("blanks at the end", "a.c", "int a; \n", "blanks"),
    ("81 columns", "a.c", "/*" + "x" * 77 + "*/\n", "columns"),
    ("a tab is 8 wide", "a.c", "\t/*" + "x" * 69 + "*/\n", "columns"),
    ("80 characters of 2 bytes", "a.c", "/*" + "я" * 76 + "*/\n", None),
    ("indent of blanks", "a.c", "        int a;\n", "tabs"),
    ("brace", "a.c", "int f(void) {\n", "brace"),
    ("strcpy", "a.c", "\tstrcpy(a, b);\n", "bounds"),
    ("guard", "converter/base/a.h", header("A_H"), "guard"),
    ("path of a machine", "a.md", "see /ho" "me/somebody/cml24\n",
     "machine"),
    ("no line end", "a.c", "int a;", "line end"),
]


def check_style(bench):
    for name, file, text, says in STYLE:
        with tempfile.TemporaryDirectory() as folder:
            put(folder, file, text)
            bench.expect(f"check-style: {name}",
                         "refuses" if says else "takes",
                         ["sh", "-c", f"cd {folder} && exec "
                          f"{SCRIPTS}/check-style {file}"], says or "")


def check_po(bench):
    """On copies of our own catalogue with one text spoilt."""
    good = (TOP / "converter/po/ru.po").read_text("utf-8")
    entry = re.search(r'\nmsgid "[^"%\\]+"\nmsgstr "[^"]+"\n', good).group(0)
    name = entry.split("\n")[1]
    spoilt = {
        "untranslated": good.replace(entry, f'\n{name}\nmsgstr ""\n'),
        "missing": good.replace(entry, ""),
        "fuzzy": good.replace(entry, f"\n#, fuzzy{entry}"),
        "format": good + '\n#, c-format\nmsgid "%s has %d"\n'
        'msgstr "%d имеет %s"\n',
        "braces": good + '\nmsgid "{where} has no x"\n'
        'msgstr "{found}: нет x"\n',
    }
    says = {"format": "format spec", "braces": "disagree"}
    for what, text in spoilt.items():
        with tempfile.TemporaryDirectory() as folder:
            put(folder, "ru.po", text)
            bench.expect(f"check-po: {what}", "refuses",
                         [SCRIPTS / "check-po", folder],
                         says.get(what, name))


def check_docs(bench):
    """On a small tree with one command, one option and one setting."""
    page = (".Dd November 25, 2026\n.Dt X {}\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n"
            ".Sh DESCRIPTION\n.Bl -tag -width Ds\n{}.El\n")
    command = page.format(1, ".It Ic run Op Fl Fl force\nRuns.\n")
    setting = page.format(5, ".It Va portal.burst\nA number.\n")
    examples = {
        "all there": (command, setting, ""),
        "a command is missing": (
            page.format(1, ".It Ic run Op Fl Fl force\n.It Ic rum\n"), setting,
            "command rum is not in the program"),
        "an option is missing": (
            page.format(1, ".It Ic run\nRuns.\n"), setting,
            "option force is not documented"),
        "a setting is missing": (
            command, page.format(5, ".It Va portal.brust\nA number.\n"),
            "setting portal.burst is not documented"),
        "a setting is missing in the example": (
            command, setting, "setting portal.burst is not documented"),
        "mandoc finds a fault": (
            command + ".Xx\n", setting, "macro"),
    }
    for name, (first, second, says) in examples.items():
        with tempfile.TemporaryDirectory() as folder:
            for place in ("docs", "docs/ru"):
                put(folder, f"{place}/cml24.1", first)
                put(folder, f"{place}/exchange.json.5", second)
            put(folder, "converter/main.c",
                'x = {\n\t{ "run", cmd_run, 0 },\n};\n'
                'o = { { "force", no_argument, NULL, 1 } };\n')
            put(folder, "converter/base/config.c",
                '\t{ "portal.burst", KEY_INT, 50 },\n')
            put(folder, "exchange/exchange.example.json",
                '{ // all\n"portal": { "burst": 50 } }\n' if "example"
                not in name else "{}\n")
            bench.expect(f"check-docs: {name}",
                         "refuses" if says else "takes",
                         [SCRIPTS / "check-docs", folder], says)


def check_scripts(bench):
    with tempfile.TemporaryDirectory() as folder:
        gate = SCRIPTS / "check-scripts"
        bench.expect("check-scripts: sh", "refuses", [gate, put(
            folder, "a", "#!/bin/sh\ncd /tmp\nrm -rf *\n")])
        bench.expect("check-scripts: Python", "refuses", [gate, put(
            folder, "b", "#!/usr/bin/env python3\ndef :\n")])


def check_language(bench, build):
    """The usage text, in the language of the locale, with C.UTF-8 alone."""
    program = build / "cml24"
    if not program.exists():
        print(f"{program} is not there: its languages are not tested")
        return
    for name, wanted, env in (
            ("LANGUAGE=ru is Russian", True, {"LANGUAGE": "ru"}),
            ("LANGUAGE=en is English", False, {"LANGUAGE": "en"}),
            ("no language is English", False, {"LANGUAGE": ""}),
            ("the C locale is English", False,
             {"LANGUAGE": "ru", "LC_ALL": "C"})):
        done = subprocess.run(
            [str(program), "--help"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C.UTF-8", **env})
        russian = re.search("[а-яё]{4}", done.stdout.decode("utf-8"))
        bench.count(f"language: {name}", done.stdout and
                    bool(russian) == wanted, done.stdout.decode("utf-8"))


def check_plurals(bench):
    """One, few and many in Russian; the number is said in each of them."""
    text = subprocess.run(
        ["msgcat", "--no-wrap", TOP / "converter/po/ru.po"],
        stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
    # What libintl makes of it when the program starts, Python does not.
    text = text.replace("<PRId64>", "ld")
    done = subprocess.run(["msgfmt", "-o", "-", "-"], input=text.encode(),
                          stdout=subprocess.PIPE, check=True)
    russian = gettext.GNUTranslations(io.BytesIO(done.stdout))
    entries = re.findall(r'^msgid "(.+)"\nmsgid_plural "(.+)"$', text, re.M)
    most = 0
    for one, many in entries:
        one, many = (part.replace('\\"', '"') for part in (one, many))
        forms = [russian.ngettext(one, many, n) for n in (1, 2, 5, 11, 21)]
        most = max(most, len(set(forms[:3])))
        bench.count(f"plural forms of {one!r}",
                    forms[3] == forms[2] and forms[4] == forms[0]
                    and all("%" in form for form in forms), str(forms))
    bench.count("some text has three forms", most == 3, len(entries))


def main():
    bench = Bench()
    build = Path(sys.argv[1] if len(sys.argv) > 1 else TOP / "build").resolve()
    for check in (check_layers, check_exports, check_size, check_style,
                  check_po, check_docs, check_scripts):
        check(bench)
    check_language(bench, build)
    check_plurals(bench)
    print(f"{bench.passed} passed, {bench.failed} failed")
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
