"""The authorisation matrix: every route and every realtime channel × every role × one's own and a foreign object.

It is generated from the route table, so a route that nobody has placed fails here. What somebody may not see is
answered exactly like what is not there: byte for byte, but for the id that was sent and the number of the request.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from api.serving import EXPIRED, NO_TLS, Served, served
from api.test_doors import (
    ADMINS_PAGES,
    FOR_EVERY_AGENT,
    FOR_HOLDERS,
    LEADS_PAGES,
    OPEN_ON_PURPOSE,
    READ_BY_ANALYSTS,
    WANTS,
    every_route,
)
from databases import fresh_database
from mail.writing import OURS, mail, taken
from segue.desk.queue import VIEWS
from segue.domain.briefing import Briefing, CustomerCard, EarlierContact, Line, NextStep, SimilarCase
from segue.domain.ids import new_id
from segue.domain.mail import Attachment, Cause
from segue.domain.people import Agent, Contact, Team
from segue.domain.ports import DIMENSIONS
from segue.integrations.mail.reading import read
from segue.store.attachments import Attachments, new_attachment_id
from segue.store.database import Database, as_json
from segue.store.inbox import Arrival
from segue.store.leaving import Leaving
from segue.store.mail import MailStore
from segue.store.workspace import Workspace
from segue.web import doors
from segue.web.doors import COOKIE, SCOPES
from segue.web.guest import CHAT, WHO
from segue.web.identity import Identity

NOW = datetime.now(UTC)
DESK = "/desk/conversations/{conversation}"
READ_AT_THE_DESK = {
    "GET /desk", "GET /desk/me", "POST /desk/me", "GET /desk/events", f"GET {DESK}", f"GET {DESK}/why",
    "POST /desk/me/forget",
    f"GET {DESK}/trace", f"POST {DESK}/guard", f"POST {DESK}/look", "GET /review", "GET /desk/told",
    "GET /desk/views", "POST /desk/views/{view}", "POST /desk/views/{view}/remove",
    "GET /desk/attachments/{attachment}", f"GET {DESK}/mail/{{seq}}", f"GET {DESK}/mail/{{seq}}/raw",
    f"GET {DESK}/beside/{{beside}}", f"GET {DESK}/beside/{{beside}}/raw",
    "GET /desk/me/access", "POST /desk/me/access/password", "POST /desk/me/access/sessions/{session}/end",
    "POST /desk/me/access/sessions/end-others", "GET /desk/me/access/app", "POST /desk/me/access/app",
    "POST /desk/me/access/app/remove", "POST /desk/me/access/codes", "POST /desk/me/access/passkeys/options",
    "POST /desk/me/access/passkeys", "POST /desk/me/access/passkeys/{passkey}/remove",
}  # fmt: skip
"""For everybody with a session, also for who only reads; what is posted here is their own or changes nothing."""
DONE_AT_THE_DESK = {
    *(f"POST {DESK}/{deed}" for deed in (
        "approve", "claim", "assign", "hand-back", "give-back", "resolve", "confirm", "reopen", "snooze", "wake",
        "grade", "correct", "undo", "unsend", "again", "deliver", "drop", "undrop", "reply", "note", "draft", "hold",
        "address", "tag", "untag", "merge", "unmerge", "macro", "passage", "attachments", "attachments/{file}/remove",
        "beside/{beside}/release")),
    f"GET {DESK}/macros", f"GET {DESK}/variables", "GET /desk/snooze", f"GET {DESK}/articles", "GET /desk/unsent",
    "GET /desk/macros", "GET /desk/macros/{macro}",
    "POST /desk/macros/{macro}", "POST /desk/macros/{macro}/remove", "GET /desk/bulk", "POST /desk/bulk",
    "POST /desk/bulk/{bulk}/undo", "POST /review/{message}",
}  # fmt: skip
"""For who handles."""
CHANNELS = {"GET /desk/events", "GET /widget/events", "GET /chat/events", "GET /api/v1/events"}
PAGES = {*READ_AT_THE_DESK, *DONE_AT_THE_DESK, *LEADS_PAGES}
API = {name.replace(" ", " /api/v1", 1): scope for name, scope in WANTS.items()}

AGENTS = {"tom": "agent", "pia": "agent", "lena": "lead", "root": "admin", "ann": "analyst"}
"""Pia alone is in the closed team; Tom is an agent of another one."""
WITHOUT_SESSION = ("nobody", "gone", "visitor", "ada", "grace", "key everything")
"""Gone was an agent, whose session was never ended; the key is good, and for the API alone."""
READS, HANDLES, LEADS = set(AGENTS), {"tom", "pia", "lena", "root"}, {"lena", "root"}


@dataclass
class Desk:
    """One house, and what stands in it."""

    running: Served
    closed: str = ""
    """Pia's: in the closed team."""
    missing: str = "cnv_01NOTHERE00000000000000000"
    of: dict[str, str] = field(default_factory=dict)
    """The conversation that each customer began."""
    visitor: str = "wv_" + "v" * 43

    def session(self, who: str) -> str:
        token = f"ses_{who}_{uuid4().hex}"
        self.running.rooms.workspace.begin_session(token, f"agt_{who}", NOW)
        return token

    def headers(self, who: str) -> dict[str, str]:
        """What this role's browser or machine sends by itself."""
        identity = self.running.rooms.identity
        if who in (*AGENTS, "gone"):
            return {"Cookie": f"{COOKIE}={self.session(who)}"}
        if who == "visitor":
            return {"Authorization": f"Bearer {self.visitor}"}
        if who in ("ada", "grace"):
            token = identity.sign(f"con_{who}", NOW)
            return {"Authorization": f"Bearer {token}", "Cookie": f"{WHO}={token}; {CHAT}={self.chat_key(who)}"}
        return {"Authorization": f"Bearer sk_{who.removeprefix('key ')}"} if "key" in who else {}

    def chat_key(self, who: str) -> str:
        return self.running.rooms.identity.sign(self.of[who], NOW, cnv=self.of[who], who=f"con_{who}")


