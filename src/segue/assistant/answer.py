"""The assistant answers from approved articles, asks one question between two meanings, or says why it does neither.

It decides nothing: whether the answer goes out, is shown to an agent or is dropped is the policy's business. So a
faint answer is still an answer here, with the confidence it deserves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from segue.assistant import compose
from segue.assistant.confidence import Confidence, Stage
from segue.assistant.evidence import Evidence, weigh
from segue.assistant.filling import filled_in
from segue.assistant.foremost import Encode, Foremost
from segue.assistant.telling import Taught, Telling, nobody
from segue.domain.answer import Abstention, Answer, AnswerKind, Ground
from segue.domain.assessment import Assessment, IntentGuess
from segue.domain.catalogue import Catalogue
from segue.domain.conversation import Conversation, EarlierTurn
from segue.domain.decision import Action
from segue.domain.knowledge import Article, Found
from segue.domain.ports import Vector, together
from segue.knowledge.names import small
from segue.knowledge.passages import passages_of
from segue.texts import GUESSED, _, speaking, understood

Search = Callable[[str, Vector, int], Sequence[Found]]
SEARCHED = 12
"""Passages that are looked at."""
CLEAR = 0.9
"""So far ahead of its rival an intent leaves nothing to ask, however unsure its answer is."""
PICKED = 0.975
"""From this probability on an intent that was just offered counts as picked."""


class Assistant:
    """`search` finds public passages; `articles` are the live ones by id; `language` is the workspace's."""

    def __init__(
        self,
        search: Search,
        catalogue: Catalogue,
        articles: Mapping[str, Article],
        confidence: Confidence | None = None,
        language: str = "",
        reads_anew: bool = False,
        written_in: Callable[[str], str] = lambda text: "",
        taught: Taught = nobody,
        encode: Encode | None = None,
    ) -> None:
        """`reads_anew`: another encoder came, and what was learnt is not fitted to it yet. `written_in`: the language
        of an article's text, by its code; empty where that is not known. `taught`: past messages by intent.
        `encode`: reads the parts of articles, so that the one asked about is told first; without it all are told in
        their order."""
        self._search = search
        self._reads_anew = reads_anew
        self._names = {intent.id: intent.name for intent in catalogue.intents}
        self._confidence = confidence
        self._language = language
        self._written_in = written_in
        self._articles: dict[str, list[Article]] = {}
        for article in articles.values():
            if article.intent and article.audience == "public":
                self._articles.setdefault(article.intent, []).append(article)
        quoted = [article for owned in self._articles.values() for article in owned]
        self._quoted = {article.id: article for article in quoted}
        self._passages = {article.id: passages_of(article) for article in quoted}
        self._foremost = Foremost(encode) if encode else None
        self._telling = Telling(taught, self._names, self._written_in, quoted)

    def answer(self, conversation: Conversation, assessment: Assessment, now: datetime) -> Answer:
        """In the customer's language, as far as the words are the assistant's own. Never raises for what a customer may
        write; a failing `search` does raise."""
        conversation = conversation.seen_by(assessment.encoder)
        with speaking(understood(assessment.language.value, assessment.language.sure, self._language)):
            return filled_in(self._answered(conversation, assessment, now), conversation)

    def _answered(self, conversation: Conversation, assessment: Assessment, now: datetime) -> Answer:
        if self._reads_anew:
            return _abstain(Abstention.READS_ANEW)
        if assessment.is_in_a_file:
            return _abstain(Abstention.IN_A_FILE)
        if assessment.is_closing or assessment.is_greeting:
            words = compose.CLOSING if assessment.is_closing else compose.GREETING
            return Answer(AnswerKind.COURTESY, _(words))
        if assessment.matters:
            return self._answer_all(conversation, assessment, now)
        return self._answer_one(conversation, assessment, now)

    def _answer_one(
        self, conversation: Conversation, assessment: Assessment, now: datetime, may_ask: bool = True
    ) -> Answer:
        reason = _unknown(assessment)
        if reason:
            return _abstain(reason)
        guess = assessment.intents[0]
        choice = self._choose(guess, conversation, assessment, now)
        if isinstance(choice, Abstention):
            return _abstain(choice, guess.intent)
        article, found = choice
        if nothing := self._does_not_tell(conversation, assessment.text, article, guess.intent, now.year):
            return nothing
        return self._draft(guess, article, found, conversation, assessment, may_ask)

    def _answer_all(self, conversation: Conversation, assessment: Assessment, now: datetime) -> Answer:
        """All matters in one answer, as sure as that every part is right; an abstention where one has no answer, for
        half an answer leaves the customer to find out which half."""
        matters = [assessment.about(matter) for matter in assessment.matters]
        parts = [self._answer_one(conversation, matter, now, may_ask=False) for matter in matters]
        without = next((part for part in parts if part.kind is AnswerKind.ABSTENTION), None)
        if without:
            return without
        by_article: dict[str | None, tuple[Answer, str]] = {}
        for part, matter in zip(parts, matters, strict=True):
            by_article.setdefault(part.article_id, (part, self._told(part.grounds, matter.vector)))
        told = [part for part, _words in by_article.values()]
        if len(told) == 1:
            return told[0]
        sure = [part.confidence for part in told if part.confidence is not None]
        named = [
            (
                self._names.get(part.intent or "", part.intent or ""),
                part.grounds[0].title if part.grounds else "",
                words,
            )
            for part, words in by_article.values()
        ]
        return Answer(
            AnswerKind.ANSWER,
            compose.several(named, any(self._is_foreign(part.grounds, assessment) for part in told)),
            tuple(ground for part in told for ground in part.grounds),
            confidence=math.prod(sure) if len(sure) == len(told) else None,
            article_id=told[0].article_id,
            intent=told[0].intent,
            calibration=told[0].calibration,
        )

    def _draft(
        self, guess: IntentGuess, article: Article, found: Sequence[Found], conversation: Conversation,
        assessment: Assessment, may_ask: bool,
    ) -> Answer:  # fmt: skip
        stage = stage_of(conversation)
        confidence, evidence = self._weighed(guess, conversation, assessment)
        drafted = partial(
            Answer,
            confidence=_sureness(confidence, evidence, guess, conversation),
            article_id=article.id,
            intent=guess.intent,
            features=evidence._asdict() if evidence else {},
            calibration=confidence.version if confidence else "",
        )
        options = self._options(guess, stage, evidence, conversation, assessment) if may_ask else ()
        if options:
            names = [self._names.get(option, option) for option in options]
            return drafted(AnswerKind.QUESTION, compose.question(names), options=options)
        rests_on = compose.grounds(article, self._passages[article.id], found)
        is_foreign = self._is_foreign(rests_on, assessment)
        words = self._told(rests_on, assessment.vector)
        said = compose.answer(article.title, words, self._names.get(guess.intent), is_foreign)
        return drafted(AnswerKind.ANSWER, said, rests_on)

    def _told(self, rests_on: Sequence[Ground], vector: Vector | None) -> str:
        """What is quoted, with the part first that was asked about."""
        article = self._quoted[rests_on[0].article_id] if rests_on else None
        if self._foremost is None or vector is None or article is None:
            return compose.told(rests_on)
        return compose.told(rests_on, self._foremost.part(article, rests_on, vector))

    def _is_foreign(self, grounds: Sequence[Ground], assessment: Assessment) -> bool:
        """Whether what is quoted is in another language than the customer surely writes in."""
        spoken = assessment.language
        if spoken.sure <= GUESSED:
            return False
        return any(self._written_in(g.text) not in ("", spoken.value) for g in grounds)

    def _weighed(
        self, guess: IntentGuess, conversation: Conversation, assessment: Assessment
    ) -> tuple[Confidence | None, Evidence | None]:
        """Nothing where nothing was fitted, or beside another head than the one that noticed this."""
        confidence, vector = self._confidence, assessment.vector
        if confidence is None or vector is None or assessment.heads != confidence.head:
            return None, None
        last = None if stage_of(conversation) is Stage.FIRST else conversation.turns[-1]
        before = last.vector if last else None
        if before is not None and last and last.action == Action.ASK:
            vector = together(vector, before)
        return confidence, weigh(
            assessment, assessment.text, vector, guess, confidence.middles, before,
            confidence.record.effect(guess.category),
        )  # fmt: skip

    # which article

    def _choose(
        self, guess: IntentGuess, conversation: Conversation, assessment: Assessment, now: datetime
    ) -> tuple[Article, Sequence[Found]] | Abstention:
        """The article of the intent, by search the best of several; nothing is said twice in an episode."""
        owned = self._articles.get(guess.intent, [])
        fresh = [article for article in owned if not article.is_stale(now.date())]
        said = {turn.article_id for turn in _turns(conversation, Action.ANSWER)}
        left = [article for article in fresh if article.id not in said]
        if not left:
            return Abstention.ALREADY_SAID if fresh else Abstention.STALE_ARTICLE if owned else Abstention.NO_GROUNDS
        speaking_of_it = self._telling.those_that_speak(assessment.text, left, guess.intent)
        found = self._found(speaking_of_it, assessment)
        ranked = {f.passage.article_id: n for n, f in reversed(list(enumerate(found)))}
        article = min(speaking_of_it, key=lambda a: (ranked.get(a.id, len(found)), a.slug))
        return article, [f for f in found if f.passage.article_id == article.id]

    def _found(self, articles: Sequence[Article], assessment: Assessment) -> Sequence[Found]:
        """Searching costs milliseconds: only where there is something to choose."""
        decides = len(articles) > 1 or any(len(article.body) > compose.WHOLE for article in articles)
        if assessment.vector is None or not decides:
            return ()
        return self._search(assessment.text, assessment.vector, SEARCHED)

    def _does_not_tell(
        self, conversation: Conversation, text: str, article: Article, intent: str, year: int
    ) -> Answer | None:
        """An abstention where the article is about the matter and yet no reply to this."""
        if self._telling.is_of_another_act(text, article, intent):
            return _abstain(Abstention.ANOTHER_ACT, intent)
        thing = self._telling.another_thing(text, article, intent)
        if thing and not _is_called(conversation, thing):
            where = compose.grounds(article, self._passages[article.id], ())
            nothing = _abstain(Abstention.ANOTHER_THING, intent)
            return replace(nothing, article_id=article.id, grounds=where, another_thing=thing)
        if referral := self._telling.referral(text, article, year):
            own = [p for p in self._passages[article.id] if p.start < referral.end and referral.start < p.end]
            where = compose.grounds(article, own, ())
            return replace(_abstain(Abstention.REFERS_TO_US, intent), article_id=article.id, grounds=where)
        return None

    # a question instead

    def _options(
        self, guess: IntentGuess, stage: Stage, evidence: Evidence | None, conversation: Conversation,
        assessment: Assessment,
    ) -> tuple[str, ...]:  # fmt: skip
        """The two intents a question would offer; empty where it would not pay, or an answer is sure enough."""
        confidence, rival = self._confidence, rival_of(assessment.intents)
        if not (confidence and evidence and rival) or stage is not Stage.FIRST or not conversation.assistant_may_speak:
            return ()
        if guess.probability - rival.probability > CLEAR:
            return ()  # there is nothing to ask; a person gets the answer with what speaks against it
        enough = confidence.threshold(guess.category)
        if enough is None or confidence.of(evidence) >= enough or not confidence.is_worth_asking(evidence):
            return ()
        if rival.intent not in self._articles:
            return ()
        return (guess.intent, rival.intent)


