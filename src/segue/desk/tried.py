"""What was already tried, with its outcome, so that nobody asks for it again.

Read off the record where there is one (which article the assistant answered with) and off the customer's own words
for the rest: what they say they did, and whether an answer helped. Each line rests on the message it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from segue.desk.cues import Sentence, split
from segue.desk.phrase_books import book, either
from segue.desk.steps import substance, tells_a_step, told_around
from segue.desk.wanted import shorten
from segue.domain.assessment import Assessment
from segue.domain.briefing import Line
from segue.domain.buttons import is_solved, wishes
from segue.domain.conversation import Author, Conversation, EarlierTurn, Message
from segue.domain.decision import Action
from segue.texts import N_, _, _n

MOST_LINES = 7
"""Beside what the customer did themselves: of that nothing is left out, for it is what nobody may ask for again."""
MOST_STEPS = 24
"""Of the customer; the briefing of a letter without end stays one."""
OF_ONE_MESSAGE = 8
SAME_AGAIN = 0.8
"""Cosine at which two messages of one customer ask the same thing."""

LONGEST_QUOTE = 120
"""Characters of what we said."""
LONGEST_STEP = 110
"""And of what they did."""

NOTHING = N_("Nothing yet.")
SAYS = N_("The customer says: “%(words)s”")


def nothing() -> Line:
    return Line(_(NOTHING))


class Reaction(StrEnum):
    HELPED = "helped"
    DID_NOT_HELP = "did_not_help"
    ASKED_AGAIN = "asked_again"


def tried(
    conversation: Conversation,
    said: Sequence[Sentence],
    reactions: Mapping[int, Reaction],
    titles: Mapping[str, str],
    intent_name: Callable[[str], str],
) -> tuple[Line, ...]:
    """Oldest first; `titles` names the articles by id. Never empty: that nothing was tried is worth a line too."""
    lines: list[Line] = []
    steps: dict[int, Line] = {}
    told: list[frozenset[str]] = []
    for message in conversation.messages:
        if message.author is Author.CUSTOMER:
            here = [s for s in said if s.seq == message.seq]
            lines += _took_it(here, reactions.get(message.seq))
            own = _by_customer(here, told)
            steps |= {id(line): line for line in own}
            lines += own
        elif line := _by_us(message, _turn_before(conversation, message.seq), titles, intent_name):
            lines.append(line)
    return _kept(lines, steps) or (nothing(),)


def told_in(text: str) -> str:
    """What a colleague's words of another conversation tell, cut as a quotation; empty for mere kind words."""
    told = _telling(text)
    return "" if _KIND_WORD.match(told) else shorten(told, LONGEST_QUOTE)


def reactions(
    conversation: Conversation, said: Sequence[Sentence], assessment: Assessment | None
) -> dict[int, Reaction]:
    """By seq of the customer's message: how they took the answer before it, where they let it be known."""
    found: dict[int, Reaction] = {}
    answered = False
    for message in conversation.messages:
        if message.author is not Author.CUSTOMER:
            answered = answered or _answers(message, _turn_before(conversation, message.seq))
            continue
        here = [s for s in said if s.seq == message.seq]
        reaction = _pressed(message.text) or _reaction(frozenset[str]().union(*(s.cues for s in here)))
        if reaction is None and any(s.says_a_matter for s in here) and not wishes(message.text):
            reaction = _asked_again(conversation, message.seq, assessment)
        if answered and reaction:
            found[message.seq] = reaction
        answered = False
    return found


def failed_articles(conversation: Conversation, reactions: Mapping[int, Reaction]) -> frozenset[str]:
    """Articles this episode was answered with, except those the customer said had helped."""
    helped = {seq for seq, reaction in reactions.items() if reaction is Reaction.HELPED}
    return frozenset(
        turn.article_id
        for turn in conversation.turns
        if turn.article_id and turn.action == Action.ANSWER and _next_customer_seq(conversation, turn.seq) not in helped
    )


def _pressed(text: str) -> Reaction | None:
    """What our buttons say is plain in every language."""
    return {True: Reaction.HELPED, False: Reaction.DID_NOT_HELP, None: None}[is_solved(text)]


def _reaction(cues: frozenset[str]) -> Reaction | None:
    """That it helped is believed only of a message that reports nothing else: a wrong "helped" hides an open matter."""
    if not cues.isdisjoint(("did_not_help", "goes_on")):
        return Reaction.DID_NOT_HELP
    if "helped" in cues and cues.isdisjoint(("problem", "about_us", "request")):
        return Reaction.HELPED
    return None


def _asked_again(conversation: Conversation, seq: int, assessment: Assessment | None) -> Reaction | None:
    before = _turn_before(conversation, seq)
    now = next((turn.vector for turn in conversation.turns if turn.seq == seq), None)
    if now is None and assessment and seq == conversation.latest.seq:
        now = assessment.vector
    if before is None or before.vector is None or now is None:
        return None
    return Reaction.ASKED_AGAIN if float(before.vector @ now) >= SAME_AGAIN else None


