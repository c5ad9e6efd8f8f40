"""The encoder: what a row is, and how a process of its own behaves when something goes wrong."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import segue_encoder_minilm
from segue.app.processes import listen_at
from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import Encoder
from segue.knowledge.encoder import MiniLM, StandIn
from segue.knowledge.encoder_service import EncoderClient, short_name

INVOICE, BILL, PASSWORD = "Why is my invoice higher?", "My bill went up, why?", "How do I reset my password?"
SERVE = """
import socket, sys
from segue.knowledge import encoder, encoder_service
encoder_service.serve(socket.socket(fileno=int(sys.argv[1])), encoder.StandIn())
"""
ROW_IN_HEX = """
import sys
from segue.knowledge.encoder import StandIn
print(StandIn().encode([sys.argv[1]]).tobytes().hex())
"""


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM()


@pytest.fixture(params=["stand-in", "minilm"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return StandIn() if request.param == "stand-in" else request.getfixturevalue("minilm")


def test_every_text_becomes_a_row_of_length_one(encoder: Encoder) -> None:
    rows = encoder.encode([INVOICE, "", "  ", "Grüße 👋", "a" * 100_000, "half \ud800 character"])

    assert rows.shape == (6, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_a_row_does_not_depend_on_its_company(encoder: Encoder) -> None:
    alone, in_company = encoder.encode([INVOICE]), encoder.encode([PASSWORD * 20, INVOICE, ""])

    assert np.array_equal(alone[0], in_company[1])


def test_the_model_hears_meaning_where_the_words_differ(minilm: MiniLM) -> None:
    invoice, bill, password = minilm.encode([INVOICE, BILL, PASSWORD])

    assert invoice @ bill > 0.5
    assert invoice @ password < 0.2


def test_the_model_gives_the_likeness_its_documentation_prints(minilm: MiniLM) -> None:
    rows = minilm.encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])

    assert rows @ rows.T == pytest.approx(np.array([[1, 0.666, 0.105], [0.666, 1, 0.141], [0.105, 0.141, 1]]), abs=0.03)


def test_weights_that_are_not_what_was_built_are_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(segue_encoder_minilm.SHA256, "tokenizer.json", "0" * 64)

    with pytest.raises(EncoderUnavailable, match=r"tokenizer.json of segue-encoder-minilm is damaged.*run.py setup"):
        MiniLM()


def test_the_stand_in_is_the_same_in_every_process() -> None:
    elsewhere = subprocess.run([sys.executable, "-c", ROW_IN_HEX, INVOICE], capture_output=True, text=True, check=True)

    assert elsewhere.stdout.strip() == StandIn().encode([INVOICE]).tobytes().hex()


def test_the_stand_in_finds_the_same_words_again() -> None:
    rows = StandIn().encode(["The CSV export is broken", "export to CSV broken again", PASSWORD])

    assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2]


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    with listen_at(deep / "encoder") as listening:
        yield listening


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ("deep" * 30) / "encoder"


def start(listener: socket.socket) -> subprocess.Popen[bytes]:
    fd = listener.fileno()
    return subprocess.Popen([sys.executable, "-c", SERVE, str(fd)], pass_fds=[fd])


@pytest.fixture
def process(listener: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    with start(listener) as running:
        yield running
        running.kill()


def test_asking_the_process_gives_what_the_encoder_gives(process: object, path: Path) -> None:
    client = EncoderClient(path, timeout=30)
    texts = [INVOICE, "half \ud800 character", *(f"message {n}" for n in range(200))]

    assert client.version == StandIn.version
    assert np.array_equal(client.encode(texts), StandIn().encode(texts))
    assert client.encode([]).shape == (0, 384)


def test_many_may_ask_at_once(process: object, path: Path) -> None:
    client, seen = EncoderClient(path, timeout=30), []
    askers = [threading.Thread(target=lambda n=n: seen.append((n, client.encode([f"message {n}"])))) for n in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert len(seen) == 20
    assert all(np.array_equal(row, StandIn().encode([f"message {n}"])) for n, row in seen)


def test_a_bulk_job_does_not_hold_up_a_short_question(process: object, path: Path) -> None:
    bulk = threading.Thread(target=EncoderClient(path, timeout=60).encode, args=[["word " * 1500] * 300])
    client = EncoderClient(path, timeout=30)
    client.encode([INVOICE])
    bulk.start()
    time.sleep(0.2)
    client.encode([INVOICE])

    assert bulk.is_alive()
    bulk.join()


def test_a_client_does_not_notice_that_the_process_was_started_again(
    process: subprocess.Popen[bytes], listener: socket.socket, path: Path
) -> None:
    client = EncoderClient(path, timeout=30)
    client.encode([INVOICE])
    process.send_signal(signal.SIGKILL)
    process.wait()
    with start(listener) as another:
        assert client.encode([INVOICE]).shape == (1, 384)
        another.terminate()

        assert another.wait(30) == 0
        assert path.exists()


def test_a_silent_process_is_given_up_after_the_timeout(listener: socket.socket, path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="does not answer"):
        EncoderClient(path, timeout=0.2).encode([INVOICE])


def test_who_asks_soon_after_a_silence_hears_so_at_once(listener: socket.socket, path: Path) -> None:
    client = EncoderClient(path, timeout=0.2)
    with pytest.raises(EncoderUnavailable, match="timed out"):
        client.encode([INVOICE])
    with pytest.raises(EncoderUnavailable, match="a moment ago"):
        client.encode([INVOICE])


def test_a_text_that_was_begun_has_the_same_bits_and_nobody_waits_behind_it(process: object, path: Path) -> None:
    client = EncoderClient(path, timeout=30)
    for _again in range(2):
        fetch, other = client.begin(INVOICE), client.begin("another one")

        assert np.array_equal(client.encode(["a third"]), StandIn().encode(["a third"]))
        assert np.array_equal(other(), StandIn().encode(["another one"]))
        assert np.array_equal(fetch(), StandIn().encode([INVOICE]))


def test_a_text_that_was_begun_comes_although_the_process_was_started_again(
    process: subprocess.Popen[bytes], listener: socket.socket, path: Path
) -> None:
    client = EncoderClient(path, timeout=30)
    client.begin(INVOICE)()
    process.send_signal(signal.SIGKILL)
    process.wait()
    fetch = client.begin(INVOICE)
    with start(listener) as another:
        try:
            assert np.array_equal(fetch(), StandIn().encode([INVOICE]))
        finally:
            another.terminate()


def test_a_text_that_was_begun_fails_when_it_is_fetched_and_waits_for_one_timeout(
    listener: socket.socket, path: Path, tmp_path: Path
) -> None:
    fetch, since = EncoderClient(path, timeout=1).begin(INVOICE), time.monotonic()
    with pytest.raises(EncoderUnavailable, match="a moment ago"):
        fetch()
    assert time.monotonic() - since < 0.5

    fetch = EncoderClient(tmp_path / "nobody", timeout=5).begin(INVOICE)
    with pytest.raises(EncoderUnavailable, match="does not answer"):
        fetch()


def test_a_process_that_greets_answers_and_one_that_hangs_does_not(
    listener: socket.socket, path: Path, tmp_path: Path
) -> None:
    assert not EncoderClient(path).answers(0.2), "nobody has taken the call"
    assert not EncoderClient(tmp_path / "nobody").answers(0.2)
    with start(listener) as process:
        assert EncoderClient(path).answers(30)
        process.terminate()


def test_a_missing_process_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="does not answer"):
        EncoderClient(tmp_path / "nobody", timeout=5).encode([INVOICE])


def test_a_stranger_on_the_line_does_not_disturb_the_others(process: object, path: Path) -> None:
    client = EncoderClient(path, timeout=30)
    client.encode([INVOICE])
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\x04\x00\x00\x00nope", b"\x02"):
        with socket.socket(socket.AF_UNIX) as stranger, short_name(path) as name:
            stranger.connect(name)
            stranger.sendall(nonsense)

    assert client.encode([INVOICE]).shape == (1, 384)
