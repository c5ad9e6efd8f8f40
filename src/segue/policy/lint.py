"""What is wrong or odd in a policy although it can be read.

Names nobody knows, rules that never or always hold, settings that contradict each other, promises that cannot be kept.
An error must not be published; a warning may be meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain, combinations, pairwise

from segue.domain.assessment import Complexity, Urgency
from segue.domain.catalogue import Catalogue
from segue.domain.conversation import Channel
from segue.domain.errors import Refused
from segue.domain.people import Team
from segue.policy.diff import diff
from segue.policy.hours import NeverDue, due_after
from segue.policy.settings import Policy, load
from segue.policy.settings.cells import DEFAULT, Budget, CategorySettings, CellSettings
from segue.policy.settings.model import Target
from segue.policy.settings.topics import TOPICS, flags
from segue.policy.settings.week import DAYS, Hours, Span
from segue.texts import _

MANY_CASES = 500
"""More clean judged cases than most categories see in months."""
BORNE = 15
"""Seconds that somebody before a page waits for an answer of which they know that it is there."""
SHORT = 30
"""Minutes; shorter openings and breaks are nearly always a slip of the pen."""
GRAVE = ("legal", "harm")
"""Topics that nobody leaves to the assistant without meaning it."""
NOTICED = frozenset({
    "af", "am", "an", "ar", "as", "av", "az", "ba", "be", "bg", "bh", "bn", "bo", "br", "bs", "ca", "ce", "co", "cs",
    "cv", "cy", "da", "de", "dv", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "fy", "ga", "gd", "gl", "gn",
    "gu", "gv", "he", "hi", "hr", "ht", "hu", "hy", "ia", "id", "ie", "io", "is", "it", "ja", "jv", "ka", "kk", "km",
    "kn", "ko", "ku", "kv", "kw", "ky", "la", "lb", "li", "lo", "lt", "lv", "mg", "mk", "ml", "mn", "mr", "ms", "mt",
    "my", "ne", "nl", "nn", "no", "oc", "or", "os", "pa", "pl", "ps", "pt", "qu", "rm", "ro", "ru", "sa", "sc", "sd",
    "sh", "si", "sk", "sl", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl", "tr", "tt", "ug",
    "uk", "ur", "uz", "vi", "vo", "wa", "yi", "yo", "zh",
})  # fmt: skip
"""The language codes that a message is ever found to be in."""
MEANT = {"nb": "no", "iw": "he", "in": "id", "ji": "yi"}
"""Other codes of languages that messages are found to be in: Norwegian as most write it, and those of before 1989."""
SOME_DAY = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday: from when on it is reckoned whether a promise ever falls due."""
ORDINARY = (
    "Hello",
    "Thank you very much!",
    "How do I change my address?",
    "I would like to know when my order arrives.",
    "Where can I find my last invoice?",
)
"""Messages no watched topic should meet."""


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    path: str
    text: str


def sound(
    body: str, catalogue: Catalogue, teams: Collection[Team] | None = None, tiers: Collection[str] | None = None
) -> Policy:
    """The policy in `body`, fit to be published. Raises Refused for one that cannot be read or has errors."""
    policy = load(body)
    if wrong := [f for f in lint(policy, catalogue, teams, tiers) if f.level is Level.ERROR]:
        raise Refused("\n".join(f"{f.path}: {f.text}" for f in wrong), _("Correct it and try again."), "/body")
    return policy


def sound_beside(
    body: str,
    live: tuple[int, str] | None,
    catalogue: Catalogue,
    teams: Collection[Team] | None = None,
    tiers: Collection[str] | None = None,
) -> Policy:
    """As `sound`, for a policy that runs in shadow beside `live` (version and text). Raises Refused also where it says
    the same as the live one: beside that it would show nothing."""
    policy = sound(body, catalogue, teams, tiers)
    if live and not diff(load(live[1]), policy):
        told = _("It says the same as version %(number)s, which is live.", number=live[0])
        raise Refused(told, _("Change what you want to try."), "/body")
    return policy


def lint(
    policy: Policy, catalogue: Catalogue, teams: Collection[Team] | None = None, tiers: Collection[str] | None = None
) -> list[Finding]:
    """What is found, the worst first. Without `teams` it is not checked whether the teams that are named exist; nor
    without `tiers`, those that accounts are on, whether any is on one that is named."""
    found = chain(
        _assistant(policy),
        _topics(policy),
        _triggers(policy),
        _asking(policy),
        _categories(policy, catalogue),
        _holds(policy),
        _teams(policy, teams),
        _tiers(policy, tiers),
        _targets(policy),
        _hours(policy),
    )
    return sorted(found, key=lambda finding: list(Level).index(finding.level))


