"""What can go wrong, said for the person who reads it: what happened, then what to do."""

from __future__ import annotations


class SegueError(Exception):
    """Base of every error we raise on purpose. `code` is stable and names the problem for machines.

    `plain` is what may be said of it in a log: a sentence in which nobody's words can stand; empty where ours quotes
    what it was given.
    """

    code = "error"

    def __init__(self, what_happened: str, what_to_do: str = "", *, plain: str = "") -> None:
        self.what_happened = what_happened
        self.what_to_do = what_to_do
        self.plain = plain
        super().__init__(f"{what_happened} {what_to_do}".strip())


class NotFound(SegueError):
    code = "not_found"


class Refused(SegueError):
    """The input cannot be taken; `field` names the part that is wrong, as a JSON pointer or an option."""

    code = "refused"

    def __init__(self, what_happened: str, what_to_do: str = "", field: str = "", *, plain: str = "") -> None:
        self.field = field
        super().__init__(what_happened, what_to_do, plain=plain)


class Conflict(SegueError):
    """Somebody else changed it first."""

    code = "conflict"


class Forbidden(SegueError):
    code = "forbidden"


class Unavailable(SegueError):
    """A part we need does not answer now; trying again later may work."""

    code = "unavailable"


class _Plain(Unavailable):
    """One of which all may be said in a log: whoever raises it names our own parts and nobody's words."""

    def __init__(self, what_happened: str, what_to_do: str = "") -> None:
        super().__init__(what_happened, what_to_do, plain=f"{what_happened} {what_to_do}".strip())


class EncoderUnavailable(_Plain):
    code = "encoder_unavailable"


class DatabaseUnavailable(_Plain):
    code = "database_unavailable"
