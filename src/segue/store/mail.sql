-- name: keep
-- A mail before anything is made of it. What came before is the same mail: no row. `before`: its keys as they were once
-- made.
insert into mails (id, key, return_path, comes_from, recipient, raw, size, for_people, received_at, due_at)
select %(id)s, %(key)s, %(return_path)s, %(comes_from)s, %(recipient)s, %(raw)s, %(size)s, %(for_people)s, %(now)s, %(now)s
where not exists (select from mails where key = any(%(before)s))
on conflict (key) do nothing
returning id

-- name: due
-- Mails to be read now, each ours for a minute; whoever dies in between leaves them to the next sweep. None before an
-- earlier one of the same writer's, unless that is ours as well (trust R4). Whose first one somebody else has is passed
-- over, that nobody waits behind them; among the ready no other is looked for, as somebody may be claiming it just now.
with ready as materialized (
    select id, comes_from, received_at from mails m
    where state = 'new' and due_at <= %(now)s and (comes_from = '' or %(now)s >= (
        select e.due_at from mails e where e.state = 'new' and e.comes_from = m.comes_from
        order by e.received_at, e.id limit 1))
    order by received_at, id limit %(limit)s for update skip locked
)
update mails set attempts = attempts + 1, due_at = %(until)s
where id in (select id from ready r where comes_from = '' or not exists (
    select from mails e where e.state = 'new' and e.comes_from = r.comes_from
    and (e.received_at, e.id) < (r.received_at, r.id) and e.id not in (select id from ready)))
returning id, key, return_path, comes_from, recipient, raw, size, attempts, for_people, received_at

-- name: facts
-- What is known of a mail, until it is decided on: a worker who was overtaken changes nothing of it.
update mails
set sender = %(sender)s, sender_name = %(sender_name)s, reply_to = %(reply_to)s, subject = %(subject)s,
    message_id = %(message_id)s, written_at = %(written_at)s, vouched = %(vouched)s, text = %(text)s, said = %(said)s,
    html = %(html)s, guessed = %(guessed)s, folds = %(folds)s::jsonb, recipients = %(recipients)s::jsonb,
    authentication = %(authentication)s::jsonb, linked_to = (select id from conversations where id = %(linked_to)s)
where id = %(id)s and state = any(%(states)s)

-- name: attach
insert into attachments (id, mail_id, name, type, kind, size, content_id, body)
values (%(id)s, %(mail_id)s, %(name)s, %(type)s, %(kind)s, %(size)s, %(content_id)s, %(body)s)

-- name: attached
-- The message that the mail became has its files.
update attachments set conversation_id = %(conversation_id)s, seq = %(seq)s where mail_id = %(id)s

-- name: taken
update mails set state = 'taken', conversation_id = %(conversation_id)s, seq = %(seq)s, decided_by = %(by)s,
    decided_at = %(now)s
where id = %(id)s and state = any(%(states)s)

-- name: set_aside
-- `noted`: it said something we have acted upon, and asks for nothing more. The conversation it is about shows it.
with m as (
    update mails set state = %(state)s, cause = %(cause)s, conversation_id = %(conversation_id)s
    where id = %(id)s and state = 'new' returning id, linked_to
)
insert into events (kind, conversation_id, author, body, at)
select case %(state)s when 'noted' then 'mail.noted' else 'mail.suspended' end, coalesce(%(conversation_id)s, linked_to),
    'system', jsonb_build_object('mail', id, 'cause', %(cause)s::text), %(now)s
from m

-- name: later
update mails set due_at = %(at)s where id = %(id)s and state = 'new' and attempts = %(attempts)s

-- name: suspended
select id, cause, sender, sender_name, reply_to, subject, left(said, 2000) as said, recipient, size, linked_to, received_at
from mails where state = 'suspended' and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(limit)s

-- name: put_away
select id, cause, sender, sender_name, reply_to, subject, left(said, 2000) as said, recipient, size, linked_to,
    received_at, decided_by
from mails where state = 'dropped' and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(limit)s

