"""How much is drawn by the tests of parsers and of the API, and the counts of it at the end of a run.

Each time all tests are run they draw the same few examples. `--fuzz TIMES` draws others, so many times as many; what it
finds is kept as an example beside its property.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import HealthCheck, settings

Counting = Callable[[str, int], None]
"""Notes that so many examples of something were tried."""
COUNTED = "fuzzed: "


def drawing(examples: int, times: int) -> settings:
    """`times`: as many times more, drawn anew in each run; 1 is the same few in each."""
    return settings(
        max_examples=examples * times, deadline=None, derandomize=times == 1, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def counts(passed: Iterable[pytest.TestReport]) -> list[str]:
    """How many examples of what, of the tests that held."""
    tried = Counter[str]()
    for report in passed:
        for name, count in report.user_properties:
            if name.startswith(COUNTED) and isinstance(count, int):
                tried[name.removeprefix(COUNTED)] += count
    return [f"Tried, {what}: {count:,} examples." for what, count in tried.items()]
