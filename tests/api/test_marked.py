"""From an answer marked as wrong to the sentence it came from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from api.serving import NO_TLS, Served
from api.test_doors import a_session
from segue.domain.answer import Ground
from segue.domain.turn import Commit
from segue.store.inbox import Inbox
from segue.web.doors import COOKIE
from segue.web.marked import fragment
from turns import answered

PASSAGE = (
    "# Seats\n\nEvery seat is billed by the day. A seat added in mid-month costs its share, and no more than that."
)


@pytest.mark.parametrize(
    ("passage", "answer", "found"),
    [
        (PASSAGE, "Every seat is billed by the day.", "#:~:text=Every%20seat%20is%20billed%20by%20the%20day."),
        (PASSAGE, "Hello! A seat added in **mid-month** costs its share, and no more than that.",
         "#:~:text=A%20seat%20added%20in,no%20more%20than%20that."),
        (PASSAGE, "Something else.", "#:~:text=Every%20seat%20is%20billed%20by%20the%20day."),
        ("Pay by card, in mid-month & later.", "", "#:~:text=Pay%20by%20card%2C%20in%20mid%2Dmonth%20%26%20later."),
        ("# Only a heading", "", ""),
    ],
)  # fmt: skip
def test_the_sentence_that_was_said_is_named_as_browsers_find_it(passage: str, answer: str, found: str) -> None:
    assert fragment(passage, answer) == found


def test_a_marked_answer_leads_to_its_sentence_until_the_word_is_taken_back(own: Served) -> None:
    with own.client() as api:
        asked = {"contact": {"email": "ada@example.com"}, "text": "Why is it higher?"}
        here = f"/desk/conversations/{api.post('/conversations', json=asked).json()['conversation']['id']}"
    turn, inbox, now = answered("Every seat is billed by the day."), Inbox(own.rooms.db, "here"), datetime.now(UTC)
    ground = Ground("psg_1", "art_1", "Seats", "seats", 1, 0, len(PASSAGE), PASSAGE)
    turn = replace(turn, answer=replace(turn.answer, grounds=(ground,)))
    inbox.commit([Commit(lease, turn, turn.answer.text) for lease in inbox.claim(now, 8)], now)

    def links(page: httpx.Response) -> list[str]:
        more = re.findall(r'<span id="toast-more".*?</span>', page.text, re.DOTALL)
        return re.findall(r'href="([^"]*)"', "".join(more))

    for who, place in (("agt_mira", "/help/seats"), ("agt_lena", "/knowledge/articles/seats")):
        with httpx.Client(base_url=own.url, cookies={COOKIE: a_session(own, who)}, verify=NO_TLS, timeout=30) as desk:
            said = {"kind": "wrong", "value": "fact", "seq": "2"}
            marked = desk.post(f"{here}/correct", data=said, headers={"X-Part": "conversation"}, follow_redirects=True)
            assert links(marked) == [f"{place}#:~:text=Every%20seat%20is%20billed%20by%20the%20day."]
            assert links(desk.get(here)) == links(marked)
            desk.post(f"{here}/undo")
            assert links(desk.get(here)) == []
