"""Machines' mail is known by one sign; people's mail is not taken for it."""

from __future__ import annotations

import imaplib
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from mail.writing import OURS, mail, raw
from segue.app.post import formatted
from segue.domain.errors import Refused, Unavailable
from segue.domain.mail import Authentication, Cause, Mail, MailAddress, MailKeys
from segue.intake.absences import is_note
from segue.intake.automatic import Ours, cause_of, takes_no_answers
from segue.integrations.mail import imap
from segue.integrations.mail.imap import ImapMailbox, Watcher, connected
from segue.integrations.mail.reading import read
from segue.integrations.mail.sending import Letter, WayOut, _written, compose, own_letter, send

LISTS = Path(__file__).parent.parent / "lists"
KEYS = MailKeys(b"a secret", OURS)
US = Ours(KEYS, {OURS}, "0123456789abcdef", {"mira@ledgerly.example"})
CONVERSATION = "cnv_01KJPWD6M062F7CYGK9KG2KBES"


def cause(whole: bytes, return_path: str | None = "eve@elsewhere.example") -> Cause | None:
    return cause_of(read(whole, return_path=return_path), US)


AWAY = [
    "Automatic reply: My invoice", "Out of Office: back on Monday", "Re: Out of office", "OOO until 5 May",
    "AutoReply: thanks", "Auto Response", "Vacation reply", "I am out of the office",
    "Abwesenheitsnotiz", "Automatische Antwort: Rechnung", "Abwesend: Rechnung", "Réponse automatique : facture",
    "Absence du bureau", "Respuesta automática: factura",
    "Automatic reply today", "Automatic reply to your e-mail", "Fuera de la oficina", "Risposta automatica: fattura",
    "Fuori sede: fattura", "Resposta automática: fatura", "Ausência: fatura", "Automatisch antwoord: factuur",
    "Afwezig: factuur",
    "Autosvar: faktura", "Automatiskt svar: faktura", "Frånvaro", "Fravær", "Automaattinen vastaus: lasku",
    "Odpowiedź automatyczna: faktura", "Автоответ: счёт", "Автоматический ответ: счёт", "Automatická odpověď: faktura",
    "Otomatik yanıt: fatura", "自動返信: 請求書", "自动回复: 发票", "自動回覆: 發票", "자동 응답: 청구서",
    "Automatikus válasz: számla",
    "Răspuns automat: factură", "Αυτόματη απάντηση", "We've received your request",
]  # fmt: skip
MARKED = [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated (rejected)"},
    {"Auto_Submitted": "auto-notified"},
    {"X_Autoreply": "yes"}, {"X_Autorespond": "x"}, {"Precedence": "auto_reply"},
    {"X_Vacation": "yes"}, {"X_POST_MessageClass": "9; Autoresponder"}, {"X_FC_MachineGenerated": "true"},
]  # fmt: skip
DAYS_OFF = [
    ("On vacation until 3 May", "I will read your mail on my return."),
    ("Holiday from 3 to 10 March", "Back on the 11th."),
    ("Re: Annual leave - back on Monday", "For urgent matters call Jane."), ("Vacation", "I'm away this week."),
    ("Leave: Re: My invoice", "Jane Doe stands in for me."), ("On leave - My invoice", "Please contact Jane."),
    ("Holiday: My invoice", "Thank you for your message. Please call Jane."),
    ("Annual leave", "I am on annual leave with no access to email. Please use our help page for urgent requests."),
    ("Vacation: back 5 Jan", "Hello, I'm on vacation and back on 5 Jan. If it is urgent, please ring Tom."),
    ("Holiday", "I'm on holiday this week. Thank you for your message. May I suggest you contact Tom instead?"),
    ("Read: My invoice", "Your message was read on Monday, 2 March."),
]  # fmt: skip
BOUNCES = [
    ("Mail Delivery Subsystem <MAILER-DAEMON@mx.example>", "Returned mail: see transcript for details"),
    ("MAILER-DAEMON@mx.example", "failure notice"), ("postmaster@mx.example", "Undeliverable: My invoice"),
    ("Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender"),
    ("Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mx.example>", "Undeliverable: My invoice"),
    ("mailer-daemon@googlemail.com", "Delivery Status Notification (Failure)"), ("postmaster@x.example",
    "Unzustellbar: AW"),
    ("MAILER-DAEMON@x.example", "Warning: message 1a2b3c delayed 24 hours"), ("postmaster@x.example",
    "Non remis : facture"),
    ("bounces+123@x.example", "Whatever it says"), ("postmaster@x.example", "No se puede entregar: factura"),
]  # fmt: skip
PEOPLES = [
    "My invoice", "Re: My invoice", "Automatic payments fail", "Auto top-up does not work", "Office hours?",
    "Holiday pay rules",
    "Delivery of my card", "Absences in the report", "Out of memory in the app", "Returned item",
    "Undelivered card", "Leave my plan",
    "AW: Rechnung", "Vacation request feature", "Automation rules", "The mail was not delivered", "Reading lists",
    "Wrong reply", "Holiday from 3 to 10 March: can I pause deliveries?", "Leave - wrong balance shown",
    "Holiday from 3 to 10 March", "On vacation until 3 May", "Leave: how to enter it",
    "Vacation: carry-over is missing", "Holiday from 3 May, please pause my deliveries",
    "不在票が届きました", "休暇中に解約したい", "外出先からログインできない", "自動返信が届かない",
    "Отсутствует кнопка", "Abwesenheit lässt sich nicht eintragen", "Iroda bérlés", "Frånvaro syns inte i appen",
    "Read: your price list", "Automatic replies do not work", "Auto response is never sent", "부재중 전화가 옵니다",
]  # fmt: skip


