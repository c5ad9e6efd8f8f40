-- Candidate articles and topics: what lessons and unknown messages propose, until a person says yes or no.

-- name: unused_lessons
-- Lessons that no candidate was drafted from, and that were not reopened afterwards.
select l.id, l.intent_id, l.contact_id, l.agent_id, l.problem, l.solution, l.vector::text as vector, l.at
from lessons l join resolutions r on r.id = l.resolution_id
where l.solution <> '' and r.outcome <> 'reopened'
  and not exists (select from candidate_lessons x where x.lesson_id = l.id)
order by l.at

-- name: homes
select c.id, c.intent_id, sum(l.vector)::text as total
from candidates c join candidate_lessons x on x.candidate_id = c.id join lessons l on l.id = x.lesson_id
where c.status in ('open', 'rejected') group by c.id

-- name: attach
insert into candidate_lessons (candidate_id, lesson_id) values (%(candidate)s, %(lesson)s) on conflict do nothing

-- name: put_candidate
with c as (
    insert into candidates (id, kind, intent_id, article_id, title, body, effect, made_at)
    values (%(id)s, %(kind)s, %(intent)s, %(article)s, %(title)s, %(body)s, %(effect)s::jsonb, %(now)s)
    returning *
), l as (
    insert into candidate_lessons (candidate_id, lesson_id) select c.id, x from c, unnest(%(lessons)s::text[]) x
)
insert into events (kind, author, body, at)
select 'candidate.drafted', 'segue', jsonb_build_object('candidate', id, 'kind', kind), made_at from c

-- name: candidates
select c.*, i.name as intent, a.slug, a.title as article,
    (select count(*) from candidate_lessons x where x.candidate_id = c.id) as lessons
from candidates c
left join intents i on i.id = c.intent_id
left join articles a on a.id = c.article_id
where (%(status)s::text is null or c.status = %(status)s) and (%(id)s::text is null or c.id = %(id)s)
order by c.made_at desc, c.id desc limit %(limit)s

-- name: lessons_of
select l.id, l.problem, l.solution, l.reaction, l.conversation_id, l.contact_id, l.agent_id, g.name as agent, l.at
from candidate_lessons x join lessons l on l.id = x.lesson_id join agents g on g.id = l.agent_id
where x.candidate_id = %(id)s order by l.at

-- name: proposed
-- The reply that somebody asked to make an article of.
select c.conversation_id, v.number, c.seq, g.name as agent, c.at
from corrections c join conversations v on v.id = c.conversation_id join agents g on g.id = c.agent_id
where c.kind = 'article' and c.body ->> 'candidate' = %(id)s

-- name: edit
with c as (
    update candidates set title = coalesce(%(title)s, title), body = coalesce(%(body)s, body),
        intent_id = coalesce(%(intent)s, intent_id), effect = null, edited_by = %(author)s
    where id = %(id)s and status = 'open'
    returning id
), e as (
    insert into events (kind, author, body, at)
    select 'candidate.edited', %(author)s, jsonb_build_object('candidate', id), %(now)s from c
)
select id from c

-- name: merge
-- The one goes into the other with its lessons; nothing where one of them is closed, or both are the same.
with two as (
    select a.id as one, b.id as other from candidates a, candidates b
    where a.id = %(id)s and b.id = %(into)s and a.id <> b.id and a.status = 'open' and b.status = 'open'
    for update
), gone as (
    update candidates c set status = 'merged', merged_into = other, closed_by = %(author)s, closed_at = %(now)s
    from two where c.id = one returning c.id
), kept as (
    update candidates c set body = %(body)s, intent_id = coalesce(c.intent_id, %(intent)s), effect = null,
        edited_by = %(author)s
    from two where c.id = other returning c.id
), moved as (
    insert into candidate_lessons (candidate_id, lesson_id)
    select other, x.lesson_id from two join candidate_lessons x on x.candidate_id = one
    on conflict do nothing
), e as (
    insert into events (kind, author, body, at)
    select 'candidate.merged', %(author)s, jsonb_build_object('candidate', one, 'into', other), %(now)s from two
)
select one from two

-- name: add_to_article
with c as (
    update candidates set kind = 'edit', article_id = %(article)s, title = %(title)s, body = %(body)s,
        intent_id = %(intent)s, effect = null, edited_by = %(author)s
    where id = %(id)s and status = 'open' returning id
), e as (
    insert into events (kind, author, body, at)
    select 'candidate.merged', %(author)s, jsonb_build_object('candidate', id, 'article', %(article)s::text), %(now)s
    from c
)
select id from c

-- name: put_effect
update candidates set effect = %(effect)s::jsonb where id = %(id)s

-- name: close
with c as (
    update candidates set status = %(status)s, closed_by = %(author)s, note = %(note)s, closed_at = %(now)s,
        article_id = coalesce(%(article)s, article_id)
    where id = %(id)s and status = 'open'
    returning id, article_id
), e as (
    insert into events (kind, author, body, at)
    select 'candidate.' || %(status)s, %(author)s, jsonb_build_object('candidate', id, 'article', article_id), %(now)s
    from c
)
select id from c

