"""Files through every door: whose they are, what is refused, and that nothing in them ever runs (trust, defence 9)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.serving import KEY, NO_TLS, Served, is_problem
from api.test_doors import a_session
from api.test_widget import Browser
from segue.domain.files import FileCaps
from segue.domain.people import Agent, Team
from segue.store.attachments import Attachments
from segue.store.inbox import Arrival
from segue.web import files as files_page
from segue.web.doors import COOKIE
from segue.web.files import PREVIEWED
from segue.web.limits import Limit

NOW = datetime.now(UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<!doctype html><script>alert(1)</script>"
Files = dict[str, tuple[str, bytes, str]]


def form(name: str = "shot.png", body: bytes = PNG, kind: str = "image/png") -> Files:
    return {"file": (name, body, kind)}


class Desk:
    """Mira's browser, and a conversation that she has before her."""

    def __init__(self, shared: Served, agent: str = "agt_mira") -> None:
        self.shared = shared
        self.client = httpx.Client(
            base_url=shared.url, verify=NO_TLS, timeout=20, headers={"X-Part": "conversation"}, follow_redirects=True
        )
        self.client.cookies.set(COOKIE, a_session(shared, agent))
        arrival = Arrival("Help, please", external_id=f"con_{secrets.token_hex(6)}", is_verified=True)
        self.conversation = shared.rooms.inbox.accept(arrival, NOW).conversation_id
        self.here = f"/desk/conversations/{self.conversation}"

    def attaches(self, files: Files, kind: str = "reply", where: str = "") -> httpx.Response:
        return self.client.post(f"{where or self.here}/attachments", data={"kind": kind}, files=files)

    def holds(self, kind: str = "reply") -> list[str]:
        return re.findall(rf'name="attached-{kind}" value="(att_[\w-]+)"', self.client.get(self.here).text)

    def sends(self, text: str = "", kind: str = "reply", **more: Any) -> httpx.Response:
        data = {"text": text, "seen_seq": "99", f"attached-{kind}": self.holds(kind), **more}
        return self.client.post(f"{self.here}/{kind}", data=data)

    def thread(self) -> list[tuple[str, list[str]]]:
        with self.shared.client() as api:
            said = api.get(f"/conversations/{self.conversation}").json()
        return [(m["text"], [f["name"] for f in m["attachments"]]) for m in (*said["messages"], *said["notes"])]


@pytest.fixture
def mira(shared: Served) -> Iterator[Desk]:
    desk = Desk(shared)
    yield desk
    desk.client.close()


@pytest.fixture
def eve(shared: Served) -> Iterator[Browser]:
    browser = Browser(shared)
    yield browser
    browser.client.close()


