"""Things by their names: where a message asks about France and the article speaks of Germany.

The one idea: for an encoder "delivery to France" and "delivery to Germany" are nearly one question, and yet the answer
to one is none to the other. So a name is looked at by itself, where it is of a kind of which the article names another:
the article is bound to that one. A name that the article covers, being part of what it names, or speaking of all of the
kind, is not foreign to it; nor is one that only signs, greets, or belongs to a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+(?:[&'’.][^\W_]+)*|[.!?:;,\n→>]")
_ENDS = frozenset(".!?:;\n")
_LONG = 200
"""Tokens of a message that are looked at."""
_GREETING = re.compile(
    r"\A\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|moin|liebe[rs]?"
    r"|sehr geehrte[rs]?)\b[^,.!?\n]{0,40}[,!\n]",
    re.IGNORECASE,
)
_SIGNING = re.compile(
    r"(?:\A|[.!?,\n])\W*(?:(?:kind|best|warm) (?:regards|wishes)|regards|best wishes|sincerely|cheers|yours|many thanks"
    r"|(?:(?:mit )?(?:viele|freundliche|liebe|beste|schöne)n? )?grü(?:ß|ss)en?\b|mfg|lg\b|vg\b|danke und|ihre? frau|ihr herr"
    r")(?![^.!?\n]*\?).*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""From here on somebody signs; not where a question follows."""
_BEFORE_A_PERSON = frozenset(
    """
    mr mrs ms miss dr herr herrn frau name called mum mom mother dad father son daughter brother sister wife husband
    friend colleague aunt uncle boss neighbour neighbor heiße heisse namens mutter vater sohn tochter bruder schwester
    mann freund freundin kollege kollegin kollegen chef chefin nachbar nachbarin tante onkel oma opa
    """.split()
)
_BEFORE_A_THING = frozenset(
    """
    in on from to with via using for by into through at of onto
    nach aus mit über per von auf für bei zu zum zur durch ins
    """.split()
)
_LITTLE = frozenset(
    """
    a an the my our your his her their its this that old new
    der die das den dem des ein eine einen einem einer mein meine meinen meinem meiner ihr ihre ihren ihrem ihrer unser
    unsere unseren unserem im am vom
    """.split()
)
_WHETHER = re.compile(
    r"\b(?:(?:do|does|can|could|is|are|may|will) (?:i|you|we|it|one|there|[a-z]+)|possible|accept(?:ed)?|allowed"
    r"|kann (?:ich|man)|können (?:sie|wir)|geht|nehmen (?:sie|ihr)|nehmt ihr|akzeptier\w+|gibt es|möglich|habt ihr)\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\b(?:how|when|where|which|what|why|wie|wann|wo|welche\w*|was|warum|wieso)\b",
    re.IGNORECASE,
)
_OWNING = re.compile(r"['’]s?$")
_BEING = frozenset(
    "live lives living am i'm i’m we're we’re are based wohne wohnen lebe leben bin sind komme sitzen".split()
)
"""Before a place: where somebody is."""
_OF_A_THING = frozenset(("make", "service"))
_ANYBODYS = frozenset("account address mail email e-mail app page link number card phone konto adresse nummer".split())
"""Of these everybody has one at several houses."""
_ENOUGH = 3
"""Names of a kind from which on an article lists them all: who asks whether there is another is told that there is not."""


@dataclass(frozen=True)
class _Thing:
    kind: str
    names: tuple[str, ...]
    parents: tuple[str, ...]


@dataclass
class _Book:
    """All things, by the words of their names in small letters."""

    things: list[_Thing] = field(default_factory=list)
    by_first: dict[str, list[tuple[tuple[str, ...], int, bool]]] = field(default_factory=dict)
    """Under a name's first word: all of its words, whose it is, and whether it is a plain word, too."""
    by_name: dict[str, int] = field(default_factory=dict)
    stems: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """Under their first four letters."""
    whole: dict[str, re.Pattern[str]] = field(default_factory=dict)
    matter: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Met(NamedTuple):
    thing: int
    start: int
    words: int
    is_plain: bool


@dataclass(frozen=True)
class Named:
    """What an article names, read once."""

    things: frozenset[int]
    around: frozenset[int]
    """What those are part of, but for parts of the world: who asks about the whole country is told of one town."""
    told: Mapping[str, int]
    """How many of each kind it names."""
    whole: frozenset[str]
    """Kinds of all of which it speaks."""
    matters: frozenset[str]
    """Kinds of which it matters, by its title, which one is meant."""
    open: frozenset[str]
    """Kinds of which it matters although it names none."""
    sorts: Mapping[str, frozenset[str]]
    """Under words as "plan" what goes before them as a name, in small letters."""
    words: frozenset[str]
    title: frozenset[str]


class Foreign(NamedTuple):
    """`said`: as it stands in the message. `key`: the same for all names of one thing."""

    said: str
    key: str


