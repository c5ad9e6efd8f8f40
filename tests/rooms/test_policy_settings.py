"""A policy as text: what is read, what is refused and how it is told, what is inherited, what topics meet."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.growth import reads_on

from segue.domain.assessment import Complexity
from segue.domain.catalogue import Catalogue, Category
from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.errors import Refused
from segue.policy.accounts import mindful_of_accounts
from segue.policy.settings import STARTERS, Policy, dump, load, starter
from segue.policy.settings.cells import Budget
from segue.policy.settings.topics import TOPICS, compile_pattern, compile_topics, flags
from segue.policy.settings.written import starter_text

# ---- reading and writing


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_survives_being_written_and_read(name: str) -> None:
    policy = starter(name)

    assert policy.name == name
    assert load(dump(policy)) == policy


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_means_the_same_to_any_other_yaml_reader(name: str) -> None:
    again = yaml.safe_dump(yaml.safe_load(starter_text(name)))

    assert load(again) == starter(name)


def test_a_starter_teaches_in_its_comments() -> None:
    for name in STARTERS:
        assert starter_text(name).count("# ") >= 6


@pytest.mark.parametrize(
    ("written", "may"),
    [
        ("name: a", True),
        ("{name: a, assistant: false}", False),
        ("{name: a, categories: {default: {ceiling: approve}}}", False),
        ("{name: a, categories: {default: {ceiling: suggest}, lost: {ceiling: auto, handling: human}}}", False),
        ("{name: a, categories: {default: {ceiling: suggest}, lost: {ceiling: auto_with_hold}}}", True),
        ("{name: a, categories: {default: {ceiling: suggest, tiers: {free: {ceiling: auto}}}}}", True),
        ("{name: a, categories: {default: {ceiling: suggest, channels: {chat: {ceiling: auto}}}}}", True),
        ("{name: a, categories: {default: {ceiling: shadow}}, groups: {g: {categories: [x], ceiling: auto}}}", True),
    ],
)  # fmt: skip
def test_a_policy_says_whether_anybody_is_answered_before_a_person_has_read(written: str, may: bool) -> None:
    assert load(written).answers_alone is may


def test_the_starters_go_from_cautious_to_bold() -> None:
    cautious, balanced, bold = map(starter, STARTERS)

    assert cautious.budget.wrong < balanced.budget.wrong < bold.budget.wrong
    ceilings = [p.cell(None, None, None).ceiling for p in (cautious, balanced, bold)]
    assert ceilings == [Rung.APPROVE, Rung.AUTO_WITH_HOLD, Rung.AUTO]


def test_an_unknown_starter_is_refused() -> None:
    with pytest.raises(Refused, match="cautious, balanced, bold"):
        starter("brave")


def test_what_is_off_stays_off() -> None:
    policy = load("name: calm\ntriggers: {frustration: off, complexity: off, languages: off, turn_cap: off}\n")

    triggers = policy.triggers
    assert (triggers.frustration, triggers.complexity, triggers.languages, triggers.turn_cap) == (None,) * 4
    assert load(dump(policy)) == policy


def test_country_language_and_time_stay_what_they_look_like() -> None:
    policy = load(
        "name: 12\ntriggers: {languages: [no]}\n"
        "sla: {hours: {week: {mon: 10:00-17:00}, holidays: {country: NO, dates: [2026-12-24]}}}\n"
    )

    assert (policy.name, policy.triggers.languages) == ("12", ("no",))
    assert policy.sla.hours.holidays.country == "NO"
    assert load(dump(policy)) == policy


def test_hours_may_be_around_the_clock() -> None:
    policy = load("name: night\nsla: {hours: 24x7, targets: {default: {first_response: 1h}}}\n")

    assert len(policy.sla.hours.week) == 7
    assert load(dump(policy)) == policy


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
cells = st.fixed_dictionaries(
    {},
    optional={
        "handling": st.sampled_from(["answer", "human"]),
        "ceiling": st.sampled_from([rung.name.lower() for rung in Rung]),
        "team": words | st.sampled_from(["on", "off", "null", "~", "1", "1.5", "true", "- a", "a: b", "#", "17:00"]),
        "floor": st.floats(0, 1),
        "needs_account": st.booleans(),
        "tiers": st.dictionaries(words, st.just({"ceiling": "suggest"}), max_size=2),
        "channels": st.dictionaries(st.sampled_from(Channel), st.just({"team": "mail"}), max_size=2),
    },
)


@settings(max_examples=60, deadline=None)
@given(words, st.dictionaries(words | st.sampled_from(["on", "null", "1", "~"]), cells, max_size=4), st.floats(0, 1))
def test_any_policy_survives_being_written_and_read(name: str, categories: dict[str, object], share: float) -> None:
    policy = Policy.model_validate({"name": name, "categories": categories, "unknown_share": share})

    assert load(dump(policy)) == policy


# ---- refusing

WRONG = [
    ("a slip of the pen", "name: x\nbudgt: 1\n", "Line 2, budgt: is not a setting; did you mean budget?", "/budgt"),
    ("a missing name", "assistant: on\n", "Line 1, name: is missing.", "/name"),
    ("a repeated key", "name: x\nasking:\n  margin: 0.1\n  margin: 0.2\n",
     "Line 4, asking.margin: is set already in line 3.", "/asking/margin"),
    ("an unknown rung", "name: x\ncategories:\n  billing:\n    ceiling: atuo\n", ("Line 4, categories.billing.ceiling: "
     "a rung is one of route, shadow, suggest, approve, auto_with_hold, auto, not 'atuo'."),
     "/categories/billing/ceiling"),
    ("too large a share", "name: x\nbudget: {wrong: 5}\n",
     "Line 2, budget.wrong: should be at most 0.5, not 5.", "/budget/wrong"),
    ("on where a number belongs", "name: x\ntriggers: {turn_cap: on}\n",
     "Line 2, triggers.turn_cap: should be a whole number, not on.", "/triggers/turn_cap"),
    ("yes where on belongs", "name: x\nassistant: yes\n", "Line 2, assistant: is on or off, not 'yes'.", "/assistant"),
    ("a word where a list belongs", "name: x\ntriggers: {tiers: enterprise}\n",
     "Line 2, triggers.tiers: is a list, as in [one, other], not 'enterprise'.", "/triggers/tiers"),
    ("a number where settings belong", "name: x\nbudget: 3\n", "Line 2, budget: holds settings of its own, not 3.",
     "/budget"),
    ("an unknown tier of complexity", "name: x\ntriggers: {complexity: very}\n",
     "Line 2, triggers.complexity: is one of 'simple', 'moderate' or 'high', not 'very'.", "/triggers/complexity"),
    ("no person for who asks", "name: x\nguardrails: {wish_for_person: off}\n", ("Line 2, guardrails.wish_for_person: "
     "a wish for a person is always obeyed and cannot be switched off."), "/guardrails/wish_for_person"),
    ("times nobody can read", "name: x\nsla: {hours: {week: {mon: 9-5}}}\n",
     "Line 2, sla.hours.week.mon.0: opening hours look like 09:00-17:00, not '9-5'.", "/sla/hours/week/mon/0"),
    ("a night in one piece", "name: x\nsla: {hours: {week: {mon: 22:00-06:00}}}\n", ("Line 2, sla.hours.week.mon.0: "
     "22:00-06:00 does not end later the same day; write a night as 22:00-24:00 and 00:00-06:00."),
     "/sla/hours/week/mon/0"),
    ("overlapping hours", "name: x\nsla:\n  hours:\n    week: {mon: [09:00-12:00, 11:00-17:00]}\n",
     "Line 4, sla.hours.week: opening hours of one day overlap, on mon.", "/sla/hours/week"),
    ("an eighth day", "name: x\nsla: {hours: {week: {mn: 09:00-17:00}}}\n", ("Line 2, sla.hours.week.mn: is one of "
     "'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun', not 'mn'."), "/sla/hours/week/mn"),
    ("no open day", "name: x\nsla: {hours: {week: {mon: closed}}}\n",
     "Line 2, sla.hours.week: no day of the week is open.", "/sla/hours/week"),
    ("no such time zone", "name: x\nsla: {hours: {timezone: ../etc, week: 24x7}}\n",
     "Line 2, sla.hours.timezone: '../etc' is not a time zone; it looks like Europe/Berlin.", "/sla/hours/timezone"),
    ("no such country", "name: x\nsla: {hours: {week: 24x7, holidays: {country: XX}}}\n",
     "Line 2, sla.hours.holidays.country: no holidays are known for XX.", "/sla/hours/holidays/country"),
    ("a holiday that is no day", "name: x\nsla: {hours: {week: 24x7, holidays: {dates: [Christmas]}}}\n",
     "Line 2, sla.hours.holidays.dates.0: a day looks like 2026-12-24, not 'Christmas'.",
     "/sla/hours/holidays/dates/0"),
    ("no such time", "name: x\nsla: {targets: {default: {resolution: soon}}}\n", ("Line 2, "
     "sla.targets.default.resolution: a promised time looks like 30m, 4h, 2d or 8h 24x7, not 'soon'."),
     "/sla/targets/default/resolution"),
    ("a broken pattern", "name: x\ntopics:\n  legal:\n    court: (sue\n", ("Line 4, topics.legal.court: this is not a "
     "pattern: missing ), unterminated subpattern at position 0."), "/topics/legal/court"),
    ("an alias", "name: &n x\ntopics: *n\n", "Line 2: this is not YAML: aliases (*) are not allowed.", ""),
    ("broken YAML", "name: [x\n", "Line 2: this is not YAML: expected ',' or ']', but got '<stream end>'.", ""),
    ("a list", "- name\n", "The policy is empty or not a list of settings.", ""),
    ("nothing", "", "The policy is empty or not a list of settings.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "field"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_policy_is_refused_for(text: str, told: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        load(text)

    assert refused.value.what_happened == told
    assert refused.value.field == field


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    with pytest.raises(Refused) as refused:
        load("name: x\nunknown_share: 2\nbudget: 3\nmiddle: 1\n")

    assert [line[:6] for line in refused.value.what_happened.splitlines()] == ["Line 2", "Line 3", "Line 4"]


@pytest.mark.parametrize("text", ["{" * 5000, "name: x\n" + "# \n" * 100_000, "\x00", "a: !!int many\n", "? [a]\n: b\n",
                                  "? {a: b}\n: c\n", "name: !!python/object:os.system x\nb: 1\n", "%", "a:\tb\n\tc",
                                  "name: " + "9" * 5000, "name: x\n--- \nname: y\n"])  # fmt: skip
def test_hostile_text_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(Refused):
        load(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.text("abn:-[]{}&*!|>'\"%@`# \n?,~0x", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        assert load(text).name


# ---- inheriting

FINE = load("""
name: fine
categories:
  default:
    ceiling: auto
    floor: 0.5
    tiers: {enterprise: {ceiling: approve}}
  billing:
    team: finance
    channels: {email: {ceiling: suggest, team: mail}}
    tiers: {pro: {ceiling: auto_with_hold, handling: human, team: pros}}
  login:
    ceiling: auto_with_hold
    tiers: {enterprise: {ceiling: auto}}
