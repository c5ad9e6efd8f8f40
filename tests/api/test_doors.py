"""Deny by default: every route has a door, or stands in the list of those that are open on purpose."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from api.serving import EXPIRED, KEY, Served, is_problem
from segue.app.screens import ALL, NO_SCREEN, shows
from segue.domain.people import Agent
from segue.web import (
    doors,
    leads,
    machines,
    pages,
    widget,
)  # fmt: skip
from segue.web.doors import SCOPES, Bucket, handling, signed_in
from segue.web.routes import MachineRoute
from segue.web.widget_keys import holder

OPEN_ON_PURPOSE = {
    "GET /": "the start page",
    "GET /help/{slug}": "public articles only",
    "GET /docs": "how to use the API",
    "GET /api/v1/openapi.json": "the same, for machines",
    "GET /healthz": "whether we live",
    "GET /readyz": "whether we are ready",
    "GET /metrics": "counts, nobody's words",
    "GET /sign-in": "the way in",
    "POST /sign-in": "the way in",
    "POST /sign-out": "ends only the session it comes with",
    "GET /sign-in/second-step": "for the browser that has given the password; sends everybody else to the sign-in",
    "POST /sign-in/second-step": "the same",
    "POST /sign-in/passkey/options": "a question, for whatever passkey there is",
    "POST /sign-in/passkey": "the way in",
    "GET /sign-in/provider": "leads to the company's own sign-in",
    "GET /sign-in/provider/back": "with its word, in the browser that asked",
    "GET /invite/{token}": "who holds the link of an invitation; everything else is one page",
    "POST /invite/{token}": "the same",
    "GET /chat": "begins a conversation; shows one only to the browser that holds its key",
    "POST /chat/messages": "the same",
    "POST /chat/new": "lets go of that key",
    "GET /chat/thread": "asks own_conversation for that key",
    "GET /chat/events": "asks own_conversation for that key",
    "GET /contact": "a form, and who the host says is there",
    "POST /contact": "begins a conversation",
    "GET /contact/received": "asks own_conversation for that key",
    "GET /demo": "the demo company, both sides; 404 where there is none",
    "GET /demo/{page}": "its made-up product; the same",
    "GET /widget.js": "the loader, the same for everybody",
    "GET /widget": "the frame, the same for everybody",
    "GET /widget/look.css": "its colours, the same for everybody",
    "GET /files/{attachment}": "one file, for a customer's page that holds a link signed for it",
}
"""What a stranger may call, and why."""

FOR_HOLDERS = {
    "GET /widget/home", "GET /widget/events", "GET /widget/conversations/{conversation}",
    "GET /widget/conversations/{conversation}/transcript", "POST /widget/messages",
    "POST /widget/conversations/{conversation}/address", "POST /widget/attachments",
    "POST /widget/attachments/{attachment}/remove",
}  # fmt: skip
"""What the widget may ask for whoever holds it, with their key in a header."""

WANTS = {
    "GET /conversations": "conversations:read", "GET /conversations/{conversation}": "conversations:read",
    "GET /conversations/{conversation}/turns": "conversations:read",
    "GET /conversations/{conversation}/briefing": "conversations:read",
    "POST /conversations": "conversations:write", "POST /conversations/{conversation}/messages": "conversations:write",
    "POST /conversations/{conversation}/claim": "conversations:handle",
    "POST /conversations/{conversation}/assign": "conversations:handle",
    "POST /conversations/{conversation}/reply": "conversations:handle",
    "POST /conversations/{conversation}/note": "conversations:handle",
    "POST /conversations/{conversation}/resolve": "conversations:handle",
    "POST /conversations/{conversation}/reopen": "conversations:handle",
    "POST /conversations/{conversation}/urgency": "conversations:handle",
    "POST /conversations/{conversation}/frustration": "conversations:handle",
    "POST /conversations/{conversation}/hand-back": "conversations:handle",
    "GET /categories": "knowledge:read", "GET /articles": "knowledge:read",
    "GET /articles/search": "knowledge:read", "GET /articles/{article}": "knowledge:read",
    "PUT /articles": "knowledge:write", "DELETE /articles/{article}": "knowledge:write",
    "GET /policy": "policy:read", "POST /policy/lint": "policy:read",
    "GET /policy/diff": "policy:read", "POST /policy/diff": "policy:read", "PUT /policy": "policy:write",
    "GET /policy/shadow": "policy:read", "PUT /policy/shadow": "policy:write",
    "POST /policy/shadow/promote": "policy:write", "POST /policy/shadow/drop": "policy:write",
    "GET /events": "events:read",
    "GET /messages/{message}/explanation": "conversations:read",
    "POST /policy/backtest": "policy:read", "POST /articles/backtest": "knowledge:read",
    "GET /boundary": "policy:read", "GET /boundary/moves": "policy:read", "GET /boundary/offers": "policy:read",
    "POST /boundary/offers/{offer}/approve": "policy:write", "POST /boundary/offers/{offer}/decline": "policy:write",
    "POST /boundary/lower": "policy:write",
    "GET /boundary/switch": "policy:read", "POST /boundary/switch": "policy:write",
    "GET /reviews/next": "conversations:handle", "POST /reviews/{message}": "conversations:handle",
    "POST /conversations/{conversation}/approve": "conversations:handle",
    "POST /conversations/{conversation}/feedback": "conversations:write",
    "GET /figures/confidence": "conversations:read", "GET /figures/holdout": "conversations:read",
    "GET /figures/saved": "conversations:read", "GET /figures/minutes": "conversations:read",
    "GET /figures": "conversations:read", "GET /figures/{figure}": "conversations:read",
    "GET /learning": "knowledge:read", "POST /learning/run": "knowledge:write", "GET /lessons": "knowledge:read",
    "GET /candidates": "knowledge:read", "GET /candidates/{candidate}": "knowledge:read",
    "PATCH /candidates/{candidate}": "knowledge:write", "POST /candidates/{candidate}/merge": "knowledge:write",
    "POST /candidates/{candidate}/approve": "knowledge:write",
    "POST /candidates/{candidate}/reject": "knowledge:write",
    "GET /topics": "knowledge:read", "GET /topics/{topic}": "knowledge:read",
    "POST /topics/{topic}/name": "knowledge:write", "POST /topics/{topic}/dismiss": "knowledge:write",
    "GET /stale-cases": "knowledge:read", "GET /stale-cases/{case}": "knowledge:read",
    "POST /stale-cases/{case}/confirm": "knowledge:write", "POST /stale-cases/{case}/uphold": "knowledge:write",
    "GET /mail/suspended": "conversations:read", "POST /mail/suspended/{mail}/release": "conversations:handle",
    "POST /mail/suspended/{mail}/drop": "conversations:handle",
    "GET /conversations/{conversation}/mails": "conversations:read",
    "POST /conversations/{conversation}/messages/{seq}/take-back": "conversations:handle",
    "GET /attachments/{attachment}": "conversations:read", "POST /attachments": "conversations:write",
    "POST /conversations/{conversation}/merge": "conversations:handle",
    "POST /conversations/{conversation}/unmerge": "conversations:handle",
    "GET /tags": "conversations:read", "PUT /conversations/{conversation}/tags/{tag}": "conversations:handle",
    "DELETE /conversations/{conversation}/tags/{tag}": "conversations:handle",
    "GET /accounts": "conversations:read", "GET /accounts/{account}": "conversations:read",
    "PUT /accounts/{account}": "contacts:vouch", "GET /contacts": "conversations:read",
    "GET /contacts/{contact}": "conversations:read", "PUT /contacts/{contact}/account": "contacts:vouch",
    "PUT /contacts/{contact}/email": "conversations:handle",
    "GET /agents": "policy:read", "POST /agents/{agent}/deactivate": "policy:write",
    "POST /agents/{agent}/reactivate": "policy:write",
    "DELETE /contacts/{contact}": "policy:write", "GET /erasures": "policy:read",
}  # fmt: skip
"""The authorisation matrix of the API: who may, by scope. A new route is not in it, and fails here."""


def faces(routes: list[BaseRoute]) -> Iterator[tuple[str, Route]]:
    """Also of what is included: FastAPI keeps a router that was included as one route with the router inside."""
    for route in routes:
        if inner := getattr(route, "original_router", None):
            yield from faces(inner.routes)
        elif isinstance(route, Route):
            yield from ((f"{method} {route.path}", route) for method in route.methods or () if method != "HEAD")


def every_route(shared: Served) -> dict[str, Route]:
    return dict(faces(shared.app.router.routes))


def has_door(route: Route) -> bool:
    calls = [dependency.call for dependency in route.dependant.dependencies] if isinstance(route, APIRoute) else []
    return any(call in (signed_in, handling, holder) or hasattr(call, "needs") for call in calls)


@pytest.fixture(scope="module")
def stranger(shared: Served) -> Iterator[httpx.Client]:
    with shared.client(None) as client:
        yield client


def test_the_pages_of_the_desk_are_made_ready_beside_the_start(shared: Served) -> None:
    names, until = {"desk.html", "parts/thread.html", "parts/composer.html"}, time.monotonic() + 60
    while not (ready := names <= {name for _, name in pages._ENVIRONMENT.cache or ()}) and time.monotonic() < until:
        time.sleep(0.05)

    assert ready


def test_every_route_has_a_door_or_is_open_on_purpose(shared: Served) -> None:
    routes = every_route(shared)
    assert {name for name, route in routes.items() if not has_door(route)} == set(OPEN_ON_PURPOSE)


def test_every_page_is_among_the_pictures_of_all_screens_or_is_none(shared: Served) -> None:
    paths = {name[4:] for name in every_route(shared) if name.startswith("GET ") and " /api/" not in name}
    unshown = {path for path in paths if not any(shows(screen, path) for screen in ALL)}

    assert unshown == set(NO_SCREEN)
    assert len({screen.name for screen in ALL}) == len(ALL)


def test_what_the_widget_asks_for_needs_its_holders_key(shared: Served, stranger: httpx.Client) -> None:
    held = {
        name: route
        for name, route in faces(widget.router.routes)
        if isinstance(route, APIRoute) and any(d.call is holder for d in route.dependant.dependencies)
    }
    assert set(held) == FOR_HOLDERS
    for name in held:
        method, path = re.sub(r"{\w+}", "nothing", name).split()
        for authorization in (None, "Bearer", "Bearer wv_short", f"Bearer {KEY}", "Basic " + "wv_" + "x" * 43):
            headers = {"Authorization": authorization} if authorization else {}
            answer = stranger.request(method, shared.url + path, headers=headers, json={})
            assert is_problem(answer)["status"] in (401, 403)


def test_nothing_else_is_mounted(shared: Served) -> None:
    mounted = [route.path for route in shared.app.routes if isinstance(route, Mount)]
    assert mounted == ["/static"]


def test_a_route_of_the_api_cannot_even_be_declared_without_a_door() -> None:
    with pytest.raises(AssertionError, match="stands open"):
        APIRouter(route_class=MachineRoute).get("/secrets")(lambda: None)


def test_every_operation_wants_the_scope_it_should() -> None:
    found = {
        name.replace("/api/v1", ""): getattr(dependency.call, "needs", ())
        for name, route in faces(machines.router.routes)
        for dependency in route.dependant.dependencies  # type: ignore[attr-defined]
        if hasattr(dependency.call, "needs")
    }
    assert found == {name: (scope,) for name, scope in WANTS.items()}


@pytest.mark.parametrize(("operation", "scope"), WANTS.items(), ids=list(WANTS))
def test_only_a_key_with_the_scope_comes_in(stranger: httpx.Client, operation: str, scope: str) -> None:
    """Whatever else is wrong with the request, here its body and the id: the door speaks first."""
    method, path = operation.split()
    path = re.sub(r"{\w+}", "nothing", path)

    def ask(authorization: str | None) -> httpx.Response:
        headers = {"Authorization": authorization} if authorization else {}
        with stranger.stream(method, path, content=b"{", headers=headers) as answer:
            if "event-stream" not in answer.headers.get("content-type", ""):
                answer.read()
            return answer

    for answer in map(ask, (None, "Bearer", "Bearer sk_wrong", f"Basic {KEY}", KEY, f"Bearer {EXPIRED}")):
        assert is_problem(answer)["status"] == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for other in set(SCOPES) - {scope}:
        told = is_problem(ask(f"Bearer sk_{other}"))
        assert (told["status"], scope in told["detail"]) == (403, True)
    assert ask(f"Bearer sk_{scope}").status_code not in (401, 403)
    assert ask(f"bearer   sk_{scope}").status_code not in (401, 403)


def test_a_key_that_writes_like_a_loop_gone_wild_has_to_wait(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "WRITES", 3.0)
    with own.client() as api, own.client("sk_conversations:write") as other:
        body = {"contact": {}, "text": "Hello"}
        answers = [api.post("/conversations", json=body) for _ in range(20)]
        slow = next(answer for answer in answers if answer.status_code == 429)

        assert is_problem(slow)
        assert slow.headers["retry-after"] == "1"
        assert api.get("/conversations").status_code == 200
        assert other.post("/conversations", json=body).status_code == 202


def test_who_guesses_keys_has_to_wait_and_others_do_not(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "GUESSES", 3.0)
    with own.client() as good:
        assert good.get("/policy").status_code == 200
        with own.client("sk_wrong") as guesser:
            told = {guesser.get("/policy").status_code for _ in range(10)}
        assert told == {401, 429}
        assert good.get("/policy").status_code == 200


def test_a_withdrawn_key_is_soon_forgotten(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "REMEMBERED", 0.0)
    with own.client("sk_policy:read") as api:
        assert api.get("/policy").status_code == 200
        own.rooms.db.run("delete from api_keys where name = 'policy:read'")
        assert is_problem(api.get("/policy"))["status"] == 401


def test_a_bucket_holds_a_second_and_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("segue.web.doors.time.monotonic", lambda: now)
    bucket = Bucket(2)

    assert [bucket.takes() for _ in range(3)] == [True, True, False]
    now = 100.5
    assert [bucket.takes() for _ in range(2)] == [True, False]
    now = 200.0
    assert [bucket.takes() for _ in range(3)] == [True, True, False]


ADMINS_PAGES = {
    "GET /settings/keys", "POST /settings/keys", "POST /settings/keys/{key}/revoke", "GET /settings/sign-in",
    "POST /settings/sign-in/second-step", "POST /settings/sign-in/provider", "POST /settings/sign-in/provider/remove",
}  # fmt: skip
"""Of leads' pages those that are an administrator's where there is one."""
LEADS_PAGES = (
    "GET /autonomy", "POST /autonomy/offers/{offer}/approve", "POST /autonomy/offers/{offer}/decline",
    "POST /autonomy/lower", "GET /autonomy/switch", "POST /autonomy/switch",
    "GET /policy", "POST /policy", "POST /policy/pane", "POST /policy/behind",
    "POST /policy/publish", "GET /policy/versions",
    "GET /policy/shadow", "GET /policy/shadow/pane", "POST /policy/shadow/promote", "POST /policy/shadow/drop",
    "GET /policy/versions/{version}", "POST /policy/versions/{version}/restore",
    "GET /knowledge", "GET /knowledge/new", "GET /knowledge/articles/{slug}", "POST /knowledge/try",
    "POST /knowledge/live", "POST /knowledge/publish", "POST /knowledge/articles/{slug}/retire",
    "POST /knowledge/articles/{slug}/place",
    "GET /knowledge/candidates/{candidate}", "POST /knowledge/candidates/{candidate}",
    "GET /knowledge/topics/{topic}", "POST /knowledge/topics/{topic}",
    "POST /knowledge/topics/{topic}/issue", "POST /knowledge/topics/{topic}/issue/again",
    "GET /knowledge/doubts/{case}", "POST /knowledge/doubts/{case}",
    "GET /quality", "GET /quality/{figure}", "POST /quality/rate",
    "GET /setup", "POST /setup/skip", "POST /setup/finish", "POST /setup/category", "POST /setup/policy",
    "POST /setup/widget", "GET /setup/seen", "POST /setup/shadow", "POST /setup/files",
    "POST /setup/files/{id}/parts", "POST /setup/files/{id}/read", "POST /setup/files/{id}/take",
    "POST /setup/example", "POST /setup/files/{id}/forget", "GET /setup/files/{id}/progress",
    "GET /settings/hours", "POST /settings/hours", "POST /settings/hours/targets", "GET /settings/channels",
    "GET /settings/widget", "POST /settings/widget", "POST /settings/widget/try", "POST /settings/widget/sites",
    "GET /settings/widget/preview", "GET /settings/widget/preview.css", "GET /settings/widget/form",
    "GET /settings/tags", "POST /settings/tags", "POST /settings/tags/remove-unused",
    "GET /settings/accounts", "POST /settings/accounts",
    "GET /settings", "POST /settings/people/{agent}", "GET /settings/keys", "POST /settings/keys",
    "POST /settings/keys/{key}/revoke", "GET /settings/record", "POST /settings/language", "GET /settings/search",
    "POST /settings/channels/try/{what}",
    "POST /settings/invites", "POST /settings/invites/{invite}/again", "POST /settings/invites/{invite}/withdraw",
    "POST /settings/people/{agent}/reset", "POST /settings/teams", "POST /settings/teams/{team}",
    "GET /settings/mail", "POST /settings/mail/{suspended}/release", "POST /settings/mail/{suspended}/drop",
    "POST /settings/mail/{suspended}/restore", "GET /settings/mail/{suspended}", "GET /settings/mail/{suspended}/raw",
    "GET /settings/people/{agent}/deactivate", "POST /settings/people/{agent}/deactivate",
    "POST /settings/people/{agent}/reactivate", "GET /settings/sign-in", "POST /settings/sign-in/second-step",
    "POST /settings/sign-in/provider", "POST /settings/sign-in/provider/remove",
)  # fmt: skip
"""What only a lead or an administrator opens, but for what an analyst reads as well. Of a lead's pages only the
review of drawn answers is everybody's."""
READ_BY_ANALYSTS = {
    "GET /autonomy", "GET /policy", "GET /policy/versions", "GET /policy/versions/{version}", "GET /knowledge",
    "GET /knowledge/articles/{slug}", "GET /quality", "GET /quality/{figure}",
}  # fmt: skip
"""Of the pages of leads."""
FOR_EVERY_AGENT = {"GET /review", "POST /review/{message}"}


def test_every_page_of_leads_stands_in_the_list() -> None:
    assert {name for name, _ in faces(leads.router.routes)} == set(LEADS_PAGES) | FOR_EVERY_AGENT


@pytest.mark.parametrize("operation", LEADS_PAGES)
def test_only_a_lead_opens_a_leads_page(shared: Served, operation: str) -> None:
    method, path = operation.split()
    path = re.sub(r"{version}", "1", path)
    path = re.sub(r"{\w+}", "nothing", path)

    def asked(who: str) -> httpx.Response:
        cookie = {doors.COOKIE: a_session(shared, who)} if who else {}
        with httpx.Client(base_url=shared.url, cookies=cookie) as browser:
            return browser.request(method, path, data={"to": "on"} if method == "POST" else None)

    assert asked("").headers["location"].startswith("/sign-in")
    assert asked("agt_mira").status_code == 403
    assert asked("agt_lena").status_code != 403


def a_session(shared: Served, agent: str) -> str:
    workspace, now = shared.rooms.workspace, datetime.now(UTC)
    if agent == "agt_lena":
        workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), now)
    token = f"ses_{agent}_{uuid4().hex}"
    workspace.begin_session(token, agent, now)
    return token
