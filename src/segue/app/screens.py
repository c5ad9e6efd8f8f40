"""Every screen there is, for `segue screenshots`: where it stands, who looks at it, and what they do there first.

`{name}` in an address is filled from what the house was furnished with. A test compares this list with the route table:
an address that shows people something stands here, everything else in NO_SCREEN with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

Act = Callable[[Any], None]
AGENT, LEAD = "mira@ledgerly.example", "lena@ledgerly.example"
TWO_STEPS = "priya@ledgerly.example"
"""Who has an authenticator app in the furnished house."""
_COUNT = count(1)
ONE_TAG = "input[aria-label$='double-charge']"
QUESTION = "Why is my invoice higher this month?"


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    path: str
    act: Act
    who: str = ""
    """E-mail address; nobody's where empty."""
    scripts: bool = True
    """Whether the browser runs scripts."""


def _looks(page: Any) -> None:
    """Does nothing."""


def _press(*keys: str) -> Act:
    def act(page: Any) -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(250)

    return act


def _clicks(selector: str) -> Act:
    def act(page: Any) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state()

    return act


def _fills(*pairs: tuple[str, str], then: str) -> Act:
    def act(page: Any) -> None:
        for selector, text in pairs:
            page.fill(selector, text)
        page.locator(then).first.click()
        page.wait_for_load_state()

    return act


def _asks(page: Any) -> None:
    page.fill("#text", QUESTION)
    page.locator("#composer .send .primary").click()
    page.locator("#considering").wait_for(state="detached")
    page.locator("#thread .said:not(.mine)").first.wait_for()


def _drafts(page: Any) -> None:
    _reads(page)
    page.fill("#text", "Could you tell me your invoice number?")
    page.locator("#text").dispatch_event("input")
    page.wait_for_timeout(1200)


def _reads(page: Any) -> None:
    """Below 768 px a list stands alone."""
    if page.locator("#head").is_hidden():
        page.click("#rows a")
        page.wait_for_selector("#composer")


def _reads_and_presses(key: str) -> Act:
    def act(page: Any) -> None:
        _reads(page)
        _press(key)(page)

    return act


def _opens_widget(then: Act = _looks) -> Act:
    def act(page: Any) -> None:
        page.locator(".launch").click()
        page.frame_locator("iframe").locator("#hello").wait_for()
        then(page)

    return act


def _asks_in_widget(page: Any) -> None:
    frame = page.frame_locator("iframe")
    frame.locator("#text").fill(QUESTION)
    frame.locator("#text").press("Enter")
    frame.locator(".said.assistant, .said.system").first.wait_for()


def _wants_a_person(page: Any) -> None:
    frame = page.frame_locator("iframe")
    frame.locator("#person").click()
    frame.locator("#passed-on").wait_for()


def _invites(page: Any) -> None:
    page.fill("#email", f"nora-{next(_COUNT)}@ledgerly.example")
    page.locator("form[action='/settings/invites'] button").first.click()
    page.locator("#link").wait_for()


def _both_sides(page: Any) -> None:
    page.locator(f"button[value='{AGENT}']").click()
    page.frame_locator("iframe[name=desk]").locator("#rows").wait_for()


