-- Stored replies with actions, and the words people file conversations under.

create table tags (
    name       text primary key,
    created_at timestamptz not null
);

create table conversation_tags (
    conversation_id text not null references conversations on delete cascade,
    tag             text not null references tags on delete cascade,
    author          text not null,
    at              timestamptz not null,
    primary key (conversation_id, tag)
);
create index conversation_tags_by_tag on conversation_tags (tag, conversation_id);

-- `owner_id` is null for those that everybody shares. `assign` is "agent:" or "team:" and an id.
create table macros (
    id         text primary key,
    owner_id   text references agents on delete cascade,
    name       text not null,
    body       text not null,
    tags       text[] not null default '{}',
    snooze     text not null default '',
    assign     text not null default '',
    resolves   boolean not null default false,
    uses       integer not null default 0,
    changed_by text not null,
    changed_at timestamptz not null
);
create unique index macros_by_name on macros (coalesce(owner_id, ''), lower(name));

-- A macro's actions wait for the reply that it was taken into, through a reload and through the pause before a mail.
alter table drafts add column macro_id text references macros on delete set null;
alter table waiting_replies add column macro_id text references macros on delete set null;

create or replace view desk_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.assignee_id, g.name as assignee, c.reason, c.urgency,
    c.frustration, c.priority, c.opened_at, c.changed_at, c.waiting_since, c.first_response_due, c.next_response_due,
    c.resolution_due, c.ready_at, p.name as contact, p.email, p.is_verified, a.tier, a.value, c.held_by, c.held_until,
    case when c.snoozed_seq = c.customer_seq then c.snoozed_until end as snoozed_until,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id order by t.tag) as tags
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;

create or replace view conversation_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.team_id, c.assignee_id, g.name as assignee,
    c.intent_id, c.category_id, c.reason, c.urgency, c.frustration, c.priority, c.episode, c.opened_at, c.changed_at,
    c.handed_off_at, c.waiting_since, c.breached,
    case when c.status <> 'resolved' then c.first_response_due end as first_response_due,
    case when c.status <> 'resolved' then c.next_response_due end as next_response_due,
    case when c.status <> 'resolved' then c.resolution_due end as resolution_due,
    c.contact_id, p.name as contact, p.email, a.name as account, a.tier, a.value,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id order by t.tag) as tags
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;
