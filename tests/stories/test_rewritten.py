"""An article is rewritten: what was judged of the old text counts no more, and the marks are set anew in seconds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segue.app.schedule import EVERY
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.knowledge import Article
from segue.insight.calibration import calibration
from segue.knowledge.passages import passages_of
from segue.learning.record import Report
from small import judged_right
from stage import Stage

PRICE = "A seat costs €12 a month, and every person you add is one more of them."
CELL = CellName("billing")
JUDGED = 40


class Rewriting:
    """Forty answers from the article's first passage, all judged right, on the rung *suggest*."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.house = stage, stage.house
        self.house.ladder.lower(CELL, "lena", "A story.", stage.now, Rung.SUGGEST)
        text = f"# Price\n\n{PRICE}\n\n# Days\n\nInvoices are written on the first day of each month."
        self.article = Article("", "seats", "What a seat costs", text, "public", "invoice_higher")
        made = self.house.library.publish(self.article, "agt_lena", stage.now)
        self.article = replace(self.article, id=made.article_id)
        self.is_judged("con", 1)

    def is_judged(self, who: str, version: int) -> None:
        self.stage.hours_pass(1)
        contacts = [f"{who}_{n:02}" for n in range(JUDGED)]
        first = passages_of(self.article)[0].start
        judged_right(self.house, "billing", contacts, self.stage.now, self.article.id, version, [first])
        self.stage.hours_pass(1)
        self.house.ladder.follow(self.stage.now)

    def publishes(self, old: str, new: str) -> None:
        self.article = replace(self.article, body=self.article.body.replace(old, new))
        assert new in self.article.body
        self.house.library.publish(self.article, "agt_lena", self.stage.now)
        self.settles()

    def settles(self) -> None:
        """What a worker does within two seconds."""
        EVERY["weigh the evidence where an article changed"].do(self.house, self.stage.mind, self.stage.now)

    @property
    def report(self) -> Report:
        return next(r for r in self.house.ladder.reports(self.stage.now) if r.cell == CELL)

    @property
    def counted(self) -> tuple[int, int, int]:
        """Cases that count for the next step, for the marks, and for the reliability diagram."""
        bins = calibration(self.house.ladder.counting(self.stage.now))
        marks = sum(gate["cases"] for gate in self.house.workspace.marks())
        return self.report.proof.cases, marks, sum(b.of for b in bins)


@pytest.fixture
def rewriting(house: Stage) -> Rewriting:
    return Rewriting(house)


def test_a_slip_of_the_pen_and_another_passage_leave_the_evidence_as_it_is(rewriting: Rewriting) -> None:
    rewriting.publishes("person", "persom")
    rewriting.publishes("the first day", "the third day")

    assert rewriting.counted == (JUDGED, JUDGED, JUDGED)
    assert rewriting.report.of_before == ""


def test_what_was_judged_of_another_text_counts_no_more_and_the_boundary_says_so(rewriting: Rewriting) -> None:
    before = rewriting.report.proof.wealth

    rewriting.publishes("€12", "€15")

    assert rewriting.counted == (0, 0, 0)
    assert rewriting.report.proof.wealth == 1.0 < before
    assert rewriting.report.of_before.startswith(f"{JUDGED} cases count no more: their article says something else")
    assert "“What a seat costs”" in rewriting.report.of_before
    assert rewriting.house.events.after("0-0", 9999)[-1].kind == "evidence.weighed"
    rewriting.is_judged("new", 2)
    assert rewriting.counted == (JUDGED, JUDGED, JUDGED)


def test_an_article_that_is_taken_out_takes_its_evidence_along_until_it_is_back(rewriting: Rewriting) -> None:
    rewriting.house.knowledge.retire(rewriting.article.id, "agt_lena", rewriting.stage.now)
    rewriting.settles()
    assert rewriting.counted == (0, 0, 0)

    rewriting.stage.hours_pass(1)
    rewriting.publishes("", "")

    assert rewriting.counted == (JUDGED, JUDGED, JUDGED)
