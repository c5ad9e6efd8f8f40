-- What the desk's lists show to one agent, `me`: nothing that is closed to them. Each statement reads at most `limit`
-- rows, by an index that holds open conversations only.

-- name: rows
-- Open or waiting conversations of one handler.
select * from desk_rows where id in (
    select c.id from conversations c
    where c.handler = %(handler)s and c.status <> 'resolved'
      and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
    order by c.priority desc, c.opened_at limit %(limit)s)
order by priority desc, opened_at

-- name: resolved
select * from desk_rows where id in (
    select c.id from conversations c where c.status = 'resolved'
      and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
    order by c.id desc limit %(limit)s)
order by id desc

-- name: by_ids
select * from desk_rows where id in (
    select c.id from conversations c where c.id = any(%(ids)s)
      and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true))

-- name: to_review
-- Answers that chance picked for a person's grade, oldest first; nobody is asked about a conversation of their own.
select k.conversation_id, min(k.seq) as seq from cases k
where k.is_drawn
  and not exists (select from conversations c where c.id = k.conversation_id
                  and c.team_id = any ((select teams_closed_to(%(agent)s))::text[]))
  and not exists (select from judgements j where j.conversation_id = k.conversation_id and j.seq = k.seq
                  and j.source = 'graded')
  and not exists (select from messages x where x.conversation_id = k.conversation_id and x.agent_id = %(agent)s)
group by k.conversation_id order by min(k.at) limit %(limit)s

-- name: drawn
select k.seq from cases k
where k.conversation_id = %(id)s and k.is_drawn
  and not exists (select from judgements j where j.conversation_id = k.conversation_id and j.seq = k.seq
                  and j.source = 'graded')
  and not exists (select from messages x where x.conversation_id = k.conversation_id and x.agent_id = %(agent)s)
order by k.seq limit 1

-- name: search
-- The newest that fit. Words are found in what people wrote, in subjects and in names; names also with a typing error.
with said as (
    select conversation_id as id from messages
    where %(words)s::text <> '' and author in ('customer', 'agent') and to_tsvector('simple', body) @@ regexp_replace( -- each word also as a beginning
        websearch_to_tsquery('simple', %(words)s)::text, '''([ )]|$)', ''':*\1', 'g')::tsquery
    order by at desc limit 2000
), named as (
    select c.id from conversations c join contacts p on p.id = c.contact_id
    where %(words)s::text <> '' and ((p.name || ' ' || p.email) ilike '%%' || %(letters)s || '%%'
        or %(words)s::text <%% (p.name || ' ' || p.email))
    order by c.id desc limit 2000
), found as (
    select id from said union select id from named
    union select id from conversations where %(words)s::text <> '' and number = %(number)s::bigint
)
select c.id from conversations c join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id left join agents g on g.id = c.assignee_id
where (%(words)s::text = '' or c.id in (select id from found))
  and (%(status)s::text is null or c.status = %(status)s)
  and (%(handler)s::text is null or c.handler = %(handler)s)
  and (%(channel)s::text is null or c.channel = %(channel)s)
  and (%(person)s::text is null or (p.name || ' ' || p.email) ilike '%%' || %(person)s || '%%')
  and (%(account)s::text is null or a.name ilike '%%' || %(account)s || '%%')
  and (%(tier)s::text is null or a.tier = %(tier)s)
  and (%(assignee)s::text is null or g.id = %(assignee)s or g.name ilike %(assignee)s || '%%')
  and (%(is_unassigned)s::bool is null or (c.assignee_id is null) = %(is_unassigned)s)
  and (%(matter)s::text is null or c.category_id = %(matter)s or c.intent_id = %(matter)s)
  and (%(since)s::timestamptz is null or c.opened_at >= %(since)s)
  and (%(until)s::timestamptz is null or c.opened_at < %(until)s)
  and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
  and (cardinality(%(tags)s::text[]) = 0 or c.id in (
        select conversation_id from conversation_tags where tag = any(%(tags)s)
        group by conversation_id having count(*) = cardinality(%(tags)s::text[])))
order by c.id desc limit %(limit)s
