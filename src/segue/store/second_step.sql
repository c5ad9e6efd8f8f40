-- The code of an authenticator app, and the codes for the day it is lost.

-- name: of_agent
select secret, last_step, created_at,
    (select count(*) from recovery_codes r where r.agent_id = a.agent_id and r.used_at is null) as codes_left
from authenticators a where a.agent_id = %(agent)s

-- name: have_one
select agent_id from authenticators union select agent_id from passkeys

-- name: set_up
with old as (delete from recovery_codes where agent_id = %(agent)s), a as (
    insert into authenticators (agent_id, secret, last_step, created_at)
    values (%(agent)s, %(secret)s, %(step)s, %(now)s)
    on conflict (agent_id) do update set secret = excluded.secret, last_step = excluded.last_step, misses = 0,
        created_at = excluded.created_at
)
insert into events (kind, author, body, at) values ('second_step.set_up', %(agent)s, '{}', %(now)s)

-- name: put_code
insert into recovery_codes (agent_id, code_hash) values (%(agent)s, %(code_hash)s)

-- name: renew_codes
with old as (delete from recovery_codes where agent_id = %(agent)s)
insert into events (kind, author, body, at) values ('recovery_codes.renewed', %(agent)s, '{}', %(now)s)

-- name: remove
with a as (delete from authenticators where agent_id = %(agent)s returning agent_id), c as (
    delete from recovery_codes where agent_id = %(agent)s
), e as (
    insert into events (kind, author, body, at)
    select 'second_step.removed', %(author)s, jsonb_build_object('agent', agent_id), %(now)s from a
)
select agent_id from a

-- name: reset
-- By a lead, for somebody who lost everything: their sessions end with it.
with a as (delete from authenticators where agent_id = %(agent)s returning agent_id), c as (
    delete from recovery_codes where agent_id = %(agent)s
), p as (
    delete from passkeys where agent_id = %(agent)s returning agent_id
), found as (
    select agent_id from a union select agent_id from p
), out as (
    delete from sessions where agent_id in (select agent_id from found)
), begun as (
    delete from ceremonies where agent_id in (select agent_id from found)
), e as (
    insert into events (kind, author, body, at)
    select 'second_step.reset', %(author)s, jsonb_build_object('agent', agent_id), %(now)s from found
)
select agent_id from found

-- name: take_step
-- A code is taken once, and after it none that is older.
update authenticators set last_step = %(step)s, misses = 0
where agent_id = %(agent)s and last_step < %(step)s returning agent_id

-- name: take_code
with c as (
    update recovery_codes set used_at = %(now)s
    where agent_id = %(agent)s and code_hash = %(code_hash)s and used_at is null returning agent_id
), a as (
    update authenticators set misses = 0 where agent_id in (select agent_id from c)
), e as (
    insert into events (kind, author, body, at) select 'recovery_code.used', agent_id, '{}', %(now)s from c
)
select agent_id from c

-- name: misses
select case when missed_at > %(since)s then misses else 0 end as misses, missed_at
from authenticators where agent_id = %(agent)s

-- name: enter
-- Counted before it is checked, and taken back when it was right: of many at once no more are checked.
update authenticators set misses = case when missed_at > %(since)s then misses + 1 else 1 end,
    missed_at = case when missed_at > %(since)s then missed_at else %(now)s end
where agent_id = %(agent)s and (misses < %(most)s or missed_at <= %(since)s) returning agent_id
