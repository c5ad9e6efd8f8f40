"""What of an agent's own did not go out, in words: a line wherever they are, a chip on its row, and the way there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from segue.store.unsent import Unsent
from segue.texts import _, _n


@dataclass(frozen=True, slots=True)
class Notice:
    """`id` is another one where it says something else, so that a page that is open shows it anew."""

    id: str
    words: str
    path: str


def notice(unsent: Sequence[Unsent]) -> Notice | None:
    """Of one who it was to; of several how many, and the way to the oldest."""
    if not unsent:
        return None
    first = unsent[0]
    return Notice(f"{len(unsent)}-{first.place}", _in_words(unsent), path_of(first))


def path_of(one: Unsent) -> str:
    """To its place in the thread; where that is closed to its author, to what they typed there."""
    if one.is_closed:
        return "/desk/me#typed"
    return f"/desk/conversations/{one.conversation_id}?view=needs-me#{quote(one.place)}"


def chip(one: Unsent) -> str:
    return _("Your mail did not arrive") if one.is_mail else _("Your reply was not sent")


def _in_words(unsent: Sequence[Unsent]) -> str:
    first = unsent[0]
    if len(unsent) > 1:
        return _n("%(num)s reply of yours did not go out", "%(num)s replies of yours did not go out", len(unsent))
    who = f"#{first.number}" if first.is_closed or not first.customer else first.customer
    if first.is_mail:
        return _("Your mail to %(who)s did not arrive", who=who)
    return _("Your reply to %(who)s was not sent", who=who)
