"""Threats of the open net, each by name: other sites' pages, stolen cookies, floods, scripts in texts, secrets at rest.

docs/security.md says which threat is met by which test. The matrix of who may see what is test_authorisation.py.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
import uvicorn
from structlog.testing import capture_logs

from api.serving import KEY, NO_TLS, Served, opening
from api.test_authorisation import PAGES
from api.test_doors import OPEN_ON_PURPOSE, a_session
from segue.app import running
from segue.app.demo.example import example
from segue.app.drill.small import small_house
from segue.app.settings import Settings
from segue.domain.people import Agent
from segue.store.invites import Invites
from segue.store.office import Office
from segue.store.second_step import SecondSteps
from segue.web import contact, limits
from segue.web.done import COOKIE as DONE
from segue.web.doors import COOKIE, new_secret
from segue.web.guest import CHAT
from segue.web.hashing import hashed
from segue.web.limits import Limit
from segue.web.my_access import ACCESS
from segue.web.one_time import new_codes

NOW = datetime.now(UTC)
SOURCES = Path(__file__).parents[2] / "src" / "segue"
DAY = timedelta(days=1)
PASSWORD = "a long enough password"
FOREIGN = [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
]  # fmt: skip
"""What a browser says of a request that another site's page made."""


@pytest.fixture
def line(shared: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared.url, verify=NO_TLS, timeout=20) as client:
        yield client


# other sites' pages


@pytest.mark.parametrize("operation", sorted(name for name in (*PAGES, *OPEN_ON_PURPOSE) if name.startswith("POST")))
def test_another_sites_page_changes_nothing(shared: Served, line: httpx.Client, operation: str) -> None:
    """Every form there is, with the lead's own cookie, which the browser sends along."""
    there = re.sub(r"{version}", "1", operation.split()[1])
    there = there.replace("{conversation}", a_conversation(shared)).replace("{message}", "msg_x.1")
    there = re.sub(r"{\w+}", "nothing", there)
    before = shared.count("events")
    for said in FOREIGN:
        cookie = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_lena')}"}
        answer = line.post(there, data={"text": "Hello", "email": "a@b.example"}, headers={**cookie, **said})
        assert answer.status_code == 403, said
        assert "another site" in answer.text
    assert shared.count("events") == before


def test_channels_tell_no_other_sites_page(shared: Served, line: httpx.Client) -> None:
    cookie = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_lena')}"}
    for channel in ("/desk/events", "/chat/events"):
        for said in FOREIGN:
            assert line.get(channel, headers={**cookie, **said}).status_code == 403
    assert line.get("/widget/events?conversation=x", headers={"Origin": "https://evil.example"}).status_code == 401


def test_nothing_a_browser_sends_by_itself_lets_a_machine_in(line: httpx.Client, shared: Served) -> None:
    """The API and the widget take a key in a header only: no other site's page can put it there."""
    cookie = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_lena')}; sk={KEY}; authorization=Bearer {KEY}"}
    for there in ("/api/v1/conversations", "/widget/home", f"/api/v1/conversations?authorization={KEY}"):
        assert line.get(there, headers=cookie).status_code == 401


def a_conversation(shared: Served) -> str:
    row = shared.rooms.db.one("select id from conversations order by id limit 1")
    if row:
        return str(row.id)
    with shared.client() as api:
        return str(api.post("/conversations", json=opening()).json()["conversation"]["id"])


# what every answer carries


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/chat", "/contact", "/docs", "/healthz", "/api/v1/policy", "/static/sheet.css", "/nowhere"],
)
def test_every_answer_carries_its_guards(line: httpx.Client, path: str) -> None:
    headers = line.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.fixture
def demo_company(shared: Served) -> Iterator[None]:
    """For the time of a test this is the demo company's house."""
    shared.rooms.workspace.put_setting("demo", {"company": "Ledgerly", "password": "demo", "key": ""})
    yield
    shared.rooms.db.run("delete from settings where key = 'demo'")


def framed_by(line: httpx.Client, path: str, shared: Served, wanted: str = "") -> str:
    """Who may frame it, where a browser says what it wants the page for."""
    headers = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_lena')}"} | ({"Sec-Fetch-Dest": wanted} if wanted else {})
    return line.get(path, headers=headers).headers["content-security-policy"].partition("frame-ancestors ")[2]


