"""Topics the policy watches for, each a few patterns under a name that says what the pattern is after.

Triage looks, policy owns. A pattern is written as one would say it: a space stands for any white space, an apostrophe
may be straight, curly or missing, upper and lower case are one, and it always meets whole words. So that no pattern can
stall a message, the ways it can match are counted beforehand and bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from segue.domain.assessment import TopicFlag
from segue.texts import _

LONGEST = 300
MOST_WAYS = 20_000
_SPOKEN = re.compile(r"\\.|\[(?:\\.|[^\]])*\]| +\??|'")


@dataclass(frozen=True, slots=True)
class WatchedTopic:
    """One compiled pattern of a topic; `rule` is its name."""

    topic: str
    rule: str
    pattern: re.Pattern[str]


def compile_topics(topics: Mapping[str, Mapping[str, str]]) -> tuple[WatchedTopic, ...]:
    return tuple(
        WatchedTopic(topic, rule, compile_pattern(pattern))
        for topic, patterns in topics.items()
        for rule, pattern in patterns.items()
    )


def flags(text: str, watched: Iterable[WatchedTopic]) -> tuple[TopicFlag, ...]:
    """What of `watched` the text speaks of, with the words that met each pattern."""
    met = ((w, w.pattern.search(text)) for w in watched)
    return tuple(TopicFlag(w.topic, w.rule, (found.group(),)) for w, found in met if found)


@lru_cache(512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Raises ValueError with plain words for a pattern that is empty, too long, broken, or could take too long. Kept:
    a policy is read again and again, and of what that takes the same few patterns are most."""
    if not pattern.strip() or len(pattern) > LONGEST:
        told = _("a pattern has 1 to %(most)s characters, this one has %(n)s", most=LONGEST, n=len(pattern.strip()))
        raise ValueError(told)
    spoken = _SPOKEN.sub(_as_typed, pattern.strip())
    try:
        ways = _ways(_parser.parse(spoken))
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ValueError(_("this is not a pattern: %(why)s", why=wrong)) from wrong
    if ways > MOST_WAYS:
        told = _("this pattern can match in too many ways; use fewer choices and shorter repeats")
        raise ValueError(told)
    return re.compile(rf"(?<!\w)(?:{spoken})(?!\w)", re.IGNORECASE | re.DOTALL)


def _as_typed(token: re.Match[str]) -> str:
    """Possessive repeats (`++`) never give back what they took, so spaces add no backtracking."""
    if token.group().startswith(" "):
        return r"\s*+" if token.group().endswith("?") else r"\s++"
    return "['’]?+" if token.group() == "'" else token.group()


def _ways(parsed: Iterable[tuple[Any, Any]]) -> int:
    """An upper bound on how many ways a parsed pattern can be tried at one place of a text."""
    ways = 1
    for op, given in parsed:
        ways = min(ways * _ways_of(str(op), given), MOST_WAYS + 1)
    return ways


def _ways_of(op: str, given: Any) -> int:
    if op == "BRANCH":
        return sum(_ways(branch) for branch in given[1])
    if op in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
        return _ways(given[-1])
    if op == "POSSESSIVE_REPEAT":
        return _ways(given[2])
    if op in ("MAX_REPEAT", "MIN_REPEAT"):
        return _ways_repeated(*given)
    if op in ("GROUPREF", "GROUPREF_EXISTS"):
        raise ValueError(_("a pattern may not refer back to an earlier part of itself"))
    return _ways(given) if op == "ATOMIC_GROUP" else 1


def _ways_repeated(least: int, most: int, repeated: Iterable[tuple[Any, Any]]) -> int:
    if most > LONGEST:
        told = _("a repeat without an end (* or +) is not allowed; write how often at most, as in .{0,30}")
        raise ValueError(told)
    ways = _ways(repeated)
    return sum(min(ways**times, MOST_WAYS) for times in range(least, most + 1))


