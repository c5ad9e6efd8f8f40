"""The intent follows what is meant and not what is denied, with the real encoder over the demo company's matters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from segue.app.demo.generate import build
from segue.app.demo.seed import catalogue
from segue.domain.ports import Encoder
from segue.knowledge.encoder import MiniLM
from segue.triage.denied import without_denied
from segue.triage.examples import Examples, named_texts
from segue.triage.intents import IntentHead
from segue.triage.said import Said

pytestmark = pytest.mark.measures
LIST = Path(__file__).parents[1] / "lists" / "denied.tsv"
BANK = Path(__file__).parents[3] / "shared" / "data" / "oos" / "banking77_oos_train_valid.jsonl"
EACH = 6
"""Past messages of a matter that the head learns from: more would take longer and change little."""


def examples(rows: Iterable[tuple[str, str]], encoder: Encoder) -> Examples:
    texts, intents = zip(*rows, strict=True)
    return Examples(texts, encoder.encode(list(texts)), intents)


def head(encoder: Encoder) -> IntentHead:
    company, seen, past = build(date(2026, 3, 2)), Counter[str](), list[tuple[str, str]]()
    for conversation in company.conversations:
        if conversation.intent and seen[conversation.intent] < EACH:
            seen[conversation.intent] += 1
            past.append((conversation.messages[0].text, conversation.intent))
    listed = catalogue(company)
    return IntentHead.fit(examples(past, encoder), examples(named_texts(listed), encoder), listed)


def test_the_intent_follows_what_is_meant() -> None:
    encoder = MiniLM()
    fitted, asked, whole, read, followed = head(encoder), Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for batch, language, kind, intent, denied, text in (
        line.split("\t") for line in LIST.read_text("utf8").splitlines() if not line.startswith("#")
    ):
        left = without_denied(Said.of(text)).text
        before, after = (fitted.read(t, encoder.encode([t])[0]).intents[0].intent for t in (text, left))
        for of in (f"{language} {kind}", f"batch {batch}, {language} {kind}"):
            asked[of] += 1
            whole[of] += before == intent
            read[of] += after == intent
            followed[of] += after == denied
    for of in sorted(asked):
        print(f"{of}: {asked[of]}, read whole {whole[of]}, without it {read[of]}, as what is denied {followed[of]}")

    assert read["en other"] >= 0.9 * asked["en other"] >= 1.15 * whole["en other"]
    assert followed["en other"] <= 0.05 * asked["en other"]
    assert read["en itself"] >= 0.9 * asked["en itself"]
    assert read["de other"] > whole["de other"]
    assert followed["de other"] <= 1


@pytest.mark.skipif(not BANK.exists(), reason="the development data (../shared/data) is not on this machine")
def test_hardly_anything_is_left_out_of_messages_that_were_not_written_for_it() -> None:
    texts = {line["text"] for line in map(json.loads, BANK.read_text("utf8").splitlines())}
    left_out = [text for text in texts if without_denied(Said.of(text)).text != text]
    print(f"of {len(texts)} messages {len(left_out)} have something left out")

    assert 1 <= len(left_out) <= 0.01 * len(texts)
