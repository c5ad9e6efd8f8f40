"""Customers and their accounts: said by the company's own systems, and an address put right by an agent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem, opening
from api.test_doors import a_session
from segue.domain.people import Agent, Team
from segue.web.doors import COOKIE

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def mira(shared: Served) -> Iterator[httpx.Client]:
    with browser(shared, "agt_mira") as client:
        yield client


def browser(shared: Served, agent: str) -> httpx.Client:
    cookies = {COOKIE: a_session(shared, agent)}
    return httpx.Client(base_url=shared.url, cookies=cookies, follow_redirects=True, timeout=20, verify=NO_TLS)


def address(name: str = "ada") -> str:
    return f"{name}-{uuid4().hex[:12]}@x.example"


def opened(api: httpx.Client, channel: str = "email", **contact: Any) -> tuple[str, dict[str, Any]]:
    """A conversation, and the contact who has it."""
    answer = api.post("/conversations", json=opening(contact=contact, channel=channel))
    conversation = answer.json()["conversation"]["id"]
    return conversation, who(api, conversation)


def who(api: httpx.Client, conversation: str) -> dict[str, Any]:
    contact = api.get(f"/conversations/{conversation}").json()["contact_id"]
    found: dict[str, Any] = api.get(f"/contacts/{contact}").json()
    return found


def mails(shared: Served, conversation: str) -> list[str]:
    rows = shared.rooms.db.all(
        "select body ->> 'to' as mailed from outbox where conversation_id = %(id)s order by seq", {"id": conversation}
    )
    return [row.mailed for row in rows]


def not_delivered(shared: Served, conversation: str) -> None:
    shared.rooms.db.run(
        "update outbox set undelivered_at = now(), last_error = '550 no such user' where conversation_id = %(id)s",
        {"id": conversation},
    )


# accounts


def test_an_account_is_put_by_ones_own_id_and_read_again(api: httpx.Client) -> None:
    path = "/accounts/A-17"
    body = {"name": "Northgate", "tier": "enterprise", "value": 4200.5, "health": 0.6, "renews_on": "2027-02-06"}

    put = api.put(path, json=body)
    assert (put.status_code, put.json()) == (200, body | {"id": "A-17", "contacts": 0})
    less = api.put(path, json={"name": "Northgate", "tier": "business"}).json()
    assert less == {"id": "A-17", "name": "Northgate", "tier": "business", "value": 0.0, "health": None,
                    "renews_on": None, "contacts": 0}  # fmt: skip
    assert api.get(path).json() == less
    assert is_problem(api.get("/accounts/nobodys"))["status"] == 404


def test_every_account_stands_on_exactly_one_page(api: httpx.Client) -> None:
    mark = uuid4().hex[:8]
    names = sorted(f"{mark}-{n}" for n in range(5))
    for name in reversed(names):
        api.put(f"/accounts/{name}", json={"name": f"Company {name}", "tier": "free"})

    found, after = [], None
    while True:
        told = api.get("/accounts", params={"q": mark.upper(), "limit": 2} | ({"after": after} if after else {})).json()
        found += [one["id"] for one in told["accounts"]]
        if (after := told["next_cursor"]) is None:
            break
    assert found == names


def test_a_customer_put_on_an_account_is_promised_its_tier_in_what_is_open(api: httpx.Client) -> None:
    mine = uuid4().hex
    api.put(f"/accounts/{mine}", json={"name": "Northgate", "tier": "enterprise", "value": 4000})
    conversation, contact = opened(api, external_id=f"u-{mine}", verified=True)
    closed, _contact = opened(api, external_id=f"u-{mine}", verified=True)
    api.post(f"/conversations/{closed}/resolve", json={"agent": "agt_mira", "solution": "Done."})
    tier = lambda one: api.get(f"/conversations/{one}").json()["tier"]  # noqa: E731
    assert tier(conversation) is None

    place = lambda: api.get(f"/conversations/{conversation}").json()["presses_at"]  # noqa: E731
    before = place()

    put = api.put(f"/contacts/{contact['id']}/account", json={"account": mine})

    assert (put.status_code, put.json()["account"]) == (200, mine)
    assert place() < before, "what an account is worth moves what waits"
    assert (tier(conversation), tier(closed)) == ("enterprise", None)
    later, _contact = opened(api, external_id=f"u-{mine}", verified=True)
    assert tier(later) == "enterprise"
    assert [one["id"] for one in api.get("/contacts", params={"account": mine}).json()["contacts"]] == [contact["id"]]
    assert api.get(f"/accounts/{mine}").json()["contacts"] == 1
    api.put(f"/contacts/{contact['id']}/account", json={"account": None})
    assert (tier(conversation), place()) == (None, before)
    wrong = is_problem(api.put(f"/contacts/{contact['id']}/account", json={"account": "nobodys"}))
    assert (wrong["status"], wrong["errors"][0]["pointer"]) == (422, "/account")


def test_a_customer_is_found_by_ones_own_id_and_by_address(api: httpx.Client) -> None:
    mine, mail = f"u-{uuid4().hex}", address()
    conversation, contact = opened(api, external_id=mine, email=mail, verified=True)

    for asked in ({"external_id": mine}, {"email": mail.upper()}):
        (found,) = api.get("/contacts", params=asked).json()["contacts"]
        assert (found["id"], found["external_id"], found["email"]) == (contact["id"], mine, mail)
    listed = api.get("/conversations", params={"contact": contact["id"]}).json()["conversations"]
    assert [row["id"] for row in listed] == [conversation]
    assert api.get("/contacts", params={"external_id": "nobody"}).json()["contacts"] == []
    _conversation, visitor = opened(api, name="Eve")
    assert visitor["external_id"] is None, "a name of ours is none of theirs"


@pytest.mark.parametrize(
    ("path", "id"),
    [
        ("/conversations", "cnv_nope"),
        ("/contacts", "con_nope"),
        ("/lessons", "les_nope"),
        ("/mail/suspended", "mal_0NOPE"),
    ],
)
def test_a_list_that_goes_on_after_what_is_not_there_does_not_begin_anew(api: httpx.Client, path: str, id: str) -> None:
    told = is_problem(api.get(path, params={"after": id}))
    assert (told["status"], id in told["detail"]) == (400, True)


# an address


def test_an_agent_puts_an_address_right_and_sends_again_there(
    shared: Served, api: httpx.Client, mira: httpx.Client
) -> None:
    wrong, right = address("wrong"), address("right")
    conversation, contact = opened(api, email=wrong)
    api.post(f"/conversations/{conversation}/reply", json={"agent": "agt_mira", "text": "Hello."})
    not_delivered(shared, conversation)

    here = f"/desk/conversations/{conversation}"
    done = mira.post(f"{here}/address", data={"email": f" {right} "})
    mira.post(f"{here}/deliver", data={"seq": "2"})

    assert done.status_code == 200
    assert mails(shared, conversation) == [right]
    assert (who(api, conversation)["email"], who(api, conversation)["id"]) == (right, contact["id"])
    event = shared.rooms.db.one(
        "select author, body from events where kind = 'contact.address_corrected' and conversation_id = %(id)s",
        {"id": conversation},
    )
    assert event is not None
    assert (event.author, event.body) == ("agt_mira", {"contact": contact["id"]})
    for mail, is_same in ((right, True), (wrong, False)):
        again, somebody = opened(api, email=mail)
        assert (somebody["id"] == contact["id"]) is is_same, again


def test_what_waits_to_leave_goes_to_the_address_that_was_put_right(shared: Served, api: httpx.Client) -> None:
    conversation, contact = opened(api, email=address("wrong"))
    api.post(f"/conversations/{conversation}/reply", json={"agent": "agt_mira", "text": "Hello."})
    right = address("right")

    assert api.put(f"/contacts/{contact['id']}/email", json={"email": right}).json()["reached_at"] == right

    assert mails(shared, conversation) == [right]


def test_whoever_is_vouched_for_stays_known_by_their_address_and_is_reached_at_the_other(
    shared: Served, api: httpx.Client
) -> None:
    mine, vouched, right = f"u-{uuid4().hex}", address("vouched"), address("right")
    conversation, contact = opened(api, external_id=mine, email=vouched, verified=True)

    put = api.put(f"/contacts/{contact['id']}/email", json={"email": right}).json()
    api.post(f"/conversations/{conversation}/reply", json={"agent": "agt_mira", "text": "Hello."})
    same, _contact = opened(api, external_id=mine, email=vouched, verified=True)
    stranger, theirs = opened(api, email=right, verified=True)

    assert (put["email"], put["reached_at"]) == (vouched, right)
    assert mails(shared, conversation) == [right]
    listed = api.get("/conversations", params={"contact": contact["id"]}).json()["conversations"]
    assert {one["email"] for one in listed} == {right}
    assert who(api, same)["reached_at"] == right, "what was vouched for before is no news"
    assert theirs["id"] != contact["id"], (stranger, "an agent's word makes nobody another")


def test_an_address_of_another_customer_is_refused_and_says_whose(api: httpx.Client, mira: httpx.Client) -> None:
    for verified in (True, False):
        taken = address("taken")
        other, _contact = opened(api, email=taken, verified=verified)
        conversation, contact = opened(api, email=address(), verified=verified)
        number = api.get(f"/conversations/{other}").json()["number"]

        by_key = is_problem(api.put(f"/contacts/{contact['id']}/email", json={"email": taken.upper()}))
        page = mira.post(f"/desk/conversations/{conversation}/address", data={"email": taken})

        assert (by_key["status"], f"#{number}" in by_key["detail"]) == (409, True)
        assert (page.status_code, f"#{number}" in page.text, taken in page.text) == (422, True, True)
        assert 'aria-describedby="address-told"' in page.text
        assert who(api, conversation)["email"] == contact["email"]


def test_whose_address_it_is_names_no_conversation_that_is_closed_to_the_agent(own: Served) -> None:
    own.rooms.workspace.put_team(Team("payroll", "Payroll", is_closed=True))
    with own.client() as api, browser(own, "agt_mira") as mira:
        taken = address("taken")
        other, _contact = opened(api, email=taken)
        api.post(f"/conversations/{other}/assign", json={"agent": "agt_mira", "team": "payroll"})
        number = api.get(f"/conversations/{other}").json()["number"]
        conversation, _contact = opened(api, email=address())

        page = mira.post(f"/desk/conversations/{conversation}/address", data={"email": taken})

    told = unescape(page.text)
    assert (page.status_code, f"{taken} is another customer's address." in told) == (422, True)
    assert f"#{number}" not in told


@pytest.mark.parametrize("typed", ["", "nobody", "a@b@c.example", "x" * 300 + "@x.example"])
def test_what_is_no_address_is_told_beside_the_field(api: httpx.Client, mira: httpx.Client, typed: str) -> None:
    conversation, contact = opened(api, email=address())
    page = mira.post(f"/desk/conversations/{conversation}/address", data={"email": typed})

    assert page.status_code == 422
    assert is_problem(api.put(f"/contacts/{contact['id']}/email", json={"email": typed}))["status"] == 422
    assert who(api, conversation)["email"] == contact["email"]


def test_what_is_vouched_for_anew_goes_before_what_was_known(api: httpx.Client) -> None:
    mine, before, now = f"u-{uuid4().hex}", address("before"), address("now")
    _first, contact = opened(api, external_id=mine, email=before, name="U Nine", verified=True)
    api.put(f"/contacts/{contact['id']}/email", json={"email": address("corrected")})

    married, _contact = opened(api, external_id=mine, email=now, name="U Nine-Married", verified=True)
    told = who(api, married)
    opened(api, external_id=mine, verified=True)
    opened(api, external_id=mine, email="eve@elsewhere.example", name="Eve")

    assert (told["id"], told["name"], told["email"], told["reached_at"]) == (contact["id"], "U Nine-Married", now, now)
    assert who(api, married) == told, "what is not said, and what is only claimed, changes nothing"


# on the page of leads


def test_a_lead_sees_accounts_and_sets_the_tier_of_one(own: Served) -> None:
    own.rooms.workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), NOW)
    with own.client() as api, browser(own, "agt_lena") as lena:
        assert "There is no account yet." in lena.get("/settings/accounts").text
        for id, name in (("n1", "Northgate"), ("s1", "Southgate")):
            api.put(f"/accounts/{id}", json={"name": name, "tier": "free", "value": 10})

        set_ = lena.post("/settings/accounts", data={"account": "n1", "tier": " business ", "q": "north"})
        wrong = lena.post("/settings/accounts", data={"account": "s1", "tier": "x" * 41})
        missing = lena.post("/settings/accounts", data={"account": "nobodys", "tier": "free"})

        assert "Northgate is on the tier business now." in set_.text
        assert "Southgate" not in set_.text
        assert (wrong.status_code, "x" * 41 in wrong.text, 'aria-describedby="tier-2-told"' in wrong.text) == (
            422, True, True)  # fmt: skip
        assert missing.status_code == 404
        assert [api.get(f"/accounts/{id}").json()["tier"] for id in ("n1", "s1")] == ["business", "free"]
        assert api.get("/accounts/n1").json()["value"] == 10.0, "what else is known of it stays"
