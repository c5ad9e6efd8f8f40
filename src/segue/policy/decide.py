"""Who handles a message: a pure function of the case, the settings and what has been earned.

The first rule that holds decides (see `rules`); the others that held stand beside it as evidence. What would have been
decided otherwise is not guessed: a reason is taken away and the remaining rules decide again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment, Urgency
from segue.domain.conversation import Conversation, Handler
from segue.domain.decision import Action, Because, Decision, Earned, Reason, Rung
from segue.policy.boundary import Boundary
from segue.policy.chance import Chance, never
from segue.policy.otherwise import SPEAKS, otherwise, settle
from segue.policy.rules import RULES
from segue.policy.rules.case import Case, Place, look
from segue.policy.settings import Policy


def decide(
    conversation: Conversation,
    assessment: Assessment,
    answer: Answer | None,
    policy: Policy,
    version: int,
    boundary: Boundary,
    now: datetime,
    chance: Chance = never,
) -> Decision:
    """The decision about the newest message. `answer` is None where the assistant could not consider it; `chance` draws
    for this message."""
    case = look(conversation, assessment, answer, policy, boundary, chance)
    held = [(because, action) for rule, action in RULES if (because := rule(case))]
    action = settle(held)
    speaks = action in SPEAKS
    drawn = _review(case) if action is Action.ANSWER else {"review_share": 0.0}
    return Decision(
        action=action,
        handler=Handler.ASSISTANT if speaks else Handler.HUMAN,
        because=(held[0][0], *(because for because, of in held[1:] if of not in SPEAKS)),
        policy_version=version,
        rung=case.stands_on,
        confidence=case.confidence,
        threshold=case.threshold,
        team=None if speaks else team(case),
        counterfactual=otherwise(case, held, action),
        scores={**_scores(case, now), **drawn, **_draws(case, chance)},
        hold=_hold(case) if action is Action.ANSWER else 0.0,
        is_drawn=chance("review") < drawn["review_share"],
        earned=tuple(_earned(place) for place in case.places),
    )


def not_considered(conversation: Conversation, policy: Policy, version: int, value: str = "too late") -> Decision:
    """The decision where triage or the assistant failed: a person gets it. `value` says how it failed."""
    has_it = conversation.handler is Handler.HUMAN
    action = Action.SUGGEST if has_it else Action.HAND_OFF
    return _unasked(conversation, action, Because(Reason.NOT_CONSIDERED, "answer", value=value), policy, version)


def taken(conversation: Conversation, policy: Policy, version: int, by: str) -> Decision:
    """The decision that stands where a person takes, or passes on, what the assistant had; `by` is that person."""
    because = Because(Reason.TAKEN_BY_PERSON, "desk", value=by)
    return _unasked(conversation, Action.HAND_OFF, because, policy, version)


def stopped(conversation: Conversation, policy: Policy, version: int) -> Decision:
    """The decision that stands where the assistant was stopped before it spoke, or before its mail left."""
    because = Because(Reason.ASSISTANT_OFF, "assistant", (), "off", "on")
    return _unasked(conversation, Action.HAND_OFF, because, policy, version)


def not_delivered(conversation: Conversation, policy: Policy, version: int) -> Decision:
    """The decision that stands where a mail of ours did not arrive."""
    return _unasked(conversation, Action.HAND_OFF, Because(Reason.NOT_DELIVERED, "mail"), policy, version)


def _unasked(conversation: Conversation, action: Action, because: Because, policy: Policy, version: int) -> Decision:
    """For people, without any rule having been asked."""
    return Decision(
        action=action,
        handler=Handler.HUMAN,
        because=(because,),
        policy_version=version,
        rung=Rung.ROUTE,
        team=conversation.team_id or policy.cell(None, None, None).team or policy.routing.default,
    )


def team(case: Case) -> str:
    """The team that gets it. A conversation that people have stays with its team; else urgency, topic and category say
    so, in this order, and then the default."""
    routing, assessment = case.policy.routing, case.assessment
    if case.conversation.handler is Handler.HUMAN and case.conversation.team_id:
        return case.conversation.team_id
    if routing.urgent and assessment.urgency.value.rank >= (case.policy.triggers.urgency or Urgency.CRITICAL).rank:
        return routing.urgent
    by_topic = (routing.topics[flag.topic] for flag in assessment.topics if flag.topic in routing.topics)
    return next(by_topic, None) or case.place.cell.team or routing.default


def _review(case: Case) -> dict[str, float]:
    """The chance that people look at it afterwards, and the least that any such answer has: on average the share of the
    rung, more where it is less sure."""
    evidence = case.policy.evidence
    share = evidence.review_auto if case.rung is Rung.AUTO else evidence.review_with_hold
    chance = share if case.confidence is None else case.sampling.chance(case.confidence, share)
    scale = {} if case.sampling.scale is None else {"review_scale": case.sampling.scale}
    return {"review_share": chance, "review_least": case.sampling.least(share), **scale}


def _hold(case: Case) -> float:
    return case.policy.hold.of(case.conversation.channel) if case.rung is Rung.AUTO_WITH_HOLD else 0.0


def _worth(conversation: Conversation) -> float:
    """A visitor's claim to an account is worth nothing."""
    account = conversation.account
    return account.value if account and conversation.contact.is_verified else 0.0


def _draws(case: Case, chance: Chance) -> Mapping[str, float]:
    """What chance said and was held against, so that the decision can be taken again; nothing where it was not
    asked."""
    draws = {f"{purpose}_draw": chance(purpose) for purpose in ("review", "holdout")}
    said = {name: draw for name, draw in draws.items() if math.isfinite(draw)}
    return {"holdout_share": case.policy.evidence.holdout, **said}


def _earned(place: Place) -> Earned:
    earned = place.standing
    return Earned(place.category, earned.rung, earned.threshold, earned.cases, earned.needed, earned.is_new)


def _scores(case: Case, now: datetime) -> Mapping[str, float]:
    """The figures the decision rested on; `waited` is seconds since the customer wrote, `worth` a month's."""
    assessment = case.assessment
    guesses = assessment.intents
    return {
        "intent": guesses[0].probability if guesses else 0.0,
        "margin": guesses[0].probability - guesses[1].probability if len(guesses) > 1 else 1.0,
        "none_of_these": assessment.none_of_these.sure if assessment.none_of_these.value else 0.0,
        "novelty": assessment.novelty.value,
        "unopened": assessment.unopened.value,
        "frustration": assessment.frustration.value,
        "urgency": float(assessment.urgency.value.rank),
        "complexity": float(assessment.complexity.value.rank),
        "repeat_contacts": float(assessment.repeat.count if assessment.repeat else 0),
        "matters": float(len(assessment.matters) or 1),
        "turns": float(case.times(Action.ANSWER, Action.ASK)),
        "worth": _worth(case.conversation),
        "waited": (now - case.conversation.latest.at).total_seconds(),
    }
