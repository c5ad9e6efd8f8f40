-- What a house that works shows as 0, and how fast it answers: read now and then by a machine that watches.

-- name: broken
-- For each line of trust that rows can tell of: how often it is broken in conversations that were considered, or that
-- anything was told of, since `since`; the newest `most` of each. Merged ones are left out: their messages have moved.
with recent as materialized (
    select d.conversation_id as id
    from (
        (select conversation_id from decisions where decided_at > %(since)s order by decided_at desc limit %(most)s)
        union all
        select conversation_id from (select conversation_id, at from events order by id desc limit %(most)s) e
        where conversation_id is not null and at > %(since)s) d
    where not exists (select from merges g where g.conversation_id = d.conversation_id or g.into_id = d.conversation_id)
    group by 1
), said as materialized (
    select m.conversation_id, m.seq, m.author, m.answers_seq, m.at, d.action
    from recent r join messages m on m.conversation_id = r.id
    left join decisions d on d.conversation_id = m.conversation_id and d.seq = m.answers_seq
), told as materialized (
    select e.id, e.conversation_id, e.kind, e.author, (e.body ->> 'seq')::int as seq, m.seq is not null as is_there,
        m.answers_seq, e.kind in ('conversation.claimed', 'conversation.assigned', 'conversation.handed_off')
            or e.kind = 'conversation.reopened' and e.author <> 'assistant' or m.author = 'agent' as is_taken
    from recent r join events e on e.conversation_id = r.id
    left join said m on m.conversation_id = e.conversation_id and m.seq = (e.body ->> 'seq')::int
        and e.kind in ('message.sent', 'message.received')
), course as (
    select *, lag(seq) over whole as seq_before,
        max(id) filter (where is_taken) over past as taken,
        max(id) filter (where kind = 'conversation.handed_back') over past as given,
        max(id) filter (where kind = 'conversation.resolved') over past as ended,
        max(id) filter (where kind = 'message.received') over past as received
    from told
    window whole as (partition by conversation_id, kind order by id),
        past as (partition by conversation_id order by id rows between unbounded preceding and 1 preceding)
)
-- whoever was erased since is gone on purpose, and each of their conversations is told of
select 'R1' as line, count(*) as count from told t where kind in ('message.sent', 'message.received') and not is_there
  and not exists (select from events e where e.conversation_id = t.conversation_id and e.kind = 'conversation.erased')
union all
select 'R2', count(*) from conversations c join messages m on m.conversation_id = c.id and m.author = 'customer'
    and m.seq > c.considered_seq
where (c.ready_at is not null or c.status <> 'resolved' and c.customer_seq > c.considered_seq) and c.merged_into is null
  and m.at < %(late)s
  and not coalesce(c.hold_seq > c.considered_seq and c.hold_until > %(late)s, false)
  and not coalesce(c.handler = 'assistant' and c.held_until > %(late)s, false) -- an agent's hands are on the composer
  and not exists (select from events e where e.conversation_id = c.id and e.kind = 'conversation.handed_back'
                  and e.at >= %(late)s and (e.body ->> 'seq')::int = m.seq) -- to be considered anew
union all
select 'R3', count(*) from (
    select from said where answers_seq is not null group by conversation_id, answers_seq having count(*) > 1) twice
union all
select 'R4', (select count(*) from course where kind = 'turn.decided' and seq < seq_before)
    + (select count(*) from said where answers_seq >= seq)
union all
-- whose it is: a person's since they took it, until it was handed back, or resolved and written in again
select 'R5', count(*) from course
where kind = 'message.sent' and answers_seq is not null
  and (taken > greatest(given, case when received > ended then ended end, 0)
    or ended > greatest(given, received, 0))
union all
select 'R6', count(*) from conversations where status <> 'resolved' and (
    first_response_due < %(late)s and not 'first_response' = any(breached)
    or next_response_due < %(late)s and not 'next_response' = any(breached)
    or resolution_due < %(late)s and not 'resolution' = any(breached))
union all
select 'R7', count(*) from standings
where at > %(since)s and author = 'segue' and offer_id is null
  and rung > case when cause = 'rehearsed' then 3 else before end -- a category may begin on approve by itself
