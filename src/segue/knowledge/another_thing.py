"""What a message names and an article does not speak of: delivery to France, where it tells of Germany.

The one idea: for an encoder "delivery to France" and "delivery to Germany" are nearly one question, and yet the answer
to one is none to the other. So names are looked at by themselves. One is another thing where the article is bound to
others of its kind; not where the article covers it, being of what it names or speaking of all of the kind; and not
where it only signs, greets, belongs to a person, or is told by the way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from segue.knowledge.names import (
    ENDS,
    Met,
    above,
    book,
    is_a_name,
    is_led_to,
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
_GREETING = re.compile(
    r"\A\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|moin|liebe[rs]?"
    r"|sehr geehrte[rs]?)\b[^,.!?\n]{0,40}[,!\n]",
    re.IGNORECASE,
)
_SIGNING = re.compile(
    r"(?:\A|[.!?,\n])\W{0,4}(?:(?:kind|best|warm) (?:regards|wishes)|regards|best wishes|sincerely|cheers|yours"
    r"|many thanks|(?:(?:mit )?(?:viele|freundliche|liebe|beste|schöne)n? )?grü(?:ß|ss)en?\b|mfg|lg\b|vg\b)"
    r"(?![^.!?\n]*\?).*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""From here on somebody signs; not where a question follows."""
_WHETHER = re.compile(
    r"\b(?:(?:do|does|can|could|is|are|may|will) (?:i|you|we|it|one|there|[a-z]+)|possible|accept(?:ed)?|allowed"
    r"|kann (?:ich|man)|können (?:sie|wir)|geht|nehmen (?:sie|ihr)|nehmt ihr|akzeptier\w+|gibt es|möglich|habt ihr)\b",
    re.IGNORECASE,
)
_HOW = re.compile(r"\b(?:how|when|where|which|what|why|wie|wann|wo|welche\w*|was|warum|wieso)\b", re.IGNORECASE)
_BEFORE_A_PERSON_WORDS = """
    mr mrs ms miss dr herr herrn frau name called mum mom mother dad father son daughter brother sister wife husband
    friend colleague aunt uncle boss neighbour neighbor heiße heisse namens mutter vater sohn tochter bruder schwester
    mann freund freundin kollege kollegin kollegen chef chefin nachbar nachbarin tante onkel oma opa
"""
_BEFORE_A_PERSON = frozenset(_BEFORE_A_PERSON_WORDS.split())
_BEING = re.compile(
    r"\b(?:i am|i['’]m|we are|we['’]re|live|living|based|ich bin|bin ich|wir sind|sind wir|wohnen?|leben?|ich komme"
    r"|sitzen?)\b"
)
"""A few words before a place: that is where somebody is."""
_FEW = 3
_PLACE = "place"
_OF_A_THING = frozenset(("make", "service"))
_ANYBODYS_WORDS = "account address mail email app page link number card phone konto adresse nummer"
_ANYBODYS = frozenset(_ANYBODYS_WORDS.split())
"""Of these everybody has one at several houses."""
_ENOUGH = 3
"""Names of a kind from which on an article lists them all: who asks whether there is another learns that there is
not."""


@dataclass(frozen=True)
class Named:
    """What an article names, read once. Things by their place in the book."""

    things: frozenset[int]
    around: frozenset[int]
    """What those are part of, but for parts of the world: who asks about a whole country is told of one town."""
    bound: Mapping[str, int]
    """By kind, how many it names."""
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
    met, by_stem = list(met_in(words)), told_by_stem(told)
    things, kinds = by_stem | {m.thing for m in met}, book().things
    binding = {thing for thing in by_stem if kinds[thing].kind == _PLACE}  # "card" is of a SIM card, too
    binding |= {m.thing for m in met if is_a_name(words, m)}
    around = {wide for thing in things for wide in above(thing)}
    matters = _kinds_begun(head, book().matter)
    plain = " ".join(small(body))
    return Named(
        things=frozenset(things),
        around=frozenset(wide for wide in around if kinds[wide].kind != _PLACE or kinds[wide].parents),
        bound=Counter(kinds[thing].kind for thing in binding),
        whole=frozenset(kind for kind, pattern in book().whole.items() if pattern.search(plain)),
        matters=matters,
        open=matters | _kinds_begun(told, book().told),
        sorts=sorts_in(words, head),
        words=frozenset(told),
        title=frozenset(map(_one, head)),
    )


def another_thing(article: Named, text: str) -> Another | None:
    """The first such thing that the message names; None for nothing."""
    text = text[:_READ]
    read = small(text)
    if not names_any(read) and SORTS.isdisjoint(read):
        return None
    words = words_of(_without_persons(text))
    if found := next(_others(article, words, text), None):
        return found
    name = other_sort(words, article.sorts, article.words)
    return Another(name, name.casefold()) if name else None


def keys_in(text: str) -> frozenset[str]:
    """The keys of all things that a text names."""
    return frozenset(_key(met.thing) for met in met_in(words_of(text)))


def _others(article: Named, words: Sequence[str], text: str) -> Iterator[Another]:
    met = [m for m in met_in(words) if is_a_name(words, m) and not _is_persons(words, m)]
    told = {_kind(m) for m in met if _is_covered(article, m)}  # of what it speaks of the message names one as well
    is_whether = bool(_WHETHER.search(text)) and not _HOW.search(text)
    listed = {kind for kind, n in article.bound.items() if n >= _ENOUGH} if is_whether else set[str]()
    for m in met:
        if _kind(m) in told | article.whole | listed or _is_by_the_way(article, words, m):
            continue
        is_open = _kind(m) in article.open and is_led_to(words, m.start)
        if _kind(m) in article.bound or is_open or _is_of_the_title(article, words, m):
            yield Another(" ".join(words[m.start : m.start + m.words]), _key(m.thing))


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
    matters to the article that counts, too."""
    if _kind(met) in article.matters:
        return False
    end = next((word for word in words[met.start :] if word in ENDS), "")
    if "?" in words and end != "?":
        return True
    before = words[max(0, place_before(words, met.start) - _FEW) : met.start]
    return _kind(met) == _PLACE and bool(_BEING.search(" ".join(before).casefold()))


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


def _kinds_begun(words: Sequence[str], by: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Of which kinds one of the beginnings is among the words."""
    return frozenset(kind for kind, begins in by.items() if any(word.startswith(begins) for word in words))


def _without_persons(text: str) -> str:
    """Without those whom it greets and who sign it."""
    return _SIGNING.sub(" ", _GREETING.sub(" ", text, count=1), count=1)


def _one(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
