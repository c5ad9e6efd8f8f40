"""What benchmarks count, and when they give up: a figure of what did not happen is worse than none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from segue.app.bench.drain import wait_for
from segue.app.bench.load import rate


def test_a_rate_counts_every_call_of_every_writer() -> None:
    done = list[tuple[int, int]]()

    assert rate(lambda writer, n: done.append((writer, n)), 3, 5) > 0

    assert sorted(done) == [(writer, n) for writer in range(3) for n in range(5)]


def test_a_writer_that_fails_leaves_no_rate() -> None:
    def fails(writer: int, n: int) -> None:
        if (writer, n) == (2, 3):
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        rate(fails, 4, 5)


def test_a_worker_that_dies_is_not_waited_for() -> None:
    worker = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])

    with pytest.raises(RuntimeError, match="ended with 3"):
        wait_for(lambda: True, [worker], pause=0.01)


def test_an_inbox_that_is_empty_ends_the_wait() -> None:
    left = [True, True, False]

    wait_for(lambda: left.pop(0), [], pause=0)

    assert left == []
