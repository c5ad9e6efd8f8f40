"""What can go wrong, said for the person who reads it: what happened, then what to do."""

from __future__ import annotations


class SegueError(Exception):
    """Base of every error we raise on purpose. `code` is stable and names the problem for machines."""

    code = "error"

    def __init__(self, what_happened: str, what_to_do: str = "") -> None:
        self.what_happened = what_happened
        self.what_to_do = what_to_do
        super().__init__(f"{what_happened} {what_to_do}".strip())


class NotFound(SegueError):
    code = "not_found"


class Refused(SegueError):
    """The input cannot be taken; `field` names the part that is wrong, as a JSON pointer or an option."""

    code = "refused"

    def __init__(self, what_happened: str, what_to_do: str = "", field: str = "") -> None:
        self.field = field
        super().__init__(what_happened, what_to_do)


class Conflict(SegueError):
    """Somebody else changed it first."""

    code = "conflict"


class Forbidden(SegueError):
    code = "forbidden"


class Unavailable(SegueError):
    """A part we need does not answer now; trying again later may work."""

    code = "unavailable"


class EncoderUnavailable(Unavailable):
    code = "encoder_unavailable"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
