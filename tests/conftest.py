"""One PostgreSQL for the whole run, started by the first process; a database per test, copied from a template.

`DATABASE_URL` names a server to use instead.
"""

from __future__ import annotations

import gc
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in segue.app.cli, before NumPy is loaded

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import fuzzing
from databases import RUN, SERVER, drop_what_was_made_once, first_before_the_others, fresh_database
from ordering import order_of
from peers import not_proved
from segue.store import server as server_module
from segue.store.database import Database
from segue.store.migrate import migrate
from segue.store.server import Server

HERE = Path(__file__).parent
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
TRUSTED = HERE / "nobody.pem"
"""Nothing here trusts anybody outside: to read the system's many certificates takes a processor 25 to 50 ms, for
each of a thousand clients. The one in this file stands for nobody: its key was thrown away."""
_started: list[Server] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "draw other examples than always, and so many times as many, where strangers' input is read"
    parser.addoption("--fuzz", type=int, default=1, metavar="TIMES", help=told)


@pytest.fixture(scope="session")
def times(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--fuzz"))


@pytest.fixture
def counting(record_property: Callable[[str, object], None]) -> fuzzing.Counting:
    return lambda what, count: record_property(fuzzing.COUNTED + what, count)


def pytest_configure(config: pytest.Config) -> None:
    """xdist's workers find the server's address in the environment they inherit."""
    os.environ["SSL_CERT_FILE"] = str(TRUSTED)
    if hasattr(config, "workerinput") or SERVER in os.environ or config.option.collectonly:
        return
    os.environ[RUN] = secrets.token_hex(4)
    if url := os.environ.get("DATABASE_URL"):
        os.environ[SERVER] = url
        return
    server_module.SETTINGS["max_connections"] = "150"  # several tests at once, each with a house's pools
    server = Server(folder_of_the_run(), say=lambda line: None)
    os.environ[SERVER] = server.start()
    _started.append(server)
    spare_the_disk(os.environ[SERVER])


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """In a fresh clone whoever reads the tests compiles them and all that they import: one process does, and the others
    find it done."""
    if not hasattr(session.config, "workerinput"):
        return (yield)
    with first_before_the_others():
        return (yield)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the collector looks through them no more."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only where several processes share the work: else a run's files stay in the order they were named in."""
    if hasattr(config, "workerinput"):
        place = order_of([item.path.relative_to(HERE).as_posix() for item in items])
        items.sort(key=lambda item: place[item.path.relative_to(HERE).as_posix()])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in fuzzing.counts(terminalreporter.stats.get("passed", [])):
        terminalreporter.write_line(line)
    for line in not_proved(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line, yellow=True)


def folder_of_the_run() -> Path:
    """In memory where there is room: a database for each of hundreds of tests is a thousand files made and thrown away,
    which takes a disk ten times as long."""
    for left in MEMORY.glob("segue-tests-*"):
        if not Path("/proc", left.name.split("-")[2]).exists():  # that run was killed
            shutil.rmtree(left, ignore_errors=True)
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix=f"segue-tests-{os.getpid()}-", dir=MEMORY if has_room else None))


def spare_the_disk(url: str) -> None:
    """Tests kill processes, never the machine: what the kernel has taken is kept without waiting for the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set full_page_writes = off")
        connection.execute("select pg_reload_conf()")


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in os.environ and not hasattr(config, "workerinput") and not _started:
        drop_what_was_made_once()  # in a server that goes on
    for server in _started:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """A migrated, empty database to copy from."""
    name = f"template_{os.getpid()}"
    with fresh_database(name) as url:
        migrate(url)
        yield url


@pytest.fixture
def database_url(template: str) -> Iterator[str]:
    with fresh_database(like=template) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, 8).open()
    yield opened
    opened.close()
