"""How mail programs, in some thirty languages, introduce a quotation or sign for a device, and how people take their
leave. Patterns, one idea each."""

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
    "napisala", "написао", r"написа\b", "va escriure", "missatge de", "wiadomość napisana", "rašė", "rakstīja",
    "kirjutas", "เขียนว่า", "ने लिखा", "نوشت",
), _I)  # fmt: skip
ENDS = re.compile(r"[:：]\s*$|(?:yazdı|작성|書きました。?|> wrote)\s*$")
WHEN = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b|\d{1,4}[./年-]\s?\d{1,2}|\d{1,2}:\d\d")
BY = re.compile(r"^בתאריך .* מאת ")
"""Where no word says that somebody wrote, but one that it comes from them."""
WHO = re.compile(r"[^\s<>]+@[^\s<>]+|\[email\]|\[mailto:")
OPENS = re.compile(r"^[\s*>]*" + _any(
    "on", "at", "am", "le", "el", "il", "em", "op", "dnia", "w dniu", "den", "dne", "dňa", "in data",
    "po|út|st|čt|pá|so|ne", "pe",
    "vào", "pada",
    r"în\b", r"pe\b", r"dana\b", r"v\b", r"no dia\b", "missatge de", "wiadomość napisana", "kontakt", "في ", "در تاریخ",
    "ในวันที่", r"[\u0900-\u097f]{1,12},",
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
    "expéditeur", "odosielateľ", "šalje", "pošiljatelj", "remitent", "подател", "kepada",
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
    "받는 사람", "odoslané", "komu", "תאריך", "تم الإرسال", "التاريخ", "إلى", "poslano", "prima", "изпратено", "enviat",
    "per a",
) + r"\s*\*?\s*[:：]", _I)  # fmt: skip
SIGNATURE = re.compile(r"^(?:--|__|—)\s*$|^--\s{1,2}\S{0,40}$")
_THING = r"(?:iphon|ipad|android|outlook|galaxy|samsung|huawei|xiaomi|айфон|אייפון|آيفون|آیفون)"
_FOR = r"(?:ios|android|mac|windows|mobile)"
_MINE = "(?:my|the|a|samsung|outlook|mail|yahoo|proton|gmail|huawei|xiaomi|mobile|phone|an)"
DEVICE = re.compile(r"^\W{0,3}" + _any(
    rf"sent (?:from|via|with|using) {_MINE}\b.{{0,60}}",
    r"von meine[mr] .{0,50}(?:gesendet|geschickt)\W*", "gesendet (?:von|mit) .{0,50}",
    "diese nachricht wurde von mein.{0,60}", "envoyé (?:de|depuis|à partir) .{0,50}",
    "enviado (?:desde|do|de|a partir) .{0,50}", "inviato d(?:a|al) .{0,50}", "verstuurd vanaf .{0,50}",
    "verzonden (?:vanaf|vanuit|met) .{0,50}", "wysłan[eo] z .{0,50}", "odesláno z .{0,50}",
    "отправлено (?:с|из|от) .{0,50}",
    "надіслано з .{0,50}", "skickat från .{0,50}", "sendt fra .{0,50}", "lähetetty .{0,50}",
    "iphone['’]?umdan gönderildi.{0,20}", ".{0,20}(?:cihazımdan|telefonumdan) gönderildi.{0,20}",
    "trimis de pe .{0,40}",
    "(?:az .{0,12})?iphone-?omról küldve.{0,10}", "στάλθηκε από .{0,50}", "(?:được|đã) gửi từ .{0,40}",
    "dikirim dari .{0,40}",
    "(?:.{0,16}(?:iphone|android|ipad|phone)|.{0,20}outlook).{0,6}から送信.{0,10}",
    rf"(?:发自|發自|从|從|來自|傳送自|發送自|发送自)我的 ?(?:{_THING}|手机|手機).{{0,30}}",
    "(?:나의|내) .{0,30}에서 보냄.{0,10}",
    # from here on the thing is named, too: the words beside it are too common to tell by themselves
    _any(
        "odoslané z", "poslano (?:s|z|iz|sa)", "послато са", "изпратено от", "enviat (?:des )?de", "išsiųsta iš",
        "nosūtīts no", "saadetud", "ส่งจาก", "dihantar dari", "ارسال شده از", "נשלח", "[أا]ُ?رسلت من", "مرسلة? من",
    ) + rf".{{0,30}}{_THING}.{{0,30}}",
    _any(
        "get", r"hol\w* sie sich", r"télécharg\w+", "obtenez", "descargar", r"obt[eé]n\w*", "scarica", "ottieni",
        "obter", "pobierz", "скачать", "získat", "hämta", "hent", "hanki", "λήψη",
    ) + rf" .{{0,20}}outlook .{{0,20}}{_FOR}",
    rf"outlook .{{0,8}}{_FOR} (?:downloaden|herunterladen)", rf"{_FOR} için outlook.{{0,30}}",
    rf"outlook for {_FOR} を入手", rf"获取适用于 ?{_FOR} ?的 ?outlook", rf"{_FOR}용 outlook 다운로드",
    rf".{{0,8}}{_THING}.{{0,10}}से भेजा गया",
) + r"\W{0,2}(?:<https?://[^\s<>]{1,200}>)?$", _I)  # fmt: skip
CLOSING = re.compile(r"^\W{0,2}" + _any(
    "(?:with )?(?:best|kind|kindest|warm|warmest)(?: personal)?(?: regards| wishes)?", "(?:many )?regards",
    "yours(?: sincerely| faithfully| truly)?", "sincerely(?: yours)?",
    "(?:mit )?(?:freundlichen?|herzlichen?|besten?|vielen?|schönen?|lieben?) grü(?:ß|ss)en?.{0,20}",
    "mfg", "hochachtungsvoll", "(?:bien )?cordialement", "bien à vous", "(?:sincères )?salutations(?: distinguées)?",
    "(?:un )?(?:cordial )?saludos?(?: cordiales)?", "atentamente", "cordiali saluti", "distinti saluti",
    "(?:com os )?(?:melhores )?cumprimentos", "atenciosamente", "(?:met )?vriendelijke groet(?:en)?", "hoogachtend",
    "(?:z )?poważaniem", "pozdrawiam(?: serdecznie)?", "с уважением", "з повагою", "s pozdravem", "s pozdravom",
    "(?:med )?vänlig(?:a)? hälsning(?:ar)?", "(?:med )?venlig hilsen", "(?:med )?vennlig hilsen", "mvh",
    "ystävällisin terveisin", "terveisin", "saygılarımla", "iyi çalışmalar", "με εκτίμηση", "üdvözlettel",
    "tisztelettel", "cu (?:stimă|respect)", "敬具", "此致", "敬礼", "בברכה", "مع (?:أطيب|خالص) التحيات",
    "salam hormat", "trân trọng", "lijep pozdrav", "s poštovanjem", "с уважение", "salutacions(?: cordials)?",
) + r"\W{0,3}$", _I)  # fmt: skip
"""A whole line by which people take their leave. Thanks are none: they may be all that somebody says."""
_REFERRED = _any(
    "invoice", "bill", "receipt", "(?:purchase )?order", r"p\.?o\.?", "ticket", "case", "booking", "reservation",
    r"ref(?:erence)?\.?", "shipment", "parcel", "tracking", "contract", "subscription", "account", "customer", "client",
    "claim", "quote", "inv", "ord", "rma", "tkt",
    "(?:rechnung|bestellung|bestell|auftrag|vorgang|vertrag|buchung|sendung|kunde|aktenzeichen|az|rg)[sn]?",
    "facture", "commande", "dossier", "contrat", "réservation", "factura", "pedido", "cliente", "reserva", "contrato",
    "fattura", "ordine", "pratica", "prenotazione", "contratto", "fatura", "encomenda", "factuur", "bestelling",
    "klant", "faktur[ay]?", "zamówieni[ea]", "zgłoszeni[ea]", "umow[ay]", "заказа?", "сч[её]та?", "заявк[аи]",
    "договора?", "рахун(?:ок|ку)", "замовлення", "beställning", "ärende", "ordre", "sag", "sak", "lasku", "tilaus",
    "sipariş", "τιμολόγιο", "παραγγελία", "számla", "rendelés", "factur[ăa]", "comand[ăa]", "objednávk[ay]",
    "faktúr[ay]", "račun", "narudžba", "фактура", "поръчка", "发票", "發票", "订单", "訂單", "請求書", "注文", "송장",
    "주문",
    "חשבונית", "הזמנה", "فاتورة", "طلب", "hóa đơn", "đơn hàng", "pesanan",
)  # fmt: skip
_NUMBER = _any(
    "no", "nr", "num(?:ber|mer|éro|ero)?", "número", "n[°ºo]", "№", "id", "番号", "号", "號", "번호", "номер", "numer",
    "číslo", "broj",
)  # fmt: skip
_ABOUT = _any(
    "re", "for", "concerning", "about", "our", "your", "my", "meine?", "unsere?", "ihre?", "zur?", "betreff", "notre",
    "votre",
)  # fmt: skip
REFERENCE = re.compile(
    rf"\W{{0,3}}(?:{_ABOUT}\b\W*){{0,2}}(?:{_NUMBER}\.?\s(?:de |d['’]|di |da )?)?"
    rf"{_REFERRED}[\s-]?(?:{_NUMBER}\.?)?[\s.:：#№-]{{0,4}}[a-z]{{0,5}}[-/]?\d[\d/.-]+|#\s?\d{{4,}}\W*$", _I,
)  # fmt: skip
"""A line that begins with the number of something which a customer has from the company. A telephone, a post code and
an entry in a register are none."""