def test_of_bounces_and_automatic_answers_none_is_taken_for_a_person() -> None:
    caught = [cause(mail(subject=subject)) for subject in AWAY]
    caught += [cause(mail(**marks)) for marks in MARKED]
    caught += [cause(mail(text, subject=subject)) for subject, text in DAYS_OFF]
    caught += [cause(mail(sender=sender, subject=subject), "") for sender, subject in BOUNCES]
    caught += [cause(mail(), "")]

    names = [*AWAY, *MARKED, *DAYS_OFF, *BOUNCES, "null path"]
    missed = [name for name, found in zip(names, caught, strict=True) if found is None]
    assert missed == []
    assert caught[-len(BOUNCES) - 1 : -1] == [Cause.BOUNCE] * len(BOUNCES)


UNSEEN = LISTS / "automatic_unseen.tsv"
"""Written when the rules had been left alone for a day, and taught to nothing: sixty of servers and services."""


def unseen(knows_path: bool) -> list[tuple[str, Cause | None]]:
    """Of each line what stands in it, and what it was taken for. Out of a mailbox a mail comes without its return
    path, by which alone a bounce is known."""
    found = []
    for line in UNSEEN.read_text("utf8").splitlines():
        if not line.startswith("#"):
            what, path, sender, subject, headers, text = line.split("\t")
            marks = dict(header.split(": ", 1) for header in headers.split(" | ") if ": " in header)
            marks = {name.replace("-", "_"): value for name, value in marks.items() if name != "Content-Type"}
            whole = mail(text, sender=sender, subject=subject, **marks)
            found.append((f"{what} {sender} {subject}", cause(whole, path.strip("<>") if knows_path else None)))
    return found


def test_of_more_than_a_hundred_bounces_and_automatic_answers_hardly_one_is_answered() -> None:
    """The bar is 98 of a hundred, of all and of those that nobody had before them when the rules were written."""
    ours = [(subject, cause(mail(subject=subject))) for subject in AWAY]
    ours += [(str(marks), cause(mail(**marks))) for marks in MARKED]
    ours += [(subject, cause(mail(text, subject=subject))) for subject, text in DAYS_OFF]
    ours += [(subject, cause(mail(sender=sender, subject=subject), "")) for sender, subject in BOUNCES]
    new, polled = unseen(True), unseen(False)
    for told, some in (("ours", ours), ("unseen", new), ("unseen, out of a mailbox", polled), ("all", [*ours, *new])):
        missed = [name for name, found in some if found is None]
        print(f"{told}: {len(some) - len(missed)} of {len(some)} unanswered; {missed}")

        assert len(missed) / len(some) <= 0.02, told
    assert len(ours) + len(new) >= 100


@pytest.mark.parametrize("subject", PEOPLES)
def test_a_persons_mail_is_a_persons(subject: str) -> None:
    assert cause(mail(subject=subject, Auto_Submitted="no")) is None


