-- A policy that decides in silence beside the live one: since when, how it ended, and what it would have decided of each
-- message. These decisions stand apart: nothing that acts, learns or counts reads them.

create table shadows (
    id         bigint generated always as identity primary key,
    version    integer not null references policies,
    began_at   timestamptz not null,
    began_by   text not null,
    ended_at   timestamptz,
    ended_by   text,
    outcome    text check (outcome in ('promoted', 'dropped', 'replaced')),
    note       text not null default '',
    check ((ended_at is null) = (outcome is null))
);
create unique index one_shadow on shadows ((true)) where ended_at is null;

create table shadow_decisions (
    shadow_id       bigint not null references shadows,
    conversation_id text not null,
    seq             integer not null,
    episode         integer not null,
    live_version    integer not null references policies,
    live_action     text not null,
    live_reason     text not null,
    -- null where deciding failed: then `failed` says why
    action          text,
    reason          text,
    differs         text not null default '' check (differs in ('', 'action', 'team', 'suggestion')),
    decision        jsonb,
    failed          text,
    at              timestamptz not null,
    primary key (shadow_id, conversation_id, seq),
    foreign key (conversation_id, seq) references messages on delete cascade,
    check ((decision is null) = (failed is not null))
);
create index shadow_decisions_by_time on shadow_decisions (shadow_id, at);
create index shadow_decisions_of_message on shadow_decisions (conversation_id, seq);