-- name: open_intent
with i as (
    update intents set is_opened = true where id = %(intent)s and not is_opened returning id
)
insert into events (kind, author, body, at)
select 'intent.opened', %(author)s, jsonb_build_object('intent', id), %(now)s from i

-- name: past_cases
-- Past first messages as they were considered, with what people settled: the newest of them, and those nearest to what
-- is proposed, for they are the ones it would change.
with settled as (
    select r.conversation_id, r.episode, r.article_id, r.outcome, r.resolved_by,
        case when (r.intent_named and r.voice is null) or r.resolved_by = 'assistant' then r.intent_id end as intent_id,
        r.problem, r.vector, r.at
    from resolutions r where r.vector is not null and r.conversation_id is not null
), picked as (
    (select * from settled order by vector <=> %(vector)s::halfvec limit %(near)s)
    union
    (select * from settled order by at desc limit %(recent)s)
)
select s.*, s.vector::text as written, c.number,
    exists (select from candidate_lessons x join lessons l on l.id = x.lesson_id
        where x.candidate_id = %(candidate)s and l.conversation_id = s.conversation_id) as is_source
from picked s join conversations c on c.id = s.conversation_id
order by c.number

-- name: taught_by
-- The examples that came of these conversations.
select conversation_id, body from examples where conversation_id = any(%(ids)s)

-- name: unknown_messages
-- Messages that were none of the known matters or nearly so, were not answered, are not manners, and stand in no topic yet.
select s.conversation_id, s.seq, s.body ->> 'text' as text, s.vector::text as vector, c.contact_id
from assessments s
join conversations c on c.id = s.conversation_id
join messages m on m.conversation_id = s.conversation_id and m.seq = s.seq
where (s.intent_id is null or (s.body -> 'novelty' ->> 'value')::real >= %(novelty)s)
  and s.vector is not null and m.at >= %(since)s
  and not exists (select from decisions d where d.conversation_id = s.conversation_id and d.seq = s.seq
                  and d.action = 'answer')
  and (s.body ->> 'is_closing')::boolean is not true and (s.body ->> 'is_greeting')::boolean is not true
  and not exists (select from examples x where x.conversation_id = s.conversation_id)
  and not exists (select from topic_messages t join topics o on o.id = t.topic_id
                  where t.conversation_id = s.conversation_id and t.seq = s.seq and o.status <> 'open')
order by m.at desc limit %(limit)s

-- name: forget_open_topics
delete from topics where status = 'open'

-- name: put_topic
with t as (
    insert into topics (id, terms, made_at) values (%(id)s, %(terms)s, %(now)s) returning id
)
insert into topic_messages (topic_id, conversation_id, seq, is_medoid)
select t.id, m.conversation_id, m.seq, m.is_medoid
from t, jsonb_to_recordset(%(messages)s::jsonb) as m (conversation_id text, seq int, is_medoid boolean)

-- name: topics
select t.id, t.status, t.terms, t.intent_id, t.closed_by, t.made_at, t.closed_at,
    (select count(*) from topic_messages m where m.topic_id = t.id) as messages,
    (select count(distinct c.contact_id) from topic_messages m join conversations c on c.id = m.conversation_id
        where m.topic_id = t.id) as contacts
from topics t
where (%(status)s::text is null or t.status = %(status)s) and (%(id)s::text is null or t.id = %(id)s)
order by messages desc, t.id

-- name: topic_messages
select t.conversation_id, t.seq, t.is_medoid, m.body, c.number, c.contact_id, p.name, p.email,
    coalesce(a.name, '') as account
from topic_messages t
join messages m on m.conversation_id = t.conversation_id and m.seq = t.seq
join conversations c on c.id = t.conversation_id
join contacts p on p.id = c.contact_id
left join accounts a on a.id = p.account_id
where t.topic_id = %(id)s order by t.is_medoid desc, t.conversation_id, t.seq limit %(limit)s

-- name: name_topic
with i as (
    insert into intents (id, name, category_id, is_opened) values (%(intent)s, %(name)s, %(category)s, false)
    on conflict (id) do nothing returning id
), t as (
    update topics set status = 'named', intent_id = %(intent)s, closed_by = %(author)s, closed_at = %(now)s
    where id = %(id)s and status = 'open' returning id
)
insert into events (kind, author, body, at)
select 'topic.named', %(author)s, jsonb_build_object('topic', id, 'intent', %(intent)s::text), %(now)s from t

-- name: put_topic_example
insert into examples (id, intent_id, body, vector, encoder, source, contact_id, conversation_id, created_at)
values (%(id)s, %(intent)s, %(body)s, %(vector)s::halfvec, %(encoder)s, 'topic', %(contact)s, %(conversation)s, %(now)s)
on conflict (id) do nothing

-- name: dismiss_topic
with t as (
    update topics set status = 'dismissed', closed_by = %(author)s, closed_at = %(now)s
    where id = %(id)s and status = 'open' returning id
), e as (
    insert into events (kind, author, body, at)
    select 'topic.dismissed', %(author)s,
        jsonb_strip_nulls(jsonb_build_object('topic', id, 'note', nullif(%(note)s::text, ''))), %(now)s from t
)
select id from t
