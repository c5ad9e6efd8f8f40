"""One episode of the past, decided again under another policy.

The one idea: a replay is exact up to the first message that would have been decided otherwise, and no further. What the
customer would have written after another word nobody knows; so a course ends there, and says that it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import inf

from segue.domain.conversation import Handler
from segue.domain.decision import Action, Because, Decision, Earned, Rung
from segue.domain.past import PastEpisode, PastTurn
from segue.policy.backtest.promised import Promised, Walk
from segue.policy.boundary import Boundary, Standing
from segue.policy.chance import Chance
from segue.policy.otherwise import SPEAKS
from segue.policy.rules import RULES
from segue.policy.rules.case import look
from segue.policy.sampling import Sampling
from segue.policy.settings import Policy


class Who(StrEnum):
    """Who ends up with an episode."""

    ASSISTANT = "assistant"
    ASKED = "asked"
    """The assistant put a question, and nothing came of it yet."""
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Did:
    action: Action
    because: Because

    @property
    def who(self) -> Who:
        return _who(self.action)


@dataclass(frozen=True, slots=True)
class Course:
    """How an episode goes under one policy."""

    who: Who
    last: int
    """The place of the turn that settled it: the first that went another way than it did, or the last."""
    did: Did
    """What was decided there."""
    handed_at: int | None
    """The place of the turn at which people got it; None where they never did."""
    answers: tuple[int, ...]
    """The places of the turns at which the assistant gave an answer."""
    is_recorded: bool
    """Whether it went all the way as it really did."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One episode under two policies. `at` is the place of the first turn they decide differently; None where none."""

    episode: PastEpisode
    before: Course
    after: Course
    at: int | None

    @property
    def turn(self) -> PastTurn:
        return self.episode.turns[self.at or 0]


def compare(
    episode: PastEpisode, before: Policy, version: int, after: Policy, promised: Promised | None = None
) -> Compared:
    """`version` is that of `before`: what was decided under it is taken from the record. `promised`: what `after` would
    have earned then, where it promises something else; None where it does not."""
    old, new = list[Did](), list[Did]()
    for turn in episode.turns:
        old.append(_record(turn) if turn.decision.policy_version == version else act(turn, before))
        new.append(act(turn, after, promised.earned(turn) if promised else ()))
        if not old[-1].action is new[-1].action is turn.decision.action:
            break
    same = old[-1].action is new[-1].action
    return Compared(episode, course(episode, old), course(episode, new), None if same else len(old) - 1)


def compare_all(
    episodes: Sequence[PastEpisode], before: Policy, version: int, after: Policy, walks: Sequence[Walk]
) -> tuple[list[Compared], bool]:
    """Each of them, and whether what was earned then is another under `after`. `walks`: see `backtest`."""
    promised = Promised(walks, before, after)
    moved = promised if promised.moves() else None
    return [compare(episode, before, version, after, moved) for episode in episodes], moved is not None


def act(turn: PastTurn, policy: Policy, earned: tuple[Earned, ...] = ()) -> Did:
    """What `decide` decides, without what else held and what would have changed it: a sixth of the work. `earned`
    instead of what is kept with the decision."""
    then = as_earned(turn.decision, earned), as_drawn(turn.decision)
    case = look(turn.conversation, turn.assessment, turn.answer, policy, *then)
    because, action = next((found, action) for rule, action in RULES if (found := rule(case)))
    if action is Action.HAND_OFF and turn.conversation.handler is Handler.HUMAN:
        action = Action.SUGGEST
    return Did(action, because)


def course(episode: PastEpisode, did: Sequence[Did]) -> Course:
    """From what was decided at its first turns; where the last of them went as it did, the rest is as recorded."""
    last = len(did) - 1
    is_recorded = did[-1].action is episode.turns[last].decision.action
    actions = [d.action for d in did] + [t.decision.action for t in episode.turns[len(did) :] if is_recorded]
    handed_at = next((n for n, action in enumerate(actions) if _who(action) is Who.HUMAN), None)
    who = Who.HUMAN if handed_at is not None else _who(actions[-1])
    answers = tuple(n for n, action in enumerate(actions) if action is Action.ANSWER)
    return Course(who, last, did[-1], handed_at, answers, is_recorded)


def as_earned(decision: Decision, earned: tuple[Earned, ...] = ()) -> Boundary:
    """The boundary as it stood then, as far as this decision needs it; with `earned` instead, where that is given."""
    return _boundary(earned or decision.earned or (_supposed(decision),), decision.scores.get("review_scale"))


def as_drawn(decision: Decision) -> Chance:
    """Chance says again what it said then."""
    return lambda purpose: decision.scores.get(f"{purpose}_draw", inf)


def is_supposed(decision: Decision) -> bool:
    """Whether what had been earned then was not kept with it."""
    return not decision.earned


def _supposed(decision: Decision) -> Earned:
    """From before `earned` was kept: the rung and threshold that held then, ceiling and floor included."""
    rung = decision.rung
    if rung is Rung.ROUTE:
        rung = Rung.SUGGEST if decision.threshold is None else Rung.AUTO_WITH_HOLD
    return Earned(None, rung, decision.threshold)


@lru_cache(maxsize=4096)
def _boundary(earned: tuple[Earned, ...], review_scale: float | None) -> Boundary:
    found = {
        e.category: Standing(e.category or "default", e.rung, e.threshold, e.cases, 0, e.needed, is_new=e.is_new)
        for e in earned
    }
    default = found.get(None, next(iter(found.values())))
    named = {category: standing for category, standing in found.items() if category}
    return Boundary(named, default, sampling=Sampling(review_scale))


def _record(turn: PastTurn) -> Did:
    return Did(turn.decision.action, turn.decision.because[0])


def _who(action: Action) -> Who:
    if action is Action.ASK:
        return Who.ASKED
    return Who.ASSISTANT if action in SPEAKS else Who.HUMAN
