"""The assistant's side of a turn: an answer with its grounds and its confidence, or an abstention with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AnswerKind(StrEnum):
    ANSWER = "answer"
    QUESTION = "question"
    """A clarifying question between intents that are close."""
    COURTESY = "courtesy"
    """A greeting returned, thanks acknowledged: nothing is claimed."""
    ABSTENTION = "abstention"


class Abstention(StrEnum):
    NO_GROUNDS = "no_grounds"
    UNKNOWN_MATTER = "unknown_matter"
    UNOPENED_INTENT = "unopened_intent"
    STALE_ARTICLE = "stale_article"
    NO_HEADS = "no_heads"
    ALREADY_SAID = "already_said"
    IN_A_FILE = "in_a_file"
    READS_ANEW = "reads_anew"
    """Another encoder came: all that was learnt is fitted anew, and until then nothing is claimed."""
    NO_VALUE = "no_value"
    """The article asks for something of this customer that nobody knows, or that a visitor only claims."""
    ANOTHER_ACT = "another_act"
    """The article does not tell how to do what is asked: it is about invoices, but not about deleting one."""
    REFERS_TO_US = "refers_to_us"
    """The article only says to write to us, which the customer just did; `grounds` is where it says so."""
    ANOTHER_THING = "another_thing"
    """The article speaks of another place, brand or plan than the message, which calls it `another_thing`."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A passage an answer rests on. `start` and `end` are offsets into that version of the article's body."""

    passage_id: str
    article_id: str
    title: str
    slug: str
    version: int
    start: int
    end: int
    text: str
    heading: str = ""
    """That it stands under; empty for none, and where it was noted before headings were."""


@dataclass(frozen=True, slots=True)
class Answer:
    kind: AnswerKind
    text: str = ""
    grounds: tuple[Ground, ...] = ()
    confidence: float | None = None
    """Calibrated probability that this answer resolves the matter; None where nothing is claimed."""
    abstention: Abstention | None = None
    options: tuple[str, ...] = ()
    """The intents a clarifying question offers."""
    article_id: str | None = None
    intent: str | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    calibration: str = ""
    """Version of the confidence that was used."""
    another_thing: str = ""
    """What the message names and the article does not speak of; empty for nothing, and where it was not looked at."""
