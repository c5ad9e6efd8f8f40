"""`segue learn`: what was learnt, what is proposed, what is in doubt; `segue figures` and `segue erase` beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from segue.app.cli.common import Data, Json, err, out, print_json, settings
from segue.app.reach import reached

if TYPE_CHECKING:
    from segue.app.door import House

learn = typer.Typer(help="What people's work has taught, and what it proposes.", no_args_is_help=True)
By = Annotated[str, typer.Option("--by", help="Who decides: a lead, by id or e-mail address.")]
Candidate = Annotated[str, typer.Argument(help="Its id, as `segue learn candidates` shows it.")]
Topic = Annotated[str, typer.Argument(help="Its id, as `segue learn topics` shows it.")]
Case = Annotated[str, typer.Argument(help="Its id, as `segue learn stale` shows it.")]
Note = Annotated[str, typer.Option(help="Why; it stays with it.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(learn, name="learn")
    app.command()(figures)
    app.command()(erase)


@learn.command()
def run(by: By = "segue", data: Data = None, json: Json = False) -> None:
    """Refit from all examples, draft articles, look for topics. Exit code 1 where the new head was not published."""
    from segue.app.learning import run as run_all

    with _house(data) as house:
        err.print("Comparing the new head with the old one, then fitting.")
        done = run_all(house, _now(), "asked", by)
    if json:
        print_json(done)
    else:
        out.print(done["refit"]["why"], markup=False)
        out.print(f"{len(done['drafted'])} articles drafted, {len(done['topics'])} new topics.")
    if not done["refit"]["is_published"]:
        raise typer.Exit(1)


@learn.command()
def status(data: Data = None, json: Json = False) -> None:
    """What waits, when it was last fitted, what was published or refused and why, what is proposed."""
    with _house(data) as house:
        told = _status(house)
    if json:
        print_json(told)
        return
    out.print(f"{told['lessons_waiting']} lessons and {told['examples_waiting']} examples wait for the next refit.")
    out.print(
        f"Open: {told['candidates']} candidate articles, {told['topics']} topics, {told['stale']} articles in doubt."
    )
    if told["erasures_waiting"]:
        out.print(f"{told['erasures_waiting']} erasures wait for a refit without them.")
    for gate in told["marks"]:
        stands = (
            f"followed, {gate['expected_wrong']:.1%} wrong expected, at most {gate['at_most']:.1%}"
            if gate["is_open"]
            else f"not proven, {gate['needed'] or 'some'} more cases needed"
        )
        out.print(f"Marks of a budget of {gate['budget']:.0%}: {gate['cases']} judged cases; {stands}.")
    for kind, report in told["taught"].items():
        out.print(f"Agents teach {kind}: {'used' if report.get('used') else 'not used yet'}.", highlight=False)
    _print(("when", "cause", "by", "new", "published", "why"), [
        (f"{r['at']:%Y-%m-%d %H:%M}", r["cause"], r["author"], r["fresh"], "yes" if r["is_published"] else "no",
         r["why"])
        for r in told["refits"]
    ])  # fmt: skip


@learn.command()
def lessons(limit: Annotated[int, typer.Option(min=1, max=1000)] = 20, data: Data = None, json: Json = False) -> None:
    """The newest lessons: what was asked, what solved it, how the customer took it."""
    with _house(data) as house:
        found = [lesson_out(row) for row in house.lessons.store.lessons(limit=limit)]
    if json:
        print_json(found)
        return
    _print(("lesson", "intent", "agent", "problem", "solution", "reaction"), [
        (r["id"], r["intent"] or "", r["agent"], r["problem"][:200], r["solution"][:200], r["reaction"][:80])
        for r in found
    ])  # fmt: skip


@learn.command()
def candidates(
    which: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those decided on, too.")] = False,
    data: Data = None, json: Json = False,
) -> None:  # fmt: skip
    """Articles drafted from lessons, each with what it would change in past cases."""
    from segue.learning.effect import sentence

    with _house(data) as house:
        if which is not None:
            found: Any = house.school.shown(which)
        else:
            found = house.school.store.candidates(None if every else "open")
    if json:
        print_json(found)
        return
    for row in [found] if which else found:
        effect = sentence(row["effect"]) if row["effect"] else "Not tested: it answers no intent yet."
        out.print(f"[bold]{row['id']}[/bold] {row['status']} {row['kind']}: {row['title'] or 'no title yet'}")
        out.print(f"  for {row['intent'] or 'no intent yet'}. {effect}", markup=False)
        if which:
            out.print(row["body"], markup=False)


@learn.command()
def edit(
    candidate: Candidate, by: By,
    title: Annotated[str | None, typer.Option(help="Its new title.")] = None,
    intent: Annotated[str | None, typer.Option(help="The intent it answers.")] = None,
    file: Annotated[typer.FileText | None, typer.Option(help="Its new text, in Markdown; - reads stdin.")] = None,
    data: Data = None,
) -> None:  # fmt: skip
    """Change a candidate's words or what it answers; the effect is tested anew."""
    with _house(data) as house:
        house.school.edit(candidate, by, _now(), title, file.read() if file else None, intent)
    out.print("Changed.")


