"""What the widget shows of one conversation: what was said, how it stands, and the receipt of what was passed on.

The one idea: the receipt is the part of the briefing that came from the customer, in words for them. Why people have
the conversation, what they are advised and what is known of the account stay inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.desk.cues import says_a_matter
from segue.desk.notice import moment, team_called
from segue.desk.tried import NOTHING
from segue.desk.wanted import shorten
from segue.domain.assessment import HARM
from segue.domain.conversation import Author, Handler, Status
from segue.domain.decision import Action
from segue.store.attachments import Attachments
from segue.texts import N_, _, _p, forms, word
from segue.texts.wording import worded
from segue.web.desk_assistant import is_held
from segue.web.files import Shelf
from segue.web.prose import plain_text
from segue.web.rooms import Rooms
from segue.web.thread import Entry, entries
from segue.web.widget_wait import zone_of
from segue.web.woven import woven

_FOR_THEM = {
    "The customer says: “%(words)s”": N_("You said: “%(words)s”"),
    "The customer said it helped.": N_("You said it helped."),
    "The customer said it did not help.": N_("You said it did not help."),
    "The customer asked the same again.": N_("You asked the same again."),
    "A colleague asked: “%(words)s”": N_("A person here asked: “%(words)s”"),
    "A colleague answered: “%(words)s”": N_("A person here answered: “%(words)s”"),
}
"""What a line of the briefing says to whom it is about."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`seq` names the briefing. `corrected`: what the customer said of it since."""

    seq: int
    wanted: str
    tried: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    page: str
    corrected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    number: int
    entries: list[tuple[Entry, str]]
    """Each with the id its sender gave it, empty where it has none."""
    is_considering: bool
    is_checked: bool
    """An answer is ready, and somebody here may still stop it."""
    asks_whether_solved: bool
    is_resolved: bool
    with_people: bool
    agent: str
    team: str
    due: str
    """By when a person answers, in a sentence; or empty."""
    wants_address: bool
    receipt: Receipt | None

    @property
    def last(self) -> str:
        return self.entries[-1][0].key


def talk(house: Rooms, row: dict[str, Any], thread: list[dict[str, Any]], now: datetime, mark: str = "") -> Talk:
    """`row` as WidgetStore gives it; `mark` is the holder's."""
    turns = house.conversations.turns(row["id"])
    said = entries(thread, turns, _("You"))
    by_key = {f"m{m['seq']}": (m["client_id"] or "").removeprefix(mark) for m in thread}
    shelf = Shelf(Attachments(house.db), house.links, now)
    said = woven(house.conversations, shelf, row["id"], said, _("You"))
    with_people = row["handler"] == Handler.HUMAN
    answered = bool(turns) and turns[-1]["decision"]["action"] == Action.ANSWER and said[-1].author == Author.ASSISTANT
    is_resolved = row["status"] == Status.RESOLVED
    due = row["first_response_due"] or row["next_response_due"]
    return Talk(
        row["number"], [(one, by_key.get(one.key, "")) for one in said],
        not with_people and row["ready_at"] is not None, is_held(row, now),
        answered and not with_people and row["status"] == Status.WAITING,
        is_resolved, with_people, row["assignee"] or "", team_called(row["team"] or ""),
        _by(house, row["team_id"], due, now) if with_people and due and not is_resolved else "",
        with_people and not is_resolved and not row["email"],
        receipt(house, row, turns) if with_people and not is_resolved else None,
    )  # fmt: skip


def receipt(house: Rooms, row: dict[str, Any], turns: list[dict[str, Any]]) -> Receipt | None:
    """None where nobody was briefed in this episode, and for whoever speaks of harm: nothing is held up to them. What
    colleagues are told of a message without words is no wish of the customer's."""
    found = house.conversations.briefing(row["id"])
    if found is None or found["seq"] < row["episode_seq"] or _speaks_of_harm(turns, row["episode_seq"]):
        return None
    corrected = tuple(line["text"] for line in found["corrected"])
    kept = found.get("wording") or {}
    tried = tuple(_for_them(line["text"], kept) for line in found["tried"] if line["text"] != NOTHING)
    facts = tuple(
        ("" if fact["kind"] == "id" else word(fact["kind"].replace("_", " ")), fact["value"]) for fact in found["facts"]
    )
    page = (found["customer"]["page"] or "").partition(" (http")[0]
    wanted = found["wanted"]["text"]
    is_theirs = wanted not in kept and says_a_matter(wanted)
    return Receipt(found["seq"], wanted if is_theirs else "", tried, facts, page, corrected)


def subject(row: dict[str, Any]) -> str:
    """What a conversation is called in a list."""
    return shorten(str(row["subject"] or row["first_words"] or ""), 90) or _("Conversation")


def standing(row: dict[str, Any]) -> str:
    if row["status"] == Status.RESOLVED:
        return _p("a conversation", "Closed")
    if row["handler"] == Handler.HUMAN:
        return _("With %(name)s", name=row["assignee"] or row["team"] or _("our team"))
    return _("Being read") if row["ready_at"] else _("With the AI assistant")


def transcript(talk: Talk, workspace: str) -> str:
    """Plain text, oldest first."""
    head = _("Conversation %(number)s", number=talk.number)
    if workspace:
        head = _("Conversation %(number)s with %(workspace)s", number=talk.number, workspace=workspace)
    lines = [head, ""]
    for entry, _mark in talk.entries:
        is_ours = entry.author in (Author.ASSISTANT, Author.AGENT)
        said = plain_text(entry.text) if is_ours else entry.text
        lines += [f"{entry.name}, {forms.exactly(entry.at)}", said]
        lines += [_("File: %(name)s (%(about)s)", name=file.name, about=file.about) for file in entry.files]
        lines += [_("Source: %(title)s", title=source.title) for source in entry.sources]
        lines.append("")
    return "\n".join(lines)


def _for_them(text: str, kept: Mapping[str, Mapping[str, Any]]) -> str:
    how = kept.get(text, {"id": text, "values": {}})
    if how.get("id") in _FOR_THEM:
        return _(_FOR_THEM[how["id"]], **how["values"])
    return worded(text, kept)


def _speaks_of_harm(turns: list[dict[str, Any]], since: int) -> bool:
    noticed = (turn["assessment"] for turn in turns if turn["seq"] >= since and turn["assessment"])
    return any(flag["topic"] == HARM for assessment in noticed for flag in assessment["topics"])


def _by(house: Rooms, team: str | None, due: datetime, now: datetime) -> str:
    if due <= now:
        return _("An answer comes as soon as possible.")
    return _("An answer is due %(due)s.", due=moment(due, now, zone_of(house.workspace.live_policy(), team), "by"))
