"""The workspace at rest: its people, catalogue, policy versions, fitted heads, sessions and keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import yaml

from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.domain.people import Account, Agent, Contact, Team
from segue.store.database import Database, as_json, hashed
from segue.store.sql import statements
from segue.texts import _

SQL = statements("workspace")
SESSION = timedelta(days=14)
SEEN = timedelta(minutes=1)


def lets_speak(body: str) -> bool:
    """Whether the policy leaves the assistant on. Of all its settings the one that is asked for where a turn is
    committed and where a mail leaves: there is no time to read a policy there, and no room that could."""
    said = yaml.load(body, yaml.BaseLoader)  # texts alone: it makes no object of anything
    return not (isinstance(said, dict) and said.get("assistant") in ("off", "false"))


class Workspace:
    def __init__(self, db: Database) -> None:
        self.db = db

    # the catalogue

    def catalogue(self) -> Catalogue:
        categories = self.db.all("select id, name, needs_account from categories order by id")
        intents = self.db.all("select id, name, category_id, is_opened, questions from intents order by id")
        return Catalogue(
            tuple(Category(r.id, r.name, r.needs_account) for r in categories),
            tuple(Intent(r.id, r.name, r.category_id, r.is_opened, tuple(r.questions)) for r in intents),
        )

    def put_catalogue(self, catalogue: Catalogue, now: datetime, author: str = "system") -> None:
        """Adds or changes these, and takes none away. Of what is named twice the last one counts."""
        categories, intents = (
            {one.id: asdict(one) for one in part} for part in (catalogue.categories, catalogue.intents)
        )
        params = {"categories": as_json(list(categories.values())), "intents": as_json(list(intents.values()))}
        self.db.run(SQL.put_catalogue, params | {"author": author, "now": now})

    def tiers(self) -> set[str]:
        """Those that accounts are on."""
        return {row.tier for row in self.db.all(SQL.tiers)}

    # policy versions

    def live_policy(self) -> tuple[int, str] | None:
        row = self.db.one(SQL.live_policy)
        return (row.version, row.body) if row else None

    def policy(self, version: int) -> str:
        row = self.db.one(SQL.policy, {"version": version})
        if row is None:
            raise NotFound(
                _("There is no policy version %(version)s.", version=version),
                _("Look at the versions on the page Policy."),
            )
        return str(row.body)

    def policy_at(self, at: datetime) -> str | None:
        """The one that was live at that moment; None where there was none yet."""
        row = self.db.one(SQL.policy_at, {"at": at})
        return str(row.body) if row else None

    def publisher(self) -> str | None:
        """The lead or administrator who published the live policy. None where nobody published it by name, or they are
        neither any more."""
        row = self.db.one(SQL.publisher)
        return str(row.id) if row else None

    def policies(self) -> list[Any]:
        return self.db.all(SQL.policies)

    def apply_policy(self, body: str, author: str, note: str, now: datetime, replaces: int | None = None) -> int:
        """Stores `body` as the next version and makes it the live one, in one transaction.

        Raises Conflict where `replaces` is given and another version is live meanwhile.
        """
        with self.db.transaction() as connection:
            connection.execute("select pg_advisory_xact_lock(7341002)")
            live = connection.execute(SQL.live_policy).fetchone()
            if replaces is not None and (live is None or live.version != replaces):
                raise Conflict(
                    _("Version %(replaces)s is not the live policy now.", replaces=replaces),
                    _("Read the live one, then try again."),
                )
            params = {"body": body, "author": author, "note": note, "lets_speak": lets_speak(body), "now": now}
            row = connection.execute(SQL.apply_policy, params).fetchone()
            assert row is not None
            connection.execute(SQL.make_live, {"version": row.version})
        return int(row.version)

    # fitted heads: derived, may be deleted and rebuilt

    def head(self, kind: str) -> tuple[str, bytes, dict[str, Any]] | None:
        row = self.db.one(SQL.head, {"kind": kind})
        return (row.version, bytes(row.body), row.report) if row else None

    def reports(self, kind: str) -> list[tuple[datetime, dict[str, Any]]]:
        """When each kept one of a kind was fitted and what was said of it, oldest first."""
        return [(row.at, row.report) for row in self.db.all(SQL.reports, {"kind": kind})]

    def head_version(self, kind: str) -> str | None:
        row = self.db.one(SQL.head_version, {"kind": kind})
        return row.version if row else None

    def taught(self) -> dict[str, dict[str, Any]]:
        """The report of the last fit for each thing that agents teach triage."""
        found = ((kind, self.head(kind)) for kind in ("urgency", "effort", "mood"))
        return {kind: head[2] for kind, head in found if head}

    def marks(self) -> list[dict[str, Any]]:
        """What the judged record says of the thresholds, by error budget; empty where nothing was judged yet."""
        found = self.head("marks")
        return list(found[2].get("gates", [])) if found else []

    def put_head(self, kind: str, body: bytes, report: object, now: datetime) -> str:
        statement, params = self.putting_head(kind, body, report, now)
        self.db.run(statement, params)
        return str(params["version"])

    @staticmethod
    def putting_head(kind: str, body: bytes, report: object, now: datetime) -> tuple[str, dict[str, Any]]:
        """The statement that makes it live, for a transaction with more in it."""
        version = f"{kind}-{hashlib.sha256(body).hexdigest()[:12]}"
        params = {"kind": kind, "version": version, "body": body, "report": as_json(report), "now": now}
        return SQL.put_head, params

    def knowledge_marks(self) -> tuple[str, str]:
        """A mark of the catalogue and one of the articles: as long as a mark stays the same, nothing has changed
        there."""
        row = self.db.one(SQL.knowledge_marks)
        assert row is not None
        return row.catalogue, row.articles

    def made_of(self) -> Any:
        """What a mind is made of, in one row: `policy` (the live one's version, None without one), `heads` (version by
        kind, of the live ones), `catalogue` and `articles` (as `knowledge_marks`), `moves` and `judged` (numbers of the
        newest), `language` (None for none), `made_with` (as `Anew.made_with`)."""
        row = self.db.one(SQL.made_of)
        assert row is not None
        return row

    # people

    def put_accounts(self, accounts: Iterable[Account], now: datetime) -> None:
        self.db.many(SQL.put_account, [asdict(a) | {"external_id": a.id, "now": now} for a in accounts])

    def put_contacts(self, contacts: Iterable[Contact], now: datetime) -> None:
        self.db.many(SQL.put_contact, [asdict(c) | {"external_id": c.id, "now": now} for c in contacts])

    def put_team(self, team: Team) -> None:
        self.db.run(SQL.put_team, asdict(team))

    def put_agent(self, agent: Agent, now: datetime, password_hash: str | None = None) -> None:
        """Whoever is given another password or role is signed out everywhere; who was deactivated is in again."""
        self.db.run(SQL.put_agent, asdict(agent) | {"password_hash": password_hash, "now": now})
        self.db.many(SQL.put_membership, [{"agent_id": agent.id, "team_id": t} for t in agent.teams])

    def agents(self) -> list[Agent]:
        return [Agent(r.id, r.name, r.email, r.role, tuple(r.teams)) for r in self.db.all(SQL.agents)]

    def teams(self) -> list[Team]:
        return [Team(*row) for row in self.db.all("select id, name, is_closed from teams order by name")]

    # doors

    def agent_by_email(self, email: str) -> tuple[str, str | None] | None:
        """The agent's id and password hash."""
        row = self.db.one(SQL.agent_by_email, {"email": email})
        return (row.id, row.password_hash) if row else None

    def begin_session(
        self, token: str, agent_id: str, now: datetime, way: str = "password", browser: str = "", address: str = ""
    ) -> None:
        """`way`: how they came in, `browser` and `address` what theirs say of themselves."""
        params = {"token_hash": hashed(token), "agent_id": agent_id, "now": now, "expires_at": now + SESSION}
        self.db.run(SQL.begin_session, {**params, "way": way, "browser": browser[:300], "address": address[:60]})

    def session(self, token: str, now: datetime) -> Agent | None:
        """The agent whose session it is, or None. When they were last seen is noted once a minute."""
        row = self.db.one(SQL.session, {"token_hash": hashed(token), "now": now})
        if row is None:
            return None
        if row.last_seen_at is None or row.last_seen_at < now - SEEN:
            self.db.run(SQL.see_session, {"token_hash": hashed(token), "now": now})
        return Agent(row.id, row.name, row.email, row.role, language=row.language)

    def end_session(self, token: str) -> None:
        self.db.run(SQL.end_session, {"token_hash": hashed(token)})

    def put_key(
        self, name: str, key: str, scopes: Sequence[str], now: datetime, expires_at: datetime | None = None,
        owner: str | None = None,
    ) -> None:  # fmt: skip
        """`owner`: the agent in whose name it acts where a person has to stand for what it does."""
        params = {"id": new_id("key", now), "name": name, "key_hash": hashed(key), "scopes": list(scopes), "now": now,
                  "expires_at": expires_at, "owner": owner}  # fmt: skip
        self.db.run(SQL.put_key, params)

    def key(self, key: str, now: datetime) -> tuple[str, frozenset[str], str | None] | None:
        """The key's name, its scopes and whose it is, or None where it is unknown or expired."""
        row = self.db.one(SQL.key, {"key_hash": hashed(key), "now": now})
        return (row.name, frozenset(row.scopes), row.owner) if row else None

    # settings

    def setting(self, key: str) -> Any | None:
        row = self.db.one(SQL.setting, {"key": key})
        return row.value if row else None

    def put_setting(self, key: str, value: object) -> None:
        self.db.run(SQL.put_setting, {"key": key, "value": as_json(value)})

    def claim_setting(self, key: str, value: object) -> bool:
        """Writes a setting where nobody has; returns whether we were the first."""
        return self.db.run(SQL.claim_setting, {"key": key, "value": as_json(value)}) == 1
