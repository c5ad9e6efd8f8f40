"""Articles under the matters they answer: the assistant answers from an article only where it knows what for.

The one idea: an article reads like what its readers ask, so the head that reads customers can read it, too, and
proposes where a loose one belongs. A person places it; what nothing fits may become a matter of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from segue.domain.assessment import IntentGuess
from segue.domain.catalogue import Catalogue, Intent
from segue.domain.errors import NotFound, Refused
from segue.domain.knowledge import Article
from segue.domain.ports import Vector
from segue.knowledge.library import Published
from segue.learning.school import School, slug
from segue.texts import _
from segue.triage.intents import IntentHead

READ = 600
"""Characters of an article that are read to place it: of the demo company's 31 all come out right, by the title 30."""
OFFERED = 3
_LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Loose:
    """A public article that answers no matter, and which it may answer, likeliest first; none where it is like
    nothing known, or nothing was fitted."""

    article: Article
    matters: tuple[IntentGuess, ...]


def is_loose(article: Article) -> bool:
    return article.intent is None and article.audience == "public"


def placed_by_meaning(
    articles: Iterable[Article], head: IntentHead | None, encode: Callable[[Sequence[str]], Vector]
) -> list[Loose]:
    """Every loose article among them."""
    loose = [article for article in articles if is_loose(article)]
    if head is None:
        return [Loose(article, ()) for article in loose]
    texts = [_as_asked(article) for article in loose]
    return [
        Loose(article, _likely(head, text, vector))
        for article, text, vector in zip(loose, texts, encode(texts), strict=True)
    ]


@dataclass(frozen=True)
class Placing:
    school: School

    def loose(self) -> list[Loose]:
        return placed_by_meaning(self.school.library.store.articles(), self.school.head(), self.school.library.encode)

    def place(self, article: str, matter: str, by: str, now: datetime) -> Published:
        """Puts it under a matter, by its id or name; its text and version stay."""
        catalogue = self.school.workspace.catalogue()
        intent = catalogue.intent_called(matter)
        if intent is None:
            told = _("There is no matter %(intent)s.", intent=matter)
            raise Refused(told, _one_of(i.id for i in catalogue.intents), "/intent")
        return self.school.publish(replace(self._article(article), intent=intent.id), by, now, "Placed.")

    def take_back(self, article: str, by: str, now: datetime) -> Published:
        """It answers no matter any more, and nobody is answered from it."""
        return self.school.publish(replace(self._article(article), intent=None), by, now, "Taken back.")

    def place_anew(self, article: str, category: str, by: str, now: datetime) -> str:
        """Makes a matter of it, named like the article and learnt from its title; returns the matter's id. `category`:
        its id or name."""
        found, catalogue = self._article(article), self.school.workspace.catalogue()
        kin = catalogue.category_called(category)
        if kin is None:
            told = _("There is no category %(name)s.", name=category)
            raise Refused(told, _one_of(c.id for c in catalogue.categories), "/category")
        intent = slug(found.title).replace("-", "_")
        if not intent or catalogue.intent(intent) is not None:
            raise Refused(_("There is a matter %(intent)s already.", intent=intent), _("Choose that one."), "/intent")
        known = Intent(intent, found.title, kin.id, False, (found.title,))
        with self.school.store.together():
            self.school.workspace.put_catalogue(Catalogue((), (known,)), now, by)
            self.place(article, intent, by, now)
        return intent

    def _article(self, article: str) -> Article:
        """By its slug or its title."""
        store = self.school.library.store
        found = store.article(article)
        if found is None:
            wanted, all_of_them = article.strip().casefold(), store.articles()
            found = next((a for a in all_of_them if a.title.casefold() == wanted), None)
        if found is None:
            raise NotFound(_("There is no article %(slug)s.", slug=article), _("The list shows all of them."))
        return found


def _one_of(names: Iterable[str]) -> str:
    return _("Choose one of these: %(these)s.", these=", ".join(sorted(names)))


def _as_asked(article: Article) -> str:
    return f"{article.title}. {' '.join(article.body.split())[:READ]}"


def _likely(head: IntentHead, text: str, vector: Vector) -> tuple[IntentGuess, ...]:
    read = head.read(text, vector)
    likely = () if read.none_of_these.value else read.intents[:OFFERED]
    return tuple(guess for guess in likely if guess.probability >= _LEAST)
