-- name: listing
-- Newest first, by keyset: ids sort by time.
select * from conversation_rows c
where (%(after)s::text is null or c.id < %(after)s)
  and (%(status)s::text is null or c.status = %(status)s)
  and (%(handler)s::text is null or c.handler = %(handler)s)
  and (%(team)s::text is null or c.team_id = %(team)s)
  and (%(assignee)s::text is null or c.assignee_id = %(assignee)s)
  and (%(contact)s::text is null or c.contact_id = %(contact)s)
  and (%(number)s::bigint is null or c.number = %(number)s)
  and (%(tag)s::text is null or c.id = any (array(select conversation_id from conversation_tags where tag = %(tag)s)))
  and (%(channel)s::text is null or c.channel = %(channel)s)
  and (%(category)s::text is null or c.category_id = %(category)s)
  and (%(intent)s::text is null or c.intent_id = %(intent)s)
  and (%(reason)s::text is null or c.reason = %(reason)s)
  and (%(tier)s::text is null or c.tier = %(tier)s)
  and (%(breached)s::boolean is null or (c.breached <> '{}') = %(breached)s)
  and (%(since)s::timestamptz is null or c.opened_at >= %(since)s)
  and (%(until)s::timestamptz is null or c.opened_at < %(until)s)
order by c.id desc limit %(limit)s

-- name: waiting_for_people
select * from conversation_rows c
where c.handler = 'human' and c.status <> 'resolved'
  and (%(team)s::text is null or c.team_id = %(team)s)
order by c.presses_at, c.id limit %(limit)s

-- name: one
-- email_is_said: nobody vouches for the address, and no mail of this contact came from it.
-- said_by_key: of a resolution that only a key tells of, the key, the agent in whose name, and what it says solved it.
select c.*, p.name as contact, reached_at(p) as email, p.is_verified,
    reached_at(p) <> '' and (p.reach <> '' or (not p.is_verified and c.channel <> 'email')) and not exists (
        select from mails m join conversations o on o.id = m.conversation_id
        where m.sender = lower(reached_at(p)) and m.state = 'taken' and o.contact_id = p.id
    ) as email_is_said,
    a.name as account, a.tier, a.value, a.health, g.name as assignee, h.name as held_name, t.name as team,
    array(select x.tag from conversation_tags x where x.conversation_id = c.id order by x.tag) as tags,
    case when c.status = 'resolved' then (
        select jsonb_build_object('key', substr(r.voice, 5), 'agent', by.name, 'solution', r.solution)
        from resolutions r join agents by on by.id = r.resolved_by
        where r.conversation_id = c.id and r.episode = c.episode and r.voice is not null
        limit 1
    ) end as said_by_key
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id
left join agents h on h.id = c.held_by and h.is_active
left join teams t on t.id = c.team_id
where c.id = %(id)s

-- name: last_seen
-- When the customer of that one was last heard of: when they wrote last, or their page last looked. By the newest of their
-- conversations, so that it is as quick for who has thousands; not by those that are closed to the agent.
select max(greatest(m.at, c.customer_seen_at)) as at
from (
    select id, customer_seq, customer_seen_at, team_id from conversations where contact_id = %(contact)s
    order by opened_at desc limit 50
) c
left join messages m on m.conversation_id = c.id and m.seq = c.customer_seq
where coalesce(c.team_id <> all ((select teams_closed_to(%(agent)s))::text[]), true)

-- name: thread
select m.seq, m.author, m.agent_id, g.name as agent, m.body, m.page_url, m.answers_seq, m.voice, m.at
from messages m left join agents g on g.id = m.agent_id
where m.conversation_id = %(id)s and m.seq > %(after)s order by m.seq

-- name: said
-- The newest that the customer wrote, in their order, as far as anybody reads at a glance, with what came along.
select m.seq, left(m.body, %(longest)s) as body, m.at,
       array(select a.name from attachments a where a.conversation_id = m.conversation_id and a.seq = m.seq
             order by a.place) as files
from (select conversation_id, seq, body, at from messages
      where conversation_id = %(id)s and author = 'customer' order by seq desc limit %(most)s) m
order by m.seq

-- name: unanswered
-- Those whose customer's newest word nobody has answered: no colleague, no assistant. Mere thanks ask for nothing.
select c.id from conversations c
where c.id = any(%(ids)s) and c.customer_seq > 0 and c.merged_into is null
  and not exists (select from messages m where m.conversation_id = c.id and m.seq > c.customer_seq
                  and m.author in ('agent', 'assistant'))
  and not exists (select from assessments s where s.conversation_id = c.id and s.seq = c.customer_seq
                  and s.body @> '{"is_closing": true}')

-- name: others
-- Those that were merged into it, oldest first.
select id, number from conversations where merged_into = %(id)s order by opened_at

-- name: numbers
select id, number from conversations where id = any(%(ids)s)

-- name: notes
select n.id, n.agent_id, g.name as agent, n.body, n.at
from notes n left join agents g on g.id = n.agent_id where n.conversation_id = %(id)s order by n.at, n.id

-- name: turns
select d.seq, s.body as assessment, w.body as answer, d.body as decision, d.decided_at
from decisions d
left join assessments s using (conversation_id, seq)
left join answers w using (conversation_id, seq)
where d.conversation_id = %(id)s and (%(seq)s::int is null or d.seq = %(seq)s) order by d.seq

-- name: language
select s.body #>> '{language,value}' as spoken, coalesce((s.body #>> '{language,sure}')::float, 0) as sure,
    coalesce((select value #>> '{}' from settings where key = 'language'), '') as chosen
from conversations c
left join lateral (
    select a.body from assessments a where a.conversation_id = c.id order by a.seq desc limit 1
) s on true
where c.id = %(id)s

-- name: briefing
-- With what the customer, who saw what was passed on, corrected in this episode.
select b.seq, b.body, coalesce((
        select jsonb_agg(jsonb_build_object('text', m.body, 'seq', m.seq) order by m.seq)
        from receipt_corrections k join messages m using (conversation_id, seq)
        where k.conversation_id = c.id and k.seq >= c.episode_seq), '[]') as corrected
from briefings b join conversations c on c.id = b.conversation_id
where b.conversation_id = %(id)s order by b.seq desc limit 1

-- name: counts
select count(*) filter (where handler = 'human') as people,
    count(*) filter (where handler = 'human' and assignee_id is null) as unassigned,
    count(*) filter (where handler = 'assistant') as assistant,
    count(*) filter (where ready_at is not null) as considering
from conversations where status <> 'resolved'

-- name: undecided
-- Accepted customer messages without a decision: the health of the house in one number. An answer that is held back for
-- a moment has been decided in all but name, and what came behind it was looked at; what an agent's hands hold back they
-- have before them.
select count(*) as count, min(m.at) as oldest
from conversations c join messages m on m.conversation_id = c.id and m.author = 'customer' and m.seq > c.considered_seq
where (c.ready_at is not null or c.status <> 'resolved' and c.customer_seq > c.considered_seq) and c.merged_into is null
  and not coalesce(c.hold_seq > c.considered_seq and c.hold_until > %(now)s, false)
  and not coalesce(c.handler = 'assistant' and c.held_until > %(now)s, false)
