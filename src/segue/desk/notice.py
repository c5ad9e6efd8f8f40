"""What the customer is told when a conversation changes hands: who is next, when, and that nothing need be repeated.

All sentences stand in `SENTENCES`, so that translating them is one table. They speak of who has the conversation and of
instants already promised; none says that something was done for the customer, because no action stands behind a notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from segue.desk.wanted import shorten
from segue.domain.conversation import Channel, Conversation
from segue.texts import N_, _
from segue.texts.forms import zone_name

SENTENCES = {
    "next": N_("%(team)s is next in this conversation."),
    "by": N_("You will have an answer %(due)s."),
    "closed_by": N_("%(team)s is back %(opens)s and will answer %(due)s."),
    "closed": N_("%(team)s is back %(opens)s and will answer as soon as possible."),
    "soon": N_("You will have an answer as soon as possible."),
    "late": N_("We are later than we wanted to be; you will have an answer as soon as possible."),
    "repeat": N_("You don't need to repeat anything: the whole conversation is in front of them."),
    "wanted": N_("We understood: “%(wanted)s” If that is not it, just write what is missing."),
    "harm": N_(
        "Thank you for telling us. A person reads this as soon as they can. If you or somebody else is "
        "in danger, please call your local emergency number now."
    ),
    "failed": N_("The assistant could not work on your message in time, so it goes to a person."),
    "joined": N_("%(agent)s has joined and will answer you from here."),
    "joined_team": N_("%(agent)s (%(team)s) has joined and will answer you from here."),
    "passed_on": N_("%(agent)s has passed this on. %(team)s is next and has the whole conversation before them."),
    "handed_back": N_("The assistant is with you again. Write “talk to a person” at any time and one takes over."),
    "resolved": N_("This conversation is closed. If anything is still open, just reply and it opens again."),
    "at_today": N_("today at %(time)s"),
    "at_tomorrow": N_("tomorrow at %(time)s"),
    "at_weekday": N_("on %(day)s at %(time)s"),
    "at_date": N_("on %(date)s at %(time)s"),
    "by_today": N_("by %(time)s"),
    "by_tomorrow": N_("by %(time)s tomorrow"),
    "by_weekday": N_("by %(time)s on %(day)s"),
    "by_date": N_("by %(time)s on %(date)s"),
}
"""%(opens)s and %(due)s are themselves one of the at_ and by_ sentences."""

DAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"),
    N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


_ENDS = (".", "!", "?", "…", "。", "！", "？")
"""Signs that end a sentence: what is quoted without one gets a full stop, for another sentence follows."""


@dataclass(frozen=True, slots=True)
class Wait:
    """When a person answers: the promised instant, or None, and when the team is there next, in its zone."""

    first_response: datetime | None
    opens_at: datetime | None
    """None while the team is there."""
    zone: tzinfo


def handed_over(conversation: Conversation, team: str, wait: Wait, wanted: str, now: datetime) -> str:
    """Who is next and when, and what was passed on. `wanted` is the briefing's line; it is shown for correction."""
    return " ".join([*_who_and_when(team_called(team), wait, now), _say("repeat"), *_passed_on(conversation, wanted)])


def could_not_consider(conversation: Conversation, team: str, wait: Wait, wanted: str, now: datetime) -> str:
    """What the customer reads where considering failed too often or took too long, and a person gets the
    conversation."""
    return f"{_say('failed')} {handed_over(conversation, team, wait, wanted, now)}"


def in_distress(team: str, wait: Wait, now: datetime) -> str:
    """What somebody reads who speaks of harm: help that is nearer than we are, first. They are not quoted back, and get
    no form letter."""
    return " ".join([_say("harm"), *_who_and_when(team_called(team), wait, now)])


def taken_over(agent: str, team: str = "") -> str:
    return _say("joined_team", agent=agent, team=team) if team else _say("joined", agent=agent)


def passed_on(agent: str, team: str) -> str:
    """What a customer reads who was told that `agent` answers, where somebody else will."""
    return _say("passed_on", agent=agent, team=team_called(team))


def handed_back() -> str:
    return _say("handed_back")


def resolved() -> str:
    return _say("resolved")


def moment(at: datetime, seen_from: datetime, zone: tzinfo, form: str = "at", has_zone: bool = True) -> str:
    """An instant as people say it in `zone`: `form` "at" for when something begins, "by" for when it is due."""
    at, seen_from = at.astimezone(zone), seen_from.astimezone(zone)
    time = f"{at:%H:%M} {zone_name(at)}" if has_zone else f"{at:%H:%M}"
    days = (at.date() - seen_from.date()).days
    if days in (0, 1):
        return _say(f"{form}_{'tomorrow' if days else 'today'}", time=time)
    if 1 < days < 7:
        return _say(f"{form}_weekday", day=_(DAYS[at.weekday()]), time=time)
    return _say(f"{form}_date", date=_day(at, with_year=at.year != seen_from.year), time=time)


def _day(at: datetime, with_year: bool) -> str:
    month = _(MONTHS[at.month - 1])
    if with_year:
        return _("%(day)s %(month)s %(year)s", day=at.day, month=month, year=at.year)
    return _("%(day)s %(month)s", day=at.day, month=month)


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
    words = shorten(wanted.replace("“", "'").replace("”", "'"))
    return [_say("wanted", wanted=words if words.endswith(_ENDS) else f"{words}.")]


def team_called(team: str) -> str:
    """A team's name as it stands in a sentence: "Billing" and "Billing team" both become "Our Billing team"."""
    name = team.strip()
    if not name:
        return _("Our team")
    return _("Our %(team)s", team=name) if name.casefold().endswith("team") else _("Our %(team)s team", team=name)


def _say(key: str, **values: str) -> str:
    return _(SENTENCES[key], **values)
