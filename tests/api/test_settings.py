"""What leads set: the widget's look, hours and promises, tags, channels. Pages as a browser gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.serving import NO_TLS, POLICY, Served, is_problem, served
from api.test_doors import a_session
from databases import fresh_database
from segue.domain.errors import Refused
from segue.domain.mail import Cause, Mail, MailAddress
from segue.domain.people import Account, Agent
from segue.domain.ports import Tried
from segue.policy.settings import STARTERS, load
from segue.store.channels import Channels
from segue.store.desk import AgentReply
from segue.store.inbox import Arrival
from segue.store.leaving import Leaving
from segue.store.mail import MailStore
from segue.store.office import Office
from segue.store.tags import Tags
from segue.store.waiting_replies import WaitingReplies
from segue.web import doors, zone
from segue.web.channels_page import ENOUGH
from segue.web.doors import COOKIE
from segue.web.rooms import Entry, MailWays
from segue.web.settings_search import HEADINGS
from segue.web.setup_steps import in_shadow

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def house(furnished: str) -> Iterator[Served]:
    with fresh_database(like=furnished) as url, served(url) as running:
        yield running


@pytest.fixture
def own(house: Served) -> Served:
    """One house for all of these tests, as it was at first wherever one of them changed it."""
    house.rooms.db.run("delete from settings where key = 'widget'")
    house.rooms.db.run("delete from tags")
    house.rooms.workspace.apply_policy(POLICY, "lena", "As it was.", NOW)
    house.app.state.rooms = house.rooms
    seen = getattr(house.app.state, "widget_looks", None)
    if seen:
        seen.forget()
    zone.forget(house.rooms.workspace)
    return house


@pytest.fixture
def lena(own: Served) -> Iterator[httpx.Client]:
    cookies = {COOKIE: a_session(own, "agt_lena")}
    with httpx.Client(base_url=own.url, cookies=cookies, verify=NO_TLS, headers={"Accept": "text/html"}) as browser:
        yield browser


def errors(page: httpx.Response) -> list[str]:
    return re.findall(r'class="error"[^>]*>([^<]+)', page.text)


def live(own: Served) -> tuple[int, str]:
    found = own.rooms.workspace.live_policy()
    assert found is not None
    return found


def test_a_look_is_kept_and_shows_wherever_the_widget_is(own: Served, lena: httpx.Client) -> None:
    look = {"colour": "#FFCC00", "dark": "", "side": "left", "label_en": "Ask us", "greeting_en": "Ahoy!",
            "company": 'Käse & "Söhne"'}  # fmt: skip
    assert 'fill:"#1f5fbf"' in lena.get("/widget.js").text

    kept = lena.post("/settings/widget", data=look)
    loader, frame = lena.get("/widget.js").text, lena.get("/widget").text
    sheet = lena.get(re.findall(r'href="(/widget/look\.css[^"]*)"', frame)[0])

    assert kept.status_code == 303
    assert 'fill:"#ffcc00"' in loader
    assert '"Help":"Ask us"' in loader
    assert 'data-called="Ask us"' in frame
    assert "--accent: #ffcc00; --on-accent: #000000" in sheet.text
    again = lena.get("/widget/look.css", headers={"If-None-Match": sheet.headers["etag"]})
    assert (sheet.headers["content-type"].partition(";")[0], again.status_code) == ("text/css", 304)
    home = lena.get("/widget/home", headers={"Authorization": "Bearer wv_" + "x" * 43, "Cookie": ""})
    assert "Ahoy!" in home.text
    assert "look.css" in lena.get("/contact").text
    for page, title in (("/chat", "Chat with us"), ("/contact", "Contact us")):
        text = lena.get(page).text
        assert f"<title>{title} – Käse &amp; &#34;Söhne&#34;</title>" in text
        assert "Segue" not in text
    lines = re.findall(r'id="(?:line|form-line)" value="([^"]*)"', lena.get("/settings/channels").text)
    assert ['data-workspace="Käse &amp; &quot;Söhne&quot;"' in unescape(line) for line in lines] == [True, True]
    assert "ffcc00" in str([row.body for row in Office(own.rooms.db).record(("widget.changed",))])


def test_the_record_says_what_became_of_the_secret_that_signs_customers(own: Served, lena: httpx.Client) -> None:
    office, now = Office(own.rooms.db), datetime.now(UTC)
    own.rooms.workspace.claim_setting("identity_secret", "the first of forty characters, or some more")
    look = "The look of the widget was changed."
    before = lena.get("/settings/record?kind=channels").text.count(look)

    assert office.rotate_identity("the second of forty characters, or some more", "agt_lena", now)
    assert office.drop_identity("agt_lena", now)

    told = lena.get("/settings/record?kind=channels").text
    assert "The secret that signs who customers are was changed; the one before is still believed." in told
    assert "The older secret that signed who customers are is believed no more." in told
    assert told.count(look) == before
    assert re.search(r"<td><time [^>]+>\d{4}-\d\d-\d\d \d\d:\d\d \w+</time></td>", told), "a day, and not how long ago"


def test_a_colour_that_is_none_is_told_of_beside_its_field_and_stays_typed(own: Served, lena: httpx.Client) -> None:
    refused = lena.post("/settings/widget", data={"colour": "blue<", "side": "right", "label_en": "Ask us"})
    tried = lena.post("/settings/widget/try", data={"colour": "#ffcc00"})

    assert refused.status_code == 422
    assert errors(refused) == ["This is no colour. Write six digits, as in #1f5fbf."]
    assert 'value="blue&lt;"' in refused.text
    assert 'value="Ask us"' in refused.text
    assert "links are in #" in tried.text
    assert own.rooms.workspace.setting("widget") is None


def test_the_preview_holds_no_inline_style_and_what_was_typed_only_as_text(lena: httpx.Client) -> None:
    query = {"colour": "#ffcc00", "label": "<i>Ask</i>", "greeting": "</p><script>", "theme": "dark", "words": "de"}
    page, sheet = lena.get("/settings/widget/preview", params=query), lena.get(
        "/settings/widget/preview.css", params={"colour": "red;}*{"})  # fmt: skip

    assert "&lt;i&gt;Ask&lt;/i&gt;" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert '<html lang="de"' in page.text
    assert "set-cookie" not in page.headers
    assert "script-src" not in page.headers["content-security-policy"]
    assert "red" not in sheet.text


def test_sites_are_kept_without_their_final_slash_and_beside_the_look(own: Served, lena: httpx.Client) -> None:
    lena.post("/settings/widget", data={"colour": "#ffcc00", "side": "right"})
    lena.post("/settings/widget/sites", data={"origins": "https://app.example/\nhttps://app.example"})
    refused = lena.post("/settings/widget/sites", data={"origins": "https://app.example/x"})

    kept = own.rooms.workspace.setting("widget")
    assert (kept["origins"], kept["look"]["colour"]) == (["https://app.example"], "#ffcc00")
    assert lena.get("/widget").headers["content-security-policy"].endswith("frame-ancestors 'self' https://app.example")
    assert refused.status_code == 422
    assert "https://app.example/x</textarea>" in refused.text


def test_hours_become_a_version_of_the_policy_with_a_note(own: Served, lena: httpx.Client) -> None:
    number, _body = live(own)
    typed = {
        "version": str(number),
        "zone": "Europe/Berlin",
        "mon.0.from": "9",
        "mon.0.to": "17:00",
        "dates": "2026-12-24",
    }

    without = lena.post("/settings/hours", data=typed)
    published = lena.post("/settings/hours", data={**typed, "note": "We have an office now"})
    version, body = live(own)

    assert (without.status_code, errors(without)) == (422, ["Say why: it stands in the history."])
    assert 'value="Europe/Berlin"' in without.text
    assert published.headers["location"] == f"/settings/hours?published={version}"
    assert version == number + 1
    hours = load(body).sla.hours
    assert (hours.timezone, [str(one) for one in hours.week["mon"]], len(hours.week)) == (
        "Europe/Berlin", ["09:00-17:00"], 1)  # fmt: skip
    assert own.rooms.workspace.policies()[0].note == "We have an office now"


def as_sent(page: httpx.Response) -> dict[str, str]:
    """The policy's form as a browser sends it when nobody touched it."""
    fields = re.findall(r'<input (?:type="hidden" )?(?:id="[^"]*" )?name="([^"]+)" value="([^"]*)"', page.text)
    ticked = re.findall(r'<input type="checkbox" id="[^"]*" name="([^"]+)" value="on" checked>', page.text)
    kept = re.search(r'<textarea name="base"[^>]*>(.*?)</textarea>', page.text, re.S)
    selects = re.findall(r'<select id="([^"]+)" name.*?</select>', page.text, re.S)
    for name in selects:
        body = re.search(rf'<select id="{re.escape(name)}" name.*?</select>', page.text, re.S)
        assert body is not None
        chosen = re.search(r'value="([^"]*)" selected', body.group(0))
        fields.append((name, chosen.group(1) if chosen else ""))
    assert kept is not None
    return {**dict(fields), **dict.fromkeys(ticked, "on"), "base": unescape(kept.group(1)), "mode": "form"}


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_is_fitted_to_the_teams_there_are_and_runs_in_shadow(lena: httpx.Client, starter: str) -> None:
    sent = as_sent(lena.get(f"/policy?starter={starter}")) | {"note": "To see.", "as": "shadow"}

    answer = lena.post("/policy/publish", data=sent, follow_redirects=False)

    assert sent["routing.default"] == "billing"
    assert (answer.status_code, answer.headers.get("location")) == (303, "/policy/shadow"), errors(answer)


