"""`segue policy`: look at the policy, check a new one, make it live."""

from __future__ import annotations

import getpass
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.app.cli.common import Data, Json, Since, ago, err, out, print_json, settings, text_of
from segue.app.reach import reached
from segue.domain.errors import Forbidden, NotFound, Refused
from segue.policy.lint import Finding
from segue.policy.settings import STARTERS, Policy, fitted
from segue.store.database import Database
from segue.store.shadows import Run, Shadows
from segue.store.workspace import Workspace

if TYPE_CHECKING:
    from segue.learning.ladder import Ladder

app = typer.Typer(help="The policy: who handles what, and what is promised.", no_args_is_help=True)
By = Annotated[str | None, typer.Option("--by", help="Who publishes it: a lead's id, e-mail address or name.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A policy in YAML.")]


@app.command()
def show(
    version: Annotated[int | None, typer.Option(help="An older version.", min=1)] = None,
    all_versions: Annotated[bool, typer.Option("--all", help="List every version.")] = False,
    starter: Annotated[
        str | None, typer.Option(help=f"One to begin with instead, for your teams: {', '.join(STARTERS)}.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Print the live policy as YAML."""
    with reached(settings(data), make=False) as at:
        workspace = Workspace(Database(at.database_url).open())
        if all_versions:
            _list(workspace, json)
            return
        if starter is not None:
            live = workspace.live_policy()
            typer.echo(fitted(starter, workspace.teams(), live[1] if live else None))
            return
        number, body = (version, workspace.policy(version)) if version else _live(workspace)
    print_json({"version": number, "body": body}) if json else typer.echo(body)


@app.command()
def lint(file: File, data: Data = None, json: Json = False) -> None:
    """Check a policy against this workspace. Exit code 1 where something would not work."""
    from segue.policy.lint import lint as findings_in
    from segue.policy.settings import load

    policy = load(text_of(file))
    with reached(settings(data), make=False) as at:
        db = Database(at.database_url).open()
        workspace = Workspace(db)
        findings = findings_in(policy, workspace.catalogue(), workspace.teams(), workspace.tiers())
        findings += _limits(db, workspace, policy)
    if json:
        print_json({"findings": findings})
    for finding in () if json else findings:
        out.print(f"{finding.level}: {finding.path}: {finding.text}", markup=False, highlight=False)
    if not json and not findings:
        out.print("The policy is sound.")
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


@app.command()
def apply(
    file: File,
    by: By = None,
    note: Annotated[str, typer.Option(help="Why; it stands in the history.")] = "",
    data: Data = None,
) -> None:
    """Make a policy the live one; one that `lint` finds errors in is refused. What its budgets leave to people is said
    before. Workers take it up within a second. Who publishes it answers for what the assistant begins to do alone."""
    from segue.policy.lint import sound

    body = text_of(file)
    with reached(settings(data), make=False) as at:
        db = Database(at.database_url).open()
        workspace = Workspace(db)
        policy = sound(body, workspace.catalogue(), workspace.teams(), workspace.tiers())
        for finding in _limits(db, workspace, policy):
            err.print(f"{finding.level}: {finding.path}: {finding.text}", markup=False, highlight=False)
        author = _publisher(workspace, by)
        said, now = note or _asked_why(), datetime.now(UTC)
        with _ladder(db, workspace).publishing(now):
            version = workspace.apply_policy(body, author, said, now)
    out.print(f"Policy version {version} is live.")


@app.command()
def shadow(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A policy in YAML; without it, say what runs.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why; it stands in the history.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Let a policy decide in silence beside the live one, or say what the one that does would have done. Exit code 3
    where none runs."""
    from segue.policy.lint import sound_beside

    with reached(settings(data), make=False) as at:
        workspace = Workspace(Database(at.database_url).open())
        store = Shadows(workspace.db)
        if file is not None:
            body = text_of(file)
            sound_beside(body, workspace.live_policy(), workspace.catalogue(), workspace.teams(), workspace.tiers())
            version = store.begin(body, getpass.getuser(), note or _asked_why(), datetime.now(UTC))
            print_json({"version": version}) if json else out.print(f"Policy version {version} decides in shadow.")
            return
        run = _running(store)
        found = store.compared(run.id)
    told = {"version": run.version, "began_at": run.began_at, "conversations": found.conversations,
            "messages": found.messages, "changed": found.changed, "failed": found.failed,
            "moves": {f"{had} → {would}": n for (had, would), n in found.moves.items()}}  # fmt: skip
    if json:
        print_json(told)
        return
    out.print(f"Policy version {run.version}, in shadow since {run.began_at:%Y-%m-%d %H:%M}: {found.changed} of "
              f"{found.conversations} conversations would have gone otherwise.")  # fmt: skip
    for (had, would), n in found.moves.items():
        out.print(f"{n:6d}  {had} → {would}", highlight=False)


@app.command()
def promote(
    by: By = None,
    note: Annotated[str, typer.Option(help="Why; it stands in the history.")] = "",
    data: Data = None,
) -> None:
    """Make the policy that runs in shadow the live one."""
    from segue.policy.lint import sound

    with reached(settings(data), make=False) as at:
        workspace = Workspace(Database(at.database_url).open())
        store = Shadows(workspace.db)
        run = _running(store)
        sound(workspace.policy(run.version), workspace.catalogue(), workspace.teams(), workspace.tiers())
        author, said, now = _publisher(workspace, by), note or _asked_why(), datetime.now(UTC)
        with _ladder(workspace.db, workspace).publishing(now):
            version = store.promote(run.id, author, said, now)
    out.print(f"Policy version {version} is live.")


@app.command()
def drop(note: Annotated[str, typer.Option(help="Why; it stands in the history.")] = "", data: Data = None) -> None:
    """End the policy that runs in shadow; its version stays in the history."""
    with reached(settings(data), make=False) as at:
        store = Shadows(Database(at.database_url).open())
        run = _running(store)
        store.drop(run.id, getpass.getuser(), note or _asked_why(), datetime.now(UTC))
    out.print(f"Policy version {run.version} runs no more.")


def _running(store: Shadows) -> Run:
    run = store.running()
    if run is None:
        raise NotFound("No policy runs in shadow.", "`segue policy shadow FILE` starts one.")
    return run


def _asked_why() -> str:
    return str(typer.prompt("Why")) if sys.stdin.isatty() else ""


@app.command()
def diff(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A policy in YAML; without it, a version.")
    ] = None,
    before: Annotated[
        int | None, typer.Option("--from", help="A version to start from; else the live one.", min=1)
    ] = None,
    after: Annotated[int | None, typer.Option("--to", help="A version to end at; else the live one.", min=1)] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what differs, setting by setting: a file from the live policy, or one version from another."""
    from segue.policy.diff import diff as changes_between
    from segue.policy.settings import load

    if (file is None and before is None) or (file is not None and after is not None):
        raise Refused("There are not two policies to compare.", "Name a FILE, or --from and --to versions.", "FILE")
    with reached(settings(data), make=False) as at:
        workspace = Workspace(Database(at.database_url).open())
        old = workspace.policy(before) if before else _live(workspace)[1]
        new = text_of(file) if file else workspace.policy(after) if after else _live(workspace)[1]
    found = changes_between(load(old), load(new))
    if json:
        print_json({"changes": found})
        return
    for change in found:
        out.print(str(change), markup=False, highlight=False)
    if not found:
        out.print("They say the same.")


@app.command()
def backtest(file: File, since: Since = "90d", data: Data = None, json: Json = False) -> None:
    """Try a policy on the past: what it would have changed, what that costs, and which cases to look at first."""
    from segue.app.cli.backtests import show_policy
    from segue.insight.backtesting import Backtester
    from segue.store.backtest import PastStore

    now, body = datetime.now(UTC), text_of(file)
    with reached(settings(data), make=False) as at:
        db = Database(at.database_url).open()
        found = Backtester(Workspace(db), PastStore(db)).try_policy(body, ago(since, now), now)
        db.close()
    print_json(found) if json else show_policy(found, out)


def _publisher(workspace: Workspace, by: str | None) -> str:
    """The lead who is named, or whose name the account of this machine has. Raises Refused and Forbidden for one who is
    named and is none. Else it is the account, and nobody answers by name: that is said."""
    from segue.learning.deciding import decider, person

    if by is not None:
        return decider(workspace, person(workspace, by, "--by").id).id
    account = getpass.getuser()
    with suppress(Refused, Forbidden):
        return decider(workspace, person(workspace, account).id).id
    err.print(
        f"note: {account} is no lead here, so nobody answers by name for what the assistant begins to do alone: beyond "
        "approve, what its past proves is offered to a lead. `--by` names one.",
        markup=False, highlight=False,
    )  # fmt: skip
    return account


def _limits(db: Database, workspace: Workspace, policy: Policy) -> list[Finding]:
    """What the record says of its budgets."""
    from segue.learning.ladder import Ladder
    from segue.policy.boundary import Boundary
    from segue.store.evidence import EvidenceStore

    return Ladder(EvidenceStore(db), workspace, Boundary).limits(policy, datetime.now(UTC))


def _ladder(db: Database, workspace: Workspace) -> Ladder:
    """With the boundary as the newest fit left it, under the live policy."""
    from segue.app.fitted import fitted_boundary
    from segue.learning.ladder import Ladder
    from segue.policy.settings import load
    from segue.store.evidence import EvidenceStore
    from segue.store.moves import MoveStore

    moves = MoveStore(db)
    return Ladder(
        EvidenceStore(db), workspace,
        lambda: fitted_boundary(workspace, moves.moves(), load(_live(workspace)[1])),
    )  # fmt: skip


def _live(workspace: Workspace) -> tuple[int, str]:
    live = workspace.live_policy()
    if live is None:
        raise NotFound("There is no policy yet.", "`segue policy apply FILE` makes one.")
    return live


def _list(workspace: Workspace, json: bool) -> None:
    rows = [dict(row._asdict()) for row in workspace.policies()]
    if json:
        print_json(rows)
    for row in () if json else rows:
        live = "live" if row["is_live"] else ""
        out.print(
            f"{row['version']:4d}  {row['created_at']:%Y-%m-%d %H:%M}  {row['author']:12}  {live:4}  {row['note']}"
        )