def stage_of(conversation: Conversation) -> Stage:
    """An answer given in this episode weighs more than a question asked."""
    if any(_turns(conversation, Action.ANSWER)):
        return Stage.ANSWERED
    return Stage.ASKED if any(_turns(conversation, Action.ASK)) else Stage.FIRST


def rival_of(intents: Sequence[IntentGuess]) -> IntentGuess | None:
    """The other opened intent a question could be about."""
    return next((guess for guess in intents[1:] if guess.is_opened), None)


def _turns(conversation: Conversation, action: Action) -> Iterator[EarlierTurn]:
    return (turn for turn in conversation.turns if turn.action == action)


def _sureness(
    confidence: Confidence | None, evidence: Evidence | None, guess: IntentGuess, conversation: Conversation
) -> float | None:
    if confidence is None or evidence is None:
        return None
    sure = confidence.of(evidence, stage_of(conversation))
    return max(sure, confidence.picked) if _is_picked(guess, conversation) else sure


def _is_picked(guess: IntentGuess, conversation: Conversation) -> bool:
    """Whether the last turn offered it and it now stands alone."""
    offered = conversation.turns[-1].options if conversation.turns else ()
    return guess.intent in offered and guess.probability >= PICKED


def _unknown(assessment: Assessment) -> Abstention | None:
    if not assessment.intents:
        return Abstention.NO_HEADS
    if assessment.none_of_these.value:
        return Abstention.UNKNOWN_MATTER
    return None if assessment.intents[0].is_opened else Abstention.UNOPENED_INTENT


def _is_called(conversation: Conversation, thing: str) -> bool:
    """Whether the customer or their company is called so, by whole words: that is not what they ask about."""
    account = conversation.account
    called = f" {' '.join(small(conversation.contact.name))} {' '.join(small(account.name)) if account else ''} "
    return f" {' '.join(small(thing))} " in called


def _abstain(reason: Abstention, intent: str | None = None) -> Answer:
    return Answer(AnswerKind.ABSTENTION, abstention=reason, intent=intent)
