"""A peer that is missing is told of, and missed where all are wanted."""

from __future__ import annotations

import pytest

import peers


@pytest.mark.parametrize("name", peers.PEERS)
def test_a_missing_peer_fails_its_tests_where_all_are_wanted_and_is_skipped_elsewhere(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "found", lambda name: None)
    for wanted, outcome in (("true", pytest.fail.Exception), ("", pytest.skip.Exception)):
        monkeypatch.setenv("ALL_PEERS", wanted)
        with pytest.raises(outcome, match=f"no {name}"):
            peers.needed(name)

    assert peers.PEERS[name] in peers.installed_in_ci()
