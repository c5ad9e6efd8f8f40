"""What an article would have done to each past message, and all of it in one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from segue.domain.answer import Answer
from segue.domain.decision import Action
from segue.domain.knowledge import Article
from segue.domain.past import PastEpisode, PastTurn
from segue.policy.backtest.replay import Did
from segue.policy.backtest.report import Basis, Rests
from segue.policy.backtest.truth import verdict
from segue.policy.prose import evidence
from segue.texts import N_, word

FINDS = 8
"""Passages of a search that are looked at, as the assistant and an agent would see them."""
SHOWN = 20


class Change(IntEnum):
    """Worst first."""

    ANSWERED_WRONGLY = 0
    NO_LONGER_ANSWERED = 1
    SAYS_SOMETHING_ELSE = 2
    ANSWERED_UNKNOWN = 3
    ANSWERED_RIGHTLY = 4

    @property
    def sentence(self) -> str:
        return word(_SAID[self])


_SAID = {
    Change.ANSWERED_WRONGLY: N_("would now be answered, though it was resolved as something else"),
    Change.NO_LONGER_ANSWERED: N_("would no longer be answered"),
    Change.SAYS_SOMETHING_ELSE: N_("would be answered in other words"),
    Change.ANSWERED_UNKNOWN: N_("would now be answered; nobody knows whether rightly"),
    Change.ANSWERED_RIGHTLY: N_("would now be answered as it was resolved"),
}


class Effect(NamedTuple):
    """One past message: answer and decision with today's articles, and with the one that is tried."""

    episode: PastEpisode
    turn: PastTurn
    was: Answer
    will: Answer
    did: Did
    would: Did


class Looked(NamedTuple):
    """Where it was looked."""

    since: datetime
    until: datetime
    messages: int
    searched: int
    finds: Counter[int]
    """How many of the searches have the article at which place, from 1."""
    is_new: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class ArticleExample:
    conversation_id: str
    number: int
    seq: int
    change: str
    says: str
    before: str
    after: str
    confidence: float | None
    resolved_as: str | None
    by_person: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ArticleTrial:
    slug: str
    title: str
    intent: str | None
    is_new: bool
    opens_intent: bool
    """Whether its intent is not opened yet; it is taken to be opened with it."""
    since: datetime
    until: datetime
    messages: int
    """Of the period, with a place in meaning."""
    searched: int
    """The nearest of them, for which the real search was asked."""
    found_first: int
    found: int
    """Searches in which it comes up, and comes up first."""
    newly_answered: int
    newly_right: int
    newly_wrong: int
    """What people had got right and would now be answered otherwise; the rest of the newly answered nobody judged."""
    says_something_else: int
    of_those_were_right: int
    no_longer_answered: int
    still_not_answered: Mapping[str, int]
    """Why messages about its matter would still go to people, and how many."""
    examples: tuple[ArticleExample, ...]
    rests: Mapping[str, Rests]


def summed(article: Article, looked: Looked, effects: Sequence[Effect]) -> ArticleTrial:
    changes = [(change, e) for e in effects if (change := change_of(e)) is not None]
    count = Counter(change for change, _ in changes)
    other = [e for change, e in changes if change is Change.SAYS_SOMETHING_ELSE]
    still = Counter(evidence_of(e) for e in effects if e.would.action not in (Action.ANSWER, Action.ASK))
    return ArticleTrial(
        slug=article.slug,
        title=article.title,
        intent=article.intent,
        is_new=looked.is_new,
        opens_intent=looked.opens,
        since=looked.since,
        until=looked.until,
        messages=looked.messages,
        searched=looked.searched,
        found_first=looked.finds[1],
        found=looked.finds.total(),
        newly_answered=sum(
            count[c] for c in (Change.ANSWERED_RIGHTLY, Change.ANSWERED_WRONGLY, Change.ANSWERED_UNKNOWN)
        ),
        newly_right=count[Change.ANSWERED_RIGHTLY],
        newly_wrong=count[Change.ANSWERED_WRONGLY],
        says_something_else=len(other),
        of_those_were_right=sum(verdict(e.was.intent, e.episode.ending) is True for e in other),
        no_longer_answered=count[Change.NO_LONGER_ANSWERED],
        still_not_answered=dict(still.most_common()),
        examples=tuple(_example(change, e) for change, e in sorted(changes, key=_worst_first)[:SHOWN]),
        rests=_RESTS | (_OPENING if looked.opens else {}),
    )


def change_of(e: Effect) -> Change | None:
    """What the article would have changed for one message; None where the customer would have noticed nothing."""
    if e.would.action is not Action.ANSWER:
        return Change.NO_LONGER_ANSWERED if e.did.action is Action.ANSWER else None
    if e.did.action is Action.ANSWER:
        return Change.SAYS_SOMETHING_ELSE if e.was.text != e.will.text else None
    known = verdict(e.will.intent, e.episode.ending)
    return {None: Change.ANSWERED_UNKNOWN, True: Change.ANSWERED_RIGHTLY, False: Change.ANSWERED_WRONGLY}[known]


def evidence_of(e: Effect) -> str:
    return e.would.because.reason.sentence


def _worst_first(pair: tuple[Change, Effect]) -> tuple[Change, float, datetime]:
    return pair[0], -(pair[1].will.confidence or 0.0), pair[1].turn.now


def _example(change: Change, e: Effect) -> ArticleExample:
    ending = e.episode.ending
    return ArticleExample(
        conversation_id=e.episode.conversation_id,
        number=e.episode.number,
        seq=e.turn.conversation.latest.seq,
        change=change.name.lower(),
        says=change.sentence,
        before=f"{e.did.action.value}: {evidence(e.did.because)}",
        after=f"{e.would.action.value}: {evidence(e.would.because)}",
        confidence=e.will.confidence,
        resolved_as=ending.intent if ending else None,
        by_person=bool(ending and ending.is_by_person),
    )


_RESTS = {
    "found": Rests(Basis.REPLAYED, "the real search, the article among the others, for the messages nearest to it"),
    "answered": Rests(Basis.REPLAYED, "the real assistant on stored vectors (half precision) with today's articles and "
                      "the live policy, and what had been earned then"),
    "right and wrong": Rests(Basis.OBSERVED, "only what a person resolved or the customer confirmed"),
    "no second message": Rests(Basis.MODELLED, "each message by itself: what is written next is not known"),
}  # fmt: skip
_OPENING = {
    "opened with it": Rests(
        Basis.MODELLED, "its matter is taken to be opened, the head as it is; fitted anew it differs"
    )
}
