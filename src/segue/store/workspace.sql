-- name: live_policy
select version, body, author, note, created_at from policies where is_live

-- name: policy
select version, body, author, note, created_at, is_live from policies where version = %(version)s

-- name: policy_at
-- The one that was live at a moment: one that was tried in shadow since it was promoted, any other since it was written.
select p.body from policies p
cross join lateral (
    select case when exists (select from shadows s where s.version = p.version) then
        (select min(s.ended_at) from shadows s where s.version = p.version and s.outcome = 'promoted')
        else p.created_at end as at
) live
where live.at <= %(at)s order by live.at desc, p.version desc limit 1

-- name: publisher
-- Of one that was tried in shadow it is who promoted it.
select a.id from policies p
join agents a on a.is_active and a.role in ('lead', 'admin') and a.id = coalesce(
    (select ended_by from shadows where version = p.version and outcome = 'promoted' order by id desc limit 1), p.author)
where p.is_live

-- name: policies
select version, author, note, created_at, is_live from policies order by version desc

-- name: apply_policy
with off as (
    update policies set is_live = false where is_live returning version
), p as (
    insert into policies (version, body, author, note, is_live, lets_speak, created_at)
    select coalesce((select max(version) from policies), 0) + 1, %(body)s, %(author)s, %(note)s, false, %(lets_speak)s, %(now)s
    returning version
), e as (
    insert into events (kind, author, body, at)
    select 'policy.applied', %(author)s, jsonb_build_object('version', version, 'note', %(note)s::text), %(now)s from p
)
select version from p

-- name: make_live
update policies set is_live = true, lived = (select coalesce(max(lived), 0) + 1 from policies) where version = %(version)s

-- name: head
select version, body, report, created_at from heads where kind = %(kind)s and is_live
order by created_at desc limit 1

-- name: reports
select report, created_at as at from heads where kind = %(kind)s order by created_at, version

-- name: head_version
select version from heads where kind = %(kind)s and is_live order by created_at desc limit 1

-- name: put_head
with off as (update heads set is_live = false where kind = %(kind)s and version <> %(version)s and is_live)
insert into heads (kind, version, body, report, is_live, created_at)
values (%(kind)s, %(version)s, %(body)s, %(report)s::jsonb, true, %(now)s)
on conflict (kind, version) do update set is_live = true, body = excluded.body, report = excluded.report,
    created_at = excluded.created_at

-- name: put_catalogue
-- What is new or other than it stood; told with how many of each, once, and not where all of it stood there already.
with c as (
    insert into categories as old (id, name, needs_account)
    select id, name, needs_account
    from jsonb_to_recordset(%(categories)s::jsonb) as x (id text, name text, needs_account boolean)
    on conflict (id) do update set name = excluded.name, needs_account = excluded.needs_account
    where (old.name, old.needs_account) is distinct from (excluded.name, excluded.needs_account)
    returning id
), i as (
    insert into intents as old (id, name, category_id, is_opened, questions)
    select id, name, category_id, is_opened, questions from jsonb_to_recordset(%(intents)s::jsonb)
        as x (id text, name text, category_id text, is_opened boolean, questions text[])
    on conflict (id) do update set name = excluded.name, category_id = excluded.category_id,
        is_opened = excluded.is_opened, questions = excluded.questions
    where (old.name, old.category_id, old.is_opened, old.questions)
        is distinct from (excluded.name, excluded.category_id, excluded.is_opened, excluded.questions)
    returning id
), changed as (select (select count(*) from c) as categories, (select count(*) from i) as intents)
insert into events (kind, author, body, at)
select 'catalogue.changed', %(author)s, to_jsonb(changed), %(now)s from changed where categories + intents > 0

-- name: tiers
select distinct tier from accounts where tier <> ''

-- name: put_account
-- Whoever keeps a mirror is told of another name or standing.
with e as (
    insert into events (kind, author, body, at)
    select 'account.changed', 'system', jsonb_build_object('account', id), %(now)s from accounts
    where id = %(id)s and (name, tier, value, health)
        is distinct from (%(name)s, %(tier)s, %(value)s::double precision, %(health)s::double precision)
)
insert into accounts (id, external_id, name, tier, value, health, renews_on, created_at)
values (%(id)s, %(external_id)s, %(name)s, %(tier)s, %(value)s, %(health)s, %(renews_on)s, %(now)s)
on conflict (id) do update set name = excluded.name, tier = excluded.tier, value = excluded.value,
    health = excluded.health, renews_on = excluded.renews_on

-- name: put_contact
with e as (
    insert into events (kind, author, body, at)
    select 'contact.changed', 'system', jsonb_build_object('contact', id), %(now)s from contacts
    where id = %(id)s and (name, email, account_id) is distinct from (%(name)s, %(email)s, %(account_id)s)
)
insert into contacts (id, external_id, account_id, name, email, is_verified, created_at)
values (%(id)s, %(external_id)s, %(account_id)s, %(name)s, %(email)s, %(is_verified)s, %(now)s)
on conflict (id) do update set name = excluded.name, email = excluded.email, account_id = excluded.account_id,
    reach = case when contacts.email = excluded.email then contacts.reach else '' end