def named_in(title: str, body: str) -> Named:
    book, words, head = _book(), _tokens(f"{title}\n{body}"), _lowered(title)
    small = [word.casefold() for word in words]
    met = list(_met(words))
    by_stem = {thing for word in small for stem, thing in book.stems.get(word[:4], ()) if word.startswith(stem)}
    found = by_stem | {m.thing for m in met}
    binding = by_stem | {m.thing for m in met if not m.is_plain or _is_written_as_name(words, m)}
    around = {above for thing in found for above in _above(thing)}
    plain = " ".join(_lowered(body))
    matters = {kind for kind, stems in book.matter.items() if any(word.startswith(stems) for word in head)}
    told = {kind for kind, stems in book.told.items() if any(word.startswith(stems) for word in small)}
    return Named(
        things=frozenset(found),
        around=frozenset(thing for thing in around if book.things[thing].kind != "place" or book.things[thing].parents),
        told=Counter(book.things[thing].kind for thing in binding),
        whole=frozenset(kind for kind, pattern in book.whole.items() if pattern.search(plain)),
        matters=frozenset(matters),
        open=frozenset(matters | told),
        sorts={} if any(word.startswith(_CHANGING) for word in head) else _sorts(words),
        words=frozenset(small),
        title=frozenset(map(_one, head)),
    )


def foreign_to(article: Named, text: str) -> Foreign | None:
    """What a message names of which the article does not speak, though it speaks of another; None for nothing."""
    book, small = _book(), _lowered(text)
    if book.by_first.keys().isdisjoint(map(_bare, small)) and _SORTS.isdisjoint(small):
        return None
    words = _tokens(_without_persons(text))[:_LONG]
    return next(_foreign_things(article, words, text), None) or _foreign_sort(article, words)


def keys_in(text: str) -> frozenset[str]:
    """The keys of all things that a text names."""
    return frozenset(_key(met.thing) for met in _met(_tokens(text)))


def _foreign_things(article: Named, words: Sequence[str], text: str) -> Iterator[Foreign]:
    book = _book()
    met = [m for m in _met(words) if not _is_persons(words, m) and (not m.is_plain or _is_written_as_name(words, m))]
    known = {book.things[m.thing].kind for m in met if _is_covered(article, m)}
    is_whether = bool(_WHETHER.search(text)) and not _HOW.search(text)
    for m in met:
        kind = book.things[m.thing].kind
        if kind in known or kind in article.whole:  # named beside what the article speaks of, or one of all
            continue
        if is_whether and article.told.get(kind, 0) >= _ENOUGH:
            continue
        if kind not in article.matters and _is_aside(words, m.start, kind):
            continue
        is_bound, is_open = kind in article.told, kind in article.open and _is_behind(words, m.start)
        if is_bound or is_open or (kind in _OF_A_THING and _is_of_the_title(article, words, m)):
            yield Foreign(" ".join(words[m.start : m.start + m.words]), _key(m.thing))


def _is_covered(article: Named, met: _Met) -> bool:
    is_there = met.thing in article.things or met.thing in article.around
    return is_there or not article.things.isdisjoint(_above(met.thing))


def _key(thing: int) -> str:
    return _book().things[thing].names[0]


@cache
def _above(thing: int) -> frozenset[int]:
    """All that it is part of."""
    book = _book()
    found: set[int] = set()
    left = [thing]
    while left:
        for name in book.things[left.pop()].parents:
            above = book.by_name[name.casefold()]
            if above not in found:
                found.add(above)
                left.append(above)
    return frozenset(found)


def _met(words: Sequence[str]) -> Iterator[_Met]:
    """Names that stand among the words; of those that begin at one the longest."""
    book, small = _book(), [_bare(word.casefold()) for word in words]
    at = 0
    while at < len(small):
        best: _Met | None = None
        for name, thing, is_plain in book.by_first.get(small[at], ()):
            n = len(name)
            if (best is None or n > best.words) and tuple(small[at : at + n]) == name:
                best = _Met(thing, at, n, is_plain)
        if best:
            yield best
        at += best.words if best else 1


def _bare(word: str) -> str:
    return word if word[-1:].isalnum() and "'" not in word and "’" not in word else _OWNING.sub("", word)


