"""Day 0, on clouds of vectors: what a history proves, and what it must not."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from segue.assistant.confidence import FARED, Record, Stage
from segue.assistant.evidence import Evidence, weigh
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.ports import DIMENSIONS
from segue.learning.fared import fit_beside, records
from segue.learning.foreign import foreign_texts
from segue.learning.history import fit
from segue.learning.odds import crossed, fit_odds
from segue.learning.rehearsal import FOLDS, Kind, _seen, folds_of, not_kin, rehearse
from segue.policy.settings import starter
from segue.policy.settings.cells import Budget, CategorySettings
from segue.triage.intents import Examples, named_texts

INTENTS = 12
UNOPENED = 3
PEOPLE = "c1"


def catalogue(unopened=UNOPENED):
    """Pairs of intents share a category; the last are known by name only."""
    intents = tuple(
        Intent(f"i{n:02}", f"Matter {n}", f"c{n // 2}", n < INTENTS - unopened, (f"Question {n}", f"And {n}"))
        for n in range(INTENTS)
    )
    return Catalogue(tuple(Category(f"c{n}", f"Group {n}") for n in range(INTENTS // 2)), intents)


def direction(n):
    """Neighbours in number are near twins: they share most of their direction."""
    middle = np.zeros(DIMENSIONS, np.float32)
    middle[n // 2], middle[20 + n] = 1.0, 0.3
    return middle


def messages(wanted, rng, prefix, spread=0.11):
    """So blurred that about one in twenty is taken for its twin. Each text is one word of its own: the words say
    nothing here."""
    rows = np.stack([direction(int(intent[1:])) for intent in wanted])
    rows[:, :40] += spread * rng.standard_normal((len(rows), 40)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Examples(tuple(f"{prefix}message{k}" for k in range(len(wanted))), rows, tuple(wanted))


def foreign(rng, size=60):
    rows = rng.standard_normal((size, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Examples(tuple(f"foreign {n}" for n in range(size)), rows, ("",) * size)


def workspace(seed=0, each=40, unopened=UNOPENED):
    rng = np.random.default_rng(seed)
    of = catalogue(unopened)
    texts = named_texts(of)
    names = messages([i for _, i in texts], rng, "named")
    named = Examples(tuple(t for t, _ in texts), names.vectors, names.intents)
    opened = [i.id for i in of.intents if i.is_opened]
    return messages([i for i in opened for _ in range(each)], rng, "past"), named, of, foreign(rng)


@pytest.fixture(scope="module")
def cases():
    return rehearse(*workspace(), np.random.default_rng(0))[0]


def policy(**changes):
    return starter("balanced").model_copy(update=changes)


@pytest.fixture(scope="module")
def fitted():
    return fit(*workspace()[:3], policy(), workspace()[3])


def test_what_one_customer_wrote_is_left_unseen_together():
    past = workspace()[0]
    whose = tuple(f"con_{n // 3}" if n < 120 else "" for n in range(len(past)))

    folds = folds_of(replace(past, customers=whose), np.random.default_rng(0))

    assert {len(set(folds[n : n + 3])) for n in range(0, 120, 3)} == {1}
    sizes = np.bincount(folds, minlength=FOLDS)
    assert sizes.max() - sizes.min() <= 3, "and the parts are as even as they can be"


def test_a_rehearsal_asks_nobody_who_has_read_a_copy():
    """Of a form that many copied, one is no proof that others would be understood."""
    past = workspace(each=4)[0]
    copies = past.take([*range(len(past)), *range(0, len(past), 2)])
    is_unseen = np.arange(len(copies)) < 9

    seen = _seen(copies, is_unseen)

    assert not {*seen.texts} & {*copies.take(range(9)).texts}
    assert len(seen) == len(copies) - 9 - 5, "five of the nine were copied; all others are read"


def test_a_history_proves_a_threshold(fitted):
    proof = fitted.report["certificate"]

    assert fitted.confidence.threshold() == proof["threshold"]
    assert proof["bound"] <= 0.05
    assert proof["cases"] >= 59


def test_coming_messages_keep_the_promise_near_twins_included(fitted):
    rng = np.random.default_rng(99)
    coming = messages([f"i{n:02}" for n in range(INTENTS) for _ in range(60)], rng, "new")
    opened = {i.id for i in catalogue().intents if i.is_opened}
    answered = wrong = 0

    for text, vector, wanted in zip(coming.texts, coming.vectors, coming.intents, strict=True):
        reading = fitted.head.read(text, vector)
        guess = reading.intents[0]
        if reading.none_of_these.value or not guess.is_opened:
            continue
        sure = fitted.confidence.of(weigh(reading, text, vector, guess, fitted.confidence.middles))
        if sure >= fitted.confidence.threshold(guess.category):
            answered += 1
            wrong += guess.intent != wanted

    assert answered > 0.5 * 60 * len(opened)
    assert wrong <= 0.05 * answered


def test_foreign_messages_are_left_alone(fitted):
    strange = foreign(np.random.default_rng(5), 100)
    readings = [fitted.head.read(t, v) for t, v in zip(strange.texts, strange.vectors, strict=True)]

    assert sum(not r.none_of_these.value for r in readings) <= 2


def test_the_same_history_and_seed_give_the_same_result(fitted):
    again = fit(*workspace()[:3], policy(), workspace()[3])

    assert again.confidence.version == fitted.confidence.version
    assert again.report == fitted.report


def test_the_confidence_names_the_head_it_was_fitted_beside(fitted):
    assert fitted.confidence.head == fitted.head.version


def test_categories_that_people_always_handle_earn_nothing(fitted):
    by_people = policy(categories={PEOPLE: CategorySettings(handling="human")})
    history, named, of, strange = workspace()

    boundary = fit(history, named, of, by_people, strange).confidence.boundary()

    assert PEOPLE not in boundary.standings
    assert PEOPLE in fitted.confidence.boundary().standings


def test_a_category_with_a_stricter_budget_gets_a_threshold_no_lower():
    strict = policy(categories={"c0": CategorySettings(budget=Budget(wrong=0.02))})
    history, named, of, strange = workspace(each=60)

    sure = fit(history, named, of, strict, strange).confidence

    own = sure.threshold("c0")
    assert own is None or own >= sure.threshold("c2")
    assert sure.certificate("c0").budget == 0.02


def test_a_small_history_gives_a_head_and_no_confidence():
    history, named, of, strange = workspace(each=4)

    small = fit(history, named, of, policy(), strange)

    assert small.confidence is None
    assert small.head.read("Anything", history.vectors[0]).intents[0].intent == "i00"


def test_too_little_history_for_a_proof_says_how_much_more_it_takes():
    history, named, of, strange = workspace(each=8)

    proof = fit(history, named, of, policy(), strange).confidence.certificate(None)

    assert proof.threshold is None
    assert proof.needed > 0


def test_no_history_at_all_still_gives_a_head():
    history, named, of, strange = workspace()

    assert fit(history.take(()), named, of, policy(), strange).confidence is None


def test_every_opened_intent_is_once_known_and_once_a_twin(cases):
    history, *_ = workspace()

    seen = {kind: {c.matter.partition(" ")[2] for c in cases if c.kind is kind} for kind in (Kind.KNOWN, Kind.TWIN)}
    assert seen[Kind.KNOWN] == seen[Kind.TWIN] == set(history.intents)
    assert not any(c.first.is_right for c in cases if c.kind is not Kind.KNOWN)


def test_a_closed_intent_is_better_left_alone_where_the_catalogue_names_it(cases):
    unnamed, _ = rehearse(*workspace(unopened=0), np.random.default_rng(0))

    left_alone = [
        np.mean([case.first.guess is None for case in rehearsed if case.kind is Kind.TWIN])
        for rehearsed in (cases, unnamed)
    ]

    assert left_alone[0] > left_alone[1]


def test_a_mate_is_another_message_about_the_same_matter(cases):
    history, *_ = workspace()
    wanted = dict(zip(history.texts, history.intents, strict=True))

    for case in cases:
        if case.kind is not Kind.FOREIGN:
            assert wanted[case.mate.text] == wanted[case.first.text]
            assert case.mate.text != case.first.text


def test_foreign_messages_that_a_workspace_knows_about_are_no_longer_foreign():
    history, _, _, strange = workspace()
    mixed = strange + replace(history.take([0]), intents=("",))

    assert not_kin(mixed, history).texts == strange.texts


def test_the_foreign_messages_ship_with_the_package():
    texts = foreign_texts()

    assert len(texts) >= 150
    assert len(set(texts)) == len(texts)


def test_an_answer_after_a_wrong_one_must_be_surer(fitted):
    evidence = Evidence(**dict.fromkeys(Evidence._fields, 0.0))
    best = evidence._replace(margin=4.0, margin_unopened=6.0, agree=1.0, best=0.9, middle=0.9, near=0.9, again=0.6)

    assert fitted.confidence.of(best, Stage.ANSWERED) < fitted.confidence.of(best, Stage.FIRST)


def test_odds_find_the_feature_that_matters_and_leave_the_constant_alone():
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.standard_normal((4000, 2)), np.ones(4000)])
    right = rng.random(4000) < 1 / (1 + np.exp(-(1.5 * rows[:, 0] + 0.5)))

    odds = fit_odds(rows, right, np.ones(4000))

    assert odds.weights == pytest.approx([1.5, 0.0, 0.0], abs=0.12)
    assert odds.bias == pytest.approx(0.5, abs=0.12)


def test_chances_come_from_models_that_have_not_seen_the_case():
    """With one feature per group, a model that saw the group would know its outcomes by heart."""
    groups = np.repeat(np.arange(5), 40)
    rows = np.eye(5)[groups]
    right = groups < 2

    chances = crossed(rows, right, np.ones(200), groups, partial(fit_odds, ridge=1e-3))

    assert np.abs(chances - right).mean() > 0.4


# how categories fared


def fared(sizes: dict[str, tuple[int, float]], seed: int = 0):
    """Cases said to be right 19 times of 20, of categories with so many of them and such a share of mistakes."""
    rng = np.random.default_rng(seed)
    guessed = [category for category, (cases, _) in sizes.items() for _ in range(cases)]
    right = np.array([rng.random() >= sizes[category][1] for category in guessed])
    return records(np.full(len(guessed), 0.95), guessed, right, rng.integers(0, 5, len(guessed)), sorted(sizes))


EVEN = {f"c{n}": (200, 0.05) for n in range(8)}


def test_a_category_that_went_wrong_more_often_than_the_others_stands_below_them():
    whole, _ = fared(EVEN | {"hard": (200, 0.25)})

    assert whole.effect("hard") < -1.0
    assert all(abs(whole.effect(category)) < 0.8 for category in EVEN)


def test_a_category_with_three_cases_is_taken_for_the_whole_and_doubted_more():
    whole, _ = fared(EVEN | {"hard": (200, 0.25), "thin": (3, 0.0)})

    assert abs(whole.effect("thin")) < abs(whole.effect("hard")) / 2
    assert whole.doubt("thin") > 1.5 * whole.doubt("c0") > 0
    assert whole.doubt("never seen") > 1.5 * whole.doubt("c0")


def test_no_case_speaks_for_itself():
    """Each group is told of the others only: what goes wrong in group 0 alone is unknown there."""
    guessed, groups = ["a", "b"] * 250, np.repeat(np.arange(5), 100)
    right = np.array([not (group == 0 and category == "a") for category, group in zip(guessed, groups, strict=True)])

    whole, apart = records(np.full(500, 0.9), guessed, right, groups, ("a", "b"))

    assert whole.effect("a") < whole.effect("b") - 0.5
    assert apart[0].effect("a") == pytest.approx(apart[0].effect("b"))


def test_how_a_category_fared_counts_whole_beside_the_other_evidence():
    rng = np.random.default_rng(0)
    rows = np.zeros((6000, len(Evidence._fields)))
    rows[:, 1], rows[:, FARED] = rng.standard_normal(6000), rng.normal(0, 0.7, 6000)
    right = rng.random(6000) < 1 / (1 + np.exp(-(1.5 * rows[:, 1] + rows[:, FARED] + 1.0)))

    odds = fit_beside(rows, right, np.ones(6000))

    assert odds.weights[FARED] == pytest.approx(1.0, abs=0.15)
    assert np.abs(odds.of_all(rows).mean() - right.mean()) < 0.01


def test_a_fit_knows_how_its_categories_fared_and_asks_more_of_those_it_knows_little_of():
    """Three in ten messages of one intent were filed under its neighbour's name."""
    history, named, of, strange = workspace(each=60)
    rng = np.random.default_rng(4)
    muddled = tuple("i05" if i == "i06" and rng.random() < 0.3 else i for i in history.intents)

    sure = fit(replace(history, intents=muddled), named, of, policy(), strange).confidence

    assert sure is not None
    assert sure.record != Record()
    assert min(sure.record.effects, key=lambda c: sure.record.effects[c]) in ("c2", "c3")
    assert type(sure).from_bytes(sure.to_bytes()).record == sure.record
    proven = sure.certificate(None).threshold
    if proven is not None:
        assert proven < sure.threshold("c0") < sure.threshold("nobody has seen it")
