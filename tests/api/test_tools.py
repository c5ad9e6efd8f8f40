"""An agent's tools through the API and as plain forms: tags, macros."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem
from api.test_doors import a_session
from segue.store.conversations import Filter
from segue.store.waiting_replies import WaitingReplies
from segue.web import doors
from segue.web.keys import KEYS, OWN_PAGES, called

STATIC = Path(__file__).parents[2] / "src" / "segue" / "web" / "static"


@pytest.fixture
def here(conversation: str) -> str:
    return f"/conversations/{conversation}"


@pytest.fixture(scope="module")
def mira(shared: Served) -> Iterator[httpx.Client]:
    with browser(shared, "agt_mira") as client:
        yield client


@pytest.fixture(scope="module")
def lena(shared: Served) -> Iterator[httpx.Client]:
    with browser(shared, "agt_lena") as client:
        yield client


def browser(shared: Served, agent: str) -> httpx.Client:
    """Somebody who is signed in, without scripts."""
    cookies = {doors.COOKIE: a_session(shared, agent)}
    return httpx.Client(base_url=shared.url, cookies=cookies, follow_redirects=True, timeout=20, verify=NO_TLS)


# keys

OWN_KEYS = {"search": "&", "help": "~", "undo": "%", "macro": ";", "view:needs-me": "g 0",
            "view:assistant": "g &", "page:/policy": "g ~"}  # fmt: skip


def hints_of_keys(client: httpx.Client, **headers: str) -> set[str]:
    """On a page with rows, on one without, and on a lead's; the sheet of all keys is not asked."""
    pages = ("/desk", "/desk?view=mentions", "/desk/macros", "/desk/views")
    shown = [re.sub(r"<dialog.*?</dialog>", "", client.get(page, headers=headers).text, flags=re.S) for page in pages]
    found = re.findall(r'<kbd[^>]*>([^<]*)</kbd>|title="[^"]*\(([^)"]*)\)"', "".join(shown))
    return {pressed or titled for pressed, titled in found}


def test_every_hint_of_a_key_is_the_agents_own(lena: httpx.Client) -> None:
    lena.post("/desk/me", data={"letters": "true", **{f"key:{action}": key for action, key in OWN_KEYS.items()}})
    put_elsewhere = hints_of_keys(lena)
    lena.post("/desk/me", data={})
    switched_off = hints_of_keys(lena), hints_of_keys(lena, **{"User-Agent": "Mozilla/5.0 (Macintosh)"})
    lena.post("/desk/me", data={"letters": "true"})

    assert put_elsewhere >= {"&amp;", "~", "%", ";", "g 0", "g &amp;", "g ~", "Ctrl k"}
    assert not put_elsewhere & {"?", "z", "m", "Shift V", "g i", "g a", "g p"}
    in_the_composer = "/"
    assert switched_off == ({"Ctrl k", in_the_composer}, {"⌘ k", in_the_composer})


STATES = {"take": ("Take from", "Take over"), "snooze": ("Bring back",), "send": ("Add note",),
          "merge": ("Undo the merge",), "why": ("The whole card",), "matter": ("It is about",)}  # fmt: skip
"""What such a button says instead, where it does something else or where that can be seen."""


