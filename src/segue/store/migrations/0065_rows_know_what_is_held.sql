-- A row says when an answer goes out only while one is held: a message is looked at later for other reasons, too.
create or replace view desk_rows as
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.assignee_id, g.name as assignee, c.reason, c.urgency,
    c.frustration, c.priority, c.opened_at, c.changed_at, c.waiting_since, c.first_response_due, c.next_response_due,
    c.resolution_due, c.ready_at, p.name as contact, p.email, p.is_verified, a.tier, a.value, c.held_by, c.held_until,
    case when c.snoozed_seq = c.customer_seq then c.snoozed_until end as snoozed_until,
    array(select t.tag from conversation_tags t where t.conversation_id = c.id order by t.tag) as tags,
    c.merged_into, c.hold_seq, c.hold_until, c.considered_seq
from conversations c
join contacts p on p.id = c.contact_id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id;
