"""The record of what the assistant's answers were worth: cases and judgements. Added to, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from segue.domain.answer import AnswerKind
from segue.domain.decision import Reason, Rung, shows_suggestion
from segue.domain.errors import Conflict, NotFound
from segue.domain.evidence import (
    ANY,
    NEARLY_THE_SAME,
    STRANGERS,
    CellName,
    JudgedCase,
    Judgement,
    Remark,
    Source,
    Verdict,
    verdict_of,
)
from segue.domain.ids import message_id, message_place
from segue.domain.turn import Commit
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import N_, _

SQL = statements("evidence")
GIVEN, JUDGED = 2_000, 20_000
"""Cases of one category that are read at most: of all that went out, and of those judged or drawn."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """An answer of the assistant and what an agent sent in its place."""

    conversation_id: str
    seq: int
    rung: Rung
    is_held_out: bool
    answer: str
    sent: str
    agent: str


@dataclass(frozen=True, slots=True)
class ToReview:
    """A case that chance picked and nobody has graded."""

    message: str
    category: str
    confidence: float
    at: datetime
    asked: str
    answered: str
    sources: tuple[str, ...]
    waiting: int
    """How many wait, this one counted."""


def case_columns(commit: Commit) -> dict[str, Any]:
    """What makes a turn a case, for the statement that commits it: an answer that claims something, above *route*.
    Empty for any other turn."""
    conversation, turn = commit.lease.conversation, commit.turn
    a, w, d = turn.assessment, turn.answer, turn.decision
    if a is None or w is None or w.kind is not AnswerKind.ANSWER or w.confidence is None or d.rung is Rung.ROUTE:
        return {}
    category = next((guess.category for guess in a.intents if guess.intent == w.intent), None)
    if category is None:
        return {}
    return {
        "judged": category,
        "tier": conversation.tier or "",
        "is_known": conversation.contact.is_verified,
        "article_version": next((g.version for g in w.grounds if g.article_id == w.article_id), None),
        "grounds": sorted({ground.start for ground in w.grounds if ground.article_id == w.article_id}),
        "would_go": d.would_go,
        "propensity": d.scores.get("review_share", 0.0) if d.speaks else 1.0,
        "least": d.scores.get("review_least") if d.speaks else None,
        "is_drawn": d.is_drawn,
        "heads": a.heads,
        "calibration": w.calibration,
    }


_WHY_STALE = {
    "gone": N_("“%(title)s” was taken out"),
    "review": N_("“%(title)s” is past its review date"),
    "agreed": N_("“%(title)s” says something else than several people replied"),
    "confirmed": N_("“%(title)s” is stale, as a person confirmed"),
}


class EvidenceStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    # cases and judgements

    def judge(self, message: str, judgement: Judgement, version: str, because: str) -> bool:
        """Adds a judgement; returns whether it is new and the message is a case. `because`: what it arose from; the
        same thing told twice is one judgement."""
        conversation, seq = message_place(message)
        said = {
            name: getattr(judgement, name) for name in ("source", "verdict", "weight", "distance", "note", "author")
        }
        params = said | {"conversation_id": conversation, "seq": seq, "version": version, "because": because,
                         "at": judgement.at, "alike": NEARLY_THE_SAME}  # fmt: skip
        with self.db.transaction() as connection:
            if judgement.source in (Source.GRADED, Source.MARKED):
                connection.execute(SQL.hold, params)
            return connection.execute(SQL.judge, params).fetchone() is not None

    def cases(
        self,
        since: datetime,
        strangers_singly: bool = False,
        until: datetime | None = None,
        category: str | None = None,
        companies_singly: bool = False,
    ) -> list[JudgedCase]:
        """Cases that were judged or drawn, and the newest answers that went out, oldest first; up to today, or to
        `until`; of every category, or of one. Customers nobody vouched for, and those of one company, stand together
        unless they count `singly`."""
        params = {"since": since, "until": until, "category": category, "given": GIVEN, "judged": JUDGED}
        rows = self.db.all(SQL.cases, params)
        return [_case(row, strangers_singly, "" if companies_singly else _company(row)) for row in rows]

    def first_cases(self) -> dict[str, datetime]:
        """By category, when its first answer was a case."""
        return {row.category_id: row.at for row in self.db.all(SQL.first_cases)}

    def remarks(self, since: datetime, strangers_singly: bool = False) -> list[Remark]:
        """What agents said of handoffs with one key, oldest first. What belongs to no category is left out."""
        rows = self.db.all(SQL.remarks, {"since": since})
        return [_remark(row, strangers_singly) for row in rows if row.category_id]

    def judged_by_matter(self, matters: Collection[tuple[str, str]] | None = None) -> dict[tuple[str, str], int]:
        """By category and matter, of how many customers people of ours judged an answer; of all, or of `matters`."""
        categories = None if matters is None else sorted({category for category, _matter in matters})
        intents = None if matters is None else sorted({matter for _category, matter in matters})
        rows = self.db.all(SQL.judged_by_matter, {"categories": categories, "intents": intents})
        return {(r.category_id, r.intent_id): int(r.n) for r in rows}

    def case(self, message: str) -> JudgedCase:
        """Raises NotFound where the message is no case."""
        conversation, seq = message_place(message)
        row = self.db.one(SQL.case, {"conversation_id": conversation, "seq": seq})
        if row is None:
            raise NotFound(
                _("%(message)s is no case: the assistant had no answer to it.", message=message),
                _("Take one that was drawn."),
            )
        return _case(row, False)

    def to_review(self, agent: str) -> ToReview | None:
        """The oldest that waits and is not from a conversation of `agent`."""
        row = self.db.one(SQL.to_review, {"agent": agent})
        if row is None:
            return None
        sources = tuple(dict.fromkeys(ground["title"] for ground in row.grounds or ()))
        message = message_id(row.conversation_id, row.seq)
        return ToReview(message, row.category_id, row.confidence, row.at, row.asked, row.answered, sources, row.waiting)

    def has_part(self, conversation: str, agent: str) -> bool:
        """Whether `agent` wrote anything there."""
        row = self.db.one(SQL.has_part, {"conversation_id": conversation, "agent": agent})
        return bool(row and row.yes)

    def suggested(self, conversation: str, seq: int) -> Suggested | None:
        """The answer beside which an agent's message `seq` stands; None where there was none, or it is no agent's."""
        row = self.db.one(SQL.suggested, {"conversation_id": conversation, "seq": seq})
        if row is None:
            return None
        return Suggested(
            row.conversation_id, row.seq, Rung(row.rung), row.is_held_out, row.answer, row.sent, row.agent_id
        )

    def mark(self) -> tuple[int, int, int]:
        """Numbers of the newest judgement and the newest move, and how many customers were erased: while they stay, the
        record says the same."""
        row = self.db.one(SQL.mark)
        assert row is not None
        return row.judgements, row.standings, row.erasures

    def would_be(self, messages: Sequence[str]) -> list[dict[str, Any]]:
        """Question and answer of cases, for a person to read."""
        places = [message_place(message) for message in messages]
        rows = self.db.all(SQL.would_be, {"conversations": [c for c, _ in places], "seqs": [n for _, n in places]})
        return [
            {"message": message_id(r.conversation_id, r.seq), "asked": r.asked, "answered": r.answered,
             "confidence": r.confidence, "was_given": r.was_given}
            for r in rows
        ]  # fmt: skip

    def stale_articles(self, today: date) -> dict[str, str]:
        """Articles that must not be answered from, each with its title and why: past their review date, in doubt, or
        taken out."""
        return {r.id: _(_WHY_STALE[r.why], title=r.title) for r in self.db.all(SQL.stale_articles, {"today": today})}

    # an agent's approval

    def approve_answer(
        self, conversation: str, seq: int, agent: str, now: datetime, voice: str = ""
    ) -> tuple[int, str]:
        """Sends the assistant's answer to message `seq` under an agent's name; returns its seq and its words. `voice`:
        whose word it is, where it is not the agent's.

        Raises NotFound, and Conflict where there is nothing to approve or somebody was faster.
        """
        row = self.db.one(SQL.answer, {"id": conversation, "seq": seq})
        if row is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        if row.kind != "answer" or not shows_suggestion(row.rung, row.is_held_out):
            raise Conflict(
                _("There is no answer to approve at message %(seq)s.", seq=seq), _("Write the reply yourself.")
            )
        params = {"id": conversation, "seq": seq, "agent": agent, "body": row.answer, "now": now, "voice": voice}
        sent = self.db.one(SQL.approve, params)
        if sent is None:
            raise Conflict(_("The customer wrote, or somebody answered, meanwhile."), _("Load the conversation again."))
        return int(sent.seq), row.answer


def _company(row: Any) -> str:
    """The account, or else the mail domain where it is not one that anybody may have an address in."""
    return row.account_id or ("" if row.domain in public_domains() else row.domain) or ""


@cache
def public_domains() -> frozenset[str]:
    """Of providers that give anybody an address."""
    told = (files(__package__) / "public_mail.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in told if line and not line.startswith("#"))


def _case(row: Any, strangers_singly: bool, company: str = "") -> JudgedCase:
    return JudgedCase(
        conversation_id=row.conversation_id,
        seq=row.seq,
        contact=row.contact_id if row.is_known or strangers_singly else STRANGERS,
        category=row.category_id,
        tier=row.tier,
        channel=row.channel,
        intent=row.intent_id,
        article_id=row.article_id,
        confidence=row.confidence,
        rung=Rung(row.rung),
        was_given=row.was_given,
        would_go=row.would_go,
        propensity=row.propensity,
        least=row.least,
        is_drawn=row.is_drawn,
        at=row.at,
        judgements=tuple(judgement_of(said) for said in row.said or ()),
        article_version=row.article_version,
        grounds=tuple(row.grounds),
        threshold=row.threshold,
        company=company,
        alike=row.alike,
    )


def _remark(row: Any, strangers_singly: bool) -> Remark:
    judgements = tuple(judgement_of(said) for said in row.said or ())
    return Remark(
        contact=row.contact_id if row.is_verified or strangers_singly else STRANGERS,
        cell=CellName(row.category_id, row.tier or ANY, row.channel),
        agent=row.agent_id,
        is_needless=row.is_needless,
        reason=Reason(row.reason),
        rule=row.rule or "",
        confidence=None if row.confidence is None else float(row.confidence),
        threshold=None if row.threshold is None else float(row.threshold),
        verdict=verdict_of(judgements),
        at=row.at,
    )


def judgement_of(said: Sequence[Any]) -> Judgement:
    """As the statements write it: source, verdict, weight, author, at, note, distance."""
    source, verdict, weight, author, at, note, distance = said
    return Judgement(Source(source), Verdict(verdict), weight, author, datetime.fromisoformat(at), note, distance)
