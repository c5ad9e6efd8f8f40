"""Looks over an agent's shoulder before a reply goes out.

A `Flaw` blocks the send (nothing in it, too long, a variable nobody filled in). What is `already_answered` only warns,
for the agent may have a reason to ask again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Any

from segue.desk.asked import asked, asks, begins_with_a_question_word
from segue.desk.asked_names import NAMES, NUMBER_OF, THAT_ONE, THE_ISSUE, things_of
from segue.desk.cues import split
from segue.desk.steps import done_in, tells_a_step
from segue.desk.steps_asked import ALL_TRIED, wished
from segue.desk.told import told
from segue.desk.tried import SAYS
from segue.domain.briefing import Briefing, Fact, Line
from segue.domain.conversation import Message
from segue.domain.said import says_nothing
from segue.domain.variables import ASK, VARIABLES, name_of
from segue.texts import _

LONGEST_REPLY = 20_000
MOST_QUESTIONS, LONGEST_QUESTION = 12, 500
"""Nobody asks more at once, and each pause of typing asks this."""
ON_RECORD = 0
"""The seq of a fact that stands in the customer's record and not in a message."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a draft may not be sent yet: a stable code, what is wrong, what to do; `start` and `end` mark the place."""

    code: str
    what_happened: str
    what_to_do: str
    start: int = 0
    end: int = 0


def flaws(draft: str) -> tuple[Flaw, ...]:
    """Everything that blocks sending, in the order it stands in the draft."""
    if says_nothing(draft):
        return (Flaw("empty", _("The reply is empty."), _("Write something, or resolve without a reply.")),)
    return (*_unfilled(draft), *_too_long(draft))


def already_answered(draft: str, briefing: Briefing, said: Sequence[Message] = ()) -> list[Fact]:
    """What the draft asks for although the customer has said it, or the verified record holds it; each once.

    `said`: what the customer wrote.
    """
    known = [*briefing.facts, *_on_record(briefing)]
    found: list[Fact] = []
    for sentence in islice(_open_questions(split(draft)), MOST_QUESTIONS):
        for fact in _asked(sentence[:LONGEST_QUESTION], known, briefing, said):
            if not _stands_in(found, fact):
                found.append(fact)
    return found


def _open_questions(sentences: Sequence[str]) -> Iterator[str]:
    """Those that want an answer of the customer. "How long does it last? Your consent lasts 90 days" gives its own."""
    for sentence, after in zip_longest(sentences, sentences[1:], fillvalue=""):
        if asks(sentence) and not _answers(after, sentence):
            yield sentence


def _answers(after: str, question: str) -> bool:
    """Whether it tells a figure in the question's own words, where that asks nobody in person."""
    if _IN_PERSON.search(question) or not _FIGURE.search(after) or asks(after):
        return False
    return bool(_beginnings(question) & _beginnings(after))


def _beginnings(sentence: str) -> set[str]:
    """Of its longer words four letters each: "last" and "lasts" are one."""
    return {word[:4] for word in _LONGER.findall(sentence[:LONGEST_QUESTION].casefold())}


def bare(fact: Fact) -> str:
    """What a fact is compared by: of an id the number, without the word before it."""
    value = fact.value.casefold()
    return value.split()[-1] if fact.kind == "id" else value


def _unfilled(draft: str) -> tuple[Flaw, ...]:
    return tuple(
        Flaw("unfilled_variable", *_why_unfilled(match.group(0)), match.start(), match.end())
        for match in _VARIABLE.finditer(draft)
    )


def _why_unfilled(variable: str) -> tuple[str, str]:
    """What is wrong with it, and what to do."""
    name = name_of(variable)
    if name in VARIABLES:
        said = _("%(variable)s has no value for this customer.", variable=variable)
        return said, _("Fill it in by hand or take it out.")
    if name.startswith(ASK):
        return _("“%(asked)s” is not filled in.", asked=name.removeprefix(ASK)), _("Write it in, or take it out.")
    said = _("There is no variable “%(name)s”. Known are: %(known)s.", name=name, known=", ".join(VARIABLES))
    return said, _("Choose one of these, or take it out.")


