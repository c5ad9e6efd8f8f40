"""Fits what is learnt from the workspace's own examples: tone, intent head, confidence with its threshold.

All three are derived: deleting them loses nothing but the time to fit them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import structlog

from segue.app.door import House
from segue.app.fitted import fitted as fitted_before
from segue.domain.catalogue import Catalogue
from segue.domain.entities import facts_in
from segue.domain.errors import Refused
from segue.learning.foreign import foreign_texts
from segue.learning.history import Fitted
from segue.learning.history import fit as fit_history
from segue.policy.settings import FIRST, load, starter_text
from segue.store.signals import Effort, Turn, UrgencyCase
from segue.triage.complexity import Around, kinds, points_of
from segue.triage.effort import effort, fit_effort
from segue.triage.examples import Examples, article_texts, named_texts
from segue.triage.frustration import Tone, fit_tone
from segue.triage.habit import Handled, UrgencyHabit
from segue.triage.intents import IntentHead
from segue.triage.judged_mood import JudgedCourse, JudgedTurn
from segue.triage.judged_mood import learn as learn_mood
from segue.triage.said import Said
from segue.triage.urgency import urgency

log = structlog.get_logger()


def fit(house: House, now: datetime) -> dict[str, Any]:
    """Fits anew and makes it live; running workers take it up within a second. Returns what the fit says of itself."""
    if house.anew.made_with() not in (None, house.encoder.version):
        raise Refused(
            f"What is stored was read with another encoder than {house.encoder.version}.",
            "`segue learn run` reads it anew and then fits; so does a worker that runs.",
        )
    house.anew.claim(house.encoder.version)
    if fitted_before(house.workspace, "tone", Tone.from_bytes) is None:
        house.workspace.put_head("tone", fit_tone(house.encoder).to_bytes(), {}, now)
    taught = teach(house, now)
    fitted = fitted_anew(house)
    return taught | ({"cases": 0} if fitted is None else publish(house, fitted, now))


def publish(house: House, fitted: Fitted, now: datetime) -> dict[str, Any]:
    """Makes it live and returns its report."""
    workspace, report = house.workspace, dict(fitted.report)
    workspace.put_head("intents", fitted.head.to_bytes(), {"version": fitted.head.version}, now)
    if fitted.confidence is not None:
        workspace.put_head("confidence", fitted.confidence.to_bytes(), report, now)
        house.beginnings.enter(now)
    log.info("fitted", **{key: value for key, value in report.items() if isinstance(value, int | float | str)})
    return report


def teach(house: House, now: datetime) -> dict[str, Any]:
    """What agents' hands teach triage; a fit that is not good enough is stored empty, so that the rules hold again."""
    tone = fitted_before(house.workspace, "tone", Tone.from_bytes)
    heads = taught_anew(house, tone)
    for kind, (body, report) in heads.items():
        house.workspace.put_head(kind, body, report, now)
    return {_CALLED.get(kind, kind): report for kind, (_, report) in heads.items()}


_CALLED = {"effort": "complexity", "mood": "frustration"}


def taught_anew(house: House, tone: Tone | None) -> dict[str, tuple[bytes, object]]:
    """By kind, what is fitted and what the fit says of itself; empty bytes where it is not good enough."""
    cases, efforts = house.signals.urgency_cases(), house.signals.efforts()
    live = house.workspace.live_policy()
    zone = load(live[1]).sla.hours.zone if live else UTC
    habit, of_habit = UrgencyHabit.fit([case for one in cases if (case := _handled(one, zone))])
    drivers = [_drivers_of(e) for e in efforts]
    costs = [effort(e.minutes, e.replies, e.turns) for e in efforts]
    cost, of_effort = fit_effort(drivers, costs, kinds())
    mood, of_mood = learn_mood(_courses(house.signals.judged_turns()), tone)
    return {
        "urgency": (habit.to_bytes() if habit else b"", of_habit),
        "effort": (cost.to_bytes() if cost else b"", of_effort),
        "mood": (mood.to_bytes() if mood else b"", of_mood),
    }


def _courses(turns: Sequence[Turn]) -> list[JudgedCourse]:
    """By episode, in the order they are read."""
    found: dict[tuple[str, int], list[Turn]] = {}
    for turn in turns:
        found.setdefault((turn.conversation_id, turn.episode), []).append(turn)
    return [
        JudgedCourse(
            episode[0].contact_id, tuple(JudgedTurn(t.text, t.vector, t.reply, t.judged, t.agents) for t in episode)
        )
        for episode in found.values()
    ]


def _handled(one: UrgencyCase, zone: tzinfo) -> Handled | None:
    """Measured against the rule, not against what was shown: else a habit would unlearn itself. Where only the habit
    has moved it and nobody touched it, nothing is known."""
    rule = urgency(Said.of(one.text), one.said_at.astimezone(zone)).value
    if one.changed_to is None and one.shown is not rule:
        return None
    return Handled(one.vector, rule, one.changed_to or rule, one.agent)


def _drivers_of(one: Effort) -> dict[str, float]:
    said = Said.of(one.problem)
    return points_of(said, Around(len(facts_in(one.problem, 1)), 1, one.likely, 0.0, one.novelty))


def fitted_anew(house: House, afresh: bool = False) -> Fitted | None:
    """None where the catalogue is empty: then there is nothing to tell apart. `afresh`: without the weights before.
    Where no policy is live yet, for what the first one will be."""
    catalogue = house.workspace.catalogue()
    live = house.workspace.live_policy()
    if not catalogue.intents:
        return None
    history = Examples.of(house.knowledge.examples())
    return fit_history(
        history,
        named(house, catalogue, history.intents),
        catalogue,
        load(live[1] if live else starter_text(FIRST)),
        encoded(house, foreign_texts(), None),
        start=None if afresh else fitted_before(house.workspace, "intents", IntentHead.from_bytes),
    )


def named(house: House, catalogue: Catalogue, past: Iterable[str]) -> Examples:
    """What the catalogue says of each intent, and of one that is hardly ever written about what its articles say.
    `past`: the intent of each past message."""
    texts = named_texts(catalogue) + article_texts(house.knowledge.articles(), past)
    return encoded(house, [text for text, _ in texts], [intent for _, intent in texts])


def encoded(house: House, texts: Sequence[str], intents: Sequence[str] | None) -> Examples:
    labels = tuple(intents) if intents is not None else ("",) * len(texts)
    return Examples(tuple(texts), house.library.encode(list(texts)), labels)