def brought(browser: Browser, **more: Any) -> str:
    answer = browser.client.post("/widget/attachments", files=form(**more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


# an agent's


def test_a_draft_keeps_its_files_and_a_reply_takes_them(mira: Desk) -> None:
    mira.attaches(form("shot.png"))
    mira.attaches(form("to us.txt", b"Between us", "text/plain"), "note")

    assert [len(mira.holds(kind)) for kind in ("reply", "note")] == [1, 1], "a second tab finds them"
    mira.sends("Here it is.")
    mira.sends("", "note")

    assert mira.thread() == [
        ("Help, please", []), ("Here it is.", ["shot.png"]), ("Sent to us.txt", ["to us.txt"])
    ]  # fmt: skip
    assert mira.holds() == mira.holds("note") == []


def test_without_scripts_files_come_with_the_reply_itself(mira: Desk) -> None:
    del mira.client.headers["X-Part"]
    answer = mira.client.post(f"{mira.here}/reply", data={"text": "Both", "seen_seq": "99"}, files=[
        ("file", ("a.png", PNG, "image/png")), ("file", ("b.txt", b"hello", "text/plain")), ("file", ("", b"", "")),
    ])  # fmt: skip

    assert answer.status_code == 200
    assert mira.thread()[-1] == ("Both", ["a.png", "b.txt"])


def test_what_is_too_much_is_said_where_the_file_is_and_the_text_stays(shared: Served, mira: Desk) -> None:
    largest = shared.rooms.caps.largest
    too_large = mira.attaches(form("big.bin", b"x" * (largest + 1)))
    assert (too_large.status_code, too_large.json()["type"]) == (413, "urn:segue:problem:too_large")
    assert "big.bin has 10.1 MB; 10 MB fit" in too_large.json()["detail"]
    empty = mira.attaches(form("empty.txt", b""))
    assert (empty.status_code, "empty" in empty.json()["detail"]) == (422, True)
    none = mira.client.post(f"{mira.here}/attachments", data={"kind": "reply"})
    assert none.status_code == 422

    for name in ("one.bin", "two.bin"):
        assert mira.attaches(form(name, b"x" * largest)).status_code == 200
    refused = mira.sends("What I wrote")
    assert refused.status_code == 422
    assert "Together the files have 20 MB; 18 MB go out with one message" in refused.text
    assert ">What I wrote</textarea>" in refused.text
    assert len(mira.holds()) == 2
    assert len(mira.thread()) == 1


def test_no_more_than_ten_lie_with_a_draft(mira: Desk) -> None:
    for n in range(10):
        assert mira.attaches(form(f"{n}.png")).status_code == 200
    assert "10 files fit" in mira.attaches(form("11.png")).json()["detail"]


def test_a_file_is_its_makers_until_it_is_sent(shared: Served, mira: Desk) -> None:
    mira.attaches(form())
    (file,) = mira.holds()
    tom = Desk(shared, "agt_tom")

    assert mira.client.get(f"/desk/attachments/{file}").status_code == 200
    assert tom.client.get(f"/desk/attachments/{file}").status_code == 404
    with shared.client() as api:
        assert is_problem(api.get(f"/attachments/{file}"))["status"] == 404
    tom.client.post(f"{mira.here}/attachments/{file}/remove")
    tom.client.post(f"{mira.here}/reply", data={"text": "Mine", "seen_seq": "99", "attached-reply": file})
    assert "Mine" not in [text for text, _ in mira.thread()]
    assert mira.holds() == [file]

    mira.sends("Here")
    assert tom.client.get(f"/desk/attachments/{file}").content == PNG
    tom.client.close()


def test_a_file_goes_into_no_other_conversation_and_what_is_sent_stays(shared: Served, mira: Desk) -> None:
    mira.attaches(form())
    (file,) = mira.holds()
    other = Desk(shared)
    answer = other.client.post(f"{other.here}/reply", data={"text": "x", "seen_seq": "9", "attached-reply": file})
    assert (answer.status_code, "There is no file" in answer.text) == (422, True)

    mira.sends("Here")
    mira.client.post(f"{mira.here}/attachments/{file}/remove")
    assert mira.thread()[-1] == ("Here", ["shot.png"])
    other.client.close()


def test_a_file_taken_off_is_gone(mira: Desk) -> None:
    mira.attaches(form())
    (file,) = mira.holds()

    mira.client.post(f"{mira.here}/attachments/{file}/remove")

    assert mira.holds() == []
    assert mira.client.get(f"/desk/attachments/{file}").status_code == 404


def test_a_closed_teams_file_is_as_if_it_were_not(shared: Served, mira: Desk) -> None:
    workspace = shared.rooms.workspace
    workspace.put_team(Team("vault", "Vault", is_closed=True))
    workspace.put_agent(Agent("agt_vera", "Vera", "vera@ledgerly.example", "agent", ("vault",)), NOW)
    mira.attaches(form())
    (file,) = mira.holds()
    mira.sends("Here")
    shared.rooms.db.run("update conversations set team_id = 'vault' where id = %(id)s", {"id": mira.conversation})
    vera = Desk(shared, "agt_vera")

    closed, missing = (mira.client.get(f"/desk/attachments/{one}") for one in (file, "att_" + "x" * 24))
    assert closed.status_code == missing.status_code == 404
    assert closed.text.replace(file, "") == missing.text.replace("att_" + "x" * 24, "")
    assert vera.client.get(f"/desk/attachments/{file}").content == PNG
    vera.client.close()


# how they leave


@pytest.mark.parametrize(
    ("name", "body", "claimed"),
    [("page.html", HTML, "text/html"), ("drawing.svg", SVG, "image/svg+xml"), ("photo.png", HTML, "image/png"),
     ("photo.png", SVG, "image/png"), ("run.exe", b"MZ\x90\0", "image/png"),
     ("doc.pdf", b"%PDF-1.7", "application/pdf"), ("script.js", b"alert(1)", "text/javascript")],
)  # fmt: skip
def test_nothing_but_a_plain_picture_is_ever_shown(
    mira: Desk, eve: Browser, name: str, body: bytes, claimed: str
) -> None:
    mira.attaches(form(name, body, claimed))
    (file,) = mira.holds()
    for answer in (mira.client.get(f"/desk/attachments/{file}"), of_customer(eve, name, body, claimed)):
        assert answer.content == body
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert_guarded(answer)
    assert "<img" not in mira.client.get(mira.here).text.partition('id="files-reply"')[2].partition("</ul>")[0]


def test_a_picture_is_shown_and_guarded_all_the_same(mira: Desk, eve: Browser) -> None:
    mira.attaches(form("shot.html", PNG, "text/html"))
    (file,) = mira.holds()
    for answer in (mira.client.get(f"/desk/attachments/{file}"), of_customer(eve, "shot.html", PNG, "text/html")):
        assert answer.headers["content-type"] == "image/png", "by content, not by name"
        assert answer.headers["content-disposition"].startswith("inline;")
        assert_guarded(answer)
    assert f'<img src="/desk/attachments/{file}"' in mira.client.get(mira.here).text
    assert FileCaps().largest > PREVIEWED, "a huge picture is not fetched unasked"


def assert_guarded(answer: httpx.Response) -> None:
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "no-store" in answer.headers["cache-control"]


def of_customer(eve: Browser, name: str, body: bytes, claimed: str) -> httpx.Response:
    return eve.client.get(link_of(eve, name, body, claimed), headers={"Authorization": ""})


def link_of(eve: Browser, name: str = "shot.png", body: bytes = PNG, claimed: str = "image/png") -> str:
    """The link that stands in the customer's own page."""
    conversation = eve.says("See this", files=[brought(eve, name=name, body=body, kind=claimed)])
    return re.findall(r'href="(/files/[^"]+)"', eve.sees(conversation).text)[0].replace("&amp;", "&")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\r\nSet-Cookie: x=1.pdf", "invoice\u202efdp.exe", "nul\0.pdf", 'quo"te.pdf', "<b>x</b>.pdf",
     "x" * 300 + ".pdf", "日本語.pdf"],
)  # fmt: skip
def test_no_name_adds_a_header_leads_elsewhere_or_misleads(shared: Served, mira: Desk, name: str) -> None:
    boundary = secrets.token_hex(8)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    mira.client.post(f"{mira.here}/attachments", content=head + b"hello\r\n--" + boundary.encode() + b"--\r\n",
                     headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})  # fmt: skip

    for file in mira.holds():
        answer = mira.client.get(f"/desk/attachments/{file}")
        told = answer.headers["content-disposition"]
        assert "set-cookie" not in answer.headers
        assert re.fullmatch(r"(attachment|inline); filename\*=UTF-8''[\w.%~-]+", told)
        assert not re.search(r"%2F|%5C|%0[0-9A-F]|%1[0-9A-F]|%E2%80%AE", told)
        assert len(Attachments(shared.rooms.db).one(file, "agt_mira")[0].name) <= 120
    assert "<b>x" not in mira.client.get(mira.here).text


