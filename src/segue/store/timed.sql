-- What people noted of the time that a conversation took them.

-- name: minutes
-- By category, each length once with how many had it, shortest first.
select coalesce(r.category_id, 'unknown') as category, r.minutes::float as minutes, count(*)::int as several
from resolutions r join agents g on g.id = r.resolved_by
where r.at >= %(since)s and r.minutes is not null and r.conversation_id is not null
group by 1, 2 order by 1, 2

-- name: behind
with found as (
    select distinct r.conversation_id
    from resolutions r join agents g on g.id = r.resolved_by
    where r.at >= %(since)s and r.minutes is not null
      and %(category)s in ('', coalesce(r.category_id, 'unknown'))
)
select f.conversation_id as id, count(*) over ()::int as several
from found f join conversations c on c.id = f.conversation_id
where %(me)s::text is null or coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
order by case when %(newest_first)s then -c.number else c.number end limit %(limit)s
