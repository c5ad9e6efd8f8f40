"""Everything that wants to act in a browser, looked at in one: no script runs, nothing is asked for, nothing is left.

A page that shows the same texts as they came must trip the same oracle. What is made of a mail's HTML is shown in a
page without any policy, so that the allow-list is judged alone; the house's own pages are judged with theirs, and a
policy that had to step in counts as a break, too.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

import pytest
from playwright.sync_api import Browser, Error, Frame, Page

from api.serving import Served, furnish, rooms_over, served
from browser.acting import PROVOKE, Oracle
from browser.carrying import site_beside
from browser.cast import PATIENCE, PICTURE, browser_of_its_own
from browser.payloads import OUT, Payload, payloads
from databases import fresh_database
from mail.writing import taken
from segue.app.drill.small import Listening, SmallHouse
from segue.domain.answer import Answer, AnswerKind
from segue.domain.conversation import Conversation
from segue.domain.people import Agent
from segue.integrations.mail.markup import safe
from segue.integrations.mail.reading import read
from segue.store.desk import AgentReply
from segue.store.mail import MailStore
from segue.web import whole_mail
from segue.web.doors import COOKIE
from segue.web.guest import CHAT, WHO
from segue.web.mail_frame import Framed
from segue.web.rooms import Rooms

ALL = payloads()
TOGETHER = 16
"""Payloads in one message."""
NEVER_LIVE = {"template", "markdown"}
"""What only acts where a template or a reader of Markdown takes it up: a raw page shows it as text."""
PAGES_OF_FRAMES = 5
"""A page of more frames than some two hundred takes its time."""
PAGES_PLAYED = int(os.environ.get("RAW_PAGES", "1"))
"""One is enough to say that the oracle listens; all five, in which 502 of 694 acted, take some twenty seconds."""
ACT = 0.5
"""The part of all that could be live which must be seen to act."""
CLOSES = "--></script></style></textarea></title></noscript></template></select></svg></math>"
"""What a payload may have left open, so that none hides the next."""
SESSION = "a session of Lena's"


class Saying(Listening):
    """An assistant that says whatever it was told to say."""

    says = ""

    def answer(self, conversation: Conversation, noticed: object, now: datetime) -> Answer:
        return Answer(AnswerKind.ANSWER, self.says, confidence=0.99)


@dataclass
class Full:
    """A house full of payloads: a conversation in which everybody said them all, articles, and names and subjects."""

    served: Served
    conversation: str
    mailed: str
    """Where the whole of a mail stands that says them all, with a picture of its own."""
    identity: str
    articles: list[str]


@pytest.fixture(scope="module")
def full(template: str) -> Iterator[Full]:
    with fresh_database(like=template) as url:
        rooms = rooms_over(url)
        furnish(rooms)
        rooms.db.close()
        with served(url) as running:
            yield filled(running, url)


def filled(running: Served, url: str) -> Full:
    rooms, now = running.rooms, datetime.now(UTC)
    house = SmallHouse(url, rooms.db, now, speaker := Saying())
    conversation = house.customer_writes()
    for text in messages():
        house.customer_writes(conversation, text)
        speaker.says = text
        house.commits(house.here, house.claims(house.here))
    for text in messages():
        house.desk.note(conversation, "agt_mira", text, now)
        house.desk.say(conversation, text, now)
    house.desk.reply(AgentReply(conversation, "agt_mira", messages()[0]), now)
    with running.client() as api:
        for payload in ALL[:: len(ALL) // 40]:
            told = {"contact": {"name": bare(payload)[:300]}, "text": bare(payload), "subject": bare(payload)[:300]}
            assert api.post("/conversations", json=told).status_code == 202
        house.worker(house.here).work_off()
        articles = [f"harm-{n}" for n in range(4)]
        for n, slug in enumerate(articles):
            body = "\n\n".join(bare(payload) for payload in ALL[n::4])
            written = {"slug": slug, "title": bare(ALL[n]), "body": f"# {bare(ALL[n + 4])}\n\n{body}"}
            assert api.put("/articles", json=written).status_code in (200, 201)
    rooms.workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), now)
    rooms.workspace.begin_session(SESSION, "agt_lena", now)
    return Full(running, conversation, a_mail(rooms, now), rooms.identity.sign("ada", now, name="Ada"), articles)


def a_mail(rooms: Rooms, now: datetime) -> str:
    """As it came, so that whatever was taken out of its HTML stands in its text."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "eve@elsewhere.example", "support@ledgerly.example", ALL[0].text[:90]
    said = "\n".join(f"<div>{payload.text}</div>" for payload in ALL)
    mail.set_content("\n\n".join(payload.text for payload in ALL))
    mail.add_alternative(f'<img src="cid:dot"><img src="https://{OUT}/0">{said}', "html")
    mail.get_payload()[1].add_related(PICTURE, "image", "png", cid="<dot>")  # type: ignore[union-attr]
    found = taken(MailStore(rooms.db), mail.as_bytes(), now)
    return f"/desk/conversations/{found.conversation_id}/mail/{found.seq}"


