"""What FastAPI cannot know of the API and the OpenAPI document should say: doors with their scopes, and problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from segue.web.bounds import LARGEST, LONGEST_ADDRESS
from segue.web.problems import KINDS, MEDIA_TYPE, Fault, Problem

ABOUT = """Segue's API. Send `Authorization: Bearer <key>`; `segue key` makes one with the scopes it needs.

Errors are `application/problem+json` (RFC 9457): `detail` says what happened and what to do, `type` names the kind.
Fields that are not known are refused, never ignored. Lists come in pages: ask again with `after` set to `next_cursor`.
A 202 means that the message is on disk. Where no answer came, send it again with the same `client_id`: it is the same
message."""
TAGS = [
    {"name": "conversations", "description": "Messages in, conversations out."},
    {"name": "desk", "description": "What people do with a conversation. `agent` is an id or an e-mail address."},
    {"name": "knowledge", "description": "What the assistant answers from."},
    {"name": "policy", "description": "Who handles what, and what is promised."},
    {"name": "customers", "description": "Who writes, and the accounts they are on."},
    {"name": "people", "description": "Who works here."},
    {"name": "learning", "description": "What people's work has taught and proposes; what is in doubt; erasure."},
    {"name": "insight", "description": "How it turned out, counted."},
    {"name": "events", "description": "What happens, as it happens."},
]
_MEANINGS = {
    400: "The body is not JSON",
    401: "No key, or one that is unknown or expired",
    403: "The key lacks the scope",
    404: "There is no such thing",
    409: "In conflict with what is there",
    413: f"The body is larger than {LARGEST:,} bytes",
    414: f"The address is longer than {LONGEST_ADDRESS:,} bytes",
    415: "The body is not JSON by its Content-Type",
    422: "Something in the request is wrong; `errors` says what",
    429: "Too many writes; wait for `Retry-After` seconds",
    503: "The database does not answer, or very many pages are asked for; try again after `Retry-After` seconds",
}
Doc = dict[str, Any]


def install(app: FastAPI) -> None:
    """Lets `app.openapi()` tell the whole story."""
    plain = app.openapi

    def openapi() -> Doc:
        doc = plain()
        if "Problem" not in doc["components"]["schemas"]:
            _complete(doc, app)
        return doc

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(doc: Doc, app: FastAPI) -> None:
    schemas = doc["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (Fault, Problem):
        schemas[model.__name__] = model.model_json_schema(ref_template="#/components/schemas/{model}") | {"$defs": {}}
        del schemas[model.__name__]["$defs"]
    doc["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    doc["tags"] = TAGS
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path_format in doc["paths"]:
            for method in route.methods or ():
                _describe(doc["paths"][route.path_format][method.lower()], route)


def _describe(operation: Doc, route: APIRoute) -> None:
    scopes = [scope for door in route.dependant.dependencies for scope in getattr(door.call, "needs", ())]
    operation["security"] = [{"key": scopes}]
    for status in sorted({*_problems(operation), *(int(code) for code in operation["responses"])}):
        answer = operation["responses"].setdefault(str(status), {})
        if status >= 400:
            answer["description"] = answer.get("description") or _MEANINGS.get(status, KINDS[status][1])
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"]["422"]["description"] = _MEANINGS[422]


def _problems(operation: Doc) -> set[int]:
    """Which problems an operation can meet, by what it takes."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    found = {401, 403, 422, 503} | ({404} if "path" in places else set()) | ({414} if "query" in places else set())
    return found | ({400, 413, 415, 429} if "requestBody" in operation else set())
