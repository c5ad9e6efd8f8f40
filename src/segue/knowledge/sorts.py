"""Plans, boxes, models and the like, of which each house has its own: "the Gold box", "Tarif Welle".

The one idea: no list can know their names, so a name is what stands before a word as "plan" or behind one as "Tarif".
German writes every noun like a name: behind "Paket" only that is one which the article sets beside others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segue.knowledge import naming
from segue.knowledge.names import is_in_what_is_asked

_BEHIND = naming.words("sorts behind")
_BEFORE = naming.words("sorts before")
SORTS = _BEHIND | _BEFORE
_AS_MANY = SORTS | naming.words("sorts as many")
_ALL = naming.words("all")
_FEW = 2
"""Words before "plans" among which "all" may stand."""
_OWN_NAMED = frozenset(("tarif",))
"""Behind it stands a name and hardly ever a plain noun."""
_USUAL = naming.words("usual names")
_NO_NAME = naming.words("no names")
_CHANGING = naming.beginnings("changing")


def sorts_in(words: Sequence[str], title: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """Under a word as "plan" the names it has among the words, in small letters. None of an article about changing
    them, or one that speaks of all or of the others."""
    if any(word.startswith(_CHANGING) for word in title) or _speaks_of_all(words):
        return {}
    found: dict[str, set[str]] = {}
    for sort, name, _ in _named(words):
        found.setdefault(sort, set()).add(name.casefold())
    return {sort: frozenset(names) for sort, names in found.items() if _are_names(sort, names)}


def other_sort(
    words: Sequence[str], sorts: Mapping[str, frozenset[str]], told: frozenset[str], title: frozenset[str]
) -> str:
    """The name, among the words, of a sort of which an article names others (`sorts`) and this one nowhere (`told`, all
    of its words in small letters); empty for none. Where the title (its words, in the singular) is of another thing,
    not one that is told by the way."""
    for sort, name, at in _named(words):
        is_asked = sort in title or is_in_what_is_asked(words, at)
        if sort in sorts and name.casefold() not in told and is_asked:
            return name
    return ""


def _named(words: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Sort, name, and where the sort stands."""
    for n, word in enumerate(words):
        sort = word.casefold()
        if sort in _BEFORE and n + 1 < len(words) and _is_a_name_behind(words[n + 1]):
            yield sort, words[n + 1], n
        elif sort in _BEHIND and n and _is_a_name(words, n - 1):
            yield sort.removesuffix("s"), words[n - 1], n


def _is_a_name(words: Sequence[str], at: int) -> bool:
    word = words[at]
    is_capital = at > 0 and word[:1].isupper() and word.isalpha()
    return (is_capital or word.casefold() in _USUAL) and word.casefold() not in _NO_NAME


def _is_a_name_behind(word: str) -> bool:
    return word.istitle() and word.isalpha() and word.casefold() not in _NO_NAME


def _are_names(sort: str, names: set[str]) -> bool:
    """Two beside each other, or one as plans are usually called: "hat das Paket Schäden" names none."""
    return sort not in _BEFORE - _OWN_NAMED or len(names) > 1 or not names.isdisjoint(_USUAL)


def _speaks_of_all(words: Sequence[str]) -> bool:
    small = [word.casefold() for word in words]
    return any(word in _AS_MANY and not _ALL.isdisjoint(small[max(0, n - _FEW) : n]) for n, word in enumerate(small))
