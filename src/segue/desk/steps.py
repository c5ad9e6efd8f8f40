"""What a customer did about their matter before anybody asked: the steps they name, in English and in German.

The one idea: a step is a verb of trying, in the past, of whoever writes. "How do I reset it", "I have not tried another
browser" and "if I restart it" name the same things and tell of nothing done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

LONGEST_READ = 600
"""Characters of a sentence that are looked at."""


@lru_cache(maxsize=512)
def first_step(sentence: str) -> tuple[int, int] | None:
    """Where its first step stands; None where it tells of none. Kept for a while, as the guard asks at each pause."""
    read = sentence[:LONGEST_READ]
    ways = (_ENGLISH.finditer(read), _ALONE.finditer(read), _OF_NO_USE.finditer(read), _done_in_german(read))
    places = [found.span() for way in ways for found in way if not _is_only_asked(read, found)]
    return min(places, default=None)


def tells_a_step(sentence: str) -> bool:
    return first_step(sentence) is not None


def told_around(sentence: str, longest: int) -> str:
    """Of a sentence that is longer than that, from the part on that tells of the step."""
    place = first_step(sentence)
    if place is None or len(sentence) <= longest or place[1] <= longest:
        return sentence
    begins = max(found.end() for found in _PART.finditer(sentence, 0, place[0] + 1))
    return "… " + sentence[begins:].lstrip()


def done_in(sentence: str) -> str:
    """The sentence without the parts that say what was not done."""
    ends = [*(part.start() for part in _PART.finditer(sentence, 1)), len(sentence)]
    parts = (sentence[begins:end] for begins, end in zip([0, *ends], ends, strict=False))
    return "".join(part for part in parts if not _NOT_DONE.search(part))


def substance(text: str) -> frozenset[str]:
    """Longer words and names, cut to five letters: so "restart" meets "restarting", "geleert" stays "geleert"."""
    return frozenset(word[:5].casefold() for word in _WORD.findall(text)) - _COMMON


def _done_in_german(sentence: str) -> Iterator[re.Match[str]]:
    """The participle that belongs to "ich habe": before it in the same breath nothing says no."""
    is_mine, begins = False, 0
    for part in (*_PART.finditer(sentence), None):
        ends = part.start() if part else len(sentence)
        clause = sentence[begins:ends]
        is_mine = bool(_MINE.search(clause)) or (is_mine and not _ANOTHERS.search(clause))
        if is_mine:
            for found in _PARTICIPLE.finditer(sentence, begins, ends):
                if not _NO.search(sentence, begins, found.start()):
                    yield found
        begins = part.end() if part else ends
    yield from _PLAIN.finditer(sentence)


def _is_only_asked(sentence: str, found: re.Match[str]) -> bool:
    """Whether it is asked about, or only thought of. A question that begins with what was done tells of it."""
    before = sentence[: found.start()]
    if _THOUGHT_OF.search(before):
        return True
    if not sentence.rstrip("\"'”’) ").endswith("?") or _ALREADY.search(found.group(0)):
        return bool(_ASKED_HOW.match(sentence) and not _PART.search(before[1:]))
    return bool(_ASKS.match(sentence)) and not _PART.search(before[1:])


_VERBS = (
    "tried|restarted|rebooted|reinstalled|uninstalled|cleared|emptied|checked|double-?checked|updated|upgraded|changed"
    "|deleted|removed|unplugged|disabled|enabled|followed|contacted|called|phoned|e-?mailed|done|looked|verified"
    "|confirmed|refreshed|reloaded|reconnected|disconnected|submitted|resubmitted|uploaded|downloaded|searched|logged"
    "|signed|switched|turned|replaced|swapped|tested|compared|re-?linked|re-?synced|re-?authori[sz]ed|re-?uploaded"
    "|re-?imported|re-?exported|renewed|unlocked|whitelisted|spoke|spoken|spoken with|opened|closed|repeated"
    "|retried|re-?entered|resent|re-?sent|re-?ran|re-?did|revoked|toggled|connected again|installed"
)
_SAME_FORM = "reset|read|ran(?! into| out)|went (?:to|into|through|over)|sent|did|used(?! to)"
_OFTEN = r"(?: (?:already|just|also|even|then|now|once|twice|meanwhile|again|both|first|both|since|now))"
_ENGLISH = re.compile(
    rf"\b(?:i|we|my (?:colleague|boss|admin|team))(?: and \w+)?(?:['’]ve|['’]d| have| had| has)?{_OFTEN}{{0,3}} "
    rf"(?:{_VERBS})\b(?! (?:out why|to know|for (?:a|an|the) (?:person|human|refund)))"
    rf"|\b(?:i|we)(?:['’]ve|['’]d| have| had)?{_OFTEN}{{0,3}} (?:{_SAME_FORM})(?! not\b)\b"
    rf"|(?:(?<=, )|(?<=and )|(?<=then ))(?:{_VERBS}) (?:the|my|our|all|it|them|to|with|in|out|off|on|another|again)\b",
    re.I,
)
_ALONE = re.compile(
    rf"^\W*(?:(?:so far|yes|no|hi|hello)[,:]? )?(?:(?:already|also|just|even|have already|have) )*(?:{_VERBS}|reset)\b"
    r"|\balready (?:tried|done|did|checked|restarted|reset|cleared|updated|reinstalled)\b|\btried (?:that|this|it"
    r"|everything|all|both|twice)\b|^\W*schon (?:versucht|probiert)",
    re.I,
)
_OF_NO_USE = re.compile(
    r"\b(?:(?:re)?(?:start|boot|install|connect|load|set)|clear|reset|refresh|chang|updat|switch|us|try|disabl|enabl"
    r"|remov|delet)(?:t?ing)\b[^.?!;]{0,60}?\b(?:(?:did|does|do|has|have)(?:n['’]t| not) (?:\w+ )?(?:help|work|chang"
    r"|fix|solv|mak)\w*|(?:chang|help|fix|solv)(?:es|ed|s|d)? nothing|made no difference|was no help)"
    r"|\b(?:a|the|even a) (?:restart|reboot|reinstall|reset)\b[^.?!;]{0,40}?\b(?:did|does|has)(?:n['’]t| not)\b"
    r"|\bafter (?:a |the )?(?:restart|reboot|reinstall|reset)(?:ing|t?ing)?\b[^.?!;]{0,60}\b(?:same|still|again|no)\b"
    r"|\bsame (?:\w+ )?(?:in|on|with|after) (?:a |an |the |my )?(?:\w+ ){0,2}(?:chrome|firefox|safari|edge|browser"
    r"|incognito|private|window|device|phone|laptop|computer|network|restart|reinstall\w*)\b"
    r"|\b(?:neustart|neuinstallation|neu(?:anmelden|laden|starten)|abmelden|zurücksetzen|löschen|leeren|update|wechsel"
    r"|ab- und anmelden)\b[^.?!;]{0,50}?\b(?:hat|haben|half|hilft|bringt|brachte|ändert|änderte|blieb)\b[^.?!;]{0,30}"
    r"?\b(?:nichts|nicht|ohne)\b|\b(?:auch )?nach (?:dem|einem) (?:neustart|update|zurücksetzen|löschen|leeren)\b"
    r"|\bim (?:firefox|chrome|safari|edge|privaten fenster|inkognito\w*)\b[^.?!;]{0,20}\b(?:dasselbe|das gleiche"
    r"|genauso)\b",
    re.I,
)
_MINE = re.compile(
    r"\b(?:hab|habe)\b|\b(?:wir|bereits|schon) haben\b|\bhaben (?:wir|ich)\b|\bhatten? (?:ich|wir)\b"
    r"|\b(?:ich|wir) hatten?\b|\bbin ich\b|\bich bin\b",
    re.I,
)
_ANOTHERS = re.compile(r"\b(?:sie|er|es|ihr|du|das|die|der) (?:haben|hat|habt|hast|ist|sind|wurde|war)\b", re.I)
_PARTICIPLE = re.compile(
    r"\b(?:versucht|(?:aus)?probiert|(?:neu ?|wieder )?gestartet|zurückgesetzt|(?:neu |de|wieder )?installiert|gelöscht"
    r"|geleert|(?:über)?geprüft|kontrolliert|nach(?:gesehen|geschaut)|an(?:gesehen|geschaut)|geschaut|aktualisiert"
    r"|geändert|entfernt|getrennt|(?:neu |wieder )?verbunden|(?:ab|an|um)gemeldet|(?:aus|ein)geloggt|(?:de)?aktiviert"
    r"|(?:ab|aus|ein|um)geschaltet|befolgt|kontaktiert|angerufen|telefoniert|gesprochen|gelesen|gemacht|getan|bestätigt"
    r"|verglichen|(?:hoch|herunter|runter|neu ?|nach)geladen|gesucht|durchsucht|(?:aus)?getauscht|gewechselt|umgestellt"
    r"|erneuert|wiederholt|benutzt|verwendet|getestet|gefragt|geöffnet|geschlossen|gewartet|verknüpft|freigegeben"
    r"|entsperrt|gesendet|geschickt|gegangen|durchgegangen|eingegeben|ausgefüllt|synchronisiert)\b",
    re.I,
)
_PLAIN = re.compile(
    r"^\W*(?:schon|bereits|auch)(?: (?:alles|mehrfach|zweimal))? (?:versucht|probiert|gemacht|geprüft|neu gestartet"
    r"|gelöscht|geleert)\b|\b(?:ich|wir) (?:versuchten?|probierten?|prüften?|löschten?|leerten?|starteten? neu)\b",
    re.I,
)
_NO = re.compile(r"\b(?:nicht|nie|niemals|keine?[nrms]?|weder|ohne)\b", re.I)
_NOT_DONE = re.compile(
    rf"(?:\bnot|\bnever|n['’]t)(?: yet| even)? (?:{_VERBS}|{_SAME_FORM})\b|\b(?:nicht|noch keine?[nmrs]?|nie)\b[^,;]*"
    rf"{_PARTICIPLE.pattern}",
    re.I,
)
_THOUGHT_OF = re.compile(
    r"\b(?:if|once|unless|before|until|should|could|would|can|must|may|will|do|does|did|how|as soon as|wenn"
    r"|falls|sobald"
    r"|bevor|not|never|without)\s*$|n['’]t\s*$|\b(?:if|unless|wenn|falls|sobald|how (?:do|can|should))\b[^,;]*$",
    re.I,
)
_ALREADY = re.compile(r"\b(?:already|have|had|twice)\b|['’](?:ve|d)\b", re.I)
_ASKS = re.compile(
    r"\W*(?:(?:hi|hello|hallo|und|and|so)[,!]? )?(?:why|how|what|when|where|which|who|can|could|do|does|did|is"
    r"|are|was|has"
    r"|should|warum|wieso|wie|wo|wann|welche\w*|wer|habe ich|haben wir|hab ich|kann|können|soll|muss|ist|sind)\b",
    re.I,
)
_ASKED_HOW = re.compile(r"\W*(?:how (?:do|can|to|should)|wie (?:kann|können|soll|geht))\b", re.I)
_PART = re.compile(r"[,;:–—(]\s|\s(?:but|and|so|then|aber|und|sondern|doch|dann)\s|^", re.I)
_WORD = re.compile(r"[^\W\d_]{5,}|(?<=[^.!?] )[A-ZÄÖÜ][^\W\d_]{2,}")
_COMMON_WORDS = """
    about account after again already another answer asked assistant before check colleague could customer doing every
    first going helped issue nothing number order other please problem provide question really right share should still
    their there these thing those tried trying under using where which while would
    aber alles andere anderen bereits bitte bisher dabei damit diese dieser dieses einem einen einer einmal erneut etwas
    frage geholfen gerade gibt haben hatte ihnen immer jetzt könnten können leider machen mehr meine meinen mit nicht
    nichts noch nochmal problem schon sowie trotzdem unsere unser versucht versuchen viele vielen waren werden wieder
    wurde würden zweimal ausprobiert probiert auch das den der die dem ich sie und wir
"""
_COMMON = frozenset(word[:5] for word in _COMMON_WORDS.split())
