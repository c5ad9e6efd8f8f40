"""What the agent might do next: what solved most of the cases like this, minus what was already tried here.

A frequency beside the confidence, because a bare percentage is misread. The step is a proposal to a person; nothing
in it has been done.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from segue.desk.untried import untried
from segue.desk.wanted import shorten
from segue.domain.answer import Abstention, Answer, AnswerKind
from segue.domain.briefing import SAYS_SOMETHING, NextStep
from segue.domain.decision import Decision, Reason
from segue.domain.entities import facts_in
from segue.domain.knowledge import Resolution
from segue.texts import N_, _

LONGEST_STEP = 200
LONGEST_READ = 600
"""Characters of a reply compared with another; the steps stand at its beginning."""

NEAREST = 11
NEAR = 0.2
"""A case is like this one while its cosine is within this of the nearest."""

LIKE, LIKE_OF_ANOTHER = 0.45, 0.65
"""And no less than this, or than that where it was another matter or nobody filed it under one. Of 1,663 solved cases
of the demo company (the encoder that ships, copies left out) the nearest one was of the same matter in 18 of 100 below
0.45, in 62 of 100 from there to 0.65, in 95 of 100 above."""

SAME_SOLUTION = 0.5
"""Share of common words at which two replies count as one solution."""

FEWEST_WORDS = 3

FAILED = frozenset({"reopened", "wrong"})


@dataclass(frozen=True, slots=True)
class Known:
    """What of a message can be known here."""

    meaning: bool = True
    """Whether the encoder reads the customer's language; else cases were looked for by their words."""
    reply_is_foreign: bool = False
    """Whether what the answer quotes is in another language than the customer's."""


ALL_KNOWN = Known()


def next_step(
    answer: Answer | None, decision: Decision, alike: Sequence[Resolution], failed: Mapping[str, str],
    done: Sequence[str] = (), known: Known = ALL_KNOWN,
) -> NextStep:  # fmt: skip
    """`alike` are the cases like this one. `failed` are the articles this issue was already answered with, titles by
    id; they are never proposed again, nor is a reply of the past that names one. `done`: the words in which steps were
    told that the customer has taken; of a solution what is left without those is proposed, or nothing where none is."""
    groups = _solutions([case for case in alike if case.outcome not in FAILED and _says_something(case)])
    fresh = [group for group in groups if not _leads_to(failed, group[0])]
    left = ((group, untried(_without_their_facts(group[0].solution), done)) for group in fresh)
    best, solution = next(((group, rest) for group, rest in left if rest), ([], ""))
    reply = _reply(answer, failed) if decision.shows_suggestion else ""
    step = shorten(solution, LONGEST_STEP) if best else _without_cases(answer, reply, bool(groups), known.meaning)
    foreign = _(_FOREIGN_REPLY) if reply and known.reply_is_foreign else ""
    for first in filter(None, (foreign, _first_check(decision, answer))):
        step = _("%(first)s %(step)s", first=first, step=step)
    return NextStep(
        text=step,
        confidence=answer.confidence if answer else None,
        threshold=decision.threshold,
        solved_so=len(best),
        of=len(alike),
        article_id=best[0].article_id if best else None,
        reply=reply,
    )


def _leads_to(failed: Mapping[str, str], case: Resolution) -> bool:
    named = (mark % title for title in failed.values() if title for mark in ("“%s”", "„%s“", '"%s"'))
    return case.article_id in failed or any(words in case.solution for words in named)


def _without_their_facts(solution: str) -> str:
    """Another customer's ids, amounts, dates and names say nothing here, and would be copied by mistake. Each leaves a
    word in brackets behind, as what is taken out of a lesson does, so that the step can still be read."""
    for fact in facts_in(solution, 0):
        solution = solution.replace(fact.value, f"[{_LEFT.get(fact.kind, fact.kind)}]")
    return _NAME.sub("[name]", solution)


def _says_something(case: Resolution) -> bool:
    """A word thrown in before closing solved nothing that could be repeated."""
    return case.article_id is not None or len(_WORD.findall(case.solution)) >= FEWEST_WORDS


def like_this(similar: Sequence[Resolution], intent: str | None) -> list[Resolution]:
    """The nearest, best first, as far as they are about as near as the best, and near enough to say something here.
    `intent`: what it is about now, None where it is none of the known matters."""
    like = [case for case in similar if case.cosine >= (LIKE if intent and case.intent == intent else LIKE_OF_ANOTHER)]
    nearest = sorted(like, key=lambda case: -case.cosine)[:NEAREST]
    return [case for case in nearest if case.cosine >= nearest[0].cosine - NEAR]


