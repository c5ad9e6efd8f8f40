"""Typed ids that sort by time: `cnv_` + 26 characters, as in a ULID. A message is named by its conversation and seq.

Ids are minted by us before the row exists, so one statement can write a conversation, its message and its event.
"""

from __future__ import annotations

import os
from datetime import datetime

from segue.domain.errors import NotFound
from segue.texts import _

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(kind: str, now: datetime) -> str:
    """48 bits of milliseconds, then 80 random bits. `kind` is three letters: cnv, con, acc, art, ..."""
    return id_of(kind, now, os.urandom(10))


def id_of(kind: str, now: datetime, chance: bytes) -> str:
    """The same with chance handed in: ten bytes."""
    return f"{kind}_{_base32((int(now.timestamp() * 1000) << 80) | int.from_bytes(chance, 'big'))}"


def message_id(conversation_id: str, seq: int) -> str:
    return f"msg_{conversation_id[4:]}.{seq}"


def message_place(message: str) -> tuple[str, int]:
    """Conversation id and seq of a message id. Raises NotFound for anything else."""
    stem, _dot, seq = message.removeprefix("msg_").partition(".")
    if not message.startswith("msg_") or not stem or not seq.isascii() or not seq.isdigit() or len(seq) > 9:
        raise NotFound(
            _("“%(message)s” is not a message id.", message=message), _("A message id looks like msg_01ABC….2.")
        )
    return f"cnv_{stem}", int(seq)


def passage_id(article_id: str, start: int) -> str:
    """A passage is named by its article and where in it it begins."""
    return f"pas_{article_id[4:]}.{start}"


def reply_id(agent_id: str, client_id: str) -> str:
    """A reply that waits to go out is named by whose it is and by what its page called it: sent twice, it is one."""
    return f"rep_{agent_id[4:]}_{client_id}"


def _base32(bits: int) -> str:
    return "".join(_CROCKFORD[(bits >> shift) & 31] for shift in range(125, -1, -5))
