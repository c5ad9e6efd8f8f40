"""Furnishing a workspace of one's own: who works in it, and what its customers may want."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segue.app.cli.common import BY, Data, Json, err, out, print_json, settings, text_of
from segue.app.reach import reached
from segue.app.settings import Settings
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.decision import Rung
from segue.domain.entry import wrong_with_password
from segue.domain.errors import NotFound, Refused, SegueError
from segue.domain.people import Agent, Team
from segue.store.database import Database
from segue.store.invites import free_id
from segue.store.leaving import Leaving
from segue.store.office import Office
from segue.store.sessions import Sessions
from segue.store.workspace import Workspace

agents = typer.Typer(help="The people who handle conversations.", no_args_is_help=True)
teams = typer.Typer(help="Teams: agents who share a queue.", no_args_is_help=True)
catalogue = typer.Typer(help="What customers may want: intents in categories.", no_args_is_help=True)

Role = Literal["agent", "lead", "admin", "analyst"]
_ID = r"^[a-z][a-z0-9_]{0,59}$"


@agents.command("add")
def add_agent(
    name: Annotated[str, typer.Argument(help="As customers read it.")],
    email: Annotated[str, typer.Argument(help="To sign in with.")],
    role: Annotated[
        Role | None, typer.Option(help="What they may do; who is new is an agent.", show_default=False)
    ] = None,
    team: Annotated[list[str] | None, typer.Option(help="A team's id; may be given several times.")] = None,
    data: Data = None,
) -> None:
    """Let somebody in, or give who is known another password, and another role where one is named.

    The password is asked for, or read from standard input.
    """
    from segue.web.hashing import hashed

    _mail_address(email)
    password = _password()
    with reached(settings(data)) as at:
        workspace, now = Workspace(db := Database(at.database_url).open()), datetime.now(UTC)
        _known_teams(workspace, team or [])
        before = _known(db, email)
        agent = before or Agent(_free_id(workspace, email), name, email)
        teams = (*agent.teams, *(t for t in team or () if t not in agent.teams))
        workspace.put_agent(replace(agent, name=name, email=email), now)
        if (role or agent.role, teams) != (agent.role, agent.teams) or not before:
            Office(db).place_agent(agent.id, role or agent.role, teams, BY, now)
        Sessions(db).change_password(agent.id, hashed(password), now, BY)
    out.print(f"{name} ({role or agent.role}) can sign in as {email}; in the API it is {agent.id}.", highlight=False)


@agents.command("invite")
def invite_agent(
    email: Annotated[str, typer.Argument(help="Whom to ask in.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = "agent",
    team: Annotated[list[str] | None, typer.Option(help="A team's id; may be given several times.")] = None,
    address: Annotated[str, typer.Option(help="Where people reach the house; else SEGUE_ADDRESS.")] = "",
    data: Data = None,
) -> None:
    """Ask somebody in. Prints a link that opens once; it is mailed as well where mail is set up."""
    from segue.store.invites import Invites
    from segue.web.doors import new_secret
    from segue.web.invites_page import SUBJECT, letter

    _mail_address(email)
    with reached(settings(data)) as at:
        db, now, token = Database(at.database_url).open(), datetime.now(UTC), new_secret("inv")
        _known_teams(Workspace(db), team or [])
        until = now + timedelta(days=at.invite_days)
        Invites(db).make(email, role, team or [], token, BY, now, until)
        link = f"{(address or at.address or f'http://{at.host}:{at.port}').rstrip('/')}/invite/{token}"
        sent = _mailed(db, at, email, SUBJECT, letter(link, "Your company", at.invite_days))
    err.print(f"{email} is invited until {until:%Y-%m-%d %H:%M} UTC{', and mailed' if sent else ''}.", highlight=False)
    typer.echo(link)


@agents.command("reset")
def reset_agent(
    email: Annotated[str, typer.Argument(help="Whose second step and passkeys are taken away.")], data: Data = None
) -> None:
    """Take somebody's second step and passkeys away, who has lost all of them. They are signed out everywhere."""
    from segue.store.second_step import SecondSteps

    with reached(settings(data), make=False) as at:
        db = Database(at.database_url).open()
        found = next((a for a in Workspace(db).agents() if a.email.lower() == email.lower()), None)
        if found is None:
            raise NotFound(f"Nobody works here as {email}.", "`segue agent list` shows everybody.")
        had = SecondSteps(db).reset(found.id, BY, datetime.now(UTC))
    out.print(f"{found.name} signs in with a password alone." if had else f"{found.name} had no second step.")


