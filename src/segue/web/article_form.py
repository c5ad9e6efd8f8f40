"""The form of one article: as it is filled when it opens, as somebody typed it, and what is wrong with that."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from segue.domain.knowledge import Article
from segue.insight.asking_articles import Asked, ask
from segue.learning.personal import strip
from segue.store.coverage import Coverage
from segue.texts import _, forms
from segue.web.lead_page import moment
from segue.web.pages import plain
from segue.web.rooms import Rooms
from segue.web.shapes import LONGEST_ARTICLE


@dataclass(slots=True)
class Draft:
    """An article as somebody writes it; `wrong` by field."""

    article: Article
    questions: str = ""
    note: str = ""
    review_by: str = ""
    version: str = ""
    address: str = ""
    """Of a new one, as it was typed; empty where it is to come from the title."""
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]


def fresh_draft(house: Rooms, found: Article, may_quote: bool = True) -> Draft:
    """Questions that were written down; without any, what customers asked lately, personal data taken out, where one
    may be quoted from everybody's conversations."""
    coverage = Coverage(house.db)
    asked = coverage.questions(found.slug)
    if not asked and found.intent and may_quote:
        lately = coverage.asked_lately(found.intent)
        asked = [strip(row.problem, (row.name, row.email, row.account)).text for row in lately]
    review = found.review_by.isoformat() if found.review_by else ""
    return Draft(found, "\n".join(" ".join(q.split()) for q in asked), "", review, str(found.version))


def asked_again(house: Rooms, draft: Draft) -> list[Asked]:
    if not draft.article.body.strip() or not draft.article.slug:
        return []
    return ask(house.db, house.library, draft.article, draft.asked, moment())


def lines(before: str, after: str) -> list[tuple[str, str]]:
    """A diff by lines: what kind, and the line. Empty where nothing differs."""
    if before == after:
        return []
    kinds = {"+ ": "ins", "- ": "del", "  ": ""}
    told = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(kinds[line[:2]], line[2:]) for line in told if line[:2] in kinds]


def typed_draft(house: Rooms, typed: Mapping[str, str]) -> Draft:
    """Keeps every letter; says what is wrong beside its field."""
    said = {name: plain(value) for name, value in typed.items()}
    title, body = said.get("title", "").strip()[:300], said.get("body", "")
    slug = said.get("slug", "").strip() or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80]
    intent = said.get("intent") or None
    review, wrong = _day(said.get("review_by", "").strip())
    if not title:
        wrong["title"] = _("It needs a title: what customers would ask.")
    if not body.strip() or len(body) > LONGEST_ARTICLE:
        wrong["body"] = (
            _("It says nothing yet.")
            if not body.strip()
            else _("At most %(most)s characters.", most=forms.number(LONGEST_ARTICLE))
        )
    if title and not re.fullmatch(r"[a-z0-9_-]{1,80}", slug):
        wrong["slug"] = _("An address has small letters, digits, - and _.")
    if intent and house.workspace.catalogue().intent(intent) is None:
        wrong["intent"] = _("There is no matter %(intent)s.", intent=intent)
    audience = "internal" if said.get("audience") == "internal" else "public"
    article = Article("", slug, title, body, audience, intent, review)
    return Draft(article, said.get("questions", "")[:8000], said.get("note", "").strip()[:300],
                 said.get("review_by", ""), said.get("version", ""), said.get("slug", ""), wrong)  # fmt: skip


def _day(text: str) -> tuple[date | None, dict[str, str]]:
    try:
        return (date.fromisoformat(text) if text else None), {}
    except ValueError:
        return None, {"review_by": _("A day looks like 2026-12-31, not “%(text)s”.", text=text[:40])}
