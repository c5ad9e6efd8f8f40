"""Statements live in `.sql` files beside the Python that calls them, each under a line `-- name: verb`. A line
`-- also: verb` stands for what stands under that one: two statements that share a condition share its words. `-- also:
file.verb` is one of another file.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from types import SimpleNamespace

_ALSO = re.compile(r"^ *-- also: (?:(\w+)\.)?(\w+)$", re.MULTILINE)
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def statements(stem: str) -> SimpleNamespace:
    """The statements of `store/<stem>.sql` as attributes."""
    parts = _NAME.split(files("segue.store").joinpath(f"{stem}.sql").read_text("utf8"))
    own = {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}

    def meant(at: re.Match[str]) -> str:
        return str(getattr(statements(at[1]), at[2])) if at[1] else _ALSO.sub(meant, own[at[2]])

    return SimpleNamespace(**{name: _ALSO.sub(meant, body) for name, body in own.items()})