def test_every_entry_of_a_menu_and_every_button_with_a_key_is_called_as_the_registry_calls_it(
    lena: httpx.Client, conversation: str
) -> None:
    by_path = {key.path: key for key in KEYS if key.path}
    for page in ("/desk?q=invoice", f"/desk/conversations/{conversation}", "/desk/macros", "/desk/me"):
        html = lena.get(page).text
        menu = re.search(r'<details class="who-menu">(.*?)</details>', html, re.S)
        assert menu
        entries = [(path, bare(inside)) for path, inside in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', menu[1])]
        assert entries == [(path, by_path[path].said) for path, _words in entries]
        assert entries[-4:] == [(path, by_path[path].said) for path in OWN_PAGES]
        assert re.findall(r"<kbd[^>]*>([^<]+)", menu[1]) == [by_path[path].keys[0] for path, _words in entries]
        named = re.findall(r'<(button|summary|a)\b[^>]*data-(?:key|does)="([\w-]+)"[^>]*>(.*?)</\1>', html, re.S)
        for action, words in ((action, bare(inside)) for _kind, action, inside in named):
            assert words == called(action) or words.startswith(STATES.get(action, ("?",))), (page, action, words)
        assert len(named) > 1


def bare(html: str) -> str:
    """What is read of it, without the key."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<(kbd|svg).*?</\1>", "", html, flags=re.S)).split())


# drafts


def test_a_page_of_somebody_else_than_is_signed_in_keeps_no_draft_and_sends_nothing(
    mira: httpx.Client, conversation: str
) -> None:
    here = f"/desk/conversations/{conversation}"
    for whose in ("tom", "mira"):
        for deed, kind in (("draft", "reply"), ("note", "")):
            typed = {"kind": kind, "text": f"A {deed} of {whose}", "version": "0"}
            answer = mira.post(f"{here}/{deed}", data=typed, headers={"X-Me": f"agt_{whose}"}, follow_redirects=False)
            assert ("/sign-in" in answer.headers.get("location", "")) == (whose == "tom")

    page = mira.get(here).text
    of_mira, of_tom = ({f"A {deed} of {whose}" in page for deed in ("draft", "note")} for whose in ("mira", "tom"))
    assert (of_mira, of_tom) == ({True}, {False})


ASKS = re.compile(r"\bfetch\(|\bnew XMLHttpRequest\b|\bsendBeacon\(")


@pytest.mark.parametrize("script", sorted((STATIC / "desk").glob("*.js")), ids=lambda script: script.name)
def test_whatever_a_script_of_the_desk_asks_for_it_says_whose_page_it_stands_in(script: Path) -> None:
    """Else a tab that was left open works in the name of whoever signed in since."""
    source = script.read_text("utf8")
    for asks in ASKS.finditer(source):
        end = source.index("\n}" if "XML" in asks[0] else ";", asks.start())
        assert re.search(r"\bheaders\b(?!:)", source[asks.start() : end]), source[asks.start() : end]
    for has_some in re.finditer(r"\bheaders: *", source):
        assert source[has_some.end() :].startswith("{ ...headers,"), "other headers leave ours out"
    if ASKS.search(source) and script.name != "page.js":
        assert re.search(r"import \{[^}]*\bheaders\b[^}]*\} from \"./page.js\"", source)


# tags


def test_a_tag_is_put_on_found_and_taken_off(api: httpx.Client, here: str) -> None:
    tag = f"t{uuid4().hex[:8]}"
    assert api.put(f"{here}/tags/{tag.upper()}").status_code == 204
    assert api.put(f"{here}/tags/{tag}").status_code == 204

    found = api.get("/conversations", params={"tag": tag}).json()["conversations"]
    assert [(c["id"], c["tags"]) for c in found] == [(here.rpartition("/")[2], [tag])]
    assert {"name": tag, "conversations": 1} in api.get("/tags").json()["tags"]

    assert api.delete(f"{here}/tags/{tag}").status_code == 204
    assert api.delete(f"{here}/tags/{tag}").status_code == 204
    assert api.get(here).json()["tags"] == []


def test_what_is_no_tag_is_refused(api: httpx.Client, here: str) -> None:
    assert is_problem(api.put(f"{here}/tags/a,b"))["errors"][0]["pointer"] == "/tag"
    assert is_problem(api.put("/conversations/cnv_none/tags/refund"))["status"] == 404


def test_a_tag_is_put_on_by_a_plain_form(api: httpx.Client, mira: httpx.Client, here: str) -> None:
    page = mira.post(f"/desk{here}/tag", data={"tag": "Late Refund, vip"})

    assert "Take off late-refund" in page.text
    assert api.get(here).json()["tags"] == ["late-refund", "vip"]
    assert mira.post(f"/desk{here}/tag", data={"tag": "a;b"}).status_code == 409
    mira.post(f"/desk{here}/untag", data={"tag": "vip"})
    assert api.get(here).json()["tags"] == ["late-refund"]


def test_several_tags_that_were_put_on_together_come_off_together(
    api: httpx.Client, mira: httpx.Client, here: str
) -> None:
    for deed, expected in (("tag", ["alpha", "beta"]), ("untag", [])):
        mira.post(f"/desk{here}/{deed}", data={"tag": "Alpha,beta"})
        assert api.get(here).json()["tags"] == expected


# merging


def test_a_customers_two_conversations_become_one_and_two_again(shared: Served, api: httpx.Client) -> None:
    body = {"contact": {"external_id": f"con_{uuid4().hex}", "verified": True}}
    first, second = (api.post("/conversations", json=body | {"text": f"Part {n}."}).json() for n in (1, 2))
    one, two = (f"/conversations/{told['conversation']['id']}" for told in (first, second))
    into = {"agent": "agt_mira", "into": first["conversation"]["id"]}

    assert is_problem(api.post(f"{two}/merge", json=into | {"into": second["conversation"]["id"]}))["status"] == 422
    assert api.post(f"{two}/merge", json=into).status_code == 204
    assert is_problem(api.post(f"{two}/merge", json=into))["status"] == 409
    assert api.get(two).json()["merged_into"] == into["into"]
    assert api.post(f"{two}/messages", json={"text": "Part 3."}).json()["conversation"]["id"] == into["into"]
    assert "merged into" in is_problem(api.post(f"{two}/reply", json={"agent": "agt_mira", "text": "Yes."}))["detail"]

    assert api.post(f"{two}/unmerge", json={"agent": "agt_mira"}).status_code == 204
    assert api.get(two).json()["merged_into"] is None
    assert is_problem(api.post(f"{two}/unmerge", json={"agent": "agt_mira"}))["status"] == 409
    assert [m["text"] for m in api.get(one).json()["messages"] if m["author"] == "customer"] == ["Part 1.", "Part 3."]


def test_what_was_typed_where_a_colleague_merged_it_away_is_found_where_it_went(
    shared: Served, api: httpx.Client, mira: httpx.Client, lena: httpx.Client
) -> None:
    body = {"contact": {"external_id": f"con_{uuid4().hex}", "verified": True}}
    gone, stays = (
        api.post("/conversations", json=body | {"text": text}).json()["conversation"]["id"] for text in ("One.", "Two.")
    )
    here = f"/desk/conversations/{gone}"
    mira.post(f"{here}/draft", data={"kind": "reply", "text": "Half a thought", "version": "0"})

    lena.post(f"{here}/merge", data={"into": stays})

    late = mira.post(f"{here}/draft", data={"kind": "reply", "text": "Half a thought, fin", "version": "1"})
    assert (late.status_code, late.json()) == (409, {"into": stays})
    crossed = mira.post(f"{here}/reply", data={"text": "Half a thought, finished", "seen_seq": "1"})
    assert (crossed.status_code, "Half a thought, finished" in crossed.text) == (409, True)
    told = "What you had typed here is there now."
    assert [told in who.get(here).text for who in (mira, lena)] == [True, False]
    page = mira.get(f"/desk/conversations/{stays}").text
    assert ("What you had typed there came along." in page, "Half a thought</textarea>" in page) == (True, True)


@pytest.mark.parametrize("channel", ["chat", "form"])
def test_what_is_written_on_a_page_that_has_sent_already_is_kept_and_told(
    shared: Served, api: httpx.Client, mira: httpx.Client, channel: str
) -> None:
    """Back, without scripts: the form there names the reply that went out."""
    body = {"contact": {"email": f"{uuid4().hex}@x.example"}, "text": "Why?", "channel": channel}
    opened = api.post("/conversations", json=body).json()["conversation"]["id"]
    here, sent = f"/desk/conversations/{opened}", {"text": "First words.", "seen_seq": "1", "client_id": uuid4().hex}
    mira.post(f"{here}/reply", data=sent)

    pressed_twice = mira.post(f"{here}/reply", data=sent)
    gone_back = mira.post(f"{here}/reply", data=sent | {"text": "Second words."})

    assert (pressed_twice.status_code, gone_back.status_code) == (200, 409)
    assert "has sent another reply before" in gone_back.text
    assert "Second words.</textarea>" in mira.get(here).text
    named = re.search(r'name="client_id" value="([^"]+)"', gone_back.text)
    assert named
    assert mira.post(f"{here}/reply", data=sent | {"text": "Second words.", "client_id": named[1]}).status_code == 200
    going = [row["body"] for row in WaitingReplies(shared.rooms.db).of(opened)]
    gone = [m["text"] for m in api.get(f"/conversations/{opened}").json()["messages"][1:]]
    assert going + gone == ["First words.", "Second words."]


def test_a_reply_that_was_stopped_and_is_sent_again_from_the_page_before_is_not_swallowed(
    shared: Served, api: httpx.Client, mira: httpx.Client
) -> None:
    body = {"contact": {"email": f"{uuid4().hex}@x.example"}, "text": "Why?", "channel": "form"}
    opened = api.post("/conversations", json=body).json()["conversation"]["id"]
    here, sent = f"/desk/conversations/{opened}", {"text": "Some words.", "seen_seq": "1", "client_id": uuid4().hex}
    mira.post(f"{here}/reply", data=sent)
    (waiting,) = WaitingReplies(shared.rooms.db).of(opened)
    mira.post(f"{here}/unsend", data={"reply": waiting["id"]})

    assert mira.post(f"{here}/reply", data=sent).status_code == 409
    assert "Some words.</textarea>" in mira.get(here).text


def test_a_mail_that_did_not_arrive_is_marked_on_its_message_and_sent_again(
    shared: Served, mira: httpx.Client, here: str
) -> None:
    shared.rooms.db.run(
        "insert into outbox (id, kind, conversation_id, seq, body, due_at, undelivered_at, last_error)"
        " values (%(id)s, 'mail', %(at)s, 1, '{}', now(), now(), '550 no such user')",
        {"id": f"out_{uuid4().hex}", "at": here.rpartition("/")[2]},
    )
    assert "Not delivered: 550 no such user" in mira.get(f"/desk{here}").text

    again = mira.post(f"/desk{here}/deliver", data={"seq": "1"})

    assert (again.status_code, "Not delivered" in again.text) == (200, False)
    assert "has arrived" in mira.post(f"/desk{here}/deliver", data={"seq": "1"}).text


def test_the_customer_reads_the_whole_thread_wherever_they_began(shared: Served, mira: httpx.Client) -> None:
    identity = shared.rooms.identity.sign(f"con_{uuid4().hex}", datetime.now(UTC))
    with httpx.Client(base_url=shared.url, follow_redirects=True, timeout=20, verify=NO_TLS) as customer:
        customer.get("/chat", params={"identity": identity})
        pages = []
        for text in ("My invoice is wrong.", "Hello? My invoice!"):
            customer.post("/chat/new")
            customer.post("/chat/messages", data={"text": text})
            pages.append(customer.cookies["segue_chat"])
        newest = shared.rooms.conversations.listing(Filter(), 2)
        mira.post(f"/desk/conversations/{newest[0]['id']}/merge", data={"into": newest[1]["id"]})
        mira.post(f"/desk/conversations/{newest[1]['id']}/reply", data={"text": "It is corrected.", "seen_seq": "1"})

        who = customer.cookies["segue_who"]
    for key in pages:
        with httpx.Client(base_url=shared.url, cookies={"segue_who": who, "segue_chat": key}, verify=NO_TLS) as alone:
            seen = alone.get("/chat/thread", timeout=20).text
            assert [seen.count(t) for t in ("My invoice is wrong.", "Hello? My invoice!", "It is corrected.")] == [
                1
            ] * 3


def test_the_desk_says_where_it_went_and_offers_the_way_back(api: httpx.Client, mira: httpx.Client) -> None:
    body = {"contact": {"external_id": f"con_{uuid4().hex}", "verified": True}, "text": "Why is it higher?"}
    one, two = (api.post("/conversations", json=body).json()["conversation"] for _ in range(2))
    page = mira.get(f"/desk/conversations/{two['id']}").text
    assert f'<option value="{one["id"]}">#{one["number"]}' in page

    landed = mira.post(f"/desk/conversations/{two['id']}/merge", data={"into": one["id"]})
    assert one["id"] in landed.url.path
    assert f"#{two['number']} is merged into this one" in landed.text
    gone = mira.get(f"/desk/conversations/{two['id']}").text
    assert "Mira merged it into" in gone
    assert 'id="composer"' not in gone

    assert 'id="composer"' in mira.post(f"/desk/conversations/{two['id']}/unmerge").text


# macros


def kept(who: httpx.Client, **fields: str) -> str:
    """Keeps a macro; returns its id."""
    name = f"macro {uuid4().hex[:8]}"
    page = who.post("/desk/macros/new", data={"name": name, **fields})
    assert f"“{name}” is kept" in page.text
    return page.text.partition(f">{name}</a>")[0].rpartition("/desk/macros/")[2].partition('"')[0]


def test_wrong_fields_are_told_of_beside_them_and_what_was_typed_stays(mira: httpx.Client) -> None:
    typed = {
        "text": "Hi {{customer.shoe}}",
        "tags": "a;b",
        "snooze": "1h",
        "resolves": "true",
        "assign": "agent:nobody",
    }
    page = mira.post("/desk/macros/new", data=typed)

    assert page.status_code == 422
    for field in ("name", "text", "tags", "snooze", "assign"):
        assert f'id="wrong-{field}"' in page.text
    assert "Hi {{customer.shoe}}" in page.text


def test_only_leads_write_for_everybody(mira: httpx.Client, lena: httpx.Client) -> None:
    shared = kept(lena, text="Hello", shared="true")
    own = kept(mira, text="Hello", shared="true")

    assert mira.get(f"/desk/macros/{shared}").status_code == 403
    assert mira.post(f"/desk/macros/{shared}/remove").status_code == 403
    assert lena.get(f"/desk/macros/{own}").status_code == 404
    assert mira.post(f"/desk/macros/{own}/remove").status_code == 200
    assert mira.get(f"/desk/macros/{own}").status_code == 404


def test_a_macro_is_taken_and_sent_without_scripts(api: httpx.Client, mira: httpx.Client, here: str) -> None:
    macro = kept(mira, text="Hi {{customer.first_name|there}}, this is {{agent.name}}.", tags="seen", resolves="true")
    offered = mira.get(f"/desk{here}/macros").text
    assert "Hi there, this is Mira." in offered
    assert "Once it is sent: tag seen · resolve" in offered

    page = mira.post(f"/desk{here}/macro", data={"macro": macro}).text
    assert "Hi there, this is Mira.</textarea>" in page
    assert "tag seen · resolve" in page
    assert api.get(here).json()["tags"] == []

    seen = str(api.get(here).json()["seq"])
    mira.post(f"/desk{here}/reply", data={"text": "Hi.", "macro": macro, "seen_seq": seen})
    told = api.get(here).json()
    assert (told["tags"], told["status"], told["messages"][-1]["text"]) == (["seen"], "resolved", "Hi.")


TYPED = "Hi {{customer.first_name|there}}, it is about #{{conversation.number}}. {{agent.first_name}}"


def test_variables_that_are_typed_into_a_reply_and_a_note_are_filled_in(
    api: httpx.Client, mira: httpx.Client, here: str
) -> None:
    number = api.get(here).json()["number"]
    api.post(f"{here}/claim", json={"agent": "agt_mira"})
    filled = f"it is about #{number}. Mira"

    mira.post(f"/desk{here}/reply", data={"text": TYPED, "seen_seq": "99"})
    page = mira.post(f"/desk{here}/note", data={"text": TYPED + " Inside."})
    by_machine = api.post(f"{here}/reply", json={"agent": "agt_mira", "text": TYPED + " Again."})

    said = [m["text"] for m in api.get(here).json()["messages"] if m["author"] == "agent"]
    assert by_machine.status_code == 201
    assert [text.partition(", ")[2] for text in said] == [filled, f"{filled} Again."]
    assert f"{filled} Inside." in page.text


def test_a_variable_without_a_value_or_none_of_ours_keeps_the_reply_and_says_which(
    api: httpx.Client, mira: httpx.Client, here: str
) -> None:
    refused = mira.post(f"/desk{here}/reply", data={"text": "For {{customer.shoe_size}}.", "seen_seq": "99"})
    by_machine = api.post(f"{here}/reply", json={"agent": "agt_mira", "text": "For {{customer.shoe_size}}."})

    assert "There is no variable “customer.shoe_size”" in refused.text
    assert "For {{customer.shoe_size}}." in refused.text
    assert "no variable" in is_problem(by_machine)["detail"]


def test_only_the_text_of_a_macro_is_taken(mira: httpx.Client, here: str) -> None:
    macro = kept(mira, text="Hello", tags="seen")
    mira.post(f"/desk{here}/macro", data={"macro": macro})

    page = mira.post(f"/desk{here}/macro", data={"macro": macro, "text": "Hello Ada", "drop": "true"}).text

    assert "Hello Ada</textarea>" in page
    assert '<div id="carries" hidden>' in page


def test_a_second_macro_adds_its_text_and_says_whose_actions_go(mira: httpx.Client, here: str) -> None:
    first, plain, second = (
        kept(mira, text="One", tags="uno"),
        kept(mira, text="Two"),
        kept(mira, text="Three", tags="tres"),
    )
    mira.post(f"/desk{here}/macro", data={"macro": first})
    with_text = mira.post(f"/desk{here}/macro", data={"macro": plain}).text
    assert "One\n\nTwo</textarea>" in with_text
    assert f'id="macro" value="{first}"' in with_text

    assert "Your reply does this once it is sent: tag uno." in mira.get(f"/desk{here}/macros").text
    page = mira.post(f"/desk{here}/macro", data={"macro": second}).text
    assert f'id="macro" value="{second}"' in page


def test_a_refused_reply_carries_what_was_posted_with_it(mira: httpx.Client, here: str) -> None:
    macro = kept(mira, text="Hello", tags="seen")
    new = mira.post(f"/desk{here}/reply", data={"text": " ", "macro": macro})
    mira.post(f"/desk{here}/macro", data={"macro": macro})
    dropped = mira.post(f"/desk{here}/reply", data={"text": "Hello {{you}}", "macro": ""})

    assert new.status_code == dropped.status_code == 422
    assert f'id="macro" value="{macro}"' in new.text
    assert "tag seen" in new.text
    assert 'id="macro" value=""' in dropped.text
    assert '<div id="carries" hidden>' in dropped.text


# several at once


def test_several_are_done_and_undone_by_plain_forms(api: httpx.Client, mira: httpx.Client) -> None:
    body = {"contact": {}, "text": "It is down."}
    ids = [api.post("/conversations", json=body).json()["conversation"]["id"] for _ in range(2)]
    api.put(f"/conversations/{ids[0]}/tags/outage")

    plan = mira.get("/desk/bulk", params={"row": ids, "what": "tag", "tag": "Outage", "place": "view=unassigned"}).text
    assert "Tag outage: 1" in plan
    assert "has outage already" in plan
    assert api.get(f"/conversations/{ids[1]}").json()["tags"] == []

    told = mira.post("/desk/bulk", data={"row": ids, "what": "tag", "tag": "outage"}).text
    assert "1 tagged; 1 left as it is" in told
    assert api.get(f"/conversations/{ids[1]}").json()["tags"] == ["outage"]
    undo = told.partition('action="/desk/bulk/')[2].partition('"')[0]
    assert "Undone: 1" in mira.post(f"/desk/bulk/{undo}").text
    assert [api.get(f"/conversations/{one}").json()["tags"] for one in ids] == [["outage"], []]
    assert mira.post(f"/desk/bulk/{undo}").status_code == 409


def test_without_scripts_several_sleep_until_a_time_of_ones_own(api: httpx.Client, mira: httpx.Client) -> None:
    one = api.post("/conversations", json={"contact": {}, "text": "It is down."}).json()["conversation"]["id"]
    asked = {"row": [one], "what": "snooze:1h", "own": f"{datetime.now(UTC).year + 1}-03-05T14:05"}

    plan = mira.get("/desk/bulk", params=asked).text
    what = plan.partition('name="what" value="')[2].partition('"')[0]
    told = mira.post("/desk/bulk", data={"row": [one], "what": what}).text

    assert re.search(r"Snooze until \w+ 5 Mar, 14:05 \w+: 1", plan)
    assert "1 snoozed" in told
    assert "This time is past" in mira.get("/desk/bulk", params={**asked, "own": "2020-03-05T14:05"}).text


def seen_on(page: str) -> str:
    """The newest message on the page, as its button to resolve says it."""
    return page.partition('/resolve"')[2].partition('name="seen_seq" value="')[2].partition('"')[0]


def test_nothing_is_resolved_over_a_message_that_was_not_on_the_page(
    api: httpx.Client, mira: httpx.Client, here: str
) -> None:
    conversation = here.rpartition("/")[2]
    plan = mira.get("/desk/bulk", params={"row": [conversation], "what": "resolve"}).text
    seen, looked = seen_on(mira.get(f"/desk{here}").text), re.findall(r'name="seen" value="(\d+)"', plan)
    api.post(f"{here}/messages", json={"text": "No, still broken."})

    alone = mira.post(f"/desk{here}/resolve", data={"seen_seq": seen})
    several = mira.post("/desk/bulk", data={"row": [conversation], "seen": looked, "what": "resolve"})

    assert (alone.status_code, "The customer wrote meanwhile" in alone.text) == (409, True)
    assert "0 resolved; 1 left as it is" in several.text
    assert api.get(here).json()["status"] == "open"
    assert mira.post(f"/desk{here}/resolve", data={"seen_seq": seen_on(alone.text)}).status_code == 200
    assert api.get(here).json()["status"] == "resolved"


def test_a_deed_there_is_none_of_is_refused(mira: httpx.Client, conversation: str) -> None:
    for what in ("burn", "assign:agent:nobody", "snooze:soon"):
        assert mira.get("/desk/bulk", params={"row": [conversation], "what": what}).status_code == 422
    assert mira.get("/desk/bulk", params={"what": "resolve"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/reply", {"text": "Hello", "macro": "a\0b"}), ("/reply", {"text": "Hello", "client_id": "a\0b"}),
        ("/draft", {"text": "Hello", "version": "2147483647"}), ("/untag", {"tag": "a\0b"}),
        ("/merge", {"into": "a\0b"}),
    ],
)  # fmt: skip
def test_what_no_database_can_hold_is_refused(mira: httpx.Client, here: str, path: str, fields: dict[str, str]) -> None:
    assert mira.post(f"/desk{here}{path}", data=fields).status_code < 500
    assert mira.post("/desk/bulk", data={"row": "a\0b", "what": "resolve"}).status_code == 422
    assert mira.post("/chat/messages", data={"text": "Hello", "name": "Eve", "client_id": "a\0b"}).status_code == 200


# views, mentions, articles


def test_a_search_becomes_a_view_in_the_rail_and_goes_again(mira: httpx.Client, lena: httpx.Client) -> None:
    name = f"view {uuid4().hex[:8]}"
    landed = lena.post("/desk/views/new", data={"name": name, "q": "is:open", "shared": "true"})
    view = landed.url.params["view"]
    assert name in mira.get("/desk").text
    assert mira.post(f"/desk/views/{view}", data={"name": "Mine", "q": "is:open"}).status_code == 403
    assert mira.post("/desk/views/new", data={"name": " ", "q": ""}).status_code == 422
    wrong = lena.post(f"/desk/views/{view}", data={"name": name, "q": ""})
    assert f'aria-describedby="wrong-{view}"' in wrong.text

    lena.post(f"/desk/views/{view}/remove")
    assert name not in mira.get("/desk").text
    assert mira.get("/desk", params={"view": view}).status_code == 200


def test_a_colleague_who_is_called_is_told_and_has_seen_it_once_it_is_open(
    shared: Served, api: httpx.Client, mira: httpx.Client, here: str
) -> None:
    with browser(shared, "agt_tom") as tom:
        after = tom.get("/desk/told").json()["after"]
        mira.post(f"/desk{here}/note", data={"text": "@Tom what is this?"})

        told = tom.get("/desk/told", params={"after": after}).json()["told"]
        number = api.get(here).json()["number"]
        assert [one["title"] for one in told] == [f"Mira mentioned you in #{number}"]
        assert "what is this" not in str(told)
        assert "@ Mira" in tom.get("/desk?view=mentions").text
        tom.get(f"/desk{here}")
        assert "@ Mira" not in tom.get("/desk?view=mentions").text


def test_being_told_is_asked_for(mira: httpx.Client) -> None:
    assert "data-notify" not in mira.get("/desk").text
    mira.post("/desk/me", data={"notify": "true", "letters": "true"})
    assert 'data-notify="on"' in mira.get("/desk").text
    mira.post("/desk/me", data={"letters": "true"})


def test_a_passage_comes_with_its_source(api: httpx.Client, mira: httpx.Client, here: str) -> None:
    slug = f"seats-{uuid4().hex[:8]}"
    body = "Open **Settings**, then [People](/people).\n\nChoose *Add a seat*."
    api.put("/articles", json={"slug": slug, "title": "Adding a seat", "body": body})

    found = mira.get(f"/desk{here}/articles", params={"q": "add a seat"}, headers={"X-Part": "conversation"}).json()
    passage = next(one for one in found["passages"] if slug in one["link"])
    assert passage["text"].startswith("Open Settings, then People.")
    assert passage["insert"].endswith(f"From “Adding a seat”: {mira.base_url.join(f'/help/{slug}')}")
    assert "Adding a seat" in mira.get(f"/desk{here}/articles", params={"q": "add a seat"}).text

    page = mira.post(f"/desk{here}/passage", data={"passage": passage["insert"]}).text
    assert f"/help/{slug}</textarea>" in page


def test_who_reads_an_article_in_the_help_sees_what_stands_for_nobody(api: httpx.Client, mira: httpx.Client) -> None:
    slug = f"plans-{uuid4().hex[:8]}"
    api.put("/articles", json={"slug": slug, "title": "Plans", "body": "On {{account.tier|your plan}} there are five."})

    assert "On your plan there are five." in mira.get(f"/help/{slug}").text


# search


def test_an_operator_that_was_not_understood_is_told_where_results_stand(mira: httpx.Client) -> None:
    told = mira.get("/desk", params={"q": "is:banana before:<i>"}).text
    german = mira.get("/desk", params={"q": "is:banana"}, headers={"Accept-Language": "de"}).text

    assert "<code>is:banana</code> was not understood" in told
    assert "<code>is:</code> takes: open, waiting, resolved, unassigned, with-ai, with-people." in told
    assert "<code>before:&lt;i&gt;</code> was not understood" in told
    assert 'id="no-rows"' not in told
    assert "<code>is:banana</code> wurde nicht verstanden" in german
