"""A briefing with as much in it as there can be."""

from __future__ import annotations

from datetime import UTC, date, datetime

from segue.desk.briefing import brief
from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment, Complexity, IntentGuess, Signal, Urgency
from segue.domain.briefing import Briefing
from segue.domain.conversation import (
    Author,
    Channel,
    Conversation,
    EarlierTurn,
    Handler,
    Message,
    Page,
    Status,
)  # fmt: skip
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.knowledge import Resolution
from segue.domain.people import Account, Contact

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STEPS = [
    "I restarted the router and the desktop application on both machines in our accounting office.",
    "I cleared the cache of Firefox and of Chrome and signed out and in again with both of our accounts.",
    "We reconnected the bank feed twice and renewed the consent with the bank on the phone this morning.",
    "I reinstalled the desktop application on the laptop of our head of finance.",
    "We disabled the firewall and tried a private window in another office.",
]
FACTS = (
    "It is about invoice INV-2041, order 7781204, ticket #55120, booking B-20931 and contract 2026-77, €1,287.50 of"
    " 3 May 2026 and €49.90 of 12.03.2026, version 4.2.1, https://app.ledgerly.example/billing/invoices/2041?tab=lines,"
    " phone +31 20 555 0147."
)
STORY = (
    "Since the migration of our subsidiaries last week every invoice of the German companies shows the old address and"
    " a wrong tax number. Why are the corrected invoices not sent to all of our branch offices by themselves as agreed?"
)


def richest(is_known: bool = True) -> Briefing:
    """Every part there is, each of them long; `is_known`: whether anybody vouches for the customer."""
    said = [
        STORY, "See the history.", STEPS[0] + " " + STEPS[1], "See the bank.", f"That did not help. {FACTS}",
        "Please wait a day.", " ".join(STEPS[2:]), "We look into it.", "It is still wrong. By Friday, please.",
    ]  # fmt: skip
    authors = (*(Author.CUSTOMER, Author.ASSISTANT) * 4, Author.CUSTOMER)
    both = enumerate(zip(authors, said, strict=True), 1)
    messages = tuple(Message(n, author, text, NOW) for n, (author, text) in both)
    name, mail = "Alexandrina Wolkenstein-Trostburg", "alexandrina.wolkenstein@northgate-clinics.example"
    company = "Northgate Clinics and Rehabilitation Holding"
    account = Account("acc", company, "enterprise", 128_400.0, 0.43, date(2027, 2, 6))
    contact = Contact("con", name, mail, "acc", is_verified=is_known)
    page = Page("https://app.ledgerly.example/billing/invoices/2041?tab=lines&year=2026", "Invoices of all companies")
    turns = tuple(EarlierTurn(n, "wrong", 0.1 * n, "answer", article_id="art_1") for n in (1, 3, 5, 7))
    of = Conversation(
        "cnv_1", 41, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOW, contact, account, messages, page, turns=turns
    )
    noticed = Assessment(
        (IntentGuess("wrong", "billing", 0.8),), Signal(False), Signal(0.1), (), Signal(0.0),
        Signal(Urgency.CRITICAL, words=("by Friday",)), Signal(0.82, words=("still wrong",)), (0.1, 0.2, 0.82),
        Signal(Complexity.HIGH), (), Signal(False), Signal("fr"),
    )  # fmt: skip
    because = (Because(Reason.FRUSTRATED, "triggers.frustration.high", ("It is still wrong",), 0.82, 0.8),
               Because(Reason.LOW_CONFIDENCE, "boundary.billing.threshold", (), 0.71, 0.88))  # fmt: skip
    decision = Decision(Action.HAND_OFF, Handler.HUMAN, because, 3, Rung.AUTO, 0.71, 0.88)
    step = (
        "Opened Settings → Companies → Addresses, corrected the address and the tax number of each company, then resent"
        " every invoice since the migration from Billing → Invoices → Send again, and wrote to the head office."
    )
    solved = [
        Resolution(f"res_{n}", "Old address", step, "wrong", "billing", "Mira", NOW, "confirmed", number=n, cosine=0.9)
        for n in range(1, 10)
    ]
    answer = Answer(AnswerKind.ANSWER, "See there.", (), 0.71)
    return brief(of, noticed, answer, decision, solved, str, {"art_1": "Where all changes of an invoice are listed"})
