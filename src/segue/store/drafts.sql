-- name: drafts
select kind, body, version, macro_id from drafts where conversation_id = %(id)s and agent_id = %(agent)s

-- name: put
-- No row where a newer version stands there: it was written in another tab or on another machine. Nor where it has been
-- merged into another one: the lock is what a merge on its way is waited for by, so that no draft stays behind.
insert into drafts as d (conversation_id, agent_id, kind, body, version, changed_at, macro_id)
select id, %(agent)s, %(kind)s, %(body)s, %(version)s::int + 1, %(now)s, (select id from macros where id = %(macro)s)
from conversations where id = %(id)s and merged_into is null for key share
on conflict (conversation_id, agent_id, kind) do update
set body = excluded.body, version = d.version + 1, changed_at = excluded.changed_at,
    macro_id = case when %(macro)s::text is null then d.macro_id else excluded.macro_id end
where d.version = %(version)s or d.body = excluded.body
returning version

-- name: one
select c.merged_into, d.body, d.version, d.macro_id from conversations c
left join drafts d on d.conversation_id = c.id and d.agent_id = %(agent)s and d.kind = %(kind)s
where c.id = %(id)s

-- name: clear
-- The version goes on, so that a tab that still holds the old text is told; also where none was kept yet: its first save
-- may still be on its way, and would bring back what has been sent.
insert into drafts as d (conversation_id, agent_id, kind, body, version, changed_at)
select id, %(agent)s, %(kind)s, '', 1, %(now)s from conversations where id = %(id)s
on conflict (conversation_id, agent_id, kind) do update
set body = '', macro_id = null, version = d.version + 1, changed_at = excluded.changed_at

-- name: drop
update drafts set body = '', macro_id = null, version = version + 1, changed_at = %(now)s
where conversation_id = %(id)s and kind = 'reply' and btrim(body, E' \n') = any(%(texts)s)

-- name: no_longer_seen
-- What an agent typed where they may not look any more: their own words, and of the conversation its number alone.
select c.number, u.kind, u.body, u.changed_at, u.reply from (
    select conversation_id, kind, body, changed_at, '' as reply from drafts where agent_id = %(agent)s and body <> ''
    union all
    select conversation_id, 'reply', body, closed_at, id from waiting_replies
    where agent_id = %(agent)s and state = 'refused') u
join conversations c on c.id = u.conversation_id
where c.team_id = any ((select teams_closed_to(%(agent)s))::text[])
order by u.changed_at desc limit %(limit)s

-- name: forget
-- One of those; `body` puts it back where nothing stands. The version goes on, as after sending.
with d as (
    select d.conversation_id, d.body as was from drafts d join conversations c on c.id = d.conversation_id
    where c.number = %(number)s and d.agent_id = %(agent)s and d.kind = %(kind)s
        and (d.body = '') = (%(body)s <> '') and c.team_id = any ((select teams_closed_to(%(agent)s))::text[])
    for update of d
)
update drafts x set body = %(body)s, version = x.version + 1, changed_at = %(now)s
from d where x.conversation_id = d.conversation_id and x.agent_id = %(agent)s and x.kind = %(kind)s returning d.was
