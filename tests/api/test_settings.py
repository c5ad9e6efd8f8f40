"""What leads set: the widget's look, hours and promises, tags, channels. Pages as a browser gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.serving import NO_TLS, POLICY, Served, served
from api.test_doors import a_session
from databases import fresh_database
from segue.policy.settings import load
from segue.store.channels import Channels
from segue.store.office import Office
from segue.store.tags import Tags
from segue.web.doors import COOKIE
from segue.web.rooms import MailWays

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
    look = {"colour": "#FFCC00", "dark": "", "side": "left", "label_en": "Ask us", "greeting_en": "Ahoy!"}
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
    assert "ffcc00" in str([row.body for row in Office(own.rooms.db).record(("widget.changed",))])


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
    query = {"colour": "#ffcc00", "label": "<i>Ask</i>", "greeting": "</p><script>", "theme": "dark"}
    page, sheet = lena.get("/settings/widget/preview", params=query), lena.get(
        "/settings/widget/preview.css", params={"colour": "red;}*{"})  # fmt: skip

    assert "&lt;i&gt;Ask&lt;/i&gt;" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
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


def test_channels_tell_what_happened_and_not_only_what_is_set(own: Served, lena: httpx.Client) -> None:
    channels = Channels(own.rooms.db)
    assert "takes no mail" in lena.get("/settings/channels").text

    ways = MailWays("smtp.example", "help@x.example", "", "help@imap.example/INBOX", "127.0.0.1:8825")
    own.app.state.rooms = replace(own.rooms, mail=ways)
    silent = lena.get("/settings/channels").text
    channels.worked("imap", NOW - timedelta(minutes=1))
    channels.failed("smtp", "Mail server says no.", NOW)
    channels.worked("listen", NOW - timedelta(hours=1))
    told = lena.get("/settings/channels").text

    assert silent.count("It was never heard of") == 2
    assert re.search(r'class="chip ok">fetches help@imap\.example/INBOX', told)
    assert "It fails: Mail server says no." in told
    assert "Nothing is heard of it." in told
    assert "/widget.js" in told


def test_what_a_form_had_brought_leads_back_to_its_page(lena: httpx.Client) -> None:
    for sent, page in (("/settings/invites", "/settings"), ("/settings/hours/targets", "/settings/hours"),
                       ("/settings/widget/sites", "/settings/widget"), ("/policy/publish", "/policy")):  # fmt: skip
        answer = lena.get(sent)
        assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert lena.get("/api/v1/conversations/cnv_1/reply").status_code == 405
    assert lena.get("/settings/invites", headers={"Accept": "*/*"}).status_code == 405


def test_an_invitation_is_copied_by_a_button_and_ends_at_a_moment_a_script_can_read(lena: httpx.Client) -> None:
    made = lena.post("/settings/invites", data={"email": "pia@ledgerly.example", "role": "agent"}).text

    assert 'data-copies="link"' in made
    assert re.search(r'<time datetime="[^"]+" data-local>', made)
