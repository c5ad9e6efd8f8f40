-- What agents changed of what triage noticed: who, when, and from what to what. The newest change of an episode holds.

create table urgency_changes (
    id              text primary key,
    conversation_id text not null references conversations on delete cascade,
    episode         integer not null,
    seq             integer not null,
    noticed         text not null check (noticed in ('low', 'normal', 'high', 'critical')),
    changed_to      text not null check (changed_to in ('low', 'normal', 'high', 'critical')),
    agent_id        text not null references agents,
    at              timestamptz not null
);
create index urgency_changes_by_conversation on urgency_changes (conversation_id, episode, at desc);