@agents.command("list")
def list_agents(data: Data = None, json: Json = False) -> None:
    """Who works here."""
    with reached(settings(data), make=False) as at:
        found = Workspace(Database(at.database_url).open()).agents()
    if json:
        print_json(found)
    for agent in () if json else found:
        out.print(f"{agent.id:24} {agent.role:8} {agent.name:24} {agent.email}  {', '.join(agent.teams)}", markup=False)


@teams.command("add")
def add_team(
    id: Annotated[str, typer.Argument(help="Short and lower case, as the policy names it.")],
    name: Annotated[str, typer.Argument(help="As customers read it.")],
    closed: Annotated[
        bool | None,
        typer.Option("--closed/--open", help="Its conversations for members, leads and administrators only."),
    ] = None,
    data: Data = None,
) -> None:
    """A team's queue. Adding again renames it; it stays as closed as it was unless you say otherwise."""
    if not re.fullmatch(_ID, id):
        raise Refused(f"{id!r} is no team id.", "Use lower-case letters, digits and _, beginning with a letter.")
    with reached(settings(data)) as at:
        db = Database(at.database_url).open()
        was_closed = any(team.id == id and team.is_closed for team in Workspace(db).teams())
        team = Team(id, name, was_closed if closed is None else closed)
        Office(db).keep_team(team, BY, datetime.now(UTC))
    out.print(f"Team {id} is {name}{', and closed' if team.is_closed else ''}.", markup=False)


@catalogue.command("import")
def bring_catalogue(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML: categories, intents.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would come to where the assistant answers alone.")
    ] = False,
    data: Data = None,
) -> None:
    """Add or change categories and intents. `segue fit` then learns to tell them apart. What comes to a category that
    answers alone is said before: it waits for a key until it has cases of its own."""
    found = read_catalogue(text_of(file))
    with reached(settings(data)) as at:
        workspace = Workspace(Database(at.database_url).open())
        for told in coming(workspace, found):
            err.print(told, markup=False, highlight=False)
        if check:
            return
        workspace.put_catalogue(found, datetime.now(UTC), BY)
    out.print(f"{len(found.categories)} categories and {len(found.intents)} intents. Now run `segue fit`.")


def coming(workspace: Workspace, found: Catalogue) -> Iterator[str]:
    """A line for each matter that is put into a category which answers alone."""
    from segue.app.fitted import fitted_boundary
    from segue.policy.boundary import OWN
    from segue.policy.settings import load
    from segue.store.moves import MoveStore

    live, moves, before = workspace.live_policy(), MoveStore(workspace.db).moves(), workspace.catalogue()
    boundary = fitted_boundary(workspace, moves, load(live[1]) if live else None).after(moves)
    for intent in found.intents:
        there = before.intent(intent.id)
        is_coming = there is None or there.category_id != intent.category_id
        if is_coming and intent.is_opened and boundary.of(intent.category_id).rung > Rung.APPROVE:
            yield (
                f"{intent.id} comes to {intent.category_id}, which answers alone. Its own answers wait for a key until "
                f"{OWN} cases of its own are known there."
            )


@catalogue.command("show")
def show_catalogue(data: Data = None, json: Json = False) -> None:
    """Print the catalogue as `import` reads it."""
    with reached(settings(data), make=False) as at:
        found = Workspace(Database(at.database_url).open()).catalogue()
    written = {
        "categories": [{"id": c.id, "name": c.name, "needs_account": c.needs_account} for c in found.categories],
        "intents": [
            {"id": i.id, "name": i.name, "category": i.category_id, "opened": i.is_opened,
             "questions": list(i.questions)} for i in found.intents
        ],
    }  # fmt: skip
    print_json(written) if json else typer.echo(yaml.safe_dump(written, sort_keys=False, allow_unicode=True))


