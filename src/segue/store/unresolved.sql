-- Conversations that are not resolved, as the desk's lists show them, for whoever looks: who may see which is asked of
-- `team_id`. `aside` is until when it was set aside, whether or not its customer has written since.

-- name: every
select r.*, c.team_id, c.contact_id, c.snoozed_until as aside
from desk_rows r join conversations c on c.id = r.id
where r.id in (select id from conversations where status <> 'resolved' limit %(limit)s)

-- name: some
-- Those named, resolved or not, and what else is open of their customers: a name or an address may have come with a word.
select r.*, c.team_id, c.contact_id, c.snoozed_until as aside
from desk_rows r join conversations c on c.id = r.id
where r.id in (
    select id from conversations where id = any(%(ids)s)
    union all
    select o.id from conversations o where o.status <> 'resolved'
      and o.contact_id in (select contact_id from conversations where id = any(%(ids)s)))

-- name: present
select p.conversation_id, p.agent_id, a.name from presence p join agents a on a.id = p.agent_id
where p.seen_at >= %(gone)s order by p.since
