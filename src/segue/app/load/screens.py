"""How soon an agent's open page has what a customer wrote: from the commit to the last byte of the page that shows it.

The first page that a desk began to read after the commit holds the message: in the list any, in the thread one that
brought what stands open. Two things are looked for: the thread that stands open, and the row in the list. One that
comes to people has its row only once it was handed over; its clock begins with the customer's message all the same, and
another one with the handoff. What a browser needs to paint is not in it (`segue bench desk` measures that on one desk).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from segue.app.load.histogram import Histogram

SEVERAL = 3
"""Pages in which a row is looked for: an event is dated before its commit, so the first may be older than that."""
WITHIN = 0.25
"""Seconds between the two at most."""


class Read(NamedTuple):
    """One page as it stood: what was open, and the rows of its list; none where the conversation alone came.
    `is_whole`: it brought what was open."""

    begun: float
    done: float
    here: str
    rows: tuple[str, ...]
    is_whole: bool = True


class Screens(NamedTuple):
    """Seconds, of every message on every desk that shows it."""

    thread: Histogram
    list: Histogram
    news: Histogram
    """Of the list, from the commit that brought the row: for what comes to people that is when it was handed over."""


def screens(happened: Sequence[tuple[str, str, float]], desks: Sequence[Sequence[Read]]) -> Screens:
    """`happened`: kind, conversation and time, in the order of the log."""
    words = list(_words(happened))
    threads, rows, news = Histogram(), Histogram(), Histogram()
    for reads in desks:
        begun, seen = [read.begun for read in reads], set[tuple[str, float]]()
        whole = [read for read in reads if read.is_whole]
        opened = [read.begun for read in whole]
        for conversation, wrote, there in words:
            at = bisect_left(opened, there)
            if there == wrote and 0 < at < len(whole) and whole[at - 1].here == whole[at].here == conversation:
                threads.add(whole[at].done - wrote)
            at = bisect_left(begun, there)
            done = _row_there(reads, at, conversation, there)
            if done is not None and (conversation, wrote) not in seen:
                seen.add((conversation, wrote))
                rows.add(done - wrote)
                news.add(done - there)
    return Screens(threads, rows, news)


def _words(happened: Sequence[tuple[str, str, float]]) -> Iterator[tuple[str, float, float]]:
    """Conversation, when its customer wrote, and from when on it shows: at once, or since it came to people."""
    wrote = dict[str, float]()
    for kind, conversation, at in happened:
        if kind == "message.received":
            wrote[conversation] = at
            yield conversation, at, at
        elif kind == "conversation.handed_off" and conversation in wrote:
            yield conversation, wrote[conversation], at


def _row_there(reads: Sequence[Read], at: int, conversation: str, there: float) -> float | None:
    whole = (read for read in reads[at : at + 2 * SEVERAL] if read.rows)
    for n, read in enumerate(whole):
        if n and read.begun - there > WITHIN:
            return None
        if conversation in read.rows:
            return read.done
    return None
