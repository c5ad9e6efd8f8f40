"""What machines teach the house: articles to answer from, and the policy that decides. Part of the API, `/api/v1`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.exceptions import HTTPException

from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.knowledge import Article, Found
from segue.learning.school import School
from segue.policy.diff import diff
from segue.policy.lint import lint, sound
from segue.policy.settings import load
from segue.web.bounds import takes_long
from segue.web.doors import Caller, needs
from segue.web.given import (
    AppliedOut,
    ArticlesOut,
    CategoriesOut,
    DiffOut,
    FindingsOut,
    FoundOut,
    PolicyOut,
    PublishedOut,
)
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json
from segue.web.shapes import ArticleIn, LintIn, PolicyIn

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
Teaches = Annotated[Caller, Depends(needs("knowledge:write"))]
SetsPolicy = Annotated[Caller, Depends(needs("policy:write"))]
KNOWS = [Depends(needs("knowledge:read"))]
READS_POLICY = [Depends(needs("policy:read"))]
SlugCursor = Annotated[str | None, Query(pattern="^[a-z0-9_-]{1,80}$", description="`next_cursor` of the page before")]
ETag = Annotated[str | None, Header(description="The ETag of the policy this one replaces; 412 where another is live.")]
REPLACED: dict[int | str, dict[str, Any]] = {
    200: {"model": PublishedOut, "description": "There was one with this slug already"}
}


@router.get("/categories", dependencies=KNOWS, tags=["knowledge"], response_model=CategoriesOut)
def list_categories(house: House) -> Response:
    """Categories with their intents."""
    catalogue = house.workspace.catalogue()
    return json({
        "categories": [
            {
                "id": c.id, "name": c.name, "needs_account": c.needs_account,
                "intents": [{"id": i.id, "name": i.name, "is_opened": i.is_opened}
                            for i in catalogue.intents if i.category_id == c.id],
            }
            for c in catalogue.categories
        ]
    })  # fmt: skip


@router.get("/articles", dependencies=KNOWS, tags=["knowledge"], response_model=ArticlesOut)
def list_articles(
    house: House,
    after: SlugCursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """By slug."""
    found = house.library.store.articles(after, limit + 1)
    return json({"articles": found[:limit], "next_cursor": found[limit - 1].slug if len(found) > limit else None})


@router.get("/articles/search", dependencies=KNOWS, tags=["knowledge"], response_model=FoundOut)
def search_articles(
    house: House,
    q: Annotated[str, Query(min_length=1, max_length=2000, pattern=r"^[^\x00]*$", description="In anybody's words.")],
    internal: Annotated[bool, Query(description="Also what customers never see.")] = False,
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Response:
    """Passages that may answer it, best first: what its words and its meaning are worth, added."""
    vector = house.library.encoder.encode([q])[0]
    found = house.library.search(q, vector, _now().date(), limit, internal)
    return json({"passages": [_found(one) for one in found]})


def _found(one: Found) -> dict[str, Any]:
    passage = one.passage
    return {
        "article": passage.article_id, "slug": one.slug, "title": one.title, "heading": passage.heading,
        "text": passage.text, "is_stale": one.is_stale, "score": round(one.score, 5),
        "by_words": one.lexical_rank, "by_meaning": one.dense_rank,
    }  # fmt: skip


@router.get("/articles/{article}", dependencies=KNOWS, tags=["knowledge"], response_model=Article)
def read_article(article: str, house: House) -> Response:
    """By id or slug."""
    return json(_article(house, article))


@router.put("/articles", status_code=201, tags=["knowledge"], response_model=PublishedOut,
            responses=REPLACED)  # fmt: skip
def publish_article(body: ArticleIn, caller: Teaches, house: House, request: Request) -> Response:
    """A new article, or the next version of the one with this slug. The same text again keeps its version. What is left
    out stays as it is with the article that is there, or was until it was retired."""
    if body.intent is not None and house.workspace.catalogue().intent(body.intent) is None:
        raise Refused(f"There is no intent {body.intent}.", "GET /categories lists them.", "/intent")
    takes_long(request.scope)
    is_new = house.library.store.article(body.slug) is None
    article = body.over(house.library.store.last_of(body.slug))
    made = School(house.db, house.library).publish(article, _author(caller), _now(), body.note or "")
    house.bell.ring("events")
    return json(made._asdict(), 201 if is_new else 200)


@router.delete("/articles/{article}", status_code=204, tags=["knowledge"])
def retire_article(article: str, caller: Teaches, house: House) -> None:
    """Takes an article out of search and answers; its versions stay. Publishing it again brings it back."""
    if not house.library.store.retire(article, _author(caller), _now()):
        raise _no_article(article)
    house.bell.ring("events")


def _article(house: Rooms, article: str) -> Article:
    if (found := house.library.store.article(article)) is None:
        raise _no_article(article)
    return found


def _no_article(article: str) -> NotFound:
    return NotFound(f"There is no article {article}.", "GET /articles lists them.")


@router.get("/policy", dependencies=READS_POLICY, tags=["policy"], response_model=PolicyOut,
            responses={404: {}})  # fmt: skip
def read_policy(house: House, version: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> Response:
    """The live policy, or the version asked for, as YAML. The live one comes with an ETag."""
    if version is not None:
        return json({"version": version, "body": house.workspace.policy(version)})
    live = house.workspace.live_policy()
    if live is None:
        raise NotFound("There is no policy yet.", "PUT one.")
    return json({"version": live[0], "body": live[1]}, headers={"ETag": f'"{live[0]}"'})


@router.post("/policy/lint", dependencies=READS_POLICY, tags=["policy"], response_model=FindingsOut)
def lint_policy(body: LintIn, house: House) -> Response:
    """What is wrong or odd in a policy that can be read, and what its budgets would leave to people. One that cannot be
    read is refused (422)."""
    policy = load(body.body)
    found = lint(policy, house.workspace.catalogue(), house.workspace.teams(), house.workspace.tiers())
    return json({"findings": [*found, *house.ladder.limits(policy, _now())]})


@router.post("/policy/diff", dependencies=READS_POLICY, tags=["policy"], response_model=DiffOut, responses={404: {}})
def diff_policy(
    body: LintIn,
    house: House,
    version: Annotated[int | None, Query(ge=1, lt=2**31, description="Instead of the live one.")] = None,
) -> Response:
    """What a policy would change of the live one, or of the version named, setting by setting."""
    return json({"changes": diff(load(_policy_text(house, version)), load(body.body))})


@router.get("/policy/diff", dependencies=READS_POLICY, tags=["policy"], response_model=DiffOut, responses={404: {}})
def diff_versions(
    house: House,
    before: Annotated[int, Query(ge=1, lt=2**31)],
    after: Annotated[int | None, Query(ge=1, lt=2**31, description="Without it, the live one.")] = None,
) -> Response:
    """What changed from one version to another."""
    return json({"changes": diff(load(_policy_text(house, before)), load(_policy_text(house, after)))})


def _policy_text(house: Rooms, version: int | None) -> str:
    if version is not None:
        return house.workspace.policy(version)
    live = house.workspace.live_policy()
    if live is None:
        raise NotFound("There is no policy yet.", "PUT one.")
    return live[1]


@router.put("/policy", status_code=201, tags=["policy"], response_model=AppliedOut, responses={412: {}})
def apply_policy(body: PolicyIn, caller: SetsPolicy, house: House, if_match: ETag = None) -> Response:
    """Makes `body` the live policy, published by the key's owner; workers take it up within a second. Errors that lint
    finds refuse it (422). Of a key that is nobody's a category begins on *approve* at most."""
    policy = sound(body.body, house.workspace.catalogue(), house.workspace.teams(), house.workspace.tiers())
    limits = house.ladder.limits(policy, _now())
    try:
        by = caller.owner or _author(caller)
        with house.ladder.publishing(_now()):
            version = house.workspace.apply_policy(body.body, by, body.note, _now(), _replaced(if_match))
    except Conflict as conflict:
        raise HTTPException(412, str(conflict)) from conflict
    house.bell.ring("events")
    return json({"version": version, "findings": limits}, 201, {"ETag": f'"{version}"'})


def _replaced(if_match: str | None) -> int | None:
    """The version an ETag names. One that was never ours names none, and matches nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    bare = if_match.strip().removeprefix("W/").strip('"')
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else 0


def _author(caller: Caller) -> str:
    return f"key:{caller.name}"


def _now() -> datetime:
    return datetime.now(UTC)
