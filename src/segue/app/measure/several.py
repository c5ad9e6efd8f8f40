"""How well several matters in one message are told apart: a part of `segue measure intents`.

No labelled set has many messages of two matters, so two labelled messages of different intents are put together in the
ways in which people do it. Single messages say how often one matter is taken for two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from segue.app.measure.given import encoded, encoder
from segue.app.measure.heads import Labelled
from segue.app.measure.scores import rounded
from segue.domain.ports import Vector
from segue.triage.intents import IntentHead
from segue.triage.matters import matters_in
from segue.triage.said import Said

PAIRS = 300
ANNOUNCED = (". Also, {}", ", and by the way {}", ". By the way, {}", ". Another question: {}", " also {}",
             ". One more thing, {}", ". In addition, {}", ". Secondly, {}", "; also {}")  # fmt: skip
PLAIN = (". {}", " and {}", ", and {}", "\n\n{}")
_OWN = re.compile(r"(?:I|[A-Z]{2,})\b")


class _Passes:
    """The encoder, counting."""

    def __init__(self) -> None:
        self.encoder, self.count = encoder(), 0

    def __call__(self, text: str) -> Vector:
        self.count += 1
        return np.asarray(encoded([text], self.encoder)[0], np.float32)


def several(head: IntentHead, asked: Labelled, seed: int = 0) -> dict[str, Any]:
    """`parted`: two or more matters were seen; `both_found`: both intents of the pair are among them."""
    known = asked.take(asked.is_known)
    figures: dict[str, Any] = {}
    for name, joints in (("announced", ANNOUNCED), ("plain", PLAIN)):
        pairs = _pairs(known, joints, seed)
        if not pairs:
            return {}
        found = [_wanted(text, head, _Passes()) for text, _ in pairs]
        both = [wanted <= intents for intents, (_, wanted) in zip(found, pairs, strict=True)]
        figures[f"parted_{name}"] = rounded(float(np.mean([len(intents) > 1 for intents in found])))
        figures[f"both_found_{name}"] = rounded(float(np.mean(both)))
    passes = _Passes()
    parted = [bool(_wanted(text, head, passes)) for text in known.texts]
    return {
        **figures,
        "single_parted": rounded(float(np.mean(parted))),
        "passes_for_a_single": rounded(passes.count / len(known.texts)),
    }


def _wanted(text: str, head: IntentHead, passes: _Passes) -> set[str]:
    return {matter.intent or "" for matter in matters_in(Said.of(text), head, passes)}


def _pairs(known: Labelled, joints: Sequence[str], seed: int) -> list[tuple[str, set[str]]]:
    """Two messages of different intents as one, and what both want."""
    random, pairs = np.random.default_rng(seed), list[tuple[str, set[str]]]()
    if len(set(known.wanted)) < 2:
        return pairs
    while len(pairs) < PAIRS // 2:
        one, other = random.choice(len(known.texts), 2, replace=False)
        wanted = {str(known.wanted[one]), str(known.wanted[other])}
        if len(wanted) == 2:
            joint = joints[len(pairs) % len(joints)]
            pairs.append((joined(known.texts[one], known.texts[other], joint), wanted))
    return pairs


def joined(one: str, other: str, joint: str) -> str:
    """A question keeps its mark where the joint begins a new sentence."""
    first, second = one.strip(), other.strip()
    stop = "?" if first.endswith("?") and joint.startswith(".") else joint[0]
    if not joint.startswith("\n"):
        first = first.rstrip(".!?") + ("" if stop == " " else stop)
        second = second if _OWN.match(second) or joint.startswith(". {") else second[:1].lower() + second[1:]
        return first + (joint if stop == " " else joint[1:]).format(second)
    return first + joint.format(second)
