"""Loads the demo company into an empty database, as a company that moves to Segue would bring its own past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import yaml

from segue.app.demo import shape
from segue.app.demo.generate import build
from segue.app.door import House
from segue.app.fitting import fit
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Author, Channel, Message, Page
from segue.domain.ids import new_id
from segue.domain.knowledge import Article
from segue.domain.people import Account, Agent, Contact, Team
from segue.domain.ports import Vector
from segue.policy.settings.written import starter_text
from segue.store.history import PastConversation, bring_in
from segue.web.doors import SCOPES, new_secret

PASSWORD = "demo"
QUESTIONS = 5
SLA = {
    "default": {"first_response": "8h", "next_response": "8h", "resolution": "5d"},
    "team": {"first_response": "4h", "next_response": "4h", "resolution": "3d"},
    "enterprise": {"first_response": "1h", "next_response": "2h", "resolution": "1d"},
}


def seed(house: House, now: datetime, since: datetime | None = None) -> dict[str, Any]:
    """Fills the database and fits the heads; returns what a visitor needs to come in. Same day, same company.

    `since`: when the company moved in, `now` where nothing is said.
    """
    company, moved_in = build(now.date()), since or now
    _people(company, house, moved_in)
    house.workspace.put_catalogue(catalogue(company), moved_in)
    house.workspace.apply_policy(policy(company), "agt_lena", "The demo company's first policy.", moved_in)
    pages = {a.slug: house.library.publish(_article(a), "lena", moved_in).article_id for a in company.articles}
    _past(company, house, pages)
    fit(house, moved_in)
    return _welcome(company, house, now)


def catalogue(company: shape.Company) -> Catalogue:
    categories = (Category(c.id, c.name) for c in company.categories)
    intents = (Intent(i.id, i.name, i.category, i.is_opened, _questions(i)) for i in company.intents)
    return Catalogue(tuple(categories), tuple(intents))


def _questions(intent: shape.Intent) -> tuple[str, ...]:
    """A matter that nobody has had yet is known by all that is written down of it."""
    return tuple(p.text for p in (intent.phrasings[:QUESTIONS] if intent.weight else intent.phrasings))


def policy(company: shape.Company) -> str:
    """The balanced starter with this company's categories, teams, hours and promises."""
    written = yaml.safe_load(starter_text("balanced"))
    written["name"] = company.name
    written["categories"] = {"default": {"handling": "answer", "ceiling": "auto_with_hold"}} | {
        c.id: {"handling": c.handling, "team": c.team} for c in company.categories
    }
    written["routing"] = {
        "default": company.teams[0].id,
        "topics": {c.id: c.team for c in company.categories if c.id == "security"},
    }
    written["sla"]["hours"]["timezone"] = company.timezone
    written["sla"]["targets"] = SLA
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True)


def let_go_at_once(house: House, now: datetime) -> None:
    """No answer waits to be stopped: for where it is measured how soon one comes, and not how long a lead keeps it."""
    live = house.workspace.live_policy()
    written = yaml.safe_load(live[1] if live else starter_text("balanced"))
    written["hold"] = {"chat": 0, "email": 0, "form": 0}
    text = yaml.safe_dump(written, sort_keys=False, allow_unicode=True)
    house.workspace.apply_policy(text, "agt_lena", "Answers go out at once.", now)


def _people(company: shape.Company, house: House, now: datetime) -> None:
    from pwdlib import PasswordHash

    workspace, hashed = house.workspace, PasswordHash.recommended().hash(PASSWORD)
    for team in company.teams:
        workspace.put_team(Team(team.id, team.name))
    for agent in company.agents:
        person = Agent(f"agt_{agent.id}", agent.name, agent.email, agent.role, agent.teams)
        workspace.put_agent(person, now, hashed)
    accounts = [Account(f"acc_{a.id}", a.name, a.tier, a.value, a.health / 100, a.renewal) for a in company.accounts]
    workspace.put_accounts(accounts, now)
    contacts = [Contact(f"con_{c.id}", c.name, c.email, f"acc_{c.account}", True) for c in company.contacts]
    workspace.put_contacts(contacts, now)


def _article(article: shape.Article) -> Article:
    return Article("", article.slug, article.title, article.body, article.audience, article.intent, article.review_by)


def _past(company: shape.Company, house: House, articles: Mapping[str, str]) -> None:
    vectors = house.library.encode([c.messages[0].text for c in company.conversations])
    bring_in(house.db, past(company, vectors, house.encoder.version, articles), "history")


def past(
    company: shape.Company, vectors: Vector, encoder: str, articles: Mapping[str, str]
) -> Iterator[PastConversation]:  # fmt: skip
    """`articles`: ids by slug. What the assistant solved, it solved from the article of the matter."""
    intents = {i.id: i for i in company.intents}
    accounts = {c.id: c.account for c in company.contacts}
    pages = {p.id: Page(p.url, p.title) for p in company.pages}
    for c, vector in zip(company.conversations, vectors, strict=True):
        intent = intents[c.intent] if c.intent else None
        agent = None if c.resolved_by == shape.ASSISTANT else f"agt_{c.resolved_by}"
        article = articles[intent.article] if agent is None and intent and intent.article else None
        yield PastConversation(
            new_id("cnv", c.opened_at), f"con_{c.contact}", f"acc_{accounts[c.contact]}", Channel(c.channel),
            _messages(c.messages), vector, c.intent, intent.category if intent else None, agent or "assistant",
            c.resolved_at, c.resolution, c.outcome, c.minutes or None, article, intent.team if intent else None, agent,
            pages[c.page] if c.page else None, encoder=encoder,
        )  # fmt: skip


def _messages(messages: Sequence[shape.Message]) -> tuple[Message, ...]:
    return tuple(
        Message(seq, Author(m.author), m.text, m.at, f"agt_{m.agent}" if m.agent else None)
        for seq, m in enumerate(messages, 1)
    )


def _welcome(company: shape.Company, house: House, now: datetime) -> dict[str, Any]:
    """Kept in the database, so that every later start can print it again. A demo has no secrets."""
    key = new_secret("sk")
    house.workspace.put_key("demo", key, SCOPES, now, owner="agt_lena")
    written = {"company": company.name, "password": PASSWORD, "key": key, "seeded_on": now.date().isoformat()}
    house.workspace.put_setting("demo", written)
    return written


def cast(house: House, now: datetime) -> dict[str, str]:
    """Addresses under which a visitor writes as somebody the company knows, good for a day."""
    shown = {"Ada": "con_ada", "Grace": "con_grace", "Nadia": "con_nadia"}
    return {name: f"/chat?identity={house.identity.sign(contact, now)}" for name, contact in shown.items()}
