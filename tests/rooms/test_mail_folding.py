"""What is cut from a mail's end in some thirty languages, by a list of mails by hand; and what must not be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from segue.domain.mail import Mail
from segue.integrations.mail.folding import folds

LIST = Path(__file__).parents[1] / "lists" / "folded.tsv"
KINDS = {"device": "signature", "closing": "signature", "wrote": "quote", "fields": "quote"}
TWELVE = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "zh", "ja"}


def written() -> list[list[str]]:
    lines = LIST.read_text("utf8").splitlines()
    return [line.replace("\\n", "\n").split("\t") for line in lines if not line.startswith("#")]


def read(text: str) -> Mail:
    return Mail(None, text=text, folds=folds(text))


def test_what_stands_below_what_was_said_is_folded_in_each_language() -> None:
    wrong = [
        (language, below)
        for language, kind, said, below in written()
        for mail in [read(f"{said}\n\n{below}\n")]
        if (mail.said, [fold.kind for fold in mail.folds]) != (said, [KINDS[kind]])
    ]
    assert wrong == []


def test_the_list_has_twelve_languages_and_more_of_each_kind() -> None:
    of = {kind: {row[0] for row in written() if KINDS[row[1]] == kind} for kind in KINDS.values()}
    print({kind: len(languages) for kind, languages in of.items()}, Counter(row[1] for row in written()))

    assert of["signature"] >= TWELVE
    assert len(of["quote"]) >= len(TWELVE)


@pytest.mark.parametrize(
    "text",
    [
        "It is still wrong.\n\nKind regards,\nAda\n\nPS: it is INV-4711.",
        "Please look again.\n\nKind regards\nINV-4711",
        "Please look again.\n\nBest regards,\nAda\nAnd could you tell me when this is done?",
        "Please look again.\n\nBest regards,\nthe invoice that I sent you in March is still not paid.",
        "All of it is wrong.\n\nRegards", "How do I\nget Outlook to show it on my Android?", "从我的账户里扣了两次钱",
        "Our app is on Android.\nGet Outlook for iOS to work, too!", "Sent from the moon",
        "V pondelok sa to pokazilo:\nchyba 17 o 10:00", "In March my colleague wrote:\nnothing.",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_end_stays(text: str) -> None:
    assert read(text).said == text


def test_what_is_folded_is_kept_to_the_letter() -> None:
    for _, _, said, below in written():
        mail = read(f"{said}\n\n{below}\n")
        assert "".join(mail.text[fold.start : fold.end] for fold in mail.folds).strip() == below
