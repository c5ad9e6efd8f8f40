"""A conversation while it grows: each message gets its moment. People answer in office hours, the assistant at once."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from segue.app.demo.arrivals import in_office_hours
from segue.app.demo.shape import Author, Channel, Message

AGENT_MINUTES: dict[Channel, tuple[int, int]] = {
    "chat": (2, 16),
    "email": (30, 260),
    "form": (25, 240),
    "api": (40, 300),
}
CUSTOMER_MINUTES: dict[Channel, tuple[int, int]] = {
    "chat": (1, 9),
    "email": (20, 400),
    "form": (15, 300),
    "api": (30, 400),
}
ASSISTANT_SECONDS = (1, 6)


class Thread:
    def __init__(self, channel: Channel, opened_at: datetime, zone: ZoneInfo, rng: Random) -> None:
        self.messages: list[Message] = []
        self.frustrated_at: int | None = None
        self._channel, self._zone, self._rng = channel, zone, rng
        self._now = opened_at

    def customer(self, text: str, is_upset: bool = False) -> None:
        if self.messages:
            self.wait(*CUSTOMER_MINUTES[self._channel])
        if is_upset and self.frustrated_at is None:
            self.frustrated_at = len(self.messages)
        self._add("customer", None, text)

    def assistant(self, text: str) -> None:
        self._now += timedelta(seconds=self._rng.uniform(*ASSISTANT_SECONDS))
        self._add("assistant", None, text)

    def agent(self, agent: str, text: str) -> None:
        self.wait(*AGENT_MINUTES[self._channel])
        self._now = in_office_hours(self._now, self._zone, self._rng)
        self._add("agent", agent, text)

    def wait(self, least: float, most: float) -> None:
        """Some minutes pass."""
        self._now += timedelta(minutes=self._rng.uniform(least, most))

    def close(self, end: datetime) -> tuple[tuple[Message, ...], datetime]:
        """The messages and the moment of resolution. What would end after `end` went quicker, in proportion."""
        self.wait(1, 12)
        opened_at, latest = self.messages[0].at, end - timedelta(minutes=1)
        pace = min(1.0, (latest - opened_at) / (self._now - opened_at))

        def paced(at: datetime) -> datetime:
            return (opened_at + (at - opened_at) * pace).replace(microsecond=0)

        return tuple(Message(m.author, m.agent, m.text, paced(m.at)) for m in self.messages), paced(self._now)

    def _add(self, author: Author, agent: str | None, text: str) -> None:
        self.messages.append(Message(author, agent, text, self._now))
