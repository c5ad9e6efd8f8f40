"""Pictures of every screen, light and dark, in the widths people have: for eyes, not for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segue.app.browsing import chromium, served, signs_in
from segue.app.demo.morning import morning
from segue.app.demo.seed import seed
from segue.app.door import open_house
from segue.app.settings import Settings

WIDTHS = {1440: 900, 1280: 720, 1024: 768, 390: 844}
THEMES = ("light", "dark")
AGENT = "mira@ledgerly.example"
LEAD = "lena@ledgerly.example"


def _press(*keys: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(250)

    return act


def _nothing(page: Any) -> None:
    """Looks only."""


def _asks(page: Any) -> None:
    page.fill("#text", "Why is my invoice higher this month?")
    page.click("#composer button")
    page.wait_for_selector("#thread")


def _clicks(name: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.get_by_role("button", name=name).click()
        page.wait_for_load_state()

    return act


def _wrong_password(page: Any) -> None:
    page.fill("#email", AGENT)
    page.fill("#password", "wrong")
    page.click("main button")


def _drafts(page: Any) -> None:
    if page.locator("#composer").is_hidden():
        page.click("#rows a")
        page.wait_for_selector("#composer")
    page.fill("#text", "Could you tell me your invoice number?")
    page.locator("#text").dispatch_event("input")
    page.wait_for_timeout(1200)


PUBLIC = {
    "home": ("/", _nothing), "sign-in": ("/sign-in", _nothing), "sign-in-refused": ("/sign-in", _wrong_password),
    "missing": ("/help/no-such-article", _nothing), "chat": ("/chat", _nothing), "chat-begun": ("/chat", _asks),
}  # fmt: skip
DESK = {
    "needs-me": ("/desk?view=needs-me", _nothing), "unassigned": ("/desk?view=unassigned", _nothing),
    "ai-is-handling": ("/desk?view=assistant", _nothing), "approve": ("/desk?view=approve", _nothing),
    "to-review": ("/desk?view=review", _nothing), "resolved": ("/desk?view=resolved", _nothing),
    "found": ("/desk?q=invoice", _nothing), "writing": ("/desk?view=needs-me", _drafts),
    "note": ("/desk?view=needs-me", _press("o", "n")), "why": ("/desk?view=needs-me", _press("w")),
    "keys": ("/desk?view=needs-me", _press("?")), "commands": ("/desk?view=needs-me", _press("Control+k")),
    "matter": ("/desk?view=needs-me", _press("c")), "briefing": ("/desk?view=needs-me", _press("o", "i")),
    "preferences": ("/desk/me", _nothing), "macros": ("/desk/macros", _nothing),
    "macro": ("/desk/macros/new", _nothing), "views": ("/desk/views", _nothing),
    "mentions": ("/desk?view=mentions", _nothing),
    "tag": ("/desk?view=needs-me", _press("t")), "articles": ("/desk?view=needs-me", _press("o", "l")),
    "selected": ("/desk?view=unassigned", _press("x", "Shift+ArrowDown")),
}  # fmt: skip

LEADS = {
    "autonomy": ("/autonomy", _nothing), "policy": ("/policy", _nothing), "policy-yaml": ("/policy", _clicks("YAML")),
    "versions": ("/policy/versions", _nothing), "knowledge": ("/knowledge", _nothing),
    "gaps": ("/knowledge?show=gaps", _nothing), "in-doubt": ("/knowledge?show=stale", _nothing),
    "article": ("/knowledge/articles/why-is-my-invoice-higher", _nothing), "quality": ("/quality", _nothing),
    "people": ("/settings", _nothing), "api-keys": ("/settings/keys", _nothing),
    "hours": ("/settings/hours", _nothing), "widget-look": ("/settings/widget", _nothing),
    "channels": ("/settings/channels", _nothing), "tags": ("/settings/tags", _nothing),
    "record": ("/settings/record", _nothing), "review": ("/review", _nothing), "stop": ("/autonomy/switch", _nothing),
}  # fmt: skip


def take(at: Settings, folder: Path) -> Iterator[Path]:
    """Writes NAME-WIDTH-THEME.png for every screen into `folder`; yields each file."""
    folder.mkdir(parents=True, exist_ok=True)
    _furnish(at)
    with served(at) as address, chromium() as browser:
        for theme in THEMES:
            for width, height in WIDTHS.items():
                size = {"width": width, "height": height}
                yield from _of(
                    browser.new_context(base_url=address, viewport=size, color_scheme=theme), width, theme, folder
                )


def take_two(at: Settings, folder: Path) -> Iterator[Path]:
    """The desk as the README shows it, light and dark."""
    _furnish(at)
    with served(at) as address, chromium() as browser:
        for theme, name in zip(THEMES, ("desk.png", "desk-dark.png"), strict=True):
            size = {"width": 1440, "height": 810}
            context = browser.new_context(base_url=address, viewport=size, color_scheme=theme)
            page = context.new_page()
            signs_in(page, AGENT)
            page.goto("/desk?view=unassigned")
            page.click("#rows a:has-text('bank feed')")
            page.wait_for_selector("h1:has-text('bank feed')")
            page.mouse.move(700, 500)
            yield _shot(page, folder / name)
            context.close()


def _of(context: Any, width: int, theme: str, folder: Path) -> Iterator[Path]:
    page = context.new_page()
    for screens, who in ((PUBLIC, ""), (DESK, AGENT), (LEADS, LEAD)):
        if who:
            signs_in(page, who)
        for name, (path, act) in screens.items():
            page.goto(path)
            page.wait_for_timeout(300)
            act(page)
            yield _shot(page, folder / f"{name}-{width}-{theme}.png")
    context.close()


def _shot(page: Any, file: Path) -> Path:
    page.wait_for_timeout(300)
    page.screenshot(path=str(file))
    return file


def _furnish(at: Settings) -> None:
    house, now = open_house(at), datetime.now(UTC)
    seed(house, now)
    morning(house, now)
    house.db.close()
