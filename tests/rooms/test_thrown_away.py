"""Houses that are thrown away: they take nothing from a house that lives, and have no door to the outside."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from segue.app import browsing, encoding, reach, up
from segue.app.drill.living import LivingHouse
from segue.app.leftovers import clear, own_folder
from segue.app.load import house as of_load
from segue.app.processes import listen_at
from segue.app.settings import DOORS, MANNERS, PLACES, Settings, thrown_away, variable
from segue.domain.errors import Conflict, Refused
from segue.domain.ids import new_id
from segue.domain.mail import MailKeys
from segue.knowledge.encoder_service import is_heard
from segue.store.server import held

FREE = {
    "SEGUE_MAIL_LISTEN": "0.0.0.0:25", "SEGUE_SMTP": "smtp://u:p@mx.yours.example", "SEGUE_TRACKER_TOKEN": "t",
    "SEGUE_IMAP": "imaps://u:p@mx.yours.example/INBOX", "SEGUE_MAIL_FROM": "support@yours.example",
    "SEGUE_TRACKER": "https://api.github.com/repos/yours/product", "SEGUE_ADDRESS": "https://desk.yours.example",
    "SEGUE_HOST": "0.0.0.0", "SEGUE_PRIVATE": "10.0.0.0/8", "SEGUE_WORKERS": "3",
}  # fmt: skip
"""What an operator has set."""


class Stopped(Exception):
    """Instead of a process."""


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, str]]:
    """The environments of processes that would have been started."""
    seen = list[Mapping[str, str]]()

    def stop(*_: Any, env: Mapping[str, str], **more: Any) -> None:
        seen.append(env)
        raise Stopped

    for name, value in FREE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(subprocess, "Popen", stop)
    return seen


def test_each_setting_is_a_door_a_place_or_a_manner_of_working() -> None:
    kinds = [*DOORS, *PLACES, *MANNERS]

    assert sorted(kinds) == sorted(field.name for field in fields(Settings)), "say of a new one which of them it is"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SEGUE_WEBS", "0", "may be 1 to"), ("SEGUE_WORKERS", "-1", "may be 1 to"),
        ("SEGUE_FILE_MB", "nan", "may be 0 to"), ("SEGUE_FILES_MB", "inf", "may be 0 to"),
        ("SEGUE_PORT", "http", "no whole number"), ("SEGUE_FILE_MB", "much", "no number"),
        ("SEGUE_DATA", "", "no folder"), ("SEGUE_DATA", " ", "no folder"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_is_refused_by_its_name(name: str, value: str, why: str) -> None:
    """A house without a web or a worker would wait for good."""
    with pytest.raises(Refused, match=f"{name} is .*{value}.*{why}"):
        Settings.from_environment({name: value})
    assert Settings.from_environment({"SEGUE_FILE_MB": "2.5"}).file_mb == 2.5


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("SEGUE_SMTP", "mail.yours.example:587", "smtp://user:password@host:587"),
        ("SEGUE_SMTP", "smtp://u:a-secret@mail.yours.example:mail", "smtp://user:password@host:587"),
        ("SEGUE_SMTP", "smtp://", "smtp://user:password@host:587"), ("SEGUE_IMAP", "imaps://host/INBOX", "imaps://"),
        ("SEGUE_IMAP", "https://u:a-secret@host/INBOX", "imaps://"), ("SEGUE_MAIL_LISTEN", "8825", "127.0.0.1:8825"),
        ("SEGUE_ADDRESS", "desk.yours.example", "https://desk.yours.example"), ("SEGUE_LOG", "loud", "debug, info"),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_refused_at_the_start_and_no_password_is_told(
    name: str, value: str, right: str
) -> None:
    with pytest.raises(Refused) as told:
        Settings.from_environment({name: value})

    assert name in str(told.value)
    assert right in str(told.value)
    assert "a-secret" not in str(told.value)
    assert Settings.from_environment({name: ""}) == replace(Settings(), **{variable_of(name): ""})


def test_addresses_as_people_write_them_are_taken() -> None:
    Settings.from_environment({**FREE, "SEGUE_SMTP": "smtps://me@yours.example:p@[::1]:465", "SEGUE_LOG": "WARNING"})
    Settings.from_environment({"SEGUE_MAIL_LISTEN": "[::1]:8825", "SEGUE_ADDRESS": "http://localhost:8800/"})


def test_an_address_for_answers_has_room_for_a_key_before_its_at() -> None:
    long = "kundenservice-team@ledgerly.example"
    for given in ({"SEGUE_MAIL_FROM": long}, {"SEGUE_MAIL_FROM": "help@x.example", "SEGUE_MAIL_REPLY": long}):
        with pytest.raises(Refused, match=r"(?s)kundenservice-team@.*more than 16 letters.*SEGUE_MAIL_REPLY"):
            Settings.from_environment(given)

    for given in ({"SEGUE_MAIL_FROM": long, "SEGUE_MAIL_REPLY": "help@ledgerly.example"},
                  {"SEGUE_MAIL_FROM": "kundenservice-16@ledgerly.example"}):  # fmt: skip
        found = Settings.from_environment(given)
        keys = MailKeys(b"a secret", found.mail_reply or found.mail_from)
        address = keys.reply_address(new_id("cnv", datetime.now(UTC)))
        assert len(address.partition("@")[0]) <= 64
        assert found.mail_from == given["SEGUE_MAIL_FROM"]


def variable_of(name: str) -> str:
    return next(field.name for field in fields(Settings) if variable(field.name) == name)


def is_closed(env: Mapping[str, str], live: Path) -> bool:
    """No door is open, and nothing stands where the living house does."""
    found, plain = Settings.from_environment(env), Settings()
    return found.data != live and all(getattr(found, name) == getattr(plain, name) for name in DOORS)


@pytest.mark.parametrize("house", [of_load.running, browsing.whole], ids=["load", "demo"])
def test_a_house_for_a_while_has_no_door_and_a_folder_of_its_own(
    house: Callable[[Settings], AbstractContextManager[Any]], given: list[Mapping[str, str]], tmp_path: Path
) -> None:
    at = replace(Settings.from_environment(), data=tmp_path, database_url="postgresql://x")

    with pytest.raises(Stopped), house(at):
        pass

    assert is_closed(given[0], tmp_path)
    assert (given[0]["DATABASE_URL"], given[0]["SEGUE_WORKERS"]) == ("postgresql://x", "3")
    assert not Path(given[0]["SEGUE_DATA"]).exists()


def test_the_drills_house_has_no_door(given: list[Mapping[str, str]], tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        LivingHouse(tmp_path, {"SEGUE_ENCODER": "minilm"}, 2, "").start()

    assert is_closed(given[0], Path("data"))
    assert (given[0]["SEGUE_ENCODER"], given[0]["DATABASE_URL"]) == ("minilm", "")


def test_nothing_that_is_set_around_us_comes_past_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in fields(Settings):
        monkeypatch.setenv(variable(field.name), "7")
    at = thrown_away(Settings(), Path("elsewhere"))

    assert Settings.from_environment(up.environment(at)) == at


def test_a_workspace_for_a_while_stands_on_a_server_and_in_a_folder_of_its_own(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = list[Path]()

    class Server(reach.Server):
        """Only begins: making a cluster would take seconds."""

        def start(self) -> str:
            begun.append(self.folder)
            return database_url

    monkeypatch.setattr(reach, "Server", Server)
    live = Settings(data=tmp_path, smtp="smtp://mx.yours.example", encoder_socket=str(tmp_path / "encoder.sock"))

    with held(tmp_path), reach.throwaway(live, "test") as at:
        assert at == thrown_away(live, at.data, at.database_url)
        assert begun == [at.data.resolve()]
        folder = at.data

    assert not folder.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


LIVES = """
import sys, time
from pathlib import Path
from segue.app.leftovers import own_folder
with own_folder("load", Path(sys.argv[1])) as folder:
    (folder / "postgres").mkdir()
    print(folder, flush=True)
    time.sleep(600)
