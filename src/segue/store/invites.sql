-- Who was asked in and has not come yet.

-- name: open
select id, email, role, teams, invited_by, created_at, expires_at from invites
where accepted_at is null and withdrawn_at is null order by created_at desc, id

-- name: find
select id, email, role, teams, invited_by, created_at, expires_at from invites
where token_hash = %(token_hash)s and accepted_at is null and withdrawn_at is null and expires_at > %(now)s

-- name: find_by_email
select id, email, role, teams, invited_by, created_at, expires_at from invites
where lower(email) = lower(%(email)s) and accepted_at is null and withdrawn_at is null and expires_at > %(now)s

-- name: is_here
select from agents where lower(email) = lower(%(email)s) and is_active

-- name: make
-- One that has expired makes room for the new one.
with old as (
    update invites set withdrawn_at = %(now)s
    where lower(email) = lower(%(email)s) and accepted_at is null and withdrawn_at is null and expires_at <= %(now)s
), e as (
    insert into events (kind, author, body, at)
    values ('agent.invited', %(author)s, jsonb_build_object('invite', %(id)s::text, 'email', %(email)s::text,
        'role', %(role)s::text, 'teams', %(teams)s::text[]), %(now)s)
)
select 1

-- name: put
insert into invites (id, email, role, teams, token_hash, invited_by, created_at, expires_at)
values (%(id)s, %(email)s, %(role)s, %(teams)s, %(token_hash)s, %(author)s, %(now)s, %(expires_at)s)
on conflict do nothing returning id

-- name: renew
with i as (
    update invites set token_hash = %(token_hash)s, expires_at = %(expires_at)s
    where id = %(id)s and accepted_at is null and withdrawn_at is null returning id, email
), e as (
    insert into events (kind, author, body, at)
    select 'invite.renewed', %(author)s, jsonb_build_object('invite', id, 'email', email), %(now)s from i
)
select email from i

-- name: withdraw
with i as (
    update invites set withdrawn_at = %(now)s
    where id = %(id)s and accepted_at is null and withdrawn_at is null returning id, email
), e as (
    insert into events (kind, author, body, at)
    select 'invite.withdrawn', %(author)s, jsonb_build_object('invite', id, 'email', email), %(now)s from i
)
select email from i

-- name: take
-- Whoever comes first has it; the other finds nothing.
update invites set accepted_at = %(now)s
where id = %(id)s and accepted_at is null and withdrawn_at is null and expires_at > %(now)s
returning email, role, teams

-- name: taken_ids
select id from agents where id = %(stem)s or id like %(pattern)s

-- name: known
-- Somebody of this address who works here, or worked here once.
select id from agents where lower(email) = lower(%(email)s)

-- name: arrive
-- Who comes back under another name has it wherever they wrote before, and that is told.
with told as (
    insert into events (kind, author, body, at)
    select 'agent.renamed', 'system', jsonb_build_object('agent', id, 'name', %(name)s::text), %(now)s from agents
    where id = %(id)s and name <> %(name)s
), out as (delete from sessions where agent_id = %(id)s),
     teams as (delete from agent_teams where agent_id = %(id)s)
insert into agents (id, name, email, role, password_hash, created_at)
values (%(id)s, %(name)s, %(email)s, %(role)s, %(password_hash)s, %(now)s)
on conflict (id) do update set name = excluded.name, role = excluded.role, password_hash = excluded.password_hash,
    is_active = true, left_at = null

-- name: join
insert into agent_teams (agent_id, team_id) select %(id)s, t.id from teams t where t.id = any(%(teams)s::text[])
on conflict do nothing

-- name: forget_keys
-- Whoever comes back begins anew: nothing of theirs from before opens the house.
with a as (delete from authenticators where agent_id = %(id)s), r as (delete from recovery_codes where agent_id = %(id)s),
     p as (delete from passkeys where agent_id = %(id)s)
delete from provider_links where agent_id = %(id)s

-- name: arrived
with i as (update invites set accepted_by = %(id)s where id = %(invite)s)
insert into events (kind, author, body, at)
values (%(kind)s, %(id)s, jsonb_build_object('invite', %(invite)s::text, 'email', %(email)s::text, 'role', %(role)s::text),
    %(now)s)
