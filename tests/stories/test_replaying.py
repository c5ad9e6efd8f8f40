"""A folder of one's own is replayed: as docs/replay.md tells it, and with words for what is wrong in it.

What it answers and how sure it must be is not asked here, so nothing is fitted; who answers is played.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from segue.app.cli import trying
from segue.app.cli.main import app
from segue.app.door import House, open_house
from segue.app.mind import Mind
from segue.app.replay.play import Course, Play
from segue.app.replay.report import report
from segue.app.replay.stream import items
from segue.app.replay.watching import TimedEncoder, Witness
from segue.app.replay.workspace import Folder, load
from segue.app.settings import Settings
from segue.domain.conversation import Conversation
from segue.domain.errors import Refused
from segue.domain.turn import Turn
from segue.knowledge.encoder import StandIn
from turns import answered

PAGE = Path(__file__).parents[2] / "docs" / "replay.md"


@contextmanager
def loaded(database_url: str, folder: Folder) -> Iterator[House]:
    house = open_house(Settings(database_url=database_url), TimedEncoder(StandIn()))
    try:
        load(folder, house)
        yield house
    finally:
        house.db.close()


def told(folder: Path) -> Path:
    """What the page shows, as files; returns the stream."""
    page = PAGE.read_text("utf8")
    folder.mkdir()
    for name, body in re.findall(r"^`([\w.]+)`: .*?```\w+\n(.*?)```", page, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(body, "utf8")
    stream = folder / "stream.jsonl"
    stream.write_text(page.partition("## The stream")[2].partition("```jsonl\n")[2].partition("```")[0], "utf8")
    return stream


class AnswersFirst(Witness):
    """Answers the first message of each conversation, the same whatever it is about; the house decides the others."""

    def consider(self, conversation: Conversation, now: datetime) -> Turn:
        if conversation.latest.seq > 1:
            return super().consider(conversation, now)
        turn = self.taken[conversation.id, 1] = answered()
        return turn


def replayed(
    database_url: str,
    stream: Path,
    watching: Callable[[Mind, TimedEncoder], Witness] = Witness,
    limit: int | None = None,
) -> tuple[list[Course], dict[str, Any]]:
    """What became of each item, and the report."""
    folder, played = Folder(stream.parent), items(stream, limit)
    with loaded(database_url, folder) as house:
        watch = watching(Mind(house), TimedEncoder(StandIn()))
        play = Play(house, watch, folder.always_human, frozenset(i.id for i in folder.catalogue.intents))
        courses = list(play.run(played))
    return courses, report(courses, watch, 1.0, 0.05)


def test_the_folder_that_the_page_shows_is_replayed(database_url: str, tmp_path: Path) -> None:
    _, found = replayed(database_url, told(tmp_path / "shown"))

    assert {kind: counts["handed_over"] for kind, counts in found["kinds"].items()} == {
        "known": 1, "foreign": 1, "chat": 1,
    }  # fmt: skip
    assert found["messages"] == 4, "the chat has two of them"
    assert found["incomplete_briefings"] == {}


def test_who_was_not_helped_says_it_again_and_then_asks_for_a_person(database_url: str, tmp_path: Path) -> None:
    """One is helped, one has no other words, and one does; the fourth is left out."""
    stream = told(tmp_path / "own")
    base = {"channel": "chat", "text": "Why is my invoice higher?"}
    truths = [("known", "invoice_higher", []), ("out_of_domain", None, []), ("odd", None, ["The bill grew, why?"]),
              ("known", "invoice_higher", [])]  # fmt: skip
    rows = [
        {**base, "id": f"s{n}", "created": f"2026-03-0{n + 1}", "customer_id": f"new {n}", "rephrases": others,
         "gt": {"kind": kind, "resolution_id": truth}}
        for n, (kind, truth, others) in enumerate(truths)
    ]  # fmt: skip
    stream.write_text("\n".join(map(json.dumps, rows)), "utf8")

    (helped, stranger, patient), found = replayed(database_url, stream, AnswersFirst, limit=3)

    assert (helped.is_durable, helped.said, found["kinds"]["known"]["right"]) == (True, 1, 1)
    assert (stranger.is_wrong, stranger.said, stranger.wishes) == (True, 2, [True])
    assert (patient.is_wrong, patient.said, patient.wishes) == (True, 2, [])
    assert [c.is_handed_off for c in (helped, stranger, patient)] == [False, True, True]
    assert found["wishes"] == {"made": 1, "honoured": 1}
    assert found["kinds"]["odd"]["wrong_of_answered"] == 1.0


@pytest.mark.parametrize(
    ("file", "line", "why"),
    [
        ("customers.csv", "customer_id,tier", "customers.csv has no column surname"),
        ("resolution_catalogue.jsonl", '{"title": "A"}', "line 1 lacks resolution_id"),
        ("history.jsonl", "[]", "history.jsonl, line 1 is no JSON object"),
        ("history.jsonl", "\xff", "history.jsonl is no text in UTF-8"),
        ("stream.jsonl", "7", "stream.jsonl, line 1 is no JSON object"),
        ("stream.jsonl", '{"id": "s1", "gt": null}', "the item s1 cannot be read"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(tmp_path: Path, file: str, line: str, why: str) -> None:
    stream = told(tmp_path / "wrong")
    (stream.parent / file).write_bytes(line.encode("latin-1"))
    folder = Folder(stream.parent)

    with pytest.raises(Refused, match=re.escape(why)):
        print(folder.people, folder.catalogue, folder.history, items(stream, None))


ITEM = {"id": "a", "created": "2026-03-01", "channel": "chat", "customer_id": "c1", "text": "Why?",
        "gt": {"kind": "known", "resolution_id": None}}  # fmt: skip
TURN = {"role": "customer", "t": 0, "text": "Why?"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": " "}, "a text is empty"), ({"text": 7}, "a text is empty"), ({"text": "a\0"}, "holds a NUL"),
        ({"text": "\ud83e"}, "half a character"), ({"turns": [TURN | {"text": 7}]}, "a text is empty"),
        ({"turns": [TURN, TURN | {"t": 1e30}]}, "too large"), ({"rephrases": "Why so?"}, "no list"),
        ({"rephrases": [""]}, "a text is empty"), ({"id": None}, "None is no name"), ({"customer_id": "\0"}, "no name"),
        ({"gt": {"kind": "known", "resolution_id": []}}, "no name"), ({"created": "9999-12-31"}, "the year 9999"),
    ],
    ids=str,
)  # fmt: skip
def test_an_item_that_nobody_could_send_is_told_before_anything_is_played(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    (tmp_path / "s.jsonl").write_text(json.dumps(ITEM | change), "utf8")

    with pytest.raises(Refused, match=f"s.jsonl: the item .* cannot be read: .*{why}"):
        items(tmp_path / "s.jsonl", None)


def test_two_items_of_one_name_are_told(tmp_path: Path) -> None:
    """The house would take the second for the first one sent again."""
    (tmp_path / "s.jsonl").write_text(f"{json.dumps(ITEM)}\n{json.dumps(ITEM | {'text': 'Who?'})}", "utf8")

    with pytest.raises(Refused, match=re.escape("s.jsonl: 2 items have the id a.")):
        items(tmp_path / "s.jsonl", None)


def test_a_folder_without_one_of_its_files_says_which(tmp_path: Path) -> None:
    stream = told(tmp_path / "poor")
    (stream.parent / "customers.csv").unlink()

    with pytest.raises(Refused, match=re.escape("customers.csv")):
        Folder(stream.parent).check()


@pytest.mark.parametrize(
    ("file", "line", "told_as"),
    [
        ("stream.jsonl", '{"id": "s1", "gt": null}', "the item s1 cannot be read"),
        ("stream.jsonl", None, "stream.jsonl"),
        ("articles.jsonl", '{"title": "A"}', "articles.jsonl:1: it has no 'body'"),
        ("articles.jsonl", None, "articles.jsonl"),
        (".", None, "There is no folder"),
        ("history.jsonl", ('{"created": "2026-01-05", "channel": "chat", "customer_id": "c1", "text": "Why?", '
         '"resolution_id": "x"}'), "item 1 names the resolution x"),
        ("resolution_catalogue.jsonl", '{"resolution_id": 7, "title": "A", "launch_state": "known"}', "7 has an id or"),
        ("resolution_catalogue.jsonl", ('{"resolution_id": "a", "title": "A", "launch_state": "known", '
         '"typical_questions": "Why?"}'), "'a' has typical questions"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_played_is_said_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, line: str | None, told_as: str
) -> None:
    def started(*_: Any) -> None:
        raise AssertionError("a database was started")

    monkeypatch.setattr(trying, "throwaway", started)
    stream = told(tmp_path / "broken")
    if file == ".":
        stream = stream.rename(tmp_path / "stream.jsonl")
        shutil.rmtree(tmp_path / "broken")
    elif line is None:
        (stream.parent / file).unlink()
    else:
        (stream.parent / file).write_text(line, "utf8")

    done = CliRunner().invoke(app, ["replay", str(tmp_path / "broken"), "--stream", str(stream)])

    assert isinstance(done.exception, Refused)
    assert told_as in str(done.exception)


def test_a_past_message_that_fits_nothing_is_named(database_url: str, tmp_path: Path) -> None:
    stream = told(tmp_path / "wrong")
    history = stream.parent / "history.jsonl"
    first = json.loads(history.read_text("utf8").splitlines()[0])
    wrong = {
        "resolution_id": ("x", "names the resolution x"), "customer_id": ("x", "names the customer x"),
        "created": ("soon", "cannot be read"), "channel": ("pigeon", "cannot be read"), "text": (" ", "has no text"),
    }  # fmt: skip

    for field, (value, why) in wrong.items():
        history.write_text(json.dumps({**first, field: value}), "utf8")
        with (
            pytest.raises(Refused, match=f"history.jsonl: item 1 {why}"),
            loaded(database_url, Folder(stream.parent)),
        ):
            pass
