"""Pictures of every screen, light and dark, in the widths people have: for eyes, not for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from segue.app.browsing import chromium, signs_in, whole
from segue.app.demo.lived import MOVED_IN, Life
from segue.app.demo.morning import morning
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.screens import AGENT, ALL, READER, TWO_STEPS, Shown, whole_again
from segue.app.settings import Settings
from segue.domain.decision import Reason, Rung
from segue.domain.evidence import CellName
from segue.domain.ids import message_id
from segue.domain.mail import Cause
from segue.domain.moves import Move
from segue.domain.people import READS_ONLY, Agent
from segue.domain.ports import DIMENSIONS
from segue.intake.mail import arrival_of
from segue.integrations.mail.reading import read
from segue.policy.settings import changed
from segue.store.candidates import CandidateStore, Draft, Unknown
from segue.store.conversations import Filter
from segue.store.desk import AgentReply, Solution
from segue.store.invites import Invites
from segue.store.macros import MacroStore
from segue.store.mail import MailStore
from segue.store.saved_views import SavedViews
from segue.store.second_step import SecondSteps
from segue.store.shadows import Shadows
from segue.store.stale import Doubt, Reply, StaleStore
from segue.store.waiting_replies import WaitingReplies

WIDTHS = {1440: 900, 1280: 720, 1024: 768, 390: 844}
THEMES = ("light", "dark")
LIVED = 60
PATIENT = 120_000
"""Milliseconds: on a busy machine a screen comes late, and all that was looked at before it would be lost."""
LONGEST = 6000
"""Pixels: a page that is longer, as the API's reference, shows its beginning."""
MIRA = "agt_mira"
INVITE = "inv_of_the_pictures"
MAIL = Path(__file__).with_name("demo") / "whole.eml"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def take(at: Settings, folder: Path, only: str = "") -> Iterator[Path]:
    """Writes NAME-WIDTH-THEME.png for every screen, or for those whose name has `only` in it, into `folder`; yields
    each file."""
    folder.mkdir(parents=True, exist_ok=True)
    found = furnished(at)
    screens = [screen for screen in ALL if only in screen.name]
    with whole(at) as address, chromium() as browser:
        for theme in THEMES:
            for width in WIDTHS:
                yield from pictures(browser, address, screens, found, folder, theme, width)


def pictures(
    browser: Any, address: str, screens: Sequence[Shown], found: Mapping[str, str], folder: Path, theme: str, width: int
) -> Iterator[Path]:
    """Of these screens of the house at `address`, in one theme and one width; `found`: what addresses name, by its name
    there."""
    look = {"base_url": address, "viewport": {"width": width, "height": WIDTHS[width]}, "color_scheme": theme}
    for name, page in opened(browser, look, screens, found):
        is_long = page.evaluate("document.documentElement.scrollHeight") > LONGEST
        page.screenshot(path=str(file := folder / f"{name}-{width}-{theme}.png"), full_page=not is_long)
        yield file


def take_two(at: Settings, folder: Path) -> Iterator[Path]:
    """The desk as the README shows it, light and dark, once every row has been considered."""
    furnished(at)
    with whole(at) as address, chromium() as browser:
        for theme, name in zip(THEMES, ("desk.png", "desk-dark.png"), strict=True):
            size = {"width": 1440, "height": 810}
            context = browser.new_context(base_url=address, viewport=size, color_scheme=theme)
            page = context.new_page()
            signs_in(page, AGENT)
            page.goto("/desk?view=unassigned")
            page.locator("#rows [data-id]:not(:has(.clock))").first.wait_for(state="detached")
            page.click("#rows a:has-text('bank feed')")
            page.wait_for_selector("h1:has-text('bank feed')")
            page.mouse.move(700, 500)
            page.wait_for_timeout(300)
            page.screenshot(path=str(folder / name))
            yield folder / name
            context.close()


