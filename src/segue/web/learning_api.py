"""The learning loop for machines: lessons, refits, candidates, topics, articles in doubt, figures, erasure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segue.domain.errors import NotFound
from segue.insight.figures import FIGURES, Record
from segue.learning.school import School
from segue.learning.watch import ArticleWatch
from segue.store.anew import Anew
from segue.store.erasure import ErasureStore
from segue.store.learning import LearningStore
from segue.store.outcomes import Outcomes
from segue.store.stale import StaleStore
from segue.web import learning_shapes as shapes
from segue.web import proposal_shapes as proposals
from segue.web.bounds import takes_long
from segue.web.doors import Caller, needs
from segue.web.owners import asker, lead
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json, not_listed, shown

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
KNOWS = [Depends(needs("knowledge:read"))]
Teaches = Annotated[Caller, Depends(needs("knowledge:write"))]
READS = [Depends(needs("conversations:read"))]
WRITES = [Depends(needs("conversations:write"))]
Erases = Annotated[Caller, Depends(needs("policy:write"))]
READS_POLICY = [Depends(needs("policy:read"))]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
DECIDED: dict[int | str, dict[str, Any]] = {403: {}, 409: {}}
Days = Annotated[int, Query(ge=1, le=3650, description="How far back.")]
LessonCursor = Annotated[str | None, Query(pattern="^les_[0-9A-Za-z_.-]{1,80}$", description="`next_cursor`")]
Status = Annotated[str | None, Query(pattern="^(open|approved|rejected)$")]
CaseStatus = Annotated[str | None, Query(pattern="^(open|confirmed|agreed|dismissed|answered)$")]


# how answers turned out


@router.post("/conversations/{conversation}/feedback", dependencies=WRITES, responses=CONFLICT, tags=["conversations"],
             response_model=shapes.FeedbackOut)  # fmt: skip
def give_feedback(
    conversation: Annotated[str, Path(description="Its id, not its number.")], body: shapes.FeedbackIn, house: House
) -> Response:
    """What the customer says of an answer of the assistant's. A yes to its last one closes the conversation where the
    assistant has it.

    409 where it has given no answer, or what `seq` names is none.
    """
    is_new = Outcomes(house.db).feedback(conversation, body.solved, _now(), answer=body.seq)
    house.bell.ring("events")
    return json({"is_new": is_new})


@router.get("/figures", dependencies=READS, tags=["insight"], response_model=shapes.FiguresOut)
def read_figures(house: House, days: Days = 90) -> Response:
    """Offered, contained, confirmed, assumed, durable, verified, reopened, handed over: apart, with n and interval."""
    now = _now()
    return json({"days": days, "standings": Record(house.db).standings(now - timedelta(days=days), now)})


@router.get("/figures/{figure}", dependencies=READS, tags=["insight"], response_model=shapes.BehindOut)
def read_figure(
    figure: Annotated[str, Path(description="Its name.")], house: House, days: Days = 90,
    category: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = "",
) -> Response:  # fmt: skip
    """The conversations that a figure counts."""
    if figure not in FIGURES:
        raise NotFound(f"There is no figure {figure}.", f"There are {', '.join(FIGURES)}.")
    now = _now()
    ids, _count = Record(house.db).behind(figure, now - timedelta(days=days), now, category)
    return json({"figure": figure, "category": category, "conversations": ids})


# what was learnt


@router.get("/learning", dependencies=KNOWS, tags=["learning"], response_model=shapes.LearningOut)
def read_learning(house: House) -> Response:
    """What waits, what was published or refused and why, what is open."""
    store, school, stale = LearningStore(house.db), _school(house), StaleStore(house.db)
    refits = [{**r, "contests": r["report"].get("contests", [])} for r in store.refits()]
    return json({
        "lessons_waiting": store.waiting(), "examples_waiting": store.taught()[1],
        "candidates": len(school.store.candidates()), "topics": len(school.store.topics()),
        "stale": len(stale.cases("open")) + len(stale.cases("agreed")),
        "erasures_waiting": len(ErasureStore(house.db).to_refit()), "head": house.workspace.head_version("intents"),
        "taught": house.workspace.taught(),
        "marks": house.workspace.marks(),
        "encoder": {"made_with": Anew(house.db).made_with(), "reads_anew": Anew(house.db).progress()},
        "refits": [shown(shapes.RefitOut, r) for r in refits],
    })  # fmt: skip


@router.post("/learning/run", status_code=202, tags=["learning"], response_model=shapes.RunOut)
def run_learning(body: shapes.RunIn, caller: Teaches, house: House) -> Response:
    """Refit, draft and look for topics now, asked for by the key's owner, or by the key where it is nobody's; a worker
    takes it up within seconds. GET /learning tells how it went."""
    by = asker(house, caller, body.agent)
    LearningStore(house.db).ask(by)
    return json({"agent": by}, 202)


@router.get("/lessons", dependencies=KNOWS, tags=["learning"], response_model=shapes.LessonsOut, responses={400: {}})
def list_lessons(house: House, after: LessonCursor = None, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
    """Newest first, without personal data."""
    store = LearningStore(house.db)
    if after and not store.lessons(lesson=after, limit=1):
        raise not_listed(after)
    found = store.lessons(after, limit + 1)
    return json({"lessons": [shown(shapes.LessonOut, row) for row in found[:limit]],
                 "next_cursor": found[limit - 1]["id"] if len(found) > limit else None})  # fmt: skip


# candidate articles


@router.get("/candidates", dependencies=KNOWS, tags=["learning"], response_model=proposals.CandidatesOut)
def list_candidates(house: House, status: Status = "open") -> Response:
    """Articles drafted from lessons, newest first, each with its tested effect."""
    found = _school(house).store.candidates(status)
    return json({"candidates": [shown(proposals.CandidateOut, row) for row in found]})


@router.get(
    "/candidates/{candidate}", dependencies=KNOWS, tags=["learning"], response_model=proposals.WholeCandidateOut
)
def read_candidate(candidate: str, house: House) -> Response:
    """With the lessons it was drafted from."""
    found = _school(house).shown(candidate)
    sources = [shown(proposals.SourceOut, s) for s in found["sources"]]
    return json(shown(proposals.WholeCandidateOut, {**found, "lessons": len(sources), "sources": sources}))


@router.patch("/candidates/{candidate}", responses=DECIDED, tags=["learning"],
              response_model=proposals.CandidateOut)  # fmt: skip
def change_candidate(
    candidate: str, body: proposals.ChangeCandidateIn, caller: Teaches, house: House, request: Request
) -> Response:
    """Changes its words or what it answers, in the name of the key's owner, a lead; its effect is tested anew."""
    takes_long(request.scope)
    school = _school(house)
    school.edit(candidate, lead(house, caller, body.agent), _now(), body.title, body.body, body.intent)
    found = school.store.candidate(candidate)
    return json(shown(proposals.CandidateOut, {**found, "lessons": len(found["sources"])}))