"""


def test_what_a_house_left_that_was_killed_is_cleared_by_the_next_one_and_nothing_else(tmp_path: Path) -> None:
    others = {"segue-of-somebody", "segue-load-unmarked", "data"}
    for name in others:
        (tmp_path / name).mkdir()
    houses = [subprocess.Popen([sys.executable, "-c", LIVES, str(tmp_path)], stdout=subprocess.PIPE) for _ in "ab"]
    try:
        dead, lives = (Path((house.stdout or io.BytesIO()).readline().decode().strip()) for house in houses)
        houses[0].kill()
        houses[0].wait()
        assert dead.is_dir(), "nobody was left to clear it"

        with own_folder("replay", tmp_path) as mine:
            assert {path.name for path in tmp_path.iterdir()} == others | {lives.name, mine.name}
    finally:
        for house in houses:
            house.kill()
            house.communicate()
    assert clear(tmp_path) == [lives]


def test_a_second_house_takes_no_socket_from_one_that_lives(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where each has a database elsewhere."""
    monkeypatch.setattr(up, "Supervisor", Stopped)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "address").write_text("http://127.0.0.1:8800")
    with held(tmp_path), listen_at(tmp_path / "run" / "encoder.sock"):
        with pytest.raises(Conflict, match="Another Segue already runs on"):
            up.run(Settings(data=tmp_path, port=0, database_url=database_url), demo=False)

        assert is_heard(tmp_path / "run" / "encoder.sock")
    assert (tmp_path / "run" / "address").read_text() == "http://127.0.0.1:8800"


def test_a_second_encoder_takes_no_socket_from_one_that_lives(tmp_path: Path) -> None:
    path = tmp_path / "encoder.sock"
    with listen_at(path):
        with pytest.raises(Refused, match="Somebody listens on"):
            encoding._listener(path)
        assert is_heard(path)

    encoding._listener(path).close()  # nobody is there any more
