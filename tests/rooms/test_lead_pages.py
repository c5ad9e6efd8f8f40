"""What leads' pages reckon by themselves: fields of the policy, calibration, harm."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from segue.domain.catalogue import Catalogue, Category
from segue.domain.decision import Rung
from segue.domain.evidence import CellName, JudgedCase, Judgement, Source, Verdict
from segue.domain.knowledge import Article
from segue.domain.moves import Cause, Move, Offer, Proof
from segue.domain.people import Team
from segue.insight.afterwards import DONE, said_of
from segue.insight.calibration import calibration, more_needed
from segue.insight.hurting import hurting
from segue.learning.begun import CAPPED, LATER, NOBODYS, UNPROVEN
from segue.learning.told import taken_up
from segue.policy.backtest.report import Handled
from segue.policy.settings import STARTERS, changed, load, starter
from segue.policy.settings.written import starter_text
from segue.store.office import KINDS
from segue.texts import _, speaking
from segue.texts.wording import keeping, made_of
from segue.web.knowledge_page import filled_by, with_words
from segue.web.moved import reason, told
from segue.web.policy_form import Form, Kind, form_of
from segue.web.policy_typed import plain, read, shown
from segue.web.reckoned import Reckoned
from segue.web.record_choices import CHOICES, kinds_of
from segue.web.recorded import Recorder
from segue.web.setup_steps import why_alike

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
CATALOGUE = Catalogue((Category("billing", "Billing", False),), ())
TEAMS = [Team("support", "Support")]


def case(n: int, confidence: float, verdict: Verdict, article: str = "art_1", **more: Any) -> JudgedCase:
    judged = (Judgement(Source.GRADED, verdict, 1.0, "agt_mira", NOW),)
    return JudgedCase(
        f"cnv_{n}", 1, f"con_{n}", "billing", "", "chat", "invoice", article, confidence, Rung.APPROVE,
        more.get("was_given", False), True, 1.0, more.get("is_drawn", False), NOW, judged,
    )  # fmt: skip


def filled(form: Form, body: str) -> dict[str, str]:
    """The form as a browser sends it when nobody touched it."""
    known = plain(load(body))
    sent = {one.name: shown(known, one) for one in form.fields()}
    return {one.name: sent[one.name] for one in form.fields() if one.kind is not Kind.SWITCH or sent[one.name] == "on"}


# the policy as a form


@pytest.mark.parametrize("name", STARTERS)
def test_a_form_that_nobody_touched_says_nothing(name: str) -> None:
    body, policy = starter_text(name), starter(name)
    form = form_of(policy, CATALOGUE, TEAMS)

    found = read(form, filled(form, body), policy)

    assert (found.said, found.wrong) == ({}, {})


@pytest.mark.parametrize(
    ("field", "typed", "path", "value"),
    [
        ("triggers.frustration.high", "75", ("triggers", "frustration", "high"), 0.75),
        ("triggers.turn_cap", "", ("triggers", "turn_cap"), False),
        ("triggers.tiers", "enterprise, gold", ("triggers", "tiers"), ["enterprise", "gold"]),
        ("categories.billing.budget.wrong", "2,5 %", ("categories", "billing", "budget", "wrong"), 0.025),
        ("categories.billing.needs_account", "on", ("categories", "billing", "needs_account"), True),
        ("sla.targets.default.resolution", "", ("sla", "targets", "default", "resolution"), None),
    ],
)
def test_what_is_typed_is_said_at_its_path(field: str, typed: str, path: tuple[str, ...], value: Any) -> None:
    body, policy = starter_text("balanced"), starter("balanced")
    form = form_of(policy, CATALOGUE, TEAMS)

    found = read(form, {**filled(form, body), field: typed}, policy)

    assert (found.said, found.wrong) == ({path: value}, {})


def test_a_day_of_the_week_is_said_with_its_week() -> None:
    body, policy = starter_text("balanced"), starter("balanced")
    form = form_of(policy, CATALOGUE, TEAMS)

    found = read(form, {**filled(form, body), "sla.hours.week.sat": "10:00-12:00", "sla.hours.week.fri": ""}, policy)

    after = load(changed(body, found.said))
    assert [str(o) for o in after.sla.hours.week["sat"]] == ["10:00-12:00"]
    assert "fri" not in after.sla.hours.week
    assert after.sla.hours.week["mon"] == policy.sla.hours.week["mon"]


def test_a_trigger_is_switched_off_and_on_again_in_the_form() -> None:
    body, policy = starter_text("balanced"), starter("balanced")
    form = form_of(policy, CATALOGUE, TEAMS)
    off = changed(body, read(form, {**filled(form, body), "triggers.frustration.high": ""}, policy).said)
    assert load(off).triggers.frustration is None

    form = form_of(load(off), CATALOGUE, TEAMS)
    on = {"triggers.frustration.high": "80", "triggers.frustration.middle": "60", "triggers.frustration.turns": "2"}
    again = changed(off, read(form, {**filled(form, off), **on}, load(off)).said)
    assert load(again) == policy


def test_what_is_no_number_is_told_of_and_nothing_is_said() -> None:
    body, policy = starter_text("balanced"), starter("balanced")
    form = form_of(policy, CATALOGUE, TEAMS)

    found = read(form, {**filled(form, body), "budget.wrong": "few"}, policy)

    assert found.said == {}
    assert "A number should stand here" in found.wrong["budget.wrong"]


def test_a_share_that_is_too_large_is_told_of_in_per_cent_as_it_is_typed() -> None:
    body, policy = starter_text("balanced"), starter("balanced")

    found = read(form := form_of(policy, CATALOGUE, TEAMS), {**filled(form, body), "budget.wrong": "120 %"}, policy)

    assert found.wrong["budget.wrong"] == "At most 100 % can stand here, not “120 %”."


# figures


def test_calibration_counts_only_cases_that_nobody_picked() -> None:
    picked = case(1, 0.97, Verdict.WRONG, was_given=True)
    drawn = [case(n, 0.97, Verdict.RIGHT, was_given=True, is_drawn=True) for n in range(2, 5)]

    found = calibration([picked, *drawn, case(9, 0.72, Verdict.WRONG)])

    assert [(b.begins, b.right, b.of) for b in found] == [(0.7, 0, 1), (0.95, 3, 3)]
    assert all(b.low <= b.share <= b.high for b in found)


def test_more_is_needed_where_little_is_known_and_nothing_where_much_is() -> None:
    assert more_needed(1, 1) > 50
    assert more_needed(8, 0) > 0
    assert more_needed(200, 100) == 0


def test_an_article_hurts_by_its_wrong_answers_the_worst_first() -> None:
    cases = [
        case(1, 0.9, Verdict.RIGHT, "art_a"),
        case(2, 0.9, Verdict.WRONG, "art_a"),
        case(3, 0.9, Verdict.RIGHT, "b"),
    ]
    cases += [case(n, 0.9, Verdict.WRONG, "art_c") for n in (4, 5)]

    assert [(h.article_id, h.wrong, h.of) for h in hurting(cases)] == [("art_c", 2, 2), ("art_a", 1, 2)]


def test_what_takes_long_to_reckon_is_shown_for_twenty_times_as_long_and_what_is_quick_is_always_fresh() -> None:
    clock, asked = [0.0], list[float]()
    kept = Reckoned(lambda: clock[0])

    def reckons(seconds: float) -> float:
        asked.append(seconds)
        clock[0] += seconds
        return clock[0]

    first = kept.of("slow", lambda: reckons(2.0))
    clock[0] += 39.0
    assert kept.of("slow", lambda: reckons(2.0)) == first
    clock[0] += 1.1
    assert kept.of("slow", lambda: reckons(2.0)) > first
    assert [kept.of("quick", lambda: reckons(0.1)) for _ in range(2)] == pytest.approx([44.2, 44.3])
    assert asked == [2.0, 2.0, 0.1, 0.1]


def test_what_is_kept_of_another_version_is_shown_to_nobody_any_more() -> None:
    clock = [0.0]
    kept = Reckoned(lambda: clock[0])

    def reckons() -> float:
        clock[0] += 1.0
        return clock[0]

    assert [kept.of("slow", reckons, version) for version in (0, 0, 1, 1, 0)] == [1.0, 1.0, 2.0, 2.0, 3.0]


# what moved


PROOF = Proof(0.9, 812, 700.0, 9, 300, (), 40.0, 20.0, 0.98, 0.05, 0.9, 0)
CALLED = {"billing": "Billing", "exports": "Exports"}


def moved(cell: str, to: Rung, before: Rung | None, cause: Cause, why: str, proof: Proof | None = None) -> Move:
    return Move(CellName.read(cell), to, why, "agt_lena", NOW, proof=proof, cause=cause, before=before)


def test_a_move_names_its_cell_and_says_from_where_to_where_and_why() -> None:
    down = moved("billing/free/chat", Rung.SUGGEST, Rung.APPROVE, Cause.PERSON, "Prices change.")

    (line,) = told([down], CALLED)

    assert line.says == "Billing (free, chat): down from approve to suggest"
    assert (line.why, line.on, line.author) == ("Prices change.", "", "agt_lena")


@pytest.mark.parametrize("why", [CAPPED, LATER, NOBODYS, UNPROVEN])
def test_what_begins_lower_than_before_gives_first_what_holds_it_back(why: str) -> None:
    (line,) = told([moved("billing", Rung.APPROVE, Rung.AUTO, Cause.REHEARSED, why, PROOF)], CALLED)

    assert line.says == "Billing: down from auto to approve"
    assert line.why.partition(", although")[0] in (
        "the policy allows no more", "nobody published the policy by name",
        "the rehearsed past does not prove the error budget", "an earlier rehearsal did not prove the error budget",
    )  # fmt: skip


def test_an_offer_is_no_id_in_the_history() -> None:
    why = "offer ofr_01KB4Z9: I read twenty."
    (line,) = told([moved("exports", Rung.AUTO_WITH_HOLD, Rung.APPROVE, Cause.OFFERED, why, PROOF)], CALLED)

    assert line.says == "Exports: up from approve to auto with hold"
    assert (line.why, line.on) == ("the offer was taken up: I read twenty.", "812 cases, 9 wrong")


def test_categories_that_begin_together_are_one_line_and_their_figures_stand_once() -> None:
    why = "the rehearsed past does not prove the error budget"
    begun = [moved(cell, Rung.SUGGEST, None, Cause.REHEARSED, why, PROOF) for cell in ("billing", "exports")]
    later = moved("billing", Rung.APPROVE, Rung.SUGGEST, Cause.EARNED, "earned", PROOF)

    with speaking("de"):
        lines = told([later, *begun], CALLED)

    assert [line.says for line in lines] == [
        "Billing: von „vorschlagen“ hinauf auf „freigeben“", "Billing, Exports: Beginn auf „vorschlagen“",
    ]  # fmt: skip
    assert lines[0].why == "die Belege haben den Schritt verdient"


def test_why_an_offer_was_taken_up_is_told_in_the_readers_language() -> None:
    with keeping() as kept:
        why = _("settled: what was said of it no longer holds (%(why)s)", why=_("the error budget is spent"))
    of, proof = (CellName("billing"), Rung.APPROVE, Rung.AUTO_WITH_HOLD), SimpleNamespace()
    offer = Offer("ofr_1", *of, proof, NOW, why=why, wording=made_of(why, kept))  # type: ignore[arg-type]
    said = f"offer ofr_1, {why}: Read ten."
    move = Move(
        of[0], of[2], said, "agt_lena", NOW, cause=Cause.OFFERED, wording=taken_up(said, offer, "Read ten.")
    )  # fmt: skip

    assert reason(move) == f"the offer was taken up, {why}: Read ten."
    with speaking("de"):
        german = reason(move)
    assert german.startswith("das Angebot wurde angenommen, geklärt: Was dagegen sprach, gilt nicht mehr (")
    assert (german.endswith("): Read ten."), "error budget" in german) == (True, False)


def test_what_an_account_is_worth_stands_with_its_unit_wherever_it_is_shown() -> None:
    shown = [
        line
        for file in Path(str(files("segue.web") / "templates")).rglob("*.html")
        for line in file.read_text("utf8").splitlines()
        if ".value|amount" in line
    ]
    assert len(shown) == 3
    assert all("%(value)s a month" in line and "the currency your company reckons in" in line for line in shown)


# the record, and what came of a conversation


UNTOLD = {
    "conversation.viewed", "conversation.left", "conversation.held",  # who looks and types is said while they do
    "conversation.briefed", "conversation.promised", "turn.decided", "macro.used",  # the page shows what came of it
    "account.changed", "contact.changed", "contact.account_changed", "conversation.erased",  # are for mirrors
    "conversation.unquoted",
    "agent.mentioned", "mention.seen",  # wait in a view of their own
    "message.received", "message.sent", "message.sent_again", "message.taken_back", "message.undelivered",
    "reply.waiting", "reply.stopped", "reply.held", "conversation.resolved",  # stand in the thread, and as its end
    "reply.dropped", "reply.picked_up",  # an agent's own word on what did not go out
    "case.judged", "outcome.recorded", "lesson.kept", "suggestion.compared", "frustration.judged",  # are counted
    "article.doubted", "candidate.drafted", "head.refused", "import.wanted",  # wait on a page of their own
    "bulk.done", "bulk.undone", "preferences.changed", "macro.kept_own", "macro.removed_own", "view.kept_own",
    "view.removed_own",  # somebody's own
}  # fmt: skip
FACTS: dict[str, Any] = {
    "version": 3, "note": "", "outcome": "promoted", "cell": "billing/enterprise/*", "rung": 3, "to": 4,
    "article": "art_1", "intent": "invoice", "name": "Nightly", "agent": "agt_mira", "role": "lead", "team": "billing",
    "teams": ["support"], "email": "nora@ledgerly.example", "language": "de", "per_hour": 42.5, "currency": "EUR",
    "roles": ["lead"], "tag": "old", "into": "new", "tags": ["old"], "sessions": 2, "conversations": 1, "origins": [],
    "from": "high", "until": "2026-11-27T09:00:00+00:00", "reason": "urgent",
}  # fmt: skip
MACHINE = re.compile(r"[{}·_]|None|\w\.\w+ed\b|\b(agt|art|cnv|cnd|off)_|\*")


def kinds_written() -> set[str]:
    """By the statements of the store, as far as they name them whole."""
    statements = "".join(file.read_text("utf8") for file in Path(str(files("segue.store"))).rglob("*.sql"))
    told = re.findall(r"insert into events.*?(?=\n-- name|\n\n|\Z)", statements, re.DOTALL)
    return {kind for one in told for kind in re.findall(r"'([a-z_]+\.[a-z_]+)'", one)}


def test_every_kind_of_event_is_a_plain_sentence_in_english_and_german_or_stands_elsewhere() -> None:
    lead = SimpleNamespace(
        workspace=SimpleNamespace(catalogue=lambda: CATALOGUE, teams=lambda: TEAMS),
        library=SimpleNamespace(store=SimpleNamespace(articles=list)),
        ladder=SimpleNamespace(history=SimpleNamespace(moves=list), offers=lambda is_open: []),
    )
    says = Recorder(lead, {"agt_lena": "Lena", "agt_mira": "Mira"}).says  # type: ignore[arg-type]

    def sentences() -> dict[str, str]:
        of_people = {kind: SimpleNamespace(kind=kind, who="Mira", whom="Tom", body=FACTS) for kind in DONE}
        of_machines = {kind: SimpleNamespace(kind=kind, who="key:bot", whom="", body={}) for kind in DONE}
        return {
            **{f"{kind} told": says(kind, "agt_lena", FACTS) for kind in KINDS},
            **{f"{kind} bare": says(kind, "agt_lena", {}) for kind in KINDS},
            **{f"{kind} done": said_of(event) for kind, event in of_people.items()},
            **{f"{kind} by none": said_of(event) for kind, event in of_machines.items()},
        }  # fmt: skip

    english = sentences()
    with speaking("de"):
        german = sentences()

    assert kinds_written() - set(KINDS) - set(DONE) - UNTOLD == set()
    assert UNTOLD - kinds_written() == set(), "nothing is excused that is not written"
    for said in (english, german):
        assert [(kind, text) for kind, text in said.items() if MACHINE.search(text) or not text.endswith(".")] == []
    assert [kind for kind in english if english[kind] == german[kind]] == []
    assert english["rate.set told"] == "An hour of a person’s work was said to cost 42.50 EUR."
    assert german["rate.set told"] == "Eine Stunde Arbeit eines Menschen kostet nun laut Angabe 42,50 EUR."
    assert english["invite.renewed told"].startswith("The invitation of nora@")
    assert english["article.stale bare"] == "An article was found stale."
    assert english["conversation.claimed done"] == "Mira gave it to Tom."


def test_every_kind_of_deed_in_the_record_is_found_under_one_choice_of_plain_words() -> None:
    under = [kind for choice in CHOICES for kind in kinds_of(choice)]

    assert sorted(under) == sorted(KINDS)
    assert kinds_of("") == kinds_of("nothing like it") == list(KINDS)
    assert not any(MACHINE.search(called) for called, _within in CHOICES.values())


# policies to begin with


def tried(episodes: int, assistant: int, wrong: float | None = None) -> Any:
    return SimpleNamespace(
        episodes=episodes, after=Handled(assistant, 0, episodes - assistant), load_after=SimpleNamespace(busiest=3),
        wrong_after=SimpleNamespace(expected=wrong, answers=assistant),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answered", "category", "said"),
    [
        ((0, 0, 0), None, "no category is opened"), ((0, 0, 0), "billing", "does not prove enough"),
        ((4, 4, 4), "billing", "where they differ"), ((0, 2, 5), "billing", ""),
    ],
)  # fmt: skip
def test_where_starter_policies_show_the_same_it_is_said_why(
    answered: tuple[int, ...], category: str | None, said: str
) -> None:
    found = why_alike([tried(9, n) for n in answered], category)

    assert (said in found, bool(found)) == (True, bool(said))
    assert "There is no past here yet" in why_alike([tried(0, 0)] * 3, category)


def test_an_article_is_found_by_every_word_of_it_and_by_its_matter() -> None:
    refunds = Article(
        "a1", "refunds", "How refunds work", "Money comes back in 14 days.", "public", "get_money_back", None
    )
    seats = Article("a2", "seats", "Add seats", "Open Plan.", "public", None, None)
    intents = {"get_money_back": "Get money back"}

    def found(q: str) -> list[str]:
        return [article.slug for article in with_words(q, [refunds, seats], intents)]

    assert found("REFUNDS days") == ["refunds"]
    assert found("get back") == ["refunds"]
    assert found("refunds seats") == []
    assert found("  ") == ["refunds", "seats"]


def test_a_gap_that_an_old_article_or_a_draft_would_fill_leads_there() -> None:
    old = Article("a1", "refunds", "How refunds work", "…", "public", "refund", None)
    drafts = [
        {"id": "cnd_1", "intent_id": "refund"},
        {"id": "cnd_2", "intent_id": "seats"},
        {"id": "cnd_3", "intent_id": None},
    ]

    assert filled_by([old], drafts) == {
        "refund": ("/knowledge/articles/refunds", "Review the article"),
        "seats": ("/knowledge/candidates/cnd_2", "Read the draft"),
    }