@learn.command()
def approve(candidate: Candidate, by: By, note: Note = "", data: Data = None) -> None:
    """Publish a candidate as an article, under your name."""
    with _house(data) as house:
        article = house.school.approve(candidate, by, _now(), note)
    out.print(f"Published as {article}.")


@learn.command()
def reject(candidate: Candidate, by: By, note: Note = "", data: Data = None) -> None:
    """Turn a candidate down. Nothing is drafted from its lessons again."""
    with _house(data) as house:
        house.school.reject(candidate, by, _now(), note)
    out.print("Rejected.")


@learn.command()
def topics(data: Data = None, json: Json = False) -> None:
    """Groups of messages that were none of the known matters."""
    with _house(data) as house:
        found = [{**t, "medoid": _medoid(house, t["id"])} for t in house.school.store.topics()]
    if json:
        print_json(found)
        return
    _print(("topic", "about", "messages", "customers", "for example"), [
        (t["id"], ", ".join(t["terms"]), t["messages"], t["contacts"], t["medoid"][:160]) for t in found
    ])  # fmt: skip


@learn.command()
def name(
    topic: Topic, by: By,
    called: Annotated[str, typer.Option("--name", help="What customers want there, in a few words.")],
    category: Annotated[str, typer.Option(help="The category it belongs to.")],
    data: Data = None,
) -> None:  # fmt: skip
    """Make a topic an intent, with its messages as examples. It is opened once it has an article."""
    with _house(data) as house:
        intent = house.school.name(topic, by, called, category, _now())
    out.print(f"It is the intent {intent} now. `segue learn run` teaches it.")


@learn.command()
def dismiss(topic: Topic, by: By, data: Data = None) -> None:
    """Turn a topic down. It is not proposed again with these messages."""
    with _house(data) as house:
        house.school.dismiss(topic, by, _now())
    out.print("Dismissed.")


@learn.command()
def stale(
    every: Annotated[bool, typer.Option("--all", help="Those decided on, too.")] = False,
    data: Data = None, json: Json = False,
) -> None:  # fmt: skip
    """Articles that recent replies of people contradict, with both texts."""
    with _house(data) as house:
        house.watch.store.answer_old(_now())
        cases = [house.watch.store.case(c["id"]) for c in house.watch.store.cases()]
    found = [c for c in cases if every or c["status"] in ("open", "agreed")]
    if json:
        print_json(found)
    for case in () if json else found:
        out.print(f"[bold]{case['id']}[/bold] {case['status']}: {case['title']} ({case['kind']})")
        out.print(f"  The article: {case['article_says']}", markup=False)
        for reply in case["said_by"]:
            out.print(f"  {reply['agent']} in #{reply['number']}: {reply['says']}", markup=False)


