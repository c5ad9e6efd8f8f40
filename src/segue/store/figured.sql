-- One row per episode that was considered, with all that figures need; and what is counted from them.

-- name: forget
delete from figured where %(ids)s::text[] is null or conversation_id = any(%(ids)s::text[])

-- name: figure
-- Of the conversations in `ids`, or of all.
insert into figured (conversation_id, episode, intent_id, is_offered, is_handed_over, has_person, is_closed, is_reopened,
    is_verified, sources, answered_at, decided_at)
with lost as materialized (
    -- what nobody received
    select m.conversation_id, m.answers_seq as seq
    from messages m join outbox o on o.id = 'out_' || substr(m.conversation_id, 5) || '.' || m.seq
    where m.answers_seq is not null and (o.undelivered_at is not null or o.cancelled_at is not null)
      and (%(ids)s::text[] is null or m.conversation_id = any(%(ids)s::text[]))
), turns as (
    select d.conversation_id, coalesce(s.episode, 1) as episode, d.seq, d.decided_at, i.id as intent_id,
        case when d.action <> 'answer' or not exists (
            select from lost where lost.conversation_id = d.conversation_id and lost.seq = d.seq) then d.action else '' end as action
    from decisions d
    left join assessments s using (conversation_id, seq)
    left join intents i on i.id = s.intent_id
    where %(ids)s::text[] is null or d.conversation_id = any(%(ids)s::text[])
), ep as (
    select conversation_id, episode, min(seq) as first_seq, max(decided_at) as decided_at,
        (array_agg(intent_id order by seq) filter (where intent_id is not null))[1] as intent_id,
        bool_or(action = 'answer') as is_offered, bool_or(action = 'hand_off') as is_handed_over,
        max(decided_at) filter (where action = 'answer') as answered_at
    from turns group by conversation_id, episode
), ranged as (
    select ep.*, coalesce(lead(first_seq) over (partition by conversation_id order by episode), 2147483647) as ends
    from ep
)
select x.conversation_id, x.episode, x.intent_id, x.is_offered, x.is_handed_over,
    exists (select from messages m where m.conversation_id = x.conversation_id and m.author = 'agent'
        and m.seq between x.first_seq and x.ends - 1),
    x.ends < 2147483647 or c.status = 'resolved',
    exists (select from resolutions r where r.conversation_id = x.conversation_id and r.episode = x.episode
        and r.outcome = 'reopened'),
    -- all of its graded answers right, by the last word of each who graded them
    coalesce(
        (select bool_and(g.is_right) from (
            select distinct on (j.seq, j.author) j.verdict = 'right' as is_right from judgements j
            where j.conversation_id = x.conversation_id and j.seq between x.first_seq and x.ends - 1
              and j.source = 'graded' and j.verdict <> 'unknown'
            order by j.seq, j.author, j.id desc) g),
        case when exists (select from resolutions r where r.conversation_id = x.conversation_id
            and r.episode = x.episode and r.outcome = 'verified') then true end),
    array(select o.source from outcomes o where o.conversation_id = x.conversation_id
        and o.seq between x.first_seq and x.ends - 1 order by o.at, o.source),
    x.answered_at, x.decided_at
from ranged x join conversations c on c.id = x.conversation_id
on conflict do nothing

-- name: has_begun
select exists (select from settings where key = %(key)s) as yes

-- name: counted
-- How many episodes are alike in all that figures ask.
select coalesce(i.category_id, '') as category, f.is_offered, f.is_handed_over, f.has_person, f.is_closed, f.is_reopened,
    f.is_verified, f.sources, f.answered_at <= %(over)s as is_over, count(*)::int as several
from figured f left join intents i on i.id = f.intent_id
where f.decided_at >= %(since)s
group by 1, 2, 3, 4, 5, 6, 7, 8, 9

-- name: behind
-- The conversations of those that are like one of `alike`, in their order, and how many there are.
with wanted as (
    select distinct jsonb_build_array(category, is_offered, is_handed_over, has_person, is_closed, is_reopened,
        is_verified, to_jsonb(sources), is_over) as what
    from jsonb_to_recordset(%(alike)s::jsonb) as w (category text, is_offered boolean, is_handed_over boolean,
        has_person boolean, is_closed boolean, is_reopened boolean, is_verified boolean, sources text[], is_over boolean)
), found as (
    select distinct f.conversation_id
    from figured f left join intents i on i.id = f.intent_id
    where f.decided_at >= %(since)s and jsonb_build_array(coalesce(i.category_id, ''), f.is_offered, f.is_handed_over,
        f.has_person, f.is_closed, f.is_reopened, f.is_verified, to_jsonb(f.sources), f.answered_at <= %(over)s)
        in (select what from wanted)
)
select f.conversation_id as id, count(*) over ()::int as several
from found f join conversations c on c.id = f.conversation_id
where %(me)s::text is null or coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
order by case when %(newest_first)s then -c.number else c.number end limit %(limit)s