@pytest.mark.parametrize("text", ["Leave balance shows 3 days instead of 12.", "I want to have it changed."])
@pytest.mark.parametrize("subject", ["Leave - wrong balance shown", "Holiday: my days are not counted"])
def test_who_writes_of_days_off_and_asks_nothing_is_a_person(subject: str, text: str) -> None:
    assert cause(mail(text, subject=subject)) is None


@pytest.mark.parametrize(
    "mark", [{"Feedback_ID": "i1a2b3c:Fastmail"}, {"X_Auto_Response_Suppress": "All"},
             {"X_Auto_Response_Suppress": "DR, RN, NRN, OOF, AutoReply"}]
)  # fmt: skip
def test_what_mailboxes_of_people_put_on_every_mail_marks_no_machine(mark: dict[str, str]) -> None:
    assert cause(mail(**mark)) is None


@pytest.mark.parametrize(
    ("said", "is_asked"),
    [("All", True), ("DR, OOF, AutoReply", True), ("autoreply", True), ("DR, RN, NRN", False), ("None", False)],
)
def test_a_mail_says_whether_people_alone_should_answer_it(said: str, is_asked: bool) -> None:
    assert read(mail(X_Auto_Response_Suppress=said)).marks.asks_for_people is is_asked
    assert not read(mail()).marks.asks_for_people


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"List_Id": "<news.elsewhere.example>"}, Cause.LIST), ({"Precedence": "bulk"}, Cause.LIST),
        ({"List_Unsubscribe": "<mailto:u@x.example>"}, Cause.LIST), ({"X_Segue_House": "0123456789abcdef"}, Cause.LOOP),
        ({"sender": f"Us <{OURS}>"}, Cause.OWN_ADDRESS), ({"sender": "support+x@ledgerly.example"}, Cause.OWN_ADDRESS),
        ({"sender": "Mira <Mira@ledgerly.example>"}, Cause.SPOOFED_AGENT), ({"sender": "no-reply@x.example"},
        Cause.NO_REPLY),
        ({"sender": "donotreply-billing@x.example"}, Cause.NO_REPLY),
        ({"message_id": KEYS.message_id(CONVERSATION, 2)}, Cause.LOOP),
    ],
)  # fmt: skip
def test_each_cause_is_told(more: dict[str, str], found: Cause) -> None:
    assert cause(mail(**more)) is found


def test_a_mail_without_a_sender_or_forged_by_its_domains_word_is_set_aside() -> None:
    assert cause(raw("Subject: Hi")) is Cause.NO_SENDER
    forged = Mail(MailAddress("eve@x.example"), authentication=Authentication(dmarc="fail"))
    assert cause_of(forged, US) is Cause.SPOOFED


def listed(name: str) -> list[tuple[str, Mail]]:
    """By its first words the mail of each line, in answer to one of ours and without any mark."""
    lines = [line.split("\t") for line in (LISTS / name).read_text("utf8").splitlines() if not line.startswith("#")]
    eve = MailAddress("eve@elsewhere.example", "Eve")
    return [
        (
            f"{language} {subject} {text[:20]}",
            Mail(eve, subject=subject, text=text, references=("<1@elsewhere.example>",)),
        )
        for language, subject, text in lines
    ]


def test_an_absence_note_without_any_mark_is_known_by_what_it_says_in_fifteen_languages() -> None:
    notes = listed("absences.tsv")

    assert len({name[:2] for name, _ in notes}) >= 15
    missed = [name for name, note in notes if cause_of(note, US) is not Cause.AUTO_REPLY]
    assert len(missed) <= 1, missed
    assert all(is_note(note.said, is_answer=False) is False for _, note in notes), "that begins a conversation"


def test_who_is_away_and_wants_something_is_a_person() -> None:
    assert [name for name, said in listed("absences_of_people.tsv") if cause_of(said, US) is not None] == []


def test_no_machine_writes_to_a_machine() -> None:
    assert all(map(takes_no_answers, ("MAILER-DAEMON@x.example", "noreply@x.example", "x-bounces@x.example")))
    assert not any(map(takes_no_answers, ("ada@x.example", "reply.all@x.example", "norelpy@x.example")))


# keys


def test_a_key_names_its_conversation_in_any_case_and_no_other_does() -> None:
    address, ident = KEYS.reply_address(CONVERSATION), KEYS.message_id(CONVERSATION, 3)

    assert KEYS.conversation_at(["x@y.z", address.upper()]) == CONVERSATION
    assert KEYS.message_in(["<a@b>", ident.upper()]) == (CONVERSATION, 3)
    assert len(address.rpartition("@")[0]) <= 64
    assert MailKeys(b"another", OURS).conversation_at([address]) is None
    assert KEYS.conversation_at([address.replace("ledgerly", "evil")]) is None
    assert KEYS.message_in([ident.replace(".3-", ".4-")]) is None


