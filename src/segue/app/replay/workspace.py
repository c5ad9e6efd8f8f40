"""Reads a workspace folder and brings it into an empty database: customers, catalogue, articles, history.

The catalogue says which matters are known at launch (they have an article) and which are only known by name. What a
person should always handle becomes policy, so the decision is the policy's and not the replay's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from segue.app.cli.common import text_of
from segue.app.door import House
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Author, Channel, Message
from segue.domain.errors import Refused
from segue.domain.ids import new_id
from segue.domain.knowledge import Article
from segue.domain.people import Account, Agent, Contact, Team
from segue.knowledge.bringing import Unread, articles_in, is_writable, objects_in
from segue.policy.settings.written import starter_text
from segue.store.history import PastConversation, bring_in

ORACLE = Agent("agt_oracle", "Oracle", "oracle@segue.invalid", teams=("support",))
LEAD = Agent("agt_lead", "Lead", "lead@segue.invalid", "lead", ("support",))
"""Who published the policy of the folder, and answers for what the assistant begins to do alone."""
TEAM = Team("support", "Support")
WHERE = "docs/replay.md says what a workspace folder holds."


@dataclass(frozen=True)
class Folder:
    """A workspace as files; every part is read when it is first asked for."""

    path: Path

    @cached_property
    def resolutions(self) -> list[dict[str, Any]]:
        return list(lines(self.path / "resolution_catalogue.jsonl", "resolution_id", "title", "launch_state"))

    @cached_property
    def catalogue(self) -> Catalogue:
        """Each resolution is an intent in a category of its own: one matter, one autonomy, one budget."""
        categories = [
            Category(r["resolution_id"], r["title"], r.get("suggested_policy") == "needs_account_data")
            for r in self.resolutions
        ]
        intents = [
            Intent(r["resolution_id"], r["title"], r["resolution_id"], r["launch_state"] == "known",
                   tuple(r.get("typical_questions") or ()))
            for r in self.resolutions
        ]  # fmt: skip
        return Catalogue(tuple(categories), tuple(intents))

    @cached_property
    def always_human(self) -> frozenset[str]:
        return frozenset(r["resolution_id"] for r in self.resolutions if r.get("suggested_policy") == "human")

    def policy(self) -> str:
        """The balanced starter, with a cell for each category a person should always have, and no special tiers."""
        policy = yaml.safe_load(starter_text("balanced"))
        policy["hold"] = {"chat": 0, "email": 0, "form": 0}  # what is decided is measured, not how long it waits
        categories = policy.setdefault("categories", {})
        categories.setdefault("default", {})["team"] = TEAM.id
        for category in self.catalogue.categories:
            handling = "human" if category.id in self.always_human else "answer"
            categories[category.id] = {"handling": handling, "needs_account": category.needs_account}
        return yaml.safe_dump(policy, sort_keys=False)

    @cached_property
    def articles(self) -> list[Article]:
        """Those of matters that are known at launch. Raises Refused for a file with one that cannot be read."""
        opened = {i.id for i in self.catalogue.intents if i.is_opened}
        read = [article for _, article in articles_in(self.path / "articles.jsonl")]
        if unread := next((one for one in read if isinstance(one, Unread)), None):
            raise Refused(f"{unread.where}: {unread.why}.", "Correct the article.")
        return [one for one in read if isinstance(one, Article) and one.intent in opened]

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        file = self.path / "history.jsonl"
        return list(lines(file, "created", "channel", "customer_id", "text", "resolution_id"))

    def check(self) -> None:
        """Reads every part, and whether the past fits the others. Raises Refused for the first thing that is missing
        or cannot be read."""
        if not self.path.is_dir():
            raise Refused(f"There is no folder {self.path}.", WHERE)
        for row in self.resolutions:
            if why := _nameless(row):
                raise Refused(f"resolution_catalogue.jsonl: {row['resolution_id']!r} {why}.", WHERE)
        names, customers = {i.id for i in self.catalogue.intents}, {contact.id for contact in self.people[1]}
        for number, item in enumerate(self.history, 1):
            if why := _fault(item, names, customers):
                raise Refused(f"history.jsonl: item {number} {why}.", WHERE)
        self.articles  # noqa: B018 - reading them is the check

    @cached_property
    def people(self) -> tuple[list[Account], list[Contact]]:
        """Each customer is an account with one verified contact. Raises Refused for a file without them."""
        file = self.path / "customers.csv"
        if not file.is_file():
            raise Refused(f"There is no file {file}.", WHERE)
        table = csv.DictReader(io.StringIO(text_of(file)))
        for lacking in sorted({"customer_id", "surname", "tier"}.difference(table.fieldnames or ())):
            raise Refused(f"{file.name} has no column {lacking}.", WHERE)
        rows = [{name: cell or "" for name, cell in row.items()} for row in table]
        accounts = [Account(f"acc_{r['customer_id']}", r["surname"], r["tier"]) for r in rows]
        contacts = [Contact(r["customer_id"], r["surname"], "", f"acc_{r['customer_id']}", True) for r in rows]
        return accounts, contacts


def lines(file: Path, *needed: str) -> Iterator[dict[str, Any]]:
    """As `objects_in`. Raises Refused where there is no such file."""
    if not file.is_file():
        raise Refused(f"There is no file {file}.", WHERE)
    yield from objects_in(file, *needed)


def load(folder: Folder, house: House) -> int:
    """Brings the folder into the house's empty database; returns how many past conversations it had. Raises Refused."""
    folder.check()
    now = datetime.now(UTC)
    workspace = house.workspace
    workspace.put_team(TEAM)
    workspace.put_agent(ORACLE, now)
    workspace.put_agent(LEAD, now)
    workspace.put_catalogue(folder.catalogue, now)
    accounts, contacts = folder.people
    workspace.put_accounts(accounts, now)
    workspace.put_contacts(contacts, now)
    workspace.apply_policy(folder.policy(), LEAD.id, "From the workspace folder.", now)
    for article in folder.articles:
        house.library.publish(article, "replay", now)
    return _remember(folder, house)


