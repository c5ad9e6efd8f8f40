-- Conversations and everything that happens in them. The message is the job: `ready_at` says a conversation waits to be
-- considered, `token` fences whoever considers it.

create table conversations (
    id                 text primary key,
    number             bigint generated always as identity unique,
    client_id          text,
    contact_id         text not null references contacts on delete cascade,
    account_id         text references accounts,
    channel            text not null check (channel in ('chat', 'email', 'form', 'api')),
    subject            text not null default '',
    page_url           text,
    page_title         text,
    status             text not null default 'open' check (status in ('open', 'waiting', 'resolved')),
    handler            text not null default 'assistant' check (handler in ('assistant', 'human')),
    team_id            text references teams,
    assignee_id        text references agents,
    intent_id          text,
    category_id        text,
    reason             text,
    urgency            text not null default 'normal',
    frustration        real not null default 0,
    priority           integer not null default 0,
    episode            integer not null default 1,
    episode_seq        integer not null default 1,
    opened_at          timestamptz not null,
    changed_at         timestamptz not null,
    resolved_at        timestamptz,
    handed_off_at      timestamptz,
    -- the inbox
    seq                integer not null default 0,
    customer_seq       integer not null default 0,
    considered_seq     integer not null default 0,
    ready_at           timestamptz,
    token              bigint not null default 0,
    leased_by          text,
    lease_until        timestamptz,
    attempts           integer not null default 0,
    again              boolean not null default false,
    held_by            text references agents,
    held_until         timestamptz,
    -- the clocks: instants, already reckoned in business hours
    waiting_since      timestamptz,
    first_response_due timestamptz,
    first_responded_at timestamptz,
    next_response_due  timestamptz,
    resolution_due     timestamptz,
    breached           text[] not null default '{}'
) with (fillfactor = 70);

create unique index conversations_by_client on conversations (contact_id, client_id) where client_id is not null;
-- Those that failed before stand apart, so that looking for them does not mean looking through a whole backlog.
create index conversations_ready on conversations (again, ready_at) where ready_at is not null;
create index conversations_by_contact on conversations (contact_id, opened_at desc);
create index conversations_by_account on conversations (account_id, opened_at desc) where account_id is not null;
create index conversations_with_people on conversations (priority desc, opened_at)
    where handler = 'human' and status <> 'resolved';
create index conversations_open on conversations (id) where status <> 'resolved';
create index conversations_first_due on conversations (first_response_due)
    where first_response_due is not null and status <> 'resolved';
create index conversations_next_due on conversations (next_response_due)
    where next_response_due is not null and status <> 'resolved';
create index conversations_resolution_due on conversations (resolution_due)
    where resolution_due is not null and status <> 'resolved';

-- A message is named by its conversation and seq; its id (msg_….3) is written from the two.
create table messages (
    conversation_id text not null references conversations on delete cascade,
    seq             integer not null,
    author          text not null check (author in ('customer', 'assistant', 'agent', 'system')),
    agent_id        text references agents,
    client_id       text,
    answers_seq     integer,
    body            text not null,
    page_url        text,
    at              timestamptz not null,
    primary key (conversation_id, seq)
);
create unique index messages_by_client on messages (conversation_id, client_id) where client_id is not null;
-- At most one word of the assistant per customer message, whatever races (trust R3).
create unique index one_reply_each on messages (conversation_id, answers_seq) where answers_seq is not null;

create table notes (
    id              text primary key,
    conversation_id text not null references conversations on delete cascade,
    agent_id        text references agents,
    body            text not null,
    at              timestamptz not null
);
create index notes_by_conversation on notes (conversation_id, at);

-- One row each per considered customer message.
create table assessments (
    conversation_id text not null,
    seq             integer not null,
    episode         integer not null,
    intent_id       text,
    frustration     real not null,
    body            jsonb not null,
    vector          halfvec(384),
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);

create table answers (
    conversation_id text not null,
    seq             integer not null,
    kind            text not null,
    confidence      real,
    article_id      text,
    options         text[] not null default '{}',
    body            jsonb not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);

create table decisions (
    conversation_id text not null,
    seq             integer not null,
    action          text not null,
    reason          text not null,
    policy_version  integer not null references policies,
    rung            smallint not null,
    body            jsonb not null,
    decided_at      timestamptz not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);

create table briefings (
    conversation_id text not null,
    seq             integer not null,
    body            jsonb not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);

-- State changes are records: who took it, when, why, and when they let go.
create table claims (
    id              text primary key,
    conversation_id text not null references conversations on delete cascade,
    agent_id        text not null references agents,
    author          text not null,
    reason          text not null default '',
    at              timestamptz not null,
    released_at     timestamptz
);
create index claims_open on claims (conversation_id) where released_at is null;

create table resolutions (
    id              text primary key,
    conversation_id text references conversations on delete cascade,
    contact_id      text references contacts on delete cascade,
    episode         integer not null default 1,
    intent_id       text,
    category_id     text,
    article_id      text,
    problem         text not null,
    solution        text not null,
    resolved_by     text not null,
    outcome         text not null check (outcome in ('offered', 'contained', 'confirmed', 'assumed', 'durable', 'verified', 'reopened')),
    minutes         real,
    at              timestamptz not null,
    vector          halfvec(384)
);
create index resolutions_by_conversation on resolutions (conversation_id);
create index resolutions_by_vector on resolutions using hnsw (vector halfvec_cosine_ops);
