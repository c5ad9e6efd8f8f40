-- What agents have in hand: drafts, replies that wait a moment before they go, what is set aside, who looks at what, and
-- what they said of the assistant's work.

-- An agent's own paper, not a change of the conversation: written every second while somebody types, it is no event.
create table drafts (
    conversation_id text not null references conversations on delete cascade,
    agent_id        text not null references agents on delete cascade,
    kind            text not null check (kind in ('reply', 'note')),
    body            text not null,
    version         integer not null default 1,
    changed_at      timestamptz not null,
    primary key (conversation_id, agent_id, kind)
);

-- A reply that may still be stopped. Refused ones keep their text until their author has seen them.
create table waiting_replies (
    id              text primary key,
    conversation_id text not null references conversations on delete cascade,
    agent_id        text not null references agents,
    body            text not null,
    seen_seq        integer not null,
    resolves        boolean not null default false,
    state           text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'stopped', 'refused')),
    why             text not null default '',
    made_at         timestamptz not null,
    send_after      timestamptz not null,
    closed_at       timestamptz
);
create index waiting_replies_due on waiting_replies (send_after) where state in ('waiting', 'sending');
create index waiting_replies_shown on waiting_replies (conversation_id) where state in ('waiting', 'sending', 'refused');

create table presence (
    conversation_id text not null references conversations on delete cascade,
    agent_id        text not null references agents on delete cascade,
    since           timestamptz not null,
    seen_at         timestamptz not null,
    primary key (conversation_id, agent_id)
);

create table preferences (
    agent_id   text primary key references agents on delete cascade,
    body       jsonb not null,
    changed_at timestamptz not null
);

-- What an agent said of the assistant's work with one key. Taking it back is a row of its own that names the other.
create table corrections (
    id              text primary key,
    conversation_id text not null references conversations on delete cascade,
    seq             integer not null,
    kind            text not null check (kind in ('right_call', 'needless', 'intent', 'wrong', 'article')),
    body            jsonb not null default '{}',
    agent_id        text not null references agents,
    at              timestamptz not null,
    undoes          text unique references corrections,
    place           bigint generated always as identity
);
create index corrections_by_conversation on corrections (conversation_id, place);

-- Set aside until a time, or until the customer writes: `snoozed_seq` is their newest message at that moment.
alter table conversations add column snoozed_until timestamptz, add column snoozed_seq integer;
create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;

-- Search over the whole history, by words. Names are searched as they are typed, and found with a typing error, too.
-- What people wrote: the assistant's answers are articles, which have a search of their own, and indexing each costs a turn.
create index messages_words on messages using gin (to_tsvector('simple', body)) where author in ('customer', 'agent');
create index contacts_letters on contacts using gin ((name || ' ' || email) gin_trgm_ops);

-- A conversation as the desk's lists show it.
create view desk_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.assignee_id, g.name as assignee, c.reason, c.urgency,
    c.frustration, c.priority, c.opened_at, c.changed_at, c.waiting_since, c.first_response_due, c.next_response_due,
    c.resolution_due, c.ready_at, p.name as contact, p.email, p.is_verified, a.tier, a.value, c.held_by, c.held_until,
    case when c.snoozed_seq = c.customer_seq then c.snoozed_until end as snoozed_until
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;