def test_the_desk_may_be_framed_by_nobody_not_even_by_us(line: httpx.Client, shared: Served) -> None:
    for wanted in ("iframe", "document", ""):
        assert framed_by(line, "/desk", shared, wanted) == "'none'"
    assert line.get("/demo").status_code == line.get("/demo/billing").status_code == 404


@pytest.mark.usefixtures("demo_company")
def test_where_the_demo_company_is_loaded_its_view_of_both_sides_frames_the_desk_and_nobody_frames_that_view(
    line: httpx.Client, shared: Served
) -> None:
    for path in ("/desk", "/sign-in", "/knowledge", "/desk/conversations/none"):
        assert framed_by(line, path, shared, "iframe") == framed_by(line, path, shared) == "'self'"
        assert framed_by(line, path, shared, "document") == framed_by(line, path, shared, "empty") == "'none'"
    assert framed_by(line, "/demo", shared, "iframe") == "'none'"
    assert framed_by(line, "/demo/billing", shared, "iframe") == "'self'"
    framing = [p for p in ("/", "/desk", "/demo", "/demo/billing", "/chat", "/contact", "/docs", "/help/x")
               if "frame-src" in line.get(p).headers["content-security-policy"]]  # fmt: skip
    assert framing == ["/demo", "/demo/billing"]


def test_what_one_person_sees_is_kept_by_no_cache(shared: Served, line: httpx.Client) -> None:
    cookie = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_lena')}"}
    for there in ("/desk", "/settings/keys", "/quality", "/chat"):
        assert line.get(there, headers=cookie).headers["cache-control"] == "no-store"


# cookies and sessions


def signs_in(line: httpx.Client, **headers: str) -> httpx.Response:
    return line.post("/sign-in", data={"email": "sid@ledgerly.example", "password": PASSWORD}, headers=headers)


def sid(shared: Served) -> None:
    agent = Agent("agt_sid", "Sid", "sid@ledgerly.example")
    shared.rooms.workspace.put_agent(agent, NOW, hashed(PASSWORD))
    shared.rooms.db.run("update agents set is_active = true where id = 'agt_sid'")


def test_cookies_are_for_the_browser_and_our_own_pages_alone(shared: Served, line: httpx.Client) -> None:
    sid(shared)
    session = signs_in(line).headers["set-cookie"]
    chat = line.post("/chat/messages", data={"text": "Hello"}).headers["set-cookie"]

    for cookie, name in ((session, COOKIE), (chat, CHAT)):
        said = cookie.lower()
        assert said.startswith(f"{name}=")
        assert "httponly" in said
        assert "samesite=lax" in said
        assert "domain=" not in said
        assert int(re.findall(r"max-age=(\d+)", said)[0]) <= 14 * 86_400


def test_over_https_cookies_never_go_over_http(shared: Served, line: httpx.Client) -> None:
    sid(shared)
    behind_a_proxy = {"X-Forwarded-Proto": "https"}

    assert "secure" in signs_in(line, **behind_a_proxy).headers["set-cookie"].lower()
    chat = line.post("/chat/messages", data={"text": "Hello"}, headers=behind_a_proxy)
    assert "secure" in chat.headers["set-cookie"].lower()