def bare(payload: Payload) -> str:
    """No database keeps a NUL; the API refuses it, and mail takes it out."""
    return payload.text.replace("\0", "")


def messages() -> list[str]:
    return ["\n\n".join(bare(p) for p in ALL[n : n + TOGETHER]) for n in range(0, len(ALL), TOGETHER)]


@contextmanager
def looking(chromium: Browser, *own: str) -> Iterator[tuple[Page, Oracle]]:
    context = browser_of_its_own(chromium)
    oracle = Oracle(context, own)
    page = context.new_page()
    yield page, oracle
    context.close()


def is_quiet(oracle: Oracle, page: Page, address: str) -> None:
    assert oracle.acted == set(), [p for p in ALL if p.number in oracle.acted][:5]
    assert oracle.strange == []
    assert page.url == address


def test_there_are_as_many_texts_as_were_promised_and_of_every_class() -> None:
    assert len({re.sub(r"\d+", "", payload.text) for payload in ALL}) >= 500, "they differ by more than their numbers"
    assert len({payload.kind for payload in ALL}) >= 11


def test_the_same_texts_raw_trip_the_oracle(chromium: Browser) -> None:
    """Each in a frame of its own, so that none hides the next, and a page at a time. What does not act here is for
    other browsers, older ones, or a place that a frame of its own is not; and is no proof of anything."""
    tried = list[Payload]()
    with looking(chromium) as (page, oracle):
        for n in range(PAGES_PLAYED):
            part = [payload for payload in ALL[n::PAGES_OF_FRAMES] if payload.kind not in NEVER_LIVE]
            tried += part
            frames = "".join(f'<iframe srcdoc="{escape(payload.text)}"></iframe>' for payload in part)
            oracle.serves(f"http://raw.example/{n}", f"<!doctype html>{frames}")
            page.goto(f"http://raw.example/{n}")
            for frame in page.frames[1:]:
                provoked(frame)
            until = time.monotonic() + PATIENCE
            while not have_acted(oracle, part) and time.monotonic() < until:
                page.wait_for_timeout(50)
        acted = Counter(payload.kind for payload in acted_of(oracle, tried))
        print(f"\n{sum(acted.values())} of {len(tried)} acted: {dict(acted)}")
    assert have_acted(oracle, tried), acted


def have_acted(oracle: Oracle, tried: list[Payload]) -> bool:
    """Some of each kind, and of all together as many as must."""
    acted = acted_of(oracle, tried)
    return {p.kind for p in acted} == {p.kind for p in tried} and len(acted) >= ACT * len(tried)


def acted_of(oracle: Oracle, tried: list[Payload]) -> list[Payload]:
    return [payload for payload in tried if payload.number in oracle.acted]


def provoked(frame: Frame) -> None:
    with suppress(Error):  # it has gone elsewhere, which is what it wanted
        frame.evaluate(PROVOKE, "html")


