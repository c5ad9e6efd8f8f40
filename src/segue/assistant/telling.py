"""Whether an article tells what a message asks, beyond being about the same matter.

The one idea: three doubts that no likeness of texts sees. An article about invoices may tell nothing of deleting one;
one that says "write to us" is no reply to who just wrote; one on delivery to Germany tells nothing of France. All
are read from the article's own words, when a message first comes to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from segue.domain.knowledge import Article
from segue.knowledge.acted_on import acted_on, is_another_thing, things_in, told_of, words_of
from segue.knowledge.acts import asked, asked_in, told
from segue.knowledge.another_thing import House, Named, another_thing, keys_in, named_in
from segue.knowledge.referring import Referral, referrals_of

_READ = ("", "en", "de")
_USUAL = 5
"""A thing that one in so many past messages of a matter names, and two at least, is what the matter is about, whether
its article says so or not."""
_PAST = 500
"""About so many past messages of a matter are read for that, out of all of its time: somebody waits for an answer."""
Taught = Callable[[str], Sequence[str]]


def nobody(_intent: str) -> Sequence[str]:
    """No past messages."""
    return ()


class Telling:
    """Remembers what it read of articles; belongs to one state of them. `taught`: past messages by intent.
    `written_in`: the language of a text, empty where it is not known. `articles`: all that may be quoted."""

    def __init__(
        self, taught: Taught, names: Mapping[str, str], written_in: Callable[[str], str] = lambda text: "",
        articles: Sequence[Article] = (),
    ) -> None:  # fmt: skip
        self._written_in = written_in
        self._articles = articles
        self._things_told: dict[tuple[str, str], frozenset[str]] = {}
        self._taught = taught
        self._names = names
        self._told: dict[str, frozenset[str]] = {}
        self._asked_of: dict[str, frozenset[str]] = {}
        self._referrals: dict[str, tuple[Referral, ...]] = {}
        self._named: dict[str, Named] = {}
        self._usual: dict[str, frozenset[str]] = {}
        self._house = House(f"{article.title}\n{article.body}" for article in articles)

    def is_of_another_act(self, text: str, article: Article, intent: str) -> bool:
        """Whether what is to be done stands nowhere in the article, nor in what people wrote who wanted the same; or is
        to be done to another thing. Acts are known in English and German: of an article in another language nothing is
        said."""
        wanted = asked(text)
        if not wanted or self._written_in(article.body) not in _READ:
            return False
        if not wanted & self._of(article) and not wanted & self._among(intent):
            return True
        return bool(nouns := acted_on(text)) and is_another_thing(nouns, self._acted_on(article, intent), self._things)

    def referral(self, text: str, article: Article, year: int = 0) -> Referral | None:
        """The stretch that only sends to us whoever writes this; `year` is the present one."""
        if article.id not in self._referrals:
            self._referrals[article.id] = referrals_of(article.body)
        return next((referral for referral in self._referrals[article.id] if referral.is_met(text, year)), None)

    def another_thing(self, text: str, article: Article, intent: str) -> str:
        """What the message names, as it stands there, and the article does not speak of though it is bound to another;
        empty for nothing. Names are known in English and German; the article's language does not matter."""
        if article.id not in self._named:
            self._named[article.id] = named_in(article.title, article.body)
        found = another_thing(self._named[article.id], text, self._house)
        return found.said if found and found.key not in self._usually_named(intent) else ""

    def those_that_speak(self, text: str, articles: Sequence[Article], intent: str) -> Sequence[Article]:
        """Of several articles of a matter those that speak of what the message names; all, where none does."""
        if len(articles) < 2:
            return articles
        return [article for article in articles if not self.another_thing(text, article, intent)] or articles

    def _usually_named(self, intent: str) -> frozenset[str]:
        if intent not in self._usual:
            past = self._past(intent)
            past = past[:: 1 + len(past) // _PAST]
            named = Counter(key for text in past for key in keys_in(text))
            self._usual[intent] = frozenset(key for key, n in named.items() if n >= max(2, len(past) / _USUAL))
        return self._usual[intent]

    def _of(self, article: Article) -> frozenset[str]:
        if article.id not in self._told:
            self._told[article.id] = told(f"{article.title}\n{article.body}")
        return self._told[article.id]

    def _among(self, intent: str) -> frozenset[str]:
        if intent not in self._asked_of:
            self._asked_of[intent] = asked_in((self._names.get(intent, ""), *self._past(intent)))
        return self._asked_of[intent]

    def _acted_on(self, article: Article, intent: str) -> frozenset[str]:
        """What the article tells its acts of, and all that people spoke of who wanted the same."""
        found = self._things_told.get((article.id, intent))
        if found is None:
            past = " . ".join((self._names.get(intent, ""), *self._past(intent)))
            found = told_of(article.body) | words_of(f"{article.title} . {past}")
            self._things_told[article.id, intent] = found
        return found

    def _past(self, intent: str) -> list[str]:
        """What customers wrote. On the first day a matter is learnt from its articles' own sentences, too, and those
        say nothing of what is asked."""
        own = [_plain(f"{a.title}\n{a.body}") for a in self._articles if a.intent == intent]
        return [text for text in self._taught(intent) if not any(text in words for words in own)]

    @cached_property
    def _things(self) -> Counter[str]:
        """In how many articles each word stands: read once, when first something is to be done to something."""
        return things_in(f"{article.title}\n{article.body}" for article in self._articles)


def _plain(text: str) -> str:
    """Without marks of Markdown, as the sentences that a matter is learnt from (triage/examples)."""
    return " ".join(re.sub(r"[*_`#>|]+", " ", text).split())
