"""Articles and the policy through the API."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from api.serving import POLICY, Served, is_problem
from segue.web.given import ArticlesOut, CategoriesOut, FoundOut

INVOICE = {
    "slug": "why-higher",
    "title": "Why is it higher?",
    "body": "# Seats\n\nA seat was added.",
    "intent": "invoice_higher",
}


def test_an_article_is_published_changed_and_retired(api: httpx.Client) -> None:
    made = api.put("/articles", json=INVOICE | {"review_by": "2027-01-01", "note": "New."})
    same = api.put("/articles", json=INVOICE)
    next_one = api.put("/articles", json=INVOICE | {"body": "Two seats were added."})
    assert [a.status_code for a in (made, same, next_one)] == [201, 200, 200]
    assert [a.json()["version"] for a in (made, same, next_one)] == [1, 1, 2]

    by_slug, by_id = api.get("/articles/why-higher"), api.get(f"/articles/{made.json()['article_id']}")
    assert by_slug.json() == by_id.json()
    assert by_slug.json()["body"] == "Two seats were added."

    assert api.delete("/articles/why-higher").status_code == 204
    assert api.delete("/articles/why-higher").status_code == 204
    assert is_problem(api.get("/articles/why-higher"))["status"] == 404
    assert is_problem(api.delete("/articles/nothing"))["status"] == 404


def test_what_is_left_out_of_an_article_that_is_there_stays_as_it_is(api: httpx.Client) -> None:
    """Above all who may read it: what was internal would be public otherwise."""
    bare = {"slug": "refund-limits", "title": "Refund limits", "body": "Up to 50 without asking."}
    kept = {"audience": "internal", "intent": "invoice_higher", "review_by": "2027-01-12"}
    api.put("/articles", json=bare | kept)

    def then(**more: object) -> dict[str, object]:
        api.put("/articles", json=bare | more)
        found = api.get("/articles/refund-limits").json()
        return {name: found[name] for name in kept}

    assert then(body="Up to 60.") == kept
    assert then(audience=None) == kept
    api.delete("/articles/refund-limits")
    assert then() == kept, "one that was retired comes back as it went"
    assert then(intent=None, review_by=None) == kept | {"intent": None, "review_by": None}
    assert then(audience="public")["audience"] == "public"
    api.put("/articles", json=INVOICE | {"slug": "new-one"})
    assert api.get("/articles/new-one").json()["audience"] == "public"


def test_articles_are_found_by_words_and_by_meaning(api: httpx.Client) -> None:
    api.put(
        "/articles",
        json=INVOICE | {"slug": "vat", "title": "Correct the VAT on an invoice", "body": "Send your VAT id."},
    )
    api.put(
        "/articles", json=INVOICE | {"slug": "for-us", "title": "VAT by hand", "body": "VAT.", "audience": "internal"}
    )

    found = FoundOut.model_validate(api.get("/articles/search", params={"q": "the VAT is wrong"}).json()).passages
    assert found[0].slug == "vat"
    assert (found[0].by_words, found[0].by_meaning) == (1, 1)
    assert "for-us" not in [passage.slug for passage in found]

    for_agents = api.get("/articles/search", params={"q": "VAT by hand", "internal": "true"}).json()["passages"]
    assert for_agents[0]["slug"] == "for-us"
    assert is_problem(api.get("/articles/search", params={"q": ""}))["status"] == 422


def test_articles_come_in_pages(api: httpx.Client) -> None:
    slugs = [f"page-{n}" for n in range(5)]
    for slug in slugs:
        api.put("/articles", json=INVOICE | {"slug": slug})
    seen, cursor = [], "page-"
    while cursor:
        told = api.get("/articles", params={"after": cursor, "limit": "2"}).json()
        ArticlesOut.model_validate(told)
        seen += [article["slug"] for article in told["articles"]]
        cursor = told["next_cursor"]
    assert [slug for slug in seen if slug in slugs] == slugs


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"slug": "With Capitals"}, "/slug"), ({"slug": "x" * 81}, "/slug"), ({"body": ""}, "/body"),
        ({"body": " \n"}, "/body"), ({"body": "x" * 200_001}, "/body"), ({"audience": "everybody"}, "/audience"),
        ({"intent": "weather"}, "/intent"), ({"review_by": "soon"}, "/review_by"), ({"title": "\0"}, "/title"),
        ({"version": 7}, "/version"), ({"review_by": "2027-02-30"}, "/review_by"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_an_article_that_cannot_be_taken_is_refused(api: httpx.Client, change: dict[str, object], pointer: str) -> None:
    told = is_problem(api.put("/articles", json=INVOICE | change))
    assert (told["status"], told["errors"][0]["pointer"]) == (422, pointer)


def test_an_article_published_many_times_at_once_is_one(shared: Served) -> None:
    with shared.client() as api, ThreadPoolExecutor(6) as pool:
        body = INVOICE | {"slug": "at-once"}
        told = list(pool.map(lambda n: api.put("/articles", json=body | {"body": f"Text {n}."}), range(6)))
        assert {answer.status_code for answer in told} <= {200, 201}, [answer.text for answer in told]
        assert sorted(answer.json()["version"] for answer in told) == [1, 2, 3, 4, 5, 6]
    row = shared.rooms.db.one("select count(*) as n from passages p join articles a on a.id = p.article_id"
                              " where a.slug = 'at-once'")  # fmt: skip
    assert row is not None
    assert row.n == 1


def test_categories_come_with_their_intents(api: httpx.Client) -> None:
    told = CategoriesOut.model_validate(api.get("/categories").json())
    assert [(c.id, [i.id for i in c.intents]) for c in told.categories] == [("billing", ["invoice_higher"])]


# policy


def test_a_policy_is_read_changed_and_read_again(own: Served) -> None:
    with own.client() as api:
        live = api.get("/policy")
        assert (live.json(), live.headers["etag"]) == ({"version": 1, "body": POLICY}, '"1"')

        applied = api.put("/policy", json={"body": "name: second\n", "note": "Why not."})
        assert (applied.status_code, applied.json(), applied.headers["etag"]) == (
            201,
            {"version": 2, "findings": []},
            '"2"',
        )
        assert api.get("/policy").json() == {"version": 2, "body": "name: second\n"}
        assert api.get("/policy", params={"version": "1"}).json() == {"version": 1, "body": POLICY}
        assert is_problem(api.get("/policy", params={"version": "3"}))["status"] == 404
        who = own.rooms.db.one("select author from policies where version = 2")
        assert who is not None
        assert who.author == "key:everything"


def test_what_a_policy_would_change_is_told_setting_by_setting(own: Served) -> None:
    with own.client() as api:
        other = {"body": POLICY + "assistant: false\n"}
        (change,) = api.post("/policy/diff", json=other).json()["changes"]
        assert change == {"path": "assistant", "before": "on", "after": "off"}

        api.put("/policy", json=other | {"note": "A night off."})
        assert api.post("/policy/diff", json=other).json()["changes"] == []
        assert api.post("/policy/diff", json=other, params={"version": 1}).json()["changes"] == [change]
        assert api.get("/policy/diff", params={"before": 1}).json()["changes"] == [change]
        back = api.get("/policy/diff", params={"before": 2, "after": 1}).json()["changes"]
        assert back == [{"path": "assistant", "before": "off", "after": "on"}]
        assert is_problem(api.get("/policy/diff", params={"before": 7}))["status"] == 404


def test_what_a_budget_leaves_to_people_is_told_before_and_as_it_is_set(own: Served) -> None:
    """By the rehearsed past, while no case is judged."""
    now = datetime.now(UTC)
    own.rooms.workspace.put_head("confidence", b"none", {"base_errors": {"billing": 0.24}}, now)
    with own.client() as api:
        strict = {"body": POLICY + "budget: {wrong: 0.05}\n"}
        found = api.post("/policy/lint", json=strict).json()["findings"]
        told = [finding["text"] for finding in found if "go to people" in finding["text"]]
        why = "It would be wrong 24% of the time, as the past was rehearsed: under a budget of 5% at least 20%"
        assert told == [f"{why} must go to people."]
        applied = api.put("/policy", json=strict | {"note": "So be it."}).json()
        assert [f["text"] for f in applied["findings"]] == told
        (cell, *_) = api.get("/boundary").json()["cells"]
        assert (cell["base_error"], cell["is_rehearsed"], cell["for_people"]) == (0.24, True, 0.2)


def test_a_policy_that_replaces_another_than_the_live_one_is_refused(own: Served) -> None:
    with own.client() as api:
        change = {"body": POLICY, "note": "Mine."}
        assert api.put("/policy", json=change, headers={"If-Match": '"1"'}).status_code == 201
        for stale in ('"1"', "1", "nonsense", '"99"'):
            assert is_problem(api.put("/policy", json=change, headers={"If-Match": stale}))["status"] == 412
        for good in ('"2"', 'W/"3"', "*"):
            assert api.put("/policy", json=change, headers={"If-Match": good}).status_code == 201


def test_of_two_changes_at_once_to_the_same_policy_one_wins(own: Served) -> None:
    with own.client() as api, ThreadPoolExecutor(6) as pool:
        change, headers = {"body": POLICY, "note": "Mine."}, {"If-Match": '"1"'}
        told = list(pool.map(lambda _: api.put("/policy", json=change, headers=headers).status_code, range(6)))
    assert sorted(told) == [201, 412, 412, 412, 412, 412]


@pytest.mark.parametrize(
    "body",
    [
        "{", "a: [", "- list", "name: 7\ncolour: red", "assistant: perhaps", "a: &a [*a]",
        "a: !!python/object:os.system x",
        "name: \"\\ud800\"", "name: &x a\nb: *y", "? [a]\n: b", "name: \x07", "\t", "~", "a: 1\na: 2",
        "x: " + "[" * 500, "triggers:\n  turn_cap: 1e400", "2026-13-45: a", "%YAML 9.9\n---\na",
        "categories:\n  weather:\n    ceiling: auto",
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_a_policy_that_cannot_be_read_is_refused_with_words(api: httpx.Client, body: str) -> None:
    for answer in (
        api.put("/policy", json={"body": body, "note": "Try."}),
        api.post("/policy/lint", json={"body": body}),
    ):
        if "lint" in str(answer.url) and answer.status_code == 200:
            assert [f["level"] for f in answer.json()["findings"]].count("error")
        else:
            assert is_problem(answer)["status"] == 422


def test_a_policy_can_be_looked_over_before_it_counts(api: httpx.Client) -> None:
    told = api.post("/policy/lint", json={"body": "name: a\nassistant: off\n"}).json()
    assert {"level", "path", "text"} == set(told["findings"][0])
    assert api.get("/policy").json() == {"version": 1, "body": POLICY}


def test_a_policy_runs_in_shadow_until_it_is_live_or_dropped(api: httpx.Client) -> None:
    live = api.get("/policy").json()["version"]
    body = {"body": POLICY + "asking: {per_episode: 2}\n", "note": "A try."}
    same = is_problem(api.put("/policy/shadow", json=body | {"body": "# As it is.\n" + POLICY}))
    assert (same["status"], same["detail"]) == (
        422, f"It says the same as version {live}, which is live. Change what you want to try.",
    )  # fmt: skip
    assert is_problem(api.get("/policy/shadow"))["status"] == 404
    assert is_problem(api.put("/policy/shadow", json=body | {"body": "nonsense: 1"}))["status"] == 422

    begun = api.put("/policy/shadow", json=body)
    found = api.get("/policy/shadow").json()
    assert (begun.status_code, found["version"]) == (201, begun.json()["version"])
    assert (found["messages"], found["changed"], found["moves"]) == (0, 0, [])
    assert api.get("/policy").json()["version"] == live

    assert is_problem(api.post("/policy/shadow/drop", json={"note": ""}))["status"] == 422
    assert api.post("/policy/shadow/drop", json={"note": "No use."}).json() == begun.json()
    assert is_problem(api.post("/policy/shadow/promote", json={"note": "Late."}))["status"] == 404
    second = api.put("/policy/shadow", json=body).json()["version"]
    assert api.post("/policy/shadow/promote", json={"note": "Good."}).json() == {"version": second}
    assert api.get("/policy").json() == {"version": second, "body": body["body"]}
