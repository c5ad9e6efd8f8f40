"""A mail's HTML: made safe to show, and read as text.

What is shown keeps its shape and loses everything that acts or calls out: scripts, styles, forms, frames, and pictures
that lie elsewhere (a picture that came with the mail stays). The raw mail keeps them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

from segue.domain.mail import HTML_TAGS

ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
              "th": {"colspan", "rowspan"}, "*": {"dir", "lang"}}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
LONGEST = 2_000_000
_BREAKS = frozenset(("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ul", "ol", "table", "pre",
                     "section", "article", "header", "footer"))  # fmt: skip
_SILENT = frozenset(("script", "style", "title", "template"))
_TAG = re.compile(r"<[^<>]{0,2000}>")


def safe(html: str) -> str:
    return nh3.clean(
        html[:LONGEST], tags=set(HTML_TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES, attribute_filter=_kept,
        link_rel="noopener noreferrer nofollow", clean_content_tags={"script", "style", "title", "template"},
    )  # fmt: skip


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("cid:") else None
    return None if tag == "a" and value.lower().strip().startswith("cid:") else value


def read(html: str) -> str:
    """Its words, line by line; quotations begin with `> ` as they do in text."""
    reader = _Reader()
    reader.feed(html[:LONGEST])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def stripped(html: str) -> str:
    """The same without looking at its structure, for what is too odd to be read."""
    lines = (" ".join(line.split()) for line in _TAG.sub(" ", html).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said = list[str]()
        self._silent = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        elif tag == "blockquote":
            self._quoted += 1
            self._break()
        elif tag in _BREAKS:
            self._break()
        elif tag == "td":
            self.said.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "blockquote":
            self._quoted = max(self._quoted - 1, 0)
            self._break()
        elif tag in _BREAKS and tag != "br":
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(" ".join(("", *data.split(), "")) if data.strip() else " ")

    def _break(self) -> None:
        self.said.append("\n" + "> " * min(self._quoted, 3))
