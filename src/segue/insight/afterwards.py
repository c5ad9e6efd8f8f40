"""What came of a message: who spoke, whose hands it went through, how it ended, and whether it came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.store.trace import Trace
from segue.texts import N_, _, _n, forms, word

SHOWN = 160
"""Characters of what somebody said."""


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    says: str
    is_quoted: bool = False
    """Somebody's words, in whatever language."""


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
        yield Happened(message.at, f"{who}: {words[:SHOWN]}{'…' if len(words) > SHOWN else ''}", True)


DONE: Mapping[str, str] = {
    "conversation.handed_off": N_("It went to people (%(reason)s)."),
    "message.stopped": N_("The mail was not sent: the assistant had been stopped."),
    "conversation.claimed": N_("%(who)s took it."),
    "conversation.assigned": N_("%(who)s assigned it to %(whom)s."),
    "conversation.handed_back": N_("%(who)s handed it back to the assistant."),
    "conversation.reopened": N_("It was opened again."),
    "conversation.snoozed": N_("%(who)s set it aside until %(until)s."),
    "conversation.woken": N_("It came back to the lists."),
    "conversation.merged": N_("%(who)s merged it into another conversation."),
    "conversation.joined": N_("%(who)s merged another conversation into it."),
    "conversation.unmerged": N_("%(who)s took the merge back."),
    "conversation.parted": N_("%(who)s took the merge back."),
    "conversation.noted": N_("%(who)s left a note."),
    "conversation.tagged": N_("%(who)s tagged it “%(tag)s”."),
    "conversation.untagged": N_("%(who)s took the tag “%(tag)s” off."),
    "clock.breached": N_("A promised time passed."),
    "urgency.changed": N_("%(who)s set the urgency from %(from)s to %(to)s."),
    "correction.made": N_("%(who)s corrected the assistant."),
    "correction.undone": N_("%(who)s took a correction back."),
    "briefing.corrected": N_("The customer corrected what was passed on."),
    "contact.address_given": N_("The customer left an e-mail address."),
    "contact.address_corrected": N_("%(who)s corrected the customer's e-mail address."),
    "mail.suspended": N_("A mail was set aside."),
    "mail.noted": N_("A mail was noted, and made no message."),
    "mail.dropped": N_("%(who)s put a mail away that had been set aside."),
    "mail.restored": N_("%(who)s took a mail out again that had been put away."),
    "mail.released": N_("%(who)s let a mail in that had been set aside."),
}
"""What is told of a conversation, by the kind of its event. What was said and how it ended stand beside it."""
_GIVEN = N_("%(who)s gave it to %(whom)s.")
_OF_THE_HANDOFF = {
    "right_call": N_("%(who)s said it was right to hand over."),
    "needless": N_("%(who)s said the AI could have done it."),
}
"""Corrections that correct nothing, or not what was said."""
_AS_NAMED = ("tag", "until", "id")
"""What is somebody's own word, or none."""


def _done(trace: Trace) -> Iterator[Happened]:
    for event in trace.done:
        yield Happened(event.at, said_of(event))


def said_of(event: Any) -> str:
    """One event as a sentence."""
    told = {name: word(str(value).replace("_", " ")) for name, value in event.body.items() if name not in _AS_NAMED}
    until = event.body.get("until")
    values = {"reason": "", "from": "", "to": ""} | told | {
        "who": word(_WHO.get(event.who, event.who.removeprefix("key:"))), "whom": event.whom or _("a team"),
        "tag": event.body.get("tag", ""), "until": forms.exactly(datetime.fromisoformat(until)) if until else "",
    }  # fmt: skip
    is_given = event.kind == "conversation.claimed" and event.whom not in ("", event.who)
    text = _GIVEN if is_given else DONE[event.kind]
    if event.kind == "correction.made":
        text = _OF_THE_HANDOFF.get(str(event.body.get("kind")), text)
    return _(text, **values)


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
