"""What comes twice because its answer was lost: it is one deed, about what it was about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from segue.domain.errors import Conflict
from segue.domain.files import FileRefused
from segue.domain.mail import Attachment
from segue.domain.people import Agent
from segue.domain.turn import Commit
from segue.store.attachments import Attachments
from segue.store.database import Database
from segue.store.desk import AgentReply, Desk
from segue.store.inbox import Arrival, Inbox
from segue.store.outcomes import Outcomes
from segue.store.waiting_replies import WaitingReplies
from segue.store.workspace import Workspace
from turns import answered, handed_over

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def inbox(db: Database) -> Inbox:
    workspace = Workspace(db)
    workspace.apply_policy("name: test", "lena", "first", NOW)
    workspace.put_agent(Agent("agt_mira", "Mira", "mira@x.example", "agent"), NOW)
    return Inbox(db, "here")


def writes(inbox: Inbox, now: datetime, conversation: str | None = None, client_id: str = "") -> tuple[str, int]:
    arrival = Arrival(
        "Why is my invoice higher?", conversation_id=conversation, external_id="ada", is_verified=True,
        client_id=client_id or None,
    )  # fmt: skip
    taken = inbox.accept(arrival, now)
    return taken.conversation_id, taken.seq


def the_assistant_answers(inbox: Inbox, now: datetime) -> None:
    inbox.commit([Commit(inbox.claim(now)[0], answered(), "Because of the new seat.")], now)


def denied(inbox: Inbox) -> list[int]:
    return [row.seq for row in inbox.db.all("select seq from outcomes where source = 'customer_denied' order by seq")]


def test_a_no_to_what_silence_had_closed_is_about_the_answer_it_stood_under(inbox: Inbox) -> None:
    conversation, _ = writes(inbox, NOW)
    the_assistant_answers(inbox, NOW)
    later = NOW + timedelta(days=5)
    Desk(inbox.db).fall_silent(later - timedelta(days=3), later)

    outcomes = Outcomes(inbox.db)

    _, said = writes(inbox, later, conversation, "no")
    outcomes.feedback(conversation, False, later, said)
    the_assistant_answers(inbox, later)
    assert writes(inbox, later, conversation, "no") == (conversation, said)
    outcomes.feedback(conversation, False, later, said)

    assert inbox.db.one("select episode from conversations").episode == 2
    assert denied(inbox) == [1]


def test_a_no_before_the_assistant_answered_in_this_episode_is_about_nothing(inbox: Inbox) -> None:
    conversation, _ = writes(inbox, NOW)
    the_assistant_answers(inbox, NOW)
    later = NOW + timedelta(days=5)
    Desk(inbox.db).fall_silent(later - timedelta(days=3), later)
    writes(inbox, later, conversation)
    lease = inbox.claim(later)[0]
    inbox.commit([handed_over(lease, later + timedelta(hours=1))], later)

    _, said = writes(inbox, later, conversation, "no")
    with pytest.raises(Conflict):
        Outcomes(inbox.db).feedback(conversation, False, later, said)

    assert denied(inbox) == []


def test_a_file_of_a_reply_that_waits_goes_with_no_other_and_with_the_same_again(inbox: Inbox) -> None:
    conversation, _ = writes(inbox, NOW)
    inbox.commit([handed_over(inbox.claim(NOW)[0], NOW + timedelta(hours=1))], NOW)
    files, waiting, desk = Attachments(inbox.db), WaitingReplies(inbox.db), Desk(inbox.db)
    file = files.keep(Attachment("a.txt", "text/plain", b"hello"), "agt_mira", NOW, 9, conversation, "reply").id
    soon = NOW + timedelta(seconds=10)
    waiting.put(AgentReply(conversation, "agt_mira", "With a file", 9, "c1", [file]), soon, NOW)

    with pytest.raises(FileRefused):
        files.mine([file], "agt_mira", "c2", conversation, "reply")
    assert files.mine([file], "agt_mira", "c1", conversation, "reply")
    desk.reply(waiting.due(soon + timedelta(seconds=1))[0].reply, soon)
    assert files.mine([file], "agt_mira", "c1", conversation, "reply"), "only its answer was lost"