def _error(path: str, text: str) -> Finding:
    return Finding(Level.ERROR, path, text)


def _warning(path: str, text: str) -> Finding:
    return Finding(Level.WARNING, path, text)


def _note(path: str, text: str) -> Finding:
    return Finding(Level.NOTE, path, text)


def _assistant(policy: Policy) -> Iterator[Finding]:
    if not policy.assistant:
        yield _warning("assistant", _("The assistant is off: every message goes to people."))
    if policy.unknown_share == 0:
        text = _("No unknown messages are assumed; first thresholds will be too low.")
        yield _warning("unknown_share", text)
    yield from _budget(policy.budget, "budget")


def _topics(policy: Policy) -> Iterator[Finding]:
    always = policy.guardrails.always_human_topics
    for topic in always:
        if topic not in policy.topics:
            text = _(
                "The topic %(topic)s is not among topics: %(topics)s.", topic=topic, topics=", ".join(policy.topics)
            )
            yield _error("guardrails.always_human_topics", text)
        elif not policy.topics[topic]:
            text = _("The topic goes to a person but has no pattern that could meet it.")
            yield _warning(f"topics.{topic}", text)
    if left := [topic for topic in (GRAVE if always else TOPICS) if topic not in always]:
        text = _("They bring no person any more: %(topics)s. The assistant may answer.", topics=", ".join(left))
        yield _warning("guardrails.always_human_topics", text)
    for topic in (topic for topic in policy.routing.topics if topic not in policy.topics):
        yield _error(f"routing.topics.{topic}", _("The topic is not among topics."))
    for topic in (topic for topic in policy.topics if topic not in {*TOPICS, *always, *policy.routing.topics}):
        text = _("It changes nothing: no team has it, and it is not among those that always get a person.")
        yield _warning(f"topics.{topic}", text)
    for flag in chain.from_iterable(flags(message, policy.compiled_topics()) for message in ORDINARY):
        path = f"topics.{flag.topic}.{flag.rule}"
        yield _warning(path, _("The pattern meets ordinary messages, such as “%(words)s”.", words=flag.words[0]))


def _triggers(policy: Policy) -> Iterator[Finding]:
    triggers, asks = policy.triggers, policy.asking.per_episode if policy.asking.allowed else 0
    if (felt := triggers.frustration) and felt.middle >= felt.high:
        text = _("It must be less than what brings a person at one message.")
        yield _error("triggers.frustration.middle", text)
    if felt and felt.middle == 0:
        text = _("Every customer reaches 0: a person always has the second turn.")
        yield _warning("triggers.frustration.middle", text)
    if triggers.complexity is Complexity.SIMPLE:
        text = _("Every matter is at least simple: no message reaches the assistant.")
        yield _warning("triggers.complexity", text)
    if triggers.urgency is Urgency.LOW:
        text = _("Every matter is at least low: no message reaches the assistant.")
        yield _warning("triggers.urgency", text)
    if triggers.turn_cap and triggers.turn_cap <= asks:
        text = _("Questions use up all turns, so that no answer can follow a question.")
        yield _warning("triggers.turn_cap", text)
    for code in triggers.languages or ():
        if not re.fullmatch(r"[a-z]{2,3}", code):
            text = _("%(code)s is not an ISO language code such as en.", code=repr(code))
            yield _error("triggers.languages", text)
        elif code not in NOTICED:
            text = _("No message is ever found to be in %(code)s.", code=code)
            meant = MEANT.get(code)
            known = _("Messages in it are found to be in %(meant)s; say that.", meant=meant) if meant else ""
            yield _error("triggers.languages", f"{text} {known}".strip())


def _asking(policy: Policy) -> Iterator[Finding]:
    if policy.asking.allowed and policy.asking.floor > 0.95:
        text = _("Two meanings hardly ever reach this together: no question will be asked.")
        yield _warning("asking.floor", text)
    if policy.asking.allowed and policy.asking.margin == 0:
        text = _("Two meanings are never exactly as likely: no question will be asked.")
        yield _warning("asking.margin", text)


