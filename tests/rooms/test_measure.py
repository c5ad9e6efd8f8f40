"""What measures share: rows picked from files, rank statistics, and the baseline they are held against."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from segue.app.cli.main import app
from segue.app.measure import frustration, given
from segue.app.measure.given import rows_of, texts_of
from segue.app.measure.heads import Labelled, Read
from segue.app.measure.intents import drawn, figures
from segue.app.measure.learner import Seen
from segue.app.measure.plain import PlainModel, words
from segue.app.measure.scores import auroc, average_precision, fpr95
from segue.app.measure.selective import figures as selected
from segue.app.measure.stream import categories_over, opened_matters
from segue.domain.errors import Refused
from segue.domain.ports import DIMENSIONS
from segue.knowledge.encoder import StandIn

LINES = (
    '{"text": "Hi", "split": "train", "intent": null}\n{"text": "My invoice", "split": "test", "intent": "invoice"}\n'
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(LINES)
    return path


def test_a_colon_after_a_file_picks_rows(file):
    assert [row["text"] for row in rows_of(f"{file}:split=train")] == ["Hi"]
    assert [row["text"] for row in rows_of(f"{file}:intent=null")] == ["Hi"]
    assert len(rows_of(f"{file}:split=train|test")) == len(rows_of(str(file))) == 2


@pytest.mark.parametrize(
    ("asked", "says"), [("gone.jsonl", "no file"), (":split=valid", "No row"), (":split=train,intent=x", "No row")]
)
def test_what_cannot_be_picked_is_refused_with_what_to_do(file, asked, says):
    with pytest.raises(Refused, match=says):
        rows_of(asked if asked == "gone.jsonl" else f"{file}{asked}")


@pytest.mark.parametrize("holds", ["", "\n\n"])
def test_an_empty_file_is_called_empty(file, holds):
    file.write_text(holds)
    with pytest.raises(Refused, match="There is no row in"):
        rows_of(str(file))


def test_rows_without_the_field_intent_are_not_taken_for_none_of_these():
    assert given.labelled([{"intent": "a"}, {"intent": None}, {}])
    with pytest.raises(Refused, match="No row has the field 'intent'"):
        given.labelled([{"text": "a", "label": "b"}])
    with pytest.raises(Refused, match="Row 2 has an intent that is no word"):
        given.labelled([{"intent": "a"}, {"intent": ["a"]}])


BROKEN = {
    "nothing": "",
    "a broken line": '{"text":\n',
    "no object": "[1]\n",
    "other fields": '{"x": 1}\n',
    "numbers": json.dumps(dict.fromkeys(("text", "question", "gold", "turns", "summary"), 3)) + "\n",
}
FILES = {"intents": ("train", "test"), "unknown": ("train", "valid", "test"), "selective": ("train", "cal", "test"),
         "retrieval": ("kb", "questions"), "similar": ("threads",), "frustration": ("train", "test"),
         "topics": ("file",), "briefing": ("file",), "answers": ("file",), "stream": ()}  # fmt: skip


@pytest.mark.parametrize("holds", [*BROKEN, "bytes", None])
@pytest.mark.parametrize("measure", FILES)
def test_a_file_that_cannot_be_measured_is_refused_before_anything_is_made(measure, holds, file, monkeypatch):
    monkeypatch.setenv("SEGUE_ENCODER", "standin")
    monkeypatch.setattr("segue.app.cli.measures.throwaway", lambda *_: pytest.fail("a database was made"))
    if holds is None:
        file.unlink()
    else:
        file.write_bytes(b"\xff\xfe\x00" if holds == "bytes" else BROKEN[holds].encode())
    named = [word for option in FILES[measure] for word in (f"--{option}", str(file))] or [str(file)]

    done = CliRunner().invoke(app, ["measure", measure, *named])

    assert isinstance(done.exception, Refused), done.output  # which `segue` says in one line, with exit code 2
    assert "\n" not in str(done.exception)


def test_a_broken_line_and_a_row_without_text_are_named(file):
    file.write_text('{"text": "a"}\n{broken\n')
    with pytest.raises(Refused, match="line 2"):
        rows_of(str(file))
    with pytest.raises(Refused, match="Row 2"):
        texts_of([{"text": "a"}, {"text": None}])


def test_a_separator_of_lines_inside_a_text_ends_no_line(file):
    """Browsers write U+2028 into JSON as it is."""
    file.write_text('{"text": "one\u2028two"}\r\n\n{"text": "three"}\n', "utf8")
    assert [row["text"] for row in rows_of(str(file))] == ["one\u2028two", "three"]


def test_a_file_that_is_no_text_is_refused(file):
    file.write_bytes(b'{"text": "caf\xe9"}\n')
    with pytest.raises(Refused, match="no text in UTF-8"):
        rows_of(str(file))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"turns": ["hello"]}, "no objects"),
        ({"text": "hello"}, "No customer's turn"),
        ({"turns": [{"role": "customer", "text": "hello"}]}, "No customer's turn"),
        ({"turns": [{"role": "customer", "text": "hello", "sat": [4]}]}, "rated below"),
    ],
)
def test_dialogues_without_ratings_are_refused_with_what_to_do(file, row, says, monkeypatch):
    monkeypatch.setattr(frustration, "encoder", StandIn)
    file.write_text(json.dumps(row) + "\n")
    with pytest.raises(Refused, match=says):
        frustration.run(str(file), str(file))


def test_a_score_that_separates_is_perfect_and_one_that_ties_is_a_coin():
    assert auroc([1, 2, 3], [4, 5]) == 1.0
    assert auroc([1, 1], [1, 1]) == 0.5
    assert auroc([], [1]) is None
    assert fpr95(range(100), [200, 10]) == 0.5
    assert average_precision([3, 2, 1], [True, False, True]) == pytest.approx((1 + 2 / 3) / 2)


def test_the_baseline_learns_from_words_and_pairs():
    model = PlainModel.fit(["reset password", "password lost", "invoice high", "invoice again"] * 5, list("aabb") * 5)

    chances = model.chances(["my password", "the invoice", "nothing known"])

    assert [model.labels[n] for n in chances.argmax(1)[:2]] == ["a", "b"]
    assert chances.sum(1) == pytest.approx(1.0)
    assert "reset password" in words("Reset password!")


def labelled(wanted):
    return Labelled(tuple("t" for _ in wanted), np.zeros((len(wanted), DIMENSIONS), np.float32), tuple(wanted))


def test_a_known_message_taken_for_none_of_these_is_not_right_in_scope():
    read = Read(np.array(["a", "b", "a", "a"]), np.array([0.0, 2.0, 2.0, 0.0]))

    found = figures(read, labelled(["a", "b", None, None]), 1.0)

    assert (found["accuracy"], found["in_scope_accuracy"], found["oos_recall"]) == (1.0, 0.5, 0.5)


def test_shots_are_drawn_anew_for_each_seed_and_the_same_for_the_same():
    known = Labelled(
        tuple(map(str, range(40))), np.zeros((40, DIMENSIONS), np.float32), tuple("ab"[n % 2] for n in range(40))
    )

    first, again, other = (drawn(known, 3, seed) for seed in (1, 1, 2))

    assert first.texts == again.texts != other.texts
    assert sorted(first.wanted) == ["a"] * 3 + ["b"] * 3


def test_a_category_far_over_its_budget_is_a_violation_and_bad_luck_is_not():
    guesses = np.array(["a"] * 40 + ["b"] * 40)
    wanted = ["a"] * 28 + ["x"] * 12 + ["b"] * 38 + [None] * 2

    found = selected(guesses, np.ones(80, bool), wanted, 0.05)

    assert found["over_budget"] == ["a"]
    assert found["violations"] == found["violations_certain"] == 1
    assert found["categories"]["b"]["wrong"] == 2
    assert found["wrong"] == pytest.approx(14 / 80)


def test_a_stream_names_what_is_over_its_budget_together_and_by_itself():
    def answered(category, right, wrong):
        said = [category] * right + ["other"] * wrong
        return [Seen(truth, category, 0.9, True, False, False) for truth in said]

    unlucky, bad = answered("unlucky", 91, 9), answered("bad", 80, 20)
    others = [s for n in range(60) for s in answered(f"fine{n}", 96, 4)]

    found = categories_over([*unlucky, *bad, *others], 0.05)

    assert found == {"over_budget": ["bad"], "over_budget_by_itself": ["bad"]}
    assert categories_over([*answered("unlucky", 90, 10), *others], 0.05) == {
        "over_budget": [], "over_budget_by_itself": ["unlucky"]
    }  # fmt: skip


def test_an_unopened_matter_taken_for_another_is_told_apart_from_mistakes_after_it_opened():
    def said(truth, guess):
        return Seen(truth, guess, 0.9, is_answered=True, is_learnt=True, is_past=False)

    early, opens, late, other = said("new", "old"), said("new", "new"), said("new", "old"), said("old", "old")

    found = opened_matters([early, other, opens, other, late, other, other, other], {"new"})

    assert found["messages_until_opened"] == {"new": 1}
    assert found["near_twin_errors_by_quarter"] == [1, 0, 1, 0]
    assert found["near_twin_errors_while_unopened_by_quarter"] == [1, 0, 0, 0]
