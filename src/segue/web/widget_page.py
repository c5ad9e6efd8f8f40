"""The widget as a lead dresses it: colour, side, button, greeting, tried before they are kept; and who may carry it.

The one idea: what is shown is what customers get. The preview stands in the widget's own style sheet and in the
loader's own style of its button, with what was typed in the place of what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from segue.domain.people import Agent
from segue.store.office import Office
from segue.store.workspace import Workspace
from segue.texts import _, forms, languages, speaking, spoken
from segue.web import colours
from segue.web.colours import Shades
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.entering import public
from segue.web.lead_page import House, Lead, moment, page
from segue.web.loading import button_sheet
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_page import Typed
from segue.web.rooms import Rooms
from segue.web.widget_look import (
    LONGEST_COMPANY,
    LONGEST_GREETING,
    LONGEST_LABEL,
    OURS,
    SIDES,
    Look,
    SeenLook,
    look_of,
    read,
    seen_look,
)
from segue.web.widget_sites import sites_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
Short = Annotated[str, Query(max_length=LONGEST_GREETING)]
PREVIEW = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
FRAMES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""The policy of every page, and that this one shows pages of ours in it."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What somebody typed, what can be made of it, and what is wrong by the field's name."""

    typed: Mapping[str, str]
    look: Look
    wrong: Mapping[str, str] = field(default_factory=dict)


@router.get("/settings/widget")
def widget(request: Request, house: House, me: Lead, done: ToldDone) -> Response:
    return _page(request, house, me, _kept(look_of(house.workspace)), done=done)


@router.post("/settings/widget", dependencies=DOOR)
def dress(
    request: Request, house: House, me: Lead, typed: Typed, seen: Annotated[SeenLook, Depends(seen_look)]
) -> Response:
    """Keeps it, or shows what it would look like. Pages that carry the widget take it up within five minutes."""
    worked = worked_of(typed)
    if worked.wrong or typed.get("do") == "try":
        return _page(request, house, me, worked)
    Office(house.db).change_widget({"look": worked.look.kept()}, me.id, moment())
    seen.forget()
    house.bell.ring("events")
    return go("/settings/widget", _("Kept. Pages that carry the widget show it within five minutes."))


@router.post("/settings/widget/try", dependencies=DOOR)
def try_on(typed: Typed) -> Response:
    """What it would look like, and what is wrong beside each field, for the page that is there."""
    worked = worked_of(typed)
    return render("parts/widget_shown.html", worked=worked, told=_told(worked), is_part=True, **_frames(worked))


@router.post("/settings/widget/sites", dependencies=DOOR)
def allow(
    request: Request, house: House, me: Lead, origins: Annotated[str, Form(max_length=4000)] = ""
) -> Response:  # fmt: skip
    """The sites that may carry it, all of them."""
    sites, wrong = sites_of(plain(origins))
    if wrong:
        return _page(request, house, me, _kept(look_of(house.workspace)), {"origins": wrong}, origins=origins)
    Office(house.db).change_widget({"origins": sites}, me.id, moment())
    house.bell.ring("events")
    return go("/settings/widget", _("The sites are kept."))


@router.get("/settings/widget/preview", dependencies=DOOR)
def preview(
    colour: Short = "", dark: Short = "", side: Short = "", label: Short = "", greeting: Short = "",
    theme: Literal["light", "dark"] = "light", words: Annotated[str, Query(max_length=10)] = "",
) -> Response:  # fmt: skip
    """A page with the widget's beginning and its button as they would be; nothing on it can be pressed. `words`: the
    language it is shown in, which is not called `lang`, because that is kept for every page that follows."""
    look = read({"colour": colour, "dark": dark, "side": side})
    with speaking(words or spoken()):
        answer = render(
            "widget/preview.html", theme=theme, look=look, label=label or _("Help"), greeting=greeting,
            query={"colour": look.colour, "dark": look.dark},
        )  # fmt: skip
    answer.headers["Content-Security-Policy"] = PREVIEW
    return answer


@router.get("/settings/widget/form", dependencies=DOOR)
def try_form(house: House) -> Response:
    """A page with the real form in it, as a page of theirs has it."""
    look = look_of(house.workspace)
    answer = render("widget/form_tried.html", company=company_of(house.workspace), look=look)
    answer.headers["Content-Security-Policy"] = FRAMES
    return answer


@router.get("/settings/widget/preview.css", dependencies=DOOR)
def preview_sheet(colour: Short = "", dark: Short = "") -> Response:
    look = read({"colour": colour, "dark": dark})
    return Response(look.sheet + button_sheet(look), headers={"Cache-Control": "no-store"}, media_type="text/css")


