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
select k.conversation_id, k.before, c.number from bulk_conversations k join conversations c on c.id = k.conversation_id
where k.bulk_id = %(id)s order by c.number
