-- A policy in shadow: begun, ended, and what it would have decided.

-- name: running
select s.id, s.version, s.began_at, s.began_by, p.note from shadows s join policies p using (version)
where s.ended_at is null

-- name: runs
select id, version, began_at, ended_at, ended_by, outcome, note from shadows order by id

-- name: end
-- The run named, or whichever runs.
with s as (
    update shadows set ended_at = %(now)s, ended_by = %(author)s, outcome = %(outcome)s, note = %(note)s
    where ended_at is null and id = coalesce(%(id)s::bigint, id)
    returning version
), e as (
    insert into events (kind, author, body, at)
    select 'policy.shadow_ended', %(author)s,
        jsonb_build_object('version', version, 'outcome', %(outcome)s::text, 'note', %(note)s::text), %(now)s from s
)
select version from s

-- name: begin
with p as (
    insert into policies (version, body, author, note, is_live, lets_speak, created_at)
    select coalesce((select max(version) from policies), 0) + 1, %(body)s, %(author)s, %(note)s, false, %(lets_speak)s, %(now)s
    returning version
), s as (
    insert into shadows (version, began_at, began_by) select version, %(now)s, %(author)s from p
), e as (
    insert into events (kind, author, body, at)
    select 'policy.shadowed', %(author)s, jsonb_build_object('version', version, 'note', %(note)s::text), %(now)s from p
)
select version from p

-- name: say_applied
insert into events (kind, author, body, at)
values ('policy.applied', %(author)s, jsonb_build_object('version', %(version)s::int, 'note', %(note)s::text), %(now)s)

-- name: keep
insert into shadow_decisions (shadow_id, conversation_id, seq, episode, live_version, live_action, live_reason, action,
    reason, differs, decision, failed, at)
select %(shadow)s, t.id, t.seq, t.episode, t.live_version, t.live_action, t.live_reason, t.action, t.reason, t.differs,
    t.decision, t.failed, %(now)s
from jsonb_to_recordset(%(rows)s::jsonb) as t (id text, seq int, episode int, live_version int, live_action text,
    live_reason text, action text, reason text, differs text, decision jsonb, failed text)
where exists (select from shadows where id = %(shadow)s and ended_at is null)
on conflict do nothing

-- name: sums
select count(*) as messages, count(distinct (conversation_id, episode)) as conversations,
    count(*) filter (where failed is not null) as failed, count(*) filter (where differs = 'team') as teams,
    count(*) filter (where differs = 'suggestion') as suggestions,
    array_agg(distinct live_version order by live_version) as versions, max(at) as last_at
from shadow_decisions where shadow_id = %(id)s

-- name: moves
-- Of each episode its first message that would have gone to somebody else, or else to the same; or its last.
with one as (
    select distinct on (conversation_id, episode) live_action, action, differs = 'action' as is_changed
    from shadow_decisions where shadow_id = %(id)s and failed is null
    order by conversation_id, episode, (differs = 'action') desc, case when differs = 'action' then seq else -seq end
)
select case live_action when 'answer' then 'assistant' when 'acknowledge' then 'assistant' when 'ask' then 'asked'
        else 'human' end as had,
    case action when 'answer' then 'assistant' when 'acknowledge' then 'assistant' when 'ask' then 'asked'
        else 'human' end as would,
    is_changed, count(*)::int as n
from one group by 1, 2, 3

-- name: differing
with d as (
    select s.*, case live_action when 'answer' then 'assistant' when 'acknowledge' then 'assistant' when 'ask'
            then 'asked' else 'human' end as had,
        case action when 'answer' then 'assistant' when 'acknowledge' then 'assistant' when 'ask' then 'asked'
            else 'human' end as would
    from shadow_decisions s
    where s.shadow_id = %(id)s and s.differs <> '' and (%(before)s::timestamptz is null or s.at < %(before)s)
)
select d.conversation_id, d.seq, d.at, d.had, d.would, d.differs, d.live_version, d.live_action, d.live_reason,
    d.action, d.reason, d.decision, v.body as live_decision, m.body as words, c.number, a.tier, c.team_id
from d join messages m on m.conversation_id = d.conversation_id and m.seq = d.seq
join decisions v on v.conversation_id = d.conversation_id and v.seq = d.seq
join conversations c on c.id = d.conversation_id
left join accounts a on a.id = c.account_id
where (%(had)s::text is null or (d.differs = 'action' and d.had = %(had)s and d.would = %(would)s))
  and (%(differs)s::text is null or d.differs = %(differs)s)
order by d.at desc, d.conversation_id limit %(limit)s
