"""Whoever keeps a mirror of all conversations by the events alone shows after each mutation what a fresh look does.

The mirror follows what `GET /api/v1/events` promises: a conversation that an event names is read again and dropped
where it is gone; what names none names the agent, team, contact, account or tag behind it, and whatever shows that one
is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.kept import written
from api.looking import Page
from api.serving import NO_TLS, Served, opening
from api.test_events import everything_after, following
from segue.app.drill.small import Listening, SmallHouse
from segue.domain.people import Account, Agent, Contact, Team
from segue.store.database import as_json
from segue.store.desk import Desk
from segue.store.events import EventLog
from segue.store.mail import MailStore
from segue.web import bounds, widget_wait
from segue.web.doors import COOKIE, SCOPES
from segue.web.guest import CHAT, WHO
from segue.web.news import _Listener

NONE: Mapping[str, str] = {}
NOTHING = "it only looks: nothing is written"
PARTS = ("", "/turns", "/briefing")
LENA = "agt_lena"
CUSTOMERS = ("/widget/", "/chat/")
QUOTED = "The second seat was booked twice by mistake."
"""Ada's words, which stand in Grace's briefing too."""


@dataclass
class World:
    running: Served
    api: httpx.Client
    desk: httpx.Client
    widget: httpx.Client
    pia: httpx.Client
    """A colleague's browser; `customer` is Ada's."""
    customer: httpx.Client
    named: dict[str, str] = field(default_factory=dict)
    """Conversations by what the steps call them."""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def opens(self, name: str, **more: Any) -> httpx.Response:
        answer = self.api.post("/conversations", json=opening(QUOTED, **more))
        self.named[name] = answer.json()["conversation"]["id"]
        return answer

    def writes(self, name: str) -> httpx.Response:
        return self.api.post(f"/conversations/{self.named[name]}/messages", json={"text": "And one more thing."})

    def does(self, name: str, deed: str, agent: str = "agt_mira", **body: Any) -> httpx.Response:
        return self.api.post(f"/conversations/{self.named[name]}/{deed}", json={"agent": agent, **body})

    def at_desk(self, name: str, deed: str, **form: Any) -> httpx.Response:
        return self.desk.post(f"/desk/conversations/{self.named[name]}/{deed}", data=form)

    def works(self) -> None:
        """A worker does what waits."""
        house = SmallHouse(self.running.rooms.db.conninfo, self.running.rooms.db, self.now, Listening())
        house.worker(self.running.rooms.inbox).work_off()

    def sql(self, statement: str, name: str = "ada") -> None:
        self.running.rooms.db.run(statement, {"id": self.named[name], "now": self.now})


@dataclass
class Mirror:
    api: httpx.Client
    kept: dict[str, Any] = field(default_factory=dict)

    def hears(self, event: dict[str, Any], now: dict[str, Any]) -> None:
        """`now`: what has been read of conversations since the event, so that none is read twice."""
        for name in [event["conversation"]] if event["conversation"] else list(self._behind(event)):
            if name not in now:
                now[name] = whole(self.api, name)
            if (shown := now[name]) is None:
                self.kept.pop(name, None)
            else:
                self.kept[name] = shown

    def _behind(self, event: dict[str, Any]) -> Iterator[str]:
        """Kept conversations that show what this event names."""
        for name, shown in self.kept.items():
            told = shown[""]
            agents = {told["assignee_id"], *(said["agent_id"] for said in [*told["messages"], *told["notes"]])}
            if (event.get("agent") in agents - {None} or event.get("team") == (told["team_id"] or "-")
                    or event.get("contact") == told["contact_id"] or event.get("account") == (told["account_id"] or "-")
                    or event.get("tag") in told["tags"]):  # fmt: skip
                yield name


def whole(api: httpx.Client, name: str) -> dict[str, Any] | None:
    """All that is told of a conversation; None where it is gone."""
    answers = {part: api.get(f"/conversations/{name}{part}") for part in PARTS}
    if answers[""].status_code == 404:
        return None
    return {part: answer.json() if answer.status_code == 200 else None for part, answer in answers.items()}


def fresh(api: httpx.Client) -> dict[str, Any]:
    rows = api.get("/conversations", params={"limit": "200"}).json()["conversations"]
    return {row["id"]: {**(whole(api, row["id"]) or {}), "row": row} for row in rows}


Step = tuple[str, Callable[[World], object]]
STEPS: list[Step] = [
    ("POST /api/v1/conversations", lambda w: w.opens("ada", contact={"id": "ada", "verified": True, "name": "Ada"})),
    ("by a worker: a turn", lambda w: w.works()),
    ("POST /api/v1/conversations/{conversation}/messages", lambda w: w.writes("ada")),
    ("POST /api/v1/conversations/{conversation}/claim", lambda w: w.does("ada", "claim")),
    ("by a worker: a suggestion", lambda w: w.works()),
    ("POST /api/v1/conversations/{conversation}/reply", lambda w: w.does("ada", "reply", text="I look.")),
    ("POST /api/v1/conversations/{conversation}/note", lambda w: w.does("ada", "note", text="A second seat.")),
    ("POST /api/v1/conversations/{conversation}/urgency", lambda w: w.does("ada", "urgency", urgency="high")),
    ("POST /api/v1/conversations/{conversation}/assign", lambda w: w.does("ada", "assign", to="agt_tom")),
    ("by command: an agent is renamed", lambda w: w.running.rooms.workspace.put_agent(
        Agent("agt_tom", "Thomas", "tom@ledgerly.example"), w.now)),
    ("by command: one who only wrote is renamed", lambda w: w.running.rooms.workspace.put_agent(
        Agent("agt_mira", "Miranda", "mira@ledgerly.example"), w.now)),
    (r"POST /desk/conversations/{conversation}/give-back", lambda w: (
        w.at_desk("ada", "claim", force="true"), w.at_desk("ada", "give-back"))[1]),
    ("POST /desk/conversations/{conversation}/assign", lambda w: w.at_desk("ada", "assign", to="team:billing")),
    ("by command: a team is renamed", lambda w: w.running.rooms.workspace.put_team(Team("billing", "Invoices"))),
    ("POST /settings/teams/{team}", lambda w: w.desk.post("/settings/teams/billing", data={"name": "Money"})),
    ("POST /desk/conversations/{conversation}/claim", lambda w: w.at_desk("ada", "claim")),
    ("POST /desk/conversations/{conversation}/hold", lambda w: w.at_desk("ada", "hold")),
    ("PUT /api/v1/conversations/{conversation}/tags/{tag}", lambda w: w.api.put(
        f"/conversations/{w.named['ada']}/tags/seats")),
    ("POST /desk/conversations/{conversation}/tag", lambda w: w.at_desk("ada", "tag", tag="urgent")),
    ("POST /settings/tags", lambda w: w.desk.post("/settings/tags", data={"tag": "seats", "to": "places"})),
    ("POST /settings/tags merges", lambda w: w.desk.post(
        "/settings/tags", data={"tag": "urgent", "to": "places", "sure": "on"})),
    ("DELETE /api/v1/conversations/{conversation}/tags/{tag}", lambda w: w.api.delete(
        f"/conversations/{w.named['ada']}/tags/places")),
    ("POST /desk/conversations/{conversation}/snooze", lambda w: w.at_desk("ada", "snooze", until="tomorrow")),
    ("POST /desk/conversations/{conversation}/wake", lambda w: w.at_desk("ada", "wake")),
    ("POST /desk/conversations/{conversation}/correct", lambda w: w.at_desk(
        "ada", "correct", kind="intent", value="invoice_higher")),
    ("POST /desk/conversations/{conversation}/undo", lambda w: w.at_desk("ada", "undo")),
    ("POST /desk/conversations/{conversation}/note", lambda w: w.at_desk("ada", "note", text="@Thomas look")),
    ("POST /desk/conversations/{conversation}/reply", lambda w: w.at_desk("ada", "reply", text="Soon.", seen_seq="99")),
    ("by the clock: a promise breaks", lambda w: (
        w.sql("update conversations set resolution_due = %(now)s - interval '1 minute' where id = %(id)s"),
        Desk(w.running.rooms.db).breach(w.now))),
    ("POST /api/v1/conversations/{conversation}/resolve", lambda w: w.does("ada", "resolve", solution="Done.")),
    ("POST /api/v1/conversations/{conversation}/reopen", lambda w: w.does("ada", "reopen")),
    ("POST /api/v1/conversations/{conversation}/hand-back", lambda w: w.does("ada", "hand-back")),
    ("by a worker: goes on", lambda w: (w.writes("ada"), w.works())),
    ("POST /desk/conversations/{conversation}/resolve", lambda w: w.at_desk("ada", "resolve", seen_seq="99")),
    ("POST /desk/conversations/{conversation}/reopen", lambda w: w.at_desk("ada", "reopen")),
    ("POST /desk/conversations/{conversation}/hand-back", lambda w: w.at_desk("ada", "hand-back")),
    ("by the clock: it falls silent", lambda w: (
        w.writes("ada"), w.works(), Desk(w.running.rooms.db).fall_silent(w.now + timedelta(days=1), w.now))),
    ("a second one, by the same customer", lambda w: (
        w.writes("ada"), w.opens("again", contact={"id": "ada", "verified": True}))[1]),
    ("POST /api/v1/conversations/{conversation}/merge", lambda w: w.does("again", "merge", into=w.named["ada"])),
    ("POST /api/v1/conversations/{conversation}/unmerge", lambda w: w.does("again", "unmerge")),
    ("POST /desk/conversations/{conversation}/merge", lambda w: w.at_desk("again", "merge", into=w.named["ada"])),
    ("POST /desk/conversations/{conversation}/unmerge", lambda w: w.at_desk("again", "unmerge")),
    ("POST /desk/bulk", lambda w: w.desk.post("/desk/bulk", data={
        "row": [w.named["ada"], w.named["again"]], "what": "assign:agent:agt_tom"})),
    ("POST /api/v1/agents/{agent}/deactivate", lambda w: w.api.post("/agents/agt_tom/deactivate")),
    ("by an import: another name and company", lambda w: (
        w.running.rooms.workspace.put_accounts([Account("acc_1", "Ledgerly", "enterprise", 9.0, 0.5)], w.now),
        w.running.rooms.workspace.put_contacts([Contact(
            row(w, "ada", "contact_id"), "Ada L.", "ada@ledgerly.example", "acc_1", True)], w.now),
        w.sql("update conversations set account_id = 'acc_1', changed_at = %(now)s where id = %(id)s"))),
    ("by an import: another tier", lambda w: w.running.rooms.workspace.put_accounts(
        [Account("acc_1", "Ledgerly", "free", 9.0, 0.5)], w.now)),
    ("PUT /api/v1/accounts/{account}", lambda w: w.api.put(
        "/accounts/acc_1", json={"name": "Ledgerly Ltd", "tier": "business"})),
    ("PUT /api/v1/contacts/{contact}/account", lambda w: w.api.put(
        f"/contacts/{row(w, 'ada', 'contact_id')}/account", json={"account": None})),
    ("PUT /api/v1/contacts/{contact}/email", lambda w: w.api.put(
        f"/contacts/{row(w, 'ada', 'contact_id')}/email", json={"email": "ada@lovelace.example"})),
    ("POST /desk/conversations/{conversation}/address", lambda w: w.at_desk(
        "ada", "address", email="ada@byron.example")),
    ("POST /settings/accounts", lambda w: (w.api.put(
        f"/contacts/{row(w, 'ada', 'contact_id')}/account", json={"account": "acc_1"}), w.desk.post(
        "/settings/accounts", data={"account": "acc_1", "tier": "free"}))[1]),
    ("POST /widget/messages", lambda w: w.named.update(visitor=w.widget.post(
        "/widget/messages", json={"text": "Hello", "client_id": "v1"}).json()["conversation"])),
    ("POST /widget/conversations/{conversation}/address", lambda w: w.widget.post(
        f"/widget/conversations/{w.named['visitor']}/address", json={"email": "eve@elsewhere.example"})),
    ("of an e-mail, a mail that does not arrive", lambda w: (
        w.opens("mail", channel="email", contact={"email": "grace@elsewhere.example"}),
        w.works(), briefed(w, "mail"),
        MailStore(w.running.rooms.db).undelivered(w.named["mail"], 2, "no such mailbox", w.now))),
    ("POST /api/v1/conversations/{conversation}/messages/{seq}/take-back", lambda w: (
        w.does("mail", "reply", text="I look."),
        w.api.post(f"/conversations/{w.named['mail']}/messages/{row(w, 'mail', 'seq')}/take-back"))[1]),
    ("DELETE /api/v1/contacts/{contact}", lambda w: (
        w.api.delete(f"/contacts/{row(w, 'ada', 'contact_id')}"))),
]  # fmt: skip


class Pages:
    """Those that stand open from the moment on at which there is something to open them on."""

    def __init__(self, world: World, names: tuple[str, ...] = ("ada", "visitor")) -> None:
        self._world, self._names = world, names
        self._open = dict[str, Page]()
        self._log = EventLog(world.running.rooms.db)

    def stale_after(self, cursor: str) -> list[str]:
        """What any of them shows otherwise than a fresh one, after all events since then."""
        events = self._log.after(cursor, 500)
        for page in self._open.values():
            page.hears(events)
        told = [one for page in self._open.values() for one in page.stale()]
        self._begin()
        return told

    @property
    def changed(self) -> bool:
        """Whether what happened last is to be seen on any of them."""
        return any(page.changed for page in self._open.values())

    @property
    def lists_alone(self) -> int:
        return sum(page.lists_alone for page in self._open.values())

    def _begin(self) -> None:
        for name in self._names:
            conversation = self._world.named.get(name)
            if conversation and f"desk {name}" not in self._open:
                for kind, page in self._of(name, conversation).items():
                    page.shown = page.load()
                    self._open[f"{kind} {name}"] = page

    def _of(self, name: str, conversation: str) -> dict[str, Page]:
        world, there = self._world, f"/desk/conversations/{conversation}?q=after:2001-01-01"
        found = {
            "desk": Page(world.desk, there, _Listener(None, LENA)),
            "colleague": Page(
                world.pia, f"/desk/conversations/{conversation}?view=unassigned", _Listener(None, "agt_pia")
            ),
        }
        at, seen = f"/widget/conversations/{conversation}", _Listener(conversation)
        if name == "visitor":
            return found | {"widget": Page(world.widget, at, seen, whole=True)}
        if name != "ada":
            return found
        identity = world.running.rooms.identity
        token = identity.sign("ada", world.now)
        world.customer.headers["Authorization"] = f"Bearer {token}"
        key = identity.sign(conversation, world.now, cnv=conversation, who="ada")
        world.customer.cookies.update({WHO: token, CHAT: key})
        return found | {
            "widget": Page(world.customer, at, seen, whole=True),
            "chat": Page(world.customer, "/chat/thread", _Listener(conversation)),
        }


def row(world: World, name: str, what: str) -> Any:
    return world.api.get(f"/conversations/{world.named[name]}").json()[what]


def briefed(world: World, name: str) -> None:
    """With a case of Ada's beside it; by hand, for the stand-in rooms here find none."""
    body = as_json({"similar": [{"problem": QUOTED, "solution": "Done.", "conversation": world.named["ada"]}]})
    world.running.rooms.db.run(
        "insert into briefings (conversation_id, seq, body) values (%(id)s, 1, %(body)s::jsonb)"
        " on conflict (conversation_id, seq) do update set body = excluded.body",
        {"id": world.named[name], "body": body},
    )


