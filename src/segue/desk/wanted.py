"""What the customer wants, in one line of their own words.

The line is a sentence the customer wrote, so it can be checked at a glance and never says more than they did. The
problem mostly stands where the present matter begins; cues of asking or failing, and the words of the recognised
intent, move the choice from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from segue.desk.cues import Sentence
from segue.desk.phrase_books import book, either
from segue.desk.steps import tells_a_step
from segue.domain.assessment import Assessment
from segue.domain.briefing import Line
from segue.domain.conversation import Author, Conversation
from segue.texts import _

LONGEST = 140
"""Characters of a line; what fits the briefing's width in two rows."""
HALF = 80
"""And of each of two sentences that say it together."""
FEW = 3


def wanted(
    conversation: Conversation, said: Sequence[Sentence], assessment: Assessment | None, intent_name: str = "",
    after: int = 0,
) -> Line:  # fmt: skip
    """The issue and, where another sentence names one, its deadline. `said` is all of the customer; never empty.

    What they had asked before message `after` they have said is solved.
    """
    since = [s for s in said if s.seq >= after and not s.is_courtesy]
    ways = (_matters(since), _wished(since, assessment), _matters(said))
    matters = next(filter(None, ways), since or said)
    if not matters:
        return Line(_no_words(conversation.latest.files), conversation.latest.seq)
    begins = _matter_begins(conversation, assessment)
    terms = _terms(assessment, intent_name)
    best = max(matters, key=lambda sentence: _score(sentence, begins, terms))
    other = _other_half(best, matters, begins, terms) or _went_on(conversation, best, matters)
    quoted = _beside(best, other) if other else shorten(_without_greeting(best.text))
    return Line(quoted + _deadline_elsewhere(since or said, best, other), best.seq)


def _matters(said: Iterable[Sentence]) -> list[Sentence]:
    return [s for s in said if s.says_a_matter]


def _wished(said: Sequence[Sentence], assessment: Assessment | None) -> list[Sentence]:
    """Those by which a person is wished for, where that is all there is to want."""
    wish = assessment.wish_for_person if assessment else None
    if wish is None or not wish.value:
        return []
    return [s for s in said if any(words in s.text or s.text in words for words in wish.words)]


def _went_on(conversation: Conversation, best: Sentence, matters: Sequence[Sentence]) -> Sentence | None:
    """What was said of it behind an answer of ours: that is what the answer left open."""
    if best.seq == conversation.latest.seq or not _was_answered(conversation, best.seq):
        return None
    here = (s for s in matters if s.seq == conversation.latest.seq)
    newest = [s for s in here if len(s.words) > FEW and not tells_a_step(s.text)]
    return max(newest, key=lambda s: (not s.is_about_us, "problem" in s.cues, len(s.words)), default=None)


def _was_answered(conversation: Conversation, seq: int) -> bool:
    between = (m for m in conversation.messages if seq < m.seq < conversation.latest.seq)
    return any(m.author in (Author.ASSISTANT, Author.AGENT) for m in between)


def _other_half(best: Sentence, matters: Sequence[Sentence], begins: int, terms: frozenset[str]) -> Sentence | None:
    """Where a message tells a story and asks: the question to the story, or what a question leans on."""
    here = [s for s in matters if s.seq == best.seq and s is not best and not s.is_about_us]
    if _asks_for(best):
        told = [s for s in here if not s.is_question and not tells_a_step(s.text) and len(s.words) > FEW]
        return max(told, key=lambda s: _score(s, begins, terms), default=None) if _leans(best) else None
    asked = [s for s in here if _asks_for(s) and ("asks" in s.cues or _says_much(s))]
    return max(asked, key=lambda s: (s.is_question, _score(s, begins, terms)), default=None)


def _asks_for(sentence: Sentence) -> bool:
    return sentence.is_question or "request" in sentence.cues


def _says_much(sentence: Sentence) -> bool:
    """More than "can you help me"."""
    return len(sentence.words) > FEW and bool(_stems(sentence.words) - _EMPTY)


def _leans(question: Sentence) -> bool:
    """Whether it says "it" or "this" of what stands in another sentence, or little at all."""
    return bool(_POINTS & set(question.words)) or len(_stems(question.words) - _EMPTY) < FEW


def _beside(one: Sentence, other: Sentence) -> str:
    """Both as they stand, in their order; dots where something lies between them."""
    first, second = sorted((one, other), key=lambda s: (s.seq, s.place))
    gap = " " if second.seq == first.seq and second.place == first.place + 1 else " … "
    return shorten(_without_greeting(first.text), HALF) + gap + shorten(second.text, HALF)


def _no_words(files: Sequence[str]) -> str:
    if files:
        return _("The customer sent no words, only %(files)s.", files=", ".join(files))
    return _("The customer sent no words.")


def all_wanted(conversation: Conversation, assessment: Assessment | None) -> Line | None:
    """Where the message holds several matters: each in the customer's words, numbered; else None."""
    matters = assessment.matters if assessment else ()
    longest = 2 * LONGEST // max(len(matters), 1)
    each = (f"{n}. {shorten(_without_greeting(m.words), longest)}" for n, m in enumerate(matters, 1))
    return Line("  ".join(each), conversation.latest.seq) if matters else None


