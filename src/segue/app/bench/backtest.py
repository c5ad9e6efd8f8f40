"""How long it takes to try a policy on ten thousand past conversations that were decided here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

import numpy as np

from segue.app.backfill import backfill
from segue.app.bench.turn import server_cpu
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.settings import Settings
from segue.domain.conversation import Author, Channel, Message
from segue.domain.ids import new_id
from segue.domain.past import PastEpisode
from segue.domain.turn import Turn
from segue.insight.backtesting import Backtester
from segue.knowledge.encoder import StandIn
from segue.store.backtest import PastStore
from segue.store.history import PastConversation, bring_in, bring_in_turns

SOURCES = 600
"""Different conversations, each of which comes again and again."""
RUNS = 5
DAYS = 80
CHANGED = (("turn_cap: 3", "turn_cap: 1"), ("ceiling: auto_with_hold", "ceiling: auto_with_hold\n    floor: 0.9"))
PROMISED = (("wrong: 0.05", "wrong: 0.02"),)


def run(at: Settings, conversations: int) -> dict[str, Any]:
    """Medians of a few runs: seconds on the clock, CPU seconds here and in the database, and how much of it is reading;
    the same for another error budget, with what it changes, before and after. Here and in the database it works side
    by side, so on a quiet machine the clock shows little more than the larger one."""
    house, now = open_house(at, StandIn()), datetime.now(UTC)
    seed(house, now)
    messages = _furnish(house, now, conversations)
    house.db.run("vacuum analyze")
    since, past = now - timedelta(days=90), PastStore(house.db)
    tester, body, other = Backtester(house.workspace, past), _changed(house, CHANGED), _changed(house, PROMISED)
    begun = server_cpu(house)
    whole = [_timed(lambda: tester.try_policy(body, since, now)) for _ in range(RUNS)]
    server = (server_cpu(house) - begun) / RUNS
    budget = [_timed(lambda: tester.try_policy(other, since, now)) for _ in range(RUNS)]
    reading = [_timed(lambda: past.episodes(since)) for _ in range(RUNS)]
    found, under = (tester.try_policy(text, since, now) for text in (body, other))
    house.db.close()
    return {
        "conversations": found.episodes,
        "messages": messages,
        "changed": found.changed,
        "seconds": _median([s for s, _ in whole]),
        "cpu_seconds": _median([cpu for _, cpu in whole]),
        "budget_seconds": _median([s for s, _ in budget]),
        "budget_cpu_seconds": _median([cpu for _, cpu in budget]),
        "budget_assistant": [under.before.assistant, under.after.assistant],
        "budget_wrong": [under.wrong_before.wrong, under.wrong_after.wrong],
        "database_cpu_seconds": round(server, 3),
        "reading_seconds": _median([s for s, _ in reading]),
        "reading_cpu_seconds": _median([cpu for _, cpu in reading]),
    }


def _furnish(house: House, now: datetime, conversations: int) -> int:
    """Conversations with their real turns, decided in the weeks before now; returns their messages."""
    past = PastStore(house.db)
    backfill(house, now - timedelta(days=365), now, SOURCES)
    found, _ = past.episodes(now - timedelta(days=365))
    sources = past.whole([e.conversation_id for e in found])
    past.forget()
    house.db.run("delete from conversations")
    step = timedelta(days=DAYS) / conversations
    rows = [
        (new_id("cnv", now - step * (n + 1)), now - step * (n + 1), source)
        for n, source in enumerate(islice(cycle(sources), conversations))
    ]
    bring_in(house.db, (_conversation(*row) for row in rows), "bench")
    return bring_in_turns(house.db, (turn for row in rows for turn in _turns(*row)))


def _conversation(id: str, at: datetime, source: PastEpisode) -> PastConversation:
    ending, first = source.ending, source.turns[0]
    vector, conversation = first.assessment.vector, first.conversation
    assert ending is not None
    assert vector is not None
    texts = [(t.conversation.latest.seq, t.assessment.text) for t in source.turns]
    return PastConversation(
        id, conversation.contact.id, None, Channel(conversation.channel),
        tuple(Message(seq, Author.CUSTOMER, text, at) for seq, text in texts), vector, ending.intent, ending.category,
        "agt_mira" if ending.is_by_person else "assistant", at + timedelta(hours=1), "It was explained.",
        ending.outcome, ending.minutes, encoder=first.assessment.encoder,
    )  # fmt: skip


def _turns(id: str, at: datetime, source: PastEpisode) -> Iterator[tuple[str, int, Turn, datetime]]:
    for n, turn in enumerate(source.turns):
        when = at + timedelta(minutes=n)
        yield id, turn.conversation.latest.seq, Turn(turn.assessment, turn.answer, turn.decision), when


def _changed(house: House, changed: Sequence[tuple[str, str]]) -> str:
    live = house.workspace.live_policy()
    assert live is not None
    body = live[1]
    for old, new in changed:
        body = body.replace(old, new)
    return body


def _timed(work: Any) -> tuple[float, float]:
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - cpu


def _median(seconds: Sequence[float]) -> float:
    return round(float(np.median(seconds)), 3)
