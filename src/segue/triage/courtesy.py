"""Messages that are only manners: a greeting without a matter, or thanks and goodbye with nothing asked.

The one idea: take all courtesy away, and look whether anything is left. "Thanks, but it still fails" leaves "but it
still fails", so it is neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import cache

from segue.domain.buttons import is_solved
from segue.triage.phrasebook import Hit, book, phrases
from segue.triage.said import Said, Word

_LONG = 25
"""Words beyond which nothing is only manners."""
_CLOSING = frozenset({"thanks", "goodbye", "given_up", "solved"})


def is_greeting(said: Said) -> bool:
    """Whether it only greets: "Hello Mira", "good morning, I have a question". Somebody is there who has not said yet
    what they want."""
    return _is_only(said, {"greeting", "opener", "address"}, needed={"greeting", "opener"}, fillers="greeting_fillers")


def is_closing(said: Said) -> bool:
    """Whether it only ends the matter: "Thank you, that solved it", "ok bye". Not "thanks for nothing", and nothing
    that also asks or complains."""
    if (pressed := is_solved(said.raw)) is not None:
        return pressed
    if "?" in said.plain and not said.plain.rstrip().endswith(":)"):
        return False
    return _is_only(
        said,
        {*_CLOSING, "greeting"},
        needed=_CLOSING,
        fillers="closing_fillers",
    )


def is_settled(said: Said) -> bool:
    """Whether it closes, and says by that that it is solved, or thanks for it: who says "ok, bye" or "never mind" may
    have given up."""
    if not is_closing(said):
        return False
    groups = _groups(said)
    return bool(is_solved(said.raw)) or ("given_up" not in groups and bool(groups & {"thanks", "solved"}))


def is_done(said: Said) -> bool:
    """Whether it ends the matter in so many words, whatever was asked: "never mind, I found it", "thanks". Not a mere
    "ok"."""
    return is_closing(said) and bool(_groups(said) & {"thanks", "given_up"} or is_solved(said.raw))


def _groups(said: Said) -> set[str]:
    return {hit.group for hit in phrases("courtesy").find(said)}


def _is_only(said: Said, groups: Set[str], needed: Set[str], fillers: str) -> bool:
    if not said.words or len(said.words) > _LONG:
        return False
    hits = [hit for hit in phrases("courtesy").find(said) if hit.group in groups]
    return any(hit.group in needed for hit in hits) and not any(left_over(said, hits, _list(fillers)))


def left_over(said: Said, hits: Iterable[Hit], fillers: frozenset[str]) -> Iterable[Word]:
    """The words that are neither courtesy nor filler nor a name somebody is greeted by."""
    covered = [(hit.start, hit.end) for hit in hits]
    for place, word in enumerate(said.words):
        if word.text in fillers or any(start <= word.start < end for start, end in covered):
            continue
        if not _is_name(said, place, hits):
            yield word


def _is_name(said: Said, place: int, hits: Iterable[Hit]) -> bool:
    """A capitalised word right behind a greeting or thanks: "Hi Mira", "Thanks Tom!"."""
    before = said.words[place - 1].end if place else -1
    written = said.raw[said.words[place].start : said.words[place].end]
    return written.istitle() and any(
        hit.end == before and hit.group in ("greeting", "thanks", "goodbye") for hit in hits
    )


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(book("courtesy")[name].split())
