"""all-MiniLM-L6-v2 as files: where they lie, what they must hash to, and which version of them this is."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_MANIFEST = json.loads((_HERE / "manifest.json").read_text())

MODEL_PATH = _HERE / "model.onnx"
TOKENIZER_PATH = _HERE / "tokenizer.json"
SHA256: dict[str, str] = _MANIFEST["sha256"]
# Rows of two versions are never compared, so everything that can change a row is part of the name.
VERSION = f"minilm-l6-{_MANIFEST['precision']}-{SHA256['model.onnx'][:8]}"


def verify() -> None:
    """Raises ValueError when the model or the tokenizer is not, byte for byte, what was built."""
    for path in (MODEL_PATH, TOKENIZER_PATH):
        if sha256(path.read_bytes()).hexdigest() != SHA256[path.name]:
            raise ValueError(f"{path.name} of segue-encoder-minilm is damaged. Reinstall the package.")
