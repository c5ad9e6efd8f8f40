"""Errors as RFC 9457 problem+json: what happened, what to do, which field, which request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from segue.domain.errors import Conflict, DatabaseUnavailable, Forbidden, NotFound, Refused, SegueError, Unavailable
from segue.domain.files import FileTooLarge
from segue.texts import _, speaking
from segue.web.pages import failure, go
from segue.web.patterns import what_fits
from segue.web.tongue import asked_for

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
LONGEST_DETAIL = 1000
_STATUS: tuple[tuple[type[SegueError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (FileTooLarge, 413),
    (Refused, 422),
    (Unavailable, 503),
)
KINDS = {
    400: ("malformed", "The request cannot be read"),
    401: ("unauthorized", "A key is needed"),
    403: ("forbidden", "Not allowed"),
    404: ("not_found", "Not found"),
    405: ("wrong_method", "Not this way"),
    408: ("too_slow", "The request did not arrive"),
    409: ("conflict", "In conflict with what is there"),
    412: ("changed_meanwhile", "It has changed meanwhile"),
    413: ("too_large", "Too large"),
    414: ("too_large", "Too large"),
    415: ("wrong_content_type", "Not this kind of content"),
    422: ("refused", "Something in the request is wrong"),
    429: ("too_many", "Too many requests"),
    431: ("too_large", "Too large"),
    500: ("broken", "Something broke on our side"),
    503: ("unavailable", "Not available now"),
}
"""By status: the code that names it in `type`, unless the error has one of its own, and the title."""


class Fault(BaseModel):
    """One thing that is wrong: in the body at `pointer` (RFC 6901), or in the query, path or headers at `parameter`."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(BaseModel):
    """RFC 9457. `detail` says what happened and what to do, `type` names the kind and never changes."""

    type: str = Field(examples=["urn:segue:problem:not_found"])
    title: str
    status: int
    detail: str
    request_id: str | None = Field(None, description="Also in the header X-Request-ID, and in our log.")
    errors: list[Fault] | None = None


def problem(
    status: int, detail: str, *, code: str = "", errors: Sequence[dict[str, Any]] = (), request_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:  # fmt: skip
    kind, title = KINDS.get(status, ("error", "Problem"))
    body: dict[str, Any] = {
        "type": f"urn:segue:problem:{code or kind}",
        "title": title,
        "status": status,
        "detail": _clean(detail, LONGEST_DETAIL),
    }
    if errors:
        body["errors"] = list(errors)
    if request_id:
        body["request_id"] = request_id
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Every error of every route leaves as a problem. What nobody expected is told by `bounds`."""
    app.add_exception_handler(SegueError, _ours)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _framework)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, SegueError)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    headers = {"Retry-After": "2"} if status == 503 else None
    detail = _NO_DATABASE if isinstance(error, DatabaseUnavailable) else str(error)
    field = getattr(error, "field", "")
    errors = [{"pointer": field, "detail": _clean(error.what_happened)}] if field.startswith("/") else ()
    return problem(status, detail, code=error.code, errors=errors, request_id=_id(request), headers=headers)


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_fault(fault) for fault in error.errors()[:MOST_ERRORS]]
    first = errors[0]
    place = first.get("pointer") or first.get("parameter") or "The body"
    return problem(422, f"{place}: {first['detail']}", errors=errors, request_id=_id(request))


def _fault(error: dict[str, Any]) -> dict[str, str]:
    source, *path = error["loc"] or ("body",)
    detail = "This field is not known here." if error["type"] == "extra_forbidden" else str(error["msg"])
    if error["type"] == "string_pattern_mismatch":
        detail = what_fits(str(error["ctx"]["pattern"])) or detail
    said = {"detail": _clean(detail.removeprefix("Value error, "))}
    if source == "body":
        return said | {"pointer": _clean("".join(f"/{_escaped(part)}" for part in path))}
    return said | {"parameter": _clean(str(path[0] if path else source))}


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail, headers = str(error.detail), dict(error.headers or {})
    is_nowhere = error.status_code == 404 and detail == "Not Found"
    if is_nowhere:
        detail = f"There is nothing at {request.url.path}."
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        detail = f"{request.method} is not possible here; {headers['Allow']} is."
        if request.method == "GET" and _is_read_by_a_person(request) and (above := _page_above(request)):
            return go(above)
    if _is_read_by_a_person(request):
        with speaking(await asked_for(request)):
            return failure(
                _nowhere(request) if is_nowhere else HTTPException(error.status_code, detail), request.url.path
            )
    return problem(error.status_code, detail, request_id=_id(request), headers=headers)


def _nowhere(request: Request) -> NotFound:
    return NotFound(
        _("There is no page at %(path)s.", path=request.url.path[:200]),
        _("Perhaps the address was mistyped or cut short, or what it led to is gone. Check it, or begin anew."),
    )


def _is_read_by_a_person(request: Request) -> bool:
    """A browser that goes somewhere; what machines ask for under /api stays theirs."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def _page_above(request: Request) -> str:
    """The page from which something is sent here: whoever loads again what a form had brought is looking for that. So
    of /settings/invites it is /settings; empty where there is none."""
    parts = request.url.path.split("/")
    above = ("/".join(parts[:n]) for n in range(len(parts) - 1, 1, -1))
    return next((quote(path) for path in above if _is_there(request, "GET", path)), "")


def _methods(request: Request) -> list[str]:
    """What can be done at this address, asked of every route: the framework names only the first."""
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    found = [method for method in methods if _is_there(request, method, request.scope["path"])]
    return sorted({*found, "OPTIONS", *(("HEAD",) if "GET" in found else ())})


def _is_there(request: Request, method: str, path: str) -> bool:
    asked = {key: request.scope[key] for key in ("type", "root_path", "headers")} | {"path": path, "method": method}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes)


def _clean(text: str, longest: int = 300) -> str:
    """Fit for JSON: no half characters, no book."""
    return text[:longest].encode("utf8", "replace").decode()


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


_NO_DATABASE = "The database does not answer. Send it again; with the same client_id nothing is taken twice."
