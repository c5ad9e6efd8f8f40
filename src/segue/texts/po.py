"""Catalogues in gettext's own format: read, written in a fixed order, and compiled to what the standard library reads.

A text's places are named by file, without lines, so that a catalogue changes only where texts do. The format:
https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html and MO-Files.html.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MAGIC = 0x950412DE
_JSON = json.JSONDecoder(strict=False)
_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+(".*")$')


@dataclass(frozen=True, slots=True)
class Entry:
    """One text. `strings` are its translation: one, or one for each form where it has a `plural`; empty ones are
    missing. `context` tells two meanings of one English word apart."""

    id: str
    plural: str = ""
    context: str = ""
    strings: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    is_fuzzy: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.id

    @property
    def is_whole(self) -> bool:
        return bool(self.strings) and all(self.strings) and not self.is_fuzzy


def parsed(text: str) -> list[Entry]:
    """The header is the entry with an empty id. Raises ValueError for what is no catalogue."""
    return [_entry(block) for block in re.split(r"\n\s*\n", text.strip()) if "msgid" in block]


def header(text: str) -> dict[str, str]:
    """Its fields, by name."""
    first = _entry(re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0])
    lines = first.strings[0].splitlines() if first.strings else []
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def written(fields: Mapping[str, str], entries: Iterable[Entry]) -> str:
    """A whole catalogue, ordered by where a text is first used, then by the text."""
    head = Entry("", strings=("".join(f"{name}: {value}\n" for name, value in fields.items()),))
    rest = sorted((e for e in entries if e.id), key=lambda e: (e.places[:1], e.id, e.context))
    return "\n".join(_block(entry) for entry in [head, *rest])


def compiled(entries: Iterable[Entry]) -> bytes:
    """As `gettext.GNUTranslations` reads it. What is missing or doubtful is left out: English is shown for it."""
    pairs = sorted(
        (_joined(e.context, e.id, e.plural), "\0".join(e.strings).encode()) for e in entries if not e.id or e.is_whole
    )
    begins, table, data = 28 + 16 * len(pairs), [], b""
    for column in (0, 1):
        for pair in pairs:
            table.append((len(pair[column]), begins + len(data)))
            data += pair[column] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, begins)
    return head + b"".join(struct.pack("<2I", *row) for row in table) + data


def _joined(context: str, text: str, plural: str) -> bytes:
    key = f"{context}\x04{text}" if context else text
    return (f"{key}\0{plural}" if plural else key).encode()


def _entry(block: str) -> Entry:
    found: dict[str, str] = {}
    places: list[str] = []
    is_fuzzy, last = False, ""
    for line in block.splitlines():
        if line.startswith("#:"):
            places += line[2:].split()
        elif line.startswith("#,"):
            is_fuzzy |= "fuzzy" in line
        elif line.startswith('"'):
            found[last] += _unquoted(line)
        elif match := _LINE.match(line):
            last = match[1] + (match[2] or "")
            found[last] = _unquoted(match[3])
        elif not line.startswith("#"):
            raise ValueError(f"This is no line of a catalogue: {line}")
    strings = tuple(found[name] for name in sorted(found) if name.startswith("msgstr"))
    return Entry(
        found["msgid"], found.get("msgid_plural", ""), found.get("msgctxt", ""), strings, tuple(places), is_fuzzy
    )


def _unquoted(text: str) -> str:
    """Not by Python's own reader of literals, though it reads the same: it fails where several threads ask at once."""
    try:
        return str(_JSON.decode(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"This is no text of a catalogue: {text}") from error


def _block(entry: Entry) -> str:
    lines = [f"#: {place}" for place in entry.places] + ["#, fuzzy"] * entry.is_fuzzy
    lines += [f"msgctxt {_quoted(entry.context)}"] if entry.context else []
    lines += [f"msgid {_quoted(entry.id)}"]
    if entry.plural:
        lines += [f"msgid_plural {_quoted(entry.plural)}"]
        lines += [f"msgstr[{n}] {_quoted(text)}" for n, text in enumerate(entry.strings)]
    else:
        lines += [f"msgstr {_quoted(entry.strings[0] if entry.strings else '')}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """In one line; in several where it has several, as is usual."""
    said = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    parts = said.split("\n")
    if len(parts) == 1:
        return f'"{said}"'
    lines = [f"{part}\\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
    return '""\n' + "\n".join(f'"{line}"' for line in lines)
