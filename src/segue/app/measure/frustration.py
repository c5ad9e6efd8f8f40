"""`segue measure frustration`: dialogues whose customer turns were rated 1 to 5 (`sat`) by several people.

Three scores on the same test turns: the head fitted on the train dialogues as a workspace would on judged turns
(triage/mood.py), the signal as it ships (no judged turn seen), and TF-IDF with logistic regression. A turn counts as
frustrated where the mean rating is below 2.5. The same file for train and test is split by dialogue, five times, so
that every dialogue is judged by a head that never saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.given import CUSTOMER, Row, encoded, encoder, rows_of, turns_of
from segue.app.measure.plain import PlainModel
from segue.app.measure.scores import auroc, average_precision, rounded
from segue.domain.errors import Refused
from segue.domain.ports import Encoder
from segue.triage.frustration import fit_tone, frustration, remembered
from segue.triage.mood import Moment, MoodHead
from segue.triage.said import Said
from segue.triage.tone import Tone

FRUSTRATED = 2.5
CALM, FURIOUS = 3.2, 2.0
"""Mean ratings that teach nothing and everything; in between they teach in part."""
FOLDS = 5
WIDTH = 1.5
"""Turns off at which the timing score has fallen to about 0.6."""
KINDS = ("ours", "shipped", "baseline")


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """One dialogue's customer turns with their mean ratings."""

    course: tuple[Moment, ...]
    ratings: tuple[float, ...]

    @property
    def texts(self) -> list[str]:
        return [moment.said.raw for moment in self.course]

    @property
    def shares(self) -> list[float]:
        return [float(np.clip((CALM - r) / (CALM - FURIOUS), 0, 1)) for r in self.ratings]

    @property
    def is_frustrated(self) -> NDArray[np.bool_]:
        return np.array(self.ratings) < FRUSTRATED


def run(train: str, test: str, most: int | None = None) -> dict[str, Any]:
    """AUROC, AP and GT-T of the fitted head; under `shipped` and `baseline` those of the others. `most`: only so many
    dialogues of each file."""
    by = encoder()
    asked = _rated(test, most, by)
    learnt = asked if train == test else _rated(train, most, by)
    if not any(d.is_frustrated.any() for d in learnt):
        raise Refused(f"No turn of {train} is rated below {FRUSTRATED}.", "Give dialogues with dissatisfied turns.")
    tone = fit_tone(by)
    scores = _crossed(asked, tone) if train == test else _scored(learnt, asked, tone)
    figures = {kind: _figures(asked, [s[kind] for s in scores]) for kind in KINDS}
    return {
        "train": len(learnt), "test": len(asked), "turns": sum(len(d.ratings) for d in asked),
        "frustrated": int(sum(d.is_frustrated.sum() for d in asked)), "split_by_dialogue": train == test,
        **figures["ours"], "shipped": figures["shipped"], "baseline": figures["baseline"],
    }  # fmt: skip


def _rated(named: str, most: int | None, by: Encoder) -> list[Rated]:
    dialogues = [turns_of(number, row) for number, row in enumerate(rows_of(named)[:most], 1)]
    texts = list({_text(turn) for turns in dialogues for turn in turns if _is_rated(turn)})
    vectors = dict(zip(texts, encoded(texts, by), strict=True))
    found = [rated for turns in dialogues if (rated := _one(turns, vectors)).course]
    if not found:
        raise Refused(f"No customer's turn of {named} is rated.", "Rate them 1 to 5, as in `sat`: [3, 2, 3].")
    return found


def _one(turns: Sequence[Row], vectors: dict[str, Any]) -> Rated:
    moments, ratings, reply = list[Moment](), list[float](), ""
    for turn in turns:
        if turn.get("role") not in CUSTOMER:
            reply = _text(turn)
        elif _is_rated(turn):
            moments.append(Moment(Said.of(_text(turn)), vectors[_text(turn)], Said.of(reply)))
            ratings.append(fmean(turn["sat"]))
    return Rated(tuple(moments), tuple(ratings))


def _text(turn: Row) -> str:
    return str(turn.get("text") or "")


def _is_rated(turn: Row) -> bool:
    """Of a customer, with words and numbers."""
    rates = turn.get("sat")
    is_told = isinstance(rates, list) and bool(rates) and all(isinstance(rate, int | float) for rate in rates)
    return turn.get("role") in CUSTOMER and bool(_text(turn)) and is_told


Scores = dict[str, NDArray[np.float64]]


def _crossed(dialogues: Sequence[Rated], tone: Tone, seed: int = 0) -> list[Scores]:
    folds = np.random.default_rng(seed).permutation(len(dialogues)) % FOLDS
    found: list[Scores] = [{} for _ in dialogues]
    for fold in range(FOLDS):
        here = np.flatnonzero(folds == fold)
        learnt = [d for d, at in zip(dialogues, folds, strict=True) if at != fold]
        for at, scores in zip(here.tolist(), _scored(learnt, [dialogues[int(n)] for n in here], tone), strict=True):
            found[at] = scores
    return found


def _scored(learnt: Sequence[Rated], asked: Sequence[Rated], tone: Tone) -> list[Scores]:
    head = MoodHead.fit([d.course for d in learnt], [d.shares for d in learnt])
    kinds = [str(bool(x)) for d in learnt for x in d.is_frustrated]
    plain = PlainModel.fit([text for d in learnt for text in d.texts], kinds)
    is_yes = plain.labels.index("True")
    return [
        {
            "ours": head.chances(d.course),
            "shipped": _shipped(d, tone),
            "baseline": plain.chances(d.texts)[:, is_yes].astype(np.float64),
        }
        for d in asked
    ]


def _shipped(dialogue: Rated, tone: Tone) -> NDArray[np.float64]:
    """p_t of the signal as it ships."""
    found, earlier = list[float](), list[str]()
    for at, moment in enumerate(dialogue.course):
        previous = dialogue.course[at - 1].vector if at else None
        found.append(frustration(moment.said, earlier, moment.vector, previous, tone, moment.reply.raw).value)
        earlier.append(moment.said.raw)
    return np.array(found)


def _figures(dialogues: Sequence[Rated], scores: Sequence[NDArray[np.float64]]) -> dict[str, Any]:
    every, is_yes = np.concatenate(scores), np.concatenate([d.is_frustrated for d in dialogues])
    mark = float(np.quantile(every, 1 - is_yes.mean()))
    return {
        "auroc": rounded(auroc(every[~is_yes], every[is_yes])),
        "ap": rounded(average_precision(every, is_yes)),
        "gt_t": rounded(_timing(dialogues, scores, mark)),
    }


def _timing(dialogues: Sequence[Rated], scores: Sequence[NDArray[np.float64]], mark: float) -> float | None:
    """GT-T: of the dialogues in which somebody became frustrated, the mean credit for when the remembered signal first
    passed `mark` (set so that as many turns pass as are frustrated): 1 at the first frustrated turn, falling as a
    Gaussian of the turns off, 0 where it never did."""
    credits = []
    for dialogue, own in zip(dialogues, scores, strict=True):
        if dialogue.is_frustrated.any():
            passed = np.flatnonzero(_course(own) > mark)
            off = passed[0] - np.flatnonzero(dialogue.is_frustrated)[0] if len(passed) else np.inf
            credits.append(float(np.exp(-(off**2) / (2 * WIDTH**2))))
    return fmean(credits) if credits else None


def _course(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """s_t from p_t."""
    course = list[float]()
    for now in own:
        course.append(remembered(course, float(now)))
    return np.array(course)
