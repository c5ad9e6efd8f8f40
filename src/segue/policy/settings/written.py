"""A policy as text: YAML in, YAML out, and every fault named by its line, its path and plain words.

YAML is read narrowly. Only true, false, on, off, null and plain numbers mean something other than their letters, so
that the country NO, the language no and the time 17:00 stay what they look like; repeated keys and aliases are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from segue.domain.errors import Refused
from segue.policy.settings.model import Policy

STARTERS = ("cautious", "balanced", "bold")
LONGEST = 200_000
_AGAIN = "Correct it and load the policy again."


def load(text: str) -> Policy:
    """Raises Refused for the first fault in reading, or for all faults in meaning; `field` points at the first."""
    if len(text) > LONGEST:
        raise Refused(f"The policy has {len(text)} characters; {LONGEST} are allowed.", "Shorten it.")
    root = _compose(text)
    try:
        return Policy.model_validate(_value(root, ()))
    except ValidationError as wrong:
        faults = sorted(wrong.errors(include_url=False), key=lambda fault: _line(root, _place(fault)))
        told = "\n".join(_told(fault, root) for fault in faults)
        raise Refused(told, _AGAIN, _pointer(_place(faults[0]))) from wrong


def dump(policy: Policy) -> str:
    """Everything that holds, built-in defaults too, so that a stored version never changes its meaning."""
    written = policy.model_dump(mode="json", exclude_none=True)
    return yaml.dump(written, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


def starter(name: str) -> Policy:
    return load(starter_text(name))


def starter_text(name: str) -> str:
    """With its comments, for a person to read and change."""
    if name not in STARTERS:
        raise Refused(f"There is no starter policy {name!r}.", f"Take one of {', '.join(STARTERS)}.", "/name")
    return (files("segue.policy") / "starters" / f"{name}.yaml").read_text("utf-8")


_Resolvers = dict[str, list[tuple[str, re.Pattern[str]]]]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: _Resolvers = {}  # noqa: RUF012  (not ours to declare)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*) are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: _Resolvers = {}  # noqa: RUF012  (not ours to declare)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (PyYAML calls it so)
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        """Keys are always letters to us, so that the language no needs no quotes as a key."""
        pairs = [(self._key(key), self.represent_data(value)) for key, value in mapping.items()]
        return yaml.MappingNode(tag, pairs, flow_style=flow_style)

    def _key(self, key: str) -> yaml.Node:
        tag = self.resolve(yaml.ScalarNode, key, (True, False))  # type: ignore[no-untyped-call]
        return yaml.ScalarNode(tag, key)


for _reader in (_Loader, _Dumper):
    _reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
    _reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|on|off)$"), list("tfo"))
    _reader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
    _reader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]*\.[0-9]+$"), list("-.0123456789"))

_Dumper.add_representer(
    bool, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:bool", "on" if value else "off")
)


def _compose(text: str) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise Refused(f"Line {line}: this is not YAML: {wrong.problem}.", _AGAIN) from wrong
    except (yaml.YAMLError, RecursionError) as wrong:
        raise Refused(f"The policy is not YAML: {wrong}.", _AGAIN) from wrong
    if not isinstance(root, yaml.MappingNode):
        raise Refused("The policy is empty or not a list of settings.", "Begin with a line such as `name: ours`.")
    return root


def _value(node: yaml.Node, path: tuple[str, ...]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key: _value(value, (*path, key)) for key, value in _pairs(node, path)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, str(place))) for place, item in enumerate(node.value)]
    try:
        return _SCALARS.get(node.tag, str)(node.value)
    except ValueError:  # an explicit tag such as `!!int many`
        return node.value


def _pairs(node: yaml.MappingNode, path: tuple[str, ...]) -> Iterator[tuple[str, yaml.Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line, here = key.start_mark.line + 1, (*path, str(key.value))
        if not isinstance(key, yaml.ScalarNode):
            raise Refused(f"Line {line}: the name of a setting is a word.", _AGAIN, _pointer(path))
        if key.value in seen:
            told = f"Line {line}, {'.'.join(here)}: is set already in line {seen[key.value]}."
            raise Refused(told, "Keep one of the two.", _pointer(here))
        seen[key.value] = line
        yield key.value, value


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text in ("true", "on"),
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}


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


def _pointer(path: Sequence[int | str]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
