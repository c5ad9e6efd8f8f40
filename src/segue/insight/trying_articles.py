"""An article that is not published yet, tried on the stored past: who would find it, and who would be answered from it.

The one idea: nothing is imitated. The article is published for real in a transaction that is taken back, so that the
real search ranks it among the others, and the real assistant chooses between it and them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import numpy as np
import psycopg

from segue.assistant.answer import Assistant, Search
from segue.assistant.confidence import Confidence
from segue.assistant.telling import Taught, nobody
from segue.domain.answer import Answer
from segue.domain.catalogue import Catalogue
from segue.domain.errors import NotFound, Refused
from segue.domain.knowledge import Article, Found
from segue.domain.past import PastTurn
from segue.domain.ports import Vector
from segue.insight.article_effect import FINDS, ArticleTrial, Effect, Looked, summed
from segue.knowledge.library import Library
from segue.policy.accounts import mindful_of_accounts
from segue.policy.backtest.replay import act
from segue.policy.settings import Policy, load
from segue.store.anew import Anew
from segue.store.backtest import PastStore, Places
from segue.store.workspace import Workspace
from segue.texts import _
from segue.triage.intents import IntentHead
from segue.triage.language import written_in

NEAR = 150
"""Messages, the nearest in meaning, for which it is looked up whether they would find the article."""


@dataclass(frozen=True, slots=True)
class ArticleTrier:
    workspace: Workspace
    library: Library
    past: PastStore

    def try_article(self, article: Article, since: datetime, now: datetime) -> ArticleTrial:
        """`article` by its slug: new, or the next version of one. Nothing is kept.

        Raises Refused for an intent that nobody knows, NotFound where there is no policy, Unavailable while
        everything is read anew.
        """
        Anew(self.past.db).refuse_between(self.library.encoder.version)
        catalogue, policy = self._setting()
        old = self.library.store.article(article.slug)
        new = replace(article, intent=article.intent or (old.intent if old else None))
        opens = _opens(new, catalogue)
        places = self.past.places(since)
        near, own = self._near(new, places), _about(places, {new.intent, old.intent if old else None})
        episodes = self.past.whole(sorted({conversation for conversation, _ in (*near, *own)}))
        turns = {_place(turn): (episode, turn) for episode in episodes for turn in episode.turns}
        now_known = [turns[place][1] for place in own]
        then_known = [_opened(turn, opens) for turn in now_known]
        before = self._answers(now_known, catalogue, None, None, now)
        with self._as_if_published(new, now) as published:
            after = self._answers(then_known, catalogue, published, opens, now)
            ranks = [self._rank(turns[place][1], published.id, now) for place in near]
        effects = [
            Effect(turns[place][0], turn, was, will, act(replace(turn, answer=was), policy),
                   act(replace(then, answer=will), policy))
            for place, turn, then, was, will in zip(own, now_known, then_known, before, after, strict=True)
        ]  # fmt: skip
        finds = Counter(rank for rank in ranks if rank is not None)
        looked = Looked(since, now, len(places.messages), len(near), finds, old is None, opens is not None)
        return self._with_words(summed(new, looked, effects))

    def _setting(self) -> tuple[Catalogue, Policy]:
        live, catalogue = self.workspace.live_policy(), self.workspace.catalogue()
        if live is None:
            raise NotFound(_("There is no policy yet."), _("Choose one under Set up."))
        return catalogue, mindful_of_accounts(load(live[1]), catalogue)

    def _near(self, article: Article, places: Places) -> list[tuple[str, int]]:
        """The messages that lie nearest to it; the real search has the last word on them."""
        if not places.messages:
            return []
        likeness = (places.vectors @ self.library.vectors_of(article).T).max(1)
        return [places.messages[n] for n in np.argsort(-likeness, kind="stable")[:NEAR]]

    @contextmanager
    def _as_if_published(self, article: Article, now: datetime) -> Iterator[Article]:
        """Everybody else goes on seeing what is really published."""
        db = self.past.db
        with db.kept(), db.transaction():
            made = self.library.publish(article, "backtest", now)
            yield replace(article, id=made.article_id, version=made.version)
            raise psycopg.Rollback

    def _answers(
        self, turns: Sequence[PastTurn], catalogue: Catalogue, more: Article | None, opens: str | None, now: datetime
    ) -> list[Answer]:
        """What the assistant says to each, with today's articles and `more`."""
        articles = {a.id: a for a in self.library.store.articles()} | ({more.id: more} if more else {})
        confidence, taught = self._confidence(opens), self._taught()
        ours = str(self.workspace.setting("language") or "")

        @cache
        def assistant(head: str) -> Assistant:
            """Its confidence as of the head that noticed the message."""
            known = confidence and replace(confidence, head=head)
            return Assistant(
                self._search(now), catalogue, articles, known, ours, written_in=written_in, taught=taught,
                encode=self.library.encode,
            )  # fmt: skip

        return [assistant(t.assessment.heads).answer(t.conversation, t.assessment, now) for t in turns]

    def _search(self, now: datetime) -> Search:
        def search(text: str, vector: Vector, limit: int) -> Sequence[Found]:
            return self.library.search(text, vector, now.date(), limit)

        return search

    def _rank(self, turn: PastTurn, article: str, now: datetime) -> int | None:
        """The place at which a search with this message finds the article, from 1."""
        assert turn.assessment.vector is not None
        found = self.library.search(turn.assessment.text, turn.assessment.vector, now.date(), FINDS, internal=True)
        seen = list(dict.fromkeys(f.passage.article_id for f in found))
        return seen.index(article) + 1 if article in seen else None

    def _taught(self) -> Taught:
        """By the live head; none where another version fitted it."""
        stored = self.workspace.head("intents")
        try:
            return IntentHead.from_bytes(stored[1]).taught if stored else nobody
        except (ValueError, KeyError, TypeError):
            return nobody

    def _confidence(self, opens: str | None) -> Confidence | None:
        stored = self.workspace.head("confidence")
        try:
            found = Confidence.from_bytes(stored[1]) if stored else None
        except (ValueError, KeyError, TypeError):  # fitted by another version; until the next fit nothing is sure
            return None
        if found is None or opens not in found.middles.intents:
            return found
        is_opened = found.middles.is_opened.copy()
        is_opened[found.middles.intents.index(opens)] = True
        return replace(found, middles=replace(found.middles, is_opened=is_opened))

    def _with_words(self, found: ArticleTrial) -> ArticleTrial:
        words = self.past.words((e.conversation_id, e.seq) for e in found.examples)
        return replace(
            found, examples=tuple(replace(e, text=words[e.conversation_id, e.seq][0][:300]) for e in found.examples)
        )


