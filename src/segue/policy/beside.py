"""Two decisions on the same message beside each other: the live one, and one that was only thought.

The one idea: what would have gone otherwise is what somebody would have noticed: the customer (another action), a team
(the handoff goes elsewhere) or an agent (a suggestion is there, or is not). Scores that differ are not a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment, TopicFlag
from segue.domain.conversation import Conversation
from segue.domain.decision import Decision
from segue.domain.ids import message_id
from segue.policy.boundary import Boundary
from segue.policy.chance import drawn
from segue.policy.decide import decide
from segue.policy.settings import Policy


@dataclass(frozen=True, slots=True)
class SilentDecider:
    """A policy that decides beside the live one and is not obeyed. `topics` finds what this policy watches for; None
    where it watches for the same as the live one."""

    policy: Policy
    version: int
    boundary: Boundary
    secret: bytes = b""
    topics: Callable[[str], tuple[TopicFlag, ...]] | None = None

    def decide(self, conversation: Conversation, assessment: Assessment, answer: Answer, now: datetime) -> Decision:
        """Its decision. Chance draws the same as for the live policy, so that luck makes no difference between the
        two."""
        if self.topics is not None:
            assessment = replace(assessment, topics=self.topics(conversation.latest.text))
        chance = drawn(self.secret, message_id(conversation.id, conversation.latest.seq))
        return decide(conversation, assessment, answer, self.policy, self.version, self.boundary, now, chance)


def difference(live: Decision, other: Decision) -> str:
    """What somebody would have noticed of the two decisions: "action", "team", "suggestion", or "" where nothing
    differs."""
    if live.action is not other.action:
        return "action"
    if live.hands_off and live.team != other.team:
        return "team"
    if live.for_people and live.shows_suggestion != other.shows_suggestion:
        return "suggestion"
    return ""
