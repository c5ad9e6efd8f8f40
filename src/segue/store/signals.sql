-- What agents change of what triage noticed, and what conversations cost them: both teach triage.

-- name: change_urgency
-- The place in the queue moves with it: `presses_at` follows from it.
-- `noticed` is what triage said last, so that changing one's mind twice is still measured against it. A person who says
-- what only a key had said before says something new.
with old as (
    select c.id, c.urgency, c.episode, c.considered_seq as seq, coalesce(s.body -> 'urgency' ->> 'value', c.urgency) as noticed,
        %(voice)s = '' and coalesce((select voice from urgency_changes where conversation_id = c.id and episode = c.episode
            order by at desc limit 1), '') <> '' as was_a_keys
    from conversations c
    left join lateral (select body from assessments where conversation_id = c.id order by seq desc limit 1) s on true
    where c.id = %(id)s and c.status <> 'resolved' for update of c
), c as (
    update conversations c
    set urgency = %(urgency)s, changed_at = %(now)s
    from old where c.id = old.id and (old.urgency <> %(urgency)s or old.was_a_keys)
    returning c.id, old.episode, old.seq, old.noticed, old.urgency as before
), u as (
    insert into urgency_changes (id, conversation_id, episode, seq, noticed, changed_to, agent_id, voice, at)
    select %(change_id)s, id, episode, seq, noticed, %(urgency)s, %(agent)s, nullif(%(voice)s, ''), %(now)s from c
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'urgency.changed', id, %(agent)s,
        jsonb_strip_nulls(jsonb_build_object('from', before, 'to', %(urgency)s::text, 'noticed', noticed,
            'voice', nullif(%(voice)s::text, ''))), %(now)s from c
)
select old.id, c.id is not null as is_new from old left join c using (id)

-- name: urgency_cases
-- One row an episode that people handled: the last message they judged, what was shown for it, and where they left it.
-- The newest first; one contact is read at most `per_contact` times. A key's word is nobody's: where no person said
-- anything beside it, or only a key says they resolved it, nobody left the urgency as it was shown either.
with judged as (
    select distinct on (s.conversation_id, s.episode) c.contact_id, coalesce(u.agent_id, c.assignee_id) as agent,
        m.body, m.at as said_at, s.body -> 'urgency' ->> 'value' as shown, u.changed_to, s.vector::text as vector,
        coalesce(u.at, c.changed_at) as at
    from assessments s
    join conversations c on c.id = s.conversation_id
    join messages m on m.conversation_id = s.conversation_id and m.seq = s.seq
    left join lateral (
        select * from urgency_changes u where u.conversation_id = s.conversation_id and u.episode = s.episode
        order by voice is not null, at desc limit 1
    ) u on true
    where u.voice is null and (u.id is not null or not exists (select from resolutions r
            where r.conversation_id = s.conversation_id and r.episode = s.episode and r.voice is not null))
        and s.vector is not null and coalesce(u.agent_id, c.assignee_id) is not null and s.seq <= coalesce(u.seq, s.seq)
    order by s.conversation_id, s.episode, s.seq desc
), placed as (
    select *, row_number() over (partition by contact_id order by at desc) as place from judged
)
select * from placed where place <= %(per_contact)s order by at desc limit %(most)s

-- name: efforts
-- What conversations that people resolved had to offer at their first message, and what they cost.
select r.problem, coalesce(s.body -> 'intents', '[]') as intents,
    coalesce((s.body -> 'novelty' ->> 'value')::float, 0) as novelty, r.minutes,
    (select count(*) from messages m where m.conversation_id = r.conversation_id and m.author = 'agent') as replies,
    (select count(*) from messages m where m.conversation_id = r.conversation_id and m.author = 'customer') as turns
from resolutions r
left join lateral (
    select body from assessments a where a.conversation_id = r.conversation_id and a.episode = r.episode
    order by seq limit 1
) s on true
where r.resolved_by in (select id from agents) and r.voice is null order by r.at desc limit %(most)s

