"""The words of the assistant, put together from approved articles. It says what it understood, quotes, and names its
source. It never says that something was done: it can do nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from segue.domain.answer import Ground
from segue.domain.ids import passage_id
from segue.domain.knowledge import Article, Found, Passage
from segue.knowledge.parts import Part
from segue.texts import N_, _

WHOLE = 1_400
"""Characters up to which an article is quoted whole; of a longer one the best passages."""
MOST_PASSAGES = 3

GREETING = N_("Hello! What can I help you with?")
CLOSING = N_("You are welcome. If anything else comes up, just write here.")
_ALSO = N_("The article also says:")
_OTHERWISE = N_("Not what you meant? Say it in other words, or ask for a person.")

_IN_ANOTHER_LANGUAGE = N_("We have no article on this in your language yet, only this one:")

_WISHES = """
    activate add allow approve ask assign buy cancel change choose claim close compare connect
    convert create deactivate delete disable dispute edit enable erase export extend find fix
    get give have improve increase install invite join keep know learn leave manage mend merge
    migrate move open pause pay receive recover reduce register release remove rename renew repair
    replace report resend reset restore run save see sell send set settle share sign start
    stop submit switch try turn understand undo unlock use verify view withdraw
    work upgrade
"""
_WANTED = frozenset(_WISHES.split())
"""Verbs with which names of matters begin. Not those that are as often nouns there: "order status", "refund rules"."""


def grounds(article: Article, passages: Sequence[Passage], found: Sequence[Found]) -> tuple[Ground, ...]:
    """Of an article's `passages` those an answer rests on, in reading order. `found` ranks those of a long article."""
    if len(article.body) > WHOLE:
        ranked = {f.passage.start: n for n, f in enumerate(found) if f.passage.article_id == article.id}
        best = sorted(passages, key=lambda p: (ranked.get(p.start, len(found)), p.start))[:MOST_PASSAGES]
        passages = sorted(best, key=lambda p: p.start)
    ids = {f.passage.start: f.passage.id for f in found if f.passage.article_id == article.id}
    return tuple(_ground(article, p, ids.get(p.start, passage_id(article.id, p.start))) for p in passages)


def told(rests_on: Sequence[Ground], first: Part | None = None) -> str:
    """The words of the grounds under their headings; `first` goes before all else."""
    parts = [*_headed(first.heading, rests_on), first.text, _(_ALSO)] if first else []
    heading = ""
    for ground in rests_on:
        words = _without(ground, first) if first else ground.text.strip()
        if words and ground.heading != heading:
            parts += _headed(heading := ground.heading, rests_on)
        parts += [words] if words else []
    return "\n\n".join(parts)


def _headed(heading: str, rests_on: Sequence[Ground]) -> list[str]:
    """Nothing for a heading that is the article's title, which is named as the source."""
    is_title = heading.casefold() == rests_on[0].title.casefold()
    return [f"**{heading}**"] if heading and not is_title else []


def _without(ground: Ground, part: Part) -> str:
    if not ground.start <= part.start < part.end <= ground.end:
        return ground.text.strip()
    before, after = ground.text[: part.start - ground.start], ground.text[part.end - ground.start :]
    return "\n\n".join(words for piece in (before, after) if (words := piece.strip()))


def answer(title: str, words: str, intent: str | None, is_foreign: bool = False) -> str:
    """`words`: what the article of this `title` says. `intent`: its name for people; what the assistant took the
    message to be about. Where the article `is_foreign` to the customer that is said in its place, for the matters have
    their names in the articles' language, too."""
    about = _(_IN_ANOTHER_LANGUAGE) if is_foreign else understood(intent) if intent else ""
    source = _("From our article “%(title)s”.", title=title) + " " + _(_OTHERWISE)
    return "\n\n".join(part for part in (about, words, source) if part)


def understood(matter: str) -> str:
    """What the message was taken to be about. A matter that is called by what people want ("Get a copy of an invoice")
    makes a sentence; whatever else it is called is quoted."""
    first, gap, rest = matter.partition(" ")
    if gap and first.casefold() in _WANTED:
        return _("As I understand you, you want to **%(wish)s**.", wish=f"{first[:1].lower()}{first[1:]} {rest}")
    return _("As I understand you, this is about “**%(matter)s**”.", matter=matter)


def several(matters: Sequence[tuple[str, str, str]], is_foreign: bool = False) -> str:
    """One answer to several matters: of each its name, the title of its article, and what that says."""
    parts = [_("I understand that this is about several things.")]
    parts += [_(_IN_ANOTHER_LANGUAGE)] if is_foreign else []
    for n, (name, title, words) in enumerate(matters, start=1):
        parts += [f"**{n}. {name}**", words, *([_("From our article “%(title)s”.", title=title)] if title else [])]
    return "\n\n".join([*parts, _(_OTHERWISE)])


def question(names: Sequence[str]) -> str:
    """Which of the named matters is meant; numbered, so that a number is reply enough."""
    listed = "\n".join(f"{n}. {name}" for n, name in enumerate(names, start=1))
    asked, otherwise = _("Which of these is it about?"), _("If it is neither, just tell me in other words.")
    return f"{asked}\n\n{listed}\n\n{otherwise}"


def _ground(article: Article, passage: Passage, passage_id: str) -> Ground:
    return Ground(
        passage_id,
        article.id,
        article.title,
        article.slug,
        article.version,
        passage.start,
        passage.end,
        passage.text,
        passage.heading,
    )
