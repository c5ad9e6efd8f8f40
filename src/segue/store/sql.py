"""Statements live in `.sql` files beside the Python that calls them, each under a line `-- name: verb`. A line
`-- also: verb` stands for what stands under that one: two statements that share a condition share its words. `-- also:
file.verb` is one of another file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import SimpleNamespace

_ALSO = re.compile(r"^ *-- also: (?:(\w+)\.)?(\w+)$", re.MULTILINE)
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def statements(stem: str) -> SimpleNamespace:
    """The statements of `store/<stem>.sql` as attributes."""
    return SimpleNamespace(**{name: _whole(stem, name) for name in _parts(stem)})


def _whole(stem: str, name: str) -> str:
    """Files may take from each other, so what one stands for is looked up alone."""
    return _ALSO.sub(lambda also: _whole(also[1] or stem, also[2]), _parts(stem)[name])


@cache
def _parts(stem: str) -> Mapping[str, str]:
    """As written, by name."""
    parts = _NAME.split(files("segue.store").joinpath(f"{stem}.sql").read_text("utf8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