def test_what_is_left_of_a_mails_html_acts_nowhere(chromium: Browser) -> None:
    """Alone, and all in one mail on the road that mails take."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "eve@elsewhere.example", "support@ledgerly.example", "Look"
    mail.set_content("\n".join(f"<div>{payload.text}</div>" for payload in ALL), "html")
    shown = "".join(f"<div class=one>{safe(payload.text)}</div>" for payload in ALL)
    with looking(chromium, place := "http://preview.example/") as (page, oracle):
        for address, body in ((f"{place}each", shown), (f"{place}all", read(mail.as_bytes()).html)):
            oracle.serves(address, f"<!doctype html><html><body class=one>{body}")
            page.goto(address)
            _, left = oracle.looks_at(page, "body")
            assert left == []
            is_quiet(oracle, page, address)
        assert page.locator("body *").count() > 50, "something of them is shown"


@pytest.mark.parametrize("where", ["desk", "list", "chat", "help", "preview"])
def test_no_text_acts_on_a_page_of_the_house(where: str, full: Full, chromium: Browser) -> None:
    url = full.served.url
    pages = {
        "desk": [f"{url}/desk/conversations/{full.conversation}"],
        "list": [f"{url}/desk?view={view}" for view in ("assistant", "waiting")],
        "chat": [f"{url}/chat"],
        "help": [f"{url}/help/{slug}" for slug in full.articles],
        "preview": [f"{url}/knowledge/articles/{slug}" for slug in full.articles[:1]],
    }[where]
    with looking(chromium, url) as (page, oracle):
        signs(page, full)
        for address in pages:
            page.goto(address)
            tried, left = oracle.looks_at(page, ".text, article, .subject, .who, .rows a > *")
            assert left == []
            assert tried > 50
            is_quiet(oracle, page, address)


def test_a_mail_that_is_opened_whole_runs_nothing_and_asks_nobody(full: Full, chromium: Browser) -> None:
    with looking(chromium, full.served.url) as (page, oracle):
        signs(page, full)
        for there in (full.mailed, f"{full.mailed}?pictures=true"):
            page.goto(full.served.url + there)
            inside = page.frames[1]
            inside.locator("body > *").nth(50).wait_for(state="attached")
            assert inside.locator("img").count() == ("?" in there)
            tried, left = oracle.looks_at(inside, "body")
            assert [one for one in left if not one.startswith("src=data:")] == []
            assert tried > 50
            page.evaluate(PROVOKE, "main")
            is_quiet(oracle, page, full.served.url + there)


def test_nothing_of_a_mail_acts_in_its_frame_even_if_nothing_was_taken_out(
    full: Full, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frame alone: what was let through everywhere else neither runs nor reaches anybody from it."""
    tried = f"{CLOSES}\n".join(bare(payload) for payload in ALL if payload.kind not in NEVER_LIVE)
    monkeypatch.setattr(whole_mail, "framed", lambda *_: Framed(tried, 0, 0, False))
    with looking(chromium, full.served.url) as (page, oracle):
        signs(page, full)
        page.goto(full.served.url + full.mailed)
        inside = page.frames[1]
        inside.locator("body *").nth(50).wait_for(state="attached")
        provoked(inside)
        page.wait_for_timeout(150)
        assert oracle.reached == set()
        assert page.url == full.served.url + full.mailed


def signs(page: Page, full: Full) -> None:
    now, sign = datetime.now(UTC), full.served.rooms.identity.sign
    key = sign(full.conversation, now, cnv=full.conversation, who="ada")
    cookies = {COOKIE: SESSION, WHO: full.identity, CHAT: key}
    page.context.add_cookies([{"name": n, "value": v, "url": full.served.url} for n, v in cookies.items()])


def test_no_text_acts_in_the_widget(full: Full, chromium: Browser) -> None:
    with site_beside(full.served.url) as site, looking(chromium, full.served.url, site) as (page, oracle):
        full.served.rooms.workspace.put_setting("widget", {"origins": [site]})
        page.goto(f"{site}/?identity={full.identity}")
        page.click("button.launch")
        frame = page.frame_locator("iframe")
        frame.locator("[data-opens]").first.click()
        frame.locator("#thread .said").nth(100).wait_for()
        inside = page.frames[1]
        _, left = oracle.looks_at(inside, ".text, .subject")
        assert left == []
        is_quiet(oracle, page, f"{site}/?identity={full.identity}")
