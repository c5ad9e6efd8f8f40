"""What a policy would have changed: before beside after, each figure with what it rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from statistics import median

from segue.domain.decision import Action
from segue.domain.past import PastEpisode, PastTurn
from segue.policy.backtest.harm import Example, examples
from segue.policy.backtest.load import Load, load
from segue.policy.backtest.promised import Walk
from segue.policy.backtest.replay import Compared, Course, Who, compare_all, is_supposed
from segue.policy.backtest.truth import Wrong, known, tell
from segue.policy.settings import Policy
from segue.texts import _

NO_CATEGORY = "none of these"


class Basis(StrEnum):
    OBSERVED = "observed"
    """It happened."""
    REPLAYED = "replayed"
    """Decided again from what was known then: exact."""
    MODELLED = "modelled"
    """Reckoned with something assumed, which is said."""


@dataclass(frozen=True, slots=True)
class Rests:
    on: Basis
    because: str


@dataclass(frozen=True, slots=True)
class Handled:
    assistant: int = 0
    asked: int = 0
    human: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A category or a tier: how its episodes are handled."""

    name: str
    episodes: int
    before: Handled
    after: Handled
    changed: int
    newly_answered: int
    newly_handed_over: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """People's work. The counts say how many episodes each way of reckoning was used for, after the change."""

    before: float
    after: float
    observed: int
    category_median: int
    overall_median: int
    unknown: int
    """Nobody ever noted minutes: counted as none."""


@dataclass(frozen=True, slots=True)
class Backtest:
    policy: str
    against: int
    """The version it is compared with."""
    since: datetime
    until: datetime
    episodes: int
    messages: int
    left_out: Mapping[str, int]
    """Messages of which nothing can be said, by why."""
    changed: int
    before: Handled
    after: Handled
    moves: Mapping[str, int]
    """How many episodes go from whom to whom: "human → assistant"."""
    categories: tuple[Row, ...]
    """Those that change most first."""
    tiers: tuple[Row, ...]
    minutes: Minutes
    wrong_before: Wrong
    wrong_after: Wrong
    wrong_newly_answered: Wrong
    load_before: Load
    load_after: Load
    examples: tuple[Example, ...]
    rests: Mapping[str, Rests]
    """For each figure what it rests on."""


def backtest(
    episodes: Sequence[PastEpisode], before: Policy, version: int, after: Policy, since: datetime, until: datetime,
    not_considered: int = 0, walks: Sequence[Walk] = (),
) -> Backtest:  # fmt: skip
    """`episodes` in the order of their beginning; `version` is that of `before`, the live policy; `walks`, oldest
    first, are the fits that tell what another error budget would have meant."""
    all_of_them, is_moved = compare_all(episodes, before, version, after, walks)
    changed = [c for c in all_of_them if c.at is not None]
    start = max(since, episodes[0].turns[0].conversation.latest.at) if episodes else since
    return Backtest(
        policy=after.name,
        against=version,
        since=since,
        until=until,
        episodes=len(episodes),
        messages=sum(len(e.turns) for e in episodes),
        left_out=_left_out(all_of_them, not_considered),
        changed=len(changed),
        before=_handled(c.before for c in all_of_them),
        after=_handled(c.after for c in all_of_them),
        moves=_moves(all_of_them),
        categories=_rows(all_of_them, _category),
        tiers=_rows(all_of_them, lambda c: c.turn.conversation.tier or "no tier"),
        minutes=_minutes(all_of_them),
        wrong_before=_wrong(all_of_them, lambda c: c.before),
        wrong_after=_wrong(all_of_them, lambda c: c.after),
        wrong_newly_answered=_wrong([c for c in changed if not _answers(c.before)], lambda c: c.after),
        load_before=load(_arrivals(all_of_them, lambda c: c.before), start, until, before.sla.hours),
        load_after=load(_arrivals(all_of_them, lambda c: c.after), start, until, after.sla.hours),
        examples=tuple(examples(changed)),
        rests=_rests(all_of_them, version, is_moved),
    )


_Side = Callable[[Compared], Course]


def _category(c: Compared) -> str:
    """What it was about, as triage took it; where triage knew none, as it was resolved."""
    ending = c.episode.ending
    return c.turn.assessment.category or (ending.category if ending else None) or NO_CATEGORY


def _handled(courses: Iterator[Course]) -> Handled:
    count = Counter(course.who for course in courses)
    return Handled(count[Who.ASSISTANT], count[Who.ASKED], count[Who.HUMAN])


def _moves(compared: Sequence[Compared]) -> Mapping[str, int]:
    count = Counter(f"{c.before.who} → {c.after.who}" for c in compared if c.before.who is not c.after.who)
    return dict(count.most_common())


def _rows(compared: Sequence[Compared], name: Callable[[Compared], str]) -> tuple[Row, ...]:
    groups = defaultdict[str, list[Compared]](list)
    for c in compared:
        groups[name(c)].append(c)
    rows = [_row(name, group) for name, group in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.changed, -row.episodes, row.name)))


def _row(name: str, group: Sequence[Compared]) -> Row:
    return Row(
        name=name,
        episodes=len(group),
        before=_handled(c.before for c in group),
        after=_handled(c.after for c in group),
        changed=sum(c.at is not None for c in group),
        newly_answered=sum(_answers(c.after) and not _answers(c.before) for c in group if c.at is not None),
        newly_handed_over=sum(c.after.who is Who.HUMAN and c.before.who is not Who.HUMAN for c in group),
    )


