"""Errors as RFC 9457 problem+json: what happened, what to do, which field, which request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from segue.domain.errors import Conflict, Forbidden, NotFound, Refused, SegueError, Unavailable

_STATUS: tuple[tuple[type[SegueError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (Refused, 422),
    (Unavailable, 503),
)
_TITLES = {
    400: "The request cannot be read",
    401: "A key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Not this way",
    409: "Somebody was faster",
    413: "Too large",
    415: "Not this kind of content",
    422: "Something in the request is wrong",
    429: "Too many requests",
    500: "Something broke on our side",
    503: "Not available now",
}


def problem(
    status: int, detail: str, *, code: str = "", errors: Sequence[dict[str, Any]] = (), request_id: str = "",
    headers: dict[str, str] | None = None,
) -> JSONResponse:  # fmt: skip
    body: dict[str, Any] = {
        "type": f"urn:segue:problem:{code or status}",
        "title": _TITLES.get(status, "Problem"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    if request_id:
        body["request_id"] = request_id
    return JSONResponse(body, status, media_type="application/problem+json", headers=headers)


def install(app: FastAPI) -> None:
    """Every error of every route leaves as a problem."""
    app.add_exception_handler(SegueError, _ours)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _broken)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SegueError)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    headers = {"Retry-After": "2"} if status == 503 else None
    field = getattr(error, "field", "")
    errors = [{"pointer": field, "detail": error.what_happened}] if field else ()
    return problem(status, str(error), code=error.code, errors=errors, request_id=_id(request), headers=headers)


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [_field(e) for e in error.errors()[:20]]
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return problem(400, "The body is not valid JSON. Send a JSON object in UTF-8.", code="malformed",
                       errors=errors, request_id=_id(request))  # fmt: skip
    first = errors[0]
    return problem(422, f"{first['pointer'] or 'The body'}: {first['detail']}", code="refused", errors=errors,
                   request_id=_id(request))  # fmt: skip


def _field(error: dict[str, Any]) -> dict[str, str]:
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    detail = "This field is not known here." if error["type"] == "extra_forbidden" else str(error["msg"])
    return {"pointer": "/" + "/".join(where) if where else "", "detail": detail.encode("utf8", "replace").decode()}


async def _framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == 404 and detail == "Not Found":
        detail = f"There is nothing at {request.url.path}."
    return problem(error.status_code, detail, request_id=_id(request), headers=dict(error.headers or {}))


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return problem(500, "Something broke on our side; it is in the log under this request id.", code="broken",
                   request_id=_id(request))  # fmt: skip


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))
