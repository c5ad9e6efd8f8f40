"""Every screen judged by all of axe's rules, light and dark, at a desk's width and at the 320 px that 400 % leave.

What is opened, by whom, and what they do there first is the list of `segue screenshots`: every address that shows
people something stands in it, and a test compares it with the route table. The contrasts of which axe cannot tell are
measured in what the browser paints.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from segue.app.browsing import chromium, whole
from segue.app.contrasts import Contrast, measured
from segue.app.judging import Undecided, judged
from segue.app.pictures import THEMES, furnished, opened
from segue.app.screens import ALL
from segue.app.settings import Settings

CONTRAST = "color-contrast"
SIZES = {"1280": (1280, 720), "400_percent": (320, 256)}


def run(at: Settings, only: str = "") -> dict[str, Any]:
    """How many screens were judged, by how many rules, and what was found in each look; `only`: of screens whose name
    has this in it. Where no script runs axe cannot either: such a screen is counted as left out. Of the contrasts of
    which axe cannot tell: how many were measured, the lowest of them, and how many texts are not painted at all."""
    names = furnished(at)
    screens = [screen for screen in ALL if only in screen.name]
    judgeable = [screen for screen in screens if screen.scripts]
    looks = [(theme, size) for theme in THEMES for size in SIZES]
    found, asked, undecided = {look: list[str]() for look in looks}, set[str](), Counter[str]()
    contrasts = list[Contrast]()
    with whole(at) as address, chromium() as browser:
        size = dict(zip(("width", "height"), SIZES["1280"], strict=True))
        look = {"base_url": address, "viewport": size, "color_scheme": THEMES[0]}
        for name, page in opened(browser, look, judgeable, names):
            print(name, file=sys.stderr, flush=True)
            for theme, called in looks:
                _looks(page, theme, called)
                told = judged(page)
                found[theme, called] += [f"{name}: {one}" for one in told.violations]
                asked |= told.asked
                undecided.update(one.rule for one in told.undecided if one.rule != CONTRAST)
                contrasts += (seen := list(_contrasts(told.undecided)))
                found[theme, called] += [f"{name}: {_too_low(one)}" for one in seen if one.is_too_low]
            _looks(page, *looks[0])
    ratios = [one.ratio for one in contrasts if one.ratio is not None]
    wrong = [f"{' '.join(look)}: {one}" for look, several in found.items() for one in several]
    return {
        "screens": len(judgeable), "left_out_without_scripts": len(screens) - len(judgeable), "rules": len(asked),
        "violations": {"_".join(look): len(several) for look, several in found.items()},
        "contrasts_measured": len(ratios), "lowest_contrast": round(min(ratios, default=0), 2),
        "contrasts_of_nothing_painted": len(contrasts) - len(ratios),
        "undecided_by_other_rules": dict(undecided), "found": wrong,
    }  # fmt: skip


def _too_low(one: Contrast) -> str:
    return f"{one.target} has a contrast of {one.ratio:.2f}, not {one.least}"


def _contrasts(undecided: Iterable[Undecided]) -> Iterator[Contrast]:
    targets: dict[Any, list[str]] = defaultdict(list)
    for one in undecided:
        if one.rule == CONTRAST:
            targets[one.frame].append(one.target)
    for frame, several in targets.items():
        yield from measured(frame, several)


def _looks(page: Any, theme: str, size: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
