"""Past tickets as other desks export them: CSV or JSONL, one row a message or one row a ticket, whatever the columns
are called, in English or German.

The one idea: one bad row costs one row. What could not be read is said with its place and its reason, and the rest goes
on; nothing of a bad row is ever guessed.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from segue.knowledge.bringing import json_lines
from segue.texts import _

LONGEST = 20_000
"""Characters of one message; what is longer is cut, as customers' own messages are."""
MOST_ROWS = 500_000

_CALLED = {
    "ticket": "ticket_id ticket id conversation_id case_id case_number number ticket_number ticketnummer ticket_nr"
    " vorgang vorgangsnummer fallnummer nummer nr",
    "at": "created_at date time timestamp sent_at created created_time opened_at erstellt_am erstellt datum"
    " eingang eingegangen_am zeitpunkt zeit",
    "role": "author_role role author_type sender_type from_type author sender rolle verfasser absender von",
    "email": "author_email email requester_email customer_email contact_email from e_mail mail e_mail_adresse"
    " mailadresse kunden_e_mail",
    "name": "author_name name requester requester_name customer customer_name contact_name kunde kundin kundenname",
    "body": "body message text content comment nachricht inhalt kommentar",
    "question": "question description problem request first_message frage anfrage anliegen beschreibung",
    "answer": "answer reply resolution solution agent_reply response antwort losung loesung",
    "agent": "assignee agent agent_name assigned_to owner agent_email assignee_email bearbeiter bearbeiterin"
    " mitarbeiter zugewiesen_an zustandig zustaendig",
    "subject": "subject title summary betreff titel",
    "intent": "intent topic type issue_type reason ticket_type thema grund anliegenart typ",
    "category": "category group area department kategorie gruppe bereich abteilung",
    "closed": "closed_at resolved_at solved_at closed resolved gelost_am geloest_am geschlossen_am erledigt_am"
    " abgeschlossen_am",
    "channel": "channel source via kanal",
    "public": "is_public public offentlich oeffentlich",
    "minutes": "minutes handle_minutes time_spent_minutes minuten bearbeitungszeit_minuten",
}
ALIASES: Mapping[str, tuple[str, ...]] = {ours: tuple(names.split()) for ours, names in _CALLED.items()}
"""What the columns mean, and what they are called elsewhere, without accents (see `_head`); the first that is there is
taken."""
_WHO = {
    "customer": "customer user end-user end_user requester contact client visitor kunde kundin",
    "agent": "agent admin staff support employee operator mitarbeiter mitarbeiterin bearbeiter bearbeiterin",
    "other": "bot system automation note notiz",
}
_ROLES = {role: names.split() for role, names in _WHO.items()}
_NO = ("false", "0", "no", "nein", "falsch")
_CHANNELS = {"email": "email", "mail": "email", "chat": "chat", "messenger": "chat", "web": "form", "form": "form"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that could not be read: its line in the file, why, and how it begins."""

    line: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    is_customer: bool
    name: str
    email: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """A conversation that people had elsewhere, in the order it was had; the customer's words come first."""

    key: str
    line: int
    messages: tuple[Said, ...]
    intent: str
    category: str
    channel: str
    closed_at: datetime
    minutes: float | None
    agent: str


@dataclass(frozen=True, slots=True)
class Read:
    tickets: tuple[Ticket, ...]
    faults: tuple[Fault, ...]
    columns: Mapping[str, str]
    """What was taken for what: our name, and the column's."""
    ignored: tuple[str, ...]
    rows: int


def decoded(body: bytes) -> str:
    """The text of a file. What is not UTF-8 is what desktops write instead: UTF-16 says so at its start, and else a
    table that was saved by a spreadsheet in Western Europe or America is in Windows-1252."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        was_utf8 = not body[: error.start].isascii() or error.end == len(body)  # one bad byte makes no other alphabet
        return body.decode("utf-8-sig" if was_utf8 else "cp1252", "replace")


def read(name: str, text: str) -> Read:
    """`text` of a file called `name`. A file without any column we know gives one fault that says so."""
    rows, faults = _rows(name, text.removeprefix("\ufeff").replace("\0", ""))  # what is told of a row is kept, too
    heads = list(dict.fromkeys(head for _line, row in rows[:50] for head in row)) or _heads(text)
    columns = _columns(heads)
    lacks = _lacks(columns)
    if lacks:
        return Read((), (Fault(1, lacks, ", ".join(heads)[:200]), *faults), columns, tuple(heads), len(rows))
    if not rows and not faults:
        why = _("there is a head and no ticket beneath it: export the tickets with their messages")
        return Read((), (Fault(1, why, ", ".join(heads)[:200]),), columns, (), 0)
    named = [(line, {ours: row.get(theirs, "") for ours, theirs in columns.items()}) for line, row in rows]
    tickets = list(_long(named, faults) if "body" in columns and "answer" not in columns else _short(named, faults))
    ignored = tuple(head for head in heads if head not in columns.values())
    return Read(tuple(tickets), tuple(sorted(faults, key=lambda f: f.line)), columns, ignored, len(rows))


def _rows(name: str, text: str) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    is_json = name.lower().endswith((".jsonl", ".ndjson", ".json")) or text.lstrip()[:1] == "{"
    found, faults = list[tuple[int, dict[str, str]]](), list[Fault]()
    for line, row in _of_json(text) if is_json else _of_csv(text):
        if len(found) >= MOST_ROWS:
            faults.append(Fault(line, _("only the first %(n)s rows are read", n=MOST_ROWS), ""))
            break
        found.append((line, row)) if isinstance(row, dict) else faults.append(row)
    return found, faults


def _of_json(text: str) -> Iterator[tuple[int, dict[str, str] | Fault]]:
    for line, body in json_lines(text):
        try:
            row = json.loads(body)
        except (ValueError, RecursionError) as error:
            yield line, Fault(line, _("it is no JSON: %(why)s", why=str(error)[:80]), body[:120])
            continue
        if isinstance(row, dict):
            yield line, {_head(k): _plain(v) for k, v in row.items()}
        else:
            yield line, Fault(line, _("a line must hold one JSON object"), body[:120])


def _of_csv(text: str) -> Iterator[tuple[int, dict[str, str] | Fault]]:
    comma = _comma(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    before, heads = 0, list[str]()
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not heads:
                heads = [_head(cell) for cell in cells]
            elif len(cells) > len(heads):
                why = _("it has %(n)s cells, the head has %(head)s", n=len(cells), head=len(heads))
                yield line, Fault(line, why, comma.join(cells)[:120])
            elif any(cell.strip() for cell in cells):
                yield line, dict(zip(heads, map(_plain, cells), strict=False))
    except csv.Error as error:
        yield reader.line_num, Fault(reader.line_num, _("from here on it cannot be read: %(why)s", why=error), "")


def _comma(text: str) -> str:
    return max(",;\t|", key=text.partition("\n")[0].count)


def _heads(text: str) -> list[str]:
    """Of a table without a row."""
    return [head for cell in text.partition("\n")[0].split(_comma(text)) if (head := _head(cell))]


def _head(said: object) -> str:
    """Without accents: "Gelöst am" is gelost_am."""
    bare = unicodedata.normalize("NFKD", str(said).strip().casefold())
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:60]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else str(value)
    return text.replace("\0", "").encode("utf8", "replace").decode("utf8").strip()


def _columns(heads: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ours, names in ALIASES.items():
        theirs = next((name for name in names if name in heads and name not in found.values()), None)
        if theirs:
            found[ours] = theirs
    return found


def _lacks(columns: Mapping[str, str]) -> str:
    if "body" not in columns and "question" not in columns:
        return _("no column holds what the customer wrote (body, message, question or description)")
    if "at" not in columns:
        return _("no column holds when it was written (created_at or date)")
    if "body" in columns and "answer" not in columns and "role" not in columns:
        return _("with one row a message, a column must say who wrote it (author_role: customer or agent)")
    return ""


# one row a message


def _long(rows: Sequence[tuple[int, Mapping[str, str]]], faults: list[Fault]) -> Iterator[Ticket]:
    groups: dict[str, list[tuple[int, Mapping[str, str], Said]]] = {}
    for line, row in rows:
        role, at = _role(row.get("role", "")), _when(row.get("at", ""))
        if at is None or role is None or not row["body"] or not row.get("ticket"):
            faults.append(Fault(line, _wrong(row, role), row["body"][:120]))
        elif role != "other" and row.get("public", "").lower() not in _NO:
            email = row.get("email", "").lower()
            said = Said(role == "customer", row.get("name", ""), email, row["body"][:LONGEST], at)
            groups.setdefault(row["ticket"], []).append((line, row, said))
    for key, group in groups.items():
        messages = sorted((said for _line, _row, said in group), key=lambda said: said.at)
        while messages and not messages[0].is_customer:
            messages.pop(0)  # what an agent wrote first was not asked for
        if messages:
            yield _ticket(key, group[0][0], messages, _first(row for _line, row, _said in group))
        else:
            why = _("the customer says nothing in ticket %(ticket)s", ticket=key[:40])
            faults.append(Fault(group[0][0], why, group[0][2].text[:120]))


def _wrong(row: Mapping[str, str], role: str | None) -> str:
    if not row["body"]:
        return _("it says nothing")
    if not row.get("ticket"):
        return _("it has no ticket number")
    if role is None:
        return _("nobody knows who “%(who)s” is; customer or agent is known", who=row.get("role", "")[:40])
    return _("“%(said)s” is no time", said=row.get("at", "")[:40])


def _first(rows: Iterator[Mapping[str, str]]) -> dict[str, str]:
    """Of each column the first that says something."""
    found: dict[str, str] = {}
    for row in rows:
        for name, value in row.items():
            if value and name not in found:
                found[name] = value
    return found


# one row a ticket


def _short(rows: Sequence[tuple[int, Mapping[str, str]]], faults: list[Fault]) -> Iterator[Ticket]:
    for line, row in rows:
        asked, answered = row.get("question") or row.get("body", ""), row.get("answer", "")
        asked, at = asked or row.get("subject", ""), _when(row.get("at", ""))
        if not asked or at is None:
            why = _("“%(said)s” is no time", said=row.get("at", "")[:40]) if asked else _("the customer says nothing")
            faults.append(Fault(line, why, (asked or answered)[:120]))
            continue
        closed = _when(row.get("closed", "")) or at
        messages = [Said(True, row.get("name", ""), row.get("email", "").lower(), asked[:LONGEST], at)]
        if answered:
            messages.append(Said(False, row.get("agent", ""), "", answered[:LONGEST], max(closed, at)))
        yield _ticket(row.get("ticket") or f"line {line}", line, messages, row)


def _ticket(key: str, line: int, messages: Sequence[Said], row: Mapping[str, str]) -> Ticket:
    closed = _when(row.get("closed", "")) or messages[-1].at
    intent, category = row.get("intent", "")[:80], row.get("category", "")[:80]
    return Ticket(
        key[:200], line, tuple(messages), intent or category, category or intent,
        _CHANNELS.get(row.get("channel", "").lower(), "email"), max(closed, messages[-1].at),
        _number(row.get("minutes", "")), row.get("agent", "")[:120],
    )  # fmt: skip


def _role(said: str) -> str | None:
    plain = said.strip().lower()
    return next((role for role, names in _ROLES.items() if plain in names), None)


def _when(said: str) -> datetime | None:
    """ISO 8601, seconds since 1970, as mails write it, or a day with points (24.11.2026 14:03); without a zone it is
    UTC. A day with strokes is not guessed: 01/02 is January to some and February to others."""
    text = said.strip()
    if found := _POINTS.fullmatch(text):
        day, month, year, hour, minute, second = (int(n or 0) for n in found.groups())
        text = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
            seconds = float(text) / (1000 if len(text.partition(".")[0]) > 11 else 1)
            return datetime.fromtimestamp(seconds, UTC)
        at = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if 1990 <= at.year <= 2100 else None


_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s*Uhr)?)?")


def _number(said: str) -> float | None:
    try:
        found = float(said)
    except ValueError:
        return None
    return found if 0 <= found < 100_000 else None