def test_a_session_ends_with_the_password_the_role_and_the_job(shared: Served, line: httpx.Client) -> None:
    sid(shared)
    db, workspace = shared.rooms.db, shared.rooms.workspace
    agent = Agent("agt_sid", "Sid", "sid@ledgerly.example")

    def is_in(token: str) -> bool:
        return line.get("/desk", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 200

    changes = {
        "another password": lambda: workspace.put_agent(agent, NOW, hashed("another long password")),
        "another role": lambda: workspace.put_agent(Agent(agent.id, agent.name, agent.email, "analyst"), NOW),
        "placed by a lead": lambda: Office(db).place_agent(agent.id, "agent", [], "agt_lena", NOW),
        "gone": lambda: db.run("update agents set is_active = false where id = 'agt_sid'"),
    }
    for what, change in changes.items():
        token = a_session(shared, "agt_sid")
        assert is_in(token), what
        change()
        assert not is_in(token), what


def test_other_teams_and_the_same_role_leave_a_session_alone(shared: Served) -> None:
    shared.rooms.workspace.put_agent(Agent("agt_uma", "Uma", "uma@ledgerly.example"), NOW)
    token = a_session(shared, "agt_uma")

    Office(shared.rooms.db).place_agent("agt_uma", "agent", ["billing"], "agt_lena", NOW)

    assert shared.rooms.workspace.session(token, NOW) is not None


def test_a_session_that_was_brought_along_ends_with_signing_in(shared: Served, line: httpx.Client) -> None:
    """So that nobody is given a session that somebody else knows."""
    sid(shared)
    planted = a_session(shared, "agt_mira")

    signs_in(line, Cookie=f"{COOKIE}={planted}")

    assert shared.rooms.workspace.session(planted, NOW) is None


@pytest.mark.parametrize(
    "page", ["/settings", "/settings/keys", "/settings/sign-in", "/knowledge", "/desk/macros", "/desk/views", ACCESS]
)
def test_no_address_puts_words_into_a_pages_mouth(shared: Served, page: str) -> None:
    """What was done is said once, to the browser that did it, whatever an address or a broken cookie claims."""
    cookies = {COOKIE: a_session(shared, "agt_lena")}
    with httpx.Client(base_url=shared.url, verify=NO_TLS, cookies=cookies, follow_redirects=True, timeout=20) as lena:
        assert "Call 0190" not in lena.get(page, params={"done": "Call 0190 at once"}).text
        for broken in ("x", "%00", "Q2FsbCAwMTkw!", "_w=="):
            assert lena.get(page, headers={"Cookie": f"{COOKIE}={cookies[COOKIE]}; {DONE}={broken}"}).status_code == 200
        assert lena.post("/settings/language", data={"language": ""}).text.count("The language is kept.") == 1
        assert "The language is kept." not in lena.get(page).text


# floods


def test_visitors_of_one_address_open_only_so_many_chats(
    line: httpx.Client, monkeypatch: pytest.MonkeyPatch, shared: Served
) -> None:
    monkeypatch.setattr(limits, "NEWCOMERS", Limit(3, 600))

    def opens() -> httpx.Response:
        line.cookies.clear()
        return line.post("/chat/messages", data={"text": "Hello there", "client_id": uuid4().hex})

    assert [opens().status_code for _ in range(5)] == [303, 303, 303, 422, 422]
    assert "Your text is kept" in opens().text
    assert "Hello there" in opens().text


def test_one_address_sends_only_so_many_contact_forms(line: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "_FORMS", Limit(3, 600))

    def sends() -> httpx.Response:
        line.cookies.clear()
        said = {"name": "Eve", "email": "eve@elsewhere.example", "subject": "Hello", "text": "Is it so?"}
        return line.post("/contact", data=said)

    assert [sends().status_code for _ in range(5)] == [303, 303, 303, 422, 422]
    refused = sends().text
    assert "Your text is kept" in refused
    assert "Is it so?" in refused


# scripts in texts

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", '"><script>alert(1)</script>',
    "'-alert(1)-'", "[link](javascript:alert(1))", "<a href=javascript:alert(1)>x</a>", "[x](data:text/html,<script>)",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<math><mtext></mtext><script>alert(1)</script></math>",
    "<scr<script>ipt>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<style>@import'//evil'</style>",
    "![x](https://evil.example/pixel.png)", "<form action=//evil.example><button>ok", "{{7*7}}{% raw %}",
    "<base href=//evil>",
    "</textarea><script>alert(1)</script>", "\u202e<script>alert(1)</script>",
    "<a\x0chref='\x01javascript:alert(1)'>x</a>",
]  # fmt: skip
"""One of each class of the public cheat sheets. (That mail keeps no script is tested with the mail.)"""


