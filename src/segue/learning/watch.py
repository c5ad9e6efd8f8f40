"""Watches for articles that recent replies of people contradict.

The one idea: one reply opens a case and changes nothing; people err, and customers are exceptions. The assistant stops
answering from the article when a person confirms the case, or when AGREE replies for different customers, by at least
AGENTS people, say the same instead. What people said before we came counts like what they say now, as long as it is
recent and no older than the article's text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Conflict
from segue.domain.knowledge import Article
from segue.knowledge.library import Library
from segue.learning.contradictions import Contradiction, are_enough, conflicts
from segue.learning.deciding import decider
from segue.learning.edits import UNEDITED, plain
from segue.learning.personal import strip
from segue.store.stale import Doubt, Reply, StaleStore
from segue.store.workspace import Workspace

AGREE = 3
AGENTS = 2
SAME_THING = 0.45
"""Cosine from which on two sentences that share words are about the same thing."""
RECENT = timedelta(days=180)
"""How far back a reply that was brought with the past still says how things are."""
MOST_PAST = 5_000
"""Such replies that one look compares, the newest: a minute of processor at most."""


class ArticleWatch:
    def __init__(self, store: StaleStore, library: Library, workspace: Workspace) -> None:
        self.store = store
        self._library = library
        self._workspace = workspace

    def look(self, conversation: str) -> int:
        """Compares the replies of a resolved conversation with the articles of its matter; harmless to repeat.

        Returns how many doubts were kept. The store's clock is the reply's own time.
        """
        return sum(self._keep(reply) for reply in self.store.replies(conversation, UNEDITED))

    def look_back(self, now: datetime) -> int:
        """The same with the recent replies of conversations that were brought with the past; harmless to repeat."""
        return sum(self._keep(reply, now) for reply in self.store.past_replies(now - RECENT, MOST_PAST))

    def unlearn(self, now: datetime) -> int:
        """A customer was erased, and their replies went with them: a doubt that nothing speaks for any more is
        forgotten, one that too few agree on is open again, and the article answers as it did. What a person decided
        stays decided. Returns how many changed."""
        changed = 0
        for case in self.store.cases():
            left = self.store.replies_to(case["id"]) if case["status"] in ("open", "agreed") else None
            if left is None or (left and (case["status"] == "open" or _agree(left))):
                continue
            self.store.take_back(case["id"], bool(left), now)
            changed += 1
        return changed

    def decide(self, case: str, by: str, is_stale: bool, now: datetime, note: str = "") -> None:
        """A lead says whether the article is stale or stands. Raises Conflict where that is decided."""
        who = decider(self._workspace, by)
        if is_stale:
            self.store.make_stale(case, "confirmed", who.id, now, note)
        else:
            self.store.dismiss(case, who.id, now, note)

    def _keep(self, reply: Reply, now: datetime | None = None) -> int:
        """How many doubts the reply leaves."""
        kept = 0
        for doubt in self._doubts(reply):
            case = self.store.doubt(doubt, reply, now)
            kept += 1
            if case is not None:
                self._close_if_agreed(case, now or reply.at)
        return kept

    def _doubts(self, reply: Reply) -> Iterator[Doubt]:
        text = strip(plain(reply.text)).text
        for article_id in reply.articles:
            article = self._library.store.article(article_id)
            for found in self._contradictions(article, text) if article else ():
                yield Doubt(
                    article_id, article.version if article else 0, found.kind, found.claim, found.article_says,
                    found.reply_says, found.value,
                )  # fmt: skip

    def _contradictions(self, article: Article, text: str) -> list[Contradiction]:
        """Only pairs whose words disagree are encoded: most replies cost nothing. Not through the cache, which would
        keep a trace of a reply's sentences."""
        found = conflicts(article.body, text)
        if not found:
            return []
        encode = self._library.encoder.encode
        ours, theirs = encode([c.article_says for c in found]), encode([c.reply_says for c in found])
        cosines = (ours * theirs).sum(1)
        return [c for c, cosine in zip(found, cosines, strict=True) if cosine >= SAME_THING]

    def _close_if_agreed(self, case: str, now: datetime) -> None:
        if _agree(self.store.replies_to(case)):
            try:
                self.store.make_stale(case, "agreed", "segue", now)
            except Conflict:  # somebody decided meanwhile
                return


def _agree(replies: Sequence[Mapping[str, Any]]) -> bool:
    return are_enough([(r["value"], r["contact_id"], r["agent_id"]) for r in replies], AGREE, AGENTS)
