"""`segue learn`: what was learnt, what is proposed, what is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.app.cli.common import Data, Json, err, out, print_json
from segue.app.cli.house import By, at_home, now, print_table

if TYPE_CHECKING:
    from segue.app.door import House

learn = typer.Typer(help="What people's work has taught, and what it proposes.", no_args_is_help=True)
Candidate = Annotated[str, typer.Argument(help="Its id, as `segue learn candidates` shows it.")]
Case = Annotated[str, typer.Argument(help="Its id, as `segue learn stale` shows it.")]
Note = Annotated[str, typer.Option(help="Why; it stays with it.")]


@learn.command()
def run(by: By = "segue", data: Data = None, json: Json = False) -> None:
    """Refit from all examples, draft articles, look for topics. Exit code 1 where the new head was not published."""
    from segue.app.learning import run as run_all

    with at_home(data) as house:
        err.print(
            "Comparing the new head with the old one, then fitting; after another encoder all is read anew first."
        )
        done = run_all(house, now(), "asked", by)
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
    with at_home(data) as house:
        told = _status(house)
    if json:
        print_json(told)
        return
    out.print(f"For the next refit wait: lessons {told['lessons_waiting']}, examples {told['examples_waiting']}.")
    out.print(
        f"Open: {told['candidates']} candidate articles, {told['topics']} topics, {told['stale']} articles in doubt."
    )
    if told["erasures_waiting"]:
        out.print(f"{told['erasures_waiting']} erasures wait for a refit without them.")
    if far := told["encoder"]["reads_anew"]:
        doing = "the heads are being fitted" if far["step"] == "fitting" else "messages go to people until then"
        out.print(f"Another encoder came: {far['done']} of {far['of']} vectors made anew; {doing}.", highlight=False)
    for gate in told["marks"]:
        stands = (
            f"followed, {gate['expected_wrong']:.1%} wrong expected, at most {gate['at_most']:.1%}"
            if gate["is_open"]
            else f"not proven, {gate['needed'] or 'some'} more cases needed"
        )
        out.print(f"Marks of a budget of {gate['budget']:.0%}: {gate['cases']} judged cases; {stands}.")
    for kind, report in told["taught"].items():
        out.print(f"Agents teach {kind}: {'used' if report.get('used') else 'not used yet'}.", highlight=False)
    print_table(("when", "cause", "by", "new", "published", "why"), [
        (f"{r['at']:%Y-%m-%d %H:%M}", r["cause"], r["author"], r["fresh"], "yes" if r["is_published"] else "no",
         r["why"])
        for r in told["refits"]
    ])  # fmt: skip


@learn.command()
def lessons(limit: Annotated[int, typer.Option(min=1, max=1000)] = 20, data: Data = None, json: Json = False) -> None:
    """The newest lessons: what was asked, what solved it, how the customer took it."""
    with at_home(data) as house:
        found = [lesson_out(row) for row in house.lessons.store.lessons(limit=limit)]
    if json:
        print_json(found)
        return
    print_table(("lesson", "intent", "agent", "problem", "solution", "reaction"), [
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

    with at_home(data) as house:
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
    with at_home(data) as house:
        house.school.edit(candidate, by, now(), title, file.read() if file else None, intent)
    out.print("Changed.")


@learn.command()
def approve(candidate: Candidate, by: By, note: Note = "", data: Data = None) -> None:
    """Publish a candidate as an article, under your name."""
    with at_home(data) as house:
        article = house.school.approve(candidate, by, now(), note)
    out.print(f"Published as {article}.")


@learn.command()
def merge(
    candidate: Candidate,
    into: Annotated[str, typer.Argument(help="Another candidate's id, or an article's id or slug.")],
    by: By, data: Data = None, json: Json = False,
) -> None:  # fmt: skip
    """Put a candidate into another one, with its lessons, or add it to an article. Prints the one to decide on."""
    with at_home(data) as house:
        kept = house.school.merge(candidate, into, by, now())
        found = house.school.shown(kept)
    if json:
        print_json(found)
        return
    what = "the candidate" if kept != candidate else "an edit of the article"
    out.print(f"{kept} is {what} to decide on now: {found['title'] or 'no title yet'}.", markup=False)


@learn.command()
def reject(candidate: Candidate, by: By, note: Note = "", data: Data = None) -> None:
    """Turn a candidate down. Nothing is drafted from its lessons again."""
    with at_home(data) as house:
        house.school.reject(candidate, by, now(), note)
    out.print("Rejected.")


@learn.command()
def stale(
    every: Annotated[bool, typer.Option("--all", help="Those decided on, too.")] = False,
    data: Data = None, json: Json = False,
) -> None:  # fmt: skip
    """Articles that recent replies of people contradict, with both texts."""
    with at_home(data) as house:
        house.watch.store.answer_old(now())
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
    with at_home(data) as house:
        house.watch.decide(case, by, True, now())
    out.print("The article is stale.")


@learn.command()
def uphold(case: Case, by: By, data: Data = None) -> None:
    """The article is right: the doubt is dropped, and an article it had made stale is answered from again."""
    with at_home(data) as house:
        house.watch.decide(case, by, False, now())
    out.print("The article stands.")


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
        "encoder": {"made_with": house.anew.made_with(), "reads_anew": house.anew.progress()},
        "refits": store.refits(10),
    }
