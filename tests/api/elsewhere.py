"""What test_mirror_elsewhere does beside pages that stand open, and what has to be there first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import numpy as np

from api.serving import NO_TLS
from api.test_mirror import LENA, World
from api.test_signing_in import PASSWORD, Desk, keeps, next_code, opens_by, sets_up_app
from browser.furnishing import JUDGED
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move, Proof
from segue.domain.ports import DIMENSIONS
from segue.learning.boundary import survey
from segue.store.candidates import CandidateStore, Draft, Unknown
from segue.store.issues import IssueStore
from segue.store.macros import Macro, MacroStore
from segue.store.stale import Doubt, Reply, StaleStore
from segue.web.doors import COOKIE

BILLING = CellName("billing")
NEW = "another long enough password"
Ready = Callable[[World], Any]
Act = Callable[[World, Any], httpx.Response]
Deed = tuple[str, Ready, Act]


def at_once(_world: World) -> None:
    """Nothing has to be there first."""


# whoever does it, and with what


def house_of(w: World) -> Desk:
    return Desk(w.running)


def browser(w: World, who: str = "") -> httpx.Client:
    """One of theirs that has been signed in for a while, or nobody's."""
    return httpx.Client(
        base_url=w.running.url, cookies={COOKIE: f"ses_{who}"} if who else {}, verify=NO_TLS, timeout=30
    )


def by(who: str, path: str, **data: Any) -> Act:
    """A form of `who`, sent; `{}` is what was made ready."""

    def act(w: World, ready: Any) -> httpx.Response:
        with browser(w, who) as line:
            return line.post(path.replace("{}", str(ready)), data={k: _with(v, ready) for k, v in data.items()})

    return act


def _with(value: Any, ready: Any) -> Any:
    return value.replace("{}", str(ready)) if isinstance(value, str) else value


def api(path: str, method: str = "POST", **body: Any) -> Act:
    """By the key of Lena's."""

    def act(w: World, ready: Any) -> httpx.Response:
        said = {key: _with(value, ready) for key, value in body.items()}
        return w.running.client("sk_lena").request(method, path.replace("{}", str(ready)), json=said)

    return act


# what is made ready


def rises(w: World) -> None:
    """From there it can go down, whatever it was lowered to before."""
    rooms = w.running.rooms
    proof = Proof(0.95, 80, 80.0, 0, 80, ("agt_mira", "agt_tom"), 30.0, 20.0, 0.96, 0.05, 0.95, 0)
    rooms.ladder.history.move(Move(BILLING, Rung.APPROVE, "For a test.", LENA, w.now, 0.95, proof))


def offer(w: World) -> str:
    proof = Proof(0.95, 80, 80.0, 0, 80, ("agt_mira", "agt_tom"), 30.0, 20.0, 0.96, 0.05, 0.95, 0)
    history = w.running.rooms.ladder.history
    return history.offer(BILLING, Rung.APPROVE, Rung.AUTO_WITH_HOLD, proof, w.now)


def earned(w: World) -> str:
    """An offer that the record bears out: since the cell stands where it stands, a hundred answers to as many customers
    were right, and the lead who takes it up judged none of them."""
    db, history = w.running.rooms.db, w.running.rooms.ladder.history
    history.move(Move(BILLING, Rung.APPROVE, "For a test.", LENA, w.now, None, None))
    for statement in JUDGED.replace("_ev", f"_{uuid4().hex}").split(";"):
        db.run(statement, {"now": w.now, "category": BILLING.category})
    report = next(one for one in survey(w.running.rooms.ladder.record(w.now)) if one.cell == BILLING)
    assert report.is_earned, report.proof
    assert report.to is not None
    return history.offer(BILLING, report.rung, report.to, report.proof, w.now)


def candidate(w: World) -> str:
    body = f"A seat is billed by the day, says {uuid4().hex}."
    made = Draft("article", "invoice_higher", None, f"Seats {uuid4().hex[:6]}", body, ())
    return CandidateStore(w.running.rooms.db).put(made, None, w.now)


