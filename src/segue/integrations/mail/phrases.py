"""How mail programs, in some thirty languages, introduce a quotation or sign for a device. Patterns, one idea each."""

from __future__ import annotations

import re


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


_I = re.IGNORECASE
WROTE = re.compile(_any(
    "wrote", "writes", "schrieb", "geschrieben", "a écrit", "escribió", "ha scritto", "escreveu", "schreef",
    "geschreven",
    r"napisał\(?a?\)?", "пишет", r"писал\(?а?\)?", r"написал\(?а?\)?", "пише", "написав", "skrev", "kirjoitti",
    "napsala?",
    "napísala?", "yazdı", "έγραψε", "írta", "a scris", "napisao", "đã viết", "menulis", "כתב", "كتب", "写道",
    "寫道", "书写",
    "のメール", "書きました", "さんは書き", "님이 작성", "작성",
), _I)  # fmt: skip
ENDS = re.compile(r"[:：]\s*$|(?:yazdı|작성|書きました。?|> wrote)\s*$")
WHEN = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b|\d{1,4}[./年-]\s?\d{1,2}|\d{1,2}:\d\d")
WHO = re.compile(r"[^\s<>]+@[^\s<>]+|\[email\]|\[mailto:")
OPENS = re.compile(r"^[\s*>]*" + _any(
    "on", "at", "am", "le", "el", "il", "em", "op", "dnia", "w dniu", "den", "dne", "dňa", "in data",
    "po|út|st|čt|pá|so|ne", "pe",
    "vào", "pada",
    "στις", "a", "på", "ti", "ma", "to", "ke", "su", "la", "ons?", r"[a-zà-ž]{2,12}[.,]", r"\d", "<",
    "[\"'\u4e00-\u9fff\uac00-\ud7a3א-ת]", r"[а-яіїє]{1,12}[,.]?\s", r"[\w.\-]{1,80} ?[<(]?[\w.\-]{0,80}@",
), _I)  # fmt: skip
ORIGINAL = re.compile(r"^[\s*]*[-_—=]{2,}\s*" + _any(
    "original message", "original-nachricht", "ursprüngliche nachricht", "message (?:d'origine|original)",
    "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht", "oprindelig meddelelse",
    "ursprungligt meddelande", "opprinnelig melding", "alkuperäinen viesti", "wiadomość oryginalna",
    "oryginalna wiadomość", "původní zpráva", "исходное сообщение", "пересылаемое сообщение", "original e-?mail",
    "reply message", "reply above this line", "forwarded message", "weitergeleitete nachricht", "message transféré",
    "orijinal mesaj", "原始邮件", "原始郵件", "元のメッセージ", "원본 메시지", "original appointment",
) + r"\s*[-_—=]*\s*$", _I)  # fmt: skip
RULE = re.compile(r"^\s*_{20,}\s*$|^\s*-{20,}\s*$")
TITLE = re.compile(r"^\s*[-—]{3,}[^-—]{3,60}[-—]{3,}\s*$")
FIELD_FROM = re.compile(r"^[\s>*]*" + _any(
    "from", "von", "de", "da", "van", "od", "от", "від", "från", "fra", "lähettäjä", "kimden", "από", "feladó",
    "de la",
    "发件人", "寄件者", "寄件人", "差出人", "보낸 사람", "odesílatel", "từ", "dari", "nadawca", "מאת", "من",
    "expéditeur",
) + r"\s*\*?\s*[:：]\s*\*?\s*\S", _I)  # fmt: skip
FIELD_NEXT = re.compile(r"^[\s>*]*" + _any(
    "sent", "date", "gesendet", "datum", "envoyé(?: le)?", "date d'envoi", "enviado(?: el| em)?", "fecha",
    "data", "inviato",
    "verzonden", "wysłano", "data wysłania", "отправлено", "дата", "надіслано", "skickat", "sendt", "dato",
    "lähetetty",
    "päivämäärä", "gönderilen", "gönderildi", "tarih", "στάλθηκε", "elküldve", "trimis", "发送时间", "发送日期",
    "日期",
    "寄件日期", "送信日時", "日付", "보낸 날짜", "odesláno", "đã gửi", "dikirim", "נשלח", "to", "an", "à", "a",
    "para", "aan",
    "do", "кому", "till", "til", "vastaanottaja", "kime", "subject", "betreff", "objet", "asunto", "oggetto",
    "onderwerp",
    "temat", "тема", "ämne", "emne", "aihe", "konu", "主题", "主旨", "件名", "제목", "předmět", "收件人",
    "收件者", "宛先",
    "받는 사람",
) + r"\s*\*?\s*[:：]", _I)  # fmt: skip
SIGNATURE = re.compile(r"^(?:--|__|—)\s*$|^--\s{1,2}\S{0,40}$")
_MINE = "(?:my|the|a|samsung|outlook|mail|yahoo|proton|gmail|huawei|xiaomi|mobile|phone|an)"
DEVICE = re.compile(r"^\W{0,3}" + _any(
    rf"sent (?:from|via|with|using) {_MINE}\b.{{0,60}}",
    r"(?:get|télécharg\w+|descargar|hol\w* sie sich) .{0,20}outlook .{0,30}",
    r"von meine[mr] .{0,50}(?:gesendet|geschickt)\W*", "gesendet (?:von|mit) .{0,50}",
    "diese nachricht wurde von mein.{0,60}", "envoyé (?:de|depuis|à partir) .{0,50}",
    "enviado (?:desde|do|de|a partir) .{0,50}", "inviato d(?:a|al) .{0,50}", "verstuurd vanaf .{0,50}",
    "verzonden (?:vanaf|met) .{0,50}", "wysłan[eo] z .{0,50}", "odesláno z .{0,50}", "отправлено (?:с|из|от) .{0,50}",
    "надіслано з .{0,50}", "skickat från .{0,50}", "sendt fra .{0,50}", "lähetetty .{0,50}",
    "iphone'?umdan gönderildi.{0,20}", ".{0,20}(?:cihazımdan|telefonumdan) gönderildi.{0,20}", "trimis de pe .{0,40}",
    "az .{0,12}iphone-?omról küldve.{0,10}", "στάλθηκε από .{0,50}", "được gửi từ .{0,40}", "dikirim dari .{0,40}",
    "(?:我的)?.{0,12}(?:iphone|android|ipad|phone).{0,6}から送信.{0,10}", "(?:发自|發自|从|來自)我的.{0,40}",
    "나의 .{0,30}에서 보냄.{0,10}",
) + "$", _I)  # fmt: skip