def _answers(message: Message, turn: EarlierTurn | None) -> bool:
    """Whether a message of ours offers something that can help or not; a question or a courtesy cannot."""
    if message.author is Author.ASSISTANT:
        return turn is None or turn.action == Action.ANSWER
    return message.author is Author.AGENT


def _took_it(said: Sequence[Sentence], reaction: Reaction | None) -> list[Line]:
    """That they asked the same again is why they are here, and no step."""
    took = _TOOK_IT.get(reaction) if reaction else None
    return [Line(_(took), said[0].seq)] if took and said else []


def _by_customer(said: Sequence[Sentence], told: list[frozenset[str]]) -> list[Line]:
    """Each thing they say they did, or said before, once. `told`: of what the lines so far speak; it grows."""
    lines = []
    for sentence in said:
        if not (tells_a_step(sentence.text) or ("repeats" in sentence.cues and not sentence.is_question)):
            continue
        about = substance(sentence.text)
        if any(about <= before if about else about == before for before in told):
            continue
        told.append(about)
        lines.append(_quoted(sentence))
    return lines[:OF_ONE_MESSAGE]


def _quoted(sentence: Sentence) -> Line:
    words = shorten(told_around(" ".join(sentence.text.split()), LONGEST_STEP), LONGEST_STEP)
    return Line(_(SAYS, words=words), sentence.seq)


def _by_us(
    message: Message, turn: EarlierTurn | None, titles: Mapping[str, str], intent_name: Callable[[str], str]
) -> Line | None:
    """None for what tries nothing: courtesies, the notice of an earlier handoff, system lines."""
    if message.author is Author.ASSISTANT and turn and turn.action == Action.ASK:
        options = _(" or ").join(f"“{intent_name(option)}”" for option in turn.options)
        asked = _("The assistant asked which is meant: %(options)s.", options=options or _quote(message))
        return Line(asked, message.seq)
    if not _answers(message, turn):
        return None
    if message.author is Author.AGENT:
        return _by_a_colleague(message)
    title = titles.get(turn.article_id) if turn and turn.article_id else None
    if title:
        return Line(_("The assistant answered with “%(title)s”.", title=title), message.seq)
    return Line(_("The assistant answered “%(words)s”", words=_quote(message)), message.seq)


def _by_a_colleague(message: Message) -> Line | None:
    if _KIND_WORD.match(_telling(message.text)):
        return None
    quote = _quote(message)
    if quote.endswith("?"):
        return Line(_("A colleague asked: “%(words)s”", words=quote), message.seq)
    return Line(_("A colleague answered: “%(words)s”", words=quote), message.seq)


def _quote(message: Message) -> str:
    return shorten(_telling(message.text), LONGEST_QUOTE)


def _telling(text: str) -> str:
    """The sentence that says most: what was done, will be or is to do, before a kind word or a mere yes."""
    return max(split(text), key=_says_how_much, default=text)


def _says_how_much(sentence: str) -> float:
    if _KIND_WORD.match(sentence):
        return -1.0
    return min(len(sentence.split()), 10) + 6.0 * bool(_ACT.search(sentence))


def _turn_before(conversation: Conversation, seq: int) -> EarlierTurn | None:
    """The customer turn a message of ours, or the customer's next one, follows."""
    return next((turn for turn in reversed(conversation.turns) if turn.seq < seq), None)


def _next_customer_seq(conversation: Conversation, seq: int) -> int | None:
    return next((m.seq for m in conversation.customer_messages if m.seq > seq), None)


def _kept(lines: list[Line], steps: Mapping[int, Line]) -> tuple[Line, ...]:
    """All that the customer did, and of the rest the newest; `steps` are lines by their id."""
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    own = [line for line in lines if id(line) in steps][-MOST_STEPS:]
    room = max(MOST_LINES - len(own), 2) - 1
    others = [line for line in lines if id(line) not in steps][-room:]
    kept = {id(line) for line in (*own, *others)}
    older = len(lines) - len(kept)
    if not older:
        return tuple(lines)
    skipped = _n("%(num)s earlier step, see the thread.", "%(num)s earlier steps, see the thread.", older)
    return (Line(skipped, lines[0].seq), *(line for line in lines if id(line) in kept))


_EN, _DE = book("en", "replies"), book("de", "replies")
_ACT = re.compile(
    rf"\b{either(_EN['act'], _DE['act'])}\b|^{either(_EN['act_begins'], _DE['act_begins'])}\b",
    re.I,
)
_KIND_WORD = re.compile(
    rf"(?:@\w+\s+)*(?:{_EN['kind']}|{_DE['kind']}|{either(_EN['sorry'], _DE['kind_whole'])}\b|{_EN['have_a']} )", re.I
)
ASKED_THE_SAME = N_("The customer asked the same again.")
"""What briefings of before say among the steps."""
_TOOK_IT = {
    Reaction.HELPED: N_("The customer said it helped."),
    Reaction.DID_NOT_HELP: N_("The customer said it did not help."),
}
