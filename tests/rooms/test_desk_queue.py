"""Whose turn it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from segue.desk.queue import CHIPS, VIEWS, Row, in_order, urgency_of
from segue.domain.assessment import Urgency
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADAS = Row("cnv_ada", Handler.HUMAN, Status.OPEN, NOW, NOW + 4 * HOUR)
GRACES = replace(ADAS, conversation_id="cnv_grace", value=4200.0)


def order(*rows, now=NOW):
    return [row.conversation_id for row in in_order(rows, now)]


def test_of_two_alike_the_larger_customer_comes_first():
    assert order(ADAS, GRACES) == ["cnv_grace", "cnv_ada"]


def test_ada_passes_grace_when_her_promise_is_nearer():
    assert order(GRACES, replace(ADAS, due=NOW + HOUR)) == ["cnv_ada", "cnv_grace"]


def test_the_upset_customer_comes_before_the_calm_one():
    assert order(ADAS, replace(ADAS, conversation_id="cnv_upset", frustration=0.8)) == ["cnv_upset", "cnv_ada"]


def test_an_outage_comes_before_a_question():
    assert order(GRACES, replace(ADAS, urgency=Urgency.CRITICAL)) == ["cnv_ada", "cnv_grace"]


def test_ada_is_not_starved_by_a_stream_of_large_customers():
    later = NOW + 48 * HOUR
    fresh = replace(GRACES, opened_at=later, due=later + HOUR, frustration=0.5)

    assert order(fresh, ADAS, now=later) == ["cnv_ada", "cnv_grace"]


def test_equals_stand_in_the_order_they_came():
    older = replace(ADAS, conversation_id="cnv_zoe", opened_at=NOW - HOUR)

    assert order(ADAS, older) == ["cnv_zoe", "cnv_ada"]


@given(
    hours=st.floats(-1000, 1000), after=st.floats(0, 100), value=st.floats(0, 1e6), mood=st.floats(0, 1),
    has_due=st.booleans(),
)  # fmt: skip
def test_waiting_longer_never_sinks_a_row(hours, after, value, mood, has_due):
    row = replace(ADAS, due=NOW + hours * HOUR if has_due else None, value=value, frustration=mood)

    assert urgency_of(row, NOW + after * HOUR) >= urgency_of(row, NOW) >= 0


def test_every_reason_has_a_chip_of_one_to_three_words():
    assert set(CHIPS) == set(Reason)
    assert all(1 <= len(chip.split()) <= 3 for chip in CHIPS.values())
    assert len(set(CHIPS.values())) == len(CHIPS)


def test_no_conversation_is_out_of_sight():
    for handler, status, assignee, wakes in product(Handler, Status, (None, "mira", "tom"), (None, NOW + HOUR)):
        row = replace(ADAS, handler=handler, status=status, assignee_id=assignee, wakes_at=wakes)
        assert any(view.holds(row, "mira", NOW) for view in VIEWS), row


def test_mira_sees_what_is_hers_and_not_what_is_toms_or_set_aside():
    needs_me = VIEWS[0]

    assert needs_me.holds(replace(ADAS, assignee_id="mira"), "mira", NOW)
    assert not needs_me.holds(replace(ADAS, assignee_id="tom"), "mira", NOW)
    assert not needs_me.holds(replace(ADAS, assignee_id="mira", wakes_at=NOW + HOUR), "mira", NOW)
    assert needs_me.holds(replace(ADAS, assignee_id="mira", wakes_at=NOW - HOUR), "mira", NOW)


def test_views_have_keys_and_ids_of_their_own():
    assert len({view.id for view in VIEWS}) == len({view.key for view in VIEWS}) == len(VIEWS)
