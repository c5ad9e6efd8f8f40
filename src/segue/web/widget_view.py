"""What the widget shows of one conversation: what was said, how it stands, and the receipt of what was passed on.

The one idea: the receipt is the part of the briefing that came from the customer, in words for them. Why people have
the conversation, what they are advised and what is known of the account stay inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.desk.notice import moment, team_called
from segue.domain.conversation import Author, Handler, Status
from segue.domain.decision import Action
from segue.texts import _, _p, forms
from segue.web.rooms import Rooms
from segue.web.thread import Entry, entries
from segue.web.widget_wait import zone_of
from segue.web.woven import woven

HARM = "harm"
_FOR_THEM = (
    ("The customer says: ", "You said: "), ("The customer said it", "You said it"),
    ("The customer asked", "You asked"), ("A colleague ", "A person here "), ("The customer ", "You "),
)  # fmt: skip
_NOTHING = "Nothing yet."


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
    said = woven(house.conversations, row["id"], said, _("You"))
    with_people = row["handler"] == Handler.HUMAN
    answered = bool(turns) and turns[-1]["decision"]["action"] == Action.ANSWER and said[-1].author == Author.ASSISTANT
    is_resolved = row["status"] == Status.RESOLVED
    due = row["first_response_due"] or row["next_response_due"]
    return Talk(
        row["number"], [(one, by_key.get(one.key, "")) for one in said],
        not with_people and row["ready_at"] is not None,
        answered and not with_people and row["status"] == Status.WAITING,
        is_resolved, with_people, row["assignee"] or "", team_called(row["team"] or ""),
        _by(house, due, now) if with_people and due and not is_resolved else "",
        with_people and not is_resolved and not row["is_verified"] and not row["email"],
        receipt(house, row, turns) if with_people and not is_resolved else None,
    )  # fmt: skip


def receipt(house: Rooms, row: dict[str, Any], turns: list[dict[str, Any]]) -> Receipt | None:
    """None where nobody was briefed in this episode, and for whoever speaks of harm: nothing is held up to them."""
    found = house.conversations.briefing(row["id"])
    if found is None or found["seq"] < row["episode_seq"] or _speaks_of_harm(turns, row["episode_seq"]):
        return None
    corrected = tuple(line["text"] for line in found["corrected"])
    tried = tuple(_for_them(line["text"]) for line in found["tried"] if line["text"] != _NOTHING)
    facts = tuple(
        ("" if fact["kind"] == "id" else fact["kind"].replace("_", " "), fact["value"]) for fact in found["facts"]
    )
    page = (found["customer"]["page"] or "").partition(" (http")[0]
    return Receipt(found["seq"], found["wanted"]["text"], tried, facts, page, corrected)


def subject(row: dict[str, Any]) -> str:
    """What a conversation is called in a list."""
    return " ".join(str(row["subject"] or row["first_words"] or "").split())[:90] or _("Conversation")


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
        lines += [f"{entry.name}, {forms.exactly(entry.at)}", entry.text]
        lines += [_("Source: %(title)s", title=source.title) for source in entry.sources]
        lines.append("")
    return "\n".join(lines)


def _for_them(text: str) -> str:
    for ours, theirs in _FOR_THEM:
        if text.startswith(ours):
            return theirs + text.removeprefix(ours)
    return text


def _speaks_of_harm(turns: list[dict[str, Any]], since: int) -> bool:
    noticed = (turn["assessment"] for turn in turns if turn["seq"] >= since and turn["assessment"])
    return any(flag["topic"] == HARM for assessment in noticed for flag in assessment["topics"])


def _by(house: Rooms, due: datetime, now: datetime) -> str:
    if due <= now:
        return _("An answer comes as soon as possible.")
    return _("An answer is due %(due)s.", due=moment(due, now, zone_of(house.workspace.live_policy()), "by"))
