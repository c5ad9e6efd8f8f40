"""A real house with the demo company, and Chromium to look at it. Without a browser these tests fail; they never skip.

The cast: Mira and Tom at the desk, Ada and Grace known to the company, Eve a stranger. `SEGUE_BROWSER_HOUSE` names
another command that starts a house; it must say the same lines as `segue up`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.carrying import is_complaint_of_the_host, site_beside
from browser.cast import Customer, LiveHouse, browser_of_its_own, is_complaint, signed_in
from browser.housing import OTHER, copy_of_the_furnished, lived_in
from segue.app.browsing import UNSEEN
from segue.store.database import Database
from segue.store.server import Server
from segue.store.workspace import Workspace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """One for each process of the run, over a copy of what was furnished once."""
    data = tmp_path_factory.mktemp("house") / "data"
    if OTHER not in os.environ:
        copy_of_the_furnished(tmp_path_factory, data)
    with lived_in(data) as found:
        yield found


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
        page.on("console", lambda line: is_complaint(line.text) and complaints.append(line.text))
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


@pytest.fixture(scope="module")
def workspace(house: LiveHouse) -> Iterator[Workspace]:
    url = Server(house.data.resolve()).running()
    assert url, "the house keeps its database elsewhere"
    db = Database(url).open()
    yield Workspace(db)
    db.close()


@pytest.fixture(scope="module")
def site(house: LiveHouse, workspace: Workspace) -> Iterator[str]:
    """A site that the workspace allows to carry the widget."""
    with site_beside(house.address) as address:
        workspace.put_setting("widget", {"origins": [address]})
        yield address


@pytest.fixture
def carried(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens the site in a browser of its own (or in `beside`'s); fails where it broke a policy or logged an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", width: int = 1280, beside: Page | None = None, **more: object) -> Page:
        size = {"width": width, "height": 720}
        context = beside.context if beside else browser_of_its_own(chromium, viewport=size, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: is_complaint_of_the_host(line.text) and complaints.append(line.text))
        page.goto(site + path)
        page.wait_for_selector("#place iframe" if "form=" in path else "button.launch")
        return page

    yield open_page
    for context in {id(context): context for context in contexts}.values():
        context.close()
    assert not complaints


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
