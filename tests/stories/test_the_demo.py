"""The story of the first minute goes as told, with the real encoder."""

from __future__ import annotations

from databases import fresh_database
from segue.app.demo.playing import play
from segue.app.settings import Settings
from segue.store.migrate import migrate


def test_the_story_of_the_first_minute_goes_as_told() -> None:
    with fresh_database() as url:
        migrate(url)
        report = play(Settings(database_url=url), pause=0, say=False)

    assert [step["did"] for step in report["steps"] if not step["as_told"]] == []
    turned = next(step for step in report["steps"] if step["expected"] == "handed_off")
    assert turned["briefing"].tried
    assert any(fact.value.endswith("INV-20871") for fact in turned["briefing"].facts)
