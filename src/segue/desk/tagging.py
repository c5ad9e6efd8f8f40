"""How a tag is written: one word, small letters, so that “Refund” and “refund ” are one."""

from __future__ import annotations

import re

from segue.domain.errors import Refused
from segue.texts import _

LONGEST = 40
_WORD = re.compile(r"[^\W_][\w.+-]*")


def tag_name(typed: str) -> str:
    """As it is kept. Raises Refused."""
    name = "-".join(typed.casefold().split())
    if not _WORD.fullmatch(name) or len(name) > LONGEST:
        raise Refused(
            _("“%(typed)s” is no tag.", typed=typed.strip()[:60]),
            _("Use letters, digits and hyphens, %(longest)s characters at most.", longest=LONGEST),
            "/tag",
        )
    return name


def tag_names(typed: str) -> tuple[str, ...]:
    """Several, with commas between. Raises Refused."""
    return tuple(dict.fromkeys(tag_name(piece) for piece in typed.split(",") if piece.strip()))
