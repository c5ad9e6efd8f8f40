"""Frustration as the people of this workspace judge it, beside what everybody hears.

The one idea: half and half. What ships knows many ways to be furious and none of this workspace's own; what was judged
here knows a few dozen turns. The mean of their log-odds is better than either while turns are few, and no fury is ever
unlearnt. It is used only where turns that were left out in the learning come out better with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import Signal
from segue.domain.conversation import Author, Conversation
from segue.domain.ports import Vector
from segue.triage.frustration import Tone, frustration
from segue.triage.mood import Moment, MoodHead
from segue.triage.said import Said

ENOUGH, EACH, AGENTS = 40, 8, 2
"""Judged turns below which nothing is learnt, how many of them must be frustrated and how many calm, and whose word it
must be."""
HEARS = 0.65
"""AUROC below which nothing is heard, however near the level."""
FOLDS = 5
SEEN = 0.05
"""By how much it must have moved for the reading to say where it comes from."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTurn:
    """A customer's message with the reply before it. `judged`: the share of those who called it frustrated, None where
    nobody said; `agents`: who said so."""

    text: str
    vector: Vector | None
    reply: str
    judged: float | None
    agents: tuple[str, ...] = ()

    @property
    def moment(self) -> Moment | None:
        return None if self.vector is None else Moment(Said.of(self.text), self.vector, Said.of(self.reply))


@dataclass(frozen=True, slots=True, eq=False)
class JudgedCourse:
    """The customer's turns of one episode, oldest first."""

    contact: str
    turns: tuple[JudgedTurn, ...]

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Up to the first turn whose vector is gone: what comes after can't be read."""
        found = list[Moment]()
        for turn in self.turns:
            moment = turn.moment
            if moment is None:
                break
            found.append(moment)
        return tuple(found)

    @property
    def judged(self) -> tuple[float, ...]:
        """NaN where nobody said."""
        return tuple(np.nan if t.judged is None else t.judged for t in self.turns[: len(self.moments)])


def learn(courses: Sequence[JudgedCourse], tone: Tone | None) -> tuple[MoodHead | None, dict[str, object]]:
    """The head, or None, and the report that says why: too little was judged, or it hears no better than what ships.

    `auroc` and `loss` (of logarithms, a turn): on judged turns whose customer was left out in the learning, with the
    head; the same with `_before`: without it. It is used where it tells frustrated from calm no worse, and is nearer to
    what people said.
    """
    fair = [course for course in _fairly(courses) if course.moments]
    judged = _joined([course.judged for course in fair])
    said = judged[~np.isnan(judged)]
    agents = {agent for course in fair for turn in course.turns for agent in turn.agents}
    report: dict[str, object] = {
        "turns": len(said),
        "frustrated": int((said >= 0.5).sum()),
        "agents": len(agents),
        "used": False,
    }
    if len(said) < ENOUGH or min((said >= 0.5).sum(), (said < 0.5).sum()) < EACH or len(agents) < AGENTS:
        return None, report | {"needed": {"turns": ENOUGH, "of_each": EACH, "agents": AGENTS}}
    ships = [_as_it_ships(course.moments, tone) for course in fair]
    with_it = [mixed(before, own) for before, own in zip(ships, _left_out(fair), strict=True)]
    is_judged, is_yes = ~np.isnan(judged), judged >= 0.5
    before, after = (_Heard.of(_joined(scores)[is_judged], said, is_yes[is_judged]) for scores in (ships, with_it))
    used = after.auroc >= max(before.auroc, HEARS) and after.loss < before.loss
    report |= {
        "auroc_before": before.auroc, "auroc": after.auroc, "loss_before": before.loss, "loss": after.loss, "used": used
    }  # fmt: skip
    return (_head(fair, len(said)) if used else None), report


def heard(rule: Signal[float], head: MoodHead, conversation: Conversation, vector: Vector) -> Signal[float]:
    """p_t with the head's ear beside the rule's, and where it comes from if that shows."""
    own = head.chances(course_of(conversation, vector))[-1]
    value = float(mixed(np.array([rule.value]), np.array([own]))[0])
    if abs(value - rule.value) < SEEN:
        return Signal(value, rule.sure, rule.words, rule.threshold)
    verb = "more" if value > rule.value else "less"
    told = f"{verb} frustrated, as people here judged {head.turns} turns"
    return Signal(value, rule.sure, (*rule.words, told), rule.threshold)


