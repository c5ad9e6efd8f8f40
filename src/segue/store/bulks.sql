-- name: begin
insert into bulks (id, agent_id, deed, value, at) values (%(id)s, %(agent)s, %(deed)s, %(value)s, %(now)s)

-- name: remember
-- What a conversation was, before it was touched.
insert into bulk_conversations (bulk_id, conversation_id, before)
select %(id)s, c.id, jsonb_build_object('status', c.status, 'handler', c.handler, 'assignee_id', c.assignee_id,
    'team_id', c.team_id, 'snoozed_until', case when c.snoozed_seq = c.customer_seq then c.snoozed_until end)
from conversations c where c.id = %(conversation)s

-- name: forget
delete from bulk_conversations where bulk_id = %(id)s and conversation_id = %(conversation)s

-- name: done
insert into events (kind, author, body, at)
select 'bulk.done', %(agent)s, jsonb_build_object('bulk', id, 'deed', deed, 'conversations',
    (select count(*) from bulk_conversations where bulk_id = b.id)), %(now)s
from bulks b where id = %(id)s

-- name: newest
-- The agent's newest move of this conversation by itself, unless it was taken back.
select b.id from bulks b join bulk_conversations k on k.bulk_id = b.id
where k.conversation_id = %(conversation)s and b.agent_id = %(agent)s and b.deed in ('assign', 'hand-back')
    and b.undone_at is null
    and not exists (select from bulk_conversations o where o.bulk_id = b.id and o.conversation_id <> k.conversation_id)
order by b.id desc limit 1 -- ids are in the order of time

-- name: take_back
-- By whom it was done, and once.
with b as (
    update bulks set undone_at = %(now)s where id = %(id)s and agent_id = %(agent)s and undone_at is null
    returning id, deed, value
), e as (
    insert into events (kind, author, body, at)
    select 'bulk.undone', %(agent)s, jsonb_build_object('bulk', id, 'deed', deed), %(now)s from b
)
select deed, value from b

-- name: touched
-- Without those that were closed to the agent meanwhile: these are as if they were not. `is_theirs`: the last word on what the deed set is not the deed's own, whatever it is set to now.
select k.conversation_id, k.before, c.number, coalesce((
    select (e.author, e.at) is distinct from (b.agent_id, b.at) from events e
    where e.conversation_id = k.conversation_id and e.kind = any(case b.deed
            when 'tag' then array['conversation.tagged', 'conversation.untagged']
            when 'snooze' then array['conversation.snoozed', 'conversation.woken']
            when 'resolve' then array['conversation.resolved', 'conversation.reopened']
            else array['conversation.claimed', 'conversation.assigned', 'conversation.handed_back'] end)
        and (b.deed <> 'tag' or e.body ->> 'tag' = b.value)
    order by e.id desc limit 1), false) as is_theirs
from bulk_conversations k join bulks b on b.id = k.bulk_id join conversations c on c.id = k.conversation_id
where k.bulk_id = %(id)s and coalesce(c.team_id <> all ((select teams_closed_to(b.agent_id))::text[]), true)
order by c.number
