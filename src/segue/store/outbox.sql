-- name: due
-- Claims what is due for a minute; whoever dies in between leaves it to the next sweep.
update outbox set attempts = attempts + 1, due_at = %(now)s + interval '1 minute' * least(attempts + 1, 60)
where id in (
    select id from outbox where kind = %(kind)s and sent_at is null and due_at <= %(now)s and attempts < 12
    order by due_at limit %(limit)s for update skip locked)
returning id, conversation_id, seq, body, attempts

-- name: sent
update outbox set sent_at = %(now)s, last_error = null where id = %(id)s

-- name: failed
update outbox set last_error = %(why)s where id = %(id)s
