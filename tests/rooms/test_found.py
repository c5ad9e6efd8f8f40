"""What a fuzz run finds is kept, and played first by every run after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

import fuzzing
from fuzzing import drawing, found

NAMED = "sums / of two"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fuzzing, "FOUND", tmp_path / "found")
    return tmp_path / "found"


def sums(most: int, times: int, named: str = NAMED) -> list[int]:
    """What was tried, in order, of numbers that must not be more than `most`."""
    tried = list[int]()

    @drawing(50, times, named)
    @given(st.integers(0, 100_000))
    def is_small(n: int) -> None:
        tried.append(n)
        assert n <= most, n

    try:
        is_small()
    except AssertionError:
        tried.append(-1)
    return tried


def test_what_fails_is_kept_in_its_smallest_form_and_played_first(folder: Path) -> None:
    assert sums(4_711, times=2)[-1] == -1
    (file,) = folder.iterdir()
    assert file.name == "sums-of-two.txt"
    assert "#     n=4712,\n" in file.read_text("utf8"), "it says in words what it is"

    again = sums(4_711, times=1)
    assert (again[0], again[-1]) == (4_712, -1)

    mended = sums(100_000, times=1)
    assert mended[0] == 4_712
    assert len(mended) == 51
    assert len(found(NAMED)) == 1, "it stays, for it may come back"
    assert found("something else") == []


def test_where_nothing_fails_and_where_the_next_run_draws_the_same_nothing_is_kept(folder: Path) -> None:
    assert -1 not in sums(100_000, times=2)
    assert sums(100, times=1)[-1] == -1

    assert not folder.exists()


def test_a_course_of_the_model_is_kept_too() -> None:
    class Counter(RuleBasedStateMachine):  # type: ignore[misc]
        n = 0

        @rule(more=st.integers(1, 9))
        def grow(self, more: int) -> None:
            self.n += more
            tried.append(self.n)
            assert self.n != 37

    tried, ends = list[int](), list[int]()
    for _ in range(2):
        with pytest.raises(AssertionError):
            fuzzing.play(
                NAMED,
                settings(max_examples=500, derandomize=False, database=None, phases=[Phase.generate],
                         report_multiple_bugs=False),
                lambda how: run_state_machine_as_test(Counter, settings=how),
            )  # fmt: skip
        ends.append(len(tried))
    assert len(found(NAMED)) == 1
    again = tried[ends[0] :]
    course = again[: again.index(37) + 1]
    assert course == sorted(course), "the course that failed is the first of the second run"
