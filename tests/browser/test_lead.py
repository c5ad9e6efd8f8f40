"""A lead at work: how far the assistant may go, the policy, what it answers from, how good it is, the house itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from browser.cast import PATIENCE, Customer, LiveHouse, is_seen, signed_in
from browser.furnishing import a_hundred_good_answers, an_answer_is_drawn
from segue.app.cli.common import settings
from segue.app.door import House, open_house
from segue.app.reach import reached
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.insight.figures import FIGURES
from segue.knowledge.encoder import StandIn
from segue.learning.school import School
from segue.store.candidates import CandidateStore, Draft
from segue.store.figured import Figured

Opens = Callable[[str], Customer]
INVOICE = "Why is my invoice higher this month?"
ANSWERED = "Compare with previous"
"""What the answer to that says."""


@pytest.fixture
def lena(windows: Callable[..., Page]) -> Page:
    """Lena, who leads."""
    return signed_in(windows(1440, 900), "lena")


@pytest.fixture(scope="module")
def inside(house: LiveHouse) -> Iterator[House]:
    """The house from inside: what takes months out there is put there in a moment."""
    with reached(settings(house.data), make=False) as at:
        found = open_house(at, StandIn())
        yield found
        found.db.close()


@pytest.fixture
def api(house: LiveHouse) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=f"{house.address}/api/v1", headers={"Authorization": f"Bearer {house.key}"}, timeout=30
    ) as client:
        yield client


# how far it may go


def _looked_at(inside: House) -> None:
    """A worker of the house may be looking at the boundary just then, as it was before: then nobody else does."""
    for _ in range(100):
        inside.ladder.watch(datetime.now(UTC))
        if inside.ladder.offers():
            return
        time.sleep(0.1)


def test_the_key_that_stops_the_assistant_does_so_on_the_desk_too(lena: Page) -> None:
    lena.goto("/desk")
    expect(lena.locator("#main [data-key] kbd").first).to_be_attached()
    lena.keyboard.press("Shift+S")

    expect(lena.locator("#switch-reason")).to_be_focused()


def test_a_lead_promotes_a_cell_and_the_proof_stands_beside_the_button(lena: Page, inside: House) -> None:
    cell = CellName("exports")
    inside.ladder.lower(cell, "lena", "A new format.", datetime.now(UTC), Rung.APPROVE)
    a_hundred_good_answers(inside, "exports")
    _looked_at(inside)

    lena.goto("/autonomy")
    offer = lena.locator(".offer")
    expect(offer).to_contain_text("110 cases, 0 wrong")
    expect(offer).to_contain_text("Mira Sandoval, Tom Whitlock")
    offer.get_by_text("would-be answers").click()
    expect(offer.locator(".answers li").first).to_contain_text("Open Exports and choose CSV.")
    offer.get_by_label("Note").fill("I read twenty of them.")
    offer.get_by_role("button", name="Promote, as Lena").click()

    expect(lena.locator("#cell-exports .stands")).to_contain_text("Auto with hold")
    expect(lena.locator(".history")).to_contain_text("I read twenty of them.")
    assert inside.ladder.boundary().of("exports").rung is Rung.AUTO_WITH_HOLD
    expect(lena.locator(".offer")).to_have_count(0)


def test_a_step_down_needs_a_reason_and_holds_at_once(lena: Page, inside: House) -> None:
    lena.goto("/autonomy")
    cell = lena.locator("#cell-api_webhooks")
    cell.locator("summary").click()
    cell.locator("[name=why]").fill("   ")
    cell.get_by_role("button", name="Step down now").click()
    expect(cell.locator(".error")).to_contain_text("Say why")
    expect(cell.locator("details")).to_have_attribute("open", "")

    cell.locator("[name=why]").fill("Roles change next week.")
    cell.get_by_role("button", name="Step down now").click()

    expect(cell.locator(".moved")).to_contain_text("Lena Vogt: Roles change next week.")
    assert inside.ladder.boundary().of("api_webhooks").rung < Rung.AUTO_WITH_HOLD
    stands = re.compile(r"^Step \d of 6: .+; allowed up to .+$")
    expect(cell.locator(".steps")).to_have_attribute("aria-label", stands)
    missing = [re.compile(rf"\d+ of \d+ {what}") for what in ("right cases", "customers", "agents")]
    expect(cell.locator(".gauges li")).to_have_text(missing)
    expect(cell.locator(".facts")).to_contain_text("Ceiling")


def test_the_switch_stops_answers_and_starts_them_again(lena: Page, customer: Opens) -> None:
    lena.goto("/quality")
    lena.keyboard.press("Shift+S")
    lena.keyboard.type("Wrong prices in two answers.")
    lena.keyboard.press("Enter")
    lena.wait_for_selector(".switch.is-off")
    assert lena.url.endswith("/quality")
    _asked_until(customer, is_answered=False)

    lena.click("#switch summary")
    lena.fill("#switch-reason", "Prices are right again.")
    lena.click("#switch button")
    lena.wait_for_selector(".switch.is-on")
    _asked_until(customer, is_answered=True)


def _asked_until(customer: Opens, is_answered: bool) -> None:
    """By one stranger after the other: workers look for a new policy every second, and until then decide as before."""
    until = time.monotonic() + PATIENCE
    while (ANSWERED in customer("Zoe").writes(INVOICE)) is not is_answered:
        assert time.monotonic() < until, f"Strangers were told otherwise for {PATIENCE} s"


def test_a_drawn_answer_is_graded_with_one_key(lena: Page, inside: House) -> None:
    drawn = f"cnv_drawn{uuid4().hex[:8]}"
    an_answer_is_drawn(inside, drawn)
    lena.goto("/review")
    expect(lena.locator(".judge")).to_contain_text("Is this one right?")
    lena.keyboard.press("!")

    lena.wait_for_url("**/review?done=1")
    grade = inside.ladder.store.case(f"msg_{drawn[4:]}.1").grade
    assert grade is not None
    assert (grade.verdict, grade.author) == ("wrong", "agt_lena")


def test_colleagues_see_no_leads_page_and_no_switch(mira: Page) -> None:
    assert mira.locator("#switch").count() == 0
    mira.goto("/autonomy")

    expect(mira.locator("h1")).to_contain_text("Mira Sandoval is no lead")


# the policy


def test_a_changed_threshold_changes_the_table_as_the_api_reckons_it(lena: Page, api: httpx.Client) -> None:
    lena.goto("/policy")
    lena.fill("[name='triggers.frustration.high']", "35")
    lena.fill("[name='triggers.frustration.middle']", "20")
    lena.wait_for_selector("#pane .diff")
    expect(lena.locator("#pane")).to_have_attribute("aria-busy", "false")

    body = lena.locator("#fresh-yaml").evaluate("t => t.content.textContent")
    alone = api.post("/policy/backtest", json={"body": body, "days": 90}).json()
    rows = lena.locator("#before-after tbody tr").all()
    shown = [[int(n) for n in row.locator("td").all_inner_texts()] for row in rows]
    kinds = ("assistant", "asked", "human")
    for was, row in zip(kinds, shown, strict=True):
        moved = [alone["moves"].get(f"{was} → {to}", 0) for to in kinds]
        assert [n for to, n in zip(kinds, row, strict=False) if to != was] == [
            m for to, m in zip(kinds, moved, strict=True) if to != was
        ]
        assert row[3] == alone["before"][was]
    assert alone["changed"] > 0
    assert lena.locator("#before-after tfoot td").all_inner_texts()[:3] == [str(alone["after"][k]) for k in kinds]

    first = lena.locator("#pane .harm > li")
    assert first.count() == len(alone["examples"]) > 0
    expect(first.first).to_contain_text(f"#{alone['examples'][0]['number']} {alone['examples'][0]['says']}")

    cell = lena.locator("#before-after td.moved button").first
    counted = int(cell.inner_text())
    with lena.expect_popup() as opened:
        cell.click()
    behind = opened.value
    expect(behind.locator("h1")).to_contain_text("Would have it: people")
    expect(behind.locator("main .list a")).to_have_count(counted)
    expect(lena.locator("[name='triggers.frustration.high']")).to_have_value("35")


def test_publishing_needs_a_note_and_going_back_restores_every_letter(lena: Page, inside: House) -> None:
    before = inside.workspace.live_policy()
    assert before is not None
    lena.goto("/policy")
    lena.fill("[name='triggers.turn_cap']", "2")
    lena.click("#publish")
    expect(lena.locator("#note-error")).to_be_visible()
    expect(lena.locator("[name='triggers.turn_cap']")).to_have_value("2")

    lena.fill("#note", "Two tries are enough.")
    lena.click("#publish")
    expect(lena.locator(".bar.calm")).to_contain_text(f"Version {before[0] + 1} is live")

    lena.goto(f"/policy/versions/{before[0]}")
    expect(lena.locator(".diff")).to_contain_text("Tries of the assistant in one episode")
    lena.fill("#note", "Three were better.")
    lena.get_by_role("button", name="Make it live again").click()
    expect(lena.locator(".bar.calm")).to_contain_text(f"Version {before[0] + 2} is live")
    assert inside.workspace.live_policy() == (before[0] + 2, before[1])


def test_a_policy_runs_in_shadow_and_shows_whom_it_would_have_handed_over(
    lena: Page, inside: House, customer: Opens
) -> None:
    before = inside.workspace.live_policy()
    lena.goto("/policy")
    lena.fill("[name='triggers.languages']", "de")
    lena.fill("#note", "Only Germans are answered.")
    lena.click("#shadow")
    expect(lena.locator("#shadow-says")).to_contain_text("No message came")

    row, until = lena.locator("#differing li", has_text=INVOICE).first, time.monotonic() + PATIENCE
    while row.count() == 0:  # workers look for a new policy every second, and until then decide by one alone
        assert time.monotonic() < until
        assert ANSWERED in customer("Zoe").writes(INVOICE)
        lena.wait_for_timeout(300)

    expect(row).to_contain_text("does not answer in this language")  # without a reload
    expect(lena.locator("#moved td.moved")).to_have_count(1)
    lena.click("#promote")
    expect(lena.locator("#promote-error")).to_contain_text("Say why")
    lena.fill("#drop-note", "Nobody wants that.")
    lena.click("#drop")
    expect(lena.locator(".bar.note")).to_contain_text("dropped by Lena Vogt")
    row.locator("a").click()
    lena.wait_for_url("**/desk/conversations/**")
    assert inside.workspace.live_policy() == before


def test_what_cannot_be_read_stays_and_says_so_beside_its_field(lena: Page, inside: House) -> None:
    version = inside.workspace.live_policy()
    lena.goto("/policy")
    lena.fill("[name='categories.billing.budget.wrong']", "a few")
    expect(lena.locator("[data-told='categories.billing.budget.wrong']")).to_contain_text("A number should stand here")
    lena.fill("[name='sla.targets.team.resolution']", "soon")
    lena.fill("#note", "A try.")
    lena.click("#publish")

    expect(lena.locator("[name='categories.billing.budget.wrong']")).to_have_value("a few")
    expect(lena.locator("[name='sla.targets.team.resolution']")).to_have_value("soon")
    expect(lena.locator("[data-told='sla.targets.team.resolution']")).to_contain_text("30m, 4h")
    expect(lena.locator("#note")).to_have_value("A try.")
    assert inside.workspace.live_policy() == version


def test_guardrails_stand_first_and_form_and_yaml_are_one_object(lena: Page) -> None:
    lena.goto("/policy")
    always = lena.locator("#policy fieldset").first
    expect(always.locator("legend")).to_contain_text("Always, whatever the assistant could say")
    expect(always.locator(".rule")).to_contain_text("Who asks for a person gets one. That is no setting.")
    expect(always.locator(".rule :is(input, select, button)")).to_have_count(0)
    lena.fill("[name='triggers.repeat_contacts']", "2")
    lena.click("button[value=yaml]")
    text = lena.input_value("#yaml")
    assert "repeat_contacts: 2" in text

    lena.fill("#yaml", text.replace("repeat_contacts: 2", "repeat_contacts: 4"))
    lena.click("button[value=form]")
    expect(lena.locator("[name='triggers.repeat_contacts']")).to_have_value("4")


def test_one_key_leads_to_the_field_in_which_one_looks_for_an_article_or_a_setting(lena: Page) -> None:
    for page, field in (("/knowledge", "#find-article"), ("/settings/hours", "#find-setting")):
        lena.goto(page)
        lena.locator("h1").click()
        lena.keyboard.press("/")
        expect(lena.locator(field)).to_be_focused()


def test_what_is_said_beneath_a_category_is_read_whole_in_a_narrow_window(windows: Callable[..., Page]) -> None:
    page = signed_in(windows(1024, 768), "lena")
    page.goto("/policy")
    said = page.locator("#categories .told-row p")
    expect(said.first).to_be_visible()

    beyond = said.evaluate_all(
        "all => all.filter(p => p.getBoundingClientRect().right > p.closest('.scroll').getBoundingClientRect().right)"
        ".map(p => p.textContent)"
    )
    assert beyond == []


def test_two_leads_do_not_overwrite_each_other_unseen(lena: Page, inside: House) -> None:
    lena.goto("/policy")
    live = inside.workspace.live_policy()
    assert live is not None
    inside.workspace.apply_policy(live[1], "agt_lena", "Meanwhile.", datetime.now(UTC))
    lena.fill("[name='hold.email']", "90")
    lena.fill("#note", "Mails wait longer.")
    lena.click("#publish")

    expect(lena.locator(".bar[role=alert]")).to_contain_text("published meanwhile")
    expect(lena.locator("[name='hold.email']")).to_have_value("90")


def test_all_of_it_works_without_a_script(windows: Callable[..., Page]) -> None:
    page = signed_in(windows(java_script_enabled=False), "lena")
    page.goto("/policy")
    page.fill("[name='triggers.turn_cap']", "1")
    page.fill("#note", "One try.")
    page.click("[data-press=try]")

    expect(page.locator("#pane .diff")).to_contain_text("Tries of the assistant in one episode 3 → 1")
    expect(page.locator("#note")).to_have_value("One try.")
    page.click("#switch summary")
    page.click("#switch button")
    assert page.url.endswith("/policy")  # the browser itself asks for the reason


def test_in_forced_colours_nothing_that_says_something_vanishes(windows: Callable[..., Page], inside: House) -> None:
    if not inside.db.one("select 1 as yes from contacts where id = 'con_ev1'"):
        a_hundred_good_answers(inside, "exports")
    lena = signed_in(windows(1440, 900, forced_colors="active", color_scheme="dark"), "lena")
    hidden = "(one) => (one.style.visibility = 'hidden')"

    for path, sights in {
        "/quality": (".chart .dot", ".chart .whisker", ".chart .ideal"),
        "/autonomy": (".steps rect",),
    }.items():
        lena.goto(path)
        for sight in (".lamp", *sights):
            assert is_seen(lena, lena.locator(sight).first, hidden), f"{sight} on {path}"
    lena.keyboard.press("Tab")
    for link in ("header nav a[aria-current]", "header nav a:not([aria-current])"):
        lena.locator(link).first.focus()
        assert is_seen(lena, lena.locator(link).first, "(one) => one.blur()"), f"the focus on {link}"
    lena.keyboard.press("Control+k")
    chosen = lena.locator("#chooser [aria-selected=true]")
    assert is_seen(lena, chosen.first, "(one) => (one.ariaSelected = false)"), "what is chosen in the list"
    lena.goto("/knowledge")
    assert lena.locator(".chip").first.evaluate("(one) => getComputedStyle(one).borderTopStyle") == "solid"


def test_on_a_phone_the_pages_lie_in_a_menu_that_keys_open_and_close(windows: Callable[..., Page]) -> None:
    lena = signed_in(windows(390, 844), "lena")
    lena.goto("/knowledge?show=hurting")
    menu = lena.get_by_role("navigation", name="Pages")
    expect(menu.get_by_role("link")).to_have_count(0)
    expect(lena.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.9)
    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("link", name="Knowledge")).to_have_attribute("aria-current", "page")
    lena.keyboard.press("Escape")
    expect(menu.get_by_role("link")).to_have_count(0)
    expect(menu.locator("summary")).to_be_focused()

    lena.keyboard.press("Enter")
    menu.get_by_role("link", name="Policy").press("Enter")
    lena.wait_for_url("**/policy")
    expect(menu.locator("summary")).to_have_text("Policy")

    lena.set_viewport_size({"width": 320, "height": 640})
    lena.goto("/autonomy")
    assert menu.locator("summary").evaluate("(one) => one.scrollWidth <= one.clientWidth"), "its name stays within"
    lena.locator("#switch summary").press("Enter")
    expect(lena.locator("#switch form")).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_tab_one_is_in_is_in_sight_in_each_row_of_tabs_and_the_first_is_not_pushed_out(
    windows: Callable[..., Page],
) -> None:
    lena = signed_in(windows(390, 844, has_touch=True, is_mobile=True), "lena")
    lena.goto("/settings/record")
    last = lena.locator(".of-record a").last.get_attribute("href")
    rows = lena.locator(".tabs ul"), lena.locator(".of-record ul")
    lena.goto(str(last))
    for row in rows:
        expect(row.locator("[aria-current]")).to_be_in_viewport(ratio=0.9)
        assert row.evaluate("(one) => one.scrollLeft") > 0

    lena.goto("/settings")
    expect(rows[0].locator("[aria-current]")).to_be_in_viewport(ratio=0.9)
    assert rows[0].evaluate("(one) => one.scrollLeft") == 0


# what it answers from


def test_an_edited_article_is_asked_its_questions_again(lena: Page) -> None:
    lena.goto("/knowledge/articles/why-is-my-invoice-higher")
    lena.fill("#questions", "Do you take payment in seashells?")
    expect(lena.locator(".asked-list li")).to_have_count(1)
    expect(lena.locator(".asked-list li")).to_have_class("fails")

    lena.fill("#body", lena.input_value("#body") + "\n\n## Seashells\n\nWe take payment in seashells.\n")
    expect(lena.locator(".asked-list li")).to_have_class("passes")
    expect(lena.locator(".preview h2")).to_have_text("Seashells")


def test_trying_an_article_says_what_it_would_have_done_and_publishes_nothing(lena: Page) -> None:
    """Its questions go on being asked again while what the past says of it stands beside them."""
    lena.goto("/knowledge/articles/why-is-my-invoice-higher")
    lena.fill("#body", "We take payment in seashells.")
    lena.keyboard.press("Control+Enter")
    expect(lena.locator("#trial-title")).to_be_visible()
    nearest, searched = re.findall(r"\d+", lena.locator("#trial dd").first.inner_text())
    assert int(nearest) < int(searched)
    expect(lena.locator("#body")).to_have_value("We take payment in seashells.")
    expect(lena.locator("#trial .harm li").first).to_be_visible()

    lena.fill("#questions", "Do you take payment in seashells?")
    expect(lena.locator(".asked-list li")).to_have_count(1)
    expect(lena.locator(".asked-list li")).to_have_class("passes")
    lena.fill("#questions", "How do I reset my password?")
    expect(lena.locator(".asked-list li")).to_have_class("fails")
    expect(lena.locator("#trial-title")).to_be_visible()
    lena.once("dialog", lambda asked: asked.accept())
    lena.goto("/help/why-is-my-invoice-higher")
    expect(lena.locator("main")).not_to_contain_text("seashells")


def test_an_article_is_kept_as_typed_where_something_is_wrong_and_published_where_not(lena: Page) -> None:
    title = f"How to rest {uuid4().hex[:6]}"
    lena.goto("/knowledge/new")
    lena.fill("#slug", "What a rest")
    lena.click("#try")
    expect(lena.locator("#wrong-title")).to_be_visible()
    lena.fill("#title", title)
    expect(lena.locator("#wrong-title")).to_have_count(0)
    expect(lena.locator("#title")).not_to_have_attribute("aria-invalid", "true")
    expect(lena.locator("#wrong-body")).to_be_visible()
    lena.fill("#slug", "")
    lena.click("#publish")
    expect(lena.locator("#refused")).to_be_visible()
    expect(lena.locator("#title")).to_have_value(title)

    lena.fill("#body", "Sit down.")
    lena.select_option("#audience", "internal")
    lena.fill("#questions", "How do I rest?")
    lena.click("#publish")
    expect(lena.locator(".bar.calm")).to_contain_text("Version 1 is published")
    expect(lena.locator("#questions")).to_have_value("How do I rest?")
    lena.goto("/knowledge")
    expect(lena.locator(".list")).to_contain_text(title)


def test_an_approved_candidate_is_in_the_knowledge_with_one_key(lena: Page, inside: House) -> None:
    title = f"Read a paper receipt {uuid4().hex[:6]}"
    store = CandidateStore(inside.db)
    made = store.put(Draft("article", "receipt_unreadable", None, title, "Hold it flat and in good light.", ()), None,
                     datetime.now(UTC))  # fmt: skip
    lena.goto("/knowledge?show=candidates")
    lena.keyboard.press("j")
    lena.keyboard.press("Enter")
    lena.wait_for_url(f"**/candidates/{made}")
    lena.keyboard.press("a")

    lena.wait_for_url("**/knowledge/articles/**")
    article = inside.knowledge.article(lena.url.split("/")[-1].partition("?")[0])
    assert article is not None
    assert article.title == title
    assert School(inside.db, inside.library).store.candidate(made)["closed_by"] == "agt_lena"


# how good it is, and the house itself


EPISODES = """
insert into figured (conversation_id, episode, is_offered, is_handed_over, has_person, is_closed, is_reopened,
    is_verified, sources, answered_at, decided_at)