union all
-- another place was told for what stands in the tracker already
select 'R8', count(*) from issues where filed_at is not null and last_error is not null and due_at > %(since)s
union all
select 'R9', count(*) from mails where state = 'new' and due_at < %(late)s
union all
-- whoever mirrors the house by its events shows these as they were: changed, or said, and told to nobody
select 'R11', (
    select count(*) from recent r join conversations c on c.id = r.id and c.changed_at > %(since)s
    where not exists (
        select from (select at from events e where e.conversation_id = c.id order by e.id desc limit 50) e
        where e.at >= c.changed_at))
    + (select count(*) from said s where s.at > %(since)s and not exists (
        select from told t where (t.conversation_id, t.seq) = (s.conversation_id, s.seq)
        and t.kind in ('message.sent', 'message.received')))
    + (select count(*) from conversations c join (
            select conversation_id, max(id) filter (where is_taken) as taken,
                max(id) filter (where kind = 'conversation.handed_back') as given,
                max(id) filter (where kind = 'conversation.resolved') as ended,
                max(id) filter (where kind = 'message.received') as received
            from told group by 1) h on h.conversation_id = c.id
        where c.handler = 'assistant' and c.status <> 'resolved'
          and h.taken > greatest(h.given, case when h.received > h.ended then h.ended end, 0))
union all
-- the last backup failed, or did not hold everything
select 'R12', count(*) from settings where key = 'backup_failed'
union all
select 'R13', count(*) from said where answers_seq is not null and action is null

-- name: not_there
-- Of these messages, each named by its conversation and number, how many are not stored. Merged ones have moved, and
-- whoever was erased since is gone on purpose.
select count(*) as count from unnest(%(conversations)s::text[], %(seqs)s::int[]) as t (id, seq)
where not exists (select from messages m where (m.conversation_id, m.seq) = (t.id, t.seq))
  and not exists (select from merges g where t.id in (g.conversation_id, g.into_id))
  and (exists (select from conversations c where c.id = t.id) or not exists (select from erasures where at > %(since)s))

-- name: backlogs
-- What waits to be done by itself and should have been by now, each kind with the oldest of it.
select 'replies' as queue, count(*) as count, min(send_after) as oldest from waiting_replies
where state in ('waiting', 'sending') and send_after <= %(now)s
union all
select 'mails', count(*), min(due_at) from mails where state = 'new' and due_at <= %(now)s
union all
select 'issues', count(*), min(due_at) from issues where filed_at is null and due_at <= %(now)s and attempts < %(tries)s
union all
select 'snoozed', count(*), min(snoozed_until) from conversations where snoozed_until <= %(now)s
union all
select 'imports', count(*), min(touched_at) from imports where state = 'wanted'
union all
select 'erasures', count(*), min(at) from erasures where refitted_at is null
union all
-- of the newest that the house acts upon (app/schedule.py), those it has not heard yet
select 'events', count(*), min(e.at)
from (select xid, id, at from events order by id desc limit %(most)s) e
left join (
    select split_part(value #>> '{}', '-', 1)::xid8 as xid, split_part(value #>> '{}', '-', 2)::bigint as id
    from settings where key = 'follower:house'
) f on true
where f.xid is null or (e.xid, e.id) > (f.xid, f.id)

-- name: backed_up
-- When the last backup was taken that holds everything; without one, since when there is something to keep.
select coalesce((select (value ->> 'at')::timestamptz from settings where key = 'backup'),
    (select min(at) from migrations)) as at

-- name: began
-- Since when there is a house.
select min(at) as at from migrations

-- name: turns
-- By what was decided, since `since`.
select action, count(*) as count from decisions where decided_at > %(since)s group by 1

-- name: waits
-- Seconds from a customer's message to its decision, since `since`: half of them, 19 of 20, 99 of 100 took no longer.
select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by extract(epoch from d.decided_at - m.at)) as seconds
from (select * from decisions where decided_at > %(since)s order by decided_at desc limit %(most)s) d
join messages m using (conversation_id, seq)

-- name: given_up
-- Messages that were not considered after several tries and went to people as they were.
select count(*) as count from decisions where decided_at > %(since)s and reason = 'not_considered'
