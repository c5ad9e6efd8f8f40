"""R6: clocks are rows. Restarts, clocks that jump and nights with 23 or 25 hours change nothing that was promised."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from segue.app.drill.small import SmallHouse, small_house
from segue.domain.turn import Promise
from segue.policy.promise import promise
from segue.policy.settings import load
from segue.policy.settings.written import starter_text
from segue.store.database import Database
from segue.store.desk import SQL, AgentReply, Desk, Solution

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = load(starter_text("balanced").replace("timezone: UTC", "timezone: Europe/Berlin"))  # 4h first, mon-fri 9 to 17
ALWAYS = load(
    starter_text("balanced").replace(
        "first_response: 4h, next_response: 8h", "first_response: 4h 24x7, next_response: 8h 24x7"
    )
)
HOUR = timedelta(hours=1)


@pytest.fixture
def house(database_url: str) -> Iterator[SmallHouse]:
    with small_house(database_url) as house:
        yield house


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def handed_over(house: SmallHouse, at: datetime, policy: object = OFFICE) -> str:
    """A conversation that was handed to people at `at`, with what the policy promises there."""
    house.now = at
    house.listening.promise = lambda conversation, now, team: promise(policy, None, now)  # type: ignore
    conversation = house.customer_writes(text="I want to talk to a person.")
    house.commits(house.here, house.claims(house.here))
    return conversation


def breaches(house: SmallHouse) -> list[tuple[str, str, datetime]]:
    """Conversation, clock and the promised instant of every breach that was recorded, in order."""
    rows = house.db.all("select conversation_id, body from events where kind = 'clock.breached' order by id")
    return [(r.conversation_id, r.body["clock"], datetime.fromisoformat(r.body["due"])) for r in rows]


def sweep(house: SmallHouse, at: datetime) -> None:
    Desk(house.db).breach(at)


def test_a_promise_over_the_short_night_is_broken_when_the_clock_on_the_wall_says_so(house: SmallHouse) -> None:
    handed_over(house, berlin("2026-03-27T15:00"))  # Friday; summer time begins on Sunday
    due = berlin("2026-03-30T11:00")

    sweep(house, due - timedelta(seconds=1))
    assert breaches(house) == []

    sweep(house, due)
    assert [(clock, at) for _, clock, at in breaches(house)] == [("first_response", due)]


def test_a_promise_over_the_long_night_takes_as_many_hours_as_were_promised(house: SmallHouse) -> None:
    begun = berlin("2026-10-25T00:30")  # 02:30 comes twice
    handed_over(house, begun, ALWAYS)

    sweep(house, begun + 4 * HOUR - timedelta(seconds=1))
    assert breaches(house) == []

    sweep(house, begun + 4 * HOUR)
    assert [at for _, _, at in breaches(house)] == [begun + 4 * HOUR]
    assert (begun + 4 * HOUR).astimezone(BERLIN).isoformat() == "2026-10-25T03:30:00+01:00"


def test_a_sweep_every_hour_of_the_year_records_each_promise_once_and_at_its_time(house: SmallHouse) -> None:
    starts = [
        berlin("2026-03-27T16:30"),
        berlin("2026-07-03T11:00"),
        berlin("2026-10-24T12:00"),
        berlin("2026-12-30T16:00"),
    ]
    handed = {handed_over(house, start): start for start in starts}
    at, seen = starts[0], dict[tuple[str, str], datetime]()
    while at < starts[-1] + timedelta(days=21):
        sweep(house, at)
        for conversation, clock, _ in breaches(house)[len(seen) :]:
            assert (conversation, clock) not in seen
            seen[conversation, clock] = at
        at += HOUR if any(abs(at - start) < timedelta(days=12) for start in starts) else timedelta(days=1)

    assert len(seen) == 2 * len(handed)  # first response and resolution
    for (conversation, clock), found in seen.items():
        promised = promise(OFFICE, None, handed[conversation])
        due = promised.first_response if clock == "first_response" else promised.resolution
        assert due is not None
        assert timedelta(0) <= found - due < HOUR


def test_clocks_survive_a_restart(house: SmallHouse) -> None:
    handed_over(house, berlin("2026-03-02T10:00"))
    due = berlin("2026-03-02T14:00")
    sweep(house, due)
    house.db.close()

    house.db = Database(house.url).open()
    sweep(house, due + HOUR)

    assert len(breaches(house)) == 1


def test_a_clock_that_jumps_back_records_nothing_twice_and_one_that_jumps_ahead_nothing_less(house: SmallHouse) -> None:
    first = handed_over(house, berlin("2026-03-02T10:00"))
    second = handed_over(house, berlin("2026-03-02T12:00"))

    for at in ("2026-03-02T14:30", "2026-03-02T09:00", "2026-03-02T14:45", "2026-03-31T12:00"):
        sweep(house, berlin(at))

    found = [(conversation, clock) for conversation, clock, _ in breaches(house)]
    assert found[0] == (first, "first_response")
    assert sorted(found) == sorted(
        (conversation, clock) for conversation in (first, second) for clock in ("first_response", "resolution")
    )


def test_two_workers_that_look_at_once_record_a_breach_once(house: SmallHouse) -> None:
    handed_over(house, berlin("2026-03-02T10:00"))
    two_look_at_once(house, berlin("2026-03-02T15:00"))

    assert len(breaches(house)) == 1


def test_a_reply_stops_the_clock_and_the_next_promise_can_be_broken_anew(house: SmallHouse) -> None:
    conversation = handed_over(house, berlin("2026-03-02T10:00"))
    for day in (2, 3, 4):
        house.now = berlin(f"2026-03-{day:02}T16:00")
        house.desk.reply(AgentReply(conversation, "agt_mira", "I am looking into it."), house.now)
        house.customer_writes(conversation, "And now?")
        house.commits(house.here, house.claims(house.here))
        sweep(house, house.now + timedelta(hours=24))

    assert [clock for _, clock, _ in breaches(house)].count("next_response") == 3


def test_after_a_resolution_a_new_episode_has_clocks_of_its_own(house: SmallHouse) -> None:
    conversation = handed_over(house, berlin("2026-03-02T10:00"))
    sweep(house, berlin("2026-03-02T15:00"))
    house.desk.resolve(conversation, "agt_mira", Solution("done"), berlin("2026-03-02T15:30"))
    sweep(house, berlin("2026-03-20T12:00"))
    assert len(breaches(house)) == 1, "nothing runs while it is resolved"

    house.now = berlin("2026-03-23T10:00")
    house.customer_writes(conversation, "I want to talk to a person again.")
    house.commits(house.here, house.claims(house.here))
    sweep(house, berlin("2026-03-23T15:00"))

    assert [clock for _, clock, _ in breaches(house)] == ["first_response", "first_response"]


@pytest.mark.parametrize("bug", [r" and not (k\.clock|'\w+') = any\(c\.breached\)", " for update of c skip locked"])
def test_a_sweep_that_records_a_breach_twice_is_noticed(
    bug: str, house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = re.sub(bug, "", SQL.breach)
    assert planted != SQL.breach
    monkeypatch.setattr(SQL, "breach", planted)
    handed_over(house, berlin("2026-03-02T10:00"))
    two_look_at_once(house, berlin("2026-03-02T15:00"))
    sweep(house, berlin("2026-03-02T15:01"))

    assert len(breaches(house)) > 1


def test_no_promise_no_breach(house: SmallHouse) -> None:
    house.listening.promise = lambda conversation, now, team: Promise(None, None, None)  # type: ignore
    house.customer_writes(text="I want to talk to a person.")
    house.commits(house.here, house.claims(house.here))

    sweep(house, house.now + timedelta(days=400))

    assert breaches(house) == []


def two_look_at_once(house: SmallHouse, at: datetime) -> None:
    """The second reads while the first has written and is not yet done."""
    with house.db.transaction() as first:
        first.execute(SQL.breach, {"now": at})
        second = threading.Thread(target=sweep, args=(house, at))
        second.start()
        second.join(0.3)
    second.join()