def opened(
    browser: Any, look: Mapping[str, Any], screens: Sequence[Shown], found: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """Name and page of each screen, one after the other; who looks signs in once."""
    contexts: dict[tuple[str, bool], Any] = {}
    for screen in screens:
        key = (screen.who or screen.name, screen.scripts)  # a stranger's browser holds nothing of the screen before
        if key not in contexts:
            contexts[key] = browser.new_context(**look, java_script_enabled=screen.scripts).new_page()
            contexts[key].set_default_timeout(PATIENT)
            if screen.who:
                signs_in(contexts[key], screen.who)
        page = contexts[key]
        whole_again(page)
        page.goto(screen.path.format_map(found))
        screen.act(page)
        if screen.until:
            page.locator(f"{screen.until} >> visible=true").first.wait_for()
        page.wait_for_timeout(300)
        yield screen.name, page
    for page in contexts.values():
        page.context.close()


AWAY = (
    b"From: Paula <paula@northgate-clinics.example>\r\nTo: support@ledgerly.example\r\n"
    b"Subject: Out of office: Re: Our receipts\r\n\r\nI am back on Monday."
)


def furnished(at: Settings, lived: int = LIVED) -> dict[str, str]:
    """The demo company on a morning, with something on every page; what addresses name, by its name there. `lived`:
    so many conversations of the weeks before it."""
    house, now = open_house(replace(at, encoder_socket="")), datetime.now(UTC)
    seed(house, now, now - MOVED_IN)
    Life(house, now, 7).weeks(lived)
    tries_in_shadow(house, now)
    morning(house, now)
    found = brought(house, now)
    house.db.close()
    return found


def tries_in_shadow(house: House, now: datetime) -> None:
    """Beside the live policy, another one that would have decided otherwise."""
    _number, live = house.workspace.live_policy() or (0, "")
    changed = yaml.safe_load(live)
    changed.setdefault("triggers", {})["languages"] = ["de"]
    Shadows(house.db).begin(yaml.safe_dump(changed, sort_keys=False), "agt_lena", "Only Germans are answered.", now)


def brought(house: House, now: datetime) -> dict[str, str]:
    """What no morning brings, so that no page is without something; what addresses name, by its name there."""
    found = _opened(house) | _proposed(house, now) | _doubted(house, now) | _worked(house, now)
    Invites(house.db).make("nora@ledgerly.example", "agent", ("billing",), INVITE, "agt_lena", now, now + timedelta(7))
    house.lessons.store.claim_night((now + timedelta(days=1)).date())  # what it learns would put ours away
    two_steps = next(agent.id for agent in house.workspace.agents() if agent.email == TWO_STEPS)
    SecondSteps(house.db).set_up(two_steps, SECRET, 0, ("a code of paper",), now)
    view = SavedViews(house.db).for_agent(MIRA)[0]
    macro = next(macro for macro in MacroStore(house.db).for_agent(MIRA) if macro.owner_id == MIRA)
    mailed = _mailed(house, now)
    _at_the_top(house, "bank_feeds", now)
    _, everybodys = house.workspace.agent_by_email(AGENT) or ("", None)
    house.workspace.put_agent(Agent("agt_ines", "Ines Okafor", READER, READS_ONLY), now, everybodys)
    return found | {"invite": INVITE, "view": view.id, "macro": macro.id, "mailed": mailed,
                    "beside": _away(house, mailed, now)}  # fmt: skip


def _mailed(house: House, now: datetime) -> str:
    """A conversation that began with a mail: of many lines, laid out, with a picture of its own and one elsewhere."""
    store = MailStore(house.db)
    written = MAIL.read_text().replace("{date}", format_datetime(now - timedelta(minutes=3)))
    store.keep(written.encode(), "support@ledgerly.example", "paula@northgate-clinics.example", now, for_people=True)
    (kept,) = store.due(now, 1)
    mail = read(kept.raw)
    return store.take(kept, arrival_of(kept, mail, None), mail, None, now).conversation_id


def _away(house: House, conversation: str, now: datetime) -> str:
    """A machine's answer to that mail of ours, which became no message."""
    store = MailStore(house.db)
    store.keep(AWAY, "support@ledgerly.example", "", now)
    (kept,) = store.due(now, 1)
    store.set_aside(kept, Cause.AUTO_REPLY, read(kept.raw), now, conversation)
    return kept.id


def _opened(house: House) -> dict[str, str]:
    """Two conversations that wait for people, the more pressing one first."""
    first, other, *_rest = (row["id"] for row in house.conversations.waiting_for_people())
    return {"conversation": first, "other": other}


def _proposed(house: House, now: datetime) -> dict[str, str]:
    """Two candidates of one matter, so that they can be merged, and a topic nobody has named."""
    store = CandidateStore(house.db)
    drafts = [
        Draft("article", "receipt_unreadable", None, title, body, ())
        for title, body in (
            ("Read a paper receipt", "Hold it flat and in good light.\n\nIf it stays unreadable, type the amount."),
            ("A receipt that stays unreadable", "Open the receipt, choose **Enter by hand** and type date and amount."),
        )
    ]
    candidate, _other = (store.put(draft, None, now) for draft in drafts)
    waiting = house.conversations.waiting_for_people()
    unknown = [Unknown(r["id"], 1, "", np.zeros(DIMENSIONS, np.float32), r["contact_id"]) for r in waiting[:4]]
    (topic,) = store.put_topics([(("trucks", "routes", "planning"), unknown, 0)], now)
    return {"candidate": candidate, "topic": topic}


def _worked(house: House, now: datetime) -> dict[str, str]:
    """A colleague has called Mira, has answered a customer and waits for them, and has found an answer wrong; a key has
    resolved something in Mira's name; and a customer wrote while Jonas answered."""
    waiting = house.conversations.waiting_for_people()
    nobodys = [r["id"] for r in waiting if r["assignee_id"] is None and r["reason"] != Reason.AWAITS_APPROVAL]
    house.hands.note(nobodys[-1], "agt_tom", "@Mira, you know their contract.", now)
    house.hands.reply(AgentReply(nobodys[-2], "agt_tom", "Which bank is it?"), now)
    answered = house.conversations.listing(Filter(handler="assistant"))[0]["id"]
    house.ladder.judging.mark_wrong(message_id(answered, 1), "agt_tom", now, "a wrong fact")
    solution = Solution("The bank has renewed its consent, and the feed runs again.")
    house.hands.resolve(nobodys[-3], MIRA, solution, now, lambda _agent: "key:CRM")
    reply_was_refused(house, nobodys[-4], "agt_jonas", now)
    return {"by_key": nobodys[-3], "refused": nobodys[-4]}


def reply_was_refused(house: House, conversation: str, agent: str, now: datetime) -> None:
    """For the customer wrote meanwhile: so that agent's desk tells of it on every screen."""
    waiting = WaitingReplies(house.db)
    reply = waiting.put(AgentReply(conversation, agent, "It is on its way.", 10_000), now, now)
    waiting.close(reply, "refused", now, "The customer wrote while you were answering. Read it, then send again.")


def _at_the_top(house: House, category: str, now: datetime) -> None:
    """A category in which a lead has let the assistant go as far as it may."""
    _number, live = house.workspace.live_policy() or (0, "")
    body = changed(live, {("categories", category, "ceiling"): Rung.AUTO.code})
    house.workspace.apply_policy(body, "agt_lena", "The assistant knows the banks.", now)
    why = "Nothing was wrong for two months."
    house.ladder.history.move(Move(CellName(category), Rung.AUTO, why, "agt_lena", now, before=Rung.AUTO_WITH_HOLD))


def _doubted(house: House, now: datetime) -> dict[str, str]:
    """An article that a colleague's reply contradicts, as many of them do in the demo company's past."""
    article = house.knowledge.article("connect-a-bank")
    assert article is not None
    row = house.conversations.waiting_for_people()[-1]
    said = "Your bank's consent lasts 180 days now, so please renew it once."
    reply = Reply(row["id"], row["contact_id"], 1, "agt_tom", said, now, (article.id,))
    doubt = Doubt(article.id, 1, "number", "consent days", "The consent lasts 90 days.", said, "180 days")
    case = StaleStore(house.db).doubt(doubt, reply)
    assert case is not None
    return {"doubt": case}
