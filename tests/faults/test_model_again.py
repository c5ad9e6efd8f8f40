"""The other half of the courses that test_model.py plays: other ones, on a database of their own."""

from __future__ import annotations

from faults.test_model import house, play_and_keep
from segue.app.drill.small import SmallHouse

__all__ = ["house"]


def test_whatever_other_course_is_played_the_database_looks_like_the_model(house: SmallHouse) -> None:
    play_and_keep(house)
