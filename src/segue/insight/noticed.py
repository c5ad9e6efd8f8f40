"""What triage noticed, each signal beside the mark that the policy of the time held it to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from segue.domain.assessment import Assessment, IntentGuess
from segue.domain.decision import Decision, Reason
from segue.policy.settings import Policy
from segue.policy.settings.model import Frustration
from segue.texts import _, forms, word


@dataclass(frozen=True, slots=True)
class Noticed:
    """`met`: whether it was among the reasons for the decision."""

    signal: str
    value: str
    sure: float
    words: tuple[str, ...]
    threshold: str | None
    """None where nothing is held against it."""
    met: bool


def noticed(
    assessment: Assessment, decision: Decision, policy: Policy, names: Mapping[str, str]
) -> tuple[Noticed, ...]:
    """All signals, in the order in which they are asked about; those that decided nothing, too."""
    held = set(decision.reasons)
    return tuple(
        Noticed(signal, value, round(sure, 4), words, threshold, bool(reasons & held))
        for signal, value, sure, words, threshold, reasons in _rows(assessment, policy, names)
    )


_Row = tuple[str, str, float, tuple[str, ...], str | None, set[Reason]]


def _rows(a: Assessment, policy: Policy, names: Mapping[str, str]) -> Iterator[_Row]:
    yield from _wanted(a, names)
    yield from _mood(a, policy)
    yield from _customer(a, policy)


def _wanted(a: Assessment, names: Mapping[str, str]) -> Iterator[_Row]:
    known, new, unopened = a.none_of_these, a.novelty, a.unopened
    best = a.intents[0] if a.intents else None
    sure = best.probability if best else 0.0
    decided = {Reason.LOW_CONFIDENCE, Reason.UNOPENED_INTENT}
    yield "intent", _likeliest(best, names) if best else "none", sure, (), None, decided
    yield from _matters(a, names)
    if a.left_out:
        yield "said not to be it", "not read", 1.0, a.left_out, None, {Reason.UNKNOWN_MATTER}
    yield "none of these", _yes(known.value), known.sure, known.words, _mark(known.threshold), {Reason.UNKNOWN_MATTER}
    yield "novelty", forms.number(new.value, 2), new.sure, new.words, _mark(new.threshold), set()
    mark = _mark(unopened.threshold)
    yield (
        "near an unopened intent",
        forms.number(unopened.value, 2),
        unopened.sure,
        unopened.words,
        mark,
        set(),
    )
    yield "only a greeting", _yes(a.is_greeting), 1.0, (), None, {Reason.GREETING}
    yield "nothing but a file", _yes(a.is_in_a_file), 1.0, (), None, {Reason.IN_A_FILE}
    yield "only thanks or goodbye", _yes(a.is_closing), 1.0, (), None, {Reason.CLOSING}


def _likeliest(best: IntentGuess, names: Mapping[str, str]) -> str:
    """How likely it is, as those that were set aside say it; what is not opened is left to people however likely."""
    name, likely = names.get(best.intent, best.intent), forms.number(best.probability * 100, 1)
    if best.is_opened:
        return _("%(intent)s (likely by %(n)s%%)", intent=name, n=likely)
    return _("%(intent)s (likely by %(n)s%%, not opened)", intent=name, n=likely)


def _matters(a: Assessment, names: Mapping[str, str]) -> Iterator[_Row]:
    """Each with the customer's own words for it, where there are several."""
    for n, matter in enumerate(a.matters, start=1):
        wanted = names.get(matter.intent, matter.intent) if matter.intent else "none of these"
        reasons = {Reason.UNKNOWN_MATTER} if matter.intent is None else {Reason.LOW_CONFIDENCE}
        yield _("matter %(n)s of %(of)s", n=n, of=len(a.matters)), wanted, matter.sure, (matter.words,), None, reasons


def _mood(a: Assessment, policy: Policy) -> Iterator[_Row]:
    triggers, felt, urgency, hard, wish = policy.triggers, a.frustration, a.urgency, a.complexity, a.wish_for_person
    yield "wish for a person", _yes(wish.value), wish.sure, wish.words, None, {Reason.ASKED_FOR_PERSON}
    course = " → ".join(forms.number(mood, 2) for mood in a.course)
    marks = triggers.frustration
    mark = _felt(marks) if marks else "off"
    yield "frustration", course or forms.number(felt.value, 2), felt.sure, felt.words, mark, {Reason.FRUSTRATED}
    yield "urgency", urgency.value.value, urgency.sure, urgency.words, _step(triggers.urgency), {Reason.URGENT}
    weight = word(hard.value.value)
    if a.drivers:
        weight = _("%(how)s (%(drivers)s)", how=weight, drivers=", ".join(map(word, a.drivers)))
    yield "complexity", weight, hard.sure, hard.words, _step(triggers.complexity), {Reason.COMPLEX}
    for flag in a.topics:
        always = "always a person" if flag.topic in policy.guardrails.always_human_topics else None
        yield (
            f"topic {flag.topic.replace('_', ' ')}",
            word(flag.rule),
            1.0,
            flag.words,
            always,
            {Reason.ALWAYS_HUMAN_TOPIC},
        )


def _customer(a: Assessment, policy: Policy) -> Iterator[_Row]:
    triggers, repeat, spoken = policy.triggers, a.repeat, a.language
    numbers = tuple(f"#{number}" for number in repeat.numbers) if repeat else ()
    cap = "off" if triggers.repeat_contacts is None else str(triggers.repeat_contacts)
    sure = repeat.likeness if repeat else 1.0
    yield "asked before", str(repeat.count if repeat else 0), sure, numbers, cap, {Reason.ASKED_BEFORE}
    languages = ", ".join(triggers.languages) if triggers.languages else "any"
    yield "language", spoken.value, spoken.sure, spoken.words, languages, {Reason.OTHER_LANGUAGE}
    yield "tier", a.tier or "none", 1.0, (), ", ".join(triggers.tiers) or None, {Reason.IMPORTANT_CUSTOMER}
    yield "verified", _yes(a.is_verified), 1.0, (), None, {Reason.UNVERIFIED_CUSTOMER}
    if a.page:
        yield "page", a.page.title or a.page.url, 1.0, (), None, set()


def _felt(marks: Frustration) -> str:
    high, middle = _figure(marks.high), _figure(marks.middle)
    return _("%(high)s, or %(middle)s at %(n)s turns in a row", high=high, middle=middle, n=marks.turns)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _mark(threshold: float | None) -> str | None:
    return None if threshold is None else _figure(threshold)


def _figure(value: float) -> str:
    """In as many places as it has, at most three: 0.8, and 0.995."""
    return forms.number(value, len(f"{value:.3g}".partition(".")[2]))


def _step(trigger: object) -> str:
    return "off" if trigger is None else str(trigger)
