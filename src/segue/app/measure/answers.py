"""`segue measure answers`: the whole assistant over the demo company, asked what its customers type.

Nothing is left out but the database: the company's past is fitted as its workspace would fit it, each message is a
first one of a customer the company knows, and the policy decides; no article is past its review date. Right is the
article that solves it, a question that offers it, or a person where no article does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from segue.app.demo.generate import build
from segue.app.demo.seed import catalogue, policy
from segue.app.fitted import spelling_of
from segue.app.measure.given import encoded, encoder
from segue.assistant.answer import Assistant
from segue.desk.briefing import brief
from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment, Urgency
from segue.domain.conversation import Author, Channel, Conversation, Handler, Message, Status
from segue.domain.decision import Action, Decision
from segue.domain.errors import Refused
from segue.domain.knowledge import Article, Found
from segue.domain.people import Account, Contact
from segue.domain.ports import Encoder, Vector
from segue.learning.foreign import foreign_texts
from segue.learning.history import fit
from segue.policy.boundary import Boundary
from segue.policy.decide import decide
from segue.policy.settings import load
from segue.triage.assess import Triage
from segue.triage.examples import Examples, named_texts
from segue.triage.frustration import fit_tone
from segue.triage.intents import IntentHead
from segue.triage.language import written_in

DAY = date(2026, 3, 2)
NONE = "none"


class Came(StrEnum):
    """What came of a message."""

    RIGHT = "right"
    WRONG = "wrong"
    ASKED = "asked"
    """The right one is among what was asked."""
    ASKED_POORLY = "asked_poorly"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Question:
    kind: str
    wanted: frozenset[str]
    """Slugs, any of which solves it; empty where only a person does."""
    text: str
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class Told:
    question: Question
    came: Came
    assessment: Assessment
    answer: Answer
    decision: Decision
    want: str
    """The line of the briefing that says what is wanted; empty where no person has it."""


def run(file: str, each: int | None = None) -> dict[str, Any]:
    """Counts over all questions and by kind; `told` says of each what came of it. `each`: learnt from so many past
    messages of each matter only, which prove no threshold: then whatever the assistant would say counts as said."""
    return heard(questions_of(Path(file)), Demo(encoder(), each=each))


def heard(asked: Sequence[Question], house: Demo) -> dict[str, Any]:
    told = [house.hears(question) for question in asked]
    return {
        **_counts(told),
        "kinds": {kind: _counts([t for t in told if t.question.kind == kind]) for kind in _kinds(asked)},
        "told": [_written(t) for t in told],
    }


def questions_of(path: Path) -> list[Question]:
    """Lines of kind, right articles, message and, where it is not as usual, its urgency. Raises Refused where the file
    is missing or a line is none."""
    if not path.is_file():
        raise Refused(f"There is no file {path}.", "Name one with a kind, articles and a message in each line.")
    try:
        lines = path.read_text("utf8").splitlines()
    except UnicodeDecodeError:
        raise Refused(f"{path} is no text in UTF-8.", "Name the right file, or save it as UTF-8.") from None
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    if not rows or any(len(row) not in (3, 4) for row in rows):
        raise Refused(f"{path} has lines without kind, articles and message.", "Part the three by tabs.")
    return [
        Question(kind, frozenset(wanted.split("|")) - {NONE}, text, *map(_urgency, more))
        for kind, wanted, text, *more in rows
    ]


def _urgency(name: str) -> Urgency:
    if name not in list(Urgency):
        raise Refused(f"“{name}” is no urgency.", "Say low, normal, high or critical.")
    return Urgency(name)


class Demo:
    """The demo company's mind, made without a database."""

    def __init__(self, by: Encoder, today: date = DAY, each: int | None = None) -> None:
        self._encoder = by
        self._company = build(today)
        self._now = datetime.combine(today, time(10), UTC)
        self._catalogue = catalogue(self._company)
        self.policy = load(policy(self._company))
        past, named, foreign = self._examples(each)
        fitted = fit(past, named, self._catalogue, self.policy, foreign) if each is None else None
        head = fitted.head if fitted else IntentHead.fit(past, named, self._catalogue)
        confidence = fitted.confidence if fitted else None
        self._boundary = confidence.boundary(self.policy) if confidence else None
        names = {i.id: i.name for i in self._catalogue.intents}
        spelling = spelling_of(head)
        tone = fit_tone(by) if each is None else None  # encodes thousands of lines, and moves no article
        self._triage = Triage(by, head, self.policy.compiled_topics(), tone, names, spelling=spelling)
        self._slugs = {a.id: a.slug for a in self._articles}
        articles = {a.id: a for a in self._articles}
        self._assistant = Assistant(
            _no_search,
            self._catalogue,
            articles,
            confidence,
            written_in=written_in,
            taught=self._triage.taught,
            encode=by.encode,
        )

    def hears(self, question: Question) -> Told:
        conversation = self._conversation(question.text)
        assessment = self._triage.assess(conversation, self._now)
        answer = self._assistant.answer(conversation, assessment, self._now)
        decision = decide(conversation, assessment, answer, self.policy, 1, self._boundary or Boundary(), self._now)
        came = self._came(question, answer, decision)
        return Told(
            question, came, assessment, answer, decision, self._want(conversation, assessment, answer, decision)
        )

    def _want(
        self, conversation: Conversation, assessment: Assessment, answer: Answer, decision: Decision
    ) -> str:  # fmt: skip
        names = self._catalogue.names
        told = brief(conversation, assessment, answer, decision, (), lambda key: names.get(key, key), {})
        return told.wanted.text if decision.for_people else ""

    def _came(self, question: Question, answer: Answer, decision: Decision) -> Came:
        if decision.action is Action.ASK:
            owned = {a.intent: a.slug for a in self._articles if a.intent}
            offered = {owned.get(option) for option in answer.options}
            return Came.ASKED if offered & question.wanted else Came.ASKED_POORLY
        is_said = decision.action is Action.ANSWER if self._boundary else answer.kind is AnswerKind.ANSWER
        if not is_said:
            return Came.PERSON
        said = {self._slugs[ground.article_id] for ground in answer.grounds}
        return Came.RIGHT if said & question.wanted else Came.WRONG

    def _examples(self, each: int | None) -> tuple[Examples, Examples, Examples]:
        """The past, what the catalogue says, and foreign texts, encoded."""
        by_intent: dict[str, list[str]] = {}
        for conversation in self._company.conversations:
            if conversation.intent:
                by_intent.setdefault(conversation.intent, []).append(conversation.messages[0].text)
        past = [(text, intent) for intent, texts in by_intent.items() for text in texts[:each]]
        named, foreign = named_texts(self._catalogue), [(text, "") for text in foreign_texts() if each is None]
        made = [Examples(*self._columns(rows)) for rows in (past, named, foreign)]
        return made[0], made[1], made[2]

    def _columns(self, rows: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], Vector, tuple[str, ...]]:
        texts = tuple(text for text, _ in rows)
        return texts, encoded(texts, self._encoder), tuple(intent for _, intent in rows)

    @cached_property
    def _articles(self) -> tuple[Article, ...]:
        return tuple(
            Article(f"art_{a.slug}", a.slug, a.title, a.body, a.audience, a.intent) for a in self._company.articles
        )

    def _conversation(self, text: str) -> Conversation:
        account = next(a for a in self._company.accounts if a.tier == "team")
        contact = next(c for c in self._company.contacts if c.account == account.id)
        return Conversation(
            "cnv_asked", 1, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, self._now,
            Contact(contact.id, contact.name, contact.email, account.id, True),
            Account(account.id, account.name, account.tier, account.value, account.health / 100),
            (Message(1, Author.CUSTOMER, text, self._now),),
        )  # fmt: skip


def _no_search(*_: object) -> Sequence[Found]:
    """Each matter of the demo company has one article, short enough to be quoted whole."""
    return ()


def _kinds(asked: Sequence[Question]) -> list[str]:
    return list(dict.fromkeys(question.kind for question in asked))


def _counts(told: Sequence[Told]) -> dict[str, Any]:
    came = Counter(t.came for t in told)
    urgent = sum(t.assessment.urgency.value is t.question.urgency for t in told)
    return {"asked_of": len(told), **{c.value: came[c] for c in Came}, "urgency_right": urgent}


def _written(told: Told) -> dict[str, Any]:
    return {
        "text": told.question.text,
        "kind": told.question.kind,
        "wanted": sorted(told.question.wanted),
        "came": told.came.value,
        "why": told.decision.reasons[0].value,
        "intent": told.answer.intent or told.assessment.intent,
        "options": list(told.answer.options),
        "confidence": told.answer.confidence,
        "threshold": told.decision.threshold,
        "urgency": told.assessment.urgency.value.value,
        "want": told.want,
    }