def course_of(conversation: Conversation, vector: Vector) -> list[Moment]:
    """The customer's turns of this episode, the one being considered last."""
    vectors = {turn.seq: turn.vector for turn in conversation.turns} | {conversation.latest.seq: vector}
    found, reply = list[Moment](), ""
    for message in conversation.messages:
        at = vectors.get(message.seq)
        if message.author is not Author.CUSTOMER:
            reply = message.text if message.author in (Author.ASSISTANT, Author.AGENT) else reply
        elif at is not None:
            found.append(Moment(Said.of(message.text), at, Said.of(reply)))
    return found


def mixed(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of their log-odds, as chances."""
    odds = [np.log(p / (1 - p)) for p in (np.clip(x, 1e-6, 1 - 1e-6) for x in (one, other))]
    return np.asarray(1 / (1 + np.exp(-(odds[0] + odds[1]) / 2)))


@dataclass(frozen=True, slots=True)
class _Heard:
    auroc: float
    loss: float

    @classmethod
    def of(cls, scores: NDArray[np.float64], said: NDArray[np.float64], is_yes: NDArray[np.bool_]) -> _Heard:
        kept = np.clip(scores, 1e-6, 1 - 1e-6)
        loss = -(said * np.log(kept) + (1 - said) * np.log(1 - kept)).mean()
        return cls(round(_auroc(scores, is_yes), 4), round(float(loss), 4))


def _fairly(courses: Sequence[JudgedCourse]) -> list[JudgedCourse]:
    """Without what one agent judged beyond the half: nobody teaches alone."""
    by = Counter(agent for course in courses for turn in course.turns for agent in turn.agents)
    if not by:
        return list(courses)
    (who, most), *_ = by.most_common(1)
    beyond = max(0, most - (by.total() - most))
    found = []
    for course in courses:
        turns = []
        for turn in course.turns:
            is_beyond = beyond > 0 and turn.agents == (who,)
            beyond -= is_beyond
            turns.append(JudgedTurn(turn.text, turn.vector, turn.reply, None) if is_beyond else turn)
        found.append(JudgedCourse(course.contact, tuple(turns)))
    return found


def _left_out(courses: Sequence[JudgedCourse]) -> list[NDArray[np.float64]]:
    """Each course by a head that saw nothing of its customer."""
    contacts = sorted({course.contact for course in courses})
    fold = {contact: n % FOLDS for n, contact in enumerate(np.random.default_rng(0).permutation(contacts).tolist())}
    found = [np.full(len(course.moments), 0.5) for course in courses]
    for left in range(FOLDS):
        try:
            head = _head([course for course in courses if fold[course.contact] != left], 0)
        except ValueError:  # all the others were judged alike
            continue
        for n, course in enumerate(courses):
            if fold[course.contact] == left:
                found[n] = head.chances(course.moments)
    return found


def _head(courses: Sequence[JudgedCourse], turns: int) -> MoodHead:
    return MoodHead.fit([course.moments for course in courses], [course.judged for course in courses], turns)


def _as_it_ships(course: Sequence[Moment], tone: Tone | None) -> NDArray[np.float64]:
    """p_t of every moment as the rules and the shipped head hear it, not as it was shown: else a head would be measured
    against itself."""
    found, earlier, previous = list[float](), list[str](), None
    for moment in course:
        found.append(frustration(moment.said, earlier, moment.vector, previous, tone, moment.reply.raw).value)
        earlier.append(moment.said.raw)
        previous = moment.vector
    return np.array(found)


def _joined(rows: Sequence[Sequence[float] | NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.asarray(row, np.float64) for row in rows]) if rows else np.empty(0)


def _auroc(scores: NDArray[np.float64], is_yes: NDArray[np.bool_]) -> float:
    """The chance that a frustrated turn scores above a calm one; ties count half."""
    yes, no = scores[is_yes], np.sort(scores[~is_yes])
    below, upto = np.searchsorted(no, yes, "left"), np.searchsorted(no, yes, "right")
    return float((below + upto).sum() / (2 * len(yes) * len(no)))
