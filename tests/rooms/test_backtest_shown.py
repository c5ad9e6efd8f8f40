"""Backtests and why-cards on a terminal: customers' words are shown as they are, whatever they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from segue.app.cli.backtests import show_policy
from segue.app.cli.common import ago
from segue.app.cli.explain import show
from segue.domain.errors import Refused
from segue.insight.afterwards import Happened
from segue.insight.explaining import Explanation, Near, Rule, SetAside, Sureness
from segue.insight.noticed import Noticed
from segue.policy.backtest import backtest
from segue.policy.settings import starter

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ODD = "[/bold] pay [red]now[/red] or \\[else"


def card(words: str) -> Explanation:
    return Explanation(
        "msg_1.1", 7, words, NOON, NOON, True, "hand_off", "billing", f"Handed to a person: “{words}”.", "",
        (Noticed("frustration", words, 0.8, (words,), "0.8", True),), (),
        Sureness(None, None, "suggest", 12, 47, ""),
        Rule("triggers.frustration.high", "0.8", 3, 3, "lena", NOON, words),
        (), (SetAside(words, words),), (Near(words, "invoice_higher", 0.9),), (Happened(NOON, words),),
    )  # fmt: skip


def printed(width: int = 300) -> tuple[Console, StringIO]:
    text = StringIO()
    return Console(file=text, width=width), text


def test_words_that_look_like_markup_are_words() -> None:
    out, text = printed()

    show(card(ODD), out)

    assert text.getvalue().count("[/bold] pay [red]now[/red] or") == 9


def test_a_card_says_how_many_cases_are_missing() -> None:
    out, text = printed()

    show(card("angry"), out)

    assert "none, no threshold yet; rung suggest; 12 past cases, 47 more needed" in text.getvalue()


def test_an_empty_past_says_what_to_do() -> None:
    out, text = printed()

    show_policy(backtest([], starter("balanced"), 1, starter("bold"), NOON - timedelta(days=90), NOON), out)

    assert "segue backfill" in text.getvalue()


@pytest.mark.parametrize(
    ("text", "at"),
    [("90d", NOON - timedelta(days=90)), ("12h", NOON - timedelta(hours=12)), ("2w", NOON - timedelta(weeks=2)),
     ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC))],
)  # fmt: skip
def test_since_is_a_span_or_a_day(text: str, at: datetime) -> None:
    assert ago(text, NOON) == at


@pytest.mark.parametrize("text", ["", "soon", "90", "-3d", "99999w99", "2026-02-30"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no time"):
        ago(text, NOON)
