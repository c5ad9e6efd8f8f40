"""What agents' hands teach triage: urgency they change, frustration they judge, and what matters cost them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from segue.app.fitted import taught
from segue.app.fitting import fit, teach
from segue.app.learning import run, unlearn_erased
from segue.domain.assessment import Urgency
from segue.domain.errors import Conflict, NotFound
from segue.store.desk import Solution
from segue.store.outcomes import Outcomes
from segue.triage.mood import MoodHead
from small import make_small
from stage import Stage

PAYROLL = "The payroll export of our office in {} does not open."
PLACES = ("Bern", "Graz", "Lyon", "Turin", "Ghent", "Cork", "Porto", "Malmo", "Turku", "Aarhus", "Leeds", "Basel")


def raises(house: Stage, agent: str, urgency: Urgency) -> None:
    house.house.hands.judge_urgency(house.conversation, agent, urgency, house.now)


def noticed(house: Stage) -> dict[str, Any]:
    turns = house.house.conversations.turns(house.conversation)
    return dict(turns[-1]["assessment"])


def test_an_agent_s_word_on_urgency_moves_the_conversation_and_holds_for_the_episode(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about the payroll export.", who="ada")
    before = house.row
    raises(house, "agt_mira", Urgency.HIGH)

    assert (before["urgency"], house.row["urgency"]) == ("normal", "high")
    assert house.row["presses_at"] < before["presses_at"]
    event = house.house.db.one("select author, body from events where kind = 'urgency.changed'")
    assert event
    assert (event.author, event.body["from"], event.body["to"]) == ("agt_mira", "normal", "high")

    house.customer_writes("The file is from March.", who="ada")
    assert house.row["urgency"] == "high"

    house.customer_writes("Production is down for all our users!", who="ada")
    assert house.row["urgency"] == "critical"


def test_a_deadline_is_a_day_of_the_zone_that_people_work_in(house: Stage) -> None:
    house.lead_sets(sla__hours__timezone="Pacific/Kiritimati")
    house.now = house.now.replace(hour=20)  # where they work it is tomorrow

    house.customer_writes(f"I need the payroll export by {house.now + timedelta(days=3):%A}.", who="ada")

    assert house.row["urgency"] == "high"


def test_saying_the_same_twice_is_one_change(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", who="ada")
    raises(house, "agt_mira", Urgency.HIGH)
    raises(house, "agt_mira", Urgency.HIGH)

    rows = house.house.db.all("select noticed, changed_to, agent_id from urgency_changes")
    assert [(row.noticed, row.changed_to, row.agent_id) for row in rows] == [("normal", "high", "agt_mira")]


def test_a_resolved_conversation_waits_for_nobody(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", who="ada")
    house.agent_resolves()

    with pytest.raises(Conflict, match="Reopen it first"):
        raises(house, "agt_mira", Urgency.HIGH)
    with pytest.raises(NotFound):
        house.house.hands.judge_urgency("cnv_nobody", "agt_mira", Urgency.LOW, house.now)


@pytest.mark.long
def test_what_two_agents_raise_again_and_again_is_raised_after_the_next_fit(house: Stage) -> None:
    for n, place in enumerate(PLACES * 2):
        house.customer_writes(PAYROLL.format(place) + " Please pass me to a person.", who=f"eve{n}")
        raises(house, ("agt_mira", "agt_tom")[n % 2], Urgency.HIGH)
    report = fit(house.house, house.now)
    house.mind.refresh()
    house.customer_writes(PAYROLL.format("Oslo") + " Please pass me to a person.", who="grace")

    assert report["urgency"]["used"]
    assert (report["urgency"]["changes"], report["urgency"]["agents"]) == (24, 2)
    assert noticed(house)["urgency"]["value"] == "high"
    assert noticed(house)["urgency"]["words"][-1].startswith("agents raised 15 of 15")

    fit(house.house, house.now)
    house.mind.refresh()
    house.customer_writes("Please add two seats to our plan.", who="nadia")
    assert noticed(house)["urgency"]["value"] == "normal"


def test_one_agent_alone_teaches_nothing(house: Stage) -> None:
    for n, place in enumerate(PLACES * 2):
        house.customer_writes(PAYROLL.format(place) + " Please pass me to a person.", who=f"eve{n}")
        raises(house, "agt_mira", Urgency.HIGH)

    assert not teach(house.house, house.now)["urgency"]["used"]


def test_one_contact_s_conversations_count_three_times_at_most(house: Stage) -> None:
    for n, place in enumerate(PLACES * 2):
        house.customer_writes(PAYROLL.format(place) + " Please pass me to a person.", who="ada")
        raises(house, ("agt_mira", "agt_tom")[n % 2], Urgency.HIGH)
        house.agent_resolves()
        house.conversation = ""

    assert teach(house.house, house.now)["urgency"]["changes"] == 3


def test_the_fit_says_how_well_complexity_follows_the_effort_people_had(house: Stage) -> None:
    report = fit(house.house, house.now)["complexity"]

    assert report["conversations"] >= 200
    assert report["used"] == (report["spearman"] >= 0.1 and report["spearman"] > report["spearman_of_the_rule"])


def test_who_comes_back_by_mail_is_known_and_what_was_promised_in_the_chat_is_shown(house: Stage) -> None:
    house.customer_writes("My export of the March report stops at 80 percent. I want to talk to a person.", who="grace")
    house.agent_replies("Thank you, Grace. I will repair the export by Friday.")
    house.agent_replies("Have a nice day!")
    house.agent_resolves()
    house.conversation = ""
    house.days_pass(6)
    house.customer_writes("My export of the March report still stops at 80 percent.", who="grace", channel="email")

    repeat, briefing = noticed(house)["repeat"], house.house.conversations.briefing(house.conversation)
    assert repeat["promised"] == ["I will repair the export by Friday."]
    assert briefing
    assert briefing["earlier"][0]["promised"] == "I will repair the export by Friday."
    assert briefing["earlier"][0]["is_same_issue"]
    assert briefing["earlier"][0]["channel"] == "chat"


def test_a_promise_is_remembered_for_a_fortnight(house: Stage) -> None:
    house.customer_writes("My export of the March report stops at 80 percent. I want to talk to a person.", who="grace")
    house.agent_replies("I will repair the export by Friday.")
    house.agent_resolves()
    house.conversation = ""
    house.days_pass(15)
    house.customer_writes("My export of the March report still stops at 80 percent.", who="grace", channel="email")

    assert noticed(house)["repeat"] is None


# frustration, as people here hear it

THINGS = ("export", "import", "report", "ledger", "portal", "sync", "upload", "login", "chart", "badge")
GRUMBLE = "Well, there we go, the {} has its moods again."


def judges(house: Stage, agent: str, is_frustrated: bool) -> None:
    house.house.hands.judge_frustration(house.conversation, house.turn["seq"], agent, is_frustrated, house.now)


def judged(house: Stage, times: int = 24) -> None:
    """Two agents hear a grumble that no list holds, and plain questions, of as many customers."""
    for n in range(times):
        agent, thing = ("agt_mira", "agt_tom")[n % 2], THINGS[n % len(THINGS)]
        house.customer_writes(GRUMBLE.format(thing), who=f"eve{n}")
        judges(house, agent, True)
        house.customer_writes(f"Where do I find the {thing}?", who=f"ivy{n}")
        judges(house, agent, False)


def test_an_agent_s_word_on_frustration_is_recorded_once_with_what_was_shown(house: Stage) -> None:
    house.customer_writes(GRUMBLE.format("portal"), who="ada")
    for _ in range(2):
        judges(house, "agt_mira", True)
    house.hours_pass(1)
    judges(house, "agt_mira", False)

    events = house.house.db.all("select author, body from events where kind = 'frustration.judged' order by id")
    assert [(e.author, e.body["is_frustrated"]) for e in events] == [("agt_mira", True), ("agt_mira", False)]
    assert events[0].body["shown"] == pytest.approx(noticed(house)["frustration"]["value"], abs=1e-6)
    (turn,) = house.house.signals.judged_turns()
    assert (turn.judged, turn.agents) == (0.0, ("agt_mira",)), "the newest word holds"
    with pytest.raises(NotFound, match="considered"):
        house.house.hands.judge_frustration(house.conversation, 99, "agt_mira", True, house.now)


def test_what_a_key_says_of_urgency_moves_the_queue_and_teaches_nothing_until_a_person_says_so(house: Stage) -> None:
    hands, signals = house.house.hands, house.house.signals
    house.customer_writes(f"{PAYROLL.format('Bern')} I want a person.", who="ada")
    house.agent_takes()
    assert [case.changed_to for case in signals.urgency_cases()] == [None], "left as it was shown"
    hands.judge_urgency(house.conversation, "agt_mira", Urgency.HIGH, house.now, lambda _: "key:crm")
    assert (house.row["urgency"], signals.urgency_cases()) == ("high", [])

    house.hours_pass(1)
    raises(house, "agt_mira", Urgency.HIGH)

    assert [(case.changed_to, case.agent) for case in signals.urgency_cases()] == [(Urgency.HIGH, "agt_mira")]
    house.hours_pass(1)
    hands.judge_urgency(house.conversation, "agt_tom", Urgency.LOW, house.now, lambda _: "key:crm")
    assert [case.changed_to for case in signals.urgency_cases()] == [Urgency.HIGH], "hers stands"

    house.customer_writes(f"{PAYROLL.format('Graz')} I want a person.", who="grace")
    house.agent_takes()
    hands.resolve(house.conversation, "agt_mira", Solution("Done."), house.now, lambda _: "key:crm")
    assert len(signals.urgency_cases()) == 1, "nobody left this one as it was shown"
    hands.resolve(house.conversation, "agt_mira", Solution(""), house.now)
    assert sorted(str(case.changed_to) for case in signals.urgency_cases()) == ["None", "high"]


def test_what_a_key_says_of_frustration_teaches_nothing_until_a_person_says_so(house: Stage) -> None:
    house.customer_writes(GRUMBLE.format("portal"), who="ada")
    seq, judge = house.turn["seq"], house.house.hands.judge_frustration
    judge(house.conversation, seq, "agt_mira", True, house.now, lambda _: "key:crm")
    assert house.house.signals.judged_turns() == []

    judges(house, "agt_mira", True)

    (turn,) = house.house.signals.judged_turns()
    assert (turn.judged, turn.agents) == (1.0, ("agt_mira",))
    told = house.house.db.all(
        "select body ->> 'voice' as voice from events where kind = 'frustration.judged' order by id"
    )
    assert [event.voice for event in told] == ["key:crm", None]


def test_what_agents_hear_as_frustrated_is_heard_at_night_and_the_reading_says_so(house: Stage) -> None:
    house.customer_writes(GRUMBLE.format("calendar"), who="grace")
    before = noticed(house)["frustration"]["value"]
    judged(house)

    report = run(house.house, house.now, "nightly", "segue")["taught"]["frustration"]
    house.mind.refresh()
    house.customer_writes(GRUMBLE.format("payroll"), who="nadia")

    assert report["used"], report
    assert (report["turns"], report["agents"]) == (48, 2)
    after = noticed(house)["frustration"]
    assert after["value"] > before + 0.1
    assert after["words"][-1] == "more frustrated, as people here judged 48 turns"


def test_too_little_judged_leaves_frustration_as_it_ships(house: Stage) -> None:
    judged(house, 4)

    report = run(house.house, house.now, "nightly", "segue")["taught"]["frustration"]

    assert not report["used"]
    assert report["needed"]["turns"] == 40
    assert house.house.workspace.taught()["mood"]["turns"] == 8
    assert taught(house.house.workspace, "mood", MoodHead.from_bytes) is None


def test_erasing_customers_unlearns_how_they_sounded(house: Stage) -> None:
    make_small(house.house)
    judged(house)
    run(house.house, house.now, "nightly", "segue")
    assert taught(house.house.workspace, "mood", MoodHead.from_bytes) is not None
    gone = house.house.db.all("select id from contacts where email like 'eve%%' limit 20")

    for contact in gone:
        house.house.erasures.erase(contact.id, "lena", house.now)
    unlearn_erased(house.house, house.now)

    assert len(house.house.signals.judged_turns()) == 28
    assert taught(house.house.workspace, "mood", MoodHead.from_bytes) is None, "four grumbles are too few"
    assert house.house.db.one("select count(*) as n from heads where kind = 'mood' and body <> ''").n == 0


def test_a_customer_s_no_makes_the_next_message_half_frustrated_and_a_yes_makes_it_calm(house: Stage) -> None:
    for who, is_solved in (("ada", False), ("grace", True)):
        house.customer_writes("Why is my invoice higher this month?", who=who)
        house.customer_writes("I still see two invoices for May.", who=who)
        Outcomes(house.house.db).feedback(house.conversation, is_solved, house.now, said=3)

    told = {(t.contact_id, t.text[:3]): t.judged for t in house.house.signals.judged_turns()}
    assert (told["con_ada", "Why"], told["con_ada", "I s"]) == (None, 0.5)
    assert (told["con_grace", "Why"], told["con_grace", "I s"]) == (None, 0.0)
