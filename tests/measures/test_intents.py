"""Intents, the unknown and answering under a budget, with the real encoder on samples of labelled messages.

The whole sets are for `segue measure` (docs/measures.md); floors here leave room for what a sample is smaller by.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segue.app.measure import intents, selective, unknown
from segue.app.measure.given import rows_of
from segue.app.measure.heads import Labelled, head_of
from segue.app.measure.several import several

DATA = Path(__file__).parents[3] / "shared" / "data"
BANK, CLINC = DATA / "oos" / "banking77_oos_train_valid.jsonl", DATA / "intents" / "clinc150_train_valid.jsonl"

pytestmark = [
    pytest.mark.measures,
    pytest.mark.skipif(not BANK.exists(), reason="the development data (../shared/data) is not on this machine"),
]


def sampled(file: Path, folder: Path, name: str, each: int, **wanted: Any) -> str:
    """Up to `each` rows of every intent (and of none), as a file of their own."""
    rows = [json.loads(line) for line in file.read_text("utf8").splitlines()]
    rows = [rows[n] for n in np.random.default_rng(1).permutation(len(rows))]
    rows = [row for row in rows if all(row.get(field) in values for field, values in wanted.items())]
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for row in rows:
        key = (str(row.get("intent")), str(row.get("kind")))
        seen[key] = seen.get(key, 0) + 1
        kept += [row] if seen[key] <= each else []
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in kept), "utf8")
    return str(path)


@pytest.mark.long
def test_banking_intents_are_read_better_than_by_words_alone(tmp_path: Path) -> None:
    train = sampled(BANK, tmp_path, "train", 40, split=["train"], kind=["in_scope"])
    test = sampled(BANK, tmp_path, "test", 15, split=["valid"], kind=["in_scope"])

    found = intents.run(train, test, pairs=False)

    print(found)
    assert found["accuracy"] >= 0.89
    assert found["accuracy"] >= found["baseline"]["accuracy"] + 0.05


def test_two_matters_in_one_message_are_mostly_both_found_and_one_is_hardly_ever_two(tmp_path: Path) -> None:
    """Both can only be found where both are read right, about 81 of 100 pairs with this head."""
    train = Labelled.of(rows_of(sampled(BANK, tmp_path, "train", 40, split=["train"], kind=["in_scope"])))
    test = Labelled.of(rows_of(sampled(BANK, tmp_path, "test", 10, split=["valid"], kind=["in_scope"])))

    found = several(head_of(train), test)

    print(found)
    assert found["parted_announced"] >= 0.80
    assert found["both_found_announced"] >= 0.60
    assert found["both_found_plain"] >= 0.50
    assert found["single_parted"] <= 0.02
    assert found["passes_for_a_single"] <= 0.25


@pytest.mark.long
def test_what_is_none_of_these_is_noticed_at_a_mark_that_costs_little(tmp_path: Path) -> None:
    train = sampled(CLINC, tmp_path, "train", 15, split=["train"])
    test = sampled(CLINC, tmp_path, "test", 6, split=["valid"]), sampled(CLINC, tmp_path, "oos", 100, oos=[True])
    Path(test[0]).write_text(Path(test[0]).read_text("utf8") + Path(test[1]).read_text("utf8"), "utf8")

    found = intents.run(train, test[0], pairs=False)

    print(found)
    assert found["in_scope_accuracy"] >= 0.88
    assert found["oos_auroc"] >= 0.95
    assert found["oos_recall"] >= 0.25
    assert found["oos_auroc"] >= found["baseline"]["oos_auroc"]


def test_unknown_siblings_and_foreign_text_are_told_from_the_known(tmp_path: Path) -> None:
    train = sampled(BANK, tmp_path, "train", 40, split=["train"])
    test = sampled(BANK, tmp_path, "test", 10, split=["valid"])

    found = unknown.run(train, train, test)

    print(found)
    assert found["id_auroc"] >= 0.94
    assert found["id_fpr95"] <= 0.30
    assert found["ood_auroc"] >= 0.99
    assert found["unheard"]["id_auroc"] >= 0.90
    assert found["with_questions"]["id_auroc"] >= found["id_auroc"]


def test_answers_under_a_budget_keep_it(tmp_path: Path) -> None:
    train = sampled(BANK, tmp_path, "train", 30, split=["train"], kind=["in_scope"])
    cal = sampled(BANK, tmp_path, "cal", 30, split=["valid"], kind=["in_scope"])
    rows = Path(cal).read_text("utf8").splitlines(keepends=True)
    test = tmp_path / "test.jsonl"
    test.write_text("".join(rows[::2]), "utf8")
    Path(cal).write_text("".join(rows[1::2]), "utf8")

    found = selective.run(train, cal, str(test), 0.05)

    print({k: v for k, v in found.items() if k != "categories"})
    assert found["wrong"] <= 0.06  # 5 % is promised, 95 % sure; the rest is the size of the sample
    assert found["coverage"] >= 0.60
    assert found["violations_certain"] <= 1
    assert found["coverage"] >= found["baseline"]["coverage"]
