"""The episodes a lead should look at before publishing: those that may go worse than they did, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from heapq import nsmallest

from segue.domain.answer import AnswerKind
from segue.domain.decision import Action
from segue.policy.backtest.replay import Compared, Who
from segue.policy.backtest.truth import known
from segue.policy.prose import evidence
from segue.texts import N_, word

SHOWN = 20


class Harm(IntEnum):
    """Worst first."""

    ANSWERED_WRONGLY = 0
    SOLVED_THEN_NOT = 1
    ANSWERED_UNKNOWN = 2
    HANDED_OVER = 3
    ASKED_INSTEAD = 4
    ANSWERED_RIGHTLY = 5

    @property
    def sentence(self) -> str:
        return word(_SAID[self])


_SAID = {
    Harm.ANSWERED_WRONGLY: N_("would now be answered, though it was resolved as something else"),
    Harm.SOLVED_THEN_NOT: N_("would now go to people, though the customer confirmed the assistant's answer"),
    Harm.ANSWERED_UNKNOWN: N_("would now be answered; nobody knows whether rightly"),
    Harm.HANDED_OVER: N_("would now go to people"),
    Harm.ASKED_INSTEAD: N_("would now be asked a question"),
    Harm.ANSWERED_RIGHTLY: N_("would now be answered as it was resolved"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One changed episode. `before` and `after` say what is decided at message `seq`, and why."""

    conversation_id: str
    number: int
    seq: int
    harm: str
    says: str
    category: str | None
    tier: str | None
    before: str
    after: str
    answer_about: str | None
    """The intent the assistant would speak to."""
    resolved_as: str | None
    """The intent it was resolved as; None where nobody said."""
    outcome: str | None
    confidence: float | None
    text: str = ""
    """The customer's words; filled in where they are at hand."""


def examples(compared: Iterable[Compared], most: int = SHOWN) -> list[Example]:
    """Worst first; within one kind those who are worth most, then those where the assistant is surest."""
    changed = [(harm_of(c), c) for c in compared if c.at is not None]
    worst = nsmallest(most, changed, key=lambda pair: (pair[0], -_worth(pair[1]), -_sure(pair[1]), pair[1].turn.now))
    return [_example(harm, c) for harm, c in worst]


def harm_of(compared: Compared) -> Harm:
    """What may be worse than before."""
    before, after, ending = compared.before, compared.after, compared.episode.ending
    if after.did.action is Action.ANSWER:
        told = known(compared.turn, ending).is_right
        return {None: Harm.ANSWERED_UNKNOWN, True: Harm.ANSWERED_RIGHTLY, False: Harm.ANSWERED_WRONGLY}[told]
    if after.did.who is Who.ASKED:
        return Harm.ASKED_INSTEAD
    is_alone = before.who is Who.ASSISTANT and not (ending and ending.is_by_person)
    return Harm.SOLVED_THEN_NOT if is_alone and known(compared.turn, ending).is_right else Harm.HANDED_OVER


def _example(harm: Harm, c: Compared) -> Example:
    turn, ending = c.turn, c.episode.ending
    return Example(
        conversation_id=c.episode.conversation_id,
        number=c.episode.number,
        seq=turn.conversation.latest.seq,
        harm=harm.name.lower(),
        says=harm.sentence,
        category=turn.assessment.category,
        tier=turn.conversation.tier,
        before=f"{c.before.did.action.value}: {evidence(c.before.did.because)}",
        after=f"{c.after.did.action.value}: {evidence(c.after.did.because)}",
        answer_about=_about(c),
        resolved_as=ending.intent if ending else None,
        outcome=ending.outcome if ending else None,
        confidence=turn.answer.confidence if turn.answer else None,
    )


def _about(c: Compared) -> str | None:
    answer = c.turn.answer
    return answer.intent if answer and answer.kind is AnswerKind.ANSWER else None


def _worth(c: Compared) -> float:
    return float(c.turn.decision.scores.get("worth", 0.0))


def _sure(c: Compared) -> float:
    return (c.turn.answer.confidence if c.turn.answer else None) or 0.0
