"""A mail that makes the child do what it likes: the child is ended at its limit, the parent says by what, and the mail
is read all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from mail.writing import mail
from segue.integrations.mail import jail
from segue.integrations.mail.jail import Reader

SAID = "Why is my invoice higher this month?"


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[Reader]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jail, "CHILD", "mail.misbehaving")
        made = Reader(seconds=60.0)  # so that it is the child's limits that end it, not the parent's clock
        yield made
        made.close()


@pytest.mark.parametrize(
    ("limit", "by"), [("memory", "exit 1"), ("computing", "signal 24"), ("files", "exit 1"), ("writing", "exit 1")]
)
def test_who_goes_beyond_a_limit_is_ended_and_the_mail_is_read_more_plainly(
    misbehaving: Reader, limit: str, by: str
) -> None:
    with capture_logs() as told:
        found = misbehaving.read(mail(SAID, subject=limit))

    assert [(line["event"], line["by"], line["is_plain"]) for line in told] == [("mail.reader_ended", by, False)]
    assert found.is_whole
    assert found.mail.said == SAID
    assert SAID not in str(told)


def test_what_ends_the_child_each_time_is_looked_at_by_a_person_and_the_next_mail_is_read(misbehaving: Reader) -> None:
    with capture_logs() as told:
        found = misbehaving.read(mail(SAID, subject="memory always"))

    assert [line["is_plain"] for line in told] == [False, True]
    assert not found.is_whole
    assert found.mail.text == SAID
    assert found.mail.sender is not None
    assert misbehaving.read(mail(SAID)).is_whole
