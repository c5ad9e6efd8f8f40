"""Rooms with their settings of the moment filled in, so that the receiver can ask them plain questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from segue.app.spoken import is_foreign, reads_meaning
from segue.desk import notice
from segue.desk.briefing import brief, brief_plainly
from segue.desk.cues import says_a_matter, split
from segue.desk.next_step import Known
from segue.domain.answer import Answer
from segue.domain.assessment import HARM, Assessment, Signal
from segue.domain.briefing import Briefing
from segue.domain.catalogue import of_category
from segue.domain.conversation import Conversation
from segue.domain.decision import Decision, Reason
from segue.domain.ids import message_id
from segue.domain.knowledge import Resolution
from segue.domain.turn import Promise, Turn
from segue.knowledge.library import Library
from segue.policy.boundary import Boundary
from segue.policy.chance import drawn
from segue.policy.decide import decide, not_considered, not_delivered, stopped, taken
from segue.policy.promise import promise, who_and_when
from segue.policy.settings import Policy
from segue.texts import speaking, understood

SIMILAR = 12
"""Past cases a briefing looks at."""
BY_WORDS = 40
"""And where only their words can tell which of them are like it; more the index of vectors does not bring."""


@dataclass(frozen=True, slots=True)
class Decider:
    """The policy of the moment."""

    policy: Policy
    version: int
    boundary: Boundary
    secret: bytes = b""
    """What chance is keyed with: a message tried again draws the same, and nobody outside can foretell it."""

    def decide(self, conversation: Conversation, assessment: Assessment, answer: Answer, now: datetime) -> Decision:
        chance = drawn(self.secret, message_id(conversation.id, conversation.latest.seq))
        return decide(conversation, assessment, answer, self.policy, self.version, self.boundary, now, chance)

    def give_up(self, conversation: Conversation) -> Decision:
        return not_considered(conversation, self.policy, self.version)

    def taken(self, conversation: Conversation, by: str) -> Decision:
        return taken(conversation, self.policy, self.version, by)

    def stopped(self, conversation: Conversation) -> Decision:
        return stopped(conversation, self.policy, self.version)

    def not_delivered(self, conversation: Conversation) -> Decision:
        return not_delivered(conversation, self.policy, self.version)

    def promise(self, conversation: Conversation, now: datetime, team: str | None) -> Promise:
        return promise(self.policy, conversation.tier, now, team)


@dataclass(frozen=True, slots=True)
class Briefer:
    """The desk's side of a turn."""

    library: Library
    teams: Mapping[str, str]
    intents: Mapping[str, str]
    titles: Mapping[str, str]
    policy: Policy
    language: str = ""
    """The workspace's."""

    def brief(
        self, conversation: Conversation, assessment: Assessment | None, answer: Answer | None, decision: Decision
    ) -> Briefing:
        similar = self._similar(conversation, assessment)
        known = Known(
            assessment is None or reads_meaning(assessment),
            assessment is not None and is_foreign(answer, assessment),
        )
        return brief(conversation, assessment, answer, decision, similar, self._named, self.titles, known)

    def brief_plainly(self, conversation: Conversation, decision: Decision) -> Briefing:
        return brief_plainly(conversation, decision)

    def tell(self, conversation: Conversation, turn: Turn, promise: Promise, now: datetime) -> str:
        """In the customer's language."""
        spoken = turn.assessment.language if turn.assessment else Signal("", 0.0)
        with speaking(understood(spoken.value, spoken.sure, self.language)):
            return self._told(conversation, turn, promise, now)

    def _told(self, conversation: Conversation, turn: Turn, promise: Promise, now: datetime) -> str:
        next_up = who_and_when(self.policy, turn.decision.team, conversation.tier, now)
        opens = None if next_up.is_open else next_up.opens_at
        wait = notice.Wait(promise.first_response, opens, self.policy.sla.hours_of(next_up.team).zone)
        if turn.assessment and any(flag.topic == HARM for flag in turn.assessment.topics):
            return notice.in_distress(self.teams.get(next_up.team, ""), wait, now)
        has_failed = turn.decision.because[0].reason is Reason.NOT_CONSIDERED
        wanted = "" if has_failed else _their_words(conversation, turn)
        say = notice.could_not_consider if has_failed else notice.handed_over
        return say(conversation, self.teams.get(next_up.team, ""), wait, wanted, now)

    def _similar(self, conversation: Conversation, assessment: Assessment | None) -> Sequence[Resolution]:
        """None where it is about what stands in a file: its name is like names, not like a matter. Who asks for a
        person says little of the matter: what is like their last words before counts where it is nearer."""
        if assessment is None or assessment.vector is None or assessment.is_in_a_file:
            return ()
        if not reads_meaning(assessment):
            return self.library.similar(assessment.vector, BY_WORDS)
        found = self.library.similar(assessment.vector, SIMILAR)
        conversation = conversation.seen_by(assessment.encoder)
        before = next((turn.vector for turn in reversed(conversation.turns) if turn.intent), None)
        if before is None or not assessment.wish_for_person.value:
            return found
        return max(found, self.library.similar(before, SIMILAR), key=lambda cases: cases[0].cosine if cases else 0.0)

    def _named(self, intent: str) -> str:
        return self.intents.get(intent, intent.removeprefix(of_category("")))


def _their_words(conversation: Conversation, turn: Turn) -> str:
    """What they want, to be quoted back; empty where the line rests on a message that only brings a file, has no word
    in it, or says no more than that somebody should come."""
    if turn.briefing is None:
        return ""
    is_of_a_file = turn.assessment is not None and turn.assessment.is_in_a_file
    wanted = turn.briefing.wanted
    has_words = any(split(message.text) for message in conversation.messages if message.seq == wanted.seq)
    if not has_words or (is_of_a_file and wanted.seq == conversation.latest.seq) or not says_a_matter(wanted.text):
        return ""
    return wanted.text
