"""What people read: every text is in every catalogue, and each language says it rightly."""

from __future__ import annotations

import ast
import gc
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from segue.desk.notice import Wait, in_distress, moment, taken_over
from segue.desk.snoozing import choices, until
from segue.domain.buttons import NOT_SOLVED, SOLVED, WISH
from segue.domain.decision import Reason
from segue.policy.settings.topics import TOPICS
from segue.store.office import KINDS
from segue.texts import ENGLISH, _, _n, _p, fitting, forms, languages, source, speaking, spoken, understood
from segue.texts.extract import PACKAGE, Unreadable, flaws, in_python, in_script, in_template, texts, update
from segue.texts.po import Entry, compiled, header, parsed, written
from segue.texts.wording import keeping, sentence, worded
from segue.triage.courtesy import is_closing
from segue.triage.said import Said
from segue.triage.wish import wish_for_person
from segue.web.pages import render
from segue.web.tongue import script_texts

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def extracted() -> list[Entry]:
    """Once for all: it reads every source there is."""
    return texts()


@pytest.mark.parametrize("language", languages())
def test_every_text_is_in_every_catalogue_and_its_places_agree(language: str, extracted: list[Entry]) -> None:
    assert flaws(language, extracted) == [], "run `segue texts extract`, then translate"


def test_what_the_record_and_a_policy_name_by_itself_has_a_german_word() -> None:
    codes = {kind.partition(".")[0] for kind in KINDS} | set(TOPICS)
    known = {entry.id for entry in parsed(source("de"))}
    assert {code for code in codes if code.replace("_", " ") not in known} == set()


def test_the_glossary_has_one_german_word_for_each() -> None:
    told = " ".join(string for entry in parsed(source("de")) for string in entry.strings)
    assert re.findall(r"Richtlinie|Konversation|Unterhaltung|(?<!Content-)Policy|Mitarbeiter|Wartezeit", told) == []


def test_no_number_stands_before_are_or_were_without_a_form_for_one() -> None:
    """“1 of them have both”: where a number rules the verb, the text has two forms or is said otherwise."""
    number = r"%\((?!(pair|share)\b)\w+\)s(</\w+>)?"  # a pair is two, a share is no count
    several = re.compile(rf"{number} ((of ({number}|them|those)|like this|that) )*(are|were|have)\b"
                         rf"|\b(there|so) (are|were) {number}|{number} would-be answers")  # fmt: skip
    alone = [entry.id for entry in parsed(source(ENGLISH)) if not entry.plural]

    assert [text for text in alone if several.search(text)] == []


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_is_as_the_command_writes_it(language: str, extracted: list[Entry]) -> None:
    assert update(language, extracted)[0] == source(language)


def test_without_a_word_about_it_english_is_spoken() -> None:
    assert spoken() == ENGLISH
    assert _("There is nothing here.") == "There is nothing here."
    with speaking("xx"):
        assert spoken() == ENGLISH


def test_a_language_is_spoken_for_a_while() -> None:
    with speaking("de"):
        assert _("There is nothing here.") == "Hier ist nichts."
    assert _("There is nothing here.") == "There is nothing here."


def test_a_text_that_no_catalogue_has_is_shown_in_english() -> None:
    with speaking("de"):
        assert _("Nobody wrote this, %(name)s.", name="Ada") == "Nobody wrote this, Ada."
        assert _n("%(num)s thing of nobody", "%(num)s things of nobody", 2) == "2 things of nobody"
        assert _p("nowhere", "Nothing of the sort") == "Nothing of the sort"
        assert _("") == ""


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-AT,en;q=0.5", "de"), ("en;q=0.4, de;q=0.9", "de"), ("fr, en", "en"), ("fr", ""), ("", ""),
        ("de;q=0, en;q=0.1", "en"), ("de;q=much", ""), ("den", ""), (",;,=" * 500, ""),
    ],
)  # fmt: skip
def test_of_what_a_browser_asks_for_the_best_we_have_is_taken(accepted: str, language: str) -> None:
    assert fitting(accepted) == language


def test_numbers_shares_and_days_are_written_as_the_language_writes_them() -> None:
    assert (forms.number(1234.5, 1), forms.percent(0.876), forms.exactly(NOON)) == (
        "1,234.5", "87%", "2026-11-26 12:00 UTC",
    )  # fmt: skip
    with speaking("de"):
        assert (forms.number(1234.5, 1), forms.percent(0.876), forms.exactly(NOON)) == (
            "1.234,5", "87\N{NO-BREAK SPACE}%", "26.11.2026, 12:00 UTC",
        )  # fmt: skip


