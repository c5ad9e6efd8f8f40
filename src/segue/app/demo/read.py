"""Reads the written material of this folder into frozen values. Relative days become dates, seen from `today`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from segue.app.demo import shape

HERE = Path(__file__).parent
UPSET_MARK = "! "
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is at hand

Voice = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """How people dealt with one intent: (what they said, what goes on record), a question back and its answers."""

    replies: tuple[tuple[str, str], ...]
    question: str | None
    responses: tuple[str, ...]


def company(today: date) -> shape.Company:
    """The company as it stands on `today`, without a past."""
    raw, catalogue = written("company.yaml"), written("catalogue.yaml")
    return shape.Company(
        name=raw["name"],
        product=raw["product"],
        timezone=raw["timezone"],
        tiers=tuple(shape.Tier(**tier) for tier in raw["tiers"]),
        teams=tuple(shape.Team(**team) for team in raw["teams"]),
        agents=tuple(shape.Agent(**{**agent, "teams": tuple(agent["teams"])}) for agent in raw["agents"]),
        pages=tuple(shape.Page(**page) for page in raw["pages"]),
        releases=tuple(_release(release, today) for release in raw["releases"]),
        accounts=tuple(_account(account, today) for account in raw["accounts"]),
        contacts=tuple(contact for account in raw["accounts"] for contact in _contacts(account)),
        categories=tuple(_category(category) for category in catalogue["categories"]),
        intents=tuple(_intent(intent, [tier["id"] for tier in raw["tiers"]]) for intent in catalogue["intents"]),
        articles=tuple(_article(path, today) for path in sorted((HERE / "articles").glob("*.md"))),
        none_phrasings=_phrasings("_none"),
        conversations=(),
    )


def scripts() -> dict[str, Script]:
    """By intent id, and `_none`."""
    return {intent: _script(raw) for intent, raw in written("replies.yaml")["intents"].items()}


def voice() -> Voice:
    """Everything people say around the matter: lists of lines by name, see `voice.yaml`."""
    raw: Voice = written("voice.yaml")
    return raw


def written(name: str) -> Any:
    """A YAML file of this folder, as it stands."""
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=_Loader)


def _release(raw: dict[str, Any], today: date) -> shape.Release:
    return shape.Release(raw["version"], today - timedelta(days=raw["days_ago"]), raw["note"])


def _account(raw: dict[str, Any], today: date) -> shape.Account:
    return shape.Account(
        id=raw["id"],
        name=raw["name"],
        tier=raw["tier"],
        seats=raw["seats"],
        value=raw["value"],
        health=raw["health"],
        renewal=today + timedelta(days=raw["renews_in"]),
        country=raw["country"],
        is_churn_risk=raw.get("churn_risk", False),
        unhappy_about=tuple(raw.get("unhappy_about", ())),
    )


def _contacts(account: dict[str, Any]) -> Iterable[shape.Contact]:
    for position, raw in enumerate(account["contacts"]):
        yield shape.Contact(
            id=raw["id"],
            account=account["id"],
            name=raw["name"],
            email=raw["email"],
            title=raw["title"],
            is_primary=position == 0,
            is_technical=raw.get("technical", False),
        )


def _category(raw: dict[str, Any]) -> shape.Category:
    return shape.Category(raw["id"], raw["name"], raw["handling"], raw["team"], raw.get("rising", False))


def _intent(raw: dict[str, Any], all_tiers: list[str]) -> shape.Intent:
    return shape.Intent(
        id=raw["id"],
        name=raw["name"],
        category=raw["category"],
        is_opened=raw["opened"],
        team=raw["team"],
        minutes=raw["minutes"],
        weight=raw["weight"],
        article=raw.get("article"),
        pages=tuple(raw["pages"]),
        tiers=tuple(raw.get("tiers", all_tiers)),
        countries=tuple(raw.get("countries", ())),
        from_release=raw.get("from_release"),
        phrasings=_phrasings(raw["id"]),
    )


def _phrasings(intent: str) -> tuple[shape.Phrasing, ...]:
    lines = (HERE / "phrasings" / f"{intent}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(shape.Phrasing(line.removeprefix(UPSET_MARK), line.startswith(UPSET_MARK)) for line in lines if line)


def _article(path: Path, today: date) -> shape.Article:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    raw = yaml.load(front, Loader=_Loader)
    return shape.Article(
        slug=raw["slug"],
        title=raw["title"],
        intent=raw["intent"],
        audience=raw["audience"],
        review_by=today + timedelta(days=raw["review_in"]),
        tags=tuple(raw["tags"]),
        body=body.strip(),
    )


def _script(raw: dict[str, Any]) -> Script:
    asks = raw.get("asks", {})
    replies = tuple((reply["says"], reply["solved"]) for reply in raw["replies"])
    return Script(replies, asks.get("agent"), tuple(asks.get("customer", ())))
