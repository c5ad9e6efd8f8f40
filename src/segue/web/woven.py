"""A conversation together with those that were merged into it, as people read it: by the clock, each with its own
sources and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from heapq import merge

from segue.store.conversations import Conversations
from segue.web.files import Shelf
from segue.web.thread import Entry, entries


def woven(
    store: Conversations, shelf: Shelf, conversation: str, own: Sequence[Entry], called: str, with_notes: bool = False
) -> list[Entry]:
    """`own`, with its files, and with what was said in the others between; theirs carry the number of their
    conversation."""
    own = shelf.beside(conversation, own)
    others = store.others(conversation)
    if not others:
        return own
    told = [_of(store, shelf, other, number, called, with_notes) for other, number in others]
    return list(merge(own, *told, key=lambda entry: entry.at))


def _of(
    store: Conversations, shelf: Shelf, conversation: str, number: int, called: str, with_notes: bool
) -> list[Entry]:
    notes = store.notes(conversation) if with_notes else ()
    said = entries(store.thread(conversation), store.turns(conversation), called, notes)
    return [replace(one, key=f"n{number}-{one.key}", number=number) for one in shelf.beside(conversation, said)]
