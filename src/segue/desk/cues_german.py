"""The cues of `desk/cues.py` in German: rows are read the same way, and stand in one tree with the English ones.

A word that is an English one too ("die", "was", "in", "an") stands in no row alone.
"""

GERMAN = {
    "courtesy": """
        ^ hallo|guten|danke|dank|vielen|liebe|lieber|sehr|moin|servus|ja|freundliche|beste|viele|mfg|entschuldigung
        ^ mit freundlichen|besten grüßen
    """,
    "asks": """
        ^ warum|wieso|weshalb|woran|wofür|wie|wo|wann|welche|welcher|welches|welchen|wer
        ^ kann|können|könnten|darf|soll|muss|gibt|ist|sind ich|wir|sie|man|es|das|der
    """,
    "problem": """
        nicht mehr
        geht|funktioniert|klappt|lädt|startet|stimmt|reagiert -|ich|wir|es|das -|leider|einfach nicht
        kommt|komme|kommen|sehe|sehen|bekomme|finde|finden -|ich|wir|es|das -|leider|einfach nicht
        kann|können|konnte|konnten -|ich|wir|sich|man -|mich|uns|das|leider|noch nicht
        fehler|fehlermeldung|fehlt|fehlen|falsch|falsche|kaputt|defekt|abgelehnt|gesperrt|blockiert|verloren|verschwunden
        doppelt|zweimal abgebucht|berechnet|belastet|bezahlt
        problem|probleme|störung|abgestürzt|hängt|verspätet|höher|unerwartet|betrug|ausfall
        wieder|jetzt|immer nicht
        bleibt hängen|stehen|leer
        keine mitteilungen|mails|antwort|daten|verbindung|nachrichten
    """,
    "request": """
        ich|wir -|würde|würden möchte|möchten|brauche|brauchen|benötige|benötigen|bräuchte|will|wollen|gern|gerne
        möchte|möchten|brauche|brauchen|benötige|benötigen|will|wollen ich|wir
        können|könnten|würden sie
        kannst|könntest|würdest du
        wie kann|können|lässt|ändere|ändern|bekomme|bekommen|lösche|kündige
        bitte|kündigen|erstatten|stornieren|erstattung|kündigung
        helfen sie|mir|uns
    """,
    "about_us": """
        echten|richtigen|wirklichen|echter|richtiger menschen|person|mensch|mitarbeiter|berater
        mit einem|einer|ihrem -|echten|richtigen menschen|mitarbeiter|mitarbeiterin|person|berater|vorgesetzten|kollegen
        menschen|mitarbeiter|person sprechen|reden|schreiben|verbinden
        zum dritten|vierten|fünften|zweiten mal
        schon|bereits gesagt|geschrieben|erklärt|erwähnt
        wie oft
        ^ sind sie ein bot|roboter|mensch
    """,
    "leans_on_another": """
        ^ oder|und|aber|auch|es|das|dies|sie
    """,
    "adds": """
        ^ hier -|ist|sind noch
        ^ noch etwas|eine|ein ergänzung|detail|hinweis
        für ihre|ihren|die|den kollegin|kollegen|team
    """,
    "repeats": """
        wie -|ich -|schon|bereits gesagt|geschrieben|erwähnt|erklärt
        habe|haben -|ich|wir|ihnen -|doch|das -|schon|bereits gesagt|geschrieben|erwähnt|erklärt
    """,
    "did_not_help": """
        das|es|dies|auch hilft|half|löst|bringt|brachte -|mir|uns -|leider|aber|auch nicht|nichts
        hat -|mir|uns|es -|leider|auch|aber nicht|nichts geholfen|funktioniert|geklappt|gebracht|geändert|gelöst|genützt
        hilft -|mir|uns|leider nicht
        ohne erfolg
        nicht -|sehr|wirklich|das hilfreich|gelöst
        nicht meine frage
        ^ nein
    """,
    "goes_on": """
        immer|noch noch|immer
        weiterhin nicht|kein|keine|falsch
        gleiche|gleicher|gleiches|selbe|dasselbe ergebnis|fehler|problem|meldung|spiel
        sich nichts geändert|verändert|getan
        keine änderung|veränderung|besserung
    """,
    "helped": """
        hat -|mir|uns|sehr -|sehr geholfen
        hat -|es|alles jetzt geklappt|funktioniert
        geht|funktioniert|klappt -|es|alles|das jetzt|wieder
        jetzt geht|funktioniert|klappt -|es|alles|wieder
        problem|das|es ist -|jetzt gelöst|behoben|erledigt
        ^ perfekt
    """,
}
