"""The front door's fast path: one durable statement on an asynchronous connection, then the bell, then 202."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from prometheus_client import CollectorRegistry, Counter, Histogram
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from segue.domain.errors import Conflict, DatabaseUnavailable
from segue.store.database import CONNECT, RECONNECT, is_cut, is_out_of_reach
from segue.store.events import Bell
from segue.store.inbox import Accepted, Arrival, accepted, before_statement, statement_for, way_for, way_made
from segue.texts import _

PATIENCE = 2.5
"""Seconds to wait for a connection, and again for the statement: together less than a caller is kept waiting."""
AGAIN = 0.02
LOOKED_AT_AGAIN = 200
"""Messages that were taken last: whoever watches us looks whether they are there (trust R10)."""
READY = 4
"""Connections that stand open: the first messages of a rush wait for none to be made."""
PROCESS = CollectorRegistry()
"""What this process has seen since it began; everything else that is measured stands in the database."""
TOOK = Histogram("segue_accept_seconds", "From a message that was read to its 202", registry=PROCESS)
REFUSED = Counter("segue_accept_refused", "Messages refused because the database did not answer", registry=PROCESS)


class FrontDoor:
    """Accepts messages; what it returned is on disk (trust R1)."""

    def __init__(self, conninfo: str, bell: Bell, size: int = 8) -> None:
        options = f"{CONNECT['options']} -c statement_timeout={PATIENCE * 1000:.0f}"
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            conninfo, min_size=READY, max_size=size, kwargs={**CONNECT, "options": options}, open=False,
            timeout=PATIENCE, max_waiting=2000, reconnect_timeout=RECONNECT, reconnect_failed=_begin_anew,
        )  # fmt: skip
        self._bell = bell
        self._taken = deque[tuple[datetime, str, int]](maxlen=LOOKED_AT_AGAIN)

    async def open(self) -> None:
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close()

    async def accept(self, arrival: Arrival) -> Accepted:
        """Raises NotFound for an unknown conversation, DatabaseUnavailable where nothing could be saved."""
        with TOOK.time(), _counted():
            taken = await self._take(arrival)
        self._taken.append((datetime.now(UTC), taken.conversation_id, taken.seq))
        self._bell.ring("ready")
        self._bell.ring("events")
        return taken

    def acknowledged(self, since: datetime) -> list[tuple[str, int]]:
        """The newest messages this process has said yes to, by conversation and number."""
        return [(conversation, seq) for at, conversation, seq in list(self._taken) if at > since]

    async def is_open(self) -> bool:
        """Whether a message would be taken now: on the road that it takes, by a database that takes what is written.
        Raises DatabaseUnavailable where none answers."""
        row = await self._row("select current_setting('transaction_read_only') = 'off' as writes", {})
        return bool(row and row.writes)

    async def find(self, statement: str, params: dict[str, Any]) -> Any | None:
        """One row that has to be known before a message is taken: on the same road, past all who look at something."""
        with _counted():
            return await self._row(statement, params)

    async def _take(self, arrival: Arrival) -> Accepted:
        """A client_id that is being taken at this moment is waited for: its message is the one to name."""
        for _try in range(5):
            row = await self._row(*statement_for(arrival, datetime.now(UTC)))
            if row is None and arrival.conversation_id:
                row = await self._row(*before_statement(arrival))
                is_being_taken = row is not None and row.seq is None and arrival.client_id
                if not is_being_taken:
                    return accepted(row, arrival)
            elif row is not None:
                return accepted(row, arrival)
            elif arrival.external_id:
                arrival = way_made(arrival, await self._row(*way_for(arrival)))
            await asyncio.sleep(AGAIN)
        raise Conflict(_("Another request with the same client_id is being taken."), _("Send it again."))

    async def _row(self, statement: str, params: dict[str, Any]) -> Any | None:
        try:
            while True:
                async with self._pool.connection() as connection:
                    if not is_cut(connection):
                        return await (await connection.execute(statement, params)).fetchone()
                    await connection.close()
        except psycopg.errors.UniqueViolation:
            return None
        except (psycopg.Error, PoolTimeout) as error:
            if not is_out_of_reach(error):
                raise
            raise DatabaseUnavailable("The database does not answer.", "Nothing was saved; send it again.") from error


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable:
        REFUSED.inc()
        raise


async def _begin_anew(pool: AsyncConnectionPool[Any]) -> None:
    await pool.check()
