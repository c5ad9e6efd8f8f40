"""One conversation as the desk shows it: thread, state, briefing or the assistant's own reasons, suggestion."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.conversation import Author, Handler, Status
from segue.domain.decision import Reason
from segue.domain.errors import NotFound
from segue.learning.edits import as_a_draft
from segue.store.attachments import Attachments
from segue.store.attention import Attention
from segue.store.corrections import Correction, Corrections
from segue.store.drafts import Drafts, Kept
from segue.store.macros import Macro, MacroStore
from segue.store.merging import Merging
from segue.store.outbox import Outbox
from segue.store.waiting_replies import WaitingReplies
from segue.texts import _
from segue.web.beside import woven_in
from segue.web.desk_assistant import (
    approvable,
    doing,
    drawn_for,
    guesses_of,
    held_words,
    rejected_by,
    suggestion_of,
    sureness,
)
from segue.web.desk_briefing import briefing_of
from segue.web.files import Shelf
from segue.web.marked import Marked, just_marked
from segue.web.reasoned import in_a_line, reasoned
from segue.web.rooms import Rooms
from segue.web.thread import Enclosed, Entry, entries
from segue.web.told import Due, chip, next_due
from segue.web.whole_mail import WholeMail, shown_whole
from segue.web.woven import woven

LATELY = timedelta(days=1)
"""How long a conversation that was resolved says that its last message has no answer; of history that is no news."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A mail of ours that did not arrive. `is_given_up`: nobody tries any more unless somebody asks for it.
    `is_stopped`: it did not leave, for the assistant was stopped."""

    conversation: str
    seq: int
    why: str
    is_given_up: bool
    is_stopped: bool
    missed_by: str | None
    """Its author, before whom it stands until they let it be."""


@dataclass(frozen=True, slots=True)
class Opened:
    """`briefing` for what people have; `why` for what the assistant has, or was taken over without a handoff."""

    row: dict[str, Any]
    called: str
    theirs: tuple[int, str]
    """The newest message that the customer or another agent wrote, and who."""
    entries: list[Entry]
    due: Due | None
    chip: str
    briefing: dict[str, Any] | None
    why: dict[str, Any] | None
    suggestion: str
    draft: str
    """The suggestion as an agent takes it for a reply of their own."""
    sure: float | None
    """How sure the assistant is of the suggestion."""
    approves: int | None
    """The message whose suggestion one key sends as it is; None where there is none."""
    rejected: str
    """Who said what is wrong with that suggestion; whoever wants it after all takes it as a reply of their own."""
    held: str
    """What the assistant is about to say, while it waits; taking over stops it."""
    assistant: str
    """What the assistant does here, in a sentence."""
    lock: tuple[str, datetime] | None
    """Who else has their hands on the composer, and until when."""
    others: list[str]
    """Who else looks at it."""
    drafts: dict[str, Kept]
    carried: Macro | None
    """The macro whose actions are done when the reply is sent."""
    waiting: list[dict[str, Any]]
    """Replies that wait a moment before they go, or were refused."""
    corrections: list[Correction]
    guesses: list[tuple[str, str]]
    """The likeliest intents of the newest message: id and name."""
    to_grade: tuple[int, str] | None
    """The message whose answer chance picked for this agent's grade, and that answer."""
    merged: Any | None
    """Where it went: into_id, number, by, at; None where it stands for itself."""
    joined: list[Any]
    """Those merged into it."""
    may_merge: list[Any]
    """What it could be merged into."""
    decided: dict[str, tuple[int, str]]
    """What the assistant did about a message, in one sentence, with its seq; by the key of the message."""
    drafted: dict[str, list[Enclosed]]
    """Files that go with the agent's drafts, by their kind."""
    going: dict[str, list[Enclosed]]
    """Files of replies that wait, by the reply."""
    lost: dict[str, Lost]
    """Mails that did not arrive, or not yet; by the key of the message."""
    marked: tuple[Marked, ...]
    """Articles behind the answer that the agent has just marked as wrong."""
    is_unanswered: bool
    """Resolved of late, and nobody has answered the customer's newest message."""
    mails: dict[str, WholeMail]
    """Where the whole of a mail stands, for messages that came by one; by the key of the message."""

    @property
    def beside(self) -> frozenset[str]:
        """Other conversations that it shows something of, whether or not this agent sees it."""
        about = self.briefing["about"] if self.briefing else ()
        return frozenset((*about, *(one.id for one in (*self.joined, *self.may_merge)), self.row["merged_into"] or ""))

    @property
    def awaits_yes(self) -> bool:
        """Whether all it waits for is that somebody reads the suggestion and sends it."""
        return self.approves is not None and self.row["reason"] == Reason.AWAITS_APPROVAL

    @property
    def is_with_people(self) -> bool:
        return bool(self.row["handler"] == Handler.HUMAN)


