"""What is an administrator's alone, and what leads do where nobody is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.serving import NO_TLS, Served, served
from api.test_doors import ADMINS_PAGES, a_session
from databases import fresh_database
from segue.domain.people import Agent
from segue.store.invites import Invites
from segue.store.leaving import Leaving
from segue.web.doors import COOKIE

NOW = datetime.now(UTC)
As = Callable[[str], httpx.Client]


@pytest.fixture
def house(furnished: str) -> Iterator[Served]:
    with fresh_database(like=furnished) as url, served(url) as running:
        put(running, "lena", "lead")
        yield running


@pytest.fixture
def browser(house: Served) -> Iterator[As]:
    with ExitStack() as stack:
        yield lambda who: stack.enter_context(
            httpx.Client(
                base_url=house.url, cookies={COOKIE: a_session(house, f"agt_{who}")}, verify=NO_TLS, timeout=20,
                headers={"Accept": "text/html"},
            )
        )  # fmt: skip


def put(house: Served, who: str, role: str) -> None:
    agent = Agent(f"agt_{who}", who.capitalize(), f"{who}@ledgerly.example", role)
    house.rooms.workspace.put_agent(agent, NOW)
    house.rooms.db.run("update agents set role = %(role)s where id = %(id)s", {"role": role, "id": agent.id})


def role_of(house: Served, who: str) -> str:
    return next(a.role for a in house.rooms.workspace.agents() if a.id == f"agt_{who}")


LOOKED_AT = sorted(name[4:] for name in ADMINS_PAGES if name.startswith("GET"))


def test_leads_look_after_keys_and_signing_in_until_somebody_is_an_administrator(house: Served, browser: As) -> None:
    lena = browser("lena")
    assert [lena.get(page).status_code for page in LOOKED_AT] == [200, 200]
    assert all(f'href="{page}"' in lena.get("/settings").text for page in LOOKED_AT)

    made = lena.post("/settings/people/agt_tom", data={"role": "admin"})
    assert (made.status_code, role_of(house, "tom")) == (303, "admin")

    assert [lena.get(page).status_code for page in LOOKED_AT] == [403, 403]
    assert not any(f'href="{page}"' in lena.get("/settings").text for page in LOOKED_AT)
    assert lena.post("/settings/keys", data={"name": "mine", "scope": "policy:read"}).status_code == 403
    assert [browser("tom").get(page).status_code for page in LOOKED_AT] == [200, 200]

    house.rooms.db.run("update agents set is_active = false where id = 'agt_tom'")
    assert [lena.get(page).status_code for page in LOOKED_AT] == [200, 200]


def test_no_lead_becomes_an_administrator_or_takes_one_away(house: Served, browser: As) -> None:
    put(house, "root", "admin")
    put(house, "rita", "admin")
    Leaving(house.rooms.db).deactivate("agt_rita", "agt_root", NOW)
    until = NOW + timedelta(days=1)
    invited = Invites(house.rooms.db)
    invited.make("new@x.example", "admin", [], "tok_new", "agt_root", NOW, until)
    (open_one,) = invited.open()
    lena, people = browser("lena"), "/settings/people/agt_"

    for who, role in (("lena", "admin"), ("mira", "admin"), ("root", "agent")):
        refused = lena.post(f"{people}{who}", data={"role": role})
        assert (who, refused.status_code) == (who, 422)
    asked = lena.post("/settings/invites", data={"email": "me@x.example", "role": "admin"})
    assert (asked.status_code, "Only an administrator" in asked.text) == (422, True)
    again = lena.post(f"/settings/invites/{open_one.id}/again")
    assert (again.status_code, "/invite/" in again.text) == (403, False)
    others = [f"/settings/invites/{open_one.id}/withdraw", f"{people}root/deactivate", f"{people}root/reset",
              f"{people}rita/reactivate"]  # fmt: skip
    assert [lena.post(path).status_code for path in others] == [403] * 4
    assert lena.get(f"{people}root/deactivate").status_code == 403
    offered = re.findall(r'action="([^"]+)"', lena.get("/settings").text)
    assert not {f"{people}root", f"{people}rita/reactivate", *others} & set(offered)
    assert [role_of(house, who) for who in ("lena", "mira", "root")] == ["lead", "agent", "admin"]
    assert [one.id for one in invited.open()] == [open_one.id]


def test_no_key_of_a_lead_takes_an_administrator_away_or_brings_one_back(house: Served) -> None:
    for who in ("root", "rita", "rolf"):
        put(house, who, "admin")
    Leaving(house.rooms.db).deactivate("agt_rolf", "agt_root", NOW)
    deeds = ["root/deactivate", "rolf/reactivate", "mira/deactivate", "mira/reactivate"]

    def told(owner: str | None) -> list[int]:
        house.rooms.workspace.put_key(f"of {owner}", f"sk_{owner}", ["policy:write"], NOW, owner=owner)
        with house.client(f"sk_{owner}") as api:
            return [api.post(f"/agents/agt_{deed}").status_code for deed in deeds]

    assert told("agt_lena") == [403, 403, 200, 204]
    assert role_of(house, "root") == "admin"
    assert told("agt_rita") == [200, 204, 200, 204]
    Leaving(house.rooms.db).reactivate("agt_root", "agt_rita", NOW)
    Leaving(house.rooms.db).deactivate("agt_rolf", "agt_root", NOW)
    assert told(None) == [200, 204, 200, 204]


def test_the_last_administrator_stays(house: Served, browser: As) -> None:
    for who in ("root", "rita"):
        put(house, who, "admin")
    with house.client() as of_the_machine:
        assert of_the_machine.post("/agents/agt_rita/deactivate").status_code == 200
        last = of_the_machine.post("/agents/agt_root/deactivate")

    assert (last.status_code, "is the last administrator" in last.json()["detail"]) == (422, True)
    assert role_of(house, "root") == "admin"
    assert browser("lena").post("/settings/keys", data={"name": "mine", "scope": "policy:read"}).status_code == 403


def test_leads_go_on_looking_after_everybody_else(house: Served, browser: As) -> None:
    put(house, "root", "admin")
    lena = browser("lena")

    kept = lena.post("/settings/people/agt_mira", data={"role": "lead", "team": "billing"})
    asked = lena.post("/settings/invites", data={"email": "me@x.example", "role": "lead"})

    assert (kept.status_code, role_of(house, "mira")) == (303, "lead")
    assert (asked.status_code, "/invite/" in asked.text) == (200, True)
    assert lena.post("/settings/people/agt_tom/deactivate").status_code == 303
    assert browser("root").post("/settings/people/agt_lena", data={"role": "admin"}).status_code == 303
