"""What came of a message: who spoke, whose hands it went through, how it ended, and whether it came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.store.trace import Trace

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


def _said(trace: Trace) -> Iterator[Happened]:
    for message in trace.said:
        who = message.agent or {"assistant": "The assistant", "customer": "The customer", "system": "Segue"}.get(
            message.author, "An agent"
        )
        words = " ".join(message.body.split())
        yield Happened(message.at, f"{who}: {words[:SHOWN]}{'…' if len(words) > SHOWN else ''}")


_DONE: Mapping[str, str] = {
    "conversation.handed_off": "It went to people ({reason}).",
    "conversation.claimed": "{who} took it.",
    "conversation.assigned": "{who} assigned it.",
    "conversation.handed_back": "{who} handed it back to the assistant.",
    "conversation.reopened": "It was opened again.",
    "conversation.breached": "A promised time passed.",
}


def _done(trace: Trace) -> Iterator[Happened]:
    for event in trace.done:
        if event.kind in _DONE:
            reason = str(event.body.get("reason", "")).replace("_", " ")
            yield Happened(event.at, _DONE[event.kind].format(who=event.who, reason=reason))


def _ended(trace: Trace, names: Mapping[str, str]) -> Iterator[Happened]:
    end = trace.ended
    if end is None:
        return
    who = end.by if end.is_by_person else f"The {end.by}"
    took = f", {end.minutes:.0f} minutes" if end.minutes else ""
    yield Happened(end.at, f"{who} resolved it{_as_what(trace, end, names)} ({end.outcome}{took}).")


def _as_what(trace: Trace, end: Any, names: Mapping[str, str]) -> str:
    if end.intent_id is None:
        return ""
    about = (trace.turn.answer or {}).get("intent")
    same = "" if about is None else ", as the assistant took it" if about == end.intent_id else (
        f"; the assistant took it for {names.get(about, about)}"
    )  # fmt: skip
    return f" as {names.get(end.intent_id, end.intent_id)}{same}"


def _came_back(trace: Trace) -> Iterator[Happened]:
    for back in trace.came_back:
        days = (back.at - trace.turn.at).days
        yield Happened(back.at, f"The customer came back about the same issue after {days} days (#{back.number}).")
