"""Articles changed: what was judged of an older text counts no more, and the marks are set anew by what still does."""

from __future__ import annotations

from datetime import datetime

import structlog

from segue.app.door import House
from segue.domain.knowledge import Article
from segue.knowledge.passages import passages_of
from segue.learning.rewritten import ALL, carried

log = structlog.get_logger()


def weigh_anew(house: House, now: datetime) -> list[str]:
    """Looks where an article was written anew, taken out or put back; returns the articles that say something else.
    Seconds after the change the marks rest on what still counts; the page Autonomy says how many cases do not."""
    articles = list[str]()
    for row in house.rewriting.unjudged():
        before, after = (passages_of(Article(row.article_id, "", "", body)) for body in (row.before, row.body))
        stands = carried(before, after, house.encoder.encode)
        house.rewriting.put_carries(row.article_id, row.version, stands)
        articles += [] if ALL in stands else [row.article_id]
    if house.rewriting.claim(house.workspace.knowledge_marks()[1]) or articles:
        house.ladder.follow(now)
        house.rewriting.weighed(list(dict.fromkeys(articles)), now)
        log.info("evidence.weighed", articles=articles)
    return articles
