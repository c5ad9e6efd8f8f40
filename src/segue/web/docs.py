"""The API reference, rendered by us from the OpenAPI document: no script, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from segue.web.pages import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field of a body. `place` is path, query, header or body."""

    name: str
    place: str
    kind: str
    is_required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    verb: str
    path: str
    name: str
    about: str
    scopes: tuple[str, ...]
    rows: tuple[Row, ...]
    responses: tuple[tuple[str, str, tuple[Row, ...]], ...]
    """Status, what it means, and the fields of its body where they are described."""
    curl: str


@router.get("/docs")
def reference(request: Request) -> Response:
    doc, base = request.app.openapi(), str(request.base_url).rstrip("/")
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in doc.get("tags", ())}
    for path, verbs in doc["paths"].items():
        for verb, spec in verbs.items():
            groups.setdefault((spec.get("tags") or ["other"])[0], []).append(_operation(doc, path, verb, spec, base))
    meanings = {tag["name"]: tag.get("description", "") for tag in doc.get("tags", ())}
    return render("docs.html", title=doc["info"]["title"], about=doc["info"]["description"], groups=groups,
                  meanings=meanings, address=request.app.openapi_url)  # fmt: skip


def _operation(doc: Doc, path: str, verb: str, spec: Doc, base: str) -> Operation:
    body = spec.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    rows = [_parameter(doc, p) for p in spec.get("parameters", ())] + list(_fields(doc, body, "body"))
    return Operation(
        id=f"{verb}-{'-'.join(re.findall(r'[a-z0-9]+', path))}", verb=verb.upper(), path=path,
        name=spec.get("summary", ""), about=spec.get("description", ""), scopes=_scopes(spec), rows=tuple(rows),
        responses=tuple(_responses(doc, spec)), curl=_curl(doc, path, verb, body, base),
    )  # fmt: skip


def _scopes(spec: Doc) -> tuple[str, ...]:
    return tuple(scope for door in spec.get("security", ()) for scopes in door.values() for scope in scopes)


def _parameter(doc: Doc, spec: Doc) -> Row:
    schema = _resolved(doc, spec.get("schema", {}))
    about = spec.get("description") or schema.get("description", "")
    return Row(spec["name"], spec["in"], _kind(doc, schema), spec.get("required", False), about)


def _fields(doc: Doc, schema: Doc | None, place: str, before: str = "") -> Iterator[Row]:
    """The fields of an object, those of an object inside it named with a dot."""
    found = _resolved(doc, schema or {})
    for name, spec in found.get("properties", {}).items():
        inner, is_required = _resolved(doc, spec), name in found.get("required", ())
        about = spec.get("description") or inner.get("description", "")
        yield Row(before + name, place, _kind(doc, inner), is_required, about)
        yield from _fields(doc, inner, place, f"{before}{name}.")


def _responses(doc: Doc, spec: Doc) -> Iterator[tuple[str, str, tuple[Row, ...]]]:
    """Problems all have the same fields, which the introduction tells once."""
    for status, answer in sorted(spec.get("responses", {}).items()):
        schema = answer.get("content", {}).get("application/json", {}).get("schema") if status < "400" else None
        yield status, answer.get("description", ""), tuple(_fields(doc, schema, "body"))


def _resolved(doc: Doc, schema: Doc) -> Doc:
    """The schema itself: a reference followed, "or null" left out."""
    if "$ref" in schema:
        return _resolved(doc, doc["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if len(options := _options(schema)) == 1:
        return {**_resolved(doc, options[0]), **{k: v for k, v in schema.items() if k in ("description", "default")}}
    return schema


def _options(schema: Doc) -> list[Doc]:
    return [s for s in (schema.get("anyOf") or schema.get("allOf") or ()) if s.get("type") != "null"]


def _kind(doc: Doc, schema: Doc) -> str:
    if options := _options(schema):
        return " or ".join(_kind(doc, _resolved(doc, option)) for option in options)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(doc, _resolved(doc, schema.get('items', {})))}"
    kind = schema.get("format") or schema.get("type", "any")
    return ", ".join(filter(None, (kind, _within(schema, "Length", " characters"), _within(schema, "imum", ""))))


def _within(schema: Doc, ending: str, unit: str) -> str:
    least, most = schema.get(f"min{ending}"), schema.get(f"max{ending}")
    if most is None:
        return f"at least {least:,}{unit}" if least is not None else ""
    return f"{least:,} to {most:,}{unit}" if least is not None else f"up to {most:,}{unit}"


def _curl(doc: Doc, path: str, verb: str, body: Doc | None, base: str) -> str:
    lines = [f"curl -X {verb.upper()} '{base}{path}'", "  -H 'Authorization: Bearer YOUR-KEY'"]
    if body is not None:
        example = orjson.dumps(_example(doc, body)).decode().replace("'", "’")
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{example}'"]
    return " \\\n".join(lines)


def _example(doc: Doc, schema: Doc) -> Any:
    """The required fields with a value of the right kind; of an object without any, its first field."""
    found = _resolved(doc, schema)
    if "enum" in found:
        return found["enum"][0]
    if found.get("type") == "object":
        fields = found.get("properties", {})
        wanted = found.get("required") or list(fields)[:1]
        return {name: _example(doc, fields[name]) for name in wanted}
    return found.get("default") or _EXAMPLES.get(found.get("type", ""), "text")


_EXAMPLES: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "array": [], "string": "text"}