def opened(house: Rooms, me: str, conversation: str, now: datetime) -> Opened:
    """As the agent `me` sees it. Raises NotFound."""
    row = house.conversations.one(conversation)
    turns = house.conversations.turns(conversation)
    notes = house.conversations.notes(conversation)
    called = row["contact"] or row["email"] or _("Visitor")
    attached = Attachments(house.db)
    shelf = Shelf(attached, None, now)
    thread = house.conversations.thread(conversation)
    said = entries(thread, turns, called, notes)
    this_episode = [turn for turn in turns if turn["seq"] >= row["episode_seq"]]
    briefing = briefing_of(house, me, row)
    suggestion, catalogue = suggestion_of(row, this_episode, briefing), house.workspace.catalogue()
    corrections = Corrections(house.db).standing(row["id"])
    rejected = rejected_by(row, corrections)
    lock, others, drafts, carried, waiting = _hands(house, me, row, now)
    merged, joined, may_merge = _merging(house, row, me)
    return Opened(
        row=row, called=called, theirs=_theirs(thread, me, called), due=next_due(row), chip=chip(row["reason"]),
        entries=woven_in(
            house, conversation, woven(house.conversations, shelf, conversation, said, called, with_notes=True)
        ),
        briefing=briefing, why=reasoned(catalogue, this_episode), suggestion=suggestion, rejected=rejected,
        draft=as_a_draft(suggestion), sure=sureness(this_episode) if suggestion else None,
        approves=None if rejected else approvable(row, this_episode, suggestion),
        held=held_words(row, now), assistant=doing(row, now), lock=lock, others=others, drafts=drafts,
        carried=carried, waiting=waiting, corrections=corrections, guesses=guesses_of(catalogue, this_episode),
        to_grade=drawn_for(house, me, row["id"], turns), merged=merged, joined=joined, may_merge=may_merge,
        decided={f"m{turn['seq']}": (turn["seq"], in_a_line(turn, catalogue)) for turn in turns},
        drafted=shelf.shown(attached.of_drafts(conversation, me)),
        going=shelf.shown(attached.of_replies(conversation)), lost=_lost(house, conversation),
        marked=just_marked(me, corrections, turns, now),
        is_unanswered=_is_unanswered(house, row, now), mails=shown_whole(house, conversation),
    )  # fmt: skip


def _is_unanswered(house: Rooms, row: dict[str, Any], now: datetime) -> bool:
    if row["status"] != Status.RESOLVED or row["resolved_at"] is None or now - row["resolved_at"] > LATELY:
        return False
    return bool(house.conversations.unanswered([row["id"]]))


def _theirs(thread: list[dict[str, Any]], me: str, called: str) -> tuple[int, str]:
    by_others = ((m["seq"], m["agent"] or called) for m in reversed(thread) if _is_by_another(m, me))
    return next(by_others, (0, called))


def _is_by_another(message: dict[str, Any], me: str) -> bool:
    return bool(
        message["author"] == Author.CUSTOMER or (message["author"] == Author.AGENT and message["agent_id"] != me)
    )


def _lost(house: Rooms, conversation: str) -> dict[str, Lost]:
    """Of the conversation and of those that were merged into it."""
    known = [("", conversation), *((f"n{one.number}-", one.id) for one in Merging(house.db).others(conversation))]
    return {
        f"{prefix}m{mail['seq']}": Lost(
            at, mail["seq"], mail["why"], mail["state"] == "undelivered", mail["state"] == "stopped", mail["missed_by"]
        )
        for prefix, at in known
        for mail in Outbox(house.db).deliveries(at)
        if mail["state"] in ("undelivered", "stopped") or (mail["state"] == "waiting" and mail["why"])
    }


def _hands(
    house: Rooms, me: str, row: dict[str, Any], now: datetime
) -> tuple[tuple[str, datetime] | None, list[str], dict[str, Kept], Macro | None, list[dict[str, Any]]]:
    """The soft lock, who else looks, the agent's drafts and what they carry, and what waits to be sent."""
    present = Attention(house.db).present([row["id"]], now).get(row["id"], [])
    lock = None
    if row["held_by"] not in (None, me) and row["held_until"] and row["held_until"] > now:
        lock = row["held_name"] or dict(present).get(row["held_by"], _("A colleague")), row["held_until"]
    others = [name for who, name in present if who != me]
    drafts, carried = Drafts(house.db).of(row["id"], me), None
    with suppress(NotFound):
        carried = MacroStore(house.db).one(drafts["reply"].macro, me) if drafts["reply"].macro else None
    return lock, others, drafts, carried, WaitingReplies(house.db).of(row["id"])


def _merging(house: Rooms, row: dict[str, Any], me: str) -> tuple[Any | None, list[Any], list[Any]]:
    merging = Merging(house.db)
    if row["merged_into"]:
        return merging.standing(row["id"]), [], []
    return None, merging.others(row["id"], me), merging.candidates(row["id"], me)
