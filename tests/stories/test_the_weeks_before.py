"""The weeks that the demo company has lived with the assistant: figures have something to say, nothing is left open."""

from __future__ import annotations

from segue.app.demo.lived import UNGRADED, Life
from stage import Stage

LEFT = """
select count(*) as all, count(*) filter (where c.status <> 'resolved') as unresolved,
    count(*) filter (where c.changed_at > %(now)s) as ahead
from conversations c where exists (select from decisions d where d.conversation_id = c.id)
"""
GRADED = "select verdict from judgements where source = 'graded' and author = 'agt_lena'"


def test_all_of_them_have_ended_and_what_chance_drew_is_graded_but_for_a_few(house: Stage) -> None:
    Life(house.house, house.now, 7).weeks(60)

    left = house.house.db.one(LEFT, {"now": house.now})
    waiting = house.house.ladder.judging.next_review("agt_lena")
    graded = {row.verdict for row in house.house.db.all(GRADED)}
    assert left
    assert (left.all, left.unresolved, left.ahead) == (60, 0, 0)
    assert waiting
    assert waiting.waiting == UNGRADED
    assert "right" in graded
    assert graded <= {"right", "wrong"}