@learn.command()
def confirm(case: Case, by: By, data: Data = None) -> None:
    """The replies are right: the assistant answers from that article no more until it is published anew."""
    with _house(data) as house:
        house.watch.decide(case, by, True, _now())
    out.print("The article is stale.")


@learn.command()
def uphold(case: Case, by: By, data: Data = None) -> None:
    """The article is right: the doubt is dropped, and an article it had made stale is answered from again."""
    with _house(data) as house:
        house.watch.decide(case, by, False, _now())
    out.print("The article stands.")


def figures(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back.")] = 90, data: Data = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Offered, contained, confirmed, assumed, durable, verified, reopened, handed over; with n and a 95 % interval."""
    from segue.insight.figures import Record

    with _house(data) as house:
        now = _now()
        found = Record(house.db).standings(now - timedelta(days=days), now)
    if json:
        print_json({"days": days, "standings": found})
        return
    for standing in found:
        out.print(f"{standing.category or 'All'}: {standing.episodes} episodes", style="bold")
        _print(("figure", "n", "of", "share", "95 %", "means"), [
            (f.name, f.count, f.of, "–" if f.share is None else f"{f.share:.1%}",
             "–" if f.share is None else f"{f.low:.1%} to {f.high:.1%}", f.means)
            for f in standing.figures
        ])  # fmt: skip


def erase(
    contact: Annotated[str, typer.Argument(help="Id, external id or e-mail address.")],
    by: Annotated[str, typer.Option("--by", help="Who erases; it stays in the record.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None, json: Json = False,
) -> None:  # fmt: skip
    """Erase a customer with all that was learnt from them, and fit anew without them. It cannot be undone."""
    from segue.app.learning import unlearn_erased

    if not yes:
        typer.confirm(f"Erase {contact}, their conversations and what was learnt from them, for good?", abort=True)
    with _house(data) as house:
        erased = house.erasures.erase(contact, by, _now())
        err.print("Fitting anew without them.")
        is_refitted = unlearn_erased(house, _now()) > 0
    if json:
        print_json({**dataclasses.asdict(erased), "is_refitted": is_refitted})
        return
    out.print(f"Erased, with {', '.join(f'{n} {table}' for table, n in erased.counts.items())}.")
    if not is_refitted:
        out.print("A refit is going on; a worker fits anew without them right after it.")
    if erased.articles:
        out.print(f"Look through these articles, drafted with lessons of theirs: {', '.join(erased.articles)}.")
    out.print("Backups made before still hold them.")


def lesson_out(row: dict[str, Any]) -> dict[str, Any]:
    """A lesson without its vector."""
    shown = ("id", "conversation_id", "episode", "seqs", "agent_id", "agent", "intent_id", "intent", "article_id",
             "problem", "solution", "reaction", "removed", "outcome", "at")  # fmt: skip
    return {key: row[key] for key in shown}


def _status(house: House) -> dict[str, Any]:
    store = house.lessons.store
    return {
        "lessons_waiting": store.waiting(),
        "examples_waiting": store.taught()[1],
        "candidates": len(house.school.store.candidates()),
        "topics": len(house.school.store.topics()),
        "stale": len(house.watch.store.cases("open")) + len(house.watch.store.cases("agreed")),
        "erasures_waiting": len(house.erasures.to_refit()),
        "head": house.workspace.head_version("intents"),
        "taught": house.workspace.taught(),
        "marks": house.workspace.marks(),
        "refits": store.refits(10),
    }


def _medoid(house: House, topic: str) -> str:
    messages = house.school.store.topic_messages(topic, 1)
    return str(messages[0].body) if messages else ""


def _print(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """The first column is never cut: it is what other commands want to be told."""
    table = Table(box=None)
    for n, column in enumerate(columns):
        table.add_column(column, no_wrap=n == 0, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


@contextmanager
def _house(data: Any) -> Iterator[House]:
    from segue.app.door import open_house

    with reached(settings(data), make=False) as at:
        house = open_house(at)
        try:
            yield house
        finally:
            house.db.close()


def _now() -> datetime:
    return datetime.now(UTC)
