"""A policy as text: YAML in, YAML out, and every fault named by its line, its path and plain words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from segue.domain.errors import Refused
from segue.policy.settings.edit import Path
from segue.policy.settings.model import Policy
from segue.policy.settings.narrow import AGAIN, compose, pointer, value_of, write
from segue.texts import N_, _, _p

STARTERS = ("cautious", "balanced", "bold")
FIRST = "balanced"
"""The starter that decides until somebody publishes a policy."""
LONGEST = 200_000


@lru_cache(16)
def load(text: str) -> Policy:
    """The policy that the text says. Raises Refused for the first fault in reading, or for all faults in meaning;
    `field` points at the first. The newest are kept: a policy never changes, and the live one is asked for again and
    again."""
    root = _root(text)
    try:
        return Policy.model_validate(value_of(root))
    except ValidationError as wrong:
        faults = _in_order(wrong, root)
        told = "\n".join(_told(fault, root) for fault in faults)
        raise Refused(told, _(AGAIN), pointer(_place(faults[0]))) from wrong


def faults(text: str, shares: Collection[Path] = ()) -> list[tuple[Path, str]]:
    """What is wrong in meaning, each with the path of its setting and in plain words: of `shares` in per cent, as
    whoever typed them typed them. Raises Refused for no YAML."""
    root = _root(text)
    try:
        Policy.model_validate(value_of(root))
    except ValidationError as wrong:
        told = ((tuple(map(str, _place(fault))), fault) for fault in _in_order(wrong, root))
        return [
            (path, _sentence(_plainly(fault, _place(fault), _percent if path in shares else _shown)))
            for path, fault in told
        ]
    return []


def _root(text: str) -> yaml.MappingNode:
    if len(text) > LONGEST:
        told = _("The policy has %(n)s characters; at most %(most)s fit.", n=len(text), most=LONGEST)
        raise Refused(told, _("Shorten it."))
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
    told = _(
        "Line %(line)s, %(path)s: %(told)s",
        line=_line(root, loc), path=".".join(map(str, loc)), told=_plainly(fault, loc),
    )  # fmt: skip
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


def _plainly(fault: ErrorDetails, loc: Sequence[int | str], shown: Callable[[Any], str] | None = None) -> str:
    """`shown`: how the values of this setting are written where it is set."""
    say = shown or _shown
    kind, given, context = fault["type"], say(fault["input"]), fault.get("ctx") or {}
    if kind == "extra_forbidden":
        return _unknown(str(loc[-1]), loc)
    if kind == "value_error":
        return str(context["error"])
    if kind in _SAID:
        bounds = {name: say(context[name]) for name in _BOUNDS if name in context}
        return _(_SAID[kind], given=given, expected=context.get("expected"), **bounds)
    return f"{fault['msg'].replace('Input should', 'should')}, {_('not %(given)s', given=given)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)[:60]


def _percent(value: Any) -> str:
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    return _p("a share", "%(n)s%%", n=f"{round(value * 100, 4):g}") if is_figure else _shown(value)


def _unknown(name: str, loc: Sequence[int | str]) -> str:
    if loc[0] == "guardrails" and "person" in name:
        return _("a wish for a person is always obeyed and cannot be switched off")
    schema = Policy.model_json_schema()
    known = [p for part in (schema, *schema["$defs"].values()) for p in part.get("properties", ())]
    near = get_close_matches(name, [other for other in known if other != name], n=1)
    if near:
        return _("is not a setting; did you mean %(near)s?", near=near[0])
    return _("is not a setting here")


_BOUNDS = ("ge", "gt", "le", "lt")
_SAID = {
    "missing": N_("is missing"),
    "enum": N_("is one of %(expected)s, not %(given)s"),
    "literal_error": N_("is one of %(expected)s, not %(given)s"),
    "bool_type": N_("is on or off, not %(given)s"),
    "bool_parsing": N_("is on or off, not %(given)s"),
    "model_type": N_("holds settings of its own, not %(given)s"),
    "dict_type": N_("holds settings of its own, not %(given)s"),
    "tuple_type": N_("is a list, as in [one, other], not %(given)s"),
    "greater_than_equal": N_("should be at least %(ge)s, not %(given)s"),
    "greater_than": N_("should be more than %(gt)s, not %(given)s"),
    "less_than_equal": N_("should be at most %(le)s, not %(given)s"),
    "less_than": N_("should be less than %(lt)s, not %(given)s"),
    "int_type": N_("should be a whole number, not %(given)s"),
    "int_parsing": N_("should be a whole number, not %(given)s"),
    "int_from_float": N_("should be a whole number, not %(given)s"),
    "float_type": N_("should be a number, not %(given)s"),
    "float_parsing": N_("should be a number, not %(given)s"),
    "string_type": N_("should be a text, not %(given)s"),
}
"""By what pydantic calls a fault. What has no sentence here is told in its own words."""
