-- What happened, append-only, written in the same transaction as the change. Readers follow (xid, id) and stop before
-- the oldest transaction still running, so an event that commits late is never skipped.

create table events (
    id              bigint generated always as identity primary key,
    xid             xid8 not null default pg_current_xact_id(),
    kind            text not null,
    conversation_id text,
    author          text not null,
    body            jsonb not null default '{}',
    at              timestamptz not null
);
create index events_in_order on events (xid, id);
create index events_by_conversation on events (conversation_id, id) where conversation_id is not null;

-- The transaction below which no event of this database can still appear. Transaction ids are the server's: work in
-- another database, and the server's own (vacuum, analyze), writes no event here and is not waited for. One that ends
-- between the two looks is waited for once more, which only costs a moment.
create function settled_before() returns xid8 language sql stable as $$
    select coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot()))
    from pg_snapshot_xip(pg_current_snapshot()) as running
    where not exists (
        select from pg_stat_activity
        where backend_xid::text::bigint = running::text::bigint & 4294967295
            and (datname is distinct from current_database() or backend_type <> 'client backend'))
$$;

create function refuse_change() returns trigger language plpgsql as $$
begin
    if current_setting('segue.rewrite_events', true) = 'on' then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    raise exception 'events are append-only';
end $$;
create trigger events_are_append_only before update or delete on events
    for each row execute function refuse_change();

create table outbox (
    id              text primary key,
    kind            text not null,
    conversation_id text references conversations on delete cascade,
    seq             integer,
    body            jsonb not null,
    due_at          timestamptz not null,
    attempts        integer not null default 0,
    last_error      text,
    sent_at         timestamptz,
    unique (kind, conversation_id, seq)
);
create index outbox_due on outbox (due_at) where sent_at is null;

create table workers (
    id         text primary key,
    host       text not null,
    pid        integer not null,
    started_at timestamptz not null,
    seen_at    timestamptz not null
);

-- A conversation as lists show it.
create view conversation_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.team_id, c.assignee_id, g.name as assignee,
    c.intent_id, c.category_id, c.reason, c.urgency, c.frustration, c.priority, c.episode, c.opened_at, c.changed_at,
    c.handed_off_at, c.waiting_since, c.breached,
    case when c.status <> 'resolved' then c.first_response_due end as first_response_due,
    case when c.status <> 'resolved' then c.next_response_due end as next_response_due,
    case when c.status <> 'resolved' then c.resolution_due end as resolution_due,
    c.contact_id, p.name as contact, p.email, a.name as account, a.tier, a.value
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;
