"""How sure the assistant is, as the briefing shows it to an agent: never nothing, and never as more than it is."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from segue.domain.briefing import (
    SAYS_SOMETHING,
    Briefing,
    CustomerCard,
    EarlierContact,
    Line,
    NextStep,
    SimilarCase,
)
from segue.domain.catalogue import Catalogue, Category
from segue.domain.people import Agent
from segue.texts import speaking
from segue.web.pages import piece
from segue.web.reasoned import in_a_line

CATALOGUE = Catalogue((Category("refunds", "Refunds and disputes"),), ())
NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
MIRA = Agent("agt_mira", "Mira", "mira@ledgerly.example")
ADA = CustomerCard("Ada", "ada@example.com", None, "free", None, None, True, None, "en")


SOLVED = SimilarCase(31, "cnv_31", "The invoice is too high", "A seat was added", "confirmed", 0.9)
BEFORE = EarlierContact(12, "cnv_12", "email", datetime(2026, 3, 2, tzinfo=UTC), "My invoice", "resolved", True,
                        "a refund")  # fmt: skip


def panel(
    step: NextStep, similar: tuple[SimilarCase, ...] = (), earlier: tuple[EarlierContact, ...] = (),
    is_said: bool = False, last_seen: datetime | None = None,
) -> str:  # fmt: skip
    """The briefing as it is shown to Mira."""
    told = Briefing(
        "Because.", (), Line("It?", 1), (Line("Nothing.", None),), (), None, step, ADA, similar, earlier, ()
    )
    briefing = asdict(told) | {"corrected": ()}
    briefing["next_step"]["is_telling"] = (step.confidence or 0.0) >= SAYS_SOMETHING
    briefing["customer"] |= {"email_is_said": is_said, "last_seen": last_seen}
    for contact in briefing["earlier"]:
        contact["who"] = ""
    row = {"id": "cnv_1", "intent_id": None}
    seen = SimpleNamespace(briefing=briefing, row=row, chip="not sure", corrections=[], merged=None)
    return str(piece("parts/briefing.html", seen=seen, me=MIRA, place="", now=NOW))


def read(page: str, section: str) -> str:
    """The words of one section, and where it has a bar that too."""
    inside = page.partition(f'<section id="{section}">')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<(?!svg|rect class=.tick)[^>]*>", "", inside).split())


def shown(confidence: float | None, threshold: float | None, of: int = 9) -> str:
    """The next step of a briefing, its words without marks, and where it has a bar that too."""
    return read(panel(NextStep("Look.", confidence, threshold, min(of, 4), of)), "b-next")


def test_after_the_four_parts_come_cases_like_it_earlier_contacts_and_the_trace_in_this_order() -> None:
    step = NextStep("Look.", 0.71, 0.88, 4, 9)
    page, bare = panel(step, (SOLVED,), (BEFORE,)), panel(step)

    four, trace = ["b-why", "b-wanted", "b-next", "b-customer"], "b-trace"
    parts = r'<(?:section|p) id="(b-[\w-]+)"'
    assert re.findall(parts, page) == [*four, "b-similar", "b-earlier", trace]
    assert re.findall(parts, bare) == [*four, trace]
    assert read(page, "b-similar") == "Similar, solved #31 The invoice is too high → A seat was added (confirmed)"
    earlier = read(page, "b-earlier")
    assert earlier.startswith("Earlier contacts #12 My invoice 2026-03-02, email, resolved same issue")
    assert earlier.endswith("Promised: a refund")
    for way in ("cnv_31?view=resolved", "cnv_12?view=resolved", "cnv_1/trace"):
        assert f'href="/desk/conversations/{way}"' in page


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


def test_when_the_customer_was_last_heard_of_stands_on_their_card_where_it_is_known() -> None:
    step = NextStep("Look.", 0.71, 0.88, 4, 9)

    seen = NOW - timedelta(minutes=2)
    assert f"Last seen{seen:%H:%M}" in read(panel(step, last_seen=seen), "b-customer")
    assert f"Last seen{NOW - timedelta(days=2):%Y-%m-%d}" in read(
        panel(step, last_seen=NOW - timedelta(days=2)), "b-customer"
    )
    assert "Last seen" not in panel(step)


def test_where_no_case_is_like_it_the_confidence_is_said_all_the_same() -> None:
    with speaking("de"):
        step = shown(0.02, 0.74, of=0)

    assert "Keine Antwort, deren er sicher ist (2 %, nötig sind 74 %)." in step.replace("\u00a0", " ").replace(
        "\u202f", " "
    )


def test_where_nothing_was_suggested_the_line_does_not_say_that_something_was() -> None:
    decision = {"action": "suggest", "because": [{"reason": "person_has_it"}]}
    kinds = ("abstention", "courtesy", "answer")
    said = [in_a_line({"decision": decision, "answer": {"kind": kind}}, CATALOGUE) for kind in kinds]

    assert said == [
        "left it to the person who has it",
        "left it to the person who has it",
        "suggested an answer to the person who has it: a person already has the conversation",
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "the category “Refunds and disputes” always goes to a person"),
        ("de", "die Kategorie „Refunds and disputes“ geht immer an einen Menschen"),
    ],
)
def test_the_line_in_the_thread_names_the_category_that_always_goes_to_a_person(language: str, told: str) -> None:
    because = {"reason": "always_human_category", "words": ["refunds"]}

    with speaking(language):
        said = in_a_line({"decision": {"action": "hand_off", "because": [because]}, "answer": None}, CATALOGUE)

    assert said.endswith(told)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "the message asks about France, which the article there is does not speak of"),
        ("de", "die Nachricht fragt nach France, wovon der vorhandene Artikel nicht spricht"),
    ],
)
def test_the_line_in_the_thread_names_what_the_article_does_not_speak_of(language: str, told: str) -> None:
    because = {"reason": "another_thing", "words": ["France"]}

    with speaking(language):
        said = in_a_line({"decision": {"action": "hand_off", "because": [because]}, "answer": None}, CATALOGUE)

    assert said.endswith(told)


def test_after_a_handing_back_the_panel_does_not_say_that_nothing_was_ever_considered() -> None:
    nothing = dict.fromkeys(("ready_at", "account", "tier", "email", "page_url"))
    row = {"id": "cnv_1", "is_verified": False, **nothing}
    for decided, title in (({"m1": (1, "handed over")}, "Nothing new to decide"), ({}, "No decision here")):
        seen = SimpleNamespace(why=None, row=row, decided=decided, called="Ada")
        assert f"<h2>{title}</h2>" in str(piece("parts/why.html", seen=seen, me=MIRA, place=""))


def test_an_address_that_was_only_said_is_shown_as_said() -> None:
    said, known = (panel(NextStep("Look.", None, None, 0, 0), is_said=is_said) for is_said in (True, False))

    assert "only said ada@example.com" in read(said, "b-customer")
    assert "only said" not in known
