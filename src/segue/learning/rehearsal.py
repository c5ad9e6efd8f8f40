"""Plays the workspace's own history as if it were still to come, against heads that have not seen it.

The one idea: on its first day the assistant will meet matters that nobody opened, and the history holds none of them.
So whole intents are closed in turn: their messages become near twins known only by name and a few questions, exactly
what the real unopened ones are. A known message comes back in two guises, then, as one to answer and as one to leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segue.assistant.answer import rival_of
from segue.assistant.confidence import Numbers
from segue.assistant.evidence import Evidence, Middles, weigh
from segue.domain.assessment import IntentGuess
from segue.domain.catalogue import Catalogue
from segue.domain.evidence import NEARLY_THE_SAME
from segue.domain.ports import DIMENSIONS, Vector, together
from segue.triage.intents import Examples, IntentHead, IntentReading

FOLDS = 5
"""Parts of the messages that are left unseen in turn; `GROUPS` of the intents are closed in turn."""
GROUPS = 5
FEWEST_TO_CLOSE = 4
"""Opened intents a workspace must have before some can be closed for rehearsal."""
AT_ONCE = 512
"""Messages that are held against all others at once."""
KIN = 0.65
"""Foreign messages this near to the history are not foreign here."""


class Kind(IntEnum):
    KNOWN = 0
    TWIN = 1
    """Of an intent that is not opened in that world."""
    FOREIGN = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it was read. `guess` is None where the assistant would abstain."""

    text: str
    vector: Vector
    guess: IntentGuess | None
    rival: IntentGuess | None
    evidence: Evidence | None
    is_right: bool

    @property
    def category(self) -> str | None:
        return self.guess.category if self.guess else None


class Heard(NamedTuple):
    """A message that comes to a world."""

    text: str
    vector: Vector
    truth: str | None
    """The intent whose answer is right."""
    options: tuple[str, ...] = ()
    """Intents that a question has just offered; `before`: the message that was asked about."""
    before: Vector | None = None


@dataclass(frozen=True, slots=True)
class World:
    """A workspace with some of its intents closed and some of its history unseen."""

    head: IntentHead
    middles: Middles

    def hears(self, said: Sequence[Heard]) -> list[Said]:
        """What the assistant would make of each (see assistant/answer)."""
        vectors = np.stack([one.vector for one in said]) if said else np.empty((0, DIMENSIONS), np.float32)
        readings = self.head.read_all([one.text for one in said], vectors, [one.options for one in said])
        return [self._said(reading, one) for reading, one in zip(readings, said, strict=True)]

    def _said(self, reading: IntentReading, one: Heard) -> Said:
        guess = reading.intents[0]
        if reading.none_of_these.value or not guess.is_opened:
            return Said(one.text, one.vector, None, None, None, False)
        evidence = weigh(reading, one.text, one.vector, guess, self.middles, one.before)
        return Said(one.text, one.vector, guess, rival_of(reading.intents), evidence, guess.intent == one.truth)


@dataclass(frozen=True, slots=True)
class Case:
    """One rehearsed conversation: a first message, and another of the same customer's mind for when it is needed."""

    kind: Kind
    matter: str
    """What it is about; `truth` is the intent whose answer is right, None where none is."""
    truth: str | None
    group: int
    """Cases of one group share the part of the history that their head has not seen."""
    first: Said
    mate: Said
    """Another message about the same matter, by itself."""
    world: World = field(repr=False)
    """Where it is heard."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A world, and what comes to it that it has not seen."""

    world: World
    unseen: Examples
    kinds: tuple[Kind, ...]
    group: int


def rehearse(
    history: Examples, named: Examples, catalogue: Catalogue, foreign: Examples, rng: np.random.Generator
) -> tuple[list[Case], float]:  # fmt: skip
    """The cases, and the temperature at which the head's probabilities are honest."""
    parts = list(_parts(history, named, catalogue, foreign, rng))
    temperature = honest_temperature(parts)
    return [case for part in parts for case in _cases(_cooled(part, temperature), rng)], temperature


