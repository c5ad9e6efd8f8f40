"""Knows absence notes and receipts that carry none of the marks machines should set, by what they say, in some thirty
languages by their subject and in fifteen by their words.

The one idea of the second: people, too, say that they are away, and then want something. So what is said counts only in
an answer, where it is short and asks nothing, and where beside "I am away" stands what notes alone say: thanks for the
mail, whom to turn to meanwhile, or that an answer comes after the return.
"""

from __future__ import annotations

import re

LONGEST = 700
"""Characters of a note; whoever writes more has something to say."""


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_ANSWER = r"(?:re|aw|sv|vs|r|antw|odp|ynt|rif|res|回复|答复|回覆|fwd?|wg)\s*(?:\[\d+\])?\s*[:：]"
_RE = re.compile(rf"^(?:\s*{_ANSWER}\s*)+", re.IGNORECASE)
_ENDS = r"\s*(?:$|[:：\-–】\])）])"
_IS_A_THING = r" (?:messages?|repl(?:y|ies)|notes?|texts?|settings?|features?) \w"
"""What somebody asks about, and does not say."""
_OF_THEM = r"s? (?:do(?:es)?|did|is|are|was|were|will|would|can|could|has|have|not|never|keeps?|stop|goes|went)\b"
"""Said of automatic answers, and in none."""
_IS_TOLD = "(?:(?:の)?(?:お知らせ|ご?連絡|通知))?"
_SUBJECT = _any(*(rf"^[【\[(（]?(?:{words})" for words in (
    rf"auto(?:matic|mated|-|\s)*\s*(?:reply|response|responder|antwort|svar|message from)(?!{_OF_THEM})",
    rf"(?:autoreply|autoresponse)(?!{_OF_THEM})",
    r"auto(?:matic)?: (?:away|ooo|out of)", rf"out[ -]of[ -](?:the[ -])?office(?!{_IS_A_THING})", r"ooo\b",
    rf"(?:i am |i'm )?(?:away from|out of) (?:the |my )?(?:office|desk|mail|e-?mail)(?!{_IS_A_THING})",
    "(?:on |annual )?(?:vacation|holiday|leave) (?:reply|message|response|notice)",
    rf"abwesen(?:d|heit)(?:s\w+)?{_ENDS}|abwesend (?:bis|vom|ab)\b|außer haus\b",
    "automatische (?:abwesenheits|antwort|reactie|reaktion)",
    rf"automatisch antwoord|afwezig|niet aanwezig|(?:met|op) vakantie{_ENDS}",
    rf"réponse automatique|message (?:automatique )?d'absence|en congés?{_ENDS}|absence (?:du bureau)?{_ENDS}",
    "absente? du bureau|je suis (?:actuellement )?absent",
    rf"respuesta automática|fuera de (?:la )?oficina|ausente(?: de|{_ENDS})|estoy ausente|de vacaciones{_ENDS}",
    rf"risposta automatica|fuori (?:sede|ufficio)|in ferie{_ENDS}|assenza{_ENDS}|assente dall",
    rf"resposta automática|fora do escritório|ausência(?:{_ENDS}|\s*do| tempor)|de férias{_ENDS}",
    f"autosvar|automatiskt? svar|frånvaro(?:meddelande)?{_ENDS}|fravær(?:ende)?{_ENDS}",
    f"ikke (?:til stede|på kontoret){_ENDS}",
    rf"automaattinen (?:vastaus|poissaolo)|poissa\w*{_ENDS}|lomalla{_ENDS}",
    rf"odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|nieobecnoś\w*(?: w pracy)?{_ENDS}|poza biurem",
    rf"автоответ|автоматический ответ|отсутству\w*{_ENDS}|нет (?:на месте|в офисе){_ENDS}|в отпуске{_ENDS}",
    "автоматична відповідь",
    rf"automatická odpověď|mimo kancelář|nepřítomnost{_ENDS}",
    "otomatik (?:yanıt|cevap)|ofis dışında|i̇?zindeyim", "irodán kívül|automatikus válasz|házon kívül|răspuns automat",
    "αυτόματη απάντηση|εκτός γραφείου|trả lời tự động|balasan otomatis|رد تلقائي|מענה אוטומטי",
    f"(?:自動返信|自動応答|自动(?:回复|答复)|自動回覆|자동 ?(?:응답|회신)){_ENDS}",
    f"(?:不在|休暇中|休假中|外出){_IS_TOLD}{_ENDS}",
    rf"부재 ?중(?: ?자동 ?(?:응답|회신))?{_ENDS}",
    r"(?:ticket|case|request) (?:received|created)\b|\[(?:ticket|case) ?#?\d+\] (?:received|created)",
    "we(?:'ve| have) received your (?:request|message|e-?mail)",
)))  # fmt: skip
_RECEIPT = _any(r"^(?:read|gelesen|lu\s?|leído|letto|delivered|zugestellt):")
_DAYS_OFF = re.compile(r"^(on )?(?:annual )?(?:vacation|holiday|leave)\s*(?:[:\-–]|until|from|$)", re.IGNORECASE)
"""A note's, or what somebody asks about: that is told by what follows, and by what else is said."""
_DATES = re.compile(
    rf"(?:{_ANSWER}.*|[\s\d.,:/\-–]|(?:to|till|until|from|through|and|the|of|back|on|in|at|return(?:ing|s)?|my|office|today|"
    r"tomorrow|next|weeks?|days?|months?|end|st|nd|rd|th|notice|auto\w*|reply|"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)(?![a-z]))*",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"^(?:urlaub|ferien|semester|urlop|dovolená|vacances|ferie|休暇|休假)\s*[:：\-–]\s*{_ANSWER}", re.IGNORECASE
)
"""Days off before the subject of ours; without that it is what somebody asks about."""
_AFTER = re.compile(
    r"\((?:out of (?:the )?office|on (?:leave|vacation|holiday)|abwesend|im urlaub)\b[^()]*\)\s*$", re.IGNORECASE
)
_UP_TO = r"[^!?\n]{0,60}?\b"
_I_AM_AWAY = _any(
    rf"\bi(?:['’]m| am| will be|['’]ll be)\b{_UP_TO}(?:out of (?:the )?office|travell?ing|away)",
    rf"\bi(?:['’]m| am| will be|['’]ll be)\b{_UP_TO}on (?:\w+ )?(?:leave|vacation|holidays?)",
    rf"\bich (?:bin|befinde mich)\b{_UP_TO}(?:nicht (?:im (?:büro|haus)|erreichbar)|im urlaub|außer haus|abwesend)",
    rf"\bich bin\b{_UP_TO}(?:mutterschutz|elternzeit)",
    rf"\bje (?:suis|serai)\b{_UP_TO}(?:en (?:congés?|vacances|déplacement)|absente?|hors du bureau)",
    rf"\b(?:estoy|me encuentro|estaré)\b{_UP_TO}(?:fuera de la oficina|de (?:vacaciones|permiso|baja)|ausente)",
    rf"\b(?:sono|sarò)\b{_UP_TO}(?:in (?:ferie|congedo)|fuori (?:ufficio|sede)|assente)",
    rf"\b(?:estou|estarei|encontro-me)\b{_UP_TO}(?:de (?:férias|licença)|fora do escritório|ausente)",
    rf"\bik ben\b{_UP_TO}(?:niet op kantoor|(?:met|op) (?:vakantie|verlof)|afwezig)",
    rf"\b(?:jestem|przebywam|będę)\b{_UP_TO}(?:na urlopie|nieobecn|poza biurem)",
    rf"\b(?:я|меня)\b{_UP_TO}(?:в отпуске|нет в офисе|не будет|отсутству)",
    rf"\bjag (?:är|har)\b{_UP_TO}(?:semester|inte på kontoret|\w*ledig)",
    rf"\bjeg (?:er|holder|har)\b{_UP_TO}(?:ferie|barsel|ikke på kontoret|fraværende)",
    rf"\bolen\b{_UP_TO}(?:\w*loma|poissa)", rf"\bjsem\b{_UP_TO}(?:na dovolené|mimo kancelář|nepřítom)",
    r"\b(?:izindeyim|ofis dışındayım|tatildeyim)\b", "休暇(?:を|中|の)|不在",
    "(?:正在|目前|现在|現在)[^。！？\n]{0,8}(?:休假|出差|外出)|不在(?:办公室|辦公室)",
)  # fmt: skip
_AS_NOTES_SAY = _any(
    r"thank(?:s| you) for (?:your (?:e-?mail|message)|reaching out|contacting)", r"for urgent \w+|in urgent cases",
    r"if (?:it is|it['’]s|this is) urgent",
    r"(?:get back to you|reply|respond|answer)[^.!?\n]{0,20}(?:when|once|as soon as|upon|after)",
    r"(?:no|limited) access to (?:my )?e-?mail", r"not be (?:forwarded|read)",
    r"dank für ihre (?:e-?mail|nachricht|mail)", r"in dringenden|nicht (?:weitergeleitet|gelesen)|wieder erreichbar",
    r"meiner rückkehr", r"merci (?:pour|de) votre", r"(?:en cas d['’]|toute )urgence|(?:dès|à) mon retour",
    r"gracias por (?:su|tu) (?:correo|mensaje|e-?mail)", r"(?:temas|asuntos|casos?) (?:de )?urgen|mi regreso",
    r"responderé", r"grazie per (?:la sua|il suo|la tua)", r"per urgenze|mio (?:rientro|ritorno)",
    r"obrigad[oa] pel[oa] (?:seu|sua)", r"em caso de urgência|assim que voltar|meu regresso|meu retorno|responderei",
    r"(?:be)?dankt? voor uw", r"(?:bij spoed|dringende zaken)|zodra ik terug ben|daarna beantwoorden|niet doorgestuurd",
    r"dziękuję za (?:wiadomość|e-?mail)", r"w pilnych sprawach|po powrocie",
    r"по срочным вопросам|по(?:сле)? возвращени",
    r"спасибо за (?:ваше )?(?:письмо|сообщение)", r"tack för (?:ditt|er[t]?) (?:mejl|mail|meddelande)",
    r"brådskande|när jag är tillbaka", r"tak for din (?:mail|e-?mail|besked)", r"hastesager|når jeg er tilbage",
    r"læser ikke mail", r"kiitos viestistä", r"kiireelli|palattuani|vastaan viesti",
    r"v naléhavých|po (?:svém )?návratu",
    r"děkuji za (?:váš e-?mail|vaši zprávu)", r"e-?postanız için teşekkür", r"acil durum|döndüğümde|dönüşümde",
    "メールありがとうございます|お急ぎの場合|戻り次第|返信(?:が)?できません|ご返信いたします",
    "邮件已收到|郵件已收到|回来后|回來後|如有急事|紧急事宜|无法及时回复|無法及時回覆",
)  # fmt: skip
_ASKS = re.compile("[?？؟]")
_OFFERS = re.compile(
    r"\b(?:may|can) i suggest (?:that )?you (?:contact|call|write|e-?mail|turn)\b[^?\n]*\?", re.IGNORECASE
)
"""A question that asks nothing."""
_WANTS = re.compile(
    r"\b(?:(?:can|could|may|should|shall) (?:i|we|you)|how (?:do|can|to)|i(?:['’]d| would) like|i (?:need|want)|"
    r"please (?!contact|call|write|e-?mail|reach|turn|note|expect|allow|direct|refer|send your))",
    re.IGNORECASE,
)


