"""Customers and their accounts, as the company's own systems name them, and an address put right by an agent.

The one idea: what somebody is known by is the word of who vouches for them; an agent's correction says where mail goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("contacts")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account. `id` is the company's own; `contacts`: how many customers are on it."""

    id: str
    name: str
    tier: str
    value: float
    health: float | None
    renews_on: date | None
    contacts: int = 0


class Contacts:
    def __init__(self, db: Database) -> None:
        self.db = db

    # accounts

    def accounts(self, limit: int, after: str | None = None, q: str | None = None) -> list[AccountRow]:
        """By their ids, past `after`. `q`: those whose name or id has it."""
        rows = self.db.all(SQL.accounts, {"limit": limit, "after": after, "q": q or None})
        return [AccountRow(*row) for row in rows]

    def account(self, account: str) -> AccountRow:
        """Raises NotFound."""
        row = self.db.one(SQL.account, {"id": account})
        if row is None:
            raise _no_account(account)
        return AccountRow(*row)

    def put_account(self, account: AccountRow, author: str, now: datetime) -> None:
        """Makes it, or makes it so; once more changes nothing."""
        params = {"id": account.id, "name": account.name, "tier": account.tier, "value": account.value,
                  "health": account.health, "renews_on": account.renews_on}  # fmt: skip
        self.db.run(SQL.put_account, params | {"account_id": new_id("acc", now), "author": author, "now": now})

    def set_tier(self, account: str, tier: str, author: str, now: datetime) -> None:
        """Raises NotFound."""
        if self.db.one(SQL.set_tier, {"id": account, "tier": tier, "author": author, "now": now}) is None:
            raise _no_account(account)

    # contacts

    def list(
        self, limit: int, after: str | None = None, email: str | None = None, external_id: str | None = None,
        account: str | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Newest first; what is None narrows nothing."""
        params = {"limit": limit, "after": after, "email": email, "external_id": external_id, "account": account}
        return [row._asdict() for row in self.db.all(SQL.contacts, params)]

    def one(self, contact: str) -> dict[str, Any]:
        """Raises NotFound."""
        row = self.db.one(SQL.contact, {"id": contact})
        if row is None:
            raise NotFound(_("There is no contact %(contact)s.", contact=contact), _("Check the id."))
        return dict(row._asdict())

    def is_there(self, contact: str) -> bool:
        return self.db.one(SQL.contact, {"id": contact}) is not None

    def set_account(self, contact: str, account: str | None, author: str, now: datetime) -> None:
        """Puts them, and what they have open, on the account; on none where it is None. Raises NotFound."""
        self.one(contact)
        if account is not None:
            self.account(account)
        self.db.run(SQL.set_account, {"id": contact, "account": account, "author": author, "now": now})

    def correct(self, contact: str, email: str, author: str, now: datetime, conversation: str | None = None) -> None:
        """Mail goes there from now on, what waits to leave, too. `conversation`: where an agent, `author`, put it
        right. Raises NotFound; Conflict where it is another customer's address."""
        self.one(contact)
        params = {"id": contact, "email": email, "author": author, "now": now, "conversation": conversation,
                  "agent": author if conversation else None}  # fmt: skip
        if other := self.db.one(SQL.others, params):
            raise _is_anothers(email, other)
        try:
            self.db.run(SQL.correct, params)
        except psycopg.errors.UniqueViolation as error:  # somebody wrote from it at this very moment
            raise _is_anothers(email, self.db.one(SQL.others, params)) from error


def _is_anothers(email: str, other: Any | None) -> Conflict:
    if other is None or other.number is None:
        return Conflict(_("%(email)s is another customer's address.", email=email), _("Check it for a mistype."))
    told = _("%(email)s is another customer's address, of #%(number)s.", email=email, number=other.number)
    return Conflict(told, _("Check it for a mistype, or write to them there."))


def _no_account(account: str) -> NotFound:
    return NotFound(_("There is no account %(account)s.", account=account), _("Look in the list of accounts."))
