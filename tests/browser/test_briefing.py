"""The briefing with as much in it as there can be: its four parts above the fold, and all of it within reach."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.briefed import STEPS, richest
from browser.cast import PATIENCE, WISH, Customer, opens, signed_in, violations
from segue.store.database import as_json
from segue.store.widget import WidgetStore
from segue.store.workspace import Workspace

PARTS = ("why", "wanted", "next", "customer")
SAID = "alexandrina.wolkenstein@northgate-clinics.example"
CORRECTED = (
    "It is not the old address alone: the tax number of the second company is wrong as well, on every invoice of May.",
    "And it concerns four branch offices, not three.", "Friday means Friday at noon, before our accountant leaves.",
)  # fmt: skip
LINES = """() => [...document.querySelectorAll("#briefing section")].slice(0, 4).map((part) => {
  const box = part.getBoundingClientRect();
  return [part.id, box.top, box.bottom, [...part.querySelectorAll("h2, .main, .meter, .chip, .asks, .label, li, dd")]
    .filter((one) => one.getBoundingClientRect().height >= 8).length];
})"""


@pytest.fixture(params=["known", "said"])
def rich(
    request: pytest.FixtureRequest, customer: Callable[[str], Customer], workspace: Workspace,
    windows: Callable[..., Page],
) -> str:  # fmt: skip
    """The address of a conversation that has such a briefing; of a stranger, whose address was only said and who
    corrected what was passed on, it has still more."""
    matter, is_known = f"matter {uuid4().hex[:8]}", request.param == "known"
    who = customer("Grace" if is_known else f"Eve {matter}")
    who.writes(f"{WISH} It is {matter}.", **({} if is_known else {"email": SAID}))
    path = opens(signed_in(windows()), matter)
    conversation = path.rpartition("/")[2]
    for words in () if is_known else CORRECTED:
        who.writes(words)
        seq = workspace.db.one("select seq from conversations where id = %(id)s", {"id": conversation})
        assert seq
        WidgetStore(workspace.db).correct(conversation, seq.seq, 1, datetime.now(UTC))
    considered = "select considered_seq >= customer_seq as is_so from conversations where id = %(id)s"
    until = time.monotonic() + PATIENCE
    while not (row := workspace.db.one(considered, {"id": conversation})) or not row.is_so:
        assert time.monotonic() < until, "what it says would be written over"
        time.sleep(0.05)
    sql = "update briefings set body = %(body)s where conversation_id = %(id)s"
    workspace.db.run(sql, {"body": as_json(richest(is_known)), "id": conversation})
    return path


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_richest_briefing_stands_above_the_fold_and_opens_whole(
    windows: Callable[..., Page], rich: str, locale: str
) -> None:
    desk = signed_in(windows(locale=locale))
    for width, height in ((1440, 900), (1280, 720)):
        desk.set_viewport_size({"width": width, "height": height})
        desk.goto(rich)
        parts = desk.evaluate(LINES)
        assert [part[0] for part in parts] == [f"b-{name}" for name in PARTS]
        assert all(seen >= 3 for _id, _top, _bottom, seen in parts), parts
        assert parts[-1][2] <= height, parts
        expect(desk.locator("#b-next")).to_contain_text("71")
        expect(desk.locator("#b-next")).to_contain_text("9")
        expect(desk.locator("#b-customer time")).to_be_in_viewport(ratio=1)

    if desk.locator("#b-customer .warn").count():
        expect(desk.locator("#b-customer .warn")).to_have_text([re.compile("."), re.compile(".")])
        expect(desk.locator(".corrected:visible").last).to_contain_text("noon")

    wanted = desk.locator("#b-wanted")
    assert wanted.locator("li:visible").count() < len(STEPS)
    wanted.get_by_role("checkbox").focus()
    desk.keyboard.press("Space")
    for step in STEPS:
        expect(wanted.locator("li", has_text=step[:60])).to_be_visible()
    expect(wanted.locator(".corrected:visible")).to_have_count(wanted.locator(".corrected").count())
    cut = "(all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    assert wanted.locator(".clamp").evaluate_all(cut) == 0
    assert violations(desk) == []
