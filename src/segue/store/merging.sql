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
select c.id, c.number, m.author, m.at, g.name as by,
    m.before->'drafts' @> jsonb_build_array(jsonb_build_object('agent', %(agent)s::text)) as brought_a_draft
from conversations c
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
    ready_at = case when c.ready_at > %(now)s then %(now)s else c.ready_at end,
    handed_off_at = coalesce(c.handed_off_at, m.handed_off_at, %(now)s),
    waiting_since = least(c.waiting_since, m.waiting_since),
    first_response_due = least(c.first_response_due, m.first_response_due),
    next_response_due = least(c.next_response_due, m.next_response_due),
    resolution_due = least(c.resolution_due, m.resolution_due),
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

-- name: carry
-- What agents have typed and not sent goes along, below what they have typed there; a refused reply and loose files, too.
with d as (
    select * from drafts where conversation_id = %(id)s and (body <> '' or macro_id is not null)
), emptied as (
    update drafts x set body = '', macro_id = null, version = x.version + 1, changed_at = %(now)s
    from d where (x.conversation_id, x.agent_id, x.kind) = (d.conversation_id, d.agent_id, d.kind)
), there as (
    insert into drafts as t (conversation_id, agent_id, kind, body, changed_at, macro_id)
    select %(into)s, d.agent_id, d.kind, d.body, %(now)s, d.macro_id from d
    on conflict (conversation_id, agent_id, kind) do update
    set body = concat_ws(E'\n\n', nullif(t.body, ''), nullif(excluded.body, '')), version = t.version + 1,
        changed_at = excluded.changed_at, macro_id = coalesce(t.macro_id, excluded.macro_id)
    returning agent_id, kind, version
), f as (
    update attachments set conversation_id = %(into)s
    where conversation_id = %(id)s and draft is not null and seq is null and note_id is null and reply_id is null
    returning id
), w as (
    update waiting_replies set conversation_id = %(into)s where conversation_id = %(id)s and state = 'refused' returning id
)
select coalesce(jsonb_agg(jsonb_build_object('agent', d.agent_id, 'kind', d.kind, 'body', d.body, 'macro', d.macro_id,
        'version', t.version, 'theirs', coalesce(was.body, ''), 'their_macro', was.macro_id)), '[]') as drafts,
    array(select id from f) as files, array(select id from w) as replies
from d join there t using (agent_id, kind)
left join drafts was on (was.conversation_id, was.agent_id, was.kind) = (%(into)s, d.agent_id, d.kind)

-- name: give_back
-- A draft that nobody has written at since; one that was written at stays, with its files, where it was.
with k as (
    select * from jsonb_to_recordset(%(drafts)s::jsonb)
        as k(agent text, kind text, body text, macro text, version integer, theirs text, their_macro text)
), t as (
    update drafts t set body = k.theirs, macro_id = (select id from macros where id = k.their_macro),
        version = t.version + 1, changed_at = %(now)s
    from k where (t.conversation_id, t.agent_id, t.kind, t.version) = (%(into)s, k.agent, k.kind, k.version)
    returning t.agent_id, t.kind
), b as (
    update drafts x set body = k.body, macro_id = (select id from macros where id = k.macro),
        version = x.version + 1, changed_at = %(now)s
    from k join t on (t.agent_id, t.kind) = (k.agent, k.kind)
    where (x.conversation_id, x.agent_id, x.kind) = (%(id)s, k.agent, k.kind)
), f as (
    update attachments a set conversation_id = %(id)s
    where a.id = any(%(files)s::text[]) and a.conversation_id = %(into)s and a.draft is not null and a.seq is null
        and a.note_id is null and a.reply_id is null
        and not exists (select from k where (k.agent, k.kind) = (a.owner, a.draft)
                        and (k.agent, k.kind) not in (select agent_id, kind from t))
)
update waiting_replies set conversation_id = %(id)s
where id = any(%(replies)s::text[]) and conversation_id = %(into)s and state = 'refused'

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
