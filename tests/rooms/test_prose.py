"""What people read as Markdown: the same safe road for articles, answers and replies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from naughty import naughty
from segue.app.post import formatted
from segue.web.prose import article_html, bare_text, message_html, plain_text, tables_as_lines, written_html

CODES = (
    "These are the codes:\n\n"
    "| code | what to do |\n|---|:--|\n| SSO-104 | Renew the **certificate** |\n| SSO-7 | Wait |\n\nBye."
)


@pytest.mark.parametrize("made", [article_html, message_html, written_html])
def test_a_table_is_a_table_wherever_it_is_read_and_scrolls_in_its_frame(made: Callable[[str], str]) -> None:
    html = made(CODES)

    assert '<div class="table" role="group" tabindex="0" aria-label="Table"><table>' in html
    assert '<th scope="col">code</th>' in html
    assert "<td>Renew the <strong>certificate</strong></td>" in html
    assert html.count("</table></div>") == 1
    assert "|" not in html


@pytest.mark.parametrize("made", [article_html, message_html, written_html])
def test_what_is_typed_as_a_tag_of_a_table_stays_words(made: Callable[[str], str]) -> None:
    html = made("| a | b |\n|---|---|\n| <table><th> | <script>x</script> |\n\n<table>")

    assert (html.count("<table>"), html.count("<th "), html.count("<div")) == (1, 2, 1)
    assert "<script" not in html


def test_a_mail_says_a_table_in_lines_and_draws_it_in_its_other_form() -> None:
    assert tables_as_lines(CODES) == ("These are the codes:\n\nSSO-104: Renew the **certificate**\nSSO-7: Wait\n\nBye.")
    assert "<table>" in formatted(CODES)


@pytest.mark.parametrize(
    "text", ["a | b", "Yes | No\nor neither", "---\n|", "One\n---\ntwo", "x|y\n|--\n", "a | b\n---\nx | y"]
)
def test_bars_that_make_no_table_stay_as_typed(text: str) -> None:
    assert tables_as_lines(text) == text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("It turns to *paid*, _really_.", "It turns to paid, really."),
        ("- **Settings**, then *[People](/people)*", "Settings, then People"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ],
)
def test_words_alone_have_no_marks_of_markdown_and_keep_what_is_none(typed: str, read: str) -> None:
    assert bare_text(typed) == read


def test_lines_end_as_markdown_ends_them_whatever_wrote_them() -> None:
    assert plain_text("a\r\nb\r**c**") == "a\nb\nc"
    for text in naughty():
        assert plain_text(text) == plain_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def test_whoever_reads_words_alone_reads_no_marks_and_sees_where_a_link_leads() -> None:
    typed = (
        "Hi **Grace**,\n\n- Go to *Settings → **Billing***\n- see [the page](https://a.example/x) or "
        "<https://b.example>\n\n> **two\n> lines**\n\n" + CODES
    )

    assert plain_text(typed) == (
        "Hi Grace,\n\n- Go to Settings → Billing\n- see the page (https://a.example/x) or https://b.example\n\n"
        "> two\n> lines\n\nThese are the codes:\n\nSSO-104: Renew the certificate\nSSO-7: Wait\n\nBye."
    )


@pytest.mark.parametrize(
    "typed",
    ["2**3 is 8", "a_b_c * d * e", "first\n\n    set in\n\nlast", "", "\n\n", "#1 of 2", "```\nx **y** z\n```"],
)
def test_what_only_looks_like_a_mark_stays(typed: str) -> None:
    assert plain_text(typed) == typed
