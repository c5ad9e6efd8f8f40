-- Keys, people and the record, as a lead looks after them.

-- name: keys
select id, name, scopes, created_at, expires_at, last_used_at from api_keys order by created_at desc, id

-- name: make_key
with k as (
    insert into api_keys (id, name, key_hash, scopes, created_at, expires_at, agent_id)
    values (%(id)s, %(name)s, %(key_hash)s, %(scopes)s, %(now)s, %(expires_at)s, %(author)s) returning id, name, scopes
)
insert into events (kind, author, body, at)
select 'key.made', %(author)s, jsonb_build_object('key', id, 'name', name, 'scopes', scopes), %(now)s from k

-- name: revoke_key
with k as (delete from api_keys where id = %(id)s returning id, name), e as (
    insert into events (kind, author, body, at)
    select 'key.revoked', %(author)s, jsonb_build_object('key', id, 'name', name), %(now)s from k
)
select name from k

-- name: place_agent
-- The last administrator or lead cannot take the office from themselves: somebody must be able to give it back.
with a as (
    update agents set role = %(role)s
    where id = %(id)s and is_active
      and (%(role)s in ('lead', 'admin') or role not in ('lead', 'admin') or exists (
          select from agents o where o.id <> %(id)s and o.is_active and o.role in ('lead', 'admin')))
    returning id
), out as ( -- another role begins with signing in again
    delete from sessions s using agents before
    where before.id = s.agent_id and before.role <> %(role)s and s.agent_id in (select id from a)
), gone as (
    delete from agent_teams where agent_id in (select id from a) and team_id <> all(%(teams)s::text[])
), t as (
    insert into agent_teams (agent_id, team_id) select a.id, x from a, unnest(%(teams)s::text[]) x on conflict do nothing
), e as (
    insert into events (kind, author, body, at)
    select 'agent.placed', %(author)s, jsonb_build_object('agent', id, 'role', %(role)s::text,
        'teams', %(teams)s::text[]), %(now)s from a
)
select id from a

-- name: record
-- What people and Segue changed in the house itself, newest first; not what happens in conversations.
select id, kind, author, body, at from events
where kind = any(%(kinds)s) and (%(before)s::bigint is null or id < %(before)s)
order by id desc limit %(limit)s

-- name: choose_language
with s as (
    insert into settings (key, value) values ('language', %(language)s::jsonb)
    on conflict (key) do update set value = excluded.value
    returning value
)
insert into events (kind, author, body, at)
select 'language.chosen', %(author)s, jsonb_build_object('language', value), %(now)s from s

-- name: set_rate
with s as (
    insert into settings (key, value) values ('rate', %(rate)s::jsonb)
    on conflict (key) do update set value = excluded.value
    returning value
)
insert into events (kind, author, body, at) select 'rate.set', %(author)s,
    case when jsonb_typeof(value) = 'object' then value else '{}' end, %(now)s from s

-- name: change_widget
-- A part of the setting; the others stay as somebody else may be changing them now.
with s as (
    insert into settings (key, value) values ('widget', %(part)s::jsonb)
    on conflict (key) do update set value = settings.value || excluded.value
    returning key
)
insert into events (kind, author, body, at) select 'widget.changed', %(author)s, %(part)s::jsonb, %(now)s from s

-- name: rotate_identity
-- The older secret is believed until it is dropped. No row where an older one still is.
with o as (
    insert into settings (key, value) select 'identity_secret_older', value from settings where key = 'identity_secret'
    on conflict do nothing returning key
), s as (
    update settings set value = %(secret)s::jsonb
    where key = 'identity_secret' and exists (select from o) returning key
)
insert into events (kind, author, body, at)
select 'widget.changed', %(author)s, '{"identity_secret": "rotated"}', %(now)s from s returning id

-- name: drop_identity
with s as (delete from settings where key = 'identity_secret_older' returning key)
insert into events (kind, author, body, at)
select 'widget.changed', %(author)s, '{"identity_secret": "older one dropped"}', %(now)s from s returning id

-- name: keep_team
-- A new one, or another name for it and whether it is closed.
with t as (
    insert into teams (id, name, is_closed) values (%(id)s, %(name)s, %(is_closed)s)
    on conflict (id) do update set name = excluded.name, is_closed = excluded.is_closed
    returning id, name, is_closed
)
insert into events (kind, author, body, at)
select 'teams.changed', %(author)s, jsonb_build_object('team', id, 'name', name, 'is_closed', is_closed), %(now)s from t
