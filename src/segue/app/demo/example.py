"""The demo company's past as its old desk would have exported it: for whoever sets a workspace up with nothing at hand.

It comes in by the same door as anybody's file, and is looked at before anything is taken in.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date

from segue.app.bringing import slug
from segue.app.demo.generate import build
from segue.app.demo.shape import ASSISTANT, Company

NEWEST = 300
"""Tickets: enough to tell categories apart, and taken in within a minute."""
HEADS = ("ticket_id", "created_at", "author_role", "author_email", "author_name", "body", "topic", "category",
         "assignee", "closed_at", "minutes")  # fmt: skip


def example(kind: str, today: date) -> tuple[str, bytes]:
    """Name and bytes of the file of `tickets` or `articles`."""
    company = build(today)
    if kind == "tickets":
        return "example-tickets.csv", _tickets(company).encode()
    return "example-articles.jsonl", "\n".join(_articles(company)).encode()


def _tickets(company: Company) -> str:
    people, agents = {c.id: c for c in company.contacts}, {a.id: a for a in company.agents}
    intents, categories = {i.id: i for i in company.intents}, {c.id: c.name for c in company.categories}
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADS)
    by_people = [c for c in company.conversations if c.resolved_by != ASSISTANT]
    for one in by_people[-NEWEST:]:
        about = intents[one.intent] if one.intent else None
        of_ticket = (about.name, categories[about.category]) if about else ("", "")
        ended = (agents[one.resolved_by].name, one.resolved_at.isoformat(), one.minutes)
        for said in one.messages:
            who = people[one.contact] if said.author == "customer" else agents.get(said.agent or "")
            if who is not None:
                role = "customer" if said.author == "customer" else "agent"
                rows.writerow((one.number, said.at.isoformat(), role, who.email, who.name, said.text, *of_ticket,
                               *ended))  # fmt: skip
    return written.getvalue()


def _articles(company: Company) -> Iterator[str]:
    """Each with what it answers, under the name that the tickets' topics have once they are taken in."""
    names = {i.id: i.name for i in company.intents}
    for one in company.articles:
        about = slug(names[one.intent]) if one.intent else None
        told = {"slug": one.slug, "title": one.title, "body": one.body, "audience": one.audience, "intent": about}
        yield json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)
