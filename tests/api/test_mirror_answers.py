"""The mirror again: what customers, agents and reviewers say of the assistant's answers; what a lead changes for everybody;
and that no route which changes something is left out of what is played.
"""

from __future__ import annotations

import httpx

from api.elsewhere import ELSEWHERE
from api.serving import NO_TLS, Served
from api.test_boundary import OnApprove
from api.test_doors import every_route
from api.test_mirror import STEPS, Pages, Step, World, played, row, world
from api.test_mirror_more import HERE, MORE
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.intake.receive import Receiver
from segue.intake.worker import Worker

__all__ = ["world"]
API = "POST /api/v1/conversations/{conversation}"


class Waiting:
    """A mind whose answers wait for an agent's yes, and are drawn for review."""

    receiver = Receiver(*[OnApprove()] * 4)  # type: ignore[arg-type]


def asks(w: World, name: str) -> None:
    """The customer of `name` asks, and an answer waits for an agent's yes."""
    w.writes(name) if name in w.named else w.opens(name, contact={"email": f"{name}@elsewhere.example"})
    Worker(w.running.rooms.inbox, Waiting()).work_off()


def newest(w: World, name: str) -> int:
    """The place of what its customer said last."""
    said = w.api.get(f"/conversations/{w.named[name]}").json()["messages"]
    return int(max(one["seq"] for one in said if one["author"] == "customer"))


def approves(w: World, name: str, agent: str) -> httpx.Response:
    return w.does(name, "approve", agent=agent, seq=newest(w, name))


def drawn(w: World, name: str) -> str:
    """The message whose answer chance drew; its conversation was answered under Tom's name."""
    asks(w, name)
    assert approves(w, name, "agt_tom").status_code == 201
    return f"msg_{w.named[name][4:]}.{newest(w, name)}"


def in_another_browser(w: World, path: str) -> httpx.Response:
    """Ada's, too: it has the same cookies."""
    return httpx.post(f"{w.running.url}{path}", cookies=dict(w.customer.cookies), verify=NO_TLS, timeout=30)


def brings(w: World, *named: tuple[str, str]) -> None:
    intents = tuple(Intent(id, name, "billing") for id, name in named)
    w.running.rooms.workspace.put_catalogue(Catalogue((Category("billing", "Billing"),), intents), w.now)


ANSWERS: list[Step] = [
    ("an answer of the assistant's", lambda w: (
        w.opens("ada", contact={"id": "ada", "verified": True, "name": "Ada"}), w.works())[0]),
    (f"{API}/feedback", lambda w: w.does("ada", "feedback", solved=False)),
    (f"{API}/feedback says yes", lambda w: w.does("ada", "feedback", solved=True)),
    ("POST /chat/new", lambda w: in_another_browser(w, "/chat/new")),
    ("an answer waits for a yes", lambda w: asks(w, "ada")),
    (f"{HERE}/guard", lambda w: w.at_desk("ada", "guard", text="What is your invoice number?")),
    (f"{HERE}/approve", lambda w: w.at_desk("ada", "approve", seq=str(newest(w, "ada")))),
    ("another one", lambda w: asks(w, "bea")),
    (f"{API}/approve", lambda w: approves(w, "bea", "agt_tom")),
    (f"{HERE}/grade", lambda w: w.at_desk(
        "bea", "grade", message=f"msg_{w.named['bea'][4:]}.{newest(w, 'bea')}", verdict="right")),
    ("one that is drawn", lambda w: w.named.update(drawn=drawn(w, "bea"))),
    ("POST /review/{message}", lambda w: w.desk.post(f"/review/{w.named['drawn']}", data={"verdict": "wrong"})),
    ("one more", lambda w: w.named.update(drawn=drawn(w, "bea"))),
    ("POST /api/v1/reviews/{message}", lambda w: w.api.post(
        f"/reviews/{w.named['drawn']}", json={"agent": "agt_mira", "verdict": "right"})),
    ("by a file of the catalogue", lambda w: brings(w, ("invoice_higher", "Is it too much?"), ("seats", "More seats"))),
    ("POST /settings/language", lambda w: w.desk.post("/settings/language", data={"language": "de"})),
    ("POST /desk/me", lambda w: w.desk.post("/desk/me", data={"language": "en"})),
]  # fmt: skip
IDLE = frozenset({
    f"{API}/feedback", "POST /chat/new", f"{HERE}/guard", f"{HERE}/grade", "POST /review/{message}",
    "POST /api/v1/reviews/{message}", "by a file of the catalogue", "POST /settings/language", "POST /desk/me",
})  # fmt: skip
"""They change no conversation as the API tells of it; pages that stand open may show them all the same."""


def test_what_is_said_of_answers_and_changed_for_everybody_shows_wherever_a_page_stands_open(world: World) -> None:
    pages = Pages(world, ("ada", "bea"))

    assert played(world, ANSWERS, pages, IDLE) is pages
    assert "Abmelden" in world.pia.get("/desk").text
    assert "Sign out" in world.desk.get("/desk").text
    assert row(world, "bea", "status")


def test_every_route_that_changes_something_is_played_or_stands_among_those_that_change_other_things(
    shared: Served,
) -> None:
    unsafe = {name for name in every_route(shared) if not name.startswith("GET")}
    steps = {sentence for sentence, _ in (*STEPS, *MORE, *ANSWERS)} & unsafe

    assert unsafe - steps - ELSEWHERE == set(), "play it, or say why no conversation shows it"
    assert ELSEWHERE - unsafe == set(), "there is no such route any more"
    assert not steps & ELSEWHERE
