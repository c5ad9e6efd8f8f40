"""The story of the first minute goes as told, with the real encoder."""

from __future__ import annotations

import pytest

from databases import fresh_database
from encoded import rows_are_kept
from segue.app.demo.playing import play
from segue.app.settings import Settings
from segue.store.migrate import migrate


def test_the_story_of_the_first_minute_goes_as_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Most of what it reads, the measures of the run read too."""
    with fresh_database() as url, rows_are_kept(tmp_path_factory):
        migrate(url)
        report = play(Settings(database_url=url), pause=0, say=False)

    assert [step["did"] for step in report["steps"] if not step["as_told"]] == []
    turned = next(step for step in report["steps"] if step["expected"] == "handed_off")
    assert turned["briefing"].tried
    assert any(fact.value.endswith("INV-20871") for fact in turned["briefing"].facts)
