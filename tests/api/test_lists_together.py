"""Desks that ask at the same moment: each is let in by their own session, and shown what their own page shows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import pytest
from markupsafe import Markup

from api.serving import NO_TLS, Served
from api.test_shared_lists import house, opened, settled
from segue.store.attention import Attention
from segue.web.doors import COOKIE
from segue.web.together import Ask, Lists

WHO = ("agt_mira", "agt_tom", "agt_lena")
LISTS = re.compile(r'<ul id="(?:rows|views)".*?</ul>|<h2 id="list-name".*?</h2>', re.DOTALL)
__all__ = ["house"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lists were made in each go."""
    several, plain = list[int](), Lists._made

    def counted(lists: Lists, asks: Sequence[Ask]) -> list[Markup | None]:
        several.append(len(asks))
        return plain(lists, asks)

    monkeypatch.setattr(Lists, "_made", counted)
    return several


async def at_once(house: Served, here: str, heard: str, *who: str, view: str = "assistant") -> list[httpx.Response]:
    async with httpx.AsyncClient(base_url=house.url, verify=NO_TLS, timeout=30) as client:
        headers = {"X-Changed": heard} if heard else {}
        return await asyncio.gather(
            *(
                client.get(f"/desk/conversations/{here}?view={view}", headers=headers | {"Cookie": f"{COOKIE}={one}"})
                for one in who
            )
        )


def ask(house: Served, here: str, heard: str, *who: str, view: str = "assistant") -> list[httpx.Response]:
    return asyncio.run(at_once(house, here, heard, *who, view=view))


def test_all_are_shown_what_their_own_page_shows_and_a_stranger_is_shown_the_door(
    house: Served, made: list[int]
) -> None:
    db, now = house.rooms.db, datetime.now(UTC)
    here, elsewhere, secret, hers = (opened(house, who) for who in ("Ada", "Grace", "Edsger", "Barbara"))
    db.run("update conversations set team_id = 'billing' where id = %(id)s", {"id": secret})
    db.run("update conversations set handler = 'human', assignee_id = 'agt_mira' where id = %(id)s", {"id": hers})
    Attention(db).prefer("agt_lena", {"language": "de"}, now)
    Attention(db).look(elsewhere, "agt_tom", now)
    settled(db)
    for view in ("assistant", "needs-me", "colleagues"):
        whole = [ask(house, here, "", one, view=view)[0] for one in WHO]  # who is here is noted, and what they look at
        made.clear()
        alone = ask(house, here, elsewhere, *WHO, "agt_forged", view=view)
        assert sum(made) == 4
        assert [answer.status_code for answer in alone] == [200, 200, 200, 303]
        for page, part in zip(whole, alone, strict=False):
            assert 'id="thread"' in page.text
            assert 'id="thread"' not in part.text
            assert [LISTS.sub("", page.text) != page.text, *LISTS.findall(part.text)] == [
                True, *LISTS.findall(page.text)
            ]  # fmt: skip
            assert part.headers["content-security-policy"].endswith("'none'")
            assert part.headers["cache-control"] == "no-store"
    assert [secret in answer.text for answer in ask(house, here, elsewhere, *WHO)] == [True, False, True]


def test_a_session_that_has_ended_and_an_agent_who_has_left_are_shown_no_list(house: Served, made: list[int]) -> None:
    here, elsewhere = opened(house, "Ada"), opened(house, "Grace")
    settled(house.rooms.db)
    ask(house, here, "", *WHO)
    assert [answer.status_code for answer in ask(house, here, elsewhere, *WHO)] == [200] * 3
    house.rooms.workspace.end_session("agt_tom")
    house.rooms.db.run("update agents set is_active = false where id = 'agt_lena'")

    assert [answer.status_code for answer in ask(house, here, elsewhere, *WHO)] == [200, 303, 303]
    assert sum(made) == 6


def test_what_was_closed_to_one_meanwhile_is_to_them_as_if_it_were_not_there(house: Served) -> None:
    here, elsewhere = opened(house, "Ada"), opened(house, "Grace")
    settled(house.rooms.db)
    ask(house, here, "", *WHO)
    house.rooms.db.run("update conversations set team_id = 'billing' where id = %(id)s", {"id": here})

    assert [answer.status_code for answer in ask(house, here, elsewhere, *WHO)] == [200, 404, 200]
