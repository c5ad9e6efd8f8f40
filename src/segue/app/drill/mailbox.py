"""An IMAP server of a few commands, over a real socket: what a mailbox does to us, and when.

The drill and the tests read from it what no real server does on demand."""

from __future__ import annotations

import re
import select
import socket
import threading
from types import TracebackType


class ImapPeer:
    """One folder. UIDs count from 1; `validity` is its UIDVALIDITY. `instead`: what it says, once, to whoever asks for
    a mail's bytes."""

    def __init__(self) -> None:
        self.mails = dict[int, bytes]()
        self.flags = dict[int, set[str]]()
        self.validity = 7
        self.drops_after_fetch = False
        self.instead = ""
        self.idles = threading.Event()
        self._came = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._open = True

    def __enter__(self) -> ImapPeer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open = False
        self._server.close()

    def add(self, raw: bytes, seen: bool = False) -> None:
        with self._came:
            uid = len(self.flags) + 1
            self.mails[uid], self.flags[uid] = raw, {r"\Seen"} if seen else set()
            self._came.notify_all()

    def _serve(self) -> None:
        while self._open:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as source:
            try:
                line.sendall(b"* OK ready\r\n")
                while said := source.readline():
                    tag, _, rest = said.decode().strip().partition(" ")
                    if not self._answer(line, source, tag, rest):
                        return
            except OSError:
                return

    def _answer(self, line: socket.socket, source: object, tag: str, rest: str) -> bool:
        words = rest.upper().split()
        if words[0] == "IDLE":
            return self._idle(line, source, tag)
        if words[:2] == ["UID", "FETCH"] and self.instead and "BODY" in rest:
            line.sendall(f"{tag} {self.instead}\r\n".encode())
            self.instead = ""
            return True
        if words[:2] == ["UID", "FETCH"] and int(words[2]) in self.mails:
            self._fetch(line, int(words[2]), rest)
            if self.drops_after_fetch and "BODY" in rest:
                return False
        elif words[0] == "CAPABILITY":
            line.sendall(b"* CAPABILITY IMAP4rev1 IDLE\r\n")
        elif words[0] == "SELECT":
            said = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] here\r\n"
            line.sendall(said.encode())
        elif words[:2] == ["UID", "SEARCH"]:
            found = " ".join(str(uid) for uid in self.mails if self._matches(uid, words[2:]))
            line.sendall(f"* SEARCH {found}\r\n".encode())
        elif words[:2] == ["UID", "STORE"]:
            self.flags[int(words[2])].add(r"\Seen")
        line.sendall(f"{tag} OK done\r\n".encode())
        return words[0] != "LOGOUT"

    def _matches(self, uid: int, wanted: list[str]) -> bool:
        if wanted[0] == "UNSEEN":
            return r"\Seen" not in self.flags[uid]
        if wanted[0] == "UID":  # `n:*` names the last mail even where it has a smaller number
            first, _, last = wanted[1].partition(":")
            return uid >= int(first) or uid == max(self.mails) if last else uid == int(first)
        return True

    def _fetch(self, line: socket.socket, uid: int, rest: str) -> None:
        raw = self.mails[uid]
        if "RFC822.SIZE" in rest:
            line.sendall(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n".encode())
            return
        part = re.search(r"<0\.(\d+)>", rest)
        body = raw[: int(part[1])] if part else raw
        line.sendall(f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n")

    def _idle(self, line: socket.socket, source: object, tag: str) -> bool:
        line.sendall(b"+ idling\r\n")
        with self._came:
            self.idles.set()
            before = len(self.mails)
            while not select.select([line], [], [], 0)[0]:
                if self._came.wait_for(lambda: len(self.mails) > before, timeout=0.05):
                    line.sendall(f"* {len(self.mails)} EXISTS\r\n".encode())
                    break
        source.readline()  # type: ignore[attr-defined]
        line.sendall(f"{tag} OK done\r\n".encode())
        return True
