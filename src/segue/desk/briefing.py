"""What the agent reads first: why they have it, what is wanted, what was tried, what to do next, and for whom.

Typed slots filled from the record and from the customer's own words, no LLM needed. Every line that rests on a message
carries its number, so a doubt costs one glance at the thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from segue.desk.cues import sentences
from segue.desk.guard import bare
from segue.desk.lexical import like_in_words
from segue.desk.next_step import ALL_KNOWN, Known, like_this, next_step
from segue.desk.tried import Reaction, failed_articles, nothing, reactions, told_in, tried
from segue.desk.untried import done_by
from segue.desk.wanted import all_wanted, each_wanted, open_question, shorten, wanted
from segue.desk.why import moved, why
from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.briefing import Briefing, CustomerCard, EarlierContact, Fact, Line, NextStep, SimilarCase
from segue.domain.conversation import Conversation, EarlierConversation, Message
from segue.domain.decision import Decision
from segue.domain.entities import facts_in
from segue.domain.files import says_only
from segue.domain.knowledge import Resolution
from segue.texts import N_, _
from segue.texts.wording import keeping

Told = ParamSpec("Told")
MOST_SIMILAR = 3
MOST_EARLIER = 5
NOT_READ = N_("The message could not be read by us; it stands in the thread as it came.")
READ_IT = N_("Read the message and answer it; nothing is prepared.")


def _with_wording(write: Callable[Told, Briefing]) -> Callable[Told, Briefing]:
    """Keeps beside each sentence how it was worded."""

    @wraps(write)
    def written(*told: Told.args, **more: Told.kwargs) -> Briefing:
        with keeping() as wording:
            found = write(*told, **more)
        return replace(found, wording=wording)

    return written


@_with_wording
def brief(
    conversation: Conversation,
    assessment: Assessment | None,
    answer: Answer | None,
    decision: Decision,
    similar: Sequence[Resolution],
    intent_name: Callable[[str], str],
    titles: Mapping[str, str],
    known: Known = ALL_KNOWN,
) -> Briefing:
    """Complete for every handoff, also where considering failed and `assessment` and `answer` are None. `titles`: of
    articles, by id. `similar`: the nearest cases; where meaning is not `known`, those among which words may tell."""
    customer = conversation.customer_messages
    said = [s for s in sentences(customer) if s.seq not in _files_alone(conversation)]
    reacted = reactions(conversation, said, assessment)
    helped = max((seq for seq, reaction in reacted.items() if reaction is Reaction.HELPED), default=0)
    intent = assessment.intent if assessment else None
    read = assessment.text if assessment and assessment.text else conversation.latest.text
    alike = like_this(similar, intent) if known.meaning else like_in_words(read, similar)
    before = {e.answered_with for e in _theirs(conversation) if e.id in _same_issue(assessment) and e.answered_with}
    failed = {article: titles.get(article, "") for article in failed_articles(conversation, reacted) | before}
    return Briefing(
        why=why(conversation, assessment, decision, reacted, intent_name),
        moved=moved(conversation, assessment, answer, decision, intent_name),
        wanted=all_wanted(conversation, assessment)
        or wanted(conversation, said, assessment, intent_name(intent) if intent else "", helped),
        tried=tried(conversation, said, reacted, titles, intent_name),
        facts=_facts(customer),
        open_question=open_question(said, after=helped),
        next_step=next_step(answer, decision, alike, failed, done_by(conversation, said, reacted), known),
        customer=_customer(conversation, assessment),
        similar=tuple(_similar(case) for case in alike[:MOST_SIMILAR]),
        earlier=_earlier(conversation, assessment, titles),
        mood=_mood(conversation, assessment),
        matters=each_wanted(conversation, assessment, intent_name),
    )


def _files_alone(conversation: Conversation) -> frozenset[int]:
    """The latest message where it says no more than what its files are called: that is nobody's sentence."""
    latest = conversation.latest
    return frozenset((latest.seq,) if says_only(latest.text, latest.files) else ())


