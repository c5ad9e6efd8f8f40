"""A policy's text with some settings said otherwise: what a person wrote around them stays as they wrote it.

The one idea: only the letters of what changes are replaced, and the result is read again. Where it does not say exactly
what it should, everything is written anew, without comments but with the right meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from segue.policy.settings.narrow import compose, value_of, write

Path = tuple[str, ...]


def changed(text: str, said: Mapping[Path, Any]) -> str:
    """`said` by path; None takes a setting out, so that it is inherited. Raises Refused where `text` is no YAML."""
    for path, value in said.items():
        text = _put(text, path, value)
    return text


def _put(text: str, path: Path, value: Any) -> str:
    root = compose(text)
    wanted = _with(value_of(root), path, value)
    tried = _taken_out(text, root, path) if value is None else _said(text, root, path, value)
    return tried if _says(tried, wanted) else write(wanted)


def _says(text: str, wanted: Any) -> bool:
    try:
        return bool(value_of(compose(text)) == wanted)
    except Exception:  # whatever went wrong in between, it is written anew
        return False


def _with(known: Any, path: Path, value: Any) -> Any:
    """`known` as it should be afterwards; what becomes empty by taking something out goes with it."""
    if not path:
        return value
    inner = known if isinstance(known, dict) else {}
    below = _with(inner.get(path[0]), path[1:], value)
    if below is None or (value is None and below == {}):
        return {name: other for name, other in inner.items() if name != path[0]}
    return {**inner, path[0]: below}


def _said(text: str, root: yaml.MappingNode, path: Path, value: Any) -> str:
    node, at = _deepest(root, path)
    for name in reversed(path[at + isinstance(node, yaml.MappingNode) :]):
        value = {name: value}
    if at == len(path) or not isinstance(node, yaml.MappingNode):
        return text[: node.start_mark.index] + _flow(value) + text[_end(node) :]
    line = f"{path[at]}: {_flow(value)}"
    if not node.value:
        return text[: node.start_mark.index] + f"{{{line}}}" + text[_end(node) :]
    after = _end(node.value[-1][1])
    if node.flow_style:
        return f"{text[:after]}, {line}{text[after:]}"
    after = _line_end(text, after)
    return f"{text[:after]}\n{' ' * node.value[0][0].start_mark.column}{line}{text[after:]}"


def _taken_out(text: str, root: yaml.MappingNode, path: Path) -> str:
    node, at = _deepest(root, path)
    if at < len(path):
        return text
    while path and len(_parent(root, path).value) == 1:
        path = path[:-1]
    parent = _parent(root, path)
    place = next(n for n, (key, _) in enumerate(parent.value) if key.value == path[-1])
    key, node = parent.value[place]
    if not parent.flow_style:
        begins = text.rfind("\n", 0, key.start_mark.index) + 1
        return text[:begins] + text[_line_end(text, _end(node)) + 1 :]
    if place:
        return text[: _end(parent.value[place - 1][1])] + text[_end(node) :]
    return text[: key.start_mark.index] + text[parent.value[1][0].start_mark.index :]


def _deepest(root: yaml.MappingNode, path: Path) -> tuple[yaml.Node, int]:
    """The last node of the path that is written down, and how many steps lead to it."""
    node: yaml.Node = root
    for n, name in enumerate(path):
        found = next((v for k, v in node.value if k.value == name), None) if _is_mapping(node) else None
        if found is None:
            return node, n
        node = found
    return node, len(path)


def _parent(root: yaml.MappingNode, path: Path) -> yaml.MappingNode:
    node, _ = _deepest(root, path[:-1])
    assert isinstance(node, yaml.MappingNode)
    return node


def _is_mapping(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def _end(node: yaml.Node) -> int:
    """Where its last letter stands. A block's own mark lies at whatever comes next, comments included."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _line_end(text: str, after: int) -> int:
    found = text.find("\n", after)
    return len(text) if found < 0 else found


def _flow(value: Any) -> str:
    return write([value], flow=True).strip()[1:-1]
