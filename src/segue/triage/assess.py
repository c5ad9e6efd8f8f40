"""What triage noticed about the latest message: one assessment, facts with evidence, no decision.

The one idea: one text a turn, and one for each matter where a message holds several. A message that cannot stand alone
("still not working", "and the other one?") is joined to the last one that could, and that one text is encoded once;
every signal that needs meaning reads the same vector, every signal that needs words reads the same words. What is
denied ("my card isn't the problem") is not read for its matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import Assessment, Complexity, Matter, Signal, TopicFlag, Urgency
from segue.domain.buttons import is_solved
from segue.domain.conversation import Author, Conversation, EarlierTurn, Handler
from segue.domain.entities import facts_in
from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import Encoder, Vector, together
from segue.triage.ahead import Ahead
from segue.triage.choice import offered, points, still_open
from segue.triage.complexity import Around, complexity
from segue.triage.courtesy import is_closing, is_greeting, is_settled
from segue.triage.effort import EffortFit
from segue.triage.enclosed import is_in_a_file
from segue.triage.frustration import Tone, frustration, remembered
from segue.triage.habit import UrgencyHabit
from segue.triage.intents import IntentReading
from segue.triage.judged_mood import heard
from segue.triage.language import language
from segue.triage.matters import matters_in
from segue.triage.mood import MoodHead
from segue.triage.one_text import OneText, one_text, with_what_stood
from segue.triage.parts import parts_of
from segue.triage.phrasebook import phrases
from segue.triage.repeat import repeat_contact
from segue.triage.said import Said
from segue.triage.spelling import Spelling
from segue.triage.standing import stands_alone
from segue.triage.topics import Topics, Watched
from segue.triage.urgency import urgency
from segue.triage.wish import wish_for_person


class Intents(Protocol):
    def read(self, text: str, vector: Vector, options: tuple[str, ...]) -> IntentReading: ...

    def by_words(self, text: str) -> NDArray[np.float32]: ...

    def taught(self, intent: str) -> Sequence[str]: ...


_A_NAME = 4
"""Words up to which a reply that names an option is no sentence of its own."""
_CLEAR = 0.5
"""From this probability on a reply that seems to name an option is about what it is about by itself."""
_DENIABLE = frozenset(("cancellation",))
"""Topics of which "I don't want to …" is no hint of it."""
_BESIDE_MEANING = ("wish", "frustration", "complexity")
"""Phrase books of signals that need meaning besides."""
_NOTHING_LEARNT = IntentReading((), Signal(True), Signal(1.0), (), Signal(0.0), 0.0, 0.0, "")


@dataclass(frozen=True, slots=True)
class InWords:
    """What the words alone say: it is noticed while their meaning is read."""

    urgency: Signal[Urgency]
    topics: tuple[TopicFlag, ...]
    language: Signal[str]
    is_greeting: bool
    is_closing: bool
    is_settled: bool
    is_in_a_file: bool


@dataclass(frozen=True, slots=True)
class Gist:
    """What a message was read as: the text that was read, alone or with what it belongs to, and what it wants."""

    read: OneText
    vector: Vector
    reading: IntentReading
    wish: Signal[bool]
    matters: tuple[Matter, ...]
    mood: Signal[float]
    course: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ByAgents:
    """What agents taught with their keys; None where they said too little to go by."""

    urgency: UrgencyHabit | None = None
    effort: EffortFit | None = None
    mood: MoodHead | None = None


NOTHING_BY_AGENTS = ByAgents()


class Triage:
    """Notices. Between turns it remembers nothing but texts read ahead: the conversation it is given is the memory."""

    def __init__(
        self,
        encoder: Encoder,
        intents: Intents | None,
        topics: Iterable[Watched],
        tone: Tone | None = None,
        names: Mapping[str, str] | None = None,
        default_language: str = "en",
        by_agents: ByAgents = NOTHING_BY_AGENTS,
        fitted_to: str = "",
        spelling: Spelling | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        """`intents` and `tone` are None while nothing has been fitted. `names` are the intents as customers are shown
        them, so that a clarifying question may be answered in words. `fitted_to`: the encoder whose vectors all that
        was fitted reads; empty for any.
        `spelling` mends slips of the finger before meaning is read. `zone`: in which customers' days are reckoned."""
        self._fitted_to = fitted_to
        self._encoder = Ahead(encoder)
        self._intents = intents
        self._topics = Topics(topics)
        self._tone = tone
        self._default_language = default_language
        self._names = names or {}
        self._by_agents = by_agents
        self._spelling = spelling
        self._zone = zone

    def read_ahead(self, conversations: Iterable[Conversation]) -> None:
        """The texts of turns that are about to be assessed. Raises EncoderUnavailable; nothing is lost by it."""
        self._encoder.read([self._spelt(one_text(c, Said.of(c.latest.text)).text) for c in conversations])

    def taught(self, intent: str) -> Sequence[str]:
        """The past messages that an intent was learnt from."""
        return self._intents.taught(intent) if self._intents else ()

    def assess(self, conversation: Conversation, now: datetime) -> Assessment:
        """Everything noticed about `conversation.latest`. Raises EncoderUnavailable."""
        conversation = conversation.seen_by(self._encoder_of_what_was_learnt())
        said = Said.of(conversation.latest.text)
        options = still_open(said, offered(conversation), self._names)
        one = one_text(conversation, said, whole=bool(options))
        with self._encoder.reading(self._spelt(one.text)):
            words = self._in_words(conversation, said, one, now)
        gist = self._gist(conversation, said, options, one)
        tier, drivers = _complexity(said, conversation, gist.reading, len(gist.matters), self._by_agents.effort)
        return Assessment(
            intents=gist.reading.intents,
            none_of_these=gist.reading.none_of_these,
            novelty=gist.reading.novelty,
            nearest=gist.reading.nearest,
            unopened=gist.reading.unopened,
            urgency=self._urgency(words.urgency, gist.vector),
            frustration=gist.mood,
            course=gist.course,
            complexity=tier,
            drivers=drivers,
            wish_for_person=gist.wish,
            language=words.language if gist.read is one else self._language(gist.read.text),
            repeat=repeat_contact(said, conversation, _best(gist.reading), gist.vector, now),
            topics=words.topics,
            tier=conversation.tier,
            is_verified=conversation.contact.is_verified,
            page=conversation.page,
            is_greeting=words.is_greeting and not options,
            is_closing=words.is_closing and not options,
            is_settled=words.is_settled and not options,
            is_in_a_file=words.is_in_a_file,
            matters=gist.matters,
            text=gist.read.text,
            left_out=gist.read.left_out,
            encoder=self._encoder.version,
            heads=gist.reading.version,
            vector=gist.vector,
        )

    def _in_words(self, conversation: Conversation, said: Said, one: OneText, now: datetime) -> InWords:
        """With what will stand beside meaning looked up, too, where it is kept."""
        for book in _BESIDE_MEANING:
            phrases(book).find(said)
        parts_of(Said.of(one.text))
        if self._intents:
            self._intents.by_words(self._spelt(one.text))
        return InWords(
            urgency(said, now.astimezone(self._zone)),
            self._flags(said, one),
            self._language(one.text if one.is_joined else said.raw),
            is_greeting(said),
            is_closing(said),
            is_settled(said),
            is_in_a_file(said, conversation.latest.files),
        )

    def _language(self, text: str) -> Signal[str]:
        return language(Said.of(self._spelt(text)), self._default_language)

    def _flags(self, said: Said, read: OneText) -> tuple[TopicFlag, ...]:
        """Without a leaving that the customer says they do not want, and does not speak of besides; a threat that is
        denied is a threat all the same."""
        flags = self._topics.flags(said)
        if not (flags and read.left_out):
            return flags
        meant = () if read.says_nothing_else else self._topics.flags(Said.of(read.text))
        deniable = _DENIABLE.difference(flag.topic for flag in meant)
        return tuple(
            f for f in flags if f.topic not in deniable or not all(_stands_in(w, read.left_out) for w in f.words)
        )

    def _gist(self, conversation: Conversation, said: Said, options: tuple[str, ...], one: OneText) -> Gist:
        read, vector, reading = self._understood(conversation, said, options, one)
        mood, course = self._mood(said, conversation, vector, read.is_joined)
        wish, reading = self._wish(said, vector, reading, read.is_joined or bool(options))
        is_one = read.is_joined or read.says_nothing_else or bool(options)
        matters = () if is_one else self._matters(Said.of(read.text), wish.words)
        return Gist(read, vector, reading, wish, matters, mood, course)

    def _encoder_of_what_was_learnt(self) -> str:
        """Its version. Raises EncoderUnavailable where it is another than what was learnt is fitted to: the message is
        tried again a moment later, by a mind that knows."""
        version = self._encoder.version
        if self._intents and self._fitted_to not in ("", version):
            raise EncoderUnavailable(f"The encoder is {version} now.", "Segue fits what it has learnt to it by itself.")
        return version

    def _read(self, text: str, vector: Vector, options: tuple[str, ...]) -> IntentReading:
        return self._intents.read(self._spelt(text), vector, options) if self._intents else _NOTHING_LEARNT

    def _encoded(self, text: str) -> Vector:
        vector: Vector = self._encoder.encode([self._spelt(text)])[0]
        return vector

    def _spelt(self, text: str) -> str:
        return self._spelling.mended(text) if self._spelling else text

    def _understood(
        self, conversation: Conversation, said: Said, options: tuple[str, ...], one: OneText
    ) -> tuple[OneText, Vector, IntentReading]:
        """What was read, alone or with what it belongs to, its vector, and what it was read as."""
        vector = self._encoded(one.text)
        reading = self._read(one.text, _with_the_question(vector, conversation, options), options)
        if self._only_sounds_picked(conversation, said, options, one, vector):
            options = offered(conversation)
            reading = self._read(one.text, _with_the_question(vector, conversation, options), options)
        if _may_belong(conversation, said, one, reading) and (joined := with_what_stood(conversation)):
            joined_vector = self._encoded(joined)
            whole = self._read(joined, joined_vector, ())
            if not whole.none_of_these.value:
                return OneText(joined, is_joined=True), joined_vector, whole
        if one.says_nothing_else:
            reading = replace(reading, none_of_these=Signal(True, 1.0, one.left_out))
        return one, vector, reading

    def _only_sounds_picked(
        self, conversation: Conversation, said: Said, options: tuple[str, ...], one: OneText, vector: Vector
    ) -> bool:
        """Whether a sentence with words of one option is, by itself, a message about another matter."""
        is_short = len(said.words) <= _A_NAME or one.is_joined
        if len(options) != 1 or is_short or points(said, offered(conversation)):
            return False
        best = next(iter(self._read(one.text, vector, ()).intents), None)
        return best is not None and best.intent != options[0] and best.probability >= _CLEAR

    def _wish(
        self, said: Said, vector: Vector, reading: IntentReading, has_a_matter: bool
    ) -> tuple[Signal[bool], IntentReading]:
        """Whether a person is wished for; who says nothing but that is read as saying no matter."""
        wish = wish_for_person(said, partial(self._tone.wished, said, vector) if self._tone else None)
        if wish.value and not (has_a_matter or stands_alone(said)):
            reading = replace(reading, none_of_these=Signal(True, wish.sure))
        return wish, reading

    def _matters(self, said: Said, wish: tuple[str, ...]) -> tuple[Matter, ...]:
        if self._intents is None:
            return ()
        return matters_in(said, self._intents, self._encoded, wish)

    def _urgency(self, rule: Signal[Urgency], vector: Vector) -> Signal[Urgency]:
        habit = self._by_agents.urgency
        return habit.moved(rule, vector) if habit else rule

    def _mood(
        self, said: Said, conversation: Conversation, vector: Vector, is_joined: bool
    ) -> tuple[Signal[float], tuple[float, ...]]:
        """Frustration with memory, and its course over the episode's turns."""
        earlier = [m.text for m in conversation.customer_messages[:-1]]
        before = tuple(turn.frustration for turn in conversation.turns)
        previous = None if is_joined else _last_vector(conversation.turns)
        now = frustration(said, earlier, vector, previous, self._tone, _last_reply(conversation))
        judged = self._by_agents.mood
        if judged is not None and is_solved(said.raw) is None:
            now = heard(now, judged, conversation, vector)
        value = remembered(before, now.value)
        return Signal(value, now.sure, now.words), (*before, value)


