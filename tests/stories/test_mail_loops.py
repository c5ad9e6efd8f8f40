"""Two houses that both answer by machine write to each other over real SMTP and LMTP; it ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest

from databases import fresh_database
from mail.writing import mail
from segue.app.door import open_house
from segue.app.settings import Settings
from segue.domain.mail import Cause
from segue.integrations.mail.lmtp import Listener
from segue.knowledge.encoder import StandIn
from stage import Stage
from stories.conftest import MONDAY
from stories.test_mail import listening_with

MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Segue-House")


class Loop:
    """Two houses, and what passed between them. `strips`: something on the way takes all marks of machines off."""

    def __init__(self, urls: list[str], stack: ExitStack, strips: bool) -> None:
        self.stages, self.passed = list[Stage](), [0, 0]
        ports = list[int]()
        for n, url in enumerate(urls):
            settings = Settings(database_url=url, mail_from=f"support@house{n}.example")
            self.stages.append(Stage(open_house(settings, StandIn()), MONDAY))
            ports.append(stack.enter_context(listening_with(self._door(n, strips))))
        for n in (0, 1):
            house = self.stages[n].house
            self.stages[n].house = replace(
                house, settings=replace(house.settings, smtp=f"smtp://127.0.0.1:{ports[1 - n]}")
            )

    def _door(self, n: int, strips: bool) -> Listener:
        async def keep(raw: bytes, recipients: list[str], return_path: str) -> None:
            self.passed[n] += 1
            if strips:
                found = message_from_bytes(raw)
                for mark in MARKS:
                    del found[mark]
                raw = found.as_bytes()
            stage = self.stages[n]
            await asyncio.to_thread(stage.house.mails.keep, raw, recipients[0], return_path, stage.now)

        return Listener(keep, lambda address: True, 10_000_000)

    def minutes_pass(self, minutes: int) -> None:
        for _ in range(minutes):
            for stage in self.stages:
                stage.now += timedelta(minutes=1)
                stage.house.mail_intake.take_in(stage.now)
                stage.worker.work_off()
                stage.house.post.send_due(stage.now)


@pytest.fixture
def two_urls(furnished: str) -> Iterator[list[str]]:
    with fresh_database(like=furnished) as one, fresh_database(like=furnished) as other:
        yield [one, other]


@pytest.mark.parametrize("strips", [False, True], ids=["with their marks", "with all marks taken off"])
def test_a_loop_between_two_houses_ends_after_three_mails_each(two_urls: list[str], strips: bool) -> None:
    with ExitStack() as stack:
        loop = Loop(two_urls, stack, strips)
        first = mail("I want to talk to a person, please.", "support@house1.example", "support@house0.example")
        loop.stages[0].house.mails.keep(first, "support@house0.example", "support@house1.example", MONDAY)
        loop.minutes_pass(12)

        assert 1 <= loop.passed[1] <= 3
        assert loop.passed[0] <= 3
        before = list(loop.passed)
        loop.minutes_pass(30)
        assert loop.passed == before
        if not strips:
            assert [row["cause"] for row in loop.stages[1].house.mails.suspended()] == [Cause.AUTO_REPLY]
        for stage in loop.stages:
            stage.house.mail_intake.close()
            stage.house.db.close()