def test_what_keeps_a_policy_from_being_published_is_named_at_the_top_with_a_way_there(lena: httpx.Client) -> None:
    sent = as_sent(lena.get("/policy?starter=bold")) | {"routing.default": "nobody_there", "note": "To see."}

    answer = lena.post("/policy/publish", data=sent)

    top = answer.text.split('role="alert">')[1].split("</div>")[0]
    assert answer.status_code == 422
    assert '<a href="#routing.default">Where no category names a team</a>: There is no team nobody_there.' in top
    assert 'id="routing.default"' in answer.text


def test_times_on_the_desk_are_said_where_the_workspace_works(own: Served, lena: httpx.Client) -> None:
    """Also right after the hours were changed; and nine tomorrow is nine there."""
    number, _body = live(own)
    typed = {"version": str(number), "zone": "Asia/Kathmandu", "mon.0.from": "9", "mon.0.to": "17", "note": "Ours"}
    assert lena.post("/settings/hours", data=typed).status_code == 303
    with own.client() as api:
        opened = api.post("/conversations", json={"contact": {}, "text": "Why is it higher?"}).json()
    here = f"/desk/conversations/{opened['conversation']['id']}"

    lena.post(f"{here}/snooze", data={"until": "tomorrow"})

    tomorrow = datetime.now(ZoneInfo("Asia/Kathmandu")).date() + timedelta(days=1)
    assert f"snoozed until {tomorrow} 09:00 UTC+05:45" in lena.get(here).text


