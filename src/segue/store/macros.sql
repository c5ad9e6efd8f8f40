-- name: for_agent
-- Everybody's and the agent's own.
select m.*, g.name as owner from macros m left join agents g on g.id = m.owner_id
where m.owner_id is null or m.owner_id = %(agent)s order by lower(m.name), m.id

-- name: one
select m.*, g.name as owner from macros m left join agents g on g.id = m.owner_id
where m.id = %(id)s and (m.owner_id is null or m.owner_id = %(agent)s)

-- name: put
with m as (
    insert into macros (id, owner_id, name, body, tags, snooze, assign, resolves, changed_by, changed_at)
    values (%(id)s, %(owner_id)s, %(name)s, %(text)s, %(tags)s, %(snooze)s, %(assign)s, %(resolves)s, %(author)s, %(now)s)
    on conflict (id) do update set owner_id = excluded.owner_id, name = excluded.name, body = excluded.body,
        tags = excluded.tags, snooze = excluded.snooze, assign = excluded.assign, resolves = excluded.resolves,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at
    returning id, name, owner_id is null as is_shared
)
insert into events (kind, author, body, at)
select case when is_shared then 'macro.kept' else 'macro.kept_own' end, %(author)s, jsonb_build_object('macro', id, 'name', name), %(now)s from m

-- name: remove
with m as (
    delete from macros where id = %(id)s returning id, name, owner_id is null as is_shared
)
insert into events (kind, author, body, at)
select case when is_shared then 'macro.removed' else 'macro.removed_own' end, %(author)s, jsonb_build_object('macro', id, 'name', name), %(now)s from m

-- name: used
with m as (
    update macros set uses = uses + 1 where id = %(id)s returning id
)
insert into events (kind, conversation_id, author, body, at)
select 'macro.used', %(conversation)s, %(agent)s, jsonb_build_object('macro', id, 'left', %(left)s::int), %(now)s from m
