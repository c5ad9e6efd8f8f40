"""From a resolved conversation to a better assistant, and back again when a customer is erased."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from segue.app.cli.main import app
from segue.app.learning import keep_promise, refit, run, unlearn_erased
from segue.app.schedule import follow
from segue.assistant.confidence import Confidence
from segue.domain.errors import Conflict, Forbidden, NotFound, Refused
from segue.store.backtest import PastStore
from segue.store.candidates import Draft
from segue.store.desk import AgentReply, Solution
from segue.store.outcomes import Outcomes
from segue.triage.intents import IntentHead
from small import make_small
from stage import Stage

INVOICE = "Why is my invoice higher this month?"
PAUSING = (
    ("ada", "Can I pause my subscription for the summer?", "mira"),
    ("grace", "We would like to pause our subscription for three months.", "tom"),
    ("nadia", "Is there a way to pause the subscription for a while?", "mira"),
)
PAUSED = "A subscription can be paused for up to three months. Open Settings → Plan and choose Pause; data stays."


def rows(house: Stage, statement: str, **params: Any) -> list[Any]:
    return house.house.db.all(statement, params)


def resolved(house: Stage, who: str, text: str, reply: str, agent: str = "mira", intent: str | None = None) -> str:
    """A matter that a person took, answered and closed."""
    house.customer_writes(f"{text} Please let me talk to a person.", who, again=True)
    house.agent_replies(reply, agent)
    house.agent_resolves(agent, intent)
    return house.conversation


def pauses_resolved(house: Stage) -> list[str]:
    return [resolved(house, who, text, PAUSED, agent, "pause_subscription") for who, text, agent in PAUSING]


# lessons


def test_a_resolution_becomes_a_lesson_without_personal_data_and_with_its_provenance(house: Stage) -> None:
    house.customer_writes("I am Grace Tolland, my card 4111 1111 1111 1111 was charged twice. A person!", "grace")
    house.agent_replies("Hi Grace,\nThe second charge goes back to your card.\nBest, Mira")
    house.customer_writes("Thanks Mira, mail me at grace@northgate-clinics.example", "grace")
    house.agent_resolves(intent="double_charge")

    (lesson,) = house.house.lessons.store.lessons()
    assert "[card]" in lesson["problem"]
    assert "charged twice" in lesson["problem"]
    kept = lesson["problem"] + lesson["solution"] + lesson["reaction"]
    assert not re.search("grace|tolland|4111", kept, re.IGNORECASE)
    assert lesson["solution"] == "The second charge goes back to your card."
    assert "[email]" in lesson["reaction"]
    assert (lesson["conversation_id"], lesson["agent_id"]) == (house.conversation, "agt_mira")
    assert lesson["seqs"][0] == 1
    assert lesson["at"] == house.now


def test_triages_own_guess_never_becomes_an_example(house: Stage) -> None:
    resolved(house, "nadia", INVOICE, "It is the seat you added.", intent=None)

    assert [x["intent_id"] for x in house.house.lessons.store.lessons()] == [None]
    assert rows(house, "select from examples where source = 'resolved'") == []


def test_sending_the_suggestion_as_it_stands_approves_its_intent(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "nadia")
    house.customer_writes(INVOICE, "nadia")
    house.agent_replies(house.turn["answer"]["text"])
    house.agent_resolves()

    (edit,) = rows(house, "select distance, share, answers_seq from edits")
    assert (edit.distance, edit.share) == (0, 0.0)
    (lesson,) = house.house.lessons.store.lessons()
    assert lesson["intent_id"] == "invoice_higher"


def by_a_key(_agent: str) -> str:
    return "key:crm"


def is_like(house: Stage, text: str) -> bool:
    """Whether the conversation is among the cases that are told of as like `text`."""
    found = house.house.library.similar(house.house.encoder.encode([text])[0], 100)
    return house.conversation in {case.conversation_id for case in found}


def test_what_a_key_says_somebody_resolved_teaches_once_a_person_says_so(house: Stage) -> None:
    hands, cost = house.house.hands, len(house.house.signals.efforts())
    house.customer_writes("I want to talk to a person about my invoice.", "nadia")
    hands.reply(AgentReply(house.conversation, "agt_mira", "It is the seat you added."), house.now, voice=by_a_key)
    told = Solution("A seat was added in May.", "invoice_higher", minutes=3)
    hands.resolve(house.conversation, "agt_mira", told, house.now, by_a_key)
    follow(house.house, house.mind, house.now)
    assert (house.row["status"], house.house.lessons.store.lessons()) == ("resolved", [])
    assert rows(house, "select from examples where source = 'resolved'") == []
    assert len(house.house.signals.efforts()) == cost, "nor what it cost"
    assert PastStore(house.house.db).whole([house.conversation])[0].ending.intent is None
    assert not is_like(house, "It is about my invoice."), "nor is it told beside others"
    with pytest.raises(Conflict):
        hands.resolve(house.conversation, "agt_mira", Solution(""), house.now, by_a_key)

    hands.resolve(house.conversation, "agt_tom", Solution(""), house.now)
    follow(house.house, house.mind, house.now)

    (lesson,) = house.house.lessons.store.lessons()
    assert (lesson["agent_id"], lesson["intent_id"]) == ("agt_tom", "invoice_higher")
    assert lesson["solution"] == "A seat was added in May.", "what the key said, not the last words"
    assert is_like(house, "It is about my invoice.")
    assert len(rows(house, "select from examples where source = 'resolved'")) == 1
    with pytest.raises(Conflict):
        hands.resolve(house.conversation, "agt_tom", Solution(""), house.now)


def test_what_a_key_replied_is_nobodys_solution_though_a_person_resolves(house: Stage) -> None:
    hands = house.house.hands
    house.customer_writes("I want to talk to a person about my invoice.", "nadia")
    hands.reply(AgentReply(house.conversation, "agt_mira", "It is the seat you added."), house.now, voice=by_a_key)
    house.customer_writes("Thanks, that was it!", "nadia")
    house.agent_resolves("mira", "invoice_higher")

    (lesson,) = house.house.lessons.store.lessons()
    assert (lesson["intent_id"], lesson["solution"], lesson["reaction"]) == ("invoice_higher", "", "")
    kept = rows(house, "select solution from resolutions where conversation_id = %(id)s", id=house.conversation)
    assert [r.solution for r in kept] == [""], "nor is it told beside cases like it"


def test_a_persons_words_stay_the_solution_where_a_key_wrote_after_them(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about my invoice.", "nadia")
    house.agent_replies("The seat that was added on 3 May costs 12 more.")
    house.customer_writes("I see.", "nadia")
    house.house.hands.reply(AgentReply(house.conversation, "agt_mira", "Please rate us."), house.now, voice=by_a_key)
    house.customer_writes("Five stars for the bot.", "nadia")
    house.agent_resolves("mira", "invoice_higher")

    (lesson,) = house.house.lessons.store.lessons()
    assert lesson["solution"] == "The seat that was added on 3 May costs 12 more."
    assert lesson["reaction"] == "I see.", "what was said to the key is not said of it"


def test_what_a_key_replied_teaches_where_the_person_who_resolves_says_that_it_solved_it(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about my invoice.", "nadia")
    hands, words = house.house.hands, "It is the seat you added."
    hands.reply(AgentReply(house.conversation, "agt_mira", words), house.now, voice=by_a_key)
    hands.resolve(house.conversation, "agt_tom", Solution(words, "invoice_higher"), house.now)
    follow(house.house, house.mind, house.now)

    (lesson,) = house.house.lessons.store.lessons()
    assert (lesson["solution"], lesson["agent_id"]) == (words, "agt_tom")


def test_that_a_key_sent_a_suggestion_as_it_stood_approves_no_intent(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "nadia")
    house.customer_writes(INVOICE, "nadia")
    answer = house.turn["answer"]["text"]
    house.house.hands.reply(AgentReply(house.conversation, "agt_mira", answer), house.now, voice=by_a_key)
    follow(house.house, house.mind, house.now)
    house.agent_resolves()

    assert [(e.share, e.voice) for e in rows(house, "select share, voice from edits")] == [(0.0, "key:crm")]
    assert [x["intent_id"] for x in house.house.lessons.store.lessons()] == [None]


def test_a_rewritten_suggestion_is_kept_as_far_from_it(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "nadia")
    house.customer_writes(INVOICE, "nadia")
    house.agent_replies("It is the second seat, nothing else.")
    house.agent_resolves()

    (edit,) = rows(house, "select share from edits")
    assert edit.share > 0.8
    assert "suggestion.compared" in house.events


# a newer head


def test_a_correction_is_taken_up_within_one_run_and_the_record_says_what_was_compared(house: Stage) -> None:
    text = "My flurble gribbit is snorked."
    resolved(house, "nadia", text, "It is a seat.", intent="wrong_vat")
    before, chance = house.house.workspace.head_version("intents"), chance_of(house, "wrong_vat")

    done = run(house.house, house.now, "asked", "lena")["refit"]

    assert done["is_published"], done["why"]
    assert house.house.workspace.head_version("intents") != before
    assert "right, before" in done["why"]
    assert "cases held back" in {c["measure"] for c in done["report"]["contests"]}
    house.mind.refresh()
    house.customer_writes(f"{text} Please let me talk to a person.", "ada", again=True)
    assert chance_of(house, "wrong_vat") > 2 * chance
    assert house.turn["assessment"]["nearest"][0]["text"].startswith(text)


def test_after_a_correction_the_calibration_is_carried_over_until_the_night(house: Stage) -> None:
    resolved(house, "nadia", "My flurble gribbit is snorked.", "It is a seat.", intent="wrong_vat")
    before = IntentHead.from_bytes(house.house.workspace.head("intents")[1])
    done = refit(house.house, house.now, "asked", "lena")
    after = IntentHead.from_bytes(house.house.workspace.head("intents")[1])
    kept = Confidence.from_bytes(house.house.workspace.head("confidence")[1])
    assert done["report"]["fit"]["carried_from"] == before.version != after.version == kept.head

    house.days_pass(0.7)

    look = house.house.lessons.store.refits()[0]
    assert (look["cause"], look["is_published"]) == ("nightly", True), look["why"]
    assert not house.house.lessons.store.is_carried()


def chance_of(house: Stage, intent: str) -> float:
    """How likely the last message wanted it; 0 where it is not among the likeliest."""
    guesses = house.turn["assessment"]["intents"]
    return next((float(g["probability"]) for g in guesses if g["intent"] == intent), 0.0)


def test_a_head_that_loses_cases_is_refused_and_the_old_one_stays(house: Stage) -> None:
    house.house.db.run(
        "insert into examples select 'exa_bad' || row_number() over (), (select i.id from intents i"
        " order by md5(x.id || i.id) limit 1), body || ' indeed', vector, 'resolved', null, null, created_at, encoder"
        " from examples x"
    )
    before = house.house.workspace.head_version("intents")

    done = refit(house.house, house.now, "asked", "lena")

    assert not done["is_published"]
    assert "measures dropped" in done["why"]
    assert house.house.workspace.head_version("intents") == before


def test_at_night_lessons_are_learnt_once(house: Stage) -> None:
    make_small(house.house)
    resolved(house, "nadia", INVOICE, "It is a seat.", intent="invoice_higher")
    house.days_pass(0.7)
    house.days_pass(0.01)

    (look,) = house.house.lessons.store.refits()
    assert (look["cause"], look["fresh"]) == ("nightly", 1)


def test_one_customer_teaches_an_intent_only_so_much(house: Stage) -> None:
    for n in range(25):
        resolved(house, "ada", f"Pausing question number {n} about a subscription.", "No.", intent="pause_subscription")

    learnt = [x for x in house.house.knowledge.examples() if x.text.startswith("Pausing question")]
    assert len(learnt) == 20


# candidate articles


def test_lessons_without_an_article_become_a_candidate_whose_effect_is_tested(house: Stage) -> None:
    pauses_resolved(house)

    (candidate,) = house.house.school.draft(house.now)

    found = house.house.school.shown(candidate)
    assert (found["kind"], found["intent_id"], found["body"]) == ("article", "pause_subscription", PAUSED)
    assert found["rests_on"] == {"cases": 3, "customers": 3, "agents": 2, "solved_so": 3}
    effect = found["effect"]
    assert effect["right"] >= effect["drafted_from"] >= 1
    assert effect["right"] + effect["wrong"] + effect["unsettled"] == effect["answers"]
    assert house.house.school.draft(house.now) == []


def test_trying_an_article_leaves_nothing_behind(house: Stage) -> None:
    pauses_resolved(house)
    before = rows(house, "select (select count(*) from articles) a, (select count(*) from passages) p")
    house.house.school.draft(house.now)

    assert rows(house, "select (select count(*) from articles) a, (select count(*) from passages) p") == before
    assert house.house.workspace.catalogue().intent("pause_subscription").is_opened is False


def test_an_approved_candidate_is_an_article_under_the_approvers_name(house: Stage) -> None:
    pauses_resolved(house)
    (candidate,) = house.house.school.draft(house.now)

    article = house.house.school.approve(candidate, "agt_lena", house.now)
    house.mind.refresh()

    (version,) = rows(house, "select author, body from article_versions where article_id = %(id)s", id=article)
    assert (version.author, version.body) == ("agt_lena", PAUSED)
    assert house.house.workspace.catalogue().intent("pause_subscription").is_opened
    with pytest.raises(Conflict, match="approved"):
        house.house.school.approve(candidate, "agt_lena", house.now)
    keep_promise(house.house, house.now)
    assert house.house.lessons.store.refits(1)[0]["cause"] == "catalogue"
    keep_promise(house.house, house.now)
    assert len(house.house.lessons.store.refits(9)) == 1, "once for each change"
    house.mind.refresh()
    house.customer_writes("I want to talk to a person.", "ada", again=True)
    house.customer_writes("Can I pause my subscription for the summer?", "ada")
    assert PAUSED in house.turn["answer"]["text"]


def test_only_a_lead_approves_and_never_alone_what_they_alone_wrote(house: Stage) -> None:
    for who, text, _ in PAUSING:
        resolved(house, who, text, PAUSED, "lena", "pause_subscription")
    (candidate,) = house.house.school.draft(house.now)

    with pytest.raises(Forbidden, match="lead"):
        house.house.school.approve(candidate, "agt_mira", house.now)
    with pytest.raises(Forbidden, match="Another lead"):
        house.house.school.approve(candidate, "agt_lena", house.now)


def test_one_customer_alone_makes_no_candidate(house: Stage) -> None:
    for _, text, agent in PAUSING:
        resolved(house, "ada", text, PAUSED, agent, "pause_subscription")

    assert house.house.school.draft(house.now) == []


def test_a_rejected_candidate_is_not_drafted_again(house: Stage) -> None:
    pauses_resolved(house)
    (candidate,) = house.house.school.draft(house.now)
    house.house.school.reject(candidate, "agt_lena", house.now, "We do not offer this.")

    assert house.house.school.draft(house.now) == []
    assert house.house.school.store.candidate(candidate)["note"] == "We do not offer this."


def test_a_later_lesson_on_the_matter_joins_the_candidate_there_is(house: Stage) -> None:
    pauses_resolved(house)
    (candidate,) = house.house.school.draft(house.now)
    for who in ("eve", "nadia"):
        resolved(house, who, "Can we pause the subscription over the summer?", PAUSED, "tom", "pause_subscription")

    assert house.house.school.draft(house.now) == []
    assert house.house.school.shown(candidate)["rests_on"]["cases"] == 5


def two_candidates(house: Stage) -> tuple[str, str]:
    """Of two matters, each with lessons of its own."""
    pauses_resolved(house)
    (first,) = house.house.school.draft(house.now)
    words = "Close the browser, open it again, and sign in with the link from the mail."
    found = Draft("article", "pause_subscription", None, "Sign in again", f"{PAUSED}\n\n{words}", ())
    return first, house.house.school.store.put(found, None, house.now)


def test_a_merged_candidate_says_what_both_say_once_and_rests_on_the_lessons_of_both(house: Stage) -> None:
    first, second = two_candidates(house)
    school = house.house.school

    into = school.merge(first, second, "agt_lena", house.now)

    whole, gone = school.shown(into), school.store.candidate(first)
    assert (into, gone["status"], gone["merged_into"]) == (second, "merged", second)
    assert whole["body"].count(PAUSED) == 1
    assert whole["rests_on"]["cases"] == 3
    assert whole["effect"] is not None
    with pytest.raises(Conflict):
        school.merge(first, second, "agt_lena", house.now)
    with pytest.raises(Conflict):
        school.merge(second, second, "agt_lena", house.now)
    assert house.house.school.draft(house.now) == [], "its lessons are not drafted from again"


def test_two_candidates_are_merged_from_the_command_line_by_a_lead(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_candidates(house)
    monkeypatch.setenv("DATABASE_URL", house.house.settings.database_url)
    monkeypatch.setenv("SEGUE_ENCODER", "standin")

    def merge(*words: str) -> Any:
        return CliRunner().invoke(app, ["learn", "merge", *words])

    assert isinstance(merge(first, second, "--by", "agt_mira").exception, Forbidden)
    assert isinstance(merge(first, "no-such-article", "--by", "agt_lena").exception, NotFound)
    told = json.loads(merge(first, second, "--by", "agt_lena", "--json").stdout)
    assert (told["id"], told["status"], len(told["sources"])) == (second, "open", 3)
    assert isinstance(merge(first, second, "--by", "agt_lena").exception, Conflict)


def test_a_candidate_is_added_to_an_article_and_published_as_its_next_version(house: Stage) -> None:
    pauses_resolved(house)
    (candidate,) = house.house.school.draft(house.now)
    school, store = house.house.school, house.house.library.store
    before = store.article("why-is-my-invoice-higher")
    assert before is not None

    assert school.merge(candidate, before.slug, "agt_lena", house.now) == candidate
    found = school.store.candidate(candidate)
    assert (found["kind"], found["article_id"], found["intent_id"]) == ("edit", before.id, before.intent)
    assert found["body"].startswith(before.body.rstrip())
    assert PAUSED in found["body"]
    assert found["effect"]["tried"] > 0

    school.approve(candidate, "agt_lena", house.now)
    after = store.article("why-is-my-invoice-higher")
    assert after is not None
    assert after.version == before.version + 1


# new topics


def unknown_matters(house: Stage) -> None:
    for who in ("ada", "grace", "nadia"):
        for words in ("Qwixzle vortblan krumpf?", "My qwixzle vortblan does krumpf.", "Vortblan qwixzle, no krumpf!"):
            house.customer_writes(words, who, again=True)


def test_unknown_messages_become_a_topic_and_once_named_an_intent_with_examples(house: Stage) -> None:
    unknown_matters(house)
    (topic, *_) = house.house.school.propose_topics(house.now)

    intent = house.house.school.name(topic, "agt_lena", "Krumpf of a vortblan", "exports", house.now)

    found = house.house.workspace.catalogue().intent(intent)
    assert (found.category_id, found.is_opened) == ("exports", False)
    assert len(rows(house, "select from examples where intent_id = %(i)s and source = 'topic'", i=intent)) >= 3
    refit(house.house, house.now, "asked", "lena")
    house.mind.refresh()
    house.customer_writes("Does a vortblan qwixzle krumpf?", "ada", again=True)
    assert house.turn["assessment"]["intents"][0]["intent"] == intent
    assert house.action == "hand_off"


def test_what_one_customer_alone_writes_is_no_topic(house: Stage) -> None:
    for n in range(9):
        house.customer_writes(f"Qwixzle vortblan krumpf {n}?", "ada", again=True)

    assert house.house.school.propose_topics(house.now) == []


# articles in doubt


PRICE = "The price per seat has changed: €15 a month on Team."


def test_one_contradicting_reply_opens_a_case_with_both_texts_and_changes_nothing(house: Stage) -> None:
    resolved(house, "nadia", INVOICE, PRICE, intent="invoice_higher")

    (case,) = house.house.watch.store.cases()
    assert "€12 a month" in case["article_says"]
    assert house.house.watch.store.case(case["id"])["said_by"][0]["says"] == PRICE
    house.mind.refresh()
    house.customer_writes(INVOICE, "ada", again=True)
    assert house.turn["answer"]["kind"] == "answer"


def test_replies_that_agree_for_three_customers_by_two_people_make_the_article_stale(house: Stage) -> None:
    for who, agent in (("nadia", "mira"), ("ada", "mira"), ("grace", "mira")):
        resolved(house, who, INVOICE, PRICE, agent, "invoice_higher")
    (case,) = house.house.watch.store.cases()
    assert (case["status"], case["replies"]) == ("open", 3)

    house.now += timedelta(hours=1)
    resolved(house, "eve", INVOICE, PRICE, "tom", "invoice_higher")

    assert house.house.watch.store.cases()[0]["status"] == "agreed"
    house.mind.refresh()
    house.customer_writes(INVOICE, "ada", again=True)
    assert house.turn["answer"]["abstention"] == "stale_article"


def test_a_lead_confirms_or_dismisses_a_doubt(house: Stage) -> None:
    resolved(house, "nadia", INVOICE, PRICE, intent="invoice_higher")
    (case,) = house.house.watch.store.cases()

    with pytest.raises(Forbidden, match="lead"):
        house.house.watch.decide(case["id"], "agt_mira", True, house.now)
    house.now += timedelta(hours=1)
    house.house.watch.decide(case["id"], "agt_lena", True, house.now)
    house.mind.refresh()
    house.customer_writes(INVOICE, "ada", again=True)
    assert house.turn["answer"]["abstention"] == "stale_article"

    house.now += timedelta(hours=1)
    house.house.watch.decide(case["id"], "agt_lena", False, house.now)
    house.mind.refresh()
    house.customer_writes(INVOICE, "grace", again=True)
    assert house.turn["answer"]["kind"] == "answer"
    resolved(house, "grace", INVOICE, PRICE, "tom", "invoice_higher")
    assert [c["status"] for c in house.house.watch.store.cases()] == ["dismissed"]


def _peter() -> Any:
    from segue.domain.people import Contact

    return Contact("con_peter", "Peter Falk", "peter@falk.example", None, True)


# outcomes


def heard(house: Stage) -> list[tuple[str, int, str]]:
    return [(e.conversation_id, e.body["seq"], e.body["source"]) for e in house.house.events.after("0-0", 5000)
            if e.kind == "outcome.recorded"]  # fmt: skip


def test_a_yes_confirms_and_closes_a_no_denies_and_each_is_told_once(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    first = house.conversation
    outcomes = Outcomes(house.house.db)

    assert outcomes.feedback(first, False, house.now)
    assert not outcomes.feedback(first, False, house.now)
    assert house.row["status"] == "waiting"
    assert outcomes.feedback(first, True, house.now)

    assert house.row["status"] == "resolved"
    assert heard(house) == [(first, 1, "customer_denied"), (first, 1, "customer_confirmed")]


def test_nothing_can_be_said_of_an_answer_that_was_not_given(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")

    with pytest.raises(Conflict, match="no answer"):
        Outcomes(house.house.db).feedback(house.conversation, True, house.now)


def test_thanks_confirm_and_silence_is_only_silence(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    thanked = house.conversation
    house.customer_writes("Thank you, that helped!", "nadia")
    house.customer_writes(INVOICE, "ada", again=True)
    silent = house.conversation
    house.days_pass(4)

    assert heard(house) == [(thanked, 1, "customer_confirmed"), (silent, 1, "silence")]


def test_a_return_with_the_same_issue_within_seven_days_on_another_channel_is_told(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    first = house.conversation
    house.now += timedelta(days=5)
    house.customer_writes("Why is my invoice still higher this month?", "nadia", again=True, channel="email")
    second = house.conversation
    house.now += timedelta(days=8)
    house.customer_writes("Why is my invoice higher this month, again?", "nadia", again=True)

    assert heard(house) == [(first, 1, "returned")]
    (row,) = rows(house, "select came_back_in from outcomes")
    assert row.came_back_in == second


def test_a_return_to_what_a_person_answered_says_nothing_of_the_assistant(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    house.agent_replies("Let me add: it is the second seat.")
    house.now += timedelta(days=2)
    house.customer_writes("Why is my invoice still higher this month?", "nadia", again=True)

    assert heard(house) == []


def test_the_same_again_in_the_same_conversation_is_a_return_too(house: Stage) -> None:
    house.customer_writes(INVOICE, "nadia")
    house.now += timedelta(days=4)
    house.house.desk.fall_silent(house.now - timedelta(days=3), house.now)
    house.customer_writes("Why is my invoice higher this month? It is still so.", "nadia")

    assert [source for _, _, source in heard(house)] == ["silence", "returned"]


# erasing


def words_of(house: Stage, is_nadia: bool) -> set[str]:
    said = rows(
        house,
        "select m.body from messages m join conversations c on c.id = m.conversation_id"
        " where m.author = 'customer' and (c.contact_id = 'con_nadia') = %(is_nadia)s",
        is_nadia=is_nadia,
    )
    return {row.body for row in said}


def test_erasing_a_customer_unlearns_them_and_leaves_a_record(house: Stage) -> None:
    house.customer_writes("The zorblat quibble on my invoice is odd. I want a person.", "nadia")
    house.agent_replies("The quibbling zorblat line is a second seat.")
    house.agent_resolves(intent="invoice_higher")
    pauses_resolved(house)
    (candidate,) = house.house.school.draft(house.now)
    refit(house.house, house.now, "asked", "lena")
    theirs = words_of(house, True)
    assert "zorblat" in str(IntentHead.from_bytes(house.house.workspace.head("intents")[1]).texts)

    erased = house.house.erasures.erase("con_nadia", "agt_lena", house.now)
    assert unlearn_erased(house.house, house.now) == 1

    head = IntentHead.from_bytes(house.house.workspace.head("intents")[1])
    assert not [t for t in head.texts if "zorblat" in t]
    kept = {bytes(r.text_hash) for r in rows(house, "select text_hash from encodings")}
    assert not kept & {hashlib.sha256(t.encode()).digest() for t in theirs}
    assert {lesson["contact_id"] for lesson in house.house.lessons.store.lessons()} == {"con_ada", "con_grace"}
    assert candidate not in {c["id"] for c in house.house.school.store.candidates(None)}
    (record,) = house.house.erasures.erasures()
    assert (record["author"], record["refitted_at"]) == ("agt_lena", house.now)
    assert record["counts"]["conversations"] == erased.counts["conversations"] >= 2
    assert unlearn_erased(house.house, house.now) == 0


def test_after_erasing_no_word_of_theirs_is_anywhere_in_the_database(house: Stage) -> None:
    """Every text, JSON and byte column of every table is read."""
    house.customer_writes("My flumwaggle number QX-55512 is crooked. I want a person.", "nadia")
    house.agent_replies("The flumwaggle has been straightened.")
    house.agent_resolves(intent="invoice_higher")
    refit(house.house, house.now, "asked", "lena")
    house.mind.refresh()
    house.customer_writes("Is a flumwaggle crooked? I want a person.", "grace", again=True)
    others = words_of(house, False) | {q for i in house.house.workspace.catalogue().intents for q in i.questions}
    own = [
        t
        for t in words_of(house, True)
        if not any(t[:40].lower() in o.lower() or o.lower() in t.lower() for o in others)
    ]
    assert any("flumwaggle number" in str(n) for n in house.turn["assessment"]["nearest"])
    assert any("flumwaggle" in str(s["problem"]) for s in house.briefing["similar"])

    house.house.erasures.erase("con_nadia", "agt_lena", house.now)
    unlearn_erased(house.house, house.now)

    left = "\n".join(value for _, value in everything(house)).lower()
    assert own, "nothing was to be found"
    for text in [*own, "flumwaggle number", "QX-55512", "flumwaggle has been straightened", "con_nadia"]:
        assert text.lower() not in left, text


def test_an_address_that_several_have_is_refused_with_their_ids(house: Stage) -> None:
    house.customer_writes("Hello there, a question.", "eve")
    house.house.workspace.put_contacts([_peter()], house.now)
    house.house.db.run("update contacts set email = 'eve@elsewhere.example' where id = 'con_peter'")

    with pytest.raises(Refused, match="con_peter"):
        house.house.erasures.erase("eve@elsewhere.example", "agt_lena", house.now)


def everything(house: Stage) -> list[tuple[str, str]]:
    columns = rows(
        house,
        "select c.table_name, c.column_name, c.data_type from information_schema.columns c"
        " join information_schema.tables t using (table_schema, table_name)"
        " where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
        " and c.data_type in ('text', 'jsonb', 'bytea', 'ARRAY', 'character varying')",
    )
    found = []
    for c in columns:
        asked = f'select "{c.column_name}" as value from "{c.table_name}" where "{c.column_name}" is not null'
        for row in rows(house, asked):
            value = bytes(row.value).decode("utf8", "ignore") if c.data_type == "bytea" else str(row.value)
            found.append((f"{c.table_name}.{c.column_name}", value))
    return found
