"""`segue boundary` and `segue review`: how far the assistant may go, on which evidence, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from segue.app.cli.common import Data, Json, out, print_json
from segue.app.cli.house import at_home
from segue.domain.decision import Rung
from segue.domain.errors import Refused
from segue.domain.evidence import CellName
from segue.domain.ids import message_place
from segue.domain.moves import Move, Offer
from segue.learning.deciding import decider
from segue.learning.ladder import Ladder
from segue.learning.record import Report
from segue.learning.switching import throw
from segue.policy.settings.cells import Budget
from segue.web.boundary_api import shown

app = typer.Typer(help="How far the assistant may go in each cell, and why.", invoke_without_command=True)
reviews = typer.Typer(help="Answers that chance drew for people to judge.", no_args_is_help=True)
By = Annotated[str, typer.Option("--by", help="Who: an agent's id, e-mail address or name.")]
Why = Annotated[str, typer.Option(help="It stands in the history.", prompt="Why")]


@contextmanager
def _ladder(data: Any) -> Iterator[Ladder]:
    with at_home(data) as house:
        yield house.ladder


@app.callback()
def boundary(
    context: typer.Context,
    budget: Annotated[
        float | None, typer.Option(help="What this share of wrong answers would ask for.", min=0.001, max=0.5)
    ] = None,
    sure: Annotated[float, typer.Option(help="How sure, with --budget.", min=0.5, max=0.999)] = 0.95,
    data: Data = None,
    json: Json = False,
) -> None:
    """Rungs, evidence and what is missing, by cell."""
    if context.invoked_subcommand:
        return
    with _ladder(data) as ladder:
        found = ladder.reports(_now(), Budget(wrong=budget, sure=sure) if budget else None)
    print_json({"cells": [shown(report) for report in found]}) if json else _table(found)


@app.command()
def offers(
    all_of_them: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Steps up that are earned and wait for a lead."""
    with _ladder(data) as ladder:
        found = [(offer, ladder.store.would_be(offer.proof.messages)) for offer in ladder.offers(not all_of_them)]
    if json:
        print_json({"offers": [_plain(offer) | {"answers": answers} for offer, answers in found]})
        return
    for offer, answers in found:
        proof = offer.proof
        out.print(f"{offer.id}  {offer.cell}: {offer.rung.words} → {offer.to.words}  {offer.outcome or 'open'}")
        if offer.why:
            out.print(f"  {offer.why}", markup=False)
        of = (
            f"rehearsed for policy version {proof.policy_version}: cases of all categories under this error budget, "
            "judged by nobody one by one"
            if proof.is_rehearsed
            else f"of {proof.contacts} customers, judged by {', '.join(proof.agents)}"
        )
        out.print(
            f"  {proof.cases} cases, {proof.wrong} wrong; at least {proof.least_right:.1%} right, {proof.sure:.0%} "
            f"sure; {of}"
        )
        for answer in answers[:3]:
            out.print(f"  · {answer['asked'][:100]}\n    → {answer['answered'][:160]}", markup=False)
    if not found:
        out.print("Nothing is offered.")


@app.command()
def approve(
    offer: Annotated[str, typer.Argument(help="Its id.")], by: By, data: Data = None, json: Json = False
) -> None:
    """Take an offer up, as a lead who has not judged what it rests on."""
    with _ladder(data) as ladder:
        move = ladder.approve(offer, by, _now())
    print_json(_plain(move)) if json else out.print(f"{move.cell} is on {move.rung.words}.")


@app.command()
def decline(offer: Annotated[str, typer.Argument(help="Its id.")], by: By, data: Data = None) -> None:
    """Turn an offer down, as a lead. It is made again when there is new evidence."""
    with at_home(data) as house:
        who = decider(house.workspace, house.ladder.person(by).id)
        house.ladder.decline(offer, who.id, _now())
    out.print(f"{offer} is declined, by {who.name}.", markup=False)


