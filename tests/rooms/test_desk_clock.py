"""The customer's wait: what starts it, what stops it, what does not."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from segue.desk.clock import DURABLE, Breach, Clock, Clocks
from segue.domain.turn import Promise

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def promise(at=NOW):
    return Promise(at + HOUR, at + 2 * HOUR, at + 24 * HOUR)


HANDED_OFF = Clocks().on_handoff(promise())


def test_a_handoff_starts_the_first_response_and_the_resolution():
    assert (HANDED_OFF.first_response_due, HANDED_OFF.next_response_due, HANDED_OFF.resolution_due) == (
        NOW + HOUR, None, NOW + 24 * HOUR,
    )  # fmt: skip


def test_the_assistants_courtesy_stops_nothing():
    assert HANDED_OFF.on_assistant_reply() == HANDED_OFF


def test_miras_reply_ends_the_wait_but_not_the_resolution():
    clocks = HANDED_OFF.on_human_reply(NOW)

    assert clocks.running == ((Clock.RESOLUTION, NOW + 24 * HOUR),)


def test_after_a_reply_the_customers_next_message_starts_the_next_response():
    clocks = HANDED_OFF.on_human_reply(NOW).on_customer_message(promise(NOW + HOUR))

    assert clocks.next_response_due == NOW + 3 * HOUR


def test_writing_again_while_waiting_buys_us_no_time():
    waiting = HANDED_OFF.on_human_reply(NOW).on_customer_message(promise())

    assert waiting.on_customer_message(promise(NOW + HOUR)).next_response_due == NOW + 2 * HOUR
    assert HANDED_OFF.on_customer_message(promise(NOW + HOUR)).first_response_due == NOW + HOUR


def test_while_the_assistant_alone_has_it_no_clock_runs():
    assert Clocks().on_customer_message(promise()).running == ()


def test_a_second_handoff_keeps_the_earlier_promise():
    assert HANDED_OFF.on_handoff(promise(NOW + 5 * HOUR)).first_response_due == NOW + HOUR


def test_handing_back_without_a_reply_leaves_the_promise_standing():
    assert HANDED_OFF.on_handed_back().first_response_due == NOW + HOUR
    assert HANDED_OFF.on_human_reply(NOW).on_handed_back().on_customer_message(promise()).next_response_due is None


def test_a_snooze_never_outlasts_a_promise_and_moves_none():
    snoozed = HANDED_OFF.on_snoozed(NOW + 9 * HOUR)

    assert snoozed.wakes_at == NOW + HOUR
    assert snoozed.running == HANDED_OFF.running
    assert snoozed.is_asleep(NOW)
    assert not snoozed.is_asleep(NOW + HOUR)


def test_a_customer_who_writes_wakes_a_snoozed_conversation():
    assert HANDED_OFF.on_snoozed(NOW + HOUR).on_customer_message(promise()).wakes_at is None


def test_nothing_runs_and_nothing_breaks_while_resolved():
    resolved = HANDED_OFF.on_resolved(NOW)

    assert resolved.breaches(NOW + 99 * HOUR) == ()
    assert resolved.next_due is None


def test_a_quick_return_finds_the_unmet_promise_running_on():
    reopened = HANDED_OFF.on_resolved(NOW).on_reopened(NOW + 2 * HOUR)

    assert reopened.breaches(NOW + 2 * HOUR) == (Breach(Clock.FIRST_RESPONSE, NOW + HOUR),)


def test_a_durable_resolution_has_stopped_the_wait_for_good():
    assert HANDED_OFF.on_resolved(NOW).on_reopened(NOW + DURABLE) == Clocks()


def test_after_a_reopening_a_new_handoff_owes_a_new_first_response():
    clocks = HANDED_OFF.on_human_reply(NOW).on_resolved(NOW).on_reopened(NOW + HOUR).on_handoff(promise(NOW + HOUR))

    assert clocks.first_response_due == NOW + 2 * HOUR


def test_a_clock_is_breached_from_its_promised_instant_on():
    assert HANDED_OFF.breaches(NOW + HOUR - timedelta(seconds=1)) == ()
    assert HANDED_OFF.breaches(NOW + HOUR) == (Breach(Clock.FIRST_RESPONSE, NOW + HOUR),)


STEPS = {
    "handoff": lambda c, now: c.on_handoff(promise(now)),
    "customer": lambda c, now: c.on_customer_message(promise(now)),
    "assistant": lambda c, _: c.on_assistant_reply(),
    "snooze": lambda c, now: c.on_snoozed(now + 3 * HOUR),
    "back": lambda c, _: c.on_handed_back(),
    "resolve": lambda c, now: c.on_resolved(now),
    "reopen": lambda c, now: c.on_reopened(now),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_without_a_human_reply_no_order_of_events_within_a_week_moves_an_owed_reply(steps):
    clocks, now = HANDED_OFF, NOW
    for step in steps:
        now += HOUR
        clocks = STEPS[step](clocks, now)

    assert clocks.first_response_due == NOW + HOUR
