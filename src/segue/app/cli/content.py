"""Commands for what the workspace holds: articles, backup and restore, keys, fitted heads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from segue.app.cli.common import Data, Json, err, out, print_json, settings
from segue.app.reach import place, reached
from segue.domain.errors import NotFound, Refused

if TYPE_CHECKING:
    from segue.app.door import House
    from segue.knowledge.bringing import Unread
    from segue.knowledge.library import Published


Audience = Literal["public", "internal"]
NOT_NAMED = "is not in the catalogue"


def add_to(app: typer.Typer) -> None:
    app.command("import")(bring)
    app.command()(backup)
    app.command()(restore)
    app.command()(migrate)
    app.command()(key)
    app.command()(fit)
    app.command()(docs)


def bring(
    path: Annotated[
        Path, typer.Argument(exists=True, help="A folder of Markdown, or a .jsonl with one article a line.")
    ],
    audience: Annotated[
        Audience | None,
        typer.Option(help="Who may read those that do not say it themselves; else as they are here, new ones public."),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Import articles. What a file leaves out stays as it is here. What cannot be read is named and skipped; exit code
    1 if anything was."""
    from segue.app.door import open_house

    if _holds_tickets(path):
        raise Refused(f"{path.name} holds past tickets and no articles.", f"Bring them with `segue tickets {path}`.")
    with reached(settings(data)) as at:
        house = open_house(at)
        published, unread, loose = take_in(house, path, audience)
        doubts = house.watch.look_back(datetime.now(UTC)) if published else 0
        house.db.close()
    if not published and not unread:
        raise NotFound(f"There is no article in {path}.", "Name a folder of Markdown, or a .jsonl.")
    if json:
        print_json({"published": [p._asdict() for p in published], "unread": unread, "doubts": doubts})
    else:
        out.print(f"{len(published)} articles imported, {sum(p.passages for p in published)} passages.")
        _tell_what_is_left(unread, loose, doubts)
    if unread:
        raise typer.Exit(1)


def _tell_what_is_left(unread: Sequence[Unread], loose: int, doubts: int) -> None:
    if loose:
        err.print(f"{loose} of them answer no intent yet: people find them, the assistant does not answer from them"
                  " until `segue article place` says what they answer.")  # fmt: skip
    if doubts:
        err.print("Recent replies of people say otherwise than articles that are there: `segue learn stale` names"
                  " both texts.")  # fmt: skip
    for bad in unread:
        err.print(f"Not imported: {bad.where}: {bad.why}.", markup=False)
    if any(bad.why.endswith(NOT_NAMED) for bad in unread):
        err.print("Name them with `segue catalogue import` first, or leave `intent` out and say later with `segue"
                  " article place` what the article answers.")  # fmt: skip


def _holds_tickets(path: Path) -> bool:
    from segue.knowledge.bringing import Unread, articles_in
    from segue.knowledge.tickets import decoded, read

    if path.is_dir() or not (path.suffix == ".csv" or all(isinstance(a, Unread) for _, a in articles_in(path))):
        return False
    return bool(read(path.name, decoded(path.read_bytes())).tickets)


def take_in(house: House, path: Path, audience: Audience | None = None) -> tuple[list[Published], list[Unread], int]:
    """What was published, what could not be read, and how many answer no intent."""
    from segue.knowledge.bringing import Unread, articles_in

    published, unread, loose = list[Any](), list[Any](), 0
    known = {i.id for i in house.workspace.catalogue().intents}
    for where, article in articles_in(path):
        if isinstance(article, Unread):
            unread.append(article)
        elif article.intent and article.intent not in known:
            unread.append(Unread(where, f"the intent {article.intent} {NOT_NAMED}"))
        else:
            whole = article.over(house.library.store.last_of, audience)
            published.append(house.school.publish(whole, "import", datetime.now(UTC)))
            loose += whole.intent is None and whole.audience == "public"
    return published, unread, loose