class Harm(HTMLParser):
    """What in a page would run, load from elsewhere or post elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: re.sub(r"[\x00-\x20]", "", value or "").lower() for name, value in attrs}
        if tag in ("iframe", "object", "embed", "base", "style", "math") or any(
            name.startswith("on") for name in values
        ):
            self.found.append(f"<{tag} {values}>")
        if (
            tag == "script"
            and not values.get("src", "").startswith("/static/")
            and values.get("type") != "application/json"
        ):
            self.found.append(f"a script {values}")
        for name in ("href", "src", "action", "formaction"):
            value = values.get(name, "")
            is_link = tag == "a" and value.startswith(("https:", "http:", "mailto:"))
            if value and not is_link and not value.startswith(("/", "#", "?")) and not value.startswith("data:image/"):
                self.found.append(f"<{tag} {name}={value}>")
            if value.startswith("//"):
                self.found.append(f"<{tag} {name}={value}>")


def harm_in(page: str) -> list[str]:
    parser = Harm()
    parser.feed(page)
    return parser.found


def test_the_search_for_harm_finds_it() -> None:
    raw = [payload for payload in PAYLOADS if harm_in(f"<p>{payload}</p>")]
    assert len(raw) >= 11


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_script_on_any_page(shared: Served, line: httpx.Client, payload: str) -> None:
    """A customer's, an agent's, an article's; on the desk, in the chat, on the help page."""
    with shared.client() as api:
        told = opening(payload, subject=payload[:200])
        told["contact"] = {"name": payload, "external_id": uuid4().hex}
        conversation = api.post("/conversations", json=told).json()["conversation"]["id"]
        api.post(f"/conversations/{conversation}/reply", json={"agent": "agt_mira", "text": payload})
        api.post(f"/conversations/{conversation}/note", json={"agent": "agt_mira", "text": payload})
        slug = f"harm-{PAYLOADS.index(payload)}"
        written = {"slug": slug, "title": payload, "body": f"# {payload}\n\n{payload}\n"}
        assert api.put("/articles", json=written).status_code in (200, 201)
    line.cookies.clear()
    chat = line.post("/chat/messages", data={"text": payload, "client_id": uuid4().hex}, follow_redirects=True)
    cookie = {"Cookie": f"{COOKIE}={a_session(shared, 'agt_lena')}"}
    line.cookies.clear()
    pages = {
        "chat": chat.text,
        "desk": line.get(f"/desk/conversations/{conversation}", headers=cookie).text,
        "search": line.get("/desk", params={"q": payload}, headers=cookie).text,
        "help": line.get(f"/help/{slug}").text,
        "form": line.get("/contact", params={"subject": payload, "page": payload}).text,
    }
    assert {name: harm_in(page) for name, page in pages.items() if harm_in(page)} == {}


# secrets and what leaves the house


def test_secrets_are_kept_as_hashes_only(shared: Served, line: httpx.Client) -> None:
    cookie = {"Cookie": f"{COOKIE}={(session := a_session(shared, 'agt_lena'))}"}
    form = {"name": f"probe {uuid4().hex}", "scope": "policy:read"}
    page = line.post("/settings/keys", data=form, headers=cookie).text
    key = re.findall(r"sk_[\w-]{40,}", page)[0]
    sid(shared)
    invites, steps, codes = Invites(shared.rooms.db), SecondSteps(shared.rooms.db), new_codes()
    invite = invites.make("probe@x.example", "agent", [], token := new_secret("inv"), "agt_lena", NOW, NOW + DAY)
    steps.set_up("agt_tom", "an app's secret", 1, codes, NOW)

    rows = shared.rooms.db.all("select tablename from pg_tables where schemaname = 'public'")
    for secret in (key, session, PASSWORD, token, codes[0]):
        for row in rows:
            asked = f"select 1 as x from {row.tablename} t where strpos(t::text, %(s)s) > 0 limit 1"
            found = shared.rooms.db.one(asked, {"s": secret})
            assert found is None, row.tablename
    assert key not in line.get("/settings/keys", headers=cookie).text
    steps.remove("agt_tom", "agt_tom", NOW)
    invites.withdraw(invite, "agt_lena", NOW)


def test_every_secret_that_is_kept_readable_is_named_for_who_keeps_backups(shared: Served) -> None:
    """What signs must be had to sign: it stands in `settings` as it is, and so in every backup."""
    told = (SOURCES.parents[1] / "docs" / "security.md").read_text("utf8")
    code = "".join(file.read_text("utf8") for file in SOURCES.rglob("*.py"))
    kept = set(re.findall(r"""claim_setting\("(\w*secret\w*)\"""", code))
    sid(shared)
    kept |= {row.key for row in shared.rooms.db.all("select key from settings where key like '%secret%'")}

    assert {"identity_secret", "mail_secret", "file_secret", "chance_secret", "passkey_secret"} <= kept
    assert [name for name in sorted(kept) if f"`{name}`" not in told] == []


def test_secrets_are_long_and_never_the_same() -> None:
    made = {new_secret("ses") for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(secret) >= 4 + 43 for secret in made)