-- name: suspended_by
select cause, count(*) as count from mails where state = 'suspended' group by 1

-- name: bounced
-- Of the newest mails those since `since` that told of one of ours that did not arrive.
select count(*) as count from (select cause, received_at from mails order by id desc limit 2000) m
where cause = 'bounce' and received_at > %(since)s

-- name: noted
select id, cause, sender, sender_name, reply_to, subject, left(said, 2000) as said, recipient, size,
    conversation_id as linked_to, received_at
from mails where state = 'noted' and (%(after)s::text is null or id < %(after)s)
order by id desc limit %(limit)s

-- name: raw
select raw from mails where id = %(id)s

-- name: suspended_count
select count(*) as count from mails where state = 'suspended'

-- name: one
select id, key, state, cause, return_path, comes_from, attempts, for_people, sender, sender_name, reply_to, subject, said, text, html,
    folds, guessed, message_id, recipient, recipients, raw, size, octet_length(raw) as kept, vouched, authentication,
    linked_to, conversation_id, seq, received_at, written_at, decided_by
from mails where id = %(id)s

-- name: hold
select state from mails where id = %(id)s for update

-- name: decision
-- Who decided on a mail, and the conversation that it is in.
select m.state, m.decided_by, a.name, coalesce(w.number, c.number) as number
from mails m
left join agents a on a.id = m.decided_by
left join conversations c on c.id = m.conversation_id
left join conversations w on w.id = c.merged_into
where m.id = %(id)s

-- name: become
-- How many of these mails are messages, and how many wait to be read.
select count(*) filter (where state = 'taken') as messages, count(*) filter (where state = 'new') as waiting
from mails where id = any(%(mails)s)

-- name: dropped
with m as (
    update mails set state = 'dropped', decided_by = %(by)s, decided_at = %(now)s
    where id = %(id)s and state = 'suspended' returning id, linked_to
)
insert into events (kind, conversation_id, author, body, at)
select 'mail.dropped', linked_to, %(by)s, jsonb_build_object('mail', id), %(now)s from m

-- name: restored
with m as (
    update mails set state = 'suspended', decided_by = null, decided_at = null
    where id = %(id)s and state = 'dropped' returning id, linked_to
)
insert into events (kind, conversation_id, author, body, at)
select 'mail.restored', linked_to, %(by)s, jsonb_build_object('mail', id), %(now)s from m

-- name: for_people
-- What a person let in is for people: no machine answers what may come from a machine. And what asks for no machine's
-- answer, which nobody (`by`) let in.
with c as (
    update conversations
    set handler = 'human', token = token + 1, leased_by = null, lease_until = null,
        handed_off_at = coalesce(handed_off_at, %(now)s), waiting_since = coalesce(waiting_since, %(now)s),
        reason = coalesce(reason, 'given_to_people'), changed_at = %(now)s
    where id = %(conversation_id)s
    returning id
)
insert into events (kind, conversation_id, author, body, at)
select 'mail.released', id, %(by)s, jsonb_build_object('mail', %(mail)s::text), %(now)s from c
where %(by)s::text is not null

-- name: note
insert into notes (id, conversation_id, agent_id, body, at)
select %(note_id)s, id, null, %(body)s, %(now)s from conversations where id = %(conversation_id)s

-- name: participants
-- Who has a part in a conversation by mail: its customer, from either address. Whoever was only copied in has none.
select lower(x.address) as address from conversations c join contacts p on p.id = c.contact_id
cross join lateral (values (p.email), (p.reach)) x (address)
where c.id = %(conversation_id)s and x.address <> ''

-- name: sent_by
-- Old mail that was brought in came by no hand of theirs. `vouched`: only what is, or is not, vouched for.
select count(*) as count from mails
where sender = %(sender)s and received_at > %(since)s and not for_people
    and (%(vouched)s::boolean is null or vouched = %(vouched)s)

-- name: agents
select lower(email) as email from agents

-- name: number_of
select number from conversations where id = %(id)s

