"""The whole house on a real database, with the small stand-in encoder, and the demo company's past as its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from databases import fresh_database, made_once
from segue.app.demo.seed import seed
from segue.app.door import open_house
from segue.app.settings import Settings
from segue.knowledge.encoder import StandIn
from segue.store.migrate import migrate
from stage import Stage

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def furnished() -> str:
    """A database with the demo company in it and its heads fitted; copied for each test."""
    return made_once("furnished", _furnish)


def _furnish(url: str) -> None:
    migrate(url)
    house = open_house(Settings(database_url=url), StandIn())
    seed(house, MONDAY)
    house.db.close()


@pytest.fixture
def house(furnished: str) -> Iterator[Stage]:
    with fresh_database(like=furnished) as url:
        stage = Stage(open_house(Settings(database_url=url), StandIn()), MONDAY)
        yield stage
        stage.house.db.close()
