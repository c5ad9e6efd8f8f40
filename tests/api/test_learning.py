"""The learning loop through the API: feedback, lessons, candidates, doubts, figures, erasure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from api.serving import NO_TLS, Served, is_problem, opening
from api.test_doors import a_session
from segue.app.drill.tracker import tracker
from segue.app.filing import Filing
from segue.domain.people import Agent
from segue.domain.ports import DIMENSIONS
from segue.domain.turn import Commit
from segue.integrations.outgoing import Outgoing
from segue.integrations.tracker import Repository
from segue.learning.lessons import Lessons
from segue.learning.watch import ArticleWatch
from segue.store.candidates import CandidateStore, Draft, Unknown
from segue.store.figured import Figured
from segue.store.inbox import Inbox
from segue.store.issues import IssueStore
from segue.store.learning import LearningStore
from segue.store.stale import StaleStore
from segue.web import learning_shapes as shapes
from segue.web import proposal_shapes as proposals
from segue.web import worth_api
from segue.web.doors import COOKIE, SCOPES
from segue.web.rooms import Entry
from turns import answered

PAUSED = "A plan can be paused for three months under Settings."


@pytest.fixture
def house(own: Served) -> Served:
    """With Lena, a lead, and keys: hers, Mira's, who is none, and one that is nobody's."""
    workspace, now = own.rooms.workspace, datetime.now(UTC)
    workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), now)
    for who in ("lena", "mira"):
        workspace.put_key(f"{who}'s", f"sk_{who}", SCOPES, now, owner=f"agt_{who}")
    return own


def asked(house: Served, api: httpx.Client, text: str, who: str = "ada") -> str:
    """A conversation whose message was answered."""
    told = api.post("/conversations", json={"contact": {"email": f"{who}@example.com"}, "text": text}).json()
    inbox, now = Inbox(house.rooms.db, "here"), datetime.now(UTC)
    inbox.commit([Commit(lease, answered(), "Because of the new seat.") for lease in inbox.claim(now, 8)], now)
    return str(told["conversation"]["id"])


def resolved(house: Served, api: httpx.Client, text: str, reply: str, who: str, agent: str = "agt_mira") -> str:
    conversation = str(
        api.post("/conversations", json={"contact": {"email": f"{who}@example.com"}, "text": text}).json()[
            "conversation"
        ]["id"]
    )
    api.post(f"/conversations/{conversation}/reply", json={"agent": agent, "text": reply})
    api.post(f"/conversations/{conversation}/resolve", json={"agent": agent, "intent": "invoice_higher"})
    Lessons(LearningStore(house.rooms.db), house.rooms.library).learn(conversation)
    ArticleWatch(StaleStore(house.rooms.db), house.rooms.library, house.rooms.workspace).look(conversation)
    return conversation


def test_feedback_is_kept_once_and_a_yes_closes(house: Served) -> None:
    with house.client() as api:
        conversation = asked(house, api, "Why is it higher?")
        path = f"/conversations/{conversation}/feedback"
        first = api.post(path, json={"solved": True, "client_id": "c1"})
        again = api.post(path, json={"solved": True, "client_id": "c1"})

        assert [a.json() for a in (first, again)] == [{"is_new": True}, {"is_new": False}]
        assert api.get(f"/conversations/{conversation}").json()["status"] == "resolved"
        figures = api.get("/figures").json()
    shapes.FiguresOut.model_validate(figures)
    found = {f["name"]: (f["count"], f["of"]) for f in figures["standings"][0]["figures"]}
    assert (found["offered"], found["contained"], found["confirmed"]) == ((1, 1), (1, 1), (1, 1))
    with house.client() as api:
        assert api.get("/figures/confirmed").json()["conversations"] == [conversation]
        assert is_problem(api.get("/figures/happiness"))["status"] == 404
        confidence = api.get("/figures/confidence").json()
        assert api.get("/figures/holdout").json() == {"days": 90, "share": 0.0, "effect": None}
        saved, timed = api.get("/figures/saved").json(), api.get("/figures/minutes").json()
    worth_api.SavingsOut.model_validate(saved)
    assert (saved["rate"], saved["saved"][0]["category"], saved["saved"][0]["money"]) == (None, "", None)
    assert timed == {"category": "", "conversations": []}
    worth_api.CalibrationOut.model_validate(confidence)
    assert confidence["judged"]["cases"] == sum(b["of"] for b in confidence["judged"]["bins"])
    assert (confidence["judged"]["ece"] is None) is (confidence["judged"]["cases"] == 0)


def test_feedback_that_names_its_answer_judges_no_newer_one(house: Served) -> None:
    with house.client() as api:
        conversation = asked(house, api, "Why is it higher?")
        path = f"/conversations/{conversation}/feedback"
        api.post(f"/conversations/{conversation}/messages", json={"text": "And why in June?"})
        inbox, now = Inbox(house.rooms.db, "here"), datetime.now(UTC)
        inbox.commit([Commit(lease, answered(), "Two seats in June.") for lease in inbox.claim(now, 8)], now)
        told = api.get(f"/conversations/{conversation}").json()["messages"]
        first, second = (m["seq"] for m in told if m["author"] == "assistant")

        late = [api.post(path, json={"solved": True, "seq": first}).json() for _ in range(2)]
        assert late == [{"is_new": True}, {"is_new": False}]
        assert api.get(f"/conversations/{conversation}").json()["status"] == "waiting", "no yes to its last answer"
        judged = house.rooms.db.all(
            "select seq, source from outcomes where conversation_id = %(id)s", {"id": conversation}
        )
        assert [(row.seq, row.source) for row in judged] == [(1, "customer_confirmed")]

        for none in (1, second + 1):
            assert is_problem(api.post(path, json={"solved": True, "seq": none}))["status"] == 409
        assert is_problem(api.post(path, json={"solved": True, "seq": 0}))["status"] == 422
        assert api.post(path, json={"solved": True, "seq": second}).json() == {"is_new": True}
        assert api.get(f"/conversations/{conversation}").json()["status"] == "resolved"


def test_late_feedback_on_an_answer_of_before_counts_where_none_was_given_since(house: Served) -> None:
    with house.client() as api:
        conversation = asked(house, api, "Why is it higher?")
        path = f"/conversations/{conversation}/feedback"
        (seq,) = (m["seq"] for m in api.get(path.rpartition("/")[0]).json()["messages"] if m["author"] == "assistant")
        api.post(f"/conversations/{conversation}/resolve", json={"agent": "agt_mira"}).raise_for_status()
        api.post(f"/conversations/{conversation}/messages", json={"text": "And in June?"})

        assert is_problem(api.post(path, json={"solved": True}))["status"] == 409
        assert api.post(path, json={"solved": True, "seq": seq}).json() == {"is_new": True}
        assert api.get(f"/conversations/{conversation}").json()["status"] == "open"


def test_whoever_comes_back_to_what_was_resolved_finds_nothing_resolved(house: Served) -> None:
    with house.client() as api:
        conversation = asked(house, api, "Why is it higher?")
        api.post(f"/conversations/{conversation}/feedback", json={"solved": True})
        assert api.get(f"/conversations/{conversation}").json()["resolved_at"] is not None

        api.post(f"/conversations/{conversation}/messages", json={"text": "It is higher again."})

        found = api.get(f"/conversations/{conversation}").json()
        assert (found["status"], found["resolved_at"], found["episode"]) == ("open", None, 2)


def test_feedback_on_nothing_is_refused(house: Served) -> None:
    with house.client() as api:
        told = api.post("/conversations", json=opening()).json()["conversation"]["id"]
        assert is_problem(api.post(f"/conversations/{told}/feedback", json={"solved": True}))["status"] == 409
        assert is_problem(api.post("/conversations/cnv_none/feedback", json={"solved": True}))["status"] == 404
        assert is_problem(api.post(f"/conversations/{told}/feedback", json={"solved": "yes"}))["status"] == 422


def test_lessons_come_in_pages_without_personal_data(house: Served) -> None:
    with house.client() as api:
        for n in range(3):
            resolved(house, api, f"My mail ada@example.com gets the wrong invoice {n}", "It was a seat.", "ada")
        page = api.get("/lessons", params={"limit": 2}).json()
        rest = api.get("/lessons", params={"after": page["next_cursor"]}).json()
    shapes.LessonsOut.model_validate(page)
    found = page["lessons"] + rest["lessons"]
    assert len(found) == 3
    assert all("[email]" in lesson["problem"] for lesson in found)
    assert rest["next_cursor"] is None


def candidate(house: Served, api: httpx.Client) -> dict[str, Any]:
    from segue.learning.school import School

    for who, agent in (("ada", "agt_mira"), ("grace", "agt_tom"), ("nadia", "agt_mira")):
        resolved(house, api, "Can I pause my plan for a while?", PAUSED, who, agent)
    School(house.rooms.db, house.rooms.library).draft(datetime.now(UTC))
    (found,) = api.get("/candidates").json()["candidates"]
    return dict(found)


def test_a_candidate_is_read_changed_and_approved_by_the_lead_whose_key_it_is(house: Served) -> None:
    with house.client("sk_lena") as api:
        path = f"/candidates/{candidate(house, api)['id']}"
        whole = api.get(path).json()
        proposals.WholeCandidateOut.model_validate(whole)
        assert whole["rests_on"] == {"cases": 3, "customers": 3, "agents": 2, "solved_so": 3}

        changed = api.patch(path, json={"title": "Pausing a plan"}).json()
        proposals.CandidateOut.model_validate(changed)
        assert (changed["title"], changed["edited_by"]) == ("Pausing a plan", "agt_lena")

        made = api.post(f"{path}/approve", json={"agent": "lena@ledgerly.example", "note": "Good."})
        assert made.status_code == 201
        article = api.get(f"/articles/{made.json()['article_id']}").json()
        assert (article["slug"], article["body"]) == ("pausing-a-plan", PAUSED)
        assert is_problem(api.post(f"{path}/reject", json={}))["status"] == 409


DECIDED_BY_LEADS: dict[str, tuple[str, dict[str, Any]]] = {
    "/candidates/{candidate}": ("PATCH", {"title": "Pausing a plan"}),
    "/candidates/{candidate}/approve": ("POST", {}),
    "/candidates/{candidate}/merge": ("POST", {"into": "prices"}),
    "/candidates/{candidate}/reject": ("POST", {}),
    "/topics/{topic}/name": ("POST", {"name": "Exports", "category": "billing"}),
    "/topics/{topic}/dismiss": ("POST", {}),
    "/stale-cases/{case}/confirm": ("POST", {}),
    "/stale-cases/{case}/uphold": ("POST", {}),
}
"""What a key may do in the name of its owner alone, with a body that does it."""


def test_what_is_learnt_is_decided_in_nobodys_name_but_the_owners_who_is_a_lead_at_that_moment(house: Served) -> None:
    nobodys, mira, lena = house.client(), house.client("sk_mira"), house.client("sk_lena")
    made = candidate(house, nobodys)["id"]

    def refused(api: httpx.Client, path: str, claim: dict[str, str]) -> str:
        method, body = DECIDED_BY_LEADS[path]
        here = path.format(candidate=made, topic="top_1", case="stl_1")
        told = is_problem(api.request(method, here, json=body | claim))
        assert told["status"] == 403, (path, told)
        return str(told["detail"])

    hers = {"agent": "agt_lena"}
    for path in DECIDED_BY_LEADS:
        assert "is nobody's" in refused(nobodys, path, {}), path
        assert "is nobody's" in refused(nobodys, path, hers), path
        assert "somebody else's" in refused(mira, path, hers), path
        assert "Mira may not decide this" in refused(mira, path, {}), path
    house.rooms.workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "agent"), datetime.now(UTC))
    for path in DECIDED_BY_LEADS:
        assert "Lena may not decide this" in refused(lena, path, hers), f"{path}: she is no lead any more"

    found = CandidateStore(house.rooms.db).candidate(made)
    assert (found["status"], found["edited_by"]) == ("open", None)


def test_no_way_to_decide_on_what_is_learnt_is_missing_from_the_list(house: Served) -> None:
    learning = ("/candidates/", "/topics/", "/stale-cases/")
    paths = {path.removeprefix("/api/v1"): set(methods) for path, methods in house.app.openapi()["paths"].items()}
    assert {p for p, does in paths.items() if p.startswith(learning) and does - {"get"}} == set(DECIDED_BY_LEADS)


def test_what_is_wrong_with_a_candidate_stands_beside_its_field_and_what_was_typed_is_kept(house: Served) -> None:
    store = CandidateStore(house.rooms.db)
    made = store.put(Draft("article", "invoice_higher", None, "Seats", "It was a seat.", ()), None, datetime.now(UTC))
    typed = {"title": " ", "body": "It was a <seat>.", "intent": "", "note": "n" * 301, "do": "approve"}
    with as_lena(house) as lena:
        refused = lena.post(f"/knowledge/candidates/{made}", data=typed)
        unknown = lena.post(
            f"/knowledge/candidates/{made}", data={**typed, "intent": "no_such", "title": "A", "note": ""}
        )

    assert refused.status_code == unknown.status_code == 422
    assert [field for field in typed if f'id="wrong-{field}"' in refused.text] == ["title", "intent", "note"]
    assert "It was a &lt;seat&gt;." in refused.text
    assert "n" * 301 in refused.text
    assert [field for field in typed if f'id="wrong-{field}"' in unknown.text] == ["intent"]
    assert (store.candidate(made)["title"], store.candidate(made)["status"]) == ("Seats", "open")


def test_a_candidate_is_merged_into_another_and_one_rejected_on_its_page(house: Served) -> None:
    store, now = CandidateStore(house.rooms.db), datetime.now(UTC)
    texts = {"Seats": "It was a seat.", "Discounts": "A discount has ended.", "Weather": "It rains."}
    seats, discounts, weather = (
        store.put(Draft("article", "invoice_higher", None, title, body, ()), None, now) for title, body in texts.items()
    )
    with as_lena(house) as lena:
        offered = lena.get(page_of := f"/knowledge/candidates/{seats}").text
        typed = {"intent": "invoice_higher", "title": "Seats", "body": texts["Seats"]}
        merged = lena.post(page_of, data={**typed, "do": "merge", "into": discounts})
        typed |= {"title": "Weather", "body": texts["Weather"], "note": "Nobody asks."}
        lena.post(f"/knowledge/candidates/{weather}", data={**typed, "do": "reject"})
        listed = lena.get("/knowledge?show=candidates").text

    assert re.search(rf'<option value="{discounts}" +>Discounts \(candidate, \d{{4}}-', offered)  # titles may agree
    assert (merged.status_code, merged.headers["location"]) == (303, f"/knowledge/candidates/{discounts}")
    both = store.candidate(discounts)["body"]
    assert [title for title, body in texts.items() if body in both] == ["Seats", "Discounts"]
    assert [store.candidate(one)["status"] for one in (seats, discounts, weather)] == ["merged", "open", "rejected"]
    closed = store.candidate(weather)
    assert (closed["closed_by"], closed["note"]) == ("agt_lena", "Nobody asks.")
    assert [title for title in texts if f">{title}<" in listed] == ["Discounts"]


def test_a_note_on_an_offer_that_is_gone_or_too_long_is_kept(house: Served) -> None:
    with as_lena(house) as lena:
        long = lena.post("/autonomy/offers/ofr_gone/approve", data={"note": "Too long. " * 40})

    assert long.status_code == 409
    assert "At most 300 characters." in long.text
    assert "You had written: “Too long. Too long." in long.text


def as_lena(house: Served) -> httpx.Client:
    cookies = {COOKIE: a_session(house, "agt_lena")}
    return httpx.Client(base_url=house.url, cookies=cookies, timeout=20, verify=NO_TLS)


def test_a_doubt_is_read_with_both_texts_and_confirmed(house: Served) -> None:
    body = "A refund is possible within 14 days of the purchase."
    with house.client() as api:
        api.put("/articles", json={"slug": "refunds", "title": "Refunds", "body": body, "intent": "invoice_higher"})
        resolved(house, api, "Can I get a refund?", "A refund is possible within 30 days of the purchase.", "ada")
        (case,) = api.get("/stale-cases", params={"status": "open"}).json()["stale_cases"]
        whole = api.get(f"/stale-cases/{case['id']}").json()
        proposals.WholeStaleOut.model_validate(whole)
        assert (whole["article_says"], whole["said_by"][0]["says"]) == (body, body.replace("14", "30"))

        said = {"note": "It is 30 now.\u2028"}
        assert house.client("sk_lena").post(f"/stale-cases/{case['id']}/confirm", json=said).status_code == 204
        assert why(house, "article.stale") == "It is 30 now.\u2028"
        stale = api.get("/articles/refunds").json()["review_by"]
        assert stale is not None
        assert stale < datetime.now(UTC).date().isoformat()
        api.put("/articles", json={"slug": "refunds", "title": "Refunds", "body": body.replace("14", "30"),
                                   "intent": "invoice_higher"})  # fmt: skip
        assert [c["status"] for c in api.get("/stale-cases").json()["stale_cases"]] == ["answered"]


def test_what_a_key_replied_puts_no_article_in_doubt_and_says_on_the_page_whose_words_it_is(house: Served) -> None:
    body = "A refund is possible within 14 days of the purchase."
    scopes = [scope for scope in SCOPES if scope != "agents:vouch"]
    house.rooms.workspace.put_key("crm", "sk_crm", scopes, datetime.now(UTC))
    with house.client("sk_mira") as mira, house.client("sk_crm") as crm:
        mira.put("/articles", json={"slug": "refunds", "title": "Refunds", "body": body, "intent": "invoice_higher"})
        told = mira.post("/conversations", json=opening("Can I get a refund?")).json()["conversation"]["id"]
        words = {"agent": "agt_mira", "text": body.replace("14", "30")}
        assert crm.post(f"/conversations/{told}/reply", json=words).status_code == 201
        assert mira.post(f"/conversations/{told}/resolve", json={"agent": "agt_mira"}).status_code == 201
        said = mira.get(f"/conversations/{told}").json()["messages"]
        Lessons(LearningStore(house.rooms.db), house.rooms.library).learn(told)
        ArticleWatch(StaleStore(house.rooms.db), house.rooms.library, house.rooms.workspace).look(told)
        assert [m["voice"] for m in said] == [None, "key:crm"]
        assert [lesson["solution"] for lesson in mira.get("/lessons").json()["lessons"]] == [""]
        assert mira.get("/stale-cases").json()["stale_cases"] == []
    with as_lena(house) as lena:
        assert "Written by the key crm. The AI learns nothing from it." in lena.get(f"/desk/conversations/{told}").text


def why(house: Served, kind: str) -> str:
    """What stays with the event of that kind."""
    (told,) = house.rooms.db.all("select body ->> 'note' as note from events where kind = %(kind)s", {"kind": kind})
    return str(told.note)


def test_why_an_article_stands_stays_with_it(house: Served) -> None:
    body = "A refund is possible within 14 days of the purchase."
    with house.client() as api:
        api.put("/articles", json={"slug": "refunds", "title": "Refunds", "body": body, "intent": "invoice_higher"})
        resolved(house, api, "Can I get a refund?", "A refund is possible within 30 days of the purchase.", "ada")
        (case,) = api.get("/stale-cases", params={"status": "open"}).json()["stale_cases"]
        said = {"agent": "agt_lena", "note": "It is 14."}
        assert house.client("sk_lena").post(f"/stale-cases/{case['id']}/uphold", json=said).status_code == 204
    assert why(house, "article.upheld") == "It is 14."


EPISODES = """
insert into figured (conversation_id, episode, is_offered, is_handed_over, has_person, is_closed, is_reopened,
    is_verified, sources, answered_at, decided_at)
