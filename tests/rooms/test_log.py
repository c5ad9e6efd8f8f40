"""Whatever fails, no word of a customer's reaches a log, or a reason that is kept: nor by other people's code."""

from __future__ import annotations

import ast
import asyncio
import imaplib
import io
import json
import logging
import os
import smtplib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import structlog
from pydantic import TypeAdapter

from segue.app import bringing
from segue.app.drill.small import Listening, small_house
from segue.app.filing import Filing
from segue.app.log import set_up
from segue.app.mailing import MailIntake
from segue.app.post import Post
from segue.app.postman import listener_for, teller_for
from segue.app.settings import Settings
from segue.domain.errors import DatabaseUnavailable, Unavailable
from segue.domain.mail import MailKeys
from segue.domain.traces import HOUSE, brief, traced
from segue.intake.shadowing import Shadow
from segue.integrations.mail import imap, sending
from segue.integrations.mail.jail import Reader
from segue.knowledge import encoder_service
from segue.store.channels import Channels
from segue.store.database import Database
from segue.store.imports import Imports
from segue.store.inbox import Arrival, Inbox
from segue.store.mail import MailStore
from segue.store.outbox import Outbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = "My card is 4111 1111, says Lovelace"
OURS = "help@ours.example"
QUOTED = ("4111 1111", "Lovelace", "lovelace")


def as_key() -> None:
    raise KeyError(WORDS)


def as_bytes() -> None:
    (WORDS.encode() + b"\xff").decode()


def as_input() -> None:
    TypeAdapter(dict[str, int]).validate_python({WORDS: WORDS})


def as_cause() -> None:
    try:
        as_key()
    except KeyError as error:
        raise RuntimeError(f"it broke on {WORDS}") from error


ACCIDENTS: dict[str, Callable[[], None]] = {
    "a key that is not there": as_key, "bytes that are no text": as_bytes, "input of a wrong kind": as_input,
    "one behind another": as_cause,
}  # fmt: skip


