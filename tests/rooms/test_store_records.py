"""What was stored comes back as it was, to the last bit; else a replay would only be like what happened."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.answer import Abstention, Answer, AnswerKind, Ground
from segue.domain.assessment import (
    Assessment,
    Complexity,
    IntentGuess,
    NearExample,
    RepeatContact,
    Signal,
    TopicFlag,
    Urgency,
)
from segue.domain.conversation import Handler, Page
from segue.domain.decision import Action, Because, Counterfactual, Decision, Earned, Reason, Rung
from segue.store.database import Database, as_json
from segue.store.records import answer_of, assessment_of, decision_of

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
words = st.lists(text, max_size=3).map(tuple)
share = st.floats(0, 1)
number = st.floats(-1e6, 1e6)
maybe = share | st.none()
value = number | text | st.none()


def signal(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Signal, values, share, words, maybe)


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one, max_size=3).map(tuple)


assessments = st.builds(
    Assessment,
    intents=several(st.builds(IntentGuess, text, text, share, st.booleans())),
    none_of_these=signal(st.booleans()), novelty=signal(share),
    nearest=several(st.builds(NearExample, text, text, share)),
    unopened=signal(share), urgency=signal(st.sampled_from(Urgency)), frustration=signal(share),
    course=several(share), complexity=signal(st.sampled_from(Complexity)), drivers=words,
    wish_for_person=signal(st.booleans()), language=signal(text),
    repeat=st.none() | st.builds(RepeatContact, words, several(st.integers(1, 10**9)), share, words),
    topics=several(st.builds(TopicFlag, text, text, words)),
    tier=st.none() | text, is_verified=st.booleans(), page=st.none() | st.builds(Page, text, text),
    is_greeting=st.booleans(), is_closing=st.booleans(), is_settled=st.booleans(),
    text=text, encoder=text, heads=text, vector=st.none(),
)  # fmt: skip
answers = st.builds(
    Answer, st.sampled_from(AnswerKind), text,
    several(st.builds(Ground, text, text, text, text, st.integers(1, 9), st.integers(0, 99), st.integers(0, 99), text)),
    maybe, st.none() | st.sampled_from(Abstention), words, st.none() | text, st.none() | text,
    st.dictionaries(text, number, max_size=3), text, text,
)  # fmt: skip
decisions = st.builds(
    Decision, st.sampled_from(Action), st.sampled_from(Handler),
    several(st.builds(Because, st.sampled_from(Reason), text, words, value, value)), st.integers(1, 999),
    st.sampled_from(Rung), maybe, maybe, st.none() | text,
    st.none() | st.builds(Counterfactual, text, value, number | text, st.sampled_from(Action)),
    st.dictionaries(text, number, max_size=3),
    several(st.builds(Earned, st.none() | text, st.sampled_from(Rung), maybe, st.integers(0, 999), st.integers(0, 99))),
)  # fmt: skip
KINDS = [(assessments, assessment_of), (answers, answer_of), (decisions, decision_of)]


@pytest.mark.parametrize(("values", "back"), KINDS, ids=["assessment", "answer", "decision"])
def test_a_record_comes_back_as_it_was(values: st.SearchStrategy[Any], back: Any) -> None:
    @settings(max_examples=150, deadline=None)
    @given(values)
    def holds(value: Any) -> None:
        assert back(orjson.loads(as_json(value))) == value

    holds()


def test_figures_keep_every_bit_on_their_way_through_the_database(db: Database) -> None:
    """jsonb keeps numbers in decimal; the shortest decimal of a float is that float again."""
    figures = [0.1, 1 / 3, 0.9998711933070109, 1.5942004353296886e-06, 5e-324, 0.0, 1.0]
    row = db.one("select %(body)s::jsonb::text as body", {"body": as_json(figures)})

    assert row is not None
    assert orjson.loads(row.body) == figures


def test_a_projection_without_texts_comes_back_with_empty_ones() -> None:
    whole = orjson.loads(as_json(Answer(AnswerKind.ANSWER, "Yes.", confidence=0.9, intent="x")))
    for name in ("text", "grounds", "features"):
        whole.pop(name)

    assert answer_of(whole) == Answer(AnswerKind.ANSWER, "", confidence=0.9, intent="x")
