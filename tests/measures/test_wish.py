"""A wish for a person, heard by phrases and head together with the real encoder, in written lists and a bank's mail."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from segue.knowledge.encoder import MiniLM
from segue.triage.phrasebook import listed
from segue.triage.said import Said
from segue.triage.tone import Tone, fit_tone
from segue.triage.wish import wish_for_person

HERE = Path(__file__).parent
BANK = HERE.parents[2] / "shared" / "data" / "demo_bank" / "history.jsonl"
SAMPLE = 5
"""One past message in so many is read."""

pytestmark = pytest.mark.measures


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="module")
def tone(encoder: MiniLM) -> Tone:
    return fit_tone(encoder)


def lines(name: str) -> list[str]:
    text = (HERE.parent / "lists" / name).read_text("utf8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def asks() -> list[str]:
    """The written list, and the one that the phrases alone are held to."""
    place = HERE.parent / "rooms" / "test_triage_wish.py"
    spec = importlib.util.spec_from_file_location("words_alone", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(dict.fromkeys([*lines("wish_for_a_person.txt"), *module.ASKS_FOR_A_PERSON]))


def heard(texts: list[str], tone: Tone, encoder: MiniLM) -> list[str]:
    said = [Said.of(text) for text in texts]
    return [s.raw for s in said if _wishes(s, tone, encoder)]


def _wishes(said: Said, tone: Tone, encoder: MiniLM) -> bool:
    return wish_for_person(said, lambda: tone.wished(said, encoder.encode([said.raw])[0])).value


def test_a_wish_for_a_person_is_heard_in_ninety_nine_of_a_hundred_phrasings(tone: Tone, encoder: MiniLM) -> None:
    texts = asks()
    missed = set(texts) - set(heard(texts, tone, encoder))

    print(f"wish: {len(texts)} phrasings, {len(missed)} missed: {missed}")
    assert len(texts) >= 300
    assert len(missed) <= 0.01 * len(texts)


def test_phrasings_written_after_the_last_change_are_heard_too(tone: Tone, encoder: MiniLM) -> None:
    """93 of 95 at the first look. Nothing is tuned on this list; the floor leaves room for later changes."""
    texts = lines("wish_unseen.txt")
    missed = set(texts) - set(heard(texts, tone, encoder))

    print(f"wish: {len(missed)} of {len(texts)} unseen phrasings missed: {missed}")
    assert len(texts) >= 95
    assert len(missed) <= 0.05 * len(texts)


def test_hardly_any_near_miss_is_a_wish(tone: Tone, encoder: MiniLM) -> None:
    """They were written to be mistaken; ordinary messages are held to less."""
    texts = lines("wish_near_misses.txt")
    alarms = heard(texts, tone, encoder)

    assert len(texts) >= 150
    assert len(alarms) <= 0.005 * len(texts), alarms


def test_none_of_these_lists_taught_the_head() -> None:
    taught = {line.lower() for name in ("wishes", "mentions", "calm", "frustrated") for line in listed(name)}

    assert not taught & {line.lower() for line in (*asks(), *lines("wish_near_misses.txt"), *lines("wish_unseen.txt"))}


@pytest.mark.skipif(not BANK.exists(), reason="the development data (../shared/data) is not on this machine")
def test_a_bank_s_messages_raise_at_most_one_false_alarm_in_two_hundred(tone: Tone, encoder: MiniLM) -> None:
    texts = [json.loads(line)["text"] for line in BANK.read_text("utf8").splitlines()][::SAMPLE]
    alarms = heard(texts, tone, encoder)

    print(f"wish: {len(alarms)} of {len(texts)} past messages: {alarms}")
    assert len(alarms) <= 0.005 * len(texts)
