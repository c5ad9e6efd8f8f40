-- name: snooze
with c as (
    update conversations set snoozed_until = %(until)s, snoozed_seq = customer_seq, changed_at = %(now)s
    where id = %(id)s and status <> 'resolved'
    returning id
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.snoozed', id, %(agent)s, jsonb_build_object('until', %(until)s::timestamptz), %(now)s from c

-- name: wake
with c as (
    update conversations set snoozed_until = null, snoozed_seq = null, changed_at = %(now)s
    where id = %(id)s and snoozed_until is not null
    returning id
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.woken', id, %(agent)s, '{}', %(now)s from c

-- name: wake_due
-- Also those whose customer has written since: for them the view has long said so, this only clears the mark.
with c as (
    update conversations set snoozed_until = null, snoozed_seq = null, changed_at = %(now)s
    where id in (
        select id from conversations
        where snoozed_until is not null and (snoozed_until <= %(now)s or snoozed_seq <> customer_seq)
        limit 200 for update skip locked)
    returning id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.woken', id, 'system', '{}', %(now)s from c
)
select id from c

-- name: look
-- Somebody who comes (back) is an event, their staying is not.
with old as (
    select seen_at from presence where conversation_id = %(id)s and agent_id = %(agent)s
), p as (
    insert into presence (conversation_id, agent_id, since, seen_at, tabs)
    select id, %(agent)s, %(now)s, %(now)s, jsonb_build_object(%(tab)s::text, %(now)s::timestamptz)
    from conversations where id = %(id)s
    on conflict (conversation_id, agent_id) do update set seen_at = excluded.seen_at,
        tabs = case when presence.seen_at < %(gone)s then '{}' else presence.tabs end || excluded.tabs,
        since = case when presence.seen_at < %(gone)s then excluded.seen_at else presence.since end
    returning conversation_id
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.viewed', conversation_id, %(agent)s, '{}', %(now)s from p
where not exists (select from old where seen_at >= %(gone)s)

-- name: leave
-- Where another tab of theirs still shows it they stay, and so does their hand on the composer.
with others as (
    update presence set tabs = tabs - %(tab)s::text
    where conversation_id = %(id)s and agent_id = %(agent)s
        and exists (select from jsonb_each_text(tabs - %(tab)s::text) t where t.value::timestamptz >= %(gone)s)
    returning conversation_id
), p as (
    delete from presence where conversation_id = %(id)s and agent_id = %(agent)s
        and not exists (select from jsonb_each_text(tabs - %(tab)s::text) t where t.value::timestamptz >= %(gone)s)
    returning conversation_id
), c as (
    update conversations set held_by = null, held_until = null,
        ready_at = case when ready_at > %(now)s then %(now)s else ready_at end
    where id = %(id)s and held_by = %(agent)s and not exists (select from others) and not exists (
        select from waiting_replies w where w.conversation_id = %(id)s and w.state in ('waiting', 'sending'))
    returning id
)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.left', conversation_id, %(agent)s, '{}', %(now)s from p

-- name: present
select p.conversation_id, p.agent_id, a.name, p.since from presence p join agents a on a.id = p.agent_id
where p.conversation_id = any(%(ids)s) and p.seen_at >= %(gone)s order by p.since

-- name: before
select conversation_id from presence where agent_id = %(agent)s and seen_at >= %(gone)s

-- name: preferences
select body from preferences where agent_id = %(agent)s

-- name: prefer
with p as (
    insert into preferences (agent_id, body, changed_at) values (%(agent)s, %(body)s, %(now)s)
    on conflict (agent_id) do update set body = excluded.body, changed_at = excluded.changed_at
)
insert into events (kind, author, body, at) values ('preferences.changed', %(agent)s, '{}', %(now)s)