def test_hours_that_somebody_changed_meanwhile_are_not_overwritten(own: Served, lena: httpx.Client) -> None:
    number, body = live(own)
    own.rooms.workspace.apply_policy(body + "assistant: off\n", "agt_tom", "Stop.", NOW)
    typed = {"version": str(number), "zone": "UTC", "mon.0.from": "9", "mon.0.to": "17", "note": "Ours"}

    refused = lena.post("/settings/hours", data=typed)
    assert (refused.status_code, live(own)[0]) == (422, number + 1)
    assert f'name="version" value="{number + 1}"' in refused.text

    lena.post("/settings/hours", data={**typed, "version": str(number + 1)})
    policy = load(live(own)[1])
    assert (policy.assistant, len(policy.sla.hours.week)) == (False, 1)


def test_a_team_gets_hours_of_its_own_and_gives_them_back(own: Served, lena: httpx.Client) -> None:
    typed = {"team": "billing", "zone": "Asia/Tokyo", "mon.0.from": "9", "mon.0.to": "17"}
    lena.post("/settings/hours", data={**typed, "note": "They sit there"})
    assert load(live(own)[1]).sla.hours_of("billing").timezone == "Asia/Tokyo"
    assert "own hours" in lena.get("/settings/hours").text

    lena.post("/settings/hours", data={"team": "billing", "do": "same", "note": "They moved"})

    assert load(live(own)[1]).sla.teams == {}
    assert lena.get("/settings/hours", params={"team": "ghosts"}).status_code == 404


def test_a_promise_that_contradicts_another_stands_beside_its_field(own: Served, lena: httpx.Client) -> None:
    number, _body = live(own)
    typed = {"default.first_response": "10d", "default.resolution": "2d", "tier": "gold", "new.resolution": "soon"}

    unread = lena.post("/settings/hours/targets", data={**typed, "note": "Faster"})
    odd = lena.post("/settings/hours/targets", data={"default.first_response": "10d", "default.resolution": "2d",
                                                     "note": "Faster"})  # fmt: skip
    lena.post("/settings/hours/targets", data={"default.first_response": "4h", "tier": "gold", "new.resolution": "2d",
                                               "note": "Gold comes"})  # fmt: skip

    assert "A promised time looks like 30m" in errors(unread)[0]
    assert "2d is sooner than first_response" in errors(odd)[0]
    targets = load(live(own)[1]).sla.targets
    assert (live(own)[0], str(targets["default"].first_response), str(targets["gold"].resolution)) == (
        number + 1, "4h", "2d")  # fmt: skip


