-- What is brought from elsewhere, on its way in.

-- name: begin
insert into imports (id, kind, name, author, at, touched_at)
values (%(id)s, %(kind)s, %(name)s, %(author)s, %(now)s, %(now)s)

-- name: size
select coalesce(sum(length(body)), 0)::bigint as bytes from import_parts where import_id = %(id)s and n <> %(n)s

-- name: put_part
insert into import_parts (import_id, n, body) values (%(id)s, %(n)s, %(body)s)
on conflict (import_id, n) do update set body = excluded.body

-- name: parts
select n, body from import_parts where import_id = %(id)s order by n

-- name: one
select id, kind, name, author, state, wishes, report, done, total, at from imports where id = %(id)s

-- name: latest
select id, kind, name, author, state, wishes, report, done, total, at from imports
where kind = %(kind)s and state <> 'coming' order by at desc, id desc limit 1

-- name: step
update imports set state = %(state)s, report = %(report)s::jsonb, done = %(done)s, total = coalesce(%(total)s, total),
    touched_at = %(now)s
where id = %(id)s

-- name: forget_old
delete from imports where state in ('coming', 'read', 'failed') and touched_at < %(since)s

-- name: want
with i as (
    update imports set state = 'wanted', wishes = %(wishes)s::jsonb, touched_at = %(now)s
    where id = %(id)s and state in ('read', 'failed') returning id, kind, name, author
), e as (
    insert into events (kind, author, body, at)
    select 'import.wanted', author, jsonb_build_object('import', id, 'kind', kind, 'name', name), %(now)s from i
)
select id from i

-- name: take
update imports set state = 'running', touched_at = %(now)s
where id = (
    select id from imports
    where kind = %(kind)s and (state = 'wanted' or (state = 'running' and touched_at < %(left_since)s))
    order by at limit 1 for update skip locked)
returning id, kind, name, author, state, wishes, report, done, total, at

-- name: put_contacts
-- Vouched for by whoever brings the export, as a mail of theirs would be: so that a visitor who only claims the address
-- does not step into this history, and the customer does who writes from it.
with r as (
    select * from jsonb_to_recordset(%(rows)s::jsonb) as r (id text, email text, name text)
), known as (
    select distinct on (r.id) r.id as wanted, c.id from r
    join contacts c on r.email like '%%@%%' and lower(c.email) = r.email and c.is_verified
    order by r.id, c.id
), made as (
    insert into contacts (id, external_id, name, email, is_verified, created_at)
    select r.id, 'import:' || r.id, r.name, case when r.email like '%%@%%' then r.email else '' end, true, %(now)s
    from r where not exists (select from known where wanted = r.id)
    on conflict do nothing
)
select r.email, coalesce(k.id, r.id) as id from r left join known k on k.wanted = r.id

-- name: put_agents
with r as (
    select * from jsonb_to_recordset(%(rows)s::jsonb) as r (id text, name text)
), known as (
    select distinct on (r.name) r.name as said, a.id from r
    join agents a on lower(a.email) = lower(r.name) or lower(a.name) = lower(r.name)
    order by r.name, a.is_active desc, a.id
), made as (
    insert into agents (id, name, email, role, is_active, created_at)
    select r.id, r.name, r.id || '@import.invalid', 'agent', false, %(now)s
    from r where not exists (select from known where said = r.name)
    on conflict do nothing returning id, name
)
select said, id from known
union all select r.name, r.id from r where not exists (select from known where said = r.name)

-- name: seen
insert into widget_seen (origin, url, first_at, last_at) values (%(origin)s, %(url)s, %(now)s, %(now)s)
on conflict (origin) do update set url = excluded.url, last_at = excluded.last_at

-- name: house_has
select exists (select from conversations) as data,
    exists (select from replayed_turns) or exists (select from decisions) as history,
    exists (select from articles a join intents i on i.id = a.intent_id where a.is_live and i.is_opened) as knowledge
