"""Templates are compiled beside the start, and each once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from jinja2 import Environment

from segue.web import pages


def cold() -> Environment:
    """Of which nothing was compiled before."""
    environment = pages._environment()
    environment.bytecode_cache = None
    return environment


def compiled(monkeypatch: pytest.MonkeyPatch, takes: float = 0.0) -> list[str]:
    """The names of templates, each as often as it is compiled from here on."""
    found, really = list[str](), Environment.compile

    def compiles(of: Environment, source: str, name: str | None = None, *rest: object) -> object:
        found.append(str(name))
        time.sleep(takes)
        return really(of, source, name, *rest)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(Environment, "compile", compiles)
    return found


def test_a_template_that_many_ask_for_at_once_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found, environment, gate = compiled(monkeypatch, 0.05), cold(), Barrier(4)

    def asks(_: int) -> object:
        gate.wait()
        return environment.get_template("problem.html")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(asks, range(4)))) == 1
    assert found == ["problem.html"]


def test_who_opens_a_desk_after_the_start_waits_for_no_template(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = cold()
    small = ["desk.html", "parts/list_name.html", "switch.html"]
    monkeypatch.setattr(environment, "list_templates", lambda: [*reversed(small)])
    pages.warm_up(environment)
    found = compiled(monkeypatch)

    for name in small:
        environment.get_template(name)

    assert found == []


def test_the_next_process_finds_what_this_one_compiled_and_none_fails_where_nothing_may_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder, again in ((tmp_path, []), (tmp_path / "nowhere", ["problem.html"])):
        found = compiled(monkeypatch)
        for _ in range(2):
            environment = cold()
            environment.bytecode_cache = pages._Beside(str(folder))
            assert environment.get_template("problem.html")
        assert found == ["problem.html", *again]
