-- The queue has one order, made in one place: what was a figure that each writer reckoned for itself, and some took
-- back, is a column that follows from others. Lists are cut by it and shown by it, so what is read is the beginning of
-- what is shown.
drop view desk_rows;
drop view conversation_rows;
alter table conversations drop column priority;

-- What the customer's account is worth a month, as the account has it: here because an index has to know. A visitor's
-- claim to an account is worth nothing.
alter table conversations add column worth double precision not null default 0;

-- The instant at which a conversation presses as an ordinary one does at its promise. Pressing doubles with every two
-- hours that a promise comes nearer or lies behind, and is multiplied by worth (1 to 2), frustration (1 to 2) and
-- urgency: so each doubling by these stands for two hours of waiting. An instant, and no figure that grows: who is before
-- whom changes by what happens and never by the time of day, and nobody passes one who was promised seven hours earlier,
-- however much they are worth. Without a promise the age presses, as if a day had been promised.
alter table conversations add column presses_at timestamptz not null generated always as (to_timestamp(
    extract(epoch from coalesce(least(first_response_due, next_response_due, resolution_due), opened_at)
        - '1970-01-01 00:00+00'::timestamptz)
    + case when least(first_response_due, next_response_due, resolution_due) is null then 24 * 3600 else 0 end
    - 2 * 3600 / ln(2.0::float8) * (
        ln(1 + least(1, ln(1 + greatest(worth, 0)) / ln(5001.0::float8)))
        + ln(1 + frustration::float8)
        + ln(case urgency when 'low' then 0.8::float8 when 'high' then 1.5 when 'critical' then 2.5 else 1 end))
)) stored;

create function keep_worth() returns trigger language plpgsql as $$
begin
    new.worth := coalesce((select a.value from accounts a join contacts p on p.id = new.contact_id and p.is_verified
        where a.id = new.account_id), 0);
    return new;
end $$;
create trigger conversations_have_worth before insert on conversations for each row when (new.account_id is not null)
    execute function keep_worth();
create trigger conversations_change_worth before update of account_id, status on conversations for each row
    when (new.account_id is distinct from old.account_id or old.status = 'resolved' and new.status <> 'resolved')
    execute function keep_worth();

create function pass_on_worth() returns trigger language plpgsql as $$
begin
    update conversations set worth = new.value
    where id in (select c.id from conversations c join contacts p on p.id = c.contact_id and p.is_verified
                 where c.account_id = new.id and c.status <> 'resolved' order by c.id for update of c);
    return null;
end $$;
create trigger accounts_tell_worth after update of value on accounts for each row
    when (new.value is distinct from old.value) execute function pass_on_worth();

update conversations c set worth = a.value from accounts a, contacts p
where a.id = c.account_id and a.value <> 0 and p.id = c.contact_id and p.is_verified;

create index conversations_with_people on conversations (presses_at, id) where handler = 'human' and status <> 'resolved';
create index conversations_to_approve on conversations (presses_at, id)
    where handler = 'human' and status = 'open' and reason = 'awaits_approval';
-- What waits for customers is shown, and so read, by what changed last.
create index conversations_waiting on conversations (changed_at desc, id desc)
    where handler = 'human' and status = 'waiting';

create view desk_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.assignee_id, g.name as assignee, c.reason, c.urgency,
    c.frustration, c.presses_at, c.opened_at, c.changed_at, c.waiting_since, c.first_response_due, c.next_response_due,
    c.resolution_due, c.ready_at, p.name as contact, p.email, p.is_verified, a.tier, a.value, c.held_by, c.held_until,
    case when c.snoozed_seq = c.customer_seq then c.snoozed_until end as snoozed_until,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id order by t.tag) as tags,
    c.merged_into, c.hold_seq, c.hold_until, c.considered_seq
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;

create view conversation_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.team_id, c.assignee_id, g.name as assignee,
    c.intent_id, c.category_id, c.reason, c.urgency, c.frustration, c.presses_at, c.episode, c.opened_at, c.changed_at,
    c.handed_off_at, c.waiting_since, c.breached,
    case when c.status <> 'resolved' then c.first_response_due end as first_response_due,
    case when c.status <> 'resolved' then c.next_response_due end as next_response_due,
    case when c.status <> 'resolved' then c.resolution_due end as resolution_due,
    c.contact_id, p.name as contact, reached_at(p) as email, a.name as account, a.tier, a.value,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id order by t.tag) as tags
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;
