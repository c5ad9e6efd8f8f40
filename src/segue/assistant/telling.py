"""Whether an article tells what a message asks, beyond being about the same matter.

The one idea: two doubts that no likeness of texts sees. An article about invoices may tell nothing of deleting one; and
one that says "write to us" is no reply to who just wrote. Both are read from the article's own words, when a message
first comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from segue.domain.knowledge import Article
from segue.knowledge.acts import asked, asked_in, told
from segue.knowledge.referring import Referral, referrals_of

Taught = Callable[[str], Sequence[str]]


def nobody(_intent: str) -> Sequence[str]:
    """No past messages."""
    return ()


class Telling:
    """Remembers what it read of articles; belongs to one state of them. `taught`: past messages by intent.
    `written_in`: the language of a text, empty where it is not known."""

    def __init__(
        self, taught: Taught, names: Mapping[str, str], written_in: Callable[[str], str] = lambda text: ""
    ) -> None:
        self._written_in = written_in
        self._taught = taught
        self._names = names
        self._told: dict[str, frozenset[str]] = {}
        self._asked_of: dict[str, frozenset[str]] = {}
        self._referrals: dict[str, tuple[Referral, ...]] = {}

    def is_of_another_act(self, text: str, article: Article, intent: str) -> bool:
        """Whether what is to be done stands nowhere in the article, nor in what people wrote who wanted the same.
        Acts are known in English only, so of an article in another language nothing is said."""
        if self._written_in(article.body) not in ("", "en"):
            return False
        wanted = asked(text)
        return bool(wanted) and not wanted & self._of(article) and not wanted & self._among(intent)

    def referral(self, text: str, article: Article) -> Referral | None:
        """The stretch that only sends to us whoever writes this."""
        if article.id not in self._referrals:
            self._referrals[article.id] = referrals_of(article.body)
        return next((referral for referral in self._referrals[article.id] if referral.is_met(text)), None)

    def _of(self, article: Article) -> frozenset[str]:
        if article.id not in self._told:
            self._told[article.id] = told(f"{article.title}\n{article.body}")
        return self._told[article.id]

    def _among(self, intent: str) -> frozenset[str]:
        if intent not in self._asked_of:
            self._asked_of[intent] = asked_in((self._names.get(intent, ""), *self._taught(intent)))
        return self._asked_of[intent]
