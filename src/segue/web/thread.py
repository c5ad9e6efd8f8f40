"""A conversation as people read it: messages by their numbers, notes between them, sources beside answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.evidence import KEY
from segue.domain.files import says_only
from segue.texts import N_, _

ASSISTANT = N_("AI assistant")
"""How the assistant is called wherever it speaks; a customer always knows what they talk to."""


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article that an answer rests on."""

    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file as a page shows it: `about` is its kind and size, `is_shown` whether it is a picture to be seen."""

    id: str
    name: str
    about: str
    path: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said. `author` is customer, assistant, agent, system or note, or mail, for one that is no message;
    `key` names it on the page."""

    key: str
    author: str
    name: str
    text: str
    at: datetime
    sources: tuple[CitedArticle, ...] = ()
    number: int | None = None
    """Of the conversation that was merged into this one, where it was said there."""
    files: tuple[Enclosed, ...] = ()
    by_key: str = ""
    """The key that wrote it in an agent's name and does not vouch for them; customers are not told."""

    @property
    def words(self) -> str:
        """The text, unless it says no more than that the files beside it were sent."""
        return "" if says_only(self.text, [file.name for file in self.files]) else self.text


def entries(
    messages: Iterable[dict[str, Any]],
    turns: Iterable[dict[str, Any]],
    customer: str,
    notes: Sequence[dict[str, Any]] = (),
) -> list[Entry]:
    """`customer` is what the customer is called on this page."""
    grounds = {turn["seq"]: _sources(turn["answer"]) for turn in turns}
    waiting, found, asked = [_note(note) for note in notes], list[Entry](), 0
    for message in messages:
        asked = message["seq"] if message["author"] == "customer" else asked
        while waiting and waiting[0].at < message["at"]:
            found.append(waiting.pop(0))
        found.append(_entry(message, customer, grounds, asked))
    return found + waiting


def _entry(message: dict[str, Any], customer: str, grounds: dict[int, tuple[CitedArticle, ...]], asked: int) -> Entry:
    """`asked`: the customer's message before it, which words that an agent approved answer."""
    author = message["author"]
    name = (
        {"customer": customer, "assistant": _(ASSISTANT), "system": _("Notice")}.get(author)
        or message["agent"]
        or _("Agent")
    )
    if author == "assistant" and message["agent"]:
        name = _("AI assistant, approved by %(name)s", name=message["agent"])
    sources = grounds.get(message["answers_seq"] or asked, ()) if author == "assistant" else ()
    by_key = (message.get("voice") or "").removeprefix(KEY)
    return Entry(f"m{message['seq']}", author, name, message["body"], message["at"], sources, by_key=by_key)


def _note(note: dict[str, Any]) -> Entry:
    return Entry(note["id"], "note", note["agent"] or _("Agent"), note["body"], note["at"])


def _sources(answer: dict[str, Any] | None) -> tuple[CitedArticle, ...]:
    """Each article once, the one that carries most first."""
    grounds = answer["grounds"] if answer else ()
    return tuple({g["slug"]: CitedArticle(g["title"], g["slug"]) for g in grounds}.values())