@pytest.fixture(scope="module")
def desk(furnished: str) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch, fresh_database(like=furnished) as url:
        patch.setattr(doors, "GUESSES", 1e9)
        populate(url)
        with served(url) as running:
            found = Desk(running)
            write(found)
            yield found
            print(f"\ncells in which a role is let in: {dict(CELLS)}")


def populate(url: str) -> None:
    """Before the server opens: people, the closed team, and for each scope a key that has all but that one."""
    db = Database(url).open()
    workspace = Workspace(db)
    workspace.put_team(Team("payroll", "Payroll", is_closed=True))
    for who, role in {**AGENTS, "gone": "lead"}.items():
        teams = ("payroll",) if who == "pia" else ()
        workspace.put_agent(Agent(f"agt_{who}", who.capitalize(), f"{who}@ledgerly.example", role, teams), NOW)
    Leaving(db).deactivate("agt_gone", "agt_lena", NOW)
    for scope in SCOPES:
        workspace.put_key(f"not {scope}", f"sk_not_{scope}", [s for s in SCOPES if s != scope], NOW)
    workspace.put_key("revoked", "sk_revoked", SCOPES, NOW)
    db.run("delete from api_keys where name = 'revoked'")
    workspace.put_contacts([Contact(f"con_{who}", who.capitalize(), "", None, True) for who in ("ada", "grace")], NOW)
    db.close()


def write(desk: Desk) -> None:
    inbox, db = desk.running.rooms.inbox, desk.running.rooms.db
    for who in ("ada", "grace"):
        known = Arrival(f"A matter of {who}", external_id=f"con_{who}", is_verified=True)
        desk.of[who] = inbox.accept(known, NOW).conversation_id
    with httpx.Client(base_url=desk.running.url, verify=NO_TLS) as widget:
        said = {"text": "A matter of a visitor", "client_id": "v1"}
        desk.of["visitor"] = widget.post("/widget/messages", json=said, headers=desk.headers("visitor")).json()[
            "conversation"
        ]
    desk.closed = inbox.accept(
        Arrival("My salary is wrong", external_id="con_ada", is_verified=True), NOW
    ).conversation_id
    db.run("update conversations set team_id = 'payroll', handler = 'human', status = 'open' where id = %(id)s",
           {"id": desk.closed})  # fmt: skip


@pytest.fixture(scope="module")
def line(desk: Desk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=desk.running.url, verify=NO_TLS, timeout=20) as client:
        yield client


def ask(line: httpx.Client, operation: str, headers: dict[str, str], **more: Any) -> httpx.Response:
    """The answer; of a stream only how it begins."""
    method, path = operation.split(" ", 1)
    line.cookies.clear()
    with line.stream(method, path, headers=headers, **more) as answer:
        if "event-stream" not in answer.headers.get("content-type", ""):
            answer.read()
        return answer


