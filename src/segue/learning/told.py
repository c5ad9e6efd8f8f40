"""How the steps of the ladder are told: beside the English that is kept, what it was made of, for readers of other
languages."""

from __future__ import annotations

from segue.domain.moves import Offer
from segue.learning.record import Report
from segue.texts import _, word
from segue.texts.wording import Wording, keeping, listed, made_of, same


def offered(report: Report, kept: Wording) -> Wording:
    """Why a step is offered though nothing new is proven, with that of the move it goes back to. `kept`: how what the
    report says was worded."""
    moved = report.moved or report.began
    return made_of(report.settled, kept | (dict(moved.wording) if moved else {}))


def taken_up(why: str, offer: Offer, note: str) -> Wording:
    """What people read instead of `why`: an offer's id tells them nothing."""
    with keeping() as kept:
        for_it = [offer.why if offer.why in offer.wording else word(offer.why)] if offer.why else []
        taken = listed([_("the offer was taken up"), *for_it], ", ")
        same(why, listed([taken, note] if note else [taken], ": "))
    return made_of(why, kept | dict(offer.wording))
