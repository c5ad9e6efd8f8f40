-- name: of_message
select id, sender, sender_name, subject, text, said, html, folds, message_id, size, vouched, written_at, received_at, seq
from mails where conversation_id = %(conversation_id)s and state = 'taken' order by seq

-- name: one
-- The mail that one message came by; its bytes stay where they are.
select id, sender, sender_name, reply_to, subject, text, html, folds, recipient, recipients, size,
    octet_length(raw) as kept, vouched, authentication, guessed, written_at, received_at
from mails where conversation_id = %(conversation_id)s and seq = %(seq)s and state = 'taken' order by id limit 1

-- name: raw
select raw from mails where conversation_id = %(conversation_id)s and seq = %(seq)s and state = 'taken' order by id limit 1

-- name: came_by_mail
-- Messages that did, of a conversation and of those merged into it. `is_unproven`: in a verified customer's name.
select m.seq, c.id, c.number, c.id <> %(conversation_id)s as is_joined, m.guessed <> '' as is_guessed,
    p.is_verified and not (m.vouched and m.sender = lower(p.email)) as is_unproven
from conversations c join mails m on m.conversation_id = c.id and m.state = 'taken' and m.seq is not null
join contacts p on p.id = c.contact_id
where c.id = %(conversation_id)s or c.merged_into = %(conversation_id)s

-- name: inline
-- Pictures that a mail's HTML can point at; without their bytes unless they are asked for.
select content_id, kind, case when %(whole)s then body end as body
from attachments where mail_id = %(mail)s and content_id <> '' and kind = any(%(kinds)s) and size <= %(largest)s
order by place

-- name: attachments
select id, mail_id, name, type, size, content_id from attachments where mail_id = any(%(mails)s) order by place
