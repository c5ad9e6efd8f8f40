-- name: drafts
select kind, body, version, macro_id from drafts where conversation_id = %(id)s and agent_id = %(agent)s

-- name: put
-- No row where a newer version stands there: it was written in another tab or on another machine.
insert into drafts as d (conversation_id, agent_id, kind, body, version, changed_at, macro_id)
select id, %(agent)s, %(kind)s, %(body)s, %(version)s::int + 1, %(now)s, (select id from macros where id = %(macro)s)
from conversations where id = %(id)s
on conflict (conversation_id, agent_id, kind) do update
set body = excluded.body, version = d.version + 1, changed_at = excluded.changed_at,
    macro_id = case when %(macro)s::text is null then d.macro_id else excluded.macro_id end
where d.version = %(version)s or d.body = excluded.body
returning version

-- name: one
select body, version, macro_id from drafts where conversation_id = %(id)s and agent_id = %(agent)s and kind = %(kind)s

-- name: clear
-- The version goes on, so that a tab that still holds the old text is told.
update drafts set body = '', macro_id = null, version = version + 1, changed_at = %(now)s
where conversation_id = %(id)s and agent_id = %(agent)s and kind = %(kind)s