-- name: judge_frustration
-- `shown` is what triage said of that turn. The same word again by the same agent is none, unless a key said it first.
with t as (
    select s.conversation_id, s.seq, s.frustration as shown from assessments s
    where s.conversation_id = %(id)s and s.seq = %(seq)s
), last as (
    select is_frustrated from frustration_marks where conversation_id = %(id)s and seq = %(seq)s and agent_id = %(agent)s
        and coalesce(voice, '') = %(voice)s
    order by at desc, id desc limit 1
), m as (
    insert into frustration_marks (id, conversation_id, seq, shown, is_frustrated, agent_id, voice, at)
    select %(mark_id)s, conversation_id, seq, shown, %(is_frustrated)s, %(agent)s, nullif(%(voice)s, ''), %(now)s from t
    where not exists (select from last where is_frustrated = %(is_frustrated)s)
    returning conversation_id, seq, shown
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'frustration.judged', conversation_id, %(agent)s,
        jsonb_strip_nulls(jsonb_build_object('seq', seq, 'is_frustrated', %(is_frustrated)s::boolean, 'shown', shown,
            'voice', nullif(%(voice)s::text, ''))), %(now)s from m
)
select exists (select from m) as is_new from t

-- name: judged_turns
-- What counts as judged, strongest first: what agents say of a turn (each one's newest word, no key's); that of an episode in
-- which an agent judged some turn, the others were left as calm as they were shown; what the customer said of the answer
-- before it: after a "no" it is half frustrated, after a "yes" it is not. The newest episodes, at most `per_contact` of
-- one contact.
with told as (
    select conversation_id, seq, max(at) as at from frustration_marks where voice is null group by conversation_id, seq
    union all
    select conversation_id, seq, at from outcomes where source in ('customer_denied', 'customer_confirmed')
), episodes as (
    select s.conversation_id, s.episode, c.contact_id, max(told.at) as at
    from told join assessments s using (conversation_id, seq) join conversations c on c.id = s.conversation_id
    group by s.conversation_id, s.episode, c.contact_id
), kept as (
    select * from (
        select *, row_number() over (partition by contact_id order by at desc, conversation_id) as place from episodes
    ) e where place <= %(per_contact)s order by at desc limit %(most)s
), words as (
    select distinct on (conversation_id, seq, agent_id) conversation_id, seq, agent_id, is_frustrated
    from frustration_marks where voice is null order by conversation_id, seq, agent_id, at desc, id desc
), marks as (
    select conversation_id, seq, avg(is_frustrated::int)::float8 as share, array_agg(agent_id order by agent_id) as agents
    from words group by conversation_id, seq
), turns as (
    select k.contact_id, k.at as judged_at, s.conversation_id, s.episode, s.seq, s.frustration as shown,
        s.vector::text as vector, lag(s.seq) over (partition by s.conversation_id, s.episode order by s.seq) as seq_before
    from kept k join assessments s using (conversation_id, episode)
)
select t.conversation_id, t.episode, t.contact_id, m.body, t.vector, coalesce(p.body, '') as reply, k.agents,
    case when k.share is not null then k.share
        when t.shown < 0.5 and exists (
            select from marks o join turns x using (conversation_id, seq)
            where x.conversation_id = t.conversation_id and x.episode = t.episode) then 0.0
        else (select case when bool_or(o.source = 'customer_denied') then 0.5 else 0.0 end::float8 from outcomes o
              where o.conversation_id = t.conversation_id and o.seq = t.seq_before
                and o.source in ('customer_denied', 'customer_confirmed') having count(*) > 0)
    end as judged
from turns t
join messages m on m.conversation_id = t.conversation_id and m.seq = t.seq
left join marks k on k.conversation_id = t.conversation_id and k.seq = t.seq
left join lateral (
    select body from messages r where r.conversation_id = t.conversation_id and r.seq < t.seq
        and r.author in ('assistant', 'agent') order by r.seq desc limit 1
) p on true
order by t.judged_at desc, t.conversation_id, t.episode, t.seq
