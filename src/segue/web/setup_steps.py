"""Setting a workspace up: seven steps, each done when the thing itself is done, wherever it was done.

The one idea: what is done is read off the house and not off a list of ticks, so that nobody has to tell the page what
they did on the command line. Only what was skipped, and what was chosen for later steps, is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.decision import Rung
from segue.policy.backtest import Backtest
from segue.policy.settings import STARTERS, changed, fitted, load
from segue.store.channels import Channels
from segue.store.imports import Imports
from segue.store.shadows import Shadows
from segue.texts import N_, _
from segue.web.rooms import Rooms

STEPS = {
    "data": (N_("Bring past tickets"), 5),
    "history": (N_("What they show"), 2),
    "category": (N_("The first category"), 1),
    "knowledge": (N_("Knowledge"), 10),
    "policy": (N_("The policy, tried"), 3),
    "widget": (N_("Widget or mailbox"), 5),
    "shadow": (N_("Begin in shadow"), 1),
}
"""Each with what it is called and how many minutes it takes about."""
SETTING = "setup"
CHOSEN_CEILING = "auto_with_hold"


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    name: str
    takes: int
    state: str
    """"done", "skipped", or "" for what is still to do."""


@dataclass(frozen=True, slots=True)
class Setup:
    kept: Mapping[str, Any]
    steps: tuple[Step, ...]

    @property
    def here(self) -> str:
        """The first that is still to do; the last where none is."""
        return next((s.id for s in self.steps if not s.state), self.steps[-1].id)

    @property
    def left(self) -> int:
        """About how many minutes what is still to do takes."""
        return sum(step.takes for step in self.steps if not step.state)

    def after(self, id: str) -> Step | None:
        """The one that comes next, done or not: so nobody walks past what was done by itself."""
        place = [step.id for step in self.steps].index(id)
        return self.steps[place + 1] if place + 1 < len(self.steps) else None

    @property
    def is_over(self) -> bool:
        return all(step.state for step in self.steps)


def setup_of(house: Rooms) -> Setup:
    kept = kept_of(house)
    skipped = kept.get("skipped", [])
    is_done = _done(house, kept)
    states = {id: "done" if is_done[id] else "skipped" if id in skipped else "" for id in STEPS}
    return Setup(kept, tuple(Step(id, name, takes, states[id]) for id, (name, takes) in STEPS.items()))


def kept_of(house: Rooms) -> dict[str, Any]:
    return dict(house.workspace.setting(SETTING) or {})


def keep(house: Rooms, **news: Any) -> None:
    house.workspace.put_setting(SETTING, kept_of(house) | news)


def wants_setup(house: Rooms) -> bool:
    """Whether leads are shown the way to it: not in the demo company, and not once it was finished."""
    return not kept_of(house).get("finished") and house.workspace.setting("demo") is None


def _done(house: Rooms, kept: Mapping[str, Any]) -> dict[str, bool]:
    has = Imports(house.db).house_has()
    return {
        "data": has.data, "history": has.history, "category": bool(kept.get("category")), "knowledge": has.knowledge,
        "policy": bool(kept.get("policy")),
        "widget": bool(Imports(house.db).seen_on() or Channels(house.db).arrived()),
        "shadow": bool(Shadows(house.db).runs()),
    }  # fmt: skip


def offered(house: Rooms, category: str | None) -> dict[str, str]:
    """Policies to begin with, by name: the starters with the chosen category opened and the others at *suggest*, and
    the live one as it is."""
    live = house.workspace.live_policy()
    teams, body = house.workspace.teams(), live[1] if live else None
    found = {name: _opened(fitted(name, teams, body), category) for name in STARTERS}
    return found | ({"live": live[1]} if live and live[0] > 1 else {})


def why_alike(tried: Sequence[Backtest], category: str | None) -> str:
    """Why all of them show the same figures; empty where they do not."""
    first = tried[0]
    if not first.episodes:
        return _(
            "There is no past here yet, so none of them could be tried. Once past tickets were brought, each shows "
            "what it would have done."
        )
    if len({(t.after, t.wrong_after.expected, t.load_after.busiest) for t in tried}) > 1:
        return ""
    if category is None:
        return _(
            "They show the same because no category is opened: on “suggest” no answer goes out without a person, "
            "whichever you take. With a first category, each shows what it would have done there."
        )
    if not first.wrong_after.answers + first.after.asked:
        return _(
            "They show the same because the past does not prove enough in this category yet: until it does, people "
            "have everything, whichever you take."
        )
    return _("They show the same because nothing in your past falls where they differ.")


def _opened(body: str, category: str | None) -> str:
    said: dict[tuple[str, ...], Any] = {("categories", "default", "ceiling"): "suggest"}
    if category:
        said["categories", category, "ceiling"] = CHOSEN_CEILING
    return changed(body, said)


def in_shadow(body: str) -> str:
    """The same policy, in which the assistant says nothing to anybody yet and is compared with what people do."""
    policy, shadow = load(body), Rung.SHADOW.code
    said: dict[tuple[str, ...], Any] = {("categories", "default", "ceiling"): shadow}
    for name, cell in policy.categories.items():
        places = [(), *(("tiers", t) for t in cell.tiers), *(("channels", c.value) for c in cell.channels)]
        said |= {("categories", name, *place, "ceiling"): shadow for place in places}
    for name in policy.groups:
        said["groups", name, "ceiling"] = shadow
    return changed(body, said)


def finish(house: Rooms, now: datetime) -> None:
    keep(house, finished=now.isoformat())
