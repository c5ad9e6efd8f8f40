"""The policy's form speaks in the unit of each field, and calls things by their names."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from segue.domain.catalogue import Catalogue, Category
from segue.domain.people import Team
from segue.policy.diff import diff
from segue.policy.lint import lint
from segue.policy.settings import changed, load
from segue.policy.settings.written import starter_text
from segue.texts import speaking, word
from segue.web.policy_draft import Draft, drafted
from segue.web.policy_form import Field, Kind, form_of
from segue.web.policy_typed import plain, shown
from segue.web.policy_words import Words, words_of

CATALOGUE = Catalogue((Category("billing", "Billing questions", False),), ())
TEAMS = [Team("support", "First line"), Team("tech", "Engineers")]
BILLING = ("categories", "billing")
BODY = changed(starter_text("balanced"), {BILLING: {"ceiling": "suggest", "tiers": {"gold": {"floor": 0.9}}}})
FORM = form_of(load(BODY), CATALOGUE, TEAMS)
FIGURES = [one for one in FORM.fields() if one.kind in (Kind.SHARE, Kind.NUMBER)]
TYPED = ("-1", "0", "2.5", "60", "100", "1000", "100000")
HOUSE: Any = SimpleNamespace(workspace=SimpleNamespace(catalogue=lambda: CATALOGUE, teams=lambda: TEAMS))


def filled(**other: str) -> dict[str, str]:
    known = plain(load(BODY))
    sent = {one.name: shown(known, one) for one in FORM.fields()}
    return {"base": BODY} | {n: v for n, v in sent.items() if v or "." in n} | other


def tried(one: Field, typed: str) -> Draft:
    sent = filled(**{one.name: typed})
    return drafted(HOUSE, {name: value for name, value in sent.items() if _is_sent(name, value)}, BODY)


def _is_sent(name: str, value: str) -> bool:
    switches = {one.name for one in FORM.fields() if one.kind is Kind.SWITCH}
    return name not in switches or value == "on"


def test_channels_are_called_as_people_call_them() -> None:
    body = changed(starter_text("balanced"), {BILLING: {"channels": {"api": {"floor": 0.9}, "email": {"floor": 0.8}}}})
    for language, names in (("en", ["Chat", "E-mail", "Form", "API"]), ("de", ["Chat", "E-Mail", "Formular", "API"])):
        with speaking(language):
            form = form_of(load(body), CATALOGUE, TEAMS)
            assert [word(one.label).partition(",")[0] for one in form.hold] == names
            assert {word(cell.where) for cell in form.cells if cell.where} == {names[1], names[3]}


def test_the_starter_is_filled_in_as_it_stands() -> None:
    draft = drafted(HOUSE, {n: v for n, v in filled().items() if _is_sent(n, v)}, BODY)
    assert (draft.wrong, load(draft.body)) == ({}, load(BODY))


@pytest.mark.parametrize("one", FIGURES, ids=lambda one: one.name)
def test_what_is_no_figure_for_a_field_is_told_beside_it_as_it_was_typed(one: Field) -> None:
    refused = 0
    for typed in TYPED:
        wrong = tried(one, typed).wrong
        assert set(wrong) <= {one.name}, (typed, wrong)
        if told := wrong.get(one.name):
            refused += 1
            assert typed in told, (typed, told)
            as_kept = f"{float(typed) / 100:g}" if re.fullmatch(r"[\d.]+", typed) else "?"
            numbers = re.findall(r"\d+(?:\.\d+)?", told)
            assert one.kind is not Kind.SHARE or as_kept == typed or as_kept not in numbers, (typed, told)
    assert refused >= 2


def test_a_share_above_its_bound_is_told_of_in_per_cent_in_both_languages() -> None:
    (one,) = (one for one in FIGURES if one.name == "budget.wrong")
    assert tried(one, "60").wrong == {"budget.wrong": "Should be at most 50%, not 60%."}
    with speaking("de"):
        assert tried(one, "60").wrong == {"budget.wrong": "Ist höchstens 50\xa0%, nicht 60\xa0%."}


def test_what_contradicts_another_field_names_no_figure_of_the_yaml() -> None:
    high = next(one for one in FIGURES if one.name == "triggers.frustration.high")

    found = lint(tried(high, "50").policy, CATALOGUE, TEAMS)

    told = [finding.text for finding in found if finding.path == "triggers.frustration.middle"]
    assert told == ["It must be less than what brings a person at one message."]


def test_changes_and_findings_are_called_by_names_and_say_what_their_fields_say() -> None:
    before = load(BODY)
    said = {"ceiling": "auto_with_hold", "team": "tech", "budget": {"wrong": 0.1}, "needs_account": True,
            "tiers": {"gold": {"floor": 0.85}}}  # fmt: skip
    after = load(changed(BODY, {BILLING: said, ("groups", "money"): {"categories": ["billing"]}}))

    told = words_of(HOUSE, before, after).changes(diff(before, after))

    assert [(one.name, one.before, one.after, one.is_yaml) for one in told] == [
        ("Billing questions: Ceiling", "suggest", "auto with hold", False),
        ("Billing questions: Team", "", "Engineers", False),
        ("Billing questions: Wrong ≤ %", "", "10%", False),
        ("Billing questions: Sure %", "", "95%", False),
        ("Billing questions: Known customer", "", "needed", False),
        ("Billing questions, gold: Sure enough %", "90%", "85%", False),
        ("groups.money.categories", "", "billing", True),
    ]


def test_every_field_has_a_name_of_its_own() -> None:
    words = Words([FORM], {"tech": "Engineers"})
    names = [words.name(one.name) for one in FORM.fields()]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    assert words.name("sla.teams.tech.week.mon") == "Hours of Engineers"
    assert words.name("topics.legal.law") == ""