@pytest.mark.parametrize("key", ["", "x", "support+@ledgerly.example", "support+-@ledgerly.example", "<@>",
"<.-@ledgerly.example>",
                                 "support+\ud800-a@ledgerly.example", "support+ü-é@ledgerly.example"])  # fmt: skip
def test_what_is_no_key_names_nothing(key: str) -> None:
    assert KEYS.conversation_at([key]) is None
    assert KEYS.message_in([key]) is None


# going out


INJECTED = ["a\r\nBcc: eve@evil.example", "a\nX-Evil: 1", "a\r\n\r\nBody", "a\x0bb: c", "a\u2028Bcc: x", "a\x85b: c",
            "=?utf-8?Q?a=0D=0ABcc:_eve@evil.example?=", "a\x00b", "a\x1c\x1d\x1eBcc: x"]  # fmt: skip


HEADERS = ["auto-submitted", "content-transfer-encoding", "content-type", "date", "from", "in-reply-to", "message-id",
           "mime-version", "references", "reply-to", "subject", "to", "x-auto-response-suppress",
           "x-segue-house"]  # fmt: skip


def what_was_added(written: bytes) -> list[str]:
    """To the headers, the recipients and the words of a mail that says "Hello" to Ada: read as a server reads them."""
    head, _, body = written.partition(b"\r\n\r\n")
    names = sorted(line.split(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in b" \t")
    found = message_from_bytes(written)
    added = [] if names == HEADERS else [f"headers: {names}"]
    added += [] if found["To"] == "ada@example.com" else [f"to: {found['To']}"]
    return added + ([] if body.strip() == b"Hello" else [f"words: {body!r}"])


@pytest.mark.parametrize("evil", INJECTED)
@pytest.mark.parametrize("place", ["subject", "to", "message_id", "reply_to", "references"])
def test_no_text_adds_a_header_or_a_recipient(evil: str, place: str) -> None:
    """Refused, or one mail of the same headers, each once. What customers write themselves, a subject, is never a
    reason to send none."""
    said = {"to": "ada@example.com", "subject": "Hi", "text": "Hello", "message_id": "<a@b>", "reply_to": "r@x.example"}
    said[place] = evil if place != "to" else f"ada@example.com{evil}"
    references = ("<c@d>", evil) if place == "references" else ("<c@d>",)
    said.pop("references", None)
    try:
        made = compose(WayOut("", OURS, "0123"), Letter(is_automatic=True, references=references, **said))
    except Refused:
        assert place != "subject"
        return
    assert what_was_added(_written(made)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"Subject:", b"Bcc: eve@evil.example\r\nSubject:"), (b"Subject:", b"To: eve@evil.example\r\nSubject:"),
     (b"Subject: ", b"Subject: a\r\n\r\nBody\r\n"), (b"To: ada", b"To: eve@evil.example, ada")],
    ids=["another header", "one that is there twice", "a body that begins early", "another recipient"],
)  # fmt: skip
def test_what_an_injection_would_leave_is_seen(before: bytes, after: bytes) -> None:
    letter = Letter("ada@example.com", "Hi", "Hello", "<a@b>", True, "r@x.example", ("<c@d>",))
    written = _written(compose(WayOut("", OURS, "0123"), letter))
    assert what_was_added(written) == []
    assert before in written
    assert what_was_added(written.replace(before, after, 1)) != []


@pytest.mark.parametrize(
    "to", ["", "ada", "ada@x.example, eve@x.example", "Ada <ada@x.example>", "ada@x.example;eve@x.example"]
)
def test_a_mail_goes_to_exactly_one_address(to: str) -> None:
    with pytest.raises(Refused):
        compose(WayOut("", OURS), Letter(to, "Hi", "Hello", "<a@b>", False))


def test_a_line_that_begins_with_from_stays_as_it_was() -> None:
    made = compose(WayOut("", OURS), Letter("ada@example.com", "Hi", "One.\nFrom here on.\n.\n", "<a@b>", False))
    assert read(_written(made)).text == "One.\nFrom here on.\n."


