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


OF_THE_MATTER = [
    "Invoice 20443", "Our invoice no. 20443", "Re: order #20443", "INV-4711", "Customer number: 4711", "#20443",
    "Rechnung Nr. 2026/114", "Kundennummer 4711", "Facture n° 4711", "Número de pedido: 20443", "Numer faktury 4711",
    "Номер заказа 4711", "請求書番号4711",
]  # fmt: skip
OF_WHO_SIGNS = [
    "Customer Service +44 20 7946 0321", "Tel. 030 1234567", "10115 Berlin", "DE-10115 Berlin", "HRB 4711", "Suite 204",
    "VAT DE123456789", "Reg. No. 04711", "Account Manager", "Order department: 0800 1234", "Invoice department",
]  # fmt: skip


@pytest.mark.parametrize("above", ["Kind regards,\nAda", "--\nAda", "Sent from my iPhone"])
@pytest.mark.parametrize("line", OF_THE_MATTER)
def test_a_number_that_somebody_may_write_about_stays_where_it_stands_in_a_signature(line: str, above: str) -> None:
    mail = read(f"Please look again.\n\n{above}\n{line}\nBirchwood Studio\n")

    assert mail.said == f"Please look again.\n\n{line}"
    folded = "".join(mail.text[fold.start : fold.end] for fold in mail.folds)
    assert folded == f"{above}\nBirchwood Studio\n"


@pytest.mark.parametrize("line", OF_WHO_SIGNS)
def test_a_number_of_who_signs_is_folded_with_them(line: str) -> None:
    assert read(f"Please look again.\n\nKind regards,\nAda\n{line}\n").said == "Please look again."


def test_what_is_folded_is_kept_to_the_letter() -> None:
    for _, _, said, below in written():
        mail = read(f"{said}\n\n{below}\n")
        assert "".join(mail.text[fold.start : fold.end] for fold in mail.folds).strip() == below
