"""What the widget promises to the pages that carry it: few bytes, and a page of documentation that is true."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import segue
from segue.app.bench import weights
from segue.domain.conversation import Page
from segue.web.loading import SHORT, stripped
from segue.web.thread import Entry
from segue.web.widget_hints import about
from segue.web.widget_view import Talk, transcript

ROOT = Path(__file__).parents[2]
STATIC = Path(segue.__file__).parent / "web" / "static" / "widget"
TEMPLATES = Path(segue.__file__).parent / "web" / "templates" / "widget"
FRAME = ("app.js", "files.js", "host.js", "keep.js", "net.js", "queue.js", "thread.js", "widget.css", "../texts.js")


def packed(*texts: str) -> int:
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


def test_the_loader_is_three_kilobytes_and_the_frame_thirty_five() -> None:
    loader = stripped((STATIC / "loader.js").read_text("utf8"))
    frame = [(STATIC / name).read_text("utf8") for name in FRAME]
    weighed = weights.figures()

    assert packed(loader) <= 3_000
    assert weighed["widget_loader_bytes_gz"] <= 3_000
    assert weighed["widget_frame_bytes_gz"] <= 35_000
    assert weighed["widget_frame_bytes_gz"] == packed(*frame, (TEMPLATES / "frame.html").read_text("utf8"))


def test_the_loaders_own_names_go_out_short_and_meet_no_others() -> None:
    source = re.sub(r"/\*.*?\*/", "", (STATIC / "loader.js").read_text("utf8"), flags=re.DOTALL)
    code = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`|/\^[^\n]*?/(?=\.)", '""', source)
    letters = set(re.findall(r"(?<![\w$.])[A-Za-z](?![\w$])", code))

    assert len(set(SHORT.values())) == len(SHORT)
    assert not letters & set(SHORT.values())
    for name in SHORT:
        assert re.search(rf"(?<![\w$.]){name}(?![\w$])", code), f"{name} is nothing of the loader's"
        assert not re.search(rf"[{{,]\s*{name}\s*:|{{\s*{name}\s*[,}}]", code), f"{name} is a key, too"


def test_the_frame_loads_nothing_else() -> None:
    loaded = set(
        re.findall(r'from "(?:\./)?((?:\.\./)?[\w.]+)"', "".join((STATIC / n).read_text("utf8") for n in FRAME))
    )
    assert loaded | {"app.js", "widget.css"} == set(FRAME)


def test_what_the_page_on_the_widget_names_is_there() -> None:
    told, loader = (ROOT / "docs" / "widget.md").read_text("utf8"), (STATIC / "loader.js").read_text("utf8")
    calls = set(re.findall(r"Segue\(['\"](\w+)", told))
    commands = set(
        re.findall(r"^    (\w+)(?:: |\()", loader.partition("const commands = {")[2].partition("\n  };")[0], re.M)
    )
    attributes = {name for name in re.findall(r"`data-([\w-]+)`", told) if not name.startswith("segue-")}

    assert calls == commands | {"open", "close"}
    for name in attributes:
        assert f"set.{name}" in loader, name
    assert set(re.findall(r"\bset\.(\w+)", loader)) == attributes
    for name in re.findall(r"`data-(segue-\w+)`", told):
        assert name in loader or re.sub(r"-(\w)", lambda m: m[1].upper(), name) in loader, name


def test_only_the_words_that_say_what_a_page_is_about_are_searched() -> None:
    assert about(Page("https://app.example/settings/billing", "Settings – Billing – Ledgerly"), "Ledgerly") == "Billing"
    assert about(Page("https://app.example/reports/export.html", "Reports"), "") == "Reports export"
    assert about(Page("https://app.example/", "Ledgerly"), "Ledgerly") == ""


def test_a_transcript_says_what_we_wrote_without_marks_and_what_they_wrote_as_it_is() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    said = [
        Entry("m1", "customer", "You", "Is it **really** on?", at),
        Entry("m2", "assistant", "AI assistant", "Yes, see **Settings** or [the page](https://a.example).", at),
        Entry("m3", "agent", "Mira", "- **First** this", at),
    ]
    found = transcript(Talk(7, [(e, "") for e in said], *[False] * 5, "", "", "", False, None), "Ledgerly")

    assert "Is it **really** on?" in found
    assert "Yes, see Settings or the page (https://a.example)." in found
    assert "\n- First this\n" in found
