-- Lessons, the examples that come of them, and the looks at whether they make a better head.

-- name: resolved_by_people
-- What people resolved in a conversation and is no lesson yet, with the fields by which we know the customer. What only a
-- key says they resolved is none, nor what silence closed.
select r.id, r.conversation_id, r.contact_id, r.episode, r.article_id, r.solution, r.resolved_by, r.at,
    case when r.intent_named then r.intent_id end as intent_id, r.problem, r.vector::text as vector, r.encoder,
    p.name, p.email, coalesce(a.name, '') as account, c.subject,
    coalesce((select min(seq) from assessments s where s.conversation_id = r.conversation_id and s.episode = r.episode),
        case when c.episode = r.episode then c.episode_seq else 1 end) as begins
from resolutions r
join conversations c on c.id = r.conversation_id
join contacts p on p.id = r.contact_id
left join accounts a on a.id = p.account_id
where r.conversation_id = %(conversation)s and r.resolved_by in (select id from agents)
  and r.voice is null and r.outcome <> 'assumed' and not exists (select from lessons l where l.resolution_id = r.id)
order by r.at

-- name: said
select m.seq, m.author, m.agent_id, m.voice, m.body from messages m
where m.conversation_id = %(conversation)s and m.seq >= %(begins)s and m.at <= %(until)s order by m.seq

-- name: keep_lesson
-- The lesson and, where a person settled the intent, the example; each once however often this is asked.
with l as (
    insert into lessons (id, resolution_id, conversation_id, contact_id, episode, seqs, agent_id, intent_id, article_id,
        problem, solution, reaction, removed, vector, encoder, at)
    values (%(id)s, %(resolution)s, %(conversation)s, %(contact)s, %(episode)s, %(seqs)s, %(agent)s, %(intent)s,
        %(article)s, %(problem)s, %(solution)s, %(reaction)s, %(removed)s::jsonb, %(vector)s::halfvec,
        %(encoder)s, %(at)s)
    on conflict do nothing
    returning *
), x as (
    insert into examples (id, intent_id, body, vector, encoder, source, contact_id, conversation_id, created_at)
    select 'exa_' || substr(resolution_id, 5), intent_id, problem, vector, encoder, 'resolved', contact_id, conversation_id, at
    from l where intent_id is not null and %(teaches)s and intent_id in (select id from intents)
    on conflict (id) do nothing
    returning id
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'lesson.kept', conversation_id, agent_id,
        jsonb_build_object('lesson', id, 'teaches', exists (select from x)), at from l
)
select (select count(*) from x) as taught from l

-- name: lessons
select l.*, l.vector::text as written, i.name as intent, g.name as agent, r.outcome
from lessons l
join resolutions r on r.id = l.resolution_id
join agents g on g.id = l.agent_id
left join intents i on i.id = l.intent_id
where (%(after)s::text is null or l.id < %(after)s) and (%(id)s::text is null or l.id = %(id)s)
order by l.id desc limit %(limit)s

-- name: suggestion_before
-- What the assistant had suggested when a person's reply was written, and for which message.
select w.seq, w.body ->> 'text' as text, w.body ->> 'intent' as intent, w.article_id, m.agent_id, m.body, m.at
from messages m
join answers w on w.conversation_id = m.conversation_id and w.seq = (
    select max(seq) from messages where conversation_id = m.conversation_id and author = 'customer' and seq < m.seq)
where m.conversation_id = %(conversation)s and m.seq = %(seq)s and m.author = 'agent' and m.agent_id is not null
  and w.kind = 'answer'
  and not exists (select from messages s where s.conversation_id = m.conversation_id and s.answers_seq = w.seq
                  and s.author = 'assistant')

-- name: keep_edit
with x as (
    insert into edits (conversation_id, seq, answers_seq, agent_id, distance, share, voice, at)
    values (%(conversation)s, %(seq)s, %(answers)s, %(agent)s, %(distance)s, %(share)s, nullif(%(voice)s, ''), %(at)s)
    on conflict do nothing
    returning *
)
insert into events (kind, conversation_id, author, body, at)
select 'suggestion.compared', conversation_id, agent_id,
    jsonb_build_object('seq', seq, 'answers', answers_seq, 'distance', distance, 'share', share), at from x

-- name: approved_by_sending
-- The intent of a suggestion that a person sent as it stood. That a key sent it says nothing.
select w.body ->> 'intent' as intent, w.article_id
from edits e join answers w on w.conversation_id = e.conversation_id and w.seq = e.answers_seq
where e.conversation_id = %(conversation)s and e.seq = any(%(seqs)s) and e.share <= %(share)s
  and e.voice is null
order by e.seq desc limit 1

-- name: waiting
-- Lessons since the last look that was published.
select count(*) as lessons from lessons l
where l.at > coalesce((select max(at) from refits where is_published), '-infinity')

-- name: taught
-- Examples that came of lessons, and how many of them the last look did not see. Counted, not compared by time: a lesson
-- bears the time of its resolution and is kept a moment later.
select count(*) as taught,
    greatest(count(*) - coalesce((select taught from refits order by at desc, id desc limit 1), 0), 0) as fresh
from examples where source in ('resolved', 'topic')

-- name: recent
-- The newest examples that people settled, to be held back. One customer gives at most `most` of them.
select intent_id, body, vector::text as vector, contact_id from (
    select *, row_number() over (partition by coalesce(contact_id, id) order by created_at desc, id) as place
    from examples where source <> 'catalogue') x
where place <= %(most)s order by created_at desc, id limit %(limit)s

-- name: keep_refit
with r as (
    insert into refits (id, cause, author, examples, taught, fresh, head, is_published, why, report, at)
    values (%(id)s, %(cause)s, %(author)s, %(examples)s, %(taught)s, %(fresh)s, %(head)s, %(is_published)s, %(why)s,
        %(report)s::jsonb, %(at)s)
    returning *
)
insert into events (kind, author, body, at)
select case when is_published then 'head.published' else 'head.refused' end, author,
    jsonb_build_object('refit', id, 'head', head, 'cause', cause), at from r

-- name: refits
select id, cause, author, examples, fresh, head, is_published, why, report, at from refits
order by at desc, id desc limit %(limit)s

-- name: is_carried
-- Whether the calibration in use was carried over from an earlier head.
select coalesce((select report -> 'fit' ? 'carried_from' from refits where is_published order by at desc, id desc limit 1),
    false) as yes

-- name: claim_night
-- Whether we are the first to do the night's learning of that day.
insert into settings (key, value) values ('learnt_on', to_jsonb(%(day)s::text))
on conflict (key) do update set value = excluded.value where settings.value < excluded.value

-- name: ask
-- Somebody wants all that can be learnt to be learnt now; a worker takes it up.
insert into settings (key, value) values ('learning_asked', to_jsonb(%(by)s::text))
on conflict (key) do update set value = excluded.value

-- name: take_asked
delete from settings where key = 'learning_asked' returning value #>> '{}' as by

-- name: forget_old_heads
-- Heads that are no longer in use, and hold words of people who are erased.
delete from heads where not is_live

-- name: forget_heads
-- Where nothing is left to fit from, nothing may stay fitted.
delete from heads where kind in ('intents', 'confidence')