def _answers(course: Course) -> bool:
    return course.did.action is Action.ANSWER


def _minutes(compared: Sequence[Compared]) -> Minutes:
    usual = defaultdict[str, list[float]](list)
    for c in compared:
        if (own := _own_minutes(c)) is not None:
            usual[_category(c)].append(own)
            usual[""].append(own)
    medians = {category: median(minutes) for category, minutes in usual.items()}
    counts, total = Counter[str](), {"before": 0.0, "after": 0.0}
    for c in compared:
        minutes, how = _reckoned(c, medians)
        total["before"] += minutes * (c.before.who is Who.HUMAN)
        total["after"] += minutes * (c.after.who is Who.HUMAN)
        counts[how] += c.after.who is Who.HUMAN
    return Minutes(
        round(total["before"], 1), round(total["after"], 1), counts["observed"], counts["category"], counts["overall"],
        counts["unknown"],
    )  # fmt: skip


def _own_minutes(c: Compared) -> float | None:
    ending = c.episode.ending
    return ending.minutes if ending and ending.is_by_person else None


def _reckoned(c: Compared, medians: Mapping[str, float]) -> tuple[float, str]:
    """The minutes a person spends on it, and how that is known."""
    if (own := _own_minutes(c)) is not None:
        return own, "observed"
    category = _category(c)
    if category in medians:
        return medians[category], "category"
    return (medians[""], "overall") if medians else (0.0, "unknown")


def _wrong(compared: Sequence[Compared], side: _Side) -> Wrong:
    """Of the answers given, by what they were about; courtesies and questions claim nothing."""
    given = [(c, side(c), at) for c in compared for at in side(c).answers]
    told = tell(known(c.episode.turns[at], c.episode.ending) for c, _, at in given)
    return replace(told, taken_over=sum(_is_taken_over(course, at) for _, course, at in given))


def _is_taken_over(course: Course, at: int) -> bool:
    return course.is_recorded and course.handed_at is not None and course.handed_at > at


def _arrivals(compared: Sequence[Compared], side: _Side) -> list[datetime]:
    places = ((c, side(c).handed_at) for c in compared)
    return [c.episode.turns[at].conversation.latest.at for c, at in places if at is not None]


def _left_out(compared: Sequence[Compared], not_considered: int) -> Mapping[str, int]:
    after_change = sum(len(c.episode.turns) - 1 - c.before.last for c in compared)
    return {"after_a_change": after_change, "not_considered": not_considered}


def _rests_before(turns: Sequence[PastTurn], version: int) -> Rests:
    again, later = sum(t.decision.policy_version != version for t in turns), sum(t.is_replayed for t in turns)
    if not again and not later:
        under = _("all %(n)s messages were decided under version %(version)s", n=len(turns), version=version)
        return Rests(Basis.OBSERVED, under)
    return Rests(
        Basis.REPLAYED,
        _(
            "of %(n)s messages, decided under another version than %(version)s: %(again)s, only considered "
            "afterwards: %(later)s", n=len(turns), again=again, version=version, later=later,
        ),
    )  # fmt: skip


def _rests_after(turns: Sequence[PastTurn], *, is_moved: bool) -> Rests:
    exact = _("each message decided again from what was known then, up to the first that goes another way")
    if supposed := sum(is_supposed(turn.decision) for turn in turns):
        exact += _(
            "; for %(n)s what had been earned then was not kept, and the rung and threshold then are taken", n=supposed
        )
    if is_moved:
        exact += _("; thresholds are what the rehearsal of then proves for the other error budget, rungs those of then")
        return Rests(Basis.MODELLED, exact)
    exact += _("; thresholds are those of then: another error budget shows once the past is fitted for it")
    return Rests(Basis.REPLAYED, exact)


def _rests(compared: Sequence[Compared], version: int, is_moved: bool) -> Mapping[str, Rests]:
    turns = [turn for c in compared for turn in c.episode.turns]
    recorded, after = _rests_before(turns, version), _rests_after(turns, is_moved=is_moved)
    onward = Rests(Basis.MODELLED, _("whoever has an episode after its first changed message is taken to keep it"))
    spent = _("minutes noted by people; where none were, the median of the category")
    judged = _(
        "only answers that people judged, or whose matter a person or the customer settled; that tells that an answer "
        "was about the right thing, not that it helped"
    )
    expected = _(
        "answers that nobody judged are taken to be like those judged: new ones like those that people settled, given "
        "ones like those drawn by chance and graded; where none was graded, like those settled by people and customers"
    )
    return {
        "before": recorded,
        "after": after,
        "moves": onward,
        "categories": after,
        "tiers": after,
        "minutes.before": Rests(Basis.OBSERVED, spent),
        "minutes.after": Rests(
            Basis.MODELLED, _("minutes noted by people; new ones cost the median of their category")
        ),
        "wrong": Rests(Basis.OBSERVED, judged),
        "wrong.taken_over": Rests(Basis.OBSERVED, _("answers really given, after which people had to go on")),
        "wrong.expected": Rests(Basis.MODELLED, expected),
        "load.before": recorded,
        "load.after": onward,
        "examples": after,
    }
