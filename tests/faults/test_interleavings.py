"""R5, R3, R4: every order in which a customer, two workers, an agent and the clock can act in one conversation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from segue.app.drill.small import SmallHouse, small_house
from segue.desk.hands import Hands
from segue.desk.macros import MacroHands
from segue.desk.sending import PAUSE, Sending
from segue.domain.conversation import Channel
from segue.domain.errors import Conflict, NotFound
from segue.domain.turn import Lease
from segue.store.attention import Attention
from segue.store.conversations import Conversations
from segue.store.corrections import Corrections
from segue.store.desk import HOLD, AgentReply, Desk, Solution
from segue.store.drafts import Drafts
from segue.store.evidence import EvidenceStore
from segue.store.macros import MacroStore
from segue.store.signals import Signals
from segue.store.tags import Tags
from segue.store.waiting_replies import WaitingReplies
from segue.store.workspace import Workspace

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
        self.sending = sending(house)
        self.mails: dict[str, str] = {}
        """What the agent wrote that waits a moment before it goes: text by id."""
        self.stopped: list[str] = []
        self.mails_gone_wrong: list[str] = []
        self.seen = 1
        """The newest message when the agent last looked."""
        self.swallowed: list[str] = []

    def play(self, names: Sequence[str]) -> None:
        """Does the steps in this order, then lets the house run dry."""
        for name in names:
            self.do(name)
        self.house.time_passes(HOLD.total_seconds() + 1)
        self.house.drain()
        self.mails_gone_wrong = self._mails_gone_wrong()

    def broken(self, found: Sequence[str]) -> list[str]:
        """Of all that was found, what concerns this scene."""
        return [
            *self.spoke_under_hands,
            *self.mails_gone_wrong,
            *self.swallowed,
            *(line for line in found if self.conversation in line),
        ]

    def do(self, name: str) -> None:
        self.told.append(name)
        try:
            STEPS[name](self)
        except (Conflict, NotFound) as refused:
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

    def types_no_more(self) -> None:
        """Nothing tells the house: the hold runs out."""
        self.house.time_passes(HOLD.total_seconds())

    def replies(self) -> None:
        self.house.desk.reply(AgentReply(self.conversation, "agt_mira", "I have looked into it."), self.house.now)
        self.hands_until = self.house.now

    def looks(self) -> None:
        self.seen = Conversations(self.house.db).one(self.conversation)["seq"]

    def resolves_what_they_saw(self) -> None:
        solution = Solution("done", seen_seq=self.seen)
        self.house.desk.resolve(self.conversation, "agt_mira", solution, self.house.now)
        if Conversations(self.house.db).one(self.conversation)["customer_seq"] > self.seen:
            self.swallowed.append(f"{self.conversation} was closed over a message its agent had not seen: {self.told}")

    def hands_back(self) -> None:
        self.house.desk.hand_back(self.conversation, "agt_mira", self.house.now)
        self.hands_until = self.house.now

    def approves(self) -> None:
        seq = Conversations(self.house.db).one(self.conversation)["considered_seq"]
        EvidenceStore(self.house.db).approve_answer(self.conversation, seq, "agt_mira", self.house.now)
        self.hands_until = self.house.now

    def writes_a_mail(self) -> None:
        text, seen = f"By mail, {len(self.told)}", Conversations(self.house.db).one(self.conversation)["seq"]
        reply = self.sending.send(AgentReply(self.conversation, "agt_mira", text, seen), "email", self.house.now)
        self.mails[reply] = text
        self.hands_until = self.house.now + PAUSE[Channel.EMAIL]

    def stops_it(self) -> None:
        for reply in [one for one in self.mails if one not in self.stopped]:
            self.sending.stop(reply, "agt_mira", self.house.now)
            self.stopped.append(reply)

    def pause_ends(self) -> None:
        self.house.time_passes(PAUSE[Channel.EMAIL].total_seconds())
        self.sending.send_due(self.house.now)
        self.hands_until = self.house.now

    def _mails_gone_wrong(self) -> list[str]:
        """Each went at most once, and none that was stopped."""
        said = [message["body"] for message in Conversations(self.house.db).thread(self.conversation)]
        most = {text: reply not in self.stopped for reply, text in self.mails.items()}
        return [
            f"“{text}” went {said.count(text)} times: {self.told}" for text in most if said.count(text) > most[text]
        ]

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
    "agent types no more": Scene.types_no_more,
    "agent replies": Scene.replies,
    "agent hands back": Scene.hands_back,
    "agent approves": Scene.approves,
    "agent writes a mail": Scene.writes_a_mail,
    "agent stops it": Scene.stops_it,
    "the pause ends": Scene.pause_ends,
    "agent resolves": lambda s: s.house.desk.resolve(s.conversation, "agt_mira", Solution("done"), s.house.now),
    "agent looks": Scene.looks,
    "agent resolves what they saw": Scene.resolves_what_they_saw,
    "agent reopens": lambda s: s.house.desk.reopen(s.conversation, "agt_mira", s.house.now, "agt_mira"),
}
A, B = ["A claims", "A commits"], ["B claims", "B commits"]
PLAYS = {
    "an agent takes over": (A, ["agent takes", "agent replies", "agent hands back"], ["customer writes"]),
    "an agent answers in between": (A, B, ["agent replies", "agent hands back"]),
    "a second worker takes an expired lease": (A, B, ["lease runs out"], ["agent takes"]),
    "hands on the composer": (A, ["agent holds", "agent replies", "agent hands back"], ["customer writes"]),
    "hands that go away again": (A, ["agent holds", "agent types no more"], ["lease runs out"], ["customer writes"]),
    "hands while a lease runs out": (A, B, ["lease runs out"], ["agent holds"]),
    "an agent resolves and reopens": (A, ["agent resolves", "agent reopens"], ["customer writes"]),
    "an agent resolves what they have seen": (
        A,
        ["agent looks", "agent resolves what they saw"],
        ["customer writes", "customer writes"],
    ),
    "an agent approves what is suggested": (A, ["agent takes", "agent approves"], ["customer writes"]),
    "a mail that waits": (A, ["agent writes a mail", "the pause ends"], ["customer writes"]),
    "a mail that is stopped": (A, ["agent writes a mail", "agent stops it"], ["the pause ends"]),
    "an agent resolves twice": (A, ["agent takes", "agent resolves"], ["customer writes", "customer writes"]),
}


def sending(house: SmallHouse) -> Sending:
    db = house.db
    hands = Hands(Desk(db), Conversations(db), Workspace(db), Signals(db))
    macros = MacroHands(MacroStore(db), hands, Tags(db), Attention(db))
    return Sending(hands, WaitingReplies(db), Drafts(db), Corrections(db), macros)


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
