"""A step the customer has taken is never the next step: the next one is, or a person's own judgement."""

from __future__ import annotations

from datetime import date

import pytest

from briefs import ADA, briefed, conversation, solved
from segue.app.demo import read
from segue.desk.untried import untried

RENEW = "Look at the badge. Yellow means the consent has ended: click **Renew consent**, then **Fetch missing days**."
ERNEUERN = (
    "Gelb heißt, die Zustimmung der Bank ist abgelaufen: Erneuern Sie die Zustimmung und laden Sie fehlende Tage."
)
OUTAGE = "I've reported the outage to the bank."
OWN_CASE = "What usually solves this was already tried here: look into the customer's own case."


@pytest.mark.parametrize(
    ("answer", "reply", "asked_again", "next_one"),
    [
        (RENEW, "I did that already, twice. It still shows Monday.",
         "Renewed the consent for Rabobank and fetched missing days.", OUTAGE),
        (RENEW, "Did that already. Still Monday!", "Please renew the consent and fetch the missing days.", OUTAGE),
        (RENEW, "That did not help.", "Renew the consent, fetch the missing days.", OUTAGE),
        (ERNEUERN, "Das habe ich schon zweimal gemacht. Es zeigt immer noch Montag.",
         "Bitte erneuern Sie die Zustimmung der Bank und laden Sie fehlende Tage.", OUTAGE),
        (ERNEUERN, "Hab ich längst gemacht, klappt trotzdem nicht.",
         "Zustimmung der Bank erneuern, fehlende Tage laden.", OUTAGE),
    ],
)  # fmt: skip
def test_who_did_already_what_we_said_is_not_told_it_again(answer, reply, asked_again, next_one):
    of = conversation(ADA, "customer: The feed stands still.", f"assistant: {answer}", f"customer: {reply}")
    again = [solved(asked_again, number=n) for n in (1, 2, 3)]

    with_more = briefed(of, similar=[*again, solved(next_one, number=4)]).next_step
    without = briefed(of, similar=again).next_step

    assert (with_more.text, with_more.solved_so, with_more.of) == (next_one, 1, 4)
    assert (without.text, without.solved_so) == (OWN_CASE, 0)


def test_what_the_demos_article_says_twice_done_is_not_proposed_by_what_solved_other_cases():
    feed = next(a for a in read.company(date(2026, 3, 2)).articles if a.slug == "bank-feed-not-updating")
    notes = (
        "Renewed the consent for Rabobank and fetched missing days since 3 March.",
        "Ticked the account again after the renewal.",
        "Outage at Rabobank; missing days fetched afterwards.",
    )
    torben = conversation(
        ADA, "customer: The bank feed has not updated since Monday.", f"assistant: {feed.body}",
        "customer: I did that already, twice. It still shows Monday. This is useless!",
    )  # fmt: skip

    briefing = briefed(torben, similar=[solved(note, number=n) for n, note in enumerate(notes)])

    assert briefing.next_step.text == notes[2]
    assert briefing.tried[-1].text == "The customer says: “I did that already, twice.”"


@pytest.mark.parametrize(
    ("said", "solution", "left"),
    [
        ("I cleared the browser cache.", "Clear the cache of your browser. Then sign out and in again.",
         "Then sign out and in again."),
        ("I restarted the app.", "Restart the app.", ""),
        ("Ich habe den Cache geleert.", "Leeren Sie den Cache. Melden Sie sich dann ab und wieder an.",
         "Melden Sie sich dann ab und wieder an."),
        ("Das Gerät habe ich zweimal neu gestartet.", "Starten Sie das Gerät neu.", ""),
    ],
)  # fmt: skip
def test_of_a_solution_the_steps_are_proposed_that_were_not_taken(said, solution, left):
    of = conversation(ADA, f"customer: Nothing loads. {said}")

    step = briefed(of, similar=[solved(solution)]).next_step

    assert step.text == (left or OWN_CASE)


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (RENEW, "I have not done that yet, where is the badge?"),
        (RENEW, "Did that help others?"),
        (ERNEUERN, "Das habe ich noch nicht gemacht, wo steht das?"),
        (RENEW, "Thanks, I will look."),
    ],
)
def test_what_was_not_done_yet_may_still_be_the_next_step(answer, reply):
    of = conversation(ADA, "customer: The feed stands still.", f"assistant: {answer}", f"customer: {reply}")
    step = "Renew the consent, fetch the days." if answer is RENEW else "Erneuern Sie die Zustimmung der Bank."

    assert briefed(of, similar=[solved(step)]).next_step.text == step


def test_another_thing_that_was_reset_is_another_step():
    assert untried("Reset the password.", ["I reset the router."]) == "Reset the password."
