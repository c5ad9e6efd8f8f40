"""Candidate articles, drafted from lessons that no article covers, and additions to those that cover them badly.

The one idea: a draft says nothing of its own. It takes the solution that is most like all the others of its group, in a
person's words, and says from how many cases of how many customers it comes; a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from segue.domain.catalogue import Catalogue
from segue.domain.knowledge import Article
from segue.domain.ports import Vector
from segue.knowledge.passages import passages_of
from segue.store.candidates import Draft, Home, LessonTold

ALIKE, ALIKE_SAME_INTENT = 0.70, 0.45
"""Cosine with the middle of a group from which on a lesson belongs to it; less is enough where a person named one
intent for both."""
FEWEST, FEWEST_FOR_EDIT = 2, 3
"""Lessons that make a draft; all from different customers."""
COVERED = 0.60
"""Cosine of a solution with a passage of the article from which on the article says it already."""
SOLVED_SO = 0.50
"""Cosine of two solutions from which on they count as one."""

Encode = Callable[[Sequence[str]], Vector]


def drafts(
    lessons: Sequence[LessonTold], articles: Sequence[Article], catalogue: Catalogue, encode: Encode
) -> list[Draft]:
    """One per group of like lessons that is large enough. `encode` gives unit rows."""
    by_intent: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        if article.intent and article.audience == "public":
            by_intent[article.intent].append(article)
    found = []
    for group in groups(lessons):
        owned = by_intent.get(group[0].intent or "", [])
        draft = _edit(group, owned, encode) if owned else _article(group, catalogue, encode)
        found += [draft] if draft else []
    return found


def at_home(lessons: Sequence[LessonTold], homes: Sequence[Home]) -> list[tuple[str, str]]:
    """Candidate and lesson, for each lesson that is about the matter of a candidate there already is."""
    found = []
    for lesson in lessons:
        near = [(float(_unit(home.total) @ lesson.vector), home.candidate) for home in homes
                if home.intent == lesson.intent]  # fmt: skip
        likeness, candidate = max(near, default=(-1.0, ""))
        if likeness >= _needed(lesson.intent):
            found.append((candidate, lesson.id))
    return found


def groups(lessons: Sequence[LessonTold]) -> list[list[LessonTold]]:
    """Lessons alike enough to be one matter: each joins the nearest group of its intent, or begins one."""
    made: list[tuple[list[LessonTold], Vector]] = []
    for lesson in lessons:
        near = [(float(_unit(total) @ lesson.vector), n) for n, (own, total) in enumerate(made)
                if own[0].intent == lesson.intent]  # fmt: skip
        best = max(near, default=(-1.0, -1))
        if best[0] >= _needed(lesson.intent):
            own, total = made[best[1]]
            own.append(lesson)
            made[best[1]] = (own, total + lesson.vector)
        else:
            made.append(([lesson], lesson.vector.copy()))
    return [own for own, _ in made]


def _needed(intent: str | None) -> float:
    return ALIKE if intent is None else ALIKE_SAME_INTENT


def _article(group: Sequence[LessonTold], catalogue: Catalogue, encode: Encode) -> Draft | None:
    if not _is_enough(group, FEWEST):
        return None
    best, _ = medoid(encode([s.solution for s in group]))
    intent = catalogue.intent(group[0].intent) if group[0].intent else None
    return Draft(
        "article", group[0].intent, None, intent.name if intent else "", group[best].solution,
        tuple(s.id for s in group),
    )  # fmt: skip


def _edit(group: Sequence[LessonTold], owned: Sequence[Article], encode: Encode) -> Draft | None:
    """An addition to the nearest article of the intent, from the solutions that none of its passages says."""
    passages = [(a, p.text) for a in owned for p in passages_of(a)]
    if not passages or not _is_enough(group, FEWEST_FOR_EDIT):
        return None
    solutions = encode([s.solution for s in group])
    cosines = solutions @ encode([text for _, text in passages]).T
    new = [n for n in range(len(group)) if cosines[n].max() < COVERED]
    left = [group[n] for n in new]
    if not _is_enough(left, FEWEST_FOR_EDIT) or len({s.agent_id for s in left}) < 2:
        return None
    best, _ = medoid(solutions[new])
    article = passages[int(cosines[new[best]].argmax())][0]
    body = f"{article.body.rstrip()}\n\n## What has helped, too\n\n{left[best].solution}\n"
    return Draft("edit", article.intent, article.id, article.title, body, tuple(s.id for s in left))


def joined(body: str, title: str, more: str, encode: Encode) -> str:
    """`body` with the paragraphs of `more` that none of its own says yet, under `title`; `body` where none is left."""
    said, fresh = _paragraphs(body), _paragraphs(more)
    if not fresh:
        return body
    likeness = encode(fresh) @ encode(said).T if said else np.zeros((len(fresh), 1), np.float32)
    kept = [text for text, row in zip(fresh, likeness, strict=True) if row.max() < SOLVED_SO and text not in said]
    if not kept:
        return body
    head = f"## {title.strip()}\n\n" if title.strip() else ""
    return f"{body.rstrip()}\n\n{head}" + "\n\n".join(kept) + "\n"


def _paragraphs(text: str) -> list[str]:
    """Headings say nothing by themselves."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return [block for block in blocks if block and not (block.startswith("#") and "\n" not in block)]


def medoid(rows: Vector) -> tuple[int, int]:
    """The row most like all others, and how many are about the same as it."""
    cosines = rows @ rows.T
    best = int(cosines.sum(1).argmax())
    return best, int((cosines[best] >= SOLVED_SO).sum())


def _is_enough(group: Sequence[LessonTold], fewest: int) -> bool:
    """From as many customers as lessons are asked for: what only one of them knows is not for all to read."""
    return len(group) >= fewest and len({s.contact_id for s in group}) >= fewest


def _unit(total: Vector) -> Vector:
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)


def evidence(sources: Sequence[Mapping[str, object]], encode: Encode) -> dict[str, int]:
    """What a draft rests on, in counts."""
    _, same = medoid(encode([str(s["solution"]) for s in sources])) if sources else (0, 0)
    return {
        "cases": len(sources),
        "customers": len({s["contact_id"] for s in sources}),
        "agents": len({s["agent_id"] for s in sources}),
        "solved_so": same,
    }
