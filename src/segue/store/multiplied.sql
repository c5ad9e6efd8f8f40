-- Conversations that really happened here, copied in bulk under other names and times. `copies` says which becomes what;
-- a source's own words, turns, decisions and events are copied with it, row by row.

-- name: make_copies
create temporary table copies (
    id text not null, source text not null, contact_id text not null, account_id text, agent_id text not null,
    starts timestamptz not null, number bigint not null, noise integer not null, first_name text not null,
    gone_name text not null
)

-- name: make_noise
-- Slots move a sentence a little: each copy stands beside its source, not on it.
create temporary table noise (id integer primary key, moved halfvec(384) not null)

-- name: copy_copies
copy copies (id, source, contact_id, account_id, agent_id, starts, number, noise, first_name, gone_name) from stdin

-- name: copy_noise
copy noise (id, moved) from stdin

-- name: copy_accounts
copy accounts (id, external_id, name, tier, value, health, renews_on, created_at) from stdin

-- name: copy_contacts
copy contacts (id, external_id, account_id, name, email, is_verified, created_at) from stdin

-- name: worded
-- A source's words as another customer would have written them: another name, invoice and amount.
create or replace function pg_temp.worded(body text, gone text, name text, number bigint) returns text
language sql immutable as $$
    select regexp_replace(regexp_replace(case when gone = '' then body else replace(body, gone, name) end,
        'INV-\d+', 'INV-' || number, 'g'), '\d[\d.,]*\.\d\d', (number % 97000) / 100 || '.' || lpad((number * 37 % 100)::text, 2, '0'), 'g')
$$

-- name: conversations
insert into conversations (id, contact_id, account_id, channel, subject, page_url, page_title, status, handler, team_id,
    assignee_id, intent_id, category_id, reason, urgency, frustration, episode, episode_seq, opened_at,
    changed_at, resolved_at, handed_off_at, seq, customer_seq, considered_seq, waiting_since, first_response_due,
    first_responded_at, next_response_due, resolution_due, breached, snoozed_until, snoozed_seq, customer_seen_at)
select k.id, k.contact_id, k.account_id, c.channel, pg_temp.worded(c.subject, k.gone_name, k.first_name, k.number),
    c.page_url, c.page_title, c.status, c.handler, c.team_id, case when c.assignee_id is not null then k.agent_id end,
    c.intent_id, c.category_id, c.reason, c.urgency, c.frustration, c.episode, c.episode_seq, k.starts,
    c.changed_at + s.by, c.resolved_at + s.by, c.handed_off_at + s.by, c.seq, c.customer_seq, c.considered_seq,
    c.waiting_since + s.by, c.first_response_due + s.by, c.first_responded_at + s.by, c.next_response_due + s.by,
    c.resolution_due + s.by, c.breached, c.snoozed_until + s.by, c.snoozed_seq, c.customer_seen_at + s.by
from copies k join conversations c on c.id = k.source cross join lateral (select k.starts - c.opened_at as by) s
order by k.id

-- name: subjects
insert into subjects
select k.id, c.subject from copies k join conversations c on c.id = k.id join subjects s on s.conversation_id = k.source

-- name: messages
insert into messages (conversation_id, seq, author, agent_id, answers_seq, body, page_url, at)
select k.id, m.seq, m.author, case when m.agent_id is not null then k.agent_id end, m.answers_seq,
    pg_temp.worded(m.body, k.gone_name, k.first_name, k.number), m.page_url, m.at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join messages m on m.conversation_id = k.source
order by k.id, m.seq

-- name: assessments
insert into assessments (conversation_id, seq, episode, intent_id, frustration, body, vector, encoder)
select k.id, s.seq, s.episode, s.intent_id, s.frustration, s.body, l2_normalize(s.vector + n.moved), s.encoder
from copies k join assessments s on s.conversation_id = k.source join noise n on n.id = k.noise
order by k.id, s.seq

-- name: answers
insert into answers (conversation_id, seq, kind, confidence, article_id, options, body)
select k.id, w.seq, w.kind, w.confidence, w.article_id, w.options, w.body
from copies k join answers w on w.conversation_id = k.source order by k.id, w.seq

-- name: decisions
insert into decisions (conversation_id, seq, action, reason, policy_version, rung, body, decided_at)
select k.id, d.seq, d.action, d.reason, d.policy_version, d.rung, d.body, d.decided_at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join decisions d on d.conversation_id = k.source
order by k.id, d.seq

-- name: briefings
insert into briefings (conversation_id, seq, body)
select k.id, b.seq, b.body from copies k join briefings b on b.conversation_id = k.source order by k.id, b.seq

-- name: cases
insert into cases (conversation_id, seq, contact_id, is_known, category_id, tier, channel, intent_id, article_id,
    article_version, confidence, rung, was_given, would_go, propensity, least, is_drawn, heads, calibration,
    grounds, at)
select k.id, x.seq, k.contact_id, x.is_known, x.category_id, x.tier, x.channel, x.intent_id, x.article_id,
    x.article_version, x.confidence, x.rung, x.was_given, x.would_go, x.propensity, x.least, x.is_drawn, x.heads,
    x.calibration, x.grounds, x.at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join cases x on x.conversation_id = k.source
order by k.id, x.seq

