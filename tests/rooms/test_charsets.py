"""Letters without a label, or under a wrong one: read as they were written, or told to be a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail.writing import mail, raw
from segue.integrations.mail.charsets import decode, read
from segue.integrations.mail.reading import read as read_mail

LISTS = Path(__file__).parent.parent / "lists"


def written(name: str) -> list[tuple[str, str]]:
    """Charset and text of each line."""
    lines = (LISTS / name).read_text("utf8").splitlines()
    return [(charset, text) for charset, _, text in (line.partition("\t") for line in lines)]


@pytest.mark.parametrize("name", ["charsets.tsv", "charsets_unseen.tsv"])
def test_short_texts_without_a_label_are_read_as_they_were_written(name: str) -> None:
    texts = written(name)
    assert len(texts) > 30
    assert [(charset, text, got) for charset, text in texts if (got := decode(text.encode(charset))) != text] == []


def test_few_of_them_are_told_to_be_a_guess() -> None:
    texts = [*written("charsets.tsv"), *written("charsets_unseen.tsv")]
    assert sum(bool(read(text.encode(charset)).doubt) for charset, text in texts) <= 10


@pytest.mark.parametrize(
    ("odd", "is_told"), [(b"\xc7\xe1", True), (b"\xb8\xf1", True), ("你好吗".encode("gbk"), False)]
)
def test_what_may_be_written_in_more_than_one_charset_is_told_to_be_a_guess(odd: bytes, is_told: bool) -> None:
    assert bool(read(odd).doubt) is is_told


@pytest.mark.parametrize(
    ("said", "charset"),
    [("发票抬头错了，麻烦改一下", "gbk"), ("Größe", "utf-8"), ("請求書の件", "cp932"), ("您好", "utf-8")],
)
def test_the_western_label_that_programs_write_on_anything_is_not_believed(said: str, charset: str) -> None:
    assert decode(said.encode(charset), "iso-8859-1") == said


@pytest.mark.parametrize(
    "said", ["Où est ma commande ?", "Größe 12 ½", "Ça va très bien", "El Niño", "São Paulo", "Þetta"]
)
def test_the_western_label_is_believed_where_it_is_right(said: str) -> None:
    assert decode(said.encode("cp1252"), "iso-8859-1") == said


@pytest.mark.parametrize(
    "said", ["Call +49 30 1234567", "C++ is 1+1=2", "a+b-c +Foo and +Bar-", "q=one+two-", "+-", "You+Me", "I ++ you"]
)
def test_a_plus_alone_makes_no_utf_7(said: str) -> None:
    assert decode(said.encode()) == decode(said.encode(), "us-ascii") == said


def test_headers_say_in_what_the_words_are_written() -> None:
    """Two characters alone could be anything: what the subject names holds for them, and the other way round."""
    subject = b"Subject: =?gb2312?B?xvPStc341riX1w==?="
    said = raw("From: a@example.com", subject.decode(), body="轻".encode("gbk"))
    bare = b"From: \xc7\xe1 <a@example.com>\r\nContent-Type: text/plain; charset=gb2312\r\n\r\nHi, " + "我".encode(
        "gbk"
    )

    assert (read_mail(said).text, read_mail(said).guessed) == ("轻", "")
    found = read_mail(bare)
    assert found.sender
    assert (found.sender.name, found.text, found.guessed) == ("轻", "Hi, 我", "")


def test_a_page_says_within_itself_in_what_it_is_written() -> None:
    page = b'<html><head><meta charset="gbk"></head><body><p>' + "轻".encode("gbk") + b"</p></body></html>"
    assert read_mail(raw("From: a@example.com", "Content-Type: text/html", body=page)).text == "轻"


def test_a_mail_tells_that_its_letters_are_a_guess() -> None:
    assert read_mail(raw("From: a@example.com", body=b"\xc7\xe1")).guessed
    assert read_mail(mail("Größe")).guessed == ""
    assert read_mail(raw("From: a@example.com", body="Größe".encode("cp1252"))).guessed == ""


def test_bytes_that_a_header_carries_as_they_are_are_read() -> None:
    """The standard library would put a mark for each."""
    bare = (
        "From: Jörg <joerg@example.com>\r\nSubject: Frage zum Menü\r\nContent-Type: text/plain; name=Menü.txt\r\n\r\nHi"
    )
    found = read_mail(bare.encode("latin-1"))

    assert found.sender
    assert (found.sender.name, found.subject, found.attachments[0].name) == ("Jörg", "Frage zum Menü", "Menü.txt")