def _parts(
    history: Examples, named: Examples, catalogue: Catalogue, foreign: Examples, rng: np.random.Generator
) -> Iterator[_Part]:  # fmt: skip
    """Worlds that miss a fifth of the messages, then worlds in which a fifth of the opened intents is closed."""
    opened = {i.id for i in catalogue.intents if i.is_opened}
    asked = frozenset(named.texts)
    folds = folds_of(history, rng)
    for fold in range(FOLDS):
        world = _world(_seen(history, folds == fold), named, catalogue)
        unseen = history.take(int(n) for n in np.flatnonzero(folds == fold) if history.texts[n] not in asked)
        kinds = tuple(Kind.KNOWN if intent in opened else Kind.TWIN for intent in unseen.intents)
        yield _Part(world, unseen, kinds, fold)
        some = foreign.take(range(fold, len(foreign), FOLDS))
        yield _Part(world, some, (Kind.FOREIGN,) * len(some), fold)
    wanted = sorted(opened & set(history.intents))
    shuffled = [wanted[n] for n in rng.permutation(len(wanted))]
    for group in range(GROUPS if len(wanted) >= FEWEST_TO_CLOSE else 0):
        shut = frozenset(shuffled[group::GROUPS])
        if shut:
            yield _closed(history, named, catalogue, shut, asked, group)


def folds_of(history: Examples, rng: np.random.Generator) -> NDArray[np.int64]:
    """In which of FOLDS each message is left unseen: as many in each as can be, and what one customer wrote together,
    for who had read the one would know the other."""
    places: dict[str, list[int]] = {}
    for n, customer in enumerate(history.of_whom):
        places.setdefault(customer or f"nobody known {n}", []).append(n)
    written = list(places.values())
    folds, sizes = np.empty(len(history), np.int64), np.zeros(FOLDS, np.int64)
    for n in sorted(rng.permutation(len(written)), key=lambda n: -len(written[n])):
        fold = int(sizes.argmin())
        folds[written[n]] = fold
        sizes[fold] += len(written[n])
    return folds


def _seen(history: Examples, is_unseen: NDArray[np.bool_]) -> Examples:
    """What a head has read that does not know the unseen messages, nor one that says nearly the same."""
    others, unseen = np.flatnonzero(~is_unseen), history.vectors[is_unseen].T
    if not unseen.size:
        return history.take(others)
    parts = (others[begin : begin + AT_ONCE] for begin in range(0, len(others), AT_ONCE))
    unlike = [part[(history.vectors[part] @ unseen).max(1) < NEARLY_THE_SAME] for part in parts]
    return history.take(int(n) for part in unlike for n in part)


def _closed(
    history: Examples, named: Examples, catalogue: Catalogue, shut: frozenset[str], asked: frozenset[str],
    group: int,
) -> _Part:  # fmt: skip
    """Where the catalogue names unopened intents the shut ones keep their names; else nobody has ever heard of them."""
    is_told = any(not i.is_opened for i in catalogue.intents)
    intents = tuple(replace(i, is_opened=i.is_opened and i.id not in shut) for i in catalogue.intents)
    smaller = replace(catalogue, intents=tuple(i for i in intents if is_told or i.id not in shut))
    left = history.take(n for n, intent in enumerate(history.intents) if intent not in shut)
    unseen = history.take(n for n, i in enumerate(history.intents) if i in shut and history.texts[n] not in asked)
    return _Part(_world(left, named, smaller), unseen, (Kind.TWIN,) * len(unseen), group)


def _world(history: Examples, named: Examples, catalogue: Catalogue) -> World:
    head = IntentHead.fit(history, named, catalogue)
    return World(head, middles_of(history, named, catalogue))


