"""The database server of a clone: it starts anywhere, believes nothing it finds, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from segue.domain.errors import Conflict, DatabaseUnavailable, Refused
from segue.store import binaries
from segue.store.binaries import bin_dir
from segue.store.postmaster import postmaster
from segue.store.server import Server

START = """
import sys, time
from pathlib import Path
from segue.store.server import Server
print(Server(Path(sys.argv[1])).start(), flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """Started and stopped for each test, on one cluster: what one test left, the next one finds."""
    server = Server(folder, say=lambda _: None)
    server.start()
    yield server
    server.stop()


def ask(url: str | None, *statements: str) -> object:
    """The first value of the last statement's answer."""
    assert url
    with psycopg.connect(url, autocommit=True) as connection:
        answers = [connection.execute(statement) for statement in statements]
        return answers[-1].fetchone()[0]  # type: ignore[index]


def kill(child: int) -> None:
    """Returns when it has ended, and leaves it to whoever started it to take note of that."""
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)


def test_it_speaks_every_language_and_listens_only_here(server: Server) -> None:
    assert ask(server.running(), "select lower('ÄÖÉ')") == "äöé"
    assert ask(server.running(), "select to_tsvector('simple', 'ÜBER')::text") == "'über':1"
    assert ask(server.running(), "show listen_addresses") == ""
    assert server.cluster.stat().st_mode & 0o077 == 0


def test_it_knows_vectors(server: Server) -> None:
    distance = "select '[3,4]'::vector <-> '[0,0]'::vector"

    assert ask(server.running(), "create extension if not exists vector", distance) == 5


def test_its_log_holds_nothing_that_a_statement_was_given(server: Server) -> None:
    with psycopg.connect(server.running() or "", autocommit=True) as connection:
        connection.execute("set log_min_duration_statement = 0")
        connection.execute("create temporary table said (words text check (words = ''))")
        connection.execute("select %s::text", ("My card is 4111",))
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("insert into said values (%s)", ("My card is 4111",))

    log = server.log.read_text("utf8")
    assert "insert into said" in log
    assert "4111" not in log


def test_a_second_start_on_the_same_folder_is_refused(server: Server) -> None:
    with pytest.raises(Conflict, match="already runs"):
        Server(server.folder).start()

    assert server.running()


def test_a_folder_that_cannot_be_had_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/segue")):
        with pytest.raises(Refused, match=f"cannot be kept in {folder}: .*--data"):
            Server(folder, say=lambda _: None).start()


def test_stopping_leaves_no_process(folder: Path) -> None:
    server = Server(folder, say=lambda _: None)
    server.start()
    pid = postmaster(server.cluster)
    server.stop()

    assert pid
    assert not Path(f"/proc/{pid}").exists()
    assert server.running() is None


def test_it_ends_when_its_starter_is_killed_and_starts_again(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", START, str(folder)], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        url = starter.stdout.readline().strip()
        assert url
        ask(url, "create table kept (word text)", "insert into kept values ('yes') returning 1")
        starter.kill()
    server = Server(folder, say=lambda _: None)
    server.start()

    assert ask(server.running(), "select word from kept") == "yes"
    server.stop()


def test_a_process_id_of_somebody_else_is_not_believed(folder: Path) -> None:
    server = Server(folder, say=lambda _: None)
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server.cluster}\n1\n5432\n\n\n\nready\n")

    assert server.running() is None
    server.start()
    assert ask(server.running(), "select 1") == 1
    server.stop()


def test_a_killed_server_is_revived_with_everything_that_was_saved(server: Server) -> None:
    ask(server.running(), "create table saved (word text)", "insert into saved values ('yes') returning 1")
    pid = postmaster(server.cluster)
    assert pid
    kill(pid)
    server.revive()

    assert ask(server.running(), "select word from saved") == "yes"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are seen under /proc only")
def test_what_a_killed_server_leaves_hanging_keeps_no_new_one_away(server: Server) -> None:
    with psycopg.connect(str(server.running())) as connection:
        hanging = connection.info.backend_pid
        pid = postmaster(server.cluster)
        assert pid
        os.kill(hanging, signal.SIGSTOP)
        kill(pid)
        server.revive()

    assert not Path(f"/proc/{hanging}/exe").exists()  # ended, whether anybody has taken note of it or not
    assert ask(server.running(), "select 1") == 1


def test_a_folder_too_deep_for_a_socket_works_too(tmp_path: Path) -> None:
    server = Server(tmp_path / ("deep" * 25), say=lambda _: None)

    assert ask(server.start(), "select 1") == 1
    assert ask(server.running(), "select 1") == 1
    server.stop()


def test_data_of_another_version_is_not_touched(tmp_path: Path) -> None:
    server = Server(tmp_path, say=lambda _: None)
    server.cluster.mkdir()
    (server.cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(DatabaseUnavailable, match=r"PostgreSQL 9.*SEGUE_POSTGRES_BIN"):
        server.start()
    assert [path.name for path in server.cluster.iterdir()] == ["PG_VERSION"]


def test_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    (tmp_path / ".postgres-half").mkdir()
    (tmp_path / "postgres").mkdir()
    server = Server(tmp_path, say=lambda _: None)

    assert ask(server.start(), "select 1") == 1
    server.stop()
    assert not (tmp_path / ".postgres-half").exists()


def test_a_copy_for_a_lent_account_keeps_the_libraries_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SHARED", tmp_path / "shared")
    for name in ("wheel/pginstall/bin/postgres", "wheel/pginstall/include/big.h", "wheel.libs/libpq.so"):
        (tmp_path / name).parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        (tmp_path / name).touch(mode=0o600)
    copy = binaries._copied(tmp_path / "wheel" / "pginstall")

    assert (copy / "../../../wheel.libs/libpq.so").resolve().stat().st_mode & 0o777 == 0o644
    assert copy.stat().st_mode & 0o777 == 0o755
    assert not (copy / "../include").exists()
    assert binaries._copied(tmp_path / "wheel" / "pginstall") == copy


def test_the_programs_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).touch()
    monkeypatch.setenv("SEGUE_POSTGRES_BIN", str(tmp_path))

    assert bin_dir() == tmp_path
