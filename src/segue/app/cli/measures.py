"""`segue measure`: figures of quality on labelled files, with the simplest baseline beside ours."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from segue.app.cli.common import Data, Json, out, print_json, settings
from segue.app.reach import throwaway

app = typer.Typer(help="Quality on labelled JSONL files, the simplest baseline beside ours.", no_args_is_help=True)
File = Annotated[str, typer.Option(help="A JSONL file, or some of its rows: FILE:split=train,kind=in_scope|id.")]


@app.command()
def intents(
    train: File,
    test: File,
    shots: Annotated[int | None, typer.Option(help="Learn from so many messages of each intent only.", min=1)] = None,
    seeds: Annotated[int, typer.Option(help="Draw them so many times; figures are means.", min=1)] = 1,
    json: Json = False,
) -> None:
    """Intents (fields text, intent; null is none of these): accuracy, and how well the unknown is told apart."""
    from segue.app.measure.intents import run

    show("intents", run(train, test, shots, seeds), json)


@app.command()
def unknown(train: File, valid: File, test: File, json: Json = False) -> None:
    """Unknown siblings and foreign text (fields text, intent, kind: in_scope, id or ood) told from the known."""
    from segue.app.measure.unknown import run

    show("unknown", run(train, valid, test), json)


@app.command()
def frustration(
    train: File,
    test: File,
    most: Annotated[int | None, typer.Option(help="Only so many dialogues of each file.", min=50)] = None,
    json: Json = False,
) -> None:
    """Frustration (turns with `sat` ratings): AUROC, AP and the timing score GT-T. One file is split by dialogue."""
    from segue.app.measure.frustration import run

    show("frustration", run(train, test, most), json)


@app.command()
def retrieval(
    kb: Annotated[str, typer.Option(help="Articles: a JSONL file with id, title, body.")],
    questions: Annotated[str, typer.Option(help="Questions: a JSONL file with question and the ids in gold.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """The real search over articles: top-1, top-5, top-10 and MRR, beside BM25."""
    from segue.app.measure.retrieval import given, run

    articles, asked = given(kb, questions)
    with throwaway(settings(data), "measure") as at:
        figures = run(at, articles, asked)
    show("retrieval", figures, json)


@app.command()
def similar(
    threads: Annotated[str, typer.Option(help="Past cases in order: a JSONL file with text or turns, and a label.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Similar solved cases: whether those found were solved the same way; top-1, top-5 and AP, beside TF-IDF."""
    from segue.app.measure.similar import given, run

    cases = given(threads)
    with throwaway(settings(data), "measure") as at:
        figures = run(at, cases)
    show("similar", figures, json)


@app.command()
def briefing(file: File, json: Json = False) -> None:
    """The briefing against people's summaries (fields turns, summary): ROUGE, beside LexRank and the first lines."""
    from segue.app.measure.briefing import run

    show("briefing", run(file), json)


@app.command()
def topics(file: File, json: Json = False) -> None:
    """New topics (fields text, intent): how well unlabelled messages fall into their intents; V-measure and ARI."""
    from segue.app.measure.topics import run

    show("topics", run(file), json)


@app.command()
def promise(
    budget: Annotated[float, typer.Option(help="Error budget: share of wrong answers.", min=0.001, max=0.5)] = 0.05,
    delta: Annotated[
        float, typer.Option(help="The chance of a false promotion that is accepted.", min=0.001, max=0.5)
    ] = 0.05,
    simulations: Annotated[int, typer.Option(help="Simulated cells.", min=100)] = 10_000,
    seed: Annotated[int, typer.Option(help="Another seed, other chances.")] = 0,
    json: Json = False,
) -> None:
    """Simulated cells, looked at after every case: false promotions, false demotions, the delay after a drop."""
    from segue.app.measure.promise import run

    show("promise", run(budget, delta, simulations, seed), json)


@app.command()
def stream(
    workspace: Annotated[str, typer.Argument(help="A workspace folder, or a JSONL file of text, intent.")],
    budget: Annotated[float, typer.Option(help="Error budget: share of wrong answers.", min=0.001, max=0.5)] = 0.05,
    seed: Annotated[int, typer.Option(help="Another seed, another order.")] = 0,
    limit: Annotated[int | None, typer.Option(help="Only so many messages.", min=1)] = None,
    appear: Annotated[int, typer.Option(help="Intents that come up only after half of a file.", min=0)] = 0,
    json: Json = False,
) -> None:
    """A desk that learns on a stream: how much it answers alone, how much of it wrongly."""
    from segue.app.measure.stream import run

    show("stream", run(workspace, budget, seed, limit, appear), json)


@app.command()
def selective(
    train: File,
    cal: File,
    test: File,
    budget: Annotated[float, typer.Option(help="Error budget: share of wrong answers.", min=0.001, max=0.5)] = 0.05,
    json: Json = False,
) -> None:
    """What may be answered alone under an error budget per category: coverage, wrong, categories over their budget."""
    from segue.app.measure.selective import run

    show("selective", run(train, cal, test, budget), json)


@app.command()
def answers(
    file: Annotated[str, typer.Option(help="Lines of kind, right articles (| between, or none) and message, by tabs.")],
    json: Json = False,
) -> None:
    """The whole assistant over the demo company: what comes of what its customers type, by kind of question."""
    from segue.app.measure.answers import run

    show("answers", run(file), json)


def show(name: str, figures: dict[str, Any], json: bool) -> None:
    """Figures as JSON or as a table; blocks of figures, such as `baseline`, stand beside ours where they share one."""
    if json:
        print_json({"measure": name, **figures})
        return
    beside = {key: block for key, block in figures.items() if isinstance(block, dict) and {*block} & {*figures}}
    table = Table("figure", "ours", *beside, title=f"segue measure {name}")
    for key, value in figures.items():
        if not isinstance(value, dict | list):
            table.add_row(key, _said(value), *(_said(block.get(key)) for block in beside.values()))
    out.print(table)


def _said(value: object) -> str:
    return "–" if value is None else str(value)
