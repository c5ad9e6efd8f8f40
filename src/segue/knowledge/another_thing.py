"""What a message names and an article does not speak of: delivery to France, where it tells of Germany.

The one idea: for an encoder "delivery to France" and "delivery to Germany" are nearly one question, and yet the answer
to one is none to the other. So names are looked at by themselves. One is another thing where the article is bound to
others of its kind; not where the article covers it, being of what it names or speaking of all of the kind; and not
where it only signs, greets, belongs to a person, or is told by the way. A house's own town binds nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from segue.knowledge import naming
from segue.knowledge.names import (
    ENDS,
    Met,
    above,
    book,
    is_a_name,
    is_in_what_is_asked,
    is_led_to,
    is_wide,
    met_in,
    names_any,
    place_before,
    small,
    told_by_stem,
    words_of,
)
from segue.knowledge.sorts import SORTS, other_sort, sorts_in

_READ = 2_000
"""Characters of a message that are looked at; a letter tells its matter otherwise."""
_GREETING = re.compile(rf"\A\W*{naming.any_of('greeting')}(?P<whom>(?:[ ]+[^\s,.!?]+){{0,3}})[ ]*[,!\n]", re.IGNORECASE)
_NO_GREETING = naming.words("no greeting") | naming.words("leading")
_SIGNING = re.compile(
    rf"[.!?,\n]\W{{0,4}}{naming.any_of('signing')}(?! (?:for|für)\b)(?![^?]*\?).*\Z", re.IGNORECASE | re.DOTALL
)
"""From here on somebody signs; not where a question follows."""
_WHETHER = re.compile(naming.any_of("whether"), re.IGNORECASE)
_HOW = re.compile(naming.any_of("how"), re.IGNORECASE)
_BEFORE_A_PERSON = naming.words("person")
_BEING = re.compile(naming.any_of("being"))
_LIVING = re.compile(naming.any_of("living"))
_OFFICE = re.compile(naming.any_of("office"))
_INSTEAD = re.compile(naming.any_of("instead"))
_PAID = re.compile(naming.any_of("paid"))
_ORIGIN = naming.words("origin")
_GOING = naming.words("going")
_CLAUSE = ENDS | {","}
_PRESSED = re.compile(r"\*\*(.+?)\*\*")
"""Names of buttons: an article that says "press **Export**" is on exporting, one that says "we import it" is not."""
_POSTCODE = re.compile(r"\d{4,5}")
_FEW = 3
_SIDE = 12
_PLACE = "place"
_PAYMENT = "payment"
_OF_A_THING = frozenset(("make", "service"))
_NO_NOUN = naming.words("no noun") | naming.words("leading") | naming.words("passed")
_ANYBODYS = naming.words("anybody's")
_ENOUGH = 3
"""Names of a kind from which on an article lists them all: who asks whether there is another learns that there is
not."""
_MANY = 3
_SHARE = 5
"""A town that `_MANY` of a house's articles name, and one in `_SHARE`, is where the house is."""


class House:
    """The places that a house's articles name: read once, when first a message names a place."""

    def __init__(self, articles: Iterable[str] = ()) -> None:
        """`articles`: their titles and texts."""
        self._articles = tuple(articles)

    @cached_property
    def _named(self) -> Counter[int]:
        """In how many articles each place stands."""
        return Counter(thing for text in self._articles for thing in set(_places(words_of(text))))

    @cached_property
    def home(self) -> frozenset[int]:
        """Towns that many articles name."""
        enough = max(_MANY, len(self._articles) / _SHARE)
        return frozenset(thing for thing, n in self._named.items() if n >= enough and not is_wide(thing))

    @cached_property
    def _known(self) -> frozenset[int]:
        return frozenset(self._named) | _around(self._named)

    def is_out_of_it(self, place: int) -> bool:
        """Whether it lies nowhere in what the articles name; where they name nothing, whether it is a country."""
        if not self._known:
            return is_wide(place)
        return place not in self._known and self._known.isdisjoint(above(place))


NO_HOUSE = House()


@dataclass(frozen=True)
class Named:
    """What an article names, read once. Things by their place in the book."""

    things: frozenset[int]
    around: frozenset[int]
    """What those are part of, but for parts of the world: who asks about a whole country is told of one town."""
    bound: Mapping[str, frozenset[int]]
    """By kind, those to which what it tells is bound."""
    is_an_office: bool
    """Whether it names a place as where the house's own rooms are."""
    whole: frozenset[str]
    """Kinds of all of which it speaks."""
    matters: frozenset[str]
    """Kinds of which it matters, by its title, which one is meant."""
    open: frozenset[str]
    """Kinds of which that matters although it names none: by its title, or by its text."""
    sorts: Mapping[str, frozenset[str]]
    words: frozenset[str]
    title: frozenset[str]


