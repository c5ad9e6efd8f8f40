"""How a written phrasing becomes a message of one person: slots filled, a greeting here, a slip of the finger there."""

import re
from datetime import datetime, timedelta
from random import Random

from segue.app.demo.asking import Question
from segue.app.demo.read import Voice
from segue.app.demo.shape import Account, Company

Slots = dict[str, str]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SEAT_PRICE = {"free": 0, "team": 12, "enterprise": 24}
_SLOT = re.compile(r"\{(\w+)\}")
_PLAIN_WORD = re.compile(r"\b[a-z]{5,}\b")
_GREETED = re.compile(r"(hi|hello|hey|good|dear|sorry)\b", re.IGNORECASE)


def fill(text: str, slots: Slots) -> str:
    return _SLOT.sub(lambda slot: slots[slot[1]], text)


def slots_for(question: Question, company: Company, voice: Voice, rng: Random) -> Slots:
    """The same values for every message about one issue, so that the agent speaks of the customer's invoice.

    `rng` belongs to the issue, not to the conversation: who comes back speaks of the same invoice, bank and colleague.
    """
    account, at = question.account, question.opened_at
    known_banks, unlisted = voice["banks"][:6], voice["banks"][6:]
    position = company.accounts.index(account)
    is_unlisted = question.intent is not None and question.intent.id == "bank_not_listed"
    before, now = _amounts(question, rng)
    return {
        "invoice": f"INV-{19_200 + question.root}",
        "old_amount": before,
        "amount": now,
        "plan": next(tier.name for tier in company.tiers if tier.id == account.tier),
        "seats": str(rng.randrange(2, 10)),
        "seat_price": f"€{SEAT_PRICE[account.tier]}",
        "person": rng.choice(voice["people"]),
        "month": MONTHS[at.month - 1],
        "date": _day(at - timedelta(days=rng.randrange(2, 12))),
        "soon": _day(at + timedelta(days=rng.randrange(4, 25))),
        "bank": rng.choice(unlisted) if is_unlisted else known_banks[position % 6],
        "idp": voice["idps"][position % 5],
        "integration": rng.choice(voice["integrations"]),
        "role": rng.choice(voice["roles"]),
        "company": account.name,
        "country": voice["countries"][account.country],
        "first": question.contact.first_name,
        "name": question.contact.name,
        "title": question.contact.title,
        "deadline": rng.choice(voice["deadlines"]),
        "earlier": _day(question.earlier.opened_at) if question.earlier else "",
    }


def first_message(question: Question, voice: Voice, slots: Slots, rng: Random) -> str:
    text = fill(question.phrasing.text, slots)
    if question.earlier:
        lines = voice["again_upset"] if question.phrasing.is_upset else voice["again"]
        text = f"{fill(rng.choice(lines), slots)} {text}"
    text = _slip(text, rng)
    if question.channel == "email":
        return _mail(text, voice, slots, rng)
    if question.intent is None or question.channel == "api":
        return text
    return _chat(text, voice, slots, rng) if question.earlier is None else text


def follow_up(lines: list[str], slots: Slots, rng: Random) -> str:
    return _slip(fill(rng.choice(lines), slots), rng)


def _mail(text: str, voice: Voice, slots: Slots, rng: Random) -> str:
    parts = [] if _GREETED.match(text) else [rng.choice(voice["mail_greetings"])]
    parts.append(text)
    if rng.random() < 0.3:
        parts.append(rng.choice(voice["closers"][7:12]))
    parts.append(rng.choice(voice["mail_signatures"]))
    return fill("\n\n".join(parts), slots)


def _chat(text: str, voice: Voice, slots: Slots, rng: Random) -> str:
    if rng.random() < 0.42 and not _GREETED.match(text):
        text = _opened(rng.choice(voice["openers"]), text, rng)
    if rng.random() < 0.38:
        joint = "" if text[-1] in ".!?" else rng.choice([".", ".", " -"])
        text = f"{text}{joint} {rng.choice(voice['closers'])}"
    return fill(text, slots)


def _opened(opener: str, text: str, rng: Random) -> str:
    goes_on = opener.endswith(",") and text[1:2].islower() and rng.random() < 0.6
    return f"{opener} {text[0].lower() + text[1:] if goes_on else text}"


def _slip(text: str, rng: Random) -> str:
    """Some people write in small letters, drop the full stop, or hit the wrong key."""
    if rng.random() < 0.12:
        text = text.lower()
    if rng.random() < 0.15:
        text = text.rstrip(".")
    words = list(_PLAIN_WORD.finditer(text))
    if words and rng.random() < 0.16:
        word = rng.choice(words)
        text = text[: word.start()] + _mistype(word[0], rng) + text[word.end() :]
    return text


def _mistype(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return rng.choice([swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]])


def _amounts(question: Question, rng: Random) -> tuple[str, str]:
    """(usual, this time). A seat added in mid-period explains the difference; receipts are small money."""
    account, is_expense = (
        question.account,
        question.intent is not None and question.intent.category == "expenses_approvals",
    )
    style = rng.choice(["€{:,.2f}", "€{:,.2f}", "{:.2f} EUR", "€ {:,.2f}", "{:.0f} euros"])
    if account.value == 0 or is_expense:
        return style.format(rng.uniform(12, 90)), style.format(rng.uniform(95, 400))
    return style.format(account.value), style.format(account.value + _added_seats(account, rng))


def _added_seats(account: Account, rng: Random) -> float:
    price, seats, days = SEAT_PRICE[account.tier], rng.randrange(1, 5), rng.randrange(2, 29)
    return seats * (price + price * days / 30)


def _day(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]}"
