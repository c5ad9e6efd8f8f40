"""Deeds besides those of test_mirror: whatever page stands open shows after each of them what a fresh one does. Many
change what the API tells of no conversation; all of them change, or must not change, what is looked at.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from api.kept import written
from api.serving import NO_TLS
from api.test_mirror import LENA, Pages, Step, World, row, world
from mail.writing import mail
from segue.domain.mail import Cause
from segue.integrations.mail.jail import glance
from segue.store.events import EventLog
from segue.store.invites import Invites
from segue.store.macros import Macro, MacroStore
from segue.store.mail import MailStore

__all__ = ["world"]
HERE = "POST /desk/conversations/{conversation}"


def waits(w: World) -> str:
    """A reply of Lena's that has not gone yet: by mail there is a moment to think better of it."""
    w.at_desk("mail", "reply", text="Soon.", seen_seq="99")
    (newest,) = w.running.rooms.db.all("select id from waiting_replies order by made_at desc limit 1")
    return str(newest.id)


def is_refused(w: World) -> dict[str, Any]:
    reply = waits(w)
    refuses = "update waiting_replies set state = 'refused', why = 'x', closed_at = %(now)s where id = %(id)s"
    w.running.rooms.db.run(refuses, {"id": reply, "now": w.now})
    return {"reply": reply, "seen_seq": "99"}


def set_aside(w: World, beside: str | None = None) -> str:
    store = MailStore(w.running.rooms.db)
    raw = mail(f"To be looked at {uuid4().hex}", message_id=f"<{uuid4().hex}@x>")
    id = store.keep(raw, "help@ours.example", None, w.now)
    for kept in store.due(w.now, 20):
        store.set_aside(kept, Cause.LIST, glance(raw), w.now, beside)
    assert id is not None
    return id


def with_file(w: World) -> httpx.Response:
    there = f"/desk/conversations/{w.named['ada']}/attachments"
    return w.desk.post(there, data={"kind": "reply"}, files={"file": ("a.txt", b"x", "text/plain")})


def last(w: World, table: str) -> str:
    (found,) = w.running.rooms.db.all(f"select id from {table} order by id desc limit 1")
    return str(found.id)


def tagged(w: World) -> httpx.Response:
    w.desk.post("/desk/bulk", data={"row": [w.named["ada"]], "what": "tag", "tag": "many"})
    return w.desk.post(f"/desk/bulk/{last(w, 'bulks')}/undo")


def not_delivered(w: World, deed: str) -> httpx.Response:
    """A mail of hers that did not arrive; what she does about it."""
    w.does("mail", "reply", agent="agt_lena", text="I look.")
    seq = row(w, "mail", "seq")
    MailStore(w.running.rooms.db).undelivered(w.named["mail"], seq, "no such mailbox", w.now)
    return w.at_desk("mail", deed, seq=str(seq))


def chats(w: World) -> httpx.Response:
    return w.customer.post("/chat/messages", data={"text": "And another thing.", "client_id": uuid4().hex})


def comes(w: World, email: str, name: str) -> httpx.Response:
    """By the link of an invitation, in a browser of their own."""
    token, now = f"inv_{uuid4().hex}", w.now
    Invites(w.running.rooms.db).make(email, "agent", [], token, LENA, now, now + timedelta(days=1))
    said = {"name": name, "password": "correct horse battery"}
    return httpx.post(f"{w.running.url}/invite/{token}", data=said, verify=NO_TLS, timeout=30)


