"""Customers and their accounts, for the company's own systems: who is on which account, and what that account is worth.

Accounts have the company's own ids. A tier is any word: what it is promised stands in the policy.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from segue.domain.errors import NotFound, Refused
from segue.store.contacts import AccountRow, Contacts
from segue.web.claimed import is_address
from segue.web.doors import Caller, needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json, not_listed
from segue.web.shapes import Day, Email, ExternalId, NoNul, Shape, says_something

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
READS = [Depends(needs("conversations:read"))]
Vouches = Annotated[Caller, Depends(needs("contacts:vouch"))]
Handles = Annotated[Caller, Depends(needs("conversations:handle"))]
AccountId = Annotated[str, Path(description="Your id of it.", max_length=200), NoNul]
ContactId = Annotated[str, Path(description="Our id, as `GET /contacts` gives it.", max_length=80)]
ContactCursor = Annotated[str | None, Query(pattern="^con_[0-9A-Za-z_-]{1,60}$", description="`next_cursor`")]
Limit = Annotated[int, Query(ge=1, le=200)]
Said = Annotated[str | None, Query(max_length=254), NoNul]
OURS = ("mail:", "claimed ", "visitor:")
"""How names begin that we gave to who came without one."""
LONGEST_TIER = 40
Named = Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul, AfterValidator(says_something)]
Tier = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TIER), NoNul, AfterValidator(says_something)]
Worth = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False, strict=True)]
Health = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]


class AccountIn(Shape):
    name: Named = Field(examples=["Northgate"])
    tier: Tier = Field(description="As the policy names it.", examples=["enterprise"])
    value: Worth = Field(0.0, description="Worth a month, in your own currency.")
    health: Health | None = Field(None, description="0 (leaving) to 1 (well).")
    renews_on: Day | None = None


class OnAccountIn(Shape):
    account: ExternalId | None = Field(description="Your id of the account; null for none.")


class AddressIn(Shape):
    email: Email = Field(examples=["ada@example.com"])


class AccountOut(BaseModel):
    id: str = Field(description="Your id of it.")
    name: str
    tier: str
    value: float
    health: float | None
    renews_on: date | None
    contacts: int = Field(description="How many customers are on it.")


class AccountsOut(BaseModel):
    accounts: list[AccountOut]
    next_cursor: str | None


class ContactOut(BaseModel):
    id: str
    external_id: str | None = Field(description="Your id of them, where you gave one.")
    name: str
    email: str = Field(description="What they are known by.")
    reached_at: str = Field(description="Where mail to them goes: another address where an agent put it right.")
    verified: bool = Field(description="Whether somebody vouches for who they are.")
    account: str | None = Field(description="Your id of the account they are on.")
    created_at: datetime


class ContactsOut(BaseModel):
    contacts: list[ContactOut]
    next_cursor: str | None


@router.get("/accounts", dependencies=READS, tags=["customers"], response_model=AccountsOut)
def list_accounts(
    house: House, after: Annotated[Said, Query(description="`next_cursor` of the page before.")] = None,
    q: Annotated[Said, Query(description="Only those whose name or id has it.")] = None, limit: Limit = 50,
) -> Response:  # fmt: skip
    """By your ids."""
    found = Contacts(house.db).accounts(limit + 1, after, q)
    shown = [AccountOut(**_fields(one)).model_dump(mode="json") for one in found[:limit]]
    return json({"accounts": shown, "next_cursor": found[limit - 1].id if len(found) > limit else None})


@router.get("/accounts/{account}", dependencies=READS, tags=["customers"], response_model=AccountOut)
def read_account(account: AccountId, house: House) -> Response:
    return json(AccountOut(**_fields(Contacts(house.db).account(account))).model_dump(mode="json"))


@router.put("/accounts/{account}", tags=["customers"], response_model=AccountOut)
def put_account(account: AccountId, body: AccountIn, caller: Vouches, house: House) -> Response:
    """Makes it, or makes it so: what is left out is as if it had never been said."""
    store = Contacts(house.db)
    store.put_account(AccountRow(account, **body.model_dump()), _author(caller), datetime.now(UTC))
    house.bell.ring("events")
    return read_account(account, house)


@router.get("/contacts", dependencies=READS, tags=["customers"], response_model=ContactsOut, responses={400: {}})
def list_contacts(
    house: House, after: ContactCursor = None,
    email: Annotated[Said, Query(description="Known by it, or reached at it.")] = None,
    external_id: Annotated[Said, Query(description="Your id of the person.")] = None,
    account: Annotated[Said, Query(description="Your id of the account.")] = None, limit: Limit = 50,
) -> Response:  # fmt: skip
    """Newest first. Listed is who fits all filters; `id` is what `GET /conversations?contact=` takes."""
    store = Contacts(house.db)
    if after and not store.is_there(after):
        raise not_listed(after)
    found = store.list(limit + 1, after, email, external_id, account)
    shown = [_shown(row) for row in found[:limit]]
    return json({"contacts": shown, "next_cursor": found[limit - 1]["id"] if len(found) > limit else None})


@router.get("/contacts/{contact}", dependencies=READS, tags=["customers"], response_model=ContactOut)
def read_contact(contact: ContactId, house: House) -> Response:
    return json(_shown(Contacts(house.db).one(contact)))


@router.put("/contacts/{contact}/account", tags=["customers"], response_model=ContactOut)
def put_on_account(contact: ContactId, body: OnAccountIn, caller: Vouches, house: House) -> Response:
    """Whose account they are on. What they have open is of that account from now on; what is resolved stays so."""
    store = Contacts(house.db)
    store.one(contact)
    try:
        store.set_account(contact, body.account, _author(caller), datetime.now(UTC))
    except NotFound as error:
        raise Refused(error.what_happened, "PUT /accounts/{account} makes one.", "/account") from error
    house.bell.ring("events")
    return read_contact(contact, house)


@router.put("/contacts/{contact}/email", tags=["customers"], response_model=ContactOut, responses={409: {}})
def correct_address(contact: ContactId, body: AddressIn, caller: Handles, house: House) -> Response:
    """Puts right where mail to them goes; what waits to leave goes there, too. Whoever is vouched for stays known by
    the address that was vouched for. 409 where it is another customer's."""
    if not is_address(body.email):
        raise Refused("This is no e-mail address.", "Write it as name@company.example.", "/email")
    Contacts(house.db).correct(contact, body.email, _author(caller), datetime.now(UTC))
    house.bell.ring("events")
    return read_contact(contact, house)


def _author(caller: Caller) -> str:
    return f"key:{caller.name}"


def _fields(row: AccountRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AccountOut.model_fields}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    known_as = row["external_id"]
    theirs = None if known_as is None or known_as.startswith(OURS) else known_as
    return ContactOut(**row | {"external_id": theirs}).model_dump(mode="json")
