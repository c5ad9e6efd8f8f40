"""Takes in what somebody brought on the setting-up page: past tickets and articles, and then looks at the past anew.

The one idea: every step may be done again. A conversation has its id from what stands in it, so a worker that takes up
what another left lying finds done what was done; and whoever waits sees how far it has come.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from segue.app.backfill import backfill
from segue.app.door import House
from segue.app.fitting import fit
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Author, Channel, Message
from segue.domain.errors import NotFound, SegueError
from segue.domain.traces import traced
from segue.knowledge import tickets
from segue.knowledge.article_files import articles_of
from segue.knowledge.bringing import Unread
from segue.knowledge.tickets import Said, Ticket
from segue.learning.topics import propose
from segue.store.backtest import PastStore
from segue.store.history import PastConversation, bring_in
from segue.store.imports import Import, Imports, conversation_id

log = structlog.get_logger()
AT_ONCE = 200
FEWEST = 3
"""Tickets a matter must have to be one of its own."""
MOST_INTENTS = 300
BACK = timedelta(days=365)
MOST_SHOWN = 50
WORDS = ("samples", "shown", "labels")
"""What of a report quotes the file: gone with it."""
Tell = Callable[[str, int], object]


def take_in_brought(house: House, now: datetime) -> bool:
    """The oldest that waits, if any; what goes wrong with it is told on the page and stops nothing else."""
    Imports(house.db).forget_old(now)
    for kind, taken in (("tickets", _tickets), ("articles", _articles)):
        found = Imports(house.db).take(kind, now)
        if found is not None:
            _with_care(house, found, taken, now)
            return True
    return False


def _with_care(house: House, found: Import, taken: Callable[..., dict[str, Any]], now: datetime) -> None:
    store, began = Imports(house.db), time.monotonic()

    def tell(step: str, done: int) -> None:
        at = now + timedelta(seconds=time.monotonic() - began)
        store.tell(found.id, "running", {**found.report, "step": step}, done, at)

    try:
        report, state = taken(house, found, now, tell), "done"
    except SegueError as error:
        report, state = {"error": str(error)}, "failed"
    except Exception as error:
        log.error("import.failed", id=found.id, **traced(error))
        report, state = {"error": "Something broke on our side; it is in the log under this id: " + found.id}, "failed"
    if state == "done":
        store.let_go(found.id)
    kept = {key: value for key, value in found.report.items() if key not in WORDS or state != "done"}
    store.tell(found.id, state, {**kept, **report}, found.total if state == "done" else found.done, now)
    house.bell.ring("events")


# tickets


def _tickets(house: House, found: Import, now: datetime, tell: Tell) -> dict[str, Any]:
    read = tickets.read(found.name, tickets.decoded(Imports(house.db).whole(found.id)))
    return take_tickets(house, read.tickets, bool(found.wishes.get("group")), now, tell)


def take_tickets(house: House, read: Sequence[Ticket], group: bool, now: datetime, tell: Tell) -> dict[str, Any]:
    """Takes in those that are not here yet, with what they were about; `group`: those of which nobody says it by
    likeness. Then the past is looked at anew. Returns how many were taken, were known, and of how many matters."""
    fresh = _not_here(house, read)
    labels = labelled(house, fresh, group, tell)
    _put_catalogue(house, labels.values(), now)
    done = len(read) - len(fresh)
    for batch in _batches(fresh):
        done += bring_in(house.db, _past(house, batch, labels, now), "import")
        tell("taken in", done)
    analysed = look_at_past(house, now, tell)
    return {
        "taken": len(fresh),
        "known": len(read) - len(fresh),
        "matters": len(set(labels.values())),
        **analysed,
    }


def _not_here(house: House, read: Sequence[Ticket]) -> list[Ticket]:
    ids = {_id(t): t for t in read}
    known = Imports(house.db).known(list(ids))
    return [ticket for id, ticket in ids.items() if id not in known]


def _id(ticket: Ticket) -> str:
    first = ticket.messages[0]
    return conversation_id(ticket.key, first.text, first.at)


Label = tuple[str, str]
"""What a ticket was about, and the category of that, both as people write them."""


def labelled(house: House, fresh: Sequence[Ticket], group: bool, tell: Tell) -> dict[str, Label]:
    """By conversation, where the file or, where nobody said and it is wished for, likeness says so."""
    told = {_id(t): (t.intent, t.category) for t in fresh if t.intent}
    often = Counter(told.values())
    kept = {label for label, n in often.most_common(MOST_INTENTS) if n >= FEWEST}
    found = {id: label for id, label in told.items() if label in kept}
    if group and (rest := [t for t in fresh if not t.intent]):
        tell("grouped by likeness", 0)
        texts = [t.messages[0].text for t in rest]
        for topic in propose(texts, house.library.encode(texts)):
            found |= {_id(rest[n]): (topic.name, topic.name) for n in topic.members}
    return found


def _put_catalogue(house: House, labels: Any, now: datetime) -> None:
    """What is new of them. An intent is known by name only, until an article answers it."""
    catalogue = house.workspace.catalogue()
    categories = {c.id: c for c in catalogue.categories}
    intents = {i.id: i for i in catalogue.intents}
    for label in dict.fromkeys(labels):
        intent, category = _ids(label, catalogue)
        categories.setdefault(category, Category(category, label[1]))
        intents.setdefault(intent, Intent(intent, label[0], category, False))
    house.workspace.put_catalogue(Catalogue(tuple(categories.values()), tuple(intents.values())), now)


def _ids(label: Label, catalogue: Catalogue) -> tuple[str, str]:
    """Of the intent and its category: those that are there under this id or name, else new ones."""
    if there := catalogue.intent_called(label[0]):
        return there.id, there.category_id
    kin = catalogue.category_called(label[1])
    return slug(label[0]), kin.id if kin else slug(label[1])


def slug(text: str) -> str:
    return re.sub(r"\W+", "_", text.casefold()).strip("_")[:60] or "other"


def _past(
    house: House, batch: Sequence[Ticket], labels: Mapping[str, Label], now: datetime
) -> Iterator[PastConversation]:
    store, catalogue = Imports(house.db), house.workspace.catalogue()
    vectors = house.library.encode([t.messages[0].text for t in batch])
    people = store.contacts(list({_who(t): t.messages[0].name for t in batch}.items()), now)
    helpers = store.agents(list(dict.fromkeys(name for t in batch for name in _helpers(t))), now)
    for ticket, vector in zip(batch, vectors, strict=True):
        id = _id(ticket)
        intent, category = _ids(labels[id], catalogue) if id in labels else (None, None)
        agent = next((helpers[name] for name in reversed(_helpers(ticket))), None)
        yield PastConversation(
            id, people[_who(ticket)], None, Channel(ticket.channel), _messages(ticket, helpers), vector, intent,
            category, agent or "import", ticket.closed_at, _solution(ticket), "assumed", ticket.minutes,
            agent_id=agent, encoder=house.encoder.version,
        )  # fmt: skip


def _who(ticket: Ticket) -> str:
    """Their address; without one, nobody else is taken for them."""
    return ticket.messages[0].email or f"ticket {ticket.key} {ticket.line}"


def _helpers(ticket: Ticket) -> list[str]:
    """Who replied, by name or address; somebody did, even where nobody says who."""
    return list(dict.fromkeys(_helper(ticket, m) for m in ticket.messages if not m.is_customer))


def _helper(ticket: Ticket, said: Said) -> str:
    return said.email or said.name or ticket.agent or "Somebody who replied"


def _messages(ticket: Ticket, helpers: Mapping[str, str]) -> tuple[Message, ...]:
    return tuple(
        Message(n, Author.CUSTOMER, m.text, m.at) if m.is_customer
        else Message(n, Author.AGENT, m.text, m.at, helpers[_helper(ticket, m)])
        for n, m in enumerate(ticket.messages, 1)
    )  # fmt: skip


def _solution(ticket: Ticket) -> str:
    return next((m.text for m in reversed(ticket.messages) if not m.is_customer), "")


# articles


def _articles(house: House, found: Import, now: datetime, tell: Tell) -> dict[str, Any]:
    read = articles_of(found.name, Imports(house.db).whole(found.id))
    catalogue, given = house.workspace.catalogue(), dict(found.wishes.get("intents", {}))
    unread, published, opened = [r for r in read if isinstance(r, Unread)], 0, set[str]()
    for article in (r for r in read if not isinstance(r, Unread)):
        whole = article.over(house.library.store.last_of)
        intent = given.get(whole.slug) or whole.intent
        if intent is not None and catalogue.intent(intent) is None:
            unread.append(Unread(article.slug, f"there is no matter {intent} here"))
            continue
        house.school.publish(replace(whole, intent=intent), found.author, now, f"From {found.name}.")
        published += 1
        tell("published", published)
        if intent and whole.audience == "public":
            opened.add(intent)
    told = [{"where": u.where, "why": u.why} for u in unread[:MOST_SHOWN]]
    analysed = look_at_past(house, now, tell) if opened else {"doubts": house.watch.look_back(now)}
    return {"published": published, "answering": len(opened), "unread": told, **analysed}


# the past, looked at anew


def look_at_past(house: House, now: datetime, tell: Tell) -> dict[str, Any]:
    """Fits what can be learnt from the past and considers all of it once more, in shadow, as it would be now; and looks
    which articles people contradicted in it."""
    tell("learnt from", 0)
    report = fit(house, now)
    PastStore(house.db).forget()
    try:
        done = backfill(house, now - BACK * 10, now, tell=lambda n: tell("considered", n))
    except NotFound as error:
        return {"considered": 0, "why": str(error), "doubts": house.watch.look_back(now)}
    doubts = house.watch.look_back(now)
    return {"considered": done["conversations"], "intent_right": report.get("intent_right"), "doubts": doubts}


def _batches(rows: Sequence[Ticket]) -> Iterator[Sequence[Ticket]]:
    return (rows[n : n + AT_ONCE] for n in range(0, len(rows), AT_ONCE))
