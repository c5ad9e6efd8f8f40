"""Rows of the encoder are kept for all measures of a run; see tests/encoded.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from encoded import rows_are_kept


@pytest.fixture(scope="module", autouse=True)
def _rows_are_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with rows_are_kept(tmp_path_factory):
        yield
