"""What lessons and unknown messages come to, once a person has said yes: articles, additions to them, new intents.

The one idea: nothing is taught without a name under it. Only a lead decides; and nobody decides alone on what they
alone have written, so that one person can neither put words into the assistant's mouth nor wave them through (trust,
defence 8).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import numpy as np

from segue.assistant.confidence import Confidence
from segue.domain.errors import Forbidden, NotFound, Refused
from segue.domain.knowledge import Article, Found
from segue.domain.people import Agent
from segue.domain.ports import DIMENSIONS, Vector
from segue.knowledge.library import Library, Published
from segue.knowledge.passages import passages_of
from segue.learning import candidates
from segue.learning.deciding import decider
from segue.learning.effect import Unseen, World, compare
from segue.learning.lessons import has_words
from segue.learning.personal import strip
from segue.learning.topics import Topic, propose
from segue.store.anew import Anew
from segue.store.candidates import CandidateStore, PastCase, Unknown
from segue.store.database import Database, written
from segue.store.issues import IssueStore
from segue.store.workspace import Workspace
from segue.texts import _
from segue.triage.examples import Examples, article_texts, named_texts
from segue.triage.intents import IntentHead

T = TypeVar("T")
NEAR, RECENT = 150, 150
"""Past cases an article is tried on: those nearest to it and the newest."""
LOOKED_BACK = timedelta(days=90)
MOST_UNKNOWN = 5_000
STRANGE = 0.95
"""Novelty from which on a message may be a matter nobody named. Lower than where the assistant falls silent: a topic
has several messages, and a person looks it through."""


@dataclass(frozen=True)
class School:
    db: Database
    library: Library

    @property
    def store(self) -> CandidateStore:
        return CandidateStore(self.db)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.db)

    # candidate articles

    def draft(self, now: datetime) -> list[str]:
        """Drafts what the lessons since the last time are enough for; returns the ids, each with its effect tested.

        A lesson like those of a draft that is open, or was rejected, goes to that one.
        """
        self.store.attach(candidates.at_home(self.store.sources(), self.store.homes()))
        found = candidates.drafts(
            self.store.sources(), self.library.store.articles(), self.workspace.catalogue(), self.library.encode
        )
        made = [self.store.put(draft, None, now) for draft in found]
        for candidate in made:
            self.test(candidate, now)
        return made

    def shown(self, candidate: str) -> dict[str, Any]:
        """The candidate with its lessons, and on how many cases, customers and agents it rests."""
        found = self.store.candidate(candidate)
        return {**found, "rests_on": candidates.evidence(found["sources"], self.library.encode)}

    def test(self, candidate: str, now: datetime) -> Mapping[str, Any] | None:
        """Tries it on past cases, keeps and returns what that showed. None without an intent or a fitted head."""
        found = self.store.candidate(candidate)
        world = self._world(now)
        if world is None or found["intent_id"] is None:
            return None
        article = self._article(found, now)
        vectors = self.library.encode(_as_searched(article))  # before the transaction: the model takes its time
        cases = self.store.past_cases(candidate, _middle(vectors), NEAR, RECENT)
        unseen = self._unseen(world, cases)
        before = unseen.answers(cases)
        with self.store.undone():
            published = self.library.publish(article, "trial", now)
            articles = {a.id: a for a in self.library.store.articles()}
            after = unseen.with_articles(articles, str(article.intent)).answers(cases)
        effect = compare(cases, before, after, published.article_id)
        self.store.put_effect(candidate, effect)
        return effect

    def edit(
        self, candidate: str, by: str, now: datetime, title: str | None = None, body: str | None = None,
        intent: str | None = None, tests: bool = True,
    ) -> None:  # fmt: skip
        """Changes its words or what it answers, and `tests` the effect anew: not where it is decided in the same breath
        or tested after it is merged, for that takes seconds and nobody would read it."""
        who = decider(self.workspace, by)
        if intent is not None and self.workspace.catalogue().intent(intent) is None:
            raise Refused(
                _("There is no intent %(intent)s.", intent=intent), _("GET /categories lists them."), "/intent"
            )
        self.store.edit(candidate, who.id, now, title, body, intent)
        if tests:
            self.test(candidate, now)

    def approve(self, candidate: str, by: str, now: datetime, note: str = "") -> str:
        """Publishes it as an article under the approver's name, and opens its intent; returns the article's id.

        Raises Forbidden for who may not decide, Refused where it lacks a title or an intent.
        """
        who, found = decider(self.workspace, by), self.store.candidate(candidate)
        _refuse_own(found, who)
        if not found["title"].strip() or found["intent_id"] is None:
            raise Refused(_("It has no title or answers no intent yet."), _("Edit it first: give it both."), "/title")
        article = self._article(found, now)
        self.library.encode(_as_searched(article))
        with self.store.together():
            made = self.publish(article, who.id, now, note or f"From candidate {candidate}.")
            self.store.close(candidate, "approved", who.id, note, now, made.article_id)
        return made.article_id

    def publish(self, article: Article, by: str, now: datetime, note: str = "") -> Published:
        """The next version. What a public article answers is opened with it: no longer known by name only."""
        self.library.encode(_as_searched(article))  # before the transaction: the model takes its time
        with self.store.together():
            made = self.library.publish(article, by, now, note)
            if article.intent and article.audience == "public":
                self.store.open_intent(article.intent, by, now)
        return made

    def reject(self, candidate: str, by: str, now: datetime, note: str = "") -> None:
        """Its lessons stay lessons; nothing is drafted from them again."""
        self.store.close(candidate, "rejected", decider(self.workspace, by).id, note, now)

    def merge(self, candidate: str, into: str, by: str, now: datetime) -> str:
        """Puts it into another candidate, with its lessons, or adds it to an article; tests what that makes, and gives
        the candidate to decide on. What the other one says already is not said twice."""
        who, found = decider(self.workspace, by), self.store.candidate(candidate)
        if into.startswith("cnd_"):
            other = self.store.candidate(into)
            body = candidates.joined(other["body"], found["title"], found["body"], self.library.encode)
            self.store.merge(candidate, into, body, found["intent_id"], who.id, now)
            self.test(into, now)
            return into
        article = self.library.store.article(into)
        if article is None:
            raise NotFound(
                _("There is neither a candidate nor an article %(into)s.", into=into), _("GET /candidates lists them.")
            )
        body = candidates.joined(article.body, found["title"], found["body"], self.library.encode)
        intent = article.intent or found["intent_id"]
        self.store.add_to_article(candidate, article.id, article.title, body, intent, who.id, now)
        self.test(candidate, now)
        return candidate

    # new topics

    def propose_topics(self, now: datetime) -> list[str]:
        """Clusters what was none of the known matters; replaces the proposals nobody has decided on.

        What only one customer writes is no topic, however often they do.
        """
        unknown = self.store.unknown(now - LOOKED_BACK, STRANGE, MOST_UNKNOWN)
        vectors = np.stack([m.vector for m in unknown]) if unknown else np.empty((0, DIMENSIONS), np.float32)
        found = propose([strip(m.text).text for m in unknown], vectors)
        topics = [_as_topic(t, unknown) for t in found if len({unknown[n].contact_id for n in t.members}) > 1]
        return self.store.put_topics(topics, now)

    def name(self, topic: str, by: str, name: str, category: str, now: datetime, intent: str = "") -> str:
        """Makes the topic an intent of a category, with its messages as examples, personal data taken out.

        The intent is known by name only until it has an article. Returns its id.
        """
        who, catalogue = decider(self.workspace, by), self.workspace.catalogue()
        if catalogue.category(category) is None:
            raise Refused(
                _("There is no category %(category)s.", category=category),
                _("GET /categories lists them."),
                "/category",
            )
        intent = intent or slug(name).replace("-", "_")
        if not intent or catalogue.intent(intent) is not None:
            raise Refused(
                _("There is an intent “%(intent)s” already.", intent=intent), _("Give this one another id."), "/intent"
            )
        self.store.topic(topic)
        examples = self._examples(topic)
        self.store.name_topic(topic, intent, name, category, examples, who.id, now)
        return intent

    def dismiss(self, topic: str, by: str, now: datetime, note: str = "") -> None:
        """It is not proposed again with these messages."""
        self.store.dismiss_topic(topic, decider(self.workspace, by).id, now, note)

    def file(self, topic: str, by: str, title: str, now: datetime) -> None:
        """It becomes an issue of the product team's tracker, and is not proposed again with these messages."""
        IssueStore(self.db).ask(topic, title, decider(self.workspace, by).id, now)

    def file_again(self, topic: str, by: str, now: datetime) -> None:
        """After it failed."""
        IssueStore(self.db).again(topic, decider(self.workspace, by).id, now)

    def _examples(self, topic: str) -> list[dict[str, Any]]:
        rows = self.store.topic_messages(topic)
        bare = [(row, strip(row.body, (row.name, row.email, row.account)).text) for row in rows]
        kept = [(row, text) for row, text in bare if has_words(text)]
        vectors = self.library.encode([text for _, text in kept])
        return [
            {"body": text, "vector": written(vector), "encoder": self.library.encoder.version,
             "contact": row.contact_id, "conversation": row.conversation_id}
            for (row, text), vector in zip(kept, vectors, strict=True)
        ]  # fmt: skip

    # what it needs for that

    def head(self) -> IntentHead | None:
        """The fitted one; None where nothing is fitted that this version can read."""
        return self._fitted("intents", IntentHead.from_bytes)

    def _world(self, now: datetime) -> World | None:
        """None where nothing is fitted that this version can read."""
        if (head := self.head()) is None:
            return None
        articles = {a.id: a for a in self.library.store.articles()}
        confidence = self._fitted("confidence", Confidence.from_bytes)
        return World(head, self.workspace.catalogue(), articles, self._search(now), confidence)

    def _unseen(self, world: World, cases: Sequence[PastCase]) -> Unseen:
        history = Examples.of(self.library.store.examples())
        texts = named_texts(world.catalogue) + article_texts(self.library.store.articles(), history.intents)
        vectors = self.library.encode([text for text, _ in texts])
        named = Examples(tuple(text for text, _ in texts), vectors, tuple(intent for _, intent in texts))
        taught = self.store.taught_by([case.conversation_id for case in cases])
        return Unseen.of_cases(world, cases, history, named, taught)

    def _fitted(self, kind: str, read: Callable[[bytes], T]) -> T | None:
        stored = self.workspace.head(kind)
        if Anew(self.store.db).made_with() not in (None, self.library.encoder.version):
            return None  # it reads another encoder's vectors
        try:
            return read(stored[1]) if stored else None
        except (ValueError, KeyError, TypeError):  # another version wrote it; `segue fit` writes it anew
            return None

    def _search(self, now: datetime) -> Callable[[str, Vector, int], Sequence[Found]]:
        return lambda text, vector, limit: self.library.search(text, vector, now.date(), limit)

    def _article(self, found: Mapping[str, Any], now: datetime) -> Article:
        """As it would be published: an addition keeps the article's place, a new one gets a slug of its own."""
        title = found["title"].strip() or "Without a title yet"
        if found["article_id"] is not None:
            old = self.library.store.article(found["article_id"])
            if old is None:
                raise NotFound(_("The article it would add to is gone."), _("Reject the candidate."))
            review_by = None if old.is_stale(now.date()) else old.review_by
            return replace(old, id="", title=title, body=found["body"], review_by=review_by)
        return Article("", self._free_slug(title), title, found["body"], "public", found["intent_id"])

    def _free_slug(self, title: str) -> str:
        stem = slug(title) or "article"
        taken = {a.slug for a in self.library.store.articles()}
        return next(s for s in (stem, *(f"{stem[:76]}-{n}" for n in range(2, 1000))) if s not in taken)


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80]


def _refuse_own(found: Mapping[str, Any], who: Agent) -> None:
    authors = {s["agent_id"] for s in found["sources"]}
    if authors == {who.id}:
        raise Forbidden(
            _("Every case behind it was written by %(name)s.", name=who.name), _("Another lead has to approve it.")
        )


def _as_searched(article: Article) -> list[str]:
    """The texts that are encoded when it is published (knowledge/library)."""
    return [f"{article.title}. {p.heading} {p.text}" for p in passages_of(article)]


def _middle(vectors: Vector) -> Vector:
    total: Vector = vectors.sum(0)
    return total


def _as_topic(topic: Topic, unknown: Sequence[Unknown]) -> tuple[Sequence[str], Sequence[Unknown], int]:
    """What marks it out, its messages, and the place among them of the one to read."""
    return topic.name.split(", "), [unknown[n] for n in topic.members], topic.members.index(topic.medoid)
