"""Builds the demo company with its past: the same for the same day and seed, and fast enough to do at every start."""

from dataclasses import replace
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from segue.app.demo import read
from segue.app.demo.arrivals import arrivals, midnight
from segue.app.demo.asking import Asking
from segue.app.demo.shape import Company, Conversation
from segue.app.demo.story import story
from segue.app.demo.telling import Telling

CONVERSATIONS = 1500


def build(today: date, seed: int = 7) -> Company:
    """Ledgerly on `today`, with CONVERSATIONS resolved conversations of the 90 days before, oldest first."""
    company = read.company(today)
    return replace(company, conversations=_past(company, today, Random(seed)))


def _past(company: Company, today: date, rng: Random) -> tuple[Conversation, ...]:
    zone = ZoneInfo(company.timezone)
    scripts, voice, end = read.scripts(), read.voice(), midnight(today, zone)
    asking = Asking(company, story(), today, rng)
    past: list[Conversation] = []
    for number, at in enumerate(arrivals(today, zone, CONVERSATIONS, rng), start=1):
        question = asking.next(number, at, past)
        script = scripts[question.intent.id if question.intent else "_none"]
        past.append(Telling(question, company, script, voice, end, rng).tell())
    return tuple(past)
