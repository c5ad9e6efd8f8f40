"""The why-card of one message: what was done and why, what it rested on, what was set aside, what came of it.

The one idea: every line is rendered from the stored record and from the policy version it names. Sentences about the
decision come from policy/prose, so that a card, a briefing and a trace never tell two stories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.answer import Ground
from segue.domain.assessment import IntentGuess
from segue.domain.decision import Because, Decision
from segue.insight.afterwards import DONE, Happened, afterwards
from segue.insight.noticed import Noticed, noticed
from segue.policy.prose import evidence, otherwise, why
from segue.policy.settings import Policy, load
from segue.store.records import answer_of, assessment_of, decision_of
from segue.store.trace import Trace, Traces
from segue.store.workspace import Workspace
from segue.texts import _, forms, word

LOOKED_BACK = 20
"""Versions of the policy that are read to find who set a line."""


LIKELY = 0.01
"""A matter with less than this is said to be hardly likely, without a figure."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """Confidence beside the threshold it had to reach."""

    confidence: float | None
    """None where no answer was offered, or none that claims anything."""
    threshold: float | None
    """None where too little is proven to set one."""
    rung: str
    cases: int
    """Past cases it rests on: rehearsed from history, or judged since."""
    still_needed: int
    """Judged cases until there can be a threshold."""
    calibration: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What decided: the rule, where it stands, and who set it so."""

    path: str
    """In the policy's YAML; `boundary.…` is what evidence earned, and not written by hand."""
    setting: str | None
    """What the policy says there."""
    policy_version: int
    """The version it was decided under."""
    set_in: int | None
    """The version, that one or one before it, which last changed this setting; None for what nobody sets."""
    applied_by: str
    """Who set it there, with when and the note: empty where nobody did."""
    applied_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something else that could have been made of it, and why it was not."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Near:
    """A past message it resembles, and what that one wanted."""

    text: str
    wanted: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Explanation:
    message: str
    number: int
    """Of the conversation."""
    text: str
    written_at: datetime
    decided_at: datetime
    was_decided_then: bool
    """False for a message that was imported and only considered afterwards."""
    action: str
    team: str | None
    why: str
    otherwise: str
    """The smallest change that would have decided otherwise; empty where nothing would have."""
    signals: tuple[Noticed, ...]
    grounds: tuple[Ground, ...]
    """The passages that what it said, or had ready, rests on."""
    sureness: Sureness
    rule: Rule
    also_held: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    nearest: tuple[Near, ...]
    afterwards: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Explainer:
    workspace: Workspace
    traces: Traces

    def explain(self, message: str) -> tuple[Explanation, Mapping[str, Any]]:
        """The card, and the whole record behind it. Raises NotFound."""
        trace = self.traces.of(message, DONE)
        names = self.workspace.catalogue().names
        policy = load(self.workspace.policy(trace.turn.policy_version))
        return _card(message, trace, policy, self._rule(trace, policy), names), trace.stored

    def _rule(self, trace: Trace, policy: Policy) -> Rule:
        decision = decision_of(trace.turn.decision)
        path, version = decision.because[0].rule, decision.policy_version
        setting = _setting(policy, path)
        by = None if setting is None else self._set_by(path, setting, version)
        if by is None:
            return Rule(path, setting, version, None, "", None, "")
        return Rule(path, setting, version, by.version, by.author, by.created_at, by.note)

    def _set_by(self, path: str, setting: str, version: int) -> Any | None:
        """The oldest of the versions in a row, back from `version`, that have the setting so; None where that is too
        long ago to look for."""
        versions = [row for row in self.workspace.policies() if row.version <= version]
        found = None
        for row in versions[:LOOKED_BACK]:
            if _setting(load(self.workspace.policy(row.version)), path) != setting:
                return found
            found = row
        return found if len(versions) <= LOOKED_BACK else None


def _card(message: str, trace: Trace, policy: Policy, rule: Rule, names: Mapping[str, str]) -> Explanation:
    turn, decision = trace.turn, decision_of(trace.turn.decision)
    return Explanation(
        message=message,
        number=turn.number,
        text=turn.text,
        written_at=turn.at,
        decided_at=turn.decided_at,
        was_decided_then=not turn.is_replayed,
        action=decision.action.value,
        team=decision.team,
        why=why(decision, names),
        otherwise=otherwise(decision),
        signals=noticed(assessment_of(turn.assessment), decision, policy, names) if turn.assessment else (),
        grounds=answer_of(turn.answer).grounds if turn.answer else (),
        sureness=_sureness(decision, turn.answer),
        rule=rule,
        also_held=tuple(evidence(because, names) for because in decision.because[1:]),
        set_aside=_set_aside(trace, decision, names),
        nearest=_nearest(turn.assessment, names),
        afterwards=afterwards(trace, names),
    )


def _sureness(decision: Decision, answer: dict[str, Any] | None) -> Sureness:
    return Sureness(
        confidence=decision.confidence,
        threshold=decision.threshold,
        rung=decision.rung.code,
        cases=min((earned.cases for earned in decision.earned), default=0),
        still_needed=max((earned.needed for earned in decision.earned), default=0),
        calibration=answer["calibration"] if answer else "",
    )


def _setting(policy: Policy, path: str) -> str | None:
    """What stands at a path of the policy; None where the rule is not one of its settings."""
    found: Any = policy.model_dump(mode="json")
    for step in path.split(".", 2 if path.startswith("topics.") else -1):
        if not isinstance(found, dict) or step not in found:
            return None
        found = found[step]
    return {True: "on", False: "off"}[found] if isinstance(found, bool) else str(found)


def _set_aside(trace: Trace, decision: Decision, names: Mapping[str, str]) -> tuple[SetAside, ...]:
    stored = trace.turn
    if stored.assessment is None:
        return ()
    assessment, answer = assessment_of(stored.assessment), answer_of(stored.answer) if stored.answer else None
    chosen = set(answer.options or (answer.intent,)) if answer else set[str | None]()
    found = [SetAside(names.get(g.intent, g.intent), _likely(g)) for g in assessment.intents if g.intent not in chosen]
    if answer and answer.abstention:
        found.insert(0, SetAside(_("an answer"), evidence(_why_abstained(decision), names)))
    elif answer and not decision.speaks and answer.text:
        found.insert(
            0,
            SetAside(
                _("the %(kind)s it had ready", kind=word(answer.kind.value)), evidence(decision.because[0], names)
            ),
        )
    return tuple(found)


def _likely(guess: IntentGuess) -> str:
    if guess.probability < LIKELY:
        return _("hardly likely")
    likely = forms.number(guess.probability * 100, 1)
    if guess.is_opened:
        return _("likely by %(n)s%%", n=likely)
    return _("likely by %(n)s%%, not opened", n=likely)


def _why_abstained(decision: Decision) -> Because:
    """What kept it from answering, even where something else decided."""
    return next((b for b in decision.because if b.rule == "answer.abstention"), decision.because[0])


def _nearest(assessment: dict[str, Any] | None, names: Mapping[str, str]) -> tuple[Near, ...]:
    near = assessment["nearest"] if assessment else ()
    return tuple(Near(n["text"], names.get(n["intent"], n["intent"]), n["cosine"]) for n in near)
