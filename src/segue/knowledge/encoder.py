"""Text in, one unit row of 384 numbers out: the model that ships, and a stand-in for what is not about quality.

Both keep one promise: the same text and the same `version` give the same bits, in any process and in any company. That
is why texts are encoded one at a time: a dynamically quantised model scales by what else is in the batch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import DIMENSIONS, Vector

MOST_TOKENS = 256  # the length the model was made for; what comes after it is not read
MOST_CHARACTERS = 8_000  # more than 256 tokens in any language; tokenising a whole megabyte would be waste
_WORD = re.compile(r"\w+")


class MiniLM:
    """all-MiniLM-L6-v2 on one thread: about 2 ms for a short message, 25 ms for a long one, 110 MB of memory."""

    def __init__(self) -> None:
        """Takes 0.1-0.3 s. Raises EncoderUnavailable when the model's package is missing or damaged."""
        files = _model_files()
        from tokenizers import Tokenizer

        self.version = str(files.VERSION)
        self._session = _session(str(files.MODEL_PATH))
        self._tokenizer = Tokenizer.from_file(str(files.TOKENIZER_PATH))
        self._tokenizer.no_padding()  # three to ten times the work for short texts
        self._tokenizer.enable_truncation(MOST_TOKENS)

    def encode(self, texts: Sequence[str]) -> Vector:
        rows = np.empty((len(texts), DIMENSIONS), np.float32)
        for row, text in zip(rows, texts, strict=True):
            ids = np.array([self._tokenizer.encode(readable(text)).ids], np.int64)
            row[:] = self._session.run(None, {"ids": ids})[0][0]
        return rows


@cache
def words_read_whole() -> frozenset[str]:
    """Words the model reads in one piece, nearly all of them English; empty where the model's package is missing."""
    try:
        pieces = json.loads(Path(_model_files().TOKENIZER_PATH).read_text("utf8"))["model"]["vocab"]
    except EncoderUnavailable:
        return frozenset()
    return frozenset(piece for piece in pieces if piece.isalpha())


class StandIn:
    """Hashed words and letter triples: likeness of wording, not of meaning. Needs no model; some 30 µs per message."""

    version = "stand-in-1"

    def encode(self, texts: Sequence[str]) -> Vector:
        rows = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature in _features(readable(text)):
                place = crc32(feature.encode())  # not hash(): that one differs from process to process
                row[place % DIMENSIONS] += 1 if place >> 31 else -1
            row /= np.linalg.norm(row)
        return rows


def readable(text: str) -> str:
    """As much of the text as is read, without the half characters that no UTF-8 can carry."""
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode()


def _features(text: str) -> Iterator[str]:
    """The words that carry a subject, and their letter triples. Short words are mostly grammar: left out, unless they
    are written like a name (VAT, 2FA) or there is nothing else."""
    words = _WORD.findall(text)
    telling = [word.lower() for word in words if len(word) > 3 or word.isupper() or not word.isalpha()]
    for word in telling or [word.lower() for word in words] or [text]:
        yield word
        edged = f"<{word}>"
        yield from (edged[at : at + 3] for at in range(len(edged) - 2))


def _model_files() -> Any:
    try:
        import segue_encoder_minilm as files

        files.verify()
    except (ImportError, OSError, ValueError) as error:
        raise EncoderUnavailable(
            f"The encoder's model cannot be used: {error}",
            "Run `python3 run.py setup` again, or reinstall the package.",
        ) from error
    return files


def _session(path: str) -> Any:
    """One thread and no spinning: two processes with one thread each do more than one with two, and idle ones rest."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_mem_pattern = False  # every length is another shape; a plan for each would only fill memory
    options.log_severity_level = 3
    return InferenceSession(path, options, providers=["CPUExecutionProvider"])
