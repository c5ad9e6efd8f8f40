"""The demo company: whole, in step with itself, and the same for everybody who starts it on the same day."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from segue.app.demo import read
from segue.app.demo.arrivals import DAYS
from segue.app.demo.generate import CONVERSATIONS, build
from segue.app.demo.seed import past
from segue.app.demo.shape import ASSISTANT
from segue.app.demo.story import story

TODAY = date(2026, 11, 23)
DAYS_TO_TRY = [TODAY, date(2028, 3, 1), date(2027, 4, 5), date(2027, 1, 3)]  # a leap day, a clock change, a Sunday


@cache
def built(today=TODAY, seed=7):
    return build(today, seed)


@pytest.fixture
def ledgerly():
    return built()


def by_id(values):
    return {value.id: value for value in values}


def share(matching, of):
    return len(matching) / len(of)


def days_before_today(conversation, today=TODAY, zone="Europe/Amsterdam"):
    return (today - conversation.opened_at.astimezone(ZoneInfo(zone)).date()).days


# The company


def test_it_has_the_promised_size(ledgerly):
    assert len(ledgerly.accounts) == 12
    assert len(ledgerly.tiers) == 3
    assert len(ledgerly.teams) == 2
    assert Counter(agent.role for agent in ledgerly.agents) == {"agent": 4, "lead": 1}
    assert 30 <= len(ledgerly.intents) <= 40
    assert 9 <= len(ledgerly.categories) <= 12
    assert 38 <= len(ledgerly.articles) <= 44


def test_every_contact_has_an_account_and_every_account_two_to_four_contacts(ledgerly):
    people = Counter(contact.account for contact in ledgerly.contacts)

    assert people.keys() == by_id(ledgerly.accounts).keys()
    assert all(2 <= count <= 4 for count in people.values())
    assert Counter(contact.account for contact in ledgerly.contacts if contact.is_primary) == dict.fromkeys(people, 1)


def test_the_cast_is_there(ledgerly):
    contacts, accounts = by_id(ledgerly.contacts), by_id(ledgerly.accounts)

    assert accounts[contacts["ada"].account].tier == "free"
    assert accounts[contacts["grace"].account].tier == "enterprise"
    assert {"mira", "tom", "lena"} < by_id(ledgerly.agents).keys()


def test_an_account_pays_for_its_seats(ledgerly):
    prices = {"free": 0, "team": 12, "enterprise": 24}

    assert all(account.value == account.seats * prices[account.tier] for account in ledgerly.accounts)


def test_all_addresses_are_fictional(ledgerly):
    assert all(person.email.endswith(".example") for person in (*ledgerly.contacts, *ledgerly.agents))
    assert all(".example/" in page.url for page in ledgerly.pages)


# What customers want


def test_every_intent_has_its_article_or_is_a_declared_gap(ledgerly):
    articles = {article.slug: article for article in ledgerly.articles}

    for intent in ledgerly.intents:
        assert (intent.article is None) != intent.is_opened, intent.id
        assert intent.article is None or articles[intent.article].intent == intent.id
    assert sum(intent.article is None for intent in ledgerly.intents) == 5


def test_every_intent_stands_in_known_places(ledgerly):
    categories, teams, pages = by_id(ledgerly.categories), by_id(ledgerly.teams), by_id(ledgerly.pages)

    for intent in ledgerly.intents:
        assert intent.category in categories
        assert intent.team in teams
        assert set(intent.pages) <= pages.keys()


def test_no_wording_belongs_to_two_intents(ledgerly):
    written = [phrasing.text.lower() for intent in ledgerly.intents for phrasing in intent.phrasings]
    written += [phrasing.text.lower() for phrasing in ledgerly.none_phrasings]

    assert [text for text, times in Counter(written).items() if times > 1] == []
    assert all(18 <= len(intent.phrasings) <= 30 for intent in ledgerly.intents)


def test_people_know_an_answer_to_every_intent(ledgerly):
    scripts = read.scripts()

    assert scripts.keys() == by_id(ledgerly.intents).keys() | {"_none"}
    assert all(2 <= len(script.replies) <= 4 for script in scripts.values())


def test_talk_about_money_back_leaving_and_law_is_for_people(ledgerly):
    human = {category.id for category in ledgerly.categories if category.handling == "human"}

    assert human == {"refunds_disputes", "cancellation", "legal", "security"}


# The help pages


def test_articles_are_whole(ledgerly):
    for article in ledgerly.articles:
        assert 90 <= len(article.body.split()) <= 220, article.slug
        assert (read.HERE / "articles" / f"{article.slug}.md").is_file()


def test_four_articles_are_stale_and_four_are_for_agents_only(ledgerly):
    stale = [article.slug for article in ledgerly.articles if article.is_stale(TODAY)]

    assert len(stale) == 4
    assert sum(article.audience == "internal" for article in ledgerly.articles) == 4


def test_people_contradict_the_article_that_is_out_of_date(ledgerly):
    article = next(article for article in ledgerly.articles if article.slug == "connect-a-bank")
    replies = " ".join(says for says, _ in read.scripts()["connect_bank"].replies)

    assert article.is_stale(TODAY)
    assert "consent lasts 90 days" in article.body
    assert "180 days" in replies


# The past


@pytest.mark.parametrize("today", DAYS_TO_TRY)
def test_the_past_lies_within_the_ninety_days_before_today(today):
    company = built(today)
    zone = ZoneInfo(company.timezone)

    assert len(company.conversations) == CONVERSATIONS
    for conversation in company.conversations:
        assert 1 <= days_before_today(conversation, today, company.timezone) <= DAYS
        assert conversation.resolved_at.astimezone(zone).date() < today


def test_the_same_day_and_seed_build_the_same_company(ledgerly):
    assert build(TODAY) == ledgerly
    assert build(TODAY, seed=8).conversations != ledgerly.conversations


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_first_messages_differ(seed):
    first = [conversation.messages[0].text for conversation in built(TODAY, seed).conversations]

    assert share(set(first), first) >= 0.9


def test_messages_are_in_order_and_fully_written(ledgerly):
    agents = by_id(ledgerly.agents)

    for conversation in ledgerly.conversations:
        times = [conversation.opened_at, *(m.at for m in conversation.messages), conversation.resolved_at]
        assert times == sorted(times)
        assert conversation.messages[0].author == "customer"
        for message in conversation.messages:
            assert message.text.strip()
            assert not set("{}") & set(message.text)
            assert (message.author == "agent") == (message.agent in agents)


def test_somebody_resolved_each_conversation(ledgerly):
    handlers = by_id(ledgerly.agents).keys() | {ASSISTANT}

    for conversation in ledgerly.conversations:
        assert conversation.resolved_by in handlers
        assert conversation.resolution
        assert (conversation.minutes == 0) == (conversation.resolved_by == ASSISTANT)
        assert (conversation.reopened_at is not None) == (conversation.outcome == "reopened")


def test_the_assistant_answers_only_what_it_may(ledgerly):
    intents, categories = by_id(ledgerly.intents), by_id(ledgerly.categories)
    alone = [c for c in ledgerly.conversations if c.resolved_by == ASSISTANT]

    assert alone
    assert all(intents[c.intent].is_opened for c in alone)
    assert all(categories[intents[c.intent].category].handling == "answer" for c in alone)


def test_what_the_assistant_solved_names_the_article_it_said_and_nothing_else_does(ledgerly):
    ids = {article.slug: f"art_{article.slug}" for article in ledgerly.articles}
    titles = {ids[article.slug]: article.title for article in ledgerly.articles}
    brought = list(past(ledgerly, np.zeros((len(ledgerly.conversations), 1)), "none", ids))

    served = [one for one in brought if one.resolved_by == "assistant"]
    assert len(served) > 50
    assert all(titles[one.article_id] in one.solution for one in served)
    assert not any(one.article_id for one in brought if one.resolved_by != "assistant")


def test_nobody_asks_for_what_the_plan_does_not_have(ledgerly):
    intents, accounts, contacts = by_id(ledgerly.intents), by_id(ledgerly.accounts), by_id(ledgerly.contacts)

    for conversation in ledgerly.conversations:
        if conversation.intent:
            assert accounts[contacts[conversation.contact].account].tier in intents[conversation.intent].tiers


def test_channels_keep_their_shares(ledgerly):
    channels = Counter(conversation.channel for conversation in ledgerly.conversations)

    for channel, expected in {"chat": 0.60, "email": 0.25, "form": 0.10, "api": 0.05}.items():
        assert channels[channel] / CONVERSATIONS == pytest.approx(expected, abs=0.04)


def test_weekends_are_quiet(ledgerly):
    days = Counter(
        conversation.opened_at.astimezone(ZoneInfo(ledgerly.timezone)).weekday() >= 5
        for conversation in ledgerly.conversations
    )

    assert days[True] / CONVERSATIONS < 0.1


def test_about_one_in_sixteen_comes_back_about_the_same_issue(ledgerly):
    by_number = {conversation.number: conversation for conversation in ledgerly.conversations}
    repeats = [conversation for conversation in ledgerly.conversations if conversation.repeat_of]

    assert share(repeats, ledgerly.conversations) == pytest.approx(0.06, abs=0.02)
    for repeat in repeats:
        earlier = by_number[repeat.repeat_of]
        assert (earlier.contact, earlier.intent) == (repeat.contact, repeat.intent)
        assert earlier.outcome != "confirmed"
        assert timedelta() < repeat.opened_at - earlier.resolved_at < timedelta(days=14)


def test_the_tone_turns_at_a_customers_message(ledgerly):
    upset = [conversation for conversation in ledgerly.conversations if conversation.frustrated_at is not None]

    assert 0.05 < share(upset, ledgerly.conversations) < 0.2
    assert all(conversation.messages[conversation.frustrated_at].author == "customer" for conversation in upset)


# What a lead should find in it


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_sign_in_questions_rise(seed):
    company = built(TODAY, seed)
    sign_in = {intent.id for intent in company.intents if intent.category == "sign_in"}
    ages = [days_before_today(c) for c in company.conversations if c.intent in sign_in]

    first_month, last_month = sum(age > 60 for age in ages), sum(age <= 30 for age in ages)
    assert last_month > 1.3 * first_month


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_the_export_fault_begins_with_its_release(seed):
    company = built(TODAY, seed)
    reports = [c for c in company.conversations if c.intent == "export_duplicates"]

    assert len(reports) >= 15
    assert all(days_before_today(c) <= 10 for c in reports)
    assert len({c.contact for c in reports}) >= 10


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_the_account_at_risk_has_several_unhappy_people(seed):
    company = built(TODAY, seed)
    account = next(account for account in company.accounts if account.is_churn_risk)
    people = {contact.id for contact in company.contacts if contact.account == account.id}
    upset = [c for c in company.conversations if c.contact in people and c.frustrated_at is not None]

    late = [c for c in upset if days_before_today(c) <= 28]
    assert len({c.contact for c in late}) >= 3
    assert share(late, company.conversations) > 0.008


# The story


def test_the_people_of_the_story_asked_nothing_like_it_in_the_weeks_before(ledgerly):
    contacts, intents = by_id(ledgerly.contacts), by_id(ledgerly.intents)
    accounts = {contacts[step.who].account for step in story().steps if step.author == "customer"}
    category = intents[story().intent].category

    for conversation in ledgerly.conversations:
        if conversation.intent and contacts[conversation.contact].account in accounts:
            assert intents[conversation.intent].category != category or days_before_today(conversation) > 14


def test_the_story_is_played_by_people_who_exist(ledgerly):
    contacts, agents = by_id(ledgerly.contacts), by_id(ledgerly.agents)
    tier = by_id(ledgerly.accounts)[story().account].tier

    assert tier == "team"
    assert [step.expect for step in story().steps] == [
        "answered", "answered", "handed_off", "replied", "resolved", "approved", "answered",
    ]  # fmt: skip
    assert all(step.who in (contacts if step.author == "customer" else agents) for step in story().steps)


def test_no_article_knows_yet_what_the_story_teaches(ledgerly):
    lesson = next(step for step in story().steps if step.author == "lead")

    assert all("two addresses" not in article.body for article in ledgerly.articles)
    assert "two addresses" in lesson.text
