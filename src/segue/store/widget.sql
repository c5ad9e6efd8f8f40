-- What the widget may see and change. `mine` is the one place where it is said whose a conversation is.

-- name: mine
-- The conversations of somebody the host vouched for; or those that this browser opened, which carry its mark: an address
-- that a visitor only claims opens nothing (trust, defence 5). One of them, or the latest.
select c.id, c.number, c.channel, c.subject, c.status, c.handler, c.changed_at, c.opened_at, c.ready_at, c.episode_seq,
    c.customer_seq, c.considered_seq, c.seq, c.hold_seq, c.hold_until, c.first_response_due, c.next_response_due, c.contact_id, p.name as contact,
    reached_at(p) as email, p.is_verified, a.tier, g.name as assignee, t.name as team, c.team_id,
    (select author from messages m where m.conversation_id = c.id order by m.seq desc limit 1) as last_author,
    (select body from messages m where m.conversation_id = c.id and m.seq = 1) as first_words
from contacts p
join conversations c on c.contact_id = p.id
left join accounts a on a.id = c.account_id
left join agents g on g.id = c.assignee_id
left join teams t on t.id = c.team_id
where p.external_id = %(external_id)s and p.is_verified = %(is_verified)s
  and (p.is_verified or starts_with(c.client_id, %(mark)s))
  and ((%(conversation)s::text is null and c.merged_into is null) or c.id = (
        select coalesce(x.merged_into, x.id) from conversations x where x.id = %(conversation)s))
order by c.changed_at desc limit %(limit)s

-- name: who
select p.id, p.name, p.email, p.is_verified, a.tier from contacts p left join accounts a on a.id = p.account_id
where p.external_id = %(external_id)s and p.is_verified = %(is_verified)s

-- name: thread
select m.seq, m.author, m.agent_id, g.name as agent, m.body, m.page_url, m.answers_seq, m.at, m.client_id
from messages m left join agents g on g.id = m.agent_id
where m.conversation_id = %(id)s order by m.seq

-- name: waits
-- How long people let the last ones wait, from the handoff to their first word.
select handed_off_at, first_responded_at from conversations
where handed_off_at > %(since)s and first_responded_at > handed_off_at
order by handed_off_at desc limit %(limit)s

-- name: waiting
select count(*) as count from conversations
where handler = 'human' and status = 'open' and first_responded_at is null and first_response_due is not null

-- name: give_address
-- What the host said of a customer is not overwritten from a browser. Where it said nothing, what they say is kept beside:
-- as their address it would bring them the mail of whoever really has it.
with p as (
    update contacts
    set email = case when is_verified then email else %(email)s end,
        reach = case when is_verified then %(email)s else reach end
    where id = (select contact_id from conversations where id = %(id)s)
      and case when is_verified then email = '' and reach <> %(email)s else email <> %(email)s end
    returning id
)
insert into events (kind, conversation_id, author, body, at)
select 'contact.address_given', %(id)s, id, '{}', %(now)s from p
union all
select 'contact.changed', null, id, jsonb_build_object('contact', id), %(now)s from p

-- name: correct
-- Once per message, however often it is sent.
with k as (
    insert into receipt_corrections (conversation_id, seq, briefing_seq, at)
    values (%(id)s, %(seq)s, %(briefing_seq)s, %(now)s)
    on conflict do nothing returning conversation_id, seq
)
insert into events (kind, conversation_id, author, body, at)
select 'briefing.corrected', conversation_id, (select contact_id from conversations where id = conversation_id),
    jsonb_build_object('seq', seq), %(now)s from k

-- name: corrections
-- In this episode, oldest first.
select k.seq, m.body as text from receipt_corrections k
join conversations c on c.id = k.conversation_id
join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq
where k.conversation_id = %(id)s and k.seq >= c.episode_seq order by k.seq