""")


@pytest.mark.parametrize(
    ("category", "tier", "channel", "ceiling", "team"),
    [
        (None, None, None, Rung.AUTO, None),
        ("unheard_of", None, None, Rung.AUTO, None),
        ("unheard_of", "enterprise", None, Rung.APPROVE, None),
        ("billing", None, Channel.CHAT, Rung.AUTO, "finance"),
        ("billing", None, Channel.EMAIL, Rung.SUGGEST, "mail"),
        ("billing", "enterprise", Channel.CHAT, Rung.APPROVE, "finance"),
        ("billing", "pro", Channel.EMAIL, Rung.SUGGEST, "pros"),
        ("login", "free", Channel.CHAT, Rung.AUTO_WITH_HOLD, None),
        ("login", "enterprise", Channel.CHAT, Rung.AUTO, None),
    ],
)
def test_settings_are_inherited_from_coarse_to_fine(
    category: str | None, tier: str | None, channel: Channel | None, ceiling: Rung, team: str | None
) -> None:
    cell = FINE.cell(category, tier, channel)

    assert (cell.ceiling, cell.team, cell.floor) == (ceiling, team, 0.5)


def test_a_cell_knows_where_each_setting_was_made() -> None:
    set_at = FINE.cell("billing", "pro", Channel.EMAIL).set_at

    assert set_at["ceiling"] == "categories.billing.channels.email.ceiling"
    assert set_at["handling"] == "categories.billing.tiers.pro.handling"
    assert set_at["floor"] == "categories.default.floor"
    assert set_at["needs_account"] == "categories.default.needs_account"


GROUPED = """
name: x
budget: {wrong: 0.1}
categories:
  default: {ceiling: auto}
  refunds: {budget: {wrong: 0.01}}
