"""A site of somebody else's that carries the widget: another origin, and a policy that allows one script and one frame.

It has no styles of its own (but where it keeps room for the form), no inline script, and demands trusted types: what
works here works anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import FrameLocator, Page

from little_server import Quiet, listening
from segue.app.bench.shift import MOVED

PAGE = """<!doctype html><html lang="en" dir="{dir}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{style}
<script async src="{house}/widget.js" data-workspace="Ledgerly" {more}></script></head>
<body><main><h1>Our product</h1><p>Some text.</p>
<button type="button" id="prefilled" data-segue-prompt="About invoice ">Ask about an invoice</button>
<button type="button" id="asked" data-segue-prompt="{question}" data-segue-send>A question</button>
<div id="place"></div>{below}
</main></body></html>"""
POLICY = (
    "default-src 'none'; script-src {house}; frame-src {house}; base-uri 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'{styles}"
)
KEPT = '<style nonce="kept">#place { --segue-height: 300px; min-height: 300px }</style>'
"""Low enough for what stands below to be seen: what moves out of sight is no shift."""
OF_KEPT = "; style-src 'nonce-kept'"
QUESTION = "How do I switch to yearly billing?"
ANSWERED = ".said.assistant, .said.system"


@contextmanager
def site_beside(house: str) -> Iterator[str]:
    """Its address. `?identity=`, `?form=`, `?dir=` and `?title=` change the page; with `?below=` something stands below
    the form's place, which `?below=kept` keeps free for it."""

    class Handler(Quiet):
        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            more = f'data-identity="{asked["identity"]}"' if "identity" in asked else ""
            more += f' data-form="{asked["form"]}"' if "form" in asked else ""
            body = PAGE.format(
                house=house, more=more, question=QUESTION, dir=asked.get("dir", "ltr"),
                title=asked.get("title", "Settings – Billing"), style=KEPT if asked.get("below") == "kept" else "",
                below=f"<p>{'What stands below. ' * 20}</p>" if "below" in asked else "",
            ).encode()  # fmt: skip
            policy = POLICY.format(house=house, styles=OF_KEPT if asked.get("below") == "kept" else "")
            self.answers(200, body, content_type="text/html; charset=utf-8", content_security_policy=policy)

    with listening(Handler) as port:
        yield f"http://localhost:{port}"


def is_complaint_of_the_host(line: str) -> bool:
    return "Failed to load resource" not in line and "Segue: The identity" not in line


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def wants_help(page: Page) -> FrameLocator:
    page.click("button.launch")
    frame = inside(page)
    frame.locator("#hello").wait_for()
    return frame


def says(frame: FrameLocator, text: str) -> None:
    frame.locator("#text").fill(text)
    frame.locator("#text").press("Enter")


def moved(page: Page) -> float:
    """How far what stands there was moved since the page began, as the browser scores it."""
    return float(page.evaluate(MOVED))


def matter() -> str:
    """A subject nobody else writes about."""
    return f"the lamp {uuid4().hex[:8]}"


def signed(secret: str, **claims: object) -> str:
    """As the site's own server signs who Grace is, for an hour; `claims` say otherwise."""
    now = int(datetime.now(UTC).timestamp())
    body = {"sub": "con_grace", "name": "Grace Tolland", "aud": "segue", "iat": now, "exp": now + 3600, **claims}
    return jwt.encode({"alg": "HS256"}, body, OctKey.import_key(secret))
