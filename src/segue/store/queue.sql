-- What the desk's lists show to one agent, `me`: nothing that is closed to them. Each statement reads at most `limit`
-- rows of a list, by an index that holds open conversations only.

-- name: rows
-- Open or waiting conversations of one handler: of each list that is made of them so many, so that a long one hides no
-- row of another: mine, nobody's, colleagues', those that wait for a customer or for a yes, and what is set aside.
with closed as (
    select teams_closed_to(%(me)s) as teams
), shown as (
    (select c.id from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status <> 'resolved' and c.assignee_id = %(me)s
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.priority desc, c.opened_at limit %(limit)s)
    union all
    (select c.id from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'open' and c.assignee_id is null
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.priority desc, c.opened_at limit %(limit)s)
    union all
    (select c.id from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'open' and c.assignee_id <> %(me)s
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.priority desc, c.opened_at limit %(limit)s)
    union all
    (select c.id from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'waiting'
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.priority desc, c.opened_at limit %(limit)s)
    union all
    (select c.id from conversations c, closed
     where %(handler)s = 'human' and c.handler = 'human' and c.status = 'open' and c.reason = 'awaits_approval'
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.priority desc, c.opened_at limit %(limit)s)
    union all
    (select c.id from conversations c, closed
     where c.snoozed_until is not null and c.status <> 'resolved' and c.handler = %(handler)s
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.snoozed_until limit %(limit)s)
    union all
    (select c.id from conversations c, closed
     where %(handler)s = 'assistant' and c.handler = 'assistant' and c.status <> 'resolved'
       and coalesce(c.team_id <> all (closed.teams), true)
     order by c.changed_at desc limit %(limit)s)
)
select * from desk_rows where id in (select id from shown) order by priority desc, opened_at

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
select conversation_id, min(seq) as seq from (
    select w.conversation_id, w.seq, w.at from reviews w
    where not exists (select from conversations c where c.id = w.conversation_id
                      and c.team_id = any ((select teams_closed_to(%(agent)s))::text[]))
      and not exists (select from messages x where x.conversation_id = w.conversation_id and x.agent_id = %(agent)s)
    order by w.at, w.conversation_id, w.seq limit 2 * %(limit)s) oldest
group by conversation_id order by min(at) limit %(limit)s

-- name: drawn
select w.seq from reviews w
where w.conversation_id = %(id)s
  and not exists (select from messages x where x.conversation_id = w.conversation_id and x.agent_id = %(agent)s)
order by w.seq limit 1

-- name: search
-- What has the words, among conversations whose ids (they sort by time) lie from `begin` on and before `ends`: in what
-- people wrote and in names, these also with a typing error. `looked`: how many messages with the words were looked at,
-- of the newest at most `most`.
with asked as (
    select regexp_replace( -- each word of three letters also as a beginning
        websearch_to_tsquery('simple', %(words)s)::text, '(\w\w\w'')(?=[ )<]|$)', '\1:*', 'g')::tsquery as words
), said as materialized (
    select id from (
        -- The newest are read one by one, which is what `|| ''` keeps the index from: it would gather every place where
        -- a common word stands. Most are sorted out by their letters.
        (select m.conversation_id as id from messages m
         where %(is_near)s and m.author in ('customer', 'agent') and m.conversation_id >= %(begin)s
           and m.conversation_id < %(ends)s and lower(m.body) like all (%(letters)s::text[])
           and to_tsvector('simple', m.body || '') @@ (select words from asked)
         order by m.conversation_id desc limit %(most)s)
        union all
        -- Further back the index gathers them; whether words stand beside each other it cannot tell, which is asked of
        -- those alone that lie in the stretch.
        (select m.conversation_id from messages m
         where not %(is_near)s and m.author in ('customer', 'agent') and m.conversation_id >= %(begin)s
           and m.conversation_id < %(ends)s
           and to_tsvector('simple', m.body) @@ regexp_replace(regexp_replace(
               websearch_to_tsquery('simple', %(words)s)::text, '(\w\w\w'')(?=[ )<]|$)', '\1:*', 'g'),
               '<[-0-9]+>', '&', 'g')::tsquery
           and (websearch_to_tsquery('simple', %(words)s)::text !~ '<[-0-9]+>'
                or to_tsvector('simple', m.body || '') @@ (select words from asked))
         order by m.at desc limit %(most)s)) newest
), named as (
    select c.id from conversations c join contacts p on p.id = c.contact_id
    where c.id >= %(begin)s and c.id < %(ends)s
      and ((p.name || ' ' || p.email) ilike %(inside)s or (p.name || ' ' || p.email) ilike %(after_space)s
        or %(words)s::text <%% (p.name || ' ' || p.email))
    order by c.id desc limit %(most)s
), found as materialized (
    select id from said union select id from named
    union select id from conversations where number = %(number)s::bigint
), fit as (
    select c.id from found f
    cross join lateral (select * from conversations where id = f.id offset 0) c -- one by one: they are few
    join contacts p on p.id = c.contact_id
    left join accounts a on a.id = c.account_id
    where
    -- also: fits
    order by c.id desc limit %(limit)s
)
select array(select id from fit order by id desc) as ids, (select count(*) from said) as looked

-- name: fits
-- What a search is narrowed to, beside its words or without them: of a conversation c, its contact p and account a.
(%(status)s::text is null or c.status = %(status)s)
  and (%(handler)s::text is null or c.handler = %(handler)s)
  and (%(channel)s::text is null or c.channel = %(channel)s)
  and (%(person)s::text is null or (p.name || ' ' || p.email) ilike '%%' || %(person)s || '%%')
  and (%(account)s::text is null or a.name ilike '%%' || %(account)s || '%%')
  and (%(tier)s::text is null or a.tier = %(tier)s)
  and (%(agents)s::text[] is null or c.assignee_id = any (%(agents)s::text[]))
  and (%(is_unassigned)s::bool is null or (c.assignee_id is null) = %(is_unassigned)s)
  and (%(matter)s::text is null or c.category_id = %(matter)s or c.intent_id = %(matter)s)
  and (%(since)s::timestamptz is null or c.opened_at >= %(since)s)
  and (%(until)s::timestamptz is null or c.opened_at < %(until)s)
  and coalesce(c.team_id <> all ((select teams_closed_to(%(me)s))::text[]), true)
  and (cardinality(%(tags)s::text[]) = 0 or c.id = any (array(
        select conversation_id from conversation_tags where tag = any(%(tags)s)
        group by conversation_id having count(*) = cardinality(%(tags)s::text[]))))

-- name: narrowed
-- The newest that fit, where no words were asked for.
select c.id from conversations c join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
where
-- also: fits
order by c.id desc limit %(limit)s

-- name: agents_called
select id from agents where id = %(assignee)s or name ilike %(assignee)s || '%%'

-- name: nth_before
-- The conversation that so many newer ones stand before, counted from `ends`.
select id from conversations where id < %(ends)s order by id desc offset %(several)s limit 1