class Another(NamedTuple):
    """`said`: as it stands in the message. `key`: one for all names of a thing."""

    said: str
    key: str


def named_in(title: str, body: str) -> Named:
    words, head = words_of(f"{title}\n{body}"), small(title)
    told = [word.casefold() for word in words]
    met = list(met_in(words))
    names = [m for m in met if is_a_name(words, m)]
    offices = [m for m in names if _is_an_office(told, m)]
    within = {at for m in names if m.words > 1 for at in range(m.start, m.start + m.words)}  # "American Express"
    stems = [(thing, at) for thing, at in told_by_stem(told) if at not in within]
    things = {m.thing for m in met} | {thing for thing, _ in stems}
    binding = {m.thing for m in names if m not in offices} | {thing for thing, at in stems if _binds(told, thing, at)}
    plain, matters = " ".join(small(body)), _mattering(head)
    countries = (m for m in names if _kind(m) == _PLACE and is_wide(m.thing) and m not in offices)
    if any(_LIVING.search(_before(told, m.start)) for m in countries):
        matters |= {_PLACE}
    return Named(
        things=frozenset(things),
        around=_around(things),
        bound=_by_kind(binding),
        is_an_office=bool(offices),
        whole=frozenset(kind for kind, pattern in book().whole.items() if pattern.search(plain)),
        matters=matters,
        open=matters | _asked(head, body),
        sorts=sorts_in(words, head),
        words=frozenset(told),
        title=frozenset(_one(word) for word in head if word not in _NO_NOUN),
    )


def _mattering(head: Sequence[str]) -> frozenset[str]:
    """Kinds of which it matters, by the words of a title, which one is meant."""
    title = " ".join(head)
    return frozenset(
        kind
        for kind, begins in book().matter.items()
        if any(word.startswith(begins) for word in head)
        and not (kind in book().unless and book().unless[kind].search(title))
    )


def _asked(head: Sequence[str], body: str) -> frozenset[str]:
    """Kinds of which that matters where a title says so, or where the text names a button."""
    pressed = {word for label in _PRESSED.findall(body) for word in small(label)}.union(head)
    by_title = {kind for kind, some in book().titled.items() if not some.isdisjoint(head)}
    return frozenset(by_title | {kind for kind, some in book().told.items() if not some.isdisjoint(pressed)})


