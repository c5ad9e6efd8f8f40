-- Where somebody is signed in, their password, and what was begun in a browser and is ended there within minutes.

-- name: of_agent
select id, created_at, coalesce(last_seen_at, created_at) as seen_at, way, browser, address, token_hash = %(mine)s as is_this
from sessions where agent_id = %(agent)s and expires_at > %(now)s order by is_this desc, seen_at desc, id

-- name: begun
select created_at from sessions where token_hash = %(mine)s

-- name: end_one
with s as (delete from sessions where id = %(id)s and agent_id = %(agent)s returning id), e as (
    insert into events (kind, author, body, at)
    select 'session.ended', %(agent)s, jsonb_build_object('sessions', 1), %(now)s from s
)
select id from s

-- name: end_others
with s as (delete from sessions where agent_id = %(agent)s and token_hash <> %(mine)s returning id), e as (
    insert into events (kind, author, body, at)
    select 'session.ended', %(agent)s, jsonb_build_object('sessions', count(*)), %(now)s from s having count(*) > 0
)
select count(*) as count from s

-- name: password
select password_hash from agents where id = %(agent)s

-- name: change_password
-- Every session ends with it. `author` is the agent, or who helped somebody locked out.
with a as (update agents set password_hash = %(password_hash)s where id = %(agent)s returning id), out as (
    delete from sessions where agent_id in (select id from a)
), begun as (
    delete from ceremonies where agent_id in (select id from a)
)
insert into events (kind, author, body, at)
select 'agent.password_changed', coalesce(%(author)s, id), case when %(author)s is null then '{}'
    else jsonb_build_object('agent', id) end, %(now)s from a

-- name: end_of_roles
-- Those who came in by one step, of roles that need two from now on.
delete from sessions s using agents a
where a.id = s.agent_id and a.role = any(%(roles)s::text[]) and s.way <> all(%(ways)s::text[])

-- name: put_setting
with s as (
    insert into settings (key, value) values (%(key)s, %(value)s)
    on conflict (key) do update set value = excluded.value
)
insert into events (kind, author, body, at) values (%(kind)s, %(author)s, %(told)s, %(now)s)

-- name: begin
with old as (delete from ceremonies where expires_at < %(now)s)
insert into ceremonies (key_hash, kind, agent_id, body, expires_at)
values (%(key_hash)s, %(kind)s, %(agent)s, %(body)s, %(expires_at)s)

-- name: look
select c.body, c.agent_id from ceremonies c
where c.key_hash = %(key_hash)s and c.kind = %(kind)s and c.expires_at > %(now)s

-- name: take
delete from ceremonies where key_hash = %(key_hash)s and kind = %(kind)s and expires_at > %(now)s returning body, agent_id