def _categories(policy: Policy, catalogue: Catalogue) -> Iterator[Finding]:
    known = {category.id for category in catalogue.categories}
    for name, settings in policy.categories.items():
        path = f"categories.{name}"
        if name not in known | {DEFAULT}:
            yield _error(path, _("The catalogue has no such category."))
        yield from _inherited(policy, settings, path)
        for where, said in _layers(settings, path):
            yield from _cell(said, where)
    for name, group in policy.groups.items():
        for missing in (category for category in group.categories if category not in known):
            text = _("The catalogue has no category %(category)s.", category=missing)
            yield _error(f"groups.{name}.categories", text)
        yield from _inherited(policy, group, f"groups.{name}")
        for where, said in _layers(group, f"groups.{name}"):
            yield from _cell(said, where)
    for category in catalogue.categories:
        yield from _account(policy, category.id, category.needs_account)


def _places(policy: Policy) -> Iterator[tuple[str, CategorySettings]]:
    yield from ((f"groups.{name}", group) for name, group in policy.groups.items())
    yield from ((f"categories.{name}", settings) for name, settings in policy.categories.items())


def _layers(settings: CategorySettings, path: str) -> Iterator[tuple[str, CellSettings]]:
    yield path, settings
    yield from ((f"{path}.tiers.{tier}", said) for tier, said in settings.tiers.items())
    yield from ((f"{path}.channels.{channel}", said) for channel, said in settings.channels.items())


def _cell(said: CellSettings, path: str) -> Iterator[Finding]:
    if said.handling == "human":
        for idle in (field for field in ("ceiling", "floor", "budget") if getattr(said, field) is not None):
            yield _warning(f"{path}.{idle}", _("It has no effect, because a person always has this."))
    if said.floor == 1:
        yield _warning(f"{path}.floor", _("No answer is ever certain: the assistant will never answer here."))
    if said.budget and said.handling != "human":
        yield from _budget(said.budget, f"{path}.budget")


def _budget(budget: Budget, path: str) -> Iterator[Finding]:
    cases = math.ceil(math.log(1 - budget.sure) / math.log(1 - budget.wrong))
    if cases > MANY_CASES:
        text = _("No ceiling is met before %(cases)s judged cases in a row without a mistake.", cases=cases)
        yield _warning(path, text)


def _inherited(policy: Policy, settings: CategorySettings, path: str) -> Iterator[Finding]:
    for tier in settings.tiers.keys() & set(policy.triggers.tiers):
        text = _("It is never reached, because this tier always gets a person.")
        yield _warning(f"{path}.tiers.{tier}", text)
    for tier, by_tier in settings.tiers.items():
        for channel, by_channel in settings.channels.items():
            if None not in (by_tier.ceiling, by_channel.ceiling) and by_tier.ceiling != by_channel.ceiling:
                text = _("It differs from %(other)s; the lower one holds.", other=f"channels.{channel}")
                yield _note(f"{path}.tiers.{tier}.ceiling", text)


def _account(policy: Policy, category: str, needs_account: bool) -> Iterator[Finding]:
    cell = policy.cell(category, None, None)
    if needs_account and not cell.needs_account and cell.handling == "answer":
        text = _("The catalogue says that it concerns the customer's own account; set needs_account: on.")
        yield _warning(f"categories.{category}.needs_account", text)
    if cell.needs_account and not policy.guardrails.verified_for_account:
        text = _(
            "It is off although %(category)s concerns the customer's own account: anybody may be answered.",
            category=category,
        )
        yield _warning("guardrails.verified_for_account", text)


def _holds(policy: Policy) -> Iterator[Finding]:
    """Over the API nobody can be told that an answer is being checked: there it may go out at once."""
    for channel in (Channel.CHAT, Channel.EMAIL, Channel.FORM) if policy.answers_alone else ():
        seconds, path = policy.hold.of(channel), f"hold.{channel}"
        if seconds == 0:
            yield _note(path, _("On auto with hold an answer goes out at once here: nobody can stop it."))
        elif channel is not Channel.EMAIL and seconds > BORNE:
            text = _("Whoever looks at the page waits so long for each answer while somebody is at the desk.")
            yield _warning(path, text)


def _teams(policy: Policy, teams: Collection[Team] | None) -> Iterator[Finding]:
    named = {"routing.default": policy.routing.default, "routing.urgent": policy.routing.urgent}
    named |= {f"routing.topics.{topic}": team for topic, team in policy.routing.topics.items()}
    for place, settings in _places(policy):
        named |= {f"{path}.team": said.team for path, said in _layers(settings, place)}
    named |= {f"sla.teams.{team}": team for team in policy.sla.teams}
    known = {team.id for team in teams or ()}
    for path, team in named.items():
        if teams is not None and team is not None and team not in known:
            is_said = path != "routing.default" or "default" in policy.routing.model_fields_set
            yield (_error if is_said else _warning)(path, _("There is no team %(team)s.", team=team))


