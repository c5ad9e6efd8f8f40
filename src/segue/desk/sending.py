"""Sending with a moment to think better of it: mail waits some seconds, chat goes at once.

The reply waits in the database, not in the browser, so closing the tab loses nothing. When its time has come it is sent
as any reply is, and refused as any reply is where the customer wrote meanwhile; then its text stays, and stands before
its author wherever they are (`store/unsent.py`). Whatever keeps one reply from going keeps none of the others.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from segue.desk.hands import Hands
from segue.desk.macros import MacroHands
from segue.domain.conversation import Channel
from segue.domain.errors import Conflict, Forbidden, NotFound, Refused
from segue.store.corrections import Corrections
from segue.store.desk import AgentReply, Solution
from segue.store.drafts import Drafts, NewerDraft
from segue.store.waiting_replies import WaitingReplies, WaitingReply
from segue.texts import _

PAUSE = {Channel.EMAIL: timedelta(seconds=10), Channel.FORM: timedelta(seconds=10)}
"""Elsewhere somebody sits and waits for the answer."""
KEPT_BACK = (Conflict, Forbidden, NotFound, Refused)
"""Somebody wrote meanwhile, or it was merged away, closed to its author, or taken from their role."""


class StaysOpen(Conflict):
    """The reply has gone; the conversation could not be closed behind it."""


class Sending:
    def __init__(
        self, hands: Hands, waiting: WaitingReplies, drafts: Drafts, corrections: Corrections, macros: MacroHands
    ) -> None:
        self._hands = hands
        self._waiting = waiting
        self._drafts = drafts
        self._corrections = corrections
        self._macros = macros

    def send(self, reply: AgentReply, channel: str, now: datetime, resolves: bool = False, macro: str = "") -> str:
        """Sends the reply, or lets it wait; returns the id under which it can be stopped, empty where it has gone.

        Either way its draft is cleared. The actions of a `macro` are done once the reply has gone. Raises Conflict
        where somebody wrote meanwhile, or the macro is gone; StaysOpen where only closing it was refused.
        """
        waits, resolves = "", resolves or self._resolves(macro, reply.agent)
        if pause := PAUSE.get(Channel(channel)):
            waits = self._waiting.put(reply, now + pause, now, resolves, macro)
        else:
            seq = self._hands.reply(reply, now)
            try:
                self._go_on(reply, seq, macro, resolves, now)
            except Conflict as error:
                self._drafts.clear(reply.conversation, reply.agent, "reply", now)
                raise StaysOpen(_("Your reply has gone. %(why)s", why=error.what_happened), error.what_to_do) from error
        self._drafts.clear(reply.conversation, reply.agent, "reply", now)
        return waits

    def stop(self, reply: str, agent: str, now: datetime) -> str:
        """Takes it back into the composer, before what was typed there since; returns its conversation."""
        conversation, text, macro = self._waiting.stop(reply, agent, now)
        while True:
            kept = self._drafts.of(conversation, agent)["reply"]
            whole = f"{text}\n\n{kept.text}" if kept.text.strip() else text
            with suppress(NewerDraft):  # more was typed at this very moment
                self._drafts.put(conversation, agent, "reply", whole, kept.version, now, kept.macro or macro)
                return conversation

    def send_due(self, now: datetime) -> int:
        """Sends what has waited long enough; returns how many. One that was sent before is not sent again."""
        sent = 0
        while due := self._waiting.due(now):  # of one author and conversation one after the other
            for reply in due:
                self._send(reply, now)
            sent += len(due)
        return sent

    def resolve(
        self, conversation: str, agent: str, now: datetime, text: str = "", intent: str | None = None,
        seen_seq: int | None = None,
    ) -> None:  # fmt: skip
        """Closes it. A matter that a person named teaches; the assistant's guess does not. Raises Conflict where the
        customer wrote after `seen_seq`."""
        named = intent or self._corrections.named_intent(conversation)
        self._hands.resolve(conversation, agent, Solution(text, named, seen_seq=seen_seq), now)

    def _send(self, waiting: WaitingReply, now: datetime) -> None:
        reply = waiting.reply
        try:
            seq = self._hands.reply(reply, now)
        except KEPT_BACK as error:
            self._waiting.close(waiting.id, "refused", now, str(error))
            return
        # resolved meanwhile, which is what was wanted; or in others' hands by now, or written in: then it stays open
        with suppress(*KEPT_BACK):
            self._go_on(reply, seq, waiting.macro, waiting.resolves, now)
        self._waiting.close(waiting.id, "sent", now)

    def _resolves(self, macro: str, agent: str) -> bool:
        try:
            return bool(macro) and self._macros.one(macro, agent).resolves
        except NotFound:
            raise Conflict(_("The macro is gone meanwhile."), _("Send the text again, without it.")) from None

    def _go_on(self, reply: AgentReply, seq: int, macro: str, resolves: bool, now: datetime) -> None:
        """What is done once the reply has gone, as message `seq`: nothing of the customer's after it has been read."""
        with suppress(NotFound):
            if macro:
                self._macros.do(self._macros.one(macro, reply.agent), reply.conversation, reply.agent, now)
        if resolves:
            self.resolve(reply.conversation, reply.agent, now, reply.text, seen_seq=seq)
