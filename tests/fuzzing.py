"""How much is drawn by the tests of parsers, of the API and of the model, what of it failed once, and the counts at the
end of a run.

Each time all tests are run those of parsers and of the API draw the same few examples. `--fuzz TIMES` draws others, so
many times as many. What fails among those is kept as a file in `lists/found`, and every later run plays it first.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, core, settings
from hypothesis.database import ExampleDatabase
from hypothesis.vendor.pretty import RepresentationPrinter

core.RepresentationPrinter = RepresentationPrinter  # type: ignore[attr-defined]
"""Put back: schemathesis puts one there that prints nothing, so that no run would say what it failed on."""
Counting = Callable[[str, int], None]
"""Notes that so many examples of something were tried."""
COUNTED = "fuzzed: "
FOUND = Path(__file__).parent / "lists" / "found"
"""A file for each property that failed once: what failed in words behind `#`, and the choices that draw it again, a
line an example. Nothing is taken out of it but by hand."""


def drawing(examples: int, times: int, named: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """`times`: as many times more, drawn anew in each run; 1 is the same few in each. `named`: under what is kept what
    fails; goes above `@given`."""
    often = settings(
        max_examples=examples * times, deadline=None, derandomize=times == 1, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    return lambda test: lambda: play(named, often, lambda how: played(test, how))


def played(test: Callable[[], None], how: settings) -> None:
    """Runs what `@given` made, in another way than it was made for."""
    test._hypothesis_internal_use_settings = how  # type: ignore[attr-defined]
    test()


def play(named: str, often: settings, run: Callable[[settings], None]) -> None:
    """What failed once, then what is drawn now; of that, what fails is kept, except where the next run draws it again
    by itself (`derandomize`)."""
    play_again(named, often, run)
    if often.derandomize:
        return run(often)
    failed = _Failed(())
    try:
        run(settings(often, database=failed))
    except Exception as error:
        if failed.choices:
            error.add_note(f"Kept in {_keep(named, failed.choices, error)}: every run plays it first from now on.")
        raise


def play_again(named: str, often: settings, run: Callable[[settings], None]) -> None:
    if known := found(named):
        run(settings(often, derandomize=False, database=_Failed(known), phases=[Phase.reuse]))


def found(named: str) -> list[bytes]:
    """What was kept under this name, as hypothesis writes its choices down."""
    file = _file(named)
    lines = file.read_text("utf8").splitlines() if file.exists() else []
    return [b64decode(line) for line in lines if line and not line.startswith("#")]


class _Failed(ExampleDatabase):
    """Of one property: what failed and could not be made smaller."""

    def __init__(self, known: Iterable[bytes]) -> None:
        super().__init__()
        self.choices = set(known)

    def save(self, key: bytes, value: bytes) -> None:
        if _is_smallest(key):
            self.choices.add(value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return list(self.choices) if _is_smallest(key) else []

    def delete(self, key: bytes, value: bytes) -> None:
        if _is_smallest(key):
            self.choices.discard(value)


def _is_smallest(key: bytes) -> bool:
    return not key.endswith((b".secondary", b".pareto"))


def _keep(named: str, choices: Iterable[bytes], error: BaseException) -> Path:
    file = _file(named)
    file.parent.mkdir(exist_ok=True)
    told = "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])
    with file.open("a", encoding="utf8", errors="backslashreplace") as kept:
        kept.writelines(f"# {line}\n" for line in [named, *told.splitlines()[:40]])
        kept.writelines(b64encode(one).decode() + "\n" for one in sorted(choices))
    return file


def _file(named: str) -> Path:
    return FOUND / f"{re.sub(r'[^a-z0-9]+', '-', named.lower()).strip('-')}.txt"


def counts(passed: Iterable[pytest.TestReport]) -> list[str]:
    """How many examples of what, of the tests that held."""
    tried = Counter[str]()
    for report in passed:
        for name, count in report.user_properties:
            if name.startswith(COUNTED) and isinstance(count, int):
                tried[name.removeprefix(COUNTED)] += count
    return [f"Tried, {what}: {count:,} examples." for what, count in tried.items()]
