-- Searches with a name, and whom a note calls by name.

-- `owner_id` is null for those that everybody has in their rail.
create table saved_views (
    id         text primary key,
    owner_id   text references agents on delete cascade,
    name       text not null,
    query      text not null,
    changed_by text not null,
    changed_at timestamptz not null,
    place      bigint generated always as identity
);
create unique index saved_views_by_name on saved_views (coalesce(owner_id, ''), lower(name));

create table mentions (
    note_id         text not null references notes on delete cascade,
    agent_id        text not null references agents on delete cascade,
    conversation_id text not null references conversations on delete cascade,
    author          text not null,
    at              timestamptz not null,
    seen_at         timestamptz,
    primary key (note_id, agent_id)
);
create index mentions_of_agent on mentions (agent_id, at desc);
create index mentions_unseen on mentions (agent_id, conversation_id) where seen_at is null;
