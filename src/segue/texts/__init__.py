"""What people read, in their language. English stands in the code; the catalogues beside this file hold the rest.

The one idea: a text is worded where it is needed, in the language of whoever will read it, and that language belongs to
the walk of one request or one message (`speaking`). Where nobody said which, it is English: so logs, the command line
and the API for machines stay English by themselves, and nothing worded is ever kept as a record.
"""

from __future__ import annotations

import gettext as standard
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

from segue.texts.po import compiled, header, parsed

ENGLISH = "en"
_SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)
KEPT: ContextVar[dict[str, dict[str, Any]] | None] = ContextVar("kept", default=None)
GUESSED = 0.6
"""How sure a detected language is at most where it was only taken for granted."""


def _(text: str, /, **values: Any) -> str:
    """`text` in the language that is spoken, with `values` written in: `_("%(name)s is kept.", name=name)`. A per cent
    sign is written twice."""
    return keep(gettext(text) % values, id=text, values=values)


def _n(one: str, many: str, num: int, /, **values: Any) -> str:
    """The form that `num` asks for; `%(num)s` stands for it."""
    values = {"num": num, **values}
    return keep(ngettext(one, many, num) % values, id=one, plural=many, values=values)


def _p(context: str, text: str, /, **values: Any) -> str:
    """For a word that means several things in English: `_p("verdict", "Right")`."""
    return keep(pgettext(context, text) % values, id=text, context=context, values=values)


def word(text: str) -> str:
    """What a table or a record holds, as people read it, where a catalogue knows it; a name of somebody's stays."""
    return keep(gettext(text).replace("%%", "%"), word=text)


def N_(text: str) -> str:  # noqa: N802 (as everybody calls it)
    """Marks a text that stands in a table; whoever shows it says `word(it)`."""
    return text


def keep(said: str, **how: Any) -> str:
    """Notes how something was worded, where that is kept (`wording.keeping`)."""
    kept = KEPT.get()
    if kept is not None:
        kept[said] = how
    return said


@cache
def in_every_language(text: str) -> tuple[str, ...]:
    """As each catalogue has it, English first."""
    return tuple(_catalogue(language).gettext(text) for language in languages())


def speak(language: str) -> None:
    """From here to the end of the request. A language without a catalogue is English."""
    _SPOKEN.set(language if language in languages() else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """For a while: what a customer is told is worded in theirs, whoever presses the button."""
    before = _SPOKEN.set(language if language in languages() else ENGLISH)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """Its code: "en", "de"."""
    return _SPOKEN.get()


@cache
def languages() -> dict[str, str]:
    """What each calls itself, by code, English first: one for every catalogue."""
    found = {code: header(source(code)).get("X-Language-Name", code) for code in _codes()}
    return {ENGLISH: found.pop(ENGLISH), **found}


def understood(detected: str, sure: float, otherwise: str) -> str:
    """In which language somebody is answered who wrote in `detected`: in that, where we speak it; else as the workspace
    does (`otherwise`, empty where it has chosen none)."""
    return detected if detected in languages() and sure > GUESSED else otherwise or ENGLISH


def fitting(accepted: str) -> str:
    """Of what a browser asks for (RFC 9110, Accept-Language) the first we have; empty where we have none."""
    wishes = (wish.partition(";") for wish in accepted[:500].split(","))
    ranked = sorted(((_weight(q), tag.strip().lower()) for tag, _sep, q in wishes), key=lambda wish: -wish[0])
    return next((code for weight, tag in ranked if weight > 0 for code in languages() if _is_of(tag, code)), "")


def source(language: str) -> str:
    """The catalogue as it is written."""
    return (files(__name__) / f"{language}.po").read_text("utf8")


def gettext(text: str) -> str:
    return _catalogue(spoken()).gettext(text) if text else ""


def ngettext(one: str, many: str, num: int) -> str:
    return _catalogue(spoken()).ngettext(one, many, num)


def pgettext(context: str, text: str) -> str:
    return _catalogue(spoken()).pgettext(context, text)


def npgettext(context: str, one: str, many: str, num: int) -> str:
    return _catalogue(spoken()).npgettext(context, one, many, num)


@cache
def _catalogue(language: str) -> standard.NullTranslations:
    """Compiled in memory when it is first needed; a text it does not have is shown in English, which needs none."""
    if language == ENGLISH:
        return standard.NullTranslations()
    return standard.GNUTranslations(io.BytesIO(compiled(parsed(source(language)))))


def _codes() -> list[str]:
    return sorted(file.name.removesuffix(".po") for file in files(__name__).iterdir() if file.name.endswith(".po"))


def _weight(q: str) -> float:
    try:
        return float(q.partition("=")[2]) if q else 1.0
    except ValueError:
        return 0.0


def _is_of(tag: str, code: str) -> bool:
    return tag == code or tag.startswith(f"{code}-")
