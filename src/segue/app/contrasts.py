"""How well text stands out that axe cannot tell of: measured in the pixels that the browser paints.

The page is pictured twice, as it is and with these texts transparent. Where the two differ glyphs lie, and the second
shows what is beneath each of them. The worst pixel counts, against the colour the text has by its style.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 16_000
"""Pixels that Chromium pictures in one piece."""
LEAST, LEAST_LARGE = 4.5, 3.0
_TEXTS = """(targets) => {
  const dot = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (written) => {
    dot.clearRect(0, 0, 1, 1);
    dot.fillStyle = written;
    dot.fillRect(0, 0, 1, 1);
    return [...dot.getImageData(0, 0, 1, 1).data];
  };
  const boxes = (one) => {
    const texts = [...one.childNodes].filter((child) => child.nodeType === 3 && child.data.trim());
    return texts.length ? texts.flatMap((text) => {
      const range = document.createRange();
      range.selectNodeContents(text);
      return [...range.getClientRects()];
    }) : [one.getBoundingClientRect()];
  };
  return targets.map((target) => {
    const one = document.querySelector(target), style = getComputedStyle(one), size = parseFloat(style.fontSize);
    const [red, green, blue, alpha] = colour(style.webkitTextFillColor);
    let shown = alpha / 255;
    for (let at = one; at; at = at.parentElement) shown *= getComputedStyle(at).opacity;
    const rects = boxes(one).map(({ x, y, width, height }) => [x, y, width, height]);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    return { rects, colour: [red, green, blue], shown, isLarge };
  });
}"""
_SEEN = """(target) =>
  document.querySelector(target).scrollIntoView({ block: "center", inline: "center", behavior: "instant" })"""
_CORNER = (
    "(one) => { const box = one.getBoundingClientRect(); return [box.x + one.clientLeft, box.y + one.clientTop]; }"
)
_BARE = """([targets, isBare]) => {
  const still = "transition: none !important; animation: none !important; caret-color: transparent !important;";
  const bare = "color: transparent !important; -webkit-text-fill-color: transparent !important;" +
    " text-shadow: none !important; text-decoration-color: transparent !important;";
  const sheet = (window.bared ??= new CSSStyleSheet());
  sheet.replaceSync(`* { ${still} } ${isBare ? targets.join() : ":not(*)"} { ${bare} }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((other) => other !== sheet), sheet];
}"""
_AS_BEFORE = (
    """() => (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== window.bared))"""
)
_LEAST = """async ([painted, bare, asked]) => {
  const pixels = async (packed) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${packed}`)).blob());
    const board = new OffscreenCanvas(picture.width, picture.height).getContext("2d", { willReadFrequently: true });
    board.drawImage(picture, 0, 0);
    return board.getImageData(0, 0, picture.width, picture.height);
  };
  const [over, under] = [await pixels(painted), await pixels(bare)];
  const light = (part) => ((part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
  const apart = (one, other) => {
    const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  return asked.map(({ rects, colour, shown }) => {
    let least = Infinity;
    const grounds = new Map();
    for (const [x, y, width, height] of rects)
      for (let row = Math.max(0, Math.floor(y)); row < Math.min(under.height, Math.ceil(y + height)); row++)
        for (let column = Math.max(0, Math.floor(x)); column < Math.min(under.width, Math.ceil(x + width)); column++) {
          const at = 4 * (row * under.width + column), ground = [...under.data.subarray(at, at + 3)];
          const ratio = apart(colour.map((part, n) => shown * part + (1 - shown) * ground[n]), ground);
          grounds.set(ratio, (grounds.get(ratio) ?? 0) + 1);
          if (ground.some((part, n) => Math.abs(part - over.data[at + n]) > 2)) least = Math.min(least, ratio);
        }
    const [mostly] = [...grounds].sort(([, few], [, many]) => many - few)[0] ?? [null];
    return [least === Infinity ? null : least, mostly];
  });
}"""


@dataclass(frozen=True, slots=True)
class Contrast:
    target: str
    """The selector by which axe names the place."""
    ratio: float | None
    """Of the text to the worst pixel under one of its glyphs; None where nothing of it is painted: it is clipped or
    covered, perhaps by what lies over the whole page."""
    least: float
    """What it must be."""

    @property
    def is_too_low(self) -> bool:
        return self.ratio is not None and self.ratio < self.least


def measured(frame: Any, targets: Sequence[str]) -> list[Contrast]:
    """Of the places so called in a frame, or in the page itself; each is brought into sight where it is not. The page
    is left as it was, but for where it is scrolled to."""
    page, found = frame.page, dict[str, Contrast]()
    with page.context.browser.new_context() as blank:
        board = blank.new_page()
        for contrast in _once(frame, board, targets, is_whole=True):
            found[contrast.target] = contrast
        for target in targets:
            if found[target].ratio is None:
                frame.evaluate(_SEEN, target)
                hidden = [other for other in targets if found[other].ratio is None]
                found |= {one.target: one for one in _once(frame, board, hidden) if one.ratio is not None}
    return [found[target] for target in targets]


def _once(frame: Any, board: Any, targets: Sequence[str], is_whole: bool = False) -> list[Contrast]:
    """As the window shows them now, or the page from its top as far as a picture goes."""
    page = frame.page
    is_long = page.evaluate("document.documentElement.scrollHeight") > LONGEST
    clip = {"clip": {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": LONGEST}} if is_long else {}
    shape = {"full_page": True, **clip} if is_whole else {}
    if is_whole:
        page.evaluate("scrollTo(0, 0)")
    asked = frame.evaluate(_TEXTS, list(targets))
    left, top = _corner(frame)
    for one in asked:
        one["rects"] = [[x + left, y + top, width, height] for x, y, width, height in one["rects"]]
    pictures = []
    for is_bare in (False, True):
        frame.evaluate(_BARE, [list(targets), is_bare])
        pictures.append(b64encode(page.screenshot(**shape)).decode())
    frame.evaluate(_AS_BEFORE)
    seen = board.evaluate(_LEAST, [*pictures, asked])
    return [_contrast(*both) for both in zip(targets, asked, seen, strict=True)]


def _contrast(target: str, text: dict[str, Any], seen: tuple[float | None, float | None]) -> Contrast:
    """Text in the colour of its ground leaves no mark, and is not taken for text that is not there."""
    under_glyphs, mostly = seen
    is_lost = under_glyphs is None and mostly is not None and mostly < 1.05
    return Contrast(target, mostly if is_lost else under_glyphs, LEAST_LARGE if text["isLarge"] else LEAST)


def _corner(frame: Any) -> tuple[float, float]:
    """Where the frame's own (0, 0) lies in the window."""
    left = top = 0.0
    while frame.parent_frame:
        x, y = frame.frame_element().evaluate(_CORNER)
        left, top, frame = left + x, top + y, frame.parent_frame
    return left, top
