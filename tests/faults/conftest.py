"""What the tests with real processes share: a furnished data folder, made once and copied for each house."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.living import furnish


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("furnished") / "data")