@pytest.fixture
def world(own: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(bounds, "PATIENCE", 60.0)  # how long one waits on a busy machine is told elsewhere
    monkeypatch.setattr(widget_wait, "KEPT", 3600.0)  # how many wait is read anew each half minute, and is no news
    workspace, now = own.rooms.workspace, datetime.now(UTC)
    workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), now)
    workspace.put_team(Team("support", "Support"))
    workspace.begin_session("ses_lena", "agt_lena", now)
    workspace.put_key("lena's", "sk_lena", SCOPES, now, owner="agt_lena")
    workspace.put_agent(Agent("agt_pia", "Pia", "pia@ledgerly.example"), now)
    workspace.begin_session("ses_pia", "agt_pia", now)
    cookies, visitor = {COOKIE: "ses_lena"}, {"Authorization": f"Bearer wv_{'v' * 43}"}
    with (
        own.client() as api,
        httpx.Client(base_url=own.url, cookies=cookies, verify=NO_TLS, timeout=30) as desk,
        httpx.Client(base_url=own.url, headers=visitor, verify=NO_TLS, timeout=30) as widget,
        httpx.Client(base_url=own.url, cookies={COOKIE: "ses_pia"}, verify=NO_TLS, timeout=30) as pia,
        httpx.Client(base_url=own.url, verify=NO_TLS, timeout=30) as customer,
    ):
        yield World(own, api, desk, widget, pia, customer)


