"""`segue learn topics` and what a lead makes of them: an intent, an issue in the product's tracker, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.app.cli.common import Data, Json, out, print_json
from segue.app.cli.house import By, at_home, now, print_table
from segue.store.issues import IssueStore

if TYPE_CHECKING:
    from segue.app.door import House

Topic = Annotated[str, typer.Argument(help="Its id, as `segue learn topics` shows it.")]


def add_to(learn: typer.Typer) -> None:
    for command in (topics, name, dismiss, file, issues):
        learn.command()(command)


def topics(data: Data = None, json: Json = False) -> None:
    """Groups of messages that were none of the known matters."""
    with at_home(data) as house:
        found = [{**t, "medoid": _medoid(house, t["id"])} for t in house.school.store.topics()]
    if json:
        print_json(found)
        return
    print_table(("topic", "about", "messages", "customers", "for example"), [
        (t["id"], ", ".join(t["terms"]), t["messages"], t["contacts"], t["medoid"][:160]) for t in found
    ])  # fmt: skip


def name(
    topic: Topic, by: By,
    called: Annotated[str, typer.Option("--name", help="What customers want there, in a few words.")],
    category: Annotated[str, typer.Option(help="The category it belongs to.")],
    data: Data = None,
) -> None:  # fmt: skip
    """Make a topic an intent, with its messages as examples. It is opened once it has an article."""
    with at_home(data) as house:
        intent = house.school.name(topic, by, called, category, now())
    out.print(f"It is the intent {intent} now. `segue learn run` teaches it.")


def dismiss(topic: Topic, by: By, data: Data = None) -> None:
    """Turn a topic down. It is not proposed again with these messages."""
    with at_home(data) as house:
        house.school.dismiss(topic, by, now())
    out.print("Dismissed.")


def file(
    topic: Topic, by: By,
    title: Annotated[str, typer.Option(help="What the issue is called, for whoever builds the product.")],
    data: Data = None,
) -> None:  # fmt: skip
    """File a topic as an issue in the product team's tracker (SEGUE_TRACKER), once. No personal data goes along."""
    with at_home(data) as house:
        house.school.file(topic, by, title, now())
        tracker = house.settings.tracker
    out.print("It is filed within seconds while Segue runs." if tracker else "It waits until SEGUE_TRACKER is set.")


def issues(data: Data = None, json: Json = False) -> None:
    """Topics that were filed as issues, and those that still wait to be."""
    with at_home(data) as house:
        found = IssueStore(house.db).listing()
    if json:
        print_json(found)
        return
    print_table(("topic", "title", "asked by", "where it is", "tried", "what went wrong"), [
        (i["topic_id"], i["title"], i["asked_by"], i["place"] or "waits", i["attempts"], i["last_error"] or "")
        for i in found
    ])  # fmt: skip


def _medoid(house: House, topic: str) -> str:
    messages = house.school.store.topic_messages(topic, 1)
    return str(messages[0].body) if messages else ""