def middles_of(history: Examples, named: Examples, catalogue: Catalogue) -> Middles:
    held = {i.id for i in catalogue.intents}
    all_of_them = history + named
    known = all_of_them.take(n for n, intent in enumerate(all_of_them.intents) if intent in held)
    return Middles.of(known.vectors, known.intents, frozenset(i.id for i in catalogue.intents if i.is_opened))


def _cooled(part: _Part, temperature: float) -> _Part:
    return replace(part, world=replace(part.world, head=part.world.head.cooled(temperature)))


def honest_temperature(parts: Sequence[_Part]) -> float:
    """The temperature under which unseen known messages are likeliest (Guo et al. 2017, by a search over a grid)."""
    known = [p for p in parts if len(p.unseen) and Kind.KNOWN in p.kinds]
    if not known:
        return 1.0
    grid = np.exp(np.linspace(np.log(0.3), np.log(2.0), 30))
    losses = np.sum([_losses(part, grid) for part in known], axis=0)
    return float(grid[np.argmin(losses)])


def _losses(part: _Part, grid: Numbers) -> Numbers:
    head = part.world.head
    place = {intent.id: n for n, intent in enumerate(head.intents)}
    own = [(n, place[i]) for n, i in enumerate(part.unseen.intents) if i in place]
    known = part.unseen.take(n for n, _ in own)
    rows = head.logits(known.texts, known.vectors).astype(np.float64)
    truth = np.array([at for _, at in own], np.int64)
    return np.array([_loss(rows / temperature, truth) for temperature in grid])


def _loss(logits: Numbers, truth: NDArray[np.int64]) -> float:
    top = logits.max(1)
    total = np.log(np.exp(logits - top[:, None]).sum(1)) + top
    return float((total - logits[np.arange(len(truth)), truth]).sum())


def _cases(part: _Part, rng: np.random.Generator) -> Iterator[Case]:
    unseen, world = part.unseen, part.world
    truths = [None if kind is not Kind.KNOWN else i for kind, i in zip(part.kinds, unseen.intents, strict=True)]
    said = world.hears([Heard(*one) for one in zip(unseen.texts, unseen.vectors, truths, strict=True)])
    mates = _mates(unseen.intents, rng)
    for n, first in enumerate(said):
        mate = said[mates[n]]
        matter = f"{part.kinds[n].name} {unseen.intents[n] or first.text}"
        yield Case(part.kinds[n], matter, truths[n], part.group, first, mate, world)


def replies(cases: Sequence[Case]) -> list[Said]:
    """Each one's mate as the reply to a question between the first guess and its rival."""
    places: dict[int, list[int]] = {}
    for n, case in enumerate(cases):
        places.setdefault(id(case.world), []).append(n)
    found: dict[int, Said] = {}
    for some in places.values():
        said = cases[some[0]].world.hears([_reply(cases[n]) for n in some])
        found |= zip(some, said, strict=True)
    return [found[n] for n in range(len(cases))]


def _reply(case: Case) -> Heard:
    first, mate = case.first, case.mate
    options = tuple(guess.intent for guess in (first.guess, first.rival) if guess)
    return Heard(mate.text, together(mate.vector, first.vector), case.truth, options, first.vector)


def _mates(intents: Sequence[str], rng: np.random.Generator) -> NDArray[np.int64]:
    """For each message another one of its intent; itself where it is alone."""
    mates = np.arange(len(intents))
    for intent in sorted(set(intents)):
        ring = rng.permutation([n for n, i in enumerate(intents) if i == intent])
        mates[ring] = np.roll(ring, 1)
    return mates


def not_kin(foreign: Examples, history: Examples) -> Examples:
    """The foreign messages that are foreign here, too: a travel desk does know about lost suitcases."""
    if not len(history) or not len(foreign):
        return foreign
    near = (foreign.vectors @ history.vectors.T).max(1)
    return foreign.take(np.flatnonzero(near < KIN))