@pytest.fixture
def in_amsterdam() -> Iterator[None]:
    with forms.seeing_in(ZoneInfo("Europe/Amsterdam")):
        yield


@pytest.mark.usefixtures("in_amsterdam")
def test_what_is_due_a_day_from_now_or_later_is_said_with_its_day_and_hour() -> None:
    told = [forms.due(NOON + timedelta(hours=hours), NOON) for hours in (5, 39, 47, 24 * 8)]

    assert told == ["due in 5 h", "due Sat 04:00", "due Sat 12:00", "due Fri 4 Dec, 13:00"]
    assert forms.due(NOON - timedelta(days=3), NOON) == "late by 3 d"
    with speaking("de"):
        assert forms.due(NOON + timedelta(hours=39), NOON) == "fällig Sa. 04:00"


@pytest.mark.usefixtures("in_amsterdam")
def test_every_moment_is_said_in_the_zone_where_people_work() -> None:
    late = datetime(2026, 11, 26, 23, 30, 5, tzinfo=UTC)

    assert (forms.exactly(late), forms.to_the_second(late)) == ("2026-11-27 00:30 CET", "00:30:05 CET")
    assert (forms.shortly(late), forms.day(late)) == ("Fri 27 Nov, 00:30", "2026-11-27")


@pytest.mark.usefixtures("in_amsterdam")
def test_nine_tomorrow_is_nine_where_people_work_also_after_the_clocks_change() -> None:
    late = datetime(2026, 10, 23, 22, 30, tzinfo=UTC)  # there it is Saturday already, and summer time ends that night

    assert until("tomorrow", late) == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert until("monday", late) == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert until("2026-10-24T09:00", late) == datetime(2026, 10, 24, 7, tzinfo=UTC)
    assert dict(choices(late))["tomorrow"] == "Tomorrow, Sun 25 Oct, 09:00 CET"
    assert dict(choices(late))["1h"] == "1 hour, until 01:30 CEST"


# catalogues


def test_a_catalogue_survives_being_read_and_written() -> None:
    entries = [
        Entry("One\nline \"quoted\" \\ and\ttab\n", strings=("Eine\nZeile „so“ \\ und\tTab\n",), places=("a.py",)),
        Entry("%(num)s reply", "%(num)s replies", "", ("%(num)s Antwort", "%(num)s Antworten"), ("b.py",)),
        Entry("Right", context="verdict", strings=("Richtig",), places=("b.py",), is_fuzzy=True),
    ]  # fmt: skip

    again = parsed(written(header(source("de")), entries))

    assert [entry for entry in again if entry.id] == entries


def test_what_is_missing_or_doubtful_is_left_out_of_what_is_compiled() -> None:
    whole, missing = Entry("a", strings=("A",)), Entry("b", strings=("",))
    doubtful = Entry("c", strings=("C",), is_fuzzy=True)

    assert compiled([whole, missing, doubtful]) == compiled([whole])


@contextmanager
def often_interrupted() -> Iterator[None]:
    """Threads take turns all the time, and rubbish is collected at every opportunity, which lets others in, too."""
    before, interval = gc.get_threshold(), sys.getswitchinterval()

    def collected(_phase: str, _info: dict[str, int]) -> None:
        sum(range(50))

    gc.callbacks.append(collected)
    gc.set_threshold(5, 1, 1)
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        gc.callbacks.remove(collected)
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)


def test_many_read_a_catalogue_at_once() -> None:
    """Each at another depth of calls and all switched often, also where rubbish is collected: Python's own reader of
    literals fails then (python/cpython#106905), and what it failed in was an agent's request."""
    part = "\n\n".join(source("de").split("\n\n")[:100])
    entries, failures = parsed(part), list[str]()

    def reads(deeper: int) -> None:
        if deeper:
            reads(deeper - 1)
            return
        try:
            assert all(parsed(part) == entries for _ in range(5))
        except Exception as error:
            failures.append(repr(error))

    readers = [Thread(target=reads, args=(depth,)) for depth in (0, 5, 10, 20)]
    with often_interrupted():
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    assert failures == []


