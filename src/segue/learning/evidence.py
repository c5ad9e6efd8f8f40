"""What one judged case counts for, and which cases speak for a step up.

The one idea: a doubt counts whole and praise by its source. For a bet on "right" that stays fair whatever the weights
of the right cases are, as long as no wrong case weighs less. So praise may be capped freely: the second right case of
one contact counts a third of the first, the next a third of that. One customer who writes a thousand times is worth
less than one and a half cases, twenty of them less than thirty; and all strangers together are one voice, because
anybody can be twenty strangers. So are all API keys that speak in agents' names without vouching for them. What many
write in nearly the same words on one day is right or wrong together, and so it is right once. And no agent and no
company counts for much more than all others together: nobody proves anything alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import SequenceMatcher
from typing import TypeVar

from segue.domain.decision import Rung
from segue.domain.evidence import CellName, JudgedCase, Judgement, Remark, Source, Verdict
from segue.domain.ports import Encoder
from segue.learning.rewritten import is_negation
from segue.policy.betting import sampling_weight

RULES = "judging-2"
"""Version of the rules below; it stands in every judgement."""
AGAIN = 1 / 3
"""What each further right case of one contact counts, as a share of the one before."""
AHEAD = 5
"""By how many cases the praise of one agent, or of one company's customers, may count for more than that of all
others."""
DAILY = 3
"""How many cases of one customer, and of one text, an alarm listens to in a day, right or wrong, when it asks how the
others fare."""
DOUBTS = 2
"""How often one customer's "no" is heard against a cell: nobody takes one down alone."""
RIPE = timedelta(days=7)
"""A customer's "yes" counts once they have not come back for this long."""
WEIGHTS = {
    Source.GRADED: 1.0, Source.MARKED: 1.0, Source.UNEDITED: 1.0, Source.EDITED: 0.5, Source.THROWN_AWAY: 1.0,
    Source.COMPARED: 0.5, Source.CONFIRMED: 0.25, Source.DENIED: 1.0, Source.RETURNED: 1.0, Source.SILENCE: 0.0,
}  # fmt: skip
"""What a judgement counts for at most, if it says "right"; "wrong" always counts whole."""
SAME, TOUCHED_UP, ANOTHER = 0.03, 0.35, 0.75
"""Distances between suggestion and reply: up to the first it is unedited, up to the second still what was suggested;
from the last on it was thrown away, and between the two nobody can tell."""
ALIKE, UNLIKE = 0.75, 0.35
"""Cosines between the answer in the shadow and the reply: from the first on they say the same, below the second not."""
WORDS = 600
"""Words of a text that are compared."""
FEW = 3
"""Words in one place of a text that are still a correction there, and no other sentence."""
_MARKS = '.,;:!?()[]"“”„'
_STEP = re.compile(r"\d{1,2}[.)]$")


def edited(answer: str, sent: str, agent: str, at: datetime) -> Judgement:
    """What an agent's reply says of the suggestion they saw. Who puts another number into it, or a "not", changes one
    word of many, and what it says."""
    far = distance(answer, sent)
    if far < ANOTHER and is_put_right(answer, sent):
        return Judgement(Source.EDITED, Verdict.WRONG, WEIGHTS[Source.EDITED], agent, at, distance=round(far, 3))
    source = Source.UNEDITED if far <= SAME else Source.THROWN_AWAY if far >= ANOTHER else Source.EDITED
    verdict = Verdict.RIGHT if far <= TOUCHED_UP else Verdict.WRONG if far >= ANOTHER else Verdict.UNKNOWN
    return Judgement(source, verdict, WEIGHTS[source], agent, at, distance=round(far, 3))


def compared(likeness: float, agent: str, at: datetime) -> Judgement:
    """What an agent's reply says of an answer they did not see; `likeness` is the cosine of the two."""
    verdict = Verdict.RIGHT if likeness >= ALIKE else Verdict.WRONG if likeness < UNLIKE else Verdict.UNKNOWN
    far = round(min(max(1.0 - likeness, 0.0), 1.0), 3)
    return Judgement(Source.COMPARED, verdict, WEIGHTS[Source.COMPARED], agent, at, distance=far)


