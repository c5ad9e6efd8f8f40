-- Vectors of another encoder: how many, which, and what stands in their place. A row whose text changed meanwhile bears
-- the newer encoder already, and is left alone.

-- name: made_with
-- What is published; before anything was, what the rows say of themselves.
select coalesce((select value ->> 'version' from settings where key = 'encoder'),
    (select encoder from examples where encoder <> '' limit 1), (select encoder from passages where encoder <> '' limit 1),
    (select encoder from assessments where encoder <> '' limit 1),
    (select encoder from resolutions where encoder <> '' limit 1)) as version

-- name: since
-- Since when; null for the first one.
select (value ->> 'since')::timestamptz as since from settings where key = 'encoder'

-- name: claim
insert into settings (key, value)
values ('encoder', jsonb_build_object('version', %(version)s::text, 'since', null)) on conflict do nothing

-- name: left_over
select (select count(*) from passages where encoder <> %(encoder)s)::int as passages,
    (select count(*) from examples where encoder <> %(encoder)s)::int as examples,
    (select count(*) from lessons where encoder <> %(encoder)s)::int as lessons,
    (select count(*) from resolutions where encoder <> %(encoder)s and vector is not null)::int as resolutions,
    (select count(*) from assessments where encoder <> %(encoder)s and vector is not null)::int as assessments,
    (select count(*) from replayed_turns where encoder <> %(encoder)s and vector is not null)::int as replayed_turns

-- name: of_passages
select p.id, 0 as seq, a.title, p.heading || ' ' || p.body as body from passages p join articles a on a.id = p.article_id
where p.encoder <> %(encoder)s and p.id > %(after)s order by p.id limit %(limit)s

-- name: of_examples
select id, 0 as seq, '' as title, body from examples
where encoder <> %(encoder)s and id > %(after)s order by id limit %(limit)s

-- name: of_lessons
select id, 0 as seq, '' as title, problem as body from lessons
where encoder <> %(encoder)s and id > %(after)s order by id limit %(limit)s

-- name: of_resolutions
select id, 0 as seq, '' as title, problem as body from resolutions
where encoder <> %(encoder)s and vector is not null and id > %(after)s order by id limit %(limit)s

-- name: of_assessments
select conversation_id as id, seq, '' as title, coalesce(body ->> 'text', '') as body from assessments
where encoder <> %(encoder)s and vector is not null and (conversation_id, seq) > (%(after)s, %(after_seq)s)
order by conversation_id, seq limit %(limit)s

-- name: of_replayed_turns
select conversation_id as id, seq, '' as title, coalesce(assessment ->> 'text', '') as body from replayed_turns
where encoder <> %(encoder)s and vector is not null and (conversation_id, seq) > (%(after)s, %(after_seq)s)
order by conversation_id, seq limit %(limit)s

-- name: put_passages
update passages set vector = %(vector)s::halfvec, encoder = %(encoder)s where id = %(id)s and encoder <> %(encoder)s

-- name: put_examples
update examples set vector = %(vector)s::halfvec, encoder = %(encoder)s where id = %(id)s and encoder <> %(encoder)s

-- name: put_lessons
update lessons set vector = %(vector)s::halfvec, encoder = %(encoder)s where id = %(id)s and encoder <> %(encoder)s

-- name: put_resolutions
update resolutions set vector = %(vector)s::halfvec, encoder = %(encoder)s where id = %(id)s and encoder <> %(encoder)s

-- name: put_assessments
update assessments set vector = %(vector)s::halfvec, encoder = %(encoder)s
where conversation_id = %(id)s and seq = %(seq)s and encoder <> %(encoder)s

-- name: put_replayed_turns
update replayed_turns set vector = %(vector)s::halfvec, encoder = %(encoder)s
where conversation_id = %(id)s and seq = %(seq)s and encoder <> %(encoder)s

-- name: put_progress
insert into settings (key, value) values ('reads_anew', %(progress)s::jsonb)
on conflict (key) do update set value = excluded.value

-- name: progress
select value from settings where key = 'reads_anew'

-- name: nothing_fitted
-- What was fitted to the vectors before, and has nothing to take its place.
update heads set is_live = false where kind = any(%(kinds)s) and is_live

-- name: publish
with s as (
    insert into settings (key, value)
    values ('encoder', jsonb_build_object('version', %(encoder)s::text, 'since', %(now)s::timestamptz))
    on conflict (key) do update set value = excluded.value
), gone as (
    delete from encodings where encoder <> %(encoder)s
), done as (
    delete from settings where key = 'reads_anew'
)
insert into events (kind, author, body, at)
values ('encoder.changed', 'segue', jsonb_build_object('was', %(was)s::text, 'encoder', %(encoder)s::text), %(now)s)
