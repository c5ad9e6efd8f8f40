-- name: for_agent
-- Everybody's first, then the agent's own, each in the order they were made.
select * from saved_views where owner_id is null or owner_id = %(agent)s order by owner_id is not null, place

-- name: put
with v as (
    insert into saved_views (id, owner_id, name, query, changed_by, changed_at)
    values (%(id)s, %(owner_id)s, %(name)s, %(query)s, %(author)s, %(now)s)
    on conflict (id) do update set owner_id = excluded.owner_id, name = excluded.name, query = excluded.query,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at
    returning id, name, owner_id is null as is_shared
)
insert into events (kind, author, body, at)
select case when is_shared then 'view.kept' else 'view.kept_own' end, %(author)s,
    jsonb_build_object('view', id, 'name', name), %(now)s from v

-- name: remove
with v as (
    delete from saved_views where id = %(id)s returning id, name, owner_id is null as is_shared
)
insert into events (kind, author, body, at)
select case when is_shared then 'view.removed' else 'view.removed_own' end, %(author)s,
    jsonb_build_object('view', id, 'name', name), %(now)s from v
