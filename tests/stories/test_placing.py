"""Articles and the matters they answer: a loose one is proposed a place, and what is placed may be answered from."""

from __future__ import annotations

import pytest

from segue.domain.errors import Refused
from segue.domain.knowledge import Article
from segue.learning.placing import Loose, Placing
from segue.learning.school import School
from stage import Stage

BANK = Article(
    "", "bank-list", "Our bank is not in the list",
    "Upload the statement under Banking → Import file. It takes CAMT.053, MT940 and CSV, also for a bank not listed.",
)  # fmt: skip


def placing(house: Stage) -> Placing:
    return Placing(School(house.house.db, house.house.library))


def loose(house: Stage) -> dict[str, Loose]:
    return {one.article.slug: one for one in placing(house).loose()}


def is_opened(house: Stage, intent: str) -> bool:
    found = house.house.workspace.catalogue().intent(intent)
    return found is not None and found.is_opened


def test_a_loose_article_is_offered_the_matter_it_reads_like(house: Stage) -> None:
    house.house.library.publish(BANK, "import", house.now)

    assert loose(house)["bank-list"].matters[0].intent == "bank_not_listed"


def test_an_article_for_agents_needs_no_place(house: Stage) -> None:
    inside = Article("", "bank-notes", BANK.title, BANK.body, "internal")
    house.house.library.publish(inside, "import", house.now)

    assert "bank-notes" not in loose(house)


def test_what_is_placed_opens_its_matter_and_keeps_its_version(house: Stage) -> None:
    before = house.house.library.publish(BANK, "import", house.now)
    assert not is_opened(house, "bank_not_listed")

    placed = placing(house).place("bank-list", "bank_not_listed", "agt_lena", house.now)

    assert placed.version == before.version
    assert is_opened(house, "bank_not_listed")
    assert "bank-list" not in loose(house)
    opened = house.house.db.all("select author, body from events where kind = 'intent.opened'")
    assert [(row.author, row.body["intent"]) for row in opened] == [("agt_lena", "bank_not_listed")]


def test_an_article_that_is_published_for_agents_opens_nothing(house: Stage) -> None:
    inside = Article("", "bank-notes", BANK.title, BANK.body, "internal", "bank_not_listed")

    School(house.house.db, house.house.library).publish(inside, "agt_lena", house.now)

    assert not is_opened(house, "bank_not_listed")


def test_what_nothing_fits_becomes_a_matter_of_its_own(house: Stage) -> None:
    parrot = Article("", "parrots", "Bring a parrot to the office", "Parrots may come on Fridays, in a cage.")
    house.house.library.publish(parrot, "import", house.now)

    made = placing(house).place_anew("parrots", "billing", "agt_lena", house.now)

    found = house.house.workspace.catalogue().intent(made)
    assert found is not None
    assert (found.name, found.category_id, found.is_opened) == (parrot.title, "billing", True)
    assert found.questions == (parrot.title,)
    with pytest.raises(Refused, match="already"):
        placing(house).place_anew("parrots", "billing", "agt_lena", house.now)


@pytest.mark.parametrize("matter", ["", "no_such_matter"])
def test_a_matter_that_is_not_there_is_refused(house: Stage, matter: str) -> None:
    house.house.library.publish(BANK, "import", house.now)

    with pytest.raises(Refused, match=r"no matter .*Choose one of these: .*bank_not_listed, "):
        placing(house).place("bank-list", matter, "agt_lena", house.now)


def test_all_three_go_by_their_names_too_and_a_wrong_place_is_taken_back(house: Stage) -> None:
    house.house.library.publish(BANK, "import", house.now)
    catalogue = house.house.workspace.catalogue()
    matter, category = catalogue.intent("bank_not_listed"), catalogue.category("billing")
    assert matter
    assert category

    placing(house).place(BANK.title.upper(), matter.name, "agt_lena", house.now)
    assert house.house.library.store.article("bank-list").intent == "bank_not_listed"
    placing(house).take_back("bank-list", "agt_lena", house.now)
    assert "bank-list" in loose(house)

    made = placing(house).place_anew("bank-list", category.name, "agt_lena", house.now)
    assert house.house.workspace.catalogue().intent(made).category_id == "billing"
