"""Segue's intent head beside its peers: same encoder, same training text, one run.

    python benchmarks/peers/run.py --train FILE --test FILE [--at FOLDER] [--json]

Run it with an interpreter in which segue is installed. It makes an environment of its own for semantic-router; where
that cannot be installed it says so and goes on with the others. Each contender runs in a process of its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from segue.app.measure.given import rows_of, texts_of
from segue.app.measure.scores import auroc, rounded

HERE = Path(__file__).parent
NEEDED = ("semantic-router", "onnxruntime", "tokenizers", "numpy")
GIVEN_UP = 0.01
"""The share of known messages each contender may turn away, on the same held-out fifth of train."""
COLUMNS = ("accuracy", "in_scope_accuracy", "oos_recall", "oos_auroc", "cpu_ms", "memory_mb", "fit_cpu_s")


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="segue-peers-") as made:
        folder = Path(asked.at or made)
        folder.mkdir(parents=True, exist_ok=True)
        task = _task(folder, asked.train, asked.test)
        results = {name: _contend(name, python, folder) for name, python in _contenders(folder).items()}
    figures = {name: _figures(task, said) for name, said in results.items() if said}
    print(json.dumps(figures, indent=2)) if asked.json else _show(figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--train", required=True, help="JSONL with text and intent, or FILE:field=value as in segue measure"
    )
    parser.add_argument(
        "--test", required=True, help="the same; an intent that train has not, or null, is none of these"
    )
    parser.add_argument("--at", help="folder to keep the environment in for another run; else it is thrown away")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _task(folder: Path, train: str, test: str) -> dict[str, Any]:
    """Known rows of train, and all of test; written where the contenders read it. An intent that train has not is none
    of these."""
    known = [row for row in rows_of(train) if row.get("intent") is not None]
    asked, held = rows_of(test), {str(row["intent"]) for row in known}
    task = {
        "texts": texts_of(known),
        "intents": [str(row["intent"]) for row in known],
        "asked": texts_of(asked),
        "wanted": [intent if (intent := str(row.get("intent"))) in held else None for row in asked],
    }
    (folder / "task.json").write_text(json.dumps(task))
    return task


def _contenders(folder: Path) -> dict[str, str]:
    """Names with the interpreter that runs them."""
    found = {"segue": sys.executable, "tfidf": sys.executable}
    peer = _peer(folder)
    return {**found, "semantic-router": peer} if peer else found


def _peer(folder: Path) -> str | None:
    """An environment with semantic-router; None, said plainly, where it cannot be had."""
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *NEEDED], check=True, stderr=subprocess.PIPE)
    except (subprocess.CalledProcessError, OSError) as error:
        why = (getattr(error, "stderr", None) or b"").decode().strip().splitlines()
        print(f"semantic-router cannot be installed here: {why[-1] if why else error}", file=sys.stderr)
        print("Going on without it: it gets no row.", file=sys.stderr)
        return None
    return str(python)


def _contend(name: str, python: str, folder: Path) -> dict[str, Any] | None:
    print(f"{name}: fitting and answering", file=sys.stderr)
    command = [python, str(HERE / "contend.py"), name, str(folder)]
    done = subprocess.run(command, env=_environment(), stdout=subprocess.PIPE, check=False)
    if done.returncode:
        print(f"{name} failed and gets no row; its error stands above.", file=sys.stderr)
        return None
    return dict(json.loads((folder / f"{name}.json").read_text()))


def _environment() -> dict[str, str]:
    """One thread of linear algebra each; segue's source and the encoder's package, and nothing else of ours."""
    source = importlib.util.find_spec("segue")
    model = importlib.util.find_spec("segue_encoder_minilm")
    if source is None or model is None or not source.origin or not model.origin:
        sys.exit("segue and its encoder must be installed in this interpreter: run `python3 run.py setup` first.")
    paths = {"PYTHONPATH": str(Path(source.origin).parents[1]), "PEERS_MODEL": str(Path(model.origin).parent)}
    return {**os.environ, **paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _figures(task: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Every contender's mark is set by the same rule on the same held-out messages."""
    mark = float(np.quantile([strange for _, strange in said["held"]], 1.0 - GIVEN_UP, method="higher"))
    strange = np.array([value for _, value in said["asked"]])
    is_none, is_known = strange > mark, np.array([wanted is not None for wanted in task["wanted"]])
    is_guess = np.array([guess == want for (guess, _), want in zip(said["asked"], task["wanted"], strict=True)])
    right = np.where(is_known, is_guess & ~is_none, is_none)
    unknown = ~is_known
    return {
        "accuracy": rounded(float(is_guess[is_known].mean())),
        "in_scope_accuracy": rounded(float(right[is_known].mean())),
        "oos_recall": rounded(float(is_none[unknown].mean())) if unknown.any() else None,
        "oos_auroc": rounded(auroc(strange[is_known], strange[unknown])),
        **{name: said[name] for name in ("cpu_ms", "memory_mb", "fit_cpu_s", "version")},
    }


def _show(figures: dict[str, dict[str, Any]]) -> None:
    print(f"{'':18}" + "".join(f"{column:>18}" for column in COLUMNS))
    for name, row in figures.items():
        print(f"{name:18}" + "".join(f"{'–' if row[column] is None else row[column]:>18}" for column in COLUMNS))


if __name__ == "__main__":
    main()
