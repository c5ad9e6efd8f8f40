"""One key teaches: what an agent says of the assistant's work, with its effect, and how it is taken back.

Each kind has a doing and an undoing here, side by side, so that nothing can be said that cannot be unsaid. A word and
its effect are written together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from segue.domain.conversation import Author
from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.ids import message_id
from segue.learning.judging import Judging
from segue.learning.personal import strip
from segue.store.candidates import CandidateStore, Draft
from segue.store.conversations import Conversations
from segue.store.corrections import Correction, Corrections
from segue.store.workspace import Workspace
from segue.texts import N_, _

FAULTS = {"fact": N_("a wrong fact"), "tone": N_("the wrong tone"), "handover": N_("should have handed over"),
          "stale": N_("a stale article")}  # fmt: skip
"""What can be wrong with an answer."""


class Correcting:
    def __init__(
        self, corrections: Corrections, conversations: Conversations, workspace: Workspace, judging: Judging,
        candidates: CandidateStore,
    ) -> None:  # fmt: skip
        self._corrections = corrections
        self._conversations = conversations
        self._workspace = workspace
        self._judging = judging
        self._candidates = candidates

    def judge_handoff(self, conversation: str, agent: str, is_right: bool, now: datetime) -> str:
        """Whether it was right that a person has it. The other word of the same agent is taken back first."""
        row = self._conversations.one(conversation)
        kind = "right_call" if is_right else "needless"
        with self._candidates.together():
            for before in self._corrections.standing(conversation):
                if before.agent_id == agent and before.kind in ("right_call", "needless"):
                    self._corrections.put(conversation, before.seq, before.kind, agent, now, undoes=before.id)
            return self._corrections.put(conversation, row["considered_seq"], kind, agent, now)

    def name_intent(self, conversation: str, agent: str, intent: str, now: datetime) -> str:
        """Says what it is about. The name goes into the lesson when it is resolved."""
        if self._workspace.catalogue().intent(intent) is None:
            raise Refused(_("There is no intent %(intent)s.", intent=intent), _("Choose one of the list."), "/value")
        seq = self._conversations.one(conversation)["customer_seq"]
        with self._candidates.together():
            before = self._corrections.name_intent(conversation, intent, now)
            return self._corrections.put(conversation, seq, "intent", agent, now, {"before": before, "to": intent})

    def mark_wrong(self, conversation: str, agent: str, seq: int, fault: str, now: datetime) -> str:
        """An answer of the assistant: `seq` is the answer's, or the question's. It counts as evidence at once."""
        if fault not in FAULTS:
            raise Refused(
                _("“%(fault)s” is nothing that can be wrong.", fault=fault),
                _("Name one of %(faults)s.", faults=", ".join(FAULTS)),
                "/value",
            )
        asked = self._asked(conversation, seq)
        with self._candidates.together():
            self._judging.mark_wrong(message_id(conversation, asked), agent, now, FAULTS[fault])
            return self._corrections.put(conversation, asked, "wrong", agent, now, {"fault": fault})

    def propose_article(self, conversation: str, agent: str, seq: int, now: datetime) -> str:
        """Makes a colleague's sent reply a candidate article, without the customer's data; a lead decides."""
        row = self._conversations.one(conversation)
        said = next((m for m in self._conversations.thread(conversation) if m["seq"] == seq), None)
        if said is None or said["author"] != Author.AGENT:
            raise Refused(_("Only a reply that an agent sent can become an article."), _("Choose one of them."), "/seq")
        known = [row["contact"] or "", row["email"] or "", row["account"] or "", said["agent"] or ""]
        intent = self._workspace.catalogue().intent(row["intent_id"]) if row["intent_id"] else None
        title = intent.name if intent else strip(row["subject"], known).text
        draft = Draft("article", row["intent_id"] if intent else None, None, title, strip(said["body"], known).text, ())
        with self._candidates.together():
            made = self._candidates.put(draft, None, now)
            return self._corrections.put(conversation, seq, "article", agent, now, {"candidate": made})

    def undo(self, conversation: str, agent: str, now: datetime) -> Correction:
        """Takes back the agent's newest word here, with its effect. Raises NotFound where there is none."""
        newest = next((c for c in self._corrections.standing(conversation) if c.agent_id == agent), None)
        if newest is None:
            raise NotFound(
                _("There is nothing of yours to undo here."),
                _("What you had said of the AI is taken back already, or was never said."),
            )
        with self._candidates.together():
            self._take_back(conversation, newest, agent, now)
            self._corrections.put(conversation, newest.seq, newest.kind, agent, now, undoes=newest.id)
        return newest

    def _take_back(self, conversation: str, newest: Correction, agent: str, now: datetime) -> None:
        body: Any = newest.body
        if newest.kind == "intent":
            self._corrections.name_intent(conversation, body["before"], now)
        elif newest.kind == "wrong":
            self._judging.withdraw(message_id(conversation, newest.seq), agent, now)
        elif newest.kind == "article":
            self._candidates.close(body["candidate"], "rejected", agent, "taken back", now)

    def _asked(self, conversation: str, seq: int) -> int:
        """The customer's message that an answer is to."""
        thread = self._conversations.thread(conversation)
        said = next((m for m in thread if m["seq"] == seq), None)
        if said is None:
            raise NotFound(_("There is no message %(seq)s here.", seq=seq), _("Choose one of the thread."))
        if said["author"] == Author.CUSTOMER:
            return seq
        if said["author"] != Author.ASSISTANT:
            raise Conflict(_("Only an answer of the assistant can be marked wrong."), _("Choose one of them."))
        before = [m["seq"] for m in thread if m["seq"] < seq and m["author"] == Author.CUSTOMER]
        return int(said["answers_seq"] or (before[-1] if before else seq))
