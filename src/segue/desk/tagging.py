"""How a tag is written: one word, small letters, so that “Refund” and “refund ” are one."""

from __future__ import annotations

import re
from typing import NamedTuple

from segue.domain.errors import Refused
from segue.texts import _

LONGEST = 40
_WORD = re.compile(r"[^\W_][\w.+-]*")
_FIELD = rf"\s*[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}_.+\-\s]{{0,{LONGEST - 1}}}"


class Rule(NamedTuple):
    """The same for a browser's field, which says at once what would be refused: patterns, and the rule in words."""

    one: str
    several: str
    said: str


def rule() -> Rule:
    said = _("Use letters, digits and hyphens, %(longest)s characters at most.", longest=LONGEST)
    return Rule(_FIELD, rf"[\s,]*({_FIELD}(,({_FIELD}|\s*))*)?", said)


def tag_name(typed: str) -> str:
    """A tag as it is kept. Raises Refused for what cannot be one."""
    name = "-".join(typed.casefold().split())
    if not _WORD.fullmatch(name) or len(name) > LONGEST:
        raise Refused(
            _("“%(typed)s” is no tag.", typed=typed.strip()[:60]),
            rule().said,
            "/tag",
        )
    return name


def tag_names(typed: str) -> tuple[str, ...]:
    """Several tags, typed with commas between them. Raises Refused."""
    return tuple(dict.fromkeys(tag_name(piece) for piece in typed.split(",") if piece.strip()))
