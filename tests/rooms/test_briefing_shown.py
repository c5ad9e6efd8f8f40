"""How sure the assistant is, as the briefing shows it to an agent: never nothing, and never as more than it is."""

from __future__ import annotations

import re
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from segue.domain.briefing import SAYS_SOMETHING, Briefing, CustomerCard, Line, NextStep
from segue.domain.people import Agent
from segue.texts import speaking
from segue.web.pages import piece
from segue.web.reasoned import in_a_line

MIRA = Agent("agt_mira", "Mira", "mira@ledgerly.example")
ADA = CustomerCard("Ada", "ada@example.com", None, "free", None, None, True, None, "en")


def shown(confidence: float | None, threshold: float | None, of: int = 9) -> str:
    """The next step of a briefing, its words without marks, and where it has a bar that too."""
    step = NextStep("Look.", confidence, threshold, min(of, 4), of)
    briefing = asdict(
        Briefing("Because.", (), Line("It?", 1), (Line("Nothing.", None),), (), None, step, ADA, (), (), ())
    )
    briefing["next_step"]["is_telling"] = (confidence or 0.0) >= SAYS_SOMETHING
    row, briefing = {"id": "cnv_1", "intent_id": None}, briefing | {"corrected": ()}
    seen = SimpleNamespace(briefing=briefing, row=row, chip="not sure", corrections=[], merged=None)
    page = str(piece("parts/briefing.html", seen=seen, me=MIRA, place=""))
    section = page.partition('<section id="b-next">')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<(?!svg|rect class=.tick)[^>]*>", "", section).split())


@pytest.mark.parametrize(
    ("confidence", "threshold", "said"),
    [
        (0.71, 0.88, "71% sure, needs 88%. 4 of 9 like this were solved so."),
        (0.02, 0.74, "No answer it is sure of (2%, needs 74%). 4 of 9 like this were solved so."),
        (0.02, None, "No answer it is sure of (2%; no threshold yet, too few cases). 4 of 9 like this were solved so."),
        (None, 0.74, "The assistant offers no answer. 4 of 9 like this were solved so."),
    ],
)
def test_confidence_threshold_and_frequency_stand_beside_each_other(
    confidence: float | None, threshold: float | None, said: str
) -> None:
    step = shown(confidence, threshold)

    assert step.endswith(said)
    assert ("<svg" in step) == (confidence is not None)
    assert ('class="tick"' in step) == (confidence is not None and threshold is not None)


def test_where_no_case_is_like_it_the_confidence_is_said_all_the_same() -> None:
    with speaking("de"):
        step = shown(0.02, 0.74, of=0)

    assert "Keine Antwort, deren er sicher ist (2 %, nötig sind 74 %)." in step.replace("\u00a0", " ").replace(
        "\u202f", " "
    )


def test_where_nothing_was_suggested_the_line_does_not_say_that_something_was() -> None:
    decision = {"action": "suggest", "because": [{"reason": "person_has_it"}]}
    said = [in_a_line({"decision": decision, "answer": {"kind": kind}}) for kind in ("abstention", "answer")]

    assert said == [
        "left it to the person who has it",
        "suggested an answer to the person who has it: a person already has the conversation",
    ]


def test_after_a_handing_back_the_panel_does_not_say_that_nothing_was_ever_considered() -> None:
    nothing = dict.fromkeys(("ready_at", "account", "tier", "email", "page_url"))
    row = {"id": "cnv_1", "is_verified": False, **nothing}
    for decided, title in (({"m1": (1, "handed over")}, "Nothing new to decide"), ({}, "No decision here")):
        seen = SimpleNamespace(why=None, row=row, decided=decided, called="Ada")
        assert f"<h2>{title}</h2>" in str(piece("parts/why.html", seen=seen, me=MIRA, place=""))