@router.post("/candidates/{candidate}/approve", status_code=201, responses=DECIDED,
             tags=["learning"], response_model=proposals.ApprovedOut)  # fmt: skip
def approve_candidate(
    candidate: str, body: proposals.DecideIn, caller: Teaches, house: House, request: Request
) -> Response:
    """Publishes it as an article under the name of the key's owner, and opens its intent. 403 where that is nobody, no
    lead, or the only author of what it was drafted from."""
    takes_long(request.scope)
    article = _school(house).approve(candidate, lead(house, caller, body.agent), _now(), body.note or "")
    house.bell.ring("events")
    return json({"article_id": article}, 201)


@router.post("/candidates/{candidate}/merge", responses=DECIDED, tags=["learning"],
             response_model=proposals.CandidateOut)  # fmt: skip
def merge_candidate(
    candidate: str, body: proposals.MergeCandidateIn, caller: Teaches, house: House, request: Request
) -> Response:
    """Into another candidate, with its lessons, or as an addition to an article, in the name of the key's owner; tested
    anew. Gives the candidate to decide on."""
    takes_long(request.scope)
    school = _school(house)
    into = school.merge(candidate, body.into, lead(house, caller, body.agent), _now())
    return json(shown(proposals.CandidateOut, school.store.candidate(into)))


@router.post("/candidates/{candidate}/reject", status_code=204, responses=DECIDED,
             tags=["learning"])  # fmt: skip
def reject_candidate(candidate: str, body: proposals.DecideIn, caller: Teaches, house: House) -> None:
    """Nothing is drafted from its lessons again. In the name of the key's owner, a lead."""
    _school(house).reject(candidate, lead(house, caller, body.agent), _now(), body.note or "")


# new topics


@router.get("/topics", dependencies=KNOWS, tags=["learning"], response_model=proposals.TopicsOut)
def list_topics(house: House) -> Response:
    """Groups of messages that were none of the known matters, the largest first."""
    return json({"topics": [shown(proposals.TopicOut, t) for t in _school(house).store.topics()]})


