"""The topics of `desk/told.py`: how an agent names a thing and how a customer tells it, in English and in German."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """How an agent names a thing, and how a customer tells it: its group, or all of it."""

    kind: str
    asks: re.Pattern[str]
    tells: re.Pattern[str]


_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DATE = (
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:\d{2,4})?"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"(?: \d{1,2}(?:st|nd|rd|th)?)?(?: \d{4})?"
)
_TIME = (
    rf"(?:(?:last|this|next|the) )?(?:{_DAY}|week(?:end)?|month|year|morning|night|quarter)|yesterday|today|tomorrow"
    rf"|tonight|noon"
    rf"|midnight|(?:about |around )?\d{{1,2}}(?::\d\d)? ?(?:am|pm|o['’]clock|h\b)|{_DATE}"
    rf"|(?:a|\d+|two|three|four|five|six|several|a few|a couple of) (?:minute|hour|day|week|month|year)s?(?: ago)?"
)
_EVENT = r"(?:update|upgrade|release|change|migration|move|switch|relaunch)"
_TAG = (
    r"(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|heute(?: morgen| früh| abend)?|gestern(?: abend)?|vorgestern"
    r"|morgen|wochenende|woche|monat|quartal|jahr|anfang \w+|ende (?:des|der|dieser) \w+|monatsende|jahresende"
    r"|\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.(?:\d{2,4})?"
    r"|\d{1,2}\. ?(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)(?: \d{4})?"
    r"|(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)"
    r"|(?:\d+|ein(?:em|er)|zwei|drei|vier|fünf|einigen|mehreren|ein paar) (?:minute|stunde|tag|woche|monat"
    r"|jahr)(?:e?n?|s)?)"
)
_EREIGNIS = r"(?:update|aktualisierung|umstellung|wechsel|umzug|migration|änderung|relaunch)"
_ART = (
    r"(?:(?:de[mnr]|unsere[mr]|etwa|ca\.|ungefähr|letzte[mnr]?|diese[mnr]?|vergangene[mnr]?|nächste[mnr]?"
    r"|zum|am) ){0,3}"
)
_WENT_WELL = r"(?:ging|lief|funktionierte|klappte|war|hat|gab)"
TOPICS = (
    Topic(
        "browser",
        re.compile(r"\bbrowsers?(?:[ -]?version)?\b", re.I),
        re.compile(
            r"\b(?:(?:google )?chrome|(?:mozilla )?firefox|safari|(?:microsoft )?edge|opera|brave|vivaldi|chromium"
            r"|internet explorer|samsung internet)\b(?:\s(?:version )?\d[\d.]*)?",
            re.I,
        ),
    ),
    Topic(
        "device",
        re.compile(
            r"\b(?:operating system|os|devices?|computer|platform|machine|(?:phone|laptop"
            r"|tablet)(?! number)(?: model)?|betriebssystem|geräte?|rechner|handy|smartphone|telefon|system)\b",
            re.I,
        ),
        re.compile(
            r"\b(?:windows(?: \d+| xp| vista)?|mac ?os(?: [\d.]+)?|os x|macbook(?: air| pro)?|i?mac"
            r"|iphone(?: \w?\d+\w*)?"
            r"|ipad|android(?: [\d.]+)?|ios(?: [\d.]+)?|ubuntu|debian|linux|chromebook|galaxy \w+|pixel(?: \d+)?)\b",
            re.I,
        ),
    ),
    Topic(
        "since",
        re.compile(
            r"\b(?:since when|from when|how long (?:has|have|is|does|ago)|when (?:exactly )?(?:did|has|was|were"
            r"|have)|(?:seit|ab) wann|wie lange (?:schon|besteht|tritt|ist|geht)|wann (?:genau )?(?:hat|haben|ist|trat"
            r"|begann|fing|war|wurde))\b",
            re.I,
        ),
        re.compile(
            rf"\b(?:since|until|till|from|after|started|starting|began|as of|on) (?:the |our |my )?"
            rf"(?:(?:\w+ )?{_EVENT}(?: (?:{_TIME}))?|(?:{_TIME}))(?!\w)"
            rf"|\b(?:for|over) (?:the )?(?:(?:last|past) )?(?:{_TIME})(?!\w)|\b(?:yesterday|this morning"
            rf"|last night)\b(?: (?:morning|afternoon|evening|night))?"
            rf"|\b(?:seit|ab|nach) {_ART}(?:{_EREIGNIS}(?: (?:am |vom )?{_TAG})?|{_TAG})(?!\w)"
            rf"|\bbis {_ART}{_TAG}(?= (?:\w+ )?{_WENT_WELL}\b)|\b(?:gestern|vorgestern|heute (?:morgen|früh))\b",
            re.I,
        ),
    ),
    Topic(
        "time",
        re.compile(
            r"\b(?:(?:what|which) (?:exact )?time|when (?:during|of) the day|um wie ?viel uhr"
            r"|zu welcher (?:uhr)?zeit)\b",
            re.I,
        ),
        re.compile(
            r"\b(?:at|about|around) (?:about |around )?\d{1,2}(?::\d\d)? ?(?:am|pm|o['’]clock|h)?(?![\w%]|\.\d)"
            r"|\b(?:(?:gegen|um) )?(?:etwa |ca\. )?\d{1,2}(?:[:.]\d\d)? uhr\b",
            re.I,
        ),
    ),
    Topic(
        "deadline",
        re.compile(
            r"\b(?:by|until) (?:when|what date|which (?:date|day))\b|\bwhen do you need\b|\bhow (?:urgent|soon)\b"
            r"|\bbis wann\b|\bwann (?:brauchen|benötigen) sie\b|\bwie (?:eilig|dringend)\b",
            re.I,
        ),
        re.compile(
            rf"\b(?:by|before|until|no later than) (?:(?:the )?(?:end|middle|beginning|start) of )?(?:{_TIME})(?!\w)"
            rf"|\b(?:bis|vor|spätestens) {_ART}{_TAG}(?!\w)(?! (?:\w+ )?{_WENT_WELL}\b)",
            re.I,
        ),
    ),
    Topic(
        "error",
        re.compile(
            r"\berror(?: message| code| text)?\b|\b(?:exact )?(?:wording|text) (?:of|that)\b|\b(?:which|what) message\b"
            r"|\bwhat (?:exactly )?do(?:es)? (?:it|the \w+(?: \w+)?|you) (?:say|show|read|see|tell)\b"
            r"|\bfehler(?:meldung|code|text)?\b|\bwortlaut\b|\bwelche meldung\b"
            r"|\bwas (?:genau )?(?:steht|zeigt|sagt|erscheint|meldet|sehen sie|lesen sie|wird (?:ihnen )?"
            r"(?:da |dort |genau )?angezeigt)\b",
            re.I,
        ),
        re.compile(
            r"[\"“„«]([^\"“”»\n]{6,120})[\"”“»]|\berror (?:code )?[:#]?\s?[a-z]{0,4}-?\d[\w\-]*"
            r"|\b(?:it|screen|page|app|message|window|pop-?up|which|site|system|button) (?:just |only |then )?"
            r"(?:says?|said|shows?|reads?|tells me|told me)(?: that|:)? ([^.!?\n]{6,120})"
            r"|\b(?:da|dort|es) (?:steht|heißt es|kommt|erscheint)(?: nur| dann)?:? ([^.!?\n]{6,120})"
            r"|\bfehler(?:code|meldung)? ?[:#]?\s?[a-z]{0,4}-?\d[\w\-]*",
            re.I,
        ),
    ),
)
