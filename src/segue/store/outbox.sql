-- name: due
-- Claims what is due, for longer after each try; whoever dies in between leaves it to a later sweep. What was said later
-- in a conversation waits for what was said before, for its first few tries, a quarter of an hour (trust R4). What is
-- overdue for too long is not taken any more (`too_old`).
update outbox set attempts = attempts + 1,
    due_at = %(now)s + interval '1 minute' * least(power(2, least(attempts, 10)), 360)
where id in (
    select id from outbox o
    where kind = %(kind)s and sent_at is null and undelivered_at is null and cancelled_at is null and due_at <= %(now)s
      and (kind <> 'mail' or due_at >
          -- also: last_call
      )
      and attempts < %(most)s and not exists (
        select from outbox e where e.kind = o.kind and e.conversation_id = o.conversation_id and e.seq < o.seq
        and e.sent_at is null and e.undelivered_at is null and e.cancelled_at is null and e.attempts < 4)
    order by due_at limit %(limit)s for update skip locked)
returning id, conversation_id, seq, body, attempts

-- name: too_old
-- Mails that should have left so long ago that what they say may not hold any more. One that is sent again is due anew.
select conversation_id, seq, due_at from outbox o
where kind = 'mail' and sent_at is null and undelivered_at is null and cancelled_at is null and due_at <=
    -- also: last_call
order by due_at limit %(limit)s

-- name: unsent
select conversation_id, seq from outbox
where kind = 'mail' and sent_at is null and undelivered_at is null and cancelled_at is null
order by conversation_id, seq

-- name: last_call
-- When mail o must have been due, to be sent still.
%(now)s - case when o.body ->> 'is_automatic' = 'true' then %(automatic)s::interval else %(persons)s::interval end

-- name: may_leave
-- Whether a claimed mail is to go still: it may have been taken back meanwhile, and what the assistant wrote does not
-- leave where the assistant was stopped since. What a person approved is a person's word, and is not automatic; what one
-- sent again they stand for.
select from outbox o
where o.id = %(id)s and o.cancelled_at is null and not (
    (o.body ->> 'is_automatic')::boolean and o.body ->> 'again_by' is null
    and exists (select from messages m
                join decisions d on (d.conversation_id, d.seq) = (m.conversation_id, m.answers_seq)
                where (m.conversation_id, m.seq) = (o.conversation_id, o.seq) and m.author = 'assistant'
                  and exists (select from silenced where version = d.policy_version)))

-- name: stop
-- Takes back what the assistant wrote and what has not left, where the assistant was stopped since: it stays to be read as
-- mail that was not sent, and people get the conversation, whatever its state. Not where a person has replied since,
-- where it was mere manners, or where it is older than a week: what lay longer did not wait for a server.
with due as (
    select o.id from outbox o
    join messages m on (m.conversation_id, m.seq) = (o.conversation_id, o.seq) and m.author = 'assistant'
    join decisions d on (d.conversation_id, d.seq) = (m.conversation_id, m.answers_seq)
    where exists (select from silenced where version = d.policy_version)
      and o.kind = 'mail' and o.sent_at is null and o.undelivered_at is null and o.cancelled_at is null
      and (o.body ->> 'is_automatic')::boolean and o.body ->> 'again_by' is null
    order by o.id limit 50 for update of o skip locked
), o as (
    update outbox o set cancelled_at = %(now)s from due where o.id = due.id returning o.conversation_id, o.seq
), at as (
    select coalesce(x.merged_into, x.id) as id, x.id as of, o.seq,
        -- also: is_looked_for
        as is_missed
    from o join conversations x on x.id = o.conversation_id
    join messages said on (said.conversation_id, said.seq) = (o.conversation_id, o.seq)
    left join decisions d on (d.conversation_id, d.seq) = (o.conversation_id, said.answers_seq)
), c as (
    update conversations c
    set reason = case when handler = 'assistant' then 'assistant_off' else reason end,
        -- also: desk.left_unanswered
    from (select id, status from conversations
          where id in (select id from at where is_missed) order by id for update) was
    where c.id = was.id
    returning c.id, was.status = 'resolved' as was_resolved
), r as (
    -- also: desk.did_not_hold
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.reopened', id, 'system', '{}', %(now)s from c where was_resolved
    union all
    select 'message.stopped', at.of, 'system', jsonb_build_object('seq', at.seq), %(now)s from at
    union all
    -- the one it went into hears of it, too: there its number is another message's
    select 'message.stopped', at.id, 'system', '{}', %(now)s from at where at.id <> at.of
)
select id from at

-- name: wake
-- Answers that are held while the assistant is stopped: they are considered anew, and people get them.
update conversations set ready_at = %(now)s
where ready_at > %(now)s and hold_until = ready_at and handler = 'assistant'
  and exists (select from silenced where is_live)
returning id

-- name: sent
-- One that was stopped while it was on its way is gone all the same, and the record says so.
update outbox set sent_at = %(now)s, last_error = null, cancelled_at = null where id = %(id)s

