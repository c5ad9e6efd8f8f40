"""Rules about the answer: whether there is one, whether it may be sent here, and whether it is sure enough."""

from __future__ import annotations

from segue.domain.answer import Abstention, AnswerKind
from segue.domain.decision import Action, Because, Reason, Rung
from segue.policy.rules.case import Case

ALONE = Rung.AUTO_WITH_HOLD
"""The rung from which the assistant may send an answer by itself."""


def greeting(case: Case) -> Because | None:
    held = case.is_courtesy and case.assessment.is_greeting
    return Because(Reason.GREETING, "assessment.is_greeting") if held else None


def closing(case: Case) -> Because | None:
    held = case.is_courtesy and case.assessment.is_closing
    return Because(Reason.CLOSING, "assessment.is_closing") if held else None


_ABSTAINED = {
    Abstention.NO_GROUNDS: Reason.NO_GROUNDS,
    Abstention.UNKNOWN_MATTER: Reason.UNKNOWN_MATTER,
    Abstention.UNOPENED_INTENT: Reason.UNOPENED_INTENT,
    Abstention.ANOTHER_ACT: Reason.ANOTHER_ACT,
    Abstention.REFERS_TO_US: Reason.REFERS_TO_US,
    Abstention.ANOTHER_THING: Reason.ANOTHER_THING,
    Abstention.STALE_ARTICLE: Reason.STALE_ARTICLE,
    Abstention.NO_HEADS: Reason.UNKNOWN_MATTER,  # nothing has been learned yet: every matter is unknown
    Abstention.ALREADY_SAID: Reason.ALREADY_SAID,
    Abstention.IN_A_FILE: Reason.IN_A_FILE,
    Abstention.READS_ANEW: Reason.READS_ANEW,
    Abstention.NO_VALUE: Reason.NO_GROUNDS,  # no article that can be said to this customer
}


def abstained(case: Case) -> Because | None:
    answer = case.answer
    if answer is None:
        return Because(Reason.NOT_CONSIDERED, "answer", (), "none")
    if answer.kind is not AnswerKind.ABSTENTION:
        return None
    why = answer.abstention or Abstention.NO_GROUNDS
    words = (answer.another_thing,) if answer.another_thing else _left_open(case)
    return Because(_ABSTAINED[why], "answer.abstention", words, why.value)


def _left_open(case: Case) -> tuple[str, ...]:
    """Where the message holds several matters: the words of the one that stopped it."""
    wanted = case.answer.intent if case.answer else None
    told = (m for m in case.assessment.matters if wanted is None or wanted in [g.intent for g in m.intents[:1]])
    return tuple(m.words for m in told if wanted is not None or m.none_of_these.value)[:1]


def rung_too_low(case: Case) -> Because | None:
    """A question needs a rung that answers alone: asking is only worth it where an answer may follow."""
    if case.rung >= ALONE or (case.rung is Rung.APPROVE and not case.is_question):
        return None
    return _too_low(case, Reason.RUNG_TOO_LOW)


def awaits_approval(case: Case) -> Because | None:
    """Asked last: where it is the deciding reason, nothing else speaks against the answer."""
    return _too_low(case, Reason.AWAITS_APPROVAL) if case.rung is Rung.APPROVE and not case.is_question else None


def held_out(case: Case) -> Because | None:
    """Chance sends a share of what the assistant could answer to people."""
    share, draw = case.policy.evidence.holdout, case.chance("holdout")
    return Because(Reason.HELD_OUT, "evidence.holdout", (), draw, share) if draw < share else None


def _too_low(case: Case, reason: Reason) -> Because:
    place = next(place for place in case.places if place.rung == case.rung)
    earned = f"{place.path}.{'matter' if place.standing.is_new else 'rung'}"
    rule = place.cell.set_at["ceiling"] if place.cell.ceiling == case.rung else earned
    return Because(reason, rule, (), case.stands_on.code, ALONE.code)


def too_little_evidence(case: Case) -> Because | None:
    if case.threshold is not None:
        return None
    place = next(place for place in case.places if place.standing.threshold is None)
    standing = place.standing
    return Because(
        Reason.TOO_LITTLE_EVIDENCE, f"{place.path}.threshold", (), standing.cases, standing.cases + standing.needed
    )


def may_not_ask(case: Case) -> Because | None:
    held = case.is_question and not case.policy.asking.allowed
    return Because(Reason.INTENTS_CLOSE, "asking.allowed", (), "off", "on") if held else None


def asked_already(case: Case) -> Because | None:
    most, asked = case.policy.asking.per_episode, case.times(Action.ASK)
    held = case.is_question and asked >= most
    return Because(Reason.INTENTS_CLOSE, "asking.per_episode", (), asked, most) if held else None


def meanings_apart(case: Case) -> Because | None:
    chances, margin = _chances(case), case.policy.asking.margin
    gap = chances[0] - chances[1] if chances else 0.0
    return Because(Reason.LOW_CONFIDENCE, "asking.margin", (), gap, margin) if gap > margin else None


def meanings_faint(case: Case) -> Because | None:
    chances, floor = _chances(case), case.policy.asking.floor
    together = chances[0] + chances[1] if chances else floor
    return Because(Reason.LOW_CONFIDENCE, "asking.floor", (), together, floor) if together < floor else None


def _chances(case: Case) -> list[float]:
    """How likely triage found the two likeliest meanings a question offers; empty where there is no question."""
    if not case.is_question or case.answer is None:
        return []
    chances = [guess.probability for guess in case.assessment.intents if guess.intent in case.answer.options]
    return sorted((*chances, 0.0, 0.0), reverse=True)[:2]


def close_intents(case: Case) -> Because | None:
    if not case.is_question:
        return None
    return Because(Reason.INTENTS_CLOSE, "asking.margin", case.answer.options if case.answer else ())


def low_confidence(case: Case) -> Because | None:
    answer = case.answer
    if answer is None or answer.kind is AnswerKind.ABSTENTION or case.is_question or case.is_courtesy:
        return None
    bar = case.floor if case.threshold is None else case.threshold
    if answer.confidence is not None and answer.confidence >= bar:
        return None
    place = max(case.places, key=lambda place: max(place.standing.threshold or 0.0, place.cell.floor))
    is_floor = place.cell.floor > (place.standing.threshold or 0.0)
    rule = place.cell.set_at["floor"] if is_floor else f"{place.path}.threshold"
    return Because(Reason.LOW_CONFIDENCE, rule, (), answer.confidence, bar)


def confident(case: Case) -> Because:
    """What is left when no rule asks for anything else."""
    return Because(Reason.CONFIDENT, f"{case.place.path}.threshold", (), case.confidence, case.threshold)