def _stands_in(words: str, clauses: tuple[str, ...]) -> bool:
    return any(words in clause for clause in clauses)


def _complexity(
    said: Said, conversation: Conversation, reading: IntentReading, matters: int, fitted: EffortFit | None
) -> tuple[Signal[Complexity], tuple[str, ...]]:
    around = Around(
        facts=len(facts_in(said.raw, conversation.latest.seq)),
        turns=len(conversation.customer_messages),
        likely=tuple(guess.probability for guess in reading.intents),
        entropy=reading.entropy,
        novelty=reading.novelty.value,
        matters=matters,
    )
    return complexity(said, around, fitted)


def _may_belong(conversation: Conversation, said: Said, one: OneText, reading: IntentReading) -> bool:
    """What a customer adds or puts right while people have their known matter does not make it an unknown one."""
    with_people = conversation.handler is Handler.HUMAN and any(turn.intent for turn in conversation.turns)
    is_new = reading.none_of_these.value and one == OneText(conversation.latest.text)
    return with_people and is_new and not is_greeting(said) and not is_closing(said)


def _with_the_question(vector: Vector, conversation: Conversation, options: tuple[str, ...]) -> Vector:
    """A reply to a clarifying question is read together with what was asked; a picked option needs no reading."""
    before = _last_vector(conversation.turns)
    return together(vector, before) if len(options) > 1 and before is not None else vector


def _best(reading: IntentReading) -> str | None:
    return None if reading.none_of_these.value or not reading.intents else reading.intents[0].intent


def _last_reply(conversation: Conversation) -> str:
    """What the customer was told before this message, by the assistant or a person."""
    told = (m.text for m in reversed(conversation.messages[:-1]) if m.author in (Author.ASSISTANT, Author.AGENT))
    return next(told, "")


def _last_vector(turns: Sequence[EarlierTurn]) -> Vector | None:
    return turns[-1].vector if turns else None