def two_candidates(w: World) -> str:
    return f"{candidate(w)} {candidate(w)}"


def merges(w: World, both: str) -> httpx.Response:
    one, into = both.split()
    return api(f"/candidates/{one}/merge", agent=LENA, into=into)(w, None)


def topic(w: World) -> str:
    vector = np.full(DIMENSIONS, DIMENSIONS**-0.5, np.float32)
    said = Unknown(w.named["ada"], 1, "The export stops.", vector, contact(w))
    return CandidateStore(w.running.rooms.db).put_topics([(["export"], [said], 0)], w.now)[0]


def contact(w: World) -> str:
    return str(w.api.get(f"/conversations/{w.named['ada']}").json()["contact_id"])


def case(w: World) -> str:
    """An article that somebody's reply disputes."""
    slug = f"refunds-{uuid4().hex[:6]}"
    w.api.put("/articles", json={"slug": slug, "title": "Refunds", "body": "Within 14 days."}).raise_for_status()
    article = w.api.get(f"/articles/{slug}").json()
    doubt = Doubt(article["id"], article["version"], "number", f"days {slug}", "Within 14 days.", "30 days.", "30")
    reply = Reply(w.named["ada"], contact(w), 1, "agt_mira", "30 days.", w.now, (article["id"],))
    made = StaleStore(w.running.rooms.db).doubt(doubt, reply)
    assert made is not None
    return made


def filed_topic(w: World) -> str:
    made = topic(w)
    by("lena", f"/knowledge/topics/{made}/issue", title="The export stops")(w, None)
    return made


def failed_topic(w: World) -> str:
    made = filed_topic(w)
    issues = IssueStore(w.running.rooms.db)
    for one in issues.due(w.now, 9):
        issues.failed(one.topic_id, "No answer.")
    return made


def shadow(w: World) -> str:
    body = {"body": f"name: quiet {uuid4().hex[:6]}\nassistant: false\n", "note": "To see."}
    w.running.client("sk_lena").put("/policy/shadow", json=body).raise_for_status()
    run = w.running.rooms.db.one("select id from shadows where ended_at is null")
    assert run is not None
    return str(run.id)


def invited(w: World) -> str:
    by("lena", "/settings/invites", email=f"{uuid4().hex[:8]}@ledgerly.example", role="agent")(w, None)
    return newest(w, "invites")


def key(w: World) -> str:
    w.running.rooms.workspace.put_key(name := f"key {uuid4().hex[:6]}", f"sk_{uuid4().hex}", ["policy:read"], w.now)
    found = w.running.rooms.db.one("select id from api_keys where name = %(name)s", {"name": name})
    assert found is not None
    return str(found.id)


def newest(w: World, table: str) -> str:
    found = w.running.rooms.db.one(f"select id from {table} order by id desc limit 1")
    assert found is not None
    return str(found.id)


def file(w: World) -> str:
    """Whose parts have not come yet."""
    with browser(w, "lena") as line:
        return str(line.post("/setup/files?kind=articles&name=seats.md").json()["id"])


def file_with_parts(w: World) -> str:
    made = file(w)
    with browser(w, "lena") as line:
        line.post(f"/setup/files/{made}/parts?n=0", content=b"# Seats\n\nA seat costs 9 EUR.\n").raise_for_status()
    return made


def read_file(w: World) -> str:
    made = file_with_parts(w)
    by("lena", f"/setup/files/{made}/read")(w, None)
    return made


def parts(w: World, made: str) -> httpx.Response:
    with browser(w, "lena") as line:
        return line.post(f"/setup/files/{made}/parts?n=0", content=b"# Seats\n")


def macro(w: World) -> str:
    MacroStore(w.running.rooms.db).put(Macro(id := f"mac_{uuid4().hex}", "Hello", "Hello there"), LENA, w.now)
    return id


# who comes in


