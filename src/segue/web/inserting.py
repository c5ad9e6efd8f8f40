"""What comes into the composer from elsewhere: a macro, filled in for this conversation and with what else it will do.

The lists are asked for by the open page as JSON, and are pages of their own for whoever has no scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import JSONResponse

from segue.desk.guard import LONGEST_REPLY
from segue.desk.macros import filled, values_of
from segue.store.drafts import Drafts
from segue.store.macros import Macro, MacroStore
from segue.web.desk_page import is_part
from segue.web.doors import signed_in
from segue.web.hands import HERE, Here
from segue.web.macro_words import also, who_is_who
from segue.web.pages import PRIVATE, PageRoute, plain, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)
IN = [Depends(signed_in)]


@dataclass(frozen=True, slots=True)
class Offered:
    """A macro as it would come into this conversation. `also`: what else it does, `missing`: what has no value here."""

    id: str
    name: str
    text: str
    also: tuple[str, ...]
    missing: tuple[str, ...]
    is_own: bool


@router.get(HERE + "/macros", dependencies=IN)
def macros(at: Here) -> Response:
    """All there are for this agent, each filled in for this customer."""
    row, names = at.house.conversations.one(at.conversation), who_is_who(at.house)
    values = values_of(row, at.me)
    found = [_offered(macro, values, names) for macro in MacroStore(at.house.db).for_agent(at.me.id)]
    if is_part(at.request):
        return JSONResponse({"macros": [asdict(one) for one in found]}, headers=PRIVATE)
    return render("macros_to_take.html", me=at.me, row=row, found=found)


@router.post(HERE + "/macro", dependencies=IN)
def take(
    at: Here, macro: Annotated[str, Form(max_length=80)] = "", text: Annotated[str | None, Form()] = None,
    drop: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Puts it behind what is written; `drop` takes its actions off and keeps the text. For pages without scripts."""

    def put() -> None:
        drafts = Drafts(at.house.db)
        kept = drafts.of(at.conversation, at.me.id)["reply"]
        written = kept.text if text is None else plain(text)[:LONGEST_REPLY]
        if not drop:
            row, one = at.house.conversations.one(at.conversation), MacroStore(at.house.db).one(macro, at.me.id)
            more = filled(one.text, values_of(row, at.me)).text
            written = "\n\n".join(piece for piece in (written.strip(), more) if piece)[:LONGEST_REPLY]
        drafts.put(at.conversation, at.me.id, "reply", written, kept.version, at.now, "" if drop else macro)

    return at.does(put)


def _offered(macro: Macro, values: Mapping[str, str], names: Mapping[str, str]) -> Offered:
    found = filled(macro.text, values)
    return Offered(macro.id, macro.name, found.text, also(macro, names), found.missing, not macro.is_shared)