def _remember(folder: Folder, house: House) -> int:
    past, names = folder.history, {i.id: i.name for i in folder.catalogue.intents}
    vectors = house.library.encode([h["text"] for h in past])
    encoder = house.encoder.version
    rows = (_past(h, names[h["resolution_id"]], v, encoder) for h, v in zip(past, vectors, strict=True))
    return bring_in(house.db, rows, "history")


def _nameless(row: dict[str, Any]) -> str:
    """What keeps a matter from being one; empty where nothing does."""
    asked = row.get("typical_questions") or []
    if not all(isinstance(row[name], str) and is_writable(row[name]) for name in ("resolution_id", "title")):
        return "has an id or a title that is no text"
    if not isinstance(asked, list) or not all(isinstance(text, str) and is_writable(text) for text in asked):
        return "has typical questions that are no texts"
    return ""


def _fault(item: dict[str, Any], names: Collection[str], customers: Collection[str]) -> str:
    """What keeps a past conversation from being brought in; empty where nothing does."""
    if not isinstance(item["text"], str) or not item["text"].strip():
        return "has no text"
    if not is_writable(item["text"]):
        return "has a text with a NUL or half a character"
    if item["resolution_id"] not in names:
        return f"names the resolution {item['resolution_id']}, which resolution_catalogue.jsonl does not have"
    if str(item["customer_id"]) not in customers:
        return f"names the customer {item['customer_id']}, whom customers.csv does not have"
    try:
        when(item["created"]), Channel(item["channel"])
    except (TypeError, ValueError) as error:
        return f"cannot be read: {error}"
    return ""


def _past(item: dict[str, Any], solution: str, vector: Any, encoder: str) -> PastConversation:
    at = when(item["created"])
    customer = str(item["customer_id"])
    return PastConversation(
        new_id("cnv", at), customer, f"acc_{customer}", Channel(item["channel"]),
        (Message(1, Author.CUSTOMER, item["text"], at),), vector, item["resolution_id"], item["resolution_id"],
        ORACLE.id, at, solution, "durable", team_id=TEAM.id, agent_id=ORACLE.id,
        encoder=encoder,
    )  # fmt: skip


def when(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
