"""Plans, boxes, models and the like, of which each house has its own: "the Gold box", "Tarif Welle"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

_BEHIND_WORDS = "plan plans tier package edition box level membership subscription tariff model"
_BEHIND = frozenset(_BEHIND_WORDS.split())
"""Their names go before these."""
_BEFORE = frozenset(("tarif", "paket", "abo", "modell"))
"""And behind these."""
SORTS = _BEHIND | _BEFORE
_USUAL_NAMES = """
    free basic standard plus pro premium business enterprise team teams family student starter professional ultimate
    bronze silver gold platinum personal unlimited
"""
_USUAL = frozenset(_USUAL_NAMES.split())
_NO_NAMES = "i my the a your our this that which what any every each"
_NO_NAME = frozenset(_NO_NAMES.split())
_CHANGING = ("chang", "switch", "upgrad", "downgrad", "cancel", "wechsel", "ändern", "kündig")
"""In a title: whoever leaves a plan names it, too."""


def sorts_in(words: Sequence[str], title: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """Under a word as "plan" the names it has among the words, in small letters. None of an article about changing
    them."""
    found: dict[str, set[str]] = {}
    if not any(word.startswith(_CHANGING) for word in title):
        for sort, name in _named(words):
            found.setdefault(sort, set()).add(name.casefold())
    return {sort: frozenset(names) for sort, names in found.items()}


def other_sort(words: Sequence[str], sorts: Mapping[str, frozenset[str]], told: frozenset[str]) -> str:
    """The name, among the words, of a sort of which an article names others (`sorts`) and this one nowhere (`told`, all
    of its words in small letters); empty for none."""
    return next((name for sort, name in _named(words) if sort in sorts and name.casefold() not in told), "")


def _named(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for n, word in enumerate(words):
        sort = word.casefold()
        if sort in _BEFORE and words[n + 1 : n + 2] and words[n + 1].istitle() and words[n + 1].isalpha():
            yield sort, words[n + 1]
        elif sort in _BEHIND and n and _is_a_name(words, n - 1):
            yield sort.removesuffix("s"), words[n - 1]


def _is_a_name(words: Sequence[str], at: int) -> bool:
    word = words[at]
    is_capital = at > 0 and word[:1].isupper() and word.isalpha()
    return (is_capital or word.casefold() in _USUAL) and word.casefold() not in _NO_NAME
