-- How people come in: invitations, sessions one can tell apart, and a second step.

create table invites (
    id           text primary key,
    email        text not null,
    role         text not null check (role in ('agent', 'lead', 'admin', 'analyst')),
    teams        text[] not null default '{}',
    token_hash   bytea not null unique, -- the link itself is kept nowhere
    invited_by   text not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    accepted_at  timestamptz,
    accepted_by  text references agents on delete set null,
    withdrawn_at timestamptz
);
create unique index invites_open on invites (lower(email)) where accepted_at is null and withdrawn_at is null;

alter table sessions add column id text not null unique default gen_random_uuid()::text; -- to name one without its key
alter table sessions add column last_seen_at timestamptz;
alter table sessions add column way text not null default 'password'; -- how they came in
alter table sessions add column browser text not null default '';
alter table sessions add column address text not null default '';

-- An app that shows a new code every half minute. Its secret must be kept readable: the code is reckoned from it.
create table authenticators (
    agent_id   text primary key references agents on delete cascade,
    secret     text not null,
    last_step  bigint not null, -- the newest half minute whose code was taken; no earlier one is taken again
    misses     integer not null default 0,
    missed_at  timestamptz,
    created_at timestamptz not null
);

create table recovery_codes (
    agent_id  text not null references agents on delete cascade,
    code_hash bytea not null,
    used_at   timestamptz,
    primary key (agent_id, code_hash)
);

-- What was begun in one browser and is ended there within minutes, once: a second step, a passkey's question, the way to a
-- provider and back.
create table ceremonies (
    key_hash   bytea primary key,
    kind       text not null,
    agent_id   text references agents on delete cascade,
    body       jsonb not null,
    expires_at timestamptz not null
);
create index ceremonies_by_end on ceremonies (expires_at);
