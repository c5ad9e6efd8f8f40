"""One cell's whole life: born, opened by an article, from suggestions to answering alone by evidence and a lead's name,
down when it turns, and up again on a record of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from climb import Climb
from segue.app.cli.main import app
from segue.domain.decision import Rung
from segue.domain.ids import message_id
from segue.domain.knowledge import Article
from segue.domain.moves import Cause
from segue.learning.school import School
from segue.store.outcomes import Outcomes
from stage import Stage


@pytest.fixture
def climb(house: Stage, monkeypatch: pytest.MonkeyPatch) -> Climb:
    """The command line looks at the same database, by the story's clock."""
    monkeypatch.setenv("DATABASE_URL", house.house.settings.database_url)
    monkeypatch.setattr("segue.app.cli.boundary._now", lambda: house.now)
    return Climb(house)


def says(*words: str) -> Any:
    """What a command prints as JSON, in the house's own database."""
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def does(*words: str) -> str:
    done = CliRunner().invoke(app, [*words])
    assert done.exit_code == 0, done.output
    return done.stdout


def told(climb: Climb) -> dict[str, Any]:
    return next(cell for cell in says("boundary")["cells"] if cell["cell"] == str(climb.cell))


def answered_and_graded(climb: Climb, times: int) -> None:
    """Answers that go out alone; whoever is on duty judges what chance drew, the oldest first."""
    for n in range(times):
        climb.minutes_pass()
        climb.asks()
        assert climb.stage.action == "answer"
        who = ("mira", "tom")[n % 2]
        if found := climb.ladder.judging.next_review(who):
            climb.ladder.judging.review(found.message, "right", who, climb.stage.now)


def is_born(climb: Climb) -> Article:
    """The matter is known by name only, as one that a lead has just named; returns the article it has not got yet."""
    stage, workspace = climb.stage, climb.stage.house.workspace
    article = stage.house.knowledge.article(stage.turn["answer"]["article_id"])
    assert article is not None
    known = workspace.catalogue()
    intents = tuple(replace(i, is_opened=False) if i.id == article.intent else i for i in known.intents)
    workspace.put_catalogue(replace(known, intents=intents), stage.now)
    assert stage.house.knowledge.retire(article.id, "agt_lena", stage.now)
    climb.minutes_pass()
    return article


