"""`segue figures` as people read it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from segue.app.cli import figures as command
from segue.insight.figures import FIGURES, CategoryFigures, Figure


@pytest.mark.parametrize(("width", "tables"), [(80, 2), (140, 1)])
def test_no_figures_name_is_cut_however_wide_the_terminal_is(
    width: int, tables: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(command, "out", Console(file=written, width=width, soft_wrap=True))
    counted = tuple(Figure(name, "", 123, 456, 0.27, 0.23, 0.31) for name in FIGURES)

    command._table([CategoryFigures("", 456, counted), CategoryFigures("expenses_approvals", 456, counted)])

    lines = written.getvalue().splitlines()
    heads = [line for line in lines if line.split()[:1] == ["category"]]
    assert [name for line in heads for name in line.split()[2:]] == list(FIGURES)
    assert (len(heads), max(map(len, lines)) <= width) == (tables, True)
    assert written.getvalue().count("123/456") == len(FIGURES)
