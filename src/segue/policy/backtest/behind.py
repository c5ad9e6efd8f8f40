"""The conversations behind a cell of the table before × after, so that whoever doubts a number can read them."""

from __future__ import annotations

from collections.abc import Sequence

from segue.domain.past import PastEpisode
from segue.policy.backtest.promised import Walk
from segue.policy.backtest.replay import Who, compare_all
from segue.policy.settings import Policy


def behind(
    episodes: Sequence[PastEpisode], before: Policy, version: int, after: Policy, walks: Sequence[Walk],
    was: Who, would: Who,
) -> list[str]:  # fmt: skip
    """One for each episode that `was` somebody's and `would` be somebody's, in their order; see `backtest`."""
    found, _is_moved = compare_all(episodes, before, version, after, walks)
    return [c.episode.conversation_id for c in found if c.before.who is was and c.after.who is would]
