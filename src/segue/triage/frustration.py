"""How frustrated a customer sounds, 0 to 1: at this turn and, with memory, over the episode.

The one idea: frustration is in how a thing is said, not in what happened. Cues are written down with weights
(phrases/frustration.yaml); a small head over the message's vector, fitted on lines of our own, hears what no list
holds. Memory: s_t = max(0.6·s_{t−1}, p_t), so one calm "ok" does not wipe out a fury, and three do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from segue.domain.assessment import Signal
from segue.domain.buttons import is_solved
from segue.domain.ports import Vector
from segue.triage.marks import stands
from segue.triage.phrasebook import Hit, book, phrases
from segue.triage.said import Said
from segue.triage.tone import Tone, fit_tone

__all__ = ["Tone", "counted", "fit_tone", "frustration", "remembered"]

KEPT = 0.6
"""The share of a turn's frustration that is remembered at the next."""
_SAME = 0.92
_ALIKE = 0.75
_USUAL = 0.3
_HEARD = 0.8
_DENIABLE = frozenset({"fury", "strong"})


def frustration(
    said: Said,
    earlier: Sequence[str] = (),
    vector: Vector | None = None,
    previous: Vector | None = None,
    tone: Tone | None = None,
    reply: str = "",
) -> Signal[float]:
    """p_t with the words that moved it. `earlier`: the customer's messages before this one in the episode; `previous`:
    the vector of the turn before, None where this turn's text contains it; `reply`: what the customer was told last.
    What a button of ours wrote for them says nothing of how they feel."""
    weights = book("frustration")["weights"]
    if is_solved(said.raw) is not None:
        calm = _sigmoid(book("frustration")["base"])
        return Signal(calm, 1 - calm)
    hits = _heard(said)
    odds = book("frustration")["base"] + _weigh(hits, weights) + sum(weights[name] for name in _shape(said))
    if _is_repeated(said, earlier, vector, previous):
        odds += weights["repeating"]
    if reply:
        odds += _worn(said, Said.of(reply))
    if vector is not None and previous is not None:
        odds += weights["alike"] * (float(vector @ previous) - _USUAL)
    if vector is not None and tone is not None:
        odds += _HEARD * tone.mood.log_odds(vector)
    felt = _sigmoid(odds)
    return Signal(felt, max(felt, 1 - felt), _moving(hits, weights))


def counted(said: Said) -> dict[str, float]:
    """How often each kind of cue stands in a message, by the names of the phrase book."""
    counts = dict.fromkeys(book("frustration")["weights"], 0.0)
    for name in (*(hit.group for hit in _heard(said)), *_shape(said)):
        counts[name] += 1
    return counts


def remembered(before: Sequence[float], now: float) -> float:
    """s_t from the course so far and p_t."""
    return max(KEPT * before[-1], now) if before else now


def _worn(said: Said, reply: Said) -> float:
    """Log-odds for having to refuse or to put right what was replied."""
    weights = book("marks")["weights"]
    total = sum(weight for name, weight in weights.items() if stands(name, said, reply))
    return min(float(total), float(book("marks")["most"]))


def _heard(said: Said) -> list[Hit]:
    """Cues that are meant: "not angry" and "no nonsense" are none."""
    return [h for h in phrases("frustration").find(said) if h.group not in _DENIABLE or not said.is_negated(h.start)]


def _moving(hits: Sequence[Hit], weights: dict[str, float]) -> tuple[str, ...]:
    """The customer's words that raised it, the weightiest first."""
    raising = sorted((hit for hit in hits if weights[hit.group] > 0), key=lambda hit: -weights[hit.group])
    return tuple(dict.fromkeys(hit.words for hit in raising))[:4]


def _weigh(hits: Sequence[Hit], weights: dict[str, float]) -> float:
    total, seen = 0.0, set[str]()
    for hit in hits:
        total += weights[hit.group] / (2 if hit.group in seen else 1)
        seen.add(hit.group)
    return min(total, 7.0)


def _shape(said: Said) -> list[str]:
    """What capitals, exclamation and question marks say."""
    shape = []
    if _is_shouting(said):
        shape.append("shouting")
    marks = said.plain.count("!")
    if marks:
        shape.append("exclaiming_much" if "!!" in said.plain or marks > 3 else "exclaiming")
    if "??" in said.plain or "?!" in said.plain or "!?" in said.plain:
        shape.append("questioning")
    return shape


def _is_shouting(said: Said) -> bool:
    """Several words in capitals that are no abbreviations, or a whole message in them."""
    loud = [w for w in said.words if w.end - w.start > 3 and said.raw[w.start : w.end].isupper()]
    return len(loud) >= 3 or (len(loud) >= 2 and len(loud) * 2 > len(said.words))


def _is_repeated(said: Said, earlier: Sequence[str], vector: Vector | None, previous: Vector | None) -> bool:
    """Whether the customer has to say the same again, word for word or nearly so."""
    if len(said.words) < 3:
        return False
    if vector is not None and previous is not None and float(vector @ previous) > _SAME:
        return True
    return any(_alike(said.vocabulary, Said.of(text).vocabulary) > _ALIKE for text in earlier[-3:])


def _alike(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _sigmoid(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
