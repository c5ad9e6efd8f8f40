"""What the customer reads when a conversation changes hands."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.desk import notice
from segue.desk.notice import Wait
from segue.domain.conversation import Author, Channel, Conversation, Handler, Message, Status
from segue.domain.people import Contact

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=BERLIN)  # a Monday
GRACE = Contact("con_grace", "Grace Hopper", "grace@hopper.example", "acc_hopper", is_verified=True)
EVE = Contact("con_eve", "", "eve@elsewhere.example")
GRACES = Conversation(
    "cnv_1", 41, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOW, GRACE, None,
    (Message(1, Author.CUSTOMER, "Why is my invoice higher?", NOW),),
)  # fmt: skip

CLAIMS = re.compile(
    r"\b(?:have|has|had|was|were|been|I|we) (?:\w+ )?(?:refunded|credited|cancel\w+|deleted|removed|reset|sent|updated"
    r"|fixed|changed|charged|upgraded|corrected|contacted|e-?mailed|called|checked|investigated|solved|approved)\b",
    re.I,
)


def told(due=None, opens=NOW, now=NOW, team="Billing", of=GRACES, wanted=""):
    return notice.handed_over(of, team, Wait(due, opens, BERLIN), wanted, now)


def test_grace_hears_who_is_next_and_when_and_that_she_need_not_repeat_anything():
    assert told(NOW + timedelta(hours=2), wanted="Why is my invoice higher?") == (
        "Our Billing team is next in this conversation. You will have an answer by 12:00 CET. "
        "You don't need to repeat anything: the whole conversation is in front of them. "
        "We understood: “Why is my invoice higher?” If that is not it, just write what is missing."
    )


def test_what_is_quoted_without_an_end_gets_one_for_another_sentence_follows():
    assert "We understood: “My export fails.” If that" in told(wanted="My export fails")
    assert "We understood: “My export fails!” If that" in told(wanted="My export fails!")


def test_a_team_that_is_there_needs_no_opening():
    assert told(NOW + timedelta(hours=2), opens=None) == told(NOW + timedelta(hours=2), opens=NOW)


def test_at_night_she_hears_when_the_team_is_back():
    night = NOW.replace(hour=22)
    opens = NOW.replace(day=3, hour=9)

    said = told(opens + timedelta(hours=1), opens, night)

    assert said.startswith("Our Billing team is back tomorrow at 09:00 and will answer by 10:00 CET.")


def test_before_a_weekend_the_days_are_named():
    friday = NOW.replace(day=6, hour=19)
    opens = NOW.replace(day=9, hour=9)

    assert "is back on Monday at 09:00 and will answer by 10:00 CET on Tuesday." in told(
        opens + timedelta(hours=25), opens, friday
    )


def test_a_time_far_off_is_a_date():
    assert "by 10:00 CET on 16 March." in told(NOW + timedelta(days=14))


def test_a_promise_across_the_change_of_clocks_is_said_in_the_new_time():
    saturday = datetime(2026, 3, 28, 20, 0, tzinfo=BERLIN)

    assert "by 09:30 CEST on Monday." in told(datetime(2026, 3, 30, 7, 30, tzinfo=UTC), saturday, saturday)


def test_somebody_on_call_answers_before_the_team_is_back():
    said = told(NOW + timedelta(minutes=30), NOW + timedelta(hours=10))

    assert said.startswith("Our Billing team is next in this conversation. You will have an answer by 10:30 CET.")


def test_without_a_promise_no_time_is_invented():
    assert "You will have an answer as soon as possible." in told()
    closed = told(opens=NOW.replace(day=3, hour=9))
    assert closed.startswith("Our Billing team is back tomorrow at 09:00 CET and will answer as soon as possible.")


def test_a_promise_already_broken_is_owned_and_not_repeated():
    said = told(NOW - timedelta(minutes=1))

    assert "We are later than we wanted to be" in said
    assert "09:59" not in said


@pytest.mark.parametrize(
    ("team", "called"), [("Billing", "Our Billing team"), ("Support Team", "Our Support Team"), ("", "Our team")]
)
def test_a_team_is_called_by_its_name(team, called):
    assert told(team=team).startswith(f"{called} is next")


def test_an_automatic_mail_to_an_unproven_address_carries_none_of_its_words():
    eves = replace(GRACES, channel=Channel.EMAIL, contact=EVE)

    assert "buy pills" not in told(of=eves, wanted="buy pills at pills.example")
    assert "Why is it higher?" in told(of=replace(GRACES, channel=Channel.EMAIL), wanted="Why is it higher?")


def test_a_failure_says_so_and_then_the_same():
    said = notice.could_not_consider(GRACES, "Billing", Wait(None, NOW, BERLIN), "", NOW)

    assert said.startswith("The assistant could not work on your message in time, so it goes to a person. Our Billing")


def test_mira_is_named_when_she_joins():
    assert notice.taken_over("Mira") == "Mira has joined and will answer you from here."
    assert "Mira (Billing)" in notice.taken_over("Mira", "Billing")


def test_a_zone_without_a_name_is_said_as_its_distance():
    sao_paulo = ZoneInfo("America/Sao_Paulo")

    assert notice.moment(NOW, NOW, sao_paulo) == "today at 06:00 UTC-03"
    assert notice.moment(NOW, NOW, ZoneInfo("Asia/Kathmandu")) == "today at 14:45 UTC+05:45"


@pytest.mark.parametrize("sentence", notice.SENTENCES.values())
def test_no_sentence_claims_an_action(sentence):
    """R13: a text never claims an action that did not run, and no action stands behind a notice."""
    assert not CLAIMS.search(sentence)


@given(
    due=st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=400)),
    opens=st.timedeltas(timedelta(), timedelta(days=20)),
    team=st.sampled_from(["Billing", "Platform team", ""]),
)
def test_no_notice_claims_an_action_and_each_says_who_and_when(due, opens, team):
    said = told(NOW + due if due is not None else None, NOW + opens, team=team)

    assert not CLAIMS.search(said)
    assert said.startswith("Our ")
    assert "answer" in said
    assert "{" not in said
    assert said == told(NOW + due if due is not None else None, NOW + opens, team=team)


def test_the_check_for_claims_would_catch_one():
    assert CLAIMS.search("I have refunded you.")
    assert CLAIMS.search("Your plan was cancelled.")


def test_the_customers_words_stay_in_their_quotes():
    said = told(wanted="a” We have refunded you. “b {team}")

    assert "“a' We have refunded you. 'b {team}.”" in said
