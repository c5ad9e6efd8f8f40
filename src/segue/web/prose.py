"""Markdown as HTML that is safe to show: raw HTML off in the parser, then an allow-list over what it made (trust,
defence 2). The assistant's text takes the same road as an article's.
"""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}
_ARTICLE_TAGS = _TAGS | {"h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"}
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
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split())


def article_html(text: str) -> Markup:
    """An article's body. Its headings begin at the second level, below the page's title, and skip none."""
    tokens = _ARTICLE.parse(text)
    _level(tokens)
    return _clean(_ARTICLE.renderer.render(tokens, _ARTICLE.options, {}), _ARTICLE_TAGS)


def _clean(html: str, tags: set[str]) -> Markup:
    # Markup marks it as safe for Jinja, which is true only after nh3.
    return Markup(nh3.clean(html, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES))


def _level(tokens: list[Token]) -> None:
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    place = {tag: f"h{min(2 + i, 4)}" for i, tag in enumerate(used)}
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = place[token.tag]


_MESSAGE = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["heading", "lheading", "image"])
_WRITTEN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["heading", "lheading", "image", "code"])
_ARTICLE = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)?")
_MARKS = re.compile(r"\*\*|__|`|^\s*(?:#{1,6}|[-*>])\s+|(?<=\s)[*#>]+(?=\s)", re.M)
