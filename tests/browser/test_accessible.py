"""Every screen that `segue screenshots` shows, which is every page there is: no violation that axe can find, light,
dark and narrow; Tab reaches whatever can be worked; nothing scrolls sideways, down to the 320 px that 400 % leave; a
finger hits what it points at.

A page that is not among the screens turns `tests/api/test_doors.py` red. `segue bench accessible` asks every rule of
every screen in all four looks, and prints how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from browser.cast import (
    PASSWORD,
    WIDTHS,
    LiveHouse,
    browser_of_its_own,
    is_complaint,
    signed_in,
    too_small,
    too_wide,
    violations,
)
from browser.english import english_in, language_of
from browser.furnishing import furnish
from browser.housing import copy_of_the_furnished, lived_in
from browser.reaching import out_of_order, walked
from segue.app.contrasts import measured
from segue.app.judging import judged as judged_by_axe
from segue.app.screens import AGENT, ALL, LEAD, READER, READING, Shown, whole_again

MORE_OF_THE_SAME = ".operation:nth-of-type(n + 4)"
"""Of the hundred operations of the reference, each written by the same few lines, axe takes fifteen seconds to look at
all: it looks at three of every group, and at all of them for names that stand twice. How wide they are, and whether Tab
leads to them, is looked at for all."""
ALL_BUT_ONE = "section:nth-of-type(n + 2)"
TWICE = ("duplicate-id-aria",)
COLOURS = ("color-contrast",)
"""Takes axe more than half of its time; what is narrow has the colours of what is wide, and what is dark the structure
of what is light. `segue bench accessible` asks every rule of every look."""
OF_COLOUR = (*COLOURS, "link-in-text-block")
Shows = Callable[[Shown], Page]


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    """What stands in the screens' addresses, by its name there."""
    return {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, names: dict[str, str]) -> Iterator[LiveHouse]:
    """A house of its own, with something on every screen: what other tests leave behind would make these others."""
    data: Path = tmp_path_factory.mktemp("screens") / "data"
    copy_of_the_furnished(tmp_path_factory, data)
    names.update(furnish(data, datetime.now(UTC)))
    with lived_in(data) as found:
        yield found


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    return []


@pytest.fixture(scope="module")
def shows(chromium: Browser, house: LiveHouse, names: dict[str, str], complaints: list[str]) -> Iterator[Shows]:
    """Opens a screen as it is opened for its picture. Who works here signs in once; a stranger's browser holds nothing
    of the screen before."""
    opened: dict[tuple[str, bool], Page] = {}

    def shown(screen: Shown) -> Page:
        key = (screen.who or screen.name, screen.scripts)
        if key not in opened:
            size = {"width": 1280, "height": 720}
            context = browser_of_its_own(
                chromium, base_url=house.address, viewport=size, java_script_enabled=screen.scripts
            )
            opened[key] = context.new_page()
            opened[key].on("pageerror", lambda error: complaints.append(str(error)))
            opened[key].on("console", lambda line: is_complaint(line.text) and complaints.append(line.text))
            if screen.who:
                signed_in(opened[key], screen.who.partition("@")[0])
        return opened[key]

    yield shown
    for page in opened.values():
        page.context.close()


# The description of the API is the longest page: Tab takes half a minute to its hundreds of places. It is walked where
# long tests are; axe judges it wherever the others are judged.
LONGEST = next(one for one in ALL if one.name == "api-docs")
JUDGED = [pytest.param(one, marks=pytest.mark.long) if one is LONGEST else one for one in ALL]


@pytest.mark.parametrize("screen", JUDGED, ids=lambda screen: screen.name)
def test_a_screen_keeps_nobody_out(screen: Shown, shows: Shows, names: dict[str, str], complaints: list[str]) -> None:
    page = shows(screen)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme="light")
    whole_again(page)
    page.goto(screen.path.format_map(names))
    screen.act(page)
    page.locator(f"{screen.until or 'main'} >> visible=true").first.wait_for()

    found = judged(page, screen.scripts)
    told = [f"{where}: {what}" for where, wrong in found.items() for what in wrong]
    assert told == [], "\n".join(told)
    assert complaints == []