def test_tags_that_are_both_there_are_merged_only_after_a_look(own: Served, lena: httpx.Client) -> None:
    tags = Tags(own.rooms.db)
    with own.client() as api:
        made = [api.post("/conversations", json={"contact": {}, "text": "Hello"}).json()["conversation"]["id"]
                for _ in range(2)]  # fmt: skip
    for conversation, tag in ((made[0], "refund"), (made[1], "refunds"), (made[1], "late")):
        tags.put(conversation, tag, "agt_mira", NOW)

    asked = lena.post("/settings/tags", data={"tag": "refunds", "to": "Refund"})
    assert (asked.status_code, "Merge refunds into refund" in asked.text) == (200, True)
    assert len(tags.all()) == 3
    merged = lena.post("/settings/tags", data={"tag": "refunds", "to": "refund", "sure": "yes"})
    wrong = lena.post("/settings/tags", data={"tag": "late", "to": "a;b"})

    assert merged.status_code == 303
    assert {tag.name: tag.conversations for tag in tags.all()} == {"refund": 2, "late": 1}
    assert (wrong.status_code, "is no tag" in errors(wrong)[0], 'value="a;b"' in wrong.text) == (422, True, True)
    assert lena.post("/settings/tags", data={"tag": "refunds", "to": "x"}).status_code == 404


def test_what_was_done_is_said_once_and_by_nobodys_link(own: Served, lena: httpx.Client) -> None:
    with own.client() as api:
        made = api.post("/conversations", json={"contact": {}, "text": "Hello"}).json()["conversation"]["id"]
    Tags(own.rooms.db).put(made, "lat", "agt_mira", NOW)
    lena.post("/settings/tags", data={"tag": "lat", "to": "late"})

    assert "lat is called late now." in lena.get("/settings/tags").text
    for page in ("/settings/tags", "/settings/widget"):
        assert "Call 555" not in lena.get(page, params={"done": "Call 555"}).text


def test_a_lead_makes_renames_and_closes_a_team(own: Served, lena: httpx.Client) -> None:
    refused = lena.post("/settings/teams", data={"name": "BILLING"})
    for name in ("Zürich, nights", "Zürich nights"):
        assert lena.post("/settings/teams", data={"name": name}).status_code == 303
    wrong = lena.post("/settings/teams/zurich_nights", data={"name": "Zürich nights"})
    lena.post("/settings/teams/zurich_nights", data={"name": "Nights", "closed": "yes"})

    assert (refused.status_code, "There is a team of this name already." in errors(refused)[0]) == (422, True)
    assert 'value="BILLING"' in refused.text
    assert (wrong.status_code, 'value="Zürich nights"' in wrong.text) == (422, True)
    teams = {team.id: (team.name, team.is_closed) for team in own.rooms.workspace.teams()}
    assert teams["zurich_nights"] == ("Nights", True)
    assert teams["zurich_nights_2"] == ("Zürich nights", False)
    assert lena.post("/settings/teams", data={"name": "2 %"}).status_code == 422
    assert lena.post("/settings/teams/nobody", data={"name": "X"}).status_code == 404
    assert "The team “Nights” was made or changed." in lena.get("/settings/record?kind=people").text


def test_channels_tell_what_happened_and_not_only_what_is_set(own: Served, lena: httpx.Client) -> None:
    channels, now = Channels(own.rooms.db), datetime.now(UTC)
    assert "takes no mail" in lena.get("/settings/channels").text

    ways = MailWays("smtp.example", "help@x.example", "", "help@imap.example/INBOX", "127.0.0.1:8825")
    own.app.state.rooms = replace(own.rooms, mail=ways)
    silent = lena.get("/settings/channels").text
    channels.worked("imap", now - timedelta(minutes=1))
    channels.failed("smtp", "Mail server says no.", now)
    channels.worked("listen", now - timedelta(hours=1))
    told = lena.get("/settings/channels").text

    assert silent.count("It was never heard of") == 2
    assert re.search(r'class="chip ok">fetches help@imap\.example/INBOX', told)
    assert "It fails: Mail server says no." in told
    assert "Nothing is heard of it." in told
    assert "/widget.js" in told