# a customer's


def test_a_customers_file_waits_for_their_message_and_nobody_elses(shared: Served, eve: Browser) -> None:
    file, other = brought(eve), Browser(shared)
    stolen = other.client.post("/widget/messages", json={"text": "x", "client_id": "1", "files": [file]})
    assert is_problem(stolen)["status"] == 422
    other.client.post(f"/widget/attachments/{file}/remove", json={})

    conversation = eve.says("", files=[file])

    assert "shot.png" in eve.sees(conversation).text
    other.client.close()


def test_the_same_message_with_its_file_sent_twice_is_one(shared: Served, eve: Browser) -> None:
    said = {"text": "See this", "client_id": secrets.token_hex(6), "files": [brought(eve)]}
    first, again = (eve.client.post("/widget/messages", json=said) for _ in range(2))

    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    with shared.client() as api:
        (message,) = api.get(f"/conversations/{first.json()['conversation']}").json()["messages"]
    assert len(message["attachments"]) == 1


def test_a_file_is_sent_once(eve: Browser) -> None:
    file = brought(eve)
    eve.says("See this", files=[file])
    answer = eve.client.post("/widget/messages", json={"text": "Again", "client_id": "b", "files": [file]})

    assert is_problem(answer)["status"] == 422


def test_ten_megabytes_and_a_byte_are_refused_and_ten_are_not(shared: Served, eve: Browser) -> None:
    largest = shared.rooms.caps.largest
    assert len(brought(eve, body=b"x" * largest)) > 20
    answer = eve.client.post("/widget/attachments", files=form("big.bin", b"x" * (largest + 1)))
    assert is_problem(answer)["status"] == 413
    assert "big.bin has 10.1 MB" in answer.json()["detail"]
    huge = form("big.bin", b"x" * (shared.rooms.caps.together * 2))
    far_too_large = eve.client.post("/widget/attachments", files=huge)
    assert is_problem(far_too_large)["status"] == 413
    elsewhere = eve.client.post("/widget/messages", content=b"x" * 2_000_000)
    assert is_problem(elsewhere)["status"] == 413, "only where files are brought is a body so large"