def test_the_longest_page_breaks_no_rule_in_the_dark(shows: Shows, complaints: list[str]) -> None:
    """One group of its operations: `segue bench accessible` looks at all of them, in the light, too."""
    page = shows(LONGEST)
    page.emulate_media(color_scheme="dark")
    page.goto(LONGEST.path)
    page.locator("main").wait_for()

    assert violations(page, ALL_BUT_ONE) == []
    page.emulate_media(color_scheme="light")
    assert complaints == []


def judged(page: Page, scripts: bool) -> dict[str, list[str]]:
    """What is wrong in each look. Where scripts are off axe cannot run: its own timers do not."""
    looks = violations if scripts else lambda *_, **__: []
    found = {"light": looks(page, MORE_OF_THE_SAME)}
    if page.locator(MORE_OF_THE_SAME).count():
        found["names"] = looks(page, rules=TWICE)  # elsewhere the first look saw every name
    page.emulate_media(color_scheme="dark")
    found["dark"] = looks(page, MORE_OF_THE_SAME, rules=OF_COLOUR)
    page.emulate_media(color_scheme="light")
    found["keys"] = walked(page, scripts)
    found["width"] = [f"scrolls sideways at {width} px" for width in too_wide(page)]
    page.set_viewport_size({"width": 320, "height": 256})
    found["fingers"] = too_small(page) if scripts else []
    found["at 400 %"] = out_of_order(page) + looks(page, MORE_OF_THE_SAME, but=COLOURS)
    return found


MADE_UP = """<!doctype html><html lang="en"><title>Made up</title><meta name="viewport" content="width=device-width">
<style>.bare:focus { outline: none } .clip { overflow: hidden; width: 60px } .clip a { display: block }
.row { display: flex; flex-direction: row-reverse; justify-content: flex-end } .wide { width: 1300px }</style>
<main><h1>Made up</h1><a href="#1">fine</a> <button tabindex="-1">for mice</button> <button class="bare">bare</button>
<div class="clip"><a href="#2">clipped</a></div> <div class="row"><button>one</button><button>two</button></div>
<button tabindex="1">too early</button><p style="position: relative"><button>covered</button>
<span style="position: absolute; inset: 0; background: white"></span></p><div class="wide">wide</div></main></html>"""
TRAP = "<script>trap.onkeydown = (event) => event.key === 'Tab' && event.preventDefault()</script>"


FAULTS = (
    "“for mice”: no key leads", "“bare”: nothing shows", "“clipped”: the mark of its focus is cut off",
    "“two”: stands before", "“too early”: reached after", "“covered”: it has the focus and is not seen",
)  # fmt: skip


def test_what_keeps_somebody_out_is_noticed(windows: Callable[..., Page]) -> None:
    """On a page made up of faults: each is told of, what is right is not, and a trap is not walked into for ever."""
    page = windows()
    page.route("**/made-up", lambda route: route.fulfill(body=MADE_UP, content_type="text/html"))
    page.route("**/trap", lambda route: route.fulfill(body=f"<button id=trap>in</button>{TRAP}<button>out</button>"))
    page.goto("/made-up")
    told = walked(page)
    page.goto("/trap")
    caught = walked(page)

    for fault in FAULTS:
        assert len([one for one in told if fault in one]) == 1, (fault, told)
    assert len(told) == 6
    assert caught == ["button “out”: Tab does not lead to it"]
    page.goto("/made-up")
    assert too_wide(page) == list(WIDTHS[1:])


def test_who_only_reads_is_asked_for_nothing(shows: Shows, names: dict[str, str]) -> None:
    """No field for what goes along with a deed; whoever may do it has one on the same page."""
    field = ":is([name=note], [name=why], [name=add_category]) >> visible=true"
    asked = {
        screen.name: {who: fields(shows(replace(screen, who=who)), screen, names, field) for who in (READER, LEAD)}
        for screen in READING
        if screen.path.startswith(("/autonomy", "/policy", "/knowledge/articles"))
    }

    assert {who for one in asked.values() for who, several in one.items() if several} == {LEAD}
    assert len([name for name, one in asked.items() if one[LEAD]]) == 3


def fields(page: Page, screen: Shown, names: dict[str, str], selector: str) -> int:
    page.goto(screen.path.format_map(names))
    page.locator("main").wait_for()
    return page.locator(selector).count()


