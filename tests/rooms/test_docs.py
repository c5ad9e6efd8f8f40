"""Docs that cannot lie."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
import typer

import segue.domain
from segue.app.cli.main import app
from segue.app.settings import Settings

ROOT = Path(__file__).parents[2]
SENT_TO = re.compile(r"(?:`|<code>)segue ([a-z]+(?: [a-z]+)?)")


def domain_classes() -> set[str]:
    modules = [importlib.import_module(m.name) for m in pkgutil.iter_modules(segue.domain.__path__, "segue.domain.")]
    return {
        name for module in modules for name, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and not name.startswith("_")
    }  # fmt: skip


def test_every_domain_class_stands_in_words() -> None:
    said = set(re.findall(r"\*\*(\w+)\*\*", (ROOT / "WORDS.md").read_text("utf8")))
    assert domain_classes() - said == set()


def test_every_room_stands_in_the_house() -> None:
    rooms = {p.name for p in (ROOT / "src/segue").iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    table = re.findall(r"^\| `(\w+)` \|", (ROOT / "HOUSE.md").read_text("utf8"), re.MULTILINE)
    assert set(table) == rooms


def heading(text: str) -> str:
    """A heading as a link names it."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"[*`]", "", text.strip().lower())).replace(" ", "-")


def lost_links(page: Path) -> list[str]:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf8")) if ":" not in link]
    return [link for link in links if not leads_somewhere(page, *link.partition("#"))]


def leads_somewhere(page: Path, path: str, _: str, part: str) -> bool:
    target = page.parent / path if path else page
    if not target.exists() or not part:
        return target.exists()
    return part in map(heading, re.findall(r"^#+ (.+)$", target.read_text("utf8"), re.MULTILINE))


def test_every_link_leads_to_a_page_and_a_heading_that_are_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]
    assert {page.name: lost for page in pages if (lost := lost_links(page))} == {}


def test_every_decision_says_its_day_and_whether_it_holds_and_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    rows = (folder / "README.md").read_text("utf8").splitlines()
    for record in sorted(folder.glob("0*.md")):
        title, _, said = record.read_text("utf8").splitlines()[:3]
        number, name = re.fullmatch(r"# (\d+) · (.+)", title).groups()  # type: ignore[union-attr]
        day, status = re.fullmatch(r"\*(\d+) \w+ \d{4} · (.+)\.\*", said).groups()  # type: ignore[union-attr]
        begins = f"| {number} | [{name}]({record.name}) | {day} | {status} |"
        assert any(row.startswith(begins) for row in rows), begins


def test_the_files_the_house_names_are_there() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", (ROOT / "HOUSE.md").read_text("utf8"), re.MULTILINE)
    named = [ROOT / "src/segue" / room / file for room, files in rows for file in re.findall(r"`([\w/.]+)`", files)]
    assert [str(f) for f in named if not f.exists()] == []


def test_the_readme_is_one_screen() -> None:
    assert len((ROOT / "README.md").read_text("utf8").splitlines()) <= 45


def test_generated_pages_are_what_the_code_says() -> None:
    from segue.app.docs import pages

    stale = [name for name, text in pages().items() if (ROOT / "docs" / name).read_text("utf8") != text]
    assert stale == [], "run `make docs`"


def test_every_variable_that_is_read_stands_in_the_settings_page() -> None:
    told = (ROOT / "docs" / "settings.md").read_text("utf8")
    files = [ROOT / "run.py", *(ROOT / "src").rglob("*.py"), *(ROOT / "packages").rglob("*.py")]
    files += (ROOT / "tests" / "browser").glob("*.py")
    read = {name for file in files for name in re.findall(r"\bSEGUE_[A-Z][A-Z_]+\b", file.read_text("utf8"))}
    assert {name for name in read if f"`{name}`" not in told} == set()


def test_every_test_that_the_page_on_security_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text("utf8"))
    lost = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf8")]
    assert lost == []
    assert len(named) > 50


@pytest.mark.parametrize("page", ["operate.md", "security.md", "mail.md", "signing-in.md"])
def test_commands_settings_metrics_and_pages_that_the_docs_name_are_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf8")
    words = all_words(typer.main.get_command(app))
    fields = {"DATABASE_URL", *(f"SEGUE_{field.name.upper()}" for field in dataclasses.fields(Settings))}
    metrics = exposed()

    assert set(re.findall(r"\b(?:SEGUE_[A-Z_]+|DATABASE_URL)\b", text)) <= fields
    for called in re.findall(r"(?:^|`|bin/|&& |run\.py )segue ([a-z][a-z ]*)", text, re.M):
        assert any(called.startswith(word) for word in words), called
    for metric in re.findall(r"`(segue_[a-z_]+)", text):
        assert metric in metrics, metric


def test_every_command_that_somebody_is_sent_to_is_there() -> None:
    """By a page, by what an error says to do, or by a book: where it stands in `quotes` or as code."""
    words = all_words(typer.main.get_command(app))
    groups = {word.split()[0] for word in words if " " in word}
    files = [
        f for place in ("src", "docs") for kind in ("html", "py", "po", "md") for f in (ROOT / place).rglob(f"*.{kind}")
    ]
    named = {(one, f.name) for f in files for one in SENT_TO.findall(f.read_text("utf8"))}
    lost = [(one, f) for one, f in named if one not in words | groups and one.split()[0] not in words - groups]

    assert lost == []
    assert len(named) > 50


def exposed() -> set[str]:
    """Every metric as a machine reads it: a counter's name ends in _total."""
    files = ("health.py", "mail_health.py", "accepting.py")
    code = "".join((ROOT / "src/segue/web" / name).read_text("utf8") for name in files)
    counted = set(re.findall(r'Counter\(\s*"(segue_[a-z_]+)"', code))
    others = set(re.findall(r'"(segue_[a-z_]+)"', code)) - counted
    by_state = {f"segue_conversations_{name}" for name in ("people", "unassigned", "assistant", "considering")}
    return others | by_state | {f"{name}_total" for name in counted}


def all_words(command: Any, before: str = "") -> set[str]:
    """Every command as it is typed, `policy show` say."""
    inner = getattr(command, "commands", None)
    if inner is None:
        return {before.strip()}
    return {word for name, one in inner.items() for word in all_words(one, f"{before} {name}")}


def test_every_metric_is_explained() -> None:
    told = (ROOT / "docs" / "operate.md").read_text("utf8")
    assert {name for name in exposed() if f"`{name}`" not in told} == set()