def distance(suggested: str, sent: str) -> float:
    """0 where what was sent is the suggestion, 1 where no word is left. A greeting added counts little: mostly what is
    gone from the suggestion counts."""
    ours, theirs = suggested.split()[:WORDS], sent.split()[:WORDS]
    if ours == theirs:
        return 0.0
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    kept = sum(block.size for block in blocks)
    gone, added = 1 - kept / max(len(ours), 1), 1 - kept / max(len(theirs), 1)
    return max(gone, min(1.0, 0.25 * gone + 0.5 * added))


def is_put_right(suggested: str, sent: str) -> bool:
    """Whether a number stands in the place of another one, or a "not" came or went, within a sentence that both have.
    What was added as a sentence of its own ("No problem.") is no other fact, nor is a step that has another number."""
    ours, theirs = suggested.split()[:WORDS], sent.split()[:WORDS]
    changes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return any(
        _is_other_number(ours[a:b], theirs[c:d]) or (_is_within(ours[:a]) and _is_denied(ours[a:b], theirs[c:d]))
        for tag, a, b, c, d in changes
        if tag != "equal"
    )


def _is_within(before: Sequence[str]) -> bool:
    return bool(before) and not before[-1].endswith((".", "!", "?", ":"))


def _is_other_number(gone: Sequence[str], come: Sequence[str]) -> bool:
    ours, theirs = ([re.sub(r"\D", "", word) for word in words if not _STEP.match(word)] for words in (gone, come))
    return bool(ours and theirs) and all(ours) and all(theirs) and ours != theirs


def _is_denied(gone: Sequence[str], come: Sequence[str]) -> bool:
    ours, theirs = (any(is_negation(word.strip(_MARKS).casefold()) for word in words) for words in (gone, come))
    return max(len(gone), len(come)) <= FEW and ours is not theirs


def likeness(encoder: Encoder, one: str, other: str) -> float:
    """Their cosine. Raises EncoderUnavailable."""
    return float(encoder.encode([one])[0] @ encoder.encode([other])[0])


_SAID = {
    Source.CONFIRMED: Verdict.RIGHT,
    Source.DENIED: Verdict.WRONG,
    Source.RETURNED: Verdict.WRONG,
    Source.SILENCE: Verdict.UNKNOWN,
}


def outcome(source: str, author: str, at: datetime) -> Judgement | None:
    """What became of an answer, as a recorded event tells it; None for a source that is none of these."""
    known = next((s for s in _SAID if s.value == source), None)
    return Judgement(known, _SAID[known], WEIGHTS[known], author, at) if known else None


_NOT_SERVED = frozenset({Source.DENIED, Source.RETURNED})


@dataclass(frozen=True, slots=True)
class Weighed:
    """A case as a bet takes it."""

    case: JudgedCase
    right: float
    weight: float
    drawn: float = 1.0
    """What it counts for by how readily it was drawn alone."""
    is_cut: bool = False
    """Whether its agent judged so much more than all others that this counts less."""
    is_companys: bool = False
    """Whether one company's customers are so many more than all others that this counts less."""


def speaking(
    cases: Iterable[JudgedCase], rung: Rung, asked: float, since: datetime, now: datetime, goes_on: bool = False
) -> list[Weighed]:  # fmt: skip
    """The cases that speak for or against the step up from `rung`: answers that only the rung kept back, sure enough
    for the threshold of then or, where there was none yet, for what is `asked`. Where the assistant answers alone these
    are the ones that chance had picked, for of others it is told more readily that they were right than that they were
    wrong. Oldest first, with weights and caps. `goes_on`: with those behind a drawn one that waits for its grade.
    """
    here = (case for case in _sure(cases, asked, since) if case.rung is rung)
    if rung > Rung.APPROVE:
        found = _drawn(here, now, goes_on)
    else:
        found = (case for case in here if _tells(case, now) or (rung is Rung.APPROVE and _is_half_kept(case)))
    return shared(capped(found))


