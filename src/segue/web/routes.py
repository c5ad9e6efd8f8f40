"""How a machine's request is let in: the door first, then what the request says of itself, and only then its body."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, get_type_hints

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from segue.domain.errors import NotFound
from segue.web.doors import Caller
from segue.web.rooms import rooms

LONGEST_ID = 200
MOST_FAULTS = 100
BOM = b"\xef\xbb\xbf"


class MachineRoute(APIRoute):
    """A route of the API. One without a door cannot even be declared."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()
        self.doors: list[Callable[[Request], Awaitable[Caller]]] = [
            d.call for d in self.dependant.dependencies if d.call is not None and hasattr(d.call, "needs")
        ]
        assert self.doors, f"{self.path} stands open: give it a dependency on needs(...)"
        self.asks = {name for parameter in self.dependant.query_params for name in _names(parameter)}

        async def handler(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            await self.let_in(request)
            return await inner(request)

        return handler

    async def let_in(self, request: Request) -> Caller:
        """Raises what is wrong with the request apart from its body: 401, 403, 404, 415, 422, 429."""
        for door in self.doors:
            caller = await door(request)
        for name, value in request.path_params.items():
            if "\0" in value or len(value) > LONGEST_ID:
                raise NotFound(f"There is no {name} {value[:LONGEST_ID]}.", "Check the id.")
        if request.scope["query_string"]:
            self._refuse_unknown(request)
        if request.method != "GET":
            caller.spend()
        if self.body_field:
            _refuse_other_content(request)
        return caller

    def _refuse_unknown(self, request: Request) -> None:
        seen: set[str] = set()
        for name, _ in request.query_params.multi_items():
            if name in seen:
                raise _wrong_parameter(name, "This parameter is given twice; one is taken.")
            if name not in self.asks:
                known = ", ".join(sorted(self.asks)) or "none"
                raise _wrong_parameter(name, f"This parameter is not known here; known: {known}.")
            seen.add(name)


def _names(parameter: Any) -> Iterable[str]:
    """Its own, or those of the model that gathers several."""
    model = parameter.field_info.annotation
    return model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else (parameter.alias,)


class ExpressRoute(MachineRoute):
    """Declared and documented like any other, but served without FastAPI's machinery, which costs more than we do.

    Its endpoint takes the path's ids, `body`, `caller` and `house`, and gives a Response.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shape: type[BaseModel] = get_type_hints(self.endpoint)["body"]
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = JsonRequest(scope, receive)
        caller = await self.let_in(request)
        body = _read(self._shape, await request.body())
        answer = await self.endpoint(**request.path_params, body=body, caller=caller, house=await rooms(request))
        await answer(scope, receive, send)


class JsonRequest(Request):
    async def json(self) -> Any:
        """Strict: UTF-8, no half characters, finite numbers, bounded depth."""
        try:
            return from_json((await self.body()).removeprefix(BOM), allow_inf_nan=False)
        except ValueError as error:
            raise _malformed(str(error)) from error


def json(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer written as it stands; `response_model` documents what it looks like, and tests hold it to that."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def shown(shape: type[BaseModel], row: Mapping[str, Any]) -> dict[str, Any]:
    """Of a row the fields that the API gives, so that a new column stays inside."""
    return {name: row[name] for name in shape.model_fields}


def _read(shape: type[BaseModel], body: bytes) -> BaseModel:
    try:
        return shape.model_validate_json(body.removeprefix(BOM))
    except ValidationError as error:
        if error.error_count() > MOST_FAULTS:
            raise HTTPException(422, f"More than {MOST_FAULTS} fields are wrong. /docs names those we know.") from error
        faults = error.errors(include_url=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            raise _malformed(faults[0]["ctx"]["error"]) from error
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from error


def _wrong_parameter(name: str, said: str) -> RequestValidationError:
    return RequestValidationError([{"type": "parameter", "loc": ("query", name), "msg": said}])


def _malformed(why: str) -> HTTPException:
    return HTTPException(400, f"The body is not valid JSON: {why}. Send a JSON object in UTF-8.")


def _refuse_other_content(request: Request) -> None:
    """Without a word on its kind a body is taken for JSON; compressed ones are not read."""
    headers = request.headers
    kind = headers.get("content-type")
    if not kind:
        request.scope["headers"].append((b"content-type", b"application/json"))
    elif not (bare := kind.partition(";")[0].strip().lower()).startswith("application/") or not bare.endswith("json"):
        raise HTTPException(415, f"Send JSON with `Content-Type: application/json`; this is {bare[:80]}.")
    if headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "Send the body uncompressed.", {"Accept-Encoding": "identity"})


def not_listed(cursor: str) -> HTTPException:
    """For `after` with an id that nothing has: beginning anew in silence would list everything twice."""
    return HTTPException(400, f"Nothing has the id {cursor}, so no list goes on after it. Begin without `after`.")
