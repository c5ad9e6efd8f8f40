"""Past tickets and articles as other desks export them: what is read, and what is said of the rest."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue.app.cli.people import read_catalogue
from segue.domain.errors import Refused
from segue.domain.knowledge import Article
from segue.knowledge.article_files import articles_of
from segue.knowledge.bringing import Unread, articles_in
from segue.knowledge.tickets import decoded, read

LONG = """Ticket ID;Created At;Author Role;Author Email;Body;Topic;Is Public
7;2026-01-02T10:00:00;agent;tom@old.example;Hello, can we help?;;true
7;2026-01-02T12:00:00+02:00;End-user;ADA@free.example;"Why is my
invoice higher?";Invoice;true
7;2026-01-02 11:00;Agent;tom@old.example;A seat was added.;;true
7;2026-01-02 11:05;agent;tom@old.example;She is angry;;false
8;2026-01-03;agent;tom@old.example;Nobody asked;;true
9;soon;customer;;When?;;true
10;2026-01-03;robot;;Who?;;true
11;2026-01-03;customer;;;;true
;2026-01-03;customer;;No number;;true
12;2026-01-03;customer;;One;two;true;three
"""


def test_one_row_a_message_becomes_tickets_and_each_bad_row_is_told_with_its_line() -> None:
    found = read("export.csv", LONG)

    (ticket,) = found.tickets
    assert [(m.is_customer, m.text) for m in ticket.messages] == [
        (True, "Why is my\ninvoice higher?"),
        (False, "A seat was added."),
    ]
    assert ticket.messages[0].at == datetime(2026, 1, 2, 10, tzinfo=UTC)
    assert (ticket.messages[0].email, ticket.intent, ticket.category) == ("ada@free.example", "Invoice", "Invoice")
    assert [(f.line, f.why) for f in found.faults] == [
        (7, "the customer says nothing in ticket 8"), (8, "“soon” is no time"),
        (9, "nobody knows who “robot” is; customer or agent is known"), (10, "it says nothing"),
        (11, "it has no ticket number"), (12, "it has 8 cells, the head has 7"),
    ]  # fmt: skip


def test_a_separator_of_lines_inside_a_text_ends_no_line() -> None:
    """Browsers write U+2028 into JSON as it is."""
    row = '{"question": "My invoice\u2028is wrong", "answer": "Mended", "created_at": "2026-01-02"}'

    (ticket,) = read("export.jsonl", row).tickets
    (article,) = articles_of("kb.jsonl", '{"title": "A", "body": "One\u2028two"}'.encode())

    assert ticket.messages[0].text == "My invoice\u2028is wrong"
    assert isinstance(article, Article)


def test_one_row_a_ticket_needs_a_question_and_a_time() -> None:
    found = read(
        "export.jsonl",
        '{"question": "How?", "answer": "So.", "created_at": 1700000000, "type": "Howto", "plan": "free"}\n'
        '{"question": "", "created_at": "2026-01-01"}\nnot json\n[1]\n',
    )

    (ticket,) = found.tickets
    assert [m.text for m in ticket.messages] == ["How?", "So."]
    assert (ticket.intent, found.ignored) == ("Howto", ("plan",))
    assert [f.line for f in found.faults] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n1,2\n", "what the customer wrote"),
        ("body,author\nHi,customer\n", "when it was written"),
        ("body,date\nHi,2026-01-01\n", "who wrote it"),
        ("", "what the customer wrote"),
        ("a,b\n", "what the customer wrote"),
        ('"body";date;author_role\r\n\r\n', "no ticket beneath it"),
    ],
)
def test_a_file_without_the_columns_it_needs_says_which(text: str, why: str) -> None:
    found = read("export.csv", text)

    assert found.tickets == ()
    assert why in found.faults[0].why


@pytest.mark.parametrize(
    "text",
    [
        "subject,description,created_at\nHi\0,Where\0 is it?,2026-01-01,one cell\0 more\n",
        '{"subject": "Hi\0", "description": \n',
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0,\0\n\0",
    ],
)
def test_nothing_that_is_told_of_a_file_holds_what_cannot_be_kept(text: str) -> None:
    found = read("export.csv", text)

    assert found.faults
    assert "\0" not in repr(found).replace("\\x00", "\0")


def zipped(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            bundle.writestr(name, text)
    return body.getvalue()


def test_a_zip_gives_its_articles_and_says_what_else_was_in_it() -> None:
    body = zipped({
        "kb/seats.md": b"---\nintent: seats\n---\n# More seats\n\nAdd them.", "kb/empty.md": b"", "kb/x.png": b"x",
        "kb/latin.md": b"\xff\xfe", "__MACOSX/seats.md": b"# No", "deep/er/out.md": b"# Out\n\nOf here.",
        "more.jsonl": b'{"title": "A", "body": "B"}\n{"title": "A"}\n',
    })  # fmt: skip

    read_ = articles_of("kb.zip", body)

    assert [(a.slug, a.title) for a in read_ if isinstance(a, Article)] == [
        ("seats", "More seats"), ("out", "Out"), ("a", "A")]  # fmt: skip
    assert [u.where for u in read_ if not isinstance(u, Article)] == [
        "kb/empty.md", "kb/x.png", "kb/latin.md", "more.jsonl:2"]  # fmt: skip


def test_a_zip_that_swells_is_refused() -> None:
    with pytest.raises(Refused, match="larger than"):
        articles_of("bomb.zip", zipped({f"{n}.md": b"# x\n" + b"x" * 11_000_000 for n in range(4)}))


@pytest.mark.parametrize(("name", "body"), [("kb.docx", b"words"), ("kb.zip", b"PK\x03\x04 no zip")])
def test_what_is_no_article_is_refused_in_words(name: str, body: bytes) -> None:
    with pytest.raises(Refused):
        articles_of(name, body)


def test_a_text_in_json_may_hold_other_ends_of_a_line() -> None:
    """As they stand, and a file begins with a mark where Windows wrote it."""
    article = json.dumps({"title": "A", "body": "One\u2028two\x85three"}, ensure_ascii=False)
    ticket = json.dumps({"question": "One\u2028two", "date": "2026-01-03"}, ensure_ascii=False)

    articles = articles_of("help.jsonl", f"\ufeff{article}\n\n{article}".encode())
    past = read("past.jsonl", ticket)

    assert [a.body for a in articles if isinstance(a, Article)] == ["One\u2028two\x85three"] * 2
    assert (past.faults, [t.messages[0].text for t in past.tickets]) == ((), ["One\u2028two"])


def test_a_folder_is_read_as_other_editors_write_it(tmp_path: Path) -> None:
    """With a mark at the beginning of the file, which would hide what stands in front of the article."""
    (tmp_path / "seats.md").write_text("\ufeff---\ntitle: Seats\naudience: internal\n---\nA seat counts.", "utf8")
    (tmp_path / "deep.jsonl").write_text("[" * 100_000, "utf8")

    ((_, seats),) = articles_in(tmp_path)
    ((_, deep),) = articles_in(tmp_path / "deep.jsonl")

    assert isinstance(seats, Article)
    assert (seats.title, seats.audience, seats.body) == ("Seats", "internal", "A seat counts.")
    assert isinstance(deep, Unread)


def test_no_article_takes_the_place_of_another_unseen(tmp_path: Path) -> None:
    """Files of one name in two folders, names without a Latin letter; and what is wrong is told in words."""
    written = {
        "a/faq.md": "One.", "b/faq.md": "Two.", "c/faq.md": "One.", "Привет.md": "Hello.", "Пока.md": "Bye.",
        "LOUD.MD": "Loud.", "no.md": "---\ntitle: No\nBody", "map.md": "---\ntitle: {a: b}\n---\nBody",
        "day.md": "---\nreview_by: soon\n---\nBody", "bare.md": "---\ntitle: Bare\n---",
    }  # fmt: skip
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf8")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    (tmp_path / "gone.md").symlink_to("nowhere")

    read_ = dict(articles_in(tmp_path))
    again = dict(articles_in(tmp_path))

    slugs = {where: one.slug for where, one in read_.items() if isinstance(one, Article)}
    assert list(slugs) == ["LOUD.MD", "a/faq.md", "c/faq.md", "Пока.md", "Привет.md"], "c says what a says"
    assert len(set(slugs.values())) == 4
    assert again == read_, "the same folder again is the same articles"
    assert {one.where: one.why for one in read_.values() if isinstance(one, Unread)} == {
        "b/faq.md": "its slug is faq, as that of a/faq.md; give it one of its own",
        "bare.md": "an article needs a title and a body",
        "day.md": "review_by is 'soon'; it is a day such as 2027-01-31",
        "gone.md": "it cannot be read: No such file or directory",
        "latin.md": "it is not written in UTF-8",
        "map.md": "the title must be text; put one with : or [ into quotation marks",
        "no.md": "what stands in front of the article has no end; put a line --- after it",
    }


GERMAN = """Ticketnummer;Erstellt am;Gelöst am;E-Mail;Frage;Antwort;Thema;Bearbeiter
1;24.11.2026 14:03;24.11.2026 15:10 Uhr;ada@frei.example;Warum ist die Rechnung höher?;Ein Platz kam dazu.;Rechnung;Jörg
2;4.1.2026;;ben@frei.example;Wann habt ihr geöffnet?;Immer.;Zeiten;Jörg
3;31.02.2026;;ben@frei.example;Und im Februar?;;;
4;01/02/2026;;ben@frei.example;Und sonst?;;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_german_export_is_read_as_spreadsheets_save_it(encoding: str) -> None:
    found = read("export.csv", decoded(GERMAN.encode(encoding)))

    first, second = found.tickets
    assert [m.text for m in first.messages] == ["Warum ist die Rechnung höher?", "Ein Platz kam dazu."]
    assert first.messages[0].at == datetime(2026, 11, 24, 14, 3, tzinfo=UTC)
    assert (first.closed_at.hour, first.intent, first.agent) == (15, "Rechnung", "Jörg")
    assert second.messages[0].at == datetime(2026, 1, 4, tzinfo=UTC)
    assert [(f.line, f.why) for f in found.faults] == [(4, "“31.02.2026” is no time"), (5, "“01/02/2026” is no time")]