def telling(cases: Iterable[JudgedCase], asked: float, since: datetime, now: datetime) -> list[Weighed]:
    """The cases that tell whether a cell is worth its rung: judged answers as sure as that, on whatever rung people saw
    them, for the policy may hold a cell lower than it stands, for weeks. Oldest first."""
    here = (case for case in _sure(cases, asked, since) if case.rung >= Rung.SUGGEST)
    return capped(case for case in here if _tells(case, now))


def _sure(cases: Iterable[JudgedCase], asked: float, since: datetime) -> Iterator[JudgedCase]:
    """By the threshold of then, which `would_go` has passed. Today's one was set by what came of these very cases: held
    to it, those that were wrong would leave the record as soon as it was raised because of them."""
    here = (case for case in cases if case.at > since and case.would_go)
    return (case for case in here if case.threshold is not None or case.confidence >= asked)


def _drawn(cases: Iterable[JudgedCase], now: datetime, goes_on: bool) -> Iterator[JudgedCase]:
    """The answers that chance drew, in their order and none left out, for whoever chooses what is graded chooses what
    is proven. The first that waits for its grade ends them, unless it `goes_on`; one that has waited a week counts as
    wrong until it has one."""
    for case in cases:
        if not (case.was_given and case.is_drawn):
            continue
        if case.grade is not None or now - case.at >= RIPE:
            yield case
        elif not goes_on:
            return


def waiting(cases: Iterable[JudgedCase], rung: Rung, asked: float, since: datetime) -> int:
    """How many drawn answers nobody has graded, where the step up from `rung` rests on such."""
    here = (case for case in _sure(cases, asked, since) if case.rung is rung and case.was_given and case.is_drawn)
    return sum(case.grade is None for case in here)


def _is_half_kept(case: JudgedCase) -> bool:
    """Whether an agent left so little of it that nobody can tell what they thought of it. Alone it would have gone out
    as it stood."""
    return case.verdict is Verdict.UNKNOWN and any(j.source is Source.EDITED for j in case.standing)


def _tells(case: JudgedCase, now: datetime) -> bool:
    if case.was_given:
        return case.is_sampled
    is_early = not case.judges and now - case.at < RIPE
    return case.weight > 0 and case.verdict is not Verdict.UNKNOWN and not (is_early and case.verdict is Verdict.RIGHT)


def capped(cases: Iterable[JudgedCase]) -> list[Weighed]:
    """With what each counts for: a right one by its source and by how often this contact was right, and nothing where
    nearly the same had been right that day; a wrong one whole, and so does one of which nobody could tell, or would,
    that it was right. What was drawn more readily than others counts less, so that the bet is about all answers."""
    praised, known, weighed = Counter[str](), set[int | str](), []
    for case in cases:
        drawn = sampling_weight(case.propensity, case.least) if case.least else 1.0
        if not (case.is_sampled and case.verdict is Verdict.RIGHT):
            weighed.append(Weighed(case, 0.0, drawn, drawn))
            continue
        if case.asked in known:
            weighed.append(Weighed(case, 1.0, 0.0, drawn))
            continue
        weighed.append(Weighed(case, 1.0, drawn * case.weight * AGAIN ** praised[case.voice], drawn))
        praised[case.voice] += 1
        known.add(case.asked)
    return weighed


def shared(weighed: Sequence[Weighed]) -> list[Weighed]:
    """With what one agent alone praises, and what is right of one company alone, cut down to what all others are, and
    `AHEAD` more. Only praise becomes less, so the bet stays fair."""
    agents, companies = _ahead(weighed, _judge_of), _ahead(weighed, _company_of)
    return [_cut(one, agents.get(_judge_of(one), 1.0), companies.get(_company_of(one), 1.0)) for one in weighed]


def _ahead(weighed: Sequence[Weighed], whose: Callable[[Weighed], str]) -> dict[str, float]:
    """What is left of each case of whoever counts for so much more than all others; at most one can."""
    praise = defaultdict[str, float](float)
    for one in weighed:
        if one.right:
            praise[whose(one)] += one.weight
    total = sum(praise.values())
    parts = {who: (total - own + AHEAD) / own for who, own in praise.items() if who and own}
    return {who: part for who, part in parts.items() if part < 1.0}


