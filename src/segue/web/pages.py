"""What every page shares: the Jinja environment, how times and figures are said, and errors people can read."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

import orjson
import psycopg
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.exceptions import HTTPException

import segue
from segue import texts
from segue.desk.why import mood_word
from segue.domain.errors import NotFound, SegueError
from segue.domain.files import size_words
from segue.store.database import unstorable
from segue.texts import N_, _, forms, speaking, word
from segue.web.done import Going, pass_on
from segue.web.doors import SignInFirst
from segue.web.framing import let_the_demo_frame
from segue.web.keys import Preferences, called, leads_pages, own_pages
from segue.web.prose import article_html, bare_text, message_html, written_html
from segue.web.tongue import asked_for, keep_asked, script_texts
from segue.web.zone import see_as_here

BREATH = 0.005
"""Seconds between two templates, in which who asks for a page goes first."""
PRIVATE = {"Cache-Control": "no-store"}
"""What one person sees is nobody else's to keep."""


def render(template: str, status: int = 200, now: datetime | None = None, **values: Any) -> HTMLResponse:
    return HTMLResponse(piece(template, now=now or datetime.now(UTC), **values), status, headers=PRIVATE)


def piece(template: str, **values: Any) -> Markup:
    """Of a page, to be put into another."""
    return Markup(_ENVIRONMENT.get_template(template).render(**values))


def go(path: str, done: str = "") -> Going:
    """To a page of ours, after something was done: the reader may load it again without doing it twice. `done`: what
    the page says of it."""
    answer = Going(path, 303, headers=PRIVATE)
    answer.done = done
    return answer


class PageRoute(APIRoute):
    """A route for people: its errors are pages, and who must sign in first is sent to do so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            with speaking(await asked_for(request)):
                await see_as_here(request)
                with on_a_mac(is_mac(request)):
                    answer = await guarded(request)
            keep_asked(request, answer)
            pass_on(request, answer)
            await let_the_demo_frame(request, answer)
            return answer

        async def guarded(request: Request) -> Response:
            try:
                if any("\0" in value for value in request.path_params.values()):
                    raise NotFound(_("There is nothing here."), _("Follow a link to it."))
                return await inner(request)
            except SignInFirst as error:
                if request.headers.get("accept") == "text/event-stream":
                    return Response(status_code=401, headers=PRIVATE)  # a form is no stream
                back = error.path if request.method == "GET" else "/desk"
                return go(f"/sign-in?next={quote(back)}")
            except (SegueError, HTTPException, RequestValidationError) as error:
                return failure(error, request.url.path)
            except psycopg.DataError as error:
                if (refused := unstorable(error)) is None:
                    raise
                return failure(refused, request.url.path)

        return handler


def failure(error: Exception, path: str = "") -> HTMLResponse:
    """What happened, then what to do. On a `path` of customers with ways on for them, and none into our house."""
    if isinstance(error, SegueError):
        status, happened, to_do = _STATUS.get(error.code, 503), error.what_happened, error.what_to_do
    elif isinstance(error, HTTPException):
        status, happened, to_do = error.status_code, str(error.detail), ""
    else:
        status, to_do = 422, _("Follow a link to it.")
        happened = _("This page was asked for in a way it does not know.")
    return render("problem.html", status, code=status, happened=happened, to_do=to_do,
                  is_customers=bool(_OF_CUSTOMERS.match(path)), is_agents=bool(_OF_AGENTS.match(path)),
                  above=_above(path))  # fmt: skip


def _above(path: str) -> tuple[str, str] | None:
    """The list in which what was not there would have stood: its address and its name."""
    name = _LISTS.get(begins := "/" + path.lstrip("/").partition("/")[0])
    return (begins, word(name)) if name and path != begins else None


def key_sheet(sheet: Sequence[Mapping[str, Any]], areas: Mapping[str, str]) -> Markup:
    """The help sheet of keys. Every page of the desk carries it, and for most agents it is the same."""
    return _key_sheet(orjson.dumps(sheet), orjson.dumps(areas), texts.spoken(), _on_mac.get())


@lru_cache(maxsize=64)
def _key_sheet(sheet: bytes, areas: bytes, language: str, _is_mac: bool) -> Markup:
    with speaking(language):
        return piece("parts/keys.html", sheet=orjson.loads(sheet), areas=orjson.loads(areas))


def is_mac(request: Request) -> bool:
    return bool(_MACS.search(request.headers.get("user-agent", "")))


@contextmanager
def on_a_mac(is_so: bool) -> Iterator[None]:
    """Inside the block keys are named as they are there, or are not."""
    before = _on_mac.set(is_so)
    try:
        yield
    finally:
        _on_mac.reset(before)


def keyed(key: str) -> str:
    """A key as people read it: "Mod+Enter" is "Ctrl ↵", and "⌘ ↵" on a Mac."""
    if len(key) == 1:
        return key
    called = {"Mod": "⌘" if _on_mac.get() else _("Ctrl"), "Shift": _("Shift"), "ArrowDown": "↓", "ArrowUp": "↑",
              "Enter": "↵", "Escape": _("Esc")}  # fmt: skip
    return " ".join(called.get(step, step) for step in key.split("+"))


def with_key(words: str, mine: Preferences, action: str) -> str:
    """What a link is called, and the agent's own key for it."""
    key = mine.shown(action)
    return f"{words} ({keyed(key)})" if key else words


