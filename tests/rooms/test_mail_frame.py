"""A mail's HTML, written anew for a frame: what is left of it, what is counted, what is said instead."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest

from browser.payloads import payloads
from segue.domain.mail import HTML_TAGS
from segue.integrations.mail.markup import safe
from segue.web.mail_frame import AROUND, LONGEST, MOST_BYTES, WITHIN, framed
from segue.web.whole_mail import parts

LOGO = '<p><img src="cid:logo%40x" alt="Our logo" width="10" height="4"></p>'
FAR = '<img src="https://out.example/1.gif" alt="far"><img src="data:image/png;base64,AA" alt=""><img>'


def body(document: str) -> str:
    return document.partition("<body>")[2].removesuffix("</body></html>")


def test_a_picture_stands_in_it_once_it_is_asked_for_and_is_named_before() -> None:
    before = framed(safe(LOGO), {"logo@x": "image/png"}, {})
    after = framed(safe(LOGO), {"logo@x": "image/png"}, {"logo@x": b"bytes"})

    assert "[picture: Our logo]" in body(before.document)
    assert "<img" not in before.document
    wanted = '<p><img src="data:image/png;base64,Ynl0ZXM=" alt="Our logo" width="10" height="4"></p>'
    assert body(after.document) == wanted
    assert (before.inside, before.elsewhere) == (after.inside, after.elsewhere) == (1, 0)


@pytest.mark.parametrize("html", [FAR, safe(FAR)])
def test_what_lies_elsewhere_is_counted_and_never_named(html: str) -> None:
    found = framed(html + LOGO, {}, {"logo@x": b"bytes"})

    assert (found.inside, found.elsewhere) == (0, 4)
    assert "<img" not in found.document
    assert "out.example" not in found.document


def test_pictures_that_are_too_much_together_stay_outside() -> None:
    large = b"x" * (MOST_BYTES - 10)
    found = framed('<img src="cid:a"><img src="cid:b">', {"a": "image/png", "b": "image/png"}, {"a": large, "b": large})

    assert found.document.count("<img") == 1
    assert found.inside == 2


def test_a_link_cannot_be_followed_and_says_where_it_leads() -> None:
    html = (
        '<a href="https://evil.example/?a=1&amp;b=2">your <b>bank</b></a> <a href="https://x.example/y">x.example/y</a>'
    )
    said = body(framed(safe(html), {}, {}).document)

    assert "href" not in said
    assert '<b>bank</b></a> <span class="to">[https://evil.example/?a=1&amp;b=2]</span>' in said
    assert said.endswith("<a>x.example/y</a>")


def test_nothing_but_known_elements_is_ever_written_whatever_comes() -> None:
    """Also of what no allow-list has looked at: the payloads as they are."""
    kept = {"src", "alt", "width", "height", "colspan", "rowspan", "dir", "lang", "class"}
    for payload in payloads():
        reader = Names()
        reader.feed(body(framed(payload.text, {"a": "image/png"}, {}).document))
        assert {tag for tag, _ in reader.found} <= HTML_TAGS - {"img"}, payload
        assert {name for _, names in reader.found for name in names} <= kept, payload


class Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = list[tuple[str, list[str]]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


def test_the_frame_may_load_nothing_and_the_page_around_it_runs_nothing() -> None:
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[^']+'; img-src data:", WITHIN)
    assert f'content="{WITHIN}"' in framed("", {}, {}).document
    assert AROUND.startswith("default-src 'none'; ")
    assert not re.search("script-src|frame-src|connect-src|unsafe|http", AROUND)


@pytest.mark.parametrize("piece", ["<img>", "<a href=x>"])
def test_however_much_of_anything_was_left_in_it_it_is_written_in_little_time(piece: str) -> None:
    began = time.process_time()
    found = framed(piece * (2 * LONGEST // len(piece)), {}, {})

    assert found.is_cut
    assert time.process_time() - began < 3


def test_a_text_is_cut_at_its_folds_and_none_of_it_is_lost() -> None:
    text = "Hello\n> old\nnew\n-- \nEve\n"
    folds = [
        {"start": 20, "end": 99, "kind": "signature"},
        {"start": 6, "end": 12, "kind": "quote"},
        {"start": 7, "end": 9, "kind": "quote"},
    ]

    found = list(parts(text, folds))
    assert [(part.kind, part.lines) for part in found] == [("said", 1), ("quote", 1), ("said", 2), ("signature", 1)]
    assert "".join(part.text for part in found) == text
    assert list(parts("", [])) == []
