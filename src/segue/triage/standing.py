"""Whether a message can stand alone, and the one text of a turn.

The one idea: a message stands alone when it carries words of its own matter. "Still not working" leans on what was said
before; so do "and the other one?" and "I'd like to talk to a person", which says no matter (and is no question about
inviting one). It is then read together with the last customer message that did stand alone. Who comes "for the third
time about INV-2041" leans, too, however much they say: on the message that named it first.
"""

from __future__ import annotations

from functools import cache

from segue.domain.conversation import Conversation
from segue.domain.entities import ids_in
from segue.triage.courtesy import is_closing, is_greeting
from segue.triage.phrasebook import book, phrases
from segue.triage.said import Said
from segue.triage.wish import words_of_a_wish

_A_SENTENCE = 6
_POINTING = frozenset({"it", "that", "this", "they", "them", "those", "these", "one", "ones"})
_READ = 600
"""Characters of an earlier message that are joined: its matter stands near its beginning, and encoders read no more
than a page."""


def one_text(conversation: Conversation, said: Said) -> str:
    """The latest message; joined to the customer message it leans on, oldest first, where it cannot stand alone."""
    latest = conversation.latest.text
    if len(conversation.messages) == 1 or is_greeting(said) or is_closing(said):
        return latest
    if before := _comes_again_about(conversation, said):
        return _behind(before, latest)
    return latest if stands_alone(said) else with_what_stood(conversation) or latest


def with_what_stood(conversation: Conversation) -> str:
    """The latest message behind the customer message before it that stood alone; empty where there is none."""
    before = _leant_on(conversation)
    return _behind(before, conversation.latest.text) if before else ""


def stands_alone(said: Said) -> bool:
    """One word of a matter is enough; two or three where it begins by leaning, tells what was done, or points."""
    nothing = _carries_nothing() | words_of_a_wish(said)
    carrying = {w.text for w in said.words if w.text not in nothing and not w.text.isdigit()}
    return len(carrying) >= _needed(said)


def _comes_again_about(conversation: Conversation, said: Said) -> str:
    """The message that first named what this one says to be about once more ("the third time I write about INV-2041");
    empty where it does not say so."""
    if not (named := ids_in(said.raw)) or not any(phrases("standing", "again").find(said)):
        return ""
    return next((m.text for m in conversation.customer_messages[:-1] if named & ids_in(m.text)), "")


def _behind(before: str, latest: str) -> str:
    return f"{before[:_READ]}\n{latest}"


def _needed(said: Said) -> int:
    if phrases("standing", "reports").begin(said):
        return 3
    if phrases("standing").begin(said):
        return 2 if len(said.words) >= _A_SENTENCE else 3
    return 1 if said.vocabulary.isdisjoint(_POINTING) else 2


def _leant_on(conversation: Conversation) -> str:
    """The nearest earlier customer message that stands alone; else the nearest that is more than manners."""
    earlier = [(m.text, Said.of(m.text)) for m in reversed(conversation.customer_messages[:-1])]
    told = [(text, said) for text, said in earlier if not is_greeting(said) and not is_closing(said)]
    return next((text for text, said in told if stands_alone(said)), told[0][0] if told else "")


@cache
def _carries_nothing() -> frozenset[str]:
    return frozenset(book("standing")["carries_nothing"].split())
