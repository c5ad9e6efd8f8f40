"""What a briefing says of German conversations: seventy-five of ours, each with what a reader would find in it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from briefs import ADA, assessment, briefed, conversation
from segue.app.demo import read
from segue.app.demo.seed import policy as written
from segue.domain.assessment import Urgency
from segue.domain.conversation import Author
from segue.policy.settings import load
from segue.policy.settings.topics import flags
from segue.policy.settings.written import starter_text
from segue.triage.denied import without_denied
from segue.triage.frustration import frustration, remembered
from segue.triage.phrasebook import phrases
from segue.triage.said import Said
from segue.triage.urgency import urgency
from segue.triage.wish import wish_for_person

LIST = Path(__file__).parents[1] / "lists" / "german.jsonl"
ROWS = [json.loads(line) for line in LIST.read_text("utf8").splitlines()]
WEDNESDAY = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
UPSET, TENSE = 0.6, 0.3
"""From the first on people take over where it lasts; what is calm stays below it."""


def told(row: dict[str, Any]) -> Any:
    return briefed(conversation(ADA, *row["said"]), assessment())


def last(row: dict[str, Any]) -> Said:
    return Said.of(row["said"][-1].partition(": ")[2])


def mood(row: dict[str, Any]) -> float:
    of, felt, earlier, reply = conversation(ADA, *row["said"]), [0.0], list[str](), ""
    for message in of.messages:
        if message.author is Author.CUSTOMER:
            now = frustration(Said.of(message.text), earlier, reply=reply)
            felt.append(remembered(felt, now.value))
            earlier.append(message.text)
        else:
            reply = message.text
    return felt[-1]


def test_most_german_conversations_say_what_is_wanted_in_the_words_that_ask_for_it() -> None:
    asked = [row for row in ROWS if row["wanted"]]

    missed = [row["said"][-1] for row in asked if row["wanted"] not in told(row).wanted.text]

    assert len(ROWS) >= 75
    assert len(missed) <= 2, missed


def test_what_a_german_customer_tried_is_told_and_nothing_else() -> None:
    missed, invented = [], []
    for row in ROWS:
        lines = [line.text for line in told(row).tried]
        missed += [step for step in row["tried"] if not any(step in line for line in lines)]
        invented += [] if row["tried"] or lines == ["Nothing yet."] else [lines]

    # "half" and "nicht" stand for our own English lines that it helped, or did not
    assert [step for step in missed if step not in ("half", "nicht")] == []
    assert invented == []


def test_what_a_german_customer_has_told_already_is_not_asked_for_again() -> None:
    named = [(fact, {one.value for one in told(row).facts}) for row in ROWS for fact in row["facts"]]

    missed = [fact for fact, values in named if not any(fact in value for value in values)]

    assert len(missed) <= 1, missed


def test_the_open_question_of_a_german_customer_is_found() -> None:
    asked = [row for row in ROWS if row["asked"]]

    missed = [row["asked"] for row in asked if row["asked"] not in getattr(told(row).open_question, "text", "")]

    assert missed == []


def test_a_german_wish_for_a_person_is_heard_and_none_is_invented() -> None:
    assert [row["said"] for row in ROWS if wish_for_person(last(row)).value != row["wish"]] == []


def test_german_words_say_how_urgent_it_is_as_english_ones_do() -> None:
    wrong = [
        (noticed.value.value, row["urgency"], row["said"][-1])
        for row in ROWS
        if (noticed := urgency(last(row), WEDNESDAY)).value is not Urgency(row["urgency"])
    ]

    assert wrong == []


def test_german_anger_is_heard_and_german_trouble_calmly_told_is_none() -> None:
    wrong = [
        (round(mood(row), 2), row["mood"], row["said"][-1])
        for row in ROWS
        if not {"calm": mood(row) < UPSET, "tense": mood(row) >= TENSE, "upset": mood(row) >= UPSET}[row["mood"]]
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "Entschuldigen Sie die Störung, ich habe eine Frage zur Rechnung.",
        "Bis heute habe ich keine Rechnung bekommen.",
        "Wie lösche ich ein Gerät?",
        "Was passiert, wenn unser Konto gehackt wird?",
        "Wir wurden nicht gehackt, ich frage nur wegen der Rollen.",
        "Falls der Server ausgefallen ist, was dann?",
        "Ich brauche das bis zum 5. Mai.",
        "Vielen Dank, bis morgen!",
        "Kann jemand von Ihnen in unserem Konto nachsehen, ob die Rolle stimmt?",
        "Fehler bei der Anmeldung: Passwort falsch.",
    ],
)
def test_what_is_denied_supposed_distant_or_ordinary_in_german_is_not_urgent(text: str) -> None:
    assert urgency(Said.of(text), WEDNESDAY).value is Urgency.NORMAL


DENIALS = [
    line.split("\t") for line in (LIST.parent / "german_denials.tsv").read_text("utf8").splitlines() if line.strip()
]


def test_what_a_german_customer_says_it_is_not_is_left_out() -> None:
    denied = [text for kind, text in DENIALS if kind == "other"]

    missed = [text for text in denied if not without_denied(Said.of(text)).left_out]

    assert len(denied) == 20
    assert len(missed) <= 1, missed


def test_a_german_not_that_is_the_matter_itself_is_read() -> None:
    itself = [text for kind, text in DENIALS if kind == "itself"]

    assert len(itself) >= 11
    assert [text for text in itself if without_denied(Said.of(text)).left_out] == []


SECURITY = [
    ("I found a hole in your login", Urgency.CRITICAL),
    ("There is a stranger in my account!", Urgency.CRITICAL),
    ("Somebody is logged in to our account right now", Urgency.CRITICAL),
    ("There's a session from Romania that isn't mine.", Urgency.HIGH),
    ("Ich habe eine Lücke in Ihrem Login gefunden", Urgency.CRITICAL),
    ("Ein Fremder ist in meinem Konto!", Urgency.CRITICAL),
    ("In unserem Konto hat sich jemand angemeldet, den wir nicht kennen", Urgency.HIGH),
    ("Dieser Login war nicht ich!", Urgency.HIGH),
    ("Ich habe eine verdächtige Anmeldung gesehen", Urgency.HIGH),
    ("Unser Konto wurde gehackt", Urgency.CRITICAL),
    ("Ich glaube, die Mail von Ihnen ist Phishing", Urgency.HIGH),
]


@pytest.mark.parametrize(("text", "level"), SECURITY)
def test_a_report_of_a_security_matter_is_urgent_and_goes_to_who_knows_it(text: str, level: Urgency) -> None:
    demo = load(written(read.company(date(2026, 3, 2))))

    met = [flag for flag in flags(text, demo.compiled_topics()) if flag.topic == "security"]

    assert met
    assert urgency(Said.of(text), WEDNESDAY).value is level
    assert "security" in demo.guardrails.always_human_topics
    assert demo.routing.topics["security"] == demo.cell("security", None, None).team == "technical"


def raises_nothing(text: str) -> None:
    assert flags(text, load(starter_text("balanced")).compiled_topics()) == ()
    assert urgency(Said.of(text), WEDNESDAY).value is Urgency.NORMAL


@pytest.mark.parametrize(
    "text",
    [
        "How do I log in to my account?",
        "Somebody invited me into our workspace",
        "Can I add a hole punch to my order?",
        "Kann jemand von Ihnen in unserem Konto nachsehen, ob die Rolle stimmt?",
        "Fehler bei der Anmeldung: Passwort falsch.",
        "Ich habe mich zweimal angemeldet.",
        "Wie schalte ich die Sicherheitsabfrage ein?",
    ],
)
def test_an_everyday_question_about_signing_in_is_no_security_report(text: str) -> None:
    raises_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Someone in our team needs a licence",
        "They are in my inbox, but unreadable",
        "a gap in the app between header and list",
        "jeder kann damit umgehen",
        "so that anyone can log in with an account",
        "Die Rechnung betrug 49 €",
        "Am Gerät brennt die rote Lampe",
        "Ich zahle monatlich, nicht jährlich",
        "a gap in your API docs",
        "seit ich das letzte Update habe",
        "Es reicht, wenn Sie morgen antworten",
        'Auf der Anzeige, "Punkte", steht 12',
        "Sind Sie Montag bis Freitag da?",
    ],
)
def test_ordinary_words_raise_nothing(text: str) -> None:
    raises_nothing(text)
    assert frustration(Said.of(text), []).value < TENSE
    assert {"fury", "strong", "leaving"}.isdisjoint(hit.group for hit in phrases("frustration").find(Said.of(text)))


def test_a_not_does_not_reach_over_a_line_break_or_a_dash() -> None:
    for text in ("Login geht nicht - dringend!", "Kann mich nicht einloggen\nDringend!"):
        assert urgency(Said.of(text), WEDNESDAY).value is Urgency.HIGH
    assert urgency(Said.of("Es ist nicht dringend"), WEDNESDAY).value is not Urgency.HIGH


@pytest.mark.parametrize("text", ["Das ist Betrug!", "Jeder kann Ihren Login umgehen", "a flaw in your login"])
def test_what_is_tightened_still_hears_the_report(text: str) -> None:
    assert urgency(Said.of(text), WEDNESDAY).value.rank >= Urgency.HIGH.rank


@pytest.mark.parametrize("text", ["Das ist ja das Letzte!", "Jetzt reicht es mir!", "Ich erstatte Anzeige"])
def test_what_is_tightened_still_hears_the_anger(text: str) -> None:
    assert list(phrases("frustration").find(Said.of(text)))
