"""What an open page hears of: that something changed, not what, and nothing of its own coming and going."""

from __future__ import annotations

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import segue.store
from segue.store.database import Database
from segue.store.events import EventLog
from segue.web import tongue
from segue.web.news import FOR_CUSTOMERS, FOR_EVERY_DESK, FOR_EVERYBODY, News, _Listener
from segue.web.stream import Stream


@pytest.mark.parametrize(
    ("kind", "author", "heard"),
    [
        ("conversation.viewed", "agt_mira", set()), ("conversation.left", "agt_mira", set()),
        ("conversation.viewed", "agt_tom", {"cnv_1~"}), ("conversation.left", "agt_tom", {"cnv_1~"}),
        ("conversation.claimed", "agt_mira", {"cnv_1"}), ("draft.kept", "agt_mira", {"cnv_1"}),
    ],
)  # fmt: skip
def test_an_agents_page_does_not_hear_of_their_own_coming_and_going_and_hears_of_others_as_that_alone(
    kind: str, author: str, heard: set[str]
) -> None:
    page = _Listener(None, "agt_mira")

    page.hear(kind, "cnv_1", author)

    assert page._changed == heard


def test_a_page_that_the_log_greets_anew_loads_everything() -> None:
    page = _Listener(None, "agt_mira")

    page.hear("hello", None)

    assert page._changed == {""}


@pytest.mark.parametrize(("desks", "apart"), [(1, 0.1), (55, 0.1), (200, 0.3), (8000, 10.0)])
def test_the_more_desks_are_open_the_longer_is_gathered_what_they_all_read_again(desks: int, apart: float) -> None:
    news = News(Stream("", EventLog(Database(""))))
    news._listeners[None] = {_Listener(None) for _ in range(desks)}

    assert news._gathers(None) == pytest.approx(apart)
    assert news._gathers("cnv_1") == 0.0


def test_a_house_that_reads_slowly_tells_its_desks_no_oftener_than_it_can_answer_them() -> None:
    news = News(Stream("", EventLog(Database(""))), each=lambda: 0.02)
    news._listeners[None] = {_Listener(None) for _ in range(55)}

    assert news._gathers(None) == pytest.approx(55 * 0.02 * 1.25)


async def _seconds_until_told(kind: str, conversation: str, author: str = "system") -> float:
    """On a desk among so many that a second goes by between two words; its agent has turned to cnv_2, and had cnv_1
    open before the page began to listen."""
    page = _Listener(None, "agt_mira", ["cnv_1"])
    page.hear("conversation.viewed", "cnv_2", "agt_mira")
    page.hear("message.received", "cnv_9")
    await page.frames(gathers=1.0)
    page.hear(kind, conversation, author)
    begin = time.monotonic()
    await page.frames(gathers=1.0)
    return time.monotonic() - begin


def _told_after(kind: str, conversation: str, author: str = "system") -> float:
    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test may have left a running loop in this thread
        return elsewhere.submit(asyncio.run, _seconds_until_told(kind, conversation, author)).result()


@pytest.mark.parametrize("conversation", ["cnv_1", "cnv_2"])
def test_what_a_customer_writes_where_an_agent_looks_is_told_at_once_among_many_desks(conversation: str) -> None:
    assert _told_after("message.received", conversation) < 0.5


@pytest.mark.parametrize(
    ("kind", "conversation", "author"),
    [
        ("message.received", "cnv_9", "system"), ("message.sent", "cnv_2", "agt_mira"),
        ("conversation.viewed", "cnv_2", "agt_tom"),
    ],
    ids=["elsewhere", "the agent's own", "who looks"],
)  # fmt: skip
def test_what_happens_elsewhere_waits_for_its_turn(kind: str, conversation: str, author: str) -> None:
    assert _told_after(kind, conversation, author) > 0.9


def test_what_an_agent_has_left_presses_no_more() -> None:
    page = _Listener(None, "agt_mira", ["cnv_1"])
    page.hear("conversation.left", "cnv_1", "agt_mira")
    page.hear("message.received", "cnv_1")

    assert not page._pressing.is_set()


OF_THE_DESK_ALONE = {
    "agent.mentioned", "conversation.held", "conversation.left", "conversation.noted", "conversation.snoozed",
    "conversation.tagged", "conversation.unquoted", "conversation.untagged", "conversation.viewed",
    "conversation.woken", "message.sent_again", "reply.dropped", "reply.picked_up", "reply.refused",
    "reply.stopped", "reply.waiting", "contact.account_changed",
}  # fmt: skip
"""Kinds of events of a conversation that change nothing a customer sees."""
WRITTEN = re.compile(r"'((?:agent|briefing|contact|conversation|message|reply|tag|turn)\.[a-z_]+)'")


def test_whatever_happens_in_a_conversation_is_told_to_its_customer_or_known_to_be_the_desks_alone() -> None:
    store = Path(segue.store.__file__).parent
    written = {kind for file in store.glob("*.sql") for kind in WRITTEN.findall(file.read_text())}
    of_a_conversation = {kind for kind in written if kind not in FOR_EVERY_DESK and not kind.startswith("agent.")}

    assert len(of_a_conversation) > 25
    assert of_a_conversation - FOR_CUSTOMERS - OF_THE_DESK_ALONE == set()
    assert FOR_CUSTOMERS - written == set(), "nobody writes it"


@pytest.mark.parametrize("kind", sorted(FOR_EVERYBODY))
def test_another_name_or_other_hours_are_heard_by_the_customers_who_read_them(kind: str) -> None:
    customer = _Listener("cnv_1")
    customer.hear(kind, None, "system")

    assert customer._changed == {""}


@pytest.mark.parametrize("kind", sorted(FOR_EVERY_DESK - FOR_EVERYBODY))
def test_what_changes_many_conversations_at_once_is_heard_by_every_desk_and_no_customer(kind: str) -> None:
    desk, customer = _Listener(None, "agt_mira"), _Listener("cnv_1")

    desk.hear(kind, None, "agt_lena")
    customer.hear(kind, None, "agt_lena")

    assert desk._changed == {""}
    assert customer._changed == set()


def test_an_agents_own_wishes_are_heard_by_their_own_pages_alone() -> None:
    own, other, customer = _Listener(None, "agt_mira"), _Listener(None, "agt_tom"), _Listener("cnv_1")
    for listener in (own, other, customer):
        listener.hear("preferences.changed", None, "agt_mira")

    assert (own._changed, other._changed, customer._changed) == ({""}, set(), set())


def test_another_language_of_the_workspace_is_known_at_once_wherever_a_page_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tongue, "_remembered", {"a database": (float("inf"), "en")})

    News(None)._pass_on(b'event: language.chosen\ndata: {"author":"agt_lena"}\n\n')  # type: ignore[arg-type]

    assert tongue._remembered == {}
