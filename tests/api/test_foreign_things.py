"""What belongs to one person and to no conversation: another's is answered like one that is not there, byte for byte,
and is left as it was. And a channel ends with whoever it was opened for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.serving import NO_TLS
from api.test_authorisation import (
    DESK,
    DONE_AT_THE_DESK,
    READ_AT_THE_DESK,
    Desk,
    ask,
    bare,
    desk,
    line,
    named,
    with_query,
)
from segue.domain.entry import Passkey
from segue.domain.mail import Attachment
from segue.store.attachments import Attachments
from segue.store.macros import Macro, MacroStore
from segue.store.passkeys import Passkeys
from segue.store.saved_views import SavedView, SavedViews
from segue.store.sessions import Sessions
from segue.web import news
from segue.web.doors import COOKIE
from segue.web.guest import CHAT, WHO
from segue.web.identity import Identity

__all__ = ["desk", "line"]  # the matrix's own house
TOM, NOTHING = "agt_tom", "NOTHERE00000000000000000"
Keep = Callable[[Desk, str], str]


# what Tom keeps: each makes one of his and returns its id


def a_view(desk: Desk, where: str) -> str:
    SavedViews(desk.running.rooms.db).put(SavedView(f"sav_{where}", f"Tom's {where}", "is:open", TOM), TOM, now())
    return f"sav_{where}"


def a_macro(desk: Desk, where: str) -> str:
    MacroStore(desk.running.rooms.db).put(Macro(f"mac_{where}", f"Tom's {where}", "Words", owner_id=TOM), TOM, now())
    return f"mac_{where}"


def a_bulk(desk: Desk, where: str) -> str:
    made = f"blk_{where}"
    desk.running.rooms.db.run("insert into bulks (id, agent_id, deed, value, at) values (%(id)s, %(tom)s, 'tag', 'x',"
                              " now())", {"id": made, "tom": TOM})  # fmt: skip
    return made


def a_session(desk: Desk, where: str) -> str:
    token = desk.session("tom")
    return next(session.id for session in Sessions(desk.running.rooms.db).of(TOM, token, now()) if session.is_this)


def a_passkey(desk: Desk, where: str) -> str:
    made = Passkey(f"pky_{where}", TOM, "Tom's phone", b"key", 0, False, now(), None)
    Passkeys(desk.running.rooms.db).add(made)
    return made.id


def a_file(desk: Desk, where: str) -> str:
    file = Attachment("tom.txt", "text/plain", b"Tom's")
    store = Attachments(desk.running.rooms.db)
    return store.keep(file, TOM, now(), 1000, desk.of["grace"], "reply").id


def now() -> datetime:
    return datetime.now(UTC)


def signed_in_now(desk: Desk, who: str) -> dict[str, str]:
    """Who signed in long ago is asked to do so again before they change how they sign in."""
    desk.running.rooms.workspace.begin_session(token := f"ses_{uuid4().hex}", f"agt_{who}", now())
    return {"Cookie": f"{COOKIE}={token}"}


THEIRS: dict[str, tuple[str, Keep, str]] = {
    "POST /desk/views/{view}": ("view", a_view, "saved_views where id"),
    "POST /desk/views/{view}/remove": ("view", a_view, "saved_views where id"),
    "GET /desk/macros/{macro}": ("macro", a_macro, "macros where id"),
    "POST /desk/macros/{macro}": ("macro", a_macro, "macros where id"),
    "POST /desk/macros/{macro}/remove": ("macro", a_macro, "macros where id"),
    "POST /desk/bulk/{bulk}/undo": ("bulk", a_bulk, "bulks where undone_at is null and id"),
    "POST /desk/me/access/sessions/{session}/end": ("session", a_session, "sessions where id"),
    "POST /desk/me/access/passkeys/{passkey}/remove": ("passkey", a_passkey, "passkeys where id"),
    "GET /desk/attachments/{attachment}": ("attachment", a_file, "attachments where id"),
    f"POST {DESK}/attachments/{{file}}/remove": ("file", a_file, "attachments where id"),
}
LEAVES_IT = {"GET /desk/macros/{macro}", "POST /desk/macros/{macro}", "POST /desk/views/{view}",
             "GET /desk/attachments/{attachment}"}  # fmt: skip
"""What even its owner's asking does not take away."""


