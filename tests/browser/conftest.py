"""A real house with the demo company, and Chromium to look at it. Without a browser these tests fail; they never skip.

The cast: Mira and Tom at the desk, Ada and Grace known to the company, Eve a stranger. `SEGUE_BROWSER_HOUSE` names
another command that starts a house; it must say the same lines as `segue up`.
"""

from __future__ import annotations

import fcntl
import os
import queue
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.cast import Customer, LiveHouse, browser_of_its_own, signed_in
from segue.app.browsing import UNSEEN

READY_WITHIN = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """One for each process of the run, over a copy of what was furnished once."""
    port, data = _free_port(), tmp_path_factory.mktemp("house") / "data"
    command = os.environ.get("SEGUE_BROWSER_HOUSE", f"{sys.executable} -m segue up --port {{port}} --data {{data}}")
    if "SEGUE_BROWSER_HOUSE" not in os.environ:
        subprocess.run(["cp", "-a", _furnished(tmp_path_factory.getbasetemp()), data], check=True)
    process = subprocess.Popen(
        shlex.split(command.format(port=port, data=data)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"SEGUE_ENCODER": "standin", **os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
    )  # fmt: skip
    try:
        yield _started(process, port, data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One a file, not a session: while it lives its loop counts as running, and no other test may start one."""
    path = os.environ.get("SEGUE_CHROMIUM") or next(filter(None, map(shutil.which, UNSEEN)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def windows(chromium: Browser, house: LiveHouse) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a browser of its own; fails where one of them logged an error or broke the page's policy."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def window(width: int = 1280, height: int = 720, **more: object) -> Page:
        usual = {"base_url": house.address, "viewport": {"width": width, "height": height}}
        context = browser_of_its_own(chromium, **usual | more)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: _is_complaint(line.text) and complaints.append(line.text))
        return page

    yield window
    for context in opened:
        context.close()
    assert not complaints


@pytest.fixture
def mira(windows: Callable[..., Page]) -> Page:
    """Mira at her desk."""
    return signed_in(windows())


@pytest.fixture
def visitor(windows: Callable[..., Page]) -> Page:
    return windows()


@pytest.fixture
def customer(house: LiveHouse) -> Iterator[Callable[[str], Customer]]:
    """Customers who write without a browser: Ada and Grace by their identity, anybody else as a visitor."""
    made: list[Customer] = []

    def known(name: str) -> Customer:
        made.append(Customer(house, name))
        return made[-1]

    yield known
    for one in made:
        one.client.close()


def _furnished(base: Path) -> Path:
    """A data folder with the demo company and its considered past: whoever of the run comes first makes it."""
    of_the_run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = of_the_run / "furnished"
    with (of_the_run / "furnished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            for word in ("seed", "backfill"):
                command = [sys.executable, "-m", "segue", word, "--data", str(making)]
                subprocess.run(command, env={"SEGUE_ENCODER": "standin", **os.environ}, check=True)
            making.rename(folder)
    return folder


def _started(process: subprocess.Popen[str], port: int, data: Path) -> LiveHouse:
    """Waits for the line that says it is ready, and for the identities of the cast."""
    assert process.stdout
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    guests, said, key = {}, list[str](), ""
    while len(guests) < 2:
        try:
            said.append(lines.get(timeout=READY_WITHIN))
        except queue.Empty:
            said.append("")
        if not said[-1]:
            pytest.fail("The house did not start:\n" + "".join(said[-40:]))
        if found := re.search(r"write as (\w+)\s+http://[^/]+(/chat\?identity=\S+)", said[-1]):
            guests[found[1]] = found[2]
        if found := re.search(r"API key\s+(sk_\S+)", said[-1]):
            key = found[1]
    return LiveHouse(f"http://127.0.0.1:{port}", guests, key, data)


def _read(output: IO[str], lines: queue.Queue[str]) -> None:
    """An empty line at the end of everything: a house that ended is not waited for."""
    for line in output:
        lines.put(line)
    lines.put("")


def _is_complaint(line: str) -> bool:
    """What the browser says of an answer with a 4xx status is not one: pages that refuse have such a status. Nor is
    that somebody had the focus already where a field asks for it."""
    return "Failed to load resource" not in line and "Autofocus processing was blocked" not in line


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
