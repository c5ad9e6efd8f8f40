"""The mirror's last part: whatever else can be asked of the house is done for real beside pages that stand open.

Of each deed it is known what it does to them: a page shows it, and then the open ones are like fresh ones; or no page
with a live stream shows it, and then it has written something all the same; or it writes nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.elsewhere import (
    NEW,
    Deed,
    api,
    asked_for_a_code,
    at_once,
    by,
    candidate,
    case,
    earned,
    enclosed,
    ends_the_other,
    failed_topic,
    file,
    file_with_parts,
    gives_code,
    gives_password,
    in_two_places,
    invited,
    keeps_a_passkey,
    key,
    macro,
    merges,
    newcomer,
    offer,
    opens_by_passkey,
    parts,
    posts,
    read_file,
    refused_and_closed,
    removes_passkey,
    rises,
    sets_up,
    shadow,
    shown_an_app,
    signed_in,
    topic,
    two_candidates,
    upload,
    with_app,
    with_passkey,
)
from api.kept import written
from api.provider import CLIENT, SECRET, company
from api.serving import POLICY, Served
from api.test_doors import every_route
from api.test_mirror import LENA, STEPS, Pages, World, fresh, world
from api.test_mirror_answers import ANSWERS
from api.test_mirror_more import MORE
from api.test_signing_in import PASSWORD
from segue import web
from segue.app.demo.example import example
from segue.domain.people import Agent, Team
from segue.domain.ports import Tried
from segue.integrations.outgoing import Outgoing
from segue.store.events import EventLog
from segue.web import hashing, passkeys
from segue.web.limits import Limit
from segue.web.rooms import Entry

__all__ = ["world"]
ARTICLE = {"slug": "seats", "title": "Seats", "body": "Each seat has its price."}
QUIET = "name: quiet\nassistant: false\n"
DOWN = {"cell": "billing", "why": "For a test."}

A_PAGE_OF_ITS_OWN: list[Deed] = [
    ("POST /api/v1/boundary/lower", rises, api("/boundary/lower", **DOWN, to="suggest")),
    ("POST /autonomy/lower", rises, by("lena", "/autonomy/lower", **DOWN, to="2")),
    ("POST /api/v1/boundary/offers/{offer}/decline", offer, api("/boundary/offers/{}/decline")),
    ("POST /autonomy/offers/{offer}/decline", offer, by("lena", "/autonomy/offers/{}/decline")),
    ("PATCH /api/v1/candidates/{candidate}", candidate, api("/candidates/{}", "PATCH", agent=LENA, title="Seats")),
    ("POST /api/v1/candidates/{candidate}/approve", candidate, api("/candidates/{}/approve", agent=LENA)),
    ("POST /api/v1/candidates/{candidate}/merge", two_candidates, merges),
    ("POST /api/v1/candidates/{candidate}/reject", candidate, api("/candidates/{}/reject", agent=LENA)),
    ("POST /knowledge/candidates/{candidate}", candidate, by(
        "lena", "/knowledge/candidates/{}", do="approve", title="Days", body="By the day.", intent="invoice_higher")),
    ("POST /api/v1/learning/run", at_once, api("/learning/run", agent=LENA)),
    ("POST /api/v1/stale-cases/{case}/confirm", case, api("/stale-cases/{}/confirm", agent=LENA)),
    ("POST /api/v1/stale-cases/{case}/uphold", case, api("/stale-cases/{}/uphold", agent=LENA)),
    ("POST /knowledge/doubts/{case}", case, by("lena", "/knowledge/doubts/{}", do="stale")),
    ("POST /api/v1/topics/{topic}/dismiss", topic, api("/topics/{}/dismiss", agent=LENA)),
    ("POST /knowledge/topics/{topic}/issue", topic, by("lena", "/knowledge/topics/{}/issue", title="The export stops")),
    ("POST /knowledge/topics/{topic}/issue/again", failed_topic, by("lena", "/knowledge/topics/{}/issue/again")),
    ("POST /knowledge/publish", at_once, by("lena", "/knowledge/publish", is_new="yes", **ARTICLE)),
    ("PUT /api/v1/policy/shadow", at_once, api("/policy/shadow", "PUT", body=QUIET, note="To see.")),
    ("POST /api/v1/policy/shadow/drop", shadow, api("/policy/shadow/drop", note="Seen.")),
    ("POST /policy/shadow/drop", shadow, by("lena", "/policy/shadow/drop", run="{}", note="Seen.")),
    ("POST /settings/invites", at_once, by("lena", "/settings/invites", email="new@ledgerly.example", role="agent")),
    ("POST /settings/invites/{invite}/again", invited, by("lena", "/settings/invites/{}/again")),
    ("POST /settings/invites/{invite}/withdraw", invited, by("lena", "/settings/invites/{}/withdraw")),
    ("POST /settings/keys", at_once, by("root", "/settings/keys", name="A key", scope="policy:read")),
    ("POST /settings/keys/{key}/revoke", key, by("root", "/settings/keys/{}/revoke")),
    ("POST /setup/skip", at_once, by("lena", "/setup/skip", step="data")),
    ("POST /setup/example", at_once, by("lena", "/setup/example?kind=articles")),
    ("POST /setup/files", at_once, by("lena", "/setup/files?kind=articles&name=a.md")),
    ("POST /setup/files/{id}/parts", file, parts),
    ("POST /setup/files/{id}/read", file_with_parts, by("lena", "/setup/files/{}/read")),
    ("POST /setup/files/{id}/take", read_file, by("lena", "/setup/files/{}/take")),
    ("POST /setup/files/{id}/forget", read_file, by("lena", "/setup/files/{}/forget")),
    ("POST /setup/category", at_once, by("lena", "/setup/category", category="billing")),
    ("POST /setup/policy", at_once, by("lena", "/setup/policy", policy="cautious", note="To begin.")),
    ("POST /setup/widget", at_once, by("lena", "/setup/widget", origins="https://shop.example")),
    ("POST /setup/finish", at_once, by("lena", "/setup/finish")),
    ("POST /desk/macros/{macro}/remove", macro, by("lena", "/desk/macros/{}/remove")),
    # last, because a record of a hundred customers makes every look at the database longer
    ("POST /api/v1/boundary/offers/{offer}/approve", earned, api("/boundary/offers/{}/approve")),
    ("POST /autonomy/offers/{offer}/approve", earned, by("lena", "/autonomy/offers/{}/approve", note="Well done.")),
]  # fmt: skip
"""What they change stands there, or decides about messages yet to come."""
NOTHING_WRITTEN: list[Deed] = [
    ("POST /api/v1/articles/backtest", at_once, api("/articles/backtest", **ARTICLE)),
    ("POST /api/v1/policy/backtest", at_once, api("/policy/backtest", body=POLICY + "assistant: false\n")),
    ("POST /api/v1/policy/diff", at_once, api("/policy/diff", body=POLICY + "assistant: false\n")),
    ("POST /api/v1/policy/lint", at_once, api("/policy/lint", body=POLICY)),
    ("POST /knowledge/try", at_once, by("lena", "/knowledge/try", is_new="yes", **ARTICLE)),
    ("POST /knowledge/live", at_once, by("lena", "/knowledge/live", is_new="yes", **ARTICLE)),
    ("POST /policy", at_once, by("lena", "/policy", mode="yaml", yaml=POLICY)),
    ("POST /policy/behind", at_once, by("lena", "/policy/behind", mode="yaml", yaml=POLICY, cell="human human")),
    ("POST /policy/pane", at_once, by("lena", "/policy/pane", mode="yaml", yaml=POLICY)),
    ("POST /settings/channels/try/{what}", at_once, by("lena", "/settings/channels/try/smtp")),
    ("POST /settings/widget/try", at_once, by("lena", "/settings/widget/try", colour="#123456")),
]
"""They try, and tell."""
WHO_COMES_IN: list[Deed] = [
    ("POST /sign-in", newcomer, gives_password),
    ("POST /sign-in/passkey", with_passkey, opens_by_passkey),
    ("POST /sign-in/second-step", asked_for_a_code, gives_code),
    ("POST /sign-in/passkey/options", at_once, by("", "/sign-in/passkey/options")),
    ("POST /desk/me/access/passkeys/options", signed_in, posts("/desk/me/access/passkeys/options")),
    ("POST /sign-out", signed_in, posts("/sign-out")),
    ("POST /settings/sign-in/second-step", at_once, by("root", "/settings/sign-in/second-step", role="analyst")),
    ("POST /desk/me/access/app", shown_an_app, sets_up),
    ("POST /desk/me/access/app/remove", with_app, posts("/desk/me/access/app/remove")),
    ("POST /desk/me/access/codes", with_app, posts("/desk/me/access/codes")),
    ("POST /desk/me/access/passkeys", signed_in, keeps_a_passkey),
    ("POST /desk/me/access/passkeys/{passkey}/remove", with_passkey, removes_passkey),
    ("POST /desk/me/access/password", signed_in, posts("/desk/me/access/password", current=PASSWORD, new=NEW)),
    ("POST /desk/me/access/sessions/end-others", in_two_places, posts("/desk/me/access/sessions/end-others")),
    ("POST /desk/me/access/sessions/{session}/end", in_two_places, ends_the_other),
]
"""A page of who is out is told so (`test_foreign_things`, and `tests/browser`); what any other shows did not change."""
NOT_YET_SAID: list[Deed] = [
    ("POST /api/v1/attachments", at_once, lambda w, _none: enclosed(w, w.api, "/attachments")),
    ("POST /widget/attachments", at_once, lambda w, _none: enclosed(w, w.customer, "/widget/attachments")),
    ("POST /widget/attachments/{attachment}/remove", upload, lambda w, made: w.customer.post(
        f"/widget/attachments/{made}/remove")),
]  # fmt: skip
"""A file that no message has taken along yet."""
SEEN: list[Deed] = [
    ("POST /desk/me/forget", refused_and_closed, lambda w, typed: w.pia.post("/desk/me/forget", data=typed)),
    ("POST /setup/shadow", at_once, lambda w, _none: (
        by("lena", "/setup/policy", policy="cautious", note="To begin.")(w, None), by("lena", "/setup/shadow")(w, None)
    )[1]),
]  # fmt: skip
"""A page that stands open shows that it happened."""
IS_SEEN, WRITES_NOTHING, OF_PEOPLE = "seen", "writes nothing", "who comes in"
UNCHANGED = {"a page of its own": A_PAGE_OF_ITS_OWN, OF_PEOPLE: WHO_COMES_IN, "not yet said": NOT_YET_SAID,
             WRITES_NOTHING: NOTHING_WRITTEN}  # fmt: skip


@pytest.fixture
def house(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With a conversation that Mira has, a lead's key, an administrator, and what can be reached outside."""
    rooms, now = world.running.rooms, world.now
    monkeypatch.setattr(passkeys, "_QUESTIONS", Limit(1000, 600))
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),))
    monkeypatch.setattr(hashing, "hashing", lambda: cheap)  # argon2id all the same, and seconds less
    rooms.workspace.put_agent(Agent("agt_root", "Root", "root@ledgerly.example", "admin"), now)
    rooms.workspace.begin_session("ses_root", "agt_root", now)
    rooms.workspace.put_team(Team("payroll", "Payroll", is_closed=True))
    entry = Entry("", 7, Outgoing(["127.0.0.1"]), has_tracker=True, example=example,
                  tries={"smtp": lambda me: Tried(True, "It works.", ())})  # fmt: skip
    world.running.app.state.rooms = replace(rooms, entry=entry)
    world.opens("ada", contact={"id": "ada", "verified": True, "name": "Ada"})
    world.works()
    world.does("ada", "claim")
    world.works()
    yield world
    world.running.app.state.rooms = rooms


