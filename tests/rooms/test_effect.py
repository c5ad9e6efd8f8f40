"""What an article would change is tried on cases that the head has not learnt from."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from segue.domain.answer import Answer
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.ports import DIMENSIONS, Vector
from segue.learning.effect import PARTS, Unseen, World
from segue.store.candidates import PastCase
from segue.triage.examples import Examples
from segue.triage.intents import IntentHead

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CATALOGUE = Catalogue(
    (Category("billing", "Billing"),), tuple(Intent(name, name, "billing", True) for name in ("invoice", "pause"))
)
NAMED = ("My invoice", "Pause it")


def vectors(n: int, seed: int) -> Vector:
    found = np.random.default_rng(seed).normal(size=(n, DIMENSIONS)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def learnt(n: int) -> tuple[Examples, Examples, World]:
    history = Examples(
        tuple(f"question {i}" for i in range(n)), vectors(n, 0), tuple(("invoice", "pause")[i % 2] for i in range(n))
    )
    named = Examples(NAMED, vectors(2, 1), ("invoice", "pause"))
    return history, named, World(IntentHead.fit(history, named, CATALOGUE), CATALOGUE, {}, lambda *_: [])


def case(n: int, text: str = "") -> PastCase:
    text = text or f"question {n}"
    return PastCase(f"cnv_{n}", n, text, vectors(1, n)[0], "invoice", None, "agt_mira", "assumed", NOW, False)


@pytest.mark.parametrize(("known", "tried", "heads"), [(200, 10, 1), (40, 16, 2), (20, 20, PARTS)])
def test_no_head_has_learnt_from_what_it_is_tried_on_nor_misses_more_than_it_has_to(
    known: int, tried: int, heads: int
) -> None:
    history, named, world = learnt(known)
    cases = [case(n) for n in range(tried)]

    unseen = Unseen.of_cases(world, cases, history, named, {})

    assert len(unseen.worlds) == heads
    own = [unseen.worlds[of].head.texts for of in unseen.of]
    assert not any(one.text in texts for one, texts in zip(cases, own, strict=True))
    assert all(len(w.head.texts) >= known + len(NAMED) - -(-tried // heads) for w in unseen.worlds)


def test_what_came_of_a_case_is_not_learnt_either_though_it_reads_otherwise() -> None:
    """Personal data is taken out of an example, so that it is not word for word what the customer wrote."""
    history, named, world = learnt(100)
    cases = [case(1, "question 1, says Ada")]

    seen = Unseen.of_cases(world, cases, history, named, {})
    unseen = Unseen.of_cases(world, cases, history, named, {"cnv_1": frozenset({"question 1"})})

    assert "question 1" in seen.worlds[0].head.texts
    assert "question 1" not in unseen.worlds[0].head.texts


def test_each_case_is_answered_by_its_own_world_in_the_order_in_which_they_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history, named, world = learnt(20)
    cases = [case(n) for n in range(20)]
    unseen = Unseen.of_cases(world, cases, history, named, {})
    monkeypatch.setattr(World, "answers", lambda self, cases: [(self.head.version, one.number) for one in cases])

    said: list[Answer] = unseen.answers(cases)

    assert said == [(unseen.worlds[n % PARTS].head.version, n) for n in range(20)]  # type: ignore[comparison-overlap]


def test_where_nothing_was_learnt_from_them_the_world_stays_as_it_is() -> None:
    history, named, world = learnt(20)

    assert Unseen.of_cases(world, [case(99)], history, named, {}).worlds == (world,)