@_with_wording
def brief_plainly(conversation: Conversation, decision: Decision) -> Briefing:
    """A briefing from the record alone, for a message whose text broke what reads it: who writes, since when, and that
    somebody should look."""
    latest = conversation.latest
    return Briefing(
        why=why(conversation, None, decision, {}),
        moved=(),
        wanted=Line(_(NOT_READ), latest.seq),
        tried=(nothing(),),
        facts=(),
        open_question=None,
        next_step=NextStep(_(READ_IT), None, None, 0, 0),
        customer=_customer(conversation, None),
        similar=(),
        earlier=_earlier(conversation, None, {}),
        mood=(),
    )


def missing_parts(briefing: Briefing) -> list[str]:
    """The parts every briefing must have and this one lacks, by name."""
    step = briefing.next_step
    has = {
        "why": len(briefing.why) > 10,
        "wanted": bool(briefing.wanted.text) and briefing.wanted.seq is not None,
        "tried": bool(briefing.tried) and all(line.text for line in briefing.tried),
        "next_step": bool(step.text) and 0 <= step.solved_so <= step.of,
        "customer": bool(briefing.customer.name),
    }
    return [part for part, is_there in has.items() if not is_there]


def _facts(messages: Sequence[Message]) -> tuple[Fact, ...]:
    """Each once, where it was told first; "invoice INV-7" and "INV-7" are one."""
    told: dict[tuple[str, str], Fact] = {}
    for fact in (fact for message in messages for fact in facts_in(message.text, message.seq)):
        told.setdefault((fact.kind, bare(fact)), fact)
    return tuple(told.values())


def _customer(conversation: Conversation, assessment: Assessment | None) -> CustomerCard:
    """What a visitor only claims (an account and all that hangs on it) is not shown as known."""
    contact = conversation.contact
    account = conversation.account if contact.is_verified else None
    page = conversation.page
    return CustomerCard(
        name=contact.called,
        email=contact.email,
        account=account.name if account else None,
        tier=conversation.tier,
        value=account.value if account else None,
        health=account.health if account else None,
        renews_on=account.renews_on if account else None,
        is_verified=contact.is_verified,
        page=(f"{page.title} ({page.url})" if page.title else page.url) if page else None,
        language=assessment.language.value if assessment else "",
    )


def _similar(case: Resolution) -> SimilarCase:
    return SimilarCase(
        number=case.number,
        conversation_id=case.conversation_id,
        problem=shorten(case.problem),
        solution=shorten(case.solution, 200),
        outcome=case.outcome,
        likeness=case.cosine,
    )


def _earlier(
    conversation: Conversation, assessment: Assessment | None, titles: Mapping[str, str]
) -> tuple[EarlierContact, ...]:
    """Same issue first, then the newest. Colleagues' contacts only for a verified customer."""
    same = _same_issue(assessment)
    mine = sorted(_theirs(conversation), key=lambda e: (e.id in same, e.opened_at), reverse=True)
    return tuple(_contact(e, e.id in same, titles) for e in mine[:MOST_EARLIER])


def _theirs(conversation: Conversation) -> list[EarlierConversation]:
    contact = conversation.contact
    return [e for e in conversation.earlier if contact.is_verified or e.contact_id == contact.id]


def _same_issue(assessment: Assessment | None) -> frozenset[str]:
    return frozenset(assessment.repeat.conversations) if assessment and assessment.repeat else frozenset()


def _contact(earlier: EarlierConversation, is_same_issue: bool, titles: Mapping[str, str]) -> EarlierContact:
    return EarlierContact(
        number=earlier.number,
        conversation_id=earlier.id,
        channel=earlier.channel,
        at=earlier.opened_at,
        subject=earlier.subject,
        status=earlier.outcome or earlier.status,
        is_same_issue=is_same_issue,
        promised=earlier.promised,
        answered_with=titles.get(earlier.answered_with or "", ""),
        told=told_in(earlier.told),
    )


def _mood(conversation: Conversation, assessment: Assessment | None) -> tuple[float, ...]:
    if assessment and assessment.course:
        return assessment.course
    before = tuple(turn.frustration for turn in conversation.turns)
    return (*before, assessment.frustration.value) if assessment else before