def newcomer(w: World) -> str:
    """Somebody new, with a password; gives their address."""
    return house_of(w).newcomer()


def signed_in(w: World) -> httpx.Client:
    return house_of(w).signed_in(newcomer(w))


def gives_password(w: World, email: str) -> httpx.Response:
    with browser(w) as line:
        return line.post("/sign-in", data={"email": email, "password": PASSWORD})


def posts(path: str, **data: str) -> Act:
    """By the browser that was made ready."""
    return lambda w, line: line.post(path, data=data)


def asked_for_a_code(w: World) -> tuple[httpx.Client, str]:
    email = newcomer(w)
    app, _codes = sets_up_app(house_of(w).signed_in(email))
    line = browser(w)
    line.post("/sign-in", data={"email": email, "password": PASSWORD})
    return line, next_code(app)


def gives_code(w: World, ready: tuple[httpx.Client, str]) -> httpx.Response:
    line, code = ready
    return line.post("/sign-in/second-step", data={"code": code})


def with_app(w: World) -> httpx.Client:
    line = signed_in(w)
    sets_up_app(line)
    return line


def shown_an_app(w: World) -> httpx.Client:
    line = signed_in(w)
    line.get("/desk/me/access/app")
    return line


def sets_up(w: World, line: httpx.Client) -> httpx.Response:
    sets_up_app(line)  # raises where it is not taken
    return line.get("/desk/me/access")


def keeps_a_passkey(w: World, line: httpx.Client) -> httpx.Response:
    keeps(house_of(w), line)
    return line.get("/desk/me/access")


def with_passkey(w: World) -> tuple[httpx.Client, Any]:
    line = signed_in(w)
    return line, keeps(house_of(w), line)


def opens_by_passkey(w: World, ready: tuple[httpx.Client, Any]) -> httpx.Response:
    answer, line = opens_by(house_of(w), ready[1])
    line.close()
    return answer


def removes_passkey(w: World, ready: tuple[httpx.Client, Any]) -> httpx.Response:
    return ready[0].post(on_the_page(ready[0], r"passkeys/[\w-]+/remove"))


def in_two_places(w: World) -> httpx.Client:
    house, email = house_of(w), newcomer(w)
    house.signed_in(email).close()
    return house.signed_in(email)


def ends_the_other(w: World, line: httpx.Client) -> httpx.Response:
    return line.post(on_the_page(line, r"sessions/[^/\"]+/end"))


def on_the_page(line: httpx.Client, form: str) -> str:
    """Where the first such form of one's own leads."""
    return str(re.findall(rf'action="(/desk/me/access/{form})"', line.get("/desk/me/access").text)[0])


# not said yet


def enclosed(w: World, line: httpx.Client, there: str) -> httpx.Response:
    return line.post(there, files={"file": ("a.txt", uuid4().hex.encode(), "text/plain")})


def upload(w: World) -> str:
    return str(enclosed(w, w.customer, "/widget/attachments").json()["id"])


def refused_and_closed(w: World) -> dict[str, str]:
    """A reply of Pia's that was refused in a conversation that is closed to her by now."""
    made, now = f"rpl_{uuid4().hex}", w.now
    here = w.api.post("/conversations", json={"contact": {"email": "hal@elsewhere.example"}, "text": "Of the salary"})
    told = here.json()["conversation"]
    w.running.rooms.db.run(REFUSED, {"id": made, "conversation": told["id"], "now": now})
    w.running.rooms.db.run("update conversations set team_id = 'payroll' where id = %(id)s", {"id": told["id"]})
    return {"number": str(told["number"]), "kind": "reply", "reply": made}


REFUSED = """
insert into waiting_replies (id, conversation_id, agent_id, body, seen_seq, made_at, send_after, state, why, closed_at)
values (%(id)s, %(conversation)s, 'agt_pia', 'Soon.', 1, %(now)s, %(now)s, 'refused', 'x', %(now)s)"""
