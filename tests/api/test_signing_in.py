"""How people come in: invitations, sessions, a second step, and the company's own provider of identities.

The cast: Lena leads, Mira and Tom are agents, Nora is new, Eve is a stranger.
"""

from __future__ import annotations

import html
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.device import Device
from api.provider import CLIENT, SECRET, Company, company, signed_by_another, signed_with_our_secret, unsigned
from api.serving import NO_TLS, Served, served
from databases import fresh_database
from segue.domain.errors import Unavailable
from segue.domain.people import Agent
from segue.integrations.outgoing import Outgoing
from segue.store.passkeys import Passkeys
from segue.store.sessions import Sessions
from segue.web import company_sign_in, hashing, invited, my_access, passkeys, second_step, sign_in
from segue.web.doors import COOKIE
from segue.web.hashing import hashed
from segue.web.limits import Limit
from segue.web.rooms import Entry

PASSWORD = "a long enough password"
NEW = "correct horse battery"
HASHING = hashing.hashing
"""As it is outside these tests."""


@dataclass
class Desk:
    running: Served
    letters: list[tuple[str, str, str]] = field(default_factory=list)
    mail: str = "none"
    """none, works, or broken."""
    kept: dict[str, str] = field(default_factory=dict)

    def write(self, to: str, subject: str, text: str) -> bool:
        if self.mail == "broken":
            raise Unavailable("The mail server did not take the mail: 421.", "It is tried again.")
        if self.mail == "works":
            self.letters.append((to, subject, text))
        return self.mail == "works"

    @property
    def db(self) -> Any:
        return self.running.rooms.db

    def browser(self, who: str = "") -> httpx.Client:
        """A browser of its own; `who` is signed in there, by no matter what."""
        line = httpx.Client(base_url=self.running.url, verify=NO_TLS, timeout=20, headers={"User-Agent": "Firefox/140"})
        if who:
            token = f"ses_{uuid4().hex}"
            self.running.rooms.workspace.begin_session(token, f"agt_{who}", datetime.now(UTC))
            line.cookies.set(COOKIE, token)
        return line

    def newcomer(self) -> str:
        """An agent with a password, in nobody's way; gives the address."""
        name = f"n{uuid4().hex[:10]}"
        if "hash" not in self.kept:
            self.kept["hash"] = hashed(PASSWORD)
        agent = Agent(f"agt_{name}", name.capitalize(), f"{name}@ledgerly.example")
        self.running.rooms.workspace.put_agent(agent, datetime.now(UTC), self.kept["hash"])
        return agent.email

    def signed_in(self, email: str, **more: str) -> httpx.Client:
        line = self.browser()
        answer = line.post("/sign-in", data={"email": email, "password": PASSWORD, **more})
        assert answer.headers["location"] == "/desk"
        return line


@pytest.fixture(scope="module")
def desk(furnished: str) -> Iterator[Desk]:
    with fresh_database(like=furnished) as url, served(url) as running, pytest.MonkeyPatch.context() as patch:
        patch.setattr(company_sign_in, "_WAYS", Limit(10_000, 600))
        patch.setattr(sign_in, "_FROM_ONE_PLACE", Limit(10_000, 600))
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),))
        patch.setattr(hashing, "hashing", lambda: cheap)  # argon2id all the same, and seconds less
        found = Desk(running)
        lena = Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead")
        running.rooms.workspace.put_agent(lena, datetime.now(UTC))
        entry = Entry("", 7, Outgoing(["127.0.0.1"]), found.write)
        running.app.state.rooms = replace(running.rooms, entry=entry)
        yield found


def invites(desk: Desk, email: str, **more: Any) -> str:
    """The link, as Lena is shown it."""
    with desk.browser("lena") as lena:
        page = lena.post("/settings/invites", data={"email": email, "role": "agent", **more})
    assert page.status_code == 200, page.text
    return link_in(page.text)


def link_in(page: str) -> str:
    return str(re.findall(r'value="http://[^"/]+(/invite/[^"]+)"', page)[0])


def is_in(line: httpx.Client) -> bool:
    return line.get("/desk/me").status_code == 200


def record(desk: Desk, kind: str) -> list[Any]:
    return list(desk.db.all("select author, body from events where kind = %(kind)s order by id", {"kind": kind}))


# invitations