def worked_of(typed: Mapping[str, str]) -> Worked:
    """What was typed; a colour that is none is left out of the look."""
    said = {name: " ".join(plain(value).split()) for name, value in typed.items()}
    kept: dict[str, Any] = {"side": said.get("side", ""), "label": {}, "greeting": {}}
    kept["company"] = said.get("company", "")
    wrong = {}
    for name in ("colour", "dark"):
        try:
            kept[name] = colours.colour_of(said[name]) if said.get(name) else ""
        except ValueError:
            wrong[name] = _("This is no colour. Write six digits, as in #1f5fbf.")
    for kind, longest in (("label", LONGEST_LABEL), ("greeting", LONGEST_GREETING)):
        for language in languages():
            words = said.get(f"{kind}_{language}", "")
            kept[kind][language] = words
            if len(words) > longest:
                wrong[f"{kind}_{language}"] = _too_long(longest, words)
    if len(kept["company"]) > LONGEST_COMPANY:
        wrong["company"] = _too_long(LONGEST_COMPANY, kept["company"])
    if said.get("side", SIDES[0]) not in SIDES:
        wrong["side"] = _("Choose one of them.")
    return Worked(said, read(kept), wrong)


def _too_long(longest: int, words: str) -> str:
    return _("%(n)s letters fit; this has %(has)s.", n=longest, has=len(words))


def _kept(look: Look) -> Worked:
    said = {"colour": look.colour, "dark": look.dark, "side": look.side, "company": look.company}
    said |= {f"label_{language}": words for language, words in look.labels.items()}
    said |= {f"greeting_{language}": words for language, words in look.greetings.items()}
    return Worked(said, look)


def _told(worked: Worked) -> dict[str, str]:
    """What is known of each colour, by field: what stands on it, and how it reads as text."""
    look = worked.look
    return {name: _read_as(shades, theme, look) for name, theme, shades in (
        ("colour", "light", look.light_shades), ("dark", "dark", look.dark_shades))}  # fmt: skip


def _read_as(shades: Shades, theme: str, look: Look) -> str:
    values = {"on": _("white") if shades.on == colours.WHITE else _("black"), "of_text": _ratio(shades.of_text),
              "fill": shades.fill, "ink": shades.ink, "of_ink": _ratio(shades.of_ink(theme)),
              "of_fill": _ratio(shades.of_fill(theme))}  # fmt: skip
    begin = ""
    if theme == "dark" and not look.dark:
        begin = _("Without one of its own it is %(fill)s there.", **values) + " "
    told = _("On it stands %(on)s: contrast %(of_text)s, AA holds.", **values)
    if shades.ink == shades.fill:
        return begin + told + " " + _("As text it has %(of_ink)s, AA holds.", **values)
    return begin + told + " " + _(
        "As text it would have %(of_fill)s, and AA asks for 4.5:1; so links are in %(ink)s, with %(of_ink)s.", **values
    )  # fmt: skip


def _ratio(contrast: float) -> str:
    """Rounded down: 4.49 must not read as having reached 4.5."""
    return forms.number(int(contrast * 10 + 1e-9) / 10, 1) + ":1"


def _frames(worked: Worked) -> dict[str, Any]:
    """What the two previews are asked with, in the language of whoever looks, else in one something was typed in."""
    look = worked.look
    named = (*look.labels, *look.greetings)
    language = spoken() if spoken() in named or not named else named[0]
    query = {"colour": look.colour, "dark": look.dark, "side": look.side, "label": look.labels.get(language, ""),
             "greeting": look.greetings.get(language, ""), "words": language}  # fmt: skip
    return {"query": {name: value for name, value in query.items() if value}}


def _page(
    request: Request, house: Rooms, me: Agent, worked: Worked, wrong_sites: Mapping[str, str] | None = None,
    origins: str | None = None, done: str = "",
) -> Response:  # fmt: skip
    wrong = {**worked.wrong, **(wrong_sites or {})}
    setting = house.workspace.setting("widget") or {}
    answer = page(
        house, me, "settings_widget.html", 422 if wrong else 200, part="widget", worked=worked, wrong=wrong,
        told=_told(worked), done=done, is_part=False, languages=languages(), ours=OURS,
        longest={"label": LONGEST_LABEL, "greeting": LONGEST_GREETING, "company": LONGEST_COMPANY}, usual=_usual(),
        origins="\n".join(setting.get("origins", ())) if origins is None else origins,
        line=embed_line(request, house), form_line=form_line(request, house), **_frames(worked),
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = FRAMES
    return answer


def _usual() -> dict[str, dict[str, str]]:
    """What stands where nothing is typed, by language."""
    found: dict[str, dict[str, str]] = {"label": {}, "greeting": {}}
    for language in languages():
        with speaking(language):
            found["label"][language] = _("Help")
            found["greeting"][language] = _("Hello, how can we help?")
    return found


def embed_line(request: Request, house: Rooms) -> str:
    """The line for other people's pages, whole."""
    return line_of(public(request, house), company_of(house.workspace))


def form_line(request: Request, house: Rooms) -> str:
    """The place for a form, and the line that puts it there."""
    more = ' data-form="#help"'
    return f'<div id="help"></div> {line_of(public(request, house), company_of(house.workspace), more)}'


def line_of(there: str, company: str, more: str = "") -> str:
    """As it is copied into a page, so what the company is called is written as text there."""
    return f'<script async src="{there}/widget.js" data-workspace="{escape(company)}"{more}></script>'


def company_of(workspace: Workspace) -> str:
    """The name customers read in the widget, as far as the house knows one."""
    return look_of(workspace).company or _("Your company")
