-- What agents change of what triage noticed, and what conversations cost them: both teach triage.

-- name: change_urgency
-- The place in the queue moves with it (policy/decide.py, `priority`; a thousand for each broken promise stays on top).
-- `noticed` is what triage said last, so that changing one's mind twice is still measured against it.
with old as (
    select c.id, c.urgency, c.episode, c.considered_seq as seq, coalesce(s.body -> 'urgency' ->> 'value', c.urgency) as noticed
    from conversations c
    left join lateral (select body from assessments where conversation_id = c.id order by seq desc limit 1) s on true
    where c.id = %(id)s and c.status <> 'resolved' for update of c
), c as (
    update conversations c
    set urgency = %(urgency)s, changed_at = %(now)s,
        priority = c.priority / 1000 * 1000
            + round(c.priority %% 1000 * (1.0 + array_position(%(levels)s::text[], %(urgency)s::text))
                    / (1.0 + array_position(%(levels)s::text[], old.urgency)))::int
    from old where c.id = old.id and old.urgency <> %(urgency)s
    returning c.id, old.episode, old.seq, old.noticed, old.urgency as before
), u as (
    insert into urgency_changes (id, conversation_id, episode, seq, noticed, changed_to, agent_id, at)
    select %(change_id)s, id, episode, seq, noticed, %(urgency)s, %(agent)s, %(now)s from c
), e as (
    insert into events (kind, conversation_id, author, body, at)
    select 'urgency.changed', id, %(agent)s,
        jsonb_build_object('from', before, 'to', %(urgency)s::text, 'noticed', noticed), %(now)s from c
)
select old.id, c.id is not null as is_new from old left join c using (id)

-- name: urgency_cases
-- One row an episode that people handled: the last message they judged, what was shown for it, and where they left it.
-- The newest first; one contact is read at most `per_contact` times.
with judged as (
    select distinct on (s.conversation_id, s.episode) c.contact_id, coalesce(u.agent_id, c.assignee_id) as agent,
        m.body, m.at as said_at, s.body -> 'urgency' ->> 'value' as shown, u.changed_to, s.vector::text as vector,
        coalesce(u.at, c.changed_at) as at
    from assessments s
    join conversations c on c.id = s.conversation_id
    join messages m on m.conversation_id = s.conversation_id and m.seq = s.seq
    left join lateral (
        select * from urgency_changes u where u.conversation_id = s.conversation_id and u.episode = s.episode
        order by at desc limit 1
    ) u on true
    where s.vector is not null and coalesce(u.agent_id, c.assignee_id) is not null and s.seq <= coalesce(u.seq, s.seq)
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
where r.resolved_by in (select id from agents) order by r.at desc limit %(most)s