def _one(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _is_persons(words: Sequence[str], met: _Met) -> bool:
    """ "My colleague Austin", "my name is Paris Webb"."""
    before = [word.casefold() for word in words[max(0, met.start - 2) : met.start]]
    if before and before[-1] in _BEFORE_A_PERSON:
        return True
    return before[-1:] in (["is"], ["ist"]) and before[0] in ("name", "this")


def _is_written_as_name(words: Sequence[str], met: _Met) -> bool:
    word, is_first = words[met.start], met.start == 0 or words[met.start - 1] in _ENDS
    return (word[:1].isupper() and (not is_first or word.isupper())) or _is_behind(words, met.start)


def _is_behind(words: Sequence[str], start: int) -> bool:
    """Whether a word as "to" or "mit" leads to it."""
    at = _leading(words, start)
    return at >= 0 and words[at].casefold() in _BEFORE_A_THING


def _leading(words: Sequence[str], start: int) -> int:
    """The place of the word before it that is no article; -1 for none."""
    at = start - 1
    while at >= 0 and words[at].casefold() in _LITTLE:
        at -= 1
    return at


def _is_aside(words: Sequence[str], start: int, kind: str) -> bool:
    """Whether it only tells how things stand: it is in another sentence than what is asked, or where somebody is."""
    ends = [n for n, word in enumerate(words) if word in _ENDS]
    end = next((n for n in ends if n >= start), None)
    if "?" in words and (end is None or words[end] != "?"):
        return True
    if kind != "place":
        return False
    before = {word.casefold() for word in words[max(0, _leading(words, start) - 3) : start]}
    return not _BEING.isdisjoint(before)


def _is_of_the_title(article: Named, words: Sequence[str], met: _Met) -> bool:
    """ "The Stripe API" beside an article on our API: the house has one of its own."""
    behind = words[met.start + met.words : met.start + met.words + 1]
    noun = _one(behind[0].casefold()) if behind else ""
    return noun in article.title and noun not in _ANYBODYS


# plans, boxes and the like, each house has its own

_SORTS = frozenset(
    "plan plans tier package edition box level membership subscription tariff model tarif paket abo modell".split()
)
_USUAL = frozenset(
    """
    free basic standard plus pro premium business enterprise team teams family student starter professional ultimate
    bronze silver gold platinum personal unlimited
    """.split()
)
_CHANGING = ("chang", "switch", "upgrad", "downgrad", "cancel", "wechsel", "ändern", "kündig")
"""In the title: whoever leaves a plan names it, too."""
_NO_SORT = frozenset("i my the a your our this that which what any every each ich der die das mein ihr welcher".split())


def _sorts(words: Sequence[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for sort, name in _sorted_names(words):
        found.setdefault(sort, set()).add(name.casefold())
    return {sort: frozenset(names) for sort, names in found.items()}


def _sorted_names(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """ "The Gold box", "Tarif Welle", "family plan": the word for its kind, and its name."""
    for n, word in enumerate(words):
        sort = word.casefold()
        if sort not in _SORTS:
            continue
        before, behind = words[n - 1] if n else "", words[n + 1] if n + 1 < len(words) else ""
        if sort in ("tarif", "paket", "abo", "modell"):
            if behind[:1].isupper() and behind.isalpha():
                yield sort, behind
        elif before.casefold() in _USUAL or (before[:1].isupper() and before.isalpha() and n > 1):
            if before.casefold() not in _NO_SORT:
                yield sort.removesuffix("s"), before


def _foreign_sort(article: Named, words: Sequence[str]) -> Foreign | None:
    for sort, name in _sorted_names(words):
        if article.sorts.get(sort) and name.casefold() not in article.words:
            return Foreign(name, name.casefold())
    return None


# words


def _without_persons(text: str) -> str:
    """Without those whom it greets and who sign it."""
    return _SIGNING.sub(" ", _GREETING.sub(" ", text, count=1), count=1)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.replace("**", " ").replace("-", " "))


def _lowered(text: str) -> list[str]:
    return [word.casefold() for word in _tokens(text)]


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@cache
def _book() -> _Book:
    book = _Book()
    kind = ""
    for line in (files("segue.knowledge") / "named.txt").read_text("utf8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            kind = line.strip("[]")
        elif line.startswith("whole:"):
            said = (re.escape(" ".join(_lowered(words))) for words in line.removeprefix("whole:").split(","))
            book.whole[kind] = re.compile(rf"\b(?:{'|'.join(said)})\b")
        elif line.startswith("matter:"):
            book.matter[kind] = tuple(line.removeprefix("matter:").split())
        elif line.startswith("told:"):
            book.told[kind] = tuple(line.removeprefix("told:").split())
        else:
            _enter(book, kind, line)
    return book


def _enter(book: _Book, kind: str, line: str) -> None:
    line, _, parents = line.partition(" < ")
    line, _, stems = line.partition(" ~ ")
    names = tuple(name.strip() for name in line.split(","))
    at = len(book.things)
    above = tuple(p for p in _parents(parents, book))
    book.things.append(_Thing(kind, names, above))
    for written in names:
        name = written.removeprefix("!")
        words = tuple(_bare(word) for word in _lowered(name))
        book.by_name.setdefault(name.casefold(), at)
        entries = {words, tuple(word.translate(_PLAIN) for word in words)}
        if len(words) == 1 and len(words[0]) > 4 and not words[0].endswith("s"):
            entries |= {(f"{entry[0]}s",) for entry in entries}
        for entry in sorted(entries):
            book.by_first.setdefault(entry[0], []).append((entry, at, written.startswith("!")))
    for stem in stems.split():
        book.stems.setdefault(stem[:4], []).append((stem, at))


def _parents(said: str, book: _Book) -> Iterator[str]:
    """Names of one word or of more: "EU Scandinavia", "North America"."""
    words = said.split()
    while words:
        for n in range(len(words), 0, -1):
            if (name := " ".join(words[:n])).casefold() in book.by_name:
                yield name
                words = words[n:]
                break
        else:
            raise ValueError(f"{words} stand in no line above")
