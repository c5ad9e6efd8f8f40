"""How urgent a matter is, by rule, with the customer's own words: outage, deadline, money, security, many users.

Never the mood: an angry customer can wait and a calm one may be losing money. A word behind "not" or behind "if" is no
fact, and "no rush" lowers what was only asked for, never what is the case.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta

from segue.domain.assessment import Signal, Urgency
from segue.triage.phrasebook import Hit, book, phrases
from segue.triage.said import Said

_NEAR = timedelta(days=2)
_IF = re.compile(
    r"\b(?:if|in case|what happens|whenever|suppose|supposing|would|could ever|avoid|prevent|protect\w*"
    r"|wenn|falls|was passiert|angenommen|wäre\w*|würde\w*|könnte\w*"
    r"|vermeide\w*|verhinder\w*|schütz\w*|schutz)\b[^.!?;]*$"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WOCHENTAGE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_MONATE = (
    "januar", "februar", "märz", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "dezember",
)  # fmt: skip
_BIS = frozenset({"bis", "spätestens", "fällig"})
_FRIST = re.compile(
    r"(?<!tag )(?<!tags )(?<!mittwoch )(?<!mittwochs )"
    r"\b(?:bis|spätestens|fällig)(?: spätestens)?(?: zum| am)?(?: (?:kommenden|nächsten|diesen))?\s+"
    rf"(?:(?P<weekday>{'|'.join(_WOCHENTAGE)})"
    rf"|(?:de[nm] )?(?P<day>\d{{1,2}})\.\s?(?:(?P<month>{'|'.join(_MONATE)})|(?P<number>\d{{1,2}})\b(?:\.|\b)))"
)
_BEFORE = frozenset({"by", "before", "until", "till", "due", "deadline", "no"})
"""Words that a deadline begins with."""
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_DEADLINE = re.compile(
    r"\b(?:by|before|until|till|due(?: on)?|deadline(?: is)?(?: on)?|no later than)\s+(?:(?:the|next|this|coming)\s+)?"
    r"(?:(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    rf"|(?P<month>{_MONTH})[a-z]*\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month2>{_MONTH})[a-z]*"
    r"|(?P<iso>\d{4}-\d{2}-\d{2}))\b"
)


def urgency(said: Said, now: datetime) -> Signal[Urgency]:
    """The highest level a fact reaches; LOW only where the customer says so and nothing speaks against it. `now` in the
    zone in which days are meant: at eight in the evening in New York it is tomorrow in UTC."""
    hits = [hit for hit in phrases("urgency").find(said) if _holds(hit, said)]
    levels = book("urgency")["levels"]
    facts = [hit for hit in hits if levels[hit.group] != Urgency.LOW] + _near_deadlines(said, now)
    waits = [hit for hit in hits if levels[hit.group] == Urgency.LOW]
    if waits and all(hit.group == "asked" for hit in facts):
        return Signal(Urgency.LOW, 0.9, _quotes(waits))
    if not facts:
        return Signal(Urgency.NORMAL, 0.9)
    return _raised(facts)


def _raised(facts: list[Hit]) -> Signal[Urgency]:
    """Several kinds of facts make it surer; they do not add up to a higher level."""
    levels, sureness = book("urgency")["levels"], book("urgency")["sureness"]
    level = max((Urgency(levels[hit.group]) for hit in facts), key=lambda u: u.rank)
    deciding = [hit for hit in facts if levels[hit.group] == level]
    sure = max(sureness.get(hit.group, 0.9) for hit in deciding)
    return Signal(level, min(0.98, sure + 0.05 * (len({h.group for h in facts}) - 1)), _quotes(deciding))


def _holds(hit: Hit, said: Said) -> bool:
    if hit.group == "waits":
        return True
    if hit.group in book("urgency")["hypothetical"] and _IF.search(said.plain[max(0, hit.start - 80) : hit.start]):
        return False
    return not said.is_negated(hit.start)


def _near_deadlines(said: Said, now: datetime) -> list[Hit]:
    """ "by Friday", "before March 3rd", "due 2026-03-03", "bis Freitag", "spätestens am 3. März", where that is at most
    two days away."""
    ways = ((_BEFORE, _DEADLINE, _day_meant), (_BIS, _FRIST, _tag_gemeint))
    return [
        Hit("deadline", m.start(), m.end(), said.quote(m.start(), m.end()))
        for words, pattern, day_meant in ways
        if not said.vocabulary.isdisjoint(words)
        for m in pattern.finditer(said.plain)
        if (day := day_meant(m, now.date())) and timedelta(0) <= day - now.date() <= _NEAR
    ]


def _day_meant(m: re.Match[str], today: date) -> date | None:
    if m["weekday"]:
        return today + timedelta(days=(_WEEKDAYS.index(m["weekday"][:3]) - today.weekday()) % 7)
    if m["iso"]:
        try:
            return date.fromisoformat(m["iso"])
        except ValueError:
            return None
    month = _MONTHS.index((m["month"] or m["month2"])[:3]) + 1
    return _next(month, int(m["day"] or m["day2"]), today)


def _tag_gemeint(m: re.Match[str], today: date) -> date | None:
    if m["weekday"]:
        return today + timedelta(days=(_WOCHENTAGE.index(m["weekday"]) - today.weekday()) % 7)
    month = _MONATE.index(m["month"]) + 1 if m["month"] else int(m["number"])
    return _next(month, int(m["day"]), today)


def _next(month: int, day: int, today: date) -> date | None:
    """Its next time, in this year or the next; None for a day that neither has."""
    for year in (today.year, today.year + 1):
        with suppress(ValueError):
            if (meant := date(year, month, day)) >= today:
                return meant
    return None


def _quotes(hits: list[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.words for hit in hits))[:4]
