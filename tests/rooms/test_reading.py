"""The three readers of the intent head apart: the nearest past messages, the words, and what is familiar."""

import numpy as np
import pytest

from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.ports import DIMENSIONS
from segue.triage.intents import Examples, IntentHead
from segue.triage.near import CANDIDATES, KEPT, Neighbours, _greatest
from segue.triage.wording import Wording, terms_of


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def crowd(rng, size=600, noise=0.1, accent=0.8):
    """Two intents that differ in one direction; an accent that has nothing to do with them fills another."""
    owners = np.arange(size) % 2
    rows = noise * rng.standard_normal((size, DIMENSIONS))
    rows[:, 0] += 1.0
    rows[:, 1] += np.where(owners == 0, 0.25, -0.25)
    rows[:, 2] += accent * rng.standard_normal(size)
    return unit(rows), owners.astype(np.int64)


def test_the_greatest_by_columns_are_the_greatest(rng):
    for size in (40, 999, 10_007):
        values = rng.standard_normal(size).astype(np.float32)

        found = _greatest(values, CANDIDATES)

        assert sorted(values[found]) == sorted(np.sort(values)[-CANDIDATES:])


def test_equal_values_are_no_trouble():
    assert len(_greatest(np.zeros(5_000, np.float32), CANDIDATES)) == CANDIDATES


def test_an_accent_counts_less_than_what_tells_intents_apart(rng):
    vectors, owners = crowd(rng)
    known = Neighbours.fit(vectors, owners, np.ones(len(owners), np.float32), len(owners))
    coming, wanted = crowd(np.random.default_rng(9), 200)

    by_votes = np.mean([known.look(v).votes.argmax() == w for v, w in zip(coming, wanted, strict=True)])
    plain = [np.bincount(owners[np.argsort(-(vectors @ v))[:CANDIDATES]], minlength=2).argmax() for v in coming]

    assert by_votes > np.mean(np.array(plain) == wanted) + 0.05


def test_the_nearest_are_shown_best_first_by_their_own_cosine(rng):
    vectors, owners = crowd(rng)
    near = Neighbours.fit(vectors, owners, np.ones(len(owners), np.float32), len(owners)).look(vectors[7])

    assert near.places[0] == 7
    assert len(near.places) == KEPT
    assert list(near.cosines) == sorted(near.cosines, reverse=True)
    assert near.votes.sum() == pytest.approx(1.0)


def test_two_examples_are_enough_to_look(rng):
    vectors, owners = crowd(rng, size=2)

    near = Neighbours.fit(vectors, owners, np.ones(2, np.float32), 2).look(vectors[0])

    assert near.votes.argmax() == owners[0]


TEXTS = ("Reset my password", "I forgot the password", "Where is my invoice", "Send the invoice again")
OWNERS = np.array([0, 0, 1, 1])


def test_words_speak_for_the_intent_they_stood_in():
    wording = Wording.fit(TEXTS, OWNERS, np.ones(4, np.float32), 2)

    assert np.argmax(wording.speaks("password, please")) == 0
    assert np.argmax(wording.speaks("An invoice?")) == 1


def test_words_never_seen_say_nothing():
    wording = Wording.fit(TEXTS, OWNERS, np.ones(4, np.float32), 2)

    assert wording.speaks("Zebra quagga") == 0.0
    assert wording.speaks("") == 0.0


def test_pairs_of_words_are_terms_of_their_own():
    assert terms_of("Top up, TOP UP") == {"top", "up", "top up", "up top"}


def test_of_a_very_long_letter_only_the_beginning_is_looked_up():
    assert len(terms_of(" ".join(f"word{n}" for n in range(100_000)))) < 1_000


def test_an_intent_known_by_name_makes_its_messages_less_familiar(rng):
    """The head has never seen one of its messages, only its name."""
    rows = unit(np.eye(DIMENSIONS)[[0, 1]].repeat(20, axis=0) + 0.02 * rng.standard_normal((40, DIMENSIONS)))
    twin = unit(np.eye(DIMENSIONS)[:1] + 0.6 * np.eye(DIMENSIONS)[5:6])
    history = Examples(tuple(f"w{n}" for n in range(40)), rows, ("card",) * 20 + ("pin",) * 20)
    intents = (Intent("card", "Card", "all"), Intent("pin", "Pin", "all"), Intent("twin", "Twin", "all", False))
    names = Examples(("Twin",), twin, ("twin",))

    heads = [
        IntentHead.fit(history, names.take(taken), Catalogue((Category("all", "All"),), intents))
        for taken in ((), (0,))
    ]
    unheard, named = (head.read("Hello there", twin[0]).familiar for head in heads)
    own = heads[1].read("Hello there", rows[0]).familiar

    assert named < unheard
    assert own > unheard
