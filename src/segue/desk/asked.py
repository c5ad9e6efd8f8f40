"""What a sentence of an agent asks the customer for.

The one idea: naming a thing is not asking for it. A name counts where a question word or a verb of asking leads to it
("which browser", "send me the order number", "I was wondering since when"), or where the sentence is little more than
the name ("Order number?"). What an agent offers ("shall I send it to your e-mail") and what is another thing than the
one they have ("another browser", "the next version") does not.
"""

from __future__ import annotations

import re

LONGEST_WAY = 70
"""Characters between the word that asks and the name it leads to."""
FEW = 5
"""Words of a sentence that is little more than a name."""


def asks(sentence: str) -> bool:
    """Whether it wants an answer at all."""
    return bool(_ASKS.search(sentence))


def asked(sentence: str, names: re.Pattern[str]) -> list[str]:
    """What of those names the sentence asks for, as it words them, in small letters."""
    return [name.group(0).casefold() for name in names.finditer(sentence) if _leads_to(sentence, name)]


def begins_with_a_question_word(words: str) -> bool:
    """Whether what follows is asked about and not whether it is so: "when did you" is not "did you"."""
    return bool(_QUESTION_WORD.search(words))


def _leads_to(sentence: str, name: re.Match[str]) -> bool:
    before = sentence[: name.start()]
    if _ANOTHER.search(before):
        return False
    if _QUESTION_WORD.match(name.group(0)) or _is_near(before, _QUESTION_WORD, _TURNS):
        return True
    if _OFFERS.search(before):
        return False
    return _is_near(before, _VERB, _TURNS_AWAY) or (len(sentence.split()) <= FEW and not _STATES.search(sentence))


def _is_near(before: str, word: re.Pattern[str], turns: re.Pattern[str]) -> bool:
    """Whether such a word stands there and nothing after it turns to something else."""
    ways = (before[found.end() :] for found in word.finditer(before))
    return any(len(way) <= LONGEST_WAY and not turns.search(way) for way in ways)


_ASKS = re.compile(
    r"\?|\b(?:please|pls|kindly|(?:could|can|would|will) you|(?:may|can|could) (?:i|we) (?:ask|have|get|know|see))\b"
    r"|\blet (?:me|us) know\b|\b(?:we|i)(?:['’]ll|['’]d| will| would)?(?: still| also| only)? (?:need|require)\b"
    r"|\b(?:would|will) (?:need|help|be (?:good|great|helpful|useful))\b|\b(?:like|love|need|want"
    r"|helps?(?: \w+)?) to know\b"
    r"|\bwondering\b",
    re.I,
)
_QUESTION_WORD = re.compile(
    r"\b(?:which|what(?:['’]s)?|since when|from when|(?:by|until) when|when|where|how (?:many|much|long))\b", re.I
)
_VERB = re.compile(
    r"\b(?:send|give|provide|share|tell|say|confirm|specify|state|name|mention|write|attach|include|forward|add|upload"
    r"|describe|need|require|know|remember|ask(?: you)?(?: for)?|remind (?:me|us) of|(?:may|can|could) (?:i|we)"
    r"(?: please| kindly)? (?:have|get|see)|to (?:get|have|see)|do you(?: still)? (?:have|see|get)|did you (?:get"
    r"|see|note)|is there)\b",
    re.I,
)
_TURNS = re.compile(r"\b(?:if|whether|when|while|once|after|before|because|should|shall|so that)\b|;", re.I)
_TURNS_AWAY = re.compile(
    r"\b(?:if|whether|when|while|once|after|before|because|so that|to (?:the|your|a)|in(?:to)?)\b|;", re.I
)
_OFFERS = re.compile(
    r"\b(?:shall|should) (?:i|we)\b|\bdo you (?:still |also )?(?:want|need|wish)\b|\bwould you (?:like|prefer)\b"
    r"|\b(?:may|can|could) (?:i|we) (?!(?:please |kindly |just )?(?:ask|have|get|know|see)\b)"
    r"|(?<!can )(?<!may )(?<!could )\b(?:i|we)(?:['’](?:ll|ve)| will| have|['’]m| am|['’]re| are| can) (?!need"
    r"|require|wondering|to know|asking)",
    re.I,
)
_ANOTHER = re.compile(
    r"\b(?:another|other|different|new|newer|newest|latest|next|updated|corrected|same|this|that|these|those|our|my)"
    r"(?: \w+)? $|\b(?:screenshot|picture|photo|copy|recording|log|list)s? of (?:the|your) (?:\w+ )?$",
    re.I,
)
_STATES = re.compile(r"\b(?:is|are|was|were|has|have|will|changed|try|use|open|click|check)\b", re.I)
