"""What the customer is told when a conversation changes hands: who is next, when, and that nothing need be repeated.

All sentences stand in `SENTENCES`, so that translating them is one table. They speak of who has the conversation and of
instants already promised; none says that something was done for the customer, because no action stands behind a notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from segue.desk.wanted import shorten
from segue.domain.conversation import Channel, Conversation

SENTENCES = {
    "next": "{team} is next in this conversation.",
    "by": "You will have an answer {due}.",
    "closed_by": "{team} is back {opens} and will answer {due}.",
    "closed": "{team} is back {opens} and will answer as soon as possible.",
    "soon": "You will have an answer as soon as possible.",
    "late": "We are later than we wanted to be; you will have an answer as soon as possible.",
    "repeat": "You don't need to repeat anything: the whole conversation is in front of them.",
    "wanted": "We understood: “{wanted}” If that is not it, just write what is missing.",
    "harm": "Thank you for telling us. A person reads this as soon as they can. If you or somebody else is in danger, "
    "please call your local emergency number now.",
    "failed": "The assistant could not work on your message in time, so it goes to a person.",
    "joined": "{agent} has joined and will answer you from here.",
    "joined_team": "{agent} ({team}) has joined and will answer you from here.",
    "handed_back": "The assistant is with you again. Write “talk to a person” at any time and one takes over.",
    "resolved": "This conversation is closed. If anything is still open, just reply and it opens again.",
    "at_today": "today at {time}",
    "at_tomorrow": "tomorrow at {time}",
    "at_weekday": "on {day} at {time}",
    "at_date": "on {date} at {time}",
    "by_today": "by {time}",
    "by_tomorrow": "by {time} tomorrow",
    "by_weekday": "by {time} on {day}",
    "by_date": "by {time} on {date}",
}
"""{opens} and {due} are themselves one of the at_ and by_ sentences."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wait:
    """When a person answers: the promised instant, or None, and when the team is there next, in its zone."""

    first_response: datetime | None
    opens_at: datetime | None
    """None while the team is there."""
    zone: tzinfo


def handed_over(conversation: Conversation, team: str, wait: Wait, wanted: str, now: datetime) -> str:
    """Who is next and when, and what was passed on. `wanted` is the briefing's line; it is shown for correction."""
    return " ".join([*_who_and_when(_called(team), wait, now), _say("repeat"), *_passed_on(conversation, wanted)])


def could_not_consider(conversation: Conversation, team: str, wait: Wait, wanted: str, now: datetime) -> str:
    """After too many attempts, or past the deadline: a person gets it, never silence."""
    return f"{_say('failed')} {handed_over(conversation, team, wait, wanted, now)}"


def in_distress(team: str, wait: Wait, now: datetime) -> str:
    """Who speaks of harm is not quoted back and gets no form letter: help that is nearer than we are comes first."""
    return " ".join([_say("harm"), *_who_and_when(_called(team), wait, now)])


def taken_over(agent: str, team: str = "") -> str:
    return _say("joined_team", agent=agent, team=team) if team else _say("joined", agent=agent)


def handed_back() -> str:
    return _say("handed_back")


def resolved() -> str:
    return _say("resolved")


def moment(at: datetime, seen_from: datetime, zone: tzinfo, form: str = "at", has_zone: bool = True) -> str:
    """An instant as people say it in `zone`: `form` "at" for when something begins, "by" for when it is due."""
    at, seen_from = at.astimezone(zone), seen_from.astimezone(zone)
    time = f"{at:%H:%M} {_zone_name(at)}" if has_zone else f"{at:%H:%M}"
    days = (at.date() - seen_from.date()).days
    if days in (0, 1):
        return _say(f"{form}_{'tomorrow' if days else 'today'}", time=time)
    if 1 < days < 7:
        return _say(f"{form}_weekday", day=DAYS[at.weekday()], time=time)
    year = "" if at.year == seen_from.year else f" {at.year}"
    return _say(f"{form}_date", date=f"{at.day} {MONTHS[at.month - 1]}{year}", time=time)


def _who_and_when(team: str, wait: Wait, now: datetime) -> list[str]:
    """Closed hours are told, unless the promise falls due before they end (then somebody is on call)."""
    due, opens, zone = wait.first_response, wait.opens_at, wait.zone
    if due is not None and due <= now:
        return [_say("next", team=team), _say("late")]
    if opens is None or opens <= now or (due is not None and due < opens):
        return [_say("next", team=team), _say("by", due=moment(due, now, zone, "by")) if due else _say("soon")]
    if due is None:
        return [_say("closed", team=team, opens=moment(opens, now, zone))]
    back = moment(opens, now, zone, has_zone=False)
    return [_say("closed_by", team=team, opens=back, due=_due_after(opens, due, now, zone))]


def _due_after(opens: datetime, due: datetime, now: datetime, zone: tzinfo) -> str:
    """On the day the team is back the time alone will do; later days are named as seen from today."""
    is_same_day = due.astimezone(zone).date() == opens.astimezone(zone).date()
    return moment(due, opens if is_same_day else now, zone, "by")


def _passed_on(conversation: Conversation, wanted: str) -> list[str]:
    """Nothing of the customer's text goes into automatic mail to an address nobody has verified."""
    if not wanted or (conversation.channel is Channel.EMAIL and not conversation.contact.is_verified):
        return []
    return [_say("wanted", wanted=shorten(wanted.replace("“", "'").replace("”", "'")))]


def _called(team: str) -> str:
    """A team's name as it stands in a sentence: "Billing" and "Billing team" both become "Our Billing team"."""
    name = team.strip()
    if not name:
        return "Our team"
    return f"Our {name}" if name.casefold().endswith("team") else f"Our {name} team"


def _zone_name(at: datetime) -> str:
    """CET, or the distance where a zone has no name: UTC-03, UTC+05:45."""
    name = at.tzname() or "UTC"
    return f"UTC{name[:3]}{':' * bool(name[3:])}{name[3:]}" if name[0] in "+-" else name


def _say(key: str, **values: str) -> str:
    return SENTENCES[key].format(**values)