def test_a_german_row_a_message_leaves_notes_out() -> None:
    rows = "Vorgang;Datum;Rolle;Nachricht;Öffentlich\n1;4.1.2026;Kundin;Wann?;ja\n1;5.1.2026;Mitarbeiter;Nie.;nein\n"

    (ticket,) = read("export.csv", rows).tickets

    assert [m.text for m in ticket.messages] == ["Wann?"]


def test_one_bad_byte_makes_no_other_alphabet() -> None:
    assert decoded("schön".encode() + b"\xff und gut") == "schön\ufffd und gut"
    assert decoded("schön".encode()[:-2]) == "sch\ufffd"


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("audiance: internal", "is that audience"),
        ("visibility: internal", "audience: internal"),
        ("internal: true", "audience: internal"),
        ("intents: x", "is that intent"),
        ("audience:\ninternal: true", "may be public or internal"),
    ],
)
def test_a_page_that_says_in_other_words_who_may_read_it_is_not_taken_for_public(front: str, said: str) -> None:
    (article,) = articles_of("kb.md", f"---\ntitle: Refund limits\n{front}\n---\nUp to 40.".encode())

    assert isinstance(article, Unread)
    assert said in article.why


def test_fields_may_be_capitalised_and_others_stand_beside_them() -> None:
    others = "tags: [a]\nauthor: Kim\nuid: kb.12\n_id: 7\nreviewed_by: Ada"
    text = f"---\nTitle: Refund limits\nAudience: Internal\n{others}\n---\nUp to 40."
    (article,) = articles_of("kb.md", text.encode())
    (line,) = articles_of("kb.jsonl", b'{"Title": "A", "Audience": "internal", "body": "x", "internal": true}')

    for one in (article, line):
        assert isinstance(one, Article)
        assert one.audience == "internal"


PAGE = Path(__file__).parents[2] / "docs" / "bring.md"


def test_what_the_page_on_bringing_shows_is_read() -> None:
    shown = dict[str, list[str]]()
    for kind, body in re.findall(r"```(yaml|markdown|csv)\n(.*?)```", PAGE.read_text("utf8"), re.DOTALL):
        shown.setdefault(kind, []).append(body)

    catalogue = read_catalogue(shown["yaml"][0])
    (article,) = articles_of("changing.md", shown["markdown"][0].encode())
    short, long = (read("export.csv", text) for text in shown["csv"])

    assert [i.is_opened for i in catalogue.intents] == [True, False, True]
    assert isinstance(article, Article)
    assert catalogue.intent(article.intent or "")
    assert not short.faults + long.faults + short.ignored + long.ignored
    for file in (short, long):
        assert [m.text for m in file.tickets[0].messages] == ["Can I swap the mug for a bowl?", "Yes, under My orders."]
        assert catalogue.intent_called(file.tickets[0].intent)