def test_a_catalogue_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no text of a catalogue"):
        parsed('msgid "a\\x"\nmsgstr "b"')
    with pytest.raises(ValueError, match="no line of a catalogue"):
        parsed('msgid "a"\nnonsense\nmsgstr "b"')


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('msgid "Keep %(a)s"\nmsgstr ""', "is not translated"),
        ('#, fuzzy\nmsgid "Keep %(a)s"\nmsgstr "Behalte %(a)s"', "doubtful"),
        ('msgid "Keep %(a)s"\nmsgstr "Behalte %(b)s"', "names ['b'] in place of ['a']"),
        ('msgid "Keep %(a)s"\nmsgstr "Behalte %(a)s zu 5 %"', "single per cent"),
        ('msgid "Gone"\nmsgstr "Weg"', "used nowhere"),
    ],
)
def test_each_flaw_of_a_catalogue_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, told: str
) -> None:
    (tmp_path / "de.po").write_text(f'msgid ""\nmsgstr "Language: de"\n\n{said}\n', "utf8")
    monkeypatch.setattr("segue.texts.extract.CATALOGUES", tmp_path)

    assert any(told in flaw for flaw in flaws("de", [Entry("Keep %(a)s")]))


# finding them


def test_texts_are_found_in_python_in_templates_and_in_scripts() -> None:
    python = '_("one %(n)s", n=1); _n("a", "b", 2); _p("c", "d"); x = {1: N_("e")}; _(x[1]); self._("no")'
    template = "{% trans n=2 %}{{ n }} of it{% endtrans %}{{ _('f') }}{{ _n('g', 'h', 3) }}{{ _p('c', 'i') }}"
    script = 'say(t("j \\"k\\""), t("l", { m: 2 })); get("no"); at.t("no")'

    assert list(in_python(python, "a.py")) == [("", "one %(n)s", ""), ("", "a", "b"), ("c", "d", ""), ("", "e", "")]
    assert set(in_template(template, "a.html")) == {
        ("", "%(n)s of it", ""), ("", "f", ""), ("", "g", "h"), ("c", "i", ""),
    }  # fmt: skip
    assert list(in_script(script, "a.js")) == [("", 'j "k"', ""), ("", "l", "")]


