"""Lists that are asked for at the same moment are made in one go, and what is no plain list goes on to its route."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from markupsafe import Markup

from segue.domain.errors import DatabaseUnavailable
from segue.store.database import Database
from segue.web import together
from segue.web.list_alone import Kept
from segue.web.together import MOST_AT_ONCE, Ask, Lists, asked

HERE = "cnv_01KB0000000000000000000000"
OTHER = "cnv_01KB0000000000000000000001"


class Made(Lists):
    """Notes for whom lists are made, and makes each of the session's name."""

    def __init__(self) -> None:
        db = Database("")
        super().__init__(db, Kept(db))
        self.times = list[list[str]]()
        self.fails: Exception | None = None

    def _made(self, asks: Sequence[Ask]) -> list[Markup | None]:
        self.times.append([ask.session for ask in asks])
        if self.fails:
            raise self.fails
        return [Markup(ask.session) if ask.session != "unknown" else None for ask in asks]


def ask(session: str) -> Ask:
    return Ask(session, "", "unassigned", frozenset([OTHER]), "en", False)


async def all_of(lists: Lists, *sessions: str) -> list[Any]:
    return await asyncio.gather(*(lists.one(ask(one)) for one in sessions), return_exceptions=True)


def test_who_asks_at_the_same_moment_is_answered_in_one_go_each_with_their_own() -> None:
    lists = Made()

    answers = asyncio.run(all_of(lists, "mira", "tom", "unknown", "lena"))

    assert answers == ["mira", "tom", None, "lena"]
    assert lists.times == [["mira", "tom", "unknown", "lena"]]
    assert lists.each > 0


def test_who_asks_while_lists_are_made_is_in_the_next_go_so_that_nothing_read_before_is_shown_to_them() -> None:
    lists = Made()

    async def story() -> None:
        first = asyncio.create_task(lists.one(ask("mira")))
        while not lists.times:
            await asyncio.sleep(0)
        assert await lists.one(ask("tom")) == "tom"
        assert await first == "mira"

    asyncio.run(story())
    assert lists.times == [["mira"], ["tom"]]


def test_one_who_asks_for_very_much_goes_before_nobody() -> None:
    lists = Made()

    asyncio.run(all_of(lists, *["mira"] * (3 * MOST_AT_ONCE), "tom", "lena"))

    assert {"tom", "lena"} <= set(lists.times[0])
    assert all(len(go) <= MOST_AT_ONCE for go in lists.times)


def test_who_has_gone_is_made_no_list_and_the_others_are() -> None:
    lists = Made()

    async def story() -> list[Any]:
        waits = [asyncio.create_task(lists.one(ask(one))) for one in ("mira", "tom")]
        await asyncio.sleep(0)
        waits[0].cancel()
        return await asyncio.gather(*waits, return_exceptions=True)

    gone, answer = asyncio.run(story())
    assert isinstance(gone, asyncio.CancelledError)
    assert answer == "tom"


def test_where_lists_cannot_be_made_the_route_says_so_to_each() -> None:
    lists = Made()
    lists.fails = DatabaseUnavailable("It is gone.", "Wait.")
    assert asyncio.run(all_of(lists, "mira", "tom")) == [None, None]

    lists.fails = ZeroDivisionError()
    assert asyncio.run(all_of(lists, "mira", "tom")) == [None, None]

    lists.fails = None
    assert asyncio.run(all_of(lists, "mira")) == ["mira"]


def test_who_would_wait_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "LONGEST", 0.0)
    assert [type(one) for one in asyncio.run(all_of(Made(), "mira"))] == [TimeoutError]


def scope(path: str = f"/desk/conversations/{HERE}", query: str = "view=unassigned", **headers: str) -> dict[str, Any]:
    said = {"cookie": "segue_session=ses_mira", "x_changed": OTHER, "sec_fetch_mode": "cors", **headers}
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in said.items()]
    return {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": named}


def test_a_page_that_heard_of_others_asks_for_a_plain_list() -> None:
    assert asked(scope()) == Ask("ses_mira", HERE, "unassigned", frozenset([OTHER]), "", False)
    assert asked(scope("/desk", "", accept_language="de")) == Ask("ses_mira", "", "", frozenset([OTHER]), "de", False)
    assert asked(scope(user_agent="Macintosh")) is not None


@pytest.mark.parametrize(
    "other",
    [
        scope(x_changed=""), scope(x_changed=f"{OTHER},"), scope(x_changed=HERE), scope(cookie=""), scope(x_part="why"),
        scope(x_changed=f"{HERE}~"),
        scope(sec_fetch_dest="iframe"), scope("/desk/me"), scope(f"/desk/conversations/{HERE}/why"),
        scope("/desk/conversations/cnv_1\0"), scope(query="q=invoice"), scope(query="view=resolved"),
        scope(query="view=unassigned&draft=true"), scope(query="view=unassigned&lang=de"), scope(query="view=viw_1"),
        scope(query="view=unassigned&view=mine"), scope() | {"method": "HEAD"}, {"type": "websocket"},
    ],
)  # fmt: skip
def test_whatever_else_is_asked_for_goes_its_own_way(other: dict[str, Any]) -> None:
    assert asked(other) is None
