"""`segue mail`: take mail in, bring old mail, and look through what was set aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from segue.app.cli.common import BY, Data, Json, err, out, print_json, settings
from segue.app.reach import reached
from segue.domain.errors import NotFound, Refused
from segue.domain.mail import Cause

if TYPE_CHECKING:
    from segue.app.door import House

app = typer.Typer(help="E-mail: serve, import, and what was set aside.", no_args_is_help=True)


@app.command()
def serve(data: Data = None) -> None:
    """Take mail by LMTP or SMTP (SEGUE_MAIL_LISTEN) and from a mailbox (SEGUE_IMAP). `segue up` runs it by itself."""
    from segue.app.postman import serve as run

    with reached(settings(data)) as at:
        run(at, lambda line: err.print(line, markup=False, highlight=False))


@app.command("import")
def bring(
    path: Annotated[Path, typer.Argument(exists=True, help="A mail (.eml), an mbox, or a folder of them.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring mails from files. People answer them: old mail is no occasion for the assistant to write."""
    from segue.integrations.mail.boxes import is_mail, mails_in

    with _house(data) as house:
        now, kept, counts = datetime.now(UTC), list[str](), {"kept": 0, "known": 0}
        recipient = house.settings.mail_reply or house.settings.mail_from
        for name, raw in mails_in(path):
            is_one = is_mail(raw)
            err.print(f"{name}: {f'{len(raw):,} bytes' if is_one else 'this is no mail, it is left out'}",
                      markup=False, highlight=False)  # fmt: skip
            if not is_one:
                continue
            mail = house.mails.keep(raw, recipient, None, now, for_people=True)
            kept += [mail] if mail else []
            counts["kept" if mail else "known"] += 1
        counts["messages"] = _read(house, kept)
    if not counts["kept"] and not counts["known"]:
        raise NotFound(f"There is no mail in {path}.", "Name an .eml, an mbox, or a folder of them.")
    if json:
        print_json(counts)
    else:
        kept_now = "1 mail kept" if counts["kept"] == 1 else f"{counts['kept']} mails kept"
        aside = counts["kept"] - counts["messages"]
        out.print(f"{kept_now}, {counts['messages']} became messages, {counts['known']} were known."
                  + (f" {aside} set aside: `segue mail suspended` says why." if aside else ""))  # fmt: skip


def _read(house: House, kept: list[str]) -> int:
    """Until none of them waits; how many became messages, whoever read them: `segue up` may be at it, too."""
    while True:
        house.mail_intake.take_in(datetime.now(UTC))
        messages, waiting = house.mails.become(kept)
        if not waiting:
            return messages
        sleep(0.2)  # another worker has them, or they are tried again in some seconds


@app.command()
def suspended(
    release: Annotated[str | None, typer.Option(help="Let this mail in; a person answers it.")] = None,
    drop: Annotated[str | None, typer.Option(help="Put this mail away. It is kept.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the mails that became no message, and why; let one in, or put it away."""
    if release and drop:
        raise Refused("One mail at a time.", "Give either --release or --drop.")
    from segue.intake.mail import release as let_in

    with _house(data) as house:
        if release:
            taken = let_in(house.mails, release, BY, datetime.now(UTC))
            out.print(f"{release} is in conversation #{taken.number}, for people.", highlight=False)
        elif drop:
            house.mails.drop(drop, BY, datetime.now(UTC))
            out.print(f"{drop} is put away.", highlight=False)
        else:
            _list(house, json)


def _list(house: House, json: bool) -> None:
    found = house.mails.suspended(limit=200)
    if json:
        print_json(found)
        return
    table = Table(Column("id", no_wrap=True), "received", "from", "subject", "why")
    for mail in found:
        at = f"{mail['received_at']:%Y-%m-%d %H:%M}"
        table.add_row(mail["id"], at, mail["sender"], mail["subject"][:60], Cause(mail["cause"]).sentence)
    out.print(table if found else "Nothing is set aside.")


@contextmanager
def _house(data: Path | None) -> Iterator[House]:
    from segue.app.door import open_house
    from segue.knowledge.encoder import StandIn

    with reached(settings(data)) as at:
        house = open_house(at, StandIn())  # nothing here encodes anything
        try:
            yield house
        finally:
            house.mail_intake.close()
            house.db.close()