TOPICS: Mapping[str, Mapping[str, str]] = {
    "legal": {
        "names a lawyer": "(lawyer|attorney|solicitor|barrister|legal (counsel|team|department|representative))s?",
        "speaks of court": "(sue (you|your|them)|suing|law ?suits?|litigation|legal (action|proceedings)"
        "|small claims|(to|in) court|court order|subpoena)",
        "claims a breach": "(breach of (contract|warranty|terms)|held? liable|cease and desist|sue for damages)",
        "speaks of the law in German": "(rechts)?anw(alts?|älten?|ältin)|anwaltlich|verklagen|vertragsbruch"
        "|klage (einreichen|erheben)|rechtliche schritte|schadens?ersatz|vor gericht|abmahnung"
        "|unterlassungs(erklärung|klage)",
    },
    "security": {
        "says an account was taken": "(account|login|e-?mail|profile|system|server|site|we|i).{0,20}"
        "(hacked|hijacked|compromised|taken over|broken into)",
        "saw what they did not do": "(unauthori[sz]ed|suspicious|unrecogni[sz]ed|unknown) "
        "(log ?ins?|sign[- ]?ins?|access|activity|devices?|transactions?|charges?|payments?|transfers?)",
        "reports a weakness": "(vulnerabilit(y|ies)|security (hole|flaw|bug|incident|breach)|data (breach|leak)"
        "|zero[- ]day|xss|sql injection|cve-[0-9]{4}-[0-9]{4,6})|(gap|flaw|weakness) in (your|the) (log[- ]?in"
        "|sign[- ]?in|authentication|security|password reset|permissions)",
        "speaks of fraud": "(phishing|fraud(ulent|ulently|sters?)?|scam(med|mers?)?|identity theft|ransomware|malware)",
        "found a hole": "(hole|backdoor|loophole|security (gap|flaw|weakness)) in (your|the) (log[- ]?in|sign[- ]?in"
        "|authentication|security|api|website|site|app|portal|system|password reset|permissions)"
        "|(anyone|anybody|attackers) can (bypass|get into|break into|log in to).{0,30}",
        "tells of a stranger": "(stranger|intruder|hacker|attacker).{0,12} (in|into|inside) (my|our) .{0,10}"
        "(account|workspace|mailbox)|(someone|somebody)( else)?( from \\w{3,10})? (is|got|logged|signed|broke)"
        "( logged| signed)? (in ?to|in) (my|our) (company )?(account|workspace)",
        "did not sign in": "(log ?in|sign[- ]?in|session).{0,40} (wasn't|isn't|was not|is not) (by |from )?"
        "(me|mine|us|ours)|(wasn't|was not) (me|us) who (logged|signed)",
        "reports a weakness in German": "sicherheits(lücken?|loch|problem|vorfall|mangel)|schwachstellen?|hintertür"
        "|(lücke|loch) (in|im|bei) (\\w{2,8} )?(login|anmeldung|authentifizierung|zugriffskontrolle)"
        "|(anmeldung|login|passwortabfrage) (umgehen|aushebeln)|daten(leck|panne)",
        "says in German an account was taken": "(konto|account|profil|postfach|system|server|seite|wir|ich).{0,30}"
        "(gehackt|kompromittiert|gekapert|übernommen worden)|(zugang|zugriff) .{0,40}verschafft",
        "tells in German of a stranger": "(konto|account) .{0,14}(jemand|fremder?) (fremdes )?(angemeldet|eingeloggt)"
        "|(fremder?|unbekannter?|hacker|jemand (ist|war)).{0,14} (in|auf) (meinem|unserem|mein|unser) (konto|account)"
        "|(login|anmeldung) (war|waren|stammt) nicht (ich|wir|von (mir|uns))",
        "saw in German what they did not do": "(unbefugte|verdächtige|unbekannte|fremde)[rsn]? (anmeldung(en)?|logins?"
        "|zugriffe?|abbuchung(en)?|zahlung(en)?|geräte?|sitzung(en)?)|(anmeldung(en)?|logins?|zugriffe?) aus "
        "(dem ausland|china|russland|rumänien|brasilien|vietnam|indien|nigeria)",
        "speaks of fraud in German": "(?-i:Betrug|BETRUG)|(ist|wegen|einen|klarer|reiner) betrug"
        "|betrüger(isch(e[rn]?)?)?|phishing.{0,6}|identitätsdiebstahl|abzocke"
        "|erpressungstrojaner|schadsoftware|(karte|kreditkarte|passwort).{0,25}(gestohlen|geklaut)",
        "lost a secret in German": "(passw(ort|örter)|zugangsdaten|(api[- ]?)?schlüssel|tokens?|kennwörter?).{0,40}"
        "(geleakt|öffentlich(en)?|veröffentlicht|offengelegt|gestohlen|durchgesickert|abgegriffen)",
        "lost a secret": "(passwords?|credentials|api keys?|tokens?|secrets?|private keys?).{0,20}"
        "(leaked|exposed|stolen)|(stole|stolen|leaked|exposed|compromised) .{0,25}"
        "(passwords?|credentials|api keys?|tokens?|private keys?)",
        "gave a secret away": "(accidentally|by accident|by mistake) .{0,6}"
        "(sent|shared|posted|pasted|published|pushed|committed) .{0,16}(password|credentials|api key|token)s?",
        "put a secret in the open": "(pushed|committed|published) .{0,20}(passwords?|credentials|api keys?|tokens?) "
        ".{0,12}(github|public|online)",
        "says who has a secret": "(someone|somebody|hacker|stranger|thief) (else )?(has|knows|stole|is using"
        "|got hold of) (our|my) (api key|password|token)s?|(in|into) the wrong hands",
        "says where a secret lies": "(api key|token|password|credential)s? .{0,40}"
        "(pastebin|public (repo|repository|chat|forum|channel))",
        "tells of somebody who left": "(ex|former|fired)[- ](employee|colleague|contractor|admin)s? (who )?still",
        "tells in German of somebody who left": "(ex|ehemaliger?|früherer?)[- ]?(mitarbeiter(in)?|kolleg(e|in)) "
        ".{0,12}noch (zugriff|zugang|unser)",
    },
    "privacy": {
        "names a privacy law": "(gdpr|ccpa|hipaa|dsgvo|data protection (act|law|officer|authority))",
        "wants data deleted": "(delete|erase|remove|wipe) (all )?(of )?(my|our) (personal )?"
        "(data|information|records|details)",
        "wants to see the data": "(subject access|data access|access) request|(copy|export) of (all )?my personal data",
        "wants data deleted or seen in German": "(datenschutz(beauftragte[rn]?|behörde|verletzung)|auskunft nach.{0,20}"
        "|(meine|unsere) .{0,20}daten .{0,30}(löschen|einsehen|herausgeben)|(lösch(en|t)|entfern(en|t)) "
        ".{0,20}(meine|unsere|alle) .{0,25}daten|recht auf (vergessen(werden)?|löschung|auskunft))",
        "saw in German another person's data": "(sehe|sehen|sieht|bekomme) .{0,30}(daten|rechnung(en)?|konten"
        "|bestellung(en)?) (von |einer |eines )?(anderen|anderer|fremden)|fremde (daten|rechnungen|kundendaten)",
        "wants to be forgotten": "right to (be forgotten|erasure|rectification)",
        "saw another person's data": "(see|saw|seeing|shows?|received|got) (another|someone else's|other|a different) "
        "(customer|user|person|people|company)('s|s'|s)? (data|account|details|invoice|name|e-?mail|order)s?",
    },
    "cancellation": {
        "wants to end the contract in German": "kündig(e|en|t|ung)|gekündigt|(abo|abonnement|vertrag|konto) .{0,20}"
        "(auflösen|schließen|löschen|beenden|stornieren)",
        "does not want to renew in German": "nicht (mehr )?verlänger(n|t)|keine (automatische )?verlängerung",
        "wants to end the contract": "(cancel|terminate|end|close|delete|quit) (my|our|the|this) (whole |entire )?"
        "(account|subscription|contract|membership|plan|service)",
        "wants to end one by its name": "(cancel|terminate|end|close|delete|quit|stop) (my|our) "
        "(?!(from|in|on|of|for|to|with|at|by|and|test|demo|guest|user|customer|bank|mail|email) )"
        "[^ ,;:.!?]{2,16} (account|contract)"
        "|(cancel|terminate|end|quit|stop) (my|our) [^,;:.!?]{2,17} (subscription|membership)",
        "orders the end of the contract": r"((?<![^\n.!?,]) ?(please |pls |just )?|(to|i|we|you) )(cancel|terminate"
        r"|close|delete) (whole |entire )?(account|subscription|contract|membership)"
        r"(?= ?($|[\n.!?,]|please|pls|now|asap|immediately))",
        "does not want to renew": "(do not|don't|won't|not going to|stop|no longer) (want to )?"
        "(renew|auto-?renew|be renewed)",
        "is leaving": "(switch(ing)?|mov(e|ing)|go(ing)?) to (an?other |a different |a |your )?(competitor|provider)s?"
        "|(tak(e|ing)|mov(e|ing)) (my|our) (business|custom|money) elsewhere"
        r"|(i|we)('m| am|'re| are) leaving( you)?(?= ?($|[\n.!?,]))",
        "is leaving in German": "(wechs(le|el|eln)|geh(e|en)) (jetzt |nun |dann )?(zur konkurrenz"
        "|zu (einem|einer) ander(en|em) (anbieter|versorger|dienst|bank|versicherung))"
        "|raus aus (dem|diesem|meinem|unserem) (vertrag|abo|abonnement)",
    },
    "payment_dispute": {
        "disputes a charge": "(disput|contest)(e|ed|ing)?.{0,30} (charge|payment|transaction|invoice|bill)s?",
        "goes through the bank": "(charge ?backs?|reverse the (charge|payment)|stop(ped)? the payment with my bank)",
        "disputes a charge in German": "(bestreite|widerspreche|fechte|reklamiere).{0,30}(abbuchung|rechnung|zahlung)"
        "|rückbuchung|rücklastschrift|zurückbuchen"
        "|(ich|wir) (be)?zahlen? [^,;.!?]{0,12}nicht(?! (jähr|monat|wöchent)lich)"
        "|(rechnung|abbuchung) .{0,20}anfechten",
        "refuses to pay": "(refuse|refusing|not going|won't|will not) (to )?pay (this|the|your|for|it)",
    },
    "harm": {
        "may harm themselves": "(kill|hurt|harm|cut) myself|suicid(e|al)|end (my life|it all)|want to die|self[- ]harm",
        "threatens others": "(kill|hurt|attack|shoot|stab|bomb) "
        "(you|him|her|them|someone|everyone|people|your (office|staff))",
        "may harm themselves in German": "(bring(e|en)|umbringen|töten|töte) (mich|uns) um|mich umbringen"
        "|(su|selbst)(izid|mord).{0,10}|nicht mehr leben|(mir|dem) (etwas antun|leben ein ende)|selbstverletz.{0,8}",
        "was hurt or threatened in German": "verletzt worden|stromschlag|(akku|(lade)?gerät).{0,20}"
        "(brennt(?!.{0,20}(lampe|led|licht|leuchte|lämpchen))|explodiert)|bedroht|gestalkt|belästigt|erpresst",
        "was hurt": "(injured|injury|electric shock|electrocuted|burn(ed|t) (my|his|her)|caught fire|hospitali[sz]ed)",
        "is threatened or abused": "(being|been|was|am) (threatened|stalked|harassed|abused|blackmailed)",
    },
    "regulator_complaint": {
        "names an authority": "(ombuds(man|person|woman)|regulator|consumer protection|trading standards"
        "|better business bureau|attorney general|supervisory authority|financial conduct authority|bafin|cfpb)",
        "will report us": "(report|reporting|complain|complaining|complaint).{0,20} (to|with) the "
        "(authorit(y|ies)|regulator|ftc|fca|ico|sec|bbb|police|government)",
        "names an authority in German": "(verbraucher(zentrale|schutz)|schlichtungsstelle|ombuds(mann|frau|stelle)"
        "|aufsichtsbehörde|bundesnetzagentur|anzeige (erstatten|bei der polizei)"
        "|(offizielle|förmliche|formelle) beschwerde)",
        "complains formally": "(formal|official) (complaint|grievance)",
    },
}
"""What a new policy watches. A policy that names one of these replaces it; `{}` stops watching it."""
