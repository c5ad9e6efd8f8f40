"""Markdown as HTML that is safe to show: raw HTML off in the parser, then an allow-list over what it made (trust,
defence 2). The assistant's text takes the same road as an article's.
"""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from segue.texts import _

_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_ARTICLE_TAGS = _TAGS | {"h2", "h3", "h4"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


def message_html(text: str) -> Markup:
    """An answer of the assistant. Headings stay as they were typed: a thread has its own outline."""
    return _clean(_MESSAGE.render(text), _TAGS)


def written_html(text: str) -> Markup:
    """What an agent wrote. As above, but what is set in from the left stays words: people paste, and mean no code."""
    return _clean(_WRITTEN.render(text), _TAGS)


def bare_text(text: str) -> str:
    """A line of somebody's words without the marks of Markdown, also where the line was cut inside them."""
    return " ".join(_EMPHASIS.sub(r"\2", _MARKS.sub("", _LINK.sub(r"\1", text))).split())


def article_html(text: str) -> Markup:
    """An article's body. Its headings begin at the second level, below the page's title, and skip none."""
    tokens = _ARTICLE.parse(text)
    _level(tokens)
    return _clean(_ARTICLE.renderer.render(tokens, _ARTICLE.options, {}), _ARTICLE_TAGS)


def _clean(html: str, tags: set[str]) -> Markup:
    # Markup marks it as safe for Jinja, which is true only after nh3.
    return Markup(_framed(nh3.clean(html, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)))


def _framed(clean: str) -> str:
    """Each table in a frame that scrolls, also by keyboard, with cells that say what they head. What somebody typed as
    a tag is escaped by now, so that these are tables of ours."""
    frame = f'<div class="table" role="group" tabindex="0" aria-label="{escape(_("Table"))}">'
    clean = clean.replace("<th>", '<th scope="col">').replace("<table>", f"{frame}<table>")
    return clean.replace("</table>", "</table></div>")


def tables_as_lines(text: str) -> str:
    """Tables of Markdown as a plain mail says them: a line for each row, what its first cell names before a colon."""
    return _TABLE.sub(lambda found: "\n".join(map(_row_said, found.group("rows").strip("\n").splitlines())), text)


_LINE_END = re.compile(r"\r\n?")
"""As Markdown is read: a bare CR ends a line, too."""


def plain_text(text: str) -> str:
    """Markdown for whoever reads words alone: nothing is bold, a link says where it leads, a table is lines. Lists and
    quotations stay as they were typed, and so does what only looks like a mark."""
    text = tables_as_lines(_LINE_END.sub("\n", text))
    lines = text.split("\n")
    for token in _WRITTEN.parse(text):
        if token.type != "inline" or not token.map:
            continue
        for at, typed, said in zip(range(*token.map), token.content.split("\n"), _said(token), strict=False):
            lines[at] = lines[at].replace(typed.strip(), said, 1)
    return "\n".join(lines)


def _said(inline: Token) -> list[str]:
    """The lines of a paragraph without their marks."""
    found, leads, begins = "", "", 0
    for token in inline.children or ():
        if token.type == "link_open":
            leads, begins = str(token.attrs.get("href", "")), len(found)
        elif token.type == "link_close":
            found += "" if found[begins:] in (leads, leads.removeprefix("mailto:")) else f" ({leads})"
        else:
            found += "\n" if token.type in ("softbreak", "hardbreak") else token.content
    return found.split("\n")


def _row_said(row: str) -> str:
    first, *others = (cell.strip().replace("\\|", "|") for cell in _CELL.split(row.strip().strip("|")))
    return f"{first}: {', '.join(filter(None, others))}" if any(others) else first


def _level(tokens: list[Token]) -> None:
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    place = {tag: f"h{min(2 + i, 4)}" for i, tag in enumerate(used)}
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = place[token.tag]


_MESSAGE = (
    MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(["heading", "lheading", "image"])
)
_WRITTEN = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("table")
    .disable(["heading", "lheading", "image", "code"])
)
_ARTICLE = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_WITH_BARS, _DASHES = r"(?=[^\n]*\|)[^\n]*", r"[ ]{0,9}:?-+:?[ ]{0,9}"
_TABLE = re.compile(
    rf"^{_WITH_BARS}\n(?=[^\n]*\|)[ ]{{0,3}}\|?{_DASHES}(?:\|{_DASHES})*\|?[ ]{{0,9}}(?P<rows>(?:\n{_WITH_BARS})+)",
    re.M,
)
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)?")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*])")
"""One star or stroke on either side of words, as *paid*; within a word (snake_case, 2*3*4) it is no mark."""
_MARKS = re.compile(r"\*\*|__|`|^\s*(?:#{1,6}|[-*>])\s+|(?<=\s)[*#>]+(?=\s)", re.M)
