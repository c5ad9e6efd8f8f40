"""Who handles it and why: a structured record. Prose is rendered from it and never parsed back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from segue.domain.conversation import Handler
from segue.texts import N_, _


class Action(StrEnum):
    ANSWER = "answer"
    ASK = "ask"
    ACKNOWLEDGE = "acknowledge"
    SUGGEST = "suggest"
    """A person has the conversation; the answer is shown to them."""
    HAND_OFF = "hand_off"


class Rung(IntEnum):
    """How far the assistant may go in a cell, from low to high."""

    ROUTE = 0
    SHADOW = 1
    SUGGEST = 2
    APPROVE = 3
    AUTO_WITH_HOLD = 4
    AUTO = 5

    @property
    def code(self) -> str:
        """As policies, rows and the API write it."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """As it is said in English: "auto with hold"."""
        return self.code.replace("_", " ")


class Reason(StrEnum):
    """The closed list. The value is stable; `sentence` is how a person says it."""

    ASKED_FOR_PERSON = "asked_for_person"
    ALWAYS_HUMAN_TOPIC = "always_human_topic"
    ALWAYS_HUMAN_CATEGORY = "always_human_category"
    UNVERIFIED_CUSTOMER = "unverified_customer"
    FRUSTRATED = "frustrated"
    COMPLEX = "complex"
    URGENT = "urgent"
    IMPORTANT_CUSTOMER = "important_customer"
    ASKED_BEFORE = "asked_before"
    TOO_MANY_TURNS = "too_many_turns"
    OTHER_LANGUAGE = "other_language"
    UNKNOWN_MATTER = "unknown_matter"
    UNOPENED_INTENT = "unopened_intent"
    NO_GROUNDS = "no_grounds"
    ANOTHER_ACT = "another_act"
    REFERS_TO_US = "refers_to_us"
    ANOTHER_THING = "another_thing"
    STALE_ARTICLE = "stale_article"
    ALREADY_SAID = "already_said"
    IN_A_FILE = "in_a_file"
    READS_ANEW = "reads_anew"
    RUNG_TOO_LOW = "rung_too_low"
    AWAITS_APPROVAL = "awaits_approval"
    HELD_OUT = "held_out"
    TOO_LITTLE_EVIDENCE = "too_little_evidence"
    LOW_CONFIDENCE = "low_confidence"
    NOT_CONSIDERED = "not_considered"
    ASSISTANT_OFF = "assistant_off"
    NOT_DELIVERED = "not_delivered"
    PERSON_HAS_IT = "person_has_it"
    GIVEN_TO_PEOPLE = "given_to_people"
    TAKEN_BY_PERSON = "taken_by_person"
    ANSWER_REJECTED = "answer_rejected"
    CONFIDENT = "confident"
    INTENTS_CLOSE = "intents_close"
    GREETING = "greeting"
    CLOSING = "closing"

    @property
    def sentence(self) -> str:
        return _(_SENTENCES[self])


_SENTENCES = {
    Reason.ASKED_FOR_PERSON: N_("the customer asked for a person"),
    Reason.ALWAYS_HUMAN_TOPIC: N_("the topic always goes to a person"),
    Reason.ALWAYS_HUMAN_CATEGORY: N_("the category always goes to a person"),
    Reason.UNVERIFIED_CUSTOMER: N_("the customer is not verified and the matter concerns their account"),
    Reason.FRUSTRATED: N_("the customer is frustrated"),
    Reason.COMPLEX: N_("the matter is complex"),
    Reason.URGENT: N_("the matter is urgent"),
    Reason.IMPORTANT_CUSTOMER: N_("customers of this tier get a person"),
    Reason.ASKED_BEFORE: N_("the customer has asked before"),
    Reason.TOO_MANY_TURNS: N_("the assistant has had its turns"),
    Reason.OTHER_LANGUAGE: N_("the assistant does not answer in this language"),
    Reason.UNKNOWN_MATTER: N_("the matter is none of the known ones"),
    Reason.UNOPENED_INTENT: N_("the matter is known by name but not opened to the assistant"),
    Reason.NO_GROUNDS: N_("no approved article answers it"),
    Reason.ANOTHER_ACT: N_("the article there is does not tell how to do what is asked for"),
    Reason.REFERS_TO_US: N_("the article there is only says to write to us"),
    Reason.ANOTHER_THING: N_("the message asks about something the article there is does not speak of"),
    Reason.STALE_ARTICLE: N_("the article that would answer it is past its review date"),
    Reason.ALREADY_SAID: N_("the assistant has given this answer already"),
    Reason.IN_A_FILE: N_("what it is about stands in a file, which the assistant does not read"),
    Reason.READS_ANEW: N_("the assistant reads with another encoder now, and what it had learnt is being fitted to it"),
    Reason.RUNG_TOO_LOW: N_("the assistant may not answer alone here"),
    Reason.AWAITS_APPROVAL: N_("an agent approves the answer before it is sent"),
    Reason.HELD_OUT: N_("it was drawn at random to go to a person, for comparison"),
    Reason.TOO_LITTLE_EVIDENCE: N_("too few judged cases to set a threshold"),
    Reason.LOW_CONFIDENCE: N_("the assistant is not confident enough"),
    Reason.NOT_CONSIDERED: N_("the assistant could not consider it in time"),
    Reason.ASSISTANT_OFF: N_("the assistant is switched off"),
    Reason.NOT_DELIVERED: N_("a mail of ours did not reach the customer"),
    Reason.PERSON_HAS_IT: N_("a person already has the conversation"),
    Reason.GIVEN_TO_PEOPLE: N_("it was given to people before the assistant read it"),
    Reason.TAKEN_BY_PERSON: N_("a colleague took it from the assistant"),
    Reason.ANSWER_REJECTED: N_("an agent rejected the answer that waited for approval"),
    Reason.CONFIDENT: N_("the assistant is confident enough"),
    Reason.INTENTS_CLOSE: N_("two meanings are close, one question decides"),
    Reason.GREETING: N_("the customer only greeted"),
    Reason.CLOSING: N_("the customer only closed the conversation"),
}


@dataclass(frozen=True, slots=True)
class Because:
    """One reason with its evidence: the policy rule it comes from, the words, the value beside its threshold."""

    reason: Reason
    rule: str
    words: tuple[str, ...] = ()
    value: float | str | None = None
    threshold: float | str | None = None


@dataclass(frozen=True, slots=True)
class Alteration:
    """A signal that would have had to stand at `needed` instead of `actual`."""

    signal: str
    actual: float | str | None
    needed: float | str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The smallest change that would have decided otherwise: `signal` at `needed` instead of `actual` gives `then`;
    where no single one does, together with all that is in `also`."""

    signal: str
    actual: float | str | None
    needed: float | str
    then: Action
    also: tuple[Alteration, ...] = ()