def test_what_stands_open_without_a_live_stream_shows_what_it_loaded(house: World) -> None:
    """Only the desk, the hosted chat and the widget follow the log; a lead's page is one that was read."""
    static = Path(web.__file__).parent / "static"
    follow = {
        str(one.relative_to(static)) for one in static.rglob("*.js") if re.search(r'\bfollow\("/', one.read_text())
    }
    asked = (name.partition(" ")[2] for name in every_route(house.running) if name.startswith("GET /"))
    pages = [path for path in asked if "{" not in path and not path.endswith("/events")]
    brought = {path: re.findall(r'src="/static/([\w/]+\.js)', house.desk.get(path).text) for path in pages}

    assert follow == {"desk/main.js", "chat.js", "widget/app.js"}
    assert {path for path, names in brought.items() if follow & {*names}} == {"/desk", "/widget"}


@pytest.mark.parametrize("kind", UNCHANGED)
def test_what_changes_no_page_that_stands_open_changes_none_and_writes_what_is_said(house: World, kind: str) -> None:
    assert done(house, UNCHANGED[kind], kind) == []


def test_what_a_page_that_stands_open_shows_of_them_is_what_a_fresh_one_does(house: World) -> None:
    assert done(house, SEEN, IS_SEEN) == []


def test_a_provider_that_comes_and_goes_changes_the_way_in_alone(house: World) -> None:
    kept, typed = "/settings/sign-in/provider", {"name": "Ledgerly", "client_id": CLIENT, "secret": SECRET}
    with company() as there:
        deeds: list[Deed] = [
            (f"POST {kept}", at_once, by("root", kept, issuer=there.address, **typed)),
            (f"POST {kept}/remove", at_once, by("root", f"{kept}/remove")),
        ]
        assert done(house, deeds, OF_PEOPLE) == []


