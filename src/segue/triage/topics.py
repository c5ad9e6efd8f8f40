"""Topics the policy watches: legal, security, privacy, cancellation, and whatever a team adds.

The patterns are the policy's, compiled once when it is published; here they only meet the words, so that a flag can
name the rule and quote what met it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from segue.domain.assessment import TopicFlag
from segue.triage.said import Said

Watched: TypeAlias = Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]
"""Topic → (rule name, pattern). Patterns see the message in lower case with straight quotes."""

_QUOTED = 3


def topic_flags(said: Said, watched: Watched) -> tuple[TopicFlag, ...]:
    """One flag per rule that met the words."""
    flags = (_flag(said, topic, rule, pattern) for topic, rules in watched.items() for rule, pattern in rules)
    return tuple(flag for flag in flags if flag.words)


def _flag(said: Said, topic: str, rule: str, pattern: re.Pattern[str]) -> TopicFlag:
    found = (said.quote(m.start(), m.end()) for m in pattern.finditer(said.plain))
    words = tuple(dict.fromkeys(word for word in found if word))
    return TopicFlag(topic, rule, words[:_QUOTED])