@pytest.mark.parametrize(
    ("read", "source", "place"),
    [
        (in_template, "{{ _(name) }}", "a.html"), (in_template, "{{ _('a' ~ b) }}", "a.html"),
        (in_python, '_(f"a {b}")', "a.py"), (in_python, "N_(x)", "a.py"), (in_python, '_n("a", b, 1)', "a.py"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_written_out_is_refused_with_its_place(
    read: Callable[[str, str], object], source: str, place: str
) -> None:
    with pytest.raises(Unreadable, match=place):
        list(read(source, place))  # type: ignore[call-overload]


# what scripts get


def test_scripts_get_their_texts_and_none_in_english() -> None:
    assert script_texts("desk") == ""
    with speaking("de"):
        brought = json.loads(script_texts("desk"))
    assert brought["Commands"] == "Befehle"


def test_a_page_says_which_language_it_is_in_and_escapes_what_is_put_into_a_text() -> None:
    english = bytes(render("problem.html", code="1", happened="<b>", to_do="", is_customers=False).body).decode()
    with speaking("de"):
        german = bytes(render("problem.html", code="1", happened="<b>", to_do="", is_customers=False).body).decode()

    assert re.search(r'<html lang="(\w+)">', english)[1] == "en"
    assert re.search(r'<html lang="(\w+)">', german)[1] == "de"
    assert "<h1>&lt;b&gt;</h1>" in german


# nothing escapes

TEMPLATES = PACKAGE / "web" / "templates"
ENGLISH_ON_PURPOSE = {
    "docs.html": "the reference is made of the API's own description, which is English",
    "widget/demo.html": "a product that does not exist, in the language its articles are written in",
}
KEPT_AS_IT_IS = re.compile(
    r"(?:– )?Segue|YAML|https://app\.example\.com|is:open tier:enterprise tag:outage|[a-z]|G\+?|24x7|\W*|n|en|\d+|g|w"
)
"""The name of the house, a format, what is typed word for word, single letters that are keys."""
_PARTS = re.compile(r"(?s)(\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*>)")
_SHOWN = re.compile(r'\s(?:aria-label|title|placeholder|alt|label|data-said)="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)"')
_CALLS = re.compile(r"""\b_[np]?\((?:"[^"]*"|'[^']*')(?:,\s*(?:"[^"]*"|'[^']*'))?""")
_UNSEEN = re.compile(
    r"(?s)<(script|style|svg|pre)\b.*?</\1>|\{% block (?:kind|style|data) %\}.*?\{% endblock %\}"
    r"|aria-(?:invalid|describedby)=\"[^\"]*\""
)
"""What nobody reads: code, pictures, classes, and attributes that a macro writes."""
_LITERAL = re.compile(r'"([^"]*)"|\'([^\']*)\'')


def bare_words(template: str) -> list[str]:
    """Human words of a template that are in no call of `_`: between tags, in attributes that are read out, and as
    literals that look like a sentence or a title."""
    found = []
    for part in _PARTS.split(re.sub(_UNSEEN, "", template)):
        if part.startswith(("{{", "{%")):
            rest = re.sub(r'"[^"]*":', "", _CALLS.sub("", part))
            literals = [one or other for one, other in _LITERAL.findall(rest)]
            found += [
                text for text in literals if re.fullmatch(r"[A-Z][a-z]+( [a-z]+)*[.?!:]?|[a-z]+( [a-z]+){2,}", text)
            ]
        elif part.startswith("<"):
            found += [re.sub(r"\{[{%].*?[%}]\}", "", shown) for shown in _SHOWN.findall(part)]
        elif not part.startswith("{#"):
            found.append(re.sub(r"&\w+;", "", part))
    return [text.strip() for text in found if re.search(r"[A-Za-z]{2}", text)]


@pytest.mark.parametrize("path", sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.html")))
def test_a_template_shows_no_word_that_is_in_no_catalogue(path: str) -> None:
    if path in ENGLISH_ON_PURPOSE:
        pytest.skip(ENGLISH_ON_PURPOSE[path])
    template = (TEMPLATES / path).read_text("utf8")
    assert [text for text in bare_words(template) if not KEPT_AS_IT_IS.fullmatch(text)] == []


@pytest.mark.parametrize(
    "template",
    ["<p>Nothing here</p>", '<a title="Go there">{{ x }}</a>', '{{ "Not yet" if x }}', '{% set x = [(1, "People")] %}',
     "<b>{{ n }}</b> of them", '<li aria-label="{{ name }} writes">'],
)  # fmt: skip
def test_a_bare_word_would_be_found(template: str) -> None:
    assert bare_words(template) != []


@pytest.mark.parametrize("room", ["domain", "store", "desk", "learning", "web"])
def test_what_a_page_may_refuse_is_said_in_the_readers_language(room: str) -> None:
    found = {
        f"{file.relative_to(PACKAGE)}:{line}" for file in (PACKAGE / room).rglob("*.py") for line in bare_refusals(file)
    }
    assert {place for place in found if not place.startswith(FOR_MACHINES)} == set()


FOR_MACHINES = (
    "store/backup.py", "store/binaries.py", "store/database.py", "store/erasure.py", "store/events.py",
    "store/history.py", "store/inbox.py", "store/learning.py", "store/mail.py", "store/migrate.py",
    "store/outbox.py", "store/multiplied.py", "store/server.py", "store/signals.py", "store/sql.py",
    "web/boundary_api.py", "web/contacts_api.py", "web/hands_api.py", "web/learning_api.py", "web/mail_api.py",
    "web/merging_api.py", "web/people_api.py", "web/reading_api.py", "web/reviews_api.py", "web/writing_api.py",
    "web/routes.py", "web/tags_api.py", "web/teaching.py", "web/explaining.py", "web/news.py", "web/stream.py",
    "web/demo_site.py", "web/doors.py", "web/accepting.py", "web/owners.py", "learning/refit.py",
)  # fmt: skip
"""Read on the command line, in a log or by who writes a program: those are English."""


def bare_refusals(file: Path) -> list[int]:
    kinds, source = {"NotFound", "Refused", "Conflict", "Forbidden"}, file.read_text("utf8")
    if not re.search(rf"\b({'|'.join(kinds)}|Flaw)\(", source):
        return []
    nodes = list(ast.walk(ast.parse(source)))
    raised = [node.exc for node in nodes if isinstance(node, ast.Raise)]
    calls = [call for call in raised if isinstance(call, ast.Call) and getattr(call.func, "id", "") in kinds]
    found = [(call.lineno, told) for call in calls for told in call.args[:2]]
    flawed = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Flaw"]
    found += [(call.lineno, told) for call in flawed for told in call.args[1:3]]
    return [
        line for line, told in found
        if isinstance(told, ast.JoinedStr) or (isinstance(told, ast.Constant) and " " in str(told.value))
    ]  # fmt: skip


def test_scripts_say_no_sentence_that_cannot_be_translated() -> None:
    """Quoted words with a capital that are handed to anything but `t`; the console is for who writes a page."""
    handed = re.compile(r'(\w*)(?:\(|, )"([A-Z][a-z]*(?: [^"\\]*)+)"')
    found = {
        f"{file.name}: {words}"
        for file in (PACKAGE / "web" / "static").rglob("*.js")
        for to, words in handed.findall(re.sub(r"/\*.*?\*/", "", file.read_text("utf8"), flags=re.S))
        if to not in ("t", "warn")
    }
    assert found == set()


def test_nobody_throws_away_into_the_name_of_texts() -> None:
    """`_` is a function here; in a function that also assigns to it, it would be whatever was thrown away."""
    found = [f"{file}:{line}" for file in PACKAGE.rglob("*.py") for line in thrown_away(file.read_text("utf8"))]
    assert found == []


_IMPORTED = re.compile(r"\bfrom segue\.texts import (\([^)]*\)|.*)")


def thrown_away(source: str) -> list[int]:
    """Lines of functions that assign to `_`, where it is the one of texts; a comprehension's is its own."""
    if not any(re.search(r"\b_\b", names) for names in _IMPORTED.findall(source)):
        return []
    if not re.search(r"(?<![\w.])_(?![\w(])", _IMPORTED.sub("", source)):  # it is called, and nothing else: most are
        return []
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {node for function in functions for node in ast.walk(function)}
    own = {n for node in inside if isinstance(node, ast.comprehension) for n in ast.walk(node.target)}
    stored = (n for n in inside - own if isinstance(n, ast.Name) and n.id == "_" and isinstance(n.ctx, ast.Store))
    return sorted(n.lineno for n in stored)


@pytest.mark.parametrize(
    ("line", "lines"),
    [("_, x = pair", [3]), ("for _ in pair: pass", [3]), ("[x for _, x in pair]", []), ("say(_)", []), ("_('x')", [])],
)
def test_what_is_thrown_away_would_be_found(line: str, lines: list[int]) -> None:
    assert thrown_away(f"from segue.texts import N_, _\ndef f(pair):\n    {line}\n") == lines
    assert thrown_away(f"from segue.texts import (\n    _, _n)\ndef f(pair):\n    {line}\n") == [n + 1 for n in lines]
    assert thrown_away(f"from segue.texts import N_\ndef f(pair):\n    {line}\n") == []


# kept in English, read in German


def test_a_kept_sentence_is_read_in_the_language_of_whoever_looks() -> None:
    with speaking("de"), keeping() as kept:
        said = sentence(_("; also, %(reason)s", reason=Reason.URGENT.sentence))

    assert said == "; also, the matter is urgent."
    with speaking("de"):
        assert worded(said, kept) == "; außerdem: das Anliegen ist dringend."
        assert worded("What a customer wrote.", kept) == "What a customer wrote."
    assert worded(said, kept) == said


def test_figures_and_plurals_in_a_kept_sentence_follow_the_language() -> None:
    with keeping() as kept:
        told = _("%(told)s %(more)s", told=forms.percent(0.5),
                 more=_n("the assistant had answered once", "the assistant had answered %(num)s times", 2))  # fmt: skip
        felt = _("%(figure)s (%(mood)s)", figure=forms.number(0.25, 2), mood=_("tense"))
    with speaking("de"):
        assert worded(told, kept) == "50\N{NO-BREAK SPACE}% der Assistent hatte 2-mal geantwortet"
        assert worded(felt, kept) == "0,25 (angespannt)"


def test_a_customer_is_answered_in_their_language_where_we_speak_it() -> None:
    assert understood("de", 0.9, "") == "de"
    assert understood("en", 0.6, "de") == "de", "a guess"
    assert understood("fr", 0.99, "de") == "de"
    assert understood("fr", 0.99, "") == ENGLISH


@pytest.mark.parametrize("language", languages())
def test_what_a_customers_buttons_write_is_understood_in_every_language(language: str) -> None:
    with speaking(language):
        wish, solved, not_solved = _(WISH), _(SOLVED), _(NOT_SOLVED)

    assert wish_for_person(Said.of(f"Hallo!\n\n{wish}")).value
    assert is_closing(Said.of(solved))
    assert not is_closing(Said.of(not_solved))


def test_a_notice_says_who_and_when_in_german() -> None:
    monday, wait = datetime(2026, 11, 30, 9, tzinfo=UTC), Wait(datetime(2026, 11, 30, 10, tzinfo=UTC), None, UTC)
    with speaking("de"):
        assert taken_over("Tom") == "Tom ist jetzt für Sie da und antwortet Ihnen ab hier."
        assert moment(monday, NOON, UTC) == "am Montag um 09:00 UTC"
        assert in_distress("", wait, NOON).endswith("Sie bekommen bis Montag um 10:00 UTC eine Antwort.")
