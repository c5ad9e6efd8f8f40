"""What words alone tell: urgency, frustration, complexity, topics, manners and the language they are in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.growth import reads_on

from segue.domain.assessment import Complexity, Urgency
from segue.knowledge.encoder import StandIn
from segue.triage.complexity import Around, complexity
from segue.triage.courtesy import is_closing, is_greeting, is_settled
from segue.triage.frustration import frustration, remembered
from segue.triage.language import language
from segue.triage.phrasebook import Phrases, book, listed, phrases
from segue.triage.said import Said
from segue.triage.tone import Tone, fit_tone
from segue.triage.topics import Topics, needed
from segue.triage.urgency import urgency
from segue.triage.wish import wish_for_person

WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


# phrases


def test_a_phrase_that_does_not_begin_with_a_word_is_refused_by_name():
    with pytest.raises(ValueError, match="does not begin with a plain word"):
        Phrases({"loud": r"(very )?loud"})


def test_quoted_words_are_the_customers_own_with_curly_quotes_and_capitals():
    hits = list(Phrases({"denied": "isn't {few}fair"}).find(Said.of("It ISN’T  really\nFair!")))

    assert [hit.words for hit in hits] == ["ISN’T really Fair"]


def test_letters_that_grow_in_lower_case_move_no_place():
    said = Said.of("İİİ This is RIDICULOUS")

    assert len(said.plain) == len(said.raw)
    assert frustration(said).words == ("RIDICULOUS",)


@pytest.mark.parametrize("name", ["urgency", "wish", "frustration", "complexity", "courtesy", "unsolved", "standing"])
def test_every_line_of_every_phrase_book_is_a_pattern(name):
    found = phrases(name)

    assert all(found.pattern(head) for head in found.heads)
    assert phrases(name) is found


def test_every_group_has_its_weight_and_every_kind_its_words():
    assert book("frustration")["groups"].keys() <= book("frustration")["weights"].keys()
    assert book("urgency")["groups"].keys() == book("urgency")["levels"].keys()
    assert book("complexity")["points"].keys() == book("complexity")["said"].keys()


# urgency


@pytest.mark.parametrize(
    ("text", "level", "words"),
    [
        ("Production is down, please hurry", Urgency.CRITICAL, "Production is down"),
        ("None of our agents can log in", Urgency.CRITICAL, "None of our agents can"),
        ("200 of our agents are locked out", Urgency.CRITICAL, "of our agents are locked out"),
        ("We are losing $500 an hour", Urgency.CRITICAL, "losing $500 an hour"),
        ("Someone is withdrawing money from my account", Urgency.CRITICAL, "Someone is withdrawing money"),
        ("We have been hacked", Urgency.CRITICAL, "We have been hacked"),
        ("Your API returns 503 errors", Urgency.HIGH, "503 errors"),
        ("My card was stolen yesterday", Urgency.HIGH, "My card was stolen"),
        ("Our demo is in 20 minutes", Urgency.HIGH, "demo is in 20 minutes"),
        ("I am flying tomorrow morning", Urgency.HIGH, "flying tomorrow morning"),
        ("I need this by Friday", Urgency.HIGH, "by Friday"),
        ("It is due 2026-03-05", Urgency.HIGH, "due 2026-03-05"),
        ("Can you fix it before March 5th?", Urgency.HIGH, "before March 5th"),
        ("Please help ASAP", Urgency.HIGH, "ASAP"),
        ("Somebody from Romania logged into my account last night", Urgency.HIGH,
         "Somebody from Romania logged into my account"),
        ("They signed in to our company account but it wasn't us", Urgency.HIGH,
         "signed in to our company account but it wasn't us"),
        ("No rush, whenever you have time", Urgency.LOW, "No rush"),
        ("This is not urgent", Urgency.LOW, "not urgent"),
    ],
)  # fmt: skip
def test_urgency_shows_the_words_that_raised_or_lowered_it(text, level, words):
    noticed = urgency(Said.of(text), WEDNESDAY)

    assert noticed.value is level
    assert words in noticed.words


@pytest.mark.parametrize(
    "text",
    [
        "How do I change my address?",
        "What happens if my card gets stolen?",
        "The server isn't down",
        "I have not been hacked",
        "I logged into my account and the invoice wasn't there",
        "I need this by Monday",
        "The report is due 2026-05-05",
        "How do I see invoices from before 31 February?",
        "I am very angry about the colour of the button!!!",
    ],
)
def test_denied_supposed_distant_and_merely_angry_is_not_urgent(text):
    assert urgency(Said.of(text), WEDNESDAY).value is Urgency.NORMAL


@pytest.mark.parametrize(
    ("text", "day", "level"),
    [
        ("I need this by January 1st", "2026-12-30", Urgency.HIGH),
        ("It is due on the 1st of January", "2026-12-31", Urgency.HIGH),
        ("Ich brauche es bis 1. Januar", "2026-12-30", Urgency.HIGH),
        ("Das brauche ich spätestens am 01.01.", "2026-12-30", Urgency.HIGH),
        ("It was due March 3rd", "2026-03-04", Urgency.NORMAL),
        ("I need this by February 29th", "2027-12-30", Urgency.NORMAL),
        ("I need this by February 29th", "2028-02-28", Urgency.HIGH),
    ],
)
def test_a_day_without_a_year_is_the_next_one_of_that_name(text, day, level):
    assert urgency(Said.of(text), datetime.fromisoformat(f"{day}T09:00Z")).value is level


def test_days_are_those_of_the_zone_in_which_people_work():
    thursday = datetime(2026, 3, 5, 20, tzinfo=ZoneInfo("America/New_York"))

    assert urgency(Said.of("I need this by Thursday"), thursday).value is Urgency.HIGH
    assert urgency(Said.of("I need this by Thursday"), thursday.astimezone(UTC)).value is Urgency.NORMAL


def test_no_rush_does_not_lower_a_fact():
    assert urgency(Said.of("No rush, but our shop is down"), WEDNESDAY).value is Urgency.HIGH


# frustration


@pytest.mark.parametrize(
    "text",
    [
        "This is ridiculous!!! I am furious.",
        "WHAT A JOKE. For the third time: this does NOT work!!",
        "You people are useless, I have explained this five times already",
        "Oh great, another error. Thanks for nothing.",
        "what the hell is going on, nobody ever answers",
        "I am sick of this bullshit",
        "Still nothing. I've had it with your lies.",
        "Wollen Sie mich eigentlich verarschen?",
    ],
)
def test_who_has_had_enough_is_heard_without_any_head(text):
    noticed = frustration(Said.of(text))

    assert noticed.value > 0.8
    assert noticed.words


@pytest.mark.parametrize(
    "text",
    [
        "My card was stolen, please block it.",
        "I have had it with the old version as well, so it is not my browser.",
        "My father died and I need to close his account.",
        "Production is down, please call us.",
        "I was charged twice for the same order.",
        "Thank you, that was not a bad experience at all.",
        "I AM IN THE UK, DO YOU SUPPORT SEPA?",
        "The merchant refuses to refund me, what can I do?",
    ],
)
def test_bad_news_calmly_told_is_no_frustration(text):
    assert frustration(Said.of(text)).value < 0.4


def test_saying_the_same_again_raises_it():
    said = Said.of("The export of the March report fails")

    once = frustration(said).value
    again = frustration(said, ["the export of the march report fails!"]).value

    assert again > once


def test_thanks_lower_it():
    assert (
        frustration(Said.of("It is still not working, thanks")).value
        < frustration(Said.of("It is still not working")).value
    )


def test_memory_keeps_six_tenths_and_takes_the_higher():
    assert remembered((), 0.3) == 0.3
    assert remembered((0.2, 0.9), 0.1) == pytest.approx(0.54)
    assert remembered((0.9,), 0.7) == 0.7


def test_the_tone_head_is_fitted_on_our_lines_and_survives_as_bytes():
    tone = fit_tone(StandIn())
    again = Tone.from_bytes(tone.to_bytes())
    said = Said.of("This is unacceptable, I have been waiting for weeks!")
    vector = StandIn().encode([said.raw])[0]

    assert again.version == tone.version
    assert again.mood.log_odds(vector) == tone.mood.log_odds(vector)
    assert again.wished(said, vector) == tone.wished(said, vector) < 0


@pytest.mark.parametrize(("yes", "no"), [("frustrated", "calm"), ("wishes", "mentions")])
def test_the_lines_a_head_is_fitted_on_are_many_and_shared_by_none(yes, no):
    lines, others = set(listed(yes)), set(listed(no))

    assert min(len(lines), len(others)) >= 150
    assert not lines & others


# complexity


LETTER = """
I am writing to file a complaint about my account. On 3 March 2025 I called customer service and spoke to a
representative, who told me that the fee would be refunded within ten days. After two weeks nothing had happened, so I
called again and was transferred to a supervisor who said that she could not see any note. Then I received a letter
stating that the account had been closed, even though the branch manager had assured my husband that it was still open.
I disputed the charge of $240.00 on 21 March 2025 and sent the documents twice, but the claim was denied without any
explanation. Meanwhile the charge was reported to the credit bureau. I request that the fee is refunded and my credit
report corrected.
"""


def test_a_letter_of_complaint_is_complex_and_says_why():
    tier, drivers = complexity(Said.of(LETTER), Around(facts=4))

    assert tier.value is Complexity.HIGH
    assert "several parties involved" in drivers or "a story with a past" in drivers


@pytest.mark.parametrize("text", ["How do I top up?", "My card was declined at the shop today, can you tell me why?"])
def test_an_everyday_question_is_simple_and_has_no_drivers(text):
    tier, drivers = complexity(Said.of(text), Around())

    assert tier.value is Complexity.SIMPLE
    assert drivers == ()


def test_several_matters_turns_and_an_unclear_meaning_add_up():
    said = Said.of(
        "Also the invoice is wrong. Another thing: how do I add a seat? And can I pay by card? What about VAT?"
    )

    alone, _ = complexity(said, Around())
    after_turns, drivers = complexity(said, Around(turns=6, likely=(0.3, 0.28, 0.25), entropy=2.4, novelty=0.98))

    assert alone.value is not Complexity.SIMPLE
    assert after_turns.value is Complexity.HIGH
    assert "many turns already" in drivers


# topics


@dataclass(frozen=True)
class Rule:
    topic: str
    rule: str
    pattern: re.Pattern[str]


def test_a_topic_is_flagged_with_rule_and_words():
    topics = Topics([Rule("legal", "names a lawyer", re.compile(r"\b(lawyer|attorney)s?\b", re.IGNORECASE))])

    flags = topics.flags(Said.of("My LAWYER and her attorneys will write to you."))

    assert [(f.topic, f.rule, f.words) for f in flags] == [("legal", "names a lawyer", ("LAWYER", "attorneys"))]
    assert topics.flags(Said.of("My liar of a dog")) == ()


@pytest.mark.parametrize("pattern", [r"a?b*", r".", r"(x|lawyer)", r"[ab]cd?"])
def test_a_pattern_that_can_do_without_letters_is_always_searched(pattern):
    assert needed(re.compile(pattern)) == ()


# manners


@pytest.mark.parametrize(
    "text",
    [
        "hi",
        "Hello Mira",
        "Good morning, I have a question",
        "hey, can you help me?",
        "Guten Tag",
        "Hi, how are you?",
    ]
)  # fmt: skip
def test_a_greeting_without_a_matter_is_only_a_greeting(text):
    assert is_greeting(Said.of(text))
    assert not is_closing(Said.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thank you, that solved it!",
        "Super, danke, hat geklappt",
        "Vielen Dank für Ihre schnelle Hilfe",
        "Alles klar, es funktioniert jetzt wieder",
        "ok great, bye",
        "No, that's all. Have a nice day",
        "it works now, cheers",
        "Danke schön",
    ],
)  # fmt: skip
def test_thanks_and_goodbye_close(text):
    assert is_closing(Said.of(text))
    assert not is_greeting(Said.of(text))


@pytest.mark.parametrize(
    "text", ["thanks", "It works now, cheers", "no, that's all, thank you", "Super, hat funktioniert, danke"]
)
def test_thanks_and_good_news_settle(text):
    assert is_settled(Said.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "ok, bye",
        "Never mind.",
        "bye",
        "no, that's all",
        "hat sich erledigt",
        "still broken",
        "Never mind, thanks",
        "hat sich erledigt, danke",
    ],
)
def test_a_goodbye_settles_nothing(text):
    assert not is_settled(Said.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "thanks but it still fails",
        "Hilfe, danke",
        "Danke, die Antwort",
        "Thank you, but where is my refund?",
        "hi my card is stolen",
        "thanks for nothing",
        "it works now but the invoice is wrong",
        "great, another error",
        "can you help me activate my card",
        "yes",
        "no",
        "the problem is not solved thanks",
        "that's not all",
        "",
    ],
)
def test_manners_with_a_matter_are_neither(text):
    assert not is_greeting(Said.of(text))
    assert not is_closing(Said.of(text))


# language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ich brauche Hilfe mit meiner Rechnung", "de"),
        ("Bonjour, ma carte ne marche pas", "fr"),
        ("hola necesito ayuda con mi tarjeta", "es"),
        ("我的卡丢了", "zh"),
        ("Do I get an actual card?", "en"),
        ("ok", "en"),
        ("4711", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_told_where_there_is_enough_to_go_by(text, code):
    assert language(Said.of(text)).value == code


def test_in_doubt_it_is_the_language_of_the_workspace():
    assert language(Said.of("ok"), default="de").value == "de"


def test_the_language_model_never_reaches_for_the_network(monkeypatch):
    import socket

    def refuse(*_args, **_kwargs):
        raise AssertionError("somebody reached for the network")

    monkeypatch.setattr(socket, "socket", refuse)

    assert language(Said.of("Ich kann mich seit gestern nicht mehr anmelden")).value == "de"


# cost


def _noticed(said: Said) -> None:
    for notice in (frustration, wish_for_person, is_greeting, is_closing, language):
        notice(said)
    urgency(said, WEDNESDAY)
    complexity(said, Around())


@pytest.mark.parametrize(
    "text",
    [
        "still not working ",
        "!",
        "1 ",
        "(",
        "\n",
        "speak to a real ",
        "not ",
        "x@",
        "by the end of the ",
        "i would like to ",
        "İ",
        "£",
    ],
)  # fmt: skip
def test_a_long_message_of_anything_is_read_once_and_not_from_every_character_again(text):
    assert reads_on(lambda message: _noticed(Said.of(message)), text)
