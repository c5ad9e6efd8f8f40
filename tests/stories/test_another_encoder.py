"""Another encoder comes: everything stored is read anew, nothing of the two is compared, and messages do not wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from databases import fresh_database
from segue.app import anew
from segue.app.door import House, open_house
from segue.app.learning import run
from segue.app.schedule import EVERY
from segue.app.settings import Settings
from segue.domain.ports import DIMENSIONS, Vector
from segue.knowledge.encoder import StandIn
from small import make_small
from stage import Stage

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ASKED = "Why is my invoice higher this month?"


class Turned(StandIn):
    """A newer version: the same weights laid out otherwise, so that its vectors say nothing beside the old ones."""

    version = "stand-in-2"
    _order = np.random.default_rng(2).permutation(DIMENSIONS)

    def __init__(self, texts: int = 10**9) -> None:
        self.left = texts

    def encode(self, texts: Sequence[str]) -> Vector:
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        rows: Vector = -StandIn.encode(self, texts)[:, self._order]
        return rows


@pytest.fixture
def turned(furnished: str) -> Iterator[Stage]:
    """The demo company, after one conversation with the assistant, started again with the newer encoder."""
    with fresh_database(like=furnished) as url:
        before = Stage(open_house(Settings(database_url=url), StandIn()), MONDAY)
        before.customer_writes(ASKED)
        assert before.handler == "assistant"
        make_small(before.house)
        stage = Stage(replace(before.house, encoder=Turned()), MONDAY)
        yield stage
        before.house.db.close()


def again(stage: Stage, encoder: StandIn) -> House:
    """Another process over the same database."""
    return replace(stage.house, encoder=encoder)


def test_until_all_is_read_anew_people_get_messages_with_the_reason_and_a_briefing(turned: Stage) -> None:
    turned.customer_writes("Please export all my data as CSV.", again=True)

    assert turned.handler == "human"
    assert turned.turn["decision"]["because"][0]["reason"] == "reads_anew"
    briefing = turned.house.conversations.briefing(turned.conversation)
    assert briefing is not None
    assert "CSV" in str(briefing)
    assert not turned.house.library.similar(turned.house.encoder.encode([ASKED])[0])
    assert turned.house.library.search(ASKED, turned.house.encoder.encode([ASKED])[0], MONDAY.date())[0].cosine == 0


def test_what_is_broken_off_is_taken_up_and_then_the_house_knows_what_it_knew(turned: Stage) -> None:
    house = turned.house
    knew = {h: house.workspace.head_version(h) for h in ("tone", "intents", "confidence")}
    everything = sum(house.anew.left_over("stand-in-2").values())
    with pytest.raises(KeyboardInterrupt):
        anew.read_anew(again(turned, Turned(100)), MONDAY)
    assert 0 < sum(house.anew.left_over("stand-in-2").values()) < everything
    assert {h: house.workspace.head_version(h) for h in knew} == knew
    progress = house.anew.progress()
    assert progress is not None
    assert (progress["of"], progress["step"]) == (everything, "vectors")

    EVERY["notice another encoder"].do(house, turned.mind, MONDAY)
    turned.mind.refresh()

    assert set(house.anew.left_over("stand-in-2").values()) == {0}
    assert (house.anew.made_with(), house.anew.progress()) == ("stand-in-2", None)
    assert house.library.similar(house.encoder.encode([ASKED])[0])
    assert all(house.workspace.head_version(h) not in (None, version) for h, version in knew.items())
    record = house.lessons.store.refits(1)[0]
    assert record["cause"] == "encoder"
    assert f"{everything} vectors" in record["why"]
    turned.customer_writes(ASKED, "grace")
    assert "reads_anew" not in [b["reason"] for b in turned.turn["decision"]["because"]]
    told = turned.turn["assessment"]
    assert (told["encoder"], told["intents"][0]["intent"]) == ("stand-in-2", "invoice_higher")

    old = Stage(again(turned, StandIn()), MONDAY)  # a machine that nobody has started anew yet
    old.customer_writes(ASKED, "nadia")
    assert old.turn["decision"]["because"][0]["reason"] == "reads_anew"
    assert house.anew.left_over("stand-in-2")["assessments"] == 1
    EVERY["read what another encoder left"].do(house, turned.mind, MONDAY)
    assert set(house.anew.left_over("stand-in-2").values()) == {0}


def test_only_one_of_several_workers_reads_anew(turned: Stage) -> None:
    with turned.house.anew.alone() as is_mine:
        assert is_mine
        assert anew.read_anew(again(turned, Turned()), MONDAY) is None
        assert run(turned.house, MONDAY, "asked", "agt_lena")["refit"]["is_published"] is False

    assert turned.house.anew.made_with() == "stand-in-1"