def refused_by(db: Database) -> None:
    """The database quotes the value."""
    db.run("select %(words)s::text::int", {"words": WORDS})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What the log of a process says, and whatever else goes to its stderr."""
    stderr, before = io.StringIO(), (logging.root.handlers[:], logging.root.level, threading.excepthook)
    for handler in before[0]:
        logging.root.removeHandler(handler)  # pytest's own, which setting up would close
    monkeypatch.setattr(sys, "stderr", stderr)
    set_up("debug")
    logging.root.setLevel(logging.DEBUG)
    yield lambda: stderr.getvalue() + "".join(capfd.readouterr())
    structlog.reset_defaults()
    logging.root.handlers[:], threading.excepthook = before[0], before[2]
    logging.root.setLevel(before[1])


def says(log: str, *events: str) -> list[dict[str, Any]]:
    """Its lines, none of which quotes anybody, among them these events."""
    assert not [word for word in QUOTED if word in log], log
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert set(events) <= {line["event"] for line in lines}, log
    return lines


# of one error


@pytest.mark.parametrize("accident", ACCIDENTS.values(), ids=list(ACCIDENTS))
def test_an_error_is_told_by_its_kind_and_place_alone(accident: Callable[[], None]) -> None:
    with pytest.raises((KeyError, ValueError, RuntimeError)) as broken:
        accident()

    found = traced(broken.value)
    assert not [word for word in QUOTED if word in f"{found} {brief(broken.value)}"]
    assert broken.type.__name__ in found["error"]


def test_its_place_is_the_last_of_our_own_lines() -> None:
    with pytest.raises(Unavailable) as untaken:
        sending._give_up_or_wait(450, b"4.2.1 <ada@lovelace.example> is full")

    assert traced(untaken.value)["at"].startswith("integrations/mail/sending.py:")
    assert traced(untaken.value)["why"] == "The mail server did not take the mail: 450 4.2.1."
    assert "lovelace" in str(untaken.value), "beside the message it says more"


def test_codes_and_the_systems_own_words_are_told(db: Database) -> None:
    with pytest.raises(psycopg.DataError) as refused:
        refused_by(db)
    assert brief(refused.value) == "InvalidTextRepresentation 22P02"
    assert brief(ConnectionRefusedError(111, "Connection refused")) == (
        "ConnectionRefusedError ECONNREFUSED: Connection refused"
    )


def test_what_a_database_out_of_reach_says_is_told_and_what_it_says_of_a_statement_is_not(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as quoting:
        db.run("select %(q)s::tsquery", {"q": "Lovelace" * 400})
    assert "54000" in quoting.value.plain
    assert "Lovelace" not in quoting.value.plain

    with pytest.raises(DatabaseUnavailable) as gone:
        Database("postgresql://nobody@127.0.0.1:9/none").open(0.2)
    assert gone.value.plain.startswith("The database does not answer: ")


# nobody writes one down in another way

OF_ERRORS = {"traced", "brief", "code_of", "isinstance", "type"}
LOGGERS, SAYING = (
    {"log", "_log", "logger", "_logger", "logging"},
    {"print", "say", "_say", "_tell", "tell", "_note", "failed", "write"},
)
BESIDE_ITS_OWN = {
    "app/post.py": "of one mail, beside its message, and erased with it",
    "app/filing.py": "what the tracker's own module says, which quotes nobody",
}
TOOLS = ("app/bench/", "app/cli/", "app/demo/", "app/drill/", "app/load/", "app/measure/", "app/replay/")
"""Not processes of a house: they speak to whoever has called them."""


def loose_words(source: str) -> list[str]:
    """Calls that put an error's message, or a whole trace, where it is read later."""
    found = list[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and {a.name for a in node.names} & {"traceback", "cgitb"}:
            found.append(f"{node.lineno}: import")
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found += _loose(node, {node.name})
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += _loose(node, {a.arg for a in node.args.args if _is_error(a.annotation)})
    return sorted(set(found))


def _is_error(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id.endswith(("Error", "Exception"))


def _loose(tree: ast.AST, errors: set[str]) -> list[str]:
    found = []
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        owner, verb = _called(call)
        hands_over = any(k.arg in ("exc_info", "stack_info") for k in call.keywords)
        given = [*call.args, *(k.value for k in call.keywords)]
        quotes = (owner in LOGGERS or verb in SAYING) and any(_quotes(one, errors) for one in given)
        if hands_over or quotes or (owner in LOGGERS and verb == "exception"):
            found.append(f"{call.lineno}: {ast.unparse(call)[:100]}")
    return found


def _called(call: ast.Call) -> tuple[str, str]:
    """Whose function, and which: of `self._log.error(…)` it is `_log` and `error`."""
    if not isinstance(call.func, ast.Attribute):
        return "", getattr(call.func, "id", "")
    return getattr(call.func.value, "attr", getattr(call.func.value, "id", "")), call.func.attr


def _quotes(node: ast.AST, errors: set[str]) -> bool:
    if isinstance(node, ast.Call) and _called(node)[1] in OF_ERRORS:
        return False
    if isinstance(node, ast.Attribute) and node.attr == "plain":
        return False
    is_one = isinstance(node, ast.Name) and node.id in errors
    return is_one or any(_quotes(child, errors) for child in ast.iter_child_nodes(node))


def test_no_process_logs_or_keeps_an_error_by_its_message() -> None:
    loose = {}
    for file in sorted(HOUSE.rglob("*.py")):
        name = str(file.relative_to(HOUSE))
        text = file.read_text("utf8")
        if not name.startswith(TOOLS) and ("except" in text or "Exception" in text) and (found := loose_words(text)):
            loose[name] = found
    assert set(loose) == set(BESIDE_ITS_OWN), loose


@pytest.mark.parametrize(
    "line",
    [
        "log.warning('turn.failed', why=repr(error))", "log.error('x', why=str(error))", "log.error(f'{error}')",
        "log.exception('x')", "log.error('x', exc_info=True)", "log.warning('x', why=error.args)",
        "print(str(error), file=sys.stderr)", "self._tell(str(error) or 'none')", "store.failed(row, str(error))",
        "log.info('x', why=str(error)[:200])", "log.info('x', **traced(error), more=error)",
        "self._logger.exception('x')",
    ],
)  # fmt: skip
def test_another_way_of_writing_an_error_down_is_seen(line: str) -> None:
    assert loose_words(f"try:\n    pass\nexcept Exception as error:\n    {line}\n")
    assert loose_words(f"def later(error: Exception) -> None:\n    {line}\n")


def test_the_way_of_the_house_is_none_of_them() -> None:
    line = "log.warning('turn.failed', attempt=1, **traced(error)); tell(brief(error)); tell(error.plain)"
    assert not loose_words(f"try:\n    pass\nexcept Exception as error:\n    {line}\n")


# each process, and what it keeps


class Breaking(Listening):
    def __init__(self, accident: Callable[[], None]) -> None:
        super().__init__()
        self._accident = accident

    def assess(self, *_: Any) -> Any:
        self._accident()

    def brief(self, *_: Any) -> Any:
        self._accident()


@pytest.mark.parametrize("accident", ACCIDENTS.values(), ids=list(ACCIDENTS))
def test_a_turn_that_breaks_on_a_customers_words_quotes_none(
    database_url: str, told: Callable[[], str], accident: Callable[[], None]
) -> None:
    with small_house(database_url) as house:
        house.listening = Breaking(accident)
        house.__post_init__()
        house.customer_writes(text=WORDS)
        house.drain()
        failed = says(told(), "turn.failed", "briefing.failed")
        kept = house.db.all("select body::text || author from events")

    assert all("test_log" not in line["at"] for line in failed)
    assert any("intake/worker.py" in line["at"] for line in failed)
    assert not [row for row in kept if WORDS in row[0]]


def test_a_turn_that_cannot_be_written_quotes_none(
    database_url: str, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inbox, "_write", lambda inbox, *_: refused_by(inbox.db))
    with small_house(database_url) as house:
        house.customer_writes(text=WORDS)
        house.worker(house.here).work_off()

    (line,) = [line for line in says(told(), "turn.unwritable") if line["event"] == "turn.unwritable"]
    assert line["code"] == "22P02"


def commit() -> Any:
    latest = SimpleNamespace(seq=1)
    conversation = SimpleNamespace(id="cnv_1", latest=latest, episode=1)
    decision = SimpleNamespace(policy_version=1, action="answer", because=[SimpleNamespace(reason="confident")])
    turn = SimpleNamespace(decision=decision, assessment=object(), answer=object())
    return SimpleNamespace(lease=SimpleNamespace(conversation=conversation), turn=turn)


def test_a_policy_in_shadow_that_breaks_keeps_no_words(told: Callable[[], str]) -> None:
    kept: list[Any] = []
    store = SimpleNamespace(keep=lambda _shadow, rows, _now: kept.extend(rows))
    Shadow(1, SimpleNamespace(decide=lambda *_: as_key()), store).follow([commit()], NOW)  # type: ignore[arg-type]

    says(told(), "shadow.failed")
    assert [row["failed"] for row in kept] == ["KeyError"]


def test_a_mail_that_breaks_the_house_is_quoted_nowhere(
    db: Database, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, reader = MailStore(db), Reader()
    monkeypatch.setattr(MailStore, "take", lambda *_: refused_by(db))
    ours = SimpleNamespace(keys=MailKeys(b"the secret", OURS), addresses={OURS})
    monkeypatch.setattr("segue.app.mailing.MailRoom.receive", lambda room, *_: room.store.take())
    store.keep(f"From: ada@lovelace.example\r\nSubject: {WORDS}\r\n\r\n{WORDS}".encode(), OURS, None, NOW)
    try:
        MailIntake(store, lambda: ours, reader).take_in(NOW)  # type: ignore[arg-type, return-value]
    finally:
        reader.close()

    (line,) = says(told(), "mail.failed")
    assert (line["error"], line["code"]) == ("InvalidTextRepresentation", "22P02")


@pytest.mark.parametrize("broken", [imaplib.IMAP4.error(f"UID FETCH {WORDS}"), KeyError(WORDS), OSError(WORDS)])
def test_a_mailbox_that_cannot_be_read_says_no_words_of_a_mail(
    db: Database, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    stop, channels = threading.Event(), Channels(db)

    @contextmanager
    def connected(*_: Any) -> Iterator[Any]:
        stop.set()
        raise broken
        yield

    monkeypatch.setattr(imap, "connected", connected)
    account = imap.ImapMailbox.of("imap://us:secret@mail.ours.example/INBOX")
    watcher = imap.Watcher(
        account, lambda: None, lambda _: None, lambda *_: None, lambda: NOW, 1, 1, teller_for(channels, "imap")
    )
    watcher.watch(stop, 0.01)

    says(told(), "imap.waiting")
    why = channels.states()["imap"].why
    assert why
    assert not [word for word in QUOTED if word in why]


def test_a_mailbox_says_why_it_lets_us_not_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: str) -> None:
        raise imaplib.IMAP4.error(f"[AUTHENTICATIONFAILED] no, {WORDS}")

    account = imap.ImapMailbox.of("imap://us:secret@mail.ours.example/INBOX")
    with pytest.raises(Unavailable) as refused:
        imap._sign_in(SimpleNamespace(login=refuses), account)  # type: ignore[arg-type]
    assert brief(refused.value) == "mail.ours.example does not let us in (AUTHENTICATIONFAILED)."


def test_the_listener_that_breaks_on_a_mail_quotes_none(db: Database, told: Callable[[], str]) -> None:
    def sends(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as line, pytest.raises(smtplib.SMTPException):
            line.sendmail("ada@lovelace.example", [OURS], f"Subject: {WORDS}\r\n\r\n{WORDS}")

    class Broken(MailStore):
        def keep(self, *_: Any, **__: Any) -> str | None:
            raise LookupError(WORDS)

    async def talk() -> None:
        listener = listener_for(Settings(mail_from=OURS), Broken(db), lambda: NOW)
        await asyncio.to_thread(sends, await listener.open("127.0.0.1", 0))
        await listener.close()

    asyncio.run(talk())

    assert any(line.get("error") == "LookupError" for line in says(told(), "library.said"))


def test_the_encoder_that_breaks_on_a_text_quotes_none(told: Callable[[], str]) -> None:
    class Broken:
        version = "broken"

        def encode(self, texts: list[str]) -> Any:
            raise RuntimeError(f"cannot read {texts[0]}")

    async def ask() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(encoder_service._serve(listener, Broken()))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        writer.write(encoder_service._framed(json.dumps([WORDS]).encode()))
        await reader.read(-1)
        serving.cancel()
        writer.close()

    asyncio.run(ask())

    assert any(line.get("error") == "RuntimeError" for line in says(told(), "library.said"))


def test_a_mail_that_cannot_leave_names_nobody_in_the_log_or_on_the_page_of_channels(
    db: Database, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = Inbox(db).accept(Arrival(WORDS, email="ada@lovelace.example"), NOW).conversation_id
    body = json.dumps({"to": "ada@lovelace.example", "subject": "x", "text": WORDS, "is_automatic": False})
    db.run("insert into outbox (id, kind, conversation_id, seq, body, due_at) values ('out_1', 'mail', %(c)s, 1, "
           "%(b)s::jsonb, %(n)s)", {"c": conversation, "b": body, "n": NOW})  # fmt: skip
    monkeypatch.setattr(
        "segue.app.post.send", lambda *_: sending._give_up_or_wait(450, b"4.2.1 <ada@lovelace.example>: full")
    )
    post = Post(Outbox(db), MailStore(db), sending.WayOut("smtp://mail.ours.example", OURS),
                lambda: MailKeys(b"the secret", OURS), SimpleNamespace(of_message=lambda *_: ()), Channels(db))  # type: ignore[arg-type]  # fmt: skip
    post.send_due(NOW)

    (line,) = [line for line in says(told(), "mail.waits") if line["event"] == "mail.waits"]
    assert line["why"] == Channels(db).states()["smtp"].why == "The mail server did not take the mail: 450 4.2.1."


def test_an_import_that_breaks_quotes_nothing_of_the_file(db: Database, told: Callable[[], str]) -> None:
    id = Imports(db).begin("tickets", "past.csv", "agt_lena", NOW)
    house = SimpleNamespace(db=db, bell=SimpleNamespace(ring=lambda _: None))
    bringing._with_care(house, Imports(db).one(id), lambda *_: as_key(), NOW)  # type: ignore[arg-type, return-value]

    says(told(), "import.failed")
    assert WORDS not in str(Imports(db).one(id).report)


def test_an_issue_that_cannot_be_filed_quotes_nothing_of_its_topic(told: Callable[[], str]) -> None:
    def find(*_: Any) -> list[str]:
        raise Unavailable(f"No place for {WORDS}.")

    row = SimpleNamespace(topic_id="top_1", title=WORDS, asked_at=NOW)
    issues = SimpleNamespace(due=lambda _now: [row], to_look_at=lambda _now: [], failed=lambda *_: None)
    Filing(issues, SimpleNamespace(), SimpleNamespace(find=find)).file_due(NOW)  # type: ignore[arg-type]

    says(told(), "issue.waits")


def test_what_nobody_caught_leaves_a_process_without_a_word(
    told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from segue.app.cli import entry

    monkeypatch.setattr(entry, "_commands", lambda _words: as_cause)
    monkeypatch.setattr(entry, "set_up", lambda _level: None)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    thread = threading.Thread(target=as_bytes, name="beside")
    thread.start()
    thread.join()

    assert ended.value.code == 1
    says(told(), "process.broken", "thread.ended")


def test_a_log_that_nobody_reads_any_more_breaks_nothing(
    told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reader was killed, and the process has not noticed yet: a request that it answers meanwhile is answered."""
    reads, writes = os.pipe()
    os.close(reads)
    monkeypatch.setattr(sys, "stderr", os.fdopen(os.dup(writes), "w", buffering=1))
    set_up("debug")
    structlog.get_logger().error("request.broken", route="/contact")
    logging.getLogger("psycopg.pool").warning("discarding closed connection: %s", "x")
    with pytest.raises(BrokenPipeError):
        os.write(writes, b"whoever else writes there hears of it")
    os.close(writes)
    with suppress(BrokenPipeError):  # what was left unsaid is tried once more
        sys.stderr.close()


def test_what_libraries_log_is_told_without_what_they_were_given(
    told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("uvicorn", "uvicorn.error"):  # as where our own server runs; one that tests started has its own ways
        for thing, value in (("handlers", []), ("propagate", True), ("level", logging.NOTSET)):
            monkeypatch.setattr(logging.getLogger(name), thing, value)
    try:
        as_input()
    except ValueError as error:
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=error)
        logging.getLogger("psycopg.pool").warning("error connecting in %r: %s", "pool-1", error)
        logging.getLogger("elsewhere").error(f"not {error}")

    lines = says(told(), "library.said")
    assert [line.get("said") for line in lines] == [
        "Exception in ASGI application", "error connecting in %r: %s", None,
    ]  # fmt: skip
    assert lines[0]["error"] == "ValidationError"
    assert lines[2]["line"].startswith("test_log.py:")