def at_once(times: int, give: Callable[[int], int], at: Any, checks: str, patch: pytest.MonkeyPatch) -> list[int]:
    """The answers to so many tries of which none is answered by `at.checks` before all the others stand there, or have
    been turned away."""
    stand, check, answers = threading.Condition(), getattr(at, checks), list[int]()
    arrived = 0

    def all_there(is_answered: bool) -> None:
        nonlocal arrived
        with stand:
            arrived += 1
            stand.notify_all()
            assert is_answered or stand.wait_for(lambda: arrived >= times, 20)

    def checked(*given: Any) -> Any:
        all_there(False)
        return check(*given)

    def one(n: int) -> None:
        answers.append(give(n))
        all_there(True) if answers[-1] == 429 else None

    patch.setattr(at, checks, checked)
    threads = [threading.Thread(target=one, args=[n]) for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_wrong_passwords_at_once_no_more_are_tried_than_one_after_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, line = {"email": desk.newcomer(), "password": "wrong"}, desk.browser()

    answers = at_once(12, lambda _: line.post("/sign-in", data=form).status_code, sign_in, "matches", monkeypatch)

    assert sorted(answers) == [422] * 5 + [429] * 7


def tries(line: httpx.Client, email: str, password: str = "wrong") -> int:
    return line.post("/sign-in", data={"email": email, "password": password}).status_code


def test_of_one_account_every_way_to_write_its_address_is_counted_as_one(desk: Desk) -> None:
    email, line = desk.newcomer(), desk.browser()
    written = [email, email.upper(), f" {email}\u00a0", f"{email[:3]}\0{email[3:]}", f"\0 {email}\0", f"{email}\0"]

    assert [tries(line, one) for one in written] == [422] * 5 + [429]
    assert {tries(line, one, PASSWORD) for one in written} == {429}


class Slow:
    """Hashing that is over when it is told so."""

    def __init__(self, at: Any, patch: pytest.MonkeyPatch) -> None:
        self.done, self.begun = threading.Event(), 0
        self._real, self._one = at.hashing(), threading.Lock()
        patch.setattr(at, "hashing", lambda: self)

    def hash(self, password: str) -> str:
        return self._real.hash(password)

    def verify(self, password: str, kept: str) -> bool:
        with self._one:
            self.begun += 1
        self.done.wait(20)
        return self._real.verify(password, kept)


def stranger() -> str:
    return f"{uuid4().hex}@elsewhere.example"


def test_an_address_that_nobody_has_costs_a_hash_as_one_that_somebody_has(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, line = Slow(hashing, monkeypatch), desk.browser()
    slow.done.set()

    assert [tries(line, desk.newcomer()), tries(line, stranger()), slow.begun] == [422, 422, 2]


def test_one_place_that_tries_many_addresses_is_refused_before_anything_is_hashed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "_FROM_ONE_PLACE", Limit(3, 600))
    slow, line, email = Slow(hashing, monkeypatch), desk.browser(), desk.newcomer()
    slow.done.set()

    assert [tries(line, email, PASSWORD) for _ in range(4)] == [303] * 4, "who comes in is not counted"
    assert [tries(line, stranger()) for _ in range(5)] == [422] * 3 + [429] * 2
    assert slow.begun == 7


def test_no_other_page_waits_for_hashes_and_whoever_comes_too_many_is_told_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "LONGEST", 15)
    slow, answers, another = Slow(hashing, monkeypatch), list[int](), desk.browser()
    assert another.get("/contact").status_code == 200  # its template is compiled
    line = httpx.Client(base_url=desk.running.url, timeout=20, limits=httpx.Limits(max_connections=100))
    threads = [threading.Thread(target=lambda: answers.append(tries(line, stranger()))) for _ in range(60)]
    for thread in threads:
        thread.start()
    becomes(lambda: len(answers) == 60 - hashing.MOST_HERE)

    assert another.get("/contact", timeout=5).status_code == 200
    assert (slow.begun, set(answers)) == (hashing.AT_ONCE, {503})
    slow.done.set()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [422] * hashing.MOST_HERE + [503] * (60 - hashing.MOST_HERE)


