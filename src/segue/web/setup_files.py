"""Files on their way in on the setting-up page: sent in parts by the page's script, or whole by a form without it; read
and shown before anything is taken in."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from segue.domain.catalogue import Catalogue
from segue.domain.errors import NotFound, Refused, SegueError
from segue.domain.files import name_sent
from segue.domain.knowledge import Article
from segue.domain.people import Agent
from segue.knowledge import tickets
from segue.knowledge.article_files import articles_of
from segue.knowledge.bringing import Brought, Unread
from segue.store.imports import Import, Imports
from segue.texts import _
from segue.web.bounds import takes_long
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, moment
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_page import Typed
from segue.web.rooms import Rooms
from segue.web.routes import json

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
KINDS = {"tickets": "data", "articles": "knowledge"}
"""What may be brought, and the step that shows it."""
SHOWN = 50
SAMPLES = 3
Id = Annotated[str, Path(max_length=40)]


@router.post("/setup/files", dependencies=DOOR)
async def begin(request: Request, house: House, me: Lead, kind: str = "tickets", name: str = "") -> Response:
    """A file is coming, in parts; or, as a form, it is here already."""
    if kind not in KINDS:
        raise Refused(_("Tickets or articles can be brought."), _("Choose one of the two."))
    store = Imports(house.db)
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return json({"id": await run_in_threadpool(store.begin, kind, plain(name) or "file", me.id, moment())})
    form = await request.form(max_files=1, max_fields=5)
    file = form.get("file")
    body = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not body:
        return go(f"/setup?step={KINDS[kind]}&wrong=empty")
    takes_long(request.scope)
    return await run_in_threadpool(_all_at_once, house, me, kind, name_sent(file.filename or "file"), body)


def _all_at_once(house: Rooms, me: Agent, kind: str, name: str, body: bytes) -> Response:
    store, now = Imports(house.db), moment()
    id = store.begin(kind, plain(name), me.id, now)
    store.put_part(id, 0, body, now)
    _read(house, store.one(id))
    return go(f"/setup?step={KINDS[kind]}")


@router.post("/setup/example", dependencies=DOOR)
def bring_example(
    request: Request, house: House, me: Lead, kind: Literal["tickets", "articles"] = "tickets"
) -> Response:
    """A made-up company's file, for who has none at hand; looked at like any other."""
    if house.entry.example is None:
        raise NotFound(_("There is no example here."), _("Bring a file of your own."))
    takes_long(request.scope)
    return _all_at_once(house, me, kind, *house.entry.example(kind, moment().date()))


@router.post("/setup/files/{id}/parts", dependencies=DOOR)
async def part(request: Request, house: House, id: Id, n: Annotated[int, Query(ge=0, lt=1000)] = 0) -> Response:
    """One part, as bytes. Sent again after a broken line it is the same part."""
    body = await request.body()
    try:
        await run_in_threadpool(Imports(house.db).put_part, id, n, body, moment())
    except SegueError as error:
        return json({"detail": str(error)}, 422)
    return Response(status_code=204)


@router.post("/setup/files/{id}/read", dependencies=DOOR)
def read(request: Request, house: House, id: Id) -> Response:
    """All of it has come: looks what is in it."""
    takes_long(request.scope)
    found = Imports(house.db).one(id)
    _read(house, found)
    return go(f"/setup?step={KINDS[found.kind]}")


@router.post("/setup/files/{id}/take", dependencies=DOOR)
def take(house: House, id: Id, typed: Typed) -> Response:
    """From here on a worker takes it in; the page may be closed."""
    found = Imports(house.db).one(id)
    wishes: dict[str, Any] = {"group": typed.get("group") == "on"}
    wishes["intents"] = {name.partition(":")[2]: value for name, value in typed.items()
                         if name.startswith("intent:") and value}  # fmt: skip
    Imports(house.db).want(id, wishes, moment())
    house.bell.ring("ready")
    return go(f"/setup?step={KINDS[found.kind]}")


@router.post("/setup/files/{id}/forget", dependencies=DOOR)
def forget(house: House, id: Id) -> Response:
    """Another file instead."""
    found = Imports(house.db).one(id)
    Imports(house.db).forget(id)
    return go(f"/setup?step={KINDS[found.kind]}")


@router.get("/setup/files/{id}/progress", dependencies=DOOR)
def progress(house: House, id: Id) -> Response:
    """How far taking it in has come, for the page that is there."""
    return render("parts/setup_progress.html", file=Imports(house.db).one(id))


def _read(house: Rooms, found: Import) -> None:
    """What is wrong with the whole file is shown in its place, like what is wrong with a row."""
    store = Imports(house.db)
    try:
        body = store.whole(found.id)
        if not body.strip():
            raise Refused(_("There is nothing in it."), _("Choose another file."))
        if found.kind == "tickets":
            report, total = _of_tickets(found.name, body)
        else:
            report, total = _of_articles(house, found.name, body)
    except Refused as error:
        report, total = {"error": str(error)}, 0
    store.was_read(found.id, report, total, moment())


def _of_tickets(name: str, body: bytes) -> tuple[dict[str, Any], int]:
    read = tickets.read(name, tickets.decoded(body))
    often = Counter((t.intent, t.category) for t in read.tickets if t.intent)
    told = {
        "rows": read.rows, "tickets": len(read.tickets), "faults": len(read.faults),
        "shown": [{"line": f.line, "why": f.why, "text": f.text} for f in read.faults[:SHOWN]],
        "columns": dict(read.columns), "ignored": list(read.ignored)[:SHOWN],
        "labels": [{"name": i, "category": c, "n": n} for (i, c), n in often.most_common(12)],
        "unlabelled": sum(not t.intent for t in read.tickets), "matters": len(often),
        "samples": [
            {"asked": t.messages[0].text[:300], "intent": t.intent, "messages": len(t.messages),
             "at": t.messages[0].at.date().isoformat(),
             "replied": next((m.text[:300] for m in t.messages if not m.is_customer), "")}
            for t in read.tickets[:SAMPLES]
        ],
    }  # fmt: skip
    return told, len(read.tickets)


def _of_articles(house: Rooms, name: str, body: bytes) -> tuple[dict[str, Any], int]:
    catalogue, read = house.workspace.catalogue(), articles_of(name, body)
    here = {a.slug: a for a in house.library.store.articles()}
    good, bad = (
        [r.over(here.get) for r in read if isinstance(r, Brought)],
        [r for r in read if isinstance(r, Unread)],
    )
    told = {
        "articles": [
            {"slug": a.slug, "title": a.title, "intent": guess(a, catalogue), "audience": a.audience,
             "is_new": a.slug not in here, "words": len(a.body.split())}
            for a in good
        ],
        "shown": [{"where": u.where, "why": u.why} for u in bad[:SHOWN]], "faults": len(bad),
    }  # fmt: skip
    return told, len(good)


def guess(article: Article, catalogue: Catalogue) -> str:
    """The matter it names, or the one that is called as it is; empty for none. Nothing is guessed from likeness: who
    takes it in says the rest."""
    if article.intent and catalogue.intent(article.intent):
        return article.intent
    plain_names = {_plain(i.id): i.id for i in catalogue.intents} | {_plain(i.name): i.id for i in catalogue.intents}
    return plain_names.get(_plain(article.title)) or plain_names.get(_plain(article.slug)) or ""


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold().replace("_", " ")).strip()
