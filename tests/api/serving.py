"""The web application on a real server in a thread, over a database of its own, and a client that speaks plain HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from segue.desk.hands import Hands
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.files import FileCaps
from segue.domain.people import Agent, Team
from segue.knowledge.encoder import StandIn
from segue.knowledge.library import Library
from segue.learning.ladder import Ladder
from segue.policy.boundary import Boundary
from segue.store.conversations import Conversations
from segue.store.database import Database
from segue.store.desk import Desk
from segue.store.events import Bell, EventLog
from segue.store.evidence import EvidenceStore
from segue.store.inbox import Inbox
from segue.store.knowledge import KnowledgeStore
from segue.store.signals import Signals
from segue.store.workspace import Workspace
from segue.web.accepting import FrontDoor
from segue.web.doors import SCOPES, KeyRing
from segue.web.identity import Identity
from segue.web.links import Links
from segue.web.rooms import Rooms
from segue.web.site import site
from segue.web.stream import Stream

KEY = "sk_everything"
WRITER = "sk_writer"
"""Writes, and vouches for nobody."""
EXPIRED = "sk_expired"
POLICY = "name: test\n"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: reading the system's certificates for every client would take most of the tests' time."""


def rooms_over(url: str) -> Rooms:
    db, bell = Database(url).open(), Bell(url)
    workspace, conversations = Workspace(db), Conversations(db)
    return Rooms(
        db=db,
        front_door=FrontDoor(url, bell),
        inbox=Inbox(db, "here"),
        conversations=conversations,
        hands=Hands(Desk(db), conversations, workspace, Signals(db)),
        library=Library(KnowledgeStore(db), StandIn()),
        workspace=workspace,
        stream=Stream(url, EventLog(db)),
        bell=bell,
        keys=KeyRing(workspace),
        identity=Identity("a secret of forty characters, or some more"),
        ladder=Ladder(EvidenceStore(db), workspace, Boundary),
        links=Links(b"another secret"),
        caps=FileCaps(),
    )


def furnish(rooms: Rooms) -> None:
    """Mira and Tom, the billing team, one intent, a policy, and keys: one per scope, one with all, one expired."""
    now, workspace = datetime.now(UTC), rooms.workspace
    workspace.put_team(Team("billing", "Billing"))
    workspace.put_agent(Agent("agt_mira", "Mira", "mira@ledgerly.example", "agent", ("billing",)), now)
    workspace.put_agent(Agent("agt_tom", "Tom", "tom@ledgerly.example"), now)
    invoices = Intent("invoice_higher", "Why is my invoice higher?", "billing")
    workspace.put_catalogue(Catalogue((Category("billing", "Billing", True),), (invoices,)), now)
    workspace.apply_policy(POLICY, "lena", "The first one.", now)
    workspace.put_key("everything", KEY, SCOPES, now)
    workspace.put_key("writer", WRITER, ["conversations:write"], now)
    workspace.put_key("expired", EXPIRED, SCOPES, now, now - timedelta(days=1))
    for scope in SCOPES:
        workspace.put_key(scope, f"sk_{scope}", [scope], now)


@dataclass
class Served:
    """A running server. `api` calls it with a key that may do everything."""

    rooms: Rooms
    app: FastAPI
    server: _Server
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str | None = KEY, timeout: float = 30) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=timeout, verify=NO_TLS)

    def raw(self, *parts: bytes, pause: float = 0, timeout: float = 30) -> tuple[int, dict[str, str], bytes]:
        """Sends bytes as they are, reads only afterwards (as simple clients do), and takes one answer apart."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as line:
            for part in parts:
                line.sendall(part)
                time.sleep(pause)
            return answer_from(line)

    def count(self, table: str) -> int:
        row = self.rooms.db.one(f"select count(*) as count from {table}")
        assert row is not None
        return int(row.count)


def answer_from(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    file = line.makefile("rb")
    status = int(file.readline().split()[1])
    headers = {}
    while (header := file.readline().strip()) != b"":
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, file.read(int(headers.get("content-length", 0)))


class _Server(uvicorn.Server):
    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)


@contextmanager
def served(url: str) -> Iterator[Served]:
    """Serves the database at `url`, which must be furnished already."""
    rooms = rooms_over(url)
    app = site(rooms)
    config = uvicorn.Config(
        app, port=0, log_level="critical", access_log=False, loop="uvloop", http="httptools", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield Served(rooms, app, server, server.servers[0].sockets[0].getsockname()[1])
    finally:
        if thread.is_alive():
            server.loop.call_soon_threadsafe(rooms.stream.close)
        server.should_exit = True
        thread.join()
        rooms.db.close()


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire, with the key that may do everything."""
    told = {"host": "here", "authorization": f"Bearer {KEY}", "content-type": "application/json"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    if "transfer-encoding" not in told:
        told.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def opening(text: str = "Why is my invoice higher?", **more: Any) -> dict[str, Any]:
    return {"contact": {"email": "ada@example.com", "name": "Ada"}, "text": text, **more}


def is_problem(answer: httpx.Response | tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    """The problem an answer tells of. Fails where it is none, or one that helps nobody."""
    if isinstance(answer, httpx.Response):
        status, headers, body = answer.status_code, dict(answer.headers), answer.content
    else:
        status, headers, body = answer
    assert headers.get("content-type") == "application/problem+json", (status, headers, body[:300])
    told: dict[str, Any] = json.loads(body)
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["type"].startswith("urn:segue:problem:")
    assert told["request_id"] == headers["x-request-id"]
    return told
