"""An agent's tools through the API and as plain forms: tags, macros."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem
from api.test_doors import a_session
from segue.web import doors


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


def test_only_the_text_of_a_macro_is_taken(mira: httpx.Client, here: str) -> None:
    macro = kept(mira, text="Hello", tags="seen")
    mira.post(f"/desk{here}/macro", data={"macro": macro})

    page = mira.post(f"/desk{here}/macro", data={"macro": macro, "text": "Hello Ada", "drop": "true"}).text

    assert "Hello Ada</textarea>" in page
    assert '<div id="carries" hidden>' in page
