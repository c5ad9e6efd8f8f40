"""What people read: every text is in every catalogue, and each language says it rightly."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from segue.texts import ENGLISH, _, _n, _p, fitting, forms, languages, plural_rule, source, speaking, spoken
from segue.texts.extract import Unreadable, flaws, in_python, in_script, in_template, texts, update
from segue.texts.po import Entry, compiled, header, parsed, written
from segue.web.pages import render
from segue.web.tongue import script_texts

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize("language", languages())
def test_every_text_is_in_every_catalogue_and_its_places_agree(language: str) -> None:
    assert flaws(language, texts()) == [], "run `segue texts extract`, then translate"


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_is_as_the_command_writes_it(language: str) -> None:
    assert update(language, texts())[0] == source(language)


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


def test_a_catalogue_that_is_none_is_refused() -> None:
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
def test_each_flaw_of_a_catalogue_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path, said: str, told: str) -> None:
    (tmp_path / "de.po").write_text(f'msgid ""\nmsgstr "Language: de"\n\n{said}\n', "utf8")
    monkeypatch.setattr("segue.texts.extract.CATALOGUES", tmp_path)

    assert any(told in flaw for flaw in flaws("de", [Entry("Keep %(a)s")]))


# finding them


def test_texts_are_found_in_python_in_templates_and_in_scripts() -> None:
    python = '_("one %(n)s", n=1); _n("a", "b", 2); _p("c", "d"); x = {1: N_("e")}; _(x[1]); self._("no")'
    template = "{% trans n=2 %}{{ n }} of it{% endtrans %}{{ _('f') }}{{ _n('g', 'h', 3) }}{{ _p('c', 'i') }}"
    script = 'say(t("j \\"k\\""), tn("l", "m", 2), tp("c", "n")); get("no"); at.t("no")'

    assert list(in_python(python, "a.py")) == [("", "one %(n)s", ""), ("", "a", "b"), ("c", "d", ""), ("", "e", "")]
    assert set(in_template(template, "a.html")) == {
        ("", "%(n)s of it", ""), ("", "f", ""), ("", "g", "h"), ("c", "i", ""),
    }  # fmt: skip
    assert list(in_script(script, "a.js")) == [("", 'j "k"', ""), ("", "l", "m"), ("c", "n", "")]


@pytest.mark.parametrize(
    ("read", "source", "place"),
    [
        (in_template, "{{ _(name) }}", "a.html"), (in_template, "{{ _('a' ~ b) }}", "a.html"),
        (in_python, '_(f"a {b}")', "a.py"), (in_python, "N_(x)", "a.py"), (in_python, '_n("a", b, 1)', "a.py"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_written_out_is_refused_with_its_place(read, source: str, place: str) -> None:
    with pytest.raises(Unreadable, match=place):
        list(read(source, place))


# what scripts get


def test_scripts_get_their_texts_with_the_rule_of_plurals_and_none_in_english() -> None:
    assert script_texts("desk") == ""
    with speaking("de"):
        brought = json.loads(script_texts("desk"))
    assert brought[""] == plural_rule("de")
    assert brought[""][:4] == "1011"


def test_a_page_says_which_language_it_is_in_and_escapes_what_is_put_into_a_text() -> None:
    english = bytes(render("problem.html", code="1", happened="<b>", to_do="").body).decode()
    with speaking("de"):
        german = bytes(render("problem.html", code="1", happened="<b>", to_do="").body).decode()

    assert re.search(r'<html lang="(\w+)">', english)[1] == "en"
    assert re.search(r'<html lang="(\w+)">', german)[1] == "de"
    assert "<h1>&lt;b&gt;</h1>" in german