-- name: reviews
insert into reviews (conversation_id, seq, at)
select k.id, w.seq, w.at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join reviews w on w.conversation_id = k.source
order by k.id, w.seq

-- name: judgements
insert into judgements (conversation_id, seq, source, verdict, weight, distance, note, author, version, because, at, alike)
select k.id, j.seq, j.source, j.verdict, j.weight, j.distance, j.note,
    case when j.author like 'agt_%' then k.agent_id when j.author = c.contact_id then k.contact_id else j.author end,
    j.version, j.because, j.at + (k.starts - c.opened_at), hashtextextended(k.id, j.alike)
from copies k join conversations c on c.id = k.source join judgements j on j.conversation_id = k.source
order by k.id, j.id

-- name: outcomes
insert into outcomes (conversation_id, seq, source, contact_id, author, at)
select k.id, o.seq, o.source, k.contact_id, case when o.author = c.contact_id then k.contact_id else o.author end,
    o.at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join outcomes o on o.conversation_id = k.source
order by k.id, o.seq

-- name: claims
insert into claims (id, conversation_id, agent_id, author, reason, at, released_at)
select 'clm_' || substr(k.id, 5) || '.' || row_number() over (partition by k.id order by x.at), k.id, k.agent_id,
    k.agent_id, x.reason, x.at + (k.starts - c.opened_at), x.released_at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join claims x on x.conversation_id = k.source

-- name: resolutions
insert into resolutions (id, conversation_id, contact_id, episode, intent_id, category_id, article_id, problem,
    solution, resolved_by, outcome, minutes, at, vector, encoder, intent_named, voice)
select 'res_' || substr(k.id, 5) || '.' || row_number() over (partition by k.id order by r.at), k.id, k.contact_id,
    r.episode, r.intent_id, r.category_id, r.article_id,
    pg_temp.worded(r.problem, k.gone_name, k.first_name, k.number),
    pg_temp.worded(r.solution, k.gone_name, k.first_name, k.number),
    case when r.resolved_by like 'agt_%' then k.agent_id else r.resolved_by end, r.outcome, r.minutes,
    r.at + (k.starts - c.opened_at), l2_normalize(r.vector + n.moved), r.encoder, r.intent_named, r.voice
from copies k join conversations c on c.id = k.source join resolutions r on r.conversation_id = k.source
join noise n on n.id = k.noise
order by k.id

-- name: lessons
insert into lessons (id, resolution_id, conversation_id, contact_id, episode, seqs, agent_id, intent_id, article_id,
    problem, solution, reaction, removed, vector, encoder, at)
select 'les_' || substr(r.id, 5), r.id, k.id, k.contact_id, l.episode, l.seqs, k.agent_id, l.intent_id, l.article_id,
    pg_temp.worded(l.problem, k.gone_name, k.first_name, k.number), l.solution, l.reaction, l.removed,
    l2_normalize(l.vector + n.moved), l.encoder, r.at
from copies k join lessons l on l.conversation_id = k.source join resolutions r on r.conversation_id = k.id
    and r.episode = l.episode
join noise n on n.id = k.noise
order by k.id
on conflict do nothing

-- name: examples
insert into examples (id, intent_id, body, vector, encoder, source, contact_id, conversation_id, created_at)
select 'exa_' || substr(k.id, 5) || '.' || row_number() over (partition by k.id order by x.id), x.intent_id,
    pg_temp.worded(x.body, k.gone_name, k.first_name, k.number), l2_normalize(x.vector + n.moved), x.encoder,
    x.source,
    k.contact_id, k.id, x.created_at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join examples x on x.conversation_id = k.source
join noise n on n.id = k.noise
order by k.id

-- name: events
insert into events (kind, conversation_id, author, body, at)
select e.kind, k.id, case when e.author = c.contact_id then k.contact_id when e.author like 'agt_%' then k.agent_id
        else e.author end, e.body, e.at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join events e on e.conversation_id = k.source
order by k.id, e.id

-- name: outbox
insert into outbox (id, kind, conversation_id, seq, body, due_at, attempts, sent_at)
select 'out_' || substr(k.id, 5) || '.' || o.seq, o.kind, k.id, o.seq, o.body, o.due_at + (k.starts - c.opened_at), 1,
    o.due_at + (k.starts - c.opened_at)
from copies k join conversations c on c.id = k.source join outbox o on o.conversation_id = k.source
order by k.id

-- name: sources
-- What may be copied, with the name its customer goes by.
select c.id, c.status, c.handler, c.assignee_id, c.snoozed_until, split_part(p.name, ' ', 1) as first_name,
    exists (select from decisions d where d.conversation_id = c.id) as is_lived
from conversations c join contacts p on p.id = c.contact_id
where c.ready_at is null and c.merged_into is null and c.hold_seq is null order by c.id

-- name: slow_indexes
-- Those that need not hold while rows come in bulk: none that keeps something unique.
select x.indexrelid::regclass::text as name, pg_get_indexdef(x.indexrelid) as definition
from pg_index x where not x.indisunique and x.indrelid = any(%(tables)s::regclass[]) order by x.indexrelid

-- name: sizes
-- Tables and their indexes, the largest first, in bytes.
select relname as name, pg_table_size(oid) as held, pg_indexes_size(oid) as indexed, reltuples::bigint as rows
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by pg_total_relation_size(oid) desc