# how a catalogue is written


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Category(_Strict):
    id: str = Field(pattern=_ID)
    name: str = Field(min_length=1, max_length=120)
    needs_account: bool = False


class _Intent(_Strict):
    id: str = Field(pattern=_ID)
    name: str = Field(min_length=1, max_length=120)
    category: str
    opened: bool = True
    questions: list[str] = []


class _Written(_Strict):
    categories: list[_Category]
    intents: list[_Intent] = []


def read_catalogue(text: str) -> Catalogue:
    """Raises Refused that names the place of the first thing that is wrong."""
    try:
        written = _Written.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise Refused(f"The file is no YAML: {str(error).splitlines()[0]}.", "Correct it and try again.") from error
    except ValidationError as error:
        raise _wrong_in(error.errors()[0]) from error
    known = {category.id for category in written.categories}
    if astray := next((i for i in written.intents if i.category not in known), None):
        raise Refused(f"The intent {astray.id} is in the category {astray.category}, which is not listed.",
                      "Name a category of the same file.")  # fmt: skip
    return Catalogue(
        tuple(Category(c.id, c.name, c.needs_account) for c in written.categories),
        tuple(Intent(i.id, i.name, i.category, i.opened, tuple(i.questions)) for i in written.intents),
    )


_HAVE: dict[str, type[BaseModel]] = {"categories": _Category, "intents": _Intent}


def _wrong_in(first: Any) -> Refused:
    """With the fields there are, where one too many or too few was written."""
    place = ".".join(map(str, first["loc"])) or "the file"
    has = _HAVE.get(str(first["loc"][0]), _Written) if len(first["loc"]) > 1 else _Written
    fields = ", ".join(has.model_fields)
    if first["type"] == "extra_forbidden":
        who = " Who may answer is said in the policy." if first["loc"][-1] == "handling" else ""
        return Refused(f"{place}: there is no such field.", f"Fields are {fields}.{who}")
    if first["type"] == "missing":
        return Refused(f"{place} is missing.", f"Fields are {fields}.")
    return Refused(f"{place}: {first['msg']}.", "Correct it and try again.")


def _password() -> str:
    asked = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if sys.stdin.isatty() else None
    password = str(asked) if asked is not None else sys.stdin.readline().rstrip("\n")
    if said := wrong_with_password(password):
        raise Refused(said)
    return password


def _mail_address(email: str) -> None:
    from segue.web.invites_page import ADDRESS

    if not ADDRESS.fullmatch(email):
        raise Refused(f"{email!r} is no e-mail address.", "Write it as name@company.example.")


def _mailed(db: Database, at: Settings, to: str, subject: str, text: str) -> bool:
    """Whether it left; the link is printed either way."""
    from segue.app.door import House
    from segue.knowledge.encoder import StandIn
    from segue.store.events import Bell

    try:
        return House(at, db, StandIn(), Bell(at.database_url)).write_letter(to, subject, text)
    except SegueError as error:
        err.print(f"The mail did not leave: {error}", markup=False, highlight=False)
        return False


def _known(db: Database, email: str) -> Agent | None:
    """Who has this address, also of those whose access was taken away."""
    gone = (Agent(one.id, one.name, one.email, one.role) for one in Leaving(db).gone())
    return next((one for one in (*Workspace(db).agents(), *gone) if one.email.lower() == email.lower()), None)


def _known_teams(workspace: Workspace, wanted: list[str]) -> None:
    known = {team.id for team in workspace.teams()}
    if astray := next((team for team in wanted if team not in known), None):
        raise NotFound(f"There is no team {astray}.", f"`segue team add {astray} NAME` makes it.")


def _free_id(workspace: Workspace, email: str) -> str:
    """Nobody else's: two addresses may begin alike."""
    with workspace.db.transaction() as connection:
        return free_id(connection, email)
