-- Passkeys, and accounts at a provider that stand for an agent.

-- name: of_agent
select id, agent_id, name, public_key, sign_count, is_synced, created_at, last_used_at
from passkeys where agent_id = %(agent)s order by created_at, id

-- name: one
select p.id, p.agent_id, p.name, p.public_key, p.sign_count, p.is_synced, p.created_at, p.last_used_at
from passkeys p join agents a on a.id = p.agent_id where p.id = %(id)s and a.is_active

-- name: add
with p as (
    insert into passkeys (id, agent_id, name, public_key, sign_count, is_synced, created_at)
    values (%(id)s, %(agent_id)s, %(name)s, %(public_key)s, %(sign_count)s, %(is_synced)s, %(created_at)s)
    on conflict do nothing returning agent_id, name
), e as (
    insert into events (kind, author, body, at)
    select 'passkey.added', agent_id, jsonb_build_object('name', name), %(created_at)s from p
)
select agent_id from p

-- name: remove
with p as (delete from passkeys where id = %(id)s and agent_id = %(agent)s returning agent_id, name), e as (
    insert into events (kind, author, body, at)
    select 'passkey.removed', agent_id, jsonb_build_object('name', name), %(now)s from p
)
select name from p

-- name: used
-- A counter that does not grow is a copied key's (or one that counts nothing): only one signature of each count is taken.
update passkeys set sign_count = %(sign_count)s, last_used_at = %(now)s, is_synced = %(is_synced)s
where id = %(id)s and (sign_count < %(sign_count)s or (sign_count = 0 and %(sign_count)s = 0)) returning id

-- name: linked
select l.agent_id, a.is_active from provider_links l join agents a on a.id = l.agent_id
where l.issuer = %(issuer)s and l.subject = %(subject)s

-- name: link
with l as (
    insert into provider_links (issuer, subject, agent_id, linked_at)
    values (%(issuer)s, %(subject)s, %(agent)s, %(now)s) on conflict do nothing returning agent_id
), e as (
    insert into events (kind, author, body, at)
    select 'agent.linked', agent_id, jsonb_build_object('issuer', %(issuer)s::text), %(now)s from l
)
select agent_id from l
