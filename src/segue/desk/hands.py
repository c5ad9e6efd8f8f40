"""What an agent's hands do: take, answer, note, resolve, hand back; and what the customer is told when hands change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from segue.desk import notice
from segue.desk.calling import called
from segue.domain.assessment import Urgency
from segue.domain.conversation import Handler
from segue.domain.errors import Forbidden, Refused
from segue.domain.people import READS_ONLY, Agent
from segue.store.conversations import Conversations
from segue.store.desk import AgentReply, Desk, Solution
from segue.store.merging import Merging
from segue.store.sight import Sight
from segue.store.signals import Signals
from segue.store.workspace import Workspace
from segue.texts import _, speaking

Voice = Callable[[str], str]
"""Tells of an agent's id whose word it is what is said in their name; empty where it is their own."""


def _their_own(_agent: str) -> str:
    return ""


class Hands:
    def __init__(self, desk: Desk, conversations: Conversations, workspace: Workspace, signals: Signals) -> None:
        self._desk = desk
        self._conversations = conversations
        self._workspace = workspace
        self._signals = signals
        self._sight = Sight(desk.db)
        self._merging = Merging(desk.db)

    def take(self, conversation: str, agent: str, now: datetime, force: bool = False) -> None:
        """`agent` has it from now on; the assistant falls silent and the customer hears who is there.

        Taking what one has already changes nothing and is said to nobody.
        """
        who = self._hand(conversation, agent)
        if self._desk.take(conversation, who.id, now, force=force):
            self._say(conversation, partial(notice.taken_over, who.name), now)

    def assign(self, conversation: str, by: str, now: datetime, to: str | None = None, team: str | None = None) -> None:
        """Gives it to an agent, of whom the customer hears, or to a team's queue.

        Raises Refused unless exactly one of the two is named, and for an agent to whom the conversation is closed.
        """
        author = self._hand(conversation, by)
        if (to is None) == (team is None):
            raise Refused(_("Name either an agent or a team."), _("Fill exactly one of `to` and `team`."), "/to")
        if team is not None:
            self._queue(conversation, self._team(team), author.id, now)
            return
        who = self._agent(str(to), "/to")
        if not self._sight.sees(who.id, conversation):
            raise Refused(
                _("%(name)s is not in the team that has it, which is closed.", name=who.name),
                _("Choose one of its members."),
                "/to",
            )
        if self._desk.take(conversation, who.id, now, author=author.id, force=True):
            self._say(conversation, partial(notice.taken_over, who.name), now)

    def reply(self, reply: AgentReply, now: datetime, voice: Voice = _their_own) -> int:
        """Sends it and returns its seq. Raises Conflict where somebody wrote after what its agent had seen."""
        who = self._hand(reply.conversation, reply.agent).id
        return self._desk.reply(replace(reply, agent=who), now, voice(who))

    def note(
        self, conversation: str, agent: str, text: str, now: datetime, files: Sequence[str] = (), files_of: str = "",
        client_id: str | None = None,
    ) -> str:  # fmt: skip
        """Writes a note and returns its id. Agents whom it calls by name are told. `files`: ids of uploads that go with
        it, `files_of` whose they are where they are not the agent's. Raises Conflict where `client_id` names another
        note here."""
        who = self._hand(conversation, agent).id
        names = called(text, self._workspace.agents(), who)
        return self._desk.note(conversation, who, text, now, names, files, files_of, client_id)

    def resolve(
        self, conversation: str, agent: str, solution: Solution, now: datetime, voice: Voice = _their_own
    ) -> str:  # fmt: skip
        """Closes it with what solved it; without words, the last thing a colleague wrote counts as the solution. What a
        key wrote in a colleague's name does not."""
        who = self._hand(conversation, agent)
        if solution.intent is not None and self._workspace.catalogue().intent(solution.intent) is None:
            raise Refused(
                _("There is no intent %(intent)s.", intent=solution.intent), _("GET /categories lists them."), "/intent"
            )
        last_words = "" if solution.text else self._last_words(conversation)
        return self._desk.resolve(conversation, who.id, solution, now, voice(who.id), last_words)

    def confirm(self, conversation: str, agent: str, now: datetime) -> None:
        """Stands by what a key resolved in somebody's name. Raises Conflict where no key did, or somebody has."""
        self._desk.confirm(conversation, self._hand(conversation, agent).id, now)

    def judge_urgency(
        self, conversation: str, agent: str, urgency: Urgency, now: datetime, voice: Voice = _their_own
    ) -> None:
        """Sets how urgent it is, for this episode, and teaches triage. Raises Conflict where it is resolved."""
        who = self._hand(conversation, agent)
        self._signals.change_urgency(conversation, who.id, urgency, now, voice(who.id))

    def judge_frustration(
        self, conversation: str, seq: int, agent: str, is_frustrated: bool, now: datetime, voice: Voice = _their_own
    ) -> None:
        """Says how message `seq` sounds to a person, and teaches triage. Raises NotFound for one nobody considered."""
        who = self._hand(conversation, agent)
        self._signals.judge_frustration(conversation, seq, who.id, is_frustrated, now, voice(who.id))

    def reopen(self, conversation: str, agent: str, now: datetime) -> None:
        who = self._hand(conversation, agent)
        self._desk.reopen(conversation, who.id, now, who.id)

    def put_down(self, conversation: str, by: str, now: datetime, team: str | None = None) -> None:
        """Puts the conversation into the queue again, where nobody has it. Raises Conflict where it is resolved."""
        self._queue(conversation, team, self._hand(conversation, by).id, now)

    def _queue(self, conversation: str, team: str | None, by: str, now: datetime) -> None:
        had = self._conversations.one(conversation)["assignee"]
        self._desk.assign_team(conversation, team, by, now)
        if had:
            next_one = self._conversations.one(conversation)["team"] or ""
            self._say(conversation, partial(notice.passed_on, had, next_one), now)

    def open_again(self, conversation: str, handler: str, by: str, now: datetime) -> None:
        """Takes a resolving back: whoever had the conversation has it again. Raises Conflict where it is not
        resolved."""
        who = self._hand(conversation, by)
        self._desk.reopen(conversation, who.id, now)
        if handler == Handler.ASSISTANT:
            self._desk.hand_back(conversation, who.id, now)

    def hand_back(self, conversation: str, agent: str, now: datetime) -> None:
        """Gives the conversation to the assistant again, and tells the customer. Raises Conflict where the assistant
        has it already, or would leave the customer's last message unanswered."""
        who = self._hand(conversation, agent).id
        self._desk.require_answer(conversation)
        self._desk.hand_back(conversation, who, now)
        self._say(conversation, notice.handed_back, now)

    def _say(self, conversation: str, words: Callable[[], str], now: datetime) -> None:
        """To the customer, in their language, whoever pressed the button."""
        with speaking(self._conversations.language(conversation)):
            self._desk.say(conversation, words(), now)

    def merge(self, conversation: str, into: str, agent: str, now: datetime) -> None:
        """Merges the conversation into another. Raises NotFound where either is missing or closed to the agent; else as
        `Merging.merge`."""
        who = self._hand(conversation, agent)
        self._sight.require(who.id, into)
        self._merging.merge(conversation, into, who.id, now)

    def unmerge(self, conversation: str, agent: str, now: datetime) -> None:
        """Takes a merge apart. Raises NotFound where either is missing or closed to the agent; else as
        `Merging.undo`."""
        who = self._hand(conversation, agent)
        if into := self._conversations.one(conversation)["merged_into"]:
            self._sight.require(who.id, into)
        self._merging.undo(conversation, who.id, now)

    def hold(self, conversation: str, agent: str, now: datetime) -> None:
        self._desk.hold(conversation, agent, now)

    def _last_words(self, conversation: str) -> str:
        said = self._conversations.thread(conversation)
        words = [m["body"] for m in said if m["author"] == "agent" and m["voice"] is None]
        return words[-1] if words else ""

    def _hand(self, conversation: str, agent: str) -> Agent:
        """Who acts. Raises NotFound where the conversation is missing or closed to them."""
        found = self._agent(agent)
        self._sight.require(found.id, conversation)
        return found

    def _agent(self, agent: str, field: str = "/agent") -> Agent:
        found = next((a for a in self._workspace.agents() if agent in (a.id, a.email)), None)
        if found is None:
            raise Refused(
                _("There is no agent %(agent)s.", agent=agent), _("Name an agent by id or e-mail address."), field
            )
        if found.role == READS_ONLY:
            raise Forbidden(
                _("%(name)s reads, and handles nothing.", name=found.name),
                _("Ask an agent, or a lead for another role."),
            )
        return found

    def _team(self, team: str) -> str:
        if team not in {t.id for t in self._workspace.teams()}:
            raise Refused(_("There is no team %(team)s.", team=team), _("Name a team by its id."), "/team")
        return team
