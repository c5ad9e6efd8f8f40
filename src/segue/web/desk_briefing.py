"""The briefing of an open conversation as one agent reads it: in their language, without what is closed to them."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from segue.desk.tried import NOTHING, SAYS
from segue.domain.briefing import SAYS_SOMETHING
from segue.domain.conversation import Handler
from segue.domain.people import VISITOR
from segue.store.queue import QueueStore
from segue.store.sight import Sight
from segue.texts import _, word
from segue.texts.wording import worded
from segue.web.rooms import Rooms


def briefing_of(house: Rooms, me: str, row: dict[str, Any]) -> dict[str, Any] | None:
    """That of this episode: once the customer has written again, what led to an earlier handoff no longer says why
    somebody has it now. Without what of it is closed to `me`."""
    if row["handler"] != Handler.HUMAN:
        return None
    found = house.conversations.briefing(row["id"])
    if not found or found["seq"] < row["episode_seq"] <= row["customer_seq"]:
        return None
    rows = QueueStore(house.db, me).by_ids([e["conversation_id"] for e in found["earlier"]]) if found["earlier"] else []
    names = {r["id"]: r["contact"] or r["email"] or _("Visitor") for r in rows}
    about = [e["conversation_id"] for e in (*found["earlier"], *found["similar"]) if e["conversation_id"]]
    hidden = Sight(house.db).hidden(me, about)
    earlier = [e | {"who": names.get(e["conversation_id"], "")} for e in _shown(found["earlier"], hidden)]
    email = found["customer"]["email"] or row["email"]  # left since, perhaps
    name, seen = found["customer"]["name"], house.conversations.last_seen(row["contact_id"], me)
    called = _("Visitor") if name == VISITOR else name
    of_now = {"name": called, "email": email, "email_is_said": row["email_is_said"], "last_seen": seen}
    customer = found["customer"] | of_now
    similar = _shown(found["similar"], hidden)
    told = _worded(found)
    before = [{"text": text, "seq": None, "own": False} for text in _before(earlier)]
    tried = [*before, *(line for line in told["tried"] if not (before and line["is_nothing"]))]
    return told | {"tried": tried, "earlier": earlier, "similar": similar, "customer": customer, "about": about}


def _worded(found: dict[str, Any]) -> dict[str, Any]:
    """In the language of whoever reads it; the customer's own words stay as they are."""
    kept, step = found.get("wording") or {}, found["next_step"]
    is_telling = (step["confidence"] or 0.0) >= SAYS_SOMETHING
    moved = [m | {"before": worded(m["before"], kept), "now": word(worded(m["now"], kept))} for m in found["moved"]]
    tried = [_tried(line, kept) for line in found["tried"]]
    return found | {
        "why": worded(found["why"], kept), "moved": moved, "tried": tried,
        "wanted": found["wanted"] | {"text": worded(found["wanted"]["text"], kept)},
        "next_step": step | {"text": worded(step["text"], kept), "is_telling": is_telling},
    }  # fmt: skip


def _tried(line: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """What they did themselves stands in their words alone: that they say so needs no saying."""
    how = kept.get(line["text"], {})
    own = how.get("id") == SAYS
    text = how["values"]["words"] if own else worded(line["text"], kept)
    return line | {"text": text, "own": own, "is_nothing": NOTHING in (how.get("id"), line["text"])}


def _before(earlier: list[dict[str, Any]]) -> Iterator[str]:
    """What was tried in earlier conversations on the same issue that are open to whoever reads it, oldest first."""
    for one in sorted((e for e in earlier if e["is_same_issue"]), key=itemgetter("at")):
        if title := one.get("answered_with"):
            yield _("In #%(number)s the assistant answered with “%(title)s”.", number=one["number"], title=title)
        if words := one.get("told"):
            yield _("In #%(number)s a colleague wrote: “%(words)s”", number=one["number"], words=words)


def _shown(told: list[dict[str, Any]], hidden: set[str]) -> list[dict[str, Any]]:
    return [one for one in told if one["conversation_id"] not in hidden]