def test_one_address_brings_only_so_much(eve: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_page, "_BYTES", Limit(3, 600))
    brought(eve, body=b"x" * 250_000)

    for bring in (
        lambda: eve.client.post("/widget/attachments", files=form()),
        lambda: eve.client.post("/chat/messages", data={"text": "What I wrote"}, files=form()),
    ):
        answer = bring()
        assert answer.status_code in (422, 429)
        assert "seconds" in answer.text
    assert "What I wrote" in answer.text


def test_one_address_brings_only_so_many_files_however_small(eve: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_page, "_FILES", Limit(2, 600))
    monkeypatch.setattr(files_page, "_BYTES", Limit(1000, 600))

    answers = [eve.client.post("/widget/attachments", files=form()) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    assert "seconds" in is_problem(answers[-1])["detail"]


def test_a_link_that_ended_or_was_made_up_opens_nothing(shared: Served, eve: Browser) -> None:
    link = link_of(eve)
    file = link.removeprefix("/files/").partition("?")[0]
    ended = shared.rooms.links.to(file, NOW - timedelta(days=2))
    foreign = link_of(eve, "other.png").removeprefix("/files/").partition("?")[0]
    shared_note = link.replace(file, foreign)
    forged = re.sub(r"key=..", "key=zz", link)

    stranger = httpx.Client(base_url=shared.url, verify=NO_TLS)
    assert stranger.get(link).status_code == 200
    for one in (ended, shared_note, forged, f"/files/{file}", link.replace("until=", "until=9")):
        answer = stranger.get(one)
        assert answer.status_code in (404, 422), one
        assert PNG not in answer.content
    stranger.close()


def test_a_note_has_no_link_for_customers(shared: Served, mira: Desk) -> None:
    mira.attaches(form(), "note")
    (file,) = mira.holds("note")
    mira.sends("", "note")

    assert httpx.get(shared.url + shared.rooms.links.to(file, NOW), verify=NO_TLS).status_code == 404


@pytest.mark.parametrize("path", ["/chat/messages", "/contact"])
def test_a_form_without_scripts_brings_files_and_keeps_those_that_were_taken(shared: Served, path: str) -> None:
    with httpx.Client(base_url=shared.url, verify=NO_TLS, timeout=20, follow_redirects=True) as browser:
        client_id, too_large = secrets.token_hex(8), b"x" * (shared.rooms.caps.largest + 1)
        typed = {"text": "What I wrote", "client_id": client_id, "email": "pat@elsewhere.example"}
        files = [("file", ("shot.png", PNG, "image/png")), ("file", ("big.bin", too_large, ""))]
        refused = browser.post(path, data=typed, files=files)
        (kept,) = re.findall(r'name="kept" value="(att_[\w-]+)"', refused.text)
        assert refused.status_code == 422
        assert "big.bin has 10.1 MB; 10 MB fit" in refused.text
        assert "What I wrote" in refused.text
        assert f'value="{client_id}"' in refused.text

        browser.post(path, data={**typed, "kept": kept}, files=[("file", ("", b"", ""))])
        assert "shot.png" in browser.get("/chat").text


def test_a_form_names_nobody_elses_file(shared: Served, eve: Browser) -> None:
    file = brought(eve)
    with httpx.Client(base_url=shared.url, verify=NO_TLS, follow_redirects=True) as browser:
        browser.post("/chat/messages", data={"text": "Hello", "client_id": secrets.token_hex(8), "kept": file})
        assert "shot.png" not in browser.get("/chat").text


# machines


def test_a_machine_brings_a_file_first_and_names_it_then(shared: Served) -> None:
    with shared.client() as api:
        file = api.post("/attachments", files=form("report.csv", b"a,b\n", "text/csv")).json()
        said = {"contact": {}, "text": "The report", "attachments": [file["id"]]}
        conversation = api.post("/conversations", json=said).json()["conversation"]["id"]
        answer = api.post("/attachments", files=form()).json()
        reply = {"agent": "agt_mira", "text": "Thanks", "attachments": [answer["id"]]}
        assert api.post(f"/conversations/{conversation}/reply", json=reply).status_code == 201
        first, second = api.get(f"/conversations/{conversation}").json()["messages"]

        assert [f["name"] for f in first["attachments"]] == ["report.csv"]
        assert second["attachments"] == [{"id": answer["id"], "name": "shot.png", "kind": "image/png", "size": 48}]
        assert api.get(f"/attachments/{file['id']}").content == b"a,b\n"


def test_what_a_machine_cannot_bring_is_a_problem(shared: Served) -> None:
    with shared.client() as api:
        assert is_problem(api.post("/attachments", json={}))["status"] == 415
        assert is_problem(api.post("/attachments", files={"other": ("a", b"x")}))["status"] == 400
        assert is_problem(api.post("/attachments", files=form(body=b"")))["status"] == 422
        unknown = api.post("/conversations", json={"contact": {}, "text": "x", "attachments": ["att_nothing"]})
        assert is_problem(unknown)["errors"][0]["pointer"] == "/attachments"
    with shared.client("sk_conversations:read") as reader:
        assert is_problem(reader.post("/attachments", files=form()))["status"] == 403


# how long


def test_what_no_message_took_is_thrown_away_after_a_day_and_a_drafts_after_two_weeks(
    shared: Served, mira: Desk, eve: Browser
) -> None:
    store, loose = Attachments(shared.rooms.db), brought(eve)
    conversation = eve.says("Look", files=[brought(eve)])
    mira.attaches(form())
    (drafted,) = mira.holds()

    now = datetime.now(UTC)  # the module's is as old as the run
    store.sweep(now + timedelta(hours=23))
    assert is_there(shared, loose)
    store.sweep(now + timedelta(days=1, minutes=10))
    assert [is_there(shared, one) for one in (loose, drafted)] == [False, True]
    store.sweep(now + timedelta(days=15))
    assert not is_there(shared, drafted)
    assert "shot.png" in eve.sees(conversation).text


def is_there(shared: Served, file: str) -> bool:
    return shared.rooms.db.one("select id from attachments where id = %(id)s", {"id": file}) is not None


def test_the_key_is_no_way_round_the_door(shared: Served) -> None:
    """Nothing that a browser sends by itself brings a file in for a machine or a holder."""
    cookie = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_mira')}; sk={KEY}"}
    for path in ("/api/v1/attachments", "/widget/attachments"):
        assert httpx.post(shared.url + path, files=form(), headers=cookie, verify=NO_TLS).status_code == 401
