"""`segue article`: try an article on the past before it is published, and say which matter a loose one answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from segue.app.cli.common import BY, Data, Json, Since, ago, out, print_json, settings
from segue.app.reach import reached
from segue.domain.errors import Refused
from segue.insight.article_effect import ArticleTrial

if TYPE_CHECKING:
    from segue.learning.placing import Loose


app = typer.Typer(
    help="Articles: tried before they are published, placed under what they answer.", no_args_is_help=True
)


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An article in Markdown.")],
    since: Since = "90d",
    data: Data = None,
    json: Json = False,
) -> None:
    """Try a new or changed article on the past: who would find it, who would be answered from it, what goes worse."""
    from segue.app.door import open_house
    from segue.insight.trying_articles import ArticleTrier
    from segue.knowledge.bringing import article_in
    from segue.store.backtest import PastStore

    article, now = article_in(file), datetime.now(UTC)
    with reached(settings(data), make=False) as at:
        house = open_house(at)
        trier = ArticleTrier(house.workspace, house.library, PastStore(house.db))
        found = trier.try_article(article.over(house.library.store.last_of), ago(since, now), now)
        house.db.close()
    print_json(found) if json else show(found, out)


@app.command()
def place(
    article: Annotated[str | None, typer.Argument(help="Its slug or title. Without one: every loose article.")] = None,
    matter: Annotated[str | None, typer.Option(help="The matter it answers, by its id or name.")] = None,
    category: Annotated[
        str | None, typer.Option(help="Make a matter of its own in this category, by its id or name.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Put an article under the matter it answers: nobody is answered from it before. Alone, it lists what is loose."""
    from segue.app.door import open_house
    from segue.learning.placing import Placing
    from segue.learning.school import School

    if bool(matter) + bool(category) != (article is not None):
        raise Refused(
            "What it answers is not said.", "Give the article with one of --matter and --category.", "ARTICLE"
        )
    with reached(settings(data), make=False) as at:
        house = open_house(at)
        placing, now = Placing(School(house.db, house.library)), datetime.now(UTC)
        if article and category:
            matter = placing.place_anew(article, category, BY, now)
        elif article:
            placing.place(article, matter or "", BY, now)
        loose = [] if article else placing.loose()
        house.db.close()
    if article:
        print_json({"article": article, "matter": matter}) if json else out.print(f"{article} answers {matter} now.")
    else:
        print_json([_as_row(one) for one in loose]) if json else show_loose(loose, out)


def show_loose(loose: list[Loose], out: Console) -> None:
    for one in loose:
        likely = ", ".join(f"{g.intent} {g.probability:.0%}" for g in one.matters) or "like nothing known"
        out.print(f"{one.article.slug}: {likely}", highlight=False, markup=False)
    if not loose:
        out.print("Every public article answers a matter.")


def _as_row(one: Loose) -> dict[str, Any]:
    matters = [{"intent": g.intent, "probability": round(g.probability, 4)} for g in one.matters]
    return {"article": one.article.slug, "title": one.article.title, "matters": matters}


def show(found: ArticleTrial, out: Console) -> None:
    kind = "new" if found.is_new else "changed"
    about = (
        f"about {found.intent}" if found.intent else "about no intent: it can be found, and nobody is answered from it"
    )
    out.print(f"[bold]{escape(found.title)}[/] ({kind}, {escape(about)}), {found.messages} messages since"
              f" {found.since:%Y-%m-%d}.")  # fmt: skip
    if found.opens_intent:
        out.print("Its matter is not opened yet; it is taken to be opened with it.")
    if not found.messages:
        out.print("Nothing was considered in that time. `segue backfill` considers imported conversations afterwards.")
        return
    for line in _lines(found):
        out.print(line, highlight=False, markup=False)
    for e in found.examples:
        out.print(f"[bold]#{e.number}[/] {e.says}. {escape(' '.join(e.text.split())[:120])}\n    {escape(e.before)}"
                  f" → {escape(e.after)}; resolved as {e.resolved_as or 'nobody said'}", highlight=False)  # fmt: skip
    out.print("[bold]What the figures rest on[/]")
    for name, rests in found.rests.items():
        out.print(f"  {name:17} {rests.on}: {rests.because}", highlight=False, markup=False)


def _lines(found: ArticleTrial) -> list[str]:
    finds = f"{found.found} would find it, {found.found_first} of them first."
    return [
        f"Of the {found.searched} messages nearest to it {finds}",
        f"{found.newly_answered} would newly be answered; {found.newly_right} of them as they were resolved.",
        f"{found.newly_wrong} of them people had resolved as something else.",
        f"{found.says_something_else} would be answered in other words; {found.of_those_were_right} had been right.",
        f"{found.no_longer_answered} would no longer be answered.",
        *(f"Still with people, {count}: {reason}." for reason, count in found.still_not_answered.items()),
    ]
