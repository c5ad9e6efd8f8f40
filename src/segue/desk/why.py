"""Why a person has this conversation: one sentence from the decision, and the signals that moved.

The sentence is rendered from the structured reasons and names the customer; nothing is ever read back out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from segue.desk.tried import Reaction
from segue.domain.answer import Answer
from segue.domain.assessment import Assessment, Urgency
from segue.domain.briefing import Moved
from segue.domain.buttons import is_solved
from segue.domain.catalogue import of_category
from segue.domain.conversation import Conversation, EarlierTurn
from segue.domain.decision import Action, Because, Decision, Reason
from segue.texts import _, _n, forms, word
from segue.texts.forms import percent
from segue.texts.wording import same, sentence

MOOD_MOVED = 0.15
NEW_ENOUGH = 0.5


def why(
    conversation: Conversation, assessment: Assessment | None, decision: Decision, reactions: Mapping[int, Reaction],
    named: Callable[[str], str] = str,
) -> str:  # fmt: skip
    """Sentences: the deciding reason, what the assistant's answers had come to by then, and the next reason that held.
    Where the customer has just pressed our No, that comes first: it is why they are here. `named`: matters and
    categories for people, by the keys of `Catalogue.names`."""
    if not decision.because:
        return _("The record gives no reason for this handoff.")
    reasons = _since(conversation, decision)[:2]
    clauses = [_clause(because, conversation, assessment, named) for because in reasons]
    came_to = _came_to(conversation, reactions, reasons[0].reason)
    if reasons[0].reason is Reason.ALREADY_SAID and came_to:
        clauses[0], came_to = came_to, ""
    if came_to:
        clauses.insert(0 if is_solved(conversation.latest.text) is False else 1, came_to)
    return reduce(lambda told, clause: _("%(told)s %(more)s", told=told, more=sentence(clause)),
                  clauses[1:], sentence(clauses[0]))  # fmt: skip


def _since(conversation: Conversation, decision: Decision) -> tuple[Because, ...]:
    """Once a person has it, what had brought it to them; and what has come since."""
    if decision.action is not Action.SUGGEST:
        first, *rest = decision.because
        always = first.reason is Reason.ALWAYS_HUMAN_CATEGORY  # that nobody may answer alone there goes without saying
        return (first, *(b for b in rest if not (always and b.reason is Reason.RUNG_TOO_LOW)))
    turn = _brought(conversation, decision)
    first = Because(Reason(turn.reason), "earlier") if turn and turn.reason else decision.because[0]
    return (first, *(b for b in decision.because[1:] if b.reason is not first.reason))


def _brought(conversation: Conversation, decision: Decision) -> EarlierTurn | None:
    """The turn that gave it to people, where they have it already: the headline speaks of that one."""
    if decision.action is not Action.SUGGEST:
        return None
    return next((t for t in reversed(conversation.turns) if t.action == Action.HAND_OFF and t.reason), None)


def moved(
    conversation: Conversation,
    assessment: Assessment | None,
    answer: Answer | None,
    decision: Decision,
    intent_name: Callable[[str], str],
) -> tuple[Moved, ...]:
    """Signals that moved or stand out, those behind the headline first. `before` is empty where nothing was noticed.
    Where the headline speaks of the turn that brought it to people, no figure of a later message stands beneath it, but
    those behind a reason that has come since."""
    if assessment is None:
        return ()
    behind = {_SIGNAL_OF.get(because.reason) for because in _since(conversation, decision)}
    found = [
        ("frustration", _mood(assessment.course, assessment.frustration.words)),
        ("urgency", _urgency(assessment)),
        ("intent", _intent(conversation, assessment, intent_name)),
        ("novelty", _novelty(assessment)),
        ("confidence", _confidence(answer, decision)),
    ]
    turn = _brought(conversation, decision)
    if turn is not None:
        found = [("frustration", _mood_then(conversation, turn)), *found[1:]]
        found = [signal for signal in found if signal[0] in behind]
    return tuple(signal for name, signal in sorted(found, key=lambda f: f[0] not in behind) if signal)


def mood_word(frustration: float) -> str:
    return _("calm") if frustration < 0.3 else _("tense") if frustration < 0.6 else _("upset")


def _clause(
    because: Because, conversation: Conversation, assessment: Assessment | None, named: Callable[[str], str]
) -> str:
    if because.reason is Reason.ALWAYS_HUMAN_CATEGORY and because.words:
        category = named(of_category(because.words[0]))
        return _("the category “%(category)s” always goes to a person", category=category)
    said = _said(because, conversation, assessment)
    if not because.words or because.reason not in _SHOWS_WORDS:
        return said
    return _("%(said)s (“%(words)s”)", said=said, words=because.words[0])


def _said(because: Because, conversation: Conversation, assessment: Assessment | None) -> str:
    who = _who(conversation)
    value, threshold = because.value, because.threshold
    if because.rule.startswith("asking."):
        return _("the assistant could not tell which of two matters is meant")
    if because.reason is Reason.LOW_CONFIDENCE and isinstance(value, float) and isinstance(threshold, float):
        sure, needed = percent(value), percent(threshold)
        return _("the assistant is %(sure)s sure of its answer and needs %(needed)s", sure=sure, needed=needed)
    if because.reason is Reason.IMPORTANT_CUSTOMER and conversation.tier:
        return _("%(who)s is on the %(tier)s tier, which gets a person", who=who, tier=conversation.tier)
    if because.reason is Reason.ASKED_BEFORE and assessment and assessment.repeat:
        numbers = ", ".join(f"#{number}" for number in assessment.repeat.numbers[:3])
        return _("%(who)s has asked before (%(numbers)s)", who=who, numbers=numbers)
    if because.reason is Reason.ALWAYS_HUMAN_TOPIC and assessment and assessment.topics:
        topic = word(assessment.topics[0].topic.replace("_", " "))
        return _("%(who)s wrote about %(topic)s, which always goes to a person", who=who, topic=topic)
    if because.reason is Reason.ANOTHER_THING and because.words:
        return _(
            "%(who)s asks about %(thing)s, which the article there is does not speak of",
            who=who,
            thing=because.words[0],
        )
    clause = because.reason.sentence
    named = clause.replace("the customer", who)
    return clause if named == clause else same(named, clause)


def _came_to(conversation: Conversation, reactions: Mapping[int, Reaction], reason: Reason) -> str:
    """What the assistant's answers had come to: the customer's last word on them counts. Empty where there were none,
    or where the reason tells it."""
    answers = sum(1 for turn in conversation.turns if turn.action == Action.ANSWER)
    if not answers:
        return ""
    if reactions and reactions[max(reactions)] in (Reaction.DID_NOT_HELP, Reaction.ASKED_AGAIN):
        if reason is Reason.ALREADY_SAID:
            return _n(
                "the assistant's answer did not solve it, and it knows no other",
                "the assistant's %(num)s answers did not solve it, and it knows no other",
                answers,
            )
        return _n(
            "the assistant's answer did not solve it", "the assistant's %(num)s answers did not solve it", answers
        )
    if reason is Reason.ALREADY_SAID:
        return ""
    return _n("the assistant had answered once", "the assistant had answered %(num)s times", answers)


def _who(conversation: Conversation) -> str:
    return conversation.contact.name.split()[0] if conversation.contact.name.strip() else _("the customer")


def _mood(course: Sequence[float], words: tuple[str, ...] = ()) -> Moved | None:
    *earlier, now = course or (0.0,)
    before = max(earlier, key=lambda mood: abs(now - mood), default=None)
    if before is None or abs(now - before) < MOOD_MOVED:
        return None
    return Moved("frustration", _felt(before), _felt(now), words)


def _mood_then(conversation: Conversation, turn: EarlierTurn) -> Moved | None:
    return _mood([earlier.frustration for earlier in conversation.turns if earlier.seq <= turn.seq])


def _felt(mood: float) -> str:
    return _("%(figure)s (%(mood)s)", figure=forms.number(mood, 2), mood=mood_word(mood))


def _urgency(assessment: Assessment) -> Moved | None:
    urgency = assessment.urgency
    return Moved("urgency", "", urgency.value.value, urgency.words) if urgency.value.rank >= Urgency.HIGH.rank else None


def _intent(conversation: Conversation, assessment: Assessment, intent_name: Callable[[str], str]) -> Moved | None:
    before = next((turn.intent for turn in reversed(conversation.turns) if turn.intent), None)
    if not before or not assessment.intent or before == assessment.intent:
        return None
    return Moved("intent", intent_name(before), intent_name(assessment.intent))


def _novelty(assessment: Assessment) -> Moved | None:
    novelty = assessment.novelty
    mark = NEW_ENOUGH if novelty.threshold is None else novelty.threshold
    if novelty.value < mark and not assessment.none_of_these.value:
        return None
    return Moved(
        "novelty", "", _("%(figure)s (unlike anything known)", figure=forms.number(novelty.value, 2)), novelty.words
    )


def _confidence(answer: Answer | None, decision: Decision) -> Moved | None:
    """Only where it falls short: "77 %, needs 75 %" would be no reason for anything."""
    confidence = answer.confidence if answer else None
    if confidence is None or decision.threshold is None or confidence >= decision.threshold:
        return None
    return Moved(
        "confidence", "", _("%(had)s, needs %(needed)s", had=percent(confidence), needed=percent(decision.threshold))
    )


_SHOWS_WORDS = {Reason.ASKED_FOR_PERSON, Reason.FRUSTRATED, Reason.URGENT, Reason.ALWAYS_HUMAN_TOPIC}
_SIGNAL_OF = {
    Reason.FRUSTRATED: "frustration",
    Reason.URGENT: "urgency",
    Reason.UNKNOWN_MATTER: "novelty",
    Reason.LOW_CONFIDENCE: "confidence",
}
