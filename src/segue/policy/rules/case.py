"""Everything the rules look at, gathered once: the message, the answer, and what is allowed and earned there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment
from segue.domain.conversation import Conversation
from segue.domain.decision import Action, Rung
from segue.policy.boundary import Boundary, Standing
from segue.policy.chance import Chance, never
from segue.policy.sampling import EVEN, Sampling
from segue.policy.settings import Policy
from segue.policy.settings.cells import Cell


@dataclass(frozen=True, slots=True)
class Place:
    """A category the message or its answer belongs to: what is allowed there and what has been earned."""

    category: str | None
    cell: Cell
    standing: Standing

    @property
    def rung(self) -> Rung:
        return min(self.standing.rung, self.cell.ceiling)

    @property
    def path(self) -> str:
        return f"boundary.{self.category or self.standing.category}"


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a rule may look at."""

    conversation: Conversation
    assessment: Assessment
    answer: Answer | None
    policy: Policy
    places: tuple[Place, ...]
    """Nearly always one; of several matters the strictest first. An answer must be allowed in all of them, a question
    in one of them."""
    rung: Rung
    threshold: float | None
    """The earned one, raised to the lead's floor; None while there is too little evidence."""
    is_courtesy: bool
    is_question: bool
    chance: Chance = never
    sampling: Sampling = EVEN

    @property
    def place(self) -> Place:
        return self.places[0]

    @property
    def stands_on(self) -> Rung:
        """The rung as people are told it: a category that people always handle stands on the lowest, whatever it had
        earned."""
        return Rung.ROUTE if self.place.cell.handling == "human" else self.rung

    @property
    def confidence(self) -> float | None:
        return self.answer.confidence if self.answer else None

    @property
    def floor(self) -> float:
        return max(place.cell.floor for place in self.places)

    def times(self, *actions: Action) -> int:
        return sum(turn.action in actions for turn in self.conversation.turns)


def look(
    conversation: Conversation, assessment: Assessment, answer: Answer | None, policy: Policy, boundary: Boundary,
    chance: Chance = never,
) -> Case:  # fmt: skip
    """Gathers what the rules look at."""
    is_question = answer is not None and answer.kind is AnswerKind.QUESTION
    is_courtesy = answer is not None and answer.kind is AnswerKind.COURTESY
    places = tuple(
        _place(
            category,
            policy.cell(category, conversation.tier, conversation.channel),
            boundary.of(category, conversation.tier, conversation.channel),
            any(boundary.is_new(matter, category) for matter in _meant(category, assessment, answer))
            if category
            else False,
        )
        for category in _categories(assessment, answer)
    )
    if assessment.matters:
        places = tuple(sorted(places, key=_strictness))
    rungs = [place.rung for place in places]
    return Case(
        conversation=conversation,
        assessment=assessment,
        answer=answer,
        policy=policy,
        places=places,
        rung=max(rungs) if is_question else min(rungs),
        threshold=_threshold(places, is_question),
        is_courtesy=is_courtesy and (assessment.is_greeting or assessment.is_closing),
        is_question=is_question,
        chance=chance,
        sampling=boundary.sampling,
    )


def _place(category: str | None, cell: Cell, standing: Standing, is_new: bool) -> Place:
    """A matter begins no higher than its own evidence supports: what its category earned without it waits for a key."""
    is_held = is_new and standing.rung > Rung.APPROVE
    return Place(category, cell, replace(standing, rung=Rung.APPROVE, is_new=True) if is_held else standing)


def _meant(category: str, assessment: Assessment, answer: Answer | None) -> frozenset[str]:
    """The matters of a category that would be answered, or offered."""
    guesses = [*assessment.intents, *(guess for matter in assessment.matters for guess in matter.intents)]
    wanted = {assessment.intent, *(matter.intent for matter in assessment.matters)}
    wanted |= {answer.intent, *answer.options} if answer else set()
    here = (guess for guess in guesses if guess.category == category and guess.is_opened)
    return frozenset(guess.intent for guess in here if guess.intent in wanted)


def _strictness(place: Place) -> tuple[bool, Rung]:
    """Of several matters the one that people always handle says who gets the message, else the lowest rung."""
    return place.cell.handling != "human", place.rung


def _categories(assessment: Assessment, answer: Answer | None) -> tuple[str | None, ...]:
    """Of a question those it offers; else those of the message's matters, and of the answer where it speaks to another
    intent."""
    intents = () if answer is None else answer.options or (answer.intent,)
    meant = [guess.category for guess in assessment.intents if guess.intent in intents]
    if meant and answer and answer.options:
        return tuple(dict.fromkeys(meant))
    return tuple(dict.fromkeys((*assessment.categories, *meant)))


def _threshold(places: tuple[Place, ...], is_question: bool) -> float | None:
    earned = [place.standing.threshold for place in places]
    known = [max(t, place.cell.floor) for t, place in zip(earned, places, strict=True) if t is not None]
    if is_question:
        return min(known, default=None)
    return max(known) if len(known) == len(places) else None
