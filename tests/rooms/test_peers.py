"""A peer that is missing is told of, and in CI missed."""

from __future__ import annotations

import pytest

import peers


@pytest.mark.parametrize("name", peers.PEERS)
def test_a_missing_peer_fails_the_tests_in_ci_and_is_skipped_elsewhere(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "found", lambda name: None)
    for ci, outcome in (("true", pytest.fail.Exception), ("", pytest.skip.Exception)):
        monkeypatch.setenv("ALL_PEERS", ci)
        with pytest.raises(outcome, match=f"no {name}"):
            peers.needed(name)

    assert peers.PEERS[name] in peers.installed_in_ci()
