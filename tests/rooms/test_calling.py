"""Whom a note calls by name."""

from __future__ import annotations

import pytest

from segue.desk.calling import called
from segue.domain.people import Agent

AGENTS = [
    Agent("agt_tom", "Tom Whitlock", "tom@ledgerly.example"),
    Agent("agt_ann", "Ann Lee", "ann@ledgerly.example"),
    Agent("agt_anna", "Anna Berg", "anna.berg@ledgerly.example"),
    Agent("agt_ann2", "Ann Moore", "amoore@ledgerly.example"),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@Tom do you know?", ("agt_tom",)),
        ("(@tom, @Anna)", ("agt_tom", "agt_anna")),
        ("@TOM WHITLOCK and @Tom again", ("agt_tom",)),
        ("@Ann Moore", ("agt_ann2",)),
        ("@amoore", ("agt_ann2",)),
        ("@anna.berg", ("agt_anna",)),
        ("tom, mail tom@ledgerly.example or @Tomas", ()),
        ("@Mira it is yours", ()),
        ("nobody", ()),
    ],
)
def test_names_call_whoever_alone_has_them(text: str, ids: tuple[str, ...]) -> None:
    assert called(text, AGENTS, "agt_mira") == ids


def test_nobody_calls_themself() -> None:
    assert called("@Tom and @Anna", AGENTS, "agt_tom") == ("agt_anna",)
    assert called("@Tom", [], "agt_mira") == ()
