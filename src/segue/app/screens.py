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
UNLUCKY, READER = "jonas@ledgerly.example", "ines@ledgerly.example"
"""An agent whose line and whose replies fail, so that nobody else's screens tell of it; and one who only reads."""
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
    until: str = ""
    """What has to be seen before it is looked at: the page's own part, or a row in its list."""


def _looks(page: Any) -> None:
    """Does nothing."""


def _press(*keys: str) -> Act:
    def act(page: Any) -> None:
        for key in keys:
            page.keyboard.press(key)

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


def _is_refused(*pairs: tuple[str, str], then: str, before: Act = _looks) -> Act:
    """What the server says beside the field, where the browser would have let nobody send that."""

    def act(page: Any) -> None:
        before(page)
        page.locator("form").evaluate_all("(all) => all.forEach((one) => (one.noValidate = true))")
        _fills(*pairs, then=then)(page)

    return act


def whole_again(page: Any) -> None:
    """The line that a screen cut for its picture."""
    page.context.set_offline(False)
    page.unroute_all()


def _goes_offline(page: Any) -> None:
    _reads(page)
    page.context.set_offline(True)


def _cannot_send(page: Any) -> None:
    _reads(page)
    page.route("**/reply", lambda route: route.abort())
    page.fill("#text", "Your statement is on its way.")
    page.press("#text", "Control+Enter")


def _tags_badly(page: Any) -> None:
    page.keyboard.press("t")
    page.fill("#chooser-text", "!!!")
    page.keyboard.press("Enter")


def _corrects_badly(page: Any) -> None:
    _reads(page)
    page.keyboard.press("Shift+A")
    page.fill("#address", "nobody")
    page.press("#address", "Enter")


def _asks(page: Any) -> None:
    page.fill("#text", QUESTION)
    page.locator("#composer .send .primary").click()
    page.locator("#considering").wait_for(state="detached")
    page.locator("#thread .said:not(.mine)").first.wait_for()


def _asks_for_a_person(page: Any) -> None:
    _asks(page)
    page.locator(".person").click()


def _drafts(page: Any) -> None:
    _reads(page)
    page.locator("#text").press_sequentially("Could you tell me your invoice number?")
    page.locator("#kept:not(:empty)").wait_for()


def _sends_what_has_no_value(page: Any) -> None:
    _reads(page)
    page.fill("#text", "Hello {{account.nam}}")
    page.press("#text", "Control+Enter")


def _reads(page: Any) -> None:
    """Below 768 px a list stands alone."""
    if page.locator("#head").is_hidden():
        page.click("#rows a")
        page.wait_for_selector("#composer")


def _reads_and_presses(*keys: str) -> Act:
    def act(page: Any) -> None:
        _reads(page)
        _press(*keys)(page)

    return act


def _opens_widget(then: Act = _looks) -> Act:
    def act(page: Any) -> None:
        page.locator(".launch").click()
        page.frame_locator("iframe").locator("#hello").wait_for()
        then(page)

    return act


def _sees_form(page: Any) -> None:
    page.frame_locator("iframe").locator("#fields").wait_for()


def _asks_in_widget(page: Any) -> None:
    frame = page.frame_locator("iframe")
    frame.locator("#text").fill(QUESTION)
    frame.locator("#text").press("Enter")
    frame.locator(".said.assistant, .said.system").first.wait_for()


def _wants_a_person(page: Any) -> None:
    frame = page.frame_locator("iframe")
    frame.locator("#person").click()
    frame.locator("#passed-on").wait_for()


