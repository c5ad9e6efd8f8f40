"""The pure rules of the learning loop: edits, contests between heads, contradictions, groups, figures, scrubbing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from segue.assistant.compose import answer, several, understood
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.knowledge import Article
from segue.insight.figures import behind, standings
from segue.knowledge.encoder import StandIn
from segue.learning.candidates import drafts, groups
from segue.learning.contradictions import are_enough, conflicts
from segue.learning.edits import UNEDITED, as_a_draft, compare, plain
from segue.learning.refit import Contest, contests, hold_back, refusal
from segue.store.candidates import LessonTold
from segue.store.erasure import Theirs, without
from segue.store.outcomes import Episode
from segue.texts import _, languages, speaking
from segue.triage.intents import Examples, IntentHead

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
ENCODER = StandIn()


# edits


def test_a_suggestion_sent_with_a_greeting_and_a_signature_is_unedited() -> None:
    suggested = (
        "As I understand you: **Higher invoice**.\n\nA seat was added.\n\nFrom our article “Invoices”. Not what."
    )
    assert compare(suggested, "Hi Grace,\n\nA seat was added.\n\nBest regards, Mira").share <= UNEDITED


def _understood_in(language: str) -> list[str]:
    with speaking(language):
        return [understood("Get a copy of an invoice"), understood("Refund rules")]


@pytest.mark.parametrize("understood", [
    "As I understand you: **Higher invoice**.", "So verstehe ich Sie: **x**.",
    *(said for language in languages() for said in _understood_in(language)),
])  # fmt: skip
def test_a_draft_does_not_say_what_the_assistant_took_it_for(understood: str) -> None:
    said = "A seat was added.\n\nFrom our article “Invoices”."

    assert as_a_draft(f"{understood}\n\n{said}") == said
    assert as_a_draft(said) == said


@pytest.mark.parametrize("language", languages())
def test_a_draft_does_not_offer_a_person_where_a_person_writes(language: str) -> None:
    with speaking(language):
        one = answer("Invoices", "A seat was added.", "Get a copy of an invoice")
        both = several([("Seats", "Seats", "Add one."), ("Invoices", "Invoices", "Get one.")])
        offer = _("Not what you meant? Say it in other words, or ask for a person.")
        source = _("From our article “%(title)s”.", title="Invoices")

    assert (one.endswith(offer), both.endswith(offer)) == (True, True)
    assert as_a_draft(one) == f"A seat was added.\n\n{source}"
    assert as_a_draft(both).endswith(source)


def test_distance_counts_words_added_removed_and_replaced() -> None:
    edit = compare("A seat was added in May.", "Two seats were added in May, sorry.")
    assert (edit.distance, edit.share) == (4, round(4 / 7, 4))


def test_another_text_is_another_text() -> None:
    assert compare("A seat was added.", "Please sign in again with the new code.").share == 1.0


def test_thanks_in_a_sentence_are_no_signature() -> None:
    assert plain("Thanks for the file, it is fixed now.") == "Thanks for the file, it is fixed now."


# a newer head


def head_and_examples(swap: int = 0) -> tuple[IntentHead, Examples, Examples, Catalogue]:
    """Two intents of 80 messages each; `swap` of the newest are taught as the other one."""
    rng = np.random.default_rng(7)
    middles = rng.normal(size=(2, 384))
    rows = np.concatenate([m + rng.normal(size=(80, 384)) * 1.2 for m in middles]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    texts, intents = tuple(f"text {n}" for n in range(160)), ["a"] * 80 + ["b"] * 80
    catalogue = Catalogue((Category("c", "C"),), (Intent("a", "A", "c"), Intent("b", "B", "c")))
    none = Examples((), np.empty((0, 384), np.float32), ())
    head = IntentHead.fit(Examples(texts, rows, tuple(intents)), none, catalogue)
    again = Examples(tuple(f"more {t}" for t in texts[:swap]), rows[:swap], ("b",) * swap)
    return head, Examples(texts, rows, tuple(intents)) + again, none, catalogue


def test_a_head_taught_with_nothing_wrong_is_published() -> None:
    head, examples, none, catalogue = head_and_examples()
    found = contests(head, examples, none, catalogue, hold_back(examples.texts), none)

    assert found[0].cases >= 20
    assert refusal(found) == ""


def test_a_head_taught_with_wrong_labels_is_refused_and_says_what_it_lost() -> None:
    head, examples, none, catalogue = head_and_examples(swap=80)
    held = frozenset(t for t in hold_back(examples.texts) if t.startswith("text"))
    found = contests(head, examples, none, catalogue, held, none)

    assert "cases held back" in refusal(found)
    assert found[0].lost > found[0].won


def test_too_few_cases_are_no_contest() -> None:
    head, examples, none, catalogue = head_and_examples()
    assert contests(head, examples, none, catalogue, frozenset(examples.texts[:5]), none) == []


@pytest.mark.parametrize(("lost", "won", "is_worse"), [(3, 0, False), (4, 0, True), (5, 5, False), (20, 8, True)])
def test_a_loss_counts_from_where_chance_does_not_explain_it(lost: int, won: int, is_worse: bool) -> None:
    assert Contest("cases held back", 100, 90, 90 + won - lost, lost, won).is_worse is is_worse


def test_the_same_fifth_is_held_back_each_time() -> None:
    texts = [f"case {n}" for n in range(500)]
    held = hold_back(texts)
    assert 60 < len(held) < 140
    assert held == hold_back(list(reversed(texts)))


# contradictions

ARTICLE = """# Refunds