def each_wanted(
    conversation: Conversation, assessment: Assessment | None, intent_name: Callable[[str], str]
) -> tuple[Line, ...]:
    """The matters of a message that holds several: the intent's name, and the customer's words."""
    return tuple(
        Line(
            f"{intent_name(matter.intent) if matter.intent else _('Something unknown')}: {shorten(matter.words)}",
            conversation.latest.seq,
        )
        for matter in (assessment.matters if assessment else ())
    )


def open_question(said: Sequence[Sentence], after: int = 0) -> Line | None:
    """The last question the customer asked after message `after`, which is the last one they said was solved."""
    for sentence in reversed(said):
        if sentence.seq > after and sentence.is_question and not sentence.is_about_us:
            return Line(shorten(_without_greeting(sentence.text)), sentence.seq)
    return None


def shorten(text: str, longest: int = LONGEST) -> str:
    """One line of at most `longest` characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    head = text[:longest].rpartition(" ")[0]
    return (head or text[: longest - 1]).rstrip(" ,;:-–") + "…"


def _matter_begins(conversation: Conversation, assessment: Assessment | None) -> int:
    """The customer turn at which the present intent was first noticed: a change of matter moves the prior there."""
    now = assessment.intent if assessment else None
    others = [turn.seq for turn in conversation.turns if now and turn.intent not in (None, now)]
    if not others:
        return 0
    return sum(1 for message in conversation.customer_messages if message.seq <= max(others))


def _score(sentence: Sentence, begins: int, terms: frozenset[str]) -> float:
    """Where it stands + what it does + what it is about, minus what makes a line useless alone."""
    stems = _stems(sentence.words)
    score = -0.35 * abs(sentence.turn - begins) - 0.1 * min(sentence.place, 8)
    score += sum(weight for cue, weight in _WEIGHTS.items() if cue in sentence.cues) + 0.8 * sentence.is_question
    score += 0.12 * min(5, len(stems - _EMPTY)) + 0.3 * min(3, len(stems & terms))
    score -= 2.0 * sentence.is_about_us + 1.5 * sentence.is_courtesy + 0.8 * tells_a_step(sentence.text)
    return score - 1.2 * (len(sentence.words) < 3) - 0.4 * (len(sentence.words) > 45)


def _terms(assessment: Assessment | None, intent_name: str) -> frozenset[str]:
    """Words of the recognised intent: its name and the nearest examples that have it."""
    if assessment is None or assessment.intent is None:
        return frozenset()
    near = (example.text for example in assessment.nearest[:3] if example.intent == assessment.intent)
    return _stems(_WORD.findall(" ".join((intent_name, *near)).casefold())) - _EMPTY


def _stems(words: Iterable[str]) -> frozenset[str]:
    """Longer words cut to six letters: enough to let "charged" meet "charge" without a stemmer."""
    return frozenset([word[:6] for word in words if len(word) > 3])


def _deadline_elsewhere(said: Sequence[Sentence], best: Sentence, other: Sentence | None) -> str:
    """The latest deadline named outside the chosen sentences, in brackets."""
    named = [s for s in said if "request" in s.cues and not _MAY_LIMIT.isdisjoint(s.words)]
    if any(s in named and _DEADLINE.search(s.text) for s in (best, other) if s):
        return ""
    found = next((match for s in reversed(named) if (match := _DEADLINE.search(s.text))), None)
    return f" ({found.group(0)})" if found else ""


def _without_greeting(text: str) -> str:
    """The sentence without its "Hi team," and with a capital; untouched where nothing would be left."""
    rest = _GREETING.sub("", text, count=1).strip()
    rest = rest if len(rest) > 8 else text
    return rest if rest[1:2].isupper() else rest[:1].upper() + rest[1:]  # "iPhone" stays


_WEIGHTS = {"problem": 1.0, "request": 0.6, "leans_on_another": -0.4}
_EN, _DE = book("en", "wanted"), book("de", "wanted")
_POINTS = frozenset((*_EN.words("pointing"), *_DE.words("pointing")))
_EMPTY = frozenset(word[:6] for language in (_EN, _DE) for word in language.words("empty"))
_WORD = re.compile(r"\w+")
_GREETING = re.compile(
    rf"^(?:@\w+\s+)*(?:{either(_EN['greeting'], _DE['greeting'])}\b[^,.!?:\n]{{0,24}}[,.!:–-]+\s*)|^(?:@\w+\s+)+", re.I
)
_MAY_LIMIT = frozenset((*_EN.words("may_limit"), *_DE.words("may_limit")))
_NTH, _MONTH = r"\d{1,2}(?:st|nd|rd|th)", _EN["month"]
_DATE = rf"\d{{4}}-\d\d-\d\d|(?:{_NTH}|\d{{1,2}})(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}|the {_NTH}"
_TIME = rf"\d{{1,2}}:\d\d|\d{{1,2}} ?{_EN['clock']}"
_TAG = rf"(?:{_DE['to_the']} )?(?:{_DE['day']}|\d{{1,2}}\.(?: ?\w+)?)"
_DEADLINE = re.compile(
    rf"\b{_DE['until']} {_TAG}\b"
    rf"|\b(?:{_EN['until']} (?:{_EN['day']}|{_DATE}|{_TIME}|{_EN['end']})|{_EN['soon']})\b",
    re.I,
)