groups:
  money:
    categories: [billing, refunds]
    budget: {wrong: 0.03, sure: 0.99}
    ceiling: approve
    tiers:
      enterprise: {ceiling: suggest}
"""


def test_a_budget_comes_from_the_category_else_from_its_group_else_from_the_workspace() -> None:
    policy = load(GROUPED)

    assert policy.budget_of("refunds") == Budget(wrong=0.01)
    assert policy.budget_of("billing") == Budget(wrong=0.03, sure=0.99)
    assert policy.budget_of("login") == policy.budget_of(None) == Budget(wrong=0.1)


def test_a_group_stands_between_default_and_the_category() -> None:
    policy = load(GROUPED)

    assert policy.cell("billing", None, None).ceiling is Rung.APPROVE
    assert policy.cell("billing", "enterprise", None).ceiling is Rung.SUGGEST
    assert policy.cell("login", "enterprise", None).ceiling is Rung.AUTO
    assert policy.cell("billing", None, None).set_at["ceiling"] == "groups.money.ceiling"


def test_a_category_is_in_one_group_at_most() -> None:
    with pytest.raises(Refused, match="billing is in two groups, money and more"):
        load(GROUPED + "  more: {categories: [billing]}\n")
    with pytest.raises(Refused, match="groups"):
        load(GROUPED + "  empty: {categories: []}\n")


def test_a_category_may_have_a_budget_of_its_own() -> None:
    policy = load("name: x\nbudget: {wrong: 0.1}\ncategories: {billing: {budget: {wrong: 0.01, sure: 0.9}}}\n")

    assert policy.budget_of("billing").wrong == 0.01
    assert policy.budget_of("login").wrong == 0.1


def test_a_tier_promises_what_default_does_where_it_says_nothing_else() -> None:
    policy = load(
        "name: x\nsla: {targets: {default: {first_response: 4h, resolution: 3d}, enterprise: {first_response: 30m}}}\n"
    )

    target = policy.sla.target("enterprise")

    assert (str(target.first_response), str(target.resolution), target.next_response) == ("30m", "3d", None)
    assert policy.sla.target(None) == policy.sla.target("free") == policy.sla.targets["default"]


def test_the_policy_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        starter("bold").triggers.complexity = Complexity.SIMPLE  # type: ignore[misc]


# ---- topics

MEETS = [
    ("legal", "I will talk to my lawyer about this"),
    ("legal", "We will take you to court."),
    ("security", "I think my account has been hacked"),
    ("security", "there is an unrecognised login from Peru"),
    ("security", "Your export page has a SQL injection, see CVE-2026-12345"),
    ("security", "someone has stolen our api key"),
    ("security", "stolen api key, need new one"),
    ("security", "I accidentally published our API key, how do I make a new one?"),
    ("security", "by mistake I pasted the token into a public forum"),
    ("security", "we pushed our credentials to GitHub"),
    ("security", "An ex-employee still has our API key"),
    ("security", "Ein ehemaliger Mitarbeiter hat noch Zugriff auf unser Konto"),
    ("security", "Jemand hat unseren API-Schlüssel gestohlen"),
    ("security", "a hacker has our API key"),
    ("security", "someone stole my password"),
    ("security", "somebody is using our API key who should not"),
    ("security", "Someone got hold of our token"),
    ("security", "our api key is on pastebin"),
    ("security", "I pasted the api key into a public chat"),
    ("security", "our credentials fell into the wrong hands"),
    ("privacy", "Under the GDPR you have to answer."),
    ("privacy", "Please delete all of my personal data"),
    ("privacy", "I can see another customer's invoice!"),
    ("cancellation", "Please cancel our subscription"),
    ("cancellation", "I don’t want to renew"),
    ("cancellation", "we dont want to renew"),
    ("cancellation", "We are switching to another provider"),
    ("payment_dispute", "I am disputing this charge"),
    ("payment_dispute", "then I do a chargeback"),
    ("harm", "I want to kill myself"),
    ("harm", "the charger caught fire"),
    ("regulator_complaint", "I shall complain to the ombudsman"),
    ("regulator_complaint", "This is a formal   complaint"),
]
MEETS += [
    ("cancellation", said)
    for said in ("delete account", "Hi, please cancel subscription", "how do I delete account?", "Abo kündigen")
]
MEETS += [
    ("cancellation", said)
    for said in (
        "I'd like to close my Ledgerly account", "please stop our weekly meal plan subscription", "We are leaving you.",
        "we take our business elsewhere", "Ich wechsle zu einem anderen Anbieter", "Wir gehen zur Konkurrenz",
        "Wie komme ich raus aus dem Vertrag?",
    )
]  # fmt: skip
LEAVES_ALONE = [
    "delete account manager",
    "I clicked delete account and nothing happened",
    "delete user from account",
    "How do I delete my card from my account?",
    "Please delete our test account",
    "I am leaving for a holiday tomorrow",
    "Wie wechsle ich den Tarif?",
    "My name is Sue and I cannot log in",
    "The courtyard picture does not load",
    "How do I cancel a meeting?",
    "Can I renew earlier?",
    "What is the charge for a transfer?",
    "I deleted a file by mistake",
    "Where do I see my data usage?",
    "My token expired",
    "I pasted the API key into Zapier and nothing happens",
    "How do I take a former employee's access away?",
    "Where do I find my API key? I published our app",
    "We published our app, where is the API key?",
    "Wie entziehe ich einem ehemaligen Mitarbeiter den Zugriff?",
    "Is there an issue with the export?",
    "How do I close a ticket in the app?",
    "Please cancel my order but keep the subscription",
    "Ich gehe zur Bank und frage dort",
    "Does it support dark mode?",
    "I was charged for two seats",
]


@pytest.mark.parametrize(("topic", "message"), MEETS)
def test_a_topic_is_met_by(topic: str, message: str) -> None:
    met = flags(message, starter("balanced").compiled_topics())

    assert topic in [flag.topic for flag in met]
    assert all(flag.rule in TOPICS[flag.topic] and flag.words[0] in message for flag in met)


@pytest.mark.parametrize("message", LEAVES_ALONE)
def test_no_topic_is_met_by(message: str) -> None:
    assert flags(message, starter("balanced").compiled_topics()) == ()


@pytest.mark.parametrize(
    ("spoken", "workspace", "usual"),
    [("[de]", "", "de"), ("[de, en]", "en", "en"), ("[en]", "de", "en"), ("off", "de", "de"), ("off", "", "en")],
)
def test_a_message_too_short_to_tell_is_in_a_language_the_assistant_answers_in(
    spoken: str, workspace: str, usual: str
) -> None:
    """Else "neue iban" goes to people at a desk that speaks German alone, for being English."""
    assert load(f"name: x\ntriggers: {{languages: {spoken}}}\n").usual_language(workspace) == usual


def test_topics_are_added_replaced_and_switched_off_by_name() -> None:
    policy = load("name: x\ntopics:\n  press:\n    names a paper: (journalist|newspaper)s?\n  legal: {}\n")

    assert [f.topic for f in flags("My lawyer knows two journalists", policy.compiled_topics())] == ["press"]
    assert "security" in policy.topics
    assert load(dump(policy)) == policy


def test_a_policy_made_from_one_that_was_asked_already_guards_accounts_all_the_same() -> None:
    """What the first reckoned of a category is none of the other's."""
    asked = load("name: x\n")
    assert not asked.cell("billing", None, Channel.CHAT).needs_account
    assert asked.answers_alone

    guarded = mindful_of_accounts(asked, Catalogue((Category("billing", "Billing", needs_account=True),), ()))

    assert guarded.cell("billing", None, Channel.CHAT).needs_account
    assert not asked.cell("billing", None, Channel.CHAT).needs_account


def test_a_pattern_is_written_as_one_would_say_it() -> None:
    pattern = compile_pattern("don't (want|like) it")

    assert all(pattern.search(text) for text in ("I don't want it", "I DONT\n like it", "don’t   want it."))
    assert not pattern.search("don't want items")


COSTLY = ["(a+)+", "a*", r"\w{1,}x", "(a|b|ab){0,20}c", "a?" * 20, ".{0,90}.{0,90}.{0,90}x", "(a)\\1", "(", "", " ",
          "x" * 301, "a{0,99999999999999999999}", "(?:" * 500, "(a|a)" * 15, "[",
          "(?P<x>a)(?(x)b|c)", "a{3,}"]  # fmt: skip


@pytest.mark.parametrize("pattern", COSTLY)
def test_a_pattern_that_could_stall_a_message_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|repeat"):
        compile_pattern(pattern)


def test_the_built_in_topics_read_a_long_message_once_and_not_from_every_word_again() -> None:
    watched = compile_topics(TOPICS)

    assert reads_on(lambda message: flags(message, watched), "delete my  the account cancel our whole don't want i we ")
