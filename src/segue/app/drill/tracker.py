"""An issue tracker of our own: real HTTP, and a memory for what it was told to create, whether it answered or not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import orjson


class Server(ThreadingHTTPServer):
    """Issues of one repository, created and listed."""

    def __init__(self, forgets_to_tell: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.forgets_to_tell = forgets_to_tell
        self.issues: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self._busy = 0

    def comes_to_rest(self) -> None:
        """Returns when all that was sent is done: a try comes a minute after the one before, not a moment. Lines are
        taken in their order, so when ours was, all were."""
        with urlopen(f"http://127.0.0.1:{self.server_port}/?page=1&per_page=1") as line:
            line.read()
        while self._busy:
            time.sleep(0.005)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self._busy += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.lock:
                self._busy -= 1

    def handle_error(self, request: object, client_address: object) -> None:
        """Lines that break are what the scene is about."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()
                 if values[0].isdigit()}  # fmt: skip
        first = (asked["page"] - 1) * asked["per_page"]
        with self.server.lock:
            page = self.server.issues[first : first + asked["per_page"]]
        self._answer(200, page)

    def do_POST(self) -> None:
        told = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            number = len(self.server.issues) + 1
            self.server.issues.append({**told, "html_url": f"https://tracker.example/ours/product/issues/{number}"})
            made = self.server.issues[-1]
        if not self.server.forgets_to_tell or number % 2 == 0:
            self._answer(201, made)

    def _answer(self, status: int, body: object) -> None:
        told = orjson.dumps(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


@contextmanager
def tracker(forgets_to_tell: bool = False) -> Iterator[Server]:
    """`forgets_to_tell`: of every second issue."""
    server = Server(forgets_to_tell)
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="tracker")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