@dataclass(frozen=True, slots=True)
class Earned:
    """What evidence had earned in a category when a decision was taken; kept with it, so that it can be taken again."""

    category: str | None
    rung: Rung
    threshold: float | None = None
    cases: int = 0
    needed: int = 0
    is_new: bool = False
    """Whether the category had earned more, and its matter too little."""


@dataclass(frozen=True, slots=True)
class Decision:
    action: Action
    handler: Handler
    because: tuple[Because, ...]
    """The deciding reason first, then the others that held."""
    policy_version: int
    rung: Rung
    confidence: float | None = None
    threshold: float | None = None
    team: str | None = None
    counterfactual: Counterfactual | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    earned: tuple[Earned, ...] = ()
    """Of each category it concerned, before the lead's ceiling and floor."""
    hold: float = 0.0
    """Seconds that the answer waits before it goes out, for an agent to stop it."""
    is_drawn: bool = False
    """Whether chance picked it for review; `scores` tells with which probability."""

    @property
    def would_go(self) -> bool:
        """Whether nothing keeps the answer back but its rung, or the person who has the conversation."""
        return bool(self.because) and set(self.reasons) <= _HELD_BACK

    @property
    def shows_suggestion(self) -> bool:
        return shows_suggestion(self.rung, Reason.HELD_OUT in self.reasons)

    @property
    def hands_off(self) -> bool:
        return self.action is Action.HAND_OFF

    @property
    def for_people(self) -> bool:
        """Whether a person reads on from here: handed over now, or in their hands already."""
        return self.action in (Action.HAND_OFF, Action.SUGGEST)

    @property
    def speaks(self) -> bool:
        """Whether the assistant says something of its own to the customer."""
        return self.action in (Action.ANSWER, Action.ASK, Action.ACKNOWLEDGE)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(b.reason for b in self.because)


_HELD_BACK = frozenset(
    {
        Reason.CONFIDENT, Reason.RUNG_TOO_LOW, Reason.AWAITS_APPROVAL, Reason.HELD_OUT, Reason.TOO_LITTLE_EVIDENCE,
        Reason.PERSON_HAS_IT, Reason.GIVEN_TO_PEOPLE,
    }
)  # fmt: skip


def shows_suggestion(rung: int, is_held_out: bool) -> bool:
    """Below *suggest* the assistant is silent to agents too; so it is where a person is to be compared with it."""
    return rung >= Rung.SUGGEST and not is_held_out
