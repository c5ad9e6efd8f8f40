"""Which parts of a mail are its words: all of them, in order, and of alternatives one.

The one idea: alternatives say the same in several ways, and the plainest is taken. Where it does not say the same (a
stub for who cannot see HTML), the others do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

Ways = tuple[tuple[int, int], ...]
"""Of each choice that a part stands in, from outside: which choice, and the part's place among its ways."""
LONGEST_STUB = 400
"""Characters; whoever writes more than this has said it."""
_RUN = 8
_LOOKED_AT = 100_000
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What one part says, as text and as a page."""

    is_html: bool
    plain: str
    page: str
    ways: Ways = ()


def chosen(words: Sequence[Words], is_page: bool = False, depth: int = 0) -> Iterator[Words]:
    """Those to be read, in order. `is_page`: for who sees pages."""
    for choice, some in groupby(words, lambda one: one.ways[depth][0] if len(one.ways) > depth else 0):
        if not choice:
            yield from some
            continue
        ways = [list(chosen(list(way), is_page, depth + 1)) for _, way in groupby(some, lambda one: one.ways[depth][1])]
        yield from _one_of([way for way in ways if any(one.plain.strip() for one in way)], is_page)


def _one_of(ways: Sequence[Sequence[Words]], is_page: bool) -> Sequence[Words]:
    plain = next((way for way in ways if not any(one.is_html for one in way)), None)
    page = next((way for way in ways if any(one.is_html for one in way)), None)
    if plain is None or page is None:
        return plain or page or ()
    return page if is_page or _is_stub(_text(plain), _text(page)) else plain


def letters(text: str) -> str:
    """What is the same however it is spaced and marked: letters and digits."""
    return _BETWEEN.sub("", text.casefold())


def _text(way: Sequence[Words]) -> str:
    return "\n".join(one.plain for one in way)


def _is_stub(plain: str, page: str) -> bool:
    """Whether most of what is short stands nowhere in the page, which says no less."""
    if len(plain) > LONGEST_STUB:
        return False
    said, shown = letters(plain), letters(page[:_LOOKED_AT])
    if len(said) > len(shown):
        return False
    runs = [said[at : at + _RUN] for at in range(max(len(said) - _RUN + 1, 1))]
    return not said or sum(run in shown for run in runs) * 2 < len(runs)
