"""The one text of a turn: what is encoded, and what every signal of meaning reads.

The one idea: a message that cannot stand alone is read together with the last customer message that could, and what a
message denies is not read at all (denied.py). Who comes "for the third time about INV-2041" leans, too, however much
they say: on the message that named it first. So does who says that they did what the answer told, and what it is not.
"""

from __future__ import annotations

from dataclasses import dataclass

from segue.domain.conversation import Conversation
from segue.domain.entities import ids_in
from segue.triage.courtesy import is_closing, is_greeting
from segue.triage.denied import without_denied
from segue.triage.phrasebook import phrases
from segue.triage.said import Said
from segue.triage.standing import stands_alone

_READ = 600
"""Characters of an earlier message that are joined: its matter stands near its beginning, and encoders read no more
than a page."""


@dataclass(frozen=True, slots=True)
class OneText:
    text: str
    is_joined: bool = False
    left_out: tuple[str, ...] = ()
    """What the customer says it is not, which is not read."""
    says_nothing_else: bool = False
    """All that is said is what it is not, and nothing was said before."""


def one_text(conversation: Conversation, said: Said, whole: bool = False) -> OneText:
    """The latest message without what it denies; joined to the customer message it leans on, oldest first, where it
    cannot stand alone. `whole`: what it denies, too, for "not the first" may answer a question."""
    latest = conversation.latest.text
    read = None if whole else without_denied(said)
    if read is None or not read.left_out:
        return _joined(conversation, said) or OneText(latest)
    before = _leant_on(conversation)
    if read.text:
        if before and phrases("standing", "reports").begin(Said.of(read.text)):
            return OneText(_behind(before, read.text), True, read.left_out)
        return OneText(read.text, left_out=read.left_out)
    if before:
        return OneText(before[:_READ], True, read.left_out)
    return OneText(latest, left_out=read.left_out, says_nothing_else=True)


def with_what_stood(conversation: Conversation) -> str:
    """The latest message together with the customer message before it that it leans on; empty where there is none."""
    before = _leant_on(conversation)
    return _behind(before, conversation.latest.text) if before else ""


def _joined(conversation: Conversation, said: Said) -> OneText | None:
    if len(conversation.messages) == 1 or is_greeting(said) or is_closing(said):
        return None
    if before := _comes_again_about(conversation, said):
        return OneText(_behind(before, conversation.latest.text), True)
    text = "" if stands_alone(said) else with_what_stood(conversation)
    return OneText(text, True) if text else None


def _comes_again_about(conversation: Conversation, said: Said) -> str:
    """The message that first named what this one says to be about once more ("the third time I write about INV-2041");
    empty where it does not say so."""
    if not (named := ids_in(said.raw)) or not any(phrases("standing", "again").find(said)):
        return ""
    return next((m.text for m in conversation.customer_messages[:-1] if named & ids_in(m.text)), "")


def _behind(before: str, latest: str) -> str:
    return f"{before[:_READ]}\n{latest}"


def _leant_on(conversation: Conversation) -> str:
    """The nearest earlier customer message that stands alone; else the nearest that is more than manners."""
    earlier = [(m.text, Said.of(m.text)) for m in reversed(conversation.customer_messages[:-1])]
    told = [(text, said) for text, said in earlier if not is_greeting(said) and not is_closing(said)]
    return next((text for text, said in told if stands_alone(said)), told[0][0] if told else "")