def backup(file: Annotated[Path, typer.Argument(help="The file to write.")], data: Data = None) -> None:
    """Write the whole workspace to one file, while it runs."""
    from segue.store.backup import back_up_and_note

    with reached(settings(data), make=False) as at:
        size = back_up_and_note(at.database_url, file)
    out.print(f"{file}: {size:,} bytes.")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file that `segue backup` wrote.")],
    data: Data = None,
    replace: Annotated[bool, typer.Option(help="Replace a workspace that is not empty.")] = False,
    erasures: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="What `segue erasures --json` or GET /erasures last told."),
    ] = None,
) -> None:
    """Bring a workspace back from a backup. Whoever was erased since is erased again. Everybody signs in anew; keys,
    people and secrets are those of the backup, and how many is said: what was revoked since lets in again. Mails that
    waited then are held: they may have left since."""
    from segue.app.cli.erasing import listed_in, repeated
    from segue.app.restored import hold_what_may_have_left
    from segue.store.backup import bring_back, let_in_again
    from segue.store.migrate import migrate as bring_up_to_date

    listed = listed_in(erasures) if erasures else []
    with reached(chosen := settings(data)) as at:
        err.print(f"This is about {place(chosen)}.", markup=False, highlight=False)
        bring_back(at.database_url, file, replace)
        bring_up_to_date(at.database_url)
        held = hold_what_may_have_left(at.database_url, datetime.now(UTC))
        again = repeated(at.database_url, listed)
        keys, people = let_in_again(at.database_url, datetime.now(UTC))
    out.print(f"{file} is restored. Everybody signs in anew.")
    _tell_of_the_restored(held, again, keys, people)


def _tell_of_the_restored(held: int, again: int, keys: int, people: int) -> None:
    if again:
        out.print(f"{again} erased since the backup {'is' if again == 1 else 'are'} erased again.")
    if held:
        out.print(
            f"Mails that waited to leave when it was written, and may have left since: {held}. Each is held in its"
            " conversation until somebody sends it again or lets it be.",
            highlight=False,
        )
    out.print(
        f"Let in as when it was written: API keys {keys}, people {people}, and whom the widget's secret of then vouches"
        " for. What you took away since, take away again: keys and people at /settings/keys and /settings, the secret"
        " by `segue widget rotate` and `segue widget drop`.",
        highlight=False,
    )


def migrate(data: Data = None) -> None:
    """Make the database ready: every migration that this version has. `segue up` does it by itself."""
    with reached(chosen := settings(data)):
        out.print(f"Ready: {place(chosen)}.", markup=False, highlight=False)


def key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help="May be given several times; `all` for every scope.")],
    days: Annotated[int | None, typer.Option(help="Days until it expires.", min=1, max=36_500)] = None,
    by: Annotated[str | None, typer.Option(help="Who stands for what it does: id, e-mail address or name.")] = None,
    data: Data = None,
) -> None:
    """Make an API key. It is printed once and kept only as its hash."""
    from segue.domain.errors import Refused
    from segue.learning.deciding import person
    from segue.store.database import Database
    from segue.store.workspace import Workspace
    from segue.web.doors import SCOPES, new_secret

    scopes = list(SCOPES) if scope == ["all"] else scope
    if unknown := [s for s in scopes if s not in SCOPES]:
        raise Refused(f"There is no scope {unknown[0]}.", f"Scopes are {', '.join(SCOPES)}.", "--scope")
    secret, now = new_secret("sk"), datetime.now(UTC)
    with reached(settings(data), make=False) as at:
        workspace = Workspace(Database(at.database_url).open())
        owner = person(workspace, by, "--by").id if by else None
        workspace.put_key(name, secret, scopes, now, now + timedelta(days=days) if days else None, owner)
    typer.echo(secret)


def fit(data: Data = None, json: Json = False) -> None:
    """Fit the intent head and the confidence anew from the workspace's examples."""
    from segue.app.door import open_house
    from segue.app.fitting import fit as fit_all

    with reached(settings(data), make=False) as at:
        house = open_house(at)
        report = fit_all(house, datetime.now(UTC))
        house.db.close()
    print_json(report) if json else _show_fit(report)


def _show_fit(report: dict[str, Any]) -> None:
    """The report, and the reliability diagram as a table."""
    if "head" not in report:
        out.print("There are no matters to tell apart yet: `segue catalogue import` or `segue tickets` brings them.")
    elif "too_few" in report:
        out.print(f"{report['cases']} past messages with a known matter; how sure an answer is can be said from"
                  f" {report['too_few']} on. `segue tickets` or the page /setup brings past conversations in."
                  " Until then people send the answers.")  # fmt: skip
    diagram = report.get("reliability") or {"bins": []}
    out.print({key: value for key, value in report.items() if key not in ("reliability", "walk")})
    if not diagram["bins"]:
        return
    table = Table("sure", "right", "cases", title=f"How sure, and how often right (ECE {diagram['ece']:.3f})")
    for point in diagram["bins"]:
        table.add_row(f"{point['confidence']:.1%}", f"{point['right']:.1%}", str(point["n"]))
    out.print(table)


def docs(
    folder: Annotated[Path, typer.Argument(help="Where the pages stand.", exists=True, file_okay=False)] = Path("docs"),
) -> None:
    """Write the generated pages of the documentation."""
    from segue.app.docs import write

    changed = write(folder)
    out.print(f"{len(changed)} pages written." if changed else "Nothing changed.")
