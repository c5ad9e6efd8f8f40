-- Going through the past again: which of it, quickly found; and past messages that nobody considered when they came
-- (they were brought in from elsewhere), considered afterwards from what was known then. These stand apart, so that
-- nothing takes them for what really happened.

create index decisions_by_time on decisions (decided_at);
create index resolutions_by_time on resolutions (at);

create table replayed_turns (
    conversation_id text not null,
    seq             integer not null,
    episode         integer not null,
    policy_version  integer not null references policies,
    assessment      jsonb not null,
    answer          jsonb not null,
    decision        jsonb not null,
    vector          halfvec(384),
    at              timestamptz not null,
    made_at         timestamptz not null,
    primary key (conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade
);
create index replayed_turns_by_time on replayed_turns (at);