PROVIDER = {"POST /settings/sign-in/provider", "POST /settings/sign-in/provider/remove"}


def beside(house: World) -> Pages:
    """What stands open: a lead's and a colleague's desk, Ada's widget and her chat."""
    pages = Pages(house, ("ada",))
    pages.stale_after(EventLog(house.running.rooms.db).latest())
    return pages


def done(house: World, deeds: list[Deed], kind: str) -> list[str]:
    """Does them in turn beside what stands open, and says what was not as their kind promises."""
    pages, db, told = beside(house), house.running.rooms.db, list[str]()
    had, shown = written(db), fresh(house.api)
    for route, ready, act in deeds:
        begun = EventLog(db).latest()
        given = ready(house)
        if EventLog(db).latest() != begun or (kind == OF_PEOPLE and ready is not at_once):  # else it shows nowhere
            pages.stale_after(begun)
            shown = fresh(house.api)
        had = written(db) if ready is not at_once else had
        cursor = EventLog(db).latest()
        answer = act(house, given)
        stale, before, was = pages.stale_after(cursor), shown, had
        shown, had = fresh(house.api), written(db)
        if answer.status_code >= 400 or "again=" in answer.headers.get("location", ""):
            told.append(f"{route} was not done: {answer.status_code} {answer.text[-600:]}")
        told += [f"{route} does not reach {one}" for one in stale]
        if pages.changed is not (kind == IS_SEEN):
            told.append(f"{route}: a page shows it, or the reverse")
        if shown != before and kind != IS_SEEN:
            told.append(f"{route}: a conversation tells of it")
        if (had != was) is (kind == WRITES_NOTHING):
            told.append(f"{route}: what was written?")
    return told


def test_every_route_that_changes_something_is_played(shared: Served) -> None:
    unsafe = {name for name in every_route(shared) if not name.startswith("GET")}
    here = [*SEEN, *(deed for deeds in UNCHANGED.values() for deed in deeds)]
    steps = {sentence for sentence, _ in (*STEPS, *MORE, *ANSWERS)} & unsafe
    named = {route for route, _ready, _act in here}

    assert unsafe - steps - named - PROVIDER == set(), "play it"
    assert named - unsafe == set(), "there is no such route any more"
    assert not steps & named
