"""Messages that belong to nobody's desk, or to somebody else's: cases in which every answer would be wrong."""

from __future__ import annotations

from importlib.resources import files


def foreign_texts() -> tuple[str, ...]:
    """Written for Segue, one a line in foreign.txt; to be encoded and given to the fit."""
    lines = files("segue.learning").joinpath("foreign.txt").read_text("utf8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))
