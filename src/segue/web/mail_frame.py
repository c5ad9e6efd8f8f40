"""A mail's HTML written anew for a frame in which nothing can act, and which can ask nobody for anything.

The one idea: what was made safe when the mail came is not trusted a second time. It is taken apart, and what is known
to be harmless is written again, every word and value escaped: no link can be followed (where it leads stands beside it,
to be read), and a picture is shown only where it came with the mail and its reader asked for it. It then carries its
bytes within itself, so that the frame's policy names no place to load anything from.
"""

from __future__ import annotations

from base64 import b64encode, standard_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote

from segue.domain.mail import HTML_TAGS
from segue.texts import _

LONGEST = 500_000
"""Characters of HTML that are shown; the mail as it came has the rest."""
MOST_BYTES = 8_000_000
"""Of pictures in one mail; what is more stays beside the message as a file."""
STYLE = (
    ":root{color-scheme:light dark}body{font:14px/20px system-ui,sans-serif;margin:12px;overflow-wrap:anywhere;"
    "color:light-dark(#1b1b18,#ecece8);background:light-dark(#fff,#1c1c1a)}img{max-width:100%;height:auto}"
    "table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:8px 0;padding-left:10px;"
    "border-left:2px solid light-dark(#8c8c86,#7c7c75)}a{text-decoration:underline}"
    ".to,.gone{font-size:12px;color:light-dark(#5c5c56,#a3a39b)}"
)
_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
WITHIN = f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:"
AROUND = (
    f"default-src 'none'; style-src 'self' 'sha256-{_HASH}'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of the page around it, which the frame has besides its own: no script at all."""
_ALONE = frozenset(("br", "hr", "img"))
_KEPT = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "img": ("width", "height")}
_EVERYWHERE = ("dir", "lang")


@dataclass(frozen=True, slots=True)
class Framed:
    document: str
    """A whole page, for a frame's `srcdoc`."""
    inside: int
    """Pictures in it that came with the mail."""
    elsewhere: int
    """Pictures that lie elsewhere, or cannot be shown: they were left out."""
    is_cut: bool


def framed(html: str, pictures: Mapping[str, str], shown: Mapping[str, bytes]) -> Framed:
    """`html`: as it was made safe when it came, which leaves no tag open; `pictures`: the kind of each picture that
    came along, by its content id; `shown`: the bytes of those that its reader asked for."""
    writer = _Writer(pictures, shown)
    writer.feed(html[:LONGEST])
    writer.close()
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{WITHIN}"><style>{STYLE}</style>'
    document = f"<!doctype html><html><head>{head}</head><body>{''.join(writer.said)}</body></html>"
    return Framed(document, writer.inside, writer.elsewhere, len(html) > LONGEST)


class _Writer(HTMLParser):
    def __init__(self, pictures: Mapping[str, str], shown: Mapping[str, bytes]) -> None:
        super().__init__(convert_charrefs=True)
        self.said, self.inside, self.elsewhere = list[str](), 0, 0
        self._pictures, self._shown, self._left = pictures, shown, MOST_BYTES
        self._link: tuple[str, int] | None = None
        """Where the open link leads, and where its words begin."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HTML_TAGS:
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.said.append(self._picture(given))
            return
        if tag == "a":
            self._link = given.get("href", ""), len(self.said) + 1
        self.said.append(f"<{tag}{_attributes(tag, given)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in HTML_TAGS or tag in _ALONE:
            return
        self.said.append(f"</{tag}>")
        if tag == "a" and self._link:
            (to, begins), self._link = self._link, None
            said = "".join(self.said[begins:-1])
            if to and escape(to.partition(":")[2].strip("/")) not in said:
                self.said.append(f' <span class="to">[{escape(to)}]</span>')

    def handle_data(self, data: str) -> None:
        self.said.append(escape(data))

    def _picture(self, given: Mapping[str, str]) -> str:
        scheme, _colon, name = given.get("src", "").partition(":")
        name = unquote(name) if scheme.lower() == "cid" else ""
        if name not in self._pictures:
            self.elsewhere += 1
        else:
            self.inside += 1
            body = self._shown.get(name, b"")
            if body and len(body) <= self._left:
                self._left -= len(body)
                data = f"data:{self._pictures[name]};base64,{standard_b64encode(body).decode()}"
                return f'<img src="{data}" alt="{escape(given.get("alt", ""))}"{_attributes("img", given)}>'
        alt = given.get("alt", "").strip()
        said = _("[picture: %(what)s]", what=alt) if alt else _("[picture]")
        return f'<span class="gone">{escape(said)}</span>'


def _attributes(tag: str, given: Mapping[str, str]) -> str:
    names = (*_KEPT.get(tag, ()), *_EVERYWHERE)
    return "".join(f' {name}="{escape(given[name])}"' for name in names if name in given)
