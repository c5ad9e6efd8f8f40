"""Whether a message's matter lies in a file alone: "see attached", "what does this mean?", or no word at all.

The one idea is courtesy's: take away all manners and all words that only point at the file, and look whether anything
is left. Nobody here reads files, so where nothing is left nobody but a person can know what it is about.
"""

from __future__ import annotations

from collections.abc import Sequence

from segue.domain.files import says_only
from segue.triage.courtesy import left_over
from segue.triage.phrasebook import book, phrases
from segue.triage.said import Said

_LONG = 25
"""Words beyond which something is said besides."""
_MANNERS = ("greeting", "opener", "address", "thanks", "goodbye", "given_up")


def is_in_a_file(said: Said, files: Sequence[str]) -> bool:
    """Whether the message only points at `files`, the names of what came with it, and leaves the matter to them."""
    if not files:
        return False
    if says_only(said.raw, files):
        return True
    if len(said.words) > _LONG:
        return False
    hits = [hit for hit in phrases("courtesy").find(said) if hit.group in _MANNERS]
    named = [word for name in files for word in Said.of(name).vocabulary]
    fillers = frozenset((*book("enclosed")["fillers"].split(), *named))
    return not any(left_over(said, [*hits, *phrases("enclosed").find(said)], fillers))