You can ask for a refund within 14 days of the purchase. Refunds take 5 business days. The fee is €10 per transfer.

Go to Settings > Billing > Invoices to download invoices. You can change the owner of a workspace yourself. Up to 5
users can share a workspace."""


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("Refunds are possible within 30 days of the purchase now.", "duration"),
        ("The transfer fee is €12 per transfer.", "amount"),
        ("Please go to Account > Invoices to download invoices.", "steps"),
        ("You cannot change the owner of a workspace yourself.", "negation"),
        ("It is no longer possible to change the owner of a workspace yourself.", "no_longer"),
    ],
)
def test_a_reply_that_cannot_be_true_beside_the_article_is_found(reply: str, kind: str) -> None:
    assert [c.kind for c in conflicts(ARTICLE, reply)] == [kind]


@pytest.mark.parametrize(
    "reply",
    [
        "You can ask for a refund within two weeks of the purchase.",
        "Refunds take 5 business days.",
        "I have extended your refund window to 30 days of the purchase.",
        "We refunded €12 of the transfer fee for you.",
        "Could you ask for a refund within 30 days of the purchase?",
        "It takes 3 days.",
        "Your seat was added on Monday, so the invoice has 9 lines.",
    ],
)
def test_what_agrees_or_was_done_for_one_customer_is_no_contradiction(reply: str) -> None:
    assert conflicts(ARTICLE, reply) == []


def test_only_replies_that_say_the_same_for_different_customers_by_two_people_are_enough() -> None:
    same = [("30", "ada", "mira"), ("30", "grace", "mira"), ("30", "nadia", "mira")]
    assert not are_enough(same, 3, 2)
    assert are_enough([*same, ("30", "eve", "tom")], 3, 2)
    assert not are_enough([("30", "ada", "mira"), ("20", "grace", "tom"), ("10", "nadia", "tom")], 3, 2)
    assert not are_enough([("30", "ada", "mira"), ("30", "ada", "tom"), ("30", "ada", "tom")], 3, 2)


# candidates


def encode(texts: Sequence[str]) -> Any:
    return ENCODER.encode(texts)


def source(
    n: int, problem: str, solution: str, who: str, agent: str = "mira", intent: str | None = "pause"
) -> LessonTold:
    return LessonTold(f"les_{n}", intent, who, agent, problem, solution, encode([problem])[0])


CATALOGUE = Catalogue((Category("plans", "Plans"),), (Intent("pause", "Pause a plan", "plans", False),))
PAUSE = "Open Settings and choose Pause; your data stays."


def test_lessons_on_one_matter_become_one_draft_with_the_solution_most_agree_on() -> None:
    lessons = [
        source(1, "Can I pause my plan?", PAUSE, "ada"),
        source(2, "How to pause the plan?", PAUSE + " It is free.", "grace"),
        source(3, "Pause the plan please", "I have done it, bye.", "nadia"),
        source(4, "The webhook signature is wrong", "Rotate the secret.", "ada", intent=None),
    ]
    (draft,) = drafts(lessons, [], CATALOGUE, encode)

    assert (draft.kind, draft.title, draft.intent) == ("article", "Pause a plan", "pause")
    assert draft.body.startswith(PAUSE)
    assert draft.lessons == ("les_1", "les_2", "les_3")


def test_one_customers_lessons_alone_make_no_draft() -> None:
    lessons = [source(n, "Can I pause my plan?", PAUSE, "ada") for n in range(5)]
    assert drafts(lessons, [], CATALOGUE, encode) == []


def test_an_addition_needs_three_customers_two_people_and_something_new() -> None:
    article = Article("art_1", "pause", "Pausing", PAUSE, intent="pause")
    new = "Enterprise plans are paused by their account manager on request by phone."
    two_agents = [
        source(1, "Can I pause my plan?", new, "ada"), source(2, "Pause my plan?", new, "grace", "tom"),
        source(3, "How can I pause my plan?", new, "nadia"),
    ]  # fmt: skip
    known = [source(n, "Can I pause my plan?", PAUSE, who, who) for n, who in enumerate(("ada", "grace", "nadia"))]

    (draft,) = drafts(two_agents, [article], CATALOGUE, encode)
    assert (draft.kind, draft.article_id) == ("edit", "art_1")
    assert draft.body.startswith(PAUSE)
    assert new in draft.body
    assert drafts(known, [article], CATALOGUE, encode) == []


def test_unlike_lessons_without_an_intent_stay_apart() -> None:
    lessons = [
        source(1, "The webhook signature is wrong", "a", "ada", intent=None),
        source(2, "My invoice has odd lines", "b", "grace", intent=None),
    ]
    assert len(groups(lessons)) == 2


# figures


def episode(**more: Any) -> Episode:
    usual = {
        "conversation_id": "cnv_1", "number": 1, "category": "billing", "is_offered": True, "is_handed_over": False,
        "has_person": False, "is_closed": True, "is_reopened": False, "is_verified": None,
        "answered_at": NOW - timedelta(days=10), "sources": (),
    }  # fmt: skip
    return Episode(**{**usual, **more})


EPISODES = [
    episode(sources=("customer_confirmed",)),
    episode(sources=("silence",), conversation_id="cnv_2"),
    episode(sources=("silence", "returned"), conversation_id="cnv_3"),
    episode(sources=("customer_confirmed", "customer_denied"), has_person=True, is_handed_over=True),
    episode(is_offered=False, is_handed_over=True, has_person=True, answered_at=None, category=""),
    episode(answered_at=NOW - timedelta(days=2), is_verified=True),
    episode(is_verified=False, category="plans"),
]


def figure(name: str, category: str = "") -> tuple[int, int]:
    (own,) = (s for s in standings(EPISODES, NOW) if s.category == category)
    (found,) = (f for f in own.figures if f.name == name)
    return found.count, found.of


def test_each_figure_counts_its_own_and_says_of_how_many() -> None:
    assert figure("offered") == (6, 7)
    assert figure("contained") == (5, 7)
    assert figure("confirmed") == (1, 6)
    assert figure("assumed") == (1, 6)
    assert figure("durable") == (3, 4)
    assert figure("reopened") == (1, 5)
    assert figure("handed_over") == (2, 7)
    assert figure("verified") == (1, 2)
    assert figure("offered", "unknown") == (0, 1)
    assert figure("verified", "plans") == (0, 1)


def test_a_figure_without_cases_has_no_share_and_the_widest_interval() -> None:
    (whole,) = standings([], NOW)
    assert {(f.share, f.low, f.high) for f in whole.figures} == {(None, 0.0, 1.0)}


def test_the_interval_holds_the_share_and_narrows_with_cases() -> None:
    few, many = (standings([episode()] * n + [episode(is_offered=False)] * n, NOW)[0].figures[0] for n in (5, 50))
    assert few.low < many.low < 0.5 < many.high < few.high


def test_a_figure_names_what_it_counts() -> None:
    assert [e.conversation_id for e in behind("assumed", EPISODES, NOW, "billing")] == ["cnv_2"]


# scrubbing what others' rows quote


def test_entries_that_came_from_them_go_and_the_same_words_of_others_stay() -> None:
    crooked = "My flumwaggle is crooked"
    body = {
        "text": crooked,
        "nearest": [{"text": crooked, "cosine": 0.9}, {"text": "Mine is fine", "cosine": 0.8}],
        "tried": [{"text": crooked, "seq": 1}],
        "similar": [{"conversation_id": "cnv_9", "problem": "x"}, {"conversation_id": "cnv_1", "problem": crooked}],
        "next_step": {"text": "Look first. The flumwaggle has been straightened by hand, fully…", "reply": "Hello"},
        "repeat": {"conversations": ["cnv_9", "cnv_1"]},
    }
    theirs = Theirs(
        frozenset({"cnv_9"}),
        frozenset({crooked}),
        frozenset({"The flumwaggle has been straightened by "}),
    )
    assert without(body, theirs) == {
        "text": crooked,
        "nearest": [{"text": "Mine is fine", "cosine": 0.8}],
        "tried": [{"text": crooked, "seq": 1}],
        "similar": [{"conversation_id": "cnv_1", "problem": crooked}],
        "next_step": {"text": "[erased]", "reply": "Hello"},
        "repeat": {"conversations": ["cnv_1"]},
    }
