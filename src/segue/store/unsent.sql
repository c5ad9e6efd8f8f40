-- name: of_agent
-- Replies of theirs that were refused and mails of theirs that did not arrive, the oldest first. A mail of a conversation
-- that was merged away stands in the other one. Of what is closed to them by now only the number is told.
select u.kind, u.place, u.at, c.id as conversation_id, c.number, coalesce(nullif(p.name, ''), p.email) as customer,
    coalesce(c.team_id = any ((select teams_closed_to(%(agent)s))::text[]), false) as is_closed
from (
    select 'reply' as kind, w.conversation_id, w.id as place, w.closed_at as at
    from waiting_replies w where w.agent_id = %(agent)s and w.state = 'refused'
    union all
    select 'mail', coalesce(x.merged_into, x.id),
        case when x.merged_into is null then '' else 'n' || x.number || '-' end || 'm' || o.seq, o.undelivered_at
    from outbox o join conversations x on x.id = o.conversation_id
    join messages m on m.conversation_id = o.conversation_id and m.seq = o.seq and m.agent_id = %(agent)s
    where o.kind = 'mail' and o.undelivered_at is not null and o.dropped_at is null
      and o.body ->> 'is_automatic' = 'false') u
join conversations c on c.id = u.conversation_id join contacts p on p.id = c.contact_id
order by u.at, u.place limit %(limit)s

-- name: drop_reply
-- Or, with `back`, takes that back.
with w as (
    update waiting_replies set state = case when %(back)s then 'refused' else 'dropped' end, closed_at = %(now)s
    where id = %(reply)s and agent_id = %(agent)s and state = case when %(back)s then 'dropped' else 'refused' end
    returning conversation_id
)
insert into events (kind, conversation_id, author, body, at)
select case when %(back)s then 'reply.picked_up' else 'reply.dropped' end, conversation_id, %(agent)s, '{}', %(now)s from w
returning conversation_id

-- name: drop_mail
with o as (
    update outbox o set dropped_at = %(now)s
    from messages m
    where o.kind = 'mail' and o.conversation_id = %(id)s and o.seq = %(seq)s and o.undelivered_at is not null
      and o.dropped_at is null and m.conversation_id = o.conversation_id and m.seq = o.seq and m.agent_id = %(agent)s
    returning o.conversation_id
)
insert into events (kind, conversation_id, author, body, at)
select 'reply.dropped', conversation_id, %(agent)s, '{}', %(now)s from o
returning conversation_id

-- name: pick_up
-- What they dropped last here, or in what was merged into it.
with here as (
    select id from conversations where id = %(id)s or merged_into = %(id)s
), last as (
    select w.id, w.closed_at as at from waiting_replies w
    where w.conversation_id in (select id from here) and w.agent_id = %(agent)s and w.state = 'dropped'
    union all
    select o.id, o.dropped_at from outbox o
    join messages m on m.conversation_id = o.conversation_id and m.seq = o.seq and m.agent_id = %(agent)s
    where o.conversation_id in (select id from here) and o.undelivered_at is not null and o.dropped_at is not null
    order by at desc limit 1
), w as (
    update waiting_replies set state = 'refused', closed_at = %(now)s where id in (select id from last)
    returning conversation_id
), o as (
    update outbox set dropped_at = null where id in (select id from last) returning conversation_id
)
insert into events (kind, conversation_id, author, body, at)
select 'reply.picked_up', conversation_id, %(agent)s, '{}', %(now)s from (table w union all table o) u
returning conversation_id
