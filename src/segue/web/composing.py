"""What an agent types: sending and noting, the draft that survives everything, the glance over the shoulder."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import JSONResponse

from segue.desk.guard import LONGEST_REPLY, already_answered, flaws
from segue.desk.macros import filled_for
from segue.desk.sending import StaysOpen
from segue.domain.briefing import Fact
from segue.domain.errors import Conflict
from segue.domain.files import FileRefused, said_with
from segue.domain.said import says_nothing
from segue.store.attention import Attention
from segue.store.briefings import briefing_of
from segue.store.desk import AgentReply
from segue.store.drafts import DraftMoved, Drafts, NewerDraft
from segue.store.inbox import OtherMessage
from segue.store.mentions import Mentions
from segue.texts import _, word
from segue.web.attaching import goes_along
from segue.web.desk_page import Refusal
from segue.web.doors import handling, signed_in
from segue.web.files import Brought, named
from segue.web.hands import HERE, At, Here, Seq, sending
from segue.web.pages import PRIVATE, PageRoute, plain

router = APIRouter(route_class=PageRoute, include_in_schema=False)
IN = [Depends(handling)]
READS = [Depends(signed_in)]
Text = Annotated[str, Form()]
MOST_READ = 30
"""Messages of the customer that the glance over the shoulder reads: it comes at every pause of typing."""
LONGEST_READ = 8_000
"""Characters of each."""


@router.post(HERE + "/reply", dependencies=IN)
def reply(
    at: Here, brought: Brought, attached: Annotated[list[str], Depends(named("attached-reply"))], text: Text = "",
    seen_seq: Seq = 0, client_id: Annotated[str, Form(max_length=100)] = "", close: Annotated[bool, Form()] = False,
    macro: Annotated[str, Form(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Sends, unless the customer wrote something the agent has not seen: then nothing is lost and they read first.

    What the `macro` does besides is done once the reply has gone. Files alone are a reply, too.
    """
    text = plain(text)
    try:
        files = goes_along(at, "reply", attached, brought, client_id)
    except FileRefused as error:
        return at.refused(Refusal(text, file=str(error), macro=macro))
    row = at.house.conversations.one(at.conversation)
    typed, text = text, said_with(filled_for(text, row, at.me), [file.name for file in files])
    if found := flaws(text):
        return at.refused(Refusal(typed, f"{found[0].what_happened} {found[0].what_to_do}", macro=macro))
    going = AgentReply(at.conversation, at.me.id, text, seen_seq, client_id or None, [file.id for file in files])
    try:
        sending(at.house).send(going, row["channel"], at.now, close, macro)
    except StaysOpen as error:
        at.house.bell.ring("events")
        return at.refused(Refusal(refusal=str(error), is_sent=True))
    except OtherMessage:  # gone back to a page that was sent from, and written on there
        _keep(at, typed, macro)
        told = _(
            "This page has sent another reply before. What you typed stands here still: read what went out and send it."
        )
        return at.refused(Refusal(typed, conflict=told, macro=macro))
    except Conflict as conflict:
        return at.refused(Refusal(typed, conflict=str(conflict), macro=macro))
    return at.done()


def _keep(at: At, typed: str, macro: str) -> None:
    """As the agent's draft, unless more of theirs stands there: that is nowhere else."""
    drafts = Drafts(at.house.db)
    stands = drafts.of(at.conversation, at.me.id)["reply"]
    if not stands.text.strip():
        with suppress(NewerDraft, DraftMoved):
            drafts.put(at.conversation, at.me.id, "reply", typed[:LONGEST_REPLY], stands.version, at.now, macro)


