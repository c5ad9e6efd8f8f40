"""What a customer's buttons write for them, word for word, in each language: so that it is understood in each, whatever
languages triage reads."""

from __future__ import annotations

from functools import cache

from segue.texts import N_, languages, speaking, word

WISH = N_("I would like to talk to a person, please.")
SOLVED = N_("Yes, that solved it, thank you.")
NOT_SOLVED = N_("No, that did not solve it.")


def wishes(text: str) -> str:
    """The words by which somebody pressed for a person, at the end of what they had typed; empty where none did."""
    return next((wish for wish in _all(WISH) if text.rstrip().endswith(wish)), "")


def is_solved(text: str) -> bool | None:
    """What the two buttons under an answer say; None for everything that was typed."""
    if text.strip() in _all(SOLVED):
        return True
    return False if text.strip() in _all(NOT_SOLVED) else None


@cache
def _all(text: str) -> tuple[str, ...]:
    found = []
    for language in languages():
        with speaking(language):
            found.append(word(text))
    return tuple(found)