@pytest.mark.parametrize("operation", THEIRS)
def test_anothers_own_thing_is_as_if_it_were_not_and_stays(desk: Desk, line: httpx.Client, operation: str) -> None:
    place, keep, rows = THEIRS[operation]
    mine = keep(desk, uuid4().hex)
    missing = mine[:4] + NOTHING
    body: dict[str, Any] = {"data": {"name": "Mine now", "q": "is:open", "text": "Mine"}} if "POST" in operation else {}

    def asked(who: str, thing: str) -> httpx.Response:
        there = named(operation, desk.of["grace"]).replace(f"{{{place}}}", thing)
        return ask(line, there, signed_in_now(desk, who), **body)

    def is_there() -> bool:
        found = desk.running.rooms.db.one(f"select count(*) as n from {rows} = %(id)s", {"id": mine})
        return found is not None and found.n == 1

    for who in ("pia", "lena", "root"):
        assert bare(asked(who, mine), mine) == bare(asked(who, missing), missing), who
        assert is_there(), who
    assert asked("tom", mine).status_code < 400
    assert is_there() == (operation in LEAVES_IT), "the same is done where it is their own"


def test_every_thing_of_ones_own_is_tried() -> None:
    """Whatever else an address at the desk names belongs to a conversation, and is asked about in the matrix."""
    of_conversations = {"conversation", "message", "seq", "beside"}
    named_there = {name: set(re.findall(r"{(\w+)}", name)) for name in READ_AT_THE_DESK | DONE_AT_THE_DESK}
    assert {name for name, places in named_there.items() if places - of_conversations} == set(THEIRS)


def test_an_upload_in_the_widget_is_its_holders(desk: Desk, line: httpx.Client) -> None:
    file = {"file": ("a.txt", b"Ada's", "text/plain")}
    kept = line.post("/widget/attachments", headers=desk.headers("ada"), files=file).json()["id"]
    there, db = "POST /widget/attachments/{}/remove", desk.running.rooms.db
    answers = {
        who: [bare(ask(line, there.format(one), desk.headers(who)), one) for one in (kept, kept[:4] + NOTHING)]
        for who in ("grace", "visitor")
    }
    assert all(foreign == missing for foreign, missing in answers.values())
    count = "select count(*) as n from attachments where id = %(id)s"
    assert db.all(count, {"id": kept})[0].n == 1

    ask(line, there.format(kept), desk.headers("ada"))
    assert db.all(count, {"id": kept})[0].n == 0


def test_a_machine_judges_nothing_that_is_closed_to_whom_it_names(desk: Desk, line: httpx.Client) -> None:
    there, key = "POST /api/v1/reviews/{message}", {"Authorization": "Bearer sk_everything"}
    said = {"agent": TOM, "verdict": "wrong"}
    closed, missing = (bare(ask(line, named(there, c), key, json=said), c) for c in (desk.closed, desk.missing))
    assert closed[0] == 404
    assert closed == missing

    reads = ask(line, named(there, desk.of["grace"]), key, json={**said, "agent": "agt_ann"})
    assert reads.status_code == 403
    inside = ask(line, named(there, desk.closed), key, json={**said, "agent": "agt_pia"})
    assert bare(inside, desk.closed) != closed, "it is there for who is in the team"


# channels


def ends_by_itself(url: str, channel: str, headers: dict[str, str]) -> bool:
    """Whether it does within a few seconds of its identity's end."""
    end = time.monotonic() + 12
    with (
        httpx.Client(base_url=url, verify=NO_TLS, timeout=20) as line,
        line.stream("GET", channel, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        return all(time.monotonic() < end for _ in answer.iter_text())


def test_a_channel_of_a_customer_ends_with_the_identity(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the widget, in the chat with the identity, and in the chat with the key of the conversation."""
    monkeypatch.setattr(news, "HEARTBEAT", 0.05)
    identity, ada = desk.running.rooms.identity, desk.of["ada"]
    soon = now() - Identity.LONGEST + timedelta(seconds=4)
    brief, long = identity.sign("con_ada", soon), identity.sign("con_ada", now())
    brief_key = identity.sign(ada, soon, cnv=ada, who="con_ada")
    widget = with_query("GET /widget/events", ada).split()[1]
    channels = [
        (widget, {"Authorization": f"Bearer {brief}"}),
        ("/chat/events", {"Cookie": f"{WHO}={brief}; {CHAT}={desk.chat_key('ada')}"}),
        ("/chat/events", {"Cookie": f"{WHO}={long}; {CHAT}={brief_key}"}),
    ]
    with ThreadPoolExecutor(len(channels)) as listeners:
        ended = list(listeners.map(lambda channel: ends_by_itself(desk.running.url, *channel), channels))
    assert ended == [True] * len(channels)
