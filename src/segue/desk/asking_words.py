"""How an agent asks: the words of English and of German by which `desk/asked.py` reads a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    asks: re.Pattern[str]
    """That the sentence wants an answer at all."""
    question_word: re.Pattern[str]
    """Leads to the name of what is asked for: which, what."""
    is_asked_about: re.Pattern[str]
    """Any question word: the name itself may be one ("since when")."""
    verb: re.Pattern[str]
    """Of asking, before the name."""
    turns: re.Pattern[str]
    """After a question word: from here on it is about something else."""
    turns_away: re.Pattern[str]
    """And after a verb."""
    offers: re.Pattern[str]
    another: re.Pattern[str]
    """Right before the name: it is not the thing they have."""
    states: re.Pattern[str]
    """A short sentence that says something."""
    frame: re.Pattern[str] | None = None
    last: re.Pattern[str] | None = None
    """The two halves between which a German name stands."""
    was_done: re.Pattern[str] | None = None
    """Asks whether something happened with the name."""


ENGLISH = Tongue(
    asks=re.compile(
        r"\?|\b(?:please|pls|kindly|(?:could|can|would|will) you|(?:may|can|could) (?:i|we) (?:ask|have|get"
        r"|know|see))\b"
        r"|\blet (?:me|us) know\b|\b(?:we|i)(?:['’]ll|['’]d| will| would)?(?: still| also| only)? (?:need|require)\b"
        r"|\b(?:would|will) (?:need|help|be (?:good|great|helpful|useful))\b|\b(?:like|love|need|want"
        r"|helps?(?: \w+)?) to know\b"
        r"|\bwondering\b",
        re.I,
    ),
    question_word=re.compile(r"\b(?:which|what(?:['’]s)?)\b", re.I),
    is_asked_about=re.compile(
        r"\b(?:which|what(?:['’]s)?|since when|from when|(?:by|until) when|when|where|how (?:many|much|long))\b", re.I
    ),
    verb=re.compile(
        r"\b(?:send|give|provide|share|tell|say|confirm|specify|state|name|mention|write|attach|include|forward|add"
        r"|upload|describe|need|require|know|remember|ask(?: you)?(?: for)?|remind (?:me|us) of|(?:may|can|could)"
        r" (?:i|we)(?: please| kindly)? (?:have|get|see)|to (?:get|have|see)|do you (?:still )?have|do you (?:see|get)"
        r" (?=an?\b|any\b|some\b)|did you (?:get|see) (?=an?\b|any\b)|did you note|is there)\b",
        re.I,
    ),
    turns=re.compile(
        r"\b(?:if|whether|when|while|once|after|before|because|should|shall|so that"
        r"|do(?:es)? (?:not )?\w+ (?:of|to|with)"
        r" (?:the|your))\b|;",
        re.I,
    ),
    turns_away=re.compile(
        r"\b(?:if|whether|when|while|once|after|before|because|so that|that (?:the|your)|to (?:the|your|a)"
        r"|in(?:to)?)\b|;",
        re.I,
    ),
    offers=re.compile(
        r"\b(?:shall|should) (?:i|we)\b|\bdo you (?:still |also )?(?:want|need|wish)\b|\bwould you (?:like|prefer)\b"
        r"|\b(?:may|can|could) (?:i|we) (?!(?:please |kindly |just )?(?:ask|have|get|know|see)\b)"
        r"|(?<!can )(?<!may )(?<!could )\b(?:i|we)(?:['’](?:ll|ve)| will| have|['’]m| am|['’]re| are| can) (?!need"
        r"|require|wondering|to know|asking)",
        re.I,
    ),
    another=re.compile(
        r"\b(?:another|other|different|new|newer|newest|latest|next|updated|corrected|same|this|that|these|those|our|my)"
        r"(?: \w+)? $|\b(?:screenshot|picture|photo|copy|recording|log|list)s? of (?:the|your) (?:\w+ )?$",
        re.I,
    ),
    states=re.compile(r"\b(?:is|are|was|were|has|have|will|changed|try|use|open|click|check)\b", re.I),
)
_OURS = "(?:ich|wir)"
_THEM = "(?:sie|du|ihr)"
GERMAN = Tongue(
    asks=re.compile(
        rf"\?|\bbitte\b|\b{_OURS} (?:(?:noch|nur|auch) )?(?:brauche|bräuchte|benötige)n?\b|\b(?:brauche"
        rf"|bräuchte|benötige)n?"
        rf" {_OURS}\b|\b(?:nennen|schicken|senden|geben|teilen|sagen|beschreiben|schildern|schreiben|laden"
        rf"|verraten) sie\b"
        r"|\b(?:mir|uns) fehl(?:t|en)\b|\b(?:wüsste|gerne? wissen|hilfreich|würde helfen|hilft (?:mir|uns))\b",
        re.I,
    ),
    question_word=re.compile(
        r"\b(?:welche[nrms]?|was für|wie (?:lautet|heißt|ist|war|hoch)|was (?:ist|steht|war))\b", re.I
    ),
    is_asked_about=re.compile(
        r"\b(?:(?:um |auf |an |in |bei |mit |seit |ab |bis |von |unter )?(?:welche[nrms]?|wie viele?|wann|was)"
        r"|wo|wer|wie"
        r"|warum|weshalb)\b",
        re.I,
    ),
    verb=re.compile(
        rf"\b(?:(?:nennen|schicken|senden|geben|sagen|schreiben|teilen|bestätigen|verraten|laden|leiten) {_THEM}"
        rf"|(?:nenn|schick|sende?|gib|sag|schreib)e? (?:mir|uns)|{_OURS} (?:(?:noch|nur|auch) )?(?:brauche|bräuchte"
        rf"|benötige)n?|(?:brauche|bräuchte|benötige)n? {_OURS}|(?:mir|uns) fehl(?:t|en)|(?:haben|hätten|kennen|wissen)"
        r" (?:sie|ihr)|(?:hast|hättest|kennst|weißt) du|(?:gibt es|erscheint|kommt|sehen sie|siehst du) (?:da |dort )?"
        r"(?=eine\b|einen\b|irgendeine?\b))\b",
        re.I,
    ),
    turns=re.compile(r"\b(?:ob|wenn|falls|während|sobald|nachdem|bevor|weil|damit|dass|soll|sollen)\b|;", re.I),
    turns_away=re.compile(
        r"\b(?:ob|wenn|falls|während|sobald|nachdem|bevor|weil|damit|dass)\b|;|\b(?:an|in|auf|unter|mit|von|zu|per|über|für"
        r"|aus|wegen|bei) (?:(?:d(?:ie|er|as|en|em)|ihre?\w*|eine?\w*|unsere?\w*) )?$",
        re.I,
    ),
    offers=re.compile(
        rf"\bsoll(?:en|te|ten)? {_OURS}\b|\b(?:möchten|wollen|brauchen|benötigen) {_THEM}\b|\b{_OURS} (?:habe"
        rf"|werde|schicke"
        rf"|sende|sehe|prüfe|melde|kann|können|schreibe|ändere|trage|erstatte)n?\b|\b(?:darf|kann|können) {_OURS}"
        r" (?:ihnen|sie|dir|dich)\b",
        re.I,
    ),
    another=re.compile(
        r"\b(?:ander|neu|neuer|neuest|nächst|letzt|korrigiert|gleich|selb|dies|jen|unser|mein"
        r"|aktualisiert)(?:e[nrms]?)? "
        r"(?:\w+[- ])?$|\b(?:unser|mein) $|\b(?:screenshot|foto|bild|aufnahme|kopie|liste)s? (?:der|des|ihrer|von der) "
        r"(?:\w+ )?$",
        re.I,
    ),
    states=re.compile(
        r"\b(?:ist|sind|war|wurde|hat|haben|habe|wird|versuchen|öffnen|klicken|prüfen|liegt|stimmt|steht|danke|kommt)\b",
        re.I,
    ),
    frame=re.compile(
        rf"\b(?:können|könnten|würden|kannst|könntest|würdest) {_THEM}\b|\b(?:darf|dürfte|kann|könnte) ich\b|\bbitte\b"
        r"|\bist es möglich\b",
        re.I,
    ),
    last=re.compile(
        r"\b(?:(?:zu)?nennen|(?:zu)?sagen|(?:durch|an)?geben|(?:zu)?(?:schicken|senden)|mitteilen|bestätigen|verraten"
        r"|zukommen|übermitteln|weiterleiten|fragen|erfahren|wissen|haben|anhängen|hochladen|beifügen|schreiben|mit)\b",
        re.I,
    ),
    was_done=re.compile(
        r"\b(?:haben sie|hast du|habt ihr)\b.*…[^?]*\b(?:ge\w{3,}|\w+iert|erhalten|bekommen|be\w{3,}t"
        r"|ver\w{3,}t|über\w+t)"
        r"\s*\?",
        re.I,
    ),
)
