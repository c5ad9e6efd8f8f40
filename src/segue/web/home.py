"""The start page and the public help centre: what a stranger may read."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from segue.domain.errors import NotFound
from segue.domain.knowledge import Article
from segue.domain.variables import filled
from segue.texts import _
from segue.web.pages import PageRoute, render
from segue.web.rooms import Rooms, rooms
from segue.web.widget_look import look_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]


@router.get("/")
def home(house: House) -> Response:
    articles = sorted(filter(_is_public, house.library.store.articles()), key=lambda a: a.title.casefold())
    return render("home.html", articles=articles, has_demo=house.workspace.setting("demo") is not None,
                  look=look_of(house.workspace))  # fmt: skip


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
