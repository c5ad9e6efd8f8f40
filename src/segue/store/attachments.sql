-- Files: uploaded by somebody, theirs until a message, note or reply takes them. `loose` is what nothing has taken.

-- name: loose
-- Whether nothing has taken file a.
a.mail_id is null and a.seq is null and a.note_id is null and a.reply_id is null

-- name: keep
-- No row where its maker holds as many loose ones as they may.
insert into attachments (id, owner, conversation_id, draft, name, type, kind, size, body, made_at)
select %(id)s, %(owner)s, %(conversation)s, %(draft)s, %(name)s, %(type)s, %(kind)s, %(size)s, %(body)s, %(now)s
where (select count(*) from attachments a
       where a.owner = %(owner)s and a.conversation_id is not distinct from %(conversation)s
         and a.draft is not distinct from %(draft)s and
       -- also: loose
       ) < %(most)s
returning id

-- name: mine
-- Those of `ids` that their maker may send now: loose ones, and those that the very same message took before, or the
-- reply that waits or waited to become it.
select a.id, a.name, a.type, a.kind, a.size from attachments a
where a.id = any(%(ids)s) and a.owner = %(owner)s and a.mail_id is null
  and (a.note_id is null or exists (select from notes n where n.id = a.note_id and n.client_id = %(client_id)s))
  and (a.reply_id is null or a.reply_id = %(reply)s)
  and (a.draft is null or a.draft = %(draft)s)
  and (%(conversation)s::text is null or a.conversation_id is null or a.conversation_id = %(conversation)s)
  and (a.seq is null or exists (select from messages m where m.conversation_id = a.conversation_id and m.seq = a.seq
                                and m.client_id in (%(client_id)s, %(reply)s)))
order by array_position(%(ids)s, a.id)

-- name: remove
delete from attachments a
where a.id = %(id)s and a.owner = %(owner)s and
-- also: loose

-- name: of_conversation
-- What messages and notes took, in the order in which it was made.
select a.id, a.seq, a.note_id, a.name, a.type, a.kind, a.size from attachments a
where a.conversation_id = %(id)s and (a.seq is not null or a.note_id is not null) order by a.place

-- name: of_mail
select a.id, a.name, a.type, a.kind, a.size from attachments a where a.mail_id = %(mail)s order by a.place

-- name: of_drafts
select a.id, a.draft, a.name, a.type, a.kind, a.size from attachments a
where a.conversation_id = %(id)s and a.owner = %(owner)s and a.draft is not null and
-- also: loose
order by a.place

-- name: of_replies
select a.id, a.reply_id, a.name, a.type, a.kind, a.size from attachments a
join waiting_replies w on w.id = a.reply_id where w.conversation_id = %(id)s order by a.place

-- name: of_message
-- Whole, to go out by mail.
select a.id, a.name, a.kind, a.body from attachments a
where a.conversation_id = %(conversation)s and a.seq = %(seq)s order by a.place

-- name: one
-- A loose one is there for its maker only; `owner` may be null.
select a.name, a.type, a.kind, a.body from attachments a
where a.id = %(id)s and (a.mail_id is not null or a.seq is not null or a.note_id is not null or a.reply_id is not null
                         or a.owner = %(owner)s)

-- name: said
-- One that a customer may see: of a message, never of a note.
select a.name, a.type, a.kind, a.body from attachments a where a.id = %(id)s and a.seq is not null

-- name: sweep
-- What nothing took: after a day; an agent's draft keeps its files for two weeks.
delete from attachments a
where a.made_at < case when a.draft is null then %(loose_since)s::timestamptz else %(draft_since)s::timestamptz end and
-- also: loose
