"""The watch over articles finds what people say otherwise, and does not cry wolf. On the demo company's own past, in
which every reply agrees with its article but for one fact that changed."""

from __future__ import annotations

from datetime import date

import pytest

from segue.app.demo.generate import build
from segue.knowledge.encoder import MiniLM
from segue.learning.contradictions import Contradiction, conflicts
from segue.learning.edits import plain
from segue.learning.watch import SAME_THING

pytestmark = pytest.mark.measures
FALSE_ALARMS = 0.005
"""Share of replies that may be doubted wrongly."""


def test_the_one_changed_fact_is_found_among_thousands_of_replies_that_agree() -> None:
    company, encoder = build(date(2026, 3, 2)), MiniLM()
    articles = {article.intent: article.body for article in company.articles if article.intent}
    replies = [(articles[c.intent], plain(m.text)) for c in company.conversations if c.intent in articles
               for m in c.messages if m.author == "agent"]  # fmt: skip
    found = [conflict for article, reply in replies for conflict in conflicts(article, reply)]

    def is_same_thing(conflict: Contradiction) -> bool:
        ours, theirs = encoder.encode([conflict.article_says, conflict.reply_says])
        return float(ours @ theirs) >= SAME_THING

    doubts = [conflict for conflict in found if is_same_thing(conflict)]
    true = [d for d in doubts if "as the help page still says" in d.reply_says]
    print(
        f"{len(replies)} replies, {len(found)} doubted by their words, {len(doubts)} by meaning too,"
        f" {len(true)} rightly"
    )
    assert len(true) == sum("as the help page still says" in reply for _, reply in replies) > 0
    assert len(doubts) - len(true) <= FALSE_ALARMS * len(replies)
