"""What a customer's buttons write for them, word for word, in each language: so that it is understood in each, whatever
languages triage reads."""

from __future__ import annotations

from segue.texts import N_, in_every_language

WISH = N_("I would like to talk to a person, please.")
SOLVED = N_("Yes, that solved it, thank you.")
NOT_SOLVED = N_("No, that did not solve it.")


def wishes(text: str) -> str:
    """The words by which somebody pressed for a person, at the end of what they had typed; empty where none did."""
    return next((wish for wish in in_every_language(WISH) if text.rstrip().endswith(wish)), "")


def is_solved(text: str) -> bool | None:
    """What the two buttons under an answer say; None for everything that was typed."""
    if text.strip() in in_every_language(SOLVED):
        return True
    return False if text.strip() in in_every_language(NOT_SOLVED) else None
