"""The mirror again: what customers, agents and reviewers say of the assistant's answers, and what a lead changes for
everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import numpy as np

from api.serving import NO_TLS
from api.test_boundary import OnApprove
from api.test_mirror import NOTHING, Pages, Step, World, played, row, world
from api.test_mirror_more import HERE
from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Conversation, Handler
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.ports import DIMENSIONS
from segue.intake.receive import Receiver
from segue.intake.worker import Worker
from segue.policy.settings.week import DAYS
from segue.store.candidates import CandidateStore, Unknown

__all__ = ["world"]
API = "POST /api/v1/conversations/{conversation}"


class Sure(OnApprove):
    def decide(self, conversation: Conversation, noticed: Assessment, answer: Answer, now: datetime) -> Decision:
        because = (Because(Reason.CONFIDENT, "confidence", value=0.97, threshold=0.9),)
        return Decision(Action.ANSWER, Handler.ASSISTANT, because, 1, Rung.AUTO, 0.97, 0.9)


class Answering:
    """A mind that answers by itself."""

    receiver = Receiver(*[Sure()] * 4)  # type: ignore[arg-type]


class Waiting:
    """A mind whose answers wait for an agent's yes, and are drawn for review."""

    receiver = Receiver(*[OnApprove()] * 4)  # type: ignore[arg-type]


def says(w: World, is_solved: bool) -> httpx.Response:
    return w.api.post(f"/conversations/{w.named['ada']}/feedback", json={"solved": is_solved})


def asks(w: World) -> None:
    """She asks once more, and an answer waits for an agent's yes."""
    w.writes("ada")
    Worker(w.running.rooms.inbox, Waiting()).work_off()


def newest(w: World) -> int:
    """The place of what she said last."""
    said = w.api.get(f"/conversations/{w.named['ada']}").json()["messages"]
    return int(max(one["seq"] for one in said if one["author"] == "customer"))


def message(w: World) -> str:
    return f"msg_{w.named['ada'][4:]}.{newest(w)}"


def approves(w: World) -> httpx.Response:
    """By a machine, under Tom's name: so Lena and Mira have no part in it and may grade it."""
    return w.does("ada", "approve", agent="agt_tom", seq=newest(w))


def approves_at_desk(w: World) -> httpx.Response:
    return w.pia.post(f"/desk/conversations/{w.named['ada']}/approve", data={"seq": str(newest(w))})


def is_answered_again(w: World) -> httpx.Response:
    asks(w)
    return approves(w)


def in_another_browser(w: World, path: str) -> httpx.Response:
    """Hers, too: it has the same cookies."""
    return httpx.post(f"{w.running.url}{path}", cookies=dict(w.customer.cookies), verify=NO_TLS, timeout=30)


def topic(w: World) -> str:
    """One that is proposed to a lead, of what Ada wrote."""
    vector = np.full(DIMENSIONS, DIMENSIONS**-0.5, np.float32)
    written = Unknown(w.named["ada"], 1, "The export stops.", vector, row(w, "ada", "contact_id"))
    return CandidateStore(w.running.rooms.db).put_topics([(["export"], [written], 0)], w.now)[0]


def publishes(w: World) -> httpx.Response:
    return w.api.put("/articles", json={"slug": "prices", "title": "Prices", "body": "Each seat has its price."})


def brings(w: World, *named: tuple[str, str]) -> None:
    intents = tuple(Intent(id, name, "billing") for id, name in named)
    w.running.rooms.workspace.put_catalogue(Catalogue((Category("billing", "Billing"),), intents), w.now)


def closed_until(w: World) -> tuple[str, str]:
    """The only day and hours on which anybody is there, in three days' time: as YAML, and as the day's name."""
    day = DAYS[(w.now + timedelta(days=3)).weekday()]
    return f"name: ours\nsla: {{hours: {{timezone: UTC, week: {{{day}: '09:00-10:00'}}}}}}\n", day


def closes(w: World) -> httpx.Response:
    day = closed_until(w)[1]
    typed = {"zone": "UTC", f"{day}.0.from": "09:00", f"{day}.0.to": "10:00", "note": "Nobody is there."}
    return w.desk.post("/settings/hours", data=typed)


def opens_again(w: World) -> httpx.Response:
    return w.api.put("/policy", json={"body": "name: ours\n", "note": "Somebody is."})


def publishes_at_desk(w: World) -> httpx.Response:
    opens_again(w)
    typed = {"mode": "yaml", "yaml": closed_until(w)[0], "note": "Nobody is there."}
    return w.desk.post("/policy/publish", data=typed)


def restores(w: World) -> httpx.Response:
    """The version before, when somebody was there."""
    version = w.running.rooms.workspace.live_policy()[0] - 1
    return w.desk.post(f"/policy/versions/{version}/restore", data={"note": "As it was."})


def promotes(w: World) -> httpx.Response:
    w.api.put("/policy/shadow", json={"body": closed_until(w)[0], "note": "To see."})
    return w.api.post("/policy/shadow/promote", json={"note": "Better."})


def promotes_at_desk(w: World) -> httpx.Response:
    w.api.put("/policy/shadow", json={"body": "name: always there\n", "note": "To see."})
    run, live = w.running.rooms.db.one("select id from shadows where ended_at is null"), w.running.rooms.workspace
    return w.desk.post("/policy/shadow/promote", data={
        "run": run.id, "live": str(live.live_policy()[0]), "note": "Better."})  # fmt: skip


