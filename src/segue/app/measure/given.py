"""What a measure is given: labelled rows from JSONL files, and their vectors.

The one idea: `FILE:split=train,kind=in_scope|id` names rows of a file that holds several parts, so that one file may
serve as train and test.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from segue.app.encoding import encoder_for
from segue.app.settings import Settings
from segue.domain.errors import Refused
from segue.domain.ports import DIMENSIONS, Encoder, Vector
from segue.knowledge.bringing import objects_in

Row = Mapping[str, Any]
AT_ONCE = 64
CUSTOMER = ("customer", "user")
"""Roles of whoever asks, in dialogues."""


def rows_of(named: str) -> list[Row]:
    """The rows of `FILE` or of `FILE:field=value|other,field=value`; `null` is the value of an empty or missing field.
    Raises Refused where there is no such file, a line is no JSON object, or no row is left."""
    path, wanted = _parts(named)
    if not path.is_file():
        raise Refused(f"There is no file {path}.", "Name a JSONL file, as in `rows.jsonl` or `rows.jsonl:split=train`.")
    rows: list[Row] = [
        row for row in objects_in(path) if all(_said(row.get(field)) in values for field, values in wanted.items())
    ]
    if not rows and not wanted:
        raise Refused(f"There is no row in {path}.", "Name a JSONL file with one JSON object a line.")
    if not rows:
        raise Refused(f"No row of {path} is left by {named!r}.", "Look at the fields and values after the colon.")
    return rows


def texts_of(rows: Iterable[Row], field: str = "text") -> list[str]:
    """Raises Refused, naming the row, where one has no such text."""
    texts = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get(field), str):
            raise Refused(f"Row {number} has no text in {field!r}.", "Every row needs one.")
        texts.append(str(row[field]))
    return texts


def labelled(rows: Sequence[Row]) -> Sequence[Row]:
    """The same rows. Raises Refused where an intent is no word, or no row names one, not even as null: then every
    message would silently count as none of these."""
    if rows and not any("intent" in row for row in rows):
        raise Refused("No row has the field 'intent'.", "Every row needs one; null is none of these.")
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get("intent"), str | int | None):
            raise Refused(f"Row {number} has an intent that is no word.", "Give a name, or null for none of these.")
    return rows


def turns_of(number: int, row: Row) -> list[Row]:
    """Those of a dialogue; none where the row has none. Raises Refused, naming the row, where they are no objects."""
    turns = row.get("turns") or []
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise Refused(f"Row {number} has turns that are no objects.", "Each turn needs a role and a text.")
    return turns


@cache
def encoder() -> Encoder:
    """The one that the environment names (SEGUE_ENCODER), loaded once."""
    return encoder_for(Settings.from_environment())


def encoded(texts: Sequence[str], by: Encoder) -> Vector:
    """float32 [texts, DIMENSIONS]; the same text is encoded once. One thread a core: the model itself keeps to one."""
    different = list(dict.fromkeys(texts))
    pieces = [different[at : at + AT_ONCE] for at in range(0, len(different), AT_ONCE)]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        rows = list(threads.map(by.encode, pieces))
    all_rows = np.concatenate(rows) if rows else np.empty((0, DIMENSIONS), np.float32)
    place = {text: n for n, text in enumerate(different)}
    return all_rows[[place[text] for text in texts]]


def _parts(named: str) -> tuple[Path, dict[str, frozenset[str]]]:
    """A file whose own name has a colon is taken as it stands."""
    path, colon, rest = named.rpartition(":")
    if not colon or "=" not in rest or Path(named).is_file():
        return Path(named), {}
    pairs = (part.partition("=") for part in rest.split(","))
    return Path(path), {field: frozenset(values.split("|")) for field, _, values in pairs}


def _said(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
