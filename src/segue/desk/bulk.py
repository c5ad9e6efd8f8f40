"""One deed for many conversations: what it would do, doing it, and taking it back in one go.

The one idea: each conversation gets the very deed an agent would do by hand, so that customers, clocks and the record
hear of it as always; and what a look beforehand leaves out is left out for a reason that is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from segue.desk.hands import Hands
from segue.desk.sending import Sending
from segue.desk.snoozing import until
from segue.desk.tagging import tag_name
from segue.domain.conversation import Handler, Status
from segue.domain.errors import Conflict, NotFound, Refused, SegueError
from segue.store.attention import Attention
from segue.store.bulks import Bulks
from segue.store.conversations import Conversations
from segue.store.tags import Tags
from segue.texts import _

MOST = 100
DEEDS = ("assign", "tag", "snooze", "resolve", "hand-back")
NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Plan:
    """`value` is an agent or a team ("agent:" or "team:" and an id), a tag, or a time; empty for the other deeds.
    `left`: rows with the reason why they are left out."""

    deed: str
    value: str
    rows: tuple[Mapping[str, Any], ...]
    left: tuple[tuple[Mapping[str, Any], str], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """`left`: number of a conversation, and why it was left as it is."""

    bulk: str
    count: int
    left: tuple[tuple[int, str], ...]


class Bulk:
    def __init__(
        self,
        bulks: Bulks,
        conversations: Conversations,
        hands: Hands,
        sending: Sending,
        attention: Attention,
        tags: Tags,
    ) -> None:
        self._bulks = bulks
        self._conversations = conversations
        self._hands = hands
        self._sending = sending
        self._attention = attention
        self._tags = tags

    def plan(self, conversations: Sequence[str], deed: str, value: str, now: datetime) -> Plan:
        """What the deed would do, now. Raises Refused for a deed or a value that does not exist; unknown ids are left
        out."""
        if deed not in DEEDS:
            raise Refused(
                _("“%(deed)s” is nothing that can be done.", deed=deed), _("Choose one of the list."), "/what"
            )
        if not conversations or len(conversations) > MOST:
            raise Refused(_("Choose conversations, %(most)s at most.", most=MOST), _("Select rows of a list."), "/row")
        value = tag_name(value) if deed == "tag" else value
        if deed == "snooze":
            until(value, now)
        rows, left = [], []
        for row in self._rows(conversations):
            why = _kept_out(row, deed, value)
            left.append((row, why)) if why else rows.append(row)
        return Plan(deed, value, tuple(rows), tuple(left))

    def do(
        self, conversations: Sequence[str], deed: str, value: str, agent: str, now: datetime,
        seen: Mapping[str, int] = NOTHING,
    ) -> Done:  # fmt: skip
        """Does the deed to one conversation after the other. Where one cannot be done, because somebody was faster, the
        others still are. `seen`: of each the newest message when the agent looked; what the customer wrote since keeps
        it from being resolved."""
        plan = self.plan(conversations, deed, value, now)
        bulk, left = self._bulks.begin(agent, deed, plan.value, now), [(r["number"], why) for r, why in plan.left]
        for row in plan.rows:
            self._bulks.remember(bulk, row["id"])
            if why := _tried(self._deed(plan, row, seen.get(row["id"], row["seq"]), agent, now)):
                self._bulks.forget(bulk, row["id"])
                left.append((row["number"], why))
        self._bulks.done(bulk, agent, now)
        return Done(bulk, len(plan.rows) + len(plan.left) - len(left), tuple(left))

    def undo(self, bulk: str, agent: str, now: datetime) -> Done:
        """Takes the deed back wherever nobody has changed the conversation since. Raises Conflict the second time."""
        deed, value, touched = self._bulks.take_back(bulk, agent, now)
        left = []
        for one in touched:
            row = self._conversations.one(one.conversation_id)
            why = _changed_since(row, deed, value, one.is_theirs)
            why = why or _tried(self._back(deed, value, row, one.before, agent, now))
            if why:
                left.append((one.number, why))
        return Done(bulk, len(touched) - len(left), tuple(left))

    def move(
        self, conversation: str, deed: str, value: str, agent: str, now: datetime, does: Callable[[], object]
    ) -> None:
        """Does a deed to one conversation, by the agent's own hands, and remembers it as one of several is, so that it
        can be taken back."""
        bulk = self._bulks.begin(agent, deed, value, now)
        self._bulks.remember(bulk, conversation)
        try:
            does()
        except SegueError:
            self._bulks.forget(bulk, conversation)
            raise

    def move_back(self, conversation: str, agent: str, now: datetime) -> None:
        """Gives the conversation back to whoever had it before the agent's newest move. Raises Conflict where somebody
        has gone on with it."""
        done = self.undo(self._bulks.newest(conversation, agent), agent, now)
        for number, why in done.left:
            raise Conflict(_("#%(number)s %(why)s.", number=number, why=why), _("Load it again."))

    def _rows(self, conversations: Sequence[str]) -> list[dict[str, Any]]:
        found = []
        for conversation in dict.fromkeys(conversations):
            try:
                found.append(self._conversations.one(conversation))
            except NotFound:
                continue
        return found

    def _deed(
        self, plan: Plan, row: Mapping[str, Any], seen_seq: int, agent: str, now: datetime
    ) -> Callable[[], object]:
        conversation = row["id"]
        deeds: dict[str, Callable[[], object]] = {
            "assign": lambda: self._assign(conversation, plan.value, agent, now),
            "tag": lambda: self._tags.put(conversation, plan.value, agent, now),
            "snooze": lambda: self._attention.snooze(conversation, agent, until(plan.value, now), now),
            "resolve": lambda: self._sending.resolve(conversation, agent, now, seen_seq=seen_seq),
            "hand-back": lambda: self._hands.hand_back(conversation, agent, now),
        }
        return deeds[plan.deed]

    def _back(
        self, deed: str, value: str, row: Mapping[str, Any], before: Mapping[str, Any], agent: str, now: datetime
    ) -> Callable[[], object]:
        conversation = row["id"]
        deeds: dict[str, Callable[[], object]] = {
            "assign": lambda: self._give_back(conversation, before, agent, now),
            "tag": lambda: self._tags.take_off(conversation, value, agent, now),
            "snooze": lambda: self._sleep_on(conversation, before, agent, now),
            "resolve": lambda: self._hands.open_again(conversation, before["handler"], agent, now),
            "hand-back": lambda: self._give_back(conversation, before, agent, now),
        }
        return deeds[deed]

    def _assign(self, conversation: str, whom: str, agent: str, now: datetime) -> None:
        kind, _colon, name = whom.partition(":")
        self._hands.assign(conversation, agent, now, **({"to": name} if kind == "agent" else {"team": name}))

    def _give_back(self, conversation: str, before: Mapping[str, Any], agent: str, now: datetime) -> None:
        """To whoever had it: an agent, the assistant, or nobody yet."""
        if before["assignee_id"]:
            self._hands.assign(conversation, agent, now, to=before["assignee_id"])
        elif before["handler"] == Handler.ASSISTANT:
            self._hands.hand_back(conversation, agent, now)
        else:
            self._hands.put_down(conversation, agent, now, before["team_id"])

    def _sleep_on(self, conversation: str, before: Mapping[str, Any], agent: str, now: datetime) -> None:
        slept = before["snoozed_until"] and datetime.fromisoformat(before["snoozed_until"])
        if slept and slept > now:
            self._attention.snooze(conversation, agent, slept, now)
        else:
            self._attention.wake(conversation, agent, now)


def _kept_out(row: Mapping[str, Any], deed: str, value: str) -> str:
    """Why it is left out; empty where it is not."""
    if row["merged_into"]:
        return _("is merged into another one")
    if deed == "tag":
        return _("has %(tag)s already", tag=value) if value in row["tags"] else ""
    if row["status"] == Status.RESOLVED:
        return _("is resolved")
    if deed == "hand-back" and row["handler"] == Handler.ASSISTANT:
        return _("is with the AI already")
    kind, _colon, name = value.partition(":")
    if deed == "assign" and kind == "agent" and row["assignee_id"] == name:
        return _("is with %(name)s already", name=row["assignee"])
    if deed == "assign" and kind == "team" and row["assignee_id"] is None and row["team_id"] == name:
        return _("waits for %(team)s already", team=row["team"])
    return ""


def _changed_since(row: Mapping[str, Any], deed: str, value: str, is_theirs: bool) -> str:
    """Whether somebody went on with it: then it is theirs, and stays. Also where they set the same once more."""
    kind, _colon, name = value.partition(":")
    has_moved = {
        "assign": row["status"] == Status.RESOLVED
        or (row["assignee_id"] if kind == "agent" else row["team_id"]) != name
        or (kind == "team" and row["assignee_id"] is not None),
        "tag": value not in row["tags"],
        "snooze": row["snoozed_until"] is None,
        "resolve": row["status"] != Status.RESOLVED,
        "hand-back": row["handler"] != Handler.ASSISTANT or row["status"] == Status.RESOLVED,
    }
    return _("has changed since") if is_theirs or has_moved[deed] or row["merged_into"] else ""


def _tried(deed: Callable[[], object]) -> str:
    try:
        deed()
    except (Conflict, Refused, NotFound) as error:
        return error.what_happened
    return ""