ANSWERS: list[Step] = [
    ("an answer of the assistant's", lambda w: (
        w.opens("ada", contact={"id": "ada", "verified": True, "name": "Ada"}),
        Worker(w.running.rooms.inbox, Answering()).work_off())[0]),
    (f"{API}/feedback", lambda w: says(w, False)),
    (f"{API}/feedback says yes", lambda w: says(w, True)),
    ("POST /chat/new", lambda w: in_another_browser(w, "/chat/new")),
    ("an answer waits for a yes", asks),
    (f"{HERE}/guard", lambda w: w.at_desk("ada", "guard", text="What is your invoice number?")),
    (f"{HERE}/approve", approves_at_desk),
    (f"{HERE}/grade", lambda w: w.at_desk("ada", "grade", message=message(w), verdict="right")),
    ("another one waits", asks),
    (f"{API}/approve", approves),
    ("POST /review/{message}", lambda w: w.desk.post(f"/review/{message(w)}", data={"verdict": "wrong"})),
    ("and another", is_answered_again),
    ("POST /api/v1/reviews/{message}", lambda w: w.api.post(
        f"/reviews/{message(w)}", json={"agent": "agt_mira", "verdict": "right"})),
    ("by a file of the catalogue", lambda w: brings(w, ("invoice_higher", "Is it too much?"), ("seats", "More seats"))),
    ("POST /api/v1/topics/{topic}/name", lambda w: w.running.client("sk_lena").post(
        f"/topics/{topic(w)}/name", json={"name": "Exports", "category": "billing"})),
    ("POST /knowledge/topics/{topic}", lambda w: w.desk.post(
        f"/knowledge/topics/{topic(w)}", data={"name": "Imports", "category": "billing"})),
    ("PUT /api/v1/articles", publishes),
    ("POST /knowledge/articles/{slug}/place", lambda w: w.desk.post(
        "/knowledge/articles/prices/place", data={"category": "billing"})),
    ("DELETE /api/v1/articles/{article}", lambda w: w.api.delete("/articles/prices")),
    ("POST /knowledge/articles/{slug}/retire", lambda w: (
        publishes(w), w.desk.post("/knowledge/articles/prices/retire"))[1]),
    ("POST /settings/widget", lambda w: w.desk.post("/settings/widget", data={"colour": "#123456"})),
    ("POST /settings/widget/sites", lambda w: w.desk.post(
        "/settings/widget/sites", data={"origins": "https://shop.example"})),
    ("POST /desk/macros/{macro}", lambda w: w.desk.post(
        "/desk/macros/new", data={"name": "Thanks", "text": "Thank you!", "shared": "true"})),
    ("POST /quality/rate", lambda w: w.desk.post("/quality/rate", data={"per_hour": "40", "currency": "EUR"})),
    ("POST /settings/hours", closes),
    ("PUT /api/v1/policy", opens_again),
    ("POST /policy/publish", publishes_at_desk),
    ("POST /policy/versions/{version}/restore", restores),
    ("POST /api/v1/policy/shadow/promote", promotes),
    ("POST /policy/shadow/promote", promotes_at_desk),
    ("POST /settings/hours/targets", lambda w: w.desk.post(
        "/settings/hours/targets", data={"default.first_response": "3h", "note": "Slower."})),
    ("POST /api/v1/boundary/switch", lambda w: w.api.post("/boundary/switch", json={"to": "off", "why": "A test."})),
    ("a key resolves it in somebody's name", lambda w: w.running.client("sk_conversations:handle").post(
        f"/conversations/{w.named['ada']}/resolve", json={"agent": "agt_mira", "solution": "A seat."})),
    ("POST /desk/conversations/{conversation}/confirm", lambda w: w.at_desk("ada", "confirm")),
    ("POST /settings/language", lambda w: w.desk.post("/settings/language", data={"language": "de"})),
    ("POST /desk/me", lambda w: w.desk.post("/desk/me", data={"language": "en"})),
]  # fmt: skip
CHANGES = {"an answer of the assistant's", f"{API}/feedback says yes", "an answer waits for a yes", f"{HERE}/approve",
           "another one waits", f"{API}/approve", "and another",
           "a key resolves it in somebody's name", f"{HERE}/confirm"}  # fmt: skip
IDLE = frozenset(sentence for sentence, _ in ANSWERS if sentence not in CHANGES)
"""They change no conversation as the API tells of it; pages that stand open show them all the same, but for these."""
UNSEEN = {
    f"{API}/feedback": "a no is counted, and learnt from",
    "POST /chat/new": NOTHING,
    f"{HERE}/guard": NOTHING,
    "PUT /api/v1/articles": "an article stands on a page of its own",
    "DELETE /api/v1/articles/{article}": "so does one that is no more",
    "POST /knowledge/articles/{slug}/retire": "or is no longer answered from",
    "POST /settings/widget": "pages that carry it take it up within minutes, by themselves",
    "POST /settings/widget/sites": "so they do where it may be carried",
    "POST /desk/macros/{macro}": "a macro is looked for when one is wanted",
    "POST /quality/rate": "it is for figures",
}
"""With why; each has written something, but where it is said that nothing is."""


def test_what_is_said_of_answers_and_changed_for_everybody_shows_wherever_a_page_stands_open(world: World) -> None:
    world.customer.headers["Accept-Language"] = "en"  # as every browser says one
    pages = Pages(world, ("ada",))

    assert played(world, ANSWERS, pages, IDLE, UNSEEN) is pages
    assert "Abmelden" in world.pia.get("/desk").text
    assert "Sign out" in world.desk.get("/desk").text
