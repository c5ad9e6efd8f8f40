-- Who may see which conversation: `teams_closed_to` is the rule, lists and searches ask it where they read.

-- name: seen
select c.id from conversations c where c.id = %(id)s
  and coalesce(c.team_id <> all ((select teams_closed_to(%(agent)s))::text[]), true)

-- name: typed
select conversation_id from drafts where conversation_id = %(id)s and agent_id = %(agent)s limit 1

-- name: hidden
select c.id from conversations c where c.id = any(%(ids)s::text[])
  and c.team_id = any ((select teams_closed_to(%(agent)s))::text[])

-- name: any_closed
select exists (select from teams where is_closed) as is_so

-- name: behind_attachment
-- What nothing took yet is its maker's alone: for others it is not there.
select coalesce(f.conversation_id, l.conversation_id, l.linked_to) as conversation
from attachments f left join mails l on l.id = f.mail_id
where f.id = %(id)s and (f.mail_id is not null or f.seq is not null or f.note_id is not null or f.reply_id is not null
                         or f.owner = %(agent)s)

-- name: behind_mail
-- One that was set aside belongs to no conversation yet; where it names one, it is as closed as that.
select coalesce(l.conversation_id, l.linked_to) as conversation from mails l where l.id = %(id)s
