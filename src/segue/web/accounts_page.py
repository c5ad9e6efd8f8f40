"""Accounts of customers, as a lead sees them: who they are, and the tier that says what is promised to them.

Which there are comes from the company's own systems (`PUT /api/v1/accounts/{id}`); here a tier is set by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Response

from segue.domain.people import Agent
from segue.store.contacts import Contacts
from segue.texts import _
from segue.web.contacts_api import LONGEST_TIER
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, moment, page
from segue.web.pages import PageRoute, go, plain
from segue.web.searched import searched

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 100
LONGEST = 100
Typed = Annotated[str, Form(max_length=300)]


@router.get("/settings/accounts")
def accounts(house: House, me: Lead, done: ToldDone, q: str = "") -> Response:
    return _page(house, me, q, done=done)


@router.post("/settings/accounts", dependencies=[Depends(leading)])
def set_tier(house: House, me: Lead, account: Typed = "", tier: Typed = "", q: Typed = "") -> Response:
    account, said = plain(account), plain(tier).strip()
    found = Contacts(house.db).account(account)
    if not said or len(said) > LONGEST_TIER:
        flaw = _("Write a tier of at most %(most)s characters.", most=LONGEST_TIER)
        return _page(house, me, q, {account: flaw}, {account: tier})
    Contacts(house.db).set_tier(account, said, me.id, moment())
    house.bell.ring("events")
    return go(
        f"/settings/accounts?q={quote(q)}", _("%(name)s is on the tier %(tier)s now.", name=found.name, tier=said)
    )


def _page(
    house: House, me: Agent, q: str, wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None,
    done: str = "",
) -> Response:  # fmt: skip
    words, too_long = searched(plain(q), LONGEST)
    found = Contacts(house.db).accounts(MOST + 1, q=words)
    return page(
        house, me, "settings_accounts.html", 422 if wrong else 200, part="accounts", found=found[:MOST],
        has_more=len(found) > MOST, most=MOST, words=words, too_long=too_long, wrong=wrong or {}, typed=typed or {},
        done=done, tiers=sorted(house.workspace.tiers()), longest=LONGEST_TIER,
    )  # fmt: skip
