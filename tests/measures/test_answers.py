"""What customers of the demo company type, asked of the whole assistant with the real encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.app.measure.answers import run

pytestmark = pytest.mark.measures
LISTS = Path(__file__).parents[1] / "lists"


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    found = run(str(LISTS / "answers.tsv"))
    print({kind: {name: n for name, n in of.items() if n} for kind, of in found["kinds"].items()})
    for told in found["told"]:
        if told["came"] in ("wrong", "asked_poorly"):
            print(told["came"], told["text"], told["intent"], told["options"])
    return found