def test_channels_say_who_vouches_for_senders_and_whether_they_do(own: Served, lena: httpx.Client) -> None:
    def told(vouching: str) -> str:
        ways = MailWays(listens="127.0.0.1:8825", vouching=vouching)
        own.app.state.rooms = replace(own.rooms, mail=ways)
        return lena.get("/settings/channels").text

    own.rooms.db.run("delete from mails")
    assert "nobody vouches for senders" in told("")
    assert "mx.x.example vouches for senders" in told("mx.x.example")

    mails = [set_aside(own, f"Number {n}", "Hello", Cause.LIST) for n in range(ENOUGH)]
    assert "mx.x.example vouches for nobody" in told("mx.x.example")
    assert f"nothing of the last {ENOUGH} mails" in told("mx.x.example")

    checked = {"said": '{"spf": "none", "dkim": "fail", "dmarc": "none"}', "mail": mails[0]}
    own.rooms.db.run("update mails set authentication = %(said)s where id = %(mail)s", checked)
    assert "mx.x.example vouches for senders" in told("mx.x.example")
    own.rooms.db.run("delete from mails")


def test_what_a_brought_file_says_and_what_is_wrong_with_it_is_shown_as_text(own: Served, lena: httpx.Client) -> None:
    """One row that is good, and each of the others with its line; nothing of them acts."""
    evil = "<img src=x onerror=alert(1)>"
    rows = f"created_at,question,answer,type,{evil}\n{evil},How?,So.,,\n2026-01-02,Why {evil}?,Since {evil}.,{evil},\n"
    file = {"file": ("old.csv", rows.encode(), "text/csv")}
    assert lena.post("/setup/files?kind=tickets", files=file).status_code == 303

    page = lena.get("/setup?step=data").text
    assert "<img src=x" not in page
    assert f"“{escape(evil)}” is no time" in page
    assert f"Why {escape(evil)}?" in page
    own.rooms.db.run("delete from imports")


@pytest.mark.parametrize(("kind", "name", "body", "told"), [
    ("tickets", "old.csv", b" \n", "old.csv: There is nothing in it."),
    ("articles", "old.csv", b"a,b", "old.csv: It is neither Markdown"),
    ("tickets", "old.csv", b"Colour\nred\n", "not used: colour"),
])  # fmt: skip
def test_a_file_that_cannot_be_meant_is_told_once_and_plainly(
    own: Served, lena: httpx.Client, kind: str, name: str, body: bytes, told: str
) -> None:
    sent = lena.post(f"/setup/files?kind={kind}", files={"file": (name, body, "text/csv")}, follow_redirects=True)
    page = lena.get(sent.url).text

    assert told in page
    assert "Read as:" not in page
    own.rooms.db.run("delete from imports")


def test_customers_are_told_that_the_assistant_answers_only_where_it_may(own: Served, lena: httpx.Client) -> None:
    def told() -> list[bool]:
        pages = (lena.get(path).text for path in ("/", "/chat", "/contact"))
        return ["AI assistant" in page for page in pages]

    assert told() == [True] * 3
    own.rooms.workspace.apply_policy(in_shadow(POLICY), "lena", "Silent.", NOW)
    assert told() == [False] * 3


@pytest.mark.parametrize("path", ["/desk/nowhere", "/policy/versions/99", "/settings/nowhere"])
def test_a_dead_end_at_the_desk_leads_back_to_it(lena: httpx.Client, path: str) -> None:
    page = lena.get(path)

    assert page.status_code == 404
    assert '<a href="/desk">Agent desk</a>' in page.text


def test_what_a_form_had_brought_leads_back_to_its_page(lena: httpx.Client) -> None:
    for sent, page in (("/settings/invites", "/settings"), ("/settings/hours/targets", "/settings/hours"),
                       ("/settings/widget/sites", "/settings/widget"), ("/policy/publish", "/policy")):  # fmt: skip
        answer = lena.get(sent)
        assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert lena.get("/api/v1/conversations/cnv_1/reply").status_code == 405
    assert lena.get("/settings/invites", headers={"Accept": "*/*"}).status_code == 405


def test_an_invitation_is_copied_by_a_button_and_says_in_the_workspaces_zone_when_it_ends(lena: httpx.Client) -> None:
    made = lena.post("/settings/invites", data={"email": "pia@ledgerly.example", "role": "agent"}).text

    assert 'data-copies="link"' in made
    assert re.search(r'<time datetime="[^"]+">\d{4}-\d\d-\d\d \d\d:\d\d UTC</time>', made)


