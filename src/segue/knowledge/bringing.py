"""Bringing articles in: a folder of Markdown with front matter, or a JSONL with one article a line.

One bad file never stops the others; what could not be read is said with its place and its reason.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from segue.domain.errors import Refused
from segue.domain.knowledge import Article

MARKDOWN = (".md", ".markdown")
LIMIT = 200_000
"""Characters in one article; a page longer than this is a book."""
LONGEST_SLUG = 80
NEAR = 0.8
"""From this likeness on (difflib) a field is taken for a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Unread:
    """An article that could not be brought in, where it stands and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Brought(Article):
    """An article as its file says it. Of one that does not say who may read it `audience` is `public`."""

    says_audience: bool = True
    slug_before: str = ""
    """Under which it was brought before a hash told names apart; empty where that is its slug."""

    def over(self, here: Callable[[str], Article | None], audience: str | None = None) -> Brought:
        """What its file leaves out or empty stays as it is with the article under its slug, which `here` gives: what
        was said since by hand would be undone otherwise. `audience` is what who brings it says of files that do not say
        it."""
        before = here(self.slug) or self._before(here) or self
        read_by = self.audience if self.says_audience else audience or before.audience
        intent, review_by = self.intent or before.intent, self.review_by or before.review_by
        return replace(self, slug=before.slug, audience=read_by, intent=intent, review_by=review_by)

    def _before(self, here: Callable[[str], Article | None]) -> Article | None:
        """The same article as it was brought before. Several names had one slug then: its title or its text tells."""
        old = here(self.slug_before) if self.slug_before else None
        return old if old and (old.title == self.title or old.body == self.body) else None


Placed = tuple[str, Brought | Unread]
"""What was read, after the place where it stands."""


def articles_in(path: Path) -> Iterator[Placed]:
    """Every article of a folder (`*.md` or `*.markdown`, any depth) or of a `.jsonl` file, with the place where it
    stands. What is hidden (a name that begins with a dot) is none of them, nor what a link leads to elsewhere on the
    machine. Raises Refused for anything else."""
    if path.is_dir():
        whole = path.resolve()
        found = (f for f in sorted(path.rglob("*")) if f.suffix.lower() in MARKDOWN)
        files = (f for f in found if _is_of(whole, f) and not _is_hidden(f.relative_to(path)))
        yield from told_apart((str(f.relative_to(path)), _from_markdown_at(path, f)) for f in files)
    elif path.suffix == ".jsonl" and path.is_file():
        lines = json_lines(path.read_text("utf-8-sig", errors="replace"))
        places = ((f"{path.name}:{n}", line) for n, line in lines)
        yield from told_apart((where, article_in_line(where, line)) for where, line in places)
    else:
        raise Refused(f"{path} is neither a folder nor a .jsonl file.", "Name a folder of Markdown, or a .jsonl.")


def _is_of(folder: Path, file: Path) -> bool:
    """A file, or a link to what is gone, which is told; no pipe, whose end never comes."""
    return (file.is_file() or not file.exists()) and file.resolve().is_relative_to(folder)


def _is_hidden(place: Path) -> bool:
    return any(name.startswith(".") for name in place.parts)


def told_apart(read: Iterable[Placed]) -> Iterator[Placed]:
    """Each article with a slug of its own: a second one under the same slug would take the place of the first,
    unseen."""
    first = dict[str, tuple[str, Brought]]()
    for where, one in read:
        if isinstance(one, Brought):
            place, other = first.setdefault(one.slug, (where, one))
            if other != one:
                yield where, Unread(where, f"its slug is {one.slug}, as that of {place}; give it one of its own")
                continue
        yield where, one


def objects_in(file: Path, *needed: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; blank lines are none. Raises Refused, naming the line, for what is not one or
    lacks a field `needed`."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name} is no text in UTF-8.", "Name the right file, or save it as UTF-8.") from error
    for number, line in json_lines(text):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Refused(f"{file.name}, line {number}: {error}.", "Every line is one JSON object.") from error
        if not isinstance(row, dict):
            raise Refused(f"{file.name}, line {number} is no JSON object.", "Every line is one JSON object.")
        if lacking := [name for name in needed if name not in row]:
            raise Refused(f"{file.name}, line {number} lacks {lacking[0]}.", f"Every line has {', '.join(needed)}.")
        yield row


def article_in(file: Path) -> Brought:
    """The article of one Markdown file. Raises Refused."""
    found = _attempt(file.name, _from_markdown, file)
    if isinstance(found, Unread):
        raise Refused(f"{found.where}: {found.why}.", "Correct the article.")
    return found


def article_of(name: str, text: str) -> Brought | Unread:
    """The article of one Markdown text; `name` is that of its file, with folders before it or not."""
    return _attempt(name, lambda _: _of_text(Path(name).stem, text), None)


def json_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a JSONL with their numbers, blank ones left out. Only a line feed ends one: a text in JSON may hold
    other ends of a line (U+2028, U+0085) as they are."""
    return ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def article_in_line(where: str, line: str) -> Brought | Unread:
    """The article of one line of a JSONL."""
    return _attempt(where, _from_json, line)


def _attempt(where: str, reader: Any, source: Any) -> Brought | Unread:
    try:
        return _checked(reader(source))
    except KeyError as error:
        return Unread(where, f"it has no {error}")
    except json.JSONDecodeError as error:
        return Unread(where, f"it is no JSON: {error.msg} at character {error.pos}")
    except RecursionError:
        return Unread(where, "it is nested too deeply")
    except UnicodeDecodeError:
        return Unread(where, "it is not written in UTF-8")
    except OSError as error:
        return Unread(where, f"it cannot be read: {error.strerror}")
    except (ValueError, TypeError, yaml.YAMLError, Refused) as error:
        return Unread(where, " ".join(str(error).split()) or type(error).__name__)


