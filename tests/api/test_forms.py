"""What a form refuses stays as it was typed and chosen, with what is wrong beside it: every form that is typed into."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import numpy as np
import pytest

import segue.web
from api.forms import UNSEEN, form_of
from api.kept import kept_texts
from api.serving import NO_TLS, Served, served
from api.test_doors import a_session
from api.test_learning import asked, candidate
from databases import fresh_database
from naughty import packed
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move, Proof
from segue.domain.people import Account, Agent, Team
from segue.domain.ports import DIMENSIONS
from segue.store.candidates import CandidateStore, Unknown
from segue.store.invites import Invites
from segue.store.macros import Macro, MacroStore
from segue.store.saved_views import SavedView, SavedViews
from segue.store.shadows import Shadows
from segue.store.tags import Tags
from segue.web import sign_in
from segue.web.doors import COOKIE
from segue.web.limits import Limit
from segue.web.rooms import Entry

TEMPLATES = Path(segue.web.__file__).parent / "templates"
NOW = datetime.now(UTC)
LONG = "x" * 61


@dataclass(frozen=True)
class Refused:
    """A form: the page it stands on, where it sends, and what of it cannot be taken; everything else is filled with
    something other than stands there."""

    page: str
    action: str
    wrong: Mapping[str, list[str]]
    to: str = ""
    """Where the pressed button sends, if elsewhere."""
    press: Mapping[str, str] = field(default_factory=dict)
    meanwhile: Callable[[Served], None] = lambda house: None
    """What others do while the form is filled."""
    not_kept: frozenset[str] = frozenset()
    """What says nothing once the button was pressed."""
    beside: tuple[str, ...] | None = None
    """The fields beside which it stands what is wrong, if others than `wrong`; empty where it is wrong with none."""
    has: str = ""
    """A field that tells it from others that send to the same place."""


def no(*names: str) -> dict[str, list[str]]:
    return {name: [""] for name in names}


def tom_publishes(house: Served) -> None:
    live = house.rooms.workspace.live_policy()
    assert live
    house.rooms.workspace.apply_policy(f"name: tom_{live[0]}\n", "tom", "Meanwhile.", NOW, replaces=live[0])


THERE = "/desk/conversations/{conversation}"
HERE = "/knowledge/topics/{topic}"
CASES = {
    "/autonomy/lower": Refused("/autonomy", "/autonomy/lower", no("why")),
    "/autonomy/offers/*/approve": Refused("/autonomy", "/autonomy/offers/{offer}/approve", {"note": ["x" * 301]}),
    "/chat/messages": Refused("/chat", "/chat/messages", no("text")),
    "/contact": Refused("/contact", "/contact", no("text")),
    "/desk/macros/*": Refused("/desk/macros/{macro}", "/desk/macros/{macro}", no("name")),
    "/desk/macros/* new": Refused("/desk/macros/new", "/desk/macros/new", no("name")),
    "/desk/me": Refused("/desk/me", "/desk/me", {"key:reply": ["Alt+x"]}),
    "/desk/views/*": Refused("/desk/views", "/desk/views/{view}", no("name")),
    "/desk/views/new": Refused("/desk/views", "/desk/views/new", no("q")),
    "/invite/*": Refused("/invite/tok_grace", "", no("password")),
    "/knowledge/articles/*/place": Refused(
        "/knowledge?show=loose", "/knowledge/articles/invoice-higher/place", {}, beside=("category",), has="category"),
    "/knowledge/candidates/*": Refused(
        "/knowledge/candidates/{candidate}", "/knowledge/candidates/{candidate}", no("body"), press={"do": "approve"}),
    "/knowledge/topics/*": Refused(HERE, HERE, no("name"), press={"do": "name"}),
    "/knowledge/topics/*/issue": Refused(HERE, f"{HERE}/issue", no("title")),
    "/knowledge/try": Refused("/knowledge/new", "/knowledge/try", no("body")),
    "/knowledge/try published": Refused("/knowledge/new", "/knowledge/try", no("body"), "/knowledge/publish"),
    "/policy": Refused("/policy", "/policy", no("note"), "/policy/publish"),
    "/policy/shadow/drop": Refused("/policy/shadow", "/policy/shadow/drop", no("note")),
    "/policy/shadow/promote": Refused(
        "/policy/shadow", "/policy/shadow/promote", {}, meanwhile=tom_publishes, beside=()),
    "/policy/versions/*/restore": Refused("/policy/versions/1", "/policy/versions/1/restore", no("note")),
    "/quality/rate": Refused("/quality", "/quality/rate", {"per_hour": ["a lot"]}),
    "/settings/accounts": Refused("/settings/accounts", "/settings/accounts", {"tier": [LONG]}, has="account"),
    "/settings/hours": Refused("/settings/hours", "/settings/hours", {"mon.0.from": ["nine"]}),
    "/settings/hours/targets": Refused("/settings/hours", "/settings/hours/targets", {"default.resolution": ["soon"]}),
    "/settings/invites": Refused("/settings", "/settings/invites", {"email": ["nobody"]}),
    "/settings/keys": Refused("/settings/keys", "/settings/keys", no("name")),
    "/settings/people/*": Refused("/settings", "/settings/people/agt_lena", {"role": ["agent"]}),
    "/settings/sign-in/provider": Refused("/settings/sign-in", "/settings/sign-in/provider", {"issuer": ["here"]}),
    "/settings/tags": Refused("/settings/tags", "/settings/tags", {"to": [LONG]}),
    "/settings/teams": Refused("/settings", "/settings/teams", no("name")),
    "/settings/teams/*": Refused("/settings", "/settings/teams/billing", no("name")),
    "/settings/widget": Refused("/settings/widget", "/settings/widget", {"colour": ["blue"]}),
    "/settings/widget/sites": Refused("/settings/widget", "/settings/widget/sites", {"origins": ["nowhere/"]}),
    "/setup/policy": Refused("/setup?step=policy", "/setup/policy", no("note")),
    "/setup/widget": Refused("/setup?step=widget", "/setup/widget", {"origins": ["nowhere/"]}),
    "/sign-in": Refused("/sign-in", "/sign-in", {"password": ["wrong"]}),
    "*/reply": Refused(THERE, f"{THERE}/reply", {"text": ["Hello {{customer.shoe_size}}"]},
                       not_kept=frozenset({"mode"})),
    "*/address": Refused(THERE, f"{THERE}/address", {"email": ["nobody"]}),
    "*/tag": Refused(THERE, f"{THERE}/tag", {"tag": [LONG]}),
}  # fmt: skip
NOTHING_TO_KEEP = {
    "*": "six figures that hold for half a minute", "/sign-in/second-step": "the same",
    "/desk/me/access/password": "passwords, which no page shows again", "/review/*": "each of its buttons decides",
    "*/correct": "set by keys", "/desk/me/forget": "a button for each text there is",
    "*/assign": "a list of those who are here", "*/merge": "a list of those there are", "*/snooze": "a list of times",
    "/setup/files/*/take": "a list of matters, or one box", "/setup/files": "a file",
    "/settings/language": "a list of languages", "/settings/sign-in/second-step": "boxes, any of which may be ticked",
}  # fmt: skip
"""Forms in which nothing is typed that a page could show again: by where they send, with why."""


@pytest.fixture(scope="module")
def house(furnished: str) -> Iterator[Served]:
    with fresh_database(like=furnished) as url, served(url) as running:
        yield running


@pytest.fixture(scope="module")
def names(house: Served) -> dict[str, str]:
    """What the forms are about, by what it is called in their addresses."""
    rooms, workspace = house.rooms, house.rooms.workspace
    workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead", ("billing",)), NOW)
    workspace.put_team(Team("tech", "Tech"))
    workspace.put_accounts([Account("acc_northgate", "Northgate", "free")], NOW)
    others = (Intent("cannot_sign_in", "I cannot sign in", "access"), Intent("add_seats", "Add seats", "billing"))
    workspace.put_catalogue(Catalogue((Category("access", "Access", True),), others), NOW)
    workspace.apply_policy("name: second\n", "lena", "The second one.", NOW)
    house.app.state.rooms = replace(rooms, entry=Entry(has_tracker=True))
    SavedViews(rooms.db).put(SavedView("sav_1", "Late ones", "is:open", "agt_lena"), "agt_lena", NOW)
    MacroStore(rooms.db).put(Macro("mac_1", "Thanks", "Thank you!", owner_id="agt_lena"), "agt_lena", NOW)
    Invites(rooms.db).make("grace@x.example", "agent", [], "tok_grace", "agt_lena", NOW, NOW + timedelta(days=1))
    Shadows(rooms.db).begin("name: shadow\n", "agt_lena", "To see.", NOW)
    cell, proof = CellName("billing"), Proof(0.95, 80, 80.0, 0, 80, ("agt_mira",), 30.0, 20.0, 0.96, 0.05, 0.95, 0)
    rooms.ladder.history.move(Move(cell, Rung.APPROVE, "It was good.", "agt_lena", NOW))
    found = {"view": "sav_1", "macro": "mac_1"}
    found["offer"] = rooms.ladder.history.offer(cell, Rung.APPROVE, Rung.AUTO_WITH_HOLD, proof, NOW)
    with house.client() as api:
        found["candidate"] = candidate(house, api)["id"]
        found["conversation"] = asked(house, api, "The export stops.")
        api.put("/articles", json={"slug": "invoice-higher", "title": "Invoice higher", "body": "A seat."})
    found["topic"] = a_topic(house, found["conversation"])
    Tags(rooms.db).put(found["conversation"], "refund", "agt_lena", NOW)
    return found


def a_topic(house: Served, conversation: str) -> str:
    """In the place of the one that was open before."""
    written = Unknown(conversation, 1, "The export stops.", np.zeros(DIMENSIONS, np.float32), "")
    return str(CandidateStore(house.rooms.db).put_topics([(["export"], [written], 0)], NOW)[0])


@pytest.fixture
def lena(house: Served, names: dict[str, str]) -> Iterator[httpx.Client]:
    cookies, says = {COOKIE: a_session(house, "agt_lena")}, {"Accept": "text/html"}
    with httpx.Client(base_url=house.url, cookies=cookies, verify=NO_TLS, timeout=30, headers=says) as browser:
        yield browser


@pytest.mark.parametrize("name", CASES)
def test_what_is_refused_stays_as_it_was_typed_and_says_what_is_wrong(
    house: Served, lena: httpx.Client, names: dict[str, str], name: str
) -> None:
    case = CASES[name]
    page, action = case.page.format(**names), case.action.format(**names)
    form = form_of(lena.get(page).text, action, case.has)
    sent = form.other(case.wrong)
    case.meanwhile(house)

    answer = lena.post(case.to or action or page, data={**sent, **case.press})

    assert answer.status_code in (409, 422), answer.headers.get("location")
    assert "<form" in answer.text, answer.text[-2000:]
    again = form_of(answer.text, action, case.has)
    for beside in case.beside if case.beside is not None else tuple(case.wrong):
        assert again.told.get(beside), f"nothing is said beside {beside!r}: {again.told}"
    assert again.told[""] or case.beside != ()
    typed = {name for name, several in form.controls.items() if several[0].kind not in UNSEEN} - case.not_kept
    assert {name: again.seen().get(name) for name in typed} == {name: sent[name] for name in typed}


def test_every_form_that_is_typed_into_stands_in_the_list() -> None:
    found = set()
    for template in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form\b[^>]*?method="post".*?</form>', template.read_text(), re.DOTALL):
            if re.search(r'<(?:input(?![^>]*type="hidden")|textarea|select)\b', form):
                found.add(_sends_to(form, template.name))
    known = {name.partition(" ")[0] for name in CASES} | set(NOTHING_TO_KEEP)
    assert found <= known, found - known
    assert len(found) > 30


def _sends_to(form: str, template: str) -> str:
    action = re.search(r'action="([^"]*)"', form[: form.index(">", form.index("method=")) + 1])
    if action is None:
        return f"/{template.removesuffix('.html')}/*"
    return re.sub(r"\{\{.*?\}\}", "*", action[1]).partition("?")[0]


def test_a_trial_keeps_the_address_that_was_typed(lena: httpx.Client) -> None:
    typed = {"is_new": "yes", "title": "Pausing a plan", "slug": "pausing", "body": "Under Settings."}

    tried = lena.post("/knowledge/try", data=typed)

    assert (tried.status_code, form_of(tried.text, "/knowledge/try").seen()["slug"]) == (200, ["pausing"])


@pytest.mark.parametrize("page", ["/desk", "/settings/search", "/knowledge", f"{THERE}/articles"])
def test_a_search_that_is_too_long_is_looked_for_as_far_as_it_goes(
    lena: httpx.Client, names: dict[str, str], page: str
) -> None:
    there = page.format(**names)
    longest = int(re.findall(r'name="q"[^>]*maxlength="(\d+)"', lena.get(there, params={"q": "ж"}).text)[0])

    fits, more = (lena.get(there, params={"q": "ж" * length}) for length in (longest, longest + 1))

    assert [(answer.status_code, 'id="cut"' in answer.text) for answer in (fits, more)] == [(200, False), (200, True)]
    assert f'{"ж" * longest}"' in more.text


def test_what_is_done_in_the_list_of_a_long_search_leads_back_to_it(lena: httpx.Client, names: dict[str, str]) -> None:
    place = urlencode({"q": "ж" * 300})
    there, row = THERE.format(**names), names["conversation"]

    tagged = lena.post(f"{there}/tag", data={"tag": "refund", "place": place})
    asked = lena.get("/desk/bulk", params={"row": row, "what": "resolve", "place": place})

    assert (tagged.status_code, tagged.headers["location"]) == (303, f"{there}?{place}")
    assert (asked.status_code, place in asked.text) == (200, True)


TYPED = ("text", "search", "email", "url", "tel", "number", "textarea", "color", "date", "time")
SHORT = {"number": 12, "date": 12, "time": 12, "color": 12}
TAKEN: dict[str, set[str]] = {
    "/autonomy/lower": {"why"}, "/chat/messages": {"name", "text"},
    "/contact": {"name", "subject", "text"}, "/desk/macros/*": {"name", "text"}, "/desk/macros/* new": {"name", "text"},
    "/desk/views/*": {"name", "q"}, "/desk/views/new": {"name", "q"}, "/invite/*": {"name"},
    "/knowledge/candidates/*": {"title", "body", "note"}, "/knowledge/topics/*": {"name"},
    "/knowledge/topics/*/issue": {"title"}, "/knowledge/try": {"title", "body", "note", "questions"},
    "/knowledge/try published": {"title", "body", "note"}, "/policy": {"note"}, "/policy/shadow/drop": {"note"},
    "/policy/shadow/promote": {"note"}, "/policy/versions/*/restore": {"note"}, "/settings/hours": {"note"},
    "/settings/hours/targets": {"note"}, "/settings/keys": {"name"}, "/settings/teams": {"name"},
    "/settings/teams/*": {"name"}, "/setup/policy": {"note"}, "*/reply": {"text"},
    "/settings/widget": {"label_en", "label_de", "greeting_en", "greeting_de", "company"},
}  # fmt: skip
"""By form, what holds any words; every other field that is typed into holds a shape, and says so of all else."""
ONE_LINE = {"/settings/widget"}
"""What is laid out in one line, and has blanks of one kind."""
UNTRIED = {
    "/knowledge/articles/*/place": "nothing is typed in it", "/settings/people/*": "the same",
    "/autonomy/offers/*/approve": "its offer rests on no evidence here; what is too long is refused above",
}  # fmt: skip
TICKED = {"/settings/keys"}
"""Forms whose boxes are ticked, because nothing is taken without."""
FITS = {"label_en": 24, "label_de": 24, "greeting_en": 120, "greeting_de": 120, "company": 60}
"""Characters, where more can be typed, for people to see what is too much."""
FILL = {
    "/contact": {"email": "eve@elsewhere.example"},
    "/settings/hours": {"zone": "Europe/Paris"},
    "/settings/hours/targets": {"default.first_response": "3h"},
    "/policy": {"triggers.turn_cap": "7"},
    "/invite/*": {"password": "words in a row"},
}
MEANT = {"/settings/invites": "email", "/settings/tags": "to", "*/tag": "tag", "/sign-in": "email", "/desk/me": "",
         "*/address": "email",
         "/quality/rate": "per_hour", "/settings/widget/sites": "origins", "/setup/widget": "origins",
         "/settings/sign-in/provider": "issuer"}  # fmt: skip
"""Forms that take nothing but a shape, with the field that matters."""


def by_what_they_use_up(name: str) -> tuple[int, str]:
    """What takes away, or names, what another form is about comes after it."""
    after = ("*/reply", "/autonomy/lower", "/knowledge/topics/*", "/policy/shadow/drop", "/invite/*", "/desk/views/*")
    return (after.index(name) + 1 if name in after else 0), name


@pytest.mark.parametrize("name", sorted(set(CASES) - set(UNTRIED), key=by_what_they_use_up))
def test_what_is_typed_is_kept_as_it_was_or_refused_beside_its_field(
    house: Served, lena: httpx.Client, names: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each field is given all that trips programs up. What is refused stands in the page as it was typed, and what is
    wrong beside it; what is taken is there, byte for byte."""
    monkeypatch.setattr(sign_in, "_ATTEMPTS", Limit(1000, 900))  # others of the house have tried, too
    case, takes = CASES[name], TAKEN.get(name, set())
    about = {**names, "topic": a_topic(house, names["conversation"])}
    page, action = case.page.format(**about), case.action.format(**about)
    if name == "/policy/shadow/drop":
        Shadows(house.rooms.db).begin("name: another\n", "agt_lena", "To see.", NOW)
    form = form_of(lena.get(page).text, action, case.has)
    typed = {n: several[0] for n, several in form.controls.items() if several[0].kind in TYPED}
    assert takes <= set(typed)
    assert typed
    odd = {
        n: odd_text(f"{name}:{n}"[-30:], SHORT.get(one.kind) or FITS.get(n) or one.longest or 250)
        for n, one in typed.items()
    }
    stands = form.other({}) if name in TICKED else form.says()
    told, sent = set[str](), stands | {n: [text] for n, text in odd.items()}
    for _ in range(3):
        answer = lena.post(case.to or action or page, data={**sent, **case.press})
        assert answer.status_code in (200, 303, 409, 422), (answer.status_code, answer.text[:300])
        if answer.status_code < 400:
            break
        again = form_of(answer.text, action, case.has)
        back = {n: again.seen()[n] for n in set(typed) - case.not_kept}
        assert in_one_line(name, back) == in_one_line(name, {n: sent[n] for n in back})
        told |= {n for n in typed if again.told[n]}
        sent = stands | {n: [odd[n]] for n in takes} | {n: [text] for n, text in FILL.get(name, {}).items()}
    assert told.isdisjoint(takes), told & takes
    assert answer.status_code < 400 or name in MEANT, {n: t[:60] for n, t in again.told.items() if t}
    kept = kept_texts(house.rooms.db) + unescape(answer.text)
    assert [n for n in takes if not any(text in kept for text in in_one_line(name, {n: [odd[n]]})[n])] == []


def odd_text(name: str, longest: int) -> str:
    return packed(name[: max(longest - 20, 3)], longest)[0][:longest]


def in_one_line(form: str, sent: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        n: [" ".join(text.split()) if form in ONE_LINE else text for text in several] for n, several in sent.items()
    }
