-- Two conversations of one customer become one, and what is done to many at once; both with a way back.

-- Where it went. Its messages stay where they are: whoever reads the other one reads them, too.
alter table conversations add column merged_into text references conversations on delete set null;
create index conversations_merged on conversations (merged_into) where merged_into is not null;

-- `before` holds what either was, and `after` what the other one became: taking it back changes what is still so.
create table merges (
    id              text primary key,
    conversation_id text not null references conversations on delete cascade,
    into_id         text not null references conversations on delete cascade,
    author          text not null,
    before          jsonb not null,
    at              timestamptz not null,
    undone_at       timestamptz
);
create unique index merges_standing on merges (conversation_id) where undone_at is null;
create index merges_by_other on merges (into_id) where undone_at is null;

create table bulks (
    id        text primary key,
    agent_id  text not null references agents,
    deed      text not null,
    value     text not null,
    at        timestamptz not null,
    undone_at timestamptz
);

create table bulk_conversations (
    bulk_id         text not null references bulks on delete cascade,
    conversation_id text not null references conversations on delete cascade,
    before          jsonb not null,
    primary key (bulk_id, conversation_id)
);

create or replace view desk_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.assignee_id, g.name as assignee, c.reason, c.urgency,
    c.frustration, c.priority, c.opened_at, c.changed_at, c.waiting_since, c.first_response_due, c.next_response_due,
    c.resolution_due, c.ready_at, p.name as contact, p.email, p.is_verified, a.tier, a.value, c.held_by, c.held_until,
    case when c.snoozed_seq = c.customer_seq then c.snoozed_until end as snoozed_until,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id order by t.tag) as tags,
    c.merged_into
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;
