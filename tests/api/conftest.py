"""One furnished server for all tests that do no harm to it, and one of its own for each that does."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from api.serving import Served, furnish, rooms_over, served
from databases import fresh_database
from segue.store.migrate import migrate


@pytest.fixture(scope="session")
def furnished() -> Iterator[str]:
    with fresh_database(f"api_{os.getpid()}") as url:
        migrate(url)
        rooms = rooms_over(url)
        furnish(rooms)
        rooms.db.close()
        yield url


@pytest.fixture
def furnished_copy(furnished: str) -> Iterator[str]:
    with fresh_database(like=furnished) as url:
        yield url


@pytest.fixture(scope="session")
def shared(furnished: str) -> Iterator[Served]:
    with fresh_database(like=furnished) as url, served(url) as running:
        yield running


@pytest.fixture(scope="module")
def apart(furnished: str) -> Iterator[Served]:
    """A server of a module's own, for tests that send anything anywhere: an administrator whom they make would take
    from leads, in all tests after them, what is a lead's only where nobody is one; and a policy decides everything."""
    with fresh_database(like=furnished) as url, served(url) as running:
        yield running


@pytest.fixture
def own(furnished: str) -> Iterator[Served]:
    """A server of one's own, over a database of one's own."""
    with fresh_database(like=furnished) as url, served(url) as running:
        yield running


@pytest.fixture
def api(shared: Served) -> Iterator[httpx.Client]:
    with shared.client() as client:
        yield client


@pytest.fixture
def conversation(api: httpx.Client) -> str:
    """Ada's, with one message and nobody who has considered it."""
    return str(
        api.post("/conversations", json={"contact": {}, "text": "Why is it higher?"}).json()["conversation"]["id"]
    )
