"""How a sentence that is kept was worded, so that whoever looks at it later reads it in their own language.

A briefing is written when a conversation is handed over, for nobody in particular. Its lines are kept in English, and
beside them the texts and values they were made of; what a customer wrote is no text, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from segue.texts import ENGLISH, KEPT, forms, gettext, keep, ngettext, pgettext, speaking, word

Wording = dict[str, dict[str, Any]]
"""By the English of a sentence: `id`, `values`, and where it has one `plural` or `context`; or what it is made of: a
`sentence`, the `same` as another, `parts`, a `number`."""


@contextmanager
def keeping() -> Iterator[Wording]:
    """What is worded meanwhile, in English."""
    kept: Wording = {}
    before = KEPT.set(kept)
    try:
        with speaking(ENGLISH):
            yield kept
    finally:
        KEPT.reset(before)


def sentence(clause: str) -> str:
    """With a capital and a full stop."""
    return keep(_capital(clause) + ".", sentence=clause)


def same(said: str, clause: str) -> str:
    """`said` is another way to say `clause`, which English alone has."""
    return keep(said, same=clause)


def listed(parts: Sequence[str], between: str) -> str:
    """Several sentences as one."""
    return keep(between.join(parts), parts=list(parts), between=between) if len(parts) > 1 else "".join(parts)


def made_of(said: str, kept: Mapping[str, Mapping[str, Any]]) -> Wording:
    """Of what is kept, that which `said` was made of; empty where nothing is known of it."""
    how = kept.get(said)
    if how is None:
        return {}
    inside = (*how.get("values", {}).values(), *how.get("parts", ()), how.get("sentence"), how.get("same"))
    found = {said: dict(how)}
    for part in inside:
        found |= made_of(part, kept) if isinstance(part, str) and part != said else {}
    return found


def worded(said: str, kept: Mapping[str, Mapping[str, Any]]) -> str:
    """`said` in the language that is spoken; as it stands where nothing is known of how it was made."""
    how = kept.get(said)
    if how is None:
        return said
    if "sentence" in how:
        return _capital(worded(how["sentence"], kept)) + "."
    if "same" in how:
        return worded(how["same"], kept)
    if "parts" in how:
        return str(how["between"]).join(worded(part, kept) for part in how["parts"])
    if "word" in how:
        return word(how["word"])
    if "number" in how:
        return forms.number(*how["number"])
    values = {name: worded(value, kept) if isinstance(value, str) else value for name, value in how["values"].items()}
    return _text(how) % values


def _text(how: Mapping[str, Any]) -> str:
    text = str(how["id"])
    if "plural" in how:
        return ngettext(text, str(how["plural"]), int(how["values"]["num"]))
    return pgettext(str(how["context"]), text) if "context" in how else gettext(text)


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
