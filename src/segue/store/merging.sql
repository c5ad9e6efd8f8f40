-- name: both
select c.*, p.is_verified,
    exists (select from conversations x where x.merged_into = c.id) as has_others,
    exists (select from waiting_replies w where w.conversation_id = c.id and w.state in ('waiting', 'sending')) as sends,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id) as tags
from conversations c join contacts p on p.id = c.contact_id
where c.id = any(%(ids)s) order by c.id for update of c

-- name: candidates
-- What it could be merged into: other open ones of the same customer, the oldest first.
select o.id, o.number, o.subject, o.channel from conversations c
join contacts p on p.id = c.contact_id
join conversations o on o.contact_id = c.contact_id and o.id <> c.id and o.status <> 'resolved' and o.merged_into is null
where c.id = %(id)s and c.status <> 'resolved' and c.merged_into is null
    and (p.is_verified or (c.channel = 'email' and o.channel = 'email'))
    and coalesce(o.team_id <> all ((select teams_closed_to(%(agent)s))::text[]), true)
order by o.opened_at limit 20

-- name: others
-- Those that were merged into it, oldest first.
select c.id, c.number, m.author, m.at, g.name as by from conversations c
join merges m on m.conversation_id = c.id and m.undone_at is null
left join agents g on g.id = m.author
where c.merged_into = %(id)s order by c.opened_at

-- name: standing
select m.*, c.number, g.name as by from merges m join conversations c on c.id = m.into_id
left join agents g on g.id = m.author
where m.conversation_id = %(id)s and m.undone_at is null

-- name: later
-- One that was merged into the same conversation after this one, and still is.
select c.number from merges m join conversations c on c.id = m.conversation_id
where m.into_id = %(into)s and m.undone_at is null and (m.at, m.id) > (%(at)s, %(merge_id)s) order by m.at limit 1

-- name: leave
-- The one that goes: nobody is asked anything by it any more, and no word of the assistant comes out of it.
update conversations set merged_into = %(into)s, status = 'resolved', resolved_at = %(now)s, handler = 'human',
    token = token + 1, leased_by = null, lease_until = null, ready_at = null, held_by = null, held_until = null,
    snoozed_until = null, snoozed_seq = null, waiting_since = null, first_response_due = null,
    next_response_due = null, resolution_due = null, changed_at = %(now)s
where id = %(id)s

-- name: take_in
-- The one that stays is with people. Of each clock the one that runs out first goes on: so that of the older one counts.
update conversations c
set handler = 'human', assignee_id = coalesce(c.assignee_id, m.assignee_id, %(agent)s),
    team_id = coalesce(c.team_id, m.team_id), status = case when m.status = 'open' then 'open' else c.status end,
    token = c.token + 1, leased_by = null, lease_until = null,
    handed_off_at = coalesce(c.handed_off_at, m.handed_off_at, %(now)s),
    waiting_since = least(c.waiting_since, m.waiting_since),
    first_response_due = least(c.first_response_due, m.first_response_due),
    next_response_due = least(c.next_response_due, m.next_response_due),
    resolution_due = least(c.resolution_due, m.resolution_due), priority = greatest(c.priority, m.priority),
    snoozed_until = null, snoozed_seq = null, changed_at = %(now)s
from conversations m
where c.id = %(into)s and m.id = %(id)s
returning c.*

-- name: release
update claims set released_at = %(now)s where conversation_id = %(id)s and released_at is null

-- name: claim
with k as (
    insert into claims (id, conversation_id, agent_id, author, reason, at)
    values (%(claim_id)s, %(into)s, %(assignee)s, %(agent)s, 'merged', %(now)s)
)
insert into events (kind, conversation_id, author, body, at)
values ('conversation.claimed', %(into)s, %(agent)s, jsonb_build_object('agent', %(assignee)s::text), %(now)s)

-- name: lend_tags
insert into conversation_tags (conversation_id, tag, author, at)
select %(into)s, t, %(agent)s, %(now)s from unnest(%(tags)s::text[]) t on conflict do nothing

-- name: keep
with m as (
    insert into merges (id, conversation_id, into_id, author, before, at)
    values (%(merge_id)s, %(id)s, %(into)s, %(agent)s, %(before)s::jsonb, %(now)s)
)
insert into events (kind, conversation_id, author, body, at) values
    ('conversation.merged', %(id)s, %(agent)s, jsonb_build_object('into', %(into)s::text), %(now)s),
    ('conversation.joined', %(into)s, %(agent)s, jsonb_build_object('from', %(id)s::text), %(now)s)

-- name: bring_back
-- The one that had gone, as it was.
update conversations c set merged_into = null, resolved_at = null, token = c.token + 1, status = b.status,
    handler = b.handler, assignee_id = b.assignee_id, ready_at = b.ready_at, snoozed_until = b.snoozed_until,
    snoozed_seq = b.snoozed_seq, waiting_since = b.waiting_since, first_response_due = b.first_response_due,
    next_response_due = b.next_response_due, resolution_due = b.resolution_due, changed_at = %(now)s
from jsonb_populate_record(null::conversations, %(mine)s::jsonb) b
where c.id = %(id)s and c.merged_into = %(into)s
returning c.id, c.assignee_id

-- name: reclaim
insert into claims (id, conversation_id, agent_id, author, reason, at)
values (%(claim_id)s, %(id)s, %(assignee)s, %(agent)s, 'unmerged', %(now)s)

-- name: let_go
-- The other one, as it was, but for what has happened to it since.
update conversations c
set handler = case when c.assignee_id is not distinct from a.assignee_id and c.handler = a.handler then b.handler else c.handler end,
    ready_at = case when b.handler = 'assistant' and c.customer_seq > c.considered_seq then coalesce(c.ready_at, %(now)s) else c.ready_at end,
    assignee_id = case when c.assignee_id is not distinct from a.assignee_id then b.assignee_id else c.assignee_id end,
    team_id = case when c.team_id is not distinct from a.team_id then b.team_id else c.team_id end,
    status = case when c.status = a.status and c.seq = a.seq then b.status else c.status end,
    waiting_since = case when c.waiting_since = a.waiting_since then b.waiting_since else c.waiting_since end,
    first_response_due = case when c.first_response_due = a.first_response_due then b.first_response_due else c.first_response_due end,
    next_response_due = case when c.next_response_due = a.next_response_due then b.next_response_due else c.next_response_due end,
    resolution_due = case when c.resolution_due = a.resolution_due then b.resolution_due else c.resolution_due end,
    priority = case when c.priority = a.priority then b.priority else c.priority end,
    snoozed_until = coalesce(c.snoozed_until, b.snoozed_until), snoozed_seq = coalesce(c.snoozed_seq, b.snoozed_seq),
    token = c.token + 1, leased_by = null, lease_until = null, changed_at = %(now)s
from jsonb_populate_record(null::conversations, %(theirs)s::jsonb) b,
    jsonb_populate_record(null::conversations, %(after)s::jsonb) a
where c.id = %(into)s
returning c.assignee_id, b.assignee_id as was

-- name: return_tags
delete from conversation_tags where conversation_id = %(into)s and tag = any(%(lent)s)

-- name: undone
with m as (
    update merges set undone_at = %(now)s where id = %(merge_id)s
)
insert into events (kind, conversation_id, author, body, at) values
    ('conversation.unmerged', %(id)s, %(agent)s, jsonb_build_object('from', %(into)s::text), %(now)s),
    ('conversation.parted', %(into)s, %(agent)s, jsonb_build_object('other', %(id)s::text), %(now)s)