def _too_long(draft: str) -> tuple[Flaw, ...]:
    if len(draft) <= LONGEST_REPLY:
        return ()
    said = _("The reply has %(count)s characters; %(most)s fit.", count=f"{len(draft):,}", most=f"{LONGEST_REPLY:,}")
    return (Flaw("too_long", said, _("Shorten it, or attach the long part as a file."), LONGEST_REPLY, len(draft)),)


def _asked(sentence: str, known: list[Fact], briefing: Briefing, said: Sequence[Message]) -> list[Fact]:
    """A sentence that names the value itself asks for a confirmation, which is no repetition."""
    folded = sentence.casefold()
    hits = [fact for fact in known if _is_asked(fact, sentence) and bare(fact) not in folded]
    if THE_ISSUE.search(sentence):
        hits.append(Fact("issue", briefing.wanted.text, briefing.wanted.seq or ON_RECORD))
    return [*hits, *_tried_too(sentence, briefing, said), *told(sentence, said)]


def _stands_in(found: list[Fact], fact: Fact) -> bool:
    """Whether it is there already, perhaps under another kind: "€87.50" and "€87.50 instead"."""
    return any(fact.value.casefold() in one.value.casefold() for one in found)


def _tried_too(sentence: str, briefing: Briefing, said: Sequence[Message]) -> list[Fact]:
    """Steps the draft asks for that the customer says they took: all of them, or those that share its words."""
    if ALL_TRIED.search(sentence):
        return _steps(briefing, said)
    wish = wished(sentence)
    if wish is None or (wish.begins and begins_with_a_question_word(sentence[: wish.begins])):
        return []
    return [step for step in _steps(briefing, said) if wish.is_met_by(done_in(step.value))]


def _steps(briefing: Briefing, said: Sequence[Message]) -> list[Fact]:
    """What they say they did: each sentence that tells of a step, and the lines of messages that are not read."""
    done = [(message.seq, sentence) for message in said for sentence in _done(message.text)]
    read = {message.seq for message in said}
    older = (_theirs(line, briefing.wording) for line in briefing.tried if line.seq and line.seq not in read)
    return [*filter(None, older), *(Fact("tried", " ".join(words.split()), seq) for seq, words in done)]


@lru_cache(maxsize=512)
def _done(text: str) -> tuple[str, ...]:
    """The sentences that tell of a step. Kept for a while: at each pause the same messages are asked again."""
    return tuple(filter(tells_a_step, split(text)))


def _theirs(line: Line, wording: Mapping[str, Mapping[str, Any]]) -> Fact | None:
    """What the customer did, in their words; None of what we did."""
    how = wording.get(line.text)
    words = str(how["values"].get("words", line.text)) if how else line.text
    is_theirs = how is None or how["id"] == SAYS
    return Fact("tried", words, line.seq or ON_RECORD) if is_theirs and tells_a_step(words) else None


def _on_record(briefing: Briefing) -> list[Fact]:
    """Nothing of an unverified customer: asking them who they are is right."""
    card = briefing.customer
    if not card.is_verified:
        return []
    pairs = (("email", card.email), ("account", card.account), ("plan", card.tier), ("page", card.page))
    return [Fact(kind, value, ON_RECORD) for kind, value in pairs if value]


def _is_asked(fact: Fact, sentence: str) -> bool:
    """Whether the sentence asks for this kind of fact; of a number that says what it is (INV-2041), that very thing."""
    if fact.kind != "id":
        names = NAMES.get(fact.kind) or re.compile(rf"\b{re.escape(fact.kind.replace('_', ' '))}\b", re.I)
        return bool(asked(sentence, names))
    named = [*asked(sentence, NUMBER_OF), *asked(sentence, THAT_ONE)]
    prefix = _PREFIX.match(fact.value.casefold())
    of = things_of(prefix.group(0)) if prefix else frozenset[str]()
    return bool(named) and (not of or any(of & things_of(word) for name in named for word in name.split()))


_VARIABLE = re.compile(r"\{\{[^{}]{0,80}\}\}")
_IN_PERSON = re.compile(r"\b(?:you\w*|sie|ihr\w*|ihnen|du|dein\w*)\b", re.I)
_FIGURE = re.compile(r"\d")
_LONGER = re.compile(r"[^\W\d_]{4,}")
_PREFIX = re.compile(r"[a-z]{2,}")
