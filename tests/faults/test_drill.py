"""The drill's own gate: each scene holds in the house as it is, and turns red with a bug planted in its line of trust.

(The storm, with processes, is test_kills.py and, whole, `segue drill`; what it makes of what it saw, test_storm.py.)
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from faults.bugs import plant
from segue.app.drill import jumping, lines, post, postal, races, scenes, tracking, turns
from segue.app.drill.fence import NotPermitted
from segue.app.drill.scenes import Scene
from segue.app.drill.tally import LINES, Tally

SEED = 7
SCENES: list[tuple[Scene, int, set[str]]] = [
    (scenes.failures, 16, {"R2"}), (scenes.takeovers, 40, {"R5"}), (races.races, 200, {"R5"}),
    (scenes.zombies, 8, {"R3"}),
    (scenes.clocks, 6, {"R6"}), (scenes.poison, 3, {"R7"}), (scenes.prose, 12, {"R13"}), (scenes.mirror, 60, {"R11"}),
    (lines.sick_line, 12, {"R1", "R4", "R10"}),
    (turns.sick_turns, 3, {"R1", "R3", "R4"}), (post.mails, 14, {"R9"}), (post.sick_line, 5, {"R9"}),
    (lines.backup, 30, {"R12"}), (jumping.jumps, 60, {"R6"}), (postal.sick_mailbox, 12, {"R9"}),
    (postal.sick_server, 8, {"R3"}), (tracking.issues, 8, {"R8"}), (lines.cut_line, 18, {"R1", "R4", "R10"}),
]  # fmt: skip
"""Each with how much of it, and the lines it tries."""
RED: list[tuple[str, Scene, int, tuple[str, ...]]] = [
    ("R1", lines.sick_line, 12, ("never_commits",)),
    ("R2", scenes.failures, 16, ("failed_turns_are_not_tried_again",)),
    ("R3", scenes.zombies, 8, ("commits_ignore_the_token", "any number of replies")),
    ("R4", lines.sick_line, 12, ("repeats_are_new_messages",)),
    ("R4", turns.sick_turns, 2, ("mails_wait_for_none_before_them", "replies_wait_for_none_before_them")),
    ("R5", scenes.takeovers, 40, ("taking_over_keeps_the_token",)),
    ("R5", races.races, 40, ("taking_over_keeps_the_token",)),
    ("R5", races.races, 40, ("the_token_is_compared_before_the_row_is_held",)),
    ("R6", scenes.clocks, 6, ("breaches_are_told_again",)),
    ("R3", postal.sick_server, 8, ("every_try_is_a_mail_of_its_own",)),
    ("R6", jumping.jumps, 60, ("clocks_are_not_put_right",)),
    ("R9", postal.sick_mailbox, 12, ("a_place_is_kept_before_its_mail",)),
    ("R7", scenes.poison, 3, ("a_fig_leaf_is_a_second_agent", "one_agent_counts_for_any_number")),
    ("R8", tracking.issues, 8, ("issues_are_created_without_a_look",)),
    ("R8", tracking.issues, 8, ("two_file_the_same_at_once",)),
    ("R9", post.mails, 14, ("mails_are_known_by_their_id_alone",)),
    ("R9", post.sick_line, 5, ("mail_is_taken_without_being_kept",)),
    ("R10", lines.sick_line, 12, ("answers_before_it_writes",)),
    ("R11", scenes.mirror, 400, ("a_handback_is_told_to_nobody",)),
    ("R12", lines.backup, 30, ("backups_leave_notes_out",)),
    ("R13", scenes.prose, 12, ("words_go_out_whatever_was_decided",)),
    ("R13", scenes.prose, 12, ("deeds_may_be_claimed",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scene", "much", "tries"), SCENES, ids=[f"{scene.__module__[16:]}-{scene.__name__}" for scene, *_ in SCENES]
)
def test_a_scene_holds_in_the_house_as_it_is(scene: Scene, much: int, tries: set[str], database_url: str) -> None:
    tally = played(scene, much, database_url)

    assert tally.skipped == {}
    assert {line: told for line, told in tally.broken.items() if told} == {}
    assert {line for line, times in tally.tried.items() if times} >= tries


def test_a_line_is_cut_where_this_machine_has_none_to_spare_for_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(scene: str, *given: object) -> None:
        raise NotPermitted("no namespace of its own is to be had")

    monkeypatch.setattr(lines, "fenced", refuses)
    tally = played(lines.cut_line, 12, database_url)

    assert {line: told for line, told in tally.broken.items() if told} == {}
    assert tally.tried["R10"] >= 12
    assert set(tally.weaker) == {lines.CUT}


@pytest.mark.parametrize(
    ("line", "scene", "much", "bugs"), RED, ids=[f"{line}-{scene.__name__}" for line, scene, *_ in RED]
)
def test_each_line_of_trust_turns_red_with_a_bug(
    line: str, scene: Scene, much: int, bugs: tuple[str, ...], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bug in bugs:
        plant(bug, monkeypatch.setattr, database_url)

    assert played(scene, much, database_url).broken[line]


@pytest.mark.long
def test_in_a_thousand_races_for_a_conversation_either_side_wins_and_nobody_is_spoken_over(database_url: str) -> None:
    tally = played(races.races, 1000, database_url)
    print(dict(tally.races))

    assert tally.races[races.RUN] == tally.tried["R5"] == 1000
    assert min(tally.races[way] for way in (races.AGENT, races.ASSISTANT)) > 100
    assert tally.races[races.OVERLAPPED] > 500
    assert {line: told for line, told in tally.broken.items() if told} == {}


def test_no_line_is_left_out() -> None:
    assert {line for line, *_ in RED} == set(LINES)


def test_the_figures_name_every_line_and_what_was_not_tried_is_not_called_held() -> None:
    tally = Tally()
    tally.add("R1", 3, ["lost: w1"])

    assert tally.figures(5)["seed"] == 5
    assert tally.figures(5)["invariants"]["R1"] == {"tried": 3, "broken": 1}
    assert len(tally.figures(5)["invariants"]) == 13
    assert not tally.is_whole
    told = "\n".join(tally.told())
    assert "BROKEN 1 times" in told
    assert told.count("not tried") == 12


def played(scene: Scene, much: int, url: str) -> Tally:
    """In a thread of its own: a browser's tests leave an event loop running in this one."""
    tally = Tally()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(scene, url, random.Random(SEED), much, tally).result()
    return tally
