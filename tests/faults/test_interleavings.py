"""R5, R3, R4: every order in which a customer, two workers, an agent and the clock can act in one conversation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from segue.app.drill.small import SmallHouse, small_house
from segue.domain.errors import Conflict
from segue.domain.turn import Lease
from segue.store.desk import HOLD, Solution

Step = Callable[["Scene"], object]


class Scene:
    """One conversation and everybody who has a hand in it; a step that cannot be done is left out, as in life."""

    def __init__(self, house: SmallHouse) -> None:
        self.house = house
        self.conversation = house.customer_writes()
        self.claimed: dict[str, list[Lease]] = {"here": [], "there": []}
        self.hands_until = house.now
        self.told: list[str] = []
        self.spoke_under_hands: list[str] = []

    def play(self, names: Sequence[str]) -> None:
        """Does the steps in this order, then lets the house run dry."""
        for name in names:
            self.do(name)
        self.house.time_passes(HOLD.total_seconds() + 1)
        self.house.drain()

    def broken(self, found: Sequence[str]) -> list[str]:
        """Of all that was found, what concerns this scene."""
        return [*self.spoke_under_hands, *(line for line in found if self.conversation in line)]

    def do(self, name: str) -> None:
        self.told.append(name)
        try:
            STEPS[name](self)
        except Conflict as refused:
            self.told[-1] += f" (refused: {refused.what_happened})"

    def customer_writes(self) -> None:
        self.house.customer_writes(self.conversation, f"And one more thing, {len(self.told)}")

    def claims(self, who: str) -> None:
        worker = self.house.here if who == "here" else self.house.there
        self.claimed[who] = self.house.claims(worker)

    def commits(self, who: str) -> None:
        worker = self.house.here if who == "here" else self.house.there
        before = self._assistant_has_said()
        self.house.commits(worker, self.claimed[who])
        if self.house.now < self.hands_until and self._assistant_has_said() > before:
            self.spoke_under_hands.append(f"the assistant spoke while hands were on the composer: {self.told}")

    def holds(self) -> None:
        self.house.desk.hold(self.conversation, "agt_mira", self.house.now)
        self.hands_until = self.house.now + HOLD

    def lets_go(self) -> None:
        self.house.desk.let_go(self.conversation, "agt_mira")
        self.hands_until = self.house.now

    def replies(self) -> None:
        self.house.desk.reply(self.conversation, "agt_mira", "I have looked into it.", self.house.now)
        self.hands_until = self.house.now

    def hands_back(self) -> None:
        self.house.desk.hand_back(self.conversation, "agt_mira", self.house.now)
        self.hands_until = self.house.now

    def _assistant_has_said(self) -> int:
        row = self.house.db.one("select count(*) as n from messages where author = 'assistant'")
        assert row is not None
        return int(row.n)


STEPS: dict[str, Step] = {
    "customer writes": Scene.customer_writes,
    "A claims": lambda s: s.claims("here"),
    "A commits": lambda s: s.commits("here"),
    "B claims": lambda s: s.claims("there"),
    "B commits": lambda s: s.commits("there"),
    "lease runs out": lambda s: s.house.leases_run_out(),
    "agent takes": lambda s: s.house.desk.take(s.conversation, "agt_mira", s.house.now),
    "agent holds": Scene.holds,
    "agent lets go": Scene.lets_go,
    "agent replies": Scene.replies,
    "agent hands back": Scene.hands_back,
    "agent resolves": lambda s: s.house.desk.resolve(s.conversation, "agt_mira", Solution("done"), s.house.now),
    "agent reopens": lambda s: s.house.desk.reopen(s.conversation, "agt_mira", s.house.now, "agt_mira"),
}
A, B = ["A claims", "A commits"], ["B claims", "B commits"]
PLAYS = {
    "an agent takes over": (A, ["agent takes", "agent replies", "agent hands back"], ["customer writes"]),
    "an agent answers in between": (A, B, ["agent replies", "agent hands back"]),
    "a second worker takes an expired lease": (A, B, ["lease runs out"], ["agent takes"]),
    "hands on the composer": (A, ["agent holds", "agent replies", "agent hands back"], ["customer writes"]),
    "hands that go away again": (A, ["agent holds", "agent lets go"], ["lease runs out"], ["customer writes"]),
    "hands while a lease runs out": (A, B, ["lease runs out"], ["agent holds"]),
    "an agent resolves and reopens": (A, ["agent resolves", "agent reopens"], ["customer writes"]),
    "an agent resolves twice": (A, ["agent takes", "agent resolves"], ["customer writes", "customer writes"]),
}


def orders(actors: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Every interleaving; each actor's own steps stay in their order."""
    if not any(actors):
        yield ()
    for n, own in enumerate(actors):
        if own:
            left = [*actors[:n], own[1:], *actors[n + 1 :]]
            yield from ((own[0], *rest) for rest in orders(left))


@pytest.mark.parametrize("play", PLAYS)
def test_no_order_of_steps_breaks_a_promise(play: str, database_url: str) -> None:
    begin, scenes = time.monotonic(), []
    with small_house(database_url) as house:
        for names in orders(PLAYS[play]):
            scenes.append(Scene(house))
            scenes[-1].play(names)
        found = house.violations()
    print(f"{play}: {len(scenes)} orders in {time.monotonic() - begin:.1f} s")

    broken = {tuple(scene.told): why for scene in scenes if (why := scene.broken(found))}
    assert not found, f"{len(broken)} of {len(scenes)} orders break it: {broken}"
    assert not broken


def test_no_course_of_a_conversation_breaks_a_promise(database_url: str) -> None:
    """Longer courses than can be listed: hypothesis plays some, and shrinks what it finds."""
    with small_house(database_url) as house:

        class Course(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                self.scene = Scene(house)

            @rule(name=st.sampled_from(sorted(STEPS)))
            def step(self, name: str) -> None:
                self.scene.do(name)

            @rule(who=st.sampled_from(["A", "B"]))
            def works(self, who: str) -> None:
                self.scene.do(f"{who} claims")
                self.scene.do(f"{who} commits")

            @precondition(lambda self: not any(self.scene.claimed.values()))
            @rule()
            def a_worker_dies_with_its_lease(self) -> None:
                self.scene.do("A claims")
                self.scene.claimed["here"] = []

            def teardown(self) -> None:
                self.scene.play(())
                assert not self.scene.broken(house.violations()), self.scene.told

        run_state_machine_as_test(
            Course,
            settings=settings(max_examples=60, stateful_step_count=20, deadline=None, print_blob=True,
                              suppress_health_check=list(HealthCheck)),
        )  # fmt: skip
