"""What runs in a process of the house: the web application, or a worker (the encoder has encoding.py). Started by
`segue up`, or by hand anywhere that reaches the same database."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from segue.app.door import House, open_house, web_rooms
from segue.app.mind import Mind
from segue.app.schedule import LAST, Schedule
from segue.app.settings import Settings
from segue.domain.errors import SegueError, Unavailable
from segue.domain.traces import traced
from segue.intake.worker import Worker
from segue.store.events import listen
from segue.store.furnished import take_as_it_is

log = structlog.get_logger()
SWEEP = 1.0
"""Seconds after which a worker looks for itself, should a ring have been lost."""
SWITCH = 0.0005
"""Seconds after which a thread that makes a page lets the one go on that takes messages in, if it waits: the usual five
milliseconds are paid at each of its steps."""
YOUNG = 10_000
"""Objects made before the collector looks for circles: a turn makes a few thousand, and nearly none of them in one."""


def run_web(settings: Settings, fd: int | None) -> None:
    """Serves until SIGTERM. `fd` is an inherited listening socket."""
    import uvicorn

    from segue.web.site import site

    house = open_house(settings)
    _without_dying(lambda: take_as_it_is(house.db))
    config = uvicorn.Config(
        site(web_rooms(house)), host=settings.host, port=settings.port, access_log=False, log_level="warning",
        log_config=None, loop="uvloop", http="httptools", ws="none", timeout_graceful_shutdown=3,
        **trusting(settings.proxy),
    )  # fmt: skip
    settle()
    sys.setswitchinterval(SWITCH)
    # Not uvicorn's `fd`: it takes the socket for one of another family, and answers then wait for acknowledgements.
    uvicorn.Server(config).run([socket.socket(fileno=fd)] if fd is not None else None)


def settle() -> None:
    """What is loaded by now stays for good: the collector looks through it no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)


def trusting(proxy: str) -> dict[str, Any]:
    """Whose `X-Forwarded-For` and `X-Forwarded-Proto` the server believes: anybody can write them, so nobody's else."""
    return {"proxy_headers": bool(proxy), "forwarded_allow_ips": proxy or "none"}


def run_worker(settings: Settings) -> None:
    """Works the inbox until SIGTERM, and sees to what is due by the clock."""
    stop = _stop_on_signals()
    house = open_house(settings)
    _without_dying(lambda: take_as_it_is(house.db))
    mind = Mind(house)
    worker = Worker(house.inbox, mind, announce=lambda: house.bell.ring("events"))
    _alive(house)
    schedule = Schedule(house, mind)
    settle()
    by_the_clock = threading.Thread(target=_every_second, args=(schedule, stop), daemon=True, name="schedule")
    by_the_clock.start()
    for _ in listen(house.db.conninfo, "ready", SWEEP):
        if stop.is_set():
            break
        _without_dying(lambda: worker.work_off(stop.is_set))
    schedule.end()
    by_the_clock.join(LAST)
    _without_dying(house.inbox.leave)
    house.db.close()


def _alive(house: House) -> None:
    _without_dying(lambda: house.inbox.beat(datetime.now(UTC)))
    _without_dying(lambda: house.inbox.bury_dead(datetime.now(UTC)))


def _every_second(schedule: Schedule, stop: threading.Event) -> None:
    while not stop.wait(0.2):
        _without_dying(lambda: schedule.run_due(time.monotonic(), datetime.now(UTC)))


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _without_dying(job: Callable[[], object]) -> None:
    """Runs `job`; a database that is gone is waited out, anything else is logged and tried again at the next turn."""
    try:
        job()
    except Unavailable as error:
        log.warning("waiting", **traced(error))
        time.sleep(0.5)
    except SegueError as error:
        log.error("job.refused", **traced(error))
    except Exception as error:
        log.error("job.failed", **traced(error))
        time.sleep(0.5)
