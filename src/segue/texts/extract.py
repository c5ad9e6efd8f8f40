"""Finds every text that people read: in templates, in Python and in the scripts; and brings the catalogues up to date.

Only what is written out can be found. So what is handed to `_` is always a literal; a text that stands in a table is
marked with `N_` there.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from segue.texts.po import Entry, header, parsed, written

PACKAGE = Path(__file__).parents[1]
CATALOGUES = Path(__file__).parent
_PLACE = re.compile(r"%\((\w+)\)s")
_IN_SCRIPT = re.compile(r'(?<![\w.$])t\(\s*(?P<text>"(?:[^"\\]|\\.)*")(?=\s*[,)])')
Found = tuple[str, str, str]
"""Context, text, its plural."""


class Unreadable(Exception):
    """A text that is not written out, with the place."""


def texts(root: Path = PACKAGE) -> list[Entry]:
    """Every text with its places, without translation. Raises Unreadable."""
    found: dict[tuple[str, str], Entry] = {}
    for place, (context, text, plural) in _all(root):
        old = found.get((context, text), Entry(text, plural, context))
        if plural and old.plural and plural != old.plural:
            raise Unreadable(f"{place}: “{text}” has two plurals. Give one of them a context.")
        places = tuple(sorted({*old.places, place}))
        found[context, text] = replace(old, plural=old.plural or plural, places=places)
    return list(found.values())


def update(language: str, found: list[Entry]) -> tuple[str, int]:
    """The catalogue of a language with every text in it and none that is gone, and how many it lacks."""
    path = CATALOGUES / f"{language}.po"
    old = path.read_text("utf8") if path.exists() else written(_head(language), ())
    known = {entry.key: entry for entry in parsed(old)}
    forms = int(re.findall(r"nplurals=(\d+)", header(old)["Plural-Forms"])[0])
    entries = [_translated(entry, known.get(entry.key), language, forms) for entry in found]
    return written(header(old), entries), sum(not entry.is_whole for entry in entries)


def flaws(language: str, found: list[Entry]) -> list[str]:
    """What is wrong with a catalogue, in sentences; empty where it is complete and fits the code."""
    known = {entry.key: entry for entry in parsed((CATALOGUES / f"{language}.po").read_text("utf8")) if entry.id}
    needed = {entry.key: entry for entry in found}
    told = [f"{language}: “{text}” is missing" for (_c, text) in needed.keys() - known.keys()]
    told += [f"{language}: “{text}” is used nowhere any more" for (_c, text) in known.keys() - needed.keys()]
    for key in needed.keys() & known.keys():
        told += [f"{language}: {flaw}" for flaw in _flaws(needed[key], known[key])]
    return sorted(told)


def _flaws(needed: Entry, known: Entry) -> Iterator[str]:
    said = f"“{needed.id}”"
    if known.is_fuzzy:
        yield f"{said} is marked as doubtful"
    if not known.is_whole:
        yield f"{said} is not translated"
    if needed.plural != known.plural or needed.places != known.places:
        yield f"{said} is not as the code has it: run `segue texts extract`"
    wanted = set(_PLACE.findall(needed.id)) | set(_PLACE.findall(needed.plural))
    for string in known.strings:
        named = set(_PLACE.findall(string))
        if named - wanted or (wanted - named - ({"num"} if needed.plural else set())):
            yield f"{said} names {sorted(named)} in place of {sorted(wanted)}"
        if re.sub(r"%%|%\(\w+\)s", "", string).count("%"):
            yield f"{said} has a single per cent sign"


def _translated(entry: Entry, known: Entry | None, language: str, forms: int) -> Entry:
    if language == "en":
        return replace(entry, strings=(entry.id, entry.plural) if entry.plural else (entry.id,))
    empty = ("",) * (forms if entry.plural else 1)
    strings = known.strings if known and len(known.strings) == len(empty) else empty
    return replace(entry, strings=strings, is_fuzzy=bool(known and known.is_fuzzy))


def _head(language: str) -> dict[str, str]:
    return {
        "Language": language, "X-Language-Name": language, "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit", "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }  # fmt: skip


def _all(root: Path) -> Iterator[tuple[str, Found]]:
    for kind, read in (("py", in_python), ("html", in_template), ("js", in_script)):
        for file in sorted(root.rglob(f"*.{kind}")):
            place = file.relative_to(root).as_posix()
            yield from ((place, found) for found in read(file.read_text("utf8"), place))


def in_python(source: str, place: str) -> Iterator[Found]:
    if not re.search(r"\b(_|_n|_p|N_)\(", source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SHAPES:
            if node.func.id == "_" and node.args and isinstance(node.args[0], _MARKED):
                continue
            yield from _found(node.func.id, [_literal(arg) for arg in node.args], f"{place}:{node.lineno}")


def in_template(source: str, place: str) -> Iterator[Found]:
    for line, call, message in extract_from_ast(_environment().parse(source), _NAMES):
        yield from _found(_CALLED.get(call, call), message, f"{place}:{line}")


def in_script(source: str, place: str) -> Iterator[Found]:
    for match in _IN_SCRIPT.finditer(source):
        yield from _found("_", json.loads(match["text"]), place)


def _found(call: str, args: Any, place: str) -> Iterator[Found]:
    """`args` as far as they are literals; None for others."""
    given = list(args) if isinstance(args, list | tuple) else [args]
    texts = given[: _SHAPES[call]]
    if len(texts) < _SHAPES[call] or not all(isinstance(text, str) and text for text in texts):
        raise Unreadable(f"{place}: what is handed to {call}() must be written out.")
    yield {"_n": ("", texts[0], texts[-1]), "_p": (texts[0], texts[-1], "")}.get(call, ("", texts[0], ""))


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def _environment() -> Environment:
    found = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, autoescape=True)
    found.newstyle_gettext = True  # type: ignore[attr-defined]
    return found


_MARKED = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
"""Where a text that was marked elsewhere is shown."""
_SHAPES = {"_": 1, "N_": 1, "_n": 2, "_p": 2}
"""How many of its arguments are texts."""
_CALLED = {"gettext": "_", "ngettext": "_n", "pgettext": "_p"}
_NAMES = ("_", "_n", "_p", "gettext", "ngettext", "pgettext")
"""What a template calls; the last three by `{% trans %}`."""
