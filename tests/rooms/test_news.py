"""What an open page hears of: that something changed, not what, and nothing of its own coming and going."""

from __future__ import annotations

import pytest

from segue.store.database import Database
from segue.store.events import EventLog
from segue.web.news import News, _Listener
from segue.web.stream import Stream


@pytest.mark.parametrize(
    ("kind", "author", "heard"),
    [
        ("conversation.viewed", "agt_mira", False), ("conversation.left", "agt_mira", False),
        ("conversation.viewed", "agt_tom", True), ("conversation.left", "agt_tom", True),
        ("conversation.claimed", "agt_mira", True), ("draft.kept", "agt_mira", True),
    ],
)  # fmt: skip
def test_an_agents_page_does_not_hear_of_their_own_coming_and_going(kind: str, author: str, heard: bool) -> None:
    page = _Listener(None, "agt_mira")

    page.hear(kind, "cnv_1", author)

    assert page._changed == ({"cnv_1"} if heard else set())


def test_a_page_that_the_log_greets_anew_loads_everything() -> None:
    page = _Listener(None, "agt_mira")

    page.hear("hello", None)

    assert page._changed == {""}


@pytest.mark.parametrize(("desks", "apart"), [(1, 0.1), (4, 0.1), (55, 1.375), (1000, 10.0)])
def test_the_more_desks_are_open_the_longer_is_gathered_what_they_all_read_again(desks: int, apart: float) -> None:
    news = News(Stream("", EventLog(Database(""))))
    news._listeners[None] = {_Listener(None) for _ in range(desks)}

    assert news._gathers(None) == pytest.approx(apart)
    assert news._gathers("cnv_1") == 0.0
