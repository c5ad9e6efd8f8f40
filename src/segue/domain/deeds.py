"""Whether words say that something was done. No action of the house runs from a conversation yet, so the assistant
has done nothing, and no word of its own may say it has (trust R13).

What it quotes of an approved article is the article's: a person wrote and approved it, and the answer names the source.
So the grounds, and the names that a lead gave, are taken out before its own words are read. Read are the languages in
which the house has words of its own; this is a net under an assistant that composes, not a proof about one that lies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from segue.domain.answer import Abstention, Answer, AnswerKind

_DONE = (
    r"(?:refund|cancel+|clos|delet|remov|chang|updat|credit|issu|upgrad|downgrad|transferr?|process|activat|deactivat|"
    r"unlock|creat|add|extend|appl[iy]|approv|reimburs|escalat|forward|fil|book|charg|correct|fix|restor|repa[iy]r|"
    r"register|unsubscrib|arrang|order|wip|eras|block|suspend|initiat|submitt?|schedul|renew|waiv|revers)(?:i?e?d)"
    r"|reset|sent|paid|made|given|taken|done|put|set"
)
_GETAN = (
    r"(?:zurück)?erstattet|(?:zurück|über|gut|an|ein|aus)ge(?:zahlt|bucht|wiesen|schrieben|legt|richtet)|überwiesen|"
    r"storniert|gekündigt|gelöscht|geschlossen|geändert|aktualisiert|entfernt|(?:de)?aktiviert|gesperrt|entsperrt|"
    r"zurückgesetzt|verlängert|weitergeleitet|gesendet|geschickt|verschickt|bezahlt|veranlasst|behoben|repariert|"
    r"beantragt|bestellt|korrigiert|erledigt|genehmigt|gutgeschrieben|umgestellt|angepasst|erlassen"
)
_BETWEEN = r"(?:[\w'’]+ly |just |now |already |also |even |gone ahead and )*"
_DEED = re.compile(
    rf"\b(?:i|we)(?:['’]ve| have| did| had|['’]d)? {_BETWEEN}(?:{_DONE})\b"
    rf"|\b(?:ha(?:s|ve)(?: now)? been|(?:is|are|was|were)(?: now| already)?) {_BETWEEN}(?:{_DONE})\b"
    rf"|\b(?:haben?|wurden?|ist|sind)\b[^.!?\n]*?\b(?:{_GETAN})\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\A[^*\n]{0,80}\*\*[^*\n]{1,200}\*\*\W?$|^\*\*\d+\. [^*\n]{1,200}\*\*$|^\d+\. [^\n]{1,200}$", re.MULTILINE
)
"""Where the house's own sentences hold the name of a matter, which a lead gave: behind the words with which an answer
begins, and in numbered lines."""
_LITERAL = 12
"""Letters that a paragraph with variables has of its own, at least, to be known again."""
_BLANK = re.compile(r"\n[^\S\n]*\n")
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")


def claimed(text: str, quoted: Sequence[str] = ()) -> str:
    """The words of `text`, outside what is `quoted`, that say something was done; empty where none do. A quote is known
    paragraph by paragraph, for the one that answers best may be told before the others."""
    paragraphs = {part.strip() for words in quoted for part in _BLANK.split(words) if _says_enough(part)}
    for words in sorted(paragraphs, key=len, reverse=True):
        text = _as_said(words).sub("\n", text) if "{{" in words else text.replace(words, "\n")
    found = _DEED.search(_NAME.sub("", text))
    return found[0] if found else ""


def honest(answer: Answer) -> Answer:
    """The same answer; or an abstention where it claims that it did something itself, so that a person looks at that
    message."""
    quoted = [words for ground in answer.grounds for words in (ground.text, ground.title, ground.heading)]
    if not claimed(answer.text, quoted):
        return answer
    return Answer(AnswerKind.ABSTENTION, abstention=Abstention.NO_GROUNDS, intent=answer.intent)


def _says_enough(words: str) -> bool:
    """What is hardly more than variables would be found in anything."""
    return bool(words.strip()) and ("{{" not in words or len(re.findall(r"\w", _VARIABLE.sub("", words))) >= _LITERAL)


def _as_said(words: str) -> re.Pattern[str]:
    """What stands in an article, with any value where it has a variable."""
    return re.compile("[^\n]{0,300}?".join(map(re.escape, _VARIABLE.split(words))))