def _by_kind(things: Iterable[int]) -> Mapping[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for thing in things:
        kind = book().things[thing].kind
        found[kind] = found.get(kind, frozenset()) | {thing}
    return found


def another_thing(article: Named, text: str, house: House = NO_HOUSE) -> Another | None:
    """The first such thing that the message names; None for nothing."""
    text = text[:_READ]
    read = small(text)
    if not names_any(read) and SORTS.isdisjoint(read):
        return None
    words = words_of(_without_persons(text))
    if found := next(_others(article, words, text, house), None):
        return found
    name = other_sort(words, article.sorts, article.words, article.title)
    return Another(name, name.casefold()) if name else None


def keys_in(text: str) -> frozenset[str]:
    """The keys of all things that a text names."""
    return frozenset(_key(met.thing) for met in met_in(words_of(text)))


def _others(article: Named, words: Sequence[str], text: str, house: House) -> Iterator[Another]:
    met = [m for m in met_in(words) if is_a_name(words, m) and not _is_persons(words, m)]
    low = [word.casefold() for word in words]
    told = [m for m in met if _is_covered(article, m)]
    freeing = [m for m in told if not _INSTEAD.search(_before(low, m.start))]
    is_whether = bool(_WHETHER.search(text)) and not _HOW.search(text)
    for m in met:
        kind = _kind(m)
        if m in told or kind in article.whole or _is_by_the_way(article, words, m):
            continue
        if any(_kind(other) == kind and not _is_from_to(low, other, m) for other in freeing):
            continue
        binding = _binding(article, kind, house)
        if is_whether and len(binding) >= _ENOUGH:
            continue
        if binding or _is_open(article, low, m, house) or _is_of_the_title(article, words, m):
            yield Another(" ".join(words[m.start : m.start + m.words]), _key(m.thing))


def _binding(article: Named, kind: str, house: House) -> frozenset[int]:
    bound = article.bound.get(kind, frozenset())
    return bound - house.home if bound and kind == _PLACE else bound


def _is_open(article: Named, words: Sequence[str], met: Met, house: House) -> bool:
    """Whether it matters which one is meant, though the article names none. Of places only those that lie out of the
    house's: a shop in Germany need not say that it delivers to Hamburg. Words in small letters."""
    if _kind(met) == _PLACE and article.is_an_office and _is_an_office(words, met):
        return True
    if _kind(met) not in article.open or not is_led_to(words, met.start):
        return False
    return _kind(met) != _PLACE or house.is_out_of_it(met.thing)


def _is_from_to(words: Sequence[str], told: Met, met: Met) -> bool:
    """ "From Germany to France": that the article speaks of Germany says nothing of where it goes. Words in small
    letters."""
    return _is_led_by(words, told, _ORIGIN) and _is_led_by(words, met, _GOING)


def _is_led_by(words: Sequence[str], met: Met, by: frozenset[str]) -> bool:
    at = place_before(words, met.start)
    return _kind(met) == _PLACE and at >= 0 and words[at] in by


def _is_an_office(words: Sequence[str], met: Met) -> bool:
    """Whether it is a place behind an office or a postcode; words in small letters."""
    if _kind(met) != _PLACE:
        return False
    return bool(_OFFICE.search(_before(words, met.start))) or (
        met.start > 0 and bool(_POSTCODE.fullmatch(words[met.start - 1]))
    )


def _binds(words: Sequence[str], thing: int, at: int) -> bool:
    """Whether a word that only tells a thing binds to it: "a German address", not "speaks German"."""
    begins = book().binds.get(book().things[thing].kind, ())
    return at + 1 < len(words) and words[at + 1].startswith(begins)


def _before(words: Sequence[str], start: int) -> str:
    """The few words before it in its sentence."""
    few = list(words[max(0, place_before(words, start) + 1 - _FEW) : start])
    ends = [n for n, word in enumerate(few) if word in ENDS]
    return " ".join(few[ends[-1] + 1 :] if ends else few)


def _places(words: Sequence[str]) -> Iterator[int]:
    return (m.thing for m in met_in(words) if _kind(m) == _PLACE and is_a_name(words, m))


def _around(things: Iterable[int]) -> frozenset[int]:
    """What they are part of, but for parts of the world."""
    kinds = book().things
    wide = {wide for thing in things for wide in above(thing)}
    return frozenset(thing for thing in wide if kinds[thing].kind != _PLACE or kinds[thing].parents)


def _is_covered(article: Named, met: Met) -> bool:
    is_there = met.thing in article.things or met.thing in article.around
    return is_there or not article.things.isdisjoint(above(met.thing))


def _is_persons(words: Sequence[str], met: Met) -> bool:
    """ "My colleague Austin", "my name is Paris Webb"."""
    before = [word.casefold() for word in words[max(0, met.start - 2) : met.start]]
    if before and before[-1] in _BEFORE_A_PERSON:
        return True
    return before[-1:] in (["is"], ["ist"]) and before[0] in ("name", "this")


def _is_by_the_way(article: Named, words: Sequence[str], met: Met) -> bool:
    """Whether it only says how things stand: in another sentence than what is asked, or as where somebody is. Where it
    matters to the article that counts, too; how somebody paid only where the article names other ways."""
    kind = _kind(met)
    is_bound = kind in article.matters and kind in article.bound
    if kind == _PAYMENT and not is_bound and _PAID.search(_clause(words, met.start)):
        return True
    if kind in article.matters:
        return False
    if not is_in_what_is_asked(words, met.start):
        return True
    before = words[max(0, place_before(words, met.start) - _FEW) : met.start]
    return kind == _PLACE and bool(_BEING.search(" ".join(before).casefold()))


def _clause(words: Sequence[str], at: int) -> str:
    """The words between commas and the like around it, some on each side, in small letters."""
    start = next((n + 1 for n in range(at, max(-1, at - _SIDE), -1) if words[n] in _CLAUSE), max(0, at - _SIDE))
    end = next((n for n in range(at, len(words)) if words[n] in _CLAUSE), len(words))
    return " ".join(words[start : min(end, at + _SIDE)]).casefold()


def _is_of_the_title(article: Named, words: Sequence[str], met: Met) -> bool:
    """ "The Stripe API" beside an article on our API: the house has one of its own."""
    behind = words[met.start + met.words : met.start + met.words + 1]
    noun = _one(behind[0].casefold()) if behind else ""
    is_one = not met.is_plain or words[met.start].istitle()  # "of fiat currencies"
    return is_one and _kind(met) in _OF_A_THING and noun in article.title and noun not in _ANYBODYS


def _kind(met: Met) -> str:
    return book().things[met.thing].kind


def _key(thing: int) -> str:
    return book().things[thing].names[0]


def _without_persons(text: str) -> str:
    """Without those whom it greets and who sign it."""
    greeted = _GREETING.match(text)
    if greeted and _NO_GREETING.isdisjoint(greeted["whom"].casefold().split()):
        text = text[greeted.end() :]
    return _SIGNING.sub(" ", text, count=1)


def _one(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
