"""Articles whose answers did harm: judged wrong by people, denied by customers, or asked again within days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from segue.domain.evidence import JudgedCase, Verdict


@dataclass(frozen=True, slots=True)
class Hurting:
    """`of` is how many of its answers were judged at all; `conversations` are those with a wrong one, newest first."""

    article_id: str
    wrong: int
    of: int
    conversations: tuple[str, ...]


def hurting(cases: Iterable[JudgedCase]) -> list[Hurting]:
    """The articles whose answers were judged wrong, those that did most harm first."""
    judged: dict[str, list[JudgedCase]] = defaultdict(list)
    for case in cases:
        if case.article_id and case.verdict is not Verdict.UNKNOWN:
            judged[case.article_id].append(case)
    found = []
    for article, own in judged.items():
        wrong = sorted((c for c in own if c.verdict is Verdict.WRONG), key=lambda c: c.at, reverse=True)
        if wrong:
            told = tuple(dict.fromkeys(c.conversation_id for c in wrong))
            found.append(Hurting(article, len(wrong), len(own), told))
    return sorted(found, key=lambda h: (-h.wrong, -h.wrong / h.of, h.article_id))