# what an hour costs


def test_what_an_hour_costs_is_kept_recorded_and_taken_back_and_what_was_typed_wrongly_stays(
    own: Served, lena: httpx.Client
) -> None:
    kept = lena.post("/quality/rate", data={"per_hour": "42,50", "currency": "EUR"}, follow_redirects=True)
    wrong = lena.post("/quality/rate", data={"per_hour": "1,200", "currency": "EUR"})

    assert 'value="42.5"' in kept.text
    assert own.rooms.workspace.setting("rate") == {"per_hour": 42.5, "currency": "EUR"}
    assert wrong.status_code == 422
    assert 'value="1,200" aria-invalid="true" aria-describedby="per-hour-told"' in wrong.text
    assert "said to cost 42.50 EUR." in lena.get("/settings/record").text
    lena.post("/quality/rate", data={"per_hour": "", "currency": "EUR"})
    assert own.rooms.workspace.setting("rate") is None


# who leaves


@pytest.fixture
def nora(own: Served) -> Iterator[str]:
    """Somebody with a session, a key of her own, and a conversation that a reply of hers is just leaving."""
    workspace, db, now = own.rooms.workspace, own.rooms.db, datetime.now(UTC)
    workspace.put_agent(Agent("agt_nora", "Nora", "nora@ledgerly.example", "agent", ("billing",)), now)
    workspace.put_key("nora's export", "sk_nora", ["conversations:read"], now, owner="agt_nora")
    has = own.rooms.inbox.accept(Arrival("Where is my refund?"), now).conversation_id
    own.rooms.hands.take(has, "agt_nora", now)
    db.run("update conversations set team_id = 'billing' where id = %(id)s", {"id": has})
    WaitingReplies(db).put(AgentReply(has, "agt_nora", "It is on its way.", 99), now + timedelta(hours=1), now)
    yield has
    db.run("update agents set is_active = false, left_at = now() where id = 'agt_nora'")
    db.run("delete from api_keys where agent_id = 'agt_nora'")
    db.run("delete from sessions where agent_id = 'agt_nora'")


def test_whoever_is_deactivated_is_out_at_once_and_stays_in_history(
    own: Served, lena: httpx.Client, nora: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "REMEMBERED", 0.0)
    desk = {"Cookie": f"{COOKIE}={a_session(own, 'agt_nora')}"}
    with own.client("sk_nora") as machine:
        assert machine.get("/conversations").status_code == 200
        asked = lena.get("/settings/people/agt_nora/deactivate").text
        done = lena.post("/settings/people/agt_nora/deactivate")
        assert machine.get("/conversations").status_code == 401

    assert "revoked for good: nora&#39;s export" in asked
    assert done.status_code == 303
    assert lena.get("/desk", headers=desk).status_code == 303
    row = own.rooms.conversations.one(nora)
    assert (row["assignee_id"], row["team_id"], row["handler"], row["status"]) == (None, "billing", "human", "open")
    assert WaitingReplies(own.rooms.db).of(nora) == []
    assert "nora@ledgerly.example" not in str(own.rooms.workspace.agents())
    assert re.search(r"Nora.*Reactivate", lena.get("/settings").text, re.DOTALL)
    told = lena.get("/settings/record?kind=people").text
    assert "Nora was deactivated: sessions that ended: 1, conversations that went back to their team: 1." in told


def test_whoever_is_reactivated_comes_in_as_before_and_their_keys_do_not(
    own: Served, lena: httpx.Client, nora: str
) -> None:
    lena.post("/settings/people/agt_nora/deactivate")
    lena.post("/settings/people/agt_nora/reactivate")

    assert "can sign in again" in lena.get("/settings").text
    assert lena.get("/desk", headers={"Cookie": f"{COOKIE}={a_session(own, 'agt_nora')}"}).status_code == 200
    (back,) = (agent for agent in own.rooms.workspace.agents() if agent.id == "agt_nora")
    assert back.teams == ("billing",)
    assert "nora's export" not in {key.name for key in Office(own.rooms.db).all_keys()}
    assert own.rooms.conversations.one(nora)["assignee_id"] is None
    assert "Nora was let in again." in lena.get("/settings/record?kind=people").text