select (select min(id) from conversations), 900 + n, true, false, false, true, n = 3, case when n = 4 then true end,
    case n when 1 then '{customer_confirmed}' when 2 then '{silence}' else '{}' end::text[], now() - interval '8 days',
    now() - interval '8 days' from generate_series(1, 4) n
"""


@pytest.fixture
def lasted(inside: House) -> Iterator[None]:
    """Answers given over a week ago: confirmed, followed by silence, reopened, and graded."""
    Figured(inside.db).keep_up()
    inside.db.run(EPISODES)
    yield
    inside.db.run("delete from figured where episode > 900")


@pytest.mark.usefixtures("lasted")
def test_each_figure_opens_its_conversations(lena: Page, api: httpx.Client) -> None:
    lena.goto("/quality")
    few = lena.locator(".figures td", has_text=re.compile("about .* more")).first
    expect(few).to_have_text(re.compile(r"^\s*\d of \d\s*about \d+ more\s*$"))
    expect(lena.locator("main")).to_contain_text("too few to say how often it is")
    numbers = lena.locator(".figures .whole a, .chart-and-table a")
    ways = {str(way): str(text) for way, text in numbers.evaluate_all("all => all.map((a) => [a.href, a.innerText])")}
    behind = {way: lena.request.get(way).text() for way in ways}

    shown = {way: len(re.findall("<li><a [^>]*data-item", page)) for way, page in behind.items()}
    noted = next(way for way in ways if "/quality/minutes" in way)
    assert "The first 200." in behind[noted]
    shown.pop(noted)
    assert [way for way, many in shown.items() if f": {many} conversation" not in behind[way]] == []
    figures = {re.findall(r"/quality/(\w+)", way)[0]: many for way, many in shown.items()}
    assert figures.keys() >= {"episodes", *FIGURES}, ways
    for figure, many in figures.items():
        if figure not in ("episodes", "judged"):
            told = api.get(f"/figures/{figure}", params={"days": 90}).json()["conversations"]
            assert (figure, many) == (figure, len(told))
    assert figures["episodes"] >= figures["offered"] > 0


def test_a_file_of_tickets_is_looked_at_before_anything_is_taken_in(lena: Page) -> None:
    lena.set_default_timeout(60_000)
    rows = "1,2026-01-05,Where may I park?,Here.\n2,2026-01-06,Is it free?,Yes.\n"
    export = f"ticket_id,created_at,question,answer\n{rows}".encode()
    lena.goto("/setup?step=data")
    lena.click(".bring button")
    lena.locator("#file-error", has_text="Choose a file first.").wait_for()

    lena.set_input_files("#file", {"name": "export.csv", "mimeType": "text/csv", "buffer": export})
    lena.click(".bring button")
    lena.get_by_text("2 tickets in export.csv").wait_for()
    lena.get_by_text("Nothing is taken in yet.").wait_for()
    lena.get_by_role("button", name="Choose another file").click()
    lena.locator("#file").wait_for()

    lena.goto("/setup?step=widget")
    lena.fill("#origins", "app.example.com")
    lena.click("#keep-sites")
    lena.locator("#origins-error", has_text="app.example.com is no site").wait_for()
    assert lena.input_value("#origins") == "app.example.com"


def test_a_key_is_shown_once_used_and_revoked(lena: Page, house: LiveHouse) -> None:
    name = f"reports {uuid4().hex[:6]}"
    lena.goto("/settings/keys")
    lena.fill("#name", name)
    lena.get_by_role("button", name="Make the key").click()
    expect(lena.locator("#wrong-scope")).to_be_visible()
    expect(lena.locator("#name")).to_have_value(name)
    lena.get_by_label("policy:read").check()
    lena.get_by_role("button", name="Make the key").click()
    headers = {"Authorization": f"Bearer {lena.input_value('#secret')}"}
    assert httpx.get(f"{house.address}/api/v1/policy", headers=headers).status_code == 200

    lena.goto("/settings/keys")
    assert lena.locator("#secret").count() == 0
    lena.get_by_role("button", name=f"Revoke {name}").click()
    expect(lena.locator(".bar.calm")).to_contain_text("revoked")
    lena.goto("/settings/record?kind=keys")
    expect(lena.locator("tbody tr").first).to_contain_text(f"The API key “{name}” was revoked.")


def test_the_last_lead_stays_one(lena: Page) -> None:
    lena.goto("/settings")
    lena.select_option("#role-lena, #role-agt_lena", "agent")
    lena.get_by_role("button", name="Keep Lena Vogt").click()

    expect(lena.locator(".people .error")).to_contain_text("last lead")


def test_every_page_is_reached_by_keys_alone(lena: Page) -> None:
    lena.goto("/desk")
    for key, path in (("b", "autonomy"), ("p", "policy"), ("k", "knowledge"), ("q", "quality"), ("s", "settings")):
        lena.keyboard.press("g")
        lena.keyboard.press(key)
        lena.wait_for_url(f"**/{path}")
    lena.keyboard.press("Control+k")
    lena.keyboard.type("autonomy")
    lena.keyboard.press("Enter")
    lena.wait_for_url("**/autonomy")
