"""The OpenAPI document: whole, true, and ours alone; and thousands of requests made from it."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis.strategies import booleans, sampled_from
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from api.serving import EXPIRED, KEY, Served
from fuzzing import Counting, drawing
from segue.web import machines
from segue.web.doors import SCOPES

NOT_ASKED = [ignored_auth, positive_data_acceptance]
"""The doors have tests of their own. And what has the right shape may name an agent, intent or policy we lack."""
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture(scope="module")
def shared(apart: Served) -> Served:
    return apart


@pytest.fixture(scope="module")
def document(shared: Served) -> dict[str, Any]:
    answer = httpx.get(f"{shared.url}/api/v1/openapi.json", verify=False, timeout=60)
    assert answer.headers["content-type"] == "application/json"
    told: dict[str, Any] = answer.json()
    return told


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_openapi_three_one_and_knows_only_the_api(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert len(operations(document)) == 93
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert not re.search(r"https?://(?!app\.example\.com)", json.dumps(document)), "nothing is fetched from elsewhere"


def test_every_operation_says_what_it_does_who_may_and_what_can_go_wrong(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation["summary"], name
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}, name
        ((scope,),) = (door["key"] for door in operation["security"])
        assert scope in SCOPES, name
        wanted = {"401", "403", "422", "503"}
        wanted |= {"404"} if "{" in name else set()
        wanted |= {"400", "413", "415", "429"} if "requestBody" in operation else set()
        assert wanted <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            if status >= "400":
                assert answer["content"] == PROBLEM, (name, status)


def test_every_answer_has_a_real_shape(document: dict[str, Any]) -> None:
    """No bare object, no empty schema, nothing that may be anything."""
    for name, operation in operations(document).items():
        status, answer = next((s, a) for s, a in operation["responses"].items() if s < "300")
        if status == "204":
            assert "content" not in answer, name
        elif "text/event-stream" in answer["content"]:
            assert answer["content"]["text/event-stream"]["example"].startswith("id: ")
        elif "application/octet-stream" in answer["content"]:
            assert answer["content"]["application/octet-stream"]["schema"]["format"] == "binary"
        else:
            assert answer["content"]["application/json"]["schema"]["$ref"], name
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema["properties"], name
            for field, said in schema["properties"].items():
                assert {"type", "$ref", "anyOf", "enum", "const"} & set(said), (name, field)


def test_what_is_sent_is_closed_and_its_examples_are_taken(document: dict[str, Any], api: httpx.Client) -> None:
    schemas = document["components"]["schemas"]
    sent = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for operation in operations(document).values()
        if "requestBody" in operation and "multipart/form-data" not in operation["requestBody"]["content"]
    }
    for name in sent | {"ContactIn", "PageIn"}:
        assert schemas[name]["additionalProperties"] is False, name
    first = api.post("/conversations", json=schemas["NewConversation"]["examples"][0])
    assert first.status_code == 202
    path = f"/conversations/{first.json()['conversation']['id']}/messages"
    assert api.post(path, json=schemas["NewMessage"]["examples"][0]).status_code == 202


# requests made from it


OPERATIONS = sorted(
    f"{method} {route.path}"
    for route in machines.router.routes
    if isinstance(route, APIRoute) and not route.path.endswith("/events")
    for method in route.methods or ()
)

EACH = 8
"""In either mode, of each operation; `--fuzz` draws as many times more."""
AT_THE_DOOR = 4
"""Of those are sent with another key, too."""


@pytest.fixture(scope="module")
def schema(shared: Served) -> Any:
    loaded = schemathesis.openapi.from_url(f"{shared.url}/api/v1/openapi.json", timeout=60)
    loaded.config.checks.negative_data_rejection.expected_statuses += ["413", "414"]
    return loaded


def _is_wrong_in_its_headers(case: Any) -> bool:
    header = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    return header is not None and header.mode is GenerationMode.NEGATIVE


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whatever_is_sent_the_answer_is_one_of_those_described(
    schema: Any, shared: Served, conversation: str, operation: str, mode: GenerationMode, times: int, counting: Counting
) -> None:
    """Half of the requests are about a conversation that is there, by an agent whom we have. With another key the door
    is what answers."""
    method, path = operation.split()
    session, anybodys = requests.Session(), requests.Session()
    session.headers["Authorization"] = f"Bearer {KEY}"
    other = other_keys(schema.raw_schema["paths"][path][method.lower()])
    asked = 0

    @drawing(EACH, times, f"{operation} {mode.value}")
    @given(case=schema[path][method].as_strategy(generation_mode=mode), is_there=booleans(), key=sampled_from(other))
    def ask(case: Any, is_there: bool, key: str) -> None:
        nonlocal asked
        asked += 1
        if asked <= AT_THE_DOOR * times:
            stays_out(case, anybodys, key)
        not_asked = list(NOT_ASKED)
        if "Authorization" not in case.headers and _is_wrong_in_its_headers(case):
            not_asked.append(negative_data_rejection)  # what was wrong may have been that no key was said, and one is
        if is_there and "conversation" in case.path_parameters:
            not_asked.append(negative_data_rejection)  # what was wrong may have been the place that is put right here
            case.path_parameters["conversation"] = conversation
            if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and "agent" in case.body:
                case.body["agent"] = "agt_mira"
        case.call_and_validate(session=session, excluded_checks=not_asked)

    ask()
    counting(f"API, {len(OPERATIONS)} operations", asked)
    counting("API, with another key", min(asked, AT_THE_DOOR * times))


def other_keys(operation: dict[str, Any]) -> list[str]:
    """Of any other scope than the operation's, an old one, an unknown one, none."""
    ((needed,),) = (door["key"] for door in operation["security"])
    return [f"sk_{scope}" for scope in SCOPES if scope != needed] + [EXPIRED, "sk_nobody", ""]


def stays_out(case: Any, session: requests.Session, key: str) -> None:
    """Before anything that is sent is looked at."""
    said, case.headers = case.headers, {"Authorization": f"Bearer {key}"} if key else {}
    answer = case.call(session=session)
    case.headers = said
    knows = key.startswith("sk_") and key not in (EXPIRED, "sk_nobody")
    assert answer.status_code == (403 if knows else 401), (case.as_curl_command(), answer.text)
