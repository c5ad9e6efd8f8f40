"""A policy as text: YAML in, YAML out, and every fault named by its line, its path and plain words."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from segue.domain.errors import Refused
from segue.policy.settings.model import Policy
from segue.policy.settings.narrow import AGAIN, compose, pointer, value_of, write

STARTERS = ("cautious", "balanced", "bold")
LONGEST = 200_000


def load(text: str) -> Policy:
    """Raises Refused for the first fault in reading, or for all faults in meaning; `field` points at the first."""
    root = _root(text)
    try:
        return Policy.model_validate(value_of(root))
    except ValidationError as wrong:
        faults = _in_order(wrong, root)
        told = "\n".join(_told(fault, root) for fault in faults)
        raise Refused(told, AGAIN, pointer(_place(faults[0]))) from wrong


def faults(text: str) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong in meaning, each with the path of its setting and in plain words. Raises Refused for no YAML."""
    root = _root(text)
    try:
        Policy.model_validate(value_of(root))
    except ValidationError as wrong:
        told = ((tuple(map(str, _place(fault))), fault) for fault in _in_order(wrong, root))
        return [(path, _sentence(_plainly(fault, _place(fault)))) for path, fault in told]
    return []


def _root(text: str) -> yaml.MappingNode:
    if len(text) > LONGEST:
        raise Refused(f"The policy has {len(text)} characters; {LONGEST} are allowed.", "Shorten it.")
    return compose(text)


def _in_order(wrong: ValidationError, root: yaml.MappingNode) -> list[ErrorDetails]:
    return sorted(wrong.errors(include_url=False), key=lambda fault: _line(root, _place(fault)))


def _sentence(plainly: str) -> str:
    said = plainly[:1].upper() + plainly[1:]
    return said if said.endswith("?") else said + "."


def dump(policy: Policy) -> str:
    """Everything that holds, built-in defaults too, so that a stored version never changes its meaning."""
    return write(_said(policy.model_dump(mode="json")))


def starter(name: str) -> Policy:
    return load(starter_text(name))


def starter_text(name: str) -> str:
    """With its comments, for a person to read and change."""
    if name not in STARTERS:
        raise Refused(f"There is no starter policy {name!r}.", f"Take one of {', '.join(STARTERS)}.", "/name")
    return (files("segue.policy") / "starters" / f"{name}.yaml").read_text("utf-8")


def _said(written: Any) -> Any:
    """Without what was left to be inherited. Not pydantic's `exclude_none`, which takes what is `off` for left out."""
    if isinstance(written, dict):
        return {key: _said(value) for key, value in written.items() if value is not None}
    return written


def _told(fault: ErrorDetails, root: yaml.Node) -> str:
    loc = _place(fault)
    told = f"Line {_line(root, loc)}, {'.'.join(map(str, loc))}: {_plainly(fault, loc)}"
    return told if told.endswith("?") else told + "."


def _place(fault: ErrorDetails) -> list[int | str]:
    """Where it is written; pydantic adds a step of its own where the name itself is wrong."""
    return [part for part in fault["loc"] if part != "[key]"]


def _line(root: yaml.Node, loc: Sequence[int | str]) -> int:
    """The line of the deepest part of `loc` that is written down."""
    node, line = root, root.start_mark.line
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == part), None)
        else:
            within = isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
            pair = (node.value[part],) * 2 if within else None
        if pair is None:
            break
        line, node = pair[0].start_mark.line, pair[1]
    return line + 1


def _plainly(fault: ErrorDetails, loc: Sequence[int | str]) -> str:
    given = f"not {_shown(fault['input'])}"
    match fault["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown(str(loc[-1]), loc)
        case "value_error":
            return str(fault["ctx"]["error"])
        case "enum" | "literal_error":
            return f"is one of {fault['ctx']['expected']}, {given}"
        case "bool_type" | "bool_parsing":
            return f"is on or off, {given}"
        case "model_type" | "dict_type":
            return f"holds settings of its own, {given}"
        case "tuple_type":
            return f"is a list, as in [one, other], {given}"
    return f"{fault['msg'].replace('Input should', 'should')}, {given}"


def _shown(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else repr(value)[:60]


def _unknown(name: str, loc: Sequence[int | str]) -> str:
    if loc[0] == "guardrails" and "person" in name:
        return "a wish for a person is always obeyed and cannot be switched off"
    schema = Policy.model_json_schema()
    known = [p for part in (schema, *schema["$defs"].values()) for p in part.get("properties", ())]
    near = get_close_matches(name, known, n=1)
    return "is not a setting" + (f"; did you mean {near[0]}?" if near else " here")