def test_the_log_holds_no_words_of_customers(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not even where considering or writing a message fails, which is when the log is read."""
    caplog.set_level(logging.DEBUG)
    with small_house(database_url) as house, capture_logs() as told:
        house.listening.fails_on, house.listening.unwritable_on = "4111 1111", "odd"
        house.customer_writes(text="My card is 4111 1111 1111 1111, says Ada Lovelace")
        house.customer_writes(text="Something odd about my Lovelace account")
        house.worker(house.here).work_off()
        house.drain()

    assert told, "a failure is told"
    assert not re.search(r"4111|Lovelace|odd", f"{told} {caplog.text}")


def test_a_page_that_breaks_names_its_route_in_the_log_and_quotes_nobody(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise KeyError("Ada Lovelace, 4111 1111")

    stderr = io.StringIO()
    monkeypatch.setattr("segue.store.erasure.ErasureStore.erase", breaks)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(stderr), processors=[structlog.processors.JSONRenderer()]
    )
    try:
        answer = own.client().delete("/contacts/ada@lovelace.example")
    finally:
        structlog.reset_defaults()

    assert answer.status_code == 500
    (line,) = [json.loads(line) for line in stderr.getvalue().splitlines() if "request.broken" in line]
    assert line["route"] == "/api/v1/contacts/{contact}"
    assert line["request_id"] == answer.headers["x-request-id"]
    assert not re.search("(?i)lovelace|4111", stderr.getvalue())


def test_the_web_process_takes_no_log_of_its_servers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server would write whole traces to stderr, past ours."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr(running, "open_house", lambda _settings: None)
    monkeypatch.setattr(running, "web_rooms", lambda _house: None)
    monkeypatch.setattr("segue.web.site.site", lambda _rooms: None)
    monkeypatch.setattr(running, "settle", lambda: None)
    monkeypatch.setattr("sys.setswitchinterval", lambda _seconds: None)
    monkeypatch.setattr(uvicorn, "Config", lambda *_, **more: asked.update(more))
    monkeypatch.setattr(uvicorn, "Server", lambda _config: SimpleNamespace(run=lambda _sockets: None))
    running.run_web(replace(Settings(), proxy=""), None)

    assert asked["log_config"] is None
    assert asked["access_log"] is False


CLIENTS = {"httpx", "httpcore", "urllib.request", "http.client", "requests", "aiohttp", "websockets", "urllib3"}
_NAMED = re.compile(rf"\b({'|'.join({name.partition('.')[0] for name in CLIENTS})})\b")


def imports(source: str) -> set[str]:
    """What a module imports, wherever it does."""
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


OUR_OWN = ("app/bench/", "app/load/", "app/replay/", "app/drill/", "app/up.py", "app/browsing.py")
"""The tools that measure, watch and open our own house."""


def test_nothing_that_people_or_texts_say_is_fetched() -> None:
    """Where everything goes out by one guarded client, nobody can send us to an address inside: it resolves once and
    refuses what is not global (tests/rooms/test_outgoing.py). Whoever adds a call to elsewhere takes that client."""
    callers = {file for file, text in texts().items() if _NAMED.search(text) and imports(text) & CLIENTS}
    assert {file for file in callers if not file.startswith(OUR_OWN)} == {"integrations/outgoing.py"}


def texts() -> dict[str, str]:
    return {str(file.relative_to(SOURCES)): file.read_text("utf8") for file in SOURCES.rglob("*.py")}


def test_there_is_no_spreadsheet_that_a_cell_could_run_in() -> None:
    """What customers wrote is not exported as CSV. Whoever adds it quotes cells that begin with = + - @, tab or CR, and
    tests that. One made-up file is written, and none of its cells begins so."""
    writes = re.compile(r"csv\.(writer|DictWriter)|text/csv|openpyxl|xlsxwriter")
    assert {name for name, text in texts().items() if writes.search(text)} == {"app/demo/example.py"}

    _name, made_up = example("tickets", date(2026, 11, 27))
    cells = [cell for row in csv.reader(io.StringIO(made_up.decode())) for cell in row]
    assert len(cells) > 1000
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_nothing_that_came_from_outside_is_run_or_unpickled() -> None:
    dangerous = re.compile(
        r"\bpickle\.loads?\(|\beval\(|\bexec\(|yaml\.load\((?!.*(Safe|BaseLoader|_Loader))|shell=True|os\.system\("
    )
    assert {name for name, text in texts().items() if dangerous.search(text)} == set()