def _opens(article: Article, catalogue: Catalogue) -> str | None:
    """The intent that would have to be opened with it; None where it is opened already, or there is none."""
    if article.intent is None:
        return None
    intent = catalogue.intent(article.intent)
    if intent is None:
        raise Refused(
            _("There is no intent %(intent)s.", intent=article.intent),
            _("Name one of the catalogue: GET /categories lists them."),
        )
    return None if intent.is_opened else intent.id


def _opened(turn: PastTurn, intent: str | None) -> PastTurn:
    """The turn as it would have been noticed had the intent been opened; the head is not fitted anew."""
    if intent is None:
        return turn
    noticed = turn.assessment
    guesses = tuple(replace(g, is_opened=g.is_opened or g.intent == intent) for g in noticed.intents)
    own = sum(g.probability for g in noticed.intents if g.intent == intent)
    left = replace(noticed.unopened, value=max(noticed.unopened.value - own, 0.0))
    return replace(turn, assessment=replace(noticed, intents=guesses, unopened=left))


def _about(places: Places, intents: set[str | None]) -> list[tuple[str, int]]:
    both = zip(places.messages, places.intents, strict=True)
    return [message for message, intent in both if intent is not None and intent in intents]


def _place(turn: PastTurn) -> tuple[str, int]:
    return turn.conversation.id, turn.conversation.latest.seq
