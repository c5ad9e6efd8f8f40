"""Messages that nobody expected are gathered into topics a lead can read."""

from __future__ import annotations

import numpy as np
import pytest

from segue.domain.ports import DIMENSIONS, Vector
from segue.learning.topics import MOST, gather, propose

PARKING = ("Where can I park my bike?", "Is there bike parking?", "Bike parking please", "My bike was moved")
VISAS = ("I need a visa letter", "Please send the visa letter", "Can you write a visa letter?", "visa letter for Spain")
LUNCH = ("lunch menu today?", "What is on the lunch menu", "lunch menu is missing", "The lunch menu link is dead")


def about(*matters: int, spread: float = 0.3, seed: int = 1) -> Vector:
    """Unit rows, each near the axis of its matter."""
    rng = np.random.default_rng(seed)
    rows = spread * rng.normal(size=(len(matters), DIMENSIONS)) / np.sqrt(DIMENSIONS)
    rows[np.arange(len(matters)), list(matters)] += 1.0
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_each_new_matter_becomes_one_topic_named_in_the_customers_words() -> None:
    texts = [text for trio in zip(PARKING, VISAS, LUNCH, strict=True) for text in trio]
    topics = propose(texts, about(*[0, 1, 2] * 4))

    assert sorted(topic.members for topic in topics) == [(0, 3, 6, 9), (1, 4, 7, 10), (2, 5, 8, 11)]
    by_first = {topic.members[0]: topic.name for topic in topics}
    assert "bike" in by_first[0]
    assert by_first[1].startswith("visa letter")
    assert by_first[2].startswith("lunch menu")


def test_the_message_to_read_is_the_one_in_the_middle() -> None:
    vectors = about(0, 0, 0, 0, spread=0.5)
    vectors[2] = about(0, spread=0.0)[0]

    (topic,) = propose(PARKING, vectors)

    assert topic.medoid == 2
    assert topic.size == 4


def test_a_mixture_is_no_topic() -> None:
    vectors = about(*range(40))

    assert propose([f"matter {n}" for n in range(40)], vectors) == ()


def test_fewer_messages_than_a_topic_needs_make_none() -> None:
    assert propose([], about()) == ()
    assert propose(["Where can I park?", "Where to park?"], about(0, 0)) == ()


def test_messages_about_one_matter_stay_together() -> None:
    assert set(gather(about(*[7] * 30))) == {0}


def test_the_largest_topic_comes_first_and_a_second_look_shows_the_same() -> None:
    matters = [0] * 12 + [1] * 6 + [2] * 9
    texts = [f"matter {n}" for n in matters]

    topics = propose(texts, about(*matters))

    assert [topic.size for topic in topics] == [12, 9, 6]
    assert topics == propose(texts, about(*matters))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_wished_number_of_groups_is_kept(count: int) -> None:
    labels = gather(about(*range(20)), count=count)

    assert set(labels) == set(range(count))


def test_beyond_the_tree_messages_join_the_nearest_topic() -> None:
    matters = np.arange(MOST + 400) % 8

    labels = gather(about(*[int(matter) for matter in matters]), count=8)

    assert len({(int(a), int(b)) for a, b in zip(matters, labels, strict=True)}) == 8
