"""Who asks what: the mix of intents on a day, and the person who could have the question.

The mix carries the stories a lead should find in the figures: a category that grows, a fault that begins with a
release, an account that becomes unhappy, people who come back because they were not helped.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from segue.app.demo.arrivals import DAYS
from segue.app.demo.shape import Account, Channel, Company, Contact, Conversation, Intent, Phrasing
from segue.app.demo.story import Story

CHANNELS: dict[Channel, int] = {"chat": 60, "email": 25, "form": 10, "api": 5}
NONE_SHARE = 0.035
REPEAT_SHARE = 0.062
CHURN_DAYS, CHURN_SHARE = 28, 0.045
QUIET_DAYS = 30  # before the story begins, its accounts have asked nothing like it
SAME_ISSUE = timedelta(
    days=14
)  # who asks the same again within this time is a repeat contact, and only then on purpose


@dataclass(frozen=True, slots=True)
class Question:
    number: int
    contact: Contact
    account: Account
    intent: Intent | None
    phrasing: Phrasing
    channel: Channel
    page: str | None
    opened_at: datetime
    earlier: Conversation | None
    is_bitter: bool
    """One of the last weeks' complaints of the account that may leave."""

    @property
    def root(self) -> int:
        """The conversation in which the issue came up first."""
        return self.earlier.repeat_of or self.earlier.number if self.earlier else self.number


class Asking:
    """Deals out questions in order of time; remembers who asked what, and which wordings were used."""

    def __init__(self, company: Company, story: Story, today: date, rng: Random) -> None:
        self._company, self._today, self._rng = company, today, rng
        self._accounts = {account.id: account for account in company.accounts}
        self._contacts = {contact.id: contact for contact in company.contacts}
        self._intents = {intent.id: intent for intent in company.intents}
        self._weights = {day: self._mix(day) for day in (today - timedelta(days=back) for back in range(DAYS + 2))}
        self._quiet = {self._contacts[step.who].account for step in story.steps if step.author == "customer"}
        self._quiet_category = self._intents[story.intent].category
        self._owed = dict.fromkeys(self._intents, 0.0)
        self._asked: dict[tuple[str, str], datetime] = {}
        self._bags: dict[tuple[str, bool], list[Phrasing]] = {}

    def next(self, number: int, at: datetime, past: list[Conversation]) -> Question:
        earlier = self._unhelped(at, past) if self._rng.random() < REPEAT_SHARE else None
        contact, intent = self._again(earlier) if earlier else self._fresh(at)
        if intent:
            self._asked[contact.id, intent.id] = at
        account = self._accounts[contact.account]
        channel = self._rng.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0]
        is_bitter = self._is_bitter(account, intent, at)
        is_upset = self._rng.random() < (0.5 if is_bitter else 0.02 + (100 - account.health) / 600)
        phrasing, page = self._phrasing(intent, is_upset), self._page(intent, channel)
        return Question(number, contact, account, intent, phrasing, channel, page, at, earlier, is_bitter)

    def _mix(self, day: date) -> list[float]:
        progress = 1 - (self._today - day).days / DAYS
        rising = {category.id for category in self._company.categories if category.is_rising}
        released = {release.version: release.released_on for release in self._company.releases}
        weights = []
        for intent in self._company.intents:
            weight = intent.weight * (0.55 + 1.3 * progress if intent.category in rising else 1)
            if intent.from_release:
                age = (day - released[intent.from_release]).days
                weight *= 0 if age < 0 else min(1.0, 0.15 + age / 6)
            weights.append(weight)
        return weights

    def _fresh(self, at: datetime) -> tuple[Contact, Intent | None]:
        if self._rng.random() < NONE_SHARE:
            return self._rng.choice(self._company.contacts), None
        if (self._today - at.date()).days <= CHURN_DAYS and self._rng.random() < CHURN_SHARE:
            return self._complaint(at)
        intent = self._intent_of(at.date())
        return self._person_for(intent, list(self._company.contacts), at), intent

    def _intent_of(self, day: date) -> Intent:
        """Chance, held near the shares of the day, so that what grows is seen to grow with every seed."""
        weights = self._weights[day]
        total = sum(weights)
        for intent, weight in zip(self._company.intents, weights, strict=True):
            self._owed[intent.id] += weight / total
        intent = self._rng.choices(self._company.intents, weights=[max(owed, 0.0) for owed in self._owed.values()])[0]
        self._owed[intent.id] -= 1
        return intent

    def _complaint(self, at: datetime) -> tuple[Contact, Intent]:
        account = next(account for account in self._company.accounts if account.is_churn_risk)
        intent = self._intents[self._rng.choice(account.unhappy_about)]
        people = [contact for contact in self._company.contacts if contact.account == account.id]
        return self._person_for(intent, people, at), intent

    def _person_for(self, intent: Intent, people: list[Contact], at: datetime) -> Contact:
        able = [person for person in people if _can_have(intent, self._accounts[person.account])]
        if intent.category == self._quiet_category and (self._today - at.date()).days <= QUIET_DAYS:
            able = [person for person in able if person.account not in self._quiet]
        rested = [person for person in able if self._is_rested(person, intent, at)]
        weights = [_eagerness(person, self._accounts[person.account], intent) for person in rested or able]
        return self._rng.choices(rested or able, weights=weights)[0]

    def _is_rested(self, person: Contact, intent: Intent, at: datetime) -> bool:
        last = self._asked.get((person.id, intent.id))
        return last is None or at - last > SAME_ISSUE

    def _unhelped(self, at: datetime, past: list[Conversation]) -> Conversation | None:
        repeated = {conversation.repeat_of for conversation in past[-300:]}
        recent = [
            conversation
            for conversation in past[-300:]
            if conversation.intent
            and conversation.outcome != "confirmed"
            and timedelta(days=1) < at - conversation.resolved_at < SAME_ISSUE - timedelta(days=2)
            and conversation.number not in repeated
        ]
        return self._rng.choice(recent) if recent else None

    def _again(self, earlier: Conversation) -> tuple[Contact, Intent | None]:
        return self._contacts[earlier.contact], self._intents[earlier.intent or ""]

    def _is_bitter(self, account: Account, intent: Intent | None, at: datetime) -> bool:
        is_late = (self._today - at.date()).days <= CHURN_DAYS
        return is_late and account.is_churn_risk and intent is not None and intent.id in account.unhappy_about

    def _phrasing(self, intent: Intent | None, is_upset: bool) -> Phrasing:
        """Every wording of an intent is used once before one is used again."""
        written = intent.phrasings if intent else self._company.none_phrasings
        is_upset = is_upset and any(phrasing.is_upset for phrasing in written)
        bag = self._bags.setdefault((intent.id if intent else "_none", is_upset), [])
        if not bag:
            bag += [phrasing for phrasing in written if phrasing.is_upset == is_upset]
            self._rng.shuffle(bag)
        return bag.pop()

    def _page(self, intent: Intent | None, channel: Channel) -> str | None:
        if channel in ("email", "api"):
            return None
        return self._rng.choice(intent.pages if intent else ("dashboard", "help"))


def _can_have(intent: Intent, account: Account) -> bool:
    return account.tier in intent.tiers and (not intent.countries or account.country in intent.countries)


def _eagerness(person: Contact, account: Account, intent: Intent) -> float:
    if intent.category == "cancellation":
        return (100 - account.health) ** 2
    if intent.category == "api_webhooks" or intent.id.startswith("sso_"):
        return 4 if person.is_technical else 1
    if person.is_technical:
        return 0.35
    return 0.6 if account.tier == "free" else 1