def initials(name: str) -> str:
    return "".join(part[0] for part in name.split()[:2]).upper() or "?"


def plain(text: str) -> str:
    """As typed: forms send CRLF, and PostgreSQL keeps no NUL."""
    return text.replace("\r\n", "\n").replace("\0", "")


def switched(page: str, is_off: bool) -> Markup:
    """The same, with every control disabled where `is_off`, for who only reads. Texts are escaped and hold no tags."""
    return Markup(_CONTROL.sub(r"<\1 disabled", str(page)) if is_off else page)


class _Once(Environment):
    """Each template is compiled once, however many ask for it at the same time: one of the desk's takes as long as
    several pages, and readers who all compile the same fill the line with it."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._compiling = RLock()

    def get_template(self, *args: Any, **named: Any) -> Template:
        with self._compiling:
            return super().get_template(*args, **named)


class _Beside(FileSystemBytecodeCache):
    """What templates are compiled to, as Python keeps it of modules and in the same place. Where nothing may be written
    each process compiles for itself."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled_before() -> BytecodeCache | None:
    folder = Path(cache_from_source(__file__)).parent / "templates"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return None if sys.dont_write_bytecode or not folder.is_dir() else _Beside(str(folder))


def warm_up(environment: Environment | None = None) -> None:
    """Reads every template in, those of the desk first: for a thread beside a start, so that no reader waits for it."""
    environment = environment or _ENVIRONMENT
    for name in sorted(environment.list_templates(), key=lambda name: (not name.startswith(("desk", "parts/")), name)):
        environment.get_template(name)
        time.sleep(BREATH)


def _environment() -> Environment:
    environment = _Once(
        loader=PackageLoader("segue.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, bytecode_cache=_compiled_before(),
        auto_reload=False,  # a file is not looked for at each page
    )  # fmt: skip
    environment.filters |= {
        "ago": forms.ago, "since": forms.since, "lately": forms.lately,
        "share": forms.share, "due": forms.due, "day": forms.day,
        "exactly": forms.exactly, "to_the_second": forms.to_the_second, "percent": forms.percent,
        "amount": forms.number, "mood": mood_word, "message": message_html, "written": written_html,
        "article": article_html, "bare": bare_text,
        "keyed": keyed, "with_key": with_key,
        "initials": initials, "size": size_words, "said": texts.word, "switched": switched,
        "quoted": lambda text: _("“%(text)s”", text=text),
    }  # fmt: skip
    speak_with(environment)
    environment.globals |= {"version": segue.__version__, "key_sheet": key_sheet}
    environment.globals |= {"called": called, "leads_pages": leads_pages, "own_pages": own_pages, "clock": forms.clock}
    return environment


def speak_with(environment: Environment) -> None:
    """Texts in a template are written `_("…")`; what is put into them is escaped, they themselves are not. So a text
    that stands in a table is shown as `{{ it|said }}`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True, pgettext=texts.pgettext, npgettext=texts.npgettext
    )
    environment.policies["ext.i18n.trimmed"] = True
    shared = environment.globals
    shared |= {"_n": shared["ngettext"], "_p": shared["pgettext"]}
    shared |= {"spoken": texts.spoken, "script_texts": script_texts}


_STATUS = {"not_found": 404, "conflict": 409, "forbidden": 403, "refused": 422, "file_refused": 422, "too_large": 413}
_OF_CUSTOMERS = re.compile(r"/(chat|contact|help|widget)(/|$)")
_LISTS = {
    "/knowledge": N_("Knowledge"),
    "/settings": N_("Settings"),
    "/policy": N_("Policy"),
    "/quality": N_("Quality"),
}
_OF_AGENTS = re.compile(r"/(desk|policy|knowledge|quality|autonomy|settings|setup)(/|$)")
_MACS = re.compile(r"Macintosh|iPhone|iPad")
_on_mac: ContextVar[bool] = ContextVar("on_mac", default=False)
_CONTROL = re.compile(r"<(button|input|select|textarea)\b")
_ENVIRONMENT = _environment()