@router.post(HERE + "/note", dependencies=IN)
def note(
    at: Here, brought: Brought, attached: Annotated[list[str], Depends(named("attached-note"))], text: Text = ""
) -> Response:
    typed = plain(text)
    try:
        files = goes_along(at, "note", attached, brought)
    except FileRefused as error:
        return at.refused(Refusal(typed, file=str(error), is_note=True))
    row = at.house.conversations.one(at.conversation)
    text = said_with(filled_for(typed, row, at.me), [file.name for file in files])
    if says_nothing(text) or len(text) > LONGEST_REPLY:
        flaw = (
            _("The note is empty. Write something.") if says_nothing(text) else _("The note is too long. Shorten it.")
        )
        return at.refused(Refusal(typed, flaw=flaw, is_note=True))
    at.house.hands.note(at.conversation, at.me.id, text, at.now, [file.id for file in files])
    Drafts(at.house.db).clear(at.conversation, at.me.id, "note", at.now)
    return at.done()


@router.post(HERE + "/draft", dependencies=IN)
def draft(
    at: Here, kind: Annotated[Literal["reply", "note"], Form()], text: Text = "", version: Seq = 0,
    macro: Annotated[str | None, Form(max_length=80)] = None,
) -> Response:  # fmt: skip
    """Keeps what is typed, and the `macro` it carries where that is said. 409 with what stands there where another tab
    wrote on since `version`, or with where it is to be kept since a colleague merged this one away."""
    typed = plain(text)[:LONGEST_REPLY]
    try:
        kept = Drafts(at.house.db).put(at.conversation, at.me.id, kind, typed, version, at.now, macro)
    except DraftMoved as moved:
        return JSONResponse({"into": moved.into}, 409, headers=PRIVATE)
    except NewerDraft as newer:
        return JSONResponse({"version": newer.kept.version, "text": newer.kept.text}, 409, headers=PRIVATE)
    return JSONResponse({"version": kept}, headers=PRIVATE)


@router.post(HERE + "/guard", dependencies=READS)
def guard(at: Here, text: Text = "") -> Response:
    """What the draft asks for although the conversation has answered it, with the message that did."""
    briefed = at.house.conversations.briefing(at.conversation)
    typed = plain(text)[:LONGEST_REPLY]
    said = at.house.conversations.said(at.conversation, MOST_READ, LONGEST_READ) if briefed else []
    found = already_answered(typed, briefing_of(briefed), said) if briefed else []
    return JSONResponse({"facts": [_known(fact) for fact in found[:3]]}, headers=PRIVATE)


_TELLS_ITS_KIND = ("id", "since", "deadline", "issue", "time")
"""The value says what it is: "since Monday", "by Friday"."""


def _known(fact: Fact) -> dict[str, Any]:
    """A fact as it is said to who asks for it again."""
    said = _("They said it already, %(what)s:", what=word(fact.kind.replace("_", " ")))
    without_kind = {"tried": _("They tried it already:")} | dict.fromkeys(_TELLS_ITS_KIND, _("They said it already:"))
    where = _("message %(seq)s", seq=fact.seq) if fact.seq else _("in their record")
    return {"said": without_kind.get(fact.kind, said), "value": fact.value, "seq": fact.seq, "where": where}


@router.post(HERE + "/hold", status_code=204, dependencies=IN)
def hold(at: Here) -> None:
    """The agent's hands are on the composer: the assistant does not speak meanwhile."""
    at.house.hands.hold(at.conversation, at.me.id, at.now)
    at.house.bell.ring("events")


@router.post(HERE + "/look", status_code=204, dependencies=READS)
def look(
    at: Here, leaves: Annotated[bool, Form()] = False, tab: Annotated[str, Form(max_length=40)] = ""
) -> None:  # fmt: skip
    """The agent has it before them in that tab, or turns to something else there."""
    attention = Attention(at.house.db)
    if leaves:
        attention.leave(at.conversation, at.me.id, at.now, tab)
        at.house.bell.ring("events")
        return
    came = attention.look(at.conversation, at.me.id, at.now, tab)
    if Mentions(at.house.db).see(at.conversation, at.me.id, at.now) or came:
        at.house.bell.ring("events")
