-- name: put
-- With the agent's hand on the conversation, so that the assistant keeps silent until the reply has gone. One that stands
-- here already changes nothing: a colleague may have begun to write since.
with v as (
    select id from conversations where id = %(id)s
), w as (
    insert into waiting_replies (id, conversation_id, agent_id, body, seen_seq, resolves, made_at, send_after, macro_id)
    select %(reply_id)s, id, %(agent)s, %(body)s, %(seen_seq)s, %(resolves)s, %(now)s, %(send_after)s,
        (select id from macros where id = %(macro)s) from v
    on conflict (id) do nothing
    returning id, conversation_id, send_after
), c as (
    update conversations c set held_by = %(agent)s,
        held_until = greatest(held_until, %(send_after)s + interval '15 seconds'),
        token = token + 1, leased_by = null, lease_until = null
    from w where c.id = w.conversation_id
), f as (
    update attachments a set reply_id = w.id, draft = null
    from w where a.id = any(%(files)s::text[]) and a.owner = %(files_of)s and
        -- also: attachments.loose
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'reply.waiting', conversation_id, %(agent)s, jsonb_build_object('until', send_after), %(now)s from w
)
select id, exists (select from w) as is_new from v

-- name: put_before
-- Whether what stands under this id is the very same, and has gone or goes.
select w.state <> 'stopped' and w.conversation_id = %(id)s and w.agent_id = %(agent)s and w.body = %(body)s
    and w.resolves = %(resolves)s and w.macro_id is not distinct from %(macro)s and array(
    -- also: inbox.files
    left join messages m on (m.conversation_id, m.seq) = (f.conversation_id, f.seq)
    where f.conversation_id = w.conversation_id and (f.reply_id = w.id or m.client_id = w.id) order by 1
) = array(
-- also: inbox.brought
) as is_same
from waiting_replies w where w.id = %(reply_id)s

-- name: shown
select w.id, w.agent_id, a.name as agent, w.body, w.state, w.why, w.resolves, w.send_after, k.name as macro
from waiting_replies w join agents a on a.id = w.agent_id left join macros k on k.id = w.macro_id
where w.conversation_id = %(id)s and w.state in ('waiting', 'sending', 'refused') order by w.made_at

-- name: newer
-- Whether the customer or a colleague wrote after what its author had seen.
select m.author, a.name from messages m left join agents a on a.id = m.agent_id
where m.conversation_id = %(id)s and m.seq > %(seen_seq)s
  and (m.author = 'customer' or (m.author = 'agent' and m.agent_id <> %(agent)s)) order by m.seq desc limit 1

-- name: stop
-- While it waits, and by its author only. No row where it has gone.
with w as (
    update waiting_replies set state = 'stopped', closed_at = %(now)s
    where id = %(reply_id)s and agent_id = %(agent)s and state in ('waiting', 'refused')
    returning id, conversation_id, body, macro_id
), f as (
    update attachments a set reply_id = null, draft = 'reply' from w where a.reply_id = w.id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'reply.stopped', conversation_id, %(agent)s, '{}', %(now)s from w
)
select conversation_id, body, macro_id from w

-- name: again
-- One that was refused, by its author only; what it crossed has been read.
with w as (
    update waiting_replies set state = 'waiting', why = '', seen_seq = %(seen_seq)s, send_after = %(now)s, closed_at = null
    where id = %(reply_id)s and agent_id = %(agent)s and state = 'refused'
    returning conversation_id
)
insert into events (kind, conversation_id, author, body, at)
select 'reply.waiting', conversation_id, %(agent)s, jsonb_build_object('until', %(now)s::timestamptz), %(now)s from w
returning conversation_id

-- name: due
-- One that a sweep took and never closed is taken again: it is sent under its own id, so it can't go out twice. One that
-- was written after it in the same conversation waits for it (trust R4).
update waiting_replies set state = 'sending', send_after = %(now)s + interval '30 seconds'
where id in (
    select id from waiting_replies w where state in ('waiting', 'sending') and send_after <= %(now)s
      and not exists (
        select from waiting_replies e where e.conversation_id = w.conversation_id and e.agent_id = w.agent_id
        and e.state in ('waiting', 'sending') and (e.made_at, e.id) < (w.made_at, w.id))
    order by send_after limit 50 for update skip locked)
returning id, conversation_id, agent_id, body, seen_seq, resolves, macro_id,
    -- of one that was sent and not closed they are the message's by now
    array(select f.id from attachments f
          left join messages m on (m.conversation_id, m.seq) = (f.conversation_id, f.seq)
          where f.conversation_id = waiting_replies.conversation_id
            and (f.reply_id = waiting_replies.id or m.client_id = waiting_replies.id) order by f.place) as files

-- name: close
with w as (
    update waiting_replies set state = %(state)s, why = %(why)s, closed_at = %(now)s where id = %(reply_id)s
    returning conversation_id, agent_id
)
insert into events (kind, conversation_id, author, body, at)
select 'reply.' || %(state)s::text, conversation_id, agent_id, '{}', %(now)s from w