PAINTED = """<!doctype html><html lang="en"><title>Painted</title><style>* { margin: 0; background: #fff; color: #000 }
p { background: linear-gradient(#fff, #fff); font: 16px/24px sans-serif } .scroll { height: 60px; overflow: auto }
#grey, #below { color: #777 } #fades { color: #fff; background: linear-gradient(90deg, #000, #fff); width: 300px }
#half { opacity: .5 } #lost { color: #fff } #covered { position: relative } .far { height: 500px }
#covered span { position: absolute; inset: 0 }</style>
<main><h1>Painted</h1><p id="black">Black</p><p id="grey">Grey</p><p id="fades">White that runs out into white</p>
<p id="half">Half black</p><p id="lost">White</p><p id="covered">Covered<span></span></p>
<div class="scroll" tabindex="0"><div class="far"></div><p id="below">Grey</p></div></main></html>"""
RATIOS = {"#black": 21, "#grey": 4.48, "#fades": 1, "#half": 3.98, "#lost": 1, "#covered": None, "#below": 4.48}


def test_a_contrast_of_which_axe_cannot_tell_is_measured_in_what_is_painted(windows: Callable[..., Page]) -> None:
    page = windows()
    page.route("**/painted", lambda route: route.fulfill(body=PAINTED, content_type="text/html"))
    page.goto("/painted")
    told = {one.target for one in judged_by_axe(page).undecided if one.rule == "color-contrast"}

    found = {one.target: one for one in measured(page.main_frame, sorted(told))}

    assert told >= {*RATIOS} - {"#half"}
    assert {target: one.ratio and round(one.ratio, 2) for target, one in found.items() if target != "#fades"} == {
        target: ratio for target, ratio in RATIOS.items() if target in told and target != "#fades"
    }
    assert 1 <= (found["#fades"].ratio or 0) < 3, "how far its last letter reaches into the shade hangs on the font"
    assert {target for target, one in found.items() if one.is_too_low} == told - {"#black", "#covered"}
    assert page.evaluate("document.adoptedStyleSheets.length") == 0


ENGLISH_ALONE = ("/docs", "/demo")
"""What programmers read, and a product that somebody else might have made."""
SENT = (
    ("", "/sign-in", {"email": AGENT, "password": "wrong"}), ("", "/contact", {"email": "eve"}),
    (AGENT, "/desk/bulk", {"row": "{conversation}", "what": "resolve"}), (AGENT, "/desk/macros/new", {"name": ""}),
    (LEAD, "/settings/invites", {"email": "no address"}), (LEAD, "/policy", {"do": "yaml"}),
    (LEAD, "/settings/keys", {"name": ""}), (LEAD, "/knowledge/publish", {"title": "", "is_new": "yes"}),
)  # fmt: skip
"""What answers with a page of its own, mostly with what is wrong."""


def test_no_sentence_of_ours_is_english_on_any_page_that_is_read_in_german(
    house: LiveHouse, names: dict[str, str]
) -> None:
    people = {who: reader(house, who) for who in {screen.who for screen in ALL}}
    asked = {(screen.who, screen.path.format_map(names)) for screen in ALL}
    found, english_alone = dict[str, set[str]](), set[str]()
    for who, path in sorted(asked):
        shown = people[who].get(path)
        if language_of(shown.text) == "de":
            found[path] = english_in(shown.text)
        else:
            english_alone.add(path)
    for who, path, body in SENT:
        shown = people[who].post(path, data={name: text.format_map(names) for name, text in body.items()})
        found[f"sent to {path}"] = english_in(shown.text) if language_of(shown.text) == "de" else {"another language"}

    assert {path: texts for path, texts in found.items() if texts} == {}
    assert {path for path in english_alone if not path.startswith(ENGLISH_ALONE)} == set()
    assert len(found) > 80


def reader(house: LiveHouse, who: str) -> httpx.Client:
    """Whose browser asks for German pages; signed in where somebody is named."""
    client = httpx.Client(base_url=house.address, headers={"Accept-Language": "de"}, follow_redirects=True, timeout=20)
    if who:
        client.post("/sign-in", data={"email": who, "password": PASSWORD}).raise_for_status()
    return client
