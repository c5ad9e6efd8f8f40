"""Whether an agent asks for a step, and whether it is one that the customer has taken.

The one idea: "have you tried to clear the cache", "leeren Sie bitte den Cache" and "I deleted the cache" name one deed
in different words. So deeds have families, of English and German words; and the things done to must meet, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segue.desk.steps import substance


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for: the deeds, and the things. `begins`: where, as far as a question word could stand before."""

    begins: int
    deeds: frozenset[str]
    verb: frozenset[str]
    things: frozenset[str]
    is_any: bool
    """Whether any deed will do: "have you tried another browser"."""

    def is_met_by(self, step: str) -> bool:
        own, done = substance(step), deeds_in(step)
        if self.is_any and self.things:
            return bool(self.things & own)
        same = bool(self.deeds & done) if self.deeds else bool(self.verb & own)
        return same and (not self.things or bool(self.things & own))


def wished(sentence: str) -> Wish | None:
    """None where no step is asked for."""
    if found := _ENGLISH.search(sentence):
        rest = sentence[found.start() :]
        is_any = bool(found["did"]) or found["verb"].casefold() in ("try", "do", "repeat")
        verb, names = substance(found["verb"]), substance(rest)
        deeds = deeds_in(sentence[found.start("verb") :] if is_any else found["verb"] + _next(rest))
        return Wish(found.start(), deeds, verb, _without_deeds(rest, names) - verb, is_any)
    if _GERMAN.search(sentence):
        deeds = deeds_in(sentence)
        things = _without_deeds(sentence, substance(sentence))
        is_any = bool(_TO_TRY.search(sentence))
        return Wish(0, deeds, frozenset(), things, is_any) if deeds or is_any else None
    return None


def deeds_in(text: str) -> frozenset[str]:
    return frozenset(deed for deed, words in _DEEDS.items() if words.search(text))


def _next(rest: str) -> str:
    """The few words after the verb, for "log out" and "sign in"."""
    return " " + " ".join(rest.split()[2:6])


def _without_deeds(text: str, names: frozenset[str]) -> frozenset[str]:
    """The things: the words that are none of the deeds'."""
    told = {found.group(0) for words in _DEEDS.values() for found in words.finditer(text)}
    return names - {part[:5].casefold() for one in told for part in (one, *one.split())}


ALL_TRIED = re.compile(
    r"\b(?:what|which steps|anything)\b[^.?]{0,20}\b(?:(?:have|did|had) )?you(?: have)?(?: already"
    r"| so far)? (?:tried|try|done)\b"
    r"|\b(?:was|welche schritte) (?:haben sie|hast du|habt ihr)\b[^.?]{0,40}\b(?:versucht|probiert|ausprobiert"
    r"|unternommen|gemacht|getan)\b",
    re.I,
)
_ENGLISH = re.compile(
    r"\b(?:(?P<did>have you|did you)|could you|can you|would you|please(?! be)|kindly|so kind(?: and| to| as to))"
    r" (?:(?:already|also|please|maybe|perhaps|once|ever|just|kindly) )*(?P<verb>[\w-]+)",
    re.I,
)
_GERMAN = re.compile(
    r"\b(?:haben sie|hast du|habt ihr|sind sie|(?:können|könnten|würden) sie|(?:kannst|könntest|würdest) du|bitte"
    r"|(?:starten|leeren|löschen|prüfen|überprüfen|versuchen|probieren|installieren|aktualisieren|melden|laden|trennen"
    r"|verbinden|setzen|schalten|öffnen|schließen|rufen) sie)\b",
    re.I,
)
_TO_TRY = re.compile(r"\b(?:versuch|probier|ausprobier|getestet|testen|schon (?:mal|einmal))", re.I)
_DEEDS = {
    deed: re.compile(rf"\b(?:{words})\b", re.I)
    for deed, words in {
        "restart": r"(?:re)?(?:start|boot)(?:ed|ing|s)?|(?:neu )?(?:ge)?start(?:en|et|e)|neustart\w*",
        "clear": (
            r"clear(?:ed|ing)?|empt(?:y|ied|ying)|delet(?:e|ed|ing)|remov(?:e|ed|ing)|(?:ge)?leer(?:en|t)|(?:ge)?lösch(?:en|t)"
            r"|entfern(?:en|t)"
        ),
        "install": r"(?:re|un)?install(?:ed|ing)?|(?:de|neu)?installier(?:en|t)|neuinstallation",
        "reset": r"reset(?:ting)?|zurück(?:zu)?(?:ge)?setz(?:en|t)|setzen",
        "check": (
            r"(?:double-)?check(?:ed|ing)?|verif(?:y|ied)|look(?:ed)? (?:at|in|into)|(?:über|nach)?(?:ge)?prüf(?:en|t)"
            r"|kontrollier(?:en|t)|nach(?:zu)?(?:ge)?(?:sehen|schau(?:en|t))|an(?:zu)?(?:ge)?(?:sehen|schau(?:en|t))"
        ),
        "call": (
            r"call(?:ed|ing)?|phon(?:e|ed)|contact(?:ed|ing)?|sp(?:eak|oke|oken)|an(?:zu)?(?:ge)?rufen|kontaktier(?:en|t)"
            r"|(?:ge)?sprechen|gesprochen|telefonier(?:en|t)"
        ),
        "connect": (
            r"(?:re|dis)?-?connect(?:ed|ing)?|re-?link(?:ed)?|(?:ge)?trenn(?:en|t)|getrennt|verbinden|verbunden"
            r"|verknüpf(?:en|t)"
        ),
        "sign": (
            r"(?:log|sign)(?:ged|ed|ging|ing)? (?:out|off|in|back|on)|ab- und (?:wieder )?an(?:zu)?(?:ge)?melde(?:n|t)"
            r"|(?:ab|an)(?:zu)?(?:ge)?melde(?:n|t)|(?:aus|ein)(?:zu)?(?:ge)?logg(?:en|t)"
        ),
        "update": r"updat(?:e|ed|ing)|upgrad(?:e|ed|ing)|aktualisier(?:en|t)",
        "reload": r"(?:re|hard )?-?(?:load|fresh)(?:ed|ing)?|refresh(?:ed|ing)?|neu (?:zu )?(?:ge)?laden",
        "switch": (
            r"(?:dis|en)abl(?:e|ed|ing)|(?:turn|switch)(?:ed|ing)? (?:off|on)|(?:ab|aus|ein"
            r"|um)(?:zu)?(?:ge)?schalte(?:n|t)"
            r"|(?:de)?aktivier(?:en|t)"
        ),
    }.items()
}
