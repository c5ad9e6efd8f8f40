"""Programs of others that the house is held against. Where a machine has none of one, its tests say so and skip; where
`ALL_PEERS` is set they fail: for a run that has to prove all. A machine that may install nothing goes on without.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PEERS = {"dovecot": "dovecot-imapd", "strace": "strace"}
"""With the package that brings each, as Debian has it."""
ELSEWHERE = "/usr/sbin:/usr/local/sbin"


def found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=ELSEWHERE)


def needed(name: str) -> None:
    """Skips, or fails, where there is none."""
    if found(name) is None:
        (pytest.fail if os.environ.get("ALL_PEERS") else pytest.skip)(f"There is no {name} (Debian: {PEERS[name]}).")


def installed_in_ci() -> str:
    return (Path(__file__).parent.parent / ".ci" / "run").read_text()
