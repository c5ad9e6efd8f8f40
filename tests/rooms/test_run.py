"""run.py: makes what is missing, once, and heals what was interrupted. No package is installed here: pip is played."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


class Clone:
    """A clone of its own with a run.py whose commands are only written down."""

    def __init__(self, root: Path) -> None:
        spec = importlib.util.spec_from_file_location("run_of_a_clone", ROOT / "run.py")
        assert spec
        assert spec.loader
        self.run: ModuleType = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.run)
        self.root, self.done = root, list[str]()
        self.failing: str | None = None
        self.failure = 1
        (root / "packages" / "segue-encoder-minilm").mkdir(parents=True)
        for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
            (root / name).write_text("as it was")
        venv = root / ".venv"
        replaced = {
            "ROOT": root, "VENV": venv, "KEPT": root / ".run", "PYTHON": venv / "bin" / "python",
            "STAMP": venv / "stamp", "ENCODER": root / "packages" / "segue-encoder-minilm",
            "call": self.call, "install": lambda *what: self.call("install", *what),
        }  # fmt: skip
        for name, value in replaced.items():
            setattr(self.run, name, value)

    def call(self, *command: object, cwd: object = None) -> None:
        line = " ".join(map(str, command)).replace(str(self.root), ".")
        if self.failing and self.failing in line:
            raise subprocess.CalledProcessError(self.failure, line)
        if " -m venv" in line:
            (self.root / ".venv" / "bin").mkdir(parents=True)
            (self.root / ".venv" / "bin" / "python").touch()
        if " -m hatchling" in line:
            making = Path(str(command[-1]))
            making.mkdir(parents=True)
            (making / "encoder.whl").touch()
        for sign, name in SIGNS.items():
            if sign in line:
                self.done.append(name)

    def prepare(self, dev: bool = False) -> list[str]:
        """Prepare, and say what was done for it."""
        self.done.clear()
        self.run.prepare(dev)
        return list(self.done)


SIGNS = {
    " -m venv": "venv", "requirements.lock": "packages", "hatchling build": "build", "encoder.whl": "encoder",
    "-e .": "segue", "requirements-dev.lock": "dev",
}  # fmt: skip
EVERYTHING = ["venv", "packages", "build", "encoder", "segue"]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_a_second_start_does_nothing(clone: Clone) -> None:
    assert clone.prepare() == EVERYTHING
    assert clone.prepare() == []


def test_only_what_changed_is_made_again(clone: Clone) -> None:
    clone.prepare()
    (clone.root / "requirements.lock").write_text("one more package")

    assert clone.prepare() == ["packages"]
    assert clone.prepare(dev=True) == ["dev"]


def test_an_encoder_that_was_built_before_is_not_built_again(clone: Clone) -> None:
    clone.prepare()
    (clone.root / ".venv" / "bin" / "python").unlink()

    assert clone.prepare() == ["venv", "packages", "encoder", "segue"]


def test_a_step_that_was_killed_makes_a_new_environment(clone: Clone) -> None:
    clone.failing, clone.failure = "-e .", -9
    with pytest.raises(subprocess.CalledProcessError):
        clone.prepare()
    clone.failing = None

    assert clone.prepare() == ["venv", "packages", "encoder", "segue"]


def test_a_step_that_failed_is_the_only_one_repeated(clone: Clone) -> None:
    clone.failing = "-e ."
    with pytest.raises(subprocess.CalledProcessError):
        clone.prepare()
    clone.failing = None

    assert clone.prepare() == ["segue"]


def test_a_failure_of_the_test_tools_does_not_stop_segue(clone: Clone) -> None:
    clone.prepare()
    clone.failing = "requirements-dev.lock"
    with pytest.raises(subprocess.CalledProcessError):
        clone.prepare(dev=True)

    assert clone.prepare() == []


def test_a_clone_that_was_moved_is_made_anew(clone: Clone) -> None:
    clone.prepare()
    clone.run.place = lambda: "somewhere else"

    assert clone.prepare() == ["venv", "packages", "encoder", "segue"]


def test_a_folder_that_is_read_only_is_said(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    (clone.root / ".run").write_text("not a folder")

    with pytest.raises(SystemExit):
        clone.prepare()
    assert "Use a clone of your own" in capsys.readouterr().err


def say(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "run.py", *arguments], capture_output=True, text=True, check=False)


def test_help_tells_every_word_of_the_makefile() -> None:
    words = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    words = sorted(set(" ".join(words).split()) - {"run"})
    told = say("--help").stdout

    assert len(words) == 9
    assert [word for word in words if not re.search(rf"\b{word}\b", told)] == []


def test_an_unknown_word_is_answered_with_a_hint() -> None:
    answer = say("frobnicate")

    assert answer.returncode == 1
    assert "run.py segue frobnicate" in answer.stderr


@pytest.mark.skipif(Path(sys.prefix) != ROOT / ".venv", reason="only where run.py itself made the environment")
def test_the_check_before_a_second_start_is_not_felt() -> None:
    say("setup")
    before = os.times()
    answer = say("setup")
    after = os.times()
    cpu = sum(after[kind] - before[kind] for kind in (2, 3))  # of children; a busy machine changes seconds, not these

    assert answer.stderr == ""
    assert cpu < 0.3
