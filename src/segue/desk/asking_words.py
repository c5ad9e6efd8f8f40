"""How an agent asks: the words of English and of German by which `desk/asked.py` reads a sentence.

They stand in phrases/en/asking.yaml and phrases/de/asking.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segue.desk.phrase_books import book, whole


@dataclass(frozen=True, slots=True)
class Tongue:
    asks: re.Pattern[str]
    """That the sentence wants an answer at all."""
    question_word: re.Pattern[str]
    """Leads to the name of what is asked for: which, what."""
    is_asked_about: re.Pattern[str]
    """Any question word: the name itself may be one ("since when")."""
    verb: re.Pattern[str]
    """Of asking, before the name."""
    turns: re.Pattern[str]
    """After a question word: from here on it is about something else."""
    turns_away: re.Pattern[str]
    """And after a verb."""
    offers: re.Pattern[str]
    another: re.Pattern[str]
    """Right before the name: it is not the thing they have."""
    states: re.Pattern[str]
    """A short sentence that says something."""
    frame: re.Pattern[str] | None = None
    last: re.Pattern[str] | None = None
    """The two halves between which a German name stands."""
    was_done: re.Pattern[str] | None = None
    """Asks whether something happened with the name."""


_EN, _DE = book("en", "asking"), book("de", "asking")
ENGLISH = Tongue(
    asks=re.compile(rf"\?|\b{_EN['asks']}\b", re.I),
    question_word=whole(_EN["question_word"]),
    is_asked_about=whole(_EN["is_asked_about"]),
    verb=whole(_EN["verb"]),
    turns=re.compile(rf"\b{_EN['turns']}\b|;", re.I),
    turns_away=re.compile(rf"\b{_EN['turns_away']}\b|;", re.I),
    offers=re.compile(rf"\b{_EN['offers']}\b|\b{_EN['may_we']} (?!{_EN['no_offer']}\b)|\b{_EN['we_will']}", re.I),
    another=re.compile(rf"\b{_EN['another']}(?: \w+)? $|\b{_EN['part_of']} (?:\w+ )?$", re.I),
    states=whole(_EN["states"]),
)
GERMAN = Tongue(
    asks=re.compile(rf"\?|\b{_DE['asks']}\b", re.I),
    question_word=whole(_DE["question_word"]),
    is_asked_about=whole(_DE["is_asked_about"]),
    verb=whole(_DE["verb"]),
    turns=re.compile(rf"\b{_DE['turns']}\b|;", re.I),
    turns_away=re.compile(rf"\b{_DE['turns_away']}\b|;|\b{_DE['leads_away']} (?:{_DE['article']} )?$", re.I),
    offers=whole(_DE["offers"]),
    another=re.compile(rf"\b{_DE['another']} (?:\w+[- ])?$|\b{_DE['part_of']} (?:\w+ )?$", re.I),
    states=whole(_DE["states"]),
    frame=whole(_DE["frame"]),
    last=whole(_DE["last"]),
    was_done=re.compile(rf"\b{_DE['have_you']}\b.*…[^?]*\b{_DE['done']}\s*\?", re.I),
)
IS_GERMAN = re.compile(rf"[äöüß]|\b{_DE['is_german']}\b", re.I)
"""Words that are none in English."""
