"""The front door's fast path: one durable statement on an asynchronous connection, then the bell, then 202."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from segue.domain.errors import Conflict, DatabaseUnavailable
from segue.store.database import CONNECT
from segue.store.events import Bell
from segue.store.inbox import Accepted, Arrival, accepted, before_statement, statement_for


class FrontDoor:
    """Accepts messages; what it returned is on disk (trust R1)."""

    def __init__(self, conninfo: str, bell: Bell, size: int = 8) -> None:
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            conninfo, min_size=1, max_size=size, kwargs=CONNECT, open=False, timeout=5, max_waiting=2000,
        )  # fmt: skip
        self._bell = bell

    async def open(self) -> None:
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close()

    async def accept(self, arrival: Arrival) -> Accepted:
        """Raises NotFound for an unknown conversation, DatabaseUnavailable where nothing could be saved."""
        taken = await self._take(arrival)
        self._bell.ring("ready")
        return taken

    async def _take(self, arrival: Arrival) -> Accepted:
        for attempt in range(5):
            row = await self._row(*statement_for(arrival, datetime.now(UTC)))
            if row is None and arrival.conversation_id:
                row = await self._row(*before_statement(arrival))
                if row is not None and row.seq is None and arrival.client_id and attempt < 4:
                    await asyncio.sleep(0.02)
                    continue
                return accepted(row, arrival)
            if row is not None:
                return accepted(row, arrival)
            await asyncio.sleep(0.02)
        raise Conflict("Another request with the same client_id is being taken.", "Send it again.")

    async def _row(self, statement: str, params: dict[str, Any]) -> Any | None:
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(statement, params)
                return await cursor.fetchone()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailable("The database does not answer.", "Nothing was saved; send it again.") from error
