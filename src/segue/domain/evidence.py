"""What the assistant's answers were worth: cases, and the judgements on them. The rungs they earn stand in `moves.py`.

A case is an answer that was given, or would have been. The one idea: a judgement is somebody's act, kept with its
author, and the doubt wins: what one person called wrong no weaker word makes right again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from segue.domain.conversation import Channel
from segue.domain.decision import Reason, Rung
from segue.domain.errors import Refused
from segue.domain.ids import message_id
from segue.texts import _

ANY = "*"
STRANGERS = "strangers"
"""The one voice that all contacts have whom nobody vouched for."""
KEY = "key:"
"""How an author is called where an API key spoke, and no person is known to have: its name stands behind."""
MACHINES = "machines"
"""The one voice that all such keys have."""
NEARLY_THE_SAME = 0.95
"""The cosine from which on two messages say the same in nearly the same words: with a greeting or thanks around them,
in other case or punctuation. So close are one to two of a hundred messages of an ordinary day (decision 28)."""


@dataclass(frozen=True, slots=True, order=True)
class CellName:
    """A cell: category × tier × channel. `*` is any, so that a name may be coarse: billing, billing/enterprise/*."""

    category: str
    tier: str = ANY
    channel: str = ANY

    def __str__(self) -> str:
        parts = (self.category, self.tier, self.channel)
        return "/".join(parts[: max(n for n, part in enumerate(parts) if part != ANY or n == 0) + 1])

    @classmethod
    def read(cls, text: str) -> CellName:
        """Raises Refused for what names no cell."""
        parts = text.split("/")
        if not 1 <= len(parts) <= 3 or not all(parts) or parts[0] == ANY:
            raise Refused(
                _("“%(text)s” names no cell.", text=text),
                _("Write category, category/tier or category/*/channel."),
                "/cell",
            )
        if len(parts) == 3 and parts[2] not in (ANY, *Channel):
            raise Refused(
                _("There is no channel %(parts)s.", parts=parts[2]),
                _("Channels are %(channel)s.", channel=", ".join(Channel)),
                "/cell",
            )
        return cls(*parts)

    def coarser(self) -> tuple[CellName, ...]:
        """The cells it lies in, itself first; of two that are equally fine the one of the tier goes before."""
        names = (
            self,
            CellName(self.category, self.tier),
            CellName(self.category, ANY, self.channel),
            CellName(self.category),
        )
        return tuple(dict.fromkeys(names))


class Source(StrEnum):
    """How a judgement came about, strongest first."""

    GRADED = "graded"
    """A person judged an answer that had been drawn at random: only this makes it *verified*."""
    MARKED = "marked"
    """A person said unasked that it is wrong."""
    UNEDITED = "unedited"
    EDITED = "edited"
    THROWN_AWAY = "thrown_away"
    """An agent saw the suggestion and sent it as it was, changed, or wrote something else."""
    COMPARED = "compared"
    """In the shadow: a person answered without having seen it, and the two are alike or not."""
    CONFIRMED = "customer_confirmed"
    DENIED = "customer_denied"
    RETURNED = "returned"
    """The same customer came back about the same issue within seven days."""
    SILENCE = "silence"
    """Nothing was heard. Assumed, and never counted."""

    @property
    def is_of_agents(self) -> bool:
        return self in _OF_AGENTS


_OF_AGENTS = frozenset(
    {Source.GRADED, Source.MARKED, Source.UNEDITED, Source.EDITED, Source.THROWN_AWAY, Source.COMPARED}
)


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Somebody's word on one case. `weight` is what it counts for at most, 0 to 1."""

    source: Source
    verdict: Verdict
    weight: float
    author: str
    at: datetime
    note: str = ""
    distance: float | None = None
    """How far what was sent is from what was suggested: 0 the same, 1 nothing in common."""


def grade(judgements: Sequence[Judgement]) -> Judgement | None:
    """The grade that counts: each person's last word, in the order in which it was recorded. Where several people
    differ, "wrong" counts: nobody makes right what a colleague graded wrong."""
    last = {j.author: j for j in judgements if j.source is Source.GRADED}
    doubt_first = (Verdict.WRONG, Verdict.RIGHT, Verdict.UNKNOWN)
    return next((j for verdict in doubt_first for j in last.values() if j.verdict is verdict), None)