def _corrects_nothing(page: Any) -> None:
    page.locator("#hello").wait_for()
    page.locator("#person").click()
    page.locator(".correct summary").click()
    page.locator(".correct button").click()


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
    Shown("chat-with-people", "/chat", _asks_for_a_person, until=".said.system"),
    Shown("chat-without-scripts", "/chat", _looks, scripts=False),
    Shown("contact", "/contact", _looks),
    Shown("contact-refused", "/contact", _fills(("#email", "eve"), then="form button.primary")),
    Shown("contact-received", "/contact", _fills(*_WRITES, then="form button.primary")),
    Shown("product", "/demo/billing?as=nadia", _looks), Shown("widget", "/demo/billing?as=nadia", _opens_widget()),
    Shown("widget-answered", "/demo/billing", _opens_widget(_asks_in_widget)),
    Shown("widget-with-people", "/demo/billing?as=ada", _opens_widget(_wants_a_person)),
    Shown("in-app-form", "/demo/contact", _sees_form), Shown("in-app-form-known", "/demo/contact?as=nadia", _sees_form),
    Shown("widget-frame", "/widget", _looks, until="#hello"),
    Shown("widget-correcting", "/widget", _corrects_nothing, until="#correct-error"),
)  # fmt: skip
ROW = "#rows [data-id]"
WRONG = "[aria-invalid=true]"
VIEWS = (
    ("needs-me", "needs-me"), ("unassigned", "unassigned"), ("ai-is-handling", "assistant"), ("approve", "approve"),
    ("snoozed", "snoozed"), ("to-review", "review"), ("mentions", "mentions"), ("colleagues", "colleagues"),
    ("waiting", "waiting"), ("resolved", "resolved"),
)  # fmt: skip
DESK = tuple(
    Shown(name, path, act, AGENT, until=until)
    for name, path, act, until in (
        *((name, f"/desk?view={view}", _looks, ROW) for name, view in VIEWS),
        ("saved-view", "/desk?view={view}", _looks, ROW), ("found", "/desk?q=invoice", _looks, ROW),
        ("nothing-found", "/desk?q=is:nothing+zzyzx", _looks, "#misread-1"),
        ("conversation", "/desk/conversations/{conversation}", _reads, "#composer"),
        ("no-conversation", "/desk/conversations/cnv_none", _looks, "h1"),
        ("writing", "/desk?view=needs-me", _drafts, "#kept:not(:empty)"),
        ("note", "/desk?view=needs-me", _reads_and_presses("n"), "#as-note:checked"),
        ("unready", "/desk/conversations/{conversation}", _sends_what_has_no_value, "#flaw"),
        ("why", "/desk?view=needs-me", _press("w"), "#card .parts"),
        ("keys", "/desk?view=needs-me", _press("?"), "#help"),
        ("commands", "/desk?view=needs-me", _press("Control+k"), "#chooser [role=option]"),
        ("matter", "/desk?view=needs-me", _press("c"), "#chooser [role=option]"),
        ("briefing", "/desk?view=needs-me", _reads_and_presses("i"), "#briefing"),
        ("tag", "/desk?view=needs-me", _press("t"), "#chooser"),
        ("articles", "/desk?view=needs-me", _reads_and_presses("l"), "#chooser"),
        ("macro-chooser", "/desk?view=needs-me", _reads_and_presses("m"), "#chooser-preview"),
        ("assigning", "/desk?view=needs-me", _press("a"), "#chooser [role=option]"),
        ("who-menu", "/desk?view=unassigned", _clicks(".who-menu summary"), "#sign-out"),
        ("selected", "/desk?view=unassigned", _press("x", "Shift+ArrowDown"), "#bulk-count"),
        ("why-page", "/desk/conversations/{conversation}/why", _looks, ".parts"),
        ("whole-mail", "/desk/conversations/{mailed}/mail/1?pictures=true", _clicks(".fold summary"), "iframe"),
        ("beside", "/desk/conversations/{mailed}/beside/{beside}", _looks, ".bar form"),
        ("trace", "/desk/conversations/{conversation}/trace", _looks, "pre"),
        ("macros-to-take", "/desk/conversations/{conversation}/macros", _looks, ".to-take"),
        ("articles-to-take", "/desk/conversations/{conversation}/articles?q=invoice", _looks, ".to-take"),
        ("several", "/desk/bulk?row={conversation}&row={other}&what=resolve", _looks, ".plan-rows li"),
        ("preferences", "/desk/me", _looks, "form"), ("how-i-sign-in", "/desk/me/access", _looks, "form"),
        ("authenticator", "/desk/me/access/app", _looks, "form"),
        ("macros", "/desk/macros", _looks, "main li"), ("new-macro", "/desk/macros/new", _looks, "form"),
        ("macro", "/desk/macros/{macro}", _looks, "form"), ("views", "/desk/views", _looks, "form"),
        ("no-lead", "/autonomy", _looks, "h1"),
        ("resolved-by-a-key", "/desk/conversations/{by_key}", _reads, "form[action$='/confirm']"),
        ("tag-refused", "/desk?view=needs-me", _tags_badly, "#chooser-flaw:not([hidden])"),
        ("address-refused", "/desk/conversations/{conversation}", _corrects_badly, "#address-told"),
        ("macro-refused", "/desk/macros/new",
         _is_refused(("#name", "Credit"), ("#text", "Hi {{account.nam}}"), then="form.panel button.primary"), WRONG),
        ("key-refused", "/desk/me",
         _is_refused(("#key-reply", "n"), then="form.stack > button.primary", before=_clicks(".elsewhere summary")),
         WRONG),
        ("password-refused", "/desk/me/access",
         _is_refused(("#current", "wrong"), ("#new", "short"), then="form:has(#new) button"), WRONG),
        ("code-refused", "/desk/me/access/app", _is_refused(("#code", "000000"), then="form:has(#code) button.primary"),
         WRONG),
    )
)  # fmt: skip
FAILING = tuple(
    Shown(name, path, act, UNLUCKY, until=until)
    for name, path, act, until in (
        ("reply-refused", "/desk/conversations/{refused}", _reads, ".said.refused"),
        ("not-sent", "/desk/conversations/{other}", _cannot_send, "#unsent .refused"),
        ("offline", "/desk/conversations/{other}", _goes_offline, "#offline"),
    )
)
READING = tuple(
    Shown(name, path, act, READER, until=until)
    for name, path, act, until in (
        ("read-conversation", "/desk/conversations/{conversation}", _reads, "#title"),
        ("read-list", "/desk?view=unassigned", _looks, ROW), ("read-autonomy", "/autonomy", _looks, ".cells"),
        ("read-policy", "/policy", _looks, "main"), ("read-knowledge", "/knowledge", _looks, ".list a"),
        ("read-article", "/knowledge/articles/why-is-my-invoice-higher", _looks, "main"),
        ("read-quality", "/quality", _looks, ".figures"), ("read-versions", "/policy/versions", _looks, "table"),
        ("read-access", "/desk/me/access", _looks, "form"),
    )
)  # fmt: skip
WITHOUT_SCRIPTS = (
    Shown("conversation-without-scripts", "/desk/conversations/{conversation}",
          _clicks("details[data-does=assign] summary"), AGENT, scripts=False, until="#assigning"),
)  # fmt: skip
SETUP = ("data", "history", "category", "knowledge", "policy", "widget", "shadow")
LEADS = tuple(
    Shown(name, path, act, LEAD, until=until)
    for name, path, act, until in (
        *((f"setup-{step}", f"/setup?step={step}", _looks, ".step") for step in SETUP),
        ("autonomy", "/autonomy", _looks, ".cells"), ("stop", "/autonomy/switch", _looks, "form"),
        ("stopping", "/autonomy", _clicks("#switch summary"), "#switch-reason"),
        ("review", "/review", _looks, ".judge"),
        ("policy", "/policy", _looks, "#before-after"),
        ("policy-yaml", "/policy", _clicks("button[name=do][value=yaml]"), "#yaml"),
        ("versions", "/policy/versions", _looks, "table"), ("version", "/policy/versions/1", _looks, "pre"),
        ("shadow-policy", "/policy/shadow", _looks, "#differing li"),
        ("knowledge", "/knowledge", _looks, ".list a"), ("gaps", "/knowledge?show=gaps", _looks, ".list a"),
        ("in-doubt", "/knowledge?show=stale", _looks, ".list a"),
        ("candidates", "/knowledge?show=candidates", _looks, ".list a"),
        ("hurting", "/knowledge?show=hurting", _looks, ".list a"),
        ("without-a-matter", "/knowledge?show=loose", _looks, ".list"),
        ("new-article", "/knowledge/new", _looks, "form"),
        ("article", "/knowledge/articles/why-is-my-invoice-higher", _looks, ".asked-list"),
        ("candidate", "/knowledge/candidates/{candidate}", _looks, "form"),
        ("topic", "/knowledge/topics/{topic}", _looks, "form"), ("doubt", "/knowledge/doubts/{doubt}", _looks, "form"),
        ("quality", "/quality", _looks, ".figures"), ("quality-behind", "/quality/offered", _looks, ".list"),
        ("people", "/settings", _looks, "#email"),
        ("leaving", "/settings/people/agt_tom/deactivate", _looks, "form"),
        ("found-setting", "/settings/search?q=wrong", _looks, ".list a"),
        ("api-keys", "/settings/keys", _looks, "form"), ("record", "/settings/record", _looks, "tbody tr"),
        ("company-sign-in", "/settings/sign-in", _looks, "form"), ("hours", "/settings/hours", _looks, "form"),
        ("widget-look", "/settings/widget", _looks, "iframe"), ("channels", "/settings/channels", _looks, "main"),
        ("form-tried", "/settings/widget/form", _sees_form, "#help iframe"),
        ("set-aside", "/settings/mail", _looks, "h1"), ("tags", "/settings/tags", _looks, ".tags-table"),
        ("accounts", "/settings/accounts", _looks, ".accounts-table"),
        ("account-refused", "/settings/accounts", _is_refused(("#tier-1", " "), then="tr:has(#tier-1) button"), WRONG),
        ("tags-merged", "/settings/tags", _fills((ONE_TAG, "refund"), then=f"tr:has({ONE_TAG}) button"), "form"),
        ("invited-by-lead", "/settings", _invites, "#link"),
        ("invite-refused", "/settings",
         _is_refused(("#email", "no address"), then="form[action='/settings/invites'] button.primary"), WRONG),
        ("api-key-refused", "/settings/keys", _is_refused(("#name", ""), then="form.panel button.primary"), WRONG),
        ("hours-refused", "/settings/hours",
         _is_refused(("#zone", "Europe/Nowhere"), then="form[action='/settings/hours'] button.primary"), WRONG),
        ("article-refused", "/knowledge/new", _is_refused(("#title", ""), ("#body", ""), then="#publish"), WRONG),
        ("policy-refused", "/policy",
         _is_refused(("#yaml", "name: ["), then="button[data-press=try]",
                     before=_clicks("button[name=do][value=yaml]")), "#told-yaml .error"),
        ("look-refused", "/settings/widget", _is_refused(("#colour", "blueish"), then="#look button.primary"), WRONG),
        ("step-down-refused", "/autonomy",
         _is_refused(("form[action='/autonomy/lower'] input[name=why] >> visible=true", " "),
                     then="form[action='/autonomy/lower'] button >> visible=true", before=_clicks(".more summary")),
         WRONG),
    )
)  # fmt: skip
BOTH = (Shown("both-sides", "/demo?as=nadia", _both_sides),)
"""Last, for its buttons end a session and begin another."""
ALL = (*PUBLIC, *DESK, *FAILING, *READING, *WITHOUT_SCRIPTS, *LEADS, *BOTH)

_PART = "a part of another screen, fetched by its script"
NO_SCREEN: Mapping[str, str] = {
    "/sign-in/provider": "leads to the company's own sign-in",
    "/sign-in/provider/back": "comes back from there and leads on",
    "/desk/attachments/{attachment}": "a file",
    "/desk/conversations/{conversation}/mail/{seq}/raw": "a file",
    "/desk/conversations/{conversation}/beside/{beside}/raw": "a file",
    "/settings/mail/{suspended}": "the same page as beside a conversation",
    "/settings/mail/{suspended}/raw": "a file",
    "/files/{attachment}": "a file",
    "/desk/unsent": "leads to a conversation",
    "/desk/told": _PART,
    "/desk/events": "a channel",
    "/chat/events": "a channel",
    "/widget/events": "a channel",
    "/desk/conversations/{conversation}/variables": _PART,
    "/desk/snooze": _PART,
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
