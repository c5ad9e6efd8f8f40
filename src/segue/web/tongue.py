"""Which language a page speaks, and what its scripts need of it.

The one idea: who reads decides. An agent has said it among their preferences, or the workspace has for all of them; a
customer's page or browser says it with every request; the workspace's own is what is left.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from segue.domain.people import Agent
from segue.store.workspace import Workspace
from segue.texts import ENGLISH, fitting, languages, source, speak, spoken
from segue.texts.po import parsed

REMEMBERED = 10.0
"""Seconds for which the workspace's language is taken without asking the database again."""
COOKIE = "segue_language"
_remembered: dict[str, tuple[float, str]] = {}


async def asked_for(request: Request) -> str:
    """By the address (`?lang=de`) of this page or of one before it, by the browser, or else the workspace's."""
    return browsers(request) or await workspace_language(request) or ENGLISH


def browsers(request: Request) -> str:
    """What the request itself asks for; empty where it asks for nothing we speak."""
    wish = fitting(request.query_params.get("lang", "")) or fitting(request.cookies.get(COOKIE, ""))
    return wish or fitting(request.headers.get("accept-language", ""))


def keep_asked(request: Request, answer: Response) -> None:
    """What the address asked for holds for the pages behind it, until the browser is closed."""
    if wish := fitting(request.query_params.get("lang", "")):
        is_secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, wish, httponly=True, samesite="lax", secure=is_secure)


async def speaks(request: Request) -> None:
    """A dependency, for what is no page: the same, to the end of the request."""
    speak(await asked_for(request))


async def speak_as(request: Request, agent: Agent) -> None:
    """From here on the page is the agent's: their own language, or the workspace's; where neither was chosen their
    browser's stays."""
    if wish := agent.language or await workspace_language(request):
        speak(wish)


async def workspace_language(request: Request) -> str:
    """Empty where none was chosen."""
    workspace: Workspace = request.app.state.rooms.workspace
    seen = _remembered.get(workspace.db.conninfo)
    at, known = seen or (0.0, "")
    if at < time.monotonic():
        if seen:  # while one request asks again, the others go on
            _remembered[workspace.db.conninfo] = (time.monotonic() + 1, known)
        known = await run_in_threadpool(chosen, workspace)
        _remembered[workspace.db.conninfo] = (time.monotonic() + REMEMBERED, known)
    return known


def chosen(workspace: Workspace) -> str:
    wish = workspace.setting("language")
    return wish if isinstance(wish, str) and wish in languages() else ""


def forget(workspace: Workspace) -> None:
    """After another one was chosen here; other processes hear of it as their pages do, or in a few seconds."""
    _remembered.pop(workspace.db.conninfo, None)


def forget_languages() -> None:
    """After another one was chosen somewhere."""
    _remembered.clear()


def script_texts(*folders: str) -> str:
    """As JSON what the scripts of `folders` say, by its English; empty in English, which stands in them."""
    return "" if spoken() == ENGLISH else _brought(spoken(), folders)


@cache
def _brought(language: str, folders: tuple[str, ...]) -> str:
    return orjson.dumps(script_texts_in(language, *folders)).decode()


def script_texts_in(language: str, *folders: str) -> Mapping[str, Any]:
    """What the scripts of `folders` say in another language than English, by its English."""
    begins = tuple(f"web/static/{folder}" for folder in folders)
    known = parsed(source(language)) if language != ENGLISH else ()
    entries = [e for e in known if e.is_whole and any(place.startswith(begins) for place in e.places)]
    return {
        (f"{e.context}\x04{e.id}" if e.context else e.id): list(e.strings) if e.plural else e.strings[0]
        for e in entries
    }