def test_nobody_deactivates_themselves_or_the_last_lead(own: Served, lena: httpx.Client) -> None:
    own.rooms.workspace.put_key("lena's", "sk_lena", ["policy:write"], NOW, owner="agt_lena")
    others = [a.id for a in own.rooms.workspace.agents() if a.role in doors.LEADS and a.id != "agt_lena"]
    assert others == []

    itself = lena.post("/settings/people/agt_lena/deactivate")
    with own.client() as anybody, own.client("sk_lena") as herself:
        last = anybody.post("/agents/agt_lena/deactivate")
        own_key = herself.post("/agents/agt_lena/deactivate")
        missing = anybody.post("/agents/agt_nobody/reactivate")

    assert (itself.status_code, errors(itself)) == (422, ["Nobody takes their own access away. Ask another lead."])
    assert (last.status_code, "last lead" in last.json()["detail"]) == (422, True)
    assert (own_key.status_code, "their own access" in own_key.json()["detail"]) == (422, True)
    assert missing.status_code == 404
    assert lena.get("/settings").status_code == 200


def test_a_directory_takes_access_away_and_gives_it_back(own: Served, nora: str) -> None:
    with own.client() as api:
        first, again = (api.post("/agents/agt_nora/deactivate").json() for _ in range(2))
        listed = {agent["id"]: agent["is_active"] for agent in api.get("/agents").json()["agents"]}
        back = api.post("/agents/agt_nora/reactivate")

    assert first == {"sessions": 0, "conversations": 1, "keys": ["nora's export"]}
    assert again == {"sessions": 0, "conversations": 0, "keys": []}
    assert (listed["agt_nora"], listed["agt_mira"]) == (False, True)
    assert back.status_code == 204
    told = own.rooms.db.all("select author from events where kind = 'agent.deactivated' order by id desc limit 1")
    assert told[0].author == "key:everything"


