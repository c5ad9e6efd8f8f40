-- Keys that a device keeps and never shows, and accounts elsewhere that stand for an agent.

create table passkeys (
    id           text primary key, -- the credential's own, base64url
    agent_id     text not null references agents on delete cascade,
    name         text not null,
    public_key   bytea not null,
    sign_count   bigint not null,
    is_synced    boolean not null,
    created_at   timestamptz not null,
    last_used_at timestamptz
);
create index passkeys_by_agent on passkeys (agent_id);

create table provider_links (
    issuer    text not null,
    subject   text not null,
    agent_id  text not null references agents on delete cascade,
    linked_at timestamptz not null,
    primary key (issuer, subject),
    unique (issuer, agent_id) -- another account that claims the same address is somebody else until a lead says otherwise
);
