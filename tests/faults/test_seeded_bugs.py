"""A test that no bug can fail is a defect: each line of trust R1 to R5, the switch of the assistant, and what a
category may do, is broken on purpose, and must be noticed.

Every scenario holds in the house as it is, and turns red with the bug planted. Where two guards keep a promise, one of
them alone must be enough. The last tests plant bugs in the processes of a real house and kill it meanwhile.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import psycopg
import pytest

from faults.bugs import ANY_NUMBER_OF_REPLIES, plant
from faults.living import LivingHouse, living_house
from segue.app.drill.checks import Acknowledged, violations
from segue.app.drill.killing import kill_one, pause_some, until_it_has_taken, until_nothing_waits
from segue.app.drill.load import Load, under_load
from segue.app.drill.small import SmallHouse, small_house
from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move
from segue.domain.turn import Lease
from segue.store.desk import HOLD, AgentReply, Solution
from segue.store.inbox import Arrival
from segue.store.moves import MoveStore
from segue.store.outbox import Outbox
from segue.web.accepting import FrontDoor

Scenario = Callable[[SmallHouse], None]
WEATHER = ("turns_take_long", "leases_are_short")
"""Not bugs: what makes them show within seconds."""
SHORT, LEAST = 8.0, 4
"""Seconds of harm, and how often at least, for a machine that has much else to do."""


# R1: an acknowledged message is never lost


def the_web_process_dies_after_the_202(house: SmallHouse) -> None:
    async def until_it_dies() -> None:
        door = FrontDoor(house.url, _Silent())  # type: ignore[arg-type]
        await door.open()
        for n in range(3):
            arrival = Arrival(f"Question {n}", external_id="ada", is_verified=True, client_id=f"w{n}")
            taken = await door.accept(arrival)
            house.acknowledged.append(
                Acknowledged(taken.conversation_id, taken.message_id, taken.seq, f"w{n}", arrival.text)
            )
        await door.close()

    asyncio.run(until_it_dies())  # what it still meant to do dies with it
    house.now = max(house.now, _latest(house))


# R2: every accepted message gets a decision


def a_worker_dies_with_its_lease(house: SmallHouse) -> None:
    house.customer_writes()
    house.claims(house.here)


def a_turn_fails_once(house: SmallHouse) -> None:
    house.customer_writes(text="Something odd")
    house.listening.fails_on = "odd"
    house.worker(house.here).work_off()
    house.listening.fails_on = ""


def a_message_cannot_be_considered(house: SmallHouse) -> None:
    house.customer_writes(text="Something odd")
    house.listening.fails_on = "odd"


def one_of_many_that_wait_cannot_be_considered(house: SmallHouse) -> None:
    for text in ("Why is it higher?", "Something odd", "Where is it?", "And when?"):
        house.customer_writes(text=text)
    house.listening.fails_on = "odd"
    assert house.worker(house.here).work_off() == 3, "what waits beside it is answered at once"


# R3: at most one reply per message


def a_paused_worker_wakes_after_its_lease(house: SmallHouse) -> None:
    house.customer_writes()
    asleep = house.claims(house.here)
    house.leases_run_out()
    house.commits(house.there, house.claims(house.there))
    house.commits(house.here, asleep)


def a_paused_worker_wakes_before_the_other_is_done(house: SmallHouse) -> None:
    house.customer_writes()
    asleep = house.claims(house.here)
    house.leases_run_out()
    taken = house.claims(house.there)
    house.commits(house.here, asleep)
    house.commits(house.there, taken)


# R4: order within a conversation


def a_customer_writes_three_at_once(house: SmallHouse) -> None:
    conversation = house.customer_writes(text="First")
    for text in ("second", "third"):
        house.customer_writes(conversation, text)


def a_customer_sends_the_same_again(house: SmallHouse) -> None:
    conversation = house.customer_writes()
    arrival = Arrival("And one more thing", conversation_id=conversation, client_id="again")
    for _ in range(2):
        house.time_passes(1)
        taken = house.here.accept(arrival, house.now)
        house.acknowledged.append(
            Acknowledged(conversation, taken.message_id, taken.seq, "again", "And one more thing")
        )


# R5: no word of the assistant after a person took over


def an_agent_takes_over_meanwhile(house: SmallHouse) -> None:
    _considered_while(house, lambda c: house.desk.take(c, "agt_mira", house.now))


def an_agent_replies_meanwhile(house: SmallHouse) -> None:
    _considered_while(house, lambda c: house.desk.reply(AgentReply(c, "agt_mira", "I have a look."), house.now))


def an_agent_resolves_meanwhile(house: SmallHouse) -> None:
    _considered_while(house, lambda c: house.desk.resolve(c, "agt_mira", Solution("done"), house.now))


def an_agent_resolves_and_a_message_still_waits(house: SmallHouse) -> None:
    conversation = house.customer_writes()
    house.desk.resolve(conversation, "agt_mira", Solution("done"), house.now)
    lease = house.claims(house.here)
    house.desk.reopen(conversation, "agt_mira", house.now, "agt_mira")
    house.commits(house.here, lease)


def an_agent_begins_to_type_meanwhile(house: SmallHouse) -> None:
    """What is typed is then sent: a word of the assistant in between would stand before it, unread."""
    conversation = house.customer_writes()
    lease = house.claims(house.here)
    house.desk.hold(conversation, "agt_mira", house.now)
    house.commits(house.here, lease)
    house.time_passes(HOLD.total_seconds() - 1)
    _should_be_silent(house, conversation)


def the_assistant_is_stopped_meanwhile(house: SmallHouse) -> None:
    """What considers goes on answering, as a worker does that has not heard of it: no word of it is committed, and in
    the end people get it."""
    conversation = house.customer_writes()
    house.listening.meanwhile = lambda: house.assistant_is("off")
    house.worker(house.here).work_off()
    house.drain()
    _should_be_silent(house, conversation)


def a_cell_is_lowered_meanwhile(house: SmallHouse) -> None:
    """As with the switch, of one category alone."""
    conversation = house.customer_writes()
    moves = MoveStore(house.db)
    lowered = Move(CellName("billing"), Rung.SUGGEST, "Wrong prices.", "lena", house.now, before=Rung.AUTO)
    house.listening.meanwhile = lambda: moves.newest() or moves.move(lowered)
    house.worker(house.here).work_off()
    house.drain()
    _should_be_silent(house, conversation)


def the_assistant_is_stopped_before_its_mail_leaves(house: SmallHouse) -> None:
    """What was claimed before, too: a server that is slow takes minutes for as much."""
    arrival = Arrival("Why is it higher?", Channel.EMAIL, None, "m1", "ada", "Ada", "ada@elsewhere.example", True)
    conversation = house.here.accept(arrival, house.now).conversation_id
    house.worker(house.here).work_off()
    outbox = Outbox(house.db)
    claimed = outbox.due("mail", house.now)
    assert [row.body["is_automatic"] for row in claimed] == [True]
    house.assistant_is("off")
    outbox.stop(house.now)
    left = [row for row in claimed if outbox.may_leave(row.id)]
    house.acknowledged += [Acknowledged(conversation, "a mail that was stopped", 99, "held", "") for _ in left]


def _should_be_silent(house: SmallHouse, conversation: str) -> None:
    row = house.db.one("select count(*) as n from messages where author = 'assistant'")
    assert row is not None
    house.acknowledged += [
        Acknowledged(conversation, "a silent assistant", 99, "held", "") for _ in range(row.n)
    ]  # so that it shows among the violations


def an_agent_types_and_goes_again(house: SmallHouse) -> None:
    conversation = house.customer_writes()
    house.desk.hold(conversation, "agt_mira", house.now)
    house.commits(house.here, house.claims(house.here))
    house.time_passes(HOLD.total_seconds() + 1)


def _considered_while(house: SmallHouse, deed: Callable[[str], object]) -> None:
    conversation = house.customer_writes()
    lease: list[Lease] = house.claims(house.here)
    deed(conversation)
    house.commits(house.here, lease)


SCENARIOS: list[Scenario] = [
    the_web_process_dies_after_the_202, a_worker_dies_with_its_lease, a_turn_fails_once,
    one_of_many_that_wait_cannot_be_considered,
    a_message_cannot_be_considered, a_paused_worker_wakes_after_its_lease,
    a_paused_worker_wakes_before_the_other_is_done, a_customer_writes_three_at_once, a_customer_sends_the_same_again,
    an_agent_takes_over_meanwhile, an_agent_replies_meanwhile, an_agent_resolves_meanwhile,
    an_agent_resolves_and_a_message_still_waits, an_agent_begins_to_type_meanwhile, an_agent_types_and_goes_again,
    the_assistant_is_stopped_meanwhile, the_assistant_is_stopped_before_its_mail_leaves, a_cell_is_lowered_meanwhile,
]  # fmt: skip
RED: list[tuple[str, Scenario, tuple[str, ...], str]] = [
    ("R1", the_web_process_dies_after_the_202, ("answers_before_it_writes",), "lost"),
    ("R1", the_web_process_dies_after_the_202, ("never_commits",), "lost"),
    ("R2", a_worker_dies_with_its_lease, ("leases_never_run_out", "the_dead_keep_their_leases"), "undecided"),
    ("R2", a_turn_fails_once, ("failed_turns_are_not_tried_again",), "undecided"),
    ("R2", a_message_cannot_be_considered, ("nobody_gives_up",), "undecided"),
    ("R2", a_message_cannot_be_considered, ("giving_up_reads_the_text_again",), "undecided"),
    ("R2", an_agent_types_and_goes_again, ("hands_on_the_composer_take_it_in_silence",), "silent"),
    ("R3", a_paused_worker_wakes_after_its_lease, ("commits_ignore_the_token", "any number of replies"),
     "double reply"),
    ("R3", a_paused_worker_wakes_before_the_other_is_done, ("commits_ignore_the_token", "any number of replies"),
     "double reply"),
    ("R4", a_customer_writes_three_at_once, ("the_newest_message_first",), "undecided"),
    ("R4", a_customer_writes_three_at_once, ("the_last_is_answered_first",), "out of order"),
    ("R4", a_customer_writes_three_at_once, ("replies_take_no_number",), "undecided"),
    ("R4", a_customer_sends_the_same_again, ("repeats_are_new_messages",), "duplicated"),
    ("R5", an_agent_takes_over_meanwhile, ("commits_ignore_the_token",), "spoke over a person"),
    ("R5", an_agent_takes_over_meanwhile, ("taking_over_keeps_the_token",), "spoke over a person"),
    ("R5", an_agent_replies_meanwhile, ("replying_keeps_the_token",), "spoke over a person"),
    ("R5", an_agent_resolves_meanwhile, ("commits_ignore_the_token",), "spoke over a person"),
    ("R5", an_agent_begins_to_type_meanwhile, ("holding_keeps_the_token",), "a silent assistant"),
    ("the switch", the_assistant_is_stopped_meanwhile, ("commits_ignore_the_switch",), "a silent assistant"),
    ("the boundary", a_cell_is_lowered_meanwhile, ("commits_ignore_what_was_lowered",), "a silent assistant"),
    ("the switch", the_assistant_is_stopped_before_its_mail_leaves,
     ("mails_leave_whatever_the_switch_says", "mails_are_not_stopped"), "a mail that was stopped"),
]  # fmt: skip
GUARDED_TWICE: list[tuple[Scenario, str]] = [
    (a_worker_dies_with_its_lease, "leases_never_run_out"),
    (a_worker_dies_with_its_lease, "the_dead_keep_their_leases"),
    (a_paused_worker_wakes_after_its_lease, "commits_ignore_the_token"),
    (a_paused_worker_wakes_after_its_lease, "any number of replies"),
    (a_paused_worker_wakes_before_the_other_is_done, "commits_ignore_the_token"),
    (a_paused_worker_wakes_before_the_other_is_done, "any number of replies"),
    (the_assistant_is_stopped_before_its_mail_leaves, "mails_leave_whatever_the_switch_says"),
    (the_assistant_is_stopped_before_its_mail_leaves, "mails_are_not_stopped"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_the_house_as_it_is_keeps_its_promise(scenario: Scenario, database_url: str) -> None:
    assert what_is_broken(scenario, database_url) == []


@pytest.mark.parametrize(("line", "scenario", "bugs", "found"), RED, ids=lambda v: v.__name__ if callable(v) else None)
def test_a_seeded_bug_is_noticed(
    line: str, scenario: Scenario, bugs: tuple[str, ...], found: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found in " ".join(what_is_broken(scenario, database_url, bugs, monkeypatch))


@pytest.mark.parametrize(("scenario", "bug"), GUARDED_TWICE, ids=lambda v: v.__name__ if callable(v) else None)
def test_one_of_two_guards_is_enough(
    scenario: Scenario, bug: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert what_is_broken(scenario, database_url, (bug,), monkeypatch) == []


# in the processes of a real house


def web_dies(house: LivingHouse, load: Load, chance: random.Random) -> None:
    until_it_has_taken(load, 12, 8)
    kill_one(house, chance, "web")


def database_dies(house: LivingHouse, load: Load, chance: random.Random) -> None:
    until_it_has_taken(load, 12, 8)
    house.kill_database()


def a_worker_is_paused(house: LivingHouse, load: Load, chance: random.Random) -> None:
    until_it_has_taken(load, 3, 2)
    pause_some(house, chance, (1.5,), 0)


def a_worker_dies(house: LivingHouse, load: Load, chance: random.Random) -> None:
    until_it_has_taken(load, 40, 4)
    kill_one(house, chance, "worker")


Harm = Callable[[LivingHouse, Load, random.Random], None]
KILLED_RED: list[tuple[str, tuple[str, ...], Harm, str]] = [
    ("R1", ("answers_before_it_writes",), web_dies, "lost"),
    ("R1", ("commits_without_flushing",), database_dies, "lost"),
    ("R3", ("commits_ignore_the_token", "any number of replies", *WEATHER), a_worker_is_paused, "double reply"),
    ("R5", ("commits_ignore_the_token", *WEATHER), a_worker_dies, "spoke over a person"),
]


@pytest.mark.long
@pytest.mark.faults
@pytest.mark.parametrize(("line", "bugs", "harm", "found"), KILLED_RED)
def test_a_short_run_under_fire_notices_a_seeded_bug(
    line: str, bugs: tuple[str, ...], harm: Harm, found: str, furnished: Path, tmp_path: Path
) -> None:
    assert found in " ".join(under_fire(furnished, tmp_path, bugs, [harm]))


@pytest.mark.long
@pytest.mark.faults
def test_the_same_fire_harms_no_house_without_a_bug(furnished: Path, tmp_path: Path) -> None:
    """Slow turns, short leases, and everything that was done above."""
    harms = [web_dies, a_worker_is_paused, a_worker_dies, database_dies]
    assert under_fire(furnished, tmp_path, WEATHER, harms) == []


def under_fire(furnished: Path, folder: Path, bugs: tuple[str, ...], harms: list[Harm]) -> list[str]:
    """What is broken after `SHORT` seconds of load and harm."""
    chance = random.Random(1)
    with living_house(furnished, folder, tuple(b for b in bugs if b != "any number of replies")) as house:
        if "any number of replies" in bugs:
            with psycopg.connect(house.url) as connection:
                connection.execute(ANY_NUMBER_OF_REPLIES)
        load, end = Load(house.port, 1, openings=0.7, among=5), time.monotonic() + SHORT
        with under_load(load, writers=4, agents=6):
            for n, harm in enumerate(cycle(harms), 1):
                harm(house, load, chance)
                if time.monotonic() > end and n >= LEAST:
                    break
        until_nothing_waits(house, 30)
        broken = violations(house.url, [*load.acknowledged, *load.replied])
    kinds = dict(Counter(line.partition(":")[0] for line in broken))
    print(f"{bugs}: {len(load.acknowledged)} messages, {len(load.replied)} replies, found {kinds}")
    return broken


def what_is_broken(
    scenario: Scenario, url: str, bugs: tuple[str, ...] = (), monkeypatch: pytest.MonkeyPatch | None = None
) -> list[str]:
    """The violations once the scenario has been played and nothing moves any more."""
    for bug in bugs:
        if bug == "any number of replies":
            with psycopg.connect(url) as connection:
                connection.execute(ANY_NUMBER_OF_REPLIES)
        else:
            assert monkeypatch is not None
            plant(bug, monkeypatch.setattr)
    with small_house(url) as house:
        scenario(house)
        house.drain()
        return house.violations()


def _latest(house: SmallHouse) -> object:
    row = house.db.one("select max(changed_at) as at from conversations")
    assert row is not None
    return row.at or house.now


class _Silent:
    def ring(self, channel: str) -> None:
        pass
