-- What product teams should know of: a topic that a lead wants filed becomes one issue of their tracker. The topic is the
-- key, here and there, so that however often it is tried there is one issue of it.

create table issues (
    topic_id   text primary key references topics on delete cascade,
    title      text not null,
    asked_by   text not null,
    asked_at   timestamptz not null,
    due_at     timestamptz not null,
    attempts   integer not null default 0,
    place      text, -- its address in the tracker
    filed_at   timestamptz,
    last_error text
);
create index issues_due on issues (due_at) where filed_at is null;

alter table topics drop constraint topics_status_check;
alter table topics add constraint topics_status_check check (status in ('open', 'named', 'dismissed', 'filed'));
