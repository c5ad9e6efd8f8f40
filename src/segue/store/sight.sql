-- Who may see which conversation: `is_closed_to` is the rule, lists and searches ask it where they read.

-- name: seen
select c.id from conversations c where c.id = %(id)s and not is_closed_to(c.team_id, %(agent)s)

-- name: hidden
select c.id from conversations c where c.id = any(%(ids)s::text[]) and is_closed_to(c.team_id, %(agent)s)

-- name: any_closed
select exists (select from teams where is_closed) as is_so

-- name: behind_attachment
select l.conversation_id as conversation from mail_attachments f join mails l on l.id = f.mail_id where f.id = %(id)s

-- name: behind_mail
-- One that was set aside belongs to no conversation yet; where it names one, it is as closed as that.
select coalesce(l.conversation_id, l.linked_to) as conversation from mails l where l.id = %(id)s
