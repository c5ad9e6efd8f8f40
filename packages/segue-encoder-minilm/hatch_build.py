"""The build hook: pinned weights in, a checked ONNX model, its tokenizer and a manifest of sha256 sums out.

Nothing of the weights' own packages is ever imported; they are read as data. The model is compared with an
independent NumPy forward pass before it is packed, so a wheel that exists is a wheel that computes the right thing.
`SEGUE_ENCODER_PRECISION` chooses `int8` (default), `int8-reduced` (7-bit weights, for CPUs without VNNI) or `fp32`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
PACKAGE = "segue_encoder_minilm"


class ModelHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `model.onnx`, `tokenizer.json` and `manifest.json` to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            raise RuntimeError("This package carries data it builds; install it as a wheel, not with --editable.")
        self._work = tempfile.TemporaryDirectory(prefix="segue-encoder-")
        made = make(Path(self._work.name), os.environ.get("SEGUE_ENCODER_PRECISION", "int8"))
        build_data["force_include"].update({str(path): f"{PACKAGE}/{path.name}" for path in made})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self._work.cleanup()


def make(folder: Path, precision: str) -> list[Path]:
    """Write the three files into `folder` and return their paths."""
    sys.path.insert(0, str(HERE))
    from recipe import check, graph, weights

    files = weights.fetch()
    tensors = weights.tensors(files["model.safetensors"])
    plain, model, tokenizer = folder / "plain.onnx", folder / "model.onnx", folder / "tokenizer.json"
    tokenizer.write_bytes(weights.unpadded(files["tokenizer.json"]))
    graph.write(tensors, plain)
    graph.quantise(plain, model, precision)
    report = check.compare(tensors, tokenizer, plain, model)
    manifest = folder / "manifest.json"
    sums = {path.name: sha256(path.read_bytes()).hexdigest() for path in (model, tokenizer)}
    manifest.write_text(json.dumps({"precision": precision, "sha256": sums, "checked": report}, indent=2) + "\n")
    return [model, tokenizer, manifest]
