"""What axe finds in a page, for the command that looks at every screen and for the tests: one list of rules for both.

Needs the wheel that carries axe, which comes with what tests need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from segue.domain.errors import Unavailable

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_PAGES = ("landmark-one-main", "page-has-heading-one")
"""Not asked of a picture in a frame, which nobody can enter."""
_FIND = """([within, options]) => axe.run(within, options).then((found) => ({
  violations: found.violations,
  undecided: found.incomplete.flatMap((one) => one.nodes.map((node) => [one.id, node.target[0]])),
  asked: ["violations", "incomplete", "passes", "inapplicable"].flatMap((kind) => found[kind].map((one) => one.id)),
}))"""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A place of which axe cannot tell."""

    rule: str
    frame: Any
    target: str
    """A selector, within that frame."""


@dataclass(frozen=True, slots=True)
class Judged:
    violations: tuple[str, ...]
    """Each with its rule, what that wants and where it is not so."""
    undecided: tuple[Undecided, ...]
    asked: frozenset[str]
    """The rules that were asked, whether or not there was something they speak of."""


def judged(page: Any, *without: str, rules: Sequence[str] = RULES, but: Sequence[str] = ()) -> Judged:
    """What axe says of the page and of our frames within it, but for the parts that the selectors name. `rules`: their
    tags or names; `but`: names of rules that are not asked."""
    within = {"include": [["html"]], "exclude": [[selector] for selector in without]}
    violations, undecided, asked = list[str](), list[Undecided](), set[str]()
    for frame in page.frames:
        if not frame.url.startswith("http"):
            continue  # a frame that shows nothing
        if not frame.evaluate("() => Boolean(window.axe)"):
            frame.evaluate(_script())
        off = OF_PAGES if frame.evaluate("() => document.body.inert") else ()
        options = {
            "runOnly": list(rules), "resultTypes": ["violations", "incomplete"], "iframes": False,
            "rules": {rule: {"enabled": False} for rule in (*off, *but)},
        }  # fmt: skip
        found = frame.evaluate(_FIND, [within, options])
        for one in found["violations"]:
            violations.append(f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:3]}")
        undecided += [Undecided(rule, frame, target) for rule, target in found["undecided"]]
        asked |= set(found["asked"])
    return Judged(tuple(violations), tuple(undecided), frozenset(asked))


@cache
def _script() -> str:
    try:
        carried = import_module("axe_playwright_python.base")
    except ImportError as error:
        raise Unavailable("axe is not installed.", "`python3 run.py test` installs it.") from error
    return str(carried.AXE_SCRIPT)
