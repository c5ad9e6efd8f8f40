"""`segue measure stream`: a desk learns on a stream, and it is counted how much it answers alone and how much wrongly.

Right means the right intent (or resolution): an upper bound on "solved". The baseline is the same desk with the usual
rule, the head's own probability against one minus the budget.

A category is over its budget where its mistakes are beyond chance, with all that were looked at (Holm): where 77 just
keep it, one is named in one stream of twenty. Beside it stand those that a test by itself would name, at 5 % each:
where 77 just keep it, two or three are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress

from segue.app.cli.common import err
from segue.app.measure.given import encoded, encoder, labelled, rows_of, texts_of
from segue.app.measure.learner import Arriving, Learner, Seen
from segue.app.replay.stream import items
from segue.app.replay.workspace import Folder
from segue.domain.errors import Refused
from segue.policy.betting import share_for_people
from segue.policy.guarantee import over_budget, tail, upper_bound
from segue.policy.settings.cells import Budget
from segue.triage.intents import Examples, named_texts

WINDOW, TRAIL = 1_000, 500
"""Messages over which the budget is to hold, after the first so many; those looked back over when intents appear."""
SURE = 0.95
STREAMS = ("stream.jsonl", "stream_dev.jsonl")


def run(workspace: str, budget: float, seed: int = 0, limit: int | None = None, appear: int = 0) -> dict[str, Any]:
    """`workspace`: a folder with catalogue, history and stream, played in time order; or a JSONL file of text, intent,
    in random order from a cold start. `appear`: so many intents are not met before half of such a file."""
    if Path(workspace).is_dir():
        return _folder(Folder(Path(workspace)), budget, seed, limit)
    stream, held = _mixed(workspace, seed, limit, appear)
    seen = _played(Learner(Budget(wrong=budget, sure=SURE), np.random.default_rng(seed)), stream)
    plain = _played(Learner(Budget(wrong=budget, sure=SURE), np.random.default_rng(seed), naive=1.0 - budget), stream)
    appeared = {"appeared": _appeared(seen, held, budget)} if held else {}
    return {**_figures(seen, budget), **appeared, "baseline": _figures(plain, budget)}


def _played(learner: Learner, stream: Sequence[Arriving]) -> list[Seen]:
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("Learning", total=len(stream))
        return [s for s in learner.run(stream, lambda: progress.advance(task)) if not s.is_past]


def _mixed(file: str, seed: int, limit: int | None, appear: int) -> tuple[list[Arriving], frozenset[str]]:
    rows = labelled(rows_of(file))
    wanted = [None if row.get("intent") is None else str(row["intent"]) for row in rows]
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(rows))[:limit]
    texts = texts_of(rows)
    vectors = encoded([texts[n] for n in order], encoder())
    intents = sorted({w for w in wanted if w})
    held = frozenset(intents[n] for n in rng.permutation(len(intents))[:appear])
    stream = [Arriving(texts[n], vector, wanted[n]) for n, vector in zip(order, vectors, strict=True)]
    half = len(stream) // 2
    return [m for m in stream[:half] if m.truth not in held] + stream[half:], held


# a workspace folder


def _folder(folder: Folder, budget: float, seed: int, limit: int | None) -> dict[str, Any]:
    file = next((folder.path / name for name in STREAMS if (folder.path / name).is_file()), None)
    if file is None:
        raise Refused(f"There is no stream in {folder.path}.", f"It is a file {' or '.join(STREAMS)}.")
    past, coming = folder.history, items(file, limit)
    named = named_texts(folder.catalogue)
    known = {i.id for i in folder.catalogue.intents}
    texts = [*(p["text"] for p in past), *(item.script[0].text for item in coming), *(text for text, _ in named)]
    vectors = encoded(texts, encoder())
    truths = [*(p["resolution_id"] for p in past), *(i.truth if i.truth in known else None for i in coming)]
    stream = [
        Arriving(t, v, truth, n < len(past))
        for n, (t, v, truth) in enumerate(zip(texts, vectors, truths, strict=False))
    ]
    by_name = Examples(tuple(t for t, _ in named), vectors[len(truths) :], tuple(intent for _, intent in named))
    ours, plain = (
        Learner(
            Budget(wrong=budget, sure=SURE), np.random.default_rng(seed), named=by_name, never=folder.always_human,
            naive=naive,
        )
        for naive in (None, 1.0 - budget)
    )  # fmt: skip
    unopened = known - {i.id for i in folder.catalogue.intents if i.is_opened} - folder.always_human
    seen, usual = _played(ours, stream), _played(plain, stream)
    return {
        **_figures(seen, budget), "unopened": opened_matters(seen, unopened),
        "baseline": {**_figures(usual, budget), "unopened": opened_matters(usual, unopened)},
    }  # fmt: skip


def opened_matters(seen: Sequence[Seen], unopened: set[str]) -> dict[str, Any]:
    """Matters nobody could answer at launch: how many of their messages came before the first that was answered, and
    how often one of them was taken for something else, by quarter of the stream: before that first one, and ever."""
    until, opened = {}, {}
    for intent in sorted(unopened):
        own = [(n, s) for n, s in enumerate(seen) if s.truth == intent]
        first = next((n for n, (_, s) in enumerate(own) if s.is_answered and s.is_right), None)
        until[intent] = first
        opened[intent] = len(seen) if first is None else own[first][0]
    met = [n for n in until.values() if n is not None]
    quarters = np.array_split(np.arange(len(seen)), 4)
    wrong = [n for n, s in enumerate(seen) if s.is_wrong and s.truth in unopened]
    early = [n for n in wrong if n < opened[str(seen[n].truth)]]
    twins, before = ([sum(n in quarter for n in some) for quarter in quarters] for some in (wrong, early))
    return {
        "matters": len(unopened),
        "opened": len(met),
        "median_messages_until_opened": float(np.median(met)) if met else None,
        "messages_until_opened": until,
        "near_twin_errors_by_quarter": twins,
        "near_twin_errors_while_unopened_by_quarter": before,
    }


# figures


def _figures(seen: Sequence[Seen], budget: float) -> dict[str, Any]:
    answered, wrong = np.array([s.is_answered for s in seen], bool), np.array([s.is_wrong for s in seen], bool)
    base = float(np.mean([not s.is_right for s in seen])) if seen else 0.0
    judged = sum(s.is_answered and s.is_learnt for s in seen)
    return {
        "messages": len(seen),
        "autonomy": _share(answered.sum(), len(seen)),
        "wrong": _share(wrong.sum(), answered.sum()),
        **categories_over(seen, budget),
        "autonomy_at_end": _share(answered[-WINDOW:].sum(), len(answered[-WINDOW:])),
        "windows_over_budget": _windows(answered, wrong, budget)[0],
        "worst_window": _windows(answered, wrong, budget)[1],
        "judged_share": _share(judged, answered.sum()),
        "first_answer": int(answered.argmax()) if answered.any() else None,
        "least_for_people": round(share_for_people(base, budget), 4),
        "by_thousand": [
            {"autonomy": _share(answered[at : at + WINDOW].sum(), len(answered[at : at + WINDOW])),
             "wrong": _share(wrong[at : at + WINDOW].sum(), answered[at : at + WINDOW].sum())}
            for at in range(0, len(seen), WINDOW)
        ],
        "by_category": _categories(seen),
    }  # fmt: skip


def _categories(seen: Sequence[Seen]) -> dict[str, Any]:
    """By the category of the answer."""
    found = {}
    for category in sorted({s.guess for s in seen if s.guess}):
        own = [s for s in seen if s.guess == category]
        n, k = sum(s.is_answered for s in own), sum(s.is_wrong for s in own)
        found[category] = {
            "messages": len(own),
            "answered": n,
            "wrong": k,
            "at_most": round(upper_bound(n, k, SURE), 4),
        }
    return found


def categories_over(seen: Sequence[Seen], budget: float) -> dict[str, list[str]]:
    """The categories over their budget, together SURE and each by itself."""
    counts = {c: (f["answered"], f["wrong"]) for c, f in _categories(seen).items()}
    by_itself = [c for c, (n, k) in counts.items() if k and 1.0 - tail(n, k - 1, budget) < 1.0 - SURE]
    return {"over_budget": over_budget(counts, budget, SURE), "over_budget_by_itself": by_itself}


def _windows(answered: Any, wrong: Any, budget: float) -> tuple[int, float | None]:
    """Of the thousands after the first, those over the budget; and the worst share wrong in any WINDOW of messages."""
    blocks = [slice(at, at + WINDOW) for at in range(WINDOW, len(answered) - WINDOW // 2, WINDOW)]
    over = sum(wrong[b].sum() > budget * answered[b].sum() for b in blocks)
    if len(answered) < 2 * WINDOW:
        return int(over), None
    outs, bad = (np.concatenate([[0], np.cumsum(column)]) for column in (answered, wrong))
    at = np.arange(WINDOW, len(answered) - WINDOW + 1)
    return int(over), round(
        float(((bad[at + WINDOW] - bad[at]) / np.maximum(outs[at + WINDOW] - outs[at], 1)).max()), 4
    )


def _appeared(seen: Sequence[Seen], held: frozenset[str], budget: float) -> dict[str, Any]:
    """When the share wrong of the last TRAIL messages was over the budget for the last time, counted from the first
    message about a new intent."""
    begin = next((n for n, s in enumerate(seen) if s.truth in held), None)
    if begin is None:
        raise Refused("None of the intents that were to appear came up.", "Take more messages, or let more appear.")
    trail = {n: _share_wrong(seen[max(begin, n - TRAIL) : n]) for n in range(begin + TRAIL // 5, len(seen), 10)}
    over = [n for n, share in trail.items() if share is not None and share > budget and n - begin <= 4 * TRAIL]
    steps = [slice(begin + at, begin + at + 250) for at in range(-500, 2_000, 250)]
    return {
        "intents": len(held),
        "at": begin,
        "back_within": (max(over) - begin) if over else 0,
        "autonomy_by_250": [_share(sum(s.is_answered for s in seen[b]), len(seen[b])) for b in steps],
        "wrong_by_250": [_share_wrong(seen[b]) for b in steps],
    }


def _share_wrong(seen: Sequence[Seen]) -> float | None:
    return _share(sum(s.is_wrong for s in seen), sum(s.is_answered for s in seen))


def _share(part: Any, whole: Any) -> float | None:
    return round(float(part) / float(whole), 4) if whole else None
