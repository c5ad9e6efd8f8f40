-- Who writes, who helps, and the workspace's own settings. One database is one workspace.

create extension if not exists vector;
create extension if not exists pg_trgm;

create table settings (
    key   text primary key,
    value jsonb not null
);

create table accounts (
    id          text primary key,
    external_id text unique,
    name        text not null,
    tier        text not null default 'free',
    value       double precision not null default 0,
    health      double precision,
    renews_on   date,
    created_at  timestamptz not null
);

create table contacts (
    id          text primary key,
    external_id text unique,
    account_id  text references accounts,
    name        text not null default '',
    email       text not null default '',
    is_verified boolean not null default false,
    language    text,
    created_at  timestamptz not null
);
create index contacts_by_email on contacts (lower(email)) where email <> '';
create index contacts_by_account on contacts (account_id) where account_id is not null;

create table teams (
    id   text primary key,
    name text not null
);

create table agents (
    id            text primary key,
    name          text not null,
    email         text not null unique,
    role          text not null default 'agent' check (role in ('agent', 'lead', 'admin', 'analyst')),
    password_hash text,
    is_active     boolean not null default true,
    created_at    timestamptz not null
);

create table agent_teams (
    agent_id text not null references agents on delete cascade,
    team_id  text not null references teams on delete cascade,
    primary key (agent_id, team_id)
);

create table sessions (
    token_hash bytea primary key,
    agent_id   text not null references agents on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index sessions_by_agent on sessions (agent_id);

create table api_keys (
    id           text primary key,
    name         text not null,
    key_hash     bytea not null unique,
    scopes       text[] not null,
    created_at   timestamptz not null,
    expires_at   timestamptz,
    last_used_at timestamptz
);
