"""What came of a message: who spoke, whose hands it went through, how it ended, and whether it came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.store.trace import Trace
from segue.texts import N_, _, _n, word

SHOWN = 160
"""Characters of what somebody said."""


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    says: str


def afterwards(trace: Trace, names: Mapping[str, str]) -> tuple[Happened, ...]:
    """In the order of time."""
    found = [*_said(trace), *_done(trace), *_ended(trace, names), *_came_back(trace)]
    return tuple(sorted(found, key=lambda happened: happened.at))


_WHO: Mapping[str, str] = {
    "assistant": N_("The assistant"), "customer": N_("The customer"), "agent": N_("An agent"), "system": "Segue",
}  # fmt: skip


def _said(trace: Trace) -> Iterator[Happened]:
    for message in trace.said:
        who = message.agent or word(_WHO.get(message.author, _WHO["agent"]))
        words = " ".join(message.body.split())
        yield Happened(message.at, f"{who}: {words[:SHOWN]}{'…' if len(words) > SHOWN else ''}")


_DONE: Mapping[str, str] = {
    "conversation.handed_off": N_("It went to people (%(reason)s)."),
    "conversation.claimed": N_("%(who)s took it."),
    "conversation.assigned": N_("%(who)s assigned it."),
    "conversation.handed_back": N_("%(who)s handed it back to the assistant."),
    "conversation.reopened": N_("It was opened again."),
    "conversation.breached": N_("A promised time passed."),
}


def _done(trace: Trace) -> Iterator[Happened]:
    for event in trace.done:
        if event.kind in _DONE:
            reason = word(str(event.body.get("reason", "")).replace("_", " "))
            yield Happened(event.at, _(_DONE[event.kind], who=event.who, reason=reason))


def _ended(trace: Trace, names: Mapping[str, str]) -> Iterator[Happened]:
    end = trace.ended
    if end is None:
        return
    who = end.by if end.is_by_person else word(_WHO.get(end.by, end.by))
    how = word(end.outcome)
    if end.minutes:
        how = _n("%(how)s, %(num)s minute", "%(how)s, %(num)s minutes", round(end.minutes), how=how)
    yield Happened(
        end.at, _("%(who)s resolved it%(matter)s (%(how)s).", who=who, matter=_as_what(trace, end, names), how=how)
    )


def _as_what(trace: Trace, end: Any, names: Mapping[str, str]) -> str:
    if end.intent_id is None:
        return ""
    about = (trace.turn.answer or {}).get("intent")
    named = names.get(end.intent_id, end.intent_id)
    if about is None:
        return _(" as %(matter)s", matter=named)
    if about == end.intent_id:
        return _(" as %(matter)s, as the assistant took it", matter=named)
    return _(" as %(matter)s; the assistant took it for %(other)s", matter=named, other=names.get(about, about))


def _came_back(trace: Trace) -> Iterator[Happened]:
    for back in trace.came_back:
        days = (back.at - trace.turn.at).days
        said = _n(
            "The customer came back about the same issue after %(num)s day (#%(number)s).",
            "The customer came back about the same issue after %(num)s days (#%(number)s).", days, number=back.number,
        )  # fmt: skip
        yield Happened(back.at, said)
