"""Articles from files: what one comes to here, the first time and brought again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from segue.app.cli.content import take_in
from segue.app.door import House, open_house
from segue.app.settings import Settings
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.knowledge import Article
from segue.knowledge.bringing import Brought, articles_in, slugged
from segue.knowledge.encoder import StandIn
from segue.learning.placing import Placing

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Its catalogue is what past tickets make: matters known by name only."""
    opened = open_house(Settings(database_url=database_url), StandIn())
    matters = (Intent("parking", "Parking", "office", False), Intent("lunch", "Lunch", "office", False))
    opened.workspace.put_catalogue(Catalogue((Category("office", "Office"),), matters), NOW)
    yield opened
    opened.db.close()


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf8")
    return folder


def test_what_an_imported_article_answers_is_opened_with_it(house: House, tmp_path: Path) -> None:
    written(tmp_path, "parking.md", "---\ntitle: Parking\nintent: parking\n---\nBehind the house.")
    written(tmp_path, "lunch.md", "---\ntitle: Lunch\nintent: lunch\naudience: internal\n---\nAsk Tom.")

    take_in(house, tmp_path)

    assert {i.id: i.is_opened for i in house.workspace.catalogue().intents} == {"parking": True, "lunch": False}


def test_what_was_said_by_hand_outlasts_a_second_import_of_files_that_do_not_say_it(
    house: House, tmp_path: Path
) -> None:
    written(tmp_path, "parking.md", "---\ntitle: Parking\nreview_by: 2027-01-31\naudience: internal\n---\nBehind.")
    take_in(house, tmp_path)
    Placing(house.school).place("parking", "parking", "agt_lena", NOW)
    written(tmp_path, "parking.md", "---\ntitle: Parking\n---\nIn front of the house.")

    _, _, loose = take_in(house, tmp_path)

    found = house.library.store.article("parking")
    assert found is not None
    assert (found.intent, found.review_by, found.audience) == ("parking", date(2027, 1, 31), "internal")
    assert (found.version, found.body, loose) == (2, "In front of the house.", 0)


def test_a_second_import_changes_what_its_files_do_say(house: House, tmp_path: Path) -> None:
    written(tmp_path, "parking.md", "---\nintent: parking\nreview_by: 2027-01-31\naudience: internal\n---\nBehind.")
    take_in(house, tmp_path)
    written(tmp_path, "parking.md", "---\nintent: lunch\nreview_by: 2028-01-31\naudience: public\n---\nBehind.")

    take_in(house, tmp_path)

    found = house.library.store.article("parking")
    assert found is not None
    assert (found.intent, found.review_by, found.audience) == ("lunch", date(2028, 1, 31), "public")


def test_a_folder_of_notes_is_for_agents_where_who_brings_it_says_so(house: House, tmp_path: Path) -> None:
    """Files without front matter say nothing of who may read them."""
    written(tmp_path, "refunds.md", "# Refunds\nUp to 40 nobody asks.")
    written(tmp_path, "faq.md", "---\naudience: public\n---\n# Questions\nAsk away.")

    take_in(house, tmp_path, "internal")
    take_in(house, tmp_path)

    assert {a.slug: a.audience for a in house.library.store.articles()} == {"refunds": "internal", "faq": "public"}


ALIKE = [
    ("請求書 1", "返金 1"),
    ("如何重置密码 2FA", "关闭 2FA"),
    ("Für uns", "Fär uns"),
    ("a" * 80 + "b", "a" * 80 + "c"),
    ("a" * 80, "a" * 80 + "c"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=["digits", "latin", "accents", "long", "longer"])
def test_names_that_differ_name_two_articles(one: str, other: str) -> None:
    slugs = slugged(one), slugged(other)

    assert slugs[0] != slugs[1]
    assert max(map(len, slugs)) <= 80
    assert slugs == (slugged(one), slugged(other)), "the same name again is the same article"


@pytest.mark.parametrize(
    ("title", "body"), [("Konto löschen", "Under Settings."), ("Delete your account", "Write to us.")]
)
def test_an_article_that_was_brought_before_names_were_told_apart_is_changed_and_not_doubled(
    house: House, tmp_path: Path, title: str, body: str
) -> None:
    house.school.publish(Article("", "konto-l-schen", "Konto löschen", "Write to us."), "import", NOW)
    written(tmp_path, "Konto löschen.md", f"---\ntitle: {title}\n---\n{body}")

    take_in(house, tmp_path)

    assert [(a.slug, a.title, a.body) for a in house.library.store.articles()] == [("konto-l-schen", title, body)]


def test_another_article_that_would_have_had_the_same_slug_once_is_another(house: House, tmp_path: Path) -> None:
    house.school.publish(Article("", "1", "請求書", "Under Billing."), "import", NOW)
    written(tmp_path, "返金 1.md", "---\ntitle: 返金\n---\nWithin a week.")

    take_in(house, tmp_path)

    assert {a.title for a in house.library.store.articles()} == {"請求書", "返金"}


def test_a_plain_name_is_its_own_address_and_an_accent_is_one_however_it_is_written() -> None:
    assert slugged("Can I change my order?") == "can-i-change-my-order"
    assert slugged("Caf\u00e9") == slugged("Cafe\u0301")


def test_what_is_hidden_or_lies_elsewhere_on_the_machine_is_none_of_the_folders(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "help", tmp_path / "secret.md"
    (folder / ".github").mkdir(parents=True)
    elsewhere.write_text("A password.")
    written(folder, "parking.md", "Behind the house.")
    written(folder, ".draft.md", "Not yet.")
    written(folder / ".github", "template.md", "What changed?")
    (folder / "link.md").symlink_to(elsewhere)

    assert [where for where, _article in articles_in(folder)] == ["parking.md"]


def test_a_day_with_a_time_behind_it_is_that_day(tmp_path: Path) -> None:
    written(tmp_path, "parking.md", "---\nreview_by: 2027-01-31 09:00:00\n---\nBehind the house.")

    ((_, article),) = articles_in(tmp_path)

    assert isinstance(article, Brought)
    assert type(article.review_by) is date
    assert article.is_stale(date(2027, 2, 1))