def _tiers(policy: Policy, known: Collection[str] | None) -> Iterator[Finding]:
    """Nobody but the accounts says which tiers there are, and the last one may leave a tier: only what can be nothing
    but a slip is an error."""
    if known is None:
        return
    named = [("triggers.tiers", tier) for tier in policy.triggers.tiers]
    named += [(f"{place}.tiers.{tier}", tier) for place, said in _places(policy) for tier in said.tiers]
    named += [(f"sla.targets.{tier}", tier) for tier in policy.sla.targets if tier != DEFAULT]
    spelt = {tier.casefold(): tier for tier in known}
    for path, tier in ((path, tier) for path, tier in named if tier not in known):
        if meant := spelt.get(tier.casefold()):
            yield _error(path, _("The tier %(tier)s is written %(known)s.", tier=tier, known=meant))
        elif known:
            these = ", ".join(sorted(known))
            text = _("No account is on the tier %(tier)s. They are on: %(these)s.", tier=tier, these=these)
            yield _warning(path, text)
        else:
            yield _warning(path, _("No account is on the tier %(tier)s yet.", tier=tier))


def _targets(policy: Policy) -> Iterator[Finding]:
    """What a team's own hours cannot keep holds up no policy: the promise is made to all."""
    targets = policy.sla.targets
    said = chain.from_iterable(settings.tiers for _, settings in _places(policy))
    for tier in () if DEFAULT in targets else sorted({*policy.triggers.tiers, *said} - targets.keys()):
        text = _("Nothing is promised to this tier, and there is no default target.")
        yield _warning(f"sla.targets.{tier}", text)
    if DEFAULT not in targets:
        text = _("Nothing is promised to customers of a tier not named here.")
        yield _warning("sla.targets.default", text)
    for tier in targets:
        target, path = policy.sla.target(tier), f"sla.targets.{tier}"
        unkept = list(_unkept(target, policy.sla.hours))
        yield from (_error(f"{path}.{name}", text) for name, text in unkept)
        for team, hours in policy.sla.teams.items():
            for name, why in (found for found in _unkept(target, hours) if found not in unkept):
                yield _warning(f"{path}.{name}", _("By the hours of the team %(team)s: %(why)s", team=team, why=why))


def _unkept(target: Target, hours: Hours) -> Iterator[tuple[str, str]]:
    """Which of its times contradict the others in these hours, or never fall due, and why."""
    said = ((name, getattr(target, name)) for name in ("first_response", "next_response", "resolution"))
    times = [(name, span) for name, span in said if span is not None]
    for (sooner, first), (later, last) in combinations(times, 2):
        if later == "resolution" and _length(hours, first) > _length(hours, last):
            yield later, _("%(last)s is sooner than %(sooner)s, %(first)s.", last=last, sooner=sooner, first=first)
    for name, span in times:
        if not _falls_due(span, hours):
            yield name, _("%(span)s of these opening hours are not over in ten years.", span=span)


def _falls_due(span: Span, hours: Hours) -> bool:
    try:
        due_after(SOME_DAY, span, hours)
    except NeverDue:
        return False
    return True


def _length(hours: Hours, span: Span) -> timedelta:
    """In opening time; around the clock an open day is the day's share of it."""
    day = hours.mean_day
    whole = timedelta(minutes=span.minutes) + span.days * (timedelta(days=1) if span.is_always else day)
    return whole * (day / timedelta(days=1)) if span.is_always else whole


def _hours(policy: Policy) -> Iterator[Finding]:
    yield from _week(policy.sla.hours, "sla.hours.week")
    for team, hours in policy.sla.teams.items():
        yield from _week(hours, f"sla.teams.{team}.week")


def _week(hours: Hours, base: str) -> Iterator[Finding]:
    for day, openings in hours.week.items():
        path = f"{base}.{day}"
        for opening in openings:
            if opening.closes - opening.opens < SHORT:
                yield _warning(path, _("%(opening)s is a very short time to be open.", opening=opening))
        for before, after in pairwise(openings):
            if 0 < after.opens - before.closes < SHORT:
                hole = after.opens - before.closes
                text = _("There is a hole of %(minutes)s minutes after %(before)s.", minutes=hole, before=before)
                yield _warning(path, text)
    for day in DAYS[:5]:
        if day not in hours.week:
            yield _note(f"{base}.{day}", _("Nobody is there on this weekday."))
