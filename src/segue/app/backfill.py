"""Considers afterwards what was brought in from elsewhere, in shadow: a company that comes with a past can try a policy
on it before the assistant says its first word.

The one idea: nobody judges what they have learnt by heart. Each conversation is read by a head that was fitted without
its customer's messages; the confidence on top of it was calibrated in the same way (learning/rehearsal). A conversation
is followed as long as it went as the assistant would have had it; past that nobody knows what would have been written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zlib import crc32

from segue.app.door import House
from segue.app.fitted import fitted, spelling_of
from segue.app.fitting import named
from segue.app.parts import Decider
from segue.assistant.answer import Assistant
from segue.assistant.confidence import Confidence
from segue.domain.conversation import Author, Conversation, EarlierTurn, Handler, Message
from segue.domain.decision import Action, Decision
from segue.domain.errors import NotFound
from segue.domain.knowledge import Found
from segue.domain.ports import Vector
from segue.domain.turn import Turn
from segue.policy.accounts import mindful_of_accounts
from segue.policy.boundary import Boundary
from segue.policy.settings import load
from segue.store.backtest import PastStore
from segue.store.bygone import Bygone, Bygones
from segue.triage.ahead import Ahead
from segue.triage.assess import Triage
from segue.triage.frustration import Tone
from segue.triage.intents import Examples, IntentHead
from segue.triage.language import written_in

FOLDS = 5
"""Parts of the customers; the head that reads one part was fitted on the others."""
AT_ONCE = 200
Considered = tuple[Conversation, Turn, datetime]


def backfill(
    house: House, since: datetime, now: datetime, limit: int | None = None,
    tell: Callable[[int], object] = lambda done: None,
) -> Mapping[str, Any]:  # fmt: skip
    """Considers conversations that nobody has considered, oldest first; can be stopped and begun again at any time.

    `tell` hears how many are done. Raises NotFound where there is no policy or no head yet, Unavailable while
    everything is read anew.
    """
    house.anew.refuse_between(house.encoder.version)
    reader, past = _reader(house), PastStore(house.db)
    done = messages = 0
    while limit is None or done < limit:
        batch = Bygones(house.db).next(since, min(AT_ONCE, (limit or done + AT_ONCE) - done))
        if not batch:
            break
        reader.remember(house, [b.conversation.messages[0].text for b in batch])
        messages += past.keep((turn for b in batch for turn in reader.walk(b)), now)
        done += len(batch)
        tell(done)
    return {"conversations": done, "messages": messages, "head": reader.version, "policy": reader.decider.version}


@dataclass
class _Reader:
    """Reads each customer's messages with the head that has not seen them."""

    triages: Sequence[Triage]
    assistants: Sequence[Assistant]
    decider: Decider
    version: str
    memory: Ahead
    today: list[date] = field(default_factory=lambda: [date.min])

    def remember(self, house: House, texts: list[str]) -> None:
        self.memory.keep(texts, house.library.encode(texts))

    def walk(self, bygone: Bygone) -> Iterator[Considered]:
        """The conversation's customer messages, as long as what was done agrees with what is decided here."""
        whole, before, handler = bygone.conversation, list[EarlierTurn](), Handler.ASSISTANT
        for place, message in enumerate(whole.messages):
            if message.author is not Author.CUSTOMER:
                continue
            then = replace(whole, messages=whole.messages[: place + 1], turns=tuple(before), handler=handler)
            turn = self._consider(then, message.at)
            yield then, turn, message.at
            replied = _replied(whole.messages[place + 1 :])
            if not _agrees(turn.decision, handler, replied):
                return
            before.append(_earlier(message, turn))
            handler = Handler.ASSISTANT if turn.decision.speaks else Handler.HUMAN

    def _consider(self, conversation: Conversation, now: datetime) -> Turn:
        part = part_of(conversation.contact.id)
        self.today[0] = now.date()
        assessment = self.triages[part].assess(conversation, now)
        answer = self.assistants[part].answer(conversation, assessment, now)
        return Turn(assessment, answer, self.decider.decide(conversation, assessment, answer, now))


def part_of(contact: str) -> int:
    return crc32(contact.encode()) % FOLDS


def _reader(house: House) -> _Reader:
    workspace = house.workspace
    live, head = workspace.live_policy(), fitted(workspace, "intents", IntentHead.from_bytes)
    if live is None or head is None:
        raise NotFound("There is no policy or no intent head yet.", "`segue fit` fits one from past conversations.")
    catalogue = workspace.catalogue()
    policy = mindful_of_accounts(load(live[1]), catalogue)
    confidence = fitted(workspace, "confidence", Confidence.from_bytes)
    usual = policy.usual_language(str(workspace.setting("language") or ""))
    heads, memory, today = _heads(house, head), Ahead(house.encoder), [date.min]
    tone, names = fitted(workspace, "tone", Tone.from_bytes), {i.id: i.name for i in catalogue.intents}
    articles = {a.id: a for a in house.knowledge.articles()}

    def search(text: str, vector: Vector, limit: int) -> Sequence[Found]:
        return house.library.search(text, vector, today[0], limit)

    return _Reader(
        [Triage(memory, h, policy.compiled_topics(), tone, names, usual, spelling=spelling_of(h),
                zone=policy.sla.hours.zone) for h in heads],
        [Assistant(search, catalogue, articles, confidence and replace(confidence, head=h.version),
                   written_in=written_in, taught=h.taught) for h in heads],
        Decider(policy, live[0], confidence.boundary() if confidence else Boundary()), head.version, memory, today,
    )  # fmt: skip


def _heads(house: House, live: IntentHead) -> list[IntentHead]:
    """For each part of the customers a head that was fitted without them."""
    catalogue, rows = house.workspace.catalogue(), house.knowledge.examples()
    told = named(house, catalogue, [row.intent for row in rows])
    parts = [part_of(row.contact_id or row.text) for row in rows]
    seen = ([row for row, part in zip(rows, parts, strict=True) if part != n] for n in range(FOLDS))
    return [IntentHead.fit(Examples.of(some), told, catalogue, live).cooled(live.temperature) for some in seen]


def _replied(rest: Sequence[Message]) -> Author | None:
    """Who spoke next; None where the customer wrote again first, or nobody did."""
    author = next((m.author for m in rest if m.author is not Author.SYSTEM), None)
    return None if author is Author.CUSTOMER else author


def _agrees(decision: Decision, handler: Handler, replied: Author | None) -> bool:
    """Whether the conversation could go on as it did after this decision."""
    if handler is Handler.HUMAN:
        return replied is not Author.ASSISTANT
    return replied is Author.ASSISTANT if decision.speaks else replied is not Author.ASSISTANT


def _earlier(message: Message, turn: Turn) -> EarlierTurn:
    assessment, answer = turn.assessment, turn.answer
    assert assessment is not None
    return EarlierTurn(
        message.seq, assessment.intent, assessment.frustration.value, turn.decision.action.value,
        answer.options if answer and turn.decision.action is Action.ASK else (), answer.article_id if answer else None,
        turn.decision.because[0].reason.value, assessment.vector, assessment.encoder,
    )  # fmt: skip
