"""What comes into the composer from elsewhere: a macro, filled in for this conversation and with what else it will do;
a passage of an article, with its source.

The lists are asked for by the open page as JSON, and are pages of their own for whoever has no scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import JSONResponse

from segue.desk.finding import LONGEST
from segue.desk.guard import LONGEST_REPLY
from segue.desk.macros import values_of
from segue.domain.errors import NotFound
from segue.domain.knowledge import Found
from segue.domain.variables import VARIABLES, filled
from segue.knowledge.library import Library
from segue.store.drafts import Drafts
from segue.store.macros import Macro, MacroStore
from segue.texts import _
from segue.web.desk_page import is_part
from segue.web.doors import handling
from segue.web.hands import HERE, At, Here
from segue.web.macro_words import also, who_is_who
from segue.web.pages import PRIVATE, PageRoute, plain, render
from segue.web.prose import bare_text, tables_as_lines
from segue.web.searched import searched

router = APIRouter(route_class=PageRoute, include_in_schema=False)
IN = [Depends(handling)]
NEAR = 0.2
"""Cosine below which a passage means something else: of nonsense the nearest one in the demo company's help reaches
0.18, of customers' real questions the farthest has 0.21 (36 of them, the encoder that ships)."""
SHOWN = 6
"""Articles a search brings."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A macro as it would come into this conversation. `also`: what else it does, `missing`: what has no value here."""

    id: str
    name: str
    text: str
    also: tuple[str, ...]
    missing: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Insertable:
    """`insert` is what comes into the reply: the words, and where they stand."""

    title: str
    heading: str
    text: str
    link: str
    insert: str
    is_stale: bool


@router.get(HERE + "/macros", dependencies=IN)
def macros(at: Here) -> Response:
    """All there are for this agent, each filled in for this customer."""
    row, names = at.house.conversations.one(at.conversation), who_is_who(at.house)
    values = values_of(row, at.me)
    found = [_offered(macro, values, names) for macro in MacroStore(at.house.db).for_agent(at.me.id)]
    if is_part(at.request):
        return JSONResponse({"macros": [asdict(one) for one in found]}, headers=PRIVATE)
    return render("macros_to_take.html", me=at.me, row=row, found=found, carried=_carried(at, names))


@router.get(HERE + "/variables", dependencies=IN)
def variables(at: Here) -> Response:
    """What may stand between two braces, with what each says here: that is what comes into the text. One without a
    value stays as it is called, and keeps the reply from being sent."""
    values = values_of(at.house.conversations.one(at.conversation), at.me)
    items = [
        {"label": name, "hint": values[name] or _("no value here"), "insert": values[name] or "{{" + name + "}}"}
        for name in VARIABLES
    ]
    return JSONResponse(items, headers=PRIVATE)


@router.post(HERE + "/macro", dependencies=IN)
def take(
    at: Here, macro: Annotated[str, Form(max_length=80)] = "", text: Annotated[str | None, Form()] = None,
    drop: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Puts it behind what is written; `drop` takes its actions off and keeps the text. For pages without scripts.

    A reply carries the actions of one macro: a second one that has some takes the place of the first.
    """

    def put() -> None:
        drafts = Drafts(at.house.db)
        kept = drafts.of(at.conversation, at.me.id)["reply"]
        written = kept.text if text is None else plain(text)[:LONGEST_REPLY]
        carries: str | None = ""
        if not drop:
            row, one = at.house.conversations.one(at.conversation), MacroStore(at.house.db).one(macro, at.me.id)
            more = filled(one.text, values_of(row, at.me)).text
            carries = macro if also(one, {}) else None
            written = _behind(written, more)
        drafts.put(at.conversation, at.me.id, "reply", written, kept.version, at.now, carries)

    return at.does(put)


@router.get(HERE + "/articles", dependencies=IN)
def articles(at: Here, q: str = "") -> Response:
    """Passages of public articles, which a customer can read whole behind the link."""
    row, (words, too_long) = at.house.conversations.one(at.conversation), searched(plain(q), LONGEST)
    found = (
        [_passage(one, str(at.request.base_url)) for one in articles_for(at.house.library, words, at.now)]
        if words
        else []
    )
    if is_part(at.request):
        return JSONResponse({"passages": [asdict(one) for one in found]}, headers=PRIVATE)
    return render("articles_to_take.html", me=at.me, row=row, q=words, too_long=too_long, found=found)


@router.post(HERE + "/passage", dependencies=IN)
def take_passage(at: Here, passage: Annotated[str, Form(max_length=LONGEST_REPLY)] = "") -> Response:
    """Puts it behind what is written. For pages without scripts."""

    def put() -> None:
        drafts = Drafts(at.house.db)
        kept = drafts.of(at.conversation, at.me.id)["reply"]
        written = _behind(kept.text, plain(passage))
        drafts.put(at.conversation, at.me.id, "reply", written, kept.version, at.now)

    return at.does(put)


def _behind(written: str, more: str) -> str:
    """As a paragraph of its own; cut where a reply ends."""
    return "\n\n".join(piece for piece in (written.strip(), more) if piece)[:LONGEST_REPLY]


def _carried(at: At, names: Mapping[str, str]) -> tuple[str, ...]:
    """What the draft does besides as it stands."""
    macro = Drafts(at.house.db).of(at.conversation, at.me.id)["reply"].macro
    try:
        return also(MacroStore(at.house.db).one(macro, at.me.id), names) if macro else ()
    except NotFound:
        return ()


def articles_for(library: Library, words: str, now: datetime) -> list[Found]:
    """Each article once, with its best passage; what shares no word and means something else is not offered."""
    vector = library.encoder.encode([words])[0]
    found = library.search(words, vector, now.date(), limit=12)
    best: dict[str, Found] = {}
    for one in found:
        if one.lexical_rank is None and one.cosine < NEAR:
            continue
        best.setdefault(one.slug, one)
    return list(best.values())[:SHOWN]


def _passage(one: Found, base: str) -> Insertable:
    link, text = (
        f"{base.rstrip('/')}/help/{one.slug}",
        "\n".join(map(bare_text, tables_as_lines(one.passage.text).splitlines())),
    )
    insert = f"{text}\n\nFrom “{one.title}”: {link}"
    return Insertable(one.title, one.passage.heading, text, link, insert, one.is_stale)


def _offered(macro: Macro, values: Mapping[str, str], names: Mapping[str, str]) -> Offered:
    found = filled(macro.text, values, asks=True)
    return Offered(macro.id, macro.name, found.text, also(macro, names), found.missing, not macro.is_shared)