def _judge_of(one: Weighed) -> str:
    """The agent whose word alone it is; empty where several, or none, said so."""
    return next(iter(one.case.judges)) if len(one.case.judges) == 1 else ""


def _company_of(one: Weighed) -> str:
    return one.case.company


def _cut(one: Weighed, agents: float, company: float) -> Weighed:
    left = min(agents, company)
    if not one.right or left == 1.0:
        return one
    return replace(one, weight=one.weight * left, is_cut=agents < 1.0, is_companys=company < 1.0)


def few_of_each(cases: Iterable[JudgedCase]) -> list[JudgedCase]:
    """Of each customer, and of what many ask in nearly the same words, the first few of every day, right or wrong: so
    neither somebody's many easy questions nor an incident hides how the others fare. All strangers are one here."""
    admitted, found = Counter[tuple[int | str, date]](), []
    for case in cases:
        day = case.at.astimezone(UTC).date()
        both = (case.contact, day), (case.asked, day)
        admitted.update(both)
        if all(admitted[one] <= DAILY for one in both):
            found.append(case)
    return found


def complaints(cases: Iterable[JudgedCase], since: datetime) -> list[float]:
    """Of every answer that went out since then, in order: 0 where anybody said it was wrong, else 1. Wrong answers are
    missed here, none is made up: what passes the budget even so has passed it."""
    given = (case for case in cases if case.was_given and case.at > since)
    return _told((case, case.verdict is Verdict.WRONG) for case in given)


def heard(cases: Iterable[JudgedCase], since: datetime) -> list[float]:
    """Of every answer that went out since then, in order: 0 where the customer said no, or came back about it. A grade
    that says otherwise does not unsay it: a right answer that does not help is none the customer wanted."""
    given = (case for case in cases if case.was_given and case.at > since)
    return _told((case, any(j.source in _NOT_SERVED for j in case.judgements)) for case in given)


def _told(doubts: Iterable[tuple[JudgedCase, bool]]) -> list[float]:
    """0 where an answer is in doubt, else 1; without what one customer alone doubts after `DOUBTS` of them."""
    heard_of, stream = Counter[str](), list[float]()
    for case, is_in_doubt in doubts:
        if is_in_doubt and not case.judges:
            heard_of[case.contact] += 1
            if heard_of[case.contact] > DOUBTS:
                continue
        stream.append(0.0 if is_in_doubt else 1.0)
    return stream


Placed = TypeVar("Placed", JudgedCase, Remark)


def inside(
    cases: Iterable[Placed], cells: Sequence[CellName], since: Mapping[CellName, datetime] | None = None
) -> dict[CellName, list[Placed]]:
    """What lies in each of the cells and in none of those finer than it, which stand for themselves. `since`: from when
    on a finer cell does so; what came before stays where it was, so that nobody takes mistakes out of a record by
    moving a part of it. Cases are many and the names of their cells few: each name is placed once.
    """
    found: dict[CellName, list[Placed]] = {cell: [] for cell in cells}
    apart = {cell: at for cell, at in (since or {}).items() if cell in found and cell != CellName(cell.category)}
    homes: dict[tuple[CellName, frozenset[CellName]], list[list[Placed]]] = {}
    for case in cases:
        name = case.cell
        yet = frozenset(cell for cell, at in apart.items() if case.at <= at and cell in name.coarser())
        if (name, yet) not in homes:
            homes[name, yet] = [found[cell] for cell in _homes(name, [cell for cell in found if cell not in yet])]
        for home in homes[name, yet]:
            home.append(case)
    return found


def _homes(name: CellName, cells: Iterable[CellName]) -> list[CellName]:
    around = [cell for cell in cells if cell in name.coarser()]
    return [cell for cell in around if not any(cell in other.coarser() for other in around if other != cell)]


def judged_by(weighed: Iterable[Weighed]) -> Counter[str]:
    """How many of the cases each agent's word stands behind."""
    return Counter(agent for one in weighed for agent in one.case.judges)
