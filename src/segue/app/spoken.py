"""Which language something is in, and whether its meaning is read at all.

The encoder that ships learnt its meanings from English. Of other languages it sees little more than letters, so cases
that are like a German message are found by their words and not by where they seem to lie.
"""

from __future__ import annotations

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.texts import ENGLISH, GUESSED
from segue.triage.language import written_in

_READS_ENGLISH = "minilm-l6-"
"""How the versions of that encoder begin."""


def reads_meaning(assessment: Assessment) -> bool:
    """Whether the encoder knows what such a message means."""
    return _tongue(assessment) in ("", ENGLISH) or not assessment.encoder.startswith(_READS_ENGLISH)


def is_foreign(answer: Answer | None, assessment: Assessment) -> bool:
    """Whether what the answer quotes is in another language than the customer writes in."""
    tongue = _tongue(assessment)
    quoted = (written_in(ground.text) for ground in (answer.grounds if answer else ()))
    return bool(tongue) and any(found not in ("", tongue) for found in quoted)


def _tongue(assessment: Assessment) -> str:
    """Of the customer, where that is no guess."""
    spoken = assessment.language
    return spoken.value if spoken.sure > GUESSED else ""
