-- What an agent corrects of a customer's address is where mail goes, and not who they are: `reach`. It goes before the
-- address that the company's own server gave, until that server gives another one. (Until now it was asked only where
-- there was no other, so where both stand it is from before the other came.)
update contacts set reach = '' where email <> '' and reach <> '';
create or replace function reached_at(c contacts) returns text language sql immutable parallel safe as $$
    select coalesce(nullif(c.reach, ''), c.email)
$$;

-- A list tells of the address what one alone tells.
create or replace view conversation_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.team_id, c.assignee_id, g.name as assignee,
    c.intent_id, c.category_id, c.reason, c.urgency, c.frustration, c.priority, c.episode, c.opened_at, c.changed_at,
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
