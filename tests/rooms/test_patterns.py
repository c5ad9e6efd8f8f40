"""What a text should look like that a pattern refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import segue.web
from segue.web.patterns import what_fits

WEB = Path(segue.web.__file__).parent
PATTERNS = sorted({
    found for file in WEB.glob("*.py") for found in re.findall(r'\bpattern=r?"([^"]*)"', file.read_text("utf8"))
})  # fmt: skip


def test_every_pattern_that_refuses_something_is_put_into_words() -> None:
    assert len(PATTERNS) > 8
    assert [pattern for pattern in PATTERNS if not what_fits(pattern)] == []


@pytest.mark.parametrize(("pattern", "said"), [
    (r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+)?$", "This is no e-mail address. Write it as name@company.example."),
    ("^(open|approved|rejected)$", "It is one of open, approved, rejected."),
    ("^cnv_[0-9A-Za-z_-]{1,60}$", "This is no cursor. Give `next_cursor` as the page before had it."),
    (r"^[\w.:@+-]+$", "Use letters, digits and . : @ + - _ only."),
    ("^[a-z0-9_-]{1,80}$", "Use small letters, digits and - _ only."),
    ("^x{3}$", ""),
])  # fmt: skip
def test_it_says_what_to_write(pattern: str, said: str) -> None:
    assert what_fits(pattern) == said
