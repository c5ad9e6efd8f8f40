"""How much was tried on each parser of what strangers write: the properties of test_parsers and test_mail_reading,
drawn anew and ten times as often as each time all tests are run, and so many times more as `--fuzz` says.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

import fuzzing
from fuzzing import Counting
from rooms import test_mail_reading as mails
from rooms import test_parsers as others

EACH = 2_000
PARSERS: dict[str, list[Callable[..., None]]] = {
    "mail": [
        mails.test_no_bytes_make_it_raise, mails.test_no_mangled_mail_makes_it_raise,
        mails.test_folds_never_overlap_and_lose_nothing, others.test_headers_of_any_kind_are_read,
    ],
    "HTML": [
        mails.test_no_html_keeps_a_script,
        others.test_html_of_any_kind_is_read_and_what_is_shown_stays_shown_when_it_is_made_safe_again,
    ],
    "JWT": [
        others.test_an_identity_that_was_touched_is_nobodys, others.test_nonsense_is_no_identity,
        others.test_no_header_talks_us_into_believing_an_unsigned_identity,
        others.test_whatever_is_signed_is_an_identity_or_is_refused,
    ],
    "reply token": [
        others.test_a_reply_address_that_was_touched_leads_nowhere,
        others.test_a_message_id_that_was_touched_names_no_message,
        others.test_what_stands_around_a_key_changes_nothing,
    ],
}  # fmt: skip


def test_no_property_of_a_parser_is_left_out() -> None:
    named = {one.__name__ for some in PARSERS.values() for one in some}
    there = {one.__name__ for room in (mails, others) for one in vars(room).values() if hasattr(one, "hypothesis")}

    assert named == there


@pytest.mark.parametrize("parser", PARSERS)
def test_what_a_parser_failed_on_once_is_played_in_every_run(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of examples are drawn of each property where it stands; here are only those that were kept."""
    for one in PARSERS[parser]:
        as_made = one._hypothesis_internal_use_settings  # type: ignore[attr-defined]
        monkeypatch.setattr(one, "_hypothesis_internal_use_settings", as_made)  # and put back at the end
        fuzzing.play_again(one.__name__, as_made, lambda how, one=one: fuzzing.played(one, how))  # type: ignore[misc]


@pytest.mark.long
@pytest.mark.parametrize("parser", PARSERS)
def test_whatever_is_drawn_a_parser_answers_and_believes_only_the_real_one(
    parser: str, monkeypatch: pytest.MonkeyPatch, times: int, counting: Counting
) -> None:
    tried, each = Counter[str](), EACH * times
    for one in PARSERS[parser]:
        inner: Callable[..., None] = one.hypothesis.inner_test  # type: ignore[attr-defined]

        @functools.wraps(inner)
        def counted(*given: Any, inner: Callable[..., None] = inner, **named: Any) -> None:
            tried[parser] += 1
            inner(*given, **named)

        often = settings(one._hypothesis_internal_use_settings, max_examples=each, derandomize=False, database=None)  # type: ignore[attr-defined]
        monkeypatch.setattr(one, "_hypothesis_internal_use_settings", often)  # and put back at the end
        monkeypatch.setattr(one.hypothesis, "inner_test", counted)  # type: ignore[attr-defined]
        fuzzing.play(one.__name__, often, lambda how, one=one: fuzzing.played(one, how))  # type: ignore[misc]
    counting(f"{parser}, {len(PARSERS[parser])} properties", tried[parser])

    assert tried[parser] >= each * len(PARSERS[parser]) * 0.9