-- name: failed
-- Due again by its tries, as when it was claimed: until now it was held for as long as a server may take.
update outbox set last_error = %(why)s,
    due_at = %(now)s + interval '1 minute' * least(power(2, least(attempts - 1, 10)), 360)
where id = %(id)s

-- name: hold
-- Of claimed mails those that are the claimer's still; they stay so until then.
update outbox o set due_at = greatest(o.due_at, %(until)s)
from unnest(%(ids)s::text[], %(attempts)s::int[]) mine (id, attempts)
where o.id = mine.id and o.attempts = mine.attempts and o.sent_at is null
returning o.id

-- name: is_looked_for
-- Whether somebody may still look for what `said` says, as mail o in conversation x: not after a week, after a person has
-- written, or where decision d was mere manners.
(said.at > %(now)s - interval '7 days' and coalesce(d.action <> 'acknowledge', true) and not exists (
    select from messages m where m.author = 'agent' and ((m.conversation_id = x.id and m.seq > o.seq)
        or (m.conversation_id = x.merged_into and m.at > said.at))))

-- name: deliver_again
-- To where the customer is reached now: their address may have been put right since.
with o as (
    update outbox set undelivered_at = null, dropped_at = null, cancelled_at = null, sent_at = null,
        last_error = null, attempts = 0, due_at = %(now)s,
        body = body || jsonb_build_object('again_by', %(agent)s::text) || coalesce((
            select jsonb_build_object('to', reached_at(p)) from conversations c join contacts p on p.id = c.contact_id
            where c.id = %(id)s and reached_at(p) <> ''), '{}')
    where kind = 'mail' and conversation_id = %(id)s and seq = %(seq)s and undelivered_at is not null
    returning conversation_id, seq
)
insert into events (kind, conversation_id, author, body, at)
select 'message.sent_again', conversation_id, %(agent)s, jsonb_build_object('seq', seq), %(now)s from o
returning conversation_id

-- name: alone
select from conversations where id = %(id)s for update

-- name: cancel
-- Takes a person's mail back before it leaves: it stays to be read as one that was not sent, and the customer waits on, by
-- the clocks that ran before; unless a person has written since. Whose conversation was resolved waits for nothing.
with o as (
    update outbox set cancelled_at = %(now)s
    where kind = 'mail' and conversation_id = %(id)s and seq = %(seq)s and sent_at is null and attempts = 0
      and cancelled_at is null
      and exists (select from messages m where m.conversation_id = %(id)s and m.seq = %(seq)s and m.author = 'agent')
    returning conversation_id, seq, body -> 'clocks' as was
), c as (
    update conversations c
    set status = case when status = 'waiting' and was ->> 'is_owed' is null then 'open' else status end, changed_at = %(now)s,
        first_responded_at = (was ->> 'first_responded_at')::timestamptz,
        first_response_due = least(first_response_due, (was ->> 'first_response_due')::timestamptz),
        next_response_due = least(next_response_due, (was ->> 'next_response_due')::timestamptz),
        waiting_since = case when status <> 'resolved' and was ->> 'is_owed' is null then coalesce(
            least(waiting_since, (was ->> 'waiting_since')::timestamptz), %(now)s) else waiting_since end
    from o where c.id = o.conversation_id and not exists (
        select from messages m where m.conversation_id = c.id and m.seq > o.seq and m.author = 'agent'
        and not exists (select from outbox t where t.conversation_id = c.id and t.seq = m.seq and t.cancelled_at is not null))
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'message.taken_back', conversation_id, %(agent)s, jsonb_build_object('seq', seq), %(now)s from o
)
select seq from o

-- name: backlog
-- What should have left by now and has not, and since when: a mail that was tried is due again only later, and should
-- have left when it was written all the same. `tried`: those, and how often.
select count(*) filter (where o.due_at <= %(now)s or m.seq is not null) as count,
    min(coalesce(m.at, o.due_at)) filter (where o.due_at <= %(now)s or m.seq is not null) as oldest,
    count(m.seq) as tried, coalesce(sum(o.attempts) filter (where m.seq is not null), 0) as tries
from outbox o
left join messages m on o.attempts > 0 and o.kind = 'mail' and (m.conversation_id, m.seq) = (o.conversation_id, o.seq)
where o.sent_at is null and o.undelivered_at is null and o.cancelled_at is null

-- name: undelivered
-- Mails that did not arrive, and were given up since `since`.
select count(*) as count from outbox where undelivered_at > %(since)s

-- name: deliveries
-- What became of the mails of a conversation.
select o.seq, case when undelivered_at is not null then 'undelivered'
        when cancelled_at is not null then case when (o.body ->> 'is_automatic')::boolean then 'stopped' else 'taken back' end
        when sent_at is not null then 'sent' else 'waiting' end as state,
    coalesce(last_error, '') as why, coalesce(undelivered_at, cancelled_at, sent_at, due_at) as at,
    case when undelivered_at is not null and dropped_at is null then m.agent_id end as missed_by
from outbox o left join messages m on m.conversation_id = o.conversation_id and m.seq = o.seq
where o.conversation_id = %(id)s and o.kind = 'mail' order by o.seq
