"""YAML, read and written narrowly, so that what people write is what they meant.

Only true, false, on, off, null and plain numbers mean something other than their letters: the country NO, the language
no and the time 17:00 stay what they look like. Repeated keys and aliases are refused. Keys are always letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from segue.domain.errors import Refused
from segue.texts import N_, _

AGAIN = N_("Correct it and load the policy again.")


@lru_cache(8)
def compose(text: str) -> yaml.MappingNode:
    """The text as nodes that know their lines; whoever has them only looks. Raises Refused. Kept: who changes one
    setting reads the same text four times, and each takes 20 ms."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise Refused(_("Line %(line)s: this is not YAML: %(why)s.", line=line, why=wrong.problem), _(AGAIN)) from wrong
    except (yaml.YAMLError, RecursionError) as wrong:
        raise Refused(_("The policy is not YAML: %(why)s.", why=" ".join(str(wrong).split())), _(AGAIN)) from wrong
    if not isinstance(root, yaml.MappingNode):
        raise Refused(_("The policy is empty or not a list of settings."), _("Begin with a line such as `name: ours`."))
    return root


def value_of(node: yaml.Node, path: tuple[str, ...] = ()) -> Any:
    """Raises Refused for a key that is set twice."""
    if isinstance(node, yaml.MappingNode):
        return {key: value_of(value, (*path, key)) for key, value in _pairs(node, path)}
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, (*path, str(place))) for place, item in enumerate(node.value)]
    try:
        return _SCALARS.get(node.tag, str)(node.value)
    except ValueError:  # an explicit tag such as `!!int many`
        return node.value


def _pairs(node: yaml.MappingNode, path: tuple[str, ...]) -> Iterator[tuple[str, yaml.Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line, here = key.start_mark.line + 1, (*path, str(key.value))
        if not isinstance(key, yaml.ScalarNode):
            raise Refused(_("Line %(line)s: the name of a setting is a word.", line=line), _(AGAIN), pointer(path))
        if key.value in seen:
            told = _(
                "Line %(line)s, %(path)s: is set already in line %(first)s.",
                line=line, path=".".join(here), first=seen[key.value],
            )  # fmt: skip
            raise Refused(told, _("Keep one of the two."), pointer(here))
        seen[key.value] = line
        yield key.value, value


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text in ("true", "on"),
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}


def write(value: Any, flow: bool = False) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=flow)


def pointer(path: Sequence[int | str]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


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
        """Keys are always letters to us, so that they need no quotes to stay letters."""
        pairs = [(self._key(key), self.represent_data(value)) for key, value in mapping.items()]
        return yaml.MappingNode(tag, pairs, flow_style=flow_style)

    def _key(self, key: str) -> yaml.Node:
        tag = self.resolve(yaml.ScalarNode, key, (True, False))  # type: ignore[no-untyped-call]
        return yaml.ScalarNode(tag, key)


_NUMBER = re.compile(r"^-?[0-9]*\.[0-9]+(?:e[-+]?[0-9]+)?$")
for _reader in (_Loader, _Dumper):
    _reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
    _reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|on|off)$"), list("tfo"))
    _reader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
    _reader.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("-.0123456789"))

_Dumper.add_representer(
    bool, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:bool", "on" if value else "off")
)
