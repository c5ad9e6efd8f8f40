"""Programs of others that the house is held against. Where a machine has none of one, its tests are skipped and the run
says at its end what it did not prove; where `ALL_PEERS` is set they fail. `.ci/run` sets it wherever it found or
installed all of them; a machine that may install nothing goes on without.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable

import pytest

PEERS = {"dovecot": "dovecot-imapd", "strace": "strace"}
"""With the package that brings each, as Debian has it."""
ELSEWHERE = "/usr/sbin:/usr/local/sbin"


def found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=ELSEWHERE)


def needed(name: str) -> None:
    """Skips, or fails, where there is none."""
    if found(name) is None:
        (pytest.fail if os.environ.get("ALL_PEERS") else pytest.skip)(_there_is_no(name))


def not_proved(skipped: Iterable[pytest.TestReport | pytest.CollectReport]) -> list[str]:
    """A line for each peer that tests were skipped for, with how many and where."""
    where: dict[str, list[str]] = {name: [] for name in PEERS}
    for report in skipped:
        for name, tests in where.items():
            if _there_is_no(name) in str(report.longrepr):
                tests.append(report.nodeid.partition("::")[0])
    return [
        f"Not proved here, for want of {name} (Debian: {PEERS[name]}): "
        f"{len(tests)} tests of {', '.join(sorted({*tests}))}."
        for name, tests in where.items()
        if tests
    ]


def _there_is_no(name: str) -> str:
    return f"There is no {name} (Debian: {PEERS[name]})."
