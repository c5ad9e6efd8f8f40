-- name: of_conversation
-- Mails about a conversation, or about one that was merged into it, that are no message of it: what was noted, and what
-- waits or was put away though it names it. The newest ones.
with here as (select id from conversations where id = %(conversation_id)s or merged_into = %(conversation_id)s)
select id, state, cause, sender, sender_name, subject, received_at
from (select * from mails where conversation_id in (select id from here) and state = 'noted'
      union all
      select * from mails where linked_to in (select id from here) and state in ('suspended', 'dropped')) m
order by received_at desc, id desc limit %(limit)s

-- name: is_of
-- The same of one mail.
select m.id from mails m join conversations c
    on c.id = case m.state when 'noted' then m.conversation_id when 'suspended' then m.linked_to
                           when 'dropped' then m.linked_to end
where m.id = %(id)s and %(conversation_id)s in (c.id, c.merged_into)

-- name: taken_as
-- The message that a mail became; no row where it became none.
select conversation_id, seq from mails where id = %(id)s and state = 'taken' and seq is not null