@router.get("/topics/{topic}", dependencies=KNOWS, tags=["learning"], response_model=proposals.WholeTopicOut)
def read_topic(topic: str, house: House) -> Response:
    """With its messages, the one that stands for the others first."""
    store = _school(house).store
    said = [shown(proposals.TopicMessageOut, {**m._asdict(), "text": m.body}) for m in store.topic_messages(topic)]
    return json(shown(proposals.WholeTopicOut, {**store.topic(topic), "said": said}))


@router.post("/topics/{topic}/name", status_code=201, responses=DECIDED, tags=["learning"],
             response_model=proposals.NamedOut)  # fmt: skip
def name_topic(topic: str, body: proposals.NameTopicIn, caller: Teaches, house: House, request: Request) -> Response:
    """Makes it an intent of a category, with its messages as examples, in the name of the key's owner, a lead. It is
    opened once it has an article."""
    takes_long(request.scope)
    intent = _school(house).name(
        topic, lead(house, caller, body.agent), body.name, body.category, _now(), body.intent or ""
    )
    return json({"intent": intent}, 201)


@router.post("/topics/{topic}/dismiss", status_code=204, responses=DECIDED, tags=["learning"])
def dismiss_topic(topic: str, body: proposals.DecideIn, caller: Teaches, house: House) -> None:
    """It is not proposed again with these messages. In the name of the key's owner, a lead."""
    _school(house).dismiss(topic, lead(house, caller, body.agent), _now(), body.note or "")


# articles in doubt


@router.get("/stale-cases", dependencies=KNOWS, tags=["learning"], response_model=proposals.StaleCasesOut)
def list_stale(house: House, status: CaseStatus = None) -> Response:
    """Articles that recent replies of people contradict, newest first."""
    store = StaleStore(house.db)
    store.answer_old(_now())
    return json({"stale_cases": [shown(proposals.StaleOut, c) for c in store.cases(status)]})


@router.get("/stale-cases/{case}", dependencies=KNOWS, tags=["learning"], response_model=proposals.WholeStaleOut)
def read_stale(case: str, house: House) -> Response:
    """With both texts."""
    found = StaleStore(house.db).case(case)
    said = [shown(proposals.DoubtingOut, r) for r in found["said_by"]]
    return json(shown(proposals.WholeStaleOut, {**found, "said_by": said}))


@router.post("/stale-cases/{case}/confirm", status_code=204, responses=DECIDED, tags=["learning"])
def confirm_stale(case: str, body: proposals.DecideIn, caller: Teaches, house: House) -> None:
    """The replies are right: nobody is answered from the article until it is published anew. In the name of the key's
    owner, a lead."""
    _watch(house).decide(case, lead(house, caller, body.agent), True, _now(), body.note or "")
    house.bell.ring("events")


@router.post("/stale-cases/{case}/uphold", status_code=204, responses=DECIDED, tags=["learning"])
def uphold_article(case: str, body: proposals.DecideIn, caller: Teaches, house: House) -> None:
    """The article is right: the doubt is dropped. In the name of the key's owner, a lead."""
    _watch(house).decide(case, lead(house, caller, body.agent), False, _now(), body.note or "")
    house.bell.ring("events")


# erasing


@router.delete("/contacts/{contact}", status_code=202, tags=["learning"], response_model=shapes.ErasedOut)
def erase_contact(contact: str, caller: Erases, house: House, request: Request) -> Response:
    """Erases a customer with all that was learnt from them; it cannot be undone.

    Their rows are gone with the 202; a worker fits anew without them right after.
    """
    takes_long(request.scope)
    erased = ErasureStore(house.db).erase(contact, f"key:{caller.name}", _now())
    house.bell.ring("events")
    return json(erased, 202)


@router.get("/erasures", dependencies=READS_POLICY, tags=["learning"], response_model=shapes.ErasuresOut)
def list_erasures(house: House) -> Response:
    """The record: by whom, when, and how many rows; all of it, newest first. `segue restore --erasures` takes it, and
    erases again whom a backup brings back."""
    return json({"erasures": ErasureStore(house.db).erasures(limit=None)})


def _school(house: Rooms) -> School:
    return School(house.db, house.library)


def _watch(house: Rooms) -> ArticleWatch:
    return ArticleWatch(StaleStore(house.db), house.library, house.workspace)


def _now() -> datetime:
    return datetime.now(UTC)
