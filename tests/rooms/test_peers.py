"""A peer that is missing is told of, and missed where all are wanted; CI wants all wherever it has them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import peers

RUN = Path(__file__).parents[2] / ".ci" / "run"
TELLS = '#!/bin/sh\n[ "$2" = test ] && echo "all peers: ${ALL_PEERS:-no}"\nexit 0\n'
"""Stands where `python3` is looked for: says what the tests would be told."""
INSTALLS = '#!/bin/sh\nfor last; do :; done\n[ "$2" = install ] && ln -s "$BIN/true" "$BIN/${last%-imapd}"\nexit 0\n'


@pytest.mark.parametrize("name", peers.PEERS)
def test_a_missing_peer_fails_its_tests_where_all_are_wanted_and_is_skipped_elsewhere(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "found", lambda name: None)
    for wanted, outcome in (("true", pytest.fail.Exception), ("", pytest.skip.Exception)):
        monkeypatch.setenv("ALL_PEERS", wanted)
        with pytest.raises(outcome, match=f"no {name}"):
            peers.needed(name)


def test_what_was_skipped_for_want_of_a_peer_is_told_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "found", lambda name: None)
    monkeypatch.delenv("ALL_PEERS", raising=False)
    with pytest.raises(pytest.skip.Exception) as told:
        peers.needed("dovecot")
    skipped = [
        pytest.TestReport(f"tests/rooms/{name}.py::test_it", ("", 0, ""), {}, "skipped", ("", 1, why), "setup")
        for name, why in (("test_b", f"Skipped: {told.value}"), ("test_a", str(told.value)), ("test_c", "another why"))
    ]

    (line,) = peers.not_proved(skipped)

    assert line == (
        "Not proved here, for want of dovecot (Debian: dovecot-imapd): "
        "2 tests of tests/rooms/test_a.py, tests/rooms/test_b.py."
    )
    assert peers.not_proved([]) == []


@pytest.mark.parametrize(
    ("has", "installs", "told"),
    [({"dovecot", "strace"}, False, "1"), ({"dovecot"}, True, "1"), ({"dovecot"}, False, "no")],
    ids=["both are there", "one is installed", "one is not there and cannot be installed"],
)
def test_ci_wants_all_wherever_it_found_or_installed_them(
    tmp_path: Path, has: set[str], installs: bool, told: str
) -> None:
    there = tmp_path / "bin"
    there.mkdir()
    for tool in ("bash", "cat", "dirname", "ln", "mktemp", "rm", "sh", "timeout", "true"):
        (there / tool).symlink_to(shutil.which(tool) or tool)
    for name in has:
        (there / name).symlink_to(there / "true")
    written = {
        "python3": TELLS,
        "id": "#!/bin/sh\necho 0\n",
        "apt-get": INSTALLS if installs else "#!/bin/sh\nexit 1\n",
    }
    for name, text in written.items():
        (there / name).write_text(text)
        (there / name).chmod(0o755)
    surroundings = {name: value for name, value in os.environ.items() if name != "ALL_PEERS"}

    done = subprocess.run(
        [RUN], env={**surroundings, "PATH": str(there), "BIN": str(there)}, capture_output=True, text=True, timeout=60,
        check=True,
    )  # fmt: skip

    assert done.stdout.strip() == f"all peers: {told}"