select %(id)s, 100 + n, n <= 30, n > 30, n > 30, true, n = 30, case when n <= 12 then n < 12 end,
    case when n <= 10 then '{customer_confirmed}' when n <= 20 then '{silence}' else '{}' end::text[],
    case when n <= 30 then now() - interval '8 days' end, now() - interval '8 days' from generate_series(1, 40) n
"""
FIGURES = {"offered": ("75%", "40"), "contained": ("75%", "40"), "confirmed": ("33%", "30"), "assumed": ("33%", "30"),
           "durable": ("97%", "30"), "verified": ("92%", "12"), "reopened": ("3.3%", "30"),
           "handed_over": ("25%", "40")}  # fmt: skip


def test_each_of_the_eight_figures_stands_with_its_number_and_interval_and_opens_its_conversations(
    house: Served,
) -> None:
    with house.client() as api:
        first = {"contact": {"email": "ada@example.com"}, "text": "Why is it higher?"}
        conversation = api.post("/conversations", json=first).json()["conversation"]["id"]
    with as_lena(house) as lena:
        lena.get("/quality")
        Figured(house.rooms.db).keep_up()
        house.rooms.db.run(EPISODES, {"id": conversation})
        page = lena.get("/quality?days=90").text
        behind = {figure: lena.get(f"/quality/{figure}?days=90").text for figure in FIGURES}

    interval = r'<span class="small muted">[\d.]+%–[\d.]+%, n (\d+)</span>'
    whole = r'href="/quality/(\w+)\?days=90&amp;category="><strong>([^<]+)</strong></a>' + interval
    assert {name: (share, n) for name, share, n in re.findall(whole, page)} == FIGURES
    assert [figure for figure, text in behind.items() if f"/desk/conversations/{conversation}" not in text] == []


def test_a_run_is_asked_for_and_the_status_tells_what_waits(house: Served) -> None:
    with house.client() as api:
        resolved(house, api, "Can I pause my plan?", PAUSED, "ada")
        told = api.get("/learning").json()
        shapes.LearningOut.model_validate(told)
        assert (told["lessons_waiting"], told["examples_waiting"], told["refits"]) == (1, 1, [])
        assert told["marks"] == []
        store = LearningStore(house.rooms.db)
        assert house.client("sk_lena").post("/learning/run", json={"agent": "agt_lena"}).status_code == 202
        assert store.take_asked() == "agt_lena"
        assert api.post("/learning/run", json={}).json() == {"agent": "key:everything"}
        assert store.take_asked() == "key:everything"
        assert is_problem(api.post("/learning/run", json={"agent": "agt_lena"}))["status"] == 403
        assert is_problem(house.client("sk_mira").post("/learning/run", json={"agent": "agt_lena"}))["status"] == 403
        assert store.take_asked() is None


def test_a_contact_is_erased_with_a_record_that_names_nobody(house: Served) -> None:
    with house.client() as api:
        conversation = resolved(house, api, "Can I pause my plan, says Ada?", PAUSED, "ada")
        erased = api.delete("/contacts/ada@example.com")
        assert erased.status_code == 202
        shapes.ErasedOut.model_validate(erased.json())
        assert erased.json()["counts"]["lessons"] == 1
        assert is_problem(api.get(f"/conversations/{conversation}"))["status"] == 404
        assert is_problem(api.delete("/contacts/ada@example.com"))["status"] == 404
        (record,) = api.get("/erasures").json()["erasures"]
    shapes.ErasureOut.model_validate(record)
    assert (record["author"], record["refitted_at"]) == ("key:everything", None)
    assert "ada" not in str(record).lower()


def test_the_buttons_under_an_answer_in_the_chat_are_outcomes(house: Served) -> None:
    with httpx.Client(base_url=house.url, verify=NO_TLS, follow_redirects=True) as browser:
        browser.post("/chat/messages", data={"text": "Why is it higher?", "email": "ada@example.com"})
        inbox, now = Inbox(house.rooms.db, "here"), datetime.now(UTC)
        inbox.commit([Commit(lease, answered(), "Because of the new seat.") for lease in inbox.claim(now, 8)], now)
        page = browser.get("/chat").text
        assert 'name="solved" value="yes"' in page
        assert 'name="solved" value="no"' in page

        told = browser.post("/chat/messages", data={"text": "No, that did not solve it.", "solved": "no"})
        assert told.status_code == 200
    (row,) = house.rooms.db.all("select source, seq, author, contact_id from outcomes")
    assert (row.source, row.seq, row.author) == ("customer_denied", 1, row.contact_id)


def test_a_form_of_the_chat_that_comes_twice_denies_no_answer_given_meanwhile(house: Served) -> None:
    with httpx.Client(base_url=house.url, verify=NO_TLS, follow_redirects=True) as browser:
        browser.post("/chat/messages", data={"text": "Why is it higher?", "email": "ada@example.com"})
        for _time in range(2):
            inbox, now = Inbox(house.rooms.db, "here"), datetime.now(UTC)
            inbox.commit([Commit(lease, answered(), "Because of the new seat.") for lease in inbox.claim(now, 8)], now)
            told = {"text": "No, that did not solve it.", "solved": "no", "client_id": "once"}
            assert browser.post("/chat/messages", data=told).status_code == 200
    assert house.count("messages where answers_seq is not null") == 2
    assert [row.seq for row in house.rooms.db.all("select seq from outcomes")] == [1]


def test_a_stranger_cannot_press_anothers_button(house: Served) -> None:
    with house.client() as api, httpx.Client(base_url=house.url, verify=NO_TLS) as browser:
        asked(house, api, "Why is it higher?")
        browser.post("/chat/messages", data={"text": "Yes, that solved it.", "solved": "yes"})
    assert house.count("outcomes") == 0


def test_a_lead_files_a_topic_on_its_page_and_sees_what_became_of_it(house: Served) -> None:
    with house.client() as api:
        written = Unknown(
            asked(house, api, "The export stops."), 1, "The export stops.", np.zeros(DIMENSIONS, np.float32), ""
        )
    topics, cookies = CandidateStore(house.rooms.db), {COOKIE: a_session(house, "agt_lena")}
    path = f"/knowledge/topics/{topics.put_topics([(['export'], [written], 0)], datetime.now(UTC))[0]}"

    with httpx.Client(base_url=house.url, cookies=cookies, verify=NO_TLS) as lena, tracker() as there:
        assert "File an issue" not in lena.get(path).text
        assert lena.post(f"{path}/issue", data={"title": "Export"}).status_code == 422

        house.app.state.rooms = replace(house.rooms, entry=Entry(has_tracker=True))
        nameless = lena.post(f"{path}/issue", data={"title": " "})
        assert (nameless.status_code, "no title yet" in nameless.text) == (422, True)
        assert lena.post(f"{path}/issue", data={"title": "The export stops"}).status_code == 303
        assert "being filed" in lena.get(path).text

        filing(house, 1).file_due(datetime.now(UTC))
        failed = lena.get(path).text
        assert "127.0.0.1" in failed
        assert f"{path}/issue/again" in failed
        assert f'href="{path}" data-item>The export stops</a>' in lena.get("/knowledge?show=gaps").text
        assert [lena.post(f"{path}/issue/again").status_code for _ in range(2)] == [303, 409]

        assert filing(house, there.server_port).file_due(datetime.now(UTC) + timedelta(minutes=2)) == 1
        assert f'href="{there.issues[0]["html_url"]}"' in lena.get(path).text
        assert "The export stops</a>" not in lena.get("/knowledge?show=gaps").text
        assert lena.post(f"{path}/issue", data={"title": "Once more"}).status_code == 409
        assert len(there.issues) == 1


def filing(house: Served, port: int) -> Filing:
    reached = Repository(Outgoing(["127.0.0.1"]), f"http://127.0.0.1:{port}/repos/ours/product", "secret")
    return Filing(IssueStore(house.rooms.db), CandidateStore(house.rooms.db), reached)
