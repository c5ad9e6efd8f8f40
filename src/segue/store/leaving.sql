-- Taking somebody's access away, and giving it back.

-- name: look
select a.id, a.name, a.role, a.is_active, (select count(*) from sessions s where s.agent_id = a.id) as sessions,
    (select count(*) from conversations c where c.assignee_id = a.id and c.status <> 'resolved') as conversations,
    array(select k.name from api_keys k where k.agent_id = a.id order by k.name) as keys
from agents a where a.id = %(id)s and (a.is_active or a.left_at is not null)

-- name: gone
select id, name, email, role, left_at from agents where left_at is not null order by name, id

-- name: deactivate
-- Who can bring people back is locked first: of two of them who send each other away at once, one stays. So does the last
-- administrator: without one, leads would hold the keys.
with leads as (
    select id, role from agents where is_active and role in ('lead', 'admin') order by id for update
), a as (
    update agents set is_active = false, left_at = %(now)s
    where id = %(id)s and is_active and (select count(*) from leads where leads.id <> %(id)s) > 0
      and (role <> 'admin' or exists (select from leads where leads.id <> %(id)s and leads.role = 'admin'))
    returning id
), s as (
    delete from sessions where agent_id in (select id from a) returning id
), begun as (
    delete from ceremonies where agent_id in (select id from a)
), k as (
    delete from api_keys where agent_id in (select id from a) returning id, name
), c as (
    update conversations
    set assignee_id = null, token = token + 1, leased_by = null, lease_until = null,
        held_by = case when held_by = %(id)s then null else held_by end,
        held_until = case when held_by = %(id)s then null else held_until end, changed_at = %(now)s
    where assignee_id in (select id from a) and status <> 'resolved'
    returning id, team_id
), free as (
    update claims set released_at = %(now)s where agent_id in (select id from a) and released_at is null
), w as (
    update waiting_replies set state = 'stopped', closed_at = %(now)s
    where agent_id in (select id from a) and state in ('waiting', 'refused')
    returning conversation_id
), told as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.assigned', id, %(author)s, jsonb_build_object('team', team_id, 'from', %(id)s::text), %(now)s from c
    union all select 'reply.stopped', conversation_id, %(author)s, '{}', %(now)s from w
    union all select 'key.revoked', null, %(author)s, jsonb_build_object('key', id, 'name', name), %(now)s from k
    union all select 'agent.deactivated', null, %(author)s, jsonb_build_object('agent', id,
        'sessions', (select count(*) from s), 'conversations', (select count(*) from c)), %(now)s from a
)
select a.id, (select count(*) from s) as sessions, (select count(*) from c) as conversations,
    array(select name from k order by name) as keys
from a

-- name: reactivate
with a as (update agents set is_active = true, left_at = null where id = %(id)s and left_at is not null returning id, name),
e as (
    insert into events (kind, author, body, at)
    select 'agent.reactivated', %(author)s, jsonb_build_object('agent', id), %(now)s from a
)
select name from a
