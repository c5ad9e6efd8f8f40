"""How far the assistant may go, for leads: every cell with its rung, its evidence and its offer; and what moved.

A lead reads a cell in one line: where it stands, what it needs for the next step, and who moved it last. Everything
else opens under the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.errors import Conflict, Forbidden, NotFound, Refused, SegueError
from segue.domain.evidence import ANY, CellName
from segue.domain.ids import message_place
from segue.domain.moves import Offer
from segue.domain.people import Agent
from segue.learning.boundary import survey
from segue.learning.missing import AGENTS, CASES, CONTACTS
from segue.learning.record import Report
from segue.learning.trend import SPAN, trends
from segue.policy.settings import Policy
from segue.texts import N_, _, _p, forms, word
from segue.texts.codes import CHANNELS
from segue.web.doors import handling, leading, signed_in
from segue.web.lead_page import House, Lead, Overseer, hidden_from, moment, page, patient, record_of
from segue.web.moved import cell_called, reason, rung_called, told
from segue.web.pages import PageRoute, go, plain
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LONGEST = 300
Words = Annotated[str, Form(max_length=LONGEST)]
Typed = Annotated[str, Form()]
"""Kept where it is too long."""
RUNGS = (N_("Route only"), N_("Shadow"), N_("Suggest"), N_("Approve"), N_("Auto with hold"), N_("Auto"))
DOES = (
    N_("People have everything."),
    N_("Silent: what it would have said is compared with what people reply."),
    N_("Agents see its answer as a suggestion."),
    N_("An agent sends its answer with one key."),
)
"""Of those that answer nobody by themselves; of the others `what_each_does` tells as the policy sets it."""
MOVES = 50


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of something is there, of how much is needed."""

    have: int
    need: int
    what: str

    @property
    def share(self) -> float:
        return min(1.0, self.have / self.need) if self.need else 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One cell as the page shows it."""

    report: Report
    category: str
    tier: str
    channel: str
    offer: Offer | None

    @property
    def is_capped(self) -> bool:
        """Whether only the policy keeps it from going further."""
        return self.report.to is not None and self.report.to > self.report.ceiling

    @property
    def gauges(self) -> tuple[Gauge, ...]:
        proof = self.report.proof
        right = floor(max(proof.counted - proof.wrong, 0.0))
        needed = max(right + proof.needed, CASES + proof.wrong)
        return (
            Gauge(right, needed, _("right cases")), Gauge(proof.contacts, CONTACTS, _("customers")),
            Gauge(len(proof.agents), AGENTS, _("agents")),
        )  # fmt: skip

    @property
    def state(self) -> tuple[str, str]:
        """The kind of its chip, and the word on it."""
        if self.report.alarm:
            return "bad", _("must go down")
        if self.offer:
            return "ok", _("next step earned")
        if self.report.ceiling is Rung.ROUTE:
            return "", _("people only")
        if self.report.to is None:
            return "ok", _("at the top")
        return ("", _("at its ceiling")) if self.is_capped else ("warn", _("gathering evidence"))

    @property
    def calm(self) -> int:
        """How little there is to do about it."""
        if self.report.alarm or self.offer:
            return 0
        is_still = self.is_capped or self.report.to is None
        return 3 if self.report.ceiling is Rung.ROUTE else 2 if is_still else 1

    @property
    def lower(self) -> tuple[Rung, ...]:
        return tuple(rung for rung in Rung if rung < self.report.rung)


@router.get("/autonomy", dependencies=[Depends(patient)])
def autonomy(house: House, me: Overseer) -> Response:
    return shown(house, me)


@router.post("/autonomy/offers/{offer}/approve", dependencies=[Depends(leading)])
def approve(house: House, me: Lead, offer: str, note: Typed = "") -> Response:
    """The lead takes the step up, by name. The proof is looked at again, without what they judged themselves."""
    try:
        _fits(note, "/note")
        house.ladder.approve(offer, me.id, moment(), plain(note).strip())
    except (Conflict, Forbidden, Refused) as error:
        return shown(house, me, {offer: error}, note)
    return _done(house)


@router.post("/autonomy/offers/{offer}/decline", dependencies=[Depends(leading)])
def decline(house: House, me: Lead, offer: str, note: Typed = "") -> Response:
    try:
        house.ladder.decline(offer, me.id, moment())
    except Conflict as error:
        return shown(house, me, {offer: error}, note)
    return _done(house)


@router.post("/autonomy/lower", dependencies=[Depends(leading)])
def lower(house: House, me: Lead, cell: Words, why: Typed = "", to: Annotated[int, Form(ge=0, le=5)] = 0) -> Response:
    """Takes a cell down at once; from there it earns its way up again."""
    try:
        _fits(why, "/why")
        house.ladder.lower(CellName.read(cell), me.id, plain(why).strip(), moment(), Rung(to))
    except (Refused, NotFound) as error:
        return shown(house, me, {cell: error}, why, to)
    return _done(house)


def what_each_does(policy: Policy) -> list[str]:
    """What the assistant does on each rung, from the lowest, under this policy."""
    waits = ((word(called), policy.hold.of(Channel(channel))) for channel, called in CHANNELS.items())
    waiting = ", ".join(
        _p("a channel and its wait", "%(channel)s %(n)s s", channel=channel, n=f"{seconds:g}")
        for channel, seconds in waits if seconds
    )  # fmt: skip
    alone = N_("Answers by itself; %(share)s are drawn for review.")
    with_hold = _(
        "Answers by itself, after a wait in which people can stop it (%(waits)s); %(share)s are drawn for review.",
        waits=waiting, share=forms.share(policy.evidence.review_with_hold),
    ) if waiting else _(alone, share=forms.share(policy.evidence.review_with_hold))  # fmt: skip
    return [*map(_, DOES), with_hold, _(alone, share=forms.share(policy.evidence.review_auto))]


def _fits(typed: str, field: str) -> None:
    if len(typed) > LONGEST:
        raise Refused(_("This is too long."), _("At most %(most)s characters.", most=forms.number(LONGEST)), field)


def shown(
    house: Rooms, me: Agent, refused: dict[str, SegueError] | None = None, typed: str = "", to: int | None = None
) -> Response:
    """`typed` and `to`: the words, and the rung to step down to, of what was refused."""
    now = moment()
    record = record_of(house, now)
    reports = survey(record)
    offers = house.ladder.offers()
    rows = rows_of(house, reports, offers)
    trend = trends(record.cases, [report.cell for report in reports], now)
    status = 409 if refused else 200
    known = {row.report.cell.category for row in rows}
    there = {*(offer.id for offer in offers), *(str(row.report.cell) for row in rows)}
    categories = {c.id: c.name for c in record.catalogue.categories}
    return page(
        house, me, "autonomy.html", status, now, rows=rows, trends=trend, span=SPAN.days,
        refused=refused or {}, typed=typed, to=to,
        elsewhere=[error for what, error in (refused or {}).items() if what not in there],
        rungs=[_(name) for name in RUNGS], inside=[rung_called(rung) for rung in Rung],
        does=what_each_does(record.policy),
        offers=[_offered(house, me, offer, categories) for offer in offers], budget=record.policy.budget,
        moves=told(house.ladder.history.moves()[::-1][:MOVES], categories), reason=reason,
        alone=[c for c in record.catalogue.categories if c.id not in known], open_cell=next(iter(refused or {}), ""),
        waiting=_waiting(house, me),
    )  # fmt: skip


def rows_of(house: Rooms, reports: list[Report], offers: list[Offer]) -> list[Row]:
    """Those with something to decide first, then those that gather evidence, then those where nothing moves."""
    names = {c.id: c.name for c in house.workspace.catalogue().categories}
    by_cell = {offer.cell: offer for offer in offers}
    rows = [
        Row(r, names.get(r.cell.category, r.cell.category), _any(r.cell.tier, _("every tier")),
            _any(word(CHANNELS.get(r.cell.channel, r.cell.channel)), _("every channel")), by_cell.get(r.cell))
        for r in reports
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.calm, row.category, str(row.report.cell)))


def _any(part: str, said: str) -> str:
    return said if part == ANY else part


def _offered(house: Rooms, me: Agent, offer: Offer, categories: Mapping[str, str]) -> dict[str, Any]:
    """With the answers to read before it is taken up: wrong ones first."""
    answers = [
        a | {"conversation": message_place(a["message"])[0]} for a in house.ladder.store.would_be(offer.proof.messages)
    ]
    hidden = hidden_from(house, me, (a["conversation"] for a in answers))
    may_read = [a for a in answers if a["conversation"] not in hidden]
    return {"offer": offer, "called": cell_called(offer.cell, categories), "answers": may_read}


def _waiting(house: Rooms, me: Agent) -> int:
    found = house.ladder.judging.next_review(me.id)
    return found.waiting if found else 0


def _done(house: Rooms) -> Response:
    house.bell.ring("events")
    return go("/autonomy")


# what chance drew


@router.get("/review")
def review(house: House, me: Annotated[Agent, Depends(signed_in)], done: int = 0) -> Response:
    """The oldest answer that was drawn and nobody has graded, none of one's own."""
    return _next_one(house, me, 200, done)


@router.post("/review/{message}", dependencies=[Depends(handling)])
def judge(
    house: House, me: Annotated[Agent, Depends(signed_in)], message: str, verdict: Words = "", note: Words = "",
    done: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """One word: right or wrong. The next one follows."""
    if verdict not in ("right", "wrong"):
        return _next_one(house, me, 422, done, _("Say whether it was right or wrong."), note)
    house.ladder.judging.review(message, verdict, me.id, moment(), plain(note).strip())
    house.bell.ring("events")
    return go(f"/review?done={done + 1}")


def _next_one(house: Rooms, me: Agent, status: int, done: int, error: str = "", note: str = "") -> Response:
    found = house.ladder.judging.next_review(me.id)
    category = house.workspace.catalogue().category(found.category) if found else None
    called = category.name if category else found.category if found else ""
    return page(house, me, "review.html", status, found=found, category=called, done=done, error=error, note=note)
