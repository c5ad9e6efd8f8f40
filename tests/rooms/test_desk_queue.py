"""What stands in which view; in which order stands in test_queue_order.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from segue.desk.queue import CHIPS, VIEWS, Row
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADAS = Row("cnv_ada", Handler.HUMAN, Status.OPEN)


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