def _from_markdown_at(folder: Path, file: Path) -> Brought | Unread:
    return _attempt(str(file.relative_to(folder)), _from_markdown, file)


def _from_markdown(file: Path) -> Brought:
    return _of_text(file.stem, file.read_text("utf-8-sig"))


def _of_text(stem: str, text: str) -> Brought:
    front, body = _split(text)
    front = _named(front)
    title = front.get("title") or _first_heading(body) or stem.replace("-", " ").capitalize()
    return _article({"slug": stem, "title": title, **front}, body)


def _from_json(line: str) -> Brought:
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("a line must hold one JSON object")
    fields = _named(fields)
    body = fields.pop("body")
    if not isinstance(body, str):
        raise ValueError("the body must be text")
    return _article(fields, body)


FIELDS = ("title", "slug", "audience", "intent", "review_by", "id", "resolution_id", "body")
"""What an article says of itself; whatever else stands there is not read."""
_EASILY_MISSPELT = ("title", "slug", "audience", "intent")
"""Those that have no neighbours in what other programs write into a page (`uid`, `reviewed_by`)."""
_WHO_READS = ("visibility", "access", "internal", "private", "public", "is_public", "is_internal", "restricted")
"""How other knowledge bases say who may read a page."""


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """By our names, however they are capitalised. What looks like one of them and is none is an error: an internal page
    that says so in other words would be read to customers."""
    found = {str(key).strip().casefold(): value for key, value in fields.items()}
    for key in found.keys() - set(FIELDS):
        if key in _WHO_READS and "audience" not in found:
            raise ValueError(f"it has {key}; say who may read it with `audience: public` or `audience: internal`")
        if (near := get_close_matches(key, _EASILY_MISSPELT, 1, NEAR)) and near[0] not in found:
            raise ValueError(f"it has {key}; is that {near[0]}?")
    return found


def _audience(fields: dict[str, Any]) -> str:
    """Of a page that says nothing `public`; one that begins to say and leaves it empty is refused."""
    return str(fields["audience"] or "").strip().casefold() if "audience" in fields else "public"


def _article(fields: dict[str, Any], body: str) -> Brought:
    intent = fields.get("intent") or fields.get("resolution_id")
    name = str(fields.get("slug") or fields.get("id") or intent or fields["title"])
    slug, before = slugged(name), _slugged_before(name)
    return Brought(
        id="",
        slug=slug,
        title=_title(fields["title"]),
        body=body.strip(),
        audience=_audience(fields),
        intent=str(intent) if intent else None,
        review_by=_date(fields.get("review_by")),
        says_audience="audience" in fields,
        slug_before=before if before != slug else "",
    )


def _checked(article: Brought) -> Brought:
    if not article.title or not article.body:
        raise ValueError("an article needs a title and a body")
    if len(article.body) > LIMIT:
        raise ValueError(f"the body has {len(article.body):,} characters; the limit is {LIMIT:,}")
    if article.audience not in ("public", "internal"):
        raise ValueError(f"audience is {article.audience!r}; it may be public or internal")
    text = article.body + article.title
    if not is_writable(text):
        raise ValueError("the text holds a NUL or half a character")
    return article


def is_writable(text: str) -> bool:
    """NULs and lone halves of characters, as broken JSON has them, can be kept nowhere."""
    return "\0" not in text and text.encode("utf8", "replace").decode("utf8") == text


def _title(value: object) -> str:
    if isinstance(value, dict | list):
        raise ValueError("the title must be text; put one with : or [ into quotation marks")
    return str(value).strip()


def slugged(text: str) -> str:
    """What names an article in addresses. Where letters or digits of its name have no place there, a hash of all of it
    stands behind, so that two of them stay two, and the same one again is the same."""
    name = unicodedata.normalize("NFC", text)  # one name, whichever way a system writes its accents
    said = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
    if said and len(said) <= LONGEST_SLUG and not any(_is_dropped(c) for c in name):
        return said
    behind = hashlib.sha256(name.encode("utf8", "replace")).hexdigest()[:8]
    return f"{said[: LONGEST_SLUG - 9].rstrip('-') or 'article'}-{behind}"


def _slugged_before(name: str) -> str:
    """Without a hash, so that several names had one."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")[:LONGEST_SLUG] or "article"


def _is_dropped(c: str) -> bool:
    return not c.isascii() and unicodedata.category(c)[0] in "LMN"


def _split(text: str) -> tuple[dict[str, Any], str]:
    found = re.match(r"\A---\s*\n(.*?)\n---\s*(?:\n(.*))?\Z", text, re.DOTALL)
    if not found:
        if re.match(r"\A---\s*\n\w+:", text):
            raise ValueError("what stands in front of the article has no end; put a line --- after it")
        return {}, text
    front = yaml.safe_load(found.group(1)) or {}
    if not isinstance(front, dict):
        raise ValueError("the front matter must be `key: value` lines")
    return front, found.group(2) or ""


def _first_heading(body: str) -> str:
    found = re.search(r"^#\s+(.+)$", body, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _date(value: object) -> date | None:
    if isinstance(value, datetime):  # YAML reads a day with a time behind it as both
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"review_by is {str(value)[:40]!r}; it is a day such as 2027-01-31") from None
