"""What a file is called, what it is, how much is taken, and when a message's matter lies in a file alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from segue.domain.files import (
    PICTURES,
    FileCaps,
    FileRefused,
    FileTooLarge,
    file_name,
    kind_of,
    label_of,
    name_sent,
    said_with,
    size_words,
)
from segue.triage.enclosed import is_in_a_file
from segue.triage.said import Said
from segue.web.links import Links

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WORD = b"PK\x03\x04\x14\0\0\0\x08\0" + b"\0" * 16 + b"word/document.xml"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PNG, "image/png"), (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"), (b"GIF89a\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"), (b"%PDF-1.7\n", "application/pdf"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"), (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"MZ\x90\0", "application/x-msdownload"),
        (b"PK\x03\x04\x0a\0other.txt", "application/zip"),
        (b"Gr\xc3\xbc\xc3\x9fe\n", "text/plain"), (b"Gr\xfc\xdfe", "application/octet-stream"),
        (b"a\0b", "application/octet-stream"), (b"RIFF\0\0\0\0AVI ", "application/octet-stream"),
        (b"  <!doctype html><script>alert(1)</script>", "text/html"), (b"\xef\xbb\xbf<HTML>", "text/html"),
        (b"<!-- x --><script>alert(1)</script>", "text/html"),
        (b"<?xml version='1.0'?><!-- x --><svg onload='alert(1)'/>", "image/svg+xml"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind
    assert (kind in PICTURES) == (kind in ("image/png", "image/jpeg", "image/gif", "image/webp"))


def test_a_document_is_told_from_an_archive() -> None:
    assert label_of(kind_of(WORD)) == "Word document"


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("invoice.pdf", "invoice.pdf"), ("../../etc/passwd", "passwd"), ("C:\\Users\\eve\\run.bat", "run.bat"),
        ("a\r\nX-Evil: 1.pdf", "a X-Evil: 1.pdf"), ("nul\0.pdf", "nul .pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066cod\u2069.exe", "cod.exe"), ("", "file"), ("..", "file"), ("/", "file"), ("  .  ", "file"),
        ("\ud800.png", "?.png"), ("\u2028line.txt", "line.txt"), ("Rechnung März.pdf", "Rechnung März.pdf"),
    ],
)  # fmt: skip
def test_a_name_leads_nowhere_and_misleads_nobody(claimed: str, shown: str) -> None:
    assert file_name(claimed) == shown


def test_a_name_is_read_as_browsers_write_it_in_a_form() -> None:
    assert name_sent("the %22new%22 one, 50%25.pdf") == 'the "new" one, 50%25.pdf'
    assert file_name(name_sent("a%0D%0AX-Evil: 1.pdf")) == "a X-Evil: 1.pdf"


def test_a_long_name_keeps_its_ending() -> None:
    name = file_name("x" * 500 + ".pdf")

    assert len(name) == 120
    assert name.endswith("x.pdf")


def test_a_size_is_never_said_smaller_than_it_is() -> None:
    assert [size_words(n) for n in (0, 999, 1000, 1001, 10_000_000, 10_000_001, 18_500_000)] == [
        "0 bytes", "999 bytes", "1 kB", "1.1 kB", "10 MB", "10.1 MB", "18.5 MB"
    ]  # fmt: skip


def test_what_is_too_much_is_said_with_both_figures() -> None:
    caps = FileCaps(largest=1000, together=1500, most=2)

    caps.refuse("a.pdf", 1000)
    caps.refuse_together([1000, 500])
    with pytest.raises(FileTooLarge, match=r"a.pdf has 1.1 kB; 1 kB fit"):
        caps.refuse("a.pdf", 1001)
    with pytest.raises(FileRefused, match="empty"):
        caps.refuse("a.pdf", 0)
    with pytest.raises(FileTooLarge, match=r"Together the files have 1.6 kB; 1.5 kB go out with one message"):
        caps.refuse_together([1000, 501])
    with pytest.raises(FileRefused, match="3 files are too many; 2 fit"):
        caps.refuse_together([1, 1, 1])


@pytest.mark.parametrize(
    "text",
    ["", "See attached.", "Hi Mira, please find attached the invoice. Thanks!", "What does this mean?", "Hello",
     "Here is the screenshot", "This is what I get", "shot.png", "as discussed, here you go",
     said_with("", ["shot.png"]), "siehe Anhang"],
)  # fmt: skip
def test_who_only_points_at_a_file_has_put_the_matter_there(text: str) -> None:
    assert is_in_a_file(Said.of(text), ("shot.png",))
    assert not is_in_a_file(Said.of(text), ())


@pytest.mark.parametrize(
    "text",
    ["Why is my invoice higher? See attached.", "I cannot log in, see screenshot",
     "Please cancel my subscription, form attached",
     "My bank feed does not update", "Thanks, but it still fails, see attached"],
)  # fmt: skip
def test_who_also_says_what_it_is_about_has_not(text: str) -> None:
    assert not is_in_a_file(Said.of(text), ("shot.png",))


def test_a_link_is_good_for_half_a_day_at_least_and_stays_the_same_meanwhile() -> None:
    links = Links(b"a secret")
    link = links.to("att_x", NOON)
    until, key = int(link.partition("until=")[2].partition("&")[0]), link.partition("key=")[2]

    assert links.to("att_x", NOON + timedelta(hours=11)) == link
    for later, is_good in ((0, True), (12, True), (24.1, False)):
        assert links.is_good("att_x", until, key, NOON + timedelta(hours=later)) is is_good
    assert not links.is_good("att_y", until, key, NOON)
    assert not links.is_good("att_x", until + 1, key, NOON)
    assert not links.is_good("att_x", until, key[:-1] + "é", NOON)
    assert not Links(b"another").is_good("att_x", until, key, NOON)
