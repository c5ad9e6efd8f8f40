"""An independent forward pass in NumPy, and the comparison every built model must survive."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recipe.graph import HEADS, LAYERS, Tensors

Rows = NDArray[np.float32]
TEXTS = (
    "The weather is lovely today.",
    "It's so sunny outside!",
    "He drove to the stadium.",
    "Why is my invoice higher this month?",
    "My bill went up and I don't understand why.",
    "How do I reset my password?",
    "Der Export bricht nach 10.000 Zeilen ab — was tun?",
    "HELP!!! checkout is down for ALL our customers since 9:05, order #88231",
    "a",
    "The integration stopped syncing contacts after we rotated the API key. " * 8,
)
PUBLISHED = {(0, 1): 0.6660, (0, 2): 0.1046, (1, 2): 0.1411}  # the model's own documentation, for the first three texts
LEAST_COSINE = 0.985
_erf = np.vectorize(math.erf, otypes=[np.float32])


def compare(t: Tensors, tokenizer: Path, plain: Path, model: Path) -> dict[str, float]:
    """Figures for the manifest; raises RuntimeError when the graph or its quantised form is not the published model."""
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    reader = Tokenizer.from_file(str(tokenizer))
    ids = [np.array([reader.encode(text).ids], np.int64) for text in TEXTS]
    runs = [InferenceSession(str(path), providers=["CPUExecutionProvider"]) for path in (plain, model)]
    exact, shipped = (np.concatenate([run.run(None, {"ids": one})[0] for one in ids]) for run in runs)
    expected = np.concatenate([forward(t, one[0]) for one in ids])
    report = {
        "graph_max_difference": float(np.abs(exact - expected).max()),
        "lowest_cosine_with_fp32": float((exact * shipped).sum(1).min()),
        "published_max_difference": max(abs(float(exact[a] @ exact[b]) - x) for (a, b), x in PUBLISHED.items()),
    }
    limits = {"graph_max_difference": 1e-5, "published_max_difference": 1e-4}
    if any(report[name] > most for name, most in limits.items()) or report["lowest_cosine_with_fp32"] < LEAST_COSINE:
        raise RuntimeError(f"The built encoder does not compute the published model: {report}. Don't ship it.")
    return {name: round(value, 8) for name, value in report.items()}


def forward(t: Tensors, ids: NDArray[np.int64]) -> Rows:
    """all-MiniLM-L6-v2 of one text, [1, 384], written from the paper and not from our graph."""
    e = "embeddings."
    x = t[e + "word_embeddings.weight"][ids] + t[e + "position_embeddings.weight"][: len(ids)]
    x = _norm(x + t[e + "token_type_embeddings.weight"][0], t, e + "LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        q, k, v = (_heads(_dense(x, t, f"{name}attention.self.{part}")) for part in ("query", "key", "value"))
        weights = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1]))
        mixed = (weights / weights.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(x), -1)
        x = _norm(x + _dense(mixed, t, name + "attention.output.dense"), t, name + "attention.output.LayerNorm")
        wide = _dense(x, t, name + "intermediate.dense")
        wide = wide * 0.5 * (1 + _erf(wide / math.sqrt(2)))
        x = _norm(x + _dense(wide, t, name + "output.dense"), t, name + "output.LayerNorm")
    pooled = x.mean(0, keepdims=True)
    return np.asarray(pooled / np.linalg.norm(pooled), np.float32)


def _heads(x: Rows) -> Rows:
    return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)


def _dense(x: Rows, t: Tensors, name: str) -> Rows:
    return x @ t[name + ".weight"].T + t[name + ".bias"]


def _norm(x: Rows, t: Tensors, name: str) -> Rows:
    centred = x - x.mean(-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return np.asarray(centred / spread * t[name + ".weight"] + t[name + ".bias"], np.float32)
