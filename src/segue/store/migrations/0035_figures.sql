-- Figures over months without reading months again: one narrow row for each episode that was considered, kept by a job
-- that follows the events (store/figured.py). All of it can be deleted and is made again from what it tells about.
create table figured (
    conversation_id text not null references conversations on delete cascade,
    episode         integer not null,
    intent_id       text,
    is_offered      boolean not null,
    is_handed_over  boolean not null,
    has_person      boolean not null,
    is_closed       boolean not null,
    is_reopened     boolean not null,
    is_verified     boolean,
    -- what was heard of its answers, oldest first
    sources         text[] not null,
    answered_at     timestamptz,
    -- its last turn
    decided_at      timestamptz not null,
    primary key (conversation_id, episode)
);
create index figured_by_time on figured (decided_at);