def test_a_formatted_reply_goes_out_in_both_forms_and_a_plain_one_in_one() -> None:
    said = "Open **Settings**.\n\n<script>no()</script>"
    letter = Letter("ada@example.com", "Hi", said, "<a@b>", False, at=datetime.now(UTC), html=formatted(said))
    mail = compose(WayOut("", OURS), letter)

    plain, page = mail.iter_parts()
    assert plain.get_content().strip() == said
    assert "Open <strong>Settings</strong>." in page.get_content()
    assert "<script>" not in page.get_content()
    assert read(_written(mail)).text == said
    assert _written(mail) == _written(compose(WayOut("", OURS), letter)), "sent again it is the same mail"
    assert formatted("Hello Ada,\n\nit is done.\nMira") == ""


def test_a_mail_of_the_house_itself_answers_nothing_and_asks_machines_for_no_answer() -> None:
    mailbox = WayOut("smtp://mail.example", "support@ledgerly.example", "mark")
    subject, at = "You are invited\r\nBcc: eve@elsewhere.example", datetime(2026, 11, 26, tzinfo=UTC)
    mail = compose(mailbox, own_letter(mailbox, "nora@ledgerly.example", subject, "Come in.", at))

    assert mail["Subject"] == "You are invited Bcc: eve@elsewhere.example"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@ledgerly.example>")
    assert mail["In-Reply-To"] is None


class Peer:
    """A server without TLS, at the address that is its name."""

    told: ClassVar[list[str]] = []

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._host, self.sock = host, self

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None: ...

    def getpeername(self) -> tuple[str, int]:
        return self._host, 25

    def has_extn(self, name: str) -> bool:
        return False

    def login(self, user: str, password: str) -> None:
        self.told.append(password)

    def sendmail(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("server", "is_told"),
    [("u:secret@127.0.0.1", True), ("u:secret@[::1]", True), ("u:secret@10.1.2.3", True), ("u:secret@8.8.8.8", False),
     ("u:secret@[2606:4700::1111]", False)],
)  # fmt: skip
def test_a_password_is_said_in_clear_to_nobody_far_away(
    server: str, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Peer)
    monkeypatch.setattr(Peer, "told", [])
    mailbox = WayOut(f"smtp://{server}:587", OURS)
    mail = compose(mailbox, own_letter(mailbox, "ada@acme.example", "Hello", "Hello", datetime.now(UTC)))

    with nullcontext() if is_told else pytest.raises(Unavailable, match="offers no TLS"):
        send(mailbox, mail)

    assert Peer.told == (["secret"] if is_told else [])
    send(WayOut("smtp://8.8.8.8:25", OURS), mail)  # there is nothing to be read


class Mailserver(imaplib.IMAP4):
    """Offers no TLS, and hears what it is told."""

    told: ClassVar[list[str]] = []

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._host, self.capabilities = host, ()

    def socket(self) -> Any:
        return SimpleNamespace(getpeername=lambda: (self._host, 143))

    def login(self, user: str, password: str) -> Any:
        self.told.append(password)

    def select(self, mailbox: str = "INBOX", readonly: bool = False) -> Any:
        return "OK", [b"0"]

    def logout(self) -> Any: ...


@pytest.mark.parametrize(("host", "is_told"), [("127.0.0.1", True), ("10.1.2.3", True), ("8.8.8.8", False)])
def test_a_mailboxs_password_is_said_in_clear_to_nobody_far_away(
    host: str, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mailserver, "told", [])

    refused = nullcontext() if is_told else pytest.raises(Refused, match="offers no TLS")
    with refused, connected(ImapMailbox.of(f"imap://u:secret@{host}"), Mailserver):
        pass

    assert Mailserver.told == (["secret"] if is_told else [])


def test_whatever_goes_wrong_the_mailbox_is_looked_into_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, told = Event(), list[str]()

    @contextmanager
    def falls(_account: ImapMailbox) -> Iterator[Any]:
        if told:
            stop.set()
        raise RuntimeError("The database takes no words.")
        yield

    monkeypatch.setattr(imap, "connected", falls)
    account = ImapMailbox.of("imap://u:p@127.0.0.1")
    watcher = Watcher(account, dict, print, print, datetime.now, 1, 1, lambda why, _fetched: told.append(why))  # type: ignore[arg-type]
    watcher.watch(stop, pause=0.01)

    assert told == ["RuntimeError"] * 2
