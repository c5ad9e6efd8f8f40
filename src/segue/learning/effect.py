"""What an article would change: past cases answered by the real assistant, without it and with it.

The one idea: nothing is imitated. With the article means published, searched and answered from in a transaction that is
undone afterwards, so that passages, ranks and choice are those customers would get. Right and wrong are counted only
where a person settled the case; what it answers elsewhere is said as just that. And each case is read by a head that
has not learnt from it: one that has knows what it wants, and any article would look good.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from segue.assistant.answer import Assistant, Search
from segue.assistant.confidence import Confidence
from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment, Complexity, Signal, Urgency
from segue.domain.catalogue import Catalogue
from segue.domain.conversation import Author, Channel, Conversation, Handler, Message, Status
from segue.domain.knowledge import Article
from segue.domain.people import Contact
from segue.store.candidates import PastCase
from segue.triage.examples import Examples
from segue.triage.intents import IntentHead, IntentReading
from segue.triage.language import language, written_in
from segue.triage.said import Said

MOST_SHOWN = 20
PARTS = 5
"""Heads that the cases are divided among at most, so that none misses more of its examples than it has to."""


@dataclass(frozen=True)
class World:
    """What an answer depends on, at one time."""

    head: IntentHead
    catalogue: Catalogue
    articles: Mapping[str, Article]
    search: Search
    confidence: Confidence | None = None

    def answers(self, cases: Sequence[PastCase]) -> list[Answer]:
        assistant = Assistant(
            self.search, self.catalogue, self.articles, self.confidence, written_in=written_in, taught=self.head.taught
        )
        return [self._answer(assistant, case) for case in cases]

    def _answer(self, assistant: Assistant, case: PastCase) -> Answer:
        reading = self.head.read(case.text, case.vector)
        return assistant.answer(_conversation(case), _assessment(case, reading), case.at)

    def without(self, texts: frozenset[str], history: Examples, named: Examples) -> World:
        """As if these messages had taught nothing. How sure an answer is was reckoned on messages unseen anyway."""
        if not texts:
            return self
        left = history.take(n for n, text in enumerate(history.texts) if text not in texts)
        head = IntentHead.fit(left, named, self.catalogue, self.head).cooled(self.head.temperature)
        sure = self.confidence
        if sure is not None and sure.head == self.head.version:
            sure = replace(sure, head=head.version)
        return replace(self, head=head, confidence=sure)

    def with_opened(self, intent: str) -> World:
        """As it would be with the intent opened to the assistant."""
        opened = tuple(replace(i, is_opened=i.is_opened or i.id == intent) for i in self.head.intents)
        listed = tuple(replace(i, is_opened=i.is_opened or i.id == intent) for i in self.catalogue.intents)
        return replace(self, head=replace(self.head, intents=opened), catalogue=replace(self.catalogue, intents=listed))


@dataclass(frozen=True)
class Unseen:
    """Worlds that have not learnt from the cases they are tried on; case n belongs to the world `of[n]`."""

    worlds: tuple[World, ...]
    of: tuple[int, ...]

    @classmethod
    def of_cases(
        cls, world: World, cases: Sequence[PastCase], history: Examples, named: Examples,
        taught: Mapping[str, frozenset[str]],
    ) -> Unseen:  # fmt: skip
        """`history` and `named` are what the head of `world` was fitted from; `taught` gives by conversation the texts
        of the examples that came of it. Where all of them are few among the history one head misses them all."""
        learnt = frozenset(history.texts)
        own = [(taught.get(case.conversation_id, frozenset()) | {case.text}) & learnt for case in cases]
        gone = len(frozenset().union(*own))
        parts = min(max(1, math.ceil(PARTS * gone / max(len(history), 1))), PARTS)
        missing = [frozenset().union(*own[part::parts]) for part in range(parts)]
        worlds = tuple(world.without(texts, history, named) for texts in missing)
        return cls(worlds, tuple(n % parts for n in range(len(cases))))

    def with_articles(self, articles: Mapping[str, Article], intent: str) -> Unseen:
        """As it would be with these, and the intent opened to the assistant."""
        return replace(
            self, worlds=tuple(replace(world, articles=articles).with_opened(intent) for world in self.worlds)
        )

    def answers(self, cases: Sequence[PastCase]) -> list[Answer]:
        parts = [
            iter(world.answers([case for case, of in zip(cases, self.of, strict=True) if of == part]))
            for part, world in enumerate(self.worlds)
        ]
        return [next(parts[of]) for of in self.of]


def compare(
    cases: Sequence[PastCase], before: Sequence[Answer], after: Sequence[Answer], article: str
) -> dict[str, Any]:
    """Counts, and the cases behind them. `article` is the id of the one that is proposed.

    `answers`: answered from it where nothing was answered before; `right` of them, `wrong` and `unsettled` by what
    people did. `changes`: another answer than before; `harms` of them where the one before was right.
    """
    rows = [_judged(c, b, a, article) for c, b, a in zip(cases, before, after, strict=True)]
    told = [row for row in rows if row is not None]
    new = [row for row in told if row["change"] == "answers"]
    changed = [row for row in told if row["change"] == "changes"]
    return {
        "tried": len(cases),
        "answers": len(new),
        "right": sum(row["is_right"] is True for row in new),
        "wrong": sum(row["is_right"] is False for row in new),
        "unsettled": sum(row["is_right"] is None for row in new),
        "drafted_from": sum(row["is_source"] for row in new),
        "changes": len(changed),
        "harms": sum(_is_harm(row) for row in changed),
        "cases": sorted(told, key=_harm_first)[:MOST_SHOWN],
    }


def sentence(effect: Mapping[str, Any]) -> str:
    """As a person says it."""
    said = f"Answers {effect['answers']} of {effect['tried']} past cases"
    if effect["answers"]:
        said += f" ({effect['right']} as people settled them, {effect['wrong']} otherwise"
        said += f", {effect['drafted_from']} it was drafted from)"
    return f"{said}; changes {effect['changes']}, {effect['harms']} of them that had been right."


def _judged(case: PastCase, before: Answer, after: Answer, article: str) -> dict[str, Any] | None:
    """None where the proposed article makes no difference."""
    was, now = _said(before), _said(after)
    if was == now and now != article:
        return None
    if now == article and was == article and before.text == after.text:
        return None
    return {
        "conversation": case.conversation_id,
        "number": case.number,
        "change": "answers" if was is None else "changes",
        "before": was,
        "after": now,
        "is_right": _is_right(case, after),
        "was_right": _is_right(case, before),
        "is_source": case.is_source,
    }


def _said(answer: Answer) -> str | None:
    return answer.article_id if answer.kind is AnswerKind.ANSWER else None


def _is_right(case: PastCase, answer: Answer) -> bool | None:
    """By the article a person named, else by the intent; None where neither is known or nothing was answered."""
    if answer.kind is not AnswerKind.ANSWER or (case.intent is None and case.article_id is None):
        return None
    if case.article_id is not None and answer.article_id == case.article_id:
        return True
    return case.intent is not None and answer.intent == case.intent


def _harm_first(row: Mapping[str, Any]) -> tuple[bool, bool, int]:
    return (not (_is_harm(row) or row["is_right"] is False), row["is_source"], row["number"])


def _is_harm(row: Mapping[str, Any]) -> bool:
    """It was right, and is so no more."""
    return row["was_right"] is True and row["is_right"] is not True


def _conversation(case: PastCase) -> Conversation:
    message = Message(1, Author.CUSTOMER, case.text, case.at)
    return Conversation(
        case.conversation_id, case.number, Channel.API, Status.OPEN, Handler.ASSISTANT, case.at, Contact("", "", ""),
        None, (message,),
    )  # fmt: skip


def _assessment(case: PastCase, reading: IntentReading) -> Assessment:
    """Of all that triage notices an answer looks at the intents and the language only."""
    return Assessment(
        intents=reading.intents, none_of_these=reading.none_of_these, novelty=reading.novelty, nearest=reading.nearest,
        unopened=reading.unopened, urgency=Signal(Urgency.NORMAL), frustration=Signal(0.0), course=(0.0,),
        complexity=Signal(Complexity.SIMPLE), drivers=(), wish_for_person=Signal(False),
        language=language(Said.of(case.text)), text=case.text, heads=reading.version, vector=case.vector,
    )  # fmt: skip
