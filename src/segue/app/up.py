"""`segue up`: everything on one machine, started together and stopped together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import fields, replace
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from segue.app.cli.common import err
from segue.app.processes import Child, Supervisor, ending, listen_at, listen_on
from segue.app.reach import SERVED_AT
from segue.app.settings import Settings, variable
from segue.domain.errors import Unavailable
from segue.domain.traces import brief
from segue.knowledge.encoder_service import EncoderClient
from segue.store.furnished import empty_if_half_loaded, is_furnished
from segue.store.migrate import migrate
from segue.store.postmaster import die_with_parent
from segue.store.server import Server, held

LOOKS_EVERY, SILENT_FOR, LOADS_WITHIN = 2.0, 8.0, 60.0
"""Seconds between looks at the encoder, until it is taken for hung, and that a new one may take to load."""


def run(settings: Settings, demo: bool, browser: bool = False) -> None:
    """Returns when it was told to stop and nothing runs any more. `browser`: one is opened on the demo company, where
    somebody sits there to see it. Raises Refused where the port is taken, Conflict where a house lives in the folder:
    its sockets are not taken from it, wherever its database is."""
    for name in {*ending()} - {signal.SIGINT}:  # until the supervisor listens, so that all is cleaned up
        signal.signal(name, lambda number, _: sys.exit(128 + number))
    web = listen_on(settings.host, settings.port)
    port = web.getsockname()[1]
    with _database(settings) as (at, server):
        begin_anew_if_half_loaded(at.database_url)
        if is_new := demo and is_untouched(at.database_url):
            _seed(at)
        (at.data / "run").mkdir(parents=True, exist_ok=True)
        path = at.data.resolve() / "run" / "encoder.sock"
        encoder = listen_at(path)
        at = replace(at, encoder_socket=str(path), port=port)
        (at.data / SERVED_AT).write_text(address(at), "utf8")
        supervisor = Supervisor(_children(at, web.fileno(), encoder.fileno()), say=_say)
        threading.Thread(target=_announce, args=(at, browser), daemon=True).start()
        threading.Thread(target=_watch_encoder, args=(EncoderClient(path), supervisor), daemon=True).start()
        with _beside(at) if is_new else nullcontext():
            supervisor.run(each_second=lambda: _revive(server))


def _watch_encoder(encoder: EncoderClient, supervisor: Supervisor) -> None:
    """One that says nothing is ended, so that it is started again; one that is still loading is waited for."""
    loads_until = time.monotonic() + LOADS_WITHIN
    while not supervisor.is_stopping:
        time.sleep(LOOKS_EVERY)
        if encoder.answers(SILENT_FOR):
            loads_until = 0.0
        elif time.monotonic() > loads_until:
            _say(f"The encoder has been silent for {SILENT_FOR:.0f} s; ending it.")
            supervisor.kill("encoder")
            loads_until = time.monotonic() + LOADS_WITHIN


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[Settings, Server | None]]:
    if settings.database_url:
        with held(settings.data):
            migrate(settings.database_url)
            yield settings, None
        return
    server = Server(settings.data)
    url = server.start()
    try:
        migrate(url)
        yield replace(settings, database_url=url), server
    finally:
        server.stop()


def _revive(server: Server | None) -> None:
    """A database that does not come back is tried again at the next look; until then the house waits for it."""
    try:
        if server:
            server.revive()
    except Exception as error:  # whatever keeps it from starting, giving up would only take the rest down too
        _say(f"The database does not come back: {brief(error)}")


def begin_anew_if_half_loaded(database_url: str) -> None:
    """So that a first start that was ended while it loaded the demo company is healed by the next."""
    with psycopg.connect(database_url) as connection:
        was_half = empty_if_half_loaded(connection)
    if was_half:
        _say("The demo company had been loaded only halfway; beginning anew.")
        migrate(database_url)


def is_untouched(database_url: str) -> bool:
    """Whether nobody has used this database yet."""
    with psycopg.connect(database_url) as connection:
        return not is_furnished(connection)


def _seed(at: Settings) -> None:
    """In a process of its own, so that its memory goes when it is done."""
    done = subprocess.run([sys.executable, "-m", "segue", "seed"], env=environment(at), check=False)
    if done.returncode:
        raise Unavailable("The demo company could not be loaded; its reason stands above.", "`--no-demo` skips it.")


def environment(at: Settings) -> dict[str, str]:
    """What a child needs to be of the same house: every setting, so that none comes past `at` from around us."""
    return {**os.environ, **{variable(field.name): str(getattr(at, field.name)) for field in fields(at)}}


def _children(at: Settings, web: int, encoder: int) -> list[Child]:
    env = environment(at)
    mail = [Child("mail", ("mail", "serve"), env)] if at.mail_listen or at.imap else []
    return [
        Child("encoder", ("encoder", "--fd", str(encoder)), env, (encoder,)),
        Child("worker", ("worker",), env, count=at.workers),
        Child("web", ("web", "--fd", str(web)), env, (web,), count=at.webs),
        *mail,
    ]


@contextmanager
def _beside(at: Settings) -> Iterator[None]:
    """Considers the demo company's past while everything else runs already; stopped, `segue backfill` goes on."""
    command = (sys.executable, "-m", "segue", "backfill")
    process = subprocess.Popen(
        command, env=environment(at), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _announce(at: Settings, browser: bool) -> None:
    """Says where everything is once all of it works; in a process of its own, so that ours stays small."""
    while not is_whole(address(at)):
        time.sleep(0.05)
    opens = ["--browser"] if browser else []
    subprocess.run(
        [sys.executable, "-m", "segue", "welcome", *opens], env=environment(at), check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip


def address(at: Settings) -> str:
    return f"http://{'127.0.0.1' if at.host in ('0.0.0.0', '::') else at.host}:{at.port}"


def is_whole(served: str) -> bool:
    """Whether a house takes messages and nothing of it is missing, the encoder loaded and a worker at work."""
    try:
        with urlopen(f"{served}/readyz", timeout=2) as answer:
            return not json.loads(answer.read())["missing"]
    except (URLError, OSError, ValueError):
        return False


def _say(line: str) -> None:
    with suppress(OSError):  # a terminal that was closed
        err.print(line, markup=False, highlight=False)
