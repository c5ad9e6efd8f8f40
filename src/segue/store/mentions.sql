-- name: of_agent
-- Conversations in which they were called, those they have not looked at since first, then the newest.
select m.conversation_id, max(m.at) as at, bool_or(m.seen_at is null) as unseen,
    (array_agg(a.name order by m.at desc))[1] as by
from mentions m left join agents a on a.id = m.author
where m.agent_id = %(agent)s and (m.seen_at is null or m.at > %(since)s)
group by m.conversation_id order by unseen desc, at desc limit %(limit)s

-- name: seen
with m as (
    update mentions set seen_at = %(now)s
    where conversation_id = %(id)s and agent_id = %(agent)s and seen_at is null returning conversation_id
)
insert into events (kind, conversation_id, author, body, at)
select distinct 'mention.seen', conversation_id, %(agent)s, '{}'::jsonb, %(now)s::timestamptz from m

-- name: told
-- What concerns an agent among the events after a cursor: given to them by somebody else, called by name, a word of a
-- customer of theirs, or something of their own that did not go out.
select e.xid::text as xid, e.id, e.kind, e.conversation_id, c.number, c.subject, coalesce(nullif(p.name, ''), 'A customer') as customer,
    coalesce(a.name, '') as by
from events e join conversations c on c.id = e.conversation_id join contacts p on p.id = c.contact_id
left join agents a on a.id = e.author
where (e.xid, e.id) > (%(xid)s::xid8, %(id)s::bigint) and e.xid < settled_before()
  and ((e.author <> %(agent)s
        and ((e.kind in ('conversation.claimed', 'agent.mentioned') and e.body ->> 'agent' = %(agent)s)
             or (e.kind = 'message.received' and c.assignee_id = %(agent)s and c.handler = 'human')))
       or (e.kind = 'reply.refused' and e.author = %(agent)s)
       or (e.kind = 'message.undelivered' and exists (
               select from messages m where m.conversation_id = e.conversation_id
               and m.seq = (e.body ->> 'seq')::int and m.agent_id = %(agent)s)))
order by e.xid desc, e.id desc limit %(limit)s
