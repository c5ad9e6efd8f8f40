"""The topics of `desk/told.py`: how an agent names a thing and how a customer tells it, in English and in German."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segue.desk.phrase_books import book, either, whole


@dataclass(frozen=True, slots=True)
class Topic:
    """How an agent names a thing, and how a customer tells it: its group, or all of it."""

    kind: str
    asks: re.Pattern[str]
    tells: re.Pattern[str]


_EN, _DE = book("en", "topics"), book("de", "topics")
_TIMES, _ZEITEN = book("en", "times"), book("de", "times")
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:\d{2,4})?"
    rf"|(?:{_NTH}(?: of)? )?{_TIMES['month']}[a-z]*(?: {_NTH})?(?: \d{{4}})?"
)
_TIME = (
    rf"(?:{_TIMES['time']}|(?:{_TIMES['about']} )?\d{{1,2}}(?::\d\d)? ?(?:{_TIMES['clock']}|h\b)|{_DATE}"
    rf"|(?:\d+|{_TIMES['count']}) {_TIMES['span']}s?(?: ago)?)"
)
_TAG = (
    rf"(?:{_ZEITEN['day']}|\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{2,4}})?"
    rf"|\d{{1,2}}\. ?{_ZEITEN['month']}(?: \d{{4}})?|{_ZEITEN['month']}"
    rf"|(?:\d+|{_ZEITEN['count']}) {_ZEITEN['span']})"
)
_ART, _WENT_WELL = rf"(?:{_ZEITEN['before']} ){{0,3}}", rf" (?:\w+ )?{_DE['went_well']}\b"
_NEAR = r"[^.?!\n]{0,60}?"
_NTH_DAY = rf"on the \d{{1,2}}(?:st|nd|rd|th)\b(?! (?:of )?{_TIMES['month']})"
_NTER_TAG = rf"am \d{{1,2}}\.(?! ?(?:\d|{_ZEITEN['month']}))"
"""A day of the month that is not named: of one with its month the briefing knows."""
_WORDS = r"([^.!?\n]{6,120})"
_CODE = r"[:#]?\s?[a-z]{0,4}-?\d[\w\-]*"
TOPICS = (
    Topic(
        "browser",
        whole(_EN["browser"]),
        re.compile(
            r"\b(?:(?:google )?chrome|(?:mozilla )?firefox|safari|(?:microsoft )?edge|opera|brave|vivaldi|chromium"
            r"|internet explorer|samsung internet)\b(?:\s(?:version )?\d[\d.]*)?",
            re.I,
        ),
    ),
    Topic(
        "device",
        whole(_EN["device"], _DE["device"]),
        re.compile(
            r"\b(?:windows(?: \d+| xp| vista)?|mac ?os(?: [\d.]+)?|os x|macbook(?: air| pro)?|i?mac"
            r"|iphone(?: \w?\d+\w*)?"
            r"|ipad|android(?: [\d.]+)?|ios(?: [\d.]+)?|ubuntu|debian|linux|chromebook|galaxy \w+|pixel(?: \d+)?)\b",
            re.I,
        ),
    ),
    Topic(
        "since",
        whole(_EN["since_when"], _DE["since_when"]),
        re.compile(
            rf"\b{_EN['since']} (?:(?:\w+ )?{_EN['event']}(?: {_TIME})?|{_TIME})(?!\w)"
            rf"|\b{_EN['for']} {_TIME}(?!\w)|\b{_EN['lately']}\b(?: {_EN['part_of_day']})?"
            rf"|\b{_DE['since']} {_ART}(?:{_DE['event']}(?: (?:{_DE['of_day']} )?{_TAG})?|{_TAG})(?!\w)"
            rf"|\b{_DE['until']} {_ART}{_TAG}(?={_WENT_WELL})|\b{_DE['lately']}\b",
            re.I,
        ),
    ),
    Topic(
        "time",
        whole(_EN["what_time"], _DE["what_time"]),
        re.compile(
            rf"\b{_EN['at']} (?:{_TIMES['about']} )?\d{{1,2}}(?::\d\d)? ?{either(_TIMES['clock'], 'h')}?(?![\w%]|\.\d)"
            rf"|\b(?:{_DE['at']} )?(?:{_ZEITEN['about']} )?\d{{1,2}}(?:[:.]\d\d)? {_ZEITEN['clock']}\b",
            re.I,
        ),
    ),
    Topic(
        "deadline",
        whole(_EN["by_when"], _DE["by_when"]),
        re.compile(rf"\b{_EN['by']} {_TIME}(?!\w)|\b{_DE['by']} {_ART}{_TAG}(?!\w)(?!{_WENT_WELL})", re.I),
    ),
    Topic(
        "number",
        re.compile(
            rf"\b{_EN['how_often']}\b(?=[^.?!]{{0,60}}\b{_EN['charged']}\b)"
            rf"|\b{_DE['how_often']}\b(?=[^.?!]{{0,60}}\b{_DE['charged']}\b)",
            re.I,
        ),
        re.compile(
            rf"\b{_EN['charged']}\b[^.?!\n]{{0,60}}?\b({_EN['so_often']})\b|\b({_EN['so_often']}) {_EN['charged']}\b"
            rf"|\b({_DE['so_often']})\b[^.?!\n]{{0,60}}?\b{_DE['charged']}\b",
            re.I,
        ),
    ),
    Topic(
        "date",
        re.compile(
            rf"\b{_EN['when']}\b(?=[^.?!]{{0,60}}\b{_EN['charged']}\b)"
            rf"|\b{_DE['when']}\b(?=[^.?!]{{0,60}}\b{_DE['charged']}\b)",
            re.I,
        ),
        re.compile(
            rf"\b{_EN['charged']}\b{_NEAR}\b({_NTH_DAY})|\b({_NTH_DAY}){_NEAR}\b{_EN['charged']}\b"
            rf"|\b{_DE['charged']}\b{_NEAR}\b({_NTER_TAG})|\b({_NTER_TAG}){_NEAR}\b{_DE['charged']}\b",
            re.I,
        ),
    ),
    Topic(
        "error",
        whole(_EN["which_error"], _DE["which_error"]),
        re.compile(
            rf"[\"“„«]([^\"“”»\n]{{6,120}})[\"”“»]|\b{_EN['error']} {_CODE}|\b{_EN['says']}(?: that|:)? {_WORDS}"
            rf"|\b{_DE['says']}:? {_WORDS}|\b{_DE['error']} ?{_CODE}",
            re.I,
        ),
    ),
)
