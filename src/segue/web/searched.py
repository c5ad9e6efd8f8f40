"""What somebody typed into a search, as far as it is looked for.

The one idea: an address may hold a search of any length, pasted or sent on by a colleague. What is longer than the
bound is cut, and the page says so beside the field; nobody is sent away for it.
"""

from __future__ import annotations

from typing import NamedTuple

from segue.texts import _, forms


class Searched(NamedTuple):
    words: str
    told: str
    """That only these words of more were looked for; empty where they are all."""


def searched(typed: str, most: int) -> Searched:
    """At most `most` characters of it."""
    words = typed.strip()
    if len(words) <= most:
        return Searched(words, "")
    return Searched(
        words[:most], _("This is long: only its first %(most)s characters were looked for.", most=forms.number(most))
    )
