-- How answers turned out: what customers say of them, and the rows that figures are counted from.

-- name: answered
-- The conversation, and the customer message that the assistant's last answer in this episode was for.
select c.id, c.contact_id, last_answered(c.id, c.episode) as seq from conversations c where c.id = %(conversation)s

-- name: record
select record_outcome(%(conversation)s, %(seq)s, %(source)s, %(author)s, null, %(now)s) as is_new

-- name: close_confirmed
-- The customer says it is solved: nothing is left to wait for. One that was closed by silence is confirmed now.
with c as (
    update conversations
    set status = 'resolved', resolved_at = %(now)s, token = token + 1, leased_by = null, lease_until = null,
        changed_at = %(now)s
    where id = %(conversation)s and status = 'waiting' and handler = 'assistant' and ready_at is null
    returning *
), r as (
    insert into resolutions (id, conversation_id, contact_id, episode, intent_id, category_id, article_id, problem,
        solution, resolved_by, outcome, at)
    select 'res_' || substr(c.id, 5) || '.' || c.seq, c.id, c.contact_id, c.episode, c.intent_id, c.category_id,
        w.article_id, c.subject, coalesce(w.body ->> 'text', ''), 'assistant', 'confirmed', %(now)s
    from c left join answers w on w.conversation_id = c.id and w.seq = %(seq)s
    on conflict (id) do nothing
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.resolved', id, contact_id, '{"outcome": "confirmed"}', %(now)s from c
)
update resolutions set outcome = 'confirmed'
where conversation_id = %(conversation)s and outcome = 'assumed' and resolved_by = 'assistant'
  and episode = (select episode from conversations where id = %(conversation)s)

-- name: episodes
-- One row per episode that was considered since then, with all that figures need.
with turns as (
    select d.conversation_id, coalesce(s.episode, 1) as episode, d.seq, d.action, d.decided_at, i.category_id
    from decisions d
    left join assessments s using (conversation_id, seq)
    left join intents i on i.id = s.intent_id
    where d.decided_at >= %(since)s
), ep as (
    select conversation_id, episode, min(seq) as first_seq,
        coalesce((array_agg(category_id order by seq) filter (where category_id is not null))[1], '') as category,
        bool_or(action = 'answer') as is_offered, bool_or(action = 'hand_off') as is_handed_over,
        max(seq) filter (where action = 'answer') as answered_seq,
        max(decided_at) filter (where action = 'answer') as answered_at
    from turns group by conversation_id, episode
), ranged as (
    select ep.*, coalesce(lead(first_seq) over (partition by conversation_id order by episode), 2147483647) as ends
    from ep
)
select x.conversation_id, c.number, x.category, x.is_offered, x.is_handed_over, x.answered_at,
    exists (select from messages m where m.conversation_id = x.conversation_id and m.author = 'agent'
        and m.seq between x.first_seq and x.ends - 1) as has_person,
    x.ends < 2147483647 or c.status = 'resolved' as is_closed,
    exists (select from resolutions r where r.conversation_id = x.conversation_id and r.episode = x.episode
        and r.outcome = 'reopened') as is_reopened,
    case when exists (select from resolutions r where r.conversation_id = x.conversation_id and r.episode = x.episode
        and r.outcome = 'verified') then true end as is_verified, x.first_seq, x.ends,
    array(select o.source from outcomes o where o.conversation_id = x.conversation_id
        and o.seq between x.first_seq and x.ends - 1 order by o.at) as sources
from ranged x join conversations c on c.id = x.conversation_id
order by c.number

-- name: has_grades
select to_regclass('judgements') is not null as yes

-- name: grades
-- What graders said of single answers, the newest word last.
select conversation_id, seq, verdict = 'right' as is_right from judgements
where source = 'graded' and verdict <> 'unknown' order by id