-- name: thread
-- Message-IDs of the mails that came in and the seqs of those that went out, oldest first.
select m.message_id, null::int as seq, m.received_at as at from mails m
where m.conversation_id = %(conversation_id)s and m.state = 'taken' and m.message_id <> ''
union all
select null, seq, sent_at from outbox
where conversation_id = %(conversation_id)s and kind = 'mail' and sent_at is not null
order by at

-- name: automatic
-- Automatic mails that went to this address, and in this conversation, of late.
select count(*) filter (where conversation_id = %(conversation_id)s and sent_at > %(soon)s) as soon,
    count(*) filter (where conversation_id = %(conversation_id)s) as here, count(*) as everywhere
from outbox
where kind = 'mail' and body ->> 'to' = %(to)s and sent_at > %(since)s and (body ->> 'is_automatic')::boolean

-- name: undelivered
-- A message that did not arrive: it is marked so, and a person gets the conversation, whatever its state. No row where
-- that is known already. One that was too old (`due`, and not tried since) opens a conversation of the last week only, and
-- no word of mere manners does, nor one after which a person has written; a person's own mail always does.
with o as (
    update outbox set undelivered_at = %(now)s, last_error = %(why)s
    where kind = 'mail' and conversation_id = %(conversation_id)s and seq = %(seq)s and undelivered_at is null
      and (%(due)s::timestamptz is null or (due_at <= %(due)s and sent_at is null and cancelled_at is null))
    returning conversation_id, seq
), at as (
    select coalesce(x.merged_into, x.id) as id, x.id as of, o.seq,
        %(due)s::timestamptz is null or said.author = 'agent' or
        -- also: outbox.is_looked_for
        as is_missed
    from o join conversations x on x.id = o.conversation_id
    left join messages said on (said.conversation_id, said.seq) = (o.conversation_id, o.seq)
    left join decisions d on (d.conversation_id, d.seq) = (o.conversation_id, said.answers_seq)
), was as (
    select v.id, v.status from at join conversations v on v.id = at.id where at.is_missed for update of v
), c as (
    update conversations c
    set reason = case when handler = 'assistant' then 'not_delivered' else reason end,
        -- also: desk.left_unanswered
    from was where c.id = was.id
    returning c.id, was.status = 'resolved' as was_resolved
), r as (
    -- also: desk.did_not_hold
), n as (
    insert into notes (id, conversation_id, agent_id, body, at) select %(note_id)s, id, null, %(note)s, %(now)s from at
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.reopened', id, 'system', '{}', %(now)s from c where was_resolved
    union all
    select 'message.undelivered', of, 'system', jsonb_build_object('seq', seq), %(now)s from at
    union all
    -- the one it went into hears of it, too: there its number is another message's
    select 'message.undelivered', id, 'system', '{}', %(now)s from at where id <> of
)
select id from at

-- name: last_sent
-- The newest mail that left in this conversation.
select seq from outbox where kind = 'mail' and conversation_id = %(conversation_id)s and sent_at is not null
order by seq desc limit 1

-- name: sent_to
select lower(body ->> 'to') as address from outbox
where kind = 'mail' and conversation_id = %(conversation_id)s and seq = %(seq)s

-- name: seen
update conversations set customer_seen_at = %(now)s where id = %(id)s

-- name: continue_away
-- A reply in a chat goes by mail where the customer, who left an address, has not come back to see it; and where they
-- last wrote by mail. It is as old as what it says.
with o as (
    update outbox set sent_at = %(now)s where id = %(id)s and kind = 'away' and sent_at is null
    returning conversation_id, seq, body
)
insert into outbox (id, kind, conversation_id, seq, body, due_at)
select 'out_' || substr(o.conversation_id, 5) || '.' || o.seq, 'mail', o.conversation_id, o.seq, o.body, m.at
from o
join conversations c on c.id = o.conversation_id
join messages m on m.conversation_id = o.conversation_id and m.seq = o.seq
where c.customer_seq < o.seq
  and (c.customer_seen_at < m.at
       or exists (select from mails w where w.conversation_id = c.id and w.seq = c.customer_seq))
on conflict do nothing
returning id
