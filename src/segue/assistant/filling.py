"""What is known of the customer, where an article has a variable for it."""

from __future__ import annotations

from dataclasses import replace

from segue.domain.answer import Abstention, Answer, AnswerKind
from segue.domain.conversation import Conversation
from segue.domain.variables import filled, first_word
from segue.texts import forms


def filled_in(answer: Answer, conversation: Conversation) -> Answer:
    """With what an article says of the customer by variables; where one has no value nothing is said, for a hole in an
    answer is worse than a person's answer."""
    if "{{" not in answer.text:
        return answer
    said = filled(answer.text, _values_of(conversation))
    if said.has_holes:
        return Answer(AnswerKind.ABSTENTION, abstention=Abstention.NO_VALUE, intent=answer.intent)
    return replace(answer, text=said.text)


def _values_of(conversation: Conversation) -> dict[str, str]:
    """What a visitor only claims is not told them as known; of the agent nothing, for none speaks here."""
    page, contact, account = conversation.page, conversation.contact, conversation.account
    known = {"conversation.number": str(conversation.number)}
    known |= {"page.title": page.title, "page.url": page.url} if page else {}
    if not contact.is_verified:
        return known
    known |= {"customer.name": contact.name, "customer.first_name": first_word(contact.name)}
    known |= {"customer.email": contact.email}
    if account:
        value = forms.number(account.value) if account.value else ""
        known |= {"account.name": account.name, "account.tier": account.tier, "account.value": value}
    return known
