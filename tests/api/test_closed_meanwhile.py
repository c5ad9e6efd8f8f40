"""Attacks past the door: ids in bodies and lists, what an agent had in hand before a conversation was closed to them,
and words that search for it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from api.test_authorisation import DESK, Desk, ask, bare, desk, line, named
from segue.desk.finding import OPERATORS
from segue.domain.conversation import Channel
from segue.domain.mail import Attachment
from segue.domain.people import Agent
from segue.store.attachments import Attachments
from segue.store.inbox import Arrival
from segue.store.leaving import Leaving
from segue.store.saved_views import SavedView, SavedViews
from segue.store.tags import Tags
from segue.web.doors import COOKIE
from segue.web.hands import sending

__all__ = ["desk", "line"]  # the matrix's own house
TAGGED = {"what": "tag", "tag": "salaries"}


def opened(desk: Desk, channel: Channel = Channel.API) -> str:
    """With people, and open to everybody."""
    rooms, words = desk.running.rooms, f"Of the salary {uuid4().hex}"
    arrival = Arrival(words, channel, external_id="con_grace", email="grace@x.example", is_verified=True)
    made = rooms.inbox.accept(arrival, now())
    rooms.hands.take(made.conversation_id, "agt_root", now())
    return made.conversation_id


def closes(desk: Desk, conversation: str) -> None:
    desk.running.rooms.db.run("update conversations set team_id = 'payroll' where id = %(id)s", {"id": conversation})


def now() -> datetime:
    return datetime.now(UTC)


def as_it_is(desk: Desk, *conversations: str) -> list[str]:
    """All that an outsider could have changed of them."""
    db, params = desk.running.rooms.db, {"ids": list(conversations)}
    rows = db.all("select to_jsonb(c) - 'changed_at' as row from conversations c where id = any(%(ids)s)", params)
    tags = db.all("select conversation_id, tag from conversation_tags where conversation_id = any(%(ids)s)", params)
    events = db.all("select id from events where conversation_id = any(%(ids)s)", params)
    said = db.all("select conversation_id, seq from messages where conversation_id = any(%(ids)s)", params)
    return [json.dumps(list(one), default=str) for rows in (rows, tags, events, said) for one in rows]


def bulk_of(page: httpx.Response) -> str:
    return re.findall(r"/desk/bulk/(\w+)/undo", page.text)[0]


def test_a_list_that_mixes_own_and_closed_ones_touches_the_own_and_tells_of_no_other(
    desk: Desk, line: httpx.Client
) -> None:
    before, told = as_it_is(desk, desk.closed), []
    for foreign in (desk.closed, desk.missing):
        rows = [opened(desk), foreign]
        for method in ("GET", "POST"):
            more = {"params" if method == "GET" else "data": {**TAGGED, "row": rows}}
            answer = ask(line, f"{method} /desk/bulk", desk.headers("tom"), **more)
            status, _headers, page = bare(answer, foreign)
            page = re.sub(rb"(blk|cnv|cli)_\w+|[0-9a-f]{32}|\d+", b"", page)
            told.append((method, status, page))
    assert told[:2] == told[2:]
    assert as_it_is(desk, desk.closed) == before


@pytest.mark.parametrize("what", ["tag", "snooze:tomorrow", "resolve", "hand-back", "assign:agent:agt_tom"])
def test_what_was_closed_since_is_not_taken_back_with_the_others(desk: Desk, line: httpx.Client, what: str) -> None:
    mine, closed = opened(desk), opened(desk)
    asked = {"what": what, "tag": "salaries", "row": [mine, closed]}
    done = ask(line, "POST /desk/bulk", desk.headers("tom"), data=asked)
    shown = ask(line, f"GET {done.headers['location']}", desk.headers("tom")) if done.status_code == 303 else done
    bulk = bulk_of(shown) if "/undo" in shown.text else newest(desk)
    closes(desk, closed)
    before, of_mine = as_it_is(desk, closed), as_it_is(desk, mine)

    undone = ask(line, f"POST /desk/bulk/{bulk}/undo", desk.headers("tom"))

    assert undone.status_code < 400
    assert as_it_is(desk, closed) == before
    assert as_it_is(desk, mine) != of_mine


def newest(desk: Desk) -> str:
    row = desk.running.rooms.db.one("select id from bulks where agent_id = 'agt_tom' order by at desc limit 1")
    assert row is not None
    return str(row.id)


def test_what_was_merged_into_a_conversation_that_is_closed_by_now_is_not_taken_out_of_it(
    desk: Desk, line: httpx.Client
) -> None:
    gone, stays = opened(desk), opened(desk)
    desk.running.rooms.hands.merge(gone, stays, "agt_tom", now())
    closes(desk, stays)
    before = as_it_is(desk, gone, stays)

    by_form = ask(line, named(f"POST {DESK}/unmerge", gone), desk.headers("tom"))
    there, key = (
        named("POST /api/v1/conversations/{conversation}/unmerge", gone),
        {"Authorization": "Bearer sk_everything"},
    )
    by_key = ask(line, there, key, json={"agent": "agt_tom"})

    assert (by_form.status_code >= 400, by_key.status_code) == (True, 404)
    assert as_it_is(desk, gone, stays) == before
    assert ask(line, there, key, json={"agent": "agt_pia"}).status_code == 204, "who sees both may"


def test_a_reply_that_waits_in_a_conversation_that_is_closed_by_now_does_not_go_out(
    desk: Desk, line: httpx.Client
) -> None:
    """Neither by itself, nor when it is sent again from a conversation that is still open to its author."""
    closed, mine = opened(desk, Channel.EMAIL), opened(desk)
    reply = f"rpl_{uuid4().hex}"
    form = {"text": "About your salary", "seen_seq": "99", "client_id": reply}
    ask(line, named(f"POST {DESK}/reply", closed), desk.headers("tom"), data=form)
    (waits,) = desk.running.rooms.db.all("select id from waiting_replies where conversation_id = %(c)s", {"c": closed})
    closes(desk, closed)

    ask(line, named(f"POST {DESK}/again", mine), desk.headers("tom"), data={"reply": waits.id, "seen_seq": "99"})
    desk.running.rooms.db.run("update waiting_replies set send_after = now() - interval '1 minute'")
    sends(desk)

    (row,) = desk.running.rooms.db.all("select state from waiting_replies where id = %(id)s", {"id": waits.id})
    assert row.state == "refused"
    said = desk.running.rooms.conversations.thread(closed)
    assert "About your salary" not in [one["body"] for one in said]


def sends(desk: Desk) -> None:
    sending(desk.running.rooms).send_due(now())


SEARCHES = (
    "salary", "is:open", "is:with-people", "is:unassigned", "-is:resolved salary", "from:ada", "assignee:nobody",
    "assignee:pia", "channel:api", "channel:chat", "tier:free", "tag:payday", "before:2999-01-01", "after:2001-01-01",
    "matter:billing", "account:l", "#{number}", '"salary is wrong"', "salary OR invoice", "team:payroll",
)  # fmt: skip


def test_no_word_that_searches_finds_what_is_closed(desk: Desk, line: httpx.Client) -> None:
    number = desk.running.rooms.conversations.one(desk.closed)["number"]
    Tags(desk.running.rooms.db).put(desk.closed, "payday", "agt_pia", now())
    seen = {q: set[str]() for q in SEARCHES}
    for q in SEARCHES:
        for who in ("tom", "lena"):
            page = ask(line, "GET /desk", desk.headers(who), params={"q": q.format(number=number)}).text
            seen[q] |= {who} if desk.closed in page else set()

    assert {who for found in seen.values() for who in found} == {"lena"}
    tried = {name for name, _ in OPERATORS if any(q.lstrip("-").startswith(name) for q in SEARCHES)}
    assert tried == {name for name, _ in OPERATORS}


def test_a_view_that_is_shared_counts_for_each_what_they_may_see(desk: Desk, line: httpx.Client) -> None:
    view = SavedView("sav_shared", "Salaries", "salary is wrong", None)
    SavedViews(desk.running.rooms.db).put(view, "agt_lena", now())

    pages = {
        who: ask(line, "GET /desk?view=sav_shared", desk.headers(who)).text for who in ("lena", "pia", "tom", "ann")
    }
    counts = {who: re.findall(r'id="go-sav_shared".*?class="count">(\d*)<', page) for who, page in pages.items()}

    assert {who for who, page in pages.items() if desk.closed in page} == {"lena", "pia"}
    assert (counts["lena"], counts["pia"], counts["tom"], counts["ann"]) == (["1"], ["1"], [""], [""])


def test_who_left_opens_no_file_by_the_link_they_kept(desk: Desk, line: httpx.Client) -> None:
    rooms, who = desk.running.rooms, "agt_left"
    rooms.workspace.put_agent(Agent(who, "Left", "left@ledgerly.example"), now())
    file = Attachment("x.txt", "text/plain", b"x")
    kept = Attachments(rooms.db).keep(file, who, now(), 1000, desk.of["grace"], "reply")
    rooms.workspace.begin_session(token := f"ses_left_{uuid4().hex}", who, now())
    headers = {"Cookie": f"{COOKIE}={token}"}
    assert ask(line, f"GET /desk/attachments/{kept.id}", headers).status_code == 200

    Leaving(rooms.db).deactivate(who, "agt_lena", now())
    left = ask(line, f"GET /desk/attachments/{kept.id}", headers)

    assert left.status_code == 303
    assert left.headers["location"].startswith("/sign-in")


def test_waiting_replies_of_others_are_stopped_and_sent_by_nobody_else(desk: Desk, line: httpx.Client) -> None:
    mine = opened(desk, Channel.EMAIL)
    ask(line, named(f"POST {DESK}/reply", mine), desk.headers("tom"), data={"text": "Mine", "seen_seq": "99"})
    (waits,) = desk.running.rooms.db.all("select id from waiting_replies where conversation_id = %(c)s", {"c": mine})

    for deed in ("unsend", "again"):
        ask(line, named(f"POST {DESK}/{deed}", mine), desk.headers("pia"), data={"reply": waits.id, "seen_seq": "99"})

    (row,) = desk.running.rooms.db.all("select state from waiting_replies where id = %(id)s", {"id": waits.id})
    assert row.state == "waiting"
