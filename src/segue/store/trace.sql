-- Everything that is stored about one considered message, and what came after it.

-- name: turn
select m.body as text, m.author, m.at, c.number, c.contact_id, c.channel, t.*
from messages m
join conversations c on c.id = m.conversation_id
left join lateral (
    select s.body as assessment, w.body as answer, d.body as decision, d.decided_at, d.policy_version,
        false as is_replayed
    from decisions d left join assessments s using (conversation_id, seq) left join answers w using (conversation_id, seq)
    where d.conversation_id = m.conversation_id and d.seq = m.seq
    union all
    select assessment, answer, decision, at, policy_version, true
    from replayed_turns where conversation_id = m.conversation_id and seq = m.seq
) t on true
where m.conversation_id = %(conversation)s and m.seq = %(seq)s

-- name: considered
select seq from decisions where conversation_id = %(conversation)s
union select seq from replayed_turns where conversation_id = %(conversation)s order by seq

-- name: said_after
select m.author, coalesce(g.name, '') as agent, m.body, m.at
from messages m left join agents g on g.id = m.agent_id
where m.conversation_id = %(conversation)s and m.seq > %(seq)s order by m.seq limit 6

-- name: done_after
-- What was done with it from the decision on, of the kinds that are told. `whom`: the agent or the team it went to.
select e.kind, coalesce(g.name, e.author) as who, coalesce(a.name, t.name, '') as whom, e.body, e.at
from events e left join agents g on g.id = e.author left join agents a on a.id = e.body ->> 'agent'
left join teams t on t.id = e.body ->> 'team'
where e.conversation_id = %(conversation)s and e.at >= %(at)s and e.kind = any(%(kinds)s)
order by e.id limit 12

-- name: ended
select coalesce(g.name, r.resolved_by) as by, g.id is not null as is_by_person, r.intent_id, r.outcome, r.minutes, r.at
from resolutions r left join agents g on g.id = r.resolved_by
where r.conversation_id = %(conversation)s and r.at >= %(at)s order by r.at limit 1

-- name: came_back
-- Later conversations of the same customer that were noticed to be about the same issue.
select c.number, c.channel, c.opened_at as at from conversations c
join assessments s on s.conversation_id = c.id
where c.contact_id = %(contact)s and c.opened_at > %(at)s
  and s.body -> 'repeat' -> 'conversations' @> to_jsonb(%(conversation)s::text)
group by c.id order by c.opened_at limit 3
