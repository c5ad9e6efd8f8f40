"""One contender in a process of its own: learns, answers, and says what that cost.

    python contend.py segue|tfidf|semantic-router FOLDER

Reads FOLDER/task.json and writes FOLDER/NAME.json: a guess and a strangeness for each held-out and each asked message.
Training texts are encoded once for all contenders and kept; asked messages are encoded on the spot, and count.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

HELD = 5
"""One in so many training messages is held out to set the mark for none of these."""
Answer = Callable[[str], tuple[str, float]]


class Encoder:
    """The int8 MiniLM that Segue ships, with the encodings of training texts kept in a file."""

    def __init__(self, file: Path) -> None:
        _lend_the_model()
        from segue.knowledge.encoder import MiniLM

        self.model = MiniLM()
        self.file = file
        self.kept = dict(np.load(file)) if file.exists() else {}

    def keep(self, texts: Sequence[str]) -> None:
        for text in texts:
            key = _key(text)
            if key not in self.kept:
                self.kept[key] = self.model.encode([text])[0]
        np.savez(self.file, **self.kept)

    def learnt(self, texts: Sequence[str]) -> Any:
        return np.stack([self.kept[_key(text)] for text in texts])

    def encode(self, text: str) -> Any:
        return self.model.encode([text])[0]


def segue(encoder: Encoder, texts: Sequence[str], intents: Sequence[str]) -> Answer:
    from segue.domain.catalogue import Catalogue, Category, Intent
    from segue.triage.intents import Examples, IntentHead

    labels = sorted(set(intents))
    names = [label.replace("_", " ") for label in labels]
    opened = tuple(Intent(i, n, "all") for i, n in zip(labels, names, strict=True))
    encoder.keep(names)
    named = Examples(tuple(names), encoder.learnt(names), tuple(labels))
    learnt = Examples(tuple(texts), encoder.learnt(texts), tuple(intents))
    head = IntentHead.fit(learnt, named, Catalogue((Category("all", "All"),), opened))

    def answer(text: str) -> tuple[str, float]:
        reading = head.read(text, encoder.encode(text))
        return reading.intents[0].intent, float(reading.novelty.value)

    return answer


def tfidf(_: Encoder | None, texts: Sequence[str], intents: Sequence[str]) -> Answer:
    from segue.app.measure.plain import PlainModel

    model = PlainModel.fit(texts, intents)

    def answer(text: str) -> tuple[str, float]:
        chances = model.chances([text])[0]
        return model.labels[int(chances.argmax())], -float(chances.max())

    return answer


def semantic_router(encoder: Encoder, texts: Sequence[str], intents: Sequence[str]) -> Answer:
    """As its documentation shows it: a route an intent, its messages as utterances, the defaults for all else."""
    from semantic_router import IndexedRouter, Route
    from semantic_router.encoders import DenseEncoder

    kept = dict(encoder.kept)

    class Ours(DenseEncoder):
        def __call__(self, docs: list[Any]) -> list[list[float]]:
            return [_listed(encoder, kept, str(doc)) for doc in docs]

    said: dict[str, list[str]] = {}
    for text, intent in zip(texts, intents, strict=True):
        said.setdefault(intent, []).append(text)
    router = IndexedRouter(Ours(name="minilm"), [Route(name=intent, utterances=own) for intent, own in said.items()])
    kept.clear()  # what is asked is encoded on the spot

    def answer(text: str) -> tuple[str, float]:
        choice = router(text)
        return str(choice.name), -float(choice.confidence or 0.0)

    return answer


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    task = json.loads((folder / "task.json").read_text())
    texts, intents = np.array(task["texts"], object), np.array(task["intents"], object)
    encoder = None
    if name != "tfidf":
        encoder = Encoder(folder / "encodings.npz")
        encoder.keep(task["texts"])
    fit = CONTENDERS[name]
    is_held = np.random.default_rng(0).permutation(len(texts)) % HELD == 0
    early = fit(encoder, list(texts[~is_held]), list(intents[~is_held]))
    held = [early(text) for text in texts[is_held]]
    before = time.process_time()
    answer = fit(encoder, list(texts), list(intents))
    fitted = time.process_time()
    asked = [answer(text) for text in task["asked"]]
    spent = time.process_time() - fitted
    said = {
        "held": held,
        "asked": asked,
        "cpu_ms": round(spent / max(len(asked), 1) * 1e3, 2),
        "fit_cpu_s": round(fitted - before, 2),
        "memory_mb": _memory(),
        "version": _version(name),
    }
    (folder / f"{name}.json").write_text(json.dumps(said))


def _lend_the_model() -> None:
    """Makes Segue's encoder package importable here, and nothing else of the environment it is installed in."""
    place = Path(os.environ["PEERS_MODEL"])
    found = importlib.util.spec_from_file_location(
        place.name, place / "__init__.py", submodule_search_locations=[str(place)]
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[place.name] = module
    found.loader.exec_module(module)


def _listed(encoder: Encoder, kept: dict[str, Any], text: str) -> list[float]:
    row = kept.get(_key(text))
    return [float(x) for x in (encoder.encode(text) if row is None else row)]


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _memory() -> int | None:
    """Resident megabytes at the end; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def _version(name: str) -> str:
    from importlib.metadata import version

    return version("semantic-router") if name == "semantic-router" else ""


CONTENDERS: dict[str, Callable[[Any, Sequence[str], Sequence[str]], Answer]] = {
    "segue": segue,
    "tfidf": tfidf,
    "semantic-router": semantic_router,
}

if __name__ == "__main__":
    main()
