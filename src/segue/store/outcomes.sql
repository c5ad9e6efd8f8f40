-- How answers turned out: what customers say of them.

-- name: answered
-- The conversation, and the customer message that the assistant's last answer in this episode was for.
select c.id, c.contact_id, last_answered(c.id, c.episode) as seq from conversations c where c.id = %(conversation)s

-- name: stood_under
-- The conversation, and the customer message for which the assistant had given its last answer when message `said` came,
-- in the episode that stood then: said again later, it is about the same answer.
select c.id, c.contact_id, (
    select max(d.seq) from decisions d
    join messages a on a.conversation_id = d.conversation_id and a.answers_seq = d.seq and a.seq < %(said)s
    left join assessments s on s.conversation_id = d.conversation_id and s.seq = d.seq
    where d.conversation_id = c.id and d.action = 'answer' and coalesce(s.episode, stood.episode) = stood.episode
) as seq
from conversations c, lateral (
    select coalesce((select s.episode from assessments s where s.conversation_id = c.id and s.seq < %(said)s
        order by s.seq desc limit 1), c.episode) as episode) stood
where c.id = %(conversation)s

-- name: answered_by
-- The customer message that an answer of the assistant's was for.
select m.answers_seq as seq
from messages m join decisions d on d.conversation_id = m.conversation_id and d.seq = m.answers_seq
where m.conversation_id = %(conversation)s and m.seq = %(answer)s and m.author = 'assistant' and d.action = 'answer'

-- name: record
select record_outcome(%(conversation)s, %(seq)s, %(source)s, %(author)s, null, %(now)s) as is_new

-- name: close_confirmed
-- The customer says it is solved: nothing is left to wait for. One that was closed by silence is confirmed now.
with c as (
    update conversations
    set
        -- also: desk.closed
    where id = %(conversation)s and status = 'waiting' and handler = 'assistant' and ready_at is null
    returning *
), r as (
    insert into resolutions (id, conversation_id, contact_id, episode, intent_id, category_id, article_id, problem,
        solution, resolved_by, outcome, at)
    select 'res_' || substr(c.id, 5) || '.' || c.seq, c.id, c.contact_id, c.episode, c.intent_id, c.category_id,
        w.article_id,
        -- also: desk.problem
        , coalesce(w.body ->> 'text', ''), 'assistant', 'confirmed', %(now)s
    from c left join answers w on w.conversation_id = c.id and w.seq = %(seq)s
    on conflict (id) do nothing
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'conversation.resolved', id, contact_id, '{"outcome": "confirmed"}', %(now)s from c
)
update resolutions set outcome = 'confirmed'
where conversation_id = %(conversation)s and outcome = 'assumed' and resolved_by = 'assistant'
  and episode = (select episode from conversations where id = %(conversation)s)