def standing(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Without the marks that were taken back: each taking back takes its author's newest one with it. They come as they
    were recorded, for a clock may be set back between the two."""
    kept: dict[str, list[Judgement]] = {}
    for mark in (j for j in judgements if j.source is Source.MARKED):
        own = kept.setdefault(mark.author, [])
        if mark.verdict is not Verdict.UNKNOWN:
            own.append(mark)
        elif own:
            own.pop()
    return tuple(j for j in judgements if j.source is not Source.MARKED or any(j is one for one in kept[j.author]))


def verdict_of(judgements: Sequence[Judgement]) -> Verdict:
    """The verdict of all judgements together. A grade decides. Without one, a single "wrong" does, whoever said it;
    else it is right where somebody said so, and unknown where nobody did."""
    if graded := grade(judgements):
        return graded.verdict
    said = {j.verdict for j in standing(judgements) if j.weight > 0}
    return next((verdict for verdict in (Verdict.WRONG, Verdict.RIGHT) if verdict in said), Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """An answer the assistant gave (`was_given`) or would have given, with what people made of it."""

    conversation_id: str
    seq: int
    contact: str
    """Whose voice it is: the contact, or STRANGERS where nobody vouched for them."""
    category: str
    tier: str
    channel: str
    intent: str
    article_id: str | None
    confidence: float
    rung: Rung
    was_given: bool
    would_go: bool
    """Whether only the rung, or a person who had it already, kept it from the customer."""
    propensity: float
    """With which probability it was drawn for review."""
    is_drawn: bool
    at: datetime
    judgements: tuple[Judgement, ...] = ()
    least: float | None = None
    """The least probability that any such answer had then; None: all had the same."""
    article_version: int | None = None
    """The one it was answered from; None where nobody knows."""
    grounds: tuple[int, ...] = ()
    """Where the passages begin there that it rests on."""
    threshold: float | None = None
    """The confidence that was asked of it then; None where too little was known to ask for one."""
    company: str = ""
    """The account, or the mail domain, that the contact shares with others; empty where they stand for themselves."""
    alike: int | None = None
    """A number that all cases of one category and day have whose messages say nearly the same; None where nobody
    looked."""
    standing: tuple[Judgement, ...] = field(init=False, repr=False, compare=False)
    """The judgements, without the marks that their author took back."""
    grade: Judgement | None = field(init=False, repr=False, compare=False)
    verdict: Verdict = field(init=False, repr=False, compare=False)
    """All three are reckoned once, as the case is made: whoever looks at a boundary asks for them a dozen times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "standing", standing(self.judgements))
        object.__setattr__(self, "grade", grade(self.judgements))
        object.__setattr__(self, "verdict", verdict_of(self.judgements))

    @property
    def message(self) -> str:
        return message_id(self.conversation_id, self.seq)

    @property
    def cell(self) -> CellName:
        return CellName(self.category, self.tier or ANY, self.channel)

    @property
    def asked(self) -> int | str:
        """What was asked, as the caps count it: one incident of a hundred customers who write the same is one."""
        return self.message if self.alike is None else self.alike

    @property
    def is_sampled(self) -> bool:
        """Whether it was judged without being picked, so that it may speak for the others: it did not go out, or chance
        drew it and a person graded it. All else that is heard of answers that went out is heard because of what they
        were."""
        is_looked_at = not self.was_given or (self.is_drawn and self.grade is not None)
        return is_looked_at and self.verdict is not Verdict.UNKNOWN

    @property
    def weight(self) -> float:
        """The weight of the strongest judgement that agrees with the verdict; a wrong answer always counts whole."""
        if self.verdict is Verdict.WRONG:
            return 1.0
        return max((j.weight for j in self.standing if j.verdict is self.verdict), default=0.0)

    @property
    def judges(self) -> frozenset[str]:
        """The agents whose word the verdict is. A key is none of them, whomever it names."""
        return frozenset(
            j.author for j in self.standing
            if j.source.is_of_agents and j.verdict is self.verdict and not j.author.startswith(KEY)
        )  # fmt: skip

    @property
    def voice(self) -> str:
        """Whose word the verdict is, as the caps count it: the contact's, or MACHINES where only keys said it."""
        said = [j for j in self.standing if j.verdict is self.verdict and j.weight > 0]
        return MACHINES if said and all(j.author.startswith(KEY) for j in said) else self.contact


@dataclass(frozen=True, slots=True)
class Remark:
    """An agent's word on a handoff, with one key: right to hand over, or needless. Nothing moves by it."""

    contact: str
    """Whose conversation it is; STRANGERS where nobody vouched for them."""
    cell: CellName
    agent: str
    is_needless: bool
    reason: Reason
    """Why it was handed over."""
    rule: str
    """The setting that said so."""
    confidence: float | None
    threshold: float | None
    """What the confidence was held to; None where it was another reason."""
    verdict: Verdict
    """Of the answer that was kept back, by what people then sent; UNKNOWN where there was none, or nobody knows."""
    at: datetime