BEFORE = "so that"
"""How a step begins that only prepares the next one, by hand and without an event."""
MORE: list[Step] = [
    ("she takes it", lambda w: (
        w.opens("ada", contact={"id": "ada", "verified": True, "name": "Ada"}),
        w.opens("mail", channel="email", contact={"email": "grace@elsewhere.example"}),
        w.works(), w.does("mail", "claim", agent="agt_lena"), w.at_desk("ada", "claim"))[-1]),
    (f"{HERE}/look", lambda w: w.pia.post(f"/desk/conversations/{w.named['ada']}/look", data={"tab": "t1"})),
    (f"{HERE}/draft", lambda w: w.at_desk("ada", "draft", kind="note", text="Half a word", version="0")),
    (f"{HERE}/attachments", with_file),
    (f"{HERE}/attachments/{{file}}/remove", lambda w: w.at_desk("ada", f"attachments/{last(w, 'attachments')}/remove")),
    (f"{BEFORE} it has a tag", lambda w: w.at_desk("ada", "tag", tag="seats")),
    (f"{HERE}/untag", lambda w: w.at_desk("ada", "untag", tag="seats")),
    (f"{BEFORE} there is a macro", lambda w: MacroStore(w.running.rooms.db).put(
        Macro("mac_x", "Hello", "Hello there"), "agt_lena", w.now)),
    (f"{HERE}/macro", lambda w: w.at_desk("ada", "macro", macro="mac_x", text="")),
    (f"{HERE}/passage", lambda w: w.at_desk("ada", "passage", passage="It is so.")),
    (f"{HERE}/unsend", lambda w: w.at_desk("mail", "unsend", reply=waits(w))),
    (f"{HERE}/again", lambda w: w.at_desk("mail", "again", **is_refused(w))),
    (f"{BEFORE} a reply of hers was refused", is_refused),
    (f"{HERE}/drop", lambda w: w.at_desk("mail", "drop", reply=last(w, "waiting_replies"), seen_seq="99")),
    (f"{HERE}/undrop", lambda w: w.at_desk("mail", "undrop")),
    (f"{HERE}/deliver", lambda w: not_delivered(w, "deliver")),
    ("POST /api/v1/conversations/{conversation}/frustration", lambda w: w.does(
        "ada", "frustration", seq=1, is_frustrated=True)),
    ("POST /desk/bulk/{bulk}/undo", tagged),
    ("POST /chat/messages", chats),
    ("POST /contact", lambda w: w.pia.post("/contact", data={
        "name": "Eve", "email": "eve@elsewhere.example", "subject": "Hello", "text": "Is it so?"})),
    ("POST /settings/teams", lambda w: w.desk.post("/settings/teams", data={"name": "Sales"})),
    ("POST /settings/tags/remove-unused", lambda w: w.desk.post("/settings/tags/remove-unused")),
    ("POST /settings/people/{agent}", lambda w: w.desk.post(
        "/settings/people/agt_mira", data={"role": "agent", "team": "support"})),
    ("POST /settings/people/{agent}/reset", lambda w: w.desk.post("/settings/people/agt_mira/reset")),
    ("POST /settings/people/{agent}/deactivate", lambda w: w.desk.post("/settings/people/agt_mira/deactivate")),
    ("POST /settings/people/{agent}/reactivate", lambda w: w.desk.post("/settings/people/agt_mira/reactivate")),
    (f"{BEFORE} she is gone again", lambda w: w.api.post("/agents/agt_mira/deactivate")),
    ("POST /api/v1/agents/{agent}/reactivate", lambda w: w.api.post("/agents/agt_mira/reactivate")),
    ("POST /settings/mail/{suspended}/drop", lambda w: w.desk.post(f"/settings/mail/{set_aside(w)}/drop")),
    ("POST /settings/mail/{suspended}/restore", lambda w: w.desk.post(f"/settings/mail/{last(w, 'mails')}/restore")),
    ("POST /settings/mail/{suspended}/release", lambda w: w.desk.post(f"/settings/mail/{last(w, 'mails')}/release")),
    ("POST /api/v1/mail/suspended/{mail}/release", lambda w: w.api.post(
        f"/mail/suspended/{set_aside(w)}/release", json={"agent": "agt_lena"})),
    ("POST /api/v1/mail/suspended/{mail}/drop", lambda w: w.api.post(
        f"/mail/suspended/{set_aside(w)}/drop", json={"agent": "agt_lena"})),
    (f"{HERE}/beside/{{beside}}/release", lambda w: w.at_desk(
        "mail", f"beside/{set_aside(w, w.named['mail'])}/release")),
    ("POST /desk/views/{view}", lambda w: w.desk.post("/desk/views/new", data={
        "name": "Seats", "q": "seat", "shared": "on"})),
    ("POST /desk/views/{view}/remove", lambda w: w.desk.post(f"/desk/views/{last(w, 'saved_views')}/remove")),
    ("POST /autonomy/switch", lambda w: w.desk.post("/autonomy/switch", data={"to": "off", "reason": "A test."})),
    ("POST /settings/teams/{team}", lambda w: (
        w.at_desk("ada", "assign", to="team:billing"),
        w.desk.post("/settings/teams/billing", data={"name": "Money"}))[-1]),
    ("POST /invite/{token}", lambda w: comes(w, "sam@ledgerly.example", "Sam")),
    ("who wrote there leaves", lambda w: (
        w.does("ada", "reply", text="I have looked."), w.api.post("/agents/agt_mira/deactivate"))[-1]),
    ("and comes back under another name", lambda w: comes(w, "mira@ledgerly.example", "Mirabelle")),
]  # fmt: skip
NOTHING = "she has no second step that could be taken from her"
UNSEEN = {
    "she takes it": "no page stood open before it",
    f"{HERE}/draft": "what one has begun to write is shown where it is written",
    f"{HERE}/attachments": "so is a file that goes with it",
    f"{HERE}/attachments/{{file}}/remove": "so is a file that does not",
    f"{HERE}/macro": "it stands in what one has begun to write",
    f"{HERE}/passage": "so does a passage",
    "POST /api/v1/conversations/{conversation}/frustration": "it is learnt from, and what was noticed then stays",
    "POST /settings/people/{agent}": "she has no part in what is open",
    "POST /settings/people/{agent}/reset": NOTHING,
    "POST /settings/mail/{suspended}/drop": "what was set aside stands on its own page",
    "POST /settings/mail/{suspended}/restore": "so does what was dropped",
    "POST /api/v1/mail/suspended/{mail}/drop": "by a machine, too",
}
"""Steps that no page of a conversation shows, with why: each must have written something all the same."""


def test_a_page_that_stands_open_shows_after_every_deed_what_a_fresh_one_does(world: World) -> None:
    pages = Pages(world, ("ada", "mail"))
    for sentence, step in MORE:
        cursor = EventLog(world.running.rooms.db).latest()
        had = written(world.running.rooms.db) if sentence in UNSEEN else None
        done = step(world)
        assert not isinstance(done, httpx.Response) or done.status_code < 400, (sentence, done.text[-600:])
        stale = pages.stale_after(cursor)
        if sentence.startswith(BEFORE):
            continue
        assert stale == [], sentence
        assert pages.changed is (sentence not in UNSEEN), f"{sentence}: no page shows that it happened, or the reverse"
        did_write = sentence in UNSEEN and written(world.running.rooms.db) != had
        assert did_write is (UNSEEN.get(sentence, NOTHING) != NOTHING), f"{sentence}: what was written?"
    assert pages.lists_alone > 10
