"""A briefing back from its stored JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from segue.domain.briefing import Briefing, CustomerCard, EarlierContact, Fact, Line, Moved, NextStep, SimilarCase


def briefing_of(body: dict[str, Any]) -> Briefing:
    question = body["open_question"]
    return Briefing(
        why=body["why"],
        moved=tuple(Moved(**moved | {"words": tuple(moved["words"])}) for moved in body["moved"]),
        wanted=Line(**body["wanted"]),
        tried=tuple(Line(**line) for line in body["tried"]),
        facts=tuple(Fact(**fact) for fact in body["facts"]),
        open_question=Line(**question) if question else None,
        next_step=NextStep(**body["next_step"]),
        customer=_customer(body["customer"]),
        similar=tuple(SimilarCase(**case) for case in body["similar"]),
        earlier=tuple(EarlierContact(**e | {"at": datetime.fromisoformat(e["at"])}) for e in body["earlier"]),
        mood=tuple(body["mood"]),
        wording=body.get("wording", {}),
    )


def _customer(card: dict[str, Any]) -> CustomerCard:
    renews = card.get("renews_on")
    return CustomerCard(**card | {"renews_on": date.fromisoformat(renews) if renews else None})
