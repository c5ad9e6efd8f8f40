"""The whole house on a real database, with the small stand-in encoder, and the demo company's past as its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import pytest

from databases import fresh_database, made_once
from segue.app.demo.seed import seed
from segue.app.door import open_house
from segue.app.fitting import fitted_anew, publish
from segue.app.settings import Settings
from segue.knowledge.encoder import StandIn
from segue.learning.history import Fitted
from segue.store.migrate import migrate
from small import make_small
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
    yield from _opened(furnished)


@pytest.fixture(scope="session")
def furnished_small(furnished: str) -> str:
    """The same company with little of its past, which is fitted in a fifth of the time."""
    return made_once("furnished_small", _leave_little, furnished)


def _leave_little(url: str) -> None:
    house = open_house(Settings(database_url=url), StandIn())
    make_small(house)
    publish(house, cast(Fitted, fitted_anew(house, afresh=True)), MONDAY)
    house.db.close()


@pytest.fixture
def small_house(furnished_small: str) -> Iterator[Stage]:
    """For what has to be fitted again and does not ask how well."""
    yield from _opened(furnished_small)


def _opened(like: str) -> Iterator[Stage]:
    with fresh_database(like=like) as url:
        stage = Stage(open_house(Settings(database_url=url), StandIn()), MONDAY)
        yield stage
        stage.house.db.close()
