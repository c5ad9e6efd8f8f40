"""From an answer that an agent marked as wrong to the sentence it came from: the article opens where that stands.

The browser finds and marks it (a text fragment in the address), so that nothing of the article has to be changed for
it; where the article says something else by now, it opens at its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from segue.store.corrections import Correction
from segue.web.prose import bare_text

LASTS = timedelta(seconds=15)
"""As long as it is said that it was marked."""
WHOLE, EDGE = 8, 4
"""Words of a sentence that is named whole, and of either end of a longer one."""
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Marked:
    """An article an answer rested on. `at` is the end of its address."""

    id: str
    title: str
    slug: str
    at: str


def just_marked(
    me: str, corrections: Sequence[Correction], turns: Iterable[dict[str, Any]], now: datetime
) -> tuple[Marked, ...]:
    """What the agent's newest word, while it is still said, leads to; nothing where it was another one."""
    newest = next((one for one in corrections if one.agent_id == me), None)
    if newest is None or newest.kind != "wrong" or now - newest.at > LASTS:
        return ()
    answer = next((turn["answer"] for turn in turns if turn["seq"] == newest.seq), None) or {}
    grounds = {ground["slug"]: ground for ground in reversed(answer.get("grounds", ()))}
    return tuple(
        Marked(f"{newest.id}-{slug}", ground["title"], slug, fragment(ground["text"], answer["text"]))
        for slug, ground in grounds.items()
    )


def fragment(passage: str, answer: str) -> str:
    """The first sentence of the passage that the answer says, else its first, as browsers find it in a page."""
    said = _plain(answer)
    sentences = [words for one in _ENDS.split(_lines(passage)) if (words := one.split())]
    if not sentences:
        return ""
    words = next((one for one in sentences if _plain(" ".join(one)) in said), sentences[0])
    ends = (words,) if len(words) <= WHOLE else (words[:EDGE], words[-EDGE:])
    return "#:~:text=" + ",".join(quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)


def _lines(text: str) -> str:
    return "\n".join(bare_text(line) for line in text.splitlines() if not line.startswith("#"))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", bare_text(text).casefold()))