def test_a_cell_earns_its_way_up_and_loses_it_when_answers_turn_wrong_and_regains_it(climb: Climb) -> None:
    stage, ladder = climb.stage, climb.ladder
    article = is_born(climb)
    climb.asks()
    assert stage.action == "hand_off", "a name is no answer"

    # what a lead approves opens it
    School(stage.house.db, stage.house.library).publish(replace(article, id=""), "agt_lena", stage.now)
    known = stage.house.workspace.catalogue().intent(str(article.intent))
    assert known is not None
    assert known.is_opened
    climb.minutes_pass()
    climb.asks()
    assert stage.turn["answer"]["article_id"] == article.id
    stage.lead_sets(categories__default__ceiling="auto", evidence={"review_with_hold": 1.0, "review_auto": 0.05},
                    budget={"wrong": 0.1, "sure": 0.95})  # fmt: skip
    climb.lower(Rung.SUGGEST)
    assert (told(climb)["rung"], told(climb)["proof"]["cases"]) == ("suggest", 0)

    # on suggest an agent sends; at approve it waits for one key
    climb.goes_well(told(climb)["proof"]["needed"])
    climb.watch()
    assert (told(climb)["rung"], ladder.history.moves()[-1].cause) == ("approve", Cause.EARNED)

    # beyond approve it is only offered, with its proof
    climb.approves(told(climb)["proof"]["needed"])
    climb.watch()
    assert told(climb)["rung"] == "approve"
    (offer,) = says("boundary", "offers")["offers"]
    assert offer["proof"]["missing"] == []
    assert len(offer["answers"]) == 20
    assert "auto with hold" in does("boundary", "approve", offer["id"], "--by", "lena")

    # the record of all that was judged opens its gate; all of it was right, so nothing speaks for being stricter
    asked_before = ladder.boundary().of(climb.cell.category).threshold
    ladder.follow(stage.now)
    (gate,) = says("learn", "status")["marks"]
    assert (gate["is_open"], gate["budget"]) == (True, 0.1)
    assert gate["cases"] >= told(climb)["proof"]["needed"]
    assert ladder.boundary().of(climb.cell.category).threshold == asked_before

    # alone with hold, every answer is drawn here; one of them is judged from the command line
    stage.mind.refresh()
    climb.minutes_pass()
    conversation = climb.asks()
    case = ladder.store.case(message_id(conversation, 1))
    assert (case.was_given, case.is_drawn, case.propensity) == (True, True, 1.0)
    climb.passes_over_what_was_drawn_before({case.message}, "tom")
    found = says("review", "next", "--by", "tom")
    assert found["message"] == case.message
    assert "graded as right" in does("review", "judge", found["message"], "right", "--by", "tom")
    answered_and_graded(climb, told(climb)["proof"]["needed"])
    climb.watch()
    (offer,) = says("boundary", "offers")["offers"]
    does("boundary", "approve", offer["id"], "--by", "lena")
    assert told(climb)["rung"] == "auto"

    # alone, some one in twenty is drawn, and the chance of it is kept with the case
    stage.mind.refresh()
    given = []
    for _ in range(30):
        climb.minutes_pass()
        given.append(climb.asks())
        assert stage.action == "answer"
    cases = [ladder.store.case(message_id(c, 1)) for c in given]
    assert all(c.least and c.least <= c.propensity <= 0.15 for c in cases)
    assert sum(c.is_drawn for c in cases) < 12
    card = says("explain", message_id(given[-1], 1))
    assert card["explanation"]["sureness"]["rung"] == "auto"
    assert card["trace"]["decision"]["scores"]["review_share"] == pytest.approx(cases[-1].propensity)

    # the price changed and nobody told the article: customers say no
    for conversation in given[-12:]:
        Outcomes(stage.house.db).feedback(conversation, False, stage.now)
    climb.follows()
    climb.watch()
    assert told(climb)["rung"] == "approve"
    history = [m for m in says("boundary", "history")["moves"] if m["cell"]["category"] == climb.cell.category]
    began = history.pop(0)
    assert (began["cause"], began["rung"], began["author"]) == ("rehearsed", Rung.AUTO_WITH_HOLD, "agt_lena")
    assert [(m["cause"], Rung(m["rung"]).name.lower()) for m in history] == [
        ("person", "suggest"), ("earned", "approve"), ("offered", "auto_with_hold"), ("offered", "auto"),
        ("complaints", "approve"),
    ]  # fmt: skip
    assert [m["author"] for m in history[2:]] == ["agt_lena", "agt_lena", "segue"]
    climb.minutes_pass()
    climb.asks()
    assert stage.handoff_reasons == ["an agent approves the answer before it is sent"]

    # the article is put right; what was judged of the old one is no proof any more, and the cell earns its way anew
    now_right = replace(article, id="", body=article.body + "\n\nSince May a seat costs 12 more.")
    School(stage.house.db, stage.house.library).publish(now_right, "agt_lena", stage.now)
    climb.watch()
    before = told(climb)["proof"]
    assert (told(climb)["rung"], before["cases"]) == ("approve", 0)
    climb.approves(before["needed"])
    climb.watch()
    (offer,) = says("boundary", "offers")["offers"]
    assert offer["proof"]["cases"] >= before["needed"]
    does("boundary", "approve", offer["id"], "--by", "lena")
    assert told(climb)["rung"] == "auto_with_hold"
    stage.mind.refresh()
    climb.minutes_pass()
    climb.asks()
    assert stage.action == "answer", "it answers alone again"