def test_a_mirror_follows_whatever_happens_to_a_conversation(world: World) -> None:
    """And so do the pages that stand open: the desk's, a customer's chat, and the widget."""
    assert played(world, STEPS, Pages(world)).lists_alone


def played(
    world: World, steps: list[Step], pages: Pages, idle: frozenset[str] = frozenset(), unseen: Mapping[str, str] = NONE
) -> Pages:
    """Step by step: mirror and open pages show what fresh ones do, and each step but those that are `idle` changed what
    is told of conversations. Of those each is to be seen on a page, but for the `unseen`."""
    mirror, before = Mirror(world.api), dict[str, Any]()
    for sentence, step in steps:
        cursor = EventLog(world.running.rooms.db).latest()
        had = written(world.running.rooms.db) if sentence in unseen else None
        done = step(world)
        if isinstance(done, httpx.Response):
            led = f"{done.url} {done.headers.get('location', '')}"
            assert done.status_code < 400, (sentence, done.text[-600:])
            assert "/sign-in" not in led, sentence
        now = fresh(world.api)
        read = {name: {part: shown[part] for part in PARTS} for name, shown in now.items()}
        for event in happened(world, cursor):
            mirror.hears(event, read)
        wakes_no_customer = sentence.startswith("by an import")  # of many at once: their pages read it at the next news
        stale = [one for one in pages.stale_after(cursor) if not (wakes_no_customer and one.startswith(CUSTOMERS))]
        assert stale == [], sentence
        assert (now != before) is (sentence not in idle), f"{sentence}: what was to change did not, or the reverse"
        if sentence in idle:
            assert pages.changed is (sentence not in unseen), (
                f"{sentence}: no page shows that it happened, or the reverse"
            )
            did_write = sentence in unseen and written(world.running.rooms.db) != had
            assert did_write is (sentence in unseen and unseen[sentence] != NOTHING), f"{sentence}: what was written?"
        told = {name: {part: said for part, said in shown.items() if part != "row"} for name, shown in now.items()}
        assert mirror.kept == told, sentence
        unlike = {key for shown in now.values() for key, said in shown["row"].items() if shown[""][key] != said}
        assert not unlike, f"{sentence}: a list tells what one alone does not"
        before = now
    return pages


def happened(world: World, cursor: str) -> list[dict[str, Any]]:
    """Events after `cursor`, as they come over the API."""
    expected = everything_after(world.running, cursor)
    if not expected:
        return []
    with following(world.running, cursor) as events:
        next(events)
        return [next(events).data for _ in expected]