def is_away(subject: str, said: str) -> bool:
    """Whether a subject is an absence note's, or a receipt's. `said`: what the mail says below it."""
    ways = (_SUBJECT.match(subject), _SUBJECT.match(bare(subject)), _BEFORE.match(subject), _AFTER.search(subject))
    return any(ways) or bool(_RECEIPT.match(subject) and not _wants(said)) or _is_off(bare(subject), said)


def _is_off(subject: str, said: str) -> bool:
    """Days off stand in subjects of people, too: who asks something, or writes of them as of a thing, is one."""
    said = _OFFERS.sub("", said)
    is_away, is_note = _I_AM_AWAY.search(said), _AS_NOTES_SAY.search(said)
    found = _DAYS_OFF.match(subject)
    if not found or _wants(subject) or (_wants(said) and not (is_away and is_note and not _ASKS.search(said))):
        return False
    return bool(found[1] or is_away or is_note or _DATES.fullmatch(subject[found.end() :]))


def _wants(said: str) -> bool:
    return bool(_ASKS.search(said) or _WANTS.search(said))


def bare(subject: str) -> str:
    """Without "Re:" and its like."""
    return _RE.sub("", subject).strip()


def is_note(said: str, is_answer: bool) -> bool:
    """Whether a machine says this for somebody who is away. `said`: without what was quoted."""
    if not is_answer or len(said) > LONGEST or _ASKS.search(said):
        return False
    return bool(_I_AM_AWAY.search(said) and _AS_NOTES_SAY.search(said))