def test_whoever_waits_long_for_a_hash_is_told_so_and_has_tried_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "LONGEST", 0.1)
    monkeypatch.setattr(sign_in, "_FROM_ONE_PLACE", Limit(4, 600))
    slow, email, first = Slow(hashing, monkeypatch), desk.newcomer(), list[int]()
    threads = [threading.Thread(target=lambda: first.append(tries(desk.browser(), stranger()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    becomes(lambda: slow.begun == 2)

    assert [tries(desk.browser(), email) for _ in range(7)] == [503] * 7
    slow.done.set()
    for thread in threads:
        thread.join()
    assert tries(desk.browser(), email, PASSWORD) == 303


def test_nothing_is_hashed_for_who_has_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "LONGEST", 15)
    slow, first = Slow(hashing, monkeypatch), list[int]()
    threads = [threading.Thread(target=lambda: first.append(tries(desk.browser(), stranger()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    becomes(lambda: slow.begun == 2)
    with desk.browser() as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post("/sign-in", data={"email": stranger(), "password": "wrong"}, timeout=1)

    slow.done.set()
    for thread in threads:
        thread.join()
    assert tries(desk.browser(), stranger()) == 422
    assert slow.begun == 3


def becomes(so: Callable[[], bool]) -> None:
    until = time.monotonic() + 15
    while not so() and time.monotonic() < until:
        time.sleep(0.02)
    assert so()


def test_of_many_wrong_codes_at_once_no_more_are_tried_than_one_after_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets_up_app(desk.signed_in(email := desk.newcomer()))
    line = gives_password(desk, email)

    answers = at_once(14, lambda _: gives_code(line, "000000"), second_step, "_holds", monkeypatch)

    assert sorted(answers) == [422] * 10 + [429] * 4


def test_who_is_invited_comes_in_with_their_role_and_teams(desk: Desk) -> None:
    link = invites(desk, "Nora.First@ledgerly.example", role="analyst", team="billing")
    with desk.browser() as nora:
        assert "Nora.First@ledgerly.example" in nora.get(link).text

        answer = nora.post(link, data={"name": "  Nora   First ", "password": NEW})

        assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
        assert is_in(nora)
    [nora_] = [a for a in desk.running.rooms.workspace.agents() if a.email == "Nora.First@ledgerly.example"]
    assert (nora_.id, nora_.name, nora_.role, nora_.teams) == ("agt_nora_first", "Nora First", "analyst", ("billing",))
    assert record(desk, "invite.accepted")[-1].author == "agt_nora_first"
    with desk.browser() as later:
        again = later.post("/sign-in", data={"email": nora_.email, "password": NEW})
        assert again.headers["location"] == "/desk"


def test_of_a_password_only_its_argon2id_hash_is_kept(desk: Desk) -> None:
    email = f"kept-{uuid4().hex[:6]}@ledgerly.example"
    link = invites(desk, email)
    with pytest.MonkeyPatch.context() as patch, desk.browser() as nora:
        patch.setattr(hashing, "hashing", HASHING)
        nora.post(link, data={"name": "Nora Kept", "password": NEW})

    (kept,) = desk.db.all("select password_hash from agents where email = %(email)s", {"email": email})
    assert kept.password_hash.startswith("$argon2id$")


def test_an_id_that_somebody_has_is_given_to_nobody_else(desk: Desk) -> None:
    link = invites(desk, "mira@elsewhere.example")
    with desk.browser() as other:
        other.post(link, data={"name": "Another Mira", "password": NEW})

    found = {a.id: a.email for a in desk.running.rooms.workspace.agents()}
    assert found["agt_mira"] == "mira@ledgerly.example"
    assert found["agt_mira_2"] == "mira@elsewhere.example"


def test_a_link_that_is_used_expired_withdrawn_replaced_or_wrong_is_one_page(desk: Desk) -> None:
    """Nobody learns who was invited, nor that a guess was near."""
    names = {
        what: f"{what}-{uuid4().hex[:6]}@ledgerly.example" for what in ("used", "expired", "withdrawn", "replaced")
    }
    links = {what: invites(desk, email) for what, email in names.items()} | {"wrong": "/invite/inv_" + "x" * 43}
    ids = {row.email: row.id for row in desk.db.all("select id, email from invites")}
    with desk.browser() as line, desk.browser("lena") as lena:
        line.post(links["used"], data={"name": "Nora", "password": NEW})
        desk.db.run("update invites set expires_at = now() - interval '1 second' where email = %(e)s",
                    {"e": names["expired"]})  # fmt: skip
        assert lena.post(f"/settings/invites/{ids[names['withdrawn']]}/withdraw").status_code == 303
        fresh = link_in(lena.post(f"/settings/invites/{ids[names['replaced']]}/again").text)
        line.cookies.clear()

        for ask in (line.get, lambda link: line.post(link, data={"name": "Eve", "password": NEW})):
            answers = {what: ask(link) for what, link in links.items()}
            assert {a.status_code for a in answers.values()} == {404}
            assert len({a.content for a in answers.values()}) == 1
            assert not line.cookies
        assert line.get(fresh).status_code == 200
    emails = {a.email for a in desk.running.rooms.workspace.agents()}
    assert emails & set(names.values()) == {names["used"]}


def test_of_two_who_hold_one_link_one_comes_in(desk: Desk) -> None:
    link, answers = invites(desk, f"twice-{uuid4().hex[:6]}@ledgerly.example"), list[int]()

    def come(name: str) -> None:
        with desk.browser() as line:
            answers.append(line.post(link, data={"name": name, "password": NEW}).status_code)

    both = [threading.Thread(target=come, args=(name,)) for name in ("Nora", "Eve")]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [303, 404]


def test_who_holds_a_link_tries_only_so_often(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each costs us a hash. What the link is good for stays."""
    monkeypatch.setattr(invited, "_TRIES", Limit(2, 600))
    link = invites(desk, f"often-{uuid4().hex[:6]}@ledgerly.example")
    with desk.browser() as line:
        answers = [line.post(link, data={"name": "", "password": NEW}).status_code for _ in range(3)]
        assert line.get(link).status_code == 200
    assert answers == [422, 422, 404]


def test_an_invitation_says_what_is_wrong_beside_its_field(desk: Desk) -> None:
    link = invites(desk, "nora.second@ledgerly.example")
    with desk.browser() as nora:
        for name, password, field_, said in (
            ("", NEW, "name", "Say your name"), ("x" * 81, NEW, "name", "at most 80"),
            ("Nora", "short", "password", "at least 8"), ("Nora", "aaaaaaaaaaaa", "password", "first that anybody"),
            ("Nora", "Password2026", "password", "first that anybody"),
            ("Nora", "x" * 1001, "password", "at most 1000"),
            ("Nora", "nora.second says hello", "password", "contains your address"),
        ):  # fmt: skip
            page = nora.post(link, data={"name": name, "password": password})
            assert page.status_code == 422
            assert said in page.text.split(f'id="wrong-{field_}"')[1]
            assert f'value="{name}"' in page.text
        assert nora.post(link, data={"name": "Nora", "password": NEW}).status_code == 303


def test_a_lead_is_told_what_is_wrong_with_an_invitation(desk: Desk) -> None:
    invites(desk, "nora.third@ledgerly.example")
    with desk.browser("lena") as lena:
        for email, said in (("nora", "no e-mail address"), ("mira@LEDGERLY.example", "is here already"),
                            ("Nora.Third@ledgerly.example", "invited already")):  # fmt: skip
            page = lena.post("/settings/invites", data={"email": email, "role": "agent"})
            assert page.status_code == 422
            assert said in page.text.split('id="wrong-email"')[1]
            assert f'value="{email}"' in page.text
        page = lena.post("/settings/invites", data={"email": "x@y.example", "role": "king", "team": "nowhere"})
        assert "no such role" in page.text


def test_an_invitation_is_mailed_and_shown_once_and_kept_as_a_hash(desk: Desk) -> None:
    desk.mail = "works"
    link = invites(desk, "nora.fourth@ledgerly.example")
    desk.mail = "none"
    [(to, subject, text)] = desk.letters

    assert to == "nora.fourth@ledgerly.example"
    assert link in text
    assert "Lena" in text
    assert "\n" not in subject
    token = link.rpartition("/")[2]
    for row in desk.db.all("select tablename from pg_tables where schemaname = 'public'"):
        held = desk.db.one(f"select count(*) as n from {row.tablename} t where t::text like %(t)s", {"t": f"%{token}%"})
        assert held.n == 0, row.tablename
    with desk.browser("lena") as lena:
        assert token not in lena.get("/settings").text


def test_a_mail_that_does_not_leave_is_told_and_the_link_is_there(desk: Desk) -> None:
    desk.mail = "broken"
    with desk.browser("lena") as lena:
        page = lena.post("/settings/invites", data={"email": "nora.fifth@ledgerly.example", "role": "agent"}).text
    desk.mail = "none"

    assert "The mail did not leave" in page
    with desk.browser() as nora:
        assert nora.get(link_in(page)).status_code == 200


def test_somebody_who_left_comes_back_with_nothing_that_opened_the_house_before(desk: Desk) -> None:
    email = desk.newcomer()
    before = desk.signed_in(email)
    sets_up_app(before)
    desk.db.run("update agents set is_active = false where email = %(e)s", {"e": email})

    link = invites(desk, email)
    with desk.browser() as again:
        answer = again.post(link, data={"name": "Back", "password": NEW})

        assert answer.headers["location"] == "/desk"
        assert is_in(again)
    assert not is_in(before)
    with desk.browser() as old:
        assert old.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 422


# sessions and passwords


def test_sessions_are_listed_and_end_one_by_one_or_all_the_others(desk: Desk) -> None:
    email = desk.newcomer()
    here, there, elsewhere = (desk.signed_in(email) for _ in range(3))
    page = here.get("/desk/me/access").text
    assert page.count("Firefox") >= 3
    assert "127.0.0.1" in page
    ends = re.findall(r'action="(/desk/me/access/sessions/[0-9a-f-]+/end)"', page)
    assert len(ends) == 2

    here.post(ends[0])
    assert [is_in(here), is_in(there), is_in(elsewhere)].count(False) == 1

    here.post("/desk/me/access/sessions/end-others")
    assert [is_in(line) for line in (here, there, elsewhere)] == [True, False, False]


def test_nobody_ends_anothers_session(desk: Desk) -> None:
    mine, theirs = desk.signed_in(desk.newcomer()), desk.signed_in(desk.newcomer())
    session = next(s for s in desk.db.all("select id, agent_id from sessions order by created_at desc limit 1"))

    answers = [mine.post(f"/desk/me/access/sessions/{one}/end") for one in (session.id, str(uuid4()))]

    assert [a.status_code for a in answers] == [404, 404]
    assert is_in(theirs)


def test_when_somebody_was_last_seen_is_noted_once_a_minute(desk: Desk) -> None:
    line = desk.signed_in(desk.newcomer())
    token = line.cookies[COOKIE]
    workspace, now = desk.running.rooms.workspace, datetime.now(UTC)

    def seen() -> datetime:
        agent = workspace.session(token, now)
        assert agent
        return next(s.seen_at for s in Sessions(desk.db).of(agent.id, token, now) if s.is_this)

    first = seen()
    workspace.session(token, now + timedelta(seconds=50))
    assert seen() == first
    workspace.session(token, now + timedelta(seconds=70))
    assert seen() == now + timedelta(seconds=70)


def test_another_password_ends_every_other_session_and_the_old_one_opens_nothing(desk: Desk) -> None:
    email = desk.newcomer()
    here, there = desk.signed_in(email), desk.signed_in(email)
    planted = here.cookies[COOKIE]

    for current, new, field_, said in (
        ("wrong", NEW, "current", "not your password"), (PASSWORD, "short", "new", "at least"),
        (PASSWORD, email, "new", "contains"),
    ):  # fmt: skip
        page = here.post("/desk/me/access/password", data={"current": current, "new": new})
        assert (page.status_code, said in page.text.split(f'id="wrong-{field_}"')[1]) == (422, True)
    assert is_in(there)
    answer = here.post("/desk/me/access/password", data={"current": PASSWORD, "new": NEW})

    assert answer.status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert desk.running.rooms.workspace.session(planted, datetime.now(UTC)) is None
    with desk.browser() as old:
        assert old.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 422
    assert record(desk, "agent.password_changed")[-1].body == {}


def test_guessing_ones_own_password_is_slowed_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(my_access, "_ATTEMPTS", Limit(2, 900))
    line = desk.signed_in(desk.newcomer())
    tried = [line.post("/desk/me/access/password", data={"current": c, "new": NEW}).text for c in ("a", "b", PASSWORD)]

    assert "Too many attempts" in tried[2]
    assert is_in(line)


@pytest.mark.parametrize("deed", ["app/remove", "codes", "passkeys/options", "passkeys/nothing/remove", "app"])
def test_who_signed_in_long_ago_signs_in_again_before_changing_how(desk: Desk, deed: str) -> None:
    line = desk.signed_in(desk.newcomer())
    desk.db.run("update sessions set created_at = now() - interval '16 minutes'")

    answer = line.post(f"/desk/me/access/{deed}")

    where = answer.json()["to"] if deed == "passkeys/options" else answer.headers["location"]
    assert where == "/sign-in?again=yes&next=/desk/me/access"
    assert "Confirm that it is you" in line.get(where).text


# a second step


def sets_up_app(line: httpx.Client, there: str = "/desk/me/access/app") -> tuple[pyotp.TOTP, list[str]]:
    """The app, and the recovery codes that are shown."""
    page = line.get(there).text
    secret = html.unescape(re.findall(r'class="secret">([^<]+)<', page)[0]).replace(" ", "")
    assert "<svg" in page
    app = pyotp.TOTP(secret)
    answer = line.post(there, data={"code": app.at(datetime.now(UTC))})
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)
    assert len(codes) == 10
    return app, codes


def next_code(app: pyotp.TOTP) -> str:
    """One later than that which set the app up, and near enough however slow we are."""
    return app.at(datetime.now(UTC) + timedelta(seconds=30))


def gives_password(desk: Desk, email: str) -> httpx.Client:
    line = desk.browser()
    answer = line.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/desk/views"})
    assert answer.headers["location"] == "/sign-in/second-step"
    return line


def gives_code(line: httpx.Client, code: str) -> int:
    return line.post("/sign-in/second-step", data={"code": code}).status_code


def test_with_an_app_the_password_alone_opens_nothing(desk: Desk) -> None:
    email = desk.newcomer()
    app, _ = sets_up_app(desk.signed_in(email))

    line = gives_password(desk, email)
    assert COOKIE not in line.cookies
    assert not is_in(line)
    assert "Code from your app" in line.get("/sign-in/second-step").text
    answer = line.post("/sign-in/second-step", data={"code": next_code(app)})

    assert answer.headers["location"] == "/desk/views"
    assert is_in(line)
    assert "with a second step" in line.get("/desk/me/access").text


def test_a_code_is_taken_once_and_no_older_one_after_it(desk: Desk) -> None:
    email = desk.newcomer()
    app, _ = sets_up_app(desk.signed_in(email))
    now = datetime.now(UTC)
    code = app.at(now + timedelta(seconds=30))
    assert gives_code(gives_password(desk, email), code) == 303

    replayed = gives_password(desk, email)
    assert gives_code(replayed, code) == 422
    assert gives_code(replayed, app.at(now)) == 422
    assert not is_in(replayed)


def test_a_recovery_code_opens_once(desk: Desk) -> None:
    email = desk.newcomer()
    _, codes = sets_up_app(desk.signed_in(email))

    assert gives_code(gives_password(desk, email), codes[3].upper().replace("-", " ")) == 303
    assert gives_code(gives_password(desk, email), codes[3]) == 422
    assert gives_code(gives_password(desk, email), codes[4]) == 303
    assert record(desk, "recovery_code.used")
    dump = desk.db.all("select encode(code_hash, 'escape') as code from recovery_codes")
    assert not any(code.replace("-", "") in row.code for code in codes for row in dump)


def test_new_recovery_codes_end_the_old_ones(desk: Desk) -> None:
    email = desk.newcomer()
    line = desk.signed_in(email)
    _, old = sets_up_app(line)
    fresh = re.findall(r"<code>([a-z2-7-]{19})</code>", line.post("/desk/me/access/codes").text)

    assert gives_code(gives_password(desk, email), old[0]) == 422
    assert gives_code(gives_password(desk, email), fresh[0]) == 303


def test_wrong_codes_are_counted_for_the_person_in_every_browser(desk: Desk) -> None:
    email = desk.newcomer()
    app, _ = sets_up_app(desk.signed_in(email))
    first, second = gives_password(desk, email), gives_password(desk, email)

    assert [gives_code(first, "000000") for _ in range(5)] == [422] * 5
    assert [gives_code(second, "111-111") for _ in range(5)] == [422] * 5
    assert gives_code(gives_password(desk, email), next_code(app)) == 429
    desk.db.run("update authenticators set missed_at = now() - interval '16 minutes'")
    assert gives_code(second, next_code(app)) == 303


def test_a_second_step_belongs_to_the_browser_that_gave_the_password(desk: Desk) -> None:
    email = desk.newcomer()
    app, _ = sets_up_app(desk.signed_in(email))
    gives_password(desk, email)
    with desk.browser() as eve:
        answer = eve.post("/sign-in/second-step", data={"code": next_code(app)})

        assert answer.headers["location"] == "/sign-in"
        assert not is_in(eve)


def test_an_app_is_confirmed_by_its_own_code(desk: Desk) -> None:
    email = desk.newcomer()
    line = desk.signed_in(email)
    page = line.get("/desk/me/access/app").text

    refused = line.post("/desk/me/access/app", data={"code": "123456"})

    secret = re.findall(r'class="secret">([^<]+)<', page)[0]
    assert refused.status_code == 422
    assert secret in refused.text, "the same picture stays"
    assert desk.signed_in(email)


def test_whoever_loads_the_page_of_codes_again_reads_that_the_step_is_on_and_where_new_codes_are(desk: Desk) -> None:
    line = desk.signed_in(desk.newcomer())
    sets_up_app(line)

    for again in (line.get, line.post):
        told = again("/desk/me/access/app", follow_redirects=True)
        assert "Your second step is on." in told.text
        assert 'action="/desk/me/access/codes"' in told.text
    assert "Set up an app for codes" in line.get("/desk/me/access/app?another=1").text


def test_the_app_is_taken_away_by_its_owner(desk: Desk) -> None:
    email = desk.newcomer()
    line = desk.signed_in(email)
    sets_up_app(line)

    line.post("/desk/me/access/app/remove")

    assert desk.signed_in(email)
    assert record(desk, "second_step.removed")[-1].author == "agt_" + email.partition("@")[0]


def test_a_lead_takes_it_away_for_somebody_who_lost_everything(desk: Desk) -> None:
    email = desk.newcomer()
    line, agent = desk.signed_in(email), "agt_" + email.partition("@")[0]
    sets_up_app(line)
    with desk.browser("lena") as lena, desk.browser("mira") as mira:
        assert mira.post(f"/settings/people/{agent}/reset").status_code == 403
        assert "two steps" in lena.get("/settings").text
        lena.post(f"/settings/people/{agent}/reset")

    assert not is_in(line)
    assert desk.signed_in(email)
    assert record(desk, "second_step.reset")[-1].author == "agt_lena"


def test_a_role_that_needs_a_second_step_sets_one_up_on_the_way_in(desk: Desk) -> None:
    email = desk.newcomer()
    careless, careful = desk.signed_in(email), desk.newcomer()
    app, _ = sets_up_app(desk.signed_in(careful))
    twice = gives_password(desk, careful)
    gives_code(twice, next_code(app))
    with desk.browser("lena") as lena:
        lena.post("/settings/sign-in/second-step", data={"role": "agent"})
        try:
            assert (is_in(careless), is_in(twice), is_in(lena)) == (False, True, True)
            line = gives_password(desk, email)
            assert not is_in(line)
            sets_up_app(line, "/sign-in/second-step")
            assert is_in(line)
            line.post("/desk/me/access/app/remove")
            assert "needs a second step" in line.get("/desk/me/access").text
        finally:
            lena.post("/settings/sign-in/second-step", data={})
    assert [r.body["roles"] for r in record(desk, "second_step.required")][-2:] == [["agent"], []]


# the company's own provider


@pytest.fixture(scope="module")
def provider(desk: Desk) -> Iterator[Company]:
    with company() as found:
        yield found


@pytest.fixture
def ledgerly(desk: Desk, provider: Company) -> Company:
    """Set up by Lena; it signs what is true."""
    provider.bend, provider.sign, provider.metadata, provider.userinfo = (lambda c: c), None, {}, None
    provider.person = vouched("mira@ledgerly.example")
    sets_up(desk, provider)
    return provider


def vouched(email: str, subject: str = "", **more: Any) -> dict[str, Any]:
    return {"sub": subject or f"sub of {email}", "email": email, "email_verified": True, "name": "Nora Named", **more}


def sets_up(desk: Desk, provider: Company, **more: str) -> httpx.Response:
    form = {"name": "Ledgerly", "issuer": provider.address, "client_id": CLIENT, "secret": SECRET, **more}
    with desk.browser("lena") as lena:
        return lena.post("/settings/sign-in/provider", data=form)


def goes_there(line: httpx.Client) -> str:
    answer = line.get("/sign-in/provider", params={"next": "/desk/views"})
    assert answer.status_code == 303
    return answer.headers["location"]


def comes_back(desk: Desk, provider: Company, **more: str) -> tuple[httpx.Response, httpx.Client]:
    line = desk.browser()
    return line.get("/sign-in/provider/back", params=provider.sign_in(goes_there(line), **more)), line


def test_an_agent_comes_in_through_the_company(desk: Desk, ledgerly: Company) -> None:
    answer, line = comes_back(desk, ledgerly)

    assert answer.headers["location"] == "/desk/views"
    assert "mira@ledgerly.example" in line.get("/desk/me/access").text
    assert "through your company" in line.get("/desk/me/access").text
    with desk.browser() as stranger:
        assert "Sign in with Ledgerly" in stranger.get("/sign-in").text


def bent(**claims: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda real: {name: value for name, value in {**real, **claims}.items() if value is not None}


LIES: dict[str, tuple[Any, str]] = {
    "another nonce": (bent(nonce="of another browser"), "answers another question"),
    "no nonce": (bent(nonce=None), "answers another question"),
    "another audience": (bent(aud="another application"), "made for another application"),
    "several audiences": (bent(aud=[CLIENT, "another application"]), "made for another application"),
    "made out to another": (bent(azp="another application"), "made for another application"),
    "another issuer": (bent(iss="https://login.evil.example"), "made by another provider"),
    "expired": (bent(exp=1_000_000_000), "has expired"),
    "eternal": (bent(exp=None), "has expired"),
    "not yet": (bent(iat=4_000_000_000, exp=4_000_000_300), "not valid yet"),
    "nobody": (bent(sub=None), "names nobody"),
    "an address nobody vouches for": (bent(email_verified=False), "does not vouch"),
    "an address nobody speaks of": (bent(email_verified=None), "does not vouch"),
    "no address": (bent(email=None), "answers 404"),
    "alg none": (unsigned, "not signed by the provider"),
    "signed with our secret": (signed_with_our_secret, "not signed by the provider"),
    "signed by another": (signed_by_another, "not signed by the provider"),
    "a stranger": (bent(sub="eve", email="eve@elsewhere.example"), "has no place"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_hold_lets_nobody_in(desk: Desk, ledgerly: Company, lie: str) -> None:
    how, said = LIES[lie]
    if how in (unsigned, signed_with_our_secret, signed_by_another):
        ledgerly.sign = how
    else:
        ledgerly.bend = how
    answer, line = comes_back(desk, ledgerly)

    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert COOKIE not in line.cookies


def test_an_answer_belongs_to_the_browser_and_the_question_and_comes_once(desk: Desk, ledgerly: Company) -> None:
    mira, eve = desk.browser(), desk.browser()
    brought = ledgerly.sign_in(goes_there(mira))
    goes_there(eve)
    back = "/sign-in/provider/back"

    assert "another question" in eve.get(back, params=brought).text, "the state is Mira's"
    assert desk.browser().get(back, params=brought).status_code == 422, "this browser asked nothing"
    assert mira.get(back, params=brought).status_code == 303
    assert mira.get(back, params=brought).status_code == 422


def test_a_wrong_verifier_gets_no_token(desk: Desk, ledgerly: Company) -> None:
    line = desk.browser()
    brought = ledgerly.sign_in(goes_there(line))
    ledgerly.codes[brought["code"]]["code_challenge"] = "of somebody else's verifier"

    assert "did not take the code" in line.get("/sign-in/provider/back", params=brought).text


def test_two_providers_are_not_mixed_up(desk: Desk, ledgerly: Company) -> None:
    assert "another provider" in comes_back(desk, ledgerly, iss="https://login.evil.example")[0].text
    assert comes_back(desk, ledgerly, iss=ledgerly.address)[0].status_code == 303
    ledgerly.metadata = {"authorization_response_iss_parameter_supported": True}
    assert "another provider" in comes_back(desk, ledgerly)[0].text
    ledgerly.metadata = {"issuer": "https://login.evil.example"}
    assert desk.browser().get("/sign-in/provider").status_code == 503
    ledgerly.metadata = {}

    line = desk.browser()
    brought = ledgerly.sign_in(goes_there(line))
    with company() as other:
        sets_up(desk, other)
        assert "changed meanwhile" in line.get("/sign-in/provider/back", params=brought).text
        assert other.asked == ["/.well-known/openid-configuration"], "the code of one is never shown to another"


def test_an_invitation_is_accepted_by_coming_through_the_company(desk: Desk, ledgerly: Company) -> None:
    link = invites(desk, "nora.company@ledgerly.example", role="lead")
    ledgerly.person = vouched("Nora.Company@ledgerly.example")

    answer, line = comes_back(desk, ledgerly)

    assert answer.status_code == 303
    assert line.get("/quality").status_code == 200
    assert desk.browser().get(link).status_code == 404


def test_people_of_a_listed_domain_become_agents_by_coming(desk: Desk, ledgerly: Company) -> None:
    sets_up(desk, ledgerly, domains="ledgerly.example, @sister.example")
    ledgerly.person = vouched("nils@sister.example")
    assert comes_back(desk, ledgerly)[0].status_code == 303
    ledgerly.person = vouched("nils@sister.example.evil.example")
    assert comes_back(desk, ledgerly)[0].status_code == 422

    [nils] = [a for a in desk.running.rooms.workspace.agents() if a.email == "nils@sister.example"]
    assert (nils.name, nils.role) == ("Nora Named", "agent")
    assert record(desk, "agent.arrived")[-1].author == nils.id


def test_the_account_counts_not_its_address_of_today(desk: Desk, ledgerly: Company) -> None:
    ledgerly.person = vouched("tom@ledgerly.example", "tom's account")
    assert comes_back(desk, ledgerly)[0].status_code == 303

    ledgerly.person = vouched("thomas@ledgerly.example", "tom's account")
    answer, line = comes_back(desk, ledgerly)
    assert answer.status_code == 303
    assert "tom@ledgerly.example" in line.get("/desk/me/access").text
    ledgerly.person = vouched("tom@ledgerly.example", "somebody who was given tom's address")
    assert comes_back(desk, ledgerly)[0].status_code == 422
    assert Passkeys(desk.db).linked(ledgerly.address, "tom's account") == ("agt_tom", True)


def test_who_has_left_does_not_come_back_through_the_company(desk: Desk, ledgerly: Company) -> None:
    sets_up(desk, ledgerly, domains="ledgerly.example")
    email = desk.newcomer()
    ledgerly.person = vouched(email)
    assert comes_back(desk, ledgerly)[0].status_code == 303

    desk.db.run("update agents set is_active = false where email = %(e)s", {"e": email})

    assert comes_back(desk, ledgerly)[0].status_code == 422
    ledgerly.person = vouched(email, "another account")
    assert comes_back(desk, ledgerly)[0].status_code == 422


def test_a_provider_may_keep_the_address_for_those_who_ask(desk: Desk, ledgerly: Company) -> None:
    ledgerly.person = {"sub": "sub of mira@ledgerly.example"}
    ledgerly.userinfo = vouched("mira@ledgerly.example")
    assert comes_back(desk, ledgerly)[0].status_code == 303
    ledgerly.userinfo = vouched("mira@ledgerly.example", "somebody else")
    assert "somebody else" in comes_back(desk, ledgerly)[0].text


def test_the_second_step_is_asked_for_unless_the_provider_asks(desk: Desk, ledgerly: Company) -> None:
    email = desk.newcomer()
    app, _ = sets_up_app(desk.signed_in(email))
    ledgerly.person = vouched(email)

    answer, line = comes_back(desk, ledgerly)
    assert answer.headers["location"] == "/sign-in/second-step"
    assert not is_in(line)
    assert gives_code(line, next_code(app)) == 303
    sets_up(desk, ledgerly, asks_twice="true")
    assert comes_back(desk, ledgerly)[0].headers["location"] == "/desk/views"


def test_a_provider_is_asked_before_it_is_kept_and_its_secret_is_never_told(desk: Desk, ledgerly: Company) -> None:
    assert sets_up(desk, ledgerly, secret="").status_code == 303, "the one of before stays"
    assert comes_back(desk, ledgerly)[0].status_code == 303
    for more, field_, said in (
        ({"issuer": "https://127.0.0.1:1"}, "issuer", "does not answer"),
        ({"issuer": "nowhere"}, "issuer", "no address"),
        ({"issuer": ledgerly.address + "/"}, "issuer", "calls itself"), ({"name": ""}, "name", "Name it"),
        ({"issuer": "http://10.1.2.3"}, "issuer", "without encryption"),
        ({"issuer": "https://10.1.2.3"}, "issuer", "not on the public net"),
        ({"client_id": ""}, "client_id", "gives one"),
        ({"domains": "a b.example"}, "domains", "no domain"),
    ):  # fmt: skip
        page = sets_up(desk, ledgerly, **more)
        assert page.status_code == 422
        assert said in page.text.split(f'id="wrong-{field_}"')[1]
    with desk.browser("lena") as lena:
        pages = [lena.get(f"/settings/{there}").text for there in ("sign-in", "record", "record?kind=entry")]
        assert not any(SECRET in page for page in pages)
        assert "own sign-in was set up or changed" in pages[2]
        lena.post("/settings/sign-in/provider/remove")
        assert desk.browser().get("/sign-in/provider").status_code == 404
    assert SECRET not in str(desk.db.all("select body from events"))


# passkeys

OPTIONS, PASSKEYS = "/sign-in/passkey/options", "/desk/me/access/passkeys"


def keeps(desk: Desk, line: httpx.Client, name: str = "Laptop", **bent: Any) -> Device:
    """A device with a new passkey of whoever is signed in."""
    device = Device(desk.running.url, "127.0.0.1", **bent)
    answer = line.post(
        PASSKEYS, json={"name": name, "credential": device.makes(line.post(f"{PASSKEYS}/options").json())}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"to": "/desk/me/access"}
    assert "opens the desk" in line.get("/desk/me/access").text
    return device


def opens_by(desk: Desk, device: Device) -> tuple[httpx.Response, httpx.Client]:
    line = desk.browser()
    said = {"credential": device.signs(line.post(OPTIONS, json={}).json()), "next": "/desk/views"}
    return line.post("/sign-in/passkey", json=said), line


@pytest.fixture
def owner(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """Somebody new, signed in."""
    monkeypatch.setattr(passkeys, "_QUESTIONS", Limit(1000, 600))
    return desk.signed_in(desk.newcomer())


def test_a_passkey_opens_the_desk_without_a_name_and_counts_as_two_steps(desk: Desk, owner: httpx.Client) -> None:
    sets_up_app(owner)
    device = keeps(desk, owner)

    answer, line = opens_by(desk, device)

    assert answer.json() == {"to": "/desk/views"}
    assert is_in(line)
    assert "with a passkey" in line.get("/desk/me/access").text
    assert opens_by(desk, device)[0].status_code == 200


def test_several_passkeys_are_kept_by_name_and_each_is_removed_alone(desk: Desk, owner: httpx.Client) -> None:
    laptop, phone = keeps(desk, owner, "Laptop <b>"), keeps(desk, owner, "Phone")
    page = owner.get("/desk/me/access").text
    assert "Laptop &lt;b&gt;" in page
    removes = re.findall(r'action="(/desk/me/access/passkeys/[\w-]+/remove)"', page)
    theirs = desk.signed_in(desk.newcomer())
    assert theirs.post(removes[0]).status_code == 404

    owner.post(removes[0])

    assert [opens_by(desk, device)[0].status_code for device in (laptop, phone)] == [422, 200]
    assert [r.body["name"] for r in record(desk, "passkey.removed")][-1] == "Laptop <b>"


BENT: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://desk.evil.example"}, "another host": {"host": "evil.example"},
    "not unlocked": {"verifies": False}, "a copied key": {"counts": False}, "another's hands": {"owner": b"x" * 32},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())}, "an unknown key": {"id": b"unknown"},
}  # fmt: skip


@pytest.mark.parametrize("lie", BENT)
def test_an_answer_that_does_not_hold_opens_nothing(desk: Desk, owner: httpx.Client, lie: str) -> None:
    device = keeps(desk, owner)
    assert opens_by(desk, device)[0].status_code == 200
    for name, value in BENT[lie].items():
        setattr(device, name, value)

    answer, line = opens_by(desk, device)

    assert answer.status_code == 422
    assert "opens nothing here" in answer.json()["error"]
    assert COOKIE not in line.cookies


def test_a_question_is_answered_once_in_its_browser_and_by_who_works_here(desk: Desk, owner: httpx.Client) -> None:
    device, line, eve = keeps(desk, owner), desk.browser(), desk.browser()
    said = {"credential": device.signs(line.post(OPTIONS, json={}).json())}
    eve.post(OPTIONS, json={})

    assert eve.post("/sign-in/passkey", json=said).status_code == 422
    assert line.post("/sign-in/passkey", json=said).status_code == 200
    assert line.post("/sign-in/passkey", json=said).status_code == 422
    for nonsense in ({}, {"credential": {}}, {"credential": {"id": 7, "response": []}}, {"credential": "x"}):
        line.post(OPTIONS, json={})
        assert line.post("/sign-in/passkey", json=nonsense).status_code == 422
    line.post(OPTIONS, json={})
    assert line.post("/sign-in/passkey", content=b"{").status_code == 422
    desk.db.run("update agents set is_active = false where id = (select agent_id from passkeys where id = %(id)s)",
                {"id": said["credential"]["id"]})  # fmt: skip
    assert opens_by(desk, device)[0].status_code == 422


def test_a_passkey_is_made_for_this_house_and_unlocked(desk: Desk, owner: httpx.Client) -> None:
    for bent in ({"origin": "https://desk.evil.example"}, {"host": "evil.example"}, {"verifies": False}):
        device = Device(**{"origin": desk.running.url, "host": "127.0.0.1", **bent})
        made = device.makes(owner.post(f"{PASSKEYS}/options").json())
        assert owner.post(PASSKEYS, json={"name": "x", "credential": made}).status_code == 422
    made = Device(desk.running.url, "127.0.0.1").makes(owner.post(f"{PASSKEYS}/options").json())
    assert owner.post(PASSKEYS, json={"credential": made}).status_code == 200
    assert owner.post(PASSKEYS, json={"credential": made}).status_code == 422, "the question was answered"


def test_a_role_that_needs_two_steps_keeps_its_last_one(desk: Desk, owner: httpx.Client) -> None:
    device = keeps(desk, owner)
    email = re.findall(r'value="([^"@]+@[^"]+)"', owner.get("/desk/me/access").text)[0]
    with desk.browser("lena") as lena:
        lena.post("/settings/sign-in/second-step", data={"role": "agent"})
        try:
            line = gives_password(desk, email)
            assert "sign in with that" in line.get("/sign-in/second-step").text, "a password sets up no app beside it"
            assert gives_code(line, "123456") == 422
            assert not is_in(owner), "came in by a password alone"
            answer, whole = opens_by(desk, device)
            assert answer.status_code == 200
            last = re.findall(r'action="(/desk/me/access/passkeys/[\w-]+/remove)"', whole.get("/desk/me/access").text)
            whole.post(last[0])
            assert "needs a second step" in whole.get("/desk/me/access").text
            assert opens_by(desk, device)[0].status_code == 200
        finally:
            lena.post("/settings/sign-in/second-step", data={})


def test_questions_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "_QUESTIONS", Limit(2, 600))
    with desk.browser() as line:
        assert [line.post(OPTIONS, json={}).status_code for _ in range(3)] == [200, 200, 429]
