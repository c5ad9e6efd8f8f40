-- name: after
-- Events in commit order. Those of a transaction that may still be followed by an older one wait for the next look.
-- Ordered by the column: plain `xid` would be the text above it, and put 1000 before 999.
select id, xid::text as xid, kind, conversation_id, author, body, at from events
where (xid, id) > (%(xid)s::xid8, %(id)s::bigint) and xid < settled_before()
order by events.xid, id limit %(limit)s

-- name: unsettled
-- Whether something was written that cannot be told yet, because an older transaction is still open. In an order, though
-- any one does: a plan for whatever cursor holds a third of all events to be behind it, and looks through them all for one.
select from events where (xid, id) > (%(xid)s::xid8, %(id)s::bigint) order by xid, id limit 1

-- name: happened
-- What was committed since a moment, and which moment it is now.
select pg_current_snapshot()::text as moment, (select coalesce(json_agg(to_json(x)), '[]') from (
    -- also: since
    ) x) as happened

-- name: since
-- Those of transactions that were running at that moment, and of those that had not begun: two looks into the index,
-- however long one of them has run.
(select kind, conversation_id from events where xid >= pg_snapshot_xmax(%(moment)s::text::pg_snapshot)
 union all
 select kind, conversation_id from events where xid in (select pg_snapshot_xip(%(moment)s::text::pg_snapshot)))
limit %(happened)s

-- name: written
select from events where (xid, id) >= (%(xid)s::xid8, %(id)s::bigint) order by xid, id limit 1

-- name: latest
select xid::text as xid, id from events
where xid < settled_before() order by events.xid desc, id desc limit 1

-- name: move_cursor
insert into settings (key, value) values (%(key)s, to_jsonb(%(cursor)s::text))
on conflict (key) do update set value = excluded.value