def _solutions(cases: Sequence[Resolution]) -> list[list[Resolution]]:
    """Cases grouped by what solved them, the most frequent group first, then the nearest."""
    groups: list[tuple[frozenset[str], list[Resolution]]] = []
    for case in cases:
        words = _words(case)
        home = next((group for known, group in groups if _is_same(case, words, group[0], known)), None)
        if home is None:
            groups.append((words, home := []))
        home.append(case)
    return sorted((group for _, group in groups), key=lambda group: (-len(group), -sum(c.cosine for c in group)))


def _words(case: Resolution) -> frozenset[str]:
    """None where an article says what the solution was."""
    return frozenset(() if case.article_id else _WORD.findall(case.solution[:LONGEST_READ].casefold()))


def _is_same(case: Resolution, words: frozenset[str], other: Resolution, known: frozenset[str]) -> bool:
    if case.article_id or other.article_id:
        return case.article_id == other.article_id
    return len(words & known) >= SAME_SOLUTION * max(1, len(words | known))


def _reply(answer: Answer | None, failed: Collection[str]) -> str:
    if answer is None or answer.kind is not AnswerKind.ANSWER or answer.article_id in failed:
        return ""
    return answer.text


def _first_check(decision: Decision, answer: Answer | None) -> str:
    """What must come before any step, for the reasons that demand it."""
    if answer and answer.abstention is Abstention.REFERS_TO_US and answer.grounds:
        return _("First read the article “%(title)s”: it sends whoever asks this to us.", title=answer.grounds[0].title)
    return next((_(_FIRST[reason]) for reason in decision.reasons if reason in _FIRST), "")


def _without_cases(answer: Answer | None, reply: str, is_exhausted: bool, reads_meaning: bool) -> str:
    if is_exhausted:
        return _("What usually solves this was already tried here: look into the customer's own case.")
    if not reads_meaning:
        return _(
            "Meaning is read in English only, so cases like this were looked for by their words, and none was found: "
            "search the past with words of the message."
        )
    if answer and answer.kind is AnswerKind.ANSWER:
        if not reply:
            return _(_READ_THE_THREAD)
        if answer.confidence is not None and answer.confidence < SAYS_SOMETHING:
            return _("No similar case is known, and the suggested reply is hardly more than a guess: read the thread.")
        return _("No similar case is known: check the suggested reply against its sources.")
    abstention = answer.abstention if answer else None
    said = _ABSTAINED.get(abstention, _READ_THE_THREAD) if abstention else _NO_ANSWER
    return _(said)


_WORD = re.compile(r"\w{3,}")
_LEFT = {"id": "number", "url": "link"}
_SMALL = "(?:du|de|des|della|del|di|da|la|of|van|von|zu)"
_NAME = re.compile(rf"(?<=[\w,;:] )[A-Z][a-zà-ÿ]+(?: (?:{_SMALL} (?:(?:der|den|la|de) )?)?[A-Z][a-zà-ÿ]+)+")
"""Of several words, and not where a sentence begins: their bank, their company, they themselves. "Zustimmung der Bank"
is none: in German all nouns have capitals."""
_FIRST = {
    Reason.UNVERIFIED_CUSTOMER: N_("First make sure who is writing."),
    Reason.IN_A_FILE: N_("First open the file."),
    Reason.STALE_ARTICLE: N_("First check the article, it is past its review date."),
}
_FOREIGN_REPLY = N_("The suggested reply quotes an article in another language than the customer's: translate it.")
_NO_ANSWER = N_("No similar case is known and the assistant has no answer: read the thread.")
_READ_THE_THREAD = N_("No similar case is known: read the thread.")
_ABSTAINED = {
    Abstention.NO_GROUNDS: N_("No similar case is known and no article covers it: answer from your own knowledge."),
    Abstention.UNKNOWN_MATTER: N_("Nothing like this is known yet: find out what it is about."),
    Abstention.UNOPENED_INTENT: N_(
        "The matter has no article and no similar case yet: answer from your own knowledge."
    ),
    Abstention.ANOTHER_ACT: N_(
        "No similar case is known, and the article does not tell how to do this: answer from your own knowledge."
    ),
    Abstention.REFERS_TO_US: N_("No similar case is known: do what the article promises who writes to us."),
    Abstention.ANOTHER_THING: N_(
        "No similar case is known, and the article does not speak of this one: answer from your own knowledge."
    ),
    Abstention.STALE_ARTICLE: N_("No similar case is known: correct the stale article, then answer."),
    Abstention.NO_VALUE: N_(
        "The article needs something of this customer that is not known: find it out, then answer from the article."
    ),
    Abstention.READS_ANEW: N_("Past cases are being read anew and are not all found yet: read the thread."),
    Abstention.IN_A_FILE: N_("Nothing is said besides: answer from what stands in it."),
    Abstention.ALREADY_SAID: N_("What the assistant knows was already said: look into the customer's own case."),
}