def is_sent_away(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")


CELLS = Counter[str]()
"""Of the cells in which a role may: in how many something was done or shown, and in how many the answer was only about
what was asked for (not there, not so), which nobody hears who is not let in."""


def is_let_in(answer: httpx.Response) -> bool:
    """What breaks on the way has let in nobody and refused nobody: it is no answer to that."""
    assert answer.status_code < 500, answer.text[:300]
    is_in = answer.status_code not in (401, 403) and not is_sent_away(answer)
    if is_in:
        CELLS["done or shown" if answer.status_code < 400 else "answered for what was asked"] += 1
    return is_in


# routes × roles


def test_every_route_stands_in_the_matrix(shared: Served) -> None:
    placed = PAGES | FOR_EVERY_AGENT | set(FOR_HOLDERS) | set(OPEN_ON_PURPOSE) | set(API)
    assert set(every_route(shared)) == placed


def test_every_realtime_channel_stands_in_the_matrix(shared: Served) -> None:
    assert {name for name in every_route(shared) if name.startswith("GET") and name.endswith("events")} == CHANNELS
    assert all(name.startswith(("GET", "POST", "PUT", "PATCH", "DELETE")) for name in every_route(shared)), "a socket?"


@pytest.mark.parametrize("operation", sorted(PAGES))
def test_a_page_opens_for_those_it_is_for(desk: Desk, line: httpx.Client, operation: str) -> None:
    may = LEADS if operation in LEADS_PAGES else READS if operation in READ_AT_THE_DESK else HANDLES
    may = {"root"} if operation in ADMINS_PAGES else may
    may = may | {"ann"} if operation in READ_BY_ANALYSTS else may
    there = re.sub(r"{version}", "1", operation.replace("{conversation}", desk.of["ada"]))
    there = re.sub(r"{\w+}", "nothing", there.replace("{message}", f"msg_{desk.of['ada'][4:]}.1"))
    body = {} if operation.startswith("GET") else {"data": {"to": "on"}}
    for who in WITHOUT_SESSION:
        assert is_sent_away(ask(line, there, desk.headers(who), **body)), who
    for who in AGENTS:
        answer = ask(line, there, desk.headers(who), **body)
        assert is_let_in(answer) == (who in may), (who, answer.status_code)


@pytest.mark.parametrize(("operation", "scope"), API.items(), ids=list(API))
def test_the_api_opens_for_a_key_with_the_scope_alone(
    desk: Desk, line: httpx.Client, operation: str, scope: str
) -> None:
    there, broken = re.sub(r"{\w+}", "nothing", operation), {"content": b"{"}
    for who in (*AGENTS, "nobody", "gone", "visitor", "ada", "grace", "key revoked"):
        assert ask(line, there, desk.headers(who), **broken).status_code == 401, who
    assert ask(line, there, {"Authorization": f"Bearer {EXPIRED}"}, **broken).status_code == 401
    assert ask(line, there, {"Authorization": f"Bearer sk_not_{scope}"}, **broken).status_code == 403
    own = Arrival(f"For {operation}", external_id=f"con_{operation}", is_verified=True)
    fitting = operation.replace("{conversation}", desk.running.rooms.inbox.accept(own, NOW).conversation_id)
    fitting = re.sub(r"{\w+}", "nothing", fitting.replace("{seq}", "1"))
    body = {} if operation.startswith("GET") else {"json": FITS}
    assert is_let_in(ask(line, fitting, {"Authorization": f"Bearer sk_{scope}"}, **body))


@pytest.mark.parametrize("operation", sorted(FOR_HOLDERS))
def test_the_widget_opens_for_its_holders_alone(desk: Desk, line: httpx.Client, operation: str) -> None:
    for who in (*AGENTS, "nobody", "gone", "key everything", "key revoked"):
        there = operation.replace("{conversation}", desk.of["ada"])
        assert ask(line, there, desk.headers(who), json={}).status_code in (401, 403), who
    for who in ("visitor", "ada", "grace"):
        there = with_query(operation.replace("{conversation}", desk.of[who]), desk.of[who])
        answer = ask(line, there, desk.headers(who), json={})
        assert is_let_in(answer), who
        assert answer.status_code != 404, who


@pytest.mark.parametrize("operation", sorted(OPEN_ON_PURPOSE))
def test_what_is_open_is_open_to_everybody(desk: Desk, line: httpx.Client, operation: str) -> None:
    there = re.sub(r"{\w+}", "nothing", operation)
    for who in (*AGENTS, *WITHOUT_SESSION):
        answer = ask(line, there, desk.headers(who), data={} if operation.startswith("POST") else None)
        assert is_let_in(answer) if operation != "GET /readyz" else answer.json()["checks"], who


FITS = {"agent": "agt_tom", "text": "Hello", "solution": "Done.", "urgency": "high", "solved": True}
"""What most that is asked of a conversation wants to know."""


def with_query(operation: str, conversation: str) -> str:
    return f"{operation}?conversation={conversation}" if operation.startswith("GET /widget/events") else operation


# own and foreign objects


def same(
    line: httpx.Client, one: tuple[str, str], other: tuple[str, str], headers: dict[str, str], **more: Any
) -> None:
    """Both are answered the same 404, but for the id that each names."""
    first, second = (bare(ask(line, there, headers, **more), name) for there, name in (one, other))
    assert first[0] == 404
    assert first == second


def bare(answer: httpx.Response, name: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body without the id that was sent, in either form, and without the number of the request."""
    headers = {k: v for k, v in answer.headers.items() if k not in ("date", "x-request-id", "content-length")}
    request = answer.headers["x-request-id"].encode()
    return answer.status_code, headers, answer.content.replace(name[4:].encode(), b"ID").replace(request, b"REQUEST")


def named(operation: str, conversation: str) -> str:
    return operation.replace("{conversation}", conversation).replace("{message}", f"msg_{conversation[4:]}.1")


@pytest.mark.parametrize("operation", sorted(name for name in PAGES if "{conversation}" in name or "{message}" in name))
def test_a_closed_conversation_is_at_the_desk_as_if_it_were_not(desk: Desk, line: httpx.Client, operation: str) -> None:
    body = {} if operation.startswith("GET") else {"data": {"to": "agent:agt_tom", "text": "Hello", "seq": "1"}}
    closed, missing = (named(operation, c) for c in (desk.closed, desk.missing))
    for who in ("tom", "ann"):
        same(line, (closed, desk.closed), (missing, desk.missing), desk.headers(who), **body)
    for who in ("pia", "lena", "root"):
        open_to_them = ask(line, closed, desk.headers(who), **body)
        assert open_to_them.status_code != 404 or "no conversation" not in open_to_them.text, who


@pytest.mark.parametrize("what", ["", "/raw"])
def test_a_mail_of_a_closed_conversation_is_as_if_it_were_not(desk: Desk, line: httpx.Client, what: str) -> None:
    """It is there, and opens for those for whom its conversation does."""
    written = mail("My salary", message_id=f"<salary{what}@elsewhere.example>")
    came = taken(MailStore(desk.running.rooms.db), written, NOW, desk.closed)
    closed, missing = (f"GET {DESK}/mail/{came.seq}{what}".format(conversation=c) for c in (desk.closed, desk.missing))
    for who in ("tom", "ann"):
        same(line, (closed, desk.closed), (missing, desk.missing), desk.headers(who))
    for who in ("pia", "lena", "root"):
        assert "My salary" in ask(line, closed, desk.headers(who)).text


def test_a_mail_beside_a_closed_conversation_is_as_if_it_were_not(desk: Desk, line: httpx.Client) -> None:
    """Set aside, and naming it: whole, as it came, its file, and letting it in."""
    store, written = MailStore(desk.running.rooms.db), mail("My salary", message_id="<aside@elsewhere.example>")
    store.keep(written, OURS, None, NOW)
    (kept,) = store.due(NOW, 1)
    came = replace(read(written), attachments=(Attachment("slip.txt", "text/plain", b"9,000"),))
    store.set_aside(kept, Cause.AUTO_REPLY, came, NOW, desk.closed)
    (file,) = Attachments(desk.running.rooms.db).of_mail(kept.id)
    there = {kept.id: new_id("mal", NOW), file.id: new_attachment_id()}
    for operation, body in (
        (f"GET {DESK}/beside/{kept.id}", {}), (f"GET {DESK}/beside/{kept.id}/raw", {}),
        (f"POST {DESK}/beside/{kept.id}/release", {"data": {}}), (f"GET /desk/attachments/{file.id}", {}),
    ):  # fmt: skip
        at = kept.id if kept.id in operation else file.id
        for conversation in (desk.closed, desk.of["ada"]):
            one = operation.format(conversation=conversation)
            for who in ("tom", "ann"):
                if who == "tom" or not body:
                    same(line, (one, at), (one.replace(at, there[at]), there[at]), desk.headers(who), **body)
    for who in ("pia", "lena", "root"):
        assert "My salary" in ask(line, f"GET {DESK}/beside/{kept.id}".format(conversation=desk.closed),
                                  desk.headers(who)).text  # fmt: skip
        assert ask(line, f"GET /desk/attachments/{file.id}", desk.headers(who)).content == b"9,000"


BODIES: dict[str, dict[str, Any]] = {
    "claim": {}, "assign": {"team": "billing"}, "reply": {"text": "Hello"}, "note": {"text": "Hello"}, "resolve": {},
    "reopen": {}, "urgency": {"urgency": "high"}, "frustration": {"seq": 1, "is_frustrated": True}, "hand-back": {},
    "approve": {"seq": 1}, "merge": {"into": "cnv_01NOTHERE00000000000000001"}, "unmerge": {},
}  # fmt: skip


@pytest.mark.parametrize("deed", BODIES)
def test_a_machine_lends_an_agent_no_longer_arms_than_their_own(desk: Desk, line: httpx.Client, deed: str) -> None:
    path, key = "POST /api/v1/conversations/{conversation}/" + deed, {"Authorization": "Bearer sk_everything"}
    closed, missing = (named(path, c) for c in (desk.closed, desk.missing))
    said = {"agent": "agt_tom", **BODIES[deed]}

    same(line, (closed, desk.closed), (missing, desk.missing), key, json=said)

    reader = ask(line, named(path, desk.of["grace"]), key, json={**said, "agent": "agt_ann"})
    assert reader.status_code == 403


def test_every_deed_that_an_agent_is_named_for_is_tried(shared: Served) -> None:
    """Whose body names an agent is found in the API's own description."""
    document = shared.app.openapi()
    found = set()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            body = json.dumps(operation.get("requestBody", {}))
            names = re.findall(r"#/components/schemas/(\w+)", body)
            fields = {f for name in names for f in document["components"]["schemas"][name].get("properties", {})}
            if "agent" in fields and "{conversation}" in path:
                found.add(path.rpartition("/")[2])
    assert found == set(BODIES)


def test_nobody_is_given_what_is_closed_to_them(desk: Desk, line: httpx.Client) -> None:
    path = f"POST /api/v1/conversations/{desk.closed}/assign"
    answer = ask(line, path, {"Authorization": "Bearer sk_everything"}, json={"agent": "agt_pia", "to": "agt_tom"})

    assert answer.status_code == 422
    assert "closed" in answer.json()["detail"]


def test_a_merge_is_offered_with_nothing_that_is_closed(desk: Desk, line: httpx.Client) -> None:
    accept, db = desk.running.rooms.inbox.accept, desk.running.rooms.db
    one, closed = (
        accept(Arrival(text, external_id="con_grace", is_verified=True), NOW).conversation_id for text in ("One", "Two")
    )
    db.run("update conversations set team_id = 'payroll', handler = 'human' where id = %(id)s", {"id": closed})
    page = f"GET /desk/conversations/{one}"

    assert closed not in ask(line, page, desk.headers("tom")).text
    assert closed in ask(line, page, desk.headers("lena")).text


def test_who_hands_it_to_a_closed_team_is_told_that_it_is_done(desk: Desk, line: httpx.Client) -> None:
    """The page that is open hears it in words; without scripts the list comes."""
    where, inbox = [], desk.running.rooms.inbox
    for part in ({"X-Part": "conversation"}, {}):
        given = inbox.accept(Arrival("My payslip", external_id=f"con_{uuid4().hex}"), NOW).conversation_id
        said = {"to": "team:payroll", "place": "view=unassigned"}
        where.append(ask(line, named(f"POST {DESK}/assign", given), desk.headers("tom") | part, data=said))
        assert desk.running.rooms.conversations.one(given)["team_id"] == "payroll"

    assert where[0].json() == {"closed": "Handed to Payroll; it is closed to you"}
    assert (where[1].status_code, where[1].headers["location"]) == (303, "/desk?view=unassigned")


def test_what_one_typed_in_what_is_closed_now_is_still_ones_own(desk: Desk, line: httpx.Client) -> None:
    asked = Arrival("My payslip", external_id=f"con_{uuid4().hex}")
    given = desk.running.rooms.inbox.accept(asked, NOW).conversation_id
    typed = {"kind": "reply", "text": "Dear customer, half a sentence <b>", "version": "0"}
    ask(line, named(f"POST {DESK}/draft", given), desk.headers("tom"), data=typed)
    assert "half a sentence" not in ask(line, "GET /desk/me", desk.headers("tom")).text

    part = desk.headers("tom") | {"X-Part": "conversation"}
    told = ask(line, named(f"POST {DESK}/assign", given), part, data={"to": "team:payroll"}).json()["closed"]
    assert told == "Handed to Payroll; it is closed to you. What you typed is kept in My preferences"
    shown = ask(line, "GET /desk/me", desk.headers("tom")).text
    assert "Dear customer, half a sentence &lt;b&gt;</textarea>" in shown
    assert given not in shown
    assert "half a sentence" not in ask(line, "GET /desk/me", desk.headers("lena")).text

    last = {"kind": "reply", "text": "Dear customer, the whole of it", "version": "1"}
    kept = ask(line, named(f"POST {DESK}/draft", given), desk.headers("tom"), data=last)
    assert (kept.status_code, kept.json()) == (200, {"version": 2})
    assert "Dear customer, the whole of it</textarea>" in ask(line, "GET /desk/me", desk.headers("tom")).text
    there = named(f"POST {DESK}/draft", given), named(f"POST {DESK}/draft", desk.missing)
    same(line, (there[0], given), (there[1], desk.missing), desk.headers("ann"), data=last)  # who typed nothing there


def test_what_one_typed_in_what_is_closed_now_is_forgotten_and_comes_back(desk: Desk, line: httpx.Client) -> None:
    """Nobody else's is touched, and none in what is still open."""
    given, still_open = (
        desk.running.rooms.inbox.accept(Arrival("My payslip", external_id=f"con_{uuid4().hex}"), NOW).conversation_id
        for _ in range(2)
    )
    number, other = (desk.running.rooms.conversations.one(one)["number"] for one in (given, still_open))
    for at, who in ((given, "tom"), (still_open, "tom"), (given, "pia")):
        typed = {"kind": "note", "text": f"  Half a word of {who}, twice", "version": "0"}
        ask(line, named(f"POST {DESK}/draft", at), desk.headers(who), data=typed)
    ask(line, named(f"POST {DESK}/assign", given), desk.headers("tom"), data={"to": "team:payroll"})

    forget = {"number": number, "kind": "note"}
    told = ask(line, "POST /desk/me/forget", desk.headers("tom"), data=forget).text
    assert f"What you had typed in #{number} is forgotten." in told
    shown = [ask(line, "GET /desk/me", desk.headers("tom")).text]
    for more in (forget | {"number": other}, forget, forget | {"text": "  Half a word of tom, twice"}):
        ask(line, "POST /desk/me/forget", desk.headers("tom"), data=more)
    shown.append(ask(line, "GET /desk/me", desk.headers("tom")).text)
    assert [f"Note in #{number}" in page for page in shown] == [False, True]
    assert ">\n  Half a word of tom, twice</textarea>" in shown[1]
    bodies = {one: [row.body for row in desk.running.rooms.db.all(
        "select body from drafts where conversation_id = %(id)s order by agent_id", {"id": one})]
        for one in (given, still_open)}  # fmt: skip
    assert bodies == {given: ["  Half a word of pia, twice", "  Half a word of tom, twice"],
                      still_open: ["  Half a word of tom, twice"]}  # fmt: skip


def test_a_grade_is_for_the_conversation_it_stands_in(desk: Desk, line: httpx.Client) -> None:
    """The message comes from a form: it must not lead out of what the door has looked at."""
    there = named(f"POST {DESK}/grade", desk.of["ada"])
    foreign = {"message": f"msg_{desk.closed[4:]}.1", "verdict": "wrong"}

    assert "There is no message" in ask(line, there, desk.headers("tom"), data=foreign).text
    row = desk.running.rooms.db.one("select count(*) as n from judgements")
    assert row is not None
    assert row.n == 0


def test_a_merge_finds_no_conversation_that_is_closed(desk: Desk, line: httpx.Client) -> None:
    """It is named in a form, which the door does not read."""
    there = named(f"POST {DESK}/merge", desk.of["grace"])
    closed, missing = (
        bare(ask(line, there, desk.headers("tom"), data={"into": into}), into) for into in (desk.closed, desk.missing)
    )

    assert b"There is no conversation" in closed[2]
    assert re.sub(rb"cli_\w+", b"", closed[2]) == re.sub(rb"cli_\w+", b"", missing[2])


def test_lists_search_and_counts_pass_over_what_is_closed(desk: Desk, line: httpx.Client) -> None:
    shown = {f"GET /desk?view={view.id}" for view in VIEWS}
    seen = {there: who_sees(desk, line, there) for there in (*shown, "GET /desk", "GET /desk?q=salary")}

    assert seen["GET /desk?q=salary"] == {"pia", "lena", "root"}
    assert set().union(*seen.values()) == {"pia", "lena", "root"}
    assert any(seen[there] for there in shown)


def who_sees(desk: Desk, line: httpx.Client, there: str) -> set[str]:
    return {who for who in AGENTS if desk.closed in ask(line, there, desk.headers(who)).text}


@pytest.mark.parametrize(
    "operation", sorted(name for name in FOR_HOLDERS if "{conversation}" in name or "events" in name)
)
def test_anothers_conversation_is_in_the_widget_as_if_it_were_not(
    desk: Desk, line: httpx.Client, operation: str
) -> None:
    body = {"json": {"email": "eve@elsewhere.example"}} if operation.startswith("POST") else {}
    for who, others in (("visitor", "ada"), ("ada", "grace"), ("grace", "visitor")):
        foreign, missing = (with_query(named(operation, c), c) for c in (desk.of[others], desk.missing))
        same(line, (foreign, desk.of[others]), (missing, desk.missing), desk.headers(who), **body)
        own = with_query(named(operation, desk.of[who]), desk.of[who])
        assert ask(line, own, desk.headers(who), **body).status_code < 300, who


def test_nobody_writes_into_anothers_conversation(desk: Desk, line: httpx.Client) -> None:
    for who, others in (("visitor", "ada"), ("ada", "grace"), ("grace", "visitor")):
        answers = []
        for conversation in (desk.of[others], desk.missing):
            said = {"text": "Hello", "client_id": uuid4().hex, "conversation": conversation}
            answers.append(bare(ask(line, "POST /widget/messages", desk.headers(who), json=said), conversation))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404


@pytest.mark.parametrize("operation", ["GET /chat/thread", "GET /chat/events", "GET /contact/received"])
def test_the_key_of_a_chat_opens_it_for_its_own_customer_only(desk: Desk, line: httpx.Client, operation: str) -> None:
    identity, other = desk.running.rooms.identity, Identity("another secret of forty characters, or more")
    grace = f"{WHO}={identity.sign('con_grace', NOW)}"
    keys = {
        "stolen": desk.chat_key("ada"),
        "forged": other.sign("x", NOW, cnv=desk.of["ada"], who="con_grace"),
        "of nothing": identity.sign(desk.missing, NOW, cnv=desk.missing, who="con_grace"),
    }
    cookies = [grace, *(f"{grace}; {CHAT}={key}" for key in keys.values())]
    refused = [bare(ask(line, operation, {"Cookie": cookie}), desk.missing) for cookie in cookies]

    assert all(answer == refused[0] for answer in refused)
    assert refused[0][0] == 404
    assert ask(line, operation, desk.headers("ada")).status_code == 200


# what a briefing tells of others


def test_what_a_closed_team_solved_is_no_similar_case(desk: Desk) -> None:
    db, library = desk.running.rooms.db, desk.running.rooms.library
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[7] = 1
    for conversation in (desk.closed, desk.of["ada"]):
        db.run(
            "insert into resolutions (id, conversation_id, problem, solution, resolved_by, outcome, at, vector,"
            " encoder) values ('res_' || %(c)s, %(c)s, 'wrong', 'mended', 'agt_pia', 'contained', now(),"
            " %(v)s::halfvec, %(e)s)",
            {"c": conversation, "v": str(vector.tolist()), "e": library.encoder.version},
        )  # fmt: skip

    assert [case.conversation_id for case in library.similar(vector)] == [desk.of["ada"]]

    db.run("update resolutions set encoder = 'another'")
    assert library.similar(vector) == [], "what another encoder read stands elsewhere"


def test_a_briefing_tells_of_earlier_contacts_what_its_reader_may_see(desk: Desk, line: httpx.Client) -> None:
    rooms = desk.running.rooms
    arrival = Arrival("And my invoice", external_id="con_ada", is_verified=True)
    conversation = rooms.inbox.accept(arrival, NOW).conversation_id
    rooms.hands.take(conversation, "agt_root", NOW)
    earlier = EarlierContact(77, desk.closed, "chat", NOW, "About the raise of the salary", "open", False)
    told = Briefing(
        why="Ada asks for a person.", moved=(), wanted=Line("The invoice.", 1), tried=(), facts=(), open_question=None,
        next_step=NextStep("Look.", None, None, 0, 0),
        similar=(SimilarCase(77, desk.closed, "The raise of the salary", "x", "contained", 0.9),),
        earlier=(earlier,), mood=(),
        customer=CustomerCard("Ada", "", None, "free", None, None, True, None, "en"),
    )  # fmt: skip
    rooms.db.run("insert into briefings (conversation_id, seq, body) values (%(c)s, 1, %(b)s)",
                 {"c": conversation, "b": as_json(told)})  # fmt: skip

    pages = {who: ask(line, f"GET /desk/conversations/{conversation}", desk.headers(who)).text for who in AGENTS}

    assert {who for who, page in pages.items() if "raise of the salary" in page} == {"pia", "lena", "root"}
    assert all("And my invoice" in page for page in pages.values())


# realtime


def heard(line: httpx.Client, channel: str, headers: dict[str, str], deed: Callable[[], object], until: str) -> str:
    """What comes over the channel until it tells `until`, while `deed` is done again and again."""
    line.cookies.clear()
    is_over = threading.Event()

    def act() -> None:
        while not is_over.wait(0.1):
            deed()

    acting = threading.Thread(target=act)
    acting.start()
    told, end = "", time.monotonic() + 20
    try:
        with line.stream("GET", channel, headers=headers) as answer:
            assert answer.status_code == 200
            for frame in answer.iter_text():
                told += frame
                if until in told or time.monotonic() > end:
                    break
    finally:
        is_over.set()
        acting.join()
    return told


def test_the_desks_events_name_nothing_that_is_closed(desk: Desk, line: httpx.Client) -> None:
    """Something has changed: that much an outsider's page hears, so that its list is right; not what."""
    rooms, opened = desk.running.rooms, desk.of["grace"]

    def note() -> None:
        """In the closed one first: whoever hears of the other has had news of it."""
        for conversation in (desk.closed, opened):
            rooms.db.run(
                "insert into events (kind, conversation_id, author, body, at) "
                "values ('conversation.noted', %(id)s, 'agt_pia', '{}', now())", {"id": conversation},
            )  # fmt: skip
        rooms.bell.ring("events")

    outside = heard(line, "/desk/events", desk.headers("tom"), note, opened)
    inside = heard(line, "/desk/events", desk.headers("pia"), note, desk.closed)

    assert opened in outside
    assert desk.closed not in outside
    assert "data: {}" in outside
    assert desk.closed in inside


def test_a_channel_of_the_desk_ends_with_the_session(
    desk: Desk, line: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segue.web import news

    monkeypatch.setattr(news, "HEARTBEAT", 0.05)
    headers = desk.headers("tom")
    line.cookies.clear()
    with line.stream("GET", "/desk/events", headers=headers) as answer:
        frames = answer.iter_text()
        next(frames)
        desk.running.rooms.workspace.end_session(headers["Cookie"].partition("=")[2])
        for _ in frames:  # until it ends
            pass


# what stays closed


def test_what_is_closed_stays_closed_when_the_customer_writes_again(desk: Desk, line: httpx.Client) -> None:
    """A new episode of a resolved conversation begins with the assistant, and keeps its team."""
    rooms = desk.running.rooms
    arrival = Arrival("About my salary", external_id="con_grace", is_verified=True)
    conversation = rooms.inbox.accept(arrival, NOW).conversation_id
    rooms.hands.assign(conversation, "agt_pia", NOW, team="payroll")
    rooms.db.run(
        "update conversations set status = 'resolved', resolved_at = now() where id = %(id)s", {"id": conversation}
    )

    rooms.inbox.accept(Arrival("It is wrong again", conversation_id=conversation), NOW)

    assert ask(line, f"GET /desk/conversations/{conversation}", desk.headers("tom")).status_code == 404
    assert ask(line, f"GET /desk/conversations/{conversation}", desk.headers("pia")).status_code == 200


# who only reads


def can_be_pressed(page: str) -> set[str]:
    """Where the forms of a page lead, but for those of which every button is switched off."""
    button = re.compile(r"<button(?! disabled)(?![^>]*type=.button.)[^>]*>")
    forms = re.findall(r"(?s)<form\b([^>]*)>(.*?)</form>", page)
    named = {name for one in button.findall(page) for name in re.findall(r'\bform="([^"]+)', one)}
    found = {there for one in button.findall(page) for there in re.findall(r'formaction="([^"?]+)', one)}
    for told, inside in forms:
        if button.search(inside) or set(re.findall(r'\bid="([^"]+)', told)) & named:
            found |= set(re.findall(r'action="([^"?]+)', told))
    return found


def test_who_only_reads_finds_no_button_on_a_page_that_would_be_refused(desk: Desk, line: httpx.Client) -> None:
    """Every form that an analyst can press leads to what they may do; what else a page has is switched off."""
    pages = [
        name for name in PAGES if name.startswith("GET") and (name in READ_AT_THE_DESK or name in READ_BY_ANALYSTS)
    ]
    headers, pressed = desk.headers("ann"), set[str]()
    for name in sorted(pages):
        there = named(name, desk.of["ada"]).replace("{version}", "1").replace("{figure}", "offered")
        answer = ask(line, there.replace("{slug}", "nothing"), headers)
        if answer.headers.get("content-type", "").startswith("text/html"):
            pressed |= can_be_pressed(answer.text)
    free = {re.sub(r"{\w+}", "[^/]+", name.split()[1]) for name in READ_AT_THE_DESK if name.startswith("POST")}
    free |= {"/sign-out", "/desk"}

    policy = ask(line, "GET /policy", headers).text
    assert "<button disabled" in policy
    assert "&lt;" not in policy
    assert "/desk/me" in pressed
    assert {there for there in pressed if not any(re.fullmatch(one, there) for one in free)} == set()


def test_who_only_reads_sees_nothing_of_a_closed_team_on_the_pages_of_leads(desk: Desk, line: httpx.Client) -> None:
    from segue.insight.figures import FIGURES
    from segue.store.figured import Figured

    for figure in FIGURES:
        shown = {who: ask(line, f"GET /quality/{figure}?days=365", desk.headers(who)).text for who in ("ann", "lena")}
        assert desk.closed not in shown["ann"], figure
    db = desk.running.rooms.db
    Figured(db).keep_up()
    db.run(
        "insert into figured (conversation_id, episode, is_offered, is_handed_over, has_person, is_closed, is_reopened,"
        " sources, decided_at) values (%(id)s, 99, true, false, false, false, false, '{}', now())",
        {"id": desk.closed},
    )
    shown = {who: ask(line, "GET /quality/offered", desk.headers(who)).text for who in ("ann", "lena")}
    assert {who for who, page in shown.items() if desk.closed in page} == {"lena"}
