"""The closed list of what customers may want, and how it is grouped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A group of intents that shares one autonomy setting and one error budget."""

    id: str
    name: str
    needs_account: bool = False
    """Whether its matters concern the customer's own account, so that the customer must be verified."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a customer may want. Not `is_opened`: known by name and a few questions, with no article to answer from."""

    id: str
    name: str
    category_id: str
    is_opened: bool = True
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    categories: tuple[Category, ...]
    intents: tuple[Intent, ...]

    @property
    def names(self) -> dict[str, str]:
        """What people call its matters, by id, and its categories, by the key that `of_category` makes."""
        return {of_category(c.id): c.name for c in self.categories} | {i.id: i.name for i in self.intents}

    def intent(self, intent_id: str) -> Intent | None:
        return next((i for i in self.intents if i.id == intent_id), None)

    def intent_called(self, said: str) -> Intent | None:
        """By its id or its name, capitals aside."""
        wanted = said.strip().casefold()
        return next((i for i in self.intents if wanted in (i.id, i.name.casefold())), None)

    def category_called(self, said: str) -> Category | None:
        wanted = said.strip().casefold()
        return next((c for c in self.categories if wanted in (c.id, c.name.casefold())), None)

    def category(self, category_id: str | None) -> Category | None:
        return next((c for c in self.categories if c.id == category_id), None)


def of_category(category_id: str) -> str:
    """Its key among names: a category and a matter may have one id."""
    return f"category {category_id}"
