"""What a sentence of an agent asks the customer for, in English and in German.

The one idea: naming a thing is not asking for it. A name counts where a question word or a verb of asking leads to it
("which browser", "send me the order number", "können Sie mir die Rechnungsnummer nennen"), or where the sentence is
little more than the name ("Order number?"). What an agent offers ("shall I send it to your e-mail") and what is another
thing than the one they have ("another browser", "the next version") does not.
"""

from __future__ import annotations

import re

from segue.desk.asking_words import ENGLISH, GERMAN, IS_GERMAN, Tongue

LONGEST_WAY = 70
"""Characters between the word that asks and the name it leads to."""
FEW = 5
"""Words of a sentence that is little more than a name."""


def asks(sentence: str) -> bool:
    """Whether the sentence wants an answer at all."""
    return bool(tongue_of(sentence).asks.search(sentence))


def asked(sentence: str, names: re.Pattern[str]) -> list[str]:
    """Which of `names` the sentence asks for, in its own words, in small letters."""
    tongue = tongue_of(sentence)
    return [name.group(0).casefold() for name in names.finditer(sentence) if _leads_to(tongue, sentence, name)]


def begins_with_a_question_word(words: str) -> bool:
    """Whether the words begin with one that asks for a thing, as "when did you" does, and not with one that asks
    whether something is so, as "did you" does."""
    return bool(tongue_of(words).is_asked_about.search(words))


def tongue_of(sentence: str) -> Tongue:
    """The language whose words it is read by: German where one of its words is none in English."""
    return GERMAN if IS_GERMAN.search(sentence) else ENGLISH


def _leads_to(tongue: Tongue, sentence: str, name: re.Match[str]) -> bool:
    before, after = sentence[: name.start()], sentence[name.end() :]
    if tongue.another.search(before):
        return False
    if tongue.is_asked_about.match(name.group(0)) or _is_near(before, tongue.question_word, tongue.turns):
        return True
    if tongue.offers.search(before) or (tongue.was_done and tongue.was_done.search(before + "…" + after)):
        return False
    if _is_near(before, tongue.verb, tongue.turns_away) or _is_framed(tongue, before, after):
        return True
    return len(sentence.split()) <= FEW and not tongue.states.search(sentence)


def _is_framed(tongue: Tongue, before: str, after: str) -> bool:
    """Where the verb comes last: "können Sie mir die Rechnungsnummer nennen"."""
    if tongue.frame is None or tongue.last is None:
        return False
    return _is_near(before, tongue.frame, tongue.turns_away) and bool(tongue.last.search(after[:LONGEST_WAY]))


def _is_near(before: str, word: re.Pattern[str], turns: re.Pattern[str]) -> bool:
    """Whether such a word stands there and nothing after it turns to something else."""
    ways = (before[found.end() :] for found in word.finditer(before))
    return any(len(way) <= LONGEST_WAY and not turns.search(way) for way in ways)
