-- Reading the past so that it can be decided again, and keeping what was considered afterwards.

-- name: turns
-- Considered messages of the conversations that were touched since then, in no order. What deciding does not look at
-- stays behind: it would be most of the bytes.
with touched as (
    select conversation_id from decisions where decided_at >= %(since)s group by conversation_id
), t as (
    select conversation_id, seq, s.episode, d.body as decision, s.body as assessment, w.body as answer, d.decided_at as at,
        false as is_replayed
    from decisions d join touched using (conversation_id)
    left join assessments s using (conversation_id, seq) left join answers w using (conversation_id, seq)
    union all
    select conversation_id, seq, episode, decision, assessment, answer, at, true
    from replayed_turns where at >= %(since)s
)
select t.conversation_id, t.seq, t.episode, t.is_replayed, t.at, c.number, c.channel, c.contact_id,
    t.decision::text as decision,
    (t.assessment - '{nearest,text,page,encoder,heads}'::text[])::text as assessment,
    (t.answer - '{text,grounds,features}'::text[])::text as answer
from t join conversations c on c.id = t.conversation_id

-- name: whole_turns
-- The same with everything, for those that an article may touch.
with t as (
    select conversation_id, seq, s.episode, d.body as decision, s.body as assessment, w.body as answer, s.vector,
        d.decided_at as at, false as is_replayed
    from decisions d join assessments s using (conversation_id, seq) left join answers w using (conversation_id, seq)
    where conversation_id = any(%(ids)s)
    union all
    select conversation_id, seq, episode, decision, assessment, answer, vector, at, true
    from replayed_turns where conversation_id = any(%(ids)s)
)
select t.conversation_id, t.seq, t.episode, t.is_replayed, t.at, c.number, c.channel, c.contact_id,
    t.decision::text as decision, t.assessment::text as assessment, t.answer::text as answer, t.vector::text as vector
from t join conversations c on c.id = t.conversation_id


-- name: vectors
-- Where each message of the window stands, to find those near something.
select conversation_id, seq, intent_id, vector::text as vector from (
    -- what another encoder noticed then says nothing beside the vectors of today's
    select conversation_id, seq, s.intent_id, case when s.body ->> 'encoder' = s.encoder then s.vector end as vector
    from decisions d join assessments s using (conversation_id, seq) where d.decided_at >= %(since)s
    union all
    select conversation_id, seq, assessment -> 'intents' -> 0 ->> 'intent',
        case when assessment ->> 'encoder' = encoder then vector end
    from replayed_turns where at >= %(since)s
) v where vector is not null

-- name: endings
-- A matter that the person who closed it did not name, or only a key in their name, is triage's own guess or nobody's word: held against that it would always be
-- right. Of the assistant's own resolutions the outcome tells whether its guess was.
select r.conversation_id, r.episode, g.id is not null as is_by_person, r.category_id, r.outcome, r.minutes,
    case when (r.intent_named and r.voice is null) or r.resolved_by = 'assistant' then r.intent_id end as intent_id
from resolutions r left join agents g on g.id = r.resolved_by
where r.at >= %(since)s and r.conversation_id is not null
order by r.at

-- name: endings_of
select r.conversation_id, r.episode, g.id is not null as is_by_person, r.category_id, r.outcome, r.minutes,
    case when (r.intent_named and r.voice is null) or r.resolved_by = 'assistant' then r.intent_id end as intent_id
from resolutions r left join agents g on g.id = r.resolved_by
where r.conversation_id = any(%(ids)s)
order by r.at

-- name: judged
-- All that was said of each answer, in the order in which it was recorded; and with which probability it was drawn.
select k.conversation_id, k.seq, case when k.is_drawn then k.propensity end as drawn,
    jsonb_agg(jsonb_build_array(j.source, j.verdict, j.weight, j.author, j.at, j.note, j.distance) order by j.id) as said
from cases k join judgements j using (conversation_id, seq)
where k.at >= %(since)s
group by k.conversation_id, k.seq

-- name: words
select conversation_id, seq, body, at from messages
where (conversation_id, seq) in (select * from unnest(%(ids)s::text[], %(seqs)s::int[]))

-- name: bygone
-- Conversations that were brought in: resolved, and none of their messages ever considered.
select c.id, c.number, c.channel, c.opened_at, c.contact_id, p.name as contact_name, p.email as contact_email,
    p.is_verified, p.account_id, a.name as account_name, a.tier, a.value, a.health, a.renews_on, c.page_url, c.page_title, c.team_id,
    c.resolved_at
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = p.account_id
where
  -- also: is_bygone
order by c.opened_at, c.id limit %(limit)s

-- name: bygone_left
-- How many of those there are.
select count(*) as number
from conversations c
where
  -- also: is_bygone

-- name: is_bygone
c.status = 'resolved' and c.episode = 1 and c.opened_at >= %(since)s
  and not exists (select from decisions d where d.conversation_id = c.id)
  and not exists (select from replayed_turns t where t.conversation_id = c.id)

-- name: said
select conversation_id, seq, author, body, at, agent_id from messages
where conversation_id = any(%(ids)s) order by conversation_id, seq

-- name: before
-- Earlier conversations of the same contact, or account, as they stood when each of these began.
select me.id as for_id, c.id, c.number, c.contact_id, c.channel, c.opened_at, c.intent_id, c.subject,
    c.resolved_at is not null and c.resolved_at <= me.opened_at as was_resolved, r.outcome,
    coalesce(p.body, '') as promised, r.vector::text as vector, coalesce(r.encoder, '') as encoder
from conversations me join contacts mine on mine.id = me.contact_id
join lateral (
    (select * from conversations where contact_id = me.contact_id and id <> me.id
        and opened_at between me.opened_at - interval '14 days' and me.opened_at
     order by opened_at desc limit 8)
    union
    (select * from conversations where account_id = mine.account_id and mine.is_verified and id <> me.id
        and opened_at between me.opened_at - interval '14 days' and me.opened_at
     order by opened_at desc limit 4)
) c on true
left join lateral (
    select outcome, vector, encoder from resolutions where conversation_id = c.id order by at desc limit 1
) r on true
left join lateral (
    select body from messages where conversation_id = c.id and author = 'agent' and at <= me.opened_at
    order by seq desc limit 1
) p on true
where me.id = any(%(ids)s)
order by c.opened_at desc

-- name: forget_replayed
delete from replayed_turns
