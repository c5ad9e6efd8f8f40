"""`segue texts`: what people read, found in the code and brought into the catalogues; for who writes or translates."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.app.cli.common import err, out
from segue.domain.errors import Refused
from segue.texts import extract, languages
from segue.texts.po import Entry

app = typer.Typer(help="What people read: the catalogues of texts, one for each language.", no_args_is_help=True)


@app.command("extract")
def bring_in(
    language: Annotated[str, typer.Option(help="Begin a catalogue for one more language, by its ISO code.")] = "",
) -> None:
    """Bring every text of the code into the catalogues. What was translated stays; what is gone goes."""
    if language and not language.isalpha():
        raise Refused(f"{language} is no code of a language.", "Give two or three letters, as ISO 639 has them.")
    found = _found()
    for code in sorted({*languages(), *([language.lower()] if language else [])}):
        text, missing = extract.update(code, found)
        (extract.CATALOGUES / f"{code}.po").write_text(text, "utf8")
        out.print(f"{code}: {len(found)} texts, {missing} not translated")


@app.command()
def check() -> None:
    """Say what is missing, doubtful or no longer used; exit 1 where anything is."""
    found = _found()
    told = [flaw for code in languages() for flaw in extract.flaws(code, found)]
    for flaw in told:
        err.print(flaw, markup=False, highlight=False)
    if told:
        raise typer.Exit(1)
    out.print(f"{len(found)} texts in {len(languages())} languages, all of them whole")


def _found() -> list[Entry]:
    try:
        return extract.texts()
    except extract.Unreadable as flaw:
        raise Refused(str(flaw), "Write the text out, or mark it with N_ where it stands.") from None
