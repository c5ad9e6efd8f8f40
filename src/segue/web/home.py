"""The start page and the public help centre: what a stranger may read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from segue.domain.errors import NotFound
from segue.domain.knowledge import Article
from segue.domain.variables import filled
from segue.texts import _
from segue.web.help_search import LONGEST, help_for
from segue.web.pages import PageRoute, render
from segue.web.rooms import Rooms, rooms
from segue.web.switching import switch_of
from segue.web.widget_look import look_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]


@router.get("/")
def home(request: Request, house: House, q: str = "") -> Response:
    """The help centre: what was asked for, or all public articles by what they are about."""
    asked = q.replace("\0", " ").strip()[:LONGEST]
    address = request.client.host if request.client else ""
    found = help_for(house.library, asked, address, datetime.now(UTC).date()) if asked else []
    return render("home.html", asked=asked, found=found, groups=() if asked else _by_category(house),
                  has_demo=house.workspace.setting("demo") is not None, look=look_of(house.workspace),
                  assistant_on=switch_of(house).speaks)  # fmt: skip


def _by_category(house: Rooms) -> list[tuple[str, list[Article]]]:
    """The name of each category that has public articles, with them; last, under no name, what belongs to none."""
    catalogue, groups = house.workspace.catalogue(), defaultdict[str, list[Article]](list)
    for article in filter(_is_public, house.library.store.articles()):
        intent = catalogue.intent(article.intent) if article.intent else None
        category = catalogue.category(intent.category_id) if intent else None
        groups[category.name if category else ""].append(article)
    named = sorted(groups.items(), key=lambda group: (not group[0], group[0].casefold()))
    return [(name, sorted(articles, key=lambda a: a.title.casefold())) for name, articles in named]


@router.get("/help/{slug}")
def article(slug: str, house: House) -> Response:
    """A public article, with what stands for variables without a value: nobody knows who reads it. An internal one
    answers as if it were not there."""
    found = house.library.store.article(slug.replace("\0", ""))
    if found is None or found.slug != slug or not _is_public(found):
        raise NotFound(_("There is no such article."), _("It may have another address now. Go on from here:"))
    return render("help.html", article=replace(found, body=filled(found.body, {}).text), look=look_of(house.workspace))


def _is_public(article: Article) -> bool:
    return article.audience == "public"
