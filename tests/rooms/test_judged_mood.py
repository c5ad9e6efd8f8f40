"""Frustration as people of a workspace judge it: what is learnt of it, from whom, and when it is used."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from segue.domain.assessment import Signal
from segue.domain.conversation import Author, Channel, Conversation, EarlierTurn, Handler, Message, Status
from segue.domain.people import Contact
from segue.knowledge.encoder import StandIn
from segue.triage.judged_mood import ENOUGH, JudgedCourse, JudgedTurn, course_of, heard, learn, mixed
from segue.triage.mood import MoodHead

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENCODER = StandIn()
THINGS = ("export", "import", "report", "ledger", "portal", "sync", "upload", "invoice", "login", "chart")
GRUMBLES = [f"Well, there we go, the {thing} has its moods again." for thing in THINGS]
ASKS = [f"Where do I find the {thing}?" for thing in THINGS]


def turn(text: str, judged: float | None, *agents: str) -> JudgedTurn:
    return JudgedTurn(text, ENCODER.encode([text])[0], "", judged, agents)


def courses(each: int = 30, agents: tuple[str, ...] = ("agt_mira", "agt_tom")) -> list[JudgedCourse]:
    """A way to grumble that no list holds, and plain questions; each of another customer."""
    return [
        JudgedCourse(f"con_{n}", (turn(ASKS[n % 10], 0.0, agents[n % len(agents)]),
                                  turn(GRUMBLES[n % 10], 1.0, agents[(n + 1) % len(agents)])))
        for n in range(each)
    ]  # fmt: skip


def conversation(*said: str) -> Conversation:
    messages = tuple(Message(2 * n + 1, Author.CUSTOMER, text, NOW) for n, text in enumerate(said))
    turns = tuple(EarlierTurn(m.seq, None, 0.1, "answer", vector=ENCODER.encode([m.text])[0]) for m in messages[:-1])
    ada = Contact("con_ada", "Ada", "", None, True)
    return Conversation("cnv_1", 1, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOW, ada, None, messages, turns=turns)


@pytest.fixture(scope="module")
def head() -> MoodHead:
    found, report = learn(courses(), None)
    assert found is not None, report
    return found


def test_a_grumble_that_agents_judged_is_heard_and_the_reading_says_so(head: MoodHead) -> None:
    rule = Signal(0.15, 0.8, ("moods",), 0.6)
    grumbling = conversation(ASKS[0], "Well, there we go, the calendar has its moods again.")

    now = heard(rule, head, grumbling, ENCODER.encode([grumbling.latest.text])[0])

    assert now.value > rule.value + 0.1
    assert now.words == ("moods", "more frustrated, as people here judged 60 turns")
    assert (now.sure, now.threshold) == (0.8, 0.6)


def test_a_plain_question_stays_calm_and_nothing_is_said_of_it(head: MoodHead) -> None:
    asking = conversation("Where do I find the calendar?")

    now = heard(Signal(0.03, 0.8), head, asking, ENCODER.encode([asking.latest.text])[0])

    assert now.value < 0.1
    assert now.words == ()


def test_no_fury_is_unlearnt() -> None:
    """Half and half: a fury the list is sure of stays above the mark, though people here called such turns calm."""
    assert mixed(np.array([0.97]), np.array([0.35]))[0] > 0.8


def test_too_few_judged_turns_teach_nothing_and_it_is_said_what_is_needed() -> None:
    found, report = learn(courses(10), None)

    assert found is None
    assert (report["turns"], report["used"]) == (20, False)
    assert report["needed"] == {"turns": ENOUGH, "of_each": 8, "agents": 2}


def test_nobody_teaches_alone() -> None:
    found, report = learn(courses(60, ("agt_tom",)), None)

    assert found is None
    assert report["turns"] == 0, "what one agent judged beyond the half does not count"


def test_a_head_that_hears_no_better_is_not_used() -> None:
    """Turns judged by the toss of a coin."""
    rng = np.random.default_rng(1)
    tossed = [
        JudgedCourse(c.contact, tuple(turn(t.text, float(rng.integers(2)), *t.agents) for t in c.turns))
        for c in courses(40)
    ]

    found, report = learn(tossed, None)

    assert found is None
    assert (report["turns"], report["used"]) == (80, False)
    assert {"auroc", "auroc_before", "loss", "loss_before"} <= report.keys()


def test_turns_nobody_judged_are_context_and_no_lesson() -> None:
    with_more = [JudgedCourse(c.contact, (*c.turns, turn("And then?", None))) for c in courses()]

    assert learn(with_more, None)[1]["turns"] == 60


def test_a_course_ends_where_a_vector_is_gone() -> None:
    (first, *_) = courses(1)
    broken = JudgedCourse("con_1", (first.turns[0], JudgedTurn("Gone.", None, "", 1.0), first.turns[1]))

    assert len(broken.moments) == len(broken.judged) == 1


def test_the_course_at_a_turn_is_that_of_the_episode_with_what_was_replied_before() -> None:
    talk = conversation("First.", "Second.")
    told = Message(2, Author.AGENT, "A reply.", NOW)
    talk = Conversation(
        talk.id, 1, talk.channel, talk.status, talk.handler, NOW, talk.contact, None,
        (talk.messages[0], told, talk.messages[1]), turns=talk.turns,
    )  # fmt: skip

    course = course_of(talk, ENCODER.encode(["Second."])[0])

    assert [(m.said.raw, m.reply.raw) for m in course] == [("First.", ""), ("Second.", "A reply.")]
