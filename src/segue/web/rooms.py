"""What the faces need of the house, handed in at the door and kept on the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fastapi import Request

from segue.desk.hands import Hands
from segue.domain.files import FileCaps
from segue.domain.ports import Calling, Trying, Writing
from segue.knowledge.library import Library
from segue.learning.ladder import Ladder
from segue.store.conversations import Conversations
from segue.store.database import Database
from segue.store.events import Bell
from segue.store.inbox import Inbox
from segue.store.workspace import Workspace
from segue.web.accepting import FrontDoor
from segue.web.doors import KeyRing
from segue.web.identity import Identity
from segue.web.links import Links
from segue.web.stream import Stream


@dataclass(frozen=True, slots=True)
class Entry:
    """What coming in needs of the operator and of the world outside."""

    address: str = ""
    """Where people reach the house; empty means the address their browser asks for."""
    invite_days: int = 7
    calling: Calling | None = None
    write: Writing | None = None
    has_mail: bool = False
    """Whether a mail server is set."""
    has_tracker: bool = False
    """Whether a product team's issue tracker is set."""
    example: Callable[[str, date], tuple[str, bytes]] | None = None
    """Name and bytes of a made-up file of tickets or articles, as of a day, for who sets up with nothing at hand."""
    tries: Mapping[str, Trying] = field(default_factory=dict)
    """How the ways to services outside are tried, by name, of those that are set: smtp, imap, tracker."""


@dataclass(frozen=True, slots=True)
class MailWays:
    """How mail comes and goes by the operator's settings, as far as leads may read it; empty where it is not set up."""

    server: str = ""
    """Host that replies are handed to."""
    sender: str = ""
    reply: str = ""
    """Address that answers go to, where it is another one."""
    mailbox: str = ""
    """Whose mail is fetched."""
    listens: str = ""
    vouching: str = ""
    """Mail server whose word on senders is believed."""


@dataclass(frozen=True, slots=True)
class Rooms:
    db: Database
    front_door: FrontDoor
    inbox: Inbox
    conversations: Conversations
    hands: Hands
    library: Library
    workspace: Workspace
    stream: Stream
    bell: Bell
    keys: KeyRing
    identity: Identity
    ladder: Ladder
    links: Links
    caps: FileCaps
    entry: Entry = field(default_factory=Entry)
    reads_at_once: int = 0
    """Pages that are made at the same time, see `line`; 0: as many as are asked for."""
    mail: MailWays = field(default_factory=MailWays)


async def rooms(request: Request) -> Rooms:
    found = request.app.state.rooms
    assert isinstance(found, Rooms)
    return found