-- name: put_team
with e as (
    insert into events (kind, author, body, at)
    select 'teams.changed', 'system', jsonb_build_object('team', id, 'name', %(name)s::text,
        'is_closed', %(is_closed)s::boolean), now() from teams
    where id = %(id)s and (name, is_closed) is distinct from (%(name)s, %(is_closed)s)
)
insert into teams (id, name, is_closed) values (%(id)s, %(name)s, %(is_closed)s)
on conflict (id) do update set name = excluded.name, is_closed = excluded.is_closed

-- name: put_agent
-- Another password or role ends every session; another name stands wherever the agent does, and that is told.
with told as (
    insert into events (kind, author, body, at)
    select 'agent.renamed', 'system', jsonb_build_object('agent', id, 'name', %(name)s::text), %(now)s from agents
    where id = %(id)s and name <> %(name)s
), out as (
    delete from sessions s using agents before
    where s.agent_id = %(id)s and before.id = s.agent_id
      and (%(password_hash)s::text is not null or before.role <> %(role)s)
)
insert into agents (id, name, email, role, password_hash, created_at)
values (%(id)s, %(name)s, %(email)s, %(role)s, %(password_hash)s, %(now)s)
on conflict (id) do update set name = excluded.name, email = excluded.email, role = excluded.role,
    password_hash = coalesce(excluded.password_hash, agents.password_hash), is_active = true, left_at = null

-- name: put_membership
insert into agent_teams (agent_id, team_id) values (%(agent_id)s, %(team_id)s) on conflict do nothing

-- name: agents
select a.id, a.name, a.email, a.role, a.password_hash,
    coalesce(array_agg(t.team_id order by t.team_id) filter (where t.team_id is not null), '{}') as teams
from agents a left join agent_teams t on t.agent_id = a.id
where a.is_active group by a.id order by a.name

-- name: agent_by_email
select id, password_hash from agents where lower(email) = lower(%(email)s) and is_active

-- name: begin_session
insert into sessions (token_hash, agent_id, created_at, expires_at, last_seen_at, way, browser, address)
values (%(token_hash)s, %(agent_id)s, %(now)s, %(expires_at)s, %(now)s, %(way)s, %(browser)s, %(address)s)

-- name: session
select a.id, a.name, a.email, a.role, coalesce(p.body->>'language', '') as language, s.last_seen_at
from sessions s join agents a on a.id = s.agent_id left join preferences p on p.agent_id = a.id
where s.token_hash = %(token_hash)s and s.expires_at > %(now)s and a.is_active

-- name: see_session
update sessions set last_seen_at = %(now)s where token_hash = %(token_hash)s

-- name: end_session
delete from sessions where token_hash = %(token_hash)s

-- name: put_key
insert into api_keys (id, name, key_hash, scopes, created_at, expires_at, agent_id)
values (%(id)s, %(name)s, %(key_hash)s, %(scopes)s, %(now)s, %(expires_at)s, %(owner)s)

-- name: key
update api_keys set last_used_at = %(now)s
where key_hash = %(key_hash)s and (expires_at is null or expires_at > %(now)s)
returning id, name, scopes, (select a.id from agents a where a.id = agent_id and a.is_active) as owner

-- name: setting
select value from settings where key = %(key)s

-- name: put_setting
insert into settings (key, value) values (%(key)s, %(value)s::jsonb)
on conflict (key) do update set value = excluded.value

-- name: claim_setting
insert into settings (key, value) values (%(key)s, %(value)s::jsonb) on conflict do nothing

-- name: knowledge_marks
-- Two short texts that change when the catalogue or the articles do.
select (select md5(coalesce(string_agg(concat_ws('|', i.id, i.name, i.category_id, i.is_opened, c.name, c.needs_account),
        ',' order by i.id), '')) from intents i join categories c on c.id = i.category_id) as catalogue,
    (select concat_ws('|', count(*) filter (where is_live), max(updated_at)) from articles) as articles

-- name: made_of
-- All that a mind is made of, in one look: every worker asks each second, and thirteen looks cost more than what they see.
select (select version from policies where is_live) as policy,
    (select coalesce(jsonb_object_agg(h.kind, h.version), '{}') from (
        select distinct on (kind) kind, version from heads where is_live order by kind, created_at desc) h) as heads,
    m.catalogue, m.articles,
    (select coalesce(max(id), 0) from standings) as moves,
    (select coalesce(max(id), 0) from judgements) as judged,
    (select value from settings where key = 'language') as language,
    e.version as made_with
from (
-- also: knowledge_marks
) m cross join (
-- also: anew.made_with
) e
