"""Variables in what machines send under an agent's name: filled in as the desk fills in what that agent types."""

from __future__ import annotations

from segue.desk.macros import filled_for
from segue.web.rooms import Rooms
from segue.web.sight import may_handle


def filled_by(house: Rooms, conversation: str, agent: str, text: str) -> str:
    """Raises what handling it would raise: nobody learns of a conversation that is closed to them."""
    if "{{" not in text:
        return text
    person = house.ladder.person(agent)
    may_handle(house.db, person, conversation)
    return filled_for(text, house.conversations.one(conversation), person)