@app.command()
def lower(
    cell: Annotated[str, typer.Argument(help="category, category/tier or category/*/channel")],
    by: By,
    why: Why,
    to: Annotated[str | None, typer.Option(help="The rung; without it, one down.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take a cell down, at once, as a lead."""
    with at_home(data) as house:
        who = decider(house.workspace, house.ladder.person(by).id)
        move = house.ladder.lower(CellName.read(cell), who.id, why, _now(), _rung(to) if to else None)
    print_json(_plain(move)) if json else out.print(f"{move.cell} is on {move.rung.words}.")


@app.command()
def stop(by: By, why: Why, data: Data = None, json: Json = False) -> None:
    """Stop the assistant everywhere, at once, as a lead: every message goes to people until `go`."""
    _thrown(False, by, why, data, json)


@app.command()
def go(by: By, why: Why, data: Data = None, json: Json = False) -> None:
    """Let the assistant go on after `stop`, as a lead: as far as its cells allow."""
    _thrown(True, by, why, data, json)


def _thrown(to_on: bool, by: str, why: str, data: Any, json: bool) -> None:
    """Thrown twice it changes nothing, and says so."""
    with at_home(data) as house:
        who = decider(house.workspace, house.ladder.person(by).id)
        switch, is_new = throw(house.workspace, to_on, who.id, why, _now())
    if json:
        print_json({"is_on": switch.is_on, "policy_version": switch.version, "is_new": is_new, "by": who.id})
        return
    told = "goes on" if to_on else "is stopped: every message goes to people"
    out.print(f"The assistant {told}{'' if is_new else ' already'}, by policy version {switch.version}.")


@app.command()
def history(data: Data = None, json: Json = False) -> None:
    """Every change of a rung, and where each category begins: when, by whom, why."""
    with _ladder(data) as ladder:
        moves = ladder.history.moves()
    if json:
        print_json({"moves": [_plain(move) for move in moves]})
    for move in () if json else moves:
        out.print(f"{move.at:%Y-%m-%d %H:%M}  {move.cell} → {move.rung.words}  {move.author}: {move.why}", markup=False)


@reviews.command("next")
def next_review(by: By, data: Data = None, json: Json = False) -> None:
    """The oldest answer that waits to be judged. Exit code 3 where none does."""
    with _ladder(data) as ladder:
        found = ladder.judging.next_review(by)
    if found is None:
        out.print("No answer waits to be reviewed.")
        raise typer.Exit(3)
    if json:
        print_json(asdict(found))
        return
    out.print(f"{found.message}  {found.category}, {found.confidence:.0%} sure; {found.waiting} wait", highlight=False)
    out.print(f"Asked:    {found.asked}\nAnswered: {found.answered}", markup=False, highlight=False)


@reviews.command("judge")
def judge(
    case: Annotated[str, typer.Argument(help="The message, msg_….n")],
    verdict: Annotated[str, typer.Argument(help="right or wrong")],
    by: By,
    note: Annotated[str, typer.Option(help="What is wrong about it.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Judge an answer that was drawn, or mark another one wrong."""
    if verdict not in ("right", "wrong"):
        raise Refused(f"{verdict!r} is no verdict.", "Say right or wrong.", "verdict")
    with _ladder(data) as ladder:
        made = ladder.judging.review(case, verdict, by, _now(), note)
    if json:
        print_json({"message": case, "source": made.source, "verdict": made.verdict, "by": made.author, "at": made.at})
        return
    out.print(f"{case} is {made.source} as {made.verdict}.")


@reviews.command("mood")
def mood(
    message: Annotated[str, typer.Argument(help="A customer's message, msg_….n")],
    sounds: Annotated[str, typer.Argument(help="frustrated or calm")],
    by: By,
    data: Data = None,
) -> None:
    """Say how a customer's message sounds. Later ones are heard so, once enough was judged and it helps."""
    if sounds not in ("frustrated", "calm"):
        raise Refused(f"{sounds!r} is no way to sound here.", "Say frustrated or calm.", "sounds")
    conversation, seq = message_place(message)
    with at_home(data) as house:
        who = house.ladder.person(by)
        house.hands.judge_frustration(conversation, seq, who.id, sounds == "frustrated", _now())
    out.print(f"{message} sounds {sounds}, says {who.name}.", markup=False)


def _table(found: list[Report]) -> None:
    """Where each cell stands; below it, what is missing where there is a record already."""
    table = Table("cell", "rung", "by", "from", "cases", "worth", "wrong", "needed", "people", box=None)
    for report in found:
        proof, threshold, entry = report.proof, report.threshold, report.moved or report.began
        table.add_row(
            str(report.cell), report.stands_on.words, entry.author if entry else "–",
            "–" if threshold is None else f"{threshold:.2f}",
            str(proof.cases), f"{proof.counted:g}", str(proof.wrong), "–" if report.to is None else str(proof.needed),
            f"≥ {report.limit:.0%}",
        )  # fmt: skip
    out.print(table)
    for report in found:
        if report.alarm or report.proof.cases:
            out.print(f"{report.cell}: {report.alarm or _missing(report)}.", markup=False, highlight=False)
        if report.of_before:
            out.print(f"{report.cell}: {report.of_before}", markup=False, highlight=False)
        for one in report.lacking:
            out.print(
                f"{report.cell}: {one.name} waits for a key: it has too few cases of its own, {one.missing} missing.",
                markup=False, highlight=False,
            )  # fmt: skip
        for hint in report.hints:
            told = "Agents say" if hint.is_telling else "Too few yet to tell"
            out.print(f"{report.cell}: {told}: {hint.says} (set by {hint.rule})", markup=False, highlight=False)
    out.print(
        "by: whose name stands under it in the history. from: the confidence it answers from. needed: right cases until"
        " the next rung is proven. people: the least share"
        " that must go to them. All of it holds for cases like those judged; what several customers write on one day in"
        " nearly the same words is one case."
    )


def _missing(report: Report) -> str:
    if report.to is None:
        return "at the top"
    return "; ".join(report.proof.missing) or f"{report.to.words} is earned"


def _rung(name: str) -> Rung:
    found = next((rung for rung in Rung if rung.code == name), None)
    if found is None:
        raise Refused(f"There is no rung {name}.", f"Rungs are {', '.join(r.code for r in Rung)}.", "--to")
    return found


def _now() -> datetime:
    return datetime.now(UTC)


def _plain(one: Move | Offer) -> dict[str, Any]:
    """Without how it was worded: machines read English."""
    return {name: value for name, value in asdict(one).items() if name != "wording"}
