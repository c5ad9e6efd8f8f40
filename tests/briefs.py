"""Small conversations, what was noticed and decided of them, and the briefing that is written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from segue.desk.briefing import brief
from segue.domain.answer import Answer, AnswerKind, Ground
from segue.domain.assessment import (
    Assessment,
    Complexity,
    IntentGuess,
    Signal,
    Urgency,
)  # fmt: skip
from segue.domain.conversation import (
    Author,
    Channel,
    Conversation,
    Handler,
    Message,
    Status,
)  # fmt: skip
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.knowledge import Resolution
from segue.domain.people import Account, Contact

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOPPER = Account("acc_hopper", "Hopper Ltd", "enterprise", 4200.0, 0.6, date(2027, 2, 6))
GRACE = Contact("con_grace", "Grace Hopper", "grace@hopper.example", "acc_hopper", is_verified=True)
ADA = Contact("con_ada", "Ada Lovelace", "ada@lovelace.example", "acc_ada", is_verified=True)
EVE = Contact("con_eve", "", "eve@elsewhere.example")
NAMES = {"invoice_explained": "Invoice explained", "seat_change": "Change seats", "login": "Cannot log in"}
TITLES = {"art_history": "Where changes are listed"}


def conversation(contact, *said, turns=(), account=None, earlier=(), channel=Channel.CHAT, page=None):
    """`said` in turn order, each as "customer: …", "assistant: …" or "agent: …"."""
    messages = tuple(
        Message(seq, Author(line.partition(": ")[0]), line.partition(": ")[2], NOW + timedelta(minutes=seq))
        for seq, line in enumerate(said, start=1)
    )
    return Conversation(
        "cnv_1", 41, channel, Status.OPEN, Handler.ASSISTANT, NOW, contact, account, messages, page,
        turns=turns, earlier=earlier,
    )  # fmt: skip


def assessment(intent=None, **noticed):
    found = Assessment(
        intents=(IntentGuess(intent, "billing", 0.8),) if intent else (),
        none_of_these=Signal(intent is None),
        novelty=Signal(0.1),
        nearest=(),
        unopened=Signal(0.0),
        urgency=Signal(Urgency.NORMAL),
        frustration=Signal(0.1),
        course=(0.1,),
        complexity=Signal(Complexity.SIMPLE),
        drivers=(),
        wish_for_person=Signal(False),
        language=Signal("en"),
    )
    return replace(found, **noticed)


def handed_off(*because, threshold=None, confidence=None):
    return Decision(Action.HAND_OFF, Handler.HUMAN, because, 3, Rung.AUTO, confidence, threshold)


def answered(text, article, title, confidence):
    ground = Ground("psg_1", article, title, "slug", 1, 0, 5, text)
    return Answer(AnswerKind.ANSWER, text, (ground,), confidence, article_id=article)


def solved(solution, article=None, cosine=0.9, outcome="confirmed", number=7):
    return Resolution(
        f"res_{number}", "Invoice too high", solution, "invoice_explained", "billing", "Mira", NOW, outcome,
        article_id=article, number=number, cosine=cosine,
    )  # fmt: skip


def briefed(of, noticed=None, answer=None, decision=None, similar=()):
    because = decision or handed_off(Because(Reason.LOW_CONFIDENCE, "cell"))
    return brief(of, noticed, answer, because, similar, lambda intent: NAMES[intent], TITLES)
