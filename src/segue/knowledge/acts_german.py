"""Acts in German: the same as in English, by where German puts its verbs.

The one idea: who wants something has the infinitive behind a word of wanting ("kann ich … löschen", "bitte … löschen",
"ist es möglich, … zu löschen"), asks how they do it ("wie lösche ich", "wie benenne ich … um"), or says nothing else
("Konto löschen"). "Ich habe … gelöscht" and "wird gelöscht" tell what was, and ask for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

_ENDS = frozenset(".!?:;\n")
_WANTING_WORDS = """
    kann können könnte könnten könnt darf dürfen möchte möchten mag will wollen würde würden muss müssen soll sollen
    bitte lässt lassen wie möglich gern gerne brauche brauchen
"""
_WANTING = frozenset(_WANTING_WORDS.split())
_NOT_WORDS = "nicht kein keine keinen keinem keiner nie niemals ohne statt anstatt"
_NOT = frozenset(_NOT_WORDS.split())
_NAMED_WORDS = "beim zum vom am im zur vor nach das dem fürs durch"
_NAMED = frozenset(_NAMED_WORDS.split())
"""Right before it, it is a noun: "Fehler beim Löschen"."""
_HOW = frozenset(("wie", "wo"))
_WHO = frozenset(("ich", "wir", "man"))
_CLAUSE = 14
"""Words before the verb among which the wanting stands."""
_TERSE = 5


def asked_in_german(words: Sequence[str]) -> set[str]:
    """The acts that a message asks for, from its words with the signs that end a sentence; empty where nothing is asked
    for."""
    whole, finite, _ = _verbs()
    found: set[str] = set()
    if whole.keys().isdisjoint(words) and finite.keys().isdisjoint(words):
        return found
    for n, word in enumerate(words):
        if word in whole and _is_asked(words, n):
            found.add(whole[word])
        elif word in finite and _is_how(words, n):
            found.update(act for act, behind in finite[word] if not behind or behind in _rest(words, n))
    return found


def told_in_german(words: Sequence[str]) -> set[str]:
    """The acts of which an article speaks, in whatever form; a separable verb is known by both of its parts."""
    _, finite, stems = _verbs()
    plain = {**{f"{word}n": told for word, told in finite.items()}, **finite}
    ways = ((n, act, part) for n, word in enumerate(words) for act, part in plain.get(word, ()) if part)
    parted = {act for n, act, part in ways if part in _rest(words, n)}
    return parted.union(act for word in words for stem, act in stems.get(word[:4], ()) if word.startswith(stem))


def _is_asked(words: Sequence[str], at: int) -> bool:
    """Whether the infinitive ends what is wanted, and nothing says no."""
    before = _breath(words, at)
    if not _NOT.isdisjoint(before):
        return False
    if not _WANTING.isdisjoint(before):
        return True
    is_last = at + 1 == len(words) or words[at + 1] in _ENDS or words[at + 1] == "bitte"
    is_terse = is_last and 0 < len(before) < _TERSE and _WHO.isdisjoint(before)
    return is_terse and before[-1] not in _NAMED


def _is_how(words: Sequence[str], at: int) -> bool:
    """ "Wie lösche ich …": how or where, then the verb, then who does it."""
    return bool(at and words[at - 1] in _HOW and words[at + 1 : at + 2] and words[at + 1] in _WHO)


def _breath(words: Sequence[str], at: int) -> Sequence[str]:
    before = words[max(0, at - _CLAUSE) : at]
    return before[max((n for n, word in enumerate(before) if word in _ENDS), default=-1) + 1 :]


def _rest(words: Sequence[str], at: int) -> Sequence[str]:
    after = words[at : at + _CLAUSE]
    return after[: next((n for n, word in enumerate(after) if word in _ENDS), len(after))]


@cache
def _verbs() -> tuple[Mapping[str, str], Mapping[str, list[tuple[str, str]]], Mapping[str, list[tuple[str, str]]]]:
    """Infinitives by their act; what "ich" says of each, with the part that stands behind; beginnings of words by which
    an article tells it, under their first four letters."""
    whole: dict[str, str] = {}
    finite: dict[str, list[tuple[str, str]]] = {}
    stems: dict[str, list[tuple[str, str]]] = {}
    for line in (files("segue.knowledge") / "acts_de.txt").read_text("utf8").splitlines():
        act, *verbs = line.split() if line and not line.startswith("#") else ("",)
        for verb in verbs:
            if verb.startswith("~"):
                stems.setdefault(verb[1:5], []).append((verb[1:], act))
                continue
            part, _, plain = verb.rpartition("|")
            stem = plain[:-2] if plain.endswith("en") else plain[:-1]
            whole[part + plain] = act
            finite.setdefault(stem + "e", []).append((act, part))
            if part:
                whole[f"{part}zu{plain}"] = act
            stems.setdefault((part + stem)[:4], []).append((part + stem, act))
    return whole, finite, stems
