"""What a text that a pattern refuses should look like, in words: a pattern is for machines, and says nothing to do."""

from __future__ import annotations

import re

_CHOICE = re.compile(r"\^\(([\w|]+)\)\$")
_CURSOR = re.compile(r"\^[a-z]{3}_\[")
_SIGNS = re.compile(r"\^\[(\\w|a-z0-9_)([^\]]*)\](?:[+*]|\{[\d,]+\})\$")
_EVERY_SIGN_BUT_NUL = r"^[^\x00]*$"


def what_fits(pattern: str) -> str:
    """One sentence; empty for a pattern that has none here."""
    if pattern == _EVERY_SIGN_BUT_NUL:
        return "It may not hold the character NUL."
    if "@[" in pattern:
        return "This is no e-mail address. Write it as name@company.example."
    if choice := _CHOICE.fullmatch(pattern):
        return f"It is one of {', '.join(choice[1].split('|'))}."
    if _CURSOR.match(pattern):
        return "This is no cursor. Give `next_cursor` as the page before had it."
    if signs := _SIGNS.fullmatch(pattern):
        letters = "letters" if signs[1] == r"\w" else "small letters"
        return f"Use {letters}, digits and {' '.join(dict.fromkeys(signs[2] + '_'))} only."
    return ""
