"""Figures over months are counted from rows that are kept beside what they tell about: kept up, they are what they
would be if they were made anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from segue.domain.errors import Unavailable
from segue.insight.figures import DURABLE, Record
from segue.insight.saved import saved
from segue.store.desk import Solution
from segue.store.figured import KEY, Figured
from segue.store.outcomes import Outcomes
from segue.store.timed import Timed
from stage import Stage

INVOICE = "Why is my invoice higher this month?"


def rows(house: Stage) -> list[Any]:
    return house.house.db.all("select * from figured order by conversation_id, episode")


def figures(house: Stage) -> dict[str, tuple[int, int]]:
    whole = Record(house.house.db).standings(house.now - timedelta(days=90), house.now)[0]
    return {f.name: (f.count, f.of) for f in whole.figures}


def behind(house: Stage, figure: str, me: str | None = None) -> tuple[list[str], int]:
    return Record(house.house.db, me).behind(figure, house.now - timedelta(days=90), house.now)


def the_mail_is_sent(house: Stage) -> None:
    """An answer by mail is held for a minute, and is nothing before."""
    house.now += timedelta(minutes=2)
    house.worker.work_off()


def a_week_happens(house: Stage) -> dict[str, str]:
    """Somebody is answered and says yes, somebody falls silent and comes back, somebody has a person."""
    house.customer_writes(INVOICE, "nadia")
    confirmed = house.conversation
    figures(house)
    Outcomes(house.house.db).feedback(confirmed, True, house.now)
    figures(house)
    house.customer_writes(INVOICE, "ada", again=True)
    back = house.conversation
    house.days_pass(4)
    figures(house)
    house.customer_writes("Why is my invoice higher this month? It is still so.", "ada")
    asked_again = house.conversation
    figures(house)
    house.customer_writes("I want to talk to a person.", "grace", again=True)
    handed_over = house.conversation
    figures(house)
    house.agent_replies("It is the second seat.")
    house.agent_resolves()
    return {"confirmed": confirmed, "back": back, "asked_again": asked_again, "handed_over": handed_over}


def test_kept_up_step_by_step_the_rows_are_what_they_are_made_anew(house: Stage) -> None:
    a_week_happens(house)
    figures(house)
    kept = rows(house)

    Figured(house.house.db).rebuild()
    assert rows(house) == kept
    assert len(kept) == 4


def test_each_figure_counts_and_names_what_happened(house: Stage) -> None:
    week = a_week_happens(house)

    found = figures(house)
    assert (found["offered"], found["confirmed"], found["handed_over"]) == ((2, 4), (1, 2), (2, 4))
    assert behind(house, "confirmed") == ([week["confirmed"]], 1)
    assert behind(house, "reopened") == ([week["back"]], 1)
    assert behind(house, "handed_over") == ([week["asked_again"], week["handed_over"]], 2)
    assert behind(house, "verified") == ([], 0)


def test_what_lasts_is_known_when_its_days_are_over_though_nothing_else_happened(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    Outcomes(house.house.db).feedback(house.conversation, True, house.now)
    assert figures(house)["durable"] == (0, 0)

    house.now += DURABLE
    assert figures(house)["durable"] == (1, 1)


@pytest.mark.parametrize("greeting", ["", "Hello!"], ids=["at once", "after a greeting"])
def test_who_comes_back_with_the_same_by_another_channel_within_seven_days_undoes_what_lasted(
    house: Stage, greeting: str
) -> None:
    house.customer_writes(INVOICE, "nadia")
    Outcomes(house.house.db).feedback(house.conversation, True, house.now)
    first = house.conversation
    house.now += timedelta(days=5)
    if greeting:
        house.customer_writes(greeting, "nadia", again=True, channel="email")
    house.customer_writes(INVOICE, "nadia", again=not greeting, channel="email")
    the_mail_is_sent(house)
    assert house.conversation != first
    house.now += timedelta(days=3)

    assert (figures(house)["durable"], figures(house)["confirmed"][0]) == ((0, 1), 1), "each stands for itself"
    assert behind(house, "reopened") == ([first], 1)


def test_who_comes_back_later_than_that_undoes_nothing(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    Outcomes(house.house.db).feedback(house.conversation, True, house.now)
    house.now += DURABLE + timedelta(hours=1)
    house.customer_writes(INVOICE, "nadia", again=True, channel="email")
    the_mail_is_sent(house)

    assert figures(house)["durable"] == (1, 1)


def test_a_closed_teams_conversations_are_counted_but_not_named_to_others(house: Stage) -> None:
    week = a_week_happens(house)
    house.house.db.run("update conversations set team_id = 'billing' where id = %(id)s", {"id": week["handed_over"]})
    house.house.db.run("update teams set is_closed = true where id = 'billing'")
    house.house.db.run("delete from agent_teams where team_id = 'billing'")

    assert behind(house, "handed_over", "agt_tom") == ([], 0)
    assert behind(house, "handed_over", "agt_lena") == ([week["handed_over"], week["asked_again"]], 2), "newest first"


def test_what_is_erased_is_counted_no_more(house: Stage) -> None:
    week = a_week_happens(house)
    figures(house)
    house.house.db.run("delete from conversations where id = %(id)s", {"id": week["handed_over"]})

    assert figures(house)["handed_over"] == (1, 3)


def test_while_somebody_else_makes_them_for_the_first_time_that_is_said(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    with house.house.db.transaction() as other:
        other.execute("select pg_advisory_xact_lock(hashtext(%s))", (KEY,))
        with pytest.raises(Unavailable, match="first time"):
            figures(house)

    assert figures(house)["offered"] == (1, 1)


def test_what_lasted_saves_the_time_that_people_noted_for_the_like(house: Stage) -> None:
    since, hands = house.now - timedelta(days=30), house.house.hands
    house.house.db.run("update resolutions set minutes = null")
    for number, minutes in enumerate((4.0, 6.0, 6.0, 6.0, 8.0, 10.0)):
        house.customer_writes("I want to talk to a person.", f"c{number}", again=True)
        hands.resolve(house.conversation, "agt_mira", Solution("Told.", None, minutes=minutes), house.now)
    by_people = house.conversation
    house.customer_writes(INVOICE, "nadia")
    Outcomes(house.house.db).feedback(house.conversation, True, house.now)
    early = saved(house.house.db, since, house.now)[0]
    house.hours_pass(24 * 7)

    whole, *rows = saved(house.house.db, since, house.now)

    assert (early.lasting, early.minutes) == (0, 0.0), "its seven days were not over"
    assert (whole.lasting, whole.minutes, whole.low, whole.high) == (1, 6.0, 4.0, 10.0)
    assert [(r.category, r.lasting) for r in rows if r.lasting] == [("billing", 1)]
    ids, count = Timed(house.house.db).behind(since, "", 2, "agt_mira")
    assert (len(ids), count) == (2, 6)
    everybody = Timed(house.house.db).behind(since)[0]
    assert by_people == everybody[-1], "a machine goes through all, from the oldest on"
    assert ids == [by_people, everybody[-2]], "who reads begins with the newest"
    assert Timed(house.house.db).behind(since, "no such category") == ([], 0)