@pytest.mark.parametrize("role", doors.LEADS)
def test_of_two_leads_who_send_each_other_away_at_once_one_stays(own: Served, lena: httpx.Client, role: str) -> None:
    db, workspace = own.rooms.db, own.rooms.workspace
    workspace.put_agent(Agent("agt_olga", "Olga", "olga@ledgerly.example"), NOW)
    db.run("update agents set role = %(role)s where id in ('agt_lena', 'agt_olga')", {"role": role})
    pairs = [("agt_lena", "agt_olga"), ("agt_olga", "agt_lena")]

    def send_away(pair: tuple[str, str]) -> bool:
        try:
            Leaving(db).deactivate(pair[0], pair[1], NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor() as at_once:
        assert sorted(at_once.map(send_away, pairs)) == [False, True]
    assert len([a for a in workspace.agents() if a.role in doors.LEADS]) == 1
    db.run("update agents set is_active = id = 'agt_lena', role = 'lead', left_at = null"
           " where id in ('agt_lena', 'agt_olga')")  # fmt: skip


def set_aside(own: Served, subject: str, said: str, cause: Cause = Cause.AUTO_REPLY) -> str:
    """A mail that became no message; its id."""
    store, now = MailStore(own.rooms.db), datetime.now(UTC)
    kept = store.keep(f"Subject: {subject}\n\n{said}".encode(), "help@ledgerly.example", None, now)
    (due,) = (mail for mail in store.due(now, 10) if mail.id == kept)
    store.set_aside(due, cause, Mail(MailAddress("eve@elsewhere.example", "Eve"), subject=subject, text=said), now)
    return due.id


def test_a_mail_that_was_set_aside_shows_its_cause_and_its_words_as_bare_text(own: Served, lena: httpx.Client) -> None:
    set_aside(own, "Out of office", "I am away. <a href='https://evil.example'>Click</a>")
    page = lena.get("/settings/mail").text
    german = lena.get("/settings/mail", headers={"Accept-Language": "de"}).text

    assert "Out of office" in page
    assert "a machine answered: an absence note, or a receipt" in page
    assert "eve@elsewhere.example" in page
    assert "&lt;a href=" in page
    assert "evil.example&#39;&gt;" in page
    assert "Abwesenheitsnotiz" in german
    assert 'href="/settings/mail"' in lena.get("/settings/channels").text


def test_a_mail_is_put_away_and_taken_out_again(own: Served, lena: httpx.Client) -> None:
    mail = set_aside(own, "A receipt of ours", "Thank you for your order.")

    away = lena.post(f"/settings/mail/{mail}/drop")
    told = lena.get(away.headers["location"]).text
    assert f'action="/settings/mail/{mail}/restore"' in told
    assert "A receipt of ours" not in told
    assert "A receipt of ours" in lena.get("/settings/mail?show=dropped").text
    twice = lena.post(f"/settings/mail/{mail}/drop")
    lena.post(f"/settings/mail/{mail}/restore")

    assert (twice.status_code, "It was already put away by Lena." in twice.text) == (409, True)
    assert "A receipt of ours" in lena.get("/settings/mail").text
    assert lena.post(f"/settings/mail/{mail}/restore").status_code == 409
    assert "A mail that had been dropped was brought back." in lena.get("/settings/record?kind=channels").text


def test_a_mail_that_is_let_in_is_a_conversation_for_people(own: Served, lena: httpx.Client) -> None:
    mail = set_aside(own, "My invoice", "It is wrong, please look at it.", Cause.LIST)

    there = lena.post(f"/settings/mail/{mail}/release").headers["location"]

    conversation = there.rpartition("/")[2]
    row = own.rooms.conversations.one(conversation)
    assert (row["handler"], row["channel"], row["subject"]) == ("human", "email", "My invoice")
    assert "My invoice" not in lena.get("/settings/mail").text
    told = f"It was already let in by Lena. It is in conversation #{row['number']}."
    assert told in lena.post(f"/settings/mail/{mail}/release").text
    assert told in lena.post(f"/settings/mail/{mail}/drop").text
    with own.client() as api:
        again = api.post(f"/mail/suspended/{mail}/release")
        assert (is_problem(again)["status"], is_problem(again)["detail"]) == (409, told)
        by_a_key = set_aside(own, "Another", "It is wrong, too.", Cause.LIST)
        api.post(f"/mail/suspended/{by_a_key}/release").raise_for_status()
    assert "It was already let in by the key everything." in lena.post(f"/settings/mail/{by_a_key}/release").text


def test_what_another_error_budget_rests_on_is_said_once(lena: httpx.Client) -> None:
    told = lena.post("/policy/pane", data={"base": POLICY, "mode": "form", "budget.wrong": "1"}).text

    rests = re.findall(r'<details class="rests">.*?</details>', told, re.DOTALL)
    assert len(rests) == 1
    assert "error budget" in rests[0]
    assert re.sub(r"<li>.*?</li>", "", rests[0], flags=re.DOTALL).count("budget") == 0, "each case says it in its line"


# finding a setting, and trying what is set


def test_what_the_search_of_settings_finds_stands_where_it_says(lena: httpx.Client, house: Served) -> None:
    house.rooms.workspace.put_accounts([Account("acc_found", "Found", "free")], datetime.now(UTC))
    pages = {path.partition("#")[0] for path, *_rest in HEADINGS}
    shown = {path: unescape(lena.get(path).text) for path in pages}
    for path, name, title, holds in HEADINGS:
        page, _hash, place = path.partition("#")
        assert not place or f'id="{place}"' in shown[page]
        for words in (name, title, *holds):
            assert words in shown[page], (page, words)
    tabs = re.search(r'<nav class="tabs".*?</nav>', shown["/settings"], re.DOTALL)
    assert tabs
    assert set(re.findall(r'href="(/settings[^"]*)"', tabs[0])) == pages


def test_a_setting_is_found_by_words_of_it_in_ones_own_language_and_in_the_policy(lena: httpx.Client) -> None:
    assert 'href="/settings/hours#hours-title"' in lena.get("/settings/search?q=HOLI").text
    german = lena.get("/settings/search?q=feiertage", headers={"Accept-Language": "de"}).text
    assert 'href="/settings/hours#hours-title"' in german
    found = lena.get("/settings/search?q=frustration row").text
    (field,) = re.findall(r'href="/policy#([^"]+)"', found)
    assert f'id="{field}"' in lena.get("/policy").text
    nothing = lena.get("/settings/search?q=<b>zebra").text
    assert "No setting is called like “&lt;b&gt;zebra”." in nothing


def test_what_is_set_can_be_tried_and_shows_what_both_sides_said(own: Served, lena: httpx.Client) -> None:
    assert "Try the mail server" not in lena.get("/settings/channels").text
    assert lena.post("/settings/channels/try/smtp").status_code == 404

    def refuses(me: str) -> Tried:
        return Tried(False, f"It does not work for {me}.", ("→ ehlo", "← 550 <b>no</b>"))

    own.app.state.rooms = replace(own.rooms, entry=Entry(tries={"smtp": refuses}))
    page = lena.post("/settings/channels/try/smtp").text
    assert "It does not work for lena@ledgerly.example." in page
    assert "→ ehlo\n← 550 &lt;b&gt;no&lt;/b&gt;" in page
    assert "Try the mailbox" not in page
