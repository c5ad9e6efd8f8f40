"""A house that is served for the time of a command, and a browser to look at it: for pictures and for measuring."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from segue.app.demo.seed import PASSWORD
from segue.app.leftovers import own_folder
from segue.app.processes import free_port
from segue.app.settings import Settings, thrown_away
from segue.app.up import address, environment, is_whole
from segue.domain.errors import Unavailable

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
UNSEEN = ("chromium-headless-shell", *BROWSERS)
"""For whom nobody watches, one without a window: it costs a quarter."""
STARTS_WITHIN = 180.0


@contextmanager
def served(at: Settings) -> Iterator[str]:
    """The address of a web process over the database of `at`."""
    at = replace(thrown_away(at, at.data, at.database_url), port=free_port())
    process = subprocess.Popen([sys.executable, "-m", "segue", "web"], env=environment(at), stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: _lives(address(at)), process)
        yield address(at)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def whole(at: Settings) -> Iterator[str]:
    """The address of a house over the database of `at` that does everything: encoder, workers, web."""
    with own_folder("house") as folder:
        at = replace(thrown_away(at, folder, at.database_url), port=free_port())
        command = [sys.executable, "-m", "segue", "up", "--no-demo", "--port", str(at.port)]
        process = subprocess.Popen(command, env=environment(at), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(lambda: is_whole(address(at)), process)
            yield address(at)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def chromium(is_shown: bool = False) -> Iterator[Any]:
    """The system's browser, driven by Playwright. Raises Unavailable where one of the two is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Unavailable("Playwright is not installed.", "`python3 run.py test` installs it.") from error
    names = BROWSERS if is_shown else UNSEEN
    path = os.environ.get("SEGUE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise Unavailable("There is no Chromium here.", "Install chromium, or name one in SEGUE_CHROMIUM.")
    with sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=as_root, headless=not is_shown)
        yield browser
        browser.close()


def signs_in(page: Any, email: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in?next=/desk")
    page.fill("#email", email)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url("**/desk**")


def _lives(served: str) -> bool:
    try:
        with urlopen(f"{served}/healthz", timeout=2):
            return True
    except (URLError, OSError):
        return False


def _wait(is_there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        if is_there():
            return
        time.sleep(0.1)
    raise Unavailable("The house did not start.", "`segue up` says why.")
