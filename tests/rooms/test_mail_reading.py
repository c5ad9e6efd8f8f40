"""Mail as it comes in the wild: nothing raises, nothing is lost, nothing acts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.writing import mail, raw
from segue.domain.mail import Authentication, Mail, MailAddress
from segue.integrations.mail.charsets import decode
from segue.integrations.mail.folding import folds
from segue.integrations.mail.headers import addresses, authentication, text_of
from segue.integrations.mail.jail import Reader, glance
from segue.integrations.mail.markup import safe
from segue.integrations.mail.reading import read

FROM = "From: Ada <ada@example.com>"
CHINESE = "我的发票为什么这么高？请尽快回复"
JAPANESE = "請求書が高いのはなぜですか。"
RUSSIAN = "Почему мой счёт выше?"
KOREAN = "청구서가 왜 더 높은가요"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader(seconds=1.0)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("said", "charset", "label"),
    [
        (CHINESE, "gbk", "gb2312"), (CHINESE, "gb18030", ""), (CHINESE, "gbk", "us-ascii"), (CHINESE, "gbk", "utf-8"),
        (JAPANESE, "shift_jis", "Shift_JIS"), (JAPANESE, "shift_jis", ""), (JAPANESE, "euc_jp", "x-unknown"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP"), (JAPANESE, "iso2022_jp", ""), (RUSSIAN, "koi8_r", "koi8-r"),
        (RUSSIAN, "cp1251", ""), (KOREAN, "euc_kr", "ks_c_5601-1987"), (KOREAN, "euc_kr", ""),
        ("Für 5 € – “naïve” café", "cp1252", ""), ("Für 5 € – café", "cp1252", "iso-8859-1"), ("größer", "utf-7",
        "utf-7"),
        ("größer", "utf-7", "unicode-1-1-utf-7"), ("größer 你好", "utf-8", ""), ("größer", "utf-8", "us-ascii"),
        ("größer", "utf-8", "no-such-charset"), ("größer", "utf-8", "base64"), ("größer", "utf-16", "utf-16"),
    ],
)  # fmt: skip
def test_text_is_read_whatever_the_label_says(said: str, charset: str, label: str) -> None:
    assert decode(said.encode(charset), label) == said


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),  # without its padding
        ("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),  # a character cut in two
        ("=?utf-8?Q?a b c?=", "a b c"),  # spaces where none may be
        ("Re: =?gb2312?B?ztK1xLeixrE=?= now", "Re: 我的发票 now"),
        ("=?iso-8859-1*en?q?caf=E9?=", "café"),
        ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        ("=?utf-8?Q?Hi=0D=0ABcc:_eve@evil.example?=", "Hi Bcc: eve@evil.example"),
        ("Gr\udcc3\udcbc\udcc3\udc9fe", "Grüße"),  # bytes written as they are
        ("a\u202egnp.exe", "agnp.exe"),
    ],
)
def test_headers_are_read_on_one_line(header: str, said: str) -> None:
    assert text_of(header) == said


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Lovelace, Ada <ada@example.com>", [("ada@example.com", "Lovelace, Ada")]),  # a name nobody quoted
        ('"Lovelace, Ada" <ADA@Example.com>, Eve <eve@x.example>',
         [("ada@example.com", "Lovelace, Ada"), ("eve@x.example", "Eve")]),
        ("ada@example.com", [("ada@example.com", "")]),
        ("ada@example.com (Ada)", [("ada@example.com", "")]),
        ("ceo@ours.example <eve@evil.example>", [("eve@evil.example", "ceo@ours.example")]),
        ("=?utf-8?Q?Z=C3=B6e?= <zoe@x.example>", [("zoe@x.example", "Zöe")]),
        ("eve@x.example (<ada@example.com>)", [("eve@x.example", "")]),  # in a comment anybody writes what they like
        ("(ada@example.com,) eve@x.example", [("eve@x.example", "")]),
        ("eve@x.example (a (b) <ada@example.com>", [("eve@x.example", "")]),
        ('eve@x.example "<ada@example.com>"', [("eve@x.example", "")]),
        ("Ada (of Sales) <ada@example.com>", [("ada@example.com", "Ada (of Sales)")]),
        ("Ada :( <ada@example.com>", [("ada@example.com", "Ada :(")]),
        ('"Ada <ada@example.com>', [("ada@example.com", "Ada")]),
        ("undisclosed-recipients:;", []), ("", []), ("<>", []), ("@", []),
        ("\x00@\x01\x02", []), ("\udcff\udcfe <\udcff@\udc81\x00>", []),  # bytes that are no text
    ],
)  # fmt: skip
def test_addresses_are_found_as_they_were_meant(header: str, found: list[tuple[str, str]]) -> None:
    assert [(a.address, a.name) for a in addresses([header])] == found


INTRODUCED = [
    "On Mon, Mar 2, 2026 at 10:00, Support <s@ours.example> wrote:",
    "Am 02.03.2026 um 10:00 schrieb Support <s@ours.example>:",
    "Le lun. 2 mars 2026 à 10:00, Support <s@ours.example> a écrit :",
    "El lun, 2 mar 2026 a las 10:00, Support (<s@ours.example>) escribió:",
    "Il giorno lun 2 mar 2026 alle ore 10:00 Support <s@ours.example> ha scritto:",
    "Em seg., 2 de mar. de 2026 às 10:00, Support <s@ours.example> escreveu:",
    "Op ma 2 mrt 2026 om 10:00 schreef Support <s@ours.example>:",
    "pon., 2 mar 2026 o 10:00 Support <s@ours.example> napisał(a):",
    "пн, 2 мар. 2026 г. в 10:00, Support <s@ours.example>:",
    "Den mån 2 mars 2026 kl 10:00 skrev Support <s@ours.example>:",
    "man. 2. mar. 2026 kl. 10.00 skrev Support <s@ours.example>:",
    "ma 2. maalisk. 2026 klo 10.00 Support (s@ours.example) kirjoitti:",
    "po 2. 3. 2026 v 10:00 odesílatel Support <s@ours.example> napsal:",
    "2 Mar 2026 Pzt, 10:00 tarihinde Support <s@ours.example> şunu yazdı:",
    "2026年3月2日(月) 10:00 Support <s@ours.example>:",
    "Support <s@ours.example> 于2026年3月2日周一 10:00写道：",
    "2026년 3월 2일 (월) 오전 10:00, Support <s@ours.example>님이 작성:",
    "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Montag\nAn: Ada",
    "De : Support <s@ours.example>\nEnvoyé : lundi 2 mars 2026\nÀ : Ada",
    "От: Support\nОтправлено: 2 марта 2026\nКому: Ada",
    "差出人: Support\n送信日時: 2026年3月2日\n宛先: Ada",
    "发件人: Support\n发送时间: 2026年3月2日\n收件人: Ada",
]


@pytest.mark.parametrize("introduced", INTRODUCED)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_a_quotation_is_folded_in_many_languages(introduced: str, mark: str) -> None:
    found = read(mail(f"It is INV-4711.\n\n{introduced}\n\n{mark}We will look.\n{mark}Soon.\n"))

    assert found.said == "It is INV-4711."
    (fold,) = found.folds
    assert "We will look." in found.text[fold.start : fold.end]


def test_answers_between_quoted_lines_stay() -> None:
    text = "On 2 Mar 2026, Support <s@x.example> wrote:\n> Which invoice?\nINV-4711.\n> And since when?\nMarch.\n"
    assert read(mail(text)).said.split() == ["INV-4711.", "March."]


@pytest.mark.parametrize(
    "text",
    ["On the other hand, we wrote: nothing.", "From: our side this is fine.\nThank you.", "We sent it from my office.",
     "a -- b\n-- first point to check\n-- second point"],
)  # fmt: skip
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert read(mail(text)).said == text


@pytest.mark.parametrize("sign", ["-- \nAda\nLedgerly", "Sent from my iPhone", "Von meinem iPhone gesendet",
                                  "Envoyé de mon iPhone", "Enviado desde mi iPhone", "iPhoneから送信",
                                  "发自我的iPhone", "Отправлено с iPhone"])  # fmt: skip
def test_a_signature_is_folded(sign: str) -> None:
    found = read(mail(f"Please call me back.\n\n{sign}\n"))
    assert (found.said, [f.kind for f in found.folds]) == ("Please call me back.", ["signature"])


def test_a_mail_of_only_a_quotation_says_all_of_it() -> None:
    assert read(mail("> Did you get this?\n")).said == "> Did you get this?"


def test_html_is_read_as_text_and_made_safe() -> None:
    html = (b"<style>p{}</style><p>Hello <b>there</b></p><script>alert(1)</script><img src=x onerror=alert(1)>"
            b"<img src='https://track.example/p.gif'><img src='cid:logo'><a href='javascript:alert(1)'>x</a>"
            b"<form action='/'><input></form><iframe src='//evil'></iframe><svg onload=alert(1)>")  # fmt: skip
    found = read(raw(FROM, "Content-Type: text/html; charset=utf-8", body=html))

    assert found.text.startswith("Hello there")
    assert 'src="cid:logo"' in found.html
    for bad in ("script", "onerror", "onload", "javascript", "track.example", "<form", "<iframe", "<style", "<svg"):
        assert bad not in found.html


def test_attachments_and_inline_pictures_keep_name_type_and_bytes() -> None:
    lines = (FROM, 'Content-Type: multipart/mixed; boundary="b"')
    body = (b"--b\r\nContent-Type: text/plain\r\n\r\nSee there\r\n--b\r\nContent-Type: image/png\r\n"
            b"Content-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: inline; filename*=utf-8''..%2F..%2Fr%C3%A9sum%C3%A9.png"
            b"\r\n\r\niVBORw==\r\n--b--\r\n")  # fmt: skip
    (picture,) = read(raw(*lines, body=body)).attachments

    assert (picture.name, picture.type, picture.content_id, picture.body) == (
        "_.._résumé.png", "image/png", "logo", b"\x89PNG"
    )  # fmt: skip


TEXT, PAGE = "Content-Type: text/plain", "Content-Type: text/html"
BODY, FOOT = "<p>My invoice INV-4711 is wrong since March.</p>", "This e-mail is confidential."
SAYS = "My invoice INV-4711 is wrong since March."
LOG = 'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: inline; filename="crash.log"'
STUB = "Your client does not show HTML. Please open this mail in another one."


def several(kind: str, *parts: tuple[str, str]) -> tuple[str, str]:
    """A part that holds others: its headers, its body."""
    mark = f"={kind}={len(parts)}={sum(len(body) for _, body in parts)}"
    inside = "".join(f"--{mark}\r\n{head}\r\n\r\n{body}\r\n" for head, body in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"', f"{inside}--{mark}--\r\n"


@pytest.mark.parametrize(
    ("whole", "text", "files"),
    [
        (several("mixed", (PAGE, BODY), (TEXT, FOOT)), f"{SAYS}\n\n{FOOT}", []),
        (several("mixed", (TEXT, SAYS), (PAGE, f"<p>{FOOT}</p>")), f"{SAYS}\n\n{FOOT}", []),
        (several("mixed", (PAGE, BODY), (LOG, "panic at 0x1")), SAYS, ["crash.log"]),
        (several("mixed", several("alternative", (TEXT, SAYS), (PAGE, BODY)), (TEXT, FOOT)), f"{SAYS}\n\n{FOOT}", []),
        (several("alternative", (TEXT, SAYS), (PAGE, BODY)), SAYS, []),
        (several("alternative", (TEXT, STUB), (PAGE, BODY + BODY.replace("March", "April"))),
         f"{SAYS}\n\n{SAYS.replace('March', 'April')}", []),
        (several("alternative", (TEXT, " \r\n"), (PAGE, BODY)), SAYS, []),
        (several("alternative", several("mixed", (PAGE, BODY), (TEXT, FOOT))), f"{SAYS}\n\n{FOOT}", []),
        (several("alternative", several("alternative", (TEXT, SAYS), (PAGE, BODY)), (PAGE, BODY)), SAYS, []),
        (several("mixed", (TEXT, SAYS), (PAGE, BODY)), SAYS, []),
        ((LOG, SAYS), SAYS, []),
        (several("mixed", (LOG, SAYS), ("Content-Type: image/png; name=a.png", "x")), SAYS, ["a.png"]),
        (several("alternative", (LOG, SAYS), (LOG.replace("plain", "html"), BODY)), SAYS, []),
        (several("mixed", (TEXT, ""), (LOG, "panic at 0x1")), "", ["crash.log"]),
    ],
    ids=["a page and a footer", "a text and a footer that is a page", "a page and a log", "a footer for two ways",
         "two ways", "a stub", "nothing, and a page", "one way in two parts", "ways within a way",
         "two ways that are not called so", "a mail that is nothing but a named text",
         "a named text and a picture", "two ways with names", "nothing, and a log"],
)  # fmt: skip
def test_all_that_a_mail_says_is_read_in_order_and_of_several_ways_one(
    whole: tuple[str, str], text: str, files: list[str]
) -> None:
    head, body = whole
    found = read(raw(FROM, *head.split("\r\n"), body=body.encode()))

    assert (found.text, [file.name for file in found.attachments]) == (text, files)


def test_a_page_shows_what_stands_beside_it_as_text() -> None:
    head, body = several("mixed", several("alternative", (TEXT, SAYS), (PAGE, BODY)), (TEXT, f"{FOOT} <b>"))
    found = read(raw(FROM, head, body=body.encode()))

    assert found.html == f"{BODY}\n\n<div>{FOOT} &lt;b&gt;</div>"
    assert read(raw(FROM, *LOG.split("\r\n"), body=b"1 < 2")).html == ""


def test_ways_within_ways_without_end_are_read_all_the_same() -> None:
    whole = (TEXT, SAYS)
    for n in range(300):
        mark = f"=b{n}"
        whole = (f'Content-Type: multipart/alternative; boundary="{mark}"',
                 f"--{mark}\r\n{whole[0]}\r\n\r\n{whole[1]}\r\n--{mark}--\r\n")  # fmt: skip

    assert read(raw(FROM, whole[0], body=whole[1].encode())).text == SAYS


def test_results_count_only_from_our_own_server_and_for_the_senders_domain() -> None:
    (ada,) = addresses(["ada@example.com"])
    ours = "mx.ours.example; spf=pass smtp.mailfrom=x; dmarc=pass (p=none) header.from=example.com"
    forged = "mx.evil.example; dmarc=pass header.from=example.com"

    assert authentication([forged, ours], "mx.ours.example", ada).vouches
    assert not authentication([forged], "mx.ours.example", ada).vouches
    assert not authentication([ours], "", ada).vouches
    assert not authentication([ours.replace("from=example.com", "from=evil.example")], "mx.ours.example", ada).vouches


def test_a_server_that_writes_a_header_for_each_method_is_heard_of_all() -> None:
    (ada,) = addresses(["ada@example.com"])
    dmarc = "mx.ours.example; dmarc=none header.from=example.com"
    dkim = "mx.ours.example; dkim=pass (2048-bit key) header.d=example.com"
    foreign, failed = "mx.evil.example; spf=pass", "mx.ours.example; dmarc=fail header.from=example.com"

    assert authentication([dmarc, dkim], "mx.ours.example", ada) == Authentication("none", "pass", "none", aligned=True)
    assert authentication([foreign, dkim, dmarc], "mx.ours.example", ada).vouches
    assert not authentication([dmarc, foreign, dkim], "mx.ours.example", ada).vouches
    assert authentication([failed, f"mx.ours.example; {PASS}"], "mx.ours.example", ada).is_forged


def test_who_names_the_signer_alone_names_the_domain() -> None:
    (ada,) = addresses(["ada@example.com"])
    said = "mx.ours.example; dkim=pass header.i={} header.s=x header.b=y"
    assert authentication([said.format("@example.com")], "mx.ours.example", ada).vouches
    for other in ("@evil.example", "example.com@evil.example", "@news.example.com", "@com"):
        assert not authentication([said.format(other)], "mx.ours.example", ada).vouches


PASS = "dmarc=pass header.from=example.com"


@pytest.mark.parametrize(
    "smuggled",
    [
        f'spf=pass smtp.mailfrom="x; {PASS}; y"@evil.example', f'spf=pass smtp.mailfrom="x\\"; {PASS}; y"@evil.example',
        f"spf=pass (one (two (three; {PASS}; ) ) )", f"spf=pass (a \\) ; {PASS} ; )",
        f"spf=pass (never closed; {PASS}", f'spf=pass "never closed; {PASS}',
    ],
)  # fmt: skip
def test_what_a_sender_may_write_within_a_result_is_no_result(smuggled: str) -> None:
    ada = MailAddress("ada@example.com")

    found = authentication([f"mx.ours.example; {smuggled}; dmarc=fail header.from=example.com"], "mx.ours.example", ada)

    assert found.dmarc in ("fail", "none")
    assert not found.vouches


@pytest.mark.parametrize("said", ["MX.ours.example; dmarc=fail", "mx.ours.example 1; dmarc/1 = FAIL (p=reject)"])
def test_a_result_is_read_however_the_server_spells_it(said: str) -> None:
    assert authentication([said], "mx.ours.example", MailAddress("ada@example.com")).dmarc == "fail"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_it_raise(body: bytes) -> None:
    for found in (glance(body), read(body)):
        assert found.text.encode("utf8") is not None  # no half characters
        assert all(0 <= f.start < f.end <= len(found.text) for f in found.folds)


@given(st.sampled_from([mail(t) for t in INTRODUCED]), st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=6))))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_mangled_mail_makes_it_raise(whole: bytes, cuts: list[tuple[int, bytes]]) -> None:
    for at, piece in cuts:
        whole = whole[:at] + piece + whole[at + len(piece) // 2 :]
    found = read(whole)
    assert "\0" not in found.text + found.subject
    assert "\n" not in found.subject


def test_a_charset_with_a_nul_in_its_name_loses_no_words():
    found = read(
        raw(FROM, 'Content-Type: text/plain; charset="utf\0-8"', body="My invoice is w\u00fcst".encode("latin-1"))
    )

    assert "My invoice is w" in found.text


MAILLIKE = st.lists(st.sampled_from([
    "I have paid w{n}.", "> You have not w{n}", ">> Have I w{n}?", "", "-- ", "Ada, who is w{n}", "Sent from my iPhone",
    "On Mon, 2 Mar 2026 at 09:00, Ada <ada@example.com> wrote:", "Am 02.03.2026 um 09:00 schrieb Ada:",
    "-----Original Message-----", "From: Ada w{n}", "Sent: Monday w{n}", "Subject: w{n}"]), max_size=14).map(
    lambda lines: "\n".join(line.format(n=n) for n, line in enumerate(lines)))  # fmt: skip
"""Lines as mails have them, each with a word of its own where it says anything."""


@given(st.one_of(st.text(max_size=300), MAILLIKE))
@settings(max_examples=200, deadline=None)
def test_folds_never_overlap_and_lose_nothing(text: str) -> None:
    """What is said now and what is folded are together everything, and nothing twice."""
    found, at, folded = folds(text), 0, ""
    lines = {0, *accumulate(map(len, text.splitlines(keepends=True)))}
    for fold in found:
        assert at <= fold.start < fold.end
        assert {fold.start, fold.end} <= lines
        folded, at = folded + text[fold.start : fold.end], fold.end
    said = Mail(None, text=text, folds=found).said
    if said == text.strip():
        return
    words = re.compile(r"w\d+")
    assert sorted(words.findall(said) + words.findall(folded)) == sorted(words.findall(text))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_html_keeps_a_script(html: str) -> None:
    made = safe(f"<p>{html}<script>alert(1)</script><img src=x onerror='{html}'>").lower()
    assert "<script" not in made
    assert not re.search(r"<\w[^>]*\son\w+=", made)


def nested(depth: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(depth))
    return opened + b"Content-Type: text/plain\r\n\r\nI am at the bottom\r\n"


BOMBS = {
    "deep": raw(FROM)[:-9] + b"\r\n" + nested(3000),
    "headers": raw(FROM, *(f"X-{i}: a" for i in range(150_000)), body=b"I am at the bottom"),
    "one header": raw(FROM, "X-Big: " + "a" * 5_000_000, body=b"I am at the bottom"),
    "one line": raw(FROM, body=b"I am at the bottom " + b"x" * 3_000_000),
    "html": raw(FROM, "Content-Type: text/html", body=b"<b><i><a>" * 60_000 + b"I am at the bottom"),
    "parts": raw(FROM, 'Content-Type: multipart/mixed; boundary="b"', body=b"--b\r\n\r\nx\r\n" * 300_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_gives_a_mail_before_long_and_the_next_one_is_read(reader: Reader, name: str) -> None:
    """Two tries of three seconds each; the rest of the bound is for a busy machine, which starts the child twice."""
    began = time.monotonic()
    found = reader.read(BOMBS[name])
    assert time.monotonic() - began < 30
    assert found.mail.sender
    assert found.mail.sender.address == "ada@example.com"
    assert found.mail.text
    if name not in ("parts", "headers"):
        assert "I am at the bottom" in found.mail.text

    assert reader.read(mail("Hello")).mail.text == "Hello"


def test_a_reader_that_is_killed_is_started_again(reader: Reader) -> None:
    reader.read(mail("Hello"))
    assert reader._child
    reader._child.kill()
    assert reader.read(mail("Hello again")).is_whole


@pytest.mark.parametrize("label", ["", "utf-8"])
@pytest.mark.parametrize("said", ["Danke schön", "Frage zum Menü", "Am 3. März. Schöne Grüße, Jörg Müller"])
def test_western_text_under_no_name_or_a_wrong_one_is_read(said: str, label: str) -> None:
    assert decode(said.encode("cp1252"), label) == said


def test_a_short_name_without_a_label_is_read() -> None:
    assert decode("Café".encode("cp1252")) == "Café"


def test_what_was_cut_in_the_middle_of_a_character_loses_that_one_alone() -> None:
    whole = "Schöne Grüße".encode()

    assert decode(whole[:-2], "utf-8") == "Schöne Grü\ufffd"
    assert decode(whole[:-2]) == "Schöne Grü\ufffd"
    assert decode("Über den Äther".encode() + b"\xff", "utf-8") == "Über den Äther\ufffd"
