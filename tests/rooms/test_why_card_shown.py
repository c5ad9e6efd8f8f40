"""The why-card as an agent reads it: each part of an explanation stands there, and nothing where there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from segue.domain.answer import Ground
from segue.domain.people import Agent
from segue.insight.afterwards import Happened
from segue.insight.explaining import Explanation, Near, Rule, SetAside, Sureness
from segue.insight.noticed import Noticed
from segue.web.pages import piece
from segue.web.ruled import Ruled

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MIRA = Agent("agt_mira", "Mira", "mira@ledgerly.example")
LENA = Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead")
RULED = Ruled("Frustration from which a person gets it", "0.8", "“a joke”", "Handed to a person: frustrated.")
CARD = Explanation(
    message="msg_1.3", number=41, text="It is a joke.", written_at=AT, decided_at=AT, was_decided_then=True,
    action="hand_off", team="billing", why="Handed to a person.",
    otherwise="It would have answered if the frustration were below 0.8.",
    signals=(Noticed("frustration", "0.2 → 0.82", 0.82, ("a joke",), "0.8", True),),
    grounds=(Ground("psg_1", "art_1", "Seats", "seats", 4, 0, 24, "A seat has its own price."),),
    sureness=Sureness(0.714, 0.88, "approve", 212, 0, "cal_1"),
    rule=Rule("triggers.frustration.high", "0.8", 7, 5, "agt_lena", AT, "After the outage."),
    also_held=("the third contact about it",), set_aside=(SetAside("the answer it had ready", "a person was due"),),
    nearest=(Near("Why is it higher?", "Know why the invoice is higher", 0.87),),
    afterwards=(Happened(AT, "Mira resolved it as a refund."),),
)  # fmt: skip
PARTS = {
    "the deciding reason": "Handed to a person: frustrated.",
    "what would have changed it": "It would have answered if the frustration were below 0.8.",
    "the passage and its version": "Seats version 4 A seat has its own price.",
    "how sure beside what it needs": "71% sure, needs 88%. From 212 past cases.",
    "the rule, its setting and the words": "Frustration from which a person gets it (0.8): “a joke”.",
    "who set it, when and why": "Set in policy version 5 by Lena on 2026-03-02. “After the outage.”",
    "the version it was decided under": "Decided under version 7 of the policy.",
    "what else held": "Also held: the third contact about it.",
    "the signal, its mark and the words that moved it": "(decided) 0.2 → 0.82 0.8 “a joke”",
    "what was rejected and why": "Considered and set aside the answer it had ready: a person was due",
    "what it resembles": "“Why is it higher?” wanted Know why the invoice is higher, likeness 0.87",
    "what came of it": "What came of it Mira resolved it as a refund.",
}


def page(card: Explanation, me: Agent = MIRA) -> str:
    names = {agent.id: agent.name for agent in (MIRA, LENA)}
    row = {"id": "cnv_1"}
    return str(
        piece(
            "parts/why_card.html",
            me=me,
            row=row,
            card=card,
            title="Why the assistant handed over",
            rule=RULED,
            seq=3,
            names=names,
        )
    )


def read(html: str) -> str:
    """What stands there, in one line; without the bar, which is no text."""
    words = re.sub(r"</?(?:strong|em|a|q)\b[^>]*>", "", html)
    return re.sub(r" +([.,:])", r"\1", " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split()))


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_an_explanation_stands_on_the_card(part: str) -> None:
    assert PARTS[part] in read(page(CARD))


def test_the_bar_has_a_tick_where_there_is_a_threshold_and_the_whole_trace_is_one_press_away() -> None:
    without = replace(CARD, sureness=replace(CARD.sureness, threshold=None))

    assert ('class="tick"' in page(CARD), 'class="tick"' in page(without)) == (True, False)
    assert 'href="/desk/conversations/cnv_1/trace#turn-3"' in page(CARD)


def test_where_no_answer_was_offered_no_cases_are_told_of_that_would_prove_one() -> None:
    without = read(page(replace(CARD, sureness=replace(CARD.sureness, confidence=None))))

    assert "It offered no answer, or none that claims anything." in without
    assert "past cases" not in without


def test_an_article_leads_a_lead_to_its_text_and_an_agent_to_what_customers_read() -> None:
    assert 'href="/help/seats"' in page(CARD)
    assert 'href="/knowledge/articles/seats"' in page(CARD, LENA)


def test_where_nothing_was_set_aside_the_card_says_nothing_of_it() -> None:
    bare = read(page(replace(CARD, otherwise="", grounds=(), also_held=(), set_aside=(), nearest=(), afterwards=())))

    for part in ("What it rests on", "Also held", "Considered and set aside", "Most like it", "What came of it"):
        assert part in read(page(CARD))
        assert part not in bare
