"""Colours as WCAG reckons with them: how far two stand apart, and the nearest shade that can be read.

The one idea: a company's colour is theirs, also where it cannot be read as text. So it is kept as it is where it fills
something, black or white stands on it, and where it is text itself a shade of it stands that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

READABLE = 4.5
"""WCAG 2.2, 1.4.3 at AA, for text of any size."""
BLACK, WHITE = "#000000", "#ffffff"
PAPER = {"light": ("#fbfbfa", "#ffffff", "#f3f3f1"), "dark": ("#141413", "#1c1c1a", "#10100f")}
"""What text stands on in the widget: `--bg`, `--surface` and `--sunken` of widget.css."""
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Shades:
    """One colour in one theme. `fill` as it was chosen, `on` what stands on it, `over` it under the pointer, `ink` it
    as text, `soft` it as a ground for text."""

    fill: str
    on: str
    over: str
    ink: str
    soft: str

    @property
    def of_text(self) -> float:
        """The contrast of what stands on it; never below `READABLE`, because black or white always does."""
        return contrast(self.on, self.fill)

    def of_ink(self, theme: str) -> float:
        """The least contrast it has as text."""
        return least(self.ink, (*PAPER[theme], self.soft))

    def of_fill(self, theme: str) -> float:
        """What it would have as text if it stayed as it was chosen."""
        return least(self.fill, (*PAPER[theme], self.soft))


def colour_of(text: str) -> str:
    """#rrggbb. Raises ValueError for anything else than #rgb or #rrggbb, with or without the #."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", text.strip().lower())
    if not found:
        raise ValueError(text)
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(d * 2 for d in digits))


def light(colour: str) -> Shades:
    return _shades(colour, "light")


def dark(colour: str, chosen: str = "") -> Shades:
    """`chosen`: a colour of its own for the dark; without one, the nearest to `colour` that can be read there."""
    return _shades(chosen or _inked(colour, "dark"), "dark")


def _shades(fill: str, theme: str) -> Shades:
    on = WHITE if contrast(WHITE, fill) >= contrast(BLACK, fill) else BLACK
    away = BLACK if on == WHITE else WHITE
    soft = _soft(fill, theme)
    return Shades(fill, on, mixed(fill, away, 0.12), readable(fill, (*PAPER[theme], soft)), soft)


def _soft(fill: str, theme: str) -> str:
    return mixed(fill, WHITE, 0.88) if theme == "light" else mixed(fill, PAPER["dark"][1], 0.8)


def _inked(colour: str, theme: str) -> str:
    """The nearest shade that can be read on paper and on the ground that is made of it."""
    tried = _towards(colour, BLACK if theme == "light" else WHITE)
    return next(shade for shade in tried if least(shade, (*PAPER[theme], _soft(shade, theme))) >= READABLE)


def readable(colour: str, grounds: Sequence[str]) -> str:
    """The nearest shade of it with `READABLE` contrast on each of `grounds`, which are all light or all dark."""
    away = BLACK if luminance(grounds[0]) > 0.18 else WHITE
    return next((shade for shade in _towards(colour, away) if least(shade, grounds) >= READABLE), away)


def _towards(colour: str, away: str) -> Iterator[str]:
    return (mixed(colour, away, step / _STEPS) for step in range(_STEPS + 1))


def least(colour: str, grounds: Iterable[str]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def contrast(one: str, other: str) -> float:
    """1 to 21, by https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """0 to 1, by https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, other: str, share: float) -> str:
    """`share` of `other`, the rest of `colour`."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
