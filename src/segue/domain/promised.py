"""What a person promised in a message, in their own words: the sentence, not the whole message.

The one idea: a promise names who will do something, or when something will have happened. Manners ("I will be glad to
help", "please let us know") promise nothing.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_PROMISE = re.compile(
    r"\b(?:(?:i|we|he|she|they|[A-Z][a-z]+|(?:my|a|our|the) (?:colleague|team|engineer|specialist|manager)s?)"
    r"(?:'ll| will| am going to| are going to| is going to)"
    r"|you(?:'ll| will| should| can expect)? (?:get|receive|have|hear|be|see|expect)"
    r"|(?:it|this|that|the \w+)(?:'ll| will| should)(?: be| have| arrive| appear| reach)"
    r"|(?:within|in) (?:the next )?(?:\d+|an?|one|two|three|four|five|a few|a couple of)[\w\s-]{0,20}?"
    r"(?:hour|day|week|minute)s?"
    r"|by (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight|noon|the end of)"
    r"|(?:i|we) promise)\b",
    re.IGNORECASE,
)
_MANNERS = re.compile(
    r"\b(?:will|'ll) (?:be|am) (?:happy|glad|pleased|here|around|with you)|\blet (?:me|us) know\b|\bhope\b|\bif you\b"
    r"|\bwould you\b|\byou (?:will|'ll) (?:find|need|have to|see)\b|\byou can\b",
    re.IGNORECASE,
)
_LONGEST = 300


def promised_in(text: str) -> str:
    """The last sentence of `text` that promises something, at most 300 characters; empty where none does."""
    sentences = (m[0].strip() for m in _SENTENCE.finditer(text[:5_000].replace("’", "'")))
    promises = [s for s in sentences if _PROMISE.search(s) and not _MANNERS.search(s) and not s.endswith("?")]
    return promises[-1][:_LONGEST] if promises else ""