_WRITES = (("#text", "Our bank is not in the list. When does it come?"), ("#email", "eve@elsewhere.example"))
PUBLIC = (
    Shown("home", "/", _looks), Shown("help", "/help/why-is-my-invoice-higher", _looks),
    Shown("missing", "/help/no-such-article", _looks), Shown("api-docs", "/docs", _looks),
    Shown("sign-in", "/sign-in", _looks),
    Shown("sign-in-refused", "/sign-in", _fills(("#email", AGENT), ("#password", "wrong"), then="main button.primary")),
    Shown("second-step", "/sign-in",
          _fills(("#email", TWO_STEPS), ("#password", "demo"), then="main button.primary")),
    Shown("invited", "/invite/{invite}", _looks), Shown("invite-dead", "/invite/inv_used", _looks),
    Shown("chat", "/chat", _looks), Shown("chat-answered", "/chat", _asks),
    Shown("chat-without-scripts", "/chat", _looks, scripts=False),
    Shown("contact", "/contact", _looks),
    Shown("contact-refused", "/contact", _fills(("#email", "eve"), then="form button.primary")),
    Shown("contact-received", "/contact", _fills(*_WRITES, then="form button.primary")),
    Shown("product", "/demo/billing?as=nadia", _looks), Shown("widget", "/demo/billing?as=nadia", _opens_widget()),
    Shown("widget-answered", "/demo/billing", _opens_widget(_asks_in_widget)),
    Shown("widget-with-people", "/demo/billing?as=ada", _opens_widget(_wants_a_person)),
    Shown("widget-frame", "/widget", _looks),
)  # fmt: skip
DESK = tuple(
    Shown(name, path, act, AGENT)
    for name, path, act in (
        ("needs-me", "/desk?view=needs-me", _looks), ("unassigned", "/desk?view=unassigned", _looks),
        ("ai-is-handling", "/desk?view=assistant", _looks), ("approve", "/desk?view=approve", _looks),
        ("to-review", "/desk?view=review", _looks), ("snoozed", "/desk?view=snoozed", _looks),
        ("mentions", "/desk?view=mentions", _looks), ("colleagues", "/desk?view=colleagues", _looks),
        ("resolved", "/desk?view=resolved", _looks), ("found", "/desk?q=invoice", _looks),
        ("conversation", "/desk/conversations/{conversation}", _reads),
        ("writing", "/desk?view=needs-me", _drafts), ("note", "/desk?view=needs-me", _reads_and_presses("n")),
        ("why", "/desk?view=needs-me", _press("w")), ("keys", "/desk?view=needs-me", _press("?")),
        ("commands", "/desk?view=needs-me", _press("Control+k")), ("matter", "/desk?view=needs-me", _press("c")),
        ("briefing", "/desk?view=needs-me", _reads_and_presses("i")), ("tag", "/desk?view=needs-me", _press("t")),
        ("articles", "/desk?view=needs-me", _reads_and_presses("l")),
        ("macro-chooser", "/desk?view=needs-me", _reads_and_presses("m")),
        ("selected", "/desk?view=unassigned", _press("x", "Shift+ArrowDown")),
        ("why-page", "/desk/conversations/{conversation}/why", _looks),
        ("trace", "/desk/conversations/{conversation}/trace", _looks),
        ("macros-to-take", "/desk/conversations/{conversation}/macros", _looks),
        ("articles-to-take", "/desk/conversations/{conversation}/articles?q=invoice", _looks),
        ("several", "/desk/bulk?row={conversation}&row={other}&what=resolve", _looks),
        ("preferences", "/desk/me", _looks), ("how-i-sign-in", "/desk/me/access", _looks),
        ("authenticator", "/desk/me/access/app", _looks),
        ("macros", "/desk/macros", _looks), ("macro", "/desk/macros/new", _looks), ("views", "/desk/views", _looks),
    )
)  # fmt: skip
SETUP = ("data", "history", "category", "knowledge", "policy", "widget", "shadow")
LEADS = tuple(
    Shown(name, path, act, LEAD)
    for name, path, act in (
        *((f"setup-{step}", f"/setup?step={step}", _looks) for step in SETUP),
        ("autonomy", "/autonomy", _looks), ("stop", "/autonomy/switch", _looks), ("review", "/review", _looks),
        ("policy", "/policy", _looks), ("policy-yaml", "/policy", _clicks("button[name=do][value=yaml]")),
        ("versions", "/policy/versions", _looks), ("version", "/policy/versions/1", _looks),
        ("shadow-policy", "/policy/shadow", _looks),
        ("knowledge", "/knowledge", _looks), ("gaps", "/knowledge?show=gaps", _looks),
        ("in-doubt", "/knowledge?show=stale", _looks), ("candidates", "/knowledge?show=candidates", _looks),
        ("hurting", "/knowledge?show=hurting", _looks), ("without-a-matter", "/knowledge?show=loose", _looks),
        ("new-article", "/knowledge/new", _looks),
        ("article", "/knowledge/articles/why-is-my-invoice-higher", _looks),
        ("candidate", "/knowledge/candidates/{candidate}", _looks), ("topic", "/knowledge/topics/{topic}", _looks),
        ("doubt", "/knowledge/doubts/{doubt}", _looks),
        ("quality", "/quality", _looks), ("quality-behind", "/quality/offered", _looks),
        ("people", "/settings", _looks), ("leaving", "/settings/people/agt_tom/deactivate", _looks),
        ("api-keys", "/settings/keys", _looks), ("record", "/settings/record", _looks),
        ("company-sign-in", "/settings/sign-in", _looks), ("hours", "/settings/hours", _looks),
        ("widget-look", "/settings/widget", _looks), ("channels", "/settings/channels", _looks),
        ("set-aside", "/settings/mail", _looks),
        ("tags", "/settings/tags", _looks),
        ("tags-merged", "/settings/tags", _fills((ONE_TAG, "refund"), then=f"tr:has({ONE_TAG}) button")),
        ("invited-by-lead", "/settings", _invites),
    )
)  # fmt: skip
BOTH = (Shown("both-sides", "/demo?as=nadia", _both_sides),)
"""Last, for its buttons end a session and begin another."""
ALL = (*PUBLIC, *DESK, *LEADS, *BOTH)

_PART = "a part of another screen, fetched by its script"
NO_SCREEN: Mapping[str, str] = {
    "/sign-in/provider": "leads to the company's own sign-in",
    "/sign-in/provider/back": "comes back from there and leads on",
    "/desk/attachments/{attachment}": "a file",
    "/files/{attachment}": "a file",
    "/desk/told": _PART,
    "/desk/events": "a channel",
    "/chat/events": "a channel",
    "/widget/events": "a channel",
    "/policy/shadow/pane": _PART,
    "/setup/seen": _PART,
    "/settings/widget/preview": "stands in a frame of the widget's settings",
    "/settings/widget/preview.css": "a style sheet",
    "/widget/look.css": "a style sheet",
    "/setup/files/{id}/progress": _PART,
    "/chat/thread": _PART,
    "/widget/home": _PART,
    "/widget/conversations/{conversation}": _PART,
    "/widget/conversations/{conversation}/transcript": "a file",
    "/widget.js": "a script",
    "/healthz": "for machines",
    "/readyz": "for machines",
    "/metrics": "for machines",
}
"""Addresses outside the API that nobody looks at by themselves, and why."""
REACHED = {"second-step": "/sign-in/second-step", "contact-received": "/contact/received"}
"""Where screens stand that are come to from another address."""


def shows(screen: Shown, route: str) -> bool:
    """Whether the screen is what this address of the route table shows."""
    there = REACHED.get(screen.name, screen.path).partition("?")[0]
    return re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", route), there) is not None
