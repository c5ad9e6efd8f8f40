"""What people make of answers, as it comes in: replies beside a suggestion, outcomes, grades and marks.

The one idea: each is kept with its author as a judgement on a case, and a mark that is taken back stays on the record
beside its taking back.
"""

from __future__ import annotations

from datetime import datetime

from segue.domain.decision import shows_suggestion
from segue.domain.errors import Forbidden, Refused
from segue.domain.evidence import Judgement, Source, Verdict
from segue.domain.ids import message_id
from segue.domain.ports import Encoder
from segue.learning.deciding import person
from segue.learning.edits import as_a_draft
from segue.learning.evidence import RULES, WEIGHTS, compared, edited, likeness, outcome
from segue.store.drafts import Drafts
from segue.store.events import Event
from segue.store.evidence import EvidenceStore, ToReview
from segue.store.workspace import Workspace
from segue.texts import _


class Judging:
    def __init__(self, store: EvidenceStore, workspace: Workspace) -> None:
        self._store = store
        self._workspace = workspace

    def hear_reply(self, event: Event, encoder: Encoder) -> bool:
        """An agent's message judges the answer it stands beside; returns whether it did. The assistant's never do."""
        if event.author in ("assistant", "system") or event.conversation_id is None:
            return False
        found = self._store.suggested(event.conversation_id, event.body["seq"])
        if found is None:
            return False
        was_shown = shows_suggestion(found.rung, found.is_held_out)
        author = event.body.get("voice") or found.agent
        judgement = (
            edited(found.answer, found.sent, author, event.at)
            if was_shown
            else compared(likeness(encoder, found.answer, found.sent), author, event.at)
        )
        return self._judge(found.conversation_id, found.seq, judgement, f"reply:{event.body['seq']}")

    def hear_outcome(self, event: Event) -> bool:
        """What became of an answer (`outcome.recorded`); returns whether it was a case."""
        body = event.body
        author = str(body.get("author") or event.author)
        judgement = outcome(str(body.get("source")), author, event.at)
        if judgement is None or author == "assistant" or event.conversation_id is None:
            return False
        return self._judge(event.conversation_id, int(body["seq"]), judgement, f"outcome:{judgement.source}")

    def _judge(self, conversation: str, seq: int, judgement: Judgement, because: str) -> bool:
        return self._store.judge(message_id(conversation, seq), judgement, RULES, because)

    # reviews

    def next_review(self, agent: str) -> ToReview | None:
        return self._store.to_review(person(self._workspace, agent).id)

    def review(
        self, message: str, verdict: str, by: str, now: datetime, note: str = "", voice: str = ""
    ) -> Judgement:  # fmt: skip
        """A person's grade of a case that chance picked, or their word that another one is wrong. `voice`: the key that
        says it in their name and does not vouch for them; its "wrong" is a mark of its own.

        Raises Refused for "right" about a case that was not drawn: who picks what they praise proves nothing. And
        Forbidden for "right" by somebody who wrote in that conversation, whose "wrong" is a mark and no grade, and for
        "right" by a key.
        """
        if voice:
            return self._key_says(message, verdict, by, voice, now, note)
        case = self._store.case(message)
        has_part = case.is_drawn and self._store.has_part(case.conversation_id, person(self._workspace, by).id)
        if has_part and verdict != Verdict.WRONG:
            raise Forbidden(
                _("You wrote in this conversation yourself."),
                _("Somebody who had no part in it judges what was drawn."),
            )
        if case.is_drawn and not has_part:
            return self._says(message, Source.GRADED, Verdict(verdict), by, now, note)
        if verdict != Verdict.WRONG:
            raise Refused(
                _("This answer was not drawn for review."), _("Only drawn ones can be judged right."), "/verdict"
            )
        return self.mark_wrong(message, by, now, note)

    def _key_says(self, message: str, verdict: str, by: str, voice: str, now: datetime, note: str) -> Judgement:
        named = person(self._workspace, by).name
        if verdict != Verdict.WRONG:
            raise Forbidden(
                _("A key's word is no grade of %(name)s's.", name=named),
                _("Use a key of their own, or one with the scope agents:vouch."),
            )
        return self._keep(message, Source.MARKED, Verdict.WRONG, voice, now, note)

    def mark_wrong(self, message: str, by: str, now: datetime, note: str) -> Judgement:
        """Somebody came upon it. No grade, not even of a case that chance picked: that one still waits for its own."""
        return self._says(message, Source.MARKED, Verdict.WRONG, by, now, note)

    def _says(self, message: str, source: Source, verdict: Verdict, by: str, now: datetime, note: str) -> Judgement:
        return self._keep(message, source, verdict, person(self._workspace, by).id, now, note)

    def _keep(self, message: str, source: Source, verdict: Verdict, author: str, now: datetime, note: str) -> Judgement:
        self._store.case(message)  # raises where it is none
        judgement = Judgement(source, verdict, WEIGHTS[source], author, now, note)
        self._store.judge(message, judgement, RULES, f"review:{judgement.author}:{now.isoformat()}")
        return judgement

    def withdraw(self, message: str, by: str, now: datetime) -> None:
        """Takes the newest mark of this person back; the record keeps both. An earlier one of theirs stands again."""
        judgement = Judgement(Source.MARKED, Verdict.UNKNOWN, 0.0, person(self._workspace, by).id, now, "taken back")
        self._store.judge(message, judgement, RULES, f"withdrawn:{judgement.author}:{now.isoformat()}")

    def approve_answer(self, conversation: str, seq: int, agent: str, now: datetime, voice: str = "") -> int:
        """Sends the suggestion to message `seq` as it is, under the agent's name; returns the seq of what was sent.
        `voice`: the key that pressed, where it does not vouch for the agent.

        Whoever had taken the words for a reply of their own has them no longer: the customer would read them twice.
        """
        sent, words = self._store.approve_answer(conversation, seq, person(self._workspace, agent).id, now, voice)
        Drafts(self._store.db).drop(conversation, [words, as_a_draft(words)], now)
        return sent
